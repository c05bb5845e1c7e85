using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>An image as one region and a request show it.</summary>
internal sealed record ShownImage(string Id, CatalogueImage Image);

/// <summary>Machine images: a fixed catalogue. Source: EC2 API, DescribeImages.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<ShownImage> ImageFilters = new()
    {
        { "architecture", i => i.Image.Architecture },
        { "block-device-mapping.delete-on-termination", _ => "true" },
        { "block-device-mapping.device-name", i => i.Image.RootDevice },
        { "block-device-mapping.snapshot-id", i => SnapshotOf(i.Id) },
        { "block-device-mapping.volume-size", i => i.Image.RootSize.ToString(CultureInfo.InvariantCulture) },
        { "block-device-mapping.volume-type", i => i.Image.RootType },
        { "block-device-mapping.encrypted", _ => "false" },
        { "creation-date", i => i.Image.Created },
        { "description", i => i.Image.Description },
        { "ena-support", _ => true },
        { "free-tier-eligible", i => i.Image.PlatformDetails == "Linux/UNIX" },
        { "hypervisor", _ => "xen" },
        { "image-allowed", _ => true },
        { "image-id", i => i.Id },
        { "image-type", _ => "machine" },
        { "is-public", _ => true },
        { "kernel-id", _ => (string?)null },
        { "manifest-location", i => LocationOf(i.Image) },
        { "name", i => i.Image.Name },
        { "owner-alias", i => i.Image.OwnerAlias },
        { "owner-id", i => i.Image.Owner },
        { "platform", i => i.Image.IsWindows ? "windows" : null },
        { "product-code", _ => (string?)null },
        { "product-code.type", _ => (string?)null },
        { "ramdisk-id", _ => (string?)null },
        { "root-device-name", i => i.Image.RootDevice },
        { "root-device-type", _ => "ebs" },
        { "source-image-id", _ => (string?)null },
        { "source-image-region", _ => (string?)null },
        { "source-instance-id", _ => (string?)null },
        { "state", _ => "available" },
        { "state-reason-code", _ => (string?)null },
        { "state-reason-message", _ => (string?)null },
        { "sriov-net-support", _ => "simple" },
        { "tag-key", _ => (string?)null },
        { "virtualization-type", _ => "hvm" },
    };

    public Aws.DescribeImagesResult DescribeImages(CommandContext context, Aws.DescribeImagesRequest request)
    {
        Pager.RefuseIdsWithPages(request.ImageIds, "imageIds", request.MaxResults);
        List<ShownImage> all = request.ImageIds is { Count: > 0 } ids
            ? [.. ids.Distinct(StringComparer.Ordinal).Select(id => new ShownImage(id, ImageOf(context, CheckedImageId(id), null)))]
            : [.. ImageCatalogue.All.Select(i => new ShownImage(ImageCatalogue.IdOf(context.Region, i.Alias), i))];
        all.RemoveAll(i => !IsOwnedByOneOf(context, i.Image, request.Owners) || !MayBeRunBy(request.ExecutableUsers));
        all.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));
        Page<ShownImage> page = Pager.Page(
            ImageFilters.Apply(context, all, UntaggedOnly(request.Filters, out bool asksTags)), request.MaxResults, request.NextToken, i => i.Id, 1);
        return new Aws.DescribeImagesResult
        {
            Images = asksTags ? [] : [.. page.Rows.Select(ToWire)],
            NextToken = asksTags ? null : page.NextToken,
        };
    }

    /// <summary>An image id that is well formed.</summary>
    internal static string CheckedImageId(string? id)
    {
        string text = Door.Required(id, "ImageId");
        return text.StartsWith("ami-", StringComparison.Ordinal) && text.AsSpan(4) is { Length: 8 or 17 } digits
            && !digits.ContainsAnyExcept("0123456789abcdef")
                ? text
                : throw new Fault("InvalidAMIID.Malformed", $"Invalid id: \"{text}\" (expecting \"ami-...\")");
    }

    /// <summary>The image of an id; one that the catalogue does not have is taken for a Linux image of the type's architecture.</summary>
    internal static CatalogueImage ImageOf(CommandContext context, string id, InstanceTypeFacts? type) =>
        ImageCatalogue.Find(context.Region, id) ?? ImageCatalogue.Unknown(id, type?.Family.Architecture ?? "x86_64");

    /// <summary>The id that <c>resolve:ssm:PARAMETER</c> stands for; other text is taken as it is.</summary>
    internal static string? ResolvedImageId(CommandContext context, string? imageId)
    {
        const string Resolve = "resolve:ssm:";
        if (imageId?.StartsWith(Resolve, StringComparison.Ordinal) != true)
        {
            return imageId;
        }

        string parameter = imageId[Resolve.Length..].Split(':')[0];
        return ImageCatalogue.AliasOfParameter(parameter) is { } alias
            ? ImageCatalogue.IdOf(context.Region, alias)
            : throw Fault.Invalid($"Unable to find Systems Manager parameter {parameter}.");
    }

    /// <summary>The snapshot an image's root volume is made from.</summary>
    internal static string SnapshotOf(string imageId) => string.Create(
        CultureInfo.InvariantCulture, $"snap-0{PublicPool.Hash(imageId):x8}{PublicPool.Hash(imageId + "/root"):x8}");

    /// <summary>Catalogue images bear no tags, so a filter on a tag lets none through.</summary>
    private static List<Aws.Filter>? UntaggedOnly(IReadOnlyList<Aws.Filter>? filters, out bool asksTags)
    {
        List<Aws.Filter>? kept = filters?.Where(f => f.Name?.StartsWith("tag:", StringComparison.Ordinal) != true).ToList();
        asksTags = kept is not null && kept.Count != filters!.Count;
        return kept;
    }

    private static bool IsOwnedByOneOf(CommandContext context, CatalogueImage image, IReadOnlyList<string>? owners) =>
        owners is null or [] || owners.Any(o => o == image.Owner || o == image.OwnerAlias || (o == "self" && image.Owner == context.Account));

    /// <summary>All of the catalogue is public; no image is shared with one account only.</summary>
    private static bool MayBeRunBy(IReadOnlyList<string>? users) => users is null or [] || users.Contains("all");

    private static string LocationOf(CatalogueImage image) => $"{image.OwnerAlias ?? image.Owner}/{image.Name}";

    private static Aws.Image ToWire(ShownImage shown)
    {
        CatalogueImage image = shown.Image;
        return new Aws.Image
        {
            ImageId = shown.Id,
            ImageLocation = LocationOf(image),
            ImageOwnerAlias = image.OwnerAlias,
            OwnerId = image.Owner,
            Name = image.Name,
            Description = image.Description,
            Architecture = image.Architecture,
            CreationDate = image.Created,
            State = "available",
            Public = true,
            ImageType = "machine",
            Platform = image.IsWindows ? "windows" : null,
            PlatformDetails = image.PlatformDetails,
            UsageOperation = image.UsageOperation,
            RootDeviceName = image.RootDevice,
            RootDeviceType = "ebs",
            VirtualizationType = "hvm",
            Hypervisor = "xen",
            EnaSupport = true,
            SriovNetSupport = "simple",
            BootMode = image.BootMode.Length == 0 ? null : image.BootMode,
            ImdsSupport = image.NeedsImdsV2 ? "v2.0" : null,
            ImageAllowed = true,
            BlockDeviceMappings =
            [
                new Aws.BlockDeviceMapping
                {
                    DeviceName = image.RootDevice,
                    Ebs = new Aws.EbsBlockDevice
                    {
                        DeleteOnTermination = true,
                        SnapshotId = SnapshotOf(shown.Id),
                        VolumeSize = image.RootSize,
                        VolumeType = image.RootType,
                        Iops = image.RootType switch { "gp3" => 3000, "gp2" => Math.Max(100, 3 * image.RootSize), _ => null },
                        Throughput = image.RootType == "gp3" ? 125 : null,
                        Encrypted = false,
                    },
                },
            ],
        };
    }
}
