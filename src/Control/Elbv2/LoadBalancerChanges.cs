using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// What can be changed of a load balancer: its zones, groups, address type and capacity. Source: ELBv2 API, SetSubnets, SetSecurityGroups,
/// SetIpAddressType, ModifyIpPools, ModifyCapacityReservation, DescribeCapacityReservation.
/// </summary>
public sealed partial class Elbv2Service
{
    /// <summary>Capacity can be lowered so often a day.</summary>
    private const int DecreasesPerDay = 2;

    public AwsElbv2.SetSubnetsOutput SetSubnets(CommandContext context, AwsElbv2.SetSubnetsInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        string addressType = CheckedAddressType(request.IpAddressType ?? balancer.IpAddressType, balancer.Type, balancer.Internal);
        bool sourceNat = request.EnablePrefixForIpv6SourceNat is { } asked ? asked == "on" : balancer.PrefixForIpv6SourceNat;
        RefuseDatagrams(context, balancer, addressType, sourceNat);
        ImmutableArray<NodeWish> wishes = NodeWishes.Read(
            context, request.Subnets, request.SubnetMappings, new NodeRules(balancer.Type, balancer.Internal, addressType, sourceNat),
            balancer.Nodes);
        if (wishes[0].Subnet.VpcId != balancer.VpcId)
        {
            throw Elbv2Faults.Configuration($"The subnets must belong to the load balancer's VPC '{balancer.VpcId}'");
        }

        if (balancer.Type == LoadBalancerType.Gateway && balancer.Nodes.Any(n => wishes.All(w => w.Subnet.Id != n.SubnetId)))
        {
            throw Elbv2Faults.Configuration("You must include all subnets that were enabled previously");
        }

        LoadBalancer changed = balancer with { IpAddressType = addressType, PrefixForIpv6SourceNat = sourceNat };
        changed = Rebuild(context, changed, wishes);
        return new AwsElbv2.SetSubnetsOutput
        {
            AvailabilityZones = ZonesOf(context, changed),
            IpAddressType = changed.IpAddressType,
            EnablePrefixForIpv6SourceNat = changed.Type == LoadBalancerType.Network ? OnOff(sourceNat) : null,
        };
    }

    public AwsElbv2.SetSecurityGroupsOutput SetSecurityGroups(CommandContext context, AwsElbv2.SetSecurityGroupsInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        if (balancer.Type == LoadBalancerType.Gateway || !balancer.TakesSecurityGroups)
        {
            throw Elbv2Faults.Configuration(balancer.Type == LoadBalancerType.Gateway
                ? "SetSecurityGroups is not supported for load balancers of type 'gateway'"
                : "Security groups cannot be set for a load balancer of type 'network' that was created without security groups");
        }

        if (request.SecurityGroups is not { Count: > 0 } asked)
        {
            throw Elbv2Faults.Validation("At least one security group must be specified");
        }

        if (request.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is not null && balancer.Type != LoadBalancerType.Network)
        {
            throw Elbv2Faults.Configuration(
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is supported only for load balancers of type 'network'");
        }

        LoadBalancer changed = context.Put(balancer with
        {
            SecurityGroups = GroupsFor(context, balancer.Type, balancer.VpcId, asked),
            EnforcePrivateLinkInbound = request.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is { } enforce
                ? enforce == "on"
                : balancer.EnforcePrivateLinkInbound,
        });
        LoadBalancerNodes.Regroup(context, changed);
        return new AwsElbv2.SetSecurityGroupsOutput
        {
            SecurityGroupIds = [.. changed.SecurityGroups.Select(g => g.Value)],
            EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic =
                changed.Type == LoadBalancerType.Network ? OnOff(changed.EnforcePrivateLinkInbound) : null,
        };
    }

    public AwsElbv2.SetIpAddressTypeOutput SetIpAddressType(CommandContext context, AwsElbv2.SetIpAddressTypeInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        string addressType = CheckedAddressType(request.IpAddressType, balancer.Type, balancer.Internal);
        if (addressType != balancer.IpAddressType)
        {
            RefuseWithoutIpv6(context, balancer, addressType);
            LoadBalancer changed = balancer with { IpAddressType = addressType };
            context.Put(changed with { Nodes = [.. changed.Nodes.Select(n => Readdress(context, changed, n))] });
        }

        return new AwsElbv2.SetIpAddressTypeOutput { IpAddressType = addressType };
    }

    /// <remarks>There are no IPAM pools that a load balancer could use; taking one away is nothing to do.</remarks>
    public AwsElbv2.ModifyIpPoolsOutput ModifyIpPools(CommandContext context, AwsElbv2.ModifyIpPoolsInput request)
    {
        Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        return request.IpamPools is null ? new AwsElbv2.ModifyIpPoolsOutput() : throw Fault.Unsupported("IpamPools");
    }

    public AwsElbv2.ModifyCapacityReservationOutput ModifyCapacityReservation(
        CommandContext context, AwsElbv2.ModifyCapacityReservationInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        if (balancer.Type == LoadBalancerType.Gateway)
        {
            throw Elbv2Faults.Configuration("Capacity reservations are not supported for load balancers of type 'gateway'");
        }

        int? units = request.MinimumLoadBalancerCapacity?.CapacityUnits;
        bool resets = request.ResetCapacityReservation == true;
        if (resets == units is not null)
        {
            throw Elbv2Faults.Validation("You must specify either MinimumLoadBalancerCapacity or ResetCapacityReservation");
        }

        int had = balancer.Capacity?.Units ?? 0;
        int wanted = resets ? 0 : units!.Value;
        if (wanted < 0 || (!resets && wanted == 0))
        {
            throw Elbv2Faults.Validation("The number of capacity units must be at least 1");
        }

        int decreases = balancer.Capacity is { } last && last.ModifiedTime.UtcDateTime.Date == context.Now.UtcDateTime.Date ? last.Decreases : 0;
        if (wanted < had && ++decreases > DecreasesPerDay)
        {
            throw new Fault(
                "CapacityDecreaseRequestLimitExceeded", "You've exceeded the daily capacity decrease limit for this reservation.");
        }

        LoadBalancer changed = context.Put(balancer with { Capacity = new CapacityReservation(wanted, context.Now, decreases) });
        AwsElbv2.DescribeCapacityReservationOutput seen = CapacityOf(changed, context.Now);
        return new AwsElbv2.ModifyCapacityReservationOutput
        {
            LastModifiedTime = seen.LastModifiedTime,
            DecreaseRequestsRemaining = seen.DecreaseRequestsRemaining,
            MinimumLoadBalancerCapacity = seen.MinimumLoadBalancerCapacity,
            CapacityReservationState = seen.CapacityReservationState,
        };
    }

    public AwsElbv2.DescribeCapacityReservationOutput DescribeCapacityReservation(
        CommandContext context, AwsElbv2.DescribeCapacityReservationInput request) =>
        CapacityOf(Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn), context.Now);

