using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Tests.Control.Ec2;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Tests.Control.Elb;

public sealed class LoadBalancerTests
{
    private readonly Balancers lab = new();

    [Fact]
    public void A_new_one_has_a_node_in_each_subnet_and_the_defaults_of_AWS()
    {
        string dns = lab.New();
        Assert.Matches(@"^web-\d+\.us-east-1\.elb\.amazonaws\.com$", dns);
        AwsElb.LoadBalancerDescription made = lab.Described();
        Assert.Equal((dns, dns, "Z35SXDOTRQ7X7K", "internet-facing"), (made.DNSName, made.CanonicalHostedZoneName, made.CanonicalHostedZoneNameID, made.Scheme));
        Assert.Equal((lab.Vpc, lab.Lab.Now), (made.VPCId, made.CreatedTime));
        Assert.Equal(["us-east-1a", "us-east-1b"], made.AvailabilityZones!);
        Assert.Equal(lab.Subnets[..2], made.Subnets!);
        Assert.Equal([lab.Group], made.SecurityGroups!);
        Assert.Equal(("000000000000", "web"), (made.SourceSecurityGroup!.OwnerAlias, made.SourceSecurityGroup.GroupName));
        Assert.Equal(new AwsElb.HealthCheck { Target = "TCP:8080", Interval = 30, Timeout = 5, UnhealthyThreshold = 2, HealthyThreshold = 10 }, made.HealthCheck);
        AwsElb.ListenerDescription listener = Assert.Single(made.ListenerDescriptions!);
        Assert.Equal(("HTTP", 80, "HTTP", 8080), (listener.Listener!.Protocol, listener.Listener.LoadBalancerPort, listener.Listener.InstanceProtocol, listener.Listener.InstancePort));
        Assert.Empty(listener.PolicyNames!);
        foreach (string subnet in made.Subnets!)
        {
            NetworkInterface row = Assert.Single(lab.Lab.Here.By<NetworkInterface>(subnet));
            Aws.NetworkInterface node = lab.Lab.DescribedEni(row.Key);
            Assert.Equal(("ELB web", true, "amazon-elb"), (node.Description, node.RequesterManaged, node.RequesterId));
            Assert.Equal(("amazon-elb", "in-use"), (node.Attachment!.InstanceOwnerId, node.Status));
            Assert.Equal([lab.Group], node.Groups!.Select(g => g.GroupId!));
            Assert.NotNull(node.Association!.PublicIp);
        }
    }

    [Fact]
    public void An_internal_one_has_no_public_address_and_needs_no_internet_gateway()
    {
        Balancers closed = new(gateway: false);
        Assert.Equal("InvalidSubnet", closed.Refused(closed.Ask()));
        Assert.StartsWith("internal-web-", closed.New(closed.Ask() with { Scheme = "internal" }));
        AwsElb.LoadBalancerDescription made = closed.Described();
        Assert.Equal(("internal", null), (made.Scheme, made.CanonicalHostedZoneName));
        NetworkInterface node = closed.Lab.Here.By<NetworkInterface>(closed.Subnets[0]).Single();
        Assert.Null(node.PrivateAddresses[0].AutoPublicIp);
    }

    [Fact]
    public void The_same_request_again_makes_nothing_and_another_one_is_refused()
    {
        string dns = lab.New();
        int nodes = lab.Lab.Here.Table<NetworkInterface>().Count;
        Assert.Equal(dns, lab.New());
        Assert.Equal(nodes, lab.Lab.Here.Table<NetworkInterface>().Count);
        Assert.Equal("DuplicateLoadBalancerName", lab.Refused(lab.Ask() with { Scheme = "internal" }));
        Assert.Equal("DuplicateLoadBalancerName", lab.Refused(lab.Ask("WEB", lab.Subnets[0])));
    }

