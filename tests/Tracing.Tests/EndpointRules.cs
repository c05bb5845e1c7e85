using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Gateway endpoints and interface endpoints to AWS's services: rules 99 to 103 and 107.</summary>
public sealed class EndpointRules
{
    private const string PolicyText = """{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}""";

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string outer;
    private readonly string inner;
    private readonly string outerTable;
    private readonly string innerTable;
    private readonly string open;
    private readonly string s3 = Endpoints.AddressOf(Endpoints.S3);

    public EndpointRules()
    {
        vpc = net.Vpc("10.0.0.0/16");
        outer = net.Subnet(vpc, "10.0.0.0/24");
        inner = net.Subnet(vpc, "10.0.1.0/24");
        outerTable = net.Table(vpc, outer);
        innerTable = net.Table(vpc, inner);
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
    }

    [Fact]
    public void Rule099_a_gateway_endpoint_serves_the_subnets_whose_tables_have_its_route()
    {
        string inside = net.Instance(inner, "10.0.1.10", open);
        string other = net.Instance(outer, "10.0.0.10", open);
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        Trace trace = net.Tcp(inside, s3);
        trace.Delivered();
        Assert.Equal([endpoint, Endpoints.S3], trace.Forward.Path()[^2..]);
        Assert.Equal("aws-service", trace.Forward[^1].Component.Kind);
        Assert.Equal(Endpoints.ListOf(Endpoints.S3), trace.Forward.Single(h => h.Route is not null).Route!.PrefixListId);
        Assert.Equal([Endpoints.S3, endpoint], trace.Return.Path()[..2]);
        net.Tcp(other, s3).Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Tcp(inside, Endpoints.AddressOf("com.amazonaws.us-east-1.dynamodb")).Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Tcp(inside, Endpoints.AddressOf("com.amazonaws.us-west-2.s3")).Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule099_the_service_sees_the_private_address_though_the_sender_has_a_public_one()
    {
        string inside = net.Instance(inner, "10.0.1.10", open);
        net.Elastic(inside, "54.0.0.10");
        net.Route(innerTable, "0.0.0.0/0", net.Igw(vpc));
        Assert.Equal(IpAddress.Parse("54.0.0.10"), net.Tcp(inside, s3).Forward[^1].Inbound.Source);
        net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        Trace trace = net.Tcp(inside, s3);
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("10.0.1.10"), trace.Forward[^1].Inbound.Source);
        Assert.Equal("internet", net.Tcp(inside, "8.8.8.8").Forward[^1].Component.Id);
    }

    [Fact]
    public void Rule099_a_source_that_is_no_interface_of_the_vpc_does_not_pass()
    {
        string box = net.Instance(inner, "10.0.1.99", open);
        net.Forwards(box);
        net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        Drop drop = net.Ask(box, s3, Protocols.Tcp, 443, 40000, from: "192.168.0.1").Dropped(ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC);
        Assert.NotNull(drop.VpcEndpoint);
    }

