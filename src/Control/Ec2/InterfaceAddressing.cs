using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Secondary addresses, IPv6 addresses and delegated prefixes of interfaces. Source: EC2 API, AssignPrivateIpAddresses.</summary>
public sealed partial class Ec2Service
{
    public Aws.AssignPrivateIpAddressesResult AssignPrivateIpAddresses(
        CommandContext context, Aws.AssignPrivateIpAddressesRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        int picked = Count(request.SecondaryPrivateIpAddressCount, "secondaryPrivateIpAddressCount");
        int blocks = Count(request.Ipv4PrefixCount, "ipv4PrefixCount");
        ImmutableArray<IpAddress> named = [.. (request.PrivateIpAddresses ?? []).Select(a => Door.Ipv4(a, "privateIpAddress")).Distinct()];
        ImmutableArray<Prefix> prefixes = [.. (request.Ipv4Prefixes ?? []).Select(p => Door.Ipv4Cidr(p, "Ipv4Prefix"))];
        RefuseTogether(("privateIpAddresses", !named.IsEmpty), ("secondaryPrivateIpAddressCount", picked > 0));
        RefuseTogether(("ipv4Prefixes", !prefixes.IsEmpty), ("ipv4PrefixCount", blocks > 0));
        RefuseNothing(
            !named.IsEmpty || !prefixes.IsEmpty || picked > 0 || blocks > 0,
            "Either secondaryPrivateIpAddressCount, privateIpAddresses, ipv4PrefixCount or ipv4Prefixes must be specified.");

        Subnet subnet = context.Here.Get(eni.SubnetId);
        InterfaceAddresses addresses = new(context, subnet);
        Dictionary<IpAddress, ElasticIp> moved = [];
        List<IpAddress> added = [];
        foreach (IpAddress address in named.Where(a => eni.PrivateAddresses.All(p => p.Ip != a)))
        {
            MoveAway(context, addresses, subnet, address, request.AllowReassignment == true, moved);
            added.Add(addresses.Take(address));
        }

        added.AddRange(addresses.PickIpv4(picked));
        ImmutableArray<Prefix> newBlocks = addresses.Prefixes(Family.V4, prefixes, blocks);
        NetworkInterface changed = eni with
        {
            PrivateAddresses = [.. eni.PrivateAddresses, .. added.Select(a => new InterfaceAddress(a))],
            Ipv4Prefixes = [.. eni.Ipv4Prefixes, .. newBlocks],
        };
        PutChecked(context, changed);
        foreach ((IpAddress address, ElasticIp eip) in moved)
        {
            context.Put(eip with { Association = new ElasticIpAssociation(context.NewId("eipassoc"), eni.Id, address) });
        }

        return new Aws.AssignPrivateIpAddressesResult
        {
            NetworkInterfaceId = eni.Id.Value,
            AssignedPrivateIpAddresses =
                [.. (named.IsEmpty ? added : [.. named]).Select(a => new Aws.AssignedPrivateIpAddress { PrivateIpAddress = a.ToString() })],
            AssignedIpv4Prefixes = [.. newBlocks.Select(p => new Aws.Ipv4PrefixSpecification { Ipv4Prefix = p.ToString() })],
        };
    }

    public Aws.UnassignPrivateIpAddressesResult UnassignPrivateIpAddresses(CommandContext context, Aws.UnassignPrivateIpAddressesRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        HashSet<IpAddress> named = [.. (request.PrivateIpAddresses ?? []).Select(a => Door.Ipv4(a, "privateIpAddress"))];
        HashSet<Prefix> prefixes = [.. (request.Ipv4Prefixes ?? []).Select(p => Door.Ipv4Cidr(p, "Ipv4Prefix"))];
        RefuseNothing(named.Count + prefixes.Count > 0, "Either privateIpAddresses or ipv4Prefixes must be specified.");
        RefuseStrangers(eni, named.Where(a => eni.PrivateAddresses.All(p => p.Ip != a)));
        RefuseStrangers(eni, prefixes.Where(p => !eni.Ipv4Prefixes.Contains(p)));
        if (eni.PrimaryIp is { } primary && named.Contains(primary))
        {
            throw Fault.Invalid($"The primary private IP address {primary} of interface {eni.Id} cannot be unassigned.");
        }

        foreach (ElasticIp eip in context.Here.By<ElasticIp>(eni.Id.Value).Where(e => named.Contains(e.Association!.PrivateIp)).ToList())
        {
            context.Put(eip with { Association = null });
        }

        context.Put(eni with
        {
            PrivateAddresses = eni.PrivateAddresses.RemoveAll(a => named.Contains(a.Ip)),
            Ipv4Prefixes = eni.Ipv4Prefixes.RemoveAll(prefixes.Contains),
        });
        return new();
    }

