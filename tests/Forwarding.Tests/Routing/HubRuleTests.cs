using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;
using static Trunkline.Tests.Forwarding.Routing.RoutingNet;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>Rules of transit gateways, in their settled tables.</summary>
public sealed class HubRuleTests
{
    /// <summary>A transit gateway with one table and two VPN connections to one data centre of two routers.</summary>
    private static RoutingNet TwoVpns(bool ecmp = true, long secondAsn = 65010)
    {
        RoutingNet net = new();
        net.Hub("tgw-1", ecmp: ecmp);
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-v1", "tgw-attach-v2");
        net.Spoke("tgw-attach-v1", "tgw-1", TransitGatewayAttachmentType.Vpn, "vpn-1", "tgw-rtb-1");
        net.Spoke("tgw-attach-v2", "tgw-1", TransitGatewayAttachmentType.Vpn, "vpn-2", "tgw-rtb-1");
        net.Customer("cgw-1", "198.51.100.1", 65010);
        net.Customer("cgw-2", "198.51.100.2", secondAsn);
        net.Vpn("vpn-1", "cgw-1", null, "tgw-attach-v1");
        net.Vpn("vpn-2", "cgw-2", null, "tgw-attach-v2");
        net.Site("dc", ["192.168.0.0/16"], Router("r1", "198.51.100.1", 65010), Router("r2", "198.51.100.2", secondAsn));
        return net;
    }

