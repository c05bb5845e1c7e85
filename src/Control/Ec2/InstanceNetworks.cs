using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>One interface that a launch makes or attaches.</summary>
/// <param name="Wish">What to make; null where an interface that is there is attached.</param>
internal sealed record InterfacePlan(
    Subnet Subnet, int DeviceIndex, int CardIndex, bool DeleteOnTermination, InterfaceWish? Wish, Id<NetworkInterface>? Existing)
{
    /// <summary>How many IPv4 addresses of the subnet each instance takes with it.</summary>
    public int Ipv4Count => Wish is not { } wish || Subnet.Cidr is null
        ? 0
        : 1 + wish.SecondaryIps.Length + wish.SecondaryCount + (16 * (wish.Ipv4Prefixes.Length + wish.Ipv4PrefixCount));
}

/// <summary>The network side of a launch: which subnet, which interfaces, which addresses.</summary>
public sealed partial class Ec2Service
{
    private static ImmutableArray<InterfacePlan> PlanInterfaces(
        CommandContext context, Aws.RunInstancesRequest request, InstanceTypeFacts type, int most)
    {
        ImmutableSortedDictionary<string, string> tags = TagRules.New(request.TagSpecifications, NetworkInterface.Kind, LaunchTagKinds);
        ImmutableArray<InterfacePlan> plans = request.NetworkInterfaces is { Count: > 0 } specs
            ? PlanNamedInterfaces(context, request, specs, most)
            : [PlanTopLevelInterface(context, request, most)];
        if (plans.Length > type.Interfaces)
        {
            throw new Fault("AttachmentLimitExceeded", $"Interface count {plans.Length} exceeds the limit for {type.Name}");
        }

        foreach (InterfacePlan plan in plans)
        {
            CheckAgainstType(plan, type);
        }

        return [.. plans.Select(p => p.Wish is null ? p : p with { Wish = p.Wish with { Tags = tags } })];
    }

    /// <summary>The one interface of a request without NetworkInterfaces.</summary>
    private static InterfacePlan PlanTopLevelInterface(CommandContext context, Aws.RunInstancesRequest request, int most)
    {
        RefuseFixedAddresses(most, request.PrivateIpAddress is not null, request.Ipv6Addresses is { Count: > 0 });
        Subnet subnet = SubnetOfLaunch(context, request.SubnetId, request.Placement, request.SecurityGroups);
        if (request.SubnetId is not null && request.SecurityGroups is { Count: > 0 } && context.Here.Find(subnet.VpcId)?.IsDefault != true)
        {
            throw Fault.Combination("The parameter groupName cannot be used with the parameter subnet");
        }

        if (request.Ipv6AddressCount is not null && request.Ipv6Addresses is { Count: > 0 })
        {
            throw Fault.Combination("You may specify either ipv6Addresses or ipv6AddressCount, but not both.");
        }

        InterfaceWish wish = new()
        {
            Subnet = subnet,
            Groups = LaunchGroups(context, subnet, request.SecurityGroupIds, request.SecurityGroups),
            PrimaryIp = request.PrivateIpAddress is { } ip ? Door.Ipv4(ip, "privateIpAddress") : null,
            Ipv6 = NamedIpv6(request.Ipv6Addresses),
            Ipv6Count = CheckedCount(request.Ipv6AddressCount, "ipv6AddressCount"),
            PrimaryIpv6 = request.EnablePrimaryIpv6 == true,
            AssociatePublicIp = subnet.MapPublicIpOnLaunch && subnet.Cidr is not null,
        };
        return new InterfacePlan(subnet, 0, 0, true, wish, null);
    }

