using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>The fixed parts of a domain's router: what every packet passes, in the model's order of questions.</summary>
internal static class RouterFacts
{
    /// <summary>Times to live that are made up for the router's own step, so that nobody sees it: what senders start with
    /// and forwarding machines leave of it, and what probes of a route count up from.</summary>
    private static readonly int[] TimesToLive = [.. Enumerable.Range(1, 30), .. Enumerable.Range(60, 5), 127, 128];

    private static readonly IpAddress[] Services6 =
        [IpAddress.Parse("fd00:ec2::253"), IpAddress.Parse("fd00:ec2::254"), IpAddress.Parse("fd00:ec2::123")];

    private static readonly IpAddress[] Services4 =
    [
        IpAddress.Parse("169.254.169.253"), IpAddress.Parse("169.254.169.254"), IpAddress.Parse("169.254.169.123"),
        IpAddress.Parse("169.254.170.2"), IpAddress.Parse("169.254.169.250"), IpAddress.Parse("169.254.169.251"),
    ];

    public static void Write(DomainPlan plan, FactList facts)
    {
        facts.Place = plan.Router;
        WriteSysctls(facts);
        WriteServices(plan, facts);
        WriteSets(plan, facts);
        WriteTimesToLive(facts);
        facts.Chain("raw", "filter hook prerouting priority -300; policy accept;", Raw(plan));
        facts.Chain("out", "filter hook prerouting priority -150; policy accept;", Out(plan));
        facts.Chain("services", null, Services(plan));
        facts.Chain("out_foreign", null, ["jump services", $"meta mark and {Marks.Hex(Marks.SegmentMask)} vmap @hidden", "iifname vmap @foreignout",
            "goto leave"]);
        facts.Chain("ask_out", null, AskOut(plan));
        facts.Chain("leave", null, [$"meta mark and {Marks.Hex(Marks.SegmentMask)} vmap @segout", .. SegmentFacts.Reserved(plan)]);
        facts.Chain("pass", "filter hook forward priority 0; policy accept;", Pass(plan));
        facts.Chain("to_idle", null, ToIdle(plan));
        facts.Element("vias", "\"idle\"", "jump to_idle");
        facts.Chain("ask_in", null, AskIn(plan));
        facts.Chain("arrive", null, Arrive(plan));
        facts.Chain("arrive_idle", null, ArriveIdle(plan));
        facts.Chain("detached", null, [NftText.Drop("BAD_STATE_ATTACHMENT", plan.Id)]);
        facts.Chain("stopped", null, [NftText.Drop("BAD_STATE", plan.Id)]);
        facts.Chain("uncarried", null, [NftText.Drop(Uncarried.Code, plan.Id)]);
        facts.Chain("own", "filter hook input priority 0; policy accept;", Own(plan));
    }

    private static void WriteSysctls(FactList facts)
    {
        facts.Sysctl("net/ipv4/ip_forward", "1");
        facts.Sysctl("net/ipv4/conf/all/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/default/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/all/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/default/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/all/accept_local", "1");
        facts.Sysctl("net/ipv4/conf/all/proxy_arp", "1");
        facts.Sysctl("net/ipv6/conf/all/forwarding", "1");

        // A connection begins with its first packet: what was cut stays cut. Windows are the ends' business.
        facts.Sysctl("net/netfilter/nf_conntrack_tcp_loose", "0");
        facts.Sysctl("net/netfilter/nf_conntrack_tcp_be_liberal", "1");
        facts.Sysctl("net/netfilter/nf_conntrack_udp_timeout_stream", "180");
    }

    private static void WriteServices(DomainPlan plan, FactList facts)
    {
        foreach (IpAddress address in Services4)
        {
            facts.Address("lo", address, address.Width);
            facts.Element("service4", address.ToString());
        }

        foreach (IpAddress address in Services6)
        {
            facts.Address("lo", address, address.Width);
            facts.Element("service6", address.ToString());
        }

        if (plan.State.Domains[plan.Handle].Resolver is not 0 and uint bits)
        {
            IpAddress resolver = IpAddress.FromV4(bits);
            facts.Address("lo", resolver, resolver.Width);
            facts.Element("service4", resolver.ToString());
        }
    }

