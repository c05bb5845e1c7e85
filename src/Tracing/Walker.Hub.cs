using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tracing;

/// <summary>
/// Through hubs: out of a domain by the door of the sender's zone, on by the table of the spoke it came over, in by a door and that one's routes.
/// Source: AWS, "How AWS Transit Gateway works", "Transit gateway VPC attachments", "Network ACLs for transit gateways".
/// </summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>A route of a domain leads to its hub (rules 80, 113).</summary>
    private Place LeaveByHub(int handle)
    {
        Spoke at = state.Spokes[handle];
        if (!packet.IsV4 && !at.CarriesV6)
        {
            return Fail(ExplanationCode.NO_PATH, StepKind.Spoke, handle, -1, isEgress: true);
        }

        int door = at.DoorIn(state.Segments[from].More.Zone);
        if (door < 0)
        {
            return Fail(ExplanationCode.TGW_ROUTE_AZ_RESTRICTION, StepKind.Spoke, handle, -1, isEgress: true);
        }

        int there = at.Doors[door].Nic;
        if (there < 0 || !state.Nics[there].Has(NicTraits.Running))
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Spoke, handle, door, isEgress: true);
        }

        // Inbound rules of the door's own subnet are asked even where the sender is in it.
        if (!PassGate(state.Nics[there].Segment, isEgress: false))
        {
            return Place.Dropped;
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Spoke, handle, door, isEgress: true);
        }

        Track(nic);
        if (!(at.KeepsIdentity && state.Hubs[at.Hub].KeepsIdentity))
        {
            Veil(ExplanationCode.SG_REFERENCING_SUPPORT);
        }

        zone = at.Doors[door].Zone;
        return ComeToHub(handle);
    }

    private Place ComeToHub(int by)
    {
        hubbed = true;
        tracking |= Tracking.Automatic;
        spoke = by;
        return Place.Hub;
    }

    /// <summary>At a hub: the table that the spoke is associated with decides (rules 108 to 110).</summary>
    private Place PassHub()
    {
        Spoke at = state.Spokes[spoke];
        if (!at.Works)
        {
            return Fail(ExplanationCode.BAD_STATE_ATTACHMENT, StepKind.Spoke, spoke, -1, isEgress: true);
        }

        if (at.Table.Length == 0)
        {
            return Fail(ExplanationCode.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION, StepKind.Spoke, spoke, -1, isEgress: true);
        }

        if (state.Routes.RibOf(at.Table).Match(packet.DestinationAddress) is not { } entry)
        {
            return Fail(
                LeadsElsewhere(at.Hub) ? ExplanationCode.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT : ExplanationCode.NO_ROUTE_TO_DESTINATION,
                StepKind.HubRoutes, spoke, -1, isEgress: true);
        }

        int chosen = Pick(entry.Best);
        Candidate route = entry.Candidates[chosen];
        int next = route.Spoke is { } id ? state.SpokeOf(at.Hub, id) : -1;
        if (route.IsBlackhole || next < 0 || !state.Spokes[next].Works)
        {
            return Fail(ExplanationCode.TGW_RTB_BAD_STATE_ROUTE, StepKind.HubRoutes, spoke, chosen, isEgress: true);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.HubRoutes, spoke, chosen, isEgress: true);
        }

        return state.Spokes[next].Kind switch
        {
            SpokeKind.Domain => EnterBySpoke(next),
            SpokeKind.Hub => CrossToPeer(next),
            _ => LeaveByLines(next, route),
        };
    }

    /// <summary>Whether some domain that the hub joins has the destination, though the table has no route there.</summary>
    private readonly bool LeadsElsewhere(int hub)
    {
        for (int i = 0; i < state.Spokes.Count; i++)
        {
            Spoke other = state.Spokes[i];
            if (other.Hub == hub && other.Works && other.Domain >= 0 && IsWithin(other.Domain, packet.DestinationAddress))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>To the hub at the other end; identities do not cross (rule 111).</summary>
    private Place CrossToPeer(int handle)
    {
        int peer = state.Spokes[handle].Peer;
        if (peer < 0 || state.Spokes[peer].Hub < 0)
        {
            return Fail(ExplanationCode.TGW_RTB_ROUTES_ARE_UNKNOWN, StepKind.Spoke, handle, -1, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Spoke, handle, -1, isEgress: false);
        }

        Veil(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
        zone = "";
        return ComeToHub(peer);
    }

    /// <summary>Over one of a spoke's lines: the route's own, or, where it was written by hand, one of those that carry.</summary>
    private Place LeaveByLines(int handle, Candidate route)
    {
        Line? line = null;
        if (route.Line is { } id)
        {
            line = state.Routes.LineOf(id);
        }
        else
        {
            line = CarrierOf(state.Spokes[handle].Row.Id);
        }

        if (line is not { Carries: true })
        {
            return Fail(ExplanationCode.TGW_BAD_STATE_VPN, StepKind.Spoke, handle, -1, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Spoke, handle, -1, isEgress: false);
        }

        identity = -1;
        return CrossOut(line);
    }

    /// <summary>Of a spoke's lines the one that the customer prefers for the destination; else one of those that carry.</summary>
    private readonly Line? CarrierOf(string id)
    {
        if (state.Routes.ToldOver(id).Match(packet.DestinationAddress) is { } told)
        {
            return state.Routes.LineOf(told.Candidates[Pick(told.Best)].Line!);
        }

        ImmutableArray<Line> carriers = state.Routes.CarriersOf(id);
        return carriers.IsEmpty ? null : carriers[Pick(carriers.Length)];
    }

    /// <summary>
    /// Into a domain: by the door of the zone that the packet came from, or one that its connection decides; then by the routes of the door's own
    /// segment (rules 114, 115).
    /// </summary>
    private Place EnterBySpoke(int handle)
    {
        Spoke at = state.Spokes[handle];
        if (at.Domain < 0)
        {
            return Fail(ExplanationCode.UNKNOWN_DESTINATION, StepKind.Spoke, handle, -1, isEgress: false);
        }

        if (!packet.IsV4 && !at.CarriesV6)
        {
            return Fail(ExplanationCode.NO_PATH, StepKind.Spoke, handle, -1, isEgress: false);
        }

        int door = DoorFor(at);
        if (door < 0)
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Spoke, handle, at.Doors.Length - 1, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Spoke, handle, door, isEgress: false);
        }

        if (!(at.KeepsIdentity && state.Hubs[at.Hub].KeepsIdentity))
        {
            Veil(ExplanationCode.SG_REFERENCING_SUPPORT);
        }

        EnterDomain(at.Domain);
        nic = at.Doors[door].Nic;
        from = state.Nics[nic].Segment;
        arrivedBy = handle;
        strayed = IsStray(handle, door) ? handle : -1;
        return GoOn(from);
    }

    /// <summary>From a door: straight across its segment, or over its gate and by its routes.</summary>
    private Place GoOn(int segment)
    {
        int target = state.NicAt(domain, packet.Destination, packet.IsV4);
        if (IsNear(segment, target))
        {
            return ArriveAt(target);
        }

        int routes = state.Segments[segment].Routes;
        int entry = routes < 0 ? -1 : state.RouteMaps[routes].Find(packet.Destination, packet.IsV4);
        NextHop hop = entry < 0 ? default : state.RouteMaps[routes].Hops[entry];
        return PassGate(segment, isEgress: true) ? Follow(segment, entry, hop, target) : Place.Dropped;
    }

    /// <summary>Whether the destination is in a segment itself.</summary>
    private readonly bool IsNear(int segment, int target) =>
        target >= 0 ? state.Nics[target].Segment == segment
        : packet.IsV4 ? state.Segments[segment].Covers((uint)packet.Destination)
        : state.Segments[segment].Covers(packet.Destination);

    /// <summary>The place of the door to enter by, or -1 where none works.</summary>
    private readonly int DoorFor(Spoke at)
    {
        if (!at.IsSticky && at.DoorIn(zone) is >= 0 and int near && IsOpen(at.Doors[near]))
        {
            return near;
        }

        int count = 0;
        foreach (SpokeDoor door in at.Doors)
        {
            count += IsOpen(door) ? 1 : 0;
        }

        int left = count == 0 ? -1 : (int)(Mix(Pair()) % (uint)count);
        for (int i = 0; i < at.Doors.Length; i++)
        {
            if (IsOpen(at.Doors[i]) && left-- == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly bool IsOpen(SpokeDoor door) => door.Nic >= 0 && state.Nics[door.Nic].Has(NicTraits.Running);

    /// <summary>Remembers the door on the way there; on the way back, whether it is another one.</summary>
    private bool IsStray(int handle, int door)
    {
        for (int i = 0; i < visited; i++)
        {
            if (visits[i].Spoke == handle)
            {
                return isReply && visits[i].Door != door;
            }
        }

        if (!isReply && visited < Visits.Length)
        {
            visits[visited++] = new Visit(handle, door);
        }

        return false;
    }

    /// <summary>
    /// A middlebox is taken to know the connections that it has let through; what comes to that of another zone is lost there (rules 18, 115).
    /// </summary>
    private Place FailStray() =>
        Fail(ExplanationCode.TGW_ATTACH_VPC_AZ_RESTRICTION, StepKind.Spoke, strayed, -1, isEgress: false);

    /// <summary>One of so many, as likely as any other, by the packet's own header.</summary>
    private readonly int Pick(int count) => count < 2 ? 0 : (int)((UInt128)Mix(isReply ? ~Pair() : Pair()) * (uint)count >> 64);

    /// <summary>Spreads a hash over all its bits (SplitMix64's finish).</summary>
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private readonly record struct Visit(int Spoke, int Door);

    [InlineArray(Length)]
    private struct Visits
    {
        public const int Length = 8;
        private Visit first;
    }
}
