using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// Attributes of load balancers, target groups and listeners. Source: ELBv2 API, Modify…Attributes and Describe…Attributes; the attributes
/// themselves with their defaults are tables of the cloud.
/// </summary>
public sealed partial class Elbv2Service
{
    public AwsElbv2.DescribeLoadBalancerAttributesOutput DescribeLoadBalancerAttributes(
        CommandContext context, AwsElbv2.DescribeLoadBalancerAttributesInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        return new AwsElbv2.DescribeLoadBalancerAttributesOutput { Attributes = AttributesOf(balancer) };
    }

    public AwsElbv2.ModifyLoadBalancerAttributesOutput ModifyLoadBalancerAttributes(
        CommandContext context, AwsElbv2.ModifyLoadBalancerAttributesInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        AttributeChange change = new("Load balancer", $"load balancers with type '{NameOf(balancer.Type)}'");
        foreach (AwsElbv2.LoadBalancerAttribute attribute in request.Attributes ?? [])
        {
            change.Add(attribute.Key, attribute.Value, LoadBalancerAttributes.Find(balancer, attribute.Key ?? ""), IsLoadBalancerAttribute);
        }

        LoadBalancer changed = balancer with { Attributes = change.Apply(balancer.Attributes) };
        if (changed is { Type: LoadBalancerType.Application, CrossZone: false })
        {
            throw Elbv2Faults.Configuration("Cross-zone load balancing cannot be turned off for load balancers with type 'application'");
        }

        RefuseLogsWithoutBucket(changed);
        RefuseFewerSecondaryIps(balancer, changed);
        context.Put(changed);
        return new AwsElbv2.ModifyLoadBalancerAttributesOutput { Attributes = AttributesOf(changed) };
    }

    public AwsElbv2.DescribeTargetGroupAttributesOutput DescribeTargetGroupAttributes(
        CommandContext context, AwsElbv2.DescribeTargetGroupAttributesInput request)
    {
        TargetGroup group = Elbv2Arns.GetTargetGroup(context, request.TargetGroupArn);
        return new AwsElbv2.DescribeTargetGroupAttributesOutput { Attributes = AttributesOf(group) };
    }

    public AwsElbv2.ModifyTargetGroupAttributesOutput ModifyTargetGroupAttributes(
        CommandContext context, AwsElbv2.ModifyTargetGroupAttributesInput request)
    {
        TargetGroup group = Elbv2Arns.GetTargetGroup(context, request.TargetGroupArn);
        AttributeChange change = new("Target group", $"target groups with the {group.Protocol} protocol");
        foreach (AwsElbv2.TargetGroupAttribute attribute in request.Attributes ?? [])
        {
            change.Add(attribute.Key, attribute.Value, TargetGroupAttributes.Find(group, attribute.Key ?? ""), IsTargetGroupAttribute);
        }

        TargetGroup changed = group with { Attributes = change.Apply(group.Attributes) };
        CheckTargetGroupAttributes(changed);
        context.Put(changed);
        return new AwsElbv2.ModifyTargetGroupAttributesOutput { Attributes = AttributesOf(changed) };
    }

    public AwsElbv2.DescribeListenerAttributesOutput DescribeListenerAttributes(
        CommandContext context, AwsElbv2.DescribeListenerAttributesInput request)
    {
        Listener listener = Elbv2Arns.GetListener(context, request.ListenerArn);
        return new AwsElbv2.DescribeListenerAttributesOutput { Attributes = AttributesOf(listener) };
    }

    public AwsElbv2.ModifyListenerAttributesOutput ModifyListenerAttributes(
        CommandContext context, AwsElbv2.ModifyListenerAttributesInput request)
    {
        Listener listener = Elbv2Arns.GetListener(context, request.ListenerArn);
        AttributeChange change = new("Listener", $"listeners with the {listener.Protocol} protocol");
        foreach (AwsElbv2.ListenerAttribute attribute in request.Attributes ?? [])
        {
            change.Add(attribute.Key, attribute.Value, ListenerAttributes.Find(listener, attribute.Key ?? ""), IsListenerAttribute);
        }

        Listener changed = context.Put(listener with { Attributes = change.Apply(listener.Attributes) });
        return new AwsElbv2.ModifyListenerAttributesOutput { Attributes = AttributesOf(changed) };
    }

