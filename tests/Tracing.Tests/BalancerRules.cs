using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Load balancers: rules 81 to 92, each explanation code of theirs, and what a trace tells of them.</summary>
public sealed class BalancerRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string a;
    private readonly string b;
    private readonly string open;
    private readonly string client;

    public BalancerRules()
    {
        vpc = net.Vpc("10.0.0.0/16");
        a = net.Subnet(vpc, "10.0.0.0/24");
        b = net.Subnet(vpc, "10.0.1.0/24", zone: "us-east-1b");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(a, "10.0.0.50", open);
    }

    private (string Subnet, string Address)[] Both => [(a, "10.0.0.9"), (b, "10.0.1.9")];

    [Fact]
    public void Rule081_a_classic_load_balancer_applies_its_subnets_acl_to_a_target_in_the_same_subnet()
    {
        string target = net.Instance(a, "10.0.0.10", open);
        net.Classic("old", [(a, "10.0.0.9")], [open], "TCP:9000", [target], "TCP:80:TCP:8080");
        net.Tcp(client, "10.0.0.9", 80).Delivered();
        string acl = net.Acl(vpc, [a], "10 out deny tcp 8080 10.0.0.0/24", "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        Drop drop = net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELB_ACL_RESTRICTION);
        Assert.Equal(acl, drop.Acl!.Id);
        Assert.Equal(10, drop.AclRule!.Number);
    }

    [Fact]
    public void Rule082_a_network_load_balancer_without_groups_admits_all_and_one_with_groups_obeys_them()
    {
        string target = net.Instance(a, "10.0.0.10", open);
        string group = net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [target]);
        string free = net.Nlb("free", [(a, "10.0.0.8")]);
        net.Listen(free, "TCP", 80, group);
        net.Tcp(client, "10.0.0.8", 80).Delivered();
        string closed = net.Group(vpc, "in tcp 443 0.0.0.0/0", "out all 0.0.0.0/0");
        string bound = net.Nlb("bound", [(a, "10.0.0.9")], closed);
        string other = net.Group(vpc, "web2", "TCP", 80, TargetType.Instance, [target]);
        net.Listen(bound, "TCP", 80, other);
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        Assert.Equal(["Healthy"], net.Health(other));
        net.Rules(closed, "in tcp 80 0.0.0.0/0");
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.SG_HAS_NO_RULES);
        Assert.Equal(["Unhealthy Target.FailedHealthChecks"], net.Health(other));
    }

    [Fact]
    public void Rule082_a_targets_rule_may_name_the_network_load_balancers_group_though_the_clients_address_is_kept()
    {
        string balancing = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        string target = net.Instance(b, "10.0.1.10", net.Group(vpc, $"in tcp 80 {balancing}"));
        string key = net.Nlb("bound", [(b, "10.0.1.9")], balancing);
        net.Listen(key, "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [target]));
        Trace trace = net.Tcp(client, "10.0.1.9", 80);
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("10.0.0.50"), trace.Forward[^1].Inbound.Source);
        Assert.Equal(balancing, trace.Forward.Last(h => h.GroupRule is not null).GroupRule!.Peer.GroupId!.Value.Value);
        net.Tcp(client, "10.0.1.10", 80).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule084_the_clients_group_means_nothing_behind_a_load_balancer_that_keeps_its_address()
    {
        string clients = net.Group(vpc, "out all 0.0.0.0/0");
        string asker = net.Instance(a, "10.0.0.51", clients);
        string target = net.Instance(b, "10.0.1.10", net.Group(vpc, $"in tcp 80 {clients}", "in tcp 80 10.0.1.9/32"));
        net.Listen(net.Nlb("free", [(b, "10.0.1.9")]), "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [target]));
        net.Tcp(asker, "10.0.1.10", 80).Delivered();
        net.Tcp(asker, "10.0.1.9", 80).Dropped(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
    }

    [Theory]
    [InlineData("TCP", TargetType.Instance, true)]
    [InlineData("TLS", TargetType.Instance, true)]
    [InlineData("TCP", TargetType.Ip, false)]
    [InlineData("TLS", TargetType.Ip, false)]
    [InlineData("UDP", TargetType.Ip, true)]
    [InlineData("TCP_UDP", TargetType.Ip, true)]
    public void Rule084_the_clients_address_is_kept_by_AWSs_table(string protocol, TargetType type, bool kept)
    {
        string target = net.Instance(b, "10.0.1.10", open);
        string group = net.Group(vpc, "web", protocol, 80, type, [type == TargetType.Ip ? "10.0.1.10" : target]);
        net.Listen(net.Nlb("lb", Both), protocol, 80, group);
        net.EditBalancer(net.Rows.All<LoadBalancer>().Single().Key, l => l with { Attributes = l.Attributes.SetItem(LoadBalancerAttributes.CrossZone, "true") });
        Trace trace = net.Ask(client, "10.0.0.9", protocol is "UDP" or "TCP_UDP" ? Protocols.Udp : Protocols.Tcp, 80, 40000);
        trace.Delivered();
        Assert.Equal(IpAddress.Parse(kept ? "10.0.0.50" : "10.0.0.9"), trace.Forward[^1].Inbound.Source);
        Assert.Equal(IpAddress.Parse("10.0.0.9"), trace.Return[^1].Inbound.Source);
    }

    [Fact]
    public void Rule084_an_internet_clients_reply_goes_back_by_the_load_balancer_and_the_targets_subnet_needs_no_way_out()
    {
        string igw = net.Igw(vpc);
        net.Route(net.Table(vpc, a), "0.0.0.0/0", igw);
        string target = net.Instance(b, "10.0.1.10", open);
        string key = net.Nlb("web", [(a, "10.0.0.9/54.0.0.9"), (b, "10.0.1.9/54.0.0.10")]);
        net.EditBalancer(key, l => l with { Attributes = l.Attributes.SetItem(LoadBalancerAttributes.CrossZone, "true") });
        net.Listen(key, "TCP", 443, net.Group(vpc, "web", "TCP", 443, TargetType.Instance, [target]));
        Trace trace = net.FromInternet("8.8.8.8", "54.0.0.9");
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("8.8.8.8"), trace.Forward[^1].Inbound.Source);
        Assert.Contains(igw, trace.Return.Path());
        Assert.DoesNotContain(trace.Return, h => h.Route is not null && h.Subnet?.Id == b);
    }

    [Fact]
    public void Rule084_a_client_that_is_its_own_target_gets_no_answer()
    {
        net.Listen(net.Nlb("web", [(a, "10.0.0.9")]), "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [client]));
        Drop drop = net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION);
        Assert.Equal("load-balancer", drop.LoadBalancer!.Kind);
        net.EditGroup(
            net.Rows.All<TargetGroup>().Single().Key, g => g with { Attributes = g.Attributes.SetItem(TargetGroupAttributes.PreserveClientIp, "false") });
        net.Tcp(client, "10.0.0.9", 80).Delivered();
    }

    [Fact]
    public void Rule084_keeping_the_address_breaks_a_target_that_is_another_network_load_balancers_node()
    {
        string target = net.Instance(a, "10.0.0.10", open);
        net.Listen(net.Nlb("inner", [(a, "10.0.0.8")]), "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [target]));
        string outer = net.Group(vpc, "outer", "TCP", 80, TargetType.Ip, ["10.0.0.8"], "preserve_client_ip.enabled=true");
        net.Listen(net.Nlb("outer", [(a, "10.0.0.9")]), "TCP", 80, outer);
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION);
        net.EditGroup(outer, g => g with { Attributes = Trunkline.Cloud.Tags.None });
        Trace trace = net.Tcp(client, "10.0.0.9", 80);
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("10.0.0.9"), trace.Forward[^1].Inbound.Source);
        Assert.Equal(IpAddress.Parse("10.0.0.9"), trace.Return[^1].Inbound.Source);
    }

    [Fact]
    public void Rule085_without_keeping_the_target_sees_the_nodes_address_and_any_high_port()
    {
        string target = net.Instance(b, "10.0.1.10", net.Group(vpc, "in tcp 80 10.0.0.9/32"));
        string group = net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [target], "preserve_client_ip.enabled=false");
        string key = net.Nlb("web", Both);
        net.EditBalancer(key, l => l with { Attributes = l.Attributes.SetItem(LoadBalancerAttributes.CrossZone, "true") });
        net.Listen(key, "TCP", 80, group);
        Trace trace = net.Tcp(client, "10.0.0.9", 80);
        trace.Delivered();
        Assert.Equal(new PortRange(1024, 65535), trace.Forward[^1].Inbound.SourcePorts);
        net.Acl(vpc, [b], "10 in allow all 0.0.0.0/0", "10 out allow tcp 32768-65535 0.0.0.0/0");
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return);
    }

    [Fact]
    public void Rule085_proxy_protocol_tells_the_target_the_client()
    {
        string target = net.Instance(a, "10.0.0.10", open);
        string group = net.Group(
            vpc, "web", "TCP", 80, TargetType.Instance, [target], "preserve_client_ip.enabled=false", "proxy_protocol_v2.enabled=true");
        net.Listen(net.Nlb("web", [(a, "10.0.0.9")]), "TCP", 80, group);
        Assert.Equal("PROXY protocol v2: 10.0.0.50:32768", net.Tcp(client, "10.0.0.9", 80).Choice().Note);
    }

    [Fact]
    public void A_sticky_group_sends_a_source_to_the_same_target_again()
    {
        string[] targets = [.. Enumerable.Range(10, 8).Select(i => net.Instance(a, $"10.0.0.{i}", open))];
        string group = net.Group(vpc, "web", "TCP", 80, TargetType.Instance, targets, "stickiness.enabled=true");
        net.Listen(net.Nlb("web", [(a, "10.0.0.9")]), "TCP", 80, group);
        Assert.Single(net.Spread(client, "10.0.0.9", 80, 100));
        net.EditGroup(group, g => g with { Attributes = Trunkline.Cloud.Tags.None });
        Assert.Equal(8, net.Spread(client, "10.0.0.9", 80, 200).Count);
    }

    [Fact]
    public void Rule086_an_application_load_balancers_node_uses_every_zone_and_a_network_load_balancers_only_its_own()
    {
        string one = net.Instance(a, "10.0.0.10", open);
        string two = net.Instance(b, "10.0.1.10", open);
        string web = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Alb("web", Both, open), "HTTP", 80, web);
        string raw = net.Group(vpc, "raw", "TCP", 80, TargetType.Instance, [one, two]);
        string nlb = net.Nlb("raw", [(a, "10.0.0.8"), (b, "10.0.1.8")]);
        net.Listen(nlb, "TCP", 80, raw);
        Assert.Equal(2, net.Spread(client, "10.0.0.9", 80).Count);
        Assert.Equal([net.InstanceOf(one)], net.Spread(client, "10.0.0.8", 80).Keys);
        Assert.Equal([net.InstanceOf(two)], net.Spread(client, "10.0.1.8", 80).Keys);
        net.EditGroup(web, g => g with { Attributes = g.Attributes.SetItem(TargetGroupAttributes.CrossZone, "false") });
        net.EditBalancer(nlb, l => l with { Attributes = l.Attributes.SetItem(LoadBalancerAttributes.CrossZone, "true") });
        Assert.Equal([net.InstanceOf(one)], net.Spread(client, "10.0.0.9", 80).Keys);
        Assert.Equal(2, net.Spread(client, "10.0.0.8", 80).Count);
    }

    [Fact]
    public void Rule086_a_classic_load_balancer_made_by_the_API_keeps_to_the_nodes_zone()
    {
        string target = net.Instance(b, "10.0.1.10", open);
        string name = net.Classic("old", Both, [open], "TCP:80", [target], "TCP:80:TCP:80");
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELB_NOT_CROSSZONE);
        net.Tcp(client, "10.0.1.9", 80).Delivered();
        net.Put(net.Rows.Table<ClassicLoadBalancer>().Find(name)! with { CrossZone = true });
        net.Tcp(client, "10.0.0.9", 80).Delivered();
    }

    [Fact]
    public void Rule087_a_zone_without_healthy_targets_leaves_the_names_answer_and_its_node_serves_nobody()
    {
        string one = net.Instance(a, "10.0.0.10", open);
        string two = net.Instance(b, "10.0.1.10", open);
        string key = net.Nlb("web", Both);
        net.Listen(key, "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [one, two]));
        Assert.Equal(["us-east-1a", "us-east-1b"], net.Tracer().HealthyZones(net.At, key));
        net.SetState(two, InstanceState.Stopped);
        Assert.Equal(["us-east-1a"], net.Tracer().HealthyZones(net.At, key));
        Drop drop = net.Tcp(client, "10.0.1.9", 80).Dropped(ExplanationCode.ELBV2_NO_TARGETS_IN_AZ);
        Assert.Equal(TargetState.Unused, drop.Targets.Single(t => t.Target.Id == net.InstanceOf(two)).Health.State);
    }

    [Fact]
    public void Rule087_targets_in_a_zone_that_is_not_enabled_receive_nothing()
    {
        string far = net.Instance(b, "10.0.1.10", open);
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [far]);
        net.Listen(net.Alb("web", [(a, "10.0.0.9")], open), "HTTP", 80, group);
        Assert.Equal(["Unused Target.NotInUse"], net.Health(group));
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELB_INSTALLED_AZ_RESTRICTION);
    }

    [Fact]
    public void Rule088_a_node_has_one_address_in_each_zone_and_answers_only_there()
    {
        net.Instance(a, "10.0.0.10", open);
        net.Listen(net.Nlb("web", Both), "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Ip, ["10.0.0.10@80@all"]));
        net.Tcp(client, "10.0.0.9", 80).Delivered();
        net.Tcp(client, "10.0.1.9", 80).Delivered();
        net.Tcp(client, "10.0.1.77", 80).Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
    }

    [Fact]
    public void Rule089_an_application_load_balancers_target_sees_its_private_address_and_the_client_in_a_header()
    {
        string balancing = net.Group(vpc, "in tcp 80 0.0.0.0/0", "out all 0.0.0.0/0");
        string target = net.Instance(b, "10.0.1.10", net.Group(vpc, $"in tcp 8080 {balancing}"));
        net.Listen(net.Alb("web", Both, balancing), "HTTP", 80, net.Group(vpc, "web", "HTTP", 8080, TargetType.Instance, [target]));
        Trace trace = net.Http(client, "10.0.0.9", "GET", "http://shop.example/");
        trace.Delivered();
        Header seen = trace.Forward[^1].Inbound;
        Assert.Equal(IpAddress.Parse("10.0.0.9"), seen.Source);
        Assert.Equal(new PortRange(8080, 8080), seen.DestinationPorts);
        Assert.Equal("X-Forwarded-For: 10.0.0.50", trace.Choice().Note);
        net.Rules(balancing, "in tcp 443 0.0.0.0/0", "out all 0.0.0.0/0");
        net.Http(client, "10.0.0.9", "GET", "http://shop.example/").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule090_where_every_target_is_unhealthy_all_are_used()
    {
        string one = net.Instance(a, "10.0.0.10", open);
        string two = net.Instance(b, "10.0.1.10", open);
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Alb("web", Both, open), "HTTP", 80, group);
        net.EditGroup(group, g => g with { HealthCheck = g.HealthCheck with { Port = "9000" } });
        net.Listening(net.InstanceOf(one), 80);
        Assert.Equal(["Unhealthy Target.FailedHealthChecks", "Healthy"], net.Health(group));
        Assert.Equal([net.InstanceOf(two)], net.Spread(client, "10.0.0.9", 80).Keys);
        net.Fail($"target:{group}/{net.InstanceOf(two)}:80");
        Assert.Equal(["Unhealthy Target.FailedHealthChecks", "Unhealthy Target.FailedHealthChecks"], net.Health(group));
        Assert.Equal(2, net.Spread(client, "10.0.0.9", 80).Count);
    }

    [Fact]
    public void Rule090_a_network_load_balancer_fails_open_too_and_a_classic_one_does_not()
    {
        string one = net.Instance(a, "10.0.0.10", open);
        string two = net.Instance(a, "10.0.0.11", open);
        string group = net.Group(vpc, "raw", "TCP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Nlb("raw", [(a, "10.0.0.9")]), "TCP", 80, group);
        net.EditGroup(group, g => g with { HealthCheck = g.HealthCheck with { Port = "9000" } });
        net.Classic("old", [(a, "10.0.0.8")], [open], "TCP:9000", [one, two], "TCP:80:TCP:80");
        net.World(net.Cloud.World with
        {
            Listening = [.. new[] { one, two }.Select(m => new ListeningMachine(net.InstanceOf(m), [new HostPort(Protocols.Tcp, 80, 80)]))],
        });
        Assert.All(net.Health(group), h => Assert.Equal("Unhealthy Target.FailedHealthChecks", h));
        Assert.Equal(2, net.Spread(client, "10.0.0.9", 80).Count);
        Drop drop = net.Tcp(client, "10.0.0.8", 80).Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        Assert.Equal("old", drop.LoadBalancer!.Id);
        Assert.Contains("has no target that it can send it to", drop.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule084_keeping_the_address_breaks_a_target_that_is_an_endpoint()
    {
        string endpoint = net.InterfaceEndpoint(vpc, Endpoints.Sns, [(a, "10.0.0.30")], open);
        string group = net.Group(vpc, "sns", "TCP", 443, TargetType.Ip, ["10.0.0.30"], "preserve_client_ip.enabled=true");
        net.Listen(net.Nlb("sns", [(a, "10.0.0.9")]), "TCP", 443, group);
        net.Tcp(client, "10.0.0.9").Dropped(ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION);
        net.EditGroup(group, g => g with { Attributes = Trunkline.Cloud.Tags.None });
        Trace trace = net.Tcp(client, "10.0.0.9");
        trace.Delivered();
        Assert.Contains(endpoint, trace.Forward.Path());
    }

    [Fact]
    public void Rule091_an_internet_facing_load_balancers_subnets_must_route_to_the_gateway()
    {
        string table = net.Table(vpc, a);
        string igw = net.Igw(vpc);
        string target = net.Instance(b, "10.0.1.10", open);
        net.Listen(net.Alb("web", [(a, "10.0.0.9/54.0.0.9"), (b, "10.0.1.9/54.0.0.10")], open), "HTTP", 80,
            net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [target]));
        net.FromInternet("8.8.8.8", "54.0.0.9", 80).Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION, Leg.Return);
        net.Route(table, "0.0.0.0/0", igw);
        net.FromInternet("8.8.8.8", "54.0.0.9", 80).Delivered();
    }

    [Fact]
    public void Whether_targets_are_well_does_not_depend_on_who_asked_first()
    {
        // Two balancers are each other's targets: the checks of one ask for those of the other, down to where nobody asks any more.
        for (int host = 10; host < 26; host++)
        {
            CloudBuilder other = new();
            string network = other.Vpc("10.0.0.0/16");
            string subnet = other.Subnet(network, "10.0.0.0/24");
            string all = other.Group(network, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
            other.Instance(subnet, $"10.0.0.{host}", all);
            string there = other.Group(network, "there", "HTTP", 80, TargetType.Ip, ["10.0.0.9"]);
            string back = other.Group(network, "back", "HTTP", 80, TargetType.Ip, ["10.0.0.8", $"10.0.0.{host}"]);
            other.Listen(other.Alb("first", [(subnet, "10.0.0.8")], all), "HTTP", 80, there);
            other.Listen(other.Alb("second", [(subnet, "10.0.0.9")], all), "HTTP", 80, back);
            Assert.Equal(Asked(other, [there, back]), Asked(other, [back, there]));
        }

        static string Asked(CloudBuilder net, string[] groups)
        {
            Tracer tracer = net.Tracer();
            return string.Join('\n', groups.Select(g => $"{g} {string.Join(' ', tracer.HealthOfTargets(net.At, g).Select(h => h.Code))}").Order());
        }
    }

    [Fact]
    public void Rule092_a_gateway_load_balancers_targets_are_asked_by_its_nodes_and_take_nothing_else_from_them()
    {
        string appliance = net.Instance(a, "10.0.0.10", net.Group(vpc, "in tcp 80 10.0.0.0/16", "in udp 6081 10.0.0.0/16"));
        string group = net.Group(vpc, "fw", "GENEVE", 6081, TargetType.Instance, [appliance]);
        string key = net.Gwlb("fw", (a, "10.0.0.9"));
        net.Listen(key, "GENEVE", 6081, group);
        Assert.Equal(["Healthy"], net.Health(group));
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELBV2_LISTENERS_MISMATCH);
        string node = net.Rows.Table<LoadBalancer>().Find(key)!.Nodes[0].InterfaceId.Value;
        net.Tcp(node, "10.0.0.10", 80).Dropped(ExplanationCode.GWLB_PROTOCOL_RESTRICTION);
        net.Ask(node, "10.0.0.10", Protocols.Udp, 53, 40000).Dropped(ExplanationCode.GWLB_DESTINATION_PORT_RESTRICTION);
        net.Ask(node, "10.0.0.10", Protocols.Udp, 6081, 40000).Delivered();
    }
}
