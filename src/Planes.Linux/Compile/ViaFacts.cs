using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>Interfaces that packets come to which are not for them: forwarding machines, translators, and whatever a route names.</summary>
internal static class ViaFacts
{
    /// <summary>A refusal ends its connection at once, on its first way through the router: on later ones it belongs to none.</summary>
    public const string LateReset = "ct state invalid tcp flags & rst == rst ";

    public static void Write(DomainPlan plan, int handle, string link, FactList facts)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        string id = plan.State.NicMores[handle].Row.Id;
        uint mark = (uint)plan.SegmentOf(nic.Segment).Index | Marks.Foreign;
        if (nic.Has(NicTraits.Translates))
        {
            facts.Element("foreign", $"\"{link}\"", Marks.Hex(mark));
            facts.Element("vias", $"\"{link}\"", $"goto v_{id}");
            facts.Element(NftTable.ShortBackSet, $"\"{link}\"");
            facts.Chain($"v_{id}", null, TranslatorRules(plan, handle));
            return;
        }

        bool forwards = !nic.Has(NicTraits.ChecksAddresses);
        if (forwards)
        {
            facts.Element("foreign", $"\"{link}\"", Marks.Hex(mark));
            facts.Element("foreignout", $"\"{link}\"", $"jump f_{id}");
            facts.Chain($"f_{id}", null, ForwardedOut(plan, handle));
        }

