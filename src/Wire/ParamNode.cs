namespace Trunkline.Wire;

/// <summary>What a node of the parameter tree was in the request; forms know text only.</summary>
public enum ParamKind
{
    /// <summary>A node without a value of its own, such as <c>Filter</c> in <c>Filter.1.Name=x</c>.</summary>
    Branch,

    /// <summary>Text, or an XML element's content.</summary>
    Text,

    /// <summary>A JSON number as written.</summary>
    Number,

    /// <summary>A JSON <c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A JSON <c>null</c>; read as absent.</summary>
    Null,

    /// <summary>A JSON object.</summary>
    Object,

    /// <summary>A JSON array; its children have no names.</summary>
    List,

    /// <summary>A REST request's label, query parameter or header: text to be read as the model says.</summary>
    Plain,
}

/// <summary>
/// One node of a request's parameters, the same for every protocol. A child is found in constant time, so a tree of n
/// parameters is built and read in O(n). Built by the protocols only and not changed afterwards.
/// </summary>
public sealed class ParamNode
{
    /// <summary>Up to here children are found by looking at each, which is faster than a table for few.</summary>
    private const int FewChildren = 8;

    private List<ParamNode>? children;
    private Dictionary<string, ParamNode>? index;
    private List<ParamNode>? repeats;

    internal ParamNode(string name, ParamNode? parent)
    {
        Name = name;
        Parent = parent;
    }

    /// <summary>The last part of the parameter's name; empty for the root and for items of a JSON array.</summary>
    public string Name { get; }

    /// <summary>The node above, or null for the root.</summary>
    public ParamNode? Parent { get; }

    /// <summary>What the node was.</summary>
    public ParamKind Kind { get; internal set; }

    /// <summary>The value as text, or null when the node has none.</summary>
    public string? Value { get; internal set; }

    /// <summary>The children in the order of their first appearance.</summary>
    public IReadOnlyList<ParamNode> Children => children ?? (IReadOnlyList<ParamNode>)[];

    /// <summary>XML only: the later siblings of the same name.</summary>
    public IReadOnlyList<ParamNode> Repeats => repeats ?? (IReadOnlyList<ParamNode>)[];

    /// <summary>The full name as a form has it, for messages: <c>Filter.1.Value.2</c>.</summary>
    public string Path
    {
        get
        {
            if (Parent is null)
            {
                return Name;
            }

            string own = Name.Length == 0 ? (1 + Parent.children!.IndexOf(this)).ToString() : Name;
            string above = Parent.Path;
            return above.Length == 0 ? own : above + "." + own;
        }
    }

    /// <summary>The child of that name, or null.</summary>
    public ParamNode? Child(ReadOnlySpan<char> name)
    {
        if (index is not null)
        {
            return index.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out ParamNode? found) ? found : null;
        }

        if (children is not null)
        {
            foreach (ParamNode child in children)
            {
                if (name.SequenceEqual(child.Name))
                {
                    return child;
                }
            }
        }

        return null;
    }

    /// <summary>The child of that name, made if it is not there.</summary>
    internal ParamNode ChildOrNew(ReadOnlySpan<char> name) => Child(name) ?? Add(name.ToString());

    /// <summary>Adds a child whose name is not there yet, or an item without a name.</summary>
    internal ParamNode Add(string name)
    {
        ParamNode child = new(name, this);
        children ??= [];
        children.Add(child);
        if (index is not null)
        {
            index[name] = child;
        }
        else if (children.Count > FewChildren && name.Length > 0)
        {
            index = children.ToDictionary(other => other.Name);
        }

        return child;
    }

    /// <summary>Takes children out by name.</summary>
    internal void Remove(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Child(name) is { } child)
            {
                children!.Remove(child);
                index?.Remove(name);
            }
        }
    }

    /// <summary>Adds a later sibling of the same name (XML).</summary>
    internal ParamNode Repeat()
    {
        ParamNode again = new(Name, Parent);
        repeats ??= [];
        repeats.Add(again);
        return again;
    }
}

/// <summary>One entry of a map.</summary>
public readonly record struct ParamEntry(string Key, ParamNode Value);
