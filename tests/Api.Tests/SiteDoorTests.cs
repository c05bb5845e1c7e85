using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Api;

/// <summary>The doors of sites, failures and settled routes: what is refused changes nothing.</summary>
public sealed class SiteDoorTests : IAsyncLifetime
{
    private const string World = """
        {"sites":[{"name":"dc","networks":[{"block":"192.168.0.0/16"}],"routers":[{"name":"r1","addresses":["198.51.100.1"],"asn":65010,"ports":["EqDC2"]}]}],
         "roles":[{"machine":"csr","asn":65099}]}
        """;

    private LocalEndpoint endpoint = null!;

    public async ValueTask InitializeAsync()
    {
        endpoint = await LocalEndpoint.Start();
        using HttpResponseMessage put = await Send(HttpMethod.Put, "world", World);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
    }

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Theory]
    [InlineData("PUT", "world", """{"sites":[null]}""", "a site is null")]
    [InlineData("PUT", "world", """{"sites":[{"name":"dc","routers":[null]}]}""", "a router is null")]
    [InlineData("PUT", "world", """{"sites":[{"name":"dc","routers":[{"name":"r","ports":[null]}]}]}""", "write LOCATION or LOCATION/CONNECTION")]
    [InlineData("PUT", "world", """{"sites":{}}""", "the body is not the JSON that is asked for")]
    [InlineData("PUT", "world", """{"roles":[{"machine":"a"},{"machine":"a"}]}""", "the machine a has two roles")]
    [InlineData("POST", "failures", """{"fail":["router:dc/r1","router:dc/r2"]}""", "'router:dc/r2': no site has such a router: write router:SITE/NAME")]
    [InlineData("POST", "failures", """{"fail":["location:EqDC2"],"heal":["router:dc/r1"]}""", "'router:dc/r1' has not failed: nothing has")]
    [InlineData("POST", "failures", """{"fail":[null]}""", "'fail' is a list of words")]
    [InlineData("GET", "bgp?of=nobody", null, "'nobody' is no line, and nothing that exchanges routes: give")]
    public async Task What_is_refused_is_named_and_changes_nothing(string method, string path, string? body, string says)
    {
        string before = await endpoint.Client.GetStringAsync("/_trunkline/world");
        using HttpResponseMessage answer = await Send(new HttpMethod(method), path, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        JsonNode error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        Assert.Contains(says, error["message"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error["message"]!.ToString());
        Assert.Equal(before, await endpoint.Client.GetStringAsync("/_trunkline/world"));
    }

    [Fact]
    public async Task A_router_fails_heals_and_is_told_of()
    {
        using HttpResponseMessage failed = await Send(HttpMethod.Post, "failures", """{"fail":["dc/r1","location:EqDC2"]}""");
        JsonNode world = JsonNode.Parse(await failed.Content.ReadAsStringAsync())!;
        Assert.Equal(["location:EqDC2", "router:dc/r1"], world["failures"]!.AsArray().Select(f => f!.ToString()));
        JsonNode bgp = (await endpoint.Client.GetFromJsonAsync<JsonNode>("/_trunkline/bgp?of=router:dc/r1"))!;
        Assert.False((bool)bgp["speakers"]!.AsArray().Single(s => s!["id"]!.ToString() == "router:dc/r1")!["works"]!);
        using HttpResponseMessage healed = await Send(HttpMethod.Post, "failures", """{"healAll":true}""");
        Assert.Empty(JsonNode.Parse(await healed.Content.ReadAsStringAsync())!["failures"]!.AsArray());
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? body)
    {
        using HttpRequestMessage request = new(method, new Uri("/_trunkline/" + path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await endpoint.Client.SendAsync(request);
    }
}
