using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Trunkline.Api;
using Trunkline.Control;
using Trunkline.Store;

using Endpoint = Trunkline.Api.Endpoint;

namespace Trunkline.Tests.Api;

/// <summary>The endpoint in this process, on a free port of loopback, with nothing kept.</summary>
public sealed class LocalEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Endpoint endpoint;

    private LocalEndpoint(WebApplication app, Endpoint endpoint)
    {
        this.app = app;
        this.endpoint = endpoint;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<LocalEndpoint> Start(Uri? fallback = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = Endpoint.BodyBytesMax;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        Endpoint.AddServices(builder.Services, fallback);
        WebApplication app = builder.Build();
        Engine engine = new(new NoStore(), TimeProvider.System, () => 7, Quotas.Off);
        Endpoint endpoint = new(engine, new ServerFacts(TimeProvider.System.GetUtcNow(), null, "model", "the default", fallback), app.Services);
        app.Run(endpoint.Handle);
        await app.StartAsync();
        return new LocalEndpoint(app, endpoint);
    }

    /// <summary>A form for a service of AWS's, signed in name only.</summary>
    public Task<HttpResponseMessage> Form(string form, string service = "ec2", string key = "test", string region = "us-east-1") =>
        Client.SendAsync(Signed(new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent(form, Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        }, service, key, region));

    public static HttpRequestMessage Signed(HttpRequestMessage request, string service, string key = "test", string region = "us-east-1")
    {
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={key}/20260102/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260102T030405Z");
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        endpoint.Dispose();
    }
}
