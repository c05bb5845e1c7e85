using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Store;

namespace Trunkline.Tests.Store;

/// <summary>What goes in comes out: every kind, every member.</summary>
public sealed class RoundTripTests
{
    public static IEnumerable<TheoryDataRow<string>> EveryKind() => Kinds.All.Select(k => new TheoryDataRow<string>(k.Name));

    [Theory]
    [MemberData(nameof(EveryKind))]
    public async Task EveryMemberOfEveryKindComesBack(string name)
    {
        Kind kind = Kinds.Named(name)!;
        using DataDirectory data = new();
        List<IResource> rows = [.. Enumerable.Range(1, 3).Select(seed => new Filler(seed).Row(kind)).DistinctBy(r => r.Key)];
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            store.Load();
            await store.Append(DataDirectory.Batch(
                "r-1", [.. rows.Select(row => new Change(DataDirectory.Home, kind, row.Key, null, row))]));
        }

        ITable table = (await data.Reopen()).Partition(DataDirectory.Home).Table(kind);
        Assert.Equal(rows.Count, table.Count);
        foreach (IResource row in rows)
        {
            Assert.Equal(Filler.Describe(row), Filler.Describe(table.FindRow(row.Key)));
        }
    }

    /// <summary>Guards the test above: the filler leaves no member at its default.</summary>
    [Theory]
    [MemberData(nameof(EveryKind))]
    public void TheFillerSetsEveryMember(string name)
    {
        IResource row = new Filler(1).Row(Kinds.Named(name)!);
        foreach (PropertyInfo property in Filler.Settable(row.GetType()))
        {
            object? value = property.GetValue(row);
            Assert.NotNull(value);
            Assert.False(value is System.Collections.ICollection { Count: 0 }, property.Name);
            Assert.Contains(property.Name + " = ", Filler.Describe(row), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TheFreshPartitionAndTheWorldComeBack()
    {
        using DataDirectory data = new();
        Draft draft = new(CloudSnapshot.Empty);
        PartitionKey other = new("123456789012", "eu-west-1");
        draft.Put(DataDirectory.Home, DataDirectory.Vpc("vpc-1"));
        draft.Put(other, DataDirectory.Vpc("vpc-2"));
        World world = (World)new Filler(4).Value(typeof(World), null);
        draft.SetWorld(world);
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            Assert.Empty(store.Load().Partitions);
            await store.Append(new Batch(draft.Changes, draft.Next.World, DataDirectory.Line("r-1")));
        }

        CloudSnapshot again = await data.Reopen();
        Assert.Equal(Filler.Describe(world), Filler.Describe(again.World));
        Assert.Equal(draft.Next.Partitions.Keys, again.Partitions.Keys);
        foreach ((PartitionKey key, Partition partition) in draft.Next.Partitions)
        {
            foreach (Kind kind in Kinds.All)
            {
                Assert.Equal(
                    Filler.Describe(partition.Table(kind).Rows), Filler.Describe(again.Partitions[key].Table(kind).Rows));
            }
        }

        // The words of the tables too, not only their rows.
        Assert.Equal(3, again.Partitions[DataDirectory.Home].By<Subnet>(
            again.Partitions[DataDirectory.Home].All<Vpc>().Single(v => v.IsDefault).Id.Value).Count());
    }

    /// <summary>A world with a data centre, as it is kept in the file and read by the next program.</summary>
    [Fact]
    public async Task AWorldWithSitesAndRolesComesBackAndALaterOneReplacesIt()
    {
        using DataDirectory data = new();
        SiteRouter router = new()
        {
            Name = "edge",
            Asn = 4_200_000_001,
            Addresses = [IpAddress.Parse("198.51.100.1")],
            Announces = [new SiteAnnouncement(Prefix.Parse("10.9.0.0/16"), 2, 50, ["7224:7300"], null)],
            Accepts = [Prefix.Parse("2001:db8::/32")],
            Ports = [new SitePort("EqDC2", null)],
            Preferences = [new LinePreference("directconnect", 200)],
        };
        World first = World.Default with
        {
            Sites = [new Site("dc", [router], [new SiteNetwork(Prefix.Parse("192.168.0.0/16"), true, [new HostPort(6, 443, 443)])])],
            Roles = [new RoutingMachine("csr", 65099, []) { OverridesAsn = false }],
            Failures = [new WorldFailure(WorldFailure.Nowhere, "router:dc/edge")],
        };
        World second = first with { Sites = [first.Sites[0] with { Routers = [router with { Asn = 65000 }] }], Roles = [] };
        foreach (World world in (World[])[first, second])
        {
            await using (SqliteStore store = SqliteStore.Open(data.Path))
            {
                store.Load();
                await store.Append(new Batch([], world, DataDirectory.Line("r-1")));
            }

            CloudSnapshot again = await data.Reopen();
            Assert.Equal(Filler.Describe(world), Filler.Describe(again.World));
        }
    }

    /// <summary>More than one chunk of the reader, and partitions that alternate in the file.</summary>
    [Fact]
    public async Task ManyRowsOfManyPartitionsComeBack()
    {
        using DataDirectory data = new();
        PartitionKey[] keys = [new("000000000000", "us-east-1"), new("000000000000", "eu-west-1"), new("123456789012", "us-east-1")];
        string filling = new('x', 200);
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            store.Load();
            await store.Append(DataDirectory.Batch("r-1", [.. Enumerable.Range(0, 6_000).Select(i => new Change(
                keys[i % 3], Kind.Of<Vpc>(), $"vpc-{i}", null, DataDirectory.Vpc($"vpc-{i}", $"{i} {filling}")))]));
        }

        CloudSnapshot again = await data.Reopen();
        Assert.Equal(keys.Order(), again.Partitions.Keys);
        for (int i = 0; i < 6_000; i++)
        {
            Assert.Equal($"{i} {filling}", again.Partitions[keys[i % 3]].Get(new Id<Vpc>($"vpc-{i}")).Tags["n"]);
        }

        Assert.Equal(6_000, again.Partitions.Values.Sum(p => p.Table<Vpc>().Count));
    }

    [Fact]
    public void MapsKeepTheOrdinalOrder()
    {
        ImmutableSortedDictionary<string, string> tags = Tags.None.Add("b", "1").Add("A", "2").Add("é", "3").Add("a", "4");
        ImmutableSortedDictionary<string, string> again = JsonSerializer.Deserialize<ImmutableSortedDictionary<string, string>>(
            JsonSerializer.Serialize(tags, RowJson.Options), RowJson.Options)!;
        Assert.Equal(tags, again);
        Assert.Same(StringComparer.Ordinal, again.KeyComparer);
    }

    [Fact]
    public void WrittenIsWhatIsSetAndNothingDerived()
    {
        string json = JsonSerializer.Serialize(DataDirectory.Vpc("vpc-1", "x"), RowJson.Options);
        Assert.StartsWith("""{"id":"vpc-1","cidrs":[{"id":"vpc-cidr-assoc-1","cidr":"10.0.0.0/16"}]""", json, StringComparison.Ordinal);
        foreach (string derived in (string[])["key", "keys", "primaryCidr"])
        {
            Assert.DoesNotContain($"\"{derived}\":", json, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"id":"igw-1","vpcId":null,"tags":{},"colour":"red"}""")]
    [InlineData("""{"id":"igw-1","id":"igw-2","vpcId":null,"tags":{}}""")]
    [InlineData("""{"id":null,"vpcId":null,"tags":{}}""")]
    [InlineData("""{"vpcId":null,"tags":{}}""")]
    [InlineData("""{"id":"igw-1","vpcId":null,"tags":null}""")]
    [InlineData("""{"id":"igw-1","vpcId":null,"tags":{"a":null}}""")]
    [InlineData("""{"id":"igw-1","vpcId":null,"tags":{"a":"1","a":"2"}}""")]
    [InlineData("""{"id":"igw-1","vpcId":null,"tags":{},"key":"igw-1"}""")]
    public void AnotherShapeIsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<InternetGateway>(json, RowJson.Options));

    [Theory]
    [InlineData("""{"id":"vpc-1","cidrs":[{"id":"a","cidr":"10.0.0.1/16"}]}""")]
    [InlineData("""{"id":"vpc-1","cidrs":[{"id":"a","cidr":"10.0.0.0"}]}""")]
    [InlineData("""{"id":"vpc-1","cidrs":[{"id":"a"}]}""")]
    public void AnotherBlockIsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Vpc>(json, RowJson.Options));

    [Fact]
    public void AMemberWithADefaultMayBeMissing() =>
        Assert.True(JsonSerializer.Deserialize<Vpc>("""{"id":"vpc-1","cidrs":[]}""", RowJson.Options)!.EnableDnsSupport);

    [Fact]
    public async Task ARowThatIsNotWhatItsChangeSaysIsRefusedAtOnceAndTheStoreGoesOn()
    {
        using DataDirectory data = new();
        await using SqliteStore store = SqliteStore.Open(data.Path);
        store.Load();
        Vpc good = DataDirectory.Vpc("vpc-1");
        Batch wrong = DataDirectory.Batch("r-1", DataDirectory.Put(good) with { Key = "vpc-2" });
        ArgumentException error = Assert.Throws<ArgumentException>(() => { _ = store.Append(wrong).AsTask(); });
        Assert.Contains("000000000000/us-east-1: vpc 'vpc-2'", error.Message, StringComparison.Ordinal);
        await store.Append(DataDirectory.Batch("r-2", DataDirectory.Put(good)));
        Assert.Equal("r-2", Assert.Single(await store.Audit(10)).RequestId);
    }

    /// <summary>The hand-written form of a rule must be the serializer's own: each member that is set alone and none.</summary>
    [Theory]
    [InlineData("""{"id":"sgr-1","isEgress":true,"protocol":6,"fromPort":80,"toPort":81,"peer":{"cidr":"10.0.0.0/8"}}""")]
    [InlineData("""{"id":"sgr-1","isEgress":false,"protocol":-1,"fromPort":null,"toPort":null,"peer":{"cidr":"2001:db8::/32"}}""")]
    [InlineData("""{"id":"sgr-1","isEgress":false,"protocol":17,"fromPort":0,"toPort":0,"peer":{"cidr":"0.0.0.0/0"},"description":"d"}""")]
    [InlineData("""{"id":"sgr-1","isEgress":false,"protocol":17,"fromPort":0,"toPort":0,"peer":{"cidr":"0.0.0.0/0"},"tags":{"a":"b"}}""")]
    [InlineData("""{"id":"sgr-1","isEgress":false,"protocol":17,"fromPort":0,"toPort":0,"peer":{"cidr":null,"prefixListId":"pl-1"}}""")]
    public void ARuleIsWrittenAsItIsRead(string json)
    {
        SecurityGroupRule rule = JsonSerializer.Deserialize<SecurityGroupRule>(json, RowJson.Options)!;
        JsonAssertEqual(json, JsonSerializer.Serialize(rule, RowJson.Options));
        Assert.Equal(rule, JsonSerializer.Deserialize<SecurityGroupRule>(JsonSerializer.Serialize(rule, RowJson.Options),
            RowJson.Options)! with
        { Tags = rule.Tags });
    }

    private static void JsonAssertEqual(string wanted, string found) =>
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(wanted).RootElement, JsonDocument.Parse(found).RootElement), found);

    public static TheoryData<string> Unreadable => ["cidrs", "tenancy", "options"];

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task ARowThatCouldNotBeReadBackStopsTheStoreAndIsNotKept(string which)
    {
        using DataDirectory data = new();
        Vpc good = DataDirectory.Vpc("vpc-1");
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            store.Load();
            await store.Append(DataDirectory.Batch("r-1", DataDirectory.Put(good)));
            Vpc bad = which switch
            {
                "cidrs" => good with { Cidrs = default },
                "tenancy" => good with { InstanceTenancy = null! },
                _ => good with { DhcpOptionsId = new(null!) },
            };
            StoreException error = await Assert.ThrowsAsync<StoreException>(
                () => store.Append(DataDirectory.Batch("r-2", DataDirectory.Put(bad))).AsTask());
            Assert.Contains("000000000000/us-east-1: vpc 'vpc-1'", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<StoreException>(() => store.Append(DataDirectory.Batch("r-3", DataDirectory.Put(good))).AsTask());
        }

        await using SqliteStore again = SqliteStore.Open(data.Path);
        CloudSnapshot kept = again.Load();
        Assert.Equal(good.InstanceTenancy, Assert.Single(kept.Partitions.Values.SelectMany(p => p.All<Vpc>())).InstanceTenancy);
        Assert.Equal("r-1", Assert.Single(await again.Audit(10)).RequestId);
    }
}
