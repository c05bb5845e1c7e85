using System.Text.Json.Nodes;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Own;

/// <summary>Settled routes as Trunkline's own endpoint tells them: <c>GET /_trunkline/bgp</c>.</summary>
public static class RoutesDocument
{
    /// <param name="of">A line, a row with lines, an attachment or a speaker: only it and its other ends; null or "": everything.</param>
    /// <exception cref="Fault">Nothing is named so.</exception>
    public static JsonObject Of(SettledRoutes routes, string? of)
    {
        IReadOnlyList<Line> lines = [.. routes.Lines.Values];
        HashSet<string>? only = null;
        if (!string.IsNullOrEmpty(of))
        {
            lines = routes.LineOf(of) is { } line ? [line] : routes.LinesOf(of);
            only = [of, .. lines.SelectMany(l => new[] { l.Near, l.Far, routes.TableOf(l) })];
            if (lines.Count == 0 && routes.SpeakerOf(of) is null)
            {
                throw new Fault(
                    "UnknownSpeaker",
                    $"'{of}' is no line, and nothing that exchanges routes: give a VPN connection, a tunnel (vpn-…/1), a virtual interface, a gateway, "
                    + "a route table, router:SITE/NAME or site:NAME");
            }
        }

        return new JsonObject
        {
            ["lines"] = new JsonArray([.. lines.Select(l => LineOf(routes, l))]),
            ["speakers"] = new JsonArray([.. routes.Speakers.Values
                .Where(s => s.Kind != SpeakerKind.Hub && (only is null || only.Contains(s.Id)))
                .Select(s => SpeakerOf(routes, s))]),
        };
    }

    public static JsonArray Steps(SettledRoutes before, SettledRoutes after) =>
    [
        .. Convergence.Steps(before, after).Select(s => new JsonObject
        {
            ["round"] = s.Round,
            ["subject"] = s.Subject,
            ["prefixes"] = new JsonArray([.. s.Prefixes.Select(p => (JsonNode)p.ToString())]),
            ["words"] = s.Words,
        }),
    ];

    private static JsonNode LineOf(SettledRoutes routes, Line line) => new JsonObject
    {
        ["id"] = line.Id,
        ["kind"] = line.Kind.ToString(),
        ["near"] = line.Near,
        ["far"] = line.Far,
        ["up"] = line.IsUp,
        ["carries"] = line.Carries,
        ["trouble"] = line.IsUp ? null : line.Trouble.ToString(),
        ["words"] = line.IsUp ? null : line.Words,
        ["updating"] = line.IsUpdating,
        ["nearAsn"] = line.NearAsn,
        ["farAsn"] = line.FarAsn,
        ["nearAddress"] = line.NearAddress?.ToString(),
        ["farAddress"] = line.FarAddress?.ToString(),
        ["accepted"] = routes.AcceptedOver(line.Id),
        ["mtu"] = line.Mtu,
        ["limitGbps"] = line.LimitGbps,
    };

    private static JsonNode SpeakerOf(SettledRoutes routes, Speaker speaker) => new JsonObject
    {
        ["id"] = speaker.Id,
        ["kind"] = speaker.Kind.ToString(),
        ["asn"] = speaker.Asn == 0 ? null : speaker.Asn,
        ["works"] = speaker.Works,
        ["routes"] = new JsonArray([.. routes.RibOf(speaker.Id).Entries.Select(EntryOf)]),
    };

    private static JsonNode EntryOf(RibEntry entry) => new JsonObject
    {
        ["prefix"] = entry.Prefix.ToString(),
        ["used"] = entry.Best,
        ["unsettled"] = entry.IsUnsettled,
        ["ways"] = new JsonArray([.. entry.Candidates.Select(c => (JsonNode)new JsonObject
        {
            ["source"] = c.Source.ToString(),
            ["line"] = c.Line,
            ["spoke"] = c.Spoke,
            ["blackhole"] = c.IsBlackhole,
            ["from"] = c.From,
            ["path"] = c.Path.ToString(),
            ["med"] = c.Med,
            ["localPreference"] = c.LocalPreference,
            ["communities"] = new JsonArray([.. c.Communities.Select(w => (JsonNode)w)]),
            ["step"] = c.Step.ToString(),
        })]),
    };
}
