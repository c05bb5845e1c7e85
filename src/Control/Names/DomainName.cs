using System.Globalization;
using System.Text;

namespace Trunkline.Control.Names;

/// <summary>
/// Domain names as Route 53 writes them: small letters, a dot at the end, octets other than letters, digits, dash, underscore and dot as
/// <c>\ooo</c>. Source: Route 53 Developer Guide, "DNS domain name format"; RFC 1035.
/// </summary>
public static class DomainName
{
    private const int LabelMax = 63;
    private const int NameMax = 255;

    /// <summary>What a wildcard record's name begins with.</summary>
    public const string WildcardLabel = @"\052.";

    /// <summary>The name in Route 53's form; null where it is none: an empty label, one of more than 63 octets, more than 255 in all.</summary>
    public static string? Canonical(string text)
    {
        StringBuilder name = new();
        int label = 0;
        int octets = 0;
        string whole = text.EndsWith('.') ? text[..^1] : text;
        for (int i = 0; i < whole.Length; i++)
        {
            char c = char.ToLowerInvariant(whole[i]);
            if (c == '.')
            {
                if (label == 0)
                {
                    return null;
                }

                label = 0;
                octets++;
                name.Append('.');
                continue;
            }

            if (c == '\\')
            {
                if (Octal(whole, i) is not { } code)
                {
                    return null;
                }

                c = char.ToLowerInvariant((char)code);
                i += 3;
            }

            if (c > 255 || ++label > LabelMax || ++octets > NameMax - 2)
            {
                return null;
            }

            bool plain = char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
            name.Append(plain ? c.ToString() : "\\" + Convert.ToString(c, 8).PadLeft(3, '0'));
        }

        return label == 0 ? null : name.Append('.').ToString();
    }

    /// <summary>Whether a name is a zone's own or stands below it; both in Route 53's form.</summary>
    public static bool IsWithin(string name, string zone) =>
        name == zone || (name.Length > zone.Length && name.EndsWith(zone, StringComparison.Ordinal) && name[^(zone.Length + 1)] == '.');

    /// <summary>Labels from the last to the first, <c>com.example.www.</c>: the order in which Route 53 lists names.</summary>
    public static string Reversed(string name)
    {
        string[] labels = name.TrimEnd('.').Split('.');
        Array.Reverse(labels);
        return string.Join('.', labels) + ".";
    }

    /// <summary>The wildcard names that may answer for a name within a zone, the nearest first: <c>\052.b.c.</c> for <c>a.b.c.</c></summary>
    public static IEnumerable<string> Wildcards(string name, string zone)
    {
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0 && IsWithin(name[(dot + 1)..], zone); dot = name.IndexOf('.', dot + 1))
        {
            yield return WildcardLabel + name[(dot + 1)..];
            if (name[(dot + 1)..] == zone)
            {
                yield break;
            }
        }
    }

    private static int? Octal(string text, int at)
    {
        if (at + 3 >= text.Length)
        {
            return null;
        }

        int code = 0;
        foreach (char digit in text.AsSpan(at + 1, 3))
        {
            if (digit is < '0' or > '7')
            {
                return null;
            }

            code = (code * 8) + int.Parse(digit.ToString(), CultureInfo.InvariantCulture);
        }

        return code;
    }
}
