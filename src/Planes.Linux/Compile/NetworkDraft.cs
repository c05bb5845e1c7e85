using System.Collections.Immutable;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>One compile at work: finds what changed, makes the facts of that before and now, and carries the difference into the network.</summary>
internal sealed class NetworkDraft
{
    private readonly ForwardingState state;
    private readonly IReadOnlySet<string> used;
    private readonly CompiledNetwork? previous;
    private readonly StateChanges changes;
    private readonly Dictionary<string, NamespaceDraft> drafts = [];
    private readonly Dictionary<string, NamespaceNetwork?> whole = [];
    private readonly HashSet<Fact> removed = [];
    private readonly HashSet<Fact> added = [];
    private readonly Dictionary<int, HashSet<int>> vias = [];
    private readonly Dictionary<int, List<int>> segmentsOf = [];
    private readonly Dictionary<int, List<int>> nicsOf = [];
    private readonly Dictionary<int, DomainPlan> plans = [];
    private readonly HashSet<int> touchedMachines = [];
    private ImmutableDictionary<int, DomainParts> domains;
    private ImmutableDictionary<(string Namespace, string Set), int> setUsers;
    private ImmutableHashSet<int> machines = [];

    public NetworkDraft(ForwardingState state, IReadOnlySet<string> used, CompiledNetwork? previous)
    {
        this.state = state;
        this.used = used;
        this.previous = previous;
        changes = StateChanges.Between(previous?.State, state);
        domains = previous?.Domains ?? ImmutableDictionary<int, DomainParts>.Empty;
        setUsers = previous?.SetUsers ?? ImmutableDictionary<(string Namespace, string Set), int>.Empty;
    }

    private HashSet<int> Dirty => changes.Domains;

    public CompiledNetwork Make()
    {
        FindMachines();
        foreach (int domain in Dirty)
        {
            PlanDomain(domain);
        }

        foreach (int domain in Dirty)
        {
            FollowDomain(domain);
        }

        FollowFilters();
        MakeMachines();
        ImmutableArray<Fact> world = FollowWorld();
        ImmutableArray<Fact> unbound = FollowUnbound();
        return new CompiledNetwork(state, used, Finish())
        {
            Machines = machines,
            Domains = domains,
            SetUsers = setUsers,
            World = world,
            Unbound = unbound,
        };
    }

    /// <summary>Which machines get a namespace: those used, and those that routes lead to. Domains of those that change are dirty too.</summary>
    private void FindMachines()
    {
        GroupSegments();
        foreach (int domain in Dirty)
        {
            vias[domain] = ViaOf(domain);
        }

        bool sameRoutes = Dirty.All(d => domains.TryGetValue(d, out DomainParts? old) ? old.Via.SetEquals(vias[d]) : vias[d].Count == 0);
        bool sameMachines = changes.Machines.Count == 0 && changes.Nics.Count == 0 && previous is not null;
        if (sameMachines && sameRoutes && (ReferenceEquals(used, previous!.Used) || used.SetEquals(previous.Used)))
        {
            machines = previous.Machines;
        }
        else
        {
            machines = MachinesNow();
        }

        HashSet<int> moved = [.. machines];
        moved.SymmetricExceptWith(previous?.Machines ?? []);
        touchedMachines.UnionWith(moved);
        if (Dirty.Count == 0 && moved.Count == 0)
        {
            return;
        }

        for (int i = 0; i < state.Nics.Count; i++)
        {
            if (moved.Contains(state.Nics[i].Machine) && Dirty.Add(state.Nics[i].Domain))
            {
                vias[state.Nics[i].Domain] = ViaOf(state.Nics[i].Domain);
            }
        }

        for (int i = 0; i < state.Nics.Count; i++)
        {
            if (Dirty.Contains(state.Nics[i].Domain) && !state.Nics[i].Has(NicTraits.Gone))
            {
                Of(nicsOf, state.Nics[i].Domain).Add(i);
            }
        }
    }

    private ImmutableHashSet<int> MachinesNow()
    {
        ImmutableHashSet<int>.Builder now = ImmutableHashSet.CreateBuilder<int>();
        foreach (string id in used)
        {
            if (state.MachineOf(id) is >= 0 and int machine && state.Machines[machine].Runs)
            {
                now.Add(machine);
            }
        }

        foreach ((int domain, DomainParts parts) in domains)
        {
            AddMachines(vias.GetValueOrDefault(domain, parts.Via), now);
        }

        foreach (HashSet<int> via in vias.Values)
        {
            AddMachines(via, now);
        }

        return now.ToImmutable();
    }

    private void AddMachines(HashSet<int> via, ImmutableHashSet<int>.Builder now)
    {
        foreach (int nic in via)
        {
            if (state.Nics[nic].Machine is >= 0 and int machine && state.Machines[machine].Runs)
            {
                now.Add(machine);
            }
        }
    }

