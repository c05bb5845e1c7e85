using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Settles every exchange of routes: all of it, or what changed. Settling from nothing is right by definition; the other must equal it.</summary>
public static class Settler
{
    /// <summary>The routes of a cloud, from nothing.</summary>
    public static SettledRoutes Settle(CloudSnapshot cloud)
    {
        ImmutableSortedDictionary<string, HubUnit>.Builder hubs = ImmutableSortedDictionary.CreateBuilder<string, HubUnit>(StringComparer.Ordinal);
        foreach ((PartitionKey key, Partition rows) in cloud.Partitions)
        {
            foreach (TransitGateway row in rows.All<TransitGateway>())
            {
                hubs[row.Key] = HubUnit.Read(cloud, key, row);
            }
        }

        return Settle(cloud, hubs.ToImmutable());
    }

    /// <summary>The routes of <paramref name="next"/>, from those of the cloud before it.</summary>
    /// <param name="changes">Every row in which the two clouds differ; the world may differ too.</param>
    public static SettledRoutes Settle(SettledRoutes routes, CloudSnapshot before, CloudSnapshot next, IReadOnlyList<Change> changes)
    {
        Relevance relevance = Relevance.Of(routes.Topology, before, next, changes);
        if (relevance.IsNothing)
        {
            return routes.Touched is { Count: 0 } ? routes : Unchanged(routes);
        }

        ImmutableSortedDictionary<string, HubUnit> hubs = routes.Topology.Hubs;
        foreach (string hub in relevance.Hubs)
        {
            hubs = Reread(hubs, next, hub);
        }

        foreach ((string hub, TransitGatewayRouteTable table) in relevance.Tables)
        {
            HubUnit unit = hubs[hub];
            hubs = hubs.SetItem(hub, unit.WithTable(next.Partition(unit.Partition), table));
        }

        if (routes.HasTripped)
        {
            return Settle(next, hubs);
        }

        Topology topology = relevance.Lines
            ? TopologyBuilder.Build(next, routes.Topology, hubs, [])
            : routes.Topology.WithHubs(hubs);
        SettledRoutes done = Follow(routes, topology);
        return Tripped(done).Count == 0 ? done : Settle(next, hubs);
    }

    private static SettledRoutes Unchanged(SettledRoutes routes) =>
        new(routes.Topology) { Index = routes.Index, Ribs = routes.Ribs, HasTripped = routes.HasTripped, Touched = [] };

    private static ImmutableSortedDictionary<string, HubUnit> Reread(ImmutableSortedDictionary<string, HubUnit> hubs, CloudSnapshot next, string hub)
    {
        foreach ((PartitionKey key, Partition rows) in next.Partitions)
        {
            if (rows.Find(new Id<TransitGateway>(hub)) is { } row)
            {
                return hubs.SetItem(hub, HubUnit.Read(next, key, row));
            }
        }

        return hubs.Remove(hub);
    }

    /// <summary>
    /// Everything anew. A session that bears more routes than it may goes down, which may take others' routes away: settled again without
    /// it, until no more goes down; none comes back.
    /// </summary>
    private static SettledRoutes Settle(CloudSnapshot cloud, ImmutableSortedDictionary<string, HubUnit> hubs)
    {
        HashSet<string> tripped = new(StringComparer.Ordinal);
        while (true)
        {
            Topology topology = TopologyBuilder.Build(cloud, Topology.Empty, hubs, tripped);
            SettledRoutes done = FromNothing(topology, tripped.Count > 0);
            List<string> more = Tripped(done);
            if (more.Count == 0)
            {
                return done;
            }

            tripped.UnionWith(more);
        }
    }

