using System.Text;
using Trunkline.Wire;

namespace Trunkline.Tests.Wire;

/// <summary>
/// SigV4 against the values that AWS documents for its example secret, and against every change of one part of a request.
/// </summary>
public sealed class SigV4Tests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static readonly DateTimeOffset SignedAt = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    /// <summary>The ListUsers request of AWS's signing guide.</summary>
    private static readonly WireRequest ListUsers = new(
        "GET",
        "/",
        "Action=ListUsers&Version=2010-05-08",
        [
            new("Host", "iam.amazonaws.com"),
            new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            new("X-Amz-Date", "20150830T123600Z"),
            new("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
        ],
        ReadOnlyMemory<byte>.Empty);

    [Fact]
    public void The_header_names_key_date_region_and_service()
    {
        RequestSignature signature = SigV4.Parse(ListUsers).Value!;
        Assert.Equal("AKIDEXAMPLE", signature.AccessKeyId);
        Assert.Equal("20150830", signature.Date);
        Assert.Equal("us-east-1", signature.Region);
        Assert.Equal("iam", signature.Service);
        Assert.Equal(["content-type", "host", "x-amz-date"], signature.SignedHeaders);
        Assert.Equal(SignedAt, signature.SignedAt);
        Assert.False(signature.IsPresigned);
    }

    [Fact]
    public void The_documented_signing_key_comes_out() =>
        Assert.Equal(
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
            Convert.ToHexStringLower(SigV4.SigningKey(Secret, SigV4.Parse(ListUsers).Value!)));

    [Fact]
    public void The_documented_signature_comes_out()
    {
        RequestSignature signature = SigV4.Parse(ListUsers).Value!;
        Assert.Equal(signature.Signature, SigV4.Sign(ListUsers, signature, Secret));
        Assert.Equal(SignatureCheck.Valid, SigV4.Verify(ListUsers, signature, Secret, SignedAt));
    }

    [Fact]
    public void The_documented_signature_of_a_form_comes_out()
    {
        WireRequest request = new(
            "POST",
            "/",
            "",
            [
                new("Host", "iam.amazonaws.com"),
                new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                new("x-amz-date", "20110909T233600Z"),
                new("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20110909/us-east-1/iam/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date, "
                    + "Signature=ced6826de92d2bdeed8f846f0bf508e8559e98e4b0199114b84c54174deb456c"),
            ],
            Encoding.UTF8.GetBytes("Action=ListUsers&Version=2010-05-08"));
        RequestSignature signature = SigV4.Parse(request).Value!;
        Assert.Equal(SignatureCheck.Valid, SigV4.Verify(request, signature, Secret, signature.SignedAt));
    }

    /// <summary>A value that an AWS client computed: escapes in the path, doubled slashes, blanks in a header, names out of order.</summary>
    [Fact]
    public void The_signature_of_a_client_comes_out()
    {
        WireRequest request = new(
            "PUT",
            "/things/a%2Fb%20c//x~y/arn%3Aaws",
            "z=1&a-b=2&a=%20%2B&a=B%C3%A9&a=",
            [
                new("Host", "127.0.0.1:4566"),
                new("X-Thing", "  a   b "),
                new("Content-Type", "application/json"),
                new("X-Amz-Date", "20260102T030405Z"),
                new("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-west-2/networkmanager/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date;x-thing, "
                    + "Signature=9869a9c0584610d23eb3fc56fb199a791a400186ee32e8d2abecb58d93f6ef05"),
            ],
            Encoding.UTF8.GetBytes("{\"name\":\"é\"}"));
        RequestSignature signature = SigV4.Parse(request).Value!;
        Assert.Equal(signature.Signature, SigV4.Sign(request, signature, Secret));
    }

    [Theory]
    [InlineData("method")]
    [InlineData("path")]
    [InlineData("query")]
    [InlineData("header")]
    [InlineData("body")]
    [InlineData("secret")]
    public void One_changed_part_is_a_mismatch(string part)
    {
        RequestSignature signature = SigV4.Parse(ListUsers).Value!;
        WireRequest changed = part switch
        {
            "method" => ListUsers with { Method = "POST" },
            "path" => ListUsers with { Path = "/a" },
            "query" => ListUsers with { Query = "Action=ListUser&Version=2010-05-08" },
            "header" => ListUsers with { Headers = [new("Host", "sts.amazonaws.com"), .. ListUsers.Headers.Skip(1)] },
            "body" => ListUsers with { Body = new byte[] { 1 } },
            _ => ListUsers,
        };
        Assert.Equal(SignatureCheck.Mismatch, SigV4.Verify(changed, signature, part == "secret" ? Secret + "x" : Secret, SignedAt));
    }

    [Fact]
    public void What_does_not_change_the_meaning_does_not_change_the_signature()
    {
        RequestSignature signature = SigV4.Parse(ListUsers).Value!;
        WireRequest same = ListUsers with
        {
            Path = "/a/../",
            Query = "Version=2010-05-08&Action=List%55sers",
            Headers = [new("Accept", "x"), new("HOST", "  iam.amazonaws.com "), .. ListUsers.Headers.Skip(1)],
        };
        Assert.Equal(SignatureCheck.Valid, SigV4.Verify(same, signature, Secret, SignedAt));
    }

    [Fact]
    public void A_signature_is_good_for_five_minutes_each_way()
    {
        RequestSignature signature = SigV4.Parse(ListUsers).Value!;
        Assert.Equal(SignatureCheck.Valid, SigV4.Verify(ListUsers, signature, Secret, SignedAt.AddMinutes(5)));
        Assert.Equal(SignatureCheck.Expired, SigV4.Verify(ListUsers, signature, Secret, SignedAt.AddMinutes(5).AddSeconds(1)));
        Assert.Equal(SignatureCheck.Valid, SigV4.Verify(ListUsers, signature, Secret, SignedAt.AddMinutes(-5)));
        Assert.Equal(SignatureCheck.NotYetValid, SigV4.Verify(ListUsers, signature, Secret, SignedAt.AddMinutes(-5).AddSeconds(-1)));
    }

    [Fact]
    public void A_presigned_request_lives_as_long_as_it_says()
    {
        const string Query = "Action=ListUsers&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fiam%2Faws4_request"
            + "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=";
        WireRequest unsigned = new("GET", "/", Query, [new("Host", "iam.amazonaws.com")], ReadOnlyMemory<byte>.Empty);
        string made = SigV4.Sign(unsigned, SigV4.Parse(unsigned).Value!, Secret)!;
        WireRequest request = unsigned with { Query = Query + made };
        RequestSignature signature = SigV4.Parse(request).Value!;
        Assert.True(signature.IsPresigned);
        Assert.Equal("iam", signature.Service);
        Assert.Equal(SignatureCheck.Valid, SigV4.Verify(request, signature, Secret, SignedAt.AddSeconds(60)));
        Assert.Equal(SignatureCheck.Expired, SigV4.Verify(request, signature, Secret, SignedAt.AddSeconds(61)));
    }

    [Fact]
    public void An_unsigned_request_has_neither_signature_nor_fault()
    {
        WireResult<RequestSignature> result = SigV4.Parse(new WireRequest("GET", "/", "Action=x", [], ReadOnlyMemory<byte>.Empty));
        Assert.Null(result.Value);
        Assert.Null(result.Fault);
    }

    [Theory]
    [InlineData("Basic abc")]
    [InlineData("AWS4-HMAC-SHA256 ")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=20150830/r/s/aws4_request, SignedHeaders=host, Signature=x")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws5_request, SignedHeaders=host, Signature=x")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150831/r/s/aws4_request, SignedHeaders=host, Signature=x")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature=x, Other=y")]
    public void What_is_no_signature_is_incomplete(string header)
    {
        KeyValuePair<string, string>[] headers = [new("X-Amz-Date", "20150830T123600Z"), new("Authorization", header)];
        WireRequest request = new("GET", "/", "", headers, ReadOnlyMemory<byte>.Empty);
        Assert.Equal("IncompleteSignature", SigV4.Parse(request).Fault?.Code);
    }

    [Theory]
    [InlineData("compute", "AuthFailure", 401)]
    [InlineData("queue", "SignatureDoesNotMatch", 403)]
    [InlineData("params", "InvalidSignatureException", 400)]
    [InlineData("network", "InvalidSignatureException", 403)]
    public void A_mismatch_has_the_code_of_its_protocol(string service, string code, int status)
    {
        ServiceDescription described = Handlers.Services.Single(one => one.Description.Name == service).Description;
        WireFault fault = described.Protocol.RefuseSignature(SignatureCheck.Mismatch);
        Assert.Equal((code, status), (fault.Code, fault.Status));
    }
}
