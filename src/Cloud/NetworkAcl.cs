using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A network ACL: ordered, stateless, at the edge of subnets. Source: AWS, "Control subnet traffic with network ACLs".</summary>
public sealed record NetworkAcl : IResource<NetworkAcl>, ITagged
{
    /// <summary>The number of the closing deny rule (<c>*</c>), one per family and direction; it cannot be changed.</summary>
    public const int LastRule = 32767;

    /// <summary>The same for IPv6.</summary>
    public const int LastRuleV6 = 32768;

    public static string Kind => "network-acl";

    public static string IdPrefix => "acl";

    public required Id<NetworkAcl> Id { get; init; }

    public required Id<Vpc> VpcId { get; init; }

    public bool IsDefault { get; init; }

    /// <summary>All entries, the closing ones too; kept in order of direction (ingress first) and number.</summary>
    public ImmutableArray<NetworkAclEntry> Entries { get; init; } = [];

    public ImmutableArray<NetworkAclAssociation> Associations { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [VpcId.Value, .. Associations.SelectMany(a => new[] { a.Id, a.SubnetId.Value })];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One numbered rule.</summary>
/// <param name="Number">1 to 32766, or a closing number; the lowest that matches decides.</param>
/// <param name="Protocol">IANA protocol number; -1 for all.</param>
/// <param name="Ports">For TCP and UDP; null where the protocol has none.</param>
/// <param name="Icmp">For ICMP and ICMPv6; null elsewhere.</param>
public sealed record NetworkAclEntry(
    int Number, bool IsEgress, bool Allows, int Protocol, Prefix Cidr, PortRange? Ports = null, IcmpMatch? Icmp = null);

/// <summary>Ports from <paramref name="From"/> to <paramref name="To"/>, both included; 0 to 65535.</summary>
public sealed record PortRange(int From, int To);

/// <summary>An ICMP type and code; -1 for all.</summary>
public sealed record IcmpMatch(int Type, int Code);

/// <param name="Id"><c>aclassoc-…</c></param>
public sealed record NetworkAclAssociation(string Id, Id<Subnet> SubnetId);
