using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Elb;

namespace Trunkline.Control.Elbv2;

/// <summary>Load balancers. Source: ELBv2 API, CreateLoadBalancer, DeleteLoadBalancer, DescribeLoadBalancers.</summary>
public sealed partial class Elbv2Service
{
    /// <summary>As it stands, or the same again: creating is idempotent while the settings are the same.</summary>
    public AwsElbv2.CreateLoadBalancerOutput CreateLoadBalancer(CommandContext context, AwsElbv2.CreateLoadBalancerInput request)
    {
        RefuseUnserved(request);
        string name = CheckedLoadBalancerName(request.Name);
        LoadBalancerType type = TypeOf(request.Type);
        bool isInternal = IsInternal(request.Scheme, type);
        string addressType = CheckedAddressType(request.IpAddressType, type, isInternal);
        NodeRules rules = new(type, isInternal, addressType, request.EnablePrefixForIpv6SourceNat == "on");
        ImmutableArray<NodeWish> wishes = NodeWishes.Read(context, request.Subnets, request.SubnetMappings, rules);
        Id<Vpc> vpc = wishes[0].Subnet.VpcId;
        ImmutableArray<Id<SecurityGroup>> groups = GroupsFor(context, type, vpc, request.SecurityGroups);
        LoadBalancer wanted = new()
        {
            Key = $"{PathOf(type)}/{name}/{NewHex(context)}",
            Name = name,
            Type = type,
            Internal = isInternal,
            VpcId = vpc,
            IpAddressType = addressType,
            SecurityGroups = groups,
            TakesSecurityGroups = !groups.IsEmpty,
            PrefixForIpv6SourceNat = rules.SourceNat,
            DnsName = "",
            CreatedTime = context.Now,
            Tags = NewTags(request.Tags),
        };
        LoadBalancer made = context.Here.By<LoadBalancer>(LoadBalancer.NameWord(name)).FirstOrDefault() is { } there
            ? SameOrRefuse(there, wanted, wishes)
            : Build(context, wanted, wishes);
        return new AwsElbv2.CreateLoadBalancerOutput { LoadBalancers = [ToWire(context, made, "provisioning")] };
    }

