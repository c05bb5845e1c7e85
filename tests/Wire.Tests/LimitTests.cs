using System.Diagnostics;
using System.Text;
using Trunkline.Wire;

namespace Trunkline.Tests.Wire;

/// <summary>What a hostile client may cost: nothing quadratic, nothing without bound.</summary>
public sealed class LimitTests
{
    [Fact]
    public void The_greatest_allowed_form_is_read()
    {
        StringBuilder form = new("Action=Echo");
        for (int i = 1; i < ParamLimits.Count; i++)
        {
            form.Append("&Name.").Append(i).Append("=a");
        }

        Assert.Equal(200, Post("compute", form.ToString()).Status);
        Assert.Contains("MalformedQueryString", Body(Post("compute", form + "&Text=x")));
    }

    [Fact]
    public void Many_values_of_one_filter_cost_no_more_each_than_few()
    {
        // A scan of all parameters for each value would make this 64 times slower; the margin is for a busy machine.
        double few = PerValue(250);
        double many = PerValue(16_000);
        Assert.True(many < few * 20, $"{few} ns and {many} ns for a value");
    }

    [Fact]
    public void A_body_beyond_the_limit_is_refused()
    {
        string text = new('a', ParamLimits.Bytes);
        Assert.Contains("MalformedQueryString", Body(Post("compute", "Action=Echo&Text=" + text)));
        Assert.Contains("SerializationException", Body(Post("params", $"{{\"text\":\"{text}\"}}")));
        Assert.Contains("InvalidInput", Body(Post("zones", $"<a>{text}</a>")));
    }

    [Fact]
    public void Bodies_with_too_many_nodes_are_refused()
    {
        string items = string.Join(',', Enumerable.Repeat("1", ParamLimits.Count));
        Assert.Contains("SerializationException", Body(Post("params", $"{{\"Names\":[{items}]}}")));
        Assert.Contains("InvalidInput", Body(Post("zones", $"<a>{string.Concat(Enumerable.Repeat("<b/>", ParamLimits.Count + 1))}</a>")));
    }

    [Fact]
    public void Many_sections_in_one_element_cost_no_more_each_than_few()
    {
        string sections = string.Concat(Enumerable.Repeat("<![CDATA[ab]]>", 200_000));
        Stopwatch watch = Stopwatch.StartNew();
        WireResponse response = Post("zones", $"<a><Names><member>{sections}</member></Names></a>");
        Assert.Equal(201, response.Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public void A_usual_request_allocates_little()
    {
        const string Form = "Action=Echo&Version=2016-11-15&Text=10.0.0.0%2F16&Colour=red&Part.1.Name=vpc"
            + "&Part.1.Value.1=Name&Part.1.Value.2=main&Part.2.Name=subnet&Part.2.Value.1=env&Part.2.Value.2=test";
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(200, Post("compute", Form).Status);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // Request, tree, records and reply together, with the copying that the handler of these tests does: 6.7 kB when written.
        Assert.True(least < 8_000, $"{least} bytes");
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", "")]
    [InlineData("<?xml version=\"1.0\" encoding=\"nothing\"?><a/>", "")]
    [InlineData("<?xml version=\"9.9\"?><a/>", "")]
    [InlineData("<a/>", "FEFF")]
    [InlineData("<a/>", "FFFE")]
    [InlineData("<a/>", "0000FEFF")]
    [InlineData("<a/>", "EFBBBF")]
    [InlineData("{}", "EFBBBF")]
    [InlineData("", "00")]
    [InlineData("", "EDA080")]
    [InlineData("<a xmlns:p=\"q\"><p:b p:c=\"d\" e=\"f\"/></a>", "")]
    [InlineData("<a b=\"c\" b=\"d\"/>", "")]
    [InlineData("<q:a/>", "")]
    [InlineData("<?other thing?><a/>", "")]
    public void Odd_encodings_and_headings_are_read_or_refused(string text, string before)
    {
        byte[] body = [.. Convert.FromHexString(before), .. Encoding.UTF8.GetBytes(text)];
        foreach (Service<int> service in Handlers.Services)
        {
            string path = service.Description.Name == "zones" ? "/2013-04-01/zone/Z" : "/";
            WireRequest request = new("POST", path, "Action=Echo", [new("X-Amz-Target", "MyParams.Echo")], body);
            Assert.InRange(Handlers.Reply(request, service.Description.Name).Status, 200, 404);
        }
    }

    private static double PerValue(int count)
    {
        StringBuilder form = new("Action=Echo&Part.1.Name=vpc-id");
        for (int i = 1; i <= count; i++)
        {
            form.Append("&Part.1.Value.").Append(i).Append("=vpc-").Append(i);
        }

        string text = form.ToString();
        double best = double.MaxValue;
        for (int round = 0; round < 12; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            Assert.Equal(200, Post("compute", text).Status);
            best = Math.Min(best, watch.Elapsed.TotalNanoseconds / count);
        }

        return best;
    }

    private static WireResponse Post(string service, string body) => Handlers.Reply(
        new WireRequest(
            "POST",
            service == "zones" ? "/2013-04-01/zone/Z" : "/",
            "",
            [new("X-Amz-Target", "MyParams.Echo")],
            Encoding.UTF8.GetBytes(body)),
        service);

    private static string Body(WireResponse response) => Encoding.UTF8.GetString(response.Body.Span);
}
