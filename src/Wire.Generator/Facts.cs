using System.Collections.Generic;

namespace Trunkline.Wire.Generator;

/// <summary>The five AWS protocols; <c>ec2</c> and <c>query</c> take forms, the others JSON or XML bodies.</summary>
internal enum Protocol
{
    Ec2,
    Query,
    Json,
    RestJson,
    RestXml,
}

/// <summary>One line of a structure: the model's name, its shape, and the traits that decide where it stands on the wire.</summary>
internal sealed record MemberFact(string Name, string Shape, bool Required, bool Flat, IReadOnlyDictionary<string, string> Traits)
{
    /// <summary>The value of a trait such as <c>xml</c>, or null.</summary>
    public string? Trait(string key) => Traits.TryGetValue(key, out string? value) ? value : null;

    /// <summary>Whether the member is read from or written to the header, the address or the status, not the body.</summary>
    public bool IsOutsideBody => Traits.ContainsKey("header") || Traits.ContainsKey("querystring")
        || Traits.ContainsKey("label") || Traits.ContainsKey("status");
}

/// <summary>A structure and its members in the model's order.</summary>
internal sealed record StructureFact(string Name, IReadOnlyList<MemberFact> Members);

/// <summary>A list or a map: its item or value shape and the wire names of the parts (null: the protocol's default).</summary>
internal sealed record CollectionFact(string Name, bool IsMap, string Item, string? ItemName, string? KeyName, string? ValueName);

/// <summary>An operation with its input and output structures, null where the model has none, and its HTTP binding.</summary>
internal sealed record OperationFact(string Name, string? Input, string? Output, string Method, string Path, int Status);

/// <summary>An error of the model: its shape name, the code on the wire and the HTTP status.</summary>
internal sealed record ErrorFact(string Name, string Code, int Status);

/// <summary>Everything one <c>.facts</c> file says.</summary>
internal sealed class ServiceFacts
{
    public string Name { get; set; } = "";

    public Protocol Protocol { get; set; }

    public string ApiVersion { get; set; } = "";

    public string XmlNamespace { get; set; } = "";

    public string TargetPrefix { get; set; } = "";

    public string SigningName { get; set; } = "";

    public List<OperationFact> Operations { get; } = [];

    public List<ErrorFact> Errors { get; } = [];

    public Dictionary<string, StructureFact> Structures { get; } = [];

    public Dictionary<string, CollectionFact> Collections { get; } = [];

    public Dictionary<string, string[]> Enums { get; } = [];
}
