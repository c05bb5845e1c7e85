using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>
/// Settles one prefix at a time, from nothing: who knows it, by which ways. Prefixes do not depend on each other, but for the limits of
/// sessions, which <see cref="Settler"/> looks after.
/// </summary>
internal sealed class Solver
{
    /// <summary>How often a speaker may change its mind over one prefix before it is called unsettled.</summary>
    private const int ChangesMax = 32;

    private readonly Topology topology;
    private readonly ImmutableDictionary<Prefix, ImmutableArray<string>> index;
    private readonly Dictionary<string, List<(Line Line, LineImport Import)>> told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Candidate>> fed = new(StringComparer.Ordinal);

    public Solver(Topology topology, ImmutableDictionary<Prefix, ImmutableArray<string>> index)
    {
        this.topology = topology;
        this.index = index;
        if (!topology.HasDynamic)
        {
            return;
        }

        foreach (Line line in topology.Lines.Values)
        {
            if (!line.IsUp || !topology.Routers[line.Far].IsTransit)
            {
                continue;
            }

            LineEnds ends = topology.EndsOf(line.Id);
            if (ends.Exporter.Length > 0)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(listeners, ends.Exporter, out _) ??= []).Add(line.Far);
            }

            foreach (LineImport import in ends.IsDynamic ? ends.Imports : [])
            {
                foreach (string speaker in import.Speakers)
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(told, speaker, out _) ??= []).Add((line, import));
                    (CollectionsMarshal.GetValueRefOrAddDefault(listeners, line.Far, out _) ??= []).Add(speaker);
                }
            }
        }
    }

    /// <summary>What every speaker comes to know of a prefix; only those who know it.</summary>
    public void Solve(Prefix prefix, List<(string Speaker, RibEntry Entry)> settled)
    {
        fed.Clear();
        foreach (string id in index.TryGetValue(prefix, out ImmutableArray<string> feeds) ? feeds : [])
        {
            Feed feed = topology.FeedOf(id)!;
            if (feed.Find(prefix) is not { } candidate)
            {
                continue;
            }

            foreach (string speaker in feed.Importers)
            {
                bool overlaps = feed is DomainFeed domain && HasElder(domain, prefix, speaker);
                (CollectionsMarshal.GetValueRefOrAddDefault(fed, speaker, out _) ??= [])
                    .Add(overlaps ? candidate with { Step = DecisionStep.Overlaps } : candidate);
            }
        }

        if (topology.HasDynamic)
        {
            Exchange(prefix, settled);
            return;
        }

        RibEntry? last = null;
        foreach ((string id, List<Candidate> candidates) in fed)
        {
            Speaker speaker = topology.Speakers[id];

            // Tables of a hub mostly hold the same: one entry serves them all.
            if (candidates.Count == 1 && last is { Candidates: [Candidate only] } && ReferenceEquals(only, candidates[0])
                && speaker.Kind == SpeakerKind.HubTable)
            {
                settled.Add((id, last));
                continue;
            }

            last = Decide(speaker, prefix, candidates);
            settled.Add((id, last));
        }
    }

    /// <summary>Rounds of announcements among those who pass on what they learn, in the order of their names, until nobody changes its mind.</summary>
    private void Exchange(Prefix prefix, List<(string Speaker, RibEntry Entry)> settled)
    {
        SortedDictionary<string, RibEntry> now = new(StringComparer.Ordinal);
        Dictionary<string, int> changes = new(StringComparer.Ordinal);
        SortedSet<string> round = new(fed.Keys, StringComparer.Ordinal);
        while (round.Count > 0)
        {
            SortedSet<string> next = new(StringComparer.Ordinal);
            foreach (string id in round)
            {
                Speaker speaker = topology.Speakers[id];
                List<Candidate> candidates = [.. fed.TryGetValue(id, out List<Candidate>? own) ? own : []];
                Hear(speaker, prefix, now, candidates);
                RibEntry? entry = candidates.Count == 0 ? null : Decide(speaker, prefix, candidates);
                now.TryGetValue(id, out RibEntry? was);
                if (entry is null ? was is null : entry.Equals(was))
                {
                    continue;
                }

                int count = changes[id] = changes.GetValueOrDefault(id) + 1;
                if (count > ChangesMax)
                {
                    now[id] = (entry ?? was!) with { IsUnsettled = true };
                    continue;
                }

                Keep(now, id, entry);
                next.UnionWith(listeners.TryGetValue(id, out List<string>? hear) ? hear : []);
            }

            round = next;
        }

        foreach ((string id, RibEntry entry) in now)
        {
            settled.Add((id, entry));
        }
    }

    private static void Keep(SortedDictionary<string, RibEntry> now, string id, RibEntry? entry)
    {
        if (entry is null)
        {
            now.Remove(id);
        }
        else
        {
            now[id] = entry;
        }
    }

    /// <summary>Adds what a speaker is told by those who pass on what they learn.</summary>
    private void Hear(Speaker speaker, Prefix prefix, SortedDictionary<string, RibEntry> now, List<Candidate> candidates)
    {
        if (topology.Routers.TryGetValue(speaker.Id, out RouterFacts? router))
        {
            foreach (Line line in topology.LinesOf(speaker.Id))
            {
                string exporter = topology.EndsOf(line.Id).Exporter;
                if (line.IsUp && now.TryGetValue(exporter, out RibEntry? entry)
                    && Exports.ToRouter(topology, topology.Speakers[exporter], line, entry) is { } heard
                    && Exports.TakenByRouter(router, topology.Names[line.Id], prefix, heard) is { } taken)
                {
                    candidates.Add(taken);
                }
            }

            return;
        }

        foreach ((Line line, LineImport import) in told.TryGetValue(speaker.Id, out List<(Line Line, LineImport Import)>? lines) ? lines : [])
        {
            if (Announced(line, prefix, now.GetValueOrDefault(line.Far)) is { } heard)
            {
                candidates.Add(import.Spoke.Length == 0 ? heard : heard with { Spoke = import.Spoke });
            }
        }
    }

    /// <summary>What a router that passes things on announces over a line.</summary>
    private Candidate? Announced(Line line, Prefix prefix, RibEntry? known) => Announced(topology, line, prefix, known);

    /// <inheritdoc cref="Announced(Line, Prefix, RibEntry?)"/>
    public static Candidate? Announced(Topology topology, Line line, Prefix prefix, RibEntry? known)
    {
        RouterFacts router = topology.Routers[line.Far];
        foreach (SiteAnnouncement own in router.Own)
        {
            if (own.Prefix == prefix && (own.Over is null || topology.Names[line.Id].Contains(own.Over)))
            {
                return Exports.OfOwn(router, line, own);
            }
        }

        return known is null ? null : Exports.OfLearned(router, line, known);
    }

    private RibEntry Decide(Speaker speaker, Prefix prefix, List<Candidate> candidates)
    {
        if (speaker.Kind == SpeakerKind.Exit && IsInside(topology.FactsOf(speaker.Id).Blocks, prefix))
        {
            for (int i = 0; i < candidates.Count; i++)
            {
                if (candidates[i].Source != RouteSource.VpcCidr)
                {
                    candidates[i] = candidates[i] with { Step = DecisionStep.InsideLocal };
                }
            }
        }

        return Decision.Decide(topology, speaker, prefix, candidates);
    }

    private static bool IsInside(ImmutableArray<Prefix> blocks, Prefix prefix)
    {
        foreach (Prefix block in blocks)
        {
            if (block.Contains(prefix))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an older attachment with an overlapping block propagates into the same table, and does so itself.</summary>
    private bool HasElder(DomainFeed feed, Prefix prefix, string table)
    {
        foreach (Elder elder in feed.Elders)
        {
            if (elder.Mine == prefix && topology.FeedOf(elder.Feed) is DomainFeed older && older.Importers.Contains(table)
                && !HasElder(older, elder.Block, table))
            {
                return true;
            }
        }

        return false;
    }
}
