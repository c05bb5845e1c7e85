using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Listeners, their certificates and actions.</summary>
public sealed class ListenerTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string web;
    private readonly string edge;
    private readonly string app;
    private readonly string tcp;

    public ListenerTests()
    {
        (vpc, string[] subnets) = lab.NewThreeZones();
        web = lab.NewBalancer(subnets).LoadBalancerArn!;
        edge = lab.NewBalancer(subnets, "edge", "network").LoadBalancerArn!;
        app = lab.NewTargetGroup(vpc);
        tcp = lab.NewTargetGroup(vpc, "tcp", "TCP", 5432);
    }

    [Fact]
    public void A_listener_shows_its_action_in_both_forms()
    {
        AwsElbv2.Listener listener = lab.NewListener(web, Balancing.Forward(app));
        Assert.StartsWith(web.Replace(":loadbalancer/", ":listener/", StringComparison.Ordinal) + "/", listener.ListenerArn, StringComparison.Ordinal);
        AwsElbv2.Action action = Assert.Single(listener.DefaultActions!);
        Assert.Equal(app, action.TargetGroupArn);
        Assert.Equal(app, Assert.Single(action.ForwardConfig!.TargetGroups!).TargetGroupArn);
        Assert.Equal(1, action.ForwardConfig.TargetGroups![0].Weight);
        Assert.False(action.ForwardConfig.TargetGroupStickinessConfig!.Enabled);
        Assert.Equal([web], lab.Elb((elb, c) => elb.DescribeTargetGroups(c, new() { TargetGroupArns = [app] })).TargetGroups!.Single().LoadBalancerArns!);
        Assert.Equal([app], lab.Elb((elb, c) => elb.DescribeTargetGroups(c, new() { LoadBalancerArn = web })).TargetGroups!.Select(g => g.TargetGroupArn));
    }

    [Fact]
    public void Ports_are_taken_once_and_the_same_again_is_the_same()
    {
        AwsElbv2.Listener listener = lab.NewListener(web, Balancing.Forward(app));
        Assert.Equal(listener.ListenerArn, lab.NewListener(web, Balancing.Forward(app)).ListenerArn);
        Assert.Equal("DuplicateListener", Refused(web, Balancing.Fixed()));
        lab.NewListener(edge, Balancing.Forward(tcp), "TCP", 53);
        string udp = lab.NewTargetGroup(vpc, "udp", "UDP", 53);
        lab.NewListener(edge, Balancing.Forward(udp), "UDP", 53);
        string both = lab.NewTargetGroup(vpc, "both", "TCP_UDP", 53);
        Assert.Equal("DuplicateListener", Refused(edge, Balancing.Forward(both), "TCP_UDP", 53));
        string other = lab.NewListener(web, Balancing.Fixed(), port: 81).ListenerArn!;
        Assert.Equal("DuplicateListener", lab.ElbRefused((elb, c) => elb.ModifyListener(c, new() { ListenerArn = other, Port = 80 })));
    }

    [Fact]
    public void Https_needs_a_certificate_that_is_there()
    {
        Assert.Equal("ValidationError", Refused(web, Balancing.Fixed(), "HTTPS", 443));
        const string Gone = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-4000-8000-000000000000";
        Assert.Equal("CertificateNotFound", Secure(Gone));
        Assert.Equal("CertificateNotFound", Secure("arn:aws:iam::000000000000:server-certificate/gone"));
        string certificate = lab.NewCertificate();
        Assert.Equal("SSLPolicyNotFound", Secure(certificate, "ELBSecurityPolicy-None"));
        AwsElbv2.Listener made = lab.Elb((elb, c) => elb.CreateListener(c, new()
        {
            LoadBalancerArn = web,
            Protocol = "HTTPS",
            Port = 443,
            Certificates = [new() { CertificateArn = certificate }],
            DefaultActions = [Balancing.Fixed()],
        })).Listeners!.Single();
        Assert.Equal("ELBSecurityPolicy-2016-08", made.SslPolicy);
        Assert.Equal("off", made.MutualAuthentication!.Mode);
        Assert.Equal(certificate, Assert.Single(made.Certificates!).CertificateArn);
        Assert.Equal("ResourceInUseException", lab.Refused((_, c) => Balancing.Certificates.DeleteCertificate(c, new() { CertificateArn = certificate })));
        Assert.Equal([web], lab.Run((_, c) => Balancing.Certificates.DescribeCertificate(c, new() { CertificateArn = certificate })).Certificate!.InUseBy!);
    }

    [Fact]
    public void The_certificate_list_has_the_default_one_and_others()
    {
        string first = lab.NewCertificate("a.example.com");
        string second = lab.NewCertificate("b.example.com");
        string listener = lab.Elb((elb, c) => elb.CreateListener(c, new()
        {
            LoadBalancerArn = edge,
            Protocol = "TLS",
            Port = 443,
            Certificates = [new() { CertificateArn = first }],
            DefaultActions = [Balancing.Forward(tcp)],
            AlpnPolicy = ["HTTP2Preferred"],
        })).Listeners!.Single().ListenerArn!;
        lab.Elb((elb, c) => elb.AddListenerCertificates(c, new() { ListenerArn = listener, Certificates = [new() { CertificateArn = second }] }));
        IReadOnlyList<AwsElbv2.Certificate> listed =
            lab.Elb((elb, c) => elb.DescribeListenerCertificates(c, new() { ListenerArn = listener })).Certificates!;
        Assert.Equal(2, listed.Count);
        Assert.Equal(first, listed.Single(l => l.IsDefault == true).CertificateArn);
        Assert.Equal("OperationNotPermitted", lab.ElbRefused((elb, c) => elb.RemoveListenerCertificates(
            c, new() { ListenerArn = listener, Certificates = [new() { CertificateArn = first }] })));
        lab.Elb((elb, c) => elb.ModifyListener(c, new() { ListenerArn = listener, Certificates = [new() { CertificateArn = second }] }));
        Assert.Equal(second, Assert.Single(lab.Here.All<Listener>()).Certificates[0]);
        Assert.Equal("ALPNPolicyNotFound", lab.ElbRefused((elb, c) => elb.ModifyListener(c, new() { ListenerArn = listener, AlpnPolicy = ["HTTP3"] })));
        lab.Elb((elb, c) => elb.ModifyListener(c, new() { ListenerArn = listener, Protocol = "TCP" }));
        Assert.Empty(Assert.Single(lab.Here.All<Listener>()).Certificates);
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.ModifyListener(c, new() { ListenerArn = listener, Protocol = "TLS" })));
    }

    [Fact]
    public void Protocols_must_fit_the_load_balancer_and_the_target_group()
    {
        Assert.Equal("UnsupportedProtocol", Refused(web, Balancing.Fixed(), "TCP"));
        Assert.Equal("UnsupportedProtocol", Refused(edge, Balancing.Forward(tcp), "HTTP"));
        Assert.Equal("IncompatibleProtocols", Refused(web, Balancing.Forward(tcp)));
        Assert.Equal("IncompatibleProtocols", Refused(edge, Balancing.Forward(app), "TCP"));
        Assert.Equal("IncompatibleProtocols", Refused(edge, Balancing.Forward(tcp), "UDP"));
        Assert.Equal("UnsupportedOperation", Refused(edge, Balancing.Forward(tcp), "QUIC"));
        Assert.Equal("InvalidLoadBalancerAction", Refused(edge, Balancing.Fixed(), "TCP"));
        Assert.Equal("ValidationError", Refused(web, Balancing.Fixed(), port: 0));
        Assert.Equal("TargetGroupNotFound", Refused(web, Balancing.Forward(app[..^1] + "x")));
    }

    [Fact]
    public void A_target_group_serves_one_load_balancer_of_its_own_vpc()
    {
        lab.NewListener(web, Balancing.Forward(app));
        (string elsewhere, string[] subnets) = lab.NewThreeZones("10.5.0.0/16");
        string[] near = [.. lab.Here.By<Subnet>(vpc).Select(s => s.Key)];
        string second = lab.NewBalancer(near, "second").LoadBalancerArn!;
        Assert.Equal("TargetGroupAssociationLimit", Refused(second, Balancing.Forward(app)));
        string far = lab.NewTargetGroup(elsewhere, "far");
        Assert.Equal("InvalidConfigurationRequest", Refused(web, Balancing.Forward(far), port: 81));
        Assert.Equal("ResourceInUse", lab.ElbRefused((elb, c) => elb.DeleteTargetGroup(c, new() { TargetGroupArn = app })));
        Assert.NotEmpty(subnets);
    }

    [Fact]
    public void Redirects_are_filled_in_and_loops_refused()
    {
        AwsElbv2.Listener listener = lab.NewListener(
            web, new() { Type = "redirect", RedirectConfig = new() { Protocol = "HTTPS", Port = "443", StatusCode = "HTTP_301" } });
        AwsElbv2.RedirectActionConfig config = listener.DefaultActions!.Single().RedirectConfig!;
        Assert.Equal(("#{host}", "/#{path}", "#{query}"), (config.Host, config.Path, config.Query));
        foreach (AwsElbv2.RedirectActionConfig bad in (AwsElbv2.RedirectActionConfig[])
        [
            new() { StatusCode = "HTTP_301" }, new() { StatusCode = "HTTP_301", Query = "a=b" }, new() { StatusCode = "HTTP_301", Port = "70000" },
            new() { StatusCode = "HTTP_301", Path = "relative" },
        ])
        {
            Assert.Equal("InvalidLoadBalancerAction", Refused(web, new() { Type = "redirect", RedirectConfig = bad }, port: 81));
        }
    }

    [Fact]
    public void Actions_that_cannot_be_are_refused()
    {
        string other = lab.NewTargetGroup(vpc, "other");
        (string Code, AwsElbv2.Action Action)[] cases =
        [
            ("UnsupportedOperation", new() { Type = "authenticate-oidc" }),
            ("UnsupportedOperation", new() { Type = "authenticate-cognito" }),
            ("UnsupportedOperation", new() { Type = "jwt-validation" }),
            ("ValidationError", new() { Type = "forward" }),
            ("InvalidLoadBalancerAction", new() { Type = "forward", FixedResponseConfig = new() { StatusCode = "200" } }),
            ("InvalidLoadBalancerAction", Balancing.Fixed("302")),
            ("InvalidLoadBalancerAction", new() { Type = "fixed-response", FixedResponseConfig = new() { StatusCode = "200", ContentType = "image/png" } }),
            ("ValidationError", Weighted((app, 1000))),
            ("ValidationError", Weighted((app, 1), (app, 1))),
            ("ValidationError", Weighted((app, 1), (other, 1)) with { TargetGroupArn = app }),
        ];
        foreach ((string code, AwsElbv2.Action action) in cases)
        {
            Assert.Equal(code, Refused(web, action));
        }

        AwsElbv2.Listener made = lab.NewListener(web, Weighted((app, 3), (other, 1)));
        Assert.Null(made.DefaultActions!.Single().TargetGroupArn);
        Assert.Equal([3, 1], made.DefaultActions!.Single().ForwardConfig!.TargetGroups!.Select(t => t.Weight));
    }

    [Fact]
    public void Attributes_have_defaults_by_protocol()
    {
        string http = lab.NewListener(web, Balancing.Fixed()).ListenerArn!;
        string stream = lab.NewListener(edge, Balancing.Forward(tcp), "TCP").ListenerArn!;
        IReadOnlyList<AwsElbv2.ListenerAttribute> seen =
            lab.Elb((elb, c) => elb.DescribeListenerAttributes(c, new() { ListenerArn = stream })).Attributes!;
        Assert.Equal(("tcp.idle_timeout.seconds", "350"), (seen.Single().Key, seen.Single().Value));
        lab.Elb((elb, c) => elb.ModifyListenerAttributes(
            c, new() { ListenerArn = stream, Attributes = [new() { Key = "tcp.idle_timeout.seconds", Value = "600" }] }));
        Assert.Equal("600", Assert.Single(lab.Here.All<Listener>(), l => l.Protocol == "TCP").AttributeOf("tcp.idle_timeout.seconds"));
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyListenerAttributes(
            c, new() { ListenerArn = http, Attributes = [new() { Key = "tcp.idle_timeout.seconds", Value = "600" }] })));
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyListenerAttributes(
            c, new() { ListenerArn = stream, Attributes = [new() { Key = "tcp.idle_timeout.seconds", Value = "59" }] })));
        const string Sniffing = "routing.http.response.x_content_type_options.header_value";
        lab.Elb((elb, c) => elb.ModifyListenerAttributes(
            c, new() { ListenerArn = http, Attributes = [new() { Key = Sniffing, Value = "nosniff" }] }));
        Assert.Equal("InvalidConfigurationRequest", lab.ElbRefused((elb, c) => elb.ModifyListenerAttributes(
            c, new() { ListenerArn = http, Attributes = [new() { Key = Sniffing, Value = "sniff" }] })));
    }

    [Fact]
    public void A_gateway_one_has_one_listener_without_protocol_and_port()
    {
        string gateway = lab.NewBalancer([lab.Here.By<Subnet>(vpc).First().Key], "fw", "gateway").LoadBalancerArn!;
        string geneve = lab.NewTargetGroup(vpc, "geneve", "GENEVE");
        Assert.Equal("ValidationError", Refused(gateway, Balancing.Forward(geneve), "HTTP"));
        AwsElbv2.Listener made = lab.Elb((elb, c) => elb.CreateListener(
            c, new() { LoadBalancerArn = gateway, DefaultActions = [Balancing.Forward(geneve)] })).Listeners!.Single();
        Assert.Null(made.Protocol);
        Assert.Null(made.Port);
        Assert.Equal(6081, Assert.Single(lab.Here.All<Listener>()).Port);
    }

    private static AwsElbv2.Action Weighted(params (string Group, int Weight)[] groups) => new()
    {
        Type = "forward",
        ForwardConfig = new() { TargetGroups = [.. groups.Select(g => new AwsElbv2.TargetGroupTuple { TargetGroupArn = g.Group, Weight = g.Weight })] },
    };

    private string Refused(string balancer, AwsElbv2.Action action, string protocol = "HTTP", int port = 80) =>
        lab.ElbRefused((elb, c) => elb.CreateListener(
            c, new() { LoadBalancerArn = balancer, Protocol = protocol, Port = port, DefaultActions = [action] }));

    private string Secure(string certificate, string? policy = null) => lab.ElbRefused((elb, c) => elb.CreateListener(c, new()
    {
        LoadBalancerArn = web,
        Protocol = "HTTPS",
        Port = 443,
        SslPolicy = policy,
        Certificates = [new() { CertificateArn = certificate }],
        DefaultActions = [Balancing.Fixed()],
    }));
}
