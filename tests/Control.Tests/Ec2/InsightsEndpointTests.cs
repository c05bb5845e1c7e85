using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Reachability Analyzer through endpoints: as destinations, as sources, and on the way.</summary>
public sealed class InsightsEndpointTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string table;
    private readonly Instance app;

    public InsightsEndpointTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        table = lab.MainTable(vpc).Key;
        (app, _) = lab.NewInstance(subnet, "10.0.1.10");
    }

    [Fact]
    public void Rule099_a_gateway_endpoint_is_reached_by_the_subnets_that_have_its_route()
    {
        string endpoint = Gateway();
        Aws.NetworkInsightsAnalysis answer = Ask(app.Id.Value, endpoint, 443);
        Assert.False(answer.NetworkPathFound);
        Assert.Equal("NO_ROUTE_TO_DESTINATION", Only(answer).ExplanationCode);
        lab.Run((ec2, c) => ec2.ModifyVpcEndpoint(c, new() { VpcEndpointId = endpoint, AddRouteTableIds = [table] }));
        answer = Ask(app.Id.Value, endpoint, 443);
        Assert.True(answer.NetworkPathFound);
        Assert.Equal(endpoint, answer.ForwardPathComponents![^1].Component!.Id);
        Assert.Equal($"arn:aws:ec2:us-east-1:000000000000:vpc-endpoint/{endpoint}", answer.ForwardPathComponents![^1].Component!.Arn);
        Aws.PathComponent route = answer.ForwardPathComponents!.Single(c => c.RouteTableRoute is not null);
        Assert.Equal(("pl-63a5400a", endpoint), (route.RouteTableRoute!.DestinationPrefixListId, route.RouteTableRoute.GatewayId));
        Assert.Equal(endpoint, answer.ReturnPathComponents![0].Component!.Id);
    }

    [Fact]
    public void What_a_gateway_endpoint_does_not_carry_has_awss_codes()
    {
        string endpoint = Gateway(table);
        Aws.Explanation why = Only(Ask(app.Id.Value, endpoint, 443, "udp"));
        Assert.Equal(("VPCE_GATEWAY_PROTOCOL_RESTRICTION", endpoint), (why.ExplanationCode, why.VpcEndpoint!.Id));
        Assert.Equal("VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION", Only(Ask(endpoint, app.Id.Value, 443, source: "8.8.8.8")).ExplanationCode);
    }

    [Fact]
    public void Rule103_an_interface_endpoint_is_reached_and_begins_nothing()
    {
        string endpoint = lab.Run((ec2, c) => ec2.CreateVpcEndpoint(c, new()
        {
            VpcId = vpc,
            VpcEndpointType = "Interface",
            ServiceName = "com.amazonaws.us-east-1.sqs",
            SubnetIds = [subnet],
            PrivateDnsEnabled = false,
        })).VpcEndpoint!.VpcEndpointId!;
        Aws.NetworkInsightsAnalysis answer = Ask(app.Id.Value, endpoint, 443);
        Assert.True(answer.NetworkPathFound, answer.Explanations?[0].ExplanationCode);
        Assert.Equal(endpoint, answer.ForwardPathComponents![^1].Component!.Id);
        Assert.Equal("VPCE_INTRA_VPC_TRAFFIC", Only(Ask(endpoint, app.Id.Value, 443)).ExplanationCode);
        Assert.Equal("PROTOCOL_RESTRICTION", Only(Ask(app.Id.Value, endpoint, 443, "udp")).ExplanationCode);
        Assert.Equal("NO_SOURCE_OR_DESTINATION", Only(Ask(app.Id.Value, "vpce-0123456789abcdef0", 443)).ExplanationCode);
    }

    [Fact]
    public void Behind_anothers_gateway_load_balancer_nothing_was_checked()
    {
        NetworkInterface door = lab.Put(new NetworkInterface
        {
            Id = new("eni-0123456789abcdef0"),
            SubnetId = new(subnet),
            VpcId = new(vpc),
            InterfaceType = "gateway_load_balancer_endpoint",
            MacAddress = "02:00:00:00:00:09",
            PrivateAddresses = [new InterfaceAddress(IpAddress.Parse("10.0.1.99"))],
            RequesterManaged = true,
        });
        VpcEndpoint endpoint = lab.Put(new VpcEndpoint
        {
            Id = new("vpce-0123456789abcdef0"),
            Type = VpcEndpointType.GatewayLoadBalancer,
            VpcId = new(vpc),
            ServiceName = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
            ServiceId = new("vpce-svc-0123456789abcdef0"),
            ServiceOwner = new("111111111112", "us-east-1"),
            ServiceRegion = "us-east-1",
            Subnets = [new VpcEndpointSubnet(new(subnet), "us-east-1a", door.Id)],
            CreationTime = lab.Now,
        });
        string gateway = lab.NewGateway(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", VpcEndpointId = endpoint.Key }));
        Aws.NetworkInsightsAnalysis answer = Ask(app.Id.Value, gateway, 443);
        Assert.Equal("VPCE_SERVICE_NOT_INSTALLED_IN_AZ", Only(answer).ExplanationCode);
        Aws.PathComponent met = answer.ForwardPathComponents!.First(c => c.Component!.Id == endpoint.Key);
        Assert.Equal("PATH_THROUGH_GWLB_NOT_CHECKED", Assert.Single(met.AdditionalDetails!).AdditionalDetailType);
    }

    [Fact]
    public void Rule043_block_public_access_is_told_by_its_code()
    {
        string gateway = lab.NewGateway(vpc).Key;
        (Instance web, _) = lab.NewInstance(subnet, "10.0.1.20", publicIp: true);
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));
        Assert.True(Ask(web.Id.Value, gateway, 443).NetworkPathFound);
        lab.Run((ec2, c) => ec2.ModifyVpcBlockPublicAccessOptions(c, new() { InternetGatewayBlockMode = "block-bidirectional" }));
        Assert.Equal("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", Only(Ask(web.Id.Value, gateway, 443)).ExplanationCode);
        Assert.Equal("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", Only(Ask(gateway, web.Id.Value, 443)).ExplanationCode);
    }

    private string Gateway(params string[] tables) => lab.Run((ec2, c) => ec2.CreateVpcEndpoint(
        c, new() { VpcId = vpc, ServiceName = "com.amazonaws.us-east-1.s3", RouteTableIds = tables })).VpcEndpoint!.VpcEndpointId!;

    private static Aws.Explanation Only(Aws.NetworkInsightsAnalysis answer)
    {
        Assert.False(answer.NetworkPathFound);
        return Assert.Single(answer.Explanations!);
    }

    private Aws.NetworkInsightsAnalysis Ask(string from, string to, int port, string protocol = "tcp", string? source = null)
    {
        string path = lab.Run((ec2, c) => ec2.CreateNetworkInsightsPath(
            c, new() { Source = from, Destination = to, Protocol = protocol, DestinationPort = port, SourceIp = source })).NetworkInsightsPath!.NetworkInsightsPathId!;
        string analysis = lab.Run((ec2, c) => ec2.StartNetworkInsightsAnalysis(
            c, new() { NetworkInsightsPathId = path })).NetworkInsightsAnalysis!.NetworkInsightsAnalysisId!;
        return lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAnalyses(
            c, new() { NetworkInsightsAnalysisIds = [analysis] })).NetworkInsightsAnalyses!.Single();
    }
}
