using System.Text.Json.Nodes;

namespace Trunkline.Cli;

/// <summary>Reads what <c>/_trunkline/trace</c> answered.</summary>
internal sealed class TraceAnswer(JsonNode json)
{
    public JsonNode Json { get; } = json;

    public bool Delivered => Json["verdict"]?.ToString() == "delivered";

    /// <summary>AWS's explanation code of the drop; null when delivered.</summary>
    public string? Code => Json["code"]?.ToString();

    /// <summary>"forward" or "return": the direction in which the packet was dropped; null when delivered.</summary>
    public string? DropDirection =>
        Delivered ? null
        : Json["direction"]?.ToString() ?? (Hops("return").Count > 0 ? "return" : "forward");

    /// <summary>The source address that the receiver saw: that of the last header on the way there.</summary>
    public string? SeenAs
    {
        get
        {
            JsonNode? last = Hops("forward").LastOrDefault(h => Header(h) is not null);
            return last is null ? null : Header(last)?["source"]?.ToString();
        }
    }

    /// <summary>Whether a component of that id, name or kind carried the packet, in either direction.</summary>
    public bool Passed(string component) => Hops("forward").Concat(Hops("return")).Any(h => Words(h).Contains(component));

    /// <param name="length">minimal, summary or detailed.</param>
    public IReadOnlyList<string> Text(string length) =>
        Json["text"]?[length] is JsonArray lines ? [.. lines.Select(l => l?.ToString() ?? "")] : [];

    private IReadOnlyList<JsonNode> Hops(string direction) =>
        Json[direction] is JsonArray hops ? [.. hops.OfType<JsonNode>()] : [];

    private static JsonNode? Header(JsonNode hop) => hop["after"] ?? hop["before"];

    private static IEnumerable<string> Words(JsonNode hop) => hop["component"] switch
    {
        JsonObject component => component.Select(p => p.Value?.ToString() ?? ""),
        JsonNode single => [single.ToString()],
        null => [],
    };
}
