using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>
/// Resource Access Manager: shares and who has them. A share is a row of its owner's in the region of its resources; a receiver has a row
/// that points to it. Source: RAM API Reference; RAM User Guide.
/// </summary>
public sealed partial class RamService : AwsRam.IRam<CommandContext>
{
    private const int PageMax = 500;
    private const string Self = "SELF";
    private const string Deleted = "DELETED";
    private const string Standard = "STANDARD";

    /// <summary>How long what has ended is still shown.</summary>
    private static readonly TimeSpan ShownAfterEnd = TimeSpan.FromHours(2);

    public AwsRam.CreateResourceShareResponse CreateResourceShare(CommandContext context, AwsRam.CreateResourceShareRequest request)
    {
        RefuseSources(request.Sources);
        Sweep(context);
        context.Quotas.Check(RamQuotas.SharesPerRegion, context.Here.All<ResourceShare>().Count(s => s.Status != Deleted) + 1);
        ResourceShare share = new()
        {
            Key = Uuids.New(context),
            Name = string.IsNullOrEmpty(request.Name) ? throw RamFaults.Missing("name") : request.Name,
            AllowExternalPrincipals = request.AllowExternalPrincipals ?? true,
            CreationTime = context.Now,
            LastUpdatedTime = context.Now,
            RetainSharingOnAccountLeaveOrganization =
                request.ResourceShareConfiguration?.RetainSharingOnAccountLeaveOrganization ?? false,
            Tags = RamTags.Added(Tags.None, request.Tags),
        };
        foreach (string arn in (request.PermissionArns ?? []).Distinct(StringComparer.Ordinal))
        {
            PermissionView permission = AnyPermission(context, arn);
            if (share.Permissions.Any(p => p.ResourceType == permission.ResourceType))
            {
                throw RamFaults.Invalid($"More than one permission for the resource type {permission.ResourceType} was specified.");
            }

            share = WithPermission(context, share, permission);
        }

        share = Associated(context, share, request.ResourceArns ?? [], request.Principals ?? []);
        PutShare(context, share);
        return new AwsRam.CreateResourceShareResponse { ResourceShare = ToWire(context, context.Account, share), ClientToken = request.ClientToken };
    }

    public AwsRam.UpdateResourceShareResponse UpdateResourceShare(CommandContext context, AwsRam.UpdateResourceShareRequest request)
    {
        ResourceShare share = OwnShare(context, request.ResourceShareArn);
        if (request.Name is null && request.AllowExternalPrincipals is null)
        {
            throw RamFaults.Missing("name or allowExternalPrincipals");
        }

        if (request.AllowExternalPrincipals == false && share.Principals.Any(p => p.External && IsInPlace(p.StateAt(context.Now))))
        {
            throw RamFaults.NotPermitted("The resource share has principals outside of your organization. Disassociate them first.");
        }

        ResourceShare next = context.Put(share with
        {
            Name = request.Name is "" ? throw RamFaults.Invalid("The name must not be empty.") : request.Name ?? share.Name,
            AllowExternalPrincipals = request.AllowExternalPrincipals ?? share.AllowExternalPrincipals,
            LastUpdatedTime = context.Now,
        });
        return new AwsRam.UpdateResourceShareResponse { ResourceShare = ToWire(context, context.Account, next), ClientToken = request.ClientToken };
    }

    /// <summary>Ends every association; what was made by means of the share stays. The share is shown as deleted for two hours.</summary>
    public AwsRam.DeleteResourceShareResponse DeleteResourceShare(CommandContext context, AwsRam.DeleteResourceShareRequest request)
    {
        Sweep(context);
        ResourceShare share = OwnShare(context, request.ResourceShareArn);
        ResourceShare ended = share;
        foreach (SharePrincipal principal in share.Principals.Where(p => IsInPlace(p.State)))
        {
            ended = WithoutPrincipal(context, ended, principal.Account);
        }

        PutShare(context, ended with
        {
            Status = Deleted,
            LastUpdatedTime = context.Now,
            Resources = [.. ended.Resources.Select(r => Ended(context, r))],
        });
        return new AwsRam.DeleteResourceShareResponse { ReturnValue = true, ClientToken = request.ClientToken };
    }

