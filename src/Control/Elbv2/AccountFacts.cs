using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// What holds for the whole account: limits, security policies, resource policies. Source: ELBv2 API, DescribeAccountLimits,
/// DescribeSSLPolicies, GetResourcePolicy.
/// </summary>
public sealed partial class Elbv2Service
{
    /// <summary>Limits that DescribeAccountLimits lists and that no account of this size reaches, or that AWS does not adjust.</summary>
    private static readonly ImmutableArray<(string Name, int Most)> FurtherLimits =
    [
        ("condition-values-per-alb-rule", 5), ("condition-wildcards-per-alb-rule", 5), ("gateway-load-balancers-per-vpc", 100),
        ("geneve-target-groups", 100), ("target-groups-per-action-on-application-load-balancer", 5),
        ("target-groups-per-action-on-network-load-balancer", 5), ("target-id-registrations-per-application-load-balancer", 1000),
        ("targets-per-application-load-balancer", 1000), ("targets-per-availability-zone-per-gateway-load-balancer", 300),
        ("targets-per-availability-zone-per-network-load-balancer", 500), ("targets-per-network-load-balancer", 3000),
    ];

    public AwsElbv2.DescribeAccountLimitsOutput DescribeAccountLimits(CommandContext context, AwsElbv2.DescribeAccountLimitsInput request)
    {
        IEnumerable<(string Name, int Most)> limits = LoadBalancerQuotas.All.Select(q => (q.Name, context.Quotas.LimitOf(q))).Concat(FurtherLimits);
        Page<(string Name, int Most)> page = PageOf(
            limits.OrderBy(l => l.Name, StringComparer.Ordinal), request.PageSize, request.Marker, l => l.Name);
        return new AwsElbv2.DescribeAccountLimitsOutput
        {
            Limits =
                [.. page.Rows.Select(l => new AwsElbv2.Limit { Name = l.Name, Max = l.Most.ToString(CultureInfo.InvariantCulture) })],
            NextMarker = page.NextToken,
        };
    }

    public AwsElbv2.DescribeSSLPoliciesOutput DescribeSSLPolicies(CommandContext context, AwsElbv2.DescribeSSLPoliciesInput request)
    {
        IEnumerable<AwsElbv2.SslPolicy> rows = request.Names is { Count: > 0 } names
            ? [.. Named(names, "SSL policies").Select(
                name => SslPolicies.Find(name) ?? throw new Fault("SSLPolicyNotFound", $"SSL policy '{name}' not found"))]
            : SslPolicies.InOrder();
        if (request.LoadBalancerType is { } type)
        {
            rows = rows.Where(p => p.SupportedLoadBalancerTypes!.Contains(type));
        }

        Page<AwsElbv2.SslPolicy> page = PageOf(
            rows.OrderBy(p => p.Name, StringComparer.Ordinal), request.PageSize, request.Marker, p => p.Name!);
        return new AwsElbv2.DescribeSSLPoliciesOutput { SslPolicies = page.Rows, NextMarker = page.NextToken };
    }

    /// <remarks>Only a trust store that is shared has a policy, and sharing belongs to a service that is not served.</remarks>
    public AwsElbv2.GetResourcePolicyOutput GetResourcePolicy(CommandContext context, AwsElbv2.GetResourcePolicyInput request)
    {
        if (KindOf(request.ResourceArn ?? "") == "truststore")
        {
            Elbv2Arns.GetTrustStore(context, request.ResourceArn);
        }

        throw new Fault("ResourceNotFound", "The specified resource does not exist.");
    }
}

/// <summary>
/// The Route 53 zones in which load balancers' names stand, for alias records. Source: AWS General Reference, "Elastic Load Balancing endpoints
/// and quotas".
/// </summary>
internal static class HostedZones
{
    private static readonly ImmutableDictionary<string, (string Application, string Network)> ByRegion =
        new Dictionary<string, (string, string)>
        {
            ["af-south-1"] = ("Z268VQBMOI5EKX", "Z203XCE67M25HM"),
            ["ap-east-1"] = ("Z3DQVH9N71FHZ0", "Z12Y7K3UBGUAD1"),
            ["ap-northeast-1"] = ("Z14GRHDCWA56QT", "Z31USIVHYNEOWT"),
            ["ap-northeast-2"] = ("ZWKZPGTI48KDX", "ZIBE1TIR4HY56"),
            ["ap-northeast-3"] = ("Z5LXEXXYW11ES", "Z1GWIQ4HH19I5X"),
            ["ap-south-1"] = ("ZP97RAFLXTNZK", "ZVDDRBQ08TROA"),
            ["ap-south-2"] = ("Z0173938T07WNTVAEPZN", "Z0711778386UTO08407HT"),
            ["ap-southeast-1"] = ("Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"),
            ["ap-southeast-2"] = ("Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"),
            ["ap-southeast-3"] = ("Z08888821HLRG5A9ZRTER", "Z01971771FYVNCOVWJU1G"),
            ["ap-southeast-4"] = ("Z09517862IB2WZLPXG76F", "Z01156963G8MIIL7X90IV"),
            ["ca-central-1"] = ("ZQSVJUPU6J1EY", "Z2EPGBW3API2WT"),
            ["ca-west-1"] = ("Z06473681N0SF6OS049SD", "Z02754302KBB00W2LKWZ9"),
            ["eu-central-1"] = ("Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"),
            ["eu-central-2"] = ("Z06391101F2ZOEP8P5EB3", "Z02239872DOALSIDCX66S"),
            ["eu-north-1"] = ("Z23TAZ6LKFMNIO", "Z1UDT6IFJ4EJM"),
            ["eu-south-1"] = ("Z3ULH7SSC9OV64", "Z23146JA1KNAFP"),
            ["eu-south-2"] = ("Z0956581394HF5D5LXGAP", "Z1011216NVTVYADP1SSV"),
            ["eu-west-1"] = ("Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"),
            ["eu-west-2"] = ("ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"),
            ["eu-west-3"] = ("Z3Q77PNBQS71R4", "Z1CMS0P5QUZ6D5"),
            ["il-central-1"] = ("Z09170902867EHPV2DABU", "Z0313266YDI6ZRHTGQY4"),
            ["me-central-1"] = ("Z08230872XQRWHG2XF6I", "Z00282643NTTLPANJJG2P"),
            ["me-south-1"] = ("ZS929ML54UICD", "Z3QSRYVP46NYYV"),
            ["sa-east-1"] = ("Z2P70J7HTTTPLU", "ZTK26PT1VY4CU"),
            ["us-east-1"] = ("Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"),
            ["us-east-2"] = ("Z3AADJGX6KTTL2", "ZLMOA37VPKANP"),
            ["us-west-1"] = ("Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"),
            ["us-west-2"] = ("Z1H1FL5HABSF5", "Z18D5FSROUN65G"),
        }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>A region that is not on AWS's page has zones of its own all the same, as every region name works.</summary>
    public static string Of(string region, LoadBalancerType type)
    {
        if (ByRegion.TryGetValue(region, out (string Application, string Network) zones))
        {
            return type == LoadBalancerType.Network ? zones.Network : zones.Application;
        }

        return string.Create(CultureInfo.InvariantCulture, $"Z{PublicPool.Hash($"{region}/{type}"):X8}ELB");
    }
}
