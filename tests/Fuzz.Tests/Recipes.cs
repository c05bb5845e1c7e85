using System.Text.Json;
using System.Text.RegularExpressions;

namespace Trunkline.Tests.Fuzz;

/// <summary>
/// Requests that would be taken if what they name is there: without them a fuzzer of random parameters would hardly ever make a thing on which the
/// others could act. One value in some is spoilt.
/// </summary>
internal sealed partial class Recipes(IReadOnlyList<Shapes> services, Values values, Random random)
{
    /// <summary>Service, operation, and names and values of a form; <c>{vpc-}</c> is an id that begins so, <c>{a|b}</c> one of these.</summary>
    private static readonly string[] Forms =
    [
        "ec2 CreateVpc CidrBlock={10.0.0.0/16|10.1.0.0/16|10.2.0.0/16}", "ec2 CreateSubnet VpcId={vpc-} CidrBlock={10.0.0.0/24|10.1.0.0/24|10.2.0.0/24}",
        "ec2 CreateVpcPeeringConnection VpcId={vpc-} PeerVpcId={vpc-} PeerOwnerId={account}", "ec2 AcceptVpcPeeringConnection VpcPeeringConnectionId={pcx-}",
        "ec2 DeleteVpcPeeringConnection VpcPeeringConnectionId={pcx-}", "ec2 RejectVpcPeeringConnection VpcPeeringConnectionId={pcx-}",
        "ec2 CreateRoute RouteTableId={rtb-} DestinationCidrBlock=192.168.0.0/16 VpcPeeringConnectionId={pcx-}",
        "ec2 CreateTransitGateway Options.AutoAcceptSharedAttachments={enable|disable} Options.TransitGatewayCidrBlocks.1=10.99.0.0/24",
        "ec2 DeleteTransitGateway TransitGatewayId={tgw-}", "ec2 CreateTransitGatewayRouteTable TransitGatewayId={tgw-}",
        "ec2 CreateTransitGatewayVpcAttachment TransitGatewayId={tgw-} VpcId={vpc-} SubnetIds.1={subnet-}",
        "ec2 CreateTransitGatewayVpcAttachment TransitGatewayId={tgw-} VpcId={vpc-} SubnetIds.1={subnet-}",
        "ec2 AcceptTransitGatewayVpcAttachment TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 DeleteTransitGatewayVpcAttachment TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 AssociateTransitGatewayRouteTable TransitGatewayRouteTableId={tgw-rtb-} TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 EnableTransitGatewayRouteTablePropagation TransitGatewayRouteTableId={tgw-rtb-} TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 CreateTransitGatewayRoute TransitGatewayRouteTableId={tgw-rtb-} DestinationCidrBlock={10.0.0.0/8|192.168.0.0/16} TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 SearchTransitGatewayRoutes TransitGatewayRouteTableId={tgw-rtb-} Filter.1.Name=state Filter.1.Value.1=active",
        "ec2 CreateTransitGatewayPeeringAttachment TransitGatewayId={tgw-} PeerTransitGatewayId={tgw-} PeerAccountId={account} PeerRegion=us-east-1",
        "ec2 AcceptTransitGatewayPeeringAttachment TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 CreateTransitGatewayConnect TransportTransitGatewayAttachmentId={tgw-attach-} Options.Protocol=gre",
        "ec2 CreateTransitGatewayConnectPeer TransitGatewayAttachmentId={tgw-attach-} PeerAddress=10.0.0.9 InsideCidrBlocks.1={169.254.6.0/29|169.254.7.0/29}",
        "ec2 CreateManagedPrefixList PrefixListName=l AddressFamily=IPv4 MaxEntries=3 Entry.1.Cidr=10.9.0.0/16",
        "ec2 CreateTransitGatewayPrefixListReference TransitGatewayRouteTableId={tgw-rtb-} PrefixListId={pl-} TransitGatewayAttachmentId={tgw-attach-}",
        "ec2 CreateCustomerGateway Type=ipsec.1 IpAddress={198.51.100.1|198.51.100.2} BgpAsn={65000|65001}", "ec2 CreateVpnGateway Type=ipsec.1",
        "ec2 DeleteCustomerGateway CustomerGatewayId={cgw-}", "ec2 DeleteVpnGateway VpnGatewayId={vgw-}",
        "ec2 AttachVpnGateway VpnGatewayId={vgw-} VpcId={vpc-}", "ec2 DetachVpnGateway VpnGatewayId={vgw-} VpcId={vpc-}",
        "ec2 EnableVgwRoutePropagation GatewayId={vgw-} RouteTableId={rtb-}",
        "ec2 CreateVpnConnection Type=ipsec.1 CustomerGatewayId={cgw-} VpnGatewayId={vgw-} Options.StaticRoutesOnly={true|false}",
        "ec2 CreateVpnConnection Type=ipsec.1 CustomerGatewayId={cgw-} TransitGatewayId={tgw-}", "ec2 DeleteVpnConnection VpnConnectionId={vpn-}",
        "ec2 CreateVpnConnectionRoute VpnConnectionId={vpn-} DestinationCidrBlock=192.168.0.0/16",
        "ec2 ModifyVpnConnection VpnConnectionId={vpn-} TransitGatewayId={tgw-}", "ec2 ModifyVpnConnection VpnConnectionId={vpn-} VpnGatewayId={vgw-}",
        "ec2 DescribeVpcs", "ec2 DescribeSubnets", "ec2 DescribeRouteTables", "ec2 DescribeTransitGatewayAttachments", "ec2 DescribeVpnConnections",
    ];

