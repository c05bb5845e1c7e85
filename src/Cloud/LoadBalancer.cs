using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>What a load balancer balances: requests, connections or tunnelled packets.</summary>
public enum LoadBalancerType
{
    Application,
    Network,
    Gateway,
}

/// <summary>An application, network or gateway load balancer. Source: AWS, "What is Elastic Load Balancing?"; ELBv2 API, LoadBalancer.</summary>
public sealed record LoadBalancer : IResource<LoadBalancer>, ITagged
{
    public static string Kind => "load-balancer";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>loadbalancer/</c> in its ARN: <c>app/NAME/16 hex</c>, <c>net/…</c>, <c>gwy/…</c>.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    public required LoadBalancerType Type { get; init; }

    /// <summary>Its names resolve to private addresses, and its nodes have no public ones.</summary>
    public bool Internal { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary><c>ipv4</c>, <c>dualstack</c> or <c>dualstack-without-public-ipv4</c>.</summary>
    public string IpAddressType { get; init; } = "ipv4";

    /// <summary>One a zone that is enabled, in the order of the zones' names.</summary>
    public ImmutableArray<LoadBalancerNode> Nodes { get; init; } = [];

    public ImmutableArray<Id<SecurityGroup>> SecurityGroups { get; init; } = [];

    /// <summary>
    /// Whether it can have security groups: an application load balancer always, a network load balancer if it had one when it was
    /// made, a gateway load balancer never.
    /// </summary>
    public bool TakesSecurityGroups { get; init; }

    /// <summary>Whether inbound rules hold for what comes through PrivateLink; only with security groups.</summary>
    public bool EnforcePrivateLinkInbound { get; init; } = true;

    /// <summary>An IPv6 /80 of each subnet is the source of IPv4 to IPv6 UDP flows; network load balancers only.</summary>
    public bool PrefixForIpv6SourceNat { get; init; }

    /// <summary>The attributes that were set; <see cref="AttributeOf"/> gives the value that holds.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = Trunkline.Cloud.Tags.None;

    public CapacityReservation? Capacity { get; init; }

    /// <summary>Empty for a gateway load balancer, which has none.</summary>
    public required string DnsName { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys
    {
        get
        {
            yield return NameWord(Name);
            yield return VpcId.Value;
            if (DnsName.Length > 0)
            {
                yield return DnsWord(DnsName);
            }

            foreach (Id<SecurityGroup> group in SecurityGroups)
            {
                yield return group.Value;
            }

            foreach (LoadBalancerNode node in Nodes)
            {
                yield return node.SubnetId.Value;
                yield return node.InterfaceId.Value;
                if (node.AllocationId is { } allocation)
                {
                    yield return allocation.Value;
                }
            }
        }
    }

    /// <summary>Whether a node may use targets of other zones; a target group can say otherwise.</summary>
    [JsonIgnore]
    public bool CrossZone => AttributeOf(LoadBalancerAttributes.CrossZone) == "true";

    /// <summary>The value of an attribute that holds: the one that was set, or AWS's default; null where the type has no such attribute.</summary>
    public string? AttributeOf(string name) =>
        Attributes.TryGetValue(name, out string? set) ? set : LoadBalancerAttributes.Find(this, name)?.Default;

    /// <summary>What stands after <c>loadbalancer/</c> in an ARN, or null where it is no load balancer's.</summary>
    public static string? KeyOfArn(string arn) =>
        arn.IndexOf(":loadbalancer/", StringComparison.Ordinal) is > 0 and int at ? arn[(at + ":loadbalancer/".Length)..] : null;

    public static string NameWord(string name) => $"name/{name}";

    /// <summary>The word it is found by from its DNS name; names are compared without regard to case.</summary>
    public static string DnsWord(string dnsName) => $"dns/{dnsName.ToLowerInvariant()}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A load balancer in one zone: its interface there and its addresses.</summary>
/// <param name="AllocationId">The Elastic IP that was asked for; null where the public address is Amazon's own.</param>
/// <param name="PrivateIp">Null only where the subnet has no IPv4.</param>
/// <param name="SourceNatPrefix">The IPv6 /80 it takes as its source; null where that is off.</param>
/// <param name="AskedPrivateIp">The private address was asked for by name; it is shown then.</param>
/// <param name="AskedIpv6">So was the IPv6 address.</param>
public sealed record LoadBalancerNode(
    Id<Subnet> SubnetId,
    string Zone,
    Id<NetworkInterface> InterfaceId,
    Id<ElasticIp>? AllocationId = null,
    IpAddress? PrivateIp = null,
    IpAddress? Ipv6 = null,
    Prefix? SourceNatPrefix = null,
    bool AskedPrivateIp = false,
    bool AskedIpv6 = false);

/// <summary>Capacity reserved for a load balancer. Source: AWS, "Capacity reservations for your load balancer".</summary>
/// <param name="Units">Load balancer capacity units, over all zones.</param>
/// <param name="Decreases">How often it was lowered on that day; AWS allows two a day.</param>
public sealed record CapacityReservation(int Units, DateTimeOffset ModifiedTime, int Decreases);
