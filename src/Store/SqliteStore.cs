using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Keeps the cloud in one SQLite file of a data directory, which it holds alone. Source: SQLite, "Write-Ahead Logging".</summary>
/// <remarks>One thread writes; each time it takes every batch that waits and makes them durable together (group commit).</remarks>
public sealed class SqliteStore : IStore
{
    public const string FileName = "trunkline.db";

    public const string LockName = "trunkline.lock";

    private readonly Lock loading = new();
    private readonly object gate = new();
    private readonly string file;
    private readonly DirectoryLock hold;
    private readonly Database database;
    private readonly RowPlaces places = new();
    private readonly BatchWriter writer;
    private readonly List<Batch> group = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Waiting> queue = [];
    private StoreException? failure;
    private long commits;
    private bool loaded;
    private bool closing;

    private SqliteStore(string file, DirectoryLock hold, Database database)
    {
        this.file = file;
        this.hold = hold;
        this.database = database;
        writer = new BatchWriter(database.Handle, places);
        new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();
    }

    /// <summary>How many transactions were made durable since it was opened: far fewer than batches where many waited together.</summary>
    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Opens the store of a data directory; the directory and the file are made where there are none.</summary>
    /// <param name="directory">Made with access for its owner only.</param>
    /// <param name="maxBytes">The size the file may reach, log apart; beyond it batches fail as on a full disk. Null: no limit.</param>
    /// <exception cref="StoreException">In use, damaged, foreign, of a newer schema, or not to be written; its bytes stay.</exception>
    public static SqliteStore Open(string directory, long? maxBytes = null)
    {
        string file = Path.Combine(Path.GetFullPath(directory), FileName);
        try
        {
            MakeDirectory(directory);
            DirectoryLock hold = DirectoryLock.Take(Path.Combine(directory, LockName));
            try
            {
                return new SqliteStore(file, hold, DatabaseFile.Open(file, maxBytes));
            }
            catch
            {
                hold.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreException.About(file, $"it cannot be opened ({error.Message})", "mend the data directory, or name another", error);
        }
    }

    public CloudSnapshot Load()
    {
        lock (loading)
        {
            if (loaded)
            {
                throw new InvalidOperationException("the store was already loaded");
            }

            try
            {
                CloudSnapshot snapshot = new SnapshotReader(database.Handle, file, places).Read();
                DatabaseFile.MoveLogAtClose(database, move: true);
                Volatile.Write(ref loaded, true);
                return snapshot;
            }
            catch (DatabaseException error)
            {
                throw DatabaseFile.Refusal(file, error);
            }
        }
    }

    public ValueTask Append(Batch batch)
    {
        if (!Volatile.Read(ref loaded))
        {
            throw new InvalidOperationException("the store is not loaded yet");
        }

        foreach (Change change in batch.Changes)
        {
            if (change.After is { } row && (row.Key != change.Key || row.GetType() != change.Kind.Type))
            {
                RowName name = new(change.Partition, change.Kind.Name, change.Key);
                throw new ArgumentException($"{name} is given a row of key '{row.Key}' and type {row.GetType().Name}");
            }
        }

        Waiting waiting = new(batch, 0);
        Enqueue(waiting);
        return new ValueTask(waiting.Done.Task);
    }

    public ValueTask<IReadOnlyList<AuditLine>> Audit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Waiting waiting = new(null, limit);
        Enqueue(waiting);
        return new ValueTask<IReadOnlyList<AuditLine>>(waiting.Done.Task);
    }

    /// <summary>Finishes what waits, then closes the file and lets the directory go.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closing = true;
            Monitor.PulseAll(gate);
        }

        await ended.Task.ConfigureAwait(false);
    }

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Enqueue(Waiting waiting)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closing, this);
            if (failure is { } first && waiting.Batch is not null)
            {
                waiting.Fail(first);
                return;
            }

            queue.Add(waiting);
            if (queue.Count == 1)
            {
                Monitor.Pulse(gate);
            }
        }
    }

    /// <summary>The writer's thread.</summary>
    private void Run()
    {
        try
        {
            List<Waiting> taken = [];
            while (Take(ref taken))
            {
                Commit(taken);
                foreach (Waiting waiting in taken)
                {
                    Answer(waiting);
                }

                taken.Clear();
            }
        }
        finally
        {
            writer.Dispose();
            database.Dispose();
            hold.Dispose();
            ended.SetResult();
        }
    }

    /// <summary>Waits for work and takes all there is; false when closing and nothing is left.</summary>
    private bool Take(ref List<Waiting> taken)
    {
        lock (gate)
        {
            while (queue.Count == 0)
            {
                if (closing)
                {
                    return false;
                }

                Monitor.Wait(gate);
            }

            (taken, queue) = (queue, taken);
            return true;
        }
    }

    /// <summary>Makes every batch of the group durable in one transaction; on an error none of them, and none after.</summary>
    private void Commit(List<Waiting> taken)
    {
        group.Clear();
        foreach (Waiting waiting in taken)
        {
            if (waiting.Batch is { } batch)
            {
                group.Add(batch);
            }
        }

        if (group.Count == 0 || failure is not null)
        {
            return;
        }

        try
        {
            writer.Write(group);
            Interlocked.Increment(ref commits);
        }
        catch (Exception error)
        {
            // Later batches build on these, so nothing may follow them: the store stops here, whatever the error was.
            StoreException first = error is DatabaseException known
                ? DatabaseFile.Refusal(file, known)
                : error as StoreException ?? StoreException.About(file, $"it cannot be written ({error.Message})", "start Trunkline again", error);
            lock (gate)
            {
                failure = first;
            }
        }
    }

    private void Answer(Waiting waiting)
    {
        if (waiting.Batch is not null)
        {
            if (failure is { } first)
            {
                waiting.Fail(first);
            }
            else
            {
                waiting.Done.SetResult([]);
            }

            return;
        }

        try
        {
            waiting.Done.SetResult(writer.NewestAudit(waiting.Limit));
        }
        catch (Exception error)
        {
            waiting.Done.SetException(error is DatabaseException known ? DatabaseFile.Refusal(file, known) : error);
        }
    }

    /// <summary>A batch to write, or, where that is null, a question for the newest <paramref name="Limit"/> audit lines.</summary>
    private sealed record Waiting(Batch? Batch, int Limit)
    {
        public TaskCompletionSource<IReadOnlyList<AuditLine>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Each waiter gets an exception of its own, so that its trace is its own.</summary>
        public void Fail(StoreException first) =>
            Done.SetException(new StoreException($"nothing more is kept: {first.Message}", first));
    }
}
