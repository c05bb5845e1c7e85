using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>
/// Server certificates of IAM. Source: IAM API Reference, UploadServerCertificate, UpdateServerCertificate, GetServerCertificate,
/// ListServerCertificates, DeleteServerCertificate; IAM User Guide, "Manage server certificates in IAM".
/// </summary>
public sealed partial class IamService
{
    private const int PemMost = 16384;
    private const int ChainMost = 2097152;

    public AwsIam.UploadServerCertificateResponse UploadServerCertificate(
        CommandContext context, AwsIam.UploadServerCertificateRequest request)
    {
        string name = IamNames.Certificate(request.ServerCertificateName);
        string path = IamNames.Path(request.Path);
        string body = Door.Required(request.CertificateBody, "CertificateBody");
        string key = Door.Required(request.PrivateKey, "PrivateKey");
        string? chain = string.IsNullOrEmpty(request.CertificateChain) ? null : request.CertificateChain;
        new Constraints().Length(body, "certificateBody", 1, PemMost)
            .Length(key, "privateKey", 1, PemMost)
            .Length(chain, "certificateChain", 1, ChainMost)
            .Check();
        ImmutableSortedDictionary<string, string> tags = IamTags.New(request.Tags);
        DateTimeOffset expiration = CheckPair(body, key);
        CheckChain(chain);
        if (FindCertificate(context, name) is not null)
        {
            throw IamFaults.AlreadyExists($"The Server Certificate with name {name} already exists.");
        }

        context.Quotas.Check(Quotas.IamServerCertificates, context.Global.Here.Table<ServerCertificate>().Count + 1);
        ServerCertificate certificate = context.Global.Put(new ServerCertificate
        {
            Name = name,
            CertificateId = IamNames.NewId(context, "ASCA"),
            Path = path,
            Body = body.Trim(),
            Chain = chain?.Trim(),
            UploadDate = context.Now,
            Expiration = expiration,
            Tags = tags,
        });
        return new AwsIam.UploadServerCertificateResponse
        {
            ServerCertificateMetadata = ToWire(context, certificate),
            Tags = IamTags.ToWire(tags),
        };
    }

    public AwsIam.GetServerCertificateResponse GetServerCertificate(CommandContext context, AwsIam.GetServerCertificateRequest request)
    {
        ServerCertificate certificate = CertificateOf(context, request.ServerCertificateName);
        return new AwsIam.GetServerCertificateResponse
        {
            ServerCertificate = new AwsIam.ServerCertificate
            {
                ServerCertificateMetadata = ToWire(context, certificate),
                CertificateBody = certificate.Body,
                CertificateChain = certificate.Chain,
                Tags = IamTags.ToWire(certificate.Tags),
            },
        };
    }

    public AwsIam.ListServerCertificatesResponse ListServerCertificates(
        CommandContext context, AwsIam.ListServerCertificatesRequest request)
    {
        string prefix = string.IsNullOrEmpty(request.PathPrefix) ? "/" : request.PathPrefix;
        new Constraints().Length(prefix, "pathPrefix", 1, 512).Pattern(prefix, "pathPrefix", PrefixText(), @"\u002F[\u0021-\u007F]*").Check();
        IEnumerable<ServerCertificate> rows = context.Global.Here.All<ServerCertificate>()
            .Where(c => c.Path.StartsWith(prefix, StringComparison.Ordinal));
        Page<ServerCertificate> page = IamNames.Page(rows, request.MaxItems, request.Marker, c => c.Key);
        return new AwsIam.ListServerCertificatesResponse
        {
            ServerCertificateMetadataList = [.. page.Rows.Select(c => ToWire(context, c))],
            IsTruncated = page.NextToken is not null,
            Marker = page.NextToken,
        };
    }

    /// <remarks>A new name or path gives it a new ARN: one that a load balancer uses keeps them, since listeners name the ARN.</remarks>
    public AwsIam.UpdateServerCertificateResult UpdateServerCertificate(
        CommandContext context, AwsIam.UpdateServerCertificateRequest request)
    {
        ServerCertificate certificate = CertificateOf(context, request.ServerCertificateName);
        string path = request.NewPath is null ? certificate.Path : IamNames.Path(request.NewPath);
        string name = request.NewServerCertificateName is { } given
            ? IamNames.Name(given, "NewServerCertificateName", "newServerCertificateName", 128)
            : certificate.Name;
        if (FindCertificate(context, name) is { } other && other.CertificateId != certificate.CertificateId)
        {
            throw IamFaults.AlreadyExists($"The Server Certificate with name {name} already exists.");
        }

        ServerCertificate next = certificate with { Name = name, Path = path };
        if (next.ArnIn(context.Account) != certificate.ArnIn(context.Account))
        {
            RefuseUsed(context, certificate);
        }

        if (name != certificate.Name)
        {
            context.Global.Remove(new Id<ServerCertificate>(certificate.Key));
        }

        context.Global.Put(next);
        return new AwsIam.UpdateServerCertificateResult();
    }

