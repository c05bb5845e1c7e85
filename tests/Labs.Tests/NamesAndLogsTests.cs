using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>
/// Zones, aliases, flow logs, block public access and a group for two VPCs, in Terraform by the unchanged AWS provider: apply, empty plan,
/// check, what the logs then hold, destroy.
/// </summary>
public sealed class NamesAndLogsTests(Server server) : IClassFixture<Server>
{
    private const string Account = "100000000061";

    [Fact]
    public async Task Names_lead_there_and_what_passes_is_written_down()
    {
        Programs.Need("terraform");
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "names-and-logs");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        await project.Init();
        await project.Apply();
        await project.PlanIsEmpty();
        string outputs = await project.Outputs();
        JsonNode answer = await server.Check(Account, Path.Combine(folder, "expect.yaml"), outputs);
        Assert.Empty(answer["flows"]!.AsArray().Where(f => !(bool)f!["ok"]!).Select(f => f!.ToJsonString()));

        Ended resolved = await server.Trunkline(Account, "resolve", "www.corp.example", "--from", "web", "--json");
        JsonNode records = JsonNode.Parse(resolved.Must().Output)!["records"]!;
        JsonNode values = JsonNode.Parse(outputs)!;
        Assert.Equal(["db.corp.example", values["app_ip"]!["value"]!.ToString()], records.AsArray().Select(r => r!["value"]!.ToString()));
        Assert.Equal(1, (await server.Trunkline(Account, "resolve", "www.corp.example")).ExitCode);

        string eni = values["web_eni"]!["value"]!.ToString();
        JsonNode events = await Logs("GetLogEvents", new JsonObject { ["logGroupName"] = "flows", ["logStreamName"] = $"{eni}-all", ["startFromHead"] = true });
        Assert.NotEmpty(events["events"]!.AsArray());
        JsonNode refused = await Logs("FilterLogEvents", new JsonObject { ["logGroupName"] = "flows", ["filterPattern"] = "[..., action=REJECT, way]" });
        Assert.Contains(refused["events"]!.AsArray(), e => e!["message"]!.ToString().EndsWith("22 REJECT ingress", StringComparison.Ordinal));
        await project.Destroy();
        Assert.Equal(before, await server.Inventory(Account));
    }

    private async Task<JsonNode> Logs(string operation, JsonObject body)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        using HttpRequestMessage request = new(HttpMethod.Post, server.Url) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"Logs_20140328.{operation}");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={Account}/20260101/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature={new string('0', 64)}");
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
