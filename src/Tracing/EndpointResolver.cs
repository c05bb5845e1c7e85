using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>A flow as somebody asks for it, in words.</summary>
/// <param name="From">See <see cref="EndpointResolver"/>.</param>
/// <param name="To">See <see cref="EndpointResolver"/>.</param>
public sealed record FlowQuestion(string From, string To)
{
    /// <summary>IANA protocol number.</summary>
    public int Protocol { get; init; } = Protocols.Tcp;

    /// <summary>Destination port; TCP and UDP must have one.</summary>
    public int? Port { get; init; }

    public int? SourcePort { get; init; }

    /// <summary>Type and code, for ICMP; null: an echo request.</summary>
    public IcmpMatch? Icmp { get; init; }

    /// <summary>The HTTP request that a TCP packet bears; null for none.</summary>
    public HttpRequest? Http { get; init; }

    /// <summary>A source address other than the sender's own.</summary>
    public IpAddress? FromAddress { get; init; }

    /// <summary>A destination address other than the one that would be chosen.</summary>
    public IpAddress? ToAddress { get; init; }
}

/// <summary>Turns words into a <see cref="Flow"/>, or says what is wrong and which words would do.</summary>
/// <remarks>
/// An end is: an instance's, interface's, internet gateway's or endpoint's id; an address (<c>VPC/ADDRESS</c> where two VPCs have it); the tag
/// <c>Name</c> of one of these; <c>internet</c> or <c>internet:ADDRESS</c>; the name of a host of the world; <c>site:NAME</c> or
/// <c>site:NAME/ADDRESS</c>; a domain name, as the sender's own
/// VPC resolves it. <c>ACCOUNT/REGION/</c> before any of these looks there instead of at home.
/// A destination that is an instance or interface gets its private address where the sender is in the same VPC, and its public one
/// elsewhere; a destination that is an address is taken as it stands.
/// </remarks>
/// <param name="names">Resolves domain names; null: there are none.</param>
public sealed class EndpointResolver(ForwardingState state, PartitionKey home, INames? names = null)
{
    /// <summary>An internet host's address where a question names none (RFC 5737, RFC 3849).</summary>
    private static readonly IpAddress SomeHostV4 = IpAddress.Parse("203.0.113.10");
    private static readonly IpAddress SomeHostV6 = IpAddress.Parse("2001:db8::10");

    private readonly EndpointFinder finder = new(state, home);

    /// <summary>False: <paramref name="error"/> says why, in one sentence with the candidates.</summary>
    public bool TryResolve(FlowQuestion question, out Flow flow, out string error)
    {
        flow = default;
        if (!TryFind(question.From, null, out Endpoint from, out error) || !TryFind(question.To, from, out Endpoint to, out error))
        {
            return false;
        }

        if (!TryAddresses(question, from, to, out IpAddress source, out IpAddress destination, out error)
            || !TryPorts(question, source.Family, out ushort sourcePort, out ushort port, out error))
        {
            return false;
        }

        int protocol = question.Protocol == Protocols.Icmp && !source.IsV4 ? Protocols.IcmpV6 : question.Protocol;
        flow = new Flow(from.Origin, source, destination, (byte)protocol, sourcePort, port) { Http = question.Http };
        return true;
    }

    /// <summary>One end, by its domain name where it has the look of one and resolves, else by the other words.</summary>
    /// <param name="from">Where the packet starts; null where that is what is looked for.</param>
    private bool TryFind(string word, Endpoint? from, out Endpoint found, out string error)
    {
        bool isSource = from is null;
        if (names is null || !HasLookOfName(word))
        {
            return finder.TryFind(word, isSource, out found, out error);
        }

        ImmutableArray<IpAddress> addresses = from is { } sender ? Ask(sender, word, out string reason) : AskEverywhere(word, out reason);
        foreach (IpAddress address in addresses)
        {
            if (finder.TryFind(address.ToString(), isSource, out found, out error))
            {
                return true;
            }
        }

        bool good = finder.TryFind(word, isSource, out found, out error);
        error = good ? "" : $"{error}; as a name: {reason}";
        return good;
    }

    /// <summary>Labels with a dot between, and neither an address nor a part of a cloud.</summary>
    private static bool HasLookOfName(string word) =>
        word.Contains('.', StringComparison.Ordinal) && !word.AsSpan().ContainsAny('/', ':', ' ') && !IpAddress.TryParse(word, out _);

    private ImmutableArray<IpAddress> Ask(Endpoint sender, string name, out string reason)
    {
        if (sender.Origin.Kind != OriginKind.Nic)
        {
            return names!.AddressesOf(null, null, name, out reason);
        }

        RowKey vpc = state.Domains[state.Nics[sender.Origin.Handle].Domain].More.Row;
        return names!.AddressesOf(state.Partitions[vpc.Partition], vpc.Id, name, out reason);
    }

    /// <summary>A sender's name is looked for outside, and in each VPC at home.</summary>
    private ImmutableArray<IpAddress> AskEverywhere(string name, out string reason)
    {
        ImmutableArray<IpAddress> found = names!.AddressesOf(null, null, name, out reason);
        foreach (Vpc vpc in state.Cloud.Partition(home).All<Vpc>())
        {
            found = found.IsEmpty ? names.AddressesOf(home, vpc.Key, name, out reason) : found;
        }

        return found;
    }

    /// <summary>The machine that an end of a flow is in: its own id, its interface's, an address, a name.</summary>
    public bool TryMachine(string word, out string id, out string error)
    {
        id = "";
        if (!finder.TryFind(word, isSource: true, out Endpoint found, out error))
        {
            return false;
        }

        int machine = found.Origin.Kind == OriginKind.Nic ? state.Nics[found.Origin.Handle].Machine : -1;
        id = machine < 0 ? "" : state.Machines[machine].Row.Id;
        error = machine < 0 ? $"'{word}' is no instance, nor in one" : "";
        return machine >= 0;
    }

