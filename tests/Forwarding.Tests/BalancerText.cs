using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tests.Forwarding;

/// <summary>Balancers, pools and machines' ports of a <see cref="StateText"/>.</summary>
internal static class BalancerText
{
    public static string Balancer(ForwardingState state, PartitionKey where, string key)
    {
        Balancer at = state.Balancers[state.BalancerOf(where, key)];
        string nodes = string.Join(',', at.Nodes.Select(n => $"{Nic(state, n.Nic)} {n.Zone} {n.V4} {n.V6}"));
        string pools = string.Join(',', at.Pools.Select(p => state.Pools[p].Row.Id).Order(StringComparer.Ordinal));
        return $"balancer {where} {key} {at.Layer} domain {at.Domain >= 0} cross {at.CrossZone} private {at.EnforcesPrivate} nodes {nodes} pools {pools} "
            + string.Join("; ", at.Listeners.Select(l => Listener(state, l)));
    }

    public static string Pool(ForwardingState state, PartitionKey where, string key)
    {
        Pool at = state.Pools[state.PoolOf(where, key)];
        string balancer = at.Balancer < 0 ? "none" : state.Balancers[at.Balancer].Row.Id;
        string targets = string.Join(',', at.Targets.Select(t => Target(state, t)));
        string leaving = string.Join(',', at.Draining.Select(t => Target(state, t)));
        return $"pool {where} {key} of {balancer} domain {at.Domain >= 0} {at.Protocols} keeps {at.KeepsSource} cross {at.CrossZone} least {at.MinHealthy} "
            + $"by {at.Keeps} {at.AppCookie} "
            + $"check {at.Check.Enabled} {at.Check.Port} {at.Check.Request?.Url} {string.Join(',', at.Check.Statuses ?? [])} targets {targets} "
            + $"leaving {leaving} ill {at.WhenIll} gone {at.WhenGone} "
            + string.Join(' ', at.Zones.Select(z => $"{z.Zone}={string.Join('+', z.Targets)}"));
    }

    private static string Target(ForwardingState state, PoolTarget target) =>
        $"{target.Id} {Nic(state, target.Nic)} {(target.Address == default ? "nowhere" : target.Address.ToString())}:{target.Port} {target.Zone} "
        + $"{(target.Balancer < 0 ? "machine" : state.Balancers[target.Balancer].Row.Id)} {target.Standing}";

    public static string Ports(ForwardingState state, int machine) => machine < 0 || state.Machines[machine].Ports is not { } ports
        ? "listens everywhere"
        : $"listens on {string.Join(',', ports)} and answers {state.Machines[machine].Status}";

    private static string Listener(ForwardingState state, BalancerListener listener)
    {
        IEnumerable<string> rules = listener.Rules.Select(r =>
            $"{r.Row.Id} {r.Priority} {r.Action} {r.Status} {r.KeepsPool} {r.Cookie} {r.AppCookie} {string.Join('&', r.Tests.Select(Test))} "
            + string.Join('+', r.Pools.Select(p => $"{state.Pools[p.Pool].Row.Id}*{p.Weight}:{p.Port}")));
        return $"{listener.Row.Id} {listener.Port} {listener.Protocols} {listener.ReadsRequests} {listener.EndsConnections} {string.Join(" / ", rules)}";
    }

    private static string Test(RequestTest test) =>
        $"{test.Part} {test.Header} {string.Join('|', test.Patterns)} {string.Join('|', test.Pairs)} {string.Join('|', test.Blocks)}";

    private static string Nic(ForwardingState state, int nic) => nic < 0 ? "none" : state.NicMores[nic].Row.Id;
}
