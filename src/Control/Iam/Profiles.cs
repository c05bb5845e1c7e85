using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>
/// Instance profiles. Source: IAM API Reference, CreateInstanceProfile, DeleteInstanceProfile, GetInstanceProfile, AddRoleToInstanceProfile,
/// RemoveRoleFromInstanceProfile, ListInstanceProfilesForRole, TagInstanceProfile, UntagInstanceProfile.
/// </summary>
public sealed partial class IamService
{
    public AwsIam.CreateInstanceProfileResponse CreateInstanceProfile(CommandContext context, AwsIam.CreateInstanceProfileRequest request)
    {
        string name = IamNames.Profile(request.InstanceProfileName);
        string path = IamNames.Path(request.Path);
        ImmutableSortedDictionary<string, string> tags = IamTags.New(request.Tags);
        if (FindProfile(context, name) is not null)
        {
            throw IamFaults.AlreadyExists($"Instance Profile {name} already exists.");
        }

        context.Quotas.Check(Quotas.IamInstanceProfiles, context.Global.Here.Table<InstanceProfile>().Count + 1);
        InstanceProfile profile = context.Global.Put(new InstanceProfile
        {
            Name = name,
            ProfileId = IamNames.NewId(context, "AIPA"),
            Path = path,
            CreateDate = context.Now,
            Tags = tags,
        });
        return new AwsIam.CreateInstanceProfileResponse { InstanceProfile = ToWire(context, profile) };
    }

    public AwsIam.GetInstanceProfileResponse GetInstanceProfile(CommandContext context, AwsIam.GetInstanceProfileRequest request) => new()
    {
        InstanceProfile = ToWire(context, ProfileOf(context, request.InstanceProfileName)),
    };

    /// <remarks>Instances that bear it keep it, as on AWS.</remarks>
    public AwsIam.DeleteInstanceProfileResult DeleteInstanceProfile(CommandContext context, AwsIam.DeleteInstanceProfileRequest request)
    {
        InstanceProfile profile = ProfileOf(context, request.InstanceProfileName);
        if (profile.RoleName is not null)
        {
            throw IamFaults.DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
        }

        context.Global.Remove(new Id<InstanceProfile>(profile.Key));
        return new AwsIam.DeleteInstanceProfileResult();
    }

    public AwsIam.AddRoleToInstanceProfileResult AddRoleToInstanceProfile(
        CommandContext context, AwsIam.AddRoleToInstanceProfileRequest request)
    {
        InstanceProfile profile = ProfileOf(context, request.InstanceProfileName);
        IamRole role = OwnRole(context, request.RoleName);
        if (profile.RoleName is not null)
        {
            throw IamFaults.LimitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
        }

        context.Global.Put(profile with { RoleName = role.Name });
        return new AwsIam.AddRoleToInstanceProfileResult();
    }

    public AwsIam.RemoveRoleFromInstanceProfileResult RemoveRoleFromInstanceProfile(
        CommandContext context, AwsIam.RemoveRoleFromInstanceProfileRequest request)
    {
        InstanceProfile profile = ProfileOf(context, request.InstanceProfileName);
        string role = IamNames.Role(request.RoleName);
        if (!string.Equals(profile.RoleName, role, StringComparison.OrdinalIgnoreCase))
        {
            throw IamFaults.NoSuchRole(role);
        }

        context.Global.Put(profile with { RoleName = null });
        return new AwsIam.RemoveRoleFromInstanceProfileResult();
    }

    public AwsIam.ListInstanceProfilesForRoleResponse ListInstanceProfilesForRole(
        CommandContext context, AwsIam.ListInstanceProfilesForRoleRequest request)
    {
        IamRole role = RoleOf(context, request.RoleName);
        Page<InstanceProfile> page = IamNames.Page(
            context.Global.Here.By<InstanceProfile>(InstanceProfile.RoleWord(role.Name)), request.MaxItems, request.Marker, p => p.Key);
        return new AwsIam.ListInstanceProfilesForRoleResponse
        {
            InstanceProfiles = [.. page.Rows.Select(p => ToWire(context, p))],
            IsTruncated = page.NextToken is not null,
            Marker = page.NextToken,
        };
    }

    public AwsIam.TagInstanceProfileResult TagInstanceProfile(CommandContext context, AwsIam.TagInstanceProfileRequest request)
    {
        InstanceProfile profile = ProfileOf(context, request.InstanceProfileName);
        context.Global.Put(profile with { Tags = IamTags.With(profile.Tags, request.Tags) });
        return new AwsIam.TagInstanceProfileResult();
    }

    public AwsIam.UntagInstanceProfileResult UntagInstanceProfile(CommandContext context, AwsIam.UntagInstanceProfileRequest request)
    {
        InstanceProfile profile = ProfileOf(context, request.InstanceProfileName);
        context.Global.Put(profile with { Tags = IamTags.Without(profile.Tags, request.TagKeys) });
        return new AwsIam.UntagInstanceProfileResult();
    }

    /// <summary>An instance profile of the caller's account; null where there is none of that name, in whatever case.</summary>
    internal static InstanceProfile? FindProfile(CommandContext context, string name) =>
        context.Global.Here.By<InstanceProfile>(InstanceProfile.NameWord(name)).FirstOrDefault();

    private static InstanceProfile ProfileOf(CommandContext context, string? name)
    {
        string given = IamNames.Profile(name);
        return FindProfile(context, given) ?? throw IamFaults.NoSuchProfile(given);
    }

    private static AwsIam.InstanceProfile ToWire(CommandContext context, InstanceProfile profile) => new()
    {
        Path = profile.Path,
        InstanceProfileName = profile.Name,
        InstanceProfileId = profile.ProfileId,
        Arn = profile.ArnIn(context.Account),
        CreateDate = profile.CreateDate,
        Roles = profile.RoleName is { } role && FindRole(context, role) is { } held ? [ToWire(context, held)] : [],
        Tags = IamTags.ToWire(profile.Tags),
    };
}
