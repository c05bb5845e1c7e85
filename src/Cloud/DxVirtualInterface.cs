using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>What a virtual interface reaches.</summary>
public enum DxInterfaceType
{
    /// <summary>A virtual private gateway, by itself or through a Direct Connect gateway.</summary>
    Private,

    /// <summary>AWS's public addresses.</summary>
    Public,

    /// <summary>Transit gateways, through a Direct Connect gateway.</summary>
    Transit,
}

/// <summary>How far a virtual interface is, as its two owners left it; whether its sessions are up is the settled routing's to say.</summary>
public enum DxInterfaceState
{
    /// <summary>Allocated to an account that has not accepted it: it carries nothing.</summary>
    Confirming,

    /// <summary>In use: AWS shows <c>available</c> while a session is up, else <c>down</c>; <c>testing</c> during a fail-over test.</summary>
    InUse,

    /// <summary>Its owner deleted it instead of accepting it; the connection's owner still sees it.</summary>
    Rejected,

    /// <summary>Gone; AWS shows it for 15 minutes more.</summary>
    Deleted,
}

/// <summary>
/// A Direct Connect virtual interface: one VLAN of a connection or LAG, with its BGP peers. Source: Direct Connect API, VirtualInterface.
/// </summary>
/// <remarks>
/// A hosted one (its owner is not the connection's) stands in two partitions under one key, each with its own tags; the owner's copy counts
/// (<see cref="IsHome"/>). Both lie in the connection's region.
/// </remarks>
public sealed record DxVirtualInterface : IResource<DxVirtualInterface>, ITagged
{
    public static string Kind => "dxvif";

    public static string IdPrefix => "";

    /// <summary><c>dxvif-</c> and 8 small letters and digits.</summary>
    public required Id<DxVirtualInterface> Id { get; init; }

    public required string OwnerId { get; init; }

    /// <summary>The connection's region.</summary>
    public required string Region { get; init; }

    public required DxInterfaceType Type { get; init; }

    public required string Name { get; init; }

    /// <summary>The connection or LAG it is on: <c>dxcon-…</c>, <c>dxlag-…</c>.</summary>
    public required string ConnectionId { get; init; }

    public required string ConnectionOwnerId { get; init; }

    /// <summary>The location's code.</summary>
    public required string Location { get; init; }

    public required DxDevice Device { get; init; }

    /// <summary>1 to 4094.</summary>
    public required int Vlan { get; init; }

    /// <summary>The peer it was made with; it stays here when that peer is deleted.</summary>
    public required DxBgpPeer First { get; init; }

    /// <summary>AWS's AS number: the gateway's; 7224 on public ones, and on private ones until they are accepted.</summary>
    public required long AmazonSideAsn { get; init; }

    /// <summary>1500, or jumbo: 9001 on private, 8500 on transit ones.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The public prefixes that its owner announces; public ones only.</summary>
    public ImmutableArray<Prefix> RouteFilterPrefixes { get; init; } = [];

    /// <summary>Its peers: at most one a family; in the order in which they were made.</summary>
    public ImmutableArray<DxBgpPeer> BgpPeers { get; init; } = [];

    /// <summary>The virtual private gateway (<c>vgw-…</c>) that it ends on; private ones only.</summary>
    public string? VirtualGatewayId { get; init; }

    /// <summary>The Direct Connect gateway that it ends on, of the owner's account.</summary>
    public Id<DxGateway>? DirectConnectGatewayId { get; init; }

    public bool SiteLink { get; init; }

    public DxInterfaceState State { get; init; } = DxInterfaceState.InUse;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was deleted; it holds nothing from then on.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys
    {
        get
        {
            if (State == DxInterfaceState.Deleted)
            {
                yield break;
            }

            yield return DxWords.Port(ConnectionId);
            if (VirtualGatewayId is { } exit)
            {
                yield return DxWords.Associated(exit);
            }

            if (DirectConnectGatewayId is { } gateway)
            {
                yield return DxWords.Gateway(gateway.Value);
            }
        }
    }

    [JsonIgnore]
    public bool IsHosted => OwnerId != ConnectionOwnerId;

    /// <summary>Whether a partition's copy is the one that counts: its owner's.</summary>
    public bool IsHome(PartitionKey partition) => partition.Account == OwnerId;

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One BGP session of a virtual interface. Source: Direct Connect API, BGPPeer.</summary>
/// <param name="Id"><c>dxpeer-…</c>, unique in the cloud.</param>
/// <param name="Asn">The customer's: 1 to 4294967294.</param>
/// <param name="AuthKey">The MD5 key (RFC 2385).</param>
/// <param name="Family">What it speaks of.</param>
/// <param name="AmazonAddress">AWS's end of the link.</param>
/// <param name="CustomerAddress">The customer's end of the link.</param>
/// <param name="UnderTest">A fail-over test holds it down (<see cref="DxFailoverTest"/>).</param>
public sealed record DxBgpPeer(
    string Id, long Asn, string AuthKey, Family Family, DxPeerAddress AmazonAddress, DxPeerAddress CustomerAddress, bool UnderTest = false);

/// <summary>An address and the length of the link's prefix: <c>169.254.96.1/30</c>.</summary>
public readonly record struct DxPeerAddress(IpAddress Address, int Length)
{
    [JsonIgnore]
    public Prefix Link => new(Address, Length);

    public override string ToString() => $"{Address}/{Length}";
}
