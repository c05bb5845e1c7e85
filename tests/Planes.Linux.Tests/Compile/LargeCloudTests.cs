using System.Diagnostics;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Planes.Linux.Compile;

/// <summary>With many interfaces a small change stays small: what it does not touch is the same object, and the delta holds it alone.</summary>
public sealed class LargeCloudTests(ITestOutputHelper output)
{
    private const int Interfaces = 2000;
    private const int Groups = 50;
    private const int Subnets = 8;

    [Fact]
    public void A_rule_and_an_interface_cost_what_they_are()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string[] subnets = [.. Enumerable.Range(0, Subnets).Select(i => net.Subnet(vpc, $"10.0.{i * 16}.0/20"))];
        string[] groups = [.. Enumerable.Range(0, Groups).Select(i => net.Group(vpc, $"in tcp {1000 + i} 10.0.0.0/8", "out all 0.0.0.0/0"))];
        int count = int.TryParse(Environment.GetEnvironmentVariable("TRUNKLINE_LARGE_CLOUD"), out int asked) ? asked : Interfaces;
        for (int i = 0; i < count; i++)
        {
            net.Instance(subnets[i % Subnets], $"10.0.{(i % Subnets * 16) + (i / Subnets / 200)}.{10 + (i / Subnets % 200)}", groups[i % Groups]);
        }

        ForwardingState state = Compiler.Compile(net.Cloud);
        CompiledNetwork made = Time("full", () => LinuxCompiler.Compile(state, new HashSet<string>()));
        string router = LinuxNames.Router(vpc);
        NamespaceNetwork before = made.Network.Namespaces[router];
        Assert.Equal(count, before.Nft!.Sets["sgin4"].Elements.Count);

        for (int round = 0; round < 3; round++)
        {
            int mark = net.Changes.Count;
            net.Rules(groups[7], $"in tcp {2000 + round} 10.0.0.0/8", "out all 0.0.0.0/0");
            state = Compiler.Apply(state, net.Cloud, [.. net.Changes.Skip(mark)]);
            CompiledNetwork next = Time("rule", () => LinuxCompiler.Compile(state, made.Used, made));
            HostDelta delta = Time("delta", () => HostDelta.Between(made.Network, next.Network));
            NamespaceNetwork after = next.Network.Namespaces[router];
            Assert.Single(delta.Steps);
            Assert.Same(before.Routes, after.Routes);
            Assert.Same(before.Links, after.Links);
            Assert.Same(before.Nft!.Sets, after.Nft!.Sets);
            Assert.Equal(1, before.Nft.Chains.Count(c => !ReferenceEquals(c.Value, after.Nft.Chains[c.Key])));
            made = next;
            before = after;
        }

        for (int round = 0; round < 3; round++)
        {
            int mark = net.Changes.Count;
            net.Instance(subnets[0], $"10.0.15.{250 + round}", groups[3]);
            state = Compiler.Apply(state, net.Cloud, [.. net.Changes.Skip(mark)]);
            CompiledNetwork grown = Time("interface", () => LinuxCompiler.Compile(state, made.Used, made));
            NamespaceNetwork bigger = grown.Network.Namespaces[router];
            Assert.Equal(before.Routes.Count + 1, bigger.Routes.Count);
            Assert.Same(before.Nft!.Chains, bigger.Nft!.Chains);
            Assert.Same(made.Network.Namespaces[LinuxNames.Idle(vpc)], grown.Network.Namespaces[LinuxNames.Idle(vpc)]);
            Assert.Same(made.Network.Namespaces[LinuxNames.Outside], grown.Network.Namespaces[LinuxNames.Outside]);
            HostDelta small = Time("delta", () => HostDelta.Between(made.Network, grown.Network));
            Assert.Equal(2, small.Steps.Length);
            made = grown;
            before = bigger;
        }
    }

    private T Time<T>(string what, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T made = work();
        output.WriteLine($"{what}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00} ms");
        return made;
    }
}
