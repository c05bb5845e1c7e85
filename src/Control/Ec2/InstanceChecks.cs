using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What a launch, and later changes, may set on an instance.</summary>
public sealed partial class Ec2Service
{
    private const int MostUserData = 16_384;

    private static string? CheckedKeyName(CommandContext context, string? name) =>
        string.IsNullOrEmpty(name) ? null : context.Here.Table<KeyPair>().Any(KeyPair.NameWord(name)) ? name : throw KeyPairNotFound(name);

    private static string? CheckedUserData(string? base64)
    {
        if (string.IsNullOrEmpty(base64))
        {
            return null;
        }

        string text = base64.ReplaceLineEndings("");
        return !Base64.IsValid(text, out int length)
            ? throw Fault.Invalid("Invalid BASE64 encoding of user data.")
            : length > MostUserData ? throw Fault.Invalid($"User data is limited to {MostUserData} bytes") : text;
    }

    private static bool CheckedEbsOptimized(InstanceTypeFacts type, bool? asked) =>
        asked != true || type.Family.EbsOptimized != "unsupported" ? asked == true : throw Fault.Combination(
            $"EBS-optimized instances are not supported for the instance type {type.Name}.");

    private static MetadataOptions MetadataAtLaunch(CatalogueImage image, Aws.InstanceMetadataOptionsRequest? asked)
    {
        MetadataOptions options = image.NeedsImdsV2 ? new() { HttpTokens = "required", HttpPutResponseHopLimit = 2 } : new();
        return asked is null ? options : WithMetadata(
            options, asked.HttpTokens, asked.HttpPutResponseHopLimit, asked.HttpEndpoint, asked.HttpProtocolIpv6, asked.InstanceMetadataTags);
    }

    private static MetadataOptions WithMetadata(
        MetadataOptions options, string? tokens, int? hops, string? endpoint, string? ipv6, string? tags)
    {
        if (hops is < 1 or > 64)
        {
            throw Fault.Invalid(
                $"Value ({hops}) for parameter HttpPutResponseHopLimit is invalid. The HTTP PUT response hop limit must be between 1 and 64.");
        }

        return options with
        {
            HttpTokens = tokens ?? options.HttpTokens,
            HttpPutResponseHopLimit = hops ?? options.HttpPutResponseHopLimit,
            HttpEndpoint = endpoint ?? options.HttpEndpoint,
            HttpProtocolIpv6 = ipv6 ?? options.HttpProtocolIpv6,
            InstanceMetadataTags = tags ?? options.InstanceMetadataTags,
        };
    }

    private static string? CheckedCredits(InstanceTypeFacts type, string? asked)
    {
        if (asked is null)
        {
            return type.DefaultCredits;
        }

        if (asked is not ("standard" or "unlimited"))
        {
            throw Fault.Invalid($"Value ({asked}) for parameter CpuCredits is invalid. Expecting standard or unlimited.");
        }

        return type.Burstable ? asked : throw Fault.Combination(
            $"The specified instance type {type.Name} does not support CreditSpecification. Specify a burstable performance instance type.");
    }

    private static Aws.CpuOptionsRequest? CheckedCpu(InstanceTypeFacts type, Aws.CpuOptionsRequest? asked)
    {
        if (asked is null || (asked.CoreCount is null && asked.ThreadsPerCore is null))
        {
            return null;
        }

        if (asked.CoreCount is not { } cores || asked.ThreadsPerCore is not { } threads)
        {
            throw Fault.Combination("CoreCount and ThreadsPerCore must be specified together.");
        }

        bool validCores = type.ValidCores.IsEmpty ? cores == type.Cores : type.ValidCores.Contains(cores);
        bool validThreads = type.ValidThreads.IsEmpty ? threads == type.ThreadsPerCore : type.ValidThreads.Contains(threads);
        return validCores && validThreads ? asked : throw Fault.Combination(
            $"The CPU options CoreCount={cores}, ThreadsPerCore={threads} are not supported for the instance type {type.Name}.");
    }

    private static bool CheckedHibernation(Aws.RunInstancesRequest request, InstanceTypeFacts type, ImmutableArray<VolumePlan> volumes)
    {
        if (request.HibernationOptions?.Configured != true)
        {
            return false;
        }

        string? why = !type.Has('H') ? $"the instance type {type.Name} does not support it"
            : volumes[0].KeyArn is null ? "the root volume must be encrypted"
            : request.EnclaveOptions?.Enabled == true ? "it can not be enabled together with enclaves"
            : null;
        return why is null ? true : throw new Fault(
            "UnsupportedHibernationConfiguration", $"The requested hibernation configuration is not supported: {why}.");
    }

    private static bool CheckedEnclave(Aws.RunInstancesRequest request, InstanceTypeFacts type) =>
        request.EnclaveOptions?.Enabled != true || type.Has('E') ? request.EnclaveOptions?.Enabled == true : throw Fault.Combination(
            $"Enclaves are not supported for the instance type {type.Name}.");

    /// <summary>The instance profile that a request names by name or ARN: it must be there, and hold a role.</summary>
    /// <param name="id">The association's id.</param>
    private static ProfileAssociation? ProfileOf(CommandContext context, Aws.IamInstanceProfileSpecification? asked, string id)
    {
        if (asked is null || (asked.Arn is null && asked.Name is null))
        {
            return null;
        }

        if (asked.Arn is not null && asked.Name is not null)
        {
            throw Fault.Combination("The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'");
        }

        InstanceProfile profile = (asked.Arn is { } given ? ProfileOfArn(context, given) : Iam.IamService.FindProfile(context, asked.Name!))
            ?? throw (asked.Arn is null
                ? Fault.Invalid($"Value ({asked.Name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
                : Fault.Invalid($"Value ({asked.Arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN"));
        string arn = profile.ArnIn(context.Account);
        return profile.RoleName is not null
            ? new ProfileAssociation(id, arn, profile.ProfileId, context.Now)
            : throw Fault.Invalid($"IAM Instance Profile \"{arn}\" has no associated IAM Roles");
    }

    private static InstanceProfile? ProfileOfArn(CommandContext context, string arn) =>
        Iam.IamService.FindProfile(context, arn[(arn.LastIndexOf('/') + 1)..]) is { } profile && profile.ArnIn(context.Account) == arn
            ? profile
            : null;
}
