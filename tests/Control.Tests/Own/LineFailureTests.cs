using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Own;
using Trunkline.Tests.Control.DirectConnect;

namespace Trunkline.Tests.Control.Own;

/// <summary>Tunnels, routers, virtual interfaces, connections and locations that fail and heal, by word, id or name.</summary>
public sealed class LineFailureTests
{
    private readonly Lab lab = new();
    private readonly string vpn;
    private readonly string vif;
    private readonly string port;
    private readonly string lag;

    public LineFailureTests()
    {
        lab.Site();
        string customer = lab.Run((e, c) => e.CreateCustomerGateway(c, new() { Type = "ipsec.1", IpAddress = "198.51.100.1", BgpAsn = 65001 }))
            .CustomerGateway!.CustomerGatewayId!;
        vpn = lab.Run((e, c) => e.CreateVpnConnection(c, new()
        {
            Type = "ipsec.1",
            CustomerGatewayId = customer,
            TransitGatewayId = lab.Ec2.CreateTransitGateway(c, new()).TransitGateway!.TransitGatewayId,
            TagSpecifications = [new() { ResourceType = "vpn-connection", Tags = [new() { Key = "Name", Value = "office" }] }],
        })).VpnConnection!.VpnConnectionId!;
        port = lab.Connection();
        lag = lab.Lag().LagId!;
        vif = lab.NewPrivate(port, Direct.Private(101, lab.Gateway())).VirtualInterfaceId!;
    }

    [Fact]
    public void Each_is_named_by_its_word_its_id_or_its_name()
    {
        string home = lab.Home.ToString();
        (string Given, string Kept)[] words =
        [
            ($"tunnel:{vpn}/1", $"{home}/tunnel:{vpn}/1"), ($"{vpn}/2", $"{home}/tunnel:{vpn}/2"), ("office/1", $"{home}/tunnel:{vpn}/1"),
            ($"update:{vpn}/2", $"{home}/update:{vpn}/2"), ("router:office/edge", "router:office/edge"), ("office/edge", "router:office/edge"),
            ("location:EqDC2", "location:EqDC2"), ($"vif:{vif}", $"{home}/vif:{vif}"), (vif, $"{home}/vif:{vif}"), ("vif-101", $"{home}/vif:{vif}"),
            ($"connection:{port}", $"{home}/connection:{port}"), ("port", $"{home}/connection:{port}"), ("connection:bundle", $"{home}/connection:{lag}"),
            ($"{home}/{vpn}/1", $"{home}/tunnel:{vpn}/1"),
        ];
        foreach ((string given, string kept) in words)
        {
            World failed = new FailureRequest { Fail = [given] }.Apply(lab.Cloud, lab.Home);
            Assert.Equal([kept], WorldDocument.Of(failed).Failures);
            CloudSnapshot then = lab.Cloud with { World = failed };
            Assert.Empty(new FailureRequest { Heal = [given] }.Apply(then, lab.Home).Failures);
            Assert.Empty(new FailureRequest { Heal = [kept] }.Apply(then, lab.Home).Failures);
        }
    }

    [Fact]
    public void What_is_gone_can_still_heal()
    {
        World failed = new FailureRequest { Fail = [$"tunnel:{vpn}/1"] }.Apply(lab.Cloud, lab.Home);
        lab.Run((e, c) => e.DeleteVpnConnection(c, new() { VpnConnectionId = vpn }));
        Assert.Empty(new FailureRequest { Heal = [$"tunnel:{vpn}/1"] }.Apply(lab.Cloud with { World = failed }, lab.Home).Failures);
    }

    [Theory]
    [InlineData("tunnel:vpn-none/1", "no VPN connection in 000000000000/us-east-1 has such a tunnel: write vpn-…/1")]
    [InlineData("tunnel:office", "write vpn-…/1")]
    [InlineData("tunnel:office/3", "has tunnels 1 and 2")]
    [InlineData("office/0", "has tunnels 1 and 2")]
    [InlineData("update:office", "write vpn-…/1")]
    [InlineData("router:office/none", "no site has such a router: write router:SITE/NAME")]
    [InlineData("router:", "write router:SITE/NAME")]
    [InlineData("location:", "write location:CODE, such as location:EqDC2")]
    [InlineData("vif:none", "nothing of Direct Connect in 000000000000/us-east-1 is so named")]
    [InlineData("connection:none", "nothing of Direct Connect in 000000000000/us-east-1 is so named")]
    [InlineData("nowhere/edge", "give an instance, an interface, a zone")]
    public void What_is_not_there_is_refused_by_one_line_that_says_what_to_write(string word, string says)
    {
        // Even beside one that is there: all or nothing.
        Fault fault = Assert.Throws<Fault>(() => new FailureRequest { Fail = ["router:office/edge", word] }.Apply(lab.Cloud, lab.Home));
        Assert.Equal("InvalidFailure", fault.Code);
        Assert.StartsWith($"'{word}': ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void Healing_what_has_not_failed_says_what_has()
    {
        Fault none = Assert.Throws<Fault>(() => new FailureRequest { Heal = ["router:office/edge"] }.Apply(lab.Cloud, lab.Home));
        Assert.Equal("'router:office/edge' has not failed: nothing has", none.Message);
        CloudSnapshot failed = lab.Cloud with { World = new FailureRequest { Fail = ["location:EqDC2"] }.Apply(lab.Cloud, lab.Home) };
        Fault other = Assert.Throws<Fault>(() => new FailureRequest { Heal = ["router:office/edge"] }.Apply(failed, lab.Home));
        Assert.Equal("'router:office/edge' has not failed: give one of location:EqDC2", other.Message);
    }

    [Fact]
    public void Routes_are_told_of_a_line_a_connection_and_a_router_and_of_nothing_else()
    {
        Trunkline.Forwarding.Routing.SettledRoutes routes = lab.Context().Tracer.State.Routes;
        Assert.Equal($"{vpn}/1", Assert.Single(RoutesDocument.Of(routes, $"{vpn}/1")["lines"]!.AsArray())!["id"]!.ToString());
        Assert.Equal(2, RoutesDocument.Of(routes, vpn)["lines"]!.AsArray().Count);
        Assert.Contains(RoutesDocument.Of(routes, "router:office/edge")["speakers"]!.AsArray(), s => s!["id"]!.ToString() == "router:office/edge");
        Fault fault = Assert.Throws<Fault>(() => RoutesDocument.Of(routes, "vpn-none"));
        Assert.Equal("UnknownSpeaker", fault.Code);
        Assert.StartsWith("'vpn-none' is no line, and nothing that exchanges routes: give a VPN connection", fault.Message, StringComparison.Ordinal);
    }
}
