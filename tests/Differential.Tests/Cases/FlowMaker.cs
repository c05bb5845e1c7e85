using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Differential.Cases;

/// <summary>Turns words into flows of a cloud. Every flow has a source port of its own, so that no flow meets another's connection.</summary>
public sealed class FlowMaker
{
    private const int FirstPort = 1024;
    private const int Spread = 61_000;

    private static readonly ushort[] Ports = [443, 443, 80, 53, 22, 8080];
    private static readonly string[] Senders = ["8.8.8.8", "203.0.113.77", "198.51.100.4", "10.9.9.9", "100.64.9.9"];
    private static readonly string[] Senders6 = ["2001:4860:4860::8888", "2001:db8::9", "fd00::9"];
    private static readonly string[] Elsewhere =
    [
        "8.8.8.8", "203.0.113.77", "198.51.100.4", "10.0.2.77", "10.0.77.7", "192.168.3.4", "172.31.9.9", "169.254.169.253", "169.254.169.254",
        "169.254.170.9", "10.0.0.2", "100.64.77.7", "2001:4860:4860::8888", "2001:db8::7", "2600:1f00:0:1::77", "fd00:ec2::254", "54.0.0.200",
    ];

    private int made;
    private int portless;

    /// <summary>The flow that the words choose; null where it cannot be sent (no sender, or a packet that never leaves its machine).</summary>
    /// <param name="maySend">Whether packets can be put on an interface's link.</param>
    public Flow? Make(Partition rows, ForwardingState state, FlowWord word, Func<NetworkInterface, bool> maySend)
    {
        NetworkInterface[] all = [.. rows.All<NetworkInterface>().Where(e => e.InterfaceType == "interface")];
        NetworkInterface[] senders = [.. all.Where(maySend)];
        ushort port = (ushort)(word.Source % 10 == 0 ? 100 + (++made % 900) : FirstPort + (((++made * 7919) + word.Source) % Spread));
        bool inside = word.From % 6 > 0 && senders.Length > 0;
        NetworkInterface? from = inside ? senders[word.From / 6 % senders.Length] : null;
        IpAddress to = Destination(rows, all, from, word);
        if (from is not null && rows.All<NetworkInterface>().Any(e => e.VpcId == from.VpcId && SameMachine(e, from) && IsOf(rows, e, to)))
        {
            return null;
        }

        if (Source(from, to, all, word) is not { } source)
        {
            return null;
        }

        Origin origin = from is null ? Origin.Internet : Origin.OfNic(state.NicOf(CloudBuilder.Home, from.Key));
        return (word.Protocol % 20) switch
        {
            < 11 => new Flow(origin, source, to, Protocols.Tcp, port, Ports[word.Port % Ports.Length]),
            < 16 => new Flow(origin, source, to, Protocols.Udp, port, Ports[word.Port % Ports.Length]),
            < 19 => Flow.Ping(origin, source, to),
            _ => new Flow(origin, source, to, NextProtocol(), 0, 0),
        };
    }

    /// <summary>A protocol without ports, another for each flow: nothing else tells two such flows apart.</summary>
    private byte NextProtocol()
    {
        const int First = 144;
        const int Count = 110;
        return (byte)(First + (portless++ % Count));
    }

    /// <summary>Whether the address is one of the interface's, or stands for one outside.</summary>
    private static bool IsOf(Partition rows, NetworkInterface eni, IpAddress address) =>
        eni.AllAddresses.Contains(address) || rows.By<ElasticIp>(eni.Key).Any(e => e.PublicIp == address);

    private static bool SameMachine(NetworkInterface one, NetworkInterface other) =>
        one.Id == other.Id || (one.Attachment?.InstanceId is { } machine && machine == other.Attachment?.InstanceId);

    private static IpAddress Destination(Partition rows, NetworkInterface[] all, NetworkInterface? from, FlowWord word)
    {
        IpAddress[] near = from is null
            ? []
            : [.. rows.All<NetworkInterface>()
                .Where(e => e.VpcId == from.VpcId && !SameMachine(e, from) && (e.InterfaceType == "interface" || word.Port % 8 == 0))
                .SelectMany(e => e.AllAddresses)];
        IpAddress[] elastic = [.. rows.All<ElasticIp>().Select(e => e.PublicIp)];
        IpAddress[] wide = [.. all.SelectMany(e => e.Ipv6Addresses)];
        int which = word.To % 20;
        IpAddress[] pool = which switch
        {
            < 11 when near.Length > 0 => near,
            < 14 when elastic.Length > 0 => elastic,
            < 16 when from is null && wide.Length > 0 => wide,
            _ => [],
        };
        if (from is null && pool.Length == 0 && which < 18)
        {
            pool = elastic;
        }

        return pool.Length > 0 ? pool[word.To / 20 % pool.Length] : IpAddress.Parse(Elsewhere[word.To / 20 % Elsewhere.Length]);
    }

    private static IpAddress? Source(NetworkInterface? from, IpAddress to, NetworkInterface[] all, FlowWord word)
    {
        if (from is null)
        {
            string[] senders = to.IsV4 ? Senders : Senders6;
            return IpAddress.Parse(senders[word.Source / 10 % (word.Source % 7 == 0 ? senders.Length : 2)]);
        }

        IpAddress[] own = [.. from.AllAddresses.Where(a => a.Family == to.Family)];
        if (word.Source % 23 == 0)
        {
            // No kernel takes a packet that bears an address of its own as the source.
            IpAddress[] receivers = [.. all.Where(e => all.Any(r => r.AllAddresses.Contains(to) && SameMachine(r, e))).SelectMany(e => e.AllAddresses)];
            IpAddress[] others = [.. all.SelectMany(e => e.AllAddresses).Where(a => a.Family == to.Family && a != to && !receivers.Contains(a))];
            return others.Length == 0 ? null : others[word.Source / 23 % others.Length];
        }

        return own.Length == 0 ? null : own[word.Source / 10 % own.Length];
    }
}
