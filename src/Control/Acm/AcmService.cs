using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Wire.Acm;

namespace Trunkline.Control.Acm;

/// <summary>
/// Certificate Manager: certificates that are imported or issued at once. Source: AWS, ACM API Reference, version 2015-12-08. Amazon's
/// authority is one that each certificate gets for itself: no client trusts it, and it proves nothing.
/// </summary>
public sealed partial class AcmService : IAcm<CommandContext>
{
    private const int PageSizeMax = 1000;
    private const int NamesMax = 100;

    /// <summary>Domain names of one certificate.</summary>
    internal static readonly Quota NamesPerCertificate = new(
        "domain-names-per-acm-certificate", 10, "LimitExceededException", "The number of domain names exceeds the limit of {0}.");

    private static readonly string[] Requestable = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"];

    /// <summary>What ListCertificates shows where no key types are named.</summary>
    private static readonly string[] UsualKeyTypes = ["RSA_1024", "RSA_2048"];

    public RequestCertificateResponse RequestCertificate(CommandContext context, RequestCertificateRequest request)
    {
        if (request.CertificateAuthorityArn is not null)
        {
            throw Fault.Unsupported("CertificateAuthorityArn");
        }

        string domain = DomainNames.Checked(request.DomainName);
        if (domain.Length > DomainNames.CommonNameLength)
        {
            throw AcmFaults.InvalidParameter($"The domain name '{domain}' is longer than {DomainNames.CommonNameLength} characters");
        }

        IEnumerable<string> alternatives = (request.SubjectAlternativeNames ?? []).Select(DomainNames.Checked);
        ImmutableArray<string> names = [.. alternatives.Prepend(domain).Distinct(StringComparer.Ordinal)];
        if (names.Length > NamesMax)
        {
            throw new Fault("LimitExceededException", $"The number of domain names exceeds the limit of {NamesMax}.");
        }

        context.Quotas.Check(NamesPerCertificate, names.Length);
        string algorithm = request.KeyAlgorithm ?? "RSA_2048";
        if (!Requestable.Contains(algorithm))
        {
            throw AcmFaults.InvalidParameter($"The key algorithm '{algorithm}' is supported only for imported certificates");
        }

        if (Repeated(context, request.IdempotencyToken, domain, names) is { } before)
        {
            return new RequestCertificateResponse { CertificateArn = before.Arn };
        }

        string id = Uuids.New(context);
        Certificate issued = CertificateMaker.Issue(context, id, names, algorithm) with
        {
            ValidationMethod = MethodOf(request),
            ValidationDomains = DomainNames.ValidationDomains(names, request.DomainValidationOptions),
            Transparency = request.Options?.CertificateTransparencyLoggingPreference ?? "ENABLED",
            Export = request.Options?.Export ?? "DISABLED",
            IdempotencyToken = request.IdempotencyToken,
            ManagedBy = request.ManagedBy,
            Tags = AcmTags.Added(Tags.None, request.Tags ?? []),
        };
        context.Put(issued);
        return new RequestCertificateResponse { CertificateArn = issued.Arn };
    }

    /// <summary>A new certificate, or another one in the place of one that was imported before.</summary>
    public ImportCertificateResponse ImportCertificate(CommandContext context, ImportCertificateRequest request)
    {
        Certificate? before = request.CertificateArn is { } arn ? Get(context, arn) : null;
        if (before is { Imported: false })
        {
            throw AcmFaults.Validation("Only a certificate that was imported can be imported again");
        }

        if (before is not null && request.Tags is { Count: > 0 })
        {
            throw AcmFaults.Validation("You cannot apply tags when re-importing a certificate");
        }

        string id = before?.Key ?? Uuids.New(context);
        Certificate read = CertificateReader.Read(context, id, request.Certificate, request.PrivateKey, request.CertificateChain);
        if (before is not null && before.KeyAlgorithm != read.KeyAlgorithm)
        {
            throw AcmFaults.Validation("The key type and size of a certificate cannot change when it is imported again");
        }

        context.Put(read with
        {
            CreatedAt = before?.CreatedAt ?? context.Now,
            Tags = before?.Tags ?? AcmTags.Added(Tags.None, request.Tags ?? []),
        });
        return new ImportCertificateResponse { CertificateArn = read.Arn };
    }

    public DescribeCertificateResponse DescribeCertificate(CommandContext context, DescribeCertificateRequest request) =>
        new() { Certificate = CertificateViews.Detail(context, Get(context, request.CertificateArn)) };

    public GetCertificateResponse GetCertificate(CommandContext context, GetCertificateRequest request)
    {
        Certificate certificate = Get(context, request.CertificateArn);
        return new GetCertificateResponse { Certificate = certificate.Body, CertificateChain = certificate.Chain };
    }

    public DeleteCertificateResult DeleteCertificate(CommandContext context, DeleteCertificateRequest request)
    {
        Certificate certificate = Get(context, request.CertificateArn);
        if (CertificateViews.IsUsed(context, certificate))
        {
            throw new Fault("ResourceInUseException", $"Certificate {certificate.Arn} in account {context.Account} is in use.");
        }

        context.Remove(new Id<Certificate>(certificate.Key));
        return new DeleteCertificateResult();
    }

