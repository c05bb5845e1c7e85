using System.Collections.Immutable;
using System.Diagnostics;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Packets;

namespace Trunkline.Tests.Differential;

/// <summary>Probes in a hand-made network: two machines and a router between them, with a filter and a translation.</summary>
public sealed class ProbeTests
{
    private const string InsideMethod = "Trunkline.Tests.Differential.ProbeTests.Inside_probes_tell_what_becomes_of_packets";

    private const string Script = """
        set -e
        mount -t tmpfs tmpfs /run; mkdir /run/netns
        for n in r a b; do ip netns add $n; ip -n $n link set lo up; done
        for n in a b; do
          ip link add n$n netns r address 0a:00:00:00:00:01 type veth peer name eth0 netns $n address 02:00:00:00:00:0$n
          ip -n r link set n$n up; ip -n $n link set eth0 up
        done
        ip -n r addr add 10.0.1.1/24 dev na; ip -n r addr add 10.0.2.1/24 dev nb
        ip -n r addr add fd01::1/64 dev na nodad; ip -n r addr add fd02::1/64 dev nb nodad
        ip -n a addr add 10.0.1.10/24 dev eth0; ip -n b addr add 10.0.2.10/24 dev eth0
        ip -n a addr add fd01::10/64 dev eth0 nodad; ip -n b addr add fd02::10/64 dev eth0 nodad
        ip -n a route add default via 10.0.1.1; ip -n a -6 route add default via fd01::1
        ip -n b route add default via 10.0.2.1; ip -n b -6 route add default via fd02::1
        ip -n r neigh add 10.0.1.10 lladdr 02:00:00:00:00:0a dev na; ip -n r neigh add 10.0.2.10 lladdr 02:00:00:00:00:0b dev nb
        ip -n r neigh add fd01::10 lladdr 02:00:00:00:00:0a dev na; ip -n r neigh add fd02::10 lladdr 02:00:00:00:00:0b dev nb
        ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
        ip netns exec r nft -f - <<'E'
        table inet trunkline {
          chain f { type filter hook forward priority 0; ct state established accept; tcp dport 22 drop comment "ENI_SG_RULES_MISMATCH sg-1"
            jump more; }
          chain more { ip saddr 10.0.2.10 udp dport 53 drop comment "SUBNET_ACL_RESTRICTION acl-1/100"; }
          chain n { type nat hook prerouting priority -100; ip daddr 10.9.9.9 dnat ip to 10.0.2.10; }
        }
        E
        """;

    [Fact]
    public void A_packet_is_read_as_it_was_written()
    {
        Span<byte> octets = stackalloc byte[PacketCraft.SizeMax];
        foreach (ProbeHeader header in Headers())
        {
            ProbePacket packet = new(header, 0xDEADBEEF, header.Protocol == ProbeHeader.Tcp ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.None, 17);
            int length = PacketCraft.Write(packet, octets);
            int start = header.IsV4 ? 20 : 40;
            Assert.True(PacketCraft.TryRead(octets[..start], octets[start..length], out ProbePacket read), header.ToString());
            Assert.Equal(packet, read);
        }
    }

    [Fact]
    public void Probes_tell_what_becomes_of_packets()
    {
        Assert.SkipUnless(!Inside.IsHere, "runs outside");
        foreach (bool asRoot in Inside.IsRoot ? new[] { true, false } : [false])
        {
            (int code, string said) = Inside.Test(InsideMethod, asRoot, new Dictionary<string, string>());
            Assert.True(code == 0, said);
        }
    }

    [Fact]
    public void Inside_probes_tell_what_becomes_of_packets()
    {
        Assert.SkipUnless(Inside.IsHere, "runs inside namespaces of its own");
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", Script]) { RedirectStandardError = true })!;
        string errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, errors);
        using Prober prober = new(name => "/run/netns/" + name);
        prober.Follow(Network());
        ProbePlace a = new("a", "eth0");
        uint id = 100;
        foreach (ProbeHeader header in Headers())
        {
            PacketFate there = prober.Send(a, new ProbePacket(header, ++id, header.Protocol == ProbeHeader.Tcp ? TcpFlags.Syn : TcpFlags.None));
            Assert.True(there.End == PacketEnd.Received, $"{header}: {there.End} {there.Reason}");
            Assert.Equal(new ProbePlace("b", "eth0"), there.At);
            Assert.Equal(header, there.Packet!.Value.Header);
            PacketFate back = prober.Answer(there);
            Assert.True(back.End == PacketEnd.Received, $"{header}: answer {back.End} {back.Reason}");
            Assert.Equal(a, back.At);
            Assert.Equal(header.Reply(), back.Packet!.Value.Header);
        }

