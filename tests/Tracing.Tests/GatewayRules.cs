using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Internet gateways, public addresses, egress-only gateways: rules 31 to 44.</summary>
public sealed class GatewayRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string other;
    private readonly string open;

    public GatewayRules()
    {
        vpc = net.Vpc("10.0.0.0/16", "2600:1f00:1::/56");
        subnet = net.Subnet(vpc, "10.0.1.0/24", "2600:1f00:1:1::/64");
        other = net.Subnet(vpc, "10.0.2.0/24", "2600:1f00:1:2::/64");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
    }

    [Fact]
    public void Rule031_out_needs_a_route_and_a_public_address()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        Drop drop = net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS);
        Assert.Equal(igw, drop.InternetGateway!.Id);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), drop.Address);
        net.Elastic(a, "54.0.0.1");
        Trace trace = net.Tcp(a, "8.8.8.8");
        trace.Delivered();
        Hop gateway = trace.Forward.Single(h => h.Component.Id == igw);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), gateway.Inbound.Source);
        Assert.Equal(IpAddress.Parse("54.0.0.1"), gateway.Outbound.Source);
        Hop back = trace.Return.Single(h => h.Component.Id == igw);
        Assert.Equal(IpAddress.Parse("54.0.0.1"), back.Inbound.Destination);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), back.Outbound.Destination);
    }

    [Fact]
    public void Rule032_a_public_address_without_a_route_fails_on_the_way_back()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        net.FromInternet("8.8.8.8", "54.0.0.1").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION, Leg.Return);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        net.FromInternet("8.8.8.8", "54.0.0.1").Delivered();
    }

    [Fact]
    public void Rule033_private_ranges_do_not_cross_an_internet_gateway()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        string igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        net.Tcp(a, "192.168.0.1").Dropped(ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS);
        net.Tcp(a, "172.31.255.255").Dropped(ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS);
        net.Tcp(a, "100.127.255.255").Dropped(ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS);
        net.Tcp(a, "100.128.0.0").Delivered();
        net.Tcp(a, "172.32.0.0").Delivered();
        net.FromInternet("10.1.1.1", "54.0.0.1").Dropped(ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS);
        net.FromInternet("100.64.0.1", "54.0.0.1").Dropped(ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS);
    }

    [Fact]
    public void Rule034_inbound_to_an_address_of_nobody_is_dropped()
    {
        net.Igw(vpc);
        net.Elastic(null, "54.0.0.7");
        net.FromInternet("8.8.8.8", "54.0.0.7").Dropped(ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS);
        string loose = net.Interface(subnet, "10.0.1.20", null, 0, open);
        net.Elastic(loose, "54.0.0.8");
        net.FromInternet("8.8.8.8", "54.0.0.8").Dropped(ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS);
        net.FromInternet("8.8.8.8", "54.0.0.9").Dropped(ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS);
    }

    [Fact]
    public void Rule036_an_automatic_public_address_works_as_an_elastic_one()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        net.Edit<NetworkInterface>(a, e => e with { PrivateAddresses = [new InterfaceAddress(IpAddress.Parse("10.0.1.10"), IpAddress.Parse("3.3.3.3"))] });
        net.Tcp(a, "8.8.8.8").Delivered();
        net.FromInternet("8.8.8.8", "3.3.3.3").Delivered();
        net.SetState(a, InstanceState.Stopped);
        net.FromInternet("8.8.8.8", "3.3.3.3").Dropped(ExplanationCode.BAD_STATE);
    }

    [Fact]
    public void Rule038_an_elastic_address_belongs_to_one_private_address()
    {
        string a = net.Instance(subnet, "10.0.1.10,10.0.1.11", open);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        net.Elastic(a, "54.0.0.2", "10.0.1.11");
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS);
        net.Ask(a, "8.8.8.8", Protocols.Tcp, 443, 40000, from: "10.0.1.11").Delivered();
        Trace inbound = net.FromInternet("8.8.8.8", "54.0.0.2");
        inbound.Delivered();
        Assert.Equal(IpAddress.Parse("10.0.1.11"), inbound.Forward[^1].Inbound.Destination);
    }

    [Fact]
    public void Rule039_a_public_address_inside_the_vpc_leaves_over_the_gateway()
    {
        string igw = net.Igw(vpc);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        string group = net.Group(vpc, "out all 0.0.0.0/0");
        string a = net.Instance(subnet, "10.0.1.10", group);
        string b = net.Instance(other, "10.0.2.10", net.Group(vpc, $"in tcp 443 {group}", "out all 0.0.0.0/0"));
        net.Elastic(a, "54.0.0.1");
        net.Elastic(b, "54.0.0.2");
        net.Tcp(a, "10.0.2.10").Delivered();

        Drop drop = net.Tcp(a, "54.0.0.2").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        Assert.Equal(b, drop.NetworkInterface!.Id);
        Assert.Equal(IpAddress.Parse("54.0.0.1"), drop.Packet.Source);
        Assert.Equal(IpAddress.Parse("10.0.2.10"), drop.Packet.Destination);
    }

    [Fact]
    public void Rule041_an_egress_only_gateway_lets_out_and_not_in()
    {
        string a = net.Instance(subnet, "10.0.1.10,2600:1f00:1:1::10", open);
        string eigw = net.Eigw(vpc);
        net.Tcp(a, "2001:4860::8888").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Route(net.MainTable(vpc), "::/0", eigw);
        Trace trace = net.Tcp(a, "2001:4860::8888");
        trace.Delivered();
        Assert.Contains(eigw, trace.Return.Path());
        Assert.Equal(Tracking.Automatic, trace.Verdict.Tracking & Tracking.Automatic);
        net.FromInternet("2001:4860::8888", "2600:1f00:1:1::10").Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
        net.Igw(vpc);
        net.FromInternet("2001:4860::8888", "2600:1f00:1:1::10").Dropped(ExplanationCode.NO_MATCHING_CONNECTION, Leg.Return);
    }

    [Fact]
    public void Rule041_ipv6_passes_an_internet_gateway_untranslated()
    {
        string a = net.Instance(subnet, "10.0.1.10,2600:1f00:1:1::10", open);
        net.Route(net.MainTable(vpc), "::/0", net.Igw(vpc));
        Trace trace = net.FromInternet("2001:4860::8888", "2600:1f00:1:1::10");
        trace.Delivered();
        Assert.All(trace.Forward, h => Assert.Equal(h.Inbound, h.Outbound));
        net.Ping(a, "2001:4860::8888").Delivered();
        net.FromInternet("2001:4860::8888", "2600:1f00:1:1::77").Dropped(ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS);
    }

    [Fact]
    public void Rule044_addresses_of_ones_own_work_once_they_are_advertised()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        ByoipCidr range = new() { Cidr = Prefix.Parse("198.51.100.0/24"), State = "provisioned" };
        net.Put(range);
        net.Elastic(a, "198.51.100.5");
        net.FromInternet("8.8.8.8", "198.51.100.5").Dropped(ExplanationCode.ADDRESS_NOT_ADVERTISED);
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.ADDRESS_NOT_ADVERTISED, Leg.Return);
        net.Put(range with { State = "advertised" });
        net.FromInternet("8.8.8.8", "198.51.100.5").Delivered();
        net.Tcp(a, "8.8.8.8").Delivered();
    }

    [Fact]
    public void World_hosts_answer_where_they_listen()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        net.Elastic(a, "54.0.0.1");
        net.World(new World
        {
            InternetAnswers = false,
            Hosts =
            [
                new InternetHost("dns", [Prefix.Parse("8.8.8.8/32")], true, [new HostPort(Protocols.Udp, 53, 53)]),
                new InternetHost("dead", [Prefix.Parse("8.8.8.0/24")], false, []),
            ],
        });
        net.Ask(a, "8.8.8.8", Protocols.Udp, 53, 40000).Delivered();
        net.Ping(a, "8.8.8.8").Delivered();
        Assert.Equal("dns", net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER).Component.Id);
        Assert.Equal("dead", net.Tcp(a, "8.8.8.9").Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER).Component.Id);
        net.Tcp(a, "9.9.9.9").Dropped(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER);
        net.FromInternet("8.8.8.9", "54.0.0.1").Delivered();
    }

    [Fact]
    public void Two_vpcs_meet_over_their_public_addresses()
    {
        string a = net.Instance(subnet, "10.0.1.10", open);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        net.Elastic(a, "54.0.0.1");
        string there = net.Vpc("10.0.0.0/16");
        string far = net.Subnet(there, "10.0.1.0/24");
        string b = net.Instance(far, "10.0.1.10", net.Group(there, "in tcp 443 54.0.0.1/32", "out all 0.0.0.0/0"));
        net.Route(net.MainTable(there), "0.0.0.0/0", net.Igw(there));
        net.Elastic(b, "54.0.0.2");
        net.Tcp(a, "54.0.0.2").Delivered();
        net.Tcp(a, "54.0.0.2", 80).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }
}
