using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>NAT gateways: rules 45 to 54.</summary>
public sealed class NatRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string outer;
    private readonly string inner;
    private readonly string outerTable;
    private readonly string innerTable;
    private readonly string igw;
    private readonly string client;

    public NatRules()
    {
        vpc = net.Vpc("10.0.0.0/16");
        outer = net.Subnet(vpc, "10.0.0.0/24");
        inner = net.Subnet(vpc, "10.0.1.0/24");
        igw = net.Igw(vpc);
        outerTable = net.Table(vpc, outer);
        innerTable = net.Table(vpc, inner);
        client = net.Instance(inner, "10.0.1.10");
    }

    [Fact]
    public void Rule045_a_public_gateway_needs_a_route_of_its_own_to_the_internet()
    {
        string nat = net.Nat(outer, "10.0.0.5", "54.0.0.5");
        net.Route(innerTable, "0.0.0.0/0", nat);
        Drop drop = net.Tcp(client, "8.8.8.8").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        Assert.Equal(outerTable, drop.RouteTable!.Id);
        net.Route(outerTable, "0.0.0.0/0", igw);
        Trace trace = net.Tcp(client, "8.8.8.8");
        trace.Delivered();
        Hop translated = trace.Forward.Single(h => h.Component.Id == nat);
        Assert.Equal(IpAddress.Parse("10.0.0.5"), translated.Outbound.Source);
        Assert.Equal(new PortRange(1024, 65535), translated.Outbound.SourcePorts);
        Assert.Equal(IpAddress.Parse("54.0.0.5"), trace.Forward[^1].Inbound.Source);
        Hop undone = trace.Return.Single(h => h.Component.Id == nat);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), undone.Outbound.Destination);
        Assert.Equal(new PortRange(Flow.DefaultSourcePort, Flow.DefaultSourcePort), undone.Outbound.DestinationPorts);
    }

    [Fact]
    public void Rule046_a_private_gateway_does_not_reach_the_internet()
    {
        net.Route(innerTable, "0.0.0.0/0", net.Nat(outer, "10.0.0.5"));
        net.Route(outerTable, "0.0.0.0/0", igw);
        net.Tcp(client, "8.8.8.8").Dropped(ExplanationCode.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS);
    }

    [Fact]
    public void Rule047_only_sources_of_its_own_vpc_pass()
    {
        Public();
        string box = net.Instance(inner, "10.0.1.99");
        net.Forwards(box);
        net.Ask(box, "8.8.8.8", Protocols.Tcp, 443, 40000, from: "192.168.0.1").Dropped(ExplanationCode.NGW_REQUIRES_SOURCE_IN_VPC);
    }

    [Fact]
    public void Rule048_the_acl_of_its_subnet_applies_both_ways_for_every_port()
    {
        Public();
        net.Acl(vpc, [outer], "100 in allow tcp 443 10.0.1.0/24", "110 in allow tcp 1024-65535 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        net.Tcp(client, "8.8.8.8").Delivered();
        net.Acl(vpc, [outer], "100 in allow tcp 443 10.0.1.0/24", "110 in allow tcp 32768-60999 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        Drop drop = net.Tcp(client, "8.8.8.8").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return);
        Assert.False(drop.IsEgress);
        Assert.Equal(new PortRange(1024, 65535), drop.Packet.DestinationPorts);
        net.Acl(
            vpc, [outer], "100 in allow tcp 443 10.0.1.0/24", "110 in allow tcp 1024-4000 0.0.0.0/0", "120 in allow tcp 4001-65535 0.0.0.0/0",
            "100 out allow all 0.0.0.0/0");
        net.Tcp(client, "8.8.8.8").Delivered();
        net.Acl(vpc, [outer], "110 in allow all 0.0.0.0/0", "100 out allow tcp 443 0.0.0.0/0");
        Assert.True(net.Tcp(client, "8.8.8.8").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return).IsEgress);
    }

    [Fact]
    public void Rule049_tcp_udp_and_icmp_only_and_nothing_from_outside()
    {
        Public();
        net.Ping(client, "8.8.8.8").Delivered();
        net.Ask(client, "8.8.8.8", Protocols.Udp, 53, 40000).Delivered();
        net.Ask(client, "8.8.8.8", 47, 0, 0).Dropped(ExplanationCode.PROTOCOL_RESTRICTION);
        net.FromInternet("8.8.8.8", "54.0.0.5").Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        net.Tcp(client, "10.0.0.5").Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
    }

    [Fact]
    public void Rule052_a_deleted_gateway_leaves_a_blackhole()
    {
        string nat = Public();
        net.Edit<NatGateway>(nat, n => n with { State = NatGatewayState.Deleted });
        net.Tcp(client, "8.8.8.8").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule054_a_gateway_that_its_own_subnet_routes_to_loops()
    {
        string nat = Public();
        string beside = net.Instance(outer, "10.0.0.20");
        net.Route(outerTable, "9.9.9.0/24", nat);
        Drop drop = net.Tcp(beside, "9.9.9.9").Dropped(ExplanationCode.FORWARDING_LOOP);
        Assert.Equal(nat, drop.NatGateway!.Id);
    }

    [Fact]
    public void Rule064_behind_a_gateway_group_references_do_not_hold()
    {
        Public();
        string group = net.DefaultGroup(vpc);
        string server = net.Instance(outer, "10.0.0.30", net.Group(vpc, $"in tcp 443 {group}", "out all 0.0.0.0/0"));
        net.Elastic(server, "54.0.0.30");
        net.Tcp(client, "10.0.0.30").Delivered();
        net.Tcp(client, "54.0.0.30").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule070_flows_through_a_gateway_are_tracked_whatever_the_rules_say()
    {
        Public();
        Assert.Equal(Tracking.Automatic, net.Tcp(client, "8.8.8.8").Verdict.Tracking & Tracking.Automatic);
    }

    private string Public()
    {
        string nat = net.Nat(outer, "10.0.0.5", "54.0.0.5");
        net.Route(innerTable, "0.0.0.0/0", nat);
        net.Route(outerTable, "0.0.0.0/0", igw);
        return nat;
    }
}
