using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Acm;

namespace Trunkline.Tests.Control.Acm;

/// <summary>Certificates: issued, imported, listed, tagged.</summary>
public sealed class CertificateTests
{
    private readonly Lab lab = new();
    private readonly AcmService acm = new();

    [Theory]
    [InlineData("RSA_2048")]
    [InlineData("EC_prime256v1")]
    [InlineData("EC_secp384r1")]
    public void A_requested_certificate_is_issued_at_once_and_is_a_certificate(string algorithm)
    {
        string arn = Run(c => acm.RequestCertificate(c, new()
        {
            DomainName = "Example.com",
            SubjectAlternativeNames = ["*.example.com"],
            ValidationMethod = "DNS",
            KeyAlgorithm = algorithm,
        })).CertificateArn!;
        Assert.Matches("^arn:aws:acm:us-east-1:000000000000:certificate/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", arn);
        AwsAcm.CertificateDetail seen = Described(arn);
        Assert.Equal(("ISSUED", "AMAZON_ISSUED", algorithm, "example.com"), (seen.Status, seen.Type, seen.KeyAlgorithm, seen.DomainName));
        Assert.Equal(["example.com", "*.example.com"], seen.SubjectAlternativeNames!);
        Assert.Equal(2, seen.DomainValidationOptions!.Count);
        Assert.All(seen.DomainValidationOptions, v =>
        {
            Assert.Equal("SUCCESS", v.ValidationStatus);
            Assert.EndsWith(".acm-validations.aws.", v.ResourceRecord!.Value, StringComparison.Ordinal);
            Assert.EndsWith(".example.com.", v.ResourceRecord.Name, StringComparison.Ordinal);
        });
        AwsAcm.GetCertificateResponse pem = Run(c => acm.GetCertificate(c, new() { CertificateArn = arn }));
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(pem.Certificate);
        using X509Certificate2 authority = X509Certificate2.CreateFromPem(pem.CertificateChain);
        Assert.True(leaf.MatchesHostname("www.example.com"));
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = lab.Now.UtcDateTime;
        Assert.True(chain.Build(leaf));
    }

    [Fact]
    public void The_same_token_within_an_hour_is_the_same_certificate()
    {
        AwsAcm.RequestCertificateRequest request = new() { DomainName = "example.com", IdempotencyToken = "once" };
        string first = Run(c => acm.RequestCertificate(c, request)).CertificateArn!;
        Assert.Equal(first, Run(c => acm.RequestCertificate(c, request)).CertificateArn);
        lab.Now = lab.Now.AddMinutes(61);
        Assert.NotEqual(first, Run(c => acm.RequestCertificate(c, request)).CertificateArn);
    }

    [Fact]
    public void Requests_that_cannot_be_are_refused()
    {
        const string Authority = "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/x";
        AwsAcm.DomainValidationOption elsewhere = new() { DomainName = "a.example.com", ValidationDomain = "example.net" };
        (string Code, AwsAcm.RequestCertificateRequest Request)[] cases =
        [
            ("ValidationException", new() { DomainName = "localhost" }),
            ("ValidationException", new() { DomainName = "-a.example.com" }),
            ("ValidationException", new() { DomainName = "a*.example.com" }),
            ("InvalidParameterException", new() { DomainName = new string('a', 60) + ".example.com" }),
            ("InvalidParameterException", new() { DomainName = "example.com", KeyAlgorithm = "RSA_4096" }),
            ("InvalidParameterException", new() { DomainName = "example.com", ValidationMethod = "HTTP" }),
            ("InvalidDomainValidationOptionsException", new() { DomainName = "a.example.com", DomainValidationOptions = [elsewhere] }),
            ("UnsupportedOperation", new() { DomainName = "example.com", CertificateAuthorityArn = Authority }),
            ("InvalidTagException", new() { DomainName = "example.com", Tags = [new() { Key = "aws:x" }] }),
        ];
        foreach ((string code, AwsAcm.RequestCertificateRequest request) in cases)
        {
            Assert.Equal(code, lab.Refused((_, c) => acm.RequestCertificate(c, request)));
        }

        Assert.Empty(lab.Here.All<Certificate>());
    }

