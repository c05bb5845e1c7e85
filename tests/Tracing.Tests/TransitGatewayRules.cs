using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Transit gateways: rules 65, 70, 80 and 108 to 117.</summary>
public sealed class TransitGatewayRules
{
    private static readonly PartitionKey OtherAccount = new("111111111111", "us-east-1");
    private static readonly PartitionKey OtherRegion = new("000000000000", "eu-west-1");

    private readonly CloudBuilder net = new();
    private readonly string tgw;
    private readonly Network one;
    private readonly Network two;

    public TransitGatewayRules()
    {
        tgw = net.Tgw();
        one = Make(1);
        two = Make(2);
    }

    [Fact]
    public void A_gateway_joins_its_networks_both_ways()
    {
        Trace trace = net.Tcp(one.A, "10.2.2.10");
        trace.Delivered();
        Assert.Equal(
            [one.Attachment, net.DefaultTable(tgw), two.Attachment],
            trace.Forward.Where(h => h.Component.Kind.StartsWith("transit-gateway", StringComparison.Ordinal)).Path());
        Assert.Equal(
            [two.Attachment, net.DefaultTable(tgw), one.Attachment],
            trace.Return.Where(h => h.Component.Kind.StartsWith("transit-gateway", StringComparison.Ordinal)).Path());
        Hop table = trace.Forward.Single(h => h.Component.Id == net.DefaultTable(tgw));
        Assert.Equal(("10.2.0.0/16", "VpcCidr", two.Attachment), (table.LearnedRoute!.Destination.ToString(), table.LearnedRoute.Source, table.LearnedRoute.To!.Id));
        net.Tcp(two.B, "10.1.1.10").Delivered();
    }

    [Fact]
    public void Rule070_connections_over_a_gateway_are_tracked()
    {
        Trace trace = net.Tcp(one.A, "10.2.2.10");
        Assert.True(trace.Verdict.Tracking.HasFlag(Tracking.Automatic));
        Assert.Equal(2, trace.Connection.Tracked.Count);
    }

