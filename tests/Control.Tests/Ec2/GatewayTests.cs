using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class GatewayTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_gateway_begins_detached()
    {
        Aws.InternetGateway gateway = lab.Run((ec2, c) => ec2.CreateInternetGateway(c, new()
        {
            TagSpecifications = [new() { ResourceType = "internet-gateway", Tags = [new() { Key = "Name", Value = "out" }] }],
        })).InternetGateway!;
        Assert.Empty(gateway.Attachments!);
        Assert.Equal("out", Assert.Single(gateway.Tags!).Value);
    }

    [Fact]
    public void Rule035_one_gateway_per_vpc_and_one_vpc_per_gateway()
    {
        string vpc = lab.NewVpc().VpcId!;
        string other = lab.NewVpc("10.1.0.0/16").VpcId!;
        string gateway = NewGateway();
        Attach(gateway, vpc);
        Fault again = lab.FaultOf((ec2, c) => ec2.AttachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = other }));
        Assert.Equal("Resource.AlreadyAssociated", again.Code);
        Assert.Equal($"resource {gateway} is already attached to network {vpc}", again.Message);
        string second = NewGateway();
        Fault full = lab.FaultOf((ec2, c) => ec2.AttachInternetGateway(c, new() { InternetGatewayId = second, VpcId = vpc }));
        Assert.Equal("InvalidParameterValue", full.Code);
        Assert.Equal($"Network {vpc} already has an internet gateway attached", full.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rule035_detaching_waits_for_mapped_public_addresses(bool elastic)
    {
        string vpc = lab.NewVpc().VpcId!;
        string gateway = NewGateway();
        Attach(gateway, vpc);
        string subnet = lab.NewSubnet(vpc, "10.0.0.0/24").SubnetId!;
        NetworkInterface eni = lab.NewInterface(subnet, "10.0.0.4", publicIp: elastic ? null : "3.1.2.3");
        if (elastic)
        {
            lab.Put(new ElasticIp
            {
                Id = new("eipalloc-00000000000000001"),
                PublicIp = IpAddress.Parse("3.1.2.4"),
                NetworkBorderGroup = "us-east-1",
                Association = new ElasticIpAssociation("eipassoc-1", eni.Id, IpAddress.Parse("10.0.0.4")),
            });
        }

        Fault fault = lab.FaultOf((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
        Assert.Equal("DependencyViolation", fault.Code);
        Assert.Equal(
            $"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
            fault.Message);
        CommandContext context = lab.Context();
        context.Remove(eni.Id);
        context.Remove(new Id<ElasticIp>("eipalloc-00000000000000001"));
        lab.Commit(context);
        Detach(gateway, vpc);
        Assert.Null(lab.Here.Get(new Id<InternetGateway>(gateway)).VpcId);
    }

    [Fact]
    public void A_gateway_goes_only_when_detached_and_leaves_blackholes()
    {
        string vpc = lab.NewVpc().VpcId!;
        string gateway = NewGateway();
        Attach(gateway, vpc);
        RouteTable main = lab.MainTable(vpc);
        Route route = new(Prefix.AnyV4, null, new RouteTarget(RouteTargetKind.InternetGateway, gateway), RouteOrigin.CreateRoute);
        lab.Put(main with { Routes = main.Routes.Add(route) });
        Assert.True(RouteStates.IsActive(lab.Here, lab.MainTable(vpc), route));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteInternetGateway(c, new() { InternetGatewayId = gateway })));
        Detach(gateway, vpc);
        lab.Run((ec2, c) => ec2.DeleteInternetGateway(c, new() { InternetGatewayId = gateway }));
        Assert.Contains(route, lab.MainTable(vpc).Routes);
        Assert.False(RouteStates.IsActive(lab.Here, lab.MainTable(vpc), route));
        Assert.Equal(
            "InvalidInternetGatewayID.NotFound", lab.Refused((ec2, c) => ec2.DeleteInternetGateway(c, new() { InternetGatewayId = gateway })));
    }

    [Fact]
    public void Detaching_unbinds_a_table_bound_to_the_gateway()
    {
        string vpc = lab.NewVpc().VpcId!;
        string gateway = NewGateway();
        Attach(gateway, vpc);
        RouteTable edge = lab.Put(new RouteTable
        {
            Id = new("rtb-00000000000000001"),
            VpcId = new(vpc),
            Associations = [new RouteTableAssociation("rtbassoc-1", null, gateway, Main: false)],
        });
        Detach(gateway, vpc);
        Assert.Empty(lab.Here.Get(edge.Id).Associations);
    }

    [Fact]
    public void A_gateway_that_is_not_there_is_not_detached()
    {
        string vpc = lab.NewVpc().VpcId!;
        string gateway = NewGateway();
        Fault fault = lab.FaultOf((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
        Assert.Equal("Gateway.NotAttached", fault.Code);
        Assert.Equal($"resource {gateway} is not attached to network {vpc}", fault.Message);
    }

    [Fact]
    public void Quotas_of_gateways_hold()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 1; i < 5; i++)
        {
            NewGateway();
        }

        Assert.Equal("InternetGatewayLimitExceeded", lab.Refused((ec2, c) => ec2.CreateInternetGateway(c, new())));
    }

    [Fact]
    public void Filters_find_gateways()
    {
        string vpc = lab.NewVpc().VpcId!;
        string gateway = NewGateway();
        string detached = NewGateway();
        Attach(gateway, vpc);
        Assert.Equal([gateway], Found("attachment.vpc-id", vpc));
        Assert.Equal([detached], Found("internet-gateway-id", detached));
        Assert.Equal(2, Found("attachment.state", "available").Count);
        Assert.Equal(3, Found("owner-id", "000000000000").Count);
        Aws.InternetGatewayAttachment attachment = lab.Run((ec2, c) => ec2.DescribeInternetGateways(c, new() { InternetGatewayIds = [gateway] }))
            .InternetGateways!.Single().Attachments!.Single();
        Assert.Equal((vpc, "available"), (attachment.VpcId, attachment.State));
    }

    [Fact]
    public void An_egress_only_gateway_lives_and_dies_with_one_vpc()
    {
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        Aws.CreateEgressOnlyInternetGatewayResult made = lab.Run((ec2, c) => ec2.CreateEgressOnlyInternetGateway(c, new()
        {
            VpcId = vpc,
            ClientToken = "once",
            TagSpecifications = [new() { ResourceType = "egress-only-internet-gateway", Tags = [new() { Key = "Name", Value = "six" }] }],
        }));
        Assert.Equal("once", made.ClientToken);
        string id = made.EgressOnlyInternetGateway!.EgressOnlyInternetGatewayId!;
        Assert.StartsWith("eigw-", id, StringComparison.Ordinal);
        Assert.Equal("attached", Assert.Single(made.EgressOnlyInternetGateway.Attachments!).State);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateEgressOnlyInternetGateway(c, new() { VpcId = vpc })));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
        Aws.DescribeEgressOnlyInternetGatewaysResult found = lab.Run((ec2, c) => ec2.DescribeEgressOnlyInternetGateways(
            c, new() { Filters = [Networks.Filter("tag:Name", "six")], MaxResults = 255 }));
        Assert.Equal(id, Assert.Single(found.EgressOnlyInternetGateways!).EgressOnlyInternetGatewayId);
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.DescribeEgressOnlyInternetGateways(c, new() { MaxResults = 256 })));
        Assert.True(lab.Run((ec2, c) => ec2.DeleteEgressOnlyInternetGateway(c, new() { EgressOnlyInternetGatewayId = id })).ReturnCode);
        Assert.Equal(
            "InvalidEgressOnlyInternetGatewayId.NotFound",
            lab.Refused((ec2, c) => ec2.DeleteEgressOnlyInternetGateway(c, new() { EgressOnlyInternetGatewayId = id })));
    }

    [Fact]
    public void The_quota_of_egress_only_gateways_holds()
    {
        lab.Quotas = new Quotas(
            System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("egress-only-internet-gateways-per-region", 0));
        string vpc = lab.NewVpc().VpcId!;
        Assert.Equal(
            "EgressOnlyInternetGatewayLimitExceeded", lab.Refused((ec2, c) => ec2.CreateEgressOnlyInternetGateway(c, new() { VpcId = vpc })));
    }

    private string NewGateway() => lab.Run((ec2, c) => ec2.CreateInternetGateway(c, new())).InternetGateway!.InternetGatewayId!;

    private void Attach(string gateway, string vpc) =>
        lab.Run((ec2, c) => ec2.AttachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));

    private void Detach(string gateway, string vpc) =>
        lab.Run((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));

    private List<string> Found(string name, string value) =>
    [
        .. lab.Run((ec2, c) => ec2.DescribeInternetGateways(c, new() { Filters = [Networks.Filter(name, value)] }))
            .InternetGateways!.Select(g => g.InternetGatewayId!),
    ];
}
