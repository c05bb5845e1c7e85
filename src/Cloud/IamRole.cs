using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>An IAM role. It stands in the account's us-east-1 partition whatever region asks. Source: AWS, IAM API Reference, Role.</summary>
public sealed record IamRole : IResource<IamRole>
{
    public static string Kind => "iam-role";

    public static string IdPrefix => "";

    /// <summary>Unique in the account without regard to case; as it was given.</summary>
    public required string Name { get; init; }

    /// <summary>IAM's own id, <c>AROA…</c>.</summary>
    public required string RoleId { get; init; }

    /// <summary><c>/</c>, or begins and ends with a slash.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The trust policy, JSON as it was sent.</summary>
    public required string AssumeRolePolicy { get; init; }

    public string? Description { get; init; }

    /// <summary>Seconds, 3600 to 43200.</summary>
    public int MaxSessionDuration { get; init; } = 3600;

    /// <summary>The ARN of a policy; null where there is none.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>Inline policies: name to JSON.</summary>
    public ImmutableSortedDictionary<string, string> InlinePolicies { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>ARNs of attached managed policies, in the order in which they were attached.</summary>
    public ImmutableArray<string> AttachedPolicies { get; init; } = [];

    /// <summary>The service that the role is linked to (<c>elasticloadbalancing.amazonaws.com</c>); null for others.</summary>
    public string? LinkedService { get; init; }

    public required DateTimeOffset CreateDate { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Name;

    public IEnumerable<string> Keys =>
        [NameWord(Name), .. AttachedPolicies, .. PermissionsBoundary is { } boundary ? [BoundaryWord(boundary)] : Array.Empty<string>()];

    public static string NameWord(string name) => $"name/{name.ToLowerInvariant()}";

    /// <summary>Such as <c>arn:aws:iam::000000000000:role/path/NAME</c>.</summary>
    public string ArnIn(string account) => $"arn:aws:iam::{account}:role{Path}{Name}";

    /// <summary>The word by which the holders of a policy as permissions boundary are found.</summary>
    public static string BoundaryWord(string policyArn) => $"boundary/{policyArn}";
}