    [Fact]
    public void An_imported_certificate_is_read_and_imported_again_in_its_place()
    {
        using RSA key = RSA.Create(2048);
        string arn = Run(c => acm.ImportCertificate(c, Import(SelfSigned(key), key))).CertificateArn!;
        AwsAcm.CertificateDetail seen = Described(arn);
        Assert.Equal(("IMPORTED", "RSA_2048", "SHA256WITHRSA", "shop.example.com", "INELIGIBLE"), (
            seen.Type, seen.KeyAlgorithm, seen.SignatureAlgorithm, seen.DomainName, seen.RenewalEligibility));
        Assert.Null(seen.DomainValidationOptions);
        Assert.Equal(["DIGITAL_SIGNATURE"], seen.KeyUsages!.Select(u => u.Name));
        lab.Now = lab.Now.AddDays(1);
        Assert.Equal(arn, Run(c => acm.ImportCertificate(c, Import(SelfSigned(key), key) with { CertificateArn = arn })).CertificateArn);
        Assert.Single(lab.Here.All<Certificate>());
        Assert.NotEqual(seen.Serial, Described(arn).Serial);
        Assert.Equal("ValidationException", lab.Refused((_, c) => acm.ImportCertificate(
            c, Import(SelfSigned(key), key) with { CertificateArn = arn, Tags = [new() { Key = "a" }] })));
        string issued = Run(c => acm.RequestCertificate(c, new() { DomainName = "example.com" })).CertificateArn!;
        Assert.Equal("ValidationException", lab.Refused((_, c) => acm.ImportCertificate(
            c, Import(SelfSigned(key), key) with { CertificateArn = issued })));
    }

    [Fact]
    public void Imports_that_do_not_fit_together_are_refused()
    {
        using RSA key = RSA.Create(2048);
        using RSA other = RSA.Create(2048);
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string good = SelfSigned(key);
        AwsAcm.ImportCertificateRequest[] cases =
        [
            Import("nothing", key),
            Import(good + SelfSigned(other), key),
            Import(good, other),
            Import(good, curve),
            Import(good, key) with { PrivateKey = "nothing"u8.ToArray() },
            Import(good, key) with { CertificateChain = Encoding.ASCII.GetBytes(SelfSigned(other)) },
            Import(good, key) with { CertificateChain = "nothing"u8.ToArray() },
            Import(SelfSigned(key, days: -1), key),
            Import(SelfSigned(key, further: new X509Extension("2.5.29.17", [1, 2, 3], false)), key),
        ];
        foreach (AwsAcm.ImportCertificateRequest request in cases)
        {
            Assert.Equal("ValidationException", lab.Refused((_, c) => acm.ImportCertificate(c, request)));
        }
    }

    [Fact]
    public void Lists_have_pages_orders_and_filters()
    {
        List<string> made = [];
        for (int i = 0; i < 3; i++)
        {
            lab.Now = lab.Now.AddMinutes(1);
            made.Add(Run(c => acm.RequestCertificate(c, new() { DomainName = $"{i}.example.com" })).CertificateArn!);
        }

        Run(c => acm.RequestCertificate(c, new() { DomainName = "ec.example.com", KeyAlgorithm = "EC_prime256v1" }));
        Assert.Equal(3, List(new()).Count);
        Assert.Single(List(new() { Includes = new() { KeyTypes = ["EC_prime256v1"] } }));
        Assert.Empty(List(new() { CertificateStatuses = ["EXPIRED"] }));
        Assert.Equal(made.AsEnumerable().Reverse(), List(new() { SortBy = "CREATED_AT", SortOrder = "DESCENDING", MaxItems = 2 }));
        Assert.Equal("ValidationException", lab.Refused((_, c) => acm.ListCertificates(c, new() { SortBy = "CREATED_AT" })));
        Assert.Equal("ValidationException", lab.Refused((_, c) => acm.ListCertificates(c, new() { MaxItems = 0 })));
        Assert.Equal("UnsupportedOperation", lab.Refused((_, c) => acm.ListCertificates(c, new() { CertificateKeyPairOrigins = ["ACME"] })));
        Assert.Equal("InvalidArgsException", lab.Refused((_, c) => acm.ListCertificates(c, new() { NextToken = "x" })));
        lab.Now = lab.Now.AddDays(400);
        Assert.Equal(3, List(new() { CertificateStatuses = ["EXPIRED"] }).Count);
    }

