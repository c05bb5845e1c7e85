using Trunkline.Cloud;
using Trunkline.Store;
using Trunkline.Tracing;

namespace Trunkline.Control;

/// <summary>
/// Carries commands out, one writer at a time, and answers each when it is durable. Reads run beside it on the newest durable cloud and never
/// wait: (cloud, command, now, ids) -> (next cloud, result | fault).
/// </summary>
public sealed class Engine
{
    private readonly IStore store;
    private readonly TimeProvider clock;
    private readonly Func<ulong> seeds;
    private readonly Quotas quotas;
    private readonly ModelFollower model = new();

    /// <summary>Writers take turns in the order they came: nobody waits for long because others are quicker.</summary>
    private readonly Turns turns = new();

    /// <summary>The cloud with all that was carried out, durable or not yet: where the next writer begins.</summary>
    private CloudSnapshot head;
    private long headVersion;

    /// <summary>The last write that was handed to the store; everything before it is durable when it is.</summary>
    private Task lastAppend = Task.CompletedTask;

    private volatile PublishedCloud published;
    private CloudFeed? feed;
    private Func<string, bool> isImpaired = _ => false;
    private int waiting;

    /// <param name="seeds">A new seed for the ids of each command.</param>
    public Engine(IStore store, TimeProvider clock, Func<ulong> seeds, Quotas quotas)
    {
        this.store = store;
        this.clock = clock;
        this.seeds = seeds;
        this.quotas = quotas;
        head = store.Load();
        published = new PublishedCloud(0, head);
        model.Follow(head, []);
    }

    /// <summary>The newest cloud that is durable: what reads see.</summary>
    public CloudSnapshot Published => published.Cloud;

    /// <summary>The time by the cloud's clock, UTC: the machine's, and as much ahead of it as the world says.</summary>
    public DateTimeOffset Now => Published.World.TimeAt(clock.GetUtcNow());

    /// <summary>Writes carried out and not durable yet.</summary>
    public int PendingWrites => Volatile.Read(ref waiting);

    /// <summary>The model of what reads see.</summary>
    public Tracer Tracer => model.TracerOf(Published);

    /// <summary>What becomes durable from now on, for the one who follows. Asked for once, before the first command.</summary>
    /// <param name="impaired">Whether an instance could not be given its network: what DescribeInstanceStatus shows.</param>
    internal CloudFeed Follow(Func<string, bool> impaired)
    {
        isImpaired = impaired;
        return feed = feed is null
            ? new CloudFeed(published.Version, published.Cloud)
            : throw new InvalidOperationException("the cloud is followed already");
    }

    public ValueTask<Outcome> Execute(Command command) =>
        command.IsRead ? ValueTask.FromResult(Read(command)) : Write(() => CarryOut(command));

    /// <summary>Empties the cloud: every account and region is as new, the world is the default one.</summary>
    /// <exception cref="StoreException">It could not be kept, and was not done.</exception>
    public async ValueTask Reset(Caller caller)
    {
        Outcome outcome = await Write(() => Empty(caller)).ConfigureAwait(false);
        if (outcome.Fault is { } fault)
        {
            throw new StoreException(fault.Message);
        }
    }

    private ValueTask<Outcome> Write(Func<Written> carryOut)
    {
        Turn turn = new(this, carryOut);
        turns.Enter(turn);
        return new ValueTask<Outcome>(turn.Done);
    }

    private Written Empty(Caller caller)
    {
        List<Change> changes = [];
        foreach (Partition partition in head.Partitions.Values)
        {
            foreach (Kind kind in Kinds.All)
            {
                changes.AddRange(partition.Rows(kind).Select(row => new Change(partition.Key, kind, row.Key, row, null)));
            }
        }

        CloudSnapshot next = CloudSnapshot.Empty;
        (Task appended, long version) = Commit(next, changes, worldChanged: true, new AuditOf(caller, "trunkline:Reset", ""));
        return new Written(new Outcome(null, null, null), appended, version, next);
    }

    private Outcome Read(Command command)
    {
        CloudSnapshot cloud = Published;
        Draft draft = new(cloud);
        try
        {
            object output = command.Run(ContextOf(command, draft));
            return draft.Changes.Count == 0 && !draft.WorldChanged
                ? Finished(command, output)
                : throw new InvalidOperationException($"{command.Action} is a read and wrote");
        }
        catch (Fault fault)
        {
            return new Outcome(null, null, fault);
        }
    }

