using System.Buffers.Binary;
using System.Text;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>What nftables told of one packet at one rule or at the end of a chain (the kernel's <c>NFT_MSG_TRACE</c>).</summary>
/// <param name="Handle">The rule's handle; 0 for a chain's end.</param>
/// <param name="Verdict">The kernel's code: 0 drop, 1 accept, -1 continue, -3 jump, -4 goto, -5 return.</param>
/// <param name="InLink">Index of the link it came in by; 0 for none.</param>
/// <param name="OutLink">Index of the link it goes out by; 0 for none or unknown yet.</param>
/// <param name="Mark">The packet's mark.</param>
/// <param name="Packet">The probe as it was there; null where the message bears no header.</param>
public readonly record struct TraceEvent(
    uint Id, string Table, string Chain, ulong Handle, int Verdict, int InLink, int OutLink, uint Mark, ProbePacket? Packet)
{
    public const int Drop = 0;
    public const int Accept = 1;
}

/// <summary>Reads netlink messages about traces and rules.</summary>
internal static class NftTrace
{
    public const int Group = 9;
    public const ushort TraceMessage = (Subsystem << 8) | 17;
    public const ushort RuleMessage = (Subsystem << 8) | 6;
    public const ushort RuleQuestion = (Subsystem << 8) | 7;
    public const int MessageHeader = 16;
    public const int FamilyHeader = 4;

    private const int Subsystem = 10;

    /// <summary>Adds every trace message in what was received.</summary>
    public static void Read(ReadOnlySpan<byte> octets, List<TraceEvent> to)
    {
        while (octets.Length >= MessageHeader)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(octets);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(octets[4..]);
            if (length < MessageHeader || length > octets.Length)
            {
                return;
            }

            if (type == TraceMessage)
            {
                to.Add(One(octets[(MessageHeader + FamilyHeader)..length]));
            }

            octets = octets[Math.Min(Aligned(length), octets.Length)..];
        }
    }

    /// <summary>The comments of the rules in one answer of a dump, by handle.</summary>
    /// <returns>Whether the dump goes on.</returns>
    public static bool ReadRules(ReadOnlySpan<byte> octets, Dictionary<ulong, string> comments)
    {
        const ushort Error = 2;
        const ushort Done = 3;
        while (octets.Length >= MessageHeader)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(octets);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(octets[4..]);
            if (length < MessageHeader || length > octets.Length || type is Error or Done)
            {
                return false;
            }

            if (type == RuleMessage)
            {
                Rule(octets[(MessageHeader + FamilyHeader)..length], comments);
            }

            octets = octets[Math.Min(Aligned(length), octets.Length)..];
        }

        return true;
    }

    private static void Rule(ReadOnlySpan<byte> attributes, Dictionary<ulong, string> comments)
    {
        ulong handle = 0;
        string comment = "";
        for (int at = 0; Next(attributes, ref at, out int type, out ReadOnlySpan<byte> value);)
        {
            if (type == 3)
            {
                handle = BinaryPrimitives.ReadUInt64BigEndian(value);
            }
            else if (type == 7)
            {
                // Type, length, value; type 0 is the comment.
                for (ReadOnlySpan<byte> data = value; data.Length >= 2 && data.Length >= 2 + data[1]; data = data[(2 + data[1])..])
                {
                    comment = data[0] == 0 ? Text(data.Slice(2, data[1])) : comment;
                }
            }
        }

        comments[handle] = comment;
    }

    private static TraceEvent One(ReadOnlySpan<byte> attributes)
    {
        uint id = 0;
        uint mark = 0;
        string table = "";
        string chain = "";
        ulong handle = 0;
        int verdict = int.MinValue;
        int policy = int.MinValue;
        int input = 0;
        int output = 0;
        ReadOnlySpan<byte> network = default;
        ReadOnlySpan<byte> transport = default;
        for (int at = 0; Next(attributes, ref at, out int type, out ReadOnlySpan<byte> value);)
        {
            switch (type)
            {
                case 1: table = Name(value); break;
                case 2: chain = Name(value); break;
                case 3: handle = BinaryPrimitives.ReadUInt64BigEndian(value); break;
                case 5: verdict = VerdictOf(value); break;
                case 6: id = BinaryPrimitives.ReadUInt32BigEndian(value); break;
                case 8: network = value; break;
                case 9: transport = value; break;
                case 10: input = BinaryPrimitives.ReadInt32BigEndian(value); break;
                case 12: output = BinaryPrimitives.ReadInt32BigEndian(value); break;
                case 14: mark = BinaryPrimitives.ReadUInt32BigEndian(value); break;
                case 16: policy = BinaryPrimitives.ReadInt32BigEndian(value); break;
                default: break;
            }
        }

        ProbePacket? packet = PacketCraft.TryRead(network, transport, out ProbePacket read) ? read : null;
        return new TraceEvent(id, table, chain, handle, verdict == int.MinValue ? policy : verdict, input, output, mark, packet);
    }

    private static int VerdictOf(ReadOnlySpan<byte> nested)
    {
        for (int at = 0; Next(nested, ref at, out int type, out ReadOnlySpan<byte> value);)
        {
            if (type == 1)
            {
                return BinaryPrimitives.ReadInt32BigEndian(value);
            }
        }

        return int.MinValue;
    }

    private static bool Next(ReadOnlySpan<byte> attributes, scoped ref int at, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (attributes.Length - at < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes[at..]);
        type = BinaryPrimitives.ReadUInt16LittleEndian(attributes[(at + 2)..]) & 0x3FFF;
        if (length < 4 || length > attributes.Length - at)
        {
            return false;
        }

        value = attributes.Slice(at + 4, length - 4);
        at += Aligned(length);
        return true;
    }

    private static int Aligned(int length) => (length + 3) & ~3;

    /// <summary>Names come by the hundred thousand and are few.</summary>
    private static string Name(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        ReadOnlySpan<byte> octets = end < 0 ? value : value[..end];
        return Names.Of(octets);
    }

    private static string Text(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    /// <summary>Strings that were made before, by their octets.</summary>
    private static class Names
    {
        private const int CountMax = 4096;
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<ulong, string> Known = new();

        public static string Of(ReadOnlySpan<byte> octets)
        {
            ulong hash = 14695981039346656037;
            foreach (byte octet in octets)
            {
                hash = (hash ^ octet) * 1099511628211;
            }

            if (Known.TryGetValue(hash, out string? name) && name.Length == octets.Length && Encoding.ASCII.GetByteCount(name) == octets.Length)
            {
                return name;
            }

            string made = Encoding.UTF8.GetString(octets);
            if (Known.Count < CountMax)
            {
                Known[hash] = made;
            }

            return made;
        }
    }
}
