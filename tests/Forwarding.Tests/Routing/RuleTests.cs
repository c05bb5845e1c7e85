using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;
using static Trunkline.Tests.Forwarding.Routing.RoutingNet;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>Rules of VPN and of route tables' propagated routes, in settled tables.</summary>
public sealed class RuleTests
{
    /// <summary>A VGW on a VPC, and a data centre with one router over BGP.</summary>
    private static RoutingNet OneVpn(params string[] networks)
    {
        RoutingNet net = new();
        net.Vpc("vpc-1", "10.0.0.0/16");
        net.Exit("vgw-1", "vpc-1");
        net.Customer("cgw-1", "198.51.100.1", 65010);
        net.Vpn("vpn-1", "cgw-1", "vgw-1");
        net.Site("dc", "198.51.100.1", 65010, networks.Length == 0 ? ["192.168.0.0/16"] : networks);
        return net;
    }

    [Fact]
    public void Rule009_Private_lines_beat_static_tunnels_and_those_beat_dynamic_ones()
    {
        RoutingNet net = OneVpn();
        net.Site("branch", "198.51.100.2", 65020, "192.168.0.0/16");
        net.Customer("cgw-2", "198.51.100.2", 65020);
        net.Vpn("vpn-2", "cgw-2", "vgw-1", null, true, "192.168.0.0/16");
        net.Connection("dxcon-1", "EqDC2");
        net.Site("port", ["192.168.0.0/16"], Router("r1", "198.51.100.3", 65030, new SitePort("EqDC2", null)) with
        {
            AnnouncesNetworks = false,
            Announces = [Announce("192.168.0.0/16", prepend: 5)],
        });
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Private, 65030, exit: "vgw-1");
        RibEntry entry = net.Entry("vgw-1", "192.168.0.0/16");
        Assert.Equal(
            "DxBgp dxvif-1/1 [65030 65030 65030 65030 65030 65030] Source | VpnStatic vpn-2/1 [] Source | VpnStatic vpn-2/2 [] Source"
            + " | VpnBgp vpn-1/1 [65010] Source | VpnBgp vpn-1/2 [65010] Source",
            Text(entry.Candidates));
        Assert.Equal(1, entry.Best);
        net.Fail("vif:dxvif-1");
        Assert.Equal("vpn-2/1", net.Uses("vgw-1", "192.168.0.0/16"));
        net.Fail("tunnel:vpn-2/1", "tunnel:vpn-2/2");
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule009_Then_the_shorter_path_then_the_lower_MED_of_one_AS()
    {
        RoutingNet net = OneVpn();
        net.Customer("cgw-2", "198.51.100.2", 65010);
        net.Vpn("vpn-2", "cgw-2", "vgw-1");
        SiteRouter first = Router("r1", "198.51.100.1", 65010) with { AnnouncesNetworks = false, Announces = [Announce("192.168.0.0/16", prepend: 1)] };
        SiteRouter second = Router("r2", "198.51.100.2", 65010) with { AnnouncesNetworks = false, Announces = [Announce("192.168.0.0/16")] };
        net.Site("dc", ["192.168.0.0/16"], first, second);
        Assert.Equal("vpn-2/1", net.Uses("vgw-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.AsPath, net.Entry("vgw-1", "192.168.0.0/16").Candidates[2].Step);

        net.Site("dc", ["192.168.0.0/16"],
            first with { Announces = [Announce("192.168.0.0/16", med: 10)] }, second with { Announces = [Announce("192.168.0.0/16", med: 20)] });
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.Med, net.Entry("vgw-1", "192.168.0.0/16").Candidates[2].Step);

        // Of two ASes MED tells nothing.
        net.Customer("cgw-2", "198.51.100.2", 65020);
        net.Site("dc", ["192.168.0.0/16"],
            first with { Announces = [Announce("192.168.0.0/16", med: 30)] },
            second with { Asn = 65020, Announces = [Announce("192.168.0.0/16", med: 20)] });
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.Order, net.Entry("vgw-1", "192.168.0.0/16").Candidates[2].Step);
    }

    [Fact]
    public void Rule003_What_lies_inside_the_domain_is_not_used()
    {
        RoutingNet net = OneVpn("10.0.1.0/24", "10.0.0.0/8");
        Assert.False(net.Knows("vgw-1", "10.0.1.0/24"));
        Assert.Equal(DecisionStep.InsideLocal, net.Entry("vgw-1", "10.0.1.0/24").Candidates[0].Step);
        Assert.True(net.Knows("vgw-1", "10.0.0.0/8"));
        Assert.Equal(Prefix.Parse("10.0.0.0/16"), net.Routes.RibOf("vgw-1").Match(IpAddress.Parse("10.0.1.5"))!.Prefix);
    }

