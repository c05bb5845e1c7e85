using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// A GRE tunnel with BGP in it between a transit gateway and an appliance, over a Connect attachment. Stands with the gateway's owner.
/// Source: AWS, "Transit gateway Connect attachments and Connect peers"; EC2 API, TransitGatewayConnectPeer.
/// </summary>
public sealed record TransitGatewayConnectPeer : IResource<TransitGatewayConnectPeer>, ITagged
{
    public static string Kind => "transit-gateway-connect-peer";

    public static string IdPrefix => "tgw-connect-peer";

    public required Id<TransitGatewayConnectPeer> Id { get; init; }

    /// <summary>The Connect attachment.</summary>
    public required Id<TransitGatewayAttachment> AttachmentId { get; init; }

    /// <summary>The outer address of the gateway's side, out of the gateway's ranges.</summary>
    public required IpAddress TransitGatewayAddress { get; init; }

    /// <summary>The outer address of the appliance, of the same family.</summary>
    public required IpAddress PeerAddress { get; init; }

    /// <summary>A /29 of 169.254.0.0/16 and, if wanted, a /125 of fd00::/8; the appliance has the first address, the gateway the next two.</summary>
    public required ImmutableArray<Prefix> InsideCidrs { get; init; }

    /// <summary>The gateway's AS number when the peer was made.</summary>
    public required long TransitGatewayAsn { get; init; }

    /// <summary>The appliance's AS number; the gateway's own for iBGP.</summary>
    public required long PeerAsn { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [AttachmentId.Value];

    /// <summary>The appliance's address inside the tunnel: the first of the IPv4 range.</summary>
    [JsonIgnore]
    public IpAddress InsidePeerAddress => InsideCidrs[0].Address.Plus(1);

    /// <summary>The gateway's two addresses inside the tunnel, one for each of its BGP sessions.</summary>
    [JsonIgnore]
    public ImmutableArray<IpAddress> InsideTransitGatewayAddresses => [InsideCidrs[0].Address.Plus(2), InsideCidrs[0].Address.Plus(3)];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
