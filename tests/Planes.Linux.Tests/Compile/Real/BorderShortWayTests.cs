using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Trunkline.Cloud;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Tests.Clouds;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>Datagrams that cross the border, or a NAT gateway, go the short way where others of their flow went before, and only then.</summary>
public sealed class BorderShortWayTests
{
    private const string Public = "203.0.113.10";
    private const string Shared = "203.0.113.5";
    private static readonly string[] Open = ["in all 0.0.0.0/0", "out all 0.0.0.0/0"];
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string igw;
    private readonly string front;
    private readonly string back;
    private readonly string table;
    private readonly string a;
    private readonly string b;
    private readonly string elastic;

    public BorderShortWayTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        igw = net.Igw(vpc);
        front = net.Subnet(vpc, "10.0.1.0/24");
        back = net.Subnet(vpc, "10.0.2.0/24");
        table = net.Table(vpc, front);
        net.Route(table, "0.0.0.0/0", igw);
        net.Route(net.Table(vpc, back), "0.0.0.0/0", net.Nat(front, "10.0.1.5", Shared));
        a = net.Instance(front, "10.0.1.10", net.Group(vpc, "out all 0.0.0.0/0"));
        b = net.Instance(back, "10.0.2.10", net.Group(vpc, Open));
        elastic = net.Elastic(a, Public);
    }

    [InsideFact]
    public void Datagrams_cross_the_border_by_the_short_way_under_the_public_address()
    {
        using RealPackets real = new(net, a);
        using BorderFlow flow = Flow(real);
        Assert.True(flow.GoesShort());
        Assert.Equal(new IPEndPoint(IPAddress.Parse(Public), 4000), flow.Seen);
    }

    [InsideFact]
    public void Checksums_hold_by_the_short_way()
    {
        using RealPackets real = new(net, a);
        using BorderFlow flow = Flow(real);
        Assert.True(flow.HoldsByShortWay(() =>
            flow.CarriesChecksum(real.MachineOf(a), "10.0.1.10", 4000, BorderFlow.Host, BorderFlow.HostPort, flow.Called)
            && flow.CarriesChecksum(LinuxNames.Outside, BorderFlow.Host, BorderFlow.HostPort, Public, 4000, flow.Machine)));
    }

    [InsideFact]
    public void Hop_limits_and_addresses_arrive_as_they_do_the_whole_way()
    {
        using RealPackets real = new(net, a, b);
        using BorderFlow straight = Flow(real);
        using Socket host = straight.Watch(LinuxNames.Outside);
        using Socket machine = straight.Watch(real.MachineOf(a));
        Arrive(straight, host, machine, Public, [(64, 64), (30, 30), (63, 63), (65, 64), (200, 199)]);

        straight.Dispose();
        using BorderFlow shared = new(real, vpc, b, "10.0.2.10");
        using Socket behind = shared.Watch(real.MachineOf(b));
        Arrive(shared, host, behind, Shared, [(64, 63), (30, 29), (63, 62), (65, 63), (200, 197)]);
    }

    [InsideFact]
    public void What_is_too_long_for_the_border_goes_the_whole_way_in_pieces()
    {
        using RealPackets real = new(net, a);
        using BorderFlow flow = Flow(real);
        flow.Machine.DontFragment = false;
        for (int i = 0; i < 3; i++)
        {
            flow.Talk();
            flow.Machine.Send(new byte[3000]);
            Assert.Equal(3000, flow.Called.Receive(new byte[4000]));
        }
    }

    [InsideFact]
    public void An_ordered_filter_cuts_at_once_in_either_direction()
    {
        string acl = net.Acl(vpc, [front], "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        ImmutableArray<NetworkAclEntry> all = net.Rows.Get(new Id<NetworkAcl>(acl)).Entries;
        using RealPackets real = new(net, a, b);
        using BorderFlow flow = Flow(real);
        using BorderFlow other = new(real, vpc, b, "10.0.2.10", hostPort: 5001);
        for (int i = 0; i < 4; i++)
        {
            bool inward = i % 2 == 0;
            flow.Talk();
            other.Talk();
            net.Edit<NetworkAcl>(acl, r => r with { Entries = all.RemoveAll(e => e.IsEgress != inward) });
            real.Follow();
            Assert.Equal(inward, flow.There());
            Assert.Equal(!inward, flow.Back());

            // To the NAT gateway, in this subnet, and from it: one of the two crossings is closed either way.
            Assert.False(other.There());
            Assert.False(other.Back());
            net.Edit<NetworkAcl>(acl, r => r with { Entries = all });
            real.Follow();
        }
    }

    [InsideFact]
    public void A_lost_route_cuts_and_another_public_address_is_followed_at_once()
    {
        using RealPackets real = new(net, a);
        using BorderFlow flow = Flow(real);
        flow.Talk();
        net.Unroute(table, "0.0.0.0/0");
        real.Follow();
        Assert.False(flow.There());
        Assert.True(flow.Back());
        net.Route(table, "0.0.0.0/0", igw);
        real.Follow();
        flow.Talk();
        net.Remove<ElasticIp>(elastic);
        real.Follow();
        Assert.False(flow.There());
        Assert.False(flow.Back());
        net.Elastic(a, "203.0.113.11");
        real.Follow();
        Assert.True(flow.There());
        Assert.Equal("203.0.113.11", flow.Seen.Address.ToString());
        Assert.True(flow.GoesShort());
        Assert.Equal("203.0.113.11", flow.Seen.Address.ToString());
    }

    [InsideFact]
    public void A_revoked_rule_cuts_an_untracked_flow()
    {
        string group = net.Group(vpc, Open);
        string c = net.Instance(front, "10.0.1.11", group);
        net.Elastic(c, "203.0.113.12");
        using RealPackets real = new(net, c);
        using BorderFlow flow = new(real, vpc, c, "10.0.1.11");
        Assert.True(flow.GoesShort());
        flow.Talk();
        net.Rules(group, "in all 0.0.0.0/0");
        real.Follow();
        Assert.False(flow.There());
    }

    [InsideFact]
    public void Nothing_that_nobody_asked_for_comes_in_by_a_short_way()
    {
        string open = net.Instance(front, "10.0.1.11", net.Group(vpc, Open));
        net.Elastic(open, "203.0.113.12");
        using RealPackets real = new(net, a, b, open);
        using BorderFlow flow = Flow(real);
        using Socket stranger = flow.Outside(6000);
        using Socket listener = Datagrams.Open(real, open, "10.0.1.11", 4000);
        for (int i = 0; i < 5; i++)
        {
            flow.Talk();
            Assert.False(flow.Comes(stranger));

            // What is let in, but never answered, is asked each time.
            stranger.SendTo("word"u8, new IPEndPoint(IPAddress.Parse("203.0.113.12"), 4000));
            Assert.Equal(4, listener.Receive(new byte[64]));
            using (real.Closed(LinuxNames.Router(vpc)))
            {
                stranger.SendTo("word"u8, new IPEndPoint(IPAddress.Parse("203.0.113.12"), 4000));
                Assert.Throws<SocketException>(() => listener.Receive(new byte[64]));
            }
        }

        flow.Dispose();
        using BorderFlow shared = new(real, vpc, b, "10.0.2.10");
        for (int i = 0; i < 3; i++)
        {
            shared.Talk();
            Assert.False(shared.Comes(stranger));
        }
    }

    [InsideFact]
    public void Block_public_access_cuts_at_once_and_leaves_the_nat_gateway_where_it_blocks_what_comes_in_alone()
    {
        using RealPackets real = new(net, a, b);
        using BorderFlow flow = Flow(real);
        using BorderFlow shared = new(real, vpc, b, "10.0.2.10", hostPort: 5001);
        foreach ((string mode, bool leavesNat) in ((string, bool)[])[(BlockPublicAccess.Bidirectional, false), (BlockPublicAccess.Ingress, true)])
        {
            flow.Talk();
            shared.Talk();
            net.BlockPublicAccess(mode);
            real.Follow();
            Assert.False(flow.There());
            Assert.False(flow.Back());
            Assert.Equal((leavesNat, leavesNat), (shared.There(), shared.Back()));
            net.BlockPublicAccess(BlockPublicAccess.Off);
            real.Follow();
        }

        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        net.Exclude(front, BlockPublicAccessExclusion.AllowBidirectional);
        real.Follow();
        Assert.True(flow.GoesShort());
    }

    [InsideFact]
    public void A_machine_that_is_called_by_its_public_address_from_beside_sees_the_callers()
    {
        string c = net.Instance(front, "10.0.1.11", net.Group(vpc, Open));
        string called = net.Elastic(c, "203.0.113.12");
        using RealPackets real = new(net, a, c);
        using Datagrams flow = new(real, (a, "10.0.1.10", 4000), (c, "10.0.1.11", 4001), translated: true, at: "203.0.113.12");
        using Datagrams straight = new(real, (a, "10.0.1.10", 4002), (c, "10.0.1.11", 4003));
        for (int i = 0; i < 3; i++)
        {
            flow.Talk();
            Assert.Equal(new IPEndPoint(IPAddress.Parse(Public), 4000), flow.Seen);
            straight.Talk();
        }

        net.Remove<ElasticIp>(called);
        real.Follow();
        Assert.False(flow.There());
        Assert.True(straight.There());
    }

    [InsideFact]
    public void Both_crossings_of_the_router_beside_a_nat_gateway_are_short()
    {
        using RealPackets real = new(net, b);
        using BorderFlow flow = new(real, vpc, b, "10.0.2.10");
        Assert.True(flow.GoesShort());
        Assert.Equal(Shared, flow.Seen.Address.ToString());
    }

    [InsideFact]
    public void What_passes_a_middlebox_at_the_edge_learns_nothing()
    {
        string middle = net.Subnet(vpc, "10.0.3.0/24");
        string m = net.Instance(middle, "10.0.3.10", net.Group(vpc, Open));
        net.Forwards(m);
        net.Elastic(m, "203.0.113.13");
        net.Route(net.Table(vpc, middle), "0.0.0.0/0", igw);
        net.Route(net.Table(vpc, igw), "10.0.1.0/24", m);
        net.Unroute(table, "0.0.0.0/0");
        net.Route(table, "0.0.0.0/0", m);
        using RealPackets real = new(net, a, m);
        using BorderFlow flow = Flow(real);
        flow.Talk();
        flow.Talk();
        Assert.Equal(Public, flow.Seen.Address.ToString());
        using (real.Closed(LinuxNames.Router(vpc)))
        {
            Assert.False(flow.There());
            Assert.False(flow.Back());
        }
    }

    [InsideFact]
    public void A_gateway_that_is_attached_anew_has_short_ways_again()
    {
        using RealPackets real = new(net, a);
        using BorderFlow flow = Flow(real);
        flow.Talk();
        net.Edit<InternetGateway>(igw, g => g with { VpcId = null });
        real.Follow();
        Assert.False(flow.There());
        net.Edit<InternetGateway>(igw, g => g with { VpcId = new Id<Vpc>(vpc) });
        real.Follow();
        Assert.True(flow.GoesShort());
        real.BeginAnew();
        net.Elastic(null, "203.0.113.99");
        real.Follow();
        Assert.True(flow.GoesShort());
    }

    /// <summary>Both ways, again and again, so that most packets go the short way.</summary>
    private static void Arrive(BorderFlow flow, Socket host, Socket machine, string address, (short Sent, byte Arrives)[] limits)
    {
        for (int i = 0; i < 5; i++)
        {
            foreach ((short sent, byte arrives) in limits)
            {
                flow.Machine.Ttl = sent;
                Assert.True(flow.There());
                Assert.Equal((arrives, address), Arrived(host));
                flow.Called.Ttl = sent;
                Assert.True(flow.Back());
                Assert.Equal((arrives, BorderFlow.Host), Arrived(machine));
            }
        }
    }

    private static (byte Ttl, string From) Arrived(Socket seen)
    {
        byte[] packet = new byte[128];
        seen.Receive(packet);
        return (packet[8], new IPAddress(packet.AsSpan(12, 4)).ToString());
    }

    private BorderFlow Flow(RealPackets real) => new(real, vpc, a, "10.0.1.10");
}
