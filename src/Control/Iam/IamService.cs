using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>
/// Identity and Access Management, as far as networks need it: roles, their policies, instance profiles and server certificates. Policies are
/// kept and shown; nothing is authorised by them. Source: IAM API Reference, CreateRole, DeleteRole, GetRole.
/// </summary>
public sealed partial class IamService : AwsIam.IIam<CommandContext>
{
    private const int HourSeconds = 3600;
    private const int HalfDaySeconds = 43200;

    public AwsIam.CreateRoleResponse CreateRole(CommandContext context, AwsIam.CreateRoleRequest request)
    {
        string name = IamNames.Role(request.RoleName);
        string path = IamNames.Path(request.Path);
        new Constraints()
            .Length(request.Description, "description", 0, 1000)
            .Pattern(request.Description, "description", DescriptionText(), @"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*")
            .Range(request.MaxSessionDuration, "maxSessionDuration", HourSeconds, HalfDaySeconds)
            .Check();
        string trust = PolicyDocuments.Trust(request.AssumeRolePolicyDocument);
        ImmutableSortedDictionary<string, string> tags = IamTags.New(request.Tags);
        string? boundary = string.IsNullOrEmpty(request.PermissionsBoundary)
            ? null
            : BoundaryOf(context, IamNames.Arn(request.PermissionsBoundary, "PermissionsBoundary", "permissionsBoundary"));
        if (FindRole(context, name) is not null)
        {
            throw IamFaults.AlreadyExists($"Role with name {name} already exists.");
        }

        context.Quotas.Check(Quotas.IamRoles, context.Global.Here.Table<IamRole>().Count + 1);
        IamRole role = context.Global.Put(new IamRole
        {
            Name = name,
            RoleId = IamNames.NewId(context, "AROA"),
            Path = path,
            AssumeRolePolicy = trust,
            Description = string.IsNullOrEmpty(request.Description) ? null : request.Description,
            MaxSessionDuration = request.MaxSessionDuration ?? HourSeconds,
            PermissionsBoundary = boundary,
            CreateDate = context.Now,
            Tags = tags,
        });
        return new AwsIam.CreateRoleResponse { Role = ToWire(context, role) };
    }

    public AwsIam.GetRoleResponse GetRole(CommandContext context, AwsIam.GetRoleRequest request) => new()
    {
        Role = ToWire(context, RoleOf(context, request.RoleName)) with { RoleLastUsed = new AwsIam.RoleLastUsed() },
    };

    /// <remarks>AWS wants its policies and profiles taken away first.</remarks>
    public AwsIam.DeleteRoleResult DeleteRole(CommandContext context, AwsIam.DeleteRoleRequest request)
    {
        IamRole role = OwnRole(context, request.RoleName);
        string? why = context.Global.Here.By<InstanceProfile>(InstanceProfile.RoleWord(role.Name)).Any() ? "remove roles from instance profile"
            : !role.AttachedPolicies.IsEmpty ? "detach all policies"
            : !role.InlinePolicies.IsEmpty ? "delete policies"
            : null;
        if (why is not null)
        {
            throw IamFaults.DeleteConflict($"Cannot delete entity, must {why} first.");
        }

        context.Global.Remove(new Id<IamRole>(role.Key));
        return new AwsIam.DeleteRoleResult();
    }

    /// <summary>A role of the caller's account; null where there is none of that name, in whatever case.</summary>
    internal static IamRole? FindRole(CommandContext context, string name) =>
        context.Global.Here.By<IamRole>(IamRole.NameWord(name)).FirstOrDefault();

    private static IamRole RoleOf(CommandContext context, string? name)
    {
        string given = IamNames.Role(name);
        return FindRole(context, given) ?? throw IamFaults.NoSuchRole(given);
    }

    /// <summary>A role that its account may change: one that is linked to a service is not.</summary>
    private static IamRole OwnRole(CommandContext context, string? name) =>
        RoleOf(context, name) is { LinkedService: null } role ? role : throw IamFaults.Protected(name!);

    private static string BoundaryOf(CommandContext context, string arn) => ManagedPolicyOf(context, arn) is { IsAttachable: true }
        ? arn
        : throw IamFaults.NoSuchEntity($"Scope ARN: {arn} does not exist or is not attachable.");

    private static AwsIam.Role ToWire(CommandContext context, IamRole role) => new()
    {
        Path = role.Path,
        RoleName = role.Name,
        RoleId = role.RoleId,
        Arn = role.ArnIn(context.Account),
        CreateDate = role.CreateDate,
        AssumeRolePolicyDocument = Uri.EscapeDataString(role.AssumeRolePolicy),
        Description = role.Description,
        MaxSessionDuration = role.MaxSessionDuration,
        PermissionsBoundary = role.PermissionsBoundary is { } boundary
            ? new AwsIam.AttachedPermissionsBoundary { PermissionsBoundaryType = "Policy", PermissionsBoundaryArn = boundary }
            : null,
        Tags = IamTags.ToWire(role.Tags),
    };

    [GeneratedRegex(@"^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex DescriptionText();
}
