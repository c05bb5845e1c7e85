using System.Collections;
using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>The filters of one Describe operation as a table: each name and what it reads from a row.</summary>
/// <remarks>
/// Values of one filter are alternatives, filters are all required; <c>*</c> and <c>?</c> are wildcards, a backslash takes their meaning away.
/// Source: AWS, "List and filter your resources". A kind that bears tags has <c>tag:KEY</c>, <c>tag-key</c> and <c>tag-value</c> besides.
/// </remarks>
public sealed class FilterTable<T> : IEnumerable<string>
{
    /// <summary>Each a <c>Func&lt;Partition, T, IEnumerable&lt;string?&gt;&gt;</c>: one type of dictionary does for every table.</summary>
    private readonly Dictionary<string, Delegate> readers = new(StringComparer.Ordinal);
    private readonly Func<T, ITagged?>? tagged;

    /// <param name="tagged">Finds the tags of a row that is not itself <see cref="ITagged"/>.</param>
    public FilterTable(Func<T, ITagged?>? tagged = null)
    {
        this.tagged = tagged ?? (typeof(ITagged).IsAssignableFrom(typeof(T)) ? row => (ITagged?)row : null);
    }

    public void Add(string name, Func<T, string?> read) => Add(name, (_, row) => [read(row)]);

    public void Add(string name, Func<T, IEnumerable<string?>> read) => Add(name, (_, row) => read(row));

    /// <summary>For what is derived from other rows.</summary>
    public void Add(string name, Func<Partition, T, string?> read) => Add(name, (partition, row) => [read(partition, row)]);

    public void Add(string name, Func<Partition, T, IEnumerable<string?>> read) => readers.Add(name, read);

    public void Add(string name, Func<T, bool> read) => Add(name, (_, row) => [Text(read(row))]);

    /// <summary>The rows that pass every filter of the request.</summary>
    public IEnumerable<T> Apply(CommandContext context, IEnumerable<T> rows, IReadOnlyList<Aws.Filter>? filters)
    {
        if (filters is null or [])
        {
            return rows;
        }

        List<Func<T, bool>> tests = [.. filters.Select(filter => TestOf(context.Here, filter))];
        return rows.Where(row => tests.TrueForAll(test => test(row)));
    }

    public IEnumerator<string> GetEnumerator() => readers.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>AWS writes <c>true</c> and <c>false</c>.</summary>
    public static string Text(bool value) => value ? "true" : "false";

    private Func<T, bool> TestOf(Partition partition, Aws.Filter filter)
    {
        string name = filter.Name ?? throw Fault.Missing("Filter.Name");
        if (filter.Values is not { Count: > 0 } values)
        {
            throw Fault.Invalid($"The filter '{name}' has no values");
        }

        if (values.Count > 200)
        {
            throw new Fault("FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200");
        }

        Func<T, IEnumerable<string?>> read = ReaderOf(partition, name);
        return row =>
        {
            foreach (string? found in read(row))
            {
                foreach (string pattern in values)
                {
                    if (found is not null && Wildcard.Matches(pattern, found))
                    {
                        return true;
                    }
                }
            }

            return false;
        };
    }

    private Func<T, IEnumerable<string?>> ReaderOf(Partition partition, string name)
    {
        if (readers.TryGetValue(name, out Delegate? found))
        {
            Func<Partition, T, IEnumerable<string?>> read = (Func<Partition, T, IEnumerable<string?>>)found;
            return row => read(partition, row);
        }

        if (tagged is not null)
        {
            if (name.StartsWith("tag:", StringComparison.Ordinal))
            {
                string key = name[4..];
                return row => [tagged(row)?.Tags.GetValueOrDefault(key)];
            }

            if (name == "tag-key")
            {
                return row => tagged(row)?.Tags.Keys ?? [];
            }

            if (name == "tag-value")
            {
                return row => tagged(row)?.Tags.Values ?? [];
            }
        }

        throw Fault.Invalid($"The filter '{name}' is invalid");
    }
}

/// <summary>AWS's filter patterns: <c>*</c> any text, <c>?</c> one character, backslash quotes the next.</summary>
public static class Wildcard
{
    public static bool Matches(string pattern, string text)
    {
        if (!pattern.AsSpan().ContainsAny('*', '?', '\\'))
        {
            return string.Equals(pattern, text, StringComparison.Ordinal);
        }

        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && StepMatches(pattern, ref p, text[t]))
            {
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool StepMatches(string pattern, ref int p, char c)
    {
        int at = pattern[p] == '\\' && p + 1 < pattern.Length ? p + 1 : p;
        if (at == p && pattern[p] == '?')
        {
            p++;
            return true;
        }

        if (pattern[at] != c)
        {
            return false;
        }

        p = at + 1;
        return true;
    }
}
