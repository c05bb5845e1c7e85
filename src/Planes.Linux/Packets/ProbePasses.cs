using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>A packet's way through one namespace.</summary>
/// <param name="In">The link it came in by; null where it was sent there.</param>
/// <param name="Out">The link it left by; null where it ended there.</param>
/// <param name="Before">As it came.</param>
/// <param name="After">As it left, or as it was last seen.</param>
public sealed record ProbePass(string Namespace, string? In, string? Out, ProbeHeader Before, ProbeHeader After);

/// <summary>Puts what the namespaces told into the order in which it happened: each tells in order, and links join them.</summary>
internal static class ProbePasses
{
    /// <param name="from">Where the packet was sent.</param>
    /// <param name="sent">As it was sent.</param>
    public static IReadOnlyList<ProbePass> Of(HostNetwork network, Prober prober, ProbePlace from, ProbeHeader sent, PacketFate fate)
    {
        List<ProbePass> told = [.. fate.Events.Select(e => e.Namespace).Distinct().SelectMany(name => In(prober, name, fate))];
        List<ProbePass> way = [];
        ProbePass? at = from.Link is null ? told.FirstOrDefault(p => p.Namespace == from.Namespace)
            : new ProbePass(from.Namespace, null, from.Link, sent, sent);
        while (at is not null)
        {
            told.Remove(at);
            way.Add(at);
            at = at.Out is { } link && network.Namespaces.TryGetValue(at.Namespace, out NamespaceNetwork? here)
                && here.Links.TryGetValue(link, out Link? near)
                ? told.FirstOrDefault(p => p.Namespace == near.PeerNamespace && p.In == near.PeerName)
                : null;
        }

        return way;
    }

    /// <summary>Each pass begins where our table marks the packet.</summary>
    private static IEnumerable<ProbePass> In(Prober prober, string name, PacketFate fate)
    {
        ProbePass? open = null;
        foreach ((string place, TraceEvent one) in fate.Events)
        {
            if (place != name)
            {
                continue;
            }

            if (one.Packet is { } packet)
            {
                bool ours = one.Table == ProbeNamespace.Table;
                if (ours && one.Chain is ProbeNamespace.Came or ProbeNamespace.Sent)
                {
                    if (open is not null)
                    {
                        yield return open;
                    }

                    open = new ProbePass(name, prober.LinkOf(name, one.InLink), null, packet.Header, packet.Header);
                }
                else if (open is not null)
                {
                    open = open with { After = packet.Header };
                }
            }

            if (open is not null && one.Chain == ProbeNamespace.Left && one.OutLink != 0)
            {
                open = open with { Out = prober.LinkOf(name, one.OutLink) };
            }
        }

        if (open is not null)
        {
            yield return open;
        }
    }
}
