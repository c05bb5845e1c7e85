using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>Writes down what one interface, subnet or VPC sends and receives.</summary>
/// <remarks>Source: EC2 API, FlowLog; AWS, "Logging IP traffic using VPC Flow Logs".</remarks>
public sealed record FlowLog : IResource<FlowLog>, ITagged
{
    /// <summary>What a record holds where no format is given (version 2), in AWS's words.</summary>
    public const string DefaultFormat =
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
        + "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

    public static string Kind => "vpc-flow-log";

    public static string IdPrefix => "fl";

    public required Id<FlowLog> Id { get; init; }

    /// <summary><c>eni-…</c>, <c>subnet-…</c> or <c>vpc-…</c>; a flow log goes with what it watches.</summary>
    public required string ResourceId { get; init; }

    /// <summary><c>ACCEPT</c>, <c>REJECT</c> or <c>ALL</c>.</summary>
    public required string TrafficType { get; init; }

    /// <summary><c>cloud-watch-logs</c>, <c>s3</c> or <c>kinesis-data-firehose</c>.</summary>
    public string DestinationType { get; init; } = "cloud-watch-logs";

    /// <summary>The ARN of where records go; null where only a log group was named.</summary>
    public string? Destination { get; init; }

    /// <summary>The log group's name; only for <c>cloud-watch-logs</c>.</summary>
    public string? LogGroupName { get; init; }

    /// <summary>The role that lets EC2 write to the log group.</summary>
    public string? PermissionArn { get; init; }

    /// <summary>The role that lets EC2 write in another account.</summary>
    public string? CrossAccountRole { get; init; }

    /// <summary>Fields in the order of the record, each as <c>${name}</c>.</summary>
    public string Format { get; init; } = DefaultFormat;

    /// <summary>Seconds: 60 or 600.</summary>
    public int MaxAggregationInterval { get; init; } = 600;

    /// <summary>Only for <c>s3</c>.</summary>
    public FlowLogFiles? Files { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => LogGroupName is { } group ? [ResourceId, GroupWord(group)] : [ResourceId];

    /// <summary>The word by which the flow logs of a log group are found.</summary>
    public static string GroupWord(string group) => $"log-group/{group}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>How files of records are laid down in a bucket.</summary>
/// <param name="Format"><c>plain-text</c> or <c>parquet</c>.</param>
public sealed record FlowLogFiles(string Format, bool HivePartitions, bool PerHour);
