namespace Trunkline.Wire;

/// <summary>Reads members out of an XML body. A value that does not fit is Route 53's <c>InvalidInput</c>.</summary>
internal sealed class XmlBodyReader : TextReader
{
    /// <inheritdoc/>
    public override IReadOnlyList<ParamNode> Members(ParamNode node) => node.Children;

    /// <inheritdoc/>
    public override IReadOnlyList<ParamNode> Items(ParamNode node, string item, bool flat)
    {
        if (flat || node.Kind == ParamKind.Plain)
        {
            return node.Repeats.Count == 0 ? [node] : [node, .. node.Repeats];
        }

        foreach (ParamNode child in node.Children)
        {
            if (child.Name != item)
            {
                Unknown(child);
            }
        }

        return node.Child(item) is { } first ? [first, .. first.Repeats] : [];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParamEntry> Entries(ParamNode node, string key, string value, bool flat)
    {
        IReadOnlyList<ParamNode> items = Items(node, "entry", flat);
        ParamEntry[] found = new ParamEntry[items.Count];
        for (int i = 0; i < found.Length; i++)
        {
            ParamNode? keyNode = items[i].Child(key);
            ParamNode? valueNode = items[i].Child(value);
            found[i] = new ParamEntry(Text(keyNode ?? throw Missing(items[i], key)), valueNode ?? throw Missing(items[i], value));
        }

        return found;
    }

    /// <inheritdoc/>
    public override void Unknown(ParamNode node)
    {
        // Headers that no member asks for are the transport's own.
        if (!node.Name.StartsWith(RestRequest.Header, StringComparison.Ordinal))
        {
            throw Fault($"The element or parameter {RestRequest.Plain(node.Path)} is not recognized");
        }
    }

    /// <inheritdoc/>
    public override WireFaultException Missing(ParamNode parent, string name) =>
        Fault($"The request must contain {RestRequest.Plain(PathOf(parent, name))}");

    /// <inheritdoc/>
    protected override WireFault NotInEnum(ParamNode node, string value) => Invalid(node, value, "a value of its enumeration").Fault;

    /// <inheritdoc/>
    protected override WireFaultException Invalid(ParamNode node, string value, string wanted) =>
        Fault($"Value ({value}) of {RestRequest.Plain(node.Path)} is invalid. Expecting {wanted}.");

    private static WireFaultException Fault(string message) => new(new WireFault("InvalidInput", message));
}
