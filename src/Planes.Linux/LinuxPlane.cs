using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Planes.Linux.Machines;
using Trunkline.Planes.Linux.Probe;

namespace Trunkline.Planes.Linux;

/// <summary>How a Linux plane is started.</summary>
/// <param name="Program">The command line of this program, without a verb: the helper is started with it.</param>
/// <param name="Rootless">In a user namespace. False needs root.</param>
/// <param name="Lasting">Machines and networks outlive the server; false: they end with it.</param>
public sealed record LinuxPlaneOptions(PlaneDirectory Directory, IReadOnlyList<string> Program, bool Rootless, bool Lasting);

/// <summary>
/// Real packets on this host: desired and actual are values here, the kernel is written and read by the helper inside the holder's
/// namespaces. What is there is found again after any end of server or helper.
/// </summary>
public sealed class LinuxPlane : IPlane, IPlaneQuestions, IMachinePlane
{
    private static readonly TimeSpan UseLimit = TimeSpan.FromSeconds(30);

    private readonly AgentKeeper keeper;
    private readonly Channel<PlaneNotice> notices = Channel.CreateUnbounded<PlaneNotice>();
    private readonly Lock gate = new();
    private readonly List<UseWaiter> waiters = [];
    private readonly Task losses;
    private ImmutableHashSet<string> used = [];
    private HostNetwork there = HostNetwork.Empty;
    private CompiledNetwork? compiled;
    private MachineHost? machines;

    private LinuxPlane(LinuxPlaneOptions options, AgentKeeper keeper, AgentClient agent)
    {
        this.keeper = keeper;
        Directory = options.Directory;
        IsLasting = options.Lasting;
        Agent = agent;
        losses = Task.Run(PassLosses);
    }

    public string Name => "linux";

    public PlaneDirectory Directory { get; }

    /// <summary>Whether machines and networks outlive the server.</summary>
    public bool IsLasting { get; }

    /// <summary>Calls into the namespaces.</summary>
    public AgentClient Agent { get; }

    /// <summary>What this kernel lacks, each with the consequence; nothing that real packets cannot do without.</summary>
    public IReadOnlyList<string> Lacks { get; private set; } = [];

    public bool Rootless => keeper.Holder?.Rootless ?? false;

    /// <summary>What the kernel holds, as far as it is known.</summary>
    public HostNetwork There
    {
        get
        {
            lock (gate)
            {
                return there;
            }
        }
    }

    public IReadOnlyCollection<string> Names => LinuxQuestions.All.Keys;

    IReadOnlyCollection<string> IMachinePlane.Used
    {
        get
        {
            lock (gate)
            {
                return used;
            }
        }
    }

    /// <summary>What runs in machines; null before <see cref="Serve"/>.</summary>
    internal MachineHost Machines => machines ?? throw new PlaneException("NotReady", "the machines are not served yet");

