using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>
/// Which permission holds for a type of resource in a share. Source: RAM API, AssociateResourceSharePermission,
/// ReplacePermissionAssociations and their like.
/// </summary>
public sealed partial class RamService
{
    private const string AssociatedStatus = "ASSOCIATED";

    public AwsRam.AssociateResourceSharePermissionResponse AssociateResourceSharePermission(
        CommandContext context, AwsRam.AssociateResourceSharePermissionRequest request)
    {
        ResourceShare share = OwnShare(context, request.ResourceShareArn);
        PermissionView permission = AnyPermission(context, request.PermissionArn, request.PermissionVersion);
        if (!permission.IsDefaultVersion)
        {
            throw RamFaults.Invalid($"Version {permission.Version} is not the default version of permission {permission.Arn}.");
        }

        SharePermissionUse? there = share.Permissions.FirstOrDefault(p => p.ResourceType == permission.ResourceType);
        if (there is not null && there.Arn != permission.Arn && request.Replace != true)
        {
            throw RamFaults.Invalid(
                $"The resource share already has the permission {there.Arn} for the resource type {permission.ResourceType}. "
                + "Use the parameter replace.");
        }

        context.Put(WithPermission(context, share, permission) with { LastUpdatedTime = context.Now });
        return new AwsRam.AssociateResourceSharePermissionResponse { ReturnValue = true, ClientToken = request.ClientToken };
    }

    /// <summary>Refused while a resource of the type is in the share.</summary>
    public AwsRam.DisassociateResourceSharePermissionResponse DisassociateResourceSharePermission(
        CommandContext context, AwsRam.DisassociateResourceSharePermissionRequest request)
    {
        ResourceShare share = OwnShare(context, request.ResourceShareArn);
        RamArns.ParsePermission(request.PermissionArn);
        SharePermissionUse use = share.Permissions.FirstOrDefault(p => p.Arn == request.PermissionArn)
            ?? throw RamFaults.UnknownPermission(request.PermissionArn!);
        if (share.Resources.Any(r => r.Type == use.ResourceType && IsInPlace(r.State)))
        {
            throw new Fault(
                "InvalidStateTransitionException",
                $"Permission {use.Arn} cannot be disassociated while the resource share has resources of the type {use.ResourceType}.");
        }

        context.Put(share with { Permissions = share.Permissions.Remove(use), LastUpdatedTime = context.Now });
        return new AwsRam.DisassociateResourceSharePermissionResponse { ReturnValue = true, ClientToken = request.ClientToken };
    }

    public AwsRam.ListResourceSharePermissionsResponse ListResourceSharePermissions(
        CommandContext context, AwsRam.ListResourceSharePermissionsRequest request)
    {
        (string owner, _) = RamArns.ParseShare(context, request.ResourceShareArn);
        SeenShare seen = SharesOf(context, owner == context.Account ? Self : "OTHER-ACCOUNTS", [request.ResourceShareArn!]).Single();
        CommandContext theirs = context.At(new PartitionKey(owner, context.Region));
        Page<SharePermissionUse> page = PageOf(seen.Share.Permissions, request.MaxResults, request.NextToken, p => p.ResourceType);
        return new AwsRam.ListResourceSharePermissionsResponse
        {
            Permissions = [.. page.Rows.Select(p => Summary(AnyPermission(theirs, p.Arn, p.Version), AssociatedStatus))],
            NextToken = page.NextToken,
        };
    }

    public AwsRam.ListPermissionAssociationsResponse ListPermissionAssociations(
        CommandContext context, AwsRam.ListPermissionAssociationsRequest request)
    {
        if (request.PermissionArn is { } asked)
        {
            RamArns.ParsePermission(asked);
        }
        else if (request.PermissionVersion is not null)
        {
            throw RamFaults.Missing("permissionArn");
        }

        IEnumerable<AwsRam.AssociatedPermission> rows = SharesOf(context, Self, null).Where(s => s.Share.Status != Deleted)
            .SelectMany(s => s.Share.Permissions.Select(p => ToWire(context, s.Share, p)))
            .Where(a => (request.PermissionArn is null || a.Arn == request.PermissionArn)
                && (request.PermissionVersion is not { } version || a.PermissionVersion == Text(version))
                && (request.AssociationStatus is null || a.Status == request.AssociationStatus)
                && (request.ResourceType is null || request.ResourceType.Equals(a.ResourceType, StringComparison.OrdinalIgnoreCase))
                && (request.FeatureSet is null or Standard)
                && (request.DefaultVersion is null || a.DefaultVersion == request.DefaultVersion));
        Page<AwsRam.AssociatedPermission> page = PageOf(
            rows, request.MaxResults, request.NextToken, a => $"{a.Arn} {a.ResourceShareArn}");
        return new AwsRam.ListPermissionAssociationsResponse { Permissions = [.. page.Rows], NextToken = page.NextToken };
    }

