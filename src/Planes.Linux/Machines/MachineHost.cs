using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>What machines need of the plane.</summary>
internal interface IMachinePlane
{
    AgentClient Agent { get; }

    PlaneDirectory Directory { get; }

    /// <summary>Machines that have a namespace because someone uses them.</summary>
    IReadOnlyCollection<string> Used { get; }

    /// <summary>Sees to it that a machine has a namespace; returns when it is there.</summary>
    ValueTask Use(string machine, CancellationToken stop);

    /// <summary>Nobody uses the machine any more.</summary>
    void Unuse(string machine);

    /// <summary>What is there was changed by another hand: the plane looks at it again.</summary>
    void Look(string why);
}

/// <summary>The server's end of machines: runs programs in them, looks at their packets, reaches their ports.</summary>
internal sealed class MachineHost(IMachinePlane plane, IMachineServices services, TimeProvider clock) : IAsyncDisposable
{
    private const int PortMax = 65_535;

    private readonly CancellationTokenSource ending = new();
    private Task keeping = Task.CompletedTask;

    private MachineKeeper? keeper;

    /// <summary>Begins to follow the cloud.</summary>
    public void Start(TextWriter log)
    {
        keeper = new MachineKeeper(plane, services, log);
        keeping = Task.Run(() => keeper.Run(ending.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        await keeping.ConfigureAwait(false);
        keeper?.Dispose();
        ending.Dispose();
    }

    /// <summary>Runs a program: <c>machine</c>, <c>command</c>, <c>environment</c>, <c>terminal</c>, <c>columns</c>, <c>rows</c>. A stream of <see
    /// cref="RelayFrames"/>.</summary>
    public async ValueTask<JsonNode?> Exec(PlaneQuestion question, CancellationToken stop)
    {
        Func<CancellationToken, ValueTask<Stream>> upgrade = UpgradeOf(question);
        MachineOrder order = await Ready(question, stop).ConfigureAwait(false);
        JsonObject asked = question.Arguments;
        string[] command = Texts(asked, "command");
        if (command.Length == 0)
        {
            command = ["/bin/sh", "-c", "exec \"$(command -v bash || command -v sh)\""];
        }

        bool terminal = asked["terminal"]?.GetValue<bool>() ?? false;
        ProgramRequest request = new(
            BootOf(order), command, Texts(asked, "environment"), terminal, (ushort)Number(asked, "columns", 80), (ushort)Number(asked, "rows", 24));
        AgentStream program = await Asked(() => plane.Agent.Open(MachineOperations.Run, request, MachineJson.Default.ProgramRequest, stop))
            .ConfigureAwait(false);
        await using (program.ConfigureAwait(false))
        {
            Stream client = await upgrade(stop).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                await new ProgramRelay(program, client, terminal).Run(stop).ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <summary>Shows an interface's frames: <c>machine</c>, <c>interface</c>, <c>filter</c> (numbers of classic BPF). A stream that is a pcap file.</summary>
    public async ValueTask<JsonNode?> Capture(PlaneQuestion question, CancellationToken stop)
    {
        Func<CancellationToken, ValueTask<Stream>> upgrade = UpgradeOf(question);
        MachineOrder order = await Ready(question, stop).ConfigureAwait(false);
        uint[] filter = [.. Texts(question.Arguments, "filter").Select(Instruction)];
        string device = question.Arguments["interface"]?.ToString() ?? "eth0";
        using Socket frames = await OpenSocket(order.Machine, new SocketRequest(SocketKind.Frames, null, 0, device, filter), stop).ConfigureAwait(false);
        Stream client = await upgrade(stop).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            await PacketCapture.Run(frames, client, clock, stop).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Connects to a port from inside the machine itself: <c>machine</c>, <c>port</c>. A stream of <see cref="RelayFrames"/>.</summary>
    /// <remarks>Its own address first, then its loopback: what listens only there is reached too.</remarks>
    public async ValueTask<JsonNode?> Connect(PlaneQuestion question, CancellationToken stop)
    {
        Func<CancellationToken, ValueTask<Stream>> upgrade = UpgradeOf(question);
        int port = Number(question.Arguments, "port", 0);
        if (port is < 1 or > PortMax)
        {
            throw new PlaneException("InvalidPort", $"{port} is not a port: 1 to {PortMax}");
        }

        MachineOrder order = await Ready(question, stop).ConfigureAwait(false);
        using Socket socket = await ConnectAny([.. order.Addresses, IpAddress.Parse("127.0.0.1")], order.Machine, (ushort)port, stop).ConfigureAwait(false);
        Stream client = await upgrade(stop).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            await ConnectionRelay.Run(socket, client, stop).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>
    /// Makes the network namespace of a process of this host the machine's: <c>machine</c>, <c>pid</c>. The plane finds it empty, and gives it
    /// the machine's interfaces. Answers <c>{"machine","pid"}</c>.
    /// </summary>
    public async ValueTask<JsonNode?> Attach(PlaneQuestion question, CancellationToken stop)
    {
        int pid = Number(question.Arguments, "pid", 0);
        using SafeFileHandle network = NetworkOf(pid);
        MachineOrder order = await Ready(question, stop).ConfigureAwait(false);
        AdoptRequest request = new(order.Machine, LinuxNames.Machine(order.Machine));
        AgentStream answer = await Asked(() => plane.Agent.Open(
            MachineOperations.Adopt, request, MachineJson.Default.AdoptRequest, stop, [network])).ConfigureAwait(false);
        await answer.DisposeAsync().ConfigureAwait(false);
        plane.Look($"process {pid} was put behind {order.Machine}");
        return new JsonObject { ["machine"] = order.Machine, ["pid"] = pid };
    }

    /// <summary>What user data printed: <c>machine</c>. Answers <c>{"text"}</c>.</summary>
    public ValueTask<JsonNode?> Console(PlaneQuestion question, CancellationToken stop)
    {
        string file = new MachineRoom(plane.Directory, OrderOf(question).Machine).ConsoleLog;
        return ValueTask.FromResult<JsonNode?>(new JsonObject { ["text"] = File.Exists(file) ? File.ReadAllText(file, Encoding.UTF8) : "" });
    }

    internal static MachineBoot BootOf(MachineOrder order) =>
        new(order.Machine, LinuxNames.Machine(order.Machine), order.Boot, order.HostName, order.Files, order.FirstBoot);

    private static SafeFileHandle NetworkOf(int pid)
    {
        string path = $"/proc/{pid}/ns/net";
        try
        {
            if (Namespaces.NumberOf(path) == Namespaces.NumberOf("/proc/self/ns/net"))
            {
                throw new PlaneException("SharedNetwork",
                    $"process {pid} has no network namespace of its own: start it in one (a container with `--network none`)");
            }

            return File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PlaneException("NoSuchProcess", $"process {pid}: {e.Message}", e);
        }
    }

    private MachineOrder OrderOf(PlaneQuestion question)
    {
        string machine = question.Arguments["machine"]?.ToString() ?? throw new PlaneException("MissingMachine", "'machine' is missing");
        return services.OrderOf(machine) ?? throw new PlaneException("NoSuchMachine", $"{machine} is not there any more");
    }

    private async ValueTask<MachineOrder> Ready(PlaneQuestion question, CancellationToken stop)
    {
        MachineOrder order = OrderOf(question);
        if (!order.Runs)
        {
            throw new PlaneException("NotRunning", $"{order.Machine} does not run: start it first");
        }

        await plane.Use(order.Machine, stop).ConfigureAwait(false);
        if (keeper is not null)
        {
            await keeper.Serve(order.Machine, stop).ConfigureAwait(false);
        }

        return order;
    }

    private async ValueTask<Socket> OpenSocket(string machine, SocketRequest request, CancellationToken stop)
    {
        AgentStream answer = await Asked(() => plane.Agent.Open(
            MachineOperations.Sockets, new SocketsRequest(LinuxNames.Machine(machine), [request]), MachineJson.Default.SocketsRequest, stop))
            .ConfigureAwait(false);
        await using (answer.ConfigureAwait(false))
        {
            return HandedOut.Socket(answer.Handles[0]);
        }
    }

    private async ValueTask<Socket> ConnectAny(List<IpAddress> addresses, string machine, ushort port, CancellationToken stop)
    {
        string first = "";
        foreach (IpAddress address in addresses)
        {
            try
            {
                return await OpenSocket(machine, new SocketRequest(SocketKind.Connect, address, port), stop).ConfigureAwait(false);
            }
            catch (PlaneException e)
            {
                first = first.Length == 0 ? e.Message : first;
            }
        }

        throw new PlaneException("NotListening", first);
    }

    private static async ValueTask<T> Asked<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (AgentException e)
        {
            throw new PlaneException("MachineRefused", e.Message, e);
        }
    }

    private static Func<CancellationToken, ValueTask<Stream>> UpgradeOf(PlaneQuestion question) =>
        question.Upgrade ?? throw new PlaneException("StreamWanted", $"{question.Name} is a stream: ask with 'Upgrade: trunkline'");

    private static uint Instruction(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
        ? number
        : throw new PlaneException("InvalidFilter", $"'{text}' is not a number of a filter's program");

    private static string[] Texts(JsonObject arguments, string name) => [.. (arguments[name] as JsonArray ?? []).Select(t => t?.ToString() ?? "")];

    private static int Number(JsonObject arguments, string name, int otherwise) =>
        arguments[name] is { } value && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
