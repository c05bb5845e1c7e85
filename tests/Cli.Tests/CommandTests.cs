using System.Text.Json.Nodes;
using Trunkline.Cli;

namespace Trunkline.Tests.Cli;

public sealed class CommandTests
{
    private static readonly string Nowhere = $"http://127.0.0.1:{FakeEndpoint.FreePort()}";

    [Fact]
    public async Task UpHandsOverWhatWasAsked()
    {
        CommandLine line = new();
        Assert.Equal(0, await line.Run(
            "up", "--port", "4701", "--listen", "0.0.0.0", "--data", "d", "--json",
            "--quotas", "aws", "--fallback", "http://127.0.0.1:5000"));
        Assert.Equal(
            new UpOptions(4701, "0.0.0.0", Path.GetFullPath("d"), false, true, "aws", new Uri("http://127.0.0.1:5000"), "model", false), line.Started);
    }

    [Fact]
    public async Task UpKeepsItsDataInTheUsersDataDirectory()
    {
        CommandLine line = new() { Environment = { ["XDG_DATA_HOME"] = "/home/me/data" } };
        Assert.Equal(0, await line.Run("up"));
        Assert.Equal(new UpOptions(4566, "127.0.0.1", "/home/me/data/trunkline", false, false, null, null, "model", false), line.Started);
        Assert.Equal(0, await line.Run("up", "--ephemeral"));
        Assert.Null(line.Started!.Data);
    }

    [Fact]
    public async Task UpAndDownHandOverThePlane()
    {
        CommandLine line = new();
        Assert.Equal(0, await line.Run("up", "--plane", "auto", "--rootless", "--ephemeral"));
        Assert.Equal(("auto", true), (line.Started!.Plane, line.Started.Rootless));
        Assert.Equal(0, await line.Run("down", "--data", "d", "--json"));
        Assert.Equal(new DownOptions(Path.GetFullPath("d"), true), line.Ended);
    }

