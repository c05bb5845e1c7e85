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
    private readonly Lock writing = new();

    /// <summary>The cloud with all that was carried out, durable or not yet: where the next writer begins.</summary>
    private CloudSnapshot head;
    private long headVersion;

    /// <summary>The last write that was handed to the store; everything before it is durable when it is.</summary>
    private Task lastAppend = Task.CompletedTask;

    private volatile PublishedCloud published;
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
        model.Follow(head, [], worldChanged: false);
    }

    /// <summary>The newest cloud that is durable: what reads see.</summary>
    public CloudSnapshot Published => published.Cloud;

    /// <summary>Writes carried out and not durable yet.</summary>
    public int PendingWrites => Volatile.Read(ref waiting);

    /// <summary>The model of the newest cloud.</summary>
    public Tracer Tracer => model.TracerOfNewest();

    public ValueTask<Outcome> Execute(Command command) =>
        command.IsRead ? ValueTask.FromResult(Read(command)) : Write(command);

    /// <summary>Empties the cloud: every account and region is as new, the world is the default one.</summary>
    public async ValueTask Reset(Caller caller)
    {
        Task appended;
        long version;
        CloudSnapshot next;
        lock (writing)
        {
            next = CloudSnapshot.Empty;
            List<Change> changes = [];
            foreach (Partition partition in head.Partitions.Values)
            {
                foreach (Kind kind in Kinds.All)
                {
                    changes.AddRange(partition.Table(kind).Rows.Select(row => new Change(partition.Key, kind, row.Key, row, null)));
                }
            }

            (appended, version) = Commit(next, changes, worldChanged: true, new AuditOf(caller, "trunkline:Reset", ""));
        }

        await Publish(appended, version, next).ConfigureAwait(false);
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

    private async ValueTask<Outcome> Write(Command command)
    {
        Task appended;
        long version;
        CloudSnapshot next;
        object? output;
        string? replay;
        lock (writing)
        {
            Draft draft = new(head);
            CommandContext context = ContextOf(command, draft);
            try
            {
                replay = Idempotency.Replay(context, command);
                output = replay is null ? command.Run(context) : null;
                if (command.IsDryRun)
                {
                    return Finished(command, null);
                }

                if (output is not null && draft.Changes.Count > 0)
                {
                    Idempotency.Note(context, command, output);
                }
            }
            catch (Fault fault)
            {
                return new Outcome(null, null, fault);
            }

            next = draft.Next;
            (appended, version) = draft.Changes.Count == 0 && !draft.WorldChanged
                ? (lastAppend, headVersion)
                : Commit(next, draft.Changes, draft.WorldChanged, new AuditOf(command.Caller, command.Action, command.Parameters()));
        }

        Fault? lost = await Publish(appended, version, next).ConfigureAwait(false);
        return lost is null ? new Outcome(output, replay, null) : new Outcome(null, null, lost);
    }

    /// <summary>Makes a draft the head and hands it to the store. Called by the one writer only, so the store's order is the cloud's.</summary>
    private (Task Appended, long Version) Commit(CloudSnapshot next, IReadOnlyList<Change> changes, bool worldChanged, AuditOf audit)
    {
        AuditLine line = new(
            clock.GetUtcNow(), audit.Caller.Account, audit.Caller.Region, audit.Caller.RequestId, audit.Action, audit.Caller.AccessKey,
            audit.Parameters, "ok");
        lastAppend = store.Append(new Batch(changes, worldChanged ? next.World : null, line)).AsTask();
        head = next;
        model.Follow(next, changes, worldChanged);
        Interlocked.Increment(ref waiting);
        _ = lastAppend.ContinueWith(
            _ => Interlocked.Decrement(ref waiting), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return (lastAppend, ++headVersion);
    }

    /// <summary>Shows a cloud to reads once it is durable; never an older one after a newer one.</summary>
    private async ValueTask<Fault?> Publish(Task appended, long version, CloudSnapshot next)
    {
        try
        {
            await appended.ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            return new Fault("Unavailable", $"The change could not be kept and was not made: {e.Message}", 503);
        }

        PublishedCloud mine = new(version, next);
        while (published is var current && current.Version < version)
        {
            if (Interlocked.CompareExchange(ref published, mine, current) == current)
            {
                break;
            }
        }

        return null;
    }

    private CommandContext ContextOf(Command command, Draft draft) =>
        new(command.Caller, clock.GetUtcNow(), new IdSource(seeds()), quotas, draft, model.TracerOf);

    private static Outcome Finished(Command command, object? output) => command.IsDryRun
        ? new Outcome(null, null, new Fault("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412))
        : new Outcome(output, null, null);

    private sealed record PublishedCloud(long Version, CloudSnapshot Cloud);

    private readonly record struct AuditOf(Caller Caller, string Action, string Parameters);
}
