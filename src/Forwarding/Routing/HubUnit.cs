using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>One transit gateway with its tables and attachments, as far as it needs nothing but its own rows.</summary>
internal sealed class HubUnit
{
    public required TransitGateway Row { get; init; }

    public required PartitionKey Partition { get; init; }

    /// <summary>Its tables, ascending by id.</summary>
    public required ImmutableArray<TransitGatewayRouteTable> Tables { get; init; }

    /// <summary>Attachments that are available, by id.</summary>
    public required IReadOnlyDictionary<string, TransitGatewayAttachment> Spokes { get; init; }

    /// <summary>The tables that an attachment propagates into, ascending.</summary>
    public required IReadOnlyDictionary<string, ImmutableArray<string>> TablesOf { get; init; }

    public required ImmutableDictionary<string, Feed> Feeds { get; init; }

    /// <summary>The names of the feeds of written routes.</summary>
    public IEnumerable<string> Written
    {
        get
        {
            foreach (TransitGatewayRouteTable table in Tables)
            {
                yield return StaticFeedId(Row.Key, table.Key);
                foreach (TransitGatewayPrefixListReference reference in table.PrefixListReferences)
                {
                    yield return ListFeedId(Row.Key, table.Key, reference.PrefixListId);
                }
            }
        }
    }

    /// <summary>Prefixes of which an older attachment's overlap decides.</summary>
    public required ImmutableArray<Prefix> Contested { get; init; }

