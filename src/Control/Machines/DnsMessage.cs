using System.Buffers.Binary;
using System.Text;
using Trunkline.Addressing;

namespace Trunkline.Control.Machines;

/// <summary>How a question ended (RFC 1035, 4.1.1).</summary>
public enum DnsCode : byte
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}


/// <summary>One question.</summary>
/// <param name="Name">Lower case, without the closing dot.</param>
/// <param name="UdpSize">Octets that the asker takes in one datagram: 512, or what it says by EDNS (RFC 6891).</param>
/// <param name="Question">The question's octets as they came, for the answer to repeat: the case of letters is kept.</param>
public sealed record DnsQuestion(ushort Id, string Name, ushort Type, bool WantsRecursion, int UdpSize, bool HasEdns, byte[] Question);

/// <summary>One record of an answer.</summary>
/// <param name="Address">For A and AAAA.</param>
/// <param name="Target">For the others: the value as Route 53 writes it; for PTR, NS and CNAME a name.</param>
public sealed record DnsRecord(ushort Type, IpAddress Address, string? Target = null)
{
    /// <summary>The name it stands at where that is not the question's: behind a CNAME.</summary>
    public string? Owner { get; init; }

    /// <summary>Seconds that it may be kept.</summary>
    public uint Ttl { get; init; } = DnsMessage.TimeToLive;
}

/// <summary>The answer to one question: a code, and records where there are some.</summary>
public sealed record DnsReply(DnsCode Code, IReadOnlyList<DnsRecord> Records)
{
    public static readonly DnsReply NoName = new(DnsCode.NameError, []);

    /// <summary>The name is there, and not with this type.</summary>
    public static readonly DnsReply NoData = new(DnsCode.NoError, []);
}

/// <summary>Messages of the domain name system, as far as a resolver's own answers need them (RFC 1035, RFC 6891).</summary>
/// <remarks>Written here, since the libraries at hand read messages and keep the writing of answers to themselves.</remarks>
public static class DnsMessage
{
    /// <summary>Seconds that an answer may be kept.</summary>
    public const uint TimeToLive = 60;

    private const int HeadLength = 12;
    private const int UdpSizeDefault = 512;
    private const int UdpSizeOurs = 1232;
    private const ushort ClassInternet = 1;

    /// <summary>Reads a query of one question.</summary>
    /// <param name="refusal">The whole answer where there is no question to be answered; null where nothing can be said at all.</param>
    public static DnsQuestion? Read(ReadOnlySpan<byte> message, out byte[]? refusal)
    {
        refusal = null;
        if (message.Length < HeadLength || (message[2] & 0x80) != 0)
        {
            return null;
        }

        ushort id = BinaryPrimitives.ReadUInt16BigEndian(message);
        int opcode = (message[2] >> 3) & 15;
        if (opcode != 0)
        {
            refusal = Refuse(message, DnsCode.NotImplemented);
            return null;
        }

        int at = HeadLength;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1 || !TryName(message, ref at, out string name) || at + 4 > message.Length)
        {
            refusal = Refuse(message, DnsCode.FormatError);
            return null;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        ushort asked = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        at += 4;
        if (asked is not (ClassInternet or DnsTypes.Any))
        {
            refusal = Refuse(message, DnsCode.Refused);
            return null;
        }

        (bool edns, int size) = Edns(message, at);
        return new DnsQuestion(id, name, type, (message[2] & 1) != 0, size, edns, message[HeadLength..at].ToArray());
    }

    /// <summary>The answer's octets.</summary>
    /// <param name="limit">Octets at most; an answer that is longer says that it was cut, and the asker comes back by TCP.</param>
    public static byte[] Write(DnsQuestion question, DnsReply reply, int limit)
    {
        byte[] whole = Write(question, reply, cut: false);
        return whole.Length <= limit ? whole : Write(question, reply, cut: true);
    }

    private static byte[] Write(DnsQuestion question, DnsReply reply, bool cut)
    {
        List<DnsRecord> records = cut ? [] : [.. reply.Records.Where(DnsData.CanWrite)];
        using MemoryStream to = new();
        Span<byte> head = stackalloc byte[HeadLength];
        BinaryPrimitives.WriteUInt16BigEndian(head, question.Id);
        head[2] = (byte)(0x80 | (cut ? 2 : 0) | (question.WantsRecursion ? 1 : 0));
        head[3] = (byte)(0x80 | (byte)reply.Code);
        BinaryPrimitives.WriteUInt16BigEndian(head[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(head[6..], (ushort)records.Count);
        BinaryPrimitives.WriteUInt16BigEndian(head[10..], (ushort)(question.HasEdns ? 1 : 0));
        to.Write(head);
        to.Write(question.Question);
        foreach (DnsRecord record in records)
        {
            WriteRecord(to, record);
        }

        if (question.HasEdns)
        {
            Span<byte> opt = stackalloc byte[11];
            opt.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(opt[1..], DnsTypes.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(opt[3..], UdpSizeOurs);
            to.Write(opt);
        }

        return to.ToArray();
    }

    private static void WriteRecord(MemoryStream to, DnsRecord record)
    {
        byte[] data = DnsData.Of(record);
        if (record.Owner is { } owner)
        {
            to.Write(DnsData.NameOf(owner));
        }
        else
        {
            // A pointer to the first octet after the head: the question's name.
            to.Write([0xC0, HeadLength]);
        }

        Span<byte> head = stackalloc byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(head, record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], ClassInternet);
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], record.Ttl);
        BinaryPrimitives.WriteUInt16BigEndian(head[8..], (ushort)data.Length);
        to.Write(head);
        to.Write(data);
    }

    /// <summary>A name of a question: labels of up to 63 octets, 255 in all; a question has nothing before it to point to.</summary>
    private static bool TryName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        StringBuilder text = new();
        name = "";
        while (at < message.Length)
        {
            int length = message[at++];
            if (length == 0)
            {
                name = text.ToString().ToLowerInvariant();
                return true;
            }

            if (length > 63 || at + length > message.Length || text.Length + length > 254)
            {
                return false;
            }

            text.Append(text.Length == 0 ? "" : ".").Append(Encoding.Latin1.GetString(message.Slice(at, length)));
            at += length;
        }

        return false;
    }

    /// <summary>What the asker says of itself by EDNS: a record of type OPT, whose class is a size; its owner is the root.</summary>
    private static (bool Has, int Size) Edns(ReadOnlySpan<byte> message, int at)
    {
        bool there = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[8..]) == 0
            && BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0
            && at + 11 <= message.Length && message[at] == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]) == DnsTypes.Opt;
        return there
            ? (true, Math.Clamp((int)BinaryPrimitives.ReadUInt16BigEndian(message[(at + 3)..]), UdpSizeDefault, UdpSizeOurs))
            : (false, UdpSizeDefault);
    }

    private static byte[] Refuse(ReadOnlySpan<byte> message, DnsCode code)
    {
        byte[] head = new byte[HeadLength];
        message[..2].CopyTo(head);
        head[2] = (byte)(0x80 | (message[2] & 0x79));
        head[3] = (byte)(0x80 | (byte)code);
        return head;
    }
}
