using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.DirectConnect;
using Pick = Trunkline.Tests.Control.RandomCommand.Pick;

namespace Trunkline.Tests.Control;

/// <summary>Commands of Direct Connect, for <see cref="RandomCommand"/>.</summary>
internal static class RandomDirectConnect
{
    private static readonly DirectConnectService Dx = new();

    private static readonly string[] Locations = ["EqDC2", "EqDC2", "EqDC2", "CSVA1"];
    private static readonly string[] Blocks = ["10.0.0.0/16", "10.1.0.0/16", "192.168.0.0/16", "172.31.0.0/16"];

    /// <summary>The kinds of rows that these commands make.</summary>
    public static readonly Kind[] Kinds =
    [
        Kind.Of<DxConnection>(), Kind.Of<DxLag>(), Kind.Of<DxVirtualInterface>(), Kind.Of<DxGateway>(), Kind.Of<DxGatewayAssociation>(),
        Kind.Of<DxGatewayProposal>(), Kind.Of<DxFailoverTest>(), Kind.Of<DxAgreement>(),
    ];

    public static readonly Action<CommandContext, Pick>[] Commands = [.. Ports, .. Hosted, .. Interfaces, .. Allocated, .. Gateways, .. Peers];

    private static Action<CommandContext, Pick>[] Ports =>
    [
        (c, p) => Dx.CreateConnection(c, new() { ConnectionName = "c", Location = p.One(Locations), Bandwidth = "10Gbps", RequestMACSec = p.Maybe() }),
        (c, p) => Dx.CreateConnection(c, new() { ConnectionName = "c", Location = "EqDC2", Bandwidth = "10Gbps", LagId = p.Maybe() ? p.Id<DxLag>() : null }),
        (c, p) => Dx.UpdateConnection(c, new() { ConnectionId = p.Id<DxConnection>(), ConnectionName = "n" + p.Next(2) }),
        (c, p) => Dx.DeleteConnection(c, new() { ConnectionId = p.Id<DxConnection>() }),
        (c, p) => Dx.CreateInterconnect(c, new() { InterconnectName = "i", Location = "EqDC2", Bandwidth = "10Gbps", LagId = p.Maybe() ? p.Id<DxLag>() : null }),
        (c, p) => Dx.DeleteInterconnect(c, new() { InterconnectId = p.Id<DxConnection>() }),
        (c, p) => Dx.CreateLag(c, new()
        {
            LagName = "l", Location = "EqDC2", ConnectionsBandwidth = "10Gbps", NumberOfConnections = p.Next(3), ConnectionId = p.Maybe() ? p.Id<DxConnection>() : null,
        }),
        (c, p) => Dx.UpdateLag(c, new() { LagId = p.Id<DxLag>(), MinimumLinks = p.Next(3) }),
        (c, p) => Dx.DeleteLag(c, new() { LagId = p.Id<DxLag>() }),
        (c, p) => Dx.AssociateConnectionWithLag(c, new() { ConnectionId = p.Id<DxConnection>(), LagId = p.Id<DxLag>() }),
        (c, p) => Dx.DisassociateConnectionFromLag(c, new() { ConnectionId = p.Id<DxConnection>(), LagId = p.Id<DxLag>() }),
        (c, p) => Dx.ConfirmCustomerAgreement(c, new() { AgreementName = p.One(["a", "DirectConnectPartnerAgreement"]) }),
    ];

    private static Action<CommandContext, Pick>[] Hosted =>
    [
        (c, p) => Dx.AllocateHostedConnection(c, new()
        {
            ConnectionId = Host(p), OwnerAccount = p.Other.Account, Bandwidth = "500Mbps", ConnectionName = "h", Vlan = 100 + p.Next(3),
        }),
        (c, p) => Dx.AllocateHostedConnection(c, new()
        {
            ConnectionId = Host(p), OwnerAccount = p.Maybe() ? p.Other.Account : c.Account, Bandwidth = "500Mbps", ConnectionName = "h", Vlan = 100 + p.Next(3),
        }),
        (c, p) => Dx.AllocateConnectionOnInterconnect(c, new()
        {
            InterconnectId = p.Id<DxConnection>(), OwnerAccount = p.Other.Account, Bandwidth = "50Mbps", ConnectionName = "h", Vlan = 100 + p.Next(3),
        }),
        (c, p) => Dx.ConfirmConnection(c, new() { ConnectionId = p.Id<DxConnection>() }),
        (c, p) => Dx.ConfirmConnection(c, new() { ConnectionId = p.Id<DxConnection>() }),
        (c, p) => Dx.AssociateHostedConnection(c, new() { ConnectionId = p.Id<DxConnection>(), ParentConnectionId = Host(p) }),
    ];

