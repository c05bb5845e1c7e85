using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Forwarding.Routing;

/// <summary>How a speaker came to know a route.</summary>
public enum RouteSource
{
    /// <summary>Written into a hub's table by hand.</summary>
    Static,

    /// <summary>Written by hand for a prefix list that names the prefix.</summary>
    PrefixList,

    /// <summary>A block of a domain that is attached.</summary>
    VpcCidr,

    /// <summary>Learned over a private or transit line.</summary>
    DxBgp,

    /// <summary>Learned from a Connect peer.</summary>
    Connect,

    /// <summary>Learned over a tunnel inside a private line.</summary>
    PrivateVpnBgp,

    /// <summary>Written into a VPN connection by hand.</summary>
    VpnStatic,

    /// <summary>Learned over a tunnel.</summary>
    VpnBgp,

    /// <summary>A prefix that a junction announces for a hub or an exit.</summary>
    Allowed,

    /// <summary>A customer's public prefix, learned over a public line.</summary>
    PublicBgp,

    /// <summary>A router's own: a network of its site, or what it is told to announce.</summary>
    Own,

    /// <summary>Learned by a router of a site or a machine, over any line.</summary>
    Learned,
}

/// <summary>The step of the decision that told a route from the best one; for the best itself, the step by which it beat the next.</summary>
public enum DecisionStep
{
    /// <summary>There is no other.</summary>
    Only,

    /// <summary>It lies inside a block of the exit's own domain, which always comes first: it is not used.</summary>
    InsideLocal,

    /// <summary>An older attachment has an overlapping block: it is not used.</summary>
    Overlaps,

    /// <summary>How the route came to be: <see cref="RouteSource"/>, in AWS's order.</summary>
    Source,

    /// <summary>LOCAL_PREF; for AWS's side, that of the communities 7224:7100, 7200 and 7300.</summary>
    LocalPreference,

    /// <summary>A line of the exit's or hub's own region comes before those of others.</summary>
    HomeRegion,

    /// <summary>The number of ASNs in the path.</summary>
    AsPath,

    /// <summary>MULTI_EXIT_DISC, among routes of the same neighbouring AS.</summary>
    Med,

    /// <summary>A route of another AS comes before one of the same AS (eBGP before iBGP).</summary>
    External,

    /// <summary>The tunnel whose end is not being updated.</summary>
    Updating,

    /// <summary>Equally good: it shares the load.</summary>
    Shares,

    /// <summary>All else equal, the line that comes first by id and number.</summary>
    Order,
}

/// <summary>One way to a prefix.</summary>
/// <param name="Source">How it is known.</param>
/// <param name="Line">The <see cref="Routing.Line.Id"/> it leads over; null where it leads over none, or over a spoke as a whole.</param>
/// <param name="Spoke">The attachment (<c>tgw-attach-…</c>), or a junction's exit (<c>vgw-…</c>), it leads to; null elsewhere.</param>
public sealed record Candidate(RouteSource Source, string? Line, string? Spoke)
{
    /// <summary>What matches is lost: it was written so (no spoke), or the spoke is gone.</summary>
    public bool IsBlackhole { get; init; }

    /// <summary>The speaker on the other side that it was learned from, or a site's router; "" for what is written by hand.</summary>
    public string From { get; init; } = "";

    /// <summary>AS_PATH, the nearest first.</summary>
    public AsPath Path { get; init; } = AsPath.Empty;

    public long Med { get; init; }

    public int LocalPreference { get; init; } = 100;

    /// <summary>As <c>7224:7300</c>.</summary>
    public ImmutableArray<string> Communities { get; init; } = [];

    /// <summary>The prefix list that names the prefix, for <see cref="RouteSource.PrefixList"/>.</summary>
    public string? PrefixList { get; init; }

    /// <summary>What told it from the best.</summary>
    public DecisionStep Step { get; init; }
}

/// <summary>An AS_PATH: one sequence; equal by its members.</summary>
public sealed class AsPath : IEquatable<AsPath>
{
    public static readonly AsPath Empty = new([]);

    private readonly ImmutableArray<long> numbers;

    private AsPath(ImmutableArray<long> numbers) => this.numbers = numbers;

    public int Length => numbers.Length;

    /// <summary>The neighbouring AS; 0 where the path is empty.</summary>
    public long First => numbers.IsEmpty ? 0 : numbers[0];

    public ReadOnlySpan<long> Numbers => numbers.AsSpan();

    public static AsPath Of(params ReadOnlySpan<long> numbers) => numbers.IsEmpty ? Empty : new([.. numbers]);

    public bool Has(long asn) => numbers.Contains(asn);

    /// <summary>The path with an ASN put before it, so many times.</summary>
    public AsPath Prepend(long asn, int times = 1)
    {
        ImmutableArray<long>.Builder next = ImmutableArray.CreateBuilder<long>(numbers.Length + times);
        for (int i = 0; i < times; i++)
        {
            next.Add(asn);
        }

        next.AddRange(numbers);
        return new AsPath(next.MoveToImmutable());
    }

