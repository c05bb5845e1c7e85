using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A customer managed permission of RAM; those that AWS manages are a catalogue and no rows. Source: RAM API, CreatePermission.</summary>
public sealed record SharePermission : IResource<SharePermission>, ITagged
{
    public static string Kind => "share-permission";

    public static string IdPrefix => "";

    /// <summary>1 to 36 of letters, digits and <c>._-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>As RAM writes it: <c>ec2:Subnet</c>.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Ascending; a deleted version leaves a gap.</summary>
    public required ImmutableArray<SharePermissionVersion> Versions { get; init; }

    public required int DefaultVersion { get; init; }

    /// <summary>The number of the version that was made last, deleted or not.</summary>
    public required int LastVersion { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public required DateTimeOffset LastUpdatedTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys => [];

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <param name="Number">From 1.</param>
/// <param name="Template">The policy's JSON as it was given: <c>Effect</c>, <c>Action</c>, <c>Condition</c>.</param>
public sealed record SharePermissionVersion(int Number, string Template, DateTimeOffset CreationTime);

/// <summary>A request to put one permission in the place of another in every share; done when it is asked for.</summary>
/// <remarks>Source: RAM API, ReplacePermissionAssociations.</remarks>
public sealed record ReplacePermissionsWork : IResource<ReplacePermissionsWork>
{
    public static string Kind => "replace-permission-associations-work";

    public static string IdPrefix => "";

    /// <summary>A UUID.</summary>
    public required string Key { get; init; }

    public required string FromArn { get; init; }

    /// <summary>Null where every version was replaced.</summary>
    public int? FromVersion { get; init; }

    public required string ToArn { get; init; }

    public required int ToVersion { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public IEnumerable<string> Keys => [];
}

/// <summary>
/// Sharing within the organization was enabled by its management account: a row of that account's, in us-east-1. All accounts of one cloud
/// here are one organization. Source: RAM API, EnableSharingWithAwsOrganization.
/// </summary>
public sealed record OrganizationSharing : IResource<OrganizationSharing>
{
    public static string Kind => "organization-sharing";

    public static string IdPrefix => "";

    public const string OnlyKey = "enabled";

    public string Key => OnlyKey;

    public required DateTimeOffset EnabledAt { get; init; }

    public IEnumerable<string> Keys => [];
}
