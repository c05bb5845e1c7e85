using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Tables of those on whom nobody else's depends: routers of sites, and the insides of sites.</summary>
internal static class LeafTables
{
    /// <param name="core">What the router knows already, where it passes on what it learns: then only public lines are missing.</param>
    public static Rib OfRouter(SettledRoutes routes, Speaker speaker, Rib core)
    {
        Topology topology = routes.Topology;
        RouterFacts router = topology.Routers[speaker.Id];
        SortedDictionary<Prefix, List<Candidate>> heard = [];
        foreach (SiteAnnouncement own in router.IsTransit || router.Fault.Length > 0 ? [] : router.Own)
        {
            Add(heard, own.Prefix, new Candidate(RouteSource.Own, null, null), once: true);
        }

        foreach (Line line in topology.LinesOf(speaker.Id))
        {
            if (!line.IsUp)
            {
                continue;
            }

            IEnumerable<(Prefix Prefix, Candidate Told)> all =
                line.Kind == LineKind.Public ? PublicRoutes.ToldOver(line) : router.IsTransit ? [] : ToldOver(routes, line);
            foreach ((Prefix prefix, Candidate told) in all)
            {
                if (Exports.TakenByRouter(router, topology.Names[line.Id], prefix, told) is { } taken)
                {
                    Add(heard, prefix, taken, once: false);
                }
            }
        }

        return heard.Count == 0 ? core
            : Rib.Of(core.Entries.Where(e => !heard.ContainsKey(e.Prefix)).Concat(heard.Select(h => Decision.Decide(topology, speaker, h.Key, h.Value))));
    }

    /// <summary>What a site's hosts' packets can use: the best ways of all its routers, chosen among as between them (iBGP keeps LOCAL_PREF).</summary>
    public static Rib OfSite(SettledRoutes routes, Speaker speaker)
    {
        Topology topology = routes.Topology;
        SortedDictionary<Prefix, List<Candidate>> all = [];
        foreach (RouterFacts router in topology.Routers.Values.OrderBy(r => r.Id, StringComparer.Ordinal))
        {
            if (topology.Speakers[router.Id].Parent != speaker.Id || router.Fault.Length > 0)
            {
                continue;
            }

            foreach (RibEntry entry in routes.RibOf(router.Id).Entries)
            {
                foreach (Candidate best in entry.Candidates.AsSpan()[..entry.Best])
                {
                    if (best.Source == RouteSource.Learned)
                    {
                        Add(all, entry.Prefix, best with { From = router.Id, Step = DecisionStep.Only }, once: false);
                    }
                }
            }
        }

        foreach (Prefix block in topology.Networks.TryGetValue(speaker.Id, out ImmutableArray<Prefix> blocks) ? blocks : [])
        {
            Add(all, block, new Candidate(RouteSource.Own, null, null), once: true);
        }

        return Rib.Of(all.Select(a => Decision.Decide(topology, speaker, a.Key, a.Value)));
    }

    /// <summary>What a hub is told over the lines of one of its attachments, whichever tables it propagates into.</summary>
    public static Rib OfSpoke(SettledRoutes routes, string spoke)
    {
        Topology topology = routes.Topology;
        SortedDictionary<Prefix, List<Candidate>> all = [];
        Speaker? hub = null;
        foreach (Line line in routes.LinesOf(spoke))
        {
            if (!line.IsUp || line.Kind == LineKind.TunnelStatic || routes.SpeakerOf(line.Near) is not { Kind: SpeakerKind.Hub } near)
            {
                continue;
            }

            hub = near with { Kind = SpeakerKind.HubTable };
            foreach ((Prefix prefix, Candidate candidate) in Announced(routes, line))
            {
                Add(all, prefix, candidate, once: false);
            }
        }

        return hub is null ? Rib.Empty : Rib.Of(all.Select(a => Decision.Decide(topology, hub, a.Key, a.Value)));
    }

    /// <summary>What AWS takes of what a router announces over a line.</summary>
    private static IEnumerable<(Prefix Prefix, Candidate Taken)> Announced(SettledRoutes routes, Line line)
    {
        Topology topology = routes.Topology;
        if (!topology.EndsOf(line.Id).IsDynamic)
        {
            Feed? feed = topology.FeedOf($"line:{line.Id}");
            return feed is null ? [] : feed.Prefixes.Select(p => (p, feed.Find(p)!));
        }

        return routes.Ribs.GetValueOrDefault(line.Far, Rib.Empty).Entries
            .Select(e => (e.Prefix, Taken: Solver.Announced(topology, line, e.Prefix, e)))
            .Where(e => e.Taken is not null)
            .Select(e => (e.Prefix, e.Taken!));
    }

    /// <summary>How many routes a router that passes things on announces over a line, and AWS takes.</summary>
    public static int AnnouncedOver(SettledRoutes routes, Line line)
    {
        int count = 0;
        foreach (RibEntry entry in routes.Ribs.GetValueOrDefault(line.Far, Rib.Empty).Entries)
        {
            count += Solver.Announced(routes.Topology, line, entry.Prefix, entry) is null ? 0 : 1;
        }

        return count;
    }

    /// <summary>What AWS's end announces over a line; no more than the session's limit, the first by prefix.</summary>
    private static IEnumerable<(Prefix Prefix, Candidate Told)> ToldOver(SettledRoutes routes, Line line)
    {
        Topology topology = routes.Topology;
        string exporter = topology.EndsOf(line.Id).Exporter;
        if (!topology.Speakers.TryGetValue(exporter, out Speaker? speaker))
        {
            yield break;
        }

        int count = 0;
        foreach (RibEntry entry in routes.Ribs.GetValueOrDefault(exporter, Rib.Empty).Entries)
        {
            if ((line.AnnouncedMax == 0 || count < line.AnnouncedMax) && Exports.ToRouter(topology, speaker, line, entry) is { } told)
            {
                count++;
                yield return (entry.Prefix, told);
            }
        }
    }

    private static void Add(SortedDictionary<Prefix, List<Candidate>> to, Prefix prefix, Candidate candidate, bool once)
    {
        if (!to.TryGetValue(prefix, out List<Candidate>? list))
        {
            to.Add(prefix, [candidate]);
        }
        else if (!once)
        {
            list.Add(candidate);
        }
    }
}
