using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Planes.Linux.Server;

/// <summary>An unmodified client in one instance and an unmodified server in another: a rule that comes or goes decides whether they meet.</summary>
public sealed class RuleChangeTests
{
    private const string Port = "8080";

    [Theory]
    [MemberData(nameof(RestartTests.Ways), MemberType = typeof(RestartTests))]
    public async Task Curl_follows_a_security_group(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        foreach (string machine in machines)
        {
            await server.Ask("use", new JsonObject { ["machine"] = machine });
        }

        string group = (await server.Ec2($"Action=DescribeInstances&InstanceId.1={machines[1]}", "groupId"))[0];
        string address = (await server.Ec2($"Action=DescribeInstances&InstanceId.1={machines[1]}", "privateIpAddress"))[0];
        using Process web = Start(server, machines[1], "python3", "-m", "http.server", Port);
        try
        {
            await Until(() => Reaches(server, machines[0], address), "the server answers where everything is let in");

            string revoke = $"Action=RevokeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=-1";
            await server.Ec2($"{revoke}&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0", "return");
            await server.Ec2($"{revoke}&IpPermissions.1.Groups.1.GroupId={group}", "return");
            await server.Settle();
            Assert.False(await Reaches(server, machines[0], address), "nothing is let in any more");

            await server.Ec2(
                $"Action=AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort={Port}"
                + $"&IpPermissions.1.ToPort={Port}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/16",
                "return");
            await server.Settle();
            Assert.True(await Reaches(server, machines[0], address), "the port was opened");
        }
        finally
        {
            web.Kill(entireProcessTree: true);
            await web.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Two VPCs with the same addresses on one host: each instance meets its own neighbour and not the other's.</summary>
    [Theory]
    [MemberData(nameof(RestartTests.Ways), MemberType = typeof(RestartTests))]
    public async Task Equal_addresses_live_side_by_side(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] first = await server.Launch(2);
        string[] second = await server.Launch(2);
        foreach (string machine in (string[])[.. first, .. second])
        {
            await server.Ask("use", new JsonObject { ["machine"] = machine });
        }

        string there = (await server.Ec2($"Action=DescribeInstances&InstanceId.1={first[1]}", "privateIpAddress"))[0];
        string too = (await server.Ec2($"Action=DescribeInstances&InstanceId.1={second[1]}", "privateIpAddress"))[0];
        using Process web = Start(server, first[1], "python3", "-m", "http.server", Port);
        try
        {
            await Until(() => Reaches(server, first[0], there), "its own neighbour answers");
            Assert.False(await Reaches(server, second[0], there), "the other VPC's instance with that address, if any, has no server");
            Assert.False(await Reaches(server, second[0], too), "nor has its neighbour");
        }
        finally
        {
            web.Kill(entireProcessTree: true);
            await web.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<bool> Reaches(PlaneServer server, string machine, string address)
    {
        using Process curl = Start(server, machine, "curl", "-s", "-o", "/dev/null", "--max-time", "1", $"http://{address}:{Port}/");
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return curl.ExitCode == 0;
    }

    private static Process Start(PlaneServer server, string machine, params string[] command)
    {
        string[] words = server.Inside($"m-{machine}", command);
        return Process.Start(new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = Path.GetTempPath() })!;
    }

    private static async Task Until(Func<Task<bool>> holds, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), what);
        }
    }
}
