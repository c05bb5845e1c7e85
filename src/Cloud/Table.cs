using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>All rows of one kind in one partition, without their type.</summary>
public interface ITable
{
    int Count { get; }

    IEnumerable<IResource> Rows { get; }

    IResource? FindRow(string key);

    IEnumerable<IResource> RowsBy(string word);

    ITable PutRow(IResource row);

    ITable RemoveRow(string key);
}

/// <summary>An immutable table of one kind of resource: rows in order of their keys, and the words each row is found by.</summary>
public sealed class Table<T> : ITable
    where T : class, IResource
{
    public static readonly Table<T> Empty = new(
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal));

    private static readonly ImmutableSortedSet<string> NoKeys = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, T> rows;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> words;

    private Table(ImmutableSortedDictionary<string, T> rows, ImmutableDictionary<string, ImmutableSortedSet<string>> words)
    {
        this.rows = rows;
        this.words = words;
    }

    public int Count => rows.Count;

    /// <summary>Every row, by key in ordinal order: the order of pages.</summary>
    public IEnumerable<T> All => rows.Values;

    IEnumerable<IResource> ITable.Rows => rows.Values;

    /// <summary>Builds a table of many rows at once, without the steps between.</summary>
    public static Table<T> From(IEnumerable<T> all)
    {
        ImmutableSortedDictionary<string, T>.Builder rows = Empty.rows.ToBuilder();
        Dictionary<string, List<string>> found = new(StringComparer.Ordinal);
        foreach (T row in all)
        {
            rows[row.Key] = row;
            foreach (string word in row.Keys)
            {
                if (!found.TryGetValue(word, out List<string>? keys))
                {
                    found[word] = keys = [];
                }

                keys.Add(row.Key);
            }
        }

        return new Table<T>(
            rows.ToImmutable(),
            found.ToImmutableDictionary(p => p.Key, p => p.Value.ToImmutableSortedSet(StringComparer.Ordinal), StringComparer.Ordinal));
    }

    public T? Find(string key) => rows.GetValueOrDefault(key);

    /// <summary>Rows that name <paramref name="word"/> among their <see cref="IResource.Keys"/>: a subnet's interfaces, an address's owner.</summary>
    public IEnumerable<T> By(string word) =>
        words.TryGetValue(word, out ImmutableSortedSet<string>? keys) ? keys.Select(key => rows[key]) : [];

    public bool Any(string word) => words.ContainsKey(word);

    public Table<T> Put(T row)
    {
        T? before = Find(row.Key);
        HashSet<string> added = new(row.Keys, StringComparer.Ordinal);
        ImmutableDictionary<string, ImmutableSortedSet<string>> next = words;
        if (before is not null)
        {
            foreach (string word in new HashSet<string>(before.Keys, StringComparer.Ordinal))
            {
                if (!added.Remove(word))
                {
                    next = Without(next, word, row.Key);
                }
            }
        }

        foreach (string word in added)
        {
            next = next.SetItem(word, next.GetValueOrDefault(word, NoKeys).Add(row.Key));
        }

        return new Table<T>(rows.SetItem(row.Key, row), next);
    }

    public Table<T> Remove(string key)
    {
        if (Find(key) is not { } row)
        {
            return this;
        }

        ImmutableDictionary<string, ImmutableSortedSet<string>> next = words;
        foreach (string word in new HashSet<string>(row.Keys, StringComparer.Ordinal))
        {
            next = Without(next, word, key);
        }

        return new Table<T>(rows.Remove(key), next);
    }

    IResource? ITable.FindRow(string key) => Find(key);

    IEnumerable<IResource> ITable.RowsBy(string word) => By(word);

    ITable ITable.PutRow(IResource row) => Put((T)row);

    ITable ITable.RemoveRow(string key) => Remove(key);

    private static ImmutableDictionary<string, ImmutableSortedSet<string>> Without(
        ImmutableDictionary<string, ImmutableSortedSet<string>> words, string word, string key)
    {
        ImmutableSortedSet<string> left = words[word].Remove(key);
        return left.IsEmpty ? words.Remove(word) : words.SetItem(word, left);
    }
}
