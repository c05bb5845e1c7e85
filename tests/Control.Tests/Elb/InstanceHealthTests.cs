using Trunkline.Cloud;
using Trunkline.Tests.Control.Ec2;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Tests.Control.Elb;

public sealed class InstanceHealthTests
{
    private readonly Balancers lab = new();

    public InstanceHealthTests() => lab.New();

    [Fact]
    public void Instances_are_registered_once_and_deregistered()
    {
        string one = lab.NewInstance(lab.Subnets[0]);
        string two = lab.NewInstance(lab.Subnets[1]);
        Assert.Equal([one], Register(one));
        Assert.Equal([one, two], Register(two, one));
        Assert.Equal([one, two], lab.Described().Instances!.Select(i => i.InstanceId!));
        Assert.Equal([two], Deregister(one));
        Assert.Equal([two], Deregister(one));
        Assert.Equal("InvalidInstance", lab.Lab.DoRefused(c => lab.Elb.DeregisterInstancesFromLoadBalancer(
            c, new() { LoadBalancerName = "web", Instances = [new() { InstanceId = "i-0123456789abcdef0" }] })));
        Assert.Equal("ValidationError", lab.Lab.DoRefused(c => lab.Elb.RegisterInstancesWithLoadBalancer(
            c, new() { LoadBalancerName = "web", Instances = [] })));
    }

