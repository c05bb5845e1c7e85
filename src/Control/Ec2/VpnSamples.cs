using System.Globalization;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>A configuration in plain words, for any device.</summary>
internal static class VpnGenericSample
{
    public static string Write(VpnDeviceFacts facts)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Virtual private network configuration\n");
        text.Append(CultureInfo.InvariantCulture, $"VPN connection id      : {facts.Connection.Id}\n");
        string end = facts.Connection.VpnGatewayId?.Value ?? facts.Connection.TransitGatewayId ?? "none";
        text.Append(CultureInfo.InvariantCulture, $"AWS end                : {end}\n");
        text.Append(CultureInfo.InvariantCulture, $"Customer gateway id    : {facts.Customer.Id}\n");
        for (int i = 0; i < facts.Connection.Tunnels.Length; i++)
        {
            Tunnel(text, facts, facts.Connection.Tunnels[i], i + 1);
        }

        return text.ToString();
    }

    private static void Tunnel(StringBuilder text, VpnDeviceFacts facts, VpnTunnel tunnel, int number)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        text.Append(plain, $"\nIPsec tunnel {number}\n1. Internet key exchange\n");
        text.Append(plain, $"  - IKE version              : {facts.Ike}\n");
        text.Append(plain, $"  - Authentication method    : pre-shared key\n");
        text.Append(plain, $"  - Pre-shared key           : {tunnel.PreSharedKey}\n");
        text.Append(plain, $"  - Authentication algorithm : {facts.Integrity1(tunnel)}\n");
        text.Append(plain, $"  - Encryption algorithm     : {facts.Encryption1(tunnel)}\n");
        text.Append(plain, $"  - Lifetime                 : {VpnDeviceFacts.Lifetime1(tunnel)} seconds\n");
        text.Append(plain, $"  - Diffie-Hellman           : group {facts.Group1(tunnel)}\n2. IPsec\n");
        text.Append(plain, $"  - Protocol                 : esp, tunnel mode\n");
        text.Append(plain, $"  - Authentication algorithm : {facts.Integrity2(tunnel)}\n");
        text.Append(plain, $"  - Encryption algorithm     : {facts.Encryption2(tunnel)}\n");
        text.Append(plain, $"  - Lifetime                 : {VpnDeviceFacts.Lifetime2(tunnel)} seconds\n");
        text.Append(plain, $"  - Perfect forward secrecy  : group {facts.Group2(tunnel)}\n");
        text.Append(plain, $"  - DPD timeout              : {VpnDeviceFacts.DpdTimeout(tunnel)} seconds\n");
        text.Append(plain, $"  - TCP MSS adjustment       : {VpnConfiguration.TcpMss} bytes\n3. Tunnel interface\n");
        text.Append(plain, $"  - Outside, customer gateway: {facts.Customer.IpAddress?.ToString() ?? "the device's own"}\n");
        text.Append(plain, $"  - Outside, AWS             : {tunnel.OutsideIp}\n");
        text.Append(plain, $"  - Inside, customer gateway : {tunnel.CustomerInside}/{tunnel.InsideCidr.Length}\n");
        text.Append(plain, $"  - Inside, AWS              : {tunnel.AwsInside}/{tunnel.InsideCidr.Length}\n");
        if (facts.Connection.StaticRoutesOnly)
        {
            text.Append(plain, $"4. Static routes\n  - Next hop                 : {tunnel.AwsInside}\n");
            return;
        }

        text.Append(plain, $"4. Border Gateway Protocol\n");
        text.Append(plain, $"  - Customer gateway ASN     : {facts.Customer.Asn}\n");
        text.Append(plain, $"  - AWS ASN                  : {facts.AwsAsn}\n");
        text.Append(plain, $"  - Neighbor                 : {tunnel.AwsInside}\n");
        text.Append(plain, $"  - Hold time                : {VpnConfiguration.BgpHoldTime} seconds\n");
    }
}

