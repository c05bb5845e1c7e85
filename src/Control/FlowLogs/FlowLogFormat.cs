using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.FlowLogs;

/// <summary>The format of a flow log: which fields a record has, in which order. Source: AWS, "Flow log records".</summary>
public sealed class FlowLogFormat
{
    /// <summary>What stands for a field that has no meaning for a record.</summary>
    private const string Nothing = "-";

    private const int DefaultVersion = 2;

    /// <summary>Each field with the version that brought it, and how it is read from an observation.</summary>
    private static readonly ImmutableDictionary<string, (int Version, Func<FlowObservation, string?> Read)> Fields =
        new Dictionary<string, (int, Func<FlowObservation, string?>)>(StringComparer.Ordinal)
        {
            ["version"] = (2, null!),
            ["account-id"] = (2, o => o.At.Account),
            ["interface-id"] = (2, o => o.Interface.Id.Value),
            ["srcaddr"] = (2, o => o.Source.ToString()),
            ["dstaddr"] = (2, o => o.Destination.ToString()),
            ["srcport"] = (2, o => Number(o.SourcePort)),
            ["dstport"] = (2, o => Number(o.DestinationPort)),
            ["protocol"] = (2, o => Number(o.Protocol)),
            ["packets"] = (2, o => Number(o.Packets)),
            ["bytes"] = (2, o => o.RejectReason is null ? Number(o.Octets) : null),
            ["start"] = (2, o => Number(o.Time.ToUnixTimeSeconds())),
            ["end"] = (2, o => Number(o.Time.ToUnixTimeSeconds())),
            ["action"] = (2, o => o.Accepted ? "ACCEPT" : "REJECT"),
            ["log-status"] = (2, _ => "OK"),
            ["vpc-id"] = (3, o => o.Interface.VpcId.Value),
            ["subnet-id"] = (3, o => o.Interface.SubnetId.Value),
            ["instance-id"] = (3, o => o.Interface.Attachment?.InstanceId?.Value),
            ["tcp-flags"] = (3, o => Number(o.TcpFlags)),
            ["type"] = (3, o => o.PacketSource.IsV4 ? "IPv4" : "IPv6"),
            ["pkt-srcaddr"] = (3, o => o.PacketSource.ToString()),
            ["pkt-dstaddr"] = (3, o => o.PacketDestination.ToString()),
            ["region"] = (4, o => o.At.Region),
            ["az-id"] = (4, o => o.ZoneId),
            ["sublocation-type"] = (4, _ => null),
            ["sublocation-id"] = (4, _ => null),
            ["pkt-src-aws-service"] = (5, o => o.SourceService),
            ["pkt-dst-aws-service"] = (5, o => o.DestinationService),
            ["flow-direction"] = (5, o => o.IsEgress ? "egress" : "ingress"),
            ["traffic-path"] = (5, o => o.TrafficPath is { } path ? Number(path) : null),
            ["ecs-cluster-arn"] = (7, _ => null),
            ["ecs-cluster-name"] = (7, _ => null),
            ["ecs-container-instance-arn"] = (7, _ => null),
            ["ecs-container-instance-id"] = (7, _ => null),
            ["ecs-container-id"] = (7, _ => null),
            ["ecs-second-container-id"] = (7, _ => null),
            ["ecs-service-name"] = (7, _ => null),
            ["ecs-task-definition-arn"] = (7, _ => null),
            ["ecs-task-arn"] = (7, _ => null),
            ["ecs-task-id"] = (7, _ => null),
            ["reject-reason"] = (8, o => o.RejectReason),
        }.ToImmutableDictionary(StringComparer.Ordinal);

    private readonly ImmutableArray<string> fields;
    private readonly int version;

    private FlowLogFormat(ImmutableArray<string> fields, string text)
    {
        this.fields = fields;
        Text = text;
        version = text == FlowLog.DefaultFormat ? DefaultVersion : fields.Max(f => Fields[f].Version);
    }

    /// <summary>As it was given: <c>${version} ${account-id} …</c></summary>
    public string Text { get; }

    /// <summary>Names of the fields, in order.</summary>
    public ImmutableArray<string> Names => fields;

    /// <summary>Reads a format; null or empty is AWS's default.</summary>
    /// <exception cref="Fault">InvalidParameter: something that is no field, or a field that comes twice.</exception>
    public static FlowLogFormat Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            text = FlowLog.DefaultFormat;
        }

        ImmutableArray<string>.Builder fields = ImmutableArray.CreateBuilder<string>();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string? name = word.StartsWith("${", StringComparison.Ordinal) && word.EndsWith('}') ? word[2..^1] : null;
            if (name is null || !Fields.ContainsKey(name) || fields.Contains(name))
            {
                throw new Fault("InvalidParameter", $"Unknown fields provided: {word}");
            }

            fields.Add(name);
        }

        return new FlowLogFormat(fields.ToImmutable(), text);
    }

    /// <summary>The record of one observation, fields parted by a space.</summary>
    public string Render(FlowObservation observation)
    {
        StringBuilder line = new();
        foreach (string field in fields)
        {
            string? value = field == "version" ? Number(version) : Fields[field].Read(observation);
            line.Append(line.Length == 0 ? "" : " ").Append(value ?? Nothing);
        }

        return line.ToString();
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
