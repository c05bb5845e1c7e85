namespace Trunkline.Forwarding;

/// <summary>Which handle an IPv4 address stands for: open addressing, one cache line for most questions.</summary>
public sealed class AddressTable
{
    private const int SmallestBits = 3;

    /// <summary>Address in the high half, handle + 1 in the low one; 0 is free.</summary>
    private ulong[] slots;
    private int bits;

    internal AddressTable(int expected = 0)
    {
        bits = SmallestBits;
        while (1 << bits < expected * 2)
        {
            bits++;
        }

        slots = new ulong[1 << bits];
    }

    private AddressTable(AddressTable other)
    {
        slots = (ulong[])other.slots.Clone();
        bits = other.bits;
        Count = other.Count;
    }

    public int Count { get; private set; }

    /// <summary>All pairs, in no order.</summary>
    public IEnumerable<(uint Address, int Handle)> All
    {
        get
        {
            foreach (ulong slot in slots)
            {
                if (slot != 0)
                {
                    yield return ((uint)(slot >> 32), (int)((uint)slot - 1));
                }
            }
        }
    }

    /// <summary>The handle, or -1.</summary>
    public int Find(uint address)
    {
        ulong[] table = slots;
        int at = (int)((address * 0x9E3779B1u) >> (32 - bits));
        while (true)
        {
            ulong slot = table[at];
            if (slot == 0)
            {
                return -1;
            }

            if ((uint)(slot >> 32) == address)
            {
                return (int)((uint)slot - 1);
            }

            at = (at + 1) & (table.Length - 1);
        }
    }

    internal AddressTable Clone() => new(this);

    internal void Set(uint address, int handle)
    {
        if ((Count + 1) * 2 > slots.Length)
        {
            Grow();
        }

        if (Place(slots, bits, ((ulong)address << 32) | ((uint)handle + 1)))
        {
            Count++;
        }
    }

    internal void Remove(uint address)
    {
        int mask = slots.Length - 1;
        int at = (int)((address * 0x9E3779B1u) >> (32 - bits));
        while (slots[at] != 0 && (uint)(slots[at] >> 32) != address)
        {
            at = (at + 1) & mask;
        }

        if (slots[at] == 0)
        {
            return;
        }

        slots[at] = 0;
        Count--;

        // What stood behind it may have been pushed there: place the rest of the run anew.
        for (int next = (at + 1) & mask; slots[next] != 0; next = (next + 1) & mask)
        {
            ulong moved = slots[next];
            slots[next] = 0;
            Place(slots, bits, moved);
        }
    }

    private static bool Place(ulong[] table, int bits, ulong pair)
    {
        uint address = (uint)(pair >> 32);
        int at = (int)((address * 0x9E3779B1u) >> (32 - bits));
        while (table[at] != 0 && (uint)(table[at] >> 32) != address)
        {
            at = (at + 1) & (table.Length - 1);
        }

        bool added = table[at] == 0;
        table[at] = pair;
        return added;
    }

    private void Grow()
    {
        ulong[] wider = new ulong[slots.Length * 2];
        foreach (ulong pair in slots)
        {
            if (pair != 0)
            {
                Place(wider, bits + 1, pair);
            }
        }

        slots = wider;
        bits++;
    }
}
