using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Tracing;

/// <summary>How much a trace says.</summary>
public enum TraceLength
{
    /// <summary>One line: the verdict.</summary>
    Minimal,

    /// <summary>The verdict, the way in one line a journey, the reason for a drop.</summary>
    Summary,

    /// <summary>A line for every hop, with its rule and what became of the header.</summary>
    Detailed,
}

/// <summary>A trace as lines of plain text.</summary>
public static class TraceText
{
    /// <summary>Targets that a line names before it only counts.</summary>
    private const int TargetsMax = 8;

    public static IReadOnlyList<string> Render(Trace trace, TraceLength length)
    {
        List<string> lines = [VerdictLine(trace)];
        if (length == TraceLength.Minimal)
        {
            return lines;
        }

        if (trace.Drop is { } drop)
        {
            lines.Add($"  {drop.Text}");
        }

        if (length == TraceLength.Summary)
        {
            AddPath(lines, "forward", trace.Forward);
            AddChoices(lines, trace.Forward);
            AddPath(lines, "return ", trace.Return);
            return lines;
        }

        AddHops(lines, "forward", trace.Forward, trace.Drop?.Leg == Leg.Forward);
        AddHops(lines, "return", trace.Return, trace.Drop?.Leg == Leg.Return);
        return lines;
    }

    private static string VerdictLine(Trace trace)
    {
        if (trace.Drop is { } drop)
        {
            return $"dropped {drop.Code} on the way {(drop.Leg == Leg.Forward ? "there" : "back")} at {drop.Component}";
        }

        Tracking untracked = trace.Verdict.Tracking & (Tracking.SourceUntracked | Tracking.DestinationUntracked);
        return trace.Verdict.Answered || trace.Return.IsEmpty
            ? $"delivered{(untracked != 0 && (trace.Verdict.Tracking & Tracking.Automatic) == 0 ? " (untracked)" : "")}"
            : "delivered, no reply is due";
    }

    private static void AddPath(List<string> lines, string leg, ImmutableArray<Hop> hops)
    {
        if (!hops.IsEmpty)
        {
            lines.Add($"  {leg} {string.Join(" → ", hops.Select(h => h.Component.ToString()))}");
        }
    }

    /// <summary>What load balancers on the way decided, and what else they might have chosen.</summary>
    private static void AddChoices(List<string> lines, ImmutableArray<Hop> hops)
    {
        foreach (Hop hop in hops)
        {
            if (hop.Component.Kind is "listener" or "listener-rule" or "target-group" or "classic-load-balancer" or "load-balancer"
                && (hop.Note ?? Of(hop.Targets)) is { Length: > 0 })
            {
                string targets = hop.Targets.IsEmpty ? "" : $" {Of(hop.Targets)}";
                lines.Add($"  {hop.Component.Kind} {hop.Component}{(hop.Note is null ? "" : $"  {hop.Note}")}{targets}");
            }
        }
    }

    /// <summary>Targets in one line: the chosen one first, each with its share or with what is wrong with it.</summary>
    internal static string Of(ImmutableArray<TargetShare> targets)
    {
        IEnumerable<TargetShare> order = targets.OrderByDescending(t => t.IsChosen).ThenByDescending(t => t.Share);
        string shown = string.Join(", ", order.Take(TargetsMax).Select(TextOf));
        return targets.Length > TargetsMax ? $"{shown} and {targets.Length - TargetsMax} more" : shown;
    }

    /// <summary>Ways in one line, each with its share.</summary>
    private static string Of(ImmutableArray<PathShare> paths)
    {
        string shown = string.Join(
            ", ", paths.Take(TargetsMax).Select(p => string.Create(CultureInfo.InvariantCulture, $"{(p.IsChosen ? "by " : "")}{p.Line} {p.Share:P1}")));
        return paths.Length > TargetsMax ? $"{shown} and {paths.Length - TargetsMax} more" : shown;
    }

