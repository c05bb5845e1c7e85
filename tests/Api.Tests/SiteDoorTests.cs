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
    [InlineData("PUT", "world", """{"ahead":"a week"}""", "ahead is 'a week', and must be a whole number with s, m, h or d, as 8d, and at most 3650d")]
    [InlineData("PUT", "world", """{"ahead":7}""", "the body is not the JSON that is asked for")]
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

    [Fact]
    public async Task The_clock_moves_with_the_world_and_the_next_question_sees_what_has_run_out()
    {
        string ours = Named("vpcId", await Ec2("Action=CreateVpc&CidrBlock=10.0.0.0/16"));
        string theirs = Named("vpcId", await Ec2("Action=DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=true"));
        string peering = Named("vpcPeeringConnectionId", await Ec2($"Action=CreateVpcPeeringConnection&VpcId={ours}&PeerVpcId={theirs}"));
        string described = $"Action=DescribeVpcPeeringConnections&VpcPeeringConnectionId.1={peering}";
        Assert.Equal("pending-acceptance", Named("code", await Ec2(described)));
        using HttpResponseMessage ahead = await Send(HttpMethod.Put, "world", """{"ahead":"192h"}""");
        Assert.Equal("8d", JsonNode.Parse(await ahead.Content.ReadAsStringAsync())!["ahead"]!.ToString());
        Assert.Equal("expired", Named("code", await Ec2(described)));
        using HttpResponseMessage failed = await Send(HttpMethod.Post, "failures", """{"fail":["location:EqDC2"]}""");
        Assert.Equal("8d", JsonNode.Parse(await failed.Content.ReadAsStringAsync())!["ahead"]!.ToString());
        using HttpResponseMessage back = await Send(HttpMethod.Put, "world", World);
        Assert.Null(JsonNode.Parse(await back.Content.ReadAsStringAsync())!["ahead"]);
        Assert.Equal("expired", Named("code", await Ec2(described)));
    }

    private async Task<string> Ec2(string form)
    {
        using HttpResponseMessage answer = await endpoint.Form(form + "&Version=2016-11-15");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Named(string element, string xml) =>
        System.Xml.Linq.XDocument.Parse(xml).Descendants().First(e => e.Name.LocalName == element).Value;

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? body)
    {
        using HttpRequestMessage request = new(method, new Uri("/_trunkline/" + path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await endpoint.Client.SendAsync(request);
    }
}
