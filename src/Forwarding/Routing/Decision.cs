using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Forwarding.Routing;

/// <summary>
/// Which of the ways to a prefix is the best, and why: RFC 4271 9.1.2.2 with AWS's own order of sources before it (rules 9, 108, 131, 135).
/// </summary>
internal static class Decision
{
    /// <param name="candidates">At least one; one with its <see cref="Candidate.Step"/> set to InsideLocal or Overlaps may not be used.</param>
    public static RibEntry Decide(Topology topology, Speaker speaker, Prefix prefix, List<Candidate> candidates)
    {
        if (candidates.Count == 1)
        {
            return new RibEntry(prefix, [candidates[0]], IsUsable(candidates[0]) ? 1 : 0);
        }

        Rank[] ranks = new Rank[candidates.Count];
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = RankOf(topology, speaker, candidates[i]);
        }

        RankByMed(ranks);
        Array.Sort(ranks);
        int best = ranks[0].IsUsable ? 1 : 0;
        if (best == 1)
        {
            best += Gather(topology, speaker, ranks);
        }

        ImmutableArray<Candidate>.Builder ordered = ImmutableArray.CreateBuilder<Candidate>(ranks.Length);
        for (int i = 0; i < ranks.Length; i++)
        {
            ordered.Add(WithStep(ranks, i, best));
        }

