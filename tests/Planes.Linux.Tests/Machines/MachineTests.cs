using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Trunkline.Addressing;
using Trunkline.Planes;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Planes.Linux.Machines;
using Trunkline.Tests.Planes.Linux.Agent;

namespace Trunkline.Tests.Planes.Linux.Machines;

/// <summary>Programs in machines as they really are, as root and rootless.</summary>
public sealed class MachineTests
{
    /// <summary>Hears until the other side has ended its sending, and answers then.</summary>
    private const string Server =
        """
        import socket
        s = socket.create_server(("0.0.0.0", 8080))
        print("up")
        c, a = s.accept()
        print(c.makefile().read())
        c.sendall(b"answer\n")
        """;

    public static TheoryData<bool> Ways => HelperTests.Ways;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_program_has_its_input_output_errors_and_exit_code(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        Assert.Equal(new Said("out\n", "err\n", 7), await bench.Shell("echo out; echo err >&2; exit 7"));
        Assert.Equal(new Said("through\n", "", 0), await bench.Run(MachineBench.First, ["cat"], "through\n"));
        Assert.Equal(new Said("", "", 128 + 9), await bench.Shell("kill -9 $$"));
        Said missing = await bench.Run(MachineBench.First, ["no-such-program"]);
        Assert.Equal(127, missing.Code);
        Assert.Contains("no-such-program", missing.Errors, StringComparison.Ordinal);
        Said large = await bench.Shell("head -c 3000000 /dev/zero | tr '\\0' x");
        Assert.Equal(3_000_000, large.Output.Length);

        // What a program leaves behind does not hold its client back.
        Assert.Equal(new Said("left\n", "", 0), await bench.Shell("sleep 30 & echo left"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_machine_shows_its_own_name_files_and_interface_only(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        Assert.Equal("ip-10-0-0-11\nip-10-0-0-11\n", (await bench.Shell("hostname; cat /etc/hostname")).Output);
        Assert.Equal("ip-10-0-0-12\n", (await bench.Shell("hostname", "i-2")).Output);
        Assert.StartsWith("10.9.9.9", (await bench.Shell("getent hosts told.by.hosts")).Output, StringComparison.Ordinal);
        Assert.Equal("search ec2.internal\nnameserver 10.0.0.2\n", (await bench.Shell("cat /etc/resolv.conf")).Output);
        string links = (await bench.Shell("ls /sys/class/net; ip -o addr")).Output;
        Assert.StartsWith("eth0\nlo\n", links, StringComparison.Ordinal);
        Assert.Contains("eth0    inet 10.0.0.11/16", links, StringComparison.Ordinal);
        Assert.Contains("mtu 9001", (await bench.Shell("ip link show eth0")).Output, StringComparison.Ordinal);

        // A program may replace its machine's files, as dhclient does; the next one sees it, the other machine does not.
        await bench.Shell("echo nameserver 10.7.7.7 > /etc/resolv.new && mv /etc/resolv.new /etc/resolv.conf");
        Assert.Equal("nameserver 10.7.7.7\n", (await bench.Shell("cat /etc/resolv.conf")).Output);
        Assert.Contains("10.0.0.2", (await bench.Shell("cat /etc/resolv.conf", "i-2")).Output, StringComparison.Ordinal);
        Assert.Equal("", (await bench.Shell("ls -A /run | grep -v lock")).Output);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_terminal_has_a_size_job_control_and_Ctrl_C(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        await using Session one = bench.Begin(MachineBench.First, ["sh"], terminal: true);
        await using Session two = bench.Begin(MachineBench.First, ["sh"], terminal: true);
        await one.Type("stty size; tty\n");
        await one.Expect("33 101");
        await one.Expect("/dev/pts/");
        await one.Send(RelayFrames.Size, [120, 0, 40, 0]);
        await one.Type("stty size\n");
        await one.Expect("40 120");
        await two.Type("echo second-$((40+2))\n");
        await two.Expect("second-42");
        await one.Type("sleep 1000\n");
        await MachineBench.Until(async () => (await bench.Shell("ls -d /proc/[0-9]*/cmdline | xargs cat 2>/dev/null | tr '\\0' ' '")).Output
            .Contains("sleep 1000", StringComparison.Ordinal), "sleep runs");
        await one.Type("\u0003");
        await one.Type("echo after-$?\n");
        await one.Expect("after-130");
        await one.Type("exit 5\n");
        Assert.Equal(5, (await one.ToEnd()).Code);
        await two.Type("\u0004");
        Assert.Equal(0, (await two.ToEnd()).Code);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_client_that_goes_away_ends_its_program(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        foreach (bool terminal in (bool[])[false, true])
        {
            Session session = bench.Begin(MachineBench.First, ["sh", "-c", "echo begun; trap '' HUP; sleep 4242"], terminal);
            await session.Expect("begun");
            await session.DisposeAsync();
            await MachineBench.Until(async () => !await Runs(bench, "4242"), "the program ends");
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_program_outlives_the_helper_and_is_heard_to_its_end(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        await using Session session = bench.Begin(MachineBench.First, ["cat"], terminal: false);
        await session.Type("before\n");
        await session.Expect("before");
        await HelperTests.Kill(bench.Directory);
        await session.Type("after\n");
        await session.Expect("after");
        await session.Send(RelayFrames.InputEnd, []);
        Assert.Equal(255, (await session.ToEnd()).Code);
        Assert.Equal("ip-10-0-0-11\n", (await bench.Shell("hostname")).Output);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_port_of_a_machine_is_reached_and_half_closed_connections_stay_so(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        await using Session server = bench.Begin(MachineBench.First, ["python3", "-uc", Server], terminal: false);
        await server.Expect("up");
        (Socket ours, Socket its) = MachineBench.Pair();
        JsonObject arguments = new() { ["machine"] = MachineBench.First, ["port"] = 8080 };
        Task question = bench.Host.Connect(MachineBench.Question("connect", arguments, its), MachineBench.Stop).AsTask();
        await using NetworkStream client = new(ours, ownsSocket: true);
        await client.WriteAsync(RelayFrames.Make(RelayFrames.Input, "hello\n"u8));
        await client.WriteAsync(RelayFrames.Make(RelayFrames.InputEnd, []));
        await server.Expect("hello");
        Assert.Equal("answer\n", Encoding.UTF8.GetString((await RelayFrames.Read(client, MachineBench.Stop))!.Value.Octets));
        Assert.Equal(RelayFrames.Exit, (await RelayFrames.Read(client, MachineBench.Stop))!.Value.Kind);
        await question;

        PlaneException refused = await Assert.ThrowsAsync<PlaneException>(async () =>
            await bench.Host.Connect(MachineBench.Question("connect", new JsonObject { ["machine"] = MachineBench.First, ["port"] = 9 },
                MachineBench.Pair().Its), MachineBench.Stop));
        Assert.Equal("10.0.0.11:9: Connection refused", refused.Message);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_capture_is_a_pcap_file_of_what_the_filter_lets_through(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        (Socket ours, Socket its) = MachineBench.Pair();
        // ldh [12]; jeq #0x800, next, drop; ldb [23]; jeq #1, next, drop; ret 262144; drop: ret 0. ICMP over IPv4 only.
        JsonObject arguments = new()
        {
            ["machine"] = MachineBench.First,
            ["filter"] = new JsonArray(0x28, 0, 0, 12, 0x15, 0, 3, 0x800, 0x30, 0, 0, 23, 0x15, 0, 1, 1, 6, 0, 0, 262144, 6, 0, 0, 0),
        };
        Task question = bench.Host.Capture(MachineBench.Question("capture", arguments, its), MachineBench.Stop).AsTask();
        await using NetworkStream client = new(ours, ownsSocket: true);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        byte[] head = new byte[24];
        await client.ReadExactlyAsync(head, limit.Token);
        Assert.Equal(PacketCapture.Head(), head);
        await bench.Shell("echo nobody | nc -u -w1 -q0 10.0.0.12 99; ping -c1 -W1 10.0.0.12");
        byte[] record = new byte[16];
        await client.ReadExactlyAsync(record, limit.Token);
        byte[] frame = new byte[BitConverter.ToInt32(record, 8)];
        await client.ReadExactlyAsync(frame, limit.Token);
        Assert.Equal(98, frame.Length);
        Assert.Equal(1, frame[23]);
        Assert.Equal([10, 0, 0, 11, 10, 0, 0, 12], frame[26..34]);
        ours.Shutdown(SocketShutdown.Both);
        await question;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Services_answer_inside_with_their_own_addresses_and_hop_limit(bool rootless)
    {
        Needs.Program("nc", "netcat-openbsd");
        await using MachineBench bench = await MachineBench.New(rootless);
        bench.Cloud.Points =
        [
            new ServicePoint("vpc-1", "", "metadata", IsStream: true, IpAddress.Parse("10.0.0.1"), 80),
            new ServicePoint("vpc-1", "", "dns", IsStream: false, IpAddress.Parse("10.0.0.1"), 53),
        ];
        bench.Host.Start(TextWriter.Null);
        await MachineBench.Until(async () => (await bench.Shell("echo hi | nc -w2 -N 10.0.0.1 80")).Output == "10.0.0.11 hi\n", "TCP is answered");
        Assert.Equal("10.0.0.11 hi\n", (await bench.Shell("echo hi | nc -u -w1 10.0.0.1 53")).Output);

        // A helper that ends takes no socket along, and a router made anew gets new ones.
        await using Session before = bench.Begin(MachineBench.First, ["sh", "-c", "echo ready; read x; echo hi | nc -w2 -N 10.0.0.1 80"], terminal: false);
        await before.Expect("ready");
        await HelperTests.Kill(bench.Directory);
        await before.Type("\n");
        await before.Expect("10.0.0.11 hi\n");
        await bench.Write(Trunkline.Planes.Linux.Desired.HostNetwork.Empty);
        await bench.Write(Kernel.Sample.Network(2));
        await MachineBench.Until(async () => (await bench.Shell("echo hi | nc -w2 -N 10.0.0.1 80")).Output == "10.0.0.11 hi\n", "the new router answers");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task User_data_runs_once_and_stop_start_and_reboot_end_what_runs(bool rootless)
    {
        await using MachineBench bench = await MachineBench.New(rootless);
        bench.Used = [];
        bench.Cloud["i-2"] = bench.Cloud["i-2"] with { FirstBoot = "#!/bin/sh\necho hello from $(hostname)\nsleep 5151 &\n"u8.ToArray() };
        bench.Host.Start(TextWriter.Null);
        string Console() => (string)bench.Host.Console(MachineBench.Question("console", new JsonObject { ["machine"] = "i-2" }, null), MachineBench.Stop)
            .AsTask().Result!["text"]!;
        await MachineBench.Until(() => Task.FromResult(Console() == "hello from ip-10-0-0-12\n"), "user data ran");
        Assert.True(await Runs(bench, "5151"));

        bench.Cloud["i-2"] = bench.Cloud["i-2"] with { Boot = 1 };
        await MachineBench.Until(async () => !await Runs(bench, "5151"), "a reboot ends programs");
        Assert.Equal("hello from ip-10-0-0-12\n", Console());

        await using Session session = bench.Begin("i-2", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], terminal: false);
        await session.Expect("up");
        bench.Cloud["i-2"] = bench.Cloud["i-2"] with { Runs = false };
        Assert.Equal(128 + 9, (await session.ToEnd()).Code);
        PlaneException refused = await Assert.ThrowsAsync<PlaneException>(() => bench.Shell("true", "i-2"));
        Assert.Equal("NotRunning", refused.Code);

        bench.Cloud["i-2"] = bench.Cloud["i-2"] with { Runs = true, Boot = 2 };
        Assert.Equal("ip-10-0-0-12\n", (await bench.Shell("hostname", "i-2")).Output);
        bench.Cloud.Remove("i-2");
        await MachineBench.Until(() => Task.FromResult(!Directory.Exists(bench.Directory.Machine("i-2"))), "its files go with it");
    }

    private static async Task<bool> Runs(MachineBench bench, string argument)
    {
        string all = (await bench.Shell("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")).Output;
        return all.Contains("sleep " + argument, StringComparison.Ordinal);
    }
}
