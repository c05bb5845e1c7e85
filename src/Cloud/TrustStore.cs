using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>Certificate authorities that clients' certificates are checked against. Source: AWS, "Mutual authentication with TLS".</summary>
/// <remarks>What stands in the bucket is not looked at: its place is kept.</remarks>
public sealed record TrustStore : IResource<TrustStore>, ITagged
{
    public static string Kind => "trust-store";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>truststore/</c> in its ARN: <c>NAME/16 hex</c>.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    public required S3Place Bundle { get; init; }

    public ImmutableArray<TrustStoreRevocation> Revocations { get; init; } = [];

    /// <summary>The highest revocation id ever given; ids are not given twice.</summary>
    public long LastRevocationId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys => [NameWord(Name)];

    public static string NameWord(string name) => $"name/{name}";

    /// <summary>The word by which the listeners are found that use a trust store.</summary>
    public static string KeyWord(string key) => $"truststore/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A file in S3.</summary>
public sealed record S3Place(string Bucket, string Key, string? Version = null);

/// <summary>A list of certificates that are no longer good.</summary>
/// <param name="Type"><c>CRL</c></param>
public sealed record TrustStoreRevocation(long Id, string Type, S3Place Place);
