using System.Collections.Immutable;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>One namespace while facts are taken from it and added to it; what nothing touches stays the same object.</summary>
internal sealed class NamespaceDraft
{
    private readonly NamespaceNetwork start;
    private readonly Dictionary<string, ImmutableSortedDictionary<string, string>.Builder> elements = [];
    private readonly Dictionary<string, SetFact> declared = [];
    private ImmutableSortedDictionary<string, string>.Builder? sysctls;
    private ImmutableSortedDictionary<string, Link>.Builder? links;
    private ImmutableHashSet<LinkAddress>.Builder? addresses;
    private ImmutableHashSet<KernelRoute>.Builder? routes;
    private ImmutableHashSet<KernelRule>.Builder? rules;
    private ImmutableHashSet<Neighbour>.Builder? neighbours;
    private ImmutableSortedDictionary<string, NftSet>.Builder? sets;
    private ImmutableSortedDictionary<string, NftChain>.Builder? chains;

    public NamespaceDraft(NamespaceNetwork start) => this.start = start;

    public static NamespaceNetwork Empty(string name, NamespaceRole role, string? hostName = null) => new(
        name, role, hostName, ByName<string>(), ByName<Link>(), [], [], [], [], new NftTable(ByName<NftSet>(), ByName<NftChain>()));

    public static ImmutableSortedDictionary<string, T> ByName<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private NftTable Table => start.Nft!;

    public void Remove(Fact fact)
    {
        switch (fact)
        {
            case SysctlFact f:
                (sysctls ??= start.Sysctls.ToBuilder()).Remove(f.Path);
                break;
            case LinkFact f:
                (links ??= start.Links.ToBuilder()).Remove(f.Link.Name);
                break;
            case AddressFact f:
                (addresses ??= start.Addresses.ToBuilder()).Remove(f.Address);
                break;
            case RouteFact f:
                (routes ??= start.Routes.ToBuilder()).Remove(f.Route);
                break;
            case RuleFact f:
                (rules ??= start.Rules.ToBuilder()).Remove(f.Rule);
                break;
            case NeighbourFact f:
                (neighbours ??= start.Neighbours.ToBuilder()).Remove(f.Neighbour);
                break;
            case ElementFact f:
                ElementsOf(f.Set).Remove(f.Key);
                break;
            case ChainFact f:
                (chains ??= Table.Chains.ToBuilder()).Remove(f.Chain.Name);
                break;
        }
    }

    public void Add(Fact fact)
    {
        switch (fact)
        {
            case SysctlFact f:
                (sysctls ??= start.Sysctls.ToBuilder())[f.Path] = f.Value;
                break;
            case LinkFact f:
                (links ??= start.Links.ToBuilder())[f.Link.Name] = f.Link;
                break;
            case AddressFact f:
                (addresses ??= start.Addresses.ToBuilder()).Add(f.Address);
                break;
            case RouteFact f:
                (routes ??= start.Routes.ToBuilder()).Add(f.Route);
                break;
            case RuleFact f:
                (rules ??= start.Rules.ToBuilder()).Add(f.Rule);
                break;
            case NeighbourFact f:
                (neighbours ??= start.Neighbours.ToBuilder()).Add(f.Neighbour);
                break;
            case ElementFact f:
                ElementsOf(f.Set)[f.Key] = f.Value;
                break;
            case ChainFact f:
                (chains ??= Table.Chains.ToBuilder())[f.Chain.Name] = f.Chain;
                break;
        }
    }

    /// <summary>The set is there from now on.</summary>
    public void Declare(SetFact fact) => declared[fact.Set] = fact;

    /// <summary>Nobody needs the set any more.</summary>
    public void Forget(string set)
    {
        declared.Remove(set);
        elements.Remove(set);
        (sets ??= Table.Sets.ToBuilder()).Remove(set);
    }

    public NamespaceNetwork Done()
    {
        FinishSets();
        NftTable table = sets is null && chains is null
            ? Table
            : new NftTable(sets?.ToImmutable() ?? Table.Sets, chains?.ToImmutable() ?? Table.Chains);
        return start with
        {
            Sysctls = sysctls?.ToImmutable() ?? start.Sysctls,
            Links = links?.ToImmutable() ?? start.Links,
            Addresses = addresses?.ToImmutable() ?? start.Addresses,
            Routes = routes?.ToImmutable() ?? start.Routes,
            Rules = rules?.ToImmutable() ?? start.Rules,
            Neighbours = neighbours?.ToImmutable() ?? start.Neighbours,
            Nft = table,
        };
    }

    private void FinishSets()
    {
        foreach ((string name, SetFact fact) in declared)
        {
            NftSet? old = Table.Sets.GetValueOrDefault(name);
            if (old is null || old.Declaration != fact.Declaration || old.IsMap != fact.IsMap)
            {
                (sets ??= Table.Sets.ToBuilder())[name] = new NftSet(name, fact.IsMap, fact.Declaration, old?.Elements ?? ByName<string>());
            }
        }

        foreach ((string name, ImmutableSortedDictionary<string, string>.Builder builder) in elements)
        {
            sets ??= Table.Sets.ToBuilder();
            if (sets.TryGetValue(name, out NftSet? set))
            {
                sets[name] = set with { Elements = builder.ToImmutable() };
            }
            else if (builder.Count > 0)
            {
                throw new InvalidOperationException($"{start.Name}: the set {name} has elements and is not declared");
            }
        }
    }

    private ImmutableSortedDictionary<string, string>.Builder ElementsOf(string set)
    {
        if (!elements.TryGetValue(set, out ImmutableSortedDictionary<string, string>.Builder? found))
        {
            found = (Table.Sets.TryGetValue(set, out NftSet? old) ? old.Elements : ByName<string>()).ToBuilder();
            elements.Add(set, found);
        }

        return found;
    }
}
