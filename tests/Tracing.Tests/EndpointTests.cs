using System.Text.Json;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Ends of flows from words, and traces as text and JSON.</summary>
public sealed class EndpointTests
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string igw;
    private readonly string a;
    private readonly string b;

    public EndpointTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        subnet = net.Subnet(vpc, "10.0.1.0/24");
        igw = net.Igw(vpc);
        string open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        a = net.Instance(subnet, "10.0.1.10", open);
        b = net.Instance(net.Subnet(vpc, "10.0.2.0/24"), "10.0.2.10", open);
        Rename(net.InstanceOf(a), "web");
        Rename(net.InstanceOf(b), "db");
        net.World(new World { Hosts = [new InternetHost("partner", [Prefix.Parse("9.9.9.0/24")], true, [])] });
    }

    [Fact]
    public void Ends_are_found_by_id_name_and_address()
    {
        Flow expected = Resolve(a, b);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), expected.Source);
        Assert.Equal(IpAddress.Parse("10.0.2.10"), expected.Destination);
        Assert.Equal(expected, Resolve(net.InstanceOf(a), net.InstanceOf(b)));
        Assert.Equal(expected, Resolve("web", "db"));
        Assert.Equal(expected, Resolve("10.0.1.10", "10.0.2.10"));
        Assert.Equal(expected, Resolve($"{vpc}/10.0.1.10", $"{vpc}/10.0.2.10"));
        Assert.Equal(expected, Resolve("000000000000/us-east-1/web", "000000000000/us-east-1/db"));
    }

    [Fact]
    public void From_outside_an_instance_is_its_public_address()
    {
        Assert.Equal(IpAddress.Parse("10.0.1.10"), Resolve("internet", "web").Destination);
        net.Elastic(a, "54.0.0.1");
        Flow flow = Resolve("internet:8.8.8.8", "web");
        Assert.Equal(IpAddress.Parse("54.0.0.1"), flow.Destination);
        Assert.Equal(Origin.Internet, flow.Origin);
        Assert.Equal(IpAddress.Parse("8.8.8.8"), flow.Source);
        Assert.Equal(IpAddress.Parse("9.9.9.0"), Resolve("partner", "web").Source);
        Assert.Equal(OriginKind.Border, Resolve(igw, "web").Origin.Kind);
        Assert.Equal(IpAddress.Parse("9.9.9.0"), Resolve("web", "internet").Destination);
        Assert.Equal(IpAddress.Parse("10.0.1.10"), Resolve("db", "web").Destination);
    }

    [Fact]
    public void What_is_wrong_is_said_with_the_candidates()
    {
        string other = net.Vpc("10.0.0.0/16");
        string twin = net.Instance(net.Subnet(other, "10.0.1.0/24"), "10.0.1.10");
        string error = Refuse("10.0.1.10", "db");
        Assert.Contains($"{vpc}/10.0.1.10", error, StringComparison.Ordinal);
        Assert.Contains($"{other}/10.0.1.10", error, StringComparison.Ordinal);
        Rename(net.InstanceOf(twin), "web");
        Assert.Contains(net.InstanceOf(twin), Refuse("web", "db"), StringComparison.Ordinal);
        Assert.Contains("partner", Refuse("nobody", "db"), StringComparison.Ordinal);
        Assert.Contains("is a subnet", Refuse(subnet, "db"), StringComparison.Ordinal);
        Assert.Contains("no interface", Refuse("10.0.9.9", "db"), StringComparison.Ordinal);
        Assert.Contains("family", Refuse("db", "2001:4860::8888"), StringComparison.Ordinal);
        Assert.False(Resolver().TryResolve(new FlowQuestion("db", "10.0.1.10"), out _, out error));
        Assert.Contains("port", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule035_a_flow_from_one_gateway_enters_by_that_gateway()
    {
        net.Elastic(a, "54.0.0.1");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        string elsewhere = net.Igw(net.Vpc("10.1.0.0/16"));
        ForwardingState state = Compiler.Compile(net.Cloud);
        Asking.Explain(state, Resolve(igw, "web")).Delivered();
        Asking.Explain(state, Resolve(elsewhere, "web")).Dropped(ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS);
    }

    [Fact]
    public void Text_comes_in_three_lengths()
    {
        Trace good = Asking.Explain(Compiler.Compile(net.Cloud), Resolve("web", "db"));
        Assert.Equal(["delivered"], TraceText.Render(good, TraceLength.Minimal).Select(l => l.Replace(" (untracked)", "", StringComparison.Ordinal)));
        Assert.Equal(3, TraceText.Render(good, TraceLength.Summary).Count);
        Assert.Contains(TraceText.Render(good, TraceLength.Detailed), l => l.Contains("(db)", StringComparison.Ordinal));
        net.Acl(vpc, [subnet]);
        Trace bad = Asking.Explain(Compiler.Compile(net.Cloud), Resolve("web", "db"));
        Assert.StartsWith("dropped SUBNET_ACL_RESTRICTION on the way there at acl-", TraceText.Render(bad, TraceLength.Minimal)[0], StringComparison.Ordinal);
        Assert.Contains("rule *", TraceText.Render(bad, TraceLength.Summary)[1], StringComparison.Ordinal);
        Assert.Contains(TraceText.Render(bad, TraceLength.Detailed), l => l.EndsWith("DROPPED", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_has_the_documented_members()
    {
        net.Acl(vpc, [subnet]);
        using JsonDocument json = JsonDocument.Parse(TraceJson.Render(Asking.Explain(Compiler.Compile(net.Cloud), Resolve("web", "db"))));
        Assert.Equal(
            ["verdict", "code", "leg", "answered", "tracking", "flow", "forward", "return", "drop"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("SUBNET_ACL_RESTRICTION", json.RootElement.GetProperty("code").GetString());
        Assert.Equal(
            [
                "sequence", "component", "attachedTo", "direction", "subnet", "vpc", "aclRule", "securityGroupRule", "securityGroups",
                "tracked", "route", "endpoint", "note", "line", "targets", "learnedRoute", "paths", "inbound",
                "outbound",
            ],
            json.RootElement.GetProperty("forward")[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(NetworkAcl.LastRule, json.RootElement.GetProperty("drop").GetProperty("aclRule").GetProperty("number").GetInt32());
    }

    [Fact]
    public void Every_code_has_a_meaning()
    {
        Assert.All(
            Enum.GetValues<ExplanationCode>().Where(c => c != ExplanationCode.NONE),
            code => Assert.NotEqual("", ExplanationCodes.MeaningOf(code)));
    }

    private void Rename(string instance, string name) =>
        net.Edit<Instance>(instance, i => i with { Tags = i.Tags.SetItem("Name", name) });

    private EndpointResolver Resolver() => new(Compiler.Compile(net.Cloud), CloudBuilder.Home);

    private Flow Resolve(string from, string to)
    {
        Assert.True(Resolver().TryResolve(new FlowQuestion(from, to) { Port = 443 }, out Flow flow, out string error), error);
        return flow;
    }

    private string Refuse(string from, string to)
    {
        Assert.False(Resolver().TryResolve(new FlowQuestion(from, to) { Port = 443 }, out _, out string error));
        return error;
    }
}
