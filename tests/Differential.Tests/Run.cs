using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Packets;
using Trunkline.Tests.Clouds;
using Trunkline.Tests.Differential.Cases;
using Trunkline.Tracing;

namespace Trunkline.Tests.Differential;

/// <summary>A flow about which model and kernel do not agree.</summary>
/// <param name="Sign">The kind of disagreement, the same for the same mistake: what shrinking holds on to.</param>
/// <param name="Text">Both sides.</param>
internal sealed record Disagreement(string Sign, string Text);

/// <summary>Counts of a run.</summary>
internal sealed class Tally
{
    public int Clouds { get; set; }

    public int Flows { get; set; }

    public int Delivered { get; set; }

    /// <summary>Later packets of connections, after a change.</summary>
    public int Later { get; set; }

    /// <summary>Packets and answers that went the short way.</summary>
    public int Short { get; set; }

    public int Skipped { get; set; }

    public SortedDictionary<string, int> Codes { get; } = new(StringComparer.Ordinal);

    public void Add(Tally other)
    {
        Clouds += other.Clouds;
        Flows += other.Flows;
        Delivered += other.Delivered;
        Later += other.Later;
        Short += other.Short;
        Skipped += other.Skipped;
        foreach ((string code, int count) in other.Codes)
        {
            Codes[code] = Codes.GetValueOrDefault(code) + count;
        }
    }
}

/// <summary>Runs one case on the kernel and holds every packet against the model.</summary>
internal sealed class Run(Field field, Tally tally)
{
    private const int ConnectionsMax = 24;
    private const int IdleOneIn = 4;

    private readonly CloudMaker maker = new();
    private readonly FlowMaker flows = new();
    private readonly List<Open> open = [];
    private ForwardingState state = Compiler.Compile(CloudSnapshot.Empty);
    private Tracer tracer = new(Compiler.Compile(CloudSnapshot.Empty));
    private uint nextId = 0x10000;
    private int taken;

    /// <summary>A connection that both sides let pass.</summary>
    private sealed record Open(Flow Flow, Trace Trace, ProbePlace From, uint Id, ImmutableArray<string> Path);

    /// <summary>The first disagreement; null where there is none.</summary>
    public Disagreement? Carry(CloudCase cloud)
    {
        foreach (Phase phase in cloud.Phases)
        {
            foreach (Op op in phase.Ops)
            {
                maker.Do(op);
            }

            try
            {
                Follow();
            }
            catch (FieldException refused)
            {
                return new Disagreement("the kernel refuses: " + refused.Message.Split('\n')[0].Split(':')[^1], refused.Message);
            }

            if (Later() is { } late)
            {
                return late;
            }

            foreach (FlowWord word in phase.Flows)
            {
                if (First(word) is { } wrong)
                {
                    return wrong;
                }
            }
        }

        return null;
    }

    private void Follow()
    {
        CloudSnapshot cloud = maker.Net.Cloud;
        state = Compiler.Apply(state, cloud, [.. maker.Net.Changes.Skip(taken)]);
        taken = maker.Net.Changes.Count;
        tracer = new Tracer(state);

        // Some machines stay without a namespace of their own: they answer all the same.
        HashSet<string> used = [.. maker.Net.Rows.All<Instance>().Select(i => i.Key).Where((_, n) => n % IdleOneIn != IdleOneIn - 1)];
        field.Apply(state, used);
    }

    private Disagreement? First(FlowWord word)
    {
        Partition rows = maker.Net.Rows;
        if (flows.Make(rows, state, word, e => field.PlaceOf(e) is not null) is not { } flow)
        {
            tally.Skipped++;
            return null;
        }

        ProbePlace from = flow.Origin.Kind == OriginKind.Nic
            ? field.PlaceOf(rows.Get(new Id<NetworkInterface>(state.NicMores[flow.Origin.Handle].Row.Id)))!
            : new ProbePlace(Trunkline.Planes.Linux.Compile.LinuxNames.Outside, null);
        uint id = nextId += 16;
        Trace trace = tracer.Explain(flow);
        tally.Flows++;
        tally.Codes[trace.Code.ToString()] = tally.Codes.GetValueOrDefault(trace.Code.ToString()) + 1;
        TcpFlags flags = flow.Protocol == Protocols.Tcp ? TcpFlags.Syn : TcpFlags.None;
        Exchange exchange = new(field, rows, state, trace);
        if (exchange.Compare(from, new ProbePacket(Headers.Of(flow, (ushort)id), id, flags)) is { } wrong)
        {
            return wrong;
        }

        if (!trace.Verdict.Delivered)
        {
            return null;
        }

        tally.Delivered++;
        if (trace.Verdict.Answered && !trace.Return.IsEmpty)
        {
            if (flags != TcpFlags.None)
            {
                field.Prober.Send(from, new ProbePacket(Headers.Of(flow, (ushort)id), id, TcpFlags.Ack));
            }

            if (open.Count < ConnectionsMax)
            {
                open.Add(new Open(flow, trace, from, id, PathOf(trace)));
            }

            return Again(flow, trace, from, id);
        }

        return null;
    }

