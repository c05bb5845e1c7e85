using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Endpoint services of another account, behind its network load balancer: rules 28, 83 and 103 to 106.</summary>
/// <remarks>Both VPCs are 10.0.0.0/16. The accounts name their zones otherwise: the provider's c is the consumer's a.</remarks>
public sealed class PrivateLinkRules
{
    private static readonly PartitionKey Provider = new("000000000001", "us-east-1");

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string open;
    private readonly string client;
    private readonly string theirVpc;
    private readonly string theirSubnet;
    private readonly string theirOpen;
    private readonly string server;
    private readonly string nlb;
    private readonly string group;
    private readonly (PartitionKey Owner, string Id) service;
    private readonly string endpoint;

    public PrivateLinkRules()
    {
        net.At = Provider;
        theirVpc = net.Vpc("10.0.0.0/16");
        theirSubnet = net.Subnet(theirVpc, "10.0.0.0/24", zone: "us-east-1c");
        theirOpen = net.Group(theirVpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        server = net.Instance(theirSubnet, "10.0.0.10", theirOpen);
        nlb = net.Nlb("pay", [(theirSubnet, "10.0.0.5")]);
        group = net.Group(theirVpc, "pay", "TCP", 8443, TargetType.Instance, [server]);
        net.Listen(nlb, "TCP", 443, group);
        service = net.Service(nlb);

        net.At = CloudBuilder.Home;
        vpc = net.Vpc("10.0.0.0/16");
        subnet = net.Subnet(vpc, "10.0.0.0/24");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(subnet, "10.0.0.10", open);
        endpoint = net.EndpointTo(vpc, VpcEndpointType.Interface, service, [(subnet, "10.0.0.20")], open);
    }

    [Fact]
    public void Rule104_an_endpoint_leads_to_the_targets_of_anothers_load_balancer()
    {
        Trace trace = net.Tcp(client, "10.0.0.20");
        trace.Delivered();
        Assert.Contains(endpoint, trace.Forward.Path());
        Assert.Equal(InstanceOf(server), trace.Forward[^1].Component.Id);
        Assert.Equal(Provider, trace.Forward[^1].Component.Partition);
        Assert.Equal(new PortRange(8443, 8443), trace.Forward[^1].Inbound.DestinationPorts);
        Assert.Equal(Tracking.Automatic, trace.Verdict.Tracking & Tracking.Automatic);
        Hop last = trace.Return[^1];
        Assert.Equal((IpAddress.Parse("10.0.0.20"), IpAddress.Parse("10.0.0.10")), (last.Outbound.Source, last.Outbound.Destination));
    }

    [Fact]
    public void Rule104_only_the_listeners_port_is_reached()
    {
        net.Tcp(client, "10.0.0.20", 22).Dropped(ExplanationCode.ELBV2_LISTENERS_MISMATCH);
        net.Tcp(client, "10.0.0.20", 8443).Dropped(ExplanationCode.ELBV2_LISTENERS_MISMATCH);
        net.Ping(client, "10.0.0.20").Dropped(ExplanationCode.PROTOCOL_RESTRICTION);
    }

    [Fact]
    public void Rule104_until_it_is_accepted_an_endpoint_carries_nothing()
    {
        net.Edit<VpcEndpoint>(endpoint, e => e with { State = VpcEndpointState.PendingAcceptance });
        Assert.Equal("pendingAcceptance", net.Tcp(client, "10.0.0.20").Dropped(ExplanationCode.BAD_STATE).State);
        net.Edit<VpcEndpoint>(endpoint, e => e with { State = VpcEndpointState.Available });
        net.Tcp(client, "10.0.0.20").Delivered();
    }

    [Fact]
    public void Rule103_the_provider_begins_nothing_towards_the_consumer()
    {
        net.At = Provider;
        Trace own = net.Tcp(server, "10.0.0.10");
        Assert.DoesNotContain(own.Forward, h => h.Component.Partition == CloudBuilder.Home);
        net.Tcp(server, "10.0.0.20").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        net.At = CloudBuilder.Home;
        net.Tcp(net.Doors(endpoint)[0], "10.0.0.10").Dropped(ExplanationCode.VPCE_INTRA_VPC_TRAFFIC);
    }

    [Fact]
    public void Rule106_the_provider_sees_the_load_balancers_address_though_both_vpcs_are_the_same_range()
    {
        Trace trace = net.Tcp(client, "10.0.0.20");
        trace.Delivered();
        Assert.Equal(IpAddress.Parse("10.0.0.5"), trace.Forward[^1].Inbound.Source);
        net.At = Provider;
        net.EditGroup(group, g => g with { Attributes = g.Attributes.SetItem("preserve_client_ip.enabled", "true") });
        net.At = CloudBuilder.Home;
        Assert.Equal(IpAddress.Parse("10.0.0.5"), net.Tcp(client, "10.0.0.20").Forward[^1].Inbound.Source);
    }

    [Fact]
    public void Rule106_proxy_protocol_tells_the_provider_the_consumers_address_and_the_endpoint()
    {
        net.At = Provider;
        net.EditGroup(group, g => g with { Attributes = g.Attributes.SetItem(TargetGroupAttributes.ProxyProtocol, "true") });
        net.At = CloudBuilder.Home;
        Assert.Equal($"PROXY protocol v2: 10.0.0.10:32768, endpoint {endpoint}", net.Tcp(client, "10.0.0.20").Choice().Note);
    }

    [Fact]
    public void Rule103_a_service_of_datagrams_is_reached_by_udp()
    {
        net.At = Provider;
        string names = net.Nlb("names", [(theirSubnet, "10.0.0.6")]);
        net.Listen(names, "UDP", 53, net.Group(theirVpc, "names", "UDP", 53, TargetType.Instance, [server]));
        (PartitionKey Owner, string Id) other = net.Service(names);
        net.At = CloudBuilder.Home;
        net.EndpointTo(vpc, VpcEndpointType.Interface, other, [(subnet, "10.0.0.21")], open);
        net.Ask(client, "10.0.0.21", Protocols.Udp, 53, 40000).Delivered();
        net.Tcp(client, "10.0.0.21", 53).Dropped(ExplanationCode.ELBV2_LISTENERS_MISMATCH);
    }

    [Fact]
    public void Rule106_a_targets_group_must_admit_the_load_balancer_and_not_the_consumer()
    {
        net.At = Provider;
        net.Rules(theirOpen, "in tcp 8443 10.0.0.5/32", "out all 0.0.0.0/0");
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.20").Delivered();
        net.At = Provider;
        net.Rules(theirOpen, "in tcp 8443 10.0.0.10/32", "out all 0.0.0.0/0");
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.20").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule105_the_zones_must_be_the_same_by_their_ids()
    {
        string other = net.Subnet(vpc, "10.0.1.0/24", zone: "us-east-1c");
        net.EndpointTo(vpc, VpcEndpointType.Interface, service, [(other, "10.0.1.20")], open);
        Drop drop = net.Tcp(client, "10.0.1.20").Dropped(ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ);
        Assert.Equal(other, drop.Subnet!.Id);
        net.At = Provider;
        net.EditBalancer(nlb, b => b with { Nodes = [] });
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.20").Dropped(ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ);
    }

    [Fact]
    public void Rule105_cross_zone_balancing_finds_the_targets_of_other_zones()
    {
        net.At = Provider;
        string far = net.Subnet(theirVpc, "10.0.2.0/24", zone: "us-east-1a");
        net.Deregister(group, server);
        net.Register(group, net.Instance(far, "10.0.2.10", theirOpen));
        string second = net.Nlb("second", [(far, "10.0.2.5")]);
        net.EditBalancer(nlb, b => b with { Nodes = [.. b.Nodes, net.Rows.Table<LoadBalancer>().Find(second)!.Nodes[0]] });
        net.Remove<LoadBalancer>(second);
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.20").Dropped(ExplanationCode.ELBV2_NO_TARGETS_IN_AZ);
        net.At = Provider;
        net.EditBalancer(nlb, b => b with { Attributes = b.Attributes.SetItem(LoadBalancerAttributes.CrossZone, "true") });
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.20").Delivered();
    }

    [Fact]
    public void Rule083_the_load_balancers_groups_see_the_consumers_own_address_unless_told_not_to_look()
    {
        net.At = Provider;
        string narrow = net.Group(theirVpc, "in tcp 443 10.0.0.20/32", "out all 0.0.0.0/0");
        string guarded = net.Nlb("guarded", [(theirSubnet, "10.0.0.6")], narrow);
        net.Listen(guarded, "TCP", 443, net.Group(theirVpc, "guarded", "TCP", 8443, TargetType.Instance, [server]));
        (PartitionKey Owner, string Id) other = net.Service(guarded);
        net.At = CloudBuilder.Home;
        net.EndpointTo(vpc, VpcEndpointType.Interface, other, [(subnet, "10.0.0.21")], open);
        net.Tcp(client, "10.0.0.21").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.At = Provider;
        net.Rules(narrow, "in tcp 443 10.0.0.10/32", "out all 0.0.0.0/0");
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.21").Delivered();
        net.At = Provider;
        net.Rules(narrow, "out all 0.0.0.0/0");
        net.EditBalancer(guarded, b => b with { EnforcePrivateLinkInbound = false });
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.21").Delivered();
    }

    [Fact]
    public void A_service_without_load_balancers_is_nowhere()
    {
        net.At = Provider;
        net.Edit<VpcEndpointService>(service.Id, s => s with { LoadBalancerKeys = [] });
        net.At = CloudBuilder.Home;
        net.Tcp(client, "10.0.0.20").Dropped(ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ);
    }

    [Fact]
    public void A_provider_may_itself_consume_another_service_of_awss()
    {
        net.At = Provider;
        net.InterfaceEndpoint(theirVpc, Endpoints.Sns, [(theirSubnet, "10.0.0.30")], theirOpen);
        string relay = net.Group(theirVpc, "sns", "TCP", 443, TargetType.Ip, ["10.0.0.30"]);
        string second = net.Nlb("relay", [(theirSubnet, "10.0.0.7")]);
        net.Listen(second, "TCP", 443, relay);
        (PartitionKey Owner, string Id) other = net.Service(second);
        net.At = CloudBuilder.Home;
        net.EndpointTo(vpc, VpcEndpointType.Interface, other, [(subnet, "10.0.0.22")], open);
        Trace trace = net.Tcp(client, "10.0.0.22");
        trace.Delivered();
        Assert.Equal(Endpoints.Sns, trace.Forward[^1].Component.Id);
    }

    private string InstanceOf(string eni)
    {
        net.At = Provider;
        string id = net.InstanceOf(eni);
        net.At = CloudBuilder.Home;
        return id;
    }
}