    [Fact]
    public void Rule118_One_tunnel_of_all_carries_and_there_is_no_sharing()
    {
        RoutingNet net = OneVpn();
        net.Customer("cgw-2", "198.51.100.2", 65010);
        net.Vpn("vpn-2", "cgw-2", "vgw-1");
        net.Site("dc", ["192.168.0.0/16"], Router("r1", "198.51.100.1", 65010), Router("r2", "198.51.100.2", 65010));
        string[] order = ["vpn-1/1", "vpn-1/2", "vpn-2/1", "vpn-2/2"];
        foreach (string tunnel in order)
        {
            Assert.Equal(tunnel, net.Uses("vgw-1", "192.168.0.0/16"));
            net.Fail($"tunnel:{tunnel}");
        }

        Assert.False(net.Knows("vgw-1", "192.168.0.0/16"));
        net.Heal();
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
        net.Fail("router:dc/r1");
        Assert.Equal("vpn-2/1", net.Uses("vgw-1", "192.168.0.0/16"));
        Assert.Equal(LineTrouble.RouterFailed, net.Routes.LineOf("vpn-1/1")!.Trouble);
    }

    [Fact]
    public void Rule118_The_customer_may_answer_on_the_other_tunnel()
    {
        RoutingNet net = OneVpn();
        net.Site("dc", ["192.168.0.0/16"], Router("r1", "198.51.100.1", 65010) with { Preferences = [new LinePreference("vpn-1/2", 200)] });
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
        Assert.Equal("vpn-1/2", net.Uses("router:dc/r1", "10.0.0.0/16"));
        Assert.Equal("vpn-1/2", net.Uses("site:dc", "10.0.0.0/16"));
    }

    [Fact]
    public void Rule119_While_an_end_is_updated_the_other_tunnel_has_the_lower_MED()
    {
        RoutingNet net = OneVpn();
        Assert.Equal("vpn-1/1", net.Uses("router:dc/r1", "10.0.0.0/16"));
        net.Fail("update:vpn-1/1");
        Assert.True(net.Routes.LineOf("vpn-1/1")!.IsUp);
        Assert.Equal("vpn-1/2", net.Uses("vgw-1", "192.168.0.0/16"));
        RibEntry entry = net.Entry("router:dc/r1", "10.0.0.0/16");
        Assert.Equal("vpn-1/2", entry.Winner!.Line);
        Assert.Equal((DecisionStep.Med, 100, 200), (entry.Winner.Step, entry.Candidates[0].Med, entry.Candidates[1].Med));
    }

