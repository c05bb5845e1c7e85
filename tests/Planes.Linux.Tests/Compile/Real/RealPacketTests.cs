using Trunkline.Cloud;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Tests.Clouds;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>Small clouds in the kernel: what arrives and what does not, with ordinary programs.</summary>
public sealed class RealPacketTests
{
    private static readonly string[] Open = ["in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0"];

    [InsideFact]
    public void Machines_of_one_domain_reach_each_other_as_their_groups_say()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        string web = net.Group(vpc, "out all 0.0.0.0/0");
        string database = net.Group(vpc, $"in tcp 5432 {web}", "out all 0.0.0.0/0");
        string a = net.Instance(one, "10.0.1.10", web);
        string b = net.Instance(two, "10.0.2.10", database);
        string near = net.Instance(one, "10.0.1.11", net.Group(vpc, Open));
        using RealPackets real = new(net, a, b, near);
        Assert.True(real.Reaches(real.MachineOf(a), "10.0.2.10", 5432));
        Assert.False(real.Reaches(real.MachineOf(a), "10.0.2.10", 5433));
        Assert.False(real.Ping(a, "10.0.2.10"));
        Assert.True(real.Ping(a, "10.0.1.11"));
        Assert.True(real.Ping(a, "10.0.1.11", "-s", "8973", "-M", "do"));
        Assert.False(real.Ping(near, "10.0.1.10"));
        Assert.False(real.Ping(a, "10.0.1.77"));
        Assert.False(real.Ping(a, "10.0.3.77"));
        net.Rules(database, $"in icmp {web}", "out all 0.0.0.0/0");
        real.Follow();
        Assert.True(real.Ping(a, "10.0.2.10"));
        Assert.False(real.Reaches(real.MachineOf(a), "10.0.2.10", 5432));
        Assert.Equal("64", Ttl(real.Run(real.MachineOf(a), "ping", "-c1", "-W1", "-n", "10.0.2.10").Words));
    }

    [InsideFact]
    public void Idle_machines_answer_without_a_namespace_and_stopped_ones_do_not()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string group = net.Group(vpc, Open);
        string a = net.Instance(one, "10.0.1.10", group);
        string idle = net.Instance(one, "10.0.1.11", group);
        using RealPackets real = new(net, a);
        Assert.True(real.Ping(a, "10.0.1.11"));
        Assert.True(real.Reaches(real.MachineOf(a), "10.0.1.11", 80));
        net.SetState(idle, InstanceState.Stopped);
        real.Follow();
        Assert.False(real.Ping(a, "10.0.1.11"));
        net.SetState(idle, InstanceState.Running);
        real.Used.Add(net.InstanceOf(idle));
        real.Follow();
        Assert.True(real.Ping(a, "10.0.1.11"));
        Assert.True(real.Ping(idle, "10.0.1.10"));
    }

    [InsideFact]
    public void Public_addresses_are_translated_at_the_border_and_hairpins_work()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        string group = net.Group(vpc, Open);
        string a = net.Instance(one, "10.0.1.10", group);
        string b = net.Instance(one, "10.0.1.11", group);
        net.Elastic(a, "54.1.1.1");
        net.Elastic(b, "54.1.1.2");
        string bare = net.Instance(one, "10.0.1.12", group);
        using RealPackets real = new(net, a, b, bare);
        Assert.True(real.Ping(a, "8.8.8.8"));
        Assert.True(real.Reaches(real.MachineOf(a), "8.8.8.8", 443));
        Assert.False(real.Ping(bare, "8.8.8.8"));
        Assert.True(real.Ping(a, "54.1.1.2"));
        Assert.Equal(0, real.Run(LinuxNames.Outside, "ping", "-c1", "-W1", "-n", "-I", "8.8.4.4", "54.1.1.1").Code);
        Assert.NotEqual(0, real.Run(LinuxNames.Outside, "ping", "-c1", "-W1", "-n", "-I", "8.8.4.4", "54.1.1.3").Code);
    }

    [InsideFact]
    public void A_translator_shares_its_address_and_lets_nobody_in()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string open = net.Subnet(vpc, "10.0.1.0/24");
        string closed = net.Subnet(vpc, "10.0.2.0/24");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        string nat = net.Nat(open, "10.0.1.5", "54.1.1.5");
        string table = net.Table(vpc, closed);
        net.Route(table, "0.0.0.0/0", nat);
        string group = net.Group(vpc, Open);
        string a = net.Instance(closed, "10.0.2.10", group);
        using RealPackets real = new(net, a);
        Assert.True(real.Ping(a, "8.8.8.8"));
        Assert.True(real.Reaches(real.MachineOf(a), "8.8.8.8", 443));
        Assert.NotEqual(0, real.Run(LinuxNames.Outside, "ping", "-c1", "-W1", "-n", "-I", "8.8.4.4", "54.1.1.5").Code);
        Assert.False(real.Ping(a, "10.0.1.5"));
    }

    [InsideFact]
    public void A_connection_that_a_translator_carried_is_asked_for_where_it_comes_straight()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string near = net.Subnet(vpc, "10.0.1.0/24");
        string table = net.Table(vpc, near);
        net.Route(table, "10.0.2.0/24", net.Nat(net.Subnet(vpc, "10.0.3.0/24"), "10.0.3.5"));
        string a = net.Instance(near, "10.0.1.10", net.Group(vpc, Open));
        string b = net.Instance(net.Subnet(vpc, "10.0.2.0/24"), "10.0.2.10", net.Group(vpc, "in udp 5000 10.0.3.5/32", "out all 0.0.0.0/0"));
        using RealPackets real = new(net, a, b);
        using Datagrams flow = new(real, (a, "10.0.1.10", 4000), (b, "10.0.2.10", 5000), translated: true);
        flow.Talk();
        net.Unroute(table, "10.0.2.0/24");
        real.Follow();
        Assert.False(flow.There());
    }

    [InsideFact]
    public void Ordered_filters_stop_replies_too()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        string group = net.Group(vpc, Open);
        string a = net.Instance(one, "10.0.1.10", group);
        string b = net.Instance(two, "10.0.2.10", group);
        string acl = net.Acl(vpc, [two], "100 in allow tcp 80 0.0.0.0/0", "100 out allow tcp 1024-65535 0.0.0.0/0");
        using RealPackets real = new(net, a, b);
        Assert.True(real.Reaches(real.MachineOf(a), "10.0.2.10", 80));
        Assert.False(real.Reaches(real.MachineOf(a), "10.0.2.10", 81));
        Assert.False(real.Ping(a, "10.0.2.10"));
        net.Edit<NetworkAcl>(acl, r => r with { Entries = r.Entries.RemoveAll(e => e.IsEgress) });
        real.Follow();
        Assert.False(real.Reaches(real.MachineOf(a), "10.0.2.10", 80));
    }

    [InsideFact]
    public void Two_domains_of_equal_addresses_stay_apart()
    {
        CloudBuilder net = new();
        string one = net.Vpc("10.0.0.0/16");
        string two = net.Vpc("10.0.0.0/16");
        string a = net.Instance(net.Subnet(one, "10.0.1.0/24"), "10.0.1.10", net.Group(one, Open));
        string other = net.Instance(net.Subnet(two, "10.0.1.0/24"), "10.0.1.10", net.Group(two, Open));
        string only = net.Instance(net.Rows.Get(new Id<NetworkInterface>(other)).SubnetId.Value, "10.0.1.20", net.Group(two, Open));
        using RealPackets real = new(net, a, other);
        Assert.False(real.Ping(a, "10.0.1.20"));
        Assert.True(real.Ping(other, "10.0.1.20"));
        Assert.NotNull(only);
    }

    [InsideFact]
    public void IPv6_goes_straight_and_the_one_way_border_lets_only_replies_in()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16", "2600:1f00:1::/56");
        string one = net.Subnet(vpc, "10.0.1.0/24", "2600:1f00:1:1::/64");
        string two = net.Subnet(vpc, "10.0.2.0/24", "2600:1f00:1:2::/64");
        net.Route(net.MainTable(vpc), "::/0", net.Eigw(vpc));
        string group = net.Group(vpc, Open);
        string a = net.Instance(one, "10.0.1.10,2600:1f00:1:1::10", group);
        string b = net.Instance(two, "10.0.2.10,2600:1f00:1:2::10", group);
        string idle = net.Instance(two, "10.0.2.11,2600:1f00:1:2::11", group);
        using RealPackets real = new(net, a, b);
        Assert.True(real.Ping(a, "2600:1f00:1:2::10"));
        Assert.True(real.Ping(a, "2600:1f00:1:2::11"));
        Assert.False(real.Ping(a, "2600:1f00:1:2::77"));
        Assert.True(real.Ping(a, "2001:4860::8888"));
        Assert.NotEqual(0, real.Run(LinuxNames.Outside, "ping", "-c1", "-W1", "-n", "-I", "2001:4860::8888", "2600:1f00:1:1::10").Code);
        Assert.NotNull(idle);
    }

    [InsideFact]
    public void A_forwarding_machine_stands_between_and_groups_do_not_count_through_it()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string two = net.Subnet(vpc, "10.0.2.0/24");
        string middle = net.Subnet(vpc, "10.0.3.0/24");
        string open = net.Group(vpc, Open);
        string web = net.Group(vpc, "out all 0.0.0.0/0");
        string a = net.Instance(one, "10.0.1.10", web);
        string target = net.Group(vpc, $"in all {web}", "out all 0.0.0.0/0");
        string b = net.Instance(two, "10.0.2.10", target);
        string m = net.Instance(middle, "10.0.3.10", open);
        net.Forwards(m);
        net.Route(net.Table(vpc, one), "10.0.2.0/24", m);
        net.Route(net.Table(vpc, two), "10.0.1.0/24", m);
        using RealPackets real = new(net, a, b);
        Assert.False(real.Ping(a, "10.0.2.10"));
        net.Rules(target, "in all 10.0.1.0/24", "out all 0.0.0.0/0");
        real.Follow();
        Assert.True(real.Ping(a, "10.0.2.10"));
        Assert.Equal("63", Ttl(real.Run(real.MachineOf(a), "ping", "-c1", "-W1", "-n", "10.0.2.10").Words));
        Assert.True(real.Reaches(real.MachineOf(a), "10.0.2.10", 22));

        // The way back straight, as it is where only one side's routes name the middlebox.
        net.Unroute(net.Rows.By<RouteTable>(two).Single().Key, "10.0.1.0/24");
        real.Follow();
        Assert.True(real.Reaches(real.MachineOf(a), "10.0.2.10", 23));
        net.Edit<NetworkInterface>(m, e => e with { SourceDestCheck = true });
        real.Follow();
        Assert.False(real.Ping(a, "10.0.2.10"));
    }

    [InsideFact]
    public void What_comes_in_passes_the_middlebox_that_the_border_routes_to()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string middle = net.Subnet(vpc, "10.0.3.0/24");
        string group = net.Group(vpc, Open);
        string igw = net.Igw(vpc);
        string a = net.Instance(one, "10.0.1.10", group);
        string m = net.Instance(middle, "10.0.3.10", group);
        net.Forwards(m);
        net.Elastic(a, "54.1.1.1");
        net.Elastic(m, "54.1.1.3");
        net.Route(net.Table(vpc, igw), "10.0.1.0/24", m);
        net.Route(net.MainTable(vpc), "0.0.0.0/0", igw);
        string table = net.Table(vpc, one);
        net.Route(table, "0.0.0.0/0", m);
        using RealPackets real = new(net, a);
        string[] ping = ["ping", "-c1", "-W1", "-n", "-I", "8.8.4.4", "54.1.1.1"];
        (int code, string words) = real.Run(LinuxNames.Outside, ping);
        Assert.True(code == 0, words);
        Assert.Equal("63", Ttl(words));
        Assert.True(real.Ping(a, "8.8.8.8"));
        Assert.True(real.Reaches(real.MachineOf(a), "8.8.8.8", 443));

        // Around it is no way (rule 17).
        net.Route(table, "0.0.0.0/0", igw);
        real.Follow();
        Assert.NotEqual(0, real.Run(LinuxNames.Outside, ping).Code);
    }

    [InsideFact]
    public void Two_interfaces_delegated_blocks_and_many_segments()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string[] subnets = [.. Enumerable.Range(0, 80).Select(i => net.Subnet(vpc, $"10.0.{i}.0/24"))];
        string group = net.Group(vpc, Open);
        string a = net.Instance(subnets[1], "10.0.1.10", group);
        string b = net.Instance(subnets[2], "10.0.2.10", group);
        net.Interface(subnets[79], "10.0.79.10,10.0.79.11", net.InstanceOf(b), 1, group);
        net.Edit<NetworkInterface>(b, e => e with { Ipv4Prefixes = [Trunkline.Addressing.Prefix.Parse("10.0.2.32/28")] });
        using RealPackets real = new(net, a, b);
        Assert.True(real.Ping(a, "10.0.2.10"));
        Assert.True(real.Ping(a, "10.0.79.10"));
        Assert.True(real.Ping(a, "10.0.79.11"));
        Assert.Equal(0, real.Run(real.MachineOf(b), "ip", "address", "add", "10.0.2.35/32", "dev", "eth0").Code);
        Assert.True(real.Ping(a, "10.0.2.35"));
        Assert.True(real.Ping(b, "10.0.1.10", "-I", "10.0.2.35"));
        Assert.True(real.Ping(b, "10.0.1.10", "-I", "10.0.79.11"));
        Assert.False(real.Ping(b, "10.0.79.77", "-I", "10.0.79.11"));
    }

    [InsideFact]
    public void A_revoked_rule_cuts_an_untracked_connection_and_leaves_a_tracked_one()
    {
        CloudBuilder net = new();
        string vpc = net.Vpc("10.0.0.0/16");
        string one = net.Subnet(vpc, "10.0.1.0/24");
        string a = net.Instance(one, "10.0.1.10", net.Group(vpc, Open));
        string tracked = net.Group(vpc, "in tcp 80 10.0.0.0/8", "out all 0.0.0.0/0");
        string untracked = net.Group(vpc, "in tcp 80 0.0.0.0/0", "out all 0.0.0.0/0");
        string b = net.Instance(one, "10.0.1.11", tracked);
        string c = net.Instance(one, "10.0.1.12", untracked);
        using RealPackets real = new(net, a, b, c);
        using Conversation kept = new(real, a, b, "10.0.1.11");
        using Conversation cut = new(real, a, c, "10.0.1.12");
        Assert.True(kept.Answers("one"));
        Assert.True(cut.Answers("one"));
        net.Rules(tracked, "out all 0.0.0.0/0");
        net.Rules(untracked, "out all 0.0.0.0/0");
        real.Follow();
        Assert.True(kept.Answers("two"));
        Assert.False(cut.Answers("two"));
        Assert.False(real.Reaches(real.MachineOf(a), "10.0.1.11", 80));
    }

    private static string Ttl(string words)
    {
        int at = words.IndexOf("ttl=", StringComparison.Ordinal);
        return at < 0 ? words : words[(at + 4)..].Split(' ')[0];
    }
}
