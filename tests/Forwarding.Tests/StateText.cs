using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tests.Forwarding;

/// <summary>A forwarding state as sorted lines without handles: two states of one cloud must read the same.</summary>
internal static class StateText
{
    public static string Of(ForwardingState state)
    {
        List<string> lines = [];
        for (int i = 0; i < state.Nics.Count; i++)
        {
            if (!state.Nics[i].Has(NicTraits.Gone))
            {
                lines.Add(Nic(state, i));
            }
        }

        Dictionary<(PartitionKey, string), string> segments = [];
        for (int i = 0; i < state.Segments.Count; i++)
        {
            Segment segment = state.Segments[i];
            segments[(state.Partitions[segment.More.Row.Partition], segment.More.Row.Id)] = $"segment {segment.More.Row.Id} {Map(state, segment.Routes)} "
                + $"gate {Gate(state, segment.Gate)} {segment.First}-{segment.Last} {segment.Access} {segment.More.Zone}";
        }

        foreach (Partition rows in state.Cloud.Partitions.Values)
        {
            lines.AddRange(rows.All<Vpc>().Select(v => $"{rows.Key} {Domain(state, rows.Key, v.Key)}"));
            lines.AddRange(rows.All<Subnet>().Select(s => $"{rows.Key} {segments[(rows.Key, s.Key)]}"));
            lines.AddRange(rows.All<VpcEndpoint>().Select(e => $"{rows.Key} {Entrance(state, rows.Key, e.Key)}"));
            lines.AddRange(rows.All<LoadBalancer>().Select(l => l.Key).Concat(rows.All<ClassicLoadBalancer>().Select(l => l.Key))
                .Select(key => BalancerText.Balancer(state, rows.Key, key)));
            lines.AddRange(rows.All<TargetGroup>().Select(l => l.Key).Concat(rows.All<ClassicLoadBalancer>().Select(l => l.Key))
                .Select(key => BalancerText.Pool(state, rows.Key, key)));
        }

        foreach ((uint address, int handle) in state.Public.All)
        {
            lines.Add($"public {IpAddress.FromV4(address)} {(handle < 0 ? "nobody" : state.NicMores[handle].Row.Id)}");
        }

        lines.AddRange(JoinText.Of(state));
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static string Nic(ForwardingState state, int i)
    {
        Nic nic = state.Nics[i];
        NicMore more = state.NicMores[i];
        string machine = nic.Machine < 0 ? "none" : $"{state.Machines[nic.Machine].Row.Id}>{Name(state, state.Machines[nic.Machine].Primary)}";
        Translator? shares = nic.Translator < 0 ? null : state.Translators[nic.Translator];
        string translator = shares is null ? "none" : $"{shares.Row.Id} {shares.Works} {Name(state, shares.Nic)}";
        string entrance = nic.Entrance < 0 ? "none" : state.Entrances[nic.Entrance].Row.Id;
        return $"nic {more.Row.Id} entrance {entrance} {nic.Address} {nic.PublicAddress} {nic.Traits} in {state.Segments[nic.Segment].More.Row.Id} "
            + $"{string.Join(',', more.Addresses)} {string.Join(',', more.Public)} machine {machine} {BalancerText.Ports(state, nic.Machine)} "
            + $"node of {(nic.Balancer < 0 ? "none" : state.Balancers[nic.Balancer].Row.Id)} translator {translator} {Filter(state, nic.Filter)}";
    }

    private static string Entrance(ForwardingState state, PartitionKey where, string id)
    {
        Entrance at = state.Entrances[state.EntranceOf(where, id)];
        Offer? offer = at.Offer < 0 ? null : state.Offers[at.Offer];
        string balancers = offer is null ? "" : string.Join(',', offer.Balancers.Select(b => state.Balancers[b].Row.Id));
        return $"entrance {id} {at.Kind} {at.Works} domain {at.Domain >= 0} service {at.Service?.Name} offer {offer?.Row.Id} {balancers} "
            + $"door {Name(state, at.Door)}";
    }

    private static string Name(ForwardingState state, int nic) => nic < 0 ? "none" : state.NicMores[nic].Row.Id;

    private static string Filter(ForwardingState state, int handle)
    {
        if (handle < 0)
        {
            return "unfiltered";
        }

        Filter filter = state.Filters[handle];
        string groups = string.Join(',', filter.Groups.Select(g => state.Groups[g].Row.Id).Order(StringComparer.Ordinal));
        return $"{groups} {filter.Open} in {Block(state, filter.In4, Family.V4)} {Block(state, filter.In6, Family.V6)} "
            + $"out {Block(state, filter.Out4, Family.V4)} {Block(state, filter.Out6, Family.V6)}";
    }

    private static string Block(ForwardingState state, uint[] block, Family family) => string.Join(
        ';',
        FilterBlock.Atoms(block, family).Select(a =>
            $"{a.Protocol} {a.From}-{a.To} {string.Join(',', a.Ranges)} {Names(state, a.Groups)}"));

    private static string Names(ForwardingState state, IEnumerable<int> groups) =>
        string.Join(',', groups.Select(g => state.Groups[g].Row.Id).Order(StringComparer.Ordinal));

    private static string Domain(ForwardingState state, PartitionKey where, string vpc)
    {
        Domain domain = state.Domains[state.DomainOf(where, vpc)];
        string border = domain.Border < 0 ? "none" : $"{state.Borders[domain.Border].Row.Id} edge {Map(state, state.Borders[domain.Border].Routes)}";
        string oneWay = domain.OneWay < 0 ? "none" : state.OneWayBorders[domain.OneWay].Row.Id;
        string addresses = string.Join(',', domain.Nics.All.OrderBy(a => a.Address).Select(a => $"{a.Address}={Name(state, a.Handle)}"));
        string addresses6 = string.Join(',', domain.More.Nics6.OrderBy(a => a.Key).Select(a => $"{a.Key}={Name(state, a.Value)}"));
        return $"domain {vpc} border {border} oneway {oneWay} {addresses} {addresses6}";
    }

    private static string Map(ForwardingState state, int routes)
    {
        if (routes < 0)
        {
            return "no routes";
        }

        RouteMap map = state.RouteMaps[routes];
        IEnumerable<string> ranges = map.Winners4.Ranges().Concat(map.Winners6.Ranges())
            .Select(r => $"{r.First}-{r.Last}>{Hop(state, map.Hops[r.Value])}");
        return $"routes {map.Row.Id} {string.Join(',', ranges)}";
    }

    private static string Hop(ForwardingState state, NextHop hop) => hop.Kind switch
    {
        HopKind.Border => state.Borders[hop.Handle].Row.Id,
        HopKind.OneWay => state.OneWayBorders[hop.Handle].Row.Id,
        HopKind.Translator => state.Translators[hop.Handle].Row.Id,
        HopKind.Nic => Name(state, hop.Handle),
        HopKind.Link => state.Links[hop.Handle].Row.Id,
        HopKind.Hub => state.Spokes[hop.Handle].Row.Id,
        HopKind.Exit => state.Exits[hop.Handle].Row.Id,
        HopKind.Gateway or HopKind.Tunnel => $"{hop.Kind} {state.Entrances[hop.Handle].Row.Id}",
        _ => hop.Kind.ToString(),
    };

    private static string Gate(ForwardingState state, int handle) => handle < 0
        ? "none"
        : $"{state.Gates[handle].Row.Id} {string.Join(';', state.Gates[handle].Inward.V4)} {string.Join(';', state.Gates[handle].Outward.V4)}";
}
