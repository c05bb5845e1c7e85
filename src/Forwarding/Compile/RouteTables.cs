using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding.Compile;

/// <summary>Route table → route map: longest prefix, then static over propagated. Source: AWS, "Route priority".</summary>
internal static class RouteTables
{
    private const int StaticRank = 0;

    /// <summary>Of equal blocks a static route's wins over a prefix list's, and that over a propagated one (AWS, "Route priority").</summary>
    private const int PrefixListRank = 1;
    private const int PropagatedRank = 2;

    /// <summary>Gives the table its handle; its routes follow when every target has one.</summary>
    public static int Declare(Workspace work, int partition, RouteTable row)
    {
        RowKey key = new(partition, row.Key);
        int handle = work.RouteMapHandles.Find(key);
        if (handle < 0)
        {
            handle = work.RouteMaps.Add(
                new RouteMap { Winners4 = IntervalMap.Empty, Winners6 = IntervalMap.Empty, Hops = [], Blocks = [], Row = key });
            work.RouteMapHandles = work.Add(work.RouteMapHandles, key, handle);
        }

        return handle;
    }

    public static void Put(Workspace work, int partition, RouteTable row)
    {
        int handle = Declare(work, partition, row);
        int domain = work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value));
        NextHop[] hops = new NextHop[row.Routes.Length + row.PropagatingGateways.Length];
        List<RankedPrefix> blocks = new(row.Routes.Length);
        for (int i = 0; i < row.Routes.Length; i++)
        {
            Route route = row.Routes[i];
            hops[i] = HopOf(work, partition, domain, route);

            // A prefix list's entries all lead where its one route leads.
            if (route.PrefixListId is { } list)
            {
                foreach (Prefix entry in PrefixLists.EntriesOf(work, partition, list))
                {
                    blocks.Add(new RankedPrefix(entry, PrefixListRank, i));
                }
            }
            else if (route.Cidr is { } cidr && !(IsPropagated(route) && InsideLocal(row, cidr)))
            {
                blocks.Add(new RankedPrefix(cidr, IsPropagated(route) ? PropagatedRank : StaticRank, i));
            }
        }

        for (int i = 0; i < row.PropagatingGateways.Length; i++)
        {
            hops[row.Routes.Length + i] = Propagate(work, partition, row, i, blocks);
        }

        ReadOnlySpan<RankedPrefix> span = CollectionsMarshal.AsSpan(blocks);
        ref RouteMap map = ref work.RouteMaps.Edit(handle);
        map.Winners4 = IntervalMap.Of(Family.V4, span);
        map.Winners6 = IntervalMap.Of(Family.V6, span);
        map.Hops = hops;
        map.Blocks = BlocksOf(blocks);
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.RouteMapHandles.Find(key) is >= 0 and int handle)
        {
            ref RouteMap map = ref work.RouteMaps.Edit(handle);
            map.Winners4 = IntervalMap.Empty;
            map.Winners6 = IntervalMap.Empty;
            map.Hops = [];
            map.Blocks = [];
            work.RouteMapHandles = work.Add(work.RouteMapHandles, key, -1);
        }
    }

    /// <summary>
    /// Adds what a gateway knows; what it knows of the VPC itself is no route of a table (AWS, "Site-to-Site VPN routing options", route propagation).
    /// </summary>
    private static NextHop Propagate(Workspace work, int partition, RouteTable row, int gateway, List<RankedPrefix> blocks)
    {
        RowKey key = new(partition, row.PropagatingGateways[gateway]);
        int exit = work.ExitHandles.Find(key);
        if (exit < 0 || work.Exits[exit].Domain != work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)))
        {
            return new NextHop(HopKind.Blackhole, 0);
        }

        foreach (RibEntry entry in work.Routes.RibOf(key.Id).Entries)
        {
            if (entry.Winner is { Source: not RouteSource.VpcCidr } && !InsideLocal(row, entry.Prefix))
            {
                blocks.Add(new RankedPrefix(entry.Prefix, PropagatedRank, row.Routes.Length + gateway));
            }
        }

        return new NextHop(HopKind.Exit, exit);
    }

    private static List<(Prefix Block, int Entry)> BlocksOf(List<RankedPrefix> blocks)
    {
        List<RankedPrefix> sorted = [.. blocks];
        sorted.Sort((a, b) => (a.Prefix, a.Rank, a.Value).CompareTo((b.Prefix, b.Rank, b.Value)));
        List<(Prefix Block, int Entry)> best = new(sorted.Count);
        foreach (RankedPrefix block in sorted)
        {
            if (best.Count == 0 || best[^1].Block != block.Prefix)
            {
                best.Add((block.Prefix, block.Value));
            }
        }

        return best;
    }

    private static bool IsPropagated(Route route) => route.Origin == RouteOrigin.EnableVgwRoutePropagation;

    /// <summary>A propagated route inside a local one loses to it, though it is more specific (AWS, "Site-to-Site VPN routing options").</summary>
    private static bool InsideLocal(RouteTable table, Prefix cidr)
    {
        foreach (Route route in table.Routes)
        {
            if (route.Origin == RouteOrigin.CreateRouteTable && route.Cidr is { } local && local.Contains(cidr))
            {
                return true;
            }
        }

        return false;
    }

    private static NextHop HopOf(Workspace work, int partition, int domain, Route route)
    {
        RowKey target = new(partition, route.Target.Id);
        switch (route.Target.Kind)
        {
            case RouteTargetKind.Local:
                return new NextHop(HopKind.Local, 0);
            case RouteTargetKind.InternetGateway:
                int border = work.BorderHandles.Find(target);
                return Live(HopKind.Border, border, border >= 0 && work.Borders[border].Domain == domain);
            case RouteTargetKind.EgressOnlyInternetGateway:
                int oneWay = work.OneWayHandles.Find(target);
                return Live(HopKind.OneWay, oneWay, oneWay >= 0 && work.OneWays[oneWay].Domain == domain);
            case RouteTargetKind.NatGateway:
                int translator = work.TranslatorHandles.Find(target);
                return Live(HopKind.Translator, translator, translator >= 0 && work.Translators[translator].Works);
            case RouteTargetKind.NetworkInterface:
                int nic = work.NicHandles.Find(target);
                return Live(HopKind.Nic, nic, nic >= 0 && work.Nics[nic].Has(NicTraits.Running | NicTraits.Fails));
            case RouteTargetKind.VpcEndpoint:
                int entrance = work.EntranceHandles.Find(target);
                bool works = entrance >= 0 && work.Entrances[entrance].Works && work.Entrances[entrance].Domain == domain;
                bool gateway = works && work.Entrances[entrance].Kind == EntranceKind.Gateway;
                return Live(gateway ? HopKind.Gateway : HopKind.Tunnel, entrance, works);
            case RouteTargetKind.VpcPeeringConnection:
                int link = work.LinkHandles.Find(target);
                return Live(HopKind.Link, link, link >= 0 && IsLive(work.Links[link], domain));
            case RouteTargetKind.TransitGateway:
                int spoke = domain < 0 ? -1 : TransitGateways.SpokeOf(work, partition, work.Domains[domain].More.Row.Id, target.Id);
                return Live(HopKind.Hub, spoke, spoke >= 0 && work.Spokes[spoke].Works);
            case RouteTargetKind.VpnGateway:
                int exit = work.ExitHandles.Find(target);
                return Live(HopKind.Exit, exit, exit >= 0 && work.Exits[exit].Domain == domain);
            default:
                return new NextHop(HopKind.Unsupported, 0);
        }
    }

    private static bool IsLive(Link link, int domain) => link.Works && (link.Near == domain || link.Far == domain);

    private static NextHop Live(HopKind kind, int handle, bool works) =>
        works ? new NextHop(kind, handle) : new NextHop(HopKind.Blackhole, 0);
}