    public static TheoryData<string, Func<Balancers, AwsElb.CreateAccessPointInput>> Wrong => new()
    {
        { "ValidationError", l => l.Ask("a-name-that-is-far-longer-than-it-may-be") },
        { "ValidationError", l => l.Ask("-web") },
        { "ValidationError", l => l.Ask("we_b") },
        { "ValidationError", l => l.Ask() with { Subnets = null } },
        { "ValidationError", l => l.Ask() with { AvailabilityZones = ["us-east-1a"] } },
        { "ValidationError", l => l.Ask() with { Subnets = null, SecurityGroups = null, AvailabilityZones = ["us-east-1z"] } },
        { "ValidationError", l => l.Ask() with { Listeners = [] } },
        { "InvalidScheme", l => l.Ask() with { Scheme = "outside" } },
        { "SubnetNotFound", l => l.Ask("web", "subnet-0123456789abcdef0") },
        { "InvalidSecurityGroup", l => l.Ask() with { SecurityGroups = ["sg-0123456789abcdef0"] } },
        { "UnsupportedProtocol", l => l.Ask() with { Listeners = [Balancers.Http with { Protocol = "udp" }] } },
        { "ValidationError", l => l.Ask() with { Listeners = [Balancers.Http with { InstanceProtocol = "TCP" }] } },
        { "ValidationError", l => l.Ask() with { Listeners = [Balancers.Http with { LoadBalancerPort = 0 }] } },
        { "ValidationError", l => l.Ask() with { Listeners = [Balancers.Http with { InstancePort = 65536 }] } },
        { "ValidationError", l => l.Ask() with { Listeners = [Balancers.Http with { Protocol = "HTTPS" }] } },
        { "CertificateNotFound", l => l.Ask() with { Listeners = [Balancers.Http with { Protocol = "HTTPS", SSLCertificateId = "arn:aws:iam::000000000000:server-certificate/none" }] } },
        { "InvalidConfigurationRequest", l => l.Ask() with { Listeners = [Balancers.Http with { SSLCertificateId = l.NewCertificate() }] } },
        { "InvalidConfigurationRequest", l => l.Ask() with { Listeners = [Balancers.Http, Balancers.Http with { InstancePort = 81 }] } },
        { "DuplicateTagKeys", l => l.Ask() with { Tags = [new() { Key = "a", Value = "1" }, new() { Key = "a", Value = "2" }] } },
        { "ValidationError", l => l.Ask() with { Tags = [new() { Key = "a!", Value = "1" }] } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_does_not_fit_is_refused(string code, Func<Balancers, AwsElb.CreateAccessPointInput> ask) => Assert.Equal(code, lab.Refused(ask(lab)));

    [Fact]
    public void Two_subnets_of_a_zone_and_one_that_is_too_small_are_refused()
    {
        string twin = lab.Lab.Run((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = lab.Vpc, CidrBlock = "10.0.9.0/24", AvailabilityZone = "us-east-1a" })).Subnet!.SubnetId!;
        Assert.Equal("InvalidConfigurationRequest", lab.Refused(lab.Ask("web", lab.Subnets[0], twin)));
        string small = lab.Lab.Run((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = lab.Vpc, CidrBlock = "10.0.8.0/28", AvailabilityZone = "us-east-1a" })).Subnet!.SubnetId!;
        Assert.Equal("InvalidSubnet", lab.Refused(lab.Ask("web", small)));
        string full = lab.Lab.Run((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = lab.Vpc, CidrBlock = "10.0.8.32/27", AvailabilityZone = "us-east-1a" })).Subnet!.SubnetId!;
        for (int i = 0; i < 20; i++)
        {
            lab.Lab.NewEni(full);
        }

