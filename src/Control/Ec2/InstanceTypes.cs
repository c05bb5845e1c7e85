using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The catalogue of instance types. Source: EC2 API, DescribeInstanceTypes, DescribeInstanceTypeOfferings.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<InstanceTypeFacts> InstanceTypeFilters = new()
    {
        { "auto-recovery-supported", t => t.Has('A') },
        { "bare-metal", _ => false },
        { "burstable-performance-supported", t => t.Burstable },
        { "current-generation", t => t.Has('C') },
        { "dedicated-hosts-supported", t => t.Has('D') },
        { "ebs-info.attachment-limit-type", t => t.Family.VolumeLimit },
        { "ebs-info.maximum-ebs-attachments", t => Text(t.Volumes) },
        { "ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", t => Text(t.EbsMbps?.Base) },
        { "ebs-info.ebs-optimized-info.baseline-iops", t => Text(t.EbsIops?.Base) },
        { "ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", t => Text(t.EbsMbps?.Base / 8.0) },
        { "ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", t => Text(t.EbsMbps?.Peak) },
        { "ebs-info.ebs-optimized-info.maximum-iops", t => Text(t.EbsIops?.Peak) },
        { "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", t => Text(t.EbsMbps?.Peak / 8.0) },
        { "ebs-info.ebs-optimized-support", t => t.Family.EbsOptimized },
        { "ebs-info.encryption-support", _ => "supported" },
        { "ebs-info.nvme-support", t => t.Family.EbsNvme },
        { "free-tier-eligible", t => t.Has('F') },
        { "hibernation-supported", t => t.Has('H') },
        { "hypervisor", t => t.Family.Hypervisor },
        { "instance-storage-info.disk.count", t => Text(t.Disks?.Count) },
        { "instance-storage-info.disk.size-in-gb", t => Text(t.Disks?.SizeInGb) },
        { "instance-storage-info.disk.type", t => t.Disks?.Kind },
        { "instance-storage-info.encryption-support", t => t.Disks is null ? null : "required" },
        { "instance-storage-info.nvme-support", t => t.Disks is null ? null : "required" },
        { "instance-storage-info.total-size-in-gb", t => Text(t.Disks?.Count * t.Disks?.SizeInGb) },
        { "instance-storage-supported", t => t.Disks is not null },
        { "instance-type", t => t.Name },
        { "memory-info.size-in-mib", t => Text<long>(t.MemoryMib) },
        { "network-info.bandwidth-weightings", _ => (string?)null },
        { "network-info.efa-info.maximum-efa-interfaces", t => t.Has('X') ? "1" : null },
        { "network-info.efa-supported", t => t.Has('X') },
        { "network-info.ena-support", t => t.Family.Ena },
        { "network-info.flexible-ena-queues-support", _ => "unsupported" },
        { "network-info.encryption-in-transit-supported", t => t.Has('I') },
        { "network-info.ipv4-addresses-per-interface", t => Text(t.Ipv4PerInterface) },
        { "network-info.ipv6-addresses-per-interface", t => Text(t.Ipv6PerInterface) },
        { "network-info.ipv6-supported", t => t.Has('6') },
        { "network-info.maximum-network-cards", _ => "1" },
        { "network-info.maximum-network-interfaces", t => Text(t.Interfaces) },
        { "network-info.network-performance", t => t.NetworkPerformance },
        { "nitro-enclaves-support", t => Supported(t.Has('E')) },
        { "nitro-tpm-support", t => Supported(t.Has('T')) },
        { "nitro-tpm-info.supported-versions", t => t.Has('T') ? "2.0" : null },
        { "processor-info.supported-architecture", t => ArchitecturesOf(t) },
        { "processor-info.sustained-clock-speed-in-ghz", t => Text(t.Ghz) },
        { "processor-info.supported-features", _ => (string?)null },
        { "reboot-migration-support", t => Supported(t.Has('R')) },
        { "supported-boot-mode", t => t.Family.BootModes },
        { "supported-root-device-type", t => t.Family.RootDevices },
        { "supported-usage-class", t => UsageClassesOf(t) },
        { "supported-virtualization-type", t => t.Family.Virtualization },
        { "vcpu-info.default-cores", t => Text(t.Cores) },
        { "vcpu-info.default-threads-per-core", t => Text(t.ThreadsPerCore) },
        { "vcpu-info.default-vcpus", t => Text(t.Vcpus) },
        { "vcpu-info.valid-cores", t => t.ValidCores.Select(n => Text(n)) },
        { "vcpu-info.valid-threads-per-core", t => t.ValidThreads.Select(n => Text(n)) },
    };

    private static readonly FilterTable<Aws.InstanceTypeOffering> OfferingFilters = new()
    {
        { "instance-type", o => o.InstanceType },
        { "location", o => o.Location },
    };

    public Aws.DescribeInstanceTypesResult DescribeInstanceTypes(CommandContext context, Aws.DescribeInstanceTypesRequest request)
    {
        if (request.InstanceTypes is { Count: > 0 } && request.MaxResults is not null)
        {
            throw Fault.Combination("The parameter instanceTypes cannot be used with the parameter maxResults");
        }

        if (request.InstanceTypes is { Count: > 100 })
        {
            throw Fault.Invalid("The number of instance types must be at most 100.");
        }

        IEnumerable<InstanceTypeFacts> all = request.InstanceTypes is { Count: > 0 } names ? NamedTypes(names) : InstanceTypeFacts.All;
        IEnumerable<InstanceTypeFacts> rows = InstanceTypeFilters.Apply(context, all, request.Filters);
        Page<InstanceTypeFacts> page = Pager.Page(
            rows, request.MaxResults, request.NextToken, t => t.Name, 5, 100, request.InstanceTypes is null or { Count: 0 });
        return new Aws.DescribeInstanceTypesResult
        {
            InstanceTypes = [.. page.Rows.Select(t => ToWire(t, request.IncludeUnsupportedInRegion == true))],
            NextToken = page.NextToken,
        };
    }

    public Aws.DescribeInstanceTypeOfferingsResult DescribeInstanceTypeOfferings(
        CommandContext context, Aws.DescribeInstanceTypeOfferingsRequest request)
    {
        string kind = request.LocationType ?? "region";
        List<string> places = kind switch
        {
            "region" => [context.Region],
            "availability-zone" => [.. Regions.ZonesOf(context.Account, context.Region).Select(z => z.Name)],
            "availability-zone-id" => [.. Regions.ZonesOf(context.Account, context.Region).Select(z => z.ZoneId)],
            _ => [],
        };
        IEnumerable<Aws.InstanceTypeOffering> all = InstanceTypeFacts.All.SelectMany(t => places.Order(StringComparer.Ordinal).Select(
            place => new Aws.InstanceTypeOffering { InstanceType = t.Name, LocationType = kind, Location = place }));
        Page<Aws.InstanceTypeOffering> page = Pager.Page(
            OfferingFilters.Apply(context, all, request.Filters), request.MaxResults, request.NextToken, o => $"{o.InstanceType} {o.Location}",
            5, 1000, alwaysPaged: true);
        return new Aws.DescribeInstanceTypeOfferingsResult { InstanceTypeOfferings = page.Rows, NextToken = page.NextToken };
    }

    /// <summary>The type a request names; refuses one that Trunkline's catalogue does not have.</summary>
    internal static InstanceTypeFacts CheckedType(string? name) =>
        InstanceTypeFacts.Find(Door.Required(name, "InstanceType")) ?? throw Fault.Invalid($"Invalid value '{name}' for InstanceType.");

    private static IEnumerable<InstanceTypeFacts> NamedTypes(IReadOnlyList<string> names)
    {
        List<string> unknown = [.. names.Where(n => InstanceTypeFacts.Find(n) is null)];
        return unknown.Count == 0
            ? names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(InstanceTypeFacts.Of)
            : throw new Fault(
                "InvalidInstanceType", $"The following supplied instance types do not exist: [{string.Join(", ", unknown)}]");
    }

    private static string? Text<T>(T? number)
        where T : struct, IFormattable => number?.ToString(null, CultureInfo.InvariantCulture);

    private static string Supported(bool value) => value ? "supported" : "unsupported";

    private static IReadOnlyList<string> ArchitecturesOf(InstanceTypeFacts type) =>
        type.Has('L') ? ["i386", "x86_64"] : [type.Family.Architecture];

    private static IReadOnlyList<string> UsageClassesOf(InstanceTypeFacts type) => type.Has('O') ? ["on-demand", "spot"] : ["on-demand"];

    private static Aws.InstanceTypeInfo ToWire(InstanceTypeFacts type, bool withRegion) => new()
    {
        InstanceType = type.Name,
        CurrentGeneration = type.Has('C'),
        FreeTierEligible = type.Has('F'),
        SupportedUsageClasses = UsageClassesOf(type),
        SupportedRootDeviceTypes = type.Family.RootDevices,
        SupportedVirtualizationTypes = type.Family.Virtualization,
        BareMetal = false,
        Hypervisor = type.Family.Hypervisor,
        ProcessorInfo = new Aws.ProcessorInfo
        {
            SupportedArchitectures = ArchitecturesOf(type),
            SustainedClockSpeedInGhz = type.Ghz,
            Manufacturer = type.Family.Maker,
        },
        VCpuInfo = new Aws.VCpuInfo
        {
            DefaultVCpus = type.Vcpus,
            DefaultCores = type.Cores,
            DefaultThreadsPerCore = type.ThreadsPerCore,
            ValidCores = type.ValidCores.IsEmpty ? null : type.ValidCores,
            ValidThreadsPerCore = type.ValidThreads.IsEmpty ? null : type.ValidThreads,
        },
        MemoryInfo = new Aws.MemoryInfo { SizeInMiB = type.MemoryMib },
        InstanceStorageSupported = type.Disks is not null,
        InstanceStorageInfo = StorageOf(type),
        EbsInfo = EbsOf(type),
        NetworkInfo = NetworkOf(type),
        PlacementGroupInfo = new Aws.PlacementGroupInfo
        {
            SupportedStrategies = type.Has('P') ? ["cluster", "partition", "spread"] : ["partition", "spread"],
        },
        HibernationSupported = type.Has('H'),
        BurstablePerformanceSupported = type.Burstable,
        DedicatedHostsSupported = type.Has('D'),
        AutoRecoverySupported = type.Has('A'),
        SupportedBootModes = type.Family.BootModes,
        NitroEnclavesSupport = Supported(type.Has('E')),
        NitroTpmSupport = Supported(type.Has('T')),
        NitroTpmInfo = type.Has('T') ? new Aws.NitroTpmInfo { SupportedVersions = ["2.0"] } : null,
        PhcSupport = "unsupported",
        RebootMigrationSupport = Supported(type.Has('R')),
        SupportedInRegion = withRegion ? true : null,
    };

    private static Aws.InstanceStorageInfo? StorageOf(InstanceTypeFacts type) => type.Disks is not { } disks ? null : new()
    {
        TotalSizeInGB = disks.Count * disks.SizeInGb,
        Disks = [new Aws.DiskInfo { Count = disks.Count, SizeInGB = disks.SizeInGb, Type = disks.Kind }],
        NvmeSupport = "required",
        EncryptionSupport = "required",
    };

    private static Aws.EbsInfo EbsOf(InstanceTypeFacts type) => new()
    {
        EbsOptimizedSupport = type.Family.EbsOptimized,
        EncryptionSupport = "supported",
        NvmeSupport = type.Family.EbsNvme,
        MaximumEbsAttachments = type.Volumes,
        AttachmentLimitType = type.Family.VolumeLimit,
        EbsOptimizedInfo = type.EbsMbps is not { } mbps || type.EbsIops is not { } iops ? null : new Aws.EbsOptimizedInfo
        {
            BaselineBandwidthInMbps = mbps.Base,
            BaselineThroughputInMBps = mbps.Base / 8.0,
            BaselineIops = iops.Base,
            MaximumBandwidthInMbps = mbps.Peak,
            MaximumThroughputInMBps = mbps.Peak / 8.0,
            MaximumIops = iops.Peak,
        },
    };

    private static Aws.NetworkInfo NetworkOf(InstanceTypeFacts type) => new()
    {
        NetworkPerformance = type.NetworkPerformance,
        MaximumNetworkInterfaces = type.Interfaces,
        MaximumNetworkCards = 1,
        DefaultNetworkCardIndex = 0,
        NetworkCards =
        [
            new Aws.NetworkCardInfo
            {
                NetworkCardIndex = 0,
                NetworkPerformance = type.NetworkPerformance,
                MaximumNetworkInterfaces = type.Interfaces,
                BaselineBandwidthInGbps = type.BaseGbps,
                PeakBandwidthInGbps = type.PeakGbps,
            },
        ],
        Ipv4AddressesPerInterface = type.Ipv4PerInterface,
        Ipv6AddressesPerInterface = type.Ipv6PerInterface,
        Ipv6Supported = type.Has('6'),
        EnaSupport = type.Family.Ena,
        EfaSupported = type.Has('X'),
        EfaInfo = type.Has('X') ? new Aws.EfaInfo { MaximumEfaInterfaces = 1 } : null,
        EncryptionInTransitSupported = type.Has('I'),
        EnaSrdSupported = type.Has('S'),
        FlexibleEnaQueuesSupport = "unsupported",
    };
}