    public AwsRam.GetResourceSharesResponse GetResourceShares(CommandContext context, AwsRam.GetResourceSharesRequest request)
    {
        IEnumerable<SeenShare> rows = SharesOf(context, request.ResourceOwner, request.ResourceShareArns)
            .Where(s => (request.ResourceShareStatus is null || s.Share.Status == request.ResourceShareStatus)
                && (request.Name is null || s.Share.Name == request.Name)
                && RamTags.Meets(s.Share, request.TagFilters));
        if (request.PermissionArn is { } permissionArn)
        {
            RamArns.ParsePermission(permissionArn);
            rows = rows.Where(s => s.Share.Permissions.Any(
                p => p.Arn == permissionArn && (request.PermissionVersion is null || p.Version == request.PermissionVersion)));
        }
        else if (request.PermissionVersion is not null)
        {
            throw RamFaults.Missing("permissionArn");
        }

        Page<SeenShare> page = PageOf(rows, request.MaxResults, request.NextToken, s => s.Share.Key);
        return new AwsRam.GetResourceSharesResponse
        {
            ResourceShares = [.. page.Rows.Select(s => ToWire(context, s.Owner, s.Share))],
            NextToken = page.NextToken,
        };
    }

    public AwsRam.TagResourceResponse TagResource(CommandContext context, AwsRam.TagResourceRequest request)
    {
        Retag(context, request.ResourceShareArn, request.ResourceArn, tags => RamTags.Added(tags, request.Tags));
        return new AwsRam.TagResourceResponse();
    }

    public AwsRam.UntagResourceResponse UntagResource(CommandContext context, AwsRam.UntagResourceRequest request)
    {
        Retag(context, request.ResourceShareArn, request.ResourceArn, tags => RamTags.Without(tags, request.TagKeys ?? []));
        return new AwsRam.UntagResourceResponse();
    }

    /// <summary>All accounts of this cloud become one organization, whose management account is the first to enable sharing.</summary>
    public AwsRam.EnableSharingWithAwsOrganizationResponse EnableSharingWithAwsOrganization(
        CommandContext context, AwsRam.EnableSharingWithAwsOrganizationRequest request)
    {
        if (ManagementAccount(context) is { } manager)
        {
            return manager == context.Account
                ? new AwsRam.EnableSharingWithAwsOrganizationResponse { ReturnValue = true }
                : throw RamFaults.NotPermitted("This operation can be called only from the management account of the organization.");
        }

        context.Global.Put(new OrganizationSharing { EnabledAt = context.Now });
        return new AwsRam.EnableSharingWithAwsOrganizationResponse { ReturnValue = true };
    }

    /// <summary>The account that enabled sharing within the organization; null where none did.</summary>
    private static string? ManagementAccount(CommandContext context)
    {
        foreach (Partition partition in context.Draft.Next.Partitions.Values)
        {
            if (partition.Region == GlobalRows.HomeRegion && partition.Table<OrganizationSharing>().Count > 0)
            {
                return partition.Account;
            }
        }

        return null;
    }

    /// <summary>The caller's own share, not deleted.</summary>
    private static ResourceShare OwnShare(CommandContext context, string? arn)
    {
        (string account, string key) = RamArns.ParseShare(context, arn);
        ResourceShare? share = account == context.Account ? context.Here.Table<ResourceShare>().Find(key) : null;
        return share is null || share.Status == Deleted ? throw RamFaults.UnknownShare(arn!) : share;
    }

