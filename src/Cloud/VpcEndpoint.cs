using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

public enum VpcEndpointType
{
    /// <summary>One interface a subnet; reached by its address.</summary>
    Interface,

    /// <summary>A route for the service's prefix list in each associated route table.</summary>
    Gateway,

    /// <summary>One interface in one subnet; reached as a route's target only.</summary>
    GatewayLoadBalancer,
}

public enum VpcEndpointState
{
    PendingAcceptance,
    Pending,
    Available,
    Rejected,
    Failed,
}

/// <summary>A VPC endpoint: a private way from a VPC to a service. Source: AWS PrivateLink, "Access AWS services", "Gateway endpoints".</summary>
public sealed record VpcEndpoint : IResource<VpcEndpoint>, ITagged
{
    public static string Kind => "vpc-endpoint";

    public static string IdPrefix => "vpce";

    public required Id<VpcEndpoint> Id { get; init; }

    public required VpcEndpointType Type { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary>
    /// <c>com.amazonaws.REGION.X</c> for a service of AWS's (see <see cref="AwsServices"/>), <c>com.amazonaws.vpce.REGION.vpce-svc-…</c> for
    /// one of an account's.
    /// </summary>
    public required string ServiceName { get; init; }

    /// <summary>The endpoint service it leads to; null for a service of AWS's. The row is in <see cref="ServiceOwner"/>'s tables.</summary>
    public Id<VpcEndpointService>? ServiceId { get; init; }

    /// <summary>Whose endpoint service it is, and where that stands; null for a service of AWS's.</summary>
    public PartitionKey? ServiceOwner { get; init; }

    /// <summary>The region in which the service is; another than the endpoint's own for a cross-region endpoint.</summary>
    public required string ServiceRegion { get; init; }

    /// <summary>Only an available endpoint carries packets.</summary>
    public VpcEndpointState State { get; init; } = VpcEndpointState.Available;

    /// <summary>JSON as it was given; null where AWS's default policy (all may do all) holds. Decides on requests, never on packets.</summary>
    public string? PolicyDocument { get; init; }

    /// <summary>Gateway endpoints: the tables that hold its route.</summary>
    public ImmutableArray<Id<RouteTable>> RouteTableIds { get; init; } = [];

    /// <summary>Interface and Gateway Load Balancer endpoints: where it stands; at most one in a zone.</summary>
    public ImmutableArray<VpcEndpointSubnet> Subnets { get; init; } = [];

    /// <summary>Interface endpoints: the security groups of its interfaces.</summary>
    public ImmutableArray<Id<SecurityGroup>> Groups { get; init; } = [];

    /// <summary><c>ipv4</c>, <c>dualstack</c> or <c>ipv6</c>.</summary>
    public string IpAddressType { get; init; } = "ipv4";

    /// <summary><c>ipv4</c>, <c>dualstack</c>, <c>ipv6</c> or <c>service-defined</c>; null where the endpoint has no names.</summary>
    public string? DnsRecordIpType { get; init; }

    /// <summary>Whether the service's private names lead to the endpoint inside the VPC.</summary>
    public bool PrivateDnsEnabled { get; init; }

    /// <summary>Private names for Route 53's inbound resolver only; the VPC itself goes on through the gateway endpoint.</summary>
    public bool PrivateDnsOnlyForInboundResolver { get; init; }

    /// <summary>The eight characters that AWS puts after the id in the endpoint's names.</summary>
    public string DnsSuffix { get; init; } = "";

    /// <summary>The id of the hidden private zone that holds the private names; null while there is none.</summary>
    public string? PrivateZoneId { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    [JsonIgnore]
    public IEnumerable<Id<NetworkInterface>> NetworkInterfaceIds =>
        Subnets.Where(s => s.NetworkInterfaceId is not null).Select(s => s.NetworkInterfaceId!.Value);

    public IEnumerable<string> Keys
    {
        get
        {
            yield return VpcId.Value;
            yield return ServiceWord(ServiceName);
            foreach (Id<RouteTable> table in RouteTableIds)
            {
                yield return table.Value;
            }

            foreach (VpcEndpointSubnet subnet in Subnets)
            {
                yield return subnet.SubnetId.Value;
                if (subnet.NetworkInterfaceId is { } eni)
                {
                    yield return eni.Value;
                }
            }

            foreach (Id<SecurityGroup> group in Groups)
            {
                yield return group.Value;
            }
        }
    }

    /// <summary>The word an endpoint is found by from its service's name.</summary>
    public static string ServiceWord(string serviceName) => $"service/{serviceName}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One place of an endpoint.</summary>
/// <param name="Zone">The subnet's zone, as the endpoint's account names it.</param>
/// <param name="NetworkInterfaceId">Null while the service's owner has not accepted the endpoint.</param>
/// <param name="Ipv4">The address asked for; null where AWS picks one.</param>
/// <param name="Ipv6">The address asked for; null where AWS picks one.</param>
public sealed record VpcEndpointSubnet(
    Id<Subnet> SubnetId, string Zone, Id<NetworkInterface>? NetworkInterfaceId, IpAddress? Ipv4 = null, IpAddress? Ipv6 = null);
