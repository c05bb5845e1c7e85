using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A range of the customer's own, brought to a region. Source: AWS, "Bring your own IP addresses (BYOIP) to Amazon EC2".</summary>
public sealed record ByoipCidr : IResource<ByoipCidr>
{
    public static string Kind => "byoip-cidr";

    public static string IdPrefix => "";

    public required Prefix Cidr { get; init; }

    public string? Description { get; init; }

    /// <summary>The API's states: <c>provisioned</c>, <c>advertised</c>, <c>deprovisioned</c> …</summary>
    public required string State { get; init; }

    public string? StatusMessage { get; init; }

    /// <summary>AS number the range is announced under, where one was named.</summary>
    public string? Asn { get; init; }

    public string? NetworkBorderGroup { get; init; }

    public string Key => Cidr.ToString();

    public IEnumerable<string> Keys => [];

    public bool IsAdvertised => State == "advertised";
}