    [Fact]
    public void Rule108_Static_then_list_then_VPC_then_private_line_then_Connect_then_tunnel()
    {
        RoutingNet net = TwoVpns();
        net.Vpc("vpc-1", "192.168.0.0/16");
        net.Spoke("tgw-attach-vpc", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-1", "tgw-rtb-1");
        net.Junction("dxgw");
        net.Spoke("tgw-attach-dx", "tgw-1", TransitGatewayAttachmentType.DirectConnectGateway, "dxgw", "tgw-rtb-1");
        net.Associate("assoc", "dxgw", "tgw-1", "tgw-attach-dx", "10.0.0.0/8");
        net.Connection("dxcon-1", "EqDC2");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Transit, 65030, junction: "dxgw");
        net.Site("port", ["192.168.0.0/16"], Router("r1", "10.50.0.1", 65030, new SitePort("EqDC2", "dxcon-1")));
        net.Spoke("tgw-attach-c", "tgw-1", TransitGatewayAttachmentType.Connect, "tgw-attach-dx", "tgw-rtb-1", "tgw-attach-dx");
        net.Put(new TransitGatewayConnectPeer
        {
            Id = new("tgw-connect-peer-1"),
            AttachmentId = new("tgw-attach-c"),
            TransitGatewayAddress = IpAddress.Parse("10.60.0.1"),
            PeerAddress = IpAddress.Parse("10.50.0.1"),
            InsideCidrs = [Prefix.Parse("169.254.6.0/29")],
            TransitGatewayAsn = 64600,
            PeerAsn = 65030,
            CreationTime = DateTimeOffset.UnixEpoch,
        });
        net.Put(net.Find<TransitGatewayRouteTable>("tgw-rtb-1") with
        {
            Propagations = [new("tgw-attach-c"), new("tgw-attach-dx"), new("tgw-attach-v1"), new("tgw-attach-v2"), new("tgw-attach-vpc")],
        });
        net.Put(new PrefixList
        {
            Id = new("pl-1"),
            Name = "list",
            AddressFamily = Family.V4,
            MaxEntries = 1,
            Versions = [new PrefixListVersion(1, [new PrefixListEntry(Prefix.Parse("192.168.0.0/16"))])],
        });
        net.Put(net.Find<TransitGatewayRouteTable>("tgw-rtb-1") with
        {
            PrefixListReferences = [new TransitGatewayPrefixListReference("pl-1", new("tgw-attach-v2"))],
        });
        net.Static("tgw-rtb-1", "192.168.0.0/16", "tgw-attach-v1");
        Assert.Equal(
            ["Static", "PrefixList", "VpcCidr", "DxBgp", "Connect", "Connect", "VpnBgp", "VpnBgp", "VpnBgp", "VpnBgp"],
            net.Entry("tgw-rtb-1", "192.168.0.0/16").Candidates.Select(c => c.Source.ToString()));
        Assert.Equal("tgw-attach-v1", net.Uses("tgw-rtb-1", "192.168.0.0/16"));

        // Each that goes leaves the table to the next.
        net.Put(net.Find<TransitGatewayRouteTable>("tgw-rtb-1") with { StaticRoutes = [] });
        Assert.Equal("tgw-attach-v2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Put(net.Find<TransitGatewayRouteTable>("tgw-rtb-1") with { PrefixListReferences = [] });
        Assert.Equal("tgw-attach-vpc", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Remove<TransitGatewayAttachment>("tgw-attach-vpc");
        Assert.Equal("dxvif-1/1", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Put(net.Find<TransitGatewayRouteTable>("tgw-rtb-1") with
        {
            Propagations = [new("tgw-attach-c"), new("tgw-attach-v1"), new("tgw-attach-v2")],
        });
        Assert.Equal("tgw-connect-peer-1/1 tgw-connect-peer-1/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Fail("connection:dxcon-1");
        Assert.Equal("vpn-1/1 vpn-1/2 vpn-2/1 vpn-2/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule108_A_tunnel_inside_a_private_line_beats_one_over_the_internet()
    {
        RoutingNet net = TwoVpns();
        net.Junction("dxgw");
        net.Spoke("tgw-attach-dx", "tgw-1", TransitGatewayAttachmentType.DirectConnectGateway, "dxgw", "tgw-rtb-1");
        net.Associate("assoc", "dxgw", "tgw-1", "tgw-attach-dx", "10.0.0.0/8");
        net.Connection("dxcon-1", "EqDC2");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Transit, 65030, junction: "dxgw");
        net.Site("port", ["192.168.0.0/16"], Router("r1", "10.50.0.1", 65030, new SitePort("EqDC2", null)));
        net.Customer("cgw-p", "10.50.0.1", 65030);
        net.Spoke("tgw-attach-p", "tgw-1", TransitGatewayAttachmentType.Vpn, "vpn-p", "tgw-rtb-1");
        net.Vpn("vpn-p", "cgw-p", null, "tgw-attach-p");
        Line Tunnel() => net.Routes.LineOf("vpn-p/1")!;
        net.Put(net.Find<VpnConnection>("vpn-p") with { OutsideIpAddressType = "PrivateIpv4", TransportAttachmentId = "tgw-attach-dx" });
        net.Put(net.Find<TransitGatewayRouteTable>("tgw-rtb-1") with { Propagations = [new("tgw-attach-p"), new("tgw-attach-v1"), new("tgw-attach-v2")] });
        Assert.True(Tunnel().IsUp);
        Assert.Equal("vpn-p/1 vpn-p/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Fail("location:EqDC2");
        Assert.Equal(LineTrouble.NoPath, Tunnel().Trouble);
        Assert.Equal("vpn-1/1 vpn-1/2 vpn-2/1 vpn-2/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule110_A_static_route_hides_a_propagated_one_and_a_black_hole_drops()
    {
        RoutingNet net = TwoVpns();
        net.Static("tgw-rtb-1", "192.168.0.0/16", null);
        RibEntry entry = net.Entry("tgw-rtb-1", "192.168.0.0/16");
        Assert.True(entry.Winner!.IsBlackhole);
        Assert.Equal((1, 5), (entry.Best, entry.Candidates.Length));
        Assert.DoesNotContain(net.Entry("router:dc/r2", "192.168.0.0/16").Candidates, c => c.Source == RouteSource.Learned);
        net.Static("tgw-rtb-1", "192.168.0.0/16", "tgw-attach-v2");
        net.Remove<TransitGatewayAttachment>("tgw-attach-v2");
        Assert.True(net.Entry("tgw-rtb-1", "192.168.0.0/16").Winner!.IsBlackhole);
        Assert.Equal("tgw-attach-v2", net.Entry("tgw-rtb-1", "192.168.0.0/16").Winner!.Spoke);
    }

    [Fact]
    public void Rule112_Of_two_overlapping_VPCs_only_the_first_propagates()
    {
        RoutingNet net = new();
        net.Hub("tgw-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-1", "tgw-attach-2");
        net.Table("tgw-rtb-2", "tgw-1", "tgw-attach-2");
        net.Vpc("vpc-1", "10.0.0.0/16");
        net.Vpc("vpc-2", "10.0.128.0/17", "10.2.0.0/16");
        net.Spoke("tgw-attach-2", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-2", "tgw-rtb-1");
        net.Spoke("tgw-attach-1", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-1", "tgw-rtb-1");
        Assert.True(net.Knows("tgw-rtb-1", "10.0.128.0/17"));
        Assert.False(net.Knows("tgw-rtb-1", "10.0.0.0/16"));
        Assert.Equal(DecisionStep.Overlaps, net.Entry("tgw-rtb-1", "10.0.0.0/16").Candidates[0].Step);
        Assert.True(net.Knows("tgw-rtb-1", "10.2.0.0/16"));

        // Where the older one does not propagate, the younger does; and it takes over when the older goes.
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-1");
        Assert.True(net.Knows("tgw-rtb-1", "10.0.0.0/16"));
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-1", "tgw-attach-2");
        Assert.False(net.Knows("tgw-rtb-1", "10.0.0.0/16"));
        net.Remove<TransitGatewayAttachment>("tgw-attach-2");
        Assert.True(net.Knows("tgw-rtb-1", "10.0.0.0/16"));
    }

    [Fact]
    public void Rule116_Dynamic_tunnels_of_one_AS_share_the_load_when_the_gateway_allows()
    {
        Assert.Equal("vpn-1/1 vpn-1/2 vpn-2/1 vpn-2/2", TwoVpns().Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal("vpn-1/1", TwoVpns(ecmp: false).Uses("tgw-rtb-1", "192.168.0.0/16"));

        // No multipath over two ASes.
        Assert.Equal("vpn-1/1 vpn-1/2", TwoVpns(secondAsn: 65020).Uses("tgw-rtb-1", "192.168.0.0/16"));

        // Longer paths do not share with shorter ones.
        RoutingNet net = TwoVpns();
        net.Site("dc", ["192.168.0.0/16"],
            Router("r1", "198.51.100.1", 65010) with { Announces = [Announce("192.168.0.0/16", prepend: 1)] },
            Router("r2", "198.51.100.2", 65010));
        Assert.Equal("vpn-2/1 vpn-2/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Fail("tunnel:vpn-2/1");
        Assert.Equal("vpn-2/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        net.Fail("tunnel:vpn-2/2");
        Assert.Equal("vpn-1/1 vpn-1/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule108_The_longest_prefix_comes_before_how_a_route_came_to_be()
    {
        RoutingNet net = TwoVpns();
        net.Static("tgw-rtb-1", "192.168.0.0/15", null);
        Assert.Equal(Prefix.Parse("192.168.0.0/16"), net.Routes.RibOf("tgw-rtb-1").Match(IpAddress.Parse("192.168.3.4"))!.Prefix);
        Assert.Equal(Prefix.Parse("192.168.0.0/15"), net.Routes.RibOf("tgw-rtb-1").Match(IpAddress.Parse("192.169.3.4"))!.Prefix);
    }

    [Fact]
    public void Rule108_Within_BGP_the_shorter_path_then_the_lower_MED_then_the_other_AS()
    {
        RoutingNet net = TwoVpns();
        void Announces(int prepend, long first, long second) => net.Site(
            "dc", ["192.168.0.0/16"],
            Router("r1", "198.51.100.1", 65010) with { Announces = [Announce("192.168.0.0/16", prepend, first)] },
            Router("r2", "198.51.100.2", 65010) with { Announces = [Announce("192.168.0.0/16", 0, second)] });
        Announces(1, 0, 50);
        Assert.Equal("vpn-2/1 vpn-2/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.AsPath, net.Entry("tgw-rtb-1", "192.168.0.0/16").Winner!.Step);
        Announces(0, 0, 50);
        Assert.Equal("vpn-1/1 vpn-1/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.Med, net.Entry("tgw-rtb-1", "192.168.0.0/16").Winner!.Step);

        // Of two Connect peers with paths of one length the one of another AS comes before the one of the gateway's own.
        net = TwoPeers(64600, 65020);
        net.Vpc("vpc-x", "192.168.0.0/16");
        net.Exit("vgw-x", "vpc-x", 65500);
        net.Customer("cgw-x", "3.0.0.1", 64600);
        net.Vpn("vpn-x", "cgw-x", "vgw-x");
        RibEntry entry = net.Entry("tgw-rtb-1", "192.168.0.0/16");
        Assert.Equal(["65020", "65020", "65500", "65500"], entry.Candidates.Select(c => c.Path.ToString()));
        Assert.Equal("tgw-connect-peer-2/1 tgw-connect-peer-2/2", net.Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal(DecisionStep.External, entry.Winner!.Step);
    }

    [Fact]
    public void Rule116_Connect_peers_share_the_load_whatever_the_gateway_s_option_says_and_not_over_two_ASes()
    {
        Assert.Equal(
            "tgw-connect-peer-1/1 tgw-connect-peer-1/2 tgw-connect-peer-2/1 tgw-connect-peer-2/2",
            TwoPeers(65020, 65020).Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal("tgw-connect-peer-1/1 tgw-connect-peer-1/2", TwoPeers(65020, 65021).Uses("tgw-rtb-1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule116_Private_lines_share_the_load_where_their_paths_are_identical()
    {
        Assert.Equal("dxvif-1/1 dxvif-2/1", TwoTransits(0).Uses("tgw-rtb-1", "192.168.0.0/16"));
        Assert.Equal("dxvif-1/1", TwoTransits(1).Uses("tgw-rtb-1", "192.168.0.0/16"));
    }

    [Fact]
    public void Rule116_A_static_tunnel_and_VPCs_never_share()
    {
        RoutingNet net = TwoVpns();
        net.Put(net.Find<VpnConnection>("vpn-1") with { StaticRoutesOnly = true });
        Assert.Equal(["vpn-1/1"], net.Routes.CarriersOf("tgw-attach-v1").Select(l => l.Id));
        net.Vpc("vpc-1", "10.1.0.0/16");
        net.Vpc("vpc-2", "10.1.0.0/16");
        net.Spoke("tgw-attach-1", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-1", "tgw-rtb-1");
        net.Spoke("tgw-attach-2", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-2", "tgw-rtb-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-1", "tgw-attach-2");
        Assert.Equal("tgw-attach-1", net.Uses("tgw-rtb-1", "10.1.0.0/16"));
    }

    [Fact]
    public void A_Connect_peer_with_an_IPv6_range_inside_exchanges_both_families()
    {
        RoutingNet net = TwoPeers(65020, 65020);
        net.Vpc("vpc-1", "10.1.0.0/16", "2600:1f00:1::/56");
        net.Spoke("tgw-attach-1", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-1", "tgw-rtb-1");
        net.Put(net.Find<TransitGatewayAttachment>("tgw-attach-1") with { Ipv6Support = true });
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-1", "tgw-attach-c");
        Assert.False(net.Knows("tgw-rtb-1", "2001:db8:5::/48"));
        Assert.False(net.Knows("machine:i-1", "2600:1f00:1::/56"));
        TransitGatewayConnectPeer row = net.Find<TransitGatewayConnectPeer>("tgw-connect-peer-1");
        net.Put(row with { InsideCidrs = [.. row.InsideCidrs, Prefix.Parse("fd00::/125")] });
        Assert.Equal("tgw-connect-peer-1/1 tgw-connect-peer-1/2", net.Uses("tgw-rtb-1", "2001:db8:5::/48"));
        Assert.True(net.Knows("machine:i-1", "2600:1f00:1::/56"));
        Assert.True(net.Knows("machine:i-1", "10.1.0.0/16"));
        Assert.False(net.Knows("machine:i-2", "2600:1f00:1::/56"));
    }

    [Fact]
    public void A_Connect_peer_needs_GRE_through_its_own_filters()
    {
        RoutingNet net = TwoPeers(65020, 65020);
        net.Group("i-1", "vpc-hub", new SecurityGroupRule("sgr-1", true, 6, 0, 65535, new RulePeer(Prefix.AnyV4)));
        Assert.Equal(LineTrouble.NoPath, net.Routes.LineOf("tgw-connect-peer-1/1")!.Trouble);
        net.Group("i-1", "vpc-hub", new SecurityGroupRule("sgr-1", false, 47, null, null, new RulePeer(Prefix.Parse("10.60.0.0/24"))));
        Assert.True(net.Routes.LineOf("tgw-connect-peer-1/1")!.IsUp);
        net.Acl("i-1", "vpc-hub", new NetworkAclEntry(100, false, true, 47, Prefix.AnyV4), new NetworkAclEntry(100, true, true, 6, Prefix.AnyV4));
        Assert.Contains("acl-i-1 denies GRE", net.Routes.LineOf("tgw-connect-peer-1/1")!.Words, StringComparison.Ordinal);
        Assert.Equal(RoutesText.Of(Settler.Settle(net.Cloud)), RoutesText.Of(net.Routes));
    }

    /// <summary>Two routing machines in one VPC, each with a Connect peer; a gateway that does not share over tunnels.</summary>
    private static RoutingNet TwoPeers(long first, long second)
    {
        RoutingNet net = new();
        net.Hub("tgw-1", ecmp: false);
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-c");
        net.Vpc("vpc-hub", "10.99.0.0/16");
        net.Spoke("tgw-attach-t", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-hub", "tgw-rtb-1");
        net.Spoke("tgw-attach-c", "tgw-1", TransitGatewayAttachmentType.Connect, "tgw-attach-t", "tgw-rtb-1", "tgw-attach-t");
        foreach ((int i, long asn) in new[] { (1, first), (2, second) })
        {
            net.Machine($"i-{i}", "vpc-hub", $"3.0.0.{i}");
            NetworkInterface nic = net.Find<NetworkInterface>($"eni-i-{i}");
            net.Put(nic with { PrivateAddresses = [nic.PrivateAddresses[0] with { Ip = IpAddress.Parse($"10.99.0.{i}") }] });
            RouteTable table = net.Find<RouteTable>($"rtb-i-{i}");
            RouteTarget hub = new(RouteTargetKind.TransitGateway, "tgw-1");
            net.Put(table with { Routes = table.Routes.Add(new Route(Prefix.Parse("10.60.0.0/24"), null, hub, RouteOrigin.CreateRoute)) });
            net.Put(new TransitGatewayConnectPeer
            {
                Id = new($"tgw-connect-peer-{i}"),
                AttachmentId = new("tgw-attach-c"),
                TransitGatewayAddress = IpAddress.Parse($"10.60.0.{i}"),
                PeerAddress = IpAddress.Parse($"10.99.0.{i}"),
                InsideCidrs = [Prefix.Parse($"169.254.6.{i * 8}/29")],
                TransitGatewayAsn = 64600,
                PeerAsn = asn,
                CreationTime = DateTimeOffset.UnixEpoch,
            });
        }

        // A machine of the gateway's own AS passes on what it has learned elsewhere.
        ImmutableArray<SiteAnnouncement> own = [Announce("192.168.0.0/16"), Announce("2001:db8:5::/48")];
        net.SetWorld(w => w with
        {
            Roles = [.. new[] { (1, first), (2, second) }.Select(m => new RoutingMachine($"i-{m.Item1}", m.Item2, m.Item2 == 64600 ? [] : own))],
        });
        return net;
    }

    /// <summary>Two transit lines behind one Direct Connect gateway of a hub.</summary>
    /// <param name="prepend">How often the second router's path has its ASN once more.</param>
    private static RoutingNet TwoTransits(int prepend)
    {
        RoutingNet net = new();
        net.Hub("tgw-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-dx");
        net.Junction("dxgw");
        net.Spoke("tgw-attach-dx", "tgw-1", TransitGatewayAttachmentType.DirectConnectGateway, "dxgw", "tgw-rtb-1");
        net.Associate("assoc", "dxgw", "tgw-1", "tgw-attach-dx", "10.0.0.0/8");
        foreach (int i in (int[])[1, 2])
        {
            net.Connection($"dxcon-{i}", "EqDC2");
            net.Interface($"dxvif-{i}", $"dxcon-{i}", DxInterfaceType.Transit, 65030, junction: "dxgw");
        }

        net.Site("dc", ["192.168.0.0/16"],
            Router("r1", "10.50.0.1", 65030, new SitePort("EqDC2", "dxcon-1")),
            Router("r2", "10.50.0.2", 65030, new SitePort("EqDC2", "dxcon-2")) with { Announces = [Announce("192.168.0.0/16", prepend)] });
        return net;
    }

    [Fact]
    public void Rule109_The_associated_table_is_what_a_site_is_told_and_propagation_what_others_learn()
    {
        RoutingNet net = TwoVpns();
        net.Vpc("vpc-1", "10.1.0.0/16");
        net.Spoke("tgw-attach-1", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-1", "tgw-rtb-2");
        net.Table("tgw-rtb-2", "tgw-1", "tgw-attach-v1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-1");
        Assert.True(net.Knows("router:dc/r1", "10.1.0.0/16"));
        Assert.Equal("vpn-1/1 vpn-1/2", net.Uses("tgw-rtb-2", "192.168.0.0/16"));
        Assert.False(net.Knows("tgw-rtb-1", "192.168.0.0/16"));
        net.Put(net.Find<TransitGatewayAttachment>("tgw-attach-v1") with { AssociatedTableId = null });
        Assert.False(net.Knows("router:dc/r1", "10.1.0.0/16"));
        Assert.True(net.Knows("router:dc/r2", "10.1.0.0/16"));
    }
}
