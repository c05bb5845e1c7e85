using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Names;

/// <summary>
/// The names of load balancers, of endpoints and of AWS's public services. Source: Elastic Load Balancing user guide, "How Elastic Load
/// Balancing works" (DNS); AWS PrivateLink, "Access an AWS service using an interface VPC endpoint"; rules 87 and 102.
/// </summary>
internal sealed class ServiceNames(CloudSnapshot cloud, Func<PartitionKey, string, ImmutableArray<string>>? healthyZones)
{
    private const string BalancerSuffix = ".elb.amazonaws.com";
    private const string DualStack = "dualstack.";
    private const string EndpointSuffix = ".vpce.amazonaws.com";

    /// <summary>
    /// A load balancer's nodes: the private addresses of an internal one, the public ones of an internet-facing one, wherever the question
    /// comes from. A zone without healthy targets is left out. Null where the name is no load balancer's.
    /// </summary>
    public NameAnswer? LoadBalancer(NameAsk ask)
    {
        bool known = ask.Name.EndsWith(BalancerSuffix, StringComparison.Ordinal)
            || (ask.Name.Contains(".elb.", StringComparison.Ordinal) && ask.Name.EndsWith(".amazonaws.com", StringComparison.Ordinal));
        if (!known)
        {
            return null;
        }

        string name = ask.Name.StartsWith(DualStack, StringComparison.Ordinal) ? ask.Name[DualStack.Length..] : ask.Name;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        foreach (Partition at in cloud.Partitions.Values)
        {
            if (Modern(ask, at, name, null) is { } whole)
            {
                return whole;
            }

            // A network load balancer has a name for each of its zones too.
            if (Modern(ask, at, name[(dot + 1)..], name[..dot]) is { } zonal)
            {
                return zonal;
            }

            if (Classic(at, name) is { } classic)
            {
                return Nodes(
                    ask, at, classic.Name, classic.Internal, $"the classic load balancer {classic.Name}",
                    [.. classic.Nodes.Select(n => (n.Zone, n.NetworkInterfaceId))]);
            }
        }

        return NameAnswer.NoName($"no load balancer has the name {name}");
    }

    /// <summary>The load balancer of a name, by its whole name or with <c>dualstack.</c> before it; null where it is none's.</summary>
    public (PartitionKey At, string Key)? BalancerOf(string name)
    {
        string whole = name.StartsWith(DualStack, StringComparison.Ordinal) ? name[DualStack.Length..] : name;
        foreach (Partition at in cloud.Partitions.Values)
        {
            if (at.By<LoadBalancer>(Cloud.LoadBalancer.DnsWord(whole)).FirstOrDefault() is { } row)
            {
                return (at.Key, row.Key);
            }

            if (Classic(at, whole) is { } classic)
            {
                return (at.Key, classic.Name);
            }
        }

        return null;
    }

