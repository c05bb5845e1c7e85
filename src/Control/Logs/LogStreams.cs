using System.Globalization;
using Trunkline.Cloud;
using AwsLogs = Trunkline.Wire.Logs;

namespace Trunkline.Control.Logs;

/// <summary>Log streams. Source: CloudWatch Logs API, CreateLogStream, DescribeLogStreams.</summary>
public sealed partial class LogsService
{
    public AwsLogs.CreateLogStreamResult CreateLogStream(CommandContext context, AwsLogs.CreateLogStreamRequest request)
    {
        LogGroup group = Group(context, GroupName(request.LogGroupName));
        string name = StreamName(request.LogStreamName, "logStreamName");
        if (context.Here.Table<LogStream>().Find(LogStream.KeyOf(group.Name, name)) is not null)
        {
            throw new Fault("ResourceAlreadyExistsException", "The specified log stream already exists");
        }

        context.Put(new LogStream { GroupName = group.Name, Name = name, CreationTime = context.Now });
        return new AwsLogs.CreateLogStreamResult();
    }

    public AwsLogs.DeleteLogStreamResult DeleteLogStream(CommandContext context, AwsLogs.DeleteLogStreamRequest request)
    {
        LogGroup group = Group(context, GroupName(request.LogGroupName));
        LogStore.Remove(context.Draft, context.Caller.Partition, Stream(context, group, request.LogStreamName));
        return new AwsLogs.DeleteLogStreamResult();
    }

    public AwsLogs.DescribeLogStreamsResponse DescribeLogStreams(CommandContext context, AwsLogs.DescribeLogStreamsRequest request)
    {
        LogGroup group = Group(context, request.LogGroupName, request.LogGroupIdentifier);
        bool byTime = request.OrderBy switch
        {
            null or "LogStreamName" => false,
            "LastEventTime" => true,
            var other => throw Invalid(other, "orderBy", "Member must satisfy enum value set: [LogStreamName, LastEventTime]"),
        };
        if (byTime && request.LogStreamNamePrefix is not null)
        {
            throw new Fault("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        IEnumerable<LogStream> rows = context.Here.By<LogStream>(LogStream.GroupWord(group.Name))
            .Where(s => request.LogStreamNamePrefix is not { } prefix || s.Name.StartsWith(prefix, StringComparison.Ordinal));
        LogPage<LogStream> page = LogPage<LogStream>.Of(
            rows, s => byTime ? string.Create(CultureInfo.InvariantCulture, $"{s.LastEvent ?? 0:D20}{s.Name}") : s.Name,
            request.Descending ?? false, request.Limit, PageDefault, 50, request.NextToken);
        return new AwsLogs.DescribeLogStreamsResponse
        {
            LogStreams = [.. page.Rows.Select(s => ToWire(context, s))],
            NextToken = page.NextToken,
        };
    }

    internal static LogStream Stream(CommandContext context, LogGroup group, string? name) =>
        context.Here.Table<LogStream>().Find(LogStream.KeyOf(group.Name, StreamName(name, "logStreamName")))
        ?? throw new Fault("ResourceNotFoundException", "The specified log stream does not exist.");

    internal static string StreamName(string? name, string parameter)
    {
        if (name is null)
        {
            throw Missing(parameter);
        }

        if (name.Length is 0 or > GroupNameMax)
        {
            throw Invalid(name, parameter, $"Member must have length less than or equal to {GroupNameMax} and greater than or equal to 1");
        }

        return name.AsSpan().ContainsAny(':', '*')
            ? throw Invalid(name, parameter, "Member must satisfy regular expression pattern: [^:*]*")
            : name;
    }

    private static AwsLogs.LogStream ToWire(CommandContext context, LogStream stream) => new()
    {
        LogStreamName = stream.Name,
        CreationTime = stream.CreationTime.ToUnixTimeMilliseconds(),
        FirstEventTimestamp = stream.FirstEvent,
        LastEventTimestamp = stream.LastEvent,
        LastIngestionTime = stream.LastIngestion,
        UploadSequenceToken = SequenceToken(stream),
        Arn = $"{ArnOf(context, stream.GroupName)}:log-stream:{stream.Name}",
        StoredBytes = 0,
    };

    /// <summary>The token of the next batch: not looked at any more, but still given.</summary>
    private static string SequenceToken(LogStream stream) => string.Create(CultureInfo.InvariantCulture, $"{stream.Batches + 1:D56}");
}
