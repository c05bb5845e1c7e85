using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Api;

public sealed class EndpointTests : IAsyncLifetime
{
    private LocalEndpoint endpoint = null!;

    public async ValueTask InitializeAsync() => endpoint = await LocalEndpoint.Start();

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Fact]
    public async Task A_twelve_digit_key_is_the_account_and_any_other_is_zeros()
    {
        Assert.Contains("<Account>123456789012<", await Body("Action=GetCallerIdentity&Version=2011-06-15", "sts", "123456789012"), StringComparison.Ordinal);
        Assert.Contains("<Account>000000000000<", await Body("Action=GetCallerIdentity&Version=2011-06-15", "sts", "AKIAEXAMPLE"), StringComparison.Ordinal);
    }

    /// <summary>The two generations of load balancing share a signing name, and some operations.</summary>
    [Theory]
    [InlineData("Action=DescribeLoadBalancers&Version=2012-06-01", "<LoadBalancerDescriptions")]
    [InlineData("Action=DescribeLoadBalancers&Version=2015-12-01", "<LoadBalancers")]
    [InlineData("Action=DescribeInstanceHealth&LoadBalancerName=none", "There is no ACTIVE Load Balancer named")]
    [InlineData("Action=DescribeTargetGroups", "<TargetGroups")]
    public async Task Load_balancing_of_either_generation_is_known_by_version_or_operation(string form, string element) =>
        Assert.Contains(element, await Body(form, "elasticloadbalancing"), StringComparison.Ordinal);

    [Fact]
    public async Task Rights_made_for_one_region_are_there_in_every_region()
    {
        string made = await Body("Action=CreateInstanceProfile&Version=2010-05-08&InstanceProfileName=box", "iam");
        using HttpResponseMessage elsewhere = await endpoint.Form(
            "Action=GetInstanceProfile&Version=2010-05-08&InstanceProfileName=box", "iam", region: "eu-west-1");
        Assert.Contains(Between(made, "<InstanceProfileId>", "<"), await elsewhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage none = await endpoint.Form("Action=GetInstanceProfile&Version=2010-05-08&InstanceProfileName=other", "iam");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("<Code>NoSuchEntity</Code>", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_and_regions_have_default_VPCs_of_their_own()
    {
        string here = await Body("Action=DescribeVpcs&Version=2016-11-15");
        Assert.Equal(here.Length, (await Body("Action=DescribeVpcs&Version=2016-11-15")).Length);
        Assert.NotEqual(VpcOf(here), VpcOf(await Body("Action=DescribeVpcs&Version=2016-11-15", key: "111111111111")));
        using HttpResponseMessage elsewhere = await endpoint.Form("Action=DescribeVpcs&Version=2016-11-15", region: "eu-west-1");
        Assert.NotEqual(VpcOf(here), VpcOf(await elsewhere.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("Action=Nonsense", "InvalidAction")]
    [InlineData("Action=CreateTransitGatewayMulticastDomain", "UnsupportedOperation")]
    [InlineData("Version=2016-11-15", "MissingAction")]
    [InlineData("Action=CreateVpc&CidrBlock=10.0.0.0/16&Colour=red", "UnknownParameter")]
    [InlineData("Action=CreateVpc&CidrBlock=ten", "InvalidParameterValue")]
    [InlineData("Action=DeleteVpc", "MissingParameter")]
    [InlineData("Action=CreateVpc&CidrBlock=10.0.0.0/16&DryRun=true", "DryRunOperation")]
    public async Task Refuses_in_EC2_s_form(string form, string code)
    {
        using HttpResponseMessage response = await endpoint.Form(form);
        Assert.Equal(code == "DryRunOperation" ? HttpStatusCode.PreconditionFailed : HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"<Response><Errors><Error><Code>{code}</Code>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_used_twice_makes_one_VPC_and_gives_the_same_answer_but_for_the_request_id()
    {
        const string Form = "Action=CreateNetworkInterface&Version=2016-11-15&ClientToken=abc&SubnetId=";
        string subnet = Between(await Body("Action=DescribeSubnets&Version=2016-11-15"), "<subnetId>", "<");
        string first = await Body(Form + subnet);
        string second = await Body(Form + subnet);
        Assert.Equal(Between(first, "<networkInterfaceId>", "<"), Between(second, "<networkInterfaceId>", "<"));
        Assert.NotEqual(Between(first, "<requestId>", "<"), Between(second, "<requestId>", "<"));
        Assert.Contains("IdempotentParameterMismatch", await Body(Form + subnet + "&Description=other"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3", "<Error><Code>UnsupportedOperation</Code>")]
    [InlineData("rds", "<ErrorResponse")]
    [InlineData("cloudfront", "<ErrorResponse")]
    public async Task A_service_that_is_not_served_is_refused_by_name_in_its_own_form(string service, string start)
    {
        string body = await Body("Action=X", service);
        Assert.Contains(start, body, StringComparison.Ordinal);
        Assert.Contains($"The service {service} is not served", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exported_files_are_read_as_from_a_bucket()
    {
        string made = await Body("Action=CreateTransitGateway&Version=2016-11-15");
        string table = Between(made, "<associationDefaultRouteTableId>", "<");
        string place = Between(
            await Body($"Action=ExportTransitGatewayRoutes&Version=2016-11-15&TransitGatewayRouteTableId={table}&S3Bucket=routes"), "<s3Location>s3://routes/", "<");
        (HttpStatusCode status, string text) = await S3(HttpMethod.Get, $"/routes/{place}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"routes\"", text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, ""), await S3(HttpMethod.Head, $"/routes/{place}"));
        Assert.Equal(text, (await S3(HttpMethod.Get, $"/{place}", host: "routes.localhost:4566")).Body);
        Assert.Contains($"<Key>{place}</Key>", (await S3(HttpMethod.Get, "/routes?list-type=2&prefix=VPC")).Body, StringComparison.Ordinal);
        string folders = (await S3(HttpMethod.Get, "/routes?list-type=2&prefix=&delimiter=%2F")).Body;
        Assert.Contains("<Prefix>VPCTransitGateway/</Prefix>", folders, StringComparison.Ordinal);
        Assert.DoesNotContain("<Key>", folders, StringComparison.Ordinal);
        Assert.Contains("<Name>routes</Name>", (await S3(HttpMethod.Get, "/")).Body, StringComparison.Ordinal);
        Assert.Contains("NoSuchKey", (await S3(HttpMethod.Get, "/routes/other")).Body, StringComparison.Ordinal);
        Assert.Contains("NoSuchBucket", (await S3(HttpMethod.Get, "/other/file")).Body, StringComparison.Ordinal);
        Assert.Contains("NoSuchBucket", (await S3(HttpMethod.Get, $"/routes/{place}", key: "111111111111")).Body, StringComparison.Ordinal);
        Assert.Contains("UnsupportedOperation", (await S3(HttpMethod.Put, "/routes/file")).Body, StringComparison.Ordinal);
        Assert.Contains("UnsupportedOperation", (await S3(HttpMethod.Get, "/routes?policy")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await S3(HttpMethod.Delete, $"/routes/{place}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await S3(HttpMethod.Get, $"/routes/{place}")).Status);
    }

    private async Task<(HttpStatusCode Status, string Body)> S3(HttpMethod method, string path, string? host = null, string key = "test")
    {
        using HttpRequestMessage request = new(method, path);
        request.Headers.Host = host;
        using HttpResponseMessage response = await endpoint.Client.SendAsync(LocalEndpoint.Signed(request, "s3", key));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_JSON_service_that_is_not_served_is_refused_in_JSON()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/functions");
        using HttpResponseMessage response = await endpoint.Client.SendAsync(LocalEndpoint.Signed(request, "lambda"));
        Assert.Equal("UnsupportedOperation", Assert.Single(response.Headers.GetValues("x-amzn-ErrorType")));
    }

    [Theory]
    [InlineData("Basic abc")]
    [InlineData("AWS4-HMAC-SHA256 Credential=broken")]
    public async Task A_broken_signature_is_refused(string authorization)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new StringContent("Action=DescribeVpcs") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using HttpResponseMessage response = await endpoint.Client.SendAsync(request);
        Assert.Contains("IncompleteSignature", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new ByteArrayContent(new byte[17 * 1024 * 1024]) };
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await endpoint.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task What_fails_is_of_the_askers_account_until_it_is_healed()
    {
        JsonNode failed = await Failures("""{"fail":["us-east-1a"]}""", HttpStatusCode.OK);
        Assert.Contains("000000000000/us-east-1/az:us-east-1a", failed["failures"]!.AsArray().Select(f => f!.ToString()));
        JsonNode wrong = await Failures("""{"fail":["i-9"]}""", HttpStatusCode.BadRequest);
        Assert.Equal("InvalidFailure", wrong["error"]!["code"]!.ToString());
        JsonNode healed = await Failures("""{"heal":["az:us-east-1a"]}""", HttpStatusCode.OK);
        Assert.DoesNotContain("000000000000/us-east-1/az:us-east-1a", healed["failures"]!.AsArray().Select(f => f!.ToString()));
    }

    private async Task<JsonNode> Failures(string body, HttpStatusCode status)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await endpoint.Client.PostAsync(new Uri("/_trunkline/failures", UriKind.Relative), content);
        Assert.Equal(status, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    [Fact]
    public async Task The_world_is_kept_as_it_was_put_and_a_wrong_one_is_refused()
    {
        const string World = """{"internetAnswers":false,"hosts":[{"name":"dns","addresses":["8.8.8.8"],"answers":true,"ports":["udp/53","tcp/8000-8100"]}]}""";
        using HttpResponseMessage put = await Put(World);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        JsonNode kept = (await endpoint.Client.GetFromJsonAsync<JsonNode>("/_trunkline/world"))!;
        Assert.Equal("8.8.8.8/32", kept["hosts"]![0]!["addresses"]![0]!.ToString());
        Assert.Equal("tcp/8000-8100", kept["hosts"]![0]!["ports"]![1]!.ToString());
        foreach (string wrong in new[] { "{\"hosts\":[{\"name\":\"a\"}]}", "{\"hosts\":[{\"name\":\"a\",\"addresses\":[\"10.0.0.1\"]}]}",
            "{\"color\":1}", "{" })
        {
            using HttpResponseMessage refused = await Put(wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        Assert.Equal(kept.ToJsonString(), (await endpoint.Client.GetFromJsonAsync<JsonNode>("/_trunkline/world"))!.ToJsonString());
    }

    [Fact]
    public async Task A_question_that_nobody_knows_is_refused_and_reset_empties()
    {
        using HttpResponseMessage unknown = await endpoint.Client.GetAsync(new Uri("/_trunkline/nonsense", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        await Body("Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/16");
        Assert.Single((await Status())["accounts"]!.AsArray());
        using HttpResponseMessage reset = await endpoint.Client.PostAsync(new Uri("/_trunkline/reset", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, reset.StatusCode);
        Assert.Empty((await Status())["accounts"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"from":"nobody","to":"internet","port":443}""", "nobody")]
    [InlineData("""{"to":"internet","port":443}""", "from")]
    [InlineData("""{"from":"internet","to":"internet","protocol":"ipx"}""", "ipx")]
    public async Task A_trace_that_cannot_be_says_why(string question, string word)
    {
        using StringContent content = new(question, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await endpoint.Client.PostAsync(new Uri("/_trunkline/trace", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(word, (await response.Content.ReadFromJsonAsync<JsonNode>())!["error"]!["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fallback_gets_what_is_not_served_here_with_its_body()
    {
        await using LocalEndpoint other = await LocalEndpoint.Start();
        await using LocalEndpoint front = await LocalEndpoint.Start(other.Client.BaseAddress);
        using HttpResponseMessage answer = await front.Form("Action=ListQueues&Version=2012-11-05", "sqs");
        Assert.Contains("The service sqs is not served", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage own = await front.Form("Action=DescribeVpcs&Version=2016-11-15");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task A_fallback_that_is_not_there_is_a_clear_502()
    {
        await using LocalEndpoint front = await LocalEndpoint.Start(new Uri("http://127.0.0.1:1"));
        using HttpResponseMessage answer = await front.Form("Action=ListQueues", "sqs");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("http://127.0.0.1:1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> Body(string form, string service = "ec2", string key = "test")
    {
        using HttpResponseMessage response = await endpoint.Form(form, service, key);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<JsonNode> Status() => (await endpoint.Client.GetFromJsonAsync<JsonNode>("/_trunkline/status"))!;

    private async Task<HttpResponseMessage> Put(string world)
    {
        using StringContent content = new(world, Encoding.UTF8, "application/json");
        return await endpoint.Client.PutAsync(new Uri("/_trunkline/world", UriKind.Relative), content);
    }

    private static string VpcOf(string body) => Between(body, "<vpcId>", "<");

    private static string Between(string text, string start, string end)
    {
        int at = text.IndexOf(start, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{start} is not in {text}");
        at += start.Length;
        return text[at..text.IndexOf(end, at, StringComparison.Ordinal)];
    }
}
