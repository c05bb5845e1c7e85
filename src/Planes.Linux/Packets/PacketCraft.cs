using System.Buffers.Binary;
using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>Writes and reads probes as they stand on the wire (RFC 791, 792, 768, 9293, 8200, 4443).</summary>
/// <remarks>
/// A probe is told from other traffic by a word at a fixed place, so that one nftables rule finds it behind any translation: the urgent
/// pointer of a TCP segment without URG, and the first four octets after an eight-octet header in every other protocol. The id follows
/// that word; in TCP it is the sequence number, which grows by the SYN alone.
/// </remarks>
public static class PacketCraft
{
    /// <summary>Four octets after the transport header: "TLNK".</summary>
    public const uint Word = 0x544C4E4B;

    /// <summary>TCP's urgent pointer: "TL".</summary>
    public const ushort TcpWord = 0x544C;

    /// <summary>The largest probe.</summary>
    public const int SizeMax = HeaderV6 + TcpHeader;

    private const int HeaderV4 = 20;
    private const int HeaderV6 = 40;
    private const int TcpHeader = 20;
    private const int OtherHeader = 8;
    private const int OtherSize = 16;
    private const ushort Window = 64000;

    /// <summary>Writes the packet from its IP header on.</summary>
    /// <returns>Octets written.</returns>
    public static int Write(in ProbePacket packet, Span<byte> to)
    {
        ProbeHeader header = packet.Header;
        int start = header.IsV4 ? HeaderV4 : HeaderV6;
        int length = header.Protocol == ProbeHeader.Tcp ? TcpHeader : OtherSize;
        Span<byte> whole = to[..(start + length)];
        whole.Clear();
        Span<byte> rest = whole[start..];
        WriteTransport(packet, rest);
        if (header.IsV4)
        {
            WriteV4(packet, whole);
        }
        else
        {
            WriteV6(packet, whole, length);
        }

        int at = ChecksumAt(header.Protocol);
        if (at >= 0)
        {
            uint sum = header.Protocol == ProbeHeader.Icmp ? 0 : Pseudo(header, length);
            ushort checksum = Fold(Sum(rest, sum));
            BinaryPrimitives.WriteUInt16BigEndian(rest[at..], checksum == 0 && header.Protocol == ProbeHeader.Udp ? ushort.MaxValue : checksum);
        }

        return whole.Length;
    }