    public Aws.AssignIpv6AddressesResult AssignIpv6Addresses(CommandContext context, Aws.AssignIpv6AddressesRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        int picked = Count(request.Ipv6AddressCount, "ipv6AddressCount");
        int blocks = Count(request.Ipv6PrefixCount, "ipv6PrefixCount");
        ImmutableArray<IpAddress> named = [.. (request.Ipv6Addresses ?? []).Select(a => Door.Ipv6(a, "ipv6Address"))];
        ImmutableArray<Prefix> prefixes = [.. (request.Ipv6Prefixes ?? []).Select(p => Door.Ipv6Cidr(p, "Ipv6Prefix"))];
        RefuseTogether(("ipv6Addresses", !named.IsEmpty), ("ipv6AddressCount", picked > 0));
        RefuseTogether(("ipv6Prefixes", !prefixes.IsEmpty), ("ipv6PrefixCount", blocks > 0));
        RefuseNothing(
            !named.IsEmpty || !prefixes.IsEmpty || picked > 0 || blocks > 0,
            "Either ipv6AddressCount, ipv6Addresses, ipv6PrefixCount or ipv6Prefixes must be specified.");

        InterfaceAddresses addresses = new(context, context.Here.Get(eni.SubnetId));
        List<IpAddress> added = [.. named.Select(addresses.Take)];
        added.AddRange(addresses.PickIpv6(picked));
        ImmutableArray<Prefix> newBlocks = addresses.Prefixes(Family.V6, prefixes, blocks);
        PutChecked(context, eni with
        {
            Ipv6Addresses = [.. eni.Ipv6Addresses, .. added],
            Ipv6Prefixes = [.. eni.Ipv6Prefixes, .. newBlocks],
        });
        return new Aws.AssignIpv6AddressesResult
        {
            NetworkInterfaceId = eni.Id.Value,
            AssignedIpv6Addresses = [.. added.Select(a => a.ToString())],
            AssignedIpv6Prefixes = [.. newBlocks.Select(p => p.ToString())],
        };
    }

    public Aws.UnassignIpv6AddressesResult UnassignIpv6Addresses(CommandContext context, Aws.UnassignIpv6AddressesRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        HashSet<IpAddress> named = [.. (request.Ipv6Addresses ?? []).Select(a => Door.Ipv6(a, "ipv6Address"))];
        HashSet<Prefix> prefixes = [.. (request.Ipv6Prefixes ?? []).Select(p => Door.Ipv6Cidr(p, "Ipv6Prefix"))];
        RefuseNothing(named.Count + prefixes.Count > 0, "Either ipv6Addresses or ipv6Prefixes must be specified.");
        RefuseStrangers(eni, named.Where(a => !eni.Ipv6Addresses.Contains(a)));
        RefuseStrangers(eni, prefixes.Where(p => !eni.Ipv6Prefixes.Contains(p)));
        if (eni.HasPrimaryIpv6 && named.Contains(eni.Ipv6Addresses[0]))
        {
            throw new Fault("OperationNotPermitted", $"The primary IPv6 address {eni.Ipv6Addresses[0]} cannot be unassigned.");
        }

        context.Put(eni with
        {
            Ipv6Addresses = eni.Ipv6Addresses.RemoveAll(named.Contains),
            Ipv6Prefixes = eni.Ipv6Prefixes.RemoveAll(prefixes.Contains),
        });
        return new Aws.UnassignIpv6AddressesResult
        {
            NetworkInterfaceId = eni.Id.Value,
            UnassignedIpv6Addresses = [.. named.Select(a => a.ToString())],
            UnassignedIpv6Prefixes = [.. prefixes.Select(p => p.ToString())],
        };
    }

    /// <summary>
    /// Takes a secondary address away from the interface that has it, where the request allows that; its Elastic IP follows it.
    /// </summary>
    private static void MoveAway(
        CommandContext context, InterfaceAddresses addresses, Subnet subnet, IpAddress address, bool allowed,
        Dictionary<IpAddress, ElasticIp> moved)
    {
        addresses.CheckPlace(address);
        NetworkInterface? owner = context.Here.By<NetworkInterface>(NetworkInterface.AddressWord(subnet.Id, address)).FirstOrDefault();
        if (owner is null)
        {
            return;
        }

        if (!allowed || owner.RequesterManaged || owner.PrimaryIp == address)
        {
            throw Fault.Invalid($"[{address}] assigned, but move is not allowed.");
        }

        if (ElasticIpOf(context.Here, owner, address) is { } eip)
        {
            moved[address] = context.Put(eip with { Association = null });
        }

        context.Put(owner with { PrivateAddresses = owner.PrivateAddresses.RemoveAll(a => a.Ip == address) });
    }

    private static void PutChecked(CommandContext context, NetworkInterface eni)
    {
        if (eni.Attachment?.InstanceId is { } id && context.Here.Find(id) is { } instance)
        {
            InterfaceLimits.CheckAddresses(instance, eni);
        }

        context.Put(eni);
        NetworkAddressUsage.Check(context, eni.VpcId);
    }

    private static void RefuseNothing(bool given, string message)
    {
        if (!given)
        {
            throw Fault.Combination(message);
        }
    }

    private static void RefuseStrangers<T>(NetworkInterface eni, IEnumerable<T> strangers)
    {
        List<T> found = [.. strangers];
        if (found.Count > 0)
        {
            throw Fault.Invalid($"Some of [{string.Join(", ", found)}] are not assigned to interface {eni.Id}");
        }
    }
}
