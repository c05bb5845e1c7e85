using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.Acm;

/// <summary>
/// Reads a certificate, its key and its chain as they are imported, and checks them. Source: AWS, "Prerequisites for importing ACM
/// certificates" and "Certificate and key format for importing".
/// </summary>
internal static class CertificateReader
{
    private static readonly ImmutableArray<(X509KeyUsageFlags Flag, string Name)> UsageNames =
    [
        (X509KeyUsageFlags.DigitalSignature, "DIGITAL_SIGNATURE"), (X509KeyUsageFlags.NonRepudiation, "NON_REPUDIATION"),
        (X509KeyUsageFlags.KeyEncipherment, "KEY_ENCIPHERMENT"), (X509KeyUsageFlags.DataEncipherment, "DATA_ENCIPHERMENT"),
        (X509KeyUsageFlags.KeyAgreement, "KEY_AGREEMENT"), (X509KeyUsageFlags.KeyCertSign, "CERTIFICATE_SIGNING"),
        (X509KeyUsageFlags.CrlSign, "CRL_SIGNING"), (X509KeyUsageFlags.EncipherOnly, "ENCIPHER_ONLY"),
        (X509KeyUsageFlags.DecipherOnly, "DECIPHER_ONLY"),
    ];

    public static Certificate Read(CommandContext context, string id, byte[]? body, byte[]? key, byte[]? chain)
    {
        string pem = TextOf(body);
        List<X509Certificate2> found = Parse(pem, "certificate");
        if (found.Count > 1)
        {
            throw AcmFaults.Validation(
                "The certificate field contains more than one certificate. You can specify only one certificate in this field.");
        }

        using X509Certificate2 certificate = found[0];
        try
        {
            return Read(context, id, certificate, pem, TextOf(key), chain is { Length: > 0 } ? TextOf(chain) : null);
        }
        catch (CryptographicException)
        {
            // Extensions and public keys are decoded when they are looked at.
            throw Unparsable("certificate");
        }
    }

    /// <summary>Pairs of hexadecimal digits with colons between.</summary>
    public static string SerialOf(X509Certificate2 certificate) =>
        string.Join(':', certificate.SerialNumberBytes.ToArray().Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    public static ImmutableArray<string> UsagesOf(X509KeyUsageFlags usages) =>
        [.. UsageNames.Where(u => usages.HasFlag(u.Flag)).Select(u => u.Name)];

    private static Certificate Read(
        CommandContext context, string id, X509Certificate2 certificate, string pem, string keyPem, string? chainPem)
    {
        CheckTime(certificate, context.Now);
        CheckKey(certificate, keyPem);
        if (chainPem is not null)
        {
            CheckChain(certificate, Parse(chainPem, "certificate chain"));
        }

        ImmutableArray<string> names = NamesOf(certificate);
        return new Certificate
        {
            Key = id,
            Arn = context.Arn($"certificate/{id}", "acm"),
            DomainName = names.IsEmpty ? "" : names[0],
            Names = names,
            Imported = true,
            KeyAlgorithm = AlgorithmOf(certificate),
            SignatureAlgorithm = SignatureOf(certificate),
            Serial = SerialOf(certificate),
            Subject = certificate.Subject,
            Issuer = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true) is { Length: > 0 } simple ? simple : certificate.Issuer,
            NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
            NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            CreatedAt = context.Now,
            IssuedAt = context.Now,
            Body = pem,
            Chain = chainPem,
            KeyUsages = UsagesOf(certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()?.KeyUsages ?? X509KeyUsageFlags.None),
            ExtendedKeyUsages =
            [
                .. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
                    .SelectMany(e => e.EnhancedKeyUsages.Cast<Oid>()).Select(o => o.Value ?? ""),
            ],
        };
    }

    private static string TextOf(byte[]? bytes) => Encoding.UTF8.GetString(bytes ?? []);

    private static List<X509Certificate2> Parse(string pem, string what)
    {
        X509Certificate2Collection read = [];
        try
        {
            read.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw Unparsable(what);
        }

        return read.Count > 0 ? [.. read] : throw Unparsable(what);
    }

    private static Fault Unparsable(string what) =>
        AcmFaults.Validation($"Could not parse {what}. Please ensure the {what} is in PEM format.");

    private static void CheckTime(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (certificate.NotAfter.ToUniversalTime() < now.UtcDateTime || certificate.NotBefore.ToUniversalTime() > now.UtcDateTime)
        {
            throw AcmFaults.Validation("The certificate is not valid at this time: it has expired or its validity period has not begun.");
        }
    }

    /// <summary>The key must be plain PEM and be the certificate's.</summary>
    private static void CheckKey(X509Certificate2 certificate, string pem)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        using AsymmetricAlgorithm own = rsa is null ? ECDsa.Create() : RSA.Create();
        try
        {
            own.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw AcmFaults.Validation("The private key is not supported. It must be an unencrypted PEM-encoded key of the certificate's type.");
        }

        if (!own.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
        {
            throw AcmFaults.Validation("The private key does not match the certificate.");
        }
    }

    /// <summary>Each certificate is signed by the next one.</summary>
    private static void CheckChain(X509Certificate2 certificate, List<X509Certificate2> chain)
    {
        X509Certificate2 signed = certificate;
        for (int i = 0; i < chain.Count; i++)
        {
            if (!signed.IssuerName.RawData.AsSpan().SequenceEqual(chain[i].SubjectName.RawData) || !IsSignedBy(signed, chain[i]))
            {
                throw AcmFaults.Validation(
                    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by "
                    + $"any intermediaries in order. The index within the chain of the invalid certificate is: {i}");
            }

            signed = chain[i];
        }

        chain.ForEach(c => c.Dispose());
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        try
        {
            Org.BouncyCastle.X509.X509CertificateParser parser = new();
            parser.ReadCertificate(certificate.RawData).Verify(parser.ReadCertificate(issuer.RawData).GetPublicKey());
            return true;
        }
        catch (Exception e) when (e is Org.BouncyCastle.Security.GeneralSecurityException or Org.BouncyCastle.Security.SecurityUtilityException
            or ArgumentException or IOException)
        {
            // A key of a kind that is not known, or that cannot be read, signs nothing.
            return false;
        }
    }

    /// <summary>The common name first, then the alternative names that are not it.</summary>
    private static ImmutableArray<string> NamesOf(X509Certificate2 certificate)
    {
        IEnumerable<string> alternatives =
            certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());
        string common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return [.. alternatives.Prepend(common).Where(n => n.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static string AlgorithmOf(X509Certificate2 certificate)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
        {
            return rsa.KeySize is 1024 or 2048 or 3072 or 4096
                ? $"RSA_{rsa.KeySize}"
                : throw AcmFaults.Validation($"The key size of {rsa.KeySize} bits is not supported.");
        }

        using ECDsa? ec = certificate.GetECDsaPublicKey();
        return ec?.KeySize switch
        {
            256 => "EC_prime256v1",
            384 => "EC_secp384r1",
            521 => "EC_secp521r1",
            _ => throw AcmFaults.Validation("The key algorithm of the certificate is not supported."),
        };
    }

    private static string SignatureOf(X509Certificate2 certificate) =>
        (certificate.SignatureAlgorithm.FriendlyName ?? "").ToUpperInvariant() is var name && name.EndsWith("RSA", StringComparison.Ordinal)
            ? name.Replace("RSA", "WITHRSA", StringComparison.Ordinal)
            : name.Replace("ECDSA", "WITHECDSA", StringComparison.Ordinal);
}
