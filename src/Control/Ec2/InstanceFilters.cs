using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The filters of DescribeInstances and DescribeInstanceStatus. Source: EC2 API, DescribeInstances.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<Instance> InstanceFilters = InstanceInterfaceFilters.AddTo(new()
    {
        { "affinity", _ => (string?)null },
        { "architecture", (here, i) => ImageOf(here, i).Architecture },
        { "availability-zone", i => i.Zone },
        { "availability-zone-id", (here, i) => ZoneIdOf(here, i.Zone) },
        { "block-device-mapping.attach-time", (here, i) => AttachmentsOf(here, i).Select(a => TimeText(a.Attachment.AttachTime)) },
        { "block-device-mapping.delete-on-termination", (here, i) => AttachmentsOf(here, i).Select(a => BoolText(a.Attachment.DeleteOnTermination)) },
        { "block-device-mapping.device-name", (here, i) => AttachmentsOf(here, i).Select(a => a.Attachment.Device) },
        { "block-device-mapping.status", (here, i) => AttachmentsOf(here, i).Select(_ => "attached") },
        { "block-device-mapping.volume-id", (here, i) => AttachmentsOf(here, i).Select(a => a.Volume.Key) },
        { "boot-mode", (here, i) => ImageOf(here, i).BootMode },
        { "capacity-reservation-id", _ => (string?)null },
        { "capacity-reservation-specification.capacity-reservation-preference", i => i.CapacityReservationPreference },
        { "capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id", _ => (string?)null },
        { "capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn", _ => (string?)null },
        { "client-token", i => i.ClientToken },
        { "current-instance-boot-mode", (here, i) => BootModeOf(ImageOf(here, i), InstanceTypeFacts.Find(i.InstanceType)) },
        { "dns-name", (here, i) => PublicNameOf(here, i) },
        { "ebs-optimized", i => i.EbsOptimized },
        { "ena-support", i => i.EnaSupport },
        { "enclave-options.enabled", i => i.EnclaveEnabled },
        { "hibernation-options.configured", i => i.Hibernation },
        { "host-id", _ => (string?)null },
        { "hypervisor", _ => "xen" },
        { "iam-instance-profile.arn", i => i.Profile?.Arn },
        { "iam-instance-profile.id", i => i.Profile?.ProfileId },
        { "iam-instance-profile.name", i => i.Profile?.Arn.Split('/')[^1] },
        { "image-id", i => i.ImageId },
        { "instance-id", i => i.Key },
        { "instance-lifecycle", i => i.Lifecycle },
        { "instance-state-code", i => ((int)i.State).ToString(CultureInfo.InvariantCulture) },
        { "instance-state-name", i => NameOf(i.State) },
        { "instance-type", i => i.InstanceType },
        { "instance.group-id", (here, i) => GroupIdsOf(here, PrimaryOf(here, i)) },
        { "instance.group-name", (here, i) => GroupNamesOf(here, PrimaryOf(here, i)) },
        { "group-id", (here, i) => GroupIdsOf(here, PrimaryOf(here, i)) },
        { "group-name", (here, i) => GroupNamesOf(here, PrimaryOf(here, i)) },
        { "ip-address", (here, i) => PublicIpOf(here, i)?.ToString() },
        { "ipv6-address", (here, i) => InterfacesOf(here, i).SelectMany(e => e.Ipv6Addresses).Select(a => a.ToString()) },
        { "kernel-id", _ => (string?)null },
        { "key-name", i => i.KeyName },
        { "launch-index", i => i.LaunchIndex.ToString(CultureInfo.InvariantCulture) },
        { "launch-time", i => TimeText(i.LaunchTime) },
        { "maintenance-options.auto-recovery", i => i.AutoRecovery },
        { "metadata-options.http-endpoint", i => i.Metadata.HttpEndpoint },
        { "metadata-options.http-protocol-ipv4", _ => "enabled" },
        { "metadata-options.http-protocol-ipv6", i => i.Metadata.HttpProtocolIpv6 },
        { "metadata-options.http-put-response-hop-limit", i => Text<int>(i.Metadata.HttpPutResponseHopLimit) },
        { "metadata-options.http-tokens", i => i.Metadata.HttpTokens },
        { "metadata-options.instance-metadata-tags", i => i.Metadata.InstanceMetadataTags },
        { "metadata-options.state", _ => "applied" },
        { "monitoring-state", i => i.Monitored ? "enabled" : "disabled" },
        { "network-performance-options.bandwidth-weighting", i => i.BandwidthWeighting },
        { "operator.managed", _ => false },
        { "operator.principal", _ => (string?)null },
        { "outpost-arn", _ => (string?)null },
        { "owner-id", (here, _) => here.Account },
        { "placement-group-name", i => i.PlacementGroup },
        { "placement-partition-number", i => Text(i.PartitionNumber) },
        { "platform", (here, i) => ImageOf(here, i).IsWindows ? "windows" : null },
        { "platform-details", (here, i) => ImageOf(here, i).PlatformDetails },
        { "private-dns-name", (here, i) => PrivateNameOf(here.Region, i, PrimaryOf(here, i)) },
        { "private-dns-name-options.enable-resource-name-dns-a-record", i => i.ResourceNameDnsA },
        { "private-dns-name-options.enable-resource-name-dns-aaaa-record", i => i.ResourceNameDnsAaaa },
        { "private-dns-name-options.hostname-type", i => i.HostnameType },
        { "private-ip-address", (here, i) => PrimaryOf(here, i)?.PrimaryIp?.ToString() },
        { "product-code", _ => (string?)null },
        { "product-code.type", _ => (string?)null },
        { "ramdisk-id", _ => (string?)null },
        { "reason", i => i.StateTransitionReason },
        { "requester-id", _ => (string?)null },
        { "reservation-id", i => i.ReservationId },
        { "root-device-name", i => i.RootDeviceName },
        { "root-device-type", _ => "ebs" },
        { "source-dest-check", (here, i) => PrimaryOf(here, i) is { } eni ? BoolText(eni.SourceDestCheck) : null },
        { "spot-instance-request-id", _ => (string?)null },
        { "state-reason-code", i => i.StateReasonCode },
        { "state-reason-message", i => i.StateReasonMessage },
        { "subnet-id", i => i.SubnetId?.Value },
        { "tenancy", i => i.Tenancy },
        { "tpm-support", _ => (string?)null },
        { "usage-operation", (here, i) => ImageOf(here, i).UsageOperation },
        { "usage-operation-update-time", (here, i) => TimeText(PrimaryOf(here, i)?.Attachment?.AttachTime ?? i.LaunchTime) },
        { "virtualization-type", _ => "hvm" },
        { "vpc-id", i => i.VpcId?.Value },
    });

    private static readonly FilterTable<InstanceHealth> StatusFilters = new(i => i.Instance)
    {
        { "availability-zone", i => i.Instance.Zone },
        { "availability-zone-id", (here, i) => ZoneIdOf(here, i.Instance.Zone) },
        { "event.code", _ => (string?)null },
        { "event.description", _ => (string?)null },
        { "event.instance-event-id", _ => (string?)null },
        { "event.not-after", _ => (string?)null },
        { "event.not-before", _ => (string?)null },
        { "event.not-before-deadline", _ => (string?)null },
        { "instance-state-code", i => ((int)i.Instance.State).ToString(CultureInfo.InvariantCulture) },
        { "instance-state-name", i => NameOf(i.Instance.State) },
        { "instance-status.reachability", i => ReachabilityOf(i) },
        { "instance-status.status", i => HealthOf(i) },
        { "operator.managed", _ => false },
        { "operator.principal", _ => (string?)null },
        { "system-status.reachability", i => ReachabilityOf(i) },
        { "system-status.status", i => HealthOf(i) },
        { "attached-ebs-status.status", i => StorageOf(i.Instance) },
    };

    internal static string BoolText(bool value) => value ? "true" : "false";

    /// <summary>The interface of device index 0; null once the instance is terminated.</summary>
    internal static NetworkInterface? PrimaryOf(Partition here, Instance instance) =>
        InterfacesOf(here, instance) is [var first, ..] ? first : null;

    private static CatalogueImage ImageOf(Partition here, Instance instance) => ImageCatalogue.Find(here.Region, instance.ImageId)
        ?? ImageCatalogue.Unknown(instance.ImageId, InstanceTypeFacts.Find(instance.InstanceType)?.Family.Architecture ?? "x86_64");

    private static IEnumerable<(Volume Volume, VolumeAttachment Attachment)> AttachmentsOf(Partition here, Instance instance) =>
        here.By<Volume>(instance.Key)
            .SelectMany(v => v.Attachments.Where(a => a.InstanceId == instance.Id).Select(a => (v, a)));

    private static IpAddress? PublicIpOf(Partition here, Instance instance) =>
        PrimaryOf(here, instance) is { PrivateAddresses: [var first, ..] } eni ? PublicIpOf(here, eni, first) : null;

    private static string? PublicNameOf(Partition here, Instance instance) =>
        PublicIpOf(here, instance) is { } ip && instance.VpcId is { } vpc ? PublicNameOf(here, vpc, ip) : null;

    private static IEnumerable<string?> GroupIdsOf(Partition here, NetworkInterface? eni) => eni is null ? [] : eni.Groups.Select(g => g.Value);

    private static IEnumerable<string?> GroupNamesOf(Partition here, NetworkInterface? eni) =>
        eni is null ? [] : eni.Groups.Select(g => here.Find(g)?.Name);

    private static string StorageOf(Instance instance) => instance.State == InstanceState.Running ? "ok" : "not-applicable";

    private static string HealthOf(InstanceHealth of) => of.IsImpaired ? "impaired" : StorageOf(of.Instance);

    private static string? ReachabilityOf(InstanceHealth of) =>
        of.Instance.State != InstanceState.Running ? null : of.IsImpaired ? "failed" : "passed";
}

