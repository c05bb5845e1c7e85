using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Trunkline.Cloud;

namespace Trunkline.Control.Iam;

/// <summary>A managed policy, the account's own or one of AWS's.</summary>
/// <param name="Version">The default version, which is the only one kept.</param>
/// <param name="Text">JSON; null for one of AWS's whose document is not kept here.</param>
internal sealed record ManagedPolicy(
    string Arn,
    string Name,
    string Path,
    string PolicyId,
    string Version,
    string? Text,
    string? Description,
    DateTimeOffset CreateDate,
    ImmutableSortedDictionary<string, string> Tags)
{
    /// <summary>Whether AWS keeps it, for every account.</summary>
    public bool IsAws => Arn.StartsWith(ManagedPolicies.ArnStart, StringComparison.Ordinal);

    /// <summary>Policies of roles that are linked to services are for those roles only.</summary>
    public bool IsAttachable => Path != "/aws-service-role/";

    public string Document => Text ?? throw new Fault(
        "UnsupportedOperation", $"Trunkline knows the policy {Arn} by name; it does not keep its document.");
}

/// <summary>
/// The policies of AWS's that configurations of networks attach; any other ARN of AWS's is one that does not exist. Ids are made from the
/// ARN, for AWS does not publish them. Source: AWS, "AWS Managed Policy Reference Guide".
/// </summary>
internal static class ManagedPolicies
{
    public const string ArnStart = "arn:aws:iam::aws:policy";

