using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Where a packet starts.</summary>
public enum OriginKind : byte
{
    /// <summary>An interface: the machine behind it sends.</summary>
    Nic,

    /// <summary>A host on the internet.</summary>
    Internet,

    /// <summary>A host on the internet, and the packet must come in over one internet gateway.</summary>
    Border,

    /// <summary>The service behind a gateway endpoint: the packet comes into the VPC there.</summary>
    Gateway,

    /// <summary>A host of a site of the world.</summary>
    Site,
}

/// <summary>A starting point in one forwarding state.</summary>
/// <param name="Handle">The interface's, border's, entrance's or site's handle in that state; 0 for the internet.</param>
public readonly record struct Origin(OriginKind Kind, int Handle)
{
    public static readonly Origin Internet = new(OriginKind.Internet, 0);

    public static Origin OfNic(int handle) => new(OriginKind.Nic, handle);

    public static Origin OfBorder(int handle) => new(OriginKind.Border, handle);

    /// <summary>A host of a site.</summary>
    public static Origin OfSite(int handle) => new(OriginKind.Site, handle);

    /// <summary>A gateway endpoint's service.</summary>
    /// <param name="entrance">The endpoint's handle.</param>
    public static Origin OfGateway(int entrance) => new(OriginKind.Gateway, entrance);
}

/// <summary>One packet and where it starts; its handle is good for the state it was made for.</summary>
/// <param name="Protocol">IANA protocol number.</param>
/// <param name="SourcePort">0 where the protocol has no ports.</param>
/// <param name="DestinationPort">For ICMP type × 256 + code; 0 where the protocol has no ports.</param>
public readonly record struct Flow(
    Origin Origin, IpAddress Source, IpAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>The source port of a question that names none: Linux's first ephemeral one.</summary>
    public const ushort DefaultSourcePort = 32768;

    /// <summary>The HTTP request in it; null where it is no request, or nobody said which.</summary>
    public HttpRequest? Http { get; init; }

    /// <summary>1 + the interface that balancers on the way shall choose where they may, well or not; 0 for whichever it is.</summary>
    public int Aim { get; init; }

    public int IcmpType => DestinationPort >> 8;

    public int IcmpCode => DestinationPort & 0xFF;

    public static Flow Tcp(Origin origin, IpAddress source, IpAddress destination, ushort port) =>
        new(origin, source, destination, Protocols.Tcp, DefaultSourcePort, port);

    public static Flow Udp(Origin origin, IpAddress source, IpAddress destination, ushort port) =>
        new(origin, source, destination, Protocols.Udp, DefaultSourcePort, port);

    /// <summary>An echo request (RFC 792, RFC 4443).</summary>
    public static Flow Ping(Origin origin, IpAddress source, IpAddress destination) =>
        source.IsV4
            ? new(origin, source, destination, Protocols.Icmp, 0, Protocols.EchoRequest)
            : new(origin, source, destination, Protocols.IcmpV6, 0, Protocols.EchoRequestV6);
}

/// <summary>IANA protocol numbers and the ICMP messages that have replies.</summary>
public static class Protocols
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IcmpV6 = 58;

    /// <summary>Type 8, code 0, as type × 256 + code.</summary>
    public const ushort EchoRequest = 8 << 8;
    public const ushort EchoReply = 0;
    public const ushort EchoRequestV6 = 128 << 8;
    public const ushort EchoReplyV6 = 129 << 8;

    public static bool IsIcmp(int protocol) => protocol is Icmp or IcmpV6;

    public static bool HasPorts(int protocol) => protocol is Tcp or Udp;

    public static string NameOf(int protocol) => protocol switch
    {
        Icmp => "icmp",
        Tcp => "tcp",
        Udp => "udp",
        IcmpV6 => "icmpv6",
        _ => protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
