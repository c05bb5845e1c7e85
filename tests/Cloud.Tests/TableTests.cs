using CsCheck;
using Trunkline.Cloud;

namespace Trunkline.Tests.Cloud;

public sealed class TableTests
{
    private static readonly Gen<(int Row, int Vpc, bool Put)[]> Steps =
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 4], Gen.Bool, (row, vpc, put) => (row, vpc, put)).Array[0, 60];

    [Fact]
    public void Finds_by_word_what_a_scan_finds() => Steps.Sample(steps =>
    {
        Table<InternetGateway> table = Table<InternetGateway>.Empty;
        Dictionary<string, InternetGateway> plain = [];
        foreach ((int row, int vpc, bool put) in steps)
        {
            InternetGateway gateway = new() { Id = new($"igw-{row}"), VpcId = vpc == 0 ? null : new Id<Vpc>($"vpc-{vpc}") };
            table = put ? table.Put(gateway) : table.Remove(gateway.Key);
            if (put)
            {
                plain[gateway.Key] = gateway;
            }
            else
            {
                plain.Remove(gateway.Key);
            }
        }

        Assert.Equal(plain.Values.OrderBy(g => g.Key, StringComparer.Ordinal), table.All);
        for (int vpc = 1; vpc <= 4; vpc++)
        {
            string word = $"vpc-{vpc}";
            Assert.Equal(plain.Values.Where(g => g.VpcId?.Value == word).OrderBy(g => g.Key, StringComparer.Ordinal), table.By(word));
            Assert.Equal(plain.Values.Any(g => g.VpcId?.Value == word), table.Any(word));
        }

        Table<InternetGateway> atOnce = Table<InternetGateway>.From(plain.Values);
        Assert.Equal(table.All, atOnce.All);
        Assert.Equal(table.By("vpc-1"), atOnce.By("vpc-1"));
    });

    private static readonly Gen<(int Group, int[] Peers)[]> Rulings =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5].Array[0, 6], (group, peers) => (group, peers)).Array[0, 30];

    [Fact]
    public void Finds_rows_by_words_that_they_name_often_and_stop_to_name() => Rulings.Sample(steps =>
    {
        Table<SecurityGroup> table = Table<SecurityGroup>.Empty;
        Dictionary<string, SecurityGroup> plain = [];
        foreach ((int group, int[] peers) in steps)
        {
            SecurityGroup row = new()
            {
                Id = new($"sg-{group}"),
                Name = $"g{group}",
                Description = "",
                VpcId = new("vpc-1"),
                Rules = [.. peers.Select(p => new SecurityGroupRule($"sgr-{group}{p}", false, 6, 1, 1, new RulePeer(null, new Id<SecurityGroup>($"sg-{p}"))))],
            };
            table = table.Put(row);
            plain[row.Key] = row;
        }

        foreach (string word in plain.Values.SelectMany(g => g.Keys).Concat(Enumerable.Range(0, 6).Select(p => $"sg-{p}")).Distinct())
        {
            Assert.Equal(
                plain.Values.Where(g => g.Keys.Contains(word)).OrderBy(g => g.Key, StringComparer.Ordinal), table.By(word));
        }
    });

    [Fact]
    public void An_older_table_stays_as_it_was()
    {
        InternetGateway one = new() { Id = new("igw-1") };
        Table<InternetGateway> before = Table<InternetGateway>.Empty.Put(one);
        before.Remove("igw-1");
        before.Put(one with { VpcId = new Id<Vpc>("vpc-1") });
        Assert.Same(one, Assert.Single(before.All));
        Assert.Empty(before.By("vpc-1"));
    }
}
