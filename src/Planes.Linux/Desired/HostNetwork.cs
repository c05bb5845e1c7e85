using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Desired;

/// <summary>All that one host holds for the network, by namespace name. Everything in these namespaces is Trunkline's: they are its own.</summary>
public sealed record HostNetwork(ImmutableSortedDictionary<string, NamespaceNetwork> Namespaces) : IPlaneState
{
    public static readonly HostNetwork Empty = new(ImmutableSortedDictionary.Create<string, NamespaceNetwork>(StringComparer.Ordinal));

    public int Count => Namespaces.Values.Sum(n => n.Count);
}

/// <summary>What a namespace stands for.</summary>
public enum NamespaceRole
{
    /// <summary>The internet: its hosts answer here.</summary>
    Outside,

    /// <summary>The router of one domain.</summary>
    Router,

    /// <summary>A machine: programs run here.</summary>
    Machine,

    /// <summary>A port-sharing translator.</summary>
    Translator,

    /// <summary>Answers for the machines of one domain that have no namespace of their own yet.</summary>
    Idle,
}

/// <summary>One network namespace: each part is compared by value, so an equal part is never written again.</summary>
/// <param name="Name">File name of the namespace: at most 60 letters, digits and dashes.</param>
/// <param name="HostName">The UTS name that programs in it see; null where none run.</param>
/// <param name="Sysctls">Path below /proc/sys with slashes (<c>net/ipv4/ip_forward</c>) to its value.</param>
/// <param name="Links">By interface name; a pair of virtual links is declared at both its ends.</param>
/// <param name="Nft">The one nftables table (family inet); null where nothing filters or translates.</param>
public sealed record NamespaceNetwork(
    string Name,
    NamespaceRole Role,
    string? HostName,
    ImmutableSortedDictionary<string, string> Sysctls,
    ImmutableSortedDictionary<string, Link> Links,
    ImmutableHashSet<LinkAddress> Addresses,
    ImmutableHashSet<KernelRoute> Routes,
    ImmutableHashSet<KernelRule> Rules,
    ImmutableHashSet<Neighbour> Neighbours,
    NftTable? Nft)
{
    public int Count => 1 + Sysctls.Count + Links.Count + Addresses.Count + Routes.Count + Rules.Count + Neighbours.Count + (Nft?.Count ?? 0);
}

/// <summary>One end of a virtual pair; <c>lo</c> is there by itself and is always up.</summary>
/// <param name="Name">At most 15 characters.</param>
/// <param name="Mac">Twelve hexadecimal digits in six pairs with colons, lower case.</param>
/// <param name="Mtu">Octets of an IP packet.</param>
/// <param name="PeerNamespace">Where the other end is.</param>
/// <param name="PeerName">The other end's name.</param>
/// <param name="Group">The device group, 0 for none.</param>
/// <param name="Up">Desired links are always up; false only where one was found down.</param>
public sealed record Link(string Name, string Mac, int Mtu, string PeerNamespace, string PeerName, uint Group = 0, bool Up = true);

/// <param name="Block">The address and the length of its prefix.</param>
public sealed record LinkAddress(string Link, IpAddress Address, int Length);

/// <summary>What a route does with a packet.</summary>
public enum RouteType : byte
{
    Unicast = 1,
    Local = 2,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
    Throw = 9,
}

/// <summary>A kernel route.</summary>
/// <param name="Table">Kernel table; 254 is main, 255 local.</param>
/// <param name="Via">The next hop, used on-link (nothing is looked up to reach it); null where the destination is on the link.</param>
/// <param name="Link">Null for types without a link (blackhole, throw, ...).</param>
/// <param name="Source">The preferred source address; null for the kernel's choice.</param>
public sealed record KernelRoute(Prefix Destination, uint Table, RouteType Type, string? Link, IpAddress? Via, IpAddress? Source = null, int Mtu = 0);

/// <summary>
/// A policy rule: which table a packet is looked up in. The kernel's own rules (0, 32766, 32767) are removed where
/// <see cref="KernelRule"/>s of the family are listed; "0: lookup local" only where one of them looks table 255 up.
/// </summary>
/// <param name="Preference">Lower is asked first.</param>
/// <param name="Mark">Compared under <paramref name="Mask"/>; with mask 0 every packet.</param>
/// <param name="Table">Looked up; null with <paramref name="Goto"/> or where packets end as unreachable.</param>
/// <param name="Goto">Jumps to the rule of that preference.</param>
/// <param name="InLink">Only packets that came in over this link; null for all.</param>
/// <param name="From">Only packets from these addresses; null for all.</param>
public sealed record KernelRule(
    Family Family, uint Preference, uint Mark, uint Mask, uint? Table, uint? Goto = null, string? InLink = null, Prefix? From = null);

/// <summary>A permanent neighbour entry.</summary>
public sealed record Neighbour(string Link, IpAddress Address, string Mac);
