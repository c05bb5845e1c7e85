using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>A domain's routes in the kernel: a table for each route map, found by the mark of the segment a packet comes from.</summary>
/// <remarks>
/// A local route becomes <c>throw</c>: the look-up goes on to table 100, where each interface's address stands; what is left of the
/// domain's blocks goes to the idle link and is dropped there with its reason. ARP requests are looked up without a mark: they find
/// interfaces and gateways only, so that absent neighbours stay silent.
/// </remarks>
internal static class RouteFacts
{
    private const uint FirstSegmentRule = 1000;
    private const uint HostRule = 20000;
    private const uint GatewayRule = 20001;
    private const uint SilentRule = 20002;
    private const uint AbsentRule = 20003;
    private const uint LastRule = 20004;

    /// <summary>Up to so many segments are found in a row; more in two steps.</summary>
    private const int FlatMax = 64;

    /// <summary>The index's low bits that one step leaves to the second.</summary>
    private const int StepBits = 8;

    public static void Write(DomainPlan plan, FactList facts)
    {
        facts.Place = plan.Router;
        HashSet<uint> written = [];
        foreach (SegmentPlan segment in plan.Segments)
        {
            if (written.Add(segment.Table))
            {
                WriteTable(plan, segment.Routes, segment.Table, segment.OwnTable ? segment : null, facts);
            }

            if (segment.Gateway is { } gateway)
            {
                facts.Route(new KernelRoute(Prefix.Host(gateway), Marks.GatewayTable, RouteType.Unicast, LinuxNames.IdleLink, NicFacts.Far4));
            }
        }

        if (plan.EdgeRoutes >= 0 && written.Add(plan.EdgeTable))
        {
            WriteTable(plan, plan.EdgeRoutes, plan.EdgeTable, null, facts);
        }

        foreach (Prefix block in plan.State.Domains[plan.Handle].More.Blocks)
        {
            IpAddress far = block.IsV4 ? NicFacts.Far4 : NicFacts.Far6;
            facts.Route(new KernelRoute(block, Marks.AbsentTable, RouteType.Unicast, LinuxNames.IdleLink, far));
        }

        WriteRules(plan, facts);
    }

    private static void WriteTable(DomainPlan plan, int routes, uint table, SegmentPlan? near, FactList facts)
    {
        if (near is not null)
        {
            foreach (Prefix block in RouteWords.BlocksOf(near))
            {
                facts.Route(new KernelRoute(block, table, RouteType.Throw, null, null));
            }
        }

        bool any4 = false;
        bool any6 = false;
        foreach ((Prefix block, int entry) in routes < 0 ? [] : plan.State.RouteMaps[routes].Blocks)
        {
            any4 |= block.IsV4 && block.IsDefault;
            any6 |= !block.IsV4 && block.IsDefault;
            if (near is null || !near.Covers(block))
            {
                facts.Route(RouteOf(plan, block, table, plan.State.RouteMaps[routes].Hops[entry]));
            }
        }

        // Where no default route is, nothing may fall through to the tables of other rules.
        if (!any4)
        {
            facts.Route(new KernelRoute(Prefix.AnyV4, table, RouteType.Unreachable, null, null));
        }

        if (!any6)
        {
            facts.Route(new KernelRoute(Prefix.AnyV6, table, RouteType.Unreachable, null, null));
        }
    }

    private static KernelRoute RouteOf(DomainPlan plan, Prefix block, uint table, NextHop hop)
    {
        IpAddress far = block.IsV4 ? NicFacts.Far4 : NicFacts.Far6;
        string? link = hop.Kind switch
        {
            HopKind.Border when plan.Border is not null => LinuxNames.BorderLink,
            HopKind.OneWay when plan.OneWay is not null => LinuxNames.OneWayLink,
            HopKind.Translator when plan.State.Translators[hop.Handle].Nic is >= 0 and int nic => NicFacts.LinkOf(plan, nic),
            HopKind.Nic when plan.Has(plan.State.Nics[hop.Handle].Segment) => NicFacts.LinkOf(plan, hop.Handle),
            _ => null,
        };
        if (link is not null)
        {
            return new KernelRoute(block, table, RouteType.Unicast, link, far);
        }

        return new KernelRoute(block, table, hop.Kind == HopKind.Local ? RouteType.Throw : RouteType.Blackhole, null, null);
    }

    private static void WriteRules(DomainPlan plan, FactList facts)
    {
        List<(uint Index, uint Table)> marks = [];
        foreach (SegmentPlan segment in plan.Segments)
        {
            marks.Add(((uint)segment.Index, segment.Table));
        }

        if (plan.EdgeRoutes >= 0)
        {
            marks.Add(((uint)plan.EdgeIndex, plan.EdgeTable));
        }

        marks.Sort();
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            if (marks.Count <= FlatMax)
            {
                foreach ((uint index, uint table) in marks)
                {
                    facts.Rule(new KernelRule(family, FirstSegmentRule + index, index, Marks.SegmentMask, table));
                }
            }
            else
            {
                WriteTree(family, marks, facts);
            }

            facts.Rule(new KernelRule(family, HostRule, 0, 0, Marks.HostTable));
            facts.Rule(new KernelRule(family, GatewayRule, 0, Marks.All, Marks.GatewayTable));
            facts.Rule(new KernelRule(family, SilentRule, 0, Marks.All, null));
            facts.Rule(new KernelRule(family, AbsentRule, 0, 0, Marks.AbsentTable));
            facts.Rule(new KernelRule(family, LastRule, 0, 0, null));
        }
    }

    /// <summary>One step to the rules that share the index's high bits, one among them, and out again.</summary>
    private static void WriteTree(Family family, List<(uint Index, uint Table)> marks, FactList facts)
    {
        const uint High = Marks.SegmentMask >> StepBits << StepBits;
        const uint Blocks = (Marks.SegmentMask >> StepBits) + 1;
        const uint FirstBlock = FirstSegmentRule + Blocks;
        HashSet<uint> steps = [];
        foreach ((uint index, uint table) in marks)
        {
            uint step = index >> StepBits;
            uint begin = FirstBlock + (step * ((1 << StepBits) + 1));
            if (steps.Add(step))
            {
                facts.Rule(new KernelRule(family, FirstSegmentRule + step, index & High, High, null, begin));
                facts.Rule(new KernelRule(family, begin + (1 << StepBits), 0, 0, null, HostRule));

                // The kernel jumps to a preference that a rule has: this one stands there and matches nothing by itself.
                facts.Rule(new KernelRule(family, begin, index, Marks.SegmentMask, table));
            }
            else
            {
                facts.Rule(new KernelRule(family, begin + 1 + (index & 0xFE), index, Marks.SegmentMask, table));
            }
        }

        facts.Rule(new KernelRule(family, FirstSegmentRule + Blocks - 1, 0, 0, null, HostRule));
    }
}
