using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>Where a probe starts.</summary>
/// <param name="Link">The link it is put on; null: the namespace's own routing finds the way.</param>
public sealed record ProbePlace(string Namespace, string? Link);

/// <summary>What became of one packet.</summary>
public enum PacketEnd : byte
{
    /// <summary>It came to the end of some namespace's input.</summary>
    Received,

    /// <summary>A rule dropped it.</summary>
    Dropped,

    /// <summary>Nobody told of it any more: the kernel dropped it beside the rules.</summary>
    Lost,
}

/// <summary>One packet's fate.</summary>
/// <param name="At">Where it ended; the start where nothing was heard of it.</param>
/// <param name="Packet">As it was received, or as it was when last seen.</param>
/// <param name="Reason">The comment of the dropping rule; for a rule without one, its chain.</param>
/// <param name="Events">What nftables told, namespace by namespace.</param>
public sealed record PacketFate(
    PacketEnd End, ProbePlace At, ProbePacket? Packet, string Reason, IReadOnlyList<(string Namespace, TraceEvent Event)> Events);

/// <summary>Sends probes through a host's namespaces, one at a time, and tells the fate of each.</summary>
/// <remarks>
/// A path of virtual pairs is carried in the sender's own system call: what happened is told by the time <c>sendto</c> returns. Only where
/// nothing was told of an end, the prober waits a little, for the kernel's thread that takes over under load.
/// </remarks>
/// <param name="beside">Writes a table of ours beside the others of a namespace; null: just writes it.</param>
public sealed class Prober(Func<string, string> pathOf, Action<string, Action>? beside = null) : IDisposable
{
    private const int PatienceMilliseconds = 40;

    private readonly Dictionary<string, ProbeNamespace> opened = new(StringComparer.Ordinal);
    private readonly List<TraceEvent> heard = [];
    private readonly List<(string Namespace, TraceEvent Event)> told = [];
    private HostNetwork network = HostNetwork.Empty;
    private ProbeNamespace[] listening = [];
    private int[] descriptors = [];

    /// <summary>Opens what is new in the network and lets go of what is gone; to be called after every change of the host.</summary>
    public void Follow(HostNetwork next)
    {
        foreach ((string name, ProbeNamespace gone) in opened.ToArray())
        {
            if (!next.Namespaces.ContainsKey(name))
            {
                gone.Dispose();
                opened.Remove(name);
            }
        }

        foreach ((string name, NamespaceNetwork there) in next.Namespaces)
        {
            if (opened.TryGetValue(name, out ProbeNamespace? known))
            {
                known.Learn(there.Links.Keys);
            }
            else
            {
                Beside(name, () => opened[name] = ProbeNamespace.Open(name, pathOf(name), there.Links.Keys));
            }
        }

        network = next;
        listening = [.. opened.Values];
        descriptors = [.. listening.Select(n => n.TraceDescriptor)];
        Collect();
        told.Clear();
    }

    /// <summary>Takes our tables away from the namespaces that are there.</summary>
    public void Withdraw()
    {
        foreach (ProbeNamespace there in opened.Values)
        {
            Beside(there.Name, there.Withdraw);
        }
    }

    private void Beside(string name, Action write)
    {
        if (beside is null)
        {
            write();
        }
        else
        {
            beside(name, write);
        }
    }

    public void Dispose()
    {
        foreach (ProbeNamespace there in opened.Values)
        {
            there.Dispose();
        }

        opened.Clear();
    }

    /// <summary>Sends one packet and tells what became of it.</summary>
    public PacketFate Send(ProbePlace from, in ProbePacket packet)
    {
        told.Clear();
        ProbeNamespace start = opened[from.Namespace];
        if (from.Link is null)
        {
            start.SendRouted(packet);
        }
        else
        {
            Link link = network.Namespaces[from.Namespace].Links[from.Link];
            start.SendOn(from.Link, network.Namespaces[link.PeerNamespace].Links[link.PeerName].Mac, packet);
        }

        Collect();
        if (Fate(packet.Id) is { } fate)
        {
            return fate;
        }

        long patience = Environment.TickCount64 + PatienceMilliseconds;
        while (Environment.TickCount64 < patience)
        {
            PacketNative.Wait(descriptors, 5);
            Collect();
            if (Fate(packet.Id) is { } late)
            {
                return late;
            }
        }

        ProbePacket? seen = told.LastOrDefault(t => t.Event.Packet is not null).Event.Packet;
        string where = told.Count == 0 ? from.Namespace : told[^1].Namespace;
        return new PacketFate(PacketEnd.Lost, new ProbePlace(where, null), seen, "", [.. told]);
    }

    /// <summary>The receiver's answer to a packet that arrived: from the same link, or by the namespace's routing where it is not a machine's.</summary>
    public PacketFate Answer(PacketFate arrived)
    {
        ProbePacket packet = arrived.Packet!.Value;
        TcpFlags flags = (packet.Flags & TcpFlags.Syn) != 0 ? TcpFlags.Syn | TcpFlags.Ack : packet.Flags;
        return Send(AnswersFrom(arrived), new ProbePacket(packet.Header.Reply(), packet.Id, flags));
    }

    /// <summary>Where the answer to a packet that arrived starts.</summary>
    public ProbePlace AnswersFrom(PacketFate arrived) =>
        network.Namespaces[arrived.At.Namespace].Role == NamespaceRole.Machine ? arrived.At : arrived.At with { Link = null };

    /// <summary>The comment of the rule of an event, for showing.</summary>
    public string? CommentOf(string name, in TraceEvent at) => opened[name].CommentOf(at);

    /// <summary>The name of a link in a namespace; null for none.</summary>
    public string? LinkOf(string name, int index) => opened[name].LinkOf(index);

    private void Collect()
    {
        foreach (ProbeNamespace there in listening)
        {
            heard.Clear();
            there.Drain(heard);
            foreach (TraceEvent one in heard)
            {
                told.Add((there.Name, one));
            }
        }
    }

    private PacketFate? Fate(uint id)
    {
        foreach ((string name, TraceEvent one) in told)
        {
            if (one.Verdict != TraceEvent.Drop)
            {
                continue;
            }

            ProbeNamespace there = opened[name];
            ProbePlace at = new(name, there.LinkOf(one.InLink));
            if (one.Table != ProbeNamespace.Table)
            {
                string reason = there.CommentOf(one) is { Length: > 0 } comment ? comment : $"{one.Table} {one.Chain} {one.Handle}";
                return new PacketFate(PacketEnd.Dropped, at, LastSeen(name), reason, [.. told]);
            }

            if (one.Packet is { } packet && packet.Id == id)
            {
                return new PacketFate(PacketEnd.Received, at, packet, "", [.. told]);
            }
        }

        return null;
    }

    /// <summary>The packet as the namespace saw it last.</summary>
    private ProbePacket? LastSeen(string name)
    {
        for (int i = told.Count - 1; i >= 0; i--)
        {
            if (told[i].Namespace == name && told[i].Event.Packet is { } packet)
            {
                return packet;
            }
        }

        return null;
    }
}
