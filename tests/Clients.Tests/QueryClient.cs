using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Trunkline.Tests.Clients;

/// <summary>An answer of the query protocol.</summary>
public sealed record Answer(HttpStatusCode Status, string Body)
{
    public bool IsOk => Status == HttpStatusCode.OK;

    /// <summary>The error's code; empty for a success.</summary>
    public string Code => Regex.Match(Body, "<Code>([^<]*)</Code>").Groups[1].Value;

    /// <summary>The texts of every element of this name, in order.</summary>
    public IReadOnlyList<string> All(string element) => [.. Regex.Matches(Body, $"<{element}>([^<]*)</{element}>").Select(m => m.Groups[1].Value)];

    public string First(string element) => All(element) is [string first, ..] ? first : throw new InvalidOperationException($"no {element} in {Body}");
}

/// <summary>A service of the query protocol: its signing name and its version.</summary>
public sealed record QueryService(string Scope, string Version)
{
    public static QueryService Ec2 { get; } = new("ec2", "2016-11-15");

    /// <summary>Classic load balancers. They share their signing name with the newer ones.</summary>
    public static QueryService Elb { get; } = new("elasticloadbalancing", "2012-06-01");

    public static QueryService Elbv2 { get; } = new("elasticloadbalancing", "2015-12-01");
}

/// <summary>A client as light as can be: the query protocol, not signed, but naming a credential scope as a signature does.</summary>
public sealed class QueryClient(string url, string account, string region = "us-east-1") : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public string Region { get; } = region;

    public string Account { get; } = account;

    public void Dispose() => http.Dispose();

    /// <param name="parameters">Names and values as <c>VpcId=vpc-1</c>.</param>
    public Task<Answer> Ask(string action, params string[] parameters) => Ask(action, (IReadOnlyList<string>)parameters);

    public Task<Answer> Ask(string action, IReadOnlyList<string> parameters) => Ask(QueryService.Ec2, action, parameters);

    public async Task<Answer> Ask(QueryService service, string action, IReadOnlyList<string> parameters)
    {
        List<KeyValuePair<string, string>> form = [new("Action", action), new("Version", service.Version)];
        form.AddRange(parameters.Select(p => new KeyValuePair<string, string>(p[..p.IndexOf('=')], p[(p.IndexOf('=') + 1)..])));
        using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        Sign(request, service.Scope);
        using HttpResponseMessage response = await http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks Direct Connect, which speaks JSON, for what must succeed.</summary>
    public async Task<JsonNode> Direct(string operation, JsonObject body)
    {
        (JsonNode? answer, string code) = await AskDirect(operation, body);
        Assert.True(answer is not null, $"{operation} {body.ToJsonString()}: {code}");
        return answer;
    }

    /// <summary>Asks Direct Connect: an answer, or an error's code.</summary>
    public async Task<(JsonNode? Answer, string Code)> AskDirect(string operation, JsonObject body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, url)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1")),
        };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", $"OvertureService.{operation}");
        Sign(request, "directconnect");
        using HttpResponseMessage response = await http.SendAsync(request);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return response.IsSuccessStatusCode ? (answer, "") : (null, answer["__type"]?.ToString() ?? answer.ToJsonString());
    }

    private void Sign(HttpRequestMessage request, string scope)
    {
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={Account}/20260101/{Region}/{scope}/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260101T000000Z");
    }

    /// <summary>Asks for what must succeed.</summary>
    public Task<Answer> Must(string action, params string[] parameters) => Must(QueryService.Ec2, action, parameters);

    public async Task<Answer> Must(QueryService service, string action, params string[] parameters)
    {
        Answer answer = await Ask(service, action, parameters);
        Assert.True(answer.IsOk, $"{action} {string.Join('&', parameters)}: {answer.Body}");
        return answer;
    }
}
