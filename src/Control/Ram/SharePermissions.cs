using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>
/// Managed permissions, AWS's and the account's own. They say what a receiver may do; here they are kept and shown and authorise nothing.
/// Source: RAM API, CreatePermission and its like; RAM User Guide, "Managing permissions".
/// </summary>
public sealed partial class RamService
{
    /// <summary>Not adjustable. Source: RAM API, CreatePermissionVersion.</summary>
    private const int VersionsPerPermission = 5;

    [GeneratedRegex(@"\A[\w.-]{1,36}\z", RegexOptions.ECMAScript)]
    private static partial Regex PermissionName { get; }

    public AwsRam.CreatePermissionResponse CreatePermission(CommandContext context, AwsRam.CreatePermissionRequest request)
    {
        string name = request.Name ?? throw RamFaults.Missing("name");
        if (!PermissionName.IsMatch(name))
        {
            throw RamFaults.Invalid($"The name {name} is not valid: 1 to 36 letters, digits, '_', '.' and '-'.");
        }

        ShareableType type = ShareableTypes.Named(request.ResourceType ?? "")
            ?? throw RamFaults.Invalid($"The resource type {request.ResourceType} is not valid.");
        string template = PolicyTemplates.Checked(request.PolicyTemplate, type);
        if (context.Here.Table<SharePermission>().Find(name) is not null)
        {
            throw new Fault("PermissionAlreadyExistsException", $"A permission named {name} already exists.", 409);
        }

        context.Quotas.Check(RamQuotas.CustomerPermissionsPerRegion, context.Here.Table<SharePermission>().Count + 1);
        SharePermission permission = context.Put(new SharePermission
        {
            Name = name,
            ResourceType = type.Name,
            Versions = [new SharePermissionVersion(1, template, context.Now)],
            DefaultVersion = 1,
            LastVersion = 1,
            CreationTime = context.Now,
            LastUpdatedTime = context.Now,
            Tags = RamTags.Added(Tags.None, request.Tags),
        });
        return new AwsRam.CreatePermissionResponse
        {
            Permission = Summary(ViewOf(context, permission, 1)),
            ClientToken = request.ClientToken,
        };
    }

    /// <summary>The new version is the default one at once.</summary>
    public AwsRam.CreatePermissionVersionResponse CreatePermissionVersion(
        CommandContext context, AwsRam.CreatePermissionVersionRequest request)
    {
        SharePermission permission = OwnPermission(context, request.PermissionArn);
        string template = PolicyTemplates.Checked(request.PolicyTemplate, ShareableTypes.Named(permission.ResourceType)!);
        if (permission.Versions.Length >= VersionsPerPermission)
        {
            throw new Fault(
                "PermissionVersionsLimitExceededException", $"A permission can have at most {VersionsPerPermission} versions.");
        }

        int number = permission.LastVersion + 1;
        SharePermission next = context.Put(permission with
        {
            Versions = permission.Versions.Add(new SharePermissionVersion(number, template, context.Now)),
            DefaultVersion = number,
            LastVersion = number,
            LastUpdatedTime = context.Now,
        });
        return new AwsRam.CreatePermissionVersionResponse
        {
            Permission = Detail(ViewOf(context, next, number)),
            ClientToken = request.ClientToken,
        };
    }

    public AwsRam.DeletePermissionResponse DeletePermission(CommandContext context, AwsRam.DeletePermissionRequest request)
    {
        SharePermission permission = OwnPermission(context, request.PermissionArn);
        string arn = RamArns.Permission(context, permission.Name);
        if (UsersOf(context, arn).Any())
        {
            throw RamFaults.NotPermitted($"Permission {arn} is associated with resource shares.");
        }

        context.Remove(new Id<SharePermission>(permission.Key));
        return new AwsRam.DeletePermissionResponse { ReturnValue = true, PermissionStatus = Deleted, ClientToken = request.ClientToken };
    }

