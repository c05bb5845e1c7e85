using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>The small namespaces around a router: a translator's, and the one that answers for idle machines.</summary>
internal static class Namespaces
{
    /// <summary>Answers for every address that the router sends here; packets that start here go back to the router.</summary>
    public static NamespaceNetwork Idle(DomainPlan plan, FactList router)
    {
        router.Place = plan.Router;
        router.Link(new Link(LinuxNames.IdleLink, NicFacts.RouterMac, NicFacts.InsideMtu, plan.Idle, LinuxNames.FirstLink));
        router.Neighbour(LinuxNames.IdleLink, NicFacts.Far4, IdleMac);
        router.Neighbour(LinuxNames.IdleLink, NicFacts.Far6, IdleMac);

        FactList facts = new(plan.Idle);
        facts.Link(new Link(LinuxNames.FirstLink, IdleMac, NicFacts.InsideMtu, plan.Router, LinuxNames.IdleLink));
        facts.Neighbour(LinuxNames.FirstLink, NicFacts.Near4, NicFacts.RouterMac);
        facts.Neighbour(LinuxNames.FirstLink, NicFacts.Near6, NicFacts.RouterMac);
        facts.Sysctl("net/ipv4/conf/all/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/default/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/all/accept_local", "1");
        facts.Route(new KernelRoute(Prefix.AnyV4, Marks.MainTable, RouteType.Unicast, LinuxNames.FirstLink, NicFacts.Near4));
        facts.Route(new KernelRoute(Prefix.AnyV6, Marks.MainTable, RouteType.Unicast, LinuxNames.FirstLink, NicFacts.Near6));
        facts.Route(new KernelRoute(Prefix.Parse("127.0.0.0/8"), Marks.MainTable, RouteType.Local, "lo", null));
        AnyAddress(facts, "lo");
        return Build(facts, NamespaceRole.Idle, null) with { Nft = null };
    }

    private const string IdleMac = "0a:54:4c:00:00:02";

