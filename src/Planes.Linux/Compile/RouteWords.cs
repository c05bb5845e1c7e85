using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>Questions about a route map that more than one part asks.</summary>
internal static class RouteWords
{
    /// <summary>Stretches that no route covers have this entry.</summary>
    public const int NoEntry = -1;

    /// <summary>Every stretch of a family's addresses with the entry that wins there; those without a route too.</summary>
    public static IEnumerable<(IpAddress First, IpAddress Last, int Entry)> Stretches(RouteMap map, Family family)
    {
        UInt128 next = 0;
        UInt128 end = family == Family.V4 ? uint.MaxValue : UInt128.MaxValue;
        bool done = false;
        foreach ((IpAddress first, IpAddress last, int entry) in (family == Family.V4 ? map.Winners4 : map.Winners6).Ranges())
        {
            if (first.Bits > next)
            {
                yield return (new IpAddress(family, next), new IpAddress(family, first.Bits - 1), NoEntry);
            }

            yield return (first, last, entry);
            done = last.Bits == end;
            next = last.Bits + 1;
        }

        if (!done)
        {
            yield return (new IpAddress(family, next), new IpAddress(family, end), NoEntry);
        }
    }

    /// <summary>Whether routes lead into a segment's own block another way than straight.</summary>
    public static bool LeadsAway(RouteMap map, SegmentPlan segment)
    {
        foreach (Prefix block in BlocksOf(segment))
        {
            foreach ((_, _, int entry) in Within(map, block))
            {
                if (entry == NoEntry || map.Hops[entry].Kind != HopKind.Local)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The stretches inside a block.</summary>
    public static IEnumerable<(IpAddress First, IpAddress Last, int Entry)> Within(RouteMap map, Prefix block)
    {
        foreach ((IpAddress first, IpAddress last, int entry) in Stretches(map, block.Family))
        {
            if (first <= block.Last && last >= block.First)
            {
                yield return (first < block.First ? block.First : first, last > block.Last ? block.Last : last, entry);
            }
        }
    }

    public static IEnumerable<Prefix> BlocksOf(SegmentPlan segment)
    {
        if (segment.Block4 is { } block)
        {
            yield return block;
        }

        foreach (Prefix six in segment.Blocks6)
        {
            yield return six;
        }
    }

    /// <summary>The stretches of a family that lead nowhere, by the reason they do.</summary>
    /// <param name="isEdge">The map is for what comes in over a border: only interfaces and the domain itself are targets there.</param>
    public static List<(string Code, int Entry, List<string> Ranges)> Lost(ForwardingState state, RouteMap map, Family family, bool isEdge)
    {
        List<(string Code, int Entry, List<string> Ranges)> lost = [];
        foreach ((IpAddress first, IpAddress last, int entry) in Stretches(map, family))
        {
            if (CodeOf(state, map, family, entry, isEdge) is not { } code)
            {
                continue;
            }

            int at = lost.FindIndex(l => l.Code == code && l.Entry == entry);
            if (at < 0)
            {
                at = lost.Count;
                lost.Add((code, entry, []));
            }

            lost[at].Ranges.Add(NftText.Range(first, last));
        }

        return lost;
    }

    private static string? CodeOf(ForwardingState state, RouteMap map, Family family, int entry, bool isEdge)
    {
        if (entry == NoEntry)
        {
            return "NO_ROUTE_TO_DESTINATION";
        }

        NextHop hop = map.Hops[entry];
        return hop.Kind switch
        {
            HopKind.None => "NO_ROUTE_TO_DESTINATION",
            HopKind.Blackhole => "BAD_STATE_ROUTE",
            HopKind.Unsupported => "NO_POSSIBLE_DESTINATION",
            HopKind.Local => null,
            HopKind.Gateway or HopKind.Tunnel or HopKind.Link or HopKind.Hub or HopKind.Exit => Uncarried.Code,
            HopKind.Nic when isEdge && family == Family.V4 && state.NicMores[hop.Handle].Public.Count == 0 => "INGRESS_RTB_NO_PUBLIC_IP",
            HopKind.Nic => null,
            _ when isEdge => "NO_POSSIBLE_DESTINATION",
            HopKind.Translator when state.Translators[hop.Handle].Nic < 0 => "BAD_STATE",
            _ => null,
        };
    }
}
