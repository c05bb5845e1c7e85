using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>A target's health in AWS's words.</summary>
/// <param name="State"><c>healthy</c>, <c>unhealthy</c>, <c>unused</c>, …</param>
/// <param name="Reason">Null where it is healthy, as the description is.</param>
internal sealed record TargetHealthState(string State, string? Reason = null, string? Description = null);

/// <summary>The health of a group's targets, computed from the configuration. Source: AWS, "Target health status".</summary>
internal static class TargetHealthStates
{
    /// <summary>In the order of the group's targets.</summary>
    public static ImmutableArray<TargetHealthState> Of(CommandContext context, TargetGroup group)
    {
        LoadBalancer? balancer = TargetGroupUse.LoadBalancersOf(context, group)
            .Select(key => context.Here.Find(new Id<LoadBalancer>(key))).FirstOrDefault();
        return [.. group.Targets.Select(t => Of(context, balancer, t))];
    }

    private static TargetHealthState Of(CommandContext context, LoadBalancer? balancer, RegisteredTarget target)
    {
        if (balancer is null)
        {
            return new("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer");
        }

        Instance? instance = context.Here.Find(new Id<Instance>(target.Id));
        if (instance is { State: not InstanceState.Running })
        {
            string state = instance.State is InstanceState.Terminated ? "terminated" : "stopped";
            return new("unused", "Target.InvalidState", $"Target is in the {state} state");
        }

        return new("healthy");
    }
}
