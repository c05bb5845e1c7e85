using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>What happens at the edges of a domain's segments: gates (ordered, without state), and routes that lead nowhere.</summary>
internal static class SegmentFacts
{
    private const string Reserved4 = "169.254.168.0/22";
    private const string Reserved6 = "fd00:ec2::/32";

    public static bool HasInwardGate(DomainPlan plan, SegmentPlan segment) =>
        segment.Gate >= 0 && !IsOpen(plan, plan.State.Gates[segment.Gate].Inward);

    public static void Write(DomainPlan plan, FactList facts)
    {
        facts.Place = plan.Router;
        HashSet<string> written = [];
        foreach (SegmentPlan segment in plan.Segments)
        {
            WriteOutward(plan, segment, written, facts);
            WriteInward(plan, segment, written, facts);
            WriteHidden(plan, segment, facts);
        }

        if (plan.EdgeRoutes >= 0)
        {
            WriteLost(plan, plan.EdgeRoutes, isEdge: true, written, facts);
        }
    }

    /// <summary>The chain of a route map's lost stretches, for what comes in over the border; null where none is lost.</summary>
    public static string? EdgeLost(DomainPlan plan) => plan.EdgeRoutes >= 0 ? LostName(plan, plan.EdgeRoutes, isEdge: true) : null;

    public static bool LosesAtEdge(DomainPlan plan)
    {
        RouteMap map = plan.State.RouteMaps[plan.EdgeRoutes];
        return RouteWords.Lost(plan.State, map, Family.V4, isEdge: true).Count > 0 || RouteWords.Lost(plan.State, map, Family.V6, isEdge: true).Count > 0;
    }

    /// <summary>The drops of addresses that no router carries.</summary>
    public static IEnumerable<string> Reserved(DomainPlan plan)
    {
        string drop = NftText.Drop("RESERVED_RANGE_NOT_FORWARDED", plan.Id);
        yield return $"ip daddr {Reserved4} {drop}";
        yield return $"ip6 daddr {Reserved6} {drop}";
    }

    private static void WriteOutward(DomainPlan plan, SegmentPlan segment, HashSet<string> written, FactList facts)
    {
        List<string> rules = [.. Near(segment, "daddr")];
        int near = rules.Count;
        if (segment.Gate >= 0 && !IsOpen(plan, plan.State.Gates[segment.Gate].Outward))
        {
            rules.AddRange(GateJumps(plan, segment.Gate, inward: false, written, facts));
        }

        if (segment.Routes < 0)
        {
            rules.AddRange(Reserved(plan));
            rules.Add(NftText.Drop("NO_ROUTE_TO_DESTINATION", segment.Id));
        }
        else if (WriteLost(plan, segment.Routes, isEdge: false, written, facts) is { } lost)
        {
            rules.Add($"jump {lost}");
        }

        if (rules.Count > near)
        {
            facts.Element("segout", Marks.Hex((uint)segment.Index), $"jump so_{segment.Id}");
            facts.Chain($"so_{segment.Id}", null, rules);
        }
    }

    private static void WriteInward(DomainPlan plan, SegmentPlan segment, HashSet<string> written, FactList facts)
    {
        if (!HasInwardGate(plan, segment))
        {
            return;
        }

        List<string> rules = [$"meta mark and {Marks.Hex(Marks.SegmentMask)} == {Marks.Hex((uint)segment.Index)} return"];
        rules.AddRange(GateJumps(plan, segment.Gate, inward: true, written, facts));
        facts.Chain($"si_{segment.Id}", null, rules);
        foreach (Prefix block in RouteWords.BlocksOf(segment))
        {
            facts.Element("segin" + NftText.Digit(block.IsV4), NftText.Block(block), $"jump si_{segment.Id}");
        }
    }

    /// <summary>Marks what goes to a member of the domain by another way than straight: group rules do not count for it.</summary>
    private static void WriteHidden(DomainPlan plan, SegmentPlan segment, FactList facts)
    {
        if (segment.Routes < 0 || !plan.HasMiddle)
        {
            return;
        }

        RouteMap map = plan.State.RouteMaps[segment.Routes];
        List<string> rules = [];
        foreach (Prefix block in plan.State.Domains[plan.Handle].More.Blocks)
        {
            List<string> ranges = [];
            foreach ((IpAddress first, IpAddress last, int entry) in RouteWords.Within(map, block))
            {
                if (entry == RouteWords.NoEntry || map.Hops[entry].Kind != HopKind.Local)
                {
                    ranges.Add(NftText.Range(first, last));
                }
            }

            if (ranges.Count > 0)
            {
                string set = $"meta mark set meta mark or {Marks.Hex(Marks.Hidden)}";
                rules.Add($"{NftText.Ip(block.IsV4)} daddr {NftText.Set(ranges)} {set}");
            }
        }

        if (rules.Count > 0)
        {
            facts.Element("hidden", Marks.Hex((uint)segment.Index), $"jump hs_{segment.Id}");
            facts.Chain($"hs_{segment.Id}", null, [.. Near(segment, "daddr"), .. rules]);
        }
    }

