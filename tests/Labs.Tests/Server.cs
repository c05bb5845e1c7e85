using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Trunkline.Tests.Labs;

/// <summary>One Trunkline process, so one world, for the tests of a class, which run one after another; each has an account of its own in it.</summary>
public partial class Server : IAsyncLifetime
{
    // The reads that together show everything a lab can leave behind.
    private static readonly (string Action, string[] Filter)[] Reads =
    [
        ("DescribeVpcs", []), ("DescribeSubnets", []), ("DescribeRouteTables", []), ("DescribeInternetGateways", []),
        ("DescribeEgressOnlyInternetGateways", []), ("DescribeSecurityGroups", []), ("DescribeSecurityGroupRules", []),
        ("DescribeNetworkAcls", []), ("DescribeAddresses", []), ("DescribeNetworkInterfaces", []), ("DescribeDhcpOptions", []),
        ("DescribeNatGateways", ["state", "pending", "available", "deleting", "failed"]),
        ("DescribeInstances", ["instance-state-name", "pending", "running", "stopping", "stopped", "shutting-down"]),
        ("DescribeVolumes", []), ("DescribeVpcEndpoints", []), ("DescribeVpcEndpointServiceConfigurations", []),
        ("DescribeManagedPrefixLists", []), ("DescribeFlowLogs", []), ("DescribeSecurityGroupVpcAssociations", []),
        ("DescribeVpcBlockPublicAccessExclusions", []),
        ("DescribeTransitGateways", []), ("DescribeTransitGatewayAttachments", ["state", "pendingAcceptance", "available"]),
        ("DescribeTransitGatewayRouteTables", []), ("DescribeTransitGatewayConnectPeers", []),
        ("DescribeVpcPeeringConnections", ["status-code", "pending-acceptance", "provisioning", "active"]),
        ("DescribeVpnGateways", ["state", "pending", "available"]), ("DescribeVpnConnections", ["state", "pending", "available"]),
        ("DescribeCustomerGateways", ["state", "pending", "available"]),
    ];

    // Load balancers and what goes with them have names and ARNs in place of such ids.
    private static readonly (string Service, string Version, string Action)[] ReadsOfOthers =
    [
        ("elasticloadbalancing", "2015-12-01", "DescribeLoadBalancers"), ("elasticloadbalancing", "2015-12-01", "DescribeTargetGroups"),
        ("elasticloadbalancing", "2012-06-01", "DescribeLoadBalancers"),
        ("iam", "2010-05-08", "ListServerCertificates"),
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly StringBuilder _said = new();
    private Process? _process;

    public string Url { get; private set; } = "";

    /// <summary>What else stands behind <c>trunkline up</c>.</summary>
    protected virtual string[] Options => [];

    /// <summary>A folder that goes with the server.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("trunkline-labs-").FullName;

    public virtual async ValueTask InitializeAsync()
    {
        Url = $"http://127.0.0.1:{FreePort()}";
        string[] arguments = [Repository.Program, "up", "--port", new Uri(Url).Port.ToString(), "--ephemeral", .. Options];
        _process = Programs.Start("dotnet", arguments, Folder, new Dictionary<string, string>());
        _process.OutputDataReceived += (_, line) => _said.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => _said.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        long start = Stopwatch.GetTimestamp();
        while (!await Answers())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException($"the server at {Url} does not answer:\n{_said}");
            }

            await Task.Delay(50);
        }
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        End(_process);
        _process?.WaitForExit();
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The variables that point AWS clients, Terraform and the command line at this server, as this account.</summary>
    public Dictionary<string, string> Variables(string account)
    {
        Dictionary<string, string> variables = new()
        {
            ["AWS_ENDPOINT_URL"] = Url,
            ["TRUNKLINE_ENDPOINT"] = Url,
            ["AWS_ACCESS_KEY_ID"] = account,
            ["AWS_SECRET_ACCESS_KEY"] = "trunkline",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_CONFIG_FILE"] = "/dev/null",
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
            ["AWS_PAGER"] = "",
            ["NO_PROXY"] = "127.0.0.1",
            ["XDG_STATE_HOME"] = Path.Combine(Folder, "state"),
            ["TF_IN_AUTOMATION"] = "1",
            ["CHECKPOINT_DISABLE"] = "1",
        };
        if (TerraformProject.Mirror() is { } mirror)
        {
            variables["TF_CLI_CONFIG_FILE"] = TerraformProject.Configuration(mirror, Folder);
        }

        return variables;
    }

    /// <summary>Runs <c>trunkline</c> as a process.</summary>
    internal Task<Ended> Trunkline(string account, params string[] arguments) =>
        Programs.Run("dotnet", [Repository.Program, .. arguments], Folder, Variables(account));

    /// <summary>The verdict of every flow of an expectation file, and which flows are not as it expects.</summary>
    internal async Task<JsonNode> Check(string account, string file, string outputs)
    {
        string values = Path.Combine(Folder, account + "-outputs.json");
        await File.WriteAllTextAsync(values, outputs, TestContext.Current.CancellationToken);
        Ended ended = await Trunkline(account, "check", file, "--vars", values, "--json");
        Assert.True(ended.ExitCode is 0 or 1, ended.Output + ended.Error);
        return JsonNode.Parse(ended.Output)!;
    }

    /// <summary>The ids of everything in the account, sorted.</summary>
    public async Task<IReadOnlyList<string>> Inventory(string account)
    {
        SortedSet<string> ids = new(StringComparer.Ordinal);
        foreach ((string action, string[] filter) in Reads)
        {
            Dictionary<string, string> form = new() { ["Action"] = action, ["Version"] = "2016-11-15" };
            for (int i = 0; i < filter.Length; i++)
            {
                form[i == 0 ? "Filter.1.Name" : $"Filter.1.Value.{i}"] = filter[i];
            }

            ids.UnionWith(Id().Matches(await Ask(account, "ec2", action, form)).Select(m => m.Value));
        }

        foreach ((string service, string version, string action) in ReadsOfOthers)
        {
            Dictionary<string, string> form = new() { ["Action"] = action, ["Version"] = version };
            ids.UnionWith(Name().Matches(await Ask(account, service, action, form)).Select(m => $"{service} {m.Value}"));
        }

        return [.. ids];
    }

    private async Task<string> Ask(string account, string service, string action, Dictionary<string, string> form)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Url) { Content = new FormUrlEncodedContent(form) };
        string scope = $"{account}/20260101/us-east-1/{service}/aws4_request";
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={new string('0', 64)}");
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{action}: {body}");
        return body;
    }

    /// <summary>How the server ends; one whose machines are to go with it is asked, so that it can take them away.</summary>
    protected virtual void End(Process? process) => process?.Kill(entireProcessTree: true);

    private async Task<bool> Answers()
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(Url + "/_trunkline/status", TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\b(?!r-|req)[a-z]+-[0-9a-f]{17}\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"(?<=<(LoadBalancerArn|LoadBalancerName|TargetGroupArn|ServerCertificateName)>)[^<]+")]
    private static partial Regex Name();
}
