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
    /// <summary>One table a kind, each of its own type: so few that looking at each is the quickest way to one.</summary>
    private readonly ImmutableArray<ITable> tables;

    private Partition(PartitionKey key, ImmutableArray<ITable> tables)
    {
        Key = key;
        this.tables = tables;
    }

    public PartitionKey Key { get; }

    public string Account => Key.Account;

    public string Region => Key.Region;

    /// <summary>All tables that hold or held a row.</summary>
    public IEnumerable<ITable> Tables => tables;

    public static Partition Empty(PartitionKey key) => new(key, []);

    public Table<T> Table<T>()
        where T : class, IResource<T>
    {
        foreach (ITable table in tables)
        {
            if (table is Table<T> found)
            {
                return found;
            }
        }

        return Trunkline.Cloud.Table<T>.Empty;
    }

    public ITable Table(Kind kind) => PlaceOf(kind.Type) is >= 0 and int place ? tables[place] : kind.TableOf([]);

    /// <summary>The rows of a kind; asks for no table where there are none.</summary>
    public IEnumerable<IResource> Rows(Kind kind) => PlaceOf(kind.Type) is >= 0 and int place ? tables[place].Rows : [];

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

    public Partition With(ITable table) =>
        new(Key, PlaceOf(table.RowType) is >= 0 and int place ? tables.SetItem(place, table) : tables.Add(table));

    public Partition Put<T>(T row)
        where T : class, IResource<T> => With(Table<T>().Put(row));

    public Partition Remove<T>(Id<T> id)
        where T : class, IResource<T> => With(Table<T>().Remove(id.Value));

    private int PlaceOf(Type rows)
    {
        for (int i = 0; i < tables.Length; i++)
        {
            if (tables[i].RowType == rows)
            {
                return i;
            }
        }

        return -1;
    }
}