    private bool TryAddresses(
        FlowQuestion question, Endpoint from, Endpoint to, out IpAddress source, out IpAddress destination, out string error)
    {
        source = default;
        destination = default;
        error = "";
        Family? asked = (question.ToAddress ?? to.Address ?? question.FromAddress ?? from.Address)?.Family;
        foreach (Family family in asked is { } only ? [only] : new[] { Family.V4, Family.V6 })
        {
            IpAddress? first = question.FromAddress ?? SourceOf(from, family);
            IpAddress? last = question.ToAddress ?? DestinationOf(from, to, family);
            if (first is { } one && last is { } other)
            {
                source = one;
                destination = other;
                return true;
            }
        }

        error = $"'{question.From}' and '{question.To}' have no address of the same family";
        return false;
    }

    private static bool TryPorts(FlowQuestion question, Family family, out ushort sourcePort, out ushort port, out string error)
    {
        sourcePort = 0;
        port = 0;
        error = "";
        if (Protocols.IsIcmp(question.Protocol))
        {
            int echo = family == Family.V4 ? Protocols.EchoRequest : Protocols.EchoRequestV6;
            port = (ushort)(question.Icmp is { } icmp ? ((icmp.Type & 0xFF) << 8) | (icmp.Code & 0xFF) : echo);
            return true;
        }

        if (!Protocols.HasPorts(question.Protocol))
        {
            return true;
        }

        if (question.Port is not (>= 0 and <= ushort.MaxValue) || question.SourcePort is < 0 or > ushort.MaxValue)
        {
            error = question.Port is null
                ? $"{Protocols.NameOf(question.Protocol)} needs a destination port"
                : "a port is a number from 0 to 65535";
            return false;
        }

        sourcePort = (ushort)(question.SourcePort ?? Flow.DefaultSourcePort);
        port = (ushort)question.Port.Value;
        return true;
    }

    private IpAddress? SourceOf(Endpoint from, Family family)
    {
        if (from.Address is { } own && own.Family == family)
        {
            return own;
        }

        return from.Origin.Kind switch
        {
            OriginKind.Nic => OwnAddress(from.Origin.Handle, family),
            OriginKind.Gateway => ServiceAddress(from.Origin.Handle, family),
            OriginKind.Site => SiteAddress(from.Origin.Handle, family),
            _ => SomeHost(family),
        };
    }

    /// <summary>An address of the service behind a gateway endpoint; null where it has none of the family.</summary>
    private IpAddress? ServiceAddress(int entrance, Family family)
    {
        foreach (Prefix block in state.Entrances[entrance].Service?.Blocks ?? [])
        {
            if (block.Family == family)
            {
                return block.First.Plus(1);
            }
        }

        return null;
    }

    /// <summary>The second address of a site's first network that answers; of its only one where it has one.</summary>
    private IpAddress? SiteAddress(int site, Family family)
    {
        foreach (SiteBlock network in state.Sites.At(site).Blocks)
        {
            if (network.Answers && network.Block.Family == family)
            {
                return network.Block.First == network.Block.Last ? network.Block.First : network.Block.First.Plus(1);
            }
        }

        return null;
    }

    /// <summary>The interface of an end that stands in the sender's zone; its first one where none does.</summary>
    private int Nearest(Endpoint from, Endpoint to)
    {
        if (from.Origin.Kind == OriginKind.Nic)
        {
            string zone = state.Segments[state.Nics[from.Origin.Handle].Segment].More.Zone;
            foreach (int door in to.Doors ?? [])
            {
                if (state.Segments[state.Nics[door].Segment].More.Zone == zone)
                {
                    return door;
                }
            }
        }

        return to.Origin.Handle;
    }

    private IpAddress? DestinationOf(Endpoint from, Endpoint to, Family family)
    {
        if (to.Address is { } address)
        {
            return address.Family == family ? address : null;
        }

        if (to.Origin.Kind != OriginKind.Nic)
        {
            return to.Origin.Kind == OriginKind.Gateway ? ServiceAddress(to.Origin.Handle, family)
                : to.Origin.Kind == OriginKind.Site ? SiteAddress(to.Origin.Handle, family)
                : SomeHost(family);
        }

        int nearest = Nearest(from, to);
        ref readonly Nic target = ref state.Nics[nearest];
        bool inside = from.Origin.Kind == OriginKind.Nic && state.Nics[from.Origin.Handle].Domain == target.Domain;
        if (inside || family == Family.V6 || state.NicMores[nearest].Public.Count == 0)
        {
            return OwnAddress(nearest, family);
        }

        return IpAddress.FromV4(target.PublicAddress != 0 ? target.PublicAddress : state.NicMores[nearest].Public[0].Public);
    }

    private IpAddress? OwnAddress(int nic, Family family)
    {
        foreach (IpAddress address in state.NicMores[nic].Addresses)
        {
            if (address.Family == family)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>The first address of the world's first host that answers; a documentation address where there is none.</summary>
    private IpAddress SomeHost(Family family)
    {
        foreach (OutsideHost host in state.Outside.Hosts)
        {
            foreach (Prefix block in host.Blocks)
            {
                if (host.Answers && block.Family == family)
                {
                    return block.First;
                }
            }
        }

        return family == Family.V4 ? SomeHostV4 : SomeHostV6;
    }
}

/// <summary>One end of a flow: where it is, and the address that was named, if one was.</summary>
internal readonly record struct Endpoint(Origin Origin, IpAddress? Address)
{
    /// <summary>Interfaces that are the same end in other zones; null where there is one only.</summary>
    public int[]? Doors { get; init; }
}
