using CsCheck;
using Trunkline.Cloud;
using Trunkline.Store;

namespace Trunkline.Tests.Store;

/// <summary>Order, one version of a row, groups, the audit log, and what a failed commit does.</summary>
public sealed class AppendTests
{
    [Fact]
    public async Task BatchesTakeEffectInTheOrderTheyWereGiven()
    {
        using DataDirectory data = new();
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            store.Load();
            List<Task> waiting = [];
            for (int i = 0; i < 2_000; i++)
            {
                Vpc vpc = DataDirectory.Vpc($"vpc-{i % 7}", $"{i}");
                Change change = i % 5 == 4 ? DataDirectory.Remove(vpc) : DataDirectory.Put(vpc);
                waiting.Add(store.Append(DataDirectory.Batch($"r-{i}", change)).AsTask());
            }

            await Task.WhenAll(waiting);
            Assert.Equal(Enumerable.Range(0, 2_000).Reverse().Select(i => $"r-{i}"), (await store.Audit(5_000)).Select(l => l.RequestId));
        }

        Dictionary<string, string> wanted = [];
        for (int i = 0; i < 2_000; i++)
        {
            wanted[$"vpc-{i % 7}"] = $"{i}";
            if (i % 5 == 4)
            {
                wanted.Remove($"vpc-{i % 7}");
            }
        }

