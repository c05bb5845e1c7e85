using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>Where a peering stands in its life. Source: AWS, VPC peering guide, "VPC peering connection lifecycle".</summary>
public enum PeeringStatus
{
    InitiatingRequest,
    PendingAcceptance,
    Provisioning,
    Active,
    Rejected,
    Expired,
    Failed,
    Deleting,
    Deleted,
}

/// <summary>
/// A peering of two VPCs, of any accounts and regions. Stored at both sides under the same key, equal but for the tags; Control's
/// <c>PeeringRows</c> writes it. Source: AWS, VPC peering guide.
/// </summary>
public sealed record VpcPeeringConnection : IResource<VpcPeeringConnection>, ITagged
{
    public static string Kind => "vpc-peering-connection";

    public static string IdPrefix => "pcx";

    public required Id<VpcPeeringConnection> Id { get; init; }

    public required PeeringSide Requester { get; init; }

    public required PeeringSide Accepter { get; init; }

    /// <summary>
    /// The status as it was written. A request that nobody accepted in time has expired from that moment (<see cref="StatusAt"/>); Control's
    /// <c>PeeringEnds</c> writes it down a little later.
    /// </summary>
    public required PeeringStatus Status { get; init; }

    /// <summary>AWS's sentence about the status.</summary>
    public required string StatusMessage { get; init; }

    /// <summary>When a request that waits runs out, or ran out; null where it was answered or taken back.</summary>
    public DateTimeOffset? ExpirationTime { get; init; }

    /// <summary>When it was rejected, failed or was deleted; null before. It stays visible for some hours or days after that.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The account that deleted or rejected it; null elsewhere.</summary>
    public string? EndedBy { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <summary>Only an active peering carries packets.</summary>
    [JsonIgnore]
    public bool IsActive => Status == PeeringStatus.Active;

    /// <remarks>One of the two VPCs may be another account's or region's, so these are words and no ids.</remarks>
    public IEnumerable<string> Keys => [VpcWord(Requester.VpcId), VpcWord(Accepter.VpcId)];

    /// <summary>The word a peering is found by from either of its VPCs.</summary>
    public static string VpcWord(Id<Vpc> vpc) => $"peered/{vpc}";

    /// <summary>Whether the copy of a partition is the one that is compiled: the requester's.</summary>
    public bool IsHome(PartitionKey partition) => Requester.Partition == partition;

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };

    /// <summary>The status at a moment: a request runs out seven days after it was made.</summary>
    public PeeringStatus StatusAt(DateTimeOffset now) =>
        Status == PeeringStatus.PendingAcceptance && ExpirationTime <= now ? PeeringStatus.Expired : Status;
}

/// <summary>One side of a peering.</summary>
/// <param name="OwnerId">The account that has the VPC.</param>
/// <param name="Region">The VPC's region.</param>
/// <param name="VpcId">The VPC; it may be gone once the peering is not active any more.</param>
/// <param name="Cidrs">The VPC's IPv4 blocks, kept up while the peering is active; the accepter's are not told before.</param>
/// <param name="Ipv6Cidrs">The VPC's IPv6 blocks, in the same way.</param>
/// <param name="Options">What this side lets the other do.</param>
public sealed record PeeringSide(
    string OwnerId, string Region, Id<Vpc> VpcId, ImmutableArray<Prefix> Cidrs, ImmutableArray<Prefix> Ipv6Cidrs, PeeringOptions Options)
{
    [JsonIgnore]
    public PartitionKey Partition => new(OwnerId, Region);
}

/// <summary>Options of one side of a peering.</summary>
/// <param name="AllowDnsResolutionFromRemoteVpc">Whether this side's public names mean private addresses to machines of the other.</param>
public sealed record PeeringOptions(bool AllowDnsResolutionFromRemoteVpc)
{
    public static readonly PeeringOptions Usual = new(AllowDnsResolutionFromRemoteVpc: false);
}
