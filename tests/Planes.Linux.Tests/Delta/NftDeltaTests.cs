using System.Collections.Immutable;
using CsCheck;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Delta;

/// <summary>The difference between two tables leads from one to the other, and their hashes follow.</summary>
public sealed class NftDeltaTests
{
    private static readonly Gen<NftTable> s_table =
        Gen.Select(Gen.Dictionary(Gen.Int[0, 4], Gen.Dictionary(Gen.Int[0, 9], Gen.Int[0, 2])[0, 8])[0, 4],
            Gen.Dictionary(Gen.Int[0, 5], Gen.Int[0, 9].Array[0, 4])[0, 5])
            .Select(t => Build(t.Item1, t.Item2));

    [Fact]
    public void A_difference_leads_from_one_table_to_the_other() => Gen.Select(s_table, s_table).Sample((from, to) =>
    {
        NftDelta? delta = NftDelta.Between(from, to);
        Assert.NotNull(delta);
        NftTable reached = delta.ApplyTo(from);
        Assert.True(Equal(to, reached));
        Assert.Equal(delta.NewHash, NftHash.Of(reached));

        // The hash that was derived is the hash of a table that nobody has seen.
        Assert.Equal(delta.NewHash, NftHash.Of(Copy(to)));
        Assert.Equal(Equal(from, to), delta.OldHash == delta.NewHash);
        Assert.Equal(Equal(from, to), delta.Count == 0);
    });

    [Fact]
    public void A_change_that_starts_from_another_table_is_refused()
    {
        NftDelta delta = NftDelta.Between(Sample.Table(2), Sample.Table(3))!;
        Assert.Throws<ArgumentException>(() => delta.ApplyTo(Sample.Table(4)));
    }

    [Fact]
    public void A_table_known_by_its_hash_is_the_same_or_is_loaded_whole()
    {
        NftTable table = Sample.Table(3);
        NftTable remembered = NftHash.Remembered(NftHash.Of(table));
        Assert.True(NftHash.Same(remembered, Copy(table)));
        Assert.False(NftHash.Same(remembered, Sample.Table(4)));
        Assert.False(NftHash.Same(NftHash.Remembered(""), table));
        Assert.Null(NftDelta.Between(remembered, Sample.Table(4)));
    }

    [Fact]
    public void A_declaration_or_a_hook_that_changes_needs_a_whole_load()
    {
        NftTable table = Sample.Table(3);
        NftSet own = table.Sets["own4"];
        NftChain forward = table.Chains["forward"];
        Assert.Null(NftDelta.Between(table, table with { Sets = table.Sets.SetItem("own4", own with { Declaration = "type ifname . ipv4_addr; size 70;" }) }));
        Assert.Null(NftDelta.Between(table, table with
        {
            Chains = table.Chains.SetItem("forward",
            forward with { Hook = "filter hook forward priority 5;" })
        }));
    }

    private static NftTable Build(IReadOnlyDictionary<int, Dictionary<int, int>> sets, IReadOnlyDictionary<int, int[]> chains) => new(
        ImmutableSortedDictionary.Create<string, NftSet>(StringComparer.Ordinal).AddRange(sets.Select(s => KeyValuePair.Create($"s{s.Key}", new NftSet(
            $"s{s.Key}", true, "type ipv4_addr : mark;",
            ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
                .AddRange(s.Value.Select(e => KeyValuePair.Create($"k{e.Key}", $"v{e.Value}"))))))),
        ImmutableSortedDictionary.Create<string, NftChain>(StringComparer.Ordinal).AddRange(chains.Select(c =>
            KeyValuePair.Create($"c{c.Key}", new NftChain($"c{c.Key}", null, [.. c.Value.Select(r => $"rule {r}")])))));

    private static NftTable Copy(NftTable table) => new(
        table.Sets.ToImmutableSortedDictionary(s => s.Key, s => s.Value with { Elements = s.Value.Elements.Clear().AddRange(s.Value.Elements) },
            StringComparer.Ordinal),
        table.Chains.ToImmutableSortedDictionary(c => c.Key, c => c.Value with { Rules = [.. c.Value.Rules] }, StringComparer.Ordinal));

    private static bool Equal(NftTable one, NftTable other) =>
        one.Chains.SequenceEqual(other.Chains)
        && one.Sets.Keys.SequenceEqual(other.Sets.Keys)
        && one.Sets.Values.Zip(other.Sets.Values).All(p => p.First.Elements.SequenceEqual(p.Second.Elements));
}