        return new RibEntry(prefix, ordered.MoveToImmutable(), best);
    }

    private static bool IsUsable(Candidate candidate) => candidate.Step is not (DecisionStep.InsideLocal or DecisionStep.Overlaps);

    private static Candidate WithStep(Rank[] ranks, int place, int best)
    {
        Candidate candidate = ranks[place].Candidate;
        if (!ranks[place].IsUsable)
        {
            return candidate;
        }

        // The first is told from the best that does not share with it; every other from the first.
        DecisionStep step = place > 0 && place < best ? DecisionStep.Shares
            : place > 0 ? ranks[0].Against(ranks[place])
            : best == ranks.Length ? DecisionStep.Shares
            : ranks[0].Against(ranks[best]);
        return candidate.Step == step ? candidate : candidate with { Step = step };
    }

    /// <summary>MED counts among routes of one neighbouring AS that are equal so far: those with the lowest come first, whatever the others have.</summary>
    private static void RankByMed(Rank[] ranks)
    {
        for (int i = 0; i < ranks.Length; i++)
        {
            int lower = 0;
            for (int j = 0; j < ranks.Length; j++)
            {
                lower |= ranks[j].Candidate.Path.First == ranks[i].Candidate.Path.First && ranks[j].Candidate.Med < ranks[i].Candidate.Med
                    && ranks[i].EqualsBeforeMed(ranks[j]) ? 1 : 0;
            }

            ranks[i].ByMed = lower;
        }
    }

    /// <summary>Moves those that share the load with the first behind it; how many.</summary>
    private static int Gather(Topology topology, Speaker speaker, Rank[] ranks)
    {
        int shared = 0;
        for (int i = 1; i < ranks.Length; i++)
        {
            if (ranks[i].IsUsable && ranks[0].Against(ranks[i]) == DecisionStep.Order && Shares(topology, speaker, ranks[0].Candidate, ranks[i].Candidate))
            {
                Rank moved = ranks[i];
                Array.Copy(ranks, shared + 1, ranks, shared + 2, i - shared - 1);
                ranks[++shared] = moved;
            }
        }

        return shared;
    }

    /// <summary>
    /// Whether equally good routes share the load: tunnels of a hub that shares, within one AS; Connect peers; private lines with the same path
    /// (rule 116); never tunnels of an exit (rule 118).
    /// </summary>
    private static bool Shares(Topology topology, Speaker speaker, Candidate first, Candidate other)
    {
        if (first.Source != other.Source || first.IsBlackhole || other.IsBlackhole)
        {
            return false;
        }

        switch (first.Source)
        {
            case RouteSource.DxBgp or RouteSource.PublicBgp:
                return first.Path.Equals(other.Path);
            case RouteSource.Connect:
                return first.Path.First == other.Path.First;
            case RouteSource.VpnBgp or RouteSource.PrivateVpnBgp:
                return speaker.Kind == SpeakerKind.HubTable && topology.FactsOf(speaker.Id).SharesTunnels && first.Path.First == other.Path.First;
            case RouteSource.Learned or RouteSource.Own:
                return speaker.SharesLoad;
            default:
                return false;
        }
    }

    private static Rank RankOf(Topology topology, Speaker speaker, Candidate candidate)
    {
        bool isPrivate = candidate.Source == RouteSource.DxBgp;
        Line? line = candidate.Line is { } id ? topology.Lines[id] : null;
        return new Rank
        {
            Candidate = candidate,
            IsUsable = IsUsable(candidate),
            Source = SourceRank(speaker.Kind, candidate.Source),
            Preference = -candidate.LocalPreference,
            Home = isPrivate && speaker.Kind is SpeakerKind.Exit or SpeakerKind.HubTable && line!.Region != topology.FactsOf(speaker.Id).Region ? 1 : 0,
            External = line is not null && Exports.IsInternal(line) ? 1 : 0,
            Updating = line is { IsUpdating: true } && speaker.Kind is SpeakerKind.Exit or SpeakerKind.HubTable ? 1 : 0,
            Order = candidate.Line ?? candidate.PrefixList ?? candidate.Spoke ?? "",
        };
    }

    /// <summary>AWS's order of sources: of a hub's table (rule 108), of an exit (rule 9), and for others what is their own first.</summary>
    private static int SourceRank(SpeakerKind kind, RouteSource source) => (kind, source) switch
    {
        (_, RouteSource.Static or RouteSource.Own or RouteSource.Allowed) => 0,
        (SpeakerKind.Exit, RouteSource.VpcCidr) => 0,
        (SpeakerKind.Exit, RouteSource.DxBgp) => 1,
        (SpeakerKind.Exit, RouteSource.VpnStatic) => 2,
        (_, RouteSource.PrefixList) => 1,
        (_, RouteSource.VpcCidr) => 2,
        (_, RouteSource.DxBgp) => 3,
        (_, RouteSource.Connect) => 4,
        (_, RouteSource.PrivateVpnBgp) => 5,
        (_, RouteSource.VpnStatic or RouteSource.VpnBgp) => 6,
        _ => 7,
    };

    private struct Rank : IComparable<Rank>
    {
        public Candidate Candidate;
        public bool IsUsable;
        public int Source;
        public int Preference;
        public int Home;
        public int ByMed;
        public int External;
        public int Updating;
        public string Order;

        public readonly int CompareTo(Rank other)
        {
            int order = other.IsUsable.CompareTo(IsUsable);
            order = order != 0 ? order : Source.CompareTo(other.Source);
            order = order != 0 ? order : Preference.CompareTo(other.Preference);
            order = order != 0 ? order : Home.CompareTo(other.Home);
            order = order != 0 ? order : Candidate.Path.Length.CompareTo(other.Candidate.Path.Length);
            order = order != 0 ? order : ByMed.CompareTo(other.ByMed);
            order = order != 0 ? order : External.CompareTo(other.External);
            order = order != 0 ? order : Updating.CompareTo(other.Updating);
            order = order != 0 ? order : string.CompareOrdinal(Order, other.Order);
            return order != 0 ? order : string.CompareOrdinal(Candidate.From, other.Candidate.From);
        }

        public readonly bool EqualsBeforeMed(in Rank other) => IsUsable == other.IsUsable && Source == other.Source && Preference == other.Preference
            && Home == other.Home && Candidate.Path.Length == other.Candidate.Path.Length;

        /// <summary>The first step in which another differs.</summary>
        public readonly DecisionStep Against(in Rank other) =>
            Source != other.Source ? DecisionStep.Source
            : Preference != other.Preference ? DecisionStep.LocalPreference
            : Home != other.Home ? DecisionStep.HomeRegion
            : Candidate.Path.Length != other.Candidate.Path.Length ? DecisionStep.AsPath
            : ByMed != other.ByMed ? DecisionStep.Med
            : External != other.External ? DecisionStep.External
            : Updating != other.Updating ? DecisionStep.Updating
            : DecisionStep.Order;
    }
}
