using System.Buffers.Binary;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Messages about sets, for what is written too often to go through libnftables (linux/netfilter/nf_tables.h).</summary>
internal static class NftMessages
{
    /// <summary>The family <c>inet</c>.</summary>
    public const byte Inet = 1;

    /// <summary>The family <c>netdev</c>.</summary>
    public const byte NetDevice = 5;

    private const ushort Subsystem = 10;
    private const ushort NewElements = (Subsystem << 8) | 12;
    private const ushort DeleteElements = (Subsystem << 8) | 14;
    private const ushort Nested = 0x8000;

    /// <summary>Begins a transaction.</summary>
    public static void Begin(NetlinkWriter messages) => Edge(messages, NetlinkSocket.BatchBegin);

    /// <summary>Ends a transaction.</summary>
    public static void End(NetlinkWriter messages) => Edge(messages, NetlinkSocket.BatchEnd);

    /// <summary>Takes all elements out of a set.</summary>
    public static void Flush(NetlinkWriter messages, byte family, string table, string set)
    {
        Name(messages, DeleteElements, NetlinkFlags.Request, family, table, set);
        messages.End();
    }

    /// <summary>Puts elements into a set.</summary>
    /// <param name="keys">In hexadecimal digits.</param>
    public static void Add(NetlinkWriter messages, byte family, string table, string set, IEnumerable<string> keys)
    {
        Name(messages, NewElements, NetlinkFlags.Request | NetlinkFlags.Create, family, table, set);
        int list = messages.Nest(3 | Nested);
        foreach (string key in keys)
        {
            int element = messages.Nest(1 | Nested);
            int part = messages.Nest(1 | Nested);
            messages.Bytes(1, Convert.FromHexString(key));
            messages.EndNest(part);
            messages.EndNest(element);
        }

        messages.EndNest(list);
        messages.End();
    }

    private static void Name(NetlinkWriter messages, ushort kind, NetlinkFlags flags, byte family, string table, string set)
    {
        messages.Begin(kind, flags, 4)[0] = family;
        messages.Text(1, table);
        messages.Text(2, set);
    }

    private static void Edge(NetlinkWriter messages, ushort kind)
    {
        BinaryPrimitives.WriteUInt16BigEndian(messages.Begin(kind, NetlinkFlags.Request, 4)[2..], Subsystem);
        messages.End();
    }
}
