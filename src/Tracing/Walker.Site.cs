using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tracing;

/// <summary>Outside: hosts and routers of sites, and machines that are routers.</summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>A host of a site sends, by the router that its site prefers.</summary>
    private Place LeaveSite()
    {
        SiteNet at = state.Sites.At(site);
        if (TSink.Listens)
        {
            Tell(StepKind.Site, site, 0, isEgress: true);
        }

        if (at.BlockOf(packet.DestinationAddress) is >= 0 and int block)
        {
            return MeetSiteHost(at, block);
        }

        if (state.Routes.RibOf(at.Speaker).Match(packet.DestinationAddress) is not { } entry)
        {
            return Fail(ExplanationCode.NO_ROUTE_TO_DESTINATION, StepKind.Site, site, 0, isEgress: true);
        }

        Candidate route = entry.Candidates[Pick(entry.Best)];
        if (TSink.Listens && route.From.Length > 0)
        {
            TellWord(StepKind.Router, route.From, isEgress: true);
        }

        return route.Line is { } line ? CrossIn(state.Routes.LineOf(line)) : LeaveToInternet();
    }

    /// <summary>At the customer's end of a line: a machine that routes, or a router of a site.</summary>
    private Place PassRouter()
    {
        if (state.Routers.TryGetValue(router, out int machine))
        {
            return MeetMachine(machine);
        }

        Speaker? speaker = state.Routes.SpeakerOf(router);
        site = speaker is null ? -1 : state.Sites.OfSpeaker(speaker.Parent);
        if (site < 0)
        {
            return FailWord(ExplanationCode.UNKNOWN_DESTINATION, StepKind.Router, router, isEgress: false);
        }

        if (TSink.Listens)
        {
            TellWord(StepKind.Router, router, isEgress: false);
        }

        SiteNet at = state.Sites.At(site);
        if (at.BlockOf(packet.DestinationAddress) is >= 0 and int block)
        {
            return MeetSiteHost(at, block);
        }

        if (state.Routes.RibOf(router).Match(packet.DestinationAddress) is not { } entry)
        {
            return FailWord(ExplanationCode.NO_ROUTE_TO_DESTINATION, StepKind.Router, router, isEgress: false);
        }

        return entry.Candidates[Pick(entry.Best)].Line is { } line ? CrossIn(state.Routes.LineOf(line)) : LeaveToInternet();
    }

    /// <summary>A router that announces more than its networks is taken to reach the internet, in its own name and for its own.</summary>
    private Place LeaveToInternet()
    {
        int host = state.Outside.Find(packet.Destination, packet.IsV4);
        if (!Special.IsPublic(packet.Destination, packet.IsV4))
        {
            return Fail(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Site, site, 0, isEgress: false);
        }

        if (isReply)
        {
            return Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Internet, host, 0, isEgress: false);
        }

        if (!state.Outside.Answers(packet.Destination, packet.IsV4, packet.Protocol, packet.DestinationFrom))
        {
            return Fail(ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER, StepKind.Internet, host, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Internet, host, 0, isEgress: false);
        }

        receivedAtSite = site;
        return Place.Delivered;
    }

    private Place MeetSiteHost(SiteNet at, int block)
    {
        bool taken = isReply
            ? origin.Kind == OriginKind.Site && origin.Handle == site && packet.Answers(sent)
            : at.Blocks[block].Accepts(packet.Protocol, packet.DestinationFrom);
        if (!taken)
        {
            ExplanationCode code = isReply ? ExplanationCode.NO_MATCHING_CONNECTION : ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER;
            return Fail(code, StepKind.Site, site, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Site, site, 0, isEgress: false);
        }

        receivedAtSite = site;
        return Place.Delivered;
    }

    /// <summary>Out of a tunnel at a machine: its own, on over another line, or out by its first interface.</summary>
    private Place MeetMachine(int machine)
    {
        int primary = state.Machines[machine].Primary;
        if (primary < 0 || !state.Nics[primary].Has(NicTraits.Running))
        {
            return FailWord(ExplanationCode.BAD_STATE, StepKind.Router, router, isEgress: false);
        }

        ref readonly Nic at = ref state.Nics[primary];
        EnterDomain(at.Domain);
        identity = -1;
        nic = primary;
        bool isOwn = state.NicAt(at.Domain, packet.Destination, packet.IsV4) is >= 0 and int own && SameMachine(own, nic);
        if (!isOwn && RoutesOn(machine, out Place gone))
        {
            return gone;
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Machine, nic, 0, isEgress: false);
        }

        forwarded = !isOwn;
        return isOwn ? Receive() : Place.Sending;
    }

    /// <summary>Whether a machine that is a router has learned a way to the destination over one of its lines.</summary>
    private bool RoutesOn(int machine, out Place gone)
    {
        gone = Place.Sending;
        if (state.Machines[machine].Speaker is not { } speaker
            || state.Routes.RibOf(speaker).Match(packet.DestinationAddress) is not { } entry
            || entry.Candidates[Pick(entry.Best)].Line is not { } line)
        {
            return false;
        }

        if (TSink.Listens)
        {
            TellWord(StepKind.Router, speaker, isEgress: true);
        }

        gone = CrossIn(state.Routes.LineOf(line));
        return true;
    }
}
