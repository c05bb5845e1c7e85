using System.Text;
using Trunkline.Wire;

namespace Trunkline.Tests.Wire;

/// <summary>One address serves all services; these are the ways to tell them apart.</summary>
public sealed class ServiceDetectionTests
{
    private static readonly ServiceDescription[] Described =
    [
        .. Handlers.Services.Select(service => service.Description),
        Older("2009-01-01"),
    ];

    [Theory]
    [InlineData("zones", "Action=Echo", "Host: compute.us-east-1.amazonaws.com")]
    [InlineData("compute", "", "")]
    public void The_credential_scope_decides(string service, string body, string header) =>
        Assert.Equal(service, Find(body, header, service));

    [Theory]
    [InlineData("params", "", "X-Amz-Target: MyParams.Echo")]
    [InlineData(null, "", "X-Amz-Target: Other.Echo")]
    [InlineData(null, "", "X-Amz-Target: MyParams")]
    [InlineData("network", "", "Host: network.us-west-2.amazonaws.com")]
    [InlineData("zones", "", "Host: zones")]
    [InlineData("compute", "Action=Later", "Host: 127.0.0.1:4566")]
    [InlineData("queue", "Action=Echo&Version=2010-03-31", "Host: localhost")]
    [InlineData("compute", "Version=2016-11-15&Action=Echo", "")]
    [InlineData(null, "Action=Nothing", "")]
    [InlineData(null, "", "")]
    public void Without_a_signature_target_host_and_operation_decide(string? service, string body, string header) =>
        Assert.Equal(service, Find(body, header, null));

    [Theory]
    [InlineData("queue", "Action=Echo&Version=2010-03-31")]
    [InlineData("older", "Action=Echo&Version=2009-01-01")]
    [InlineData("older", "Action=OnlyOld")]
    [InlineData("queue", "Action=Echo&Version=1999-01-01")]
    public void Services_with_one_signing_name_differ_by_version(string service, string body) =>
        Assert.Equal(service, Find(body, "", "queue"));

    [Fact]
    public void An_unknown_service_is_none() => Assert.Null(Find("Action=Echo&Version=2016-11-15", "", "s3"));

    private static string? Find(string body, string header, string? signedFor)
    {
        int colon = header.IndexOf(':');
        WireRequest request = new(
            "POST", "/", "", colon < 0 ? [] : [new(header[..colon], header[(colon + 1)..].Trim())], Encoding.UTF8.GetBytes(body));
        RequestSignature? signature = signedFor is null
            ? null : new RequestSignature("a", "20150830", "r", signedFor, [], "x", default, null);
        return ServiceDetection.Find(request, signature, Described)?.Name;
    }

    private static ServiceDescription Older(string version) =>
        Handlers.Services.Single(service => service.Description.Name == "queue").Description with
        {
            Name = "older",
            ApiVersion = version,
            OperationNames = "Echo OnlyOld",
        };
}
