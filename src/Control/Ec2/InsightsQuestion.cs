using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Control.Ec2;

/// <summary>The answer to a question of reachability, in the wire's form.</summary>
internal sealed record InsightsAnswer(
    bool Found,
    IReadOnlyList<Aws.PathComponent> Forward,
    IReadOnlyList<Aws.PathComponent> Return,
    IReadOnlyList<Aws.Explanation> Explanations);

/// <summary>
/// Asks the model whether any packet that a path allows goes all the way and is answered; where none does, tells what stopped the first.
/// </summary>
/// <remarks>
/// A path may leave ports open. What the filters on the way admit is a union of ranges, so if any port passes, one passes at which some rule's
/// range begins or the one before it ends: only those are tried, which is exact.
/// </remarks>
internal sealed class InsightsQuestion(
    CloudSnapshot cloud, Tracer tracer, NetworkInsightsPath path, ImmutableArray<string> through, ImmutableArray<string> around)
{
    private static readonly IpAddress SomeHost = IpAddress.Parse("203.0.113.10");

    private readonly InsightsEnd source = InsightsEnd.Of(path.SourceArn)!;
    private readonly InsightsBalancers balancers = new(cloud, tracer.State);
    private readonly InsightsEnd? destination = path.DestinationArn is null ? null : InsightsEnd.Of(path.DestinationArn);

    public InsightsAnswer Answer()
    {
        if ((WrongEnd(source) ?? (destination is null ? null : WrongEnd(destination)) ?? WrongAddress()) is { } wrong)
        {
            return new InsightsAnswer(false, [], [], [wrong]);
        }

        InsightsAnswer? first = null;
        foreach (Flow flow in Flows())
        {
            if (first is not null && !MayPass(tracer.Evaluate(flow)))
            {
                continue;
            }

            InsightsAnswer answer = AnswerOf(tracer.Explain(flow));
            if (answer.Found)
            {
                return answer;
            }

            first ??= answer;
        }

        return first ?? new InsightsAnswer(false, [], [], [Explain(ExplanationCode.UNASSOCIATED_COMPONENT, source)]);
    }

    /// <summary>A packet that left for the internet has gone all the way to its gateway, whoever answers out there.</summary>
    private bool MayPass(in Verdict verdict) =>
        verdict.Delivered || (EndsOutside && verdict is { Code: ExplanationCode.WORLD_HOST_DOES_NOT_ANSWER, Leg: Leg.Forward });

    private bool EndsOutside => destination is null or { Type: "internet-gateway" } || InsightsEndpoints.Is(destination);

    private InsightsAnswer AnswerOf(Trace trace)
    {
        ImmutableArray<Hop> forward = Between(trace.Forward, source, destination);
        ImmutableArray<Hop> back = Between(trace.Return, destination, source);
        bool whole = MayPass(trace.Verdict) || EndsBefore(trace);
        Aws.Explanation? why = !whole
            ? InsightsBalancers.With(InsightsComponents.Explain(cloud, trace.Drop!), trace.Drop!)
            : MissedEnd(forward) ?? MissedFilter(forward) ?? MissedComponent(forward);
        return new InsightsAnswer(
            why is null,
            InsightsComponents.ToWire(cloud, forward, whole),
            InsightsComponents.ToWire(cloud, back, whole),
            why is null ? [] : whole ? [why] : [why, .. balancers.Listeners(trace.Drop!)]);
    }

    /// <summary>A path to what joins networks ends there, whatever becomes of the packet behind it.</summary>
    private bool EndsBefore(Trace trace) =>
        InsightsJoins.Is(destination) && IndexOf(trace.Forward, destination!) is >= 0 and int at
        && (at < trace.Forward.Length - 1 || trace.Drop?.Leg != Leg.Forward);

    /// <summary>The hops from one end to the other: what lies outside of an internet gateway, or behind an endpoint, is no part of a path.</summary>
    private static ImmutableArray<Hop> Between(ImmutableArray<Hop> hops, InsightsEnd? from, InsightsEnd? to)
    {
        int first = IsCut(from) ? Math.Max(IndexOf(hops, from!), 0) : 0;
        int last = IsCut(to) && IndexOf(hops, to!) is >= 0 and int at ? at : hops.Length - 1;
        return hops.IsEmpty || last < first ? [] : hops[first..(last + 1)];
    }

    private static bool IsCut(InsightsEnd? end) => end is { Type: "internet-gateway" } || InsightsEndpoints.Is(end) || InsightsJoins.Is(end);

    private static int IndexOf(ImmutableArray<Hop> hops, InsightsEnd end)
    {
        for (int i = 0; i < hops.Length; i++)
        {
            if (InsightsJoins.Is(end) ? InsightsJoins.IsAt(end, hops[i]) : InsightsEndpoints.IsAt(end, hops[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Every packet that the path allows, the likeliest first.</summary>
    private IEnumerable<Flow> Flows()
    {
        foreach ((Origin origin, IpAddress from, NetworkInterface? sender) in Senders())
        {
            foreach ((IpAddress to, NetworkInterface? receiver, IReadOnlyList<ushort>? listeners) in Receivers(sender).Concat(Balanced(sender)))
            {
                int aim = receiver is null ? 0 : tracer.State.NicOf(destination!.At, receiver.Key) + 1;
                IEnumerable<ushort> ports = listeners
                    ?? Ports(path.DestinationPort is { } p ? new PortRange(p, p) : DestinationPorts, null, sender, receiver);
                foreach (ushort port in ports)
                {
                    foreach (ushort sourcePort in Ports(SourcePorts, Flow.DefaultSourcePort, sender, receiver))
                    {
                        yield return new Flow(origin, from, to, (byte)path.Protocol, sourcePort, port) { Aim = aim };
                    }
                }
            }
        }
    }

    private PortRange? DestinationPorts => path.FilterAtSource?.DestinationPorts ?? path.FilterAtDestination?.DestinationPorts;

    private PortRange? SourcePorts => path.FilterAtSource?.SourcePorts ?? path.FilterAtDestination?.SourcePorts;

    private IEnumerable<(Origin Origin, IpAddress Address, NetworkInterface? Eni)> Senders()
    {
        IpAddress? named = path.SourceIp ?? path.FilterAtSource?.SourceAddress;
        if (source.Type == "internet-gateway")
        {
            if (tracer.State.BorderOf(source.At, source.Id) is >= 0 and int border)
            {
                yield return (Origin.OfBorder(border), named ?? OutsideAddress(), null);
            }

            yield break;
        }

        if (InsightsEndpoints.GatewayOf(tracer.State, source) is { } gateway)
        {
            yield return (Origin.OfGateway(gateway.Entrance), named ?? gateway.Address, null);
            yield break;
        }

        foreach ((Origin origin, IpAddress address) in InsightsJoins.Is(source) ? InsightsJoins.Hosts(tracer.State, named) : [])
        {
            yield return (origin, address, null);
        }

        foreach (NetworkInterface eni in InsightsJoins.Is(source) ? [] : Interfaces(source, named))
        {
            if (tracer.State.NicOf(source.At, eni.Id.Value) is >= 0 and int nic && (named ?? eni.PrimaryIp) is { } address)
            {
                yield return (Origin.OfNic(nic), address, eni);
            }
        }
    }

    /// <summary>By load balancers that have the destination as a target, where the path leaves the address open.</summary>
    private IEnumerable<(IpAddress Address, NetworkInterface? Eni, IReadOnlyList<ushort>? Listeners)> Balanced(NetworkInterface? sender)
    {
        if (destination is not { Type: "instance" or "network-interface" } || path.FilterAtSource?.DestinationAddress is not null)
        {
            yield break;
        }

        PortRange? wanted = path.DestinationPort is { } port ? new PortRange(port, port) : path.FilterAtSource?.DestinationPorts;
        foreach (NetworkInterface eni in Interfaces(destination, path.DestinationIp ?? path.FilterAtDestination?.DestinationAddress))
        {
            foreach ((IpAddress address, IReadOnlyList<ushort> ports) in balancers.WaysTo(destination.At, eni, sender is null))
            {
                yield return (address, eni, [.. ports.Where(p => wanted is null || (p >= wanted.From && p <= wanted.To))]);
            }
        }
    }

    private IEnumerable<(IpAddress Address, NetworkInterface? Eni, IReadOnlyList<ushort>? Listeners)> Receivers(NetworkInterface? sender)
    {
        IpAddress? onTheWay = path.FilterAtSource?.DestinationAddress;
        IpAddress? there = path.DestinationIp ?? path.FilterAtDestination?.DestinationAddress;
        if (destination is null || destination.Type == "internet-gateway")
        {
            yield return (onTheWay ?? there ?? OutsideAddress(), null, null);
            yield break;
        }

        if (InsightsEndpoints.GatewayOf(tracer.State, destination) is { } gateway)
        {
            yield return (onTheWay ?? there ?? gateway.Address, null, null);
            yield break;
        }

        if (InsightsJoins.Is(destination))
        {
            IpAddress? wanted = onTheWay ?? there;
            foreach (IpAddress address in wanted is { } only ? [only] : InsightsJoins.Behind(cloud, tracer.State, destination))
            {
                yield return (address, null, null);
            }

            yield break;
        }

        foreach (NetworkInterface eni in Interfaces(destination, there ?? onTheWay))
        {
            IpAddress? inside = there ?? eni.PrimaryIp;
            IpAddress? address = onTheWay ?? (sender is null && !InsightsJoins.Is(source) && inside is { } ip ? PublicOf(eni, ip) ?? inside : inside);
            if (address is { } found)
            {
                yield return (found, eni, null);
            }
        }
    }

    /// <summary>The interfaces of an end, the one that has the address that was named first.</summary>
    private IEnumerable<NetworkInterface> Interfaces(InsightsEnd end, IpAddress? named)
    {
        Partition rows = cloud.Partition(end.At);
        IEnumerable<NetworkInterface> all = InsightsEndpoints.Is(end) ? InsightsEndpoints.Doors(cloud, end, source.At)
            : end.Type == "instance" ? rows.By<NetworkInterface>(end.Id).OrderBy(e => e.Attachment?.DeviceIndex)
            : rows.Find(new Id<NetworkInterface>(end.Id)) is { } eni ? [eni] : [];
        return named is { } ip ? all.OrderBy(e => e.AllAddresses.Contains(ip) ? 0 : 1) : all;
    }

    /// <summary>The public address of a private one, as packets from outside bear it.</summary>
    private IpAddress? PublicOf(NetworkInterface eni, IpAddress address)
    {
        foreach (InterfaceAddress own in eni.PrivateAddresses)
        {
            if (own.Ip == address)
            {
                return Ec2Service.ElasticIpOf(cloud.Partition(destination!.At), eni, address)?.PublicIp ?? own.AutoPublicIp;
            }
        }

        return null;
    }

    private IpAddress OutsideAddress()
    {
        foreach (InternetHost host in cloud.World.Hosts)
        {
            foreach (Prefix block in host.Addresses)
            {
                if (host.Answers && block.IsV4)
                {
                    return block.First;
                }
            }
        }

        return SomeHost;
    }

    /// <summary>The ports of a range at which some filter of either end may change its mind; the whole range where none is given.</summary>
    private IEnumerable<ushort> Ports(PortRange? range, int? preferred, NetworkInterface? sender, NetworkInterface? receiver)
    {
        PortRange within = range ?? new PortRange(preferred is null ? 1 : 0, 65_535);
        HashSet<int> tried = [];
        int[] start = preferred is { } port ? [port, within.From] : [within.From];
        foreach (int candidate in start.Concat(within.From == within.To ? [] : Edges(source, sender).Concat(Edges(destination, receiver))))
        {
            if (candidate >= within.From && candidate <= within.To && tried.Add(candidate))
            {
                yield return (ushort)candidate;
            }
        }
    }

    /// <summary>Where the ranges of an interface's groups, and of its subnet's ACL, begin, and the port after each.</summary>
    private IEnumerable<int> Edges(InsightsEnd? end, NetworkInterface? eni)
    {
        if (end is null || eni is null)
        {
            yield break;
        }

        Partition rows = cloud.Partition(end.At);
        foreach (SecurityGroupRule rule in eni.Groups.SelectMany(g => rows.Find(g)?.Rules ?? []))
        {
            if (rule.FromPort is { } from && Protocols.HasPorts(rule.Protocol))
            {
                yield return from;
                yield return (rule.ToPort ?? from) + 1;
            }
        }

        string subnet = eni.SubnetId.Value;
        foreach (NetworkAclEntry entry in rows.By<NetworkAcl>(subnet).SelectMany(a => a.Entries))
        {
            if (entry.Ports is { } ports)
            {
                yield return ports.From;
                yield return ports.To + 1;
            }
        }
    }

    private Aws.Explanation? WrongEnd(InsightsEnd end)
    {
        Partition rows = cloud.Partition(end.At);
        switch (end.Type)
        {
            case "instance":
                Instance? instance = rows.Find(new Id<Instance>(end.Id));
                return instance is null or { State: InstanceState.Terminated } ? Explain(ExplanationCode.NO_SOURCE_OR_DESTINATION, end) : null;
            case "network-interface":
                NetworkInterface? eni = rows.Find(new Id<NetworkInterface>(end.Id));
                return eni is null ? Explain(ExplanationCode.NO_SOURCE_OR_DESTINATION, end)
                    : eni.PrimaryIp is null ? Explain(ExplanationCode.UNASSOCIATED_COMPONENT, end) : null;
            case "internet-gateway":
                InternetGateway? gateway = rows.Find(new Id<InternetGateway>(end.Id));
                return gateway is null ? Explain(ExplanationCode.NO_SOURCE_OR_DESTINATION, end)
                    : gateway.VpcId is null ? Explain(ExplanationCode.UNASSOCIATED_COMPONENT, end) : null;
            case InsightsEndpoints.Endpoint:
                return InsightsEndpoints.Exists(cloud, end) ? null : Explain(ExplanationCode.NO_SOURCE_OR_DESTINATION, end);
            case InsightsEndpoints.Service when end == destination:
                return InsightsEndpoints.Exists(cloud, end) ? null : Explain(ExplanationCode.NO_SOURCE_OR_DESTINATION, end);
            case var _ when InsightsJoins.Is(end):
                return InsightsJoins.Exists(cloud, end) ? null : Explain(ExplanationCode.NO_SOURCE_OR_DESTINATION, end);
            default:
                return Explain(ExplanationCode.UNSUPPORTED_COMPONENT, end);
        }
    }

    /// <summary>Beyond an internet gateway there are public addresses only.</summary>
    private Aws.Explanation? WrongAddress()
    {
        IpAddress? from = path.SourceIp ?? path.FilterAtSource?.SourceAddress;
        IpAddress? to = path.DestinationIp ?? path.FilterAtDestination?.DestinationAddress ?? path.FilterAtSource?.DestinationAddress;
        if (source.Type == "internet-gateway" && from is { } a && IsPrivate(a))
        {
            return Explain(ExplanationCode.IGW_EXPECTS_PUBLIC_ADDRESS, source) with { Address = a.ToString() };
        }

        return destination is { Type: "internet-gateway" } && to is { } b && IsPrivate(b)
            ? Explain(ExplanationCode.IGW_EXPECTS_PUBLIC_ADDRESS, destination) with { Address = b.ToString() }
            : null;
    }

    private static bool IsPrivate(IpAddress address) => WellKnown.IsRfc1918(address) || WellKnown.IsRfc6598(address);

    /// <summary>The packet went somewhere else than to the path's end.</summary>
    private Aws.Explanation? MissedEnd(ImmutableArray<Hop> forward)
    {
        if (destination is null)
        {
            return null;
        }

        Hop? last = forward.IsEmpty ? null : forward[^1];
        bool reached = destination.Type switch
        {
            "network-interface" => forward.Length > 0 && forward.TakeLast(2).Any(h => h.Component.Id == destination.Id),
            _ => last is not null && (InsightsJoins.Is(destination) ? InsightsJoins.IsAt(destination, last) : InsightsEndpoints.IsAt(destination, last)),
        };
        return reached ? null : InsightsBalancers.MissedTarget(forward) ?? Explain(ExplanationCode.NO_PATH, destination);
    }

    private Aws.Explanation? MissedFilter(ImmutableArray<Hop> forward)
    {
        if (path.FilterAtDestination is not { } filter || forward.IsEmpty)
        {
            return null;
        }

        Header header = forward[^1].Inbound;
        ExplanationCode? code =
            filter.SourceAddress is { } s && s != header.Source ? ExplanationCode.FILTER_AT_DESTINATION_SOURCE_ADDRESS
            : filter.DestinationAddress is { } d && d != header.Destination ? ExplanationCode.FILTER_AT_DESTINATION_DESTINATION_ADDRESS
            : !Within(header.SourcePorts, filter.SourcePorts) ? ExplanationCode.FILTER_AT_DESTINATION_SOURCE_PORT_RANGE
            : !Within(header.DestinationPorts, filter.DestinationPorts) ? ExplanationCode.FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE
            : null;
        return code is { } missed ? InsightsBalancers.MissedHeader(forward, missed) ?? Explain(missed, destination ?? source) : null;
    }

    private static bool Within(PortRange? ports, PortRange? wanted) =>
        wanted is null || (ports is not null && ports.From <= wanted.To && wanted.From <= ports.To);

    private Aws.Explanation? MissedComponent(ImmutableArray<Hop> forward)
    {
        HashSet<string> met = new(StringComparer.Ordinal);
        foreach (Hop hop in forward)
        {
            foreach (Component? component in new[] { hop.Component, hop.AttachedTo, hop.Subnet, hop.Vpc })
            {
                if (component?.Arn is { } arn)
                {
                    met.Add(arn);
                }
            }
        }

        foreach (string arn in through)
        {
            if (!met.Contains(arn))
            {
                InsightsEnd end = InsightsEnd.Of(arn)!;
                (ExplanationCode Code, Component? Table)? why = InsightsJoins.Missed(tracer.State, forward, end);
                return Explain(why?.Code ?? ExplanationCode.COMPONENT_FILTER_RESTRICTION, end) with
                {
                    TransitGatewayRouteTable = why?.Table is { } table ? new Aws.AnalysisComponent { Id = table.Id, Arn = table.Arn, Name = table.Name } : null,
                };
            }
        }

        foreach (string arn in around)
        {
            if (met.Contains(arn))
            {
                return Explain(ExplanationCode.COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT, InsightsEnd.Of(arn)!);
            }
        }

        return null;
    }

    private static Aws.Explanation Explain(ExplanationCode code, InsightsEnd end) => new()
    {
        ExplanationCode = code.ToString(),
        Component = new Aws.AnalysisComponent { Id = end.Id, Arn = end.Arn },
        ComponentAccount = end.At.Account,
        ComponentRegion = end.At.Region,
    };
}
