using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A subnet: a range of its VPC in one availability zone. Source: AWS, "Subnets for your VPC".</summary>
public sealed record Subnet : IResource<Subnet>, ITagged
{
    public static string Kind => "subnet";

    public static string IdPrefix => "subnet";

    public required Id<Subnet> Id { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary>Whose it is, where this is a copy of what another account shares; null for the account's own.</summary>
    public string? Owner { get; init; }

    /// <summary>The accounts that have a copy, in the order they got it.</summary>
    public ImmutableArray<string> Guests { get; init; } = [];

    /// <summary>The availability zone's name, such as <c>us-east-1a</c>.</summary>
    public required string Zone { get; init; }

    /// <summary>Null in a subnet that is IPv6 only.</summary>
    public Prefix? Cidr { get; init; }

    /// <summary>At most one IPv6 block at a time.</summary>
    public ImmutableArray<CidrAssociation> Ipv6Cidrs { get; init; } = [];

    public bool DefaultForZone { get; init; }

    public bool MapPublicIpOnLaunch { get; init; }

    public bool AssignIpv6AddressOnCreation { get; init; }

    public bool EnableDns64 { get; init; }

    public bool Ipv6Native { get; init; }

    /// <summary><c>ip-name</c> or <c>resource-name</c>.</summary>
    public string HostnameType { get; init; } = "ip-name";

    public bool ResourceNameDnsA { get; init; }

    public bool ResourceNameDnsAaaa { get; init; }

    /// <summary>Device index at which the subnet's local network interface stands; null where it has none.</summary>
    public int? EnableLniAtDeviceIndex { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [VpcId.Value, Zone, .. Ipv6Cidrs.Select(a => a.Id)];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };

    public bool Covers(IpAddress address) =>
        address.IsV4 ? Cidr is { } cidr && cidr.Contains(address) : Ipv6Cidrs.Any(a => a.Cidr.Contains(address));
}
