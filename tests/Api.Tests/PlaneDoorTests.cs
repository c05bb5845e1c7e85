using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Trunkline.Api;
using Trunkline.Control;
using Trunkline.Forwarding;
using Trunkline.Planes;
using Trunkline.Store;

using Endpoint = Trunkline.Api.Endpoint;

namespace Trunkline.Tests.Api;

/// <summary>The way from a request to a plane's own answers, over a plane in memory.</summary>
public sealed class PlaneDoorTests : IAsyncLifetime
{
    private readonly TalkingPlane plane = new();
    private readonly PlaneFollower follower;
    private readonly WebApplication app;
    private readonly Endpoint endpoint;
    private HttpClient client = new();

    public PlaneDoorTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        Endpoint.AddServices(builder.Services, null);
        app = builder.Build();
        Engine engine = new(new NoStore(), TimeProvider.System, () => 7, Quotas.Off);
        follower = new PlaneFollower(plane, engine, TimeProvider.System, "a test", []);
        endpoint = new Endpoint(engine, new ServerFacts(TimeProvider.System.GetUtcNow(), null, "talking", "a test", null), app.Services, follower);
        app.Run(endpoint.Handle);
    }

    public async ValueTask InitializeAsync()
    {
        await app.StartAsync();
        follower.Start();
        client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        endpoint.Dispose();
        await app.DisposeAsync();
        await follower.DisposeAsync();
        await plane.DisposeAsync();
    }

    [Fact]
    public async Task A_question_is_answered_in_json_with_or_without_arguments()
    {
        Assert.Equal("""{"said":"hello"}""", await Post("say", """{"word":"hello"}"""));
        Assert.Equal("""{"said":null}""", await Post("say", null));
        Assert.Contains("\"settled\":true", await Post("settle", null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_keeps_the_planes_code_and_words()
    {
        Assert.Equal("""{"error":{"code":"Deaf","message":"it does not hear"}}""", await Post("refuse", "{}"));
        Assert.Contains("does not answer", await Post("nonsense", "{}"), StringComparison.Ordinal);
        Assert.Contains("UnknownMachine", await Post("say", """{"machine":"nobody"}"""), StringComparison.Ordinal);
        Assert.Contains("InvalidJson", await Post("say", "{"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_goes_both_ways_at_once()
    {
        using HttpResponseMessage response = await Upgrade("echo", """{"times":2}""");
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[10];
        foreach (string word in (string[])["ab", "cd"])
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(word));
            await stream.FlushAsync();
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 2));
            Assert.Equal(word, Encoding.ASCII.GetString(buffer, 0, 2));
        }

        Assert.Equal(0, await stream.ReadAsync(buffer));
    }

    [Fact]
    public async Task A_stream_that_is_refused_is_an_ordinary_error()
    {
        using HttpResponseMessage response = await Upgrade("refuse", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("it does not hear", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_model_plane_says_how_to_get_packets()
    {
        await using LocalEndpoint model = await LocalEndpoint.Start();
        using HttpResponseMessage response = await model.Client.PostAsync(new Uri("/_trunkline/plane/exec", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("--plane linux", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> Post(string question, string? body)
    {
        using HttpResponseMessage response = await client.PostAsync(
            new Uri($"/_trunkline/plane/{question}", UriKind.Relative), body is null ? null : new StringContent(body));
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> Upgrade(string question, string arguments)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/_trunkline/plane/{question}");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("trunkline"));
        request.Headers.Add("X-Trunkline-Arguments", Convert.ToBase64String(Encoding.UTF8.GetBytes(arguments)));
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A plane in memory that answers questions.</summary>
    private sealed class TalkingPlane : IPlane, IPlaneQuestions
    {
        private readonly FakePlane inner = new();

        public string Name => "talking";

        public IReadOnlyCollection<string> Names => ["say", "refuse", "echo"];

        public async ValueTask<JsonNode?> Answer(PlaneQuestion question, CancellationToken stop)
        {
            switch (question.Name)
            {
                case "say":
                    return new JsonObject { ["said"] = question.Arguments["word"]?.DeepClone() };
                case "echo":
                    await using (Stream stream = await question.Upgrade!(stop))
                    {
                        byte[] buffer = new byte[2];
                        for (int i = 0; i < (int)question.Arguments["times"]!; i++)
                        {
                            await stream.ReadExactlyAsync(buffer, stop);
                            await stream.WriteAsync(buffer, stop);
                            await stream.FlushAsync(stop);
                        }
                    }

                    return null;
                default:
                    throw new PlaneException("Deaf", "it does not hear");
            }
        }

        public IPlaneState Desire(ForwardingState state) => inner.Desire(state);

        public ValueTask<IPlaneState> Observe(CancellationToken stop) => inner.Observe(stop);

        public PlanePlan Plan(IPlaneState desired, IPlaneState actual) => inner.Plan(desired, actual);

        public ValueTask<PlaneReport> Apply(PlanePlan plan, CancellationToken stop) => inner.Apply(plan, stop);

        public IAsyncEnumerable<PlaneNotice> Watch(CancellationToken stop) => inner.Watch(stop);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
