using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tracing;

namespace Trunkline.Control.FlowLogs;

/// <summary>
/// Reads from a trace what each interface on the way saw of the flow: the packet, and its reply, each one flow. Source: AWS, "Flow log
/// records", "Flow log record examples", "Flow log limitations".
/// </summary>
/// <remarks>
/// A security group or network ACL that refuses makes it REJECT at the interface it stands before; what dies further on was accepted here.
/// What goes to Amazon's DNS, metadata, DHCP and time services is not logged.
/// </remarks>
public sealed class FlowObserver(CloudSnapshot cloud, DateTimeOffset now)
{
    private const int SynFlag = 2;
    private const int SynAckFlags = 18;

    /// <summary>Another resource of the same VPC; a gateway endpoint and an internet gateway as Nitro instances see them.</summary>
    private const int ViaVpc = 1;
    private const int ViaGatewayEndpoint = 7;
    private const int ViaInternetGateway = 8;

    private static readonly string InterfaceKind = NetworkInterface.Kind;

    /// <summary>What each interface saw, in the order in which it happened.</summary>
    public ImmutableArray<FlowObservation> Observe(Trace trace)
    {
        if (trace.Forward.Any(h => h.Component.Kind == "service"))
        {
            return [];
        }

        return
        [
            .. OfLeg(trace.Forward, trace.Drop?.Leg == Leg.Forward ? trace.Drop : null, SynFlag),
            .. OfLeg(trace.Return, trace.Drop?.Leg == Leg.Return ? trace.Drop : null, SynAckFlags),
        ];
    }

    private IEnumerable<FlowObservation> OfLeg(ImmutableArray<Hop> hops, Drop? drop, int tcpFlags)
    {
        List<Encounter> met = [];
        for (int i = 0; i < hops.Length; i++)
        {
            Add(met, hops[i], i);
        }

        if (drop is not null)
        {
            Judge(met, hops, drop);
        }

        for (int i = 0; i < met.Count; i++)
        {
            Encounter one = met[i];
            if (!one.Lost && RowOf(one.Interface) is { } eni)
            {
                int end = i + 1 < met.Count ? met[i + 1].From : hops.Length;
                yield return Of(one, eni, one.IsEgress && one.Accepted ? PathOf(hops, one.To + 1, end, i + 1 < met.Count) : null, tcpFlags);
            }
        }
    }

    /// <summary>Hops at one interface in one direction are one sight of it; a translation is a packet in and another one out.</summary>
    private static void Add(List<Encounter> met, Hop hop, int at)
    {
        Component? eni = hop.Component.Kind == InterfaceKind ? hop.Component : hop.AttachedTo?.Kind == InterfaceKind ? hop.AttachedTo : null;
        if (eni is null)
        {
            return;
        }

        if (hop.Component.Kind == NatGateway.Kind)
        {
            See(met, eni, isEgress: false, hop.Inbound, at);
            if (hop.Inbound != hop.Outbound)
            {
                See(met, eni, isEgress: true, hop.Outbound, at);
            }

            return;
        }

        bool isEndpoint = hop.Component.Kind == VpcEndpoint.Kind;
        See(met, eni, hop.IsEgress, hop.IsEgress || !isEndpoint ? hop.Outbound : hop.Inbound, at);
    }

    private static void See(List<Encounter> met, Component eni, bool isEgress, Header header, int at)
    {
        if (met.Count > 0 && met[^1].Interface.Id == eni.Id && met[^1].IsEgress == isEgress)
        {
            met[^1] = met[^1] with { To = at };
            return;
        }

        met.Add(new Encounter(eni, isEgress, header, at, at));
    }

    /// <summary>Marks what the drop means to the interface before which it happened.</summary>
    private void Judge(List<Encounter> met, ImmutableArray<Hop> hops, Drop drop)
    {
        switch (drop.Code)
        {
            case ExplanationCode.BAD_STATE or ExplanationCode.BAD_STATE_ATTACHMENT when met.Count > 0 && drop.NetworkInterface?.Id == met[^1].Interface.Id:
            case ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION when drop.IsEgress && met.Count > 0:
                met[^1] = met[^1] with { Lost = true };
                break;
            case ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED when drop.IsEgress && met.Count > 0:
                met[^1] = met[^1] with { Accepted = false, Reason = "BPA" };
                break;
            case ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED when !drop.IsEgress && Receiver(drop, hops) is { } blocked:
                met.Add(new Encounter(blocked, false, drop.Packet, hops.Length, hops.Length) { Accepted = false, Reason = "BPA" });
                break;
            case ExplanationCode.SUBNET_ACL_RESTRICTION when !drop.IsEgress:
                if (Receiver(drop, hops) is { } receiver)
                {
                    met.Add(new Encounter(receiver, false, drop.Packet, hops.Length, hops.Length) { Accepted = false });
                }

                break;
            case ExplanationCode.SUBNET_ACL_RESTRICTION when met.Count > 0:
            case ExplanationCode.ENI_SG_RULES_MISMATCH or ExplanationCode.SG_HAS_NO_RULES or ExplanationCode.SG_REFERENCES_NOT_PRESERVED
                or ExplanationCode.SG_REFERENCING_SUPPORT or ExplanationCode.UNKNOWN_PEERED_SGS when met.Count > 0:
                met[^1] = met[^1] with { Accepted = false };
                break;
            default:
                break;
        }
    }

