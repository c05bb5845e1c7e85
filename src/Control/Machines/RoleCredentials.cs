using System.Globalization;
using System.Text.Json;
using Trunkline.Cloud;

namespace Trunkline.Control.Machines;

/// <summary>
/// The credentials that an instance gets of its role: good for its own account at this endpoint, and for nothing else. Source: AWS, "Retrieve
/// security credentials from instance metadata".
/// </summary>
/// <param name="Role">The role's name.</param>
/// <param name="Document">What <c>iam/security-credentials/ROLE</c> says: JSON.</param>
internal sealed record RoleCredentials(string Role, string Document)
{
    /// <summary>Hours that they are good for; new ones are made each hour, so that five are left at least.</summary>
    private const int Hours = 6;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Those of an instance; null where it has no profile, or its profile no role.</summary>
    /// <param name="rights">Where the account's roles and instance profiles stand.</param>
    public static RoleCredentials? Of(MachineView machine, Partition? rights, MetadataTokens tokens, DateTimeOffset now)
    {
        if (machine.Instance.Profile is not { } association || rights is null)
        {
            return null;
        }

        string account = machine.Here.Account;
        string word = InstanceProfile.NameWord(association.Arn.Split('/')[^1]);
        InstanceProfile? profile = rights.By<InstanceProfile>(word).FirstOrDefault(p => p.ArnIn(account) == association.Arn);
        if (profile?.RoleName is not { } name || rights.By<IamRole>(IamRole.NameWord(name)).FirstOrDefault() is not { } role)
        {
            return null;
        }

        DateTimeOffset since = new(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero);
        string seed = string.Create(CultureInfo.InvariantCulture, $"{machine.Instance.Id} {role.RoleId} {since:O}");
        return new RoleCredentials(role.Name, JsonSerializer.Serialize(
            new
            {
                Code = "Success",
                LastUpdated = TextOf(since),
                Type = "AWS-HMAC",

                // Who signs with it is told by the account number here: see "Endpoint" in the design.
                AccessKeyId = account,
                SecretAccessKey = tokens.Secret($"secret {seed}")[..40],
                Token = tokens.Secret($"token {seed}"),
                Expiration = TextOf(since.AddHours(Hours)),
            },
            Indented));
    }

    private static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
