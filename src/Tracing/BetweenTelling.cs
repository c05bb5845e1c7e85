using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tracing;

/// <summary>Tells the steps between networks: peerings, transit gateways, VPN gateways, lines, sites.</summary>
internal sealed class BetweenTelling(Namer namer)
{
    private const string RouterKind = "site-router";
    private const string SiteKind = "site";

    private readonly ForwardingState state = namer.State;

    public static bool Tells(StepKind kind) => kind >= StepKind.Link;

    public Component ComponentOf(in Step step) => step.Kind switch
    {
        StepKind.Link => namer.Name<VpcPeeringConnection>(state.Links[step.Handle].Row),
        StepKind.Spoke => Attachment(step.Handle),
        StepKind.HubRoutes => TableOf(step.Handle),
        StepKind.Exit => namer.Name<VpnGateway>(state.Exits[step.Handle].Row),
        StepKind.Line => state.Routes.LineOf(step.Word) is { } line ? NameOf(line) : new Component(VpnConnection.Kind, step.Word, null, null),
        StepKind.Router => RouterOf(step.Word),
        StepKind.Junction => new Component(DxGateway.Kind, step.Word, NameOfGateway(step.Word), state.Routes.SpeakerOf(step.Word)?.Partition),
        _ => new Component(SiteKind, state.Sites.At(step.Handle).Name, null, null),
    };

