using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>Tags of shares and of customer managed permissions. Source: RAM API, TagResource, UntagResource.</summary>
internal static class RamTags
{
    public static ImmutableSortedDictionary<string, string> Added(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsRam.Tag>? added)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (AwsRam.Tag tag in added ?? [])
        {
            string key = tag.Key ?? "";
            if (key.Length is 0 or > 128 || tag.Value is { Length: > 256 } || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw RamFaults.Invalid($"The tag '{key}' is not valid.");
            }

            if (!seen.Add(key))
            {
                throw RamFaults.Invalid($"The tag key '{key}' was specified more than once.");
            }

            tags = tags.SetItem(key, tag.Value ?? "");
        }

        return tags.Count <= TagRules.TagsPerResource
            ? tags
            : throw new Fault("TagLimitExceededException", $"A resource can have at most {TagRules.TagsPerResource} tags.");
    }

    public static ImmutableSortedDictionary<string, string> Without(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<string> keys) => tags.RemoveRange(keys);

    public static IReadOnlyList<AwsRam.Tag>? ToWire(ImmutableSortedDictionary<string, string> tags) =>
        tags.IsEmpty ? null : [.. tags.Select(t => new AwsRam.Tag { Key = t.Key, Value = t.Value })];

    /// <summary>A filter names a key, and values of which one must be there; without values, the key is enough.</summary>
    public static bool Meets(ITagged row, IReadOnlyList<AwsRam.TagFilter>? filters)
    {
        foreach (AwsRam.TagFilter filter in filters ?? [])
        {
            string key = filter.TagKey ?? throw RamFaults.Invalid("A tag filter must have a tag key.");
            if (!row.Tags.TryGetValue(key, out string? value) || (filter.TagValues is { Count: > 0 } values && !values.Contains(value)))
            {
                return false;
            }
        }

        return true;
    }
}
