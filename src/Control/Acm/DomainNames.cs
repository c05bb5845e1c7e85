using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Acm;

/// <summary>Domain names at ACM's door. Source: ACM API, RequestCertificate.</summary>
internal static class DomainNames
{
    /// <summary>RFC 5280: the common name.</summary>
    public const int CommonNameLength = 64;

    private const int NameLength = 253;
    private const int LabelLength = 63;

    /// <summary>At least two labels of letters, digits and hyphens; the first may be an asterisk.</summary>
    public static string Checked(string? text)
    {
        string name = (text ?? "").ToLowerInvariant();
        string plain = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        string[] labels = plain.Split('.');
        bool fits = name.Length <= NameLength && labels.Length >= 2 && labels.All(IsLabel);
        return fits
            ? name
            : throw AcmFaults.Validation(
                $"1 validation error detected: Value '{text}' at 'domainName' failed to satisfy constraint: it must be a domain name");
    }

    /// <summary>Where mail for the names goes, of those that were said.</summary>
    public static ImmutableSortedDictionary<string, string> ValidationDomains(
        ImmutableArray<string> names, IReadOnlyList<AwsAcm.DomainValidationOption>? options)
    {
        ImmutableSortedDictionary<string, string> domains = Tags.None;
        foreach (AwsAcm.DomainValidationOption option in options ?? [])
        {
            string name = Checked(option.DomainName);
            string target = Checked(option.ValidationDomain);
            bool above = name == target || name.EndsWith("." + target, StringComparison.Ordinal);
            if (!names.Contains(name) || !above)
            {
                throw new Fault(
                    "InvalidDomainValidationOptionsException",
                    $"The validation domain '{target}' is not '{name}' or a superdomain of it, or that name is not requested.");
            }

            domains = domains.SetItem(name, target);
        }

        return domains;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelLength && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
