using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>A machine image that every region has, as its maker publishes it.</summary>
/// <param name="Alias">The catalogue's own short name; the id is made of it.</param>
/// <param name="Name">As the publisher names it: what a <c>name</c> filter meets.</param>
/// <param name="Owner">The publisher's account.</param>
/// <param name="OwnerAlias"><c>amazon</c>, or null where the publisher has none.</param>
/// <param name="RootSize">GiB.</param>
/// <param name="Created">The day it was published; the newest of its line is the one here.</param>
/// <param name="Parameters">Systems Manager's public parameters that name it.</param>
internal sealed record CatalogueImage(
    string Alias, string Name, string Description, string Owner, string? OwnerAlias, string Architecture, string RootDevice, int RootSize,
    string RootType, string BootMode, bool NeedsImdsV2, string PlatformDetails, string Created, ImmutableArray<string> Parameters)
{
    public bool IsWindows => PlatformDetails == "Windows";

    /// <summary>What AWS bills for it. Source: AWS, "AMI billing information fields".</summary>
    public string UsageOperation => PlatformDetails switch
    {
        "Windows" => "RunInstances:0002",
        "Red Hat Enterprise Linux" => "RunInstances:0010",
        _ => "RunInstances",
    };
}

/// <summary>
/// The images that Trunkline knows. An id that looks like one and is not in the catalogue is taken for an image like Amazon Linux:
/// Trunkline cannot know the images of AWS, and configurations bring their ids along.
/// </summary>
internal static class ImageCatalogue
{
    private const string Amazon = "137112412989";
    private const string AmazonWindows = "801119661308";
    private const string AmazonEcs = "591542846629";
    private const string Canonical = "099720109477";
    private const string Debian = "136693071363";
    private const string RedHat = "309956199498";
    private const string AmazonPath = "/aws/service/ami-amazon-linux-latest/";
    private const string EcsPath = "/aws/service/ecs/optimized-ami/";

    /// <summary>Every image, in the order of their aliases.</summary>
    public static readonly ImmutableArray<CatalogueImage> All =
    [
        .. new[] { "x86_64", "arm64" }.SelectMany(OfArchitecture).Concat(OfOneArchitecture()).OrderBy(i => i.Alias, StringComparer.Ordinal),
    ];

    private static readonly FrozenDictionary<string, CatalogueImage> ByAlias =
        All.ToFrozenDictionary(i => i.Alias, StringComparer.Ordinal);

    private static readonly FrozenDictionary<uint, CatalogueImage> ByHash = All.ToFrozenDictionary(i => PublicPool.Hash(i.Alias));

    private static readonly FrozenDictionary<string, CatalogueImage> ByParameter = All
        .SelectMany(i => i.Parameters.Select(p => (Parameter: p, Image: i)))
        .ToFrozenDictionary(p => p.Parameter, p => p.Image, StringComparer.Ordinal);

    /// <summary>The id of a catalogue image in a region: always the same, and different in each region, as AWS's are.</summary>
    /// <exception cref="ArgumentException">The catalogue has no such alias.</exception>
    public static string IdOf(string region, string alias) => ByAlias.ContainsKey(alias)
        ? string.Create(CultureInfo.InvariantCulture, $"ami-0{PublicPool.Hash(region + "/ami"):x8}{PublicPool.Hash(alias):x8}")
        : throw new ArgumentException($"no image is called '{alias}'", nameof(alias));