    public AwsRam.DeletePermissionVersionResponse DeletePermissionVersion(
        CommandContext context, AwsRam.DeletePermissionVersionRequest request)
    {
        SharePermission permission = OwnPermission(context, request.PermissionArn);
        string arn = RamArns.Permission(context, permission.Name);
        int number = request.PermissionVersion ?? throw RamFaults.Missing("permissionVersion");
        SharePermissionVersion version = VersionOf(permission, arn, number);
        if (number == permission.DefaultVersion)
        {
            throw RamFaults.NotPermitted($"Version {number} is the default version of permission {arn}.");
        }

        if (UsersOf(context, arn).Any(s => s.Permissions.Any(p => p.Arn == arn && p.Version == number)))
        {
            throw RamFaults.NotPermitted($"Version {number} of permission {arn} is associated with resource shares.");
        }

        context.Put(permission with { Versions = permission.Versions.Remove(version), LastUpdatedTime = context.Now });
        return new AwsRam.DeletePermissionVersionResponse
        {
            ReturnValue = true,
            PermissionStatus = Deleted,
            ClientToken = request.ClientToken,
        };
    }

    public AwsRam.SetDefaultPermissionVersionResponse SetDefaultPermissionVersion(
        CommandContext context, AwsRam.SetDefaultPermissionVersionRequest request)
    {
        SharePermission permission = OwnPermission(context, request.PermissionArn);
        int number = request.PermissionVersion ?? throw RamFaults.Missing("permissionVersion");
        VersionOf(permission, request.PermissionArn!, number);
        context.Put(permission with { DefaultVersion = number, LastUpdatedTime = context.Now });
        return new AwsRam.SetDefaultPermissionVersionResponse { ReturnValue = true, ClientToken = request.ClientToken };
    }

    public AwsRam.GetPermissionResponse GetPermission(CommandContext context, AwsRam.GetPermissionRequest request) =>
        new() { Permission = Detail(AnyPermission(context, request.PermissionArn, request.PermissionVersion)) };

    public AwsRam.ListPermissionsResponse ListPermissions(CommandContext context, AwsRam.ListPermissionsRequest request)
    {
        if (request.ResourceType is { } named && ShareableTypes.Named(named) is null)
        {
            throw RamFaults.Invalid($"The resource type {named} is not valid.");
        }

        IEnumerable<PermissionView> rows = PermissionCatalogue.All
            .Concat(context.Here.All<SharePermission>().Select(p => ViewOf(context, p, p.DefaultVersion)))
            .Where(p => request.ResourceType is null || p.ResourceType.Equals(request.ResourceType, StringComparison.OrdinalIgnoreCase))
            .Where(p => request.PermissionType is null or "ALL" || (request.PermissionType == "AWS_MANAGED") == p.IsAwsManaged);
        Page<PermissionView> page = PageOf(rows, request.MaxResults, request.NextToken, p => p.Arn);
        return new AwsRam.ListPermissionsResponse { Permissions = [.. page.Rows.Select(p => Summary(p))], NextToken = page.NextToken };
    }

    public AwsRam.ListPermissionVersionsResponse ListPermissionVersions(
        CommandContext context, AwsRam.ListPermissionVersionsRequest request)
    {
        PermissionView asked = AnyPermission(context, request.PermissionArn);
        IEnumerable<PermissionView> rows = asked.IsAwsManaged
            ? [asked]
            : OwnPermission(context, request.PermissionArn) is var own ? own.Versions.Select(v => ViewOf(context, own, v.Number)) : [];
        Page<PermissionView> page = PageOf(rows, request.MaxResults, request.NextToken, p => p.Version.ToString("D9", null));
        return new AwsRam.ListPermissionVersionsResponse { Permissions = [.. page.Rows.Select(p => Summary(p))], NextToken = page.NextToken };
    }