    /// <summary>Reads a probe from its IP header and the beginning of its transport header; false where it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> network, ReadOnlySpan<byte> transport, out ProbePacket packet)
    {
        packet = default;
        if (network.Length < HeaderV4 || transport.Length < OtherHeader)
        {
            return false;
        }

        bool isV4 = network[0] >> 4 == 4;
        if (!isV4 && network.Length < HeaderV6)
        {
            return false;
        }

        byte protocol = isV4 ? network[9] : network[6];
        byte ttl = isV4 ? network[8] : network[7];
        IpAddress source = isV4
            ? IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(network[12..]))
            : IpAddress.FromV6(BinaryPrimitives.ReadUInt128BigEndian(network[8..]));
        IpAddress destination = isV4
            ? IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(network[16..]))
            : IpAddress.FromV6(BinaryPrimitives.ReadUInt128BigEndian(network[24..]));
        if (protocol == ProbeHeader.Tcp)
        {
            return ReadTcp(transport, source, destination, ttl, out packet);
        }

        if (transport.Length < OtherHeader + 8 || BinaryPrimitives.ReadUInt32BigEndian(transport[OtherHeader..]) != Word)
        {
            return false;
        }

        uint id = BinaryPrimitives.ReadUInt32BigEndian(transport[(OtherHeader + 4)..]);
        ushort first = BinaryPrimitives.ReadUInt16BigEndian(transport);
        (ushort from, ushort to) = protocol switch
        {
            ProbeHeader.Udp => (first, BinaryPrimitives.ReadUInt16BigEndian(transport[2..])),
            ProbeHeader.Icmp or ProbeHeader.IcmpV6 => (BinaryPrimitives.ReadUInt16BigEndian(transport[4..]), first),
            _ => ((ushort)0, (ushort)0),
        };
        packet = new ProbePacket(new ProbeHeader(source, destination, protocol, from, to), id, TcpFlags.None, ttl);
        return true;
    }

    private static bool ReadTcp(ReadOnlySpan<byte> transport, IpAddress source, IpAddress destination, byte ttl, out ProbePacket packet)
    {
        packet = default;
        if (transport.Length < TcpHeader || BinaryPrimitives.ReadUInt16BigEndian(transport[18..]) != TcpWord)
        {
            return false;
        }

        TcpFlags flags = (TcpFlags)transport[13];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[4..]);
        uint id = (flags & TcpFlags.Syn) != 0 ? sequence : sequence - 1;
        ushort from = BinaryPrimitives.ReadUInt16BigEndian(transport);
        ushort to = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
        packet = new ProbePacket(new ProbeHeader(source, destination, ProbeHeader.Tcp, from, to), id, flags, ttl);
        return true;
    }

    private static void WriteV4(in ProbePacket packet, Span<byte> whole)
    {
        whole[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(whole[2..], (ushort)whole.Length);
        BinaryPrimitives.WriteUInt16BigEndian(whole[4..], (ushort)packet.Id);
        whole[6] = 0x40;
        whole[8] = packet.Ttl;
        whole[9] = packet.Header.Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(whole[12..], packet.Header.Source.V4Bits);
        BinaryPrimitives.WriteUInt32BigEndian(whole[16..], packet.Header.Destination.V4Bits);
        BinaryPrimitives.WriteUInt16BigEndian(whole[10..], Fold(Sum(whole[..HeaderV4], 0)));
    }

    private static void WriteV6(in ProbePacket packet, Span<byte> whole, int length)
    {
        whole[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(whole[4..], (ushort)length);
        whole[6] = packet.Header.Protocol;
        whole[7] = packet.Ttl;
        BinaryPrimitives.WriteUInt128BigEndian(whole[8..], packet.Header.Source.Bits);
        BinaryPrimitives.WriteUInt128BigEndian(whole[24..], packet.Header.Destination.Bits);
    }

    private static void WriteTransport(in ProbePacket packet, Span<byte> rest)
    {
        ProbeHeader header = packet.Header;
        switch (header.Protocol)
        {
            case ProbeHeader.Tcp:
                BinaryPrimitives.WriteUInt16BigEndian(rest, header.SourcePort);
                BinaryPrimitives.WriteUInt16BigEndian(rest[2..], header.DestinationPort);
                bool syn = (packet.Flags & TcpFlags.Syn) != 0;
                BinaryPrimitives.WriteUInt32BigEndian(rest[4..], syn ? packet.Id : packet.Id + 1);
                BinaryPrimitives.WriteUInt32BigEndian(rest[8..], (packet.Flags & TcpFlags.Ack) != 0 ? packet.Id + 1 : 0);
                rest[12] = TcpHeader / 4 << 4;
                rest[13] = (byte)packet.Flags;
                BinaryPrimitives.WriteUInt16BigEndian(rest[14..], Window);
                BinaryPrimitives.WriteUInt16BigEndian(rest[18..], TcpWord);
                return;
            case ProbeHeader.Udp:
                BinaryPrimitives.WriteUInt16BigEndian(rest, header.SourcePort);
                BinaryPrimitives.WriteUInt16BigEndian(rest[2..], header.DestinationPort);
                BinaryPrimitives.WriteUInt16BigEndian(rest[4..], OtherSize);
                break;
            case ProbeHeader.Icmp or ProbeHeader.IcmpV6:
                BinaryPrimitives.WriteUInt16BigEndian(rest, header.DestinationPort);
                BinaryPrimitives.WriteUInt16BigEndian(rest[4..], header.SourcePort);
                BinaryPrimitives.WriteUInt16BigEndian(rest[6..], (ushort)packet.Id);
                break;
            default:
                break;
        }

        BinaryPrimitives.WriteUInt32BigEndian(rest[OtherHeader..], Word);
        BinaryPrimitives.WriteUInt32BigEndian(rest[(OtherHeader + 4)..], packet.Id);
    }

    private static int ChecksumAt(byte protocol) => protocol switch
    {
        ProbeHeader.Tcp => 16,
        ProbeHeader.Udp => 6,
        ProbeHeader.Icmp or ProbeHeader.IcmpV6 => 2,
        _ => -1,
    };

    /// <summary>The sum over the pseudo header.</summary>
    private static uint Pseudo(in ProbeHeader header, int length)
    {
        Span<byte> pseudo = stackalloc byte[HeaderV6];
        pseudo.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(pseudo, header.Source.Bits);
        BinaryPrimitives.WriteUInt128BigEndian(pseudo[16..], header.Destination.Bits);
        BinaryPrimitives.WriteInt32BigEndian(pseudo[32..], length);
        pseudo[39] = header.Protocol;
        return Sum(pseudo, 0);
    }

    /// <summary>RFC 1071, of an even number of octets.</summary>
    private static uint Sum(ReadOnlySpan<byte> octets, uint sum)
    {
        for (int i = 0; i < octets.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets[i..]);
        }

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