        Assert.Equal("InvalidSubnet", lab.Refused(lab.Ask("web", full)));
    }

    [Fact]
    public void In_the_default_VPC_ELB_provides_one_group_for_all_that_name_none()
    {
        AwsElb.CreateAccessPointInput ask = new() { LoadBalancerName = "one", Listeners = [Balancers.Http], AvailabilityZones = ["us-east-1a", "us-east-1c"] };
        lab.New(ask);
        lab.New(ask with { LoadBalancerName = "two" });
        string group = lab.Described("one").SecurityGroups!.Single();
        Assert.Equal(group, lab.Described("two").SecurityGroups!.Single());
        SecurityGroup row = lab.Lab.Here.Get(new Id<SecurityGroup>(group));
        Assert.Matches("^default_elb_[0-9a-f]{8}-", row.Name);
        Assert.Equal(80, row.Rules.Single(r => !r.IsEgress).FromPort);
        Assert.Equal(["us-east-1a", "us-east-1c"], lab.Described("one").AvailabilityZones!);
        Assert.Equal("default", lab.Lab.Here.Get(new Id<SecurityGroup>(Made(lab.Ask() with { SecurityGroups = null }).SecurityGroups!.Single())).Name);

        AwsElb.LoadBalancerDescription Made(AwsElb.CreateAccessPointInput wish)
        {
            lab.New(wish);
            return lab.Described(wish.LoadBalancerName!);
        }
    }

    [Fact]
    public void Zones_are_enabled_and_disabled_in_the_default_VPC_only()
    {
        lab.New(new() { LoadBalancerName = "one", Listeners = [Balancers.Http], AvailabilityZones = ["us-east-1a"] });
        Assert.Equal(["us-east-1a", "us-east-1b"], lab.Lab.Do(c => lab.Elb.EnableAvailabilityZonesForLoadBalancer(
            c, new() { LoadBalancerName = "one", AvailabilityZones = ["us-east-1b", "us-east-1a"] })).AvailabilityZones!);
        Assert.Equal(["us-east-1b"], lab.Lab.Do(c => lab.Elb.DisableAvailabilityZonesForLoadBalancer(
            c, new() { LoadBalancerName = "one", AvailabilityZones = ["us-east-1a"] })).AvailabilityZones!);
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.DisableAvailabilityZonesForLoadBalancer(
            c, new() { LoadBalancerName = "one", AvailabilityZones = ["us-east-1b"] })));
        lab.New();
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.EnableAvailabilityZonesForLoadBalancer(
            c, new() { LoadBalancerName = "web", AvailabilityZones = ["us-east-1c"] })));
    }

    [Fact]
    public void Subnets_come_with_their_nodes_and_go_with_them()
    {
        lab.New();
        Assert.Equal(lab.Subnets, lab.Lab.Do(c => lab.Elb.AttachLoadBalancerToSubnets(
            c, new() { LoadBalancerName = "web", Subnets = [lab.Subnets[2], lab.Subnets[0]] })).Subnets!);
        Assert.Single(lab.Lab.Here.By<NetworkInterface>(lab.Subnets[2]));
        Assert.Equal(lab.Subnets[1..], lab.Lab.Do(c => lab.Elb.DetachLoadBalancerFromSubnets(
            c, new() { LoadBalancerName = "web", Subnets = [lab.Subnets[0]] })).Subnets!);
        Assert.Empty(lab.Lab.Here.By<NetworkInterface>(lab.Subnets[0]));
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.DetachLoadBalancerFromSubnets(
            c, new() { LoadBalancerName = "web", Subnets = [lab.Subnets[0]] })));
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.DetachLoadBalancerFromSubnets(
            c, new() { LoadBalancerName = "web", Subnets = lab.Subnets[1..] })));
        Assert.Equal("SubnetNotFound", lab.Lab.DoRefused(c => lab.Elb.AttachLoadBalancerToSubnets(
            c, new() { LoadBalancerName = "web", Subnets = ["subnet-0123456789abcdef0"] })));
    }

    [Fact]
    public void New_groups_are_those_of_the_nodes_too_and_a_group_in_use_stays()
    {
        lab.New();
        string other = lab.Lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { VpcId = lab.Vpc, GroupName = "other", Description = "other" })).GroupId!;
        Assert.Equal([other], lab.Lab.Do(c => lab.Elb.ApplySecurityGroupsToLoadBalancer(
            c, new() { LoadBalancerName = "web", SecurityGroups = [other] })).SecurityGroups!);
        Assert.All(lab.Subnets[..2], s => Assert.Equal(other, lab.Lab.Here.By<NetworkInterface>(s).Single().Groups.Single().Value));
        Assert.Equal("DependencyViolation", lab.Lab.Refused((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = other })));
        lab.Lab.Run((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = lab.Group }));
        Assert.Equal("InvalidSecurityGroup", lab.Lab.DoRefused(c => lab.Elb.ApplySecurityGroupsToLoadBalancer(
            c, new() { LoadBalancerName = "web", SecurityGroups = [lab.Group] })));
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.ApplySecurityGroupsToLoadBalancer(
            c, new() { LoadBalancerName = "web", SecurityGroups = [] })));
    }

    [Fact]
    public void Its_nodes_are_managed_and_its_subnets_stay_until_it_goes()
    {
        lab.New();
        string node = lab.Lab.Here.By<NetworkInterface>(lab.Subnets[0]).Single().Key;
        Assert.NotEmpty(lab.Lab.Refused((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = node })));
        Assert.Equal("DependencyViolation", lab.Lab.Refused((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = lab.Subnets[0] })));
        lab.Lab.Do(c => lab.Elb.DeleteLoadBalancer(c, new() { LoadBalancerName = "web" }));
        lab.Lab.Do(c => lab.Elb.DeleteLoadBalancer(c, new() { LoadBalancerName = "web" }));
        lab.Lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = lab.Subnets[0] }));
        Assert.Equal("LoadBalancerNotFound", lab.Lab.DoRefused(c => lab.Elb.DescribeLoadBalancers(c, new() { LoadBalancerNames = ["web"] })));
        Assert.Empty(lab.Lab.Here.All<NetworkInterface>());
        Assert.Empty(lab.Lab.Do(c => lab.Elb.DescribeLoadBalancers(c, new())).LoadBalancerDescriptions!);
    }

    [Fact]
    public void Pages_follow_their_markers()
    {
        foreach (string name in new[] { "a", "b", "c" })
        {
            lab.New(lab.Ask(name));
        }

        AwsElb.DescribeAccessPointsOutput first = lab.Lab.Do(c => lab.Elb.DescribeLoadBalancers(c, new() { PageSize = 2 }));
        Assert.Equal(["a", "b"], first.LoadBalancerDescriptions!.Select(d => d.LoadBalancerName!));
        AwsElb.DescribeAccessPointsOutput second = lab.Lab.Do(c => lab.Elb.DescribeLoadBalancers(c, new() { PageSize = 2, Marker = first.NextMarker }));
        Assert.Equal(("c", null), (second.LoadBalancerDescriptions!.Single().LoadBalancerName, second.NextMarker));
        Assert.Equal("ValidationError", lab.Lab.DoRefused(c => lab.Elb.DescribeLoadBalancers(c, new() { PageSize = 401 })));
        Assert.Equal("ValidationError", lab.Lab.DoRefused(c => lab.Elb.DescribeLoadBalancers(c, new() { Marker = "nothing" })));
        Assert.Equal(
            [("classic-listeners", "100"), ("classic-load-balancers", "20"), ("classic-registered-instances", "1000")],
            lab.Lab.Do(c => lab.Elb.DescribeAccountLimits(c, new())).Limits!.Select(l => (l.Name!, l.Max!)));
    }

    [Fact]
    public void Quotas_hold_where_they_are_on()
    {
        lab.Lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty
            .Add(Quotas.ClassicLoadBalancersPerRegion.Name, 1).Add(Quotas.ListenersPerClassicLoadBalancer.Name, 1));
        lab.New();
        Assert.Equal("TooManyLoadBalancers", lab.Refused(lab.Ask("two")));
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.CreateLoadBalancerListeners(
            c, new() { LoadBalancerName = "web", Listeners = [Balancers.Http with { LoadBalancerPort = 81 }] })));
    }

    [Fact]
    public void Tags_are_added_replaced_and_removed_and_are_not_those_of_EC2()
    {
        lab.New(lab.Ask() with { Tags = [new() { Key = "team", Value = "net" }] });
        lab.Lab.Do(c => lab.Elb.AddTags(c, new() { LoadBalancerNames = ["web"], Tags = [new() { Key = "team", Value = "app" }, new() { Key = "env" }] }));
        Assert.Equal([("env", ""), ("team", "app")], Tags());
        lab.Lab.Do(c => lab.Elb.RemoveTags(c, new() { LoadBalancerNames = ["web"], Tags = [new() { Key = "env" }, new() { Key = "none" }] }));
        Assert.Equal([("team", "app")], Tags());
        Assert.Empty(lab.Lab.Run((ec2, c) => ec2.DescribeTags(c, new())).Tags!);
        Assert.Equal("ValidationError", lab.Lab.DoRefused(c => lab.Elb.AddTags(c, new() { LoadBalancerNames = ["web", "web"], Tags = [new() { Key = "x" }] })));
        Assert.Equal("TooManyTags", lab.Lab.DoRefused(c => lab.Elb.AddTags(
            c, new() { LoadBalancerNames = ["web"], Tags = [.. Enumerable.Range(0, 50).Select(i => new AwsElb.Tag { Key = $"k{i}" })] })));
        Assert.Equal("LoadBalancerNotFound", lab.Lab.DoRefused(c => lab.Elb.DescribeTags(c, new() { LoadBalancerNames = ["none"] })));

        IEnumerable<(string, string)> Tags() => lab.Lab.Do(c => lab.Elb.DescribeTags(c, new() { LoadBalancerNames = ["web"] }))
            .TagDescriptions!.Single().Tags!.Select(t => (t.Key!, t.Value!));
    }
}