/// <summary>The filters <c>network-interface.*</c> of DescribeInstances: each is passed where any interface of the instance passes it.</summary>
internal static class InstanceInterfaceFilters
{
    public static FilterTable<Instance> AddTo(FilterTable<Instance> table)
    {
        AddInterface(table);
        AddAttachment(table);
        AddAssociations(table, "addresses.association", onlyPrimary: false);
        AddAssociations(table, "association", onlyPrimary: true);
        AddAddresses(table);
        return table;
    }

    private static void Of(
        this FilterTable<Instance> table, string name, Func<Partition, NetworkInterface, IEnumerable<string?>> read) =>
        table.Add(
            "network-interface." + name, (Partition here, Instance i) => here.By<NetworkInterface>(i.Key).SelectMany(e => read(here, e)));

    private static void Of(this FilterTable<Instance> table, string name, Func<Partition, NetworkInterface, string?> read) =>
        table.Of(name, (here, e) => (IEnumerable<string?>)[read(here, e)]);

    private static void AddInterface(FilterTable<Instance> table)
    {
        table.Of("availability-zone", (here, e) => here.Find(e.SubnetId)?.Zone);
        table.Of("deny-all-igw-traffic", (_, _) => "false");
        table.Of("description", (_, e) => e.Description);
        table.Of("group-id", (_, e) => e.Groups.Select(g => (string?)g.Value));
        table.Of("group-name", (here, e) => e.Groups.Select(g => here.Find(g)?.Name));
        table.Of("ipv6-native", (here, e) => Ec2Service.BoolText(here.Find(e.SubnetId)?.Ipv6Native == true));
        table.Of("mac-address", (_, e) => e.MacAddress);
        table.Of("network-interface-id", (_, e) => e.Key);
        table.Of("operator.managed", (_, _) => "false");
        table.Of("operator.principal", (_, _) => (string?)null);
        table.Of("outpost-arn", (_, _) => (string?)null);
        table.Of("owner-id", (here, _) => here.Account);
        table.Of("requester-id", (_, e) => e.RequesterId);
        table.Of("requester-managed", (_, e) => Ec2Service.BoolText(e.RequesterManaged));
        table.Of("source-dest-check", (_, e) => Ec2Service.BoolText(e.SourceDestCheck));
        table.Of("status", (_, _) => "in-use");
        table.Of("subnet-id", (_, e) => e.SubnetId.Value);
        table.Of("tag-key", (_, e) => e.Tags.Keys.Select(k => (string?)k));
        table.Of("tag-value", (_, e) => e.Tags.Values.Select(v => (string?)v));
        table.Of("vpc-id", (_, e) => e.VpcId.Value);
    }

