using System.Collections.Immutable;
using System.Diagnostics;
using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;
using Trunkline.Tests.Clouds;

namespace Trunkline.Packets;

/// <summary>What is measured: one VPC of many interfaces, with a NAT gateway and an internet gateway, and beside it a bare pair of links.</summary>
internal sealed class Net : IDisposable
{
    public const string OutsideHost = "198.51.100.10";
    public const string BareAddress = "192.0.2.2";
    private readonly HostKernel kernel = new(Inside.Folder);
    private readonly CloudBuilder builder = new();

    public Net(int interfaces)
    {
        string vpc = builder.Vpc("10.0.0.0/16");
        string igw = builder.Igw(vpc);
        string open = builder.Group(vpc, "in tcp 1-65535 0.0.0.0/0", "in udp 1-65535 0.0.0.0/0", "in icmp 0.0.0.0/0", "out all 0.0.0.0/0");
        string near = builder.Subnet(vpc, "10.0.1.0/24");
        string far = builder.Subnet(vpc, "10.0.2.0/24");
        string edge = builder.Subnet(vpc, "10.0.3.0/24");
        string crowd = builder.Subnet(vpc, "10.0.128.0/17");
        builder.Route(builder.Table(vpc, edge, far), "0.0.0.0/0", igw);
        builder.Route(builder.Table(vpc, near), "0.0.0.0/0", builder.Nat(edge, "10.0.3.5", "203.0.113.5"));
        First = builder.InstanceOf(builder.Instance(near, "10.0.1.10", open));
        string second = builder.Instance(far, "10.0.2.10", open);
        builder.Elastic(second, "203.0.113.10");
        Second = builder.InstanceOf(second);
        Crowd = [.. Enumerable.Range(0, interfaces - 3).Select(i => builder.InstanceOf(builder.Instance(
            crowd, IpAddress.FromV4(IpAddress.Parse("10.0.128.10").V4Bits + (uint)i).ToString(), GroupOf(vpc, i))))];
    }

    public string First { get; }

    public string Second { get; }

    /// <summary>The other instances: their rules are in the way, their namespaces are not made unless asked for.</summary>
    public ImmutableArray<string> Crowd { get; }

    public string PathOf(string space) => kernel.Namespaces.PathOf(space);

    /// <summary>Makes the kernel carry the network, with namespaces for these machines; the time it took, from the compiled state on.</summary>
    public TimeSpan Make(IEnumerable<string> used)
    {
        ForwardingState state = Compiler.Compile(builder.Cloud);
        long begin = Stopwatch.GetTimestamp();
        HostNetwork wanted = LinuxCompiler.Compile(state, used.ToHashSet()).Network;
        Apply(HostDelta.Between(kernel.Observe(), wanted));
        return Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>Two namespaces joined by one pair of links, with nothing between.</summary>
    public void MakeBare()
    {
        kernel.Namespaces.Create("bare1");
        kernel.Namespaces.Create("bare2");
        Tools.Run(PathOf("bare1"), "ip", "link", "add", "eth0", "mtu", "9001", "type", "veth", "peer", "name", "eth1");
        Tools.Run(PathOf("bare1"), "ip", "link", "set", "eth1", "netns", PathOf("bare2"));
        foreach ((string space, string link, string address) in (ReadOnlySpan<(string, string, string)>)
            [("bare1", "eth0", "192.0.2.1/24"), ("bare2", "eth1", $"{BareAddress}/24")])
        {
            Tools.Run(PathOf(space), "ip", "link", "set", "dev", link, "mtu", "9001", "up");
            Tools.Run(PathOf(space), "ip", "address", "add", address, "dev", link);
        }
    }

    public void Dispose() => kernel.Dispose();

    private void Apply(HostDelta delta)
    {
        IReadOnlyList<HostFailure> failures = kernel.Apply(delta);
        if (failures.Count > 0)
        {
            throw new InvalidOperationException($"{failures.Count} steps failed: {failures[0].Step.What} in {failures[0].Step.Namespace}: {failures[0].Why}");
        }
    }

    /// <summary>A hundred groups of ten rules, shared by the crowd.</summary>
    private string GroupOf(string vpc, int i)
    {
        while (groups.Count <= i % 100)
        {
            groups.Add(builder.Group(vpc, [.. Enumerable.Range(0, 10).Select(r => $"in tcp {1000 + (groups.Count * 10) + r} 10.{r}.0.0/16")]));
        }

        return groups[i % 100];
    }

    private readonly List<string> groups = [];
}
