using System.Runtime.InteropServices;

namespace Trunkline.Forwarding;

/// <summary>Writes <see cref="FilterBlock"/>s: gathers allow rules, cuts the ports where any rule begins or ends, merges what each part admits.</summary>
/// <remarks>Its lists are used again from block to block; one builder serves one compile.</remarks>
internal sealed class FilterBlockBuilder(bool isV4)
{
    private readonly int width = isV4 ? 1 : 4;
    private readonly List<Rule> rules = [];
    private readonly List<int> named = [];
    private readonly List<Rule> inSection = [];
    private readonly List<int> cuts = [];
    private readonly List<(UInt128 Low, UInt128 High)> ranges = [];
    private readonly List<int> groups = [];
    private readonly List<uint> words = [];

    /// <summary>Adds a rule for a range of addresses. <paramref name="protocol"/> -1: all protocols, whatever the ports say.</summary>
    public void AddRange(int protocol, int from, int to, UInt128 low, UInt128 high) =>
        Add(new Rule(protocol, from, to, low, high, -1));

    /// <summary>Adds a rule for the members of a group.</summary>
    public void AddGroup(int protocol, int from, int to, int group) => Add(new Rule(protocol, from, to, 0, 0, group));

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
        return [.. words];
    }

    private void Add(Rule rule)
    {
        rules.Add(rule.Protocol < 0 ? rule with { From = 0, To = ushort.MaxValue } : rule);
        if (rule.Protocol >= 0 && !named.Contains(rule.Protocol))
        {
            named.Add(rule.Protocol);
            named.Sort();
        }
    }

    private void WriteSection(int protocol)
    {
        int section = words.Count;
        words.Add(0);
        inSection.Clear();
        cuts.Clear();
        ranges.Clear();
        groups.Clear();
        foreach (ref readonly Rule rule in CollectionsMarshal.AsSpan(rules))
        {
            if (rule.Protocol >= 0 && rule.Protocol != protocol)
            {
                continue;
            }

            if (rule.From <= 0 && rule.To >= ushort.MaxValue)
            {
                Take(rule);
            }
            else
            {
                inSection.Add(rule);
                cuts.Add(rule.From);
                if (rule.To < ushort.MaxValue)
                {
                    cuts.Add(rule.To + 1);
                }
            }
        }

        DropRepeats(cuts);
        words.Add((uint)cuts.Count);
        for (int i = 0; i < cuts.Count; i += 2)
        {
            words.Add((uint)cuts[i] | (i + 1 < cuts.Count ? (uint)cuts[i + 1] << 16 : 0));
        }

        int atoms = words.Count;
        CollectionsMarshal.SetCount(words, atoms + cuts.Count);
        words[section] = WriteAtom();
        inSection.Sort(static (a, b) => a.From.CompareTo(b.From));
        for (int i = 0; i < cuts.Count; i++)
        {
            foreach (ref readonly Rule rule in CollectionsMarshal.AsSpan(inSection))
            {
                if (rule.From > cuts[i])
                {
                    break;
                }

                if (rule.To >= cuts[i])
                {
                    Take(rule);
                }
            }

            words[atoms + i] = WriteAtom();
        }
    }

    private void Take(in Rule rule)
    {
        if (rule.Group >= 0)
        {
            groups.Add(rule.Group);
        }
        else
        {
            ranges.Add((rule.Low, rule.High));
        }
    }

    /// <summary>Writes what was taken, sorted and merged, and returns where; 0 where nothing was taken.</summary>
    private uint WriteAtom()
    {
        if (ranges.Count == 0 && groups.Count == 0)
        {
            return 0;
        }

        uint at = (uint)words.Count;
        UInt128 end = isV4 ? uint.MaxValue : UInt128.MaxValue;
        bool any = false;
        foreach ((UInt128 low, UInt128 high) in ranges)
        {
            any |= low == 0 && high == end;
        }

        int kept = MergeRanges();
        DropRepeats(groups);
        words.Add((uint)kept | (any ? FilterBlock.AnyFlag : 0));
        words.Add((uint)groups.Count);
        for (int i = 0; i < kept; i++)
        {
            WriteAddress(ranges[i].Low);
        }

        for (int i = 0; i < kept; i++)
        {
            WriteAddress(ranges[i].High);
        }

        foreach (int group in groups)
        {
            words.Add((uint)group);
        }

        ranges.Clear();
        groups.Clear();
        return at;
    }

    private int MergeRanges()
    {
        if (ranges.Count < 2)
        {
            return ranges.Count;
        }

        ranges.Sort(static (a, b) => a.Low.CompareTo(b.Low));
        Span<(UInt128 Low, UInt128 High)> span = CollectionsMarshal.AsSpan(ranges);
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

        return kept + 1;
    }

    private void WriteAddress(UInt128 address)
    {
        for (int word = width - 1; word >= 0; word--)
        {
            words.Add((uint)(address >> (word * 32)));
        }
    }

    private static void DropRepeats(List<int> items)
    {
        items.Sort();
        int kept = 0;
        for (int i = 0; i < items.Count; i++)
        {
            if (i == 0 || items[i] != items[kept - 1])
            {
                items[kept++] = items[i];
            }
        }

        CollectionsMarshal.SetCount(items, kept);
    }

    private readonly record struct Rule(int Protocol, int From, int To, UInt128 Low, UInt128 High, int Group);
}
