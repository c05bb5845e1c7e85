using System.Collections.Immutable;
using CsCheck;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>What holds of settled routes, whatever the network is.</summary>
public sealed class SettlerTests
{
    private const int Networks = 60;
    private const int ChangesEach = 25;

    [Fact]
    public void Settled_step_by_step_equals_settled_at_once_after_every_change() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomRoutes network = new(seed, written: seed % 3 > 0);
            network.Build();
            for (int i = 0; i < ChangesEach; i++)
            {
                Same(Settler.Settle(network.Net.Cloud), network.Net.Routes, $"seed {seed}, change {i}: {network.Net.Changes[^1].Key}");
                network.Change();
            }
        },
        iter: Networks, threads: 1);

    [Fact]
    public void The_order_of_events_does_not_matter() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomRoutes network = new(seed, written: true);
            network.Build();
            CloudSnapshot end = network.Net.Cloud;
            (PartitionKey At, IResource Row)[] rows =
                [.. end.Partitions.SelectMany(p => p.Value.Tables.SelectMany(t => t.Rows).Select(r => (p.Key, r)))];
            new Random(seed).Shuffle(rows);
            CloudSnapshot cloud = CloudSnapshot.Empty.With(Partition.Empty(RoutingNet.Home)).With(Partition.Empty(RoutingNet.Far));
            SettledRoutes routes = Settler.Settle(cloud);
            int worldAt = seed % rows.Length;
            for (int i = 0; i < rows.Length; i++)
            {
                Draft draft = new(cloud);
                draft.PutRow(rows[i].At, Kinds.All.First(k => k.Type == rows[i].Row.GetType()), rows[i].Row);
                if (i == worldAt)
                {
                    draft.SetWorld(end.World);
                }

                routes = Settler.Settle(routes, cloud, draft.Next, draft.Changes);
                cloud = draft.Next;
            }

            Same(Settler.Settle(end), routes, $"seed {seed}");
        },
        iter: Networks, threads: 1);

    [Fact]
    public void What_failed_and_is_healed_leaves_no_trace() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomRoutes network = new(seed, written: true);
            network.Build();
            network.Net.Heal();
            string whole = RoutesText.Of(network.Net.Routes);
            foreach (Line line in network.Net.Routes.Lines.Values)
            {
                network.Net.Fail($"tunnel:{line.Id}", $"vif:{line.Row}");
            }

            network.Net.Heal();
            Assert.Equal(whole, RoutesText.Of(network.Net.Routes));
        },
        iter: Networks / 2, threads: 1);

    [Fact]
    public void What_is_said_to_be_touched_is_what_differs() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomRoutes network = new(seed, written: true);
            network.Build();
            network.Net.Settled = (before, after) => TouchedIsWhatDiffers(before, after, seed);
            for (int i = 0; i < ChangesEach; i++)
            {
                network.Change();
            }
        },
        iter: Networks / 2, threads: 1);

    private static void TouchedIsWhatDiffers(SettledRoutes before, SettledRoutes after, int seed)
    {
        if (after.Touched is not { } touched)
        {
            return;
        }

        Assert.Equal(touched.Count, touched.Distinct().Count());
        HashSet<(string, Prefix)> said = [.. touched];
        foreach (string id in before.Speakers.Keys.Union(after.Speakers.Keys))
        {
            if ((before.SpeakerOf(id) ?? after.SpeakerOf(id))!.Kind is SpeakerKind.Site or SpeakerKind.SiteRouter)
            {
                continue;
            }

            foreach (Prefix prefix in before.RibOf(id).Entries.Concat(after.RibOf(id).Entries).Select(e => e.Prefix).Distinct())
            {
                bool differs = !Equals(before.RibOf(id).Find(prefix), after.RibOf(id).Find(prefix));
                bool isNew = before.SpeakerOf(id) is null || after.SpeakerOf(id) is null;
                Assert.True(!differs || isNew || said.Contains((id, prefix)), $"seed {seed}: {id} {prefix}");
                Assert.True(differs || !said.Contains((id, prefix)), $"seed {seed}: {id} {prefix} was said to differ");
            }
        }
    }

    [Fact]
    public void Learned_routes_lead_nobody_in_a_circle() => Gen.Int[0, 1_000_000].Sample(
        seed =>
        {
            RandomRoutes network = new(seed, written: false);
            network.Build();
            for (int i = 0; i < ChangesEach; i++)
            {
                network.Change();
                SettledRoutes routes = network.Net.Routes;
                foreach (Speaker speaker in routes.Speakers.Values)
                {
                    foreach (RibEntry entry in routes.RibOf(speaker.Id).Entries.Where(e => !e.IsUnsettled && e.Winner?.Source != RouteSource.Own))
                    {
                        Ends(routes, speaker.Id, entry.Prefix, seed);
                    }
                }
            }
        },
        iter: Networks, threads: 1);

    [Fact]
    public void A_longest_match_is_the_longest_entry_in_use() => Gen.Select(Gen.UInt, Gen.Int[0, 32], Gen.Bool).Array[1, 40].Sample(rows =>
    {
        Rib rib = Rib.Of(rows.DistinctBy(r => new Prefix(IpAddress.FromV4(r.Item1), r.Item2)).Select(r => new RibEntry(
            new Prefix(IpAddress.FromV4(r.Item1), r.Item2), [new Candidate(RouteSource.Own, null, null)], r.Item3 ? 1 : 0)));
        foreach ((uint bits, int _, bool _) in rows)
        {
            IpAddress address = IpAddress.FromV4(bits ^ 5);
            RibEntry? wanted = rib.Entries.Where(e => e.Best > 0 && e.Prefix.Contains(address)).MaxBy(e => e.Prefix.Length);
            Assert.Equal(wanted?.Prefix, rib.Match(address)?.Prefix);
        }
    });

    [Fact]
    public void Sessions_that_would_never_agree_are_called_unsettled()
    {
        // Three routers in a circle of exits, each of which likes the way by the next better than its own (a dispute wheel of BGP).
        RoutingNet net = new();
        for (int i = 0; i < 3; i++)
        {
            net.Vpc($"vpc-{i}", $"10.{i}.0.0/16");
            net.Exit($"vgw-{i}", $"vpc-{i}", 64512 + i);
            net.Customer($"cgw-{i}", $"198.51.100.{i}", 65000 + i);
        }

        for (int i = 0; i < 3; i++)
        {
            net.Vpn($"vpn-{i}a", $"cgw-{i}", $"vgw-{i}");
            net.Vpn($"vpn-{i}b", $"cgw-{(i + 2) % 3}", $"vgw-{i}");
        }

        net.Vpc("vpc-x", "172.16.0.0/16");
        net.Exit("vgw-x", "vpc-x", 64599);
        for (int i = 0; i < 3; i++)
        {
            net.Vpn($"vpn-x{i}", $"cgw-{i}", "vgw-x");
            net.Site($"s{i}", [], RoutingNet.Router("r", $"198.51.100.{i}", 65000 + i) with
            {
                IsTransit = true,
                Preferences = [new LinePreference($"vpn-{(i + 1) % 3}b", 300), new LinePreference($"vpn-x{i}", 200)],
            });
        }

        Same(Settler.Settle(net.Cloud), net.Routes, "the wheel");
        Assert.Contains(net.Routes.Speakers.Keys, s => net.Routes.RibOf(s).Find(Prefix.Parse("172.16.0.0/16")) is { IsUnsettled: true });
    }

    /// <summary>Follows the best ways for a prefix's first address, speaker by speaker, until one has it itself.</summary>
    private static void Ends(SettledRoutes routes, string from, Prefix prefix, int seed)
    {
        List<string> way = [from];
        while (routes.RibOf(way[^1]).Match(prefix.First) is { Winner: { Line: { } id } } entry)
        {
            if (entry.IsUnsettled)
            {
                return;
            }

            Line line = routes.LineOf(id)!;
            bool outward = line.Far != way[^1] && !way[^1].StartsWith("site:", StringComparison.Ordinal);
            string next = outward ? line.Far
                : routes.SpeakerOf(line.Near)!.Kind == SpeakerKind.Hub ? routes.TableOf(line)
                : line.Near;
            if (next.Length == 0)
            {
                return;
            }

            // Away from a junction's line comes first what the junction itself knows.
            Assert.False(way.Contains(next), $"seed {seed}: {prefix} goes {string.Join(" > ", way)} > {next}");
            way.Add(next);
        }
    }

    private static void Same(SettledRoutes full, SettledRoutes stepped, string where)
    {
        string wanted = RoutesText.Of(full);
        string actual = RoutesText.Of(stepped);
        if (wanted != actual)
        {
            string[] a = wanted.Split('\n');
            string[] b = actual.Split('\n');
            int at = 0;
            while (at < a.Length && at < b.Length && a[at] == b[at])
            {
                at++;
            }

            string Around(string[] lines) => string.Join('\n', lines.Skip(Math.Max(0, at - 4)).Take(9));
            Assert.Fail($"{where}\nat once:\n{Around(a)}\nstep by step:\n{Around(b)}");
        }
    }
}
