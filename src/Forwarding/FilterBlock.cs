using System.Runtime.InteropServices;
using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>How a stateful filter admits a packet.</summary>
public enum FilterMatch : byte
{
    /// <summary>No rule applies: the packet is dropped.</summary>
    None,

    /// <summary>A rule that names the other end's address.</summary>
    Address,

    /// <summary>A rule for every address of the family (0.0.0.0/0 or ::/0).</summary>
    AnyAddress,

    /// <summary>A rule that names a group which the other end belongs to.</summary>
    Identity,
}

/// <summary>
/// The allow rules of one direction and family in one flat block of words. Layout: [sections] then, for each, [protocol, offset]; the
/// last section (protocol 256) stands for every protocol not named. A section: [atom for all ports, cuts, cut positions as 16-bit
/// halves, one atom offset per cut]; offset 0 is "nothing". An atom: [intervals | any flag, group references, lows, highs, references].
/// </summary>
/// <remarks>
/// The port of ICMP is type × 256 + code; of protocols without ports it is 0. Order plays no part: rules only allow, so the union of
/// all groups' rules, cut at port boundaries and merged, is exact.
/// </remarks>
public static class FilterBlock
{
    /// <summary>Stands for the protocols that no rule names.</summary>
    public const uint OtherProtocols = 256;

    internal const uint AnyFlag = 0x80000000;

    /// <summary>Asks an IPv4 block. <paramref name="groups"/>: the other end's groups, where its identity is known.</summary>
    public static FilterMatch Match(uint[] block, int protocol, int port, uint address, ReadOnlySpan<int> groups)
    {
        int section = SectionOf(block, protocol);
        if (section == 0)
        {
            return FilterMatch.None;
        }

        int wide = (int)block[section];
        FilterMatch match = wide == 0 ? FilterMatch.None : MatchAtom(block, wide, address, groups);
        if (match == FilterMatch.AnyAddress)
        {
            return match;
        }

        int narrow = AtomOf(block, section, port);
        FilterMatch other = narrow == 0 ? FilterMatch.None : MatchAtom(block, narrow, address, groups);
        return Better(match, other);
    }

    /// <summary>Asks an IPv6 block; see <see cref="Match(uint[], int, int, uint, ReadOnlySpan{int})"/>.</summary>
    public static FilterMatch Match(uint[] block, int protocol, int port, UInt128 address, ReadOnlySpan<int> groups)
    {
        int section = SectionOf(block, protocol);
        if (section == 0)
        {
            return FilterMatch.None;
        }

        int wide = (int)block[section];
        int narrow = AtomOf(block, section, port);
        return Better(
            wide == 0 ? FilterMatch.None : MatchAtom(block, wide, address, groups),
            narrow == 0 ? FilterMatch.None : MatchAtom(block, narrow, address, groups));
    }

    /// <summary>The groups that rules for a port name: of rules for all ports of the protocol, or of those that are for fewer.</summary>
    public static ReadOnlySpan<uint> NamedGroups(uint[] block, int protocol, int port, bool isV4, bool forAllPorts)
    {
        int section = SectionOf(block, protocol);
        int atom = section == 0 ? 0 : forAllPorts ? (int)block[section] : AtomOf(block, section, port);
        if (atom == 0)
        {
            return default;
        }

        int intervals = (int)(block[atom] & ~AnyFlag);
        return block.AsSpan(atom + 2 + (intervals * (isV4 ? 2 : 8)), (int)block[atom + 1]);
    }

    /// <summary>The block in plain words, for planes that write it elsewhere: every protocol and port range with what it admits.</summary>
    public static IEnumerable<FilterAtom> Atoms(uint[] block, Family family)
    {
        for (int i = 0; i < (block.Length == 0 ? 0 : (int)block[0]); i++)
        {
            int protocol = (int)block[1 + (i * 2)];
            int section = (int)block[2 + (i * 2)];
            if (block[section] != 0)
            {
                yield return Read(block, (int)block[section], family, protocol, 0, ushort.MaxValue);
            }

            int cuts = (int)block[section + 1];
            for (int cut = 0; cut < cuts; cut++)
            {
                int atom = (int)block[section + 2 + ((cuts + 1) / 2) + cut];
                int to = cut + 1 < cuts ? Cuts(block, section)[cut + 1] - 1 : ushort.MaxValue;
                if (atom != 0)
                {
                    yield return Read(block, atom, family, protocol, Cuts(block, section)[cut], to);
                }
            }
        }
    }

    /// <summary>Whether every address is admitted to every port of the protocol by rules for all ports.</summary>
    internal static bool IsOpen(uint[] block, int protocol)
    {
        int section = SectionOf(block, protocol);
        return section != 0 && block[section] != 0 && (block[block[section]] & AnyFlag) != 0;
    }

