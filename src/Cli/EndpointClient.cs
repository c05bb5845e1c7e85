using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Trunkline.Cli;

/// <summary>A refusal by the endpoint, in its own words.</summary>
/// <param name="Candidates">Names it could have meant; may be empty.</param>
internal sealed record EndpointFault(string Code, string Message, IReadOnlyList<string> Candidates)
{
    public string Line => Candidates.Count == 0 ? Message : $"{Message} (candidates: {string.Join(", ", Candidates)})";
}

/// <summary>Trunkline's own HTTP interface under <c>/_trunkline/</c>, and EC2's query protocol for the little that it lacks.</summary>
internal sealed partial class EndpointClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Target _target;

    public EndpointClient(Target target)
    {
        _target = target;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = target.Endpoint,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public void Dispose() => _http.Dispose();

    public Task<JsonNode> Status(CancellationToken stop) => Demand(HttpMethod.Get, "status", null, stop);

    /// <summary>What routers and gateways have told each other; of one line, row or speaker where one is named.</summary>
    public Task<JsonNode> Bgp(string? of, CancellationToken stop) =>
        Demand(HttpMethod.Get, of is null ? "bgp" : $"bgp?of={Uri.EscapeDataString(of)}", null, stop);

    public Task<JsonNode> World(CancellationToken stop) => Demand(HttpMethod.Get, "world", null, stop);

    public Task<JsonNode> PutWorld(JsonNode world, CancellationToken stop) => Demand(HttpMethod.Put, "world", world, stop);

    /// <summary>Lets things fail or work again; answers the world as it is then.</summary>
    public Task<JsonNode> Failures(JsonObject request, CancellationToken stop) => Demand(HttpMethod.Post, "failures", request, stop);

    public Task<JsonNode> Reset(CancellationToken stop) => Demand(HttpMethod.Post, "reset", new JsonObject(), stop);

    /// <summary>What a name stands for.</summary>
    public Task<JsonNode> Resolve(string name, string? from, string? type, CancellationToken stop) =>
        Demand(HttpMethod.Post, "resolve", new JsonObject { ["name"] = name, ["from"] = from, ["type"] = type }, stop);

    /// <summary>A trace, or the endpoint's reason for not making one (an unknown or ambiguous name, say).</summary>
    public Task<(JsonNode? Answer, EndpointFault? Fault)> Trace(TraceQuestion question, CancellationToken stop) => Trace("trace", question, stop);

    /// <summary>The same packet sent for real, beside the model's trace of it.</summary>
    public Task<(JsonNode? Answer, EndpointFault? Fault)> Live(TraceQuestion question, CancellationToken stop) => Trace("live", question, stop);

    /// <summary>Many flows that differ in their source port only: how many arrived, and which lines carried how many.</summary>
    public Task<(JsonNode? Answer, EndpointFault? Fault)> Spread(TraceQuestion question, int flows, CancellationToken stop) =>
        Trace("spread", question, stop, flows);

    private Task<(JsonNode? Answer, EndpointFault? Fault)> Trace(string path, TraceQuestion question, CancellationToken stop, int? flows = null)
    {
        JsonObject body = new()
        {
            ["from"] = question.From,
            ["to"] = question.To,
            ["protocol"] = question.Protocol,
            ["port"] = question.Port,
            ["sourcePort"] = question.SourcePort,
        };
        if (flows is not null)
        {
            body["flows"] = flows;
        }

        if (question.Http is not null)
        {
            body["http"] = question.Http;
            if (question.Headers.Count > 0)
            {
                body["headers"] = new JsonArray([.. question.Headers.Select(h => (JsonNode)JsonValue.Create(h))]);
            }
        }

        return Ask(HttpMethod.Post, path, body, question.Account, question.Region, stop);
    }

    /// <summary>A question that the plane answers: real packets, programs in machines.</summary>
    public Task<JsonNode> AskPlane(string name, JsonObject arguments, CancellationToken stop) => Demand(HttpMethod.Post, $"plane/{name}", arguments, stop);

    /// <summary>A question that the plane answers over a stream: raw octets both ways.</summary>
    public async Task<Stream> OpenPlane(string name, JsonObject arguments, CancellationToken stop)
    {
        using HttpRequestMessage request = Request(HttpMethod.Post, $"plane/{name}", null, null, null);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("trunkline"));
        request.Headers.Add("X-Trunkline-Arguments", Convert.ToBase64String(Encoding.UTF8.GetBytes(arguments.ToJsonString())));
        HttpResponseMessage response = await Send(request, stop, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            return await response.Content.ReadAsStreamAsync(stop);
        }

        using (response)
        {
            (_, EndpointFault? fault) = await Read(response, stop);
            throw fault is null ? NotTrunkline(response) : new CliException(ExitCodes.Usage, fault.Code, fault.Line);
        }
    }

    /// <summary>One EC2 call by AWS's query protocol.</summary>
    /// <returns>The response document.</returns>
    public async Task<string> Ec2(IReadOnlyDictionary<string, string> parameters, CancellationToken stop)
    {
        // The scope says who asks and for what; without configured secrets the endpoint does not look at the signature itself.
        string now = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new FormUrlEncodedContent(parameters) };
        string scope = $"{_target.Account}/{now[..8]}/{_target.Region}/ec2/aws4_request";
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={new string('0', 64)}");
        request.Headers.Add("X-Amz-Date", now);
        using HttpResponseMessage response = await Send(request, stop);
        string text = await response.Content.ReadAsStringAsync(stop);
        if (response.IsSuccessStatusCode)
        {
            return text;
        }

        Match error = Ec2Error().Match(text);
        throw error.Success
            ? new CliException(ExitCodes.Usage, error.Groups[1].Value, $"{error.Groups[1].Value}: {WebUtility.HtmlDecode(error.Groups[2].Value)}")
            : NotTrunkline(response);
    }

    private async Task<JsonNode> Demand(HttpMethod method, string path, JsonNode? body, CancellationToken stop)
    {
        (JsonNode? answer, EndpointFault? fault) = await Ask(method, path, body, null, null, stop);
        return answer ?? throw new CliException(ExitCodes.Usage, fault!.Code, fault.Line);
    }

    private async Task<(JsonNode? Answer, EndpointFault? Fault)> Ask(
        HttpMethod method, string path, JsonNode? body, string? account, string? region, CancellationToken stop)
    {
        using HttpRequestMessage request = Request(method, path, body, account, region);
        using HttpResponseMessage response = await Send(request, stop);
        return await Read(response, stop);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body, string? account, string? region)
    {
        HttpRequestMessage request = new(method, "/_trunkline/" + path);
        request.Headers.Add("X-Trunkline-Account", account ?? _target.Account);
        request.Headers.Add("X-Trunkline-Region", region ?? _target.Region);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        return request;
    }

    private async Task<(JsonNode? Answer, EndpointFault? Fault)> Read(HttpResponseMessage response, CancellationToken stop)
    {
        string text = await response.Content.ReadAsStringAsync(stop);
        JsonNode? json = Parse(text);
        if (response.IsSuccessStatusCode)
        {
            return (json ?? new JsonObject(), null);
        }

        if (json is JsonObject holder && holder["error"] is JsonObject error && error["message"] is { } message)
        {
            List<string> candidates = error["candidates"] is JsonArray list ? [.. list.Select(CandidateText)] : [];
            return (null, new EndpointFault(error["code"]?.ToString() ?? "Error", message.ToString(), candidates));
        }

        throw NotTrunkline(response);
    }

    private static string CandidateText(JsonNode? candidate) =>
        candidate is JsonObject named ? string.Join(' ', named.Select(p => p.Value?.ToString())) : candidate?.ToString() ?? "";

    private async Task<HttpResponseMessage> Send(
        HttpRequestMessage request, CancellationToken stop, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        try
        {
            return await _http.SendAsync(request, until, stop);
        }
        catch (HttpRequestException failure)
        {
            string why = failure.InnerException?.Message ?? failure.Message;
            throw new CliException(ExitCodes.Unreachable, "EndpointUnreachable",
                $"no answer from {_target.Endpoint} ({why.TrimEnd('.')}): "
                + "start it with `trunkline up`, or name another with --endpoint URL");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.Unreachable, "EndpointUnreachable",
                $"{_target.Endpoint} took the request and did not answer within {_http.Timeout.TotalSeconds:0} s");
        }
    }

    private CliException NotTrunkline(HttpResponseMessage response) => new(ExitCodes.Unreachable, "NotTrunkline",
        $"{_target.Endpoint} answers {(int)response.StatusCode}, and not as Trunkline does: is another program on that port? "
        + "Start Trunkline with `trunkline up --port N` and name it with --endpoint URL");

    [GeneratedRegex("<Code>(.*?)</Code>\\s*<Message>(.*?)</Message>", RegexOptions.Singleline)]
    private static partial Regex Ec2Error();

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Not JSON: another program's page. The caller says so with the status it came with.
            return null;
        }
    }
}

/// <summary>One question to <c>/_trunkline/trace</c>.</summary>
/// <param name="Protocol">tcp, udp or icmp.</param>
/// <param name="Port">Destination port; null for icmp.</param>
/// <param name="SourcePort">Null lets the endpoint take an ephemeral one.</param>
/// <param name="Account">Null for the invocation's own; so for the region.</param>
internal sealed record TraceQuestion(
    string From, string To, string Protocol, int? Port, int? SourcePort, string? Account = null, string? Region = null)
{
    /// <summary>A method and a URL, <c>GET https://shop.example/cart</c>; null for a packet that is no request.</summary>
    public string? Http { get; init; }

    /// <summary>Further headers of the request, each as <c>Name: value</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];
}
