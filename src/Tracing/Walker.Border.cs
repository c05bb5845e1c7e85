using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tracing;

/// <summary>At the edges of domains and beyond: one-to-one translation, port-sharing translation, the internet.</summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>Out over an internet gateway: a public destination, and a public address for the source (rules 31, 33).</summary>
    private Place LeaveByBorder(int border)
    {
        if (packet.IsV4 && Special.IsPrivate((uint)packet.Destination))
        {
            return Fail(ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS, StepKind.Border, border, 0, isEgress: true);
        }

        if (packet.IsV4 && Special.IsShared((uint)packet.Destination))
        {
            return Fail(ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS, StepKind.Border, border, 0, isEgress: true);
        }

        if (!Special.IsPublic(packet.Destination, packet.IsV4))
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Border, border, 0, isEgress: true);
        }

        if (IsRedirected(border))
        {
            return Fail(ExplanationCode.INGRESS_RTB_TRAFFIC_REDIRECTION, StepKind.Border, border, 0, isEgress: true);
        }

        int owner = state.NicAt(domain, packet.Source, packet.IsV4);
        if (owner >= 0 && IsBlocked(owner))
        {
            return FailBlocked(StepKind.Border, border, owner, isEgress: true);
        }

        Packet before = packet;
        if (!packet.IsV4)
        {
            if (owner < 0)
            {
                return Fail(ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC, StepKind.Border, border, 0, isEgress: true);
            }
        }
        else
        {
            uint outside = owner < 0 ? 0 : PublicOf(owner, (uint)packet.Source);
            if (outside == 0)
            {
                return Fail(ExplanationCode.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS, StepKind.Border, border, 0, isEgress: true);
            }

            packet.Source = outside;
        }

        identity = -1;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Border, border, 0, true, before, packet));
        }

        return Place.Internet;
    }

    /// <summary>Traffic that comes in over a middlebox may not leave around it (rule 17).</summary>
    private readonly bool IsRedirected(int border)
    {
        int routes = state.Borders[border].Routes;
        if (routes < 0)
        {
            return false;
        }

        ref readonly RouteMap edge = ref state.RouteMaps[routes];
        int entry = edge.Find(packet.Source, packet.IsV4);
        NextHop hop = entry < 0 ? default : edge.Hops[entry];
        return hop.Kind switch
        {
            HopKind.Nic => !SameMachine(hop.Handle, nic),
            HopKind.Tunnel => state.Entrances[hop.Handle].Door != nic,
            _ => false,
        };
    }

    /// <summary>Whether block public access keeps an interface from the internet: in its mode that lets out, only a translator gets there (43).</summary>
    private readonly bool IsBlocked(int owner)
    {
        ref readonly Nic at = ref state.Nics[owner];
        OutsideAccess access = state.Segments[at.Segment].Access;
        return access != OutsideAccess.Open && !(access == OutsideAccess.OutwardOnly && at.Has(NicTraits.Translates));
    }

    private Place FailBlocked(StepKind kind, int border, int owner, bool isEgress) =>
        Fail(ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED, kind, border, 1 + state.Nics[owner].Segment, isEgress);

    /// <summary>Out over an egress-only internet gateway; it lets no reply out to what came in another way (rule 41).</summary>
    private Place LeaveByOneWay(int border)
    {
        if (packet.IsV4 || !Special.IsPublic(packet.Destination, isV4: false))
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.OneWay, border, 0, isEgress: true);
        }

        int owner = state.NicAt(domain, packet.Source, isV4: false);
        if (owner < 0)
        {
            return Fail(ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC, StepKind.OneWay, border, 0, isEgress: true);
        }

        if (state.Segments[state.Nics[owner].Segment].Access == OutsideAccess.Closed)
        {
            return FailBlocked(StepKind.OneWay, border, owner, isEgress: true);
        }

        if (isReply)
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.OneWay, border, 0, isEgress: true);
        }

        oneWay = border;
        identity = -1;
        tracking |= Tracking.Automatic;
        Track(nic);
        if (TSink.Listens)
        {
            Tell(StepKind.OneWay, border, 0, isEgress: true);
        }

        return Place.Internet;
    }

    /// <summary>On the internet: to an interface that has the public address, to the host that asked, or to a host of the world.</summary>
    private Place Roam()
    {
        if (!state.Unannounced.IsEmpty && IsUnannounced())
        {
            return Fail(ExplanationCode.ADDRESS_NOT_ADVERTISED, StepKind.Internet, -1, 0, isEgress: false);
        }

        if (isReply && origin.Kind is not (OriginKind.Nic or OriginKind.Site) && packet.Destination == sent.Source)
        {
            return MeetAsker();
        }

        if (IsBehindPublicLine(out Line line))
        {
            return CrossOut(line);
        }

        int target = packet.IsV4 ? state.Public.Find((uint)packet.Destination) : -1;
        if (target >= 0)
        {
            domain = state.Nics[target].Domain;
            return EnterV4(target);
        }

        if (target == -2 || !Special.IsPublic(packet.Destination, packet.IsV4))
        {
            return Fail(ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS, StepKind.Internet, -1, 0, isEgress: false);
        }

        domain = packet.IsV4 ? -1 : state.Domains6.Find(packet.Destination);
        return domain >= 0 ? EnterV6() : MeetHost();
    }

    private readonly bool IsUnannounced()
    {
        IpAddress address = packet.DestinationAddress;
        foreach (Prefix block in state.Unannounced)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private Place MeetAsker()
    {
        int host = TSink.Listens ? state.Outside.Find(packet.Destination, packet.IsV4) : -1;
        if (!packet.Answers(sent))
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Internet, host, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Internet, host, 0, isEgress: false);
        }

        return Place.Delivered;
    }

    private Place MeetHost()
    {
        int host = TSink.Listens ? state.Outside.Find(packet.Destination, packet.IsV4) : -1;
        if (isReply || origin.Kind is not (OriginKind.Nic or OriginKind.Site))
        {
            ExplanationCode code = isReply ? ExplanationCode.NO_MATCHING_CONNECTION : ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS;
            return Fail(code, StepKind.Internet, host, 0, isEgress: false);
        }

        if (!state.Outside.Answers(packet.Destination, packet.IsV4, packet.Protocol, packet.DestinationFrom))
        {
            return Fail(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER, StepKind.Internet, host, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Internet, host, 0, isEgress: false);
        }

        receivedOutside = true;
        return Place.Delivered;
    }

    /// <summary>In over an internet gateway: the public address becomes the private one (rules 33, 34, 39).</summary>
    private Place EnterV4(int target)
    {
        int border = state.Domains[domain].Border;
        if (border < 0 || !state.Nics[target].Has(NicTraits.Attached) || !IsAllowedBorder(border))
        {
            return Fail(
                ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS, border < 0 ? StepKind.Internet : StepKind.Border, border, 0, isEgress: false);
        }

        if (IsBlocked(target))
        {
            return FailBlocked(StepKind.Border, border, target, isEgress: false);
        }

        if (Special.IsPrivate((uint)packet.Source))
        {
            return Fail(ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS, StepKind.Border, border, 0, isEgress: false);
        }

        if (Special.IsShared((uint)packet.Source))
        {
            return Fail(ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS, StepKind.Border, border, 0, isEgress: false);
        }

        Packet before = packet;
        packet.Destination = PrivateOf(target, (uint)packet.Destination);
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Border, border, 0, false, before, packet));
        }

        return Enter(border, target);
    }

    private Place EnterV6()
    {
        ref readonly Domain here = ref state.Domains[domain];
        int target = state.NicAt(domain, packet.Destination, isV4: false);
        if (isReply && oneWay >= 0 && here.OneWay == oneWay)
        {
            if (TSink.Listens)
            {
                Tell(StepKind.OneWay, oneWay, 0, isEgress: false);
            }

            return Enter(-1, target);
        }

        if (here.Border < 0 && here.OneWay >= 0)
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.OneWay, here.OneWay, 0, isEgress: false);
        }

        if (here.Border < 0 || target < 0 || !IsAllowedBorder(here.Border))
        {
            return Fail(
                ExplanationCode.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
                here.Border < 0 ? StepKind.Internet : StepKind.Border, here.Border, 0, isEgress: false);
        }

        if (IsBlocked(target))
        {
            return FailBlocked(StepKind.Border, here.Border, target, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Border, here.Border, 0, isEgress: false);
        }

        return Enter(here.Border, target);
    }

    private readonly bool IsAllowedBorder(int border) => isReply || origin.Kind != OriginKind.Border || origin.Handle == border;

    /// <summary>Into the domain, straight to the receiver or where the gateway's own routes send it (rules 15 to 17).</summary>
    private Place Enter(int border, int target)
    {
        EnterDomain(domain);
        identity = -1;
        int routes = border < 0 ? -1 : state.Borders[border].Routes;
        return routes < 0 ? ArriveAt(target) : EnterByRoutes(routes, target, needsPublic: true);
    }

    /// <summary>Into a domain where a gateway's own routes send it.</summary>
    /// <param name="needsPublic">A machine that they lead to needs a public address (rule 17).</param>
    private Place EnterByRoutes(int routes, int target, bool needsPublic)
    {
        ref readonly RouteMap edge = ref state.RouteMaps[routes];
        int entry = edge.Find(packet.Destination, packet.IsV4);
        NextHop hop = entry < 0 ? default : edge.Hops[entry];
        if (hop.Kind is HopKind.None or HopKind.Local)
        {
            if (TSink.Listens)
            {
                Tell(StepKind.Routes, routes, entry, isEgress: false);
            }

            return hop.Kind == HopKind.Local
                ? ArriveAt(target)
                : Fail(ExplanationCode.NO_ROUTE_TO_DESTINATION, StepKind.Routes, routes, entry, isEgress: false);
        }

        if (hop.Kind == HopKind.Tunnel && needsPublic)
        {
            if (TSink.Listens)
            {
                Tell(StepKind.Routes, routes, entry, isEgress: false);
            }

            return EnterTunnel(hop.Handle);
        }

        if (hop.Kind != HopKind.Nic)
        {
            ExplanationCode code = hop.Kind == HopKind.Blackhole ? ExplanationCode.BAD_STATE_ROUTE : ExplanationCode.NO_POSSIBLE_DESTINATION;
            return Fail(code, StepKind.Routes, routes, entry, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Routes, routes, entry, isEgress: false);
        }

        if (needsPublic && packet.IsV4 && state.NicMores[hop.Handle].Public.Count == 0)
        {
            return Fail(ExplanationCode.INGRESS_RTB_NO_PUBLIC_IP, StepKind.Nic, hop.Handle, 0, isEgress: false);
        }

        routed = true;
        nic = hop.Handle;
        return Place.Arriving;
    }

    private readonly uint PublicOf(int handle, uint address)
    {
        ref readonly Nic at = ref state.Nics[handle];
        if (at.Address == address)
        {
            return at.PublicAddress;
        }

        foreach ((uint inside, uint outside) in state.NicMores[handle].Public)
        {
            if (inside == address)
            {
                return outside;
            }
        }

        return 0;
    }

    private readonly uint PrivateOf(int handle, uint address)
    {
        ref readonly Nic at = ref state.Nics[handle];
        if (at.PublicAddress == address)
        {
            return at.Address;
        }

        foreach ((uint inside, uint outside) in state.NicMores[handle].Public)
        {
            if (outside == address)
            {
                return inside;
            }
        }

        return at.Address;
    }
}
