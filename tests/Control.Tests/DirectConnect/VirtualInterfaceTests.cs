using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.DirectConnect;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Virtual interfaces: made, seen, changed, moved, deleted; what their peers have; whether they are up.</summary>
public sealed class VirtualInterfaceTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_private_one_has_what_aws_fills_in()
    {
        string port = lab.Connection();
        AwsDx.VirtualInterface made = lab.NewPrivate(port, Direct.Private(100, lab.Gateway()));
        Assert.Matches("^dxvif-f[0-9a-z]{7}$", made.VirtualInterfaceId);
        Assert.Equal(("private", "pending", 1500, "ipv4", 64512L), (
            made.VirtualInterfaceType, made.VirtualInterfaceState, made.Mtu, made.AddressFamily, made.AmazonSideAsn));
        Assert.Equal((65001, 65001L, "EqDC2", port, ""), (made.Asn, made.AsnLong, made.Location, made.ConnectionId, made.VirtualGatewayId));
        Assert.Matches(@"^169\.254\.\d+\.\d+/30$", made.AmazonAddress);
        Assert.Equal(Prefix.Parse(made.AmazonAddress!), Prefix.Parse(made.CustomerAddress!));
        Assert.NotEqual(made.AmazonAddress, made.CustomerAddress);
        Assert.InRange(made.AuthKey!.Length, 6, 80);
        AwsDx.BGPPeer peer = Assert.Single(made.BgpPeers!);
        Assert.Matches("^dxpeer-f[0-9a-z]{7}$", peer.BgpPeerId);
        Assert.Equal((made.AmazonAddress, made.AuthKey, "available", "down"), (peer.AmazonAddress, peer.AuthKey, peer.BgpPeerState, peer.BgpStatus));
        Assert.Contains($"<logical_connection id=\"{made.VirtualInterfaceId}\">", made.CustomerRouterConfig, StringComparison.Ordinal);
        Assert.Equal("down", lab.Seen(made.VirtualInterfaceId!)!.VirtualInterfaceState);
    }

    [Fact]
    public void A_session_is_up_while_a_router_meets_it()
    {
        string port = lab.Connection();
        string id = lab.NewPrivate(port, Direct.Private(100, lab.Gateway())).VirtualInterfaceId!;
        (string World, Action Set)[] cases =
        [
            ("available up", () => lab.Site()),
            ("down down", () => lab.Site(asn: 65009)),
            ("available up", () => lab.Site(meets: port)),
            ("down down", () => lab.Site(meets: "dxcon-other")),
            ("down down", () => lab.Site(failed: $"vif:{id}")),
            ("down down", () => lab.Site(failed: $"connection:{port}")),
            ("down down", () => lab.Site(failed: "location:EqDC2")),
            ("down down", () => lab.Site(failed: "router:office/edge")),
        ];
        foreach ((string world, Action set) in cases)
        {
            set();
            AwsDx.VirtualInterface seen = lab.Seen(id)!;
            Assert.Equal(world, $"{seen.VirtualInterfaceState} {Assert.Single(seen.BgpPeers!).BgpStatus}");
        }
    }

    [Fact]
    public void Interfaces_that_cannot_be_are_refused()
    {
        string port = lab.Connection();
        string gateway = lab.Gateway();
        lab.NewPrivate(port, Direct.Private(100, gateway));
        AwsDx.NewPrivateVirtualInterface good = Direct.Private(101, gateway);
        (string Words, AwsDx.NewPrivateVirtualInterface Wanted)[] cases =
        [
            ("VLAN 100 is already in use", good with { Vlan = 100 }), ("VLAN 4095 is not valid", good with { Vlan = 4095 }),
            ("ASN 0 is not valid", good with { Asn = 0 }), ("ASN 4294967295 is not valid", good with { AsnLong = 4294967295 }),
            ("Field asn is required", good with { Asn = null }), ("MTU 1600 is not valid", good with { Mtu = 1600 }),
            ("authentication key", good with { AuthKey = "short" }), ("Customer Address is required", good with { AmazonAddress = "10.0.0.1/30" }),
            ("must be in the same CIDR", good with { AmazonAddress = "10.0.0.1/30", CustomerAddress = "10.0.0.5/30" }),
            ("address 0 on its subnet", good with { AmazonAddress = "10.0.0.0/30", CustomerAddress = "10.0.0.1/30" }),
            ("broadcast address", good with { AmazonAddress = "10.0.0.3/30", CustomerAddress = "10.0.0.1/30" }),
            ("must not be the same", good with { AmazonAddress = "10.0.0.1/30", CustomerAddress = "10.0.0.1/30" }),
            ("is not a valid IPv4 CIDR", good with { AmazonAddress = "10.0.0.1", CustomerAddress = "10.0.0.2" }),
            ("automatically assigned", good with { AddressFamily = "ipv6", AmazonAddress = "fd00::1/125", CustomerAddress = "fd00::2/125" }),
            ("Exactly one of", good with { DirectConnectGatewayId = null }), ("Exactly one of", good with { VirtualGatewayId = "vgw-0123456789abcdef0" }),
            ("Virtual Private Gateway vgw-0 does not exist", good with { DirectConnectGatewayId = null, VirtualGatewayId = "vgw-0" }),
            ("Direct Connect Gateway x does not exist", good with { DirectConnectGatewayId = "x" }),
            ("Field virtualInterfaceName is required", good with { VirtualInterfaceName = "" }),
        ];
        foreach ((string words, AwsDx.NewPrivateVirtualInterface wanted) in cases)
        {
            Assert.Contains(words, lab.DxRefused((d, c) => d.CreatePrivateVirtualInterface(
                c, new() { ConnectionId = port, NewPrivateVirtualInterface = wanted })), StringComparison.Ordinal);
        }

        Assert.Single(lab.Here.All<DxVirtualInterface>());
        Assert.Contains("Could not find Connection", lab.DxRefused((d, c) => d.CreatePrivateVirtualInterface(
            c, new() { ConnectionId = port, NewPrivateVirtualInterface = good }), Direct.Tenant), StringComparison.Ordinal);
    }

    [Fact]
    public void Public_ones_announce_public_prefixes_only()
    {
        string port = lab.Connection();
        AwsDx.NewPublicVirtualInterface good = Direct.Public(7);
        (string Words, AwsDx.NewPublicVirtualInterface Wanted)[] cases =
        [
            ("not allowed to contain a private IP", good with { AmazonAddress = "10.0.0.1/30", CustomerAddress = "10.0.0.2/30" }),
            ("Amazon Address is required", good with { AmazonAddress = null }), ("At least one route filter prefix", good with { RouteFilterPrefixes = [] }),
            ("not allowed to contain a private IP", good with { RouteFilterPrefixes = Direct.Prefixes("192.168.0.0/24") }),
            ("The CIDR 198.51.100.1/24 is not valid", good with { RouteFilterPrefixes = Direct.Prefixes("198.51.100.1/24") }),
            ("/64 or shorter", good with { RouteFilterPrefixes = Direct.Prefixes("2001:db8::/65") }),
        ];
        foreach ((string words, AwsDx.NewPublicVirtualInterface wanted) in cases)
        {
            Assert.Contains(words, lab.DxRefused((d, c) => d.CreatePublicVirtualInterface(
                c, new() { ConnectionId = port, NewPublicVirtualInterface = wanted })), StringComparison.Ordinal);
        }

        AwsDx.VirtualInterface made = lab.NewPublic(port, good with { RouteFilterPrefixes = Direct.Prefixes("198.51.100.0/24, 192.0.2.0/24") });
        Assert.Equal(["192.0.2.0/24", "198.51.100.0/24"], Direct.Texts(made.RouteFilterPrefixes));
        Assert.Equal((7224L, 1500, false), (made.AmazonSideAsn, made.Mtu, made.JumboFrameCapable));
        lab.DxRefused((d, c) => d.UpdateVirtualInterfaceAttributes(c, new() { VirtualInterfaceId = made.VirtualInterfaceId, Mtu = 8500 }));
    }

    [Fact]
    public void Large_numbers_stand_in_the_long_member_only()
    {
        AwsDx.VirtualInterface made = lab.NewPrivate(lab.Connection(), Direct.Private(100, lab.Gateway()) with { AsnLong = 4200000001 });
        Assert.Equal((0, 4200000001L), (made.Asn, made.AsnLong));
    }

    [Fact]
    public void One_on_a_virtual_private_gateway_speaks_its_asn()
    {
        string exit = lab.Exit();
        AwsDx.VirtualInterface made = lab.NewPrivate(lab.Connection(), Direct.Private(100, exit: exit));
        Assert.Equal((exit, 64600L), (made.VirtualGatewayId, made.AmazonSideAsn));
        Assert.Equal(exit, Assert.Single(lab.Dx((d, c) => d.DescribeVirtualGateways(c, new())).VirtualGatewaysValue!).VirtualGatewayId);
        Assert.Contains("SiteLink needs", lab.DxRefused((d, c) => d.UpdateVirtualInterfaceAttributes(
            c, new() { VirtualInterfaceId = made.VirtualInterfaceId, EnableSiteLink = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_change_and_deleted_ones_are_shown_for_a_quarter_of_an_hour()
    {
        string port = lab.Connection();
        string id = lab.NewPrivate(port, Direct.Private(100, lab.Gateway())).VirtualInterfaceId!;
        AwsDx.VirtualInterface after = lab.Dx((d, c) => d.UpdateVirtualInterfaceAttributes(
            c, new() { VirtualInterfaceId = id, Mtu = 9001, EnableSiteLink = true, VirtualInterfaceName = "other" }));
        Assert.Equal((9001, true, "other"), (after.Mtu, after.SiteLinkEnabled, after.VirtualInterfaceName));
        Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = id })).VirtualInterfaceState);
        Assert.Equal("deleted", lab.Seen(id)!.VirtualInterfaceState);
        Assert.Equal($"Virtual Interface {id} does not exist.", lab.DxRefused((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = id })));
        lab.NewPrivate(port, Direct.Private(100, lab.Gateway()));
        lab.Now = lab.Now.AddMinutes(15);
        Assert.Null(lab.Seen(id));
        lab.NewPrivate(port, Direct.Private(101, lab.Gateway()));
        Assert.Null(lab.Here.Find(new Id<DxVirtualInterface>(id)));
    }

    [Fact]
    public void One_moves_to_another_port_unless_its_vlan_or_addresses_are_taken_there()
    {
        string from = lab.Connection();
        string to = lab.Connection();
        string id = lab.NewPublic(from, Direct.Public(7)).VirtualInterfaceId!;
        AwsDx.VirtualInterface there = lab.NewPublic(to, Direct.Public(8));
        AwsDx.AssociateVirtualInterfaceRequest move = new() { VirtualInterfaceId = id, ConnectionId = to };
        Assert.Contains("addresses of", lab.DxRefused((d, c) => d.AssociateVirtualInterface(c, move)), StringComparison.Ordinal);
        lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = there.VirtualInterfaceId }));
        Assert.Equal(to, lab.Dx((d, c) => d.AssociateVirtualInterface(c, move)).ConnectionId);
        Assert.Empty(lab.Dx((d, c) => d.DescribeVirtualInterfaces(c, new() { ConnectionId = from })).VirtualInterfacesValue!);
        Assert.Equal(id, lab.Dx((d, c) => d.DescribeVirtualInterfaces(c, new() { ConnectionId = to })).VirtualInterfacesValue!
            .Single(v => v.VirtualInterfaceState != "deleted").VirtualInterfaceId);
    }

    [Fact]
    public void A_family_has_one_peer_and_the_last_stays()
    {
        string id = lab.NewPrivate(lab.Connection(), Direct.Private(100, lab.Gateway())).VirtualInterfaceId!;
        AwsDx.CreateBGPPeerRequest v6 = new() { VirtualInterfaceId = id, NewBGPPeer = new() { Asn = 65001, AddressFamily = "ipv6" } };
        AwsDx.VirtualInterface both = lab.Dx((d, c) => d.CreateBGPPeer(c, v6)).VirtualInterface!;
        Assert.Equal(["ipv4", "ipv6"], both.BgpPeers!.Select(p => p.AddressFamily));
        Assert.EndsWith("/125", both.BgpPeers![1].AmazonAddress, StringComparison.Ordinal);
        Assert.Contains("already has a BGP peer", lab.DxRefused((d, c) => d.CreateBGPPeer(c, v6)), StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.DeleteBGPPeer(c, new() { VirtualInterfaceId = id, BgpPeerId = "dxpeer-none" }));
        lab.DxRefused((d, c) => d.DeleteBGPPeer(c, new() { VirtualInterfaceId = id, Asn = 65002, CustomerAddress = "10.0.0.1/30" }));
        AwsDx.BGPPeer first = both.BgpPeers[0];
        AwsDx.VirtualInterface left = lab.Dx((d, c) => d.DeleteBGPPeer(
            c, new() { VirtualInterfaceId = id, Asn = 65001, CustomerAddress = first.CustomerAddress })).VirtualInterface!;
        Assert.Equal("ipv6", Assert.Single(left.BgpPeers!).AddressFamily);
        Assert.Equal("The last BGP Peer on a Virtual Interface cannot be deleted", lab.DxRefused((d, c) => d.DeleteBGPPeer(
            c, new() { VirtualInterfaceId = id, BgpPeerId = left.BgpPeers![0].BgpPeerId })));
    }

    [Fact]
    public void Public_peers_have_an_asn_that_is_private_or_known()
    {
        string id = lab.NewPublic(lab.Connection(), Direct.Public(7)).VirtualInterfaceId!;
        AwsDx.CreateBGPPeerRequest wanted = new() { VirtualInterfaceId = id, NewBGPPeer = new() { Asn = 3320, AddressFamily = "ipv6" } };
        Assert.Contains("allow list", lab.DxRefused((d, c) => d.CreateBGPPeer(c, wanted)), StringComparison.Ordinal);
        lab.Dx((d, c) => d.CreateBGPPeer(c, wanted with { NewBGPPeer = wanted.NewBGPPeer! with { Asn = 64999 } }));
    }

    [Fact]
    public void Routers_have_configurations()
    {
        string id = lab.NewPublic(lab.Connection(), Direct.Public(7)).VirtualInterfaceId!;
        const string Cisco = "CiscoSystemsInc-2900SeriesRouters-IOS124";
        AwsDx.DescribeRouterConfigurationResponse seen = lab.Dx((d, c) => d.DescribeRouterConfiguration(
            c, new() { VirtualInterfaceId = id, RouterTypeIdentifier = Cisco }));
        Assert.Equal((Cisco, "IOS 12.4+", "vif-7"), (seen.Router!.RouterTypeIdentifier, seen.Router.Software, seen.VirtualInterfaceName));
        Assert.Contains("<amazon_bgp_asn>7224</amazon_bgp_asn>", seen.CustomerRouterConfig, StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.DescribeRouterConfiguration(c, new() { VirtualInterfaceId = id, RouterTypeIdentifier = "none" }));
    }

    [Fact]
    public void A_fail_over_test_holds_sessions_down_until_it_ends()
    {
        string id = lab.NewPrivate(lab.Connection(), Direct.Private(100, lab.Gateway())).VirtualInterfaceId!;
        lab.Site();
        AwsDx.StartBgpFailoverTestRequest start = new() { VirtualInterfaceId = id, TestDurationInMinutes = 10 };
        AwsDx.VirtualInterfaceTestHistory test = lab.Dx((d, c) => d.StartBgpFailoverTest(c, start)).VirtualInterfaceTest!;
        Assert.Equal(("In Progress", lab.Now, lab.Now.AddMinutes(10)), (test.Status, test.StartTime, test.EndTime));
        Assert.Equal(("testing", "down"), (lab.Seen(id)!.VirtualInterfaceState, lab.Seen(id)!.BgpPeers![0].BgpStatus));
        Assert.Contains("already in progress", lab.DxRefused((d, c) => d.StartBgpFailoverTest(c, start)), StringComparison.Ordinal);
        lab.Now = lab.Now.AddMinutes(1);
        AwsDx.VirtualInterfaceTestHistory stopped = lab.Dx((d, c) => d.StopBgpFailoverTest(c, new() { VirtualInterfaceId = id })).VirtualInterfaceTest!;
        Assert.Equal(("Completed", lab.Now), (stopped.Status, stopped.EndTime));
        Assert.Equal(("available", "up"), (lab.Seen(id)!.VirtualInterfaceState, lab.Seen(id)!.BgpPeers![0].BgpStatus));
        lab.DxRefused((d, c) => d.StopBgpFailoverTest(c, new() { VirtualInterfaceId = id }));
        lab.Dx((d, c) => d.StartBgpFailoverTest(c, start));
        lab.Now = lab.Now.AddMinutes(10);
        Assert.Equal(["Completed", "Completed"], lab.Dx((d, c) => d.ListVirtualInterfaceTestHistory(
            c, new() { VirtualInterfaceId = id })).VirtualInterfaceTestHistory!.Select(t => t.Status));
        Assert.Equal(1, lab.Do(FailoverTestEnds.EndOverdue));
        Assert.Equal(0, lab.Do(FailoverTestEnds.EndOverdue));
        Assert.Equal("available", lab.Seen(id)!.VirtualInterfaceState);
        Assert.Single(lab.Dx((d, c) => d.ListVirtualInterfaceTestHistory(c, new() { TestId = test.TestId })).VirtualInterfaceTestHistory!);
        lab.Dx((d, c) => d.StartBgpFailoverTest(c, start));
        lab.DxRefused((d, c) => d.StartBgpFailoverTest(c, start with { TestDurationInMinutes = 4321 }));
        lab.DxRefused((d, c) => d.StartBgpFailoverTest(c, start with { BgpPeers = ["dxpeer-none"] }));
    }
}