    [Fact]
    public void Rule119_A_path_that_the_customer_prepends_hides_the_update()
    {
        RoutingNet net = OneVpn();
        net.Site("dc", ["192.168.0.0/16"], Router("r1", "198.51.100.1", 65010) with
        {
            AnnouncesNetworks = false,
            Announces = [Announce("192.168.0.0/16", prepend: 1, over: "vpn-1/2"), Announce("192.168.0.0/16")],
        });
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
        net.Fail("update:vpn-1/1");
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.AsPath, net.Entry("vgw-1", "192.168.0.0/16").Winner!.Step);
    }

    [Fact]
    public void Rule122_A_tunnel_says_its_speed_and_its_largest_packet()
    {
        RoutingNet net = OneVpn();
        Assert.Equal((1.25, 1446), (net.Routes.LineOf("vpn-1/1")!.LimitGbps, net.Routes.LineOf("vpn-1/1")!.Mtu));
        net.Put(net.Find<VpnConnection>("vpn-1") with { IsLarge = true });
        Assert.Equal((5.0, 1446), (net.Routes.LineOf("vpn-1/2")!.LimitGbps, net.Routes.LineOf("vpn-1/2")!.Mtu));
    }

    [Fact]
    public void Rule120_An_exit_knows_what_it_is_told_and_nothing_else()
    {
        RoutingNet net = OneVpn();
        Assert.Null(net.Routes.RibOf("vgw-1").Match(IpAddress.Parse("172.16.0.1")));
        Assert.NotNull(net.Routes.RibOf("vgw-1").Match(IpAddress.Parse("192.168.3.4")));
        net.Exit("vgw-1", null);
        Assert.False(net.Knows("vgw-1", "10.0.0.0/16"));
        Assert.False(net.Knows("router:dc/r1", "10.0.0.0/16"));
    }

    [Fact]
    public void Rule121_More_routes_than_the_limit_bring_the_session_down()
    {
        string[] hundred = [.. Enumerable.Range(0, 100).Select(i => $"192.168.{i}.0/24")];
        RoutingNet net = OneVpn(hundred);
        Assert.True(net.Routes.LineOf("vpn-1/1")!.IsUp);
        Assert.Equal(100, net.Routes.AcceptedOver("vpn-1/1"));
        net.Site("dc", "198.51.100.1", 65010, [.. hundred, "192.168.200.0/24"]);
        Line line = net.Routes.LineOf("vpn-1/1")!;
        Assert.Equal((false, true, LineTrouble.TooManyPrefixes), (line.IsUp, line.Carries, line.Trouble));
        Assert.False(net.Knows("vgw-1", "192.168.0.0/24"));
        Assert.False(net.Knows("router:dc/r1", "10.0.0.0/16"));

        // A transit gateway bears ten times as much.
        net.Hub("tgw-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-v");
        net.Spoke("tgw-attach-v", "tgw-1", TransitGatewayAttachmentType.Vpn, "vpn-2", "tgw-rtb-1");
        net.Vpn("vpn-2", "cgw-1", null, "tgw-attach-v");
        Assert.True(net.Routes.LineOf("vpn-2/1")!.IsUp);
        Assert.Equal(101, net.Routes.AcceptedOver("vpn-2/1"));
        string[] thousand = [.. Enumerable.Range(0, 1001).Select(i => $"172.{16 + (i / 256)}.{i % 256}.0/24")];
        net.Site("dc", "198.51.100.1", 65010, thousand[..1000]);
        Assert.True(net.Routes.LineOf("vpn-2/1")!.IsUp);
        net.Site("dc", "198.51.100.1", 65010, thousand);
        Assert.Equal(LineTrouble.TooManyPrefixes, net.Routes.LineOf("vpn-2/1")!.Trouble);
    }

    [Fact]
    public void Rule121_AWS_announces_no_more_than_five_thousand_routes_from_a_hub()
    {
        RoutingNet net = OneVpn();
        net.Hub("tgw-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-v");
        net.Spoke("tgw-attach-v", "tgw-1", TransitGatewayAttachmentType.Vpn, "vpn-2", "tgw-rtb-1");
        net.Spoke("tgw-attach-1", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-1", "tgw-rtb-1");
        net.Customer("cgw-2", "198.51.100.2", 65020);
        net.Vpn("vpn-2", "cgw-2", null, "tgw-attach-v");
        net.Site("branch", "198.51.100.2", 65020, "172.16.0.0/16");
        TransitGatewayRouteTable table = net.Find<TransitGatewayRouteTable>("tgw-rtb-1");
        Id<TransitGatewayAttachment> spoke = new("tgw-attach-1");
        net.Put(table with
        {
            StaticRoutes = [.. Enumerable.Range(0, 5100).Select(i => new TransitGatewayStaticRoute(Prefix.Parse($"20.{i / 256}.{i % 256}.0/24"), spoke))],
        });
        Assert.Equal(1 + 5000, net.Routes.RibOf("router:branch/r1").Count);
    }

    [Fact]
    public void Rule121_AWS_announces_no_more_than_a_thousand_routes_from_an_exit()
    {
        RoutingNet net = OneVpn();
        for (int site = 0; site < 11; site++)
        {
            net.Customer($"cgw-s{site}", $"203.0.113.{site}", 65100 + site);
            net.Vpn($"vpn-s{site}", $"cgw-s{site}", "vgw-1");
            net.Site($"s{site}", $"203.0.113.{site}", 65100 + site, [.. Enumerable.Range(0, 100).Select(i => $"172.{16 + site}.{i}.0/24")]);
        }

        Assert.Equal(1 + 1 + 1100, net.Routes.RibOf("vgw-1").Count);
        Assert.Equal(1 + 1000, net.Routes.RibOf("router:dc/r1").Count);
    }

    [Fact]
    public void Rule124_CloudHub_sites_reach_each_other_through_the_exit()
    {
        RoutingNet net = OneVpn();
        net.Customer("cgw-2", "198.51.100.2", 65020);
        net.Vpn("vpn-2", "cgw-2", "vgw-1");
        net.Site("branch", "198.51.100.2", 65020, "172.16.0.0/16");
        Assert.Equal("64512 65020", net.Entry("router:dc/r1", "172.16.0.0/16").Winner!.Path.ToString());
        Assert.Equal("64512 65010", net.Entry("router:branch/r1", "192.168.0.0/16").Winner!.Path.ToString());
        Assert.Equal("vpn-2/1", net.Uses("site:branch", "192.168.0.0/16"));

        // Sites of one AS drop each other's routes, unless they are told not to.
        net.Customer("cgw-2", "198.51.100.2", 65010);
        net.Site("branch", "198.51.100.2", 65010, "172.16.0.0/16");
        Assert.False(net.Knows("router:branch/r1", "192.168.0.0/16"));
        net.Site("branch", ["172.16.0.0/16"], Router("r1", "198.51.100.2", 65010) with { AcceptsOwnAsn = true });
        Assert.True(net.Knows("router:branch/r1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule125_A_static_connection_has_the_routes_that_were_written_and_no_others()
    {
        RoutingNet net = OneVpn();
        net.Vpn("vpn-1", "cgw-1", "vgw-1", null, true, "172.16.0.0/16");
        Assert.False(net.Knows("vgw-1", "192.168.0.0/16"));
        Assert.Equal("vpn-1/1", net.Uses("vgw-1", "172.16.0.0/16"));

        // At a transit gateway it is the table that has them.
        net.Hub("tgw-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-v");
        net.Spoke("tgw-attach-v", "tgw-1", TransitGatewayAttachmentType.Vpn, "vpn-2", "tgw-rtb-1");
        net.Vpn("vpn-2", "cgw-1", null, "tgw-attach-v", true);
        Assert.Equal(0, net.Routes.RibOf("tgw-rtb-1").Count);
        net.Static("tgw-rtb-1", "192.168.0.0/16", "tgw-attach-v");
        Assert.Equal("tgw-attach-v", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal(["vpn-2/1"], net.Routes.CarriersOf("tgw-attach-v").Select(l => l.Id));
        net.Fail("tunnel:vpn-2/1");
        Assert.Equal(["vpn-2/2"], net.Routes.CarriersOf("tgw-attach-v").Select(l => l.Id));
    }

    [Fact]
    public void A_session_is_up_only_when_its_path_is()
    {
        RoutingNet net = OneVpn();
        Assert.Equal((true, LineTrouble.None), (net.Routes.LineOf("vpn-1/1")!.IsUp, net.Routes.LineOf("vpn-1/1")!.Trouble));
        net.Site("dc", "198.51.100.1", 65011, "192.168.0.0/16");
        Assert.Equal((false, true, LineTrouble.AsnMismatch), State(net, "vpn-1/1"));
        net.Site("dc", "198.51.100.9", 65010, "192.168.0.0/16");
        Assert.Equal((false, false, LineTrouble.NoRouterAtAddress), State(net, "vpn-1/1"));
        net.Site("dc", "198.51.100.1", 65010, "192.168.0.0/16");
        net.Exit("vgw-1", "vpc-1", 65010);
        Assert.Equal((false, true, LineTrouble.SameAsn), State(net, "vpn-1/1"));
        net.Exit("vgw-1", "vpc-1");
        Assert.Equal((true, true, LineTrouble.None), State(net, "vpn-1/1"));
        net.Remove<VpnGateway>("vgw-1");
        Assert.Equal((false, false, LineTrouble.NotAttached), State(net, "vpn-1/1"));
    }

    [Fact]
    public void A_zone_that_fails_takes_one_tunnel_of_a_connection()
    {
        RoutingNet net = OneVpn();
        string[] zones = [.. Regions.ZonesOf(Home.Account, Home.Region).Select(z => z.Name)];
        int lost = 0;
        foreach (string zone in zones)
        {
            net.Heal();
            net.Fail($"az:{zone}");
            int down = net.Routes.LinesOf("vpn-1").Count(l => !l.IsUp);
            Assert.InRange(down, 0, 1);
            lost += down;
            Assert.True(net.Knows("vgw-1", "192.168.0.0/16"));
        }

        Assert.Equal(2, lost);
    }

    [Fact]
    public void A_transit_VPC_joins_spokes_through_its_router()
    {
        RoutingNet net = new();
        net.Vpc("vpc-hub", "10.99.0.0/16");
        net.Machine("i-csr", "vpc-hub", "3.0.0.10");
        net.SetWorld(w => w with { Roles = [new RoutingMachine("i-csr", 65099, [])] });
        net.Customer("cgw-csr", "3.0.0.10", 65099);
        foreach (int spoke in (int[])[1, 2])
        {
            net.Vpc($"vpc-{spoke}", $"10.{spoke}.0.0/16");
            net.Exit($"vgw-{spoke}", $"vpc-{spoke}");
            net.Vpn($"vpn-{spoke}", "cgw-csr", $"vgw-{spoke}");
        }

        Assert.Equal("64512", net.Entry("machine:i-csr", "10.1.0.0/16").Winner!.Path.ToString());
        Assert.Equal("65099 65099", net.Entry("vgw-1", "10.2.0.0/16").Winner!.Path.ToString());
        Assert.True(net.Knows("vgw-2", "10.1.0.0/16"));

        // Without the override two VPN gateways of one ASN do not take each other's routes.
        net.SetWorld(w => w with { Roles = [new RoutingMachine("i-csr", 65099, []) { OverridesAsn = false }] });
        Assert.False(net.Knows("vgw-1", "10.2.0.0/16"));
        net.SetWorld(w => w with { Roles = [new RoutingMachine("i-csr", 65099, [])] });
        net.Running("i-csr", InstanceState.Stopped);
        Assert.False(net.Knows("vgw-1", "10.2.0.0/16"));
        Assert.Equal(LineTrouble.RouterFailed, net.Routes.LineOf("vpn-1/1")!.Trouble);
        net.Running("i-csr", InstanceState.Running);
        Assert.True(net.Knows("vgw-1", "10.2.0.0/16"));
        net.Put(net.Find<InternetGateway>("igw-i-csr") with { VpcId = null });
        Assert.Equal(LineTrouble.NoPath, net.Routes.LineOf("vpn-1/1")!.Trouble);
        net.Put(net.Find<InternetGateway>("igw-i-csr") with { VpcId = new("vpc-hub") });
        Assert.True(net.Routes.LineOf("vpn-1/1")!.IsUp);

        // Its filters are followed: a changed group, a prefix list that it names, an ACL.
        net.Group("i-csr", "vpc-hub", new SecurityGroupRule("sgr-1", true, 17, 500, 4500, new RulePeer(null, null, null, "pl-1")));
        Assert.Equal(LineTrouble.NoPath, net.Routes.LineOf("vpn-1/1")!.Trouble);
        net.Put(new PrefixList
        {
            Id = new("pl-1"),
            Name = "list",
            AddressFamily = Family.V4,
            MaxEntries = 1,
            Versions = [new PrefixListVersion(1, [new PrefixListEntry(Prefix.Parse("52.0.0.0/8"))])],
        });
        Assert.True(net.Routes.LineOf("vpn-1/1")!.IsUp);
        net.Acl("i-csr", "vpc-hub", new NetworkAclEntry(100, true, true, -1, Prefix.AnyV4));
        Assert.Contains("acl-i-csr denies IKE", net.Routes.LineOf("vpn-1/1")!.Words, StringComparison.Ordinal);
        net.Acl("i-csr", "vpc-hub");
        Assert.True(net.Routes.LineOf("vpn-1/1")!.IsUp);
    }

    [Fact]
    public void Routers_that_pass_on_more_than_a_session_bears_lose_it()
    {
        RoutingNet net = OneVpn();
        net.Vpc("vpc-hub", "10.99.0.0/16");
        net.Machine("i-csr", "vpc-hub", "3.0.0.10");
        net.Customer("cgw-csr", "3.0.0.10", 65099);
        net.Vpn("vpn-c1", "cgw-csr", "vgw-1");
        net.Vpc("vpc-2", "10.2.0.0/16");
        net.Exit("vgw-2", "vpc-2", 64513);
        net.Vpn("vpn-c2", "cgw-csr", "vgw-2");
        net.SetWorld(w => w with { Roles = [new RoutingMachine("i-csr", 65099, [])] });
        Assert.True(net.Knows("vgw-2", "192.168.0.0/16"));
        net.Customer("cgw-2", "198.51.100.2", 65020);
        net.Vpn("vpn-2", "cgw-2", "vgw-1");
        net.Site("branch", "198.51.100.2", 65020, [.. Enumerable.Range(0, 99).Select(i => $"172.16.{i}.0/24")]);
        Assert.Equal(LineTrouble.TooManyPrefixes, net.Routes.LineOf("vpn-c2/1")!.Trouble);
        Assert.True(net.Routes.LineOf("vpn-c1/1")!.IsUp);
        Assert.False(net.Knows("vgw-2", "192.168.0.0/16"));
        Assert.Equal(RoutesText.Of(Settler.Settle(net.Cloud)), RoutesText.Of(net.Routes));
        net.Site("branch", "198.51.100.2", 65020, "172.16.0.0/24");
        Assert.True(net.Knows("vgw-2", "192.168.0.0/16"));
    }

    private static (bool IsUp, bool Carries, LineTrouble Trouble) State(RoutingNet net, string line) =>
        net.Routes.LineOf(line) is { } found ? (found.IsUp, found.Carries, found.Trouble) : default;
}
