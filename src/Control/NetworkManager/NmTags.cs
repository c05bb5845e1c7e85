using System.Collections.Immutable;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>Tags of Network Manager's resources. Source: Network Manager API, TagResource.</summary>
internal static class NmTags
{
    public static ImmutableSortedDictionary<string, string> Added(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsNm.Tag>? added)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (AwsNm.Tag tag in added ?? [])
        {
            string key = tag.Key ?? "";
            if (key.Length is 0 or > 128 || tag.Value is { Length: > 256 } || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw NmFaults.Field("tags", $"The tag '{key}' is not valid.");
            }

            if (!seen.Add(key))
            {
                throw NmFaults.Field("tags", $"The tag key '{key}' was specified more than once.");
            }

            tags = tags.SetItem(key, tag.Value ?? "");
        }

        return tags.Count <= TagRules.TagsPerResource
            ? tags
            : throw NmFaults.Field("tags", $"A resource can have at most {TagRules.TagsPerResource} tags.");
    }

    public static IReadOnlyList<AwsNm.Tag> ToWire(ImmutableSortedDictionary<string, string> tags) =>
        [.. tags.Select(t => new AwsNm.Tag { Key = t.Key, Value = t.Value })];
}
