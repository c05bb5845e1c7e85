using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Control.Elb;
using Trunkline.Control.Elbv2;
using Trunkline.Control.Iam;
using Trunkline.Control.Logs;
using Trunkline.Control.Route53;
using Trunkline.Control.Sns;
using Pick = Trunkline.Tests.Control.RandomCommand.Pick;

namespace Trunkline.Tests.Control;

/// <summary>Commands of the services inside a VPC, for <see cref="RandomCommand"/>: load balancers, endpoint services, guards, names, rights.</summary>
/// <remarks>No certificates: each takes a tenth of a second to make, and nothing refers to one but by its ARN.</remarks>
internal static class RandomServices
{
    private const string Trust = """{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}""";
    private const string Rights = """{"Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}""";

    private static readonly Ec2Service Ec2 = new();
    private static readonly ElbService Elb = new();
    private static readonly Elbv2Service Elbv2 = new();
    private static readonly IamService Iam = new();
    private static readonly SnsService Sns = new();
    private static readonly LogsService Logs = new();
    private static readonly Route53Service Route53 = new();

    /// <summary>The kinds of rows that these commands make.</summary>
    public static readonly Kind[] Kinds =
    [
        Kind.Of<ClassicLoadBalancer>(), Kind.Of<LoadBalancer>(), Kind.Of<Listener>(), Kind.Of<ListenerRule>(), Kind.Of<TargetGroup>(),
        Kind.Of<IamRole>(), Kind.Of<IamPolicy>(), Kind.Of<InstanceProfile>(), Kind.Of<SnsTopic>(), Kind.Of<VpcEndpoint>(),
        Kind.Of<VpcEndpointService>(), Kind.Of<VpcEndpointConnection>(), Kind.Of<PrefixList>(), Kind.Of<SubnetCidrReservation>(),
        Kind.Of<BlockPublicAccess>(), Kind.Of<BlockPublicAccessExclusion>(), Kind.Of<SecurityGroupVpcAssociation>(), Kind.Of<FlowLog>(),
        Kind.Of<LogGroup>(), Kind.Of<LogStream>(), Kind.Of<LogBatch>(), Kind.Of<HostedZone>(), Kind.Of<RecordSet>(),
    ];

    public static readonly Action<CommandContext, Pick>[] Commands =
        [.. Classic, .. Balancers, .. Targets, .. Endpoints, .. Guards, .. Names, .. Permissions];

    private static Action<CommandContext, Pick>[] Classic =>
    [
        (c, p) => Elb.CreateLoadBalancer(c, new()
        {
            LoadBalancerName = Name(p), Listeners = [new() { Protocol = "HTTP", LoadBalancerPort = 80 + p.Next(2), InstancePort = 8080 }],
            Subnets = [p.Id<Subnet>()], Scheme = p.Maybe() ? "internal" : null,
        }),
        (c, p) => Elb.CreateLoadBalancer(c, new()
        {
            LoadBalancerName = Name(p), Listeners = [new() { Protocol = "TCP", LoadBalancerPort = 22, InstancePort = 22 }],
            AvailabilityZones = ["us-east-1" + p.One(["a", "b", "z"])],
        }),
        (c, p) => Elb.DeleteLoadBalancer(c, new() { LoadBalancerName = Name(p) }),
        (c, p) => Elb.AttachLoadBalancerToSubnets(c, new() { LoadBalancerName = Name(p), Subnets = [p.Id<Subnet>()] }),
        (c, p) => Elb.DetachLoadBalancerFromSubnets(c, new() { LoadBalancerName = Name(p), Subnets = [p.Id<Subnet>()] }),
        (c, p) => Elb.EnableAvailabilityZonesForLoadBalancer(c, new() { LoadBalancerName = Name(p), AvailabilityZones = ["us-east-1b"] }),
        (c, p) => Elb.DisableAvailabilityZonesForLoadBalancer(c, new() { LoadBalancerName = Name(p), AvailabilityZones = ["us-east-1b"] }),
        (c, p) => Elb.ApplySecurityGroupsToLoadBalancer(c, new() { LoadBalancerName = Name(p), SecurityGroups = [p.Id<SecurityGroup>()] }),
        (c, p) => Elb.RegisterInstancesWithLoadBalancer(c, new() { LoadBalancerName = Name(p), Instances = [new() { InstanceId = p.Id<Instance>() }] }),
        (c, p) => Elb.DeregisterInstancesFromLoadBalancer(c, new() { LoadBalancerName = Name(p), Instances = [new() { InstanceId = p.Id<Instance>() }] }),
        (c, p) => Elb.CreateLoadBalancerListeners(c, new()
        {
            LoadBalancerName = Name(p), Listeners = [new() { Protocol = "HTTP", LoadBalancerPort = 80 + p.Next(4), InstancePort = 8080 + p.Next(2) }],
        }),
        (c, p) => Elb.DeleteLoadBalancerListeners(c, new() { LoadBalancerName = Name(p), LoadBalancerPorts = [80 + p.Next(4)] }),
        (c, p) => Elb.ModifyLoadBalancerAttributes(c, new()
        {
            LoadBalancerName = Name(p), LoadBalancerAttributes = new() { CrossZoneLoadBalancing = new() { Enabled = p.Maybe() } },
        }),
        (c, p) => Elb.ConfigureHealthCheck(c, new()
        {
            LoadBalancerName = Name(p),
            HealthCheck = new() { Target = "TCP:" + p.Next(3), Interval = 10, Timeout = 5, HealthyThreshold = 2, UnhealthyThreshold = 2 },
        }),
    ];

