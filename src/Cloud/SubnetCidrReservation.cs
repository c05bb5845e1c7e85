using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A part of a subnet's range that AWS does not pick addresses from by itself. Source: AWS, "Subnet CIDR reservations".</summary>
public sealed record SubnetCidrReservation : IResource<SubnetCidrReservation>, ITagged
{
    public static string Kind => "subnet-cidr-reservation";

    public static string IdPrefix => "scr";

    public required Id<SubnetCidrReservation> Id { get; init; }

    public required Id<Subnet> SubnetId { get; init; }

    public required Prefix Cidr { get; init; }

    /// <summary>True (<c>explicit</c>): for addresses that are named. False (<c>prefix</c>): for prefixes that AWS picks.</summary>
    public required bool IsExplicit { get; init; }

    public string? Description { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [SubnetId.Value];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
