using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Virtual private gateways and transit gateways on Direct Connect gateways. Source: Direct Connect API, CreateDirectConnectGatewayAssociation and
/// its like.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.CreateDirectConnectGatewayAssociationResult CreateDirectConnectGatewayAssociation(
        CommandContext context, AwsDx.CreateDirectConnectGatewayAssociationRequest request)
    {
        DxGateway gateway = DxRows.Gateway(context, request.DirectConnectGatewayId);
        string id = Required(request.GatewayId ?? request.VirtualGatewayId, "gatewayId");
        ImmutableArray<Prefix> asked = GatewayRules.Read(request.AddAllowedPrefixesToDirectConnectGateway);
        DxGatewayAssociation made = GatewayRules.Associate(context, gateway, AssociableGateways.Find(context, id), asked);
        return new AwsDx.CreateDirectConnectGatewayAssociationResult { DirectConnectGatewayAssociation = GatewayViews.ToWire(made) };
    }

    public AwsDx.DescribeDirectConnectGatewayAssociationsResult DescribeDirectConnectGatewayAssociations(
        CommandContext context, AwsDx.DescribeDirectConnectGatewayAssociationsRequest request)
    {
        string? associated = request.AssociatedGatewayId ?? request.VirtualGatewayId;
        if (request.AssociationId is null && request.DirectConnectGatewayId is null && associated is null)
        {
            throw DxFaults.Client("A Direct Connect gateway ID, an associated gateway ID or an association ID is required.");
        }

        IEnumerable<DxGatewayAssociation> rows = context.Global.Here.All<DxGatewayAssociation>().Where(a =>
            (request.AssociationId is null || a.Key == request.AssociationId)
            && (request.DirectConnectGatewayId is null || a.GatewayId.Value == request.DirectConnectGatewayId)
            && (associated is null || a.Associated.Id == associated));
        Page<DxGatewayAssociation> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.DescribeDirectConnectGatewayAssociationsResult
        {
            DirectConnectGatewayAssociations = [.. page.Rows.Select(a => GatewayViews.ToWire(a))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The prefixes are the Direct Connect gateway's owner's to change; the other account proposes.</summary>
    public AwsDx.UpdateDirectConnectGatewayAssociationResult UpdateDirectConnectGatewayAssociation(
        CommandContext context, AwsDx.UpdateDirectConnectGatewayAssociationRequest request)
    {
        DxGatewayAssociation before = Association(context, Required(request.AssociationId, "associationId"));
        if (before.GatewayOwnerId != context.Account)
        {
            throw DxFaults.Client($"Direct Connect gateway {before.GatewayId} belongs to another account. Create an association proposal.");
        }

        DxGatewayAssociation after = before with
        {
            AllowedPrefixes = Changed(
                before.AllowedPrefixes, request.AddAllowedPrefixesToDirectConnectGateway, request.RemoveAllowedPrefixesToDirectConnectGateway),
        };
        GatewayRules.CheckPrefixes(context, after);
        return new AwsDx.UpdateDirectConnectGatewayAssociationResult
        {
            DirectConnectGatewayAssociation = GatewayViews.ToWire(DxRows.Put(context, after)),
        };
    }

    /// <summary>Either of the two owners may end it.</summary>
    public AwsDx.DeleteDirectConnectGatewayAssociationResult DeleteDirectConnectGatewayAssociation(
        CommandContext context, AwsDx.DeleteDirectConnectGatewayAssociationRequest request)
    {
        DxGatewayAssociation association = request.AssociationId is { } id
            ? Association(context, id)
            : AssociationOf(
                context, Required(request.DirectConnectGatewayId, "directConnectGatewayId"), Required(request.VirtualGatewayId, "virtualGatewayId"))
            ?? throw DxFaults.Client(
                $"No association exists between Direct Connect gateway {request.DirectConnectGatewayId} and {request.VirtualGatewayId}; "
                + "it does not exist.");
        GatewayRules.Disassociate(context, association);
        return new AwsDx.DeleteDirectConnectGatewayAssociationResult
        {
            DirectConnectGatewayAssociation = GatewayViews.ToWire(association, "disassociated"),
        };
    }

    private static DxGatewayAssociation Association(CommandContext context, string id) =>
        context.Global.Here.Find(new Id<DxGatewayAssociation>(id)) ?? throw DxFaults.NoAssociation(id);

    private static DxGatewayAssociation? AssociationOf(CommandContext context, string gatewayId, string associatedId) =>
        context.Global.Here.By<DxGatewayAssociation>(DxWords.Gateway(gatewayId)).FirstOrDefault(a => a.Associated.Id == associatedId);

    private static ImmutableArray<Prefix> Changed(
        ImmutableArray<Prefix> prefixes, IReadOnlyList<AwsDx.RouteFilterPrefix>? added, IReadOnlyList<AwsDx.RouteFilterPrefix>? removed) =>
        [.. prefixes.Except(GatewayRules.Read(removed)).Union(GatewayRules.Read(added)).Order()];
}
