namespace Trunkline.Control.Elbv2;

/// <summary>
/// The adjustable quotas of load balancing, with the names that DescribeAccountLimits gives them. Source: AWS, "Quotas for your Application
/// Load Balancers", "… Network …", "… Gateway Load Balancers".
/// </summary>
internal static class LoadBalancerQuotas
{
    public static readonly Quota Applications = LoadBalancers("application-load-balancers", 50);
    public static readonly Quota Networks = LoadBalancers("network-load-balancers", 50);
    public static readonly Quota Gateways = LoadBalancers("gateway-load-balancers", 100);

    public static readonly Quota TargetGroups =
        new("target-groups", 3000, "TooManyTargetGroups", "You've reached the limit on the number of target groups for your account.");

    public static readonly Quota ListenersPerApplication = Listeners("listeners-per-application-load-balancer");
    public static readonly Quota ListenersPerNetwork = Listeners("listeners-per-network-load-balancer");

    public static readonly Quota RulesPerApplication = new(
        "rules-per-application-load-balancer", 100, "TooManyRules", "You've reached the limit on the number of rules per load balancer.");

    public static readonly Quota TargetsPerTargetGroup =
        new("targets-per-target-group", 1000, "TooManyTargets", "You've reached the limit on the number of targets.");

    public static readonly Quota TargetGroupsPerApplication = new(
        "target-groups-per-application-load-balancer", 100, "TooManyUniqueTargetGroupsPerLoadBalancer",
        "You've reached the limit on the number of unique target groups per load balancer across all listeners.");

    public static readonly Quota CertificatesPerApplication = Certificates("certificates-per-application-load-balancer");
    public static readonly Quota CertificatesPerNetwork = Certificates("certificates-per-network-load-balancer");

    public static readonly Quota TrustStores =
        new("trust-stores", 20, "TooManyTrustStores", "You've reached the limit on the number of trust stores for your account.");

    /// <summary>Those that are enforced.</summary>
    public static readonly IReadOnlyList<Quota> All =
    [
        Applications, Networks, Gateways, TargetGroups, ListenersPerApplication, ListenersPerNetwork, RulesPerApplication,
        TargetsPerTargetGroup, TargetGroupsPerApplication, CertificatesPerApplication, CertificatesPerNetwork, TrustStores,
    ];

    private static Quota LoadBalancers(string name, int most) =>
        new(name, most, "TooManyLoadBalancers", "You've reached the limit on the number of load balancers for your account.");

    private static Quota Listeners(string name) =>
        new(name, 50, "TooManyListeners", "You've reached the limit on the number of listeners per load balancer.");

    private static Quota Certificates(string name) =>
        new(name, 25, "TooManyCertificates", "You've reached the limit on the number of certificates per load balancer.");
}
