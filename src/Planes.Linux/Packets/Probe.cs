using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>The header of a real packet, in the forwarding state's terms.</summary>
/// <param name="Protocol">IANA protocol number.</param>
/// <param name="SourcePort">TCP, UDP: the port; ICMP: the echo identifier; 0 for others.</param>
/// <param name="DestinationPort">TCP, UDP: the port; ICMP: type × 256 + code; 0 for others.</param>
public readonly record struct ProbeHeader(IpAddress Source, IpAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IcmpV6 = 58;

    private const ushort EchoRequest = 8 << 8;
    private const ushort EchoReply = 0;
    private const ushort EchoRequestV6 = 128 << 8;
    private const ushort EchoReplyV6 = 129 << 8;

    public bool IsV4 => Source.IsV4;

    public bool IsIcmp => Protocol is Icmp or IcmpV6;

    /// <summary>Whether a receiver answers such a packet.</summary>
    public bool IsAnswered => !IsIcmp || DestinationPort is EchoRequest or EchoRequestV6;

    /// <summary>What the receiver of this packet answers with.</summary>
    public ProbeHeader Reply() => IsIcmp
        ? this with { Source = Destination, Destination = Source, DestinationPort = DestinationPort == EchoRequest ? EchoReply : EchoReplyV6 }
        : new ProbeHeader(Destination, Source, Protocol, DestinationPort, SourcePort);

    public override string ToString()
    {
        string protocol = Protocol switch { Icmp => "icmp", Tcp => "tcp", Udp => "udp", IcmpV6 => "icmpv6", _ => $"{Protocol}" };
        return IsIcmp
            ? $"{protocol} {DestinationPort >> 8}/{DestinationPort & 0xFF} {Source} → {Destination}"
            : Protocol is Tcp or Udp
                ? $"{protocol} {End(Source, SourcePort)} → {End(Destination, DestinationPort)}"
                : $"{protocol} {Source} → {Destination}";
    }

    private static string End(IpAddress address, ushort port) => address.IsV4 ? $"{address}:{port}" : $"[{address}]:{port}";
}

/// <summary>TCP's flags (RFC 9293); a probe of another protocol has none.</summary>
[Flags]
public enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Reset = 4,
    Push = 8,
    Ack = 16,
}

/// <summary>One packet of a probe.</summary>
/// <param name="Id">Marks all packets of one connection, in both directions: translation leaves it alone.</param>
/// <param name="Ttl">Hop limit.</param>
public readonly record struct ProbePacket(ProbeHeader Header, uint Id, TcpFlags Flags = TcpFlags.None, byte Ttl = 64);
