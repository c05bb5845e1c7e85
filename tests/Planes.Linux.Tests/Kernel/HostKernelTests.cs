using System.Diagnostics;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>What is written is what is read back; and nothing is written twice.</summary>
public sealed class HostKernelTests(ITestOutputHelper output)
{
    [InsideFact]
    public void What_is_applied_is_observed_and_not_written_again()
    {
        using HostKernel kernel = Sample.NewKernel();
        HostNetwork wanted = Sample.Network(3, Sample.Table(3));
        Sample.Become(kernel, wanted);
        HostNetwork found = kernel.Observe();
        Assert.Equal(wanted.Count, found.Count);
        long writes = kernel.Writes;
        Assert.Empty(kernel.Apply(HostDelta.Between(found, wanted)));
        Assert.Equal(writes, kernel.Writes);
        Sample.Become(kernel, HostNetwork.Empty);
        Assert.Empty(kernel.Namespaces.List());
    }

    [InsideFact]
    public void A_restart_finds_all_and_writes_switches_alone()
    {
        string directory = Sample.NewDirectory();
        HostNetwork wanted = Sample.Network(3, Sample.Table(3));
        using (HostKernel first = new(directory))
        {
            Sample.Become(first, wanted);
        }

        using HostKernel second = new(directory);
        HostDelta delta = HostDelta.Between(second.Observe(), wanted);
        Assert.All(delta.Steps, s => Assert.IsType<SetSysctl>(s));
        Assert.Empty(second.Apply(delta));
        Assert.Equal(0, second.Writes);
        Sample.IsAsWanted(second, wanted);

        // A change on a table that is only known by its hash.
        HostNetwork next = Sample.Network(3, Sample.Table(4));
        Sample.Apply(second, HostDelta.Between(wanted, next));
        Sample.IsAsWanted(second, next);
        Sample.Become(second, HostNetwork.Empty);
    }

    [InsideFact]
    public void A_thousand_machines()
    {
        using HostKernel kernel = Sample.NewKernel();
        HostNetwork wanted = Sample.Network(1000, Sample.Table(1000));
        Stopwatch clock = Stopwatch.StartNew();
        HostDelta delta = HostDelta.Between(kernel.Observe(), wanted);
        output.WriteLine($"delta of {delta.Steps.Length} steps: {clock.ElapsedMilliseconds} ms");
        clock.Restart();
        Sample.Apply(kernel, delta);
        output.WriteLine($"apply: {clock.ElapsedMilliseconds} ms");
        clock.Restart();
        HostNetwork found = kernel.Observe();
        output.WriteLine($"observe: {clock.ElapsedMilliseconds} ms");
        Assert.True(HostDelta.Between(found, wanted).IsEmpty);
        clock.Restart();
        Sample.Apply(kernel, HostDelta.Between(wanted, HostNetwork.Empty));
        output.WriteLine($"removal: {clock.ElapsedMilliseconds} ms");
    }
}
