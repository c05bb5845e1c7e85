using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A pool of public IPv4 addresses of the account's own, to allocate Elastic IPs from. Source: EC2 API, PublicIpv4Pool.</summary>
public sealed record PublicIpv4Pool : IResource<PublicIpv4Pool>, ITagged
{
    public static string Kind => "ipv4pool-ec2";

    public static string IdPrefix => "ipv4pool-ec2";

    public required Id<PublicIpv4Pool> Id { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<Prefix> Ranges { get; init; } = [];

    public required string NetworkBorderGroup { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>A pool is found by each of its ranges.</remarks>
    public IEnumerable<string> Keys => Ranges.Select(range => range.ToString());

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A pool of IPv6 addresses of the account's own, to associate with VPCs. Source: EC2 API, Ipv6Pool.</summary>
public sealed record Ipv6AddressPool : IResource<Ipv6AddressPool>, ITagged
{
    public static string Kind => "ipv6pool-ec2";

    public static string IdPrefix => "ipv6pool-ec2";

    public required Id<Ipv6AddressPool> Id { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<Prefix> Ranges { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>A pool is found by each of its ranges.</remarks>
    public IEnumerable<string> Keys => Ranges.Select(range => range.ToString());

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>An Elastic IP that the account handed over to another; the source account sees it for three days.</summary>
public sealed record AcceptedAddressTransfer : IResource<AcceptedAddressTransfer>
{
    public static string Kind => "accepted-address-transfer";

    public static string IdPrefix => "";

    /// <summary>The id the address had in this account.</summary>
    public required string AllocationId { get; init; }

    public required IpAddress PublicIp { get; init; }

    public required string ToAccount { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public string Key => AllocationId;

    public IEnumerable<string> Keys => [];
}