    private static ImmutableArray<InterfacePlan> PlanNamedInterfaces(
        CommandContext context, Aws.RunInstancesRequest request, IReadOnlyList<Aws.InstanceNetworkInterfaceSpecification> specs, int most)
    {
        RefuseTopLevelNetwork(request);
        SortedDictionary<int, InterfacePlan> byIndex = [];
        foreach (Aws.InstanceNetworkInterfaceSpecification spec in specs)
        {
            RefuseInSpecification(spec, specs.Count);
            int index = spec.DeviceIndex ?? throw new Fault("MissingParameter", "Each network interface requires a device index.");
            InterfacePlan plan = spec.NetworkInterfaceId is null
                ? PlanNewInterface(context, request, spec, index, specs.Count, most)
                : PlanExistingInterface(context, spec, index, most);
            if (index < 0 || !byIndex.TryAdd(index, plan))
            {
                throw Fault.Invalid($"Value ({index}) for parameter deviceIndex is invalid. Each network interface needs a device index of its own.");
            }
        }

        if (!byIndex.TryGetValue(0, out InterfacePlan? primary))
        {
            throw Fault.Combination("A network interface with device index 0 must be specified.");
        }

        if (byIndex.Values.Any(p => p.Subnet.Zone != primary.Subnet.Zone))
        {
            throw Fault.Combination("All network interfaces of an instance must be in the same Availability Zone.");
        }

        List<Id<NetworkInterface>> existing = [.. byIndex.Values.Where(p => p.Existing is not null).Select(p => p.Existing!.Value)];
        return existing.Distinct().Count() == existing.Count
            ? [.. byIndex.Values]
            : throw Fault.Invalid("The same network interface is specified more than once.");
    }

    private static InterfacePlan PlanNewInterface(
        CommandContext context, Aws.RunInstancesRequest request, Aws.InstanceNetworkInterfaceSpecification spec, int index, int specs, int most)
    {
        RefuseFixedAddresses(
            most, spec.PrivateIpAddress is not null || spec.PrivateIpAddresses is { Count: > 0 }, spec.Ipv6Addresses is { Count: > 0 });
        RefuseTogether(
            ("privateIpAddresses", spec.PrivateIpAddresses is { Count: > 0 } list && list.Any(a => a.Primary != true)),
            ("secondaryPrivateIpAddressCount", spec.SecondaryPrivateIpAddressCount is > 0),
            ("ipv4Prefixes", spec.Ipv4Prefixes is { Count: > 0 }),
            ("ipv4PrefixCount", spec.Ipv4PrefixCount is > 0));
        RefuseTogether(
            ("ipv6Addresses", spec.Ipv6Addresses is { Count: > 0 }),
            ("ipv6AddressCount", spec.Ipv6AddressCount is > 0),
            ("ipv6Prefixes", spec.Ipv6Prefixes is { Count: > 0 }),
            ("ipv6PrefixCount", spec.Ipv6PrefixCount is > 0));
        Subnet subnet = SubnetOfLaunch(context, spec.SubnetId, request.Placement, null);
        (IpAddress? primary, ImmutableArray<IpAddress> secondary) = NamedAddresses(spec.PrivateIpAddress, spec.PrivateIpAddresses);
        bool single = specs == 1 && index == 0;
        bool byDefault = single && subnet.MapPublicIpOnLaunch && subnet.Cidr is not null;
        InterfaceWish wish = new()
        {
            Subnet = subnet,
            Description = CheckedDescription(spec.Description),
            Groups = LaunchGroups(context, subnet, spec.Groups, null),
            PrimaryIp = primary,
            SecondaryIps = secondary,
            SecondaryCount = CheckedCount(spec.SecondaryPrivateIpAddressCount, "secondaryPrivateIpAddressCount") ?? 0,
            Ipv6 = NamedIpv6(spec.Ipv6Addresses),
            Ipv6Count = CheckedCount(spec.Ipv6AddressCount, "ipv6AddressCount"),
            Ipv4Prefixes = [.. (spec.Ipv4Prefixes ?? []).Select(p => Door.Ipv4Cidr(p.Ipv4Prefix, "ipv4Prefix"))],
            Ipv4PrefixCount = CheckedCount(spec.Ipv4PrefixCount, "ipv4PrefixCount") ?? 0,
            Ipv6Prefixes = [.. (spec.Ipv6Prefixes ?? []).Select(p => Door.Ipv6Cidr(p.Ipv6Prefix, "ipv6Prefix"))],
            Ipv6PrefixCount = CheckedCount(spec.Ipv6PrefixCount, "ipv6PrefixCount") ?? 0,
            PrimaryIpv6 = spec.PrimaryIpv6 == true,
            InterfaceType = spec.InterfaceType ?? "interface",
            AssociatePublicIp = spec.AssociatePublicIpAddress ?? byDefault,
            Tracking = TrackingOf(spec.ConnectionTrackingSpecification, null),
        };
        return new InterfacePlan(subnet, index, spec.NetworkCardIndex ?? 0, spec.DeleteOnTermination ?? true, wish, null);
    }

