using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>A packet of a tunnel's own, as filters see it.</summary>
/// <param name="Protocol">IANA protocol number.</param>
/// <param name="Port">The port at both ends; null where the protocol has none.</param>
/// <param name="Name">For sentences.</param>
internal sealed record TunnelPacket(int Protocol, int? Port, string Name);

/// <summary>
/// Whether the filters around a machine let a tunnel's own packets through: security groups one way, for they are stateful, network ACLs both. A
/// machine's address is translated at the internet gateway, so IKE moves to UDP 4500 and takes ESP with it (RFC 3948); ESP itself is never seen.
/// Source: AWS Site-to-Site VPN, "Firewall rules for an AWS Site-to-Site VPN customer gateway device"; "Transit gateway Connect attachments".
/// </summary>
internal static class MachineGates
{
    private const int Udp = 17;
    private const int Gre = 47;

    public static readonly ImmutableArray<TunnelPacket> Ipsec =
        [new TunnelPacket(Udp, 500, "IKE (UDP 500)"), new TunnelPacket(Udp, 4500, "IPsec (UDP 4500)")];

    public static readonly ImmutableArray<TunnelPacket> Connect = [new TunnelPacket(Gre, null, "GRE (protocol 47)")];

    /// <summary>What keeps the packets between an interface and an address; null where nothing does.</summary>
    /// <param name="awsBegins">Whether the other end may send the first packet; the machine always may.</param>
    public static string? Fault(
        Partition rows, NetworkInterface nic, IpAddress other, ImmutableArray<TunnelPacket> packets, bool awsBegins)
    {
        NetworkAcl? acl = rows.By<NetworkAcl>(nic.SubnetId.Value).FirstOrDefault();
        foreach (TunnelPacket packet in packets)
        {
            if (!Admits(rows, nic, other, packet, isEgress: true) && !(awsBegins && Admits(rows, nic, other, packet, isEgress: false)))
            {
                return $"no {(awsBegins ? "" : "outbound ")}rule of the groups of {nic.Id} lets {packet.Name} to {other} through";
            }

            if (acl is not null && (!Passes(acl, other, packet, isEgress: true) || !Passes(acl, other, packet, isEgress: false)))
            {
                string way = Passes(acl, other, packet, isEgress: true) ? "inbound" : "outbound";
                return $"{acl.Id} denies {packet.Name} between {nic.Id} and {other}, {way}";
            }
        }

        return null;
    }

    /// <summary>Whether a rule of the interface's groups admits an address that belongs to no group.</summary>
    private static bool Admits(Partition rows, NetworkInterface nic, IpAddress other, TunnelPacket packet, bool isEgress)
    {
        foreach (Id<SecurityGroup> id in nic.Groups)
        {
            foreach (SecurityGroupRule rule in rows.Find(id)?.Rules ?? [])
            {
                if (rule.IsEgress == isEgress && IsFor(rule, packet) && Means(rows, rule.Peer, other))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsFor(SecurityGroupRule rule, TunnelPacket packet) => rule.Protocol == -1
        || (rule.Protocol == packet.Protocol
            && (packet.Port is not { } port || rule.FromPort is null or < 0 || (rule.FromPort <= port && port <= (rule.ToPort ?? rule.FromPort))));

    private static bool Means(Partition rows, RulePeer peer, IpAddress other) =>
        peer.Cidr is { } block ? block.Contains(other)
        : peer.PrefixListId is { } list && PrefixLists.EntriesOf(rows, list).Any(e => e.Contains(other));

    private static bool Passes(NetworkAcl acl, IpAddress other, TunnelPacket packet, bool isEgress)
    {
        NetworkAclEntry? first = null;
        foreach (NetworkAclEntry entry in acl.Entries)
        {
            bool matches = entry.IsEgress == isEgress && entry.Cidr.Contains(other)
                && (entry.Protocol == -1 || (entry.Protocol == packet.Protocol
                    && (packet.Port is not { } port || entry.Ports is not { } ports || (ports.From <= port && port <= ports.To))));
            if (matches && (first is null || entry.Number < first.Number))
            {
                first = entry;
            }
        }

        return first is { Allows: true };
    }
}