    /// <summary>None is ever made from a resource's policy here, so there is none to promote.</summary>
    public AwsRam.PromotePermissionCreatedFromPolicyResponse PromotePermissionCreatedFromPolicy(
        CommandContext context, AwsRam.PromotePermissionCreatedFromPolicyRequest request)
    {
        PermissionView permission = AnyPermission(context, request.PermissionArn);
        throw RamFaults.NotPermitted($"Permission {permission.Arn} was not created from a policy.");
    }

    /// <summary>A permission of AWS's or the caller's own; without a version, its default one.</summary>
    /// <exception cref="Fault">MalformedArnException, UnknownResourceException.</exception>
    private static PermissionView AnyPermission(CommandContext context, string? arn, int? version = null)
    {
        (string account, string name) = RamArns.ParsePermission(arn);
        if (account == "aws")
        {
            PermissionView managed = PermissionCatalogue.Named(name) ?? throw RamFaults.UnknownPermission(arn!);
            return version is null or 1 ? managed : throw UnknownVersion(arn!, version.Value);
        }

        SharePermission own = OwnPermission(context, arn);
        return ViewOf(context, own, VersionOf(own, arn!, version ?? own.DefaultVersion).Number);
    }

    private static SharePermission OwnPermission(CommandContext context, string? arn)
    {
        (string account, string name) = RamArns.ParsePermission(arn);
        if (account == "aws")
        {
            throw RamFaults.NotPermitted($"Permission {arn} is managed by AWS.");
        }

        SharePermission? own = context.Here.Table<SharePermission>().Find(name);
        return own is null || arn != RamArns.Permission(context, name) ? throw RamFaults.UnknownPermission(arn!) : own;
    }

    private static SharePermissionVersion VersionOf(SharePermission permission, string arn, int number) =>
        permission.Versions.FirstOrDefault(v => v.Number == number) ?? throw UnknownVersion(arn, number);

    private static Fault UnknownVersion(string arn, int number) =>
        new("UnknownResourceException", $"Version {number} of permission {arn} could not be found.");

    private static PermissionView ViewOf(CommandContext context, SharePermission permission, int version)
    {
        SharePermissionVersion row = permission.Versions.Single(v => v.Number == version);
        return new PermissionView(
            RamArns.Permission(context, permission.Name), permission.Name, permission.ResourceType, version,
            version == permission.DefaultVersion, IsAwsManaged: false, row.Template, row.CreationTime, permission.LastUpdatedTime)
        {
            Tags = permission.Tags,
        };
    }

    private static AwsRam.ResourceSharePermissionSummary Summary(PermissionView permission, string status = "ATTACHABLE") => new()
    {
        Arn = permission.Arn,
        Version = Text(permission.Version),
        DefaultVersion = permission.IsDefaultVersion,
        Name = permission.Name,
        ResourceType = permission.ResourceType,
        Status = status,
        CreationTime = permission.CreationTime,
        LastUpdatedTime = permission.LastUpdatedTime,
        IsResourceTypeDefault = permission.IsAwsManaged,
        PermissionType = TypeOf(permission),
        FeatureSet = Standard,
        Tags = RamTags.ToWire(permission.Tags),
    };

    private static AwsRam.ResourceSharePermissionDetail Detail(PermissionView permission) => new()
    {
        Arn = permission.Arn,
        Version = Text(permission.Version),
        DefaultVersion = permission.IsDefaultVersion,
        Name = permission.Name,
        ResourceType = permission.ResourceType,
        Permission = permission.Policy,
        CreationTime = permission.CreationTime,
        LastUpdatedTime = permission.LastUpdatedTime,
        IsResourceTypeDefault = permission.IsAwsManaged,
        PermissionType = TypeOf(permission),
        FeatureSet = Standard,
        Status = "ATTACHABLE",
        Tags = RamTags.ToWire(permission.Tags),
    };

    private static string TypeOf(PermissionView permission) => permission.IsAwsManaged ? "AWS_MANAGED" : "CUSTOMER_MANAGED";
}
