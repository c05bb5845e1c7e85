namespace Trunkline.Planes.Linux.Compile;

/// <summary>Bits of a packet's mark and of its connection's mark in a router.</summary>
internal static class Marks
{
    /// <summary>The index of the segment the packet comes from; 0 from outside.</summary>
    public const uint SegmentMask = 0x3FFF;

    /// <summary>A rule for every address admitted the packet outward, and the way back is open: no state is needed.</summary>
    public const uint OpenOut = 0x10000;

    /// <summary>The source is not an address of the interface that sends: a middlebox stands between, groups do not count.</summary>
    public const uint Foreign = 0x20000;

    /// <summary>The route to the destination does not lead there directly: groups do not count.</summary>
    public const uint Hidden = 0x40000;

    /// <summary>As <see cref="OpenOut"/>, inward.</summary>
    public const uint OpenIn = 0x80000;

    /// <summary>Set at the very end: the next packets of the flow may go the short way. It is no part of <see cref="All"/>: routes do not see it.</summary>
    public const uint Short = 0x100000;

    /// <summary>As <see cref="Short"/>, for what a translator gives back to the machine that asked.</summary>
    public const uint ShortBack = 0x200000;

    /// <summary>
    /// At the very end too: what crosses the border bears the address that was translated away, as it stands in the packet, for the same purpose.
    /// Such a mark is larger than this. (One that is not, of an address that ends in 0, goes the whole way.)
    /// </summary>
    public const uint ShortAddress = 0xFFFFFF;

    /// <summary>A datagram, or a segment, whose connection is answered.</summary>
    public const string Answered = "ip protocol { tcp, udp } ct state established ";

    /// <summary>Every bit that routes see.</summary>
    public const uint All = 0xFFFFF;

    /// <summary>Connection: the first sender's side keeps no state.</summary>
    public const uint SourceUntracked = 1;

    /// <summary>Connection: the first receiver's side keeps no state.</summary>
    public const uint DestinationUntracked = 2;

    /// <summary>Connection: it went out by the one-way border.</summary>
    public const uint OneWay = 4;

    /// <summary>Connection: what sent its first packet let it out, so it knows the replies.</summary>
    public const uint SourceKnows = 8;

    /// <summary>Connection: what its first packet was for let it in.</summary>
    public const uint DestinationKnows = 16;

    /// <summary>Both ends know the connection and keep state of it: nobody asks the filters again.</summary>
    public const string Settled = "ct state established ct mark and 0x1b == 0x18 ";

    /// <summary>The kernel's labels of a connection: one bit each.</summary>
    public const int Labels = 128;

    /// <summary>Kernel tables of routes: this one and the next hold what is the same for every packet.</summary>
    public const uint HostTable = 100;

    /// <summary>Addresses of the domain that no interface has: to the idle link, where they end with a reason.</summary>
    public const uint AbsentTable = 101;

    /// <summary>What the router answers ARP requests for, without having the address: the segments' gateways.</summary>
    public const uint GatewayTable = 102;

    /// <summary>First table of a route map; its index is added.</summary>
    public const uint RouteTable = 1000;

    public const uint MainTable = 254;

    public const uint LocalTable = 255;

    /// <summary>What goes out through a translator is tracked at its source, whatever the rules.</summary>
    /// <remarks>
    /// Source: AWS, "Automatically tracked connections". Nobody has let it in here: where a route that changes takes the connection straight to
    /// an interface, that one's filter is asked.
    /// </remarks>
    public const string TrackSource = "ct state new ct mark set ct mark and 0xfffffffe";

    /// <summary>What goes out through a one-way border is tracked, whatever the rules.</summary>
    public const string TrackOneWay = TrackSource + " or 0x10";

    public static string Hex(uint mark) => $"0x{mark:x}";
}
