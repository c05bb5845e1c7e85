using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>The attributes of target groups by protocol and type, with AWS's defaults. Source: ELBv2 API, TargetGroupAttribute.</summary>
public static class TargetGroupAttributes
{
    public const string DeregistrationDelay = "deregistration_delay.timeout_seconds";
    public const string EndsDrained = "deregistration_delay.connection_termination.enabled";
    public const string EndsUnhealthy = "target_health_state.unhealthy.connection_termination.enabled";
    public const string CrossZone = "load_balancing.cross_zone.enabled";
    public const string PreserveClientIp = "preserve_client_ip.enabled";
    public const string ProxyProtocol = "proxy_protocol_v2.enabled";
    public const string StickinessEnabled = "stickiness.enabled";
    public const string StickinessType = "stickiness.type";
    public const string AppCookieName = "stickiness.app_cookie.cookie_name";
    public const string MinimumHealthyCount = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
    public const string MinimumHealthyPercentage = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage";
    public const string DnsMinimumHealthyCount = "target_group_health.dns_failover.minimum_healthy_targets.count";
    public const string DnsMinimumHealthyPercentage = "target_group_health.dns_failover.minimum_healthy_targets.percentage";
    public const string FailoverOnDeregistration = "target_failover.on_deregistration";
    public const string FailoverOnUnhealthy = "target_failover.on_unhealthy";

    /// <summary>In <see cref="CrossZone"/>: as the load balancer has it.</summary>
    public const string AsLoadBalancer = "use_load_balancer_configuration";

    private const int Week = 604_800;

    /// <summary>More targets than any group may have.</summary>
    private const int ManyTargets = 1_000_000;

    private static readonly ImmutableArray<AttributeSpec> OfHealth =
    [
        AttributeSpec.Choice(CrossZone, AsLoadBalancer, "true", "false", AsLoadBalancer),
        AttributeSpec.Number(DnsMinimumHealthyCount, "1", 1, ManyTargets, "off"),
        AttributeSpec.Number(DnsMinimumHealthyPercentage, "off", 1, 100, "off"),
        AttributeSpec.Number(MinimumHealthyCount, "1", 1, ManyTargets),
        AttributeSpec.Number(MinimumHealthyPercentage, "off", 1, 100, "off"),
    ];

    private static readonly ImmutableArray<AttributeSpec> OfApplication =
    [
        AttributeSpec.Number(DeregistrationDelay, "300", 0, 3600),
        AttributeSpec.Switch(StickinessEnabled),
        AttributeSpec.Choice(StickinessType, "lb_cookie", "lb_cookie", "app_cookie"),
        .. OfHealth,
        AttributeSpec.Choice(
            "load_balancing.algorithm.type", "round_robin", "round_robin", "least_outstanding_requests", "weighted_random"),
        AttributeSpec.Choice("load_balancing.algorithm.anomaly_mitigation", "off", "on", "off"),
        AttributeSpec.Number("slow_start.duration_seconds", "0", 30, 900, "0"),
        AttributeSpec.Text(AppCookieName),
        AttributeSpec.Number("stickiness.app_cookie.duration_seconds", "86400", 1, Week),
        AttributeSpec.Number("stickiness.lb_cookie.duration_seconds", "86400", 1, Week),
    ];

    private static readonly ImmutableArray<AttributeSpec> OfGateway =
    [
        AttributeSpec.Number(DeregistrationDelay, "300", 0, 3600),
        AttributeSpec.Switch(StickinessEnabled),
        AttributeSpec.Choice(StickinessType, "source_ip_dest_ip_proto", "source_ip_dest_ip_proto", "source_ip_dest_ip"),
        AttributeSpec.Choice(FailoverOnDeregistration, "no_rebalance", "rebalance", "no_rebalance"),
        AttributeSpec.Choice(FailoverOnUnhealthy, "no_rebalance", "rebalance", "no_rebalance"),
    ];

    /// <summary>Network load balancers' groups: those of addresses behind TCP and TLS do not keep the client's address by themselves.</summary>
    private static readonly ImmutableArray<AttributeSpec> OfTcp = OfNetwork(keepsClient: true, datagrams: false);

    private static readonly ImmutableArray<AttributeSpec> OfTcpAddresses = OfNetwork(keepsClient: false, datagrams: false);

    private static readonly ImmutableArray<AttributeSpec> OfUdp = OfNetwork(keepsClient: true, datagrams: true);

    /// <summary>Every attribute the group has, with the default that holds for it.</summary>
    public static ImmutableArray<AttributeSpec> Of(TargetGroup group) => group.Protocol switch
    {
        "HTTP" or "HTTPS" => OfApplication,
        "GENEVE" => OfGateway,
        "UDP" or "TCP_UDP" or "QUIC" or "TCP_QUIC" => OfUdp,
        _ => group.TargetType == TargetType.Ip ? OfTcpAddresses : OfTcp,
    };

    /// <summary>One attribute by name, or null where the group has none such.</summary>
    public static AttributeSpec? Find(TargetGroup group, string name)
    {
        foreach (AttributeSpec spec in Of(group))
        {
            if (spec.Name == name)
            {
                return spec;
            }
        }

        return null;
    }

    private static ImmutableArray<AttributeSpec> OfNetwork(bool keepsClient, bool datagrams) =>
    [
        AttributeSpec.Number(DeregistrationDelay, "300", 0, 3600),
        AttributeSpec.Switch(EndsDrained, datagrams ? "true" : "false"),
        AttributeSpec.Switch(StickinessEnabled),
        AttributeSpec.Choice(StickinessType, "source_ip", "source_ip"),
        .. OfHealth,
        AttributeSpec.Switch(PreserveClientIp, keepsClient ? "true" : "false"),
        AttributeSpec.Switch(ProxyProtocol),
        AttributeSpec.Switch(EndsUnhealthy, datagrams ? "false" : "true"),
        AttributeSpec.Number("target_health_state.unhealthy.draining_interval_seconds", "0", 0, 360_000),
    ];
}
