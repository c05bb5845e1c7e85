using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>
/// Gateway Load Balancer endpoints as targets of routes, at the border and inside: rules 15, 17, 18, 64, 70 and 92. The appliances are another
/// account's, in a VPC of the same range. Source: AWS, "Inspect inbound traffic using a Gateway Load Balancer".
/// </summary>
public sealed class TunnelRules
{
    private const string Host = "8.8.8.8";

    private static readonly PartitionKey Provider = new("000000000003", "us-east-1");

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string apps;
    private readonly string doors;
    private readonly string appTable;
    private readonly string doorTable;
    private readonly string edge;
    private readonly string open;
    private readonly string app;
    private readonly string endpoint;
    private readonly string theirSubnet;
    private readonly string theirVpc;
    private readonly string theirGroup;
    private readonly string appliance;
    private readonly string pool;

    public TunnelRules()
    {
        net.At = Provider;
        theirVpc = net.Vpc("10.0.0.0/16");
        theirSubnet = net.Subnet(theirVpc, "10.0.0.0/24");
        string applianceSubnet = net.Subnet(theirVpc, "10.0.9.0/24");
        theirGroup = net.Group(theirVpc, "in udp 6081 10.0.0.0/24", "in tcp 80 10.0.0.0/24");
        appliance = net.Instance(applianceSubnet, "10.0.9.9", theirGroup);
        string gwlb = net.Gwlb("walls", (theirSubnet, "10.0.0.5"));
        pool = net.Group(theirVpc, "walls", "GENEVE", 6081, TargetType.Instance, [appliance]);
        net.Listen(gwlb, "GENEVE", 6081, pool);
        (PartitionKey Owner, string Id) service = net.Service(gwlb);

        net.At = CloudBuilder.Home;
        vpc = net.Vpc("10.0.0.0/16");
        apps = net.Subnet(vpc, "10.0.1.0/24");
        doors = net.Subnet(vpc, "10.0.2.0/24");
        appTable = net.Table(vpc, apps);
        doorTable = net.Table(vpc, doors);
        string igw = net.Igw(vpc);
        edge = net.Table(vpc, igw);
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        app = net.Instance(apps, "10.0.1.10", open);
        net.Elastic(app, "54.0.0.10");
        endpoint = net.EndpointTo(vpc, VpcEndpointType.GatewayLoadBalancer, service, [(doors, "10.0.2.20")]);
        net.Route(appTable, "0.0.0.0/0", endpoint);
        net.Route(doorTable, "0.0.0.0/0", igw);
        net.Route(edge, "10.0.1.0/24", endpoint);
    }

    [Fact]
    public void Rule092_what_leaves_by_an_endpoint_passes_the_appliance_and_goes_on_unaltered()
    {
        Trace trace = net.Tcp(app, Host);
        trace.Delivered();
        string[] way = trace.Forward.Path();
        Assert.Contains(endpoint, way);
        Hop inspected = trace.Forward.First(h => h.Component.Kind == "network-interface" && h.Component.Partition == Provider);
        Assert.Equal((17, new PortRange(6081, 6081)), (inspected.Inbound.Protocol, inspected.Inbound.DestinationPorts));
        Assert.Equal(IpAddress.Parse("54.0.0.10"), trace.Forward[^1].Inbound.Source);
        Assert.Equal(Tracking.Automatic, trace.Verdict.Tracking & Tracking.Automatic);
        Assert.Contains(endpoint, trace.Return.Path());
    }

    [Fact]
    public void Rule015_an_edge_table_sends_what_comes_in_through_the_endpoint()
    {
        Trace trace = net.FromInternet(Host, "54.0.0.10");
        trace.Delivered();
        string[] way = trace.Forward.Path();
        Assert.True(Array.IndexOf(way, endpoint) > Array.IndexOf(way, edge));
        Assert.Contains(endpoint, trace.Return.Path());
    }

