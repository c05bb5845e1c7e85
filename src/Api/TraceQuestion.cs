using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Tracing;

namespace Trunkline.Api;

/// <summary>The body of <c>POST /_trunkline/trace</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TraceRequest
{
    public string? From { get; init; }

    public string? To { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>icmp</c>.</summary>
    public string? Protocol { get; init; }

    public int? Port { get; init; }

    public int? SourcePort { get; init; }
}

/// <summary>Answers what happens to a packet, from the one model.</summary>
internal static class TraceQuestion
{
    public static JsonNode Answer(Engine engine, PartitionKey home, TraceRequest request)
    {
        FlowQuestion question = new(Named(request.From, "from"), Named(request.To, "to"))
        {
            Protocol = (request.Protocol ?? "tcp") switch
            {
                "tcp" => Protocols.Tcp,
                "udp" => Protocols.Udp,
                "icmp" => Protocols.Icmp,
                var other => throw new Fault("InvalidProtocol", $"'{other}' is not tcp, udp or icmp"),
            },
            Port = request.Port,
            SourcePort = request.SourcePort,
        };
        Tracer tracer = engine.Tracer;
        if (!new EndpointResolver(tracer.State, home).TryResolve(question, out Flow flow, out string error))
        {
            throw new Fault("UnknownEndpoint", error);
        }

        Trace trace = tracer.Explain(flow);
        JsonObject answer = TraceJson.Of(trace);
        answer["text"] = new JsonObject
        {
            ["minimal"] = Lines(trace, TraceLength.Minimal),
            ["summary"] = Lines(trace, TraceLength.Summary),
            ["detailed"] = Lines(trace, TraceLength.Detailed),
        };
        return answer;
    }

    private static string Named(string? end, string name) =>
        string.IsNullOrWhiteSpace(end) ? throw new Fault("MissingEndpoint", $"'{name}' is missing") : end;

    private static JsonArray Lines(Trace trace, TraceLength length) =>
        [.. TraceText.Render(trace, length).Select(line => (JsonNode)JsonValue.Create(line))];
}
