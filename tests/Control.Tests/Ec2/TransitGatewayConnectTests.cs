using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class TransitGatewayConnectTests
{
    private readonly Lab lab = new();
    private readonly string gateway;
    private readonly string transport;
    private readonly string connect;

    public TransitGatewayConnectTests()
    {
        gateway = lab.NewTransitGateway(new() { TransitGatewayCidrBlocks = ["10.200.0.0/24", "2001:db8::/64"] }).TransitGatewayId!;
        transport = lab.NewAttachedVpc(gateway, "10.0.0.0/16").Attachment;
        connect = lab.Run((ec2, c) => ec2.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = transport, Options = new() { Protocol = "gre" } }))
            .TransitGatewayConnect!.TransitGatewayAttachmentId!;
    }

    [Fact]
    public void A_Connect_attachment_stands_on_another_one()
    {
        Aws.TransitGatewayConnect seen = lab.Run((ec2, c) => ec2.DescribeTransitGatewayConnects(
            c, new() { Filters = [Networks.Filter("transport-transit-gateway-attachment-id", transport)] })).TransitGatewayConnects!.Single();
        Assert.Equal((connect, gateway, "available", "gre"), (seen.TransitGatewayAttachmentId, seen.TransitGatewayId, seen.State, seen.Options!.Protocol));
        Aws.TransitGatewayAttachment plain = lab.DescribedAttachment(connect);
        Assert.Equal(("connect", transport), (plain.ResourceType, plain.ResourceId));
        Assert.NotNull(plain.Association);
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = transport }));
        Assert.Equal(("IncorrectState", $"{transport} has non-deleted Connect Attachments: {connect}."), (fault.Code, fault.Message));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = connect, Options = new() { Protocol = "gre" } })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateTransitGatewayConnect(c, new() { TransportTransitGatewayAttachmentId = transport })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = transport, Options = new() { Protocol = "ipip" } })));
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayConnect(c, new() { TransitGatewayAttachmentId = connect }));
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = transport }));
    }

    [Fact]
    public void No_static_route_leads_to_a_Connect_attachment()
    {
        string table = lab.DescribedTransitGateway(gateway).Options!.AssociationDefaultRouteTableId!;
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.CreateTransitGatewayRoute(c, new()
        {
            TransitGatewayRouteTableId = table,
            DestinationCidrBlock = "192.168.0.0/16",
            TransitGatewayAttachmentId = connect,
        })));
        lab.Run((ec2, c) => ec2.CreateTransitGatewayRoute(c, new()
        {
            TransitGatewayRouteTableId = table,
            DestinationCidrBlock = "192.168.0.0/16",
            TransitGatewayAttachmentId = transport,
        }));
    }

    [Fact]
    public void A_peer_takes_the_first_free_address_and_the_gateway_s_own_number()
    {
        Aws.TransitGatewayConnectPeer made = NewPeer(new() { PeerAddress = "10.0.0.10", InsideCidrBlocks = ["169.254.6.0/29"] });
        Aws.TransitGatewayConnectPeerConfiguration configuration = made.ConnectPeerConfiguration!;
        Assert.Equal(("pending", "10.200.0.1", "10.0.0.10", "gre"), (
            made.State, configuration.TransitGatewayAddress, configuration.PeerAddress, configuration.Protocol));
        Assert.Equal(
            [("169.254.6.2", "169.254.6.1", 64512L, 64512L, "down"), ("169.254.6.3", "169.254.6.1", 64512L, 64512L, "down")],
            configuration.BgpConfigurations!.Select(b => (b.TransitGatewayAddress!, b.PeerAddress!, b.TransitGatewayAsn!.Value, b.PeerAsn!.Value, b.BgpStatus!)));
        Aws.TransitGatewayConnectPeer second = NewPeer(new()
        {
            PeerAddress = "10.0.0.11",
            InsideCidrBlocks = ["fd00::8/125", "169.254.6.8/29"],
            BgpOptions = new() { PeerAsn = 65001 },
        });
        Assert.Equal("10.200.0.2", second.ConnectPeerConfiguration!.TransitGatewayAddress);
        Assert.Equal(["169.254.6.8/29", "fd00::8/125"], second.ConnectPeerConfiguration.InsideCidrBlocks!);
        Assert.Equal(65001, second.ConnectPeerConfiguration.BgpConfigurations![0].PeerAsn);
        Assert.Equal("2001:db8::1", NewPeer(new() { PeerAddress = "2001:db8:1::1", InsideCidrBlocks = ["169.254.6.16/29"] })
            .ConnectPeerConfiguration!.TransitGatewayAddress);

        Aws.TransitGatewayConnectPeer seen = lab.Run((ec2, c) => ec2.DescribeTransitGatewayConnectPeers(
            c, new() { TransitGatewayConnectPeerIds = [made.TransitGatewayConnectPeerId!] })).TransitGatewayConnectPeers!.Single();
        Assert.Equal(("available", connect), (seen.State, seen.TransitGatewayAttachmentId));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DeleteTransitGatewayConnect(c, new() { TransitGatewayAttachmentId = connect })));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.ModifyTransitGateway(
            c, new() { TransitGatewayId = gateway, Options = new() { RemoveTransitGatewayCidrBlocks = ["10.200.0.0/24"] } })));
        Assert.Equal("deleting", lab.Run((ec2, c) => ec2.DeleteTransitGatewayConnectPeer(
            c, new() { TransitGatewayConnectPeerId = made.TransitGatewayConnectPeerId })).TransitGatewayConnectPeer!.State);
        Assert.Equal("InvalidTransitGatewayConnectPeerID.NotFound", lab.Refused((ec2, c) => ec2.DeleteTransitGatewayConnectPeer(
            c, new() { TransitGatewayConnectPeerId = made.TransitGatewayConnectPeerId })));
    }

    [Theory]
    [InlineData("169.254.6.0/30")]
    [InlineData("10.0.0.0/29")]
    [InlineData("169.254.5.0/29")]
    [InlineData("169.254.169.248/29")]
    [InlineData("fd00::/125")]
    [InlineData("169.254.6.0/29 169.254.7.0/29")]
    [InlineData("169.254.6.0/29 fe80::/125")]
    public void Inside_addresses_are_one_small_block_of_each_family(string blocks) => Assert.Equal(
        "InvalidParameterValue", Refused(new() { PeerAddress = "10.0.0.10", InsideCidrBlocks = blocks.Split(' ') }));

    [Fact]
    public void Addresses_are_of_one_family_out_of_the_gateway_s_ranges_and_used_once()
    {
        Aws.CreateTransitGatewayConnectPeerRequest wish = new()
        {
            PeerAddress = "10.0.0.10",
            TransitGatewayAddress = "10.200.0.7",
            InsideCidrBlocks = ["169.254.6.0/29"],
        };
        Assert.Equal("InvalidParameterValue", Refused(wish with { TransitGatewayAddress = "10.201.0.1" }));
        Assert.Equal("InvalidParameterCombination", Refused(wish with { TransitGatewayAddress = "2001:db8::1" }));
        Assert.Equal("InvalidParameterValue", Refused(wish with { PeerAddress = "ten" }));
        Assert.Equal("InvalidParameterValue", Refused(wish with { BgpOptions = new() { PeerAsn = 0 } }));
        Assert.Equal("MissingParameter", Refused(wish with { InsideCidrBlocks = [] }));
        NewPeer(wish);
        Assert.Equal("InvalidParameterValue", Refused(wish));
        Assert.Equal("InvalidParameterValue", Refused(wish with { InsideCidrBlocks = ["169.254.7.0/29"] }));
        foreach (int i in Enumerable.Range(1, 3))
        {
            NewPeer(wish with { PeerAddress = $"10.0.1.{i}", InsideCidrBlocks = [$"169.254.{10 + i}.0/29"] });
        }

        Assert.Equal("TransitGatewayConnectPeerLimitExceeded", Refused(wish with { PeerAddress = "10.0.2.1", InsideCidrBlocks = ["169.254.20.0/29"] }));
    }

    [Fact]
    public void A_gateway_without_ranges_has_no_Connect_peers()
    {
        lab.Run((ec2, c) => ec2.ModifyTransitGateway(
            c, new() { TransitGatewayId = gateway, Options = new() { RemoveTransitGatewayCidrBlocks = ["10.200.0.0/24"] } }));
        Assert.Equal("InvalidParameterValue", Refused(new() { PeerAddress = "10.0.0.10", InsideCidrBlocks = ["169.254.6.0/29"] }));
    }

    private Aws.TransitGatewayConnectPeer NewPeer(Aws.CreateTransitGatewayConnectPeerRequest request) => lab.Run(
        (ec2, c) => ec2.CreateTransitGatewayConnectPeer(c, request with { TransitGatewayAttachmentId = connect })).TransitGatewayConnectPeer!;

    private string Refused(Aws.CreateTransitGatewayConnectPeerRequest request) =>
        lab.Refused((ec2, c) => ec2.CreateTransitGatewayConnectPeer(c, request with { TransitGatewayAttachmentId = connect }));
}
