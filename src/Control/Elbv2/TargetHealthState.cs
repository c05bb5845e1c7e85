using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Tracing;

namespace Trunkline.Control.Elbv2;

/// <summary>A target's health in AWS's words.</summary>
/// <param name="State"><c>healthy</c>, <c>unhealthy</c>, <c>unused</c>, …</param>
/// <param name="Reason">Null where it is healthy, as the description is.</param>
internal sealed record TargetHealthState(string State, string? Reason = null, string? Description = null)
{
    /// <summary>A target that was deregistered and whose delay runs.</summary>
    public static readonly TargetHealthState Draining = Of(TargetHealth.Leaving);

    /// <summary>The health of a group's targets, in their order: the model traces the check's packet from each node.</summary>
    public static ImmutableArray<TargetHealthState> AllOf(CommandContext context, TargetGroup group) =>
        [.. context.Tracer.HealthOfTargets(context.Caller.Partition, group.Key).Select(Of)];

    private static TargetHealthState Of(TargetHealth health) => new(
        health.State switch
        {
            TargetState.Healthy => "healthy",
            TargetState.Unhealthy => "unhealthy",
            TargetState.Initial => "initial",
            TargetState.Draining => "draining",
            TargetState.Unavailable => "unavailable",
            _ => "unused",
        },
        health.Reason,
        health.Description);
}
