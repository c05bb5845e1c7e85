using Trunkline.Cli;
using Trunkline.Cli.Expectations;

namespace Trunkline.Tests.Cli;

public sealed class ExpectationParserTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private static IReadOnlyList<Expectation> Flows(string yaml, Dictionary<string, string>? variables = null) =>
        ExpectationParser.Parse(new StringReader(yaml), "net.yaml", variables ?? NoVariables).Flows;

    private static string[] ProblemsOf(string yaml) =>
        Assert.Throws<CliException>(() => Flows(yaml)).Message.Split('\n');

    [Fact]
    public void EveryKeyOfAFlowIsRead()
    {
        Expectation flow = Assert.Single(Flows("""
            flows:
              - name: out through NAT
                from: app
                to: internet:8.8.8.8
                udp: 53
                from-port: 40000
                expect: delivered
                seen-as: 203.0.113.7
                via: [nat-gateway, public-a]
                not-via: peering
                notes: [MTU 1446, 1.25 Gbps]
                carried-by: [vpn-one/1, vpn-one/2]
                show: brief
                account: '111122223333'
                region: eu-west-1
            """));
        Assert.Equal("out through NAT", flow.Name);
        Assert.Equal(("app", "internet:8.8.8.8"), (flow.From, flow.To));
        Assert.Equal("udp/53", flow.Traffic);
        Assert.Equal(40000, flow.SourcePort);
        Assert.True(flow.Delivered);
        Assert.Equal("203.0.113.7", flow.SeenAs);
        Assert.Equal(["nat-gateway", "public-a"], flow.Via);
        Assert.Equal(["peering"], flow.NotVia);
        Assert.Equal(["MTU 1446", "1.25 Gbps"], flow.Notes);
        Assert.Equal(["vpn-one/1", "vpn-one/2"], flow.CarriedBy);
        Assert.Equal("minimal", flow.Show);
        Assert.Equal(("111122223333", "eu-west-1"), (flow.Account, flow.Region));
        Assert.Equal((2, 5), (flow.Line, flow.Column));
    }

    [Fact]
    public void ListsMakeOneFlowForEachCombination()
    {
        IReadOnlyList<Expectation> flows = Flows("""
            flows:
              - name: no way in
                from: [a, b]
                to: [c, d]
                tcp: [22, 80]
                udp: 53
                icmp: true
                expect: dropped
            """);
        Assert.Equal(2 * 2 * 4, flows.Count);
        Assert.Equal(flows.Count, flows.Select(f => f.Name).Distinct().Count());
        Assert.Contains(flows, f => f.Name == "no way in: b -> c tcp/80");
        Assert.Contains(flows, f => f.Name == "no way in: a -> d icmp" && f.Port is null);
    }

    [Fact]
    public void DefaultsFillWhatAFlowDoesNotSay()
    {
        IReadOnlyList<Expectation> flows = Flows("""
            defaults: { tcp: 443, expect: dropped, code: NO_ROUTE_TO_DESTINATION, direction: forward, from: app }
            flows:
              - to: db
              - { to: web, udp: 53, expect: delivered }
              - { to: web, code: ENI_SG_RULES_MISMATCH }
            """);
        Assert.Equal("app -> db tcp/443", flows[0].Name);
        Assert.Equal("dropped NO_ROUTE_TO_DESTINATION (forward)", flows[0].Wanted);
        Assert.Equal(("udp/53", "delivered"), (flows[1].Traffic, flows[1].Wanted));
        Assert.Equal("dropped ENI_SG_RULES_MISMATCH (forward)", flows[2].Wanted);
    }

    [Fact]
    public void DefaultNotesAreForTheFlowsThatAreDelivered()
    {
        IReadOnlyList<Expectation> flows = Flows("""
            defaults: { tcp: 443, from: app, notes: MTU 8500 }
            flows:
              - { to: db, expect: delivered }
              - { to: web, expect: dropped }
              - { to: far, expect: delivered, notes: ["MTU ${mtu}", "at most"] }
            """, new() { ["mtu"] = "1446" });
        Assert.Equal(["MTU 8500", "", "MTU 1446, at most"], flows.Select(f => string.Join(", ", f.Notes)));
    }

    [Fact]
    public void VariablesArePutIn()
    {
        Expectation flow = Assert.Single(Flows(
            "flows: [{ from: '${a}', to: 'internet:${b}', tcp: 80, expect: delivered, seen-as: '${b}' }]",
            new() { ["a"] = "i-1", ["b"] = "8.8.8.8" }));
        Assert.Equal(("i-1", "internet:8.8.8.8", "8.8.8.8"), (flow.From, flow.To, flow.SeenAs));
    }

    [Fact]
    public void AllMistakesAreToldAtOnceWithTheirPlaces()
    {
        string[] problems = ProblemsOf("""
            defualts: {}
            flows:
              - from: app
                too: db
                tcp: 70000
                expect: delivred
              - from: app
                to: db
                expect: dropped
                icmp: true
                code: eni
                direction: back
              - to: db
                tcp: 443
                expect: delivered
                code: NO_PATH
                seen-as: here
              - just text
            """);
        Assert.Equal(
            [
                "net.yaml:1:1: unknown key 'defualts'; did you mean 'defaults'?",
                "net.yaml:3:5: the flow has no 'to' (where the packet is to go), nor have the defaults",
                "net.yaml:4:5: unknown key 'too'; did you mean 'to'?",
                "net.yaml:5:10: tcp is '70000', and must be a port (0 to 65535) or a list of ports",
                "net.yaml:6:13: expect is 'delivred', and must be delivered or dropped; did you mean 'delivered'?",
                "net.yaml:11:11: code is 'eni': explanation codes are capitals, as ENI_SG_RULES_MISMATCH",
                "net.yaml:12:16: direction is 'back', and must be forward or return",
                "net.yaml:13:5: the flow has no 'from' (where the packet starts), nor have the defaults",
                "net.yaml:16:5: code says why a flow is dropped, and this flow is expected to be delivered",
                "net.yaml:17:14: seen-as is 'here', and must be an address or a block, as 203.0.113.7 or 10.0.0.0/16",
            ],
            problems[..10]);
        Assert.StartsWith("net.yaml:18:5: a flow is a mapping", Assert.Single(problems[10..]));
    }

    [Theory]
    [InlineData("", "net.yaml:1:1: the file is empty")]
    [InlineData("flows: [", "net.yaml:2:1: not YAML")]
    [InlineData("a: 1\na: 2\n", "net.yaml:2:1: not YAML")]
    [InlineData("flows: []", "net.yaml:1:8: flows is a list with at least one flow")]
    [InlineData("defaults: {}", "net.yaml:1:1: the file has no flows")]
    [InlineData("flows: [{from: a, to: b, expect: delivered}]", "net.yaml:1:9: the flow has no traffic")]
    [InlineData("flows: [{from: '${x}', to: b, tcp: 1, expect: delivered}]", "net.yaml:1:16: variable 'x' has no value")]
    [InlineData("flows: [{from: [], to: b, tcp: 1, expect: delivered}]", "net.yaml:1:16: from is an empty list")]
    [InlineData("flows: [{from: a, to: b, icmp: false, expect: delivered}]", "net.yaml:1:26: icmp is true or not there")]
    [InlineData("flows: [{from: a, to: b, tcp: -1, expect: delivered}]", "net.yaml:1:31: tcp is '-1'")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: dropped, seen-as: 1.2.3.4}]", "net.yaml:1:51: seen-as says what")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: dropped, carried-by: v/1}]", "net.yaml:1:51: carried-by says which")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: dropped, notes: MTU 9001}]", "net.yaml:1:51: notes says what the trace of a delivered")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: delivered, notes: []}]", "net.yaml:1:60: notes is an empty list")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: delivered, notes: ''}]", "net.yaml:1:60: notes is empty")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: delivered, notes: {a: b}}]", "net.yaml:1:60: notes is text, not a mapping")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: delivered, note: MTU 9001}]", "net.yaml:1:53: unknown key 'note'; did you mean 'notes'?")]
    [InlineData("world: {ahead: 8x}\nflows: [{from: a, to: b, tcp: 1, expect: dropped}]", "net.yaml:1:16: ahead is '8x', and must be a whole number")]
    [InlineData("world: {ahead: ''}\nflows: [{from: a, to: b, tcp: 1, expect: dropped}]", "net.yaml:1:16: ahead is empty")]
    [InlineData("world: {ahead: [8d]}\nflows: [{from: a, to: b, tcp: 1, expect: dropped}]", "net.yaml:1:16: ahead is text, not a sequence")]
    [InlineData("world: {ahed: 8d}\nflows: [{from: a, to: b, tcp: 1, expect: dropped}]", "net.yaml:1:9: unknown key 'ahed'; did you mean 'ahead'?")]
    [InlineData("flows: [{from: a, to: b, tcp: 1, expect: dropped, account: 12}]", "net.yaml:1:60: account is '12'")]
    [InlineData("world: gone.yaml\nflows: [{from: a, to: b, tcp: 1, expect: dropped}]", "net.yaml:1:8: world file 'gone.yaml'")]
    [InlineData("world: {hots: []}\nflows: [{from: a, to: b, tcp: 1, expect: dropped}]", "net.yaml:1:9: unknown key 'hots'; did you")]
    public void AMistakeHasItsPlace(string yaml, string start) => Assert.StartsWith(start, ProblemsOf(yaml)[0]);

    [Theory]
    [InlineData("8d", true)]
    [InlineData("90s", true)]
    [InlineData("0", true)]
    [InlineData("0m", true)]
    [InlineData("3650d", true)]
    [InlineData("87600h", true)]
    [InlineData("3651d", false)]
    [InlineData("87601h", false)]
    [InlineData("315360001s", false)]
    [InlineData("99999999999d", false)]
    [InlineData("8", false)]
    [InlineData("-8d", false)]
    [InlineData("1.5h", false)]
    [InlineData("8 d", false)]
    [InlineData("8D", false)]
    [InlineData("d", false)]
    public void HowFarTheClockIsAheadIsAWholeNumberWithAUnit(string ahead, bool good)
    {
        string yaml = $"world: {{ahead: {ahead}}}\nflows: [{{from: a, to: b, tcp: 1, expect: dropped}}]";
        if (good)
        {
            Assert.Equal(
                ahead, ExpectationParser.Parse(new StringReader(yaml), "net.yaml", NoVariables).World!["ahead"]!.ToString());
        }
        else
        {
            Assert.Equal(
                [$"net.yaml:1:16: ahead is '{ahead}', and must be a whole number with s, m, h or d, as 8d, and at most 3650d"], ProblemsOf(yaml));
        }
    }

    [Fact]
    public void ARequestIsTrafficAndTheWorldMayFail()
    {
        ExpectationFile file = ExpectationParser.Parse(new StringReader("""
            world:
              failures: [az:us-east-1a]
              listening: [{machine: web-1, ports: tcp/80}]
            flows:
              - {from: a, to: lb, http: [GET https://shop.example/cart, PUT http://shop.example:8080/], expect: delivered}
            """), "net.yaml", NoVariables);
        Assert.Equal([(443, "GET https://shop.example/cart"), (8080, "PUT http://shop.example:8080/")], file.Flows.Select(f => (f.Port, f.Http)));
        Assert.Equal("a -> lb GET https://shop.example/cart", file.Flows[0].Name);
        Assert.Equal(
            """{"internetAnswers":true,"hosts":[],"failures":["az:us-east-1a"],"listening":[{"machine":"web-1","ports":["tcp/80"]}]}""",
            file.World!.ToJsonString());
        CliException wrong = Assert.Throws<CliException>(() => ExpectationParser.Parse(
            new StringReader("flows: [{from: a, to: b, http: shop.example, expect: delivered}]"), "net.yaml", NoVariables));
        Assert.Contains("http is 'shop.example'", wrong.Message);
    }

    [Fact]
    public void ARequestMayHaveHeadersAndAMachineAStatus()
    {
        ExpectationFile file = ExpectationParser.Parse(new StringReader("""
            world:
              listening: [{machine: web-1, status: 503}]
            defaults: {expect: delivered, header: "X-Tenant: gold"}
            flows:
              - {from: a, to: lb, http: GET https://shop.example/, header: ["Cookie: a=b; c=d", "X-Tenant: silver"]}
              - {from: a, to: lb, http: GET https://shop.example/}
              - {from: a, to: lb, tcp: 443}
            """), "net.yaml", NoVariables);
        Assert.Equal(
            ["Cookie: a=b; c=d, X-Tenant: silver", "X-Tenant: gold", ""], file.Flows.Select(f => string.Join(", ", f.Headers)));
        Assert.Equal("""[{"machine":"web-1","status":503}]""", file.World!["listening"]!.ToJsonString());
        Assert.Equal(
            [
                "net.yaml:1:42: status is '99', and must be an HTTP status (100 to 599)",
                "net.yaml:2:26: header is of an HTTP request, and this flow has none: give `http: METHOD URL`",
                "net.yaml:3:54: header is 'no colon', and must be a name and a value, as 'Cookie: a=b'",
            ],
            ProblemsOf("""
            world: {listening: [{machine: a, status: 99}]}
            flows: [{from: a, to: b, header: "a: b", tcp: 1, expect: delivered},
              {from: a, to: b, http: GET http://x.test/, header: no colon, expect: delivered}]
            """).Order());
    }

    [Fact]
    public void TheWorldMayStandInTheFile()
    {
        ExpectationFile file = ExpectationParser.Parse(new StringReader("""
            world:
              internetAnswers: false
              hosts:
                - name: dns
                  addresses: [8.8.8.8, 2001:4860::/32]
                  ports: [udp/53, tcp/53-60]
                - { name: dead, addresses: 198.51.100.0/24, answers: false }
            flows: [{from: a, to: b, tcp: 1, expect: dropped}]
            """), "net.yaml", NoVariables);
        Assert.Equal(
            string.Concat(
                """{"internetAnswers":false,"hosts":[""",
                """{"name":"dns","addresses":["8.8.8.8/32","2001:4860::/32"],"answers":true,"ports":["udp/53","tcp/53-60"]},""",
                """{"name":"dead","addresses":["198.51.100.0/24"],"answers":false,"ports":[]}]}"""),
            file.World!.ToJsonString());
    }

    [Fact]
    public void AWrongHostHasItsPlace()
    {
        string[] problems = ProblemsOf("""
            world:
              hosts:
                - name: a
                  addresses: [8.8.8.8, 8.8.8]
                  ports: [tcp/443, icmp/1, tcp/9-3]
                - name: a
            flows: [{from: a, to: b, tcp: 1, expect: dropped}]
            """);
        Assert.Equal(
            [
                "net.yaml:4:28: '8.8.8' is no address or block: write 203.0.113.7 or 203.0.113.0/24",
                "net.yaml:5:24: 'icmp/1' is no port: write tcp/443 or udp/53-60",
                "net.yaml:5:32: 'tcp/9-3' is no port: write tcp/443 or udp/53-60",
                "net.yaml:6:7: a host named 'a' is already in this file",
                "net.yaml:6:7: the host has no addresses",
            ],
            problems);
    }
}
