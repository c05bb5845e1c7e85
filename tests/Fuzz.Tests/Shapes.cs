namespace Trunkline.Tests.Fuzz;

/// <summary>How a service's requests are written.</summary>
internal enum Dialect
{
    /// <summary>Forms, every list flat.</summary>
    Ec2,

    /// <summary>Forms, lists as <c>X.member.1</c>.</summary>
    Query,

    /// <summary>JSON, the operation in a header.</summary>
    Json,

    /// <summary>XML, the operation in method and path.</summary>
    RestXml,

    /// <summary>JSON, the operation in method and path.</summary>
    RestJson,
}

/// <summary>A member of a structure: its name as a request writes it, its shape, and where it stands outside of the body.</summary>
/// <param name="Place"><c>label</c>, <c>querystring=NAME</c>, or null for the body.</param>
internal sealed record Member(string Name, string Shape, string? Place);

/// <summary>What the facts say of one service, as far as a fuzzer needs it to ask with parameters that exist.</summary>
internal sealed class Shapes
{
    private readonly Dictionary<string, List<Member>> structures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Shape, string Name)> items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> enums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Input, string[] Http)> inputs = new(StringComparer.Ordinal);

    private Shapes()
    {
    }

    public string Service { get; private set; } = "";

    public Dialect Dialect { get; private set; }

    public string Version { get; private set; } = "";

    /// <summary>The namespace of XML bodies.</summary>
    public string Namespace { get; private set; } = "";

    /// <summary>What stands before the dot of a target header.</summary>
    public string Target { get; private set; } = "";

    public string SigningName { get; private set; } = "";

    /// <summary>The operations that are served.</summary>
    public IReadOnlyList<string> Operations { get; private set; } = [];

    /// <summary>Every service that is served, EC2 first.</summary>
    public static IReadOnlyList<Shapes> ReadAll(string folder)
    {
        ILookup<string, string> served = File.ReadLines(Path.Combine(folder, "operations.txt"))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length == 2 && w[0] != "#")
            .ToLookup(w => w[0], w => w[1]);
        return [.. served.OrderBy(s => s.Key != "ec2").ThenBy(s => s.Key).Select(s => Read(Path.Combine(folder, s.Key + ".facts"), [.. s]))];
    }

    public IReadOnlyList<Member> Parameters(string operation) =>
        inputs.TryGetValue(operation, out (string Input, string[] Http) found) && structures.TryGetValue(found.Input, out List<Member>? members)
            ? members
            : [];

    /// <summary>Method and path of an operation of a service that goes by them.</summary>
    public (string Method, string Path, string Input) Way(string operation) =>
        (inputs[operation].Http[0], inputs[operation].Http[1], inputs[operation].Input);

    public IReadOnlyList<Member>? Members(string shape) => structures.GetValueOrDefault(shape);

    /// <summary>The shape of a list's items and their name in XML; null where the shape is no list.</summary>
    public (string Shape, string Name)? Item(string shape) => items.TryGetValue(shape, out (string, string) named) ? named
        : Inside(shape, "list<") is { } inside ? (inside, "member") : null;

    /// <summary>The shape of a map's values; null where the shape is no map.</summary>
    public string? MapValue(string shape) => maps.GetValueOrDefault(shape) ?? Inside(shape, "map<");

    public IReadOnlyList<string> Values(string shape) => enums.GetValueOrDefault(shape) ?? [];

    private static string? Inside(string shape, string start) =>
        shape.StartsWith(start, StringComparison.Ordinal) ? shape[start.Length..^1] : null;

    private static Shapes Read(string file, string[] operations)
    {
        Shapes shapes = new() { Operations = operations };
        List<Member>? open = null;
        foreach (string line in File.ReadLines(file))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["service", string name, string dialect, string version, string space, string target, string signing]:
                    (shapes.Service, shapes.Version, shapes.Namespace, shapes.Target, shapes.SigningName) = (name, version, space, target, signing);
                    shapes.Dialect = dialect switch { "ec2" => Dialect.Ec2, "query" => Dialect.Query, "json" => Dialect.Json, "rest-json" => Dialect.RestJson, _ => Dialect.RestXml };
                    break;
                case ["operation", string name, string input, _, .. string[] http]:
                    shapes.inputs[name] = (input, http);
                    break;
                case ["structure", string name, ..]:
                    shapes.structures[name] = open = [];
                    break;
                case ["list", string name, string item, .. string[] more]:
                    shapes.items[name] = (item, Said(more, "item=") ?? "member");
                    break;
                case ["map", string name, string value, ..]:
                    shapes.maps[name] = value;
                    break;
                case ["enum", string name, ..]:
                    shapes.enums[name] = line[(6 + name.Length)..].Split('|');
                    break;
                case [string member, string shape, .. string[] more] when line.StartsWith("  ", StringComparison.Ordinal):
                    string? place = more.Contains("label") ? "label" : Array.Find(more, w => w.StartsWith("querystring=", StringComparison.Ordinal));
                    open!.Add(new Member(shapes.NameOf(member, more), shape, place));
                    break;
                default:
                    break;
            }
        }

        return shapes.inputs.Count > 0 && shapes.SigningName.Length > 0 && operations.All(shapes.inputs.ContainsKey)
            ? shapes
            : throw new InvalidOperationException($"{file} is not understood");
    }

    private static string? Said(string[] words, string key) =>
        Array.Find(words, w => w.StartsWith(key, StringComparison.Ordinal))?[key.Length..];

    /// <summary>EC2's rule: the query name, else the location name with a capital, else the member's own name. The others do without capitals.</summary>
    private string NameOf(string member, string[] more)
    {
        if (Dialect is Dialect.Json or Dialect.RestJson)
        {
            return Said(more, "json=") ?? member;
        }

        string? query = Dialect == Dialect.Ec2 ? Said(more, "query=") : null;
        string name = query ?? Said(more, "xml=") ?? member;
        return Dialect == Dialect.Ec2 ? char.ToUpperInvariant(name[0]) + name[1..] : name;
    }
}
