using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// A Direct Connect gateway: joins virtual interfaces of any region with gateways of any region. Global: its row stands in its account's
/// us-east-1 partition. Source: Direct Connect API, DirectConnectGateway.
/// </summary>
public sealed record DxGateway : IResource<DxGateway>, ITagged
{
    public static string Kind => "dx-gateway";

    public static string IdPrefix => "";

    /// <summary>A UUID.</summary>
    public required Id<DxGateway> Id { get; init; }

    public required string OwnerId { get; init; }

    public required string Name { get; init; }

    /// <summary>A private one: 64512 to 65534, or 4200000000 to 4294967294.</summary>
    public required long AmazonSideAsn { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>What a Direct Connect gateway is joined with.</summary>
/// <param name="Id"><c>vgw-…</c> or <c>tgw-…</c>.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="Region">Where it is.</param>
public sealed record DxAssociatedGateway(string Id, string OwnerId, string Region)
{
    [JsonIgnore]
    public bool IsTransitGateway => Id.StartsWith("tgw-", StringComparison.Ordinal);
}

/// <summary>
/// A virtual private gateway or a transit gateway on a Direct Connect gateway. Global; it stands in two accounts under one key where the
/// gateways are two accounts', and the Direct Connect gateway's owner's copy counts.
/// Source: Direct Connect API, DirectConnectGatewayAssociation.
/// </summary>
public sealed record DxGatewayAssociation : IResource<DxGatewayAssociation>
{
    public static string Kind => "dx-gateway-association";

    public static string IdPrefix => "";

    /// <summary>A UUID.</summary>
    public required Id<DxGatewayAssociation> Id { get; init; }

    public required Id<DxGateway> GatewayId { get; init; }

    public required string GatewayOwnerId { get; init; }

    public required DxAssociatedGateway Associated { get; init; }

    /// <summary>Ascending. With a VGW a filter of the VPC's CIDRs; with a TGW exactly what is announced (rule 128).</summary>
    public ImmutableArray<Prefix> AllowedPrefixes { get; init; } = [];

    /// <summary>The transit gateway's attachment of it (<c>tgw-attach-…</c>); null for a virtual private gateway.</summary>
    public string? AttachmentId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [DxWords.Gateway(GatewayId.Value), DxWords.Associated(Associated.Id)];

    /// <summary>Whether a partition's copy is the one that counts: the Direct Connect gateway's owner's.</summary>
    public bool IsHome(PartitionKey partition) => partition.Account == GatewayOwnerId;
}

/// <summary>How far a proposal is.</summary>
public enum DxProposalState
{
    Requested,
    Accepted,
}

/// <summary>
/// One account's wish to join its gateway with another account's Direct Connect gateway, or to change the prefixes of such an association.
/// Global; it stands in both accounts under one key. Source: Direct Connect API, DirectConnectGatewayAssociationProposal.
/// </summary>
public sealed record DxGatewayProposal : IResource<DxGatewayProposal>
{
    public static string Kind => "dx-gateway-association-proposal";

    public static string IdPrefix => "";

    /// <summary>A UUID.</summary>
    public required Id<DxGatewayProposal> Id { get; init; }

    public required Id<DxGateway> GatewayId { get; init; }

    public required string GatewayOwnerId { get; init; }

    public required DxAssociatedGateway Associated { get; init; }

    public DxProposalState State { get; init; } = DxProposalState.Requested;

    /// <summary>The prefixes of the association as they were when it was made; ascending.</summary>
    public ImmutableArray<Prefix> ExistingPrefixes { get; init; } = [];

    /// <summary>The prefixes that it asks for; ascending.</summary>
    public ImmutableArray<Prefix> RequestedPrefixes { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [DxWords.Gateway(GatewayId.Value), DxWords.Associated(Associated.Id)];
}
