using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.NetworkManager;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Tests.Control.NetworkManager;

/// <summary>Network Manager: global networks and what is noted in them.</summary>
public sealed class NetworkManagerTests
{
    private static readonly NetworkManagerService Service = new();

    private readonly Lab lab = new();

    [Fact]
    public void Ids_arns_and_states_are_network_managers()
    {
        AwsNm.GlobalNetwork network = Do((s, c) => s.CreateGlobalNetwork(c, new() { Description = "d" })).GlobalNetwork!;
        Assert.StartsWith("global-network-0", network.GlobalNetworkId, StringComparison.Ordinal);
        Assert.Equal($"arn:aws:networkmanager::000000000000:global-network/{network.GlobalNetworkId}", network.GlobalNetworkArn);
        Assert.Equal("AVAILABLE", network.State);
        AwsNm.Site site = Site(network.GlobalNetworkId!);
        Assert.Equal($"arn:aws:networkmanager::000000000000:site/{network.GlobalNetworkId}/{site.SiteId}", site.SiteArn);
        Assert.Empty(Do((s, c) => s.GetSites(c, new() { GlobalNetworkId = network.GlobalNetworkId, SiteIds = ["site-0"] })).Sites!);
        Assert.Equal("ConflictException", Refused((s, c) => s.DeleteGlobalNetwork(c, new() { GlobalNetworkId = network.GlobalNetworkId })).Code);
        Assert.Equal("DELETING", Do((s, c) => s.DeleteSite(c, new() { GlobalNetworkId = network.GlobalNetworkId, SiteId = site.SiteId })).Site!.State);
        Do((s, c) => s.DeleteGlobalNetwork(c, new() { GlobalNetworkId = network.GlobalNetworkId }));
        Assert.Empty(lab.Here.All<GlobalNetwork>());
    }

    [Fact]
    public void Errors_carry_the_members_that_clients_read()
    {
        Fault unknown = Refused((s, c) => s.CreateSite(c, new() { GlobalNetworkId = "global-network-0" }));
        Assert.Equal("ValidationException", unknown.Code);
        Assert.Equal("FieldValidationFailed", unknown.Details.Single(d => d.Name == "Reason").Text);
        Assert.Equal([new("globalNetworkId", "Global network not found.")], unknown.Details.Single(d => d.Name == "Fields").Fields);
        string network = Network();
        Fault missing = Refused((s, c) => s.DeleteSite(c, new() { GlobalNetworkId = network, SiteId = "site-1" }));
        Assert.Equal(("ResourceNotFoundException", 404), (missing.Code, missing.Status));
        Assert.Equal("site-1", missing.Details.Single(d => d.Name == "ResourceId").Text);
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 1; i < 5; i++)
        {
            Network();
        }