    [Fact]
    public void Rule114_the_network_s_own_table_needs_the_route_on_each_side()
    {
        net.Unroute(net.MainTable(two.Vpc), "10.0.0.0/8");
        net.Tcp(one.A, "10.2.2.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION, Leg.Return);
        net.Tcp(two.A, "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule109_an_attachment_without_association_is_dropped()
    {
        net.Associate(one.Attachment, null);
        Drop drop = net.Tcp(one.A, "10.2.2.10").Dropped(ExplanationCode.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION);
        Assert.Equal((one.Attachment, tgw), (drop.TransitGatewayAttachment!.Id, drop.TransitGateway!.Id));
        net.Tcp(two.A, "10.1.1.10").Dropped(ExplanationCode.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION, Leg.Return);
    }

    [Fact]
    public void Rule109_two_tables_make_two_networks_that_never_meet()
    {
        Network three = Make(3);
        string vrf = net.TgwTable(tgw);
        string main = net.DefaultTable(tgw);
        net.Unpropagate(three.Attachment, main);
        net.Associate(three.Attachment, vrf);
        net.Propagate(three.Attachment, vrf);
        net.Tcp(one.A, "10.2.2.10").Delivered();
        Drop drop = net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT);
        Assert.Equal(main, drop.TransitGatewayRouteTable!.Id);
        drop = net.Tcp(three.A, "10.1.1.10").Dropped(ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT);
        Assert.Equal(vrf, drop.TransitGatewayRouteTable!.Id);
        net.Propagate(three.Attachment, main);
        net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT, Leg.Return);
        net.Propagate(one.Attachment, vrf);
        net.Tcp(one.A, "10.3.1.10").Delivered();
        net.Tcp(three.A, "10.1.1.10").Delivered();
        net.Tcp(one.A, "10.9.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule110_a_static_route_hides_an_equal_one_and_blackholes_drop()
    {
        string table = net.DefaultTable(tgw);
        net.TgwRoute(table, "10.2.0.0/16", null);
        Drop drop = net.Tcp(one.A, "10.2.2.10").Dropped(ExplanationCode.TGW_RTB_BAD_STATE_ROUTE);
        Assert.Equal(("blackhole", "10.2.0.0/16"), (drop.LearnedRoute!.State, drop.LearnedRoute.Destination.ToString()));
        net.TgwRoute(table, "10.2.2.0/24", two.Attachment);
        Trace trace = net.Tcp(one.A, "10.2.2.10");
        trace.Delivered();
        Assert.Equal("Static", trace.Forward.Single(h => h.Component.Id == table).LearnedRoute!.Source);
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.TGW_RTB_BAD_STATE_ROUTE);
        net.TgwRoute(table, "10.2.1.0/24", "tgw-attach-0123456789abcdef0");
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.TGW_RTB_BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule113_a_subnet_s_zone_needs_a_door()
    {
        string far = net.Subnet(one.Vpc, "10.1.3.0/24", zone: "us-east-1c");
        string lonely = net.Instance(far, "10.1.3.10", one.Open);
        Drop drop = net.Tcp(lonely, "10.2.1.10").Dropped(ExplanationCode.TGW_ROUTE_AZ_RESTRICTION);
        Assert.Equal(one.Attachment, drop.TransitGatewayAttachment!.Id);
        net.Tcp(two.A, "10.1.3.10").Dropped(ExplanationCode.TGW_ROUTE_AZ_RESTRICTION, Leg.Return);
    }

    [Fact]
    public void Rule113_a_failed_zone_takes_its_door_with_it_and_the_other_serves()
    {
        net.Fail("az:us-east-1b");
        net.Tcp(one.A, "10.2.1.10").Delivered();
        net.Tcp(one.B, "10.2.1.10").Dropped(ExplanationCode.BAD_STATE);
    }

    [Fact]
    public void Rule115_a_packet_stays_in_its_zone_where_it_can()
    {
        Assert.Equal(two.SubnetA, Entered(net.Tcp(one.A, "10.2.2.10"), two));
        Assert.Equal(two.SubnetB, Entered(net.Tcp(one.B, "10.2.1.10"), two));
        Network three = Make(3, "us-east-1b", "us-east-1c");
        HashSet<string> seen = [];
        for (int port = 0; port < 40; port++)
        {
            seen.Add(Entered(net.Tcp(one.A, "10.3.1.10", 443, 20000 + port), three));
        }

        Assert.Equal([three.SubnetA, three.SubnetB], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rule115_appliance_mode_keeps_both_ways_of_a_connection_at_one_appliance()
    {
        Inspected inspection = Inspect();
        net.Tcp(one.A, "10.2.1.10").Delivered();
        Drop drop = net.Tcp(one.A, "10.2.2.10").Dropped(ExplanationCode.TGW_ATTACH_VPC_AZ_RESTRICTION, Leg.Return);
        Assert.Equal(inspection.Attachment, drop.TransitGatewayAttachment!.Id);
        net.Edit<TransitGatewayAttachment>(inspection.Attachment, a => a with { ApplianceMode = true });
        HashSet<string> used = [];
        for (int port = 0; port < 40; port++)
        {
            Trace trace = net.Tcp(one.A, "10.2.2.10", 443, 20000 + port);
            trace.Delivered();
            string there = Assert.Single(trace.Forward.Path().Distinct(), id => inspection.Boxes.Contains(id));
            Assert.Contains(there, trace.Return.Path());
            used.Add(there);
        }

        Assert.Equal(2, used.Count);
    }

    [Fact]
    public void Rule114_the_door_s_own_table_decides_what_enters()
    {
        string box = net.Instance(net.Subnet(two.Vpc, "10.2.9.0/24"), "10.2.9.9", two.Open);
        net.Forwards(box);
        string table = net.Table(two.Vpc, two.SubnetA);
        net.Route(table, "10.2.2.0/24", box);
        net.Route(table, "10.0.0.0/8", tgw);
        Trace trace = net.Tcp(one.A, "10.2.2.10");
        trace.Delivered();
        Assert.Contains(box, trace.Forward.Path());
        Assert.DoesNotContain(box, trace.Return.Path());
    }

    [Fact]
    public void Rule080_the_door_s_gate_where_the_receiver_is_in_another_subnet()
    {
        string doors = net.Subnet(two.Vpc, "10.2.8.0/28");
        net.Edit<TransitGatewayAttachment>(two.Attachment, a => a with { Doors = [DoorIn(doors)] });
        string acl = net.Acl(two.Vpc, [doors], "100 in allow tcp 32768-60999 10.2.0.0/16", "100 out allow tcp 443 10.2.0.0/16");
        net.Tcp(one.A, "10.2.1.10").Delivered();
        Drop drop = net.Tcp(one.A, "10.2.1.10", 80).Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION);
        Assert.Equal((acl, true), (drop.Acl!.Id, drop.IsEgress));
        drop = net.Tcp(two.A, "10.1.1.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION);
        Assert.Equal((acl, false), (drop.Acl!.Id, drop.IsEgress));
    }

    [Fact]
    public void Rule080_in_the_door_s_own_subnet_no_gate_on_the_way_in_and_both_on_the_way_out()
    {
        net.Acl(two.Vpc, [two.SubnetA], "100 out allow all 0.0.0.0/0", "100 in allow tcp 32768-60999 10.2.1.0/24");
        net.Tcp(one.A, "10.2.1.10").Delivered();
        net.Acl(two.Vpc, [two.SubnetA], "100 out allow all 0.0.0.0/0");
        Drop drop = net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return);
        Assert.False(drop.IsEgress);
    }

    [Fact]
    public void Rule065_groups_count_inbound_and_only_where_all_three_allow_it()
    {
        string named = net.Group(one.Vpc, "out all 0.0.0.0/0");
        net.Edit<NetworkInterface>(one.A, e => e with { Groups = [new(named)] });
        net.Rules(two.Open, $"in tcp 443 {named}", "out all 0.0.0.0/0");
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.SG_REFERENCING_SUPPORT);
        net.Edit<TransitGateway>(tgw, g => g with { SecurityGroupReferencing = true });
        net.Tcp(one.A, "10.2.1.10").Delivered();
        net.Edit<TransitGatewayAttachment>(two.Attachment, a => a with { SecurityGroupReferencing = false });
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.SG_REFERENCING_SUPPORT);
        net.Edit<TransitGatewayAttachment>(two.Attachment, a => a with { SecurityGroupReferencing = true });
        net.Edit<TransitGatewayAttachment>(one.Attachment, a => a with { SecurityGroupReferencing = false });
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.SG_REFERENCING_SUPPORT);
        net.Edit<TransitGatewayAttachment>(one.Attachment, a => a with { SecurityGroupReferencing = true });
        net.Rules(named, $"out tcp 443 {two.Open}");
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule111_a_peering_of_gateways_needs_static_routes_on_both_and_keeps_no_group()
    {
        net.At = OtherRegion;
        string other = net.Tgw(keepsGroups: true);
        Network three = Make(3, "eu-west-1a", "eu-west-1b", other);
        net.At = CloudBuilder.Home;
        (string here, string there) = net.PeerTgw(tgw, other, OtherRegion);
        Assert.Equal(here, there);
        net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.TgwRoute(net.DefaultTable(tgw), "10.3.0.0/16", here);
        net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION, Leg.Return);
        net.At = OtherRegion;
        net.TgwRoute(net.DefaultTable(other), "10.1.0.0/16", there);
        net.At = CloudBuilder.Home;
        Trace trace = net.Tcp(one.A, "10.3.1.10");
        trace.Delivered();
        Assert.Contains(other, trace.Forward.Select(h => h.AttachedTo?.Id));
        net.Edit<TransitGateway>(tgw, g => g with { SecurityGroupReferencing = true });
        string named = net.Group(one.Vpc, "out all 0.0.0.0/0");
        net.Edit<NetworkInterface>(one.A, e => e with { Groups = [new(named)] });
        net.At = OtherRegion;
        net.Edit<SecurityGroup>(three.Open, g => g with { Rules = [.. g.Rules.Where(r => r.IsEgress)] });
        net.At = CloudBuilder.Home;
        net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.SG_HAS_NO_RULES);
    }

