using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Puts a real packet's journey into the form of the model's trace, so that the two can be laid side by side.</summary>
public sealed class SightedTrace(ForwardingState state)
{
    private readonly Namer namer = new(state);

    /// <param name="flow">What was sent.</param>
    /// <param name="back">The reply's journey; null where there was none.</param>
    public Trace Build(in Flow flow, SightedJourney there, SightedJourney? back)
    {
        SightedJourney last = back ?? there;
        Leg leg = back is null ? Leg.Forward : Leg.Return;
        ExplanationCode code = last.Received ? ExplanationCode.NONE : CodeOf(last.Reason);
        ImmutableArray<Hop> forward = HopsOf(there);
        ImmutableArray<Hop> reply = back is null ? [] : HopsOf(back);
        return new Trace
        {
            Flow = flow,
            Verdict = new Verdict(code, last.Received ? Leg.Forward : leg, Tracking.None, back is { Received: true }),
            Forward = forward,
            Return = reply,
            Drop = last.Received ? null : DropOf(code, leg, last, leg == Leg.Forward ? forward : reply),
        };
    }

    /// <summary>The first word, where it is a code; a packet that was lost without a rule has no path.</summary>
    private static ExplanationCode CodeOf(string reason) =>
        Enum.TryParse(reason.Split(' ')[0], out ExplanationCode code) ? code : ExplanationCode.NO_PATH;

    private ImmutableArray<Hop> HopsOf(SightedJourney journey)
    {
        ImmutableArray<Hop>.Builder hops = ImmutableArray.CreateBuilder<Hop>();
        for (int i = 0; i < journey.Ways.Length; i++)
        {
            Add(hops, journey.Ways[i], journey.Received && i == journey.Ways.Length - 1);
        }

        return hops.ToImmutable();
    }

    private void Add(ImmutableArray<Hop>.Builder hops, Sighting way, bool isEnd)
    {
        switch (way.Place)
        {
            case SightingPlace.Machine:
                if (way.In is { } came)
                {
                    Put(hops, Name<NetworkInterface>(came), false, way.Before, way.Before, Name<Instance>(way.Row!));
                    Put(hops, Name<Instance>(way.Row!), false, way.Before, way.Before);
                }

                if (way.Out is { } left)
                {
                    Put(hops, Name<Instance>(way.Row!), true, way.After, way.After);
                    Put(hops, Name<NetworkInterface>(left), true, way.After, way.After, Name<Instance>(way.Row!));
                }

                break;
            case SightingPlace.Translator:
                Put(hops, Name<NatGateway>(way.Row!), way.Before.Destination == way.After.Destination, way.Before, way.After);
                break;
            case SightingPlace.Outside:
                IpAddress host = way.In is null ? way.Before.Source : way.Before.Destination;
                Put(hops, namer.Host(state.Outside.Find(host.Bits, host.IsV4)), way.In is null, way.Before, way.After);
                break;
            default:
                AddRouter(hops, way, isEnd);
                break;
        }
    }

    private void AddRouter(ImmutableArray<Hop>.Builder hops, Sighting way, bool isEnd)
    {
        Component vpc = Name<Vpc>(way.Row!);
        if (way.In is Sighting.Border or Sighting.OneWay)
        {
            Put(hops, Gateway(way.Row!, way.In), false, way.Before, way.Out is Sighting.Border ? way.Before : way.After, vpc);
        }

        if (way.Out is Sighting.Border or Sighting.OneWay)
        {
            Put(hops, Gateway(way.Row!, way.Out), true, way.Before, way.After, vpc);
        }

        if (way.Out is null && isEnd)
        {
            LocalService service = Special.ServiceAt(way.After.Destination.Bits, way.After.Destination.IsV4);
            Put(hops, Namer.Service((int)(service == LocalService.None ? LocalService.Resolver : service)), false, way.After, way.After);
        }
        else if (way.Out is null)
        {
            Put(hops, vpc, true, way.Before, way.After);
        }
    }

    private Component Gateway(string vpc, string kind)
    {
        int domain = DomainOf(vpc);
        int border = domain < 0 ? -1 : kind == Sighting.Border ? state.Domains[domain].Border : state.Domains[domain].OneWay;
        return border < 0 ? Name<Vpc>(vpc)
            : kind == Sighting.Border ? namer.Name<InternetGateway>(state.Borders[border].Row)
            : namer.Name<EgressOnlyInternetGateway>(state.OneWayBorders[border].Row);
    }

    private int DomainOf(string vpc)
    {
        for (int i = 0; i < state.Domains.Count; i++)
        {
            if (state.Domains[i].More.Row.Id == vpc)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A row by its id alone: a packet may have come to another account or region.</summary>
    private Component Name<T>(string id)
        where T : class, IResource<T>
    {
        for (int i = 0; i < state.Partitions.Length; i++)
        {
            if (namer.Row<T>(new RowKey(i, id)) is not null)
            {
                return namer.Name<T>(new RowKey(i, id));
            }
        }

        return new Component(T.Kind, id, null, null);
    }

    private static void Put(
        ImmutableArray<Hop>.Builder hops, Component what, bool isEgress, in Sighted before, in Sighted after, Component? of = null) =>
        hops.Add(new Hop
        {
            Sequence = hops.Count + 1,
            Component = what,
            AttachedTo = of,
            IsEgress = isEgress,
            Inbound = HeaderOf(before),
            Outbound = HeaderOf(after),
        });

    private Drop DropOf(ExplanationCode code, Leg leg, SightedJourney journey, ImmutableArray<Hop> hops)
    {
        string[] words = journey.Reason.Split(' ');
        string handle = words.Length > 1 ? words[1].Split('/')[0] : "";
        Component at = OfHandle(handle) ?? (hops.IsEmpty ? namer.Host(-1) : hops[^1].Component);
        Header packet = hops.IsEmpty ? HeaderOf(default) : hops[^1].Outbound;
        string reply = leg == Leg.Forward ? "" : "the reply ";
        string why = journey.Reason.Length == 0
            ? $"it is lost after {at}, and no rule tells why"
            : $"dropped by the rule \"{journey.Reason}\"";
        return new Drop
        {
            Code = code,
            Leg = leg,
            Component = at,
            IsEgress = hops.IsEmpty || hops[^1].IsEgress,
            Packet = packet,
            Text = $"{reply}{HeaderText.Of(packet)}: {why}",
        };
    }

    /// <summary>The row that a dropping rule stems from.</summary>
    private Component? OfHandle(string id) => id.Split('-')[0] switch
    {
        "vpc" => Name<Vpc>(id),
        "eni" => Name<NetworkInterface>(id),
        "sg" => Name<SecurityGroup>(id),
        "acl" => Name<NetworkAcl>(id),
        "rtb" => Name<RouteTable>(id),
        "igw" => Name<InternetGateway>(id),
        "eigw" => Name<EgressOnlyInternetGateway>(id),
        "nat" => Name<NatGateway>(id),
        "subnet" => Name<Subnet>(id),
        "i" => Name<Instance>(id),
        _ => null,
    };

    private static Header HeaderOf(in Sighted seen)
    {
        bool ports = Protocols.HasPorts(seen.Protocol);
        return new Header(
            seen.Protocol,
            seen.Source,
            ports ? new PortRange(seen.SourcePort, seen.SourcePort) : null,
            seen.Destination,
            ports ? new PortRange(seen.DestinationPort, seen.DestinationPort) : null,
            Protocols.IsIcmp(seen.Protocol) ? new IcmpMatch(seen.DestinationPort >> 8, seen.DestinationPort & 0xFF) : null);
    }
}
