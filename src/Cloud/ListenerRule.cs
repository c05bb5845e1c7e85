using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A rule of an application load balancer's listener. Source: AWS, "Listener rules for your Application Load Balancer".</summary>
/// <remarks>The default rule is no row: it is the listener's <see cref="Listener.DefaultActions"/>.</remarks>
public sealed record ListenerRule : IResource<ListenerRule>, ITagged
{
    public static string Kind => "listener-rule";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>listener-rule/</c> in its ARN: the listener's key, a slash and 16 hex digits.</summary>
    public required string Key { get; init; }

    public required string ListenerKey { get; init; }

    /// <summary>1 to 50000; the lowest is tried first, and no two of a listener are the same.</summary>
    public required int Priority { get; init; }

    /// <summary>All must hold.</summary>
    public ImmutableArray<RuleCondition> Conditions { get; init; } = [];

    /// <summary>The one that ends the request is last.</summary>
    public ImmutableArray<LbAction> Actions { get; init; } = [];

    /// <summary>How host and path are rewritten before the request goes on.</summary>
    public ImmutableArray<RuleTransform> Transforms { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys =>
    [
        ListenerWord(ListenerKey),
        .. Actions.SelectMany(a => a.TargetGroupKeys()).Distinct(StringComparer.Ordinal).Select(TargetGroup.KeyWord),
    ];

    /// <summary>The word by which a listener's rules are found.</summary>
    public static string ListenerWord(string key) => $"listener/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One condition of a rule: any of its values will do. Source: AWS, "Condition types for listener rules".</summary>
/// <remarks>
/// In values of host-header, http-header, path-pattern and query-string <c>*</c> is any text and <c>?</c> any one character; in those of
/// query-string a backslash takes that meaning away. All but path-pattern and http-request-method are compared without regard to case.
/// </remarks>
public sealed record RuleCondition
{
    /// <summary>
    /// <c>host-header</c>, <c>path-pattern</c>, <c>http-header</c>, <c>http-request-method</c>, <c>query-string</c>, <c>source-ip</c>.
    /// </summary>
    public required string Field { get; init; }

    /// <summary>For <c>http-header</c> only.</summary>
    public string? HeaderName { get; init; }

    /// <summary>Patterns, methods or CIDR blocks by field; empty for <c>query-string</c> and where <see cref="RegexValues"/> are given.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>Regular expressions in place of <see cref="Values"/>: host-header, http-header and path-pattern.</summary>
    public ImmutableArray<string> RegexValues { get; init; } = [];

    /// <summary>For <c>query-string</c> only.</summary>
    public ImmutableArray<QueryPair> QueryPairs { get; init; } = [];
}

/// <summary>A pattern for one pair of the query; without a key, for any pair's value.</summary>
public sealed record QueryPair(string? Key, string Value);

/// <summary>A rewrite of the host header or of the URL. Source: AWS, "Transforms for listener rules".</summary>
/// <param name="Type"><c>host-header-rewrite</c> or <c>url-rewrite</c>.</param>
public sealed record RuleTransform(string Type, ImmutableArray<RewriteRule> Rewrites);

/// <param name="Regex">What must match, up to 1024 characters.</param>
/// <param name="Replace">What stands in its place; <c>$1</c> is the first group.</param>
public sealed record RewriteRule(string Regex, string Replace);
