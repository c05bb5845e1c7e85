using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Trunkline.Tests.Planes.Linux.Agent;

namespace Trunkline.Tests.Planes.Linux.Server;

/// <summary>The commands that reach into instances, against a real server and real packets.</summary>
public sealed class MachineCommandTests
{
    private const string Token = "K=$(curl -sm5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)";

    public static TheoryData<bool> Ways => RestartTests.Ways;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_instance_is_used_as_on_EC2(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string script = $"#!/bin/sh\n{Token}\ncurl -sm5 -H \"X-aws-ec2-metadata-token: $K\" http://169.254.169.254/latest/meta-data/local-ipv4\n";
        string userData = Convert.ToBase64String(Encoding.UTF8.GetBytes(script));
        string first = await Launch(server, userData);

        // Lab 05's textbook view: the private address only, MTU 9001, the host name after the address.
        Assert.Equal("ip-10-0-1-171\n", (await Exec(server, first, "hostname")).Output);
        string view = (await Exec(server, first, "ip addr")).Output;
        Assert.Contains("inet 10.0.1.171/24 scope global eth0", view, StringComparison.Ordinal);
        Assert.Contains("mtu 9001", view, StringComparison.Ordinal);
        Assert.Single(view.Split('\n'), l => l.Contains("inet ", StringComparison.Ordinal) && !l.Contains("127.0.0.1", StringComparison.Ordinal));

        Assert.Equal((9, "in\n"), await Exec(server, first, "cat; exit 9", "in\n"));
        Assert.Equal($"{first}", (await Exec(server, first,
            $"{Token}; curl -sm5 -H \"X-aws-ec2-metadata-token: $K\" http://169.254.169.254/latest/meta-data/instance-id")).Output);
        Assert.Equal("401", (await Exec(server, first, "curl -sm5 -o /dev/null -w '%{http_code}' http://169.254.169.254/latest/meta-data/")).Output);
        Assert.StartsWith("10.0.1.171", (await Exec(server, first, "getent hosts ip-10-0-1-171")).Output, StringComparison.Ordinal);
        Assert.Contains("ip-10-0-1-171.ec2.internal", (await Exec(server, first, "getent hosts 10.0.1.171")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await Exec(server, first, "getent hosts ip-10-0-1-9.ec2.internal")).Code);
        await Until(async () => (await Run(server, null, "console", first)).Output == "10.0.1.171", "user data ran, with its services there");

        using Process capture = Begin(server, "capture", first, "-c", "2", "icmp");
        await Until(async () => (await Exec(server, first, "cat /proc/net/packet")).Output.Split('\n').Length > 2, "the capture listens");
        await Exec(server, first, "ping -c1 -W2 10.0.1.1; ping -c2 -i0.2 -W2 10.0.1.171; ping -c2 -i0.2 -W1 10.0.1.20");
        string seen = await capture.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("ICMP echo request", seen, StringComparison.Ordinal);

        using Process page = Begin(server, "exec", first, "--", "python3", "-c",
            "import socket\ns=socket.create_server(('',80))\nwhile 1:\n c,a=s.accept()\n c.sendall(b'page')\n c.close()");
        using Process forward = Begin(server, "forward", "0", $"{first}:80");
        string said = await forward.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) ?? "";
        int port = int.Parse(said.Split(' ')[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await Until(async () => await Fetch(port) == "page", "the forwarded port answers");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Fetch(port))), text => Assert.Equal("page", text));

        await server.Ec2($"Action=StopInstances&InstanceId.1={first}", "instanceId");
        await page.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(2, (await Exec(server, first, "true")).Code);
        await server.Ec2($"Action=StartInstances&InstanceId.1={first}", "instanceId");
        Assert.Equal("ip-10-0-1-171\n", (await Exec(server, first, "hostname")).Output);
        Assert.Equal("10.0.1.171", (await Run(server, null, "console", first)).Output);
        Terminate(forward, capture);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_DHCP_client_gets_what_the_instance_has(bool rootless)
    {
        Needs.Program("dhclient", "isc-dhcp-client");
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string first = await Launch(server, null);
        string said = (await Exec(server, first, "dhclient -4 -1 -v -sf /bin/true -lf /run/leases -pf /run/dhclient.pid eth0 2>&1; cat /run/leases")).Output;
        Assert.Contains("DHCPACK of 10.0.1.171", said, StringComparison.Ordinal);
        Assert.Contains("option dhcp-server-identifier 10.0.1.1;", said, StringComparison.Ordinal);
        Assert.Contains("option domain-name-servers 10.0.0.2;", said, StringComparison.Ordinal);
        Assert.Contains("option host-name \"ip-10-0-1-171\";", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_is_put_behind_an_interface()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: the namespace of a process of the host belongs to the host");
        await using PlaneServer server = await PlaneServer.Start(rootless: false);
        string first = await Launch(server, null);
        using Process foreign = Process.Start(new ProcessStartInfo("unshare", ["-n", "sleep", "60"]))!;
        try
        {
            await Until(() => Task.FromResult(new FileInfo($"/proc/{foreign.Id}/ns/net").LinkTarget != new FileInfo("/proc/self/ns/net").LinkTarget),
                "it has its own");
            (int code, string output) = await Run(server, null, "attach", foreign.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), first);
            Assert.Equal((0, $"process {foreign.Id} is behind the interface of {first}\n"), (code, output));
            using Process look = Process.Start(new ProcessStartInfo("nsenter",
                ["-t", $"{foreign.Id}", "-n", "ip", "-o", "-4", "addr", "show", "eth0"])
            { RedirectStandardOutput = true })!;
            Assert.Contains("10.0.1.171/24", await look.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
            Assert.StartsWith("10.0.1.171", (await Exec(server, first, "getent hosts ip-10-0-1-171")).Output, StringComparison.Ordinal);
            Assert.Equal(2, (await Run(server, null, "attach", $"{Environment.ProcessId}", first)).Code);
        }
        finally
        {
            foreign.Kill();
        }
    }

    private static async Task<string> Launch(PlaneServer server, string? userData)
    {
        string vpc = (await server.Ec2("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId"))[0];
        await server.Ec2($"Action=ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value=true", "return");
        string subnet = (await server.Ec2($"Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0/24", "subnetId"))[0];
        string image = (await server.Ec2("Action=DescribeImages&Owner.1=amazon", "imageId"))[0];
        string form = $"Action=RunInstances&ImageId={image}&InstanceType=t3.micro&SubnetId={subnet}&MinCount=1&MaxCount=1&PrivateIpAddress=10.0.1.";
        string data = userData is null ? "" : $"&UserData={Uri.EscapeDataString(userData)}";
        await server.Ec2(form + "20", "instanceId");
        return (await server.Ec2(form + "171&MetadataOptions.HttpTokens=required" + data, "instanceId"))[0];
    }

    private static Task<(int Code, string Output)> Exec(PlaneServer server, string machine, string script, string? input = null) =>
        Run(server, input, "exec", machine, "--", "sh", "-c", script);

    private static async Task<(int Code, string Output)> Run(PlaneServer server, string? input, params string[] arguments)
    {
        using Process process = Begin(server, arguments);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private static Process Begin(PlaneServer server, params string[] arguments)
    {
        string[] all = [.. ScratchPlane.Program[1..], arguments[0], "--endpoint", (string)server.Said["endpoint"]!, .. arguments[1..]];
        ProcessStartInfo start = new(ScratchPlane.Program[0], all) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Remove("AWS_ACCESS_KEY_ID");
        return Process.Start(start)!;
    }

    private static async Task<string> Fetch(int port)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port);
        using StreamReader reader = new(client.GetStream());
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Terminate(params Process[] processes)
    {
        foreach (Process process in processes.Where(p => !p.HasExited))
        {
            process.Kill();
        }
    }

    private static async Task Until(Func<Task<bool>> holds, string what)
    {
        long limit = Environment.TickCount64 + 30_000;
        while (!await holds())
        {
            Assert.True(Environment.TickCount64 < limit, what);
            await Task.Delay(50);
        }
    }
}
