using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Trunkline.Forwarding;

/// <summary>The targets of a pool, in blocks of 64: the next list shares every block that did not change, so that one target's change costs little.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "a list that is read by place; its elements are references")]
public sealed class TargetList : IEnumerable<PoolTarget>
{
    public static readonly TargetList Empty = new([], 0);

    private const int Shift = 6;
    private const int Size = 1 << Shift;

    private readonly PoolTarget[][] blocks;

    private TargetList(PoolTarget[][] blocks, int length)
    {
        this.blocks = blocks;
        Length = length;
    }

    public int Length { get; }

    /// <summary>The target itself, not a copy.</summary>
    public ref readonly PoolTarget this[int place] => ref blocks[place >> Shift][place & (Size - 1)];

    public static TargetList Of(ReadOnlySpan<PoolTarget> targets)
    {
        PoolTarget[][] blocks = new PoolTarget[(targets.Length + Size - 1) >> Shift][];
        for (int i = 0; i < blocks.Length; i++)
        {
            int from = i << Shift;
            blocks[i] = targets[from..Math.Min(from + Size, targets.Length)].ToArray();
        }

        return new TargetList(blocks, targets.Length);
    }

    public IEnumerator<PoolTarget> GetEnumerator()
    {
        foreach (PoolTarget[] block in blocks)
        {
            foreach (PoolTarget target in block)
            {
                yield return target;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The list with other targets in some places.</summary>
    internal TargetList With(List<(int Place, PoolTarget Target)> changes)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        PoolTarget[][] next = [.. blocks];
        foreach ((int place, PoolTarget target) in changes)
        {
            int at = place >> Shift;
            next[at] = ReferenceEquals(next[at], blocks[at]) ? [.. blocks[at]] : next[at];
            next[at][place & (Size - 1)] = target;
        }

        return new TargetList(next, Length);
    }
}
