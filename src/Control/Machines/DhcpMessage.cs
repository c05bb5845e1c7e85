using System.Buffers.Binary;
using Trunkline.Addressing;

namespace Trunkline.Control.Machines;

/// <summary>Kinds of DHCP messages (RFC 2132, 9.6).</summary>
public enum DhcpKind : byte
{
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}

/// <summary>Options that are read or answered (RFC 2132; 119: RFC 3397; 121: RFC 3442; 26: interface MTU).</summary>
public static class DhcpOptionCode
{
    public const byte SubnetMask = 1;
    public const byte Router = 3;
    public const byte DomainNameServers = 6;
    public const byte HostName = 12;
    public const byte DomainName = 15;
    public const byte Mtu = 26;
    public const byte Broadcast = 28;
    public const byte NtpServers = 42;
    public const byte NetbiosServers = 44;
    public const byte NetbiosNodeType = 46;
    public const byte RequestedAddress = 50;
    public const byte LeaseTime = 51;
    public const byte MessageType = 53;
    public const byte ServerId = 54;
    public const byte End = 255;
}

/// <summary>A DHCP message of a client (RFC 2131).</summary>
/// <param name="Transaction">Chosen by the client; repeated in the answer.</param>
/// <param name="Broadcast">The client cannot take unicast before it has an address.</param>
/// <param name="ClientAddress">The address that the client has and answers for; 0.0.0.0 where it has none.</param>
/// <param name="Relay">The relay agent's address; 0.0.0.0 without one.</param>
/// <param name="Mac">Six pairs of hexadecimal digits with colons, lower case.</param>
public sealed record DhcpMessage(
    DhcpKind Kind, uint Transaction, bool Broadcast, IpAddress ClientAddress, IpAddress Relay, string Mac, IReadOnlyDictionary<byte, byte[]> Options)
{
    private const int FixedLength = 236;
    private const int LengthMin = 300;
    private const uint Cookie = 0x63825363;

    /// <summary>The address that an option holds; null where the option is not there or not an address.</summary>
    public IpAddress? AddressOf(byte option) =>
        Options.TryGetValue(option, out byte[]? value) && value.Length == 4 ? IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(value)) : null;

    /// <summary>Reads what a client sent; null where it is no DHCP request over Ethernet.</summary>
    public static DhcpMessage? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < FixedLength + 4 || message[0] != 1 || message[1] != 1 || message[2] != 6
            || BinaryPrimitives.ReadUInt32BigEndian(message[FixedLength..]) != Cookie || ReadOptions(message[(FixedLength + 4)..]) is not { } options
            || !options.TryGetValue(DhcpOptionCode.MessageType, out byte[]? kind) || kind is not [>= 1 and <= 8])
        {
            return null;
        }

        string mac = Convert.ToHexStringLower(message.Slice(28, 6));
        return new DhcpMessage(
            (DhcpKind)kind[0], BinaryPrimitives.ReadUInt32BigEndian(message[4..]), (message[10] & 0x80) != 0,
            IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(message[12..])), IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(message[24..])),
            string.Join(':', Enumerable.Range(0, 6).Select(i => mac.Substring(i * 2, 2))), options);
    }

    /// <summary>An answer to this message.</summary>
    /// <param name="address">What the client gets; 0.0.0.0 in a refusal.</param>
    /// <param name="options">In order; each value at most 255 octets.</param>
    public byte[] Answer(DhcpKind kind, IpAddress address, IReadOnlyList<(byte Code, byte[] Value)> options)
    {
        int length = FixedLength + 4 + 3 + options.Sum(o => 2 + o.Value.Length) + 1;
        byte[] to = new byte[Math.Max(length, LengthMin)];
        to[0] = 2;
        to[1] = 1;
        to[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(4), Transaction);
        to[10] = (byte)(Broadcast ? 0x80 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(12), kind == DhcpKind.Ack ? ClientAddress.V4Bits : 0);
        BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(16), address.V4Bits);
        BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(24), Relay.V4Bits);
        Convert.FromHexString(Mac.Replace(":", "", StringComparison.Ordinal)).CopyTo(to, 28);
        BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(FixedLength), Cookie);
        int at = FixedLength + 4;
        Append(to, ref at, DhcpOptionCode.MessageType, [(byte)kind]);
        foreach ((byte code, byte[] value) in options)
        {
            Append(to, ref at, code, value);
        }

        to[at] = DhcpOptionCode.End;
        return to;
    }

    private static void Append(byte[] to, ref int at, byte code, byte[] value)
    {
        to[at++] = code;
        to[at++] = (byte)value.Length;
        value.CopyTo(to, at);
        at += value.Length;
    }

    private static Dictionary<byte, byte[]>? ReadOptions(ReadOnlySpan<byte> octets)
    {
        Dictionary<byte, byte[]> options = [];
        int at = 0;
        while (at < octets.Length && octets[at] != DhcpOptionCode.End)
        {
            byte code = octets[at++];
            if (code == 0)
            {
                continue;
            }

            if (at >= octets.Length || at + 1 + octets[at] > octets.Length)
            {
                return null;
            }

            options[code] = octets.Slice(at + 1, octets[at]).ToArray();
            at += 1 + octets[at];
        }

        return options;
    }
}
