using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

public enum NatGatewayState
{
    Pending,
    Failed,
    Available,
    Deleting,
    Deleted,
}

/// <summary>A NAT gateway: public with an Elastic IP, or private. Source: AWS, "NAT gateways".</summary>
public sealed record NatGateway : IResource<NatGateway>, ITagged
{
    public static string Kind => "natgateway";

    public static string IdPrefix => "nat";

    public required Id<NatGateway> Id { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary>The subnet it sits in; null for a regional gateway.</summary>
    public Id<Subnet>? SubnetId { get; init; }

    public bool IsPublic { get; init; } = true;

    public NatGatewayState State { get; init; } = NatGatewayState.Available;

    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>When it was deleted or failed; it stays in describe for about an hour.</summary>
    public DateTimeOffset? DeleteTime { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    /// <summary>The primary address first.</summary>
    public ImmutableArray<NatGatewayAddress> Addresses { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    /// <remarks>A deleted gateway holds on to nothing, and neither does one that could not be created.</remarks>
    public IEnumerable<string> Keys
    {
        get
        {
            if (State is NatGatewayState.Deleted or NatGatewayState.Failed)
            {
                yield break;
            }

            yield return VpcId.Value;
            if (SubnetId is { } subnet)
            {
                yield return subnet.Value;
            }

            foreach (NatGatewayAddress address in Addresses)
            {
                yield return address.NetworkInterfaceId.Value;
                if (address.AllocationId is { } allocation)
                {
                    yield return allocation.Value;
                }
            }
        }
    }

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One address of a NAT gateway: on its interface, and the Elastic IP bound to it where the gateway is public.</summary>
public sealed record NatGatewayAddress(
    Id<NetworkInterface> NetworkInterfaceId,
    IpAddress PrivateIp,
    Id<ElasticIp>? AllocationId,
    IpAddress? PublicIp,
    string? AssociationId,
    bool IsPrimary);
