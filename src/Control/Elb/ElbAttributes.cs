using System.Globalization;
using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Health checks and attributes of classic load balancers. Source: Elastic Load Balancing API 2012-06-01, ConfigureHealthCheck, HealthCheck,
/// ModifyLoadBalancerAttributes, LoadBalancerAttributes.
/// </summary>
public sealed partial class ElbService
{
    private const string DesyncMode = "elb.http.desyncmitigationmode";
    private const int PingTargetLengthMax = 1024;

    public AwsElb.ConfigureHealthCheckOutput ConfigureHealthCheck(CommandContext context, AwsElb.ConfigureHealthCheckInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        AwsElb.HealthCheck asked = request.HealthCheck ?? throw Fault.Missing("HealthCheck");
        new Constraints()
            .Range(asked.Interval, "healthCheck.interval", 5, 300)
            .Range(asked.Timeout, "healthCheck.timeout", 2, 60)
            .Range(asked.UnhealthyThreshold, "healthCheck.unhealthyThreshold", 2, 10)
            .Range(asked.HealthyThreshold, "healthCheck.healthyThreshold", 2, 10)
            .Check();
        ClassicHealthCheck check = new(
            CheckedTarget(Door.Required(asked.Target, "HealthCheck.Target")),
            Door.Required(asked.Interval, "HealthCheck.Interval"),
            Door.Required(asked.Timeout, "HealthCheck.Timeout"),
            Door.Required(asked.UnhealthyThreshold, "HealthCheck.UnhealthyThreshold"),
            Door.Required(asked.HealthyThreshold, "HealthCheck.HealthyThreshold"));
        if (check.Timeout >= check.Interval)
        {
            throw ElbFaults.Validation("HealthCheck timeout must be less than interval");
        }

        context.Put(balancer with { HealthCheck = check });
        return new AwsElb.ConfigureHealthCheckOutput { HealthCheck = ToWire(check) };
    }

    public AwsElb.DescribeLoadBalancerAttributesOutput DescribeLoadBalancerAttributes(
        CommandContext context, AwsElb.DescribeLoadBalancerAttributesInput request) => new()
        {
            LoadBalancerAttributes = AttributesOf(ElbNames.Get(context, request.LoadBalancerName)),
        };

    /// <summary>What a request leaves out stays as it is.</summary>
    /// <remarks>An access log is kept and shown; nothing is written, since Trunkline has no buckets.</remarks>
    public AwsElb.ModifyLoadBalancerAttributesOutput ModifyLoadBalancerAttributes(
        CommandContext context, AwsElb.ModifyLoadBalancerAttributesInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        AwsElb.LoadBalancerAttributes asked = request.LoadBalancerAttributes ?? throw Fault.Missing("LoadBalancerAttributes");
        new Constraints()
            .Range(asked.ConnectionSettings?.IdleTimeout, "loadBalancerAttributes.connectionSettings.idleTimeout", 1, 4000)
            .Count(asked.AdditionalAttributes, "loadBalancerAttributes.additionalAttributes", 0, 10)
            .Check();
        balancer = WithDraining(balancer, asked.ConnectionDraining) with
        {
            CrossZone = asked.CrossZoneLoadBalancing?.Enabled ?? balancer.CrossZone,
            IdleTimeout = asked.ConnectionSettings?.IdleTimeout ?? balancer.IdleTimeout,
            AccessLog = asked.AccessLog is { } log ? LogOf(log) : balancer.AccessLog,
        };
        foreach (AwsElb.AdditionalAttribute attribute in asked.AdditionalAttributes ?? [])
        {
            balancer = WithAttribute(balancer, attribute);
        }

        context.Put(balancer);
        return new AwsElb.ModifyLoadBalancerAttributesOutput
        {
            LoadBalancerName = balancer.Name,
            LoadBalancerAttributes = AttributesOf(balancer),
        };
    }

    private static ClassicLoadBalancer WithDraining(ClassicLoadBalancer balancer, AwsElb.ConnectionDraining? asked)
    {
        if (asked is null)
        {
            return balancer;
        }

        bool on = Door.Required(asked.Enabled, "ConnectionDraining.Enabled");
        if (asked.Timeout is { } timeout && (timeout < 0 || timeout > 3600 || (on && timeout == 0)))
        {
            throw ElbFaults.Configuration("ConnectionDraining timeout must be between 1 and 3600 seconds");
        }

        return balancer with
        {
            ConnectionDraining = on,
            DrainingTimeout = asked.Timeout is > 0 and { } seconds ? seconds : balancer.DrainingTimeout,
        };
    }

