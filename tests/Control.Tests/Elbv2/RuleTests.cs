using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Listener rules: their priorities, conditions and transforms.</summary>
public sealed class RuleTests
{
    private readonly Lab lab = new();
    private readonly string listener;
    private readonly string app;

    public RuleTests()
    {
        (string vpc, string[] subnets) = lab.NewThreeZones();
        string web = lab.NewBalancer(subnets).LoadBalancerArn!;
        app = lab.NewTargetGroup(vpc);
        listener = lab.NewListener(web, Balancing.Fixed()).ListenerArn!;
    }

    [Fact]
    public void Rules_come_in_the_order_in_which_they_are_tried_the_default_one_last()
    {
        lab.NewRule(listener, app, "/c", 300);
        lab.NewRule(listener, app, "/a", 5);
        lab.NewRule(listener, app, "/b", 40_000);
        List<string> seen = [];
        string? marker = null;
        do
        {
            AwsElbv2.DescribeRulesOutput page =
                lab.Elb((elb, c) => elb.DescribeRules(c, new() { ListenerArn = listener, PageSize = 2, Marker = marker }));
            seen.AddRange(page.Rules!.Select(r => r.Priority!));
            marker = page.NextMarker;
        }
        while (marker is not null);

        Assert.Equal(["5", "300", "40000", "default"], seen);
        AwsElbv2.Rule usual = Default();
        Assert.True(usual.IsDefault);
        Assert.Equal("fixed-response", usual.Actions!.Single().Type);
        Assert.Equal(usual.RuleArn, lab.Elb((elb, c) => elb.DescribeRules(c, new() { RuleArns = [usual.RuleArn!] })).Rules!.Single().RuleArn);
    }

    [Fact]
    public void The_default_rule_stays_as_it_is()
    {
        string arn = Default().RuleArn!;
        Assert.Equal("OperationNotPermitted", lab.ElbRefused((elb, c) => elb.DeleteRule(c, new() { RuleArn = arn })));
        Assert.Equal("OperationNotPermitted", lab.ElbRefused((elb, c) => elb.ModifyRule(c, new() { RuleArn = arn, Actions = [Balancing.Fixed()] })));
        Assert.Equal("OperationNotPermitted", lab.ElbRefused((elb, c) => elb.SetRulePriorities(
            c, new() { RulePriorities = [new() { RuleArn = arn, Priority = 1 }] })));
    }

    [Fact]
    public void Priorities_are_taken_once_and_can_change_places()
    {
        string one = lab.NewRule(listener, app, "/1", 1).RuleArn!;
        string two = lab.NewRule(listener, app, "/2", 2).RuleArn!;
        Assert.Equal("PriorityInUse", Create(new() { Field = "path-pattern", Values = ["/x"] }, priority: 2));
        Assert.Equal("ValidationError", Create(new() { Field = "path-pattern", Values = ["/x"] }, priority: 50_001));
        Assert.Equal("PriorityInUse", lab.ElbRefused((elb, c) => elb.SetRulePriorities(
            c, new() { RulePriorities = [new() { RuleArn = one, Priority = 2 }] })));
        lab.Elb((elb, c) => elb.SetRulePriorities(
            c, new() { RulePriorities = [new() { RuleArn = one, Priority = 2 }, new() { RuleArn = two, Priority = 1 }] }));
        Assert.Equal([two, one, Default().RuleArn], Described().Select(r => r.RuleArn));
        lab.Elb((elb, c) => elb.DeleteRule(c, new() { RuleArn = one }));
        Assert.Equal("RuleNotFound", lab.ElbRefused((elb, c) => elb.DeleteRule(c, new() { RuleArn = one })));
    }

