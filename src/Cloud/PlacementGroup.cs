using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A placement group: where instances stand to each other. It does not change where packets go.</summary>
public sealed record PlacementGroup : IResource<PlacementGroup>, ITagged
{
    public static string Kind => "placement-group";

    public static string IdPrefix => "pg";

    public required Id<PlacementGroup> Id { get; init; }

    public required string Name { get; init; }

    /// <summary><c>cluster</c>, <c>spread</c> or <c>partition</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary>Only for <c>partition</c>.</summary>
    public int? PartitionCount { get; init; }

    /// <summary><c>rack</c> or <c>host</c>; only for <c>spread</c>.</summary>
    public string? SpreadLevel { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [NameWord(Name)];

    /// <summary>The word by which the group is found, and the instances in it.</summary>
    public static string NameWord(string name) => $"placement/{name}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
