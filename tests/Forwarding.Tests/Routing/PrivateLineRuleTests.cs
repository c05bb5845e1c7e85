using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;
using static Trunkline.Tests.Forwarding.Routing.RoutingNet;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>Rules of Direct Connect, in settled tables.</summary>
public sealed class PrivateLineRuleTests
{
    private const string Dc = "192.168.0.0/16";

    /// <summary>A data centre with a router at a port of EqDC2, and one connection there.</summary>
    private static RoutingNet Port(params SiteAnnouncement[] announces)
    {
        RoutingNet net = new();
        net.Connection("dxcon-1", "EqDC2");
        net.Site("dc", [Dc], Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)) with { Announces = [.. announces] });
        return net;
    }

    private static RoutingNet TwoExits(params string[] allowed)
    {
        RoutingNet net = Port();
        net.Junction("dxgw");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Private, 65010, junction: "dxgw");
        foreach (int i in (int[])[1, 2])
        {
            net.Vpc($"vpc-{i}", $"10.{i}.0.0/16");
            net.Exit($"vgw-{i}", $"vpc-{i}");
            net.Associate($"assoc-{i}", "dxgw", $"vgw-{i}", null, allowed);
        }

        return net;
    }

    [Fact]
    public void Rule127_A_private_interface_ends_on_an_exit_or_on_a_gateway_with_exits()
    {
        RoutingNet net = Port();
        net.Vpc("vpc-1", "10.1.0.0/16");
        net.Exit("vgw-1", "vpc-1");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Private, 65010, exit: "vgw-1");
        Assert.Equal("dxvif-1/1", net.Uses("vgw-1", Dc));
        Assert.Equal("64512", net.Entry("router:dc/r1", "10.1.0.0/16").Winner!.Path.ToString());

        RoutingNet joined = TwoExits("10.0.0.0/8");
        Assert.Equal("dxvif-1/1", joined.Uses("vgw-1", Dc));
        Assert.Equal("dxvif-1/1", joined.Uses("vgw-2", Dc));
        Assert.Equal("64700", joined.Entry("router:dc/r1", "10.2.0.0/16").Winner!.Path.ToString());

        // A transit interface's gateway has nothing for exits.
        joined.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Transit, 65010, junction: "dxgw");
        Assert.False(joined.Knows("vgw-1", Dc));
    }

    [Fact]
    public void Rule128_Allowed_prefixes_filter_an_exits_blocks_and_are_a_hubs_list()
    {
        Assert.False(TwoExits("10.1.5.0/24").Knows("router:dc/r1", "10.1.0.0/16"));
        RoutingNet net = TwoExits("10.1.0.0/16");
        Assert.True(net.Knows("router:dc/r1", "10.1.0.0/16"));
        Assert.False(net.Knows("router:dc/r1", "10.2.0.0/16"));
        Assert.False(TwoExits("10.0.0.0/8").Knows("router:dc/r1", "10.0.0.0/8"));

        net = Port();
        net.Junction("dxgw");
        net.Hub("tgw-1");
        net.Table("tgw-rtb-1", "tgw-1", "tgw-attach-dx");
        net.Spoke("tgw-attach-dx", "tgw-1", TransitGatewayAttachmentType.DirectConnectGateway, "dxgw", "tgw-rtb-1");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Transit, 65010, junction: "dxgw");
        net.Associate("assoc", "dxgw", "tgw-1", "tgw-attach-dx", "172.16.0.0/12", "10.0.0.0/8");
        Assert.True(net.Knows("router:dc/r1", "10.0.0.0/8"));
        Assert.True(net.Knows("router:dc/r1", "172.16.0.0/12"));
        Assert.Equal("dxvif-1/1", net.Uses("tgw-rtb-1", Dc));
        Assert.Equal("tgw-attach-dx", net.Entry("tgw-rtb-1", Dc).Winner!.Spoke);
    }

    [Fact]
    public void Rule129_A_gateway_joins_neither_its_associations_nor_lines_without_SiteLink()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        Assert.False(net.Knows("vgw-1", "10.2.0.0/16"));
        net.Connection("dxcon-2", "EqSV5");
        net.Site("branch", ["172.16.0.0/16"], Router("r1", "198.51.100.2", 65020, new SitePort("EqSV5", null)));
        net.Interface("dxvif-2", "dxcon-2", DxInterfaceType.Private, 65020, junction: "dxgw");
        Assert.False(net.Knows("router:branch/r1", Dc));
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Private, 65010, junction: "dxgw", siteLink: true);
        Assert.False(net.Knows("router:branch/r1", Dc));
        net.Interface("dxvif-2", "dxcon-2", DxInterfaceType.Private, 65020, junction: "dxgw", siteLink: true);
        Assert.Equal("64700 65010", net.Entry("router:branch/r1", Dc).Winner!.Path.ToString());

        // The exception: a supernet that the customer announces covers the other VPC, and the gateway knows that VPC.
        net.Site("dc", ["10.0.0.0/8"], Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)));
        Assert.Equal("dxvif-1/1", net.Uses("vgw-1", "10.0.0.0/8"));
        Assert.Equal("vgw-2", net.Routes.RibOf("dxgw").Match(IpAddress.Parse("10.2.0.5"))!.Winner!.Spoke);
    }

    [Fact]
    public void Rule129_A_tunnel_at_an_exit_and_a_junctions_lines_do_not_meet()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        net.Site("branch", "198.51.100.2", 65020, "172.16.0.0/16");
        net.Customer("cgw-1", "198.51.100.2", 65020);
        net.Vpn("vpn-1", "cgw-1", "vgw-1");
        Assert.True(net.Knows("vgw-1", "172.16.0.0/16"));
        Assert.False(net.Knows("router:branch/r1", Dc));
        Assert.False(net.Knows("router:dc/r1", "172.16.0.0/16"));
    }

    [Fact]
    public void Rule130_Of_two_equal_prefixes_at_a_gateway_one_is_used()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        net.Vpc("vpc-2", "10.1.0.0/16");
        RibEntry entry = net.Entry("dxgw", "10.1.0.0/16");
        Assert.Equal((1, 2, "vgw-1"), (entry.Best, entry.Candidates.Length, entry.Winner!.Spoke));
    }

    [Theory]
    [InlineData("7224:7300", 0, null, 0, "dxvif-1/1", DecisionStep.LocalPreference)]
    [InlineData("7224:7300", 9, null, 0, "dxvif-1/1", DecisionStep.LocalPreference)]
    [InlineData("7224:7200", 0, null, 0, "dxvif-1/1 dxvif-2/1", DecisionStep.Shares)]
    [InlineData("7224:7100", 0, null, 3, "dxvif-2/1", DecisionStep.LocalPreference)]
    [InlineData(null, 1, null, 0, "dxvif-2/1", DecisionStep.AsPath)]
    public void Rule131_Communities_come_before_the_path(
        string? first, int firstPrepend, string? second, int secondPrepend, string uses, DecisionStep step)
    {
        RoutingNet net = TwoLines(Home, first, firstPrepend, second, secondPrepend);
        Assert.Equal(uses, net.Uses("vgw-1", Dc));
        Assert.Equal(step, net.Entry("vgw-1", Dc).Winner!.Step);
    }

    [Fact]
    public void Rule131_A_line_of_the_home_region_comes_before_a_shorter_path_elsewhere()
    {
        RoutingNet net = TwoLines(Far, null, 5, null, 0);
        Assert.Equal("dxvif-1/1", net.Uses("vgw-1", Dc));
        Assert.Equal(DecisionStep.HomeRegion, net.Entry("vgw-1", Dc).Winner!.Step);

        // Communities still decide before the region.
        net = TwoLines(Far, null, 0, "7224:7300", 0);
        Assert.Equal("dxvif-2/1", net.Uses("vgw-1", Dc));
    }

    [Fact]
    public void Rule131_The_longest_prefix_comes_before_communities_and_MED_after_the_path()
    {
        RoutingNet net = TwoLines(Home, "7224:7300", 0, null, 0);
        net.Site("dc", [Dc],
            Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", "dxcon-1")) with { Announces = [Announce(Dc, communities: "7224:7300")] },
            Router("r2", "198.51.100.2", 65010, new SitePort("EqLD5", "dxvif-2")) with
            {
                Announces = [Announce("192.168.1.0/24", communities: "7224:7100")],
                AnnouncesNetworks = false,
            });
        Assert.Equal("dxvif-2/1", net.Routes.RibOf("vgw-1").Match(IpAddress.Parse("192.168.1.9"))!.Winner!.Line);
        Assert.Equal("dxvif-1/1", net.Routes.RibOf("vgw-1").Match(IpAddress.Parse("192.168.2.9"))!.Winner!.Line);
        net.Site("dc", [Dc],
            Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", "dxcon-1")) with { Announces = [Announce(Dc, med: 20)] },
            Router("r2", "198.51.100.2", 65010, new SitePort("EqLD5", "dxvif-2")) with { Announces = [Announce(Dc, med: 10)] });
        Assert.Equal("dxvif-2/1", net.Uses("vgw-1", Dc));
        Assert.Equal(DecisionStep.Med, net.Entry("vgw-1", Dc).Winner!.Step);
    }

    [Fact]
    public void Rule129_A_gateway_does_not_join_its_hubs()
    {
        RoutingNet net = Port();
        net.Junction("dxgw");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Transit, 65010, junction: "dxgw");
        foreach (int i in (int[])[1, 2])
        {
            net.Hub($"tgw-{i}", 64600 + i);
            net.Table($"tgw-rtb-{i}", $"tgw-{i}", $"tgw-attach-{i}");
            net.Spoke($"tgw-attach-{i}", $"tgw-{i}", TransitGatewayAttachmentType.DirectConnectGateway, "dxgw", $"tgw-rtb-{i}");
            net.Associate($"assoc-{i}", "dxgw", $"tgw-{i}", $"tgw-attach-{i}", $"10.{i}.0.0/16");
        }

        Assert.True(net.Knows("router:dc/r1", "10.1.0.0/16"));
        Assert.True(net.Knows("router:dc/r1", "10.2.0.0/16"));
        Assert.False(net.Knows("tgw-rtb-1", "10.2.0.0/16"));
        Assert.False(net.Knows("tgw-rtb-2", "10.1.0.0/16"));
        Assert.True(net.Knows("tgw-rtb-1", Dc));
    }

    [Fact]
    public void Rule132_Public_lines_carry_AWSs_prefixes_and_the_customers_own()
    {
        RoutingNet net = Port(Announce("203.0.113.0/24", communities: "7224:9100"), Announce("198.18.0.0/24"));
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Public, 65010, owned: ["203.0.113.0/24"]);
        Assert.Equal("dxvif-1/1", net.Uses("public", "203.0.113.0/24"));
        Assert.False(net.Knows("public", "198.18.0.0/24"));
        Assert.False(net.Knows("public", Dc));
        Line line = net.Routes.LineOf("dxvif-1/1")!;
        Candidate scoped = net.Entry("public", "203.0.113.0/24").Winner!;
        Assert.True(PublicRoutes.Reaches(line, scoped, "us-east-1"));
        Assert.False(PublicRoutes.Reaches(line, scoped, "us-west-2"));
        Assert.True(PublicRoutes.Reaches(line, scoped with { Communities = ["7224:9200"] }, "us-west-2"));
        Assert.False(PublicRoutes.Reaches(line, scoped with { Communities = ["7224:9200"] }, "eu-west-1"));
        Assert.True(PublicRoutes.Reaches(line, scoped with { Communities = [] }, "eu-west-1"));

        AwsService s3 = AwsServices.Named("com.amazonaws.us-east-1.s3")!;
        Candidate told = net.Entry("router:dc/r1", s3.Prefixes[0].ToString()).Winner!;
        Assert.Contains("NO_EXPORT", told.Communities);
        Assert.Contains("7224:8100", told.Communities);
        Assert.True(told.Path.Length >= 3);
        AwsService far = AwsServices.Named("com.amazonaws.us-west-2.s3")!;
        Assert.Contains("7224:8200", net.Entry("router:dc/r1", far.Prefixes[0].ToString()).Winner!.Communities);
        Assert.False(net.Knows("router:dc/r1", "10.0.0.0/16"));

        string[] many = [.. Enumerable.Range(0, 1001).Select(i => $"198.{18 + (i / 256)}.{i % 256}.0/24")];
        net.Site("dc", many, Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)));
        Assert.Equal(LineTrouble.TooManyPrefixes, net.Routes.LineOf("dxvif-1/1")!.Trouble);
    }

    [Fact]
    public void Rule133_A_hundred_routes_are_borne_and_one_more_is_not()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        string[] many = [.. Enumerable.Range(0, 101).Select(i => $"192.168.{i}.0/24")];
        net.Site("dc", many[..100], Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)));
        Assert.True(net.Knows("vgw-1", "192.168.99.0/24"));
        net.Site("dc", many, Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)));
        Assert.Equal(LineTrouble.TooManyPrefixes, net.Routes.LineOf("dxvif-1/1")!.Trouble);
        Assert.False(net.Knows("vgw-1", "192.168.99.0/24"));
    }

    [Fact]
    public void Rule133_The_families_are_counted_by_themselves()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        DxVirtualInterface row = net.Find<DxVirtualInterface>("dxvif-1");
        DxBgpPeer six = new(
            "dxpeer-6", 65010, "key", Family.V6, new DxPeerAddress(IpAddress.Parse("2600:1f00::1"), 125),
            new DxPeerAddress(IpAddress.Parse("2600:1f00::2"), 125));
        net.Put(row with { BgpPeers = [row.BgpPeers[0], six] });
        string[] four = [.. Enumerable.Range(0, 100).Select(i => $"192.168.{i}.0/24")];
        string[] more = [.. Enumerable.Range(0, 101).Select(i => $"2001:db8:{i:x}::/48")];
        net.Site("dc", [.. four, .. more[..100]], Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)));
        Assert.True(net.Routes.LineOf("dxvif-1/1")!.IsUp);
        Assert.True(net.Routes.LineOf("dxvif-1/2")!.IsUp);
        net.Site("dc", [.. four, .. more], Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)));
        Assert.True(net.Routes.LineOf("dxvif-1/1")!.IsUp);
        Assert.Equal(LineTrouble.TooManyPrefixes, net.Routes.LineOf("dxvif-1/2")!.Trouble);
    }

    [Fact]
    public void Rule134_A_line_says_its_largest_packet_and_its_speed()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        net.Put(net.Find<DxVirtualInterface>("dxvif-1") with { Mtu = 9001 });
        Line line = net.Routes.LineOf("dxvif-1/1")!;
        Assert.Equal((9001, 1.0, "EqDC2"), (line.Mtu, line.LimitGbps, line.Location));
    }

    [Fact]
    public void Rule135_A_private_line_beats_a_tunnel_whatever_the_path()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        net.Site("dc", [Dc], Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", null)) with
        {
            Announces = [Announce(Dc, prepend: 8, over: "directconnect"), Announce(Dc)],
            AnnouncesNetworks = false,
        });
        net.Customer("cgw-1", "198.51.100.1", 65010);
        net.Vpn("vpn-1", "cgw-1", "vgw-1");
        RibEntry entry = net.Entry("vgw-1", Dc);
        Assert.Equal(("dxvif-1/1", 9, 1), (entry.Winner!.Line, entry.Winner.Path.Length, entry.Candidates[1].Path.Length));
        net.Fail("router:dc/r1");
        Assert.False(net.Knows("vgw-1", Dc));
    }

    [Fact]
    public void A_fail_over_test_keeps_the_session_down()
    {
        RoutingNet net = TwoExits("10.0.0.0/8");
        DxVirtualInterface row = net.Find<DxVirtualInterface>("dxvif-1");
        net.Put(row with { BgpPeers = [row.BgpPeers[0] with { UnderTest = true }] });
        Assert.Equal(LineTrouble.Tested, net.Routes.LineOf("dxvif-1/1")!.Trouble);
        Assert.False(net.Knows("vgw-1", Dc));
    }

    /// <summary>One exit behind two private lines, of two routers of one AS.</summary>
    private static RoutingNet TwoLines(PartitionKey second, string? firstCommunity, int firstPrepend, string? secondCommunity, int secondPrepend)
    {
        static ImmutableArray<SiteAnnouncement> Told(string? community, int prepend) =>
            [Announce(Dc, prepend, communities: community is null ? [] : [community])];
        RoutingNet net = new();
        net.Connection("dxcon-1", "EqDC2");
        net.Connection("dxcon-2", "EqLD5", second);
        net.Site("dc", [Dc],
            Router("r1", "198.51.100.1", 65010, new SitePort("EqDC2", "dxcon-1")) with { Announces = Told(firstCommunity, firstPrepend) },
            Router("r2", "198.51.100.2", 65010, new SitePort("EqLD5", "dxvif-2")) with { Announces = Told(secondCommunity, secondPrepend) });
        net.Junction("dxgw");
        net.Vpc("vpc-1", "10.1.0.0/16");
        net.Exit("vgw-1", "vpc-1");
        net.Associate("assoc", "dxgw", "vgw-1", null, "10.0.0.0/8");
        net.Interface("dxvif-1", "dxcon-1", DxInterfaceType.Private, 65010, junction: "dxgw");
        net.Interface("dxvif-2", "dxcon-2", DxInterfaceType.Private, 65010, junction: "dxgw", at: second);
        return net;
    }
}
