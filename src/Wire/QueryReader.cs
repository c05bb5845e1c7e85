namespace Trunkline.Wire;

/// <summary>
/// Reads form parameters: of EC2, where every list is flat (<c>X.1</c>), and of the AWS query protocol
/// (<c>X.member.1</c>). Codes and wording are those of EC2's
/// <see href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">common client errors</see>.
/// </summary>
internal sealed class QueryReader : TextReader
{
    private readonly bool allFlat;

    private QueryReader(bool allFlat) => this.allFlat = allFlat;

    /// <summary>The EC2 dialect.</summary>
    public static QueryReader Ec2 { get; } = new(allFlat: true);

    /// <summary>The AWS query dialect.</summary>
    public static QueryReader AwsQuery { get; } = new(allFlat: false);

    /// <inheritdoc/>
    public override IReadOnlyList<ParamNode> Members(ParamNode node)
    {
        // A value where a structure is expected: X=y beside or instead of X.Member=y.
        if (node.Value is { Length: > 0 } value && node.Parent is not null)
        {
            throw Invalid(node, value, "a structure");
        }

        return node.Children;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParamNode> Items(ParamNode node, string item, bool flat)
    {
        if (node.Value is { Length: > 0 } value)
        {
            throw Invalid(node, value, "a list");
        }

        ParamNode list = node;
        if (!allFlat && !flat)
        {
            foreach (ParamNode child in node.Children)
            {
                // Either the protocol's word or the model's name for an item.
                if (child.Name != "member" && child.Name != item)
                {
                    Unknown(child);
                }

                list = child;
            }

            if (ReferenceEquals(list, node))
            {
                return [];
            }
        }

        return InOrder(list);
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
            found[i] = new ParamEntry(
                Text(keyNode ?? throw Missing(items[i], key)),
                valueNode ?? throw Missing(items[i], value));
        }

        return found;
    }

    /// <inheritdoc/>
    public override void Unknown(ParamNode node) =>
        throw new WireFaultException(new WireFault("UnknownParameter", $"The parameter {node.Path} is not recognized"));

    /// <inheritdoc/>
    public override WireFaultException Missing(ParamNode parent, string name) =>
        new(new WireFault("MissingParameter", $"The request must contain the parameter {PathOf(parent, name)}"));

    /// <inheritdoc/>
    protected override WireFault NotInEnum(ParamNode node, string value) =>
        new("InvalidParameterValue", $"Value ({value}) for parameter {node.Path} is invalid.");

    /// <inheritdoc/>
    protected override WireFaultException Invalid(ParamNode node, string value, string wanted) =>
        new(new WireFault("InvalidParameterValue", $"Value ({value}) for parameter {node.Path} is invalid. Expecting {wanted}."));

    /// <summary>The numbered children by number; gaps are allowed and mean nothing, as on AWS.</summary>
    private IReadOnlyList<ParamNode> InOrder(ParamNode list)
    {
        IReadOnlyList<ParamNode> children = list.Children;
        int[] numbers = new int[children.Count];
        bool sorted = true;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!TryIndex(children[i].Name, out numbers[i]))
            {
                Unknown(children[i]);
            }

            sorted &= i == 0 || numbers[i - 1] < numbers[i];
        }

        if (sorted)
        {
            return children;
        }

        ParamNode[] ordered = [.. children];
        Array.Sort(numbers, ordered);
        for (int i = 1; i < numbers.Length; i++)
        {
            // 1 and 01 are two names for one item.
            if (numbers[i] == numbers[i - 1])
            {
                Unknown(ordered[i]);
            }
        }

        return ordered;
    }

    private static bool TryIndex(string name, out int index)
    {
        index = 0;
        foreach (char c in name)
        {
            if (!char.IsAsciiDigit(c) || (index = (index * 10) + c - '0') > ParamLimits.Index)
            {
                return false;
            }
        }

        return true;
    }
}
