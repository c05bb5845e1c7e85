using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>Targets and their health. Source: ELBv2 API, RegisterTargets, DeregisterTargets, DescribeTargetHealth.</summary>
public sealed partial class Elbv2Service
{
    public AwsElbv2.RegisterTargetsOutput RegisterTargets(CommandContext context, AwsElbv2.RegisterTargetsInput request)
    {
        TargetGroup group = Elbv2Arns.GetTargetGroup(context, request.TargetGroupArn);
        if (request.Targets is not { Count: > 0 } asked)
        {
            throw Elbv2Faults.Validation("At least one target must be specified");
        }

        TargetRules rules = new(context, group);
        List<RegisteredTarget> targets = [.. group.Targets];
        foreach (RegisteredTarget target in rules.Read(asked))
        {
            // The same target again keeps its place and takes the new zone.
            int at = targets.FindIndex(t => t.Id == target.Id && t.Port == target.Port);
            if (at < 0)
            {
                targets.Add(target);
            }
            else
            {
                targets[at] = target with { RegisteredAt = targets[at].RegisteredAt };
            }
        }

        if (group.TargetType == TargetType.Alb && targets.Count > 1)
        {
            throw new Fault("TooManyTargets", "A target group with target type 'alb' can have only one target");
        }

        context.Quotas.Check(LoadBalancerQuotas.TargetsPerTargetGroup, targets.Count);
        context.Put(group with
        {
            Targets = [.. targets],
            Draining = group.DrainingAt(context.Now).RemoveAll(d => targets.Any(t => t.Id == d.Target.Id && t.Port == d.Target.Port)),
        });
        return new AwsElbv2.RegisterTargetsOutput();
    }

    /// <remarks>
    /// A target that is not registered is nothing to do, as the API says. Without a port the registration with the group's own port is meant. A
    /// target of a load balancer drains for the group's deregistration delay; one that no load balancer leads to has nothing to drain.
    /// </remarks>
    public AwsElbv2.DeregisterTargetsOutput DeregisterTargets(CommandContext context, AwsElbv2.DeregisterTargetsInput request)
    {
        TargetGroup group = Elbv2Arns.GetTargetGroup(context, request.TargetGroupArn);
        if (request.Targets is not { Count: > 0 } asked)
        {
            throw Elbv2Faults.Validation("At least one target must be specified");
        }

        RegisteredTarget[] leaving =
            [.. group.Targets.Where(t => asked.Any(a => t.Id == a.Id && t.Port == (a.Port ?? group.Port)))];
        if (leaving.Length > 0)
        {
            context.Put(group with
            {
                Targets = group.Targets.RemoveRange(leaving),
                Draining = TargetDraining.Add(context, group, leaving),
            });
        }

        return new AwsElbv2.DeregisterTargetsOutput();
    }

    public AwsElbv2.DescribeTargetHealthOutput DescribeTargetHealth(CommandContext context, AwsElbv2.DescribeTargetHealthInput request)
    {
        TargetGroup group = Elbv2Arns.GetTargetGroup(context, request.TargetGroupArn);
        bool anomalies = group.Protocol is "HTTP" or "HTTPS" && request.Include is { Count: > 0 };
        (RegisteredTarget Target, TargetHealthState State)[] known =
        [
            .. group.Targets.Zip(TargetHealthState.AllOf(context, group)),
            .. group.DrainingAt(context.Now).Select(d => (d.Target, TargetHealthState.Draining)),
        ];
        if (request.Targets is not { Count: > 0 } asked)
        {
            return new AwsElbv2.DescribeTargetHealthOutput
            {
                TargetHealthDescriptions = [.. known.Select(k => ToWire(group, k.Target, k.State, anomalies))],
            };
        }

        List<AwsElbv2.TargetHealthDescription> found = [];
        foreach (AwsElbv2.TargetDescription target in asked)
        {
            int before = found.Count;
            foreach ((RegisteredTarget registered, TargetHealthState state) in known)
            {
                if (registered.Id == target.Id && (target.Port is null || target.Port == registered.Port))
                {
                    found.Add(ToWire(group, registered, state, anomalies));
                }
            }

            if (found.Count == before)
            {
                found.Add(NotRegistered(context, group, target));
            }
        }

        return new AwsElbv2.DescribeTargetHealthOutput { TargetHealthDescriptions = found };
    }