/// <summary>ipsec.conf and ipsec.secrets of strongSwan. Source: strongSwan's documentation of both files.</summary>
internal static class VpnStrongswanSample
{
    public static string Write(VpnDeviceFacts facts)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        string own = facts.Customer.IpAddress?.ToString() ?? "%any";
        StringBuilder text = new();
        text.Append("# /etc/ipsec.conf\nconfig setup\n    uniqueids = no\n");
        for (int i = 0; i < facts.Connection.Tunnels.Length; i++)
        {
            VpnTunnel tunnel = facts.Connection.Tunnels[i];
            text.Append(plain, $"\nconn {facts.Connection.Id}-{i + 1}\n    auto=start\n    type=tunnel\n    keyexchange={facts.Ike}\n    authby=psk\n");
            text.Append(plain, $"    left=%defaultroute\n    leftid={own}\n    leftsubnet={facts.Connection.LocalCidr}\n");
            text.Append(plain, $"    right={tunnel.OutsideIp}\n    rightsubnet={facts.Connection.RemoteCidr}\n    mark={100 * (i + 1)}\n");
            text.Append(plain, $"    ike={Proposal(facts.Encryption1(tunnel), facts.Integrity1(tunnel), facts.Group1(tunnel))}\n");
            text.Append(plain, $"    esp={Proposal(facts.Encryption2(tunnel), facts.Integrity2(tunnel), facts.Group2(tunnel))}\n");
            text.Append(plain, $"    ikelifetime={VpnDeviceFacts.Lifetime1(tunnel)}s\n    lifetime={VpnDeviceFacts.Lifetime2(tunnel)}s\n");
            text.Append(plain, $"    dpddelay=10s\n    dpdtimeout={VpnDeviceFacts.DpdTimeout(tunnel)}s\n    dpdaction=restart\n");
        }

        text.Append("\n# /etc/ipsec.secrets\n");
        foreach (VpnTunnel tunnel in facts.Connection.Tunnels)
        {
            text.Append(plain, $"{own} {tunnel.OutsideIp} : PSK \"{tunnel.PreSharedKey}\"\n");
        }

        text.Append("\n# Tunnel interfaces\n");
        for (int i = 0; i < facts.Connection.Tunnels.Length; i++)
        {
            VpnTunnel tunnel = facts.Connection.Tunnels[i];
            text.Append(plain, $"ip link add vti{i + 1} type vti local {own} remote {tunnel.OutsideIp} key {100 * (i + 1)}\n");
            int length = tunnel.InsideCidr.Length;
            text.Append(plain, $"ip addr add {tunnel.CustomerInside}/{length} remote {tunnel.AwsInside}/{length} dev vti{i + 1}\n");
            text.Append(plain, $"ip link set vti{i + 1} up mtu {VpnConfiguration.TunnelMtu}\n");
        }

        return text.ToString();
    }

    /// <summary>AES128, SHA1 and group 2 are <c>aes128-sha1-modp1024</c>.</summary>
    private static string Proposal(string encryption, string integrity, int group)
    {
        string cipher = encryption.Replace("-GCM-16", "gcm16", StringComparison.Ordinal).ToLowerInvariant();
        string hash = integrity.Replace("SHA2-", "sha", StringComparison.Ordinal).ToLowerInvariant();
        return $"{cipher}-{hash}-{GroupName(group)}";
    }

    private static string GroupName(int group) => group switch
    {
        2 => "modp1024",
        5 => "modp1536",
        14 => "modp2048",
        15 => "modp3072",
        16 => "modp4096",
        17 => "modp6144",
        18 => "modp8192",
        19 => "ecp256",
        20 => "ecp384",
        21 => "ecp521",
        22 => "modp1024s160",
        23 => "modp2048s224",
        _ => "modp2048s256",
    };
}

