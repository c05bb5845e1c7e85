using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>A target's state. Source: ELBv2 API, TargetHealth; the model knows no time: who leaves it is told, and nothing is initial.</summary>
public enum TargetState
{
    Healthy,
    Unhealthy,
    Unused,
    Initial,
    Draining,
    Unavailable,
}

/// <summary>How a target is, in AWS's words and in ours.</summary>
/// <param name="Reason">
/// AWS's code, such as <c>Target.Timeout</c>; null where it is healthy. Of a classic load balancer's instance: <c>Instance</c> or <c>ELB</c>.
/// </param>
/// <param name="Description">AWS's sentence; null where it is healthy.</param>
/// <param name="Code">What ended the check's packet; NONE where nothing did, or none was sent.</param>
public sealed record TargetHealth(TargetState State, string? Reason, string? Description, ExplanationCode Code)
{
    public static readonly TargetHealth Well = new(TargetState.Healthy, null, null, ExplanationCode.NONE);

    /// <summary>Of a target that was deregistered and whose delay runs: nothing new comes to it.</summary>
    public static readonly TargetHealth Leaving = new(
        TargetState.Draining, "Target.DeregistrationInProgress", "Target deregistration is in progress", ExplanationCode.NONE);
}

/// <summary>What DescribeTargetHealth and DescribeInstanceHealth say, and which zones a load balancer's name stands for.</summary>
internal sealed class HealthBook(ForwardingState state)
{
    private const string NotUsed = "Target group is not configured to receive traffic from the load balancer";
    private const string OtherZone = "Target is in an Availability Zone that is not enabled for the load balancer";
    private const string Stopped = "Target is in the stopped state";
    private const string Terminated = "Target is in the terminated state";
    private const string Disabled = "Health checks are disabled for this target group";
    private const string Reserved = "Target IP address is reserved for use by a load balancer";
    private const string TimedOut = "Request timed out";
    private const string Failed = "Health checks failed";
    private const string Mismatch = "Health checks failed with these codes";

    /// <summary>Every target of a pool, in the order of the row.</summary>
    public ImmutableArray<TargetHealth> All(int pool)
    {
        ImmutableArray<TargetHealth>.Builder all = ImmutableArray.CreateBuilder<TargetHealth>(state.Pools[pool].Targets.Length);
        for (int i = 0; i < state.Pools[pool].Targets.Length; i++)
        {
            all.Add(Of(pool, i));
        }

        return all.MoveToImmutable();
    }

    public TargetHealth Of(int pool, int target)
    {
        Pool of = state.Pools[pool];
        if (of.Balancer < 0)
        {
            return new TargetHealth(TargetState.Unused, "Target.NotInUse", NotUsed, ExplanationCode.NONE);
        }

        TargetSite site = new(state, of.Balancer, 0, pool, 0);
        return site.Of.Layer == BalancerLayer.Classic ? OfInstance(site, target) : OfTarget(site, target);
    }

    /// <summary>
    /// The nodes, by their places, whose addresses a name stands for: those that have a healthy target to use in every pool; where none has, all
    /// that work. Source: AWS, "DNS failover"; rules 87, 90.
    /// </summary>
    public ImmutableArray<int> NodesInNames(int balancer)
    {
        Balancer of = state.Balancers[balancer];
        List<int> working = [];
        List<int> serving = [];
        for (int node = 0; node < of.Nodes.Length; node++)
        {
            if (!HealthChecks.Works(state, of.Nodes[node]))
            {
                continue;
            }

            working.Add(node);
            if (of.Pools.Length > 0 && of.Pools.All(pool => HasWork(balancer, node, pool)))
            {
                serving.Add(node);
            }
        }

        return serving.Count > 0 ? [.. serving] : working.Count > 0 ? [.. working] : [.. Enumerable.Range(0, of.Nodes.Length)];
    }

    /// <summary>Whether a node works and every pool has a healthy target; a pool without targets has none.</summary>
    public bool IsServing(int balancer)
    {
        Balancer of = state.Balancers[balancer];
        return of.Nodes.Any(n => HealthChecks.Works(state, n)) && of.Pools.All(pool => HasHealthy(balancer, pool));
    }

