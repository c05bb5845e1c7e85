using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Open connections when the targets behind load balancers change: what is new avoids a target that leaves, what it has goes on.</summary>
public sealed class DrainingTests
{
    private const string Node = "10.0.0.9";

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string open;
    private readonly string client;
    private readonly string[] machines;

    public DrainingTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        subnet = net.Subnet(vpc, "10.0.0.0/24");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(subnet, "10.0.0.50", open);
        machines = [.. Enumerable.Range(10, 4).Select(i => net.Instance(subnet, $"10.0.0.{i}", open))];
    }

    [Theory]
    [InlineData("TCP", true)]
    [InlineData("TLS", true)]
    [InlineData("TCP", false)]
    public void A_network_load_balancers_connection_goes_on_to_a_target_that_drains_and_no_new_one_begins(string listener, bool keeps)
    {
        string group = NetworkGroup("TCP", $"preserve_client_ip.enabled={(keeps ? "true" : "false")}");
        net.Listen(net.Nlb("raw", [(subnet, Node)]), listener, 80, group);
        Trace first = net.Tcp(client, Node, 80);
        string taken = Taken(first);
        net.Drain(group, taken);
        Trace later = Later(first);
        Assert.Equal(taken, Taken(later));
        TargetShare leaving = later.Choice().Targets.Single(t => t.IsChosen);
        Assert.Equal((TargetState.Draining, "Target.DeregistrationInProgress", 0.0), (leaving.Health.State, leaving.Health.Reason, leaving.Share));
        Assert.DoesNotContain(taken, net.Spread(client, Node, 80, 200).Keys);
        Assert.Equal(3, net.Spread(client, Node, 80, 200).Count);
    }

    [Fact]
    public void After_the_delay_a_network_load_balancer_ends_connections_where_it_was_told_to()
    {
        string group = NetworkGroup("TCP");
        net.Listen(net.Nlb("raw", [(subnet, Node)]), "TCP", 80, group);
        Trace first = net.Tcp(client, Node, 80);
        string taken = Taken(first);
        net.Deregister(group, taken);
        Later(first).Delivered();
        Assert.Equal(first.Forward[^1].Component, Later(first).Forward[^1].Component);
        Attribute(group, TargetGroupAttributes.EndsDrained, "true");
        Drop drop = Later(first).Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        Assert.Equal(Listener.Kind, drop.Component.Kind);
        net.Drain(group, net.Rows.Table<TargetGroup>().Find(group)!.Targets[0].Id);
        net.Tcp(client, Node, 80).Delivered();
    }

    [Fact]
    public void A_targets_connections_end_when_it_becomes_unhealthy_unless_the_group_keeps_them()
    {
        string group = NetworkGroup("TCP");
        net.Listen(net.Nlb("raw", [(subnet, Node)]), "TCP", 80, group);
        Trace first = net.Tcp(client, Node, 80);
        net.Fail($"target:{group}/{Taken(first)}:80");
        Later(first).Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        Attribute(group, TargetGroupAttributes.EndsUnhealthy, "false");
        Assert.Equal(Taken(first), Taken(Later(first)));
    }

    [Fact]
    public void More_targets_take_no_open_connection_away()
    {
        string group = NetworkGroup("TCP");
        net.Listen(net.Nlb("raw", [(subnet, Node)]), "TCP", 80, group);
        Trace[] first = [.. Enumerable.Range(0, 30).Select(i => net.Tcp(client, Node, 80, 40000 + i))];
        net.Register(group, [.. Enumerable.Range(20, 9).Select(i => net.Instance(subnet, $"10.0.0.{i}", open))]);
        Assert.All(first, f => Assert.Equal(Taken(f), Taken(Later(f))));
        Assert.Contains(first, f => Taken(f) != Taken(net.Tcp(client, Node, 80, f.Flow.SourcePort)));
    }

    [Fact]
    public void Rule084_a_change_of_client_address_preservation_is_for_new_connections_only()
    {
        string group = NetworkGroup("TCP");
        net.Listen(net.Nlb("raw", [(subnet, Node)]), "TCP", 80, group);
        Trace first = net.Tcp(client, Node, 80);
        Attribute(group, TargetGroupAttributes.PreserveClientIp, "false");
        Assert.Equal("10.0.0.50", Later(first).Forward[^1].Inbound.Source.ToString());
        Later(first).Delivered();
        Assert.Equal(Node, net.Tcp(client, Node, 80).Forward[^1].Inbound.Source.ToString());
    }

    [Fact]
    public void Datagrams_move_to_another_target_when_theirs_has_left()
    {
        string group = net.Group(vpc, "names", "UDP", 53, TargetType.Instance, machines);
        net.Listen(net.Nlb("raw", [(subnet, Node)]), "UDP", 53, group);
        Trace first = net.Ask(client, Node, Protocols.Udp, 53, 40000);
        string taken = Taken(first);
        net.Drain(group, taken);
        Assert.Equal(taken, Taken(Later(first)));
        net.EditGroup(group, g => g with { Draining = [] });
        Assert.NotEqual(taken, Taken(Later(first)));
    }

    [Fact]
    public void An_application_load_balancer_completes_the_request_under_way_and_sends_the_next_one_elsewhere()
    {
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, machines);
        net.Listen(net.Alb("web", [(subnet, Node)], open), "HTTP", 80, group);
        Trace first = net.Http(client, Node, "GET", "http://shop.example/");
        string taken = Taken(first);
        net.Drain(group, taken);
        Trace next = Later(first);
        next.Delivered();
        Assert.NotEqual(taken, Taken(next));
        Assert.Equal(taken, Taken(new Tracer(Compiler.Compile(net.Cloud)).Explain(first.Flow with { Http = null }, first.Connection)));
    }

    [Fact]
    public void A_classic_load_balancer_closes_connections_at_once_or_drains_them()
    {
        net.Classic("old", [(subnet, Node)], [open], "TCP:80", machines, "TCP:80:TCP:80");
        Trace first = net.Tcp(client, Node, 80);
        Id<Instance> taken = new(Taken(first));
        net.EditClassic("old", b => b with { Instances = b.Instances.Remove(taken) });
        Later(first).Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        net.EditClassic("old", b => b with { ConnectionDraining = true, Draining = [new DrainingInstance(taken, DateTimeOffset.MaxValue)] });
        Assert.Equal(taken.Value, Taken(Later(first)));
        Assert.DoesNotContain(taken.Value, net.Spread(client, Node, 80, 100).Keys);
        net.EditClassic("old", b => b with { Instances = b.Instances.Add(taken), Draining = [] });
        net.Fail($"target:old/{taken}");
        Assert.Equal(taken.Value, Taken(Later(first)));
        net.EditClassic("old", b => b with { ConnectionDraining = false });
        Later(first).Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
    }

    [Fact]
    public void A_gateway_load_balancers_flows_stay_with_their_appliance_unless_they_are_rebalanced()
    {
        string provider = net.Vpc("10.1.0.0/16");
        string inside = net.Subnet(provider, "10.1.0.0/24");
        string[] appliances = [.. Enumerable.Range(10, 4).Select(i => net.Instance(inside, $"10.1.0.{i}", net.Group(provider, "in all 0.0.0.0/0", "out all 0.0.0.0/0")))];
        string pool = net.Group(provider, "fw", "GENEVE", 6081, TargetType.Instance, appliances);
        string gateway = net.Gwlb("fw", (inside, "10.1.0.9"));
        net.Listen(gateway, "GENEVE", 6081, pool);
        string door = net.Subnet(vpc, "10.0.8.0/24");
        string far = net.Subnet(vpc, "10.0.9.0/24");
        string endpoint = net.EndpointTo(vpc, VpcEndpointType.GatewayLoadBalancer, net.Service(gateway), [(door, "10.0.8.20")]);
        net.Instance(far, "10.0.9.10", open);
        net.Route(net.Table(vpc, subnet), "10.0.9.0/24", endpoint);
        net.Route(net.Table(vpc, far), "10.0.0.0/24", endpoint);
        Trace first = net.Tcp(client, "10.0.9.10");
        string taken = Taken(first);
        Assert.Equal(taken, first.Return.Last(h => !h.Targets.IsEmpty).Targets.Single(t => t.IsChosen).Target.Id);
        net.Drain(pool, taken);
        Trace later = Later(first);
        Assert.Equal((taken, taken), (Taken(later), later.Return.Last(h => !h.Targets.IsEmpty).Targets.Single(t => t.IsChosen).Target.Id));
        net.EditGroup(pool, g => g with { Draining = [] });
        Later(first).Delivered();
        Attribute(pool, TargetGroupAttributes.FailoverOnDeregistration, "rebalance");
        Attribute(pool, TargetGroupAttributes.FailoverOnUnhealthy, "rebalance");
        Trace moved = Later(first);
        moved.Delivered();
        Assert.NotEqual(taken, Taken(moved));
    }

    private string NetworkGroup(string protocol, params string[] attributes) =>
        net.Group(vpc, "raw", protocol, 80, TargetType.Instance, machines, attributes);

    private void Attribute(string group, string name, string value) =>
        net.EditGroup(group, g => g with { Attributes = g.Attributes.SetItem(name, value) });

    /// <summary>One more packet of the connection, through the network as it is now.</summary>
    private Trace Later(Trace first) => new Tracer(Compiler.Compile(net.Cloud)).Explain(first.Flow, first.Connection);

    private static string Taken(Trace trace)
    {
        trace.Delivered();
        return trace.Choice().Targets.Single(t => t.IsChosen).Target.Id;
    }
}
