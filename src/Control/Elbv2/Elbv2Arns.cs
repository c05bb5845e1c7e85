using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>ARNs of load balancing: read once into keys, and made from keys.</summary>
internal static class Elbv2Arns
{
    private const string Service = "elasticloadbalancing";

    public static string Of(CommandContext context, LoadBalancer balancer) => LoadBalancer(context, balancer.Key);

    public static string LoadBalancer(CommandContext context, string key) => context.Arn($"loadbalancer/{key}", Service);

    public static string Of(CommandContext context, Listener listener) => context.Arn($"listener/{listener.Key}", Service);

    public static string Of(CommandContext context, ListenerRule rule) => context.Arn($"listener-rule/{rule.Key}", Service);

    /// <summary>The ARN of a listener's default rule, which is no row.</summary>
    public static string DefaultRule(CommandContext context, Listener listener) =>
        context.Arn($"listener-rule/{listener.Key}/{listener.DefaultRuleId}", Service);

    public static string TargetGroup(CommandContext context, string key) => context.Arn($"targetgroup/{key}", Service);

    public static string Of(CommandContext context, TrustStore store) => context.Arn($"truststore/{store.Key}", Service);

    public static LoadBalancer GetLoadBalancer(CommandContext context, string? arn) =>
        Find<LoadBalancer>(context, arn, "loadbalancer", 3, "load balancer") ?? throw Elbv2Faults.LoadBalancerNotFound();

    public static Listener GetListener(CommandContext context, string? arn) =>
        Find<Listener>(context, arn, "listener", 4, "listener") ?? throw Elbv2Faults.ListenerNotFound();

    public static TargetGroup GetTargetGroup(CommandContext context, string? arn) =>
        Find<TargetGroup>(context, arn, "targetgroup", 2, "target group") ?? throw Elbv2Faults.TargetGroupNotFound();

    public static TrustStore GetTrustStore(CommandContext context, string? arn) =>
        Find<TrustStore>(context, arn, "truststore", 2, "trust store") ?? throw Elbv2Faults.TrustStoreNotFound();

    /// <summary>A rule, or a listener whose default rule it is.</summary>
    public static (Listener Listener, ListenerRule? Rule) GetRule(CommandContext context, string? arn)
    {
        if (KeyOf(context, arn, "listener-rule", 5, "listener rule") is not { } key)
        {
            throw Elbv2Faults.RuleNotFound();
        }

        if (context.Here.Find(new Id<ListenerRule>(key)) is { } rule)
        {
            return (context.Here.Get(new Id<Listener>(rule.ListenerKey)), rule);
        }

        int slash = key.LastIndexOf('/');
        return context.Here.Find(new Id<Listener>(key[..slash])) is { } listener && listener.DefaultRuleId == key[(slash + 1)..]
            ? (listener, null)
            : throw Elbv2Faults.RuleNotFound();
    }

    /// <summary>The row an ARN names, or null where it is well formed and there is none.</summary>
    public static T? Find<T>(CommandContext context, string? arn, string kind, int parts, string words)
        where T : class, IResource<T> =>
        KeyOf(context, arn, kind, parts, words) is { } key ? context.Here.Find(new Id<T>(key)) : null;

    /// <summary>What stands behind the kind in an ARN; null for one of another account or region.</summary>
    /// <param name="parts">How many parts, with slashes between, the key has.</param>
    /// <param name="words">What AWS calls it in a message.</param>
    private static string? KeyOf(CommandContext context, string? arn, string kind, int parts, string words)
    {
        string[] fields = (arn ?? "").Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[2] != Service
            || !fields[5].StartsWith(kind + "/", StringComparison.Ordinal)
            || fields[5][(kind.Length + 1)..] is not { Length: > 0 } key
            || key.Split('/') is not { } split || split.Length != parts || split.Any(p => p.Length == 0))
        {
            throw Elbv2Faults.Validation($"'{arn}' is not a valid {words} ARN");
        }

        return fields[3] == context.Region && fields[4] == context.Account ? key : null;
    }
}