    [Fact]
    public void Every_kind_of_condition_is_kept_and_shown_in_its_own_form()
    {
        AwsElbv2.RuleCondition[] conditions =
        [
            new() { Field = "host-header", HostHeaderConfig = new() { Values = ["*.example.com"] } },
            new() { Field = "path-pattern", PathPatternConfig = new() { RegexValues = ["^/v[0-9]+/"] } },
            new() { Field = "http-header", HttpHeaderConfig = new() { HttpHeaderName = "User-Agent", Values = ["*Chrome*"] } },
            new() { Field = "http-request-method", HttpRequestMethodConfig = new() { Values = ["GET"] } },
            new() { Field = "query-string", QueryStringConfig = new() { Values = [new() { Key = "version", Value = "v1" }] } },
        ];
        AwsElbv2.Rule made = lab.Elb((elb, c) => elb.CreateRule(c, new()
        {
            ListenerArn = listener,
            Priority = 1,
            Conditions = conditions,
            Actions = [Balancing.Forward(app)],
        })).Rules!.Single();
        Assert.Equal(["*.example.com"], made.Conditions![0].Values!);
        Assert.Equal(["*.example.com"], made.Conditions[0].HostHeaderConfig!.Values!);
        Assert.Equal(["^/v[0-9]+/"], made.Conditions[1].PathPatternConfig!.RegexValues!);
        Assert.Equal("User-Agent", made.Conditions[2].HttpHeaderConfig!.HttpHeaderName);
        Assert.Null(made.Conditions[2].Values);
        Assert.Equal(["GET"], made.Conditions[3].HttpRequestMethodConfig!.Values!);
        Assert.Equal("version", made.Conditions[4].QueryStringConfig!.Values!.Single().Key);
        ListenerRule row = Assert.Single(lab.Here.All<ListenerRule>());
        Assert.Equal(new QueryPair("version", "v1"), row.Conditions[4].QueryPairs.Single());
    }

    [Theory]
    [InlineData("nowhere", "x")]
    [InlineData("host-header", "shop_example.com")]
    [InlineData("path-pattern", "a b")]
    [InlineData("path-pattern", "relative")]
    [InlineData("path-pattern", "")]
    [InlineData("path-pattern", "/*/*/*/*/*/*")]
    [InlineData("http-request-method", "get")]
    [InlineData("source-ip", "10.0.0.1/8")]
    [InlineData("source-ip", "here")]
    public void A_condition_that_cannot_be_is_refused(string field, string value)
    {
        AwsElbv2.RuleCondition condition = field switch
        {
            "http-request-method" => new() { Field = field, HttpRequestMethodConfig = new() { Values = [value] } },
            "source-ip" => new() { Field = field, SourceIpConfig = new() { Values = [value] } },
            _ => new() { Field = field, Values = [value] },
        };
        Assert.Equal("ValidationError", Create(condition));
    }

    [Fact]
    public void More_than_a_rule_can_hold_is_refused()
    {
        AwsElbv2.RuleCondition path = new() { Field = "path-pattern", Values = ["/x"] };
        Assert.Equal("ValidationError", Create(path with { Values = ["/1", "/2", "/3", "/4", "/5", "/6"] }));
        Assert.Equal("ValidationError", Create(path, path));
        Assert.Equal("ValidationError", Create(path with { Values = ["/" + new string('a', 128)] }));
        AwsElbv2.HttpHeaderConditionConfig host = new() { HttpHeaderName = "Host", Values = ["x"] };
        Assert.Equal("ValidationError", Create(new AwsElbv2.RuleCondition { Field = "http-header", HttpHeaderConfig = host }));
        Assert.Equal("ValidationError", Create(new AwsElbv2.RuleCondition { Field = "path-pattern", HostHeaderConfig = new() { Values = ["x"] } }));
        Assert.Equal("ValidationError", Create(new AwsElbv2.RuleCondition { Field = "path-pattern", PathPatternConfig = new() { RegexValues = ["("] } }));
        Assert.Equal("ValidationError", Create((AwsElbv2.RuleCondition[])[]));
    }

