using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes;

namespace Trunkline.Control;

/// <summary>
/// Sees to it that a plane carries what is durable: compiles it, compares it with what is there, has the difference written, and tries
/// again where that fails. Requests never wait for it; a burst of them is one step.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing to dispose of.")]
public sealed class PlaneFollower : IAsyncDisposable
{
    /// <summary>More changes than this at once: a full compile costs less.</summary>
    private const int ChangesMax = 20_000;

    /// <summary>Failures in a row after which those who wait are told.</summary>
    private const int AttemptsUntilTold = 3;

    /// <summary>So many steps of the last plan are shown.</summary>
    private const int LastStepsMax = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly IPlane plane;
    private readonly CloudFeed feed;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ending = new();

    /// <summary>One word is enough to wake the loop: it takes all that is new.</summary>
    private readonly Channel<bool> wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock gate = new();
    private readonly List<Waiter> waiters = [];
    private volatile PlaneStatus status;
    private volatile ForwardingState? state;
    private volatile bool mustLook = true;
    private IPlaneState? actual;

    /// <summary>How often somebody had news, and how much of that the last attempt that ended had seen.</summary>
    private long told;
    private long seen;
    private Task loops = Task.CompletedTask;

    /// <param name="why">Why this plane was chosen, in one line.</param>
    /// <param name="lacks">What the host lacks, each with its consequence.</param>
    public PlaneFollower(IPlane plane, Engine engine, TimeProvider clock, string why, IReadOnlyList<string> lacks)
    {
        this.plane = plane;
        this.clock = clock;
        feed = engine.Follow(IsImpaired);
        status = new PlaneStatus(plane.Name, why, lacks, feed.Version, -1, 0, 0, [], 0, TimeSpan.Zero, [], 0, 0);
    }

    public PlaneStatus Status => status;

    public IPlane Plane => plane;

    /// <summary>The forwarding state that was last followed; null before the first.</summary>
    public ForwardingState? State => state;

    /// <summary>Begins to follow. What the first look finds decides what is written: nothing, where all is as desired.</summary>
    public void Start()
    {
        feed.Published += Wake;
        loops = Task.WhenAll(Task.Run(Follow), Task.Run(Listen));
        Wake();
    }

    /// <summary>Waits until the plane carries everything that is durable now, or has failed at it several times.</summary>
    /// <returns>The status then; its failures say why where it is not settled.</returns>
    public async ValueTask<PlaneStatus> Settled(CancellationToken stop)
    {
        long version = feed.Version;
        Waiter waiter = new(version, Interlocked.Read(ref told), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            if (IsDone(waiter, status))
            {
                return status;
            }

            waiters.Add(waiter);
        }

        await waiter.Done.Task.WaitAsync(stop).ConfigureAwait(false);
        return status;
    }

