using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>
/// At endpoints: to public services and to other domains' balancers by address, to public services by a route, through middleboxes and back.
/// Source: AWS PrivateLink guide; Gateway Load Balancer guide.
/// </summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>GENEVE (RFC 8926).</summary>
    private const ushort TunnelPort = 6081;

    /// <summary>
    /// What leaves a service's interface without a filter's or a machine's doing: replies on their way back through an endpoint, and what no
    /// service sends.
    /// </summary>
    private bool LeavesService(in Nic sender, out Place gone)
    {
        gone = Place.Sending;
        if (isReply)
        {
            if (IsEntering(nic))
            {
                gone = LeaveEntrance();
                return true;
            }

            if (TSink.Listens && sender.Has(NicTraits.Enters) && state.Entrances[sender.Service].Offer < 0)
            {
                Tell(StepKind.Provider, sender.Service, 0, isEgress: true);
                Tell(StepKind.Entrance, sender.Service, nic, isEgress: true);
            }

            return false;
        }

        // A tunnel passes on what came to it, and begins nothing.
        if (sender.Has(NicTraits.Enters) || (sender.Has(NicTraits.Tunnels) && !forwarded))
        {
            gone = Fail(ExplanationCode.VPCE_INTRA_VPC_TRAFFIC, StepKind.Entrance, sender.Service, nic, isEgress: true);
            return true;
        }

        return sender.Has(NicTraits.Balances) && LeavesTunnelNode(sender, out gone);
    }

    /// <summary>A balancer of the tunnel kind speaks GENEVE and nothing else.</summary>
    private bool LeavesTunnelNode(in Nic sender, out Place gone)
    {
        gone = Place.Sending;
        if (probing || origin != Origin.OfNic(nic) || state.Balancers[sender.Service].Layer != BalancerLayer.Tunnel)
        {
            return false;
        }

        ExplanationCode code = packet.Protocol != Protocols.Udp ? ExplanationCode.GWLB_PROTOCOL_RESTRICTION
            : packet.DestinationFrom != TunnelPort ? ExplanationCode.GWLB_DESTINATION_PORT_RESTRICTION
            : ExplanationCode.NONE;
        gone = code == ExplanationCode.NONE ? Place.Sending : Fail(code, StepKind.Nic, nic, 0, isEgress: true);
        return code != ExplanationCode.NONE;
    }

    /// <summary>The packet has come to the address of an endpoint: on to the service (rules 101, 103, 104).</summary>
    private Place EnterService(in Nic receiver)
    {
        int handle = receiver.Service;
        Entrance entrance = state.Entrances[handle];
        if (isReply)
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Entrance, handle, nic, isEgress: false);
        }

        if (!entrance.Works)
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Entrance, handle, nic, isEgress: false);
        }

        if (packet.Protocol != Protocols.Tcp && (packet.Protocol != Protocols.Udp || entrance.Offer < 0))
        {
            return Fail(ExplanationCode.PROTOCOL_RESTRICTION, StepKind.Entrance, handle, nic, isEgress: false);
        }

        // Every filter on the way to an endpoint tracks the connection, whatever its rules say (rule 70).
        tracking |= Tracking.Automatic;
        open = 0;
        if (entrance.Offer >= 0)
        {
            return EnterBalancer(receiver, entrance);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Entrance, handle, nic, isEgress: false);
        }

        return MeetProvider(handle, entrance);
    }

    /// <summary>At a public service, by whichever endpoint.</summary>
    private Place MeetProvider(int handle, Entrance entrance)
    {
        if (entrance.Service is not { } service || !service.Accepts(packet.Protocol, packet.DestinationFrom))
        {
            return Fail(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER, StepKind.Provider, handle, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Provider, handle, 0, isEgress: false);
        }

        return Place.Delivered;
    }

    /// <summary>
    /// Into the domain of the service, at the balancer's node of the endpoint's own zone. No segment is crossed; the balancer's filter still sees
    /// the sender's own address, and nobody behind it does (rules 83, 105, 106).
    /// </summary>
    private Place EnterBalancer(in Nic receiver, Entrance entrance)
    {
        int node = NodeOf(entrance.Offer, state.Segments[receiver.Segment].More.Zone);
        if (node < 0)
        {
            return Fail(ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ, StepKind.Entrance, receiver.Service, nic, isEgress: false);
        }

        if (entered == Entries.Length)
        {
            return Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Entrance, receiver.Service, nic, isEgress: false);
        }

        if (!TryAddressOf(node, out UInt128 address))
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Entrance, receiver.Service, nic, isEgress: false);
        }

        ref Entry entry = ref entries[entered++];
        entry.Address = packet.Destination;
        entry.Door = nic;
        entry.Node = node;
        Packet before = packet;
        packet.Destination = address;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Entrance, receiver.Service, nic, false, before, packet));
        }

        domain = state.Nics[node].Domain;
        from = state.Nics[node].Segment;
        identity = -1;
        routed = forwarded = false;
        nic = node;
        return Place.Arriving;
    }

    /// <summary>Whether the packet that is at a node came into its domain there, over an endpoint.</summary>
    private readonly bool IsEntering(int node) => entered > 0 && entries[entered - 1].Node == node;

    /// <summary>The reply goes back to the sender's domain by the endpoint it came over.</summary>
    private Place LeaveEntrance()
    {
        ref Entry entry = ref entries[--entered];
        Packet before = packet;
        packet.Source = entry.Address;
        nic = identity = entry.Door;
        forwarded = routed = false;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Entrance, state.Nics[nic].Service, nic, true, before, packet));
        }

        return Place.Sending;
    }

    /// <summary>A node of an offer's balancers in a zone, one of them for a connection where there are several; -1 where there is none.</summary>
    private readonly int NodeOf(int offer, string zone)
    {
        int count = 0;
        foreach (int balancer in state.Offers[offer].Balancers)
        {
            foreach (BalancerNode node in state.Balancers[balancer].Nodes)
            {
                count += IsIn(node, zone) ? 1 : 0;
            }
        }

        int left = count < 2 ? 0 : (int)(Pair() % (ulong)count);
        foreach (int balancer in state.Offers[offer].Balancers)
        {
            foreach (BalancerNode node in state.Balancers[balancer].Nodes)
            {
                if (IsIn(node, zone) && left-- == 0)
                {
                    return node.Nic;
                }
            }
        }

        return -1;
    }

    private static bool IsIn(in BalancerNode node, string zone) => node.Nic >= 0 && string.Equals(node.Zone, zone, StringComparison.Ordinal);

    /// <summary>An interface's first address of the packet's family.</summary>
    private readonly bool TryAddressOf(int handle, out UInt128 address)
    {
        address = state.Nics[handle].Address;
        if (packet.IsV4)
        {
            return address != 0;
        }

        foreach (Addressing.IpAddress own in state.NicMores[handle].Addresses)
        {
            if (!own.IsV4)
            {
                address = own.Bits;
                return true;
            }
        }

        return false;
    }

    /// <summary>Out over a gateway endpoint: the source stays as it is, and must be an interface of the domain (rule 99).</summary>
    private Place LeaveByGateway(int handle)
    {
        Entrance entrance = state.Entrances[handle];
        if (!PassesGateway())
        {
            return Fail(ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION, StepKind.Entrance, handle, -1, isEgress: true);
        }

        if (state.NicAt(domain, packet.Source, packet.IsV4) < 0)
        {
            return Fail(ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC, StepKind.Entrance, handle, -1, isEgress: true);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Entrance, handle, -1, isEgress: true);
        }

        if (!isReply)
        {
            gateway = handle;
            return MeetProvider(handle, entrance);
        }

        if (origin != Origin.OfGateway(handle) || !packet.Answers(sent))
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Provider, handle, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Provider, handle, 0, isEgress: false);
        }

        return Place.Delivered;
    }

    /// <summary>TCP, and ICMP's echo and its reply.</summary>
    private readonly bool PassesGateway() => packet.Protocol == Protocols.Tcp
        || (Protocols.IsIcmp(packet.Protocol)
            && packet.DestinationFrom is Protocols.EchoRequest or Protocols.EchoReply or Protocols.EchoRequestV6 or Protocols.EchoReplyV6);

    /// <summary>From the service behind a gateway endpoint into the domain.</summary>
    private Place EnterByGateway()
    {
        Entrance entrance = state.Entrances[gateway];
        domain = entrance.Domain;
        from = -1;
        identity = -1;
        routed = forwarded = false;
        if (TSink.Listens)
        {
            Tell(StepKind.Provider, gateway, 0, isEgress: true);
        }

        if (!entrance.Works)
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Entrance, gateway, -1, isEgress: false);
        }

        if (!PassesGateway())
        {
            return Fail(ExplanationCode.VPCE_GATEWAY_PROTOCOL_RESTRICTION, StepKind.Entrance, gateway, -1, isEgress: false);
        }

        if (entrance.Service is not { } service || !service.Has(packet.SourceAddress))
        {
            return Fail(ExplanationCode.VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION, StepKind.Entrance, gateway, -1, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Entrance, gateway, -1, isEgress: false);
        }

        return ArriveAt(state.NicAt(domain, packet.Destination, packet.IsV4));
    }

    /// <summary>A route leads into a tunnel endpoint.</summary>
    private Place EnterTunnel(int handle)
    {
        Entrance entrance = state.Entrances[handle];
        if (!entrance.Works || entrance.Door < 0)
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Entrance, handle, entrance.Door, isEgress: false);
        }

        if (from >= 0 && entrance.Door == nic)
        {
            return Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Entrance, handle, nic, isEgress: true);
        }

        if (!isReply && balances > 0 && balanced[balances - 1].Target >= 0)
        {
            // A target that sees the client's own address must be reached directly (rule 84).
            ref readonly BalancedFlow kept = ref balanced[balances - 1];
            Step chosen = new(StepKind.Pool, kept.Pool, kept.Choice, true, packet, packet) { Other = kept.Node, Via = kept.Via };
            return FailAt(ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION, chosen);
        }

        // Gateway Load Balancers track every connection (rule 70).
        open = 0;
        tracking |= Tracking.Automatic;
        routed = true;
        nic = entrance.Door;
        return Place.Arriving;
    }

    /// <summary>At a tunnel's door: to the middlebox and back as it came, then on from the door's own segment (rules 18, 92).</summary>
    private Place PassTunnel(in Nic receiver)
    {
        int handle = receiver.Service;
        if (!routed)
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Entrance, handle, nic, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Entrance, handle, nic, isEgress: false);
        }

        if (!receiver.Has(NicTraits.Running))
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Nic, nic, 0, isEgress: false);
        }

        int door = nic;
        int node = state.Entrances[handle].Offer is >= 0 and int offer ? NodeOf(offer, state.Segments[receiver.Segment].More.Zone) : -1;
        if (node < 0)
        {
            return Fail(ExplanationCode.VPCE_SERVICE_NOT_INSTALLED_IN_AZ, StepKind.Entrance, handle, nic, isEgress: false);
        }

        if (strayed >= 0)
        {
            return FailStray();
        }

        if (!state.Nics[node].Has(NicTraits.Running))
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Nic, node, 0, isEgress: false);
        }

        if (!PickAppliance(node, out int target) || !ReachAppliance(node, target))
        {
            return Place.Dropped;
        }

        nic = door;
        identity = -1;
        forwarded = true;
        if (TSink.Listens)
        {
            Tell(StepKind.Entrance, handle, nic, isEgress: true);
        }

        return Place.Sending;
    }

    /// <summary>
    /// The tunnel's own packet, from the node to the appliance and back: gates at both edges, the appliance's filter and machine. What the appliance
    /// gives back is told, not what it thinks of the packet inside: it is taken to pass everything on.
    /// </summary>
    private bool ReachAppliance(int node, int target)
    {
        if (target < 0)
        {
            Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Nic, node, 0, isEgress: true);
            return false;
        }

        Packet inner = packet;
        ref readonly Nic sender = ref state.Nics[node];
        ref readonly Nic appliance = ref state.Nics[target];
        packet = Packet.Tunnel(sender.Address, appliance.Address, TunnelPort);
        bool crosses = sender.Segment != appliance.Segment;
        if (crosses && !(PassGate(sender.Segment, isEgress: true) && PassGate(appliance.Segment, isEgress: false)))
        {
            return false;
        }

        nic = target;
        if (appliance.Filter >= 0 && Match(state.Filters[appliance.Filter].In4, packet.Source, -1) == FilterMatch.None)
        {
            return RefuseFilter(state.Filters[appliance.Filter].In4, packet.Source, -1, isEgress: false);
        }

        if (!MeetAppliance(appliance))
        {
            return false;
        }

        packet = Packet.Tunnel(appliance.Address, sender.Address, TunnelPort);
        if (crosses && !(PassGate(appliance.Segment, isEgress: true) && PassGate(sender.Segment, isEgress: false)))
        {
            return false;
        }

        packet = inner;
        return true;
    }

    private bool MeetAppliance(in Nic appliance)
    {
        if (TSink.Listens)
        {
            Tell(StepKind.Nic, nic, 0, isEgress: false);
        }

        if (!appliance.Has(NicTraits.Running))
        {
            ExplanationCode code = appliance.Has(NicTraits.Attached) ? ExplanationCode.BAD_STATE : ExplanationCode.BAD_STATE_ATTACHMENT;
            Fail(code, appliance.Machine >= 0 ? StepKind.Machine : StepKind.Nic, nic, 0, isEgress: false);
            return false;
        }

        if (TSink.Listens && appliance.Machine >= 0)
        {
            Tell(StepKind.Machine, nic, 0, isEgress: false);
        }

        return true;
    }

    /// <summary>A connection that went over an endpoint into another domain.</summary>
    private struct Entry
    {
        public UInt128 Address;
        public int Door;
        public int Node;
    }

    [InlineArray(Length)]
    private struct Entries
    {
        public const int Length = 4;
        private Entry first;
    }
}
