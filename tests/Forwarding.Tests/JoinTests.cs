using CsCheck;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Forwarding;

/// <summary>What joins networks: following changes equals compiling anew, and no packet goes in circles.</summary>
public sealed class JoinTests
{
    private const int Networks = 100;
    private const int ChangesEach = 20;

    [Fact]
    public void Apply_equals_compile_after_every_change_between_networks()
    {
        int delivered = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomJoins cloud = new(seed, statics: true);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                for (int i = 0; i < ChangesEach; i++)
                {
                    int before = cloud.Net.Changes.Count;
                    string old = StateText.Of(state);
                    cloud.Change();
                    Change[] changes = [.. cloud.Net.Changes.Skip(before)];
                    ForwardingState next = Compiler.Apply(state, cloud.Net.Cloud, changes);
                    ForwardingState full = Compiler.Compile(cloud.Net.Cloud);
                    Assert.True(
                        StateText.Of(full) == StateText.Of(next),
                        $"seed {seed}, change {i}: {string.Join(' ', changes.Select(c => c.Key))}\n{Difference(full, next)}");
                    Assert.Equal(old, StateText.Of(state));
                    delivered += SameVerdicts(cloud, full, next);
                    state = next;
                }
            },
            iter: Networks, threads: 1);
        Assert.True(delivered > Networks * ChangesEach / 2, $"only {delivered} flows were delivered");
    }

    [Fact]
    public void Learned_routes_never_lead_in_circles()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomJoins cloud = new(seed, statics: false);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                foreach (Flow flow in cloud.Flows(state, 60))
                {
                    Trace trace = Asking.Explain(state, flow);
                    Assert.True(
                        trace.Code != ExplanationCode.FORWARDING_LOOP,
                        $"seed {seed}\n{string.Join('\n', TraceText.Render(trace, TraceLength.Detailed))}");
                }
            },
            iter: Networks, threads: 1);
    }

    [Fact]
    public void The_silent_walk_between_networks_allocates_nothing()
    {
        RandomJoins cloud = new(7, statics: true);
        ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
        Tracer tracer = new(state);
        Flow[] flows = [.. cloud.Flows(state, 400)];
        Walk();
        Walk();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Walk()
        {
            for (int i = 0; i < flows.Length; i++)
            {
                tracer.Evaluate(flows[i]);
            }
        }
    }

    private static int SameVerdicts(RandomJoins cloud, ForwardingState full, ForwardingState next)
    {
        Tracer one = new(full);
        Tracer two = new(next);
        int delivered = 0;
        foreach (Flow flow in cloud.Flows(full, 15))
        {
            Verdict verdict = one.Evaluate(flow);
            Assert.Equal(verdict, two.Evaluate(RandomJoins.For(full, next, flow)));
            delivered += verdict.Delivered ? 1 : 0;
        }

        return delivered;
    }

    private static string Difference(ForwardingState full, ForwardingState next)
    {
        HashSet<string> left = [.. StateText.Of(full).Split('\n')];
        HashSet<string> right = [.. StateText.Of(next).Split('\n')];
        return $"full: {string.Join('\n', left.Except(right))}\nnext: {string.Join('\n', right.Except(left))}";
    }
}
