using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Prefix lists in rules and routes: rules 6, 7 and 72.</summary>
public sealed class PrefixListRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string a;
    private readonly string table;
    private readonly string igw;

    public PrefixListRules()
    {
        vpc = net.Vpc("10.0.0.0/16");
        string subnet = net.Subnet(vpc, "10.0.1.0/24");
        string open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        a = net.Instance(subnet, "10.0.1.10", open);
        igw = net.Igw(vpc);
        net.Elastic(a, "54.0.0.1");
        table = net.Table(vpc, subnet);
    }

    [Fact]
    public void Rule006_a_static_route_beats_a_lists_of_the_same_block_and_the_longer_block_beats_both()
    {
        string list = NewList("8.8.0.0/16");
        RouteTo(list, igw);
        net.Tcp(a, "8.8.8.8").Delivered();
        net.Route(table, "8.8.0.0/16", "pcx-1");
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.BAD_STATE_ROUTE);
        Entries(list, "8.8.0.0/16", "8.8.8.0/24");
        net.Tcp(a, "8.8.8.8").Delivered();
        net.Tcp(a, "8.8.4.4").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule006_a_lists_route_beats_a_propagated_one_of_the_same_block()
    {
        net.Route(table, "8.8.0.0/16", "vgw-1", RouteOrigin.EnableVgwRoutePropagation);
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.BAD_STATE_ROUTE);
        RouteTo(NewList("8.8.0.0/16"), igw);
        net.Tcp(a, "8.8.8.8").Delivered();
    }

    [Fact]
    public void Rule007_of_two_lists_with_the_same_block_one_wins_and_goes_on_winning()
    {
        RouteTo(NewList("8.8.0.0/16"), igw);
        RouteTo(NewList("8.8.0.0/16"), "pcx-1");
        net.Tcp(a, "8.8.8.8").Delivered();
        net.Route(table, "9.0.0.0/8", "pcx-2");
        net.Tcp(a, "8.8.8.8").Delivered();
    }

    [Fact]
    public void Rules_admit_what_their_list_holds_now_and_are_named()
    {
        net.Route(table, "0.0.0.0/0", igw);
        string list = NewList("8.8.8.0/24");
        string group = net.Group(vpc);
        net.Edit<SecurityGroup>(group, g => g with
        {
            Rules = [new SecurityGroupRule(net.NewId("sgr"), IsEgress: true, 6, 443, 443, new RulePeer(null, PrefixListId: list))],
        });
        net.Edit<NetworkInterface>(a, e => e with { Groups = [new(group)] });
        Trace admitted = net.Tcp(a, "8.8.8.8");
        admitted.Delivered();
        Assert.Contains(admitted.Forward, hop => hop.GroupRule?.Peer.PrefixListId == list);
        net.Tcp(a, "9.9.9.9").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        Entries(list, "9.9.9.9/32");
        net.Tcp(a, "9.9.9.9").Delivered();
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rules_may_name_a_list_that_aws_keeps()
    {
        net.Route(table, "0.0.0.0/0", igw);
        AwsPrefixList s3 = AwsServices.PrefixListsOf("us-east-1").Single(l => l.Name.EndsWith(".s3", StringComparison.Ordinal));
        string group = net.Group(vpc);
        net.Edit<SecurityGroup>(group, g => g with
        {
            Rules = [new SecurityGroupRule(net.NewId("sgr"), IsEgress: true, 6, 443, 443, new RulePeer(null, PrefixListId: s3.Id))],
        });
        net.Edit<NetworkInterface>(a, e => e with { Groups = [new(group)] });
        net.Tcp(a, s3.Entries[0].First.Plus(1).ToString()).Delivered();
        net.Tcp(a, "8.8.8.8").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    private string NewList(params string[] entries)
    {
        string id = net.NewId(PrefixList.IdPrefix);
        net.Put(new PrefixList { Id = new(id), Name = id, AddressFamily = Family.V4, MaxEntries = 10, Versions = [VersionOf(1, entries)] });
        return id;
    }

    private void Entries(string list, params string[] entries) =>
        net.Edit<PrefixList>(list, l => l with { Versions = l.Versions.Add(VersionOf(l.Version + 1, entries)) });

    private void RouteTo(string list, string target) => net.Edit<RouteTable>(table, t => t with
    {
        Routes = t.Routes.Add(new Route(null, list, new RouteTarget(target == igw ? RouteTargetKind.InternetGateway : RouteTargetKind.VpcPeeringConnection, target), RouteOrigin.CreateRoute)),
    });

    private static PrefixListVersion VersionOf(long number, string[] entries) =>
        new(number, [.. entries.Select(e => new PrefixListEntry(Prefix.Parse(e))).Order(Comparer<PrefixListEntry>.Create((x, y) => x.Cidr.CompareTo(y.Cidr)))]);
}
