using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// A transit gateway: a regional router between VPCs, VPN connections, Direct Connect gateways and other transit gateways. The row stands with
/// its owner only; accounts that it is shared with find it through the share. Source: AWS, "How AWS Transit Gateway works"; EC2 API, TransitGateway.
/// </summary>
public sealed record TransitGateway : IResource<TransitGateway>, ITagged
{
    /// <summary>The AS number where none is asked for.</summary>
    public const long DefaultAsn = 64512;

    public static string Kind => "transit-gateway";

    public static string IdPrefix => "tgw";

    public required Id<TransitGateway> Id { get; init; }

    /// <summary>The account and region that it stands in.</summary>
    public required PartitionKey Owner { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Amazon's side of every BGP session: 64512 to 65534 or 4200000000 to 4294967294.</summary>
    public long AmazonSideAsn { get; init; } = DefaultAsn;

    /// <summary>Whether attachments that other accounts ask for need no acceptance.</summary>
    public bool AutoAcceptSharedAttachments { get; init; }

    /// <summary>The table that new attachments are associated with; null where they are with none (DefaultRouteTableAssociation disabled).</summary>
    public Id<TransitGatewayRouteTable>? AssociationDefaultRouteTableId { get; init; }

    /// <summary>The table that new attachments propagate to; null where they propagate to none (DefaultRouteTablePropagation disabled).</summary>
    public Id<TransitGatewayRouteTable>? PropagationDefaultRouteTableId { get; init; }

    /// <summary>Whether equal paths over several VPN tunnels share the load (rule 116).</summary>
    public bool VpnEcmp { get; init; } = true;

    /// <summary>Whether public names of instances give private addresses across its attachments.</summary>
    public bool DnsSupport { get; init; } = true;

    /// <summary>Whether rules of security groups may name groups across its VPC attachments.</summary>
    public bool SecurityGroupReferencing { get; init; }

    public bool Multicast { get; init; }

    /// <summary>Ranges of which Connect peers take their outer addresses; IPv4 of /24 or larger, IPv6 of /64 or larger; ascending.</summary>
    public ImmutableArray<Prefix> Cidrs { get; init; } = [];

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>Its default tables are found by their own reference to it.</remarks>
    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
