using CsCheck;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>What must hold in every network.</summary>
public sealed class RandomNetworks
{
    private const int Networks = 300;
    private const int FlowsEach = 40;
    private const int ServiceChanges = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_walk_agrees_with_a_reading_of_the_rows(bool endpoints)
    {
        int delivered = 0;
        int throughEndpoints = 0;
        int blocked = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed, simple: endpoints);
                foreach (Trace trace in Agreeing(cloud, seed).OfType<Trace>())
                {
                    delivered += trace.Verdict.Delivered ? 1 : 0;
                    throughEndpoints += trace.Verdict.Delivered && trace.Forward.Any(h => h.Endpoint is not null) ? 1 : 0;
                    blocked += trace.Code == ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED ? 1 : 0;
                }
            },
            iter: Networks, threads: 1);
        Assert.Equal(endpoints, throughEndpoints > 40);
        Assert.Equal(endpoints, blocked > 50);
        Assert.True(delivered > Networks, $"only {delivered} flows were delivered: the networks are too closed to tell anything");
    }

    [Fact]
    public void The_walk_agrees_with_a_reading_of_the_rows_through_load_balancers_and_endpoint_services()
    {
        SortedDictionary<string, int> through = new(StringComparer.Ordinal);
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed, services: true);
                for (int i = 0; i < ServiceChanges; i++)
                {
                    cloud.Change();
                }

                foreach (Trace? trace in Agreeing(cloud, seed))
                {
                    foreach (string word in trace is null ? ["ambiguous"] : WordsOf(trace))
                    {
                        through[word] = through.GetValueOrDefault(word) + 1;
                    }
                }
            },
            iter: Networks, threads: 1);
        string seen = string.Join(' ', through.Select(t => $"{t.Key}={t.Value}"));
        string[] wanted = ["app", "net", "classic", "tunnel", "service", "own-answer", "ELBV2_NO_TARGETS_IN_AZ", "ELB_NOT_CROSSZONE"];
        Assert.All(wanted, w => Assert.True(through.GetValueOrDefault(w) > 5, $"{w} is too seldom: {seen}"));
        Assert.Contains("ELBV2_SOURCE_ADDRESS_PRESERVATION", through.Keys);
        Assert.True(through.GetValueOrDefault("ambiguous") < through["delivered"] / 10, seen);
    }

    /// <summary>Traces that agree; null for those of which nobody can say, since a health check depends on a hidden choice.</summary>
    private static IEnumerable<Trace?> Agreeing(RandomCloud cloud, int seed)
    {
        ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
        foreach (Flow flow in cloud.Flows(state, FlowsEach))
        {
            Trace trace = Asking.Explain(state, flow);
            NetworkInterface? from = flow.Origin.Kind == OriginKind.Nic
                ? cloud.Net.Rows.Get(new Id<NetworkInterface>(state.NicMores[flow.Origin.Handle].Row.Id))
                : null;
            Trace? told = trace;
            string? wrong = null;
            try
            {
                wrong = Reference.Disagreement(cloud.Net.Cloud, cloud.Net.Rows, from, trace);
            }
            catch (Reference.AmbiguousException)
            {
                told = null;
            }

            Assert.True(wrong is null, $"seed {seed}: {wrong}\n{string.Join('\n', TraceText.Render(trace, TraceLength.Detailed))}");
            yield return told;
        }
    }

    private static IEnumerable<string> WordsOf(Trace trace)
    {
        if (!trace.Verdict.Delivered)
        {
            yield return trace.Code.ToString();
            yield break;
        }

        yield return "delivered";
        foreach (Hop hop in trace.Forward.Where(h => h.Targets.Any(t => t.IsChosen)))
        {
            yield return hop.AttachedTo!.Kind == ClassicLoadBalancer.Kind ? "classic" : hop.AttachedTo.Id[..3];
        }

        if (trace.Forward.Any(h => h.Endpoint?.Type == "GatewayLoadBalancer"))
        {
            yield return "tunnel";
        }

        if (trace.Forward.Any(h => h.Endpoint is { Type: "Interface" } use && use.ServiceName.Contains("vpce-svc", StringComparison.Ordinal)))
        {
            yield return "service";
        }

        if (trace.Forward.Any(h => h.Component.Kind == Listener.Kind) && !trace.Forward.Any(h => h.Targets.Any(t => t.IsChosen)))
        {
            yield return "own-answer";
        }
    }

    [Fact]
    public void A_reply_of_a_delivered_flow_ends_where_the_flow_began()
    {
        int answered = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                foreach (Flow flow in cloud.Flows(state, FlowsEach))
                {
                    Trace trace = new Tracer(state).Explain(flow);
                    if (!trace.Verdict.Answered || trace.Return.IsEmpty)
                    {
                        continue;
                    }

                    answered++;
                    Header arrived = trace.Return[^1].Outbound;
                    Header sent = trace.Forward[0].Inbound;
                    Assert.Equal((sent.Source, sent.Destination), (arrived.Destination, arrived.Source));
                    Assert.Equal((sent.SourcePorts, sent.DestinationPorts), (arrived.DestinationPorts, arrived.SourcePorts));
                    Assert.Equal(trace.Forward[0].Component, trace.Return[^1].Component);
                }
            },
            iter: Networks, threads: 1);
        Assert.True(answered > Networks);
    }

    [Fact]
    public void Every_drop_names_its_place_and_every_filter_its_rule()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                foreach (Flow flow in cloud.Flows(state, FlowsEach))
                {
                    Trace trace = Asking.Explain(state, flow);
                    Hop? last = trace.Drop is null ? null : trace.Drop.Leg == Leg.Forward ? trace.Forward[^1] : trace.Return[^1];
                    foreach (Hop hop in trace.Forward.Concat(trace.Return).Where(h => h != last))
                    {
                        if (hop.Component.Kind == SecurityGroup.Kind && !hop.IsTracked)
                        {
                            Assert.True(hop.GroupRule is not null, $"seed {seed}\n{string.Join('\n', TraceText.Render(trace, TraceLength.Detailed))}");
                        }
                    }

                    using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(TraceJson.Render(trace));
                    Assert.Equal(trace.Verdict.Delivered ? "delivered" : "dropped", json.RootElement.GetProperty("verdict").GetString());
                }
            },
            iter: Networks, threads: 1);
    }
}