    [Fact]
    public void Rule111_no_group_counts_over_a_peering_of_gateways_of_one_region()
    {
        net.Edit<TransitGateway>(tgw, g => g with { SecurityGroupReferencing = true });
        string other = net.Tgw(keepsGroups: true);
        Network three = Make(3, gateway: other);
        (string here, string there) = net.PeerTgw(tgw, other, CloudBuilder.Home);
        net.TgwRoute(net.DefaultTable(tgw), "10.3.0.0/16", here);
        net.TgwRoute(net.DefaultTable(other), "10.1.0.0/16", there);
        net.Tcp(one.A, "10.3.1.10").Delivered();
        net.Rules(three.Open, $"in tcp 443 {one.Open}", "out all 0.0.0.0/0");
        net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
    }

    [Fact]
    public void Rule111_a_peer_that_waits_at_its_side_carries_nothing()
    {
        net.At = OtherRegion;
        string other = net.Tgw();
        Make(3, "eu-west-1a", "eu-west-1b", other);
        net.At = CloudBuilder.Home;
        (string here, string there) = net.PeerTgw(tgw, other, OtherRegion);
        net.TgwRoute(net.DefaultTable(tgw), "10.3.0.0/16", here);
        net.At = OtherRegion;
        net.Edit<TransitGatewayAttachment>(there, a => a with { State = TransitGatewayAttachmentState.PendingAcceptance });
        net.At = CloudBuilder.Home;
        Drop drop = net.Tcp(one.A, "10.3.1.10").Dropped(ExplanationCode.BAD_STATE_ATTACHMENT);
        Assert.Equal((there, other, "pendingacceptance"), (drop.TransitGatewayAttachment!.Id, drop.TransitGateway!.Id, drop.State));
    }

