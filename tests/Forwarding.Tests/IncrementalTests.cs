using CsCheck;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Forwarding;

/// <summary>The incremental compile must equal the full one after every change, and leave the state before it as it was.</summary>
public sealed class IncrementalTests
{
    private const int Networks = 120;
    private const int ChangesEach = 20;

    [Fact]
    public void Apply_equals_compile_after_every_change()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed, services: seed % 3 != 0);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                for (int i = 0; i < ChangesEach; i++)
                {
                    int before = cloud.Net.Changes.Count;
                    string old = StateText.Of(state);
                    cloud.Change();
                    ForwardingState next = Compiler.Apply(state, cloud.Net.Cloud, [.. cloud.Net.Changes.Skip(before)]);
                    ForwardingState full = Compiler.Compile(cloud.Net.Cloud);
                    string[] changed = [.. cloud.Net.Changes.Skip(before).Select(c => c.Key)];
                    Assert.True(StateText.Of(full) == StateText.Of(next), $"seed {seed}, change {i}: {string.Join(' ', changed)}\n{Difference(full, next)}");
                    Assert.Equal(old, StateText.Of(state));
                    SameVerdicts(cloud, full, next);
                    state = next;
                }
            },
            iter: Networks, threads: 1);
    }

    [Fact]
    public void A_whole_cloud_of_changes_applied_to_nothing_equals_its_compile()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed, services: seed % 3 != 0);
                ForwardingState empty = Compiler.Compile(CloudSnapshot.Empty);
                ForwardingState applied = Compiler.Apply(empty, cloud.Net.Cloud, cloud.Net.Changes);
                Assert.Equal(StateText.Of(Compiler.Compile(cloud.Net.Cloud)), StateText.Of(applied));
            },
            iter: Networks, threads: 1);
    }

    [Fact]
    public void A_changed_world_is_followed_without_rows()
    {
        RandomCloud cloud = new(1);
        ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
        CloudSnapshot next = cloud.Net.Cloud with { World = new World { InternetAnswers = false } };
        Assert.False(Compiler.Apply(state, next, []).Outside.AnyAnswers);
        Assert.True(state.Outside.AnyAnswers);
    }

    [Fact]
    public void One_target_of_many_changes_alone()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string subnet = net.Subnet(vpc, "10.0.0.0/22");
        string open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        string[] machines = [.. Enumerable.Range(0, 200).Select(i => net.Instance(subnet, $"10.0.{1 + (i / 250)}.{i % 250}", open))];
        string group = net.Group(vpc, "web", "TCP", 80, TargetType.Instance, machines);
        net.Listen(net.Nlb("web", [(subnet, "10.0.0.9")]), "TCP", 80, group);
        ForwardingState state = Compiler.Compile(net.Cloud);
        string old = StateText.Of(state);
        foreach (int place in new[] { 0, 63, 64, 130, 199 })
        {
            int before = net.Changes.Count;
            net.SetState(machines[place], InstanceState.Stopped);
            ForwardingState next = Compiler.Apply(state, net.Cloud, [.. net.Changes.Skip(before)]);
            Assert.Equal(StateText.Of(Compiler.Compile(net.Cloud)), StateText.Of(next));
            Pool pool = next.Pools[next.PoolOf(CloudBuilder.Home, group)];
            Assert.Equal(TargetStanding.Stopped, pool.Targets[place].Standing);
            Assert.Equal(199, pool.Targets.Count(t => t.Standing == TargetStanding.Present));
            Assert.Equal(old, StateText.Of(state));
            before = net.Changes.Count;
            net.SetState(machines[place], InstanceState.Running);
            Assert.Equal(old, StateText.Of(Compiler.Apply(next, net.Cloud, [.. net.Changes.Skip(before)])));
        }
    }

    private static void SameVerdicts(RandomCloud cloud, ForwardingState full, ForwardingState next)
    {
        Tracer one = new(full);
        Tracer two = new(next);
        foreach (Flow flow in cloud.Flows(full, 20))
        {
            Flow same = flow.Origin.Kind == OriginKind.Nic
                ? flow with { Origin = Origin.OfNic(next.NicOf(CloudBuilder.Home, full.NicMores[flow.Origin.Handle].Row.Id)) }
                : flow;
            Assert.Equal(one.Evaluate(flow), two.Evaluate(same));
        }
    }

    private static string Difference(ForwardingState full, ForwardingState next)
    {
        HashSet<string> left = [.. StateText.Of(full).Split('\n')];
        HashSet<string> right = [.. StateText.Of(next).Split('\n')];
        return $"full: {string.Join('\n', left.Except(right))}\nnext: {string.Join('\n', right.Except(left))}";
    }
}