    private static FilterMatch Better(FilterMatch a, FilterMatch b)
    {
        if (a == FilterMatch.None || b == FilterMatch.None)
        {
            return a == FilterMatch.None ? b : a;
        }

        return a == FilterMatch.AnyAddress || b == FilterMatch.AnyAddress ? FilterMatch.AnyAddress
            : a == FilterMatch.Address || b == FilterMatch.Address ? FilterMatch.Address
            : FilterMatch.Identity;
    }

    private static int SectionOf(uint[] block, int protocol)
    {
        if (block.Length == 0)
        {
            return 0;
        }

        int last = (int)block[0] - 1;
        for (int i = 0; i < last; i++)
        {
            if (block[1 + (i * 2)] == (uint)protocol)
            {
                return (int)block[2 + (i * 2)];
            }
        }

        return (int)block[2 + (last * 2)];
    }

    private static ReadOnlySpan<ushort> Cuts(uint[] block, int section)
    {
        int cuts = (int)block[section + 1];
        return MemoryMarshal.Cast<uint, ushort>(block.AsSpan(section + 2, (cuts + 1) / 2))[..cuts];
    }

    private static int AtomOf(uint[] block, int section, int port)
    {
        ReadOnlySpan<ushort> cuts = Cuts(block, section);
        int low = 0;
        int high = cuts.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (cuts[middle] <= port)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 0 : (int)block[section + 2 + ((cuts.Length + 1) / 2) + low - 1];
    }

    private static FilterMatch MatchAtom(uint[] block, int atom, uint address, ReadOnlySpan<int> groups)
    {
        uint head = block[atom];
        if ((head & AnyFlag) != 0)
        {
            return FilterMatch.AnyAddress;
        }

        int count = (int)head;
        ReadOnlySpan<uint> lows = block.AsSpan(atom + 2, count);
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (lows[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low > 0 && address <= block[atom + 2 + count + low - 1])
        {
            return FilterMatch.Address;
        }

        return MatchGroups(block.AsSpan(atom + 2 + (count * 2), (int)block[atom + 1]), groups);
    }

    private static FilterMatch MatchAtom(uint[] block, int atom, UInt128 address, ReadOnlySpan<int> groups)
    {
        uint head = block[atom];
        if ((head & AnyFlag) != 0)
        {
            return FilterMatch.AnyAddress;
        }

        int count = (int)head;
        for (int i = 0; i < count; i++)
        {
            if (WordsAt(block, atom + 2 + (i * 4)) <= address && address <= WordsAt(block, atom + 2 + ((count + i) * 4)))
            {
                return FilterMatch.Address;
            }
        }

        return MatchGroups(block.AsSpan(atom + 2 + (count * 8), (int)block[atom + 1]), groups);
    }

    private static FilterMatch MatchGroups(ReadOnlySpan<uint> references, ReadOnlySpan<int> groups)
    {
        foreach (int group in groups)
        {
            if (references.Contains((uint)group))
            {
                return FilterMatch.Identity;
            }
        }

        return FilterMatch.None;
    }

    private static UInt128 WordsAt(uint[] block, int at) =>
        new(((ulong)block[at] << 32) | block[at + 1], ((ulong)block[at + 2] << 32) | block[at + 3]);

    private static FilterAtom Read(uint[] block, int atom, Family family, int protocol, int from, int to)
    {
        int count = (int)(block[atom] & ~AnyFlag);
        int width = family == Family.V4 ? 1 : 4;
        List<(IpAddress First, IpAddress Last)> ranges = new(count);
        for (int i = 0; i < count; i++)
        {
            int low = atom + 2 + (i * width);
            int high = atom + 2 + ((count + i) * width);
            ranges.Add(family == Family.V4
                ? (IpAddress.FromV4(block[low]), IpAddress.FromV4(block[high]))
                : (IpAddress.FromV6(WordsAt(block, low)), IpAddress.FromV6(WordsAt(block, high))));
        }

        List<int> groups = [];
        foreach (uint group in block.AsSpan(atom + 2 + (count * 2 * width), (int)block[atom + 1]))
        {
            groups.Add((int)group);
        }

        return new FilterAtom(protocol == OtherProtocols ? null : protocol, from, to, ranges, groups, (block[atom] & AnyFlag) != 0);
    }
}

/// <summary>What one protocol and port range admits.</summary>
/// <param name="Protocol">IANA number; null for every protocol that no other atom of the block names.</param>
/// <param name="From">First port, or ICMP type × 256 + code.</param>
/// <param name="To">Last port, included.</param>
/// <param name="Ranges">Addresses admitted, ascending, without overlaps; both ends included.</param>
/// <param name="Groups">Handles of groups whose members are admitted.</param>
/// <param name="Any">A rule for every address of the family is among them; ranges that add up to all addresses are not one.</param>
public sealed record FilterAtom(
    int? Protocol, int From, int To, IReadOnlyList<(IpAddress First, IpAddress Last)> Ranges, IReadOnlyList<int> Groups, bool Any);
