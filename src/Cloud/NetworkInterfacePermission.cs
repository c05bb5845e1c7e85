namespace Trunkline.Cloud;

/// <summary>
/// Leave for one other account to attach an interface, or to bind an address to it. Source: EC2 API, NetworkInterfacePermission.
/// </summary>
public sealed record NetworkInterfacePermission : IResource<NetworkInterfacePermission>
{
    public static string Kind => "network-interface-permission";

    public static string IdPrefix => "eni-perm";

    public required Id<NetworkInterfacePermission> Id { get; init; }

    public required Id<NetworkInterface> NetworkInterfaceId { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string AccountId { get; init; }

    /// <summary><c>INSTANCE-ATTACH</c> or <c>EIP-ASSOCIATE</c>.</summary>
    public required string Permission { get; init; }

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [NetworkInterfaceId.Value];
}
