using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>What the catalogue of AWS's services is made from: one line a service, the same in every region. See <see cref="AwsServices"/>.</summary>
internal sealed record AwsServiceFact
{
    /// <param name="name">What stands last in the endpoint service's name.</param>
    /// <param name="label">What its public name begins with, where that is something else.</param>
    public AwsServiceFact(string name, string? label = null)
    {
        Short = name;
        Names = [$"{label ?? name}.{{r}}.amazonaws.com"];
    }

    public string Short { get; }

    public ImmutableArray<VpcEndpointType> Types { get; init; } = [VpcEndpointType.Interface];

    /// <summary>Public names, <c>{r}</c> for the region.</summary>
    public ImmutableArray<string> Names { get; init; }

    /// <summary>Further names that lead to us-east-1.</summary>
    public ImmutableArray<string> GlobalNames { get; init; } = [];

    /// <summary>The only region it is in; null for all.</summary>
    public string? Region { get; init; }

    public bool TakesPolicy { get; init; } = true;

    public bool TakesPrivateDns { get; init; } = true;
}

/// <summary>The facts of every service and list.</summary>
internal static class AwsServiceFacts
{
    /// <summary>At most 128: a service's place is that of its block in the region's /22.</summary>
    public static ImmutableArray<AwsServiceFact> All { get; } =
    [
        new("s3")
        {
            Types = [VpcEndpointType.Gateway, VpcEndpointType.Interface],
            Names =
            [
                "s3.{r}.amazonaws.com", "*.s3.{r}.amazonaws.com", "*.s3-accesspoint.{r}.amazonaws.com", "*.s3-control.{r}.amazonaws.com",
            ],
            GlobalNames = ["s3.amazonaws.com", "*.s3.amazonaws.com"],
        },
        new("s3express", "s3express-control")
        {
            Types = [VpcEndpointType.Gateway],
            Names = ["s3express-control.{r}.amazonaws.com", "*.s3express.{r}.amazonaws.com"],
        },
        new("dynamodb") { Types = [VpcEndpointType.Gateway, VpcEndpointType.Interface], TakesPrivateDns = false },
        new("iam") { Types = [], Names = ["iam.amazonaws.com"], Region = "us-east-1" },
        new("route53") { Types = [], Names = ["route53.amazonaws.com"], Region = "us-east-1" },
        new("access-analyzer"),
        new("acm-pca"),
        new("airflow.api", "api.airflow"),
        new("airflow.env", "*.env.airflow"),
        new("apigateway"),
        new("appconfig"),
        new("appconfigdata"),
        new("application-autoscaling"),
        new("apprunner"),
        new("appsync-api", "*.appsync-api"),
        new("athena"),
        new("autoscaling"),
        new("autoscaling-plans"),
        new("backup"),
        new("batch"),
        new("bedrock"),
        new("bedrock-agent"),
        new("bedrock-agent-runtime"),
        new("bedrock-runtime"),
        new("cassandra") { TakesPolicy = false },
        new("cloudformation"),
        new("cloudhsmv2"),
        new("cloudtrail"),
        new("codeartifact.api", "codeartifact"),
        new("codeartifact.repositories", "*.d.codeartifact"),
        new("codebuild"),
        new("codecommit"),
        new("codedeploy"),
        new("codepipeline"),
        new("comprehend"),
        new("config"),
        new("databrew"),
        new("dataexchange"),
        new("datasync"),
        new("dms"),
        new("ds"),
        new("ebs"),
        new("ec2"),
        new("ec2messages"),
        new("ecr.api", "api.ecr"),
        new("ecr.dkr", "*.dkr.ecr"),
        new("ecs"),
        new("ecs-agent", "ecs-a") { TakesPolicy = false },
        new("ecs-telemetry", "ecs-t") { TakesPolicy = false },
        new("eks"),
        new("eks-auth"),
        new("elasticache"),
        new("elasticbeanstalk"),
        new("elasticfilesystem"),
        new("elasticloadbalancing"),
        new("elasticmapreduce"),
        new("email-smtp") { TakesPolicy = false },
        new("events"),
        new("execute-api", "*.execute-api"),
        new("fis"),
        new("fsx"),
        new("git-codecommit"),
        new("glue"),
        new("grafana"),
        new("guardduty-data"),
        new("imagebuilder"),
        new("inspector2"),
        new("iot.data", "data.iot"),
        new("kinesis-firehose", "firehose"),
        new("kinesis-streams", "kinesis"),
        new("kms"),
        new("lambda"),
        new("license-manager"),
        new("logs"),
        new("monitoring"),
        new("notebook", "*.notebook") { TakesPolicy = false },
        new("pipes"),
        new("polly"),
        new("quicksight") { TakesPolicy = false },
        new("rds"),
        new("rds-data"),
        new("redshift"),
        new("redshift-data"),
        new("rekognition"),
        new("resource-groups"),
        new("rolesanywhere"),
        new("route53resolver"),
        new("sagemaker.api", "api.sagemaker"),
        new("sagemaker.runtime", "runtime.sagemaker"),
        new("scheduler"),
        new("schemas"),
        new("secretsmanager"),
        new("securityhub"),
        new("servicecatalog") { TakesPolicy = false },
        new("servicediscovery"),
        new("sns"),
        new("sqs"),
        new("ssm"),
        new("ssm-contacts"),
        new("ssm-incidents"),
        new("ssmmessages"),
        new("states"),
        new("storagegateway") { TakesPolicy = false },
        new("sts") { GlobalNames = ["sts.amazonaws.com"] },
        new("synthetics"),
        new("textract"),
        new("transcribe"),
        new("transfer"),
        new("translate"),
        new("verifiedpermissions"),
        new("workspaces"),
        new("xray"),
    ];

