using System.Diagnostics.CodeAnalysis;

namespace Trunkline.Forwarding;

/// <summary>One rule of an ordered filter.</summary>
/// <param name="Low">First address it applies to, of the other end as seen from the segment.</param>
/// <param name="Protocol">IANA number; -1 for all.</param>
/// <param name="From">First destination port, or ICMP type × 256 + code.</param>
/// <param name="Entry">Place of the reason among the cloud's entries.</param>
public readonly record struct GateRule(UInt128 Low, UInt128 High, short Protocol, ushort From, ushort To, bool Allows, int Entry);

/// <summary>The same for IPv4, small enough that three lie in a cache line.</summary>
public readonly record struct GateRule4(uint Low, uint High, ushort From, ushort To, short Protocol, bool Allows, int Entry);

/// <summary>The rules of one direction, in order.</summary>
public readonly record struct GateRules(GateRule4[] V4, GateRule[] V6)
{
    /// <summary>The first rule that applies: its entry, and whether it allows; entry -1 with false where none does.</summary>
    /// <param name="from">First of the ports the packet may have.</param>
    /// <param name="to">Last of them: every one must be allowed.</param>
    public (int Entry, bool Allows) Decide(bool isV4, UInt128 address, int protocol, int from, int to) =>
        isV4 ? Decide4(0, (uint)address, protocol, from, to) : Decide6(0, address, protocol, from, to);

    private (int Entry, bool Allows) Decide4(int start, uint address, int protocol, int from, int to)
    {
        GateRule4[] rules = V4;
        for (int i = start; i < rules.Length; i++)
        {
            ref readonly GateRule4 rule = ref rules[i];
            if (address < rule.Low || address > rule.High || (rule.Protocol >= 0 && rule.Protocol != protocol)
                || to < rule.From || from > rule.To)
            {
                continue;
            }

            if (!rule.Allows || (from >= rule.From && to <= rule.To))
            {
                return (rule.Entry, rule.Allows);
            }

            // Allowed for some of the ports: the others must find their own rule.
            (int Entry, bool Allows) below = from < rule.From ? Decide4(i + 1, address, protocol, from, rule.From - 1) : (rule.Entry, true);
            return !below.Allows || to <= rule.To ? below : Decide4(i + 1, address, protocol, rule.To + 1, to);
        }

        return (-1, false);
    }

    private (int Entry, bool Allows) Decide6(int start, UInt128 address, int protocol, int from, int to)
    {
        GateRule[] rules = V6;
        for (int i = start; i < rules.Length; i++)
        {
            ref readonly GateRule rule = ref rules[i];
            if (address < rule.Low || address > rule.High || (rule.Protocol >= 0 && rule.Protocol != protocol)
                || to < rule.From || from > rule.To)
            {
                continue;
            }

            if (!rule.Allows || (from >= rule.From && to <= rule.To))
            {
                return (rule.Entry, rule.Allows);
            }

            (int Entry, bool Allows) below = from < rule.From ? Decide6(i + 1, address, protocol, from, rule.From - 1) : (rule.Entry, true);
            return !below.Allows || to <= rule.To ? below : Decide6(i + 1, address, protocol, rule.To + 1, to);
        }

        return (-1, false);
    }
}

/// <summary>An ordered, stateless filter at a segment's edge.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "a table's entry; never compared")]
public struct Gate
{
    public GateRules Inward { get; internal set; }

    public GateRules Outward { get; internal set; }

    /// <summary>The reason: the cloud's network ACL.</summary>
    public RowKey Row { get; internal set; }
}
