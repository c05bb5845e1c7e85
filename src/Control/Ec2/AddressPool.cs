using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ram;

namespace Trunkline.Control.Ec2;

/// <summary>Picks free addresses: private ones out of a subnet, public ones out of the region's pool or a pool of the account's own.</summary>
/// <remarks>
/// Picks are random, as AWS's are, from the command's own source of numbers, and stay out of reserved ranges: addresses in them are had by
/// name only, prefixes come out of those reserved for prefixes first. Source: AWS, "Subnet sizing" (five addresses of a subnet are never
/// given out), "Subnet CIDR reservations" and "Elastic IP addresses".
/// </remarks>
public static class AddressPool
{
    /// <summary>Random tries before the range is walked from a random start.</summary>
    private const int Tries = 16;

    /// <summary>Random tries in an IPv6 block, which is too large to walk: so many fail only where reservations leave next to nothing.</summary>
    private const int Ipv6Tries = 4096;

    /// <summary>A public IPv4 address of Amazon's that nobody in the region has, in any account.</summary>
    public static IpAddress PickPublicIpv4(CommandContext context) => PickPublicIpv4(context, PublicPool.Of(context.Region))
        ?? throw new Fault("InsufficientAddressCapacity", "Not enough available addresses to satisfy the request.");

    /// <summary>A free address of one public range; null where all are taken.</summary>
    public static IpAddress? PickPublicIpv4(CommandContext context, Prefix range) =>
        PickFrom(context.Ids, range.Address, (ulong)range.Count, address => IsPublicFree(context, address));

