using Trunkline.Addressing;

namespace Trunkline.Tracing;

/// <summary>The header of a packet on its way. A translator may leave a port open within a range: every port of it must pass.</summary>
internal struct Packet
{
    public UInt128 Source;
    public UInt128 Destination;
    public ushort SourceFrom;
    public ushort SourceTo;
    public ushort DestinationFrom;
    public ushort DestinationTo;
    public byte Protocol;
    public bool IsV4;

    public Packet(in Flow flow)
    {
        Source = flow.Source.Bits;
        Destination = flow.Destination.Bits;
        SourceFrom = SourceTo = flow.SourcePort;
        DestinationFrom = DestinationTo = flow.DestinationPort;
        Protocol = flow.Protocol;
        IsV4 = flow.Source.IsV4;
    }

    /// <summary>A UDP packet that carries another one inside; its source port is the carrier's own choice.</summary>
    public static Packet Tunnel(uint source, uint destination, ushort port) => new()
    {
        Source = source,
        Destination = destination,
        SourceFrom = 1024,
        SourceTo = ushort.MaxValue,
        DestinationFrom = port,
        DestinationTo = port,
        Protocol = Protocols.Udp,
        IsV4 = true,
    };

    public readonly IpAddress SourceAddress => new(IsV4 ? Family.V4 : Family.V6, Source);

    public readonly IpAddress DestinationAddress => new(IsV4 ? Family.V4 : Family.V6, Destination);

    /// <summary>Whether a receiver answers such a packet, and not only takes it.</summary>
    public readonly bool IsAnswered => !Protocols.IsIcmp(Protocol)
        || DestinationFrom is Protocols.EchoRequest or Protocols.EchoRequestV6;

    /// <summary>The answer to this packet, from where it is now.</summary>
    public readonly Packet Reply()
    {
        Packet reply = this;
        reply.Source = Destination;
        reply.Destination = Source;
        if (Protocols.IsIcmp(Protocol))
        {
            reply.DestinationFrom = reply.DestinationTo =
                DestinationFrom == Protocols.EchoRequest ? Protocols.EchoReply : Protocols.EchoReplyV6;
        }
        else
        {
            (reply.SourceFrom, reply.SourceTo) = (DestinationFrom, DestinationTo);
            (reply.DestinationFrom, reply.DestinationTo) = (SourceFrom, SourceTo);
        }

        return reply;
    }

    /// <summary>Whether this is the answer that the sender of <paramref name="sent"/> waits for.</summary>
    public readonly bool Answers(in Packet sent) =>
        Source == sent.Destination && Destination == sent.Source
        && (Protocols.IsIcmp(Protocol) || (SourceFrom == sent.DestinationFrom && DestinationFrom == sent.SourceFrom));
}
