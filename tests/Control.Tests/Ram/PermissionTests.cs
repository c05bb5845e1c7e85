using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Tests.Control.Ram;

/// <summary>Managed permissions of RAM.</summary>
public sealed class PermissionTests
{
    private const string Policy = """{"Effect":"Allow","Action":["ec2:GetManagedPrefixListEntries"]}""";
    private const string Default = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionPrefixList";

    private readonly Lab lab = new();

    [Fact]
    public void A_type_has_the_default_permission_until_another_takes_its_place()
    {
        string share = lab.Share(lab.List());
        Assert.Equal([Default], Permissions(share));
        string own = Create("own");
        Assert.Equal("InvalidParameterException", lab.RefusedByRam((s, c) => s.AssociateResourceSharePermission(
            c, new() { ResourceShareArn = share, PermissionArn = own })));
        lab.Ram((s, c) => s.AssociateResourceSharePermission(c, new() { ResourceShareArn = share, PermissionArn = own, Replace = true }));
        Assert.Equal([own], Permissions(share));
        lab.Accept(share);
        Assert.Equal([own], lab.Ram((s, c) => s.ListResourceSharePermissions(c, new() { ResourceShareArn = share }), RamLab.Receiver)
            .Permissions!.Select(p => p.Arn));
        Assert.Equal("InvalidStateTransitionException", lab.RefusedByRam((s, c) => s.DisassociateResourceSharePermission(
            c, new() { ResourceShareArn = share, PermissionArn = own })));
    }

    [Fact]
    public void A_new_version_is_the_default_one_and_five_are_the_most()
    {
        string own = Create("own");
        for (int i = 2; i <= 5; i++)
        {
            Assert.Equal(($"{i}", true), Version(own));
        }

        Assert.Equal("PermissionVersionsLimitExceededException", lab.RefusedByRam(
            (s, c) => s.CreatePermissionVersion(c, new() { PermissionArn = own, PolicyTemplate = Policy })));
        Assert.Equal("OperationNotPermittedException", lab.RefusedByRam(
            (s, c) => s.DeletePermissionVersion(c, new() { PermissionArn = own, PermissionVersion = 5 })));
        lab.Ram((s, c) => s.DeletePermissionVersion(c, new() { PermissionArn = own, PermissionVersion = 2 }));
        Assert.Equal(("6", true), Version(own));
        lab.Ram((s, c) => s.SetDefaultPermissionVersion(c, new() { PermissionArn = own, PermissionVersion = 1 }));
        Assert.Equal("1", lab.Ram((s, c) => s.GetPermission(c, new() { PermissionArn = own })).Permission!.Version);
        Assert.Equal("UnknownResourceException", lab.RefusedByRam(
            (s, c) => s.GetPermission(c, new() { PermissionArn = own, PermissionVersion = 2 })));
        Assert.Equal(["1", "3", "4", "5", "6"], lab.Ram((s, c) => s.ListPermissionVersions(c, new() { PermissionArn = own }))
            .Permissions!.Select(p => p.Version));
    }

    [Fact]
    public void Replacing_reaches_every_share_with_the_version_that_was_named()
    {
        string own = Create("own");
        string first = lab.Share(lab.List());
        string second = lab.Share(lab.List());
        AwsRam.ReplacePermissionAssociationsWork work = lab.Ram((s, c) => s.ReplacePermissionAssociations(
            c, new() { FromPermissionArn = Default, ToPermissionArn = own })).ReplacePermissionAssociationsWork!;
        Assert.Equal(("COMPLETED", "1"), (work.Status, work.ToPermissionVersion));
        Assert.Equal([own], Permissions(first));
        Assert.Equal([own], Permissions(second));
        Assert.Equal(2, lab.Ram((s, c) => s.ListPermissionAssociations(c, new() { PermissionArn = own })).Permissions!.Count);
        Assert.Equal([work.Id], lab.Ram((s, c) => s.ListReplacePermissionAssociationsWork(c, new() { WorkIds = [work.Id!] }))
            .ReplacePermissionAssociationsWorks!.Select(w => w.Id));
        Assert.Equal("InvalidParameterException", lab.RefusedByRam((s, c) => s.ReplacePermissionAssociations(c, new()
        {
            FromPermissionArn = own,
            ToPermissionArn = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet",
        })));
    }

    [Fact]
    public void Refusals_have_their_codes()
    {
        (string Code, AwsRam.CreatePermissionRequest Request)[] table =
        [
            ("InvalidParameterException", new() { Name = "a b" }),
            ("InvalidParameterException", new() { Name = new string('a', 37) }),
            ("InvalidParameterException", new() { ResourceType = "ec2:Vpc" }),
            ("MalformedPolicyTemplateException", new() { PolicyTemplate = "{" }),
            ("MalformedPolicyTemplateException", new() { PolicyTemplate = """{"Effect":"Deny","Action":["ec2:X"]}""" }),
            ("MalformedPolicyTemplateException", new() { PolicyTemplate = """{"Effect":"Allow","Action":[]}""" }),
            ("MalformedPolicyTemplateException", new() { PolicyTemplate = """{"Effect":"Allow","Action":["ec2:X"],"Resource":"*"}""" }),
            ("InvalidPolicyException", new() { PolicyTemplate = """{"Effect":"Allow","Action":["s3:GetObject"]}""" }),
        ];
        foreach ((string code, AwsRam.CreatePermissionRequest request) in table)
        {
            AwsRam.CreatePermissionRequest whole = new()
            {
                Name = request.Name ?? "p",
                ResourceType = request.ResourceType ?? "ec2:prefixlist",
                PolicyTemplate = request.PolicyTemplate ?? Policy,
            };
            Assert.Equal(code, lab.RefusedByRam((s, c) => s.CreatePermission(c, whole)));
        }

        Create("twice");
        Assert.Equal("PermissionAlreadyExistsException", lab.RefusedByRam((s, c) => s.CreatePermission(
            c, new() { Name = "twice", ResourceType = "ec2:PrefixList", PolicyTemplate = Policy })));
        Assert.Equal("OperationNotPermittedException", lab.RefusedByRam((s, c) => s.DeletePermission(c, new() { PermissionArn = Default })));
        Assert.Equal("MalformedArnException", lab.RefusedByRam((s, c) => s.GetPermission(c, new() { PermissionArn = "x" })));
    }

    private string Create(string name) => lab.Ram((s, c) => s.CreatePermission(
        c, new() { Name = name, ResourceType = "ec2:PrefixList", PolicyTemplate = Policy })).Permission!.Arn!;

    private (string?, bool?) Version(string arn)
    {
        AwsRam.ResourceSharePermissionDetail made = lab.Ram(
            (s, c) => s.CreatePermissionVersion(c, new() { PermissionArn = arn, PolicyTemplate = Policy })).Permission!;
        return (made.Version, made.DefaultVersion);
    }

    private IEnumerable<string?> Permissions(string share) => lab.Ram(
        (s, c) => s.ListResourceSharePermissions(c, new() { ResourceShareArn = share })).Permissions!.Select(p => p.Arn);
}
