using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>All rows of one kind in one partition, without their type.</summary>
public interface ITable
{
    int Count { get; }

    /// <summary>The rows' type: a kind's <see cref="Kind.Type"/>.</summary>
    Type RowType { get; }

    IEnumerable<IResource> Rows { get; }

    IResource? FindRow(string key);

    IEnumerable<IResource> RowsBy(string word);

    ITable PutRow(IResource row);

    ITable RemoveRow(string key);
}

/// <summary>An immutable table of one kind of resource: rows in order of their keys, and the words each row is found by.</summary>
/// <remarks>Most words name one row, so a word's entry is the key itself, and a sorted set of keys only where there are more.</remarks>
public sealed class Table<T> : ITable
    where T : class, IResource
{
    public static readonly Table<T> Empty = new(
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal),
        WordIndex.Empty);

    private readonly ImmutableSortedDictionary<string, T> rows;
    private readonly WordIndex words;

    private Table(ImmutableSortedDictionary<string, T> rows, WordIndex words)
    {
        this.rows = rows;
        this.words = words;
    }

    public int Count => rows.Count;

    /// <summary>Every row, by key in ordinal order: the order of pages.</summary>
    public IEnumerable<T> All => rows.Values;

    Type ITable.RowType => typeof(T);

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

                if (keys.Count == 0 || keys[^1] != row.Key)
                {
                    keys.Add(row.Key);
                }
            }
        }

        return new Table<T>(rows.ToImmutable(), WordIndex.From(found.Select(p => KeyValuePair.Create(p.Key, EntryOf(p.Value)))));
    }

    public T? Find(string key) => rows.GetValueOrDefault(key);

    /// <summary>Rows that name <paramref name="word"/> among their <see cref="IResource.Keys"/>: a subnet's interfaces, an address's owner.</summary>
    public IEnumerable<T> By(string word) => words.Find(word) switch
    {
        null => [],
        string key => [rows[key]],
        object keys => ((ImmutableSortedSet<string>)keys).Select(key => rows[key]),
    };

    public bool Any(string word) => words.Find(word) is not null;

    public Table<T> Put(T row) => new(rows.SetItem(row.Key, row), Find(row.Key) is { } before ? Moved(before, row) : Added(row));

    public Table<T> Remove(string key)
    {
        if (Find(key) is not { } row)
        {
            return this;
        }

        WordIndex next = words;
        foreach (string word in new HashSet<string>(row.Keys, StringComparer.Ordinal))
        {
            next = WithoutKey(next, word, key);
        }

        return new Table<T>(rows.Remove(key), next);
    }

    IResource? ITable.FindRow(string key) => Find(key);

    IEnumerable<IResource> ITable.RowsBy(string word) => By(word);

    ITable ITable.PutRow(IResource row) => Put((T)row);

    ITable ITable.RemoveRow(string key) => Remove(key);

    private WordIndex Added(T row)
    {
        WordIndex next = words;
        foreach (string word in row.Keys)
        {
            next = WithKey(next, word, row.Key);
        }

        return next;
    }

    /// <summary>The words after a row has changed. Rows change little at a time: what both begin with is passed over.</summary>
    private WordIndex Moved(T before, T row)
    {
        List<string> had = [.. before.Keys];
        List<string> has = [.. row.Keys];
        int same = 0;
        while (same < had.Count && same < has.Count && had[same] == has[same])
        {
            same++;
        }

        if (same == had.Count && same == has.Count)
        {
            return words;
        }

        WordIndex next = words;
        if (same < had.Count)
        {
            HashSet<string> kept = new(has, StringComparer.Ordinal);
            foreach (string word in had.Skip(same))
            {
                // Removed once, though a row may name a word twice.
                if (kept.Add(word))
                {
                    next = WithoutKey(next, word, row.Key);
                }
            }
        }

        foreach (string word in has.Skip(same))
        {
            next = WithKey(next, word, row.Key);
        }

        return next;
    }

    private static WordIndex WithKey(WordIndex words, string word, string key) => words.Find(word) switch
    {
        null => words.With(word, key),
        string one when one == key => words,
        object entry => words.With(word, SetOf(entry).Add(key)),
    };

    private static WordIndex WithoutKey(WordIndex words, string word, string key)
    {
        ImmutableSortedSet<string> left = SetOf(words.Find(word)!).Remove(key);
        return left.Count switch
        {
            0 => words.Without(word),
            1 => words.With(word, left[0]),
            _ => words.With(word, left),
        };
    }

    private static object EntryOf(List<string> keys) => keys.Count == 1 ? keys[0] : keys.ToImmutableSortedSet(StringComparer.Ordinal);

    private static ImmutableSortedSet<string> SetOf(object entry) =>
        entry as ImmutableSortedSet<string> ?? ImmutableSortedSet.Create(StringComparer.Ordinal, (string)entry);
}