    [Fact]
    public void Rule017_what_comes_in_through_an_endpoint_may_not_leave_around_it()
    {
        net.Route(appTable, "0.0.0.0/0", net.Rows.By<InternetGateway>(vpc).Single().Key);
        net.Tcp(app, Host).Dropped(ExplanationCode.INGRESS_RTB_TRAFFIC_REDIRECTION);
    }

    [Fact]
    public void Rule018_between_subnets_both_directions_pass_the_endpoint()
    {
        string other = net.Subnet(vpc, "10.0.3.0/24");
        string table = net.Table(vpc, other);
        net.Route(table, "10.0.1.0/24", endpoint);
        net.Route(appTable, "10.0.3.0/24", endpoint);
        string peer = net.Instance(other, "10.0.3.10", open);
        Trace trace = net.Tcp(app, "10.0.3.10");
        trace.Delivered();
        Assert.Contains(endpoint, trace.Forward.Path());
        Assert.Contains(endpoint, trace.Return.Path());
        Assert.Equal(IpAddress.Parse("10.0.1.10"), trace.Forward[^1].Inbound.Source);
        net.Edit<NetworkInterface>(peer, e => e with { Groups = [new(net.Group(vpc, $"in tcp 443 {open}", "out all 0.0.0.0/0"))] });
        net.Tcp(app, "10.0.3.10").Dropped(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
    }

    [Fact]
    public void Rule084_between_a_network_load_balancer_and_targets_that_see_the_client_there_is_no_inspection()
    {
        string front = net.Subnet(vpc, "10.0.5.0/24");
        net.Route(net.Table(vpc, front), "10.0.1.0/24", endpoint);
        string group = net.Group(vpc, "web", "TCP", 443, TargetType.Instance, [app]);
        net.Listen(net.Nlb("web", [(front, "10.0.5.9")]), "TCP", 443, group);
        string client = net.Instance(front, "10.0.5.50", open);
        Drop drop = net.Tcp(client, "10.0.5.9").Dropped(ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION);
        Assert.Equal(("load-balancer", "target-group"), (drop.LoadBalancer!.Kind, drop.TargetGroup!.Kind));
        net.EditGroup(group, g => g with { Attributes = g.Attributes.SetItem(TargetGroupAttributes.PreserveClientIp, "false") });
        Trace trace = net.Tcp(client, "10.0.5.9");
        trace.Delivered();
        Assert.Contains(endpoint, trace.Forward.Path());
    }

    [Fact]
    public void Rule092_the_acl_of_the_endpoints_subnet_applies()
    {
        net.Acl(vpc, [doors], "100 in allow tcp 443 10.0.1.0/24", "100 out allow all 0.0.0.0/0");
        Drop drop = net.Tcp(app, Host).Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return);
        Assert.Equal(doors, drop.Subnet!.Id);
    }

    [Fact]
    public void Rule092_the_appliance_must_admit_geneve()
    {
        net.At = Provider;
        net.Rules(theirGroup, "in tcp 80 10.0.0.0/24", "in tcp 6081 10.0.0.0/24");
        net.At = CloudBuilder.Home;
        Drop drop = net.Tcp(app, Host).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        Assert.Equal((17, Provider), (drop.Packet.Protocol, drop.Component.Partition!.Value));
    }

