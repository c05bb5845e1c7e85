using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A global network of Network Manager: a row of the account's global ones. Source: Network Manager API, GlobalNetwork.</summary>
public sealed record GlobalNetwork : IResource<GlobalNetwork>, ITagged
{
    public static string Kind => "global-network";

    public static string IdPrefix => "";

    /// <summary><c>global-network-</c> and 17 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>Up to 256 characters.</summary>
    public string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public IEnumerable<string> Keys => [];

    /// <summary>The word by which everything within a global network is found.</summary>
    public static string Word(string key) => $"global-network/{key}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>A transit gateway that belongs to a global network. Source: Network Manager API, TransitGatewayRegistration.</summary>
public sealed record TransitGatewayRegistration : IResource<TransitGatewayRegistration>
{
    public static string Kind => "transit-gateway-registration";

    public static string IdPrefix => "";

    public required string GlobalNetworkKey { get; init; }

    public required string TransitGatewayArn { get; init; }

    /// <summary>A transit gateway belongs to one global network of an account at most.</summary>
    public string Key => TransitGatewayArn;

    public IEnumerable<string> Keys => [GlobalNetwork.Word(GlobalNetworkKey)];
}

/// <summary>The answer to a question about the way between two transit gateway attachments. Source: Network Manager API, RouteAnalysis.</summary>
public sealed record RouteAnalysis : IResource<RouteAnalysis>
{
    public static string Kind => "route-analysis";

    public static string IdPrefix => "";

    /// <summary>A UUID.</summary>
    public required string Key { get; init; }

    public required string GlobalNetworkKey { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required RouteAnalysisEnd Source { get; init; }

    public required RouteAnalysisEnd Destination { get; init; }

    public bool IncludeReturnPath { get; init; }

    public bool UseMiddleboxes { get; init; }

    public required RouteAnalysisWay Forward { get; init; }

    /// <summary>Null where it was not asked for, or the forward way does not get there.</summary>
    public RouteAnalysisWay? Return { get; init; }

    public IEnumerable<string> Keys => [GlobalNetwork.Word(GlobalNetworkKey)];
}

/// <param name="AttachmentArn">A transit gateway attachment's; null where none was given.</param>
/// <param name="IpAddress">An address, or null.</param>
/// <param name="TransitGatewayArn">The transit gateway that the attachment is of; null where it is not known.</param>
public sealed record RouteAnalysisEnd(string? AttachmentArn, string? IpAddress, string? TransitGatewayArn = null);

/// <summary>One direction of a route analysis.</summary>
/// <param name="IsConnected">Whether it gets there.</param>
/// <param name="ReasonCode">AWS's code, such as <c>ROUTE_NOT_FOUND</c>; null where it gets there without a remark.</param>
/// <param name="ReasonContext">Which resource the reason speaks of.</param>
public sealed record RouteAnalysisWay(
    bool IsConnected,
    string? ReasonCode,
    ImmutableSortedDictionary<string, string> ReasonContext,
    ImmutableArray<RouteAnalysisStep> Steps);

/// <summary>A place that a packet passes.</summary>
/// <param name="GatewayArn">The registered transit gateway it belongs to.</param>
/// <param name="ResourceArn">The transit gateway's, attachment's or route table's own.</param>
/// <param name="ResourceType">Such as <c>TRANSIT_GATEWAY_ATTACHMENT</c>.</param>
/// <param name="Definition">What is known of it, as JSON.</param>
/// <param name="NameTag">Its tag <c>Name</c>.</param>
/// <param name="Cidr">For a route table: the route that was taken.</param>
public sealed record RouteAnalysisStep(
    string? GatewayArn, string ResourceArn, string ResourceType, string? Definition, string? NameTag, bool IsMiddlebox, string? Cidr);
