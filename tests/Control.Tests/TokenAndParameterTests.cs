using Trunkline.Control;
using Trunkline.Wire.Ssm;
using Trunkline.Wire.Sts;

namespace Trunkline.Tests.Control;

public sealed class TokenAndParameterTests
{
    private readonly Lab lab = new();
    private readonly Trunkline.Control.Sts.StsService sts = new();
    private readonly Trunkline.Control.Ssm.SsmService ssm = new();

    [Fact]
    public void The_caller_is_the_accounts_root()
    {
        GetCallerIdentityResponse who = sts.GetCallerIdentity(lab.Context(), new());
        Assert.Equal(("000000000000", "000000000000", "arn:aws:iam::000000000000:root"), (who.Account, who.UserId, who.Arn));
    }

    [Fact]
    public void A_roles_credentials_act_in_the_roles_account()
    {
        AssumeRoleResponse role = sts.AssumeRole(lab.Context(), new()
        {
            RoleArn = "arn:aws:iam::123456789012:role/ops/deployer",
            RoleSessionName = "terraform",
            ExternalId = "x",
            SourceIdentity = "alice",
        });
        Assert.Equal("123456789012", role.Credentials!.AccessKeyId);
        Assert.Equal(40, role.Credentials.SecretAccessKey!.Length);
        Assert.Equal(lab.Now.AddHours(1), role.Credentials.Expiration);
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/deployer/terraform", role.AssumedRoleUser!.Arn);
        Assert.Matches("^AROA[A-Z2-7]{17}:terraform$", role.AssumedRoleUser.AssumedRoleId);
        Assert.Equal("alice", role.SourceIdentity);
        Assert.Equal(
            role.AssumedRoleUser.AssumedRoleId,
            sts.AssumeRole(lab.Context(), new() { RoleArn = "arn:aws:iam::123456789012:role/ops/deployer", RoleSessionName = "terraform" })
                .AssumedRoleUser!.AssumedRoleId);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:user/x", "name", null)]
    [InlineData("arn:aws:iam::1234:role/x", "name", null)]
    [InlineData("role", "name", null)]
    [InlineData("arn:aws:iam::123456789012:role/x", "n", null)]
    [InlineData("arn:aws:iam::123456789012:role/x", "a name", null)]
    [InlineData("arn:aws:iam::123456789012:role/x", "name", 899)]
    [InlineData("arn:aws:iam::123456789012:role/x", "name", 43201)]
    public void Roles_sessions_and_durations_are_checked(string role, string session, int? seconds) => Assert.Equal(
        "ValidationError",
        Code(() => sts.AssumeRole(lab.Context(), new() { RoleArn = role, RoleSessionName = session, DurationSeconds = seconds })));

    [Fact]
    public void What_has_nothing_to_act_on_is_refused_by_name()
    {
        AssumeRoleRequest role = new() { RoleArn = "arn:aws:iam::123456789012:role/x", RoleSessionName = "name" };
        AssumeRoleRequest[] refused =
        [
            role with { Policy = "{}" }, role with { PolicyArns = [new() { Arn = "arn:aws:iam::aws:policy/ReadOnlyAccess" }] },
            role with { Tags = [new() { Key = "a", Value = "b" }] }, role with { TransitiveTagKeys = ["a"] },
            role with { SerialNumber = "mfa" }, role with { TokenCode = "123456" }, role with { ProvidedContexts = [new()] },
            role with { MinimumSessionTokenSize = 2048 },
        ];
        Assert.All(refused, request => Assert.Equal("UnsupportedOperation", Code(() => sts.AssumeRole(lab.Context(), request))));
        Assert.Equal("MissingParameter", Code(() => sts.AssumeRole(lab.Context(), role with { RoleArn = null })));
        sts.AssumeRole(lab.Context(), role with { Tags = [], PolicyArns = [] });
    }

    [Fact]
    public void A_session_token_lasts_half_a_day_unless_asked_otherwise()
    {
        Assert.Equal(lab.Now.AddHours(12), sts.GetSessionToken(lab.Context(), new()).Credentials!.Expiration);
        Credentials credentials = sts.GetSessionToken(lab.Context(), new() { DurationSeconds = 129600 }).Credentials!;
        Assert.Equal(lab.Now.AddHours(36), credentials.Expiration);
        Assert.Equal("000000000000", credentials.AccessKeyId);
        Assert.Equal("ValidationError", Code(() => sts.GetSessionToken(lab.Context(), new() { DurationSeconds = 129601 })));
        Assert.Equal("UnsupportedOperation", Code(() => sts.GetSessionToken(lab.Context(), new() { TokenCode = "123456" })));
        Assert.Equal("UnsupportedOperation", Code(() => sts.GetSessionToken(lab.Context(), new() { MinimumSessionTokenSize = 2048 })));
    }

    [Theory]
    [InlineData("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "text")]
    [InlineData("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", "text")]
    [InlineData("/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id", "aws:ec2:image")]
    [InlineData("/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id", "aws:ec2:image")]
    public void Public_parameters_name_images(string name, string type)
    {
        Parameter parameter = ssm.GetParameter(lab.Context(), new() { Name = name }).Parameter!;
        Assert.Matches("^ami-0[0-9a-f]{16}$", parameter.Value);
        Assert.Equal((name, "String", type), (parameter.Name, parameter.Type, parameter.DataType));
        Assert.Equal($"arn:aws:ssm:us-east-1::parameter{name}", parameter.ARN);
        Assert.NotNull(parameter.LastModifiedDate);
        Parameter byVersion = ssm.GetParameter(lab.Context(), new() { Name = parameter.ARN + ":1", WithDecryption = true }).Parameter!;
        Assert.Equal((parameter.Value, ":1"), (byVersion.Value, byVersion.Selector));
        Assert.Equal("ParameterNotFound", Code(() => ssm.GetParameter(lab.Context(), new() { Name = name + ":2" })));
    }

    [Fact]
    public void Unknown_parameters_come_back_by_name()
    {
        const string Known = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
        Assert.Equal("ParameterNotFound", Code(() => ssm.GetParameter(lab.Context(), new() { Name = "/mine" })));
        GetParametersResult found = ssm.GetParameters(lab.Context(), new() { Names = [Known, "/mine", Known] });
        Assert.Equal(Known, Assert.Single(found.Parameters!).Name);
        Assert.Equal(["/mine"], found.InvalidParameters!);
        Assert.Equal("ValidationException", Code(() => ssm.GetParameters(lab.Context(), new() { Names = [] })));
        Assert.Equal("ValidationException", Code(() => ssm.GetParameters(
            lab.Context(), new() { Names = [.. Enumerable.Range(0, 11).Select(i => $"/{i}")] })));
    }

    private static string Code(Func<object> operation) => Assert.Throws<Fault>(() => { operation(); }).Code;
}
