using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trunkline.Control;
using Trunkline.Wire;

namespace Trunkline.Api;

/// <summary>
/// The one URL that serves every AWS service, and Trunkline's own questions under <c>/_trunkline/</c>. A request passes these handlers in
/// this order: request id, own questions, body, service and caller, protocol, dispatch, answer or fault.
/// </summary>
public sealed class Endpoint : IDisposable
{
    /// <summary>The largest request body, in bytes: above what any operation takes, below what would hurt.</summary>
    public const long BodyBytesMax = 16 * 1024 * 1024;

    private static readonly WireFault NoService = new("MissingAction", "The request names no service and no Action that Trunkline serves");

    private readonly Engine engine;
    private readonly OwnQuestions own;
    private readonly Fallback? fallback;
    private readonly ServedServices services = new();
    private readonly ILogger log;

    /// <param name="follower">What makes a plane carry the cloud; null on the model plane, where nothing has to follow.</param>
    public Endpoint(Engine engine, ServerFacts facts, IServiceProvider host, PlaneFollower? follower = null)
    {
        this.engine = engine;
        own = new OwnQuestions(engine, facts, follower);
        fallback = facts.Fallback is null ? null : new Fallback(facts.Fallback, host);
        log = host.GetRequiredService<ILogger<Endpoint>>();
    }

    /// <summary>What the handlers need of the host.</summary>
    public static void AddServices(IServiceCollection services, Uri? fallback)
    {
        if (fallback is not null)
        {
            Fallback.AddServices(services);
        }
    }

    public void Dispose() => fallback?.Dispose();

    public async Task Handle(HttpContext http)
    {
        string requestId = NewRequestId();
        if (http.Request.Path.StartsWithSegments(OwnQuestions.Path, StringComparison.Ordinal, out PathString question))
        {
            await AnswerOwn(http, question, requestId);
            return;
        }

        (WireRequest request, WireFault? fault) = await ReadRequest(http);
        WireResult<RequestSignature> signature = SigV4.Parse(request);
        ServedService? service = services.Find(request, signature.Value);
        if (service is null && fallback is not null)
        {
            await fallback.Forward(http, request);
            return;
        }

        fault ??= signature.Fault;
        WireResponse response = (fault, service, signature.Value) switch
        {
            ({ } refused, _, _) => (service ?? services.Default).WriteFault(refused, requestId),
            (_, null, { Service: "s3" } signed) => await ExportedFiles.Answer(engine, request, Callers.Of(signed, requestId), requestId),
            (_, null, { } signed) => Unserved.Refuse(request, signed.Service, requestId),
            (_, null, null) => services.Default.WriteFault(NoService, requestId),
            _ => await Answer(service, request, signature.Value, requestId),
        };
        await Send(http, response);
    }

    private async ValueTask<WireResponse> Answer(ServedService service, WireRequest request, RequestSignature? signature, string requestId)
    {
        WireResult<WireCall> call = service.Description.Protocol.Read(request, service.Description);
        if (call.Fault is { } unreadable)
        {
            return service.WriteFault(unreadable, requestId);
        }

        try
        {
            Outcome outcome = await engine.Execute(service.CommandOf(Callers.Of(signature, requestId), call.Value!));
            return outcome switch
            {
                { Fault: { } fault } => service.WriteFault(
                    new WireFault(fault.Code, fault.Message, fault.Status, fault.Status >= 500) { Details = fault.Details }, requestId),
                { Replay: { } replay } => service.WriteReplay(replay, requestId),
                _ => service.WriteOutput(call.Value!.Operation, (IShape)outcome.Output!, requestId),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A handler's mistake is ours, not the client's: nothing was changed, the reason is on our own log.
            log.LogError(e, "{Action} failed, request {RequestId}", call.Value!.Operation, requestId);
            return service.WriteFault(WireFault.InternalError(), requestId);
        }
    }

    /// <summary>The request as a value; a body over the limit is refused before it is read to its end.</summary>
    private static async ValueTask<(WireRequest Request, WireFault? Fault)> ReadRequest(HttpContext http)
    {
        WireFault tooLarge = new("RequestEntityTooLarge", $"Request body is over the limit of {BodyBytesMax} bytes", 413);
        if (http.Request.ContentLength > BodyBytesMax)
        {
            return (HeadOf(http, default), tooLarge);
        }

        try
        {
            int expected = (int)(http.Request.ContentLength ?? 0);
            ArrayBufferWriter<byte> body = new(Math.Max(expected, 1));
            while (true)
            {
                System.IO.Pipelines.ReadResult read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    body.Write(part.Span);
                }

                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return (HeadOf(http, body.WrittenMemory), null);
                }
            }
        }
        catch (BadHttpRequestException e)
        {
            return (HeadOf(http, default), e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? tooLarge
                : new WireFault("MalformedRequest", e.Message, e.StatusCode));
        }
    }

    private static WireRequest HeadOf(HttpContext http, ReadOnlyMemory<byte> body)
    {
        List<KeyValuePair<string, string>> headers = new(http.Request.Headers.Count);
        foreach ((string key, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Headers)
        {
            headers.Add(new(key, values.ToString()));
        }

        string query = http.Request.QueryString.Value ?? "";
        return new WireRequest(
            http.Request.Method, PathOf(http), query.StartsWith('?') ? query[1..] : query, headers, body);
    }

    /// <summary>The path as it was sent: an ARN in it has escaped slashes, which are not those between its parts.</summary>
    private static string PathOf(HttpContext http)
    {
        string target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int mark = target.IndexOf('?');
        return target.StartsWith('/') ? (mark < 0 ? target : target[..mark]) : http.Request.Path.Value ?? "/";
    }

    private static async Task Send(HttpContext http, WireResponse response)
    {
        http.Response.StatusCode = response.Status;
        http.Response.ContentType = response.ContentType;
        http.Response.ContentLength = response.Body.Length;
        foreach ((string name, string value) in response.Headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.Body.WriteAsync(response.Body, http.RequestAborted);
    }

    /// <summary>A mistake of ours is logged, and told in the form in which these questions tell errors.</summary>
    private async Task AnswerOwn(HttpContext http, PathString question, string requestId)
    {
        try
        {
            await own.Handle(http, question, requestId);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "{Question} failed, request {RequestId}", question, requestId);
            if (!http.Response.HasStarted)
            {
                JsonObject error = new()
                {
                    ["code"] = "InternalError",
                    ["message"] = $"{question} failed by a mistake of Trunkline's; the server's standard error tells more, request {requestId}",
                };
                await OwnQuestions.Send(http, StatusCodes.Status500InternalServerError, new JsonObject { ["error"] = error });
            }
        }
    }

    private static string NewRequestId() => Guid.NewGuid().ToString("D");
}
