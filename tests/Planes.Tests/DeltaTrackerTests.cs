using System.Collections.Immutable;
using CsCheck;
using Trunkline.Planes;

namespace Trunkline.Tests.Planes;

/// <summary>The generic differ: what it says, done to the first, gives the second; and it says nothing more.</summary>
public sealed class DeltaTrackerTests
{
    private static readonly Gen<ImmutableSortedDictionary<int, int>> s_map =
        Gen.Dictionary(Gen.Int[0, 20], Gen.Int[0, 2])[0, 20].Select(d => d.ToImmutableSortedDictionary());

    [Fact]
    public void A_map_becomes_another_by_its_difference() => Gen.Select(s_map, s_map).Sample((from, to) =>
    {
        MapDelta<int, int> delta = DeltaTracker.Between(from, to);
        Assert.Equal(to, from.RemoveRange(delta.Removed.Select(r => r.Key)).SetItems(delta.Changed.Select(c => KeyValuePair.Create(c.Key, c.New)))
            .AddRange(delta.Added));
        Assert.All(delta.Changed, c => Assert.True(c.Old != c.New && from[c.Key] == c.Old));
        Assert.Equal(from.SequenceEqual(to), delta.IsEmpty);
    });

    [Fact]
    public void A_set_becomes_another_by_its_difference() => Gen.Select(Gen.Int[0, 20].Array[0, 15], Gen.Int[0, 20].Array[0, 15]).Sample((one, other) =>
    {
        ImmutableHashSet<int> from = [.. one];
        ImmutableHashSet<int> to = [.. other];
        SetDelta<int> delta = DeltaTracker.Between(from, to);
        Assert.True(from.Except(delta.Removed).Union(delta.Added).SetEquals(to));
        Assert.Equal(from.SymmetricExcept(to).Count, delta.Added.Count + delta.Removed.Count);
        Assert.Equal(from.SetEquals(to), delta.IsEmpty);
    });

    [Fact]
    public void The_same_value_is_not_looked_into()
    {
        object key = new();
        ImmutableSortedDictionary<int, Loud> one = ImmutableSortedDictionary<int, Loud>.Empty.Add(1, new Loud(key));
        Assert.True(DeltaTracker.Between(one, one.Add(2, new Loud(key)).Remove(2)).IsEmpty);
        Assert.Throws<InvalidOperationException>(() => DeltaTracker.Between(one, one.SetItem(1, new Loud(key))));
    }

    private sealed record Loud(object Key)
    {
        public bool Equals(Loud? other) => throw new InvalidOperationException("looked into");

        public override int GetHashCode() => 0;
    }
}
