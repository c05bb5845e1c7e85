using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trunkline.Cloud;

/// <summary>A virtual private gateway: AWS's end of VPN connections and private virtual interfaces, at most one per VPC.</summary>
/// <remarks>Source: AWS Site-to-Site VPN, "Virtual private gateway".</remarks>
public sealed record VpnGateway : IResource<VpnGateway>, ITagged
{
    public static string Kind => "vpn-gateway";

    public static string IdPrefix => "vgw";

    /// <summary>AWS's side of BGP where none was asked for.</summary>
    public const long UsualAsn = 64512;

    public required Id<VpnGateway> Id { get; init; }

    /// <summary>AWS's side of BGP.</summary>
    public long AmazonSideAsn { get; init; } = UsualAsn;

    /// <summary>The zone that was asked for; null elsewhere.</summary>
    public string? AvailabilityZone { get; init; }

    public VpnState State { get; init; } = VpnState.Available;

    /// <summary>The VPC it is attached to; null while detached.</summary>
    public VpnGatewayAttachment? Attachment { get; init; }

    /// <summary>When it was deleted; it stays in describe for about an hour.</summary>
    public DateTimeOffset? DeleteTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <summary>The VPC it can carry packets of; null while there is none.</summary>
    [JsonIgnore]
    public Id<Vpc>? AttachedVpc =>
        State == VpnState.Available && Attachment is { State: VpnAttachmentState.Attached } attachment ? attachment.VpcId : null;

    public IEnumerable<string> Keys => Attachment is { } attachment ? [attachment.VpcId.Value] : [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>The states of a gateway's attachment: AWS's <c>AttachmentStatus</c>.</summary>
public enum VpnAttachmentState
{
    Attaching,
    Attached,
    Detaching,
    Detached,
}

/// <summary>A gateway's attachment to a VPC.</summary>
public sealed record VpnGatewayAttachment(Id<Vpc> VpcId, VpnAttachmentState State);
