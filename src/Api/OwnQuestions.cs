using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Own;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Api;

/// <summary>
/// Trunkline's own questions, for its command line and whoever likes JSON: <c>status</c>, <c>trace</c>, <c>live</c> (the same packet for real),
/// <c>spread</c> (many), <c>resolve</c>, <c>world</c>, <c>failures</c>, <c>bgp</c>, <c>reset</c> under <c>/_trunkline/</c>,
/// and <c>plane/NAME</c> for what a plane itself answers. Headers <c>X-Trunkline-Account</c>
/// and <c>X-Trunkline-Region</c> say where. Errors are <c>{"error":{"code","message"}}</c>.
/// </summary>
internal sealed class OwnQuestions(Engine engine, ServerFacts facts, PlaneFollower? follower)
{
    public const string Path = "/_trunkline";

    public async Task Handle(HttpContext http, PathString question, string requestId)
    {
        try
        {
            if (question.StartsWithSegments("/plane", StringComparison.Ordinal, out PathString named) && HttpMethods.IsPost(http.Request.Method))
            {
                await PlaneQuestionDoor.Answer(http, follower, facts.Plane, CallerOf(http, requestId).Partition, named.Value!.Trim('/'));
                return;
            }

            string asked = $"{http.Request.Method} {question.Value?.TrimEnd('/')}";
            JsonNode? answer = asked switch
            {
                "GET /status" => StatusReport.Of(engine, facts, follower, http.Request.Host.Value ?? ""),
                "POST /trace" => await TraceQuestion.Answer(engine, CallerOf(http, requestId), await Body<TraceRequest>(http)),
                "POST /spread" => TraceQuestion.Spread(engine, CallerOf(http, requestId), await Body<TraceRequest>(http)),
                "POST /resolve" => ResolveQuestion.Answer(engine, CallerOf(http, requestId).Partition, await Body<ResolveRequest>(http)),
                "POST /live" => await TraceQuestion.Live(
                    follower, facts.Plane, CallerOf(http, requestId).Partition, await Body<TraceRequest>(http), http.RequestAborted),
                "GET /bgp" => RoutesDocument.Of(engine.Tracer.State.Routes, http.Request.Query["of"]),
                "GET /world" => JsonSerializer.SerializeToNode(WorldDocument.Of(engine.Published.World), JsonSerializerOptions.Web),
                "PUT /world" => await PutWorld(CallerOf(http, requestId), await Body<WorldDocument>(http)),
                "POST /failures" => await PutFailures(CallerOf(http, requestId), await Body<FailureRequest>(http)),
                "POST /reset" => await Reset(CallerOf(http, requestId)),
                _ => throw new Fault("UnknownQuestion", $"{asked} is not a question under {Path}", StatusCodes.Status404NotFound),
            };
            await Send(http, StatusCodes.Status200OK, answer);
        }
        catch (Fault fault)
        {
            // Where the answer is a stream already, its end is all that can be told.
            if (!http.Response.HasStarted)
            {
                JsonObject error = new() { ["code"] = fault.Code, ["message"] = fault.Message };
                await Send(http, fault.Status, new JsonObject { ["error"] = error });
            }
        }
    }

    private async Task<JsonNode?> PutWorld(Caller caller, WorldDocument document)
    {
        World world = document.ToWorld(caller.Partition);
        return Document(await SetWorld(caller, "trunkline:PutWorld", document, _ => world));
    }

    /// <summary>The world with its failures, and the steps in which routes settled anew.</summary>
    private async Task<JsonNode?> PutFailures(Caller caller, FailureRequest request)
    {
        ForwardingState before = engine.Tracer.State;
        World world = await SetWorld(caller, "trunkline:PutFailures", request, cloud => request.Apply(cloud, caller.Partition));
        SettledRoutes after = Settler.Settle(before.Routes, before.Cloud, before.Cloud with { World = world }, []);
        JsonNode? answer = Document(world);
        answer!["steps"] = RoutesDocument.Steps(before.Routes, after);
        return answer;
    }

    private static JsonNode? Document(World world) => JsonSerializer.SerializeToNode(WorldDocument.Of(world), JsonSerializerOptions.Web);

    private async Task<World> SetWorld<T>(Caller caller, string action, T request, Func<CloudSnapshot, World> make)
    {
        Command command = new(
            caller, action, IsRead: false, IsDryRun: false, ClientToken: null,
            () => JsonSerializer.Serialize(request, JsonSerializerOptions.Web),
            context => WorldChange.Put(context, make(context.Draft.Next)),
            _ => "");
        Outcome outcome = await engine.Execute(command);
        return outcome.Fault is { } fault
            ? throw fault
            : (World)outcome.Output!;
    }

    private async Task<JsonNode?> Reset(Caller caller)
    {
        await engine.Reset(caller);
        return new JsonObject { ["reset"] = true };
    }

    private static Caller CallerOf(HttpContext http, string requestId)
    {
        string account = http.Request.Headers["X-Trunkline-Account"].ToString();
        string region = http.Request.Headers["X-Trunkline-Region"].ToString();
        if (account.Length > 0 && (account.Length != 12 || account.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            throw new Fault("InvalidAccount", $"'{account}' is not an account: twelve digits");
        }

        PartitionKey key = new(
            account.Length == 0 ? Callers.DefaultAccount : account, region.Length == 0 ? Callers.DefaultRegion : region);
        return new Caller(key, "", requestId);
    }

    internal static async Task<T> Body<T>(HttpContext http)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, JsonSerializerOptions.Web, http.RequestAborted)
                ?? throw new Fault("InvalidJson", "the body is null");
        }
        catch (JsonException e)
        {
            throw new Fault("InvalidJson", $"the body is not the JSON that is asked for: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            throw new Fault("InvalidBody", e.Message, e.StatusCode);
        }
    }

    internal static async Task Send(HttpContext http, int status, JsonNode? answer)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer?.ToJsonString() ?? "null", http.RequestAborted);
    }
}
