using System;
using System.Collections.Generic;
using System.Text;

namespace Trunkline.Wire.Generator;

/// <summary>C# names made from the model's.</summary>
internal static class Names
{
    /// <summary>A name with its first letter in upper case, and signs that C# does not allow left out.</summary>
    public static string Pascal(string name)
    {
        StringBuilder text = new(name.Length);
        bool upper = true;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                upper = true;
                continue;
            }

            text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return text.ToString();
    }

    /// <summary>The property for a member; a member named as its structure cannot be one in C#, so it gets <c>Value</c> behind.</summary>
    public static string Property(StructureFact structure, MemberFact member)
    {
        string name = Pascal(member.Name);
        return name == structure.Name ? name + "Value" : name;
    }

    /// <summary>The name of a collection's codec: a shape's own name, or one made of an inline shape as list&lt;string&gt;.</summary>
    public static string Codec(string shape) => Pascal(shape.Replace("<", "-of-").Replace(">", ""));

    /// <summary>A C# string literal.</summary>
    public static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}

/// <summary>Questions about a shape reference: scalar, enumeration, collection (named or inline) or structure.</summary>
internal static class Shapes
{
    private static readonly Dictionary<string, (string Type, string Method)> Scalars = new(StringComparer.Ordinal)
    {
        ["string"] = ("string", "Text"),
        ["integer"] = ("int", "Integer"),
        ["long"] = ("long", "Long"),
        ["boolean"] = ("bool", "Boolean"),
        ["double"] = ("double", "Double"),
        ["float"] = ("float", "Float"),
        ["blob"] = ("byte[]", "Blob"),
        ["timestamp"] = ("global::System.DateTimeOffset", "Timestamp"),
        ["document"] = ("string", "Document"),
    };

    /// <summary>The item shape of an inline <c>list&lt;x&gt;</c> or <c>map&lt;x&gt;</c>, or null.</summary>
    public static string? Inner(string shape)
    {
        int open = shape.IndexOf('<');
        return open < 0 ? null : shape.Substring(open + 1, shape.Length - open - 2);
    }

    /// <summary>The collection behind a reference, or null when it is none.</summary>
    public static CollectionFact? Collection(ServiceFacts facts, string shape)
    {
        string? inner = Inner(shape);
        if (inner is not null)
        {
            return new CollectionFact(shape, shape.StartsWith("map", StringComparison.Ordinal), inner, null, null, null);
        }

        return facts.Collections.TryGetValue(shape, out CollectionFact? collection) ? collection : null;
    }

    /// <summary>The scalar reader and writer method, or null.</summary>
    public static string? ScalarMethod(string shape) =>
        Scalars.TryGetValue(shape, out (string Type, string Method) scalar) ? scalar.Method : null;

    /// <summary>The C# type of a shape, without the question mark.</summary>
    public static string Type(ServiceFacts facts, string shape)
    {
        if (Scalars.TryGetValue(shape, out (string Type, string Method) scalar))
        {
            return scalar.Type;
        }

        if (facts.Enums.ContainsKey(shape))
        {
            return "string";
        }

        CollectionFact? collection = Collection(facts, shape);
        if (collection is null)
        {
            return shape;
        }

        string item = Type(facts, collection.Item);
        return collection.IsMap
            ? $"global::System.Collections.Generic.IReadOnlyDictionary<string, {item}>"
            : $"global::System.Collections.Generic.IReadOnlyList<{item}>";
    }
}

/// <summary>Where a member stands on the wire of its service's protocol.</summary>
internal static class WireNames
{
    /// <summary>The name under which a request carries the member.</summary>
    public static string In(ServiceFacts facts, MemberFact member)
    {
        switch (facts.Protocol)
        {
            case Protocol.Ec2:
                return member.Trait("query") ?? Upper(member.Trait("xml")) ?? member.Name;
            default:
                return Bound(facts, member) ?? Body(facts, member);
        }
    }

    /// <summary>The name under which a reply's body carries the member.</summary>
    public static string Out(ServiceFacts facts, MemberFact member) => Body(facts, member);

    private static string Body(ServiceFacts facts, MemberFact member)
    {
        if (facts.Protocol is Protocol.Json or Protocol.RestJson)
        {
            return member.Trait("json") ?? member.Name;
        }

        // In the query protocol a flattened list takes its items' name in place of its own.
        string? item = member.Flat && facts.Protocol == Protocol.Query ? Shapes.Collection(facts, member.Shape)?.ItemName : null;
        return item ?? member.Trait("xml") ?? member.Name;
    }

    /// <summary>How request parts outside the body are named in the parameter tree: see HttpBinding in Wire.</summary>
    private static string? Bound(ServiceFacts facts, MemberFact member)
    {
        if (member.Trait("header") is { } header)
        {
            return "@header:" + header.ToLowerInvariant();
        }

        if (member.Trait("querystring") is { } query)
        {
            return "@query:" + query;
        }

        return member.Traits.ContainsKey("label") ? "@label:" + LabelOf(facts, member.Name)
            : member.Traits.ContainsKey("payload") ? "@payload" : null;
    }

    /// <summary>A label as the paths write it: some services begin it with a small letter and its member with a capital.</summary>
    private static string LabelOf(ServiceFacts facts, string member)
    {
        foreach (OperationFact operation in facts.Operations)
        {
            foreach (string part in operation.Path.Split('/', '?'))
            {
                string label = part.Trim('{', '}', '+');
                if (part.StartsWith("{", StringComparison.Ordinal) && label.Equals(member, StringComparison.OrdinalIgnoreCase))
                {
                    return label;
                }
            }
        }

        return member;
    }

    private static string? Upper(string? name) => name is null ? null : char.ToUpperInvariant(name[0]) + name.Substring(1);
}
