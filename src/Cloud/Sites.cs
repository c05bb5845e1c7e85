using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A place outside AWS with a network of its own: a data centre, an office. Its routers meet customer gateways and Direct Connect.</summary>
/// <param name="Name">Unique among the sites; letters, digits, dots, dashes and underscores.</param>
/// <param name="Routers">In the order of their names. Inside the site every router reaches every network.</param>
/// <param name="Networks">Where its hosts are: every address of them is a host.</param>
public sealed record Site(string Name, ImmutableArray<SiteRouter> Routers, ImmutableArray<SiteNetwork> Networks)
{
    /// <summary>Whether an address is one of its hosts'.</summary>
    public bool Has(IpAddress address) => NetworkOf(address) is not null;

    /// <summary>The narrowest network that holds an address, or null.</summary>
    public SiteNetwork? NetworkOf(IpAddress address)
    {
        SiteNetwork? found = null;
        foreach (SiteNetwork network in Networks)
        {
            if (network.Block.Contains(address) && (found is null || network.Block.Length > found.Block.Length))
            {
                found = network;
            }
        }

        return found;
    }
}

/// <summary>Hosts of a site.</summary>
/// <param name="Answers">False: packets to them are lost, whatever the port.</param>
/// <param name="Ports">Where they listen; empty: everywhere.</param>
public sealed record SiteNetwork(Prefix Block, bool Answers, ImmutableArray<HostPort> Ports);

/// <summary>A customer's router. It meets every VPN connection whose customer gateway has one of its addresses, and Direct Connect at its ports.</summary>
public sealed record SiteRouter
{
    /// <summary>Unique in its site.</summary>
    public required string Name { get; init; }

    /// <summary>Where tunnels find it; the first is its public address. A private one serves VPN over Direct Connect and Connect peers.</summary>
    public ImmutableArray<IpAddress> Addresses { get; init; } = [];

    /// <summary>Its autonomous system: 1 to 4294967294.</summary>
    public long Asn { get; init; } = 65000;

    /// <summary>Whether it announces the site's networks.</summary>
    public bool AnnouncesNetworks { get; init; } = true;

    /// <summary>Whether it announces 0.0.0.0/0, and ::/0 where IPv6 is spoken.</summary>
    public bool AnnouncesDefault { get; init; }

    /// <summary>What else it announces; an entry for a network's own block replaces that block's.</summary>
    public ImmutableArray<SiteAnnouncement> Announces { get; init; } = [];

    /// <summary>It takes only routes that lie inside one of these; empty: all.</summary>
    public ImmutableArray<Prefix> Accepts { get; init; } = [];

    /// <summary>Whether it announces to one neighbour what it has learned from another.</summary>
    public bool IsTransit { get; init; }

    /// <summary>Whether it takes routes that its own AS has announced, as two sites of one AS need (RFC 4271 9.1.2 would drop them).</summary>
    public bool AcceptsOwnAsn { get; init; }

    /// <summary>Whether it spreads flows over routes that are equally good; else it uses one.</summary>
    public bool SharesLoad { get; init; }

    /// <summary>Its ports in Direct Connect locations.</summary>
    public ImmutableArray<SitePort> Ports { get; init; } = [];

    /// <summary>How much it likes what it learns over a line; 100 where none of these speaks of the line. The first that does counts.</summary>
    public ImmutableArray<LinePreference> Preferences { get; init; } = [];
}

/// <summary>One announced prefix.</summary>
/// <param name="Prepend">How often the router's ASN is put before the path once more: 0 to 32.</param>
/// <param name="Med">MULTI_EXIT_DISC, RFC 4271 5.1.4.</param>
/// <param name="Communities">Such as <c>7224:7300</c>, in order.</param>
/// <param name="Over">The lines over which it is announced, as <see cref="LinePreference.Line"/>; null: over all.</param>
public sealed record SiteAnnouncement(Prefix Prefix, int Prepend, long Med, ImmutableArray<string> Communities, string? Over);

/// <summary>A router's port in a Direct Connect location.</summary>
/// <param name="Location">The location's code, such as <c>EqDC2</c>.</param>
/// <param name="Meets">Id or name of the connection, LAG or virtual interface that ends here; null: any that no other port names.</param>
public sealed record SitePort(string Location, string? Meets);

/// <param name="Line">
/// <c>vpn</c>, <c>directconnect</c>, <c>connect</c>, or a line: <c>vpn-…</c>, <c>vpn-…/2</c>, <c>dxvif-…</c>, or the name of the VPN connection (its
/// tag <c>Name</c>) or virtual interface, with or without <c>/2</c>.
/// </param>
/// <param name="Preference">LOCAL_PREF, RFC 4271 5.1.5: more is better.</param>
public sealed record LinePreference(string Line, int Preference);

/// <summary>
/// An instance that is a router: the hub of a transit VPC, or an SD-WAN appliance. It meets customer gateways whose address is its public one, and
/// Connect peers whose address is a private one of its own. Announces to one neighbour what it has learned from another.
/// </summary>
/// <param name="Machine">An instance's id, or its tag <c>Name</c>.</param>
/// <param name="Asn">Its autonomous system.</param>
/// <param name="Announces">What it announces of its own; empty: only what it has learned.</param>
public sealed record RoutingMachine(string Machine, long Asn, ImmutableArray<SiteAnnouncement> Announces)
{
    /// <summary>Whether it spreads flows over routes that are equally good.</summary>
    public bool SharesLoad { get; init; }

    /// <summary>
    /// Whether it writes its own ASN where a neighbour's stands in a path that it announces to that neighbour, as the transit VPC's routers did:
    /// VPN gateways of one ASN would not take each other's routes.
    /// </summary>
    public bool OverridesAsn { get; init; } = true;
}
