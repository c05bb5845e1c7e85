using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>Tags at the door: what a request may set. Source: AWS, "Tag restrictions".</summary>
public static class TagRules
{
    public const int TagsPerResource = 50;

    /// <summary>The tags a request asks for on a new resource of kind <typeparamref name="T"/>.</summary>
    public static ImmutableSortedDictionary<string, string> New<T>(IReadOnlyList<Aws.TagSpecification>? specifications)
        where T : class, IResource<T> => New(specifications, T.Kind, [T.Kind]);

    /// <summary>The tags for one of the resource types (<paramref name="kind"/>) that an operation makes (<paramref name="allowed"/>).</summary>
    public static ImmutableSortedDictionary<string, string> New(
        IReadOnlyList<Aws.TagSpecification>? specifications, string kind, ReadOnlySpan<string> allowed)
    {
        ImmutableSortedDictionary<string, string> tags = Tags.None;
        foreach (Aws.TagSpecification specification in specifications ?? [])
        {
            string type = specification.ResourceType ?? throw Fault.Invalid("Tag specification resource type must have a value");
            if (!allowed.Contains(type))
            {
                throw Fault.Invalid($"'{type}' is not a valid taggable resource type for this operation.");
            }

            if (specification.Tags is not { Count: > 0 })
            {
                throw Fault.Invalid("Tag specification must have at least one tag");
            }

            if (type == kind)
            {
                tags = Merge(tags, specification.Tags, refuseTwice: true);
            }
        }

        return tags;
    }

    /// <summary>The tags with others set over them.</summary>
    public static ImmutableSortedDictionary<string, string> Merge(
        ImmutableSortedDictionary<string, string> tags, IReadOnlyList<Aws.Tag> added, bool refuseTwice = false)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Aws.Tag tag in added)
        {
            string key = CheckedKey(tag.Key);
            string value = tag.Value ?? "";
            if (value.Length > 256)
            {
                throw Fault.Invalid("Tag value exceeds the maximum length of 256 characters");
            }

            if (!seen.Add(key) && refuseTwice)
            {
                throw Fault.Invalid($"Duplicate tag key '{key}' specified.");
            }

            tags = tags.SetItem(key, value);
        }

        return tags.Count <= TagsPerResource
            ? tags
            : throw new Fault("TagLimitExceeded", $"More than {TagsPerResource} tags specified");
    }

    /// <summary>The wire's form; null where there are none, as AWS leaves the element out.</summary>
    public static IReadOnlyList<Aws.Tag>? ToWire(ImmutableSortedDictionary<string, string> tags) =>
        tags.IsEmpty ? null : [.. tags.Select(t => new Aws.Tag { Key = t.Key, Value = t.Value })];

    private static string CheckedKey(string? key)
    {
        if (string.IsNullOrEmpty(key))
        {
            throw Fault.Invalid("Tag key cannot be null or empty");
        }

        if (key.Length > 128)
        {
            throw Fault.Invalid("Tag key exceeds the maximum length of 128 characters");
        }

        return key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)
            ? throw Fault.Invalid("Tag keys starting with 'aws:' are reserved for internal use")
            : key;
    }
}
