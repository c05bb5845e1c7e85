using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Tests.Planes.Linux.Agent;

namespace Trunkline.Tests.Planes.Linux.Server;

/// <summary>A real <c>trunkline up --plane linux</c> on a free port, with a data directory of its own; everything is ended at the end.</summary>
internal sealed class PlaneServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly bool rootless;
    private Process? process;

    private PlaneServer(bool rootless)
    {
        this.rootless = rootless;
        Directory = new PlaneDirectory(System.IO.Directory.CreateTempSubdirectory("trunkline-server-").FullName);
    }

    public PlaneDirectory Directory { get; }

    /// <summary>The line that it said when it was up.</summary>
    public JsonNode Said { get; private set; } = new JsonObject();

    public int Pid => process!.Id;

    public static async Task<PlaneServer> Start(bool rootless)
    {
        PlaneServer server = new(rootless);
        await server.Up();
        return server;
    }

    /// <summary>Starts it, again after it was killed.</summary>
    public async Task Up()
    {
        string[] way = rootless ? ["--rootless"] : [];
        ProcessStartInfo start = new(
            ScratchPlane.Program[0], [.. ScratchPlane.Program[1..], "up", "--plane", "linux", .. way, "--port", "0", "--json", "--data", Directory.Data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        string line = await process.StandardOutput.ReadLineAsync().WaitAsync(StartLimit) ?? throw new InvalidOperationException($"the server ended: {errors}");
        Said = JsonNode.Parse(line)!;
    }

    /// <summary><c>kill -9</c> of the server alone.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<JsonNode> Status() => (await http.GetFromJsonAsync<JsonNode>($"{Said["endpoint"]}/_trunkline/status"))!["planeStatus"]!;

    /// <summary>Waits until the kernel is as the cloud says.</summary>
    public Task<JsonNode> Settle() => Ask("settle", []);

    public async Task<JsonNode> Ask(string question, JsonObject arguments)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync($"{Said["endpoint"]}/_trunkline/plane/{question}", arguments);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{question}: {body}");
        return JsonNode.Parse(body)!;
    }

    /// <summary>One EC2 call; the texts of an element of its answer, in order.</summary>
    public async Task<string[]> Ec2(string form, string element)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, (string?)Said["endpoint"])
        {
            Content = new StringContent($"{form}&Version=2016-11-15", Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260101T000000Z");
        using HttpResponseMessage response = await http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{form}: {body}");
        return [.. Regex.Matches(body, $"<{element}>([^<]*)</{element}>").Select(m => m.Groups[1].Value)];
    }

    /// <summary>Instances in one new VPC whose group lets everything in; their ids.</summary>
    public async Task<string[]> Launch(int count)
    {
        string vpc = (await Ec2("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId"))[0];
        string subnet = (await Ec2($"Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0/24", "subnetId"))[0];
        string group = (await Ec2($"Action=DescribeSecurityGroups&Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}", "groupId"))[0];
        await Ec2($"Action=AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0", "return");
        string image = (await Ec2("Action=DescribeImages&Owner.1=amazon", "imageId"))[0];
        return [.. (await Ec2($"Action=RunInstances&ImageId={image}&InstanceType=t3.micro&SubnetId={subnet}&MinCount={count}&MaxCount={count}",
            "instanceId")).Distinct()];
    }

    /// <summary>The process inside that number 1 of the holder is, as a command line prefix.</summary>
    public string[] Inside(string namespaceName, params string[] command) =>
        PlaneHolder.Find(Directory)!.Inside(["nsenter", $"--net={Directory.Netns(namespaceName)}", .. command]);

    public async Task<int> Down()
    {
        using Process down = Process.Start(ScratchPlane.Program[0], [.. ScratchPlane.Program[1..], "down", "--data", Directory.Data]);
        await down.WaitForExitAsync();
        return down.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await Kill();
        }

        process?.Dispose();
        await PlaneHolder.End(Directory, CancellationToken.None);
        System.IO.Directory.Delete(Directory.Data, recursive: true);
        http.Dispose();
    }
}