    private static InterfacePlan PlanExistingInterface(
        CommandContext context, Aws.InstanceNetworkInterfaceSpecification spec, int index, int most)
    {
        if (most > 1)
        {
            throw Fault.Combination("A network interface ID may not be specified when launching more than one instance.");
        }

        (string Name, bool Asked)[] refused =
        [
            ("subnet", spec.SubnetId is not null),
            ("security groups", spec.Groups is { Count: > 0 }),
            ("private IP address", spec.PrivateIpAddress is not null || spec.PrivateIpAddresses is { Count: > 0 }),
            ("secondary private IP address count", spec.SecondaryPrivateIpAddressCount is not null),
            ("IPv6 addresses", spec.Ipv6Addresses is { Count: > 0 } || spec.Ipv6AddressCount is not null),
            ("prefixes", spec.Ipv4Prefixes is { Count: > 0 } || spec.Ipv6Prefixes is { Count: > 0 }
                || spec.Ipv4PrefixCount is not null || spec.Ipv6PrefixCount is not null),
            ("description", spec.Description is not null),
            ("connection tracking specification", spec.ConnectionTrackingSpecification is not null),
            ("interface type", spec.InterfaceType is not null),
            ("primary IPv6 address", spec.PrimaryIpv6 is not null),
        ];
        foreach ((string name, bool asked) in refused)
        {
            if (asked)
            {
                throw Fault.Combination($"A network interface may not specify both a network interface ID and a {name}");
            }
        }

        NetworkInterface eni = InterfaceIds.Get(context, spec.NetworkInterfaceId);
        RefuseManaged(eni);
        RefuseAttached(eni);
        Subnet subnet = context.Here.Get(eni.SubnetId);
        return new InterfacePlan(subnet, index, spec.NetworkCardIndex ?? 0, spec.DeleteOnTermination ?? false, null, eni.Id);
    }

    private static void PutInterface(CommandContext context, Instance instance, InterfacePlan plan)
    {
        InterfaceAttachment attachment = new(
            context.NewId("eni-attach"), instance.Id, context.Account, plan.DeviceIndex, plan.CardIndex, context.Now, plan.DeleteOnTermination);
        if (plan.Wish is { } wish)
        {
            InterfaceMaker.Create(context, wish with { Attachment = attachment });
        }
        else if (plan.Existing is { } id)
        {
            context.Put(context.Here.Get(id) with { Attachment = attachment });
        }
    }

    /// <summary>The subnet a request names, or the default VPC's in the zone it names, or in the first one.</summary>
    private static Subnet SubnetOfLaunch(CommandContext context, string? subnetId, Aws.Placement? place, IReadOnlyList<string>? groupNames)
    {
        // An empty name counts as none: Terraform's provider sends one where no zone is asked for.
        string? zone = place?.AvailabilityZone is { Length: > 0 } given ? given
            : place?.AvailabilityZoneId is { Length: > 0 } zoneId ? Door.ZoneOf(context, null, zoneId).Name
            : null;
        if (subnetId is not null)
        {
            Subnet named = SubnetIds.GetUsable(context, subnetId);
            return zone is null || zone == named.Zone ? named : throw Fault.Invalid(
                $"The Availability Zone of the specified subnet, '{named.Zone}', does not match the specified Availability Zone, '{zone}'.");
        }

        if (zone is not null && !Regions.ZonesOf(context.Account, context.Region).Any(z => z.Name == zone))
        {
            throw Fault.Invalid($"Invalid availability zone: [{zone}]");
        }

        Partition here = context.Here;
        Vpc vpc = here.By<Vpc>(Vpc.DefaultWord).FirstOrDefault() ?? throw new Fault(
            "VPCIdNotSpecified",
            groupNames is { Count: > 0 }
                ? "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."
                : "No default VPC for this user");
        return here.By<Subnet>(vpc.Key)
            .Where(s => s.DefaultForZone && (zone is null || s.Zone == zone))
            .MinBy(s => s.Zone, StringComparer.Ordinal)
            ?? throw new Fault("MissingInput", $"No subnets found for the default VPC '{vpc.Id}'. Please specify a subnet.");
    }

