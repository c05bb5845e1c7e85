using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>Stateful filters as chains: four for each distinct filter of a domain, shared by all interfaces that have it.</summary>
/// <remarks>A chain returns where a rule admits, and drops at its end. Rules for every address come first: they decide whether state is kept.</remarks>
internal static class FilterFacts
{
    private const int NamedGroupsMax = 3;

    /// <summary>The filter's name: made of its groups' ids.</summary>
    public static string NameOf(ForwardingState state, int filter) => LinuxNames.Hash(string.Join(' ', GroupIds(state, filter)));

    public static string GroupName(ForwardingState state, int group) => state.Groups[group].Row.Id;

    /// <summary>The sets of a group's members: addresses, and blocks where the domain hands out some.</summary>
    public static void DeclareGroup(DomainPlan plan, int group, FactList facts)
    {
        string name = GroupName(plan.State, group);
        facts.Set($"g4_{name}", "type ipv4_addr;");
        facts.Set($"g6_{name}", "type ipv6_addr;");
        if (plan.HasBlocks)
        {
            facts.Set($"gb4_{name}", "type ipv4_addr; flags interval;");
            facts.Set($"gb6_{name}", "type ipv6_addr; flags interval;");
        }
    }

    public static void Write(DomainPlan plan, int handle, FactList facts)
    {
        facts.Place = plan.Router;
        ref readonly Filter filter = ref plan.State.Filters[handle];
        string name = NameOf(plan.State, handle);
        FilterOpenness open = filter.Open;
        bool noneOut = filter.Out4.Length == 0 && filter.Out6.Length == 0;
        bool noneIn = filter.In4.Length == 0 && filter.In6.Length == 0;
        FilterOpenness tcp4 = open & FilterOpenness.TcpInV4;
        Chain(plan, handle, $"o4_{name}", new Direction(true, true, tcp4 != 0, (open & FilterOpenness.UdpInV4) != 0, noneOut), filter.Out4, facts);
        Chain(
            plan, handle, $"o6_{name}",
            new Direction(true, false, (open & FilterOpenness.TcpInV6) != 0, (open & FilterOpenness.UdpInV6) != 0, noneOut), filter.Out6, facts);
        Chain(
            plan, handle, $"i4_{name}",
            new Direction(false, true, (open & FilterOpenness.TcpOutV4) != 0, (open & FilterOpenness.UdpOutV4) != 0, noneIn), filter.In4, facts);
        Chain(
            plan, handle, $"i6_{name}",
            new Direction(false, false, (open & FilterOpenness.TcpOutV6) != 0, (open & FilterOpenness.UdpOutV6) != 0, noneIn), filter.In6, facts);
    }

