using System.Text.Json.Nodes;

namespace Trunkline.Cli;

/// <summary>Reads what <c>/_trunkline/trace</c> answered.</summary>
internal sealed class TraceAnswer(JsonNode json)
{
    public JsonNode Json { get; } = json;

    public bool Delivered => Json["verdict"]?.ToString() == "delivered";

    /// <summary>AWS's explanation code of the drop; null when delivered.</summary>
    public string? Code => Json["code"]?.ToString();

    /// <summary>"forward" or "return": the journey on which the packet or its reply was dropped; null when delivered.</summary>
    public string? DropDirection => Json["leg"]?.ToString();

    /// <summary>The source address that the receiver saw: that of the last header on the way there.</summary>
    public string? SeenAs => Hops("forward") is [.., JsonNode last] ? last["outbound"]?["source"]?.ToString() : null;

    /// <summary>What the hops note (a link's MTU, a tunnel's limit, what a listener chose), on the way there and then back, each once.</summary>
    public IReadOnlyList<string> Notes =>
        [.. Hops("forward").Concat(Hops("return")).Select(h => h["note"]?.ToString()).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Whether a component of that id, name or kind carried the packet, in either direction.</summary>
    public bool Passed(string component) => Hops("forward").Concat(Hops("return")).Any(h => Words(h).Contains(component));

    /// <summary>The same of what a real packet meets unseen: filters and route tables decide, and leave no mark on it.</summary>
    public bool PassedUnseen(string component) => Hops("forward").Concat(Hops("return"))
        .Where(h => h["component"]?["kind"]?.ToString() is "security-group" or "network-acl" or "route-table")
        .Any(h => Words(h).Contains(component));

    /// <param name="length">minimal, summary or detailed.</param>
    public IReadOnlyList<string> Text(string length) =>
        Json["text"]?[length] is JsonArray lines ? [.. lines.Select(l => l?.ToString() ?? "")] : [];

    private IReadOnlyList<JsonNode> Hops(string direction) =>
        Json[direction] is JsonArray hops ? [.. hops.OfType<JsonNode>()] : [];

    // A component, and what it belongs to: an interface's instance, a filter's interface, a gateway's VPC. Of a connection also which tunnel of it.
    private static IEnumerable<string> Words(JsonNode hop)
    {
        IEnumerable<string> words =
            from part in new[] { "component", "attachedTo" }
            from key in new[] { "id", "name", "kind" }
            let word = hop[part]?[key]?.ToString()
            where word is not null
            select word;
        return hop["line"]?.ToString() is { } line ? words.Concat(NamesOf(line, hop["component"])) : words;
    }

    /// <summary>What a line may be called: <c>vpn-…/1</c>, and <c>NAME/1</c> by the name of what it belongs to.</summary>
    public static IReadOnlyList<string> NamesOf(string line, JsonNode? of) =>
        of?["name"]?.ToString() is { } name ? [line, name + line[line.LastIndexOf('/')..]] : [line];
}
