using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Later packets of connections whose first packet was let pass before something changed: rules 69, 84 and 100.</summary>
public sealed class ConnectionRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string table;
    private readonly string open;
    private readonly string client;
    private readonly string s3 = Endpoints.AddressOf(Endpoints.S3);

    public ConnectionRules()
    {
        vpc = net.Vpc("10.0.0.0/16");
        subnet = net.Subnet(vpc, "10.0.1.0/24");
        table = net.Table(vpc, subnet);
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(subnet, "10.0.1.10", open);
    }

    [Fact]
    public void Rule100_a_new_gateway_endpoint_breaks_the_open_connections_to_its_service_and_no_others()
    {
        net.Elastic(client, "54.0.0.10");
        net.Route(table, "0.0.0.0/0", net.Igw(vpc));
        Trace first = net.Tcp(client, s3);
        Trace other = net.Tcp(client, "8.8.8.8");
        Later(first).Delivered();
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, table);
        Drop drop = Later(first).Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), drop.Packet.Source);
        Assert.Equal(Endpoints.S3, drop.Component.Id);
        Later(other).Delivered();
        net.Tcp(client, s3).Delivered();
        Trace anew = net.Tcp(client, s3);
        net.Unlist(table, endpoint);
        Assert.Equal(IpAddress.Parse("54.0.0.10"), Later(anew).Dropped(ExplanationCode.NO_MATCHING_CONNECTION).Packet.Source);
        Later(first).Delivered();
    }

    [Fact]
    public void Rule100_a_ping_is_no_connection_and_goes_on()
    {
        net.Elastic(client, "54.0.0.10");
        net.Route(table, "0.0.0.0/0", net.Igw(vpc));
        Trace first = net.Ping(client, s3);
        net.GatewayEndpoint(vpc, Endpoints.S3, table);
        Later(first).Delivered();
    }

    [Fact]
    public void An_open_connection_does_not_outlive_its_target_behind_a_network_load_balancer()
    {
        string one = net.Instance(subnet, "10.0.1.11", open);
        string two = net.Instance(subnet, "10.0.1.12", open);
        string group = net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Nlb("web", [(subnet, "10.0.1.9")]), "TCP", 80, group);
        Trace first = net.Tcp(client, "10.0.1.9", 80);
        string taken = first.Choice().Targets.Single(t => t.IsChosen).Target.Id;
        Later(first).Delivered();
        net.Fail($"target:{group}/{taken}:80");
        Later(first).Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        net.Tcp(client, "10.0.1.9", 80).Delivered();
    }

    [Fact]
    public void An_application_load_balancer_ends_connections_and_may_take_another_target_for_the_next_request()
    {
        string one = net.Instance(subnet, "10.0.1.11", open);
        string two = net.Instance(subnet, "10.0.1.12", open);
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Alb("web", [(subnet, "10.0.1.9")], open), "HTTP", 80, group);
        Trace first = net.Tcp(client, "10.0.1.9", 80);
        string taken = first.Choice().Targets.Single(t => t.IsChosen).Target.Id;
        net.Fail($"target:{group}/{taken}:80");
        Trace later = Later(first);
        later.Delivered();
        Assert.NotEqual(taken, later.Choice().Targets.Single(t => t.IsChosen).Target.Id);
    }

    /// <summary>One more packet of the connection, through the network as it is now.</summary>
    private Trace Later(Trace first) => new Tracer(Compiler.Compile(net.Cloud)).Explain(first.Flow, first.Connection);
}
