using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Tags of Direct Connect at the door. Source: Direct Connect API, Tag, TagResource.</summary>
internal static partial class DxTags
{
    /// <summary>The tags with others set over them.</summary>
    public static ImmutableSortedDictionary<string, string> Merge(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsDx.Tag>? added)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (AwsDx.Tag tag in added ?? [])
        {
            string key = tag.Key ?? "";
            string value = tag.Value ?? "";
            bool fits = key.Length is > 0 and <= 128 && value.Length <= 256 && Allowed().IsMatch(key) && Allowed().IsMatch(value)
                && !key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase);
            if (!fits)
            {
                throw DxFaults.Client($"The tag with the key '{key}' is not valid.");
            }

            if (!seen.Add(key))
            {
                throw DxFaults.DuplicateTagKeys();
            }

            tags = tags.SetItem(key, value);
        }

        return tags.Count <= TagRules.TagsPerResource ? tags : throw DxFaults.TooManyTags(TagRules.TagsPerResource);
    }

    public static ImmutableSortedDictionary<string, string> New(IReadOnlyList<AwsDx.Tag>? tags) => Merge(Tags.None, tags);

    public static IReadOnlyList<AwsDx.Tag> ToWire(ImmutableSortedDictionary<string, string> tags) =>
        [.. tags.Select(t => new AwsDx.Tag { Key = t.Key, Value = t.Value })];

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex Allowed();
}
