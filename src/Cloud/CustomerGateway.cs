using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>The states of gateways, VPN connections and their static routes: AWS's <c>VpnState</c>.</summary>
public enum VpnState
{
    Pending,
    Available,
    Deleting,
    Deleted,
}

/// <summary>What AWS is told of a customer's router. Source: AWS Site-to-Site VPN, "Customer gateway options".</summary>
public sealed record CustomerGateway : IResource<CustomerGateway>, ITagged
{
    public static string Kind => "customer-gateway";

    public static string IdPrefix => "cgw";

    public required Id<CustomerGateway> Id { get; init; }

    /// <summary>The outside address of the router; null where only its certificate tells who it is.</summary>
    public IpAddress? IpAddress { get; init; }

    /// <summary>The router's autonomous system: 1 to 4,294,967,295.</summary>
    public required long Asn { get; init; }

    public string? CertificateArn { get; init; }

    public string? DeviceName { get; init; }

    public VpnState State { get; init; } = VpnState.Available;

    /// <summary>When it was deleted; it stays in describe for about an hour.</summary>
    public DateTimeOffset? DeleteTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => IpAddress is { } address && State != VpnState.Deleted ? [AddressWord(address)] : [];

    /// <summary>The word a gateway is found by from its outside address.</summary>
    public static string AddressWord(IpAddress address) => $"router/{address}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
