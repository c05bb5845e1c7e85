namespace Trunkline.Tests.Fuzz;

/// <summary>A member of a structure: its name as a query request writes it, and its shape.</summary>
internal sealed record Member(string Name, string Shape);

/// <summary>What the facts say of EC2, as far as a fuzzer needs it to ask with parameters that exist.</summary>
internal sealed class Shapes
{
    private readonly Dictionary<string, List<Member>> structures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> enums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> inputs = new(StringComparer.Ordinal);

    private Shapes()
    {
    }

    /// <summary>EC2's operations that are served.</summary>
    public IReadOnlyList<string> Operations { get; private set; } = [];

    public static Shapes Read(string folder)
    {
        Shapes shapes = new();
        List<Member>? open = null;
        foreach (string line in File.ReadLines(Path.Combine(folder, "ec2.facts")))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["operation", string name, string input, ..]:
                    shapes.inputs[name] = input;
                    break;
                case ["structure", string name, ..]:
                    shapes.structures[name] = open = [];
                    break;
                case ["list", string name, string item, ..]:
                    shapes.items[name] = item;
                    break;
                case ["enum", string name, ..]:
                    shapes.enums[name] = line[(6 + name.Length)..].Split('|');
                    break;
                case [string member, string shape, .. string[] more] when line.StartsWith("  ", StringComparison.Ordinal):
                    open!.Add(new Member(NameOf(member, more), shape));
                    break;
                default:
                    break;
            }
        }

        shapes.Operations =
        [
            .. File.ReadLines(Path.Combine(folder, "operations.txt"))
                .Where(l => l.StartsWith("ec2 ", StringComparison.Ordinal)).Select(l => l[4..].Trim()),
        ];
        return shapes.Operations.Count > 0 && shapes.inputs.Count > 0 && shapes.items.Count > 0
            ? shapes
            : throw new InvalidOperationException($"the facts in {folder} are not understood");
    }

    public IReadOnlyList<Member> Parameters(string operation) =>
        inputs.TryGetValue(operation, out string? input) && structures.TryGetValue(input, out List<Member>? members) ? members : [];

    public IReadOnlyList<Member>? Members(string shape) => structures.GetValueOrDefault(shape);

    public string? Item(string shape) => items.GetValueOrDefault(shape);

    public IReadOnlyList<string> Values(string shape) => enums.GetValueOrDefault(shape) ?? [];

    /// <summary>EC2's rule: the query name, else the location name with a capital, else the member's own name.</summary>
    private static string NameOf(string member, string[] more)
    {
        string? Said(string key) => Array.Find(more, w => w.StartsWith(key, StringComparison.Ordinal))?[key.Length..];
        string name = Said("query=") ?? Said("xml=") ?? member;
        return char.ToUpperInvariant(name[0]) + name[1..];
    }
}
