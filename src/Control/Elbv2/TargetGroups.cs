using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>Target groups. Source: ELBv2 API, CreateTargetGroup, ModifyTargetGroup, DeleteTargetGroup, DescribeTargetGroups.</summary>
public sealed partial class Elbv2Service
{
    /// <summary>As it stands, or the same again: creating is idempotent while the settings are the same.</summary>
    public AwsElbv2.CreateTargetGroupOutput CreateTargetGroup(CommandContext context, AwsElbv2.CreateTargetGroupInput request)
    {
        string name = CheckedName(request.Name, "target group", 32);
        TargetType type = TargetTypeOf(request.TargetType);
        string protocol = TargetProtocol(request.Protocol, type);
        TargetGroup group = new()
        {
            Key = $"{name}/{NewHex(context)}",
            Name = name,
            Protocol = protocol,
            ProtocolVersion = VersionOf(request.ProtocolVersion, protocol),
            Port = TargetPort(request.Port, protocol),
            VpcId = VpcOf(context, request.VpcId),
            TargetType = type,
            IpAddressType = AddressTypeOf(request.IpAddressType, type, protocol),
            ControlPort = ControlPortOf(request.TargetControlPort, protocol),
            HealthCheck = new HealthCheck(true, "", "", null, 0, 0, 0, 0, null),
            CreatedTime = context.Now,
            Tags = NewTags(request.Tags),
        };
        HealthCheckWish wish = new(
            request.HealthCheckEnabled, request.HealthCheckProtocol, request.HealthCheckPort, request.HealthCheckPath,
            request.HealthCheckIntervalSeconds, request.HealthCheckTimeoutSeconds, request.HealthyThresholdCount,
            request.UnhealthyThresholdCount, request.Matcher);
        group = group with { HealthCheck = HealthChecks.Make(group, wish) };
        if (context.Here.By<TargetGroup>(TargetGroup.NameWord(name)).FirstOrDefault() is { } there)
        {
            return new AwsElbv2.CreateTargetGroupOutput { TargetGroups = [ToWire(context, SameOrRefuse(there, group))] };
        }

        context.Quotas.Check(LoadBalancerQuotas.TargetGroups, context.Here.Table<TargetGroup>().Count + 1);
        return new AwsElbv2.CreateTargetGroupOutput { TargetGroups = [ToWire(context, context.Put(group))] };
    }

    public AwsElbv2.ModifyTargetGroupOutput ModifyTargetGroup(CommandContext context, AwsElbv2.ModifyTargetGroupInput request)
    {
        TargetGroup group = Elbv2Arns.GetTargetGroup(context, request.TargetGroupArn);
        HealthCheckWish wish = new(
            request.HealthCheckEnabled, request.HealthCheckProtocol, request.HealthCheckPort, request.HealthCheckPath,
            request.HealthCheckIntervalSeconds, request.HealthCheckTimeoutSeconds, request.HealthyThresholdCount,
            request.UnhealthyThresholdCount, request.Matcher);
        TargetGroup changed = context.Put(group with { HealthCheck = HealthChecks.Change(group, wish) });
        return new AwsElbv2.ModifyTargetGroupOutput { TargetGroups = [ToWire(context, changed)] };
    }

    /// <remarks>One that is not there counts as deleted: the operation has no error for it.</remarks>
    public AwsElbv2.DeleteTargetGroupOutput DeleteTargetGroup(CommandContext context, AwsElbv2.DeleteTargetGroupInput request)
    {
        if (Elbv2Arns.Find<TargetGroup>(context, request.TargetGroupArn, "targetgroup", 2, "target group") is { } group)
        {
            if (TargetGroupUse.LoadBalancersOf(context, group).Any())
            {
                throw Elbv2Faults.InUse($"Target group '{request.TargetGroupArn}' is currently in use by a listener or a rule");
            }

            context.Remove(new Id<TargetGroup>(group.Key));
        }

        return new AwsElbv2.DeleteTargetGroupOutput();
    }

    public AwsElbv2.DescribeTargetGroupsOutput DescribeTargetGroups(CommandContext context, AwsElbv2.DescribeTargetGroupsInput request)
    {
        bool byArn = request.TargetGroupArns is { Count: > 0 };
        bool byName = request.Names is { Count: > 0 };
        bool byBalancer = request.LoadBalancerArn is not null;
        if ((byArn ? 1 : 0) + (byName ? 1 : 0) + (byBalancer ? 1 : 0) > 1)
        {
            throw Elbv2Faults.Validation("You can specify only one of target group ARNs, target group names and a load balancer ARN");
        }

        IEnumerable<TargetGroup> rows = context.Here.All<TargetGroup>();
        if (byArn)
        {
            rows = Named(request.TargetGroupArns!, "target groups").Select(arn => Elbv2Arns.GetTargetGroup(context, arn));
        }
        else if (byName)
        {
            rows = Named(request.Names!, "target groups").Select(
                name => context.Here.By<TargetGroup>(TargetGroup.NameWord(name)).FirstOrDefault() ?? throw Elbv2Faults.TargetGroupNotFound());
        }
        else if (byBalancer)
        {
            LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
            rows = rows.Where(g => TargetGroupUse.LoadBalancersOf(context, g).Contains(balancer.Key));
        }

        Page<TargetGroup> page = PageOf(rows.OrderBy(g => g.Key, StringComparer.Ordinal), request.PageSize, request.Marker);
        return new AwsElbv2.DescribeTargetGroupsOutput
        {
            TargetGroups = [.. page.Rows.Select(g => ToWire(context, g))],
            NextMarker = page.NextToken,
        };
    }

