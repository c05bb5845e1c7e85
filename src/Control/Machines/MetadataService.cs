using System.Globalization;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.Machines;

/// <summary>A request to instance metadata.</summary>
/// <param name="Path">As it was sent, without a query.</param>
/// <param name="Headers">Names without regard to case.</param>
/// <param name="OverIpv6">It came to <c>[fd00:ec2::254]</c>.</param>
public sealed record MetadataRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, bool OverIpv6 = false);

/// <param name="HopLimit">Routers that the answer's packets may pass (IP's time to live); 0 for the system's own.</param>
public sealed record MetadataResponse(int Status, string ContentType, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, byte HopLimit = 0);

/// <summary>
/// Instance metadata, versions 1 and 2, as a function of the instance and the request. Source: AWS, "Use the Instance Metadata Service to access
/// instance metadata", "Instance metadata options".
/// </summary>
public static class MetadataService
{
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string TtlHeader = "X-aws-ec2-metadata-token-ttl-seconds";

    private static readonly string[] Versions =
    [
        "1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04", "2011-01-01",
        "2011-05-01", "2012-01-12", "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19", "2016-06-30", "2016-09-02", "2018-03-28",
        "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03", "2021-03-23", "2021-07-15", "2022-09-24", "2024-04-11", "latest",
    ];

    /// <param name="rights">Where the account's roles and instance profiles stand; null: the instance has no credentials.</param>
    public static MetadataResponse Answer(
        MachineView machine, MetadataRequest request, MetadataTokens tokens, DateTimeOffset now, Partition? rights = null)
    {
        MetadataOptions options = machine.Instance.Metadata;
        if (options.HttpEndpoint != "enabled" || (request.OverIpv6 && options.HttpProtocolIpv6 != "enabled"))
        {
            return Refusal(403, "Forbidden");
        }

        return request.Method switch
        {
            "PUT" => Token(machine, request, tokens, now),
            "GET" or "HEAD" => Get(machine, request, tokens, now, RoleCredentials.Of(machine, rights, tokens, now)),
            _ => Refusal(405, "Method Not Allowed"),
        };
    }

    /// <summary>A new session; refused to whom a proxy forwards, and over more routers than the instance allows.</summary>
    private static MetadataResponse Token(MachineView machine, MetadataRequest request, MetadataTokens tokens, DateTimeOffset now)
    {
        if (request.Path.TrimEnd('/') != "/latest/api/token")
        {
            return Refusal(404, "Not Found");
        }

        if (request.Headers.ContainsKey("X-Forwarded-For"))
        {
            return Refusal(403, "Forbidden");
        }

        if (!request.Headers.TryGetValue(TtlHeader, out string? text)
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < 1 or > MetadataTokens.SecondsMax)
        {
            return Refusal(400, "Bad Request");
        }

        byte hops = (byte)Math.Clamp(machine.Instance.Metadata.HttpPutResponseHopLimit, 1, 64);
        string token = tokens.Make(machine.Instance.Id.Value, now, seconds);
        return new MetadataResponse(200, "text/plain", [(TtlHeader, text)], Encoding.ASCII.GetBytes(token), hops);
    }

    private static MetadataResponse Get(
        MachineView machine, MetadataRequest request, MetadataTokens tokens, DateTimeOffset now, RoleCredentials? credentials)
    {
        List<(string, string)> headers = [];
        if (request.Headers.TryGetValue(TokenHeader, out string? token))
        {
            if (tokens.SecondsLeft(token, machine.Instance.Id.Value, now) is not { } left)
            {
                return Refusal(401, "Unauthorized");
            }

            headers.Add((TtlHeader, left.ToString(CultureInfo.InvariantCulture)));
        }
        else if (machine.Instance.Metadata.HttpTokens == "required")
        {
            return Refusal(401, "Unauthorized");
        }

        string path = Uri.UnescapeDataString(request.Path).TrimStart('/');
        if (path.Length == 0)
        {
            return Text(headers, string.Join('\n', Versions));
        }

        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string version = slash < 0 ? path : path[..slash];
        string below = slash < 0 ? "" : path[(slash + 1)..].TrimEnd('/');
        if (!Versions.Contains(version))
        {
            return Refusal(404, "Not Found");
        }

        if (below == "user-data")
        {
            return machine.Instance.UserData is { } data
                ? new MetadataResponse(200, "application/octet-stream", headers, Convert.FromBase64String(data))
                : Refusal(404, "Not Found");
        }

        return Find(machine, below, credentials) is { } found ? Text(headers, found) : Refusal(404, "Not Found");
    }

    private static string? Find(MachineView machine, string below, RoleCredentials? credentials)
    {
        SortedDictionary<string, string> tree = MetadataTree.Of(machine);
        if (credentials is not null)
        {
            tree["meta-data/iam/security-credentials/" + credentials.Role] = credentials.Document;
        }

        string? found = MetadataTree.Find(tree, below);
        return below.Length == 0 && machine.Instance.UserData is not null ? found + "\nuser-data" : found;
    }

    private static MetadataResponse Text(List<(string, string)> headers, string text) =>
        new(200, "text/plain", headers, Encoding.UTF8.GetBytes(text));

    private static MetadataResponse Refusal(int status, string reason)
    {
        string page = string.Create(CultureInfo.InvariantCulture, $"""
            <?xml version="1.0" encoding="iso-8859-1"?>
            <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
            <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
             <head><title>{status} - {reason}</title></head>
             <body><h1>{status} - {reason}</h1></body>
            </html>

            """);
        return new MetadataResponse(status, "text/html", [], Encoding.ASCII.GetBytes(page));
    }
}
