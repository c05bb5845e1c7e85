using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class NatGatewayTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public NatGatewayTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void Rule045_a_public_gateway_has_an_elastic_ip_on_an_interface_of_its_own()
    {
        lab.NewGateway(vpc);
        string eip = lab.NewEip();
        Aws.NatGateway made = NewPublic(eip);
        Assert.Equal(("pending", "public", "zonal"), (made.State, made.ConnectivityType, made.AvailabilityMode));
        Aws.NatGateway gateway = Described(made.NatGatewayId!);
        Assert.Equal(("available", vpc, subnet), (gateway.State, gateway.VpcId, gateway.SubnetId));
        Aws.NatGatewayAddress address = Assert.Single(gateway.NatGatewayAddresses!);
        Assert.Equal((eip, true, "succeeded"), (address.AllocationId, address.IsPrimary, address.Status));
        Aws.Address elastic = lab.DescribedEip(eip);
        Assert.Equal((address.PublicIp, address.PrivateIp), (elastic.PublicIp, elastic.PrivateIpAddress));
        Assert.Equal((address.NetworkInterfaceId, address.AssociationId), (elastic.NetworkInterfaceId, elastic.AssociationId));
        Aws.NetworkInterface eni = lab.DescribedEni(address.NetworkInterfaceId!);
        Assert.Equal(("nat_gateway", true, false), (eni.InterfaceType, eni.RequesterManaged, eni.SourceDestCheck));
        Assert.Equal($"Interface for NAT Gateway {gateway.NatGatewayId}", eni.Description);
        Assert.Empty(eni.Groups!);
        Assert.Equal("in-use", eni.Status);
    }

    [Fact]
    public void Rule045_without_an_internet_gateway_it_fails()
    {
        string eip = lab.NewEip();
        Aws.NatGateway made = NewPublic(eip);
        Assert.Equal("pending", made.State);
        Aws.NatGateway failed = Described(made.NatGatewayId!);
        Assert.Equal(("failed", "Gateway.NotAttached"), (failed.State, failed.FailureCode));
        Assert.Equal($"Network {vpc} has no Internet gateway attached", failed.FailureMessage);
        Assert.Empty(failed.NatGatewayAddresses!);
        Assert.Null(lab.DescribedEip(eip).AssociationId);
        Assert.Empty(lab.Here.By<NetworkInterface>(subnet));
    }

    [Fact]
    public void A_failed_gateway_holds_on_to_nothing_and_is_forgotten_after_an_hour()
    {
        string id = NewPublic(lab.NewEip()).NatGatewayId!;
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        lab.Now += TimeSpan.FromMinutes(61);
        Assert.Equal("NatGatewayNotFound", lab.Refused((ec2, c) => ec2.DescribeNatGateways(c, new() { NatGatewayIds = [id] })));
    }

    [Fact]
    public void An_elastic_ip_that_is_taken_makes_it_fail()
    {
        lab.NewGateway(vpc);
        string eip = lab.NewEip();
        NewPublic(eip);
        Aws.NatGateway second = Described(NewPublic(eip).NatGatewayId!);
        Assert.Equal(("failed", "Resource.AlreadyAssociated"), (second.State, second.FailureCode));
        Assert.Equal($"Elastic IP address {eip} is already associated", second.FailureMessage);
    }

    [Fact]
    public void A_full_subnet_makes_it_fail()
    {
        string small = lab.NewSubnet(vpc, "10.0.2.0/28").SubnetId!;
        for (int i = 4; i < 15; i++)
        {
            lab.NewInterface(small, $"10.0.2.{i}");
        }

        Aws.NatGateway gateway = Described(lab.Run((ec2, c) => ec2.CreateNatGateway(
            c, new() { SubnetId = small, ConnectivityType = "private" })).NatGateway!.NatGatewayId!);
        Assert.Equal(("failed", "InsufficientFreeAddressesInSubnet"), (gateway.State, gateway.FailureCode));
    }

    [Fact]
    public void Rule046_a_private_gateway_has_no_elastic_ip()
    {
        Aws.NatGateway gateway = Described(NewPrivate(ip: "10.0.1.200"));
        Assert.Equal(("available", "private"), (gateway.State, gateway.ConnectivityType));
        Aws.NatGatewayAddress address = Assert.Single(gateway.NatGatewayAddresses!);
        Assert.Equal(("10.0.1.200", null, null), (address.PrivateIp, address.AllocationId, address.PublicIp));
        string eip = lab.NewEip();
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.CreateNatGateway(
            c, new() { SubnetId = subnet, ConnectivityType = "private", AllocationId = eip })));
    }

    [Fact]
    public void Rule052_a_deleted_gateway_leaves_a_blackhole_and_frees_what_it_had()
    {
        lab.NewGateway(vpc);
        string eip = lab.NewEip();
        string id = NewPublic(eip).NatGatewayId!;
        RouteTable main = lab.MainTable(vpc);
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = main.Key, DestinationCidrBlock = "0.0.0.0/0", NatGatewayId = id }));
        Assert.Equal("active", State(main.Key));
        lab.Run((ec2, c) => ec2.DeleteNatGateway(c, new() { NatGatewayId = id }));
        Assert.Equal("blackhole", State(main.Key));
        Aws.NatGateway gateway = Described(id);
        Assert.Equal(("deleted", lab.Now), (gateway.State, gateway.DeleteTime));
        Assert.Null(lab.DescribedEip(eip).AssociationId);
        Assert.Empty(lab.Here.By<NetworkInterface>(subnet));
        Assert.Equal("NatGatewayNotFound", lab.Refused((ec2, c) => ec2.DeleteNatGateway(c, new() { NatGatewayId = id })));
        Assert.Equal("InvalidNatGatewayID.NotFound", lab.Refused((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = main.Key, DestinationCidrBlock = "1.0.0.0/8", NatGatewayId = id })));
        lab.Run((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = main.Key, DestinationCidrBlock = "0.0.0.0/0" }));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        lab.Now += TimeSpan.FromMinutes(61);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeNatGateways(c, new())).NatGateways!);
    }

    [Fact]
    public void Rule050_a_gateway_has_at_most_eight_addresses()
    {
        Assert.Equal("PrivateIpAddressLimitExceeded", lab.Refused((ec2, c) => ec2.CreateNatGateway(
            c, new() { SubnetId = subnet, ConnectivityType = "private", SecondaryPrivateIpAddressCount = 8 })));
        string id = NewPrivate(count: 7);
        Assert.Equal(8, Described(id).NatGatewayAddresses!.Count);
        Assert.Equal("PrivateIpAddressLimitExceeded", lab.Refused((ec2, c) => ec2.AssignPrivateNatGatewayAddress(
            c, new() { NatGatewayId = id, PrivateIpAddressCount = 1 })));
    }

    [Fact]
    public void Rule050_elastic_ips_are_added_and_taken_away()
    {
        lab.NewGateway(vpc);
        string id = NewPublic(lab.NewEip()).NatGatewayId!;
        string eip = lab.NewEip();
        Aws.NatGatewayAddress added = Assert.Single(lab.Run((ec2, c) => ec2.AssociateNatGatewayAddress(
            c, new() { NatGatewayId = id, AllocationIds = [eip], PrivateIpAddresses = ["10.0.1.99"] })).NatGatewayAddresses!);
        Assert.Equal((eip, "10.0.1.99", false, "associating"), (added.AllocationId, added.PrivateIp, added.IsPrimary, added.Status));
        Assert.Equal("10.0.1.99", lab.DescribedEip(eip).PrivateIpAddress);
        Assert.Equal(2, lab.DescribedEni(added.NetworkInterfaceId!).PrivateIpAddresses!.Count);
        Assert.Equal("Resource.AlreadyAssociated", lab.Refused((ec2, c) => ec2.AssociateNatGatewayAddress(
            c, new() { NatGatewayId = id, AllocationIds = [eip] })));
        string primary = Described(id).NatGatewayAddresses!.Single(a => a.IsPrimary == true).AssociationId!;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DisassociateNatGatewayAddress(
            c, new() { NatGatewayId = id, AssociationIds = [primary] })));
        lab.Run((ec2, c) => ec2.DisassociateNatGatewayAddress(c, new() { NatGatewayId = id, AssociationIds = [added.AssociationId!] }));
        Assert.Null(lab.DescribedEip(eip).AssociationId);
        Assert.Single(Described(id).NatGatewayAddresses!);
        Assert.Equal("InvalidAssociationID.NotFound", lab.Refused((ec2, c) => ec2.DisassociateNatGatewayAddress(
            c, new() { NatGatewayId = id, AssociationIds = [added.AssociationId!] })));
    }

    [Fact]
    public void Private_addresses_are_assigned_and_unassigned()
    {
        string id = NewPrivate(ip: "10.0.1.50");
        Aws.NatGatewayAddress added = Assert.Single(lab.Run((ec2, c) => ec2.AssignPrivateNatGatewayAddress(
            c, new() { NatGatewayId = id, PrivateIpAddresses = ["10.0.1.51"] })).NatGatewayAddresses!);
        Assert.Equal(("10.0.1.51", "assigning"), (added.PrivateIp, added.Status));
        Assert.Equal("InvalidIPAddress.InUse", lab.Refused((ec2, c) => ec2.AssignPrivateNatGatewayAddress(
            c, new() { NatGatewayId = id, PrivateIpAddresses = ["10.0.1.51"] })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.UnassignPrivateNatGatewayAddress(
            c, new() { NatGatewayId = id, PrivateIpAddresses = ["10.0.1.50"] })));
        lab.Run((ec2, c) => ec2.UnassignPrivateNatGatewayAddress(c, new() { NatGatewayId = id, PrivateIpAddresses = ["10.0.1.51"] }));
        Assert.Equal("10.0.1.50", Assert.Single(Described(id).NatGatewayAddresses!).PrivateIp);
        string eip = lab.NewEip();
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.AssociateNatGatewayAddress(
            c, new() { NatGatewayId = id, AllocationIds = [eip] })));
    }

    public static TheoryData<string, Aws.CreateNatGatewayRequest> RefusedRequests => new()
    {
        { "MissingParameter", new() },
        { "MissingParameter", new() { SubnetId = "" } },
        { "UnsupportedOperation", new() { AvailabilityMode = "regional", VpcId = "vpc-0123456789abcdef0" } },
        { "InvalidParameterCombination", new() { VpcId = "vpc-0123456789abcdef0" } },
        { "InvalidParameterCombination", new() { AvailabilityZoneAddresses = [new() { AvailabilityZone = "us-east-1a" }] } },
        { "InvalidParameterValue", new() { ConnectivityType = "shared" } },
        { "InvalidSubnetID.NotFound", new() { SubnetId = "subnet-0123456789abcdef0", AllocationId = "eipalloc-0123456789abcdef0" } },
        { "InvalidParameterCombination", new() { AllocationId = "eipalloc-0123456789abcdef0", SecondaryPrivateIpAddressCount = 1 } },
        { "InvalidParameterValue", new() { ConnectivityType = "private", SecondaryPrivateIpAddressCount = -1 } },
        {
            "InvalidParameterCombination",
            new() { ConnectivityType = "private", SecondaryPrivateIpAddressCount = 1, SecondaryPrivateIpAddresses = ["10.0.1.9"] }
        },
        { "InvalidParameterValue", new() { ConnectivityType = "private", PrivateIpAddress = "10.0.2.9" } },
        { "InvalidParameterValue", new() { ConnectivityType = "private", PrivateIpAddress = "nine" } },
    };

    [Theory]
    [MemberData(nameof(RefusedRequests))]
    public void A_request_is_checked(string code, Aws.CreateNatGatewayRequest request)
    {
        bool needsSubnet = request.SubnetId is null && request.ConnectivityType is not null;
        bool needsPublicSubnet = request.SubnetId is null && request.AllocationId is not null;
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateNatGateway(
            c, needsSubnet || needsPublicSubnet ? request with { SubnetId = subnet } : request)));
    }

    [Fact]
    public void A_public_gateway_names_an_elastic_ip_that_is_there()
    {
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateNatGateway(c, new() { SubnetId = subnet })));
        Assert.Equal("InvalidElasticIpID.NotFound", lab.Refused((ec2, c) => ec2.CreateNatGateway(
            c, new() { SubnetId = subnet, AllocationId = "eipalloc-0123456789abcdef0" })));
    }

    [Fact]
    public void A_zone_has_a_quota_of_gateways()
    {
        for (int i = 0; i < 5; i++)
        {
            NewPrivate();
        }

        lab.Quotas = Quotas.AwsDefaults;
        Assert.Equal("NatGatewayLimitExceeded", lab.Refused((ec2, c) => ec2.CreateNatGateway(
            c, new() { SubnetId = subnet, ConnectivityType = "private" })));
    }

    [Theory]
    [InlineData("nat-xyz", "NatGatewayMalformed")]
    [InlineData("nat-0123456789abcdef0", "NatGatewayNotFound")]
    public void A_gateway_that_is_not_there_is_refused(string id, string code)
    {
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DescribeNatGateways(c, new() { NatGatewayIds = [id] })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DeleteNatGateway(c, new() { NatGatewayId = id })));
    }

    [Fact]
    public void Filters_pick_gateways()
    {
        string id = NewPrivate();
        string other = NewPrivate();
        lab.Run((ec2, c) => ec2.DeleteNatGateway(c, new() { NatGatewayId = other }));
        Assert.Equal([id], Filtered("state", "available"));
        Assert.Equal([other], Filtered("state", "deleted"));
        Assert.Equal(2, Filtered("vpc-id", vpc).Count());
        Assert.Equal(2, Filtered("subnet-id", subnet).Count());
        Assert.Equal([id], Filtered("nat-gateway-id", id));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeNatGateways(
            c, new() { Filter = [Networks.Filter("colour", "red")] })));
    }

    private Aws.NatGateway NewPublic(string eip) =>
        lab.Run((ec2, c) => ec2.CreateNatGateway(c, new() { SubnetId = subnet, AllocationId = eip })).NatGateway!;

    private string NewPrivate(string? ip = null, int? count = null) => lab.Run((ec2, c) => ec2.CreateNatGateway(c, new()
    {
        SubnetId = subnet,
        ConnectivityType = "private",
        PrivateIpAddress = ip,
        SecondaryPrivateIpAddressCount = count,
    })).NatGateway!.NatGatewayId!;

    private Aws.NatGateway Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeNatGateways(c, new() { NatGatewayIds = [id] })).NatGateways!.Single();

    private IEnumerable<string> Filtered(string name, string value) =>
        lab.Run((ec2, c) => ec2.DescribeNatGateways(c, new() { Filter = [Networks.Filter(name, value)] })).NatGateways!
            .Select(g => g.NatGatewayId!);

    private string State(string table) =>
        lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [table] })).RouteTables!.Single().Routes!
            .Single(r => r.DestinationCidrBlock == "0.0.0.0/0").State!;
}
