using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Messages about links (linux/if_link.h). A link's alias holds what the kernel does not tell: where its other end is.</summary>
internal static class LinkMessages
{
    public const ushort New = 16;
    public const ushort Delete = 17;
    public const ushort Get = 18;

    private const int FixedLength = 16;
    private const uint FlagUp = 1;
    private const uint RemovalGroup = 0x54524c00;
    private const ushort Address = 1;
    private const ushort Name = 3;
    private const ushort Mtu = 4;
    private const ushort Info = 18;
    private const ushort InfoKind = 1;
    private const ushort InfoData = 2;
    private const ushort Alias = 20;
    private const ushort Group = 27;
    private const ushort NamespaceFile = 28;
    private const ushort Filter = 29;
    private const ushort SendQueues = 31;
    private const ushort ReceiveQueues = 32;

    /// <summary>A virtual pair, both ends down; the far end is born in the namespace that the open file stands for.</summary>
    public static void AddPair(NetlinkWriter to, Link near, Link far, int farNamespace)
    {
        to.Begin(New, NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Exclusive, FixedLength);
        WriteEnd(to, near);
        int info = to.Nest(Info);
        to.Text(InfoKind, "veth");
        int data = to.Nest(InfoData);
        int peer = to.Nest(1);
        to.Raw(FixedLength);
        WriteEnd(to, far);
        to.Number(NamespaceFile, (uint)farNamespace);
        to.EndNest(peer);
        to.EndNest(data);
        to.EndNest(info);
        to.End();
    }

    /// <summary>Up, with the properties that differ: even the same hardware address, written again, makes the kernel forget all neighbours.</summary>
    public static void Set(NetlinkWriter to, Link link, Link? was)
    {
        Span<byte> head = to.Begin(New, NetlinkFlags.Request, FixedLength);
        WriteUp(head);
        to.Text(Name, link.Name);
        to.Text(Alias, $"{link.PeerNamespace}/{link.PeerName}");
        if (was is not null && was.Mac != link.Mac)
        {
            to.Mac(Address, link.Mac);
        }

        if (was is not null && was.Mtu != link.Mtu)
        {
            to.Number(Mtu, (uint)link.Mtu);
        }

        if (was is not null && was.Group != link.Group)
        {
            to.Number(Group, link.Group);
        }

        to.End();
    }

    /// <summary>The loopback up, with the namespace's own mark as its alias.</summary>
    public static void SetLoopback(NetlinkWriter to, NamespaceRole role, string? hostName)
    {
        Span<byte> head = to.Begin(New, NetlinkFlags.Request, FixedLength);
        WriteUp(head);
        to.Text(Name, "lo");
        to.Text(Alias, hostName is null ? $"trunkline {role}" : $"trunkline {role} {hostName}");
        to.End();
    }

    /// <summary>
    /// Marks a link for <see cref="RemoveMarked"/>: the kernel takes some 20 ms to end one link, and little more to end a thousand at once.
    /// </summary>
    public static void MarkForRemoval(NetlinkWriter to, string name)
    {
        to.Begin(New, NetlinkFlags.Request, FixedLength);
        to.Text(Name, name);
        to.Number(Group, RemovalGroup);
        to.End();
    }

    /// <summary>Deletes all links that are marked.</summary>
    public static void RemoveMarked(NetlinkWriter to)
    {
        to.Begin(Delete, NetlinkFlags.Request, FixedLength);
        to.Number(Group, RemovalGroup);
        to.End();
    }

    /// <summary>Asks for all links, without their counters.</summary>
    public static void AskAll(NetlinkWriter to)
    {
        to.Begin(Get, NetlinkFlags.Request | NetlinkFlags.Dump, FixedLength);
        to.Number(Filter, 1 << 3);
        to.End();
    }

    /// <summary>Asks for one link: its one answer is followed by an acknowledgement.</summary>
    public static void AskOne(NetlinkWriter to, string name)
    {
        to.Begin(Get, NetlinkFlags.Request | NetlinkFlags.Ack, FixedLength);
        to.Text(Name, name);
        to.Number(Filter, 1 << 3);
        to.End();
    }

    /// <summary>Reads one link from a dump.</summary>
    public static FoundLink Read(ReadOnlySpan<byte> body)
    {
        FoundLink found = new()
        {
            Index = BinaryPrimitives.ReadInt32LittleEndian(body[4..]),
            Up = (MemoryMarshal.Read<uint>(body[8..]) & FlagUp) != 0,
        };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[FixedLength..]))
        {
            switch (attribute.Type)
            {
                case Address:
                    found.Mac = attribute.Mac;
                    break;
                case Name:
                    found.Name = attribute.Text;
                    break;
                case Mtu:
                    found.Mtu = (int)attribute.Number;
                    break;
                case Alias:
                    found.Alias = attribute.Text;
                    break;
                case Group:
                    found.Group = attribute.Number;
                    break;
                case Info:
                    found.Kind = KindOf(attribute);
                    break;
                default:
                    break;
            }
        }

        return found;
    }

    private static string KindOf(NetlinkAttribute info)
    {
        foreach (NetlinkAttribute attribute in info.Nested)
        {
            if (attribute.Type == InfoKind)
            {
                return attribute.Text;
            }
        }

        return "";
    }

    private static void WriteUp(Span<byte> head)
    {
        MemoryMarshal.Write(head[8..], FlagUp);
        MemoryMarshal.Write(head[12..], FlagUp);
    }

    private static void WriteEnd(NetlinkWriter to, Link end)
    {
        to.Text(Name, end.Name);
        to.Mac(Address, end.Mac);
        to.Number(Mtu, (uint)end.Mtu);
        to.Number(SendQueues, 1);
        to.Number(ReceiveQueues, 1);
        if (end.Group != 0)
        {
            to.Number(Group, end.Group);
        }
    }
}

/// <summary>A link as the kernel tells of it.</summary>
internal sealed class FoundLink
{
    public int Index { get; init; }

    public bool Up { get; init; }

    public string Name { get; set; } = "";

    public string Mac { get; set; } = "";

    public int Mtu { get; set; }

    public uint Group { get; set; }

    public string Alias { get; set; } = "";

    public string Kind { get; set; } = "";
}
