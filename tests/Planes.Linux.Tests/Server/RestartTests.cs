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
        await using PingFlow ping = await PingFlow.Start(server, machines[0], machines[1]);

        await server.Kill();
        long began = Stopwatch.GetTimestamp();
        await server.Up();
        JsonNode after = await server.Settle();
        TimeSpan took = Stopwatch.GetElapsedTime(began);

        Assert.True((long)after["writes"]! == 0, $"{after["writes"]} writes: {after["lastSteps"]}");
        Assert.Empty(after["failures"]!.AsArray());
        Assert.Equal((int)before["objectsThere"]!, (int)after["objectsThere"]!);
        Assert.Equal(holder, PlaneHolder.Find(server.Directory)!.Pid);
        Assert.True(took < TimeSpan.FromSeconds(10), $"{took.TotalSeconds:0.0} s");
        await ping.NothingLost();
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
        await using PingFlow ping = await PingFlow.Start(server, machines[0], machines[1]);
        int[] helpers = KillHelper(server);
        await Until(() => ProcessTable.WithArguments(AgentProgram.Arguments(server.Directory)).Except(helpers).Any());
        Assert.Equal(writes, (long)(await server.Settle())["writes"]!);

        // The new helper knows the tables by their hash alone; a change must still arrive.
        await server.Launch(1);
        Assert.True((long)(await server.Settle())["writes"]! > writes);
        await ping.NothingLost();
    }

    /// <summary>TRUNKLINE_KILLS says how often; twice where it does not.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Server_and_helper_are_killed_again_and_again_under_traffic(bool rootless)
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("TRUNKLINE_KILLS"), out int asked) ? asked : 2;
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        await server.Ask("use", new JsonObject { ["machine"] = machines[0] });
        await server.Ask("use", new JsonObject { ["machine"] = machines[1] });
        await server.Settle();
        await using PingFlow ping = await PingFlow.Start(server, machines[0], machines[1]);
        List<double> seconds = [];
        for (int i = 0; i < kills; i++)
        {
            KillHelper(server);
            await server.Kill();
            long began = Stopwatch.GetTimestamp();
            await server.Up();
            JsonNode status = await server.Settle();
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            Assert.Equal(0, (long)status["writes"]!);
            await ping.MoreReplies(3);
            KillHelper(server);
            await server.Launch(1);
            Assert.True((bool)(await server.Settle())["settled"]!);
            await ping.MoreReplies(3);
        }

        await ping.NothingLost();
        Assert.Equal(0, await server.Down());
        TestContext.Current.SendDiagnosticMessage($"{kills} kills; settled after {seconds.Min():0.00} to {seconds.Max():0.00} s");
        Assert.True(seconds.Min() < 10, $"{seconds.Min():0.0} s");
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
        await using PingFlow ping = await PingFlow.Start(server, machines[0], machines[1]);
        await ping.NothingLost();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Down_leaves_no_process_mount_or_namespace_and_the_next_up_brings_all_back(bool rootless)
    {
        await using PlaneServer server = await PlaneServer.Start(rootless);
        string[] machines = await server.Launch(2);
        await server.Ask("use", new JsonObject { ["machine"] = machines[0] });
        using Process inside = Process.Start(new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c",
            string.Join(' ', server.Inside($"m-{machines[0]}", "sleep", "1000")) }
        })!;
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
        await using PingFlow ping = await PingFlow.Start(two, second[0], second[1]);
        Assert.Equal(0, await one.Down());
        Assert.Equal(writes, (long)(await two.Settle())["writes"]!);
        await ping.NothingLost();
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

    private static int[] KillHelper(PlaneServer server)
    {
        int[] helpers = [.. ProcessTable.WithArguments(AgentProgram.Arguments(server.Directory))];
        foreach (int pid in helpers)
        {
            if (ProcessIdentity.Of(pid) is { } helper)
            {
                ProcessTable.Kill(helper);
            }
        }

        return helpers;
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
