using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A CloudWatch Logs log group. Source: CloudWatch Logs API, LogGroup.</summary>
public sealed record LogGroup : IResource<LogGroup>, ITagged
{
    public static string Kind => "log-group";

    public static string IdPrefix => "";

    /// <summary>1 to 512 of letters, digits and <c>_-/.#</c>.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    /// <summary>Days; null keeps events for ever.</summary>
    public int? RetentionDays { get; init; }

    public string? KmsKeyId { get; init; }

    /// <summary><c>STANDARD</c>, <c>INFREQUENT_ACCESS</c> or <c>DELIVERY</c>.</summary>
    public string Class { get; init; } = "STANDARD";

    public bool DeletionProtected { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A stream of events of one source within a log group. Source: CloudWatch Logs API, LogStream.</summary>
public sealed record LogStream : IResource<LogStream>
{
    public static string Kind => "log-stream";

    public static string IdPrefix => "";

    public required string GroupName { get; init; }

    /// <summary>1 to 512 characters without <c>:</c> and <c>*</c>.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    /// <summary>Unix milliseconds of its earliest event; null while it has none.</summary>
    public long? FirstEvent { get; init; }

    public long? LastEvent { get; init; }

    public long? LastIngestion { get; init; }

    /// <summary>How many batches were ever put: the number of the next one.</summary>
    public long Batches { get; init; }

    public string Key => KeyOf(GroupName, Name);

    public IEnumerable<string> Keys => [GroupWord(GroupName)];

    public static string KeyOf(string group, string stream) => $"{group}:{stream}";

    /// <summary>The word by which a stream's batches are found, in the order they were put.</summary>
    public static string StreamKeyWord(LogStream stream) => LogBatch.StreamWord(stream.GroupName, stream.Name);

    /// <summary>The word by which a group's streams are found.</summary>
    public static string GroupWord(string group) => $"log-group/{group}";
}

/// <summary>Events that were put together: a row of their own, so that an event costs no rewriting of the others.</summary>
public sealed record LogBatch : IResource<LogBatch>
{
    public static string Kind => "log-batch";

    public static string IdPrefix => "";

    public required string GroupName { get; init; }

    public required string StreamName { get; init; }

    /// <summary>Counts within the stream, from 0.</summary>
    public required long Number { get; init; }

    /// <summary>Unix milliseconds when it was put.</summary>
    public required long IngestionTime { get; init; }

    /// <summary>In order of their times.</summary>
    public required ImmutableArray<LogEvent> Events { get; init; }

    public string Key => KeyOf(GroupName, StreamName, Number);

    public IEnumerable<string> Keys => [StreamWord(GroupName, StreamName)];

    public static string KeyOf(string group, string stream, long number) => $"{group}:{stream}:{number:D12}";

    /// <summary>The word by which a stream's batches are found, in the order they were put.</summary>
    public static string StreamWord(string group, string stream) => $"log-stream/{group}:{stream}";
}

/// <param name="Time">Unix milliseconds.</param>
public sealed record LogEvent(long Time, string Message);