    private static readonly FrozenDictionary<string, ManagedPolicy> ByArn = new ManagedPolicy[]
    {
        Of("/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy", "v14", "2017-09-19T22:19:04Z"),
        Of("/service-role/AWSLambdaBasicExecutionRole", "v1", "2015-04-09T15:03:43Z",
            Allow(
                "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents",
                "*")),
        Of("/service-role/AWSLambdaVPCAccessExecutionRole", "v3", "2016-02-11T23:15:26Z",
            Allow(
                "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents ec2:CreateNetworkInterface "
                + "ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DeleteNetworkInterface "
                + "ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses",
                "*", "AWSLambdaVPCAccessExecutionPermissions")),
        Of("/aws-service-role/AWSNetworkManagerServiceRolePolicy", "v8", "2019-12-03T14:03:35Z"),
        Of("/aws-service-role/AWSVPCTransitGatewayServiceRolePolicy", "v2", "2018-11-26T16:21:17Z"),
        Of("/AWSXRayDaemonWriteAccess", "v2", "2018-08-28T23:00:33Z",
            Allow(
                "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets "
                + "xray:GetSamplingStatisticSummaries",
                "*", "AWSXRayDaemonWriteAccess")),
        Of("/AdministratorAccess", "v1", "2015-02-06T18:39:46Z",
            Allow(
                "*",
                "*")),
        Of("/AmazonDynamoDBFullAccess", "v15", "2015-02-06T18:40:11Z"),
        Of("/AmazonDynamoDBReadOnlyAccess", "v15", "2015-02-06T18:40:12Z"),
        Of("/AmazonEC2ContainerRegistryPullOnly", "v1", "2024-10-04T16:58:49Z",
            Allow(
                "ecr:GetAuthorizationToken ecr:BatchGetImage ecr:GetDownloadUrlForLayer ecr:BatchImportUpstreamImage",
                "*")),
        Of("/AmazonEC2ContainerRegistryReadOnly", "v3", "2015-12-21T17:04:15Z",
            Allow(
                "ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer "
                + "ecr:GetRepositoryPolicy ecr:DescribeRepositories ecr:ListImages ecr:DescribeImages ecr:BatchGetImage "
                + "ecr:GetLifecyclePolicy ecr:GetLifecyclePolicyPreview ecr:ListTagsForResource "
                + "ecr:DescribeImageScanFindings",
                "*")),
        Of("/service-role/AmazonEC2ContainerServiceforEC2Role", "v10", "2015-03-19T18:45:18Z"),
        Of("/AmazonEC2FullAccess", "v5", "2015-02-06T18:40:15Z"),
        Of("/AmazonEC2ReadOnlyAccess", "v5", "2015-02-06T18:40:17Z",
            Allow(
                "ec2:Describe* ec2:GetSecurityGroupsForVpc",
                "*"),
            Allow(
                "elasticloadbalancing:Describe*",
                "*"),
            Allow(
                "cloudwatch:ListMetrics cloudwatch:GetMetricStatistics cloudwatch:Describe*",
                "*"),
            Allow(
                "autoscaling:Describe*",
                "*")),
        Of("/service-role/AmazonEC2RoleforSSM", "v8", "2015-05-29T17:48:35Z"),
        Of("/service-role/AmazonECSTaskExecutionRolePolicy", "v1", "2017-11-16T18:48:22Z",
            Allow(
                "ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:BatchGetImage "
                + "logs:CreateLogStream logs:PutLogEvents",
                "*")),
        Of("/AmazonEKSClusterPolicy", "v10", "2018-05-27T21:06:14Z"),
        Of("/AmazonEKSVPCResourceController", "v1", "2020-08-12T00:55:34Z"),
        Of("/AmazonEKSWorkerNodePolicy", "v3", "2018-05-27T21:09:01Z",
            Allow(
                "ec2:DescribeInstances ec2:DescribeInstanceTypes ec2:DescribeRouteTables ec2:DescribeSecurityGroups "
                + "ec2:DescribeSubnets ec2:DescribeVolumes ec2:DescribeVolumesModifications ec2:DescribeVpcs "
                + "eks:DescribeCluster eks-auth:AssumeRoleForPodIdentity",
                "*", "WorkerNodePermissions")),
        Of("/AmazonEKS_CNI_Policy", "v6", "2018-05-27T21:07:42Z",
            Allow(
                "ec2:AssignPrivateIpAddresses ec2:AttachNetworkInterface ec2:CreateNetworkInterface "
                + "ec2:DeleteNetworkInterface ec2:DescribeInstances ec2:DescribeTags ec2:DescribeNetworkInterfaces "
                + "ec2:DescribeInstanceTypes ec2:DescribeSubnets ec2:DescribeSecurityGroups ec2:DetachNetworkInterface "
                + "ec2:ModifyNetworkInterfaceAttribute ec2:UnassignPrivateIpAddresses",
                "*", "AmazonEKSCNIPolicy"),
            Allow(
                "ec2:CreateTags",
                "arn:aws:ec2:*:*:network-interface/*", "AmazonEKSCNIPolicyENITag")),
        Of("/service-role/AmazonRDSEnhancedMonitoringRole", "v1", "2015-11-11T19:58:29Z",
            Allow(
                "logs:CreateLogGroup logs:PutRetentionPolicy",
                "arn:aws:logs:*:*:log-group:RDS*", "EnableCreationAndManagementOfRDSCloudwatchLogGroups"),
            Allow(
                "logs:CreateLogStream logs:PutLogEvents logs:DescribeLogStreams logs:GetLogEvents",
                "arn:aws:logs:*:*:log-group:RDS*:log-stream:*", "EnableCreationAndManagementOfRDSCloudwatchLogStreams")),
        Of("/AmazonRoute53FullAccess", "v7", "2015-02-06T18:40:54Z",
            Allow(
                "route53:* route53domains:* cloudfront:ListDistributions cloudfront:GetDistributionTenantByDomain "
                + "cloudfront:GetConnectionGroup cloudwatch:DescribeAlarms cloudwatch:GetMetricStatistics "
                + "cloudwatch:GetMetricData ec2:DescribeVpcs ec2:DescribeVpcEndpoints ec2:DescribeRegions "
                + "elasticloadbalancing:DescribeLoadBalancers elasticbeanstalk:DescribeEnvironments es:ListDomainNames "
                + "es:DescribeDomains lightsail:GetContainerServices s3:ListBucket s3:GetBucketLocation "
                + "s3:GetBucketWebsite sns:ListTopics sns:ListSubscriptionsByTopic tag:GetResources",
                "*"),
            Allow(
                "apigateway:GET",
                "arn:aws:apigateway:*::/domainnames")),
        Of("/AmazonRoute53ReadOnlyAccess", "v2", "2015-02-06T18:40:55Z",
            Allow(
                "route53:Get* route53:List* route53:TestDNSAnswer",
                "*")),
        Of("/AmazonS3FullAccess", "v2", "2015-02-06T18:40:58Z",
            Allow(
                "s3:* s3-object-lambda:*",
                "*")),
        Of("/AmazonS3ReadOnlyAccess", "v3", "2015-02-06T18:40:59Z",
            Allow(
                "s3:Get* s3:List* s3:Describe* s3-object-lambda:Get* s3-object-lambda:List*",
                "*")),
        Of("/AmazonSNSFullAccess", "v2", "2015-02-06T18:41:05Z"),
        Of("/AmazonSQSFullAccess", "v1", "2015-02-06T18:41:07Z",
            Allow(
                "sqs:*",
                "*")),
        Of("/AmazonSSMManagedInstanceCore", "v2", "2019-03-15T17:22:12Z",
            Allow(
                "ssm:DescribeAssociation ssm:GetDeployablePatchSnapshotForInstance ssm:GetDocument ssm:DescribeDocument "
                + "ssm:GetManifest ssm:GetParameter ssm:GetParameters ssm:ListAssociations ssm:ListInstanceAssociations "
                + "ssm:PutInventory ssm:PutComplianceItems ssm:PutConfigurePackageResult ssm:UpdateAssociationStatus "
                + "ssm:UpdateInstanceAssociationStatus ssm:UpdateInstanceInformation",
                "*"),
            Allow(
                "ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel "
                + "ssmmessages:OpenDataChannel",
                "*"),
            Allow(
                "ec2messages:AcknowledgeMessage ec2messages:DeleteMessage ec2messages:FailMessage "
                + "ec2messages:GetEndpoint ec2messages:GetMessages ec2messages:SendReply",
                "*")),
        Of("/AmazonSSMPatchAssociation", "v1", "2020-05-13T16:00:42Z",
            Allow(
                "ssm:DescribeEffectivePatchesForPatchBaseline",
                "arn:aws:ssm:*:*:patchbaseline/*"),
            Allow(
                "ssm:GetPatchBaseline",
                "arn:aws:ssm:*:*:patchbaseline/*"),
            Allow(
                "tag:GetResources",
                "*"),
            Allow(
                "ssm:DescribePatchBaselines",
                "*")),
        Of("/AmazonVPCFullAccess", "v13", "2015-02-06T18:41:16Z"),
        Of("/AmazonVPCReadOnlyAccess", "v12", "2015-02-06T18:41:17Z"),
        Of("/aws-service-role/AutoScalingServiceRolePolicy", "v10", "2018-01-08T23:10:55Z"),
        Of("/CloudWatchAgentAdminPolicy", "v2", "2018-03-07T00:52:31Z",
            Allow(
                "cloudwatch:PutMetricData ec2:DescribeTags logs:PutLogEvents logs:PutRetentionPolicy "
                + "logs:DescribeLogStreams logs:DescribeLogGroups logs:CreateLogStream logs:CreateLogGroup "
                + "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets "
                + "xray:GetSamplingStatisticSummaries",
                "*", "CWACloudWatchPermissions"),
            Allow(
                "ssm:GetParameter ssm:PutParameter",
                "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*", "CWASSMPermissions")),
        Of("/CloudWatchAgentServerPolicy", "v3", "2018-03-07T01:06:44Z",
            Allow(
                "cloudwatch:PutMetricData ec2:DescribeVolumes ec2:DescribeTags logs:PutLogEvents "
                + "logs:PutRetentionPolicy logs:DescribeLogStreams logs:DescribeLogGroups logs:CreateLogStream "
                + "logs:CreateLogGroup xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules "
                + "xray:GetSamplingTargets xray:GetSamplingStatisticSummaries",
                "*", "CWACloudWatchServerPermissions"),
            Allow(
                "ssm:GetParameter",
                "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*", "CWASSMServerPermissions")),
        Of("/CloudWatchLogsFullAccess", "v8", "2015-02-06T18:40:02Z",
            Allow(
                "logs:* cloudwatch:GenerateQuery cloudwatch:GenerateQueryResultsSummary "
                + "observabilityadmin:GetS3TableIntegration observabilityadmin:ListS3TableIntegrations "
                + "observabilityadmin:ListTelemetryPipelines",
                "*", "CloudWatchLogsFullAccess")),
        Of("/ElasticLoadBalancingFullAccess", "v9", "2018-09-20T20:42:07Z"),
        Of("/ElasticLoadBalancingReadOnly", "v3", "2018-09-20T20:17:09Z",
            Allow(
                "elasticloadbalancing:Describe* elasticloadbalancing:Get*",
                "*", "Statement1"),
            Allow(
                "ec2:DescribeInstances ec2:DescribeClassicLinkInstances ec2:DescribeSecurityGroups",
                "*", "Statement2"),
            Allow(
                "arc-zonal-shift:GetManagedResource",
                "arn:aws:elasticloadbalancing:*:*:loadbalancer/*", "Statement3"),
            Allow(
                "arc-zonal-shift:ListManagedResources arc-zonal-shift:ListZonalShifts",
                "*", "Statement4")),
        Of("/IAMFullAccess", "v2", "2015-02-06T18:40:38Z",
            Allow(
                "iam:* organizations:DescribeAccount organizations:DescribeOrganization "
                + "organizations:DescribeOrganizationalUnit organizations:DescribePolicy organizations:ListChildren "
                + "organizations:ListParents organizations:ListPoliciesForTarget organizations:ListRoots "
                + "organizations:ListPolicies organizations:ListTargetsForPolicy",
                "*")),
        Of("/IAMReadOnlyAccess", "v4", "2015-02-06T18:40:39Z",
            Allow(
                "iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* "
                + "iam:SimulateCustomPolicy iam:SimulatePrincipalPolicy",
                "*")),
        Of("/job-function/NetworkAdministrator", "v15", "2016-11-10T17:31:35Z"),
        Of("/PowerUserAccess", "v12", "2015-02-06T18:39:47Z"),
        Of("/ReadOnlyAccess", "v182", "2015-02-06T18:39:48Z"),
        Of("/SecretsManagerReadWrite", "v5", "2018-04-04T18:05:29Z"),
        Of("/SecurityAudit", "v86", "2015-02-06T18:41:01Z"),
        Of("/job-function/ViewOnlyAccess", "v45", "2016-11-10T17:20:15Z"),
    }.ToFrozenDictionary(p => p.Arn, StringComparer.Ordinal);

