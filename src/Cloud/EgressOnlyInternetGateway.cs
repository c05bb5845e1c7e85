using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>The way out for IPv6 that lets nothing in. Source: AWS, "Egress-only internet gateways".</summary>
public sealed record EgressOnlyInternetGateway : IResource<EgressOnlyInternetGateway>, ITagged
{
    public static string Kind => "egress-only-internet-gateway";

    public static string IdPrefix => "eigw";

    public required Id<EgressOnlyInternetGateway> Id { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [VpcId.Value];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
