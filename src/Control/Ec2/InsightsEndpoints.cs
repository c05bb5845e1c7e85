using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Control.Ec2;

/// <summary>Endpoints and endpoint services as ends of a question of reachability. Source: AWS, "How Reachability Analyzer works".</summary>
internal static class InsightsEndpoints
{
    public const string Endpoint = "vpc-endpoint";
    public const string Service = "vpc-endpoint-service";

    /// <summary>
    /// What AWS says of a path into an endpoint whose Gateway Load Balancer is another account's: it did not look behind it. Source: AWS,
    /// "Reachability Analyzer additional detail codes".
    /// </summary>
    private const string NotChecked = "PATH_THROUGH_GWLB_NOT_CHECKED";

    public static bool Is(InsightsEnd? end) => end is { Type: Endpoint or Service };

    /// <summary>Whether a hop is the end: the endpoint itself, or any that leads to the service.</summary>
    public static bool IsAt(InsightsEnd end, Hop hop) => end.Type == Service
        ? hop.Endpoint is { } use && use.ServiceName.EndsWith($".{end.Id}", StringComparison.Ordinal)
        : hop.Component.Id == end.Id;

    public static bool Exists(CloudSnapshot cloud, InsightsEnd end)
    {
        Partition rows = cloud.Partition(end.At);
        return end.Type == Service
            ? rows.Find(new Id<VpcEndpointService>(end.Id)) is not null
            : rows.Find(new Id<VpcEndpoint>(end.Id)) is not null;
    }

    /// <summary>
    /// The interfaces by which packets come to the end: an endpoint's own, or those of every endpoint that the asker's account has to a service.
    /// </summary>
    public static IEnumerable<NetworkInterface> Doors(CloudSnapshot cloud, InsightsEnd end, PartitionKey asker)
    {
        Partition rows = cloud.Partition(end.Type == Service ? asker : end.At);
        IEnumerable<VpcEndpoint> endpoints = end.Type == Service
            ? rows.All<VpcEndpoint>().Where(e => e.ServiceId?.Value == end.Id)
            : rows.Find(new Id<VpcEndpoint>(end.Id)) is { } row ? [row] : [];
        return endpoints.SelectMany(e => e.NetworkInterfaceIds).Select(rows.Find).OfType<NetworkInterface>();
    }

    /// <summary>A gateway endpoint's handle, and an address of its service; null where the end is none.</summary>
    public static (int Entrance, IpAddress Address)? GatewayOf(ForwardingState state, InsightsEnd? end)
    {
        int entrance = end is { Type: Endpoint } ? state.EntranceOf(end.At, end.Id) : -1;
        return entrance >= 0 && state.Entrances[entrance] is { Kind: EntranceKind.Gateway, Service.Blocks: { Count: > 0 } blocks }
            ? (entrance, blocks[0].First.Plus(1))
            : null;
    }

    /// <summary>What AWS adds to a component of a path; null where it adds nothing.</summary>
    public static IReadOnlyList<Aws.AdditionalDetail>? DetailsOf(CloudSnapshot cloud, Hop hop)
    {
        bool foreign = hop.Endpoint is { Type: nameof(VpcEndpointType.GatewayLoadBalancer) } && hop.Component.Partition is { } at
            && cloud.Partition(at).Find(new Id<VpcEndpoint>(hop.Component.Id))?.ServiceOwner is { } owner && owner.Account != at.Account;
        return foreign
            ? [new Aws.AdditionalDetail { AdditionalDetailType = NotChecked, Component = new() { Id = hop.Component.Id, Arn = hop.Component.Arn } }]
            : null;
    }
}