    /// <summary>Datagrams and segments go on, so that routers learn their short way, and go it: the model's verdict is the same.</summary>
    private Disagreement? Again(Flow flow, Trace trace, ProbePlace from, uint id)
    {
        if (flow.Protocol is not (Protocols.Udp or Protocols.Tcp))
        {
            return null;
        }

        TcpFlags flags = flow.Protocol == Protocols.Tcp ? TcpFlags.Ack : TcpFlags.None;
        Trace later = tracer.Explain(flow, trace.Connection);
        for (int i = 0; i < 3; i++)
        {
            Exchange exchange = new(field, maker.Net.Rows, state, later);
            Disagreement? wrong = exchange.Compare(from, new ProbePacket(Headers.Of(flow, (ushort)id), id, flags));
            tally.Short += exchange.Short;
            if (wrong is not null)
            {
                return wrong with { Sign = "again " + wrong.Sign };
            }
        }

        return null;
    }

    /// <summary>Sends one more packet of every connection, and its answer, through the network as it is now.</summary>
    private Disagreement? Later()
    {
        foreach (Open connection in open.ToArray())
        {
            NetworkInterface? sender = connection.Flow.Origin.Kind == OriginKind.Nic
                ? maker.Net.Rows.Find(new Id<NetworkInterface>(state.NicMores[connection.Flow.Origin.Handle].Row.Id))
                : null;
            Trace trace = tracer.Explain(connection.Flow, connection.Trace.Connection);
            if ((connection.Flow.Origin.Kind == OriginKind.Nic && (sender is null || field.PlaceOf(sender) != connection.From))
                || trace.Code == ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER
                || !SameWay(connection, trace))
            {
                open.Remove(connection);
                tally.Skipped++;
                continue;
            }

            tally.Later++;
            Exchange exchange = new(field, maker.Net.Rows, state, trace);
            TcpFlags flags = connection.Flow.Protocol == Protocols.Tcp ? TcpFlags.Ack : TcpFlags.None;
            ProbePacket packet = new(Headers.Of(connection.Flow, (ushort)connection.Id), connection.Id, flags);
            if (exchange.Compare(connection.From, packet) is { } wrong)
            {
                return wrong with
                {
                    Sign = "later " + wrong.Sign,
                    Text = $"{wrong.Text}\nconnection let pass before:\n{string.Join('\n', TraceText.Render(connection.Trace, TraceLength.Detailed))}",
                };
            }

            if (!trace.Verdict.Delivered)
            {
                open.Remove(connection);
            }
            else if (trace.Verdict.Answered && Again(connection.Flow, connection.Trace, connection.From, connection.Id) is { } again)
            {
                return again;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the later packet goes the way of the first one, as far as it gets, with the same translations. One that goes elsewhere comes
    /// to filters in the middle of a connection that they have not seen begin: AWS's documentation does not say what they do then.
    /// </summary>
    private static bool SameWay(Open connection, Trace trace)
    {
        ImmutableArray<string> path = PathOf(trace);
        if (trace.Verdict.Delivered)
        {
            return path.SequenceEqual(connection.Path);
        }

        return path.Length <= connection.Path.Length && path.SequenceEqual(connection.Path.Take(path.Length));
    }

    /// <summary>Where packets went and as what: interfaces and gateways, without what stands beside them, and without what dropped it.</summary>
    private static ImmutableArray<string> PathOf(Trace trace)
    {
        IEnumerable<string> forward = Words(trace.Forward, trace.Drop is { Leg: Leg.Forward });
        IEnumerable<string> back = Words(trace.Return, trace.Drop is { Leg: Leg.Return });
        return [.. forward, .. back];
    }

    private static IEnumerable<string> Words(ImmutableArray<Hop> hops, bool dropped) =>
        hops.Take(hops.Length - (dropped ? 1 : 0))
            .Where(h => h.Component.Kind is not ("security-group" or "network-acl" or "route-table" or "instance"))
            .Select(h => $"{h.Component.Id} {h.IsEgress} {HeaderText.Of(h.Outbound)}");
}
