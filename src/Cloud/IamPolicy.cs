using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>A managed policy that the customer made. Stands in the account's us-east-1 partition. Source: AWS, IAM API Reference, Policy.</summary>
public sealed record IamPolicy : IResource<IamPolicy>
{
    public static string Kind => "iam-policy";

    public static string IdPrefix => "";

    /// <summary>Unique in the account without regard to case; as it was given.</summary>
    public required string Name { get; init; }

    /// <summary>IAM's own id, <c>ANPA…</c>.</summary>
    public required string PolicyId { get; init; }

    public string Path { get; init; } = "/";

    public string? Description { get; init; }

    /// <summary>The only version, v1: JSON as it was sent.</summary>
    public required string Document { get; init; }

    public required DateTimeOffset CreateDate { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys => [NameWord(Name)];

    public static string NameWord(string name) => $"name/{name.ToLowerInvariant()}";

    /// <summary>Such as <c>arn:aws:iam::000000000000:policy/path/NAME</c>.</summary>
    public string ArnIn(string account) => $"arn:aws:iam::{account}:policy{Path}{Name}";
}
