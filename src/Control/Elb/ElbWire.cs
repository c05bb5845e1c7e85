using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>How a classic load balancer is shown. Source: Elastic Load Balancing API 2012-06-01, LoadBalancerDescription.</summary>
public sealed partial class ElbService
{
    private static AwsElb.LoadBalancerDescription ToWire(CommandContext context, ClassicLoadBalancer balancer) => new()
    {
        LoadBalancerName = balancer.Name,
        DNSName = balancer.DnsName,
        CanonicalHostedZoneName = balancer.Internal ? null : balancer.DnsName,
        CanonicalHostedZoneNameID = LoadBalancerZones.OfApplications(context.Region),
        ListenerDescriptions =
        [
            .. balancer.Listeners.Select(l => new AwsElb.ListenerDescription { Listener = ToWire(l), PolicyNames = [.. l.Policies] }),
        ],
        Policies = PoliciesToWire(balancer),
        BackendServerDescriptions =
        [
            .. balancer.Backends.Select(b => new AwsElb.BackendServerDescription { InstancePort = b.InstancePort, PolicyNames = [.. b.Policies] }),
        ],
        AvailabilityZones = [.. balancer.Nodes.Select(n => n.Zone)],
        Subnets = [.. balancer.Nodes.Select(n => n.SubnetId.Value)],
        VPCId = balancer.VpcId.Value,
        Instances = ToWire(balancer.Instances),
        HealthCheck = ToWire(balancer.HealthCheck),
        SourceSecurityGroup = balancer.SecurityGroups is [var first, ..]
            ? new AwsElb.SourceSecurityGroup { OwnerAlias = context.Account, GroupName = context.Here.Get(first).Name }
            : null,
        SecurityGroups = [.. balancer.SecurityGroups.Select(g => g.Value)],
        CreatedTime = balancer.CreatedTime,
        Scheme = balancer.Internal ? "internal" : "internet-facing",
    };

    private static AwsElb.Listener ToWire(ClassicListener listener) => new()
    {
        Protocol = listener.Protocol,
        LoadBalancerPort = listener.Port,
        InstanceProtocol = listener.InstanceProtocol,
        InstancePort = listener.InstancePort,
        SSLCertificateId = listener.CertificateArn,
    };

    private static AwsElb.HealthCheck ToWire(ClassicHealthCheck check) => new()
    {
        Target = check.Target,
        Interval = check.Interval,
        Timeout = check.Timeout,
        UnhealthyThreshold = check.UnhealthyThreshold,
        HealthyThreshold = check.HealthyThreshold,
    };

    private static AwsElb.Policies PoliciesToWire(ClassicLoadBalancer balancer) => new()
    {
        AppCookieStickinessPolicies =
        [
            .. balancer.Policies.Where(p => p.TypeName == ElbPolicyTypes.AppCookie).Select(p => new AwsElb.AppCookieStickinessPolicy
            {
                PolicyName = p.Name,
                CookieName = ElbPolicyTypes.ValueOf(p, ElbPolicyTypes.CookieName),
            }),
        ],
        LBCookieStickinessPolicies =
        [
            .. balancer.Policies.Where(p => p.TypeName == ElbPolicyTypes.LbCookie).Select(p => new AwsElb.LBCookieStickinessPolicy
            {
                PolicyName = p.Name,
                CookieExpirationPeriod = ElbPolicyTypes.ExpirationOf(p),
            }),
        ],
        OtherPolicies =
        [
            .. balancer.Policies.Where(p => p.TypeName is not (ElbPolicyTypes.AppCookie or ElbPolicyTypes.LbCookie)).Select(p => p.Name),
        ],
    };
}
