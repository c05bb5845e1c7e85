using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Makes a <see cref="Topology"/> of rows and the world. What has not changed is taken over from the one before.</summary>
internal sealed partial class TopologyBuilder
{
    private readonly CloudSnapshot cloud;
    private readonly Topology before;
    private readonly ImmutableSortedDictionary<string, HubUnit> hubs;
    private readonly HashSet<string> failed = new(StringComparer.Ordinal);
    private readonly HashSet<(PartitionKey, string)> failedAt = [];
    private readonly HashSet<string> tripped;
    private readonly SortedDictionary<string, Speaker> speakers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Line> lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LineEnds> ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SpeakerFacts> facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RouterFacts> routers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Feed> feeds = new(StringComparer.Ordinal);

    private TopologyBuilder(CloudSnapshot cloud, Topology before, ImmutableSortedDictionary<string, HubUnit> hubs, HashSet<string> tripped)
    {
        this.cloud = cloud;
        this.before = before;
        this.hubs = hubs;
        this.tripped = tripped;
        foreach (WorldFailure failure in cloud.World.Failures)
        {
            failed.Add(failure.Subject);
            failedAt.Add((failure.Partition, failure.Subject));
        }
    }

    /// <param name="tripped">Lines whose sessions went down because too much was announced over them, as settling has found out.</param>
    public static Topology Build(CloudSnapshot cloud, Topology before, ImmutableSortedDictionary<string, HubUnit> hubs, HashSet<string> tripped)
    {
        TopologyBuilder builder = new(cloud, before, hubs, tripped);
        foreach (HubUnit hub in hubs.Values)
        {
            hub.AddSpeakers(builder.speakers, builder.facts);
        }

        builder.AddRouters();
        foreach ((PartitionKey key, Partition rows) in cloud.Partitions)
        {
            builder.AddExits(key, rows);
            builder.AddJunctions(key, rows);
        }

        foreach ((PartitionKey key, Partition rows) in cloud.Partitions)
        {
            builder.AddPrivateLines(key, rows);
        }

        foreach ((PartitionKey key, Partition rows) in cloud.Partitions)
        {
            builder.AddTunnels(key, rows);
        }

        foreach (HubUnit hub in hubs.Values)
        {
            builder.AddPeers(hub);
        }

        return builder.Done();
    }

    private Topology Done()
    {
        bool dynamic = false;
        Dictionary<string, List<Line>> byEnd = new(StringComparer.Ordinal);
        foreach (Line line in lines.Values)
        {
            AddEnd(byEnd, line.Row, line);
            AddEnd(byEnd, line.Near, line);
            AddEnd(byEnd, line.Far, line);
            AddEnd(byEnd, line.Spoke, line);
            dynamic |= line.IsUp && routers[line.Far].IsTransit;
            AddLineFeeds(line);
        }

        foreach (HubUnit hub in hubs.Values)
        {
            AddJunctionSpokes(byEnd, hub);
        }

        return new Topology
        {
            Hubs = hubs,
            Speakers = speakers.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Lines = lines.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Ends = ends,
            Names = names,
            ByEnd = byEnd.ToDictionary(p => p.Key, p => p.Value.ToImmutableArray(), StringComparer.Ordinal),
            Facts = facts,
            Routers = routers,
            Networks = cloud.World.Sites.ToDictionary(
                s => Speaker.OfSite(s.Name), s => s.Networks.Select(n => n.Block).Distinct().ToImmutableArray(), StringComparer.Ordinal),
            Feeds = feeds,
            HasDynamic = dynamic,
        };
    }