    /// <summary>Units are spread over the zones evenly, and are there at once.</summary>
    private static AwsElbv2.DescribeCapacityReservationOutput CapacityOf(LoadBalancer balancer, DateTimeOffset now)
    {
        if (balancer.Capacity is not { } capacity)
        {
            return new AwsElbv2.DescribeCapacityReservationOutput { DecreaseRequestsRemaining = DecreasesPerDay };
        }

        bool today = capacity.ModifiedTime.UtcDateTime.Date == now.UtcDateTime.Date;
        return new AwsElbv2.DescribeCapacityReservationOutput
        {
            LastModifiedTime = capacity.ModifiedTime,
            DecreaseRequestsRemaining = DecreasesPerDay - (today ? capacity.Decreases : 0),
            MinimumLoadBalancerCapacity =
                capacity.Units == 0 ? null : new AwsElbv2.MinimumLoadBalancerCapacity { CapacityUnits = capacity.Units },
            CapacityReservationState = capacity.Units == 0
                ? null
                :
                [
                    .. balancer.Nodes.Select(n => new AwsElbv2.ZonalCapacityReservationState
                    {
                        AvailabilityZone = n.Zone,
                        EffectiveCapacityUnits = (double)capacity.Units / balancer.Nodes.Length,
                        State = new AwsElbv2.CapacityReservationStatus { Code = "provisioned" },
                    }),
                ],
        };
    }

    /// <summary>Nodes whose subnet and addresses stay are kept with their interface; others go and come.</summary>
    private static LoadBalancer Rebuild(CommandContext context, LoadBalancer balancer, ImmutableArray<NodeWish> wishes)
    {
        List<LoadBalancerNode> kept = [];
        foreach (LoadBalancerNode node in balancer.Nodes)
        {
            if (wishes.FirstOrDefault(w => w.Subnet.Id == node.SubnetId) is { } wish && IsMetBy(wish, node))
            {
                kept.Add(Readdress(context, balancer, node));
            }
            else
            {
                LoadBalancerNodes.Remove(context, node);
            }
        }

        IEnumerable<LoadBalancerNode> nodes = wishes.Select(
            w => kept.Find(n => n.SubnetId == w.Subnet.Id) ?? LoadBalancerNodes.Make(context, balancer, w));
        return context.Put(balancer with { Nodes = [.. nodes] });
    }

