using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Puts the steps of a walk into the cloud's words. It decides nothing: what happened is in the steps.</summary>
internal sealed class TraceBuilder(ForwardingState state)
{
    private readonly Namer namer = new(state);
    private readonly BalancerTelling balancers = new(new Namer(state));
    private readonly BetweenTelling between = new(new Namer(state));

    public Trace Build(in Flow flow, in Verdict verdict, List<Step> steps, int returnBegins, Step fault)
    {
        int turn = returnBegins > 0 ? returnBegins : steps.Count;
        return new Trace
        {
            Flow = flow,
            Verdict = verdict,
            Forward = Hops(steps, 0, turn),
            Return = Hops(steps, turn, steps.Count),
            Drop = verdict.Delivered ? null : DropOf(verdict, fault),
        };
    }

    /// <summary>Header of a packet as answers show it.</summary>
    public static Header HeaderOf(in Packet packet)
    {
        bool ports = Protocols.HasPorts(packet.Protocol);
        return new Header(
            packet.Protocol,
            packet.SourceAddress,
            ports ? new PortRange(packet.SourceFrom, packet.SourceTo) : null,
            packet.DestinationAddress,
            ports ? new PortRange(packet.DestinationFrom, packet.DestinationTo) : null,
            Protocols.IsIcmp(packet.Protocol) ? new IcmpMatch(packet.DestinationFrom >> 8, packet.DestinationFrom & 0xFF) : null);
    }

    private ImmutableArray<Hop> Hops(List<Step> steps, int from, int to)
    {
        ImmutableArray<Hop>.Builder hops = ImmutableArray.CreateBuilder<Hop>(to - from);
        for (int i = from; i < to; i++)
        {
            hops.Add(HopOf(i - from + 1, steps[i]));
        }

        return hops.MoveToImmutable();
    }

    private Hop HopOf(int sequence, in Step step)
    {
        Hop hop = new()
        {
            Sequence = sequence,
            Component = ComponentOf(step),
            IsEgress = step.IsEgress,
            Inbound = HeaderOf(step.Before),
            Outbound = HeaderOf(step.After),
        };
        return step.Kind switch
        {
            StepKind.Machine or StepKind.Nic => hop with
            {
                AttachedTo = step.Kind == StepKind.Nic ? namer.Machine(step.Handle) : null,
                Subnet = namer.Subnet(state.Nics[step.Handle].Segment),
                Vpc = namer.Vpc(state.Nics[step.Handle].Domain),
            },
            StepKind.Filter => FilterHop(hop, step),
            StepKind.Gate => hop with
            {
                AclRule = AclRuleOf(step),
                Subnet = namer.Subnet(step.Handle),
                Vpc = namer.Vpc(state.Segments[step.Handle].Domain),
            },
            StepKind.Routes => hop with { Route = RouteOf(step), Vpc = VpcOfTable(step.Handle) },
            StepKind.Entrance => EntranceHop(hop, step),
            StepKind.Listener or StepKind.Rule or StepKind.Pool => balancers.Tell(hop, step),
            StepKind.Border when step.Handle >= 0 && state.Borders[step.Handle].Domain >= 0 =>
                hop with
                {
                    AttachedTo = namer.Vpc(state.Borders[step.Handle].Domain),
                    Subnet = BlockedSubnet(step),
                    Vpc = namer.Vpc(state.Borders[step.Handle].Domain),
                },
            StepKind.OneWay when state.OneWayBorders[step.Handle].Domain >= 0 =>
                hop with { Subnet = BlockedSubnet(step), Vpc = namer.Vpc(state.OneWayBorders[step.Handle].Domain) },
            StepKind.Translator => TranslatorHop(hop, step.Handle),
            StepKind.Service or StepKind.Domain => hop with { Vpc = namer.Vpc(step.Handle) },
            _ => BetweenTelling.Tells(step.Kind) ? between.Tell(hop, step) : hop,
        };
    }