    private static Action<CommandContext, Pick>[] Balancers =>
    [
        (c, p) => Elbv2.CreateLoadBalancer(c, new()
        {
            Name = Name(p), Type = "application", Subnets = [p.Id<Subnet>(), p.Id<Subnet>()], Scheme = p.Maybe() ? "internal" : "internet-facing",
        }),
        (c, p) => Elbv2.CreateLoadBalancer(c, new() { Name = "n" + Name(p), Type = "network", Subnets = [p.Id<Subnet>()], Scheme = "internal" }),
        (c, p) => Elbv2.CreateLoadBalancer(c, new() { Name = "n" + Name(p), Type = "network", Subnets = [p.Id<Subnet>()], Scheme = "internal" }),
        (c, p) => Elbv2.DeleteLoadBalancer(c, new() { LoadBalancerArn = Balancer(c, p) }),
        (c, p) => Elbv2.SetSubnets(c, new() { LoadBalancerArn = Balancer(c, p), Subnets = [p.Id<Subnet>(), p.Id<Subnet>()] }),
        (c, p) => Elbv2.SetSecurityGroups(c, new() { LoadBalancerArn = Balancer(c, p), SecurityGroups = [p.Id<SecurityGroup>()] }),
        (c, p) => Elbv2.CreateListener(c, new()
        {
            LoadBalancerArn = Balancer(c, p), Protocol = p.One(["HTTP", "TCP"]), Port = 80 + p.Next(2),
            DefaultActions = [new() { Type = "forward", TargetGroupArn = Group(c, p) }],
        }),
        (c, p) => Elbv2.CreateListener(c, new()
        {
            LoadBalancerArn = Balancer(c, p), Protocol = "HTTP", Port = 82,
            DefaultActions = [new() { Type = "fixed-response", FixedResponseConfig = new() { StatusCode = "503" } }],
        }),
        (c, p) => Elbv2.ModifyListener(c, new() { ListenerArn = Listener(c, p), Port = 80 + p.Next(4) }),
        (c, p) => Elbv2.DeleteListener(c, new() { ListenerArn = Listener(c, p) }),
        (c, p) => Elbv2.CreateRule(c, new()
        {
            ListenerArn = Listener(c, p), Priority = 1 + p.Next(3), Conditions = [new() { Field = "path-pattern", Values = ["/a/*"] }],
            Actions = [new() { Type = "forward", TargetGroupArn = Group(c, p) }],
        }),
        (c, p) => Elbv2.CreateRule(c, new()
        {
            ListenerArn = Listener(c, p), Priority = 4 + p.Next(3), Conditions = [new() { Field = "host-header", Values = ["a.example"] }],
            Actions = [new() { Type = "fixed-response", FixedResponseConfig = new() { StatusCode = "404" } }],
        }),
        (c, p) => Elbv2.DeleteRule(c, new() { RuleArn = Arn(c, "listener-rule/", p.Of<ListenerRule>(r => r.Key)) }),
    ];