    private static AwsElbv2.TargetHealthDescription NotRegistered(CommandContext context, TargetGroup group, AwsElbv2.TargetDescription target)
    {
        TargetRules.CheckForm(group, target.Id);
        RegisteredTarget asked = new(target.Id!, target.Port ?? group.Port, target.AvailabilityZone, context.Now);
        return ToWire(
            group, asked, new TargetHealthState("unused", "Target.NotRegistered", "Target is not registered to the target group"), false);
    }

    private static AwsElbv2.TargetHealthDescription ToWire(TargetGroup group, RegisteredTarget target, TargetHealthState state, bool anomalies) => new()
    {
        Target = new AwsElbv2.TargetDescription
        {
            Id = target.Id,
            Port = target.Port,
            AvailabilityZone = target.Zone,
            QuicServerId = target.QuicServerId,
        },
        HealthCheckPort = group.HealthCheck.Port == "traffic-port" ? target.Port.ToString(CultureInfo.InvariantCulture) : group.HealthCheck.Port,
        TargetHealth = new AwsElbv2.TargetHealth { State = state.State, Reason = state.Reason, Description = state.Description },
        AnomalyDetection = anomalies ? new AwsElbv2.AnomalyDetection { Result = "normal", MitigationInEffect = "no" } : null,
    };
}

/// <summary>What may be registered with a target group. Source: AWS, "Register targets"; ELBv2 API, TargetDescription.</summary>
internal sealed class TargetRules(CommandContext context, TargetGroup group)
{
    private const string AllZones = "all";

    /// <summary>Where targets outside of the VPC may be: RFC 1918 and RFC 6598.</summary>
    private static readonly ImmutableArray<Prefix> PrivateRanges =
        [Prefix.Parse("10.0.0.0/8"), Prefix.Parse("100.64.0.0/10"), Prefix.Parse("172.16.0.0/12"), Prefix.Parse("192.168.0.0/16")];

    public List<RegisteredTarget> Read(IReadOnlyList<AwsElbv2.TargetDescription> targets)
    {
        foreach (AwsElbv2.TargetDescription target in targets)
        {
            CheckForm(group, target.Id);
        }

        if (group.TargetType == TargetType.Instance)
        {
            CheckInstances(targets);
        }

        return [.. targets.Select(ReadOne)];
    }

    /// <summary>Refuses an id that cannot be one of the group's type.</summary>
    public static void CheckForm(TargetGroup group, string? id)
    {
        bool fits = group.TargetType switch
        {
            TargetType.Instance => id is not null && id.StartsWith("i-", StringComparison.Ordinal),
            TargetType.Ip => IpAddress.TryParse(id, out IpAddress address) && address.IsV4 == (group.IpAddressType == "ipv4"),
            _ => id is not null && LoadBalancer.KeyOfArn(id) is not null,
        };
        if (!fits)
        {
            throw Elbv2Faults.Validation(group.TargetType switch
            {
                TargetType.Instance => $"Instance ID '{id}' is not valid",
                TargetType.Ip => $"The IP address '{id}' is not a valid {(group.IpAddressType == "ipv4" ? "IPv4" : "IPv6")} address",
                _ => $"'{id}' is not a valid load balancer ARN",
            });
        }
    }

    private RegisteredTarget ReadOne(AwsElbv2.TargetDescription target)
    {
        int port = target.Port ?? group.Port;
        if (port is < 1 or > 65535)
        {
            throw Elbv2Faults.Validation($"Target port '{port}' must be between 1 and 65535");
        }

        if (group.Protocol == ListenerRules.Tunnel && port != ListenerRules.TunnelPort)
        {
            throw Elbv2Faults.Validation($"Target port '{port}' is not supported for target groups with the {group.Protocol} protocol");
        }

        if (target.QuicServerId is not null)
        {
            throw Elbv2Faults.Validation($"A QUIC server ID cannot be specified for target groups with the {group.Protocol} protocol");
        }

        if (group.TargetType != TargetType.Ip && target.AvailabilityZone is not null)
        {
            throw Elbv2Faults.Validation("You cannot specify an Availability Zone for a target unless the target type is 'ip'");
        }

        if (group.TargetType == TargetType.Alb)
        {
            CheckBalancer(target.Id!, port);
        }

        return new RegisteredTarget(
            target.Id!, port, group.TargetType == TargetType.Ip ? ZoneOf(IpAddress.Parse(target.Id!), target.AvailabilityZone) : null, context.Now);
    }

