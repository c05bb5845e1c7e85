using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A launch template with its versions. Source: AWS, "Store instance launch parameters in Amazon EC2 launch templates".</summary>
public sealed record LaunchTemplate : IResource<LaunchTemplate>, ITagged
{
    public static string Kind => "launch-template";

    public static string IdPrefix => "lt";

    public required Id<LaunchTemplate> Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public required long DefaultVersion { get; init; }

    /// <summary>The highest number ever given; numbers are not given twice.</summary>
    public required long LatestVersion { get; init; }

    /// <summary>In order of their numbers.</summary>
    public required ImmutableArray<LaunchTemplateVersion> Versions { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [NameWord(Name)];

    public static string NameWord(string name) => $"name/{name}";

    public LaunchTemplateVersion? VersionOf(long number)
    {
        foreach (LaunchTemplateVersion version in Versions)
        {
            if (version.Number == number)
            {
                return version;
            }
        }

        return null;
    }

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>One version of a launch template.</summary>
/// <param name="Data">The launch parameters as JSON, in the API's member names; only what was set.</param>
public sealed record LaunchTemplateVersion(long Number, string? Description, DateTimeOffset CreateTime, string Data);
