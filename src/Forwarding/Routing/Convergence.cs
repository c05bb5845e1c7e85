using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>One thing that happens while routes settle anew.</summary>
/// <param name="Round">0: a line goes down or comes up; n: a speaker n lines from there changes its mind.</param>
/// <param name="Subject">The line or speaker.</param>
/// <param name="Prefixes">Those that it speaks of; none for a line.</param>
/// <param name="Words">A sentence.</param>
public sealed record ConvergenceStep(int Round, string Subject, ImmutableArray<Prefix> Prefixes, string Words);

/// <summary>Tells in order what led from some settled routes to others: lines first, then speakers as the news travels.</summary>
public static class Convergence
{
    private const int NamedMax = 3;

    public static IReadOnlyList<ConvergenceStep> Steps(SettledRoutes before, SettledRoutes after)
    {
        List<ConvergenceStep> steps = [];
        HashSet<string> begin = new(StringComparer.Ordinal);
        foreach (string id in before.Lines.Keys.Union(after.Lines.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Line? was = before.LineOf(id);
            Line? now = after.LineOf(id);
            if (was == now)
            {
                continue;
            }

            foreach (Line line in new[] { was, now }.OfType<Line>())
            {
                begin.UnionWith(EndsOf(line, line == was ? before : after));
            }

            if ((was?.IsUp ?? false) != (now?.IsUp ?? false))
            {
                steps.Add(new ConvergenceStep(0, id, [], now is { IsUp: true } ? $"{id} comes up" : $"{id} goes down: {now?.Words ?? "it is gone"}"));
            }
            else if (was is not null && now is not null && was.IsUpdating != now.IsUpdating)
            {
                steps.Add(new ConvergenceStep(0, id, [], now.IsUpdating ? $"AWS's end of {id} is being updated" : $"AWS's end of {id} is updated"));
            }
        }

        Dictionary<string, int> rounds = RoundsFrom(begin, before, after);
        foreach (string id in before.Speakers.Keys.Union(after.Speakers.Keys, StringComparer.Ordinal))
        {
            AddSpeaker(steps, id, rounds.GetValueOrDefault(id, 1), before.RibOf(id), after.RibOf(id));
        }

        steps.Sort((a, b) => a.Round != b.Round ? a.Round.CompareTo(b.Round)
            : string.CompareOrdinal(a.Subject, b.Subject) is not 0 and int order ? order
            : string.CompareOrdinal(a.Words, b.Words));
        return steps;
    }

    private static void AddSpeaker(List<ConvergenceStep> steps, string id, int round, Rib was, Rib now)
    {
        if (ReferenceEquals(was, now))
        {
            return;
        }

        SortedDictionary<string, List<Prefix>> changes = new(StringComparer.Ordinal);
        foreach (Prefix prefix in was.Entries.Concat(now.Entries).Select(e => e.Prefix).Distinct().Order())
        {
            string old = WayOf(was.Find(prefix));
            string next = WayOf(now.Find(prefix));
            if (old != next)
            {
                string words = next.Length == 0 ? $"no way any more, was {old}"
                    : old.Length == 0 ? $"now {next}"
                    : $"now {next}, was {old}";
                if (!changes.TryGetValue(words, out List<Prefix>? list))
                {
                    changes.Add(words, list = []);
                }

                list.Add(prefix);
            }
        }

        foreach ((string words, List<Prefix> prefixes) in changes)
        {
            string named = string.Join(", ", prefixes.Take(NamedMax)) + (prefixes.Count > NamedMax ? $" and {prefixes.Count - NamedMax} more" : "");
            steps.Add(new ConvergenceStep(round, id, [.. prefixes], $"{id}: {named}: {words}"));
        }
    }

    /// <summary>The ways in use; "" for none.</summary>
    private static string WayOf(RibEntry? entry) => entry is null ? ""
        : string.Join(" and ", entry.Candidates.Take(entry.Best).Select(c =>
            c.IsBlackhole ? "into a black hole" : c.Line is { } line ? $"by {line}" : c.Spoke is { } spoke ? $"by {spoke}" : "its own"));

    /// <summary>How many lines away from the changed ones each speaker is.</summary>
    private static Dictionary<string, int> RoundsFrom(HashSet<string> begin, SettledRoutes before, SettledRoutes after)
    {
        Dictionary<string, HashSet<string>> next = new(StringComparer.Ordinal);
        foreach (SettledRoutes routes in new[] { before, after })
        {
            foreach (Line line in routes.Lines.Values)
            {
                Join(next, EndsOf(line, routes));
            }

            foreach (Speaker speaker in routes.Speakers.Values)
            {
                if (speaker.Kind == SpeakerKind.SiteRouter)
                {
                    Join(next, [speaker.Id, speaker.Parent]);
                }
            }
        }

        Dictionary<string, int> rounds = begin.ToDictionary(id => id, _ => 1, StringComparer.Ordinal);
        Queue<string> queue = new(begin);
        while (queue.TryDequeue(out string? id))
        {
            foreach (string other in next.TryGetValue(id, out HashSet<string>? others) ? others : [])
            {
                if (rounds.TryAdd(other, rounds[id] + 1))
                {
                    queue.Enqueue(other);
                }
            }
        }

        return rounds;
    }

    private static void Join(Dictionary<string, HashSet<string>> next, List<string> ends)
    {
        foreach (string end in ends)
        {
            if (!next.TryGetValue(end, out HashSet<string>? others))
            {
                next.Add(end, others = new HashSet<string>(StringComparer.Ordinal));
            }

            others.UnionWith(ends);
        }
    }

    private static List<string> EndsOf(Line line, SettledRoutes routes)
    {
        LineEnds ends = routes.Topology.EndsOf(line.Id);
        List<string> all = [.. ends.Imports.SelectMany(i => i.Speakers)];
        all.AddRange(new[] { ends.Exporter, line.Near, line.Far }.Where(e => e.Length > 0));
        return all;
    }
}
