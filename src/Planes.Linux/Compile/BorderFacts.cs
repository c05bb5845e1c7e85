using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>A domain's ways to the internet: the border, which translates one to one, and the one-way border.</summary>
internal static class BorderFacts
{
    public const int OutsideMtu = 1500;

    /// <summary>The chain of what came in and is let in: where it leaves, its flow is learned with the address that it came under.</summary>
    public const string NotePublic = "note_public";

    private const int SelfZone = 1;

    private const string Rfc1918 = "{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 }";
    private const string Rfc6598 = "100.64.0.0/10";

    public static void Write(DomainPlan plan, FactList facts)
    {
        facts.Place = plan.Router;
        if (plan.Border is { } border)
        {
            WriteLink(plan, LinuxNames.BorderLink, LinuxNames.BorderLinkOutside(plan.Id), facts);
            facts.Chain("raw_border", null, RawBorder(plan, border));
            facts.Chain("to_border", null, ToBorder(plan, border));
            facts.Chain(NotePublic, null, ["ip daddr set ip daddr map @public4 meta mark set @nh,128,32", "ip daddr set ip daddr map @private4"]);
            facts.Element("vias", "\"igw\"", "goto to_border");
        }

        if (plan.OneWay is { } oneWay)
        {
            WriteLink(plan, LinuxNames.OneWayLink, LinuxNames.OneWayLinkOutside(plan.Id), facts);
            facts.Chain("to_oneway", null, ToOneWay(plan, oneWay));
            facts.Element("vias", "\"eigw\"", "goto to_oneway");
        }

        if (plan.Border is not null || plan.OneWay is not null)
        {
            facts.Chain("from_outside", null, FromOutside(plan));
        }

        WriteOutside(plan, facts);
    }

    private static void WriteLink(DomainPlan plan, string near, string far, FactList facts)
    {
        facts.Place = LinuxNames.Outside;
        facts.Link(new Link(far, NicFacts.RouterMac, OutsideMtu, plan.Router, near));
        facts.Neighbour(far, NicFacts.Far4, NicFacts.RouterMac);
        facts.Neighbour(far, NicFacts.Far6, NicFacts.RouterMac);
        facts.Place = plan.Router;
        facts.Link(new Link(near, NicFacts.RouterMac, OutsideMtu, LinuxNames.Outside, far));
        facts.Neighbour(near, NicFacts.Far4, NicFacts.RouterMac);
        facts.Neighbour(near, NicFacts.Far6, NicFacts.RouterMac);
    }

    /// <summary>Which of the domain's addresses the internet leads to it.</summary>
    private static void WriteOutside(DomainPlan plan, FactList facts)
    {
        facts.Place = LinuxNames.Outside;
        foreach (Prefix block in plan.State.Domains[plan.Handle].More.Blocks)
        {
            if (block.IsV4 || Special.PrivateV6.Contains(block.Address))
            {
                continue;
            }

            if (plan.Border is null && plan.OneWay is null)
            {
                facts.Element("unboundb6", NftText.Block(block));
                continue;
            }

            string link = plan.Border is not null ? LinuxNames.BorderLinkOutside(plan.Id) : LinuxNames.OneWayLinkOutside(plan.Id);
            facts.Route(new KernelRoute(block, Marks.MainTable, RouteType.Unicast, link, NicFacts.Far6));
        }

        facts.Place = plan.Router;
    }

    private static List<string> RawBorder(DomainPlan plan, string border)
    {
        string mark = Marks.Hex(Marks.Foreign | (uint)plan.EdgeIndex);
        string nobody = NftText.Drop("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", border);
        return
        [
            $"ip saddr {Rfc1918} {NftText.Drop("IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", border)}",
            $"ip saddr {Rfc6598} {NftText.Drop("IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS", border)}",

            // To oneself by the public address and without ports: the way in would look like the answer to the way out.
            $"meta l4proto != {{ 1, 6, 17 }} ip saddr . ip daddr @self4 ct zone set {SelfZone}",
            $"ip daddr set ip daddr map @private4 meta mark set {mark} accept",
            $"meta nfproto ipv4 {nobody}",
            $"fib daddr oif missing {nobody}",
            $"meta mark set {mark} accept",
        ];
    }

    /// <summary>What came in: only what belongs to a connection by the one-way border; where the border's own routes lead nowhere it ends.</summary>
    private static List<string> FromOutside(DomainPlan plan)
    {
        List<string> rules = [];
        if (plan.OneWay is { } oneWay)
        {
            rules.Add("iifname \"eigw\" ct state established,related accept");
            rules.Add($"iifname \"eigw\" {NftText.Drop("NO_MATCHING_CONNECTION", oneWay)}");
            rules.Add($"ct mark and {Marks.OneWay} == {Marks.OneWay} meta mark set {Marks.Hex(Marks.Foreign)} accept");
        }

        AddBlocked(plan, "daddr", "iifname \"igw\" ", isOneWay: false, rules);
        if (SegmentFacts.EdgeLost(plan) is { } lost && SegmentFacts.LosesAtEdge(plan))
        {
            rules.Add($"jump {lost}");
        }

        rules.Add($"ct state new ct mark set ct mark or {Marks.SourceKnows}");
        rules.Add("accept");
        return rules;
    }

