namespace Trunkline.Cloud;

/// <summary>
/// A file that AWS writes into a bucket of S3's, such as a transit gateway's exported routes: kept here, and fetched from the endpoint as from the
/// bucket. Stands with the account's other rows that have no region.
/// </summary>
public sealed record ExportedFile : IResource<ExportedFile>
{
    public static string Kind => "exported-file";

    public static string IdPrefix => "";

    public required string Bucket { get; init; }

    /// <summary>The object's key, without a slash before it.</summary>
    public required string Name { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public string Key => KeyOf(Bucket, Name);

    public IEnumerable<string> Keys => [BucketWord(Bucket)];

    /// <summary>No bucket's name has a slash.</summary>
    public static string KeyOf(string bucket, string name) => $"{bucket}/{name}";

    /// <summary>The word by which a bucket's files are found.</summary>
    public static string BucketWord(string bucket) => $"bucket/{bucket}";
}
