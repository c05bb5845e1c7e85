using System.Text.RegularExpressions;
using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>What a rule looks at.</summary>
public enum RequestPart : byte
{
    Host,
    Path,
    Method,
    Header,
    Query,
    Source,
}

/// <summary>One condition of a rule: any of its values will do.</summary>
/// <remarks>In patterns <c>*</c> is any text and <c>?</c> one character; a backslash takes their meaning away.</remarks>
/// <param name="Header">The header's name, for <see cref="RequestPart.Header"/>.</param>
/// <param name="Patterns">For every part but the source's address and the query.</param>
/// <param name="Expressions">In place of patterns.</param>
/// <param name="Pairs">For the query; key null: any pair's value will do.</param>
/// <param name="Blocks">For the source's address.</param>
public sealed record RequestTest(
    RequestPart Part,
    string Header,
    string[] Patterns,
    Regex[] Expressions,
    (string? Key, string Value)[] Pairs,
    Prefix[] Blocks)
{
    /// <param name="request">Null where the packet bears none: then only tests of the source can hold.</param>
    /// <param name="source">The client's address.</param>
    public bool Holds(HttpRequest? request, IpAddress source)
    {
        if (Part == RequestPart.Source)
        {
            return HoldsSource(source);
        }

        return request is not null && Part switch
        {
            RequestPart.Host => HoldsText(request.Host, ignoreCase: true),
            RequestPart.Path => HoldsText(request.Path, ignoreCase: false),
            RequestPart.Method => HoldsText(request.Method, ignoreCase: false),
            RequestPart.Header => HoldsText(request.HeaderOf(Header), ignoreCase: true),
            _ => HoldsQuery(request.Query),
        };
    }

    /// <summary>Whether a text is of a pattern's form. Time grows with the product of both lengths at the most.</summary>
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, bool ignoreCase)
    {
        int at = 0;
        int p = 0;
        int star = -1;
        int resume = 0;
        while (at < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = at;
                continue;
            }

            bool escaped = p + 1 < pattern.Length && pattern[p] == '\\' && pattern[p + 1] is '*' or '?' or '\\';
            int letter = escaped ? p + 1 : p;
            if (letter < pattern.Length && ((!escaped && pattern[letter] == '?') || Same(text[at], pattern[letter], ignoreCase)))
            {
                p = letter + 1;
                at++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                at = ++resume;
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

    private static bool Same(char one, char other, bool ignoreCase) =>
        one == other || (ignoreCase && char.ToLowerInvariant(one) == char.ToLowerInvariant(other));

    private bool HoldsSource(IpAddress source)
    {
        foreach (Prefix block in Blocks)
        {
            if (block.Contains(source))
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsText(string text, bool ignoreCase)
    {
        foreach (string pattern in Patterns)
        {
            if (Matches(text, pattern, ignoreCase))
            {
                return true;
            }
        }

        foreach (Regex expression in Expressions)
        {
            if (expression.IsMatch(text))
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsQuery(ReadOnlySpan<char> query)
    {
        foreach (Range part in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[part];
            int equals = pair.IndexOf('=');
            ReadOnlySpan<char> key = equals < 0 ? pair : pair[..equals];
            ReadOnlySpan<char> value = equals < 0 ? default : pair[(equals + 1)..];
            foreach ((string? wantedKey, string wantedValue) in Pairs)
            {
                if (pair.Length > 0 && (wantedKey is null || Matches(key, wantedKey, ignoreCase: true)) && Matches(value, wantedValue, ignoreCase: true))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
