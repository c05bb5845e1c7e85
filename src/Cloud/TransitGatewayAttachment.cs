using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trunkline.Cloud;

public enum TransitGatewayAttachmentType
{
    Vpc,
    Vpn,
    Peering,
    Connect,
    DirectConnectGateway,
}

/// <summary>How far an attachment is; only an available one carries packets. What AWS names besides is passed at once.</summary>
public enum TransitGatewayAttachmentState
{
    /// <summary>Whoever owns the other side has to accept it.</summary>
    PendingAcceptance,

    Available,

    /// <summary>Refused; like one that failed or was deleted it is described for an hour more and holds on to nothing.</summary>
    Rejected,

    Failed,

    Deleted,
}

/// <summary>
/// What is attached to a transit gateway: one kind for all types. Source: AWS, "Transit gateway attachments"; EC2 API,
/// TransitGatewayAttachment, TransitGatewayVpcAttachment, TransitGatewayPeeringAttachment, TransitGatewayConnect.
/// </summary>
/// <remarks>
/// The row stands in the partition of the gateway's owner and, where that is another one, also in the resource's owner's, under the same key;
/// each copy has its own tags and knows where it stands (<see cref="At"/>). Associations and propagations are the gateway's owner's
/// and stand in that copy only. A peering has one row a side, each attached to its own gateway: under one id between regions, under
/// two ids inside a region.
/// </remarks>
public sealed record TransitGatewayAttachment : IResource<TransitGatewayAttachment>, ITagged
{
    public static string Kind => "transit-gateway-attachment";

    public static string IdPrefix => "tgw-attach";

    public required Id<TransitGatewayAttachment> Id { get; init; }

    public required TransitGatewayAttachmentType Type { get; init; }

    /// <summary>Where this copy stands.</summary>
    public required PartitionKey At { get; init; }

    public required Id<TransitGateway> TransitGatewayId { get; init; }

    public required PartitionKey TransitGatewayOwner { get; init; }

    /// <summary>
    /// <c>vpc-…</c>, <c>vpn-…</c>, the peer's <c>tgw-…</c>, the Direct Connect gateway's id, or for Connect the <c>tgw-attach-…</c> that carries it.
    /// </summary>
    public required string ResourceId { get; init; }

    /// <summary>The account that owns the resource, and its region (the gateway's own for a Direct Connect gateway, which has none).</summary>
    public required PartitionKey ResourceOwner { get; init; }

    public TransitGatewayAttachmentState State { get; init; } = TransitGatewayAttachmentState.Available;

    /// <summary>VPC attachments: where packets enter and leave the VPC; at most one in a zone.</summary>
    public ImmutableArray<TransitGatewayDoor> Doors { get; init; } = [];

    /// <summary>VPC attachments.</summary>
    public bool DnsSupport { get; init; } = true;

    /// <summary>VPC attachments.</summary>
    public bool Ipv6Support { get; init; }

    /// <summary>VPC attachments: both ways of a flow use one zone, chosen by the flow (rule 115).</summary>
    public bool ApplianceMode { get; init; }

    /// <summary>VPC attachments; holds where the gateway allows it too (rule 111).</summary>
    public bool SecurityGroupReferencing { get; init; } = true;

    /// <summary>Peerings: both ends.</summary>
    public TransitGatewayPeering? Peering { get; init; }

    /// <summary>Connect attachments: the VPC or Direct Connect attachment that carries them; the same as <see cref="ResourceId"/>.</summary>
    public Id<TransitGatewayAttachment>? TransportAttachmentId { get; init; }

    /// <summary>The one table that decides on packets that enter here (rule 109); null: they are dropped. In the copy of the gateway's owner only.</summary>
    public Id<TransitGatewayRouteTable>? AssociatedTableId { get; init; }

    /// <summary>Of two VPCs with overlapping ranges the one that was attached first propagates (rule 112); the id decides where times are equal.</summary>
    public required DateTimeOffset CreationTime { get; init; }

    /// <summary>When it was refused, failed or deleted; null while it stands.</summary>
    public DateTimeOffset? EndTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <summary>Whether this copy is the gateway's owner's: the one that forwarding compiles, and that has the association.</summary>
    [JsonIgnore]
    public bool IsHome => At == TransitGatewayOwner;

    [JsonIgnore]
    public bool IsEnded => State
        is TransitGatewayAttachmentState.Rejected or TransitGatewayAttachmentState.Failed or TransitGatewayAttachmentState.Deleted;

    /// <summary>Peerings: the gateway at the other end.</summary>
    [JsonIgnore]
    public TransitGatewayEnd? FarEnd =>
        Peering is null ? null
        : Peering.Requester.Id == TransitGatewayId && Peering.Requester.Owner == TransitGatewayOwner ? Peering.Accepter : Peering.Requester;

    /// <remarks>
    /// Words find it in either copy; ids are given where the row they name stands. One that has ended holds on to nothing.
    /// </remarks>
    public IEnumerable<string> Keys
    {
        get
        {
            if (IsEnded)
            {
                yield return EndedWord;
                yield break;
            }

            yield return GatewayWord(TransitGatewayId);
            yield return ResourceWord(ResourceId);
            if (IsHome)
            {
                yield return TransitGatewayId.Value;
                if (AssociatedTableId is { } table)
                {
                    yield return table.Value;
                }

                if (TransportAttachmentId is { } transport)
                {
                    yield return transport.Value;
                }
            }

            if (At == ResourceOwner && Type is (TransitGatewayAttachmentType.Vpc or TransitGatewayAttachmentType.Vpn))
            {
                yield return ResourceId;
                foreach (TransitGatewayDoor door in Doors)
                {
                    yield return door.SubnetId.Value;
                    yield return door.NetworkInterfaceId.Value;
                }
            }
        }
    }

    /// <summary>The word by which attachments that have ended are found.</summary>
    public const string EndedWord = "ended";

    /// <summary>The word by which a gateway's attachments are found, wherever the gateway's row is.</summary>
    public static string GatewayWord(Id<TransitGateway> gateway) => $"attached-to/{gateway}";

    /// <summary>The word by which a resource's attachments are found, wherever its row is.</summary>
    public static string ResourceWord(string resourceId) => $"attached/{resourceId}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>Where a VPC attachment stands in one zone. All three are of the VPC's owner.</summary>
/// <param name="Zone">The subnet's zone, as the VPC's owner names it.</param>
/// <param name="ZoneId">The same zone for every account: <c>use1-az1</c>.</param>
public sealed record TransitGatewayDoor(Id<Subnet> SubnetId, string Zone, string ZoneId, Id<NetworkInterface> NetworkInterfaceId);

/// <summary>A peering of two gateways.</summary>
/// <param name="DynamicRouting">As it was asked for; null where it was not.</param>
public sealed record TransitGatewayPeering(TransitGatewayEnd Requester, TransitGatewayEnd Accepter, string? DynamicRouting = null);

/// <summary>One end of a peering.</summary>
/// <param name="AttachmentId">The attachment of this end; the same for both between regions, two inside a region.</param>
public sealed record TransitGatewayEnd(Id<TransitGateway> Id, PartitionKey Owner, Id<TransitGatewayAttachment> AttachmentId);
