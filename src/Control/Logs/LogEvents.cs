using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsLogs = Trunkline.Wire.Logs;

namespace Trunkline.Control.Logs;

/// <summary>Log events: put, read and searched. Source: CloudWatch Logs API, PutLogEvents, GetLogEvents, FilterLogEvents.</summary>
public sealed partial class LogsService
{
    private const int EventsMax = 10_000;
    private const int BatchOctetsMax = 1_048_576;
    private const long Hour = 3_600_000;
    private const long TooNew = 2 * Hour;
    private const long TooOld = 14 * 24 * Hour;
    private const long SpanMax = 24 * Hour;

    /// <summary>What is too new, too old or expired is left out and told of; the rest is kept.</summary>
    public AwsLogs.PutLogEventsResponse PutLogEvents(CommandContext context, AwsLogs.PutLogEventsRequest request)
    {
        LogGroup group = Group(context, GroupName(request.LogGroupName));
        LogStream stream = Stream(context, group, request.LogStreamName);
        if (request.Entity is not null)
        {
            throw Fault.Unsupported("entity");
        }

        ImmutableArray<LogEvent> events = Checked(request.LogEvents);
        long now = context.Now.ToUnixTimeMilliseconds();
        long expired = LogStore.OldestOf(group, context.Now);
        int oldEnd = CountWhile(events, e => e.Time < now - TooOld);
        int expiredEnd = CountWhile(events, e => e.Time < expired);
        int newStart = CountWhile(events, e => e.Time <= now + TooNew);
        int first = Math.Max(oldEnd, expiredEnd);
        if (first < newStart)
        {
            LogStore.Append(context.Draft, context.Caller.Partition, context.Now, stream, events[first..newStart]);
        }

        bool rejected = first > 0 || newStart < events.Length;
        return new AwsLogs.PutLogEventsResponse
        {
            NextSequenceToken = SequenceToken(context.Here.Table<LogStream>().Find(stream.Key)!),
            RejectedLogEventsInfo = !rejected ? null : new AwsLogs.RejectedLogEventsInfo
            {
                TooNewLogEventStartIndex = newStart < events.Length ? newStart : null,
                TooOldLogEventEndIndex = oldEnd > 0 ? oldEnd : null,
                ExpiredLogEventEndIndex = expiredEnd > 0 ? expiredEnd : null,
            },
        };
    }

    public AwsLogs.GetLogEventsResponse GetLogEvents(CommandContext context, AwsLogs.GetLogEventsRequest request)
    {
        LogGroup group = Group(context, request.LogGroupName, request.LogGroupIdentifier);
        LogStream stream = Stream(context, group, request.LogStreamName);
        int limit = CheckedLimit(request.Limit);
        List<PlacedEvent> events =
        [
            .. LogStore.EventsOf(context.Here, group, stream, context.Now)
                .Where(e => !(e.Time < request.StartTime) && !(e.Time >= request.EndTime)),
        ];
        (int from, int to) = Window(events, request.NextToken, request.StartFromHead ?? false, limit);
        return new AwsLogs.GetLogEventsResponse
        {
            Events =
            [
                .. events.GetRange(from, to - from).Select(e => new AwsLogs.OutputLogEvent
                {
                    Timestamp = e.Time,
                    Message = e.Message,
                    IngestionTime = e.IngestionTime,
                }),
            ],

            // A page without events gives the token back that was asked with, so that the readers see where the stream ends.
            NextForwardToken = from == to && request.NextToken?.StartsWith("f/", StringComparison.Ordinal) == true
                ? request.NextToken : $"f/{(to > 0 ? events[to - 1].Place : Start)}/s",
            NextBackwardToken = from == to && request.NextToken?.StartsWith("b/", StringComparison.Ordinal) == true
                ? request.NextToken : $"b/{(from < events.Count ? events[from].Place : End)}/s",
        };
    }

