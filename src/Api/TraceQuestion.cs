using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.FlowLogs;
using Trunkline.Control.Names;
using Trunkline.Forwarding;
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

    /// <summary>An HTTP request in the packet: <c>GET https://shop.example/cart</c>.</summary>
    public string? Http { get; init; }

    /// <summary>Further headers of the request, each as <c>Name: value</c>.</summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>How many flows <c>spread</c> sends; of no meaning to other questions.</summary>
    public int? Flows { get; init; }
}

/// <summary>Answers what happens to a packet, from the one model.</summary>
internal static class TraceQuestion
{
    /// <remarks>Flow logs on the way get their records before the answer goes out.</remarks>
    public static async Task<JsonNode> Answer(Engine engine, Caller caller, TraceRequest request)
    {
        Tracer tracer = engine.Tracer;
        Trace trace = tracer.Explain(FlowOf(tracer, caller, request));
        if (FlowLogWriter.CommandFor(tracer.State.Cloud, caller, trace, engine.Now) is { } records
            && (await engine.Execute(records)).Fault is { } lost)
        {
            throw lost;
        }

        return Document(trace);
    }

    /// <summary>The lines that carry many flows, which differ in their source port only. It is one question: flow logs get nothing.</summary>
    public static JsonNode Spread(Engine engine, Caller caller, TraceRequest request)
    {
        int flows = request.Flows is >= 1 and <= Tracing.Spread.FlowsMax and int given
            ? given
            : throw new Fault("InvalidFlows", $"flows is {request.Flows}, and must be 1 to {Tracing.Spread.FlowsMax}");
        Tracer tracer = engine.Tracer;
        Spread spread = tracer.SpreadOf(FlowOf(tracer, caller, request), flows);
        return new JsonObject
        {
            ["flows"] = spread.Flows,
            ["delivered"] = spread.Delivered,
            ["lines"] = new JsonArray([.. spread.Lines.Select(l => (JsonNode)new JsonObject
            {
                ["line"] = l.Line,
                ["of"] = new JsonObject { ["kind"] = l.Of.Kind, ["id"] = l.Of.Id, ["name"] = l.Of.Name },
                ["flows"] = l.Flows,
            })]),
        };
    }

    private static Flow FlowOf(Tracer tracer, Caller caller, TraceRequest request) =>
        new EndpointResolver(tracer.State, caller.Partition, new TraceNames(tracer)).TryResolve(Of(request), out Flow flow, out string error)
            ? flow
            : throw new Fault("UnknownEndpoint", error);

    /// <summary>One real packet beside the model's: both traces, whether they agree, and each difference in one line.</summary>
    public static async Task<JsonNode> Live(PlaneFollower? follower, string plane, PartitionKey home, TraceRequest request, CancellationToken stop)
    {
        if (follower is null)
        {
            throw new Fault("NoPackets", $"real packets need a plane that carries them, and this one is '{plane}': start the endpoint with --plane linux", 409);
        }

        LiveTrace live = await LiveTrace.Ask(follower, home, Of(request), stop);
        return new JsonObject
        {
            ["agree"] = live.Differences.Count == 0,
            ["differences"] = new JsonArray([.. live.Differences.Select(d => (JsonNode)JsonValue.Create(d))]),
            ["model"] = Document(live.Model),
            ["real"] = Document(live.Real),
        };
    }

    private static FlowQuestion Of(TraceRequest request) => new(Named(request.From, "from"), Named(request.To, "to"))
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
        Http = HttpOf(request.Http, request.Headers ?? []),
    };

    private static HttpRequest? HttpOf(string? text, IReadOnlyList<string> headers)
    {
        if (text is null)
        {
            return headers.Count == 0 ? null : throw new Fault("InvalidHttp", "headers belong to an HTTP request, and there is none");
        }

        string[] parts = text.Split(' ', 2);
        return HttpRequest.TryParse(parts[0], parts.Length == 2 ? parts[1] : "", out HttpRequest read, out _, out string error)
            && read.TryWith(headers, out read, out error)
            ? read
            : throw new Fault("InvalidHttp", error);
    }

    private static JsonObject Document(Trace trace)
    {
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
