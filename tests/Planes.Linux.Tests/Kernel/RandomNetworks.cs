using System.Collections.Immutable;
using CsCheck;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>Random networks of a few routers and machines, drawn from few values so that two of them share much and differ in every way.</summary>
internal static class RandomNetworks
{
    private const int Machines = 4;
    private const int Routers = 2;

    private static readonly NftTable?[] s_tables = [null, Sample.Table(2), Sample.Table(3), Sample.Table(25), Changed(Sample.Table(3))];

    /// <summary>A network; each number chooses one variant of one part, so that it shrinks part by part.</summary>
    public static readonly Gen<HostNetwork> Any =
        Gen.Select(Gen.Int[0, 31].Array[7].Array[Machines], Gen.Int[0, 31].Array[6].Array[Routers]).Select(Build);

    private static HostNetwork Build((int[][] Machines, int[][] Routers) shape)
    {
        Dictionary<string, NamespaceNetwork> all = [];
        for (int r = 0; r < Routers; r++)
        {
            all[$"r-{r}"] = Router(r, shape.Routers[r]);
        }

        for (int m = 0; m < Machines; m++)
        {
            if (shape.Machines[m][0] % 4 != 0)
            {
                AddMachine(all, m, shape.Machines[m]);
            }
        }

        for (int r = 0; r < Routers; r++)
        {
            if (shape.Routers[r][0] % 4 == 0 && all[$"r-{r}"].Links.IsEmpty)
            {
                all.Remove($"r-{r}");
            }
        }

        return new HostNetwork(HostNetwork.Empty.Namespaces.AddRange(all));
    }

    private static NamespaceNetwork Router(int number, int[] v)
    {
        ImmutableHashSet<KernelRoute> routes = [];
        for (int bit = 0; bit < 5; bit++)
        {
            if ((v[1] >> bit & 1) != 0)
            {
                RouteType type = (RouteType)(6 + ((v[2] + bit) % 4));
                uint table = (uint)(100 + (v[2] % 2 * 900));
                routes = routes.Add(bit % 2 == 0
                    ? new KernelRoute(Prefix.Parse($"10.{bit}.0.0/16"), table, type, null, null)
                    : new KernelRoute(Prefix.Parse($"fd00:{bit}::/64"), table, type, null, null));
            }
        }

        ImmutableHashSet<KernelRule> rules = [];
        for (int bit = 0; bit < 5; bit++)
        {
            if ((v[3] >> bit & 1) != 0)
            {
                rules = rules.Add(Rule(bit, v[4]));
            }
        }

        return Sample.Empty($"r-{number}", number == 0 && v[4] == 3 ? NamespaceRole.Translator : NamespaceRole.Router) with
        {
            HostName = v[4] == 5 ? "named" : null,
            Sysctls = Sample.NoSwitches.Add("net/ipv4/ip_forward", (v[4] % 2).ToString())
                .Add("net/ipv4/ip_local_port_range", v[4] < 9 ? "1024 65000" : "2000 65000"),
            Addresses = v[4] % 3 == 0 ? [] : [new LinkAddress("lo", IpAddress.Parse($"10.0.0.{v[4] % 3}"), 32), new LinkAddress("lo",
                IpAddress.Parse("fd00:ec2::253"), 128)],
            Routes = routes,
            Rules = rules,
            Nft = s_tables[v[5] % s_tables.Length],
        };
    }

    private static KernelRule Rule(int which, int variant) => which switch
    {
        0 => new KernelRule(Family.V4, 1000, (uint)variant, 0xffff, 1000),
        1 => new KernelRule(Family.V4, 2000, 0, 0, variant % 2 == 0 ? 100u : null, variant % 2 == 0 ? null : 2500u),
        2 => new KernelRule(Family.V6, 2000 + (uint)(variant % 3), 0, 0, 100, null, null, Prefix.Parse("fd00:1::/64")),
        3 => new KernelRule(Family.V4, 32000, 0, 0, null, null, variant % 2 == 0 ? null : "n1", Prefix.Parse("10.0.0.0/8")),
        _ => new KernelRule(variant % 2 == 0 ? Family.V4 : Family.V6, 32765, 0, 0, variant % 3 == 0 ? 255u : 254u),
    };

    private static void AddMachine(Dictionary<string, NamespaceNetwork> all, int number, int[] v)
    {
        string router = $"r-{v[1] % Routers}";
        string near = $"n{(v[1] >> 1) % 2}{number}";
        string mac = $"0a:00:00:00:0{v[2] % 2}:0{number}";
        int mtu = v[3] % 2 == 0 ? 9001 : 1500;
        IpAddress four = IpAddress.Parse($"10.0.{v[4] % 3}.{10 + number}");
        IpAddress six = IpAddress.Parse($"fd00:1::{v[4] % 2}:{number + 1}");
        NamespaceNetwork home = all[router];
        all[router] = home with
        {
            Links = home.Links.Add(near, new Link(near, $"0a:01:00:00:00:0{number}", mtu, $"m-{number}", "eth0", (uint)(v[5] % 2))),
            Neighbours = v[5] % 3 == 0 ? home.Neighbours : home.Neighbours.Add(new Neighbour(near, four, mac)).Add(new Neighbour(near, six, mac)),
            Routes = home.Routes
                .Add(new KernelRoute(Prefix.Host(four), 100, RouteType.Unicast, near, v[5] % 2 == 0 ? null : IpAddress.Parse("169.254.77.2")))
                .Add(new KernelRoute(Prefix.Host(six), 100, RouteType.Unicast, near, v[5] % 2 == 0 ? null : IpAddress.Parse("fe80::2"))),
        };
        ImmutableHashSet<LinkAddress> addresses = [new LinkAddress("eth0", four, v[6] % 2 == 0 ? 24 : 16), new LinkAddress("eth0", six, 128)];
        if (v[6] % 5 != 0)
        {
            addresses = addresses.Add(new LinkAddress("eth0", IpAddress.Parse($"10.0.{v[4] % 3}.{200 + number}"), v[6] % 2 == 0 ? 24 : 16));
        }

        all[$"m-{number}"] = Sample.Empty($"m-{number}", NamespaceRole.Machine) with
        {
            HostName = $"ip-{v[4] % 3}",
            Links = Sample.HostLinks.Add("eth0", new Link("eth0", mac, mtu, router, near)),
            Addresses = addresses,
            Neighbours = [new Neighbour("eth0", IpAddress.Parse("fe80::1"), $"0a:01:00:00:00:0{number}")],
            Routes =
            [
                new KernelRoute(Prefix.AnyV4, 254, RouteType.Unicast, "eth0", IpAddress.Parse("169.254.77.1"), four, v[3] % 3 == 0 ? 1400 : 0),
                new KernelRoute(Prefix.AnyV6, 254, RouteType.Unicast, "eth0", IpAddress.Parse("fe80::1"), v[3] % 2 == 0 ? six : null),
                new KernelRoute(Prefix.Parse("0.0.0.0/0"), 10, RouteType.Local, "lo", null),
                new KernelRoute(Prefix.Parse("::/0"), 10, RouteType.Local, "lo", null),
            ],
        };
    }

    private static NftTable Changed(NftTable table) => table with
    {
        Chains = table.Chains.SetItem("forward", table.Chains["forward"] with { Hook = "filter hook forward priority 10; policy drop;" }),
    };
}
