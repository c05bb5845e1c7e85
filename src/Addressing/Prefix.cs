using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Trunkline.Addressing;

/// <summary>A CIDR block: an address whose bits after <see cref="Length"/> are zero, and that length (RFC 4632, RFC 4291).</summary>
public readonly record struct Prefix : IComparable<Prefix>
{
    /// <summary>No block has a longer text, in characters.</summary>
    public const int TextLengthMax = IpAddress.TextLengthMax + 4;

    /// <summary>Makes the block that holds <paramref name="address"/>; host bits are cleared.</summary>
    public Prefix(IpAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.Width);
        Address = new IpAddress(address.Family, address.Bits & MaskOf(address.Family, length));
        Length = length;
    }

    /// <summary>The first address of the block.</summary>
    public IpAddress Address { get; }

    /// <summary>How many leading bits are fixed: 0 to 32, or 0 to 128.</summary>
    public int Length { get; }

    public Family Family => Address.Family;

    public bool IsV4 => Address.IsV4;

    public bool IsDefault => Length == 0;

    public IpAddress First => Address;

    public IpAddress Last => new(Family, Address.Bits | (MaskOf(Family, Address.Width) & ~MaskOf(Family, Length)));

    /// <summary>How many addresses the block holds; 0 stands for 2^128.</summary>
    public UInt128 Count => Length == 0 && !IsV4 ? 0 : UInt128.One << (Address.Width - Length);

    public static Prefix AnyV4 => new(IpAddress.FromV4(0), 0);

    public static Prefix AnyV6 => new(IpAddress.FromV6(0), 0);

    public static Prefix Host(IpAddress address) => new(address, address.Width);

    public bool Contains(IpAddress address) =>
        address.Family == Family && (address.Bits & MaskOf(Family, Length)) == Address.Bits;

    /// <summary>True where <paramref name="other"/> lies wholly inside, or is equal.</summary>
    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.Address);

    public bool Overlaps(Prefix other) => Contains(other) || other.Contains(this);

    /// <summary>Reads ADDRESS/LENGTH. <paramref name="prefix"/> has its host bits cleared; <paramref name="strict"/> says none were set.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Prefix prefix, out bool strict)
    {
        prefix = default;
        strict = false;
        int slash = text?.IndexOf('/') ?? -1;
        if (slash < 0 || !IpAddress.TryParse(text![..slash], out IpAddress address))
        {
            return false;
        }

        ReadOnlySpan<char> digits = text.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0')
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > address.Width)
        {
            return false;
        }

        prefix = new Prefix(address, length);
        strict = prefix.Address == address;
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Prefix prefix) => TryParse(text, out prefix, out _);

    public static Prefix Parse(string text) =>
        TryParse(text, out Prefix prefix, out _) ? prefix : throw new FormatException($"'{text}' is not a CIDR block");

    /// <summary>Orders by family, first address, then the wider block first.</summary>
    public int CompareTo(Prefix other)
    {
        int order = Address.CompareTo(other.Address);
        return order != 0 ? order : Length.CompareTo(other.Length);
    }

    public static bool operator <(Prefix left, Prefix right) => left.CompareTo(right) < 0;

    public static bool operator >(Prefix left, Prefix right) => left.CompareTo(right) > 0;

    public static bool operator <=(Prefix left, Prefix right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Prefix left, Prefix right) => left.CompareTo(right) >= 0;

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
        if (text.Length < TextLengthMax || !Address.TryFormat(text, out int address))
        {
            return false;
        }

        text[address++] = '/';
        _ = Length.TryFormat(text[address..], out int digits, default, CultureInfo.InvariantCulture);
        length = address + digits;
        return true;
    }

    private static UInt128 MaskOf(Family family, int length)
    {
        int width = IpAddress.WidthOf(family);
        UInt128 all = family == Family.V4 ? uint.MaxValue : UInt128.MaxValue;
        return length == 0 ? 0 : all & (all << (width - length));
    }
}
