using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Names the security group rule by which a filter admitted a packet: filters are unions and do not remember whose rule it was.</summary>
internal static class RuleFinder
{
    /// <summary>The first rule that applies, groups and rules in order; null where none does.</summary>
    public static SecurityGroupRule? Find(Namer namer, in Step step, out Component? group)
    {
        group = null;
        ForwardingState state = namer.State;
        if (state.Nics[step.Handle].Filter is not (>= 0 and int filter) || step.Detail == 1)
        {
            return null;
        }

        IpAddress other = step.IsEgress ? step.Before.DestinationAddress : step.Before.SourceAddress;
        int peer = step.Other >= 0 ? step.Other : state.NicAt(state.Nics[step.Handle].Domain, other.Bits, other.IsV4);
        ImmutableArray<Id<SecurityGroup>> peers = peer >= 0 ? namer.InterfaceRow(peer)?.Groups ?? [] : [];
        foreach (int handle in state.Filters[filter].Groups)
        {
            RowKey key = state.Groups[handle].Row;
            foreach (SecurityGroupRule rule in namer.Row<SecurityGroup>(key)?.Rules ?? [])
            {
                if (rule.IsEgress == step.IsEgress && Applies(namer, key, rule, step.Before, other, peers))
                {
                    group = namer.Name<SecurityGroup>(key);
                    return rule;
                }
            }
        }

        return null;
    }

    private static bool Applies(
        Namer namer, RowKey group, SecurityGroupRule rule, in Packet packet, IpAddress other, ImmutableArray<Id<SecurityGroup>> peers)
    {
        if (rule.Protocol >= 0 && rule.Protocol != packet.Protocol)
        {
            return false;
        }

        bool names = rule.Peer switch
        {
            { Cidr: { } cidr } => cidr.Contains(other),
            { PrefixListId: { } list } => PrefixLists.EntriesOf(namer.PartitionOf(group), list).Any(entry => entry.Contains(other)),
            { GroupId: { } id } => peers.Contains(id),
            _ => false,
        };
        if (!names)
        {
            return false;
        }

        if (Protocols.HasPorts(rule.Protocol))
        {
            return rule.FromPort is not >= 0 || (rule.FromPort <= packet.DestinationFrom && packet.DestinationTo <= (rule.ToPort ?? rule.FromPort));
        }

        return !Protocols.IsIcmp(rule.Protocol)
            || rule.FromPort is null or < 0
            || (rule.FromPort == packet.DestinationFrom >> 8 && (rule.ToPort is null or < 0 || rule.ToPort == (packet.DestinationFrom & 0xFF)));
    }
}
