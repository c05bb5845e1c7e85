namespace Trunkline.Cloud;

/// <summary>One changed row: what the store writes and the incremental compile follows.</summary>
/// <param name="Before">The row as it was; null where it is new.</param>
/// <param name="After">The row as it is; null where it is gone.</param>
public sealed record Change(PartitionKey Partition, Kind Kind, string Key, IResource? Before, IResource? After);

/// <summary>The next cloud while one command makes it: reads see what the command has written. Dropped where the command is refused.</summary>
public sealed class Draft(CloudSnapshot start)
{
    private readonly List<Change> changes = [];
    private CloudSnapshot next = start;

    /// <summary>The account and region that is being written, ahead of <see cref="next"/>; null where nothing is.</summary>
    private Partition? ahead;

    /// <summary>The cloud as the command has left it so far.</summary>
    public CloudSnapshot Next
    {
        get
        {
            if (ahead is not null)
            {
                next = next.With(ahead);
                ahead = null;
            }

            return next;
        }
    }

    /// <summary>Every row written, in order; a row may come more than once.</summary>
    public IReadOnlyList<Change> Changes => changes;

    /// <summary>Whether the world (internet hosts) was changed; it is stored as one document.</summary>
    public bool WorldChanged { get; private set; }

    public Partition Partition(PartitionKey key) => ahead is not null && ahead.Key == key ? ahead : Next.Partition(key);

    public void Put<T>(PartitionKey key, T row)
        where T : class, IResource<T> => Write(key, Kind.Of<T>(), row.Key, row);

    public void Remove<T>(PartitionKey key, Id<T> id)
        where T : class, IResource<T> => Write(key, Kind.Of<T>(), id.Value, null);

    /// <summary>Puts a row whose kind is known only at run time: tags reach every kind this way.</summary>
    public void PutRow(PartitionKey key, Kind kind, IResource row) => Write(key, kind, row.Key, row);

    public void SetWorld(World world)
    {
        next = Next with { World = world };
        WorldChanged = true;
    }

    private void Write(PartitionKey at, Kind kind, string key, IResource? after)
    {
        Partition partition = Materialise(at);
        ITable table = partition.Table(kind);
        IResource? before = table.FindRow(key);
        if (before is null && after is null)
        {
            return;
        }

        ahead = partition.With(after is null ? table.RemoveRow(key) : table.PutRow(after));
        changes.Add(new Change(at, kind, key, before, after));
    }

    /// <summary>The first write to an account and region makes real what reads were shown there: the default VPC and its parts.</summary>
    private Partition Materialise(PartitionKey at)
    {
        if (ahead is not null && ahead.Key == at)
        {
            return ahead;
        }

        if (Next.Partitions.TryGetValue(at, out Partition? known))
        {
            return known;
        }

        Partition fresh = FreshPartition.Make(at);
        ahead = fresh;
        foreach (Kind kind in Kinds.All)
        {
            foreach (IResource row in fresh.Rows(kind))
            {
                changes.Add(new Change(at, kind, row.Key, null, row));
            }
        }

        return fresh;
    }
}