    private static List<string> GroupIds(ForwardingState state, int filter)
    {
        List<string> ids = [];
        foreach (int group in state.Filters[filter].Groups)
        {
            ids.Add(state.Groups[group].Row.Id);
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    private static void Chain(DomainPlan plan, int handle, string name, Direction way, uint[] block, FactList facts)
    {
        List<FilterAtom> atoms = [.. FilterBlock.Atoms(block, way.IsV4 ? Family.V4 : Family.V6)];
        List<string> rules = [];
        foreach (FilterAtom atom in atoms)
        {
            if (atom.Any && MatchOf(atom, atoms) is { } match)
            {
                rules.AddRange(AnyRules(atom, match, way));
            }
        }

        foreach (FilterAtom atom in atoms)
        {
            if (!atom.Any && MatchOf(atom, atoms) is { } match)
            {
                AddressRules(plan, atom, match, way, rules, facts);
            }
        }

        if (plan.HasMiddle)
        {
            LostIdentity(plan, atoms, way, rules);
        }

        List<string> ids = GroupIds(plan.State, handle);
        string owner = string.Join(',', ids.Count > NamedGroupsMax ? ids[..NamedGroupsMax] : ids);
        rules.Add(NftText.Drop(way.HasNoRules ? "SG_HAS_NO_RULES" : "ENI_SG_RULES_MISMATCH", owner));
        facts.Chain(name, null, rules);
    }

    /// <summary>Protocol and ports of an atom; null where no packet has them.</summary>
    private static string? MatchOf(FilterAtom atom, List<FilterAtom> all)
    {
        if (atom.Protocol is { } protocol)
        {
            return NftText.Ports(protocol, atom.From, atom.To);
        }

        // Every protocol that no other atom names.
        SortedSet<int> named = [];
        foreach (FilterAtom other in all)
        {
            if (other.Protocol is { } one)
            {
                named.Add(one);
            }
        }

        return named.Count == 0 ? ""
            : named.Count == 1 ? string.Create(CultureInfo.InvariantCulture, $"meta l4proto != {named.Min} ")
            : $"meta l4proto != {{ {string.Join(", ", named)} }} ";
    }

    /// <summary>A rule for every address. TCP and UDP need no state where the other direction is open too.</summary>
    private static IEnumerable<string> AnyRules(FilterAtom atom, string match, Direction way)
    {
        string open = $"meta mark set meta mark or {Marks.Hex(way.Outward ? Marks.OpenOut : Marks.OpenIn)} return";
        if (atom.Protocol is { } protocol)
        {
            bool free = (protocol == 6 && way.TcpBackOpen) || (protocol == 17 && way.UdpBackOpen);
            yield return match + (free ? open : "return");
            yield break;
        }

        // TCP and UDP are among the protocols that nobody names where this atom stands for them.
        if (way.TcpBackOpen)
        {
            yield return $"{match}meta l4proto 6 {open}";
        }

        if (way.UdpBackOpen)
        {
            yield return $"{match}meta l4proto 17 {open}";
        }

        yield return match + "return";
    }

    private static void AddressRules(DomainPlan plan, FilterAtom atom, string match, Direction way, List<string> rules, FactList facts)
    {
        if (atom.Ranges.Count > 0)
        {
            List<string> ranges = new(atom.Ranges.Count);
            foreach ((IpAddress first, IpAddress last) in atom.Ranges)
            {
                ranges.Add(NftText.Range(first, last));
            }

            rules.Add($"{match}{way.Peer} {NftText.Set(ranges)} return");
        }

        string guard = plan.HasMiddle ? NftText.NotMarked(way.NoIdentity) : "";
        foreach (int group in atom.Groups)
        {
            DeclareGroup(plan, group, facts);
            foreach (string set in SetsOf(plan, group, way.IsV4))
            {
                rules.Add($"{match}{guard}{way.Peer} @{set} return");
            }
        }
    }

    /// <summary>Members of a group that a rule names, met through a middlebox: no rule admits them, and that is why.</summary>
    private static void LostIdentity(DomainPlan plan, List<FilterAtom> atoms, Direction way, List<string> rules)
    {
        foreach (FilterAtom atom in atoms)
        {
            if (MatchOf(atom, atoms) is not { } match || atom.Any)
            {
                continue;
            }

            foreach (int group in atom.Groups)
            {
                foreach (string set in SetsOf(plan, group, way.IsV4))
                {
                    rules.Add($"{match}{NftText.Marked(way.NoIdentity)}{way.Peer} @{set} "
                        + NftText.Drop("SG_REFERENCES_NOT_PRESERVED", GroupName(plan.State, group)));
                }
            }
        }
    }

    private static IEnumerable<string> SetsOf(DomainPlan plan, int group, bool isV4)
    {
        string name = GroupName(plan.State, group);
        yield return $"g{NftText.Digit(isV4)}_{name}";
        if (plan.HasBlocks)
        {
            yield return $"gb{NftText.Digit(isV4)}_{name}";
        }
    }

    /// <param name="TcpBackOpen">The other direction admits all TCP from everywhere.</param>
    /// <param name="HasNoRules">The filter has no rule in this direction, in either family.</param>
    private readonly record struct Direction(bool Outward, bool IsV4, bool TcpBackOpen, bool UdpBackOpen, bool HasNoRules)
    {
        /// <summary>The other end's address.</summary>
        public string Peer => $"{NftText.Ip(IsV4)} {(Outward ? "daddr" : "saddr")}";

        public uint NoIdentity => Outward ? Marks.Hidden : Marks.Foreign;
    }
}
