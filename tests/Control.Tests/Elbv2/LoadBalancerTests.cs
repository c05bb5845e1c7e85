using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Load balancers and their nodes.</summary>
public sealed class LoadBalancerTests
{
    private readonly Lab lab = new();

    [Fact]
    public void An_internet_facing_one_has_a_managed_interface_with_a_public_address_in_each_zone()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer made = lab.NewBalancer(subnets);
        Assert.Equal("provisioning", made.State!.Code);
        Assert.Equal("internet-facing", made.Scheme);
        Assert.Equal("application", made.Type);
        Assert.Equal("ipv4", made.IpAddressType);
        Assert.Equal("Z35SXDOTRQ7X7K", made.CanonicalHostedZoneId);
        Assert.Matches(@"^arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/web/[0-9a-f]{16}$", made.LoadBalancerArn);
        Assert.Matches(@"^web-\d+\.us-east-1\.elb\.amazonaws\.com$", made.DNSName);
        Assert.Equal(lab.DefaultGroup(vpc).Id.Value, Assert.Single(made.SecurityGroups!));
        Assert.Equal(["us-east-1a", "us-east-1b", "us-east-1c"], made.AvailabilityZones!.Select(z => z.ZoneName));
        Assert.All(lab.NodesOf(made), eni =>
        {
            Assert.Equal($"ELB {lab.Row(made).Key}", eni.Description);
            Assert.True(eni.RequesterManaged);
            Assert.Equal("amazon-elb", eni.RequesterId);
            Assert.Equal("interface", eni.InterfaceType);
            Assert.NotNull(eni.PrivateAddresses[0].AutoPublicIp);
            Assert.Equal("amazon-elb", eni.Attachment!.InstanceOwner);
        });
        Assert.Equal("active", lab.Elb((elb, c) => elb.DescribeLoadBalancers(c, new() { Names = ["web"] })).LoadBalancers!.Single().State!.Code);
    }

    [Fact]
    public void Deleting_one_takes_its_interfaces_listeners_and_rules_and_frees_the_vpc()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer made = lab.NewBalancer(subnets);
        string group = lab.NewTargetGroup(vpc);
        AwsElbv2.Listener listener = lab.NewListener(made.LoadBalancerArn!, Balancing.Forward(group));
        lab.NewRule(listener.ListenerArn!, group);
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnets[0] })));
        string eni = lab.NodesOf(made)[0].Id.Value;
        Assert.NotEqual("", lab.Refused((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni })));
        lab.Elb((elb, c) => elb.DeleteLoadBalancer(c, new() { LoadBalancerArn = made.LoadBalancerArn }));
        lab.Elb((elb, c) => elb.DeleteLoadBalancer(c, new() { LoadBalancerArn = made.LoadBalancerArn }));
        Assert.Empty(lab.Here.By<NetworkInterface>(subnets[0]));
        Assert.Empty(lab.Here.All<Listener>());
        Assert.Empty(lab.Here.All<ListenerRule>());
        lab.Elb((elb, c) => elb.DeleteTargetGroup(c, new() { TargetGroupArn = group }));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnets[0] }));
    }

    [Fact]
    public void A_network_one_takes_elastic_ips_and_gives_them_back()
    {
        (_, string[] subnets) = lab.NewThreeZones();
        string[] addresses = [lab.NewEip(), lab.NewEip()];
        AwsElbv2.LoadBalancer made = lab.Elb((elb, c) => elb.CreateLoadBalancer(c, new()
        {
            Name = "edge",
            Type = "network",
            SubnetMappings = [.. addresses.Select((a, i) => new AwsElbv2.SubnetMapping { SubnetId = subnets[i], AllocationId = a })],
        })).LoadBalancers!.Single();
        Assert.Matches(@"^edge-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$", made.DNSName);
        Assert.Equal("Z26RNL4JYFTOTI", made.CanonicalHostedZoneId);
        AwsElbv2.LoadBalancerAddress shown = made.AvailabilityZones![0].LoadBalancerAddresses!.Single();
        Assert.Equal(addresses[0], shown.AllocationId);
        Assert.Equal(lab.DescribedEip(addresses[0]).PublicIp, shown.IpAddress);
        Assert.All(lab.NodesOf(made), eni =>
        {
            Assert.Equal("network_load_balancer", eni.InterfaceType);
            Assert.Null(eni.PrivateAddresses[0].AutoPublicIp);
        });
        Assert.Equal("ResourceInUse", lab.ElbRefused((elb, c) => elb.CreateLoadBalancer(c, new()
        {
            Name = "other",
            Type = "network",
            SubnetMappings = [new() { SubnetId = subnets[2], AllocationId = addresses[0] }],
        })));
        lab.Elb((elb, c) => elb.DeleteLoadBalancer(c, new() { LoadBalancerArn = made.LoadBalancerArn }));
        Assert.Null(lab.DescribedEip(addresses[0]).AssociationId);
    }

    [Fact]
    public void An_internal_network_one_takes_named_private_addresses()
    {
        (_, string[] subnets) = lab.NewThreeZones(gateway: false);
        AwsElbv2.LoadBalancer made = lab.Elb((elb, c) => elb.CreateLoadBalancer(c, new()
        {
            Name = "inner",
            Type = "network",
            Scheme = "internal",
            SubnetMappings = [new() { SubnetId = subnets[0], PrivateIPv4Address = "10.0.0.99" }],
        })).LoadBalancers!.Single();
        Assert.Equal("10.0.0.99", made.AvailabilityZones!.Single().LoadBalancerAddresses!.Single().PrivateIPv4Address);
        Assert.Equal("10.0.0.99", lab.NodesOf(made).Single().PrimaryIp.ToString());
        foreach (string bad in (string[])["10.0.0.99", "10.0.0.1", "10.0.9.9"])
        {
            Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.CreateLoadBalancer(c, new()
            {
                Name = "next",
                Type = "network",
                Scheme = "internal",
                SubnetMappings = [new() { SubnetId = subnets[0], PrivateIPv4Address = bad }],
            })));
        }
    }

    [Fact]
    public void A_listener_of_datagrams_keeps_dualstack_away_by_either_operation()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones(ipv6: true);
        string network = lab.NewBalancer(subnets, type: "network").LoadBalancerArn!;
        lab.NewListener(network, Balancing.Forward(lab.NewTargetGroup(vpc, protocol: "UDP")), "UDP");
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.SetIpAddressType(
            c, new() { LoadBalancerArn = network, IpAddressType = "dualstack" })));
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.SetSubnets(
            c, new() { LoadBalancerArn = network, Subnets = subnets, IpAddressType = "dualstack" })));
        AwsElbv2.SetSubnetsOutput set = lab.Elb((elb, c) => elb.SetSubnets(
            c, new() { LoadBalancerArn = network, Subnets = subnets, IpAddressType = "dualstack", EnablePrefixForIpv6SourceNat = "on" }));
        Assert.Equal("dualstack", set.IpAddressType);
    }

    [Fact]
    public void Dualstack_nodes_have_an_ipv6_address_and_lose_it_again()
    {
        (_, string[] subnets) = lab.NewThreeZones(ipv6: true);
        AwsElbv2.LoadBalancer made = lab.NewBalancer(subnets);
        Assert.All(lab.NodesOf(made), eni => Assert.Empty(eni.Ipv6Addresses));
        lab.Elb((elb, c) => elb.SetIpAddressType(c, new() { LoadBalancerArn = made.LoadBalancerArn, IpAddressType = "dualstack" }));
        Assert.All(lab.NodesOf(made), eni => Assert.Single(eni.Ipv6Addresses));
        lab.Elb((elb, c) => elb.SetIpAddressType(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, IpAddressType = "dualstack-without-public-ipv4" }));
        Assert.All(lab.NodesOf(made), eni => Assert.Null(eni.PrivateAddresses[0].AutoPublicIp));
        lab.Elb((elb, c) => elb.SetIpAddressType(c, new() { LoadBalancerArn = made.LoadBalancerArn, IpAddressType = "ipv4" }));
        Assert.All(lab.NodesOf(made), eni => Assert.NotNull(eni.PrivateAddresses[0].AutoPublicIp));
    }

    [Fact]
    public void The_same_request_again_is_the_same_one_and_another_is_refused()
    {
        (_, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer made = lab.NewBalancer(subnets);
        Assert.Equal(made.LoadBalancerArn, lab.NewBalancer(subnets).LoadBalancerArn);
        Assert.Single(lab.Here.All<LoadBalancer>());
        Assert.Equal("DuplicateLoadBalancerName", lab.ElbRefused((elb, c) => elb.CreateLoadBalancer(
            c, new() { Name = "web", Subnets = subnets, Scheme = "internal" })));
    }

    [Fact]
    public void Other_subnets_keep_the_nodes_that_stay()
    {
        (_, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer made = lab.NewBalancer([subnets[0], subnets[1]]);
        Id<NetworkInterface> first = lab.NodesOf(made)[0].Id;
        Id<NetworkInterface> second = lab.NodesOf(made)[1].Id;
        AwsElbv2.SetSubnetsOutput set = lab.Elb((elb, c) => elb.SetSubnets(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, Subnets = [subnets[0], subnets[2]] }));
        Assert.Equal(["us-east-1a", "us-east-1c"], set.AvailabilityZones!.Select(z => z.ZoneName));
        Assert.Equal(first, lab.NodesOf(made)[0].Id);
        Assert.Null(lab.Here.Find(second));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.SetSubnets(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, Subnets = [subnets[0]] })));
    }

    [Fact]
    public void Groups_are_those_of_the_nodes()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer made = lab.NewBalancer(subnets);
        string group = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "lb", Description = "d", VpcId = vpc })).GroupId!;
        lab.Elb((elb, c) => elb.SetSecurityGroups(c, new() { LoadBalancerArn = made.LoadBalancerArn, SecurityGroups = [group] }));
        Assert.All(lab.NodesOf(made), eni => Assert.Equal(group, Assert.Single(eni.Groups).Value));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = group })));
        Assert.Equal("InvalidSecurityGroup", lab.ElbRefused((elb, c) => elb.SetSecurityGroups(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, SecurityGroups = ["sg-00000000000000000"] })));
        string other = lab.DefaultGroup(lab.NewVpc("10.9.0.0/16").VpcId!).Id.Value;
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.SetSecurityGroups(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, SecurityGroups = [other] })));

        // A group of another VPC serves where it is associated with this one.
        string home = lab.NewVpc("10.77.0.0/16").VpcId!;
        string shared = lab.Run((ec2, c) => ec2.CreateSecurityGroup(
            c, new() { GroupName = "shared", Description = "d", VpcId = home })).GroupId!;
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.SetSecurityGroups(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, SecurityGroups = [shared] })));
        lab.Run((ec2, c) => ec2.AssociateSecurityGroupVpc(c, new() { GroupId = shared, VpcId = vpc }));
        Assert.Equal([shared], lab.Elb((elb, c) => elb.SetSecurityGroups(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, SecurityGroups = [shared] })).SecurityGroupIds!);
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.SetSecurityGroups(
            c, new() { LoadBalancerArn = made.LoadBalancerArn, SecurityGroups = [] })));
    }

    [Fact]
    public void Capacity_is_spread_over_the_zones_and_lowered_twice_a_day()
    {
        (_, string[] subnets) = lab.NewThreeZones();
        string arn = lab.NewBalancer(subnets).LoadBalancerArn!;
        void Reserve(int units) => lab.Elb((elb, c) => elb.ModifyCapacityReservation(
            c, new() { LoadBalancerArn = arn, MinimumLoadBalancerCapacity = new() { CapacityUnits = units } }));
        Reserve(300);
        Reserve(200);
        Reserve(100);
        Assert.Equal("CapacityDecreaseRequestLimitExceeded", lab.ElbRefused((elb, c) => elb.ModifyCapacityReservation(
            c, new() { LoadBalancerArn = arn, ResetCapacityReservation = true })));
        AwsElbv2.DescribeCapacityReservationOutput seen = lab.Elb((elb, c) => elb.DescribeCapacityReservation(c, new() { LoadBalancerArn = arn }));
        Assert.Equal(0, seen.DecreaseRequestsRemaining);
        Assert.Equal(3, seen.CapacityReservationState!.Count);
        lab.Now = lab.Now.AddDays(1);
        lab.Elb((elb, c) => elb.ModifyCapacityReservation(c, new() { LoadBalancerArn = arn, ResetCapacityReservation = true }));
        Assert.Null(lab.Elb((elb, c) => elb.DescribeCapacityReservation(c, new() { LoadBalancerArn = arn })).MinimumLoadBalancerCapacity);
    }

    [Fact]
    public void What_cannot_be_is_refused_in_the_words_of_aws()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        string twin = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = vpc, CidrBlock = "10.0.10.0/24", AvailabilityZone = "us-east-1a" })).Subnet!.SubnetId!;
        (_, string[] closed) = lab.NewThreeZones("10.7.0.0/16", gateway: false);
        string group = lab.DefaultGroup(vpc).Id.Value;
        AwsElbv2.SubnetMapping unknown = new() { SubnetId = subnets[0], AllocationId = "eipalloc-00000000000000000" };
        (string Code, AwsElbv2.CreateLoadBalancerInput Input)[] cases =
        [
            ("ValidationError", new() { Name = "", Subnets = subnets }),
            ("ValidationError", new() { Name = new string('a', 33), Subnets = subnets }),
            ("ValidationError", new() { Name = "-web", Subnets = subnets }),
            ("ValidationError", new() { Name = "we_b", Subnets = subnets }),
            ("ValidationError", new() { Name = "internal-web", Subnets = subnets }),
            ("ValidationError", new() { Name = "web" }),
            ("ValidationError", new() { Name = "web", Subnets = subnets, SubnetMappings = [new() { SubnetId = subnets[0] }] }),
            ("SubnetNotFound", new() { Name = "web", Subnets = ["subnet-00000000000000000", subnets[0]] }),
            ("InvalidConfigurationRequest", new() { Name = "web", Subnets = [subnets[0], twin] }),
            ("InvalidConfigurationRequest", new() { Name = "web", Subnets = [subnets[0], closed[1]] }),
            ("InvalidSubnet", new() { Name = "web", Subnets = closed }),
            ("InvalidSubnet", new() { Name = "web", Subnets = subnets, IpAddressType = "dualstack" }),
            ("InvalidScheme", new() { Name = "web", Type = "gateway", Subnets = subnets, Scheme = "internal" }),
            ("InvalidConfigurationRequest", new() { Name = "web", Type = "gateway", Subnets = subnets, SecurityGroups = [group] }),
            ("AllocationIdNotFound", new() { Name = "web", Type = "network", SubnetMappings = [unknown] }),
            ("InvalidConfigurationRequest", new() { Name = "web", SubnetMappings = [unknown, new() { SubnetId = subnets[1] }] }),
            ("UnsupportedOperation", new() { Name = "web", Subnets = subnets, CustomerOwnedIpv4Pool = "ipv4pool-coip-1" }),
            ("UnsupportedOperation", new() { Name = "web", Subnets = subnets, IpamPools = new() { Ipv4IpamPoolId = "ipam-pool-1" } }),
            ("DuplicateTagKeys", new() { Name = "web", Subnets = subnets, Tags = [new() { Key = "a" }, new() { Key = "a" }] }),
            ("TooManyTags", new() { Name = "web", Subnets = subnets, Tags = [.. Enumerable.Range(0, 51).Select(i => new AwsElbv2.Tag { Key = $"k{i}" })] }),
        ];
        foreach ((string code, AwsElbv2.CreateLoadBalancerInput input) in cases)
        {
            Assert.Equal(code, lab.ElbRefused((elb, c) => elb.CreateLoadBalancer(c, input)));
        }

        Assert.Empty(lab.Here.All<LoadBalancer>());
    }

    [Fact]
    public void Unknown_ones_and_pages()
    {
        (_, string[] subnets) = lab.NewThreeZones();
        for (int i = 0; i < 5; i++)
        {
            lab.NewBalancer([subnets[0]], $"n{i}", "network");
        }

        string? marker = null;
        List<string> seen = [];
        do
        {
            AwsElbv2.DescribeLoadBalancersOutput page = lab.Elb((elb, c) => elb.DescribeLoadBalancers(c, new() { PageSize = 2, Marker = marker }));
            seen.AddRange(page.LoadBalancers!.Select(b => b.LoadBalancerName!));
            marker = page.NextMarker;
        }
        while (marker is not null);

        Assert.Equal(["n0", "n1", "n2", "n3", "n4"], seen);
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.DescribeLoadBalancers(c, new() { PageSize = 401 })));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.DescribeLoadBalancers(c, new() { Marker = "what" })));
        Assert.Equal("LoadBalancerNotFound", lab.ElbRefused((elb, c) => elb.DescribeLoadBalancers(c, new() { Names = ["gone"] })));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.DescribeLoadBalancers(
            c, new() { LoadBalancerArns = ["arn:aws:ec2:us-east-1:000000000000:vpc/x"] })));
        Assert.Equal("LoadBalancerNotFound", lab.ElbRefused((elb, c) => elb.DescribeLoadBalancers(
            c, new() { LoadBalancerArns = ["arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer/net/n0/0123456789abcdef"] })));
    }

    [Fact]
    public void Quotas_hold_where_they_are_on()
    {
        lab.Quotas = Quotas.AwsDefaults;
        (_, string[] subnets) = lab.NewThreeZones();
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("network-load-balancers", 1));
        lab.NewBalancer([subnets[0]], "one", "network");
        Assert.Equal("TooManyLoadBalancers", lab.ElbRefused((elb, c) => elb.CreateLoadBalancer(
            c, new() { Name = "two", Type = "network", Subnets = [subnets[0]] })));
    }
}
