using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A question of reachability that is kept to be asked again. Source: EC2 API, NetworkInsightsPath.</summary>
public sealed record NetworkInsightsPath : IResource<NetworkInsightsPath>, ITagged
{
    public static string Kind => "network-insights-path";

    public static string IdPrefix => "nip";

    public required Id<NetworkInsightsPath> Id { get; init; }

    public required DateTimeOffset CreatedDate { get; init; }

    /// <summary>The ARN of where the packet starts.</summary>
    public required string SourceArn { get; init; }

    /// <summary>The ARN of where it goes; null where an address alone says so.</summary>
    public string? DestinationArn { get; init; }

    public IpAddress? SourceIp { get; init; }

    public IpAddress? DestinationIp { get; init; }

    /// <summary>IANA protocol number: 6 or 17.</summary>
    public required int Protocol { get; init; }

    public int? DestinationPort { get; init; }

    public InsightsFilter? FilterAtSource { get; init; }

    public InsightsFilter? FilterAtDestination { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>Its ends need not exist: the analysis says so.</remarks>
    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>What a packet's header must be at one end of a path; null where anything will do.</summary>
public sealed record InsightsFilter(
    IpAddress? SourceAddress, PortRange? SourcePorts, IpAddress? DestinationAddress, PortRange? DestinationPorts);

/// <summary>The answer to a path's question as it was at one time. Source: EC2 API, NetworkInsightsAnalysis.</summary>
public sealed record NetworkInsightsAnalysis : IResource<NetworkInsightsAnalysis>, ITagged
{
    public static string Kind => "network-insights-analysis";

    public static string IdPrefix => "nia";

    public required Id<NetworkInsightsAnalysis> Id { get; init; }

    public required Id<NetworkInsightsPath> PathId { get; init; }

    public required DateTimeOffset StartDate { get; init; }

    public ImmutableArray<string> AdditionalAccounts { get; init; } = [];

    public ImmutableArray<string> FilterInArns { get; init; } = [];

    public ImmutableArray<string> FilterOutArns { get; init; } = [];

    public required bool PathFound { get; init; }

    /// <summary>Components and explanations as the API shows them, JSON in its member names: only ever given back.</summary>
    public required string Answer { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [PathId.Value];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
