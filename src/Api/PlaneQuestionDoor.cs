using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Api;

/// <summary>
/// <c>POST /_trunkline/plane/NAME</c>: what the plane itself answers. The body is a JSON object, so is the answer. A question that speaks on
/// asks for <c>Upgrade: trunkline</c> and gets the connection as raw octets both ways after a 101; as such a request can have no body, its
/// arguments stand in the header <c>X-Trunkline-Arguments</c>, base64 of the JSON object.
/// </summary>
internal static class PlaneQuestionDoor
{
    private const string Protocol = "trunkline";
    private const string ArgumentsHeader = "X-Trunkline-Arguments";

    public static async Task Answer(HttpContext http, PlaneFollower? follower, string plane, PartitionKey home, string name)
    {
        if (follower is null)
        {
            string message = $"'{name}' needs real packets, and the plane is '{plane}': start the endpoint with --plane linux";
            throw new Fault("NoPackets", message, StatusCodes.Status409Conflict);
        }

        IHttpUpgradeFeature? upgrade = http.Features.Get<IHttpUpgradeFeature>();
        bool asked = upgrade is { IsUpgradableRequest: true } && http.Request.Headers.Upgrade.ToString() == Protocol;
        bool hasBody = http.Request.ContentLength != 0 && http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;
        JsonObject arguments = asked ? InHeader(http) : hasBody ? await OwnQuestions.Body<JsonObject>(http) : [];
        JsonNode? answer = await follower.Ask(home, name, arguments, asked ? Upgrade : null, http.RequestAborted);
        if (!http.Response.HasStarted)
        {
            await OwnQuestions.Send(http, StatusCodes.Status200OK, answer);
        }

        async ValueTask<Stream> Upgrade(CancellationToken stop)
        {
            http.Response.Headers.Upgrade = Protocol;
            return await upgrade!.UpgradeAsync().WaitAsync(stop);
        }
    }

    private static JsonObject InHeader(HttpContext http)
    {
        string encoded = http.Request.Headers[ArgumentsHeader].ToString();
        try
        {
            return encoded.Length == 0 ? [] : JsonNode.Parse(Convert.FromBase64String(encoded)) as JsonObject ?? throw Unreadable();
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Unreadable();
        }
    }

    private static Fault Unreadable() => new("InvalidJson", $"the header {ArgumentsHeader} is not a JSON object in base64");
}