    [Fact]
    public void Rule099_a_group_must_admit_the_prefix_list_and_an_acl_its_blocks()
    {
        net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        string listed = net.Instance(inner, "10.0.1.10", net.Group(vpc, $"out tcp 443 {Endpoints.ListOf(Endpoints.S3)}"));
        net.Tcp(listed, s3).Delivered();
        net.Tcp(listed, Endpoints.AddressOf(Endpoints.S3, 1)).Delivered();
        string unlisted = net.Instance(inner, "10.0.1.11", net.Group(vpc, "out tcp 443 10.0.0.0/8"));
        net.Tcp(unlisted, s3).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Acl(vpc, [inner], "100 out allow tcp 443 0.0.0.0/0");
        Assert.False(net.Tcp(listed, s3).Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return).IsEgress);
        net.Acl(vpc, [inner], "100 out allow tcp 443 0.0.0.0/0", $"100 in allow tcp 1024-65535 {s3}/32");
        net.Tcp(listed, s3).Delivered();
    }

    [Fact]
    public void Rule099_behind_a_nat_gateway_the_gateways_own_table_decides()
    {
        string inside = net.Instance(inner, "10.0.1.10", open);
        net.Route(innerTable, "0.0.0.0/0", net.Nat(outer, "10.0.0.5", "54.0.0.5"));
        net.Route(outerTable, "0.0.0.0/0", net.Igw(vpc));
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, outerTable);
        Trace trace = net.Tcp(inside, s3);
        trace.Delivered();
        Assert.Contains(endpoint, trace.Forward.Path());
        Assert.Equal(IpAddress.Parse("10.0.0.5"), trace.Forward[^1].Inbound.Source);
    }

    [Fact]
    public void Gateway_endpoints_carry_tcp_and_echo_only()
    {
        string inside = net.Instance(inner, "10.0.1.10", open);
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        net.Ping(inside, s3).Delivered();
        Drop drop = net.Ask(inside, s3, Protocols.Udp, 443, 40000).Dropped(ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION);
        Assert.Equal(endpoint, drop.VpcEndpoint!.Id);
        net.Ask(inside, s3, Protocols.Icmp, 3 << 8, 0).Dropped(ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION);
        net.FromGateway(endpoint, s3, "10.0.1.10", Protocols.Udp, 53).Dropped(ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION);
        net.Tcp(inside, s3, 22).Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER);
    }

    [Fact]
    public void What_comes_in_over_a_gateway_endpoint_bears_an_address_of_its_prefix_list()
    {
        net.Instance(inner, "10.0.1.10", open);
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        Trace trace = net.FromGateway(endpoint, s3, "10.0.1.10");
        trace.Delivered();
        Assert.Equal(Endpoints.S3, trace.Return[^1].Component.Id);
        net.FromGateway(endpoint, "8.8.8.8", "10.0.1.10").Dropped(ExplanationCode.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION);
        net.FromGateway(endpoint, s3, "10.0.1.77").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
    }

    [Fact]
    public void Rule100_a_new_gateway_endpoint_takes_open_connections_another_way()
    {
        string inside = net.Instance(inner, "10.0.1.10", open);
        net.Elastic(inside, "54.0.0.10");
        net.Route(innerTable, "0.0.0.0/0", net.Igw(vpc));
        IpAddress before = net.Tcp(inside, s3).Forward[^1].Inbound.Source;
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        Assert.NotEqual(before, net.Tcp(inside, s3).Forward[^1].Inbound.Source);
        net.Edit<VpcEndpoint>(endpoint, e => e with { State = VpcEndpointState.Failed });
        net.Tcp(inside, s3).Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule101_an_interface_endpoint_answers_at_its_address_behind_its_groups()
    {
        string client = net.Instance(inner, "10.0.1.10", open);
        string endpoint = net.InterfaceEndpoint(vpc, Endpoints.Sns, [(outer, "10.0.0.20")], net.Group(vpc, "in tcp 443 10.0.1.0/24"));
        Trace trace = net.Tcp(client, "10.0.0.20");
        trace.Delivered();
        Assert.Equal([endpoint, Endpoints.Sns], trace.Forward.Path()[^2..]);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), trace.Return[^1].Outbound.Destination);
        Assert.Equal(Tracking.Automatic, trace.Verdict.Tracking & Tracking.Automatic);
        net.Tcp(net.Instance(outer, "10.0.0.30", open), "10.0.0.20").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule101_without_a_group_the_endpoint_has_the_vpcs_default_one()
    {
        net.InterfaceEndpoint(vpc, Endpoints.Sns, [(outer, "10.0.0.20")]);
        net.Tcp(net.Instance(inner, "10.0.1.10"), "10.0.0.20").Delivered();
        net.Tcp(net.Instance(inner, "10.0.1.11", open), "10.0.0.20").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule102_without_private_names_the_public_address_is_asked_for_over_the_internet()
    {
        string client = net.Instance(inner, "10.0.1.10", open);
        net.InterfaceEndpoint(vpc, Endpoints.Sns, [(outer, "10.0.0.20")], open);
        net.Tcp(client, Endpoints.AddressOf(Endpoints.Sns)).Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Route(innerTable, "0.0.0.0/0", net.Igw(vpc));
        net.Elastic(client, "54.0.0.10");
        Trace trace = net.Tcp(client, Endpoints.AddressOf(Endpoints.Sns));
        trace.Delivered();
        Assert.Equal(("aws-service", Endpoints.Sns), (trace.Forward[^1].Component.Kind, trace.Forward[^1].Component.Id));
    }

    [Fact]
    public void Rule103_an_endpoint_begins_no_connection()
    {
        net.Instance(inner, "10.0.1.10", open);
        string endpoint = net.InterfaceEndpoint(vpc, Endpoints.Sns, [(outer, "10.0.0.20")], open);
        Drop drop = net.Tcp(net.Doors(endpoint)[0], "10.0.1.10").Dropped(ExplanationCode.VPCE_INTRA_VPC_TRAFFIC);
        Assert.Equal(endpoint, drop.Component.Id);
    }

    [Fact]
    public void Rule103_an_endpoint_to_a_service_of_awss_carries_tcp_only()
    {
        string client = net.Instance(inner, "10.0.1.10", open);
        net.InterfaceEndpoint(vpc, Endpoints.Sns, [(outer, "10.0.0.20")], open);
        net.Ping(client, "10.0.0.20").Dropped(ExplanationCode.PROTOCOL_RESTRICTION);
        net.Ask(client, "10.0.0.20", Protocols.Udp, 443, 40000).Dropped(ExplanationCode.PROTOCOL_RESTRICTION);
        net.Tcp(client, "10.0.0.20", 22).Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER);
        net.Tcp(client, "10.0.0.20", 80).Delivered();
    }

    [Fact]
    public void An_endpoint_that_is_not_available_is_in_a_bad_state()
    {
        string client = net.Instance(inner, "10.0.1.10", open);
        string endpoint = net.InterfaceEndpoint(vpc, Endpoints.Sns, [(outer, "10.0.0.20")], open);
        net.Edit<VpcEndpoint>(endpoint, e => e with { State = VpcEndpointState.Rejected });
        Drop drop = net.Tcp(client, "10.0.0.20").Dropped(ExplanationCode.BAD_STATE);
        Assert.Equal("rejected", drop.State);
    }

    [Fact]
    public void Rule107_a_policy_is_told_and_decides_nothing()
    {
        string client = net.Instance(inner, "10.0.1.10", open);
        string gateway = net.GatewayEndpoint(vpc, Endpoints.S3, innerTable);
        Hop before = net.Tcp(client, s3).Forward.Single(h => h.Component.Id == gateway);
        Assert.Null(before.Endpoint!.Policy);
        net.Edit<VpcEndpoint>(gateway, e => e with { PolicyDocument = PolicyText });
        Trace trace = net.Tcp(client, s3);
        trace.Delivered();
        EndpointUse use = trace.Forward.Single(h => h.Component.Id == gateway).Endpoint!;
        Assert.Equal(("Gateway", Endpoints.S3, "available", PolicyText), (use.Type, use.ServiceName, use.State, use.Policy));
        Assert.Contains(TraceText.Render(trace, TraceLength.Detailed), l => l.Contains("may refuse requests", StringComparison.Ordinal));
        Assert.Contains("\"serviceName\":\"com.amazonaws.us-east-1.s3\"", TraceJson.Render(trace), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_of_the_world_hides_the_service_whose_block_it_takes()
    {
        string client = net.Instance(inner, "10.0.1.10", open);
        net.Route(innerTable, "0.0.0.0/0", net.Igw(vpc));
        net.Elastic(client, "54.0.0.10");
        net.World(new World { InternetAnswers = false });
        net.Tcp(client, s3).Delivered();
        net.Tcp(client, "8.8.8.8").Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER);
        net.World(new World { Hosts = [new InternetHost("fake", [Prefix.Parse($"{s3}/32")], false, [])] });
        net.Tcp(client, s3).Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER);
    }
}
