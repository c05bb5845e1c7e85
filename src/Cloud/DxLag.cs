using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A link aggregation group: ports of one speed that end on one device and act as one. Source: Direct Connect API, Lag.</summary>
public sealed record DxLag : IResource<DxLag>, ITagged
{
    public static string Kind => "dxlag";

    public static string IdPrefix => "";

    /// <summary><c>dxlag-</c> and 8 small letters and digits.</summary>
    public required Id<DxLag> Id { get; init; }

    public required string OwnerId { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    /// <summary>The location's code.</summary>
    public required string Location { get; init; }

    /// <summary>The speed of each of its ports: <c>1Gbps</c>, <c>10Gbps</c>, <c>100Gbps</c> or <c>400Gbps</c>.</summary>
    public required string Bandwidth { get; init; }

    /// <summary>With fewer ports than this up, it is down.</summary>
    public int MinimumLinks { get; init; }

    /// <summary>Made of interconnects: it may host connections of other accounts.</summary>
    public bool AllowsHostedConnections { get; init; }

    public string? ProviderName { get; init; }

    public required DxDevice Device { get; init; }

    public DxMacSec MacSec { get; init; } = DxMacSec.None;

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
