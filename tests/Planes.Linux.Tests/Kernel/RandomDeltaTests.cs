using CsCheck;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>From any network to any other, through the kernel: what is read back is what was wanted, and nothing is left.</summary>
public sealed class RandomDeltaTests
{
    [InsideFact]
    public void Any_network_becomes_any_other() => RandomNetworks.Any.Array[1, 4].Sample(
        networks =>
        {
            using HostKernel kernel = Sample.NewKernel();
            HostNetwork before = HostNetwork.Empty;
            foreach (HostNetwork wanted in networks)
            {
                Sample.Apply(kernel, HostDelta.Between(before, wanted));
                HostNetwork found = kernel.Observe();
                Same(found, wanted);
                long writes = kernel.Writes;
                Assert.Empty(kernel.Apply(HostDelta.Between(found, wanted)));
                Assert.Equal(writes, kernel.Writes);
                before = wanted;
            }

            Sample.Apply(kernel, HostDelta.Between(kernel.Observe(), HostNetwork.Empty));
            Assert.Empty(kernel.Namespaces.List());
        },
        iter: 60,
        threads: 1);

    [InsideFact]
    public void A_helper_that_dies_at_any_step_is_mended_by_the_next() =>
        Gen.Select(RandomNetworks.Any, RandomNetworks.Any, Gen.Double[0, 1]).Sample(
            (before, wanted, part) =>
            {
                string directory = Sample.NewDirectory();
                using (HostKernel first = new(directory))
                {
                    Sample.Apply(first, HostDelta.Between(HostNetwork.Empty, before));
                    HostDelta delta = HostDelta.Between(before, wanted);
                    Sample.Apply(first, new HostDelta(delta.Steps[..(int)(delta.Steps.Length * part)]));
                }

                using HostKernel second = new(directory);
                Sample.Apply(second, HostDelta.Between(second.Observe(), wanted));
                Same(second.Observe(), wanted);
                Sample.Apply(second, HostDelta.Between(second.Observe(), HostNetwork.Empty));
                Assert.Empty(second.Namespaces.List());
            },
            iter: 60,
            threads: 1);

    /// <summary>Each part by its value; switches that are no longer wanted stay, as nobody knows what they were before.</summary>
    private static void Same(HostNetwork found, HostNetwork wanted)
    {
        Assert.Equal(wanted.Namespaces.Keys, found.Namespaces.Keys);
        foreach (NamespaceNetwork space in wanted.Namespaces.Values)
        {
            NamespaceNetwork there = found.Namespaces[space.Name];
            Assert.Equal(space.Role, there.Role);
            Assert.Equal(space.HostName, there.HostName);
            Assert.Equal(space.Links, there.Links);
            Assert.Equal(space.Addresses.Select(a => a.ToString()).Order(), there.Addresses.Select(a => a.ToString()).Order());
            Assert.Equal(space.Routes.Select(r => r.ToString()).Order(), there.Routes.Select(r => r.ToString()).Order());
            Assert.Equal(space.Rules.Select(r => r.ToString()).Order(), there.Rules.Select(r => r.ToString()).Order());
            Assert.Equal(space.Neighbours.Select(n => n.ToString()).Order(), there.Neighbours.Select(n => n.ToString()).Order());
            Assert.True(NftHash.Same(space.Nft, there.Nft));
            Assert.Subset(there.Sysctls.ToHashSet(), space.Sysctls.ToHashSet());
        }

        Assert.Empty(HostDelta.Between(found, wanted).Steps);
    }
}
