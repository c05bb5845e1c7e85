using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A virtual private cloud. Source: AWS, "VPC CIDR blocks".</summary>
public sealed record Vpc : IResource<Vpc>, ITagged
{
    public static string Kind => "vpc";

    public static string IdPrefix => "vpc";

    /// <summary>The index word of the default VPC.</summary>
    public const string DefaultWord = "default-vpc";

    /// <summary>The index word of copies of what other accounts share.</summary>
    public const string CopyWord = "copy";

    public required Id<Vpc> Id { get; init; }

    /// <summary>Whose it is, where this is a copy of what another account shares; null for the account's own.</summary>
    public string? Owner { get; init; }

    /// <summary>The accounts that have a copy, in the order they got it.</summary>
    public ImmutableArray<string> Guests { get; init; } = [];

    /// <summary>IPv4 blocks; the first is the primary one, which never changes.</summary>
    public required ImmutableArray<CidrAssociation> Cidrs { get; init; }

    public ImmutableArray<CidrAssociation> Ipv6Cidrs { get; init; } = [];

    /// <summary>Null where DNS and DHCP answer nothing (<c>default</c> in the API).</summary>
    public Id<DhcpOptions>? DhcpOptionsId { get; init; }

    /// <summary><c>default</c> or <c>dedicated</c>.</summary>
    public string InstanceTenancy { get; init; } = "default";

    public bool IsDefault { get; init; }

    public bool EnableDnsSupport { get; init; } = true;

    public bool EnableDnsHostnames { get; init; }

    public bool EnableNetworkAddressUsageMetrics { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public Prefix PrimaryCidr => Cidrs[0].Cidr;

    public IEnumerable<string> Keys
    {
        get
        {
            if (DhcpOptionsId is { } options)
            {
                yield return options.Value;
            }

            foreach (CidrAssociation association in Cidrs.Concat(Ipv6Cidrs))
            {
                yield return association.Id;
            }

            if (IsDefault)
            {
                yield return DefaultWord;
            }

            if (Owner is not null)
            {
                yield return CopyWord;
            }
        }
    }

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };

    /// <summary>Whether an address lies in one of the VPC's blocks of either family.</summary>
    public bool Covers(IpAddress address)
    {
        foreach (CidrAssociation association in address.IsV4 ? Cidrs : Ipv6Cidrs)
        {
            if (association.Cidr.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A block given to a VPC or subnet, with the id by which it is taken away again.</summary>
/// <param name="Id"><c>vpc-cidr-assoc-…</c> or <c>subnet-cidr-assoc-…</c>.</param>
/// <param name="Pool">The IPv6 pool: <c>Amazon</c> or a pool id; null for IPv4.</param>
/// <param name="NetworkBorderGroup">The border group an IPv6 block is announced from; null for IPv4.</param>
public sealed record CidrAssociation(string Id, Prefix Cidr, string? Pool = null, string? NetworkBorderGroup = null);
