using CsCheck;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Forwarding;

/// <summary>Prefix lists change under the rules and routes that name them: what was compiled from them follows.</summary>
public sealed class PrefixListTests
{
    private static readonly string[] Blocks = ["8.8.0.0/16", "8.8.8.0/24", "9.0.0.0/8", "10.0.2.0/24", "54.0.0.0/8"];

    [Fact]
    public void Apply_equals_compile_while_lists_change()
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                Random random = new(seed);
                RandomCloud cloud = new(seed);
                string[] lists = [NewList(cloud.Net), NewList(cloud.Net), AwsServices.PrefixListsOf("us-east-1")[0].Id];
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                for (int i = 0; i < 15; i++)
                {
                    int before = cloud.Net.Changes.Count;
                    Change(cloud, random, lists);
                    state = Compiler.Apply(state, cloud.Net.Cloud, [.. cloud.Net.Changes.Skip(before)]);
                    Assert.Equal(StateText.Of(Compiler.Compile(cloud.Net.Cloud)), StateText.Of(state));
                }
            },
            iter: 60, threads: 1);
    }

    private static void Change(RandomCloud cloud, Random random, string[] lists)
    {
        CloudBuilder net = cloud.Net;
        string list = lists[random.Next(lists.Length)];
        switch (random.Next(5))
        {
            case 0 or 1 when net.Rows.Find(new Id<PrefixList>(list)) is not null:
                Prefix[] entries = [.. Blocks.Where(_ => random.Next(2) == 0).Select(Prefix.Parse).Order()];
                net.Edit<PrefixList>(list, l => l with
                {
                    Versions = l.Versions.Add(new PrefixListVersion(l.Version + 1, [.. entries.Select(e => new PrefixListEntry(e))])),
                });
                break;
            case 2:
                SecurityGroup[] groups = [.. net.Rows.All<SecurityGroup>()];
                net.Edit<SecurityGroup>(groups[random.Next(groups.Length)].Key, g => g with
                {
                    Rules = g.Rules.Add(new SecurityGroupRule(net.NewId("sgr"), random.Next(2) == 0, 6, 443, 443, new RulePeer(null, PrefixListId: list))),
                });
                break;
            case 3:
                RouteTable[] tables = [.. net.Rows.All<RouteTable>().Where(t => t.Routes.All(r => r.PrefixListId != list))];
                if (tables.Length > 0)
                {
                    RouteTarget target = new(RouteTargetKind.InternetGateway, net.Rows.All<InternetGateway>().First().Key);
                    net.Edit<RouteTable>(
                        tables[random.Next(tables.Length)].Key,
                        t => t with { Routes = t.Routes.Add(new Route(null, list, target, RouteOrigin.CreateRoute)) });
                }

                break;
            default:
                cloud.Change();
                break;
        }
    }

    private static string NewList(CloudBuilder net)
    {
        string id = net.NewId(PrefixList.IdPrefix);
        net.Put(new PrefixList
        {
            Id = new(id),
            Name = id,
            AddressFamily = Family.V4,
            MaxEntries = 10,
            Versions = [new PrefixListVersion(1, [new PrefixListEntry(Prefix.Parse("8.8.0.0/16"))])],
        });
        return id;
    }
}
