using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Control.FlowLogs;
using Trunkline.Control.Logs;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Flow logs of VPCs, subnets and interfaces. Source: AWS, "Logging IP traffic using VPC Flow Logs"; EC2 API, CreateFlowLogs.
/// Records go to log groups. A bucket or delivery stream is outside of Trunkline: such a flow log is kept and says that its delivery fails.
/// </summary>
public sealed partial class Ec2Service
{
    private const int ResourcesPerFlowLogRequest = 1000;
    private const string ToLogGroup = "cloud-watch-logs";
    private const string ToBucket = "s3";
    private const string ToStream = "kinesis-data-firehose";

    internal static readonly IdRules<FlowLog> FlowLogIds = new(
        "FlowLogId", "InvalidFlowLogId.NotFound", "InvalidFlowLogId.Malformed",
        "These flow log ids in the input list are not found: [TotalCount: 1] {0}");

    private static readonly FilterTable<FlowLog> FlowLogFilters = new()
    {
        { "deliver-log-status", f => DeliveryOf(f).Status },
        { "flow-log-id", f => f.Id.Value },
        { "log-destination-type", f => f.DestinationType },
        { "log-group-name", f => f.LogGroupName },
        { "resource-id", f => f.ResourceId },
        { "traffic-type", f => f.TrafficType },
    };

    public Aws.CreateFlowLogsResult CreateFlowLogs(CommandContext context, Aws.CreateFlowLogsRequest request)
    {
        if (request.ResourceIds is not { Count: > 0 } resources)
        {
            throw Fault.Missing("ResourceIds");
        }

        if (resources.Count > ResourcesPerFlowLogRequest)
        {
            throw Fault.Invalid($"The maximum number of resources specified on a single call is {ResourcesPerFlowLogRequest}");
        }

        if (request.TagFieldSpecifications is { Count: > 0 })
        {
            throw Fault.Unsupported("TagFieldSpecifications");
        }

        string kind = Door.Required(request.ResourceType, "ResourceType");
        FlowLog like = WithDestination(context, request, new FlowLog
        {
            Id = new(FlowLog.IdPrefix),
            ResourceId = "",
            TrafficType = Door.OneOf(Door.Required(request.TrafficType, "TrafficType"), "TrafficType", "ACCEPT", "REJECT", "ALL")!,
            CrossAccountRole = request.DeliverCrossAccountRole,
            Format = FlowLogFormat.Parse(request.LogFormat).Text,
            MaxAggregationInterval = request.MaxAggregationInterval switch
            {
                null or 600 => 600,
                60 => 60,
                _ => throw new Fault("InvalidParameter", "Invalid Flow Log Max Aggregation Interval"),
            },
            CreationTime = context.Now,
            Tags = TagRules.New<FlowLog>(request.TagSpecifications),
        });
        List<string> made = [];
        List<Aws.UnsuccessfulItem> failed = [];
        foreach (string resource in resources.Distinct(StringComparer.Ordinal))
        {
            try
            {
                string id = WatchedId(context, kind, resource);
                RefuseSameLog(context, like, id);
                made.Add(context.Put(like with { Id = new(context.NewId(FlowLog.IdPrefix)), ResourceId = id }).Key);
            }
            catch (Fault fault) when (resources.Count > 1)
            {
                failed.Add(Unsuccessful(resource, fault));
            }
        }

        return new Aws.CreateFlowLogsResult { ClientToken = request.ClientToken, FlowLogIds = made, Unsuccessful = failed };
    }

