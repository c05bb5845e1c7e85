using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>What one end of a line tells the other, and what the other takes of it. Nothing (null): it is not told, or not taken.</summary>
internal static class Exports
{
    /// <summary>LOCAL_PREF that AWS gives routes of private and transit lines by community (AWS, "Routing policies and BGP communities").</summary>
    private const int LowPreference = 50;
    private const int UsualPreference = 100;
    private const int HighPreference = 200;

    /// <summary>AWS asks to use the tunnel with the lower MED (AWS Site-to-Site VPN, "Customer gateway devices": tunnel endpoint updates).</summary>
    private const long FirstMed = 100;
    private const long SecondMed = 200;

    /// <summary>A router's own prefix, as AWS's end takes it.</summary>
    public static Candidate? OfOwn(RouterFacts router, Line line, SiteAnnouncement own)
    {
        AsPath path = AsPath.Empty.Prepend(router.Asn, own.Prepend + (IsInternal(line) ? 0 : 1));
        return Taken(line, own.Prefix, path, own.Med, own.Communities);
    }

    /// <summary>What a router passes on to AWS's end: its best way, unless that leads over this very line (RFC 4271 9.1.3, 9.2).</summary>
    public static Candidate? OfLearned(RouterFacts router, Line line, RibEntry entry)
    {
        if (entry.Winner is not { Source: RouteSource.Learned } best || best.Line == line.Id)
        {
            return null;
        }

        AsPath path = router.OverridesAsn && best.Path.Has(line.NearAsn) ? best.Path.Replace(line.NearAsn, router.Asn) : best.Path;
        return Taken(line, entry.Prefix, IsInternal(line) ? path : path.Prepend(router.Asn), 0, []);
    }

    /// <summary>What AWS's end tells a router of a prefix in its table.</summary>
    public static Candidate? ToRouter(Topology topology, Speaker exporter, Line line, RibEntry entry)
    {
        if (entry.Winner is not { IsBlackhole: false } best || !line.Speaks(entry.Prefix.Family) || best.Line == line.Id
            || !IsTold(topology, exporter, line, best))
        {
            return null;
        }

        Candidate told = new(RouteSource.Learned, line.Id, null) { From = line.Near };
        if (line.Kind == LineKind.TunnelStatic)
        {
            return told;
        }

        AsPath path = IsInternal(line) ? best.Path : best.Path.Prepend(exporter.Asn);
        return told with { Path = path, Med = MedOf(topology, exporter, line) };
    }

    /// <summary>A route as the router takes it: inside what it accepts, not of its own AS (RFC 4271 9.1.2), and with its preference for the line.</summary>
    public static Candidate? TakenByRouter(RouterFacts router, ImmutableArray<string> names, Prefix prefix, Candidate told)
    {
        if ((told.Path.Has(router.Asn) && !router.AcceptsOwnAsn) || !Accepts(router, prefix))
        {
            return null;
        }

        foreach (LinePreference preference in router.Preferences)
        {
            if (names.Contains(preference.Line))
            {
                return told.LocalPreference == preference.Preference ? told : told with { LocalPreference = preference.Preference };
            }
        }

        return told;
    }

    public static bool Accepts(RouterFacts router, Prefix prefix)
    {
        foreach (Prefix accepted in router.Accepts)
        {
            if (accepted.Contains(prefix))
            {
                return true;
            }
        }

        return router.Accepts.IsEmpty;
    }

    /// <summary>A session inside one AS (iBGP), which only Connect peers may have.</summary>
    public static bool IsInternal(Line line) => line.Kind == LineKind.Connect && line.NearAsn == line.FarAsn;

    private static Candidate? Taken(Line line, Prefix prefix, AsPath path, long med, ImmutableArray<string> communities)
    {
        if (!line.Speaks(prefix.Family) || path.Has(line.NearAsn) || (line.Kind == LineKind.Public && !Owns(line, prefix)))
        {
            return null;
        }

        bool isPrivate = line.Kind is LineKind.Private or LineKind.Transit;
        return new Candidate(SourceOf(line), line.Id, line.Spoke.Length == 0 ? null : line.Spoke)
        {
            From = line.Far,
            Path = path,
            Med = med,
            Communities = communities,
            LocalPreference = isPrivate ? PreferenceOf(communities) : UsualPreference,
        };
    }

    private static RouteSource SourceOf(Line line) => line.Kind switch
    {
        LineKind.Private or LineKind.Transit => RouteSource.DxBgp,
        LineKind.Public => RouteSource.PublicBgp,
        LineKind.Connect => RouteSource.Connect,
        _ => line.IsPrivate ? RouteSource.PrivateVpnBgp : RouteSource.VpnBgp,
    };

    private static int PreferenceOf(ImmutableArray<string> communities) =>
        communities.Contains("7224:7300") ? HighPreference : communities.Contains("7224:7100") ? LowPreference : UsualPreference;

    private static bool Owns(Line line, Prefix prefix)
    {
        foreach (Prefix owned in line.Owned)
        {
            if (owned.Contains(prefix))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTold(Topology topology, Speaker exporter, Line line, Candidate best)
    {
        switch (exporter.Kind)
        {
            case SpeakerKind.Exit:
                // Between its own lines an exit passes on all it knows (CloudHub); nothing from behind a junction (rules 124 and 129).
                return best.Source == RouteSource.VpcCidr
                    || (best.Line is { } from && topology.Lines[from].Near == exporter.Id && topology.Lines[from].Row != line.Row);
            case SpeakerKind.HubTable:
                return best.Spoke != line.Spoke && !(IsInternal(line) && best.Line is { } learned && IsInternal(topology.Lines[learned]));
            case SpeakerKind.Junction:
                return best.Source == RouteSource.Allowed
                    || (line.LinksSites && best.Line is { } other && topology.Lines[other].LinksSites && topology.Lines[other].Row != line.Row);
            default:
                return false;
        }
    }

    private static long MedOf(Topology topology, Speaker exporter, Line line)
    {
        if (line.Kind != LineKind.TunnelBgp)
        {
            return 0;
        }

        bool otherUpdates = false;
        foreach (Line sibling in topology.LinesOf(line.Row))
        {
            otherUpdates |= sibling.Id != line.Id && sibling.IsUpdating;
        }

        bool equal = topology.FactsOf(exporter.Id).SharesTunnels;
        return line.IsUpdating && !otherUpdates ? SecondMed
            : otherUpdates && !line.IsUpdating ? FirstMed
            : equal || line.Number == 1 ? FirstMed
            : SecondMed;
    }
}
