using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Trunkline.Addressing;
using Trunkline.Planes;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Planes.Linux.Machines;
using Trunkline.Tests.Planes.Linux.Agent;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Machines;

/// <summary>A holder with a router <c>r-vpc-1</c> and machines <c>i-1</c>, <c>i-2</c> at 10.0.0.11 and 10.0.0.12; the cloud is a fake.</summary>
internal sealed class MachineBench : IMachinePlane, IAsyncDisposable
{
    public const string First = "i-1";
    public static readonly CancellationToken Stop = CancellationToken.None;

    private readonly ScratchPlane scratch = new();
    private readonly AgentKeeper keeper;

    private MachineBench(bool rootless)
    {
        keeper = new AgentKeeper(scratch.Directory, ScratchPlane.Program, rootless, lasting: true);
        Agent = new AgentClient(keeper.Connect);
        Host = new MachineHost(this, Cloud, TimeProvider.System);
    }

    public FakeMachines Cloud { get; } = new();

    public MachineHost Host { get; }

    public AgentClient Agent { get; }

    public PlaneDirectory Directory => scratch.Directory;

    public ImmutableHashSet<string> Used { get; set; } = [First];

    IReadOnlyCollection<string> IMachinePlane.Used => Used;

    public static async Task<MachineBench> New(bool rootless)
    {
        MachineBench bench = new(rootless);
        await bench.Write(Sample.Network(2));
        return bench;
    }

    public ValueTask Use(string machine, CancellationToken stop)
    {
        Used = Used.Add(machine);
        return ValueTask.CompletedTask;
    }

    public void Unuse(string machine) => Used = Used.Remove(machine);

    public void Look(string why) => Looked = why;

    public string? Looked { get; private set; }

    public async Task Write(HostNetwork network)
    {
        HostNetwork there = await Agent.Call(
            KernelOperations.Observe, Nothing.Value, CoreJson.Default.Nothing, HostJson.Default.HostNetwork, Stop);
        ApplyReply reply = await Agent.Call(
            KernelOperations.Apply, HostDelta.Between(there, network), HostJson.Default.HostDelta, HostJson.Default.ApplyReply, Stop);
        Assert.Empty(reply.Failures);
    }

    /// <summary>Runs a program to its end between pipes.</summary>
    public async Task<Said> Run(string machine, string[] command, string? input = null)
    {
        await using Session session = Begin(machine, command, terminal: false);
        if (input is not null)
        {
            await session.Send(RelayFrames.Input, Encoding.UTF8.GetBytes(input));
        }

        await session.Send(RelayFrames.InputEnd, []);
        return await session.ToEnd();
    }

    public Task<Said> Shell(string script, string machine = First) => Run(machine, ["sh", "-c", script]);

    public Session Begin(string machine, string[] command, bool terminal)
    {
        (Socket ours, Socket its) = Pair();
        JsonObject arguments = new()
        {
            ["machine"] = machine,
            ["command"] = new JsonArray([.. command.Select(c => (JsonNode)JsonValue.Create(c))]),
            ["terminal"] = terminal,
            ["columns"] = 101,
            ["rows"] = 33,
        };
        return new Session(ours, Host.Exec(Question("exec", arguments, its), Stop).AsTask());
    }

    public static PlaneQuestion Question(string name, JsonObject arguments, Socket? stream) => new(
        name, arguments, null!, stream is null ? null : _ => ValueTask.FromResult<Stream>(new NetworkStream(stream, ownsSocket: true)));

    public static (Socket Ours, Socket Its) Pair()
    {
        string path = Path.Combine(System.IO.Directory.CreateTempSubdirectory("trunkline-pair-").FullName, "s");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Socket ours = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        ours.Connect(new UnixDomainSocketEndPoint(path));
        Socket its = listener.Accept();
        System.IO.Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return (ours, its);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Agent.Dispose();
        await keeper.DisposeAsync();
        await scratch.DisposeAsync();
    }

