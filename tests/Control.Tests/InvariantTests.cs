using CsCheck;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Forwarding;
using Trunkline.Tests.Forwarding;

namespace Trunkline.Tests.Control;

/// <summary>No sequence of commands, taken or refused, breaks what always holds of the cloud.</summary>
public sealed class InvariantTests
{
    private const int Sequences = 200;
    private const int JoiningSequences = 60;
    private const int FollowedSequences = 60;

    [Fact]
    public void No_sequence_of_commands_breaks_an_invariant()
    {
        int taken = 0;
        int refused = 0;
        Gen.Int[0, int.MaxValue - 1].Array[20, 120].Sample(
            seeds =>
            {
                Lab lab = new();
                foreach (int seed in seeds)
                {
                    CloudSnapshot before = lab.Cloud;
                    if (RandomCommand.Run(lab, new Random(seed)))
                    {
                        Interlocked.Increment(ref taken);
                    }
                    else
                    {
                        Interlocked.Increment(ref refused);
                        Assert.Same(before, lab.Cloud);
                    }
                }

                Invariants.MustHold(lab.Cloud);
            },
            iter: Sequences);
        Assert.True(taken > refused / 10 && refused > 0, $"{taken} taken, {refused} refused");
    }

    [Fact]
    public void No_sequence_of_commands_between_networks_breaks_an_invariant()
    {
        int taken = 0;
        int refused = 0;
        Gen.Int[0, int.MaxValue - 1].Array[100, 400].Sample(
            seeds =>
            {
                Lab lab = new();
                foreach (int seed in seeds)
                {
                    // Requests expire, and what was deleted is forgotten.
                    lab.Now += TimeSpan.FromMinutes(seed % 10 == 0 ? seed % 97 : seed % 301 == 0 ? 12_000 : 0);
                    CloudSnapshot before = lab.Cloud;
                    if (RandomCommand.Run(lab, new Random(seed), joining: true))
                    {
                        Interlocked.Increment(ref taken);
                        Invariants.MustHold(lab.Cloud);
                    }
                    else
                    {
                        Interlocked.Increment(ref refused);
                        Assert.Same(before, lab.Cloud);
                    }
                }
            },
            iter: JoiningSequences);
        Assert.True(taken > refused / 10 && refused > 0, $"{taken} taken, {refused} refused");
    }

    [Fact]
    public void The_model_that_follows_the_commands_is_that_of_the_cloud_they_made()
    {
        Gen.Int[0, int.MaxValue - 1].Array[20, 80].Sample(
            seeds =>
            {
                Lab lab = new();
                ForwardingState state = Compiler.Compile(CloudSnapshot.Empty);
                foreach (int seed in seeds)
                {
                    int before = lab.Changes.Count;
                    if (RandomCommand.Run(lab, new Random(seed), joining: seed % 2 == 0))
                    {
                        state = Compiler.Apply(state, lab.Cloud, lab.Changes[before..]);
                    }
                }

                string full = StateText.Of(Compiler.Compile(lab.Cloud));
                string followed = StateText.Of(state);
                Assert.True(full == followed, Difference(full, followed));
            },
            iter: FollowedSequences);

        static string Difference(string full, string followed)
        {
            HashSet<string> left = [.. full.Split('\n')];
            HashSet<string> right = [.. followed.Split('\n')];
            return $"full: {string.Join('\n', left.Except(right))}\nfollowed: {string.Join('\n', right.Except(left))}";
        }
    }

    [Fact]
    public void Every_kind_that_has_commands_comes_of_them()
    {
        HashSet<string> made = new(StringComparer.Ordinal);
        Random random = new(7);
        Kind[] kinds = [.. RandomServices.Kinds, .. RandomSharing.Kinds, .. RandomBetween.Kinds, .. RandomDirectConnect.Kinds];
        for (int sequence = 0; sequence < 400 && kinds.Any(k => !made.Contains(k.Name)); sequence++)
        {
            Lab lab = new();
            for (int i = 0; i < 800; i++)
            {
                RandomCommand.Run(lab, random, joining: sequence % 2 == 0);
            }

            made.UnionWith(lab.Changes.Where(c => c.After is not null).Select(c => c.Kind.Name));
        }

        Assert.Empty(kinds.Select(k => k.Name).Except(made));
    }

    [Fact]
    public void A_broken_invariant_is_seen()
    {
        Lab lab = new();
        Aws.Vpc vpc = lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })).Vpc!;
        Invariants.MustHold(lab.Cloud);
        CommandContext context = lab.Context();
        context.Remove(lab.Here.By<RouteTable>(vpc.VpcId!).Single().Id);
        lab.Commit(context);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Invariants.MustHold(lab.Cloud));
    }
}
