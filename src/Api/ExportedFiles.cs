using System.Globalization;
using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Wire;

namespace Trunkline.Api;

/// <summary>
/// As much of S3 as it takes to fetch the files that operations write into buckets: they are listed, read and deleted, and nothing else is. A bucket is
/// there while it has a file. Source: S3 API, GetObject, HeadObject, HeadBucket, ListBuckets, ListObjects, ListObjectsV2, DeleteObject.
/// </summary>
/// <remarks>All files of a list are in one answer; there is no page after it.</remarks>
internal static class ExportedFiles
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    private const string HostSuffix = ".localhost";

    /// <summary>Parts of S3 that a question mark names, such as a bucket's policy: none of them is here.</summary>
    private static readonly string[] Known = ["list-type", "prefix", "delimiter", "encoding-type", "max-keys", "marker", "start-after", "fetch-owner", "x-id"];

    public static async ValueTask<WireResponse> Answer(Engine engine, WireRequest request, Caller caller, string requestId)
    {
        (string bucket, string name) = Target(request);
        Dictionary<string, string> query = QueryOf(request.Query);
        if (query.Keys.Except(Known).Any())
        {
            return Refuse(requestId);
        }

        Partition rows = engine.Published.Partition(GlobalRows.KeyOf(caller.Partition.Account));
        switch (request.Method)
        {
            case "GET" or "HEAD" when name.Length > 0:
                return rows.Table<ExportedFile>().Find(ExportedFile.KeyOf(bucket, name)) is { } file ? Body(file, requestId) : Missing(bucket, rows, requestId);
            case "GET" when bucket.Length == 0:
                return Xml(Buckets(rows, caller), requestId);
            case "GET" or "HEAD":
                return rows.By<ExportedFile>(ExportedFile.BucketWord(bucket)).Any()
                    ? Xml(List(rows, bucket, query), requestId)
                    : Missing(bucket, rows, requestId);
            case "DELETE" when name.Length > 0:
                return await Delete(engine, caller, ExportedFile.KeyOf(bucket, name)) is { } fault
                    ? Error(new WireFault(fault.Code, fault.Message, fault.Status), requestId)
                    : new WireResponse((int)HttpStatusCode.NoContent, "application/xml", [new("x-amz-request-id", requestId)], default);
            default:
                return Refuse(requestId);
        }
    }

    /// <summary>S3's errors stand alone, without the envelope of other XML services.</summary>
    public static WireResponse Error(WireFault fault, string requestId) => Xml(
        $"<Error><Code>{fault.Code}</Code><Message>{Text(fault.Message)}</Message><RequestId>{requestId}</RequestId></Error>", requestId) with
    {
        Status = fault.Status,
    };

    private static WireResponse Refuse(string requestId) => Error(
        new WireFault("UnsupportedOperation", "The service s3 is not served by Trunkline, but for the files that its own operations have exported."),
        requestId);

    private static WireResponse Missing(string bucket, Partition rows, string requestId) => Error(
        rows.By<ExportedFile>(ExportedFile.BucketWord(bucket)).Any()
            ? new WireFault("NoSuchKey", "The specified key does not exist.", (int)HttpStatusCode.NotFound)
            : new WireFault("NoSuchBucket", "The specified bucket does not exist", (int)HttpStatusCode.NotFound),
        requestId);

    /// <summary>The bucket and key: in the path, or the bucket before the host's name.</summary>
    private static (string Bucket, string Name) Target(WireRequest request)
    {
        string path = Uri.UnescapeDataString(request.Path.TrimStart('/'));
        string host = (request.Header("Host") ?? "").Split(':')[0];
        if (host.EndsWith(HostSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return (host[..^HostSuffix.Length], path);
        }

        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
    }

    private static Dictionary<string, string> QueryOf(string query) => query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .GroupBy(pair => Uri.UnescapeDataString(pair[0]), StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First() is [_, var value] ? Uri.UnescapeDataString(value.Replace('+', ' ')) : "", StringComparer.Ordinal);

    private static WireResponse Body(ExportedFile file, string requestId) => new(
        (int)HttpStatusCode.OK, "application/json",
        [
            new("x-amz-request-id", requestId), new("ETag", TagOf(file)),
            new("Last-Modified", file.LastModified.ToString("R", CultureInfo.InvariantCulture)),
        ],
        Encoding.UTF8.GetBytes(file.Text));

    private static string TagOf(ExportedFile file) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Text)).AsSpan(0, 16))}\"";

    private static string Buckets(Partition rows, Caller caller)
    {
        StringBuilder text = new($"<ListAllMyBucketsResult xmlns=\"{Namespace}\"><Owner><ID>{caller.Partition.Account}</ID></Owner><Buckets>");
        foreach (IGrouping<string, ExportedFile> bucket in rows.All<ExportedFile>().GroupBy(f => f.Bucket, StringComparer.Ordinal))
        {
            string first = Time(bucket.Min(f => f.LastModified));
            text.Append(CultureInfo.InvariantCulture, $"<Bucket><Name>{bucket.Key}</Name><CreationDate>{first}</CreationDate></Bucket>");
        }

        return text.Append("</Buckets></ListAllMyBucketsResult>").ToString();
    }

    private static string List(Partition rows, string bucket, Dictionary<string, string> query)
    {
        string prefix = query.GetValueOrDefault("prefix", "");
        string delimiter = query.GetValueOrDefault("delimiter", "");
        SortedSet<string> folders = new(StringComparer.Ordinal);
        StringBuilder files = new();
        int count = 0;
        foreach (ExportedFile file in rows.By<ExportedFile>(ExportedFile.BucketWord(bucket)).OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (!file.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            int end = delimiter.Length == 0 ? -1 : file.Name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            if (end >= 0)
            {
                folders.Add(file.Name[..(end + delimiter.Length)]);
                continue;
            }

            count++;
            files.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{Text(file.Name)}</Key><LastModified>{Time(file.LastModified)}</LastModified>")
                .Append(CultureInfo.InvariantCulture, $"<ETag>{Text(TagOf(file))}</ETag><Size>{Encoding.UTF8.GetByteCount(file.Text)}</Size>")
                .Append("<StorageClass>STANDARD</StorageClass></Contents>");
        }

        string more = string.Concat(folders.Select(f => $"<CommonPrefixes><Prefix>{Text(f)}</Prefix></CommonPrefixes>"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<ListBucketResult xmlns=\"{Namespace}\"><Name>{bucket}</Name><Prefix>{Text(prefix)}</Prefix><Delimiter>{Text(delimiter)}</Delimiter>"
            + $"<MaxKeys>1000</MaxKeys><KeyCount>{count + folders.Count}</KeyCount><IsTruncated>false</IsTruncated>{files}{more}</ListBucketResult>");
    }

    /// <summary>What kept the file from being deleted; null where nothing did, also where there was none.</summary>
    private static async ValueTask<Fault?> Delete(Engine engine, Caller caller, string key)
    {
        Outcome outcome = await engine.Execute(new Command(
            caller, "s3:DeleteObject", IsRead: false, IsDryRun: false, ClientToken: null,
            () => JsonSerializer.Serialize(key),
            context =>
            {
                if (context.Global.Here.Table<ExportedFile>().Find(key) is not null)
                {
                    context.Global.Remove(new Id<ExportedFile>(key));
                }

                return key;
            },
            _ => ""));
        return outcome.Fault;
    }

    private static WireResponse Xml(string body, string requestId) => new(
        (int)HttpStatusCode.OK, "application/xml", [new("x-amz-request-id", requestId)],
        Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"));

    private static string Text(string text) => SecurityElement.Escape(text);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
