using System.Diagnostics.CodeAnalysis;
using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>Where a route sends.</summary>
public enum HopKind : byte
{
    /// <summary>No route covers the address.</summary>
    None,

    /// <summary>To the destination itself, in the same domain.</summary>
    Local,

    /// <summary>Out over the domain's <see cref="Forwarding.Border"/>.</summary>
    Border,

    /// <summary>Out over its <see cref="OneWayBorder"/>.</summary>
    OneWay,

    /// <summary>To a <see cref="Forwarding.Translator"/>.</summary>
    Translator,

    /// <summary>To an interface, whatever the destination.</summary>
    Nic,

    /// <summary>The target is gone or does not work: the route wins and the packet is lost.</summary>
    Blackhole,

    /// <summary>A target that nothing here carries to.</summary>
    Unsupported,

    /// <summary>Over a gateway <see cref="Entrance"/> to its service.</summary>
    Gateway,

    /// <summary>Into a tunnel <see cref="Entrance"/>, whatever the destination, and on from its door.</summary>
    Tunnel,

    /// <summary>Over a <see cref="Forwarding.Link"/> into the domain at its other end.</summary>
    Link,

    /// <summary>Over a <see cref="Spoke"/> of this domain to its hub.</summary>
    Hub,

    /// <summary>To the domain's <see cref="Forwarding.Exit"/>.</summary>
    Exit,
}

/// <summary>A route's target in one word: the kind in the high four bits, a handle in the others.</summary>
public readonly record struct NextHop(uint Word)
{
    public NextHop(HopKind kind, int handle)
        : this(((uint)kind << 28) | (uint)Math.Max(handle, 0))
    {
    }

    public HopKind Kind => (HopKind)(Word >> 28);

    /// <summary>Handle of the border, translator, interface, entrance, link, spoke or exit; 0 for other kinds.</summary>
    public int Handle => (int)(Word & 0x0FFFFFFF);
}

/// <summary>One table of routes.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "a table's entry; never compared")]
public struct RouteMap
{
    /// <summary>Which entry wins at an IPv4 address.</summary>
    public IntervalMap Winners4 { get; internal set; }

    /// <summary>Which entry wins at an IPv6 address.</summary>
    public IntervalMap Winners6 { get; internal set; }

    /// <summary>Where each entry sends: one for each of the reason's routes, then one for each gateway that is propagated into it.</summary>
    public NextHop[] Hops { get; internal set; }

    /// <summary>Every block that routes are for, ascending, with the entry that stands for it: among equal blocks the one that wins.</summary>
    public IReadOnlyList<(Prefix Block, int Entry)> Blocks { get; internal set; }

    /// <summary>The reason: the cloud's route table. Its n-th route is entry n; its n-th propagating gateway's are the entry that many after them.</summary>
    public RowKey Row { get; internal set; }

    /// <summary>The entry that wins at an address, by longest prefix, or -1.</summary>
    public readonly int Find(UInt128 address, bool isV4) => isV4 ? Winners4.Find((uint)address) : Winners6.Find(address);
}
