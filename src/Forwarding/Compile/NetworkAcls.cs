using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Network ACL → gate. Source: AWS, "Network ACL rules".</summary>
internal static class NetworkAcls
{
    private const int Icmp = 1;
    private const int IcmpV6 = 58;

    public static void Put(Workspace work, int partition, NetworkAcl row)
    {
        RowKey key = new(partition, row.Key);
        Gate gate = new() { Row = key, Inward = RulesOf(row, isEgress: false), Outward = RulesOf(row, isEgress: true) };
        int handle = work.GateHandles.Find(key);
        if (handle < 0)
        {
            work.GateHandles = work.Add(work.GateHandles, key, work.Gates.Add(gate));
        }
        else
        {
            work.Gates.Edit(handle) = gate;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.GateHandles.Find(key) >= 0)
        {
            work.GateHandles = work.Add(work.GateHandles, key, -1);
        }
    }

    private static GateRules RulesOf(NetworkAcl row, bool isEgress)
    {
        List<(int Number, int Entry)> order = [];
        for (int i = 0; i < row.Entries.Length; i++)
        {
            if (row.Entries[i].IsEgress == isEgress)
            {
                order.Add((row.Entries[i].Number, i));
            }
        }

        order.Sort();
        List<GateRule4> v4 = [];
        List<GateRule> v6 = [];
        foreach ((_, int index) in order)
        {
            NetworkAclEntry entry = row.Entries[index];
            (int from, int to) = PortsOf(entry);
            UInt128 low = entry.Cidr.First.Bits;
            UInt128 high = entry.Cidr.Last.Bits;
            if (entry.Cidr.IsV4)
            {
                v4.Add(new GateRule4((uint)low, (uint)high, (ushort)from, (ushort)to, (short)entry.Protocol, entry.Allows, index));
            }
            else
            {
                v6.Add(new GateRule(low, high, (short)entry.Protocol, (ushort)from, (ushort)to, entry.Allows, index));
            }
        }

        return new GateRules([.. v4], [.. v6]);
    }

    private static (int From, int To) PortsOf(NetworkAclEntry entry) => entry.Protocol switch
    {
        Icmp or IcmpV6 when entry.Icmp is { } icmp => PortCodes.OfIcmp(icmp.Type, icmp.Code),
        >= 0 when entry.Ports is { } ports => (ports.From, ports.To),
        _ => (0, ushort.MaxValue),
    };
}

/// <summary>Types and codes of ICMP as one 16-bit number, so that they are cut and searched like ports.</summary>
internal static class PortCodes
{
    /// <summary>-1 stands for all; a code without a type says nothing.</summary>
    public static (int From, int To) OfIcmp(int type, int code)
    {
        if (type < 0)
        {
            return (0, ushort.MaxValue);
        }

        int first = (type & 0xFF) << 8;
        return code < 0 ? (first, first | 0xFF) : (first | (code & 0xFF), first | (code & 0xFF));
    }
}
