using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trunkline.Cloud;

public enum DnsVerification
{
    PendingVerification,
    Verified,
    Failed,
}

/// <summary>An endpoint service: load balancers of one account that endpoints of others lead to. Source: AWS PrivateLink, "Create a service".</summary>
public sealed record VpcEndpointService : IResource<VpcEndpointService>, ITagged
{
    public static string Kind => "vpc-endpoint-service";

    public static string IdPrefix => "vpce-svc";

    public required Id<VpcEndpointService> Id { get; init; }

    /// <summary><c>com.amazonaws.vpce.REGION.vpce-svc-…</c></summary>
    public required string ServiceName { get; init; }

    /// <summary>Keys of the load balancers (<c>net/NAME/HEX</c>, or <c>gwy/NAME/HEX</c>: never both kinds), in the service's own account and region.</summary>
    public required ImmutableArray<string> LoadBalancerKeys { get; init; }

    public bool AcceptanceRequired { get; init; } = true;

    /// <summary>Who may make endpoints to it, besides the owner.</summary>
    public ImmutableArray<AllowedPrincipal> AllowedPrincipals { get; init; } = [];

    /// <summary>The name that consumers may use inside; null where it has none.</summary>
    public ServicePrivateName? PrivateName { get; init; }

    /// <summary><c>ipv4</c>, <c>ipv6</c>.</summary>
    public ImmutableArray<string> SupportedIpAddressTypes { get; init; } = ["ipv4"];

    /// <summary>Regions from which endpoints may lead to it, its own among them.</summary>
    public ImmutableArray<string> SupportedRegions { get; init; } = [];

    /// <summary><c>ServiceOwner</c>; null where the owners of endpoints pay.</summary>
    public string? PayerResponsibility { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    [JsonIgnore]
    public bool IsGatewayLoadBalancer => LoadBalancerKeys.Any(key => key.StartsWith("gwy/", StringComparison.Ordinal));

    /// <remarks>Load balancers are found by their keys, permissions by their ids.</remarks>
    public IEnumerable<string> Keys => [.. LoadBalancerKeys, ServiceName, .. AllowedPrincipals.Select(p => p.Id)];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <param name="Id"><c>vpce-svc-perm-…</c></param>
/// <param name="Principal">An ARN of an account's root, a user or a role, a service's name, or <c>*</c>.</param>
public sealed record AllowedPrincipal(string Id, string Principal)
{
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;
}

/// <summary>A private DNS name and the TXT record that proves the owner's right to it.</summary>
/// <param name="Name">Such as <c>api.example.com</c>.</param>
/// <param name="State">Consumers may use it when it is verified.</param>
/// <param name="RecordName">The first label of the TXT record: <c>_</c> and random characters.</param>
/// <param name="RecordValue">What the record must say: <c>vpce:</c> and random characters.</param>
public sealed record ServicePrivateName(string Name, DnsVerification State, string RecordName, string RecordValue);

/// <summary>An endpoint as its service's owner sees it: a row at the owner's.</summary>
public sealed record VpcEndpointConnection : IResource<VpcEndpointConnection>, ITagged
{
    public static string Kind => "vpc-endpoint-connection";

    public static string IdPrefix => "vpce-con";

    public required Id<VpcEndpointConnection> Id { get; init; }

    public required Id<VpcEndpointService> ServiceId { get; init; }

    /// <summary>The endpoint; its row is in <see cref="EndpointOwner"/>'s tables.</summary>
    public required Id<VpcEndpoint> EndpointId { get; init; }

    public required PartitionKey EndpointOwner { get; init; }

    /// <summary>The same as the endpoint's own.</summary>
    public required VpcEndpointState State { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [ServiceId.Value, EndpointWord(EndpointId)];

    /// <summary>The word a connection is found by from its endpoint, which another account may own.</summary>
    public static string EndpointWord(Id<VpcEndpoint> endpoint) => $"endpoint/{endpoint}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>Tells an SNS topic of events of an endpoint, or of all endpoints of a service. Source: EC2 API, ConnectionNotification.</summary>
public sealed record ConnectionNotification : IResource<ConnectionNotification>
{
    public static string Kind => "vpc-endpoint-connection-notification";

    public static string IdPrefix => "vpce-nfn";

    public required Id<ConnectionNotification> Id { get; init; }

    /// <summary>Exactly one of this and <see cref="EndpointId"/> is set.</summary>
    public Id<VpcEndpointService>? ServiceId { get; init; }

    public Id<VpcEndpoint>? EndpointId { get; init; }

    public required string TopicArn { get; init; }

    /// <summary>Some of <c>Accept</c>, <c>Connect</c>, <c>Delete</c>, <c>Reject</c>.</summary>
    public required ImmutableArray<string> Events { get; init; }

    public string Key => Id.Value;

    public IEnumerable<string> Keys
    {
        get
        {
            if (ServiceId is { } service)
            {
                yield return service.Value;
            }

            if (EndpointId is { } endpoint)
            {
                yield return endpoint.Value;
            }
        }
    }
}
