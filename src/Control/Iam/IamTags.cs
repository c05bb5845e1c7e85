using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>Tags of IAM's resources: at most 50. Source: IAM API Reference, Tag; IAM User Guide, "Tags for IAM resources".</summary>
internal static partial class IamTags
{
    private const int Most = 50;

    public static ImmutableSortedDictionary<string, string> New(IReadOnlyList<AwsIam.Tag>? asked) => With(Tags.None, asked);

    /// <summary>The tags with others over them. Keys are told apart without regard to case, as IAM does.</summary>
    public static ImmutableSortedDictionary<string, string> With(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<AwsIam.Tag>? asked)
    {
        Constraints constraints = new Constraints().Count(asked, "tags", 0, Most);
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (AwsIam.Tag tag in asked ?? [])
        {
            string key = Door.Required(tag.Key, "Tags.Key");
            string value = tag.Value ?? "";
            constraints.Length(key, "tags.key", 1, 128).Pattern(key, "tags.key", KeyText(), @"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")
                .Length(value, "tags.value", 0, 256).Pattern(value, "tags.value", ValueText(), @"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw IamFaults.InvalidInput("Tag keys that begin with 'aws:' are reserved for system use.");
            }

            if (!seen.Add(key))
            {
                throw IamFaults.InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
            }

            string? same = tags.Keys.FirstOrDefault(k => k.Equals(key, StringComparison.OrdinalIgnoreCase));
            tags = (same is null ? tags : tags.Remove(same)).SetItem(key, value);
        }

        constraints.Check();
        return tags.Count <= Most
            ? tags
            : throw IamFaults.LimitExceeded($"The number of tags has reached the maximum limit of {Most}.");
    }

    public static ImmutableSortedDictionary<string, string> Without(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<string>? keys)
    {
        Constraints constraints = new Constraints().Count(keys, "tagKeys", 0, Most);
        foreach (string key in keys ?? [])
        {
            constraints.Length(key, "tagKeys", 1, 128).Pattern(key, "tagKeys", KeyText(), @"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
        }

        constraints.Check();
        return tags.RemoveRange(tags.Keys.Where(t => (keys ?? []).Contains(t, StringComparer.OrdinalIgnoreCase)).ToList());
    }

    /// <summary>The wire's form; null where there are none, as IAM leaves the element out.</summary>
    public static IReadOnlyList<AwsIam.Tag>? ToWire(ImmutableSortedDictionary<string, string> tags) =>
        tags.IsEmpty ? null : [.. tags.Select(t => new AwsIam.Tag { Key = t.Key, Value = t.Value })];

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyText();

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValueText();
}
