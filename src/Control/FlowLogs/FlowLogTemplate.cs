using System.Text.Json.Nodes;
using Trunkline.Cloud;

namespace Trunkline.Control.FlowLogs;

/// <summary>
/// A CloudFormation template that lays an Athena table over the files of a flow log. Partitions are projected, so none has to be loaded.
/// Source: EC2 API, GetFlowLogsIntegrationTemplate; AWS, "Query flow logs using Amazon Athena".
/// </summary>
internal static class FlowLogTemplate
{
    private const string BucketStart = "arn:aws:s3:::";

    /// <summary>Fields that are numbers; the others are text.</summary>
    private static readonly string[] Numbers =
        ["version", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "tcp-flags", "traffic-path"];

    /// <exception cref="Fault">InvalidParameterValue: not the ARN of a bucket or of a folder in one.</exception>
    public static string CheckBucket(string arn, string parameter) =>
        arn.StartsWith(BucketStart, StringComparison.Ordinal) && arn.Length > BucketStart.Length
            ? "s3://" + arn[BucketStart.Length..].TrimEnd('/') + "/"
            : throw Fault.InvalidValue(arn, parameter);

    /// <summary>The template, JSON.</summary>
    public static string Write(CommandContext context, FlowLog row, IReadOnlyList<Wire.Ec2.AthenaIntegration> integrations)
    {
        JsonObject resources = new()
        {
            ["FlowLogsDatabase"] = Resource("AWS::Glue::Database", new JsonObject
            {
                ["CatalogId"] = new JsonObject { ["Ref"] = "AWS::AccountId" },
                ["DatabaseInput"] = new JsonObject { ["Name"] = $"vpcflowlogs{Word(row.Id.Value)}" },
            }),
        };
        for (int i = 0; i < integrations.Count; i++)
        {
            AddIntegration(context, row, integrations[i], i, resources);
        }

        return new JsonObject
        {
            ["AWSTemplateFormatVersion"] = "2010-09-09",
            ["Description"] = $"Athena over the records of {row.Id}",
            ["Resources"] = resources,
        }.ToJsonString();
    }

    private static void AddIntegration(CommandContext context, FlowLog row, Wire.Ec2.AthenaIntegration asked, int index, JsonObject resources)
    {
        string results = CheckBucket(
            Door.Required(asked.IntegrationResultS3DestinationArn, "IntegrationResultS3DestinationArn"), "IntegrationResultS3DestinationArn");
        string frequency = Door.OneOf(
            Door.Required(asked.PartitionLoadFrequency, "PartitionLoadFrequency"), "PartitionLoadFrequency", "none", "daily", "weekly", "monthly")!;
        if (asked.PartitionStartDate > asked.PartitionEndDate)
        {
            throw Fault.Combination("PartitionStartDate must not be after PartitionEndDate");
        }

        string group = $"{row.Id}-{frequency}-{index}";
        resources[$"FlowLogsTable{index}"] = Resource("AWS::Glue::Table", new JsonObject
        {
            ["CatalogId"] = new JsonObject { ["Ref"] = "AWS::AccountId" },
            ["DatabaseName"] = new JsonObject { ["Ref"] = "FlowLogsDatabase" },
            ["TableInput"] = Table(context, row, asked, frequency),
        });
        resources[$"AthenaWorkGroup{index}"] = Resource("AWS::Athena::WorkGroup", new JsonObject
        {
            ["Name"] = group,
            ["WorkGroupConfiguration"] = new JsonObject
            {
                ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = results },
            },
        });
        resources[$"RejectedTraffic{index}"] = Resource("AWS::Athena::NamedQuery", new JsonObject
        {
            ["Database"] = new JsonObject { ["Ref"] = "FlowLogsDatabase" },
            ["WorkGroup"] = new JsonObject { ["Ref"] = $"AthenaWorkGroup{index}" },
            ["Name"] = "VpcFlowLogsRejectedTraffic",
            ["QueryString"] = $"SELECT * FROM {TableName(row, frequency)} WHERE action = 'REJECT' LIMIT 25",
        });
    }

    private static JsonObject Table(CommandContext context, FlowLog row, Wire.Ec2.AthenaIntegration asked, string frequency)
    {
        JsonArray columns = [];
        foreach (string field in FlowLogFormat.Parse(row.Format).Names)
        {
            columns.Add(new JsonObject { ["Name"] = field.Replace('-', '_'), ["Type"] = Numbers.Contains(field) ? "bigint" : "string" });
        }

        string from = asked.PartitionStartDate is { } start ? $"{start.UtcDateTime:yyyy/MM/dd}" : $"{row.CreationTime.UtcDateTime:yyyy/MM/dd}";
        string to = asked.PartitionEndDate is { } end ? $"{end.UtcDateTime:yyyy/MM/dd}" : "NOW";
        string location = $"s3://{row.Destination![BucketStart.Length..].TrimEnd('/')}/AWSLogs/{context.Account}/vpcflowlogs/{context.Region}/";
        return new JsonObject
        {
            ["Name"] = TableName(row, frequency),
            ["TableType"] = "EXTERNAL_TABLE",
            ["PartitionKeys"] = new JsonArray(new JsonObject { ["Name"] = "day", ["Type"] = "string" }),
            ["Parameters"] = new JsonObject
            {
                ["skip.header.line.count"] = "1",
                ["projection.enabled"] = "true",
                ["projection.day.type"] = "date",
                ["projection.day.format"] = "yyyy/MM/dd",
                ["projection.day.range"] = $"{from},{to}",
                ["storage.location.template"] = location + "${day}",
            },
            ["StorageDescriptor"] = new JsonObject
            {
                ["Columns"] = columns,
                ["Location"] = location,
                ["InputFormat"] = "org.apache.hadoop.mapred.TextInputFormat",
                ["OutputFormat"] = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                ["SerdeInfo"] = new JsonObject
                {
                    ["SerializationLibrary"] = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                    ["Parameters"] = new JsonObject { ["field.delim"] = " " },
                },
            },
        };
    }

    private static string TableName(FlowLog row, string frequency) => $"{Word(row.Id.Value)}{frequency}";

    private static string Word(string id) => id.Replace("-", "", StringComparison.Ordinal);

    private static JsonObject Resource(string type, JsonObject properties) => new() { ["Type"] = type, ["Properties"] = properties };
}