    /// <summary>One command on the head, in the writer's turn: the next head, or a fault and everything as it was.</summary>
    private Written CarryOut(Command command)
    {
        Draft draft = new(head);
        CommandContext context = ContextOf(command, draft);
        try
        {
            string? replay = Idempotency.Replay(context, command);
            object? output = replay is null ? command.Run(context) : null;
            if (command.IsDryRun)
            {
                return new Written(Finished(command, null), Task.CompletedTask, 0, head);
            }

            if (output is not null && draft.Changes.Count > 0)
            {
                Idempotency.Note(context, command, output);
            }

            (Task appended, long version) = draft.Changes.Count == 0 && !draft.WorldChanged
                ? (lastAppend, headVersion)
                : Commit(draft.Next, draft.Changes, draft.WorldChanged, new AuditOf(command.Caller, command.Action, command.Parameters()));
            return new Written(new Outcome(output, replay, null), appended, version, draft.Next);
        }
        catch (Fault fault)
        {
            return new Written(new Outcome(null, null, fault), Task.CompletedTask, 0, head);
        }
    }

    /// <summary>Makes a draft the head and hands it to the store. Called by the one writer only, so the store's order is the cloud's.</summary>
    private (Task Appended, long Version) Commit(CloudSnapshot next, IReadOnlyList<Change> changes, bool worldChanged, AuditOf audit)
    {
        // The log says when it was really asked, wherever the cloud's clock stands.
        AuditLine line = new(
            clock.GetUtcNow(), audit.Caller.Account, audit.Caller.Region, audit.Caller.RequestId, audit.Action, audit.Caller.AccessKey,
            audit.Parameters, "ok");
        lastAppend = store.Append(new Batch(changes, worldChanged ? next.World : null, line)).AsTask();
        head = next;
        model.Follow(next, changes);
        Interlocked.Increment(ref waiting);
        _ = lastAppend.ContinueWith(
            _ => Interlocked.Decrement(ref waiting), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        headVersion++;
        feed?.Commit(headVersion, changes, worldChanged);
        return (lastAppend, headVersion);
    }

    /// <summary>Shows a cloud to reads once it is durable; never an older one after a newer one.</summary>
    private void Publish(long version, CloudSnapshot next)
    {
        PublishedCloud mine = new(version, next);
        while (published is var current && current.Version < version)
        {
            if (Interlocked.CompareExchange(ref published, mine, current) == current)
            {
                feed?.Publish(version, next);
                break;
            }
        }
    }

    private CommandContext ContextOf(Command command, Draft draft)
    {
        DateTimeOffset now = draft.Next.World.TimeAt(clock.GetUtcNow());
        return new(command.Caller, now, new IdSource(seeds()), quotas, draft, model.TracerOf) { IsImpaired = isImpaired };
    }

    private static Outcome Finished(Command command, object? output) => command.IsDryRun
        ? new Outcome(null, null, new Fault("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412))
        : new Outcome(output, null, null);

    private sealed record PublishedCloud(long Version, CloudSnapshot Cloud);

    /// <param name="Appended">Done when the change is durable, and all that it was built on.</param>
    private readonly record struct Written(Outcome Outcome, Task Appended, long Version, CloudSnapshot Next);

    private readonly record struct AuditOf(Caller Caller, string Action, string Parameters);

    /// <summary>A write from its turn to its answer, which it gets when the store has it.</summary>
    private sealed class Turn(Engine engine, Func<Written> carryOut) : ITurn
    {
        private readonly TaskCompletionSource<Outcome> done = new();
        private Written written;
        private Exception? mistake;

        public Task<Outcome> Done => done.Task;

        public void Run(bool isOwn)
        {
            try
            {
                written = carryOut();
            }
            catch (Exception error)
            {
                // Whoever asked gets it, as if it had carried the command out itself.
                mistake = error;
            }

            if (mistake is null && !written.Appended.IsCompleted)
            {
                written.Appended.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(Finish);
            }
            else if (isOwn)
            {
                Finish();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(static turn => turn.Finish(), this, preferLocal: false);
            }
        }

        private void Finish()
        {
            if (mistake is not null)
            {
                done.SetException(mistake);
            }
            else if (written.Outcome.Fault is not null)
            {
                done.SetResult(written.Outcome);
            }
            else if (written.Appended.Exception?.InnerException is { } error and not StoreException)
            {
                done.SetException(error);
            }
            else if (written.Appended.Exception?.InnerException is { } lost)
            {
                Fault fault = new("Unavailable", $"The change could not be kept and was not made: {lost.Message}", 503);
                done.SetResult(new Outcome(null, null, fault));
            }
            else
            {
                engine.Publish(written.Version, written.Next);
                done.SetResult(written.Outcome);
            }
        }
    }
}
