using System.Buffers.Binary;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>What the kernel tells of our table without listing it (linux/netfilter/nf_tables.h).</summary>
/// <param name="Table">The table's name; null where there is none.</param>
/// <param name="Hash">
/// What its hash set holds; "" where it holds none, or where another hand wrote since: the kernel counts every transaction of a namespace,
/// and the set holds the number that the last of ours made.
/// </param>
/// <param name="HasShortWays">Whether <see cref="ShortWays"/> stand beside it.</param>
internal readonly record struct NftState(string? Table, string Hash, bool HasShortWays)
{
    /// <summary>The other name: a table that is too long for one message is made beside the one that works, and takes its place.</summary>
    public const string SecondName = NftTable.Name + "2";

    /// <summary>What stands before the number of the transaction, in the hash set: no hash begins so.</summary>
    public const string GenerationMark = "000000000000000000000000";

    private const ushort Subsystem = 10 << 8;
    private const ushort GetTable = Subsystem | 1;
    private const ushort GetElement = Subsystem | 13;
    private const ushort GetGeneration = Subsystem | 16;

    /// <summary>What stands in the hash set for a transaction's number.</summary>
    public static string Mark(uint generation) => GenerationMark + generation.ToString("x8");

    /// <summary>Reads with a socket of the namespace that is asked about.</summary>
    public static NftState Read(NetlinkSocket socket)
    {
        // A table without a hash is a replacement that was never finished, or not ours: the one with a hash works.
        NftState found = default;
        List<string> tables = Tables(socket);
        bool hasShortWays = tables.Remove(ShortWays.Table);
        foreach (string table in tables)
        {
            string hash = HashOf(socket, table);
            if (hash.Length > 0 || found.Table is null)
            {
                found = new NftState(table, hash, hasShortWays);
            }
        }

        return found;
    }

    /// <summary>The number of the namespace's last transaction.</summary>
    public static uint Generation(NetlinkSocket socket)
    {
        uint generation = 0;
        NetlinkWriter ask = new();
        ask.Begin(GetGeneration, NetlinkFlags.Request | NetlinkFlags.Ack, 4);
        ask.End();
        socket.Dump(ask, static () => { }, (type, body) =>
        {
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[4..]))
            {
                if (attribute.Type == 1)
                {
                    generation = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
                }
            }
        });
        return generation;
    }

    private static List<string> Tables(NetlinkSocket socket)
    {
        List<string> tables = [];
        NetlinkWriter ask = new();
        ask.Begin(GetTable, NetlinkFlags.Request | NetlinkFlags.Dump, 4);
        ask.End();
        socket.Dump(ask, tables.Clear, (type, body) =>
        {
            byte family = body[0];
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[4..]))
            {
                if (attribute.Type == 1
                    && (family, attribute.Text) is (NftMessages.Inet, NftTable.Name or SecondName) or (NftMessages.NetDevice, ShortWays.Table))
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
        List<string> keys = [];
        NetlinkWriter ask = new();
        ask.Begin(GetElement, NetlinkFlags.Request | NetlinkFlags.Dump, 4)[0] = NftMessages.Inet;
        ask.Text(1, table);
        ask.Text(2, NftHash.SetName);
        ask.End();
        try
        {
            socket.Dump(ask, keys.Clear, (type, body) =>
            {
                foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[4..]))
                {
                    if (attribute.Type == 3)
                    {
                        ReadKeys(attribute, keys);
                    }
                }
            });
        }
        catch (KernelException e) when (e.Error == Libc.NotThere)
        {
            return "";
        }

        string generation = Mark(Generation(socket));
        return keys.Contains(generation) ? keys.Find(k => !k.StartsWith(GenerationMark, StringComparison.Ordinal)) ?? "" : "";
    }

    /// <summary>The keys of a list's elements, in hexadecimal: each is nested as element, key, value.</summary>
    private static void ReadKeys(NetlinkAttribute list, List<string> keys)
    {
        foreach (NetlinkAttribute element in list.Nested)
        {
            foreach (NetlinkAttribute part in element.Nested)
            {
                if (part.Type != 1)
                {
                    continue;
                }

                foreach (NetlinkAttribute value in part.Nested)
                {
                    keys.Add(Convert.ToHexStringLower(value.Value));
                }
            }
        }
    }
}
