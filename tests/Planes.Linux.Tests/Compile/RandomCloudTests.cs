using System.Collections.Immutable;
using CsCheck;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Planes.Linux.Compile;

/// <summary>Over random clouds: nft takes every table, a compile is the same each time, and a compile of changes equals one from nothing.</summary>
public sealed class RandomCloudTests
{
    private const int Clouds = 60;
    private const int SyntaxClouds = 25;
    private const int ChangesEach = 12;

    [Fact]
    public void Nft_takes_every_table()
    {
        Assert.SkipUnless(NftSyntax.IsThere, "no nft or no namespaces here");
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                CompiledNetwork made = LinuxCompiler.Compile(state, Some(state, seed));
                foreach (NamespaceNetwork place in made.Network.Namespaces.Values)
                {
                    string words = place.Nft is { Count: > 0 } nft ? NftSyntax.Ask(NftSyntax.Script(nft)) : "";
                    Assert.True(words == "", $"seed {seed}, {place.Name}: {words[..Math.Min(words.Length, 2000)]}");
                }
            },
            iter: SyntaxClouds, threads: 1);
    }

    [Fact]
    public void The_same_cloud_gives_the_same_words_whatever_the_handles()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed);
                ForwardingState full = Compiler.Compile(cloud.Net.Cloud);
                ForwardingState grown = Compiler.Apply(Compiler.Compile(CloudSnapshot.Empty), cloud.Net.Cloud, cloud.Net.Changes);
                IReadOnlySet<string> used = Some(full, seed);
                Assert.Equal(NetworkText.Of(LinuxCompiler.Compile(full, used).Network), NetworkText.Of(LinuxCompiler.Compile(grown, used).Network));
            },
            iter: Clouds, threads: 1);
    }

    [Fact]
    public void A_compile_of_changes_equals_one_from_nothing()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                RandomCloud cloud = new(seed);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                CompiledNetwork made = LinuxCompiler.Compile(state, Some(state, seed));
                for (int i = 0; i < ChangesEach; i++)
                {
                    int before = cloud.Net.Changes.Count;
                    string old = NetworkText.Of(made.Network);
                    cloud.Change();
                    state = Compiler.Apply(state, cloud.Net.Cloud, [.. cloud.Net.Changes.Skip(before)]);
                    IReadOnlySet<string> used = Some(state, seed + (i / 4));
                    CompiledNetwork next = LinuxCompiler.Compile(state, used, made);
                    string full = NetworkText.Of(LinuxCompiler.Compile(state, used).Network);
                    string[] changed = [.. cloud.Net.Changes.Skip(before).Select(c => c.Key)];
                    Assert.True(full == NetworkText.Of(next.Network),
                        $"seed {seed}, change {i}: {string.Join(' ', changed)}\n{NetworkText.Difference(full, NetworkText.Of(next.Network))}");
                    Assert.Equal(old, NetworkText.Of(made.Network));
                    made = next;
                }
            },
            iter: Clouds, threads: 1);
    }

    [Fact]
    public void An_unrelated_state_of_the_same_cloud_keeps_every_object()
    {
        RandomCloud cloud = new(7);
        ForwardingState one = Compiler.Compile(cloud.Net.Cloud);
        IReadOnlySet<string> used = Some(one, 7);
        CompiledNetwork made = LinuxCompiler.Compile(one, used);
        CompiledNetwork again = LinuxCompiler.Compile(Compiler.Compile(cloud.Net.Cloud), used, made);
        Assert.All(made.Network.Namespaces, n => Assert.Same(n.Value, again.Network.Namespaces[n.Key]));
    }

    /// <summary>About half of the machines, by seed.</summary>
    private static ImmutableHashSet<string> Some(ForwardingState state, int seed)
    {
        List<string> ids = [];
        for (int i = 0; i < state.Machines.Count; i++)
        {
            ids.Add(state.Machines[i].Row.Id);
        }

        ids.Sort(StringComparer.Ordinal);
        Random random = new(seed);
        return [.. ids.Where(_ => random.Next(2) == 0)];
    }
}