        PacketFate denied = prober.Send(a, Tcp("10.0.1.10", "10.0.2.10", 22, ++id));
        Assert.Equal((PacketEnd.Dropped, "ENI_SG_RULES_MISMATCH sg-1", "r"), (denied.End, denied.Reason, denied.At.Namespace));
        PacketFate translated = prober.Send(a, Tcp("10.0.1.10", "10.9.9.9", 443, ++id));
        Assert.Equal((PacketEnd.Received, "10.0.2.10"), (translated.End, translated.Packet!.Value.Header.Destination.ToString()));
        Assert.Equal("10.9.9.9", prober.Answer(translated).Packet!.Value.Header.Source.ToString());
        ProbeHeader dns = new(IpAddress.Parse("10.0.2.10"), IpAddress.Parse("10.0.1.10"), ProbeHeader.Udp, 5353, 53);
        Assert.Equal("SUBNET_ACL_RESTRICTION acl-1/100", prober.Send(new ProbePlace("b", "eth0"), new ProbePacket(dns, ++id)).Reason);
        Assert.Equal(PacketEnd.Lost, prober.Send(a, Tcp("10.0.1.10", "192.168.7.7", 443, ++id)).End);
        PacketFate routed = prober.Send(new ProbePlace("a", null), Tcp("10.77.7.7", "10.0.2.10", 443, ++id));
        Assert.Equal((PacketEnd.Received, "10.77.7.7"), (routed.End, routed.Packet!.Value.Header.Source.ToString()));
        long start = Stopwatch.GetTimestamp();
        const int Many = 5000;
        for (int i = 0; i < Many; i++)
        {
            ProbeHeader next = new(IpAddress.Parse("10.0.1.10"), IpAddress.Parse("10.0.2.10"), ProbeHeader.Udp, (ushort)(2000 + i), 443);
            Assert.Equal(PacketEnd.Received, prober.Answer(prober.Send(a, new ProbePacket(next, ++id))).End);
        }

        double rate = Many / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.True(rate > 1000, $"{rate:0} exchanges a second");
        Console.WriteLine($"{rate:0} exchanges a second");
        prober.Withdraw();
    }

    private static ProbePacket Tcp(string from, string to, ushort port, uint id) =>
        new(new ProbeHeader(IpAddress.Parse(from), IpAddress.Parse(to), ProbeHeader.Tcp, (ushort)(30000 + id), port), id, TcpFlags.Syn);

    private static IEnumerable<ProbeHeader> Headers()
    {
        foreach ((string from, string to) in new[] { ("10.0.1.10", "10.0.2.10"), ("fd01::10", "fd02::10") })
        {
            IpAddress source = IpAddress.Parse(from);
            IpAddress destination = IpAddress.Parse(to);
            yield return new ProbeHeader(source, destination, ProbeHeader.Tcp, 40000, 443);
            yield return new ProbeHeader(source, destination, ProbeHeader.Udp, 40001, 53);
            yield return source.IsV4
                ? new ProbeHeader(source, destination, ProbeHeader.Icmp, 7, 8 << 8)
                : new ProbeHeader(source, destination, ProbeHeader.IcmpV6, 7, 128 << 8);
            yield return new ProbeHeader(source, destination, 99, 0, 0);
        }
    }

    private static HostNetwork Network()
    {
        NamespaceNetwork r = Namespace("r", NamespaceRole.Router, ("na", "a", "eth0", "0a:00:00:00:00:01"), ("nb", "b", "eth0", "0a:00:00:00:00:01"));
        NamespaceNetwork a = Namespace("a", NamespaceRole.Machine, ("eth0", "r", "na", "02:00:00:00:00:0a"));
        NamespaceNetwork b = Namespace("b", NamespaceRole.Machine, ("eth0", "r", "nb", "02:00:00:00:00:0b"));
        return new HostNetwork(HostNetwork.Empty.Namespaces.Add("r", r).Add("a", a).Add("b", b));
    }

    private static NamespaceNetwork Namespace(string name, NamespaceRole role, params (string Name, string To, string Far, string Mac)[] links) => new(
        name, role, null, ImmutableSortedDictionary<string, string>.Empty,
        links.ToImmutableSortedDictionary(l => l.Name, l => new Link(l.Name, l.Mac, 9001, l.To, l.Far)), [], [], [], [], null);
}
