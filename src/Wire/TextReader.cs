namespace Trunkline.Wire;

/// <summary>Scalars out of text, as forms and XML bodies carry them.</summary>
internal abstract class TextReader : ShapeReader
{
    /// <inheritdoc/>
    public override string Text(ParamNode node)
    {
        if (node.Children.Count > 0)
        {
            Unknown(node.Children[0]);
        }

        return node.Value ?? "";
    }

    /// <inheritdoc/>
    public override int Integer(ParamNode node) =>
        Scalars.TryLong(Text(node), out long number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number : throw Invalid(node, Text(node), "an integer");

    /// <inheritdoc/>
    public override long Long(ParamNode node) =>
        Scalars.TryLong(Text(node), out long number) ? number : throw Invalid(node, Text(node), "an integer");

    /// <inheritdoc/>
    public override double Double(ParamNode node) =>
        Scalars.TryDouble(Text(node), out double number) ? number : throw Invalid(node, Text(node), "a number");

    /// <inheritdoc/>
    public override bool Boolean(ParamNode node) => Text(node) switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        string other => throw Invalid(node, other, "true or false"),
    };

    /// <inheritdoc/>
    public override DateTimeOffset Timestamp(ParamNode node, TimestampForm form) =>
        Scalars.TryTimestamp(Text(node), form == TimestampForm.Default ? DefaultForm(node) : form, out DateTimeOffset time)
            ? time : throw Invalid(node, Text(node), "a timestamp");

    /// <inheritdoc/>
    public override byte[] Blob(ParamNode node) =>
        Scalars.TryBase64(Text(node), out byte[] bytes) ? bytes : throw Invalid(node, Text(node), "base64");

    /// <summary>The fault for text that is not what the model wants.</summary>
    protected abstract WireFaultException Invalid(ParamNode node, string value, string wanted);

    private static TimestampForm DefaultForm(ParamNode node) =>
        node.Name.StartsWith(RestRequest.Header, StringComparison.Ordinal) ? TimestampForm.HttpDate : TimestampForm.DateTime;
}
