using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>
/// What an interface of another account has taken of a shared subnet: a row in the tables of every account that may use the subnet, so that
/// none gives out the same address. Source: AWS, "Share your VPC subnets with other accounts".
/// </summary>
public sealed record SubnetClaim : IResource<SubnetClaim>
{
    public static string Kind => "subnet-claim";

    public static string IdPrefix => "";

    /// <summary>The interface's id.</summary>
    public required string Key { get; init; }

    /// <summary>Whose the interface is.</summary>
    public required string Account { get; init; }

    public required Id<Subnet> SubnetId { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    /// <summary>Of both families.</summary>
    public ImmutableArray<IpAddress> Addresses { get; init; } = [];

    /// <summary>Delegated blocks, of both families.</summary>
    public ImmutableArray<Prefix> Prefixes { get; init; } = [];

    public IEnumerable<string> Keys =>
    [
        SubnetId.Value,
        VpcId.Value,
        .. Addresses.Select(a => NetworkInterface.AddressWord(SubnetId, a)),
        .. Prefixes.Select(p => NetworkInterface.PrefixWord(SubnetId, p)),
    ];
}