    public static HubUnit Read(CloudSnapshot cloud, PartitionKey at, TransitGateway row)
    {
        Partition rows = cloud.Partition(at);
        Dictionary<string, TransitGatewayAttachment> spokes = new(StringComparer.Ordinal);
        foreach (TransitGatewayAttachment spoke in rows.By<TransitGatewayAttachment>(row.Key))
        {
            if (spoke.IsHome && spoke.State == TransitGatewayAttachmentState.Available)
            {
                spokes[spoke.Key] = spoke;
            }
        }

        ImmutableArray<TransitGatewayRouteTable> tables = [.. rows.By<TransitGatewayRouteTable>(row.Key)];
        Dictionary<string, List<string>> into = new(StringComparer.Ordinal);
        foreach (TransitGatewayRouteTable table in tables)
        {
            foreach (Id<TransitGatewayAttachment> spoke in table.Propagations)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(into, spoke.Value, out _) ??= []).Add(table.Key);
            }
        }

        Dictionary<string, ImmutableArray<string>> tablesOf = into.ToDictionary(p => p.Key, p => p.Value.ToImmutableArray(), StringComparer.Ordinal);
        ImmutableDictionary<string, Feed>.Builder feeds = ImmutableDictionary.CreateBuilder<string, Feed>(StringComparer.Ordinal);
        foreach (TransitGatewayRouteTable table in tables)
        {
            AddWritten(feeds, rows, row.Key, table, spokes);
        }

        ImmutableArray<Prefix> contested = AddDomains(feeds, cloud, row.Key, spokes, tablesOf);
        return new HubUnit
        {
            Row = row,
            Partition = at,
            Tables = tables,
            Spokes = spokes,
            TablesOf = tablesOf,
            Feeds = feeds.ToImmutable(),
            Contested = contested,
        };
    }

    /// <summary>The unit after the written routes of one of its tables have changed, and nothing else of it.</summary>
    public HubUnit WithTable(Partition rows, TransitGatewayRouteTable table)
    {
        ImmutableDictionary<string, Feed>.Builder feeds = Feeds.ToBuilder();
        int place = 0;
        while (Tables[place].Key != table.Key)
        {
            place++;
        }

        if (!Tables[place].PrefixListReferences.AsSpan().SequenceEqual(table.PrefixListReferences.AsSpan()))
        {
            foreach (TransitGatewayPrefixListReference reference in Tables[place].PrefixListReferences)
            {
                feeds.Remove(ListFeedId(Row.Key, table.Key, reference.PrefixListId));
            }
        }

        AddWritten(feeds, rows, Row.Key, table, Spokes);
        return new HubUnit
        {
            Row = Row,
            Partition = Partition,
            Tables = Tables.SetItem(place, table),
            Spokes = Spokes,
            TablesOf = TablesOf,
            Feeds = feeds.ToImmutable(),
            Contested = Contested,
        };
    }

    /// <summary>Adds its speakers: itself and its tables.</summary>
    public void AddSpeakers(IDictionary<string, Speaker> speakers, IDictionary<string, SpeakerFacts> facts)
    {
        speakers[Row.Key] = new Speaker(Row.Key, SpeakerKind.Hub, Partition, Row.AmazonSideAsn);
        SpeakerFacts mine = new(Partition.Region, [], Row.VpnEcmp);
        facts[Row.Key] = mine;
        foreach (TransitGatewayRouteTable table in Tables)
        {
            speakers[table.Key] = new Speaker(table.Key, SpeakerKind.HubTable, Partition, Row.AmazonSideAsn) { Parent = Row.Key };
            facts[table.Key] = mine;
        }
    }

    public ImmutableArray<string> TablesFrom(string spoke) =>
        Spokes.ContainsKey(spoke) && TablesOf.TryGetValue(spoke, out ImmutableArray<string> tables) ? tables : [];

    private static string StaticFeedId(string hub, string table) => $"static:{hub}:{table}";

    private static string ListFeedId(string hub, string table, string list) => $"list:{hub}:{table}/{list}";

    private static void AddWritten(
        ImmutableDictionary<string, Feed>.Builder feeds, Partition rows, string hub, TransitGatewayRouteTable table,
        IReadOnlyDictionary<string, TransitGatewayAttachment> spokes)
    {
        HashSet<string> dead = new(StringComparer.Ordinal);
        foreach (TransitGatewayStaticRoute route in table.StaticRoutes)
        {
            if (route.AttachmentId is { } spoke && !spokes.ContainsKey(spoke.Value))
            {
                dead.Add(spoke.Value);
            }
        }

        string id = StaticFeedId(hub, table.Key);
        feeds[id] = new StaticFeed(id, table.Key, table.StaticRoutes, [.. dead]);
        foreach (TransitGatewayPrefixListReference reference in table.PrefixListReferences)
        {
            string? spoke = reference.AttachmentId?.Value;
            Candidate candidate = new(RouteSource.PrefixList, null, spoke)
            {
                IsBlackhole = spoke is null || !spokes.ContainsKey(spoke),
                PrefixList = reference.PrefixListId,
            };
            id = ListFeedId(hub, table.Key, reference.PrefixListId);
            feeds[id] = new ListFeed(
                id,
                [table.Key],
                [.. PrefixLists.EntriesOf(rows, reference.PrefixListId).Distinct().Order().Select(p => KeyValuePair.Create(p, candidate))]);
        }
    }

    /// <summary>Adds the blocks of every attached VPC; returns those of which overlap decides.</summary>
    private static ImmutableArray<Prefix> AddDomains(
        ImmutableDictionary<string, Feed>.Builder feeds, CloudSnapshot cloud, string hub,
        IReadOnlyDictionary<string, TransitGatewayAttachment> spokes, Dictionary<string, ImmutableArray<string>> tablesOf)
    {
        List<(Prefix Block, TransitGatewayAttachment Spoke)> blocks = [];
        Dictionary<string, List<Prefix>> own = new(StringComparer.Ordinal);
        foreach (TransitGatewayAttachment spoke in spokes.Values)
        {
            if (spoke.Type == TransitGatewayAttachmentType.Vpc
                && cloud.Partition(spoke.ResourceOwner).Find(new Id<Vpc>(spoke.ResourceId)) is { } vpc)
            {
                List<Prefix> mine = [.. vpc.Cidrs.Select(c => c.Cidr)];
                if (spoke.Ipv6Support)
                {
                    mine.AddRange(vpc.Ipv6Cidrs.Select(c => c.Cidr));
                }

                mine.Sort();
                own[spoke.Key] = mine;
                blocks.AddRange(mine.Select(b => (b, spoke)));
            }
        }

        Dictionary<string, List<Elder>> elders = EldersOf(hub, blocks);
        foreach ((string spoke, List<Prefix> mine) in own)
        {
            Candidate candidate = new(RouteSource.VpcCidr, null, spoke) { From = spokes[spoke].ResourceId };
            string id = DomainFeedId(hub, spoke);
            feeds[id] = new DomainFeed(
                id,
                tablesOf.TryGetValue(spoke, out ImmutableArray<string> tables) ? tables : [],
                [.. mine.Distinct().Select(b => KeyValuePair.Create(b, candidate))],
                elders.TryGetValue(spoke, out List<Elder>? found) ? [.. found.OrderBy(e => e.Mine).ThenBy(e => e.Feed, StringComparer.Ordinal)] : []);
        }

        return [.. elders.Values.SelectMany(e => e).Select(e => e.Mine).Distinct().Order()];
    }

    private static string DomainFeedId(string hub, string spoke) => $"domain:{hub}:{spoke}";

    /// <summary>Which blocks overlap one of an older attachment. Sorted, a block overlaps just those around it that hold it.</summary>
    private static Dictionary<string, List<Elder>> EldersOf(string hub, List<(Prefix Block, TransitGatewayAttachment Spoke)> blocks)
    {
        Dictionary<string, List<Elder>> elders = new(StringComparer.Ordinal);
        blocks.Sort((a, b) => a.Block.CompareTo(b.Block) is not 0 and int order ? order : string.CompareOrdinal(a.Spoke.Key, b.Spoke.Key));
        List<(Prefix Block, TransitGatewayAttachment Spoke)> around = [];
        foreach ((Prefix block, TransitGatewayAttachment spoke) in blocks)
        {
            while (around.Count > 0 && !around[^1].Block.Contains(block))
            {
                around.RemoveAt(around.Count - 1);
            }

            foreach ((Prefix outer, TransitGatewayAttachment other) in around)
            {
                if (other.Key == spoke.Key)
                {
                    continue;
                }

                bool otherFirst = other.CreationTime != spoke.CreationTime
                    ? other.CreationTime < spoke.CreationTime
                    : string.CompareOrdinal(other.Key, spoke.Key) < 0;
                (string young, Elder elder) = otherFirst
                    ? (spoke.Key, new Elder(block, DomainFeedId(hub, other.Key), outer))
                    : (other.Key, new Elder(outer, DomainFeedId(hub, spoke.Key), block));
                (CollectionsMarshal.GetValueRefOrAddDefault(elders, young, out _) ??= []).Add(elder);
            }

            around.Add((block, spoke));
        }

        return elders;
    }
}
