using System.Collections.Immutable;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Compile;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>
/// Follows what the cloud says of machines: starts those that have something to run at their first boot, ends the programs of those that
/// stopped or started anew, forgets those that are gone, and keeps the services' sockets.
/// </summary>
internal sealed class MachineKeeper(IMachinePlane plane, IMachineServices services, TextWriter log) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Routers may have been made anew without a change of the cloud.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (int Boot, bool Runs)> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ServiceSockets sockets = new(plane.Agent, services, log);
    private ImmutableHashSet<string> served = [];

    /// <summary>Returns when the services of a used machine's domain listen: what runs in it finds them.</summary>
    public async ValueTask Serve(string machine, CancellationToken stop)
    {
        if (!served.Contains(machine))
        {
            await Follow(stop).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        sockets.Dispose();
        turn.Dispose();
    }

    private async Task Follow(CancellationToken stop)
    {
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            IReadOnlyCollection<string> used = plane.Used;
            await sockets.Follow(services.PointsFor(used), stop).ConfigureAwait(false);
            served = [.. used];
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Until it is told to stop. A failure is told once and tried again.</summary>
    public async Task Run(CancellationToken stop)
    {
        using OutsideAnswers outside = new(plane.Agent, log);
        foreach (string directory in Directory.EnumerateDirectories(plane.Directory.MachinesRoot))
        {
            known.TryAdd(Path.GetFileName(directory), (-1, true));
        }

        object? seen = null;
        int usedThen = -1;
        long again = 0;
        string told = "";
        while (!stop.IsCancellationRequested)
        {
            try
            {
                object version = services.Version;
                IReadOnlyCollection<string> used = plane.Used;
                if (!ReferenceEquals(version, seen) || used.Count != usedThen || Environment.TickCount64 >= again)
                {
                    await Machines(used, stop).ConfigureAwait(false);
                    await Follow(stop).ConfigureAwait(false);
                    await outside.Follow(stop).ConfigureAwait(false);
                    (seen, usedThen) = (version, plane.Used.Count);
                    again = Environment.TickCount64 + (long)LookAgain.TotalMilliseconds;
                    told = "";
                }
            }
            catch (Exception e) when (e is PlaneException or AgentException or IOException)
            {
                if (e.Message != told)
                {
                    told = e.Message;
                    await log.WriteLineAsync($"machines: {e.Message}").ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Look, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Machines(IReadOnlyCollection<string> used, CancellationToken stop)
    {
        foreach (string machine in used)
        {
            known.TryAdd(machine, (-1, true));
        }

        foreach ((string machine, (int Boot, bool Runs) then) in known.ToArray())
        {
            MachineOrder? order = services.OrderOf(machine);
            if (order is null)
            {
                await End(machine, forget: true, stop).ConfigureAwait(false);
                known.Remove(machine);
            }
            else if (!order.Runs && (then.Runs || then.Boot < 0))
            {
                await End(machine, forget: false, stop).ConfigureAwait(false);
                known[machine] = (order.Boot, false);
            }
            else if (order.Runs && order.Boot != then.Boot)
            {
                await Restart(order, used, stop).ConfigureAwait(false);
                known[machine] = (order.Boot, true);
            }
        }

        foreach (string machine in services.WithFirstBoot())
        {
            if (!known.ContainsKey(machine) && services.OrderOf(machine) is { } order)
            {
                await Restart(order, used, stop).ConfigureAwait(false);
                known[machine] = (order.Boot, true);
            }
        }
    }

    /// <summary>
    /// A machine whose programs may run starts anew at once, and so does one that has its first work before it. Others have nothing that
    /// runs: they start when they are used.
    /// </summary>
    private async Task Restart(MachineOrder order, IReadOnlyCollection<string> used, CancellationToken stop)
    {
        MachineRoom room = new(plane.Directory, order.Machine);
        if ((used.Contains(order.Machine) && room.WasStarted) || (order.FirstBoot is not null && !room.HadFirstBoot))
        {
            await Boot(order, stop).ConfigureAwait(false);
        }
    }

    private async Task Boot(MachineOrder order, CancellationToken stop)
    {
        await plane.Use(order.Machine, stop).ConfigureAwait(false);
        await Serve(order.Machine, stop).ConfigureAwait(false);
        await plane.Agent.Call(
            MachineOperations.Boot, MachineHost.BootOf(order), MachineJson.Default.MachineBoot, CoreJson.Default.Nothing, stop).ConfigureAwait(false);
    }

    private async Task End(string machine, bool forget, CancellationToken stop)
    {
        MachineEnd end = new(machine, LinuxNames.Machine(machine), forget);
        await plane.Agent.Call(
            MachineOperations.End, end, MachineJson.Default.MachineEnd, MachineJson.Default.MachineEnded, stop).ConfigureAwait(false);
        plane.Unuse(machine);
    }
}