    private static Action<CommandContext, Pick>[] Targets =>
    [
        (c, p) => Elbv2.CreateTargetGroup(c, new() { Name = "h" + Name(p), Protocol = "HTTP", Port = 80, VpcId = p.Id<Vpc>() }),
        (c, p) => Elbv2.CreateTargetGroup(c, new()
        {
            Name = "t" + Name(p), Protocol = "TCP", Port = 80, VpcId = p.Id<Vpc>(), TargetType = p.One(["instance", "ip"]),
        }),
        (c, p) => Elbv2.DeleteTargetGroup(c, new() { TargetGroupArn = Group(c, p) }),
        (c, p) => Elbv2.RegisterTargets(c, new() { TargetGroupArn = Group(c, p), Targets = [new() { Id = p.Id<Instance>() }] }),
        (c, p) => Elbv2.RegisterTargets(c, new()
        {
            TargetGroupArn = Group(c, p), Targets = [new() { Id = p.Of<NetworkInterface>(i => i.PrimaryIp?.ToString() ?? ""), Port = 80 + p.Next(2) }],
        }),
        (c, p) => Elbv2.DeregisterTargets(c, new() { TargetGroupArn = Group(c, p), Targets = [new() { Id = p.Id<Instance>() }] }),
        (c, p) => Elbv2.ModifyTargetGroup(c, new() { TargetGroupArn = Group(c, p), HealthCheckPort = p.One(["traffic-port", "8080", "0"]) }),
        (c, p) => Elbv2.ModifyTargetGroupAttributes(c, new()
        {
            TargetGroupArn = Group(c, p),
            Attributes = [new() { Key = "load_balancing.cross_zone.enabled", Value = p.One(["true", "false", "use_load_balancer_configuration"]) }],
        }),
    ];

    private static Action<CommandContext, Pick>[] Endpoints =>
    [
        (c, p) => Ec2.CreateVpcEndpoint(c, new()
        {
            VpcId = p.Of<Subnet>(s => s.VpcId.Value), VpcEndpointType = "Interface", ServiceName = "com.amazonaws.us-east-1.ssm",
            SubnetIds = [p.Id<Subnet>()], PrivateDnsEnabled = false,
        }),
        (c, p) => Ec2.CreateVpcEndpoint(c, new()
        {
            VpcId = p.Of<Subnet>(s => s.VpcId.Value), VpcEndpointType = "Interface", ServiceName = p.Of<VpcEndpointService>(s => s.ServiceName),
            SubnetIds = [p.Id<Subnet>()],
        }),
        (c, p) => Ec2.CreateVpcEndpointServiceConfiguration(c, new() { NetworkLoadBalancerArns = [Balancer(c, p)], AcceptanceRequired = p.Maybe() }),
        (c, p) => Ec2.DeleteVpcEndpointServiceConfigurations(c, new() { ServiceIds = [p.Id<VpcEndpointService>()] }),
        (c, p) => Ec2.AcceptVpcEndpointConnections(c, new() { ServiceId = p.Id<VpcEndpointService>(), VpcEndpointIds = [p.Id<VpcEndpoint>()] }),
        (c, p) => Ec2.RejectVpcEndpointConnections(c, new() { ServiceId = p.Id<VpcEndpointService>(), VpcEndpointIds = [p.Id<VpcEndpoint>()] }),
    ];

    private static Action<CommandContext, Pick>[] Guards =>
    [
        (c, p) => Ec2.ModifyVpcBlockPublicAccessOptions(c, new() { InternetGatewayBlockMode = p.One(["off", "block-bidirectional", "block-ingress"]) }),
        (c, p) => Ec2.CreateVpcBlockPublicAccessExclusion(c, new() { VpcId = p.Id<Vpc>(), InternetGatewayExclusionMode = "allow-egress" }),
        (c, p) => Ec2.CreateVpcBlockPublicAccessExclusion(c, new() { SubnetId = p.Id<Subnet>(), InternetGatewayExclusionMode = "allow-bidirectional" }),
        (c, p) => Ec2.DeleteVpcBlockPublicAccessExclusion(c, new() { ExclusionId = p.Id<BlockPublicAccessExclusion>() }),
        (c, p) => Ec2.AssociateSecurityGroupVpc(c, new() { GroupId = p.Id<SecurityGroup>(), VpcId = p.Id<Vpc>() }),
        (c, p) => Ec2.DisassociateSecurityGroupVpc(c, new() { GroupId = p.Id<SecurityGroup>(), VpcId = p.Id<Vpc>() }),
        (c, p) => Ec2.CreateFlowLogs(c, new()
        {
            ResourceIds = [p.Id<Vpc>()], ResourceType = "VPC", TrafficType = "ALL", LogDestinationType = "cloud-watch-logs", LogGroupName = "flows",
            DeliverLogsPermissionArn = "arn:aws:iam::000000000000:role/flows",
        }),
        (c, p) => Ec2.DeleteFlowLogs(c, new() { FlowLogIds = [p.Id<FlowLog>()] }),
        (c, p) => Logs.CreateLogGroup(c, new() { LogGroupName = p.One(["flows", "other"]) }),
        (c, p) => Logs.DeleteLogGroup(c, new() { LogGroupName = p.One(["flows", "other"]) }),
        (c, p) => Logs.CreateLogStream(c, new() { LogGroupName = "flows", LogStreamName = "one" }),
        (c, p) => Logs.PutLogEvents(c, new()
        {
            LogGroupName = "flows", LogStreamName = "one", LogEvents = [new() { Timestamp = c.Now.ToUnixTimeMilliseconds(), Message = "m" }],
        }),
    ];

