using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>
/// Every exchange of routes, settled: who speaks, over which lines, and what each knows. A value, made by <see cref="Settler"/>; it depends on the
/// cloud alone and not on the order in which the cloud came to be. What routers of sites know is worked out when it is first asked for.
/// </summary>
public sealed class SettledRoutes
{
    public static readonly SettledRoutes Empty = new(Topology.Empty);

    private ImmutableDictionary<string, Rib> leaves = ImmutableDictionary.Create<string, Rib>(StringComparer.Ordinal);

    private ImmutableDictionary<string, ImmutableArray<Line>> carriers =
        ImmutableDictionary.Create<string, ImmutableArray<Line>>(StringComparer.Ordinal);

    private ImmutableDictionary<string, Rib> told = ImmutableDictionary.Create<string, Rib>(StringComparer.Ordinal);

    internal SettledRoutes(Topology topology) => Topology = topology;

    /// <summary>Every speaker, by <see cref="Speaker.Id"/>.</summary>
    public ImmutableSortedDictionary<string, Speaker> Speakers => Topology.Speakers;

    /// <summary>Every line, up or not, by <see cref="Line.Id"/>.</summary>
    public ImmutableSortedDictionary<string, Line> Lines => Topology.Lines;

    /// <summary>
    /// The entries in which this differs from the routes that it was made from, each speaker and prefix once; null where it was made from nothing.
    /// Speakers whose table is worked out when asked for (routers of sites that pass nothing on, sites) are not among them.
    /// </summary>
    public IReadOnlyList<(string Speaker, Prefix Prefix)>? Touched { get; internal init; }

    internal Topology Topology { get; }

    /// <summary>The feeds that tell of a prefix, by <see cref="Feed.Id"/>.</summary>
    internal ImmutableDictionary<Prefix, ImmutableArray<string>> Index { get; init; } = ImmutableDictionary<Prefix, ImmutableArray<string>>.Empty;

    /// <summary>Tables of all but those that are worked out when asked for.</summary>
    internal ImmutableDictionary<string, Rib> Ribs { get; init; } = ImmutableDictionary.Create<string, Rib>(StringComparer.Ordinal);

    /// <summary>Whether sessions are down because too much was announced over them by routers that pass on what they learn.</summary>
    internal bool HasTripped { get; init; }

    /// <summary>The speaker, or null.</summary>
    public Speaker? SpeakerOf(string id) => Speakers.GetValueOrDefault(id);

    /// <summary>The line <c>ROW/NUMBER</c>, or null.</summary>
    public Line? LineOf(string id) => Lines.GetValueOrDefault(id);

    /// <summary>The lines of a row (<c>vpn-…</c>, <c>dxvif-…</c>, <c>tgw-connect-peer-…</c>), an attachment, or a speaker at either end; by id.</summary>
    public ImmutableArray<Line> LinesOf(string id) => Topology.LinesOf(id);

    /// <summary>
    /// The lines over which packets go that a route written by hand sends to an attachment: all that are up where they share the load (rule 116),
    /// else the first of them; none where none is up.
    /// </summary>
    public ImmutableArray<Line> CarriersOf(string spoke)
    {
        if (!carriers.TryGetValue(spoke, out ImmutableArray<Line> found))
        {
            found = Carriers(spoke);
            carriers = carriers.SetItem(spoke, found);
        }

        return found;
    }

    /// <summary>
    /// What customers tell a hub over an attachment's lines, decided as the hub's tables do: over which of them packets go that a route written by
    /// hand sends there. Where this knows no way, <see cref="CarriersOf"/> says.
    /// </summary>
    public Rib ToldOver(string spoke)
    {
        if (!told.TryGetValue(spoke, out Rib? found))
        {
            found = LeafTables.OfSpoke(this, spoke);
            told = told.SetItem(spoke, found);
        }

        return found;
    }

    private ImmutableArray<Line> Carriers(string spoke)
    {
        ImmutableArray<Line> up = [.. LinesOf(spoke).Where(l => l.IsUp).OrderBy(l => l.IsUpdating)];
        return up.Length > 1 && (up[0].Kind == LineKind.TunnelStatic || (up[0].Kind == LineKind.TunnelBgp && !SharesTunnels(up[0])))
            ? [up[0]]
            : up;
    }

    /// <summary>A speaker's settled table; empty where there is no such speaker, or it has no table (<see cref="SpeakerKind.Hub"/>).</summary>
    public Rib RibOf(string speaker)
    {
        if (Speakers.GetValueOrDefault(speaker) is not { } found)
        {
            return Rib.Empty;
        }

        Rib core = Ribs.GetValueOrDefault(speaker, Rib.Empty);
        if (found.Kind is not (SpeakerKind.SiteRouter or SpeakerKind.Site))
        {
            return core;
        }

        if (!leaves.TryGetValue(speaker, out Rib? leaf))
        {
            // Two who ask at once may both work it out, and come to the same.
            leaf = found.Kind == SpeakerKind.Site ? LeafTables.OfSite(this, found) : LeafTables.OfRouter(this, found, core);
            leaves = leaves.SetItem(speaker, leaf);
        }

        return leaf;
    }

    /// <summary>The table that AWS's end of a line announces, and that decides on what comes in over it; "" where there is none.</summary>
    public string TableOf(Line line) => Topology.EndsOf(line.Id).Exporter;

    /// <summary>How many routes AWS has accepted over a line: what telemetry counts.</summary>
    public int AcceptedOver(string line)
    {
        if (LineOf(line) is not { IsUp: true } found)
        {
            return 0;
        }

        Feed? feed = Topology.FeedOf(found.Kind == LineKind.TunnelStatic ? $"written:{line}" : $"line:{line}");
        return feed?.Count ?? (Topology.EndsOf(line).IsDynamic ? LeafTables.AnnouncedOver(this, found) : 0);
    }

    private bool SharesTunnels(Line line) =>
        SpeakerOf(line.Near) is { Kind: SpeakerKind.Hub } && Topology.Hubs.TryGetValue(line.Near, out HubUnit? hub) && hub.Row.VpnEcmp;
}