        Fault full = Refused((s, c) => s.CreateGlobalNetwork(c, new()));
        Assert.Equal(("ServiceQuotaExceededException", 402), (full.Code, full.Status));
    }

    [Fact]
    public void A_device_uses_links_of_its_own_site_and_keeps_what_it_uses()
    {
        string network = Network();
        string site = Site(network).SiteId!;
        string other = Site(network).SiteId!;
        string link = Link(network, site);
        string device = Device(network, site);
        string elsewhere = Link(network, other);
        Assert.Equal("ValidationException", Refused((s, c) => s.AssociateLink(
            c, new() { GlobalNetworkId = network, DeviceId = device, LinkId = elsewhere })).Code);
        string far = Device(network, other);
        Assert.Equal("ValidationException", Refused((s, c) => s.CreateConnection(
            c, new() { GlobalNetworkId = network, DeviceId = device, ConnectedDeviceId = far, LinkId = link })).Code);
        Do((s, c) => s.AssociateLink(c, new() { GlobalNetworkId = network, DeviceId = device, LinkId = link }));
        Assert.Equal("ConflictException", Refused((s, c) => s.AssociateLink(
            c, new() { GlobalNetworkId = network, DeviceId = device, LinkId = link })).Code);
        string connection = Do((s, c) => s.CreateConnection(
            c, new() { GlobalNetworkId = network, DeviceId = device, ConnectedDeviceId = far, LinkId = link })).Connection!.ConnectionId!;
        Assert.Equal("ConflictException", Refused((s, c) => s.DisassociateLink(
            c, new() { GlobalNetworkId = network, DeviceId = device, LinkId = link })).Code);
        Assert.Equal("ConflictException", Refused((s, c) => s.DeleteDevice(c, new() { GlobalNetworkId = network, DeviceId = far })).Code);
        Assert.Equal("ConflictException", Refused((s, c) => s.UpdateDevice(
            c, new() { GlobalNetworkId = network, DeviceId = device, SiteId = other })).Code);
        Do((s, c) => s.DeleteConnection(c, new() { GlobalNetworkId = network, ConnectionId = connection }));
        Do((s, c) => s.DisassociateLink(c, new() { GlobalNetworkId = network, DeviceId = device, LinkId = link }));
        Do((s, c) => s.DeleteLink(c, new() { GlobalNetworkId = network, LinkId = link }));
        Do((s, c) => s.DeleteDevice(c, new() { GlobalNetworkId = network, DeviceId = device }));
    }

    [Fact]
    public void An_update_leaves_what_it_does_not_name_and_removes_what_it_names_empty()
    {
        string network = Network();
        string device = Do((s, c) => s.CreateDevice(
            c, new() { GlobalNetworkId = network, Model = "m", Vendor = "v", Location = new() { Address = "here" } })).Device!.DeviceId!;
        AwsNm.Device next = Do((s, c) => s.UpdateDevice(
            c, new() { GlobalNetworkId = network, DeviceId = device, Vendor = "", Description = "d" })).Device!;
        Assert.Equal(("m", null, "d", "here"), (next.Model, next.Vendor, next.Description, next.Location!.Address));
        Assert.Equal("ValidationException", Refused((s, c) => s.UpdateDevice(
            c, new() { GlobalNetworkId = network, DeviceId = device, Description = new string('a', 257) })).Code);
    }

    [Fact]
    public void A_transit_gateway_belongs_to_one_global_network()
    {
        string network = Network();
        string arn = lab.Run((s, c) => s.CreateTransitGateway(c, new())).TransitGateway!.TransitGatewayArn!;
        Do((s, c) => s.RegisterTransitGateway(c, new() { GlobalNetworkId = network, TransitGatewayArn = arn }));
        string second = Network();
        Assert.Equal("ConflictException", Refused((s, c) => s.RegisterTransitGateway(
            c, new() { GlobalNetworkId = second, TransitGatewayArn = arn })).Code);
        Assert.Equal("AVAILABLE", Do((s, c) => s.GetTransitGatewayRegistrations(c, new() { GlobalNetworkId = network }))
            .TransitGatewayRegistrations!.Single().State!.Code);
        (string Code, string Arn)[] table =
        [
            ("ValidationException", "x"),
            ("ValidationException", "arn:aws:ec2:us-east-1:000000000000:vpc/vpc-1"),
            ("AccessDeniedException", "arn:aws:ec2:us-east-1:111111111111:transit-gateway/tgw-1"),
            ("ResourceNotFoundException", "arn:aws:ec2:us-east-1:000000000000:transit-gateway/tgw-1"),
        ];
        foreach ((string code, string wrong) in table)
        {
            Assert.Equal(code, Refused((s, c) => s.RegisterTransitGateway(c, new() { GlobalNetworkId = network, TransitGatewayArn = wrong })).Code);
        }

        Do((s, c) => s.DeregisterTransitGateway(c, new() { GlobalNetworkId = network, TransitGatewayArn = arn }));
        Assert.Equal("ResourceNotFoundException", Refused((s, c) => s.DeregisterTransitGateway(
            c, new() { GlobalNetworkId = network, TransitGatewayArn = arn })).Code);
    }

    /// <summary>AWS, DeregisterTransitGateway: "This action removes any customer gateway associations."</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_gone_is_in_no_global_network(bool deregisters)
    {
        string network = Network();
        string device = Do((s, c) => s.CreateDevice(c, new() { GlobalNetworkId = network })).Device!.DeviceId!;
        Aws.TransitGateway hub = lab.Run(
            (s, c) => s.CreateTransitGateway(c, new() { Options = new() { TransitGatewayCidrBlocks = ["10.99.0.0/24"] } })).TransitGateway!;
        Do((s, c) => s.RegisterTransitGateway(c, new() { GlobalNetworkId = network, TransitGatewayArn = hub.TransitGatewayArn }));
        string customer = lab.Run((s, c) => s.CreateCustomerGateway(c, new() { Type = "ipsec.1", IpAddress = "198.51.100.1", BgpAsn = 65001 }))
            .CustomerGateway!.CustomerGatewayId!;
        string vpn = lab.Run((s, c) => s.CreateVpnConnection(
            c, new() { Type = "ipsec.1", CustomerGatewayId = customer, TransitGatewayId = hub.TransitGatewayId })).VpnConnection!.VpnConnectionId!;
        Do((s, c) => s.AssociateCustomerGateway(
            c, new() { GlobalNetworkId = network, DeviceId = device, CustomerGatewayArn = lab.Context().Arn($"customer-gateway/{customer}") }));
        if (deregisters)
        {
            Do((s, c) => s.DeregisterTransitGateway(c, new() { GlobalNetworkId = network, TransitGatewayArn = hub.TransitGatewayArn }));
            Assert.Empty(lab.Here.All<NmCustomerGatewayAssociation>());
        }

        lab.Run((s, c) => s.DeleteVpnConnection(c, new() { VpnConnectionId = vpn }));
        lab.Run((s, c) => s.DeleteCustomerGateway(c, new() { CustomerGatewayId = customer }));
        Assert.Empty(lab.Here.All<NmCustomerGatewayAssociation>());
        lab.Run((s, c) => s.DeleteTransitGateway(c, new() { TransitGatewayId = hub.TransitGatewayId }));
        Assert.Empty(Do((s, c) => s.GetTransitGatewayRegistrations(c, new() { GlobalNetworkId = network })).TransitGatewayRegistrations!);
        Do((s, c) => s.DeleteDevice(c, new() { GlobalNetworkId = network, DeviceId = device }));
        Do((s, c) => s.DeleteGlobalNetwork(c, new() { GlobalNetworkId = network }));
    }

    [Fact]
    public void A_Connect_peer_that_is_deleted_is_with_no_device()
    {
        string network = Network();
        string device = Do((s, c) => s.CreateDevice(c, new() { GlobalNetworkId = network })).Device!.DeviceId!;
        Aws.TransitGateway hub = lab.Run(
            (s, c) => s.CreateTransitGateway(c, new() { Options = new() { TransitGatewayCidrBlocks = ["10.99.0.0/24"] } })).TransitGateway!;
        Do((s, c) => s.RegisterTransitGateway(c, new() { GlobalNetworkId = network, TransitGatewayArn = hub.TransitGatewayArn }));
        string vpc = lab.Run((s, c) => s.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        string subnet = lab.Run((s, c) => s.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = "10.0.0.0/24" })).Subnet!.SubnetId!;
        string under = lab.Run((s, c) => s.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = hub.TransitGatewayId, VpcId = vpc, SubnetIds = [subnet] })).TransitGatewayVpcAttachment!.TransitGatewayAttachmentId!;
        string connect = lab.Run((s, c) => s.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = under, Options = new() { Protocol = "gre" } })).TransitGatewayConnect!.TransitGatewayAttachmentId!;
        string peer = lab.Run((s, c) => s.CreateTransitGatewayConnectPeer(
            c, new() { TransitGatewayAttachmentId = connect, PeerAddress = "10.0.0.9", InsideCidrBlocks = ["169.254.6.0/29"] }))
            .TransitGatewayConnectPeer!.TransitGatewayConnectPeerId!;
        Do((s, c) => s.AssociateTransitGatewayConnectPeer(c, new()
        {
            GlobalNetworkId = network,
            DeviceId = device,
            TransitGatewayConnectPeerArn = lab.Context().Arn($"transit-gateway-connect-peer/{peer}"),
        }));
        lab.Run((s, c) => s.DeleteTransitGatewayConnectPeer(c, new() { TransitGatewayConnectPeerId = peer }));
        Assert.Empty(lab.Here.All<NmConnectPeerAssociation>());
    }

    [Fact]
    public void Tags_are_found_by_the_whole_arn()
    {
        string network = Network();
        string arn = Site(network).SiteArn!;
        Do((s, c) => s.TagResource(c, new() { ResourceArn = arn, Tags = [new() { Key = "a", Value = "b" }] }));
        Assert.Equal(["a"], Do((s, c) => s.ListTagsForResource(c, new() { ResourceArn = arn })).TagList!.Select(t => t.Key));
        Do((s, c) => s.UntagResource(c, new() { ResourceArn = arn, TagKeys = ["a", "c"] }));
        Assert.Empty(Do((s, c) => s.ListTagsForResource(c, new() { ResourceArn = arn })).TagList!);
        Assert.Equal("ResourceNotFoundException", Refused((s, c) => s.ListTagsForResource(
            c, new() { ResourceArn = arn.Replace("000000000000", "111111111111", StringComparison.Ordinal) })).Code);
        Assert.Equal("ValidationException", Refused((s, c) => s.TagResource(
            c, new() { ResourceArn = arn, Tags = [new() { Key = "aws:x", Value = "b" }] })).Code);
    }

    private T Do<T>(Func<NetworkManagerService, CommandContext, T> operation) => lab.Do(context => operation(Service, context));

    private Fault Refused<T>(Func<NetworkManagerService, CommandContext, T> operation) =>
        Assert.Throws<Fault>(() => { operation(Service, lab.Context()); });

    private string Network() => Do((s, c) => s.CreateGlobalNetwork(c, new())).GlobalNetwork!.GlobalNetworkId!;

    private AwsNm.Site Site(string network) => Do((s, c) => s.CreateSite(c, new() { GlobalNetworkId = network })).Site!;

    private string Link(string network, string site) => Do((s, c) => s.CreateLink(
        c, new() { GlobalNetworkId = network, SiteId = site, Bandwidth = new() { DownloadSpeed = 10 } })).Link!.LinkId!;

    private string Device(string network, string site) => Do((s, c) => s.CreateDevice(
        c, new() { GlobalNetworkId = network, SiteId = site })).Device!.DeviceId!;
}