    [Fact]
    public void An_attachment_without_IPv6_support_lets_none_in_or_out()
    {
        (string left, string leftBox) = Dual(8);
        (string right, string rightBox) = Dual(9);
        Support(left, true);
        Support(right, true);
        net.Tcp(leftBox, "2600:1f00:9:1::10").Delivered();
        Support(left, false);
        Drop drop = net.Tcp(leftBox, "2600:1f00:9:1::10").Dropped(ExplanationCode.NO_PATH);
        Assert.Equal((left, true), (drop.TransitGatewayAttachment!.Id, drop.IsEgress));
        Assert.Contains("IPv6", drop.Text, StringComparison.Ordinal);

        // What such an attachment has is not propagated; a route by hand leads to it, and it takes nothing.
        net.Tcp(rightBox, "2600:1f00:8:1::10").Dropped(ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT);
        net.TgwRoute(net.DefaultTable(tgw), "2600:1f00:8::/56", left);
        drop = net.Tcp(rightBox, "2600:1f00:8:1::10").Dropped(ExplanationCode.NO_PATH);
        Assert.Equal((left, false), (drop.TransitGatewayAttachment!.Id, drop.IsEgress));
        net.Tcp(leftBox, "10.9.1.10").Delivered();
        net.Tcp(rightBox, "10.8.1.10").Delivered();

        void Support(string attachment, bool on) => net.Edit<TransitGatewayAttachment>(attachment, a => a with { Ipv6Support = on });
    }