    private static SettledRoutes FromNothing(Topology topology, bool tripped)
    {
        Dictionary<Prefix, List<string>> told = [];
        foreach (Feed feed in AllFeeds(topology))
        {
            foreach (Prefix prefix in feed.Prefixes)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(told, prefix, out _) ??= []).Add(feed.Id);
            }
        }

        ImmutableDictionary<Prefix, ImmutableArray<string>> index = told.ToImmutableDictionary(p => p.Key, p => Sorted(p.Value));
        Solver solver = new(topology, index);
        List<(string Speaker, RibEntry Entry)> settled = [];
        foreach (Prefix prefix in index.Keys)
        {
            solver.Solve(prefix, settled);
        }

        Dictionary<string, List<RibEntry>> ribs = new(StringComparer.Ordinal);
        foreach ((string speaker, RibEntry entry) in settled)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(ribs, speaker, out _) ??= []).Add(entry);
        }

        return new SettledRoutes(topology)
        {
            Index = index,
            Ribs = ribs.ToImmutableDictionary(p => p.Key, p => Rib.Of(p.Value), StringComparer.Ordinal),
            HasTripped = tripped,
        };
    }

    private static IEnumerable<Feed> AllFeeds(Topology topology) => topology.Feeds.Values.Concat(topology.Hubs.Values.SelectMany(h => h.Feeds.Values));

    private static ImmutableArray<string> Sorted(List<string> ids)
    {
        ids.Sort(StringComparer.Ordinal);
        return [.. ids];
    }

    private static SettledRoutes Follow(SettledRoutes routes, Topology topology)
    {
        HashSet<Prefix> dirty = Dirt.Of(routes, topology);
        ImmutableDictionary<Prefix, ImmutableArray<string>>.Builder index = routes.Index.ToBuilder();
        Dirt.FollowFeeds(routes.Topology, topology, (was, now) => Reindex(index, was, now));
        Solver solver = new(topology, index.ToImmutable());
        List<(string Speaker, Prefix Prefix)> touched = [];
        List<(string Speaker, RibEntry Entry)> settled = [];
        Dictionary<string, RibEntry> now = new(StringComparer.Ordinal);
        ImmutableDictionary<string, Rib>.Builder ribs = routes.Ribs.ToBuilder();
        foreach (Prefix prefix in dirty)
        {
            settled.Clear();
            now.Clear();
            solver.Solve(prefix, settled);
            foreach ((string speaker, RibEntry entry) in settled)
            {
                now.Add(speaker, entry);
                Put(ribs, speaker, prefix, entry, touched);
            }

            // Who knew it and does not any more.
            foreach ((string speaker, Rib rib) in routes.Ribs)
            {
                if (!now.ContainsKey(speaker) && rib.Find(prefix) is not null)
                {
                    Put(ribs, speaker, prefix, null, touched);
                }
            }
        }

        return new SettledRoutes(topology) { Index = index.ToImmutable(), Ribs = ribs.ToImmutable(), Touched = touched };
    }

    private static void Put(
        ImmutableDictionary<string, Rib>.Builder ribs, string speaker, Prefix prefix, RibEntry? entry, List<(string Speaker, Prefix Prefix)> touched)
    {
        Rib rib = ribs.GetValueOrDefault(speaker, Rib.Empty);
        if (entry is not null && entry.Equals(rib.Find(prefix)))
        {
            return;
        }

        touched.Add((speaker, prefix));
        Rib next = rib.With(prefix, entry);
        if (next.Count == 0)
        {
            ribs.Remove(speaker);
        }
        else
        {
            ribs[speaker] = next;
        }
    }

    private static void Reindex(ImmutableDictionary<Prefix, ImmutableArray<string>>.Builder index, Feed? was, Feed? now)
    {
        HashSet<Prefix> changed = [];
        Feed.Compare(was, now, changed);
        foreach (Prefix prefix in changed)
        {
            string id = (was ?? now)!.Id;
            bool has = now?.Find(prefix) is not null;
            ImmutableArray<string> ids = index.TryGetValue(prefix, out ImmutableArray<string> found) ? found : [];
            int place = ids.BinarySearch(id, StringComparer.Ordinal);
            if (has && place < 0)
            {
                index[prefix] = ids.Insert(~place, id);
            }
            else if (!has && place >= 0)
            {
                ids = ids.RemoveAt(place);
                if (ids.IsEmpty)
                {
                    index.Remove(prefix);
                }
                else
                {
                    index[prefix] = ids;
                }
            }
        }
    }

    /// <summary>Lines over which a router that passes on what it learns announces more than the session bears.</summary>
    private static List<string> Tripped(SettledRoutes routes)
    {
        List<string> tripped = [];
        if (!routes.Topology.HasDynamic)
        {
            return tripped;
        }

        foreach (Line line in routes.Lines.Values)
        {
            if (line.IsUp && routes.Topology.EndsOf(line.Id).IsDynamic && line.ReceivedMax > 0
                && routes.Ribs.GetValueOrDefault(line.Far, Rib.Empty).Count > line.ReceivedMax && LeafTables.AnnouncedOver(routes, line) > line.ReceivedMax)
            {
                tripped.Add(line.Id);
            }
        }

        return tripped;
    }
}
