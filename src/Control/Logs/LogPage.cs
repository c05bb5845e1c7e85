using System.Text;

namespace Trunkline.Control.Logs;

/// <summary>One page of an answer of CloudWatch Logs: rows in order of a word of theirs, up or down; the token names the last one given.</summary>
internal sealed record LogPage<T>(IReadOnlyList<T> Rows, string? NextToken)
{
    /// <exception cref="Fault">InvalidParameterException: a limit out of its range, a token that is none.</exception>
    public static LogPage<T> Of(
        IEnumerable<T> rows, Func<T, string> wordOf, bool descending, int? limit, int standard, int most, string? token)
    {
        if (limit is { } asked && (asked < 1 || asked > most))
        {
            throw LogsService.Invalid(
                $"{asked}", "limit", $"Member must have value {(asked < 1 ? "greater than or equal to 1" : $"less than or equal to {most}")}");
        }

        string? after = token is null ? null : WordOf(token);
        List<(string Word, T Row)> sorted = [.. rows.Select(r => (wordOf(r), r))];
        sorted.Sort((one, other) => string.CompareOrdinal(one.Word, other.Word) * (descending ? -1 : 1));
        List<T> page = [];
        string last = "";
        foreach ((string word, T row) in sorted)
        {
            if (after is not null && string.CompareOrdinal(word, after) * (descending ? -1 : 1) <= 0)
            {
                continue;
            }

            if (page.Count == (limit ?? standard))
            {
                return new LogPage<T>(page, Convert.ToBase64String(Encoding.UTF8.GetBytes(last)));
            }

            page.Add(row);
            last = word;
        }

        return new LogPage<T>(page, null);
    }

    private static string WordOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out int length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw new Fault("InvalidParameterException", "The specified nextToken is invalid.");
    }
}
