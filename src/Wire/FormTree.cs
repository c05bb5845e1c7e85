using System.Text;

namespace Trunkline.Wire;

/// <summary>How much of a request is read before it is refused. One value for all protocols.</summary>
public static class ParamLimits
{
    /// <summary>Parts in a parameter's name, or nesting of a JSON or XML body.</summary>
    public const int Depth = 32;

    /// <summary>Parameters in one request, or nodes in a body.</summary>
    public const int Count = 20_000;

    /// <summary>The greatest number of a list item; the items themselves are limited by <see cref="Count"/>.</summary>
    public const int Index = 100_000;

    /// <summary>Bytes of a body and of a query string.</summary>
    public const int Bytes = 4 * 1024 * 1024;
}

/// <summary>
/// Reads <c>application/x-www-form-urlencoded</c> text (a body or a query string) into a tree, cutting names at their dots,
/// in one pass. See <see href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html"/>.
/// </summary>
public static class FormTree
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The tree, or why the text is no form.</summary>
    public static WireResult<ParamNode> Parse(ReadOnlySpan<byte> form)
    {
        ParamNode root = new("", null);
        return AddTo(root, form) is { } fault ? fault : root;
    }

    /// <summary>Adds the parameters of <paramref name="form"/>; the fault says why it is no form.</summary>
    internal static WireFault? AddTo(ParamNode root, ReadOnlySpan<byte> form)
    {
        if (form.Length > ParamLimits.Bytes)
        {
            return Malformed($"The request is longer than {ParamLimits.Bytes} bytes");
        }

        int count = 0;
        int nodes = 0;
        while (!form.IsEmpty)
        {
            int end = form.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? form : form[..end];
            form = end < 0 ? [] : form[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (++count > ParamLimits.Count)
            {
                return Malformed($"The request has more than {ParamLimits.Count} parameters");
            }

            int equals = pair.IndexOf((byte)'=');
            string? name = Decode(equals < 0 ? pair : pair[..equals]);
            string? value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            if (name is null || value is null)
            {
                return Malformed("The query string contains a syntax error: a percent escape or its UTF-8 is not valid");
            }

            if (Place(root, name, value, ref nodes) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Percent escapes and plus signs undone, or null when they or the UTF-8 behind them are broken.</summary>
    internal static string? Decode(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IndexOfAny((byte)'%', (byte)'+') < 0)
        {
            return Text(escaped);
        }

        Span<byte> plain = escaped.Length <= 512 ? stackalloc byte[escaped.Length] : new byte[escaped.Length];
        int length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            byte c = escaped[i];
            if (c == '+')
            {
                c = (byte)' ';
            }
            else if (c == '%')
            {
                if (i + 2 >= escaped.Length || !IsHex(escaped[i + 1]) || !IsHex(escaped[i + 2]))
                {
                    return null;
                }

                c = (byte)((HexValue(escaped[i + 1]) << 4) | HexValue(escaped[i + 2]));
                i += 2;
            }

            plain[length++] = c;
        }

        return Text(plain[..length]);
    }

    private static WireFault? Place(ParamNode root, string name, string value, ref int nodes)
    {
        ParamNode node = root;
        ReadOnlySpan<char> rest = name;
        int depth = 0;
        while (true)
        {
            int dot = rest.IndexOf('.');
            ReadOnlySpan<char> part = dot < 0 ? rest : rest[..dot];
            if (part.IsEmpty)
            {
                return new WireFault("UnknownParameter", $"The parameter {name} is not recognized");
            }

            if (++depth > ParamLimits.Depth || ++nodes > 4 * ParamLimits.Count)
            {
                return Malformed($"The request has a parameter name of more than {ParamLimits.Depth} parts, or too many parts");
            }

            node = node.ChildOrNew(part);
            if (dot < 0)
            {
                break;
            }

            rest = rest[(dot + 1)..];
        }

        if (node.Value is not null)
        {
            return new WireFault("InvalidQueryParameter", $"The parameter {name} was given more than once");
        }

        node.Value = value;
        node.Kind = ParamKind.Text;
        return null;
    }

    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return StrictUtf8.GetString(bytes);
        }

        return null;
    }

    private static bool IsHex(byte c) => char.IsAsciiHexDigit((char)c);

    private static int HexValue(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private static WireFault Malformed(string message) => new("MalformedQueryString", message);
}
