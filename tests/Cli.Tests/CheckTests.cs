using System.Text.Json.Nodes;
using System.Xml.Linq;
using Trunkline.Cli;

namespace Trunkline.Tests.Cli;

public sealed class CheckTests : IDisposable
{
    private const string File = """
        world: { internetAnswers: false }
        flows:
          - { name: good, from: app, to: db, tcp: 5432, expect: delivered, via: [natgateway, nat-1] }
          - { name: closed, from: net, to: db, tcp: 5432, expect: dropped, code: ENI_SG_RULES_MISMATCH, direction: forward }
          - { name: seen, from: app, to: net, tcp: 443, expect: delivered, seen-as: 203.0.113.0/24 }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("trunkline-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Delivered(string source = "203.0.113.7") => $$$"""
        {"verdict":"delivered","code":null,"return":[],"text":{"minimal":["ok"],"summary":["all the way"],"detailed":["x"]},
         "forward":[{"component":{"id":"nat-1","kind":"natgateway","name":"nat"},"outbound":{"source":"{{{source}}}"}}]}
        """;

    private static string Dropped(string code, string way = "forward") => $$$"""
        {"verdict":"dropped","code":"{{{code}}}","leg":"{{{way}}}","forward":[],"return":[],
         "text":{"minimal":["no"],"summary":["stopped & <held>"],"detailed":["at sg-1"]}}
        """;

    private async Task<(int Code, CommandLine Line, FakeEndpoint Fake)> Check(
        string[] extra, Func<string, (int Status, string Body)> answerTo, string? file = null)
    {
        string path = Path.Combine(_folder, "net.yaml");
        await System.IO.File.WriteAllTextAsync(path, file ?? File, TestContext.Current.CancellationToken);
        FakeEndpoint fake = new((what, body) => what.EndsWith("trace", StringComparison.Ordinal)
            ? answerTo($"{body!["from"]} {body["to"]}")
            : (200, "{}"));
        CommandLine line = new();
        int code = await line.Run(["check", path, "--endpoint", fake.Url, .. extra]);
        fake.Dispose();
        return (code, line, fake);
    }

    private static (int Status, string Body) AsExpected(string ends) =>
        (200, ends == "net db" ? Dropped("ENI_SG_RULES_MISMATCH") : Delivered());

    [Fact]
    public async Task AllAsExpectedIsZero()
    {
        (int code, CommandLine line, FakeEndpoint fake) = await Check([], AsExpected);
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("3 as expected, 0 not", line.Output);
        Assert.StartsWith("PUT /_trunkline/world", fake.Requests[0]);
        Assert.Equal("""{"internetAnswers":false,"hosts":[]}""", fake.Bodies[0]!.ToJsonString());
        Assert.Equal(4, fake.Requests.Count);
    }

    [Theory]
    [InlineData("app db", "dropped", "NO_PATH", "net.yaml:3:5: good: expected delivered, and it was dropped: NO_PATH (forward)")]
    [InlineData("net db", "delivered", "", "net.yaml:4:5: closed: expected dropped, and it was delivered")]
    [InlineData("net db", "dropped", "NO_PATH", "closed: expected the code ENI_SG_RULES_MISMATCH, and it was NO_PATH")]
    [InlineData("app net", "delivered", "", "seen: expected to be seen as 203.0.113.0/24, and was seen as 10.0.0.1")]
    public async Task OneThingElseIsOneAndSaysWhich(string flow, string verdict, string code, string says)
    {
        (int exit, CommandLine line, _) = await Check([], ends => ends == flow
            ? (200, verdict == "delivered" ? Delivered("10.0.0.1") : Dropped(code))
            : AsExpected(ends));
        Assert.Equal(ExitCodes.Failed, exit);
        Assert.Contains(says, line.Output);
        Assert.Contains("2 as expected, 1 not", line.Output);
    }

    [Fact]
    public async Task ADropOnTheOtherWayIsNotTheOneExpected()
    {
        (int code, CommandLine line, _) = await Check([], ends =>
            ends == "net db" ? (200, Dropped("ENI_SG_RULES_MISMATCH", "return")) : AsExpected(ends));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("expected the drop on the forward way, and it was on the return way", line.Output);
    }

    [Fact]
    public async Task AComponentThatWasNotPassedIsNamed()
    {
        string file = File.Replace("nat-1]", "igw]", StringComparison.Ordinal);
        (int code, CommandLine line, _) = await Check([], AsExpected, file);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("expected to pass igw, and did not", line.Output);
        Assert.DoesNotContain("expected to pass natgateway", line.Output);
        (code, line, _) = await Check([], AsExpected, File.Replace("via:", "not-via:", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("expected not to pass natgateway, and did", line.Output);
    }

    [Fact]
    public async Task A_tunnel_is_a_component_of_its_own()
    {
        const string Hop = """{"component":{"id":"vpn-1","kind":"vpn-connection","name":"office"},"line":"vpn-1/2"}""";
        string trace = Delivered().Replace("\"return\":[]", $"\"return\":[{Hop}]", StringComparison.Ordinal);
        const string Asks = "flows: [{ from: app, to: net, tcp: 443, expect: delivered, via: [office, office/2, vpn-1/2], not-via: office/1 }]";
        (int code, CommandLine line, _) = await Check([], _ => (200, trace), Asks);
        Assert.Equal((ExitCodes.Ok, ""), (code, line.Error));
        (code, line, _) = await Check([], _ => (200, trace), Asks.Replace("not-via: office/1", "not-via: office/2", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("expected not to pass office/2, and did", line.Output);
    }

    private static string Noting(string forward, string back) => $$$"""
        {"verdict":"delivered","code":null,"text":{"minimal":["ok"]},"forward":[{"note":null},{"note":"{{{forward}}}"}],"return":[{"note":"{{{back}}}"}]}
        """;

    [Theory]
    [InlineData("MTU 8500", "")]
    [InlineData("[tunnel 1, 1.25 Gbps, MTU 1446, at most, MTU 8500]", "")]
    [InlineData("'1.25 Gbps; by BGP'", "")]
    [InlineData("MTU 9001", "expected the note 'MTU 9001', and the trace notes 'tunnel 12; tunnel 1: MTU 1446, at most 1.25 Gbps; by BGP', 'MTU 8500'")]
    [InlineData("[MTU 8500, mtu 8500]", "expected the note 'mtu 8500', and")]
    [InlineData("MTU 850", "expected the note 'MTU 850', and")]
    [InlineData("TU 8500", "expected the note 'TU 8500', and")]
    [InlineData("25 Gbps", "expected the note '25 Gbps', and")]
    [InlineData("at most 1", "expected the note 'at most 1', and")]
    [InlineData("tunnel 2", "expected the note 'tunnel 2', and")]
    [InlineData("MTU 1446 MTU 8500", "expected the note 'MTU 1446 MTU 8500', and")]
    public async Task A_note_is_on_the_way_there_or_back(string notes, string says)
    {
        string file = $"flows: [{{ name: far, from: app, to: net, tcp: 443, expect: delivered, notes: {notes} }}]";
        string trace = Noting("tunnel 12; tunnel 1: MTU 1446, at most 1.25 Gbps; by BGP", "MTU 8500");
        (int code, CommandLine line, _) = await Check([], _ => (200, trace), file);
        Assert.Equal(says.Length == 0 ? ExitCodes.Ok : ExitCodes.Failed, code);
        Assert.Contains(says.Length == 0 ? "1 as expected, 0 not" : $"net.yaml:1:9: far: {says}", line.Output);
    }

    [Fact]
    public async Task A_flow_without_a_note_has_not_the_one_that_is_expected()
    {
        const string Asks = "flows: [{ name: far, from: app, to: net, tcp: 443, expect: delivered, notes: [MTU 9001, at most] }]";
        (int code, CommandLine line, _) = await Check([], _ => (200, Delivered()), Asks);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("far: expected the note 'MTU 9001', and the trace notes nothing", line.Output);
        Assert.Contains("far: expected the note 'at most', and the trace notes nothing", line.Output);
        (_, line, _) = await Check([], _ => (200, Dropped("NO_PATH")), Asks);
        Assert.DoesNotContain("expected the note", line.Output);
    }

    [Fact]
    public async Task A_real_packet_bears_no_note_and_the_model_tells_them()
    {
        string path = Path.Combine(_folder, "net.yaml");
        const string Asks = "flows: [{ name: far, from: app, to: net, tcp: 443, expect: delivered, notes: MTU 8500 }]";
        await System.IO.File.WriteAllTextAsync(path, Asks, TestContext.Current.CancellationToken);
        string model = Noting("MTU 8500", "MTU 8500");
        using FakeEndpoint fake = new((_, _) => (200, $$"""{"real":{{Delivered()}},"model":{{model}},"differences":[]}"""));
        CommandLine line = new();
        Assert.Equal(ExitCodes.Ok, await line.Run("check", path, "--endpoint", fake.Url, "--plane", "linux", "--json"));
        JsonNode flow = JsonNode.Parse(line.Output)!["flows"]![0]!;
        Assert.Equal("""["MTU 8500"]""", flow["notes"]!.ToJsonString());
        model = Noting("MTU 9001", "MTU 9001");
        Assert.Equal(ExitCodes.Failed, await line.Run("check", path, "--endpoint", fake.Url, "--plane", "linux"));
        Assert.Contains("expected the note 'MTU 8500', and the trace notes 'MTU 9001'", line.Output);
    }

    [Theory]
    [InlineData("{\"flows\":10000,\"delivered\":10000,\"lines\":[ONE 5400},TWO 4600}]}", "")]
    [InlineData("{\"flows\":10000,\"delivered\":10000,\"lines\":[ONE 5600},TWO 4400}]}", "expected office/1 to carry 5000 of 10000 flows, and it carried 5600")]
    [InlineData("{\"flows\":10000,\"delivered\":10000,\"lines\":[ONE 10000}]}", "expected vpn-2/1 to carry 5000 of 10000 flows, and it carried 0")]
    [InlineData("{\"flows\":10000,\"delivered\":9000,\"lines\":[ONE 5000},TWO 5000}]}", "of 10000 flows 9000 were delivered")]
    [InlineData("{\"flows\":10000,\"delivered\":10000,\"lines\":[ONE 4800},TWO 4700}]}", "500 of 10000 flows went another way")]
    public async Task Lines_carry_their_even_part_of_many_flows(string spread, string says)
    {
        string answer = spread
            .Replace("ONE", "{\"line\":\"vpn-1/1\",\"of\":{\"id\":\"vpn-1\",\"name\":\"office\"},\"flows\":", StringComparison.Ordinal)
            .Replace("TWO", "{\"line\":\"vpn-2/1\",\"of\":{\"id\":\"vpn-2\",\"name\":null},\"flows\":", StringComparison.Ordinal);
        string path = Path.Combine(_folder, "net.yaml");
        const string Asks = "flows: [{ from: app, to: net, tcp: 443, expect: delivered, carried-by: [office/1, vpn-2/1] }]";
        await System.IO.File.WriteAllTextAsync(path, Asks, TestContext.Current.CancellationToken);
        using FakeEndpoint fake = new((what, _) => (200, what.EndsWith("spread", StringComparison.Ordinal) ? answer : Delivered()));
        CommandLine line = new();
        int code = await line.Run(["check", path, "--endpoint", fake.Url]);
        Assert.Equal(says.Length == 0 ? ExitCodes.Ok : ExitCodes.Failed, code);
        Assert.Contains(says, line.Output);
        Assert.Equal(10_000, (int)fake.Bodies[^1]!["flows"]!);
    }

    [Fact]
    public async Task ARefusedQuestionFailsItsFlowAndTheOthersGoOn()
    {
        (int code, CommandLine line, _) = await Check([], ends => ends == "app db"
            ? (400, """{"error":{"code":"NotFound","message":"nothing is named 'db'","candidates":["db-1"]}}""")
            : AsExpected(ends));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("net.yaml:3:5: good: nothing is named 'db' (candidates: db-1)", line.Output);
        Assert.Contains("2 as expected, 1 not", line.Output);
    }

    [Fact]
    public async Task JUnitHasOneCaseAFlow()
    {
        string report = Path.Combine(_folder, "junit.xml");
        (int code, _, _) = await Check(["--junit", report], ends => ends switch
        {
            "app db" => (400, """{"error":{"code":"NotFound","message":"nothing is named 'db'"}}"""),
            "net db" => (200, Dropped("NO_PATH")),
            _ => (200, Delivered()),
        });
        Assert.Equal(ExitCodes.Failed, code);
        XElement suite = XDocument.Load(report).Root!.Element("testsuite")!;
        Assert.Equal(["3", "1", "1"], new[] { "tests", "failures", "errors" }.Select(count => (string)suite.Attribute(count)!));
        XElement[] cases = [.. suite.Elements("testcase")];
        Assert.Equal(["good", "closed", "seen"], cases.Select(c => (string)c.Attribute("name")!));
        Assert.Equal("nothing is named 'db'", (string)cases[0].Element("error")!.Attribute("message")!);
        XElement failure = cases[1].Element("failure")!;
        Assert.Equal("expected the code ENI_SG_RULES_MISMATCH, and it was NO_PATH", (string)failure.Attribute("message")!);
        Assert.Equal("at sg-1", failure.Value);
        Assert.Empty(cases[2].Elements());
        Assert.Equal("4", (string)cases[1].Attribute("line")!);
    }

    [Fact]
    public async Task JsonHasEveryFlow()
    {
        (int code, CommandLine line, _) = await Check(["--json"], AsExpected);
        Assert.Equal(ExitCodes.Ok, code);
        JsonNode json = JsonNode.Parse(line.Output)!;
        Assert.Equal((3, 0), ((int)json["passed"]!, (int)json["failed"]!));
        Assert.Equal("ENI_SG_RULES_MISMATCH", json["flows"]![1]!["code"]!.ToString());
        Assert.Equal("203.0.113.7", json["flows"]![2]!["seenAs"]!.ToString());
    }

    [Fact]
    public async Task JsonHasTheNotesThatAreWantedAndThoseThatAreThere()
    {
        (_, CommandLine line, _) = await Check(
            ["--json"], ends => (200, ends == "app db" ? Noting("MTU 8500", "MTU 9001") : Delivered()),
            "flows: [{ from: app, to: db, tcp: 1, expect: delivered, notes: MTU 1446 }, { from: app, to: net, tcp: 1, expect: delivered }]");
        JsonNode flows = JsonNode.Parse(line.Output)!["flows"]!;
        Assert.Equal(
            ("""["MTU 1446"]""", """["MTU 8500","MTU 9001"]"""),
            (flows[0]!["expected"]!["notes"]!.ToJsonString(), flows[0]!["notes"]!.ToJsonString()));
        Assert.Equal(("[]", "[]"), (flows[1]!["expected"]!["notes"]!.ToJsonString(), flows[1]!["notes"]!.ToJsonString()));
        Assert.Equal("expected the note 'MTU 1446', and the trace notes 'MTU 8500', 'MTU 9001'", Assert.Single(flows[0]!["problems"]!.AsArray())!.ToString());
    }

    [Fact]
    public async Task AMistakenFileIsTwoAndAsksNothing()
    {
        (int code, CommandLine line, FakeEndpoint fake) = await Check([], AsExpected, "flows:\n  - from: a\n    ot: b\n");
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("net.yaml:3:5: unknown key 'ot'; did you mean 'to'?", line.Error);
        Assert.Empty(fake.Requests);
    }

    [Fact]
    public async Task TerraformOutputsAreVariables()
    {
        string outputs = Path.Combine(_folder, "out.json");
        const string Values = """{"nat":{"sensitive":false,"type":"string","value":"203.0.113.7"},"who":"app"}""";
        await System.IO.File.WriteAllTextAsync(outputs, Values, TestContext.Current.CancellationToken);
        (int code, _, FakeEndpoint fake) = await Check(
            ["--vars", outputs, "--var", "where=net"], AsExpected,
            "flows: [{ from: '${who}', to: '${where}', tcp: 443, expect: delivered, seen-as: '${nat}' }]");
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal("app", fake.Bodies[0]!["from"]!.ToString());
    }
}
