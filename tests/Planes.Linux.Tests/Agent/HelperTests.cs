using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Tests.Planes.Linux.Agent;

/// <summary>Holder and helper as they really are: namespaces of this kernel.</summary>
public sealed class HelperTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    public static TheoryData<bool> Ways => Environment.UserName == "root" ? [false, true] : [true];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_helper_that_is_killed_is_started_again_in_the_same_namespaces(bool rootless)
    {
        await using ScratchPlane plane = new();
        await using AgentKeeper keeper = new(plane.Directory, ScratchPlane.Program, rootless, lasting: true);
        using AgentClient client = new(keeper.Connect);
        Pong first = await Ping(client);
        int holder = keeper.Holder!.Pid;
        await Kill(plane.Directory);
        Assert.Equal("the helper ended", await keeper.Losses.ReadAsync(Stop));
        Pong second = await Ping(client);
        Assert.NotEqual(first.Pid, second.Pid);
        Assert.Equal(holder, keeper.Holder!.Pid);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_holder_that_is_killed_takes_the_helper_with_it_and_is_started_again(bool rootless)
    {
        await using ScratchPlane plane = new();
        await using AgentKeeper keeper = new(plane.Directory, ScratchPlane.Program, rootless, lasting: true);
        using AgentClient client = new(keeper.Connect);
        await Ping(client);
        int holder = keeper.Holder!.Pid;
        ProcessTable.Kill(ProcessIdentity.Of(holder)!);
        Assert.Equal("the holder of the namespaces ended", await keeper.Losses.ReadAsync(Stop));
        await Ping(client);
        Assert.NotEqual(holder, keeper.Holder!.Pid);
    }

    [Fact]
    public async Task The_next_server_finds_holder_and_helper_again()
    {
        await using ScratchPlane plane = new();
        int holder;
        Pong first;
        await using (AgentKeeper one = new(plane.Directory, ScratchPlane.Program, rootless: true, lasting: true))
        {
            using AgentClient client = new(one.Connect);
            first = await Ping(client);
            holder = one.Holder!.Pid;
        }

        await using AgentKeeper two = new(plane.Directory, ScratchPlane.Program, rootless: true, lasting: true);
        using AgentClient next = new(two.Connect);
        Assert.Equal(first, await Ping(next));
        Assert.Equal(holder, two.Holder!.Pid);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Ending_leaves_no_process_mount_or_file_and_touches_no_other_plane(bool rootless)
    {
        await using ScratchPlane plane = new();
        await using ScratchPlane other = new();
        await using AgentKeeper keeper = new(plane.Directory, ScratchPlane.Program, rootless, lasting: true);
        await using AgentKeeper neighbour = new(other.Directory, ScratchPlane.Program, rootless, lasting: true);
        using AgentClient client = new(keeper.Connect);
        using AgentClient beside = new(neighbour.Connect);
        await Ping(client);
        Pong before = await Ping(beside);

        Assert.True(await PlaneHolder.End(plane.Directory, Stop));

        Assert.Empty(Leavings(plane.Directory));
        Assert.DoesNotContain(plane.Directory.Data, await File.ReadAllTextAsync("/proc/mounts", Stop));
        Assert.Empty(Directory.GetFiles(plane.Directory.Root));
        Assert.Empty(Directory.GetFiles(plane.Directory.NetnsRoot));
        Assert.Equal(before, await Ping(beside));
        Assert.False(await PlaneHolder.End(plane.Directory, Stop));
    }

    [Fact]
    public async Task A_holder_whose_server_died_before_noting_it_is_ended_too()
    {
        await using ScratchPlane plane = new();
        PlaneHolder holder = await PlaneHolder.Start(plane.Directory, rootless: true, lasting: true, Stop);
        File.Delete(plane.Directory.HolderFile);
        Assert.True(await PlaneHolder.End(plane.Directory, Stop));
        Assert.False(holder.IsAlive);
    }

    [Fact]
    public async Task A_holder_that_is_not_to_last_ends_with_its_server()
    {
        await using ScratchPlane plane = new();
        PlaneHolder holder = await PlaneHolder.Start(plane.Directory, rootless: true, lasting: false, Stop);
        Assert.True(holder.IsAlive);
        holder.Release();
        await Until(() => !holder.IsAlive);
    }

    [Fact]
    public async Task The_holder_collects_orphans()
    {
        await using ScratchPlane plane = new();
        PlaneHolder holder = await PlaneHolder.Start(plane.Directory, rootless: true, lasting: true, Stop);
        string counted = await Output(holder.Inside("sh", "-c",
            "(sleep 0 &) ; i=0; while grep -ls '^State:.Z' /proc/[0-9]*/status && [ $i -lt 50 ]; do sleep 0.05; i=$((i+1)); done; echo done $i"));
        Assert.Contains("done", counted, StringComparison.Ordinal);
        Assert.DoesNotContain("done 50", counted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_has_ended_when_its_last_thread_has()
    {
        Needs.Program("python3", "python3");
        const string Leave = "import ctypes, platform, threading, time; threading.Thread(target=lambda: time.sleep(600)).start(); "
            + "ctypes.CDLL(None).syscall(60 if platform.machine() == 'x86_64' else 93, 0)";
        using Process process = Process.Start("python3", ["-c", Leave]);
        await Until(() => ProcessTable.StatOf(process.Id) is { State: 'Z' });
        Assert.False(ProcessTable.StatOf(process.Id)!.Value.HasEnded);
        process.Kill();
        await Until(() => ProcessTable.StatOf(process.Id) is null or { HasEnded: true });
    }

    [Fact]
    public async Task A_long_path_of_the_data_directory_is_no_hindrance()
    {
        await using ScratchPlane plane = new();
        PlaneDirectory deep = new(Path.Combine(plane.Directory.Data, new string('d', 90), new string('e', 90)));
        await using AgentKeeper keeper = new(deep, ScratchPlane.Program, rootless: true, lasting: true);
        using AgentClient client = new(keeper.Connect);
        await Ping(client);
        await PlaneHolder.End(deep, Stop);
    }

    [Fact]
    public async Task Calls_streams_refusals_and_file_descriptors_pass_beside_each_other()
    {
        string socketFile = Path.Combine(Directory.CreateTempSubdirectory("trunkline-rpc-").FullName, "s");
        AgentRegistry registry = new();
        CoreOperations.Register(registry);
        registry.Add<Nothing, Nothing>("refuse", CoreJson.Default.Nothing, CoreJson.Default.Nothing, (_, _, _) => throw new AgentException("no veth here"));
        registry.AddStream("upper", CoreJson.Default.Nothing, Upper);
        using CancellationTokenSource end = new();
        AgentServer server = new(registry, new AgentHost(new PlaneDirectory(Path.GetDirectoryName(socketFile)!)), TextWriter.Null);
        Task serving = server.Serve(socketFile, end.Token);
        using AgentClient client = new(async stop =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketFile), stop);
            return socket;
        });

        AgentException refused = await Assert.ThrowsAsync<AgentException>(async () =>
            await client.Call("refuse", Nothing.Value, CoreJson.Default.Nothing, CoreJson.Default.Nothing, Stop));
        Assert.Equal("no veth here", refused.Message);
        AgentException unknown = await Assert.ThrowsAsync<AgentException>(async () =>
            await client.Call("nonsense", Nothing.Value, CoreJson.Default.Nothing, CoreJson.Default.Nothing, Stop));
        Assert.Contains("'nonsense'", unknown.Message, StringComparison.Ordinal);

        using SafeFileHandle null1 = File.OpenHandle("/dev/null");
        await using AgentStream stream = await client.Open("upper", Nothing.Value, CoreJson.Default.Nothing, Stop, [null1]);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Ping(client)));
        await stream.Stream.WriteAsync("packets"u8.ToArray(), Stop);
        stream.EndSending();
        using StreamReader reader = new(stream.Stream);
        Assert.Equal("PACKETS", await reader.ReadToEndAsync(Stop));
        Assert.Equal("/dev/zero", new FileInfo($"/proc/self/fd/{Assert.Single(stream.Handles).DangerousGetHandle()}").LinkTarget);
        await end.CancelAsync();
        await serving;
    }

    private static async Task Upper(AgentHost host, Nothing request, AgentCall call, CancellationToken stop)
    {
        using SafeFileHandle given = Assert.Single(call.Handles);
        Assert.Equal("/dev/null", new FileInfo($"/proc/self/fd/{given.DangerousGetHandle()}").LinkTarget);
        using SafeFileHandle zero = File.OpenHandle("/dev/zero");
        call.Give(zero);
        await call.Accept(stop);
        using StreamReader reader = new(call.Stream, leaveOpen: true);
        string text = await reader.ReadToEndAsync(stop);
        await call.Stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToUpperInvariant()), stop);
    }

    private static async Task<Pong> Ping(AgentClient client) =>
        await client.Call(CoreOperations.Ping, Nothing.Value, CoreJson.Default.Nothing, CoreJson.Default.Pong, Stop);

    /// <summary>Kills the helper and waits until it has closed what it held: until then a call may still go to it.</summary>
    internal static async Task Kill(PlaneDirectory directory)
    {
        foreach (int pid in ProcessTable.WithArguments(AgentProgram.Arguments(directory)).ToArray())
        {
            ProcessIdentity helper = ProcessIdentity.Of(pid)!;
            ProcessTable.Kill(helper);
            Assert.True(await ProcessTable.Ended(helper, TimeSpan.FromSeconds(10), Stop), "the helper does not end");
        }
    }

    private static int[] Leavings(PlaneDirectory directory) =>
    [
        .. ProcessTable.WithArguments(AgentProgram.Arguments(directory)), .. ProcessTable.WithArguments(PlaneHolder.Name, directory.Root),
    ];

    private static async Task Until(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 10_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "not in time");
            await Task.Delay(10);
        }
    }

    private static async Task<string> Output(string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text;
    }
}
