using System.Runtime.InteropServices;

namespace Trunkline.Forwarding;

/// <summary>Writes <see cref="FilterBlock"/>s: gathers allow rules, cuts the ports where any rule begins or ends, merges what each part admits.</summary>
/// <remarks>Its lists are used again from block to block; one builder serves one compile.</remarks>
internal sealed class FilterBlockBuilder(bool isV4)
{
    private readonly List<Rule> rules = [];
    private readonly List<int> named = [];
    private readonly List<int> cuts = [];
    private readonly List<int> groups = [];
    private readonly List<uint> words = [];

    /// <summary>Narrow rules of a section: first port in the high half, place in <see cref="rules"/> in the low one, so that they sort as numbers.</summary>
    private readonly List<long> narrow = [];

    /// <summary>IPv4 ranges taken into an atom: low in the high half, high in the low one.</summary>
    private readonly List<ulong> ranges4 = [];
    private readonly List<(UInt128 Low, UInt128 High)> ranges6 = [];

    /// <summary>IPv6 ranges of all rules.</summary>
    private readonly List<(UInt128 Low, UInt128 High)> wide = [];

    /// <summary>Adds a rule for a range of addresses. <paramref name="protocol"/> -1: all protocols, whatever the ports say.</summary>
    public void AddRange(int protocol, int from, int to, UInt128 low, UInt128 high)
    {
        ulong range = isV4 ? ((ulong)low << 32) | (ulong)high : (ulong)wide.Count;
        if (!isV4)
        {
            wide.Add((low, high));
        }

        Add(protocol, from, to, -1, range);
    }

    /// <summary>Adds a rule for the members of a group.</summary>
    public void AddGroup(int protocol, int from, int to, int group) => Add(protocol, from, to, group, 0);

    /// <summary>The block of what was added since the last one; empty where nothing was.</summary>
    public uint[] Build()
    {
        if (rules.Count == 0)
        {
            return [];
        }

        words.Clear();
        words.Add((uint)named.Count + 1);
        for (int i = 0; i <= named.Count; i++)
        {
            words.Add(i < named.Count ? (uint)named[i] : FilterBlock.OtherProtocols);
            words.Add(0);
        }

        for (int i = 0; i <= named.Count; i++)
        {
            int protocol = i < named.Count ? named[i] : -1;
            words[2 + (i * 2)] = (uint)words.Count;
            WriteSection(protocol);
        }

        rules.Clear();
        named.Clear();
        wide.Clear();
        return [.. words];
    }

    private void Add(int protocol, int from, int to, int group, ulong range)
    {
        rules.Add(protocol < 0 ? new Rule(-1, 0, ushort.MaxValue, group, range) : new Rule(protocol, from, to, group, range));
        if (protocol >= 0 && !named.Contains(protocol))
        {
            named.Add(protocol);
            named.Sort();
        }
    }

    private void WriteSection(int protocol)
    {
        int section = words.Count;
        words.Add(0);
        Gather(protocol);
        words.Add((uint)cuts.Count);
        for (int i = 0; i < cuts.Count; i += 2)
        {
            words.Add((uint)cuts[i] | (i + 1 < cuts.Count ? (uint)cuts[i + 1] << 16 : 0));
        }

        int atoms = words.Count;
        CollectionsMarshal.SetCount(words, atoms + cuts.Count);
        words[section] = WriteAtom();
        ReadOnlySpan<Rule> all = CollectionsMarshal.AsSpan(rules);
        int begin = 0;
        for (int i = 0; i < cuts.Count; i++)
        {
            int cut = cuts[i];
            while (begin < narrow.Count && all[(int)narrow[begin]].To < cut)
            {
                begin++;
            }

            for (int at = begin; at < narrow.Count && narrow[at] >> 32 <= cut; at++)
            {
                ref readonly Rule rule = ref all[(int)narrow[at]];
                if (rule.To >= cut)
                {
                    Take(rule);
                }
            }

            words[atoms + i] = WriteAtom();
        }
    }