    /// <summary>The image that an id names in a region; null where the catalogue does not have it.</summary>
    public static CatalogueImage? Find(string region, string id)
    {
        const int Length = 21;
        return id.Length == Length
            && uint.TryParse(id.AsSpan(5, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint place)
            && place == PublicPool.Hash(region + "/ami")
            && uint.TryParse(id.AsSpan(13), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hash)
                ? ByHash.GetValueOrDefault(hash)
                : null;
    }

    /// <summary>The alias of the image that a public parameter of Systems Manager names; null where none does.</summary>
    public static string? AliasOfParameter(string parameter) => ByParameter.GetValueOrDefault(parameter)?.Alias;

    /// <summary>Every public parameter with the alias of its image.</summary>
    public static IEnumerable<(string Parameter, string Alias)> Parameters =>
        ByParameter.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Key, p.Value.Alias));

    /// <summary>What an unknown id is taken for.</summary>
    public static CatalogueImage Unknown(string id, string architecture) => new(
        id, id, "An image that is not in the catalogue: taken for one like Amazon Linux.", Amazon, "amazon", architecture, "/dev/xvda", 8, "gp3",
        "uefi-preferred", false, "Linux/UNIX", "2025-01-01T00:00:00.000Z", []);

    private static IEnumerable<CatalogueImage> OfArchitecture(string arch)
    {
        string debian = arch == "arm64" ? "arm64" : "amd64";
        string uefi = arch == "arm64" ? "uefi" : "uefi-preferred";
        const string Day = "2025-11-12T08:00:00.000Z";
        yield return Linux(
            $"al2023-{arch}", $"al2023-ami-2023.9.20251110.1-kernel-6.1-{arch}", $"Amazon Linux 2023 AMI 2023.9.20251110.1 {arch} HVM kernel-6.1",
            arch, 8, "gp3", uefi, [$"{AmazonPath}al2023-ami-kernel-default-{arch}", $"{AmazonPath}al2023-ami-kernel-6.1-{arch}"])
            with
        { NeedsImdsV2 = true };
        yield return Linux(
            $"al2023-minimal-{arch}", $"al2023-ami-minimal-2023.9.20251110.1-kernel-6.1-{arch}",
            $"Amazon Linux 2023 AMI 2023.9.20251110.1 {arch} Minimal HVM kernel-6.1", arch, 2, "gp3", uefi,
            [$"{AmazonPath}al2023-ami-minimal-kernel-default-{arch}", $"{AmazonPath}al2023-ami-minimal-kernel-6.1-{arch}"])
            with
        { NeedsImdsV2 = true };
        yield return Linux(
            $"amzn2-{arch}", $"amzn2-ami-hvm-2.0.20251110.1-{arch}-gp2", $"Amazon Linux 2 AMI 2.0.20251110.1 {arch} HVM gp2",
            arch, 8, "gp2", "", [$"{AmazonPath}amzn2-ami-hvm-{arch}-gp2"]);
        yield return Linux(
            $"amzn2-kernel510-{arch}", $"amzn2-ami-kernel-5.10-hvm-2.0.20251110.1-{arch}-gp2",
            $"Amazon Linux 2 Kernel 5.10 AMI 2.0.20251110.1 {arch} HVM gp2", arch, 8, "gp2", "",
            [$"{AmazonPath}amzn2-ami-kernel-5.10-hvm-{arch}-gp2"]);
        yield return Linux(
            $"al2023-ecs-{arch}", $"al2023-ami-ecs-hvm-2023.0.20251112-kernel-6.1-{arch}",
            $"Amazon Linux AMI 2023.0.20251112 {arch} ECS HVM EBS", arch, 30, "gp3", uefi,
            [$"{EcsPath}amazon-linux-2023/{(arch == "arm64" ? "arm64/" : "")}recommended/image_id"])
            with
        { Owner = AmazonEcs, NeedsImdsV2 = true };
        foreach ((string code, string version, string path, string type) in new[]
        {
            ("focal", "20.04", "hvm-ssd", "gp2"), ("jammy", "22.04", "hvm-ssd", "gp2"), ("noble", "24.04", "hvm-ssd-gp3", "gp3"),
        })
        {
            yield return new CatalogueImage(
                $"ubuntu-{code}-{arch}", $"ubuntu/images/{path}/ubuntu-{code}-{version}-{debian}-server-20251015",
                $"Canonical, Ubuntu, {version}, {debian} {code} image", Canonical, null, arch, "/dev/sda1", 8, type, uefi, false, "Linux/UNIX", Day,
                [$"/aws/service/canonical/ubuntu/server/{version}/stable/current/{debian}/hvm/ebs-{type}/ami-id"]);
        }

        yield return new CatalogueImage(
            $"debian-12-{arch}", $"debian-12-{debian}-20251112-2294", "Debian 12 (20251112-2294)", Debian, null, arch, "/dev/xvda", 8, "gp3",
            uefi, false, "Linux/UNIX", Day, [$"/aws/service/debian/release/12/latest/{debian}"]);
        yield return new CatalogueImage(
            $"debian-13-{arch}", $"debian-13-{debian}-20251117-2299", "Debian 13 (20251117-2299)", Debian, null, arch, "/dev/xvda", 8, "gp3",
            uefi, false, "Linux/UNIX", Day, [$"/aws/service/debian/release/13/latest/{debian}"]);
        yield return new CatalogueImage(
            $"rhel-9-{arch}", $"RHEL-9.6.0_HVM-20251111-{arch}-0-Hourly2-GP3", "Provided by Red Hat, Inc.", RedHat, null, arch, "/dev/sda1", 10,
            "gp3", uefi, false, "Red Hat Enterprise Linux", Day, []);
    }

    private static IEnumerable<CatalogueImage> OfOneArchitecture()
    {
        yield return Linux(
            "amzn-vpc-nat", "amzn-ami-vpc-nat-2018.03.0.20231218.0-x86_64-ebs", "Amazon Linux AMI 2018.03.0.20231218.0 x86_64 VPC NAT HVM EBS",
            "x86_64", 8, "standard", "", []);
        foreach (string year in new[] { "2019", "2022", "2025" })
        {
            foreach (string kind in new[] { "Full", "Core" })
            {
                string line = $"Windows_Server-{year}-English-{kind}-Base";
                yield return new CatalogueImage(
                    $"windows-{year}-{kind}", $"{line}-2025.11.12", $"Microsoft Windows Server {year} {kind} Locale English AMI provided by Amazon",
                    AmazonWindows, "amazon", "x86_64", "/dev/sda1", 30, year == "2025" ? "gp3" : "gp2", year == "2025" ? "uefi" : "", false,
                    "Windows", "2025-11-12T08:00:00.000Z", [$"/aws/service/ami-windows-latest/{line}"]);
            }
        }
    }

    private static CatalogueImage Linux(
        string alias, string name, string description, string arch, int size, string type, string boot, ImmutableArray<string> parameters) => new(
        alias, name, description, Amazon, "amazon", arch, "/dev/xvda", size, type, boot, false, "Linux/UNIX", "2025-11-12T08:00:00.000Z",
        parameters);
}
