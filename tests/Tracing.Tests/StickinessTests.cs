using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Application load balancers lead a client that brings their cookies to the same target group and target again.</summary>
public sealed class StickinessTests
{
    private const string Url = "http://shop.example/";

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string open;
    private readonly string client;
    private readonly string[] machines;

    public StickinessTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        subnet = net.Subnet(vpc, "10.0.0.0/24");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(subnet, "10.0.0.50", open);
        machines = [.. Enumerable.Range(10, 6).Select(i => net.Instance(subnet, $"10.0.0.{i}", open))];
    }

    [Fact]
    public void A_cookie_of_the_load_balancers_leads_every_later_request_to_its_target()
    {
        string group = net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, machines, "stickiness.enabled=true", "stickiness.type=lb_cookie");
        net.Listen(net.Alb("web", [(subnet, "10.0.0.9")], open), "HTTP", 80, group);
        Trace first = Ask(40000);
        string cookie = CookieOf(first, "AWSALB");
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(Taken(first), Taken(Ask(41000 + i, $"Cookie: lang=en; AWSALB={cookie}"))));
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i))).Distinct().Count() > 1, "without the cookie all go to one target too");
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i, "Cookie: AWSALB=zz"))).Distinct().Count() > 1, "any text is taken for a cookie");
        net.Fail($"target:{group}/{Taken(first)}:80");
        Trace moved = Ask(40001, $"Cookie: AWSALB={cookie}");
        moved.Delivered();
        Assert.NotEqual(Taken(first), Taken(moved));
        Assert.NotEqual(cookie, CookieOf(moved, "AWSALB"));
        net.EditGroup(group, g => g with { Attributes = Trunkline.Cloud.Tags.None });
        net.Fail();
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i, $"Cookie: AWSALB={cookie}"))).Distinct().Count() > 1, "stickiness is off");
        Assert.DoesNotContain("Set-Cookie", Ask(40000).Choice().Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Stickiness_by_the_applications_cookie_needs_both_cookies()
    {
        string group = net.Group(
            vpc, "web", "HTTP", 80, TargetType.Instance, machines, "stickiness.enabled=true", "stickiness.type=app_cookie",
            "stickiness.app_cookie.cookie_name=session");
        net.Listen(net.Alb("web", [(subnet, "10.0.0.9")], open), "HTTP", 80, group);
        Trace first = Ask(40000);
        string cookie = CookieOf(first, "AWSALBAPP-0");
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(Taken(first), Taken(Ask(41000 + i, $"Cookie: session=1; AWSALBAPP-0={cookie}"))));
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i, $"Cookie: AWSALBAPP-0={cookie}"))).Distinct().Count() > 1);
    }

    [Fact]
    public void A_rules_stickiness_keeps_a_client_at_its_target_group()
    {
        string blue = net.Group(vpc, "blue", "HTTP", 8001, TargetType.Instance, [machines[0]]);
        string green = net.Group(vpc, "green", "HTTP", 8002, TargetType.Instance, [machines[1]]);
        string listener = net.Listen(net.Alb("web", [(subnet, "10.0.0.9")], open), "HTTP", 80, blue);
        Keep(listener, sticky: true, (blue, 1), (green, 1));
        Trace first = Ask(40000);
        string cookie = CookieOf(first, "AWSALBTG");
        Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(Taken(first), Taken(Ask(41000 + i, $"Cookie: AWSALBTG={cookie}"))));
        Assert.Equal(2, Enumerable.Range(0, 40).Select(i => Taken(Ask(41000 + i))).Distinct().Count());
        bool isBlue = Taken(first) == net.InstanceOf(machines[0]);
        Keep(listener, sticky: true, (blue, isBlue ? 0 : 1), (green, isBlue ? 1 : 0));
        Assert.NotEqual(Taken(first), Taken(Ask(40000)));
        Assert.Equal(Taken(first), Taken(Ask(40000, $"Cookie: AWSALBTG={cookie}")));
        Keep(listener, sticky: false, (blue, isBlue ? 0 : 1), (green, isBlue ? 1 : 0));
        Assert.NotEqual(Taken(first), Taken(Ask(40000, $"Cookie: AWSALBTG={cookie}")));
    }

    [Fact]
    public void A_classic_load_balancers_cookie_leads_every_later_request_to_its_instance()
    {
        net.Classic("old", [(subnet, "10.0.0.9")], [open], "TCP:80", machines, "HTTP:80:HTTP:80", "TCP:81:TCP:80");
        Assert.DoesNotContain("Set-Cookie", Ask(40000).Choice().Note, StringComparison.Ordinal);
        net.Stick("old");
        Trace first = Ask(40000);
        string cookie = CookieOf(first, "AWSELB");
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(Taken(first), Taken(Ask(41000 + i, $"Cookie: AWSELB={cookie}"))));
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i))).Distinct().Count() > 1, "without the cookie all go to one instance too");
        net.Fail($"target:old/{Taken(first)}");
        Trace moved = Ask(40001, $"Cookie: AWSELB={cookie}");
        Assert.NotEqual(Taken(first), Taken(moved));
        Assert.NotEqual(cookie, CookieOf(moved, "AWSELB"));
        net.Fail();
        net.EditClassic("old", b => b with { Listeners = [.. b.Listeners.Select(l => l with { Policies = [] })] });
        Assert.True(
            Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i, $"Cookie: AWSELB={cookie}"))).Distinct().Count() > 1,
            "a policy that no listener has decides");
    }

    [Fact]
    public void A_classic_load_balancers_stickiness_by_the_applications_cookie_lasts_as_long_as_that_one()
    {
        net.Classic("old", [(subnet, "10.0.0.9")], [open], "TCP:80", machines, "HTTP:80:HTTP:80");
        net.Stick("old", "session");
        Trace first = Ask(40000);
        string cookie = CookieOf(first, "AWSELB");
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(Taken(first), Taken(Ask(41000 + i, $"Cookie: session=1; AWSELB={cookie}"))));
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i, $"Cookie: AWSELB={cookie}"))).Distinct().Count() > 1);
        Assert.True(Enumerable.Range(0, 60).Select(i => Taken(Ask(41000 + i, $"Cookie: SESSION=1; AWSELB={cookie}"))).Distinct().Count() > 1);
    }

    private void Keep(string listener, bool sticky, params (string Group, int Weight)[] groups) => net.Put(net.Rows.Table<Listener>().Find(listener)! with
    {
        DefaultActions =
        [
            new LbAction(LbActionType.Forward, Forward: new LbForward([.. groups.Select(g => new LbForwardTarget(g.Group, g.Weight))], sticky, 60)),
        ],
    });

    private Trace Ask(int sourcePort, params string[] headers) => net.Http(client, "10.0.0.9", "GET", Url, headers, sourcePort);

    private static string Taken(Trace trace)
    {
        trace.Delivered();
        return trace.Choice().Targets.Single(t => t.IsChosen).Target.Id;
    }

    private static string CookieOf(Trace trace, string name)
    {
        trace.Delivered();
        string start = $"Set-Cookie: {name}=";
        string note = trace.Choice().Note!;
        Assert.Contains(start, note, StringComparison.Ordinal);
        return note[(note.IndexOf(start, StringComparison.Ordinal) + start.Length)..].Split(';')[0];
    }
}
