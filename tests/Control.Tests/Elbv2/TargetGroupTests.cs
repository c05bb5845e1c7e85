using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Elbv2;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Target groups, their health checks, attributes and targets.</summary>
public sealed class TargetGroupTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string[] subnets;

    public TargetGroupTests() => (vpc, subnets) = lab.NewThreeZones();

    [Theory]
    [InlineData("HTTP", "HTTP", "traffic-port", 30, 5, "/", "200")]
    [InlineData("TCP", "TCP", "traffic-port", 30, 10, null, null)]
    [InlineData("UDP", "TCP", "traffic-port", 30, 10, null, null)]
    [InlineData("GENEVE", "TCP", "80", 10, 5, null, null)]
    public void Defaults_of_the_health_check_are_those_of_the_protocol(
        string protocol, string check, string port, int interval, int timeout, string? path, string? codes)
    {
        string arn = lab.NewTargetGroup(vpc, protocol: protocol);
        AwsElbv2.TargetGroup made = lab.Elb((elb, c) => elb.DescribeTargetGroups(c, new() { TargetGroupArns = [arn] })).TargetGroups!.Single();
        Assert.Equal(
            (check, port, interval, timeout, path, codes, 5, 2),
            (made.HealthCheckProtocol, made.HealthCheckPort, made.HealthCheckIntervalSeconds!.Value, made.HealthCheckTimeoutSeconds!.Value,
                made.HealthCheckPath, made.Matcher?.HttpCode, made.HealthyThresholdCount!.Value, made.UnhealthyThresholdCount!.Value));
        Assert.Equal(protocol == "HTTP" ? "HTTP1" : null, made.ProtocolVersion);
        Assert.Equal("instance", made.TargetType);
        Assert.Equal(protocol == "GENEVE" ? 6081 : 80, made.Port);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        AwsElbv2.CreateTargetGroupInput good = new() { Name = "app", Protocol = "HTTP", Port = 80, VpcId = vpc };
        (string Code, AwsElbv2.CreateTargetGroupInput Input)[] cases =
        [
            ("ValidationError", good with { Name = "app-" }),
            ("ValidationError", good with { Name = new string('a', 33) }),
            ("ValidationError", good with { Protocol = null }),
            ("ValidationError", good with { Port = null }),
            ("ValidationError", good with { Port = 65536 }),
            ("ValidationError", good with { VpcId = null }),
            ("ValidationError", good with { VpcId = "vpc-00000000000000000" }),
            ("UnsupportedOperation", good with { TargetType = "lambda" }),
            ("UnsupportedOperation", good with { Protocol = "QUIC" }),
            ("ValidationError", good with { TargetType = "alb" }),
            ("ValidationError", good with { ProtocolVersion = "HTTP3" }),
            ("ValidationError", good with { Protocol = "TCP", ProtocolVersion = "HTTP1" }),
            ("ValidationError", good with { Protocol = "GENEVE" }),
            ("ValidationError", good with { HealthCheckProtocol = "TCP" }),
            ("ValidationError", good with { HealthCheckEnabled = false }),
            ("ValidationError", good with { HealthCheckPath = "health" }),
            ("ValidationError", good with { HealthCheckPort = "http" }),
            ("ValidationError", good with { HealthCheckIntervalSeconds = 5 }),
            ("ValidationError", good with { HealthCheckTimeoutSeconds = 121 }),
            ("ValidationError", good with { HealthyThresholdCount = 1 }),
            ("ValidationError", good with { Matcher = new() { HttpCode = "500" } }),
            ("ValidationError", good with { Matcher = new() { GrpcCode = "1" } }),
            ("ValidationError", good with { Protocol = "TCP", HealthCheckProtocol = "TCP", HealthCheckPath = "/" }),
        ];
        foreach ((string code, AwsElbv2.CreateTargetGroupInput input) in cases)
        {
            Assert.Equal(code, lab.ElbRefused((elb, c) => elb.CreateTargetGroup(c, input)));
        }

        Assert.Equal(
            "Health check interval must be greater than the timeout.",
            lab.ElbFault((elb, c) => elb.CreateTargetGroup(c, good with { HealthCheckIntervalSeconds = 5 })).Message);
        string arn = lab.Elb((elb, c) => elb.CreateTargetGroup(c, good)).TargetGroups!.Single().TargetGroupArn!;
        Assert.Equal(arn, lab.Elb((elb, c) => elb.CreateTargetGroup(c, good)).TargetGroups!.Single().TargetGroupArn);
        Assert.Equal("DuplicateTargetGroupName", lab.ElbRefused((elb, c) => elb.CreateTargetGroup(c, good with { Port = 81 })));
        Assert.Equal("TargetGroupNotFound", lab.ElbRefused((elb, c) => elb.DescribeTargetGroups(c, new() { Names = ["gone"] })));
    }

    [Fact]
    public void The_check_changes_as_asked_and_the_rest_stays()
    {
        string arn = lab.NewTargetGroup(vpc);
        AwsElbv2.TargetGroup changed = lab.Elb((elb, c) => elb.ModifyTargetGroup(
            c, new() { TargetGroupArn = arn, HealthCheckPath = "/ok", Matcher = new() { HttpCode = "200-299,302" } })).TargetGroups!.Single();
        Assert.Equal(("/ok", "200-299,302", 30), (changed.HealthCheckPath, changed.Matcher!.HttpCode, changed.HealthCheckIntervalSeconds!.Value));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.ModifyTargetGroup(
            c, new() { TargetGroupArn = arn, HealthCheckTimeoutSeconds = 60 })));
    }

    [Fact]
    public void Attributes_are_those_of_the_protocol_and_fit_each_other()
    {
        string http = lab.NewTargetGroup(vpc);
        string udp = lab.NewTargetGroup(vpc, "udp", "UDP");
        string geneve = lab.NewTargetGroup(vpc, "geneve", "GENEVE");
        Assert.Equal("300", Attribute(http, "deregistration_delay.timeout_seconds"));
        Assert.Equal("lb_cookie", Attribute(http, "stickiness.type"));
        Assert.Null(Attribute(http, "preserve_client_ip.enabled"));
        Assert.Equal("no_rebalance", Attribute(geneve, "target_failover.on_unhealthy"));
        Set(http, ("slow_start.duration_seconds", "30"), ("stickiness.enabled", "true"));
        Assert.Equal("30", Attribute(http, "slow_start.duration_seconds"));
        (string Group, (string, string)[] Pairs)[] bad =
        [
            (http, [("preserve_client_ip.enabled", "true")]),
            (http, [("no.such.key", "true")]),
            (http, [("deregistration_delay.timeout_seconds", "3601")]),
            (http, [("slow_start.duration_seconds", "29")]),
            (http, [("stickiness.type", "source_ip")]),
            (http, [("load_balancing.algorithm.type", "least_outstanding_requests")]),
            (http, [("stickiness.type", "app_cookie")]),
            (udp, [("preserve_client_ip.enabled", "false")]),
            (udp, [("stickiness.type", "lb_cookie")]),
            (geneve, [("target_failover.on_unhealthy", "rebalance")]),
        ];
        foreach ((string group, (string, string)[] pairs) in bad)
        {
            Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyTargetGroupAttributes(c, Change(group, pairs))));
        }

        Set(geneve, ("target_failover.on_unhealthy", "rebalance"), ("target_failover.on_deregistration", "rebalance"));
        Assert.Equal(
            "Target group attribute key 'no.such.key' is not recognized",
            lab.ElbFault((elb, c) => elb.ModifyTargetGroupAttributes(c, Change(http, ("no.such.key", "1")))).Message);
    }

    [Fact]
    public void Load_balancers_have_the_attributes_of_their_type()
    {
        string web = lab.NewBalancer(subnets).LoadBalancerArn!;
        string edge = lab.NewBalancer(subnets, "edge", "network", "internal").LoadBalancerArn!;
        Assert.Equal("60", LbAttribute(web, "idle_timeout.timeout_seconds"));
        Assert.Equal("false", LbAttribute(web, "ipv6.deny_all_igw_traffic"));
        Assert.Equal("true", LbAttribute(edge, "ipv6.deny_all_igw_traffic"));
        Assert.Null(LbAttribute(edge, "idle_timeout.timeout_seconds"));
        (string Arn, string Key, string Value)[] bad =
        [
            (web, "load_balancing.cross_zone.enabled", "false"), (web, "idle_timeout.timeout_seconds", "4001"),
            (edge, "idle_timeout.timeout_seconds", "60"), (web, "access_logs.s3.enabled", "true"), (web, "nothing", "1"),
        ];
        foreach ((string arn, string key, string value) in bad)
        {
            Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyLoadBalancerAttributes(
                c, new() { LoadBalancerArn = arn, Attributes = [new() { Key = key, Value = value }] })));
        }

        lab.Elb((elb, c) => elb.ModifyLoadBalancerAttributes(
            c, new() { LoadBalancerArn = web, Attributes = [new() { Key = "deletion_protection.enabled", Value = "true" }] }));
        Assert.Equal("OperationNotPermitted", lab.ElbRefused((elb, c) => elb.DeleteLoadBalancer(c, new() { LoadBalancerArn = web })));
    }

    [Fact]
    public void Instances_are_registered_by_id_and_port()
    {
        string arn = lab.NewTargetGroup(vpc);
        string one = lab.NewInstance(subnets[0]).Instance.Id.Value;
        lab.Register(arn, one);
        lab.Register(arn, one);
        lab.Elb((elb, c) => elb.RegisterTargets(c, new() { TargetGroupArn = arn, Targets = [new() { Id = one, Port = 8080 }] }));
        Assert.Equal([80, 8080], lab.Health(arn).Select(h => h.Target!.Port));
        Assert.Equal(["80", "8080"], lab.Health(arn).Select(h => h.HealthCheckPort));
        lab.Elb((elb, c) => elb.DeregisterTargets(c, new() { TargetGroupArn = arn, Targets = [new() { Id = one }] }));
        Assert.Equal([8080], lab.Health(arn).Select(h => h.Target!.Port));
        lab.Elb((elb, c) => elb.DeregisterTargets(c, new() { TargetGroupArn = arn, Targets = [new() { Id = one }] }));
        AwsElbv2.TargetHealth gone = lab.Elb((elb, c) => elb.DescribeTargetHealth(
            c, new() { TargetGroupArn = arn, Targets = [new() { Id = one, Port = 80 }] })).TargetHealthDescriptions!.Single().TargetHealth!;
        Assert.Equal(("unused", "Target.NotRegistered"), (gone.State, gone.Reason));
    }

    [Fact]
    public void A_deregistered_target_drains_for_the_groups_delay_and_then_is_not_registered()
    {
        string arn = lab.NewTargetGroup(vpc);
        lab.NewListener(lab.NewBalancer(subnets).LoadBalancerArn!, Balancing.Forward(arn));
        string one = lab.NewInstance(subnets[0]).Instance.Id.Value;
        string two = lab.NewInstance(subnets[1]).Instance.Id.Value;
        lab.Register(arn, one, two);
        Delay(arn, 60);
        Deregister(arn, one);
        Deregister(arn, one);
        AwsElbv2.TargetHealthDescription[] all = [.. lab.Health(arn)];
        Assert.Equal([two, one], all.Select(t => t.Target!.Id));
        AwsElbv2.TargetHealth leaving = all[1].TargetHealth!;
        Assert.Equal(
            ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"),
            (leaving.State, leaving.Reason, leaving.Description));
        Assert.Equal("draining", StateOf(arn, one).State);
        lab.Now = lab.Now.AddSeconds(59);
        Assert.Equal(0, lab.Do(DrainingEnds.End));
        Assert.Equal("draining", StateOf(arn, one).State);
        lab.Now = lab.Now.AddSeconds(1);
        Assert.Equal(("unused", "Target.NotRegistered"), (StateOf(arn, one).State, StateOf(arn, one).Reason));
        Assert.Equal([two], lab.Health(arn).Select(t => t.Target!.Id));
        Assert.True(DrainingEnds.IsAny(lab.Here, lab.Now));
        Assert.Equal(1, lab.Do(DrainingEnds.End));
        Assert.False(DrainingEnds.IsAny(lab.Here, lab.Now));
    }

    [Fact]
    public void A_target_that_comes_back_drains_no_more_and_without_a_delay_or_a_load_balancer_none_drains()
    {
        string arn = lab.NewTargetGroup(vpc);
        string one = lab.NewInstance(subnets[0]).Instance.Id.Value;
        lab.Register(arn, one);
        Deregister(arn, one);
        Assert.Equal("Target.NotRegistered", StateOf(arn, one).Reason);
        lab.NewListener(lab.NewBalancer(subnets).LoadBalancerArn!, Balancing.Forward(arn));
        lab.Register(arn, one);
        Deregister(arn, one);
        Assert.Equal("draining", StateOf(arn, one).State);
        lab.Register(arn, one);
        Assert.NotEqual("draining", StateOf(arn, one).State);
        Assert.Single(lab.Health(arn));
        Delay(arn, 0);
        Deregister(arn, one);
        Assert.Equal("Target.NotRegistered", StateOf(arn, one).Reason);
    }

    [Fact]
    public void Targets_that_cannot_be_are_refused()
    {
        string instances = lab.NewTargetGroup(vpc);
        string addresses = lab.NewTargetGroup(vpc, "ips", targetType: "ip");
        string tunnel = lab.NewTargetGroup(vpc, "geneve", "GENEVE", targetType: "ip");
        (string elsewhere, string[] far) = lab.NewThreeZones("10.5.0.0/16");
        string stopped = lab.NewInstance(subnets[0], state: InstanceState.Stopped).Instance.Id.Value;
        string there = lab.NewInstance(far[0]).Instance.Id.Value;
        (string Code, string Group, AwsElbv2.TargetDescription Target)[] cases =
        [
            ("ValidationError", instances, new() { Id = "web-1" }),
            ("InvalidTarget", instances, new() { Id = "i-00000000000000000" }),
            ("InvalidTarget", instances, new() { Id = stopped }),
            ("InvalidTarget", instances, new() { Id = there }),
            ("ValidationError", instances, new() { Id = there, AvailabilityZone = "us-east-1a" }),
            ("ValidationError", addresses, new() { Id = "web" }),
            ("ValidationError", addresses, new() { Id = "8.8.8.8", AvailabilityZone = "all" }),
            ("ValidationError", addresses, new() { Id = "192.168.1.1" }),
            ("ValidationError", addresses, new() { Id = "192.168.1.1", AvailabilityZone = "us-east-1a" }),
            ("ValidationError", addresses, new() { Id = "10.0.99.1" }),
            ("ValidationError", addresses, new() { Id = "10.0.0.9", Port = 0 }),
            ("ValidationError", addresses, new() { Id = "2001:db8::1" }),
            ("ValidationError", tunnel, new() { Id = "10.0.0.9", Port = 80 }),
            ("ValidationError", addresses, new() { Id = "10.0.0.9", QuicServerId = "0x0123456789abcdef" }),
        ];
        foreach ((string code, string group, AwsElbv2.TargetDescription target) in cases)
        {
            Assert.Equal(code == "InvalidTarget" || target.AvailabilityZone is null || group != instances ? code : "InvalidTarget", lab.ElbRefused(
                (elb, c) => elb.RegisterTargets(c, new() { TargetGroupArn = group, Targets = [target] })));
        }

        Assert.NotEqual(vpc, elsewhere);
        lab.Register(addresses, "10.0.1.9");
        lab.Elb((elb, c) => elb.RegisterTargets(
            c, new() { TargetGroupArn = addresses, Targets = [new() { Id = "192.168.1.1", AvailabilityZone = "all" }] }));
        Assert.Equal(["us-east-1b", "all"], lab.Health(addresses).Select(h => h.Target!.AvailabilityZone));
    }

    [Fact]
    public void An_application_load_balancer_is_a_target_where_it_listens()
    {
        string web = lab.NewBalancer(subnets).LoadBalancerArn!;
        string group = lab.NewTargetGroup(vpc, "albs", "TCP", 443, "alb");
        Assert.Equal("InvalidTarget", Register());
        lab.NewListener(web, Balancing.Fixed(), port: 443);
        lab.Register(group, web);
        string other = lab.NewBalancer(subnets, "other").LoadBalancerArn!;
        lab.NewListener(other, Balancing.Fixed(), port: 443);
        Assert.Equal("TooManyTargets", lab.ElbRefused((elb, c) => elb.RegisterTargets(
            c, new() { TargetGroupArn = group, Targets = [new() { Id = other }] })));

        string Register() => lab.ElbRefused((elb, c) => elb.RegisterTargets(c, new() { TargetGroupArn = group, Targets = [new() { Id = web }] }));
    }

    [Fact]
    public void Health_says_why_a_target_is_not_used()
    {
        string arn = lab.NewTargetGroup(vpc);
        Instance near = lab.NewInstance(subnets[0]).Instance;
        Instance away = lab.NewInstance(subnets[2]).Instance;
        lab.Register(arn, near.Id.Value, away.Id.Value);
        Assert.All(lab.Health(arn), h => Assert.Equal(("unused", "Target.NotInUse"), (h.TargetHealth!.State, h.TargetHealth.Reason)));
        string web = lab.NewBalancer([subnets[0], subnets[1]]).LoadBalancerArn!;
        lab.NewListener(web, Balancing.Forward(arn));
        Assert.Equal(["healthy", "unused"], lab.Health(arn).Select(h => h.TargetHealth!.State));
        Assert.Null(lab.Health(arn)[0].TargetHealth!.Reason);
        Assert.Equal("Target is in an Availability Zone that is not enabled for the load balancer", lab.Health(arn)[1].TargetHealth!.Description);
        lab.Put(near with { State = InstanceState.Stopped });
        AwsElbv2.TargetHealth stopped = lab.Health(arn)[0].TargetHealth!;
        Assert.Equal(("unused", "Target.InvalidState", "Target is in the stopped state"), (stopped.State, stopped.Reason, stopped.Description));
    }

    [Fact]
    public void A_group_that_blocks_the_check_makes_its_targets_unhealthy_and_opening_it_makes_them_healthy()
    {
        string arn = lab.NewTargetGroup(vpc);
        Instance instance = lab.NewInstance(subnets[0]).Instance;
        lab.Register(arn, instance.Id.Value);
        string door = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "lb", Description = "d", VpcId = vpc })).GroupId!;
        string web = lab.NewBalancer(subnets, groups: [door]).LoadBalancerArn!;
        lab.NewListener(web, Balancing.Forward(arn));
        AwsElbv2.TargetHealth blocked = lab.Health(arn).Single().TargetHealth!;
        Assert.Equal(("unhealthy", "Target.Timeout", "Request timed out"), (blocked.State, blocked.Reason, blocked.Description));
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = lab.DefaultGroup(vpc).Id.Value,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, UserIdGroupPairs = [new() { GroupId = door }] }],
        }));
        Assert.Equal("healthy", lab.Health(arn).Single().TargetHealth!.State);
    }

    private string? Attribute(string group, string key) =>
        lab.Elb((elb, c) => elb.DescribeTargetGroupAttributes(c, new() { TargetGroupArn = group })).Attributes!.FirstOrDefault(a => a.Key == key)?.Value;

    private string? LbAttribute(string arn, string key) =>
        lab.Elb((elb, c) => elb.DescribeLoadBalancerAttributes(c, new() { LoadBalancerArn = arn })).Attributes!.FirstOrDefault(a => a.Key == key)?.Value;

    private void Set(string group, params (string Key, string Value)[] pairs) =>
        lab.Elb((elb, c) => elb.ModifyTargetGroupAttributes(c, Change(group, pairs)));

    private static AwsElbv2.ModifyTargetGroupAttributesInput Change(string group, params (string Key, string Value)[] pairs) => new()
    {
        TargetGroupArn = group,
        Attributes = [.. pairs.Select(p => new AwsElbv2.TargetGroupAttribute { Key = p.Key, Value = p.Value })],
    };

    private void Deregister(string group, string id) =>
        lab.Elb((elb, c) => elb.DeregisterTargets(c, new() { TargetGroupArn = group, Targets = [new() { Id = id }] }));

    private void Delay(string group, int seconds) => lab.Elb((elb, c) => elb.ModifyTargetGroupAttributes(c, new()
    {
        TargetGroupArn = group,
        Attributes = [new() { Key = TargetGroupAttributes.DeregistrationDelay, Value = $"{seconds}" }],
    }));

    private AwsElbv2.TargetHealth StateOf(string group, string id) => lab.Elb((elb, c) => elb.DescribeTargetHealth(
        c, new() { TargetGroupArn = group, Targets = [new() { Id = id }] })).TargetHealthDescriptions!.Single().TargetHealth!;
}