    private static void WriteSets(DomainPlan plan, FactList facts)
    {
        foreach (bool isV4 in (ReadOnlySpan<bool>)[true, false])
        {
            string d = NftText.Digit(isV4);
            string type = $"ipv{d}_addr";
            facts.Set("service" + d, $"type {type};");
            facts.Map("own" + d, $"type ifname . {type} : mark;");
            facts.Set("idle" + d, $"type {type};");
            facts.Map("down" + d, $"type {type} : verdict;");
            facts.Map("sgout" + d, $"type {type} : verdict;");
            facts.Map("sgin" + d, $"type {type} : verdict;");
            facts.Map("segin" + d, $"type {type} : verdict; flags interval;");
            if (plan.HasBlocks)
            {
                facts.Map("ownb" + d, $"type ifname . {type} : mark; flags interval;");
                facts.Set("idleb" + d, $"type {type}; flags interval;");
                facts.Map("downb" + d, $"type {type} : verdict; flags interval;");
                facts.Map("sgoutb" + d, $"type {type} : verdict; flags interval;");
                facts.Map("sginb" + d, $"type {type} : verdict; flags interval;");
            }
        }

        facts.Set(NftTable.ShortSet, "type ifname . ipv4_addr;");
        facts.Set(NftTable.ShortBackSet, "type ifname;");
        facts.Map("public4", "type ipv4_addr : ipv4_addr;");
        facts.Set("self4", "type ipv4_addr . ipv4_addr;");
        facts.Map("private4", "type ipv4_addr : ipv4_addr;");
        facts.Map("foreign", "type ifname : mark;");
        facts.Map("foreignout", "type ifname : verdict;");
        facts.Map("vias", "type ifname : verdict;");
        facts.Map("segout", "type mark : verdict;");
        facts.Map("hidden", "type mark : verdict;");
    }

    private static void WriteTimesToLive(FactList facts)
    {
        facts.Map("ttl4", "typeof ip ttl : verdict;");
        facts.Map("ttl6", "typeof ip6 hoplimit : verdict;");
        foreach (int ttl in TimesToLive)
        {
            facts.Chain($"t4_{ttl}", null, [$"ip ttl set {ttl + 1}"]);
            facts.Chain($"t6_{ttl}", null, [$"ip6 hoplimit set {ttl + 1}"]);
            facts.Element("ttl4", $"{ttl}", $"jump t4_{ttl}");
            facts.Element("ttl6", $"{ttl}", $"jump t6_{ttl}");
        }
    }

    /// <summary>Before connections are looked up: who sends, which segment it is in, and the public addresses' meaning.</summary>
    private static List<string> Raw(DomainPlan plan)
    {
        List<string> rules = ["iifname \"lo\" accept", "ip ttl vmap @ttl4", "ip6 hoplimit vmap @ttl6"];
        if (plan.Border is not null)
        {
            rules.Add("iifname \"igw\" goto raw_border");
        }

        if (plan.OneWay is not null)
        {
            rules.Add($"iifname \"eigw\" meta mark set {Marks.Hex(Marks.Foreign)} accept");
        }

        rules.Add("meta mark set iifname . ip saddr map @own4 accept");
        rules.Add("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept");
        rules.Add("ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept");
        rules.Add("meta mark set iifname . ip6 saddr map @own6 accept");
        if (plan.HasBlocks)
        {
            rules.Add("meta mark set iifname . ip saddr map @ownb4 accept");
            rules.Add("meta mark set iifname . ip6 saddr map @ownb6 accept");
        }

        rules.Add("meta mark set iifname map @foreign accept");
        rules.Add(NftText.Drop("ENI_SOURCE_DEST_CHECK_RESTRICTION", plan.Id));
        return rules;
    }

    /// <summary>What a sender meets: its filter where no state is kept yet, its segment's gate, routes that lead nowhere.</summary>
    private static List<string> Out(DomainPlan plan)
    {
        List<string> rules = ["meta mark 0x0 accept"];
        if (plan.Border is not null || plan.OneWay is not null)
        {
            rules.Add("iifname { \"igw\", \"eigw\" } goto from_outside");
        }

        if (plan.HasMiddle)
        {
            rules.Add($"{NftText.Marked(Marks.Foreign)}goto out_foreign");
        }

        rules.Add(Marks.Settled + "goto leave");
        rules.Add("jump services");
        rules.Add("ct state invalid,new jump ask_out");
        rules.Add($"ct state invalid {NftText.Drop("NO_MATCHING_CONNECTION", plan.Id)}");
        rules.Add($"ct state established ct direction original {Unsettled(Marks.SourceKnows, Marks.SourceUntracked)}jump ask_out");
        rules.Add($"ct state established ct direction reply {Unsettled(Marks.DestinationKnows, Marks.DestinationUntracked)}jump ask_out");
        rules.Add("goto leave");
        return rules;
    }

    /// <summary>The link-local services answer before any filter is asked (rule 73); the resolver only where the domain has one.</summary>
    private static List<string> Services(DomainPlan plan)
    {
        List<string> rules = [];
        if (!plan.State.Domains[plan.Handle].Resolves)
        {
            string off = NftText.Drop("NO_POSSIBLE_DESTINATION", plan.Id);
            uint own = plan.State.Domains[plan.Handle].Resolver;
            rules.Add($"ip daddr {(own == 0 ? "169.254.169.253" : $"{{ 169.254.169.253, {IpAddress.FromV4(own)} }}")} {off}");
            rules.Add($"ip6 daddr fd00:ec2::253 {off}");
        }

        rules.Add("ip daddr @service4 accept");
        rules.Add("ip6 daddr @service6 accept");
        return rules;
    }