/// <summary>Commands of Cisco's IOS, with a tunnel interface each.</summary>
internal static class VpnIosSample
{
    public static string Write(VpnDeviceFacts facts)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        StringBuilder text = new();
        for (int i = 0; i < facts.Connection.Tunnels.Length; i++)
        {
            VpnTunnel tunnel = facts.Connection.Tunnels[i];
            string name = string.Create(plain, $"{facts.Connection.Id}-{i}");
            string own = facts.Customer.IpAddress?.ToString() ?? "<interface address>";
            text.Append(plain, $"! Tunnel {i + 1}\ncrypto isakmp policy {200 + i}\n  encryption {Cipher(facts.Encryption1(tunnel), "aes ")}\n");
            text.Append(plain, $"  authentication pre-share\n  group {facts.Group1(tunnel)}\n  lifetime {VpnDeviceFacts.Lifetime1(tunnel)}\n");
            text.Append(plain, $"  hash {Hash(facts.Integrity1(tunnel))}\nexit\n");
            text.Append(plain, $"crypto keyring keyring-{name}\n  local-address {own}\n");
            text.Append(plain, $"  pre-shared-key address {tunnel.OutsideIp} key {tunnel.PreSharedKey}\nexit\n");
            text.Append(plain, $"crypto isakmp profile isakmp-{name}\n  local-address {own}\n  match identity address {tunnel.OutsideIp}\n");
            text.Append(plain, $"  keyring keyring-{name}\nexit\n");
            string cipher = Cipher(facts.Encryption2(tunnel), "aes ");
            text.Append(plain, $"crypto ipsec transform-set ipsec-{name} esp-{cipher} esp-{Hash(facts.Integrity2(tunnel))}-hmac\n");
            text.Append(plain, $"  mode tunnel\nexit\ncrypto ipsec profile ipsec-{name}\n  set pfs group{facts.Group2(tunnel)}\n");
            text.Append(plain, $"  set security-association lifetime seconds {VpnDeviceFacts.Lifetime2(tunnel)}\n  set transform-set ipsec-{name}\nexit\n");
            text.Append(plain, $"crypto isakmp keepalive 10 10\ninterface Tunnel{i + 1}\n  ip address {tunnel.CustomerInside} 255.255.255.252\n");
            text.Append(plain, $"  ip virtual-reassembly\n  tunnel source {own}\n  tunnel destination {tunnel.OutsideIp}\n  tunnel mode ipsec ipv4\n");
            text.Append(plain, $"  tunnel protection ipsec profile ipsec-{name}\n  ip tcp adjust-mss {VpnConfiguration.TcpMss}\n  no shutdown\nexit\n");
            Routing(text, facts, tunnel, i);
        }

        return text.ToString();
    }

    private static void Routing(StringBuilder text, VpnDeviceFacts facts, VpnTunnel tunnel, int i)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        if (facts.Connection.StaticRoutesOnly)
        {
            text.Append(plain, $"ip route <VPC network> <mask> Tunnel{i + 1}\n!\n");
            return;
        }

        text.Append(plain, $"router bgp {facts.Customer.Asn}\n  neighbor {tunnel.AwsInside} remote-as {facts.AwsAsn}\n");
        int hold = VpnConfiguration.BgpHoldTime;
        text.Append(plain, $"  neighbor {tunnel.AwsInside} activate\n  neighbor {tunnel.AwsInside} timers 10 {hold} {hold}\n");
        text.Append(plain, $"  address-family ipv4 unicast\n    neighbor {tunnel.AwsInside} activate\n");
        text.Append(plain, $"    neighbor {tunnel.AwsInside} soft-reconfiguration inbound\n  exit\nexit\n!\n");
    }

    private static string Cipher(string encryption, string prefix) =>
        prefix + (encryption.Contains("256", StringComparison.Ordinal) ? "256" : "128");

    private static string Hash(string integrity) => integrity switch
    {
        "SHA1" => "sha",
        "SHA2-256" => "sha256",
        "SHA2-384" => "sha384",
        _ => "sha512",
    };
}