    private static IReadOnlyList<AwsElbv2.LoadBalancerAttribute> AttributesOf(LoadBalancer balancer) =>
        [.. LoadBalancerAttributes.Of(balancer).Select(
            s => new AwsElbv2.LoadBalancerAttribute { Key = s.Name, Value = balancer.AttributeOf(s.Name) })];

    /// <summary>The names of cookies and the parts of one algorithm are listed whether they are in use or not.</summary>
    private static IReadOnlyList<AwsElbv2.TargetGroupAttribute> AttributesOf(TargetGroup group) =>
        [.. TargetGroupAttributes.Of(group).Select(
            s => new AwsElbv2.TargetGroupAttribute { Key = s.Name, Value = group.AttributeOf(s.Name) })];

    private static IReadOnlyList<AwsElbv2.ListenerAttribute> AttributesOf(Listener listener) =>
        [.. ListenerAttributes.Of(listener).Select(
            s => new AwsElbv2.ListenerAttribute { Key = s.Name, Value = listener.AttributeOf(s.Name) })];

    private static bool IsLoadBalancerAttribute(string name) =>
        AttributeNames.OfLoadBalancers.Contains(name);

    private static bool IsTargetGroupAttribute(string name) => AttributeNames.OfTargetGroups.Contains(name);

    private static bool IsListenerAttribute(string name) => AttributeNames.OfListeners.Contains(name);

    private static void RefuseLogsWithoutBucket(LoadBalancer balancer)
    {
        foreach (string log in (ReadOnlySpan<string>)["access_logs", "connection_logs", "health_check_logs"])
        {
            if (balancer.AttributeOf($"{log}.s3.enabled") == "true" && balancer.AttributeOf($"{log}.s3.bucket") is not { Length: > 0 })
            {
                throw Elbv2Faults.Configuration($"The value of '{log}.s3.bucket' cannot be empty");
            }
        }
    }

    private static void RefuseFewerSecondaryIps(LoadBalancer before, LoadBalancer after)
    {
        if (before.Type == LoadBalancerType.Network
            && string.CompareOrdinal(
                after.AttributeOf(LoadBalancerAttributes.SecondaryIps), before.AttributeOf(LoadBalancerAttributes.SecondaryIps)) < 0)
        {
            throw Elbv2Faults.Configuration($"The value of '{LoadBalancerAttributes.SecondaryIps}' cannot be decreased");
        }
    }

    /// <summary>What the attributes of one group must be to each other, and to its protocol.</summary>
    private static void CheckTargetGroupAttributes(TargetGroup group)
    {
        if (group.Protocol is "UDP" or "TCP_UDP" && group.AttributeOf(TargetGroupAttributes.PreserveClientIp) == "false")
        {
            throw Elbv2Faults.Configuration(
                $"Client IP preservation cannot be disabled for target groups with the {group.Protocol} protocol");
        }

        if (group.TargetType == TargetType.Alb && group.AttributeOf(TargetGroupAttributes.PreserveClientIp) == "false")
        {
            throw Elbv2Faults.Configuration("Client IP preservation cannot be disabled for target groups with target type 'alb'");
        }

        const string Termination = "target_health_state.unhealthy.connection_termination.enabled";
        if (group.Protocol is "UDP" or "TCP_UDP" && group.AttributeOf(Termination) == "true")
        {
            throw Elbv2Faults.Configuration($"'{Termination}' cannot be enabled for target groups with the {group.Protocol} protocol");
        }

        if (group.AttributeOf(Termination) == "true" && group.AttributeOf("target_health_state.unhealthy.draining_interval_seconds") != "0")
        {
            throw Elbv2Faults.Configuration($"A draining interval can be set only if '{Termination}' is false");
        }

        if (group.AttributeOf(TargetGroupAttributes.FailoverOnDeregistration) != group.AttributeOf(TargetGroupAttributes.FailoverOnUnhealthy))
        {
            throw Elbv2Faults.Configuration(
                $"'{TargetGroupAttributes.FailoverOnDeregistration}' and '{TargetGroupAttributes.FailoverOnUnhealthy}' must have the same value");
        }

        CheckAlgorithm(group);
    }