    public AwsLogs.FilterLogEventsResponse FilterLogEvents(CommandContext context, AwsLogs.FilterLogEventsRequest request)
    {
        LogGroup group = Group(context, request.LogGroupName, request.LogGroupIdentifier);
        if (request.StartFromHead is not null)
        {
            throw Fault.Unsupported("startFromHead");
        }

        if (request.LogStreamNames is not null && request.LogStreamNamePrefix is not null)
        {
            throw new Fault("InvalidParameterException", "Only one of logStreamNames and logStreamNamePrefix may be specified.");
        }

        int limit = CheckedLimit(request.Limit);
        LogPattern pattern = LogPattern.Parse(request.FilterPattern);
        IEnumerable<LogStream> streams = request.LogStreamNames is { } names
            ? names.Distinct(StringComparer.Ordinal).Select(n => Stream(context, group, n))
            : context.Here.By<LogStream>(LogStream.GroupWord(group.Name))
                .Where(s => request.LogStreamNamePrefix is not { } prefix || s.Name.StartsWith(prefix, StringComparison.Ordinal));
        List<PlacedEvent> events =
        [
            .. streams.SelectMany(s => LogStore.EventsOf(context.Here, group, s, context.Now))
                .Where(e => !(e.Time < request.StartTime) && !(e.Time > request.EndTime) && pattern.Matches(e.Message))
                .Order(),
        ];
        LogPage<PlacedEvent> page = LogPage<PlacedEvent>.Of(
            events, e => $"{e.Place[..20]}{e.Stream}:{e.Place[20..]}", descending: false, limit, limit, EventsMax, request.NextToken);
        return new AwsLogs.FilterLogEventsResponse
        {
            Events =
            [
                .. page.Rows.Select(e => new AwsLogs.FilteredLogEvent
                {
                    LogStreamName = e.Stream,
                    Timestamp = e.Time,
                    Message = e.Message,
                    IngestionTime = e.IngestionTime,
                    EventId = e.Place,
                }),
            ],
            SearchedLogStreams = [],
            NextToken = page.NextToken,
        };
    }

    /// <summary>A place before every event, and one behind.</summary>
    private static string Start { get; } = new('0', 38);

    private static string End { get; } = new('9', 38);

    private static int CheckedLimit(int? limit) => limit is null or (>= 1 and <= EventsMax)
        ? limit ?? EventsMax
        : throw Invalid($"{limit}", "limit", $"Member must have value between 1 and {EventsMax}");

    /// <summary>Which events a page holds: from the head or the tail, or from the place that a token names, onwards or backwards.</summary>
    private static (int From, int To) Window(List<PlacedEvent> events, string? token, bool fromHead, int limit)
    {
        if (token is null)
        {
            return fromHead ? (0, Math.Min(limit, events.Count)) : (Math.Max(0, events.Count - limit), events.Count);
        }

        string[] parts = token.Split('/');
        if (parts is not [("f" or "b") and var way, { Length: 38 } place, "s"] || place.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw new Fault("InvalidParameterException", "The specified nextToken is invalid.");
        }

        if (way == "f")
        {
            int from = CountWhile(events, e => string.CompareOrdinal(e.Place, place) <= 0);
            return (from, Math.Min(from + limit, events.Count));
        }

        int to = CountWhile(events, e => string.CompareOrdinal(e.Place, place) < 0);
        return (Math.Max(0, to - limit), to);
    }

    private static ImmutableArray<LogEvent> Checked(IReadOnlyList<AwsLogs.InputLogEvent>? asked)
    {
        if (asked is not { Count: > 0 and <= EventsMax })
        {
            throw Invalid("", "logEvents", $"Member must have length less than or equal to {EventsMax} and greater than or equal to 1");
        }

        ImmutableArray<LogEvent> events =
        [
            .. asked.Select(e => new LogEvent(
                e.Timestamp ?? throw Missing("logEvents.timestamp"),
                string.IsNullOrEmpty(e.Message)
                    ? throw Invalid("", "logEvents.message", "Member must have length greater than or equal to 1")
                    : e.Message)),
        ];
        for (int i = 1; i < events.Length; i++)
        {
            if (events[i].Time < events[i - 1].Time)
            {
                throw new Fault("InvalidParameterException", "Log events in a single PutLogEvents request must be in chronological order.");
            }
        }

        if (events[0].Time < 0)
        {
            throw Invalid($"{events[0].Time}", "logEvents.timestamp", "Member must have value greater than or equal to 0");
        }

        if (events[^1].Time - events[0].Time > SpanMax)
        {
            throw new Fault(
                "InvalidParameterException", "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        }

        long octets = events.Sum(e => LogStore.OctetsOf(e.Message));
        return octets <= BatchOctetsMax
            ? events
            : throw new Fault("InvalidParameterException", $"Upload too large: {octets} bytes exceeds limit of {BatchOctetsMax}");
    }

    private static int CountWhile<T>(IReadOnlyList<T> rows, Func<T, bool> test)
    {
        int count = 0;
        while (count < rows.Count && test(rows[count]))
        {
            count++;
        }

        return count;
    }
}