    /// <summary>Whether no Elastic IP, interface or VPN tunnel of the region has a public address, in any account.</summary>
    public static bool IsPublicFree(CommandContext context, IpAddress address)
    {
        string word = NetworkInterface.PublicWord(address);
        foreach ((PartitionKey key, Partition partition) in context.Draft.Next.Partitions)
        {
            if (key.Region == context.Region
                && (partition.Table<ElasticIp>().Any(word) || partition.Table<NetworkInterface>().Any(word)
                    || partition.Table<VpnConnection>().Any(VpnConnection.TunnelWord(address))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A free IPv4 address of a subnet.</summary>
    /// <param name="alsoTaken">Addresses that this request has already spoken for.</param>
    public static IpAddress PickPrivateIpv4(CommandContext context, Subnet subnet, IReadOnlySet<IpAddress>? alsoTaken = null)
    {
        if (subnet.Cidr is not { } cidr)
        {
            throw Fault.Invalid($"The subnet '{subnet.Id}' is an IPv6-only subnet and does not support IPv4 addresses.");
        }

        Partition here = context.Here;
        List<SubnetCidrReservation> reserved = [.. SharedNetworks.HomeOf(context, subnet).By<SubnetCidrReservation>(subnet.Key)];
        return PickFrom(
            context.Ids, cidr.Address, (ulong)cidr.Count,
            address => IsFree(here, subnet, address) && alsoTaken?.Contains(address) != true && !IsIn(reserved, address))
            ?? throw NoFreeAddresses();
    }

    /// <summary>A free IPv6 address of a subnet.</summary>
    /// <param name="alsoTaken">Addresses that this request has already spoken for.</param>
    public static IpAddress PickIpv6(CommandContext context, Subnet subnet, IReadOnlySet<IpAddress>? alsoTaken = null)
    {
        Prefix cidr = Ipv6CidrOf(subnet);
        Partition here = context.Here;
        List<SubnetCidrReservation> reserved = [.. SharedNetworks.HomeOf(context, subnet).By<SubnetCidrReservation>(subnet.Key)];
        for (int i = 0; i < Ipv6Tries; i++)
        {
            UInt128 bits = new(context.Ids.NextBits(), context.Ids.NextBits());
            IpAddress address = cidr.Address.Plus(bits & (cidr.Count - 1));
            if (IsFree(here, subnet, address) && alsoTaken?.Contains(address) != true && !IsIn(reserved, address))
            {
                return address;
            }
        }

        throw NoFreeAddresses();
    }

    /// <summary>A free block of a subnet to delegate: /28 of IPv4, /80 of IPv6.</summary>
    /// <param name="alsoTaken">Blocks that this request has already spoken for.</param>
    public static Prefix PickPrefix(CommandContext context, Subnet subnet, Family family, IReadOnlySet<Prefix>? alsoTaken = null)
    {
        Partition here = context.Here;
        Prefix cidr = family == Family.V6
            ? Ipv6CidrOf(subnet)
            : subnet.Cidr ?? throw Fault.Invalid($"The subnet '{subnet.Id}' does not support IPv4 prefixes.");
        List<SubnetCidrReservation> reserved = [.. SharedNetworks.HomeOf(context, subnet).By<SubnetCidrReservation>(subnet.Key)];
        foreach (Prefix range in reserved.Where(r => !r.IsExplicit && r.Cidr.Family == family).Select(r => r.Cidr).Order())
        {
            if (PickBlock(context, range, block => IsUsable(block)) is { } inRange)
            {
                return inRange;
            }
        }

        if (PickBlock(context, cidr, block => IsUsable(block) && !reserved.Exists(r => r.Cidr.Overlaps(block))) is { } free)
        {
            return free;
        }

        throw new Fault(
            "InsufficientCidrBlocks", "The specified subnet does not have enough free cidr blocks to satisfy the request.");

        bool IsUsable(Prefix prefix) => IsFree(here, subnet, prefix) && alsoTaken?.Contains(prefix) != true;
    }

    /// <summary>A block to delegate inside a range, tried from a random one on; null where none will do.</summary>
    private static Prefix? PickBlock(CommandContext context, Prefix range, Func<Prefix, bool> isUsable)
    {
        int length = range.IsV4 ? NetworkInterface.DelegatedLengthV4 : NetworkInterface.DelegatedLengthV6;
        ulong blocks = range.Length > length ? 0 : 1UL << Math.Min(length - range.Length, 40);
        ulong start = blocks == 0 ? 0 : context.Ids.Below(blocks);
        for (ulong i = 0; i < Math.Min(blocks, 1UL << 20); i++)
        {
            UInt128 offset = (UInt128)((start + i) % blocks) << (range.Address.Width - length);
            Prefix block = new(range.Address.Plus(offset), length);
            if (isUsable(block))
            {
                return block;
            }
        }

        return null;
    }

    private static bool IsIn(List<SubnetCidrReservation> reserved, IpAddress address)
    {
        foreach (SubnetCidrReservation reservation in reserved)
        {
            if (reservation.Cidr.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether an address of a subnet may be given out: not one of AWS's five, not an interface's, not inside a delegated prefix.
    /// </summary>
    public static bool IsFree(Partition partition, Subnet subnet, IpAddress address)
    {
        if (!subnet.Covers(address) || IsReserved(subnet, address))
        {
            return false;
        }

        Table<NetworkInterface> interfaces = partition.Table<NetworkInterface>();
        Prefix block = new(address, address.IsV4 ? NetworkInterface.DelegatedLengthV4 : NetworkInterface.DelegatedLengthV6);
        string addressWord = NetworkInterface.AddressWord(subnet.Id, address);
        string blockWord = NetworkInterface.PrefixWord(subnet.Id, block);
        Table<SubnetClaim> claims = partition.Table<SubnetClaim>();
        return !interfaces.Any(addressWord) && !interfaces.Any(blockWord)
            && (claims.Count == 0 || (!claims.Any(addressWord) && !claims.Any(blockWord)));
    }

    /// <summary>Whether a whole block may be delegated: inside the subnet, and no address of it reserved or in use.</summary>
    public static bool IsFree(Partition partition, Subnet subnet, Prefix block)
    {
        if (!subnet.Covers(block.First) || !subnet.Covers(block.Last)
            || ReservedOf(subnet, block.Family).Any(block.Contains)
            || partition.Table<NetworkInterface>().Any(NetworkInterface.PrefixWord(subnet.Id, block)))
        {
            return false;
        }

        return !partition.By<NetworkInterface>(subnet.Id.Value).Any(e => e.AllAddresses.Any(block.Contains))
            && !partition.By<SubnetClaim>(subnet.Id.Value).Any(c => c.Prefixes.Contains(block) || c.Addresses.Any(block.Contains));
    }

    /// <summary>The first four and the last address of a subnet's block. Source: AWS, "Subnet sizing".</summary>
    public static bool IsReserved(Subnet subnet, IpAddress address) => ReservedOf(subnet, address.Family).Contains(address);

    /// <summary>How many IPv4 addresses a subnet can still give out.</summary>
    public static int FreeIpv4Count(Partition partition, Subnet subnet)
    {
        if (subnet.Cidr is not { } cidr)
        {
            return 0;
        }

        int free = (int)cidr.Count - 5;
        foreach (NetworkInterface eni in partition.By<NetworkInterface>(subnet.Id.Value))
        {
            free -= eni.PrivateAddresses.Length + (eni.Ipv4Prefixes.Length * 16);
        }

        foreach (SubnetClaim claim in partition.By<SubnetClaim>(subnet.Id.Value))
        {
            free -= claim.Addresses.Count(a => a.IsV4) + (claim.Prefixes.Count(p => p.IsV4) * 16);
        }

        return Math.Max(free, 0);
    }

    public static Fault NoFreeAddresses() => new(
        "InsufficientFreeAddressesInSubnet", "The specified subnet does not have enough free addresses to satisfy the request.");

    private static Prefix Ipv6CidrOf(Subnet subnet) => subnet.Ipv6Cidrs.IsEmpty
        ? throw Fault.Invalid($"The subnet '{subnet.Id}' does not have an IPv6 CIDR block associated with it.")
        : subnet.Ipv6Cidrs[0].Cidr;

    private static IEnumerable<IpAddress> ReservedOf(Subnet subnet, Family family)
    {
        Prefix? block = family == Family.V4 ? subnet.Cidr : subnet.Ipv6Cidrs.IsEmpty ? null : subnet.Ipv6Cidrs[0].Cidr;
        if (block is { } cidr)
        {
            for (uint i = 0; i < 4; i++)
            {
                yield return cidr.Address.Plus(i);
            }

            yield return cidr.Last;
        }
    }

    private static IpAddress? PickFrom(IdSource ids, IpAddress first, ulong count, Func<IpAddress, bool> isFree)
    {
        for (int i = 0; i < Tries; i++)
        {
            IpAddress address = first.Plus(ids.Below(count));
            if (isFree(address))
            {
                return address;
            }
        }

        ulong start = ids.Below(count);
        for (ulong i = 0; i < count; i++)
        {
            IpAddress address = first.Plus((start + i) % count);
            if (isFree(address))
            {
                return address;
            }
        }

        return null;
    }
}