    public AwsIam.DeleteServerCertificateResult DeleteServerCertificate(
        CommandContext context, AwsIam.DeleteServerCertificateRequest request)
    {
        ServerCertificate certificate = CertificateOf(context, request.ServerCertificateName);
        RefuseUsed(context, certificate);
        context.Global.Remove(new Id<ServerCertificate>(certificate.Key));
        return new AwsIam.DeleteServerCertificateResult();
    }

    public AwsIam.TagServerCertificateResult TagServerCertificate(CommandContext context, AwsIam.TagServerCertificateRequest request)
    {
        ServerCertificate certificate = CertificateOf(context, request.ServerCertificateName);
        context.Global.Put(certificate with { Tags = IamTags.With(certificate.Tags, request.Tags) });
        return new AwsIam.TagServerCertificateResult();
    }

    public AwsIam.UntagServerCertificateResult UntagServerCertificate(CommandContext context, AwsIam.UntagServerCertificateRequest request)
    {
        ServerCertificate certificate = CertificateOf(context, request.ServerCertificateName);
        context.Global.Put(certificate with { Tags = IamTags.Without(certificate.Tags, request.TagKeys) });
        return new AwsIam.UntagServerCertificateResult();
    }

    /// <summary>The certificate that an ARN of the caller's account names; null where there is none.</summary>
    internal static ServerCertificate? CertificateOfArn(CommandContext context, string arn) =>
        FindCertificate(context, arn[(arn.LastIndexOf('/') + 1)..]) is { } found && found.ArnIn(context.Account) == arn ? found : null;

    private static ServerCertificate? FindCertificate(CommandContext context, string name) =>
        context.Global.Here.By<ServerCertificate>(ServerCertificate.NameWord(name)).FirstOrDefault();

    private static ServerCertificate CertificateOf(CommandContext context, string? name)
    {
        string given = IamNames.Certificate(name);
        return FindCertificate(context, given) ?? throw IamFaults.NoSuchCertificate(given);
    }

    /// <summary>Refuses where a load balancer of any region shows the certificate to its clients.</summary>
    private static void RefuseUsed(CommandContext context, ServerCertificate certificate)
    {
        string word = Certificate.UseWord(certificate.ArnIn(context.Account));
        foreach (Partition partition in context.Draft.Next.Partitions.Values.Where(p => p.Account == context.Account))
        {
            IEnumerable<string> users = partition.By<ClassicLoadBalancer>(word)
                .Select(b => $"arn:aws:elasticloadbalancing:{partition.Region}:{partition.Account}:loadbalancer/{b.Name}")
                .Concat(partition.By<Listener>(word)
                    .Select(l => $"arn:aws:elasticloadbalancing:{partition.Region}:{partition.Account}:listener/{l.Key}"));
            if (users.FirstOrDefault() is { } user)
            {
                throw IamFaults.DeleteConflict(
                    $"Certificate: {certificate.CertificateId} is currently in use by {user}. Please remove it first before deleting it from IAM.");
            }
        }
    }

    /// <summary>The end of the certificate, once it was read and its key was found to be its own.</summary>
    private static DateTimeOffset CheckPair(string body, string key)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new Fault("MalformedCertificate", "Unable to parse key; the body is encrypted.");
        }

        using X509Certificate2 certificate = ReadPem(() => X509Certificate2.CreateFromPem(body), "Unable to parse certificate. Please ensure "
            + "the certificate is in PEM format.");
        try
        {
            using X509Certificate2 pair = X509Certificate2.CreateFromPem(body, key);
            return certificate.NotAfter.ToUniversalTime();
        }
        catch (CryptographicException e) when (e.InnerException is ArgumentException)
        {
            // The key was read, and it is another certificate's.
            throw new Fault("KeyPairMismatch", "Public key certificate and private key doesn't match.");
        }
        catch (CryptographicException)
        {
            throw new Fault("MalformedCertificate", "Unable to parse key; please ensure the private key is in PEM format.");
        }
    }

    private static void CheckChain(string? chain)
    {
        if (chain is null)
        {
            return;
        }

        X509Certificate2Collection certificates = ReadPem(
            () =>
            {
                X509Certificate2Collection read = [];
                read.ImportFromPem(chain);
                return read;
            },
            "Unable to parse certificate chain. Please ensure the chain is in PEM format.");
        if (certificates.Count == 0)
        {
            throw new Fault("MalformedCertificate", "Unable to parse certificate chain. Please ensure the chain is in PEM format.");
        }

        foreach (X509Certificate2 one in certificates)
        {
            one.Dispose();
        }
    }

    private static T ReadPem<T>(Func<T> read, string message)
    {
        try
        {
            return read();
        }
        catch (CryptographicException)
        {
            throw new Fault("MalformedCertificate", message);
        }
    }

    private static AwsIam.ServerCertificateMetadata ToWire(CommandContext context, ServerCertificate certificate) => new()
    {
        Path = certificate.Path,
        ServerCertificateName = certificate.Name,
        ServerCertificateId = certificate.CertificateId,
        Arn = certificate.ArnIn(context.Account),
        UploadDate = certificate.UploadDate,
        Expiration = certificate.Expiration,
    };

    [GeneratedRegex(@"^/[\u0021-\u007F]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixText();
}