    private static ClassicLoadBalancer WithAttribute(ClassicLoadBalancer balancer, AwsElb.AdditionalAttribute attribute)
    {
        if (attribute.Key != DesyncMode)
        {
            throw new Fault("LoadBalancerAttributeNotFound", $"The load balancer attribute '{attribute.Key}' does not exist");
        }

        return attribute.Value is "monitor" or "defensive" or "strictest"
            ? balancer with { DesyncMitigationMode = attribute.Value }
            : throw ElbFaults.Configuration($"The value '{attribute.Value}' is not valid for {DesyncMode}: it is monitor, defensive or strictest");
    }

    private static ClassicAccessLog LogOf(AwsElb.AccessLog asked)
    {
        bool on = Door.Required(asked.Enabled, "AccessLog.Enabled");
        if (on && string.IsNullOrEmpty(asked.S3BucketName))
        {
            throw ElbFaults.Configuration("The S3 bucket name must be given where access logs are enabled");
        }

        if (asked.EmitInterval is not (null or 5 or 60))
        {
            throw ElbFaults.Configuration("The emit interval of access logs is 5 or 60 minutes");
        }

        return new ClassicAccessLog(on, asked.S3BucketName, asked.EmitInterval ?? 60, asked.S3BucketPrefix);
    }

    /// <summary>PROTOCOL:PORT for TCP and SSL, with a path for HTTP and HTTPS; the protocol in capitals.</summary>
    private static string CheckedTarget(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string protocol = colon < 0 ? text : text[..colon].ToUpperInvariant();
        string rest = colon < 0 ? "" : text[(colon + 1)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string port = slash < 0 ? rest : rest[..slash];
        if (protocol is not ("TCP" or "SSL" or "HTTP" or "HTTPS"))
        {
            throw ElbFaults.Validation($"HealthCheck Target protocol must be one of TCP, SSL, HTTP or HTTPS: '{text}'");
        }

        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535)
        {
            throw ElbFaults.Validation($"HealthCheck Target must specify a port from 1 to 65535: '{text}'");
        }

        bool asksForPath = protocol is "HTTP" or "HTTPS";
        if (asksForPath != slash >= 0)
        {
            throw ElbFaults.Validation(
                asksForPath ? "HealthCheck HTTP Target must specify a port followed by a path that begins with a slash. e.g. HTTP:80/ping/this/path"
                    : $"HealthCheck {protocol} Target must not have a path: '{text}'");
        }

        return asksForPath && rest.Length - slash > PingTargetLengthMax
            ? throw ElbFaults.Validation($"The ping path of a HealthCheck must not be longer than {PingTargetLengthMax} characters")
            : $"{protocol}:{number.ToString(CultureInfo.InvariantCulture)}{(slash < 0 ? "" : rest[slash..])}";
    }

    private static AwsElb.LoadBalancerAttributes AttributesOf(ClassicLoadBalancer balancer) => new()
    {
        CrossZoneLoadBalancing = new AwsElb.CrossZoneLoadBalancing { Enabled = balancer.CrossZone },
        AccessLog = balancer.AccessLog.Enabled
            ? new AwsElb.AccessLog
            {
                Enabled = true,
                S3BucketName = balancer.AccessLog.S3BucketName,
                EmitInterval = balancer.AccessLog.EmitInterval,
                S3BucketPrefix = balancer.AccessLog.S3BucketPrefix ?? "",
            }
            : new AwsElb.AccessLog { Enabled = false },
        ConnectionDraining = new AwsElb.ConnectionDraining { Enabled = balancer.ConnectionDraining, Timeout = balancer.DrainingTimeout },
        ConnectionSettings = new AwsElb.ConnectionSettings { IdleTimeout = balancer.IdleTimeout },
        AdditionalAttributes = [new AwsElb.AdditionalAttribute { Key = DesyncMode, Value = balancer.DesyncMitigationMode }],
    };
}
