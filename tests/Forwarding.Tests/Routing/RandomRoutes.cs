using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using static Trunkline.Tests.Forwarding.Routing.RoutingNet;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>A network of everything that exchanges routes, and random changes of it; the same seed gives the same changes.</summary>
/// <param name="seed">What is drawn.</param>
/// <param name="written">Whether routes are written by hand, too: those may lead packets in circles.</param>
internal sealed class RandomRoutes(int seed, bool written)
{
    private static readonly string[] Blocks =
    [
        "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/17", "10.2.0.0/16", "10.1.128.0/17", "192.168.0.0/16", "192.168.1.0/24", "172.16.0.0/12",
        "0.0.0.0/0", "10.3.0.0/16",
    ];

    private static readonly string[] Routers = ["a/r1", "a/r2", "b/r1", "c/r1"];
    private static readonly string[] Communities = ["7224:7100", "7224:7200", "7224:7300"];
    private static readonly string[] Words =
    [
        "tunnel:vpn-1/1", "tunnel:vpn-1/2", "tunnel:vpn-3/1", "tunnel:vpn-4/2", "update:vpn-1/1", "update:vpn-3/2", "router:a/r1", "router:a/r2",
        "router:b/r1", "vif:dxvif-1", "vif:dxvif-2", "connection:dxcon-1", "location:EqLD5", "az:us-east-1a", "instance:i-csr",
    ];

    private readonly Random random = new(seed);

    private RandomOthers? others;

    public RoutingNet Net { get; } = new();

    public void Build()
    {
        foreach (int i in (int[])[1, 2, 3])
        {
            Net.Vpc($"vpc-{i}", $"10.{i}.0.0/16");
            Net.Exit($"vgw-{i}", $"vpc-{i}", 64510 + random.Next(3));
        }

        Net.Vpc("vpc-hub", "10.99.0.0/16");
        Net.Machine("i-csr", "vpc-hub", "3.0.0.10");
        for (int site = 0; site < Routers.Length; site++)
        {
            Net.Customer($"cgw-{site}", $"198.51.100.{site + 1}", 65001 + site);
        }

        Net.Customer("cgw-csr", "3.0.0.10", 65099);
        Net.Hub("tgw-1");
        Net.Hub("tgw-2", 64601);
        Table("tgw-rtb-1", "tgw-1");
        Table("tgw-rtb-2", "tgw-1");
        Table("tgw-rtb-3", "tgw-2");
        Net.Junction("dxgw-1");
        Net.Junction("dxgw-2", 64701);
        Net.Connection("dxcon-1", "EqDC2");
        Net.Connection("dxcon-2", "EqLD5", Far);
        others = new RandomOthers(Net, random, written);
        others.Build();
        for (int i = 0; i < 40; i++)
        {
            Change();
        }
    }

    /// <summary>One change of anything.</summary>
    public void Change()
    {
        switch (random.Next(23))
        {
            case 0:
                Fail();
                break;
            case 1 or 2 or 3:
                Site();
                break;
            case 4:
                Vpn();
                break;
            case 5:
                Net.Customer($"cgw-{random.Next(4)}", $"198.51.100.{random.Next(4) + 1}", 65001 + random.Next(4));
                break;
            case 6:
                int exit = random.Next(3) + 1;
                Net.Exit($"vgw-{exit}", random.Next(4) == 0 ? null : $"vpc-{exit}", 64510 + random.Next(3));
                break;
            case 7:
                Net.Vpc($"vpc-{random.Next(3) + 1}", [.. Some(Blocks[..5], 2)]);
                break;
            case 8 or 9:
                Spoke();
                break;
            case 10:
                Table(Pick("tgw-rtb-1", "tgw-rtb-2", "tgw-rtb-3"), null);
                break;
            case 11:
                Net.Hub(Pick("tgw-1", "tgw-2"), 64600 + random.Next(3), random.Next(2) == 0);
                break;
            case 12:
                Static();
                break;
            case 13 or 14:
                Interface();
                break;
            case 15:
                Associate();
                break;
            case > 16:
                others!.Change();
                break;
            default:
                Machine();
                break;
        }
    }

    private static ImmutableArray<T> Toggle<T>(ImmutableArray<T> all, T one) => all.Contains(one) ? all.Remove(one) : all.Add(one);

    private string Pick(params string[] all) => all[random.Next(all.Length)];

    private IEnumerable<string> Some(string[] all, int most)
    {
        string[] shuffled = [.. all];
        random.Shuffle(shuffled);
        return shuffled.Take(1 + random.Next(most));
    }