    /// <summary>The shares that a reader asks for: its own, or those of others that it has accepted; each named one must be there.</summary>
    private static IEnumerable<SeenShare> SharesOf(CommandContext context, string? owner, IReadOnlyList<string>? arns)
    {
        IEnumerable<SeenShare> all = owner == Self
            ? context.Here.All<ResourceShare>().Where(s => IsShown(context, s)).Select(s => new SeenShare(context.Account, s))
            : ReceivedShares(context);
        if (arns is not { Count: > 0 })
        {
            return all;
        }

        Dictionary<string, SeenShare> byArn = all.ToDictionary(s => RamArns.Share(s.Owner, context.Region, s.Share.Key), StringComparer.Ordinal);
        List<SeenShare> named = [];
        foreach (string arn in arns.Distinct(StringComparer.Ordinal))
        {
            RamArns.ParseShare(context, arn);
            named.Add(byArn.TryGetValue(arn, out SeenShare? seen) ? seen : throw RamFaults.UnknownShare(arn));
        }

        return named;
    }

    private static IEnumerable<SeenShare> ReceivedShares(CommandContext context) => context.Here.All<ReceivedShare>()
        .Select(r => (r.Owner, Share: Sharing.ShareOf(context.Draft.Next, r, context.Region)))
        .Where(s => s.Share is { Status: not Deleted })
        .Select(s => new SeenShare(s.Owner, s.Share!));

    private static bool IsShown(CommandContext context, ResourceShare share) =>
        share.Status != Deleted || context.Now - share.LastUpdatedTime < ShownAfterEnd;

    private static bool IsInPlace(ShareAssociationState state) => state != ShareAssociationState.Disassociated;

    /// <summary>Takes away the shares that are shown no more.</summary>
    private static void Sweep(CommandContext context)
    {
        foreach (ResourceShare share in context.Here.All<ResourceShare>().Where(s => !IsShown(context, s)).ToList())
        {
            context.Remove(new Id<ResourceShare>(share.Key));
        }
    }

    private static void RefuseSources(IReadOnlyList<string>? sources)
    {
        if (sources is { Count: > 0 })
        {
            throw Fault.Unsupported("sources");
        }
    }

    private static void Retag(
        CommandContext context, string? shareArn, string? arn,
        Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        if (shareArn is null == arn is null)
        {
            throw RamFaults.Invalid("Exactly one of resourceShareArn and resourceArn must be specified.");
        }

        if (arn is not null && RamArns.IsPermission(arn))
        {
            SharePermission permission = OwnPermission(context, arn);
            context.Put(permission with { Tags = change(permission.Tags) });
            return;
        }

        ResourceShare share = OwnShare(context, shareArn ?? arn);
        context.Put(share with { Tags = change(share.Tags) });
    }

    private static Page<T> PageOf<T>(
        IEnumerable<T> rows, int? maxResults, string? nextToken, Func<T, string> keyOf, string sizeFault = "InvalidParameterException")
    {
        if (maxResults is < 1 or > PageMax)
        {
            throw new Fault(sizeFault, $"maxResults must be between 1 and {PageMax}.");
        }

        return Pager.Page(
            rows.OrderBy(keyOf, StringComparer.Ordinal), maxResults, nextToken, keyOf, 1, PageMax, alwaysPaged: true,
            tokenFault: "InvalidNextTokenException");
    }

    /// <summary>Tags are shown to the owner only.</summary>
    private static AwsRam.ResourceShare ToWire(CommandContext context, string owner, ResourceShare share) => new()
    {
        ResourceShareArn = RamArns.Share(owner, context.Region, share.Key),
        Name = share.Name,
        OwningAccountId = owner,
        AllowExternalPrincipals = share.AllowExternalPrincipals,
        Status = share.Status,
        Tags = owner == context.Account ? RamTags.ToWire(share.Tags) : null,
        CreationTime = share.CreationTime,
        LastUpdatedTime = share.LastUpdatedTime,
        FeatureSet = Standard,
        ResourceShareConfiguration = share.RetainSharingOnAccountLeaveOrganization
            ? new AwsRam.ResourceShareConfiguration { RetainSharingOnAccountLeaveOrganization = true }
            : null,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A share with its owner's account.</summary>
    private sealed record SeenShare(string Owner, ResourceShare Share);
}