    [Fact]
    public void Rule117_packets_over_a_gateway_are_8500_bytes_at_most_and_over_a_vpn_less()
    {
        Trace trace = net.Tcp(one.A, "10.2.2.10");
        Assert.All(
            trace.Forward.Where(h => h.Component.Kind == TransitGatewayAttachment.Kind),
            h => Assert.EndsWith("MTU 8500", h.Note, StringComparison.Ordinal));
        net.Site("dc", "198.51.100.1", 65010, "192.168.0.0/16");
        string vpn = net.Vpn(tgw, net.Cgw("198.51.100.1", 65010));
        net.Route(net.MainTable(one.Vpc), "192.168.0.0/16", tgw);
        trace = net.Tcp(one.A, "192.168.1.1");
        trace.Delivered();
        Assert.Contains("MTU 1446", trace.Forward.Single(h => h.Component.Id == vpn).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_whose_peer_is_not_known_is_told()
    {
        string attachment = net.Attach(tgw, TransitGatewayAttachmentType.Peering, "tgw-0123456789abcdef0", null, a => a with
        {
            Peering = new TransitGatewayPeering(
                new TransitGatewayEnd(new(tgw), CloudBuilder.Home, a.Id), new TransitGatewayEnd(new("tgw-0123456789abcdef0"), OtherAccount, a.Id)),
        });
        net.TgwRoute(net.DefaultTable(tgw), "10.7.0.0/16", attachment);
        net.Tcp(one.A, "10.7.1.1").Dropped(ExplanationCode.TGW_RTB_ROUTES_ARE_UNKNOWN);
    }

    [Fact]
    public void Another_account_s_network_is_joined_by_its_own_copy_and_the_owner_s_table()
    {
        net.At = OtherAccount;
        Network three = Make(3, owner: CloudBuilder.Home);
        net.At = CloudBuilder.Home;
        net.Tcp(one.A, "10.3.2.10").Delivered();
        net.At = OtherAccount;
        net.Tcp(three.A, "10.1.1.10").Delivered();
    }

    [Fact]
    public void An_attachment_that_waits_makes_the_route_a_blackhole()
    {
        net.Edit<TransitGatewayAttachment>(one.Attachment, a => a with { State = TransitGatewayAttachmentState.PendingAcceptance });
        net.Tcp(one.A, "10.2.1.10").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Two_gateways_that_send_to_each_other_end_as_a_loop()
    {
        string other = net.Tgw();
        (string here, string there) = net.PeerTgw(tgw, other, CloudBuilder.Home);
        net.TgwRoute(net.DefaultTable(tgw), "10.7.0.0/16", here);
        net.TgwRoute(net.DefaultTable(other), "10.7.0.0/16", there);
        net.Tcp(one.A, "10.7.1.1").Dropped(ExplanationCode.FORWARDING_LOOP);
    }

    [Fact]
    public void Private_networks_leave_by_one_network_s_translator()
    {
        Network egress = Make(4);
        string open = net.Subnet(egress.Vpc, "10.4.9.0/24");
        string igw = net.Igw(egress.Vpc);
        string nat = net.Nat(open, "10.4.9.9", "54.0.0.4");
        string outside = net.Table(egress.Vpc, open);
        net.Route(outside, "0.0.0.0/0", igw);
        net.Route(outside, "10.0.0.0/8", tgw);
        string inside = net.Table(egress.Vpc, egress.SubnetA, egress.SubnetB);
        net.Route(inside, "0.0.0.0/0", nat);
        net.Route(net.MainTable(one.Vpc), "0.0.0.0/0", tgw);
        net.TgwRoute(net.DefaultTable(tgw), "0.0.0.0/0", egress.Attachment);
        Trace trace = net.Tcp(one.A, "8.8.8.8");
        trace.Delivered();
        Assert.Contains(nat, trace.Forward.Path());
        net.Route(inside, "0.0.0.0/0", igw);
        net.Tcp(one.A, "8.8.8.8").Dropped(ExplanationCode.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS);
    }

    private static string Entered(Trace trace, Network network)
    {
        trace.Delivered();
        return trace.Forward.Single(h => h.Component.Id == network.Attachment).Subnet!.Id;
    }

    private TransitGatewayDoor DoorIn(string subnet)
    {
        string spare = net.AttachVpc(tgw, two.Vpc, [subnet]);
        TransitGatewayDoor door = net.Rows.Get(new Id<TransitGatewayAttachment>(spare)).Doors[0];
        net.Remove<TransitGatewayAttachment>(spare);
        net.Unpropagate(spare, net.DefaultTable(tgw));
        return door;
    }

    /// <summary>10.N.0.0/16 with a subnet in each of two zones, an open instance in each, attached in both, with a route to the gateway.</summary>
    private Network Make(int number, string zoneA = "us-east-1a", string zoneB = "us-east-1b", string? gateway = null, PartitionKey? owner = null)
    {
        string vpc = net.Vpc($"10.{number}.0.0/16");
        string a = net.Subnet(vpc, $"10.{number}.1.0/24", zone: zoneA);
        string b = net.Subnet(vpc, $"10.{number}.2.0/24", zone: zoneB);
        string open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        string first = net.Instance(a, $"10.{number}.1.10", open);
        string second = net.Instance(b, $"10.{number}.2.10", open);
        string attachment = net.AttachVpc(gateway ?? tgw, vpc, [a, b], owner);
        net.Route(net.MainTable(vpc), "10.0.0.0/8", gateway ?? tgw);
        return new Network(vpc, a, b, open, first, second, attachment);
    }

    /// <summary>A network of both families with one instance, attached, with routes to the gateway: the attachment and the interface.</summary>
    private (string Attachment, string Box) Dual(int number)
    {
        string vpc = net.Vpc($"10.{number}.0.0/16", $"2600:1f00:{number}::/56");
        string subnet = net.Subnet(vpc, $"10.{number}.1.0/24", $"2600:1f00:{number}:1::/64");
        string open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
        string box = net.Instance(subnet, $"10.{number}.1.10,2600:1f00:{number}:1::10", open);
        string attachment = net.AttachVpc(tgw, vpc, [subnet]);
        net.Route(net.MainTable(vpc), "10.0.0.0/8", tgw);
        net.Route(net.MainTable(vpc), "::/0", tgw);
        return (attachment, box);
    }

    /// <summary>A network of appliances, one in each zone, through which the two networks reach each other.</summary>
    private Inspected Inspect()
    {
        Network inspection = Make(5);
        string[] boxes = new string[2];
        string[] doors = [inspection.SubnetA, inspection.SubnetB];
        string[] zones = ["us-east-1a", "us-east-1b"];
        for (int i = 0; i < 2; i++)
        {
            string subnet = net.Subnet(inspection.Vpc, $"10.5.{i + 10}.0/24", zone: zones[i]);
            boxes[i] = net.Instance(subnet, $"10.5.{i + 10}.9", inspection.Open);
            net.Forwards(boxes[i]);
            net.Route(net.Table(inspection.Vpc, doors[i]), "0.0.0.0/0", boxes[i]);
            net.Route(net.Table(inspection.Vpc, subnet), "0.0.0.0/0", tgw);
        }

        string spokes = net.TgwTable(tgw);
        net.TgwRoute(spokes, "0.0.0.0/0", inspection.Attachment);
        net.Associate(one.Attachment, spokes);
        net.Associate(two.Attachment, spokes);
        return new Inspected(inspection.Attachment, boxes);
    }

    private sealed record Network(string Vpc, string SubnetA, string SubnetB, string Open, string A, string B, string Attachment);

    private sealed record Inspected(string Attachment, string[] Boxes);
}