    private static Action<CommandContext, Pick>[] Interfaces =>
    [
        (c, p) => Dx.CreatePrivateVirtualInterface(c, new()
        {
            ConnectionId = Port(p),
            NewPrivateVirtualInterface = new() { VirtualInterfaceName = "p", Vlan = 100 + p.Next(4), Asn = 65001, DirectConnectGatewayId = p.Global<DxGateway>() },
        }),
        (c, p) => Dx.CreatePrivateVirtualInterface(c, new()
        {
            ConnectionId = Port(p),
            NewPrivateVirtualInterface = new() { VirtualInterfaceName = "p", Vlan = 100 + p.Next(4), Asn = 65001, VirtualGatewayId = p.Id<VpnGateway>() },
        }),
        (c, p) => Dx.CreateTransitVirtualInterface(c, new()
        {
            ConnectionId = Port(p),
            NewTransitVirtualInterface = new() { VirtualInterfaceName = "t", Vlan = 100 + p.Next(4), Asn = 65001, DirectConnectGatewayId = p.Global<DxGateway>() },
        }),
        (c, p) => Dx.CreatePublicVirtualInterface(c, new()
        {
            ConnectionId = Port(p),
            NewPublicVirtualInterface = new()
            {
                VirtualInterfaceName = "u", Vlan = 100 + p.Next(4), Asn = 65001, AmazonAddress = "203.0.113.1/30", CustomerAddress = "203.0.113.2/30",
                RouteFilterPrefixes = [new() { Cidr = "198.51.100.0/24" }],
            },
        }),
        (c, p) => Dx.UpdateVirtualInterfaceAttributes(c, new()
        {
            VirtualInterfaceId = p.Id<DxVirtualInterface>(), Mtu = p.Maybe() ? 8500 : null, EnableSiteLink = p.Maybe(), VirtualInterfaceName = "v" + p.Next(2),
        }),
        (c, p) => Dx.AssociateVirtualInterface(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>(), ConnectionId = Port(p) }),
        (c, p) => Dx.DeleteVirtualInterface(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>() }),
    ];

    private static Action<CommandContext, Pick>[] Allocated =>
    [
        (c, p) => Dx.AllocatePrivateVirtualInterface(c, new()
        {
            ConnectionId = Port(p), OwnerAccount = p.Other.Account,
            NewPrivateVirtualInterfaceAllocation = new() { VirtualInterfaceName = "a", Vlan = 100 + p.Next(4), Asn = 65001 },
        }),
        (c, p) => Dx.AllocateTransitVirtualInterface(c, new()
        {
            ConnectionId = Port(p), OwnerAccount = p.Other.Account,
            NewTransitVirtualInterfaceAllocation = new() { VirtualInterfaceName = "a", Vlan = 100 + p.Next(4), Asn = 65001 },
        }),
        (c, p) => Dx.AllocatePublicVirtualInterface(c, new()
        {
            ConnectionId = Port(p), OwnerAccount = p.Other.Account,
            NewPublicVirtualInterfaceAllocation = new()
            {
                VirtualInterfaceName = "a", Vlan = 100 + p.Next(4), Asn = 65001, AmazonAddress = "203.0.113.5/30", CustomerAddress = "203.0.113.6/30",
                RouteFilterPrefixes = [new() { Cidr = "198.51.100.0/24" }],
            },
        }),
        (c, p) => Dx.ConfirmPrivateVirtualInterface(
            c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>(), DirectConnectGatewayId = p.Global<DxGateway>() }),
        (c, p) => Dx.ConfirmPrivateVirtualInterface(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>(), VirtualGatewayId = p.Id<VpnGateway>() }),
        (c, p) => Dx.ConfirmTransitVirtualInterface(
            c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>(), DirectConnectGatewayId = p.Global<DxGateway>() }),
        (c, p) => Dx.ConfirmPublicVirtualInterface(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>() }),
    ];

    private static Action<CommandContext, Pick>[] Gateways =>
    [
        (c, p) => Dx.CreateDirectConnectGateway(c, new() { DirectConnectGatewayName = "g", AmazonSideAsn = 64700 + p.Next(3) }),
        (c, p) => Dx.UpdateDirectConnectGateway(c, new() { DirectConnectGatewayId = p.Global<DxGateway>(), NewDirectConnectGatewayName = "g2" }),
        (c, p) => Dx.DeleteDirectConnectGateway(c, new() { DirectConnectGatewayId = p.Global<DxGateway>() }),
        (c, p) => Dx.CreateDirectConnectGatewayAssociation(c, new()
        {
            DirectConnectGatewayId = p.Global<DxGateway>(), GatewayId = p.Id<VpnGateway>(),
            AddAllowedPrefixesToDirectConnectGateway = p.Maybe() ? [new() { Cidr = p.One(Blocks) }] : null,
        }),
        (c, p) => Dx.CreateDirectConnectGatewayAssociation(c, new()
        {
            DirectConnectGatewayId = p.Global<DxGateway>(), GatewayId = p.Id<TransitGateway>(),
            AddAllowedPrefixesToDirectConnectGateway = [new() { Cidr = p.One(Blocks) }],
        }),
        (c, p) => Dx.UpdateDirectConnectGatewayAssociation(c, new()
        {
            AssociationId = p.Global<DxGatewayAssociation>(), AddAllowedPrefixesToDirectConnectGateway = [new() { Cidr = p.One(Blocks) }],
            RemoveAllowedPrefixesToDirectConnectGateway = [new() { Cidr = p.One(Blocks) }],
        }),
        (c, p) => Dx.DeleteDirectConnectGatewayAssociation(c, new() { AssociationId = p.Global<DxGatewayAssociation>() }),
        (c, p) => Dx.CreateDirectConnectGatewayAssociationProposal(c, new()
        {
            DirectConnectGatewayId = p.GlobalThere<DxGateway>(), DirectConnectGatewayOwnerAccount = p.Other.Account,
            GatewayId = p.Maybe() ? p.Id<VpnGateway>() : p.Id<TransitGateway>(), AddAllowedPrefixesToDirectConnectGateway = [new() { Cidr = p.One(Blocks) }],
        }),
        (c, p) => Dx.CreateDirectConnectGatewayAssociationProposal(c, new()
        {
            DirectConnectGatewayId = p.GlobalThere<DxGateway>(), DirectConnectGatewayOwnerAccount = p.Other.Account, GatewayId = p.Id<VpnGateway>(),
        }),
        (c, p) => Dx.AcceptDirectConnectGatewayAssociationProposal(c, new()
        {
            ProposalId = p.Global<DxGatewayProposal>(), DirectConnectGatewayId = p.Global<DxGateway>(), AssociatedGatewayOwnerAccount = p.Other.Account,
        }),
        (c, p) => Dx.AcceptDirectConnectGatewayAssociationProposal(c, new()
        {
            ProposalId = p.Global<DxGatewayProposal>(), DirectConnectGatewayId = p.Global<DxGateway>(), AssociatedGatewayOwnerAccount = p.Other.Account,
            OverrideAllowedPrefixesToDirectConnectGateway = [new() { Cidr = p.One(Blocks) }],
        }),
        (c, p) => Dx.DeleteDirectConnectGatewayAssociationProposal(c, new() { ProposalId = p.Global<DxGatewayProposal>() }),
    ];

    private static Action<CommandContext, Pick>[] Peers =>
    [
        (c, p) => Dx.CreateBGPPeer(c, new()
        {
            VirtualInterfaceId = p.Id<DxVirtualInterface>(), NewBGPPeer = new() { Asn = 65001, AddressFamily = p.One(["ipv4", "ipv6"]) },
        }),
        (c, p) => Dx.DeleteBGPPeer(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>(), Asn = 65001 }),
        (c, p) => Dx.DeleteBGPPeer(c, new() { BgpPeerId = p.Of<DxVirtualInterface>(v => v.BgpPeers.IsEmpty ? "" : v.BgpPeers[^1].Id) }),
        (c, p) => Dx.StartBgpFailoverTest(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>(), TestDurationInMinutes = 1 + p.Next(5) }),
        (c, p) => Dx.StopBgpFailoverTest(c, new() { VirtualInterfaceId = p.Id<DxVirtualInterface>() }),
        (c, p) => Dx.DescribeVirtualInterfaces(c, new()),
        (c, p) => Dx.DescribeConnections(c, new()),
    ];

    /// <summary>A connection or a bundle.</summary>
    private static string Port(Pick pick) => pick.Next(3) == 0 ? pick.Id<DxLag>() : pick.Id<DxConnection>();

    /// <summary>Most often what may host connections of others.</summary>
    private static string Host(Pick pick) => pick.Next(3) switch
    {
        0 => Port(pick),
        1 => pick.Of<DxLag>(l => l.Key, l => l.AllowsHostedConnections),
        _ => pick.Of<DxConnection>(c => c.Key, c => c.IsInterconnect),
    };
}