    public static async Task Until(Func<Task<bool>> holds, string what)
    {
        long limit = Environment.TickCount64 + 20_000;
        while (!await holds())
        {
            Assert.True(Environment.TickCount64 < limit, what);
            await Task.Delay(20);
        }
    }
}

internal sealed record Said(string Output, string Errors, int Code);

/// <summary>A program that runs, seen from its client.</summary>
internal sealed class Session(Socket socket, Task question) : IAsyncDisposable
{
    private readonly NetworkStream stream = new(socket, ownsSocket: true);
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    public async Task Send(byte kind, byte[] octets) => await stream.WriteAsync(RelayFrames.Make(kind, octets));

    public Task Type(string text) => Send(RelayFrames.Input, Encoding.UTF8.GetBytes(text));

    /// <summary>Waits until the program has said something.</summary>
    public async Task Expect(string text)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (!output.ToString().Contains(text, StringComparison.Ordinal))
        {
            Assert.True(await Next(limit.Token) is null, $"the program ended and said: {output}");
        }
    }

    public async Task<Said> ToEnd()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await Next(limit.Token) is { } code)
            {
                await question;
                return new Said(output.ToString(), errors.ToString(), code);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await question;
    }

    private async Task<int?> Next(CancellationToken stop)
    {
        if (question.IsFaulted)
        {
            await question;
        }

        (byte kind, byte[] octets) = await RelayFrames.Read(stream, stop) ?? throw new EndOfStreamException(output.ToString());
        switch (kind)
        {
            case RelayFrames.Output:
                output.Append(Encoding.UTF8.GetString(octets));
                return null;
            case RelayFrames.Exit:
                return BitConverter.ToInt32(octets);
            default:
                errors.Append(Encoding.UTF8.GetString(octets));
                return null;
        }
    }
}

/// <summary>What a cloud would say of the machines.</summary>
internal sealed class FakeMachines : IMachineServices
{
    private ImmutableDictionary<string, MachineOrder> orders = new[] { Order("i-1", 11), Order("i-2", 12) }.ToImmutableDictionary(o => o.Machine);

    public object Version => orders;

    public IReadOnlyList<ServicePoint> Points { get; set; } = [];

    public MachineOrder this[string machine]
    {
        get => orders[machine];
        set => orders = orders.SetItem(machine, value);
    }

    public void Remove(string machine) => orders = orders.Remove(machine);

    public MachineOrder? OrderOf(string machine) => orders.GetValueOrDefault(machine);

    public IReadOnlyList<string> WithFirstBoot() => [.. orders.Values.Where(o => o is { Runs: true, FirstBoot: not null }).Select(o => o.Machine)];

    public IReadOnlyList<ServicePoint> PointsFor(IReadOnlyCollection<string> machines) => machines.Count == 0 ? [] : Points;

    public async ValueTask Converse(ServicePoint point, IpAddress source, IServiceConnection connection, CancellationToken stop)
    {
        byte[] buffer = new byte[100];
        int got = await connection.Read(buffer, stop);
        await connection.Write(Encoding.UTF8.GetBytes($"{source} {Encoding.UTF8.GetString(buffer, 0, got)}"), 1, stop);
    }

    public ServiceDatagram? Answer(ServicePoint point, IpAddress source, ushort port, ReadOnlySpan<byte> datagram) =>
        new(source, port, Encoding.UTF8.GetBytes($"{source} {Encoding.UTF8.GetString(datagram)}"));

    private static MachineOrder Order(string machine, int last) => new(
        machine,
        Runs: true,
        Boot: 0,
        $"ip-10-0-0-{last}",
        new Dictionary<string, string>
        {
            ["/etc/hostname"] = $"ip-10-0-0-{last}\n",
            ["/etc/hosts"] = "127.0.0.1 localhost\n10.9.9.9 told.by.hosts\n",
            ["/etc/resolv.conf"] = "search ec2.internal\nnameserver 10.0.0.2\n",
        },
        FirstBoot: null,
        [IpAddress.Parse($"10.0.0.{last}")]);
}
