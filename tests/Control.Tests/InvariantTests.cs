using CsCheck;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control;

/// <summary>No sequence of commands, taken or refused, breaks what always holds of the cloud.</summary>
public sealed class InvariantTests
{
    private const int Sequences = 500;

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
