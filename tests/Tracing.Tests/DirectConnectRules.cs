using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Direct Connect as packets meet it: rules 127 to 135.</summary>
public sealed class DirectConnectRules
{
    private const string Location = "EqDC2";

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string box;

    public DirectConnectRules()
    {
        vpc = net.Vpc("10.1.0.0/16");
        box = net.Instance(net.Subnet(vpc, "10.1.1.0/24"), "10.1.1.10", net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        Dc("192.168.0.0/16");
    }

    [Fact]
    public void Rule127_a_private_interface_joins_a_site_and_a_network_both_ways()
    {
        string vgw = net.Vgw(vpc);
        string vif = Vif(DxInterfaceType.Private, v => v with { VirtualGatewayId = vgw });
        net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.PropagateTo(net.MainTable(vpc), vgw);
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(vif, trace.Forward.Path());
        Assert.Contains(vif, trace.Return.Path());
        Assert.Equal("vif", trace.Forward.Single(h => h.Component.Id == vif).Component.Name);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        net.FromSite("dc", "192.168.1.1", "52.216.0.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule101_an_interface_endpoint_is_reached_over_direct_connect_and_rule099_a_gateway_endpoint_is_not()
    {
        string vgw = net.Vgw(vpc);
        Vif(DxInterfaceType.Private, v => v with { VirtualGatewayId = vgw });
        net.PropagateTo(net.MainTable(vpc), vgw);
        string subnet = net.Rows.By<Subnet>(vpc).Single().Key;
        net.InterfaceEndpoint(vpc, Endpoints.Sns, [(subnet, "10.1.1.20")], net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        net.GatewayEndpoint(vpc, Endpoints.S3, net.MainTable(vpc));
        Trace trace = net.FromSite("dc", "192.168.1.1", "10.1.1.20");
        trace.Delivered();
        Assert.Equal(Endpoints.Sns, trace.Forward[^1].Component.Id);
        Assert.False(net.FromSite("dc", "192.168.1.1", Endpoints.AddressOf(Endpoints.S3)).Verdict.Delivered);
    }

    [Fact]
    public void An_interface_whose_session_is_down_carries_nothing()
    {
        string vgw = net.Vgw(vpc);
        Vif(DxInterfaceType.Private, v => v with { VirtualGatewayId = vgw, BgpPeers = [v.BgpPeers[0] with { Asn = 65099 }] });
        net.PropagateTo(net.MainTable(vpc), vgw);
        net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule135_direct_connect_is_preferred_to_a_vpn_and_the_vpn_takes_over()
    {
        string vgw = net.Vgw(vpc);
        string vif = Vif(DxInterfaceType.Private, v => v with { VirtualGatewayId = vgw });
        string vpn = net.Vpn(vgw, net.Cgw("198.51.100.1", 65010));
        net.PropagateTo(net.MainTable(vpc), vgw);
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(vif, trace.Forward.Path());
        Assert.DoesNotContain(vpn, trace.Forward.Path());
        net.World(net.Cloud.World with { Failures = [new WorldFailure(CloudBuilder.Home, $"vif:{vif}")] });
        trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(vpn, trace.Forward.Path());
    }

    [Fact]
    public void Rule128_a_gateway_leads_to_what_is_allowed_and_to_nothing_else()
    {
        string vgw = net.Vgw(vpc);
        string gateway = Gateway();
        string vif = Vif(DxInterfaceType.Private, v => v with { DirectConnectGatewayId = new(gateway), AmazonSideAsn = 64620 });
        string association = Join(gateway, vgw, "10.1.0.0/16");
        net.PropagateTo(net.MainTable(vpc), vgw);
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(gateway, trace.Forward.Path());
        Assert.Contains(vif, trace.Forward.Path());
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        net.Edit<DxGatewayAssociation>(association, a => a with { AllowedPrefixes = [Prefix.Parse("10.9.0.0/16")] });
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule129_a_gateway_does_not_join_its_networks_unless_a_supernet_makes_them_hairpin()
    {
        string other = net.Vpc("10.2.0.0/16");
        string there = net.Instance(net.Subnet(other, "10.2.1.0/24"), "10.2.1.10", net.Group(other, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        string gateway = Gateway();
        Vif(DxInterfaceType.Private, v => v with { DirectConnectGatewayId = new(gateway), AmazonSideAsn = 64620 });
        foreach ((string network, string cidr) in new[] { (vpc, "10.1.0.0/16"), (other, "10.2.0.0/16") })
        {
            string vgw = net.Vgw(network);
            Join(gateway, vgw, cidr);
            net.PropagateTo(net.MainTable(network), vgw);
        }

        net.Tcp(box, "10.2.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        Dc("10.0.0.0/8");
        Trace trace = net.Tcp(box, "10.2.1.10");
        trace.Delivered();
        Assert.Contains(gateway, trace.Forward.Path());
        Assert.DoesNotContain("dxvif", trace.Forward.Select(h => h.Component.Kind));
        net.Tcp(there, "10.1.1.10").Delivered();
    }

    [Fact]
    public void Rule132_a_public_interface_leads_to_public_services_and_nowhere_else()
    {
        Dc("203.0.113.0/28");
        string vif = Vif(DxInterfaceType.Public, v => v with
        {
            RouteFilterPrefixes = [Prefix.Parse("203.0.113.0/28")],
            AmazonSideAsn = 7224,
        });
        string s3 = AwsServices.Named("com.amazonaws.us-east-1.s3")!.Prefixes.First(p => p.IsV4).First.Plus(1).ToString();
        Trace trace = net.FromSite("dc", "203.0.113.1", s3);
        trace.Delivered();
        Assert.Contains(vif, trace.Forward.Path());
        Assert.Contains(vif, trace.Return.Path());
        net.FromSite("dc", "203.0.113.1", "8.8.8.8").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.FromSite("dc", "203.0.113.1", "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Theory]
    [InlineData("7224:9100", false, false)]
    [InlineData("7224:9200", true, false)]
    [InlineData("7224:9300", true, true)]
    [InlineData(null, true, true)]
    public void Rule132_a_community_says_how_far_the_customer_s_prefix_goes(string? community, bool continent, bool world)
    {
        Prefix own = Prefix.Parse("203.0.113.0/28");
        SiteRouter router = Joins.Router("r1", "198.51.100.1", 65010) with
        {
            Ports = [new SitePort(Location, null)],
            AnnouncesNetworks = false,
            Announces = [new SiteAnnouncement(own, 0, 0, community is null ? [] : [community], null)],
        };
        net.Site("dc", [router], own.ToString());
        Vif(DxInterfaceType.Public, v => v with { RouteFilterPrefixes = [own], AmazonSideAsn = 7224 });
        Ask("us-east-1").Delivered();
        Check(Ask("us-west-2"), continent);
        Check(Ask("eu-west-1"), world);

        Trace Ask(string region) => net.FromSite(
            "dc", "203.0.113.1", AwsServices.Named($"com.amazonaws.{region}.s3")!.Prefixes.First(p => p.IsV4).First.Plus(1).ToString());

        static void Check(Trace trace, bool comesBack)
        {
            if (comesBack)
            {
                trace.Delivered();
            }
            else
            {
                trace.Dropped(ExplanationCode.NO_MATCHING_CONNECTION, Leg.Return);
            }
        }
    }

    [Fact]
    public void Rule094_a_line_ends_in_its_network_and_not_in_that_one_s_peer()
    {
        string vgw = net.Vgw(vpc);
        Vif(DxInterfaceType.Private, v => v with { VirtualGatewayId = vgw });
        net.PropagateTo(net.MainTable(vpc), vgw);
        string other = net.Vpc("10.2.0.0/16");
        string there = net.Instance(net.Subnet(other, "10.2.1.0/24"), "10.2.1.10", net.Group(other, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        string peering = net.Peer(vpc, other);
        net.Route(net.MainTable(vpc), "10.2.0.0/16", peering);
        net.Route(net.MainTable(other), "10.1.0.0/16", peering);
        net.Route(net.MainTable(other), "192.168.0.0/16", peering);
        net.Tcp(there, "10.1.1.10").Delivered();
        net.Tcp(there, "192.168.1.1").Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);
        net.FromSite("dc", "192.168.1.1", "10.2.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule127_a_transit_interface_serves_every_network_of_a_hub()
    {
        string tgw = net.Tgw();
        net.AttachVpc(tgw, vpc, [net.Rows.By<Subnet>(vpc).Single().Key]);
        net.Route(net.MainTable(vpc), "192.168.0.0/16", tgw);
        string gateway = Gateway();
        string vif = Vif(DxInterfaceType.Transit, v => v with { DirectConnectGatewayId = new(gateway), AmazonSideAsn = 64620 });
        string attachment = net.Attach(tgw, TransitGatewayAttachmentType.DirectConnectGateway, gateway, null);
        net.Put(new DxGatewayAssociation
        {
            Id = new(NewGuid()),
            GatewayId = new(gateway),
            GatewayOwnerId = CloudBuilder.Home.Account,
            Associated = new DxAssociatedGateway(tgw, CloudBuilder.Home.Account, CloudBuilder.Home.Region),
            AllowedPrefixes = [Prefix.Parse("10.1.0.0/16")],
            AttachmentId = attachment,
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(attachment, trace.Forward.Path());
        Assert.Contains(vif, trace.Forward.Path());
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
    }

    private void Dc(params string[] networks) => net.Site(
        "dc", [Joins.Router("r1", "198.51.100.1", 65010) with { Ports = [new SitePort(Location, null)] }], networks);

    private string NewGuid() => $"00000000-0000-0000-0000-{net.NewId("x")[^12..]}";

    private string Gateway()
    {
        DxGateway row = new() { Id = new(NewGuid()), OwnerId = CloudBuilder.Home.Account, Name = "gw", AmazonSideAsn = 64620 };
        net.Put(row);
        return row.Key;
    }

    private string Join(string gateway, string vgw, params string[] allowed)
    {
        DxGatewayAssociation row = new()
        {
            Id = new(NewGuid()),
            GatewayId = new(gateway),
            GatewayOwnerId = CloudBuilder.Home.Account,
            Associated = new DxAssociatedGateway(vgw, CloudBuilder.Home.Account, CloudBuilder.Home.Region),
            AllowedPrefixes = [.. allowed.Select(Prefix.Parse)],
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        net.Put(row);
        return row.Key;
    }

    /// <summary>A virtual interface on a connection of its own, with one IPv4 session.</summary>
    private string Vif(DxInterfaceType type, Func<DxVirtualInterface, DxVirtualInterface> change)
    {
        string tail = net.NewId("x")[^8..];
        DxDevice device = new($"{Location}-1", $"{Location}-1");
        net.Put(new DxConnection
        {
            Id = new($"dxcon-{tail}"),
            OwnerId = CloudBuilder.Home.Account,
            Region = CloudBuilder.Home.Region,
            Name = "line",
            Location = Location,
            Bandwidth = "1Gbps",
            Device = device,
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
        DxBgpPeer peer = new(
            $"dxpeer-{tail}", 65010, "key", Family.V4,
            new DxPeerAddress(IpAddress.Parse("169.254.96.1"), 30), new DxPeerAddress(IpAddress.Parse("169.254.96.2"), 30));
        DxVirtualInterface row = new()
        {
            Id = new($"dxvif-{tail}"),
            OwnerId = CloudBuilder.Home.Account,
            Region = CloudBuilder.Home.Region,
            Type = type,
            Name = "vif",
            ConnectionId = $"dxcon-{tail}",
            ConnectionOwnerId = CloudBuilder.Home.Account,
            Location = Location,
            Device = device,
            Vlan = 101,
            First = peer,
            BgpPeers = [peer],
            AmazonSideAsn = 64512,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        net.Put(change(row));
        return row.Key;
    }
}