        IEnumerable<Vpc> found = (await data.Reopen()).Partition(DataDirectory.Home).All<Vpc>();
        Assert.Equal(wanted.OrderBy(p => p.Key, StringComparer.Ordinal), found.Select(v => KeyValuePair.Create(v.Key, v.Tags["n"])));
    }

    /// <summary>What an earlier run has written is changed and removed where it lies, in a file of either schema.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RowsOfAnEarlierRunAreChangedInTheirPlaces(int schema)
    {
        using DataDirectory data = new();
        if (schema == 1)
        {
            data.MakeVersion1();
        }

        await Run(
            DataDirectory.Put(DataDirectory.Vpc("vpc-1", "a")), DataDirectory.Put(DataDirectory.Vpc("vpc-2", "a")),
            DataDirectory.Put(DataDirectory.Vpc("vpc-3", "a")));
        await Run(DataDirectory.Put(DataDirectory.Vpc("vpc-3", "b")), DataDirectory.Remove(DataDirectory.Vpc("vpc-2")));
        await Run(DataDirectory.Put(DataDirectory.Vpc("vpc-0", "c")), DataDirectory.Put(DataDirectory.Vpc("vpc-2", "c")));
        CloudSnapshot cloud = await data.Reopen();
        Assert.Equal(
            ["vpc-0 c", "vpc-1 a", "vpc-2 c", "vpc-3 b"], cloud.Partition(DataDirectory.Home).All<Vpc>().Select(v => $"{v.Key} {v.Tags["n"]}"));
        Assert.Equal(schema, File.ReadAllBytes(data.File)[63]);

        async Task Run(params Change[] changes)
        {
            await using SqliteStore store = SqliteStore.Open(data.Path);
            store.Load();
            foreach (Change change in changes)
            {
                await store.Append(DataDirectory.Batch("r", change));
            }
        }
    }

    /// <summary>Random drafts, applied in memory and stored, give the same cloud after a restart.</summary>
    [Fact]
    public void RandomSequencesComeBackAsTheyAreInMemory() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Bool).List[1, 12].List[1, 8].Sample(
            requests =>
            {
                using DataDirectory data = new();
                CloudSnapshot cloud = CloudSnapshot.Empty;
                SqliteStore store = SqliteStore.Open(data.Path);
                store.Load();
                List<Task> waiting = [];
                foreach (List<(int Id, int Tag, bool Removes)> request in requests)
                {
                    Draft draft = new(cloud);
                    foreach ((int id, int tag, bool removes) in request)
                    {
                        PartitionKey key = new("000000000000", id % 2 == 0 ? "us-east-1" : "eu-west-1");
                        if (removes)
                        {
                            draft.Remove(key, new Id<Vpc>($"vpc-{id}"));
                        }
                        else
                        {
                            draft.Put(key, DataDirectory.Vpc($"vpc-{id}", $"{tag}"));
                        }
                    }

                    cloud = draft.Next;
                    waiting.Add(store.Append(new Batch(draft.Changes, null, DataDirectory.Line("r"))).AsTask());
                }

                Task.WhenAll(waiting).GetAwaiter().GetResult();
                store.DisposeAsync().AsTask().GetAwaiter().GetResult();
                CloudSnapshot again = data.Reopen().GetAwaiter().GetResult();
                return Everything(cloud) == Everything(again);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public async Task OfARowWrittenTwiceTheLastVersionIsKept()
    {
        using DataDirectory data = new();
        Vpc kept = DataDirectory.Vpc("vpc-1", "last");
        Vpc gone = DataDirectory.Vpc("vpc-2");
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            store.Load();
            await store.Append(DataDirectory.Batch(
                "r-1",
                DataDirectory.Put(DataDirectory.Vpc("vpc-1", "first")),
                DataDirectory.Put(gone),
                DataDirectory.Put(kept),
                DataDirectory.Remove(gone)));
        }

        Vpc found = Assert.Single((await data.Reopen()).Partition(DataDirectory.Home).All<Vpc>());
        Assert.Equal("last", found.Tags["n"]);
    }

    [Fact]
    public async Task ManyThatWaitShareATransaction()
    {
        using DataDirectory data = new();
        await using SqliteStore store = SqliteStore.Open(data.Path);
        store.Load();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(s => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await store.Append(DataDirectory.Batch($"r-{s}-{i}", DataDirectory.Put(DataDirectory.Vpc($"vpc-{s}", $"{i}"))));
            }
        })));
        Assert.Equal(3_200, (await store.Audit(10_000)).Count);
        Assert.InRange(store.Commits, 50, 1_600);
    }

    [Fact]
    public async Task OneAloneIsOneTransaction()
    {
        using DataDirectory data = new();
        await using SqliteStore store = SqliteStore.Open(data.Path);
        store.Load();
        for (int i = 1; i <= 5; i++)
        {
            await store.Append(DataDirectory.Batch($"r-{i}"));
            Assert.Equal(i, store.Commits);
        }
    }

    [Fact]
    public async Task AuditLinesComeBackWholeAndNewestFirst()
    {
        using DataDirectory data = new();
        AuditLine line = new(
            new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)).AddTicks(1234567),
            "123456789012", "eu-west-1", "r-2", "ec2:DeleteVpc", "", "VpcId=vpc-é\"'\n", "DependencyViolation");
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            store.Load();
            await store.Append(DataDirectory.Batch("r-1"));
            await store.Append(new Batch([], null, line));
        }

        await using SqliteStore again = SqliteStore.Open(data.Path);
        Assert.Equal([line, DataDirectory.Line("r-1")], await again.Audit(2));
        Assert.Equal([line], await again.Audit(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await again.Audit(0));
    }

    [Fact]
    public async Task AFullDiskFailsEveryBatchFromThereOnAndNoneBefore()
    {
        using DataDirectory data = new();
        List<Task> waiting = [];
        await using (SqliteStore store = SqliteStore.Open(data.Path, maxBytes: 400_000))
        {
            store.Load();
            for (int i = 0; i < 400; i++)
            {
                Vpc vpc = DataDirectory.Vpc($"vpc-{i:d4}", new string('x', 2_000));
                waiting.Add(store.Append(DataDirectory.Batch($"r-{i}", DataDirectory.Put(vpc))).AsTask());
                if (i % 10 == 9)
                {
                    await Task.WhenAny(Task.WhenAll(waiting));
                }
            }

            StoreException error = await Assert.ThrowsAsync<StoreException>(
                async () => await store.Append(DataDirectory.Batch("r-later")));
            Assert.Equal(
                $"nothing more is kept: {data.File}: the disk is full; make room and start Trunkline again", error.Message);
            Assert.NotEmpty(await store.Audit(1));
        }

        int durable = waiting.TakeWhile(t => t.IsCompletedSuccessfully).Count();
        Assert.InRange(durable, 1, 399);
        Assert.All(waiting.Skip(durable), t => Assert.IsType<StoreException>(t.Exception?.InnerException));
        CloudSnapshot again = await data.Reopen();
        Assert.Equal(
            Enumerable.Range(0, durable).Select(i => $"vpc-{i:d4}"), again.Partition(DataDirectory.Home).All<Vpc>().Select(v => v.Key));
    }

    [Fact]
    public async Task ClosingFinishesWhatWaitsAndThenRefuses()
    {
        using DataDirectory data = new();
        SqliteStore store = SqliteStore.Open(data.Path);
        store.Load();
        List<Task> waiting = [.. Enumerable.Range(0, 500).Select(i => store.Append(DataDirectory.Batch($"r-{i}")).AsTask())];
        await store.DisposeAsync();
        await Task.WhenAll(waiting);
        Assert.Throws<ObjectDisposedException>(() => { _ = store.Append(DataDirectory.Batch("r")).AsTask(); });
        await store.DisposeAsync();
        Assert.False(File.Exists(data.Log));
    }

    [Fact]
    public async Task ItIsLoadedOnceAndFirst()
    {
        using DataDirectory data = new();
        await using SqliteStore store = SqliteStore.Open(data.Path);
        Assert.Throws<InvalidOperationException>(() => { _ = store.Append(DataDirectory.Batch("r")).AsTask(); });
        store.Load();
        Assert.Throws<InvalidOperationException>(store.Load);
    }

    [Fact]
    public async Task NoStoreKeepsNothing()
    {
        await using NoStore store = new();
        await store.Append(DataDirectory.Batch("r-1", DataDirectory.Put(DataDirectory.Vpc("vpc-1"))));
        Assert.Empty(store.Load().Partitions);
        Assert.Empty(await store.Audit(5));
    }

    private static string Everything(CloudSnapshot cloud) => string.Join(
        '\n',
        cloud.Partitions.Values.Select(p => $"{p.Key} {string.Join(' ', Kinds.All.Select(k => Filler.Describe(p.Table(k).Rows)))}"));
}
