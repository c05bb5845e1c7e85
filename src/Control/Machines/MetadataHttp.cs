using System.Buffers;
using System.Globalization;
using System.Text;

namespace Trunkline.Control.Machines;

/// <summary>
/// The little of HTTP/1.1 (RFC 9112) that instance metadata needs: requests without a body that counts, answers with a length. What cannot be
/// read as that ends the connection.
/// </summary>
public static class MetadataHttp
{
    /// <summary>Octets that a request's head may have.</summary>
    public const int HeadMax = 16 * 1024;

    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    /// <summary>How reading went.</summary>
    public enum Reading
    {
        /// <summary>More octets are needed.</summary>
        More,

        /// <summary>A whole request is there.</summary>
        Done,

        /// <summary>This is no request.</summary>
        Wrong,
    }

    /// <summary>Reads the first request of what came so far.</summary>
    /// <param name="used">Octets that the request took, body included.</param>
    /// <param name="close">The client asks for the connection's end after the answer.</param>
    public static Reading Read(ReadOnlySpan<byte> input, bool overIpv6, out MetadataRequest? request, out int used, out bool close)
    {
        request = null;
        used = 0;
        close = false;
        int head = input.IndexOf(End);
        if (head < 0)
        {
            return input.Length > HeadMax ? Reading.Wrong : Reading.More;
        }

        string[] lines = Encoding.Latin1.GetString(input[..head]).Split("\r\n");
        string[] first = lines[0].Split(' ');
        if (first.Length != 3 || !first[2].StartsWith("HTTP/1.", StringComparison.Ordinal) || !TryHeaders(lines, out Dictionary<string, string> headers))
        {
            return Reading.Wrong;
        }

        int body = 0;
        if (headers.ContainsKey("Transfer-Encoding")
            || (headers.TryGetValue("Content-Length", out string? length)
                && !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out body)) || body > HeadMax)
        {
            return Reading.Wrong;
        }

        used = head + End.Length + body;
        if (used > input.Length)
        {
            return Reading.More;
        }

        string connection = headers.GetValueOrDefault("Connection", "");
        close = connection.Equals("close", StringComparison.OrdinalIgnoreCase)
            || (first[2] == "HTTP/1.0" && !connection.Equals("keep-alive", StringComparison.OrdinalIgnoreCase));
        request = new MetadataRequest(first[0], PathOf(first[1]), headers, overIpv6);
        return Reading.Done;
    }

    /// <summary>The answer's octets.</summary>
    public static byte[] Write(MetadataResponse response, MetadataRequest request, bool close, DateTimeOffset now)
    {
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status} {ReasonOf(response.Status)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: {response.ContentType}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {response.Body.Length}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Date: {now:R}\r\nServer: EC2ws\r\nAccept-Ranges: none\r\n")
            .Append(close ? "Connection: close\r\n" : "");
        foreach ((string name, string value) in response.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        byte[] first = Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
        return request.Method == "HEAD" ? first : [.. first, .. response.Body];
    }

    /// <summary>What is sent to a client that no answer can be made for.</summary>
    public static byte[] WriteBadRequest() => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private static bool TryHeaders(string[] lines, out Dictionary<string, string> headers)
    {
        headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                return false;
            }

            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return true;
    }

    /// <summary>The path of a request's target: a client of a proxy writes the whole URL.</summary>
    private static string PathOf(string target)
    {
        string path = target.StartsWith("http://", StringComparison.Ordinal) && target.IndexOf('/', 7) is var at ? at < 0 ? "/" : target[at..] : target;
        int query = path.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? path : path[..query];
    }

    private static string ReasonOf(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Error",
    };
}
