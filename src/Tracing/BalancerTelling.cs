using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Listeners, rules and choices of target in the cloud's words.</summary>
internal sealed class BalancerTelling(Namer namer)
{
    private readonly ForwardingState state = namer.State;

    public Component Name(int balancer)
    {
        Balancer at = state.Balancers[balancer];
        return at.Layer == BalancerLayer.Classic ? namer.Name<ClassicLoadBalancer>(at.Row) : namer.Name<LoadBalancer>(at.Row);
    }

    public Component ComponentOf(in Step step)
    {
        if (step.Kind == StepKind.Pool)
        {
            Pool pool = state.Pools[step.Handle];
            return pool.Row.Id.Contains('/', StringComparison.Ordinal) ? namer.Name<TargetGroup>(pool.Row) : namer.Name<ClassicLoadBalancer>(pool.Row);
        }

        Balancer at = state.Balancers[step.Handle];
        int listener = step.Kind == StepKind.Listener ? step.Detail : step.Detail >> 16;
        if (at.Layer == BalancerLayer.Classic || listener < 0 || listener >= at.Listeners.Length)
        {
            return Name(step.Handle);
        }

        RowKey rule = step.Kind == StepKind.Rule ? at.Listeners[listener].Rules[step.Detail & 0xFFFF].Row : at.Listeners[listener].Row;
        return namer.Row<ListenerRule>(rule) is null ? namer.Name<Listener>(rule) : namer.Name<ListenerRule>(rule);
    }

    public Hop Tell(Hop hop, in Step step)
    {
        int balancer = step.Kind == StepKind.Pool ? state.Nics[step.Other].Service : step.Handle;
        Balancer at = state.Balancers[balancer];
        hop = hop with { AttachedTo = Name(balancer), Vpc = at.Domain < 0 ? null : namer.Vpc(at.Domain), Note = NoteOf(step, at) };
        if (step.Other < 0 || step.Via < 0)
        {
            return hop;
        }

        return hop with
        {
            Subnet = namer.Subnet(state.Nics[step.Other].Segment),
            Targets = TargetsOf(balancer, at.NodeOf(step.Other), at.Listeners[step.Via >> 16].Rules[step.Via & 0xFFFF], step),
        };
    }

    private string? NoteOf(in Step step, Balancer at)
    {
        switch (step.Kind)
        {
            case StepKind.Listener when step.IsEgress:
                return "the answer goes back to the client";
            case StepKind.Listener:
                return step.Detail < 0 ? null : ListenerNote(at.Listeners[step.Detail]);
            case StepKind.Rule:
                return RuleNote(at.Listeners[step.Detail >> 16].Rules[step.Detail & 0xFFFF]);
            default:
                return step.Detail < 0 ? null : ForwardedNote(step, at);
        }
    }

    private string ListenerNote(BalancerListener listener) => namer.Row<Listener>(listener.Row) is { } row
        ? string.Create(CultureInfo.InvariantCulture, $"{row.Protocol}:{row.Port}")
        : namer.Row<ClassicLoadBalancer>(listener.Row)?.Listeners.FirstOrDefault(l => l.Port == listener.Port) is { } classic
            ? string.Create(CultureInfo.InvariantCulture, $"{classic.Protocol}:{classic.Port} to {classic.InstanceProtocol}:{classic.InstancePort}")
            : string.Create(CultureInfo.InvariantCulture, $"port {listener.Port}");

    private string RuleNote(BalancerRule rule)
    {
        ListenerRule? row = namer.Row<ListenerRule>(rule.Row);
        string name = row is null ? "default rule" : string.Create(CultureInfo.InvariantCulture, $"rule {row.Priority}");
        string tests = row is null ? "" : ": " + string.Join(" and ", row.Conditions.Select(TextOf));
        LbAction? action = (row?.Actions ?? namer.Row<Listener>(rule.Row)?.DefaultActions ?? []).LastOrDefault();
        return $"{name}{tests} → {(action is null ? "forward" : TextOf(action))}";
    }

    /// <summary>What an HTTP balancer adds to the request that it sends on. Source: AWS, "HTTP headers and Application Load Balancers".</summary>
    private string? ForwardedNote(in Step step, Balancer at)
    {
        if (namer.Row<TargetGroup>(state.Pools[step.Handle].Row)?.AttributeOf(TargetGroupAttributes.ProxyProtocol) == "true")
        {
            string endpoint = step.Word.Length == 0 ? "" : $", endpoint {step.Word}";
            return string.Create(CultureInfo.InvariantCulture, $"PROXY protocol v2: {step.Before.SourceAddress}:{step.Before.SourceFrom}{endpoint}");
        }

        if (step.Via < 0 || !at.Listeners[step.Via >> 16].ReadsRequests)
        {
            return null;
        }

        string mode = namer.Row<LoadBalancer>(at.Row)?.AttributeOf("routing.http.xff_header_processing.mode") ?? "append";
        string[] parts = [.. mode == "append" ? [$"X-Forwarded-For: {step.Before.SourceAddress}"] : Array.Empty<string>(), .. CookiesOf(step, at)];
        return parts.Length == 0 ? null : string.Join("; ", parts);
    }

