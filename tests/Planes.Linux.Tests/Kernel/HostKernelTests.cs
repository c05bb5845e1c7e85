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

    [InsideFact]
    public void A_change_of_a_large_table_costs_its_own_size()
    {
        foreach (int interfaces in (int[])[1000, 10_000])
        {
            using HostKernel kernel = Sample.NewKernel();
            HostNetwork wanted = Sample.Network(1, Sample.Table(interfaces));
            Stopwatch clock = Stopwatch.StartNew();
            Sample.Become(kernel, wanted);
            output.WriteLine($"{interfaces}: first load and two looks {clock.ElapsedMilliseconds} ms");
            wanted = Repeat(kernel, wanted, $"{interfaces}: rules of one chain", (table, i) => table with
            {
                Chains = table.Chains.SetItem("sg1", table.Chains["sg1"] with
                {
                    Rules = table.Chains["sg1"].Rules.Insert(0, $"ip saddr 192.168.{i}.0/24 tcp dport 22 accept"),
                }),
            });
            wanted = Repeat(kernel, wanted, $"{interfaces}: element of a small set", (table, i) => table with
            {
                Sets = table.Sets.SetItem("group", table.Sets["group"] with { Elements = table.Sets["group"].Elements.Add($"192.168.0.{i}", "") }),
            });
            wanted = Repeat(kernel, wanted, $"{interfaces}: element of a large set", (table, i) => table with
            {
                Sets = table.Sets.SetItem("own4", table.Sets["own4"] with { Elements = table.Sets["own4"].Elements.Add($"\"x{i}\" . 192.168.0.{i}", "") }),
            });
            wanted = Repeat(kernel, wanted, $"{interfaces}: verdict of a large map", (table, i) => table with
            {
                Sets = table.Sets.SetItem("sgin4", table.Sets["sgin4"] with
                {
                    Elements = table.Sets["sgin4"].Elements.SetItem($"10.0.0.{10 + i}",
                    $"jump sg{i + 50}")
                }),
            });
            wanted = Repeat(kernel, wanted, $"{interfaces}: block of a small interval set", (table, i) => table with
            {
                Sets = table.Sets.SetItem("blocks", table.Sets["blocks"] with { Elements = table.Sets["blocks"].Elements.Add($"172.16.{i}.0/24", "") }),
            });
            Sample.IsAsWanted(kernel, wanted);
        }
    }

    private HostNetwork Repeat(HostKernel kernel, HostNetwork wanted, string what, Func<NftTable, int, NftTable> change)
    {
        const int times = 21;
        List<double> delta = [];
        List<double> apply = [];
        for (int i = 1; i <= times; i++)
        {
            NamespaceNetwork router = wanted.Namespaces[Sample.Router];
            HostNetwork next = new(wanted.Namespaces.SetItem(Sample.Router, router with { Nft = change(router.Nft!, i) }));
            long start = Stopwatch.GetTimestamp();
            HostDelta difference = HostDelta.Between(wanted, next);
            delta.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Assert.IsType<ChangeFilter>(Assert.Single(difference.Steps));
            start = Stopwatch.GetTimestamp();
            Sample.Apply(kernel, difference);
            apply.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            wanted = next;
        }

        delta.Sort();
        apply.Sort();
        output.WriteLine($"{what}: delta p50 {delta[times / 2]:0.00} ms, apply p50 {apply[times / 2]:0.00} ms, most {apply[^1]:0.00} ms");
        return wanted;
    }
}
