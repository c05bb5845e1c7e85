using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>An internet gateway: at most one per VPC. Source: AWS, "Enable internet access using an internet gateway".</summary>
public sealed record InternetGateway : IResource<InternetGateway>, ITagged
{
    public static string Kind => "internet-gateway";

    public static string IdPrefix => "igw";

    public required Id<InternetGateway> Id { get; init; }

    /// <summary>The VPC it is attached to; null while detached.</summary>
    public Id<Vpc>? VpcId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => VpcId is { } vpc ? [vpc.Value] : [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
