using System.Runtime.InteropServices;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>What the kernel tells of our table without listing it (linux/netfilter/nf_tables.h).</summary>
/// <param name="Table">The table's name; null where there is none.</param>
/// <param name="Hash">What its hash set holds; "" where it holds none.</param>
internal readonly record struct NftState(string? Table, string Hash)
{
    /// <summary>The other name: a table that is too long for one message is made beside the one that works, and takes its place.</summary>
    public const string SecondName = NftTable.Name + "2";

    private const ushort Subsystem = 10 << 8;
    private const ushort GetTable = Subsystem | 1;
    private const ushort GetElement = Subsystem | 13;
    private const byte Inet = 1;

    /// <summary>Reads with a socket of the namespace that is asked about.</summary>
    public static NftState Read(NetlinkSocket socket)
    {
        List<string> tables = Tables(socket);
        NftState found = default;
        foreach (string table in tables)
        {
            string hash = HashOf(socket, table);
            if (hash.Length > 0 || found.Table is null)
            {
                found = new NftState(table, hash);
            }
        }

        // Two tables: a replacement that was never finished stands beside; what is there cannot be trusted to be the whole.
        return found;
    }

    private static List<string> Tables(NetlinkSocket socket)
    {
        List<string> tables = [];
        NetlinkWriter ask = new();
        ask.Begin(GetTable, NetlinkFlags.Request | NetlinkFlags.Dump, 4)[0] = Inet;
        ask.End();
        socket.Dump(ask, tables.Clear, (type, body) =>
        {
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[4..]))
            {
                if (attribute.Type == 1 && attribute.Text is NftTable.Name or SecondName)
                {
                    tables.Add(attribute.Text);
                }
            }
        });
        tables.Sort(StringComparer.Ordinal);
        return tables;
    }

    private static string HashOf(NetlinkSocket socket, string table)
    {
        string hash = "";
        NetlinkWriter ask = new();
        ask.Begin(GetElement, NetlinkFlags.Request | NetlinkFlags.Dump, 4)[0] = Inet;
        ask.Text(1, table);
        ask.Text(2, NftHash.SetName);
        ask.End();
        try
        {
            socket.Dump(ask, () => hash = "", (type, body) =>
            {
                foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[4..]))
                {
                    // An empty list ends the dump.
                    if (attribute.Type == 3 && attribute.Value.Length > 0)
                    {
                        hash = KeyOf(attribute);
                    }
                }
            });
        }
        catch (KernelException e) when (e.Error == Libc.NotThere)
        {
            return "";
        }

        return hash;
    }

    /// <summary>The key of the first element of a list: list element, key, value, each nested in the one before.</summary>
    private static string KeyOf(NetlinkAttribute list)
    {
        ReadOnlySpan<byte> inner = list.Value;
        for (int depth = 0; depth < 3; depth++)
        {
            ReadOnlySpan<byte> next = default;
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(inner))
            {
                if (attribute.Type == 1)
                {
                    next = attribute.Value;
                    break;
                }
            }

            inner = next;
        }

        return inner.Length == 16 ? Convert.ToHexStringLower(inner) : "";
    }
}
