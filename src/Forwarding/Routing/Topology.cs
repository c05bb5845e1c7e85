using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Who takes what comes over a line, and whose table is told over it.</summary>
/// <param name="Imports">Tables, each group with the attachment by which it takes ("" for exits and junctions).</param>
/// <param name="Exporter">The speaker whose table AWS's end announces; "" for none.</param>
/// <param name="IsDynamic">The customer's end passes on what it learns, so that what it tells depends on what it is told.</param>
internal sealed record LineEnds(ImmutableArray<LineImport> Imports, string Exporter, bool IsDynamic)
{
    public static readonly LineEnds None = new([], "", IsDynamic: false);

    public bool Equals(LineEnds? other) => other is not null && Exporter == other.Exporter && IsDynamic == other.IsDynamic
        && Imports.AsSpan().SequenceEqual(other.Imports.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Exporter, IsDynamic, Imports.Length);
}

/// <param name="Key">What tells this group from the line's others: "" for the first.</param>
/// <param name="Speakers">Ascending.</param>
/// <param name="Spoke">The attachment by which these take it; "" for none.</param>
internal sealed record LineImport(string Key, ImmutableArray<string> Speakers, string Spoke)
{
    public bool Equals(LineImport? other) => other is not null && Key == other.Key && Spoke == other.Spoke
        && Speakers.AsSpan().SequenceEqual(other.Speakers.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Key, Spoke);
}

/// <summary>What the decision must know of a speaker of AWS's.</summary>
/// <param name="Region">Where it is.</param>
/// <param name="Blocks">The blocks of an exit's own domain.</param>
/// <param name="SharesTunnels">A hub's table spreads flows over equal tunnels.</param>
internal sealed record SpeakerFacts(string Region, ImmutableArray<Prefix> Blocks, bool SharesTunnels)
{
    public static readonly SpeakerFacts None = new("", [], SharesTunnels: false);

    public bool Equals(SpeakerFacts? other) => other is not null && Region == other.Region && SharesTunnels == other.SharesTunnels
        && Blocks.AsSpan().SequenceEqual(other.Blocks.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Region, SharesTunnels, Blocks.Length);
}

/// <summary>A customer's router, of a site or a machine, as the exchange of routes needs it.</summary>
/// <param name="Source">The row of the world it was made from: the same object, the same router.</param>
internal sealed record RouterFacts(string Id, object Source, long Asn)
{
    /// <summary>What it announces of its own, over whichever line, ascending by prefix; a prefix comes once for each line it is meant for.</summary>
    public ImmutableArray<SiteAnnouncement> Own { get; init; } = [];

    public ImmutableArray<Prefix> Accepts { get; init; } = [];

    public bool AcceptsOwnAsn { get; init; }

    public bool IsTransit { get; init; }

    /// <summary>Writes its own ASN over a neighbour's in what it announces to that neighbour.</summary>
    public bool OverridesAsn { get; init; }

    public bool SharesLoad { get; init; }

    public ImmutableArray<LinePreference> Preferences { get; init; } = [];

    public ImmutableArray<IpAddress> Addresses { get; init; } = [];

    public ImmutableArray<SitePort> Ports { get; init; } = [];

    /// <summary>Empty while it works; else what keeps it from working.</summary>
    public string Fault { get; init; } = "";

    /// <summary>The instance, for a machine.</summary>
    public MachineFacts? Machine { get; init; }
}

/// <summary>Where a routing machine stands.</summary>
internal sealed record MachineFacts(PartitionKey Partition, Instance Row, string Name);

/// <summary>Who speaks with whom, before anybody has said a word: made from rows, without deciding anything.</summary>
internal sealed class Topology
{
    public static readonly Topology Empty = new();

    public ImmutableSortedDictionary<string, HubUnit> Hubs { get; init; } =
        ImmutableSortedDictionary.Create<string, HubUnit>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, Speaker> Speakers { get; init; } =
        ImmutableSortedDictionary.Create<string, Speaker>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, Line> Lines { get; init; } =
        ImmutableSortedDictionary.Create<string, Line>(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, LineEnds> Ends { get; init; } = new Dictionary<string, LineEnds>();

    /// <summary>Names by which the owner of a router may mean a line, as <see cref="LinePreference.Line"/>.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Names { get; init; } = new Dictionary<string, ImmutableArray<string>>();

    /// <summary>Lines by row, attachment and speaker; each in the order of ids.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<Line>> ByEnd { get; init; } = new Dictionary<string, ImmutableArray<Line>>();

    public IReadOnlyDictionary<string, SpeakerFacts> Facts { get; init; } = new Dictionary<string, SpeakerFacts>();

    public IReadOnlyDictionary<string, RouterFacts> Routers { get; init; } = new Dictionary<string, RouterFacts>();

    /// <summary>The networks of a site, by its speaker.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<Prefix>> Networks { get; init; } = new Dictionary<string, ImmutableArray<Prefix>>();

    /// <summary>Feeds that are no hub's own.</summary>
    public IReadOnlyDictionary<string, Feed> Feeds { get; init; } = new Dictionary<string, Feed>();

    /// <summary>Whether any router that passes on what it learns has a line that is up.</summary>
    public bool HasDynamic { get; init; }

    /// <summary>The topology with other units of hubs, of which only written routes differ.</summary>
    public Topology WithHubs(ImmutableSortedDictionary<string, HubUnit> hubs) => new()
    {
        Hubs = hubs,
        Speakers = Speakers,
        Lines = Lines,
        Ends = Ends,
        Names = Names,
        ByEnd = ByEnd,
        Facts = Facts,
        Routers = Routers,
        Networks = Networks,
        Feeds = Feeds,
        HasDynamic = HasDynamic,
    };

    /// <summary>The feed of that name, or null. A hub's own is named <c>KIND:HUB:…</c>.</summary>
    public Feed? FeedOf(string id)
    {
        if (Feeds.TryGetValue(id, out Feed? feed))
        {
            return feed;
        }

        int from = id.IndexOf(':', StringComparison.Ordinal) + 1;
        int to = id.IndexOf(':', from);
        return to > 0 && Hubs.TryGetValue(id[from..to], out HubUnit? hub) ? hub.Feeds.GetValueOrDefault(id) : null;
    }

    public SpeakerFacts FactsOf(string speaker) => Facts.TryGetValue(speaker, out SpeakerFacts? facts) ? facts : SpeakerFacts.None;

    public LineEnds EndsOf(string line) => Ends.TryGetValue(line, out LineEnds? ends) ? ends : LineEnds.None;

    public ImmutableArray<Line> LinesOf(string end) => ByEnd.TryGetValue(end, out ImmutableArray<Line> lines) ? lines : [];
}
