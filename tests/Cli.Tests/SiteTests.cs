using System.Text.Json.Nodes;
using Trunkline.Cli;

namespace Trunkline.Tests.Cli;

/// <summary><c>trunkline site</c>, <c>bgp</c>, and <c>fail</c> and <c>heal</c> of what stands between networks.</summary>
public sealed class SiteTests
{
    private const string Empty = """{"internetAnswers":true,"hosts":[],"sites":[],"roles":[]}""";

    private static CommandLine At(FakeEndpoint fake) => new() { Environment = { ["TRUNKLINE_ENDPOINT"] = fake.Url } };

    [Fact]
    public async Task SitesAndTheirRoutersComeAndGo()
    {
        JsonNode world = JsonNode.Parse(Empty)!;
        using FakeEndpoint fake = Keeper(() => world, next => world = next);
        CommandLine line = At(fake);
        Assert.Equal(0, await line.Run("site", "list"));
        Assert.Equal("no sites", line.Output.Trim());
        Assert.Equal(0, await line.Run("site", "add", "dc", "--network", "192.168.0.0/16", "--network", "192.168.64.0/18"));
        Assert.Equal("dc  192.168.0.0/16, 192.168.64.0/18", line.Output.Trim());
        Assert.Equal(0, await line.Run(
            "site", "add-router", "dc", "r1", "--address", "198.51.100.10", "--asn", "65010", "--announce", "10.9.0.0/16", "--announce-default",
            "--accept", "10.0.0.0/8", "--port", "EqDC2/dxcon-1", "--share", "--transit"));
        Assert.Contains("  r1  AS 65010  198.51.100.10, EqDC2/dxcon-1", line.Output);
        const string Router = """
            {"name":"r1","addresses":["198.51.100.10"],"asn":65010,"announces":[{"prefix":"10.9.0.0/16"}],"announcesDefault":true,
             "accepts":["10.0.0.0/8"],"ports":["EqDC2/dxcon-1"],"sharesLoad":true,"transit":true}
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Router), world["sites"]![0]!["routers"]![0]), world.ToJsonString());
        Assert.Equal(0, await line.Run("site", "add-router", "dc", "r2"));
        Assert.Equal(["r1", "r2"], world["sites"]![0]!["routers"]!.AsArray().Select(r => r!["name"]!.ToString()));
        Assert.Equal(65000, (int)world["sites"]![0]!["routers"]![1]!["asn"]!);
        Assert.Equal(0, await line.Run("site", "list", "--json"));
        Assert.True(JsonNode.DeepEquals(world["sites"], JsonNode.Parse(line.Output)), line.Output);
        Assert.Equal(0, await line.Run("site", "remove", "dc"));
        Assert.Equal("no sites", line.Output.Trim());
        Assert.Empty(world["sites"]!.AsArray());
    }

    [Fact]
    public async Task WhatDoesNotFitIsRefusedBeforeTheWorldIsPut()
    {
        JsonNode world = JsonNode.Parse("""{"sites":[{"name":"dc","networks":[],"routers":[]},{"name":"office","networks":[],"routers":[]}]}""")!;
        using FakeEndpoint fake = Keeper(() => world, next => world = next);
        CommandLine line = At(fake);
        await Refused(line, "the world has a site named 'dc': take it away with `trunkline site remove dc`", "site", "add", "dc");
        await Refused(line, "the world has no site named 'ofice'; did you mean 'office'?", "site", "add-router", "ofice", "r1");
        await Refused(line, "the world has no site named 'warehouse'; known here: dc, office", "site", "remove", "warehouse");
        await Refused(line, "see `trunkline site add-router --help`", "site", "add-router", "dc");
        await Refused(line, "see `trunkline site add-router --help`", "site", "add-router", "dc", "r1", "--asn", "ten");
        Assert.DoesNotContain(fake.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AWorldThatTheEndpointRefusesIsOneLine()
    {
        using FakeEndpoint fake = new((what, _) => what.StartsWith("PUT", StringComparison.Ordinal)
            ? (400, """{"error":{"code":"InvalidWorld","message":"site dc: '192.168.0.1/16' is not a block such as 192.168.0.0/16"}}""")
            : (200, Empty));
        CommandLine line = At(fake);
        await Refused(line, "site dc: '192.168.0.1/16' is not a block such as 192.168.0.0/16", "site", "add", "dc", "--network", "192.168.0.1/16");
        Assert.Equal("", line.Output);
        Assert.Equal(ExitCodes.Usage, await line.Run("site", "add", "dc", "--network", "192.168.0.1/16", "--json"));
        Assert.Equal("InvalidWorld", JsonNode.Parse(line.Error)!["error"]!["code"]!.ToString());
    }

    [Theory]
    [InlineData("""["tunnel:vpn-1/1"]""", "tunnel", "vpn-1", "1")]
    [InlineData("""["update:office/2"]""", "update", "office", "2")]
    [InlineData("""["vpn-1/1"]""", "vpn-1/1")]
    [InlineData("""["router:dc/r1"]""", "router", "dc/r1")]
    [InlineData("""["dc/r1"]""", "dc/r1")]
    [InlineData("""["vif:dxvif-1"]""", "vif", "dxvif-1")]
    [InlineData("""["connection:port"]""", "connection", "port")]
    [InlineData("""["location:EqDC2"]""", "location", "EqDC2")]
    [InlineData("""["location:EqDC2"]""", "location:EqDC2")]
    [InlineData("""["tunnel:vpn-1/1","location:EqDC2","web-1","router:dc/r1"]""", "tunnel", "vpn-1", "1", "location", "EqDC2", "web-1", "router", "dc/r1")]
    [InlineData("""["tunnel","vpn-1","3"]""", "tunnel", "vpn-1", "3")]
    [InlineData("""["router"]""", "router")]
    public async Task KindsStandAsWordsOfTheirOwn(string asked, params string[] words)
    {
        using FakeEndpoint fake = new((_, _) => (200, """{"failures":["router:dc/r1"],"steps":[{"round":1,"words":"router:dc/r1 is down"}]}"""));
        CommandLine line = At(fake);
        Assert.Equal(0, await line.Run(["fail", .. words]));
        Assert.Equal(["1. router:dc/r1 is down", "failed: router:dc/r1"], line.Output.TrimEnd().Split(Environment.NewLine));
        Assert.Equal(0, await line.Run(["heal", .. words]));
        Assert.Equal(["POST /_trunkline/failures 000000000000 us-east-1"], fake.Requests.Distinct());
        Assert.Equal(asked, fake.Bodies[0]!["fail"]!.ToJsonString());
        Assert.Equal(asked, fake.Bodies[1]!["heal"]!.ToJsonString());
        Assert.False((bool)fake.Bodies[1]!["healAll"]!);
    }

    [Fact]
    public async Task WhatCannotFailIsOneLineOfTheEndpoint()
    {
        const string Says = "'router:dc/r9': no site has such a router: write router:SITE/NAME";
        using FakeEndpoint fake = new((_, _) => (400, $$$"""{"error":{"code":"InvalidFailure","message":"{{{Says}}}"}}"""));
        CommandLine line = At(fake);
        await Refused(line, Says, "fail", "router", "dc/r9");
        await Refused(line, Says, "heal", "router", "dc/r9");
        await Refused(line, "or --all", "heal");
        await Refused(line, "or --all", "heal", "--all", "router", "dc/r9");
        Assert.Equal(2, fake.Requests.Count);
    }

    private const string Bgp = """
        {"lines":[
           {"id":"vpn-1/1","near":"vgw-1","far":"router:dc/r1","up":true,"nearAsn":64512,"farAsn":65010,"accepted":2},
           {"id":"vpn-1/2","near":"vgw-1","far":"","up":false,"nearAsn":64512,"farAsn":65010,"words":"no router has the address 198.51.100.10"}],
         "speakers":[{"id":"vgw-1","asn":64512,"routes":[
           {"prefix":"192.168.0.0/16","used":1,"ways":[
             {"source":"Bgp","line":"vpn-1/1","path":"65010","med":"100","step":"Med"},
             {"source":"Bgp","line":"vpn-1/2","path":"65010 65010","med":"0","step":"Med"}]},
           {"prefix":"10.0.0.0/16","used":1,"ways":[{"source":"Own","path":"","med":"0","step":"Only"}]},
           {"prefix":"10.9.0.0/16","used":0,"ways":[{"source":"Static","blackhole":true,"path":"","med":"0","step":"Only"}]}]}]}
        """;

    [Fact]
    public async Task BgpShowsLinesAndBothTablesAndWhyTheBestIsBest()
    {
        using FakeEndpoint fake = new((_, _) => (200, Bgp));
        CommandLine line = At(fake);
        Assert.Equal(0, await line.Run("bgp", "vpn-1"));
        Assert.Equal(
            [
                "vpn-1/1  vgw-1 (AS 64512) - router:dc/r1 (AS 65010)  up, 2 routes accepted",
                "vpn-1/2  vgw-1 (AS 64512) - nobody (AS 65010)  down: no router has the address 198.51.100.10",
                "",
                "vgw-1 (AS 64512): 3 prefixes",
                "  > 192.168.0.0/16     vpn-1/1  path 65010  med 100  (Bgp, best by Med)",
                "                       vpn-1/2  path 65010 65010  (Bgp, not best by Med)",
                "  > 10.0.0.0/16        its own  (Own)",
                "    10.9.0.0/16        black hole  (Static)",
            ],
            line.Output.TrimEnd().Split('\n').Select(l => l.TrimEnd('\r')));
        Assert.Equal(0, await line.Run("bgp", "--json"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Bgp), JsonNode.Parse(line.Output)));
        Assert.All(fake.Requests, r => Assert.StartsWith("GET /_trunkline/bgp", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BgpOfNothingIsSaidInOneLine()
    {
        using FakeEndpoint none = new((_, _) => (200, """{"lines":[],"speakers":[]}"""));
        CommandLine line = At(none);
        Assert.Equal(0, await line.Run("bgp"));
        Assert.Equal("no line: neither a VPN connection, a virtual interface nor a Connect peer", line.Output.Trim());
        using FakeEndpoint fake = new((_, _) => (400, """{"error":{"code":"UnknownSpeaker","message":"'x' is no line: give one"}}"""));
        await Refused(At(fake), "'x' is no line: give one", "bgp", "x");
    }

    /// <summary>An endpoint that keeps the world it is given.</summary>
    private static FakeEndpoint Keeper(Func<JsonNode> world, Action<JsonNode> put) => new((what, body) =>
    {
        if (what.StartsWith("PUT", StringComparison.Ordinal))
        {
            put(body!.DeepClone());
        }

        return (200, world().ToJsonString());
    });

    private static async Task Refused(CommandLine line, string says, params string[] args)
    {
        Assert.Equal(ExitCodes.Usage, await line.Run(args));
        Assert.Contains(says, line.Error);
        Assert.Single(line.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("trunkline: ", line.Error);
    }
}