    private static void AddAttachment(FilterTable<Instance> table)
    {
        table.Of("attachment.attach-time", (_, e) => e.Attachment is { } a ? Ec2Service.TimeText(a.AttachTime) : null);
        table.Of("attachment.attachment-id", (_, e) => e.Attachment?.Id);
        table.Of("attachment.delete-on-termination", (_, e) => Ec2Service.BoolText(e.Attachment?.DeleteOnTermination == true));
        table.Of("attachment.device-index", (_, e) => e.Attachment?.DeviceIndex.ToString(CultureInfo.InvariantCulture));
        table.Of("attachment.instance-id", (_, e) => e.Attachment?.InstanceId?.Value);
        table.Of("attachment.instance-owner-id", (_, e) => e.Attachment?.InstanceOwner);
        table.Of("attachment.network-card-index", (_, e) => e.Attachment?.NetworkCardIndex.ToString(CultureInfo.InvariantCulture));
        table.Of("attachment.status", (_, _) => "attached");
    }

    private static void AddAssociations(FilterTable<Instance> table, string name, bool onlyPrimary)
    {
        IEnumerable<InterfaceAddress> AddressesOf(NetworkInterface e) => onlyPrimary ? e.PrivateAddresses.Take(1) : e.PrivateAddresses;
        void Add(string part, Func<Partition, NetworkInterface, InterfaceAddress, string?> read) =>
            table.Of($"{name}.{part}", (here, e) => AddressesOf(e).Select(a => read(here, e, a)));

        Add("allocation-id", (here, e, a) => Ec2Service.ElasticIpOf(here, e, a.Ip)?.Key);
        Add("association-id", (here, e, a) => Ec2Service.ElasticIpOf(here, e, a.Ip)?.Association?.Id);
        Add("carrier-ip", (_, _, _) => null);
        Add("customer-owned-ip", (_, _, _) => null);
        Add("ip-owner-id", (here, e, a) => Ec2Service.ElasticIpOf(here, e, a.Ip) is not null ? here.Account : a.AutoPublicIp is null ? null : "amazon");
        Add("public-dns-name", (here, e, a) => PublicNameOf(here, e, a));
        Add("public-ip", (here, e, a) => Ec2Service.PublicIpOf(here, e, a)?.ToString());
    }