    private Hop FilterHop(Hop hop, in Step step)
    {
        SecurityGroupRule? rule = step.Detail == 1 ? null : RuleFinder.Find(namer, step, out _);
        return hop with
        {
            AttachedTo = namer.Interface(step.Handle),
            Groups = namer.GroupsOf(step.Handle),
            GroupRule = rule,
            IsTracked = step.Detail == 1,
            Subnet = namer.Subnet(state.Nics[step.Handle].Segment),
            Vpc = namer.Vpc(state.Nics[step.Handle].Domain),
        };
    }

    private Hop TranslatorHop(Hop hop, int translator)
    {
        int nic = state.Translators[translator].Nic;
        return nic < 0 ? hop : hop with
        {
            AttachedTo = namer.Interface(nic),
            Subnet = namer.Subnet(state.Nics[nic].Segment),
            Vpc = namer.Vpc(state.Nics[nic].Domain),
        };
    }

    private Component? BlockedSubnet(in Step step) => step.Detail > 0 ? namer.Subnet(step.Detail - 1) : null;

    private Hop EntranceHop(Hop hop, in Step step) => hop with
    {
        AttachedTo = step.Detail < 0 ? null : namer.Interface(step.Detail),
        Subnet = step.Detail < 0 ? null : namer.Subnet(state.Nics[step.Detail].Segment),
        Vpc = state.Entrances[step.Handle].Domain is >= 0 and int domain ? namer.Vpc(domain) : null,
        Endpoint = namer.EndpointUse(step.Handle),
    };

