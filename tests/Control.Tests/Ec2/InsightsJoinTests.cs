using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Reachability Analyzer between networks: transit gateways and peerings on the way, as ends, and as filters.</summary>
public sealed class InsightsJoinTests
{
    private readonly Lab lab = new();
    private readonly string tgw;
    private readonly string table;
    private readonly (string Vpc, string Attachment, string Box) one;
    private readonly (string Vpc, string Attachment, string Box) two;

    public InsightsJoinTests()
    {
        Aws.TransitGateway gateway = lab.NewTransitGateway();
        tgw = gateway.TransitGatewayId!;
        table = lab.DescribedTransitGateway(tgw).Options!.AssociationDefaultRouteTableId!;
        one = Network("10.1.0.0/16");
        two = Network("10.2.0.0/16");
    }

    [Fact]
    public void A_path_over_a_gateway_names_attachments_table_and_route()
    {
        Aws.NetworkInsightsAnalysis answer = Ask(two.Box, []);
        Assert.True(answer.NetworkPathFound, answer.Explanations?[0].ExplanationCode);
        string[] ids = [.. answer.ForwardPathComponents!.Select(c => c.Component!.Id!)];
        Assert.Contains(one.Attachment, ids);
        Assert.Contains(two.Attachment, ids);
        Aws.PathComponent choice = answer.ForwardPathComponents!.Single(c => c.TransitGatewayRouteTableRoute is not null);
        Assert.Equal((table, tgw), (choice.Component!.Id, choice.TransitGateway!.Id));
        Aws.TransitGatewayRouteTableRoute route = choice.TransitGatewayRouteTableRoute!;
        Assert.Equal(
            ("10.2.0.0/16", "active", "propagated", two.Attachment, two.Vpc, "vpc"),
            (route.DestinationCidr, route.State, route.RouteOrigin, route.AttachmentId, route.ResourceId, route.ResourceType));
    }

    [Fact]
    public void A_blackhole_is_explained_with_its_table_and_route()
    {
        Static("10.2.0.0/16", null);
        Aws.Explanation why = Assert.Single(Ask(two.Box, []).Explanations!);
        Assert.Equal("TGW_RTB_BAD_STATE_ROUTE", why.ExplanationCode);
        Assert.Equal((table, "blackhole"), (why.TransitGatewayRouteTable!.Id, why.TransitGatewayRouteTableRoute!.State));
    }

    [Fact]
    public void An_attachment_that_a_path_shall_go_by_and_does_not_is_explained_by_its_routes()
    {
        (_, string third, _) = Network("10.3.0.0/16");
        Assert.Equal("TGW_RTB_CANNOT_ROUTE", Through(third));
        Static("10.0.0.0/8", third);
        Assert.Equal("TGW_RTB_MORE_SPECIFIC_ROUTE", Through(third));
        Static("10.2.0.0/16", two.Attachment);
        lab.Run((ec2, c) => ec2.DisableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = table, TransitGatewayAttachmentId = third }));
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayRoute(c, new() { TransitGatewayRouteTableId = table, DestinationCidrBlock = "10.0.0.0/8" }));
        Assert.Equal("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", Through(third));
    }

    [Fact]
    public void A_static_route_that_hides_an_equal_one_is_explained()
    {
        (_, string third, _) = Network("10.3.0.0/16");
        Static("10.2.0.0/16", third);
        Aws.NetworkInsightsAnalysis answer = Analyse(
            new() { Source = one.Box, Destination = third, DestinationIp = "10.2.0.10", Protocol = "tcp", DestinationPort = 443 },
            [Arn("transit-gateway-attachment", two.Attachment)]);
        Assert.Equal("TGW_RTB_HIGHER_PRIORITY_ROUTE", answer.Explanations!.Single().ExplanationCode);
    }

    [Fact]
    public void The_door_of_another_zone_is_explained()
    {
        string far = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = two.Vpc, CidrBlock = "10.2.9.0/24", AvailabilityZone = "us-east-1b" })).Subnet!.SubnetId!;
        lab.Run((ec2, c) => ec2.ModifyTransitGatewayVpcAttachment(
            c, new() { TransitGatewayAttachmentId = two.Attachment, AddSubnetIds = [far] }));
        string door = lab.Here.By<NetworkInterface>(far).Single().Key;
        Aws.NetworkInsightsAnalysis answer = Ask(two.Box, [Arn("network-interface", door)]);
        Assert.Equal("TGW_ATTACH_VPC_AZ_RESTRICTION", answer.Explanations!.Single().ExplanationCode);
    }

    [Fact]
    public void A_gateway_is_the_end_of_a_path()
    {
        Aws.NetworkInsightsAnalysis answer = Analyse(
            new() { Source = one.Box, Destination = tgw, DestinationIp = "10.2.0.10", Protocol = "tcp", DestinationPort = 443 }, []);
        Assert.True(answer.NetworkPathFound, answer.Explanations?[0].ExplanationCode);
        Assert.Equal(one.Attachment, answer.ForwardPathComponents![^1].Component!.Id);
    }

    private (string Vpc, string Attachment, string Box) Network(string cidr)
    {
        (string vpc, string attachment) = lab.NewAttachedVpc(tgw, cidr);
        string subnet = lab.Here.By<Subnet>(vpc).Single().Key;
        (Instance box, _) = lab.NewInstance(subnet, cidr.Replace("0/16", "10", StringComparison.Ordinal));
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(
            c, new() { GroupId = lab.DefaultGroup(vpc).Key, IpProtocol = "-1", CidrIp = "10.0.0.0/8" }));
        lab.Run((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = lab.MainTable(vpc).Key, DestinationCidrBlock = "10.0.0.0/8", TransitGatewayId = tgw }));
        return (vpc, attachment, box.Key);
    }

    private void Static(string cidr, string? attachment) => lab.Run((ec2, c) => ec2.CreateTransitGatewayRoute(c, new()
    {
        TransitGatewayRouteTableId = table,
        DestinationCidrBlock = cidr,
        TransitGatewayAttachmentId = attachment,
        Blackhole = attachment is null ? true : null,
    }));

    private string Through(string attachment) =>
        Ask(two.Box, [Arn("transit-gateway-attachment", attachment)]).Explanations!.Single().ExplanationCode!;

    private static string Arn(string type, string id) => $"arn:aws:ec2:us-east-1:000000000000:{type}/{id}";

    private Aws.NetworkInsightsAnalysis Ask(string destination, IReadOnlyList<string> through) => Analyse(
        new() { Source = one.Box, Destination = destination, Protocol = "tcp", DestinationPort = 443 }, through);

    private Aws.NetworkInsightsAnalysis Analyse(Aws.CreateNetworkInsightsPathRequest request, IReadOnlyList<string> through)
    {
        string path = lab.Run((ec2, c) => ec2.CreateNetworkInsightsPath(c, request))
            .NetworkInsightsPath!.NetworkInsightsPathId!;
        string id = lab.Run((ec2, c) => ec2.StartNetworkInsightsAnalysis(
            c, new() { NetworkInsightsPathId = path, FilterInArns = through })).NetworkInsightsAnalysis!.NetworkInsightsAnalysisId!;
        return lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAnalyses(c, new() { NetworkInsightsAnalysisIds = [id] })).NetworkInsightsAnalyses!.Single();
    }
}
