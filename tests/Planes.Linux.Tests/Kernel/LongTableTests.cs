using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>A table that is too long for one message of an unprivileged socket.</summary>
public sealed class LongTableTests
{
    [InsideFact]
    public void It_is_built_beside_and_takes_the_others_place()
    {
        const int shortest = 4608;
        string directory = Sample.NewDirectory();
        HostNetwork wanted = Sample.Network(1, Sample.Table(1000));
        using (HostKernel kernel = new(directory, shortest))
        {
            Sample.Become(kernel, wanted);
            Sees(kernel, "10.0.3.241", "sg99");

            // A whole load over a table that works: the two names take turns, and one table is left.
            foreach (int interfaces in (int[])[900, 950, 800])
            {
                Hands.Run(kernel, Sample.Router, "nft", "flush chain inet trunkline pre ; flush chain inet trunkline2 pre".Split(" ; ")[Second(kernel)]);
                wanted = Sample.Network(1, Sample.Table(interfaces));
                Sample.Become(kernel, wanted);

                // Root's messages may be as long as they like.
                if (!File.ReadAllText("/proc/self/uid_map").Contains("4294967295", StringComparison.Ordinal))
                {
                    Assert.Equal(interfaces == 950 ? NftTable.Name : NftState.SecondName, kernel.TableName(Sample.Router));
                }

                Sees(kernel, "10.0.3.41", $"sg{799 % (interfaces / 10)}");
            }

            // A change goes to the table that works.
            wanted = Sample.Network(1, Sample.Table(801));
            Sample.Apply(kernel, HostDelta.Between(Sample.Network(1, Sample.Table(800)), wanted));
            Sample.IsAsWanted(kernel, wanted);
        }

        using HostKernel second = new(directory, shortest);
        Assert.All(HostDelta.Between(second.Observe(), wanted).Steps, s => Assert.IsType<SetSysctl>(s));
        Sample.Become(second, HostNetwork.Empty);
    }

    private static int Second(HostKernel kernel) => kernel.TableName(Sample.Router) == NftTable.Name ? 0 : 1;

    private static void Sees(HostKernel kernel, string address, string chain)
    {
        string ruleset = Hands.Run(kernel, Sample.Router, "nft", "list ruleset");
        Assert.Single(ruleset.Split('\n'), l => l.StartsWith("table ", StringComparison.Ordinal));
        Assert.Contains($"{address} : jump {chain}", ruleset, StringComparison.Ordinal);
        Assert.Contains("hook prerouting", ruleset, StringComparison.Ordinal);
    }
}
