using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Where a classic load balancer stands: subnets, zones, security groups, and its nodes' interfaces. Source: Elastic Load Balancing API
/// 2012-06-01, AttachLoadBalancerToSubnets, EnableAvailabilityZonesForLoadBalancer, ApplySecurityGroupsToLoadBalancer; AWS, "Configure
/// security groups for your Classic Load Balancer", "Prepare your VPC and EC2 instances".
/// </summary>
public sealed partial class ElbService
{
    /// <summary>Free addresses that a subnet must have when a load balancer comes into it.</summary>
    private const int FreeAddressesLeast = 8;

    /// <summary>The smallest subnet that takes a load balancer: /27.</summary>
    private const int SubnetLengthMost = 27;

    private const string OwnGroupStart = "default_elb_";

    public AwsElb.AttachLoadBalancerToSubnetsOutput AttachLoadBalancerToSubnets(
        CommandContext context, AwsElb.AttachLoadBalancerToSubnetsInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        ImmutableArray<Subnet> subnets = NamedSubnets(context, request.Subnets);
        balancer = context.Put(WithSubnets(context, balancer, subnets));
        return new AwsElb.AttachLoadBalancerToSubnetsOutput { Subnets = [.. balancer.Nodes.Select(n => n.SubnetId.Value)] };
    }

    public AwsElb.DetachLoadBalancerFromSubnetsOutput DetachLoadBalancerFromSubnets(
        CommandContext context, AwsElb.DetachLoadBalancerFromSubnetsInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        HashSet<string> gone = [.. request.Subnets ?? []];
        if (gone.FirstOrDefault(s => balancer.Nodes.All(n => n.SubnetId.Value != s)) is { } stranger)
        {
            throw ElbFaults.Configuration($"The load balancer {balancer.Name} is not attached to the subnet {stranger}");
        }

        balancer = WithoutNodes(context, balancer, n => gone.Contains(n.SubnetId.Value));
        return new AwsElb.DetachLoadBalancerFromSubnetsOutput { Subnets = [.. balancer.Nodes.Select(n => n.SubnetId.Value)] };
    }

    public AwsElb.AddAvailabilityZonesOutput EnableAvailabilityZonesForLoadBalancer(
        CommandContext context, AwsElb.AddAvailabilityZonesInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        RequireDefaultVpc(context, balancer, "AttachLoadBalancerToSubnets");
        ImmutableArray<Subnet> subnets =
        [
            .. DefaultSubnets(context, request.AvailabilityZones ?? []).Where(s => balancer.Nodes.All(n => n.Zone != s.Zone)),
        ];
        balancer = context.Put(WithSubnets(context, balancer, subnets));
        return new AwsElb.AddAvailabilityZonesOutput { AvailabilityZones = [.. balancer.Nodes.Select(n => n.Zone)] };
    }

    public AwsElb.RemoveAvailabilityZonesOutput DisableAvailabilityZonesForLoadBalancer(
        CommandContext context, AwsElb.RemoveAvailabilityZonesInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        RequireDefaultVpc(context, balancer, "DetachLoadBalancerFromSubnets");
        HashSet<string> gone = [.. request.AvailabilityZones ?? []];
        if (gone.FirstOrDefault(z => balancer.Nodes.All(n => n.Zone != z)) is { } stranger)
        {
            throw ElbFaults.Configuration($"The Availability Zone {stranger} is not enabled for the load balancer {balancer.Name}");
        }

        balancer = WithoutNodes(context, balancer, n => gone.Contains(n.Zone));
        return new AwsElb.RemoveAvailabilityZonesOutput { AvailabilityZones = [.. balancer.Nodes.Select(n => n.Zone)] };
    }

    public AwsElb.ApplySecurityGroupsToLoadBalancerOutput ApplySecurityGroupsToLoadBalancer(
        CommandContext context, AwsElb.ApplySecurityGroupsToLoadBalancerInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        if (request.SecurityGroups is not { Count: > 0 } asked)
        {
            throw ElbFaults.Configuration("At least one security group must be given");
        }

        ImmutableArray<Id<SecurityGroup>> groups = NamedGroups(context, balancer.VpcId, asked);
        foreach (ClassicNode node in balancer.Nodes)
        {
            context.Put(context.Here.Get(node.NetworkInterfaceId) with { Groups = groups });
        }

        context.Put(balancer with { SecurityGroups = groups });
        return new AwsElb.ApplySecurityGroupsToLoadBalancerOutput { SecurityGroups = [.. groups.Select(g => g.Value)] };
    }