    /// <summary>Service, operation, method, path and body.</summary>
    private static readonly string[] Bodies =
    [
        """directconnect CreateConnection POST / {"location":"EqDC2","bandwidth":"10Gbps","connectionName":"c"}""",
        """directconnect CreateInterconnect POST / {"location":"EqDC2","bandwidth":"10Gbps","interconnectName":"i"}""",
        """directconnect CreateLag POST / {"location":"EqDC2","connectionsBandwidth":"10Gbps","lagName":"l","numberOfConnections":1}""",
        """directconnect AssociateConnectionWithLag POST / {"connectionId":"{dxcon-}","lagId":"{dxlag-}"}""",
        """directconnect AllocateHostedConnection POST / {"connectionId":"{dxcon-}","ownerAccount":"{account}","bandwidth":"50Mbps","connectionName":"h","vlan":101}""",
        """directconnect ConfirmConnection POST / {"connectionId":"{dxcon-}"}""", """directconnect DeleteConnection POST / {"connectionId":"{dxcon-}"}""",
        """directconnect CreateDirectConnectGateway POST / {"directConnectGatewayName":"g","amazonSideAsn":64800}""",
        """directconnect CreateDirectConnectGatewayAssociation POST / {"directConnectGatewayId":"{uuid}","gatewayId":"{vgw-}"}""",
        """directconnect CreateDirectConnectGatewayAssociation POST / """
            + """{"directConnectGatewayId":"{uuid}","gatewayId":"{tgw-}","addAllowedPrefixesToDirectConnectGateway":[{"cidr":"10.0.0.0/8"}]}""",
        """directconnect CreateDirectConnectGatewayAssociationProposal POST / {"directConnectGatewayId":"{uuid}","directConnectGatewayOwnerAccount":"{account}","gatewayId":"{vgw-}"}""",
        """directconnect AcceptDirectConnectGatewayAssociationProposal POST / {"directConnectGatewayId":"{uuid}","proposalId":"{uuid}","associatedGatewayOwnerAccount":"{account}"}""",
        """directconnect DeleteDirectConnectGateway POST / {"directConnectGatewayId":"{uuid}"}""",
        """directconnect CreatePrivateVirtualInterface POST / """
            + """{"connectionId":"{dxcon-}","newPrivateVirtualInterface":{"virtualInterfaceName":"v","vlan":101,"asn":65000,"virtualGatewayId":"{vgw-}"}}""",
        """directconnect CreatePrivateVirtualInterface POST / """
            + """{"connectionId":"{dxcon-}","newPrivateVirtualInterface":{"virtualInterfaceName":"v","vlan":102,"asn":65000,"directConnectGatewayId":"{uuid}"}}""",
        """directconnect CreateTransitVirtualInterface POST / """
            + """{"connectionId":"{dxcon-}","newTransitVirtualInterface":{"virtualInterfaceName":"v","vlan":103,"asn":65000,"directConnectGatewayId":"{uuid}"}}""",
        """directconnect AllocatePrivateVirtualInterface POST / """
            + """{"connectionId":"{dxcon-}","ownerAccount":"{account}","newPrivateVirtualInterfaceAllocation":{"virtualInterfaceName":"v","vlan":104,"asn":65000}}""",
        """directconnect ConfirmPrivateVirtualInterface POST / {"virtualInterfaceId":"{dxvif-}","directConnectGatewayId":"{uuid}"}""",
        """directconnect DeleteVirtualInterface POST / {"virtualInterfaceId":"{dxvif-}"}""", """directconnect DescribeVirtualInterfaces POST / {}""",
        """directconnect StartBgpFailoverTest POST / {"virtualInterfaceId":"{dxvif-}"}""", """directconnect DescribeDirectConnectGateways POST / {}""",
        """networkmanager CreateGlobalNetwork POST /global-networks {}""",
        """networkmanager CreateDevice POST /global-networks/{global-network-}/devices {}""", """networkmanager CreateSite POST /global-networks/{global-network-}/sites {}""",
        """networkmanager RegisterTransitGateway POST /global-networks/{global-network-}/transit-gateway-registrations """
            + """{"TransitGatewayArn":"arn:aws:ec2:us-east-1:{account}:transit-gateway/{tgw-}"}""",
        """ram CreateResourceShare POST /createresourceshare {"name":"s","resourceArns":["arn:aws:ec2:us-east-1:{account}:transit-gateway/{tgw-}"],"principals":["{account}"]}""",
        """ram GetResourceShareInvitations POST /getresourceshareinvitations {}""",
    ];

