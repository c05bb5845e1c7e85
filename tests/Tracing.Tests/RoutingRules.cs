using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Routing inside the VPC: rules 1 to 17.</summary>
public sealed class RoutingRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string near;
    private readonly string far;
    private readonly string open;

    public RoutingRules()
    {
        vpc = net.Vpc("10.0.0.0/16", "2600:1f00:1::/56");
        near = net.Subnet(vpc, "10.0.1.0/24", "2600:1f00:1:1::/64");
        far = net.Subnet(vpc, "10.0.2.0/24", "2600:1f00:1:2::/64");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
    }

    [Fact]
    public void Rule001_local_routes_carry_between_subnets_and_can_be_replaced()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        net.Tcp(a, "10.0.2.10").Delivered();

        string box = net.Instance(far, "10.0.2.99", open);
        net.Forwards(box);
        string table = net.Table(vpc, near);
        net.Route(table, "10.0.0.0/16", box);
        Trace through = net.Tcp(a, "10.0.2.10");
        through.Delivered();
        Assert.Contains(box, through.Forward.Path());
    }

    [Fact]
    public void Rule002_the_longest_prefix_decides_and_families_do_not_mix()
    {
        string a = net.Instance(near, "10.0.1.10,2600:1f00:1:1::10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        string table = net.Table(vpc, near);
        net.Route(table, "0.0.0.0/0", igw);
        net.Tcp(a, "8.8.8.8").Delivered();
        net.Route(table, "8.8.8.0/24", "pcx-1");
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.BAD_STATE_ROUTE);
        net.Tcp(a, "8.8.4.4").Delivered();
        net.Tcp(a, "2001:4860::8888").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Route(table, "::/0", igw);
        net.Tcp(a, "2001:4860::8888").Delivered();
    }

    [Fact]
    public void Rule003_a_propagated_route_inside_local_loses_to_it()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        net.Route(net.MainTable(vpc), "10.0.2.0/24", "vgw-1", RouteOrigin.EnableVgwRoutePropagation);
        net.Tcp(a, "10.0.2.10").Delivered();
    }

    [Fact]
    public void Rule004_a_static_route_more_specific_than_local_wins()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        string third = net.Subnet(vpc, "10.0.3.0/24");
        string box = net.Instance(third, "10.0.3.99", open);
        net.Forwards(box);
        string table = net.Table(vpc, near);
        net.Route(table, "10.0.2.0/24", box);
        Trace trace = net.Tcp(a, "10.0.2.10");
        trace.Delivered();
        Assert.Contains(box, trace.Forward.Path());
        Assert.DoesNotContain(box, trace.Return.Path());
    }

    [Fact]
    public void Rule005_static_beats_propagated_where_blocks_are_equal()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        net.Route(net.MainTable(vpc), "9.9.9.0/24", "vgw-1", RouteOrigin.EnableVgwRoutePropagation);
        net.Tcp(a, "9.9.9.9").Dropped(ExplanationCode.BAD_STATE_ROUTE);
        net.Route(net.MainTable(vpc), "9.9.9.0/24", igw);
        net.Tcp(a, "9.9.9.9").Delivered();
        net.Route(net.MainTable(vpc), "9.9.9.9/32", "vgw-1", RouteOrigin.EnableVgwRoutePropagation);
        net.Tcp(a, "9.9.9.9").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule008_reserved_link_local_ranges_are_not_forwarded()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        net.Tcp(a, "169.254.168.7").Dropped(ExplanationCode.RESERVED_RANGE_NOT_FORWARDED);
        net.Tcp(a, "169.254.171.255").Dropped(ExplanationCode.RESERVED_RANGE_NOT_FORWARDED);
        net.Tcp(a, "169.254.172.1").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
    }

    [Fact]
    public void Rule010_a_subnet_without_a_table_uses_the_main_one()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        net.Tcp(a, "8.8.8.8").Delivered();
        string own = net.Table(vpc, near);
        Drop drop = net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        Assert.Equal(own, drop.RouteTable!.Id);
    }

    [Fact]
    public void Rule013_traffic_inside_a_subnet_is_never_routed_and_passes_no_acl()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(near, "10.0.1.11", open);
        net.Instance(far, "10.0.2.10", open);
        net.Acl(vpc, [near]);
        Trace inside = net.Tcp(a, "10.0.1.11");
        inside.Delivered();
        Assert.DoesNotContain(inside.Forward, h => h.Component.Kind is "route-table" or "network-acl");
        net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION);
    }

    [Fact]
    public void Rule014_a_blackhole_still_wins_and_drops()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        net.Route(net.MainTable(vpc), "8.8.0.0/16", "nat-gone");
        Drop drop = net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.BAD_STATE_ROUTE);
        Assert.Equal("nat-gone", drop.Route!.Target.Id);
        Assert.Equal("blackhole", drop.State);
        net.Tcp(a, "9.9.9.9").Delivered();
        net.Edit<InternetGateway>(igw, g => g with { VpcId = null });
        net.Tcp(a, "9.9.9.9").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule014_a_route_to_a_stopped_appliance_is_a_blackhole()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string box = net.Instance(far, "10.0.2.99", open);
        net.Forwards(box);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", box);
        net.SetState(box, InstanceState.Stopped);
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule015_a_gateway_route_table_leads_inbound_traffic_through_an_appliance()
    {
        (string box, string web, string igw) = Inspected();
        net.Elastic(box, "54.0.0.99");
        Trace trace = net.FromInternet("8.8.8.8", "54.0.0.1");
        trace.Delivered();
        Assert.Equal(igw, trace.Forward[1].Component.Id);
        Assert.Contains(box, trace.Forward.Path());
        Assert.Contains(box, trace.Return.Path());
        Assert.Contains(web, trace.Forward.Path());
    }

    [Fact]
    public void Rule017_the_appliance_behind_a_gateway_table_needs_a_public_address()
    {
        (string box, _, _) = Inspected();
        Drop drop = net.FromInternet("8.8.8.8", "54.0.0.1").Dropped(ExplanationCode.INGRESS_RTB_NO_PUBLIC_IP);
        Assert.Equal(box, drop.NetworkInterface!.Id);
    }

    [Fact]
    public void Rule017_redirected_subnets_cannot_leave_around_the_appliance()
    {
        (string box, string web, string igw) = Inspected();
        net.Elastic(box, "54.0.0.99");
        net.Route(net.Rows.By<RouteTable>(near).Single().Key, "0.0.0.0/0", igw);
        net.Tcp(web, "8.8.8.8").Dropped(ExplanationCode.INGRESS_RTB_TRAFFIC_REDIRECTION);
        net.FromInternet("8.8.8.8", "54.0.0.1").Dropped(ExplanationCode.INGRESS_RTB_TRAFFIC_REDIRECTION, Leg.Return);
    }

    [Fact]
    public void Rule018_an_appliance_met_one_way_only_judges_the_reply_as_new()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        string third = net.Subnet(vpc, "10.0.3.0/24");
        string box = net.Instance(third, "10.0.3.99", net.Group(vpc, "in tcp 443 0.0.0.0/0", "out all 0.0.0.0/0"));
        net.Forwards(box);
        string back = net.Table(vpc, far);
        net.Route(back, "10.0.1.0/24", box);
        Drop drop = net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH, Leg.Return);
        Assert.Equal(box, drop.NetworkInterface!.Id);

        net.Route(net.Table(vpc, near), "10.0.2.0/24", box);
        net.Tcp(a, "10.0.2.10").Delivered();
    }

    [Fact]
    public void A_loop_of_appliances_ends_after_64_hops()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string one = net.Instance(near, "10.0.1.98", open);
        string two = net.Instance(far, "10.0.2.99", open);
        net.Forwards(one);
        net.Forwards(two);
        net.Route(net.Table(vpc, near), "0.0.0.0/0", two);
        net.Route(net.Table(vpc, far), "0.0.0.0/0", one);
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.FORWARDING_LOOP);
    }

    [Fact]
    public void Two_vpcs_with_equal_addresses_never_meet()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string other = net.Vpc("10.0.0.0/16");
        string subnet = net.Subnet(other, "10.0.1.0/24");
        string all = net.Group(other, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        string b = net.Instance(subnet, "10.0.1.20", all);
        net.Tcp(a, "10.0.1.20").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        net.Tcp(b, "10.0.1.10").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        string third = net.Vpc("10.9.0.0/16");
        net.Instance(net.Subnet(third, "10.9.1.0/24"), "10.9.1.5");
        net.Tcp(a, "10.9.1.5").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    /// <summary>A web server whose traffic passes an appliance both ways.</summary>
    private (string Box, string Web, string Igw) Inspected()
    {
        string igw = net.Igw(vpc);
        string web = net.Instance(near, "10.0.1.10", open);
        net.Elastic(web, "54.0.0.1");
        string box = net.Instance(far, "10.0.2.99", open);
        net.Forwards(box);
        net.Route(net.Table(vpc, igw), "10.0.1.0/24", box);
        net.Route(net.Table(vpc, near), "0.0.0.0/0", box);
        net.Route(net.Table(vpc, far), "0.0.0.0/0", igw);
        return (box, web, igw);
    }
}
