using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Security group → group; each set of groups that an interface has → filter. Source: AWS, "Security group rules".</summary>
internal static class SecurityGroups
{
    private const int Tcp = 6;
    private const int Udp = 17;
    private const int Icmp = 1;
    private const int IcmpV6 = 58;

    /// <summary>The group's handle; it gets one on first mention, its row need not exist.</summary>
    public static int GroupOf(Workspace work, RowKey key)
    {
        int handle = work.GroupHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Groups.Add(new Group(key, []));
            work.GroupHandles = work.Add(work.GroupHandles, key, handle);
        }

        return handle;
    }

    /// <summary>The filter of a set of groups; a new one is compiled at once.</summary>
    /// <param name="groups">Handles, ascending, without repeats; not kept.</param>
    public static int FilterOf(Workspace work, int[] groups)
    {
        int handle = work.FilterHandles.Find(groups);
        if (handle >= 0)
        {
            return handle;
        }

        groups = [.. groups];
        handle = work.Filters.Add(new Filter { In4 = [], Out4 = [], In6 = [], Out6 = [], Groups = groups });
        work.FilterHandles = work.Add(work.FilterHandles, groups, handle);
        foreach (int group in groups)
        {
            ref Group entry = ref work.Groups.Edit(group);
            entry = entry with { Filters = [.. entry.Filters, handle] };
        }

        Compile(work, handle);
        return handle;
    }

    /// <summary>Compiles every filter that is a union with this group anew.</summary>
    public static void Put(Workspace work, int partition, string id, HashSet<int> done)
    {
        int group = work.GroupHandles.Find(new RowKey(partition, id));
        if (group < 0)
        {
            return;
        }

        foreach (int filter in work.Groups[group].Filters)
        {
            if (done.Add(filter))
            {
                Compile(work, filter);
            }
        }
    }

    private static void Compile(Workspace work, int handle)
    {
        foreach (int group in work.Filters[handle].Groups)
        {
            RowKey key = work.Groups[group].Row;
            if (work.PartitionAt(key.Partition).Find(new Id<SecurityGroup>(key.Id)) is { } row)
            {
                // Where the VPC has no IPv6, no interface of the group has: its rules need no second block.
                bool both = HasV6(work, key.Partition, row);
                foreach (SecurityGroupRule rule in row.Rules)
                {
                    AddRule(work, key.Partition, rule, both);
                }
            }
        }

        ref Filter filter = ref work.Filters.Edit(handle);
        filter.In4 = work.In4.Build();
        filter.In6 = work.In6.Build();
        filter.Out4 = work.Out4.Build();
        filter.Out6 = work.Out6.Build();
        filter.Open = OpennessOf(filter);
    }

    /// <summary>Whether the group's VPC has IPv6, or one that it is associated with.</summary>
    private static bool HasV6(Workspace work, int partition, SecurityGroup row)
    {
        if (Vpcs.HasV6(work, partition, row.VpcId))
        {
            return true;
        }

        foreach (SecurityGroupVpcAssociation association in work.PartitionAt(partition).By<SecurityGroupVpcAssociation>(row.Key))
        {
            if (Vpcs.HasV6(work, partition, association.VpcId))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddRule(Workspace work, int partition, SecurityGroupRule rule, bool both)
    {
        (int from, int to) = PortsOf(rule);
        FilterBlockBuilder v4 = rule.IsEgress ? work.Out4 : work.In4;
        FilterBlockBuilder v6 = rule.IsEgress ? work.Out6 : work.In6;
        if (rule.Peer.Cidr is { } cidr)
        {
            AddBlock(cidr);
        }
        else if (rule.Peer.PrefixListId is { } list)
        {
            foreach (Prefix entry in PrefixLists.EntriesOf(work, partition, list))
            {
                AddBlock(entry);
            }
        }
        else if (rule.Peer.GroupId is { } group)
        {
            int owner = rule.Peer.GroupOwner is { } account && account != work.KeyOf(partition).Account
                ? work.PlaceOf(work.KeyOf(partition) with { Account = account })
                : partition;
            int handle = GroupOf(work, new RowKey(owner, group.Value));
            v4.AddGroup(rule.Protocol, from, to, handle);
            if (both)
            {
                v6.AddGroup(rule.Protocol, from, to, handle);
            }
        }

        void AddBlock(Prefix block)
        {
            if (block.IsV4 || both)
            {
                (block.IsV4 ? v4 : v6).AddRange(rule.Protocol, from, to, block.First.Bits, block.Last.Bits);
            }
        }
    }

    /// <summary>The range of ports, or of ICMP's type × 256 + code, that a rule is for.</summary>
    private static (int From, int To) PortsOf(SecurityGroupRule rule) => rule.Protocol switch
    {
        Icmp or IcmpV6 => PortCodes.OfIcmp(rule.FromPort ?? -1, rule.ToPort ?? -1),
        Tcp or Udp when rule.FromPort is >= 0 => (rule.FromPort.Value, rule.ToPort ?? rule.FromPort.Value),
        _ => (0, ushort.MaxValue),
    };

    private static FilterOpenness OpennessOf(in Filter filter)
    {
        FilterOpenness open = FilterOpenness.None;
        open |= FilterBlock.IsOpen(filter.In4, Tcp) ? FilterOpenness.TcpInV4 : 0;
        open |= FilterBlock.IsOpen(filter.In4, Udp) ? FilterOpenness.UdpInV4 : 0;
        open |= FilterBlock.IsOpen(filter.Out4, Tcp) ? FilterOpenness.TcpOutV4 : 0;
        open |= FilterBlock.IsOpen(filter.Out4, Udp) ? FilterOpenness.UdpOutV4 : 0;
        open |= FilterBlock.IsOpen(filter.In6, Tcp) ? FilterOpenness.TcpInV6 : 0;
        open |= FilterBlock.IsOpen(filter.In6, Udp) ? FilterOpenness.UdpInV6 : 0;
        open |= FilterBlock.IsOpen(filter.Out6, Tcp) ? FilterOpenness.TcpOutV6 : 0;
        open |= FilterBlock.IsOpen(filter.Out6, Udp) ? FilterOpenness.UdpOutV6 : 0;
        return open;
    }
}