    private static void AddEnd(Dictionary<string, List<Line>> byEnd, string end, Line line)
    {
        if (end.Length > 0)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(byEnd, end, out _) ??= []).Add(line);
        }
    }

    /// <summary>An attachment of a junction has the junction's lines.</summary>
    private void AddJunctionSpokes(Dictionary<string, List<Line>> byEnd, HubUnit hub)
    {
        foreach (TransitGatewayAttachment spoke in hub.Spokes.Values)
        {
            if (spoke.Type == TransitGatewayAttachmentType.DirectConnectGateway && byEnd.TryGetValue(spoke.ResourceId, out List<Line>? found))
            {
                byEnd[spoke.Key] = found;
            }
        }
    }

    /// <summary>Adds a line, with the names that its owner may call it by.</summary>
    /// <param name="name">The row's own name; null where it has none.</param>
    private void Add(Line line, string? name, ImmutableArray<LineImport> imports, string exporter)
    {
        string general = line.Kind switch
        {
            LineKind.TunnelStatic or LineKind.TunnelBgp => "vpn",
            LineKind.Connect => "connect",
            _ => "directconnect",
        };
        names[line.Id] = string.IsNullOrEmpty(name)
            ? [line.Id, line.Row, general]
            : [line.Id, $"{name}/{line.Number}", line.Row, name, general];
        bool dynamic = line.IsUp && line.Kind != LineKind.TunnelStatic && routers[line.Far].IsTransit;
        if (line.IsUp && line.Kind != LineKind.TunnelStatic && TooMany(line))
        {
            line = line with { IsUp = false, Trouble = LineTrouble.TooManyPrefixes, Words = TooManyText(line) };
            dynamic = false;
        }

        lines[line.Id] = line;
        ends[line.Id] = new LineEnds(imports, exporter, dynamic);
    }

    private bool TooMany(Line line)
    {
        if (tripped.Contains(line.Id))
        {
            return true;
        }

        int count = 0;
        foreach (SiteAnnouncement own in routers[line.Far].Own)
        {
            count += line.Speaks(own.Prefix.Family) && IsFor(own, line.Id) ? 1 : 0;
        }

        return line.ReceivedMax > 0 && count > line.ReceivedMax;
    }

    private static string TooManyText(Line line) =>
        $"the BGP session of {line.Id} is down: {line.Far} announces more than {line.ReceivedMax} {FamilyText(line)}prefixes";

    private static string FamilyText(Line line) => line.IsDual ? "" : line.Family == Family.V4 ? "IPv4 " : "IPv6 ";

    /// <summary>What the customer's end tells over a line when it passes nothing on; nothing while the session is down.</summary>
    private void AddLineFeeds(Line line)
    {
        LineEnds line2 = ends[line.Id];
        if (!line.IsUp || line.Kind == LineKind.TunnelStatic || line2.IsDynamic)
        {
            return;
        }

        RouterFacts router = routers[line.Far];
        bool same = before.Lines.TryGetValue(line.Id, out Line? was) && was == line && before.EndsOf(line.Id).Equals(line2)
            && before.Routers.TryGetValue(line.Far, out RouterFacts? wasRouter) && wasRouter == router
            && before.Names[line.Id].AsSpan().SequenceEqual(names[line.Id].AsSpan());
        ImmutableArray<KeyValuePair<Prefix, Candidate>>? told = null;
        foreach (LineImport import in line2.Imports)
        {
            string id = $"line:{line.Id}{import.Key}";
            if (same && before.Feeds.TryGetValue(id, out Feed? old))
            {
                feeds[id] = old;
                continue;
            }

            told ??= Told(router, line);
            feeds[id] = new ListFeed(
                id,
                import.Speakers,
                import.Spoke.Length == 0 ? told.Value
                    : [.. told.Value.Select(r => KeyValuePair.Create(r.Key, r.Value with { Spoke = import.Spoke }))]);
        }
    }

    private ImmutableArray<KeyValuePair<Prefix, Candidate>> Told(RouterFacts router, Line line)
    {
        ImmutableArray<KeyValuePair<Prefix, Candidate>>.Builder told = ImmutableArray.CreateBuilder<KeyValuePair<Prefix, Candidate>>();
        foreach (SiteAnnouncement own in router.Own)
        {
            if ((told.Count == 0 || told[^1].Key != own.Prefix) && IsFor(own, line.Id) && Exports.OfOwn(router, line, own) is { } candidate)
            {
                told.Add(KeyValuePair.Create(own.Prefix, candidate));
            }
        }

        return told.ToImmutable();
    }

    private bool IsFor(SiteAnnouncement own, string line) => own.Over is null || names[line].Contains(own.Over);

    private bool HasFailed(string word, string id) => failed.Count > 0 && failed.Contains(word + id);

    private bool HasFailed(PartitionKey at, string word, string id) => failedAt.Count > 0 && failedAt.Contains((at, word + id));
}
