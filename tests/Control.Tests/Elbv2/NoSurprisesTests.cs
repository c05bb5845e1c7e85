using System.Reflection;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Acm;
using Trunkline.Control.Elbv2;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Load balancing and certificates as EC2's own test of this name: carried out or refused, never any other exception.</summary>
public sealed class NoSurprisesTests
{
    private const int RequestsPerOperation = 150;

    private static readonly string[] Words =
    [
        "", "x", "*", "10.0.0.0/8", "10.0.1.77", "192.168.7.7", "::1", "1", "-1", "80", "HTTP", "HTTPS", "TCP", "UDP", "GENEVE", "instance", "ip",
        "application", "network", "gateway", "internal", "dualstack", "forward", "redirect", "fixed-response", "path-pattern", "host-header",
        "http-header", "query-string", "source-ip", "/api/*", "shop.example.com", "200", "traffic-port", "all", "us-east-1a", "true", "false", "on",
        "off", "verify", "stickiness.enabled", "idle_timeout.timeout_seconds", "load_balancing.cross_zone.enabled", "i-0000000000000dead",
        "ELBSecurityPolicy-2016-08", "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/web/0123456789abcdef", "RSA_2048",
        "url-rewrite", "^/(.*)$", "([",
    ];

    public static TheoryData<string, string> Operations() => [.. Methods().Select(m => (m.DeclaringType!.Name, m.Name))];

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_request_is_carried_out_or_refused(string service, string operation)
    {
        MethodInfo method = Methods().Single(m => m.DeclaringType!.Name == service && m.Name == operation);
        object handlers = Activator.CreateInstance(method.DeclaringType!)!;
        Type requestType = method.GetParameters()[1].ParameterType;
        IdSource random = new(PublicPool.Hash(operation));
        (Lab lab, string[] words) = Furnished();
        for (int i = 0; i < RequestsPerOperation; i++)
        {
            object request = Ec2.NoSurprisesTests.Random(random, requestType, words, depth: 0)!;
            try
            {
                method.Invoke(handlers, [lab.Context(), request]);
            }
            catch (TargetInvocationException e) when (e.InnerException is Fault fault)
            {
                Assert.False(string.IsNullOrWhiteSpace(fault.Message));
            }
            catch (TargetInvocationException e)
            {
                Assert.Fail($"{operation} ended in {e.InnerException}\nfor {request}");
            }
        }
    }

    private static IEnumerable<MethodInfo> Methods() => ((Type[])[typeof(Elbv2Service), typeof(AcmService)])
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(m => m.GetParameters() is [var first, _] && first.ParameterType == typeof(CommandContext));

    /// <summary>One of each kind, and their ids and ARNs as words.</summary>
    private static (Lab Lab, string[] Words) Furnished()
    {
        Lab lab = new();
        (string vpc, string[] subnets) = lab.NewThreeZones();
        string web = lab.NewBalancer(subnets).LoadBalancerArn!;
        string edge = lab.NewBalancer(subnets, "edge", "network", groups: [lab.DefaultGroup(vpc).Id.Value]).LoadBalancerArn!;
        string group = lab.NewTargetGroup(vpc);
        string tcp = lab.NewTargetGroup(vpc, "tcp", "TCP", targetType: "ip");
        string instance = lab.NewInstance(subnets[0]).Instance.Id.Value;
        lab.Register(group, instance);
        lab.Register(tcp, "10.0.1.9");
        string listener = lab.NewListener(web, Balancing.Forward(group)).ListenerArn!;
        string rule = lab.NewRule(listener, group).RuleArn!;
        string usual = lab.Elb((elb, c) => elb.DescribeRules(c, new() { ListenerArn = listener })).Rules!.Single(r => r.IsDefault == true).RuleArn!;
        string stream = lab.NewListener(edge, Balancing.Forward(tcp), "TCP", 443).ListenerArn!;
        string certificate = lab.NewCertificate();
        string store = lab.Elb((elb, c) => elb.CreateTrustStore(
            c, new() { Name = "clients", CaCertificatesBundleS3Bucket = "b", CaCertificatesBundleS3Key = "k" })).TrustStores!.Single().TrustStoreArn!;
        string[] made = [vpc, .. subnets, web, edge, group, tcp, instance, listener, rule, usual, stream, certificate, store, lab.NewEip()];
        return (lab, [.. Words, .. made, .. made, lab.DefaultGroup(vpc).Id.Value]);
    }
}
