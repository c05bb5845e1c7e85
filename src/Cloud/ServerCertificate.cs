using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A certificate that was uploaded to IAM, for load balancers. Stands in the account's us-east-1 partition.</summary>
/// <remarks>Source: IAM API, ServerCertificate.</remarks>
/// <remarks>The private key is checked against the certificate and not kept: nothing here ends a TLS connection.</remarks>
public sealed record ServerCertificate : IResource<ServerCertificate>
{
    public static string Kind => "iam-server-certificate";

    public static string IdPrefix => "";

    /// <summary>Unique in the account without regard to case; as it was given.</summary>
    public required string Name { get; init; }

    /// <summary>IAM's own id, <c>ASCA…</c>.</summary>
    public required string CertificateId { get; init; }

    public string Path { get; init; } = "/";

    /// <summary>PEM.</summary>
    public required string Body { get; init; }

    /// <summary>PEM, one after another; null where none was given.</summary>
    public string? Chain { get; init; }

    public required DateTimeOffset UploadDate { get; init; }

    /// <summary>When the certificate ends.</summary>
    public required DateTimeOffset Expiration { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys => [NameWord(Name)];

    public static string NameWord(string name) => $"name/{name.ToLowerInvariant()}";

    /// <summary>Such as <c>arn:aws:iam::000000000000:server-certificate/path/NAME</c>.</summary>
    public string ArnIn(string account) => $"arn:aws:iam::{account}:server-certificate{Path}{Name}";
}
