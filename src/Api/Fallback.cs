using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Trunkline.Wire;
using Yarp.ReverseProxy.Forwarder;

namespace Trunkline.Api;

/// <summary>Hands requests for services that Trunkline does not serve to another emulator, so that one endpoint serves a whole stack.</summary>
internal sealed class Fallback(Uri target, IServiceProvider services) : IDisposable
{
    private readonly IHttpForwarder forwarder = services.GetRequiredService<IHttpForwarder>();

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
    });

    /// <summary>Here and not at the caller, so that the proxy's library is loaded only where it serves.</summary>
    public static void AddServices(IServiceCollection services) => services.AddHttpForwarder();

    public void Dispose() => client.Dispose();

    /// <param name="request">The request with its body, which was read already.</param>
    public async Task Forward(HttpContext http, WireRequest request)
    {
        http.Request.Body = new MemoryStream(request.Body.ToArray());
        ForwarderError error = await forwarder.SendAsync(http, target.ToString(), client);
        if (error != ForwarderError.None && !http.Response.HasStarted)
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync($"The fallback endpoint {target} did not answer: {error}\n");
        }
    }
}