    private static ImmutableArray<Id<SecurityGroup>> LaunchGroups(
        CommandContext context, Subnet subnet, IReadOnlyList<string>? ids, IReadOnlyList<string>? names) =>
        ids is null or [] && names is null or [] ? [] : InterfaceMaker.CheckedGroups(context, subnet.VpcId, ids, names);

    private static int? InRange(int? value, int least, int most, string parameter) =>
        value is { } number && (number < least || number > most)
            ? throw Fault.Invalid($"Value ({number}) for parameter {parameter} is invalid. Expecting a value between {least} and {most}.")
            : value;

    private static int? CheckedCount(int? count, string parameter) => InRange(count, 0, 10_000, parameter);

    private static void CheckAgainstType(InterfacePlan plan, InstanceTypeFacts type)
    {
        if (plan.CardIndex != 0)
        {
            throw Fault.Invalid($"Value ({plan.CardIndex}) for parameter networkCardIndex is invalid. {type.Name} has one network card.");
        }

        if (plan.DeviceIndex >= type.Interfaces)
        {
            throw Fault.Invalid($"Network interface device index {plan.DeviceIndex} exceeds the limit for {type.Name}");
        }

        if (plan.Wish is not { } wish)
        {
            return;
        }

        if (wish.InterfaceType is not ("interface" or "efa" or "efa-only"))
        {
            throw Fault.InvalidValue(wish.InterfaceType, "interfaceType");
        }

        if (wish.InterfaceType != "interface" && !type.Has('X'))
        {
            throw Fault.Combination($"EFA interfaces are not supported on {type.Name}");
        }

        int ipv4 = 1 + wish.SecondaryIps.Length + wish.SecondaryCount + wish.Ipv4Prefixes.Length + wish.Ipv4PrefixCount;
        int ipv6 = wish.Ipv6.Length + (wish.Ipv6Count ?? 0) + wish.Ipv6Prefixes.Length + wish.Ipv6PrefixCount;
        if (ipv4 > type.Ipv4PerInterface || ipv6 > type.Ipv6PerInterface)
        {
            throw new Fault("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.");
        }
    }

    private static void RefuseFixedAddresses(int most, bool fixedIpv4, bool fixedIpv6)
    {
        if (most > 1 && fixedIpv4)
        {
            throw Fault.Combination("A private IP address may not be specified when launching more than one instance.");
        }

        if (most > 1 && fixedIpv6)
        {
            throw Fault.Combination("IPv6 addresses may not be specified when launching more than one instance.");
        }
    }

    private static void RefuseTopLevelNetwork(Aws.RunInstancesRequest request)
    {
        (string Name, bool Asked)[] refused =
        [
            ("subnet ID", request.SubnetId is not null),
            ("security groups", request.SecurityGroupIds is { Count: > 0 } || request.SecurityGroups is { Count: > 0 }),
            ("private IP address", request.PrivateIpAddress is not null),
            ("IPv6 addresses", request.Ipv6Addresses is { Count: > 0 } || request.Ipv6AddressCount is not null),
            ("primary IPv6 address", request.EnablePrimaryIpv6 is not null),
        ];
        foreach ((string name, bool asked) in refused)
        {
            if (asked)
            {
                throw Fault.Combination($"Network interfaces and an instance-level {name} may not be specified on the same request");
            }
        }
    }

    private static void RefuseInSpecification(Aws.InstanceNetworkInterfaceSpecification spec, int specs)
    {
        if (spec.AssociateCarrierIpAddress == true)
        {
            throw Fault.Unsupported("NetworkInterface.AssociateCarrierIpAddress");
        }

        if (spec.EnaSrdSpecification?.EnaSrdEnabled == true)
        {
            throw Fault.Unsupported("NetworkInterface.EnaSrdSpecification");
        }

        if (spec.EnaQueueCount is not null)
        {
            throw Fault.Unsupported("NetworkInterface.EnaQueueCount");
        }

        if (spec.AssociatePublicIpAddress != true)
        {
            return;
        }

        if (specs > 1)
        {
            throw Fault.Combination(
                "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.");
        }

        if (spec.NetworkInterfaceId is not null)
        {
            throw Fault.Combination("The associatePublicIPAddress parameter cannot be specified for an existing network interface.");
        }

        if (spec.DeviceIndex is not (null or 0))
        {
            throw Fault.Combination(
                "The associatePublicIPAddress parameter can only be specified for the network interface with DeviceIndex 0.");
        }
    }
}
