using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Trunkline.Addressing;

/// <summary>The two address families; their routes and rules never mix (RFC 791, RFC 8200).</summary>
public enum Family : byte
{
    V4 = 4,
    V6 = 6,
}

/// <summary>One IPv4 or IPv6 address as a number: 32 bits used for IPv4, 128 for IPv6.</summary>
public readonly record struct IpAddress(Family Family, UInt128 Bits) : IComparable<IpAddress>
{
    /// <summary>No address has a longer text, in characters.</summary>
    public const int TextLengthMax = 45;

    /// <summary>Length of an address of this family, in bits.</summary>
    public int Width => WidthOf(Family);

    /// <summary>The low 32 bits: the whole address where it is IPv4.</summary>
    public uint V4Bits => (uint)Bits;

    public bool IsV4 => Family == Family.V4;

    public static int WidthOf(Family family) => family == Family.V4 ? 32 : 128;

    public static IpAddress FromV4(uint bits) => new(Family.V4, bits);

    public static IpAddress FromV6(UInt128 bits) => new(Family.V6, bits);

    /// <summary>The address <paramref name="count"/> places further on; wraps within the family.</summary>
    public IpAddress Plus(UInt128 count) => IsV4 ? FromV4(unchecked((uint)(Bits + count))) : FromV6(unchecked(Bits + count));

    /// <summary>Reads dotted-quad IPv4 (four decimal parts, no leading zeros) or RFC 4291 IPv6 without a zone.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddress address)
    {
        address = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        if (!text.Contains(':'))
        {
            return TryParseV4(text, out address);
        }

        Span<byte> bytes = stackalloc byte[16];
        if (text.Contains('%') || text.Contains('[') || !IPAddress.TryParse(text, out IPAddress? parsed)
            || !parsed.TryWriteBytes(bytes, out int written) || written != bytes.Length)
        {
            return false;
        }

        address = FromV6(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    public static IpAddress Parse(string text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"'{text}' is not an IP address");

    public int CompareTo(IpAddress other) =>
        Family != other.Family ? Family.CompareTo(other.Family) : Bits.CompareTo(other.Bits);

    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Dotted quad, or the RFC 5952 form of an IPv6 address.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[TextLengthMax];
        _ = TryFormat(text, out int length);
        return new string(text[..length]);
    }

    /// <summary>Writes what <see cref="ToString"/> gives; false where <see cref="TextLengthMax"/> characters would not fit.</summary>
    public bool TryFormat(Span<char> text, out int length)
    {
        length = 0;
        if (text.Length < TextLengthMax)
        {
            return false;
        }

        if (!IsV4)
        {
            Span<byte> bytes = stackalloc byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
            return new IPAddress(bytes).TryFormat(text, out length);
        }

        uint bits = V4Bits;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            _ = ((bits >> shift) & 255).TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
            length += digits;
            if (shift > 0)
            {
                text[length++] = '.';
            }
        }

        return true;
    }

    private static bool TryParseV4(string text, out IpAddress address)
    {
        address = default;
        uint bits = 0;
        int parts = 0;
        int at = 0;
        while (at <= text.Length)
        {
            int end = text.IndexOf('.', at);
            end = end < 0 ? text.Length : end;
            ReadOnlySpan<char> part = text.AsSpan(at, end - at);
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || part.ContainsAnyExceptInRange('0', '9')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte value) || ++parts > 4)
            {
                return false;
            }

            bits = (bits << 8) | value;
            at = end + 1;
        }

        address = FromV4(bits);
        return parts == 4;
    }
}
