using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Trunkline.Cloud;

namespace Trunkline.Control.Acm;

/// <summary>Issues certificates (RFC 5280) under an authority made for each: its key, like the certificate's, is forgotten at once.</summary>
internal static class CertificateMaker
{
    /// <summary>Thirteen months. Source: AWS, "ACM certificate characteristics".</summary>
    private const int DaysValid = 395;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly X500DistinguishedName Authority = new("CN=Amazon RSA 2048 M01, O=Amazon, C=US");

    public static Certificate Issue(CommandContext context, string id, ImmutableArray<string> names, string algorithm)
    {
        DateTimeOffset from = new(context.Now.UtcDateTime.Date, TimeSpan.Zero);
        DateTimeOffset until = from.AddDays(DaysValid).AddSeconds(-1);
        byte[] serial = NewSerial(context);
        using RSA authorityKey = RSA.Create(context.Keys("rsa").Rsa!.Value);
        using X509Certificate2 authority = AuthorityOf(context, authorityKey, from, until);
        using AsymmetricAlgorithm key = KeyOf(context, algorithm);
        CertificateRequest request = RequestOf(new X500DistinguishedName($"CN={names[0]}"), key);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            alternatives.AddDnsName(name);
        }

        const X509KeyUsageFlags Usages = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment;
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(Usages, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        request.CertificateExtensions.Add(alternatives.Build());
        using X509Certificate2 leaf = request.Create(
            Authority, X509SignatureGenerator.CreateForRSA(authorityKey, RSASignaturePadding.Pkcs1), from, until, serial);
        return new Certificate
        {
            Key = id,
            Arn = context.Arn($"certificate/{id}", "acm"),
            DomainName = names[0],
            Names = names,
            KeyAlgorithm = algorithm,
            SignatureAlgorithm = "SHA256WITHRSA",
            Serial = CertificateReader.SerialOf(leaf),
            Subject = $"CN={names[0]}",
            Issuer = "Amazon",
            NotBefore = from,
            NotAfter = until,
            CreatedAt = context.Now,
            IssuedAt = context.Now,
            Body = leaf.ExportCertificatePem() + "\n",
            Chain = authority.ExportCertificatePem() + "\n",
            KeyUsages = CertificateReader.UsagesOf(Usages),
            ExtendedKeyUsages = [ServerAuthentication],
        };
    }

    private static X509Certificate2 AuthorityOf(CommandContext context, RSA key, DateTimeOffset from, DateTimeOffset until)
    {
        CertificateRequest request = new(Authority, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request.Create(
            Authority, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), from, until, NewSerial(context));
    }

    private static CertificateRequest RequestOf(X500DistinguishedName subject, AsymmetricAlgorithm key) => key is RSA rsa
        ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);

    /// <summary>Elliptic keys come of the 32 random bytes that the maker of keys gives, spread to the curve's length.</summary>
    private static AsymmetricAlgorithm KeyOf(CommandContext context, string algorithm)
    {
        if (algorithm == "RSA_2048")
        {
            return RSA.Create(context.Keys("rsa").Rsa!.Value);
        }

        byte[] seed = context.Keys("ed25519").Ed25519Seed!;
        bool isLong = algorithm == "EC_secp384r1";
        return ECDsa.Create(new ECParameters
        {
            Curve = isLong ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256,
            D = isLong ? SHA384.HashData(seed) : SHA256.HashData(seed),
        });
    }

    /// <summary>Sixteen bytes, positive.</summary>
    private static byte[] NewSerial(CommandContext context)
    {
        byte[] serial = [.. BitConverter.GetBytes(context.Ids.NextBits()), .. BitConverter.GetBytes(context.Ids.NextBits())];
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }
}