    private static bool IsMetBy(NodeWish wish, LoadBalancerNode node) =>
        wish.Elastic?.Id == node.AllocationId
        && (wish.PrivateIp is null || wish.PrivateIp == node.PrivateIp)
        && (wish.Ipv6 is null || wish.Ipv6 == node.Ipv6)
        && wish.HasSourceNat == node.SourceNatPrefix is not null
        && (wish.SourceNatPrefix is null || wish.SourceNatPrefix == node.SourceNatPrefix);

    /// <summary>Gives a node an IPv6 address, or takes it, and its public IPv4 address, as the address type says.</summary>
    private static LoadBalancerNode Readdress(CommandContext context, LoadBalancer balancer, LoadBalancerNode node)
    {
        NetworkInterface eni = context.Here.Get(node.InterfaceId);
        bool wantsIpv6 = balancer.IpAddressType != "ipv4";
        if (wantsIpv6 && eni.Ipv6Addresses.IsEmpty)
        {
            eni = eni with { Ipv6Addresses = [AddressPool.PickIpv6(context, context.Here.Get(node.SubnetId))] };
        }
        else if (!wantsIpv6 && !eni.Ipv6Addresses.IsEmpty)
        {
            eni = eni with { Ipv6Addresses = [] };
        }

        bool wantsPublic = !balancer.Internal && node.AllocationId is null && balancer.IpAddressType != "dualstack-without-public-ipv4";
        if (wantsPublic != eni.PrivateAddresses[0].AutoPublicIp is not null)
        {
            IpAddress? ip = wantsPublic ? AddressPool.PickPublicIpv4(context) : null;
            eni = eni with { PrivateAddresses = eni.PrivateAddresses.SetItem(0, eni.PrivateAddresses[0] with { AutoPublicIp = ip }) };
        }

        context.Put(eni);
        return node with
        {
            Ipv6 = eni.Ipv6Addresses.IsEmpty ? null : eni.Ipv6Addresses[0],
            AskedIpv6 = node.AskedIpv6 && !eni.Ipv6Addresses.IsEmpty,
        };
    }

    private static void RefuseWithoutIpv6(CommandContext context, LoadBalancer balancer, string addressType)
    {
        if (addressType != "ipv4"
            && balancer.Nodes.FirstOrDefault(n => context.Here.Get(n.SubnetId).Ipv6Cidrs.IsEmpty) is { } node)
        {
            throw new Fault("InvalidSubnet", $"Subnet '{node.SubnetId}' has no associated IPv6 CIDR block");
        }

        RefuseDatagrams(context, balancer, addressType, balancer.PrefixForIpv6SourceNat);
    }

    /// <summary>UDP over IPv6 needs prefixes for source NAT.</summary>
    private static void RefuseDatagrams(CommandContext context, LoadBalancer balancer, string addressType, bool sourceNat)
    {
        bool datagrams = context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key)).Any(l => l.Protocol is "UDP" or "TCP_UDP");
        if (addressType != "ipv4" && datagrams && !sourceNat)
        {
            throw Elbv2Faults.Configuration(
                "The IP address type 'dualstack' is not supported for a load balancer with UDP or TCP_UDP listeners");
        }
    }

    /// <summary>An application load balancer without groups has the VPC's default one; a network load balancer then never has any.</summary>
    private static ImmutableArray<Id<SecurityGroup>> GroupsFor(
        CommandContext context, LoadBalancerType type, Id<Vpc> vpc, IReadOnlyList<string>? asked)
    {
        if (asked is null or [])
        {
            return type == LoadBalancerType.Application
                ? [InterfaceMaker.DefaultGroup(context, vpc, "InvalidSecurityGroup")]
                : [];
        }

        if (type == LoadBalancerType.Gateway)
        {
            throw Elbv2Faults.Configuration("Security groups are not supported for load balancers with type 'gateway'");
        }

        ImmutableArray<Id<SecurityGroup>> groups = [.. asked.Distinct(StringComparer.Ordinal).Select(id => GroupOf(context, vpc, id))];
        context.Quotas.Check(Quotas.SecurityGroupsPerInterface, groups.Length);
        return groups;
    }

    private static Id<SecurityGroup> GroupOf(CommandContext context, Id<Vpc> vpc, string id)
    {
        if (!id.StartsWith("sg-", StringComparison.Ordinal))
        {
            throw Elbv2Faults.Validation($"Security group '{id}' is not valid");
        }

        SecurityGroup group = context.Here.Find(new Id<SecurityGroup>(id))
            ?? throw new Fault("InvalidSecurityGroup", $"The security group '{id}' does not exist");
        return SecurityGroupVpcAssociation.Usable(context.Here, group, vpc)
            ? group.Id
            : throw Elbv2Faults.Configuration($"Security group \"{id}\" does not belong to VPC \"{vpc}\"");
    }
}
