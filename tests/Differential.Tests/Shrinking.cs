using System.Collections.Immutable;
using System.Diagnostics;
using Trunkline.Tests.Differential.Cases;

namespace Trunkline.Tests.Differential;

/// <summary>Makes a failing case small: takes away halves, then quarters, and so on, as long as the same disagreement remains.</summary>
internal static class Shrinking
{
    /// <summary>One thing of a case: a command or a flow, with its phase.</summary>
    private sealed record Piece(int Phase, Op? Op, FlowWord? Flow);

    public static CloudCase Shrink(CloudCase whole, Func<CloudCase, bool> fails, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        List<Piece> pieces =
        [
            .. whole.Phases.SelectMany((p, i) => p.Ops.Select(o => new Piece(i, o, null)).Concat(p.Flows.Select(f => new Piece(i, null, f)))),
        ];
        int size = pieces.Count / 2;
        while (size > 0)
        {
            bool smaller = false;
            for (int at = pieces.Count - size; at > -size; at -= size)
            {
                int from = Math.Max(at, 0);
                int count = Math.Min(size, pieces.Count - from);
                if (count <= 0 || Stopwatch.GetElapsedTime(start) > patience)
                {
                    continue;
                }

                List<Piece> rest = [.. pieces.Take(from), .. pieces.Skip(from + count)];
                if (fails(Build(rest)))
                {
                    pieces = rest;
                    smaller = true;
                }
            }

            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                break;
            }

            size = smaller && size == 1 ? 1 : size / 2;
        }

        return Build(pieces);
    }

    private static CloudCase Build(List<Piece> pieces) => new(
    [
        .. pieces.GroupBy(p => p.Phase).OrderBy(g => g.Key).Select(g => new Phase(
            [.. g.Where(p => p.Op is not null).Select(p => p.Op!)], [.. g.Where(p => p.Flow is not null).Select(p => p.Flow!)])),
    ]);
}
