using System.Collections.Immutable;

namespace Trunkline.Control.Acm;

/// <summary>Tags of certificates. Source: ACM API, AddTagsToCertificate, RemoveTagsFromCertificate.</summary>
internal static class AcmTags
{
    public static ImmutableSortedDictionary<string, string> Added(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsAcm.Tag> added)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (AwsAcm.Tag tag in added)
        {
            string key = CheckedKey(tag);
            if (!seen.Add(key))
            {
                throw new Fault("InvalidTagException", $"The tag key '{key}' was specified more than once.");
            }

            tags = tags.SetItem(key, tag.Value ?? "");
        }

        return tags.Count <= TagRules.TagsPerResource
            ? tags
            : throw new Fault("TooManyTagsException", $"A certificate can have at most {TagRules.TagsPerResource} tags.");
    }

    /// <summary>A key alone goes whatever its value; with a value only where it is that one.</summary>
    public static ImmutableSortedDictionary<string, string> Removed(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsAcm.Tag> removed)
    {
        foreach (AwsAcm.Tag tag in removed)
        {
            string key = CheckedKey(tag);
            if (tag.Value is null || tags.GetValueOrDefault(key) == tag.Value)
            {
                tags = tags.Remove(key);
            }
        }

        return tags;
    }

    private static string CheckedKey(AwsAcm.Tag tag)
    {
        string key = tag.Key ?? "";
        bool fits = key.Length is > 0 and <= 128 && tag.Value is null or { Length: <= 256 }
            && !key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase);
        return fits ? key : throw new Fault("InvalidTagException", $"The tag '{key}' is not valid.");
    }
}