    private static IEnumerable<string> Near(SegmentPlan segment, string end)
    {
        foreach (Prefix block in RouteWords.BlocksOf(segment))
        {
            yield return $"{NftText.Ip(block.IsV4)} {end} {NftText.Block(block)} return";
        }
    }

    private static string LostName(DomainPlan plan, int routes, bool isEdge) => $"{(isEdge ? "le" : "lost")}_{plan.State.RouteMaps[routes].Row.Id}";

    private static string? WriteLost(DomainPlan plan, int routes, bool isEdge, HashSet<string> written, FactList facts)
    {
        RouteMap map = plan.State.RouteMaps[routes];
        string name = LostName(plan, routes, isEdge);
        List<string> rules = [];
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            bool isV4 = family == Family.V4;
            if (!isV4 && !plan.HasV6)
            {
                continue;
            }

            foreach ((string code, int entry, List<string> ranges) in RouteWords.Lost(plan.State, map, family, isEdge))
            {
                string handle = entry == RouteWords.NoEntry ? map.Row.Id : string.Create(CultureInfo.InvariantCulture, $"{map.Row.Id}/{entry}");
                string which = ranges is ["0.0.0.0/0"] or ["::/0"]
                    ? $"meta nfproto {(isV4 ? "ipv4" : "ipv6")}"
                    : $"{NftText.Ip(isV4)} daddr {NftText.Set(ranges)}";
                rules.Add($"{which} {NftText.Drop(code, handle)}");
            }
        }

        if (rules.Count == 0)
        {
            return null;
        }

        if (written.Add(name))
        {
            facts.Chain(name, null, isEdge ? rules : [.. Reserved(plan), .. rules]);
        }

        return name;
    }

    private static IEnumerable<string> GateJumps(DomainPlan plan, int gate, bool inward, HashSet<string> written, FactList facts)
    {
        Gate at = plan.State.Gates[gate];
        string way = inward ? "gi" : "go";
        GateRules rules = inward ? at.Inward : at.Outward;
        if (written.Add(way + at.Row.Id))
        {
            facts.Chain($"{way}4_{at.Row.Id}", null, Rules4(at.Row.Id, rules.V4, inward));
            facts.Chain($"{way}6_{at.Row.Id}", null, Rules6(at.Row.Id, rules.V6, inward));
        }

        if (!IsOpen4(rules))
        {
            yield return $"meta nfproto ipv4 jump {way}4_{at.Row.Id}";
        }

        if (!IsOpen6(plan, rules))
        {
            yield return $"meta nfproto ipv6 jump {way}6_{at.Row.Id}";
        }
    }

    /// <summary>Whether the first rule lets everything pass: nobody needs to ask.</summary>
    private static bool IsOpen(DomainPlan plan, GateRules rules) => IsOpen4(rules) && IsOpen6(plan, rules);

    private static bool IsOpen4(GateRules rules) => rules.V4 is [{ Allows: true, Protocol: < 0, Low: 0, High: uint.MaxValue }, ..];

    /// <summary>A domain without IPv6 has no packet to ask about.</summary>
    private static bool IsOpen6(DomainPlan plan, GateRules rules) => !plan.HasV6
        || (rules.V6 is [{ Allows: true, Protocol: < 0 }, ..] && rules.V6[0].Low == 0 && rules.V6[0].High == UInt128.MaxValue);

    private static List<string> Rules4(string id, GateRule4[] rules, bool inward)
    {
        List<string> lines = [];
        string end = inward ? "ip saddr" : "ip daddr";
        foreach (GateRule4 rule in rules)
        {
            string? peer = rule is { Low: 0, High: uint.MaxValue }
                ? ""
                : $"{end} {NftText.Range(IpAddress.FromV4(rule.Low), IpAddress.FromV4(rule.High))} ";
            Add(lines, id, rule.Protocol, rule.From, rule.To, peer, rule.Allows, rule.Entry);
        }

        lines.Add(Closed(id));
        return lines;
    }

    private static List<string> Rules6(string id, GateRule[] rules, bool inward)
    {
        List<string> lines = [];
        string end = inward ? "ip6 saddr" : "ip6 daddr";
        foreach (GateRule rule in rules)
        {
            string peer = rule.Low == 0 && rule.High == UInt128.MaxValue
                ? ""
                : $"{end} {NftText.Range(IpAddress.FromV6(rule.Low), IpAddress.FromV6(rule.High))} ";
            Add(lines, id, rule.Protocol, rule.From, rule.To, peer, rule.Allows, rule.Entry);
        }

        lines.Add(Closed(id));
        return lines;
    }

    private static void Add(List<string> lines, string id, int protocol, int from, int to, string peer, bool allows, int entry)
    {
        string? ports = protocol < 0 ? "" : NftText.Ports(protocol, from, to);
        if (ports is null)
        {
            return;
        }

        string verdict = allows ? "return" : NftText.Drop("SUBNET_ACL_RESTRICTION", string.Create(CultureInfo.InvariantCulture, $"{id}/{entry}"));
        lines.Add(peer + ports + verdict);
    }

    private static string Closed(string id) => NftText.Drop("SUBNET_ACL_RESTRICTION", id);
}
