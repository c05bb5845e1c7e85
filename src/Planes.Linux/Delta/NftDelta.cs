using System.Collections.Immutable;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Delta;

/// <summary>An element of a set, or of a map with its value's text ("" in a set).</summary>
public readonly record struct NftElement(string Key, string Value);

/// <summary>What changes among the elements of one set; a value that changes is removed and added.</summary>
public sealed record NftElements(string Set, ImmutableArray<NftElement> Added, ImmutableArray<NftElement> Removed);

/// <summary>What leads from one table to another in one transaction.</summary>
/// <param name="OldHash">Of the table it starts from: on another table it is refused.</param>
/// <param name="AddedSets">With all their elements.</param>
/// <param name="RefilledChains">Chains that are emptied and written anew.</param>
public sealed record NftDelta(
    string OldHash,
    string NewHash,
    ImmutableArray<NftSet> AddedSets,
    ImmutableArray<string> RemovedSets,
    ImmutableArray<NftElements> Elements,
    ImmutableArray<NftChain> AddedChains,
    ImmutableArray<NftChain> RefilledChains,
    ImmutableArray<string> RemovedChains)
{
    /// <summary>
    /// The difference; null where the table must be loaded whole: a declaration or a hook changed, or what is there is only known by its hash.
    /// </summary>
    public static NftDelta? Between(NftTable actual, NftTable desired)
    {
        if (NftHash.IsRemembered(actual) || NftHash.IsRemembered(desired))
        {
            return null;
        }

        MapDelta<string, NftSet> sets = SetsBetween(actual, desired);
        MapDelta<string, NftChain> chains = DeltaTracker.Between(actual.Chains, desired.Chains);
        if (chains.Changed.Any(c => c.Old.Hook != c.New.Hook)
            || sets.Changed.Any(c => c.Old.Declaration != c.New.Declaration || c.Old.IsMap != c.New.IsMap))
        {
            return null;
        }

        ImmutableArray<NftElements> elements = [.. sets.Changed.Select(c => ElementsBetween(c.Old, c.New)).Where(e => e.Added.Length + e.Removed.Length > 0)];
        return new NftDelta(
            NftHash.Of(actual),
            NftHash.Of(desired),
            [.. sets.Added.Select(s => s.Value)],
            [.. sets.Removed.Select(s => s.Key)],
            elements,
            [.. chains.Added.Select(c => c.Value)],
            [.. chains.Changed.Select(c => c.New)],
            [.. chains.Removed.Select(c => c.Key)]);
    }

    /// <summary>The table that the change leads to.</summary>
    /// <exception cref="ArgumentException">It starts from another table.</exception>
    public NftTable ApplyTo(NftTable table)
    {
        if (NftHash.Of(table) != OldHash)
        {
            throw new ArgumentException("The change starts from another table.");
        }

        ImmutableSortedDictionary<string, NftSet>.Builder sets = table.Sets.ToBuilder();
        sets.AddRange(AddedSets.Select(s => KeyValuePair.Create(s.Name, s)));
        sets.RemoveRange(RemovedSets);
        foreach (NftElements change in Elements)
        {
            NftSet old = sets[change.Set];
            ImmutableSortedDictionary<string, string> elements = old.Elements.RemoveRange(change.Removed.Select(e => e.Key))
                .AddRange(change.Added.Select(e => KeyValuePair.Create(e.Key, e.Value)));
            NftSet next = old with { Elements = elements };
            NftHash.Derive(old, next, change.Added, change.Removed);
            sets[change.Set] = next;
        }

        ImmutableSortedDictionary<string, NftChain> chains = table.Chains.RemoveRange(RemovedChains)
            .SetItems(AddedChains.Concat(RefilledChains).Select(c => KeyValuePair.Create(c.Name, c)));
        return new NftTable(sets.ToImmutable(), chains);
    }

    /// <summary>How many parts it writes: what a plan's line says.</summary>
    public int Count => AddedSets.Length + RemovedSets.Length + AddedChains.Length + RefilledChains.Length + RemovedChains.Length
        + Elements.Sum(e => e.Added.Length + e.Removed.Length);

    /// <summary>Records compare their elements by reference, which is what is wanted here: the walk over elements comes later, once.</summary>
    private static MapDelta<string, NftSet> SetsBetween(NftTable actual, NftTable desired) => DeltaTracker.Between(actual.Sets, desired.Sets);

    private static NftElements ElementsBetween(NftSet actual, NftSet desired)
    {
        MapDelta<string, string> delta = DeltaTracker.Between(actual.Elements, desired.Elements);
        ImmutableArray<NftElement> added =
            [.. delta.Changed.Select(c => new NftElement(c.Key, c.New)), .. delta.Added.Select(e => new NftElement(e.Key, e.Value))];
        ImmutableArray<NftElement> removed =
            [.. delta.Changed.Select(c => new NftElement(c.Key, c.Old)), .. delta.Removed.Select(e => new NftElement(e.Key, e.Value))];
        NftHash.Derive(actual, desired, added, removed);
        return new NftElements(desired.Name, added, removed);
    }
}
