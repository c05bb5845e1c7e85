using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tests.Forwarding;

/// <summary>What joins networks as lines without handles, and what every speaker knows.</summary>
internal static class JoinText
{
    public static IEnumerable<string> Of(ForwardingState state)
    {
        foreach (Partition rows in state.Cloud.Partitions.Values)
        {
            foreach (VpcPeeringConnection row in rows.All<VpcPeeringConnection>())
            {
                Link link = state.Links[state.LinkOf(rows.Key, row.Key)];
                yield return $"link {rows.Key} {row.Key} {Vpc(state, link.Near)} {Vpc(state, link.Far)} {link.Works} {link.KeepsIdentity} {link.Mtu}";
            }

            foreach (TransitGateway row in rows.All<TransitGateway>())
            {
                yield return $"hub {row.Key} {state.Hubs[state.HubOf(rows.Key, row.Key)].KeepsIdentity}";
            }

            foreach (TransitGatewayAttachment row in rows.All<TransitGatewayAttachment>().Where(a => a.IsHome))
            {
                yield return Spoke(state, state.Spokes[state.SpokeOf(rows.Key, row.Key)]);
            }

            foreach (VpnGateway row in rows.All<VpnGateway>())
            {
                Exit exit = state.Exits[state.ExitOf(rows.Key, row.Key)];
                yield return $"exit {row.Key} {Vpc(state, exit.Domain)} {(exit.Routes < 0 ? "none" : state.RouteMaps[exit.Routes].Row.Id)}";
            }
        }

        yield return $"sites {string.Join(' ', state.Sites.All.Select(s => $"{s.Name} {string.Join(',', s.Blocks.Select(b => b.Block))}"))}";
        yield return $"routers {string.Join(' ', state.Routers.Select(r => $"{r.Key}={state.Machines[r.Value].Row.Id}").Order(StringComparer.Ordinal))}";
        foreach (Speaker speaker in state.Routes.Speakers.Values)
        {
            IEnumerable<string> known = state.Routes.RibOf(speaker.Id).Entries.Select(e =>
                $"{e.Prefix} {e.Best} {string.Join('|', e.Candidates.Select(c => $"{c.Source} {c.Line} {c.Spoke} {c.Path}"))}");
            yield return $"knows {speaker.Id} {string.Join(';', known)}";
        }
    }

    private static string Spoke(ForwardingState state, Spoke spoke)
    {
        string doors = string.Join(',', spoke.Doors.Select(d => $"{d.Zone}={(d.Nic < 0 ? "none" : state.NicMores[d.Nic].Row.Id)}"));
        string peer = spoke.Peer < 0 ? "none" : $"{state.Partitions[state.Spokes[spoke.Peer].Row.Partition]} {state.Spokes[spoke.Peer].Row.Id}";
        return $"spoke {state.Partitions[spoke.Row.Partition]} {spoke.Row.Id} of {state.Hubs[spoke.Hub].Row.Id} {spoke.Kind} {Vpc(state, spoke.Domain)} "
            + $"{spoke.Works} {spoke.Table} {doors} {spoke.IsSticky} {spoke.KeepsIdentity} peer {peer} {spoke.CarriesV6}";
    }

    private static string Vpc(ForwardingState state, int domain) => domain < 0 ? "none" : state.Domains[domain].More.Row.Id;
}