    [Fact]
    public void Rule092_the_gates_between_node_and_appliance_let_geneve_pass_both_ways()
    {
        net.At = Provider;
        net.Acl(theirVpc, [theirSubnet], "100 out allow all 0.0.0.0/0", "100 in allow tcp 80 0.0.0.0/0", "110 in allow tcp 1024-65535 0.0.0.0/0");
        net.At = CloudBuilder.Home;
        Assert.Equal(17, net.Tcp(app, Host).Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION).Packet.Protocol);
    }

    [Fact]
    public void Rule092_without_an_appliance_packets_are_lost()
    {
        net.At = Provider;
        net.Deregister(pool, appliance);
        net.At = CloudBuilder.Home;
        net.Tcp(app, Host).Dropped(ExplanationCode.ELBV2_LISTENER_HAS_NO_TG);
    }

    [Fact]
    public void A_stopped_appliance_that_is_all_there_is_loses_them_too()
    {
        net.At = Provider;
        net.SetState(appliance, InstanceState.Stopped);
        net.At = CloudBuilder.Home;
        Assert.Equal("instance", net.Tcp(app, Host).Dropped(ExplanationCode.BAD_STATE).Component.Kind);
    }

    [Fact]
    public void An_endpoint_that_its_own_subnet_routes_to_loops()
    {
        net.Route(doorTable, "9.9.9.0/24", endpoint);
        net.Tcp(app, "9.9.9.9").Dropped(ExplanationCode.FORWARDING_LOOP);
    }

    [Fact]
    public void An_endpoint_that_does_not_work_makes_its_routes_black_holes()
    {
        net.Edit<VpcEndpoint>(endpoint, e => e with { State = VpcEndpointState.Rejected });
        net.Tcp(app, Host).Dropped(ExplanationCode.BAD_STATE_ROUTE);
        net.FromInternet(Host, "54.0.0.10").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void A_node_that_has_failed_passes_nothing_to_its_appliances_though_it_fails_open()
    {
        net.At = Provider;
        string node = net.Rows.All<NetworkInterface>().Single(e => e.InterfaceType == "gateway_load_balancer").Key;
        net.Fail("eni:" + node);
        net.At = CloudBuilder.Home;
        Drop drop = net.Tcp(app, Host).Dropped(ExplanationCode.BAD_STATE);
        Assert.Equal(node, drop.Component.Id);
        net.FromInternet(Host, "54.0.0.10").Dropped(ExplanationCode.BAD_STATE);
    }

    [Fact]
    public void An_endpoints_own_address_answers_nobody()
    {
        net.Route(appTable, "0.0.0.0/0", net.Rows.By<InternetGateway>(vpc).Single().Key);
        net.Tcp(app, "10.0.2.20").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        net.Tcp(net.Doors(endpoint)[0], "10.0.1.10").Dropped(ExplanationCode.VPCE_INTRA_VPC_TRAFFIC);
    }

    [Fact]
    public void Rule105_the_balancer_must_have_a_node_in_the_endpoints_zone()
    {
        string elsewhere = net.Subnet(vpc, "10.0.4.0/24", zone: "us-east-1b");
        string second = net.EndpointTo(
            vpc, VpcEndpointType.GatewayLoadBalancer, ServiceOf(endpoint), [(elsewhere, "10.0.4.20")]);
        net.Route(appTable, "0.0.0.0/0", second);
        net.Route(edge, "10.0.1.0/24", second);
        net.Tcp(app, Host).Dropped(ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ);
    }

    [Fact]
    public void Rule043_an_excluded_endpoint_subnet_does_not_free_what_goes_through_it()
    {
        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        net.Exclude(doors, BlockPublicAccessExclusion.AllowBidirectional);
        net.Tcp(app, Host).Dropped(ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
        net.FromInternet(Host, "54.0.0.10").Dropped(ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
    }

    [Fact]
    public void A_node_of_such_a_balancer_speaks_geneve_only()
    {
        net.At = Provider;
        string node = net.Rows.All<NetworkInterface>().Single(e => e.InterfaceType == "gateway_load_balancer").Key;
        net.Tcp(node, "10.0.9.9", 80).Dropped(ExplanationCode.GWLB_PROTOCOL_RESTRICTION);
        net.Ask(node, "10.0.9.9", Protocols.Udp, 53, 40000).Dropped(ExplanationCode.GWLB_DESTINATION_PORT_RESTRICTION);
        net.Ask(node, "10.0.9.9", Protocols.Udp, 6081, 40000).Delivered();
    }

    private (PartitionKey Owner, string Id) ServiceOf(string id)
    {
        VpcEndpoint row = net.Rows.Get(new Id<VpcEndpoint>(id));
        return (row.ServiceOwner!.Value, row.ServiceId!.Value.Value);
    }
}