    private Component ComponentOf(in Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Machine:
                return namer.Machine(step.Handle) ?? namer.Interface(step.Handle);
            case StepKind.Nic:
                return namer.Interface(step.Handle);
            case StepKind.Filter:
                RuleFinder.Find(namer, step, out Component? group);
                ImmutableArray<Component> groups = namer.GroupsOf(step.Handle);
                return group ?? (groups.IsEmpty ? namer.Interface(step.Handle) : groups[0]);
            case StepKind.Gate:
                return namer.Name<NetworkAcl>(state.Gates[state.Segments[step.Handle].Gate].Row);
            case StepKind.Routes:
                return step.Handle < 0 ? new Component(RouteTable.Kind, "none", null, null) : namer.Name<RouteTable>(state.RouteMaps[step.Handle].Row);
            case StepKind.Border:
                return namer.Name<InternetGateway>(state.Borders[step.Handle].Row);
            case StepKind.OneWay:
                return namer.Name<EgressOnlyInternetGateway>(state.OneWayBorders[step.Handle].Row);
            case StepKind.Translator:
                return namer.Name<NatGateway>(state.Translators[step.Handle].Row);
            case StepKind.Entrance:
                return namer.Endpoint(step.Handle);
            case StepKind.Provider:
                return namer.Provider(step.Handle);
            case StepKind.Listener or StepKind.Rule or StepKind.Pool:
                return balancers.ComponentOf(step);
            case StepKind.Service:
                return Namer.Service(step.Detail);
            case StepKind.Domain:
                return namer.Vpc(step.Handle);
            default:
                return BetweenTelling.Tells(step.Kind) ? between.ComponentOf(step) : namer.Host(step.Handle);
        }
    }

    private NetworkAclEntry? AclRuleOf(in Step step) =>
        step.Detail >= 0 && namer.Row<NetworkAcl>(state.Gates[state.Segments[step.Handle].Gate].Row) is { } acl ? acl.Entries[step.Detail] : null;

    /// <summary>The table's own route, or the propagated one that the packet met.</summary>
    private Route? RouteOf(in Step step)
    {
        if (step.Detail < 0 || namer.Row<RouteTable>(state.RouteMaps[step.Handle].Row) is not { } table)
        {
            return null;
        }

        if (step.Detail < table.Routes.Length)
        {
            return table.Routes[step.Detail];
        }

        IpAddress address = step.Before.DestinationAddress;
        Prefix? longest = null;
        foreach ((Prefix block, int entry) in state.RouteMaps[step.Handle].Blocks)
        {
            longest = entry == step.Detail && block.Contains(address) && !(block.Length < longest?.Length) ? block : longest;
        }

        RouteTarget gateway = new(RouteTargetKind.VpnGateway, table.PropagatingGateways[step.Detail - table.Routes.Length]);
        return new Route(longest, null, gateway, RouteOrigin.EnableVgwRoutePropagation);
    }

    private Component? VpcOfTable(int routes)
    {
        if (routes < 0 || namer.Row<RouteTable>(state.RouteMaps[routes].Row) is not { } table)
        {
            return null;
        }

        RowKey key = new(state.RouteMaps[routes].Row.Partition, table.VpcId.Value);
        return namer.Name<Vpc>(key);
    }

    private Drop DropOf(in Verdict verdict, in Step step)
    {
        Hop hop = HopOf(0, step);
        Drop drop = new()
        {
            Code = verdict.Code,
            Leg = verdict.Leg,
            Component = hop.Component,
            IsEgress = step.IsEgress,
            Packet = hop.Inbound,
            Subnet = hop.Subnet,
            Vpc = hop.Vpc,
            Text = "",
        };
        drop = step.Kind switch
        {
            StepKind.Machine => drop with
            {
                NetworkInterface = namer.Interface(step.Handle),
                Instance = namer.Machine(step.Handle),
                State = StateOf(step.Handle),
            },
            StepKind.Nic => drop with
            {
                NetworkInterface = hop.Component,
                Instance = hop.AttachedTo,
                State = StateOf(step.Handle),
                Address = AddressOf(verdict.Code, step),
            },
            StepKind.Filter => drop with { NetworkInterface = hop.AttachedTo, SecurityGroups = hop.Groups, Component = hop.AttachedTo! },
            StepKind.Gate => drop with { Acl = hop.Component, AclRule = hop.AclRule },
            StepKind.Routes => drop with
            {
                RouteTable = hop.Component,
                Route = hop.Route,
                State = hop.Route is null ? null : verdict.Code == ExplanationCode.BAD_STATE_ROUTE ? "blackhole" : "active",
                Address = hop.Inbound.Destination,
            },
            StepKind.Border => drop with { InternetGateway = hop.Component, Address = AddressOf(verdict.Code, step) },
            StepKind.Entrance => drop with
            {
                VpcEndpoint = hop.Component,
                NetworkInterface = hop.AttachedTo,
                State = verdict.Code == ExplanationCode.BAD_STATE ? hop.Endpoint?.State : null,
                Address = AddressOf(verdict.Code, step),
            },
            StepKind.Listener or StepKind.Rule or StepKind.Pool => drop with
            {
                LoadBalancer = hop.AttachedTo,
                Listener = hop.Component.Kind == Listener.Kind ? hop.Component : null,
                TargetGroup = TargetGroupOf(hop),
                Targets = hop.Targets,
                Address = hop.Inbound.Destination,
            },
            StepKind.Translator => drop with { NatGateway = hop.Component, NetworkInterface = hop.AttachedTo, Address = hop.Inbound.Source },
            _ => BetweenTelling.Tells(step.Kind) ? between.Tell(drop, hop, step) : drop with { Address = hop.Inbound.Destination },
        };
        return drop with { Text = DropText.Of(drop) };
    }

    private static Component? TargetGroupOf(Hop hop) => hop.Component.Kind == TargetGroup.Kind ? hop.Component
        : hop.Targets.IsEmpty ? null : hop.Targets[0].Group;

    private string? StateOf(int nic) =>
        state.Nics[nic].Has(NicTraits.Fails) ? "failed: the world declares it"
        : state.Nics[nic].Machine is >= 0 and int machine && namer.Row<Instance>(state.Machines[machine].Row) is { } row
            ? row.State.ToString().ToLowerInvariant()
            : null;

    /// <summary>The address that offends: the source on the way out of the sender or out of the VPC, the destination otherwise.</summary>
    private static IpAddress AddressOf(ExplanationCode code, in Step step) => code switch
    {
        ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS or ExplanationCode.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS
            or ExplanationCode.NO_POSSIBLE_DESTINATION => step.Before.DestinationAddress,
        ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS or ExplanationCode.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS =>
            step.Before.SourceAddress,
        _ => step.IsEgress ? step.Before.SourceAddress : step.Before.DestinationAddress,
    };
}
