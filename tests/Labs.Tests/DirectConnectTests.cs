using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>
/// All of Direct Connect that the unchanged AWS provider has, in two accounts: ports, a bundle, keys, virtual interfaces of every type for oneself and
/// for a tenant, gateways, proposals, a hosted connection: apply, empty plan, destroy.
/// </summary>
public sealed class DirectConnectTests(Server server) : IClassFixture<Server>
{
    private const string Account = "100000000171";
    private const string Tenant = "100000000172";

    [Fact]
    public async Task Terraform_makes_all_of_it_and_plans_nothing_more()
    {
        Programs.Need("terraform");
        string interconnect = (await Dx("CreateInterconnect", new JsonObject
        {
            ["interconnectName"] = "partner",
            ["bandwidth"] = "10Gbps",
            ["location"] = "EqDC2",
        }))["interconnectId"]!.ToString();
        TerraformProject project = new(server, Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "direct-connect"), Account);
        project.Set("tenant", Tenant);
        project.Set("interconnect", interconnect);
        await project.Init();
        await project.Apply();
        await project.PlanIsEmpty();
        JsonNode outputs = JsonNode.Parse(await project.Outputs())!;
        Assert.Equal("10.1.0.0/16", Assert.Single(outputs["exit_prefixes"]!["value"]!.AsArray())!.ToString());
        Assert.Equal("2900 Series Routers", outputs["router"]!["value"]!.ToString());
        Assert.Equal(7, (await Interfaces()).Count());
        await project.Destroy();
        Assert.All(await Interfaces(), state => Assert.Equal("deleted", state));
        Assert.Empty((await Dx("DescribeConnections", []))["connections"]!.AsArray());
        Assert.Empty((await Dx("DescribeLags", []))["lags"]!.AsArray());
        Assert.Empty((await Dx("DescribeDirectConnectGateways", []))["directConnectGateways"]!.AsArray());
    }

    private async Task<IEnumerable<string>> Interfaces() => (await Dx("DescribeVirtualInterfaces", []))["virtualInterfaces"]!.AsArray()
        .Select(v => v!["virtualInterfaceState"]!.ToString());

    private async Task<JsonNode> Dx(string operation, JsonObject body)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        using HttpRequestMessage request = new(HttpMethod.Post, server.Url) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"OvertureService.{operation}");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={Account}/20260101/us-east-1/directconnect/aws4_request, SignedHeaders=host;x-amz-date, "
            + $"Signature={new string('0', 64)}");
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
