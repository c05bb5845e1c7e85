using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Iam;
using Trunkline.Control.Sts;
using Trunkline.Tests.Control.Ec2;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Tests.Control.Iam;

public sealed class RoleTests
{
    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private const string Reading = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}""";

    private readonly Lab lab = new();
    private readonly IamService iam = new();

    [Fact]
    public void A_role_is_made_shown_and_unique_whatever_the_case()
    {
        AwsIam.Role made = New("web");
        Assert.Matches("^AROA[A-Z2-7]{17}$", made.RoleId!);
        AwsIam.Role shown = lab.Do(c => iam.GetRole(c, new() { RoleName = "WEB" })).Role!;
        Assert.Equal(
            ("web", "arn:aws:iam::000000000000:role/web", "/", 3600, lab.Now, made.RoleId),
            (shown.RoleName, shown.Arn, shown.Path, shown.MaxSessionDuration, shown.CreateDate, shown.RoleId));
        Assert.Equal(Trust, Uri.UnescapeDataString(shown.AssumeRolePolicyDocument!));
        Assert.DoesNotContain("{", shown.AssumeRolePolicyDocument!);
        Assert.Equal("EntityAlreadyExists", lab.DoRefused(c => iam.CreateRole(c, new() { RoleName = "Web", AssumeRolePolicyDocument = Trust })));
        Assert.Equal(
            "arn:aws:iam::000000000000:role/team/net/app",
            lab.Do(c => iam.CreateRole(c, new() { RoleName = "app", Path = "/team/net/", AssumeRolePolicyDocument = Trust, MaxSessionDuration = 7200 })).Role!.Arn);
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.GetRole(c, new() { RoleName = "none" })));
    }

    [Fact]
    public void What_was_made_in_one_region_is_the_accounts_everywhere_and_no_other_accounts()
    {
        Lab far = new() { Home = new PartitionKey("000000000000", "eu-west-1") };
        far.Do(c => iam.CreateRole(c, new() { RoleName = "web", AssumeRolePolicyDocument = Trust }));
        Assert.Single(far.Cloud.Partition(new PartitionKey("000000000000", "us-east-1")).All<IamRole>());
        Assert.Empty(far.Here.All<IamRole>());
        Assert.Equal("web", far.Do(c => iam.GetRole(c, new() { RoleName = "web" })).Role!.RoleName);
        Assert.Equal("NoSuchEntity", far.DoRefused(c => iam.GetRole(c, new() { RoleName = "web" }), "111111111111"));
    }

    [Theory]
    [InlineData("ValidationError", "a b", "/", 3600, Trust)]
    [InlineData("ValidationError", "a-name-of-a-role-that-is-far-longer-than-the-sixty-four-letters-it-may-have", "/", 3600, Trust)]
    [InlineData("ValidationError", "web", "team", 3600, Trust)]
    [InlineData("ValidationError", "web", "/", 3599, Trust)]
    [InlineData("ValidationError", "web", "/", 43201, Trust)]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, "{")]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, "[]")]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, Reading)]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, """{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get"}]}""")]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, """{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}""")]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, """{"Statement":[{"Effect":"May","Principal":"*","Action":"sts:AssumeRole"}]}""")]
    [InlineData("MalformedPolicyDocument", "web", "/", 3600, """{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}""")]
    public void What_does_not_fit_is_refused(string code, string name, string path, int seconds, string trust) =>
        Assert.Equal(code, lab.DoRefused(c => iam.CreateRole(
            c, new() { RoleName = name, Path = path, MaxSessionDuration = seconds, AssumeRolePolicyDocument = trust })));

    [Fact]
    public void Inline_policies_are_put_shown_and_deleted()
    {
        New("web");
        lab.Do(c => iam.PutRolePolicy(c, new() { RoleName = "web", PolicyName = "read", PolicyDocument = Reading }));
        lab.Do(c => iam.PutRolePolicy(c, new() { RoleName = "web", PolicyName = "again", PolicyDocument = Reading }));
        AwsIam.ListRolePoliciesResponse page = lab.Do(c => iam.ListRolePolicies(c, new() { RoleName = "web", MaxItems = 1 }));
        Assert.Equal((true, "again"), (page.IsTruncated, page.PolicyNames!.Single()));
        Assert.Equal(["read"], lab.Do(c => iam.ListRolePolicies(c, new() { RoleName = "web", Marker = page.Marker })).PolicyNames!);
        Assert.Equal(Reading, Uri.UnescapeDataString(lab.Do(c => iam.GetRolePolicy(c, new() { RoleName = "web", PolicyName = "read" })).PolicyDocument!));
        Assert.Equal("DeleteConflict", lab.DoRefused(c => iam.DeleteRole(c, new() { RoleName = "web" })));
        lab.Do(c => iam.DeleteRolePolicy(c, new() { RoleName = "web", PolicyName = "read" }));
        lab.Do(c => iam.DeleteRolePolicy(c, new() { RoleName = "web", PolicyName = "again" }));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.DeleteRolePolicy(c, new() { RoleName = "web", PolicyName = "read" })));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.GetRolePolicy(c, new() { RoleName = "web", PolicyName = "read" })));
        lab.Do(c => iam.DeleteRole(c, new() { RoleName = "web" }));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.DeleteRole(c, new() { RoleName = "web" })));
    }

    [Theory]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:Get"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"get","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:Get","Resource":"bucket"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:Get","NotAction":"s3:Put","Resource":"*"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":7,"Resource":"*"}]}""")]
    [InlineData("""{"Statement":[]}""")]
    [InlineData("""{"Statements":[]}""")]
    [InlineData("""{"Statement":[{"Effect":"\ud800","Action":"s3:Get","Resource":"*"}]}""")]
    [InlineData("""{"\ud800":1,"Statement":[{"Effect":"Allow","Action":"s3:Get","Resource":"*"}]}""")]
    public void Documents_that_IAM_does_not_take(string document)
    {
        New("web");
        Assert.Equal("MalformedPolicyDocument", lab.DoRefused(c => iam.PutRolePolicy(
            c, new() { RoleName = "web", PolicyName = "p", PolicyDocument = document })));
    }

    [Fact]
    public void Documents_have_sizes_without_white_space()
    {
        New("web");
        string Long(int actions) =>
            """{"Statement":{"Effect":"Allow","Action":[LIST],"Resource":"*"}}""".Replace(
                "LIST", string.Join(",   ", Enumerable.Repeat("\"s3:GetObject\"", actions)), StringComparison.Ordinal);
        Assert.Equal("LimitExceeded", lab.DoRefused(c => iam.CreatePolicy(c, new() { PolicyName = "p", PolicyDocument = Long(420) })));
        lab.Do(c => iam.CreatePolicy(c, new() { PolicyName = "p", PolicyDocument = Long(400) }));
        lab.Do(c => iam.PutRolePolicy(c, new() { RoleName = "web", PolicyName = "a", PolicyDocument = Long(400) }));
        Assert.Equal("LimitExceeded", lab.DoRefused(c => iam.PutRolePolicy(c, new() { RoleName = "web", PolicyName = "b", PolicyDocument = Long(300) })));
        lab.Do(c => iam.PutRolePolicy(c, new() { RoleName = "web", PolicyName = "a", PolicyDocument = Long(600) }));
    }

    [Fact]
    public void Managed_policies_are_attached_and_hold_on_to_their_roles()
    {
        New("web");
        AwsIam.Policy policy = lab.Do(c => iam.CreatePolicy(c, new() { PolicyName = "read", Path = "/net/", PolicyDocument = Reading, Description = "d" })).Policy!;
        Assert.Equal(
            ("arn:aws:iam::000000000000:policy/net/read", "v1", 0, true, (string?)null),
            (policy.Arn, policy.DefaultVersionId, policy.AttachmentCount, policy.IsAttachable, policy.Description));
        const string Core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
        Attach(policy.Arn!);
        Attach(Core);
        Attach(Core);
        Assert.Equal(
            [("read", policy.Arn), ("AmazonSSMManagedInstanceCore", Core)],
            lab.Do(c => iam.ListAttachedRolePolicies(c, new() { RoleName = "web" })).AttachedPolicies!.Select(p => (p.PolicyName, p.PolicyArn)));
        Assert.Equal("read", lab.Do(c => iam.ListAttachedRolePolicies(c, new() { RoleName = "web", PathPrefix = "/net/" })).AttachedPolicies!.Single().PolicyName);
        AwsIam.Policy shown = lab.Do(c => iam.GetPolicy(c, new() { PolicyArn = policy.Arn })).Policy!;
        Assert.Equal((1, "d"), (shown.AttachmentCount, shown.Description));
        Assert.Equal("DeleteConflict", lab.DoRefused(c => iam.DeletePolicy(c, new() { PolicyArn = policy.Arn })));
        Assert.Equal("DeleteConflict", lab.DoRefused(c => iam.DeleteRole(c, new() { RoleName = "web" })));
        lab.Do(c => iam.DetachRolePolicy(c, new() { RoleName = "web", PolicyArn = policy.Arn }));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.DetachRolePolicy(c, new() { RoleName = "web", PolicyArn = policy.Arn })));
        lab.Do(c => iam.DeletePolicy(c, new() { PolicyArn = policy.Arn }));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.GetPolicy(c, new() { PolicyArn = policy.Arn })));

        void Attach(string arn) => lab.Do(c => iam.AttachRolePolicy(c, new() { RoleName = "web", PolicyArn = arn }));
    }

    [Fact]
    public void Policies_with_long_paths_are_listed_page_by_page()
    {
        New("web");
        string path = $"/{new string('p', 500)}/";
        foreach (string name in (string[])["one", "two", "three"])
        {
            string arn = lab.Do(c => iam.CreatePolicy(c, new() { PolicyName = name, Path = path, PolicyDocument = Reading })).Policy!.Arn!;
            lab.Do(c => iam.AttachRolePolicy(c, new() { RoleName = "web", PolicyArn = arn }));
        }

        List<string> seen = [];
        string? marker = null;
        do
        {
            AwsIam.ListAttachedRolePoliciesResponse page = lab.Do(
                c => iam.ListAttachedRolePolicies(c, new() { RoleName = "web", MaxItems = 1, Marker = marker }));
            seen.Add(page.AttachedPolicies!.Single().PolicyName!);
            marker = page.Marker;
        }
        while (marker is not null);
        Assert.Equal(["one", "three", "two"], seen);
    }

    [Theory]
    [InlineData("NoSuchEntity", "arn:aws:iam::aws:policy/NoSuchPolicyOfAws")]
    [InlineData("NoSuchEntity", "arn:aws:iam::000000000000:policy/none")]
    [InlineData("PolicyNotAttachable", "arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy")]
    [InlineData("ValidationError", "arn:aws:iam::aws")]
    public void Policies_that_cannot_be_attached(string code, string arn)
    {
        New("web");
        Assert.Equal(code, lab.DoRefused(c => iam.AttachRolePolicy(c, new() { RoleName = "web", PolicyArn = arn })));
    }

    [Fact]
    public void A_policy_has_one_version_and_those_of_AWS_their_documents()
    {
        string arn = lab.Do(c => iam.CreatePolicy(c, new() { PolicyName = "read", PolicyDocument = Reading })).Policy!.Arn!;
        AwsIam.PolicyVersion version = lab.Do(c => iam.ListPolicyVersions(c, new() { PolicyArn = arn })).Versions!.Single();
        Assert.Equal(("v1", true, (string?)null), (version.VersionId, version.IsDefaultVersion, version.Document));
        Assert.Equal(Reading, Document(arn, "v1"));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.GetPolicyVersion(c, new() { PolicyArn = arn, VersionId = "v2" })));
        Assert.Contains("\"s3:Get*\"", Document("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "v3"));
        Assert.Equal("UnsupportedOperation", lab.DoRefused(c => iam.GetPolicyVersion(
            c, new() { PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess", VersionId = "v182" })));
        Assert.Equal("EntityAlreadyExists", lab.DoRefused(c => iam.CreatePolicy(c, new() { PolicyName = "READ", PolicyDocument = Reading })));

        string Document(string policy, string id) => Uri.UnescapeDataString(
            lab.Do(c => iam.GetPolicyVersion(c, new() { PolicyArn = policy, VersionId = id })).PolicyVersion!.Document!);
    }

    [Fact]
    public void A_permissions_boundary_is_a_policy_that_is_there_and_stays()
    {
        string arn = lab.Do(c => iam.CreatePolicy(c, new() { PolicyName = "edge", PolicyDocument = Reading })).Policy!.Arn!;
        AwsIam.Role role = lab.Do(c => iam.CreateRole(c, new() { RoleName = "web", AssumeRolePolicyDocument = Trust, PermissionsBoundary = arn })).Role!;
        Assert.Equal(arn, role.PermissionsBoundary!.PermissionsBoundaryArn);
        Assert.Equal(1, lab.Do(c => iam.GetPolicy(c, new() { PolicyArn = arn })).Policy!.PermissionsBoundaryUsageCount);
        Assert.Equal("DeleteConflict", lab.DoRefused(c => iam.DeletePolicy(c, new() { PolicyArn = arn })));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.CreateRole(
            c, new() { RoleName = "app", AssumeRolePolicyDocument = Trust, PermissionsBoundary = arn + "s" })));
    }

    [Fact]
    public void Roles_of_services_are_theirs()
    {
        AwsIam.Role role = lab.Do(c => iam.CreateServiceLinkedRole(c, new() { AWSServiceName = "elasticloadbalancing.amazonaws.com" })).Role!;
        Assert.Equal(
            "arn:aws:iam::000000000000:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing", role.Arn);
        Assert.Equal("InvalidInput", lab.DoRefused(c => iam.CreateServiceLinkedRole(c, new() { AWSServiceName = "elasticloadbalancing.amazonaws.com" })));
        Assert.Equal("InvalidInput", lab.DoRefused(c => iam.CreateServiceLinkedRole(c, new() { AWSServiceName = "none.amazonaws.com" })));
        Assert.Equal("InvalidInput", lab.DoRefused(c => iam.CreateServiceLinkedRole(
            c, new() { AWSServiceName = "spot.amazonaws.com", CustomSuffix = "x" })));
        Assert.Equal("AWSServiceRoleForAutoScaling_x", lab.Do(c => iam.CreateServiceLinkedRole(
            c, new() { AWSServiceName = "autoscaling.amazonaws.com", CustomSuffix = "x" })).Role!.RoleName);
        Assert.Equal("UnmodifiableEntity", lab.DoRefused(c => iam.DeleteRole(c, new() { RoleName = role.RoleName })));
        Assert.Equal("UnmodifiableEntity", lab.DoRefused(c => iam.PutRolePolicy(
            c, new() { RoleName = role.RoleName, PolicyName = "p", PolicyDocument = Reading })));
    }

    [Fact]
    public void A_role_that_is_there_lends_sessions_its_id_and_its_longest_time()
    {
        AwsIam.Role role = New("web");
        StsService sts = new();
        Assert.Equal(role.RoleId + ":me", lab.Do(c => sts.AssumeRole(c, new() { RoleArn = role.Arn, RoleSessionName = "me" })).AssumedRoleUser!.AssumedRoleId);
        Assert.Equal("ValidationError", lab.DoRefused(c => sts.AssumeRole(c, new() { RoleArn = role.Arn, RoleSessionName = "me", DurationSeconds = 3601 })));
    }

    [Fact]
    public void Quotas_hold_where_they_are_on()
    {
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add(Quotas.IamRoles.Name, 1).Add(Quotas.IamPoliciesPerRole.Name, 1));
        New("web");
        Assert.Equal("LimitExceeded", lab.DoRefused(c => iam.CreateRole(c, new() { RoleName = "app", AssumeRolePolicyDocument = Trust })));
        lab.Do(c => iam.AttachRolePolicy(c, new() { RoleName = "web", PolicyArn = "arn:aws:iam::aws:policy/AmazonS3FullAccess" }));
        Assert.Equal("LimitExceeded", lab.DoRefused(c => iam.AttachRolePolicy(
            c, new() { RoleName = "web", PolicyArn = "arn:aws:iam::aws:policy/AmazonEC2FullAccess" })));
    }

    [Fact]
    public void A_profile_gives_one_role_to_instances()
    {
        New("web");
        AwsIam.InstanceProfile made = lab.Do(c => iam.CreateInstanceProfile(c, new() { InstanceProfileName = "box", Path = "/p/" })).InstanceProfile!;
        Assert.Equal("arn:aws:iam::000000000000:instance-profile/p/box", made.Arn);
        Assert.Equal("InvalidParameterValue", lab.LaunchFault(Launches.Ask() with { IamInstanceProfile = new() { Name = "box" } }));
        Add("web");
        Assert.Equal("LimitExceeded", lab.DoRefused(c => iam.AddRoleToInstanceProfile(c, new() { InstanceProfileName = "box", RoleName = "web" })));
        Assert.Equal("web", lab.Do(c => iam.GetInstanceProfile(c, new() { InstanceProfileName = "box" })).InstanceProfile!.Roles!.Single().RoleName);
        Assert.Equal("box", lab.Do(c => iam.ListInstanceProfilesForRole(c, new() { RoleName = "web" })).InstanceProfiles!.Single().InstanceProfileName);
        Assert.Equal("InvalidParameterValue", lab.LaunchFault(Launches.Ask() with { IamInstanceProfile = new() { Name = "none" } }));
        Assert.Equal("InvalidParameterValue", lab.LaunchFault(
            Launches.Ask() with { IamInstanceProfile = new() { Arn = "arn:aws:iam::000000000000:instance-profile/box" } }));
        foreach (Aws.IamInstanceProfileSpecification named in new Aws.IamInstanceProfileSpecification[] { new() { Name = "box" }, new() { Arn = made.Arn } })
        {
            Aws.Instance instance = lab.LaunchOne(Launches.Ask() with { IamInstanceProfile = named });
            Assert.Equal((made.Arn, made.InstanceProfileId), (instance.IamInstanceProfile!.Arn, instance.IamInstanceProfile.Id));
        }

        Assert.Equal("DeleteConflict", lab.DoRefused(c => iam.DeleteRole(c, new() { RoleName = "web" })));
        Assert.Equal("DeleteConflict", lab.DoRefused(c => iam.DeleteInstanceProfile(c, new() { InstanceProfileName = "box" })));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.RemoveRoleFromInstanceProfile(c, new() { InstanceProfileName = "box", RoleName = "other" })));
        lab.Do(c => iam.RemoveRoleFromInstanceProfile(c, new() { InstanceProfileName = "box", RoleName = "web" }));
        lab.Do(c => iam.DeleteRole(c, new() { RoleName = "web" }));
        lab.Do(c => iam.DeleteInstanceProfile(c, new() { InstanceProfileName = "box" }));
        Assert.Equal("NoSuchEntity", lab.DoRefused(c => iam.GetInstanceProfile(c, new() { InstanceProfileName = "box" })));

        void Add(string role) => lab.Do(c => iam.AddRoleToInstanceProfile(c, new() { InstanceProfileName = "box", RoleName = role }));
    }

    [Fact]
    public void Tags_of_profiles_know_no_case()
    {
        lab.Do(c => iam.CreateInstanceProfile(c, new() { InstanceProfileName = "box", Tags = [new() { Key = "Team", Value = "net" }] }));
        lab.Do(c => iam.TagInstanceProfile(c, new() { InstanceProfileName = "box", Tags = [new() { Key = "team", Value = "app" }, new() { Key = "env", Value = "x" }] }));
        Assert.Equal([("env", "x"), ("team", "app")], Tags());
        lab.Do(c => iam.UntagInstanceProfile(c, new() { InstanceProfileName = "box", TagKeys = ["TEAM"] }));
        Assert.Equal([("env", "x")], Tags());
        Assert.Equal("InvalidInput", lab.DoRefused(c => iam.TagInstanceProfile(
            c, new() { InstanceProfileName = "box", Tags = [new() { Key = "a", Value = "1" }, new() { Key = "A", Value = "2" }] })));
        Assert.Equal("ValidationError", lab.DoRefused(c => iam.TagInstanceProfile(
            c, new() { InstanceProfileName = "box", Tags = [new() { Key = "a?", Value = "1" }] })));

        IEnumerable<(string, string)> Tags() =>
            lab.Do(c => iam.GetInstanceProfile(c, new() { InstanceProfileName = "box" })).InstanceProfile!.Tags!.Select(t => (t.Key!, t.Value!));
    }

    private AwsIam.Role New(string name) => lab.Do(c => iam.CreateRole(c, new() { RoleName = name, AssumeRolePolicyDocument = Trust })).Role!;
}
