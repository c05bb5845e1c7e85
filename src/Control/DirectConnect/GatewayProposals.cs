using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// One account asks another to take its gateway onto a Direct Connect gateway, or to change the prefixes of it there. Source: Direct Connect API,
/// CreateDirectConnectGatewayAssociationProposal and its like.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.CreateDirectConnectGatewayAssociationProposalResult CreateDirectConnectGatewayAssociationProposal(
        CommandContext context, AwsDx.CreateDirectConnectGatewayAssociationProposalRequest request)
    {
        string gatewayId = Required(request.DirectConnectGatewayId, "directConnectGatewayId");
        string owner = CheckedAccount(request.DirectConnectGatewayOwnerAccount, "directConnectGatewayOwnerAccount");
        DxAssociatedGateway associated = AssociableGateways.Find(context, Required(request.GatewayId, "gatewayId"));
        DxGateway gateway = new GlobalRows(context.Draft, owner).Here.Find(new Id<DxGateway>(gatewayId)) ?? throw DxFaults.NoGateway(gatewayId);
        ImmutableArray<Prefix> existing = AssociationOf(context, gatewayId, associated.Id)?.AllowedPrefixes ?? [];
        bool isAsked = context.Global.Here.By<DxGatewayProposal>(DxWords.Gateway(gatewayId))
            .Any(p => p.Associated.Id == associated.Id && p.State == DxProposalState.Requested);
        if (isAsked)
        {
            throw DxFaults.Client($"An association proposal for {associated.Id} and Direct Connect gateway {gatewayId} already exists.");
        }

        ImmutableArray<Prefix> requested = Changed(
            existing, request.AddAllowedPrefixesToDirectConnectGateway, request.RemoveAllowedPrefixesToDirectConnectGateway);
        DxGatewayProposal made = DxRows.Put(context, new DxGatewayProposal
        {
            Id = new(DxIds.Uuid(context)),
            GatewayId = gateway.Id,
            GatewayOwnerId = owner,
            Associated = associated,
            ExistingPrefixes = existing,
            RequestedPrefixes = requested.IsEmpty && !associated.IsTransitGateway
                ? AssociableGateways.CidrsOf(context, associated)
                : requested,
            CreatedAt = context.Now,
        });
        return new AwsDx.CreateDirectConnectGatewayAssociationProposalResult
        {
            DirectConnectGatewayAssociationProposal = GatewayViews.ToWire(made),
        };
    }

    public AwsDx.DescribeDirectConnectGatewayAssociationProposalsResult DescribeDirectConnectGatewayAssociationProposals(
        CommandContext context, AwsDx.DescribeDirectConnectGatewayAssociationProposalsRequest request)
    {
        IEnumerable<DxGatewayProposal> rows = context.Global.Here.All<DxGatewayProposal>().Where(p =>
            (request.ProposalId is null || p.Key == request.ProposalId)
            && (request.DirectConnectGatewayId is null || p.GatewayId.Value == request.DirectConnectGatewayId)
            && (request.AssociatedGatewayId is null || p.Associated.Id == request.AssociatedGatewayId));
        Page<DxGatewayProposal> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.DescribeDirectConnectGatewayAssociationProposalsResult
        {
            DirectConnectGatewayAssociationProposals = [.. page.Rows.Select(p => GatewayViews.ToWire(p))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The Direct Connect gateway's owner may put prefixes of its own in the place of those asked for.</summary>
    public AwsDx.AcceptDirectConnectGatewayAssociationProposalResult AcceptDirectConnectGatewayAssociationProposal(
        CommandContext context, AwsDx.AcceptDirectConnectGatewayAssociationProposalRequest request)
    {
        DxGateway gateway = DxRows.Gateway(context, request.DirectConnectGatewayId);
        string account = CheckedAccount(request.AssociatedGatewayOwnerAccount, "associatedGatewayOwnerAccount");
        DxGatewayProposal proposal = Proposal(context, request.ProposalId);
        if (proposal.GatewayId != gateway.Id || proposal.Associated.OwnerId != account)
        {
            throw DxFaults.NoProposal(proposal.Key);
        }

        if (proposal.State != DxProposalState.Requested)
        {
            throw DxFaults.Client($"Direct Connect Gateway Association Proposal {proposal.Id} is not in the requested state.");
        }

        ImmutableArray<Prefix> prefixes = request.OverrideAllowedPrefixesToDirectConnectGateway is { Count: > 0 } instead
            ? GatewayRules.Read(instead)
            : proposal.RequestedPrefixes;
        DxGatewayAssociation association = AssociationOf(context, gateway.Key, proposal.Associated.Id) is { } existing
            ? WithPrefixes(context, existing, prefixes)
            : GatewayRules.Associate(context, gateway, AssociableGateways.Find(context.At(HomeOf(proposal)), proposal.Associated.Id), prefixes);
        DxRows.Put(context, proposal with { State = DxProposalState.Accepted, RequestedPrefixes = prefixes });
        return new AwsDx.AcceptDirectConnectGatewayAssociationProposalResult
        {
            DirectConnectGatewayAssociation = GatewayViews.ToWire(association),
        };
    }

    /// <summary>The account that made it takes it back, or clears it away when it is accepted; so may the other one.</summary>
    public AwsDx.DeleteDirectConnectGatewayAssociationProposalResult DeleteDirectConnectGatewayAssociationProposal(
        CommandContext context, AwsDx.DeleteDirectConnectGatewayAssociationProposalRequest request)
    {
        DxGatewayProposal proposal = Proposal(context, request.ProposalId);
        DxRows.Remove(context, proposal);
        return new AwsDx.DeleteDirectConnectGatewayAssociationProposalResult
        {
            DirectConnectGatewayAssociationProposal = GatewayViews.ToWire(proposal, "deleted"),
        };
    }

    private static DxGatewayProposal Proposal(CommandContext context, string? id)
    {
        string given = Required(id, "proposalId");
        return context.Global.Here.Find(new Id<DxGatewayProposal>(given)) ?? throw DxFaults.NoProposal(given);
    }

    private static PartitionKey HomeOf(DxGatewayProposal proposal) => new(proposal.Associated.OwnerId, proposal.Associated.Region);

    private static DxGatewayAssociation WithPrefixes(CommandContext context, DxGatewayAssociation existing, ImmutableArray<Prefix> prefixes)
    {
        DxGatewayAssociation after = existing with { AllowedPrefixes = prefixes };
        GatewayRules.CheckPrefixes(context, after);
        return DxRows.Put(context, after);
    }
}
