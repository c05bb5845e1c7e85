using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>In what two forwarding states with the same handles differ. Blocks of tables that both share are not looked at.</summary>
internal sealed class StateChanges
{
    public HashSet<int> Nics { get; } = [];

    public HashSet<int> Filters { get; } = [];

    /// <summary>Domains of which something but a filter differs.</summary>
    public HashSet<int> Domains { get; } = [];

    /// <summary>Machines of which something differs.</summary>
    public HashSet<int> Machines { get; } = [];

    /// <summary>Segments appeared or went, or their blocks changed.</summary>
    public HashSet<int> SegmentDomains { get; } = [];

    public static StateChanges Between(ForwardingState? old, ForwardingState state)
    {
        StateChanges changes = new();
        if (old is null)
        {
            changes.Everything(state);
            return changes;
        }

        changes.FollowNics(old, state);
        changes.FollowDomains(old, state);
        changes.FollowSegments(old, state);
        changes.FollowBorders(old, state);
        foreach (int i in state.Filters.MayDifferFrom(old.Filters))
        {
            if (i >= old.Filters.Count || !Same(old.Filters[i], state.Filters[i]))
            {
                changes.Filters.Add(i);
            }
        }

        return changes;
    }

    private static bool Same(in Filter a, in Filter b) =>
        ReferenceEquals(a.In4, b.In4) && ReferenceEquals(a.Out4, b.Out4) && ReferenceEquals(a.In6, b.In6) && ReferenceEquals(a.Out6, b.Out6);

    private static bool Same(in Nic a, in Nic b) =>
        a.Address == b.Address && a.PublicAddress == b.PublicAddress && a.Segment == b.Segment && a.Domain == b.Domain && a.Filter == b.Filter
        && a.Machine == b.Machine && a.Service == b.Service && a.Traits == b.Traits;

    private static bool Same(in Segment a, in Segment b) =>
        a.Domain == b.Domain && a.Routes == b.Routes && a.Gate == b.Gate && a.Access == b.Access && ReferenceEquals(a.More, b.More);

    private static bool Same(in Domain a, in Domain b) =>
        a.Border == b.Border && a.OneWay == b.OneWay && a.Resolver == b.Resolver && a.Resolves == b.Resolves
        && ReferenceEquals(a.More.Blocks, b.More.Blocks) && a.More.Delegated.Count == b.More.Delegated.Count;

    private void Everything(ForwardingState state)
    {
        for (int i = 0; i < state.Domains.Count; i++)
        {
            Domains.Add(i);
            SegmentDomains.Add(i);
        }

        for (int i = 0; i < state.Nics.Count; i++)
        {
            Nics.Add(i);
        }
    }

    private void FollowNics(ForwardingState old, ForwardingState state)
    {
        foreach (int i in state.Nics.MayDifferFrom(old.Nics))
        {
            if (i >= old.Nics.Count || !Same(old.Nics[i], state.Nics[i]))
            {
                AddNic(i, old, state);
            }
        }

        foreach (int i in state.NicMores.MayDifferFrom(old.NicMores))
        {
            if (i >= old.NicMores.Count || !ReferenceEquals(old.NicMores[i], state.NicMores[i]))
            {
                AddNic(i, old, state);
            }
        }

        foreach (int i in state.Machines.MayDifferFrom(old.Machines))
        {
            if (i >= old.Machines.Count || !ReferenceEquals(old.Machines[i], state.Machines[i]))
            {
                Machines.Add(i);
                int primary = state.Machines[i].Primary;
                AddDomain(primary < 0 ? -1 : state.Nics[primary].Domain);
            }
        }
    }

    private void AddNic(int nic, ForwardingState old, ForwardingState state)
    {
        Nics.Add(nic);
        AddDomain(state.Nics[nic].Domain);
        if (nic < old.Nics.Count)
        {
            AddDomain(old.Nics[nic].Domain);
        }
    }

    private void AddDomain(int domain)
    {
        if (domain >= 0)
        {
            Domains.Add(domain);
        }
    }

    private void FollowDomains(ForwardingState old, ForwardingState state)
    {
        for (int i = 0; i < state.Domains.Count; i++)
        {
            if (i >= old.Domains.Count || !Same(old.Domains[i], state.Domains[i]) || old.IsLiveDomain(i) != state.IsLiveDomain(i))
            {
                Domains.Add(i);
            }
        }

        foreach (int i in state.Translators.MayDifferFrom(old.Translators))
        {
            if (i >= old.Translators.Count || old.Translators[i] != state.Translators[i])
            {
                AddDomain(state.Translators[i].Domain);
            }
        }
    }

    private void FollowSegments(ForwardingState old, ForwardingState state)
    {
        HashSet<int> maps = [];
        foreach (int i in state.RouteMaps.MayDifferFrom(old.RouteMaps))
        {
            if (i >= old.RouteMaps.Count || !ReferenceEquals(old.RouteMaps[i].Hops, state.RouteMaps[i].Hops)
                || !ReferenceEquals(old.RouteMaps[i].Blocks, state.RouteMaps[i].Blocks))
            {
                maps.Add(i);
            }
        }

        HashSet<int> gates = [];
        foreach (int i in state.Gates.MayDifferFrom(old.Gates))
        {
            if (i >= old.Gates.Count || !SameRules(old.Gates[i].Inward, state.Gates[i].Inward) || !SameRules(old.Gates[i].Outward, state.Gates[i].Outward))
            {
                gates.Add(i);
            }
        }

        for (int i = 0; i < state.Segments.Count; i++)
        {
            ref readonly Segment segment = ref state.Segments[i];
            bool moved = i >= old.Segments.Count || !Same(old.Segments[i], segment) || old.IsLiveSegment(i) != state.IsLiveSegment(i);
            if (moved || maps.Contains(segment.Routes) || gates.Contains(segment.Gate))
            {
                AddDomain(segment.Domain);
            }

            if (moved)
            {
                SegmentDomains.Add(segment.Domain);
            }
        }

        foreach (int i in maps)
        {
            FollowEdge(state, i);
        }
    }

    private void FollowEdge(ForwardingState state, int map)
    {
        for (int i = 0; i < state.Borders.Count; i++)
        {
            if (state.Borders[i].Routes == map)
            {
                AddDomain(state.Borders[i].Domain);
            }
        }
    }

    private static bool SameRules(GateRules a, GateRules b) => ReferenceEquals(a.V4, b.V4) && ReferenceEquals(a.V6, b.V6);

    private void FollowBorders(ForwardingState old, ForwardingState state)
    {
        foreach (int i in state.Borders.MayDifferFrom(old.Borders))
        {
            if (i >= old.Borders.Count || old.Borders[i] != state.Borders[i])
            {
                AddDomain(state.Borders[i].Domain);
            }
        }
    }
}