    private static Action<CommandContext, Pick>[] Names =>
    [
        (c, p) => Route53.CreateHostedZone(c, new() { Name = $"z{p.Next(2)}.example", CallerReference = $"r{p.Next(1000)}" }),
        (c, p) => Route53.CreateHostedZone(c, new()
        {
            Name = $"z{p.Next(2)}.internal", CallerReference = $"r{p.Next(1000)}", VPC = new() { VPCRegion = "us-east-1", VPCId = p.Id<Vpc>() },
        }),
        (c, p) => Route53.AssociateVPCWithHostedZone(
            c, new() { HostedZoneId = p.Id<HostedZone>(), VPC = new() { VPCRegion = "us-east-1", VPCId = p.Id<Vpc>() } }),
        (c, p) => Route53.DisassociateVPCFromHostedZone(
            c, new() { HostedZoneId = p.Id<HostedZone>(), VPC = new() { VPCRegion = "us-east-1", VPCId = p.Id<Vpc>() } }),
        (c, p) => Route53.ChangeResourceRecordSets(c, new()
        {
            HostedZoneId = p.Id<HostedZone>(),
            ChangeBatch = new()
            {
                Changes =
                [
                    new()
                    {
                        Action = p.One(["CREATE", "UPSERT", "DELETE"]),
                        ResourceRecordSet = new()
                        {
                            Name = "a." + p.Of<HostedZone>(z => z.Name), Type = "A", TTL = 60, ResourceRecords = [new() { Value = "10.0.0.9" }],
                        },
                    },
                ],
            },
        }),
        (c, p) => Route53.DeleteHostedZone(c, new() { Id = p.Id<HostedZone>() }),
    ];

    private static Action<CommandContext, Pick>[] Permissions =>
    [
        (c, p) => Iam.CreateRole(c, new() { RoleName = Name(p), AssumeRolePolicyDocument = Trust }),
        (c, p) => Iam.DeleteRole(c, new() { RoleName = Name(p) }),
        (c, p) => Iam.CreatePolicy(c, new() { PolicyName = Name(p), PolicyDocument = Rights }),
        (c, p) => Iam.DeletePolicy(c, new() { PolicyArn = $"arn:aws:iam::{c.Account}:policy/{Name(p)}" }),
        (c, p) => Iam.AttachRolePolicy(c, new() { RoleName = Name(p), PolicyArn = $"arn:aws:iam::{c.Account}:policy/{Name(p)}" }),
        (c, p) => Iam.DetachRolePolicy(c, new() { RoleName = Name(p), PolicyArn = $"arn:aws:iam::{c.Account}:policy/{Name(p)}" }),
        (c, p) => Iam.CreateInstanceProfile(c, new() { InstanceProfileName = Name(p) }),
        (c, p) => Iam.DeleteInstanceProfile(c, new() { InstanceProfileName = Name(p) }),
        (c, p) => Iam.AddRoleToInstanceProfile(c, new() { InstanceProfileName = Name(p), RoleName = Name(p) }),
        (c, p) => Iam.RemoveRoleFromInstanceProfile(c, new() { InstanceProfileName = Name(p), RoleName = Name(p) }),
        (c, p) => Ec2.AssociateIamInstanceProfile(c, new() { InstanceId = p.Id<Instance>(), IamInstanceProfile = new() { Name = Name(p) } }),
        (c, p) => Sns.CreateTopic(c, new() { Name = Name(p) }),
        (c, p) => Sns.DeleteTopic(c, new() { TopicArn = c.Arn(Name(p), "sns") }),
    ];

    private static string Name(Pick pick) => "x" + pick.Next(2);

    private static string Balancer(CommandContext context, Pick pick) => Arn(context, "loadbalancer/", pick.Of<LoadBalancer>(b => b.Key));

    private static string Listener(CommandContext context, Pick pick) => Arn(context, "listener/", pick.Of<Listener>(l => l.Key));

    private static string Group(CommandContext context, Pick pick) => Arn(context, "targetgroup/", pick.Of<TargetGroup>(g => g.Key));

    private static string Arn(CommandContext context, string start, string key) => context.Arn(start + key, "elasticloadbalancing");
}