    /// <summary>Puts one permission in the place of another in every share of the caller's; done at once.</summary>
    public AwsRam.ReplacePermissionAssociationsResponse ReplacePermissionAssociations(
        CommandContext context, AwsRam.ReplacePermissionAssociationsRequest request)
    {
        PermissionView from = AnyPermission(context, request.FromPermissionArn, request.FromPermissionVersion);
        PermissionView to = AnyPermission(context, request.ToPermissionArn);
        if (from.ResourceType != to.ResourceType)
        {
            throw RamFaults.Invalid("Both permissions must be for the same resource type.");
        }

        foreach (ResourceShare share in UsersOf(context, from.Arn).ToList())
        {
            if (share.Permissions.Any(p => p.Arn == from.Arn
                && (request.FromPermissionVersion is null || p.Version == request.FromPermissionVersion)))
            {
                context.Put(WithPermission(context, share, to) with { LastUpdatedTime = context.Now });
            }
        }

        ReplacePermissionsWork work = context.Put(new ReplacePermissionsWork
        {
            Key = Uuids.New(context),
            FromArn = from.Arn,
            FromVersion = request.FromPermissionVersion,
            ToArn = to.Arn,
            ToVersion = to.Version,
            CreationTime = context.Now,
        });
        return new AwsRam.ReplacePermissionAssociationsResponse
        {
            ReplacePermissionAssociationsWork = ToWire(work),
            ClientToken = request.ClientToken,
        };
    }

    public AwsRam.ListReplacePermissionAssociationsWorkResponse ListReplacePermissionAssociationsWork(
        CommandContext context, AwsRam.ListReplacePermissionAssociationsWorkRequest request)
    {
        IEnumerable<ReplacePermissionsWork> rows = request.WorkIds is { Count: > 0 } ids
            ? ids.Distinct(StringComparer.Ordinal).Select(id => context.Here.Table<ReplacePermissionsWork>().Find(id)
                ?? throw RamFaults.Invalid($"The work ID {id} could not be found."))
            : context.Here.All<ReplacePermissionsWork>();
        Page<ReplacePermissionsWork> page = PageOf(
            rows.Where(_ => request.Status is null or "COMPLETED"), request.MaxResults, request.NextToken, w => w.Key);
        return new AwsRam.ListReplacePermissionAssociationsWorkResponse
        {
            ReplacePermissionAssociationsWorks = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    private static ResourceShare WithPermission(CommandContext context, ResourceShare share, PermissionView permission)
    {
        SharePermissionUse use = new(permission.ResourceType, permission.Arn, permission.Version, context.Now);
        return share with
        {
            Permissions =
            [
                .. share.Permissions.RemoveAll(p => p.ResourceType == permission.ResourceType).Add(use)
                    .OrderBy(p => p.ResourceType, StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>The caller's shares that use a permission.</summary>
    private static IEnumerable<ResourceShare> UsersOf(CommandContext context, string arn) =>
        context.Here.By<ResourceShare>(ResourceShare.PermissionWord(arn)).Where(s => s.Status != Deleted);

    private static AwsRam.AssociatedPermission ToWire(CommandContext context, ResourceShare share, SharePermissionUse use) => new()
    {
        Arn = use.Arn,
        PermissionVersion = Text(use.Version),
        DefaultVersion = AnyPermission(context, use.Arn, use.Version).IsDefaultVersion,
        ResourceType = use.ResourceType,
        Status = AssociatedStatus,
        FeatureSet = Standard,
        LastUpdatedTime = use.LastUpdatedTime,
        ResourceShareArn = RamArns.Share(context.Account, context.Region, share.Key),
    };

    private static AwsRam.ReplacePermissionAssociationsWork ToWire(ReplacePermissionsWork work) => new()
    {
        Id = work.Key,
        FromPermissionArn = work.FromArn,
        FromPermissionVersion = work.FromVersion is { } version ? Text(version) : null,
        ToPermissionArn = work.ToArn,
        ToPermissionVersion = Text(work.ToVersion),
        Status = "COMPLETED",
        CreationTime = work.CreationTime,
        LastUpdatedTime = work.CreationTime,
    };
}
