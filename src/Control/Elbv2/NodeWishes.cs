using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Elbv2;

/// <summary>A node that a load balancer is to have in a subnet.</summary>
/// <param name="SourceNatPrefix">A named /80; null with <paramref name="HasSourceNat"/> for one that is picked.</param>
internal sealed record NodeWish(
    Subnet Subnet, ElasticIp? Elastic = null, IpAddress? PrivateIp = null, IpAddress? Ipv6 = null, bool HasSourceNat = false,
    Prefix? SourceNatPrefix = null);

/// <summary>What holds for all nodes of a load balancer.</summary>
internal sealed record NodeRules(LoadBalancerType Type, bool Internal, string AddressType, bool SourceNat)
{
    public bool IsDualstack => AddressType != "ipv4";
}

/// <summary>
/// Reads subnets and subnet mappings and checks what AWS checks of them. Source: AWS, "Subnets for your load balancer" (application),
/// "Availability Zones" (network), and the parameters of CreateLoadBalancer and SetSubnets.
/// </summary>
internal static class NodeWishes
{
    /// <summary>Addresses that must be free in a subnet for a node to be put there.</summary>
    private const int FreeAddresses = 8;

    /// <summary>The longest prefix of an application load balancer's subnet.</summary>
    private const int LongestPrefix = 27;

    /// <param name="kept">Nodes that stand already: what they hold is not asked for again.</param>
    /// <returns>In the order of the zones' names; at least one.</returns>
    public static ImmutableArray<NodeWish> Read(
        CommandContext context, IReadOnlyList<string>? subnets, IReadOnlyList<AwsElbv2.SubnetMapping>? mappings, NodeRules rules,
        ImmutableArray<LoadBalancerNode> kept = default)
    {
        bool named = subnets is { Count: > 0 };
        bool mapped = mappings is { Count: > 0 };
        if (named == mapped)
        {
            throw Elbv2Faults.Validation(
                named ? "You must specify either subnets or subnet mappings, but not both" : "At least one subnet must be specified");
        }

        List<NodeWish> wishes = named
            ? [.. subnets!.Distinct(StringComparer.Ordinal).Select(id => new NodeWish(SubnetOf(context, id), HasSourceNat: rules.SourceNat))]
            : [.. mappings!.Select(m => ReadMapping(context, m, rules, kept.IsDefault ? [] : kept))];
        CheckZones(rules.Type, wishes);
        CheckVpc(context, rules, wishes[0].Subnet.VpcId);
        foreach (NodeWish wish in wishes)
        {
            CheckSubnet(context, rules, wish, isKept: !kept.IsDefault && kept.Any(n => n.SubnetId == wish.Subnet.Id));
        }

        return [.. wishes.OrderBy(w => w.Subnet.Zone, StringComparer.Ordinal)];
    }

    private static Subnet SubnetOf(CommandContext context, string? id)
    {
        if (id is null || !id.StartsWith("subnet-", StringComparison.Ordinal))
        {
            throw Elbv2Faults.Validation($"The subnet ID '{id}' is not valid");
        }

        return context.Here.Find(new Id<Subnet>(id)) ?? throw new Fault("SubnetNotFound", $"The subnet ID '{id}' does not exist");
    }

    private static NodeWish ReadMapping(
        CommandContext context, AwsElbv2.SubnetMapping mapping, NodeRules rules, ImmutableArray<LoadBalancerNode> kept)
    {
        Subnet subnet = SubnetOf(context, mapping.SubnetId);
        LoadBalancerNode? node = kept.FirstOrDefault(n => n.SubnetId == subnet.Id);
        bool isNetwork = rules.Type == LoadBalancerType.Network;
        RefuseUnless(mapping.AllocationId is null || (isNetwork && !rules.Internal),
            "Elastic IP addresses can be specified only for internet-facing load balancers of type 'network'");
        RefuseUnless(mapping.PrivateIPv4Address is null || (isNetwork && rules.Internal),
            "Private IPv4 addresses can be specified only for internal load balancers of type 'network'");
        RefuseUnless(mapping.IPv6Address is null || (isNetwork && rules.IsDualstack),
            "IPv6 addresses can be specified only for load balancers of type 'network' with the IP address type 'dualstack'");
        RefuseUnless(mapping.SourceNatIpv6Prefix is null || rules.SourceNat,
            "An IPv6 source NAT prefix can be specified only if EnablePrefixForIpv6SourceNat is on");
        return new NodeWish(subnet)
        {
            Elastic = mapping.AllocationId is { } id ? ElasticOf(context, id, node) : null,
            PrivateIp = mapping.PrivateIPv4Address is { } v4 ? AddressIn(context, subnet, v4, isV4: true, node?.PrivateIp) : null,
            Ipv6 = mapping.IPv6Address is { } v6 ? AddressIn(context, subnet, v6, isV4: false, node?.Ipv6) : null,
            HasSourceNat = rules.SourceNat,
            SourceNatPrefix = mapping.SourceNatIpv6Prefix is { } text and not "auto_assigned" ? PrefixOf(subnet, text) : null,
        };
    }

