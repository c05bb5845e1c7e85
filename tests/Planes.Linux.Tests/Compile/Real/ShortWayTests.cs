using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Trunkline.Cloud;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Tests.Clouds;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>Datagrams that follow others of their flow go the short way; nothing that a change forbids goes it any more.</summary>
public sealed class ShortWayTests
{
    private static readonly string[] Open = ["in all 0.0.0.0/0", "out all 0.0.0.0/0"];
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string one;
    private readonly string two;
    private readonly string a;

    public ShortWayTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        one = net.Subnet(vpc, "10.0.1.0/24");
        two = net.Subnet(vpc, "10.0.2.0/24");
        a = net.Instance(one, "10.0.1.10", net.Group(vpc, Open));
    }

    [InsideFact]
    public void A_way_is_learned_from_the_whole_way_and_good_for_a_second()
    {
        string b = net.Instance(two, "10.0.2.10", net.Group(vpc, "in udp 5000 10.0.0.0/16", "out all 0.0.0.0/0"));
        using RealPackets real = new(net, a, b);
        using Datagrams flow = Flow(real, b);
        string router = LinuxNames.Router(vpc);
        bool carried = false;
        for (int tries = 0; tries < 5 && !carried; tries++)
        {
            // On a busy machine the way may have grown old meanwhile.
            flow.Talk();
            using IDisposable closed = real.Closed(router);
            carried = flow.There() && flow.Back();
            Assert.True(flow.Ceases(TimeSpan.FromSeconds(5)));
            Assert.False(flow.Back());
        }

        Assert.True(carried);
    }

    [InsideFact]
    public void Hop_limits_arrive_as_they_do_the_whole_way()
    {
        string b = net.Instance(two, "10.0.2.10", net.Group(vpc, Open));
        using RealPackets real = new(net, a, b);
        using Datagrams flow = Flow(real, b);
        using Socket seen = real.In(real.MachineOf(b), () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp) { ReceiveTimeout = 1000 });
        byte[] packet = new byte[128];
        for (int i = 0; i < 5; i++)
        {
            foreach ((short sent, byte arrives) in (ReadOnlySpan<(short, byte)>)[(64, 64), (30, 30), (63, 63), (200, 199)])
            {
                flow.Caller.Ttl = sent;
                Assert.True(flow.There());
                seen.Receive(packet);
                Assert.Equal(arrives, packet[8]);
            }

            flow.Caller.Ttl = 64;
            Assert.True(flow.Back());
        }
    }

    [InsideFact]
    public void An_ordered_filter_cuts_at_once_in_either_direction()
    {
        string b = net.Instance(two, "10.0.2.10", net.Group(vpc, Open));
        string acl = net.Acl(vpc, [two], "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        ImmutableArray<NetworkAclEntry> all = net.Rows.Get(new Id<NetworkAcl>(acl)).Entries;
        using RealPackets real = new(net, a, b);
        using Datagrams flow = Flow(real, b);
        for (int i = 0; i < 10; i++)
        {
            bool inward = i % 2 == 0;
            flow.Talk();
            net.Edit<NetworkAcl>(acl, r => r with { Entries = all.RemoveAll(e => e.IsEgress != inward) });
            real.Follow();
            Assert.Equal(!inward, flow.There());
            Assert.Equal(inward, flow.Back());
            net.Edit<NetworkAcl>(acl, r => r with { Entries = all });
            real.Follow();
        }
    }

    [InsideFact]
    public void A_revoked_rule_cuts_an_untracked_flow_and_leaves_a_tracked_one()
    {
        string tracked = net.Group(vpc, "in udp 5000 10.0.0.0/8", "out all 0.0.0.0/0");
        string untracked = net.Group(vpc, Open);
        string b = net.Instance(two, "10.0.2.10", tracked);
        string c = net.Instance(two, "10.0.2.11", untracked);
        using RealPackets real = new(net, a, b, c);
        using Datagrams kept = Flow(real, b);
        using Datagrams cut = new(real, (a, "10.0.1.10", 4001), (c, "10.0.2.11", 5000));
        kept.Talk();
        cut.Talk();
        net.Rules(tracked, "out all 0.0.0.0/0");
        net.Rules(untracked, "out all 0.0.0.0/0");
        real.Follow();
        Assert.False(cut.There());
        kept.Talk();
    }

    [InsideFact]
    public void Another_helper_forgets_what_was_learned_before_it()
    {
        string b = net.Instance(two, "10.0.2.10", net.Group(vpc, Open));
        string acl = net.Acl(vpc, [two], "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        using RealPackets real = new(net, a, b);
        using Datagrams flow = Flow(real, b);
        flow.Talk();
        real.BeginAnew();
        net.Edit<NetworkAcl>(acl, r => r with { Entries = [] });
        real.Follow();
        Assert.False(flow.There());
        Assert.False(flow.Back());
    }

    [InsideFact]
    public void A_borrowed_address_finds_no_way()
    {
        string b = net.Instance(two, "10.0.2.10", net.Group(vpc, Open));
        string thief = net.Instance(one, "10.0.1.11", net.Group(vpc, Open));
        using RealPackets real = new(net, a, b, thief);
        Assert.Equal(0, real.Run(real.MachineOf(thief), "ip", "address", "add", "10.0.1.10/32", "dev", "eth0").Code);
        using Socket borrowed = Datagrams.Open(real, thief, "10.0.1.10", 4000);
        using Datagrams flow = Flow(real, b);
        using Socket seen = real.In(real.MachineOf(b), () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp) { ReceiveTimeout = 300 });
        for (int i = 0; i < 3; i++)
        {
            flow.Talk();
            byte[] packet = new byte[128];
            while (seen.Available > 0)
            {
                seen.Receive(packet);
            }

            borrowed.SendTo("borrowed"u8.ToArray(), new IPEndPoint(IPAddress.Parse("10.0.2.10"), 5000));
            Assert.Throws<SocketException>(() => seen.Receive(packet));
        }
    }

    [InsideFact]
    public void A_new_interface_address_and_a_stopped_receiver_are_followed()
    {
        string b = net.Instance(two, "10.0.2.10", net.Group(vpc, Open));
        using RealPackets real = new(net, a, b);
        using Datagrams flow = Flow(real, b);
        flow.Talk();
        string c = net.Instance(two, "10.0.2.11", net.Group(vpc, Open));
        real.Used.Add(net.InstanceOf(c));
        real.Follow();
        using Datagrams late = new(real, (a, "10.0.1.10", 4001), (c, "10.0.2.11", 5000));
        late.Talk();
        using (real.Closed(LinuxNames.Router(vpc)))
        {
            Assert.True(late.There());
        }

        Assert.Equal(3, Hooks(real));
        net.SetState(b, InstanceState.Stopped);
        real.Follow();
        Assert.Equal(2, Hooks(real));
        Assert.False(flow.There());
        late.Talk();
    }

    /// <summary>At how many machines' links the router has something hooked.</summary>
    private int Hooks(RealPackets real)
    {
        string router = LinuxNames.Router(vpc);
        return real.HasPeers
            ? real.Run(router, "tc", "qdisc", "show").Words.Split("qdisc clsact ffff: dev n").Length - 1
            : real.Run(router, "nft", "list", "table", "netdev", "trunkline_short").Words.Split("hook ingress").Length - 1;
    }

    private Datagrams Flow(RealPackets real, string to) => new(real, (a, "10.0.1.10", 4000), (to, "10.0.2.10", 5000));
}
