using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>Whether the region's VPCs may be reached from the internet; no row is the mode <c>off</c>, never changed.</summary>
/// <remarks>Source: AWS, "Block public access to VPCs and subnets".</remarks>
public sealed record BlockPublicAccess : IResource<BlockPublicAccess>
{
    public const string TheKey = "vpc-bpa";

    public const string Off = "off";

    public const string Bidirectional = "block-bidirectional";

    public const string Ingress = "block-ingress";

    public static string Kind => "vpc-block-public-access-options";

    public static string IdPrefix => "";

    public string Key => TheKey;

    public IEnumerable<string> Keys => [];

    /// <summary><see cref="Off"/>, <see cref="Bidirectional"/> or <see cref="Ingress"/>.</summary>
    public required string Mode { get; init; }

    public required DateTimeOffset LastUpdate { get; init; }

    /// <summary>The mode of a partition.</summary>
    public static string ModeOf(Partition partition) => partition.Table<BlockPublicAccess>().Find(TheKey)?.Mode ?? Off;

    /// <summary>
    /// What a subnet may do with the internet, and the exclusion that says so where one does. A subnet's own exclusion goes before its VPC's.
    /// </summary>
    /// <remarks>An <c>allow-egress</c> exclusion has a meaning only where both ways are blocked: AWS says it of that mode alone.</remarks>
    public static (PublicAccess Access, BlockPublicAccessExclusion? Exclusion) Of(Partition partition, Id<Subnet> subnet, Id<Vpc> vpc)
    {
        string mode = ModeOf(partition);
        if (mode == Off)
        {
            return (PublicAccess.Open, null);
        }

        BlockPublicAccessExclusion? exclusion = partition.By<BlockPublicAccessExclusion>(subnet.Value).FirstOrDefault()
            ?? partition.By<BlockPublicAccessExclusion>(vpc.Value).FirstOrDefault();
        return exclusion switch
        {
            { Mode: BlockPublicAccessExclusion.AllowBidirectional } => (PublicAccess.Open, exclusion),
            { } when mode == Bidirectional => (PublicAccess.EgressOnly, exclusion),
            _ => (mode == Ingress ? PublicAccess.EgressOnly : PublicAccess.Closed, null),
        };
    }
}

/// <summary>What block public access leaves of the way to the internet.</summary>
public enum PublicAccess
{
    /// <summary>Both ways.</summary>
    Open = 0,

    /// <summary>Through NAT gateways and egress-only internet gateways, which let nothing in.</summary>
    EgressOnly = 1,

    Closed = 2,
}

/// <summary>A VPC or subnet that block public access leaves alone, altogether or outwards.</summary>
/// <remarks>Source: EC2 API, VpcBlockPublicAccessExclusion.</remarks>
public sealed record BlockPublicAccessExclusion : IResource<BlockPublicAccessExclusion>, ITagged
{
    public const string AllowBidirectional = "allow-bidirectional";

    public const string AllowEgress = "allow-egress";

    public static string Kind => "vpc-block-public-access-exclusion";

    public static string IdPrefix => "vpcbpa-exclude";

    public required Id<BlockPublicAccessExclusion> Id { get; init; }

    /// <summary><see cref="AllowBidirectional"/> or <see cref="AllowEgress"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>Set when it excludes a VPC; else <see cref="SubnetId"/> is.</summary>
    public Id<Vpc>? VpcId { get; init; }

    public Id<Subnet>? SubnetId { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset? LastUpdate { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [VpcId?.Value ?? SubnetId!.Value.Value];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
