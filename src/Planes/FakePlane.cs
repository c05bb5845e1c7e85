using System.Collections.Immutable;
using System.Threading.Channels;
using Trunkline.Forwarding;

namespace Trunkline.Planes;

/// <summary>
/// A plane in memory, for tests: one object for each interface, with its addresses. Counts what is written, fails where it is told to, and
/// forgets objects as another hand would remove them.
/// </summary>
public sealed class FakePlane : IPlane
{
    private readonly Lock gate = new();
    private readonly Channel<PlaneNotice> notices = Channel.CreateUnbounded<PlaneNotice>();
    private ImmutableSortedDictionary<string, string> objects = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    private Func<PlaneStep, PlaneFailure?> failure = _ => null;
    private long writes;
    private int observations;
    private int applications;

    public string Name => "fake";

    /// <summary>Objects that were written or removed so far.</summary>
    public long Writes => Interlocked.Read(ref writes);

    public int Observations => Volatile.Read(ref observations);

    /// <summary>How many plans were carried out.</summary>
    public int Applications => Volatile.Read(ref applications);

    /// <summary>What is there: interface id to its addresses.</summary>
    public ImmutableSortedDictionary<string, string> Objects
    {
        get
        {
            lock (gate)
            {
                return objects;
            }
        }
    }

    /// <summary>Held while a plan is carried out; a test that takes it stops the plane.</summary>
    public SemaphoreSlim Brake { get; } = new(1, 1);

    /// <summary>From now on a step fails where this gives a reason.</summary>
    /// <param name="machine">The machine that such a failure cuts off.</param>
    public void FailWhere(Func<PlaneStep, string?> reason, string? machine = null) =>
        Volatile.Write(ref failure, step => reason(step) is { } why ? new PlaneFailure(step, why, machine) : null);

    /// <summary>Another hand removes an object; <paramref name="tell"/>: the plane notices.</summary>
    public void Lose(string name, bool tell = true)
    {
        lock (gate)
        {
            objects = objects.Remove(name);
        }

        if (tell)
        {
            notices.Writer.TryWrite(new PlaneNotice($"{name} is gone"));
        }
    }

    public IPlaneState Desire(ForwardingState state)
    {
        ImmutableSortedDictionary<string, string>.Builder wanted = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (int nic = 0; nic < state.Nics.Count; nic++)
        {
            if (!state.Nics[nic].Has(NicTraits.Gone))
            {
                wanted[state.NicMores[nic].Row.Id] = string.Join(' ', state.NicMores[nic].Addresses);
            }
        }

        return new Held(wanted.ToImmutable());
    }

    public ValueTask<IPlaneState> Observe(CancellationToken stop)
    {
        Interlocked.Increment(ref observations);
        return ValueTask.FromResult<IPlaneState>(new Held(Objects));
    }

    public PlanePlan Plan(IPlaneState desired, IPlaneState actual)
    {
        ImmutableSortedDictionary<string, string> want = ((Held)desired).Objects;
        ImmutableSortedDictionary<string, string> have = ((Held)actual).Objects;
        List<PlaneStep> steps = [];
        foreach (string name in have.Keys.Where(name => !want.ContainsKey(name)))
        {
            steps.Add(new PlaneStep(name, "remove", "nobody wants it"));
        }

        foreach ((string name, string value) in want)
        {
            bool isThere = have.TryGetValue(name, out string? old);
            if (!isThere || old != value)
            {
                steps.Add(new PlaneStep(name, $"write {value}", isThere ? $"there with {old}" : "missing"));
            }
        }

        return new FakePlan(desired, actual, steps);
    }

    public async ValueTask<PlaneReport> Apply(PlanePlan plan, CancellationToken stop)
    {
        ImmutableSortedDictionary<string, string> want = ((Held)plan.Desired).Objects;
        List<PlaneFailure> failures = [];
        await Brake.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            foreach (PlaneStep step in plan.Steps)
            {
                if (Volatile.Read(ref failure)(step) is { } failed)
                {
                    failures.Add(failed);
                    continue;
                }

                Interlocked.Increment(ref writes);
                lock (gate)
                {
                    objects = want.TryGetValue(step.Place, out string? value) ? objects.SetItem(step.Place, value) : objects.Remove(step.Place);
                }
            }
        }
        finally
        {
            Brake.Release();
        }

        Interlocked.Increment(ref applications);
        return new PlaneReport(new Held(Objects), failures, plan.Steps.Count - failures.Count);
    }

    public IAsyncEnumerable<PlaneNotice> Watch(CancellationToken stop) => notices.Reader.ReadAllAsync(stop);

    public ValueTask DisposeAsync()
    {
        notices.Writer.TryComplete();
        Brake.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Held(ImmutableSortedDictionary<string, string> Objects) : IPlaneState
    {
        public int Count => Objects.Count;
    }

    private sealed record FakePlan(IPlaneState Desired, IPlaneState Actual, IReadOnlyList<PlaneStep> Steps) : PlanePlan(Desired, Actual, Steps);
}
