using System.Collections.Immutable;
using CsCheck;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Delta;

/// <summary>The pure difference: least, ordered, with its reasons.</summary>
public sealed class HostDeltaTests
{
    [Fact]
    public void Nothing_differs_from_itself()
    {
        Assert.True(HostDelta.Between(HostNetwork.Empty, HostNetwork.Empty).IsEmpty);
        Assert.True(HostDelta.Between(Sample.Network(3, Sample.Table(3)), Sample.Network(3, Sample.Table(3))).IsEmpty);
        RandomNetworks.Any.Sample(n => Assert.True(HostDelta.Between(n, n with { Namespaces = Rebuilt(n) }).IsEmpty));
    }

    [Fact]
    public void A_first_build_puts_filters_before_links_and_links_before_what_is_on_them()
    {
        HostDelta delta = HostDelta.Between(HostNetwork.Empty, Sample.Network(2, Sample.Table(2)));
        Type[] order =
        [
            typeof(AddNamespace), typeof(LoadFilter), typeof(AddPair), typeof(SetLink), typeof(AddAddress), typeof(SetNeighbour), typeof(SetRoute),
                typeof(AddRule),
        ];
        int[] firsts = [.. order.Select(t => delta.Steps.IndexOf(delta.Steps.First(s => s.GetType() == t)))];
        Assert.Equal(firsts.Order(), firsts);
        int lastPair = delta.Steps.LastIndexOf(delta.Steps.Last(s => s is AddPair));
        Assert.True(lastPair < firsts[3]);
        Assert.All(delta.Steps.Where(s => s is not RemoveRule), s => Assert.Equal("wanted and not there", s.Reason));

        // A link's own switches come when it is there, before it comes up.
        int ownSwitch = delta.Steps.IndexOf(delta.Steps.First(s => s is SetSysctl { Path: "net/ipv4/conf/n1/proxy_arp" }));
        Assert.InRange(ownSwitch, lastPair + 1, firsts[3] - 1);
        Assert.Equal("net/ipv4/ip_forward", delta.Steps.OfType<SetSysctl>().First().Path);
    }

    [Fact]
    public void A_pair_is_made_once_from_the_end_with_more_links_and_set_at_both()
    {
        HostDelta delta = HostDelta.Between(HostNetwork.Empty, Sample.Network(3));
        Assert.Equal(["n1", "n2", "n3"], delta.Steps.OfType<AddPair>().Select(p => p.Near.Name).Order());
        Assert.All(delta.Steps.OfType<AddPair>(), p => Assert.Equal(Sample.Router, p.Namespace));
        Assert.Equal(6, delta.Steps.OfType<SetLink>().Count());
    }

    [Fact]
    public void A_machine_that_goes_takes_its_link_and_what_is_on_it()
    {
        HostDelta delta = HostDelta.Between(Sample.Network(2), Sample.Network(1));
        Assert.Equal(
            [$"{Sample.Router}: remove link n2: there and not wanted", "m-i-2: remove namespace: there and not wanted"],
            delta.Steps.Select(s => $"{s.Namespace}: {s.What}: {s.Reason}"));
    }

    [Fact]
    public void A_link_that_moves_is_made_anew_with_all_that_was_on_it()
    {
        HostNetwork before = Sample.Network(2);
        NamespaceNetwork router = before.Namespaces[Sample.Router];
        NamespaceNetwork machine = before.Namespaces["m-i-1"];
        HostNetwork after = new(before.Namespaces
            .SetItem(Sample.Router, router with
            {
                Links = router.Links.Remove("n1").Add("n9", router.Links["n1"] with { Name = "n9" }),
                Routes = [],
                Neighbours = []
            })
            .SetItem("m-i-1", machine with { Links = machine.Links.SetItem("eth0", machine.Links["eth0"] with { PeerName = "n9" }) }));
        HostDelta delta = HostDelta.Between(before, after);
        Assert.Single(delta.Steps.OfType<RemoveLink>());
        Assert.Equal("n9", Assert.Single(delta.Steps.OfType<AddPair>()).Near.Name);
        Assert.Equal(machine.Addresses, delta.Steps.OfType<AddAddress>().Where(a => a.Namespace == "m-i-1").Select(a => a.Address).ToImmutableHashSet());
        Assert.Equal(machine.Routes, delta.Steps.OfType<SetRoute>().Where(a => a.Namespace == "m-i-1").Select(a => a.Route).ToImmutableHashSet());

        // What was on the dead end in the router went with it; what was on the other link is removed by itself.
        Assert.All(delta.Steps.OfType<RemoveNeighbour>(), n => Assert.Equal("n2", n.Neighbour.Link));
    }

