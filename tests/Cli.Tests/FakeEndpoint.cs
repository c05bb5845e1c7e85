using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Cli;

/// <summary>An HTTP server of a few lines that answers as a test tells it, and remembers what it was asked.</summary>
internal sealed class FakeEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<string, JsonNode?, (int Status, string Body)> _answer;
    private readonly Task _loop;

    public FakeEndpoint(Func<string, JsonNode?, (int Status, string Body)> answer)
    {
        _answer = answer;
        Url = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = Task.Run(Serve);
    }

    public string Url { get; }

    /// <summary>"METHOD PATH account region" of each request, in order.</summary>
    public List<string> Requests { get; } = [];

    public List<JsonNode?> Bodies { get; } = [];

    public static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait();
        _listener.Close();
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using StreamReader reader = new(call.Request.InputStream);
            string text = await reader.ReadToEndAsync();
            JsonNode? body = text.StartsWith('{') ? JsonNode.Parse(text) : JsonValue.Create(text);
            string what = $"{call.Request.HttpMethod} {call.Request.Url!.AbsolutePath}";
            lock (Requests)
            {
                Requests.Add($"{what} {call.Request.Headers["X-Trunkline-Account"]} {call.Request.Headers["X-Trunkline-Region"]}".Trim());
                Bodies.Add(body);
            }

            (int status, string answer) = _answer(what, body);
            call.Response.StatusCode = status;
            byte[] bytes = Encoding.UTF8.GetBytes(answer);
            await call.Response.OutputStream.WriteAsync(bytes);
            call.Response.Close();
        }
    }
}