    private void Fail()
    {
        WorldFailure failure = new(Home, Pick([.. Words, .. RandomOthers.Words]));
        Net.SetWorld(w => w with { Failures = [.. Toggle(w.Failures, failure).Order()] });
    }

    private void Site()
    {
        string name = Pick("a", "b", "c");
        SiteRouter Make(string router)
        {
            int number = Array.IndexOf(Routers, $"{name}/{router}");
            return Router(router, $"198.51.100.{number + 1}", 65001 + (random.Next(6) == 0 ? random.Next(4) : number), Ports()) with
            {
                IsTransit = random.Next(4) == 0,
                SharesLoad = random.Next(2) == 0,
                AcceptsOwnAsn = random.Next(6) == 0,
                AnnouncesDefault = random.Next(8) == 0,
                Accepts = random.Next(4) == 0 ? [Prefix.Parse("10.0.0.0/8")] : [],
                Preferences = random.Next(3) > 0 ? []
                    : [new LinePreference(Pick("vpn", "directconnect", "vpn-1/2", "vpn-3", "dxvif-1"), random.Next(50, 200))],
                Announces =
                [
                    .. Some(Blocks, 3).Select(b => Announce(
                        b, random.Next(3), random.Next(2) * 10, random.Next(4) == 0 ? Pick("vpn", "directconnect", "vpn-1/1") : null,
                        [.. random.Next(2) == 0 ? [Pick(Communities)] : Array.Empty<string>()])),
                ],
            };
        }

        SiteRouter[] routers = [.. Routers.Where(r => r.StartsWith(name, StringComparison.Ordinal)).Select(r => Make(r[2..]))];
        Net.Site(name, [.. Some(Blocks[5..8], 2)], routers);
    }

    private SitePort[] Ports() => [
        .. Some(["EqDC2", "EqLD5", "None"], 2).Select(l => new SitePort(l, random.Next(2) == 0 ? null : Pick("dxcon-1", "dxvif-1", "dxvif-2"))),
    ];

    private void Vpn()
    {
        int number = random.Next(6) + 1;
        string id = $"vpn-{number}";
        if (random.Next(6) == 0 && Net.Cloud.Partition(Home).Find(new Id<VpnConnection>(id)) is not null)
        {
            Net.Remove<VpnConnection>(id);
            return;
        }

        bool isStatic = written && random.Next(4) == 0;
        string customer = random.Next(3) == 0 ? "cgw-csr" : $"cgw-{random.Next(4)}";
        string spoke = $"tgw-attach-{number}";
        if (random.Next(2) == 0 && Net.Cloud.Partition(Home).Find(new Id<TransitGatewayAttachment>(spoke)) is { Type: TransitGatewayAttachmentType.Vpn })
        {
            Net.Vpn(id, customer, null, spoke, isStatic);
            return;
        }

        if (random.Next(4) == 0 && Net.Cloud.Partition(Home).Find(new Id<VpnConnection>(id)) is { } found)
        {
            Net.Put(found with { LocalCidr = Prefix.Parse(Pick("0.0.0.0/0", "192.168.0.0/17")) });
            return;
        }

        Net.Vpn(id, customer, $"vgw-{random.Next(3) + 1}", null, isStatic, isStatic ? [.. Some(Blocks, 3)] : []);
    }

    private void Spoke()
    {
        int number = random.Next(9) + 1;
        string id = $"tgw-attach-{number}";
        if (random.Next(6) == 0 && Net.Cloud.Partition(Home).Find(new Id<TransitGatewayAttachment>(id)) is not null)
        {
            Net.Remove<TransitGatewayAttachment>(id);
            return;
        }

        string hub = number % 2 == 0 ? "tgw-1" : Pick("tgw-1", "tgw-2");
        string? table = random.Next(5) == 0 ? null : hub == "tgw-1" ? Pick("tgw-rtb-1", "tgw-rtb-2") : "tgw-rtb-3";
        (TransitGatewayAttachmentType type, string resource) = number switch
        {
            <= 4 => (TransitGatewayAttachmentType.Vpn, $"vpn-{number}"),
            <= 7 => (TransitGatewayAttachmentType.Vpc, $"vpc-{number - 4}"),
            _ => (TransitGatewayAttachmentType.DirectConnectGateway, $"dxgw-{number - 7}"),
        };
        Net.Spoke(id, hub, type, resource, table);
    }

