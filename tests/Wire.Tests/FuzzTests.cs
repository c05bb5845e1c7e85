using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using CsCheck;
using Trunkline.Wire;
using Trunkline.Wire.Compute;

namespace Trunkline.Tests.Wire;

/// <summary>No input throws or gives a reply that is not well formed; what a client writes is what a handler sees.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Services = ["compute", "queue", "params", "network", "zones"];

    /// <summary>Pieces out of which requests come that are nearly right.</summary>
    private static readonly string[] Pieces =
    [
        "Action=Echo", "Action=Forget", "&", "=", ".", "%", "%4", "%41", "%ff", "%C3%A9", "+", "Text", "Name", "Part",
        "Value", "Members", "member",
        "entry", "Table", "Row", "FlatItem", "1", "2", "01", "999999999", "-1", "x", "true", "Flag", "When",
        "2026-01-02T03:04:05Z", "1e400",
        "{", "}", "[", "]", "\"text\"", "\"Part\"", "\"Name\"", "\"a\"", "\"\\ud800\"", ":", ",", "null", "1.5",
        "<a>", "</a>", "<Names>", "</Names>",
        "<member>", "</member>", "<b/>", "<![CDATA[", "]]>", "&amp;", "&x;", "<!DOCTYPE a>", "<?xml version=\"1.0\"?>", "<!--",
        "-->", "\0", "\r\n", " ",
    ];

    private static readonly string[] Paths =
    [
        "/", "", "//", "/a b", "/things/a", "/things/fixed", "/things/a/parts/b", "/things/%2e%2e/parts/%", "/2013-04-01/zone/Z",
        "/2013-04-01/zone/Z/part",
    ];

    private static readonly Gen<byte[]> Bodies = Gen.OneOf<byte[]>(
        Gen.Byte.Array[0, 200],
        Gen.OneOf(Pieces).Array[0, 40].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))),
        Gen.OneOf(Pieces).Array[0, 40].Select(parts => Encoding.UTF8.GetBytes("Action=Echo&" + string.Concat(parts))),
        Gen.OneOf(Pieces).Array[0, 30].Select(parts => Encoding.UTF8.GetBytes("{\"text\":\"a\"," + string.Concat(parts) + "}")),
        Gen.OneOf(Pieces).Array[0, 30].Select(parts => Encoding.UTF8.GetBytes("<a>" + string.Concat(parts) + "</a>")));

    private static readonly Gen<WireRequest> Requests = Gen.Select(
        Gen.OneOf("GET", "POST", "PUT", "DELETE"),
        Gen.OneOf(Paths),
        Gen.OneOf(Pieces).Array[0, 10].Select(string.Concat),
        Gen.OneOf("MyParams.Echo", "MyParams.Forget", ".", "x"),
        Gen.OneOf(Pieces).Array[0, 8].Select(parts => "AWS4-HMAC-SHA256 Credential=" + string.Concat(parts)),
        Bodies,
        (method, path, query, target, authorization, body) => new WireRequest(
            method,
            path,
            query,
            [new("X-Amz-Target", target), new("Authorization", authorization), new("X-Amz-Date", "x"), new("X-Flag", "true")],
            body));

    [Fact]
    public void No_request_throws_and_every_reply_is_well_formed() => Requests.Sample(
        request =>
        {
            foreach (string service in Services)
            {
                WireResponse response = Handlers.Reply(request, service);
                Assert.InRange(response.Status, 200, 599);
                string body = Encoding.UTF8.GetString(response.Body.Span);
                if (response.ContentType.StartsWith("text/xml", StringComparison.Ordinal))
                {
                    XDocument.Parse(body);
                }
                else
                {
                    JsonDocument.Parse(body).Dispose();
                }
            }
        },
        iter: 20_000);

    [Fact]
    public void No_request_makes_signatures_or_detection_throw() => Requests.Sample(
        request =>
        {
            WireResult<RequestSignature> signature = SigV4.Parse(request);
            Assert.False(signature is { Value: not null, Fault: not null });
            ServiceDetection.Find(request, signature.Value, [.. Handlers.Services.Select(service => service.Description)]);
            RequestSignature scope = new("a", "20150830", "r", "s", ["host", "x-flag"], "x", default, null);
            SigV4.Verify(request, scope, "secret", default);
        },
        iter: 20_000);

    [Fact]
    public void What_a_client_writes_into_a_form_comes_back() => Gen.Select(
        Gen.String, Gen.Int, Gen.Long, Gen.Bool, Gen.String.Array[0, 20]).Sample(
        (text, small, big, flag, names) =>
        {
            // A lone surrogate is no text; a client that writes UTF-8 cannot send it. XML cannot hold control characters.
            text = Clean(text);
            names = [.. names.Select(Clean)];
            string yes = flag ? "true" : "false";
            StringBuilder form = new($"Action=Echo&Text={Uri.EscapeDataString(text)}&Small={small}&Big={big}&Flag={yes}");
            for (int i = 0; i < names.Length; i++)
            {
                form.Append("&Name.").Append(i + 1).Append('=').Append(Uri.EscapeDataString(names[i]));
            }

            WireRequest request = new("POST", "/", "", [], Encoding.UTF8.GetBytes(form.ToString()));
            WireResponse response = Handlers.Reply(request, "compute");
            XElement root = XDocument.Parse(Encoding.UTF8.GetString(response.Body.Span), LoadOptions.PreserveWhitespace).Root!;
            string? Value(string name) => root.Element(root.Name.Namespace + name)?.Value;
            Assert.Equal(text, Value("text"));
            Assert.Equal($"{small} {big} {yes}", $"{Value("small")} {Value("big")} {Value("flag")}");
            Assert.Equal(names, root.Element(root.Name.Namespace + "nameSet")?.Elements().Select(item => item.Value).ToArray() ?? []);
        },
        iter: 3_000);

    private static string Clean(string text)
    {
        StringBuilder kept = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool holds = rune.Value is '\t' or '\n' or '\r' || (rune.Value >= 0x20 && rune.Value is not (0xFFFD or 0xFFFE or 0xFFFF));
            kept.Append(holds ? rune.ToString() : "x");
        }

        // "refuse" asks the handler for a fault.
        return kept.ToString().Replace("refuse", "r", StringComparison.Ordinal);
    }
}
