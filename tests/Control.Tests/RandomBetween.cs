using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Control.NetworkManager;
using Trunkline.Control.Ram;
using Pick = Trunkline.Tests.Control.RandomCommand.Pick;

namespace Trunkline.Tests.Control;

/// <summary>Commands of what stands between networks, for <see cref="RandomCommand"/>: peering, transit gateways, VPN.</summary>
internal static class RandomBetween
{
    private static readonly Ec2Service Ec2 = new();
    private static readonly RamService Ram = new();
    private static readonly NetworkManagerService Nm = new();

    private static readonly string[] Blocks = ["10.0.0.0/16", "10.1.0.0/16", "192.168.0.0/16", "192.168.1.0/24", "0.0.0.0/0", "10.0.0.0/8", "2001:db8::/32"];
    private static readonly string[] Routers = ["198.51.100.1", "198.51.100.2", "203.0.113.9"];
    private static readonly string[] Inside = ["169.254.10.0/30", "169.254.11.0/30", "169.254.5.0/30"];
    private static readonly string[] InsideGre = ["169.254.6.0/29", "169.254.7.0/29", "169.254.8.0/29"];
    private static readonly string[] Switch = ["enable", "disable"];

    /// <summary>The kinds of rows that these commands make.</summary>
    public static readonly Kind[] Kinds =
    [
        Kind.Of<VpcPeeringConnection>(), Kind.Of<TransitGateway>(), Kind.Of<TransitGatewayAttachment>(), Kind.Of<TransitGatewayRouteTable>(),
        Kind.Of<TransitGatewayConnectPeer>(), Kind.Of<CustomerGateway>(), Kind.Of<VpnGateway>(), Kind.Of<VpnConnection>(),
        Kind.Of<TransitGatewayRegistration>(), Kind.Of<NmCustomerGatewayAssociation>(), Kind.Of<NmConnectPeerAssociation>(), Kind.Of<RouteAnalysis>(),
    ];

    public static readonly Action<CommandContext, Pick>[] Commands =
        [.. Peerings, .. Hubs, .. Attachments, .. Tables, .. HubPeerings, .. Connects, .. Exits, .. Tunnels, .. Global];