    private void Table(string id, string? hub)
    {
        string[] propagations = [.. Enumerable.Range(1, 11).Where(_ => random.Next(3) > 0).Select(i => $"tgw-attach-{i}")];
        if (hub is not null)
        {
            Net.Table(id, hub, propagations);
            return;
        }

        Net.Put(Net.Find<TransitGatewayRouteTable>(id) with { Propagations = [.. propagations.Select(p => new Id<TransitGatewayAttachment>(p))] });
    }

    private void Static()
    {
        if (!written)
        {
            Table(Pick("tgw-rtb-1", "tgw-rtb-2"), null);
            return;
        }

        string table = Pick("tgw-rtb-1", "tgw-rtb-2", "tgw-rtb-3");
        if (random.Next(3) == 0)
        {
            TransitGatewayRouteTable row = Net.Find<TransitGatewayRouteTable>(table);
            Net.Put(row with { StaticRoutes = row.StaticRoutes.IsEmpty ? [] : row.StaticRoutes.RemoveAt(random.Next(row.StaticRoutes.Length)) });
            return;
        }

        Net.Static(table, Pick(Blocks), random.Next(4) == 0 ? null : $"tgw-attach-{random.Next(9) + 1}");
    }

    private void Interface()
    {
        int number = random.Next(3) + 1;
        PartitionKey at = number == 2 ? Far : Home;
        string id = $"dxvif-{number}";
        if (random.Next(5) == 0 && Net.Cloud.Partition(at).Find(new Id<DxVirtualInterface>(id)) is not null)
        {
            Net.Remove<DxVirtualInterface>(id, at);
            return;
        }

        long asn = 65001 + random.Next(4);
        string connection = number == 2 ? "dxcon-2" : "dxcon-1";
        switch (random.Next(4))
        {
            case 0:
                Net.Interface(id, connection, DxInterfaceType.Private, asn, exit: $"vgw-{random.Next(3) + 1}", at: at);
                break;
            case 1:
                Net.Interface(id, connection, DxInterfaceType.Private, asn, junction: "dxgw-1", siteLink: random.Next(2) == 0, at: at);
                break;
            case 2:
                Net.Interface(id, connection, DxInterfaceType.Transit, asn, junction: Pick("dxgw-1", "dxgw-2"), siteLink: random.Next(2) == 0, at: at);
                break;
            default:
                Net.Interface(id, connection, DxInterfaceType.Public, asn, at: at, owned: ["192.168.1.0/24"]);
                break;
        }
    }

    private void Associate()
    {
        string id = $"assoc-{random.Next(4)}";
        if (random.Next(5) == 0 && Net.Cloud.Partition(Home).Find(new Id<DxGatewayAssociation>(id)) is not null)
        {
            Net.Remove<DxGatewayAssociation>(id);
            return;
        }

        string[] allowed = [.. Some(Blocks, 3)];
        if (random.Next(2) == 0)
        {
            Net.Associate(id, Pick("dxgw-1", "dxgw-2"), $"vgw-{random.Next(3) + 1}", null, allowed);
        }
        else
        {
            Net.Associate(id, Pick("dxgw-1", "dxgw-2"), Pick("tgw-1", "tgw-2"), Pick("tgw-attach-8", "tgw-attach-9"), allowed);
        }
    }

    private void Machine()
    {
        if (random.Next(3) == 0)
        {
            Gates();
            return;
        }

        if (random.Next(2) == 0)
        {
            Net.Running("i-csr", random.Next(2) == 0 ? InstanceState.Running : InstanceState.Stopped);
            return;
        }

        Net.SetWorld(w => w with
        {
            Roles = w.Roles.IsEmpty || random.Next(3) > 0
                ? [new RoutingMachine("i-csr", 65099, [.. Blocks.Take(random.Next(2)).Select(b => Announce(b))]) { OverridesAsn = random.Next(2) == 0 }]
                : [],
        });
    }

    /// <summary>The machine's group and its subnet's ACL, each open or not.</summary>
    private void Gates()
    {
        if (random.Next(2) == 0)
        {
            int to = random.Next(3) == 0 ? 500 : 4500;
            Prefix block = random.Next(4) == 0 ? Prefix.Parse("9.0.0.0/8") : Prefix.AnyV4;
            Net.Group("i-csr", "vpc-hub", new SecurityGroupRule("sgr-i-csr", true, 17, 500, to, new RulePeer(block)));
            return;
        }

        NetworkAclEntry both = new(100, false, random.Next(4) > 0, -1, Prefix.AnyV4);
        Net.Acl("i-csr", "vpc-hub", [.. random.Next(2) == 0 ? [both, both with { IsEgress = true, Allows = true }] : Array.Empty<NetworkAclEntry>()]);
    }
}
