using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Peerings as the API shows them.</summary>
internal static class PeeringViews
{
    public static readonly FilterTable<VpcPeeringConnection> Filters = new()
    {
        { "accepter-vpc-info.cidr-block", peering => peering.IsActive ? Texts(peering.Accepter.Cidrs) : [] },
        { "accepter-vpc-info.owner-id", peering => peering.Accepter.OwnerId },
        { "accepter-vpc-info.vpc-id", peering => peering.Accepter.VpcId.Value },
        {
            "expiration-time",
            peering => peering.ExpirationTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        },
        { "requester-vpc-info.cidr-block", peering => Texts(peering.Requester.Cidrs) },
        { "requester-vpc-info.owner-id", peering => peering.Requester.OwnerId },
        { "requester-vpc-info.vpc-id", peering => peering.Requester.VpcId.Value },
        { "status-code", peering => CodeOf(peering.Status) },
        { "status-message", peering => peering.StatusMessage },
        { "vpc-peering-connection-id", peering => peering.Id.Value },
    };

    public static string CodeOf(PeeringStatus status) => status switch
    {
        PeeringStatus.InitiatingRequest => "initiating-request",
        PeeringStatus.PendingAcceptance => "pending-acceptance",
        PeeringStatus.Provisioning => "provisioning",
        PeeringStatus.Active => "active",
        PeeringStatus.Rejected => "rejected",
        PeeringStatus.Expired => "expired",
        PeeringStatus.Failed => "failed",
        PeeringStatus.Deleting => "deleting",
        _ => "deleted",
    };

    /// <summary>The peering with the status that it has at a moment.</summary>
    public static VpcPeeringConnection AsOf(VpcPeeringConnection peering, DateTimeOffset now) =>
        peering.Status != PeeringStatus.Expired && peering.StatusAt(now) == PeeringStatus.Expired
            ? peering with
            {
                Status = PeeringStatus.Expired,
                StatusMessage = string.Create(
                    CultureInfo.InvariantCulture, $"Expired on {peering.ExpirationTime!.Value.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"),
            }
            : peering;

    /// <summary>Blocks of the accepter, and options, are told of an active peering only.</summary>
    public static Aws.VpcPeeringConnection ToWire(CommandContext context, VpcPeeringConnection peering)
    {
        bool isActive = peering.Status is PeeringStatus.Active or PeeringStatus.Provisioning;
        bool isAccepters = peering.Accepter.Partition == context.Caller.Partition;
        PeeringSide accepter = peering.Accepter;
        if (!isActive && isAccepters && PeeringRows.VpcOf(context, accepter) is { } own)
        {
            accepter = PeeringRows.WithCidrs(accepter, own);
        }

        return new Aws.VpcPeeringConnection
        {
            VpcPeeringConnectionId = peering.Id.Value,
            RequesterVpcInfo = ToWire(peering.Requester, isActive, withCidrs: true),
            AccepterVpcInfo = ToWire(accepter, isActive, isActive || isAccepters),
            ExpirationTime = peering.ExpirationTime,
            Status = new Aws.VpcPeeringConnectionStateReason { Code = CodeOf(peering.Status), Message = peering.StatusMessage },
            Tags = TagRules.ToWire(peering.Tags),
        };
    }

    public static Aws.PeeringConnectionOptions ToWire(PeeringOptions options) => new()
    {
        AllowDnsResolutionFromRemoteVpc = options.AllowDnsResolutionFromRemoteVpc,
        AllowEgressFromLocalClassicLinkToRemoteVpc = false,
        AllowEgressFromLocalVpcToRemoteClassicLink = false,
    };

    private static Aws.VpcPeeringConnectionVpcInfo ToWire(PeeringSide side, bool isActive, bool withCidrs) => new()
    {
        OwnerId = side.OwnerId,
        Region = side.Region,
        VpcId = side.VpcId.Value,
        CidrBlock = withCidrs && !side.Cidrs.IsEmpty ? side.Cidrs[0].ToString() : null,
        CidrBlockSet = withCidrs && !side.Cidrs.IsEmpty ? [.. side.Cidrs.Select(c => new Aws.CidrBlock { CidrBlockValue = c.ToString() })] : null,
        Ipv6CidrBlockSet = withCidrs && !side.Ipv6Cidrs.IsEmpty
            ? [.. side.Ipv6Cidrs.Select(c => new Aws.Ipv6CidrBlock { Ipv6CidrBlockValue = c.ToString() })]
            : null,
        PeeringOptions = isActive
            ? new Aws.VpcPeeringConnectionOptionsDescription
            {
                AllowDnsResolutionFromRemoteVpc = side.Options.AllowDnsResolutionFromRemoteVpc,
                AllowEgressFromLocalClassicLinkToRemoteVpc = false,
                AllowEgressFromLocalVpcToRemoteClassicLink = false,
            }
            : null,
    };

    private static IEnumerable<string?> Texts(ImmutableArray<Prefix> blocks) => blocks.Select(b => b.ToString());
}