    /// <summary>Before which interface a subnet's ACL or the internet gateway refused the packet: the route's target, or who has the address.</summary>
    private Component? Receiver(Drop drop, ImmutableArray<Hop> hops)
    {
        if (drop.Subnet is not { Partition: { } at } subnet)
        {
            return null;
        }

        Partition here = cloud.Partition(at);
        Hop? last = hops.LastOrDefault(h => h.Route is not null);
        string? target = last?.Route?.Target.Id;
        NetworkInterface? eni = target is not null && here.Find(new Id<NetworkInterface>(target)) is { } routed && routed.SubnetId.Value == subnet.Id
            ? routed
            : here.By<NetworkInterface>(NetworkInterface.AddressWord(new Id<Subnet>(subnet.Id), drop.Packet.Destination)).FirstOrDefault()
                ?? here.By<NetworkInterface>(subnet.Id).FirstOrDefault(e => IsTarget(e, drop.Packet.Destination, target));
        return eni is null ? null : new Component(InterfaceKind, eni.Key, null, at);
    }

    /// <summary>An interface that has the address on the internet, or that is a NAT gateway a route leads to.</summary>
    private bool IsTarget(NetworkInterface eni, IpAddress address, string? target) =>
        eni.Keys.Contains(NetworkInterface.PublicWord(address))
        || (target is not null && eni.InterfaceType == "nat_gateway" && eni.Description.EndsWith(target, StringComparison.Ordinal));

    private (PartitionKey At, NetworkInterface Row)? RowOf(Component eni) =>
        eni.Partition is { } at && cloud.Partition(at).Find(new Id<NetworkInterface>(eni.Id)) is { } row ? (at, row) : null;

    private FlowObservation Of(Encounter one, (PartitionKey At, NetworkInterface Row) eni, int? path, int tcpFlags)
    {
        Header header = one.Header;
        Partition here = cloud.Partition(eni.At);
        IpAddress source = header.Source;
        IpAddress destination = header.Destination;
        if (eni.Row.PrimaryIp is { } primary && source.IsV4)
        {
            // Inwards the record always bears the primary address; outwards it stands in for one that the interface does not have.
            (source, destination) = one.IsEgress
                ? (eni.Row.PrivateAddresses.Any(a => a.Ip == source) ? source : primary, destination)
                : (source, primary);
        }

        return new FlowObservation(eni.At, eni.Row, one.IsEgress, one.Accepted)
        {
            Time = now,
            Protocol = header.Protocol,
            Source = source,
            Destination = destination,
            PacketSource = header.Source,
            PacketDestination = header.Destination,
            SourcePort = header.SourcePorts?.From ?? 0,
            DestinationPort = header.DestinationPorts?.From ?? 0,
            Octets = OctetsOf(header),
            TcpFlags = header.Protocol == Protocols.Tcp ? tcpFlags : 0,
            ZoneId = here.Find(eni.Row.SubnetId) is { } subnet ? ZoneIdOf(here, subnet.Zone) : null,
            SourceService = ServiceOf(header.Source),
            DestinationService = ServiceOf(header.Destination),
            TrafficPath = path,
            RejectReason = one.Reason,
        };
    }

    private static string? ZoneIdOf(Partition here, string zone) =>
        Regions.ZonesOf(here.Account, here.Region).FirstOrDefault(z => z.Name == zone)?.ZoneId;

    /// <summary>The packet of a connection's beginning as Linux sends it: a SYN with its options, an empty datagram, ping's echo.</summary>
    private static int OctetsOf(Header header)
    {
        int ip = header.Source.IsV4 ? 20 : 40;
        return ip + header.Protocol switch
        {
            Protocols.Tcp => 40,
            Protocols.Udp => 8,
            Protocols.Icmp or Protocols.IcmpV6 => 64,
            _ => 0,
        };
    }

    private static string? ServiceOf(IpAddress address) => AwsServices.At(address) is not { } service ? null : service.Short switch
    {
        "s3" or "s3express" => "S3",
        "dynamodb" => "DYNAMODB",
        _ => "AMAZON",
    };

    /// <summary>How a packet goes on from an interface: over what it meets before the next one.</summary>
    private static int? PathOf(ImmutableArray<Hop> hops, int from, int to, bool meetsAnother)
    {
        for (int i = from; i < to && i < hops.Length; i++)
        {
            if (hops[i].Component.Kind is "internet-gateway" or "egress-only-internet-gateway")
            {
                return ViaInternetGateway;
            }

            if (hops[i].Component.Kind == VpcEndpoint.Kind && hops[i].AttachedTo is null)
            {
                return ViaGatewayEndpoint;
            }
        }

        return meetsAnother ? ViaVpc : null;
    }

    /// <summary>One sight of the flow at one interface.</summary>
    /// <param name="From">The first of its hops.</param>
    /// <param name="To">The last of them.</param>
    private sealed record Encounter(Component Interface, bool IsEgress, Header Header, int From, int To)
    {
        public bool Accepted { get; init; } = true;

        /// <summary>Nothing came by: the sender does not run.</summary>
        public bool Lost { get; init; }

        public string? Reason { get; init; }
    }
}