    private void CheckInstances(IReadOnlyList<AwsElbv2.TargetDescription> targets)
    {
        Instance?[] instances = [.. targets.Select(t => context.Here.Find(new Id<Instance>(t.Id!)))];
        string[] elsewhere = [.. targets.Where((_, i) => instances[i] is { } found && found.VpcId != group.VpcId).Select(t => $"'{t.Id}'")];
        string[] gone = [.. targets.Where((_, i) => instances[i] is null).Select(t => $"'{t.Id}'")];
        if (gone.Length > 0)
        {
            throw Elbv2Faults.InvalidTarget($"The following targets do not exist: {string.Join(", ", gone)}");
        }

        if (elsewhere.Length > 0)
        {
            throw Elbv2Faults.InvalidTarget($"The following targets are not in the target group VPC '{group.VpcId}': {string.Join(", ", elsewhere)}");
        }

        string[] idle = [.. targets.Where((_, i) => instances[i]!.State != InstanceState.Running).Select(t => $"'{t.Id}'")];
        if (idle.Length > 0)
        {
            throw Elbv2Faults.InvalidTarget(
                $"The following targets are not in a running state and cannot be registered: {string.Join(", ", idle)}");
        }
    }

    private void CheckBalancer(string arn, int port)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, arn);
        if (balancer.Type != LoadBalancerType.Application || balancer.VpcId != group.VpcId)
        {
            throw Elbv2Faults.InvalidTarget($"'{arn}' is not an Application Load Balancer in the target group VPC '{group.VpcId}'");
        }

        if (context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key)).All(l => l.Port != port))
        {
            throw Elbv2Faults.InvalidTarget(
                $"The Application Load Balancer '{arn}' must have at least one listener whose port matches the target group port '{port}'");
        }
    }

    /// <summary>
    /// The zone of an address: found where the VPC has it, else <c>all</c> or, but for application load balancers, a zone that was named.
    /// </summary>
    private string ZoneOf(IpAddress address, string? asked)
    {
        if (asked is not (null or AllZones) && Regions.ZonesOf(context.Account, context.Region).All(z => z.Name != asked))
        {
            throw Elbv2Faults.Validation($"Availability Zone '{asked}' is not valid");
        }

        Vpc vpc = context.Here.Find(group.VpcId!.Value)
            ?? throw Elbv2Faults.InvalidTarget($"The target group VPC '{group.VpcId}' does not exist");
        if (Covers(vpc, address))
        {
            Subnet subnet = context.Here.By<Subnet>(vpc.Key).FirstOrDefault(s => s.Covers(address))
                ?? throw Elbv2Faults.Validation($"The IP address '{address}' is not within a subnet of VPC '{vpc.Id}'");
            return asked == AllZones ? AllZones : subnet.Zone;
        }

        if (address.IsV4 && !PrivateRanges.Any(r => r.Contains(address)))
        {
            throw Elbv2Faults.Validation(
                $"The IP address '{address}' is not within the VPC '{vpc.Id}' nor in a private range, and cannot be registered");
        }

        if (asked is null)
        {
            throw Elbv2Faults.Validation(
                $"You must specify an Availability Zone or 'all' for the IP address '{address}', which is outside VPC '{vpc.Id}'");
        }

        return asked == AllZones || group.Protocol is not ("HTTP" or "HTTPS")
            ? asked
            : throw Elbv2Faults.Validation($"The Availability Zone must be 'all' for the IP address '{address}', which is outside VPC '{vpc.Id}'");
    }

    private static bool Covers(Vpc vpc, IpAddress address) => vpc.Cidrs.Concat(vpc.Ipv6Cidrs).Any(c => c.Cidr.Contains(address));
}
