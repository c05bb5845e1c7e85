using System.Globalization;
using System.Text;

namespace Trunkline.Wire;

/// <summary>
/// Writes a reply as one protocol has it. A null value is absent and writes nothing. Names are UTF-8 constants of the
/// generated code; inside a list or behind a map's key a JSON writer ignores them.
/// </summary>
public abstract class ShapeWriter
{
    private List<KeyValuePair<string, string>>? headers;

    /// <summary>Text.</summary>
    public abstract void Text(ReadOnlySpan<byte> name, string? value);

    /// <summary>A 32-bit number.</summary>
    public void Integer(ReadOnlySpan<byte> name, int? value) => Long(name, value);

    /// <summary>A 64-bit number.</summary>
    public abstract void Long(ReadOnlySpan<byte> name, long? value);

    /// <summary>A 64-bit fraction.</summary>
    public abstract void Double(ReadOnlySpan<byte> name, double? value);

    /// <summary>A 32-bit fraction.</summary>
    public void Float(ReadOnlySpan<byte> name, float? value)
    {
        // By way of text, so that 0.1 does not become 0.10000000149011612.
        string? text = value?.ToString("R", CultureInfo.InvariantCulture);
        Double(name, text is null ? null : double.Parse(text, CultureInfo.InvariantCulture));
    }

    /// <summary>True or false.</summary>
    public abstract void Boolean(ReadOnlySpan<byte> name, bool? value);

    /// <summary>A point in time.</summary>
    public abstract void Timestamp(ReadOnlySpan<byte> name, DateTimeOffset? value, TimestampForm form);

    /// <summary>Bytes, as base64.</summary>
    public abstract void Blob(ReadOnlySpan<byte> name, byte[]? value);

    /// <summary>A JSON value of any form, given as text.</summary>
    public virtual void Document(ReadOnlySpan<byte> name, string? value) => Text(name, value);

    /// <summary>A structure.</summary>
    public abstract void Structure(ReadOnlySpan<byte> name, IShape? value);

    /// <summary>Starts a list; items follow as values, in a flat list under the list's own name.</summary>
    public abstract void BeginList(ReadOnlySpan<byte> name, bool flat);

    /// <summary>Ends a list.</summary>
    public abstract void EndList(ReadOnlySpan<byte> name, bool flat);

    /// <summary>Starts a map.</summary>
    public abstract void BeginMap(ReadOnlySpan<byte> name, bool flat);

    /// <summary>Starts an entry; its value follows.</summary>
    public abstract void BeginEntry(ReadOnlySpan<byte> name, bool flat, ReadOnlySpan<byte> keyName, string key);

    /// <summary>Ends an entry.</summary>
    public abstract void EndEntry(ReadOnlySpan<byte> name, bool flat);

    /// <summary>Ends a map.</summary>
    public abstract void EndMap(ReadOnlySpan<byte> name, bool flat);

    /// <summary>The reply of an operation for which the model has no output; EC2 says <c>return true</c>.</summary>
    public virtual void NoOutput()
    {
    }

    /// <summary>Response headers that the shape asked for (REST protocols).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => headers ?? (IReadOnlyList<KeyValuePair<string, string>>)[];

    /// <summary>The HTTP status that the shape asked for, or null (REST protocols).</summary>
    public int? StatusCode { get; private set; }

    /// <summary>The name of the member that is the whole body, or null (REST protocols).</summary>
    public string? PayloadName { get; private set; }

    /// <summary>A response header; lists are joined by commas and times are HTTP dates.</summary>
    public void Header(string name, object? value)
    {
        if (value is not null)
        {
            headers ??= [];
            headers.Add(new KeyValuePair<string, string>(name, HeaderText(value)));
        }
    }

    /// <summary>The HTTP status.</summary>
    public void Status(int? value) => StatusCode = value;

    /// <summary>A structure that is the whole body.</summary>
    public void Payload(ReadOnlySpan<byte> name, IShape? value)
    {
        PayloadName = Encoding.UTF8.GetString(name);
        value?.Write(this);
    }

    private static string HeaderText(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => Scalars.Print(time, TimestampForm.HttpDate),
        double number => Scalars.Print(number),
        System.Collections.IEnumerable items => string.Join(", ", items.Cast<object>().Select(HeaderText)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException(value.GetType().Name),
    };
}
