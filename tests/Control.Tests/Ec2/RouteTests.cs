using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class RouteTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string table;

    public RouteTests()
    {
        vpc = lab.NewVpc(ipv6: true).VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        table = NewTable();
    }

    [Fact]
    public void Rule001_a_table_holds_a_local_route_for_each_block_which_stays()
    {
        IReadOnlyList<Aws.Route> routes = Described(table).Routes!;
        Assert.Equal(2, routes.Count);
        Assert.All(routes, r => Assert.Equal(("local", "active", "CreateRouteTable"), (r.GatewayId, r.State, r.Origin)));
        Assert.Equal("10.0.0.0/16", routes[0].DestinationCidrBlock);
        Assert.NotNull(routes[1].DestinationIpv6CidrBlock);
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.0.0/16" }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Equal($"cannot remove local route 10.0.0.0/16 in route table {table}", fault.Message);
    }

    [Fact]
    public void Rule001_the_target_of_a_local_route_is_replaced_and_restored()
    {
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        lab.Run((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.0.0/16", NetworkInterfaceId = eni }));
        Assert.Equal(eni, Find("10.0.0.0/16").NetworkInterfaceId);
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.0.0/16" }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        lab.Run((ec2, c) => ec2.ReplaceRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.0.0/16", LocalTarget = true }));
        Assert.Equal("local", Find("10.0.0.0/16").GatewayId);
    }

    [Fact]
    public void Rule001_a_local_route_cannot_be_turned_to_an_internet_gateway()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Fault fault = lab.FaultOf((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.0.0/16", GatewayId = gateway }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.StartsWith("Route target is not supported.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_local_route_can_be_turned_to_local()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Create("0.0.0.0/0", gateway);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", LocalTarget = true })));
    }

    [Theory]
    [InlineData("10.0.1.0/24", null)]
    [InlineData("10.0.1.0/25", "Route destination doesn't match any subnet CIDR blocks.")]
    [InlineData("10.0.0.0/20", "Route destination doesn't match any subnet CIDR blocks.")]
    public void Rule004_inside_the_vpc_a_destination_is_a_whole_subnet(string destination, string? message)
    {
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        Aws.CreateRouteRequest request = new() { RouteTableId = table, DestinationCidrBlock = destination, NetworkInterfaceId = eni };
        if (message is null)
        {
            lab.Run((ec2, c) => ec2.CreateRoute(c, request));
            Assert.Equal(eni, Find(destination).NetworkInterfaceId);
            return;
        }

        Assert.Equal(message, lab.FaultOf((ec2, c) => ec2.CreateRoute(c, request)).Message);
    }

    [Fact]
    public void Rule004_inside_the_vpc_no_other_network_is_a_target()
    {
        string tgw = lab.NewTransitGateway().TransitGatewayId!;
        lab.Attach(tgw, vpc, subnet);
        string other = lab.NewVpc("10.7.0.0/16").VpcId!;
        string peering = lab.Run((ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc, PeerVpcId = other }))
            .VpcPeeringConnection!.VpcPeeringConnectionId!;
        Aws.CreateRouteRequest request = new() { RouteTableId = table, DestinationCidrBlock = "10.0.1.0/24" };
        Aws.CreateRouteRequest[] all = [request with { TransitGatewayId = tgw }, request with { VpcPeeringConnectionId = peering }];
        Assert.All(all, r => Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRoute(c, r))));
    }

    [Fact]
    public void Rule004_inside_the_vpc_an_internet_gateway_is_no_target()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.1.0/24", GatewayId = gateway }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Equal("Route target is not supported. This route only supports interface and instance targets.", fault.Message);
    }

    [Theory]
    [InlineData("169.254.168.0/22", false)]
    [InlineData("169.254.169.254/32", false)]
    [InlineData("169.254.0.0/16", true)]
    public void Rule008_ranges_that_aws_keeps_are_refused(string destination, bool allowed)
    {
        string gateway = lab.NewGateway(vpc).Key;
        Aws.CreateRouteRequest request = new() { RouteTableId = table, DestinationCidrBlock = destination, GatewayId = gateway };
        if (allowed)
        {
            Assert.True(lab.Run((ec2, c) => ec2.CreateRoute(c, request)).Return);
            return;
        }

        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRoute(c, request)));
    }

    [Fact]
    public void Rule008_the_ipv6_range_that_aws_keeps_is_refused()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRoute(c, new()
        {
            RouteTableId = table,
            DestinationIpv6CidrBlock = "fd00:ec2::254/128",
            GatewayId = gateway,
        })));
    }

    [Fact]
    public void Rule014_a_route_whose_target_goes_stays_as_a_blackhole()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Create("0.0.0.0/0", gateway);
        Assert.Equal("active", Find("0.0.0.0/0").State);
        lab.Run((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
        Assert.Equal("blackhole", Find("0.0.0.0/0").State);
        string[] found = [.. Filtered("route.state", "blackhole")];
        Assert.Equal([table], found);
    }

    [Fact]
    public void Rule014_a_route_follows_the_state_of_its_instance()
    {
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet);
        lab.Run((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "192.168.0.0/16", InstanceId = instance.Key }));
        Aws.Route route = Find("192.168.0.0/16");
        Assert.Equal((eni.Key, instance.Key, "000000000000"), (route.NetworkInterfaceId, route.InstanceId, route.InstanceOwnerId));
        Assert.Equal("active", route.State);
        Assert.Equal([table], Filtered("route.instance-id", instance.Key));
        lab.Put(instance with { State = InstanceState.Stopped });
        Assert.Equal("blackhole", Find("192.168.0.0/16").State);
    }

    [Fact]
    public void An_instance_with_two_interfaces_is_no_target()
    {
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet);
        lab.Put(lab.NewInterface(subnet, "10.0.1.77") with
        {
            Attachment = new InterfaceAttachment("eni-attach-1", instance.Id, "000000000000", 1, 0, lab.Now, DeleteOnTermination: false),
        });
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "192.168.0.0/16", InstanceId = instance.Key }));
        Assert.Equal("InvalidInstanceID", fault.Code);
        Assert.StartsWith($"There are multiple interfaces attached to instance '{instance.Id}'.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, lab.Here.By<NetworkInterface>(instance.Key).Count());
        Assert.NotEqual("10.0.1.77", eni.PrimaryIp.ToString());
    }

    [Fact]
    public void A_destination_comes_once()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Create("0.0.0.0/0", gateway);
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));
        Assert.Equal("RouteAlreadyExists", fault.Code);
        Assert.Equal("The route identified by 0.0.0.0/0 already exists.", fault.Message);
    }

    [Fact]
    public void Host_bits_of_a_destination_are_cleared()
    {
        Create("100.68.0.18/18", lab.NewGateway(vpc).Key);
        Assert.Equal("100.68.0.0/18", Find("100.68.0.0/18").DestinationCidrBlock);
    }

    [Fact]
    public void A_gateway_of_another_vpc_is_refused()
    {
        string other = lab.NewVpc("10.9.0.0/16").VpcId!;
        string gateway = lab.NewGateway(other).Key;
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Equal($"route table {table} and network gateway {gateway} belong to different networks", fault.Message);
    }

    [Fact]
    public void A_missing_route_is_told_apart_by_operation()
    {
        string gateway = lab.NewGateway(vpc).Key;
        Fault replaced = lab.FaultOf((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "1.2.3.4/32", GatewayId = gateway }));
        Assert.Equal("InvalidParameterValue", replaced.Code);
        Assert.Equal("There is no route defined for '1.2.3.4/32' in the route table. Use CreateRoute instead.", replaced.Message);
        Fault deleted = lab.FaultOf((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "1.2.3.4/32" }));
        Assert.Equal("InvalidRoute.NotFound", deleted.Code);
        Assert.Equal($"no route with destination-cidr-block 1.2.3.4/32 in route table {table}", deleted.Message);
    }

    public static TheoryData<string, Aws.CreateRouteRequest> RefusedTargets => new()
    {
        { "MissingParameter", new() },
        { "InvalidGatewayID.NotFound", new() { GatewayId = "igw-0123456789abcdef0" } },
        { "InvalidGatewayID.NotFound", new() { GatewayId = "vgw-0123456789abcdef0" } },
        { "InvalidGatewayID.NotFound", new() { GatewayId = "local" } },
        { "InvalidGatewayID.NotFound", new() { EgressOnlyInternetGatewayId = "eigw-0123456789abcdef0" } },
        { "InvalidNatGatewayID.NotFound", new() { NatGatewayId = "nat-0123456789abcdef0" } },
        { "InvalidNetworkInterfaceID.NotFound", new() { NetworkInterfaceId = "eni-0123456789abcdef0" } },
        { "InvalidInstanceID.NotFound", new() { InstanceId = "i-0123456789abcdef0" } },
        { "InvalidVpcPeeringConnectionID.NotFound", new() { VpcPeeringConnectionId = "pcx-0123456789abcdef0" } },
        { "InvalidTransitGatewayID.NotFound", new() { TransitGatewayId = "tgw-0123456789abcdef0" } },
        { "InvalidVpcEndpointId.NotFound", new() { VpcEndpointId = "vpce-0123456789abcdef0" } },
        { "InvalidCarrierGatewayID.NotFound", new() { CarrierGatewayId = "cagw-0123456789abcdef0" } },
        { "InvalidLocalGatewayID.NotFound", new() { LocalGatewayId = "lgw-0123456789abcdef0" } },
        { "InvalidCoreNetworkArn.NotFound", new() { CoreNetworkArn = "arn:aws:networkmanager::000000000000:core-network/x" } },
        { "UnsupportedOperation", new() { OdbNetworkArn = "arn:aws:odb:us-east-1:000000000000:odb-network/x" } },
        {
            "InvalidParameterCombination",
            new() { GatewayId = "igw-0123456789abcdef0", NatGatewayId = "nat-0123456789abcdef0" }
        },
    };

    [Theory]
    [MemberData(nameof(RefusedTargets))]
    public void A_target_that_is_not_there_has_a_code_of_its_kind(string code, Aws.CreateRouteRequest request) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateRoute(
            c, request with { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0" })));

    public static TheoryData<string, string?, string?, string?> RefusedDestinations => new()
    {
        { "MissingParameter", null, null, null },
        { "InvalidParameterCombination", "0.0.0.0/0", "::/0", null },
        { "InvalidParameterCombination", "0.0.0.0/0", null, "pl-0123456789abcdef0" },
        { "InvalidPrefixListID.NotFound", null, null, "pl-0123456789abcdef0" },
        { "InvalidParameterValue", "::/0", null, null },
        { "InvalidParameterValue", "10.0.0.0", null, null },
        { "InvalidParameterValue", null, "0.0.0.0/0", null },
    };

    [Theory]
    [MemberData(nameof(RefusedDestinations))]
    public void A_destination_is_given_once_and_well(string code, string? v4, string? v6, string? prefixList) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DeleteRoute(c, new()
        {
            RouteTableId = table,
            DestinationCidrBlock = v4,
            DestinationIpv6CidrBlock = v6,
            DestinationPrefixListId = prefixList,
        })));

    [Fact]
    public void An_egress_only_gateway_takes_ipv6_only()
    {
        string gateway = lab.Run((ec2, c) => ec2.CreateEgressOnlyInternetGateway(c, new() { VpcId = vpc }))
            .EgressOnlyInternetGateway!.EgressOnlyInternetGatewayId!;
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", EgressOnlyInternetGatewayId = gateway })));
        lab.Run((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationIpv6CidrBlock = "::/0", EgressOnlyInternetGatewayId = gateway }));
        Aws.Route route = Described(table).Routes!.Single(r => r.DestinationIpv6CidrBlock == "::/0");
        Assert.Equal((gateway, "active"), (route.EgressOnlyInternetGatewayId, route.State));
    }

    [Fact]
    public void Rule021_routes_of_each_family_have_a_quota_of_their_own()
    {
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add(Quotas.RoutesPerTable.Name, 1));
        string gateway = lab.NewGateway(vpc).Key;
        Create("0.0.0.0/0", gateway);
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationIpv6CidrBlock = "::/0", GatewayId = gateway }));
        Assert.Equal("RouteLimitExceeded", lab.Refused((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "1.0.0.0/8", GatewayId = gateway })));
    }

    private string NewTable() => lab.Run((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })).RouteTable!.RouteTableId!;

    private void Create(string destination, string gateway) => lab.Run((ec2, c) => ec2.CreateRoute(
        c, new() { RouteTableId = table, DestinationCidrBlock = destination, GatewayId = gateway }));

    private Aws.RouteTable Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [id] })).RouteTables!.Single();

    private Aws.Route Find(string destination) => Described(table).Routes!.Single(r => r.DestinationCidrBlock == destination);

    private IEnumerable<string> Filtered(string name, string value) =>
        lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { Filters = [Networks.Filter(name, value)] })).RouteTables!
            .Select(t => t.RouteTableId!);
}
