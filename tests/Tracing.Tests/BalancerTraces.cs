using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Requests and their rules, health and failures, and the codes that no numbered rule speaks of.</summary>
public sealed class BalancerTraces
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string a;
    private readonly string b;
    private readonly string open;
    private readonly string client;
    private readonly string one;
    private readonly string two;

    public BalancerTraces()
    {
        vpc = net.Vpc("10.0.0.0/16");
        a = net.Subnet(vpc, "10.0.0.0/24");
        b = net.Subnet(vpc, "10.0.1.0/24", zone: "us-east-1b");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(a, "10.0.0.50", open);
        one = net.Instance(a, "10.0.0.10", open);
        two = net.Instance(b, "10.0.1.10", open);
    }

    private (string Subnet, string Address)[] Both => [(a, "10.0.0.9"), (b, "10.0.1.9")];

    [Fact]
    public void The_first_rule_by_priority_whose_conditions_all_hold_decides()
    {
        string shop = net.Group(vpc, "shop", "HTTP", 8001, TargetType.Instance, [one]);
        string cart = net.Group(vpc, "cart", "HTTP", 8002, TargetType.Instance, [one]);
        string listener = net.Listen(net.Alb("web", Both, open), "HTTP", 80, shop);
        net.Rule(listener, 10, "path-pattern=/cart*,host-header=*.example", cart);
        net.Rule(listener, 20, "http-request-method=PUT|DELETE", "fixed 405");
        net.Rule(listener, 30, "query-string=version:v?", "redirect HTTP_302");
        net.Rule(listener, 40, "source-ip=10.9.0.0/16", "fixed 403");
        Assert.Equal(8002, Port(net.Http(client, "10.0.0.9", "GET", "http://SHOP.example/cart/7")));
        Assert.Equal(8001, Port(net.Http(client, "10.0.0.9", "GET", "http://shop.test/cart/7")));
        Assert.Equal(8001, Port(net.Http(client, "10.0.0.9", "GET", "http://shop.example/Cart/7")));
        Trace put = net.Http(client, "10.0.0.9", "PUT", "http://shop.test/");
        put.Delivered();
        Assert.Contains("fixed response 405", put.Forward[^1].Note, StringComparison.Ordinal);
        Trace moved = net.Http(client, "10.0.0.9", "GET", "http://shop.test/?a=1&version=v2");
        moved.Delivered();
        Assert.Contains("redirect 302", moved.Forward[^1].Note, StringComparison.Ordinal);
        Assert.Equal(8001, Port(net.Http(client, "10.0.0.9", "GET", "http://shop.test/?version=v22")));
        Assert.Equal(8001, Port(net.Tcp(client, "10.0.0.9", 80)));
        net.Rule(listener, 6, "http-header X-Tenant=gold*|silver", cart);
        Assert.Equal(8002, Port(net.Http(client, "10.0.0.9", "GET", "http://x.test/", ["Accept: */*", "x-tenant: GOLD-7"])));
        Assert.Equal(8001, Port(net.Http(client, "10.0.0.9", "GET", "http://x.test/", ["X-Tenant: bronze"])));
        Assert.Equal(8001, Port(net.Http(client, "10.0.0.9", "GET", "http://x.test/", ["X-Other: gold"])));
        net.Rule(listener, 5, "source-ip=10.0.0.0/24", cart);
        Assert.Equal(8002, Port(net.Tcp(client, "10.0.0.9", 80)));
    }

    [Fact]
    public void Two_applications_on_one_instance_are_told_apart_by_port()
    {
        string first = net.Group(vpc, "first", "HTTP", 8001, TargetType.Instance, [one]);
        string second = net.Group(vpc, "second", "HTTP", 8002, TargetType.Instance, [one]);
        string alb = net.Alb("web", Both, open);
        net.Listen(alb, "HTTP", 80, first);
        net.Listen(alb, "HTTPS", 443, second);
        Assert.Equal(8001, Port(net.Http(client, "10.0.0.9", "GET", "http://x.test/")));
        Assert.Equal(8002, Port(net.Http(client, "10.0.0.9", "GET", "https://x.test/")));
        net.Listening(net.InstanceOf(one), 8001);
        Assert.Equal(["Healthy"], net.Health(first));
        Assert.Equal(["Unhealthy Target.FailedHealthChecks"], net.Health(second));
        net.Tcp(client, "10.0.0.10", 8002).Dropped(ExplanationCode.MACHINE_DOES_NOT_LISTEN);
        net.Tcp(client, "10.0.0.10", 8001).Delivered();
        net.Ping(client, "10.0.0.10").Delivered();
    }

    [Fact]
    public void Weights_and_health_make_the_shares_that_a_trace_tells_and_connections_follow()
    {
        string blue = net.Group(vpc, "blue", "HTTP", 80, TargetType.Instance, [one, two]);
        string green = net.Group(vpc, "green", "HTTP", 81, TargetType.Instance, [two]);
        net.Listen(net.Alb("web", Both, open), "HTTP", 80, $"{blue}=3", $"{green}=1");
        Trace trace = net.Tcp(client, "10.0.0.9", 80);
        Assert.Equal([0.375, 0.375, 0.25], trace.Choice().Targets.Select(t => t.Share));
        SortedDictionary<string, int> taken = net.Spread(client, "10.0.0.9", 80, 4000);
        Assert.InRange(taken[net.InstanceOf(one)], 1300, 1700);
        Assert.InRange(taken[net.InstanceOf(two)], 2300, 2700);
        net.SetState(one, InstanceState.Stopped);
        Assert.Equal([0, 0.75, 0.25], net.Tcp(client, "10.0.0.9", 80).Choice().Targets.Select(t => t.Share));
        string text = string.Join('\n', TraceText.Render(net.Tcp(client, "10.0.0.9", 80), TraceLength.Detailed));
        Assert.Contains("unused Target.InvalidState (BAD_STATE)", text, StringComparison.Ordinal);
        Assert.Contains("75.0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_blocks_the_check_makes_the_target_unhealthy_and_opening_it_heals()
    {
        string guarded = net.Group(vpc, "in tcp 80 10.0.0.50/32");
        string target = net.Instance(b, "10.0.1.11", guarded);
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, target]);
        net.Listen(net.Alb("web", Both, open), "HTTP", 80, group);
        Assert.Equal(["Healthy", "Unhealthy Target.Timeout"], net.Health(group));
        TargetHealth health = net.Tracer().HealthOfTarget(net.At, group, net.InstanceOf(target), 80)!;
        Assert.Equal("Request timed out", health.Description);
        Assert.Equal(ExplanationCode.ENI_SG_RULES_MISMATCH, health.Code);
        Trace check = net.Tracer().ExplainCheck(net.At, group, net.InstanceOf(target), 80)!;
        Assert.Equal(target, check.Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH).NetworkInterface!.Id);
        Assert.Equal([net.InstanceOf(one)], net.Spread(client, "10.0.0.9", 80, 50).Keys);
        net.Rules(guarded, $"in tcp 80 {open}");
        Assert.Equal(["Healthy", "Healthy"], net.Health(group));
        net.Tracer().ExplainCheck(net.At, group, net.InstanceOf(target), 80)!.Delivered();
        Assert.Equal(2, net.Spread(client, "10.0.0.9", 80, 50).Count);
    }

    [Fact]
    public void A_status_that_the_matcher_does_not_name_makes_a_target_unhealthy()
    {
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Alb("web", Both, open), "HTTP", 80, group);
        net.EditGroup(group, g => g with { HealthCheck = g.HealthCheck with { Matcher = "200-299,302" } });
        Assert.Equal(["Healthy", "Healthy"], net.Health(group));
        net.Answering(net.InstanceOf(one), 503);
        Assert.Equal(["Unhealthy Target.ResponseCodeMismatch", "Healthy"], net.Health(group));
        TargetHealth health = net.Tracer().HealthOfTarget(net.At, group, net.InstanceOf(one), 80)!;
        Assert.Equal("Health checks failed with these codes: [503]", health.Description);
        Assert.Equal([net.InstanceOf(two)], net.Spread(client, "10.0.0.9", 80, 50).Keys);
        net.Tcp(client, "10.0.0.10", 80).Delivered();
        net.Answering(net.InstanceOf(one), 302);
        Assert.Equal(["Healthy", "Healthy"], net.Health(group));
        net.EditGroup(group, g => g with { HealthCheck = g.HealthCheck with { Matcher = "204" } });
        Assert.Equal(["Unhealthy Target.ResponseCodeMismatch", "Unhealthy Target.ResponseCodeMismatch"], net.Health(group));
        net.EditGroup(group, g => g with { HealthCheck = g.HealthCheck with { Protocol = "TCP" } });
        Assert.Equal(["Healthy", "Healthy"], net.Health(group));
        net.Classic("old", [(a, "10.0.0.7")], [open], "HTTP:80/", [one], "HTTP:80:HTTP:80");
        Assert.Equal(TargetState.Unhealthy, net.Tracer().HealthOfInstances(net.At, "old")[0].State);
    }

    [Theory]
    [InlineData("fixed 503", false)]
    [InlineData("fixed 200", true)]
    [InlineData("redirect HTTP_301", true)]
    public void What_an_application_load_balancer_answers_itself_decides_its_health_as_a_target(string action, bool healthy)
    {
        string alb = net.Alb("inner", Both, open);
        net.Listen(alb, "HTTP", 80, action);
        string front = net.Group(vpc, "front", "TCP", 80, TargetType.Alb, [alb]);
        net.EditGroup(front, g => g with { HealthCheck = g.HealthCheck with { Protocol = "HTTP", Path = "/", Matcher = "200-399" } });
        net.Listen(net.Nlb("outer", [(a, "10.0.0.8"), (b, "10.0.1.8")]), "TCP", 80, front);
        Assert.Equal([healthy ? "Healthy" : "Unhealthy Target.FailedHealthChecks"], net.Health(front));
    }

    [Fact]
    public void A_route_that_names_a_node_does_not_make_it_a_router()
    {
        string key = net.Nlb("web", [(b, "10.0.1.9")]);
        net.Listen(key, "TCP", 80, net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [two]));
        string node = net.Rows.Table<LoadBalancer>().Find(key)!.Nodes[0].InterfaceId.Value;
        net.Edit<NetworkInterface>(
            node, e => e with { Attachment = new InterfaceAttachment(net.NewId("eni-attach"), null, "amazon-elb", 1, 0, DateTimeOffset.UnixEpoch, false) });
        net.Route(net.Table(vpc, a), "9.9.9.0/24", node);
        net.Tcp(client, "9.9.9.9", 80).Dropped(ExplanationCode.ENI_ADDRESS_RESTRICTION);
        net.Tcp(client, "10.0.1.9", 80).Delivered();
    }

    [Fact]
    public void A_failed_zone_leaves_the_others_serving()
    {
        string group = net.Group(vpc, "web", "TCP", 80, TargetType.Instance, [one, two], "preserve_client_ip.enabled=false");
        string key = net.Nlb("web", Both);
        net.EditBalancer(key, l => l with { Attributes = l.Attributes.SetItem(LoadBalancerAttributes.CrossZone, "true") });
        net.Listen(key, "TCP", 80, group);
        net.Fail("az:us-east-1b");
        Assert.Equal(["Healthy", "Unhealthy Target.FailedHealthChecks"], net.Health(group));
        Assert.Equal(["us-east-1a"], net.Tracer().HealthyZones(net.At, key));
        Assert.Equal([net.InstanceOf(one)], net.Spread(client, "10.0.0.9", 80).Keys);
        Drop drop = net.Tcp(client, "10.0.1.9", 80).Dropped(ExplanationCode.BAD_STATE);
        Assert.Contains("failed", drop.Text, StringComparison.Ordinal);
        net.Fail();
        Assert.Equal(["Healthy", "Healthy"], net.Health(group));
        net.Tcp(client, "10.0.1.9", 80).Delivered();
    }

    [Theory]
    [InlineData("instance")]
    [InlineData("eni")]
    public void A_failed_instance_or_interface_is_unhealthy_and_unreachable_though_its_row_runs(string word)
    {
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]);
        net.Listen(net.Alb("web", Both, open), "HTTP", 80, group);
        net.Fail(word == "eni" ? $"eni:{one}" : $"instance:{net.InstanceOf(one)}");
        Assert.Equal(["Unhealthy Target.Timeout", "Healthy"], net.Health(group));
        net.Tcp(client, "10.0.0.10", 80).Dropped(ExplanationCode.BAD_STATE);
        Assert.Equal(InstanceState.Running, net.Rows.Get(new Id<Instance>(net.InstanceOf(one))).State);
    }

    [Fact]
    public void A_network_load_balancer_in_front_of_an_application_load_balancer_depends_on_its_targets()
    {
        string alb = net.Alb("inner", Both, open);
        string web = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]);
        net.Listen(alb, "HTTP", 80, web);
        string front = net.Group(vpc, "front", "TCP", 80, TargetType.Alb, [alb]);
        net.Listen(net.Nlb("outer", [(a, "10.0.0.8"), (b, "10.0.1.8")]), "TCP", 80, front);
        Trace trace = net.Http(client, "10.0.0.8", "GET", "http://x.test/");
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("10.0.0.9"), trace.Forward[^1].Inbound.Source);
        Assert.Contains(trace.Forward, h => h.Note == "X-Forwarded-For: 10.0.0.50");
        Assert.Equal(["Healthy"], net.Health(front));
        net.EditGroup(web, g => g with { Targets = [] });
        Assert.Equal(["Unhealthy Target.FailedHealthChecks"], net.Health(front));
        net.Http(client, "10.0.0.8", "GET", "http://x.test/").Dropped(ExplanationCode.ELBV2_LISTENER_HAS_NO_TG);
    }

    [Fact]
    public void Balancers_that_are_each_others_targets_end()
    {
        string first = net.Group(vpc, "first", "TCP", 80, TargetType.Ip, ["10.0.1.8"]);
        string second = net.Group(vpc, "second", "TCP", 80, TargetType.Ip, ["10.0.0.8"]);
        net.Listen(net.Nlb("first", [(a, "10.0.0.8"), (b, "10.0.1.18")]), "TCP", 80, first);
        net.Listen(net.Nlb("second", [(b, "10.0.1.8"), (a, "10.0.0.18")]), "TCP", 80, second);
        Assert.Equal(["Unhealthy Target.FailedHealthChecks"], net.Health(first));
        Assert.False(net.Tcp(client, "10.0.0.8", 80).Verdict.Delivered);
    }

    [Fact]
    public void Ports_protocols_and_groups_that_do_not_fit_have_their_codes()
    {
        string alb = net.Alb("web", Both, open);
        string web = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, []);
        net.Listen(alb, "HTTP", 80, web);
        net.Tcp(client, "10.0.0.9", 81).Dropped(ExplanationCode.ELBV2_LISTENERS_MISMATCH);
        net.Ask(client, "10.0.0.9", Protocols.Udp, 80, 40000).Dropped(ExplanationCode.ELBV2_LISTENERS_MISMATCH);
        net.Tcp(client, "10.0.0.9", 80).Dropped(ExplanationCode.ELBV2_LISTENER_HAS_NO_TG);
        net.Ping(client, "10.0.0.9").Delivered();
        net.Register(web, one);
        net.Tcp(client, "10.0.0.9", 80).Delivered();
        net.Listen(alb, "HTTP", 90, $"{web}=0");
        net.Tcp(client, "10.0.0.9", 90).Dropped(ExplanationCode.ELBV2_LISTENER_REQUIRES_TG_ACCEPT);
        net.Classic("old", [(a, "10.0.0.7")], [open], "HTTP:80/", [one], "HTTP:80:HTTP:80");
        net.Tcp(client, "10.0.0.7", 80).Delivered();
        net.Tcp(client, "10.0.0.7", 81).Dropped(ExplanationCode.ELB_LISTENERS_MISMATCH);
        net.Ping(client, "10.0.0.7").Delivered();
    }

    [Fact]
    public void A_classic_load_balancers_instances_are_told_in_its_own_words()
    {
        string name = net.Classic("old", [(a, "10.0.0.7")], [open], "TCP:9000", [one, two], "TCP:80:TCP:80");
        net.Listening(net.InstanceOf(one), 80);
        Assert.Equal(
            [
                "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
                "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.",
            ],
            net.Tracer().HealthOfInstances(net.At, name).Select(h => h.Description));
        net.Tcp(client, "10.0.0.7", 80).Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        net.SetState(one, InstanceState.Stopped);
        Assert.Equal("Instance is in stopped state.", net.Tracer().HealthOfInstances(net.At, name)[0].Description);
    }

    [Fact]
    public void A_dualstack_load_balancer_takes_IPv6_and_sends_IPv4()
    {
        string wide = net.Vpc("10.1.0.0/16", "2600:1f00:1::/56");
        string subnet = net.Subnet(wide, "10.1.0.0/24", "2600:1f00:1:1::/64");
        string all = net.Group(wide, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
        string asker = net.Instance(subnet, "10.1.0.50,2600:1f00:1:1::50", all);
        string target = net.Instance(subnet, "10.1.0.10", all);
        string nlb = net.Nlb("wide", [(subnet, "10.1.0.9,2600:1f00:1:1::9")]);
        net.Listen(nlb, "TCP", 80, net.Group(wide, "web", "TCP", 80, TargetType.Instance, [target]));
        Trace trace = net.Tcp(asker, "2600:1f00:1:1::9", 80);
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("10.1.0.9"), trace.Forward[^1].Inbound.Source);
        Assert.Equal(IpAddress.Parse("2600:1f00:1:1::9"), trace.Return[^1].Inbound.Source);
        Assert.Equal(IpAddress.Parse("10.1.0.50"), net.Tcp(asker, "10.1.0.9", 80).Forward[^1].Inbound.Source);
    }

    [Fact]
    public void A_load_balancers_name_is_an_end_and_the_senders_zone_decides_the_node()
    {
        string key = net.Alb("web", Both, open);
        net.Listen(key, "HTTP", 80, net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, [one, two]));
        net.Classic("old", [(b, "10.0.1.7")], [open], "TCP:80", [two], "TCP:80:TCP:80");
        Assert.Equal("10.0.0.9", Resolve(one, "web"));
        Assert.Equal("10.0.1.9", Resolve(two, "web"));
        Assert.Equal("10.0.0.9", Resolve(one, key));
        Assert.Equal("10.0.1.7", Resolve(one, "old"));
        net.Fail("az:us-east-1a");
        Assert.Equal("10.0.1.9", Resolve(one, "web"));
        net.Edit<Instance>(net.InstanceOf(one), i => i with { Tags = i.Tags.SetItem("Name", "web") });
        EndpointResolver resolver = new(Compiler.Compile(net.Cloud), CloudBuilder.Home);
        Assert.False(resolver.TryResolve(new FlowQuestion(two, "web") { Port = 80 }, out _, out string error));
        Assert.Contains(key, error, StringComparison.Ordinal);
    }

    private string Resolve(string from, string to)
    {
        EndpointResolver resolver = new(Compiler.Compile(net.Cloud), CloudBuilder.Home);
        Assert.True(resolver.TryResolve(new FlowQuestion(from, to) { Port = 80 }, out Flow flow, out string error), error);
        return flow.Destination.ToString();
    }

    [Theory]
    [InlineData("/cart", "/cart", true)]
    [InlineData("/cart/7", "/cart*", true)]
    [InlineData("/cart", "/car?", true)]
    [InlineData("/car", "/car?", false)]
    [InlineData("/a/b/c", "/*/c", true)]
    [InlineData("/a/b/d", "/*/c", false)]
    [InlineData("/a*c", "/a\\*c", true)]
    [InlineData("/abc", "/a\\*c", false)]
    [InlineData("", "*", true)]
    public void Patterns_are_of_stars_and_question_marks(string text, string pattern, bool holds) =>
        Assert.Equal(holds, RequestTest.Matches(text, pattern, ignoreCase: false));

    [Theory]
    [InlineData("https://shop.example", "shop.example", "/", "", 443)]
    [InlineData("http://shop.example:8080/a?b=c#d", "shop.example", "/a", "b=c", 8080)]
    [InlineData("http://shop.example?x", "shop.example", "/", "x", 80)]
    public void A_url_is_read_by_its_parts(string url, string host, string path, string query, int port)
    {
        Assert.True(HttpRequest.TryParse("get", url, out HttpRequest request, out int found, out _));
        Assert.Equal((host, path, query, port, "GET"), (request.Host, request.Path, request.Query, found, request.Method));
        Assert.False(HttpRequest.TryParse("GET", "shop.example", out _, out _, out string error));
        Assert.Contains("https://", error, StringComparison.Ordinal);
        Assert.False(HttpRequest.TryParse("GET", "http://shop.example:0/", out _, out _, out _));
    }

    private static int Port(Trace trace)
    {
        trace.Delivered();
        return trace.Forward[^1].Inbound.DestinationPorts!.From;
    }
}
