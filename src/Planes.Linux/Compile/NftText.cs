using System.Globalization;
using System.Numerics;
using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>Values as nft reads them.</summary>
internal static class NftText
{
    private const int CommentMax = 100;

    /// <summary>A stretch of addresses: one, a block, or first and last with a dash.</summary>
    public static string Range(IpAddress first, IpAddress last)
    {
        if (first == last)
        {
            return first.ToString();
        }

        UInt128 span = last.Bits - first.Bits;
        UInt128 count = span + 1;
        bool wholeBlock = (count & span) == 0 && (first.Bits & span) == 0;
        return wholeBlock
            ? $"{first}/{first.Width - (int)UInt128.PopCount(span)}"
            : $"{first}-{last}";
    }

    public static string Block(Prefix block) => block.Length == block.Address.Width ? block.Address.ToString() : block.ToString();

    /// <summary>One value as it is, several in braces.</summary>
    public static string Set(IReadOnlyList<string> values) => values.Count == 1 ? values[0] : $"{{ {string.Join(", ", values)} }}";

    /// <summary><c>ip</c> or <c>ip6</c>.</summary>
    public static string Ip(bool isV4) => isV4 ? "ip" : "ip6";

    /// <summary><c>4</c> or <c>6</c>: what names of sets and chains end in.</summary>
    public static string Digit(bool isV4) => isV4 ? "4" : "6";

    /// <summary>The dropping verdict with its reason: the model's code, and what it stems from.</summary>
    public static string Drop(string code, string handle)
    {
        string reason = $"{code} {handle}";
        return $"drop comment \"{(reason.Length > CommentMax ? reason[..CommentMax] : reason)}\"";
    }

    /// <summary>The match of a protocol and its ports, with a blank at its end; null where no packet can match.</summary>
    /// <param name="protocol">IANA number.</param>
    /// <param name="from">First port, or ICMP type × 256 + code.</param>
    public static string? Ports(int protocol, int from, int to)
    {
        string which = string.Create(CultureInfo.InvariantCulture, $"meta l4proto {protocol} ");
        if (from <= 0 && to >= ushort.MaxValue)
        {
            return which;
        }

        string range = from == to
            ? from.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");

        // Type and code of ICMP are the first sixteen bits of its header. Protocols without ports have port 0.
        return protocol switch
        {
            6 or 17 => $"{which}th dport {range} ",
            1 or 58 => $"{which}@th,0,16 {range} ",
            _ => from <= 0 ? which : null,
        };
    }

    /// <summary>A test of one bit of the packet's mark.</summary>
    public static string Marked(uint bit) => $"meta mark and {Marks.Hex(bit)} == {Marks.Hex(bit)} ";

    public static string NotMarked(uint bit) => $"meta mark and {Marks.Hex(bit)} == 0x0 ";
}