    private static List<string> AskOut(DomainPlan plan)
    {
        List<string> rules = [];
        if (plan.HasMiddle)
        {
            rules.Add($"meta mark and {Marks.Hex(Marks.SegmentMask)} vmap @hidden");
        }

        rules.Add("ip saddr vmap @sgout4");
        rules.Add("ip6 saddr vmap @sgout6");
        if (plan.HasBlocks)
        {
            rules.Add("ip saddr vmap @sgoutb4");
            rules.Add("ip6 saddr vmap @sgoutb6");
        }

        rules.Add($"ct state new {NftText.Marked(Marks.OpenOut)}ct mark set ct mark or {Marks.SourceKnows | Marks.SourceUntracked} return");
        rules.Add($"ct state new ct mark set ct mark or {Marks.SourceKnows}");
        return rules;
    }

    /// <summary>What a receiver meets: its segment's gate, its filter, whether it is there.</summary>
    private static List<string> Pass(DomainPlan plan)
    {
        List<string> rules = ["oifname vmap @vias"];
        if (plan.Segments.Exists(s => SegmentFacts.HasInwardGate(plan, s)))
        {
            rules.Add("ip daddr vmap @segin4");
            rules.Add("ip6 daddr vmap @segin6");
        }

        rules.Add(Marks.Settled + "goto arrive");
        if (plan.HasMiddle)
        {
            rules.Add($"{NftText.Marked(Marks.Foreign)}{ViaFacts.LateReset}goto arrive");
        }

        rules.Add("ct state invalid,new jump ask_in");
        rules.Add($"ct state invalid {NftText.Drop("NO_MATCHING_CONNECTION", plan.Id)}");
        rules.Add($"ct state established ct direction original {Unsettled(Marks.DestinationKnows, Marks.DestinationUntracked)}jump ask_in");
        rules.Add($"ct state established ct direction reply {Unsettled(Marks.SourceKnows, Marks.SourceUntracked)}jump ask_in");
        rules.Add("goto arrive");
        return rules;
    }

    /// <summary>An end that does not know the connection, or keeps no state of it.</summary>
    private static string Unsettled(uint knows, uint untracked) => $"ct mark and {Marks.Hex(knows | untracked)} != {Marks.Hex(knows)} ";

    /// <summary>Addresses that no interface has end here.</summary>
    private static string[] ToIdle(DomainPlan plan)
    {
        string nobody = NftText.Drop("NO_POSSIBLE_DESTINATION", plan.Id);
        string blocks4 = plan.HasBlocks ? "ip daddr != @idleb4 " : "";
        string blocks6 = plan.HasBlocks ? "ip6 daddr != @idleb6 " : "";
        return [$"ip daddr != @idle4 {blocks4}{nobody}", $"ip6 daddr != @idle6 {blocks6}{nobody}"];
    }

    private static List<string> AskIn(DomainPlan plan)
    {
        List<string> rules = ["ip daddr vmap @sgin4", "ip6 daddr vmap @sgin6"];
        if (plan.HasBlocks)
        {
            rules.Add("ip daddr vmap @sginb4");
            rules.Add("ip6 daddr vmap @sginb6");
        }

        rules.Add($"ct state new {NftText.Marked(Marks.OpenIn)}ct mark set ct mark or {Marks.DestinationKnows | Marks.DestinationUntracked} return");
        rules.Add($"ct state new ct mark set ct mark or {Marks.DestinationKnows}");
        return rules;
    }

    /// <summary>What went straight from one interface to another, and whose connection was answered, may go the short way from now on; so may
    /// what comes from a translator, or over the border.</summary>
    private static List<string> Arrive(DomainPlan plan)
    {
        List<string> rules = ["oifname \"idle\" goto arrive_idle"];
        if (plan.Border is not null)
        {
            rules.Add($"iifname \"igw\" {Marks.Answered}goto {BorderFacts.NotePublic}");
        }

        rules.Add($"{Marks.Answered}iifname @{NftTable.ShortBackSet} meta mark and {Marks.Hex(Marks.Foreign | Marks.Hidden)} == {Marks.Hex(Marks.Foreign)} "
            + $"meta mark set {Marks.Hex(Marks.ShortBack)} accept");
        rules.Add($"{Marks.Answered}meta mark and {Marks.Hex(Marks.Foreign | Marks.Hidden)} == 0x0 meta mark set {Marks.Hex(Marks.Short)}");
        return rules;
    }

    private static List<string> ArriveIdle(DomainPlan plan)
    {
        List<string> rules = ["ip daddr vmap @down4", "ip6 daddr vmap @down6"];
        if (plan.HasBlocks)
        {
            rules.Add("ip daddr vmap @downb4");
            rules.Add("ip6 daddr vmap @downb6");
        }

        return rules;
    }

    /// <summary>The router itself answers only for the link-local services, and only to machines.</summary>
    private static List<string> Own(DomainPlan plan)
    {
        string nobody = NftText.Drop("NO_POSSIBLE_DESTINATION", plan.Id);
        return
        [
            "iifname \"lo\" accept",
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept",
            $"iifname {{ \"igw\", \"eigw\", \"idle\" }} {nobody}",
            "udp dport 67 accept",
            "ip daddr @service4 accept",
            "ip6 daddr @service6 accept",
            nobody,
        ];
    }
}