    /// <summary>Starts the plane of a data directory, or finds the one that runs.</summary>
    /// <exception cref="PlaneException">This host does not carry it; the message says what is missing.</exception>
    public static async ValueTask<LinuxPlane> Open(LinuxPlaneOptions options, CancellationToken stop)
    {
        if (HostProbe.Missing(options.Rootless) is { } missing)
        {
            throw new PlaneException("HostLacks", missing);
        }

        AgentKeeper keeper = new(options.Directory, options.Program, options.Rootless, options.Lasting);
        AgentClient agent = new(keeper.Connect);
        LinuxPlane plane = new(options, keeper, agent);
        try
        {
            KernelInventory inventory = await agent.Call(
                KernelProbe.Operation, Nothing.Value, CoreJson.Default.Nothing, ProbeJson.Default.KernelInventory, stop).ConfigureAwait(false);
            if (inventory.Refusal is { } refusal)
            {
                throw new PlaneException("KernelLacks", refusal);
            }

            plane.Lacks = inventory.Lacks;
            return plane;
        }
        catch (Exception e) when (e is IOException or SocketException or AgentException)
        {
            await plane.DisposeAsync().ConfigureAwait(false);
            throw new PlaneException("HelperFailed", e.Message, e);
        }
        catch (PlaneException e) when (e.Code == PlaneHolder.Refused)
        {
            await plane.DisposeAsync().ConfigureAwait(false);
            throw new PlaneException(e.Code, HostProbe.Explain($"no namespace can be made: {e.Message}"), e);
        }
        catch
        {
            await plane.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The namespace that a machine has once it is used.</summary>
    public static string NamespaceOf(string machine) => LinuxNames.Machine(machine);

    public IReadOnlyList<string> NotCarried(ForwardingState state) => Uncarried.Of(state);

    public IPlaneState Desire(ForwardingState state)
    {
        ImmutableHashSet<string> now;
        lock (gate)
        {
            now = used;
        }

        compiled = LinuxCompiler.Compile(state, now, compiled);
        return new LinuxState(compiled.Network, now);
    }

    public async ValueTask<IPlaneState> Observe(CancellationToken stop)
    {
        HostNetwork found = await Agent.Call(
            KernelOperations.Observe, Nothing.Value, CoreJson.Default.Nothing, HostJson.Default.HostNetwork, stop).ConfigureAwait(false);
        lock (gate)
        {
            there = found;
            // A machine that has a namespace was used: programs may run in it, whoever the server was then.
            used = used.Union(found.Namespaces.Values
                .Where(n => n.Role == NamespaceRole.Machine)
                .Select(n => n.Name[LinuxNames.Machine("").Length..]));
        }

        return new LinuxState(found, ImmutableHashSet<string>.Empty);
    }

    public PlanePlan Plan(IPlaneState desired, IPlaneState actual)
    {
        LinuxState want = (LinuxState)desired;
        HostDelta delta = HostDelta.Between(((LinuxState)actual).Network, want.Network);
        LinuxPlan plan = new(want, actual, delta);
        if (plan.IsEmpty)
        {
            Settle(want, want.Network, []);
        }

        return plan;
    }

    public async ValueTask<PlaneReport> Apply(PlanePlan plan, CancellationToken stop)
    {
        LinuxPlan todo = (LinuxPlan)plan;
        LinuxState want = (LinuxState)plan.Desired;
        ApplyReply reply = await Agent.Call(
            KernelOperations.Apply, todo.Delta, HostJson.Default.HostDelta, HostJson.Default.ApplyReply, stop).ConfigureAwait(false);
        PlaneFailure[] failures = [.. reply.Failures.Select(f => FailureOf(todo.Steps[f.Step], f.Why))];
        Settle(want, failures.Length == 0 ? want.Network : There, failures);
        return new PlaneReport(failures.Length == 0 ? want : plan.Actual, failures, reply.Writes);
    }

    public IAsyncEnumerable<PlaneNotice> Watch(CancellationToken stop) => notices.Reader.ReadAllAsync(stop);

    /// <summary>Marks a machine as used and waits until its namespace is there, as the cloud says.</summary>
    /// <exception cref="PlaneException">It does not run, or its namespace cannot be made.</exception>
    public async ValueTask Use(string machine, CancellationToken stop)
    {
        UseWaiter waiter;
        lock (gate)
        {
            if (used.Contains(machine) && there.Namespaces.ContainsKey(NamespaceOf(machine)))
            {
                return;
            }

            used = used.Add(machine);
            waiter = new UseWaiter(machine, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            waiters.Add(waiter);
        }

        notices.Writer.TryWrite(new PlaneNotice($"{machine} is used", MustLook: false));
        try
        {
            await waiter.Done.Task.WaitAsync(UseLimit, stop).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new PlaneException("NotThere", $"{machine} has no network yet after {UseLimit.TotalSeconds:0} s: see `trunkline status`", e);
        }
        finally
        {
            lock (gate)
            {
                waiters.Remove(waiter);
            }
        }
    }

    /// <summary>Lets a machine go: its namespace is removed where no route needs it.</summary>
    public void Unuse(string machine)
    {
        lock (gate)
        {
            used = used.Remove(machine);
        }

        notices.Writer.TryWrite(new PlaneNotice($"{machine} is no longer used", MustLook: false));
    }

    void IMachinePlane.Look(string why) => notices.Writer.TryWrite(new PlaneNotice(why));

    /// <summary>Begins to run programs in machines and to answer the services beside them, as the cloud says.</summary>
    /// <param name="clock">For the time that captured packets bear.</param>
    /// <param name="log">Where a service's or machine's failure is told, one line each.</param>
    public void Serve(IMachineServices services, TimeProvider clock, TextWriter log)
    {
        machines = new MachineHost(this, services, clock);
        machines.Start(log);
    }

    public ValueTask<JsonNode?> Answer(PlaneQuestion question, CancellationToken stop) => LinuxQuestions.Answer(this, question, stop);

    public async ValueTask DisposeAsync()
    {
        if (machines is not null)
        {
            await machines.DisposeAsync().ConfigureAwait(false);
        }

        await keeper.DisposeAsync().ConfigureAwait(false);
        await losses.ConfigureAwait(false);
        Agent.Dispose();
        notices.Writer.TryComplete();
    }

    private static PlaneFailure FailureOf(PlaneStep step, string why)
    {
        string machines = LinuxNames.Machine("");
        return new PlaneFailure(step, why, step.Place.StartsWith(machines, StringComparison.Ordinal) ? step.Place[machines.Length..] : null);
    }

    private async Task PassLosses()
    {
        await foreach (string loss in keeper.Losses.ReadAllAsync().ConfigureAwait(false))
        {
            Agent.Forget();
            notices.Writer.TryWrite(new PlaneNotice(loss));
        }
    }

    /// <summary>Takes note of what is there, and tells those who wait for a machine.</summary>
    private void Settle(LinuxState want, HostNetwork now, IReadOnlyList<PlaneFailure> failures)
    {
        UseWaiter[] answered;
        lock (gate)
        {
            there = now;
            answered = [.. waiters.Where(w => want.Used.Contains(w.Machine))];
        }

        foreach (UseWaiter waiter in answered)
        {
            string name = NamespaceOf(waiter.Machine);
            if (!want.Network.Namespaces.ContainsKey(name))
            {
                lock (gate)
                {
                    used = used.Remove(waiter.Machine);
                }

                waiter.Done.TrySetException(new PlaneException("NotRunning", $"{waiter.Machine} does not run"));
            }
            else if (failures.FirstOrDefault(f => f.Step.Place == name) is { } failure)
            {
                waiter.Done.TrySetException(new PlaneException("PlaneFailed", $"{waiter.Machine}: {failure.Step.What}: {failure.Why}"));
            }
            else
            {
                waiter.Done.TrySetResult();
            }
        }
    }

    private sealed record UseWaiter(string Machine, TaskCompletionSource Done);
}

/// <summary>What the kernel holds or should hold.</summary>
/// <param name="Used">The machines that it was compiled for.</param>
internal sealed record LinuxState(HostNetwork Network, IReadOnlySet<string> Used) : IPlaneState
{
    public int Count => Network.Count;
}

/// <summary>The steps to the desired network, as the helper takes them.</summary>
internal sealed record LinuxPlan(LinuxState Wanted, IPlaneState Found, HostDelta Delta) : PlanePlan(Wanted, Found, Delta.PlaneSteps());