    /// <summary>A question that the plane answers itself, about everything that is durable now.</summary>
    /// <param name="home">The account and region that names are looked up in.</param>
    /// <param name="upgrade">Makes the connection a stream; null where the client did not ask for one.</param>
    /// <returns>Null where the answer went over the stream.</returns>
    /// <exception cref="Fault">It is refused.</exception>
    public async ValueTask<JsonNode?> Ask(
        PartitionKey home, string name, JsonObject arguments, Func<CancellationToken, ValueTask<Stream>>? upgrade, CancellationToken stop)
    {
        PlaneStatus now = await Settled(stop).ConfigureAwait(false);
        if (name == "settle")
        {
            return now.Failures.Count == 0 ? PlaneStatusDocument.Of(now) : throw new Fault("PlaneFailed", PlaneStatusDocument.Line(now.Failures[0]));
        }

        if (plane is not IPlaneQuestions questions || !questions.Names.Contains(name))
        {
            throw new Fault("UnknownQuestion", $"the plane '{plane.Name}' does not answer '{name}'", 404);
        }

        ForwardingState about = state ?? throw new Fault("PlaneFailed", PlaneStatusDocument.Line(now.Failures[0]));
        PlaneArguments.Resolve(arguments, about, home);
        try
        {
            return await questions.Answer(new PlaneQuestion(name, arguments, about, upgrade), stop).ConfigureAwait(false);
        }
        catch (PlaneException e)
        {
            throw new Fault(e.Code, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        feed.Published -= Wake;
        await ending.CancelAsync().ConfigureAwait(false);
        await loops.ConfigureAwait(false);
    }

    private bool IsImpaired(string machine) => status.Failures.Any(f => f.Machine == machine);

    private void Wake()
    {
        Interlocked.Increment(ref told);
        wake.Writer.TryWrite(true);
    }

    /// <summary>Another hand, or somebody who uses a machine for the first time.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A plane's mistake is told in the status; the loop goes on.")]
    private async Task Listen()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await foreach (PlaneNotice notice in plane.Watch(ending.Token).ConfigureAwait(false))
                {
                    mustLook |= notice.MustLook;
                    Wake();
                }

                return;
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // Whatever ended the watch is found by looking, and told as that attempt's failure.
                mustLook = true;
                Wake();
                await Pause(AttemptsUntilTold).ConfigureAwait(false);
            }
        }
    }

    private async Task Follow()
    {
        int attempts = 0;
        try
        {
            while (await wake.Reader.WaitToReadAsync(ending.Token).ConfigureAwait(false))
            {
                wake.Reader.TryRead(out _);
                attempts = await Once(attempts).ConfigureAwait(false) ? 0 : attempts + 1;
                if (attempts > 0)
                {
                    await Pause(attempts).ConfigureAwait(false);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends; what the plane carries stays.
        }
    }

    /// <summary>Doubles from attempt to attempt, up to a limit.</summary>
    private Task Pause(int attempts)
    {
        TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 16));
        return Task.Delay(pause < LongestPause ? pause : LongestPause, clock, ending.Token);
    }

    /// <summary>Brings the plane to the newest durable cloud.</summary>
    /// <returns>False where something failed, so that it has to be tried again.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "A plane's mistake is told in the status; the loop goes on.")]
    private async ValueTask<bool> Once(int attempts)
    {
        long began = clock.GetTimestamp();
        long heard = Interlocked.Read(ref told);
        long version = status.DesiredVersion;
        try
        {
            version = CatchUp();
            status = status with { DesiredVersion = version };
            if (mustLook || actual is null)
            {
                mustLook = false;
                actual = await plane.Observe(ending.Token).ConfigureAwait(false);
            }

            IPlaneState desired = plane.Desire(state!);
            PlanePlan plan = plane.Plan(desired, actual);
            PlaneReport report = plan.IsEmpty ? new PlaneReport(actual, []) : await plane.Apply(plan, ending.Token).ConfigureAwait(false);
            actual = report.Actual;
            mustLook |= report.Failures.Count > 0;
            Tell(heard, status with
            {
                AppliedVersion = report.Failures.Count == 0 ? version : status.AppliedVersion,
                ObjectsDesired = desired.Count,
                ObjectsThere = actual.Count,
                Failures = report.Failures,
                Attempts = report.Failures.Count == 0 ? 0 : attempts + 1,
                LastApply = plan.IsEmpty ? status.LastApply : clock.GetElapsedTime(began),
                LastSteps = plan.IsEmpty ? status.LastSteps : [.. plan.Steps.Take(LastStepsMax)],
                Steps = status.Steps + plan.Steps.Count - report.Failures.Count,
                Writes = status.Writes + report.Writes,
                NotCarried = plane.NotCarried(state!),
            });
            return report.Failures.Count == 0;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ending.IsCancellationRequested)
        {
            mustLook = true;
            Tell(heard, status with { DesiredVersion = version, Failures = [FailureOf(plane.Name, e)], Attempts = attempts + 1 });
            return false;
        }
    }

    /// <summary>Compiles what is new.</summary>
    private long CatchUp()
    {
        FeedBatch batch = feed.Take();
        if (state is not { } before || batch.WorldChanged || batch.Changes.Count > ChangesMax)
        {
            state = Compiler.Compile(batch.Cloud);
        }
        else if (batch.Changes.Count > 0)
        {
            state = Compiler.Apply(before, batch.Cloud, batch.Changes);
        }

        return batch.Version;
    }

    private void Tell(long heard, PlaneStatus next)
    {
        List<Waiter> done;
        lock (gate)
        {
            status = next;
            seen = heard;
            done = waiters.FindAll(w => IsDone(w, next));
            waiters.RemoveAll(done.Contains);
        }

        done.ForEach(w => w.Done.TrySetResult());
    }

    /// <summary>Whether an attempt has ended that knew all that the waiter did, and went well or was the third of its kind.</summary>
    private bool IsDone(Waiter waiter, PlaneStatus now) =>
        seen >= waiter.Told
        && ((waiter.Version <= now.AppliedVersion && now.Failures.Count == 0)
            || (waiter.Version <= now.DesiredVersion && now.Attempts >= AttemptsUntilTold));

    private static PlaneFailure FailureOf(string place, Exception e) =>
        new(new PlaneStep(place, "follow the cloud", "it changed"),
            e is PlaneException or IOException ? e.Message : $"{e.GetType().Name}: {e.Message}");

    private sealed record Waiter(long Version, long Told, TaskCompletionSource Done);
}
