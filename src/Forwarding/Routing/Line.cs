using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>What joins two speakers.</summary>
public enum LineKind
{
    /// <summary>A tunnel over the internet, or over a private line, whose routes are written by hand on both sides.</summary>
    TunnelStatic,

    /// <summary>A tunnel with a BGP session inside.</summary>
    TunnelBgp,

    /// <summary>A private virtual interface.</summary>
    Private,

    /// <summary>A public virtual interface.</summary>
    Public,

    /// <summary>A transit virtual interface.</summary>
    Transit,

    /// <summary>A GRE tunnel of a Connect attachment, with a BGP session inside.</summary>
    Connect,
}

/// <summary>Why a line does not work, or why it carries no route.</summary>
public enum LineTrouble
{
    None,

    /// <summary>The row is still being made, waits to be accepted, or goes.</summary>
    NotReady,

    /// <summary>Its AWS end is attached to nothing.</summary>
    NotAttached,

    /// <summary>No router of a site and no routing machine has the other end's address.</summary>
    NoRouterAtAddress,

    /// <summary>No router of a site has a port that meets the connection.</summary>
    NoRouterAtPort,

    /// <summary>The router is there, and no packet comes from it to the line's AWS end.</summary>
    NoPath,

    RouterFailed,
    TunnelFailed,
    InterfaceFailed,
    ConnectionFailed,
    LocationFailed,
    ZoneFailed,

    /// <summary>A fail-over test keeps the session down.</summary>
    Tested,

    /// <summary>The router's ASN is not the one that AWS was told.</summary>
    AsnMismatch,

    /// <summary>Both ends have the same ASN.</summary>
    SameAsn,

    /// <summary>The customer's side announces more prefixes than the session bears.</summary>
    TooManyPrefixes,
}

/// <summary>One tunnel, BGP peering of a virtual interface, or session of a Connect peer; neutral to where it is used.</summary>
/// <param name="Id"><c>vpn-…/1</c>, <c>dxvif-…/1</c>, <c>tgw-connect-peer-…/1</c>: <see cref="Row"/>, a slash, <see cref="Number"/>.</param>
/// <param name="Partition">Where the row is at home.</param>
/// <param name="Row">The reason: the cloud's VPN connection, virtual interface or Connect peer.</param>
/// <param name="Number">From 1: the tunnel, the BGP peer in the row's order, the session.</param>
/// <param name="Near">The speaker at its AWS end; see <see cref="Speaker.Id"/>. "" where there is none.</param>
/// <param name="Far">The customer's speaker; "" where none has been found.</param>
public sealed record Line(string Id, PartitionKey Partition, string Row, int Number, LineKind Kind, string Near, string Far)
{
    /// <summary>Whether packets pass: the tunnel stands, the interface has link.</summary>
    public bool Carries { get; init; }

    /// <summary>Whether routes pass: the BGP session is established. Always <see cref="Carries"/> for <see cref="LineKind.TunnelStatic"/>.</summary>
    public bool IsUp { get; init; }

    /// <summary>Why it is not up; <see cref="LineTrouble.None"/> while it is.</summary>
    public LineTrouble Trouble { get; init; }

    /// <summary>A sentence that names what is wrong; "" while it is up.</summary>
    public string Words { get; init; } = "";

    /// <summary>AWS is updating its end: it works, and the other tunnel is preferred.</summary>
    public bool IsUpdating { get; init; }

    /// <summary>The attachment (<c>tgw-attach-…</c>) it belongs to; "" where its AWS end is no hub.</summary>
    public string Spoke { get; init; } = "";

    /// <summary>Largest packet in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>What it carries at most, in Gbit/s; 0: unknown.</summary>
    public double LimitGbps { get; init; }

    public long NearAsn { get; init; }

    /// <summary>What AWS was told; the far speaker has its own.</summary>
    public long FarAsn { get; init; }

    /// <summary>The line's addresses inside, where they are known: AWS's and the customer's.</summary>
    public IpAddress? NearAddress { get; init; }

    /// <inheritdoc cref="NearAddress"/>
    public IpAddress? FarAddress { get; init; }

    /// <summary>The addresses between which a tunnel runs: AWS's and the customer's.</summary>
    public IpAddress? NearOutside { get; init; }

    /// <inheritdoc cref="NearOutside"/>
    public IpAddress? FarOutside { get; init; }

    /// <summary>The family that its session is of, and of which it carries routes.</summary>
    public Family Family { get; init; } = Family.V4;

    /// <summary>Whether its session carries routes of both families (multiprotocol BGP, RFC 4760).</summary>
    public bool IsDual { get; init; }

    /// <summary>What AWS's end may have as addresses in packets inside (IKE's traffic selector); null: everything.</summary>
    public Prefix? NearSelector { get; init; }

    /// <summary>What the customer's end may have; see <see cref="NearSelector"/>.</summary>
    public Prefix? FarSelector { get; init; }

    /// <summary>The region of the Direct Connect location it ends in; for others that of its AWS end.</summary>
    public string Region { get; init; } = "";

    /// <summary>The location it ends in, for virtual interfaces.</summary>
    public string Location { get; init; } = "";

    /// <summary>A tunnel that runs inside a private line.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whether its routes are passed on to other such lines of the same junction.</summary>
    public bool LinksSites { get; init; }

    /// <summary>What a public line's owner may announce; empty elsewhere.</summary>
    public ImmutableArray<Prefix> Owned { get; init; } = [];

    /// <summary>How many routes of the customer's the session bears before it goes down.</summary>
    public int ReceivedMax { get; init; }

    /// <summary>How many routes the AWS end announces at most.</summary>
    public int AnnouncedMax { get; init; }

    /// <summary>Whether its session carries routes of a family.</summary>
    public bool Speaks(Family family) => IsDual || Family == family;

    /// <summary>Whether packets between an address behind AWS's end and one behind the customer's pass (RFC 7296, 2.9).</summary>
    public bool Admits(IpAddress near, IpAddress far) =>
        (NearSelector is not { } mine || mine.Contains(near)) && (FarSelector is not { } theirs || theirs.Contains(far));
}
