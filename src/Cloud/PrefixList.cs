using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A customer-managed prefix list. Those that AWS manages are no rows: see <see cref="AwsServices"/>. Source: AWS, "Managed prefix lists".</summary>
public sealed record PrefixList : IResource<PrefixList>, ITagged
{
    public static string Kind => "prefix-list";

    public static string IdPrefix => "pl";

    public required Id<PrefixList> Id { get; init; }

    /// <summary>Whose it is, where this is a copy of a list that another account shares; null for the account's own.</summary>
    public string? Owner { get; init; }

    public required string Name { get; init; }

    public required Family AddressFamily { get; init; }

    /// <summary>What every reference counts as in a quota, however few entries there are.</summary>
    public required int MaxEntries { get; init; }

    /// <summary>Every version, ascending; the last is the current one. At most 1,000.</summary>
    public required ImmutableArray<PrefixListVersion> Versions { get; init; }

    /// <summary>As in the API: <c>create-complete</c>, <c>modify-complete</c>, <c>restore-complete</c>, <c>modify-failed</c>.</summary>
    public string State { get; init; } = "create-complete";

    public string? StateMessage { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    [JsonIgnore]
    public long Version => Versions[^1].Number;

    /// <summary>The entries of the current version, by block.</summary>
    [JsonIgnore]
    public ImmutableArray<PrefixListEntry> Entries => Versions[^1].Entries;

    public IEnumerable<string> Keys => Owner is null ? [] : [Vpc.CopyWord];

    /// <summary>
    /// The word under which rules and routes that refer to a list are found, be it a row or one of AWS's: a list of AWS's is no row, so its
    /// bare id would be a reference to nothing.
    /// </summary>
    public static string ReferenceWord(string prefixListId) => $"prefix-list/{prefixListId}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>What a list held at one time.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Entries">Ascending by block; no block twice.</param>
public sealed record PrefixListVersion(long Number, ImmutableArray<PrefixListEntry> Entries);

public sealed record PrefixListEntry(Prefix Cidr, string? Description = null);
