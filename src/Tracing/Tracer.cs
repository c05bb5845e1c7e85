using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Answers for one forwarding state what happens to a packet. Holds nothing else: any number of threads may ask.</summary>
public sealed class Tracer(ForwardingState state)
{
    public ForwardingState State { get; } = state;

    /// <summary>The verdict alone: no allocation.</summary>
    public Verdict Evaluate(in Flow flow) => new Walker<Silent>(State, default).Run(flow);

    /// <summary>The verdict with the whole way to it: the same walk, told step by step.</summary>
    /// <param name="connection">
    /// What filters remember, for a later packet of a connection that was let pass in an earlier state; null for a first packet.
    /// </param>
    public Trace Explain(in Flow flow, Connection? connection = null)
    {
        List<Step> steps = [];
        Walker<Recorder> walker = new(State, new Recorder(steps), connection);
        Verdict verdict = walker.Run(flow);
        return new TraceBuilder(State).Build(flow, verdict, steps, walker.ReturnBegins, walker.Fault) with
        {
            Connection = connection ?? walker.Remembered(),
        };
    }

    /// <summary>Sends one flow from many source ports, and counts the lines that carry them: how a load is shared shows in many flows only.</summary>
    /// <param name="flow">Its source port does not count; what has no ports is the same flow every time.</param>
    /// <param name="flows">1 to <see cref="Spread.FlowsMax"/>.</param>
    public Spread SpreadOf(in Flow flow, int flows)
    {
        SortedDictionary<string, LineUse> lines = new(StringComparer.Ordinal);
        int delivered = 0;
        for (int i = 0; i < flows; i++)
        {
            Flow one = Protocols.HasPorts(flow.Protocol) ? flow with { SourcePort = (ushort)(Flow.DefaultSourcePort + i) } : flow;
            Trace trace = Explain(one);
            delivered += trace.Verdict.Delivered ? 1 : 0;
            foreach (Hop hop in trace.Forward.Where(h => h.Line is not null).DistinctBy(h => h.Line))
            {
                LineUse before = lines.GetValueOrDefault(hop.Line!) ?? new LineUse(hop.Line!, hop.Component, 0);
                lines[hop.Line!] = before with { Flows = before.Flows + 1 };
            }
        }

        return new Spread(flows, delivered, [.. lines.Values]);
    }

    /// <summary>The health of every target of a group, in the order of its row's targets; none where there is no such group.</summary>
    public ImmutableArray<TargetHealth> HealthOfTargets(PartitionKey at, string targetGroup) =>
        State.PoolOf(at, targetGroup) is >= 0 and int pool ? new HealthBook(State).All(pool) : [];

    /// <summary>The health of one target; null where it is not registered.</summary>
    public TargetHealth? HealthOfTarget(PartitionKey at, string targetGroup, string id, int port) =>
        TryTarget(at, targetGroup, id, port, out int pool, out int target) ? new HealthBook(State).Of(pool, target) : null;

    /// <summary>The health of every instance of a classic load balancer, in the order of its row's instances.</summary>
    public ImmutableArray<TargetHealth> HealthOfInstances(PartitionKey at, string name) => HealthOfTargets(at, name);

    /// <summary>The packet of a target's health check, told step by step; null where none is sent.</summary>
    public Trace? ExplainCheck(PartitionKey at, string targetGroup, string id, int port)
    {
        if (!TryTarget(at, targetGroup, id, port, out int pool, out int target)
            || !new HealthBook(State).TryCheck(pool, target, out Flow flow))
        {
            return null;
        }

        List<Step> steps = [];
        Walker<Recorder> walker = new(State, new Recorder(steps));
        Verdict verdict = walker.Probe(flow);
        return new TraceBuilder(State).Build(flow, verdict, steps, walker.ReturnBegins, walker.Fault);
    }

    /// <summary>
    /// The zones, by name and in the order of the row, whose nodes answer to a load balancer's name: those with healthy targets, or all that work
    /// where none has any; none where there is no such load balancer.
    /// </summary>
    /// <param name="key">The load balancer's key, a classic one's name.</param>
    public ImmutableArray<string> HealthyZones(PartitionKey at, string key)
    {
        if (State.BalancerOf(at, key) is not (>= 0 and int balancer))
        {
            return [];
        }

        Partition rows = State.Cloud.Partition(at);
        string[] zones = rows.Table<LoadBalancer>().Find(key) is { } row ? [.. row.Nodes.Select(n => n.Zone)]
            : rows.Table<ClassicLoadBalancer>().Find(key) is { } classic ? [.. classic.Nodes.Select(n => n.Zone)]
            : [];
        return [.. new HealthBook(State).NodesInNames(balancer).Where(n => n < zones.Length).Select(n => zones[n])];
    }

    /// <summary>
    /// Whether Route 53 takes a load balancer for healthy where an alias evaluates its health: every target group that it leads to has a healthy
    /// target, and a node works. Source: Route 53 API, AliasTarget.
    /// </summary>
    /// <param name="key">The load balancer's key, a classic one's name.</param>
    public bool IsServing(PartitionKey at, string key) =>
        State.BalancerOf(at, key) is >= 0 and int balancer && new HealthBook(State).IsServing(balancer);

    private bool TryTarget(PartitionKey at, string targetGroup, string id, int port, out int pool, out int target)
    {
        target = -1;
        pool = State.PoolOf(at, targetGroup);
        TargetList targets = pool < 0 ? TargetList.Empty : State.Pools[pool].Targets;
        for (int i = 0; i < targets.Length && target < 0; i++)
        {
            target = targets[i].Id == id && (targets[i].Port == port || targets[i].Port == 0) ? i : -1;
        }

        return target >= 0;
    }
}
