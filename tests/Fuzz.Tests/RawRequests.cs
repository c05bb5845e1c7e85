using System.Net.Http.Headers;
using System.Text;

namespace Trunkline.Tests.Fuzz;

/// <summary>Requests that are broken before an operation sees them.</summary>
internal static class RawRequests
{
    private static readonly string[] Json =
    [
        "{", "[]", "null", "{\"Name\":", "{\"Name\":1}", "{\"Name\":[\"a\"]}", "{\"Name\":\"\\ud800\"}", "\"x\"", "{\"Name\":\"a\",\"Name\":\"b\"}", "\u0000",
        "{\"Colour\":1}",
    ];

    /// <summary>Worlds and failures that are refused, or change nothing: the world is everybody's.</summary>
    private static readonly string[] Own =
    [
        """{"sites":[null]}""", """{"sites":[{"name":"dc","routers":[null],"networks":[null]}]}""", """{"sites":[{"name":null}]}""",
        """{"sites":[{"name":"dc","routers":[{"name":"r","ports":[null],"preferences":[null],"announces":[null],"accepts":[null]}]}]}""",
        """{"roles":[null]}""", """{"roles":[{"machine":"a"},{"machine":"a"}]}""", """{"failures":[null]}""", """{"fail":[null]}""", """{"fail":["router:dc/none"]}""",
        """{"fail":["tunnel:vpn-0/1","location:","vif:","connection:x"]}""", """{"healAll":true}""", """{"heal":["location:EqDC2"]}""",
    ];

    private static readonly string[] Xml = ["<", "<a>", "<a><b></a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<?xml version=\"9\"?><a/>", "]]>"];

    private static readonly string[] Signatures =
    [
        "", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;;;, Signature=zz", "Basic dXNlcg==", "Bearer x",
        "AWS4-HMAC-SHA256 Credential=Credential=Credential=,,,===",
        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/nowhere/aws4_request, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=a/99999999/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00",
    ];

    private static readonly string[] Bodies =
    [
        "Action=%", "Action=%FF%FE", "Action=DescribeVpcs&%ED%A0%80=%ED%A0%80", "&&&&", "====", "Action", "Action=DescribeVpcs&Action=DeleteVpc",
        "Action=DescribeVpcs&VpcId.1=%00", "Action=DescribeVpcs&=x", "Action=DescribeVpcs&Version=1999-01-01", "Version=2016-11-15", "Action=\u0130",
        "Action=DescribeVpcs&NextToken=////", "Action=DescribeVpcs&NextToken=MS8=", "Action=DescribeVpcs&MaxResults=5&NextToken=MS/vv70=",
    ];

    public static string Authorization(string account, string service = "ec2") =>
        $"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}";

    public static HttpRequestMessage Next(string url, string account, Random random, Values values)
    {
        string One(string[] of) => of[random.Next(of.Length)];
        HttpRequestMessage request = new(HttpMethod.Post, url);
        switch (random.Next(6))
        {
            case 0:
                request.Content = Form("Action=DescribeVpcs&Version=2016-11-15");
                request.Headers.TryAddWithoutValidation("Authorization", One(Signatures));
                break;
            case 1:
                request.Content = new StringContent(One(Json), Encoding.UTF8, "application/x-amz-json-1.1");
                request.Headers.TryAddWithoutValidation("X-Amz-Target", One(
                    ["AmazonSSM.GetParameter", "AmazonSSM.GetParameters", "AmazonSSM.Nothing", "AmazonSSM.", "Logs_20140328.PutLogEvents", "CertificateManager.ImportCertificate"]));
                break;
            case 2:
                bool names = random.Next(2) == 0;
                request.Content = new StringContent(One(Xml), Encoding.UTF8, "application/xml");
                request.RequestUri = new Uri(url + (names ? "/2013-04-01/hostedzone" : "/"));
                request.Headers.TryAddWithoutValidation("Authorization", Authorization(account, names ? "route53" : "ec2"));
                break;
            case 3:
                request.RequestUri = new Uri($"{url}/{Uri.EscapeDataString(values.OneHostile() is { Length: < 500 } path ? path : "long")}?{One(Bodies)}");
                request.Method = new HttpMethod(One(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"]));
                break;
            case 4:
                request.RequestUri = new Uri($"{url}/_trunkline/{One(["trace", "world", "world", "failures", "bgp", "bgp?of=x", "status", "", "x", "trace/", "reset/x"])}");
                request.Method = new HttpMethod(One(["GET", "POST", "PUT"]));
                request.Content = new StringContent(
                    One([.. Json, .. Own, "{\"from\":\"x\",\"to\":\"y\",\"protocol\":\"tcp\",\"port\":-1}"]), Encoding.UTF8, "application/json");
                request.Headers.TryAddWithoutValidation("X-Trunkline-Account", One([account, "", "x", "9999999999999"]));
                break;
            default:
                request.Content = Form(One(Bodies));
                request.Headers.TryAddWithoutValidation("Authorization", Authorization(account));
                break;
        }

        return request;
    }

    /// <summary>A body of 100 MB, made while it is sent.</summary>
    /// <param name="known">Whether its length is said first.</param>
    public static HttpRequestMessage Huge(string url, string account, bool known)
    {
        HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ZeroContent(100L * 1024 * 1024, known) };
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(account));
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260101T000000Z");
        return request;
    }

    private static StringContent Form(string body)
    {
        StringContent content = new(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return content;
    }

    private sealed class ZeroContent(long length, bool known) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            byte[] part = new byte[64 * 1024];
            for (long sent = 0; sent < length; sent += part.Length)
            {
                await stream.WriteAsync(part);
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return known;
        }
    }
}
