using System.Text.RegularExpressions;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class VpcEndpointTests
{
    private const string S3 = "com.amazonaws.us-east-1.s3";
    private const string S3List = "pl-63a5400a";
    private const string Sqs = "com.amazonaws.us-east-1.sqs";

    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string table;
    private readonly string subnet;

    public VpcEndpointTests()
    {
        vpc = lab.NewVpc().VpcId!;
        table = lab.MainTable(vpc).Key;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true } }));
    }

    [Fact]
    public void Rule099_a_gateway_endpoint_puts_a_route_for_its_list_into_each_table()
    {
        Aws.VpcEndpoint made = NewGatewayEndpoint(table);
        Assert.Equal(("available", "Gateway", S3), (made.State, made.VpcEndpointType, made.ServiceName));
        Assert.Equal([table], made.RouteTableIds!);
        Assert.Contains("\"Version\":\"2008-10-17\"", made.PolicyDocument);
        Aws.Route route = Assert.Single(Routes(table), r => r.DestinationPrefixListId is not null);
        Assert.Equal((S3List, made.VpcEndpointId, "CreateRoute", "active"), (route.DestinationPrefixListId, route.GatewayId, route.Origin, route.State));
        Assert.Equal("RouteAlreadyExists", lab.Refused((ec2, c) => ec2.CreateVpcEndpoint(c, GatewayWish(table))));
        Assert.Empty(Delete(made.VpcEndpointId!));
        Assert.DoesNotContain(Routes(table), r => r.DestinationPrefixListId is not null);
        Assert.Equal("InvalidVpcEndpoint.NotFound", Assert.Single(Delete(made.VpcEndpointId!)).Error!.Code);
    }

    [Fact]
    public void Rule020_its_route_goes_with_the_endpoint_only()
    {
        NewGatewayEndpoint(table);
        Fault deleted = lab.FaultOf((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = table, DestinationPrefixListId = S3List }));
        Assert.Equal(("InvalidParameterValue", $"cannot remove VPC endpoint route {S3List} in route table {table}"), (deleted.Code, deleted.Message));
        string gateway = lab.NewGateway(vpc).Key;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = table, DestinationPrefixListId = S3List, GatewayId = gateway })));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
    }

    [Fact]
    public void Rule099_gateway_endpoints_have_quotas_of_their_own()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 0; i < 20; i++)
        {
            NewGatewayEndpoint();
        }

        Assert.Equal("VpcEndpointLimitExceeded", lab.Refused((ec2, c) => ec2.CreateVpcEndpoint(c, GatewayWish())));
    }

    [Fact]
    public void Tables_come_and_go()
    {
        string id = NewGatewayEndpoint(table).VpcEndpointId!;
        string other = lab.Run((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })).RouteTable!.RouteTableId!;
        Modify(new() { VpcEndpointId = id, AddRouteTableIds = [other], RemoveRouteTableIds = [table] });
        Assert.Equal([other], Described(id).RouteTableIds!);
        Assert.DoesNotContain(Routes(table), r => r.DestinationPrefixListId is not null);
        Assert.Contains(Routes(other), r => r.DestinationPrefixListId == S3List);
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteRouteTable(c, new() { RouteTableId = other })));
        Assert.Equal("InvalidRouteTableId.NotFound", lab.Refused((ec2, c) => ec2.ModifyVpcEndpoint(
            c, new() { VpcEndpointId = id, RemoveRouteTableIds = [table] })));
    }

    [Fact]
    public void Rule101_an_interface_endpoint_has_one_interface_a_subnet_and_the_default_group()
    {
        string second = SubnetIn("us-east-1b", "10.0.2.0/24");
        Aws.VpcEndpoint made = NewInterfaceEndpoint(Sqs, subnet, second);
        Assert.Equal("pending", made.State);
        Aws.VpcEndpoint endpoint = Described(made.VpcEndpointId!);
        Assert.Equal("available", endpoint.State);
        Assert.Equal(2, endpoint.NetworkInterfaceIds!.Count);
        Assert.Equal(lab.DefaultGroup(vpc).Key, Assert.Single(endpoint.Groups!).GroupId);
        Aws.NetworkInterface eni = lab.DescribedEni(endpoint.NetworkInterfaceIds[0]);
        Assert.Equal(("vpc_endpoint", true, "in-use"), (eni.InterfaceType, eni.RequesterManaged, eni.Status));
        Assert.Equal($"VPC Endpoint Interface {made.VpcEndpointId}", eni.Description);
        Assert.Equal([lab.DefaultGroup(vpc).Key], eni.Groups!.Select(g => g.GroupId));
        Assert.Equal("AuthFailure", lab.Refused((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(
            c, new() { NetworkInterfaceId = eni.NetworkInterfaceId, Description = new() { Value = "mine" } })));
        Assert.Empty(Delete(made.VpcEndpointId!));
        Assert.Empty(lab.Here.By<NetworkInterface>(subnet));
    }

    [Fact]
    public void Rule101_one_subnet_a_zone()
    {
        string second = SubnetIn(lab.DescribedSubnet(subnet).AvailabilityZone!, "10.0.2.0/24");
        Assert.Equal("DuplicateSubnetsInSameZone", lab.Refused((ec2, c) => ec2.CreateVpcEndpoint(c, InterfaceWish(Sqs, subnet, second))));
    }

    [Fact]
    public void Rule102_private_dns_needs_both_attributes_of_the_vpc()
    {
        Aws.VpcEndpoint endpoint = Described(NewInterfaceEndpoint(Sqs, subnet).VpcEndpointId!);
        string zone = lab.DescribedSubnet(subnet).AvailabilityZone!;
        Assert.True(endpoint.PrivateDnsEnabled);
        string[] names = [.. endpoint.DnsEntries!.Select(d => d.DnsName!)];
        Assert.Matches($"^{endpoint.VpcEndpointId}-[a-z0-9]{{8}}\\.sqs\\.us-east-1\\.vpce\\.amazonaws\\.com$", names[0]);
        Assert.Equal(new Regex("\\.sqs").Replace(names[0], $"-{zone}.sqs", 1), names[1]);
        Assert.Equal("sqs.us-east-1.amazonaws.com", names[2]);
        Assert.Equal("Z7HUB22UULQXV", endpoint.DnsEntries![0].HostedZoneId);

        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = false } }));
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, InterfaceWish("com.amazonaws.us-east-1.kms", subnet)));
        Assert.Equal("InvalidParameter", fault.Code);
        Assert.Equal($"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc}", fault.Message);
        Aws.VpcEndpoint without = lab.Run((ec2, c) => ec2.CreateVpcEndpoint(
            c, InterfaceWish("com.amazonaws.us-east-1.kms", subnet) with { PrivateDnsEnabled = false })).VpcEndpoint!;
        Assert.Equal(2, without.DnsEntries!.Count);
    }

    [Fact]
    public void Rule102_a_name_leads_to_one_endpoint_of_a_vpc()
    {
        NewInterfaceEndpoint(Sqs, subnet);
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, InterfaceWish(Sqs, subnet)));
        Assert.Equal("InvalidParameter", fault.Code);
        Assert.Equal($"private-dns-enabled cannot be set because there is already a conflicting DNS domain for sqs.us-east-1.amazonaws.com in the VPC {vpc}", fault.Message);
        lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, InterfaceWish(Sqs, subnet) with { PrivateDnsEnabled = false }));
    }

    [Fact]
    public void S3_by_interface_leaves_the_vpc_to_its_gateway_endpoint()
    {
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, InterfaceWish(S3, subnet)));
        Assert.Equal($"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc} must have a Gateway endpoint for the service.", fault.Message);
        NewGatewayEndpoint(table);
        Aws.VpcEndpoint endpoint = NewInterfaceEndpoint(S3, subnet);
        Assert.True(endpoint.DnsOptions!.PrivateDnsOnlyForInboundResolverEndpoint);
        Assert.StartsWith($"*.{endpoint.VpcEndpointId}-", endpoint.DnsEntries![0].DnsName);
        Assert.Contains(endpoint.DnsEntries, d => d.DnsName == "*.s3.us-east-1.amazonaws.com");
    }

    public static TheoryData<string, string, Aws.CreateVpcEndpointRequest> BadEndpoints => new()
    {
        { "InvalidServiceName", "The Vpc Endpoint Service 'com.amazonaws.us-east-1.none' does not exist", new() { ServiceName = "com.amazonaws.us-east-1.none" } },
        { "InvalidServiceName", "", new() { ServiceName = "com.amazonaws.eu-west-1.s3" } },
        { "MissingParameter", "ServiceName", new() },
        { "InvalidParameter", "Endpoint type (Gateway) does not match available service types ([Interface]).", new() { ServiceName = Sqs } },
        { "InvalidParameter", "Endpoint type (GatewayLoadBalancer) does not match", new() { ServiceName = Sqs, VpcEndpointType = "GatewayLoadBalancer" } },
        { "InvalidParameterValue", "VpcEndpointType", new() { ServiceName = Sqs, VpcEndpointType = "interface" } },
        { "UnsupportedOperation", "Resource", new() { ServiceName = Sqs, VpcEndpointType = "Resource" } },
        { "UnsupportedOperation", "ServiceNetworkArn", new() { ServiceName = S3, ServiceNetworkArn = "arn" } },
        { "InvalidParameter", "Subnet IDs", new() { ServiceName = S3, SubnetIds = ["subnet-0123456789abcdef0"] } },
        { "InvalidParameter", "Security groups are only supported for Interface type VPC Endpoint.", new() { ServiceName = S3, SecurityGroupIds = ["sg-1"] } },
        { "InvalidParameter", "Private DNS is only supported for Interface type VPC Endpoints.", new() { ServiceName = S3, PrivateDnsEnabled = true } },
        {
            "InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint.",
            new() { ServiceName = Sqs, VpcEndpointType = "Interface", RouteTableIds = ["rtb-1"] }
        },
        { "InvalidRouteTableId.NotFound", "", new() { ServiceName = S3, RouteTableIds = ["rtb-0123456789abcdef0"] } },
        { "InvalidSubnetId.NotFound", "", new() { ServiceName = Sqs, VpcEndpointType = "Interface", SubnetIds = ["subnet-0123456789abcdef0"] } },
        { "InvalidGroup.NotFound", "", new() { ServiceName = Sqs, VpcEndpointType = "Interface", SecurityGroupIds = ["sg-0123456789abcdef0"] } },
        { "InvalidPolicyDocument", "", new() { ServiceName = S3, PolicyDocument = "{" } },
        { "InvalidPolicyDocument", "", new() { ServiceName = S3, PolicyDocument = "[]" } },
        { "InvalidParameter", "IP address type dualstack", new() { ServiceName = Sqs, VpcEndpointType = "Interface", IpAddressType = "dualstack" } },
    };

    [Theory]
    [MemberData(nameof(BadEndpoints))]
    public void An_endpoint_that_cannot_be_is_refused(string code, string words, Aws.CreateVpcEndpointRequest request)
    {
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpcEndpoint(c, request with { VpcId = vpc }));
        Assert.Equal(code, fault.Code);
        Assert.Contains(words, fault.Message);
    }

    [Fact]
    public void What_a_change_names_is_what_changes()
    {
        string id = NewInterfaceEndpoint(Sqs, subnet).VpcEndpointId!;
        string second = SubnetIn("us-east-1b", "10.0.2.0/24");
        string group = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { VpcId = vpc, GroupName = "g", Description = "d" })).GroupId!;
        string byDefault = lab.DefaultGroup(vpc).Key;
        Modify(new() { VpcEndpointId = id, AddSubnetIds = [second], AddSecurityGroupIds = [group], RemoveSecurityGroupIds = [byDefault] });
        Aws.VpcEndpoint endpoint = Described(id);
        Assert.Equal(new[] { subnet, second }.Order(StringComparer.Ordinal), endpoint.SubnetIds!.Order(StringComparer.Ordinal));
        Assert.All(endpoint.NetworkInterfaceIds!, e => Assert.Equal(group, Assert.Single(lab.DescribedEni(e).Groups!).GroupId));

        Modify(new() { VpcEndpointId = id, SubnetConfigurations = [new() { SubnetId = second, Ipv4 = "10.0.2.77" }], RemoveSubnetIds = [subnet] });
        NetworkInterface moved = Assert.Single(lab.Here.All<NetworkInterface>(), e => e.InterfaceType == "vpc_endpoint");
        Assert.Equal("10.0.2.77", moved.PrimaryIp.ToString());
        Assert.Equal([second], Described(id).SubnetIds!);

        const string Policy = """{"Statement":[]}""";
        Modify(new() { VpcEndpointId = id, PolicyDocument = Policy, PrivateDnsEnabled = false });
        Assert.Equal((Policy, false), (Described(id).PolicyDocument, Described(id).PrivateDnsEnabled));
        Modify(new() { VpcEndpointId = id, ResetPolicy = true });
        Assert.Contains("\"Allow\"", Described(id).PolicyDocument);
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.ModifyVpcEndpoint(c, new() { VpcEndpointId = id, RemoveSecurityGroupIds = [group] })));
        Assert.Equal("InvalidGroup.NotFound", lab.Refused((ec2, c) => ec2.ModifyVpcEndpoint(c, new() { VpcEndpointId = id, RemoveSecurityGroupIds = [byDefault] })));
        Assert.Equal("InvalidSubnetId.NotFound", lab.Refused((ec2, c) => ec2.ModifyVpcEndpoint(c, new() { VpcEndpointId = id, RemoveSubnetIds = [subnet] })));
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.ModifyVpcEndpoint(c, new() { VpcEndpointId = id, AddRouteTableIds = [table] })));
    }

    [Fact]
    public void Rule107_a_policy_is_kept_as_it_is_and_decides_on_no_packet()
    {
        const string Policy = """{ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" }] }""";
        Aws.VpcEndpoint made = lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, GatewayWish(table) with { PolicyDocument = Policy })).VpcEndpoint!;
        Assert.Equal((Policy, "available"), (Described(made.VpcEndpointId!).PolicyDocument, made.State));
        Assert.Equal("active", Assert.Single(Routes(table), r => r.GatewayId == made.VpcEndpointId).State);
    }

    [Fact]
    public void Rule029_a_vpc_grows_to_its_address_units_and_an_endpoint_takes_six_a_zone()
    {
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add(Quotas.AddressUnitsPerVpc.Name, 8));
        NewInterfaceEndpoint(Sqs, subnet);
        lab.Run((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet }));
        string last = lab.Run((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet })).NetworkInterface!.NetworkInterfaceId!;
        Assert.Equal("NetworkAddressUsageLimitExceeded", lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet })));
        Assert.Equal("NetworkAddressUsageLimitExceeded", lab.Refused((ec2, c) => ec2.AssignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = last, SecondaryPrivateIpAddressCount = 1 })));
    }

    [Fact]
    public void What_an_endpoint_stands_on_stays()
    {
        NewInterfaceEndpoint(Sqs, subnet);
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet })));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
    }

    [Fact]
    public void A_route_leads_to_no_endpoint_but_a_gateway_load_balancers()
    {
        string id = NewInterfaceEndpoint(Sqs, subnet).VpcEndpointId!;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", VpcEndpointId = id })));
    }

    [Fact]
    public void Endpoints_are_found_by_what_they_are()
    {
        string gateway = NewGatewayEndpoint(table).VpcEndpointId!;
        string sqs = NewInterfaceEndpoint(Sqs, subnet).VpcEndpointId!;
        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = [sqs], Tags = [new() { Key = "Name", Value = "queue" }] }));
        Assert.Equal([gateway], Found("vpc-endpoint-type", "Gateway"));
        Assert.Equal([sqs], Found("service-name", "*.sqs"));
        Assert.Equal([sqs], Found("tag:Name", "queue"));
        Assert.Equal(2, Found("vpc-id", vpc).Length);
        Assert.Empty(Found("vpc-endpoint-state", "pending"));
        Assert.Equal("InvalidVpcEndpointId.NotFound", lab.Refused((ec2, c) => ec2.DescribeVpcEndpoints(c, new() { VpcEndpointIds = ["vpce-0123456789abcdef0"] })));
        Assert.Equal("InvalidVpcEndpointId.Malformed", lab.Refused((ec2, c) => ec2.DescribeVpcEndpoints(c, new() { VpcEndpointIds = ["vpce-x"] })));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeVpcEndpointAssociations(c, new() { VpcEndpointIds = [sqs] })).VpcEndpointAssociations!);

        string[] Found(string name, string value) =>
            [.. lab.Run((ec2, c) => ec2.DescribeVpcEndpoints(c, new() { Filters = [Networks.Filter(name, value)] })).VpcEndpoints!.Select(e => e.VpcEndpointId!)];
    }

    [Fact]
    public void Services_of_aws_are_listed_by_type()
    {
        Aws.DescribeVpcEndpointServicesResult all = lab.Run((ec2, c) => ec2.DescribeVpcEndpointServices(c, new()));
        Assert.Contains(Sqs, all.ServiceNames!);
        Aws.ServiceDetail[] s3 = [.. all.ServiceDetails!.Where(s => s.ServiceName == S3)];
        Assert.Equal(["Gateway", "Interface"], s3.Select(s => s.ServiceType!.Single().ServiceType));
        Assert.Equal("s3.us-east-1.amazonaws.com", s3[0].BaseEndpointDnsNames!.Single());
        Aws.ServiceDetail sqs = all.ServiceDetails!.Single(s => s.ServiceName == Sqs);
        Assert.Equal(("amazon", "sqs.us-east-1.amazonaws.com", "sqs.us-east-1.vpce.amazonaws.com"), (sqs.Owner, sqs.PrivateDnsName, sqs.BaseEndpointDnsNames!.Single()));
        Assert.Equal(["us-east-1a", "us-east-1b", "us-east-1c"], sqs.AvailabilityZones!);
        Aws.ServiceDetail ecr = lab.Run((ec2, c) => ec2.DescribeVpcEndpointServices(c, new() { ServiceNames = ["com.amazonaws.us-east-1.ecr.api"] })).ServiceDetails!.Single();
        Assert.Equal("api.ecr.us-east-1.amazonaws.com", ecr.PrivateDnsName);
        Assert.Equal(
            ["com.amazonaws.us-east-1.dynamodb", S3, "com.amazonaws.us-east-1.s3express"],
            lab.Run((ec2, c) => ec2.DescribeVpcEndpointServices(c, new() { Filters = [Networks.Filter("service-type", "Gateway")] })).ServiceNames!);
        Assert.Equal("InvalidServiceName", lab.Refused((ec2, c) => ec2.DescribeVpcEndpointServices(c, new() { ServiceNames = ["com.amazonaws.x"] })));
    }

    private Aws.CreateVpcEndpointRequest InterfaceWish(string service, params string[] subnets) =>
        new() { VpcId = vpc, ServiceName = service, VpcEndpointType = "Interface", SubnetIds = subnets };

    private Aws.CreateVpcEndpointRequest GatewayWish(params string[] tables) => new() { VpcId = vpc, ServiceName = S3, RouteTableIds = tables };

    private Aws.VpcEndpoint NewGatewayEndpoint(params string[] tables) => lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, GatewayWish(tables))).VpcEndpoint!;

    private Aws.VpcEndpoint NewInterfaceEndpoint(string service, params string[] subnets) =>
        lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, InterfaceWish(service, subnets))).VpcEndpoint!;

    private string SubnetIn(string zone, string cidr) =>
        lab.Run((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = cidr, AvailabilityZone = zone })).Subnet!.SubnetId!;

    private Aws.VpcEndpoint Described(string id) => lab.Run((ec2, c) => ec2.DescribeVpcEndpoints(c, new() { VpcEndpointIds = [id] })).VpcEndpoints!.Single();

    private void Modify(Aws.ModifyVpcEndpointRequest request) => Assert.True(lab.Run((ec2, c) => ec2.ModifyVpcEndpoint(c, request)).Return);

    private IReadOnlyList<Aws.UnsuccessfulItem> Delete(string id) =>
        lab.Run((ec2, c) => ec2.DeleteVpcEndpoints(c, new() { VpcEndpointIds = [id] })).Unsuccessful!;

    private IReadOnlyList<Aws.Route> Routes(string id) =>
        lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [id] })).RouteTables!.Single().Routes!;
}
