using System.Globalization;
using System.Xml.Linq;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// What a customer's router needs to know, as XML: the text that the API carries in <c>customerGatewayConfiguration</c>. Source: AWS
/// Site-to-Site VPN, "Download the configuration file".
/// </summary>
internal static class VpnConfiguration
{
    /// <summary>Seconds without a word after which a BGP session is given up.</summary>
    public const int BgpHoldTime = 30;

    /// <summary>The largest TCP segment that fits a tunnel (rule 122).</summary>
    public const int TcpMss = 1406;

    /// <summary>The largest packet that a tunnel carries, in bytes (rule 122).</summary>
    public const int TunnelMtu = 1446;

    /// <summary>What stands where nobody set an algorithm: the least that AWS takes.</summary>
    public const string UsualEncryption = "AES128";

    public const string UsualIntegrity = "SHA1";

    public const int UsualGroup = 2;

    public static string Of(Partition here, VpnConnection connection)
    {
        CustomerGateway customer = here.Get(connection.CustomerGatewayId);
        XElement root = new(
            "vpn_connection",
            new XAttribute("id", connection.Id.Value),
            new XElement("customer_gateway_id", customer.Id.Value),
            new XElement("vpn_gateway_id", connection.VpnGatewayId?.Value ?? ""),
            connection.TransitGatewayId is { } transit ? new XElement("transit_gateway_id", transit) : null,
            new XElement("vpn_connection_type", Ec2Service.VpnType),
            connection.StaticRoutesOnly ? new XElement("vpn_connection_attributes", "NoBGPVPNConnection") : null,
            connection.Tunnels.Select(t => Tunnel(connection, customer, t, AsnOfAws(here, connection))));
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}";
    }

    /// <summary>The ASN of AWS's end; the usual one while there is none.</summary>
    public static long AsnOfAws(Partition here, VpnConnection connection) =>
        connection.VpnGatewayId is { } gateway ? here.Get(gateway).AmazonSideAsn
        : connection.TransitGatewayId is { } transit ? here.Get(new Id<TransitGateway>(transit)).AmazonSideAsn
        : VpnGateway.UsualAsn;

    private static XElement Tunnel(VpnConnection connection, CustomerGateway customer, VpnTunnel tunnel, long awsAsn) => new(
        "ipsec_tunnel",
        Side("customer_gateway", connection, customer.IpAddress, tunnel, tunnel.CustomerInside, customer.Asn),
        Side("vpn_gateway", connection, tunnel.OutsideIp, tunnel, tunnel.AwsInside, awsAsn),
        new XElement(
            "ike",
            new XElement("authentication_protocol", Hash(tunnel.Phase1Integrity.FirstOrDefault(UsualIntegrity))),
            new XElement("encryption_protocol", Cipher(tunnel.Phase1Encryption.FirstOrDefault(UsualEncryption))),
            new XElement("lifetime", tunnel.Phase1LifetimeSeconds ?? VpnTunnelWish.UsualPhase1Lifetime),
            new XElement("perfect_forward_secrecy", Group(tunnel.Phase1DhGroups.FirstOrDefault(UsualGroup))),
            new XElement("mode", "main"),
            new XElement("pre_shared_key", tunnel.PreSharedKey)),
        new XElement(
            "ipsec",
            new XElement("protocol", "esp"),
            new XElement("authentication_protocol", $"hmac-{Hash(tunnel.Phase2Integrity.FirstOrDefault(UsualIntegrity))}-96"),
            new XElement("encryption_protocol", Cipher(tunnel.Phase2Encryption.FirstOrDefault(UsualEncryption))),
            new XElement("lifetime", tunnel.Phase2LifetimeSeconds ?? VpnTunnelWish.UsualPhase2Lifetime),
            new XElement("perfect_forward_secrecy", Group(tunnel.Phase2DhGroups.FirstOrDefault(UsualGroup))),
            new XElement("mode", "tunnel"),
            new XElement("clear_df_bit", "true"),
            new XElement("fragmentation_before_encryption", "true"),
            new XElement("tcp_mss_adjustment", TcpMss),
            new XElement(
                "dead_peer_detection", new XElement("interval", 10), new XElement("retries", Math.Max(1, (tunnel.DpdTimeoutSeconds ?? 30) / 10)))));

    private static XElement Side(
        string name, VpnConnection connection, IpAddress? outside, VpnTunnel tunnel, IpAddress inside, long asn) => new(
        name,
        new XElement("tunnel_outside_address", new XElement("ip_address", outside?.ToString() ?? "")),
        new XElement(
            "tunnel_inside_address",
            new XElement("ip_address", inside.ToString()),
            new XElement("network_mask", "255.255.255.252"),
            new XElement("network_cidr", tunnel.InsideCidr.Length)),
        connection.StaticRoutesOnly
            ? null
            : new XElement("bgp", new XElement("asn", asn.ToString(CultureInfo.InvariantCulture)), new XElement("hold_time", BgpHoldTime)));

    private static string Cipher(string algorithm) => algorithm switch
    {
        "AES128" => "aes-128-cbc",
        "AES256" => "aes-256-cbc",
        "AES128-GCM-16" => "aes-128-gcm-16",
        _ => "aes-256-gcm-16",
    };

    private static string Hash(string algorithm) => algorithm switch
    {
        "SHA1" => "sha1",
        "SHA2-256" => "sha2-256",
        "SHA2-384" => "sha2-384",
        _ => "sha2-512",
    };

    private static string Group(int number) => string.Create(CultureInfo.InvariantCulture, $"group{number}");
}
