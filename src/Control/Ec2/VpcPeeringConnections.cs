using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Peerings: asked for, accepted, rejected, deleted. Source: AWS, VPC peering guide; EC2 API, CreateVpcPeeringConnection,
/// AcceptVpcPeeringConnection, RejectVpcPeeringConnection, DeleteVpcPeeringConnection, DescribeVpcPeeringConnections.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<VpcPeeringConnection> PeeringIds = new(
        "VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound", "InvalidVpcPeeringConnectionId.Malformed",
        "The vpcPeeringConnection ID '{0}' does not exist");

    /// <summary>How long a request waits.</summary>
    private static readonly TimeSpan PeeringPatience = TimeSpan.FromDays(7);

    /// <summary>A request that cannot be carried out is answered all the same, and the peering then has failed.</summary>
    public Aws.CreateVpcPeeringConnectionResult CreateVpcPeeringConnection(
        CommandContext context, Aws.CreateVpcPeeringConnectionRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        Id<Vpc> peer = VpcIds.Parse(Door.Required(request.PeerVpcId, "peerVpcId"));
        string owner = request.PeerOwnerId ?? context.Account;
        if (owner.Length != 12 || owner.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw Fault.InvalidValue(owner, "peerOwnerId");
        }

        string region = CheckedPeerRegion(request.PeerRegion) ?? context.Region;
        RefuseSecondPeering(context, vpc.Id, peer);
        PeeringSide requester = new(context.Account, context.Region, vpc.Id, [], [], PeeringOptions.Usual);
        VpcPeeringConnection asked = new()
        {
            Id = new(context.NewId(VpcPeeringConnection.IdPrefix)),
            Requester = PeeringRows.WithCidrs(requester, vpc),
            Accepter = new PeeringSide(owner, region, peer, [], [], PeeringOptions.Usual),
            Status = PeeringStatus.PendingAcceptance,
            StatusMessage = $"Pending Acceptance by {owner}",
            ExpirationTime = context.Now + PeeringPatience,
            Tags = TagRules.New<VpcPeeringConnection>(request.TagSpecifications),
        };
        context.Quotas.Check(
            Quotas.OutstandingPeeringsPerVpc, PeeringRows.Of(context, vpc.Id, PeeringStatus.PendingAcceptance).Count(p => p.Requester.VpcId == vpc.Id) + 1);
        bool isGood = PeeringRows.VpcOf(context, asked.Accepter) is { } other && !PeeringRows.Overlap(vpc, other);
        VpcPeeringConnection made = PeeringRows.PutBoth(context, isGood ? asked : PeeringRows.Failed(asked, context.Now));
        return new Aws.CreateVpcPeeringConnectionResult
        {
            VpcPeeringConnection = PeeringViews.ToWire(
                context,
                made with
                {
                    Status = PeeringStatus.InitiatingRequest,
                    StatusMessage = $"Initiating Request to {owner}",
                    ExpirationTime = asked.ExpirationTime,
                }),
        };
    }

    /// <summary>Only the accepter's owner accepts, in the accepter's region.</summary>
    public Aws.AcceptVpcPeeringConnectionResult AcceptVpcPeeringConnection(
        CommandContext context, Aws.AcceptVpcPeeringConnectionRequest request)
    {
        VpcPeeringConnection peering = PeeringOf(context, request.VpcPeeringConnectionId);
        RefuseUnlessAccepter(context, peering, "accept");
        RefuseTransition(context, peering, "active", PeeringStatus.PendingAcceptance);
        Vpc? requester = PeeringRows.VpcOf(context, peering.Requester);
        Vpc? accepter = PeeringRows.VpcOf(context, peering.Accepter);
        if (requester is null || accepter is null || PeeringRows.Overlap(requester, accepter))
        {
            VpcPeeringConnection failed = PeeringRows.PutBoth(context, PeeringRows.Failed(peering, context.Now));
            return new Aws.AcceptVpcPeeringConnectionResult { VpcPeeringConnection = PeeringViews.ToWire(context, failed) };
        }

        CheckActivePeerings(context, requester.Id, peering.Requester.Partition);
        CheckActivePeerings(context, accepter.Id, peering.Accepter.Partition);
        VpcPeeringConnection active = PeeringRows.PutBoth(context, peering with
        {
            Requester = PeeringRows.WithCidrs(peering.Requester, requester),
            Accepter = PeeringRows.WithCidrs(peering.Accepter, accepter),
            Status = PeeringStatus.Active,
            StatusMessage = "Active",
            ExpirationTime = null,
        });
        return new Aws.AcceptVpcPeeringConnectionResult
        {
            VpcPeeringConnection = PeeringViews.ToWire(
                context, active with { Status = PeeringStatus.Provisioning, StatusMessage = "Provisioning" }),
        };
    }

    public Aws.RejectVpcPeeringConnectionResult RejectVpcPeeringConnection(
        CommandContext context, Aws.RejectVpcPeeringConnectionRequest request)
    {
        VpcPeeringConnection peering = PeeringOf(context, request.VpcPeeringConnectionId);
        RefuseUnlessAccepter(context, peering, "reject");
        RefuseTransition(context, peering, "rejected", PeeringStatus.PendingAcceptance);
        PeeringRows.PutBoth(context, peering with
        {
            Status = PeeringStatus.Rejected,
            StatusMessage = $"Rejected by {context.Account}",
            ExpirationTime = null,
            EndTime = context.Now,
            EndedBy = context.Account,
        });
        return new Aws.RejectVpcPeeringConnectionResult { Return = true };
    }

    /// <summary>Either side ends an active peering; a request is taken back by its requester. Routes to it stay, as blackholes.</summary>
    public Aws.DeleteVpcPeeringConnectionResult DeleteVpcPeeringConnection(
        CommandContext context, Aws.DeleteVpcPeeringConnectionRequest request)
    {
        VpcPeeringConnection peering = PeeringOf(context, request.VpcPeeringConnectionId);
        RefuseTransition(context, peering, "deleting", PeeringStatus.Active, PeeringStatus.PendingAcceptance);
        if (!peering.IsActive && peering.Requester.Partition != context.Caller.Partition)
        {
            throw new Fault("OperationNotPermitted", $"User {context.Account} cannot delete peering {peering.Id}");
        }

        PeeringRows.PutBoth(context, PeeringRows.Deleted(peering, context));
        return new Aws.DeleteVpcPeeringConnectionResult { Return = true };
    }

    public Aws.DescribeVpcPeeringConnectionsResult DescribeVpcPeeringConnections(
        CommandContext context, Aws.DescribeVpcPeeringConnectionsRequest request)
    {
        Pager.RefuseIdsWithPages(request.VpcPeeringConnectionIds, "vpcPeeringConnectionIds", request.MaxResults);
        IEnumerable<VpcPeeringConnection> rows = request.VpcPeeringConnectionIds is { Count: > 0 } ids
            ? [.. ids.Distinct(StringComparer.Ordinal).Select(id => PeeringOf(context, id))]
            : context.Here.All<VpcPeeringConnection>().Where(p => PeeringRows.IsShown(context, p));

        // The status is told as it is now: a request may have run out since it was written.
        rows = PeeringViews.Filters.Apply(context, rows.Select(p => PeeringViews.AsOf(p, context.Now)), request.Filters);
        Page<VpcPeeringConnection> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeVpcPeeringConnectionsResult
        {
            VpcPeeringConnections = [.. page.Rows.Select(p => PeeringViews.ToWire(context, p))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The caller's copy of a peering, while it is shown.</summary>
    private static VpcPeeringConnection PeeringOf(CommandContext context, string? id)
    {
        VpcPeeringConnection peering = PeeringIds.Get(context, id);
        return PeeringRows.IsShown(context, peering) ? peering : throw PeeringIds.NotFound(peering.Id.Value);
    }

    /// <summary>A region's name as AWS writes them; every name of that form works.</summary>
    private static string? CheckedPeerRegion(string? region)
    {
        bool isGood = region is null
            || (region.Length is > 5 and <= 32 && region.Contains('-', StringComparison.Ordinal) && char.IsAsciiDigit(region[^1])
                && !region.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-"));
        return isGood ? region : throw Fault.InvalidValue(region, "peerRegion");
    }

    /// <summary>Rule 95: one peering for a pair of VPCs, whoever asked for it.</summary>
    private static void RefuseSecondPeering(CommandContext context, Id<Vpc> vpc, Id<Vpc> peer)
    {
        foreach (PeeringStatus status in (ReadOnlySpan<PeeringStatus>)[PeeringStatus.Active, PeeringStatus.PendingAcceptance])
        {
            if (PeeringRows.Of(context, vpc, status).FirstOrDefault(p => p.Accepter.VpcId == peer || p.Requester.VpcId == peer) is { } known
                && vpc != peer)
            {
                throw new Fault(
                    "VpcPeeringConnectionAlreadyExists", $"A VPC peering connection between the VPCs '{vpc}' and '{peer}' already exists: {known.Id}");
            }
        }
    }

    private static void RefuseUnlessAccepter(CommandContext context, VpcPeeringConnection peering, string verb)
    {
        if (peering.Accepter.OwnerId != context.Account)
        {
            throw new Fault("OperationNotPermitted", $"User {context.Account} cannot {verb} peering {peering.Id}");
        }

        if (peering.Accepter.Region != context.Region)
        {
            throw new Fault(
                "OperationNotPermitted",
                $"Incorrect region ({context.Region}) specified for this request. VPC peering connection {peering.Id} must be {verb}ed in region "
                + peering.Accepter.Region);
        }
    }

    private static void RefuseTransition(CommandContext context, VpcPeeringConnection peering, string to, params ReadOnlySpan<PeeringStatus> from)
    {
        PeeringStatus now = peering.StatusAt(context.Now);
        if (!from.Contains(now))
        {
            throw new Fault(
                "InvalidStateTransition",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Invalid state transition for {peering.Id}, attempted to transition from {PeeringViews.CodeOf(now)} to {to}"));
        }
    }

    private static void CheckActivePeerings(CommandContext context, Id<Vpc> vpc, PartitionKey at) =>
        context.Quotas.Check(Quotas.PeeringsPerVpc, PeeringRows.Of(context.At(at), vpc, PeeringStatus.Active).Count() + 1);
}