    /// <summary>An interface endpoint's own names: private addresses, known everywhere. Null where the name is none of an endpoint.</summary>
    public NameAnswer? Endpoint(NameAsk ask)
    {
        if (!ask.Name.EndsWith(EndpointSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        if (EndpointId(ask.Name) is { } id)
        {
            foreach (Partition at in cloud.Partitions.Values)
            {
                if (at.Find(id) is { } endpoint
                    && VpcEndpointNames.Of(cloud, endpoint).FirstOrDefault(n => !n.IsPrivate && AwsServices.Covers(n.Name, ask.Name)) is { } name)
                {
                    return Interfaces(ask, at, endpoint, name.Zone, $"the endpoint {endpoint.Id}{(name.Zone is null ? "" : $" in {name.Zone}")}");
                }
            }
        }

        return NameAnswer.NoName($"no endpoint has the name {ask.Name}");
    }

    /// <summary>The private DNS of an endpoint in a VPC that knows most of a name: the endpoint, and the name of its hidden zone.</summary>
    public (VpcEndpoint Endpoint, string Zone)? HiddenZone(NameAsk ask, Partition at, Vpc vpc)
    {
        (VpcEndpoint Endpoint, string Zone)? best = null;
        foreach (VpcEndpoint endpoint in at.By<VpcEndpoint>(vpc.Key))
        {
            if (!endpoint.PrivateDnsEnabled || endpoint.PrivateDnsOnlyForInboundResolver || endpoint.State != VpcEndpointState.Available)
            {
                continue;
            }

            foreach (string pattern in VpcEndpointNames.PrivateNamesOf(cloud, endpoint))
            {
                string zone = (pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern) + ".";
                if (DomainName.IsWithin(ask.Absolute, zone) && zone.Length > (best?.Zone.Length ?? 0))
                {
                    best = (endpoint, zone);
                }
            }
        }

        return best;
    }

    public NameAnswer OfHiddenZone(NameAsk ask, Partition at, VpcEndpoint endpoint) =>
        VpcEndpointNames.PrivateNamesOf(cloud, endpoint).Any(p => AwsServices.Covers(p, ask.Name))
            ? Interfaces(ask, at, endpoint, null, $"private DNS of the endpoint {endpoint.Id}")
            : NameAnswer.NoName($"the private zone of the endpoint {endpoint.Id} has no record {ask.Name}, and no other zone is asked");

    /// <summary>A public service of AWS's by its public name; null where none has it.</summary>
    public NameAnswer? Aws(NameAsk ask)
    {
        if (!ask.Name.EndsWith(".amazonaws.com", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (string region in Regions.Listed.Prepend(ask.Region))
        {
            if (AwsServices.WithPublicName(region, ask.Name) is { } service)
            {
                return NameAnswer.Of(ask, AwsServices.AddressesOf(service), $"the public service {service.Name}");
            }
        }

        return null;
    }

    private NameAnswer? Modern(NameAsk ask, Partition at, string name, string? zone)
    {
        if (at.By<LoadBalancer>(Cloud.LoadBalancer.DnsWord(name)).FirstOrDefault() is not { } row
            || (zone is not null && (row.Type != LoadBalancerType.Network || !row.Nodes.Any(n => n.Zone == zone))))
        {
            return null;
        }

        return Nodes(
            ask, at, row.Key, row.Internal, $"the load balancer {row.Key}",
            [.. row.Nodes.Where(n => zone is null || n.Zone == zone).Select(n => (n.Zone, n.InterfaceId))]);
    }

    /// <summary>The classic load balancer of a name such as <c>internal-web-1234567890.us-east-1.elb.amazonaws.com</c>.</summary>
    private static ClassicLoadBalancer? Classic(Partition at, string name)
    {
        string label = name.Split('.')[0];
        label = label.StartsWith("internal-", StringComparison.Ordinal) ? label["internal-".Length..] : label;
        int dash = label.LastIndexOf('-');
        return dash < 0
            ? null
            : at.By<ClassicLoadBalancer>(ClassicLoadBalancer.NameWord(label[..dash]))
                .FirstOrDefault(c => c.DnsName.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private NameAnswer Nodes(
        NameAsk ask, Partition at, string key, bool isInternal, string what, (string Zone, Id<NetworkInterface> Interface)[] nodes)
    {
        ImmutableArray<string>? healthy = healthyZones?.Invoke(at.Key, key);
        List<IpAddress> addresses = [];
        foreach ((string zone, Id<NetworkInterface> id) in nodes)
        {
            if ((healthy is { } zones && !zones.Contains(zone)) || at.Find(id) is not { } eni)
            {
                continue;
            }

            if (!eni.PrivateAddresses.IsEmpty)
            {
                InterfaceAddress primary = eni.PrivateAddresses[0];
                addresses.AddRange(isInternal ? [primary.Ip] : Ec2Service.PublicIpOf(at, eni, primary) is { } ip ? [ip] : Array.Empty<IpAddress>());
            }

            addresses.AddRange(eni.Ipv6Addresses.Take(1));
        }

        int left = nodes.Length - (healthy is { } kept ? nodes.Count(n => kept.Contains(n.Zone)) : nodes.Length);
        string reason = $"{what}, {(isInternal ? "internal" : "internet-facing")}";
        return NameAnswer.Of(ask, addresses, left > 0 ? $"{reason}; {left} of its {nodes.Length} zones left out, without healthy targets" : reason);
    }

    private static Id<VpcEndpoint>? EndpointId(string name)
    {
        foreach (string label in name.Split('.'))
        {
            string[] parts = label.Split('-');
            if (parts is ["vpce", { Length: 8 or 17 } digits, ..] && !digits.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            {
                return new Id<VpcEndpoint>($"vpce-{digits}");
            }
        }

        return null;
    }

    private static NameAnswer Interfaces(NameAsk ask, Partition at, VpcEndpoint endpoint, string? zone, string what)
    {
        List<IpAddress> addresses = [];
        foreach (VpcEndpointSubnet place in endpoint.Subnets)
        {
            if ((zone is not null && place.Zone != zone) || place.NetworkInterfaceId is not { } id || at.Find(id) is not { } eni)
            {
                continue;
            }

            bool v4 = endpoint.DnsRecordIpType != "ipv6" && eni.PrimaryIp is not null;
            addresses.AddRange(v4 ? [eni.PrimaryIp!.Value] : Array.Empty<IpAddress>());
            bool v6 = endpoint.DnsRecordIpType is "ipv6" or "dualstack" or "service-defined";
            addresses.AddRange(v6 ? eni.Ipv6Addresses.Take(1) : []);
        }

        return addresses.Count == 0
            ? NameAnswer.NoName($"{what} has no interface that answers")
            : NameAnswer.Of(ask, addresses, what);
    }
}
