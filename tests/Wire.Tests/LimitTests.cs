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
        // A scan of all parameters for each value would make this 64 times slower per value, not less than 8 times.
        double few = PerValue(250);
        double many = PerValue(16_000);
        Assert.True(many < few * 8, $"{few} ns and {many} ns for a value");
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

    private static double PerValue(int count)
    {
        StringBuilder form = new("Action=Echo&Part.1.Name=vpc-id");
        for (int i = 1; i <= count; i++)
        {
            form.Append("&Part.1.Value.").Append(i).Append("=vpc-").Append(i);
        }

        string text = form.ToString();
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
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