    public Hop Tell(Hop hop, in Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Link:
                Link link = state.Links[step.Handle];
                return hop with
                {
                    AttachedTo = Domain(step.Detail),
                    Vpc = Domain(link.Beyond(step.Detail)),
                    Note = string.Create(CultureInfo.InvariantCulture, $"MTU {link.Mtu}"),
                };
            case StepKind.Spoke:
                return SpokeHop(hop, step);
            case StepKind.HubRoutes:
                return HubHop(hop, step);
            case StepKind.Exit:
                Exit exit = state.Exits[step.Handle];
                RibEntry? entry = state.Routes.RibOf(exit.Row.Id).Match(step.Before.DestinationAddress);
                return hop with
                {
                    AttachedTo = Domain(exit.Domain),
                    Vpc = Domain(exit.Domain),
                    LearnedRoute = entry is null || step.Detail >= entry.Candidates.Length ? null : RouteOf(entry, step.Detail, null),
                    Paths = entry is null ? [] : PathsOf(entry, step.Detail, step.Before.DestinationAddress),
                };
            case StepKind.Line:
                return state.Routes.LineOf(step.Word) is { } line
                    ? hop with { AttachedTo = EndOf(line.Near), Note = NoteOf(line), Line = line.Id }
                    : hop;
            default:
                return hop;
        }
    }

    public Drop Tell(Drop drop, Hop hop, in Step step) => step.Kind switch
    {
        StepKind.Link => drop with { VpcPeeringConnection = hop.Component, Address = step.Before.DestinationAddress, Vpc = hop.Vpc ?? hop.AttachedTo },
        StepKind.Spoke => drop with
        {
            TransitGatewayAttachment = hop.Component,
            TransitGateway = HubOf(step.Handle),
            State = drop.Code is ExplanationCode.BAD_STATE_ATTACHMENT or ExplanationCode.TGW_BAD_STATE_VPN ? StateOf(step.Handle) : null,
            Address = step.Before.DestinationAddress,
        },
        StepKind.HubRoutes => drop with
        {
            TransitGateway = HubOf(step.Handle),
            TransitGatewayRouteTable = hop.Component,
            TransitGatewayAttachment = Attachment(step.Handle),
            LearnedRoute = hop.LearnedRoute,
            Address = step.Before.DestinationAddress,
        },
        StepKind.Exit => drop with
        {
            VpnGateway = hop.Component,
            LearnedRoute = hop.LearnedRoute,
            Address = drop.Code == ExplanationCode.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS ? step.Before.SourceAddress : step.Before.DestinationAddress,
        },
        StepKind.Line => drop with
        {
            VpnConnection = hop.Component.Kind == VpnConnection.Kind ? hop.Component : null,
            State = state.Routes.LineOf(step.Word) is not { } line ? null
                : drop.Code == ExplanationCode.OUTSIDE_TRAFFIC_SELECTORS ? $"{line.FarSelector} of the customer and {line.NearSelector} of AWS"
                : line.Words,
            Address = step.Before.DestinationAddress,
        },
        _ => drop with { Address = step.Before.DestinationAddress },
    };

    private Hop SpokeHop(Hop hop, in Step step)
    {
        Spoke spoke = state.Spokes[step.Handle];
        int door = step.Detail >= 0 && step.Detail < spoke.Doors.Length ? spoke.Doors[step.Detail].Nic : -1;
        return hop with
        {
            AttachedTo = HubOf(step.Handle),
            Subnet = door >= 0 ? namer.Subnet(state.Nics[door].Segment) : null,
            Vpc = Domain(spoke.Domain),
            Note = spoke.Domain < 0 ? null
                : door < 0 ? string.Create(CultureInfo.InvariantCulture, $"MTU {Spoke.Mtu}")
                : string.Create(CultureInfo.InvariantCulture, $"by {namer.Interface(door).Id} in {spoke.Doors[step.Detail].Zone}; MTU {Spoke.Mtu}"),
        };
    }

    private Hop HubHop(Hop hop, in Step step)
    {
        RibEntry? entry = state.Routes.RibOf(state.Spokes[step.Handle].Table).Match(step.Before.DestinationAddress);
        hop = hop with { AttachedTo = HubOf(step.Handle) };
        return entry is null || step.Detail < 0 ? hop : hop with
        {
            LearnedRoute = RouteOf(entry, step.Detail, state.Spokes[step.Handle].Hub),
            Paths = PathsOf(entry, step.Detail, step.Before.DestinationAddress),
        };
    }

    /// <summary>Every way that flows may take here, with its share, where there is more than one.</summary>
    private ImmutableArray<PathShare> PathsOf(RibEntry entry, int chosen, IpAddress destination)
    {
        if (entry.Best > 1)
        {
            return
            [
                .. entry.Candidates.Take(entry.Best).Select((c, i) => new PathShare(
                    c.Line is { } id && state.Routes.LineOf(id) is { } line ? NameOf(line) : EndOf(c.Spoke ?? c.From),
                    c.Line ?? c.Spoke ?? c.From, 1.0 / entry.Best, i == chosen)),
            ];
        }

        if (entry.Best == 0 || entry.Candidates[chosen] is not { Line: null, Spoke: { } spoke })
        {
            return [];
        }

        ImmutableArray<Line> carriers = state.Routes.ToldOver(spoke).Match(destination) is { } told
            ? [.. told.Candidates.Take(told.Best).Select(c => state.Routes.LineOf(c.Line!)!)]
            : state.Routes.CarriersOf(spoke);
        return carriers.Length < 2 ? [] : [.. carriers.Select(l => new PathShare(NameOf(l), l.Id, 1.0 / carriers.Length, false))];
    }

    private LearnedRoute RouteOf(RibEntry entry, int chosen, int? hub)
    {
        Candidate route = entry.Candidates[chosen];
        Component? to = route.Spoke is { } id && hub is { } of && state.SpokeOf(of, id) is >= 0 and int spoke ? Attachment(spoke)
            : route.Line is { } line && state.Routes.LineOf(line) is { } found ? NameOf(found)
            : null;
        bool dead = route.IsBlackhole || (hub is not null && (to is null || !state.Spokes[state.SpokeOf(hub.Value, route.Spoke!)].Works));
        return new LearnedRoute(
            entry.Prefix, to, route.Source.ToString(), dead ? "blackhole" : "active", route.PrefixList, [.. route.Path.Numbers.ToArray()], route.Med,
            entry.Candidates.Length == 1 ? "" : WhyOf(route.Step));
    }

    private static string WhyOf(DecisionStep step) => step switch
    {
        DecisionStep.Only => "",
        DecisionStep.Source => "by how the route came to be",
        DecisionStep.LocalPreference => "by local preference",
        DecisionStep.HomeRegion => "by its region",
        DecisionStep.AsPath => "by the shorter AS_PATH",
        DecisionStep.Med => "by the lower MED",
        DecisionStep.Updating => "the other tunnel is being updated",
        DecisionStep.Shares => "shares the load",
        DecisionStep.Order => "first by name",
        _ => "not used",
    };

    private Component? Domain(int domain) => domain < 0 ? null : namer.Vpc(domain);

    private Component Attachment(int spoke) => namer.Name<TransitGatewayAttachment>(state.Spokes[spoke].Row);

    private Component? HubOf(int spoke) =>
        state.Spokes[spoke].Hub is >= 0 and int hub ? namer.Name<TransitGateway>(state.Hubs[hub].Row) : null;

    private Component TableOf(int spoke) =>
        namer.Name<TransitGatewayRouteTable>(new RowKey(state.Spokes[spoke].Row.Partition, state.Spokes[spoke].Table));

    private string? StateOf(int spoke) =>
        namer.Row<TransitGatewayAttachment>(state.Spokes[spoke].Row) is { } row ? row.State.ToString().ToLowerInvariant() : null;

    private Component NameOf(Line line)
    {
        Kind? kind = Kinds.OfId(line.Row);
        string word = kind?.Name ?? (line.Kind is LineKind.TunnelBgp or LineKind.TunnelStatic ? VpnConnection.Kind : DxVirtualInterface.Kind);
        string? name = !state.Cloud.Partitions.TryGetValue(line.Partition, out Partition? rows) ? null
            : kind is null ? rows.Find(new Id<DxVirtualInterface>(line.Row))?.Name
            : rows.Table(kind).FindRow(line.Row) is ITagged tagged ? Tags.NameOf(tagged)
            : null;
        return new Component(word, line.Row, name, line.Partition);
    }

    private Component? EndOf(string speaker) => state.Routes.SpeakerOf(speaker) is not { } found ? null : found.Kind switch
    {
        SpeakerKind.Exit => new Component(VpnGateway.Kind, found.Id, null, found.Partition),
        SpeakerKind.Hub => new Component(TransitGateway.Kind, found.Id, null, found.Partition),
        SpeakerKind.Junction => new Component(DxGateway.Kind, found.Id, NameOfGateway(found.Id), found.Partition),
        SpeakerKind.Public => new Component("internet", "public", null, null),
        _ => RouterOf(found.Id),
    };

    private string? NameOfGateway(string id) =>
        state.Routes.SpeakerOf(id) is { } found && state.Cloud.Partitions.TryGetValue(found.Partition, out Partition? rows)
            ? rows.Find(new Id<DxGateway>(id))?.Name
            : null;

    private Component RouterOf(string speaker) =>
        state.Routers.TryGetValue(speaker, out int machine) ? namer.Name<Instance>(state.Machines[machine].Row)
        : new Component(RouterKind, speaker[(speaker.IndexOf(':', StringComparison.Ordinal) + 1)..], null, null);

    private static string NoteOf(Line line)
    {
        string name = line.Kind is LineKind.TunnelBgp or LineKind.TunnelStatic ? "tunnel"
            : line.Kind == LineKind.Connect ? "session" : "peering";
        string limit = line.LimitGbps > 0 ? string.Create(CultureInfo.InvariantCulture, $", at most {line.LimitGbps} Gbps") : "";
        string note = string.Create(CultureInfo.InvariantCulture, $"{name} {line.Number}: MTU {line.Mtu}{limit}");
        return line.Words.Length == 0 ? note : $"{note}; {line.Words}";
    }
}