    private static Action<CommandContext, Pick>[] Peerings =>
    [
        (c, p) => Ec2.CreateVpcPeeringConnection(c, new() { VpcId = p.Id<Vpc>(), PeerVpcId = p.Id<Vpc>() }),
        (c, p) => Ec2.CreateVpcPeeringConnection(c, new() { VpcId = p.Id<Vpc>(), PeerVpcId = p.Id<Vpc>() }),
        (c, p) => Ec2.CreateVpcPeeringConnection(c, new() { VpcId = p.Id<Vpc>(), PeerVpcId = p.There<Vpc>(), PeerOwnerId = p.Other.Account, PeerRegion = p.Other.Region }),
        (c, p) => Ec2.CreateVpcPeeringConnection(c, new() { VpcId = p.Id<Vpc>(), PeerVpcId = p.There<Vpc>(), PeerOwnerId = p.Other.Account, PeerRegion = p.Other.Region }),
        (c, p) => Ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = p.Id<VpcPeeringConnection>() }),
        (c, p) => Ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = p.Id<VpcPeeringConnection>() }),
        (c, p) => Ec2.RejectVpcPeeringConnection(c, new() { VpcPeeringConnectionId = p.Id<VpcPeeringConnection>() }),
        (c, p) => Ec2.DeleteVpcPeeringConnection(c, new() { VpcPeeringConnectionId = p.Id<VpcPeeringConnection>() }),
        (c, p) => Ec2.ModifyVpcPeeringConnectionOptions(c, new()
        {
            VpcPeeringConnectionId = p.Id<VpcPeeringConnection>(), RequesterPeeringConnectionOptions = new() { AllowDnsResolutionFromRemoteVpc = p.Maybe() },
        }),
        (c, p) => Ec2.CreateRoute(c, new()
        {
            RouteTableId = p.Id<RouteTable>(), DestinationCidrBlock = p.One(Blocks), VpcPeeringConnectionId = p.Id<VpcPeeringConnection>(),
        }),
        (c, p) => Ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = p.Id<SecurityGroup>(),
            IpPermissions = [new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = p.There<SecurityGroup>(), UserId = p.Other.Account }] }],
        }),
    ];

    private static Action<CommandContext, Pick>[] Hubs =>
    [
        (c, p) => Ec2.CreateTransitGateway(c, new()
        {
            Options = new() { TransitGatewayCidrBlocks = ["10.99.0.0/24"], AutoAcceptSharedAttachments = p.One(Switch), AmazonSideAsn = 64512 + p.Next(3) },
        }),
        (c, p) => Ec2.CreateTransitGateway(c, new()
        {
            Options = new() { DefaultRouteTableAssociation = p.One(Switch), DefaultRouteTablePropagation = p.One(Switch) },
        }),
        (c, p) => Ec2.ModifyTransitGateway(c, new()
        {
            TransitGatewayId = p.Id<TransitGateway>(),
            Options = new() { AssociationDefaultRouteTableId = p.Id<TransitGatewayRouteTable>(), PropagationDefaultRouteTableId = p.Id<TransitGatewayRouteTable>() },
        }),
        (c, p) => Ec2.ModifyTransitGateway(c, new()
        {
            TransitGatewayId = p.Id<TransitGateway>(),
            Options = new() { RemoveTransitGatewayCidrBlocks = ["10.99.0.0/24"], SecurityGroupReferencingSupport = p.One(Switch), AmazonSideAsn = 64512 + p.Next(3) },
        }),
        (c, p) => Ec2.DeleteTransitGateway(c, new() { TransitGatewayId = p.Id<TransitGateway>() }),
        (c, p) => Ram.CreateResourceShare(c, new() { Name = "hub", ResourceArns = [c.Arn($"transit-gateway/{p.Id<TransitGateway>()}")], Principals = [p.Other.Account] }),
        (c, p) => Ram.CreateResourceShare(c, new() { Name = "hub", ResourceArns = [c.Arn($"transit-gateway/{p.Id<TransitGateway>()}")], Principals = [p.Other.Account] }),
    ];

    private static Action<CommandContext, Pick>[] Attachments =>
    [
        (c, p) => Ec2.CreateTransitGatewayVpcAttachment(c, Attachment(p, p.Id<TransitGateway>())),
        (c, p) => Ec2.CreateTransitGatewayVpcAttachment(c, Attachment(p, p.Id<TransitGateway>())),
        (c, p) => Ec2.CreateTransitGatewayVpcAttachment(c, Attachment(p, p.There<TransitGateway>())),
        (c, p) => Ec2.CreateTransitGatewayVpcAttachment(c, Attachment(p, p.There<TransitGateway>())),
        (c, p) => Ec2.AcceptTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>() }),
        (c, p) => Ec2.RejectTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>() }),
        (c, p) => Ec2.ModifyTransitGatewayVpcAttachment(c, new()
        {
            TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>(), AddSubnetIds = p.Maybe() ? [p.Id<Subnet>()] : null,
            RemoveSubnetIds = p.Maybe() ? [p.Id<Subnet>()] : null, Options = new() { ApplianceModeSupport = p.One(Switch), Ipv6Support = p.One(Switch) },
        }),
        (c, p) => Ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>() }),
        (c, p) => Ec2.CreateRoute(c, new()
        {
            RouteTableId = p.Id<RouteTable>(), DestinationCidrBlock = p.One(Blocks), TransitGatewayId = p.Maybe() ? p.Id<TransitGateway>() : p.There<TransitGateway>(),
        }),
    ];

    private static Action<CommandContext, Pick>[] Tables =>
    [
        (c, p) => Ec2.CreateTransitGatewayRouteTable(c, new() { TransitGatewayId = p.Id<TransitGateway>() }),
        (c, p) => Ec2.DeleteTransitGatewayRouteTable(c, new() { TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>() }),
        (c, p) => Ec2.AssociateTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>() }),
        (c, p) => Ec2.DisassociateTransitGatewayRouteTable(c, new()
        {
            TransitGatewayAttachmentId = p.Of<TransitGatewayAttachment>(a => a.Key), TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(),
        }),
        (c, p) => Ec2.EnableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>() }),
        (c, p) => Ec2.DisableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>() }),
        (c, p) => Ec2.CreateTransitGatewayRoute(c, new()
        {
            TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), DestinationCidrBlock = p.One(Blocks),
            TransitGatewayAttachmentId = p.Next(4) == 0 ? null : p.Id<TransitGatewayAttachment>(), Blackhole = p.Next(4) == 0 ? true : null,
        }),
        (c, p) => Ec2.CreateTransitGatewayRoute(c, new()
        {
            TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), DestinationCidrBlock = p.One(Blocks),
            TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>(),
        }),
        (c, p) => Ec2.ReplaceTransitGatewayRoute(c, new()
        {
            TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), DestinationCidrBlock = p.One(Blocks),
            TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>(),
        }),
        (c, p) => Ec2.DeleteTransitGatewayRoute(
            c, new() { TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), DestinationCidrBlock = p.One(Blocks) }),
        (c, p) => Ec2.CreateTransitGatewayPrefixListReference(c, new()
        {
            TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), PrefixListId = p.Id<PrefixList>(),
            TransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>(),
        }),
        (c, p) => Ec2.ModifyTransitGatewayPrefixListReference(c, new()
        {
            TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), PrefixListId = p.Id<PrefixList>(), Blackhole = true,
        }),
        (c, p) => Ec2.DeleteTransitGatewayPrefixListReference(
            c, new() { TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), PrefixListId = p.Id<PrefixList>() }),
        (c, p) => Ec2.SearchTransitGatewayRoutes(c, new()
        {
            TransitGatewayRouteTableId = p.Id<TransitGatewayRouteTable>(), Filters = [new() { Name = "state", Values = ["active", "blackhole"] }],
        }),
    ];

    private static Action<CommandContext, Pick>[] HubPeerings =>
    [
        (c, p) => Ec2.CreateTransitGatewayPeeringAttachment(c, new()
        {
            TransitGatewayId = p.Id<TransitGateway>(), PeerTransitGatewayId = p.Id<TransitGateway>(), PeerAccountId = c.Account, PeerRegion = c.Region,
        }),
        (c, p) => Ec2.CreateTransitGatewayPeeringAttachment(c, new()
        {
            TransitGatewayId = p.Id<TransitGateway>(), PeerTransitGatewayId = p.There<TransitGateway>(), PeerAccountId = p.Other.Account,
            PeerRegion = p.Other.Region,
        }),
        (c, p) => Ec2.CreateTransitGatewayPeeringAttachment(c, new()
        {
            TransitGatewayId = p.Id<TransitGateway>(), PeerTransitGatewayId = p.There<TransitGateway>(), PeerAccountId = p.Other.Account,
            PeerRegion = p.Other.Region,
        }),
        (c, p) => Ec2.AcceptTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = HubPeering(p) }),
        (c, p) => Ec2.AcceptTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = HubPeering(p) }),
        (c, p) => Ec2.RejectTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = HubPeering(p) }),
        (c, p) => Ec2.DeleteTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = HubPeering(p) }),
    ];

    private static Action<CommandContext, Pick>[] Connects =>
    [
        (c, p) => Ec2.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>(), Options = new() { Protocol = "gre" } }),
        (c, p) => Ec2.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = p.Id<TransitGatewayAttachment>(), Options = new() { Protocol = "gre" } }),
        (c, p) => Ec2.DeleteTransitGatewayConnect(c, new() { TransitGatewayAttachmentId = Connect(p) }),
        (c, p) => Ec2.CreateTransitGatewayConnectPeer(c, new()
        {
            TransitGatewayAttachmentId = Connect(p), PeerAddress = p.One(["10.0.0.9", "10.1.0.9"]), InsideCidrBlocks = [p.One(InsideGre)],
            BgpOptions = new() { PeerAsn = 65000 + p.Next(3) },
        }),
        (c, p) => Ec2.CreateTransitGatewayConnectPeer(
            c, new() { TransitGatewayAttachmentId = Connect(p), PeerAddress = "10.0.0.9", InsideCidrBlocks = [p.One(InsideGre)] }),
        (c, p) => Ec2.CreateTransitGatewayConnectPeer(
            c, new() { TransitGatewayAttachmentId = Connect(p), PeerAddress = "10.1.0.9", InsideCidrBlocks = [p.One(InsideGre)] }),
        (c, p) => Ec2.DeleteTransitGatewayConnectPeer(c, new() { TransitGatewayConnectPeerId = p.Id<TransitGatewayConnectPeer>() }),
    ];

    private static Action<CommandContext, Pick>[] Exits =>
    [
        (c, p) => Ec2.CreateVpnGateway(c, new() { Type = "ipsec.1", AmazonSideAsn = p.Maybe() ? 64600 + p.Next(2) : null }),
        (c, p) => Ec2.AttachVpnGateway(c, new() { VpnGatewayId = p.Id<VpnGateway>(), VpcId = p.Id<Vpc>() }),
        (c, p) => Ec2.AttachVpnGateway(c, new() { VpnGatewayId = p.Id<VpnGateway>(), VpcId = p.Id<Vpc>() }),
        (c, p) => Ec2.DetachVpnGateway(c, new() { VpnGatewayId = p.Id<VpnGateway>(), VpcId = p.Of<VpnGateway>(g => g.Attachment?.VpcId.Value ?? "") }),
        (c, p) => Ec2.DeleteVpnGateway(c, new() { VpnGatewayId = p.Id<VpnGateway>() }),
        (c, p) => Ec2.EnableVgwRoutePropagation(c, new() { GatewayId = p.Id<VpnGateway>(), RouteTableId = p.Id<RouteTable>() }),
        (c, p) => Ec2.EnableVgwRoutePropagation(c, new() { GatewayId = p.Id<VpnGateway>(), RouteTableId = p.Id<RouteTable>() }),
        (c, p) => Ec2.DisableVgwRoutePropagation(c, new() { GatewayId = p.Id<VpnGateway>(), RouteTableId = p.Id<RouteTable>() }),
        (c, p) => Ec2.AssociateRouteTable(c, new() { RouteTableId = p.Id<RouteTable>(), GatewayId = p.Id<VpnGateway>() }),
        (c, p) => Ec2.CreateRoute(c, new() { RouteTableId = p.Id<RouteTable>(), DestinationCidrBlock = p.One(Blocks), GatewayId = p.Id<VpnGateway>() }),
        (c, p) => Ec2.CreateCustomerGateway(c, new() { Type = "ipsec.1", IpAddress = p.One(Routers), BgpAsn = 65000 + p.Next(2) }),
        (c, p) => Ec2.DeleteCustomerGateway(c, new() { CustomerGatewayId = p.Id<CustomerGateway>() }),
    ];

    private static Action<CommandContext, Pick>[] Tunnels =>
    [
        (c, p) => Ec2.CreateVpnConnection(c, new()
        {
            Type = "ipsec.1", CustomerGatewayId = p.Id<CustomerGateway>(), VpnGatewayId = p.Id<VpnGateway>(), Options = new() { StaticRoutesOnly = p.Maybe() },
        }),
        (c, p) => Ec2.CreateVpnConnection(c, new()
        {
            Type = "ipsec.1", CustomerGatewayId = p.Id<CustomerGateway>(), TransitGatewayId = p.Id<TransitGateway>(),
            Options = new() { StaticRoutesOnly = p.Maybe(), TunnelOptions = [new() { TunnelInsideCidr = p.One(Inside) }] },
        }),
        (c, p) => Ec2.CreateVpnConnection(
            c, new() { Type = "ipsec.1", CustomerGatewayId = p.Id<CustomerGateway>(), TransitGatewayId = p.Id<TransitGateway>() }),
        (c, p) => Ec2.DeleteVpnConnection(c, new() { VpnConnectionId = p.Id<VpnConnection>() }),
        (c, p) => Ec2.CreateVpnConnectionRoute(c, new() { VpnConnectionId = p.Id<VpnConnection>(), DestinationCidrBlock = p.One(Blocks) }),
        (c, p) => Ec2.DeleteVpnConnectionRoute(c, new() { VpnConnectionId = p.Id<VpnConnection>(), DestinationCidrBlock = p.One(Blocks) }),
        (c, p) => Ec2.ModifyVpnConnection(c, new() { VpnConnectionId = p.Id<VpnConnection>(), TransitGatewayId = p.Id<TransitGateway>() }),
        (c, p) => Ec2.ModifyVpnConnection(c, new() { VpnConnectionId = p.Id<VpnConnection>(), VpnGatewayId = p.Id<VpnGateway>() }),
        (c, p) => Ec2.ModifyVpnConnection(c, new() { VpnConnectionId = p.Id<VpnConnection>(), CustomerGatewayId = p.Id<CustomerGateway>() }),
        (c, p) => Ec2.ModifyVpnConnectionOptions(c, new() { VpnConnectionId = p.Id<VpnConnection>(), LocalIpv4NetworkCidr = p.One(Blocks) }),
        (c, p) => Ec2.ModifyVpnTunnelOptions(c, new()
        {
            VpnConnectionId = p.Id<VpnConnection>(), VpnTunnelOutsideIpAddress = Outside(p),
            TunnelOptions = new() { TunnelInsideCidr = p.Maybe() ? p.One(Inside) : null, DPDTimeoutSeconds = 30 + p.Next(40), StartupAction = p.One(["add", "start"]) },
        }),
        (c, p) => Ec2.ReplaceVpnTunnel(c, new() { VpnConnectionId = p.Id<VpnConnection>(), VpnTunnelOutsideIpAddress = Outside(p) }),
        (c, p) => Ec2.DescribeVpnConnections(c, new()),
    ];

    private static Action<CommandContext, Pick>[] Global =>
    [
        (c, p) => Nm.RegisterTransitGateway(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), TransitGatewayArn = c.Arn($"transit-gateway/{p.Id<TransitGateway>()}") }),
        (c, p) => Nm.RegisterTransitGateway(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), TransitGatewayArn = c.Arn($"transit-gateway/{p.Id<TransitGateway>()}") }),
        (c, p) => Nm.DeregisterTransitGateway(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), TransitGatewayArn = p.Id<TransitGatewayRegistration>() }),
        (c, p) => Nm.AssociateCustomerGateway(c, new()
        {
            GlobalNetworkId = p.Id<GlobalNetwork>(), DeviceId = p.Id<NmDevice>(), CustomerGatewayArn = c.Arn($"customer-gateway/{p.Id<CustomerGateway>()}"),
        }),
        (c, p) => Nm.AssociateCustomerGateway(c, new()
        {
            GlobalNetworkId = p.Of<TransitGatewayRegistration>(r => r.GlobalNetworkKey), DeviceId = p.Id<NmDevice>(),
            CustomerGatewayArn = c.Arn("customer-gateway/" + p.Of<VpnConnection>(v => v.CustomerGatewayId.Value, v => v.TransitGatewayAttachmentId is not null)),
        }),
        (c, p) => Nm.CreateDevice(c, new() { GlobalNetworkId = p.Of<TransitGatewayRegistration>(r => r.GlobalNetworkKey) }),
        (c, p) => Nm.DisassociateCustomerGateway(
            c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), CustomerGatewayArn = p.Id<NmCustomerGatewayAssociation>() }),
        (c, p) => Nm.AssociateTransitGatewayConnectPeer(c, new()
        {
            GlobalNetworkId = p.Of<TransitGatewayRegistration>(r => r.GlobalNetworkKey), DeviceId = p.Id<NmDevice>(),
            TransitGatewayConnectPeerArn = c.Arn($"transit-gateway-connect-peer/{p.Id<TransitGatewayConnectPeer>()}"),
        }),
        (c, p) => Nm.AssociateTransitGatewayConnectPeer(c, new()
        {
            GlobalNetworkId = p.Of<TransitGatewayRegistration>(r => r.GlobalNetworkKey), DeviceId = p.Id<NmDevice>(),
            TransitGatewayConnectPeerArn = c.Arn($"transit-gateway-connect-peer/{p.Id<TransitGatewayConnectPeer>()}"),
        }),
        (c, p) => Nm.AssociateTransitGatewayConnectPeer(c, new()
        {
            GlobalNetworkId = p.Of<TransitGatewayRegistration>(r => r.GlobalNetworkKey), DeviceId = p.Id<NmDevice>(),
            TransitGatewayConnectPeerArn = c.Arn($"transit-gateway-connect-peer/{p.Id<TransitGatewayConnectPeer>()}"),
        }),
        (c, p) => Nm.DisassociateTransitGatewayConnectPeer(
            c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), TransitGatewayConnectPeerArn = p.Id<NmConnectPeerAssociation>() }),
        (c, p) => Nm.StartRouteAnalysis(c, new()
        {
            GlobalNetworkId = p.Id<GlobalNetwork>(), Source = End(c, p, "10.0.0.9"), Destination = End(c, p, "10.1.0.9"), IncludeReturnPath = p.Maybe(),
        }),
    ];

    private static Trunkline.Wire.Networkmanager.RouteAnalysisEndpointOptionsSpecification End(CommandContext context, Pick pick, string address) => new()
    {
        TransitGatewayAttachmentArn = context.Arn($"transit-gateway-attachment/{pick.Id<TransitGatewayAttachment>()}"),
        IpAddress = address,
    };

    /// <summary>A subnet, and most often the VPC that it is of.</summary>
    private static Aws.CreateTransitGatewayVpcAttachmentRequest Attachment(Pick pick, string gateway)
    {
        string[] ends = pick.Of<Subnet>(s => $"{s.VpcId} {s.Id}").Split(' ');
        return new() { TransitGatewayId = gateway, VpcId = ends[0], SubnetIds = [ends[^1]], Options = new() { Ipv6Support = pick.One(Switch) } };
    }

    private static string HubPeering(Pick pick) => pick.Of<TransitGatewayAttachment>(a => a.Key, a => a.Type == TransitGatewayAttachmentType.Peering);

    private static string Connect(Pick pick) => pick.Of<TransitGatewayAttachment>(a => a.Key, a => a.Type == TransitGatewayAttachmentType.Connect);

    private static string Outside(Pick pick) => pick.Of<VpnConnection>(v => $"{v.Tunnels[pick.Next(2)].OutsideIp}");
}
