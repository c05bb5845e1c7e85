using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// Rules of application load balancers' listeners. Source: ELBv2 API, CreateRule, ModifyRule, DeleteRule, SetRulePriorities, DescribeRules.
/// </summary>
public sealed partial class Elbv2Service
{
    private const int LowestPriority = 50_000;

    public AwsElbv2.CreateRuleOutput CreateRule(CommandContext context, AwsElbv2.CreateRuleInput request)
    {
        Listener listener = Elbv2Arns.GetListener(context, request.ListenerArn);
        LoadBalancer balancer = BalancerWithRules(context, listener);
        int priority = CheckedPriority(request.Priority);
        List<ListenerRule> rules = [.. context.Here.By<ListenerRule>(ListenerRule.ListenerWord(listener.Key))];
        if (rules.Exists(r => r.Priority == priority))
        {
            throw PriorityInUse(priority);
        }

        int count = context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key))
            .Sum(l => context.Here.By<ListenerRule>(ListenerRule.ListenerWord(l.Key)).Count());
        context.Quotas.Check(LoadBalancerQuotas.RulesPerApplication, count + 1);
        ListenerRule rule = context.Put(new ListenerRule
        {
            Key = $"{listener.Key}/{NewHex(context)}",
            ListenerKey = listener.Key,
            Priority = priority,
            Conditions = Conditions.Read(request.Conditions),
            Actions = Actions.Read(context, balancer, listener.Protocol, request.Actions),
            Transforms = Transforms.Read(request.Transforms),
            Tags = NewTags(request.Tags),
        });
        return new AwsElbv2.CreateRuleOutput { Rules = [ToWire(context, rule)] };
    }

    public AwsElbv2.ModifyRuleOutput ModifyRule(CommandContext context, AwsElbv2.ModifyRuleInput request)
    {
        (Listener listener, ListenerRule? found) = Elbv2Arns.GetRule(context, request.RuleArn);
        ListenerRule rule = found ?? throw Elbv2Faults.NotPermitted($"Default rule '{request.RuleArn}' cannot be modified");
        bool resets = request.ResetTransforms == true;
        if (request.Conditions is null && request.Actions is null && request.Transforms is null && !resets)
        {
            throw Elbv2Faults.Validation("Either conditions or actions must be specified");
        }

        if (resets && request.Transforms is not null)
        {
            throw Elbv2Faults.Validation("You cannot specify both Transforms and ResetTransforms");
        }

        LoadBalancer balancer = BalancerWithRules(context, listener);
        ListenerRule changed = context.Put(rule with
        {
            Conditions = request.Conditions is null ? rule.Conditions : Conditions.Read(request.Conditions),
            Actions = request.Actions is null ? rule.Actions : Actions.Read(context, balancer, listener.Protocol, request.Actions),
            Transforms = resets ? [] : request.Transforms is null ? rule.Transforms : Transforms.Read(request.Transforms),
        });
        return new AwsElbv2.ModifyRuleOutput { Rules = [ToWire(context, changed)] };
    }

    public AwsElbv2.DeleteRuleOutput DeleteRule(CommandContext context, AwsElbv2.DeleteRuleInput request)
    {
        ListenerRule rule = Elbv2Arns.GetRule(context, request.RuleArn).Rule
            ?? throw Elbv2Faults.NotPermitted($"Default rule '{request.RuleArn}' cannot be deleted");
        context.Remove(new Id<ListenerRule>(rule.Key));
        return new AwsElbv2.DeleteRuleOutput();
    }

    /// <summary>New priorities for several rules at once: they may change places.</summary>
    public AwsElbv2.SetRulePrioritiesOutput SetRulePriorities(CommandContext context, AwsElbv2.SetRulePrioritiesInput request)
    {
        if (request.RulePriorities is not { Count: > 0 } pairs)
        {
            throw Elbv2Faults.Validation("At least one rule priority must be specified");
        }

        Dictionary<string, ListenerRule> moved = new(StringComparer.Ordinal);
        foreach (AwsElbv2.RulePriorityPair pair in pairs)
        {
            ListenerRule rule = Elbv2Arns.GetRule(context, pair.RuleArn).Rule
                ?? throw Elbv2Faults.NotPermitted($"The priority of default rule '{pair.RuleArn}' cannot be changed");
            if (!moved.TryAdd(rule.Key, rule with { Priority = CheckedPriority(pair.Priority) }))
            {
                throw Elbv2Faults.Validation($"Rule '{pair.RuleArn}' was provided multiple times");
            }
        }

        foreach (string listener in moved.Values.Select(r => r.ListenerKey).Distinct(StringComparer.Ordinal).ToList())
        {
            HashSet<int> taken = [];
            foreach (ListenerRule rule in context.Here.By<ListenerRule>(ListenerRule.ListenerWord(listener)))
            {
                int priority = moved.GetValueOrDefault(rule.Key)?.Priority ?? rule.Priority;
                if (!taken.Add(priority))
                {
                    throw PriorityInUse(priority);
                }
            }
        }

        foreach (ListenerRule rule in moved.Values)
        {
            context.Put(rule);
        }

        return new AwsElbv2.SetRulePrioritiesOutput { Rules = [.. moved.Values.Select(r => ToWire(context, r))] };
    }

    public AwsElbv2.DescribeRulesOutput DescribeRules(CommandContext context, AwsElbv2.DescribeRulesInput request)
    {
        bool byListener = request.ListenerArn is not null;
        if (byListener == request.RuleArns is { Count: > 0 })
        {
            throw Elbv2Faults.Validation(byListener
                ? "You cannot specify both rule ARNs and a listener ARN"
                : "You must specify either listener rule ARNs or a listener ARN");
        }

        IEnumerable<(Listener Listener, ListenerRule? Rule)> rows = byListener
            ? RulesOf(context, Elbv2Arns.GetListener(context, request.ListenerArn))
            : Named(request.RuleArns!, "rules").Select(arn => Elbv2Arns.GetRule(context, arn));
        Page<(Listener Listener, ListenerRule? Rule)> page = PageOf(
            rows.OrderBy(PageKeyOf, StringComparer.Ordinal), request.PageSize, request.Marker, PageKeyOf);
        return new AwsElbv2.DescribeRulesOutput
        {
            Rules = [.. page.Rows.Select(r => r.Rule is { } rule ? ToWire(context, rule) : DefaultToWire(context, r.Listener))],
            NextMarker = page.NextToken,
        };
    }

    private static IEnumerable<(Listener Listener, ListenerRule? Rule)> RulesOf(CommandContext context, Listener listener) =>
        context.Here.By<ListenerRule>(ListenerRule.ListenerWord(listener.Key)).Select(r => (listener, (ListenerRule?)r))
            .Append((listener, null));

    /// <summary>A listener's rules in the order in which they are tried, its default rule last.</summary>
    private static string PageKeyOf((Listener Listener, ListenerRule? Rule) row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Listener.Key}/{row.Rule?.Priority ?? LowestPriority + 1:D5}");

    private static AwsElbv2.Rule ToWire(CommandContext context, ListenerRule rule) => new()
    {
        RuleArn = Elbv2Arns.Of(context, rule),
        Priority = rule.Priority.ToString(CultureInfo.InvariantCulture),
        Conditions = [.. rule.Conditions.Select(Conditions.ToWire)],
        Actions = [.. rule.Actions.Select(a => Actions.ToWire(context, a))],
        IsDefault = false,
        Transforms = rule.Transforms.IsEmpty ? null : [.. rule.Transforms.Select(Transforms.ToWire)],
    };

    private static AwsElbv2.Rule DefaultToWire(CommandContext context, Listener listener) => new()
    {
        RuleArn = Elbv2Arns.DefaultRule(context, listener),
        Priority = "default",
        Conditions = [],
        Actions = [.. listener.DefaultActions.Select(a => Actions.ToWire(context, a))],
        IsDefault = true,
    };

    private static LoadBalancer BalancerWithRules(CommandContext context, Listener listener)
    {
        LoadBalancer balancer = context.Here.Get(new Id<LoadBalancer>(listener.LoadBalancerKey));
        return balancer.Type == LoadBalancerType.Application
            ? balancer
            : throw new Fault("UnsupportedProtocol", $"Rules are not supported for listeners with the {listener.Protocol} protocol");
    }

    private static int CheckedPriority(int? priority) => priority is >= 1 and <= LowestPriority
        ? priority.Value
        : throw Elbv2Faults.Validation($"Rule priority '{priority}' must be between 1 and {LowestPriority}");

    private static Fault PriorityInUse(int priority) => new("PriorityInUse", $"Priority '{priority}' is currently in use");
}
