using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Reachability Analyzer's operations, on the pictures of AWS's own getting-started page: a gateway, an instance, what stands between.</summary>
public sealed class NetworkInsightsTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string gateway;
    private readonly string group;
    private readonly Instance web;
    private readonly NetworkInterface webEni;
    private readonly Instance app;

    public NetworkInsightsTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        string appSubnet = lab.NewSubnet(vpc, "10.0.2.0/24").SubnetId!;
        gateway = lab.NewGateway(vpc).Id.Value;
        (web, webEni) = lab.NewInstance(subnet, "10.0.1.10", publicIp: true);
        (app, _) = lab.NewInstance(appSubnet, "10.0.2.20");
        group = lab.Run((ec2, c) => ec2.CreateSecurityGroup(
            c, new() { GroupName = "web", Description = "web", VpcId = vpc })).GroupId!;
        lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = webEni.Id.Value, Groups = [group] }));
    }

    [Fact]
    public void From_the_gateway_to_an_instance_the_components_come_in_awss_order()
    {
        Allow(22, "0.0.0.0/0");
        RouteOut();
        Aws.NetworkInsightsAnalysis answer = Ask(new() { Source = gateway, Destination = web.Id.Value, DestinationPort = 22 });
        Assert.Equal("succeeded", answer.Status);
        Assert.True(answer.NetworkPathFound, Why(answer));
        Assert.Null(answer.Explanations);
        IReadOnlyList<Aws.PathComponent> forward = answer.ForwardPathComponents!;
        string acl = lab.DefaultAcl(vpc).Id.Value;
        Assert.Equal([gateway, acl, group, webEni.Id.Value, web.Id.Value], forward.Select(c => c.Component!.Id));
        Assert.Equal([1, 2, 3, 4, 5], forward.Select(c => c.SequenceNumber!.Value));

        // The gateway's two headers are the translation.
        string publicIp = lab.DescribedEni(webEni.Id.Value).Association!.PublicIp!;
        Assert.Equal([publicIp], forward[0].InboundHeader!.DestinationAddresses);
        Assert.Equal(["10.0.1.10"], forward[0].OutboundHeader!.DestinationAddresses);
        Assert.Equal("6", forward[0].OutboundHeader!.Protocol);
        Assert.Equal((22, 22), (forward[0].OutboundHeader!.DestinationPortRanges![0].From, forward[0].OutboundHeader!.DestinationPortRanges![0].To));
        Assert.Equal((100, "allow", false, "all"), (forward[1].AclRule!.RuleNumber, forward[1].AclRule!.RuleAction, forward[1].AclRule!.Egress!.Value,
            forward[1].AclRule!.Protocol));
        Assert.Equal(("0.0.0.0/0", "ingress", "tcp", 22), (forward[2].SecurityGroupRule!.Cidr, forward[2].SecurityGroupRule!.Direction,
            forward[2].SecurityGroupRule!.Protocol, forward[2].SecurityGroupRule!.PortRange!.From!.Value));
        Assert.Equal((subnet, vpc), (forward[3].Subnet!.Id, forward[3].Vpc!.Id));
        Assert.Equal($"arn:aws:ec2:us-east-1:000000000000:instance/{web.Id}", forward[4].Component!.Arn);
        Assert.Null(forward[4].OutboundHeader);

        IReadOnlyList<Aws.PathComponent> back = answer.ReturnPathComponents!;
        Assert.Equal(web.Id.Value, back[0].Component!.Id);
        Assert.Equal(gateway, back[^1].Component!.Id);
        Aws.PathComponent table = back.Single(c => c.RouteTableRoute is not null);
        Assert.Equal(("0.0.0.0/0", gateway, "active", "CreateRoute"), (table.RouteTableRoute!.DestinationCidr, table.RouteTableRoute.GatewayId,
            table.RouteTableRoute.State, table.RouteTableRoute.Origin));
        Assert.Equal(("10.0.1.10", publicIp), (back[^1].InboundHeader!.SourceAddresses![0], back[^1].OutboundHeader!.SourceAddresses![0]));
        Assert.Null(back[0].InboundHeader);
    }

    [Fact]
    public void A_closed_group_is_named_with_its_interface_and_direction()
    {
        RouteOut();
        Aws.NetworkInsightsAnalysis answer = Ask(new() { Source = gateway, Destination = web.Id.Value, DestinationPort = 22 });
        Assert.False(answer.NetworkPathFound);
        Aws.Explanation why = answer.Explanations!.Single();
        Assert.Contains(why.ExplanationCode, new[] { "ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES" });
        Assert.Equal(("ingress", webEni.Id.Value, group), (why.Direction, why.NetworkInterface!.Id, why.SecurityGroups!.Single().Id));
        Assert.Equal((subnet, vpc), (why.Subnet!.Id, why.Vpc!.Id));
        Allow(443, "0.0.0.0/0");
        Assert.Equal("ENI_SG_RULES_MISMATCH", Ask(new() { Source = gateway, Destination = web.Id.Value, DestinationPort = 22 })
            .Explanations!.Single().ExplanationCode);
    }

    [Fact]
    public void Without_a_route_back_the_table_is_named()
    {
        Allow(22, "0.0.0.0/0");
        Aws.Explanation why = Ask(new() { Source = gateway, Destination = web.Id.Value, DestinationPort = 22 }).Explanations!.Single();
        Assert.Equal("NO_ROUTE_TO_DESTINATION", why.ExplanationCode);
        Assert.Equal(lab.MainTable(vpc).Id.Value, why.RouteTable!.Id);
    }

    [Fact]
    public void Two_instances_are_joined_by_the_local_route_and_an_analysis_stays_as_it_was()
    {
        Allow(8080, "10.0.2.0/24");
        Aws.NetworkInsightsAnalysis answer = Ask(new() { Source = app.Id.Value, Destination = web.Id.Value, DestinationPort = 8080 });
        Assert.True(answer.NetworkPathFound, Why(answer));
        Assert.Equal((app.Id.Value, web.Id.Value), (answer.ForwardPathComponents![0].Component!.Id, answer.ForwardPathComponents[^1].Component!.Id));
        Assert.Equal("local", answer.ForwardPathComponents.Single(c => c.RouteTableRoute is not null).RouteTableRoute!.GatewayId);
        Assert.Equal(2, answer.ForwardPathComponents.Count(c => c.AclRule is not null));
        Aws.SecurityGroup shown = lab.Run((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupIds = [group] })).SecurityGroups!.Single();
        lab.Run((ec2, c) => ec2.RevokeSecurityGroupIngress(c, new() { GroupId = group, IpPermissions = shown.IpPermissions }));
        Assert.True(Shown(answer.NetworkInsightsAnalysisId!).NetworkPathFound);
        Assert.False(Ask(new() { Source = app.Id.Value, Destination = web.Id.Value, DestinationPort = 8080 }).NetworkPathFound);
    }

    [Fact]
    public void A_path_without_a_port_is_found_at_whichever_port_passes()
    {
        Assert.False(Ask(new() { Source = app.Id.Value, Destination = web.Id.Value }).NetworkPathFound);
        Allow(50_123, "10.0.2.0/24");
        Aws.NetworkInsightsAnalysis open = Ask(new() { Source = app.Id.Value, Destination = web.Id.Value });
        Assert.True(open.NetworkPathFound, Why(open));
        Assert.Equal(50_123, open.ForwardPathComponents![^1].InboundHeader!.DestinationPortRanges![0].From);
        Assert.False(Ask(new()
        {
            Source = app.Id.Value,
            Destination = web.Id.Value,
            FilterAtSource = new() { DestinationPortRange = new() { FromPort = 1, ToPort = 50_122 } },
        }).NetworkPathFound);
        Assert.False(Ask(new() { Source = app.Id.Value, Destination = web.Id.Value, Protocol = "udp" }).NetworkPathFound);
    }

    [Fact]
    public void Filters_hold_at_both_ends()
    {
        Allow(80, "0.0.0.0/0");
        RouteOut();
        Aws.NetworkInsightsAnalysis named = Ask(new()
        {
            Source = gateway,
            Destination = web.Id.Value,
            FilterAtSource = new() { SourceAddress = "198.51.100.7", DestinationPortRange = new() { FromPort = 80, ToPort = 80 } },
            FilterAtDestination = new() { SourceAddress = "198.51.100.7", DestinationAddress = "10.0.1.10" },
        });
        Assert.True(named.NetworkPathFound, Why(named));
        Assert.Equal(["198.51.100.7"], named.ForwardPathComponents![^1].InboundHeader!.SourceAddresses);
        Aws.NetworkInsightsAnalysis other = Ask(new()
        {
            Source = gateway,
            Destination = web.Id.Value,
            FilterAtSource = new() { SourceAddress = "198.51.100.7", DestinationPortRange = new() { FromPort = 80, ToPort = 80 } },
            FilterAtDestination = new() { SourceAddress = "198.51.100.8" },
        });
        Assert.Equal("FILTER_AT_DESTINATION_SOURCE_ADDRESS", other.Explanations!.Single().ExplanationCode);
        Assert.Equal("IGW_EXPECTS_PUBLIC_ADDRESS", Ask(new() { Source = gateway, Destination = web.Id.Value, SourceIp = "10.0.0.9" })
            .Explanations!.Single().ExplanationCode);
    }

    [Fact]
    public void Named_components_must_be_on_the_way_or_off_it()
    {
        Allow(22, "0.0.0.0/0");
        RouteOut();
        Aws.CreateNetworkInsightsPathRequest question = new() { Source = gateway, Destination = web.Id.Value, DestinationPort = 22 };
        string acl = Arn("network-acl", lab.DefaultAcl(vpc).Id.Value);
        string elsewhere = Arn("network-interface", lab.NewEni(subnet).NetworkInterfaceId!);
        Assert.True(Ask(question, new() { FilterInArns = [acl], FilterOutArns = [elsewhere] }).NetworkPathFound);
        Assert.Equal(
            "COMPONENT_FILTER_RESTRICTION", Ask(question, new() { FilterInArns = [elsewhere] }).Explanations!.Single().ExplanationCode);
        Assert.Equal(
            "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT",
            Ask(question, new() { FilterOutArns = [acl] }).Explanations!.Single().ExplanationCode);
    }

    [Fact]
    public void To_the_gateway_a_public_address_and_a_route_are_needed()
    {
        Aws.CreateNetworkInsightsPathRequest fromApp = new() { Source = app.Id.Value, Destination = gateway, DestinationPort = 443 };
        Assert.Equal("NO_ROUTE_TO_DESTINATION", Ask(fromApp).Explanations!.Single().ExplanationCode);
        RouteOut();
        Aws.Explanation why = Ask(fromApp).Explanations!.Single();
        Assert.Equal(("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", gateway), (why.ExplanationCode, why.InternetGateway!.Id));
        Aws.NetworkInsightsAnalysis fromWeb = Ask(new() { Source = web.Id.Value, Destination = gateway, DestinationPort = 443 });
        Assert.True(fromWeb.NetworkPathFound, Why(fromWeb));
        Assert.Equal(gateway, fromWeb.ForwardPathComponents![^1].Component!.Id);
    }

    [Fact]
    public void Ends_that_are_not_there_or_not_known_are_explained()
    {
        (string Code, string Source, string Destination)[] table =
        [
            ("NO_SOURCE_OR_DESTINATION", "i-0000000000000dead", web.Id.Value),
            ("NO_SOURCE_OR_DESTINATION", web.Id.Value, "eni-0000000000000dead"),
            ("NO_SOURCE_OR_DESTINATION", "tgw-0000000000000dead", web.Id.Value),
            ("UNSUPPORTED_COMPONENT", "vpce-svc-0000000000000dead", web.Id.Value),
            ("UNASSOCIATED_COMPONENT", lab.Put(new InternetGateway { Id = new("igw-00000000000000abc") }).Id.Value, web.Id.Value),
        ];
        foreach ((string code, string source, string destination) in table)
        {
            Aws.NetworkInsightsAnalysis answer = Ask(new() { Source = source, Destination = destination, DestinationPort = 80 });
            Assert.False(answer.NetworkPathFound);
            Assert.Equal(code, answer.Explanations!.Single().ExplanationCode);
        }
    }

    [Fact]
    public void Refusals_have_their_codes()
    {
        string id = web.Id.Value;
        (string Code, Aws.CreateNetworkInsightsPathRequest Request)[] table =
        [
            ("MissingParameter", new() { Protocol = "tcp", Destination = id }),
            ("MissingParameter", new() { Protocol = "tcp", Source = id }),
            ("MissingParameter", new() { Source = id, Destination = id }),
            ("InvalidParameterValue", new() { Protocol = "tcp", Source = "vpc-00000000000000001", Destination = id }),
            ("InvalidParameterValue", new() { Protocol = "tcp", Source = "arn:aws:ec2:eu-west-1:000000000000:instance/i-00000000000000001", Destination = id }),
            ("InvalidParameterValue", new() { Protocol = "tcp", Source = id, Destination = id, DestinationPort = 65_536 }),
            ("InvalidParameterValue", new() { Protocol = "tcp", Source = id, Destination = id, SourceIp = "2001:db8::1" }),
            ("InvalidParameterCombination", new() { Protocol = "tcp", Source = id, Destination = id, SourceIp = "10.0.1.10", FilterAtSource = new() }),
            ("InvalidParameterValue", new()
            {
                Protocol = "tcp", Source = id, Destination = id,
                FilterAtSource = new() { DestinationPortRange = new() { FromPort = 9, ToPort = 8 } },
            }),
        ];
        foreach ((string code, Aws.CreateNetworkInsightsPathRequest request) in table)
        {
            Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateNetworkInsightsPath(c, request)));
        }

        Assert.Equal("InvalidNetworkInsightsPathId.NotFound", lab.Refused((ec2, c) => ec2.StartNetworkInsightsAnalysis(
            c, new() { NetworkInsightsPathId = "nip-0000000000000dead" })));
        Assert.Equal("InvalidNetworkInsightsAnalysisId.NotFound", lab.Refused((ec2, c) => ec2.DeleteNetworkInsightsAnalysis(
            c, new() { NetworkInsightsAnalysisId = "nia-0000000000000dead" })));
    }

    [Fact]
    public void Paths_and_analyses_are_listed_filtered_and_deleted_in_order()
    {
        string path = Path(new() { Source = app.Id.Value, Destination = web.Id.Value, DestinationPort = 80 });
        string other = Path(new() { Source = Arn("instance", web.Id.Value), DestinationIp = "10.0.2.20", DestinationPort = 80, Protocol = "udp" });
        IReadOnlyList<Aws.NetworkInsightsPath> found = lab.Run((ec2, c) => ec2.DescribeNetworkInsightsPaths(
            c, new() { Filters = [Networks.Filter("source", web.Id.Value), Networks.Filter("protocol", "udp")] })).NetworkInsightsPaths!;
        Assert.Equal((other, web.Id.Value, "10.0.2.20"), (found.Single().NetworkInsightsPathId, found[0].Source, found[0].DestinationIp));
        Aws.NetworkInsightsAnalysis started = Start(path, new());
        Assert.Equal("running", started.Status);
        Assert.Null(started.NetworkPathFound);
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAnalyses(
            c, new() { NetworkInsightsPathId = path, Filters = [Networks.Filter("path-found", "false")] })).NetworkInsightsAnalyses!);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAnalyses(
            c, new() { AnalysisStartTime = lab.Now.AddSeconds(1) })).NetworkInsightsAnalyses!);
        Assert.Equal("AnalysisExistsForNetworkInsightsPath", lab.Refused((ec2, c) => ec2.DeleteNetworkInsightsPath(
            c, new() { NetworkInsightsPathId = path })));
        lab.Run((ec2, c) => ec2.DeleteNetworkInsightsAnalysis(c, new() { NetworkInsightsAnalysisId = started.NetworkInsightsAnalysisId }));
        lab.Run((ec2, c) => ec2.DeleteNetworkInsightsPath(c, new() { NetworkInsightsPathId = path }));
        Assert.Equal("InvalidNetworkInsightsPathId.NotFound", lab.Refused((ec2, c) => ec2.DescribeNetworkInsightsPaths(
            c, new() { NetworkInsightsPathIds = [path] })));
    }

    private static string Arn(string type, string id) => $"arn:aws:ec2:us-east-1:000000000000:{type}/{id}";

    private static string Why(Aws.NetworkInsightsAnalysis answer) => string.Join(
        "; ", (answer.Explanations ?? []).Select(e => $"{e.ExplanationCode} at {e.Component?.Id} {e.Direction}"));

    private void Allow(int port, string cidr) => lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
    {
        GroupId = group,
        IpPermissions = [new() { IpProtocol = "tcp", FromPort = port, ToPort = port, IpRanges = [new() { CidrIp = cidr }] }],
    }));

    private void RouteOut() => lab.Run((ec2, c) => ec2.CreateRoute(
        c, new() { RouteTableId = lab.MainTable(vpc).Id.Value, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));

    private string Path(Aws.CreateNetworkInsightsPathRequest request) => lab.Run((ec2, c) => ec2.CreateNetworkInsightsPath(
        c, request with { Protocol = request.Protocol ?? "tcp" })).NetworkInsightsPath!.NetworkInsightsPathId!;

    private Aws.NetworkInsightsAnalysis Start(string path, Aws.StartNetworkInsightsAnalysisRequest request) =>
        lab.Run((ec2, c) => ec2.StartNetworkInsightsAnalysis(c, request with { NetworkInsightsPathId = path })).NetworkInsightsAnalysis!;

    private Aws.NetworkInsightsAnalysis Shown(string analysis) => lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAnalyses(
        c, new() { NetworkInsightsAnalysisIds = [analysis] })).NetworkInsightsAnalyses!.Single();

    private Aws.NetworkInsightsAnalysis Ask(
        Aws.CreateNetworkInsightsPathRequest path, Aws.StartNetworkInsightsAnalysisRequest? start = null) =>
        Shown(Start(Path(path), start ?? new()).NetworkInsightsAnalysisId!);
}
