using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Site-to-Site VPN, VPN gateways and sites, as packets meet them: rules 15, 47, 116, 118, 120, 122, 124, 125.</summary>
public sealed class VpnRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string open;
    private readonly string box;

    public VpnRules()
    {
        vpc = net.Vpc("10.1.0.0/16", "2600:1f00:1::/56");
        subnet = net.Subnet(vpc, "10.1.1.0/24", "2600:1f00:1:1::/64");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
        box = net.Instance(subnet, "10.1.1.10,2600:1f00:1:1::10", open);
        net.Site("dc", "198.51.100.1", 65010, "192.168.0.0/16");
    }

    [Fact]
    public void A_tunnel_carries_both_ways_once_its_routes_are_propagated()
    {
        string vgw = net.Vgw(vpc);
        string vpn = net.Vpn(vgw, net.Cgw("198.51.100.1", 65010));
        net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION, Leg.Return);
        net.PropagateTo(net.MainTable(vpc), vgw);
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(vgw, trace.Forward.Path());
        Assert.Contains(vpn, trace.Forward.Path());
        Assert.Equal(RouteOrigin.EnableVgwRoutePropagation, trace.Forward.Single(h => h.Route is not null).Route!.Origin);
        Assert.Equal("192.168.0.0/16", trace.Forward.Single(h => h.Route is not null).Route!.Cidr.ToString());
        Assert.Equal("site", trace.Forward[^1].Component.Kind);
        Assert.Contains("at most 1.25 Gbps", trace.Forward.Single(h => h.Component.Id == vpn).Note, StringComparison.Ordinal);
        Assert.Contains("MTU 1446", trace.Forward.Single(h => h.Component.Id == vpn).Note, StringComparison.Ordinal);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
    }

    [Fact]
    public void Rule125_a_static_vpn_needs_its_route()
    {
        string vgw = net.Vgw(vpc);
        string vpn = net.Vpn(vgw, net.Cgw("198.51.100.1", 65010), "192.168.0.0/17");
        net.Route(net.MainTable(vpc), "192.168.0.0/16", vgw);
        net.Tcp(box, "192.168.1.1").Delivered();
        Drop drop = net.Tcp(box, "192.168.200.1").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        Assert.Equal(vgw, drop.VpnGateway!.Id);
        net.Edit<VpnConnection>(vpn, v => v with { Routes = [Prefix.Parse("192.168.0.0/16")] });
        net.Tcp(box, "192.168.200.1").Delivered();
    }

    [Fact]
    public void Rule118_one_tunnel_carries_and_the_other_takes_over()
    {
        (string vgw, string vpn) = Connect();
        string first = Tunnel(net.Tcp(box, "192.168.1.1"), vpn);
        HashSet<string> used = [];
        for (int port = 0; port < 30; port++)
        {
            used.Add(Tunnel(net.Tcp(box, "192.168.1.1", 443, 20000 + port), vpn));
        }

        Assert.Equal([first], used);
        net.Fail($"tunnel:{vpn}/{first}");
        string other = Tunnel(net.Tcp(box, "192.168.1.1"), vpn);
        Assert.NotEqual(first, other);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        net.Fail($"tunnel:{vpn}/1", $"tunnel:{vpn}/2");
        net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Route(net.MainTable(vpc), "192.168.0.0/16", vgw);
        Drop drop = net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.BAD_STATE_VPN);
        Assert.Equal(vgw, drop.VpnGateway!.Id);
    }

    [Fact]
    public void Two_customer_gateways_are_four_tunnels_and_either_router_carries()
    {
        net.Site("dc", [Joins.Router("r1", "198.51.100.1", 65010), Joins.Router("r2", "198.51.100.2", 65010)], "192.168.0.0/16");
        string vgw = net.Vgw(vpc);
        string one = net.Vpn(vgw, net.Cgw("198.51.100.1", 65010));
        string two = net.Vpn(vgw, net.Cgw("198.51.100.2", 65010));
        net.PropagateTo(net.MainTable(vpc), vgw);
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        string used = trace.Forward.Single(h => h.Component.Kind == VpnConnection.Kind).Component.Id;
        Fail($"router:dc/{(used == one ? "r1" : "r2")}");
        trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Equal(used == one ? two : one, trace.Forward.Single(h => h.Component.Kind == VpnConnection.Kind).Component.Id);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        Fail("router:dc/r1", "router:dc/r2");
        net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule120_a_gateway_takes_the_private_addresses_of_its_own_network_only()
    {
        (string vgw, _) = Connect();
        Drop drop = net.FromSite("dc", "192.168.1.1", "10.1.1.77").Dropped(ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS);
        Assert.Equal((vgw, IpAddress.Parse("10.1.1.77")), (drop.VpnGateway!.Id, drop.Address));
        net.Forwards(box);
        drop = net.Ask(box, "192.168.1.1", Protocols.Tcp, 443, 40000, from: "10.9.9.9").Dropped(ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS);
        Assert.Equal((vgw, IpAddress.Parse("10.9.9.9")), (drop.VpnGateway!.Id, drop.Address));
        net.Route(net.MainTable(vpc), "2001:db8:5::/48", vgw);
        net.Tcp(box, "2001:db8:5::1").Dropped(ExplanationCode.NO_PATH);
    }

    [Fact]
    public void Rule047_a_site_does_not_use_the_network_s_gateways()
    {
        Connect();
        string igw = net.Igw(vpc);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        net.Nat(subnet, "10.1.1.20", "54.0.0.9");
        net.Edit<VpnGateway>(net.Rows.By<VpnGateway>(vpc).Single().Key, g => g);
        net.FromSite("dc", "192.168.1.1", "10.1.1.20").Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        net.FromSite("dc", "192.168.1.1", "8.8.8.8").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule124_sites_of_one_gateway_reach_each_other()
    {
        (string vgw, _) = Connect();
        net.Site("office", "198.51.100.9", 65020, "172.20.0.0/16");
        net.Vpn(vgw, net.Cgw("198.51.100.9", 65020));
        Trace trace = net.FromSite("office", "172.20.1.1", "192.168.1.1");
        trace.Delivered();
        Assert.Contains(vgw, trace.Forward.Path());
        net.FromSite("dc", "192.168.1.1", "172.20.1.1").Delivered();
    }

    [Fact]
    public void Rule015_the_gateway_s_own_table_leads_through_an_appliance()
    {
        (string vgw, _) = Connect();
        string middle = net.Subnet(vpc, "10.1.9.0/24");
        string appliance = net.Instance(middle, "10.1.9.9", open);
        net.Forwards(appliance);
        net.PropagateTo(net.Table(vpc, middle), vgw);
        string edge = net.Table(vpc, vgw);
        net.Route(edge, "10.1.1.0/24", appliance);
        Trace trace = net.FromSite("dc", "192.168.1.1", "10.1.1.10");
        trace.Delivered();
        Assert.Contains(edge, trace.Forward.Path());
        Assert.Contains(appliance, trace.Forward.Path());
    }

    [Fact]
    public void One_vpn_serves_every_attached_network_and_several_share_the_load()
    {
        (string tgw, string attachment) = Hub();
        string vpn = net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        Trace trace = net.Tcp(box, "192.168.1.1");
        trace.Delivered();
        Assert.Contains(vpn, trace.Forward.Path());
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        net.FromSite("dc", "192.168.1.1", "10.2.1.10").Delivered();
        Hop choice = net.Tcp(box, "192.168.1.1").Forward.Single(h => !h.Paths.IsEmpty);
        Assert.Equal([$"{vpn}/1", $"{vpn}/2"], choice.Paths.Select(p => p.Line));
        Assert.All(choice.Paths, p => Assert.Equal(0.5, p.Share));
        Assert.Single(choice.Paths, p => p.IsChosen);
        Assert.NotEqual("", attachment);
    }

    [Fact]
    public void Rule116_ten_thousand_flows_spread_within_a_tenth_of_even()
    {
        (string tgw, _) = Hub();
        net.Site("dc", [Joins.Router("r1", "198.51.100.1", 65010), Joins.Router("r2", "198.51.100.2", 65010)], "192.168.0.0/16");
        net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        net.Vpn(tgw, net.Cgw("198.51.100.2", 65010));
        SortedDictionary<string, int> taken = new(StringComparer.Ordinal);
        ForwardingState state = Compiler.Compile(net.Cloud);
        Tracer tracer = new(state);
        Origin origin = Origin.OfNic(state.NicOf(net.At, box));
        for (int i = 0; i < 10_000; i++)
        {
            Flow flow = new(
                origin, IpAddress.Parse("10.1.1.10"), IpAddress.FromV4(0xC0A80001u + (uint)(i / 500)), Protocols.Tcp, (ushort)(20_000 + (i % 500)), 443);
            string line = tracer.Explain(flow).Forward.Single(h => !h.Paths.IsEmpty).Paths.Single(p => p.IsChosen).Line;
            taken[line] = taken.GetValueOrDefault(line) + 1;
        }

        Assert.Equal(4, taken.Count);
        Assert.All(taken.Values, count => Assert.InRange(count, 2250, 2750));
        net.Edit<TransitGateway>(tgw, g => g with { VpnEcmp = false });
        Assert.DoesNotContain(net.Tcp(box, "192.168.1.1").Forward, h => !h.Paths.IsEmpty);
    }

    [Fact]
    public void Many_flows_tell_which_lines_carry_them()
    {
        (string tgw, _) = Hub();
        string vpn = net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        Tracer tracer = new(Compiler.Compile(net.Cloud));
        Flow flow = Flow.Tcp(Origin.OfNic(tracer.State.NicOf(net.At, box)), IpAddress.Parse("10.1.1.10"), IpAddress.Parse("192.168.0.1"), 443);
        Spread spread = tracer.SpreadOf(flow, 2000);
        Assert.Equal((2000, 2000), (spread.Flows, spread.Delivered));
        Assert.Equal([$"{vpn}/1", $"{vpn}/2"], spread.Lines.Select(l => l.Line));
        Assert.All(spread.Lines, l => Assert.InRange(l.Flows, 900, 1100));
        Assert.All(spread.Lines, l => Assert.Equal(vpn, l.Of.Id));
        net.Fail($"tunnel:{vpn}/1", $"tunnel:{vpn}/2");
        spread = new Tracer(Compiler.Compile(net.Cloud)).SpreadOf(flow, 10);
        Assert.Equal((10, 0), (spread.Flows, spread.Delivered));
        Assert.Empty(spread.Lines);
    }

    [Fact]
    public void A_hub_s_static_route_to_tunnels_that_are_down_is_told()
    {
        (string tgw, _) = Hub();
        string vpn = net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        string attachment = net.Rows.Get(new Id<VpnConnection>(vpn)).TransitGatewayAttachmentId!;
        net.TgwRoute(net.DefaultTable(tgw), "192.168.0.0/16", attachment);
        net.Tcp(box, "192.168.1.1").Delivered();
        net.Fail($"tunnel:{vpn}/1", $"tunnel:{vpn}/2");
        Drop drop = net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.TGW_BAD_STATE_VPN);
        Assert.Equal(attachment, drop.TransitGatewayAttachment!.Id);
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void A_hub_s_static_route_uses_the_tunnel_that_the_customer_prefers()
    {
        (string tgw, _) = Hub();
        string vpn = net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        string attachment = net.Rows.Get(new Id<VpnConnection>(vpn)).TransitGatewayAttachmentId!;
        net.TgwRoute(net.DefaultTable(tgw), "192.168.0.0/16", attachment);
        net.Route(net.MainTable(vpc), "192.168.0.0/16", tgw);
        Assert.Equal(["1", "2"], Used());
        Prefer(0, 1);
        Assert.Equal(["1"], Used());
        Assert.DoesNotContain(net.Tcp(box, "192.168.1.1").Forward, h => !h.Paths.IsEmpty);
        Prefer(1, 0);
        Assert.Equal(["2"], Used());
        net.Fail($"tunnel:{vpn}/2");
        Assert.Equal(["1"], Used());
        net.World(net.Cloud.World with { Failures = [] });
        net.Edit<TransitGateway>(tgw, g => g with { VpnEcmp = false });
        Prefer(0, 0);
        Assert.Equal(["1"], Used());

        SortedSet<string> Used() =>
            new(Enumerable.Range(20_000, 30).Select(port => Tunnel(net.Tcp(box, "192.168.1.1", 443, port), vpn)), StringComparer.Ordinal);

        void Prefer(int first, int second) => net.Site(
            "dc",
            [
                Joins.Router("r1", "198.51.100.1", 65010) with
                {
                    AnnouncesNetworks = false,
                    Announces =
                    [
                        new SiteAnnouncement(Prefix.Parse("192.168.0.0/16"), first, 0, [], $"{vpn}/1"),
                        new SiteAnnouncement(Prefix.Parse("192.168.0.0/16"), second, 0, [], $"{vpn}/2"),
                    ],
                },
            ],
            "192.168.0.0/16");
    }

    [Fact]
    public void A_tunnel_carries_what_its_ends_have_agreed_on_and_nothing_else()
    {
        (_, string vpn) = Connect();
        string far = net.Instance(net.Subnet(vpc, "10.1.2.0/24"), "10.1.2.10", open);
        net.Tcp(far, "192.168.2.1").Delivered();
        net.Edit<VpnConnection>(vpn, v => v with { LocalCidr = Prefix.Parse("192.168.1.0/24"), RemoteCidr = Prefix.Parse("10.1.1.0/24") });
        net.Tcp(box, "192.168.1.1").Delivered();
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        Drop drop = net.Tcp(box, "192.168.2.1").Dropped(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS);
        Assert.Equal((vpn, true), (drop.VpnConnection!.Id, drop.IsEgress));
        Assert.Contains("192.168.1.0/24", drop.Text, StringComparison.Ordinal);
        Assert.Contains("10.1.1.0/24", drop.Text, StringComparison.Ordinal);
        net.Tcp(far, "192.168.1.1").Dropped(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS);
        drop = net.FromSite("dc", "192.168.2.1", "10.1.1.10").Dropped(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS);
        Assert.False(drop.IsEgress);
        net.FromSite("dc", "192.168.1.1", "10.1.2.10").Dropped(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS);
    }

    [Fact]
    public void A_tunnel_of_IPv4_carries_no_IPv6_though_a_route_leads_there()
    {
        (string tgw, string attachment) = Hub();
        net.Edit<TransitGatewayAttachment>(attachment, a => a with { Ipv6Support = true });
        string vpn = net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        net.TgwRoute(net.DefaultTable(tgw), "2001:db8:5::/48", net.Rows.Get(new Id<VpnConnection>(vpn)).TransitGatewayAttachmentId!);
        net.Route(net.MainTable(vpc), "2001:db8:5::/48", tgw);
        net.Tcp(box, "2001:db8:5::1").Dropped(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS);
    }

    [Fact]
    public void A_router_whose_number_is_another_brings_no_session_up()
    {
        string vgw = net.Vgw(vpc);
        net.Vpn(vgw, net.Cgw("198.51.100.1", 65099));
        net.Route(net.MainTable(vpc), "192.168.0.0/16", vgw);
        net.Tcp(box, "192.168.1.1").Dropped(ExplanationCode.BAD_STATE_VPN);
    }

    [Fact]
    public void Hosts_of_a_site_listen_where_they_are_said_to()
    {
        Connect();
        Site dc = net.Cloud.World.Sites[0];
        net.World(net.Cloud.World with
        {
            Sites = [dc with { Networks = [dc.Networks[0] with { Ports = [new HostPort(Protocols.Tcp, 443, 443)] }] }],
        });
        net.Tcp(box, "192.168.1.1").Delivered();
        net.Tcp(box, "192.168.1.1", 80).Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER);
    }

    [Fact]
    public void A_site_is_an_end_of_a_flow()
    {
        Connect();
        EndpointResolver resolver = new(Compiler.Compile(net.Cloud), CloudBuilder.Home);
        Assert.True(resolver.TryResolve(new FlowQuestion("site:dc/192.168.7.7", box) { Port = 443 }, out Flow flow, out string error), error);
        Assert.Equal(("192.168.7.7", "10.1.1.10"), (flow.Source.ToString(), flow.Destination.ToString()));
        Asking.Explain(Compiler.Compile(net.Cloud), flow).Delivered();
        Assert.True(resolver.TryResolve(new FlowQuestion(box, "site:dc") { Port = 443 }, out flow, out error), error);
        Assert.Equal("192.168.0.1", flow.Destination.ToString());
        Assert.True(resolver.TryResolve(new FlowQuestion("192.168.7.8", box) { Port = 443 }, out flow, out error), error);
        Assert.Equal(OriginKind.Site, flow.Origin.Kind);
        Assert.False(resolver.TryResolve(new FlowQuestion("site:moon", box) { Port = 443 }, out _, out error));
        Assert.Contains("dc", error, StringComparison.Ordinal);
        Assert.False(resolver.TryResolve(new FlowQuestion("site:dc/10.9.9.9", box) { Port = 443 }, out _, out error));
    }

    [Fact]
    public void A_transit_network_s_router_joins_spokes_by_tunnels()
    {
        string hub = net.Vpc("10.100.0.0/16");
        string inside = net.Subnet(hub, "10.100.1.0/24");
        string all = net.Group(hub, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        string router = net.Instance(inside, "10.100.1.9", all);
        net.Forwards(router);
        net.Elastic(router, "54.0.0.50");
        net.Route(net.MainTable(hub), "0.0.0.0/0", net.Igw(hub));
        net.Role(router, 65100);
        string other = net.Vpc("10.2.0.0/16");
        string there = net.Instance(net.Subnet(other, "10.2.1.0/24"), "10.2.1.10", net.Group(other, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        string customer = net.Cgw("54.0.0.50", 65100);
        foreach (string spoke in new[] { vpc, other })
        {
            string vgw = net.Vgw(spoke, spoke == vpc ? 64601 : 64602);
            net.Vpn(vgw, customer);
            net.PropagateTo(net.MainTable(spoke), vgw);
        }

        Trace trace = net.Tcp(box, "10.2.1.10");
        trace.Delivered();
        Assert.Contains(net.InstanceOf(router), trace.Forward.Path());
        Assert.Contains(net.InstanceOf(router), trace.Return.Path());
        net.Tcp(there, "10.1.1.10").Delivered();
        net.SetState(router, InstanceState.Stopped);
        net.Tcp(box, "10.2.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("out udp 500 52.0.0.0/8", null, false)]
    [InlineData("out udp 500 52.0.0.0/8,out udp 4500 52.0.0.0/8", null, true)]
    [InlineData("out udp 500 9.9.9.0/24,out udp 4500 9.9.9.0/24", null, false)]
    [InlineData("out 50 0.0.0.0/0", null, false)]
    [InlineData("in udp 500 0.0.0.0/0,in udp 4500 0.0.0.0/0", null, false)]
    [InlineData(null, "100 in allow udp 500-4500 52.0.0.0/8,100 out allow udp 500-4500 52.0.0.0/8", true)]
    [InlineData(null, "100 in allow udp 500 52.0.0.0/8,100 out allow udp 500-4500 52.0.0.0/8", false)]
    [InlineData(null, "100 in allow udp 500-4500 52.0.0.0/8", false)]
    [InlineData(null, "90 in deny udp 4500 52.0.0.0/16,100 in allow all 0.0.0.0/0,100 out allow all 0.0.0.0/0", false)]
    public void A_transit_router_s_own_filters_let_IKE_and_IPsec_pass_or_no_tunnel_stands(string? rules, string? acl, bool stands)
    {
        string hub = net.Vpc("10.100.0.0/16");
        string inside = net.Subnet(hub, "10.100.1.0/24");
        string group = net.Group(hub, rules?.Split(',') ?? ["in all 0.0.0.0/0", "out all 0.0.0.0/0"]);
        if (acl is not null)
        {
            net.Acl(hub, [inside], acl.Split(','));
        }

        string router = net.Instance(inside, "10.100.1.9", group);
        net.Forwards(router);
        net.Elastic(router, "54.0.0.50");
        net.Route(net.MainTable(hub), "0.0.0.0/0", net.Igw(hub));
        net.Role(router, 65100);
        string vpn = net.Vpn(net.Vgw(vpc, 64601), net.Cgw("54.0.0.50", 65100));
        Assert.Equal(stands, Line().IsUp);
        Assert.Equal(stands, Line().Words.Length == 0);

        // Where AWS begins, the way in does as well.
        net.Edit<VpnConnection>(vpn, v => v with { Tunnels = [.. v.Tunnels.Select(t => t with { StartupAction = "start" })] });
        Assert.Equal(stands || rules?.StartsWith("in", StringComparison.Ordinal) == true, Line().IsUp);

        Trunkline.Forwarding.Routing.Line Line() => Compiler.Compile(net.Cloud).Routes.LineOf($"{vpn}/1")!;
    }

    private (string Vgw, string Vpn) Connect()
    {
        string vgw = net.Vgw(vpc);
        string vpn = net.Vpn(vgw, net.Cgw("198.51.100.1", 65010));
        net.PropagateTo(net.MainTable(vpc), vgw);
        return (vgw, vpn);
    }

    /// <summary>A transit gateway with this network and 10.2.0.0/16.</summary>
    private (string Tgw, string Attachment) Hub()
    {
        string tgw = net.Tgw();
        string attachment = net.AttachVpc(tgw, vpc, [subnet]);
        net.Route(net.MainTable(vpc), "192.168.0.0/16", tgw);
        string other = net.Vpc("10.2.0.0/16");
        string there = net.Subnet(other, "10.2.1.0/24");
        net.Instance(there, "10.2.1.10", net.Group(other, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        net.AttachVpc(tgw, other, [there]);
        net.Route(net.MainTable(other), "192.168.0.0/16", tgw);
        return (tgw, attachment);
    }

    private void Fail(params string[] subjects) => net.World(net.Cloud.World with
    {
        Failures = [.. subjects.Select(s => new WorldFailure(WorldFailure.Nowhere, s)).Order()],
    });

    private static string Tunnel(Trace trace, string vpn)
    {
        trace.Delivered();
        return trace.Forward.Single(h => h.Component.Id == vpn).Note!.Split(' ', ':')[1];
    }
}
