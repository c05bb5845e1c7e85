using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Forwarding.Routing;

/// <summary>Which prefixes a changed topology may have changed: never too few.</summary>
internal static class Dirt
{
    public static HashSet<Prefix> Of(SettledRoutes routes, Topology next)
    {
        Topology before = routes.Topology;
        HashSet<Prefix> dirty = [];
        FollowFeeds(before, next, (was, now) => Feed.Compare(was, now, dirty));
        FollowContests(before, next, dirty);
        if (ReferenceEquals(before.Lines, next.Lines))
        {
            return dirty;
        }

        foreach (string id in before.Speakers.Keys.Union(next.Speakers.Keys, StringComparer.Ordinal))
        {
            Speaker? now = next.Speakers.GetValueOrDefault(id);
            if (now != before.Speakers.GetValueOrDefault(id) || !next.FactsOf(id).Equals(before.FactsOf(id)) || RouterChanged(before, next, id))
            {
                AddKnown(routes, id, dirty);
                AddHeard(routes, before, id, dirty);
                AddHeard(routes, next, id, dirty);
            }
        }

        foreach (string id in before.Lines.Keys.Union(next.Lines.Keys, StringComparer.Ordinal))
        {
            Line? was = before.Lines.GetValueOrDefault(id);
            Line? now = next.Lines.GetValueOrDefault(id);
            if (was != now || !before.EndsOf(id).Equals(next.EndsOf(id)))
            {
                AddLine(routes, before, was, dirty);
                AddLine(routes, next, now, dirty);
            }
        }

        return dirty;
    }

    /// <summary>Calls for each feed that is not the same object in both.</summary>
    public static void FollowFeeds(Topology before, Topology next, Action<Feed?, Feed?> each)
    {
        Follow(before.Feeds, next.Feeds, each);
        foreach (string id in before.Hubs.Keys.Union(next.Hubs.Keys, StringComparer.Ordinal))
        {
            HubUnit? was = before.Hubs.GetValueOrDefault(id);
            HubUnit? now = next.Hubs.GetValueOrDefault(id);
            if (!ReferenceEquals(was, now))
            {
                FollowHub(was, now, each);
            }
        }
    }

    private static void FollowHub(HubUnit? was, HubUnit? now, Action<Feed?, Feed?> each)
    {
        // One table's written routes: the domains' feeds, of which there are many, are the same objects.
        if (was is not null && now is not null && ReferenceEquals(was.Spokes, now.Spokes))
        {
            foreach (string id in was.Written.Union(now.Written, StringComparer.Ordinal))
            {
                Each(was.Feeds.GetValueOrDefault(id), now.Feeds.GetValueOrDefault(id), each);
            }

            return;
        }

        Follow(was?.Feeds ?? ImmutableDictionary<string, Feed>.Empty, now?.Feeds ?? ImmutableDictionary<string, Feed>.Empty, each);
    }

    private static void Follow(IReadOnlyDictionary<string, Feed> before, IReadOnlyDictionary<string, Feed> next, Action<Feed?, Feed?> each)
    {
        if (ReferenceEquals(before, next))
        {
            return;
        }

        foreach ((string id, Feed feed) in before)
        {
            Each(feed, next.GetValueOrDefault(id), each);
        }

        foreach ((string id, Feed feed) in next)
        {
            if (!before.ContainsKey(id))
            {
                each(null, feed);
            }
        }
    }

    private static void Each(Feed? was, Feed? now, Action<Feed?, Feed?> each)
    {
        if (!ReferenceEquals(was, now))
        {
            each(was, now);
        }
    }

    /// <summary>Where overlaps decide, any change of the domains at the hub may change who wins.</summary>
    private static void FollowContests(Topology before, Topology next, HashSet<Prefix> dirty)
    {
        foreach ((string id, HubUnit now) in next.Hubs)
        {
            HubUnit? was = before.Hubs.GetValueOrDefault(id);
            if (!ReferenceEquals(was?.Spokes, now.Spokes))
            {
                dirty.UnionWith(was?.Contested ?? []);
                dirty.UnionWith(now.Contested);
            }
        }
    }

    private static bool RouterChanged(Topology before, Topology next, string id)
    {
        RouterFacts? was = before.Routers.GetValueOrDefault(id);
        RouterFacts? now = next.Routers.GetValueOrDefault(id);
        return was is null ? now is not null : !was.Equals(now);
    }

    private static void AddKnown(SettledRoutes routes, string speaker, HashSet<Prefix> dirty)
    {
        if (routes.Ribs.TryGetValue(speaker, out Rib? rib))
        {
            dirty.UnionWith(rib.Entries.Select(e => e.Prefix));
        }
    }

    /// <summary>What a router that passes things on is told, and what it announces.</summary>
    private static void AddHeard(SettledRoutes routes, Topology topology, string speaker, HashSet<Prefix> dirty)
    {
        if (topology.Routers.TryGetValue(speaker, out RouterFacts? router) && router.IsTransit)
        {
            foreach (Line line in topology.LinesOf(speaker))
            {
                AddLine(routes, topology, line, dirty);
            }
        }
    }

    private static void AddLine(SettledRoutes routes, Topology topology, Line? line, HashSet<Prefix> dirty)
    {
        if (line is null)
        {
            return;
        }

        LineEnds ends = topology.EndsOf(line.Id);
        foreach (LineImport import in ends.Imports)
        {
            dirty.UnionWith(topology.Feeds.TryGetValue($"line:{line.Id}{import.Key}", out Feed? feed) ? feed.Prefixes : []);
        }

        dirty.UnionWith(topology.Feeds.TryGetValue($"written:{line.Id}", out Feed? written) ? written.Prefixes : []);
        if (topology.Routers.TryGetValue(line.Far, out RouterFacts? router) && router.IsTransit)
        {
            dirty.UnionWith(router.Own.Select(o => o.Prefix));
            AddKnown(routes, line.Far, dirty);
            AddKnown(routes, ends.Exporter, dirty);
        }
    }
}