    [Fact]
    public void A_changed_route_is_written_over_and_not_removed()
    {
        HostNetwork before = Sample.Network(1);
        NamespaceNetwork router = before.Namespaces[Sample.Router];
        KernelRoute old = router.Routes.First(r => r.Type == RouteType.Prohibit);
        HostNetwork after = new(before.Namespaces.SetItem(Sample.Router, router with
        {
            Routes = router.Routes.Remove(old).Add(old with { Type = RouteType.Unicast, Link = "n1", Via = IpAddress.Parse("10.0.0.11") }),
        }));
        SetRoute step = Assert.IsType<SetRoute>(Assert.Single(HostDelta.Between(before, after).Steps));
        Assert.Equal(StepCause.Differs, step.Cause);
        Assert.Equal("set route 10.9.0.0/16 via 10.0.0.11 dev n1 table 1000", step.What);
        Assert.Equal("there, but otherwise than wanted", step.Reason);
    }

    [Fact]
    public void The_kernels_own_rules_go_with_the_first_and_come_back_after_the_last()
    {
        HostNetwork none = Sample.Network(1);
        none = new(none.Namespaces.SetItem(Sample.Router, none.Namespaces[Sample.Router] with { Rules = [] }));
        KernelRule rule = new(Family.V4, 1000, 0, 0, 100);
        HostNetwork one = new(none.Namespaces.SetItem(Sample.Router, none.Namespaces[Sample.Router] with { Rules = [rule] }));
        Assert.Equal(
            ["add rule pref 1000 lookup 100", "remove rule pref 32766 lookup 254", "remove rule pref 32767 lookup 253"],
            HostDelta.Between(none, one).Steps.Select(s => s.What));
        Assert.Equal(
            ["add rule pref 32767 lookup 253", "add rule pref 32766 lookup 254", "remove rule pref 1000 lookup 100"],
            HostDelta.Between(one, none).Steps.Select(s => s.What));
        HostNetwork local = new(none.Namespaces.SetItem(Sample.Router,
            none.Namespaces[Sample.Router] with { Rules = [rule, new(Family.V4, 2000, 0, 0, 255)] }));
        Assert.Equal(["add rule pref 2000 lookup 255", "remove rule pref 0 lookup 255"], HostDelta.Between(one, local).Steps.Select(s => s.What));
    }

    [Fact]
    public void A_link_without_its_other_end_is_refused()
    {
        HostNetwork network = Sample.Network(1);
        HostNetwork broken = new(network.Namespaces.Remove("m-i-1"));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => HostDelta.Between(HostNetwork.Empty, broken));
        Assert.Contains("n1 in r-vpc-1 names eth0 in m-i-1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unchanged_parts_are_not_looked_into()
    {
        HostNetwork before = Sample.Network(2000, Sample.Table(2000));
        NamespaceNetwork router = before.Namespaces[Sample.Router];
        NftTable table = router.Nft!;
        HostNetwork after = new(before.Namespaces.SetItem(Sample.Router, router with
        {
            Nft = table with { Sets = table.Sets.SetItem("group", table.Sets["group"] with { Elements = table.Sets["group"].Elements.Add("10.9.9.9", "") }) },
        }));
        Assert.Equal(32, NftHash.Of(table).Length);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        HostDelta delta = HostDelta.Between(before, after);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        ChangeFilter change = Assert.IsType<ChangeFilter>(Assert.Single(delta.Steps));
        Assert.Equal("10.9.9.9", Assert.Single(Assert.Single(change.Delta.Elements).Added).Key);
        Assert.InRange(allocated, 0, 200_000);
    }

    private static ImmutableSortedDictionary<string, NamespaceNetwork> Rebuilt(HostNetwork network) =>
        HostNetwork.Empty.Namespaces.AddRange(network.Namespaces.Select(n => KeyValuePair.Create(n.Key, n.Value with
        {
            Addresses = [.. n.Value.Addresses],
            Routes = [.. n.Value.Routes],
            Rules = [.. n.Value.Rules],
            Neighbours = [.. n.Value.Neighbours],
            Links = Sample.HostLinks.AddRange(n.Value.Links),
        })));
}
