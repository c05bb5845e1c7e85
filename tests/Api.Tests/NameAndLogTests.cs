using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Api;

/// <summary>Route 53's XML, CloudWatch Logs' JSON, names, and records of traces, over HTTP.</summary>
public sealed class NameAndLogTests : IAsyncLifetime
{
    private LocalEndpoint endpoint = null!;

    public async ValueTask InitializeAsync() => endpoint = await LocalEndpoint.Start();

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Fact]
    public async Task A_zone_is_made_and_its_name_resolves()
    {
        const string Zone = """
            <CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>corp.example</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>
            """;
        using HttpResponseMessage made = await Route53(HttpMethod.Post, "hostedzone", Zone);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        string body = await made.Content.ReadAsStringAsync();
        Assert.StartsWith("https://route53.amazonaws.com/2013-04-01/hostedzone/Z", made.Headers.Location!.ToString(), StringComparison.Ordinal);
        string id = body.Split("<Id>/hostedzone/")[1].Split('<')[0];
        string change = $"""
            <ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change><Action>CREATE</Action>
            <ResourceRecordSet><Name>www.corp.example</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.7</Value></ResourceRecord>
            </ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>
            """;
        using HttpResponseMessage changed = await Route53(HttpMethod.Post, $"hostedzone/{id}/rrset", change);
        Assert.Contains("<Status>PENDING</Status>", await changed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage again = await Route53(HttpMethod.Post, $"hostedzone/{id}/rrset", change);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        string wrong = await again.Content.ReadAsStringAsync();
        Assert.Contains("<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error><Type>Sender</Type><Code>InvalidChangeBatch</Code>", wrong, StringComparison.Ordinal);
        JsonNode answer = await Own("resolve", new JsonObject { ["name"] = "www.corp.example" });
        Assert.Equal("192.0.2.7", answer["records"]![0]!["value"]!.ToString());
        using HttpResponseMessage none = await Route53(HttpMethod.Get, "hostedzone/Z0", null);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_trace_writes_records_that_the_logs_give_back()
    {
        string subnet = Between(await Form("Action=DescribeSubnets"), "<subnetId>", "<");
        string vpc = Between(await Form("Action=DescribeVpcs"), "<vpcId>", "<");
        string run = await Form($"Action=RunInstances&ImageId=ami-0123456789abcdef0&InstanceType=t3.micro&MinCount=2&MaxCount=2&SubnetId={subnet}");
        string[] instances = [.. run.Split("<instanceId>")[1..].Select(p => p.Split('<')[0]).Distinct()];
        await Form($"Action=CreateFlowLogs&ResourceType=VPC&ResourceId.1={vpc}&TrafficType=ALL&LogGroupName=flows&DeliverLogsPermissionArn=arn:aws:iam::000000000000:role/f");
        JsonNode trace = await Own("trace", new JsonObject { ["from"] = instances[0], ["to"] = instances[1], ["port"] = 80 });
        Assert.NotNull(trace["verdict"]);
        using HttpRequestMessage request = LocalEndpoint.Signed(new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent("""{"logGroupName":"flows"}""", Encoding.UTF8, "application/x-amz-json-1.1"),
        }, "logs");
        request.Headers.Add("X-Amz-Target", "Logs_20140328.FilterLogEvents");
        using HttpResponseMessage response = await endpoint.Client.SendAsync(request);
        JsonArray events = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["events"]!.AsArray();
        Assert.Equal(4, events.Count);
        Assert.All(events, e => Assert.EndsWith("ACCEPT OK", e!["message"]!.ToString(), StringComparison.Ordinal));
    }

    private Task<HttpResponseMessage> Route53(HttpMethod method, string path, string? body) =>
        endpoint.Client.SendAsync(LocalEndpoint.Signed(new HttpRequestMessage(method, "/2013-04-01/" + path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/xml"),
        }, "route53"));

    private async Task<JsonNode> Own(string question, JsonObject body)
    {
        using HttpResponseMessage response = await endpoint.Client.PostAsJsonAsync("/_trunkline/" + question, body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<string> Form(string form)
    {
        using HttpResponseMessage response = await endpoint.Form(form + "&Version=2016-11-15");
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    private static string Between(string text, string start, string end) => text.Split(start)[1].Split(end)[0];
}
