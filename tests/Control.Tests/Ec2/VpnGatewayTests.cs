using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Customer gateways and virtual private gateways.</summary>
public sealed class VpnGatewayTests
{
    private readonly Lab lab = new();
    private readonly string vpc;

    public VpnGatewayTests()
    {
        vpc = lab.NewVpc().VpcId!;
    }

    [Fact]
    public void A_customer_gateway_has_an_address_and_an_asn()
    {
        Aws.CustomerGateway made = NewCustomer(new() { IpAddress = "203.0.113.10", BgpAsn = 65010, DeviceName = "edge" });
        Assert.Equal(("available", "ipsec.1", "203.0.113.10", "65010", "edge"), (made.State, made.Type, made.IpAddress, made.BgpAsn, made.DeviceName));
        Assert.Equal("65000", NewCustomer(new() { PublicIp = "203.0.113.11" }).BgpAsn);
        Aws.CustomerGateway far = NewCustomer(new() { IpAddress = "203.0.113.12", BgpAsnExtended = 4_200_000_001 });
        Assert.Equal((null, "4200000001"), (far.BgpAsn, far.BgpAsnExtended));
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeCustomerGateways(
            c, new() { Filters = [Networks.Filter("bgp-asn", "65010"), Networks.Filter("ip-address", "203.0.113.*")] })).CustomerGateways!);
    }

    [Fact]
    public void An_identical_request_returns_the_customer_gateway_that_stands()
    {
        Aws.CreateCustomerGatewayRequest wish = new() { IpAddress = "203.0.113.10", BgpAsn = 65010 };
        string first = NewCustomer(wish).CustomerGatewayId!;
        Assert.Equal(first, NewCustomer(wish).CustomerGatewayId);
        Assert.NotEqual(first, NewCustomer(wish with { DeviceName = "second" }).CustomerGatewayId);
        lab.Run((ec2, c) => ec2.DeleteCustomerGateway(c, new() { CustomerGatewayId = first }));
        Assert.NotEqual(first, NewCustomer(wish).CustomerGatewayId);
        Assert.Equal("deleted", Customer(first).State);
        Assert.Equal("InvalidCustomerGatewayID.NotFound", lab.Refused((ec2, c) => ec2.DeleteCustomerGateway(c, new() { CustomerGatewayId = first })));
        lab.Now += TimeSpan.FromHours(1);
        Assert.Equal("InvalidCustomerGatewayID.NotFound", lab.Refused(
            (ec2, c) => ec2.DescribeCustomerGateways(c, new() { CustomerGatewayIds = [first] })));
    }

    [Theory]
    [InlineData("127.0.0.1", 65000, "InvalidParameterValue")]
    [InlineData("169.254.1.1", 65000, "InvalidParameterValue")]
    [InlineData("224.0.0.5", 65000, "InvalidParameterValue")]
    [InlineData("router", 65000, "InvalidParameterValue")]
    [InlineData("203.0.113.1", 0, "InvalidParameterValue")]
    [InlineData("203.0.113.1", 7224, "InvalidParameterValue")]
    [InlineData(null, 65000, "MissingParameter")]
    public void Customer_gateways_that_cannot_be_are_refused(string? address, int asn, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateCustomerGateway(c, new() { Type = "ipsec.1", IpAddress = address, BgpAsn = asn })));

    [Fact]
    public void Parameters_of_a_customer_gateway_exclude_each_other()
    {
        Aws.CreateCustomerGatewayRequest good = new() { Type = "ipsec.1", IpAddress = "203.0.113.1" };
        Assert.Equal("MissingParameter", Code(good with { Type = null }));
        Assert.Equal("InvalidParameterValue", Code(good with { Type = "ipsec.2" }));
        Assert.Equal("InvalidParameterCombination", Code(good with { PublicIp = "203.0.113.2" }));
        Assert.Equal("InvalidParameterCombination", Code(good with { BgpAsn = 1, BgpAsnExtended = 4_200_000_001 }));
        Assert.Equal("InvalidParameterValue", Code(good with { BgpAsnExtended = 65_000 }));
        Assert.Equal("InvalidParameterValue", Code(good with { CertificateArn = "arn:aws:acm:us-east-1:000000000000:certificate/none" }));
        Assert.Equal("InvalidParameterValue", Code(good with { DeviceName = new string('x', 256) }));

        string Code(Aws.CreateCustomerGatewayRequest request) => lab.Refused((ec2, c) => ec2.CreateCustomerGateway(c, request));
    }

    [Fact]
    public void Rule126_one_gateway_for_a_vpc_and_one_vpc_for_a_gateway()
    {
        Aws.VpnGateway made = NewGateway(65001);
        Assert.Equal(("pending", "ipsec.1", 65001L, 0), (made.State, made.Type, made.AmazonSideAsn, made.VpcAttachments!.Count));
        string first = made.VpnGatewayId!;
        Assert.Equal(("available", 64512L), (Gateway(first).State, Gateway(NewGateway().VpnGatewayId!).AmazonSideAsn));
        Assert.Equal("attaching", Attach(first, vpc).State);
        Assert.Equal((vpc, "attached"), (Gateway(first).VpcAttachments!.Single().VpcId, Gateway(first).VpcAttachments!.Single().State));
        Assert.Equal("attached", Attach(first, vpc).State);

        string second = NewGateway().VpnGatewayId!;
        Assert.Equal("InvalidVpcState", lab.Refused((ec2, c) => ec2.AttachVpnGateway(c, new() { VpnGatewayId = second, VpcId = vpc })));
        string other = lab.NewVpc("10.1.0.0/16").VpcId!;
        Assert.Equal("VpnGatewayAttachmentLimitExceeded", lab.Refused((ec2, c) => ec2.AttachVpnGateway(c, new() { VpnGatewayId = first, VpcId = other })));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DeleteVpnGateway(c, new() { VpnGatewayId = first })));
        Assert.Equal("InvalidVpnGatewayAttachment.NotFound", lab.Refused((ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = first, VpcId = other })));
        Assert.Equal("InvalidVpnGatewayAttachment.NotFound", lab.Refused(
            (ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = first, VpcId = "vpc-0123456789abcdef0" })));
        lab.Run((ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = first, VpcId = vpc }));
        lab.Run((ec2, c) => ec2.DeleteVpnGateway(c, new() { VpnGatewayId = first }));
        Assert.Equal("deleted", Gateway(first).State);
        Assert.Equal("InvalidVpnGatewayID.NotFound", lab.Refused((ec2, c) => ec2.AttachVpnGateway(c, new() { VpnGatewayId = first, VpcId = vpc })));
    }

    [Theory]
    [InlineData(64_511)]
    [InlineData(65_535)]
    [InlineData(4_199_999_999)]
    [InlineData(4_294_967_295)]
    public void The_amazon_side_has_a_private_asn(long asn) => Assert.Equal(
        "InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateVpnGateway(c, new() { Type = "ipsec.1", AmazonSideAsn = asn })));

    [Fact]
    public void Rule126_quotas_of_gateways_hold()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 0; i < 5; i++)
        {
            NewGateway();
        }

        Assert.Equal("VpnGatewayLimitExceeded", lab.Refused((ec2, c) => ec2.CreateVpnGateway(c, new() { Type = "ipsec.1" })));
        for (int i = 0; i < 50; i++)
        {
            NewCustomer(new() { IpAddress = $"203.0.113.{i + 1}" });
        }

        Assert.Equal("CustomerGatewayLimitExceeded", lab.Refused(
            (ec2, c) => ec2.CreateCustomerGateway(c, new() { Type = "ipsec.1", IpAddress = "203.0.113.99" })));
    }

    [Fact]
    public void Rule125_propagation_is_turned_on_table_by_table()
    {
        string gateway = NewGateway().VpnGatewayId!;
        string table = lab.MainTable(vpc).Key;
        Fault loose = lab.FaultOf((ec2, c) => ec2.EnableVgwRoutePropagation(c, new() { GatewayId = gateway, RouteTableId = table }));
        Assert.Equal(("Gateway.NotAttached", $"resource {gateway} is not attached to network {vpc}"), (loose.Code, loose.Message));
        Attach(gateway, vpc);
        Assert.Equal("InvalidGatewayID.NotFound", lab.Refused(
            (ec2, c) => ec2.EnableVgwRoutePropagation(c, new() { GatewayId = "vgw-0123456789abcdef0", RouteTableId = table })));
        Enable(gateway, table);
        Enable(gateway, table);
        Assert.Equal([gateway], lab.Here.Get(new Id<RouteTable>(table)).PropagatingGateways.AsEnumerable());
        lab.Run((ec2, c) => ec2.DisableVgwRoutePropagation(c, new() { GatewayId = gateway, RouteTableId = table }));
        Assert.Empty(lab.MainTable(vpc).PropagatingGateways);
        Enable(gateway, table);
        lab.Run((ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = gateway, VpcId = vpc }));
        Assert.Empty(lab.MainTable(vpc).PropagatingGateways);
    }

    [Fact]
    public void Rule015_a_table_is_bound_to_a_virtual_private_gateway()
    {
        string gateway = NewGateway().VpnGatewayId!;
        Attach(gateway, vpc);
        string edge = lab.Run((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })).RouteTable!.RouteTableId!;
        Enable(gateway, edge);
        Assert.Equal("InvalidParameterValue", lab.Refused(
            (ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = edge, GatewayId = gateway })));
        lab.Run((ec2, c) => ec2.DisableVgwRoutePropagation(c, new() { GatewayId = gateway, RouteTableId = edge }));
        lab.Run((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = edge, GatewayId = gateway }));
        Assert.Equal("InvalidParameterValue", lab.Refused(
            (ec2, c) => ec2.EnableVgwRoutePropagation(c, new() { RouteTableId = edge, GatewayId = gateway })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = edge, DestinationCidrBlock = "192.168.0.0/16", GatewayId = gateway })));
        lab.Run((ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = gateway, VpcId = vpc }));
        Assert.Empty(lab.Here.Get(new Id<RouteTable>(edge)).Associations);
    }

    [Fact]
    public void A_route_leads_to_the_gateway_of_its_own_vpc()
    {
        string gateway = NewGateway().VpnGatewayId!;
        string table = lab.MainTable(vpc).Key;
        Aws.CreateRouteRequest wish = new() { RouteTableId = table, DestinationCidrBlock = "192.168.0.0/16", GatewayId = gateway };
        Fault loose = lab.FaultOf((ec2, c) => ec2.CreateRoute(c, wish));
        Assert.Equal($"route table {table} and network gateway {gateway} belong to different networks", loose.Message);
        Attach(gateway, vpc);
        lab.Run((ec2, c) => ec2.CreateRoute(c, wish));
        Assert.Equal((gateway, "active"), RouteOf());
        lab.Run((ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = gateway, VpcId = vpc }));
        Assert.Equal((gateway, "blackhole"), RouteOf());

        (string? Gateway, string? State) RouteOf()
        {
            Aws.Route route = lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [table] })).RouteTables!.Single()
                .Routes!.Single(r => r.DestinationCidrBlock == "192.168.0.0/16");
            return (route.GatewayId, route.State);
        }
    }

    private Aws.CustomerGateway NewCustomer(Aws.CreateCustomerGatewayRequest request) =>
        lab.Run((ec2, c) => ec2.CreateCustomerGateway(c, request with { Type = "ipsec.1" })).CustomerGateway!;

    private Aws.CustomerGateway Customer(string id) =>
        lab.Run((ec2, c) => ec2.DescribeCustomerGateways(c, new() { CustomerGatewayIds = [id] })).CustomerGateways!.Single();

    private Aws.VpnGateway NewGateway(long? asn = null) =>
        lab.Run((ec2, c) => ec2.CreateVpnGateway(c, new() { Type = "ipsec.1", AmazonSideAsn = asn })).VpnGateway!;

    private Aws.VpnGateway Gateway(string id) =>
        lab.Run((ec2, c) => ec2.DescribeVpnGateways(c, new() { VpnGatewayIds = [id] })).VpnGateways!.Single();

    private Aws.VpcAttachment Attach(string gateway, string to) =>
        lab.Run((ec2, c) => ec2.AttachVpnGateway(c, new() { VpnGatewayId = gateway, VpcId = to })).VpcAttachment!;

    private void Enable(string gateway, string table) =>
        lab.Run((ec2, c) => ec2.EnableVgwRoutePropagation(c, new() { GatewayId = gateway, RouteTableId = table }));
}