    /// <summary>The packet of the first check that fails, else of the first; false where none is sent.</summary>
    public bool TryCheck(int pool, int target, out Flow flow)
    {
        flow = default;
        Pool of = state.Pools[pool];
        if (of.Balancer < 0)
        {
            return false;
        }

        TargetSite site = new(state, of.Balancer, 0, pool, 0);
        for (int node = Math.Max(HealthChecks.Worst(site, target).Node, 0); node < site.Of.Nodes.Length; node++)
        {
            if (site.IsNear(of.Targets[target], node) && HealthChecks.TryFlow(site, node, target, out flow))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasHealthy(int balancer, int pool)
    {
        TargetSite site = new(state, balancer, 0, pool, 0);
        for (int target = 0; target < site.Targets.Targets.Length; target++)
        {
            if (site.IsUsed(site.Targets.Targets[target]) && HealthChecks.IsHealthySomewhere(site, target))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasWork(int balancer, int node, int pool)
    {
        TargetSite site = new(state, balancer, node, pool, 0);
        for (int target = 0; target < site.Targets.Targets.Length; target++)
        {
            if (TargetChoice.MayTake(site, target))
            {
                return true;
            }
        }

        return false;
    }

    private TargetHealth OfTarget(in TargetSite site, int target)
    {
        PoolTarget at = site.Targets.Targets[target];
        if (at.Standing is TargetStanding.Stopped or TargetStanding.Gone)
        {
            string what = at.Standing == TargetStanding.Stopped ? Stopped : Terminated;
            return new TargetHealth(TargetState.Unused, "Target.InvalidState", what, ExplanationCode.BAD_STATE);
        }

        if (!site.IsUsed(at))
        {
            return new TargetHealth(TargetState.Unused, "Target.NotInUse", OtherZone, ExplanationCode.ELB_INSTALLED_AZ_RESTRICTION);
        }

        if (IsNode(site, at))
        {
            return new TargetHealth(TargetState.Unused, "Target.IpUnusable", Reserved, ExplanationCode.NONE);
        }

        if (!site.Targets.Check.Enabled)
        {
            return new TargetHealth(TargetState.Unavailable, "Target.HealthCheckDisabled", Disabled, ExplanationCode.NONE);
        }

        (int node, ExplanationCode code) = HealthChecks.Worst(site, target);
        if (code == ExplanationCode.NONE)
        {
            return TargetHealth.Well;
        }

        if (code == ExplanationCode.HEALTH_CHECK_STATUS_MISMATCH && site.Of.Layer != BalancerLayer.Connections)
        {
            string answered = string.Create(CultureInfo.InvariantCulture, $"{Mismatch}: [{HealthChecks.StatusOf(site, node, target)}]");
            return new TargetHealth(TargetState.Unhealthy, "Target.ResponseCodeMismatch", answered, code);
        }

        // Network Load Balancers know one reason; the others tell silence from a refusal (ELBv2 API, TargetHealth).
        bool refused = site.Of.Layer == BalancerLayer.Connections
            || at.Standing == TargetStanding.Failed
            || code == ExplanationCode.MACHINE_DOES_NOT_LISTEN;
        return refused
            ? new TargetHealth(TargetState.Unhealthy, "Target.FailedHealthChecks", Failed, code)
            : new TargetHealth(TargetState.Unhealthy, "Target.Timeout", TimedOut, code);
    }

    private static TargetHealth OfInstance(in TargetSite site, int target)
    {
        PoolTarget at = site.Targets.Targets[target];
        if (at.Standing is TargetStanding.Stopped or TargetStanding.Gone)
        {
            string what = at.Standing == TargetStanding.Stopped ? "Instance is in stopped state." : "Instance is in terminated state.";
            return new TargetHealth(TargetState.Unhealthy, "Instance", what, ExplanationCode.BAD_STATE);
        }

        if (!site.IsUsed(at))
        {
            return new TargetHealth(
                TargetState.Unhealthy, "ELB",
                "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.",
                ExplanationCode.ELB_INSTALLED_AZ_RESTRICTION);
        }

        ExplanationCode code = HealthChecks.Worst(site, target).Code;
        return code == ExplanationCode.NONE ? TargetHealth.Well : new TargetHealth(
            TargetState.Unhealthy, "Instance",
            "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.", code);
    }

    /// <summary>Whether the target's address is a node's of its own balancer.</summary>
    private bool IsNode(in TargetSite site, in PoolTarget target) =>
        target.Nic < 0 && target.Balancer < 0 && site.Of.Domain >= 0
        && state.NicAt(site.Of.Domain, target.Address.Bits, target.Address.IsV4) is >= 0 and int nic
        && state.Nics[nic].Balancer == site.Balancer;
}
