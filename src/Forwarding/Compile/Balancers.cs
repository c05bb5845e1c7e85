using System.Globalization;
using System.Text.RegularExpressions;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Load balancer with its listeners and rules → balancer. Source: AWS, "How Elastic Load Balancing works".</summary>
internal static class Balancers
{
    /// <summary>The balancer's handle; it gets one on first mention, its row need not exist.</summary>
    public static int Declare(Workspace work, RowKey key)
    {
        int handle = work.BalancerHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Balancers.Add(Nothing(key));
            work.BalancerHandles = work.Add(work.BalancerHandles, key, handle);
        }

        return handle;
    }

    public static void Put(Workspace work, int partition, LoadBalancer row)
    {
        RowKey key = new(partition, row.Key);
        BalancerListener[] listeners =
        [
            .. work.PartitionAt(partition).By<Listener>(Listener.LoadBalancerWord(row.Key))
                .OrderBy(l => l.Port).Select(l => ListenerOf(work, partition, l)),
        ];
        Set(work, new Balancer(
            key,
            row.Type switch
            {
                LoadBalancerType.Network => BalancerLayer.Connections,
                LoadBalancerType.Gateway => BalancerLayer.Tunnel,
                _ => BalancerLayer.Requests,
            },
            work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)),
            row.CrossZone,
            row.EnforcePrivateLinkInbound,
            [.. row.Nodes.Select(n => NodeOf(work, partition, n.InterfaceId))],
            listeners,
            PoolsOf(listeners)));
    }

    public static void Put(Workspace work, int partition, ClassicLoadBalancer row)
    {
        RowKey key = new(partition, row.Key);
        int pool = Pools.Declare(work, key);
        BalancerListener[] listeners =
        [
            .. row.Listeners.OrderBy(l => l.Port).Select(l => new BalancerListener(
                key, (ushort)l.Port, Transports.Tcp, ReadsRequests: l.Protocol is "HTTP" or "HTTPS", EndsConnections: true,
                [
                    Sticky(new BalancerRule(key, 0, [], BalancerAction.Forward, [new PoolShare(pool, 1, (ushort)l.InstancePort)], 1), row, l),
                ])),
        ];
        Set(work, new Balancer(
            key,
            BalancerLayer.Classic,
            work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)),
            row.CrossZone,
            EnforcesPrivate: true,
            [.. row.Nodes.Select(n => NodeOf(work, partition, n.NetworkInterfaceId))],
            listeners,
            [pool]));
    }

    public static void Remove(Workspace work, RowKey key)
    {
        if (work.BalancerHandles.Find(key) >= 0)
        {
            Set(work, Nothing(key));
        }
    }

    private static Balancer Nothing(RowKey key) => new(key, BalancerLayer.Connections, -1, false, true, [], [], []);

    /// <summary>Puts the balancer in place, and tells its pools whose they are.</summary>
    private static void Set(Workspace work, Balancer balancer)
    {
        int handle = Declare(work, balancer.Row);
        foreach (int pool in work.Balancers[handle].Pools)
        {
            if (work.Pools[pool].Balancer == handle)
            {
                work.Pools.Edit(pool) = work.Pools[pool] with { Balancer = -1 };
            }
        }

        work.Balancers.Edit(handle) = balancer;
        foreach (int pool in balancer.Pools)
        {
            work.Pools.Edit(pool) = work.Pools[pool] with { Balancer = handle };
        }
    }

    private static int[] PoolsOf(BalancerListener[] listeners)
    {
        SortedSet<int> pools = [];
        foreach (BalancerRule rule in listeners.SelectMany(l => l.Rules))
        {
            pools.UnionWith(rule.Pools.Select(p => p.Pool));
        }

        return [.. pools];
    }

    private static BalancerNode NodeOf(Workspace work, int partition, Id<NetworkInterface> id)
    {
        int nic = work.NicHandles.Find(new RowKey(partition, id.Value));
        if (nic < 0)
        {
            return new BalancerNode(-1, "", 0, 0);
        }

        UInt128 v6 = 0;
        foreach (IpAddress address in work.NicMores[nic].Addresses)
        {
            v6 = address.IsV4 || v6 != 0 ? v6 : address.Bits;
        }

        return new BalancerNode(nic, work.ZoneOf(nic), work.Nics[nic].Address, v6);
    }

    private static BalancerListener ListenerOf(Workspace work, int partition, Listener row)
    {
        RowKey key = new(partition, row.Key);
        List<BalancerRule> rules = [];
        foreach (ListenerRule rule in work.PartitionAt(partition).By<ListenerRule>(ListenerRule.ListenerWord(row.Key)).OrderBy(r => r.Priority))
        {
            rules.Add(RuleOf(work, partition, new RowKey(partition, rule.Key), rule.Priority, [.. rule.Conditions.Select(TestOf)], rule.Actions));
        }

        rules.Add(RuleOf(work, partition, key, 0, [], row.DefaultActions));
        Transports protocols = row.Protocol switch
        {
            "UDP" or "QUIC" => Transports.Udp,
            "TCP_UDP" or "TCP_QUIC" => Transports.Both,
            "GENEVE" => Transports.Tunnelled,
            _ => Transports.Tcp,
        };
        return new BalancerListener(
            key, (ushort)row.Port, protocols, row.Protocol is "HTTP" or "HTTPS", row.Protocol is "HTTP" or "HTTPS" or "TLS", [.. rules]);
    }

    private static BalancerRule RuleOf(
        Workspace work, int partition, RowKey key, int priority, RequestTest[] tests, IReadOnlyList<LbAction> actions)
    {
        LbAction? last = actions.Count == 0 ? null : actions[^1];
        if (last?.Type is LbActionType.Redirect or LbActionType.FixedResponse)
        {
            BalancerAction own = last.Type == LbActionType.Redirect ? BalancerAction.Redirect : BalancerAction.Answer;
            return new BalancerRule(key, priority, tests, own, [], 0) { Status = StatusOf(last) };
        }

        PoolShare[] shares =
        [
            .. (last?.Forward?.Targets ?? []).Select(t =>
                new PoolShare(Pools.Declare(work, new RowKey(partition, t.TargetGroupKey)), t.Weight ?? 1, 0)),
        ];
        return new BalancerRule(key, priority, tests, BalancerAction.Forward, shares, shares.Sum(s => s.Weight))
        {
            KeepsPool = last?.Forward?.StickinessEnabled == true,
        };
    }

    /// <summary>
    /// The rule with the cookies of the listener's stickiness policy. Source: AWS, "Configure sticky sessions for your Classic Load Balancer".
    /// </summary>
    private static BalancerRule Sticky(BalancerRule rule, ClassicLoadBalancer row, ClassicListener listener)
    {
        ClassicPolicy? policy = row.Policies.FirstOrDefault(p =>
            p.TypeName is ClassicPolicy.LbCookie or ClassicPolicy.AppCookie && listener.Policies.Contains(p.Name));
        return policy is null ? rule : rule with
        {
            Cookie = "AWSELB",
            AppCookie = policy.Attributes.FirstOrDefault(a => a.Name == ClassicPolicy.CookieName)?.Value ?? "",
        };
    }

    /// <summary>The status of an answer of the balancer's own: <c>HTTP_301</c> of a redirect, <c>404</c> of a fixed response.</summary>
    private static int StatusOf(LbAction action) => int.Parse(
        (action.Redirect?.StatusCode ?? action.Fixed!.StatusCode).Split('_')[^1], NumberStyles.None, CultureInfo.InvariantCulture);

    private static RequestTest TestOf(RuleCondition condition)
    {
        RequestPart part = condition.Field switch
        {
            "host-header" => RequestPart.Host,
            "path-pattern" => RequestPart.Path,
            "http-request-method" => RequestPart.Method,
            "http-header" => RequestPart.Header,
            "query-string" => RequestPart.Query,
            _ => RequestPart.Source,
        };
        return new RequestTest(
            part,
            condition.HeaderName ?? "",
            part is RequestPart.Source or RequestPart.Query ? [] : [.. condition.Values],
            [.. condition.RegexValues.Select(r => new Regex(r, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))],
            [.. condition.QueryPairs.Select(p => (p.Key, p.Value))],
            part == RequestPart.Source ? [.. condition.Values.Select(Prefix.Parse)] : []);
    }
}