    public Aws.DescribeFlowLogsResult DescribeFlowLogs(CommandContext context, Aws.DescribeFlowLogsRequest request)
    {
        RefuseManyFlowLogs(request.FlowLogIds);
        IEnumerable<FlowLog> rows = FlowLogFilters.Apply(context, FlowLogIds.GetAll(context, request.FlowLogIds), request.Filter);
        Page<FlowLog> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 1000);
        return new Aws.DescribeFlowLogsResult { FlowLogs = [.. page.Rows.Select(ToWire)], NextToken = page.NextToken };
    }

    /// <summary>What is there goes; what is not is told of in the answer.</summary>
    public Aws.DeleteFlowLogsResult DeleteFlowLogs(CommandContext context, Aws.DeleteFlowLogsRequest request)
    {
        if (request.FlowLogIds is not { Count: > 0 } ids)
        {
            throw Fault.Missing("FlowLogId");
        }

        RefuseManyFlowLogs(ids);
        List<FlowLog> rows = [.. FlowLogIds.GetAll(context, ids)];
        foreach (FlowLog row in rows)
        {
            context.Remove(row.Id);
        }

        return new Aws.DeleteFlowLogsResult { Unsuccessful = [] };
    }

    /// <summary>A template that lays a table over the files of a flow log; the log must go to a bucket.</summary>
    public Aws.GetFlowLogsIntegrationTemplateResult GetFlowLogsIntegrationTemplate(
        CommandContext context, Aws.GetFlowLogsIntegrationTemplateRequest request)
    {
        FlowLog row = FlowLogIds.Get(context, request.FlowLogId);
        string target = Door.Required(request.ConfigDeliveryS3DestinationArn, "ConfigDeliveryS3DestinationArn");
        if (request.IntegrateServices?.AthenaIntegrations is not { Count: > 0 } integrations)
        {
            throw Fault.Missing("IntegrateServices.AthenaIntegrations");
        }

        if (row.DestinationType != ToBucket)
        {
            throw Fault.Invalid($"The flow log '{row.Id}' does not publish to Amazon S3.");
        }

        FlowLogTemplate.CheckBucket(target, "ConfigDeliveryS3DestinationArn");
        return new Aws.GetFlowLogsIntegrationTemplateResult { Result = FlowLogTemplate.Write(context, row, integrations) };
    }

    /// <summary>Whether and why records do not arrive.</summary>
    private static (string Status, string? Error) DeliveryOf(FlowLog row) =>
        row.DestinationType == ToLogGroup ? ("SUCCESS", null) : ("FAILED", "Access error");

    private static FlowLog WithDestination(CommandContext context, Aws.CreateFlowLogsRequest request, FlowLog row)
    {
        string type = Door.OneOf(request.LogDestinationType, "LogDestinationType", ToLogGroup, ToBucket, ToStream) ?? ToLogGroup;
        if (request.DestinationOptions is not null && type != ToBucket)
        {
            throw new Fault("InvalidParameter", "DestinationOptions can only be specified if LogDestinationType is s3.");
        }

        if (type == ToLogGroup)
        {
            return WithLogGroup(context, request, row);
        }

        if (request.LogGroupName is not null)
        {
            throw new Fault("InvalidParameter", "LogDestinationType type must be cloud-watch-logs if LogGroupName is provided.");
        }

        if (string.IsNullOrEmpty(request.LogDestination))
        {
            throw new Fault("InvalidParameter", $"LogDestination can't be empty if LogDestinationType is {type}.");
        }

        string start = type == ToBucket ? "arn:aws:s3:::" : "arn:aws:firehose:";
        if (!request.LogDestination.StartsWith(start, StringComparison.Ordinal) || request.LogDestination.Length == start.Length)
        {
            throw new Fault("InvalidParameter", $"The LogDestination '{request.LogDestination}' is not a valid ARN for {type}.");
        }

        if (type == ToBucket && request.DeliverLogsPermissionArn is not null)
        {
            throw new Fault("InvalidParameter", "DeliverLogsPermissionArn cannot be specified if LogDestinationType is s3.");
        }

        return row with
        {
            DestinationType = type,
            Destination = request.LogDestination,
            PermissionArn = request.DeliverLogsPermissionArn,
            Files = type == ToBucket ? FilesOf(request.DestinationOptions) : null,
        };
    }

    private static FlowLog WithLogGroup(CommandContext context, Aws.CreateFlowLogsRequest request, FlowLog row)
    {
        string? destination = string.IsNullOrEmpty(request.LogDestination) ? null : request.LogDestination;
        if (request.LogGroupName is not null && destination is not null)
        {
            throw new Fault("InvalidParameter", "Please only provide LogGroupName or only provide LogDestination.");
        }

        string? group = request.LogGroupName;
        if (destination is not null)
        {
            string start = context.Arn("log-group:", "logs");
            group = destination.StartsWith(start, StringComparison.Ordinal)
                ? destination[start.Length..].Replace(":*", "", StringComparison.Ordinal)
                : throw new Fault("InvalidParameter", $"The LogDestination '{destination}' is not a log group of this account and Region.");
        }

        if (string.IsNullOrEmpty(group))
        {
            throw new Fault("InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided.");
        }

        if (string.IsNullOrEmpty(request.DeliverLogsPermissionArn))
        {
            throw new Fault("InvalidParameter", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
        }

        if (!LogsService.IsGroupName(group))
        {
            throw new Fault("InvalidParameter", $"The LogGroupName '{group}' is not valid.");
        }

        string arn = request.DeliverLogsPermissionArn;
        return arn.StartsWith("arn:aws:iam::", StringComparison.Ordinal) && arn.Contains(":role/", StringComparison.Ordinal)
            ? row with
            {
                Destination = destination ?? context.Arn($"log-group:{group}", "logs"),
                LogGroupName = group,
                PermissionArn = arn,
            }
            : throw Fault.InvalidValue(arn, "DeliverLogsPermissionArn");
    }

    private static FlowLogFiles FilesOf(Aws.DestinationOptionsRequest? asked) => new(
        Door.OneOf(asked?.FileFormat, "FileFormat", "plain-text", "parquet") ?? "plain-text",
        asked?.HiveCompatiblePartitions ?? false,
        asked?.PerHourPartition ?? false);

    /// <summary>The id of what is watched, which must be there and of the kind that was named.</summary>
    private static string WatchedId(CommandContext context, string type, string id) => type switch
    {
        "VPC" => VpcIds.Get(context, id).Key,
        "Subnet" => SubnetIds.Get(context, id).Key,
        "NetworkInterface" => InterfaceIds.Get(context, id).Key,
        "TransitGateway" or "TransitGatewayAttachment" or "RegionalNatGateway" => throw Fault.Unsupported($"ResourceType={type}"),
        _ => throw Fault.InvalidValue(type, "ResourceType"),
    };

    private static void RefuseSameLog(CommandContext context, FlowLog like, string resource)
    {
        bool same = context.Here.By<FlowLog>(resource).Any(
            f => f.DestinationType == like.DestinationType && f.Destination == like.Destination
                && (f.TrafficType, f.Format, f.MaxAggregationInterval) == (like.TrafficType, like.Format, like.MaxAggregationInterval));
        if (same)
        {
            throw new Fault(
                "FlowLogAlreadyExists", "Error. There is an existing Flow Log with the same configuration and log destination.");
        }
    }

    private static void RefuseManyFlowLogs(IReadOnlyList<string>? ids)
    {
        if (ids is { Count: > ResourcesPerFlowLogRequest })
        {
            throw Fault.Invalid(string.Create(
                CultureInfo.InvariantCulture, $"The maximum number of flow log IDs specified on a single call is {ResourcesPerFlowLogRequest}"));
        }
    }

    private static Aws.FlowLog ToWire(FlowLog row)
    {
        (string status, string? error) = DeliveryOf(row);
        return new Aws.FlowLog
        {
            FlowLogId = row.Id.Value,
            CreationTime = row.CreationTime,
            DeliverLogsStatus = status,
            DeliverLogsErrorMessage = error,
            DeliverLogsPermissionArn = row.PermissionArn,
            DeliverCrossAccountRole = row.CrossAccountRole,
            FlowLogStatus = "ACTIVE",
            LogGroupName = row.LogGroupName,
            ResourceId = row.ResourceId,
            TrafficType = row.TrafficType,
            LogDestinationType = row.DestinationType,
            LogDestination = row.Destination,
            LogFormat = row.Format,
            MaxAggregationInterval = row.MaxAggregationInterval,
            DestinationOptions = row.Files is { } files
                ? new Aws.DestinationOptionsResponse
                {
                    FileFormat = files.Format,
                    HiveCompatiblePartitions = files.HivePartitions,
                    PerHourPartition = files.PerHour,
                }
                : null,
            Tags = TagRules.ToWire(row.Tags),
        };
    }
}
