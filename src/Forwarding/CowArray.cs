using System.Diagnostics.CodeAnalysis;

namespace Trunkline.Forwarding;

/// <summary>An immutable array in blocks of 256: the next one shares every block that did not change.</summary>
[SuppressMessage("Design", "CA1815", Justification = "a view of a table; never compared")]
public readonly struct CowArray<T>
{
    internal const int Shift = 8;
    internal const int Size = 1 << Shift;
    internal const int Mask = Size - 1;

    internal readonly T[][] Chunks;

    internal CowArray(T[][] chunks, int count)
    {
        Chunks = chunks;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The entry itself, not a copy: do not keep the reference beyond the state it belongs to.</summary>
    public ref readonly T this[int index] => ref Chunks[index >> Shift][index & Mask];

    /// <summary>The places whose entries may differ from another array's: all but those in blocks that both share.</summary>
    public IEnumerable<int> MayDifferFrom(CowArray<T> other)
    {
        int count = Math.Max(Count, other.Count);
        for (int from = 0; from < count; from += Size)
        {
            int block = from >> Shift;
            bool shared = block < Chunks.Length && block < other.Chunks.Length && ReferenceEquals(Chunks[block], other.Chunks[block]);
            for (int i = shared ? Math.Min(Count, other.Count) : from; i < Math.Min(from + Size, count); i++)
            {
                if (i >= from)
                {
                    yield return i;
                }
            }
        }
    }

    internal static CowArray<T> Empty => new([], 0);
}

/// <summary>The one writer of a <see cref="CowArray{T}"/>: copies a block before its first change.</summary>
internal sealed class CowBuilder<T>
{
    private T[][] chunks;
    private bool[]? owned;
    private int count;

    public CowBuilder(CowArray<T> start)
    {
        chunks = start.Chunks;
        count = start.Count;
    }

    public int Count => count;

    public ref readonly T this[int index] => ref chunks[index >> CowArray<T>.Shift][index & CowArray<T>.Mask];

    /// <summary>The entry, open to change.</summary>
    public ref T Edit(int index)
    {
        int at = index >> CowArray<T>.Shift;
        Own(at);
        return ref chunks[at][index & CowArray<T>.Mask];
    }

    public int Add(T value)
    {
        int at = count >> CowArray<T>.Shift;
        if (at >= chunks.Length)
        {
            int length = Math.Max(4, chunks.Length * 2);
            Array.Resize(ref owned, length);
            Array.Resize(ref chunks, length);
        }

        Own(at);
        chunks[at][count & CowArray<T>.Mask] = value;
        return count++;
    }

    public CowArray<T> Done() => new(chunks, count);

    private void Own(int at)
    {
        if (owned is null)
        {
            owned = new bool[chunks.Length];
            chunks = (T[][])chunks.Clone();
        }

        if (!owned[at])
        {
            chunks[at] = chunks[at] is { } shared ? (T[])shared.Clone() : new T[CowArray<T>.Size];
            owned[at] = true;
        }
    }
}