    /// <summary>The subnets of a new load balancer: those that are named, or the default ones of the zones that are named.</summary>
    private static ImmutableArray<Subnet> SubnetsOf(CommandContext context, IReadOnlyList<string>? subnets, IReadOnlyList<string>? zones)
    {
        ImmutableArray<Subnet> found = (subnets, zones) switch
        {
            ({ Count: > 0 }, { Count: > 0 }) =>
                throw ElbFaults.Validation("Only one of SubnetIds or AvailabilityZones parameter may be specified"),
            ({ Count: > 0 }, _) => NamedSubnets(context, subnets),
            (_, { Count: > 0 }) => DefaultSubnets(context, zones),
            _ => throw ElbFaults.Validation("Either AvailabilityZones or SubnetIds must be specified"),
        };
        RefuseTwoInZone(found.Select(s => s.Zone));
        return found;
    }

    private static ImmutableArray<Subnet> NamedSubnets(CommandContext context, IReadOnlyList<string>? ids)
    {
        ImmutableArray<Subnet> subnets =
        [
            .. (ids ?? []).Distinct(StringComparer.Ordinal).Select(id => context.Here.Table<Subnet>().Find(id)
                ?? throw new Fault("SubnetNotFound", $"The subnet ID '{id}' does not exist")),
        ];
        return subnets.All(s => s.VpcId == subnets[0].VpcId)
            ? subnets
            : throw ElbFaults.Configuration("The subnets of a load balancer must all be of one VPC");
    }

    /// <summary>The default subnets of zones: zones are named for load balancers of the default VPC only.</summary>
    private static ImmutableArray<Subnet> DefaultSubnets(CommandContext context, IReadOnlyList<string> zones)
    {
        ImmutableArray<Subnet>.Builder subnets = ImmutableArray.CreateBuilder<Subnet>();
        foreach (string zone in zones.Distinct(StringComparer.Ordinal))
        {
            if (Regions.ZonesOf(context.Account, context.Region).All(z => z.Name != zone))
            {
                throw ElbFaults.Validation($"Invalid Availability Zone: {zone}");
            }

            subnets.Add(context.Here.By<Subnet>(zone).FirstOrDefault(s => s.DefaultForZone && s.Zone == zone)
                ?? throw new Fault("InvalidSubnet", $"Default subnet in {zone} not found"));
        }

        return subnets.ToImmutable();
    }

    private static ClassicLoadBalancer WithSubnets(CommandContext context, ClassicLoadBalancer balancer, ImmutableArray<Subnet> subnets)
    {
        ImmutableArray<Subnet> added = [.. subnets.Where(s => balancer.Nodes.All(n => n.SubnetId != s.Id))];
        RefuseTwoInZone(balancer.Nodes.Select(n => n.Zone).Concat(added.Select(s => s.Zone)));
        if (added.FirstOrDefault(s => s.VpcId != balancer.VpcId) is { } stranger)
        {
            throw ElbFaults.Configuration($"The subnet {stranger.Id} is not of the load balancer's VPC {balancer.VpcId}");
        }

        IEnumerable<ClassicNode> nodes = added.Select(s => NewNode(context, balancer.Name, balancer.Internal, s, balancer.SecurityGroups));
        return balancer with { Nodes = [.. balancer.Nodes.Concat(nodes).OrderBy(n => n.Zone, StringComparer.Ordinal)] };
    }

    private static ClassicLoadBalancer WithoutNodes(CommandContext context, ClassicLoadBalancer balancer, Func<ClassicNode, bool> isGone)
    {
        ImmutableArray<ClassicNode> left = [.. balancer.Nodes.Where(n => !isGone(n))];
        if (left.IsEmpty)
        {
            throw ElbFaults.Configuration("A load balancer must be attached to at least one subnet");
        }

        ClassicLoadBalancer next = context.Put(balancer with { Nodes = left });
        foreach (ClassicNode node in balancer.Nodes.Where(isGone))
        {
            context.Remove(node.NetworkInterfaceId);
        }

        return next;
    }

