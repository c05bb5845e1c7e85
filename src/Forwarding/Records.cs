using System.Diagnostics.CodeAnalysis;
using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>What an interface is and does.</summary>
[Flags]
public enum NicTraits : ushort
{
    None = 0,

    /// <summary>Something holds it: a machine or a service.</summary>
    Attached = 1,

    /// <summary>What holds it runs.</summary>
    Running = 2,

    /// <summary>Only packets from and to its own addresses pass.</summary>
    ChecksAddresses = 4,

    /// <summary>It is the interface of a port-sharing translator (<see cref="Translator"/>).</summary>
    Translates = 8,

    /// <summary>It has more than one IPv4 address: see <see cref="NicMore"/>.</summary>
    HasMore = 16,

    /// <summary>The row it was made from is gone.</summary>
    Gone = 32,

    /// <summary>It is a node of a balancer (<see cref="Nic.Balancer"/>).</summary>
    Balances = 64,

    /// <summary>It is a door of an entrance to a service (<see cref="Nic.Entrance"/>).</summary>
    Enters = 128,

    /// <summary>It is a door of an entrance that packets pass through whatever their destination: routes lead to it.</summary>
    Tunnels = 256,

    /// <summary>The world declares that it, its machine or its zone has failed: it does not run, though its rows say so.</summary>
    Fails = 512,

    /// <summary>Its machine listens on some ports only (<see cref="Machine.Ports"/>).</summary>
    Picky = 1024,
}

/// <summary>One interface: where packets enter and leave the network.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "a table's entry; never compared")]
public struct Nic
{
    /// <summary>Its first IPv4 address; 0 where it has none.</summary>
    public uint Address { get; internal set; }

    /// <summary>The public address that stands for <see cref="Address"/> outside; 0 where none does.</summary>
    public uint PublicAddress { get; internal set; }

    /// <summary>Handle of its segment.</summary>
    public int Segment { get; internal set; }

    /// <summary>Handle of its domain.</summary>
    public int Domain { get; internal set; }

    /// <summary>Handle of its stateful filter; -1 where nothing filters.</summary>
    public int Filter { get; internal set; }

    /// <summary>Handle of the machine it is in; -1 where a service holds it, or nothing.</summary>
    public int Machine { get; internal set; }

    /// <summary>Handle of the service that holds it, in the table that its traits say; -1 where none does.</summary>
    public int Service { get; internal set; }

    public NicTraits Traits { get; internal set; }

    /// <summary>Handle of the translator it belongs to; -1 for others.</summary>
    public readonly int Translator => Has(NicTraits.Translates) ? Service : -1;

    /// <summary>Handle of the balancer that it is a node of; -1 for others.</summary>
    public readonly int Balancer => Has(NicTraits.Balances) ? Service : -1;

    /// <summary>Handle of the entrance that it is a door of; -1 for others.</summary>
    public readonly int Entrance => Has(NicTraits.Enters | NicTraits.Tunnels) ? Service : -1;

    public readonly bool Has(NicTraits trait) => (Traits & trait) != 0;
}

/// <summary>An interface's further addresses, and where it came from.</summary>
/// <param name="Row">The reason: the cloud's interface.</param>
/// <param name="Public">Pairs of a private address and the public one that stands for it, the first address too.</param>
public sealed record NicMore(RowKey Row, IReadOnlyList<IpAddress> Addresses, IReadOnlyList<Prefix> Blocks, IReadOnlyList<(uint Private, uint Public)> Public)
{
    /// <summary>Its link-layer address: six pairs of hexadecimal digits with colons; "" where it is unknown.</summary>
    public string Mac { get; init; } = "";

    /// <summary>Its place among the interfaces of its machine: 0 is the first.</summary>
    public int Slot { get; init; }
}

/// <summary>A stretch of a domain inside which packets pass from interface to interface without a router.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "a table's entry; never compared")]
public struct Segment
{
    public int Domain { get; internal set; }

    /// <summary>Handle of the routes that lead out of it; -1 where there are none.</summary>
    public int Routes { get; internal set; }

    /// <summary>Handle of the ordered filter at its edge; -1 where there is none.</summary>
    public int Gate { get; internal set; }

    /// <summary>First and last IPv4 address; first above last where it has no IPv4.</summary>
    public uint First { get; internal set; }

    public uint Last { get; internal set; }

