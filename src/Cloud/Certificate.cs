using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A certificate of Certificate Manager, issued or imported. Source: ACM API, CertificateDetail.</summary>
/// <remarks>Private keys are checked at the door and not kept.</remarks>
public sealed record Certificate : IResource<Certificate>, ITagged
{
    public static string Kind => "certificate";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>certificate/</c> in its ARN: a UUID.</summary>
    public required string Key { get; init; }

    public required string Arn { get; init; }

    public required string DomainName { get; init; }

    /// <summary>Every name it is good for, the domain name among them.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>Imported by its owner; else issued by Amazon.</summary>
    public bool Imported { get; init; }

    /// <summary><c>RSA_2048</c>, <c>EC_prime256v1</c>, … as the API writes them with underscores.</summary>
    public required string KeyAlgorithm { get; init; }

    /// <summary><c>SHA256WITHRSA</c>, …</summary>
    public required string SignatureAlgorithm { get; init; }

    /// <summary>Hexadecimal pairs with colons.</summary>
    public required string Serial { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>When it was requested or first imported.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was issued, or last imported.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>PEM.</summary>
    public required string Body { get; init; }

    /// <summary>PEM; null where there is none.</summary>
    public string? Chain { get; init; }

    public ImmutableArray<string> KeyUsages { get; init; } = [];

    /// <summary>Object identifiers.</summary>
    public ImmutableArray<string> ExtendedKeyUsages { get; init; } = [];

    /// <summary><c>DNS</c>, <c>EMAIL</c> or <c>HTTP</c>; null for an imported one.</summary>
    public string? ValidationMethod { get; init; }

    /// <summary>The domain that mail for a name goes to; only where one was given.</summary>
    public ImmutableSortedDictionary<string, string> ValidationDomains { get; init; } = Trunkline.Cloud.Tags.None;

    /// <summary><c>ENABLED</c> or <c>DISABLED</c>: whether it stands in the public logs.</summary>
    public string Transparency { get; init; } = "ENABLED";

    /// <summary><c>ENABLED</c> or <c>DISABLED</c>: whether its key may be taken out.</summary>
    public string Export { get; init; } = "DISABLED";

    /// <summary>The requester's word by which a repeated request is known for an hour.</summary>
    public string? IdempotencyToken { get; init; }

    /// <summary>The service that manages it (<c>CLOUDFRONT</c>); null where its owner does.</summary>
    public string? ManagedBy { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys => IdempotencyToken is { } token ? [TokenWord(token)] : [];

    /// <summary>The word by which what uses a certificate is found: listeners of load balancers.</summary>
    /// <param name="arn">Of an ACM certificate or an IAM server certificate.</param>
    public static string UseWord(string arn) => $"certificate-arn/{arn}";

    public static string TokenWord(string token) => $"token/{token}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
