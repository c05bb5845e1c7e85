using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>
/// Resources that one account shares with others: a row of the owner's, in the region of the resources. Source: RAM API, ResourceShare and
/// ResourceShareAssociation.
/// </summary>
public sealed record ResourceShare : IResource<ResourceShare>, ITagged
{
    public static string Kind => "resource-share";

    public static string IdPrefix => "";

    /// <summary>What stands after <c>resource-share/</c> in its ARN: a UUID.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>Whether accounts outside of the organization may be invited.</summary>
    public bool AllowExternalPrincipals { get; init; } = true;

    /// <summary><c>ACTIVE</c>, or <c>DELETED</c>: shown for two hours after it was deleted.</summary>
    public string Status { get; init; } = "ACTIVE";

    public required DateTimeOffset CreationTime { get; init; }

    public required DateTimeOffset LastUpdatedTime { get; init; }

    /// <summary>Whether an account that leaves the organization keeps what was shared with it.</summary>
    public bool RetainSharingOnAccountLeaveOrganization { get; init; }

    /// <summary>In the order they were associated; no ARN twice.</summary>
    public ImmutableArray<SharedResource> Resources { get; init; } = [];

    /// <summary>In the order they were associated; no account twice.</summary>
    public ImmutableArray<SharePrincipal> Principals { get; init; } = [];

    /// <summary>One for each type of resource in it, in order of the types.</summary>
    public ImmutableArray<SharePermissionUse> Permissions { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    /// <remarks>Other services' resources and other accounts are found by words with a slash: they hold nobody up.</remarks>
    public IEnumerable<string> Keys =>
    [
        .. Resources.Select(r => ResourceWord(r.Arn)),
        .. Principals.Select(p => PrincipalWord(p.Account)),
        .. Permissions.Select(p => PermissionWord(p.Arn)).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The word by which the shares that a resource is in are found.</summary>
    public static string ResourceWord(string arn) => $"shared/{arn}";

    /// <summary>The word by which the shares with an account are found.</summary>
    public static string PrincipalWord(string account) => $"principal/{account}";

    /// <summary>The word by which the shares are found that use a permission.</summary>
    public static string PermissionWord(string arn) => $"permission/{arn}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>Where an association of a share stands. Source: RAM API, ResourceShareAssociation, status.</summary>
public enum ShareAssociationState
{
    /// <summary>The invitation to it was not answered yet.</summary>
    Associating,
    Associated,

    /// <summary>It ended, or its invitation was rejected or expired. Shown for two hours.</summary>
    Disassociated,
}

/// <param name="Arn">Of the account and region of the share.</param>
/// <param name="Type">As RAM writes it: <c>ec2:TransitGateway</c>, <c>ec2:Subnet</c>, <c>ec2:PrefixList</c>.</param>
public sealed record SharedResource(
    string Arn, string Type, ShareAssociationState State, DateTimeOffset CreationTime, DateTimeOffset LastUpdatedTime);

/// <param name="Account">Twelve digits.</param>
/// <param name="External">Whether it is outside of the owner's organization: it was invited.</param>
public sealed record SharePrincipal(
    string Account, bool External, ShareAssociationState State, DateTimeOffset CreationTime, DateTimeOffset LastUpdatedTime)
{
    /// <summary>The state at a time: an invitation that nobody answered in its time has ended the association.</summary>
    public ShareAssociationState StateAt(DateTimeOffset now) =>
        State == ShareAssociationState.Associating && now - LastUpdatedTime > ShareInvitation.GoodFor ? ShareAssociationState.Disassociated : State;
}

/// <param name="ResourceType">The type of resource for which it holds.</param>
/// <param name="Arn">A permission of AWS's or of the owner's.</param>
/// <param name="Version">From 1.</param>
public sealed record SharePermissionUse(string ResourceType, string Arn, int Version, DateTimeOffset LastUpdatedTime);

/// <summary>A share as an account has it that it is shared with: a row of the receiver's in the share's region, which names the owner.</summary>
public sealed record ReceivedShare : IResource<ReceivedShare>
{
    public static string Kind => "received-share";

    public static string IdPrefix => "";

    /// <summary>The same as the share's.</summary>
    public required string Key { get; init; }

    /// <summary>Whose it is; the share's row is in this account's tables of the same region.</summary>
    public required string Owner { get; init; }

    public IEnumerable<string> Keys => [];
}

/// <summary>An invitation to a share: a row of the receiver's, in the share's region. Source: RAM API, ResourceShareInvitation.</summary>
public sealed record ShareInvitation : IResource<ShareInvitation>
{
    public static string Kind => "resource-share-invitation";

    public static string IdPrefix => "";

    /// <summary>How long an invitation can be answered. Source: RAM User Guide, "Accepting and rejecting resource share invitations".</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(12);

    /// <summary>What stands after <c>resource-share-invitation/</c> in its ARN: a UUID.</summary>
    public required string Key { get; init; }

    public required string ShareKey { get; init; }

    public required string ShareName { get; init; }

    public required string Sender { get; init; }

    public required DateTimeOffset InvitedAt { get; init; }

    /// <summary><c>PENDING</c>, <c>ACCEPTED</c>, <c>REJECTED</c> or <c>EXPIRED</c>.</summary>
    public string Status { get; init; } = "PENDING";

    public IEnumerable<string> Keys => [ShareWord(ShareKey)];

    /// <summary>The status at a moment: one that nobody answered in time has expired.</summary>
    public string StatusAt(DateTimeOffset now) => Status == "PENDING" && now - InvitedAt > GoodFor ? "EXPIRED" : Status;

    /// <summary>The word by which the invitations to a share are found.</summary>
    public static string ShareWord(string shareKey) => $"share/{shareKey}";
}
