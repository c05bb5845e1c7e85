using System.Globalization;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsSts = Trunkline.Wire.Sts;

namespace Trunkline.Control.Sts;

/// <summary>
/// Security Token Service: who asks, and temporary credentials. Source: AWS, STS API Reference.
/// A twelve-digit access key id is an account here, so the credentials of a role carry the role's account as their key id: what is done
/// with them is done in that account. Nothing is authorised: every well-formed role can be assumed, whether IAM has it or not; one that it
/// has lends its id and its longest session.
/// </summary>
public sealed partial class StsService : AwsSts.ISts<CommandContext>
{
    private const int Quarter = 900;
    private const int Hour = 3600;
    private const int HalfDay = 43200;
    private const int DayAndHalf = 129600;

    public AwsSts.GetCallerIdentityResponse GetCallerIdentity(CommandContext context, AwsSts.GetCallerIdentityRequest request) => new()
    {
        Account = context.Account,
        UserId = context.Account,
        Arn = $"arn:aws:iam::{context.Account}:root",
    };

    /// <remarks>
    /// ExternalId is a condition of trust policies; without one it always holds. Session policies and tags have nothing to act on.
    /// </remarks>
    public AwsSts.AssumeRoleResponse AssumeRole(CommandContext context, AwsSts.AssumeRoleRequest request)
    {
        Refuse("Policy", request.Policy);
        Refuse("PolicyArns", request.PolicyArns);
        Refuse("Tags", request.Tags);
        Refuse("TransitiveTagKeys", request.TransitiveTagKeys);
        Refuse("SerialNumber", request.SerialNumber);
        Refuse("TokenCode", request.TokenCode);
        Refuse("ProvidedContexts", request.ProvidedContexts);
        Refuse("MinimumSessionTokenSize", request.MinimumSessionTokenSize);
        string arn = Door.Required(request.RoleArn, "RoleArn");
        string session = SessionName(Door.Required(request.RoleSessionName, "RoleSessionName"), "roleSessionName");
        string? source = request.SourceIdentity is { } identity ? SessionName(identity, "sourceIdentity") : null;
        Match role = RoleArn().Match(arn);
        if (!role.Success)
        {
            throw new Fault("ValidationError", $"{arn} is invalid");
        }

        string account = role.Groups["account"].Value;
        string name = role.Groups["name"].Value;
        IamRole? known = context.Draft.Partition(GlobalRows.KeyOf(account)).By<IamRole>(IamRole.NameWord(name)).FirstOrDefault();
        int seconds = Seconds(request.DurationSeconds, Hour, HalfDay);
        if (known is not null && known.ArnIn(account) == arn && seconds > known.MaxSessionDuration)
        {
            throw new Fault("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }

        return new AwsSts.AssumeRoleResponse
        {
            Credentials = NewCredentials(context, account, seconds),
            AssumedRoleUser = new AwsSts.AssumedRoleUser
            {
                AssumedRoleId = $"{known?.RoleId ?? $"AROA{Letters(PrincipalSeed(arn))}"}:{session}",
                Arn = $"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            },
            SourceIdentity = source,
        };
    }

    public AwsSts.GetSessionTokenResponse GetSessionToken(CommandContext context, AwsSts.GetSessionTokenRequest request)
    {
        Refuse("SerialNumber", request.SerialNumber);
        Refuse("TokenCode", request.TokenCode);
        Refuse("MinimumSessionTokenSize", request.MinimumSessionTokenSize);
        int seconds = Seconds(request.DurationSeconds, HalfDay, DayAndHalf);
        return new AwsSts.GetSessionTokenResponse { Credentials = NewCredentials(context, context.Account, seconds) };
    }

    private static void Refuse(string parameter, object? value)
    {
        if (value is not (null or System.Collections.ICollection { Count: 0 }))
        {
            throw Fault.Unsupported(parameter);
        }
    }

    private static string SessionName(string text, string member) => Session().IsMatch(text)
        ? text
        : throw new Fault(
            "ValidationError",
            $"1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: "
            + "Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}");

    private static int Seconds(int? asked, int usual, int most) => asked switch
    {
        null => usual,
        < Quarter => throw OutOfRange(asked.Value, $"Member must have value greater than or equal to {Quarter}"),
        _ when asked > most => throw OutOfRange(asked.Value, $"Member must have value less than or equal to {most}"),
        _ => asked.Value,
    };

    private static Fault OutOfRange(int seconds, string constraint) => new(
        "ValidationError",
        $"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: {constraint}");

    private static AwsSts.Credentials NewCredentials(CommandContext context, string account, int seconds) => new()
    {
        AccessKeyId = account,
        SecretAccessKey = Hex(context) + Hex(context)[..8],
        SessionToken = Hex(context) + Hex(context),
        Expiration = context.Now.AddSeconds(seconds),
    };

    /// <summary>32 hexadecimal digits.</summary>
    private static string Hex(CommandContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"{context.Ids.NextBits():x16}{context.Ids.NextBits():x16}");

    /// <summary>The same role has the same principal id, whoever asks and when.</summary>
    private static ulong PrincipalSeed(string arn) => ((ulong)PublicPool.Hash(arn) << 32) | PublicPool.Hash("role/" + arn);

    /// <summary>Seventeen characters as AWS's unique ids have.</summary>
    private static string Letters(ulong seed)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        IdSource bits = new(seed);
        return string.Create(17, bits, (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = Alphabet[(int)source.Below(32)];
            }
        });
    }

    [GeneratedRegex(
        @"^arn:aws[a-z-]*:iam::(?<account>\d{12}):role/(?:[\x21-\x7e]+/)?(?<name>[\w+=,.@-]{1,64})$", RegexOptions.CultureInvariant)]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}$", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Session();
}
