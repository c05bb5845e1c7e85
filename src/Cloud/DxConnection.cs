using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Trunkline.Cloud;

/// <summary>How far a Direct Connect port is. Source: Direct Connect API, Connection, connectionState.</summary>
public enum DxPortState
{
    /// <summary>A hosted connection that its owner has not confirmed.</summary>
    Ordering,

    /// <summary>In use; whether light comes is the world's business.</summary>
    Available,

    /// <summary>A hosted connection that its owner deleted before confirming it; the provider still sees it.</summary>
    Rejected,
}

/// <summary>
/// A Direct Connect connection: a port at a location, or a part of one that a partner hosts for another account; an interconnect is a port
/// of a partner's that hosts such parts. Source: Direct Connect API, Connection, Interconnect.
/// </summary>
/// <remarks>
/// A hosted connection stands in two partitions under one key, its owner's and its provider's, each with its own tags; the owner's copy is
/// the one that counts (<see cref="IsHome"/>). Every other connection stands in its owner's only.
/// </remarks>
public sealed record DxConnection : IResource<DxConnection>, ITagged
{
    public static string Kind => "dxcon";

    /// <summary>None: ids of Direct Connect are not EC2's, and its tags are its own.</summary>
    public static string IdPrefix => "";

    /// <summary><c>dxcon-</c> and 8 small letters and digits.</summary>
    public required Id<DxConnection> Id { get; init; }

    public required string OwnerId { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    /// <summary>The location's code: <c>EqDC2</c>.</summary>
    public required string Location { get; init; }

    /// <summary><c>1Gbps</c>, <c>10Gbps</c>, <c>100Gbps</c>, <c>400Gbps</c>; hosted ones from <c>50Mbps</c>.</summary>
    public required string Bandwidth { get; init; }

    public DxPortState State { get; init; } = DxPortState.Available;

    /// <summary>A partner's port, which DescribeInterconnects shows instead of DescribeConnections.</summary>
    public bool IsInterconnect { get; init; }

    /// <summary>The VLAN that the provider gave a hosted connection; null for a port of its own.</summary>
    public int? Vlan { get; init; }

    /// <summary>The port, interconnect or LAG (<c>dxcon-…</c>, <c>dxlag-…</c>) that a hosted connection is a part of; else null.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whose the parent is: the provider's account; null for a port of its own.</summary>
    public string? ParentOwnerId { get; init; }

    /// <summary>The LAG it is a member of; null for a hosted connection, also where a LAG hosts it (<see cref="ParentId"/>).</summary>
    public Id<DxLag>? LagId { get; init; }

    /// <summary>The service provider that was named when it was ordered.</summary>
    public string? ProviderName { get; init; }

    public required DxDevice Device { get; init; }

    public DxMacSec MacSec { get; init; } = DxMacSec.None;

    public required DateTimeOffset CreatedAt { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys
    {
        get
        {
            if (LagId is { } lag)
            {
                yield return DxWords.Lag(lag.Value);
            }

            if (ParentId is { } parent)
            {
                yield return DxWords.Parent(parent);
            }
        }
    }

    [JsonIgnore]
    public bool IsHosted => ParentId is not null;

    /// <summary>Whether a partition's copy is the one that counts: its owner's.</summary>
    public bool IsHome(PartitionKey partition) => partition.Account == OwnerId;

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>The device of AWS's that a port ends on.</summary>
/// <param name="Name"><c>awsDeviceV2</c>: <c>EqDC2-1a2b3c</c>.</param>
/// <param name="LogicalId"><c>awsLogicalDeviceId</c>: the device and its logical part.</param>
public sealed record DxDevice(string Name, string LogicalId);

/// <summary>MAC security (IEEE 802.1AE) of a port or LAG. Source: AWS, "MAC Security in AWS Direct Connect".</summary>
/// <param name="Capable">Whether a port that is capable of it was asked for.</param>
/// <param name="EncryptionMode"><c>no_encrypt</c>, <c>should_encrypt</c> or <c>must_encrypt</c>; null where it is not capable.</param>
/// <param name="Keys">The keys, in the order in which they were associated.</param>
public sealed record DxMacSec(bool Capable, string? EncryptionMode, ImmutableArray<DxMacSecKey> Keys)
{
    public static readonly DxMacSec None = new(false, null, []);
}

/// <summary>A MACsec key as the API shows it: never the key itself.</summary>
/// <param name="SecretArn">The secret of Secrets Manager that holds it.</param>
/// <param name="Ckn">The connectivity association key's name: hexadecimal.</param>
/// <param name="StartOn">From when it is used.</param>
public sealed record DxMacSecKey(string SecretArn, string Ckn, DateTimeOffset StartOn);

/// <summary>The words by which rows of Direct Connect find each other. They may lie in other partitions, so none is a bare id.</summary>
public static class DxWords
{
    /// <summary>Connections of a LAG.</summary>
    public static string Lag(string lagId) => $"dx-lag/{lagId}";

    /// <summary>Hosted connections of a port, interconnect or LAG.</summary>
    public static string Parent(string parentId) => $"dx-parent/{parentId}";

    /// <summary>Virtual interfaces on a connection or LAG.</summary>
    public static string Port(string connectionId) => $"dx-port/{connectionId}";

    /// <summary>What refers to a Direct Connect gateway: virtual interfaces, associations, proposals.</summary>
    public static string Gateway(string gatewayId) => $"dx-gateway/{gatewayId}";

    /// <summary>What refers to a virtual private gateway or transit gateway: virtual interfaces, associations, proposals.</summary>
    public static string Associated(string gatewayId) => $"dx-associated/{gatewayId}";

    /// <summary>Tests of a virtual interface.</summary>
    public static string Interface(string virtualInterfaceId) => $"dx-interface/{virtualInterfaceId}";
}
