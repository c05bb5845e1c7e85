using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What is wanted of a new network interface, by a user or by a service that needs one.</summary>
public sealed record InterfaceWish
{
    public required Subnet Subnet { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Empty: the VPC's default group, unless a service manages the interface.</summary>
    public ImmutableArray<Id<SecurityGroup>> Groups { get; init; } = [];

    /// <summary>Null: a free one is picked, where the subnet has IPv4.</summary>
    public IpAddress? PrimaryIp { get; init; }

    public ImmutableArray<IpAddress> SecondaryIps { get; init; } = [];

    /// <summary>How many secondary addresses to pick, besides those named.</summary>
    public int SecondaryCount { get; init; }

    public ImmutableArray<IpAddress> Ipv6 { get; init; } = [];

    /// <summary>How many IPv6 addresses to pick; null: one where the subnet says so (AssignIpv6AddressOnCreation).</summary>
    public int? Ipv6Count { get; init; }

    public ImmutableArray<Prefix> Ipv4Prefixes { get; init; } = [];

    public ImmutableArray<Prefix> Ipv6Prefixes { get; init; } = [];

    public int Ipv4PrefixCount { get; init; }

    public int Ipv6PrefixCount { get; init; }

    public string InterfaceType { get; init; } = "interface";

    public bool RequesterManaged { get; init; }

    public string? RequesterId { get; init; }

    public bool SourceDestCheck { get; init; } = true;

    /// <summary>Gives the primary address a public one at once where the interface is attached; else the wish is kept for its launch.</summary>
    public bool AssociatePublicIp { get; init; }

    public InterfaceAttachment? Attachment { get; init; }

    /// <summary>The first IPv6 address is the primary one and stays.</summary>
    public bool PrimaryIpv6 { get; init; }

    public ConnectionTracking? Tracking { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;
}

/// <summary>Makes network interfaces: the one way in which any operation does. Source: EC2 API, CreateNetworkInterface.</summary>
public static class InterfaceMaker
{
    /// <summary>Checks the wish, picks what it leaves open, and writes the interface.</summary>
    /// <exception cref="Fault">An address out of the subnet or in use, a group of another VPC, no free address, a quota.</exception>
    public static NetworkInterface Create(CommandContext context, InterfaceWish wish)
    {
        context.Quotas.Check(Quotas.InterfacesPerRegion, context.Here.Table<NetworkInterface>().Count + 1);
        InterfaceAddresses addresses = new(context, wish.Subnet);
        bool bare = wish.InterfaceType == "efa-only";
        ImmutableArray<InterfaceAddress> v4 = wish.Subnet.Cidr is null || bare ? RefuseIpv4(wish) : [.. PickIpv4(addresses, wish)];
        if (v4 is [{ } first, ..] && wish.AssociatePublicIp && wish.Attachment is not null)
        {
            v4 = v4.SetItem(0, first with { AutoPublicIp = AddressPool.PickPublicIpv4(context) });
        }

        ImmutableArray<Prefix> v4Prefixes = addresses.Prefixes(Family.V4, wish.Ipv4Prefixes, wish.Ipv4PrefixCount);
        ImmutableArray<Prefix> v6Prefixes = addresses.Prefixes(Family.V6, wish.Ipv6Prefixes, wish.Ipv6PrefixCount);
        ImmutableArray<IpAddress> v6 = bare ? [] : PickIpv6(addresses, wish);
        if (wish.PrimaryIpv6 && v6.IsEmpty)
        {
            throw Fault.Combination("A primary IPv6 address can be enabled only on a network interface that has an IPv6 address.");
        }

        NetworkInterface eni = context.Put(new NetworkInterface
        {
            Id = new(context.NewId(NetworkInterface.IdPrefix)),
            SubnetId = wish.Subnet.Id,
            VpcId = wish.Subnet.VpcId,
            Description = wish.Description,
            InterfaceType = wish.InterfaceType,
            MacAddress = context.Ids.NextMac(),
            PrivateAddresses = v4,
            Ipv6Addresses = v6,
            Ipv4Prefixes = v4Prefixes,
            Ipv6Prefixes = v6Prefixes,
            HasPrimaryIpv6 = wish.PrimaryIpv6,
            Groups = GroupsOf(context, wish),
            SourceDestCheck = wish.SourceDestCheck,
            Attachment = wish.Attachment,
            RequesterId = wish.RequesterId,
            RequesterManaged = wish.RequesterManaged,
            AssociatePublicIp = wish.AssociatePublicIp,
            Tracking = wish.Tracking,
            Tags = wish.Tags,
        });
        NetworkAddressUsage.Check(context, eni.VpcId);
        return eni;
    }

    /// <summary>The groups an interface of a VPC may have: each must be there and serve the VPC, and no more than the quota.</summary>
    public static ImmutableArray<Id<SecurityGroup>> CheckedGroups(
        CommandContext context, Id<Vpc> vpc, IReadOnlyList<string>? ids, IReadOnlyList<string>? names = null)
    {
        ImmutableArray<Id<SecurityGroup>> groups = [.. Ec2Service.GroupsOf(context, vpc, ids, names).Distinct()];
        context.Quotas.Check(Quotas.SecurityGroupsPerInterface, groups.Length);
        return groups;
    }

    private static ImmutableArray<Id<SecurityGroup>> GroupsOf(CommandContext context, InterfaceWish wish)
    {
        if (!wish.Groups.IsEmpty)
        {
            return CheckedGroups(context, wish.Subnet.VpcId, [.. wish.Groups.Select(g => g.Value)]);
        }

        return wish.RequesterManaged
            ? []
            : [DefaultGroup(context, wish.Subnet.VpcId, "InvalidGroup.NotFound")];
    }

    /// <summary>The VPC's default group: whoever shares a subnet of another account's VPC has none there and names one of its own.</summary>
    /// <param name="code">What a service calls a group that cannot be used.</param>
    public static Id<SecurityGroup> DefaultGroup(CommandContext context, Id<Vpc> vpc, string code) =>
        context.Here.By<SecurityGroup>(SecurityGroup.NameWord(vpc, "default")).FirstOrDefault()?.Id
            ?? throw new Fault(code, $"The default security group of '{vpc}' belongs to the VPC's owner.");

    private static ImmutableArray<InterfaceAddress> RefuseIpv4(InterfaceWish wish) =>
        wish.PrimaryIp is null && wish.SecondaryIps.IsEmpty && wish.SecondaryCount == 0
            ? []
            : throw Fault.Combination(
                $"IPv4 addresses cannot be assigned to a network interface of type '{wish.InterfaceType}' in subnet '{wish.Subnet.Id}'.");

    private static IEnumerable<InterfaceAddress> PickIpv4(InterfaceAddresses addresses, InterfaceWish wish)
    {
        // Named addresses are taken first, so that no pick falls on one of them.
        IpAddress? named = wish.PrimaryIp is { } asked ? addresses.Take(asked) : null;
        List<IpAddress> secondary = [.. wish.SecondaryIps.Select(addresses.Take)];
        yield return new InterfaceAddress(named ?? addresses.PickIpv4());
        foreach (IpAddress address in secondary)
        {
            yield return new InterfaceAddress(address);
        }

        foreach (IpAddress address in addresses.PickIpv4(wish.SecondaryCount))
        {
            yield return new InterfaceAddress(address);
        }
    }

    private static ImmutableArray<IpAddress> PickIpv6(InterfaceAddresses addresses, InterfaceWish wish)
    {
        bool bySubnet = wish.Subnet.AssignIpv6AddressOnCreation || wish.Subnet.Ipv6Native || wish.PrimaryIpv6;
        bool asksForNone = wish.Ipv6.IsEmpty && wish.Ipv6Prefixes.IsEmpty && wish.Ipv6PrefixCount == 0;
        int count = wish.Ipv6Count ?? (asksForNone && bySubnet && !wish.Subnet.Ipv6Cidrs.IsEmpty ? 1 : 0);
        ImmutableArray<IpAddress> named = [.. wish.Ipv6.Select(addresses.Take)];
        return [.. named, .. addresses.PickIpv6(count)];
    }
}

/// <summary>Addresses that one command takes out of a subnet: named ones are checked in AWS's words, others are picked, none twice.</summary>
public sealed class InterfaceAddresses(CommandContext context, Subnet subnet)
{
    private readonly HashSet<IpAddress> taken = [];
    private readonly HashSet<Prefix> takenBlocks = [];

    /// <summary>Takes an address that was asked for by name.</summary>
    /// <param name="address">The address.</param>
    public IpAddress Take(IpAddress address)
    {
        CheckPlace(address);
        if (!AddressPool.IsFree(context.Here, subnet, address) || takenBlocks.Any(b => b.Contains(address)))
        {
            throw InUse(address);
        }

        return taken.Add(address) ? address : throw Fault.Invalid($"Duplicate IP address '{address}' specified.");
    }

    /// <summary>Refuses an address that lies outside the subnet, or that AWS keeps there.</summary>
    public void CheckPlace(IpAddress address)
    {
        if (!subnet.Covers(address))
        {
            throw Fault.Invalid($"Address {address} does not fall within the subnet's address range");
        }

        if (AddressPool.IsReserved(subnet, address))
        {
            throw Fault.Invalid($"Address {address} is in subnet's reserved address range");
        }
    }

    public IpAddress PickIpv4()
    {
        IpAddress address = AddressPool.PickPrivateIpv4(context, subnet, taken);
        while (takenBlocks.Any(b => b.Contains(address)))
        {
            taken.Add(address);
            address = AddressPool.PickPrivateIpv4(context, subnet, taken);
        }

        taken.Add(address);
        return address;
    }

    public IEnumerable<IpAddress> PickIpv4(int count)
    {
        Refuse(count < 0 || (count > 0 && count > AddressPool.FreeIpv4Count(context.Here, subnet)));
        for (int i = 0; i < count; i++)
        {
            yield return PickIpv4();
        }
    }

    public IEnumerable<IpAddress> PickIpv6(int count)
    {
        Refuse(count is < 0 or > MostPicked);
        for (int i = 0; i < count; i++)
        {
            IpAddress address = AddressPool.PickIpv6(context, subnet, taken);
            taken.Add(address);
            yield return address;
        }
    }

    /// <summary>Takes the blocks that were named, or picks as many as were counted.</summary>
    public ImmutableArray<Prefix> Prefixes(Family family, ImmutableArray<Prefix> named, int count)
    {
        foreach (Prefix block in named)
        {
            TakeBlock(family, block);
        }

        Refuse(count is < 0 or > MostPicked);
        ImmutableArray<Prefix>.Builder blocks = ImmutableArray.CreateBuilder<Prefix>(named.Length + count);
        blocks.AddRange(named);
        for (int i = 0; i < count; i++)
        {
            Prefix block = AddressPool.PickPrefix(context, subnet, family, takenBlocks);
            while (taken.Any(block.Contains))
            {
                takenBlocks.Add(block);
                block = AddressPool.PickPrefix(context, subnet, family, takenBlocks);
            }

            takenBlocks.Add(block);
            blocks.Add(block);
        }

        return blocks.MoveToImmutable();
    }

    public static Fault InUse(IpAddress address) => new("InvalidIPAddress.InUse", $"Address {address} is in use.");

    /// <summary>More than any interface holds.</summary>
    private const int MostPicked = 10_000;

    private static void Refuse(bool tooMany)
    {
        if (tooMany)
        {
            throw AddressPool.NoFreeAddresses();
        }
    }

    private void TakeBlock(Family family, Prefix block)
    {
        int length = family == Family.V4 ? NetworkInterface.DelegatedLengthV4 : NetworkInterface.DelegatedLengthV6;
        if (block.Family != family || block.Length != length)
        {
            throw Fault.Invalid($"The prefix '{block}' is invalid: a delegated prefix has the length /{length}.");
        }

        if (!subnet.Covers(block.First) || !subnet.Covers(block.Last))
        {
            throw Fault.Invalid($"The prefix '{block}' does not fall within the subnet's address range");
        }

        if (!AddressPool.IsFree(context.Here, subnet, block) || taken.Any(block.Contains) || !takenBlocks.Add(block))
        {
            throw new Fault("InvalidParameterValue", $"The prefix '{block}' is in use or reserved.");
        }
    }
}