    /// <summary>What its interfaces may exchange with the internet.</summary>
    public OutsideAccess Access { get; internal set; }

    public SegmentMore More { get; internal set; }

    public readonly bool Covers(uint address) => address >= First && address <= Last;

    public readonly bool Covers(UInt128 address)
    {
        // By place: going through a list by its interface allocates.
        IReadOnlyList<Prefix> blocks = More.Blocks6;
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Contains(IpAddress.FromV6(address)))
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="Row">The reason: the cloud's subnet.</param>
/// <param name="Zone">The place it stands in, by the name that is the same for everybody (<c>use1-az1</c>); "" where that is unknown.</param>
public sealed record SegmentMore(RowKey Row, Prefix? Block4, IReadOnlyList<Prefix> Blocks6, string Zone);

/// <summary>An address space of its own: nothing passes between two domains unless something joins them, equal addresses or not.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "a table's entry; never compared")]
public struct Domain
{
    /// <summary>Which interface an IPv4 address is.</summary>
    public AddressTable Nics { get; internal set; }

    /// <summary>Handle of the border to the internet; -1 where there is none.</summary>
    public int Border { get; internal set; }

    /// <summary>Handle of the one-way border (IPv6, outward only); -1 where there is none.</summary>
    public int OneWay { get; internal set; }

    /// <summary>The resolver's address in the domain; 0 where none answers.</summary>
    public uint Resolver { get; internal set; }

    public bool Resolves { get; internal set; }

    public DomainMore More { get; internal set; }
}

/// <param name="Row">The reason: the cloud's VPC.</param>
/// <param name="Nics6">Which interface an IPv6 address is.</param>
/// <param name="Delegated">Blocks handed to interfaces as a whole: values are interface handles.</param>
public sealed record DomainMore(
    RowKey Row,
    IReadOnlyList<Prefix> Blocks,
    IReadOnlyDictionary<UInt128, int> Nics6,
    IReadOnlyList<(Prefix Block, int Nic)> Delegated);

/// <summary>A border to the internet: translates public to private addresses one to one.</summary>
/// <param name="Row">The reason: the cloud's internet gateway.</param>
/// <param name="Domain">Handle of the domain it is attached to; -1 while detached.</param>
/// <param name="Routes">Handle of the routes for what comes in; -1 where it goes straight to its destination.</param>
public sealed record Border(RowKey Row, int Domain, int Routes);

/// <summary>A border that lets IPv6 out and only replies in.</summary>
/// <param name="Row">The reason: the cloud's egress-only internet gateway.</param>
public sealed record OneWayBorder(RowKey Row, int Domain);

/// <summary>Shares its one address among many sources, by port.</summary>
/// <param name="Row">The reason: the cloud's NAT gateway.</param>
/// <param name="Nic">Handle of its interface; -1 where that is unknown.</param>
/// <param name="Address">The address sources get; first of its interface.</param>
/// <param name="Works">False: packets sent to it are lost.</param>
public sealed record Translator(RowKey Row, int Nic, uint Address, int Domain, bool Works);

/// <summary>A machine that interfaces are in.</summary>
/// <param name="Row">The reason: the cloud's instance.</param>
/// <param name="Primary">Handle of the interface that packets it forwards leave by; -1 where there is none.</param>
public sealed record Machine(RowKey Row, bool Runs, int Primary)
{
    /// <summary>Its host name is its id; else it is made of its first address.</summary>
    public bool NamedById { get; init; }

    /// <summary>The speaker (<c>machine:…</c>) that it is where it is a router that learns routes; null elsewhere.</summary>
    public string? Speaker { get; init; }

    /// <summary>The HTTP status of a program that answers well.</summary>
    public const ushort Well = 200;

    /// <summary>Protocol, first and last port that it listens on; null: everywhere.</summary>
    public (int Protocol, int From, int To)[]? Ports { get; init; }

    /// <summary>The HTTP status that its programs answer health checks with.</summary>
    public ushort Status { get; init; } = Well;

    /// <summary>Whether a program takes what comes to a port; what has no ports is always taken.</summary>
    public bool Listens(int protocol, int port)
    {
        if (Ports is null || protocol is not (6 or 17))
        {
            return true;
        }

        foreach ((int of, int from, int to) in Ports)
        {
            if (of == protocol && port >= from && port <= to)
            {
                return true;
            }
        }

        return false;
    }
}
