using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>At interfaces: filters, gates, routes, delivery.</summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>The packet leaves the interface: address check, filter, then straight across the segment or over its gate and routes.</summary>
    private Place Send()
    {
        ref readonly Nic sender = ref state.Nics[nic];
        if (sender.Has(NicTraits.Enters | NicTraits.Tunnels | NicTraits.Balances) && LeavesService(sender, out Place gone))
        {
            return gone;
        }

        bool translator = sender.Has(NicTraits.Translates | NicTraits.Tunnels);
        if (!translator && !(sender.Has(NicTraits.Balances) ? LeaveNode() : LeaveMachine(sender)))
        {
            return Place.Dropped;
        }

        if (Answering(sender, out Place served))
        {
            return served;
        }

        if (isReply && IsKept())
        {
            return PassOut(sender, -1, -1) ? ReturnKept(sender) : Place.Dropped;
        }

        ref readonly Segment segment = ref state.Segments[sender.Segment];
        int target = state.NicAt(sender.Domain, packet.Destination, packet.IsV4);
        bool near = IsNear(sender.Segment, target);
        int entry = near || segment.Routes < 0 ? -1 : state.RouteMaps[segment.Routes].Find(packet.Destination, packet.IsV4);
        NextHop hop = entry < 0 ? default : state.RouteMaps[segment.Routes].Hops[entry];
        bool direct = near || hop.Kind == HopKind.Local;
        (int peer, int hidden) = direct ? (target, -1) : hop.Kind == HopKind.Link ? Across(hop.Handle, sender.Domain) : (-1, target);
        if (!translator && !PassOut(sender, peer, hidden, hop))
        {
            return Place.Dropped;
        }

        from = sender.Segment;
        routed = false;
        domain = sender.Domain;
        if (near)
        {
            return sender.Has(NicTraits.Balances) && !PassClassicGate(sender) ? Place.Dropped : ArriveAt(target);
        }

        return PassGate(sender.Segment, isEgress: true) ? Follow(sender.Segment, entry, hop, target) : Place.Dropped;
    }

    /// <summary>The machine must run, and an interface that checks addresses sends only from its own.</summary>
    private bool LeaveMachine(in Nic sender)
    {
        if (TSink.Listens && sender.Machine >= 0)
        {
            Tell(StepKind.Machine, nic, 0, isEgress: true);
        }

        if (!sender.Has(NicTraits.Attached))
        {
            Fail(ExplanationCode.BAD_STATE_ATTACHMENT, StepKind.Nic, nic, 0, isEgress: true);
            return false;
        }

        if (!sender.Has(NicTraits.Running))
        {
            Fail(ExplanationCode.BAD_STATE, StepKind.Machine, nic, 0, isEgress: true);
            return false;
        }

        if (!forwarded && !Owns(nic, sender, packet.Source))
        {
            // A group stands for the addresses of its members: a packet from another address bears none.
            identity = -1;
        }

        if (sender.Has(NicTraits.ChecksAddresses) && !Owns(nic, sender, packet.Source))
        {
            Fail(ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION, StepKind.Nic, nic, 0, isEgress: true);
            return false;
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Nic, nic, 0, isEgress: true);
        }

        return true;
    }

    /// <summary>Services at link-local addresses answer, and no filter stops them (rule 73).</summary>
    private bool Answering(in Nic sender, out Place served)
    {
        served = Place.Delivered;
        LocalService service = Special.ServiceAt(packet.Destination, packet.IsV4);
        ref readonly Domain here = ref state.Domains[sender.Domain];
        if (service == LocalService.None && packet.IsV4 && (uint)packet.Destination == here.Resolver && here.Resolver != 0)
        {
            service = LocalService.Resolver;
        }

        if (service == LocalService.None)
        {
            return false;
        }

        if (service == LocalService.Resolver && !here.Resolves)
        {
            served = Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Service, sender.Domain, (int)service, isEgress: true);
            return true;
        }

        receivedByService = true;
        if (TSink.Listens)
        {
            Tell(StepKind.Service, sender.Domain, (int)service, isEgress: false);
        }

        return true;
    }

    /// <summary>Asks the sender's filter. Groups of the receiver count only where nothing stands between the two (rules 61, 64).</summary>
    /// <param name="peer">The receiver that the packet goes to directly, or -1.</param>
    /// <param name="hidden">The receiver behind a middlebox, or -1: its groups do not count.</param>
    /// <param name="hop">Where the routes lead from here.</param>
    private bool PassOut(in Nic sender, int peer, int hidden, NextHop hop = default)
    {
        if (sender.Filter < 0)
        {
            return true;
        }

        if (PassesUnasked(nic))
        {
            if (TSink.Listens)
            {
                Tell(StepKind.Filter, nic, 1, isEgress: true);
            }

            return true;
        }

        ref readonly Filter filter = ref state.Filters[sender.Filter];
        FilterMatch match = Match(packet.IsV4 ? filter.Out4 : filter.Out6, packet.Destination, peer);
        if (match == FilterMatch.None)
        {
            uint[] rules = packet.IsV4 ? filter.Out4 : filter.Out6;
            if (NamesUnknownGroup(rules, hop, sender.Domain))
            {
                Fail(ExplanationCode.UNKNOWN_PEERED_SGS, StepKind.Filter, nic, 0, isEgress: true);
                return false;
            }

            return RefuseFilter(rules, packet.Destination, hidden, isEgress: true);
        }

        if (!isReply)
        {
            FilterOpenness back = packet.Protocol == Protocols.Tcp
                ? (packet.IsV4 ? FilterOpenness.TcpInV4 : FilterOpenness.TcpInV6)
                : (packet.IsV4 ? FilterOpenness.UdpInV4 : FilterOpenness.UdpInV6);
            bool untracked = match == FilterMatch.AnyAddress && Protocols.HasPorts(packet.Protocol) && (filter.Open & back) != 0;
            Remember(nic, !untracked);
            if (untracked && !forwarded)
            {
                tracking |= Tracking.SourceUntracked;
            }
        }

        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Filter, nic, 0, true, packet, packet) { Other = peer });
        }

        return true;
    }

    private bool PassIn(in Nic receiver)
    {
        if (receiver.Filter < 0)
        {
            return true;
        }

        if (PassesUnasked(nic))
        {
            if (TSink.Listens)
            {
                Tell(StepKind.Filter, nic, 1, isEgress: false);
            }

            return true;
        }

        ref readonly Filter filter = ref state.Filters[receiver.Filter];
        FilterMatch match = Match(packet.IsV4 ? filter.In4 : filter.In6, packet.Source, identity);
        if (match == FilterMatch.None)
        {
            int hidden = state.NicAt(receiver.Domain, packet.Source, packet.IsV4);
            hidden = hidden >= 0 && hidden != identity ? hidden : identity < 0 ? veiled : -1;
            return RefuseFilter(packet.IsV4 ? filter.In4 : filter.In6, packet.Source, hidden, isEgress: false);
        }

        if (!isReply)
        {
            FilterOpenness back = packet.Protocol == Protocols.Tcp
                ? (packet.IsV4 ? FilterOpenness.TcpOutV4 : FilterOpenness.TcpOutV6)
                : (packet.IsV4 ? FilterOpenness.UdpOutV4 : FilterOpenness.UdpOutV6);
            bool untracked = !hubbed && match == FilterMatch.AnyAddress && Protocols.HasPorts(packet.Protocol) && (filter.Open & back) != 0;
            Remember(nic, !untracked);
            if (untracked)
            {
                tracking |= Tracking.DestinationUntracked;
            }
        }

        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Filter, nic, 0, false, packet, packet) { Other = identity });
        }

        return true;
    }

    private readonly FilterMatch Match(uint[] block, UInt128 address, int peer)
    {
        ReadOnlySpan<int> groups = default;
        if (peer >= 0 && state.Nics[peer].Filter is >= 0 and int filter)
        {
            groups = state.Filters[filter].Groups;
        }

        FilterMatch match = Match(block, packet.DestinationFrom, address, groups);
        return match != FilterMatch.None && packet.DestinationTo != packet.DestinationFrom
            ? (FilterMatch)Math.Min((byte)match, (byte)Match(block, packet.DestinationTo, address, groups))
            : match;
    }

    private readonly FilterMatch Match(uint[] block, int port, UInt128 address, ReadOnlySpan<int> groups) => packet.IsV4
        ? FilterBlock.Match(block, packet.Protocol, port, (uint)address, groups)
        : FilterBlock.Match(block, packet.Protocol, port, address, groups);

    private bool RefuseFilter(uint[] block, UInt128 address, int hidden, bool isEgress)
    {
        ExplanationCode code = hidden >= 0 && Match(block, address, hidden) == FilterMatch.Identity
            ? (hidden == veiled ? veil : ExplanationCode.SG_REFERENCES_NOT_PRESERVED)
            : IsEmpty(isEgress) ? ExplanationCode.SG_HAS_NO_RULES
            : ExplanationCode.ENI_SG_RULES_MISMATCH;
        Fail(code, StepKind.Filter, nic, 0, isEgress);
        return false;
    }

    /// <summary>Whether the interface's filter has no rule at all in a direction, in either family.</summary>
    private readonly bool IsEmpty(bool isEgress)
    {
        ref readonly Filter filter = ref state.Filters[state.Nics[nic].Filter];
        return isEgress ? filter.Out4.Length == 0 && filter.Out6.Length == 0 : filter.In4.Length == 0 && filter.In6.Length == 0;
    }

    /// <summary>The segment's gate, for packets that cross its edge (rule 77).</summary>
    private bool PassGate(int segment, bool isEgress)
    {
        int gate = state.Segments[segment].Gate;
        if (gate < 0)
        {
            return true;
        }

        GateRules rules = isEgress ? state.Gates[gate].Outward : state.Gates[gate].Inward;
        (int entry, bool allows) = rules.Decide(
            packet.IsV4, isEgress ? packet.Destination : packet.Source, packet.Protocol, packet.DestinationFrom, packet.DestinationTo);
        if (!allows)
        {
            Fail(ExplanationCode.SUBNET_ACL_RESTRICTION, StepKind.Gate, segment, entry, isEgress);
            return false;
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Gate, segment, entry, isEgress);
        }

        return true;
    }

    /// <summary>Goes where the segment's routes say.</summary>
    private Place Follow(int segment, int entry, NextHop hop, int target)
    {
        int routes = state.Segments[segment].Routes;
        if (Special.IsReserved(packet.Destination, packet.IsV4))
        {
            return Fail(ExplanationCode.RESERVED_RANGE_NOT_FORWARDED, StepKind.Routes, routes, entry, isEgress: true);
        }

        if (hop.Kind == HopKind.None)
        {
            return Fail(ExplanationCode.NO_ROUTE_TO_DESTINATION, StepKind.Routes, routes, -1, isEgress: true);
        }

        if (hop.Kind == HopKind.Blackhole)
        {
            return Fail(ExplanationCode.BAD_STATE_ROUTE, StepKind.Routes, routes, entry, isEgress: true);
        }

        if (hop.Kind == HopKind.Unsupported)
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Routes, routes, entry, isEgress: true);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Routes, routes, entry, isEgress: true);
        }

        switch (hop.Kind)
        {
            case HopKind.Local:
                return ArriveAt(target);
            case HopKind.Border:
                return LeaveByBorder(hop.Handle);
            case HopKind.OneWay:
                return LeaveByOneWay(hop.Handle);
            case HopKind.Gateway:
                return LeaveByGateway(hop.Handle);
            case HopKind.Tunnel:
                return EnterTunnel(hop.Handle);
            case HopKind.Link:
                return CrossLink(hop.Handle);
            case HopKind.Hub:
                return LeaveByHub(hop.Handle);
            case HopKind.Exit:
                return LeaveByExit(hop.Handle);
            case HopKind.Translator:
                Track(nic);
                routed = true;
                nic = state.Translators[hop.Handle].Nic;
                return nic < 0
                    ? Fail(ExplanationCode.BAD_STATE, StepKind.Translator, hop.Handle, 0, isEgress: false)
                    : Place.Arriving;
            default:
                if (hop.Handle == nic)
                {
                    return Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Routes, routes, entry, isEgress: true);
                }

                routed = true;
                nic = hop.Handle;
                return Place.Arriving;
        }
    }

    private Place ArriveAt(int target)
    {
        if (target < 0)
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Domain, domain, 0, isEgress: false);
        }

        nic = target;
        return Place.Arriving;
    }

    /// <summary>The packet comes to an interface: gate, filter, address check; then it is delivered, translated or passed on.</summary>
    private Place Arrive()
    {
        ref readonly Nic receiver = ref state.Nics[nic];
        if (from != receiver.Segment && !PassGate(receiver.Segment, isEgress: false))
        {
            return Place.Dropped;
        }

        if (receiver.Has(NicTraits.Translates))
        {
            return Translate(receiver);
        }

        if (receiver.Has(NicTraits.Tunnels))
        {
            return PassTunnel(receiver);
        }

        if (!IsUnfiltered(receiver) && !PassIn(receiver))
        {
            return Place.Dropped;
        }

        if (receiver.Has(NicTraits.Balances))
        {
            return Balance(receiver);
        }

        bool own = Owns(nic, receiver, packet.Destination);
        if (!own && receiver.Has(NicTraits.ChecksAddresses))
        {
            return Fail(ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION, StepKind.Nic, nic, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Nic, nic, 0, isEgress: false);
        }

        if (!receiver.Has(NicTraits.Attached))
        {
            return Fail(ExplanationCode.BAD_STATE_ATTACHMENT, StepKind.Nic, nic, 0, isEgress: false);
        }

        if (!receiver.Has(NicTraits.Running))
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Machine, nic, 0, isEgress: false);
        }

        if (TSink.Listens && receiver.Machine >= 0)
        {
            Tell(StepKind.Machine, nic, 0, isEgress: false);
        }

        if (receiver.Has(NicTraits.Enters))
        {
            return EnterService(receiver);
        }

        return own || OfMachine(receiver) ? Receive() : PassOn(receiver);
    }

    /// <summary>Whether another interface of the same machine has the destination.</summary>
    private readonly bool OfMachine(in Nic receiver) =>
        receiver.Machine >= 0
        && state.NicAt(receiver.Domain, packet.Destination, packet.IsV4) is >= 0 and int other
        && state.Nics[other].Machine == receiver.Machine;

    /// <summary>A machine that forwards sends the packet out again by its first interface.</summary>
    private Place PassOn(in Nic receiver)
    {
        if (receiver.Machine >= 0 && RoutesOn(receiver.Machine, out Place gone))
        {
            return gone;
        }

        if (strayed >= 0)
        {
            return FailStray();
        }

        int primary = receiver.Machine >= 0 ? state.Machines[receiver.Machine].Primary : -1;
        if (primary < 0)
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Nic, nic, 0, isEgress: false);
        }

        if (packet.IsV4 && state.NicAt(receiver.Domain, packet.Source, isV4: true) is >= 0 and int sender && SameMachine(sender, nic))
        {
            // No host forwards IPv4 that bears its own address as the source (RFC 1812, 5.3.7); of IPv6 nothing such is said.
            return Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Machine, nic, 0, isEgress: false);
        }

        nic = primary;
        identity = -1;
        forwarded = true;
        return Place.Sending;
    }

    private Place Receive()
    {
        if (isReply)
        {
            return origin.Kind == OriginKind.Nic && SameMachine(nic, origin.Handle) && packet.Answers(sent)
                ? Place.Delivered
                : Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Machine, nic, 0, isEgress: false);
        }

        ref readonly Nic receiver = ref state.Nics[nic];
        if (probing && receiver.Machine >= 0)
        {
            Status = state.Machines[receiver.Machine].Status;
        }

        return receiver.Has(NicTraits.Picky) && !state.Machines[receiver.Machine].Listens(packet.Protocol, packet.DestinationFrom)
            ? Fail(ExplanationCode.MACHINE_DOES_NOT_LISTEN, StepKind.Machine, nic, 0, isEgress: false)
            : Place.Delivered;
    }

    private readonly bool SameMachine(int one, int other) =>
        one == other || (state.Nics[one].Machine >= 0 && state.Nics[one].Machine == state.Nics[other].Machine);

    private readonly bool Owns(int handle, in Nic at, UInt128 address) =>
        (packet.IsV4 && (uint)address == at.Address) || (NeedsLookUp(at) && state.NicAt(at.Domain, address, packet.IsV4) == handle);

    /// <summary>An interface of one IPv4 address has no other.</summary>
    private readonly bool NeedsLookUp(in Nic at) => !packet.IsV4 || at.Has(NicTraits.HasMore);
}
