using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>The internet: every public address answers here, or does not, as the world says.</summary>
internal static class OutsideFacts
{
    private const string Nobody = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS";

    /// <summary>What is there without a world: the ways and the questions.</summary>
    public static void WriteFixed(FactList facts)
    {
        facts.Place = LinuxNames.Outside;
        facts.Sysctl("net/ipv4/ip_forward", "1");
        facts.Sysctl("net/ipv4/conf/all/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/default/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/all/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/default/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/all/accept_local", "1");
        facts.Sysctl("net/ipv6/conf/all/forwarding", "1");
        facts.Sysctl("net/ipv4/ping_group_range", "0 0");
        facts.Sysctl("net/ipv4/ip_unprivileged_port_start", "0");
        Namespaces.AnyAddress(facts, null);
        facts.Set("unbound4", "type ipv4_addr;");
        facts.Set("unboundb6", "type ipv6_addr; flags interval;");
        facts.Set("unannounced4", "type ipv4_addr; flags interval;");
        facts.Set("unannounced6", "type ipv6_addr; flags interval;");
        facts.Map("hosts4", "type ipv4_addr : verdict; flags interval;");
        facts.Map("hosts6", "type ipv6_addr : verdict; flags interval;");
        string nobody = NftText.Drop(Nobody, "internet");
        facts.Chain("roam6", null,
        [
            $"ip6 daddr @unannounced6 {NftText.Drop("ADDRESS_NOT_ADVERTISED", "internet")}",
            $"ip6 daddr @unboundb6 {nobody}",
            $"ip6 daddr != 2000::/3 {nobody}",
        ]);
        facts.Chain("roam", null,
        [
            "meta nfproto ipv6 goto roam6",
            Withdrawn,
            Unbound,
            "ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3 } " + nobody,
        ]);
        facts.Chain("start", "filter hook output priority 0; policy accept;",
        [
            "ip daddr 127.0.0.0/8 accept",
            "ip6 daddr ::1 accept",
            "jump roam",
            $"oifname \"lo\" {nobody}",
        ]);
        facts.Chain("cross", "filter hook forward priority 0; policy accept;", ["jump roam"]);
    }

    private static string Withdrawn => $"ip daddr @unannounced4 {NftText.Drop("ADDRESS_NOT_ADVERTISED", "internet")}";

    private static string Unbound => $"ip daddr @unbound4 {NftText.Drop(Nobody, "internet")}";

    /// <summary>Who answers: asked of what comes to a host for the first time.</summary>
    public static void WriteWorld(ForwardingState state, FactList facts)
    {
        facts.Place = LinuxNames.Outside;
        foreach (Prefix block in Merged(state.Unannounced))
        {
            facts.Element("unannounced" + NftText.Digit(block.IsV4), NftText.Block(block));
        }

        Outside world = state.Outside;
        foreach (IntervalMap hosts in (ReadOnlySpan<IntervalMap>)[world.Hosts4, world.Hosts6])
        {
            foreach ((IpAddress first, IpAddress last, int host) in hosts.Ranges())
            {
                facts.Element("hosts" + NftText.Digit(first.IsV4), NftText.Range(first, last), $"goto host_{host}");
            }
        }

        for (int i = 0; i < world.Hosts.Count; i++)
        {
            facts.Chain($"host_{i}", null, HostRules(world.Hosts[i]));
        }

        WriteServices(world, facts);

        // Each packet of every flow comes by: what ends most of them stands first. No router lets out what is addressed to nobody (to_border).
        facts.Chain("receive", "filter hook input priority 0; policy accept;",
        [
            .. state.Unannounced.IsEmpty ? (ReadOnlySpan<string>)[] : [Withdrawn],
            Unbound,
            "meta nfproto ipv4 ct state established,related accept",
            "iifname \"lo\" accept",
            "jump roam",
            "ct state established,related accept",
            $"ct state invalid {NftText.Drop("NO_MATCHING_CONNECTION", "internet")}",
            "ip daddr vmap @hosts4",
            "ip6 daddr vmap @hosts6",
            world.AnyAnswers ? "accept" : NftText.Drop("WORLD_HOST_DOES_NOT_ANSWER", "internet"),
        ]);
    }

    /// <summary>The public services, those of the same ports together; where a host of the world has an address, it is the host's.</summary>
    private static void WriteServices(Outside world, FactList facts)
    {
        Dictionary<string, int> chains = [];
        (uint First, uint Last, int Chain) run = (1, 0, -1);
        foreach ((IpAddress first, IpAddress last, int number) in PublicServices.Ranges())
        {
            OutsideHost service = PublicServices.All[number];
            string ports = string.Join(',', service.Ports.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Protocol} {p.From}-{p.To}")));
            if (!chains.TryGetValue(ports, out int chain))
            {
                chains.Add(ports, chain = chains.Count);
                facts.Chain($"service_{chain}", null, HostRules(service with { Name = "public-service" }));
            }

            if (chain == run.Chain && run.Last + 1 == first.V4Bits)
            {
                run.Last = last.V4Bits;
                continue;
            }

            WriteRun(world, run, facts);
            run = (first.V4Bits, last.V4Bits, chain);
        }

        WriteRun(world, run, facts);
    }

    private static void WriteRun(Outside world, (uint First, uint Last, int Chain) run, FactList facts)
    {
        uint next = run.First;
        foreach ((IpAddress first, IpAddress last, _) in world.Hosts4.Ranges())
        {
            if (last.V4Bits < next || first.V4Bits > run.Last)
            {
                continue;
            }

            if (first.V4Bits > next)
            {
                WritePart(next, first.V4Bits - 1, run.Chain, facts);
            }

            if (last.V4Bits >= run.Last)
            {
                return;
            }

            next = last.V4Bits + 1;
        }

        WritePart(next, run.Last, run.Chain, facts);
    }

    private static void WritePart(uint first, uint last, int chain, FactList facts)
    {
        if (first <= last)
        {
            facts.Element("hosts4", NftText.Range(IpAddress.FromV4(first), IpAddress.FromV4(last)), $"goto service_{chain}");
        }
    }

    /// <summary>Public addresses that nobody has now.</summary>
    public static void WriteUnbound(ForwardingState state, FactList facts)
    {
        foreach ((uint address, int nic) in state.Public.All)
        {
            if (nic < 0)
            {
                facts.Element("unbound4", IpAddress.FromV4(address).ToString());
            }
        }
    }

    /// <summary>Blocks of others' that lie inside one are left out.</summary>
    private static List<Prefix> Merged(IEnumerable<Prefix> blocks)
    {
        List<Prefix> sorted = [.. blocks];
        sorted.Sort();
        List<Prefix> kept = [];
        foreach (Prefix block in sorted)
        {
            if (kept.Count == 0 || !kept[^1].Contains(block))
            {
                kept.Add(block);
            }
        }

        return kept;
    }

    private static List<string> HostRules(OutsideHost host)
    {
        // A host's name is the user's own text: letters, digits and what addresses have.
        string name = string.Concat(host.Name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));
        string silent = NftText.Drop("WORLD_HOST_DOES_NOT_ANSWER", name.Length == 0 ? "host" : name);
        if (!host.Answers)
        {
            return [silent];
        }

        List<string> rules = [];
        if (host.Ports.Count > 0)
        {
            foreach ((int protocol, int from, int to) in host.Ports)
            {
                rules.Add(string.Create(CultureInfo.InvariantCulture, $"{NftText.Ports(protocol, from, to)}accept"));
            }

            rules.Add($"meta l4proto {{ 6, 17 }} {silent}");
        }

        rules.Add("accept");
        return rules;
    }
}