    /// <summary>A node in a subnet: an interface that Elastic Load Balancing manages, with a public address if clients come from the internet.</summary>
    private static ClassicNode NewNode(
        CommandContext context, string name, bool isInternal, Subnet subnet, ImmutableArray<Id<SecurityGroup>> groups)
    {
        if (subnet.Cidr is not { } cidr || cidr.Length > SubnetLengthMost)
        {
            throw new Fault("InvalidSubnet", $"The subnet {subnet.Id} is too small: a load balancer needs an IPv4 block of /{SubnetLengthMost} or larger");
        }

        if (AddressPool.FreeIpv4Count(context.Here, subnet) < FreeAddressesLeast)
        {
            throw new Fault(
                "InvalidSubnet",
                $"Not enough IP space available in {subnet.Id}. ELB requires at least {FreeAddressesLeast} free IP addresses in each subnet.");
        }

        NetworkInterface eni = InterfaceMaker.Create(context, new InterfaceWish
        {
            Subnet = subnet,
            Description = $"ELB {name}",
            Groups = groups,
            RequesterId = "amazon-elb",
            RequesterManaged = true,
            SourceDestCheck = true,
            Ipv6Count = 0,
            AssociatePublicIp = !isInternal,
            Attachment = new InterfaceAttachment(
                context.NewId("ela-attach"), null, "amazon-elb", DeviceIndex: 1, NetworkCardIndex: 0, context.Now, DeleteOnTermination: false),
        });
        return new ClassicNode(subnet.Id, subnet.Zone, eni.Id);
    }

    private static void RefuseTwoInZone(IEnumerable<string> zones)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        if (!zones.All(seen.Add))
        {
            throw ElbFaults.Configuration("A load balancer cannot be attached to multiple subnets in the same Availability Zone.");
        }
    }

    private static void RequireWayOut(CommandContext context, Id<Vpc> vpc, bool isInternal)
    {
        if (!isInternal && !context.Here.By<InternetGateway>(vpc.Value).Any())
        {
            throw new Fault("InvalidSubnet", $"VPC {vpc} has no internet gateway");
        }
    }

    private static void RequireDefaultVpc(CommandContext context, ClassicLoadBalancer balancer, string instead)
    {
        if (!context.Here.Get(balancer.VpcId).IsDefault)
        {
            throw ElbFaults.Configuration($"EnableAvailabilityZones and DisableAvailabilityZones are for the default VPC only; use {instead}");
        }
    }

    /// <summary>The groups of a new load balancer: those that are named; else the VPC's default one, or in the default VPC one that ELB provides.</summary>
    private static ImmutableArray<Id<SecurityGroup>> NewGroups(
        CommandContext context, Id<Vpc> vpc, IReadOnlyList<string>? ids, ImmutableArray<ClassicListener> listeners)
    {
        if (ids is { Count: > 0 })
        {
            return NamedGroups(context, vpc, ids);
        }

        return context.Here.Get(vpc).IsDefault
            ? [OwnGroup(context, vpc, listeners)]
            : [InterfaceMaker.DefaultGroup(context, vpc, "InvalidSecurityGroup")];
    }

    private static ImmutableArray<Id<SecurityGroup>> NamedGroups(CommandContext context, Id<Vpc> vpc, IReadOnlyList<string> ids)
    {
        foreach (string id in ids)
        {
            if (context.Here.Table<SecurityGroup>().Find(id) is not { } group
                || !SecurityGroupVpcAssociation.Usable(context.Here, group, vpc))
            {
                throw new Fault("InvalidSecurityGroup", $"The security group '{id}' does not exist in the VPC {vpc}");
            }
        }

        return InterfaceMaker.CheckedGroups(context, vpc, ids);
    }

    /// <summary>The group that ELB keeps in the default VPC, made with the first load balancer that needs it and never taken away.</summary>
    private static Id<SecurityGroup> OwnGroup(CommandContext context, Id<Vpc> vpc, ImmutableArray<ClassicListener> listeners)
    {
        SecurityGroup? existing = context.Here.By<SecurityGroup>(vpc.Value)
            .FirstOrDefault(g => g.VpcId == vpc && g.Name.StartsWith(OwnGroupStart, StringComparison.Ordinal));
        if (existing is not null)
        {
            return existing.Id;
        }

        context.Quotas.Check(Quotas.SecurityGroupsPerRegion, context.Here.Table<SecurityGroup>().Count + 1);
        string bits = $"{context.Ids.NextBits():x16}{context.Ids.NextBits():x16}";
        IEnumerable<SecurityGroupRule> inward = listeners.Select(l => l.Port).Distinct().Select(
            port => new SecurityGroupRule(context.NewId("sgr"), false, 6, port, port, new RulePeer(Prefix.AnyV4)));
        return context.Put(new SecurityGroup
        {
            Id = new(context.NewId(SecurityGroup.IdPrefix)),
            Name = $"{OwnGroupStart}{bits[..8]}-{bits[8..12]}-{bits[12..16]}-{bits[16..20]}-{bits[20..]}",
            Description = "ELB created security group used when no security group is specified during ELB creation - modifications could impact "
                + "traffic to future ELBs",
            VpcId = vpc,
            Rules = [.. VpcParts.AllowAllOut(context.Here.Get(vpc), context.NewId), .. inward],
        }).Id;
    }
}
