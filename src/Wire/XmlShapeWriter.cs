using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Trunkline.Wire;

/// <summary>Writes elements straight into UTF-8 bytes, for the three protocols with XML replies.</summary>
internal sealed class XmlShapeWriter(ArrayBufferWriter<byte> output, bool isEc2) : ShapeWriter
{
    /// <summary>What must be escaped, or cannot stand in XML 1.0 at all.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not ('\t' or '\n')), '&', '<', '>', '"', '\uFFFE', '\uFFFF']);

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>Text as it is, for names out of the facts.</summary>
    public void Raw(string text)
    {
        Span<byte> target = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, target));
    }

    /// <summary>Text with what XML reserves escaped; what XML cannot hold becomes U+FFFD.</summary>
    public void Escaped(string text)
    {
        ReadOnlySpan<char> rest = text;
        while (true)
        {
            int at = rest.IndexOfAny(Special);
            ReadOnlySpan<char> plain = at < 0 ? rest : rest[..at];
            Span<byte> target = output.GetSpan(Encoding.UTF8.GetMaxByteCount(plain.Length));
            output.Advance(Encoding.UTF8.GetBytes(plain, target));
            if (at < 0)
            {
                return;
            }

            output.Write(rest[at] switch
            {
                '&' => "&amp;"u8,
                '<' => "&lt;"u8,
                '>' => "&gt;"u8,
                '"' => "&quot;"u8,
                '\r' => "&#xD;"u8,
                _ => "\uFFFD"u8,
            });
            rest = rest[(at + 1)..];
        }
    }

    /// <summary>A start tag.</summary>
    public void Open(ReadOnlySpan<byte> name)
    {
        Span<byte> target = output.GetSpan(name.Length + 2);
        target[0] = (byte)'<';
        name.CopyTo(target[1..]);
        target[name.Length + 1] = (byte)'>';
        output.Advance(name.Length + 2);
    }

    /// <summary>An end tag.</summary>
    public void Close(ReadOnlySpan<byte> name)
    {
        Span<byte> target = output.GetSpan(name.Length + 3);
        "</"u8.CopyTo(target);
        name.CopyTo(target[2..]);
        target[name.Length + 2] = (byte)'>';
        output.Advance(name.Length + 3);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Open(name);
            Escaped(value);
            Close(name);
        }
    }

    /// <inheritdoc/>
    public override void Long(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            Open(name);
            Span<byte> target = output.GetSpan(20);
            Utf8Formatter.TryFormat(number, target, out int length);
            output.Advance(length);
            Close(name);
        }
    }

    /// <inheritdoc/>
    public override void Double(ReadOnlySpan<byte> name, double? value) => Text(name, value is { } number ? Scalars.Print(number) : null);

    /// <inheritdoc/>
    public override void Boolean(ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag)
        {
            Open(name);
            output.Write(flag ? "true"u8 : "false"u8);
            Close(name);
        }
    }

    /// <inheritdoc/>
    public override void Timestamp(ReadOnlySpan<byte> name, DateTimeOffset? value, TimestampForm form) =>
        Text(name, value is { } time ? Scalars.Print(time, form) : null);

    /// <inheritdoc/>
    public override void Blob(ReadOnlySpan<byte> name, byte[]? value) =>
        Text(name, value is null ? null : Convert.ToBase64String(value));

    /// <inheritdoc/>
    public override void Structure(ReadOnlySpan<byte> name, IShape? value)
    {
        if (value is not null)
        {
            Open(name);
            value.Write(this);
            Close(name);
        }
    }

    /// <inheritdoc/>
    public override void BeginList(ReadOnlySpan<byte> name, bool flat) => OpenUnless(flat, name);

    /// <inheritdoc/>
    public override void EndList(ReadOnlySpan<byte> name, bool flat) => CloseUnless(flat, name);

    /// <inheritdoc/>
    public override void BeginMap(ReadOnlySpan<byte> name, bool flat) => OpenUnless(flat, name);

    /// <inheritdoc/>
    public override void BeginEntry(ReadOnlySpan<byte> name, bool flat, ReadOnlySpan<byte> keyName, string key)
    {
        Open(flat ? name : "entry"u8);
        Text(keyName, key);
    }

    /// <inheritdoc/>
    public override void EndEntry(ReadOnlySpan<byte> name, bool flat) => Close(flat ? name : "entry"u8);

    /// <inheritdoc/>
    public override void EndMap(ReadOnlySpan<byte> name, bool flat) => CloseUnless(flat, name);

    /// <inheritdoc/>
    public override void NoOutput()
    {
        if (isEc2)
        {
            Boolean("return"u8, true);
        }
    }

    private void OpenUnless(bool flat, ReadOnlySpan<byte> name)
    {
        if (!flat)
        {
            Open(name);
        }
    }

    private void CloseUnless(bool flat, ReadOnlySpan<byte> name)
    {
        if (!flat)
        {
            Close(name);
        }
    }
}
