using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Delta;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>What the helper does for machines. Terminals, pipes and sockets go out to the server: a helper that ends takes none of them along.</summary>
internal static class MachineOperations
{
    public const string Run = "machine.run";
    public const string Boot = "machine.boot";
    public const string End = "machine.end";
    public const string Adopt = "machine.adopt";
    public const string Sockets = "machine.sockets";
    public const string Numbers = "machine.numbers";

    public static void Register(AgentRegistry registry)
    {
        registry.AddStream(Run, MachineJson.Default.ProgramRequest, RunProgram);
        registry.Add(Boot, MachineJson.Default.MachineBoot, CoreJson.Default.Nothing, (host, boot, _) =>
        {
            Rooms(host).Ready(boot);
            return ValueTask.FromResult(Nothing.Value);
        });
        registry.Add(End, MachineJson.Default.MachineEnd, MachineJson.Default.MachineEnded, (host, end, _) =>
            ValueTask.FromResult(new MachineEnded(Rooms(host).End(end))));
        registry.AddStream(Adopt, MachineJson.Default.AdoptRequest, AdoptNetwork);
        registry.AddStream(Sockets, MachineJson.Default.SocketsRequest, MachineSockets.Open);
        registry.Add(Numbers, MachineJson.Default.NamespaceNames, MachineJson.Default.NamespaceNumbers, (host, names, _) =>
            ValueTask.FromResult(new NamespaceNumbers([.. names.Names.Select(n => Namespaces.NumberOf(host.Directory.Netns(n)))])));
    }

    private static MachineRooms Rooms(AgentHost host) => host.Part(h => new MachineRooms(h.Directory));

    /// <summary>
    /// Starts a program and gives its files out: the terminal's master, or the writing end of its input and the reading ends of its output
    /// and errors. The stream then carries four octets, its exit code; a caller that goes away ends the program.
    /// </summary>
    private static async Task RunProgram(AgentHost host, ProgramRequest request, AgentCall call, CancellationToken stop)
    {
        MachineRoom room = Rooms(host).Ready(request.Machine);
        string[] command = room.Inside(host.Directory.Netns(request.Machine.Namespace), request.Command);
        List<string> environment = ProgramEnvironment.Of(request.Environment);
        int pid = request.Terminal ? OnTerminal(request, command, environment, call, out SafeFileHandle[] files)
            : OnPipes(command, environment, call, out files);
        try
        {
            await call.Accept(stop).ConfigureAwait(false);
        }
        catch
        {
            _ = MachineRoom.Kill(-pid, 9);
            throw;
        }
        finally
        {
            Array.ForEach(files, f => f.Dispose());
        }

        Task<int> end = Task.Factory.StartNew(() => ProgramStart.WaitFor(pid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task gone = UntilGone(call.Stream, stop);
        if (await Task.WhenAny(end, gone).ConfigureAwait(false) == gone)
        {
            await EndGroup(pid, end).ConfigureAwait(false);
            return;
        }

        int exit = await end.ConfigureAwait(false);
        byte[] code = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(code, exit);
        await call.Stream.WriteAsync(code, stop).ConfigureAwait(false);
    }

    /// <summary>Puts a foreign network namespace in the place of the machine's own: whatever ran in that one is ended first.</summary>
    private static async Task AdoptNetwork(AgentHost host, AdoptRequest request, AgentCall call, CancellationToken stop)
    {
        using SafeFileHandle network = call.Handles[0];
        MachineSockets.Try(network);
        _ = Rooms(host).End(new MachineEnd(request.Id, request.Namespace, Forget: false));
        HostDelta gone = new([new RemoveNamespace(request.Namespace, StepCause.Differs)]);
        if (host.Kernel.Apply(gone) is [var failure, ..])
        {
            throw new AgentException($"{request.Namespace}: {failure.Why}");
        }

        host.Kernel.Namespaces.Adopt(request.Namespace, $"/proc/self/fd/{network.DangerousGetHandle()}");
        await call.Accept(stop).ConfigureAwait(false);
    }

    private static int OnTerminal(ProgramRequest request, string[] command, List<string> environment, AgentCall call, out SafeFileHandle[] files)
    {
        (SafeFileHandle master, string other) = Terminal.Open();
        files = [master];
        try
        {
            Terminal.Resize(master, request.Columns, request.Rows);
            int pid = ProgramStart.OnTerminal(command, environment, other);
            call.Give(master);
            return pid;
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    private static int OnPipes(string[] command, List<string> environment, AgentCall call, out SafeFileHandle[] files)
    {
        (SafeFileHandle inputRead, SafeFileHandle inputWrite) = ProgramStart.Pipe();
        (SafeFileHandle outputRead, SafeFileHandle outputWrite) = ProgramStart.Pipe();
        (SafeFileHandle errorRead, SafeFileHandle errorWrite) = ProgramStart.Pipe();
        files = [inputWrite, outputRead, errorRead];
        try
        {
            int pid = ProgramStart.WithFiles(command, environment, inputRead, outputWrite, errorWrite);
            Array.ForEach(files, call.Give);
            return pid;
        }
        catch
        {
            Array.ForEach(files, f => f.Dispose());
            throw;
        }
        finally
        {
            inputRead.Dispose();
            outputWrite.Dispose();
            errorWrite.Dispose();
        }
    }

    private static async Task UntilGone(Stream stream, CancellationToken stop)
    {
        byte[] none = new byte[1];
        try
        {
            while (await stream.ReadAsync(none, stop).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset instead of closed: gone all the same.
        }
    }

    /// <summary>Hangs up, as a terminal does, then ends what does not listen.</summary>
    private static async Task EndGroup(int pid, Task end)
    {
        _ = MachineRoom.Kill(-pid, 1);
        _ = MachineRoom.Kill(-pid, 15);
        if (await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(2))).ConfigureAwait(false) != end)
        {
            _ = MachineRoom.Kill(-pid, 9);
        }
    }
}

/// <summary>The machines' rooms, one boot or end of each at a time.</summary>
internal sealed class MachineRooms(Holder.PlaneDirectory directory)
{
    private readonly ConcurrentDictionary<string, Lock> turns = new(StringComparer.Ordinal);

    /// <summary>The machine's room, made where it is not there; at its very first start it runs what it was given for that.</summary>
    /// <exception cref="AgentException">It has no network yet, or cannot start.</exception>
    public MachineRoom Ready(MachineBoot boot)
    {
        string network = directory.Netns(boot.Namespace);
        MachineRoom room = new(directory, boot.Id);
        lock (turns.GetOrAdd(boot.Id, _ => new Lock()))
        {
            if (Namespaces.NumberOf(network) == 0)
            {
                throw new AgentException($"machine {boot.Id} has no network yet");
            }

            _ = room.Ensure(boot, network);
            if (boot.FirstBoot is { } work)
            {
                room.RunFirstBoot(work, network);
            }
        }

        return room;
    }

    public int End(MachineEnd end)
    {
        MachineRoom room = new(directory, end.Id);
        lock (turns.GetOrAdd(end.Id, _ => new Lock()))
        {
            int ended = room.End(directory.Netns(end.Namespace));
            if (end.Forget)
            {
                room.Forget();
            }

            return ended;
        }
    }
}
