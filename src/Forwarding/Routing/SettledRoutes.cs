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
    public static readonly SettledRoutes Empty = new();

    /// <summary>Every speaker, by <see cref="Speaker.Id"/>.</summary>
    public ImmutableSortedDictionary<string, Speaker> Speakers { get; internal init; } =
        ImmutableSortedDictionary.Create<string, Speaker>(StringComparer.Ordinal);

    /// <summary>Every line, up or not, by <see cref="Line.Id"/>.</summary>
    public ImmutableSortedDictionary<string, Line> Lines { get; internal init; } =
        ImmutableSortedDictionary.Create<string, Line>(StringComparer.Ordinal);

    /// <summary>
    /// The entries in which this differs from the routes that it was made from, each speaker and prefix once; null where it was made from nothing.
    /// Speakers whose table is worked out when asked for (routers of sites that pass nothing on, sites, the public side) are not among them.
    /// </summary>
    public IReadOnlyList<(string Speaker, Prefix Prefix)>? Touched { get; internal init; }

    /// <summary>The speaker, or null.</summary>
    public Speaker? SpeakerOf(string id) => Speakers.GetValueOrDefault(id);

    /// <summary>The line <c>ROW/NUMBER</c>, or null.</summary>
    public Line? LineOf(string id) => Lines.GetValueOrDefault(id);

    /// <summary>The lines of a row (<c>vpn-…</c>, <c>dxvif-…</c>, <c>tgw-connect-peer-…</c>), an attachment, or a speaker at either end; by id.</summary>
    public ImmutableArray<Line> LinesOf(string id) => throw new NotSupportedException(id);

    /// <summary>The lines over which a packet goes that a route written by hand sends to an attachment: those that are up, or one of them.</summary>
    public ImmutableArray<Line> CarriersOf(string spoke) => throw new NotSupportedException(spoke);

    /// <summary>A speaker's settled table; empty where there is no such speaker, or it has no table (<see cref="SpeakerKind.Hub"/>).</summary>
    public Rib RibOf(string speaker) => throw new NotSupportedException(speaker);

    /// <summary>How many routes AWS has accepted over a line: what telemetry counts.</summary>
    public int AcceptedOver(string line) => throw new NotSupportedException(line);
}
