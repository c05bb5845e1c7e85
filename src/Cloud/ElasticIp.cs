using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>An Elastic IP address. Source: AWS, "Elastic IP addresses".</summary>
public sealed record ElasticIp : IResource<ElasticIp>, ITagged
{
    public static string Kind => "elastic-ip";

    public static string IdPrefix => "eipalloc";

    public required Id<ElasticIp> Id { get; init; }

    public required IpAddress PublicIp { get; init; }

    /// <summary><c>amazon</c>, or the id of the account's own pool (<c>ipv4pool-ec2-…</c>).</summary>
    public string Pool { get; init; } = "amazon";

    public required string NetworkBorderGroup { get; init; }

    /// <summary>The private address it is bound to; null while it is bound to none.</summary>
    public ElasticIpAssociation? Association { get; init; }

    /// <summary>The reverse name asked for, with its closing dot.</summary>
    public string? PtrRecord { get; init; }

    public ElasticIpTransfer? Transfer { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys =>
    [
        NetworkInterface.PublicWord(PublicIp),
        .. Association is { } a ? new[] { a.Id, a.NetworkInterfaceId.Value } : [],
        .. Pool == "amazon" ? Array.Empty<string>() : [Pool],
    ];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <param name="Id"><c>eipassoc-…</c></param>
public sealed record ElasticIpAssociation(string Id, Id<NetworkInterface> NetworkInterfaceId, IpAddress PrivateIp);

/// <summary>A hand-over to another account that was offered.</summary>
public sealed record ElasticIpTransfer(string ToAccount, DateTimeOffset OfferedAt, DateTimeOffset ExpiresAt, string Status);