    private void GroupSegments()
    {
        for (int i = 0; i < state.Segments.Count; i++)
        {
            if (state.Segments[i].Domain >= 0 && state.IsLiveSegment(i))
            {
                Of(segmentsOf, state.Segments[i].Domain).Add(i);
            }
        }
    }

    private static List<int> Of(Dictionary<int, List<int>> lists, int key)
    {
        if (!lists.TryGetValue(key, out List<int>? list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }

    /// <summary>The interfaces that the domain's routes name, and its translators'.</summary>
    private HashSet<int> ViaOf(int domain)
    {
        HashSet<int> via = [];
        HashSet<int> maps = [];
        foreach (int segment in segmentsOf.GetValueOrDefault(domain, []))
        {
            maps.Add(state.Segments[segment].Routes);
        }

        maps.Add(state.Domains[domain].Border is >= 0 and int border ? state.Borders[border].Routes : -1);
        foreach (int map in maps)
        {
            foreach (NextHop hop in map < 0 ? [] : state.RouteMaps[map].Hops)
            {
                if (hop.Kind == HopKind.Nic && state.Nics[hop.Handle].Domain == domain)
                {
                    via.Add(hop.Handle);
                }
            }
        }

        for (int i = 0; i < state.Translators.Count; i++)
        {
            if (state.Translators[i].Domain == domain && state.Translators[i].Nic is >= 0 and int nic
                && state.Nics[nic].Translator == i && !state.Nics[nic].Has(NicTraits.Gone))
            {
                via.Add(nic);
            }
        }

        return via;
    }

    private void PlanDomain(int domain)
    {
        if (state.IsLiveDomain(domain))
        {
            plans.Add(domain, DomainPlan.Make(
                state, domain, segmentsOf.GetValueOrDefault(domain, []), vias[domain], machines, nicsOf.GetValueOrDefault(domain, [])));
        }
    }

    private void FollowDomain(int domain)
    {
        DomainParts? old = domains.GetValueOrDefault(domain);
        DomainPlan? plan = plans.GetValueOrDefault(domain);
        if (plan is not null && old is null)
        {
            Draft(plan.Router, NamespaceRole.Router);
        }

        Dictionary<int, int> filters = [];
        foreach (int nic in NicsToFollow(old?.Plan, plan))
        {
            HashSet<Fact> before = FactsOf(old?.Plan, nic);
            HashSet<Fact> now = FactsOf(plan, nic);
            Carry(before, now, filters);
            NoteMachine(previous?.State, nic);
            NoteMachine(state, nic);
        }

        List<Fact> structure = [];
        if (plan is not null)
        {
            structure = Structure(plan);
        }

        Carry([.. old?.Facts ?? []], [.. structure], filters);
        ImmutableDictionary<int, int> counts = Count(old?.Filters ?? ImmutableDictionary<int, int>.Empty, filters);
        WriteFilters(old, plan, counts);
        Translators(old?.Plan, plan);
        if (plan is null)
        {
            whole[LinuxNames.Router(state.Domains[domain].More.Row.Id)] = null;
            whole[LinuxNames.Idle(state.Domains[domain].More.Row.Id)] = null;
            domains = domains.Remove(domain);
            return;
        }

        bool segments = old is null || changes.SegmentDomains.Contains(domain);
        foreach (int nic in segments ? plan.Nics : [])
        {
            NoteMachine(state, nic);
        }

        domains = domains.SetItem(domain, new DomainParts(plan, vias[domain], structure, counts));
    }

    private void NoteMachine(ForwardingState? of, int nic)
    {
        if (of is not null && nic < of.Nics.Count && of.Nics[nic].Machine >= 0)
        {
            touchedMachines.Add(of.Nics[nic].Machine);
        }
    }

    private List<Fact> Structure(DomainPlan plan)
    {
        FactList facts = new(plan.Router);
        RouterFacts.Write(plan, facts);
        RouteFacts.Write(plan, facts);
        SegmentFacts.Write(plan, facts);
        BorderFacts.Write(plan, facts);
        Whole(Namespaces.Idle(plan, facts));
        return facts.All;
    }

    /// <summary>The interfaces whose facts may differ: changed ones, and all where something changed that all depend on.</summary>
    private IEnumerable<int> NicsToFollow(DomainPlan? old, DomainPlan? plan)
    {
        HashSet<int> all = [];
        if (old is null || plan is null || old.NicKey != plan.NicKey)
        {
            all.UnionWith(old?.Nics ?? []);
            all.UnionWith(plan?.Nics ?? []);
            return all;
        }

        foreach (int nic in plan.Nics)
        {
            int machine = state.Nics[nic].Machine;
            bool moved = machine >= 0 && old.Machines.Contains(machine) != plan.Machines.Contains(machine);
            if (moved || changes.Nics.Contains(nic))
            {
                all.Add(nic);
            }
        }

        foreach (int nic in changes.Nics)
        {
            if (nic < old.State.Nics.Count && old.State.Nics[nic].Domain == old.Handle)
            {
                all.Add(nic);
            }
        }

        all.UnionWith(old.Via);
        all.UnionWith(plan.Via);
        all.UnionWith(old.Labels.Keys);
        all.UnionWith(plan.Labels.Keys);
        return all;
    }

    private static HashSet<Fact> FactsOf(DomainPlan? plan, int nic)
    {
        if (plan is null || nic >= plan.State.Nics.Count || plan.State.Nics[nic].Domain != plan.Handle)
        {
            return [];
        }

        FactList facts = new(plan.Router);
        NicFacts.Write(plan, nic, facts);
        return [.. facts.All];
    }

    /// <summary>Notes what is no longer so, and what is new.</summary>
    private void Carry(HashSet<Fact> before, HashSet<Fact> now, Dictionary<int, int> filters)
    {
        foreach (Fact fact in before)
        {
            if (!now.Contains(fact))
            {
                Note(fact, -1, filters);
            }
        }

        foreach (Fact fact in now)
        {
            if (!before.Contains(fact))
            {
                Note(fact, 1, filters);
            }
        }
    }

    private void Note(Fact fact, int count, Dictionary<int, int> filters)
    {
        switch (fact)
        {
            case FilterFact filter:
                filters[filter.Filter] = filters.GetValueOrDefault(filter.Filter) + count;
                break;
            case SetFact set:
                (string Namespace, string Set) key = (set.Namespace, set.Set);
                int users = setUsers.GetValueOrDefault(key) + count;
                setUsers = users == 0 ? setUsers.Remove(key) : setUsers.SetItem(key, users);
                sets[key] = set;
                break;
            default:
                (count > 0 ? added : removed).Add(fact);
                break;
        }
    }

    private readonly Dictionary<(string Namespace, string Set), SetFact> sets = [];

    private static ImmutableDictionary<int, int> Count(ImmutableDictionary<int, int> counts, Dictionary<int, int> by)
    {
        foreach ((int filter, int count) in by)
        {
            int now = counts.GetValueOrDefault(filter) + count;
            counts = now == 0 ? counts.Remove(filter) : counts.SetItem(filter, now);
        }

        return counts;
    }

    /// <summary>The chains of filters that came, went or changed.</summary>
    private void WriteFilters(DomainParts? old, DomainPlan? plan, ImmutableDictionary<int, int> counts)
    {
        bool all = old is null || plan is null || old.Plan.FilterKey != plan.FilterKey;
        HashSet<int> filters = [.. counts.Keys, .. old?.Filters.Keys ?? []];
        foreach (int filter in filters)
        {
            bool was = old?.Filters.ContainsKey(filter) ?? false;
            bool now = counts.ContainsKey(filter);
            if (all || was != now || changes.Filters.Contains(filter))
            {
                Carry(was ? FilterFactsOf(old!.Plan, filter) : [], now ? FilterFactsOf(plan!, filter) : [], []);
            }
        }
    }

    private static HashSet<Fact> FilterFactsOf(DomainPlan plan, int filter)
    {
        FactList facts = new(plan.Router);
        FilterFacts.Write(plan, filter, facts);
        return [.. facts.All];
    }

    /// <summary>Filters that changed in domains where nothing else did.</summary>
    private void FollowFilters()
    {
        if (changes.Filters.Count == 0)
        {
            return;
        }

        foreach ((int domain, DomainParts parts) in domains)
        {
            if (Dirty.Contains(domain))
            {
                continue;
            }

            bool any = false;
            foreach (int filter in changes.Filters)
            {
                if (parts.Filters.ContainsKey(filter))
                {
                    any = true;
                    Carry(FilterFactsOf(parts.Plan, filter), FilterFactsOf(parts.Plan.With(state), filter), []);
                }
            }

            if (any)
            {
                domains = domains.SetItem(domain, parts with { Plan = parts.Plan.With(state) });
            }
        }
    }

    private void Translators(DomainPlan? old, DomainPlan? plan)
    {
        foreach (int nic in old?.Via ?? [])
        {
            if (old!.State.Nics[nic].Translator is >= 0 and int translator)
            {
                whole.TryAdd(LinuxNames.Translator(old.State.Translators[translator].Row.Id), null);
            }
        }

        foreach (int nic in plan?.Via ?? [])
        {
            if (state.Nics[nic].Translator is >= 0 and int translator && Namespaces.Translator(plan!, translator) is { } made)
            {
                Whole(made);
            }
        }
    }

    /// <summary>Machines whose interfaces or networks changed, made anew.</summary>
    private void MakeMachines()
    {
        touchedMachines.UnionWith(changes.Machines);
        Dictionary<int, List<(int Nic, DomainPlan Plan)>> nics = [];
        foreach (int machine in touchedMachines)
        {
            if (machines.Contains(machine))
            {
                nics.Add(machine, []);
            }
            else
            {
                whole.TryAdd(LinuxNames.Machine(NameOfMachine(machine)), null);
            }
        }

        for (int i = 0; i < (nics.Count == 0 ? 0 : state.Nics.Count); i++)
        {
            if (nics.TryGetValue(state.Nics[i].Machine, out List<(int Nic, DomainPlan Plan)>? list) && !state.Nics[i].Has(NicTraits.Gone)
                && domains.TryGetValue(state.Nics[i].Domain, out DomainParts? parts) && parts.Plan.Has(state.Nics[i].Segment))
            {
                list.Add((i, parts.Plan.With(state)));
            }
        }

        foreach ((int machine, List<(int Nic, DomainPlan Plan)> list) in nics)
        {
            list.Sort((a, b) => string.CompareOrdinal(state.NicMores[a.Nic].Row.Id, state.NicMores[b.Nic].Row.Id));
            if (list.Count > 0)
            {
                Whole(MachineNamespace.Make(state, machine, list));
            }
            else
            {
                whole.TryAdd(LinuxNames.Machine(NameOfMachine(machine)), null);
            }
        }
    }

    private string NameOfMachine(int machine) => state.Machines[machine].Row.Id;

    private ImmutableArray<Fact> FollowWorld()
    {
        bool same = previous is not null && ReferenceEquals(previous.State.Outside, state.Outside) && previous.State.Unannounced == state.Unannounced;
        if (same)
        {
            return previous!.World;
        }

        FactList facts = new(LinuxNames.Outside);
        OutsideFacts.WriteFixed(facts);
        OutsideFacts.WriteWorld(state, facts);
        if (previous is null)
        {
            Draft(LinuxNames.Outside, NamespaceRole.Outside);
        }

        Carry([.. previous?.World ?? []], [.. facts.All], []);
        return [.. facts.All];
    }

    /// <summary>Public addresses that are allocated and bound to nobody.</summary>
    private ImmutableArray<Fact> FollowUnbound()
    {
        if (previous is not null && ReferenceEquals(previous.State.Public, state.Public))
        {
            return previous.Unbound;
        }

        FactList facts = new(LinuxNames.Outside);
        OutsideFacts.WriteUnbound(state, facts);
        Carry([.. previous?.Unbound ?? []], [.. facts.All], []);
        return [.. facts.All];
    }

    /// <summary>A namespace made as a whole: the object before it stays where both hold the same.</summary>
    private void Whole(NamespaceNetwork made)
    {
        NamespaceNetwork? old = previous?.Network.Namespaces.GetValueOrDefault(made.Name);
        whole[made.Name] = old is not null && Namespaces.Same(old, made) ? old : made;
    }

    private NamespaceDraft Draft(string name, NamespaceRole role)
    {
        if (!drafts.TryGetValue(name, out NamespaceDraft? draft))
        {
            NamespaceNetwork start = previous?.Network.Namespaces.GetValueOrDefault(name) ?? NamespaceDraft.Empty(name, role);
            drafts.Add(name, draft = new NamespaceDraft(start));
        }

        return draft;
    }

    private NamespaceDraft Draft(string name) => Draft(name, name == LinuxNames.Outside ? NamespaceRole.Outside : NamespaceRole.Router);

    private HostNetwork Finish()
    {
        // What one part gave up another may hold now.
        removed.ExceptWith(added);
        foreach (Fact fact in removed)
        {
            Draft(fact.Namespace).Remove(fact);
        }

        foreach (Fact fact in added)
        {
            Draft(fact.Namespace).Add(fact);
        }

        foreach (((string Namespace, string Set) key, SetFact fact) in sets)
        {
            if (setUsers.ContainsKey(key))
            {
                Draft(key.Namespace).Declare(fact);
            }
            else
            {
                Draft(key.Namespace).Forget(key.Set);
            }
        }

        ImmutableSortedDictionary<string, NamespaceNetwork>.Builder all =
            (previous?.Network ?? HostNetwork.Empty).Namespaces.ToBuilder();
        foreach ((string name, NamespaceDraft draft) in drafts)
        {
            all[name] = draft.Done();
        }

        foreach ((string name, NamespaceNetwork? made) in whole)
        {
            if (made is null)
            {
                all.Remove(name);
            }
            else if (!all.TryGetValue(name, out NamespaceNetwork? old) || !ReferenceEquals(old, made))
            {
                all[name] = made;
            }
        }

        return new HostNetwork(all.ToImmutable());
    }
}