    private static AwsElbv2.TargetGroup ToWire(CommandContext context, TargetGroup group)
    {
        HealthCheck check = group.HealthCheck;
        bool grpc = group.ProtocolVersion == "GRPC";
        return new AwsElbv2.TargetGroup
        {
            TargetGroupArn = Elbv2Arns.TargetGroup(context, group.Key),
            TargetGroupName = group.Name,
            Protocol = group.Protocol,
            ProtocolVersion = group.ProtocolVersion,
            Port = group.Port,
            VpcId = group.VpcId?.Value,
            HealthCheckProtocol = check.Protocol,
            HealthCheckPort = check.Port,
            HealthCheckEnabled = check.Enabled,
            HealthCheckIntervalSeconds = check.Interval,
            HealthCheckTimeoutSeconds = check.Timeout,
            HealthyThresholdCount = check.Healthy,
            UnhealthyThresholdCount = check.Unhealthy,
            HealthCheckPath = check.Path,
            Matcher = check.Matcher is { } codes
                ? new AwsElbv2.Matcher { HttpCode = grpc ? null : codes, GrpcCode = grpc ? codes : null }
                : null,
            LoadBalancerArns = [.. TargetGroupUse.LoadBalancersOf(context, group).Select(key => Elbv2Arns.LoadBalancer(context, key))],
            TargetType = NameOf(group.TargetType),
            IpAddressType = group.IpAddressType,
            TargetControlPort = group.ControlPort,
        };
    }

    private static TargetGroup SameOrRefuse(TargetGroup there, TargetGroup wanted)
    {
        bool same = there.Protocol == wanted.Protocol && there.ProtocolVersion == wanted.ProtocolVersion && there.Port == wanted.Port
            && there.VpcId == wanted.VpcId && there.TargetType == wanted.TargetType && there.IpAddressType == wanted.IpAddressType
            && there.ControlPort == wanted.ControlPort && there.HealthCheck == wanted.HealthCheck && there.Tags.SequenceEqual(wanted.Tags);
        return same
            ? there
            : throw new Fault(
                "DuplicateTargetGroupName", $"A target group with the same name '{wanted.Name}' exists, but with different settings");
    }

    private static TargetType TargetTypeOf(string? text) => text switch
    {
        "ip" => TargetType.Ip,
        "alb" => TargetType.Alb,
        "lambda" => throw Fault.Unsupported("TargetType=lambda"),
        _ => TargetType.Instance,
    };

    private static string NameOf(TargetType type) => type switch
    {
        TargetType.Ip => "ip",
        TargetType.Alb => "alb",
        _ => "instance",
    };

    private static string TargetProtocol(string? text, TargetType type)
    {
        if (text is null)
        {
            throw Elbv2Faults.Validation("A protocol must be specified");
        }

        if (text is "QUIC" or "TCP_QUIC")
        {
            throw Fault.Unsupported($"Protocol={text}");
        }

        return type == TargetType.Alb && text != "TCP"
            ? throw Elbv2Faults.Validation($"Protocol '{text}' is not supported for target groups with target type 'alb'")
            : text;
    }

    private static string? VersionOf(string? text, string protocol)
    {
        if (protocol is not ("HTTP" or "HTTPS"))
        {
            return string.IsNullOrEmpty(text)
                ? null
                : throw Elbv2Faults.Validation($"Protocol version cannot be specified for target groups with the {protocol} protocol");
        }

        return string.IsNullOrEmpty(text) ? "HTTP1" : text is "HTTP1" or "HTTP2" or "GRPC"
            ? text
            : throw Elbv2Faults.Validation($"Protocol version '{text}' must be one of '[HTTP1, HTTP2, GRPC]'");
    }

    private static int TargetPort(int? port, string protocol)
    {
        if (protocol == ListenerRules.Tunnel)
        {
            return port is null or ListenerRules.TunnelPort
                ? ListenerRules.TunnelPort
                : throw Elbv2Faults.Validation(
                    $"Port '{port}' is not supported for target groups with the {protocol} protocol. Must be {ListenerRules.TunnelPort}");
        }

        return port switch
        {
            null => throw Elbv2Faults.Validation("A port must be specified"),
            < 1 or > 65535 => throw Elbv2Faults.Validation($"Port '{port}' must be between 1 and 65535"),
            _ => port.Value,
        };
    }

    private static Id<Vpc> VpcOf(CommandContext context, string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            throw Elbv2Faults.Validation("A VPC ID must be specified");
        }

        return context.Here.Find(new Id<Vpc>(id))?.Id ?? throw Elbv2Faults.Validation($"The VPC ID '{id}' is not found");
    }

    private static string AddressTypeOf(string? text, TargetType type, string protocol) =>
        text == "ipv6" && (type == TargetType.Alb || protocol == ListenerRules.Tunnel)
            ? throw Elbv2Faults.Validation($"IP address type 'ipv6' is not supported for target type '{NameOf(type)}' and protocol {protocol}")
            : text ?? "ipv4";

    private static int? ControlPortOf(int? port, string protocol) => port is null || (protocol is "HTTP" or "HTTPS" && port is >= 1 and <= 65535)
        ? port
        : throw Elbv2Faults.Validation($"Target control port '{port}' is not valid for target groups with the {protocol} protocol");
}