    /// <summary>The cookies that lead the client here again; with them the answer is sent.</summary>
    private IEnumerable<string> CookiesOf(Step step, Balancer at)
    {
        Pool pool = state.Pools[step.Handle];
        BalancerRule rule = at.Listeners[step.Via >> 16].Rules[step.Via & 0xFFFF];
        if (rule.KeepsPool)
        {
            yield return $"Set-Cookie: {StickyCookies.Group}={StickyCookies.TextOf(StickyCookies.Of(pool))}";
        }

        if (StickyCookies.NameOf(rule, pool).Name is { Length: > 0 } name && step.Detail < pool.Targets.Length)
        {
            yield return $"Set-Cookie: {name}={StickyCookies.TextOf(StickyCookies.Of(pool, step.Detail))}";
        }
    }

    private ImmutableArray<TargetShare> TargetsOf(int balancer, int node, BalancerRule rule, in Step step)
    {
        ImmutableArray<TargetShare>.Builder all = ImmutableArray.CreateBuilder<TargetShare>();
        HealthBook book = new(state);
        foreach (PoolShare share in rule.Pools)
        {
            TargetSite site = new(state, balancer, node, share.Pool, 0);
            TargetList targets = site.Targets.Targets;
            bool open = TargetChoice.FailsOpen(site);
            bool[] candidates = [.. Enumerable.Range(0, targets.Length).Select(i => TargetChoice.IsCandidate(site, i, open))];
            int count = candidates.Count(c => c);
            double weight = rule.Weight == 0 ? 0 : (double)share.Weight / rule.Weight;
            for (int i = 0; i < targets.Length; i++)
            {
                TargetHealth health = book.Of(share.Pool, i);
                all.Add(new TargetShare(
                    ComponentOf(targets[i], site.Targets.Row.Partition),
                    ComponentOf(new Step(StepKind.Pool, share.Pool, i, true, default, default)),
                    share.Port != 0 ? share.Port : targets[i].Port,
                    targets[i].Zone.Length == 0 ? null : targets[i].Zone,
                    candidates[i] ? weight / count : 0,
                    health,
                    IsChosen(step, share.Pool, i)));
            }

            foreach (PoolTarget leaving in site.Targets.Draining)
            {
                // The places of those who leave come after the others'.
                int place = targets.Length + Array.IndexOf(site.Targets.Draining, leaving);
                all.Add(new TargetShare(
                    ComponentOf(leaving, site.Targets.Row.Partition),
                    ComponentOf(new Step(StepKind.Pool, share.Pool, place, true, default, default)),
                    share.Port != 0 ? share.Port : leaving.Port,
                    leaving.Zone.Length == 0 ? null : leaving.Zone,
                    0,
                    TargetHealth.Leaving,
                    IsChosen(step, share.Pool, place)));
            }
        }

        return all.ToImmutable();
    }

    private static bool IsChosen(in Step step, int pool, int target) =>
        step.Kind == StepKind.Pool && step.Handle == pool && step.Detail == target;

    private Component ComponentOf(in PoolTarget target, int partition) =>
        target.Balancer >= 0 ? Name(target.Balancer)
        : target.Id.StartsWith("i-", StringComparison.Ordinal) ? namer.Name<Instance>(new RowKey(partition, target.Id))
        : new Component("ip-address", target.Id, null, null);

    private static string TextOf(RuleCondition condition)
    {
        IEnumerable<string> values = condition.QueryPairs.Select(p => p.Key is null ? p.Value : $"{p.Key}={p.Value}")
            .Concat(condition.Values).Concat(condition.RegexValues);
        string field = condition.HeaderName is null ? condition.Field : $"{condition.Field} {condition.HeaderName}";
        return $"{field} {string.Join(" or ", values)}";
    }

    private static string TextOf(LbAction action) => action switch
    {
        { Redirect: { } to } =>
            $"redirect {to.StatusCode["HTTP_".Length..]} to {to.Protocol}://{to.Host}:{to.Port}{to.Path}{(to.Query.Length == 0 ? "" : "?" + to.Query)}",
        { Fixed: { } answer } => $"fixed response {answer.StatusCode}",
        { Forward: { Targets: [{ } only] } } => $"forward to {NameOf(only.TargetGroupKey)}",
        { Forward: { } forward } => "forward to " + string.Join(
            ", ", forward.Targets.Select(t => string.Create(CultureInfo.InvariantCulture, $"{NameOf(t.TargetGroupKey)} (weight {t.Weight ?? 1})"))),
        _ => "nothing",
    };

    private static string NameOf(string targetGroup) => targetGroup.Split('/')[0];
}
