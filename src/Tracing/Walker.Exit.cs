using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tracing;

/// <summary>
/// Over private lines: a domain's exit, junctions, the public side, and the lines themselves. Source: AWS Site-to-Site VPN, "Routing options";
/// AWS Direct Connect, "Routing policies and BGP communities", "Direct Connect gateways".
/// </summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>A route of a domain leads to its exit: IPv4 from the domain's own interfaces only, to prefixes that it knows (rules 118, 120).</summary>
    private Place LeaveByExit(int handle)
    {
        Exit exit = state.Exits[handle];
        if (!packet.IsV4)
        {
            return Fail(ExplanationCode.NO_PATH, StepKind.Exit, handle, 0, isEgress: true);
        }

        if (state.NicAt(domain, packet.Source, isV4: true) < 0)
        {
            return Fail(ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS, StepKind.Exit, handle, 0, isEgress: true);
        }

        RibEntry? entry = state.Routes.RibOf(exit.Row.Id).Match(packet.DestinationAddress);
        if (entry?.Winner?.Line is null)
        {
            bool down = entry is null && HasDeadTunnels(exit.Row.Id);
            return Fail(
                down ? ExplanationCode.BAD_STATE_VPN : ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Exit, handle, 0, isEgress: true);
        }

        int chosen = Pick(entry.Best);
        if (state.Routes.LineOf(entry.Candidates[chosen].Line!) is not { Carries: true } line)
        {
            return Fail(ExplanationCode.BAD_STATE_VPN, StepKind.Exit, handle, chosen, isEgress: true);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Exit, handle, chosen, isEgress: true);
        }

        identity = -1;
        return CrossOut(line);
    }

    /// <summary>Whether the speaker has tunnels, and none of them is up.</summary>
    private readonly bool HasDeadTunnels(string speaker)
    {
        bool any = false;
        foreach (Line line in state.Routes.LinesOf(speaker))
        {
            if (line.Kind is LineKind.TunnelStatic or LineKind.TunnelBgp)
            {
                any = true;
                if (line.IsUp)
                {
                    return false;
                }
            }
        }

        return any;
    }

    /// <summary>
    /// In from a line: to the private address of an interface, by the gateway's own routes where it has some, or on to another line: the one
    /// transit that an exit gives (rules 15, 120, 124).
    /// </summary>
    private Place EnterByExit(int handle)
    {
        Exit exit = state.Exits[handle];
        identity = -1;
        if (!packet.IsV4)
        {
            return Fail(ExplanationCode.NO_PATH, StepKind.Exit, handle, 0, isEgress: false);
        }

        RibEntry? entry = state.Routes.RibOf(exit.Row.Id).Match(packet.DestinationAddress);
        if (entry?.Winner is { Line: not null })
        {
            int chosen = Pick(entry.Best);
            if (TSink.Listens)
            {
                Tell(StepKind.Exit, handle, chosen, isEgress: true);
            }

            return state.Routes.LineOf(entry.Candidates[chosen].Line!) is { Carries: true } line
                ? CrossOut(line)
                : Fail(ExplanationCode.BAD_STATE_VPN, StepKind.Exit, handle, chosen, isEgress: true);
        }

        if (exit.Domain < 0)
        {
            return Fail(ExplanationCode.BAD_STATE_ATTACHMENT, StepKind.Exit, handle, 0, isEgress: false);
        }

        EnterDomain(exit.Domain);
        int target = state.NicAt(exit.Domain, packet.Destination, isV4: true);
        if (target < 0)
        {
            return Fail(ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS, StepKind.Exit, handle, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Exit, handle, 0, isEgress: false);
        }

        return exit.Routes < 0 ? ArriveAt(target) : EnterByRoutes(exit.Routes, target, needsPublic: false);
    }

    /// <summary>Out of AWS over a line. Where a junction is at its end, what the junction announces for its own goes back to them (rule 129).</summary>
    private Place CrossOut(Line line)
    {
        if (state.Routes.SpeakerOf(line.Near) is { Kind: SpeakerKind.Junction } junction)
        {
            Candidate? route = state.Routes.RibOf(junction.Id).Match(packet.DestinationAddress)?.Winner;
            if (TSink.Listens)
            {
                TellWord(StepKind.Junction, junction.Id, isEgress: true);
            }

            if (route is { Source: RouteSource.Allowed, Spoke: { } back })
            {
                return EnterAssociation(junction, back);
            }
        }

        return Cross(line);
    }

    /// <summary>To the customer's end of a line that carries.</summary>
    private Place Cross(Line line)
    {
        if (!line.Carries || line.Far.Length == 0)
        {
            return FailWord(BadLine(line), StepKind.Line, line.Id, isEgress: true);
        }

        if (!line.Admits(near: packet.SourceAddress, far: packet.DestinationAddress))
        {
            return FailWord(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS, StepKind.Line, line.Id, isEgress: true);
        }

        if (TSink.Listens)
        {
            TellWord(StepKind.Line, line.Id, isEgress: true);
        }

        router = line.Far;
        return Place.Router;
    }

    /// <summary>From the customer's end of a line into AWS.</summary>
    private Place CrossIn(Line? line)
    {
        if (line is not { Carries: true } || state.Routes.SpeakerOf(line.Near) is not { } near)
        {
            return FailWord(BadLine(line), StepKind.Line, line?.Id ?? "", isEgress: false);
        }

        if (!line.Admits(near: packet.DestinationAddress, far: packet.SourceAddress))
        {
            return FailWord(ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS, StepKind.Line, line.Id, isEgress: false);
        }

        if (TSink.Listens)
        {
            TellWord(StepKind.Line, line.Id, isEgress: false);
        }

        identity = -1;
        switch (near.Kind)
        {
            case SpeakerKind.Exit:
                return state.ExitOf(near.Partition, near.Id) is >= 0 and int exit
                    ? EnterByExit(exit)
                    : FailWord(ExplanationCode.BAD_STATE, StepKind.Line, line.Id, isEgress: false);
            case SpeakerKind.Hub:
                zone = "";
                return state.SpokeOf(near.Partition, line.Spoke) is >= 0 and int by
                    ? ComeToHub(by)
                    : FailWord(ExplanationCode.BAD_STATE, StepKind.Line, line.Id, isEgress: false);
            case SpeakerKind.Junction:
                return PassJunction(near);
            default:
                return EnterPublic(line);
        }
    }

    private static ExplanationCode BadLine(Line? line) =>
        line?.Kind is null or LineKind.TunnelBgp or LineKind.TunnelStatic ? ExplanationCode.BAD_STATE_VPN : ExplanationCode.BAD_STATE;

    /// <summary>From a line at a junction: to the exit or hub that the prefix is allowed for, or to another line that links sites.</summary>
    private Place PassJunction(Speaker junction)
    {
        if (TSink.Listens)
        {
            TellWord(StepKind.Junction, junction.Id, isEgress: false);
        }

        Candidate? route = state.Routes.RibOf(junction.Id).Match(packet.DestinationAddress)?.Winner;
        return route is { Source: RouteSource.Allowed, Spoke: { } to } ? EnterAssociation(junction, to)
            : route is { Line: { } id } && state.Routes.LineOf(id) is { } line ? Cross(line)
            : FailWord(ExplanationCode.NO_ROUTE_TO_DESTINATION, StepKind.Junction, junction.Id, isEgress: false);
    }

    /// <param name="to">The exit (<c>vgw-…</c>) or the hub's spoke (<c>tgw-attach-…</c>).</param>
    private Place EnterAssociation(Speaker junction, string to)
    {
        zone = "";
        return state.ExitNamed(to) is >= 0 and int exit ? EnterByExit(exit)
            : state.SpokeNamed(to) is >= 0 and int by ? ComeToHub(by)
            : FailWord(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Junction, junction.Id, isEgress: false);
    }

    /// <summary>From a public line: only from addresses that are announced over it, and only to AWS's own public addresses (rule 132).</summary>
    private Place EnterPublic(Line line)
    {
        if (state.Routes.RibOf(Speaker.PublicId).Match(packet.SourceAddress)?.Winner?.Line is null)
        {
            return FailWord(ExplanationCode.GATEWAY_REJECTS_SPOOFED_TRAFFIC, StepKind.Line, line.Id, isEgress: false);
        }

        int host = state.Outside.Find(packet.Destination, packet.IsV4);
        bool service = host >= 0 && state.Outside.At(host).IsService;
        bool own = packet.IsV4 ? state.Public.Find((uint)packet.Destination) != -1 : state.Domains6.Find(packet.Destination) >= 0;
        return service || own
            ? Place.Internet
            : FailWord(ExplanationCode.NO_POSSIBLE_DESTINATION, StepKind.Line, line.Id, isEgress: false);
    }

    /// <summary>
    /// Whether a customer announces a public destination over a public line, which AWS prefers to the internet; what starts on the internet has not
    /// come to AWS yet.
    /// </summary>
    private readonly bool IsBehindPublicLine(out Line line)
    {
        line = null!;
        if (state.Sites.All.Count == 0 || (!isReply && origin.Kind is OriginKind.Internet or OriginKind.Border))
        {
            return false;
        }

        return state.Routes.RibOf(Speaker.PublicId).Match(packet.DestinationAddress) is { } entry && HasScoped(entry, out line);
    }

    /// <summary>One of the best routes over public lines that the customer lets reach the region of AWS that the packet comes from (rule 132).</summary>
    private readonly bool HasScoped(RibEntry entry, out Line line)
    {
        line = null!;
        string region = RegionOfSource();
        int count = 0;
        for (int i = 0; i < entry.Best; i++)
        {
            count += Reaches(entry.Candidates[i], region, out _) ? 1 : 0;
        }

        // Where none of the best reaches, the next that does; else one of those that do.
        int left = count == 0 ? 0 : Pick(count);
        for (int i = count == 0 ? entry.Best : 0; i < entry.Candidates.Length; i++)
        {
            if (Reaches(entry.Candidates[i], region, out Line found) && left-- == 0)
            {
                line = found;
                return true;
            }
        }

        return false;
    }

    private readonly bool Reaches(Candidate route, string region, out Line line)
    {
        line = null!;
        if (route.Line is not { } id || state.Routes.LineOf(id) is not { } found)
        {
            return false;
        }

        line = found;
        return region.Length == 0 || PublicRoutes.Reaches(found, route, region);
    }

    /// <summary>The region that a public source address stands in; "" where it is no interface's and no public service's.</summary>
    private readonly string RegionOfSource()
    {
        int owner = packet.IsV4 ? state.Public.Find((uint)packet.Source) : -1;
        int from = owner >= 0 ? state.Nics[owner].Domain : packet.IsV4 ? -1 : state.Domains6.Find(packet.Source);
        if (from >= 0)
        {
            return state.Partitions[state.Domains[from].More.Row.Partition].Region;
        }

        int host = state.Outside.Find(packet.Source, packet.IsV4);
        return host < 0 ? "" : state.Outside.At(host).Region;
    }

    private void TellWord(StepKind kind, string word, bool isEgress) =>
        sink.Add(new Step(kind, -1, 0, isEgress, packet, packet) { Word = word });

    private Place FailWord(ExplanationCode code, StepKind kind, string word, bool isEgress) =>
        FailAt(code, new Step(kind, -1, 0, isEgress, packet, packet) { Word = word });
}
