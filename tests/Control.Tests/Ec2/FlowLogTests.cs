using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Flow logs: what they take, what they show, and that they go with what they watch.</summary>
public sealed class FlowLogTests
{
    private const string Role = "arn:aws:iam::000000000000:role/flow";
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public FlowLogTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void A_flow_log_has_AWS_s_defaults()
    {
        string id = Create(Wish(vpc));
        Aws.FlowLog log = Described(new()).Single();
        Assert.Matches("^fl-0[0-9a-f]{16}$", id);
        Assert.Equal((id, vpc, "ALL", "ACTIVE", "SUCCESS", 600), (log.FlowLogId, log.ResourceId, log.TrafficType, log.FlowLogStatus, log.DeliverLogsStatus, log.MaxAggregationInterval!.Value));
        Assert.Equal(("cloud-watch-logs", "logs", Role), (log.LogDestinationType, log.LogGroupName, log.DeliverLogsPermissionArn));
        Assert.Equal("arn:aws:logs:us-east-1:000000000000:log-group:logs", log.LogDestination);
        Assert.Equal(
            "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
            log.LogFormat);
    }

    [Theory]
    [InlineData("my logs")]
    [InlineData("logs:*")]
    [InlineData("größe")]
    public void A_log_group_s_name_has_AWS_s_form(string name)
    {
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.CreateFlowLogs(c, Wish(vpc) with { LogGroupName = name })));
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.CreateFlowLogs(c, Wish(vpc) with { LogGroupName = new string('a', 513) })));
        Create(Wish(vpc) with { LogGroupName = "/aws/vpc.flow_logs-1#x" });
    }

    [Fact]
    public void A_missing_resource_type_is_said_at_once_however_many_resources_are_named()
    {
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateFlowLogs(c, Wish(vpc) with { ResourceIds = [vpc, vpc, "vpc-0123456789abcdef0"], ResourceType = null }));
        Assert.Equal("MissingParameter", fault.Code);
        Assert.Contains("ResourceType", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bucket_is_kept_and_its_delivery_fails()
    {
        lab.Run((ec2, c) => ec2.CreateFlowLogs(c, new()
        {
            ResourceIds = [subnet],
            ResourceType = "Subnet",
            TrafficType = "REJECT",
            LogDestinationType = "s3",
            LogDestination = "arn:aws:s3:::bucket/logs/",
            DestinationOptions = new() { FileFormat = "parquet", PerHourPartition = true },
        }));
        Aws.FlowLog log = Described(new()).Single();
        Assert.Equal(("FAILED", "Access error", "parquet", true, false), (log.DeliverLogsStatus, log.DeliverLogsErrorMessage,
            log.DestinationOptions!.FileFormat, log.DestinationOptions.PerHourPartition!.Value, log.DestinationOptions.HiveCompatiblePartitions!.Value));
        string template = lab.Run((ec2, c) => ec2.GetFlowLogsIntegrationTemplate(c, new()
        {
            FlowLogId = log.FlowLogId,
            ConfigDeliveryS3DestinationArn = "arn:aws:s3:::bucket/template/",
            IntegrateServices = new()
            {
                AthenaIntegrations = [new() { IntegrationResultS3DestinationArn = "arn:aws:s3:::bucket/results/", PartitionLoadFrequency = "none" }],
            },
        })).Result!;
        Assert.Contains("AWS::Glue::Table", template, StringComparison.Ordinal);
        Assert.Contains("\"srcaddr\"", template, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_have_AWS_s_codes()
    {
        Create(Wish(vpc));
        (string Code, Aws.CreateFlowLogsRequest Request)[] table =
        [
            ("FlowLogAlreadyExists", Wish(vpc)),
            ("MissingParameter", Wish(vpc) with { TrafficType = null }),
            ("MissingParameter", Wish(vpc) with { ResourceIds = [] }),
            ("InvalidParameter", Wish(vpc) with { LogGroupName = null }),
            ("InvalidParameter", Wish(vpc) with { DeliverLogsPermissionArn = null }),
            ("InvalidParameterValue", Wish(vpc) with { DeliverLogsPermissionArn = "flow" }),
            ("InvalidParameter", Wish(vpc) with { LogDestination = "arn:aws:logs:us-east-1:000000000000:log-group:x" }),
            ("InvalidParameter", Wish(vpc) with { LogGroupName = null, LogDestination = "arn:aws:logs:eu-west-1:000000000000:log-group:x" }),
            ("InvalidParameter", Wish(vpc) with { LogDestinationType = "s3" }),
            ("InvalidParameter", Wish(vpc) with { MaxAggregationInterval = 120 }),
            ("InvalidParameter", Wish(vpc) with { LogFormat = "${srcaddr} ${colour}" }),
            ("InvalidParameter", Wish(vpc) with { LogFormat = "srcaddr" }),
            ("InvalidVpcID.NotFound", Wish("vpc-0000000000000dead")),
            ("InvalidVpcID.Malformed", Wish(subnet)),
            ("UnsupportedOperation", Wish(vpc) with { ResourceType = "TransitGateway" }),
        ];
        foreach ((string code, Aws.CreateFlowLogsRequest request) in table)
        {
            Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateFlowLogs(c, request)));
        }

        Assert.Equal("InvalidFlowLogId.NotFound", lab.Refused((ec2, c) => ec2.DeleteFlowLogs(c, new() { FlowLogIds = ["fl-0000000000000dead"] })));
    }

    [Fact]
    public void Of_several_resources_those_that_are_there_get_their_logs()
    {
        Aws.CreateFlowLogsResult made = lab.Run((ec2, c) => ec2.CreateFlowLogs(c, Wish(vpc) with { ResourceIds = [vpc, "vpc-0000000000000dead"] }));
        Assert.Single(made.FlowLogIds!);
        Assert.Equal(("vpc-0000000000000dead", "InvalidVpcID.NotFound"), (made.Unsuccessful!.Single().ResourceId, made.Unsuccessful![0].Error!.Code));
    }

    [Fact]
    public void They_are_filtered_and_deleted()
    {
        string first = Create(Wish(vpc));
        string second = Create(Wish(subnet) with { ResourceType = "Subnet", TrafficType = "REJECT" });
        Assert.Equal([second], Described(new() { Filter = [Networks.Filter("traffic-type", "REJECT")] }).Select(f => f.FlowLogId));
        Assert.Equal([first], Described(new() { Filter = [Networks.Filter("resource-id", vpc), Networks.Filter("log-group-name", "lo*")] }).Select(f => f.FlowLogId));
        lab.Run((ec2, c) => ec2.DeleteFlowLogs(c, new() { FlowLogIds = [first] }));
        Assert.Equal([second], Described(new()).Select(f => f.FlowLogId));
    }

    [Fact]
    public void A_flow_log_ends_with_what_it_watches()
    {
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        Create(Wish(vpc));
        Create(Wish(subnet) with { ResourceType = "Subnet" });
        Create(Wish(eni) with { ResourceType = "NetworkInterface" });
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.Equal(2, lab.Here.All<FlowLog>().Count());
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc }));
        Assert.Empty(lab.Here.All<FlowLog>());
    }

    private static Aws.CreateFlowLogsRequest Wish(string resource) => new()
    {
        ResourceIds = [resource],
        ResourceType = "VPC",
        TrafficType = "ALL",
        LogGroupName = "logs",
        DeliverLogsPermissionArn = Role,
    };

    private string Create(Aws.CreateFlowLogsRequest request) => lab.Run((ec2, c) => ec2.CreateFlowLogs(c, request)).FlowLogIds!.Single();

    private IReadOnlyList<Aws.FlowLog> Described(Aws.DescribeFlowLogsRequest request) =>
        lab.Run((ec2, c) => ec2.DescribeFlowLogs(c, request)).FlowLogs!;
}