    /// <summary>Every address is the namespace's own, but what starts here is looked up in the main table first.</summary>
    /// <param name="fromLink">Only what comes from this link is looked up there; null for all.</param>
    public static void AnyAddress(FactList facts, string? fromLink)
    {
        // All but 169.254.77.0/24: a next hop must not be an address of one's own.
        for (int length = 1; length <= 24; length++)
        {
            uint sibling = NicFacts.Far4.V4Bits ^ (1u << (32 - length));
            facts.Route(new KernelRoute(new Prefix(IpAddress.FromV4(sibling), length), Marks.LocalTable, RouteType.Local, "lo", null));
        }

        facts.Route(new KernelRoute(Prefix.AnyV6, Marks.LocalTable, RouteType.Local, "lo", null));
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            facts.Rule(new KernelRule(family, 1, 0, 0, Marks.MainTable, null, fromLink));
            facts.Rule(new KernelRule(family, 2, 0, 0, Marks.LocalTable));
        }
    }

    /// <summary>Shares one address by port. Source: AWS, "NAT gateway basics".</summary>
    public static NamespaceNetwork? Translator(DomainPlan plan, int handle)
    {
        Translator translator = plan.State.Translators[handle];
        if (translator.Nic < 0 || !plan.Has(plan.State.Nics[translator.Nic].Segment))
        {
            return null;
        }

        NicMore more = plan.State.NicMores[translator.Nic];
        SegmentPlan segment = plan.SegmentOf(plan.State.Nics[translator.Nic].Segment);
        FactList facts = new(LinuxNames.Translator(translator.Row.Id));
        facts.Link(new Link(LinuxNames.FirstLink, more.Mac, NicFacts.InsideMtu, plan.Router, LinuxNames.NicLink(more.Row.Id)));
        foreach (IpAddress address in more.Addresses)
        {
            facts.Address(LinuxNames.FirstLink, address, address.Width);
        }

        IpAddress gateway = segment.Gateway ?? NicFacts.Near4;
        facts.Neighbour(LinuxNames.FirstLink, gateway, NicFacts.RouterMac);
        facts.Route(new KernelRoute(Prefix.AnyV4, Marks.MainTable, RouteType.Unicast, LinuxNames.FirstLink, gateway));
        facts.Sysctl("net/ipv4/ip_forward", "1");
        facts.Sysctl("net/ipv4/conf/all/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/default/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/all/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/default/send_redirects", "0");
        facts.Sysctl("net/netfilter/nf_conntrack_tcp_loose", "0");
        facts.Sysctl("net/netfilter/nf_conntrack_tcp_be_liberal", "1");
        facts.Sysctl("net/netfilter/nf_conntrack_tcp_timeout_established", "350");
        facts.Sysctl("net/netfilter/nf_conntrack_udp_timeout_stream", "350");
        string own = IpAddress.FromV4(translator.Address).ToString();
        string unknown = NftText.Drop("NO_MATCHING_CONNECTION", translator.Row.Id);
        facts.Chain("share", "nat hook postrouting priority 100; policy accept;",
        [
            $"ip saddr != {own} meta l4proto {{ 6, 17 }} snat ip to {own}:1024-65535 fully-random",
            $"ip saddr != {own} meta l4proto 1 snat ip to {own}",
        ]);
        facts.Chain("pass", "filter hook forward priority 0; policy accept;",
        [
            $"{Marks.Answered}meta mark set {Marks.Hex(Marks.Short)} accept",
            "ct state established,related accept",
            $"ct state new ip saddr != {own} meta l4proto {{ 1, 6, 17 }} accept",
            unknown,
        ]);
        facts.Chain("own", "filter hook input priority 0; policy accept;", ["iifname \"lo\" accept", unknown]);
        return Build(facts, NamespaceRole.Translator, null);
    }

    /// <summary>A namespace of facts alone.</summary>
    public static NamespaceNetwork Build(FactList facts, NamespaceRole role, string? hostName)
    {
        NamespaceDraft draft = new(NamespaceDraft.Empty(facts.Place, role, hostName));
        foreach (Fact fact in facts.All)
        {
            if (fact is SetFact set)
            {
                draft.Declare(set);
            }
            else
            {
                draft.Add(fact);
            }
        }

        return draft.Done();
    }

    /// <summary>Whether two namespaces hold the same: their parts are compared, not their objects.</summary>
    public static bool Same(NamespaceNetwork a, NamespaceNetwork b) =>
        a.Role == b.Role && a.HostName == b.HostName
        && SameMap(a.Sysctls, b.Sysctls) && SameMap(a.Links, b.Links)
        && SameSet(a.Addresses, b.Addresses) && SameSet(a.Routes, b.Routes) && SameSet(a.Rules, b.Rules) && SameSet(a.Neighbours, b.Neighbours)
        && Same(a.Nft, b.Nft);

    private static bool Same(NftTable? a, NftTable? b)
    {
        if (a is null || b is null)
        {
            return a is null && b is null;
        }

        if (!SameMap(a.Chains, b.Chains) || a.Sets.Count != b.Sets.Count)
        {
            return false;
        }

        foreach ((string name, NftSet one) in a.Sets)
        {
            if (!b.Sets.TryGetValue(name, out NftSet? other) || one.Declaration != other.Declaration || one.IsMap != other.IsMap
                || !SameMap(one.Elements, other.Elements))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameMap<T>(ImmutableSortedDictionary<string, T> a, ImmutableSortedDictionary<string, T> b)
        where T : class
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a.Count != b.Count)
        {
            return false;
        }

        foreach ((string key, T value) in a)
        {
            if (!b.TryGetValue(key, out T? other) || !value.Equals(other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameSet<T>(ImmutableHashSet<T> a, ImmutableHashSet<T> b) => ReferenceEquals(a, b) || a.SetEquals(b);
}
