using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>The attributes of load balancers by type, with AWS's defaults. Source: ELBv2 API, LoadBalancerAttribute.</summary>
public static class LoadBalancerAttributes
{
    public const string CrossZone = "load_balancing.cross_zone.enabled";
    public const string DeletionProtection = "deletion_protection.enabled";
    public const string ClientRoutingPolicy = "dns_record.client_routing_policy";
    public const string SecondaryIps = "secondary_ips.auto_assigned.per_subnet";

    private static readonly ImmutableArray<AttributeSpec> OfNamesAndLogs =
    [
        AttributeSpec.Switch("access_logs.s3.enabled"),
        AttributeSpec.Text("access_logs.s3.bucket"),
        AttributeSpec.Text("access_logs.s3.prefix"),
        AttributeSpec.Switch(DeletionProtection),
        AttributeSpec.Switch("zonal_shift.config.enabled"),
    ];

    private static readonly ImmutableArray<AttributeSpec> OfApplication =
    [
        .. OfNamesAndLogs,
        AttributeSpec.Switch(CrossZone, "true"),
        AttributeSpec.Number("client_keep_alive.seconds", "3600", 60, 604_800),
        AttributeSpec.Switch("connection_logs.s3.enabled"),
        AttributeSpec.Text("connection_logs.s3.bucket"),
        AttributeSpec.Text("connection_logs.s3.prefix"),
        AttributeSpec.Switch("health_check_logs.s3.enabled"),
        AttributeSpec.Text("health_check_logs.s3.bucket"),
        AttributeSpec.Text("health_check_logs.s3.prefix"),
        AttributeSpec.Number("idle_timeout.timeout_seconds", "60", 1, 4000),
        AttributeSpec.Choice("routing.http.desync_mitigation_mode", "defensive", "monitor", "defensive", "strictest"),
        AttributeSpec.Switch("routing.http.drop_invalid_header_fields.enabled"),
        AttributeSpec.Switch("routing.http.preserve_host_header.enabled"),
        AttributeSpec.Switch("routing.http.x_amzn_tls_version_and_cipher_suite.enabled"),
        AttributeSpec.Switch("routing.http.xff_client_port.enabled"),
        AttributeSpec.Choice("routing.http.xff_header_processing.mode", "append", "append", "preserve", "remove"),
        AttributeSpec.Switch("routing.http2.enabled", "true"),
        AttributeSpec.Switch("waf.fail_open.enabled"),
    ];

    private static readonly ImmutableArray<AttributeSpec> OfNetwork =
    [
        .. OfNamesAndLogs,
        AttributeSpec.Switch(CrossZone),
        AttributeSpec.Choice(
            ClientRoutingPolicy, "any_availability_zone",
            "any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"),
        AttributeSpec.Number(SecondaryIps, "0", 0, 7),
    ];

    private static readonly ImmutableArray<AttributeSpec> OfGateway = [AttributeSpec.Switch(DeletionProtection), AttributeSpec.Switch(CrossZone)];

    /// <summary>What an internal load balancer forbids by itself: that an internet gateway leads to it by IPv6.</summary>
    private static readonly AttributeSpec InternalDeniesIpv6 = AttributeSpec.Switch("ipv6.deny_all_igw_traffic", "true");

    private static readonly AttributeSpec OpenToIpv6 = AttributeSpec.Switch("ipv6.deny_all_igw_traffic");

    /// <summary>Every attribute the load balancer has, with the default that holds for it.</summary>
    public static IEnumerable<AttributeSpec> Of(LoadBalancer balancer) => balancer.Type switch
    {
        LoadBalancerType.Gateway => OfGateway,
        LoadBalancerType.Network => OfNetwork.Append(balancer.Internal ? InternalDeniesIpv6 : OpenToIpv6),
        _ => OfApplication.Append(balancer.Internal ? InternalDeniesIpv6 : OpenToIpv6),
    };

    /// <summary>One attribute by name, or null where the type has none such.</summary>
    public static AttributeSpec? Find(LoadBalancer balancer, string name)
    {
        foreach (AttributeSpec spec in Of(balancer))
        {
            if (spec.Name == name)
            {
                return spec;
            }
        }

        return null;
    }
}
