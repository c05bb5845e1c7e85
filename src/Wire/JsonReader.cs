namespace Trunkline.Wire;

/// <summary>Reads members out of a JSON body. A value of the wrong kind is a <c>SerializationException</c>, as on AWS.</summary>
internal sealed class JsonReader : ShapeReader
{
    /// <inheritdoc/>
    public override IReadOnlyList<ParamNode> Members(ParamNode node)
    {
        Expect(node, ParamKind.Object, "a structure");
        IReadOnlyList<ParamNode> children = node.Children;
        foreach (ParamNode child in children)
        {
            if (child.Kind == ParamKind.Null)
            {
                return [.. children.Where(other => other.Kind != ParamKind.Null)];
            }
        }

        return children;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParamNode> Items(ParamNode node, string item, bool flat)
    {
        if (node.Kind == ParamKind.Plain)
        {
            return [node, .. node.Repeats];
        }

        Expect(node, ParamKind.List, "a list");
        return node.Children;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParamEntry> Entries(ParamNode node, string key, string value, bool flat)
    {
        Expect(node, ParamKind.Object, "a map");
        return [.. node.Children.Select(child => new ParamEntry(child.Name, child))];
    }

    /// <inheritdoc/>
    public override string Text(ParamNode node)
    {
        ExpectOrPlain(node, ParamKind.Text, "a string");
        return node.Value!;
    }

    /// <inheritdoc/>
    public override int Integer(ParamNode node)
    {
        long number = Long(node);
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Wrong(node, "an integer");
    }

    /// <inheritdoc/>
    public override long Long(ParamNode node)
    {
        ExpectOrPlain(node, ParamKind.Number, "a number");
        return Scalars.TryLong(node.Value!, out long number) ? number : throw Wrong(node, "a whole number");
    }

    /// <inheritdoc/>
    public override double Double(ParamNode node)
    {
        bool named = node.Kind == ParamKind.Text && node.Value is "NaN" or "Infinity" or "-Infinity";
        return (named || node.Kind is ParamKind.Number or ParamKind.Plain) && Scalars.TryDouble(node.Value!, out double number)
            ? number : throw Wrong(node, "a number");
    }

    /// <inheritdoc/>
    public override bool Boolean(ParamNode node)
    {
        ExpectOrPlain(node, ParamKind.Boolean, "true or false");
        return node.Value switch
        {
            "true" => true,
            "false" => false,
            _ => throw Wrong(node, "true or false"),
        };
    }

    /// <inheritdoc/>
    public override DateTimeOffset Timestamp(ParamNode node, TimestampForm form)
    {
        bool fits = node.Kind is ParamKind.Number or ParamKind.Text or ParamKind.Plain;
        TimestampForm wanted = form != TimestampForm.Default ? form
            : node.Name.StartsWith(RestRequest.Header, StringComparison.Ordinal) ? TimestampForm.HttpDate
            : node.Kind == ParamKind.Number ? TimestampForm.EpochSeconds : TimestampForm.DateTime;
        return fits && Scalars.TryTimestamp(node.Value!, wanted, out DateTimeOffset time) ? time : throw Wrong(node, "a timestamp");
    }

    /// <inheritdoc/>
    public override byte[] Blob(ParamNode node) =>
        Scalars.TryBase64(Text(node), out byte[] bytes) ? bytes : throw Wrong(node, "base64");

    /// <inheritdoc/>
    public override void Unknown(ParamNode node)
    {
        // Headers that no member asks for are the transport's own.
        if (!node.Name.StartsWith(RestRequest.Header, StringComparison.Ordinal))
        {
            throw new WireFaultException(new WireFault(
                "ValidationException", $"1 validation error detected: the member '{RestRequest.Plain(node.Path)}' is not recognized"));
        }
    }

    /// <inheritdoc/>
    public override WireFaultException Missing(ParamNode parent, string name) =>
        new(new WireFault(
            "ValidationException",
            $"1 validation error detected: Value null at '{RestRequest.Plain(PathOf(parent, name))}' "
            + "failed to satisfy constraint: Member must not be null"));

    /// <inheritdoc/>
    protected override WireFault NotInEnum(ParamNode node, string value) =>
        new("ValidationException",
            $"1 validation error detected: Value '{value}' at '{RestRequest.Plain(node.Path)}' "
            + "failed to satisfy constraint: Member must satisfy enum value set");

    private static void ExpectOrPlain(ParamNode node, ParamKind kind, string what)
    {
        if (node.Kind != ParamKind.Plain)
        {
            Expect(node, kind, what);
        }
    }

    private static void Expect(ParamNode node, ParamKind kind, string what)
    {
        if (node.Kind != kind)
        {
            throw Wrong(node, what);
        }
    }

    private static WireFaultException Wrong(ParamNode node, string what) =>
        new(new WireFault("SerializationException", $"The value of '{RestRequest.Plain(node.Path)}' is not {what}"));
}
