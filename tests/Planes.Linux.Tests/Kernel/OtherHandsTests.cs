using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>What others change is found and mended; what the kernel refuses is told in its words.</summary>
public sealed class OtherHandsTests
{
    [InsideFact]
    public void What_others_change_in_a_router_is_mended()
    {
        using HostKernel kernel = Sample.NewKernel();
        HostNetwork wanted = Sample.Network(2, Sample.Table(2));
        Sample.Become(kernel, wanted);
        foreach (string[] harm in (string[][])
        [
            ["ip", "route", "add", "10.77.0.0/16", "dev", "n1", "table", "100"],
            ["ip", "route", "del", "10.0.0.11/32", "table", "100"],
            ["ip", "rule", "del", "pref", "1000"],
            ["ip", "rule", "add", "pref", "77", "lookup", "254"],
            ["ip", "addr", "add", "10.5.5.5/32", "dev", "lo"],
            ["ip", "addr", "del", "10.0.0.1/32", "dev", "lo"],
            ["ip", "neigh", "del", "10.0.0.11", "dev", "n1"],
            ["ip", "link", "set", "n1", "down"],
            ["ip", "link", "set", "n1", "mtu", "1400", "address", "0a:ff:00:00:00:01"],
            ["ip", "link", "del", "n2"],
            ["ip", "link", "add", "stranger", "type", "veth", "peer", "name", "strange2"],
            ["nft", "flush chain inet trunkline pre"],
            ["nft", "delete element inet trunkline group { 10.0.0.11 }"],
            ["nft", "delete table inet trunkline"],
            ["sysctl", "-w", "net.ipv4.ip_forward=0"],
            ["sysctl", "-w", "net.ipv4.conf.n1.proxy_arp=0"],
        ])
        {
            Hands.Run(kernel, Sample.Router, harm);
            HostDelta delta = HostDelta.Between(kernel.Observe(), wanted);
            Assert.False(delta.IsEmpty, string.Join(' ', harm));
            Sample.Apply(kernel, delta);
            Sample.IsAsWanted(kernel, wanted);
        }

        Hands.Run(kernel, "m-i-1", "ping", "-c", "1", "-W", "1", "10.0.0.1");
    }

    [InsideFact]
    public void Programs_in_a_machine_keep_what_they_made()
    {
        using HostKernel kernel = Sample.NewKernel();
        HostNetwork wanted = Sample.Network(1);
        Sample.Become(kernel, wanted);
        Hands.Run(kernel, "m-i-1", "ip", "link", "add", "vpn0", "type", "veth", "peer", "name", "vpn1");
        Hands.Run(kernel, "m-i-1", "ip", "addr", "add", "192.168.9.1/24", "dev", "vpn0");
        Hands.Run(kernel, "m-i-1", "ip", "link", "set", "vpn0", "up");
        Hands.Run(kernel, "m-i-1", "ip", "route", "add", "192.168.10.0/24", "via", "192.168.9.2", "dev", "vpn0");
        Hands.Run(kernel, "m-i-1", "ip", "rule", "add", "pref", "5000", "lookup", "7");
        Sample.IsAsWanted(kernel, wanted);
    }

    [InsideFact]
    public void Refusals_come_in_the_kernels_words_and_the_rest_is_done()
    {
        using HostKernel kernel = Sample.NewKernel();
        HostNetwork good = Sample.Network(1);
        NamespaceNetwork router = good.Namespaces[Sample.Router];
        KernelRoute nowhere = new(Prefix.Parse("10.50.0.0/16"), 100, RouteType.Unicast, "nothere", null);
        KernelRoute impossible = new(Prefix.Parse("10.51.0.0/16"), 100, RouteType.Unicast, "n1", IpAddress.Parse("10.0.0.1"));
        HostNetwork wanted = new(good.Namespaces.SetItem(Sample.Router, router with
        {
            Routes = router.Routes.Add(nowhere).Add(impossible),
            Neighbours = router.Neighbours.Add(new Neighbour("n1", IpAddress.Parse("10.0.0.99"), "0a:zz")),
            Sysctls = router.Sysctls.Add("net/ipv4/there_is_no_such_switch", "1").SetItem("net/ipv4/ip_forward", "many"),
        }));
        IReadOnlyList<HostFailure> failures = kernel.Apply(HostDelta.Between(HostNetwork.Empty, wanted));
        Dictionary<string, string> told = failures.ToDictionary(f => f.Step.What, f => f.Why);
        Assert.Equal(5, told.Count);
        Assert.Contains("'0a:zz' is not a hardware address", told["set neighbour 10.0.0.99 on n1 to 0a:zz"], StringComparison.Ordinal);
        Assert.Contains("nothere: No such device", told[$"set route {HostDelta.Text(nowhere)}"], StringComparison.Ordinal);
        Assert.Contains("Nexthop has invalid gateway", told[$"set route {HostDelta.Text(impossible)}"], StringComparison.Ordinal);
        Assert.Contains("no such switch", told["set net/ipv4/there_is_no_such_switch = 1"], StringComparison.Ordinal);
        Assert.Contains("net/ipv4/ip_forward = many", told["set net/ipv4/ip_forward = many"], StringComparison.Ordinal);
        Assert.All(HostDelta.Between(kernel.Observe(), good).Steps, s => Assert.IsType<SetSysctl>(s));
    }

