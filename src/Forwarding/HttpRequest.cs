using System.Collections.Immutable;
using System.Globalization;

namespace Trunkline.Forwarding;

/// <summary>The head of an HTTP request, as far as balancers read it (RFC 9110).</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Host">Without the port.</param>
/// <param name="Path">From the slash; without the query.</param>
/// <param name="Query">Without the question mark; "" where there is none.</param>
/// <param name="Headers">Further headers, names as they came.</param>
public sealed record HttpRequest(
    string Method, string Host, string Path, string Query, ImmutableArray<KeyValuePair<string, string>> Headers)
{
    /// <summary>Whether the request comes over TLS.</summary>
    public bool IsSecure { get; init; }

    public string Url => $"{(IsSecure ? "https" : "http")}://{Host}{Path}{(Query.Length == 0 ? "" : "?" + Query)}";

    /// <summary>Reads a method and an absolute URL of http or https.</summary>
    /// <param name="port">The URL's port, or its scheme's.</param>
    public static bool TryParse(string method, string url, out HttpRequest request, out int port, out string error)
    {
        request = new HttpRequest("GET", "", "/", "", []);
        port = 0;
        error = "";
        if (method.Length == 0 || method.AsSpan().ContainsAnyExcept(MethodLetters))
        {
            error = $"'{method}' is not an HTTP method: write GET, POST, ...";
            return false;
        }

        bool secure = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!secure && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            error = $"'{url}' is not a URL of http or https: write https://shop.example/cart";
            return false;
        }

        string rest = url[(secure ? "https://" : "http://").Length..].Split('#')[0];
        int end = rest.AsSpan().IndexOfAny('/', '?');
        string authority = end < 0 ? rest : rest[..end];
        string target = end < 0 ? "/" : rest[end] == '?' ? "/" + rest[end..] : rest[end..];
        int question = target.IndexOf('?', StringComparison.Ordinal);
        if (!TryHost(authority, secure, out string host, out port))
        {
            error = $"'{url}' names no host, or no port from 1 to 65535";
            return false;
        }

        request = new HttpRequest(
            method.ToUpperInvariant(), host, question < 0 ? target : target[..question], question < 0 ? "" : target[(question + 1)..], [])
        {
            IsSecure = secure,
        };
        return true;
    }

    /// <summary>Reads further headers, each as <c>Name: value</c> (RFC 9110, 5.1), and puts them into the request.</summary>
    public bool TryWith(IEnumerable<string> lines, out HttpRequest request, out string error)
    {
        ImmutableArray<KeyValuePair<string, string>>.Builder headers = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        request = this;
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(NameLetters))
            {
                error = $"'{line}' is no header: write Cookie: a=b";
                return false;
            }

            headers.Add(new KeyValuePair<string, string>(line[..colon], line[(colon + 1)..].Trim()));
        }

        error = "";
        request = this with { Headers = headers.ToImmutable() };
        return true;
    }

    /// <summary>A header's value, "" where it is not there; names are compared without regard to case.</summary>
    public string HeaderOf(string name)
    {
        if (string.Equals(name, "host", StringComparison.OrdinalIgnoreCase))
        {
            return Host;
        }

        foreach ((string key, string value) in Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return "";
    }

    private const string MethodLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

    private const string NameLetters = MethodLetters + "0123456789.!#$%&'*+^`|~";

    private static bool TryHost(string authority, bool secure, out string host, out int port)
    {
        host = authority;
        port = secure ? 443 : 80;
        int colon = authority.LastIndexOf(':');
        if (colon > 0 && !authority.EndsWith(']'))
        {
            host = authority[..colon];
            return int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and <= ushort.MaxValue && host.Length > 0;
        }

        return host.Length > 0;
    }
}
