using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>One block going into an <see cref="IntervalMap"/>; among equal blocks the lowest rank wins, then the lowest value.</summary>
public readonly record struct RankedPrefix(Prefix Prefix, int Rank, int Value);

/// <summary>Longest prefix match over one address family, as sorted intervals: the value at an address is found by bisection.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1815", Justification = "a table; never compared")]
public readonly struct IntervalMap
{
    /// <summary>No block covers anything.</summary>
    public static readonly IntervalMap Empty = new([], [], []);

    private readonly uint[] starts4;
    private readonly UInt128[] starts6;
    private readonly int[] values;

    private IntervalMap(uint[] starts4, UInt128[] starts6, int[] values)
    {
        this.starts4 = starts4;
        this.starts6 = starts6;
        this.values = values;
    }

    public bool IsEmpty => values.Length == 0;

    /// <summary>Makes the map of those <paramref name="blocks"/> that are of one family.</summary>
    public static IntervalMap Of(Family family, ReadOnlySpan<RankedPrefix> blocks)
    {
        List<RankedPrefix> sorted = [];
        foreach (RankedPrefix block in blocks)
        {
            if (block.Prefix.Family == family)
            {
                sorted.Add(block);
            }
        }

        if (sorted.Count == 0)
        {
            return Empty;
        }

        sorted.Sort(Compare);
        Sweep sweep = new(sorted.Count);
        UInt128 end = family == Family.V4 ? uint.MaxValue : UInt128.MaxValue;
        for (int i = 0; i < sorted.Count; i++)
        {
            if (i == 0 || sorted[i - 1].Prefix != sorted[i].Prefix)
            {
                sweep.Open(sorted[i]);
            }
        }

        sweep.Close(end);
        return family == Family.V4
            ? new IntervalMap([.. sweep.Starts.ConvertAll(start => (uint)start)], [], [.. sweep.Values])
            : new IntervalMap([], [.. sweep.Starts], [.. sweep.Values]);
    }

    /// <summary>The value of the longest block that covers the address, or -1.</summary>
    public int Find(uint address)
    {
        uint[] starts = starts4;
        int low = 0;
        int count = starts.Length;
        while (count > 0)
        {
            int half = count >> 1;
            bool above = starts[low + half] <= address;
            low = above ? low + half + 1 : low;
            count = above ? count - half - 1 : half;
        }

        return low == 0 ? -1 : values[low - 1];
    }

    /// <inheritdoc cref="Find(uint)"/>
    public int Find(UInt128 address)
    {
        int low = 0;
        int high = starts6.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (starts6[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? -1 : values[low - 1];
    }

    public int Find(IpAddress address) => address.IsV4 ? Find(address.V4Bits) : Find(address.Bits);

    /// <summary>Every stretch of addresses with the value that wins there, ascending; stretches that nothing covers are left out.</summary>
    public IEnumerable<(IpAddress First, IpAddress Last, int Value)> Ranges()
    {
        bool isV4 = starts4.Length > 0;
        for (int i = 0; i < values.Length; i++)
        {
            bool last = i + 1 == values.Length;
            if (values[i] >= 0)
            {
                yield return isV4
                    ? (IpAddress.FromV4(starts4[i]), IpAddress.FromV4(last ? uint.MaxValue : starts4[i + 1] - 1), values[i])
                    : (IpAddress.FromV6(starts6[i]), IpAddress.FromV6(last ? UInt128.MaxValue : starts6[i + 1] - 1), values[i]);
            }
        }
    }

    private static int Compare(RankedPrefix a, RankedPrefix b)
    {
        int order = a.Prefix.CompareTo(b.Prefix);
        order = order != 0 ? order : a.Rank.CompareTo(b.Rank);
        return order != 0 ? order : a.Value.CompareTo(b.Value);
    }

    /// <summary>Goes over blocks in order of their first address, the wider first, and writes down where the winner changes.</summary>
    private sealed class Sweep(int expected)
    {
        private readonly Stack<(UInt128 Last, int Value)> open = new();

        public List<UInt128> Starts { get; } = new(expected * 2);

        public List<int> Values { get; } = new(expected * 2);

        public void Open(RankedPrefix block)
        {
            UInt128 first = block.Prefix.First.Bits;
            while (open.TryPeek(out (UInt128 Last, int Value) top) && top.Last < first)
            {
                open.Pop();
                Emit(top.Last + 1, Winner());
            }

            open.Push((block.Prefix.Last.Bits, block.Value));
            Emit(first, block.Value);
        }

        public void Close(UInt128 end)
        {
            while (open.TryPop(out (UInt128 Last, int Value) top))
            {
                if (top.Last < end)
                {
                    Emit(top.Last + 1, Winner());
                }
            }
        }

        private int Winner() => open.TryPeek(out (UInt128 Last, int Value) top) ? top.Value : -1;

        private void Emit(UInt128 start, int value)
        {
            int last = Starts.Count - 1;
            if (last >= 0 && Starts[last] == start)
            {
                Values[last] = value;
            }
            else
            {
                Starts.Add(start);
                Values.Add(value);
            }
        }
    }
}