    public Asked Next()
    {
        bool isForm = random.Next(Forms.Length + Bodies.Length) < Forms.Length;
        string[] words = (isForm ? Forms[random.Next(Forms.Length)] : Bodies[random.Next(Bodies.Length)]).Split(' ', isForm ? int.MaxValue : 5);
        Shapes shapes = services.Single(s => s.Service == words[0]);
        string? spoilt = random.Next(6) == 0 ? values.OneHostile() : null;
        if (isForm)
        {
            return new Asked(shapes, words[1], [.. words[2..].Select(w => w.Split('=', 2)).Select(p => new KeyValuePair<string, string>(p[0], Filled(p[1])))]);
        }

        return new Asked(
            shapes, words[1], [], Filled(words[4], t => JsonEncodedText.Encode(t).ToString()), words[2], Filled(words[3], Uri.EscapeDataString));

        string Filled(string text, Func<string, string>? written = null) => Hole().Replace(text, hole =>
        {
            string value = ValueOf(hole.Groups[1].Value);
            if (spoilt is { Length: < 400 } && random.Next(3) == 0 && !spoilt.Any(char.IsSurrogate))
            {
                value = spoilt;
            }

            return written is null ? value : written(value);
        });
    }

    private string ValueOf(string hole) =>
        hole.Contains('|') || !(hole.EndsWith('-') || hole is "account" or "uuid") ? hole.Split('|')[random.Next(hole.Split('|').Length)]
        : hole == "account" ? values.Account()
        : values.Known(hole);

    [GeneratedRegex(@"\{([a-z0-9./|-]+)\}")]
    private static partial Regex Hole();
}
