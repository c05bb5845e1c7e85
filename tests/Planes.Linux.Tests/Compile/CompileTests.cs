using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Planes.Linux.Compile;

/// <summary>Each part of a compiled network: what stands where, and what does not.</summary>
public sealed class CompileTests
{
    private static readonly string[] Open = ["in all 0.0.0.0/0", "out all 0.0.0.0/0"];

    [Fact]
    public void Names_fit_the_kernel_and_come_from_the_id_alone()
    {
        string[] ids = [.. Enumerable.Range(0, 20000).Select(i => $"eni-{i:x17}")];
        Assert.All(ids, id => Assert.InRange(LinuxNames.NicLink(id).Length, 1, 15));
        Assert.Equal(ids.Length, ids.Select(LinuxNames.NicLink).Distinct().Count());
        Assert.Equal(LinuxNames.NicLink("eni-1"), LinuxNames.NicLink("eni-1"));
        Assert.NotEqual(LinuxNames.BorderLinkOutside("vpc-1"), LinuxNames.OneWayLinkOutside("vpc-1"));
    }

    [Fact]
    public void Local_routes_throw_and_others_name_their_link()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        string m = net.Instance(one, "10.0.1.20");
        net.Forwards(m);
        string table = net.Table(vpc, two);
        net.Route(table, "0.0.0.0/0", net.Igw(vpc));
        net.Route(table, "192.168.0.0/16", m);
        net.Route(table, "172.16.0.0/12", "pcx-1");
        NamespaceNetwork router = Router(net, vpc);
        KernelRoute[] routes = [.. router.Routes.Where(r => r.Table >= 1000 && r.Destination.IsV4)];
        Assert.Contains(routes, r => r is { Type: RouteType.Throw } && r.Destination == Prefix.Parse("10.0.0.0/16"));
        Assert.Contains(routes, r => r.Destination.IsDefault && r.Link == "igw");
        Assert.Contains(routes, r => r.Destination == Prefix.Parse("192.168.0.0/16") && r.Link == LinuxNames.NicLink(m));
        Assert.Contains(routes, r => r.Destination == Prefix.Parse("172.16.0.0/12") && r.Type == RouteType.Blackhole);
        Assert.Contains(router.Nft!.Chains.Values.SelectMany(c => c.Rules), r => r.Contains($"172.16.0.0/12 drop comment \"BAD_STATE_ROUTE {table}/"));
    }

    [Fact]
    public void A_segment_whose_own_block_is_routed_away_stays_direct_inside()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        string m = net.Instance(one, "10.0.1.20");
        net.Forwards(m);
        net.Route(net.MainTable(vpc), "10.0.2.0/24", m);
        NamespaceNetwork router = Router(net, vpc);
        Prefix block = Prefix.Parse("10.0.2.0/24");
        KernelRoute[] both = [.. router.Routes.Where(r => r.Table >= 1000 && r.Destination == block)];
        Assert.Equal([RouteType.Unicast, RouteType.Throw], both.Select(r => r.Type).Order());
        Assert.NotEqual(both[0].Table, both[1].Table);
        Assert.NotNull(two);
    }

    [Fact]
    public void Few_segments_are_a_row_of_rules_and_many_a_tree()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        for (int i = 0; i < 60; i++)
        {
            net.Subnet(vpc, $"10.0.{i}.0/24");
        }

        Assert.DoesNotContain(Router(net, vpc).Rules, r => r.Goto is not null);
        for (int i = 60; i < 200; i++)
        {
            net.Subnet(vpc, $"10.0.{i}.0/24");
        }

        KernelRule[] rules = [.. Router(net, vpc).Rules.Where(r => r.Family == Family.V4)];
        HashSet<uint> places = [.. rules.Select(r => r.Preference)];
        Assert.All(rules.Where(r => r.Goto is not null), r => Assert.Contains(r.Goto!.Value, places));
        Assert.All(rules.Where(r => r.Goto is not null), r => Assert.True(r.Goto > r.Preference));
        Assert.Equal(200, rules.Count(r => r.Table >= 1000 && r.Mask == 0x3FFF));
    }

    [Fact]
    public void Machines_are_made_when_used_or_routed_to_and_the_others_are_idle()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string used = net.Instance(one, "10.0.1.10");
        string idle = net.Instance(one, "10.0.1.11");
        string routed = net.Instance(one, "10.0.1.12");
        string stopped = net.Instance(one, "10.0.1.13");
        net.SetState(stopped, InstanceState.Stopped);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", routed);
        HostNetwork network = Compiled(net, net.InstanceOf(used), net.InstanceOf(stopped)).Network;
        Assert.Equal(
            new[] { used, routed }.Select(e => LinuxNames.Machine(net.InstanceOf(e))).Order(StringComparer.Ordinal),
            network.Namespaces.Values.Where(n => n.Role == NamespaceRole.Machine).Select(n => n.Name));
        NftTable table = network.Namespaces[LinuxNames.Router(vpc)].Nft!;
        Assert.Equal(["10.0.1.11", "10.0.1.13"], table.Sets["idle4"].Elements.Keys);
        Assert.Equal("goto stopped", table.Sets["down4"].Elements["10.0.1.13"]);
        Assert.DoesNotContain("\"idle\" . 10.0.1.13", table.Sets["own4"].Elements.Keys);
        Assert.Equal("ip-10-0-1-10", network.Namespaces[LinuxNames.Machine(net.InstanceOf(used))].HostName);
        Assert.NotNull(idle);
    }

    [Fact]
    public void A_machine_of_two_interfaces_answers_from_the_one_that_was_asked()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        string eni = net.Instance(one, "10.0.1.10");
        net.Interface(two, "10.0.2.10,10.0.2.11", net.InstanceOf(eni), 1);
        NamespaceNetwork machine = Compiled(net, net.InstanceOf(eni)).Network.Namespaces[LinuxNames.Machine(net.InstanceOf(eni))];
        Assert.Equal(["eth0", "eth1"], machine.Links.Keys);
        KernelRule rule = Assert.Single(machine.Rules, r => r.From == Prefix.Host(IpAddress.Parse("10.0.2.11")));
        Assert.Contains(machine.Routes, r => r.Table == rule.Table && r.Destination.IsDefault && r.Link == "eth1");
        Assert.Contains(machine.Routes, r => r.Table == 254 && r.Destination == Prefix.AnyV4 && r.Link == "eth0");
        Assert.DoesNotContain(machine.Routes, r => r.Table == 254 && r.Link == "eth1");
    }

    [Fact]
    public void Rules_for_every_address_say_that_no_state_is_needed_where_the_way_back_is_open()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string friend = net.Group(vpc, "in udp 53 10.0.0.0/8", "out tcp 443 0.0.0.0/0");
        net.Instance(one, "10.0.1.10", net.Group(vpc, "in tcp 80 0.0.0.0/0", $"in tcp 22 {friend}", "out all 0.0.0.0/0"));
        net.Instance(one, "10.0.1.11", friend);
        NftTable table = Router(net, vpc).Nft!;
        string[] open = [.. ChainOf(table, "sgin4", "10.0.1.10")];
        Assert.Equal("meta l4proto 6 th dport 80 meta mark set meta mark or 0x80000 return", open[0]);
        Assert.Equal($"meta l4proto 6 th dport 22 ip saddr @g4_{friend} return", open[1]);
        Assert.StartsWith("drop comment \"ENI_SG_RULES_MISMATCH sg-", open[^1], StringComparison.Ordinal);
        string[] closed = [.. ChainOf(table, "sgin4", "10.0.1.11")];
        Assert.Equal("meta l4proto 17 th dport 53 ip saddr 10.0.0.0/8 return", closed[0]);
        Assert.Equal("meta l4proto 6 th dport 443 return", ChainOf(table, "sgout4", "10.0.1.11").First());
        Assert.Equal(["10.0.1.11"], table.Sets[$"g4_{friend}"].Elements.Keys);
    }

    [Fact]
    public void An_open_gate_is_not_asked_and_a_closed_one_in_its_order()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        net.Instance(one, "10.0.1.10");
        Assert.Empty(Router(net, vpc).Nft!.Sets["segin4"].Elements);
        string acl = net.Acl(vpc, [two], "200 in allow all 0.0.0.0/0", "100 in deny tcp 22 10.0.0.0/8", "110 in deny icmp 8/0 0.0.0.0/0");
        NftTable table = Router(net, vpc).Nft!;
        Assert.Equal($"jump si_{two}", table.Sets["segin4"].Elements["10.0.2.0/24"]);
        Assert.Equal(
            [
                $"ip saddr 10.0.0.0/8 meta l4proto 6 th dport 22 drop comment \"SUBNET_ACL_RESTRICTION {acl}/1\"",
                $"meta l4proto 1 @th,0,16 2048 drop comment \"SUBNET_ACL_RESTRICTION {acl}/2\"",
                "return",
            ],
            table.Chains[$"gi4_{acl}"].Rules.Take(3));
    }

    [Fact]
    public void The_world_answers_as_it_is_told()
    {
        CloudBuilder net = new();
        net.World(new World
        {
            InternetAnswers = false,
            Hosts =
            [
                new InternetHost("dns", [Prefix.Parse("8.8.8.0/24")], true, [new HostPort(17, 53, 53)]),
                new InternetHost("mute", [Prefix.Parse("8.8.8.8/32")], false, []),
            ],
        });
        string vpc = net.Vpc("10.0.0.0/16");
        string eni = net.Instance(net.Subnet(vpc, "10.0.1.0/24"), "10.0.1.10");
        net.Elastic(eni, "54.1.1.1");
        net.Elastic(null, "54.1.1.2");
        NftTable table = Compiled(net).Network.Namespaces[LinuxNames.Outside].Nft!;
        Assert.Equal("goto host_1", table.Sets["hosts4"].Elements["8.8.8.8"]);
        Assert.Equal("goto host_0", table.Sets["hosts4"].Elements["8.8.8.0/29"]);
        Assert.Equal(["meta l4proto 17 th dport 53 accept", "meta l4proto { 6, 17 } drop comment \"WORLD_HOST_DOES_NOT_ANSWER dns\"", "accept"],
            table.Chains["host_0"].Rules);
        Assert.EndsWith("comment \"WORLD_HOST_DOES_NOT_ANSWER internet\"", table.Chains["receive"].Rules[^1], StringComparison.Ordinal);

        // Neither leads anywhere: one has no border, the other no interface.
        Assert.Equal(["54.1.1.1", "54.1.1.2"], table.Sets["unbound4"].Elements.Keys);
        net.Igw(vpc);
        NamespaceNetwork outside = Compiled(net).Network.Namespaces[LinuxNames.Outside];
        Assert.Equal(["54.1.1.2"], outside.Nft!.Sets["unbound4"].Elements.Keys);
        Assert.Contains(outside.Routes, r => r.Destination == Prefix.Parse("54.1.1.1/32") && r.Link == LinuxNames.BorderLinkOutside(vpc));
    }

    [Fact]
    public void Every_drop_says_why()
    {
        Random random = new(3);
        for (int i = 0; i < 20; i++)
        {
            RandomCloud cloud = new(random.Next());
            HostNetwork network = Compiled(cloud.Net).Network;
            IEnumerable<string> drops = network.Namespaces.Values.SelectMany(n => n.Nft?.Chains.Values.SelectMany(c => c.Rules) ?? [])
                .Where(r => r.Contains("drop"));
            Assert.All(drops, r => Assert.Matches("drop comment \"[A-Z0-9_]+ [^\"]+\"$", r));
        }
    }

    private static IEnumerable<string> ChainOf(NftTable table, string map, string address) =>
        table.Chains[table.Sets[map].Elements[address].Split(' ')[1]].Rules;

    private static NamespaceNetwork Router(CloudBuilder net, string vpc) => Compiled(net).Network.Namespaces[LinuxNames.Router(vpc)];

    private static CompiledNetwork Compiled(CloudBuilder net, params string[] used) =>
        LinuxCompiler.Compile(Compiler.Compile(net.Cloud), new HashSet<string>(used));
}
