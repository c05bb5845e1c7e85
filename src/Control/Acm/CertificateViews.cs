using System.Security.Cryptography;
using System.Text;
using Trunkline.Cloud;
using Trunkline.Control.Elbv2;

namespace Trunkline.Control.Acm;

/// <summary>How certificates are shown. Source: ACM API, CertificateDetail and CertificateSummary.</summary>
internal static class CertificateViews
{
    private const string ServerAuthentication = "TLS_WEB_SERVER_AUTHENTICATION";

    public static string StatusOf(Certificate certificate, DateTimeOffset now) => now > certificate.NotAfter ? "EXPIRED" : "ISSUED";

    /// <summary>Whether a listener of any load balancer has it.</summary>
    public static bool IsUsed(CommandContext context, Certificate certificate)
    {
        string word = Certificate.UseWord(certificate.Arn);
        return Kinds.All.Any(kind => context.Here.Table(kind).RowsBy(word).Any());
    }

    public static AwsAcm.CertificateDetail Detail(CommandContext context, Certificate certificate)
    {
        bool issued = !certificate.Imported;
        return new AwsAcm.CertificateDetail
        {
            CertificateArn = certificate.Arn,
            DomainName = certificate.DomainName,
            SubjectAlternativeNames = [.. certificate.Names],
            DomainValidationOptions = issued ? [.. certificate.Names.Select(n => ValidationOf(context, certificate, n))] : null,
            Serial = certificate.Serial,
            Subject = certificate.Subject,
            Issuer = certificate.Issuer,
            CreatedAt = certificate.CreatedAt,
            IssuedAt = issued ? certificate.IssuedAt : null,
            ImportedAt = issued ? null : certificate.IssuedAt,
            Status = StatusOf(certificate, context.Now),
            NotBefore = certificate.NotBefore,
            NotAfter = certificate.NotAfter,
            KeyAlgorithm = certificate.KeyAlgorithm,
            SignatureAlgorithm = certificate.SignatureAlgorithm,
            InUseBy = [.. UsersOf(context, certificate)],
            Type = issued ? "AMAZON_ISSUED" : "IMPORTED",
            KeyUsages = [.. certificate.KeyUsages.Select(u => new AwsAcm.KeyUsage { Name = u })],
            ExtendedKeyUsages =
                [.. certificate.ExtendedKeyUsages.Select(o => new AwsAcm.ExtendedKeyUsage { Name = NameOfUsage(o), OID = o })],
            RenewalEligibility = issued && IsUsed(context, certificate) ? "ELIGIBLE" : "INELIGIBLE",
            Options = new AwsAcm.CertificateOptions
            {
                CertificateTransparencyLoggingPreference = issued ? certificate.Transparency : "DISABLED",
                Export = issued ? certificate.Export : null,
            },
            ManagedBy = certificate.ManagedBy,
        };
    }

    public static AwsAcm.CertificateSummary Summary(CommandContext context, Certificate certificate)
    {
        bool issued = !certificate.Imported;
        return new AwsAcm.CertificateSummary
        {
            CertificateArn = certificate.Arn,
            DomainName = certificate.DomainName,
            SubjectAlternativeNameSummaries = [.. certificate.Names],
            HasAdditionalSubjectAlternativeNames = false,
            Status = StatusOf(certificate, context.Now),
            Type = issued ? "AMAZON_ISSUED" : "IMPORTED",
            KeyAlgorithm = certificate.KeyAlgorithm,
            KeyUsages = [.. certificate.KeyUsages],
            ExtendedKeyUsages = [.. certificate.ExtendedKeyUsages.Select(NameOfUsage)],
            ExportOption = issued ? certificate.Export : null,
            InUse = IsUsed(context, certificate),
            Exported = issued ? false : null,
            RenewalEligibility = issued && IsUsed(context, certificate) ? "ELIGIBLE" : "INELIGIBLE",
            NotBefore = certificate.NotBefore,
            NotAfter = certificate.NotAfter,
            CreatedAt = certificate.CreatedAt,
            IssuedAt = issued ? certificate.IssuedAt : null,
            ImportedAt = issued ? null : certificate.IssuedAt,
            ManagedBy = certificate.ManagedBy,
        };
    }

    /// <summary>An extended key usage by its object identifier (RFC 5280, section 4.2.1.12).</summary>
    public static string NameOfUsage(string oid) => oid switch
    {
        "1.3.6.1.5.5.7.3.1" => ServerAuthentication,
        "1.3.6.1.5.5.7.3.2" => "TLS_WEB_CLIENT_AUTHENTICATION",
        "1.3.6.1.5.5.7.3.3" => "CODE_SIGNING",
        "1.3.6.1.5.5.7.3.4" => "EMAIL_PROTECTION",
        "1.3.6.1.5.5.7.3.5" => "IPSEC_END_SYSTEM",
        "1.3.6.1.5.5.7.3.6" => "IPSEC_TUNNEL",
        "1.3.6.1.5.5.7.3.7" => "IPSEC_USER",
        "1.3.6.1.5.5.7.3.8" => "TIME_STAMPING",
        "1.3.6.1.5.5.7.3.9" => "OCSP_SIGNING",
        "2.5.29.37.0" => "ANY",
        _ => "CUSTOM",
    };

    private static IEnumerable<string> UsersOf(CommandContext context, Certificate certificate) =>
        context.Here.By<Listener>(Certificate.UseWord(certificate.Arn)).Select(l => l.LoadBalancerKey).Distinct(StringComparer.Ordinal)
            .Concat(context.Here.By<ClassicLoadBalancer>(Certificate.UseWord(certificate.Arn)).Select(b => b.Key))
            .Select(key => Elbv2Arns.LoadBalancer(context, key));

    /// <summary>The proof that the requester owns the name; it counts as given.</summary>
    private static AwsAcm.DomainValidation ValidationOf(CommandContext context, Certificate certificate, string name)
    {
        string domain = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        AwsAcm.DomainValidation proof = new()
        {
            DomainName = name,
            ValidationDomain = certificate.ValidationDomains.GetValueOrDefault(name, name),
            ValidationStatus = "SUCCESS",
            ValidationMethod = certificate.ValidationMethod,
        };
        return certificate.ValidationMethod switch
        {
            "DNS" => proof with { ResourceRecord = RecordOf(context, domain) },
            "HTTP" => proof,
            _ => proof with { ValidationEmails = MailOf(certificate.ValidationDomains.GetValueOrDefault(name, domain)) },
        };
    }

    /// <summary>The same account and name have the same record in every certificate, as AWS's have.</summary>
    private static AwsAcm.ResourceRecord RecordOf(CommandContext context, string domain)
    {
        string digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Account}/{domain}")));
        return new AwsAcm.ResourceRecord
        {
            Name = $"_{digits[..32]}.{domain}.",
            Type = "CNAME",
            Value = $"_{digits[32..]}.acm-validations.aws.",
        };
    }

    private static IReadOnlyList<string> MailOf(string domain)
    {
        string host = domain.StartsWith("*.", StringComparison.Ordinal) ? domain[2..] : domain;
        return [.. ((string[])["admin", "administrator", "hostmaster", "postmaster", "webmaster"]).Select(who => $"{who}@{host}")];
    }
}
