using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>From where endpoints of another network can be used: rules 99 and 101.</summary>
public sealed class EndpointReachRules
{
    private readonly CloudBuilder net = new();
    private readonly string near;
    private readonly string far;
    private readonly string client;
    private readonly string farTable;
    private readonly string s3 = Endpoints.AddressOf(Endpoints.S3);

    public EndpointReachRules()
    {
        near = net.Vpc("10.1.0.0/16");
        string subnet = net.Subnet(near, "10.1.1.0/24");
        client = net.Instance(subnet, "10.1.1.10", net.Group(near, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        far = net.Vpc("10.2.0.0/16");
        string there = net.Subnet(far, "10.2.1.0/24");
        farTable = net.MainTable(far);
        net.GatewayEndpoint(far, Endpoints.S3, farTable);
        string open = net.Group(far, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        net.InterfaceEndpoint(far, Endpoints.Sns, [(there, "10.2.1.20")], open);
        net.Tcp(net.Instance(there, "10.2.1.10", open), s3).Delivered();
    }

    [Fact]
    public void Rule101_an_interface_endpoint_is_reached_over_a_peering_and_rule099_a_gateway_endpoint_is_not()
    {
        string peering = net.Peer(near, far);
        net.Route(net.MainTable(near), "10.2.0.0/16", peering);
        net.Route(net.MainTable(near), $"{s3}/32", peering);
        net.Route(farTable, "10.1.0.0/16", peering);
        Reached(net.Tcp(client, "10.2.1.20"));
        net.Tcp(client, s3).Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);
    }

    [Fact]
    public void Rule101_an_interface_endpoint_is_reached_over_a_transit_gateway_and_rule099_a_gateway_endpoint_is_not()
    {
        string tgw = net.Tgw();
        net.AttachVpc(tgw, near, [net.Rows.By<Subnet>(near).First().Key]);
        string attachment = net.AttachVpc(tgw, far, [net.Rows.By<Subnet>(far).First().Key]);
        net.TgwRoute(net.DefaultTable(tgw), $"{s3}/32", attachment);
        net.Route(net.MainTable(near), "10.2.0.0/16", tgw);
        net.Route(net.MainTable(near), $"{s3}/32", tgw);
        net.Route(farTable, "10.1.0.0/16", tgw);
        Reached(net.Tcp(client, "10.2.1.20"));
        net.Tcp(client, s3).Dropped(ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC);
    }

    [Fact]
    public void Rule101_an_interface_endpoint_is_reached_over_a_vpn_and_rule099_a_gateway_endpoint_is_not()
    {
        net.Site("dc", "198.51.100.1", 65010, "192.168.0.0/16");
        string vgw = net.Vgw(far);
        net.Vpn(vgw, net.Cgw("198.51.100.1", 65010));
        net.PropagateTo(farTable, vgw);
        Reached(net.FromSite("dc", "192.168.1.1", "10.2.1.20"));
        Assert.False(net.FromSite("dc", "192.168.1.1", s3).Verdict.Delivered);
    }

    private static void Reached(Trace trace)
    {
        trace.Delivered();
        Assert.Equal(Endpoints.Sns, trace.Forward[^1].Component.Id);
    }
}
