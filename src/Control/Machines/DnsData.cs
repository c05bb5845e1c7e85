using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Trunkline.Control.Machines;

/// <summary>Record types by number and by name (RFC 1035, 2782, 3596, 8659; IANA, "DNS Parameters").</summary>
public static class DnsTypes
{
    public const ushort A = 1;
    public const ushort Ns = 2;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Ptr = 12;
    public const ushort Mx = 15;
    public const ushort Txt = 16;
    public const ushort Aaaa = 28;
    public const ushort Srv = 33;
    public const ushort Opt = 41;
    public const ushort Spf = 99;
    public const ushort Any = 255;
    public const ushort Caa = 257;

    private static readonly (string Name, ushort Number)[] All =
    [
        ("A", A), ("NS", Ns), ("CNAME", Cname), ("SOA", Soa), ("PTR", Ptr), ("MX", Mx), ("TXT", Txt), ("AAAA", Aaaa), ("SRV", Srv),
        ("NAPTR", 35), ("DS", 43), ("SSHFP", 44), ("TLSA", 52), ("SVCB", 64), ("HTTPS", 65), ("SPF", Spf), ("CAA", Caa),
    ];

    /// <summary>The number of a type's name; 0 where there is none of that name.</summary>
    public static ushort Of(string name)
    {
        foreach ((string known, ushort number) in All)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return number;
            }
        }

        return 0;
    }

    /// <summary>The name of a type; null where it is none that zones have.</summary>
    public static string? TextOf(ushort number)
    {
        foreach ((string name, ushort known) in All)
        {
            if (known == number)
            {
                return name;
            }
        }

        return null;
    }
}

/// <summary>The data of records as octets, from the values as Route 53 writes them (RFC 1035, 2782, 8659).</summary>
internal static class DnsData
{
    /// <summary>Whether the type has a form here; records of the others are left out of messages.</summary>
    public static bool CanWrite(DnsRecord record) => record.Target is null || record.Type is
        DnsTypes.Ns or DnsTypes.Cname or DnsTypes.Soa or DnsTypes.Ptr or DnsTypes.Mx or DnsTypes.Txt or DnsTypes.Srv or DnsTypes.Spf or DnsTypes.Caa;

    public static byte[] Of(DnsRecord record)
    {
        if (record.Target is not { } value)
        {
            byte[] bytes = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, record.Address.Bits);
            return record.Address.IsV4 ? bytes[12..] : bytes;
        }

        string[] words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return record.Type switch
        {
            DnsTypes.Mx => [.. Short(words[0]), .. NameOf(words[1])],
            DnsTypes.Srv => [.. Short(words[0]), .. Short(words[1]), .. Short(words[2]), .. NameOf(words[3])],
            DnsTypes.Soa => [.. NameOf(words[0]), .. NameOf(words[1]), .. words[2..].SelectMany(Long)],
            DnsTypes.Txt or DnsTypes.Spf => [.. Strings(value).SelectMany(s => (byte[])[(byte)s.Length, .. s])],
            DnsTypes.Caa => [byte.Parse(words[0], CultureInfo.InvariantCulture), (byte)words[1].Length, .. Encoding.ASCII.GetBytes(words[1]),
                .. Strings(string.Join(' ', words[2..])).First()],
            _ => NameOf(value),
        };
    }

    /// <summary>Labels with their lengths; <c>\ooo</c> is one octet.</summary>
    public static byte[] NameOf(string name)
    {
        List<byte> bytes = [];
        foreach (string label in name.TrimEnd('.').Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] octets = Octets(label);
            bytes.Add((byte)octets.Length);
            bytes.AddRange(octets);
        }

        bytes.Add(0);
        return [.. bytes];
    }

    private static byte[] Octets(string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            bool octal = text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0;
            if (octal)
            {
                bytes.Add((byte)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
                continue;
            }

            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            bytes.Add((byte)text[i]);
        }

        return [.. bytes];
    }

    /// <summary>The strings in quotation marks.</summary>
    private static IEnumerable<byte[]> Strings(string value)
    {
        int start = value.IndexOf('"', StringComparison.Ordinal);
        while (start >= 0)
        {
            int end = start + 1;
            while (end < value.Length && value[end] != '"')
            {
                end += value[end] == '\\' ? 2 : 1;
            }

            yield return Octets(value[(start + 1)..Math.Min(end, value.Length)]);
            start = end + 1 < value.Length ? value.IndexOf('"', end + 1) : -1;
        }
    }

    private static byte[] Short(string text)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, ushort.Parse(text, CultureInfo.InvariantCulture));
        return bytes;
    }

    private static byte[] Long(string text)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, uint.Parse(text, CultureInfo.InvariantCulture));
        return bytes;
    }
}
