using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>Small networks to write: one router and its machines.</summary>
internal static class Sample
{
    public const string Router = "r-vpc-1";

    public static readonly ImmutableSortedDictionary<string, string> NoSwitches = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>A kernel with a directory on a file system of its own in this mount namespace.</summary>
    public static HostKernel NewKernel() => new(NewDirectory());

    public static string NewDirectory() => Directory.CreateTempSubdirectory("trunkline-netns-").FullName;

    public static HostNetwork Network(int machines, NftTable? nft = null)
    {
        NamespaceNetwork router = Empty(Router, NamespaceRole.Router) with
        {
            Sysctls = NoSwitches.Add("net/ipv4/ip_forward", "1").Add("net/ipv6/conf/all/forwarding", "1").Add("net/ipv4/conf/all/accept_local", "1"),
            Addresses = [new LinkAddress("lo", IpAddress.Parse("10.0.0.1"), 32), new LinkAddress("lo", IpAddress.Parse("fd00:ec2::253"), 128)],
            Routes =
            [
                new KernelRoute(Prefix.Parse("10.0.0.0/16"), 100, RouteType.Unreachable, null, null),
                new KernelRoute(Prefix.Parse("fd00:1::/64"), 100, RouteType.Blackhole, null, null),
                new KernelRoute(Prefix.Parse("10.0.0.0/16"), 1000, RouteType.Throw, null, null),
                new KernelRoute(Prefix.Parse("10.9.0.0/16"), 1000, RouteType.Prohibit, null, null),
                new KernelRoute(Prefix.Parse("fd00:1::/64"), 1000, RouteType.Throw, null, null),
            ],
            Rules =
            [
                new KernelRule(Family.V4, 1000, 7, 0xffff, 1000), new KernelRule(Family.V4, 2000, 0, 0, 100), new KernelRule(Family.V4, 32000, 0, 0, null),
                new KernelRule(Family.V4, 900, 0x20, 0x3e0, null, 1000), new KernelRule(Family.V4, 950, 0, 0, 1000, null, "n1"),
                new KernelRule(Family.V6, 2000, 0, 0, 100), new KernelRule(Family.V6, 32000, 0, 0, null),
            ],
            Nft = nft,
        };
        HostNetwork network = new(HostNetwork.Empty.Namespaces.Add(Router, router));
        return AddMachines(network, 1, machines);
    }

    public static HostNetwork AddMachines(HostNetwork network, int first, int count)
    {
        ImmutableSortedDictionary<string, NamespaceNetwork>.Builder all = network.Namespaces.ToBuilder();
        NamespaceNetwork router = all[Router];
        ImmutableSortedDictionary<string, string>.Builder switches = router.Sysctls.ToBuilder();
        ImmutableSortedDictionary<string, Link>.Builder links = router.Links.ToBuilder();
        ImmutableHashSet<Neighbour>.Builder neighbours = router.Neighbours.ToBuilder();
        ImmutableHashSet<KernelRoute>.Builder routes = router.Routes.ToBuilder();
        for (int i = first; i < first + count; i++)
        {
            string name = $"m-i-{i}";
            string near = $"n{i}";
            string mac = $"0a:00:00:00:{i >> 8:x2}:{i & 255:x2}";
            string routerMac = $"0a:01:00:00:{i >> 8:x2}:{i & 255:x2}";
            IpAddress four = IpAddress.FromV4((10u << 24) + 10 + (uint)i);
            IpAddress six = IpAddress.Parse($"fd00:1::{i:x}");
            links[near] = new Link(near, routerMac, 9001, name, "eth0", 5);
            switches[$"net/ipv4/conf/{near}/proxy_arp"] = "1";
            neighbours.Add(new Neighbour(near, four, mac));
            neighbours.Add(new Neighbour(near, six, mac));
            routes.Add(new KernelRoute(Prefix.Host(four), 100, RouteType.Unicast, near, null));
            routes.Add(new KernelRoute(Prefix.Host(six), 100, RouteType.Unicast, near, six));
            all[name] = Machine(name, near, mac, routerMac, four, six);
        }

        all[Router] = router with
        {
            Links = links.ToImmutable(),
            Sysctls = switches.ToImmutable(),
            Neighbours = neighbours.ToImmutable(),
            Routes = routes.ToImmutable(),
        };
        return new HostNetwork(all.ToImmutable());
    }