    /// <summary>Takes the section's rules for all ports, and puts the others in order with their cuts.</summary>
    private void Gather(int protocol)
    {
        narrow.Clear();
        cuts.Clear();
        ReadOnlySpan<Rule> all = CollectionsMarshal.AsSpan(rules);
        for (int i = 0; i < all.Length; i++)
        {
            ref readonly Rule rule = ref all[i];
            if (rule.Protocol >= 0 && rule.Protocol != protocol)
            {
                continue;
            }

            if (rule.From <= 0 && rule.To >= ushort.MaxValue)
            {
                Take(rule);
                continue;
            }

            narrow.Add(((long)rule.From << 32) | (uint)i);
            cuts.Add(rule.From);
            if (rule.To < ushort.MaxValue)
            {
                cuts.Add(rule.To + 1);
            }
        }

        CollectionsMarshal.AsSpan(narrow).Sort();
        DropRepeats(cuts);
    }

    private void Take(in Rule rule)
    {
        if (rule.Group >= 0)
        {
            groups.Add(rule.Group);
        }
        else if (isV4)
        {
            ranges4.Add(rule.Range);
        }
        else
        {
            ranges6.Add(wide[(int)rule.Range]);
        }
    }

    /// <summary>Writes what was taken, sorted and merged, and returns where; 0 where nothing was taken.</summary>
    private uint WriteAtom()
    {
        if (ranges4.Count == 0 && ranges6.Count == 0 && groups.Count == 0)
        {
            return 0;
        }

        uint at = (uint)words.Count;
        words.Add(0);
        words.Add(0);
        words[(int)at] = isV4 ? WriteRanges4() : WriteRanges6();
        DropRepeats(groups);
        words[(int)at + 1] = (uint)groups.Count;
        foreach (int group in groups)
        {
            words.Add((uint)group);
        }

        groups.Clear();
        return at;
    }

    /// <summary>Writes lows, then highs, and returns the atom's first word.</summary>
    private uint WriteRanges4()
    {
        const ulong Everything = uint.MaxValue;
        Span<ulong> span = CollectionsMarshal.AsSpan(ranges4);
        uint flag = span.Contains(Everything) ? FilterBlock.AnyFlag : 0;
        span.Sort();
        int kept = 0;
        for (int i = 1; i < span.Length; i++)
        {
            ulong last = span[kept];
            if (span[i] >> 32 <= (last & uint.MaxValue) + 1)
            {
                span[kept] = (last & ~(ulong)uint.MaxValue) | Math.Max(last & uint.MaxValue, span[i] & uint.MaxValue);
            }
            else
            {
                span[++kept] = span[i];
            }
        }

        kept = span.Length == 0 ? 0 : kept + 1;
        foreach (ulong range in span[..kept])
        {
            words.Add((uint)(range >> 32));
        }

        foreach (ulong range in span[..kept])
        {
            words.Add((uint)range);
        }

        ranges4.Clear();
        return (uint)kept | flag;
    }

    /// <inheritdoc cref="WriteRanges4"/>
    private uint WriteRanges6()
    {
        ranges6.Sort();
        Span<(UInt128 Low, UInt128 High)> span = CollectionsMarshal.AsSpan(ranges6);
        uint flag = span.Contains((UInt128.Zero, UInt128.MaxValue)) ? FilterBlock.AnyFlag : 0;
        int kept = 0;
        for (int i = 1; i < span.Length; i++)
        {
            ref (UInt128 Low, UInt128 High) last = ref span[kept];
            if (span[i].Low <= last.High || span[i].Low - 1 == last.High)
            {
                last.High = UInt128.Max(last.High, span[i].High);
            }
            else
            {
                span[++kept] = span[i];
            }
        }

        kept = span.Length == 0 ? 0 : kept + 1;
        foreach ((UInt128 low, _) in span[..kept])
        {
            WriteWords(low);
        }

        foreach ((_, UInt128 high) in span[..kept])
        {
            WriteWords(high);
        }

        ranges6.Clear();
        return (uint)kept | flag;
    }

    private void WriteWords(UInt128 address)
    {
        for (int shift = 96; shift >= 0; shift -= 32)
        {
            words.Add((uint)(address >> shift));
        }
    }

    private static void DropRepeats(List<int> items)
    {
        Span<int> span = CollectionsMarshal.AsSpan(items);
        span.Sort();
        int kept = 0;
        for (int i = 0; i < span.Length; i++)
        {
            if (i == 0 || span[i] != span[kept - 1])
            {
                span[kept++] = span[i];
            }
        }

        CollectionsMarshal.SetCount(items, kept);
    }

    /// <param name="Group">Handle of the group; -1 for a range.</param>
    /// <param name="Range">IPv4: low and high; IPv6: place in <see cref="wide"/>.</param>
    private readonly record struct Rule(int Protocol, int From, int To, int Group, ulong Range);
}
