using System.Text;
using System.Text.Json;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Iam;
using Trunkline.Control.Machines;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Machines;

/// <summary>Instance metadata, as AWS documents it.</summary>
public sealed class MetadataTests
{
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string Trust = """{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}""";
    private const string TtlHeader = "X-aws-ec2-metadata-token-ttl-seconds";

    private readonly Lab lab = new();
    private readonly MetadataTokens tokens = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private Id<Instance> id;

    [Fact]
    public void Tells_the_documented_categories()
    {
        Launch(Options("optional"));
        NetworkInterface eni = View().Primary;
        string at = $"network/interfaces/macs/{eni.MacAddress}/";
        string shown = View().PublicOf(eni, eni.PrivateAddresses[0])!.Value.ToString();
        string dashed = shown.Replace('.', '-');
        Assert.Equal(id.Value, Get("instance-id"));
        Assert.Equal("ami-00000000000000001", Get("ami-id"));
        Assert.Equal("10.0.1.171", Get("local-ipv4"));
        Assert.Equal("ip-10-0-1-171.ec2.internal", Get("hostname"));
        Assert.Equal("ip-10-0-1-171.ec2.internal", Get("local-hostname"));
        Assert.Equal(shown, Get("public-ipv4"));
        Assert.Equal($"ec2-{dashed}.compute-1.amazonaws.com", Get("public-hostname"));
        Assert.Equal(eni.MacAddress, Get("mac"));
        Assert.Equal(eni.MacAddress + "/", Get("network/interfaces/macs/"));
        Assert.Equal(eni.Id.Value, Get(at + "interface-id"));
        Assert.Equal("0", Get(at + "device-number"));
        Assert.Equal("10.0.1.0/24", Get(at + "subnet-ipv4-cidr-block"));
        Assert.Equal("10.0.0.0/16", Get(at + "vpc-ipv4-cidr-block"));
        Assert.Equal("10.0.1.171", Get(at + "ipv4-associations/" + shown));
        Assert.Equal("000000000000", Get(at + "owner-id"));
        Assert.Equal("us-east-1", Get("placement/region"));
        Assert.Equal(View().Instance.Zone, Get("placement/availability-zone"));
        Assert.Equal("default", Get("security-groups"));
        Assert.Equal("amazonaws.com\naws", Get("services/domain") + "\n" + Get("services/partition"));
        Assert.Contains("placement/", Get("").Split('\n'));
        Assert.Equal("dynamic\nmeta-data", Answer("GET", "/latest/").Text.Replace("/", "", StringComparison.Ordinal));
        Assert.Equal(404, Answer("GET", "/latest/meta-data/no-such").Status);
        Assert.Equal(404, Answer("GET", "/latest/user-data").Status);
        Assert.Equal(404, Answer("GET", "/latest/meta-data/tags/instance/Name").Status);

        JsonElement document = JsonDocument.Parse(Answer("GET", "/latest/dynamic/instance-identity/document").Text).RootElement;
        Assert.Equal("10.0.1.171", document.GetProperty("privateIp").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", document.GetProperty("pendingTime").GetString());
    }

    [Fact]
    public void User_data_and_tags_are_told_where_they_may_be()
    {
        Launch(Options("optional") with { InstanceMetadataTags = "enabled" });
        lab.Put(View().Instance with
        {
            UserData = Convert.ToBase64String("#!/bin/sh\n"u8),
            Tags = Tags.None.Add("Name", "server"),
        });
        Assert.Equal("#!/bin/sh\n", Answer("GET", "/latest/user-data").Text);
        Assert.Equal("server", Get("tags/instance/Name"));
        Assert.Equal("Name", Get("tags/instance/"));
    }

    [Fact]
    public void A_profile_gives_the_credentials_of_its_role()
    {
        const string At = "/latest/meta-data/iam/security-credentials/";
        Launch(Options("optional"));
        Assert.Equal(404, Answer("GET", At).Status);
        string arn = lab.Do(c => new IamService().CreateInstanceProfile(c, new() { InstanceProfileName = "web" })).InstanceProfile!.Arn!;
        lab.Put(View().Instance with { Profile = new ProfileAssociation("iip-assoc-1", arn, "AIPA1", lab.Now) });
        Assert.Contains(arn, Get("iam/info"), StringComparison.Ordinal);
        Assert.Equal(404, Answer("GET", At).Status);
        lab.Do(c => new IamService().CreateRole(c, new() { RoleName = "reader", AssumeRolePolicyDocument = Trust }));
        lab.Do(c => new IamService().AddRoleToInstanceProfile(c, new() { InstanceProfileName = "web", RoleName = "reader" }));
        Assert.Equal("reader", Answer("GET", At).Text);
        JsonElement first = Credentials();
        Assert.Equal(("Success", "AWS-HMAC", "000000000000"), (Text("Code"), Text("Type"), Text("AccessKeyId")));
        Assert.Equal(("2026-01-02T03:00:00Z", "2026-01-02T09:00:00Z"), (Text("LastUpdated"), Text("Expiration")));
        Assert.Equal(40, Text("SecretAccessKey").Length);
        Assert.Equal(first.GetRawText(), Credentials().GetRawText());
        lab.Now += TimeSpan.FromHours(1);
        Assert.NotEqual(Text("Token"), Credentials().GetProperty("Token").GetString());
        Assert.Equal(404, Answer("GET", At + "writer").Status);

        string Text(string member) => first.GetProperty(member).GetString()!;
        JsonElement Credentials() => JsonDocument.Parse(Answer("GET", At + "reader").Text).RootElement;
    }

    [Fact]
    public void A_session_is_asked_for_with_PUT_and_ends()
    {
        Launch(Options("required") with { HttpPutResponseHopLimit = 2 });
        Assert.Equal(401, Answer("GET", "/latest/meta-data/instance-id").Status);
        Assert.Equal(400, Answer("PUT", "/latest/api/token").Status);
        Assert.Equal(400, Answer("PUT", "/latest/api/token", (TtlHeader, "21601")).Status);
        Assert.Equal(403, Answer("PUT", "/latest/api/token", (TtlHeader, "60"), ("X-Forwarded-For", "10.0.0.9")).Status);
        Said session = Answer("PUT", "/latest/api/token", (TtlHeader, "60"));
        Assert.Equal((200, (byte)2), (session.Status, session.HopLimit));
        Said told = Answer("GET", "/latest/meta-data/instance-id", (TokenHeader, session.Text));
        Assert.Equal((200, id.Value, (byte)0), (told.Status, told.Text, told.HopLimit));
        lab.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(401, Answer("GET", "/latest/meta-data/instance-id", (TokenHeader, session.Text)).Status);
        Assert.Equal(401, Answer("GET", "/latest/meta-data/instance-id", (TokenHeader, "anything")).Status);
    }

    [Fact]
    public void A_session_of_another_instance_is_none()
    {
        Launch(Options("required"));
        Assert.Equal(60, tokens.SecondsLeft(tokens.Make(id.Value, lab.Now, 60), id.Value, lab.Now));
        Assert.Null(tokens.SecondsLeft(tokens.Make("i-0", lab.Now, 60), id.Value, lab.Now));
    }

    [Fact]
    public void What_is_disabled_is_forbidden()
    {
        Launch(Options("optional") with { HttpEndpoint = "disabled" });
        Assert.Equal(403, Answer("GET", "/latest/meta-data/").Status);
        lab.Put(View().Instance with { Metadata = Options("optional") });
        Assert.Equal(200, Answer("GET", "/latest/meta-data/").Status);
        Assert.Equal(403, MetadataService.Answer(
            View(), new MetadataRequest("GET", "/latest/meta-data/", new Dictionary<string, string>(), OverIpv6: true), tokens, lab.Now).Status);
        Assert.Equal(405, Answer("DELETE", "/latest/meta-data/").Status);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n", MetadataHttp.Reading.More)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", MetadataHttp.Reading.Done)]
    [InlineData("PUT /t HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", MetadataHttp.Reading.More)]
    [InlineData("PUT /t HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", MetadataHttp.Reading.Wrong)]
    [InlineData("hello\r\n\r\n", MetadataHttp.Reading.Wrong)]
    [InlineData("GET / HTTP/1.1\r\nno colon\r\n\r\n", MetadataHttp.Reading.Wrong)]
    public void Requests_are_read_as_they_come(string input, MetadataHttp.Reading expected)
    {
        Assert.Equal(expected, MetadataHttp.Read(Encoding.ASCII.GetBytes(input), false, out MetadataRequest? request, out int used, out _));
        Assert.Equal(expected == MetadataHttp.Reading.Done, request is not null);
        Assert.Equal(expected == MetadataHttp.Reading.Done, used == input.Length && request is not null);
    }

    private static MetadataOptions Options(string tokens) => new() { HttpTokens = tokens };

    private void Launch(MetadataOptions options)
    {
        (_, string subnet) = lab.NewNetwork(publicIps: true, names: true);
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.171", publicIp: true);
        lab.Put(instance with { Metadata = options });
        if (eni.PrivateAddresses[0].AutoPublicIp is null)
        {
            lab.Put(eni with { PrivateAddresses = [eni.PrivateAddresses[0] with { AutoPublicIp = IpAddress.Parse("3.80.1.2") }] });
        }

        id = instance.Id;
    }

    private MachineView View() => MachineView.Of(lab.Here, id.Value)!;

    private string Get(string path) => Answer("GET", "/latest/meta-data/" + path) is { Status: 200 } said ? said.Text : "(not found)";

    private Said Answer(string method, string path, params (string Name, string Value)[] headers)
    {
        MetadataRequest request = new(method, path, headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase));
        MetadataResponse response = MetadataService.Answer(View(), request, tokens, lab.Now, lab.Cloud.Partition(GlobalRows.KeyOf("000000000000")));
        return new Said(response.Status, Encoding.UTF8.GetString(response.Body), response.HopLimit);
    }

    private sealed record Said(int Status, string Text, byte HopLimit);
}
