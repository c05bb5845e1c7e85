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
