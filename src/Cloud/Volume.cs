using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>An EBS volume, as far as instances show one: it holds no data. Source: AWS, "Amazon EBS volumes".</summary>
public sealed record Volume : IResource<Volume>, ITagged
{
    public static string Kind => "volume";

    public static string IdPrefix => "vol";

    public required Id<Volume> Id { get; init; }

    public required string Zone { get; init; }

    /// <summary>GiB.</summary>
    public required int Size { get; init; }

    /// <summary><c>gp3</c>, <c>gp2</c>, <c>io1</c>, <c>io2</c>, <c>st1</c>, <c>sc1</c> or <c>standard</c>.</summary>
    public required string VolumeType { get; init; }

    /// <summary>Null for types that have none.</summary>
    public int? Iops { get; init; }

    /// <summary>MiB/s; null but for gp3.</summary>
    public int? Throughput { get; init; }

    public bool Encrypted { get; init; }

    /// <summary>The key's ARN; null where it is not encrypted.</summary>
    public string? KmsKeyArn { get; init; }

    /// <summary>The snapshot it was made from, which Trunkline does not hold; null for an empty one.</summary>
    public string? SnapshotId { get; init; }

    public bool MultiAttach { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public ImmutableArray<VolumeAttachment> Attachments { get; init; } = [];

    /// <summary>The last change of size or type; null where there was none.</summary>
    public VolumeChange? LastChange { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => Attachments.Select(a => a.InstanceId.Value);

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>An instance that has a volume under a device name such as <c>/dev/sdf</c>.</summary>
public sealed record VolumeAttachment(Id<Instance> InstanceId, string Device, DateTimeOffset AttachTime, bool DeleteOnTermination);

/// <summary>What ModifyVolume changed; the volume's row has what it is now.</summary>
public sealed record VolumeChange(
    DateTimeOffset Time, int OriginalSize, string OriginalType, int? OriginalIops, int? OriginalThroughput, bool OriginalMultiAttach);
