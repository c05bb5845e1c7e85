using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// Trust stores and what they no longer trust. Source: ELBv2 API, CreateTrustStore and the operations around it. There is no S3 here: the
/// places of the files are kept and given back, and a bundle counts as one certificate.
/// </summary>
public sealed partial class Elbv2Service
{
    private const int CertificatesOfBundle = 1;

    public AwsElbv2.CreateTrustStoreOutput CreateTrustStore(CommandContext context, AwsElbv2.CreateTrustStoreInput request)
    {
        string name = CheckedName(request.Name, "trust store", 32);
        if (context.Here.By<TrustStore>(TrustStore.NameWord(name)).Any())
        {
            throw new Fault("DuplicateTrustStoreName", $"A trust store with the name '{name}' already exists");
        }

        context.Quotas.Check(LoadBalancerQuotas.TrustStores, context.Here.Table<TrustStore>().Count + 1);
        TrustStore store = context.Put(new TrustStore
        {
            Key = $"{name}/{NewHex(context)}",
            Name = name,
            Bundle = BundleOf(
                request.CaCertificatesBundleS3Bucket, request.CaCertificatesBundleS3Key, request.CaCertificatesBundleS3ObjectVersion),
            Tags = NewTags(request.Tags),
        });
        return new AwsElbv2.CreateTrustStoreOutput { TrustStores = [ToWire(context, store, "CREATING")] };
    }

    public AwsElbv2.ModifyTrustStoreOutput ModifyTrustStore(CommandContext context, AwsElbv2.ModifyTrustStoreInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        TrustStore changed = context.Put(store with
        {
            Bundle = BundleOf(
                request.CaCertificatesBundleS3Bucket, request.CaCertificatesBundleS3Key, request.CaCertificatesBundleS3ObjectVersion),
        });
        return new AwsElbv2.ModifyTrustStoreOutput { TrustStores = [ToWire(context, changed)] };
    }

    public AwsElbv2.DeleteTrustStoreOutput DeleteTrustStore(CommandContext context, AwsElbv2.DeleteTrustStoreInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        if (context.Here.By<Listener>(TrustStore.KeyWord(store.Key)).Any())
        {
            throw new Fault("TrustStoreInUse", "The specified trust store is currently in use.");
        }

        context.Remove(new Id<TrustStore>(store.Key));
        return new AwsElbv2.DeleteTrustStoreOutput();
    }

    public AwsElbv2.DescribeTrustStoresOutput DescribeTrustStores(CommandContext context, AwsElbv2.DescribeTrustStoresInput request)
    {
        bool byArn = request.TrustStoreArns is { Count: > 0 };
        if (byArn && request.Names is { Count: > 0 })
        {
            throw Elbv2Faults.Validation("You cannot specify both trust store ARNs and names");
        }

        IEnumerable<TrustStore> rows = context.Here.All<TrustStore>();
        if (byArn)
        {
            rows = Named(request.TrustStoreArns!, "trust stores").Select(arn => Elbv2Arns.GetTrustStore(context, arn));
        }
        else if (request.Names is { Count: > 0 } names)
        {
            rows = Named(names, "trust stores").Select(
                name => context.Here.By<TrustStore>(TrustStore.NameWord(name)).FirstOrDefault() ?? throw Elbv2Faults.TrustStoreNotFound());
        }

        Page<TrustStore> page = PageOf(rows.OrderBy(s => s.Key, StringComparer.Ordinal), request.PageSize, request.Marker);
        return new AwsElbv2.DescribeTrustStoresOutput
        {
            TrustStores = [.. page.Rows.Select(s => ToWire(context, s))],
            NextMarker = page.NextToken,
        };
    }

    public AwsElbv2.DescribeTrustStoreAssociationsOutput DescribeTrustStoreAssociations(
        CommandContext context, AwsElbv2.DescribeTrustStoreAssociationsInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        Page<Listener> page = PageOf(context.Here.By<Listener>(TrustStore.KeyWord(store.Key)), request.PageSize, request.Marker);
        return new AwsElbv2.DescribeTrustStoreAssociationsOutput
        {
            TrustStoreAssociations =
                [.. page.Rows.Select(l => new AwsElbv2.TrustStoreAssociation { ResourceArn = Elbv2Arns.Of(context, l) })],
            NextMarker = page.NextToken,
        };
    }

    /// <remarks>Trust stores are not shared between accounts here, so every association is of the same account.</remarks>
    public AwsElbv2.DeleteSharedTrustStoreAssociationOutput DeleteSharedTrustStoreAssociation(
        CommandContext context, AwsElbv2.DeleteSharedTrustStoreAssociationInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        throw context.Here.By<Listener>(TrustStore.KeyWord(store.Key)).Any(l => Elbv2Arns.Of(context, l) == request.ResourceArn)
            ? new Fault("DeleteAssociationSameAccount", "The specified association can't be within the same account.")
            : new Fault("AssociationNotFound", "The specified association does not exist.");
    }

