using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Trunkline.Cloud;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Tests.Clouds;
using Trunkline.Tests.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>
/// TCP where programs carry what follows others of its flow, and where it goes the whole way always: everything is the same for who sends and who
/// receives.
/// </summary>
public sealed class SegmentShortWayTests
{
    private const string Host = "198.51.100.10";
    private const string Public = "203.0.113.10";
    private const string Shared = "203.0.113.5";
    private static readonly string[] Open = ["in all 0.0.0.0/0", "out all 0.0.0.0/0"];
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string front;
    private readonly string tracked;
    private readonly string a;
    private readonly string b;

    public SegmentShortWayTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        string igw = net.Igw(vpc);
        front = net.Subnet(vpc, "10.0.1.0/24");
        string back = net.Subnet(vpc, "10.0.2.0/24");
        net.Route(net.Table(vpc, front), "0.0.0.0/0", igw);
        net.Route(net.Table(vpc, back), "0.0.0.0/0", net.Nat(front, "10.0.1.5", Shared));
        tracked = net.Group(vpc, "in tcp 5000 10.0.0.0/8", "out all 0.0.0.0/0");
        a = net.Instance(front, "10.0.1.10", tracked);
        b = net.Instance(back, "10.0.2.10", net.Group(vpc, Open));
        net.Elastic(a, Public);
    }

    private string Router => LinuxNames.Router(vpc);

    [InsideFact]
    public void A_connection_goes_on_by_the_short_way_and_ends_the_whole_way()
    {
        using RealPackets real = new(net, a, b);
        using Segments flow = Inside(real);
        if (real.HasPeers)
        {
            Assert.True(flow.HoldsByShortWay(real, Router, () => flow.There() && flow.Back()));
        }

        flow.Talk();
        byte[] nothing = new byte[4];
        using (real.Closed(Router))
        {
            flow.Caller.Shutdown(SocketShutdown.Send);
            flow.Called.ReceiveTimeout = 300;
            Assert.Throws<SocketException>(() => flow.Called.Receive(nothing));
        }

        flow.Called.ReceiveTimeout = 5000;
        Assert.Equal(0, flow.Called.Receive(nothing));
    }

    [InsideFact]
    public void An_ordered_filter_cuts_at_once_in_either_direction()
    {
        string acl = net.Acl(vpc, [front], "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        ImmutableArray<NetworkAclEntry> all = net.Rows.Get(new Id<NetworkAcl>(acl)).Entries;
        using RealPackets real = new(net, a, b);
        using Segments flow = Inside(real);
        for (int i = 0; i < 4; i++)
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
    public void A_revoked_rule_cuts_an_untracked_connection_and_leaves_a_tracked_one()
    {
        string untracked = net.Group(vpc, Open);
        string c = net.Instance(front, "10.0.1.11", untracked);
        using RealPackets real = new(net, a, b, c);
        using Segments kept = Inside(real);
        using Segments cut = new(real, (real.MachineOf(b), "10.0.2.10"), (real.MachineOf(c), "10.0.1.11", 5000));
        kept.Talk();
        cut.Talk();
        net.Rules(tracked, "out all 0.0.0.0/0");
        net.Rules(untracked, "out all 0.0.0.0/0");
        real.Follow();
        Assert.False(cut.There());
        Assert.True(kept.There());
        kept.Talk();
    }

    [InsideFact]
    public void Another_helper_forgets_what_was_learned_before_it()
    {
        string acl = net.Acl(vpc, [front], "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        using RealPackets real = new(net, a, b);
        using Segments flow = Inside(real);
        flow.Talk();
        real.BeginAnew();
        flow.Talk();
        net.Edit<NetworkAcl>(acl, r => r with { Entries = [] });
        real.Follow();
        Assert.False(flow.There());
        Assert.False(flow.Back());
    }

    [InsideFact]
    public void Programs_take_the_place_of_an_earlier_helpers_tables()
    {
        using RealPackets real = new(net, a, b);
        Assert.NotEqual(real.HasPeers, HasTable(real));
        if (real.HasPeers)
        {
            real.Beside(Router, "nft", "add", "table", "netdev", "trunkline_short");
        }

        real.BeginAnew();
        net.Elastic(null, "203.0.113.99");
        net.Rules(tracked, "in tcp 5001 10.0.0.0/8");
        real.Follow();
        Assert.NotEqual(real.HasPeers, HasTable(real));
    }

    private bool HasTable(RealPackets real) => real.Run(Router, "nft", "list", "tables").Words.Contains("trunkline_short", StringComparison.Ordinal);

    [InsideFact]
    public void Much_is_carried_whole_through_every_translation()
    {
        using RealPackets real = new(net, a, b);
        foreach ((string place, string address, string seen) in (ReadOnlySpan<(string, string, string)>)
            [(real.MachineOf(a), "10.0.1.10", Public), (real.MachineOf(b), "10.0.2.10", Shared)])
        {
            using Segments flow = new(real, (place, address), (LinuxNames.Outside, Host, 5000));
            Assert.Equal(seen, flow.Seen.Address.ToString());
            flow.Talk();
            Assert.True(Segments.Carries(flow.Caller, flow.Called, 3_000_000));
            Assert.True(Segments.Carries(flow.Called, flow.Caller, 3_000_001));
            if (real.HasPeers)
            {
                Assert.True(flow.HoldsByShortWay(real, Router, () => flow.There() && flow.Back()));
            }
        }

        using Segments inside = Inside(real);
        Assert.True(Segments.Carries(inside.Caller, inside.Called, 3_000_000));
    }

    /// <summary>Nobody asks for the checksum of what a link carries on one host, so the test looks itself.</summary>
    [InsideFact]
    public void Checksums_hold_whoever_made_them()
    {
        using RealPackets real = new(net, a, b);
        using Segments flow = new(real, (real.MachineOf(b), "10.0.2.10"), (LinuxNames.Outside, Host, 5000));
        IPEndPoint caller = (IPEndPoint)flow.Caller.LocalEndPoint!;
        IPEndPoint host = new(IPAddress.Parse(Host), 5000);
        using Socket outside = Raw(real, LinuxNames.Outside, host.Address);
        using Socket machine = Raw(real, real.MachineOf(b), caller.Address);
        flow.Talk();
        (uint, uint) fromHost = Numbers(machine, caller.Port);
        (uint, uint) fromCaller = Numbers(outside, host.Port);
        Assert.True(Holds());
        if (real.HasPeers)
        {
            Assert.True(flow.HoldsByShortWay(real, Router, Holds));
        }

        bool Holds()
        {
            outside.SendTo(Acknowledgement(host, flow.Seen, fromCaller), new IPEndPoint(flow.Seen.Address, 0));
            bool inward = Arrives(machine, caller.Port);
            machine.SendTo(Acknowledgement(caller, host, fromHost), new IPEndPoint(host.Address, 0));
            return Arrives(outside, host.Port) && inward;
        }
    }

    private Segments Inside(RealPackets real) => new(real, (real.MachineOf(b), "10.0.2.10"), (real.MachineOf(a), "10.0.1.10", 5000));

    private static Socket Raw(RealPackets real, string place, IPAddress own)
    {
        Socket socket = real.In(place, () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(own, 0));
        socket.ReceiveTimeout = 300;
        return socket;
    }

    /// <summary>The sequence and the acknowledgement number of the last segment that came.</summary>
    private static (uint Sequence, uint Acknowledged) Numbers(Socket at, int port)
    {
        (uint, uint) last = default;
        byte[] packet = new byte[1500];
        while (at.Available > 0)
        {
            Span<byte> segment = packet.AsSpan(20, at.Receive(packet) - 20);
            if (BinaryPrimitives.ReadUInt16BigEndian(segment[2..]) == port)
            {
                last = (BinaryPrimitives.ReadUInt32BigEndian(segment[4..]), BinaryPrimitives.ReadUInt32BigEndian(segment[8..]));
            }
        }

        return last;
    }

    /// <summary>An acknowledgement once more, which nobody heeds; its window tells it from others.</summary>
    private static byte[] Acknowledgement(IPEndPoint from, IPEndPoint to, (uint Sequence, uint Acknowledged) heard)
    {
        byte[] segment = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), heard.Acknowledged);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), heard.Sequence);
        segment[12] = 5 << 4;
        segment[13] = 1 << 4;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), Mark);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), (ushort)~Sum(from.Address, to.Address, segment));
        return segment;
    }

    private const ushort Mark = 0x1234;

    /// <summary>Whether the marked segment comes, and its sum with it.</summary>
    private static bool Arrives(Socket at, int port)
    {
        byte[] packet = new byte[100];
        try
        {
            while (true)
            {
                int length = at.Receive(packet);
                Span<byte> segment = packet.AsSpan(20, length - 20);
                if (BinaryPrimitives.ReadUInt16BigEndian(segment[14..]) == Mark && BinaryPrimitives.ReadUInt16BigEndian(segment[2..]) == port)
                {
                    return Sum(new IPAddress(packet.AsSpan(12, 4)), new IPAddress(packet.AsSpan(16, 4)), segment) == ushort.MaxValue;
                }
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
    }

    /// <summary>The ones' complement sum with the pseudo-header (RFC 9293, section 3.1).</summary>
    private static ushort Sum(IPAddress from, IPAddress to, ReadOnlySpan<byte> segment)
    {
        ReadOnlySpan<byte> all = [.. from.GetAddressBytes(), .. to.GetAddressBytes(), 0, 6, 0, (byte)segment.Length, .. segment];
        uint sum = 0;
        for (int i = 0; i < all.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)all[i] << 8 : all[i];
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