    /// <summary>The path with one ASN in the place of another.</summary>
    public AsPath Replace(long asn, long by) => new([.. numbers.Select(n => n == asn ? by : n)]);

    public bool Equals(AsPath? other) => other is not null && numbers.AsSpan().SequenceEqual(other.numbers.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as AsPath);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long number in numbers)
        {
            hash.Add(number);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(' ', numbers);
}

/// <summary>Everything a speaker knows of one prefix.</summary>
/// <param name="Candidates">Best first.</param>
/// <param name="Best">How many of them are used, from the first: more than 1 share the load; 0: none may be used.</param>
public sealed record RibEntry(Prefix Prefix, ImmutableArray<Candidate> Candidates, int Best)
{
    /// <summary>The first of those in use, or null.</summary>
    public Candidate? Winner => Best > 0 ? Candidates[0] : null;

    /// <summary>The routers would go on changing their minds: what stands here is where the model stopped.</summary>
    public bool IsUnsettled { get; init; }

    public bool Equals(RibEntry? other) => other is not null && Prefix == other.Prefix && Best == other.Best && IsUnsettled == other.IsUnsettled
        && Candidates.AsSpan().SequenceEqual(other.Candidates.AsSpan(), CandidateComparer.Instance);

    public override int GetHashCode() => HashCode.Combine(Prefix, Best, Candidates.Length);
}

/// <summary>Tells candidates apart by all that they say; a record alone compares an array by reference.</summary>
public sealed class CandidateComparer : IEqualityComparer<Candidate>
{
    public static readonly CandidateComparer Instance = new();

    public bool Equals(Candidate? x, Candidate? y) => ReferenceEquals(x, y) || (x is not null && y is not null
        && x.Source == y.Source && x.Line == y.Line && x.Spoke == y.Spoke && x.IsBlackhole == y.IsBlackhole && x.From == y.From
        && x.Path.Equals(y.Path) && x.Med == y.Med && x.LocalPreference == y.LocalPreference && x.PrefixList == y.PrefixList
        && x.Step == y.Step && x.Communities.AsSpan().SequenceEqual(y.Communities.AsSpan()));

    public int GetHashCode(Candidate obj) => HashCode.Combine(obj.Source, obj.Line, obj.Spoke, obj.Path);
}

/// <summary>A speaker's settled table: every prefix it knows, with every way to it. A value.</summary>
public sealed class Rib
{
    public static readonly Rib Empty = new(ImmutableSortedDictionary<Prefix, RibEntry>.Empty);

    private readonly ImmutableSortedDictionary<Prefix, RibEntry> entries;
    private readonly UInt128 lengths4;
    private readonly UInt128 lengths6;

    private Rib(ImmutableSortedDictionary<Prefix, RibEntry> entries, UInt128 lengths4, UInt128 lengths6)
    {
        this.entries = entries;
        this.lengths4 = lengths4;
        this.lengths6 = lengths6;
    }

    private Rib(ImmutableSortedDictionary<Prefix, RibEntry> entries)
    {
        this.entries = entries;
        foreach (Prefix prefix in entries.Keys)
        {
            lengths4 |= prefix.IsV4 ? BitOf(prefix) : 0;
            lengths6 |= prefix.IsV4 ? 0 : BitOf(prefix);
        }
    }

    public int Count => entries.Count;

    /// <summary>By prefix, the wider before the narrower of the same address.</summary>
    public IEnumerable<RibEntry> Entries => entries.Values;

    public static Rib Of(IEnumerable<RibEntry> all) => new(ImmutableSortedDictionary.CreateRange(all.Select(e => KeyValuePair.Create(e.Prefix, e))));

    /// <summary>What is known of exactly this prefix, or null.</summary>
    public RibEntry? Find(Prefix prefix) => entries.GetValueOrDefault(prefix);

    /// <summary>The longest prefix in use (<see cref="RibEntry.Best"/> above 0) that holds an address, or null. At most one look a length.</summary>
    public RibEntry? Match(IpAddress address)
    {
        UInt128 lengths = address.IsV4 ? lengths4 : lengths6;
        for (int length = address.Width; length >= 0; length--)
        {
            if (((lengths >> Math.Min(length, 127)) & 1) != 0 && entries.TryGetValue(new Prefix(address, length), out RibEntry? found) && found.Best > 0)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The table with one entry more, another, or, with null, less.</summary>
    public Rib With(Prefix prefix, RibEntry? entry)
    {
        if (entry is null)
        {
            return entries.ContainsKey(prefix) ? new Rib(entries.Remove(prefix), lengths4, lengths6) : this;
        }

        UInt128 bit = BitOf(prefix);
        return new Rib(entries.SetItem(prefix, entry), lengths4 | (prefix.IsV4 ? bit : 0), lengths6 | (prefix.IsV4 ? 0 : bit));
    }

    /// <summary>A length of 128 shares the bit of 127: a look more that finds nothing.</summary>
    private static UInt128 BitOf(Prefix prefix) => UInt128.One << Math.Min(prefix.Length, 127);
}