    public AwsElbv2.AddTrustStoreRevocationsOutput AddTrustStoreRevocations(
        CommandContext context, AwsElbv2.AddTrustStoreRevocationsInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        if (request.RevocationContents is not { Count: > 0 } contents)
        {
            throw Elbv2Faults.Validation("At least one revocation content must be specified");
        }

        List<TrustStoreRevocation> added = [];
        foreach (AwsElbv2.RevocationContent content in contents)
        {
            if (string.IsNullOrEmpty(content.S3Bucket) || string.IsNullOrEmpty(content.S3Key))
            {
                throw new Fault("InvalidRevocationContent", "A revocation content must have an S3 bucket and an S3 key");
            }

            S3Place place = new(content.S3Bucket, content.S3Key, content.S3ObjectVersion);
            added.Add(new TrustStoreRevocation(store.LastRevocationId + added.Count + 1, content.RevocationType ?? "CRL", place));
        }

        context.Put(store with
        {
            Revocations = [.. store.Revocations, .. added],
            LastRevocationId = store.LastRevocationId + added.Count,
        });
        return new AwsElbv2.AddTrustStoreRevocationsOutput
        {
            TrustStoreRevocations =
            [
                .. added.Select(r => new AwsElbv2.TrustStoreRevocation
                {
                    TrustStoreArn = request.TrustStoreArn, RevocationId = r.Id, RevocationType = r.Type, NumberOfRevokedEntries = 0,
                }),
            ],
        };
    }

    public AwsElbv2.RemoveTrustStoreRevocationsOutput RemoveTrustStoreRevocations(
        CommandContext context, AwsElbv2.RemoveTrustStoreRevocationsInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        ImmutableArray<TrustStoreRevocation> left = store.Revocations;
        foreach (long id in request.RevocationIds ?? [])
        {
            left = left.Remove(RevocationOf(store, id));
        }

        context.Put(store with { Revocations = left });
        return new AwsElbv2.RemoveTrustStoreRevocationsOutput();
    }

    public AwsElbv2.DescribeTrustStoreRevocationsOutput DescribeTrustStoreRevocations(
        CommandContext context, AwsElbv2.DescribeTrustStoreRevocationsInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        IEnumerable<TrustStoreRevocation> rows = request.RevocationIds is { Count: > 0 } ids
            ? [.. ids.Distinct().Order().Select(id => RevocationOf(store, id))]
            : store.Revocations;
        Page<TrustStoreRevocation> page = PageOf(
            rows, request.PageSize, request.Marker, r => r.Id.ToString("D19", System.Globalization.CultureInfo.InvariantCulture));
        return new AwsElbv2.DescribeTrustStoreRevocationsOutput
        {
            TrustStoreRevocations =
            [
                .. page.Rows.Select(r => new AwsElbv2.DescribeTrustStoreRevocation
                {
                    TrustStoreArn = request.TrustStoreArn, RevocationId = r.Id, RevocationType = r.Type, NumberOfRevokedEntries = 0,
                }),
            ],
            NextMarker = page.NextToken,
        };
    }

    public AwsElbv2.GetTrustStoreCaCertificatesBundleOutput GetTrustStoreCaCertificatesBundle(
        CommandContext context, AwsElbv2.GetTrustStoreCaCertificatesBundleInput request) =>
        new() { Location = LocationOf(context, Elbv2Arns.GetTrustStore(context, request.TrustStoreArn).Bundle) };

    public AwsElbv2.GetTrustStoreRevocationContentOutput GetTrustStoreRevocationContent(
        CommandContext context, AwsElbv2.GetTrustStoreRevocationContentInput request)
    {
        TrustStore store = Elbv2Arns.GetTrustStore(context, request.TrustStoreArn);
        return new() { Location = LocationOf(context, RevocationOf(store, request.RevocationId ?? 0).Place) };
    }

    private static TrustStoreRevocation RevocationOf(TrustStore store, long id) =>
        store.Revocations.FirstOrDefault(r => r.Id == id)
        ?? throw new Fault("RevocationIdNotFound", "The specified revocation ID does not exist.");

    private static S3Place BundleOf(string? bucket, string? key, string? version) =>
        string.IsNullOrEmpty(bucket) || string.IsNullOrEmpty(key)
            ? throw new Fault("CaCertificatesBundleNotFound", "The specified ca certificate bundle does not exist.")
            : new S3Place(bucket, key, version);

    private static string LocationOf(CommandContext context, S3Place place) =>
        $"https://{place.Bucket}.s3.{context.Region}.amazonaws.com/{place.Key}" + (place.Version is { } version ? $"?versionId={version}" : "");

    private static AwsElbv2.TrustStore ToWire(CommandContext context, TrustStore store, string status = "ACTIVE") => new()
    {
        Name = store.Name,
        TrustStoreArn = Elbv2Arns.Of(context, store),
        Status = status,
        NumberOfCaCertificates = CertificatesOfBundle,
        TotalRevokedEntries = 0,
    };
}