    private static void AddAddresses(FilterTable<Instance> table)
    {
        table.Of("addresses.primary", (_, e) => e.PrivateAddresses.Select((_, index) => (string?)Ec2Service.BoolText(index == 0)));
        table.Of("addresses.private-dns-name", (here, e) => e.PrivateAddresses.Select(a => PrivateNameOf(here, e, a.Ip)));
        table.Of("addresses.private-ip-address", (_, e) => e.PrivateAddresses.Select(a => (string?)a.Ip.ToString()));
        table.Of("ipv4-prefixes.ipv4-prefix", (_, e) => e.Ipv4Prefixes.Select(p => (string?)p.ToString()));
        table.Of("ipv6-address", (_, e) => e.Ipv6Addresses.Select(a => (string?)a.ToString()));
        table.Of("ipv6-addresses.ipv6-address", (_, e) => e.Ipv6Addresses.Select(a => (string?)a.ToString()));
        table.Of(
            "ipv6-addresses.is-primary-ipv6", (_, e) => e.Ipv6Addresses.Select((_, n) => (string?)Ec2Service.BoolText(n == 0 && e.HasPrimaryIpv6)));
        table.Of("ipv6-prefixes.ipv6-prefix", (_, e) => e.Ipv6Prefixes.Select(p => (string?)p.ToString()));
        table.Of("private-dns-name", (here, e) => e.PrimaryIp is { } ip ? PrivateNameOf(here, e, ip) : null);
        table.Of("private-ip-address", (_, e) => e.PrivateAddresses.Select(a => (string?)a.Ip.ToString()));
        table.Of("public-dns-name", (here, e) => e.PrivateAddresses is [var first, ..] ? PublicNameOf(here, e, first) : null);
    }

    private static string? PublicNameOf(Partition here, NetworkInterface eni, InterfaceAddress address) =>
        Ec2Service.PublicIpOf(here, eni, address) is { } ip ? Ec2Service.PublicNameOf(here, eni.VpcId, ip) : null;

    private static string? PrivateNameOf(Partition here, NetworkInterface eni, IpAddress address) =>
        Ec2Service.PrivateNameOf(here, eni.VpcId, address);
}