    [Theory]
    [InlineData("'docker'", "up", "--plane", "docker")]
    [InlineData("--port is 70000", "up", "--port", "70000")]
    [InlineData("--listen is 'here'", "up", "--listen", "here")]
    [InlineData("give one of them", "up", "--data", "d", "--ephemeral")]
    [InlineData("--quotas is 'none'", "up", "--quotas", "none")]
    [InlineData("--fallback is 'moto'", "up", "--fallback", "moto")]
    [InlineData("see `trunkline up --help`", "up", "--prot", "1")]
    [InlineData("see `trunkline trace --help`", "trace", "a")]
    [InlineData("one protocol", "trace", "a", "b", "--tcp", "1", "--icmp")]
    [InlineData("--tcp is 65536", "trace", "a", "b", "--tcp", "65536")]
    [InlineData("--endpoint is 'x'", "status", "--endpoint", "x")]
    [InlineData("--account is '12'", "status", "--account", "12")]
    [InlineData("no such file", "check", "gone.yaml")]
    [InlineData("add --yes", "reset")]
    [InlineData("write NAME=VALUE", "check", "gone.yaml", "--var", "x")]
    [InlineData("'8.8' is no address", "world", "add-host", "a", "8.8")]
    public async Task AWrongCommandLineIsRefusedInOneLine(string says, params string[] args)
    {
        CommandLine line = new();
        Assert.Equal(ExitCodes.Usage, await line.Run(args));
        Assert.Contains(says, line.Error);
        Assert.Single(line.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("trunkline: ", line.Error);
        Assert.Null(line.Started);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("trace", "a", "b")]
    [InlineData("world", "show")]
    [InlineData("reset", "--yes")]
    [InlineData("inside", "web")]
    public async Task NobodyAtTheEndpointIsThree(params string[] args)
    {
        CommandLine line = new() { Environment = { ["TRUNKLINE_ENDPOINT"] = Nowhere } };
        Assert.Equal(ExitCodes.Unreachable, await line.Run(args));
        Assert.Contains($"no answer from {Nowhere}/", line.Error);
        Assert.Contains("`trunkline up`", line.Error);
        Assert.Equal(ExitCodes.Unreachable, await line.Run([.. args, "--json"]));
        Assert.Equal("EndpointUnreachable", JsonNode.Parse(line.Error)!["error"]!["code"]!.ToString());
    }

    [Fact]
    public async Task AnotherProgramOnThePortIsNamedAsSuch()
    {
        using FakeEndpoint fake = new((_, _) => (404, "<html>not here</html>"));
        CommandLine line = new();
        Assert.Equal(ExitCodes.Unreachable, await line.Run("status", "--endpoint", fake.Url));
        Assert.Contains("is another program on that port?", line.Error);
    }

    [Fact]
    public async Task StatusListsTheAccounts()
    {
        const string Body = """
            {"version":"0.1.0","endpoint":"http://x","plane":"model","uptimeSeconds":75.5,"data":null,"pendingWrites":0,
             "accounts":[{"account":"000000000000","region":"us-east-1","vpcs":2,"instances":31,"interfaces":4}]}
            """;
        using FakeEndpoint fake = new((_, _) => (200, Body));
        CommandLine line = new() { Environment = { ["AWS_ENDPOINT_URL"] = fake.Url } };
        Assert.Equal(0, await line.Run("status"));
        Assert.Contains("Trunkline 0.1.0 at http://x, up 1 min 15 s, plane model", line.Output);
        Assert.Contains("nothing kept on disk", line.Output);
        Assert.Matches(@"000000000000\s+us-east-1\s+2\s+31\s+4", line.Output);
        Assert.Equal(0, await line.Run("status", "--json"));
        Assert.Equal(31, (int)JsonNode.Parse(line.Output)!["accounts"]![0]!["instances"]!);
    }

    [Fact]
    public async Task ResolveAsksForTheInstanceAndSaysWhoAnswered()
    {
        const string Body =
            """{"name":"a.b","status":"NoError","reason":"a zone","records":[{"name":"a.b","type":"A","ttl":60,"value":"10.0.0.1"}]}""";
        using FakeEndpoint fake = new((_, _) => (200, Body));
        CommandLine line = new();
        Assert.Equal(0, await line.Run("resolve", "a.b", "--from", "web", "--type", "A", "--endpoint", fake.Url));
        Assert.Equal(["a.b  A  10.0.0.1  ttl 60", "  a zone"], line.Output.TrimEnd().Split(Environment.NewLine));
        Assert.Equal("""{"name":"a.b","from":"web","type":"A"}""", fake.Bodies[0]!.ToJsonString());
        using FakeEndpoint none = new((_, _) => (200, """{"name":"a.b","status":"NameError","reason":"no zone","records":[]}"""));
        line = new CommandLine();
        Assert.Equal(1, await line.Run("resolve", "a.b", "--endpoint", none.Url));
        Assert.Equal(["a.b: NameError", "  no zone"], line.Output.TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public async Task TraceAsksAsTheAccountAndPrintsTheLengthAskedFor()
    {
        const string Body =
            """{"verdict":"delivered","forward":[],"return":[],"text":{"minimal":["m"],"summary":["s"],"detailed":["d"]}}""";
        using FakeEndpoint fake = new((_, _) => (200, Body));
        CommandLine line = new() { Environment = { ["AWS_REGION"] = "eu-west-1", ["AWS_ACCESS_KEY_ID"] = "111122223333" } };
        Assert.Equal(0, await line.Run("trace", "app", "db", "--tcp", "5432", "--from-port", "4000", "--endpoint", fake.Url));
        Assert.Equal("s", line.Output.Trim());
        Assert.Equal("""{"from":"app","to":"db","protocol":"tcp","port":5432,"sourcePort":4000}""", fake.Bodies[0]!.ToJsonString());
        Assert.Equal("POST /_trunkline/trace 111122223333 eu-west-1", fake.Requests[0]);
        Assert.Equal(0, await line.Run("trace", "app", "db", "--icmp", "--brief", "--endpoint", fake.Url, "--account", "000000000009"));
        Assert.Equal("m", line.Output.Trim());
        Assert.Equal("""{"from":"app","to":"db","protocol":"icmp","port":null,"sourcePort":null}""", fake.Bodies[1]!.ToJsonString());
        Assert.Equal("POST /_trunkline/trace 000000000009 eu-west-1", fake.Requests[1]);
        Assert.Equal(0, await line.Run("trace", "app", "db", "--detailed", "--endpoint", fake.Url));
        Assert.Equal("d", line.Output.Trim());
        Assert.Equal(0, await line.Run("trace", "app", "--http", "GET", "https://shop.example:8443/cart", "--endpoint", fake.Url));
        Assert.Equal(
            """{"from":"app","to":"shop.example","protocol":"tcp","port":8443,"sourcePort":null,"http":"GET https://shop.example:8443/cart"}""",
            fake.Bodies[3]!.ToJsonString());
        string[] headers = ["--header", "Cookie: a=b", "--header", "X-Tenant: gold"];
        Assert.Equal(0, await line.Run(["trace", "app", "--http", "GET", "http://shop.example/", .. headers, "--endpoint", fake.Url]));
        Assert.Equal("""["Cookie: a=b","X-Tenant: gold"]""", fake.Bodies[4]!["headers"]!.ToJsonString());
        Assert.Equal(ExitCodes.Usage, await line.Run("trace", "app", "db", "--header", "Cookie: a=b", "--endpoint", fake.Url));
        Assert.Contains("--header needs --http", line.Error);
        Assert.Equal(ExitCodes.Usage, await line.Run("trace", "app", "--http", "GET", "shop.example", "--endpoint", fake.Url));
        Assert.Contains("not a URL", line.Error);
    }

    [Fact]
    public async Task ThingsFailAndHeal()
    {
        string world = """{"internetAnswers":true,"hosts":[],"failures":["000000000000/us-east-1/az:us-east-1a"]}""";
        using FakeEndpoint fake = new((_, _) => (200, world));
        CommandLine line = new() { Environment = { ["TRUNKLINE_ENDPOINT"] = fake.Url } };
        Assert.Equal(0, await line.Run("fail", "us-east-1a", "web-1"));
        Assert.Equal("failed: 000000000000/us-east-1/az:us-east-1a", line.Output.Trim());
        Assert.Equal("""{"fail":["us-east-1a","web-1"]}""", fake.Bodies[0]!.ToJsonString());
        world = """{"internetAnswers":true,"hosts":[],"failures":[]}""";
        Assert.Equal(0, await line.Run("heal", "us-east-1a"));
        Assert.Equal("nothing has failed", line.Output.Trim());
        Assert.Equal(0, await line.Run("heal", "--all"));
        Assert.Equal("""{"heal":[],"healAll":true}""", fake.Bodies[2]!.ToJsonString());
        Assert.Equal(ExitCodes.Usage, await line.Run("heal"));
        Assert.Equal(3, fake.Requests.Count);
    }

    [Fact]
    public async Task MachinesListenWhereTheWorldSays()
    {
        JsonNode world = JsonNode.Parse("""{"internetAnswers":true,"hosts":[]}""")!;
        using FakeEndpoint fake = new((what, body) =>
        {
            world = what.StartsWith("PUT", StringComparison.Ordinal) ? body!.DeepClone() : world;
            return (200, world.ToJsonString());
        });
        CommandLine line = new() { Environment = { ["TRUNKLINE_ENDPOINT"] = fake.Url } };
        Assert.Equal(0, await line.Run("world", "listen", "web-1", "--port", "tcp/80"));
        Assert.Contains("web-1 listens on tcp/80", line.Output);
        Assert.Equal(0, await line.Run("world", "listen", "web-1", "--nowhere"));
        Assert.Contains("web-1 listens on no port", line.Output);
        Assert.Equal(0, await line.Run("world", "listen", "web-1", "--status", "503"));
        Assert.Equal("""[{"machine":"web-1","status":503}]""", world["listening"]!.ToJsonString());
        Assert.Equal(0, await line.Run("world", "listen", "web-1", "--port", "tcp/80", "--status", "404"));
        Assert.Contains("web-1 listens on tcp/80, and answers health checks with 404", line.Output);
        Assert.Equal(ExitCodes.Usage, await line.Run("world", "listen", "web-1", "--status", "99"));
        Assert.Equal(0, await line.Run("world", "listen", "web-1", "--everywhere"));
        Assert.Empty(world["listening"]!.AsArray());
        Assert.Equal(ExitCodes.Usage, await line.Run("world", "listen", "web-1"));
        Assert.Equal(ExitCodes.Usage, await line.Run("world", "listen", "web-1", "--port", "80"));
    }

    [Fact]
    public async Task ARefusedTraceSaysTheCandidates()
    {
        using FakeEndpoint fake = new((_, _) =>
            (400, """{"error":{"code":"Ambiguous","message":"two things are named 'db'","candidates":["i-1","i-2"]}}"""));
        CommandLine line = new();
        Assert.Equal(ExitCodes.Usage, await line.Run("trace", "app", "db", "--endpoint", fake.Url));
        Assert.Equal("trunkline: two things are named 'db' (candidates: i-1, i-2)", line.Error.Trim());
    }

    [Fact]
    public async Task WorldHostsComeAndGo()
    {
        JsonNode world = JsonNode.Parse("""{"internetAnswers":true,"hosts":[]}""")!;
        using FakeEndpoint fake = new((what, body) =>
        {
            if (what.StartsWith("PUT", StringComparison.Ordinal))
            {
                world = body!.DeepClone();
            }

            return (200, world.ToJsonString());
        });
        CommandLine line = new() { Environment = { ["TRUNKLINE_ENDPOINT"] = fake.Url } };
        Assert.Equal(0, await line.Run("world", "add-host", "dns", "8.8.8.8", "8.8.4.4", "--port", "udp/53", "--port", "tcp/443"));
        Assert.Matches(@"dns\s+8.8.8.8/32, 8.8.4.4/32\s+udp/53, tcp/443", line.Output);
        Assert.Equal(0, await line.Run("world", "add-host", "dead", "198.51.100.0/24", "--silent"));
        Assert.Matches(@"dead\s+198.51.100.0/24\s+nothing", line.Output);
        Assert.Equal(ExitCodes.Usage, await line.Run("world", "add-host", "dns", "9.9.9.9"));
        Assert.Equal(ExitCodes.Usage, await line.Run("world", "remove-host", "dms"));
        Assert.Contains("did you mean 'dns'?", line.Error);
        Assert.Equal(0, await line.Run("world", "remove-host", "dns"));
        Assert.Equal("dead", Assert.Single(world["hosts"]!.AsArray())!["name"]!.ToString());
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "internetAnswers: false\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, await line.Run("world", "load", file));
        Assert.Contains("only the hosts below answer", line.Output);
        Assert.Equal(0, await line.Run("world", "show", "--json"));
        Assert.Equal("""{"internetAnswers":false,"hosts":[]}""", JsonNode.Parse(line.Output)!.ToJsonString());
    }

    [Fact]
    public async Task TheCloudsClockIsSetAndShown()
    {
        JsonNode world = JsonNode.Parse("""{"internetAnswers":false,"hosts":[]}""")!;
        using FakeEndpoint fake = new((what, body) =>
        {
            world = what.StartsWith("PUT", StringComparison.Ordinal) ? body!.DeepClone() : world;
            return (200, world.ToJsonString());
        });
        CommandLine line = new() { Environment = { ["TRUNKLINE_ENDPOINT"] = fake.Url } };
        Assert.Equal(0, await line.Run("world", "show"));
        Assert.DoesNotContain("clock", line.Output);
        Assert.Equal(0, await line.Run("world", "clock", "8d"));
        Assert.Contains("the cloud's clock is 8d ahead of the machine's", line.Output);
        Assert.Equal("""{"internetAnswers":false,"hosts":[],"ahead":"8d"}""", world.ToJsonString());
        Assert.Equal(0, await line.Run("world", "add-host", "dns", "8.8.8.8"));
        Assert.Equal("8d", world["ahead"]!.ToString());
        int asked = fake.Requests.Count;
        foreach (string wrong in new[] { "8", "tomorrow", "", "4000d" })
        {
            Assert.Equal(ExitCodes.Usage, await line.Run("world", "clock", wrong));
            Assert.Contains("as 8d", Assert.Single(line.Error.Trim().Split('\n')));
        }

        Assert.Equal(asked, fake.Requests.Count);
        Assert.Equal(0, await line.Run("world", "clock", "0"));
        Assert.Equal("0", world["ahead"]!.ToString());
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "ahead: 12h\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, await line.Run("world", "load", file, "--json"));
        Assert.Equal("12h", JsonNode.Parse(line.Output)!["ahead"]!.ToString());
    }

    [Theory]
    [InlineData("bash", "export AWS_ENDPOINT_URL='http://127.0.0.1:4566'")]
    [InlineData("fish", "set -gx AWS_ACCESS_KEY_ID '111122223333'")]
    [InlineData("powershell", "$Env:AWS_REGION = 'eu-west-1'")]
    public async Task EnvSpeaksTheShellsLanguage(string shell, string has)
    {
        CommandLine line = new();
        Assert.Equal(0, await line.Run("env", "--shell", shell, "--account", "111122223333", "--region", "eu-west-1"));
        Assert.Contains(has, line.Output);
    }

    [Theory]
    [InlineData("y\n", 0, 1)]
    [InlineData("n\n", ExitCodes.Usage, 0)]
    public async Task ResetAsksFirst(string answer, int code, int requests)
    {
        using FakeEndpoint fake = new((_, _) => (200, "{}"));
        CommandLine line = new() { Interactive = true, Input = answer };
        Assert.Equal(code, await line.Run("reset", "--endpoint", fake.Url));
        Assert.Contains("[y/N]", line.Error);
        Assert.Equal(requests, fake.Requests.Count);
    }

    [Theory]
    [InlineData("trunkline tra", "trace")]
    [InlineData("trunkline world ", "add-host")]
    [InlineData("trunkline world ", "clock")]
    [InlineData("trunkline env --shell ", "powershell")]
    public async Task TheShellIsToldWhatMayFollow(string typed, string offered)
    {
        CommandLine line = new();
        Assert.Equal(0, await line.Run($"[suggest:{typed.Length}]", typed));
        Assert.Contains(offered, line.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _trunkline")]
    [InlineData("zsh", "compdef _trunkline")]
    [InlineData("fish", "complete -c trunkline")]
    public async Task ACompletionScriptIsPrinted(string shell, string has)
    {
        CommandLine line = new();
        Assert.Equal(0, await line.Run("completion", shell));
        Assert.Contains(has, line.Output);
    }

    [Fact]
    public async Task InsideShowsNoPublicAddress()
    {
        using FakeEndpoint fake = new((_, body) => (200, body!.ToString().Contains("DescribeSubnets", StringComparison.Ordinal)
            ? Ec2("DescribeSubnets", "<subnetSet><item><cidrBlock>10.0.1.0/24</cidrBlock></item></subnetSet>")
            : Ec2("DescribeInstances", """
                <reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>
                <privateDnsName>ip-10-0-1-171.ec2.internal</privateDnsName><ipAddress>203.0.113.7</ipAddress>
                <networkInterfaceSet><item><subnetId>subnet-1</subnetId><macAddress>02:00:00:00:00:01</macAddress>
                <attachment><deviceIndex>0</deviceIndex></attachment>
                <privateIpAddressesSet><item><privateIpAddress>10.0.1.171</privateIpAddress>
                <association><publicIp>203.0.113.7</publicIp></association></item></privateIpAddressesSet></item></networkInterfaceSet>
                </item></instancesSet></item></reservationSet>
                """)));
        CommandLine line = new();
        Assert.Equal(0, await line.Run("inside", "web", "--endpoint", fake.Url));
        Assert.Contains("ip-10-0-1-171", line.Output);
        Assert.Contains("mtu 9001", line.Output);
        Assert.Contains("inet 10.0.1.171/24 brd 10.0.1.255", line.Output);
        Assert.DoesNotContain("203.0.113", line.Output);
    }

    private static string Ec2(string action, string inner) =>
        $"<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{inner}</{action}Response>";
}