    private static NamespaceNetwork Machine(string name, string near, string mac, string routerMac, IpAddress four, IpAddress six) =>
        Empty(name, NamespaceRole.Machine) with
        {
            HostName = $"ip-{four.ToString().Replace('.', '-')}",
            Links = HostLinks.Add("eth0", new Link("eth0", mac, 9001, Router, near)),
            Addresses = [new LinkAddress("eth0", four, 16), new LinkAddress("eth0", six, 128)],
            Neighbours = [new Neighbour("eth0", IpAddress.Parse("10.0.0.1"), routerMac), new Neighbour("eth0", IpAddress.Parse("fe80::1"), routerMac)],
            Routes =
            [
                new KernelRoute(Prefix.AnyV4, 254, RouteType.Unicast, "eth0", IpAddress.Parse("10.0.0.1"), null, 8500),
                new KernelRoute(Prefix.AnyV6, 254, RouteType.Unicast, "eth0", IpAddress.Parse("fe80::1"), six),
            ],
        };

    public static readonly ImmutableSortedDictionary<string, Link> HostLinks = ImmutableSortedDictionary.Create<string, Link>(StringComparer.Ordinal);

    public static NamespaceNetwork Empty(string name, NamespaceRole role) =>
        new(name, role, null, NoSwitches, HostLinks, [], [], [], [], null);

    /// <summary>A table with each kind of set and chain, of any number of interfaces.</summary>
    public static NftTable Table(int interfaces)
    {
        ImmutableSortedDictionary<string, string> none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        ImmutableSortedDictionary<string, string>.Builder own = none.ToBuilder();
        ImmutableSortedDictionary<string, string>.Builder verdicts = none.ToBuilder();
        ImmutableSortedDictionary<string, NftChain>.Builder chains = ImmutableSortedDictionary.CreateBuilder<string, NftChain>(StringComparer.Ordinal);
        int combinations = Math.Max(1, interfaces / 10);
        for (int i = 0; i < interfaces; i++)
        {
            IpAddress address = IpAddress.FromV4((10u << 24) + 10 + (uint)i);
            own[$"\"n{i}\" . {address}"] = "";
            verdicts[address.ToString()] = $"jump sg{i % combinations}";
        }

        for (int i = 0; i < combinations; i++)
        {
            chains[$"sg{i}"] = new NftChain($"sg{i}", null,
            [
                $"ip saddr 10.{i % 250}.0.0/16 tcp dport {1000 + i} accept", "ip saddr @group tcp dport 443 accept", "meta l4proto icmp accept",
                $"drop comment \"SECURITY_GROUP sg-{i}\"",
            ]);
        }

        chains["pre"] = new NftChain("pre", "filter hook prerouting priority -300; policy accept;",
            ["iifname . ip saddr @own4 return", "ip daddr @blocks counter"]);
        chains["forward"] = new NftChain("forward", "filter hook forward priority 0; policy drop;",
            ["ct state established accept", "ip daddr vmap @sgin4", "drop comment \"NO_ROUTE vpc-1\""]);
        return new NftTable(
            ImmutableSortedDictionary.Create<string, NftSet>(StringComparer.Ordinal)
                .Add("own4", new NftSet("own4", false, "type ifname . ipv4_addr;", own.ToImmutable()))
                .Add("group", new NftSet("group", false, "type ipv4_addr;", none.Add("10.0.0.11", "")))
                .Add("blocks", new NftSet("blocks", false, "type ipv4_addr; flags interval;", none.Add("10.1.0.0/16", "").Add("10.2.0.0-10.2.0.9", "")))
                .Add("sgin4", new NftSet("sgin4", true, "type ipv4_addr : verdict;", verdicts.ToImmutable())),
            chains.ToImmutable());
    }

    /// <summary>Applies, and fails with the kernel's words where it does.</summary>
    public static void Apply(HostKernel kernel, HostDelta delta)
    {
        IReadOnlyList<HostFailure> failures = kernel.Apply(delta);
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(10).Select(f => $"{f.Step.Namespace}: {f.Step.What}: {f.Why}")));
    }

    /// <summary>Makes it so, and sees that what is read back is what was wanted.</summary>
    public static void Become(HostKernel kernel, HostNetwork desired)
    {
        Apply(kernel, HostDelta.Between(kernel.Observe(), desired));
        IsAsWanted(kernel, desired);
    }

    public static void IsAsWanted(HostKernel kernel, HostNetwork desired)
    {
        HostDelta left = HostDelta.Between(kernel.Observe(), desired);
        Assert.True(left.IsEmpty, string.Join('\n', left.Steps.Take(10).Select(s => $"{s.Namespace}: {s.What}: {s.Reason}")));
    }
}