        if (forwards || plan.Via.Contains(handle))
        {
            facts.Element("vias", $"\"{link}\"", $"jump v_{id}");
            facts.Chain($"v_{id}", null, Arriving(plan, handle, forwards));
        }
    }

    /// <summary>What a machine passes on: asked like what it sends, once for each connection.</summary>
    private static List<string> ForwardedOut(DomainPlan plan, int handle)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        int label = plan.Labels[handle];
        List<string> rules =
        [
            $"ct state established,related ct label {label} return",
            $"{LateReset}return",
            $"ct state invalid {InvalidDrop(plan, handle)}",
        ];
        if (nic.Filter >= 0)
        {
            string name = plan.FilterName(nic.Filter);
            rules.Add($"meta nfproto ipv4 jump o4_{name}");
            rules.Add($"meta nfproto ipv6 jump o6_{name}");
        }

        rules.Add($"ct state new {NftText.NotMarked(Marks.OpenOut)}ct label set {label}");
        return rules;
    }

    private static List<string> Arriving(DomainPlan plan, int handle, bool forwards)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        List<string> rules = [];
        AddOwn(plan, handle, rules, "return");
        string id = plan.State.NicMores[handle].Row.Id;
        rules.Add($"iifname \"{LinuxNames.NicLink(id)}\" {NftText.Drop("FORWARDING_LOOP", id)}");
        AddGate(plan, nic.Segment, rules);
        string end = forwards ? "accept" : NftText.Drop("ENI_SOURCE_DEST_CHECK_RESTRICTION", id);
        if (forwards)
        {
            rules.Add($"ct state established,related ct label {plan.Labels[handle]} accept");
            rules.Add($"{NftText.Marked(Marks.Foreign)}{LateReset}accept");
        }

        rules.Add($"ct state invalid {InvalidDrop(plan, handle)}");
        if (nic.Filter >= 0)
        {
            string name = plan.FilterName(nic.Filter);
            rules.Add($"meta nfproto ipv4 jump i4_{name}");
            rules.Add($"meta nfproto ipv6 jump i6_{name}");
        }

        if (forwards)
        {
            rules.Add($"ct state new {NftText.NotMarked(Marks.OpenIn)}ct label set {plan.Labels[handle]}");
        }

        rules.Add(end);
        return rules;
    }

    /// <summary>In the order in which a translator looks at a packet. Source: AWS, "NAT gateway basics".</summary>
    private static List<string> TranslatorRules(DomainPlan plan, int handle)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        Translator translator = plan.State.Translators[nic.Translator];
        string id = translator.Row.Id;
        List<string> rules = [];
        AddGate(plan, nic.Segment, rules);
        if (!translator.Works)
        {
            rules.Add(NftText.Drop("BAD_STATE", id));
            return rules;
        }

        string unknown = NftText.Drop("NO_MATCHING_CONNECTION", id);
        string address = IpAddress.FromV4(translator.Address).ToString();
        if (plan.Border is not null)
        {
            rules.Add($"ip daddr {address} ct direction reply iifname \"igw\" {Marks.Answered}goto {BorderFacts.NotePublic}");
        }

        rules.Add($"ip daddr {address} ct direction reply accept");
        AddOwn(plan, handle, rules, unknown);
        string protocols = NftText.Drop("PROTOCOL_RESTRICTION", id);
        rules.Add($"meta nfproto ipv6 {protocols}");
        rules.Add($"meta l4proto != {{ 1, 6, 17 }} {protocols}");
        rules.Add($"{NftText.Marked(Marks.Foreign)}fib saddr oif missing {NftText.Drop("NGW_REQUIRES_SOURCE_IN_VPC", id)}");
        rules.Add($"ct direction reply {unknown}");
        rules.Add($"ct state invalid {unknown}");
        List<string> loop = LeadingBack(plan, nic);
        if (loop.Count > 0)
        {
            rules.Add($"ip daddr {NftText.Set(loop)} {NftText.Drop("FORWARDING_LOOP", id)}");
        }

        rules.Add(Marks.TrackSource);
        rules.Add($"{Marks.Answered}meta mark and {Marks.Hex(Marks.Foreign)} == 0x0 meta mark set {Marks.Hex(Marks.Short)}");
        rules.Add("accept");
        return rules;
    }

    /// <summary>Where the translator's own segment routes to the translator again.</summary>
    private static List<string> LeadingBack(DomainPlan plan, in Nic nic)
    {
        SegmentPlan segment = plan.SegmentOf(nic.Segment);
        List<string> ranges = [];
        if (segment.Routes < 0)
        {
            return ranges;
        }

        RouteMap map = plan.State.RouteMaps[segment.Routes];
        NextHop self = new(HopKind.Translator, nic.Translator);
        foreach ((IpAddress first, IpAddress last, int entry) in RouteWords.Stretches(map, Family.V4))
        {
            if (entry != RouteWords.NoEntry && map.Hops[entry] == self)
            {
                ranges.AddRange(Without(first, last, segment.Block4));
            }
        }

        return ranges;
    }

    private static IEnumerable<string> Without(IpAddress first, IpAddress last, Prefix? block)
    {
        if (block is not { } hole || hole.Last < first || hole.First > last)
        {
            yield return NftText.Range(first, last);
            yield break;
        }

        if (hole.First > first)
        {
            yield return NftText.Range(first, IpAddress.FromV4(hole.First.V4Bits - 1));
        }

        if (hole.Last < last)
        {
            yield return NftText.Range(IpAddress.FromV4(hole.Last.V4Bits + 1), last);
        }
    }

    private static void AddGate(DomainPlan plan, int segment, List<string> rules)
    {
        if (SegmentFacts.HasInwardGate(plan, plan.SegmentOf(segment)))
        {
            rules.Add($"jump si_{plan.SegmentOf(segment).Id}");
        }
    }

    private static void AddOwn(DomainPlan plan, int handle, List<string> rules, string verdict)
    {
        NicMore more = plan.State.NicMores[handle];
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            List<string> own = [];
            foreach (IpAddress address in more.Addresses)
            {
                if (address.Family == family)
                {
                    own.Add(address.ToString());
                }
            }

            foreach (Prefix block in more.Blocks)
            {
                if (block.Family == family)
                {
                    own.Add(NftText.Block(block));
                }
            }

            if (own.Count > 0)
            {
                rules.Add($"{NftText.Ip(family == Family.V4)} daddr {NftText.Set(own)} {verdict}");
            }
        }
    }

    private static string InvalidDrop(DomainPlan plan, int handle) => NftText.Drop("NO_MATCHING_CONNECTION", plan.State.NicMores[handle].Row.Id);
}