    private static List<string> ToBorder(DomainPlan plan, string border)
    {
        List<string> rules =
        [
            $"ip daddr {Rfc1918} {NftText.Drop("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", border)}",
            $"ip daddr {Rfc6598} {NftText.Drop("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", border)}",
            $"ip daddr {{ 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 }} {NftText.Drop("NO_POSSIBLE_DESTINATION", border)}",
            $"ip6 daddr != 2000::/3 {NftText.Drop("NO_POSSIBLE_DESTINATION", border)}",
        ];
        AddRedirected(plan, border, rules);
        AddBlocked(plan, "saddr", "", isOneWay: false, rules);
        rules.Add($"ct state new ct mark set ct mark or {Marks.DestinationKnows}");
        rules.Add($"{Marks.Answered}meta mark and {Marks.Hex(Marks.Foreign)} == 0x0 meta mark set @nh,96,32");
        rules.Add("ip saddr set ip saddr map @public4 accept");
        rules.Add($"meta nfproto ipv4 {NftText.Drop("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", border)}");
        rules.Add($"{NftText.Marked(Marks.Foreign)}fib saddr oif missing {NftText.Drop("GATEWAY_REJECTS_SPOOFED_TRAFFIC", border)}");
        rules.Add("accept");
        return rules;
    }

    /// <summary>Sources whose incoming packets pass a middlebox may not go around it on their way out (rule 17).</summary>
    private static void AddRedirected(DomainPlan plan, string border, List<string> rules)
    {
        if (plan.EdgeRoutes < 0)
        {
            return;
        }

        RouteMap map = plan.State.RouteMaps[plan.EdgeRoutes];
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            SortedDictionary<int, List<string>> byEntry = [];
            foreach ((IpAddress first, IpAddress last, int entry) in RouteWords.Stretches(map, family))
            {
                if (entry != RouteWords.NoEntry && map.Hops[entry].Kind == HopKind.Nic)
                {
                    byEntry.TryAdd(entry, []);
                    byEntry[entry].Add(NftText.Range(first, last));
                }
            }

            foreach ((int entry, List<string> ranges) in byEntry)
            {
                rules.Add($"{NftText.Ip(family == Family.V4)} saddr {NftText.Set(ranges)} iifname != "
                    + $"{NftText.Set(plan.LinksBeside(map.Hops[entry].Handle))} {NftText.Drop("INGRESS_RTB_TRAFFIC_REDIRECTION", border)}");
            }
        }
    }

    /// <summary>Segments that block public access keeps from the internet, but for translators where it lets out (rule 43).</summary>
    private static void AddBlocked(DomainPlan plan, string end, string match, bool isOneWay, List<string> rules)
    {
        foreach (SegmentPlan segment in plan.Segments)
        {
            OutsideAccess access = plan.State.Segments[segment.Handle].Access;
            if (access == OutsideAccess.Open || (isOneWay && access == OutsideAccess.OutwardOnly))
            {
                continue;
            }

            string drop = NftText.Drop("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", segment.Id);
            foreach (Prefix block in RouteWords.BlocksOf(segment))
            {
                List<string> free = block.IsV4 && access == OutsideAccess.OutwardOnly ? TranslatorsOf(plan, segment.Handle) : [];
                string but = free.Count == 0 ? "" : $"ip {end} != {NftText.Set(free)} ";
                rules.Add($"{match}{NftText.Ip(block.IsV4)} {end} {NftText.Block(block)} {but}{drop}");
            }
        }
    }

    private static List<string> TranslatorsOf(DomainPlan plan, int segment)
    {
        List<string> addresses = [];
        foreach (int nic in plan.Via)
        {
            if (plan.State.Nics[nic].Segment == segment && plan.State.Nics[nic].Has(NicTraits.Translates))
            {
                addresses.Add(IpAddress.FromV4(plan.State.Nics[nic].Address).ToString());
            }
        }

        addresses.Sort(StringComparer.Ordinal);
        return addresses;
    }

    private static List<string> ToOneWay(DomainPlan plan, string oneWay)
    {
        List<string> rules =
        [
            $"meta nfproto ipv4 {NftText.Drop("NO_POSSIBLE_DESTINATION", oneWay)}",
            $"ip6 daddr != 2000::/3 {NftText.Drop("NO_POSSIBLE_DESTINATION", oneWay)}",
            $"{NftText.Marked(Marks.Foreign)}fib saddr oif missing {NftText.Drop("GATEWAY_REJECTS_SPOOFED_TRAFFIC", oneWay)}",
        ];
        AddBlocked(plan, "saddr", "", isOneWay: true, rules);
        rules.Add($"ct direction reply {NftText.Drop("NO_MATCHING_CONNECTION", oneWay)}");
        rules.Add(Marks.TrackOneWay);
        rules.Add($"ct mark set ct mark or {Marks.OneWay}");
        rules.Add("accept");
        return rules;
    }
}
