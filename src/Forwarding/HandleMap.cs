using System.Collections.Immutable;

namespace Trunkline.Forwarding;

/// <summary>A row of the cloud by name: its partition's place in the state and its id.</summary>
public readonly record struct RowKey(int Partition, string Id);

/// <summary>Handles by name: a table made once, and above it the few that came later.</summary>
internal sealed class HandleMap<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> made;
    private readonly ImmutableDictionary<TKey, int> later;

    public HandleMap(IEqualityComparer<TKey> comparer)
        : this(new Dictionary<TKey, int>(comparer), ImmutableDictionary.Create<TKey, int>(comparer))
    {
    }

    private HandleMap(Dictionary<TKey, int> made, ImmutableDictionary<TKey, int> later)
    {
        this.made = made;
        this.later = later;
    }

    /// <summary>How many names came after the first compile.</summary>
    public int LaterCount => later.Count;

    /// <summary>The handle, or -1.</summary>
    public int Find(TKey key)
    {
        if (!later.IsEmpty && later.TryGetValue(key, out int handle))
        {
            return handle;
        }

        return made.TryGetValue(key, out handle) ? handle : -1;
    }

    /// <summary>Makes room, for a map that nobody else holds.</summary>
    public void Expect(int more) => made.EnsureCapacity(made.Count + more);

    /// <summary>Writes into this map; only while nobody else holds it.</summary>
    public void AddInPlace(TKey key, int handle) => made[key] = handle;

    /// <summary>A map with one name more or, with -1, less.</summary>
    public HandleMap<TKey> With(TKey key, int handle) => new(made, later.SetItem(key, handle));
}

/// <summary>Tells names apart; hashes an id's last characters, which are the random ones.</summary>
internal sealed class RowKeyComparer : IEqualityComparer<RowKey>
{
    public static readonly RowKeyComparer Instance = new();

    public bool Equals(RowKey x, RowKey y) => x.Partition == y.Partition && string.Equals(x.Id, y.Id, StringComparison.Ordinal);

    public int GetHashCode(RowKey obj)
    {
        string id = obj.Id;
        uint hash = (uint)obj.Partition * 0x85EBCA6Bu;
        for (int i = Math.Max(0, id.Length - 12); i < id.Length; i++)
        {
            hash = (hash ^ id[i]) * 0x01000193u;
        }

        return (int)(hash ^ (hash >> 15));
    }
}

/// <summary>Tells sets of groups apart, by the group handles in ascending order.</summary>
internal sealed class GroupSetComparer : IEqualityComparer<int[]>
{
    public static readonly GroupSetComparer Instance = new();

    public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] obj)
    {
        uint hash = (uint)obj.Length;
        foreach (int item in obj)
        {
            hash = (hash ^ (uint)item) * 0x9E3779B1u;
            hash ^= hash >> 15;
        }

        return (int)hash;
    }
}