    public ListCertificatesResponse ListCertificates(CommandContext context, ListCertificatesRequest request)
    {
        if (request.CertificateKeyPairOrigins is { Count: > 0 })
        {
            throw Fault.Unsupported("CertificateKeyPairOrigins");
        }

        if (request.SortBy is null != request.SortOrder is null)
        {
            throw AcmFaults.Validation("SortBy and SortOrder must be specified together");
        }

        if (request.MaxItems is < 1 or > PageSizeMax)
        {
            throw AcmFaults.Validation(
                $"1 validation error detected: Value '{request.MaxItems}' at 'maxItems' failed to satisfy constraint: "
                + $"Member must have value between 1 and {PageSizeMax}");
        }

        IEnumerable<Certificate> rows = context.Here.All<Certificate>().Where(c => Passes(c, request, context.Now));
        Page<Certificate> page = PageOf(rows, request);
        return new ListCertificatesResponse
        {
            CertificateSummaryList = [.. page.Rows.Select(c => CertificateViews.Summary(context, c))],
            NextToken = page.NextToken,
        };
    }

    public AddTagsToCertificateResult AddTagsToCertificate(CommandContext context, AddTagsToCertificateRequest request)
    {
        Certificate certificate = Get(context, request.CertificateArn);
        context.Put(certificate with { Tags = AcmTags.Added(certificate.Tags, request.Tags ?? []) });
        return new AddTagsToCertificateResult();
    }

    public RemoveTagsFromCertificateResult RemoveTagsFromCertificate(CommandContext context, RemoveTagsFromCertificateRequest request)
    {
        Certificate certificate = Get(context, request.CertificateArn);
        context.Put(certificate with { Tags = AcmTags.Removed(certificate.Tags, request.Tags ?? []) });
        return new RemoveTagsFromCertificateResult();
    }

    public ListTagsForCertificateResponse ListTagsForCertificate(CommandContext context, ListTagsForCertificateRequest request)
    {
        Certificate certificate = Get(context, request.CertificateArn);
        return new ListTagsForCertificateResponse
        {
            Tags = [.. certificate.Tags.Select(t => new Wire.Acm.Tag { Key = t.Key, Value = t.Value })],
        };
    }

    private static Certificate Get(CommandContext context, string? text)
    {
        string arn = text ?? "";
        string[] fields = arn.Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[2] != "acm" || !fields[5].StartsWith("certificate/", StringComparison.Ordinal))
        {
            throw AcmFaults.InvalidArn(arn);
        }

        return fields[3] == context.Region && fields[4] == context.Account
            && context.Here.Find(new Id<Certificate>(fields[5]["certificate/".Length..])) is { } certificate
            ? certificate
            : throw AcmFaults.NotFound(context, arn);
    }

    /// <summary>The certificate that the same request made within the hour.</summary>
    private static Certificate? Repeated(CommandContext context, string? token, string domain, ImmutableArray<string> names) => token is null
        ? null
        : context.Here.By<Certificate>(Certificate.TokenWord(token)).FirstOrDefault(
            c => c.CreatedAt > context.Now.AddHours(-1) && c.DomainName == domain && c.Names.SequenceEqual(names));

    private static string MethodOf(RequestCertificateRequest request)
    {
        string method = request.ValidationMethod ?? (request.ManagedBy is null ? "EMAIL" : "HTTP");
        return (method == "HTTP") == request.ManagedBy is not null
            ? method
            : throw AcmFaults.InvalidParameter("HTTP validation is for certificates that CloudFront manages, and those have no other");
    }

    private static bool Passes(Certificate certificate, ListCertificatesRequest request, DateTimeOffset now)
    {
        Filters? includes = request.Includes;
        IReadOnlyList<string> types = includes?.KeyTypes is { Count: > 0 } named ? named : UsualKeyTypes;
        return types.Contains(certificate.KeyAlgorithm)
            && (request.CertificateStatuses is null or [] || request.CertificateStatuses.Contains(CertificateViews.StatusOf(certificate, now)))
            && (includes?.KeyUsage is null or [] || includes.KeyUsage.Any(u => certificate.KeyUsages.Contains(u)))
            && (includes?.ExtendedKeyUsage is null or []
                || includes.ExtendedKeyUsage.Any(u => certificate.ExtendedKeyUsages.Select(CertificateViews.NameOfUsage).Contains(u)))
            && (includes?.ExportOption is null || includes.ExportOption == certificate.Export)
            && (includes?.ManagedBy is null || includes.ManagedBy == certificate.ManagedBy);
    }

    private static Page<Certificate> PageOf(IEnumerable<Certificate> rows, ListCertificatesRequest request)
    {
        bool descends = request.SortOrder == "DESCENDING";

        // Tokens hold the last key and pages go upwards, so a key that goes down for later certificates turns the order around.
        string KeyOf(Certificate c)
        {
            long ticks = c.CreatedAt.UtcTicks;
            long place = request.SortBy is null ? 0 : descends ? long.MaxValue - ticks : ticks;
            return string.Create(CultureInfo.InvariantCulture, $"{place:D19}/{c.Key}");
        }

        return Pager.Page(
            rows.OrderBy(KeyOf, StringComparer.Ordinal), request.MaxItems, request.NextToken, KeyOf, 1, PageSizeMax, alwaysPaged: true,
            tokenFault: "InvalidArgsException");
    }
}