    [Fact]
    public void Tags_come_and_go()
    {
        string arn = Run(c => acm.RequestCertificate(c, new() { DomainName = "example.com", Tags = [new() { Key = "a", Value = "1" }] })).CertificateArn!;
        Run(c => acm.AddTagsToCertificate(c, new() { CertificateArn = arn, Tags = [new() { Key = "b", Value = "2" }] }));
        Run(c => acm.RemoveTagsFromCertificate(c, new() { CertificateArn = arn, Tags = [new() { Key = "a", Value = "9" }, new() { Key = "b" }] }));
        AwsAcm.Tag left = Assert.Single(Run(c => acm.ListTagsForCertificate(c, new() { CertificateArn = arn })).Tags!);
        Assert.Equal(("a", "1"), (left.Key, left.Value));
        Assert.Equal("TooManyTagsException", lab.Refused((_, c) => acm.AddTagsToCertificate(
            c, new() { CertificateArn = arn, Tags = [.. Enumerable.Range(0, 50).Select(i => new AwsAcm.Tag { Key = $"k{i}" })] })));
    }

    [Fact]
    public void Arns_are_read_with_care()
    {
        string arn = Run(c => acm.RequestCertificate(c, new() { DomainName = "example.com" })).CertificateArn!;
        Assert.Equal("InvalidArnException", lab.Refused((_, c) => acm.DescribeCertificate(
            c, new() { CertificateArn = "arn:aws:iam::000000000000:server-certificate/x" })));
        Assert.Equal("ResourceNotFoundException", lab.Refused((_, c) => acm.DescribeCertificate(c, new() { CertificateArn = arn[..^1] + "x" })));
        Run(c => acm.DeleteCertificate(c, new() { CertificateArn = arn }));
        Assert.Equal("ResourceNotFoundException", lab.Refused((_, c) => acm.DeleteCertificate(c, new() { CertificateArn = arn })));
    }

    private T Run<T>(Func<CommandContext, T> operation) => lab.Run((_, c) => operation(c));

    private AwsAcm.CertificateDetail Described(string arn) => Run(c => acm.DescribeCertificate(c, new() { CertificateArn = arn })).Certificate!;

    private List<string> List(AwsAcm.ListCertificatesRequest request)
    {
        List<string> all = [];
        string? token = null;
        do
        {
            AwsAcm.ListCertificatesResponse page = Run(c => acm.ListCertificates(c, request with { NextToken = token }));
            all.AddRange(page.CertificateSummaryList!.Select(s => s.CertificateArn!));
            token = page.NextToken;
        }
        while (token is not null);

        return all;
    }

    private string SelfSigned(RSA key, int days = 30, X509Extension? further = null)
    {
        CertificateRequest request = new("CN=shop.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        if (further is not null)
        {
            request.CertificateExtensions.Add(further);
        }

        using X509Certificate2 made = request.CreateSelfSigned(lab.Now.AddDays(-2), lab.Now.AddDays(days));
        return made.ExportCertificatePem() + "\n";
    }

    private static AwsAcm.ImportCertificateRequest Import(string pem, AsymmetricAlgorithm key) => new()
    {
        Certificate = Encoding.ASCII.GetBytes(pem),
        PrivateKey = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()),
    };
}
