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
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                foreach (Flow flow in cloud.Flows(state, FlowsEach))
                {
                    Trace trace = Asking.Explain(state, flow);
                    NetworkInterface? from = flow.Origin.Kind == OriginKind.Nic
                        ? cloud.Net.Rows.Get(new Id<NetworkInterface>(state.NicMores[flow.Origin.Handle].Row.Id))
                        : null;
                    Leg? expected = Reference.LegOfDrop(cloud.Net.Rows, from, flow);
                    string text = string.Join('\n', TraceText.Render(trace, TraceLength.Detailed));
                    Assert.True(expected == trace.Drop?.Leg, $"seed {seed}: expected {expected}\n{text}");
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
