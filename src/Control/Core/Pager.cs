using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>One page of an answer.</summary>
/// <param name="NextToken">Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, string? NextToken);

/// <summary>Pages of Describe operations: rows in order of their keys; the token names the last row that was given.</summary>
/// <remarks>A token stays good while rows come and go between the pages: none is given twice, and none that stayed is left out.</remarks>
public static class Pager
{
    /// <summary>Characters of a token: the longest keys (paths of policies, tags in letters of several octets) stay well below.</summary>
    private const int TokenMax = 4096;

    /// <param name="least">The smallest MaxResults the operation takes.</param>
    /// <param name="most">The largest one; also the page size where none is asked for, if <paramref name="alwaysPaged"/>.</param>
    /// <param name="tokenFault">The service's code for a token that is none.</param>
    public static Page<T> Page<T>(
        IEnumerable<T> rows, int? maxResults, string? nextToken, Func<T, string> keyOf, int least = 5, int most = 1000,
        bool alwaysPaged = false, string tokenFault = "InvalidNextToken")
    {
        if (maxResults is { } asked && (asked < least || asked > most))
        {
            throw Fault.Invalid(
                $"Value ( {asked} ) for parameter maxResults is invalid. Expecting a value between {least} and {most}.");
        }

        string? after = string.IsNullOrEmpty(nextToken) ? null : KeyOf(nextToken, tokenFault);
        int size = maxResults ?? (alwaysPaged ? most : int.MaxValue);
        List<T> page = [];
        foreach (T row in rows)
        {
            if (after is not null && string.CompareOrdinal(keyOf(row), after) <= 0)
            {
                continue;
            }

            if (page.Count == size)
            {
                return new Page<T>(page, TokenOf(keyOf(page[^1])));
            }

            page.Add(row);
        }

        return new Page<T>(page, null);
    }

    public static Page<T> Page<T>(IEnumerable<T> rows, int? maxResults, string? nextToken, int least = 5, int most = 1000)
        where T : IResource => Page(rows, maxResults, nextToken, row => row.Key, least, most);

    /// <summary>AWS refuses ids and a page size together.</summary>
    public static void RefuseIdsWithPages(IReadOnlyList<string>? ids, string idsName, int? maxResults)
    {
        if (ids is { Count: > 0 } && maxResults is not null)
        {
            throw Fault.Combination($"The parameter {idsName} cannot be used with the parameter maxResults");
        }
    }

    private static string TokenOf(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes("1/" + key));

    private static string KeyOf(string token, string fault)
    {
        Span<byte> bytes = stackalloc byte[TokenMax];
        if (token.Length <= TokenMax && Convert.TryFromBase64String(token, bytes, out int length)
            && Encoding.UTF8.GetString(bytes[..length]) is var text && text.StartsWith("1/", StringComparison.Ordinal))
        {
            return text[2..];
        }

        throw new Fault(fault, "The token '" + (token.Length > 64 ? token[..64] : token) + "' is invalid");
    }
}
