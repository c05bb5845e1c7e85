using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A topic of the Simple Notification Service: where notifications of VPC endpoints go. Source: AWS, SNS API Reference, CreateTopic.</summary>
public sealed record SnsTopic : IResource<SnsTopic>
{
    public static string Kind => "sns-topic";

    public static string IdPrefix => "";

    /// <summary>Unique in the account and region; one that ends in <c>.fifo</c> is first in, first out.</summary>
    public required string Name { get; init; }

    /// <summary>The attributes that were set, by AWS's names; the others have AWS's defaults.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>JSON as it was sent; null where none was.</summary>
    public string? DataProtectionPolicy { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys => [];
}
