using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>The cloud: every account and region that holds something, and the world outside. An immutable value; each change makes the next.</summary>
public sealed record CloudSnapshot
{
    public static readonly CloudSnapshot Empty = new();

    public ImmutableSortedDictionary<PartitionKey, Partition> Partitions { get; init; } =
        ImmutableSortedDictionary<PartitionKey, Partition>.Empty;

    public World World { get; init; } = World.Default;

    /// <summary>The partition, or what AWS puts into a new account and region where nothing has changed there yet.</summary>
    public Partition Partition(PartitionKey key) => Partitions.TryGetValue(key, out Partition? found) ? found : FreshPartition.Make(key);

    public CloudSnapshot With(Partition partition) => this with { Partitions = Partitions.SetItem(partition.Key, partition) };
}
