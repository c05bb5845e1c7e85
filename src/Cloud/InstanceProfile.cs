using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>An IAM instance profile: what gives a role to instances. Stands in the account's us-east-1 partition. Source: IAM API, InstanceProfile.</summary>
public sealed record InstanceProfile : IResource<InstanceProfile>
{
    public static string Kind => "iam-instance-profile";

    public static string IdPrefix => "";

    /// <summary>Unique in the account without regard to case; as it was given.</summary>
    public required string Name { get; init; }

    /// <summary>IAM's own id, <c>AIPA…</c>.</summary>
    public required string ProfileId { get; init; }

    public string Path { get; init; } = "/";

    /// <summary>The role's name; null where it holds none. One at most.</summary>
    public string? RoleName { get; init; }

    public required DateTimeOffset CreateDate { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys => RoleName is { } role ? [NameWord(Name), RoleWord(role)] : [NameWord(Name)];

    public static string NameWord(string name) => $"name/{name.ToLowerInvariant()}";

    /// <summary>The word by which the profiles of a role are found.</summary>
    public static string RoleWord(string role) => $"role/{role.ToLowerInvariant()}";

    /// <summary>Such as <c>arn:aws:iam::000000000000:instance-profile/path/NAME</c>.</summary>
    public string ArnIn(string account) => $"arn:aws:iam::{account}:instance-profile{Path}{Name}";
}
