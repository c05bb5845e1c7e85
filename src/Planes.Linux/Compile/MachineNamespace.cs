using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>A machine as its programs see it: its interfaces with their addresses, a way out, and answers that leave by the interface asked.</summary>
internal static class MachineNamespace
{
    private const uint FirstTable = 10000;
    private const uint ForwardRule = 9000;
    private const uint FirstFromRule = 10000;

    /// <param name="nics">The machine's interfaces with the plan of the domain each is in.</param>
    public static NamespaceNetwork Make(ForwardingState state, int machine, IReadOnlyList<(int Nic, DomainPlan Plan)> nics)
    {
        Machine row = state.Machines[machine];
        FactList facts = new(LinuxNames.Machine(row.Row.Id));
        bool forwards = false;
        int first = FirstOf(state, row, nics);
        foreach ((int nic, DomainPlan plan) in nics)
        {
            forwards |= !state.Nics[nic].Has(NicTraits.ChecksAddresses);
            WriteLink(plan, nic, facts);
            if (nic == first)
            {
                WriteWayOut(plan, nic, Marks.MainTable, facts);
            }

            if (nics.Count > 1)
            {
                WriteWayOut(plan, nic, FirstTable + (uint)state.NicMores[nic].Slot, facts);
                WriteFromRules(plan, nic, facts);
            }
        }

        WriteSysctls(forwards, facts);
        if (nics.Count > 1)
        {
            WriteRules(state, nics, forwards ? first : -1, facts);
        }

        return Namespaces.Build(facts, NamespaceRole.Machine, HostName(state, row, first)) with { Nft = null };
    }

    private static int FirstOf(ForwardingState state, Machine row, IReadOnlyList<(int Nic, DomainPlan Plan)> nics)
    {
        int first = nics[0].Nic;
        foreach ((int nic, _) in nics)
        {
            if (nic == row.Primary)
            {
                return nic;
            }

            first = state.NicMores[nic].Slot < state.NicMores[first].Slot ? nic : first;
        }

        return first;
    }

    /// <summary><c>ip-10-0-1-171</c>, or the id. Source: AWS, "EC2 instance hostnames".</summary>
    private static string HostName(ForwardingState state, Machine row, int first)
    {
        uint address = state.Nics[first].Address;
        return row.NamedById || address == 0 ? row.Row.Id : "ip-" + IpAddress.FromV4(address).ToString().Replace('.', '-');
    }

    private static void WriteSysctls(bool forwards, FactList facts)
    {
        facts.Sysctl("net/ipv4/ip_forward", forwards ? "1" : "0");
        facts.Sysctl("net/ipv6/conf/all/forwarding", forwards ? "1" : "0");
        facts.Sysctl("net/ipv4/conf/all/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/default/rp_filter", "0");
        facts.Sysctl("net/ipv4/conf/all/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/default/send_redirects", "0");
        facts.Sysctl("net/ipv4/conf/all/arp_ignore", "1");
        facts.Sysctl("net/ipv4/conf/all/arp_announce", "2");

        // Programs run without rights on the host: pings and low ports are theirs all the same.
        facts.Sysctl("net/ipv4/ping_group_range", "0 0");
        facts.Sysctl("net/ipv4/ip_unprivileged_port_start", "0");
    }

    private static void WriteLink(DomainPlan plan, int nic, FactList facts)
    {
        NicMore more = plan.State.NicMores[nic];
        SegmentPlan segment = plan.SegmentOf(plan.State.Nics[nic].Segment);
        string link = LinuxNames.MachineLink(more.Slot);
        facts.Link(new Link(link, more.Mac, NicFacts.InsideMtu, plan.Router, LinuxNames.NicLink(more.Row.Id)));
        bool has6 = false;
        foreach (IpAddress address in more.Addresses)
        {
            has6 |= !address.IsV4;
            facts.Address(link, address, address.IsV4 && segment.Block4 is { } block ? block.Length : address.Width);
        }

        if (segment.Gateway is { } gateway)
        {
            facts.Neighbour(link, gateway, NicFacts.RouterMac);
        }

        if (has6 || plan.HasV6)
        {
            facts.Neighbour(link, NicFacts.Near6, NicFacts.RouterMac);
            facts.Address(link, LinkLocal(more.Mac), 64);
        }
    }

    /// <summary>RFC 4291, appendix A: the link-layer address with its middle filled and one bit turned.</summary>
    private static IpAddress LinkLocal(string mac)
    {
        ulong bits = 0;
        int octet = 0;
        foreach (string pair in mac.Split(':'))
        {
            bits = (bits << 8) | Convert.ToByte(pair, 16);
            bits = ++octet == 3 ? (bits << 16) | 0xFFFE : bits;
        }

        return IpAddress.FromV6(new UInt128(0xFE80_0000_0000_0000, bits ^ 0x0200_0000_0000_0000));
    }

    private static void WriteWayOut(DomainPlan plan, int nic, uint table, FactList facts)
    {
        NicMore more = plan.State.NicMores[nic];
        SegmentPlan segment = plan.SegmentOf(plan.State.Nics[nic].Segment);
        string link = LinuxNames.MachineLink(more.Slot);
        if (segment.Gateway is { } gateway && plan.State.Nics[nic].Address != 0)
        {
            facts.Route(new KernelRoute(Prefix.AnyV4, table, RouteType.Unicast, link, gateway));
            if (table != Marks.MainTable)
            {
                facts.Route(new KernelRoute(segment.Block4!.Value, table, RouteType.Unicast, link, null));
            }
        }

        if (plan.HasV6)
        {
            facts.Route(new KernelRoute(Prefix.AnyV6, table, RouteType.Unicast, link, NicFacts.Near6));
        }
    }

    private static void WriteFromRules(DomainPlan plan, int nic, FactList facts)
    {
        NicMore more = plan.State.NicMores[nic];
        uint slot = (uint)more.Slot;
        foreach (IpAddress address in more.Addresses)
        {
            facts.Rule(new KernelRule(address.Family, FirstFromRule + slot, 0, 0, FirstTable + slot, From: Prefix.Host(address)));
        }
    }

    /// <summary>What is passed on leaves by the first interface; all else as the main table says.</summary>
    private static void WriteRules(ForwardingState state, IReadOnlyList<(int Nic, DomainPlan Plan)> nics, int forwardBy, FactList facts)
    {
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            facts.Rule(new KernelRule(family, 32766, 0, 0, Marks.MainTable));
            foreach ((int nic, _) in nics)
            {
                if (forwardBy >= 0)
                {
                    uint slot = (uint)state.NicMores[nic].Slot;
                    uint table = FirstTable + (uint)state.NicMores[forwardBy].Slot;
                    facts.Rule(new KernelRule(family, ForwardRule + slot, 0, 0, table, null, LinuxNames.MachineLink((int)slot)));
                }
            }
        }
    }
}
