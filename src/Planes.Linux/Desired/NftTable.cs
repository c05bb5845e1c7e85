using System.Collections.Immutable;

namespace Trunkline.Planes.Linux.Desired;

/// <summary>The nftables table <c>inet trunkline</c> of one namespace, in nft's own words. Sets hold what changes often; chains change seldom.</summary>
public sealed record NftTable(ImmutableSortedDictionary<string, NftSet> Sets, ImmutableSortedDictionary<string, NftChain> Chains)
{
    public const string Name = "trunkline";

    /// <summary>
    /// A set that no rule reads: <c>"link" . address</c>, from where datagrams may go the short way (<c>ShortWays</c>). Where it is not declared,
    /// none may.
    /// </summary>
    public const string ShortSet = "short4";

    /// <summary>The set of links that lead to translators: what comes from there under other addresses than the translator's are answers.</summary>
    public const string ShortBackSet = "shortback";

    public int Count => Sets.Values.Sum(s => 1 + s.Elements.Count) + Chains.Values.Sum(c => 1 + c.Rules.Length);
}

/// <summary>A named set or map.</summary>
/// <param name="Declaration">What stands in its braces, without elements: <c>type ipv4_addr : verdict; flags interval;</c></param>
/// <param name="Elements">Key as nft writes it, to the value's text; "" in a set.</param>
public sealed record NftSet(string Name, bool IsMap, string Declaration, ImmutableSortedDictionary<string, string> Elements);

/// <summary>A chain.</summary>
/// <param name="Hook">What stands after <c>type</c> for a base chain (<c>filter hook forward priority 0; policy accept;</c>); null for others.</param>
/// <param name="Rules">In order, as nft reads them. A rule that drops ends in a comment that begins with its code.</param>
public sealed record NftChain(string Name, string? Hook, ImmutableArray<string> Rules)
{
    public bool Equals(NftChain? other) => other is not null && Name == other.Name && Hook == other.Hook && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Name, Hook, Rules.Length);
}
