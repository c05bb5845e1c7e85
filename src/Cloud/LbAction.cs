using System.Collections.Immutable;

namespace Trunkline.Cloud;

public enum LbActionType
{
    Forward,
    Redirect,
    FixedResponse,
}

/// <summary>What a listener or a rule does with a request. Source: AWS, "Action types for listener rules"; ELBv2 API, Action.</summary>
/// <param name="Order">As asked for; null where it was left out.</param>
/// <param name="Forward">Set for <see cref="LbActionType.Forward"/>, as the others are for theirs.</param>
public sealed record LbAction(
    LbActionType Type,
    int? Order = null,
    LbForward? Forward = null,
    LbRedirect? Redirect = null,
    LbFixedResponse? Fixed = null)
{
    /// <summary>The target groups it names.</summary>
    public IEnumerable<string> TargetGroupKeys() => Forward is null ? [] : Forward.Targets.Select(t => t.TargetGroupKey);
}

/// <summary>To one of several target groups, by weight.</summary>
/// <param name="StickinessEnabled">Whether a client stays with its target group; null where it was never said.</param>
/// <param name="StickinessSeconds">How long, 1 to 604800; null where not said.</param>
public sealed record LbForward(ImmutableArray<LbForwardTarget> Targets, bool? StickinessEnabled = null, int? StickinessSeconds = null);

/// <param name="TargetGroupKey">The key of a <see cref="TargetGroup"/> of the same account and region.</param>
/// <param name="Weight">0 to 999; null where it was not given, which counts as 1.</param>
public sealed record LbForwardTarget(string TargetGroupKey, int? Weight = null);

/// <summary>To another URL; each part may hold <c>#{protocol}</c>, <c>#{host}</c>, <c>#{port}</c>, <c>#{path}</c>, <c>#{query}</c>.</summary>
/// <param name="StatusCode"><c>HTTP_301</c> or <c>HTTP_302</c>.</param>
public sealed record LbRedirect(string Protocol, string Port, string Host, string Path, string Query, string StatusCode);

/// <summary>An answer of the load balancer's own.</summary>
/// <param name="StatusCode">2XX, 4XX or 5XX.</param>
public sealed record LbFixedResponse(string StatusCode, string? ContentType = null, string? MessageBody = null);
