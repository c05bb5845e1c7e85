using System.Security.Cryptography;
using System.Text;

namespace Trunkline.Wire;

/// <summary>The text of a request over which SigV4 signs.</summary>
internal static class CanonicalRequest
{
    /// <summary>The text; null when the query string has a broken escape.</summary>
    public static string? Text(WireRequest request, RequestSignature scope)
    {
        List<KeyValuePair<string, string>>? query = Query(request.Query);
        if (query is null)
        {
            return null;
        }

        StringBuilder text = new();
        text.Append(request.Method).Append('\n');
        Path(text, request.Path);
        text.Append('\n');
        QueryString(text, query);
        text.Append('\n');
        foreach (string name in scope.SignedHeaders)
        {
            Header(text, request, name);
        }

        text.Append('\n').AppendJoin(';', scope.SignedHeaders).Append('\n');
        text.Append(Convert.ToHexStringLower(SHA256.HashData(request.Body.Span)));
        return text.ToString();
    }

    /// <summary>The decoded pairs of a query string in its order, or null when an escape is broken.</summary>
    public static List<KeyValuePair<string, string>>? Query(string query)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            string? name = FormTree.Decode(Encoding.UTF8.GetBytes(equals < 0 ? pair : pair[..equals]));
            string? value = equals < 0 ? "" : FormTree.Decode(Encoding.UTF8.GetBytes(pair[(equals + 1)..]));
            if (name is null || value is null || pairs.Count == ParamLimits.Count)
            {
                return null;
            }

            pairs.Add(new KeyValuePair<string, string>(name, value));
        }

        return pairs;
    }

    /// <summary>The path with dot segments removed, each sent segment encoded once more (S3 alone does not).</summary>
    private static void Path(StringBuilder text, string path)
    {
        List<string> kept = [];
        foreach (string segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        foreach (string segment in kept)
        {
            text.Append('/').Append(Uri.EscapeDataString(segment));
        }

        if (kept.Count == 0 || path.EndsWith('/'))
        {
            text.Append('/');
        }
    }

    private static void QueryString(StringBuilder text, List<KeyValuePair<string, string>> query)
    {
        List<string> pairs = [];
        foreach (KeyValuePair<string, string> pair in query)
        {
            if (pair.Key != "X-Amz-Signature")
            {
                pairs.Add(Uri.EscapeDataString(pair.Key) + "=" + Uri.EscapeDataString(pair.Value));
            }
        }

        // The order is that of names and then values; '=' would sort behind '-' and '.', so it must not take part.
        pairs.Sort(static (a, b) =>
        {
            int byName = string.CompareOrdinal(a[..a.IndexOf('=')], b[..b.IndexOf('=')]);
            return byName != 0 ? byName : string.CompareOrdinal(a, b);
        });
        text.AppendJoin('&', pairs);
    }

    private static void Header(StringBuilder text, WireRequest request, string name)
    {
        text.Append(name).Append(':');
        bool first = true;
        foreach (KeyValuePair<string, string> header in request.Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                text.Append(first ? "" : ",").AppendJoin(' ', header.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                first = false;
            }
        }

        text.Append('\n');
    }
}