    private static ElasticIp ElasticOf(CommandContext context, string id, LoadBalancerNode? node)
    {
        ElasticIp elastic = context.Here.Find(new Id<ElasticIp>(id))
            ?? throw new Fault("AllocationIdNotFound", $"The allocation ID '{id}' does not exist");
        return elastic.Association is { } taken && taken.NetworkInterfaceId != node?.InterfaceId
            ? throw Elbv2Faults.InUse($"The allocation ID '{id}' is already in use")
            : elastic;
    }

    private static IpAddress AddressIn(CommandContext context, Subnet subnet, string text, bool isV4, IpAddress? own)
    {
        if (!IpAddress.TryParse(text, out IpAddress address) || address.IsV4 != isV4)
        {
            throw Elbv2Faults.Validation($"'{text}' is not a valid {(isV4 ? "IPv4" : "IPv6")} address");
        }

        if (address == own)
        {
            return address;
        }

        if (!subnet.Covers(address))
        {
            throw Elbv2Faults.Configuration($"The IP address '{text}' is not in the range of subnet '{subnet.Id}'");
        }

        return AddressPool.IsFree(context.Here, subnet, address)
            ? address
            : throw Elbv2Faults.Configuration($"The IP address '{text}' is reserved or in use in subnet '{subnet.Id}'");
    }

    private static Prefix PrefixOf(Subnet subnet, string text) =>
        Prefix.TryParse(text, out Prefix prefix, out bool strict) && strict && !prefix.IsV4
        && prefix.Length == NetworkInterface.DelegatedLengthV6 && subnet.Covers(prefix.First)
            ? prefix
            : throw Elbv2Faults.Configuration($"'{text}' is not a /80 IPv6 prefix of subnet '{subnet.Id}'");

    private static void CheckZones(LoadBalancerType type, List<NodeWish> wishes)
    {
        if (wishes.Select(w => w.Subnet.VpcId).Distinct().Count() > 1)
        {
            throw Elbv2Faults.Configuration("All subnets must belong to the same VPC");
        }

        if (wishes.Select(w => w.Subnet.Zone).Distinct(StringComparer.Ordinal).Count() < wishes.Count)
        {
            throw Elbv2Faults.Configuration("A load balancer cannot be attached to multiple subnets in the same Availability Zone");
        }

        if (type == LoadBalancerType.Application && wishes.Count < 2)
        {
            throw Elbv2Faults.Validation("At least two subnets in two different Availability Zones must be specified");
        }

        if (wishes.Where(w => w.Elastic is not null).GroupBy(w => w.Elastic!.Id).Any(g => g.Count() > 1))
        {
            throw Elbv2Faults.Configuration("The same allocation ID cannot be specified for more than one subnet");
        }
    }

    /// <summary>Rule 91 begins here: a public name needs an internet gateway, though not yet a route to it.</summary>
    private static void CheckVpc(CommandContext context, NodeRules rules, Id<Vpc> vpc)
    {
        if (!rules.Internal && !context.Here.By<InternetGateway>(vpc.Value).Any())
        {
            throw new Fault("InvalidSubnet", $"VPC {vpc} has no internet gateway");
        }
    }

    private static void CheckSubnet(CommandContext context, NodeRules rules, NodeWish wish, bool isKept)
    {
        Subnet subnet = wish.Subnet;
        if (rules.IsDualstack && subnet.Ipv6Cidrs.IsEmpty)
        {
            throw new Fault("InvalidSubnet", $"Subnet '{subnet.Id}' has no associated IPv6 CIDR block");
        }

        if (rules.SourceNat && !rules.IsDualstack)
        {
            throw Elbv2Faults.Configuration("EnablePrefixForIpv6SourceNat requires the IP address type 'dualstack'");
        }

        RefuseUnless(!rules.SourceNat || rules.Type == LoadBalancerType.Network,
            "EnablePrefixForIpv6SourceNat is supported only by load balancers of type 'network'");
        if (subnet.Cidr is not { } cidr)
        {
            throw new Fault("InvalidSubnet", $"Subnet '{subnet.Id}' has no IPv4 CIDR block");
        }

        if (rules.Type == LoadBalancerType.Application && cidr.Length > LongestPrefix)
        {
            throw new Fault("InvalidSubnet", $"Subnet '{subnet.Id}' is too small: its CIDR block must have at least a /{LongestPrefix} bitmask");
        }

        // An internal network load balancer needs the eight only where AWS picks its address.
        if (!isKept && wish.PrivateIp is null && AddressPool.FreeIpv4Count(context.Here, subnet) < FreeAddresses)
        {
            throw new Fault(
                "InvalidSubnet",
                $"Not enough IP space available in {subnet.Id}. ELB requires at least {FreeAddresses} free IP addresses in each subnet.");
        }
    }

    private static void RefuseUnless(bool good, string message)
    {
        if (!good)
        {
            throw Elbv2Faults.Configuration(message);
        }
    }
}
