using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class RouteTableTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public RouteTableTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void Rule010_the_main_table_is_replaced_for_all_subnets_without_one()
    {
        RouteTable main = lab.MainTable(vpc);
        string next = NewTable();
        Aws.ReplaceRouteTableAssociationResult result = lab.Run((ec2, c) => ec2.ReplaceRouteTableAssociation(
            c, new() { AssociationId = main.Associations.Single().Id, RouteTableId = next }));
        Assert.NotEqual(main.Associations.Single().Id, result.NewAssociationId);
        Assert.Equal("associated", result.AssociationState!.State);
        Assert.Equal(next, lab.MainTable(vpc).Key);
        Assert.Equal([next], Filtered("association.main", "true", vpc));
        Assert.Empty(lab.Here.Get(main.Id).Associations);
    }

    [Fact]
    public void Rule011_the_main_table_is_not_deleted()
    {
        RouteTable main = lab.MainTable(vpc);
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteRouteTable(c, new() { RouteTableId = main.Key }));
        Assert.Equal("DependencyViolation", fault.Code);
        Assert.Equal($"The routeTable '{main.Id}' has dependencies and cannot be deleted.", fault.Message);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DisassociateRouteTable(
            c, new() { AssociationId = main.Associations.Single().Id })));
    }

    [Fact]
    public void Rule011_a_table_in_use_is_not_deleted()
    {
        string table = NewTable();
        string association = Associate(table, subnet);
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteRouteTable(c, new() { RouteTableId = table })));
        lab.Run((ec2, c) => ec2.DisassociateRouteTable(c, new() { AssociationId = association }));
        lab.Run((ec2, c) => ec2.DeleteRouteTable(c, new() { RouteTableId = table }));
        Assert.Equal("InvalidRouteTableID.NotFound", lab.Refused((ec2, c) => ec2.DeleteRouteTable(c, new() { RouteTableId = table })));
    }

    [Fact]
    public void Rule011_a_gateway_table_is_not_the_main_one()
    {
        string table = NewTable();
        AssociateGateway(table, lab.NewGateway(vpc).Key);
        string main = lab.MainTable(vpc).Associations.Single().Id;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReplaceRouteTableAssociation(
            c, new() { AssociationId = main, RouteTableId = table })));
        string second = lab.NewVpc("10.9.0.0/16").VpcId!;
        string gateway = lab.NewGateway(second).Key;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AssociateRouteTable(
            c, new() { RouteTableId = lab.MainTable(second).Key, GatewayId = gateway })));
    }

    [Fact]
    public void Rule012_a_subnet_has_one_table()
    {
        string table = NewTable();
        string association = Associate(table, subnet);
        string again = Associate(table, subnet);
        Assert.Equal(association, again);
        string other = NewTable();
        Fault fault = lab.FaultOf((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = other, SubnetId = subnet }));
        Assert.Equal("Resource.AlreadyAssociated", fault.Code);
        Assert.Equal($"the specified association for route table {other} conflicts with an existing association", fault.Message);
        string moved = lab.Run((ec2, c) => ec2.ReplaceRouteTableAssociation(
            c, new() { AssociationId = association, RouteTableId = other })).NewAssociationId!;
        Assert.Equal([other], Filtered("association.subnet-id", subnet));
        Assert.Equal([other], Filtered("association.route-table-association-id", moved));
        Assert.Empty(Filtered("association.route-table-association-id", association));
    }

    [Fact]
    public void Rule015_an_edge_table_sends_to_interfaces_only()
    {
        string gateway = lab.NewGateway(vpc).Key;
        string table = NewTable();
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));
        Fault fault = lab.FaultOf((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = table, GatewayId = gateway }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Contains("unsupported route destination: 0.0.0.0/0", fault.Message, StringComparison.Ordinal);
        string edge = NewTable();
        string association = AssociateGateway(edge, gateway);
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        lab.Run((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = edge, DestinationCidrBlock = "10.0.1.0/24", NetworkInterfaceId = eni }));
        Aws.RouteTableAssociation held = Described(edge).Associations!.Single();
        Assert.Equal((association, gateway, null, false), (held.RouteTableAssociationId, held.GatewayId, held.SubnetId, held.Main));
    }

    [Fact]
    public void Rule015_a_nat_gateway_is_no_target_at_the_edge()
    {
        string edge = NewTable();
        AssociateGateway(edge, lab.NewGateway(vpc).Key);
        string nat = lab.Run((ec2, c) => ec2.CreateNatGateway(c, new() { SubnetId = subnet, ConnectivityType = "private" }))
            .NatGateway!.NatGatewayId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = edge, DestinationCidrBlock = "10.0.1.0/24", NatGatewayId = nat }));
        Assert.Contains("unsupported route target", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.168.0.0/24")]
    [InlineData("10.0.0.0/8")]
    public void Rule016_an_edge_table_holds_blocks_of_the_vpc_and_its_subnets_only(string destination)
    {
        string edge = NewTable();
        AssociateGateway(edge, lab.NewGateway(vpc).Key);
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = edge, DestinationCidrBlock = destination, NetworkInterfaceId = eni }));
        Assert.Contains("unsupported route destination", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_has_one_table()
    {
        string gateway = lab.NewGateway(vpc).Key;
        AssociateGateway(NewTable(), gateway);
        string other = NewTable();
        Assert.Equal("Resource.AlreadyAssociated", lab.Refused((ec2, c) => ec2.AssociateRouteTable(
            c, new() { RouteTableId = other, GatewayId = gateway })));
    }

    [Fact]
    public void Ends_of_an_association_belong_to_one_vpc()
    {
        string other = lab.NewVpc("10.9.0.0/16").VpcId!;
        string stranger = lab.NewSubnet(other, "10.9.0.0/24").SubnetId!;
        string table = NewTable();
        Fault fault = lab.FaultOf((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = table, SubnetId = stranger }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Equal($"Route table {table} and subnet {stranger} belong to different networks", fault.Message);
        string association = lab.MainTable(other).Associations.Single().Id;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReplaceRouteTableAssociation(
            c, new() { AssociationId = association, RouteTableId = table })));
        string gateway = lab.NewGateway(other).Key;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AssociateRouteTable(
            c, new() { RouteTableId = table, GatewayId = gateway })));
    }

    public static TheoryData<string, Aws.AssociateRouteTableRequest> RefusedAssociations => new()
    {
        { "MissingParameter", new() },
        { "InvalidParameterCombination", new() { SubnetId = "subnet-0123456789abcdef0", GatewayId = "igw-0123456789abcdef0" } },
        { "InvalidSubnetID.NotFound", new() { SubnetId = "subnet-0123456789abcdef0" } },
        { "InvalidGatewayID.NotFound", new() { GatewayId = "igw-0123456789abcdef0" } },
        { "UnsupportedOperation", new() { PublicIpv4Pool = "ipv4pool-ec2-0123456789abcdef0" } },
    };

    [Theory]
    [MemberData(nameof(RefusedAssociations))]
    public void An_association_has_one_end_that_is_there(string code, Aws.AssociateRouteTableRequest request) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.AssociateRouteTable(c, request with { RouteTableId = lab.MainTable(vpc).Key })));

    [Theory]
    [InlineData(null, "MissingParameter")]
    [InlineData("rtb-0123456789abcdef0", "InvalidAssociationID.Malformed")]
    [InlineData("rtbassoc-0123456789abcdef0", "InvalidAssociationID.NotFound")]
    public void An_association_that_is_not_there_is_refused(string? id, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DisassociateRouteTable(c, new() { AssociationId = id })));

    [Theory]
    [InlineData(null, "MissingParameter")]
    [InlineData("rtb-xyz", "InvalidRouteTableId.Malformed")]
    [InlineData("rtb-0123456789abcdef0", "InvalidRouteTableID.NotFound")]
    public void A_table_that_is_not_there_is_refused(string? id, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DeleteRouteTable(c, new() { RouteTableId = id })));

    [Fact]
    public void Rule021_tables_of_a_vpc_have_a_quota()
    {
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add(Quotas.RouteTablesPerVpc.Name, 2));
        NewTable();
        Assert.Equal("RouteTableLimitExceeded", lab.Refused((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })));
    }

    [Fact]
    public void Tables_come_in_pages()
    {
        for (int i = 0; i < 7; i++)
        {
            NewTable();
        }

        Aws.DescribeRouteTablesResult first = lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { MaxResults = 5 }));
        Aws.DescribeRouteTablesResult rest =
            lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { MaxResults = 5, NextToken = first.NextToken }));
        string[] all = [.. first.RouteTables!.Concat(rest.RouteTables!).Select(t => t.RouteTableId!)];
        Assert.Equal(5, first.RouteTables!.Count);
        Assert.Null(rest.NextToken);
        Assert.Equal(lab.Here.All<RouteTable>().Select(t => t.Key), all);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeRouteTables(c, new() { MaxResults = 101 })));
    }

    [Fact]
    public void Tags_are_set_and_filtered()
    {
        string tagged = lab.Run((ec2, c) => ec2.CreateRouteTable(c, new()
        {
            VpcId = vpc,
            TagSpecifications = [new() { ResourceType = "route-table", Tags = [new() { Key = "Name", Value = "private" }] }],
        })).RouteTable!.RouteTableId!;
        Assert.Equal([tagged], Filtered("tag:Name", "priv*"));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRouteTable(c, new()
        {
            VpcId = vpc,
            TagSpecifications = [new() { ResourceType = "subnet", Tags = [new() { Key = "Name", Value = "x" }] }],
        })));
    }

    private string NewTable() => lab.Run((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })).RouteTable!.RouteTableId!;

    private string Associate(string table, string subnetId) =>
        lab.Run((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = table, SubnetId = subnetId })).AssociationId!;

    private string AssociateGateway(string table, string gateway) =>
        lab.Run((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = table, GatewayId = gateway })).AssociationId!;

    private Aws.RouteTable Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [id] })).RouteTables!.Single();

    private IEnumerable<string> Filtered(string name, string value, string? inVpc = null) =>
        lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new()
        {
            Filters = [Networks.Filter(name, value), .. inVpc is null ? [] : new[] { Networks.Filter("vpc-id", inVpc) }],
        })).RouteTables!.Select(t => t.RouteTableId!);
}
