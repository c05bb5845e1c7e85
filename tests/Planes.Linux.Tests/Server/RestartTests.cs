using System.Diagnostics;
using System.Text.Json.Nodes;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Tests.Planes.Linux.Server;

/// <summary>Server, helper and holder end in every way; what they made stays, is found again, mended, or is gone altogether.</summary>
public sealed class RestartTests
{
    public static TheoryData<bool> Ways => Environment.UserName == "root" ? [false, true] : [true];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_server_that_is_killed_finds_everything_again_and_writes_nothing(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        foreach (string machine in machines)
        {
            await server.Ask("use", new JsonObject { ["machine"] = machine });
        }

        JsonNode before = await server.Settle();
        Assert.True((long)before["writes"]! > 10);
        int holder = PlaneHolder.Find(server.Directory)!.Pid;
        using Process ping = await Ping(server, machines);

        await server.Kill();
        long began = Stopwatch.GetTimestamp();
        await server.Up();
        JsonNode after = await server.Settle();
        TimeSpan took = Stopwatch.GetElapsedTime(began);

        Assert.Equal(0, (long)after["writes"]!);
        Assert.Empty(after["failures"]!.AsArray());
        Assert.Equal((int)before["objectsThere"]!, (int)after["objectsThere"]!);
        Assert.Equal(holder, PlaneHolder.Find(server.Directory)!.Pid);
        Assert.True(took < TimeSpan.FromSeconds(10), $"{took.TotalSeconds:0.0} s");
        Assert.Contains(" 0% packet loss", await End(ping), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_helper_that_is_killed_is_replaced_and_no_packet_is_lost(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        foreach (string machine in machines)
        {
            await server.Ask("use", new JsonObject { ["machine"] = machine });
        }

        long writes = (long)(await server.Settle())["writes"]!;
        using Process ping = await Ping(server, machines);
        int[] helpers = [.. ProcessTable.WithArguments(AgentProgram.Arguments(server.Directory))];
        Array.ForEach(helpers, pid => ProcessTable.Kill(ProcessIdentity.Of(pid)!));
        await Until(() => ProcessTable.WithArguments(AgentProgram.Arguments(server.Directory)).Except(helpers).Any());
        Assert.Equal(writes, (long)(await server.Settle())["writes"]!);

        // The new helper knows the tables by their hash alone; a change must still arrive.
        await server.Launch(1);
        Assert.True((long)(await server.Settle())["writes"]! > writes);
        Assert.Contains(" 0% packet loss", await End(ping), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_holder_that_is_killed_is_made_again_with_everything_in_it(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        await server.Ask("use", new JsonObject { ["machine"] = machines[0] });
        await server.Ask("use", new JsonObject { ["machine"] = machines[1] });
        int objects = (int)(await server.Settle())["objectsThere"]!;
        int holder = PlaneHolder.Find(server.Directory)!.Pid;
        ProcessTable.Kill(ProcessIdentity.Of(holder)!);
        await Until(() => PlaneHolder.Find(server.Directory) is { } next && next.Pid != holder);
        Assert.Equal(objects, (int)(await server.Settle())["objectsThere"]!);
        using Process ping = await Ping(server, machines);
        Assert.Contains(" 0% packet loss", await End(ping), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Down_leaves_no_process_mount_or_namespace_and_the_next_up_brings_all_back(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        await server.Ask("use", new JsonObject { ["machine"] = machines[0] });
        using Process inside = Process.Start(new ProcessStartInfo("sh") { ArgumentList = { "-c", string.Join(' ', server.Inside($"m-{machines[0]}", "sleep", "1000")) } })!;
        int pid = server.Pid;
        string[] namespaces = NamespacesOf($"/proc/{PlaneHolder.Find(server.Directory)!.Pid}");
        Assert.Equal(3, namespaces.Length);
        await Until(() => SharingWith(namespaces).Length >= 3);

        Assert.Equal(0, await server.Down());

        Assert.Null(ProcessTable.StatOf(pid) is { HasEnded: false } left ? left : null);
        Assert.Empty(ProcessTable.WithArguments(PlaneHolder.Name, server.Directory.Root));
        Assert.Empty(ProcessTable.WithArguments(AgentProgram.Arguments(server.Directory)));
        Assert.DoesNotContain(server.Directory.Data, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
        await inside.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(SharingWith(namespaces));

        await server.Up();
        await server.Ask("use", new JsonObject { ["machine"] = machines[0] });
        Assert.True((bool)(await server.Settle())["settled"]!);
    }

    [Fact]
    public async Task Two_servers_side_by_side_have_their_own_equal_networks()
    {
        await using PlaneServer one = await PlaneServer.Start(rootless: true);
        await using PlaneServer two = await PlaneServer.Start(rootless: true);
        string[] first = await one.Launch(2);
        string[] second = await two.Launch(2);
        foreach ((PlaneServer server, string machine) in first.Select(m => (one, m)).Concat(second.Select(m => (two, m))))
        {
            await server.Ask("use", new JsonObject { ["machine"] = machine });
        }

        long writes = (long)(await two.Settle())["writes"]!;
        using Process ping = await Ping(two, second);
        Assert.Equal(0, await one.Down());
        Assert.Equal(writes, (long)(await two.Settle())["writes"]!);
        Assert.Contains(" 0% packet loss", await End(ping), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_does_not_run_is_refused_by_name()
    {
        await using PlaneServer server = await PlaneServer.Start(rootless: true);
        string machine = (await server.Launch(1))[0];
        await server.Ec2($"Action=StopInstances&InstanceId.1={machine}", "currentState");
        using HttpClient http = new();
        using HttpResponseMessage response = await http.PostAsync(
            $"{server.Said["endpoint"]}/_trunkline/plane/use", new StringContent($$"""{"machine":"{{machine}}"}"""));
        Assert.Equal($$$"""{"error":{"code":"NotRunning","message":"{{{machine}}} does not run"}}""", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Pings the second machine from the first, five times a second, until it is interrupted.</summary>
    private static async Task<Process> Ping(PlaneServer server, string[] machines)
    {
        string address = (await server.Ec2($"Action=DescribeInstances&InstanceId.1={machines[1]}", "privateIpAddress"))[0];
        string[] command = server.Inside($"m-{machines[0]}", "ping", "-i", "0.2", "-W", "1", address);
        Process ping = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string? first = await ping.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        string? second = await ping.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("bytes from", $"{first}\n{second}", StringComparison.Ordinal);
        return ping;
    }

    private static async Task<string> End(Process ping)
    {
        // Its own child inside is the ping: interrupted, it prints its count.
        foreach (int child in Descendants(ping.Id))
        {
            using Process interrupt = Process.Start("kill", ["-INT", $"{child}"]);
            await interrupt.WaitForExitAsync();
        }

        string text = await ping.StandardOutput.ReadToEndAsync();
        await ping.WaitForExitAsync();
        return text;
    }

    private static int[] Descendants(int pid)
    {
        int[] children = [.. ProcessTable.ChildrenOf(pid)];
        return [.. children, .. children.SelectMany(Descendants)];
    }

    /// <summary>The processes of this host that are in one of a process' namespaces.</summary>
    private static string[] SharingWith(string[] namespaces) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _))
            .Where(d => NamespacesOf(d).Intersect(namespaces).Any()),
    ];

    private static string[] NamespacesOf(string process)
    {
        try
        {
            return [.. ((string[])["net", "mnt", "pid"]).Select(kind => new FileInfo($"{process}/ns/{kind}").LinkTarget ?? "").Where(n => n.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ends just now, or is another user's.
            return [];
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 20_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "not in time");
            await Task.Delay(20);
        }
    }
}