    public static ManagedPolicy? Find(string arn) => ByArn.GetValueOrDefault(arn);

    private static ManagedPolicy Of(string place, string version, string created, params JsonNode[] statements)
    {
        string arn = ArnStart + place;
        int slash = place.LastIndexOf('/');
        JsonObject document = new() { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray([.. statements]) };
        return new ManagedPolicy(
            arn, place[(slash + 1)..], place[..(slash + 1)], IdOf(arn), version, statements.Length == 0 ? null : document.ToJsonString(), null,
            DateTimeOffset.Parse(created, CultureInfo.InvariantCulture), Tags.None);
    }

    /// <param name="actions">Parted by spaces, as are the resources.</param>
    private static JsonObject Allow(string actions, string resources, string? sid = null)
    {
        JsonObject statement = sid is null ? [] : new JsonObject { ["Sid"] = sid };
        statement["Effect"] = "Allow";
        statement["Action"] = new JsonArray([.. actions.Split(' ').Select(a => (JsonNode)a)]);
        statement["Resource"] = new JsonArray([.. resources.Split(' ').Select(r => (JsonNode)r)]);
        return statement;
    }

    private static string IdOf(string arn)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        IdSource bits = new(((ulong)PublicPool.Hash(arn) << 32) | PublicPool.Hash("policy/" + arn));
        return string.Concat("ANPA", string.Create(17, bits, (span, source) =>
        {
            foreach (ref char letter in span)
            {
                letter = Alphabet[(int)source.Below(32)];
            }
        }));
    }
}
