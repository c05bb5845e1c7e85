using System.Text.Json;

namespace Trunkline.Wire;

/// <summary>Writes a reply as JSON.</summary>
internal sealed class JsonShapeWriter(Utf8JsonWriter output) : ShapeWriter
{
    /// <summary>How many containers deep we are, and whether the innermost takes values without names (bit 0 is the innermost).</summary>
    private ulong unnamed;

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            output.WriteStringValue(value);
        }
    }

    /// <inheritdoc/>
    public override void Long(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            Name(name);
            output.WriteNumberValue(number);
        }
    }

    /// <inheritdoc/>
    public override void Double(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            Name(name);
            if (double.IsFinite(number))
            {
                output.WriteNumberValue(number);
            }
            else
            {
                output.WriteStringValue(Scalars.Print(number));
            }
        }
    }

    /// <inheritdoc/>
    public override void Boolean(ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag)
        {
            Name(name);
            output.WriteBooleanValue(flag);
        }
    }

    /// <inheritdoc/>
    public override void Timestamp(ReadOnlySpan<byte> name, DateTimeOffset? value, TimestampForm form)
    {
        if (value is { } time)
        {
            Name(name);
            if (form is TimestampForm.Default or TimestampForm.EpochSeconds)
            {
                output.WriteRawValue(Scalars.Print(time, TimestampForm.EpochSeconds), skipInputValidation: true);
            }
            else
            {
                output.WriteStringValue(Scalars.Print(time, form));
            }
        }
    }

    /// <inheritdoc/>
    public override void Blob(ReadOnlySpan<byte> name, byte[]? value)
    {
        if (value is not null)
        {
            Name(name);
            output.WriteBase64StringValue(value);
        }
    }

    /// <inheritdoc/>
    public override void Structure(ReadOnlySpan<byte> name, IShape? value)
    {
        if (value is not null)
        {
            Name(name);
            output.WriteStartObject();
            Push(takesNames: true);
            value.Write(this);
            Pop();
            output.WriteEndObject();
        }
    }

    /// <inheritdoc/>
    public override void BeginList(ReadOnlySpan<byte> name, bool flat)
    {
        Name(name);
        output.WriteStartArray();
        Push(takesNames: false);
    }

    /// <inheritdoc/>
    public override void EndList(ReadOnlySpan<byte> name, bool flat)
    {
        Pop();
        output.WriteEndArray();
    }

    /// <inheritdoc/>
    public override void BeginMap(ReadOnlySpan<byte> name, bool flat)
    {
        Name(name);
        output.WriteStartObject();
    }

    /// <inheritdoc/>
    public override void BeginEntry(ReadOnlySpan<byte> name, bool flat, ReadOnlySpan<byte> keyName, string key)
    {
        output.WritePropertyName(key);
        Push(takesNames: false);
    }

    /// <inheritdoc/>
    public override void EndEntry(ReadOnlySpan<byte> name, bool flat) => Pop();

    /// <inheritdoc/>
    public override void EndMap(ReadOnlySpan<byte> name, bool flat) => output.WriteEndObject();

    private void Name(ReadOnlySpan<byte> name)
    {
        if ((unnamed & 1) == 0)
        {
            output.WritePropertyName(name);
        }
    }

    private void Push(bool takesNames) => unnamed = (unnamed << 1) | (takesNames ? 0UL : 1UL);

    private void Pop() => unnamed >>= 1;
}