    private static void CheckAlgorithm(TargetGroup group)
    {
        string? algorithm = group.AttributeOf("load_balancing.algorithm.type");
        if (group.AttributeOf("load_balancing.algorithm.anomaly_mitigation") == "on" && algorithm != "weighted_random")
        {
            throw Elbv2Faults.Configuration("Anomaly mitigation requires the load balancing algorithm 'weighted_random'");
        }

        if (algorithm is "least_outstanding_requests" or "weighted_random" && group.AttributeOf("slow_start.duration_seconds") != "0")
        {
            throw Elbv2Faults.Configuration($"Slow start mode is not supported with the load balancing algorithm '{algorithm}'");
        }

        string cookie = group.AttributeOf("stickiness.app_cookie.cookie_name") ?? "";
        if (cookie.StartsWith("AWSALB", StringComparison.Ordinal))
        {
            throw Elbv2Faults.Configuration($"The cookie name '{cookie}' is reserved for use by the load balancer");
        }

        if (group.AttributeOf(TargetGroupAttributes.StickinessType) == "app_cookie"
            && group.AttributeOf(TargetGroupAttributes.StickinessEnabled) == "true" && cookie.Length == 0)
        {
            throw Elbv2Faults.Configuration("A cookie name must be specified for stickiness of the type 'app_cookie'");
        }
    }

    /// <summary>Attributes that one request sets: all are checked before any is.</summary>
    /// <param name="what">Of what they are, as AWS's messages begin.</param>
    /// <param name="these">The ones of this type, in a message.</param>
    private sealed class AttributeChange(string what, string these)
    {
        private readonly Dictionary<string, string> set = new(StringComparer.Ordinal);

        /// <param name="spec">The attribute, where this resource has it.</param>
        /// <param name="isKnown">Whether any resource of the kind has it.</param>
        public void Add(string? name, string? value, AttributeSpec? spec, Func<string, bool> isKnown)
        {
            string key = name ?? "";
            string text = value ?? "";
            if (spec is null)
            {
                throw Elbv2Faults.Configuration(isKnown(key)
                    ? $"{what} attribute key '{key}' is not supported on {these}"
                    : $"{what} attribute key '{key}' is not recognized");
            }

            if (!spec.Takes(text))
            {
                throw Elbv2Faults.Configuration($"'{text}' is not a valid value for the {what.ToLowerInvariant()} attribute '{key}': {spec.Range()}");
            }

            if (!set.TryAdd(key, text))
            {
                throw Elbv2Faults.Configuration($"{what} attribute key '{key}' was specified more than once");
            }
        }

        public ImmutableSortedDictionary<string, string> Apply(ImmutableSortedDictionary<string, string> before) => set.Count == 0
            ? throw Elbv2Faults.Validation("At least one attribute must be specified")
            : before.SetItems(set);
    }
}

/// <summary>Every attribute name there is, whatever resource has it.</summary>
internal static class AttributeNames
{
    public static readonly ImmutableHashSet<string> OfLoadBalancers =
    [
        .. Enum.GetValues<LoadBalancerType>().SelectMany(type => LoadBalancerAttributes.Of(new LoadBalancer
        {
            Key = "", Name = "", Type = type, VpcId = default, DnsName = "", CreatedTime = default,
        })).Select(s => s.Name),
    ];

    public static readonly ImmutableHashSet<string> OfTargetGroups =
    [
        .. ((string[])["HTTP", "TCP", "UDP", "GENEVE"]).SelectMany(protocol => TargetGroupAttributes.Of(new TargetGroup
        {
            Key = "", Name = "", Protocol = protocol, Port = 1, CreatedTime = default,
            HealthCheck = new HealthCheck(true, "TCP", "traffic-port", null, 30, 10, 5, 2, null),
        })).Select(s => s.Name),
    ];

    public static readonly ImmutableHashSet<string> OfListeners =
    [
        .. ((string[])["HTTPS", "TCP"]).SelectMany(protocol => ListenerAttributes.Of(new Listener
        {
            Key = "", LoadBalancerKey = "", Protocol = protocol, Port = 1, DefaultRuleId = "", CreatedTime = default,
        })).Select(s => s.Name),
    ];
}
