using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>What an account has set for a whole region; one row in every partition that was ever changed.</summary>
public sealed record RegionSettings : IResource<RegionSettings>
{
    public const string TheKey = "settings";

    public static string Kind => "region-settings";

    public static string IdPrefix => "";

    public string Key => TheKey;

    public IEnumerable<string> Keys => [];

    /// <summary>Whether members of the account's organization may be part of a reachability analysis; in the us-east-1 row only.</summary>
    public bool ReachabilityAnalyzerOrganizationSharing { get; init; }

    /// <summary>Opt-in states of zone groups that were changed, by group name.</summary>
    public ImmutableSortedDictionary<string, string> ZoneGroupOptIns { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