    [Fact]
    public void Transforms_are_kept_and_reset()
    {
        AwsElbv2.RuleTransform transform = new()
        {
            Type = "url-rewrite",
            UrlRewriteConfig = new() { Rewrites = [new() { Regex = "^/api/(.*)", Replace = "/$1" }] },
        };
        string arn = lab.NewRule(listener, app).RuleArn!;
        AwsElbv2.Rule changed = lab.Elb((elb, c) => elb.ModifyRule(c, new() { RuleArn = arn, Transforms = [transform] })).Rules!.Single();
        Assert.Equal("/$1", changed.Transforms!.Single().UrlRewriteConfig!.Rewrites!.Single().Replace);
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.ModifyRule(c, new() { RuleArn = arn, Transforms = [transform, transform] })));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.ModifyRule(
            c, new() { RuleArn = arn, Transforms = [transform], ResetTransforms = true })));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.ModifyRule(c, new() { RuleArn = arn })));
        lab.Elb((elb, c) => elb.ModifyRule(c, new() { RuleArn = arn, ResetTransforms = true }));
        Assert.Empty(Assert.Single(lab.Here.All<ListenerRule>()).Transforms);
    }

    [Fact]
    public void Tags_are_on_every_kind_and_on_the_default_rule()
    {
        string rule = lab.NewRule(listener, app).RuleArn!;
        string[] arns = [listener, rule, Default().RuleArn!, app];
        lab.Elb((elb, c) => elb.AddTags(c, new() { ResourceArns = arns, Tags = [new() { Key = "team", Value = "net" }] }));
        IReadOnlyList<AwsElbv2.TagDescription> seen = lab.Elb((elb, c) => elb.DescribeTags(c, new() { ResourceArns = arns })).TagDescriptions!;
        Assert.Equal(arns, seen.Select(t => t.ResourceArn));
        Assert.All(seen, t => Assert.Equal("net", Assert.Single(t.Tags!).Value));
        lab.Elb((elb, c) => elb.RemoveTags(c, new() { ResourceArns = [rule], TagKeys = ["team"] }));
        Assert.Empty(lab.Elb((elb, c) => elb.DescribeTags(c, new() { ResourceArns = [rule] })).TagDescriptions!.Single().Tags!);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeTags(c, new())).Tags!);
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.DescribeTags(c, new() { ResourceArns = ["arn:aws:s3:::b"] })));
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.AddTags(
            c, new() { ResourceArns = [app], Tags = [new() { Key = "aws:mine", Value = "" }] })));
    }

    [Fact]
    public void Rules_belong_to_application_load_balancers()
    {
        string vpc = lab.Here.All<TargetGroup>().Single().VpcId!.Value.Value;
        string edge = lab.NewBalancer([lab.Here.By<Subnet>(vpc).First().Key], "edge", "network").LoadBalancerArn!;
        string tcp = lab.NewTargetGroup(vpc, "tcp", "TCP");
        string stream = lab.NewListener(edge, Balancing.Forward(tcp), "TCP").ListenerArn!;
        Assert.Equal("UnsupportedProtocol", lab.ElbRefused((elb, c) => elb.CreateRule(c, new()
        {
            ListenerArn = stream,
            Priority = 1,
            Conditions = [new() { Field = "path-pattern", Values = ["/"] }],
            Actions = [Balancing.Forward(tcp)],
        })));
    }

    private AwsElbv2.Rule Default() => Described().Single(r => r.IsDefault == true);

    private IReadOnlyList<AwsElbv2.Rule> Described() => lab.Elb((elb, c) => elb.DescribeRules(c, new() { ListenerArn = listener })).Rules!;

    private string Create(AwsElbv2.RuleCondition condition, int priority) => lab.ElbRefused((elb, c) => elb.CreateRule(
        c, new() { ListenerArn = listener, Priority = priority, Conditions = [condition], Actions = [Balancing.Forward(app)] }));

    private string Create(params AwsElbv2.RuleCondition[] conditions) => lab.ElbRefused((elb, c) => elb.CreateRule(
        c, new() { ListenerArn = listener, Priority = 7, Conditions = conditions, Actions = [Balancing.Forward(app)] }));
}