    [Fact]
    public void With_connection_draining_an_instance_leaves_when_the_timeout_is_over()
    {
        string one = lab.NewInstance(lab.Subnets[0]);
        lab.Open(8080, 8080);
        Register(one);
        lab.Lab.Do(c => lab.Elb.ModifyLoadBalancerAttributes(c, new()
        {
            LoadBalancerName = "web",
            LoadBalancerAttributes = new() { ConnectionDraining = new() { Enabled = true, Timeout = 90 } },
        }));
        Assert.Empty(Deregister(one));
        Assert.Empty(lab.Described().Instances!);
        Assert.Equal(("InService", "N/A", "Instance deregistration currently in progress."), Health(one));
        lab.Lab.Now = lab.Lab.Now.AddSeconds(89);
        Assert.Equal("InService", Health(one).State);
        lab.Lab.Now = lab.Lab.Now.AddSeconds(1);
        Assert.Equal(("OutOfService", "Instance", "Instance is not currently registered with the LoadBalancer."), Health(one));
        Register(one);
        Deregister(one);
        Assert.Equal(one, Assert.Single(Register(one)));
        Assert.Equal(("InService", "N/A", "N/A"), Health(one));
        Deregister(one);
        lab.Lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [one] }));
        Assert.Empty(lab.Lab.Here.All<ClassicLoadBalancer>().Single().Draining);
    }

    [Fact]
    public void Only_running_instances_of_its_VPC_are_registered()
    {
        string stopped = lab.NewInstance(lab.Subnets[0]);
        lab.Lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [stopped] }));
        string elsewhere = lab.Lab.LaunchOne(Launches.Ask()).InstanceId!;
        Assert.All([stopped, elsewhere, "i-0123456789abcdef0"], id => Assert.Equal("InvalidInstance", lab.Lab.DoRefused(
            c => lab.Elb.RegisterInstancesWithLoadBalancer(c, new() { LoadBalancerName = "web", Instances = [new() { InstanceId = id }] }))));
    }

    [Fact]
    public void Health_is_what_the_checks_packets_find()
    {
        string id = lab.NewInstance(lab.Subnets[0]);
        Register(id);
        Assert.Equal(
            ("OutOfService", "Instance", "Instance has failed at least the UnhealthyThreshold number of health checks consecutively."), Health(id));
        lab.Open(8080, 8080);
        Assert.Equal(("InService", "N/A", "N/A"), Health(id));
        lab.Lab.Do(c => lab.Elb.ConfigureHealthCheck(c, new()
        {
            LoadBalancerName = "web",
            HealthCheck = new() { Target = "HTTP:9000/up", Interval = 10, Timeout = 5, HealthyThreshold = 2, UnhealthyThreshold = 2 },
        }));
        Assert.Equal("OutOfService", Health(id).State);
        lab.Open(9000, 9000);
        Assert.Equal("InService", Health(id).State);
        lab.Lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] }));
        Assert.Equal(("OutOfService", "Instance", "Instance is in stopped state."), Health(id));
    }

    [Fact]
    public void A_zone_without_a_node_has_no_service()
    {
        string id = lab.NewInstance(lab.Subnets[2]);
        lab.Open(8080, 8080);
        Register(id);
        Assert.Equal(
            ("OutOfService", "ELB", "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to."), Health(id));
        lab.Lab.Do(c => lab.Elb.AttachLoadBalancerToSubnets(c, new() { LoadBalancerName = "web", Subnets = [lab.Subnets[2]] }));
        Assert.Equal("InService", Health(id).State);
    }

    [Fact]
    public void Who_is_not_registered_is_told_so_and_who_ended_is_left_out()
    {
        string known = lab.NewInstance(lab.Subnets[0]);
        string stranger = lab.NewInstance(lab.Subnets[0]);
        Register(known);
        Assert.Equal(("OutOfService", "Instance", "Instance is not currently registered with the LoadBalancer."), Health(stranger));
        Assert.Equal("InvalidInstance", lab.Lab.DoRefused(c => lab.Elb.DescribeInstanceHealth(
            c, new() { LoadBalancerName = "web", Instances = [new() { InstanceId = "i-0123456789abcdef0" }] })));
        lab.Lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [known] }));
        Assert.Empty(lab.Described().Instances!);
        Assert.Empty(lab.Lab.Do(c => lab.Elb.DescribeInstanceHealth(
            c, new() { LoadBalancerName = "web", Instances = [new() { InstanceId = known }] })).InstanceStates!);
    }

    [Theory]
    [InlineData("TCP:22", "TCP:22")]
    [InlineData("tcp:022", "TCP:22")]
    [InlineData("https:443/a/b?c", "HTTPS:443/a/b?c")]
    [InlineData("HTTP:80", null)]
    [InlineData("TCP:80/x", null)]
    [InlineData("HTTP:0/x", null)]
    [InlineData("HTTP:65536/x", null)]
    [InlineData("UDP:53", null)]
    [InlineData("HTTP", null)]
    public void Targets_of_checks_are_read(string text, string? kept)
    {
        AwsElb.ConfigureHealthCheckInput ask = new()
        {
            LoadBalancerName = "web",
            HealthCheck = new() { Target = text, Interval = 30, Timeout = 5, HealthyThreshold = 2, UnhealthyThreshold = 2 },
        };
        if (kept is null)
        {
            Assert.Equal("ValidationError", lab.Lab.DoRefused(c => lab.Elb.ConfigureHealthCheck(c, ask)));
        }
        else
        {
            Assert.Equal(kept, lab.Lab.Do(c => lab.Elb.ConfigureHealthCheck(c, ask)).HealthCheck!.Target);
            Assert.Equal(kept, lab.Described().HealthCheck!.Target);
        }
    }

    [Theory]
    [InlineData(4, 2, 2, 2)]
    [InlineData(301, 5, 2, 2)]
    [InlineData(30, 1, 2, 2)]
    [InlineData(300, 61, 2, 2)]
    [InlineData(30, 30, 2, 2)]
    [InlineData(30, 5, 1, 2)]
    [InlineData(30, 5, 2, 11)]
    public void Times_and_thresholds_of_checks_have_limits(int interval, int timeout, int healthy, int unhealthy) =>
        Assert.Equal("ValidationError", lab.Lab.DoRefused(c => lab.Elb.ConfigureHealthCheck(c, new()
        {
            LoadBalancerName = "web",
            HealthCheck = new() { Target = "TCP:80", Interval = interval, Timeout = timeout, HealthyThreshold = healthy, UnhealthyThreshold = unhealthy },
        })));

    [Fact]
    public void Attributes_have_AWSs_defaults_and_are_changed_one_by_one()
    {
        AwsElb.LoadBalancerAttributes before = lab.Lab.Do(c => lab.Elb.DescribeLoadBalancerAttributes(c, new() { LoadBalancerName = "web" })).LoadBalancerAttributes!;
        Assert.Equal(
            (false, false, 300, 60, false),
            (before.CrossZoneLoadBalancing!.Enabled, before.ConnectionDraining!.Enabled, before.ConnectionDraining.Timeout, before.ConnectionSettings!.IdleTimeout, before.AccessLog!.Enabled));
        Assert.Equal(("elb.http.desyncmitigationmode", "defensive"), before.AdditionalAttributes!.Select(a => (a.Key!, a.Value!)).Single());
        Modify(new() { CrossZoneLoadBalancing = new() { Enabled = true } });
        Modify(new() { ConnectionDraining = new() { Enabled = true, Timeout = 20 }, ConnectionSettings = new() { IdleTimeout = 4000 } });
        Modify(new() { AdditionalAttributes = [new() { Key = "elb.http.desyncmitigationmode", Value = "strictest" }] });
        Modify(new() { AccessLog = new() { Enabled = true, S3BucketName = "logs", EmitInterval = 5 } });
        ClassicLoadBalancer row = lab.Lab.Here.All<ClassicLoadBalancer>().Single();
        Assert.Equal((true, true, 20, 4000, "strictest"), (row.CrossZone, row.ConnectionDraining, row.DrainingTimeout, row.IdleTimeout, row.DesyncMitigationMode));
        Assert.Equal(new ClassicAccessLog(true, "logs", 5), row.AccessLog);
    }

    public static TheoryData<string, AwsElb.LoadBalancerAttributes> WrongAttributes => new()
    {
        { "ValidationError", new() { ConnectionSettings = new() { IdleTimeout = 4001 } } },
        { "InvalidConfigurationRequest", new() { ConnectionDraining = new() { Enabled = true, Timeout = 3601 } } },
        { "InvalidConfigurationRequest", new() { AccessLog = new() { Enabled = true } } },
        { "InvalidConfigurationRequest", new() { AccessLog = new() { Enabled = true, S3BucketName = "b", EmitInterval = 10 } } },
        { "InvalidConfigurationRequest", new() { AdditionalAttributes = [new() { Key = "elb.http.desyncmitigationmode", Value = "loose" }] } },
        { "LoadBalancerAttributeNotFound", new() { AdditionalAttributes = [new() { Key = "elb.none", Value = "x" }] } },
    };

    [Theory]
    [MemberData(nameof(WrongAttributes))]
    public void Attributes_have_limits(string code, AwsElb.LoadBalancerAttributes wrong) => Assert.Equal(code, lab.Lab.DoRefused(
        c => lab.Elb.ModifyLoadBalancerAttributes(c, new() { LoadBalancerName = "web", LoadBalancerAttributes = wrong })));

    private void Modify(AwsElb.LoadBalancerAttributes attributes) =>
        lab.Lab.Do(c => lab.Elb.ModifyLoadBalancerAttributes(c, new() { LoadBalancerName = "web", LoadBalancerAttributes = attributes }));

    private IEnumerable<string> Register(params string[] ids) => lab.Lab.Do(c => lab.Elb.RegisterInstancesWithLoadBalancer(
        c, new() { LoadBalancerName = "web", Instances = [.. ids.Select(id => new AwsElb.Instance { InstanceId = id })] })).Instances!.Select(i => i.InstanceId!);

    private IEnumerable<string> Deregister(params string[] ids) => lab.Lab.Do(c => lab.Elb.DeregisterInstancesFromLoadBalancer(
        c, new() { LoadBalancerName = "web", Instances = [.. ids.Select(id => new AwsElb.Instance { InstanceId = id })] })).Instances!.Select(i => i.InstanceId!);

    private (string State, string Reason, string Description) Health(string id) => lab.Lab.Do(c => lab.Elb.DescribeInstanceHealth(
        c, new() { LoadBalancerName = "web", Instances = [new() { InstanceId = id }] })).InstanceStates!
        .Select(s => (s.State!, s.ReasonCode!, s.Description!)).Single();
}
