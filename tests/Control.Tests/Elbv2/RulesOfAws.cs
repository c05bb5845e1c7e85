using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Section H of the rules that implementations get wrong, as far as the API alone shows them.</summary>
public sealed class RulesOfAws
{
    private readonly Lab lab = new();

    [Fact]
    public void Rule082_a_network_load_balancer_has_groups_only_if_it_was_made_with_one()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        string group = lab.DefaultGroup(vpc).Id.Value;
        string without = lab.NewBalancer(subnets, "without", "network").LoadBalancerArn!;
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.SetSecurityGroups(
            c, new() { LoadBalancerArn = without, SecurityGroups = [group] })));
        AwsElbv2.LoadBalancer with = lab.NewBalancer(subnets, "with", "network", groups: [group]);
        string other = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "o", Description = "d", VpcId = vpc })).GroupId!;
        lab.Elb((elb, c) => elb.SetSecurityGroups(c, new() { LoadBalancerArn = with.LoadBalancerArn, SecurityGroups = [other] }));
        Assert.All(lab.NodesOf(with), eni => Assert.Equal(other, eni.Groups.Single().Value));
    }

    [Fact]
    public void Rule083_inbound_rules_hold_for_private_link_unless_turned_off()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        string group = lab.DefaultGroup(vpc).Id.Value;
        AwsElbv2.LoadBalancer made = lab.NewBalancer(subnets, "edge", "network", groups: [group]);
        Assert.Equal("on", made.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic);
        AwsElbv2.SetSecurityGroupsOutput set = lab.Elb((elb, c) => elb.SetSecurityGroups(c, new()
        {
            LoadBalancerArn = made.LoadBalancerArn,
            SecurityGroups = [group],
            EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic = "off",
        }));
        Assert.Equal("off", set.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic);
        Assert.False(lab.Row(made).EnforcePrivateLinkInbound);
        AwsElbv2.LoadBalancer application = lab.NewBalancer(subnets);
        Assert.Null(application.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic);
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.SetSecurityGroups(c, new()
        {
            LoadBalancerArn = application.LoadBalancerArn,
            SecurityGroups = [group],
            EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic = "off",
        })));
    }

    [Theory]
    [InlineData("TCP", "instance", "true")]
    [InlineData("TLS", "instance", "true")]
    [InlineData("UDP", "instance", "true")]
    [InlineData("TCP", "ip", "false")]
    [InlineData("TLS", "ip", "false")]
    [InlineData("UDP", "ip", "true")]
    [InlineData("TCP_UDP", "ip", "true")]
    public void Rule084_the_client_address_is_kept_by_type_and_protocol(string protocol, string type, string kept)
    {
        string vpc = lab.NewVpc().VpcId!;
        string group = lab.NewTargetGroup(vpc, protocol: protocol, targetType: type);
        Assert.Equal(kept, Attribute(group, TargetGroupAttributes.PreserveClientIp));
        AwsElbv2.ModifyTargetGroupAttributesInput off = new()
        {
            TargetGroupArn = group,
            Attributes = [new() { Key = TargetGroupAttributes.PreserveClientIp, Value = "false" }],
        };
        if (protocol.Contains("UDP", StringComparison.Ordinal))
        {
            Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyTargetGroupAttributes(c, off)));
        }
        else
        {
            lab.Elb((elb, c) => elb.ModifyTargetGroupAttributes(c, off));
            Assert.Equal("false", Attribute(group, TargetGroupAttributes.PreserveClientIp));
        }
    }

    [Fact]
    public void Rule085_proxy_protocol_is_off_and_can_be_turned_on()
    {
        string group = lab.NewTargetGroup(lab.NewVpc().VpcId!, protocol: "TCP", targetType: "ip");
        Assert.Equal("false", Attribute(group, TargetGroupAttributes.ProxyProtocol));
        lab.Elb((elb, c) => elb.ModifyTargetGroupAttributes(
            c, new() { TargetGroupArn = group, Attributes = [new() { Key = TargetGroupAttributes.ProxyProtocol, Value = "true" }] }));
        Assert.Equal("true", Attribute(group, TargetGroupAttributes.ProxyProtocol));
    }

    [Fact]
    public void Rule086_cross_zone_is_always_on_for_application_and_off_at_first_for_the_others()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer web = lab.NewBalancer(subnets);
        AwsElbv2.LoadBalancer edge = lab.NewBalancer(subnets, "edge", "network");
        AwsElbv2.LoadBalancer fw = lab.NewBalancer(subnets, "fw", "gateway");
        Assert.Equal((true, false, false), (lab.Row(web).CrossZone, lab.Row(edge).CrossZone, lab.Row(fw).CrossZone));
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyLoadBalancerAttributes(c, CrossZone(web, "false"))));
        lab.Elb((elb, c) => elb.ModifyLoadBalancerAttributes(c, CrossZone(edge, "true")));
        Assert.True(lab.Row(edge).CrossZone);
        string group = lab.NewTargetGroup(vpc);
        Assert.Equal("use_load_balancer_configuration", Attribute(group, TargetGroupAttributes.CrossZone));
        lab.Elb((elb, c) => elb.ModifyTargetGroupAttributes(
            c, new() { TargetGroupArn = group, Attributes = [new() { Key = TargetGroupAttributes.CrossZone, Value = "false" }] }));
        Assert.Equal("false", Attribute(group, TargetGroupAttributes.CrossZone));
    }

    [Fact]
    public void Rule087_a_target_in_a_zone_that_is_not_enabled_is_not_used()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        string group = lab.NewTargetGroup(vpc);
        lab.Register(group, lab.NewInstance(subnets[2]).Instance.Id.Value);
        string web = lab.NewBalancer([subnets[0], subnets[1]]).LoadBalancerArn!;
        lab.NewListener(web, Balancing.Forward(group));
        Assert.Equal("Target.NotInUse", lab.Health(group).Single().TargetHealth!.Reason);
        lab.Elb((elb, c) => elb.SetSubnets(c, new() { LoadBalancerArn = web, Subnets = subnets }));
        Assert.Equal("healthy", lab.Health(group).Single().TargetHealth!.State);
    }

    [Fact]
    public void Rule088_an_application_load_balancer_needs_two_zones_with_room()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        Assert.Equal("ValidationError", Refused([subnets[0]], "application"));
        lab.NewBalancer([subnets[0]], "one", "network");
        string small = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = vpc, CidrBlock = "10.0.20.0/28", AvailabilityZone = "us-east-1b" })).Subnet!.SubnetId!;
        Assert.Equal("InvalidSubnet", Refused([subnets[0], small], "application"));
        string full = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = vpc, CidrBlock = "10.0.21.0/27", AvailabilityZone = "us-east-1b" })).Subnet!.SubnetId!;
        for (int i = 4; i < 24; i++)
        {
            lab.NewEni(full, $"10.0.21.{i}");
        }

        Assert.Equal("InvalidSubnet", Refused([subnets[0], full], "application"));
        Assert.Equal("InvalidSubnet", Refused([full], "network"));
        lab.Elb((elb, c) => elb.CreateLoadBalancer(c, new()
        {
            Name = "inner",
            Type = "network",
            Scheme = "internal",
            SubnetMappings = [new() { SubnetId = full, PrivateIPv4Address = "10.0.21.28" }],
        }));

        string Refused(string[] ids, string type) => lab.ElbRefused(
            (elb, c) => elb.CreateLoadBalancer(c, new() { Name = "web", Type = type, Subnets = ids }));
    }

    [Fact]
    public void Rule089_an_application_load_balancer_always_has_a_group()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer web = lab.NewBalancer(subnets);
        Assert.Equal(lab.DefaultGroup(vpc).Id, lab.Row(web).SecurityGroups.Single());
        Assert.All(lab.NodesOf(web), eni => Assert.NotEmpty(eni.Groups));
        Assert.Equal("append", lab.Row(web).AttributeOf("routing.http.xff_header_processing.mode"));
    }

    [Fact]
    public void Rule090_the_share_of_healthy_targets_below_which_all_are_used_has_the_defaults_of_aws()
    {
        string group = lab.NewTargetGroup(lab.NewVpc().VpcId!);
        Assert.Equal("1", Attribute(group, TargetGroupAttributes.MinimumHealthyCount));
        Assert.Equal("off", Attribute(group, TargetGroupAttributes.MinimumHealthyPercentage));
        Assert.Equal("1", Attribute(group, TargetGroupAttributes.DnsMinimumHealthyCount));
        Assert.Equal("off", Attribute(group, TargetGroupAttributes.DnsMinimumHealthyPercentage));
    }

    [Fact]
    public void Rule091_a_public_load_balancer_needs_an_internet_gateway_and_an_internal_one_has_private_addresses_only()
    {
        (_, string[] subnets) = lab.NewThreeZones(gateway: false);
        Fault refused = lab.ElbFault((elb, c) => elb.CreateLoadBalancer(c, new() { Name = "web", Subnets = subnets }));
        Assert.Equal("InvalidSubnet", refused.Code);
        Assert.Contains("has no internet gateway", refused.Message, StringComparison.Ordinal);
        AwsElbv2.LoadBalancer inner = lab.NewBalancer(subnets, scheme: "internal");
        Assert.StartsWith("internal-web-", inner.DNSName, StringComparison.Ordinal);
        Assert.All(lab.NodesOf(inner), eni => Assert.Null(eni.PrivateAddresses[0].AutoPublicIp));
    }

    [Fact]
    public void Rule092_a_gateway_load_balancer_speaks_geneve_on_6081()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        AwsElbv2.LoadBalancer fw = lab.NewBalancer(subnets, "fw", "gateway");
        Assert.Null(fw.DNSName);
        Assert.Null(fw.Scheme);
        Assert.All(lab.NodesOf(fw), eni => Assert.Equal("gateway_load_balancer", eni.InterfaceType));
        string group = lab.NewTargetGroup(vpc, "geneve", "GENEVE");
        Assert.Equal("source_ip_dest_ip_proto", Attribute(group, TargetGroupAttributes.StickinessType));
        lab.Elb((elb, c) => elb.CreateListener(c, new() { LoadBalancerArn = fw.LoadBalancerArn, DefaultActions = [Balancing.Forward(group)] }));
        Listener listener = Assert.Single(lab.Here.All<Listener>());
        Assert.Equal(("GENEVE", 6081, "350"), (listener.Protocol, listener.Port, listener.AttributeOf(ListenerAttributes.TcpIdleTimeout)));
        string other = lab.NewTargetGroup(vpc, "other", "GENEVE");
        Assert.Equal("DuplicateListener", lab.ElbRefused((elb, c) => elb.CreateListener(
            c, new() { LoadBalancerArn = fw.LoadBalancerArn, DefaultActions = [Balancing.Forward(other)] })));
    }

    private string? Attribute(string group, string name) =>
        lab.Here.Get(new Id<TargetGroup>(TargetGroup.KeyOfArn(group)!)).AttributeOf(name);

    private static AwsElbv2.ModifyLoadBalancerAttributesInput CrossZone(AwsElbv2.LoadBalancer balancer, string value) => new()
    {
        LoadBalancerArn = balancer.LoadBalancerArn,
        Attributes = [new() { Key = LoadBalancerAttributes.CrossZone, Value = value }],
    };
}
