using System.Globalization;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Virtual interfaces as the API shows them.</summary>
internal static class InterfaceViews
{
    public static AwsDx.VirtualInterface ToWire(DxVirtualInterface row, InterfaceSessions sessions) => new()
    {
        OwnerAccount = row.OwnerId,
        VirtualInterfaceId = row.Key,
        Location = row.Location,
        ConnectionId = row.ConnectionId,
        VirtualInterfaceType = InterfaceMaker.Word(row.Type),
        VirtualInterfaceName = row.Name,
        Vlan = row.Vlan,
        Asn = Short(row.First.Asn),
        AsnLong = row.First.Asn,
        AmazonSideAsn = row.AmazonSideAsn,
        AuthKey = row.First.AuthKey,
        AmazonAddress = row.First.AmazonAddress.ToString(),
        CustomerAddress = row.First.CustomerAddress.ToString(),
        AddressFamily = Word(row.First.Family),
        VirtualInterfaceState = StateOf(row, sessions),
        CustomerRouterConfig = RouterConfig(row),
        Mtu = row.Mtu,
        JumboFrameCapable = row.Type != DxInterfaceType.Public,
        VirtualGatewayId = row.VirtualGatewayId ?? "",
        DirectConnectGatewayId = row.DirectConnectGatewayId?.Value,
        RouteFilterPrefixes = [.. row.RouteFilterPrefixes.Select(p => new AwsDx.RouteFilterPrefix { Cidr = p.ToString() })],
        BgpPeers = [.. row.BgpPeers.Select((p, i) => ToWire(row, p, sessions.IsUp(row, i)))],
        Region = row.Region,
        AwsDeviceV2 = row.Device.Name,
        AwsLogicalDeviceId = row.Device.LogicalId,
        Tags = DxTags.ToWire(row.Tags),
        SiteLinkEnabled = row.SiteLink,
    };

    public static string StateOf(DxVirtualInterface row, InterfaceSessions sessions) => row.State switch
    {
        DxInterfaceState.Confirming => "confirming",
        DxInterfaceState.Rejected => "rejected",
        DxInterfaceState.Deleted => "deleted",
        _ when row.BgpPeers.Any(p => p.UnderTest) => "testing",
        _ when sessions.AreUnsettled => "pending",
        _ => Enumerable.Range(0, row.BgpPeers.Length).Any(i => sessions.IsUp(row, i)) ? "available" : "down",
    };

    public static string Word(Family family) => family == Family.V4 ? "ipv4" : "ipv6";

    /// <summary>The facts of its first session, as AWS's routers' configurations are made of: an XML document.</summary>
    public static string RouterConfig(DxVirtualInterface row)
    {
        StringBuilder xml = new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.Append(CultureInfo.InvariantCulture, $"<logical_connection id=\"{row.Id}\">\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <vlan>{row.Vlan}</vlan>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <customer_address>{row.First.CustomerAddress}</customer_address>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <amazon_address>{row.First.AmazonAddress}</amazon_address>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <bgp_asn>{row.First.Asn}</bgp_asn>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <bgp_auth_key>{System.Security.SecurityElement.Escape(row.First.AuthKey)}</bgp_auth_key>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <amazon_bgp_asn>{row.AmazonSideAsn}</amazon_bgp_asn>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <connection_type>{InterfaceMaker.Word(row.Type)}</connection_type>\n");
        return xml.Append("</logical_connection>\n").ToString();
    }

    private static AwsDx.BGPPeer ToWire(DxVirtualInterface row, DxBgpPeer peer, bool isUp) => new()
    {
        BgpPeerId = peer.Id,
        Asn = Short(peer.Asn),
        AsnLong = peer.Asn,
        AuthKey = peer.AuthKey,
        AddressFamily = Word(peer.Family),
        AmazonAddress = peer.AmazonAddress.ToString(),
        CustomerAddress = peer.CustomerAddress.ToString(),
        BgpPeerState = row.State switch
        {
            DxInterfaceState.InUse => "available",
            DxInterfaceState.Deleted => "deleted",
            _ => "pending",
        },
        BgpStatus = isUp ? "up" : "down",
        AwsDeviceV2 = row.Device.Name,
        AwsLogicalDeviceId = row.Device.LogicalId,
    };

    /// <summary>The member asn holds what fits into it; AWS gives 0 for what does not.</summary>
    private static int Short(long asn) => asn <= PeerRules.ShortAsnMax ? (int)asn : 0;
}
