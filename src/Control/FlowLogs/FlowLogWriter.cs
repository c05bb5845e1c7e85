using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control.Logs;
using Trunkline.Tracing;

namespace Trunkline.Control.FlowLogs;

/// <summary>
/// Writes traced flows down where flow logs ask for it: a record for each interface, direction and flow log, in the stream
/// <c>eni-…-all</c>, <c>-accept</c> or <c>-reject</c> of its log group. Source: AWS, "Publish flow logs to CloudWatch Logs".
/// </summary>
public static class FlowLogWriter
{
    /// <summary>Whether anybody asks for records at all.</summary>
    public static bool IsWanted(CloudSnapshot cloud)
    {
        foreach (Partition partition in cloud.Partitions.Values)
        {
            if (partition.Table<FlowLog>().Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The command that writes a trace's records; null where no flow log covers an interface on its way.</summary>
    public static Command? CommandFor(CloudSnapshot cloud, Caller caller, Trace trace, DateTimeOffset now)
    {
        if (!IsWanted(cloud))
        {
            return null;
        }

        ImmutableArray<FlowObservation> seen = new FlowObserver(cloud, now).Observe(trace);
        return seen.Any(o => LogsOf(cloud.Partition(o.At), o).Any())
            ? new Command(
                caller, "trunkline:WriteFlowLogs", IsRead: false, IsDryRun: false, ClientToken: null, () => "",
                context => Write(context.Draft, context.Now, seen), _ => "")
            : null;
    }

    /// <summary>Puts the records into their streams; says how many there were.</summary>
    public static object Write(Draft draft, DateTimeOffset now, ImmutableArray<FlowObservation> seen)
    {
        Dictionary<(PartitionKey At, string Group, string Stream), List<LogEvent>> lines = [];
        foreach (FlowObservation observation in seen)
        {
            foreach (FlowLog log in LogsOf(draft.Partition(observation.At), observation))
            {
                string stream = $"{observation.Interface.Id}-{log.TrafficType.ToLowerInvariant()}";
                (PartitionKey, string, string) key = (observation.At, log.LogGroupName!, stream);
                if (!lines.TryGetValue(key, out List<LogEvent>? events))
                {
                    lines[key] = events = [];
                }

                events.Add(new LogEvent(observation.Time.ToUnixTimeMilliseconds(), FlowLogFormat.Parse(log.Format).Render(observation)));
            }
        }

        foreach (((PartitionKey at, string group, string stream), List<LogEvent> events) in lines)
        {
            LogStore.Append(draft, at, now, LogStore.StreamFor(draft, at, now, group, stream), [.. events]);
        }

        return lines.Values.Sum(events => events.Count);
    }

    /// <summary>The flow logs that an observation belongs to: of the interface, its subnet, its VPC.</summary>
    private static IEnumerable<FlowLog> LogsOf(Partition here, FlowObservation observation)
    {
        NetworkInterface eni = observation.Interface;
        foreach (string resource in (string[])[eni.Key, eni.SubnetId.Value, eni.VpcId.Value])
        {
            foreach (FlowLog log in here.By<FlowLog>(resource))
            {
                if (log.LogGroupName is not null && (log.TrafficType == "ALL" || log.TrafficType == (observation.Accepted ? "ACCEPT" : "REJECT")))
                {
                    yield return log;
                }
            }
        }
    }
}