    private static string TextOf(TargetShare target)
    {
        string at = string.Create(CultureInfo.InvariantCulture, $"{target.Target}:{target.Port}");
        string share = string.Create(CultureInfo.InvariantCulture, $"{target.Share:P1}");
        string health = target.Health.State == TargetState.Healthy ? "" : $" {target.Health.State.ToString().ToLowerInvariant()} {target.Health.Reason}";
        string code = target.Health.Code == ExplanationCode.NONE ? "" : $" ({target.Health.Code})";
        return $"{(target.IsChosen ? "to " : "")}{at} {share}{health}{code}";
    }

    private static void AddHops(List<string> lines, string leg, ImmutableArray<Hop> hops, bool dropped)
    {
        if (hops.IsEmpty)
        {
            return;
        }

        lines.Add($"{leg} {HeaderText.Of(hops[0].Inbound)}");
        foreach (Hop hop in hops)
        {
            bool last = dropped && hop.Sequence == hops.Length;
            string why = RuleOf(hop);
            lines.Add($"  {hop.Sequence,2}  {hop.Component.Kind,-26} {hop.Component}{(why.Length == 0 ? "" : $"  {why}")}{(last ? "  DROPPED" : "")}");
            if (!hop.Targets.IsEmpty)
            {
                lines.Add($"      {"",-26} {Of(hop.Targets)}");
            }

            if (!hop.Paths.IsEmpty)
            {
                lines.Add($"      {"",-26} {Of(hop.Paths)}");
            }

            if (hop.Inbound != hop.Outbound)
            {
                lines.Add($"      {"",-26} now {HeaderText.Of(hop.Outbound)}");
            }
        }
    }

    private static string RuleOf(Hop hop)
    {
        string way = hop.IsEgress ? "outbound" : "inbound";
        if (hop.IsTracked)
        {
            return $"{way}: part of a connection that was let pass";
        }

        if (hop.AclRule is { } acl)
        {
            return $"{way} rule {DropText.AclNumber(acl)}: {(acl.Allows ? "allow" : "deny")} {RuleText.Of(acl)}";
        }

        if (hop.GroupRule is { } rule)
        {
            return $"{way} {rule.Id}: {RuleText.Of(rule)}";
        }

        if (hop.Endpoint is { } endpoint)
        {
            string policy = endpoint.Policy is null
                ? "policy: AWS's default, all may do all"
                : "policy: its own, which may refuse requests but no packets";
            return $"to {endpoint.ServiceName}; {policy}";
        }

        if (hop.Note is { } note)
        {
            return note;
        }

        if (hop.LearnedRoute is { } learned)
        {
            string why = learned.Why.Length == 0 ? "" : $", {learned.Why}";
            return $"{learned.Destination} → {learned.To?.Id ?? learned.State} ({learned.Source}{why})";
        }

        return hop.Route is { } route ? $"{DropText.RouteName(route)} → {route.Target.Id}" : "";
    }
}

/// <summary>Rules in one line.</summary>
internal static class RuleText
{
    public static string Of(SecurityGroupRule rule)
    {
        string other = rule.Peer.Cidr?.ToString() ?? rule.Peer.GroupId?.Value ?? rule.Peer.PrefixListId ?? "";
        return $"{What(rule.Protocol, rule.FromPort, rule.ToPort)} {(rule.IsEgress ? "to" : "from")} {other}";
    }

    public static string Of(NetworkAclEntry entry)
    {
        (int? from, int? to) = entry.Icmp is { } icmp ? (icmp.Type, icmp.Code) : (entry.Ports?.From, entry.Ports?.To);
        return $"{What(entry.Protocol, from, to)} {(entry.IsEgress ? "to" : "from")} {entry.Cidr}";
    }

    private static string What(int protocol, int? from, int? to)
    {
        if (protocol < 0)
        {
            return "all";
        }

        string name = Protocols.NameOf(protocol);
        return from is not >= 0 ? name : Protocols.IsIcmp(protocol) ? $"{name} {from}/{to}" : from == to ? $"{name} {from}" : $"{name} {from}-{to}";
    }
}
