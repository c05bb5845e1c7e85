using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A question of which ways into and out of a network there are. Source: EC2 API, NetworkInsightsAccessScope.</summary>
public sealed record InsightsAccessScope : IResource<InsightsAccessScope>, ITagged
{
    public static string Kind => "network-insights-access-scope";

    public static string IdPrefix => "nis";

    public required Id<InsightsAccessScope> Id { get; init; }

    public required DateTimeOffset CreatedDate { get; init; }

    public required DateTimeOffset UpdatedDate { get; init; }

    public ImmutableArray<AccessScopePath> MatchPaths { get; init; } = [];

    public ImmutableArray<AccessScopePath> ExcludePaths { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>What its paths name need not exist.</remarks>
    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One way that a scope matches or excludes; a null end is any.</summary>
public sealed record AccessScopePath(AccessScopeEnd? Source, AccessScopeEnd? Destination, ImmutableArray<AccessScopeResources> Through);

/// <summary>Where a way begins or ends: what the packet bears there, and what stands there.</summary>
public sealed record AccessScopeEnd(AccessScopeHeader? Header, AccessScopeResources? Resources);

/// <summary>Resources by id or ARN, and by type such as <c>AWS::EC2::InternetGateway</c>.</summary>
public sealed record AccessScopeResources(ImmutableArray<string> Resources, ImmutableArray<string> Types);

/// <summary>What a packet's header must be; an empty list is any.</summary>
public sealed record AccessScopeHeader
{
    public ImmutableArray<string> SourceAddresses { get; init; } = [];

    public ImmutableArray<string> DestinationAddresses { get; init; } = [];

    public ImmutableArray<string> SourcePorts { get; init; } = [];

    public ImmutableArray<string> DestinationPorts { get; init; } = [];

    public ImmutableArray<string> SourcePrefixLists { get; init; } = [];

    public ImmutableArray<string> DestinationPrefixLists { get; init; } = [];

    /// <summary><c>tcp</c>, <c>udp</c>.</summary>
    public ImmutableArray<string> Protocols { get; init; } = [];
}

/// <summary>One asking of a scope. Source: EC2 API, NetworkInsightsAccessScopeAnalysis.</summary>
public sealed record InsightsAccessScopeAnalysis : IResource<InsightsAccessScopeAnalysis>, ITagged
{
    public static string Kind => "network-insights-access-scope-analysis";

    public static string IdPrefix => "nisa";

    public required Id<InsightsAccessScopeAnalysis> Id { get; init; }

    public required Id<InsightsAccessScope> ScopeId { get; init; }

    public required DateTimeOffset StartDate { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [ScopeId.Value];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
