using System.Text.Json.Nodes;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Api;

internal sealed record TraceRequest;

internal sealed class TraceFault(string message, IReadOnlyList<string> candidates) : Exception(message)
{
    public IReadOnlyList<string> Candidates { get; } = candidates;
}

internal static class TraceQuestion
{
    public static JsonNode? Answer(Engine engine, PartitionKey key, TraceRequest request) => null;
}
