using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Acm;
using Trunkline.Control.Elbv2;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Short ways to what tests of load balancing begin with.</summary>
internal static class Balancing
{
    public static readonly Elbv2Service Service = new();

    public static readonly AcmService Certificates = new();

    public static T Elb<T>(this Lab lab, Func<Elbv2Service, CommandContext, T> operation) => lab.Run((_, c) => operation(Service, c));

    public static Fault ElbFault<T>(this Lab lab, Func<Elbv2Service, CommandContext, T> operation) => lab.FaultOf((_, c) => operation(Service, c));

    public static string ElbRefused<T>(this Lab lab, Func<Elbv2Service, CommandContext, T> operation) => lab.ElbFault(operation).Code;

    /// <summary>A VPC with an internet gateway and a /24 in each of three zones.</summary>
    public static (string Vpc, string[] Subnets) NewThreeZones(this Lab lab, string cidr = "10.0.0.0/16", bool gateway = true, bool ipv6 = false)
    {
        Aws.Vpc vpc = lab.NewVpc(cidr, ipv6);
        if (gateway)
        {
            lab.NewGateway(vpc.VpcId!);
        }

        string start = string.Join('.', cidr.Split('.').Take(2));
        string? six = ipv6 ? lab.Described(vpc.VpcId!).Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock : null;
        string[] subnets =
        [
            .. ((string[])["a", "b", "c"]).Select((zone, i) => lab.Run((ec2, c) => ec2.CreateSubnet(c, new()
            {
                VpcId = vpc.VpcId,
                CidrBlock = $"{start}.{i}.0/24",
                AvailabilityZone = $"us-east-1{zone}",
                Ipv6CidrBlock = six?.Replace("00::/56", $"0{i}::/64", StringComparison.Ordinal),
            })).Subnet!.SubnetId!),
        ];
        return (vpc.VpcId!, subnets);
    }

    public static AwsElbv2.LoadBalancer NewBalancer(
        this Lab lab, string[] subnets, string name = "web", string type = "application", string? scheme = null, string[]? groups = null) =>
        lab.Elb((elb, c) => elb.CreateLoadBalancer(c, new()
        {
            Name = name,
            Type = type,
            Subnets = subnets,
            Scheme = scheme,
            SecurityGroups = groups,
        })).LoadBalancers!.Single();

    public static string NewTargetGroup(
        this Lab lab, string vpc, string name = "app", string protocol = "HTTP", int port = 80, string targetType = "instance") =>
        lab.Elb((elb, c) => elb.CreateTargetGroup(c, new()
        {
            Name = name,
            Protocol = protocol,
            Port = protocol == "GENEVE" ? null : port,
            VpcId = vpc,
            TargetType = targetType,
        })).TargetGroups!.Single().TargetGroupArn!;

    public static AwsElbv2.Action Forward(string group) => new() { Type = "forward", TargetGroupArn = group };

    public static AwsElbv2.Action Fixed(string status = "404") => new()
    {
        Type = "fixed-response",
        FixedResponseConfig = new() { StatusCode = status },
    };

    public static AwsElbv2.Listener NewListener(this Lab lab, string balancer, AwsElbv2.Action action, string protocol = "HTTP", int port = 80) =>
        lab.Elb((elb, c) => elb.CreateListener(c, new()
        {
            LoadBalancerArn = balancer,
            Protocol = protocol,
            Port = port,
            DefaultActions = [action],
        })).Listeners!.Single();

    public static string NewCertificate(this Lab lab, string domain = "shop.example.com") =>
        lab.Run((_, c) => Certificates.RequestCertificate(c, new() { DomainName = domain, ValidationMethod = "DNS" })).CertificateArn!;

    public static AwsElbv2.Rule NewRule(this Lab lab, string listener, string group, string path = "/api/*", int priority = 10) =>
        lab.Elb((elb, c) => elb.CreateRule(c, new()
        {
            ListenerArn = listener,
            Priority = priority,
            Conditions = [new() { Field = "path-pattern", Values = [path] }],
            Actions = [Forward(group)],
        })).Rules!.Single();

    public static LoadBalancer Row(this Lab lab, AwsElbv2.LoadBalancer balancer) =>
        lab.Here.Get(new Id<LoadBalancer>(LoadBalancer.KeyOfArn(balancer.LoadBalancerArn!)!));

    public static NetworkInterface[] NodesOf(this Lab lab, AwsElbv2.LoadBalancer balancer) =>
        [.. lab.Row(balancer).Nodes.Select(n => lab.Here.Get(n.InterfaceId))];

    public static void Register(this Lab lab, string group, params string[] ids) =>
        lab.Elb((elb, c) => elb.RegisterTargets(
            c, new() { TargetGroupArn = group, Targets = [.. ids.Select(id => new AwsElbv2.TargetDescription { Id = id })] }));

    public static IReadOnlyList<AwsElbv2.TargetHealthDescription> Health(this Lab lab, string group) =>
        lab.Elb((elb, c) => elb.DescribeTargetHealth(c, new() { TargetGroupArn = group })).TargetHealthDescriptions!;
}
