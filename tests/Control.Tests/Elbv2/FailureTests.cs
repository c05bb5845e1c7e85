using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Own;
using Trunkline.Forwarding;
using Trunkline.Tests.Control.Ec2;
using Trunkline.Tracing;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Declared failures and what load balancers, their health and traces make of them; Reachability Analyzer through load balancers.</summary>
public sealed class FailureTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string[] subnets;
    private readonly string group;
    private readonly string targets;
    private readonly AwsElbv2.LoadBalancer web;
    private readonly (Instance Instance, NetworkInterface Eni) client;
    private readonly (Instance Instance, NetworkInterface Eni)[] servers;

    public FailureTests()
    {
        (vpc, subnets) = lab.NewThreeZones();
        group = lab.DefaultGroup(vpc).Id.Value;
        targets = lab.NewTargetGroup(vpc);
        client = lab.NewInstance(subnets[0], "10.0.0.50");
        servers = [.. subnets.Select(s => lab.NewInstance(s))];
        lab.Register(targets, [.. servers.Select(s => s.Instance.Id.Value)]);
        web = lab.NewBalancer(subnets, groups: [group]);
        lab.NewListener(web.LoadBalancerArn!, Balancing.Forward(targets));
    }

    [Fact]
    public void A_failed_zone_leaves_the_others_serving_and_health_and_traces_say_so()
    {
        Assert.All(lab.Health(targets), h => Assert.Equal("healthy", h.TargetHealth!.State));
        Fail(new FailureRequest { Fail = ["us-east-1b"] });
        Assert.Equal(["healthy", "unhealthy", "healthy"], lab.Health(targets).Select(h => h.TargetHealth!.State));
        Assert.Equal("Target.Timeout", lab.Health(targets)[1].TargetHealth!.Reason);
        Trace trace = Ask(0);
        Assert.True(trace.Verdict.Delivered, trace.Drop?.Text);
        TargetShare[] shares = [.. trace.Forward.Single(h => !h.Targets.IsEmpty).Targets];
        Assert.Equal([0.5, 0, 0.5], shares.Select(s => s.Share));
        Assert.Equal(ExplanationCode.BAD_STATE, Ask(1).Code);
        Assert.Contains(TraceText.Render(trace, TraceLength.Summary), l => l.Contains("unhealthy Target.Timeout", StringComparison.Ordinal));
        Assert.Equal(["us-east-1a", "us-east-1c"], Tracer().HealthyZones(lab.Home, Key));
        Fail(new FailureRequest { Heal = ["az:us-east-1b"] });
        Assert.All(lab.Health(targets), h => Assert.Equal("healthy", h.TargetHealth!.State));
        Assert.True(Ask(1).Verdict.Delivered);
    }

    [Fact]
    public void A_word_means_its_own_kind_and_what_is_gone_can_heal()
    {
        string id = servers[0].Instance.Id.Value;
        FailureRequest[] wrong =
        [
            new() { Fail = ["instance:us-east-1a"] }, new() { Fail = [$"az:{id}"] }, new() { Fail = [$"eni:{id}"] }, new() { Fail = null! },
            new() { Heal = [null!] },
        ];
        Assert.All(wrong, r => Assert.Equal("InvalidFailure", Assert.Throws<Fault>(() => r.Apply(lab.Cloud, lab.Home)).Code));
        Fail(new FailureRequest { Fail = [id] });
        lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] }));
        Fail(new FailureRequest { Heal = [$"instance:{id}"] });
        Assert.Empty(lab.Cloud.World.Failures);
    }

    [Fact]
    public void A_targets_program_fails_by_the_groups_name_and_everything_heals_at_once()
    {
        string id = servers[0].Instance.Id.Value;
        Fail(new FailureRequest { Fail = [$"target:app/{id}:80", servers[1].Eni.Id.Value] });
        Assert.Equal(["unhealthy", "unhealthy", "healthy"], lab.Health(targets).Select(h => h.TargetHealth!.State));
        Assert.Equal("Target.FailedHealthChecks", lab.Health(targets)[0].TargetHealth!.Reason);
        Assert.Equal(
            [$"000000000000/us-east-1/eni:{servers[1].Eni.Id}", $"000000000000/us-east-1/target:{TargetGroup.KeyOfArn(targets)}/{id}:80"],
            WorldDocument.Of(lab.Cloud.World).Failures);
        Assert.Equal(lab.Cloud.World.Failures, WorldDocument.Of(lab.Cloud.World).ToWorld(lab.Home).Failures);
        Fail(new FailureRequest { HealAll = true });
        Assert.All(lab.Health(targets), h => Assert.Equal("healthy", h.TargetHealth!.State));
        foreach (string wrong in new[] { "web-9", "target:app/i-9:80", "us-east-9a", "instance:i-0" })
        {
            Assert.Equal("InvalidFailure", Assert.Throws<Fault>(() => new FailureRequest { Fail = [wrong] }.Apply(lab.Cloud, lab.Home)).Code);
        }

        Assert.Equal("InvalidFailure", Assert.Throws<Fault>(() => new FailureRequest { Heal = ["us-east-1a"] }.Apply(lab.Cloud, lab.Home)).Code);
        Assert.Equal("InvalidWorld", Assert.Throws<Fault>(() => new WorldDocument { Failures = ["us-east-1a"] }.ToWorld(lab.Home)).Code);
    }

    [Fact]
    public void A_machine_that_does_not_listen_is_unhealthy()
    {
        WorldDocument document = new()
        {
            Listening = [new WorldListener { Machine = servers[0].Instance.Id.Value, Ports = ["tcp/8080-8090"] }],
        };
        lab.Run((_, c) =>
        {
            c.Draft.SetWorld(document.ToWorld(lab.Home));
            return 0;
        });
        Assert.Equal("Target.FailedHealthChecks", lab.Health(targets)[0].TargetHealth!.Reason);
        Assert.Equal(["tcp/8080-8090"], WorldDocument.Of(lab.Cloud.World).Listening.Single().Ports!);
    }

    [Fact]
    public void A_program_that_answers_with_another_status_is_told_by_it()
    {
        WorldDocument document = new() { Listening = [new WorldListener { Machine = servers[0].Instance.Id.Value, Status = 503 }] };
        lab.Run((_, c) =>
        {
            c.Draft.SetWorld(document.ToWorld(lab.Home));
            return 0;
        });
        AwsElbv2.TargetHealth health = lab.Health(targets)[0].TargetHealth!;
        Assert.Equal(
            ("unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
            (health.State, health.Reason, health.Description));
        Assert.Equal("healthy", lab.Health(targets)[1].TargetHealth!.State);
        WorldListener back = WorldDocument.Of(lab.Cloud.World).Listening.Single();
        Assert.Equal((503, "tcp/0-65535 udp/0-65535"), (back.Status!.Value, string.Join(' ', back.Ports!)));
        lab.Elb((elb, c) => elb.ModifyTargetGroup(c, new() { TargetGroupArn = targets, Matcher = new() { HttpCode = "200" }, HealthCheckPath = "/" }));
        Assert.Equal("Target.ResponseCodeMismatch", lab.Health(targets)[0].TargetHealth!.Reason);
        lab.Run((_, c) =>
        {
            c.Draft.SetWorld((document with { Listening = [document.Listening[0] with { Status = 404 }] }).ToWorld(lab.Home));
            return 0;
        });
        lab.Elb((elb, c) => elb.ModifyTargetGroup(c, new() { TargetGroupArn = targets, Matcher = new() { HttpCode = "200-299,404" } }));
        Assert.Equal("healthy", lab.Health(targets)[0].TargetHealth!.State);
        Assert.Equal("InvalidWorld", Assert.Throws<Fault>(() => new WorldDocument
        {
            Listening = [new WorldListener { Machine = "x", Status = 99 }],
        }.ToWorld(lab.Home)).Code);
    }

    [Fact]
    public void Reachability_goes_through_a_load_balancer_to_its_target()
    {
        lab.Put(lab.Here.Get(servers[0].Eni.Id) with { Groups = [new(Door("targets", 80))] });
        Aws.NetworkInsightsAnalysis answer = Analyse(new() { Source = client.Instance.Id.Value, Destination = servers[0].Instance.Id.Value });
        Assert.True(answer.NetworkPathFound, Why(answer));
        string[] path = [.. answer.ForwardPathComponents!.Select(c => c.Component!.Id!)];
        Assert.Contains(TargetGroup.KeyOfArn(targets), path);
        Assert.Equal(targets, answer.ForwardPathComponents!.Single(c => c.Component!.Id == TargetGroup.KeyOfArn(targets)).Component!.Arn);
        Assert.Contains(answer.ForwardPathComponents!, c => c.ElasticLoadBalancerListener is not null);
        Assert.Equal(servers[0].Instance.Id.Value, path[^1]);
    }

    [Fact]
    public void Reachability_says_why_a_load_balancer_does_not_lead_there()
    {
        string node = lab.NodesOf(web)[0].PrimaryIp!.Value.ToString();
        Aws.NetworkInsightsAnalysis port = Analyse(new()
        {
            Source = client.Instance.Id.Value,
            Destination = servers[0].Instance.Id.Value,
            FilterAtSource = new() { DestinationAddress = node, DestinationPortRange = new() { FromPort = 81, ToPort = 81 } },
        });
        Assert.Equal(["ELBV2_LISTENERS_MISMATCH", "ELBV2_LISTENER_PORT_RESTRICTION"], port.Explanations!.Select(e => e.ExplanationCode));
        Assert.Equal(80, port.Explanations![1].LoadBalancerListenerPort);
        Assert.Equal(web.LoadBalancerArn, port.Explanations[0].LoadBalancerArn);
        Aws.PathRequestFilter toNode = new() { DestinationAddress = node, DestinationPortRange = new() { FromPort = 80, ToPort = 80 } };
        Instance other = lab.NewInstance(subnets[0], "10.0.0.77").Instance;
        Assert.Equal("TARGET_ADDRESS_RESTRICTION", Only(other, toNode, null));
        Assert.Equal("TARGET_PORT_RESTRICTION", Only(servers[0].Instance, toNode, new() { DestinationPortRange = Range(8080) }));
        Assert.Equal("REMAP_EPHEMERAL_PORT", Only(servers[0].Instance, toNode, new() { SourcePortRange = Range(443) }));
    }

    [Fact]
    public void Reachability_through_a_network_load_balancer_knows_that_the_source_stays()
    {
        string raw = lab.NewTargetGroup(vpc, "raw", "TCP", 80);
        lab.Register(raw, [.. servers.Select(s => s.Instance.Id.Value)]);
        AwsElbv2.LoadBalancer nlb = lab.NewBalancer(subnets, "raw", "network");
        lab.NewListener(nlb.LoadBalancerArn!, Balancing.Forward(raw), "TCP");
        string node = lab.NodesOf(nlb)[0].PrimaryIp!.Value.ToString();
        Aws.PathRequestFilter toNode = new() { DestinationAddress = node, DestinationPortRange = Range(80) };
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = group,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, IpRanges = [new() { CidrIp = "10.0.0.0/16" }] }],
        }));
        Assert.Equal("ELBV2_SOURCE_ADDRESS_PRESERVATION", Only(servers[0].Instance, toNode, new() { SourceAddress = node }));
    }

    [Fact]
    public void Reachability_names_each_listener_of_a_classic_load_balancer_that_takes_another_port()
    {
        NetworkInterface node = lab.Put(lab.NewInterface(subnets[0], "10.0.0.200") with { RequesterManaged = true, Groups = [new(group)] });
        lab.Put(new ClassicLoadBalancer
        {
            Name = "old",
            VpcId = new(vpc),
            Nodes = [new ClassicNode(new(subnets[0]), "us-east-1a", node.Id)],
            Listeners = [new ClassicListener("HTTP", 80, "HTTP", 8080, null, [])],
            Instances = [servers[0].Instance.Id],
            HealthCheck = new ClassicHealthCheck("TCP:8080"),
            DnsName = "old-1.us-east-1.elb.amazonaws.com",
            CreatedTime = lab.Now,
        });
        Aws.NetworkInsightsAnalysis answer = Analyse(new()
        {
            Source = client.Instance.Id.Value,
            Destination = servers[0].Instance.Id.Value,
            FilterAtSource = new() { DestinationAddress = "10.0.0.200", DestinationPortRange = Range(443) },
        });
        Assert.Equal(["ELB_LISTENERS_MISMATCH", "ELB_LISTENER_PORT_RESTRICTION"], answer.Explanations!.Select(e => e.ExplanationCode));
        Aws.AnalysisLoadBalancerListener listener = answer.Explanations![1].ClassicLoadBalancerListener!;
        Assert.Equal((80, 8080), (listener.LoadBalancerPort!.Value, listener.InstancePort!.Value));
        Assert.Equal("arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/old", answer.Explanations[0].LoadBalancerArn);
    }

    private string Key => LoadBalancer.KeyOfArn(web.LoadBalancerArn!)!;

    private static Aws.RequestFilterPortRange Range(int port) => new() { FromPort = port, ToPort = port };

    private static string Why(Aws.NetworkInsightsAnalysis answer) => string.Join(
        "; ", (answer.Explanations ?? []).Select(e => $"{e.ExplanationCode} at {e.Component?.Id} {e.Direction}"));

    private Tracer Tracer() => new(Compiler.Compile(lab.Cloud));

    /// <summary>A request from the client to the load balancer's node of a zone.</summary>
    private Trace Ask(int zone)
    {
        Tracer tracer = Tracer();
        Origin origin = Origin.OfNic(tracer.State.NicOf(lab.Home, client.Eni.Id.Value));
        return tracer.Explain(Flow.Tcp(origin, client.Eni.PrimaryIp!.Value, lab.NodesOf(web)[zone].PrimaryIp!.Value, 80));
    }

    private void Fail(FailureRequest request) => lab.Run((_, c) =>
    {
        c.Draft.SetWorld(request.Apply(lab.Cloud, lab.Home));
        return 0;
    });

    /// <summary>A group that admits a port from the load balancer's nodes alone.</summary>
    private string Door(string name, int port)
    {
        string id = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = name, Description = "d", VpcId = vpc })).GroupId!;
        lab.Run((_, c) => c.Put(c.Here.Get(new Id<SecurityGroup>(id)) with
        {
            Rules =
            [
                .. lab.NodesOf(web).Select((n, i) => new SecurityGroupRule(
                    $"sgr-{i}{port}", false, Protocols.Tcp, port, port, new RulePeer(Trunkline.Addressing.Prefix.Host(n.PrimaryIp!.Value)))),
            ],
        }));
        return id;
    }

    private string? Only(Instance destination, Aws.PathRequestFilter from, Aws.PathRequestFilter? to)
    {
        Aws.NetworkInsightsAnalysis answer = Analyse(new()
        {
            Source = client.Instance.Id.Value,
            Destination = destination.Id.Value,
            FilterAtSource = from,
            FilterAtDestination = to,
        });
        Assert.False(answer.NetworkPathFound);
        return Assert.Single(answer.Explanations!).ExplanationCode;
    }

    private Aws.NetworkInsightsAnalysis Analyse(Aws.CreateNetworkInsightsPathRequest request)
    {
        string path = lab.Run((ec2, c) => ec2.CreateNetworkInsightsPath(c, request with { Protocol = "tcp" })).NetworkInsightsPath!.NetworkInsightsPathId!;
        string analysis = lab.Run((ec2, c) => ec2.StartNetworkInsightsAnalysis(
            c, new() { NetworkInsightsPathId = path })).NetworkInsightsAnalysis!.NetworkInsightsAnalysisId!;
        return lab.Run((ec2, c) => ec2.DescribeNetworkInsightsAnalyses(
            c, new() { NetworkInsightsAnalysisIds = [analysis] })).NetworkInsightsAnalyses!.Single();
    }
}
