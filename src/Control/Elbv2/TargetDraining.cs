using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// Targets on their way out. Source: AWS, "Deregistration delay" in the guides of Application, Network and Gateway Load Balancers: a target is shown as
/// <c>draining</c> until the delay is over, whether it has connections or not.
/// </summary>
internal static class TargetDraining
{
    /// <summary>The group's draining targets with some more: none where the delay is 0, or no load balancer leads to the group.</summary>
    public static ImmutableArray<DrainingTarget> Add(CommandContext context, TargetGroup group, IReadOnlyList<RegisteredTarget> leaving)
    {
        ImmutableArray<DrainingTarget> still = group.DrainingAt(context.Now);
        int delay = int.Parse(group.AttributeOf(TargetGroupAttributes.DeregistrationDelay) ?? "0", CultureInfo.InvariantCulture);
        return delay == 0 || !IsUsed(context, group)
            ? still
            : [.. still, .. leaving.Select(t => new DrainingTarget(t, context.Now.AddSeconds(delay)))];
    }

    private static bool IsUsed(CommandContext context, TargetGroup group)
    {
        string word = TargetGroup.KeyWord(group.Key);
        return context.Here.By<Listener>(word).Any() || context.Here.By<ListenerRule>(word).Any();
    }
}

/// <summary>Forgets targets and instances whose draining is over: what connections they had end there.</summary>
internal static class DrainingEnds
{
    public static readonly Overdue Kind = new("trunkline:EndDraining", "draining", IsAny, End);

    public static bool IsAny(Partition rows, DateTimeOffset now) =>
        rows.All<TargetGroup>().Any(g => g.DrainingAt(now).Length < g.Draining.Length)
        || rows.All<ClassicLoadBalancer>().Any(b => b.DrainingAt(now).Length < b.Draining.Length);

    /// <summary>Ends what is over in the caller's account and region; says in how many rows.</summary>
    public static int End(CommandContext context)
    {
        int ended = 0;
        foreach (TargetGroup group in context.Here.All<TargetGroup>().Where(g => g.DrainingAt(context.Now).Length < g.Draining.Length).ToArray())
        {
            context.Put(group with { Draining = group.DrainingAt(context.Now) });
            ended++;
        }

        foreach (ClassicLoadBalancer balancer in context.Here.All<ClassicLoadBalancer>()
            .Where(b => b.DrainingAt(context.Now).Length < b.Draining.Length).ToArray())
        {
            context.Put(balancer with { Draining = balancer.DrainingAt(context.Now) });
            ended++;
        }

        return ended;
    }
}