    /// <remarks>One that is not there counts as deleted, as the API says.</remarks>
    public AwsElbv2.DeleteLoadBalancerOutput DeleteLoadBalancer(CommandContext context, AwsElbv2.DeleteLoadBalancerInput request)
    {
        if (Elbv2Arns.Find<LoadBalancer>(context, request.LoadBalancerArn, "loadbalancer", 3, "load balancer") is not { } balancer)
        {
            return new AwsElbv2.DeleteLoadBalancerOutput();
        }

        string arn = Elbv2Arns.Of(context, balancer);
        if (balancer.AttributeOf(LoadBalancerAttributes.DeletionProtection) == "true")
        {
            throw Elbv2Faults.NotPermitted($"Load balancer '{arn}' cannot be deleted because deletion protection is enabled");
        }

        // Endpoint services name the load balancers they stand on by key.
        if (Kinds.All.Any(kind => context.Here.Table(kind).RowsBy(balancer.Key).Any()))
        {
            throw Elbv2Faults.InUse($"Load balancer '{arn}' cannot be deleted because it is currently associated with another service");
        }

        foreach (Listener listener in context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key)).ToList())
        {
            Remove(context, listener);
        }

        context.Remove(new Id<LoadBalancer>(balancer.Key));
        foreach (LoadBalancerNode node in balancer.Nodes)
        {
            LoadBalancerNodes.Remove(context, node);
        }

        return new AwsElbv2.DeleteLoadBalancerOutput();
    }

    public AwsElbv2.DescribeLoadBalancersOutput DescribeLoadBalancers(CommandContext context, AwsElbv2.DescribeLoadBalancersInput request)
    {
        IEnumerable<LoadBalancer> rows = context.Here.All<LoadBalancer>();
        if (request.LoadBalancerArns is { Count: > 0 } arns)
        {
            rows = Named(arns, "load balancers").Select(arn => Elbv2Arns.GetLoadBalancer(context, arn));
        }
        else if (request.Names is { Count: > 0 } names)
        {
            rows = NamedLoadBalancers(context, Named(names, "load balancers"));
        }

        Page<LoadBalancer> page = PageOf(rows.OrderBy(b => b.Key, StringComparer.Ordinal), request.PageSize, request.Marker);
        return new AwsElbv2.DescribeLoadBalancersOutput
        {
            LoadBalancers = [.. page.Rows.Select(b => ToWire(context, b, "active"))],
            NextMarker = page.NextToken,
        };
    }

    internal static AwsElbv2.LoadBalancer ToWire(CommandContext context, LoadBalancer balancer, string state)
    {
        bool isGateway = balancer.Type == LoadBalancerType.Gateway;
        return new AwsElbv2.LoadBalancer
        {
            LoadBalancerArn = Elbv2Arns.Of(context, balancer),
            DNSName = isGateway ? null : balancer.DnsName,
            CanonicalHostedZoneId = isGateway ? null : LoadBalancerZones.Of(context.Region, balancer.Type),
            CreatedTime = balancer.CreatedTime,
            LoadBalancerName = balancer.Name,
            Scheme = isGateway ? null : balancer.Internal ? "internal" : "internet-facing",
            VpcId = balancer.VpcId.Value,
            State = new AwsElbv2.LoadBalancerState { Code = state },
            Type = NameOf(balancer.Type),
            AvailabilityZones = ZonesOf(context, balancer),
            SecurityGroups = balancer.TakesSecurityGroups ? [.. balancer.SecurityGroups.Select(g => g.Value)] : null,
            IpAddressType = balancer.IpAddressType,
            EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic =
                balancer is { Type: LoadBalancerType.Network, TakesSecurityGroups: true } ? OnOff(balancer.EnforcePrivateLinkInbound) : null,
            EnablePrefixForIpv6SourceNat = balancer.Type == LoadBalancerType.Network ? OnOff(balancer.PrefixForIpv6SourceNat) : null,
        };
    }

    private static IReadOnlyList<AwsElbv2.AvailabilityZone> ZonesOf(CommandContext context, LoadBalancer balancer) =>
    [
        .. balancer.Nodes.Select(node => new AwsElbv2.AvailabilityZone
        {
            ZoneName = node.Zone,
            SubnetId = node.SubnetId.Value,
            LoadBalancerAddresses = AddressesOf(context, node),
            SourceNatIpv6Prefixes = node.SourceNatPrefix is { } prefix ? [prefix.ToString()] : null,
        }),
    ];

    /// <summary>Only addresses that were asked for are listed; others may change.</summary>
    private static IReadOnlyList<AwsElbv2.LoadBalancerAddress> AddressesOf(CommandContext context, LoadBalancerNode node)
    {
        if (node.AllocationId is null && !node.AskedPrivateIp && !node.AskedIpv6)
        {
            return [];
        }

        return
        [
            new AwsElbv2.LoadBalancerAddress
            {
                AllocationId = node.AllocationId?.Value,
                IpAddress = node.AllocationId is { } id ? context.Here.Find(id)?.PublicIp.ToString() : null,
                PrivateIPv4Address = node.AskedPrivateIp ? node.PrivateIp?.ToString() : null,
                IPv6Address = node.AskedIpv6 ? node.Ipv6?.ToString() : null,
            },
        ];
    }

    private static IEnumerable<LoadBalancer> NamedLoadBalancers(CommandContext context, List<string> names)
    {
        List<LoadBalancer> found = [];
        List<string> missing = [];
        foreach (string name in names)
        {
            if (context.Here.By<LoadBalancer>(LoadBalancer.NameWord(name)).FirstOrDefault() is { } balancer)
            {
                found.Add(balancer);
            }
            else
            {
                missing.Add(name);
            }
        }

        return missing.Count == 0
            ? found
            : throw new Fault("LoadBalancerNotFound", $"Load balancers '[{string.Join(", ", missing)}]' not found");
    }

    private static void RefuseUnserved(AwsElbv2.CreateLoadBalancerInput request)
    {
        if (request.CustomerOwnedIpv4Pool is not null)
        {
            throw Fault.Unsupported("CustomerOwnedIpv4Pool");
        }

        if (request.IpamPools is not null)
        {
            throw Fault.Unsupported("IpamPools");
        }
    }

    private static LoadBalancer Build(CommandContext context, LoadBalancer wanted, ImmutableArray<NodeWish> wishes)
    {
        Quota quota = wanted.Type switch
        {
            LoadBalancerType.Network => LoadBalancerQuotas.Networks,
            LoadBalancerType.Gateway => LoadBalancerQuotas.Gateways,
            _ => LoadBalancerQuotas.Applications,
        };
        context.Quotas.Check(quota, context.Here.All<LoadBalancer>().Count(b => b.Type == wanted.Type) + 1);
        LoadBalancer balancer = wanted with { DnsName = NewDnsName(context, wanted) };
        return context.Put(balancer with { Nodes = [.. wishes.Select(w => LoadBalancerNodes.Make(context, balancer, w))] });
    }

    private static LoadBalancer SameOrRefuse(LoadBalancer there, LoadBalancer wanted, ImmutableArray<NodeWish> wishes)
    {
        bool same = there.Type == wanted.Type && there.Internal == wanted.Internal && there.IpAddressType == wanted.IpAddressType
            && there.SecurityGroups.ToHashSet().SetEquals(wanted.SecurityGroups)
            && there.Nodes.Select(n => n.SubnetId).ToHashSet().SetEquals(wishes.Select(w => w.Subnet.Id))
            && there.Tags.SequenceEqual(wanted.Tags);
        return same
            ? there
            : throw new Fault(
                "DuplicateLoadBalancerName", $"A load balancer with the same name '{wanted.Name}' exists, but with different settings");
    }

    /// <summary>Application load balancers end in a number, network load balancers in the ARN's digits.</summary>
    private static string NewDnsName(CommandContext context, LoadBalancer balancer) => balancer.Type switch
    {
        LoadBalancerType.Gateway => "",
        LoadBalancerType.Network => $"{balancer.Name}-{balancer.Key[(balancer.Key.LastIndexOf('/') + 1)..]}.elb.{context.Region}.amazonaws.com",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{(balancer.Internal ? "internal-" : "")}{balancer.Name}-{1 + context.Ids.Below(2_147_483_647)}.{context.Region}.elb.amazonaws.com"),
    };

    private static string CheckedLoadBalancerName(string? text)
    {
        string name = CheckedName(text, "load balancer", 32);
        return name.StartsWith("internal-", StringComparison.Ordinal)
            ? throw Elbv2Faults.Validation("The load balancer name cannot begin with 'internal-'")
            : name;
    }

    /// <summary>Letters, digits and hyphens, neither first nor last a hyphen.</summary>
    private static string CheckedName(string? text, string what, int most)
    {
        string name = text ?? "";
        if (name.Length == 0)
        {
            throw Elbv2Faults.Validation($"A {what} name must be specified");
        }

        if (name.Length > most)
        {
            string titled = char.ToUpperInvariant(what[0]) + what[1..];
            throw Elbv2Faults.Validation($"{titled} name '{name}' cannot be longer than '{most}' characters");
        }

        if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw Elbv2Faults.Validation($"The {what} name '{name}' can only contain characters that are alphanumeric characters and hyphens(-)");
        }

        return name[0] == '-' || name[^1] == '-'
            ? throw Elbv2Faults.Validation($"The {what} name '{name}' cannot begin or end with a hyphen(-)")
            : name;
    }

    private static LoadBalancerType TypeOf(string? text) => text switch
    {
        "network" => LoadBalancerType.Network,
        "gateway" => LoadBalancerType.Gateway,
        _ => LoadBalancerType.Application,
    };

    internal static string NameOf(LoadBalancerType type) => type switch
    {
        LoadBalancerType.Network => "network",
        LoadBalancerType.Gateway => "gateway",
        _ => "application",
    };

    private static string PathOf(LoadBalancerType type) => type switch
    {
        LoadBalancerType.Network => "net",
        LoadBalancerType.Gateway => "gwy",
        _ => "app",
    };

    /// <summary>A gateway load balancer has no scheme; its nodes are never public.</summary>
    private static bool IsInternal(string? scheme, LoadBalancerType type)
    {
        if (type == LoadBalancerType.Gateway)
        {
            return scheme is null
                ? true
                : throw new Fault("InvalidScheme", "The scheme cannot be specified for load balancers of type 'gateway'");
        }

        return scheme == "internal";
    }

    private static string CheckedAddressType(string? text, LoadBalancerType type, bool isInternal)
    {
        string addressType = text ?? "ipv4";
        if (addressType == "dualstack-without-public-ipv4" && (type != LoadBalancerType.Application || isInternal))
        {
            throw Elbv2Faults.Configuration(
                $"The IP address type '{addressType}' is supported only by internet-facing load balancers of type 'application'");
        }

        return addressType;
    }

    private static string OnOff(bool on) => on ? "on" : "off";
}