    /// <summary>
    /// Lists of services that have no gateway endpoint: name, weight, blocks; <c>{slot}</c> is the region's number. Source of names and weights:
    /// VPC user guide, "AWS-managed prefix lists".
    /// </summary>
    public static ImmutableArray<(string Name, int Weight, string[] Blocks)> FurtherLists { get; } =
    [
        ("com.amazonaws.global.cloudfront.origin-facing", 55,
            ["13.32.0.0/15", "13.224.0.0/14", "13.35.0.0/16", "52.124.128.0/17", "54.230.0.0/16", "70.132.0.0/18", "99.84.0.0/16",
             "130.176.0.0/16", "143.204.0.0/16", "204.246.164.0/22", "205.251.192.0/19", "216.137.32.0/19"]),
        ("com.amazonaws.global.groundstation", 5, ["15.220.80.0/24", "54.46.16.0/25"]),
        ("com.amazonaws.global.ipv6.cloudfront.origin-facing", 55, ["2600:9000:5200::/40", "2600:9000:f000::/36"]),
        ("com.amazonaws.{r}.ec2-instance-connect", 2, ["18.206.{slot}.24/29"]),
        ("com.amazonaws.{r}.ipv6.ec2-instance-connect", 2, ["2600:f0f0:{slot}::/64"]),
        ("com.amazonaws.{r}.ipv6.route53-healthchecks", 25, ["2600:9000:5300::/45"]),
        ("com.amazonaws.{r}.ipv6.vpc-lattice", 10, ["fd00:ec2:80::/64"]),
        ("com.amazonaws.{r}.route53-healthchecks", 25, ["15.177.0.0/18"]),
        ("com.amazonaws.{r}.vpc-lattice", 10, ["129.224.0.0/17", "169.254.171.0/24"]),
    ];

    /// <summary>Ids that AWS's lists really have.</summary>
    public static FrozenDictionary<string, string> KnownLists { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["com.amazonaws.ap-northeast-1.dynamodb"] = "pl-78a54011",
        ["com.amazonaws.ap-northeast-1.s3"] = "pl-61a54008",
        ["com.amazonaws.ap-northeast-2.dynamodb"] = "pl-48a54021",
        ["com.amazonaws.ap-northeast-2.s3"] = "pl-78a54011",
        ["com.amazonaws.ap-south-1.dynamodb"] = "pl-66a7420f",
        ["com.amazonaws.ap-south-1.s3"] = "pl-78a54011",
        ["com.amazonaws.ap-southeast-1.dynamodb"] = "pl-67a5400e",
        ["com.amazonaws.ap-southeast-1.s3"] = "pl-6fa54006",
        ["com.amazonaws.ap-southeast-2.dynamodb"] = "pl-62a5400b",
        ["com.amazonaws.ap-southeast-2.s3"] = "pl-6ca54005",
        ["com.amazonaws.ca-central-1.dynamodb"] = "pl-4ea54027",
        ["com.amazonaws.ca-central-1.s3"] = "pl-7da54014",
        ["com.amazonaws.eu-central-1.dynamodb"] = "pl-66a5400f",
        ["com.amazonaws.eu-central-1.s3"] = "pl-6ea54007",
        ["com.amazonaws.eu-north-1.dynamodb"] = "pl-adae4bc4",
        ["com.amazonaws.eu-north-1.s3"] = "pl-c3aa4faa",
        ["com.amazonaws.eu-west-1.dynamodb"] = "pl-6fa54006",
        ["com.amazonaws.eu-west-1.s3"] = "pl-6da54004",
        ["com.amazonaws.eu-west-2.dynamodb"] = "pl-b3a742da",
        ["com.amazonaws.eu-west-2.s3"] = "pl-7ca54015",
        ["com.amazonaws.eu-west-3.dynamodb"] = "pl-abb451c2",
        ["com.amazonaws.eu-west-3.s3"] = "pl-23ad484a",
        ["com.amazonaws.sa-east-1.dynamodb"] = "pl-64a5400d",
        ["com.amazonaws.sa-east-1.s3"] = "pl-6aa54003",
        ["com.amazonaws.us-east-1.dynamodb"] = "pl-02cd2c6b",
        ["com.amazonaws.us-east-1.s3"] = "pl-63a5400a",
        ["com.amazonaws.us-east-2.dynamodb"] = "pl-4ca54025",
        ["com.amazonaws.us-east-2.s3"] = "pl-7ba54012",
        ["com.amazonaws.us-west-1.dynamodb"] = "pl-6ea54007",
        ["com.amazonaws.us-west-1.s3"] = "pl-6ba54002",
        ["com.amazonaws.us-west-2.dynamodb"] = "pl-00a54069",
        ["com.amazonaws.us-west-2.s3"] = "pl-68a54001",
        ["com.amazonaws.global.cloudfront.origin-facing"] = "pl-3b927c52",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