    [InsideFact]
    public void Nothing_comes_up_where_the_filter_failed()
    {
        using HostKernel kernel = Sample.NewKernel();
        NftTable good = Sample.Table(2);
        NftTable bad = good with { Chains = good.Chains.SetItem("sg0", new NftChain("sg0", null, ["tcp dport ninety accept"])) };
        IReadOnlyList<HostFailure> failures = kernel.Apply(HostDelta.Between(HostNetwork.Empty, Sample.Network(2, bad)));
        Assert.Contains(failures, f => f.Step is LoadFilter && f.Why.Contains("Error", StringComparison.Ordinal));
        Assert.Equal(2, failures.Count(f => f.Step is SetLink && f.Step.Namespace == Sample.Router));
        Assert.All(kernel.Observe().Namespaces[Sample.Router].Links.Values, l => Assert.False(l.Up));
        Sample.Become(kernel, Sample.Network(2, good));
    }

    [InsideFact]
    public void A_change_that_fails_on_a_known_table_leads_to_a_whole_load()
    {
        using HostKernel kernel = Sample.NewKernel();
        HostNetwork wanted = Sample.Network(1, Sample.Table(2));
        Sample.Become(kernel, wanted);
        Hands.Run(kernel, Sample.Router, "nft", "add element inet trunkline blocks { 10.44.0.0/16 }");
        NftTable table = Sample.Table(2);
        NftSet blocks = table.Sets["blocks"];
        table = table with { Sets = table.Sets.SetItem("blocks", blocks with { Elements = blocks.Elements.Add("10.44.0.0/24", "") }) };
        HostNetwork next = Sample.Network(1, table);
        Sample.Apply(kernel, HostDelta.Between(wanted, next));
        Sample.IsAsWanted(kernel, next);
        Assert.DoesNotContain("10.44.0.0/16", Hands.Run(kernel, Sample.Router, "nft", "list set inet trunkline blocks"), StringComparison.Ordinal);
    }

    [InsideFact]
    public void A_namespace_of_another_process_is_adopted_and_given_back()
    {
        using HostKernel kernel = Sample.NewKernel();
        kernel.Namespaces.Create("other");
        Assert.Equal(["other"], kernel.Namespaces.List());
        kernel.Namespaces.Adopt("mine", kernel.Namespaces.PathOf("other"));
        Assert.Throws<KernelException>(() => kernel.Namespaces.Adopt("mine", kernel.Namespaces.PathOf("other")));
        kernel.Namespaces.Delete("mine");
        Assert.Equal(["other"], kernel.Namespaces.List());

        Assert.Equal("here", kernel.Namespaces.Run("other", () => "here"));
        Assert.Throws<InvalidOperationException>(() => kernel.Namespaces.Run("other", new Action(() => throw new InvalidOperationException("thrown"))));
        Assert.Throws<KernelException>(() => kernel.Namespaces.Run("absent", () => 0));
        Assert.Throws<ArgumentException>(() => kernel.Namespaces.PathOf("../up"));
    }

    [InsideFact]
    public void A_container_becomes_a_machine_and_outlives_it()
    {
        using HostKernel kernel = Sample.NewKernel();
        NetNamespaces containers = new(Sample.NewDirectory());
        containers.Create("container");
        kernel.Namespaces.Adopt("m-i-1", containers.PathOf("container"));
        HostNetwork wanted = Sample.Network(1);
        Sample.Become(kernel, wanted);
        Assert.Equal(wanted.Namespaces["m-i-1"].HostName, kernel.Observe().Namespaces["m-i-1"].HostName);
        Hands.Run(kernel, "m-i-1", "ping", "-c", "1", "-W", "2", "10.0.0.1");
        Sample.Become(kernel, HostNetwork.Empty);
        Assert.True(containers.Exists("container"));
        containers.Delete("container");
    }
}
