using Trunkline.Cloud;

namespace Trunkline.Tests.Cloud;

/// <summary>What every account and region holds before anybody asks. Source: AWS, "Default VPCs".</summary>
public sealed class FreshPartitionTests
{
    private static readonly PartitionKey Key = new("000000000000", "eu-west-1");

    [Fact]
    public void Has_the_default_VPC_with_three_subnets()
    {
        Partition partition = FreshPartition.Make(Key);
        Vpc vpc = Assert.Single(partition.All<Vpc>());
        Assert.Equal("172.31.0.0/16", vpc.PrimaryCidr.ToString());
        Assert.True(vpc is { IsDefault: true, EnableDnsHostnames: true, EnableDnsSupport: true });
        Assert.Equal(
            ["172.31.0.0/20 eu-west-1a", "172.31.16.0/20 eu-west-1b", "172.31.32.0/20 eu-west-1c"],
            partition.All<Subnet>().Select(s => $"{s.Cidr} {s.Zone}").Order(StringComparer.Ordinal));
        Assert.All(partition.All<Subnet>(), s => Assert.True(s is { DefaultForZone: true, MapPublicIpOnLaunch: true }));
    }

    [Fact]
    public void Its_main_table_leads_to_its_gateway()
    {
        Partition partition = FreshPartition.Make(Key);
        InternetGateway gateway = Assert.Single(partition.All<InternetGateway>());
        RouteTable main = Assert.Single(partition.All<RouteTable>());
        Assert.True(main.IsMain);
        Assert.Equal(["172.31.0.0/16 local", $"0.0.0.0/0 {gateway.Id}"], main.Routes.Select(r => $"{r.Cidr} {r.Target.Id}"));
        Assert.All(main.Routes, route => Assert.True(RouteStates.IsActive(partition, main, route)));
    }

    [Fact]
    public void Every_reference_holds()
    {
        Partition partition = FreshPartition.Make(Key);
        foreach (Kind kind in Kinds.All)
        {
            foreach (IResource row in partition.Table(kind).Rows)
            {
                foreach (string word in row.Keys.Where(w => Kinds.OfId(w) is not null))
                {
                    Assert.NotNull(partition.Table(Kinds.OfId(word)!).FindRow(word));
                }
            }
        }
    }

    [Fact]
    public void Is_the_same_each_time_and_another_elsewhere()
    {
        Assert.Equal(Ids(FreshPartition.Make(Key)), Ids(FreshPartition.Make(Key)));
        Assert.Empty(Ids(FreshPartition.Make(Key)).Intersect(Ids(FreshPartition.Make(Key with { Region = "us-east-1" }))));
        Assert.Empty(Ids(FreshPartition.Make(Key)).Intersect(Ids(FreshPartition.Make(Key with { Account = "111111111111" }))));
    }

    [Fact]
    public void The_first_write_makes_it_real()
    {
        Draft draft = new(CloudSnapshot.Empty);
        InternetGateway added = new() { Id = new("igw-0aaaaaaaaaaaaaaaa") };
        draft.Put(Key, added);
        Assert.Equal(2, draft.Next.Partition(Key).All<InternetGateway>().Count());
        Assert.Contains(draft.Changes, c => c.After is Vpc);
        Assert.Single(draft.Changes, c => c.Key == added.Key);
    }

    [Fact]
    public void Rule028_zone_ids_are_shared_and_names_are_the_accounts_own()
    {
        IEnumerable<string> first = Regions.ZonesOf("000000000000", "us-east-1").Select(z => z.ZoneId);
        IEnumerable<string> second = Regions.ZonesOf("000000000001", "us-east-1").Select(z => z.ZoneId);
        Assert.Equal(["use1-az1", "use1-az2", "use1-az3"], first);
        Assert.NotEqual(first, second);
        Assert.Equal(first, second.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("us-east-1", "use1")]
    [InlineData("eu-central-1", "euc1")]
    [InlineData("ap-southeast-2", "apse2")]
    [InlineData("ap-northeast-1", "apne1")]
    [InlineData("us-gov-west-1", "usgovw1")]
    public void Short_codes_are_AWS_s(string region, string code) => Assert.Equal(code, Regions.ShortCode(region));

    private static IEnumerable<string> Ids(Partition partition) => Kinds.All.SelectMany(k => partition.Table(k).Rows).Select(r => r.Key)
        .Where(k => k != RegionSettings.TheKey);
}
