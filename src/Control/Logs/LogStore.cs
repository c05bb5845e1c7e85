using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.Logs;

/// <summary>One event with where it stands: events of a group are told apart and put in order by these.</summary>
internal readonly record struct PlacedEvent(string Stream, long Time, long Batch, int Index, string Message, long IngestionTime)
    : IComparable<PlacedEvent>
{
    /// <summary>Time, then stream, then the order in which they were put.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Time:D20}{Batch:D12}{Index:D6}");

    public int CompareTo(PlacedEvent other)
    {
        int order = Time.CompareTo(other.Time);
        order = order != 0 ? order : string.CompareOrdinal(Stream, other.Stream);
        order = order != 0 ? order : Batch.CompareTo(other.Batch);
        return order != 0 ? order : Index.CompareTo(other.Index);
    }
}

/// <summary>Events of log streams: how they are put and found. What retention has ended is not found any more.</summary>
internal static class LogStore
{
    /// <summary>Octets that an event counts for beside its text.</summary>
    public const int EventOverhead = 26;

    private const long MillisecondsPerDay = 86_400_000;

    /// <summary>Puts events into a stream that is there.</summary>
    /// <param name="events">In order of their times; at least one.</param>
    public static void Append(Draft draft, PartitionKey at, DateTimeOffset now, LogStream stream, ImmutableArray<LogEvent> events)
    {
        long ingested = now.ToUnixTimeMilliseconds();
        draft.Put(at, new LogBatch
        {
            GroupName = stream.GroupName,
            StreamName = stream.Name,
            Number = stream.Batches,
            IngestionTime = ingested,
            Events = events,
        });
        draft.Put(at, stream with
        {
            FirstEvent = Math.Min(stream.FirstEvent ?? long.MaxValue, events[0].Time),
            LastEvent = Math.Max(stream.LastEvent ?? 0, events[^1].Time),
            LastIngestion = ingested,
            Batches = stream.Batches + 1,
        });
    }

    /// <summary>The stream, made now where it was not there, and its group too: what a service that publishes logs does.</summary>
    public static LogStream StreamFor(Draft draft, PartitionKey at, DateTimeOffset now, string group, string name)
    {
        Partition here = draft.Partition(at);
        if (here.Table<LogGroup>().Find(group) is null)
        {
            draft.Put(at, new LogGroup { Name = group, CreationTime = now });
        }

        if (here.Table<LogStream>().Find(LogStream.KeyOf(group, name)) is { } there)
        {
            return there;
        }

        LogStream stream = new() { GroupName = group, Name = name, CreationTime = now };
        draft.Put(at, stream);
        return stream;
    }

    /// <summary>Takes a stream away with all that was put into it.</summary>
    public static void Remove(Draft draft, PartitionKey at, LogStream stream)
    {
        foreach (LogBatch batch in draft.Partition(at).By<LogBatch>(LogStream.StreamKeyWord(stream)).ToList())
        {
            draft.Remove(at, new Id<LogBatch>(batch.Key));
        }

        draft.Remove(at, new Id<LogStream>(stream.Key));
    }

    /// <summary>Events of one stream that are not expired, in their order.</summary>
    public static List<PlacedEvent> EventsOf(Partition here, LogGroup group, LogStream stream, DateTimeOffset now)
    {
        long oldest = OldestOf(group, now);
        List<PlacedEvent> events = [];
        foreach (LogBatch batch in here.By<LogBatch>(LogStream.StreamKeyWord(stream)))
        {
            for (int i = 0; i < batch.Events.Length; i++)
            {
                LogEvent one = batch.Events[i];
                if (one.Time >= oldest)
                {
                    events.Add(new PlacedEvent(stream.Name, one.Time, batch.Number, i, one.Message, batch.IngestionTime));
                }
            }
        }

        events.Sort();
        return events;
    }

    /// <summary>Unix milliseconds before which a group's events have ended; 0 where it keeps them for ever.</summary>
    public static long OldestOf(LogGroup group, DateTimeOffset now) =>
        group.RetentionDays is { } days ? now.ToUnixTimeMilliseconds() - (days * MillisecondsPerDay) : 0;

    public static long OctetsOf(string message) => Encoding.UTF8.GetByteCount(message) + EventOverhead;
}
