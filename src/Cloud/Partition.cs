using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>One account in one region: the scope in which most ids, names and quotas live.</summary>
/// <param name="Account">Twelve digits.</param>
/// <param name="Region">A region's name, such as <c>us-east-1</c>.</param>
public readonly record struct PartitionKey(string Account, string Region) : IComparable<PartitionKey>
{
    public int CompareTo(PartitionKey other)
    {
        int order = string.CompareOrdinal(Account, other.Account);
        return order != 0 ? order : string.CompareOrdinal(Region, other.Region);
    }

    public override string ToString() => $"{Account}/{Region}";
}

/// <summary>Everything one account has in one region; an immutable value.</summary>
public sealed class Partition
{
    private readonly ImmutableDictionary<Type, ITable> tables;

    private Partition(PartitionKey key, ImmutableDictionary<Type, ITable> tables)
    {
        Key = key;
        this.tables = tables;
    }

    public PartitionKey Key { get; }

    public string Account => Key.Account;

    public string Region => Key.Region;

    /// <summary>All tables that hold or held a row.</summary>
    public IEnumerable<ITable> Tables => tables.Values;

    public static Partition Empty(PartitionKey key) => new(key, ImmutableDictionary<Type, ITable>.Empty);

    public Table<T> Table<T>()
        where T : class, IResource<T> =>
        tables.TryGetValue(typeof(T), out ITable? table) ? (Table<T>)table : Trunkline.Cloud.Table<T>.Empty;

    public ITable Table(Kind kind) => tables.GetValueOrDefault(kind.Type, kind.EmptyTable);

    public IEnumerable<T> All<T>()
        where T : class, IResource<T> => Table<T>().All;

    public T? Find<T>(Id<T> id)
        where T : class, IResource<T> => Table<T>().Find(id.Value);

    /// <summary>The row that a reference names; the reference is known to hold.</summary>
    public T Get<T>(Id<T> id)
        where T : class, IResource<T> =>
        Find(id) ?? throw new InvalidOperationException($"{id} is referred to and not in {Key}");

    /// <summary>Rows of one kind that refer to <paramref name="word"/>; see <see cref="IResource.Keys"/>.</summary>
    public IEnumerable<T> By<T>(string word)
        where T : class, IResource<T> => Table<T>().By(word);

    public Partition With(Kind kind, ITable table) => new(Key, tables.SetItem(kind.Type, table));

    public Partition With<T>(Table<T> table)
        where T : class, IResource<T> => new(Key, tables.SetItem(typeof(T), table));

    public Partition Put<T>(T row)
        where T : class, IResource<T> => With(Table<T>().Put(row));

    public Partition Remove<T>(Id<T> id)
        where T : class, IResource<T> => With(Table<T>().Remove(id.Value));
}
