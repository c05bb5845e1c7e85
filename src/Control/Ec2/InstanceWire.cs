using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Instances as the wire shows them. Source: EC2 API, Instance, InstanceNetworkInterface.</summary>
public sealed partial class Ec2Service
{
    /// <summary>What every resource that no AWS service manages says of it.</summary>
    private static readonly Aws.OperatorResponse Unmanaged = new() { Managed = false };

    /// <summary>The interfaces of an instance, the primary one first.</summary>
    internal static List<NetworkInterface> InterfacesOf(Partition here, Instance instance)
    {
        List<NetworkInterface> interfaces = [.. here.By<NetworkInterface>(instance.Key)];
        if (interfaces.Count > 1)
        {
            interfaces.Sort((a, b) => (a.Attachment?.DeviceIndex ?? 0).CompareTo(b.Attachment?.DeviceIndex ?? 0));
        }

        return interfaces;
    }

    /// <summary>The public address of a private one now: an Elastic IP's, or the automatic one; null where it has none.</summary>
    internal static IpAddress? PublicIpOf(Partition here, NetworkInterface eni, InterfaceAddress address) =>
        ElasticIpOf(here, eni, address.Ip)?.PublicIp ?? address.AutoPublicIp;

    /// <summary>The name an instance has inside: after its address or after its id, as it was launched.</summary>
    internal static string PrivateNameOf(string region, Instance instance, NetworkInterface? primary)
    {
        if (primary is null)
        {
            return "";
        }

        return instance.HostnameType == "resource-name" || primary.PrimaryIp is not { } ip
            ? DnsNames.OfResource(region, instance.Key)
            : DnsNames.OfPrivate(region, ip);
    }

    internal static Aws.InstanceState ToWire(InstanceState state) => new() { Code = (int)state, Name = NameOf(state) };

    internal static string NameOf(InstanceState state) => state switch
    {
        InstanceState.Pending => "pending",
        InstanceState.Running => "running",
        InstanceState.ShuttingDown => "shutting-down",
        InstanceState.Terminated => "terminated",
        InstanceState.Stopping => "stopping",
        _ => "stopped",
    };

    /// <param name="here">The partition, found once for many rows.</param>
    /// <param name="launching">The reply to RunInstances: the instance is pending, and what comes with it is not yet there.</param>
    private static Aws.Instance ToWire(Partition here, Instance instance, bool launching = false)
    {
        List<NetworkInterface> interfaces = InterfacesOf(here, instance);
        NetworkInterface? primary = interfaces.Count == 0 ? null : interfaces[0];
        bool named = instance.VpcId is { } vpc && GivesNames(here, vpc);
        IpAddress? publicIp = primary is { PrivateAddresses: [var first, ..] } && !launching ? PublicIpOf(here, primary, first) : null;
        return MachineOf(here, instance) with
        {
            State = ToWire(launching ? InstanceState.Pending : instance.State),
            StateReason = StateReasonOf(instance, launching),
            Monitoring = new Aws.Monitoring { State = MonitoringOf(instance, launching) },
            MetadataOptions = ToWire(instance.Metadata, launching ? "pending" : "applied"),
            BlockDeviceMappings = launching ? [] : DevicesOf(here, instance),
            SubnetId = instance.SubnetId?.Value,
            VpcId = instance.VpcId?.Value,
            PrivateDnsName = PrivateNameOf(here.Region, instance, primary),
            PrivateIpAddress = primary?.PrimaryIp?.ToString(),
            PublicDnsName = publicIp is { } shown && named ? DnsNames.OfPublic(here.Region, shown) : "",
            PublicIpAddress = publicIp?.ToString(),
            Ipv6Address = primary is { Ipv6Addresses: [var v6, ..] } ? v6.ToString() : null,
            NetworkInterfaces = [.. interfaces.Select(eni => ToInstanceWire(here, eni, named, launching))],
            SecurityGroups = primary is null ? [] : GroupsToWire(here, primary),
            SourceDestCheck = primary?.SourceDestCheck,
            UsageOperationUpdateTime = primary?.Attachment?.AttachTime ?? instance.LaunchTime,
        };
    }

    /// <summary>What an instance is, without its state and its network.</summary>
    private static Aws.Instance MachineOf(Partition here, Instance instance)
    {
        InstanceTypeFacts? type = InstanceTypeFacts.Find(instance.InstanceType);
        CatalogueImage image = ImageCatalogue.Find(here.Region, instance.ImageId)
            ?? ImageCatalogue.Unknown(instance.ImageId, type?.Family.Architecture ?? "x86_64");
        return new Aws.Instance
        {
            InstanceId = instance.Key,
            ImageId = instance.ImageId,
            InstanceType = instance.InstanceType,
            StateTransitionReason = instance.StateTransitionReason,
            LaunchTime = instance.LaunchTime,
            AmiLaunchIndex = instance.LaunchIndex,
            ClientToken = instance.ClientToken ?? "",
            KeyName = instance.KeyName,
            Placement = PlacementOf(here, instance),
            Tags = TagRules.ToWire(instance.Tags),
            Architecture = image.Architecture,
            BootMode = image.BootMode.Length == 0 ? null : image.BootMode,
            CurrentInstanceBootMode = BootModeOf(image, type),
            Platform = image.IsWindows ? "windows" : null,
            PlatformDetails = image.PlatformDetails,
            UsageOperation = image.UsageOperation,
            EbsOptimized = instance.EbsOptimized,
            EnaSupport = instance.EnaSupport,
            Hypervisor = "xen",
            VirtualizationType = "hvm",
            RootDeviceName = instance.RootDeviceName,
            RootDeviceType = "ebs",
            InstanceLifecycle = instance.Lifecycle,
            ProductCodes = [],
            IamInstanceProfile = instance.Profile is { } profile ? ToWire(profile) : null,
            CpuOptions = CpuOptionsOf(instance, type),
            CapacityReservationSpecification = new() { CapacityReservationPreference = instance.CapacityReservationPreference },
            HibernationOptions = new() { Configured = instance.Hibernation },
            EnclaveOptions = new() { Enabled = instance.EnclaveEnabled },
            PrivateDnsNameOptions = new()
            {
                HostnameType = instance.HostnameType,
                EnableResourceNameDnsARecord = instance.ResourceNameDnsA,
                EnableResourceNameDnsAAAARecord = instance.ResourceNameDnsAaaa,
            },
            MaintenanceOptions = new() { AutoRecovery = instance.AutoRecovery, RebootMigration = instance.RebootMigration },
            NetworkPerformanceOptions = new() { BandwidthWeighting = instance.BandwidthWeighting },
            Operator = Unmanaged,
        };
    }

    /// <summary>One interface inside the reply for its instance.</summary>
    private static Aws.InstanceNetworkInterface ToInstanceWire(
        Partition here, NetworkInterface eni, bool named, bool launching) => new()
        {
            NetworkInterfaceId = eni.Key,
            OwnerId = here.Account,
            VpcId = eni.VpcId.Value,
            SubnetId = eni.SubnetId.Value,
            Description = eni.Description,
            InterfaceType = eni.InterfaceType,
            MacAddress = eni.MacAddress,
            SourceDestCheck = eni.SourceDestCheck,
            Status = "in-use",
            PrivateIpAddress = eni.PrimaryIp?.ToString(),
            PrivateDnsName = named && eni.PrimaryIp is { } ip ? DnsNames.OfPrivate(here.Region, ip) : null,
            Association = launching || eni.PrivateAddresses.IsEmpty ? null : AssociationOf(here, eni, eni.PrivateAddresses[0], named),
            PrivateIpAddresses =
        [
            .. eni.PrivateAddresses.Select((address, index) => new Aws.InstancePrivateIpAddress
            {
                PrivateIpAddress = address.Ip.ToString(),
                PrivateDnsName = named ? DnsNames.OfPrivate(here.Region, address.Ip) : null,
                Primary = index == 0,
                Association = launching ? null : AssociationOf(here, eni, address, named),
            }),
        ],
            Ipv6Addresses =
        [
            .. eni.Ipv6Addresses.Select((address, index) => new Aws.InstanceIpv6Address
            {
                Ipv6Address = address.ToString(),
                IsPrimaryIpv6 = index == 0 && eni.HasPrimaryIpv6,
            }),
        ],
            Ipv4Prefixes = eni.Ipv4Prefixes.IsEmpty
            ? null : [.. eni.Ipv4Prefixes.Select(p => new Aws.InstanceIpv4Prefix { Ipv4Prefix = p.ToString() })],
            Ipv6Prefixes = eni.Ipv6Prefixes.IsEmpty
            ? null : [.. eni.Ipv6Prefixes.Select(p => new Aws.InstanceIpv6Prefix { Ipv6Prefix = p.ToString() })],
            Groups = GroupsToWire(here, eni),
            Attachment = eni.Attachment is not { } attachment ? null : new Aws.InstanceNetworkInterfaceAttachment
            {
                AttachmentId = attachment.Id,
                AttachTime = attachment.AttachTime,
                DeviceIndex = attachment.DeviceIndex,
                NetworkCardIndex = attachment.NetworkCardIndex,
                DeleteOnTermination = attachment.DeleteOnTermination,
                Status = launching ? "attaching" : "attached",
            },
            ConnectionTrackingConfiguration = eni.Tracking is not { } tracking ? null : new Aws.ConnectionTrackingSpecificationResponse
            {
                TcpEstablishedTimeout = tracking.TcpEstablished,
                UdpStreamTimeout = tracking.UdpStream,
                UdpTimeout = tracking.Udp,
            },
            Operator = Unmanaged,
        };

    private static Aws.InstanceNetworkInterfaceAssociation? AssociationOf(
        Partition here, NetworkInterface eni, InterfaceAddress address, bool named)
    {
        ElasticIp? elastic = ElasticIpOf(here, eni, address.Ip);
        return (elastic?.PublicIp ?? address.AutoPublicIp) is not { } ip ? null : new Aws.InstanceNetworkInterfaceAssociation
        {
            PublicIp = ip.ToString(),
            PublicDnsName = named ? DnsNames.OfPublic(here.Region, ip) : "",
            IpOwnerId = elastic is null ? "amazon" : here.Account,
        };
    }

    private static IReadOnlyList<Aws.InstanceBlockDeviceMapping> DevicesOf(Partition here, Instance instance)
    {
        List<Aws.InstanceBlockDeviceMapping> devices = [];
        foreach (Volume volume in here.By<Volume>(instance.Key))
        {
            foreach (VolumeAttachment attachment in volume.Attachments)
            {
                if (attachment.InstanceId == instance.Id)
                {
                    Aws.InstanceBlockDeviceMapping device = new()
                    {
                        DeviceName = attachment.Device,
                        Ebs = new Aws.EbsInstanceBlockDevice
                        {
                            VolumeId = volume.Key,
                            Status = "attached",
                            AttachTime = attachment.AttachTime,
                            DeleteOnTermination = attachment.DeleteOnTermination,
                        },
                    };
                    devices.Insert(attachment.Device == instance.RootDeviceName ? 0 : devices.Count, device);
                }
            }
        }

        return devices;
    }

    private static Aws.StateReason? StateReasonOf(Instance instance, bool launching) => launching
        ? new Aws.StateReason { Code = "pending", Message = "pending" }
        : instance.StateReasonCode is { } code ? new Aws.StateReason { Code = code, Message = instance.StateReasonMessage } : null;

    private static string MonitoringOf(Instance instance, bool launching) =>
        !instance.Monitored ? "disabled" : launching ? "pending" : "enabled";

    private static Aws.Placement PlacementOf(Partition here, Instance instance) => new()
    {
        AvailabilityZone = instance.Zone,
        AvailabilityZoneId = ZoneIdOf(here, instance.Zone),
        GroupName = instance.PlacementGroup ?? "",
        GroupId = instance.PlacementGroup is { } name ? PlacementGroupNamed(here, name)?.Key : null,
        PartitionNumber = instance.PartitionNumber,
        Tenancy = instance.Tenancy,
    };

    private static string BootModeOf(CatalogueImage image, InstanceTypeFacts? type) =>
        image.BootMode.StartsWith("uefi", StringComparison.Ordinal) && type?.Family.BootModes.Contains("uefi") != false
        || image.Architecture == "arm64" ? "uefi" : "legacy-bios";

    private static Aws.CpuOptions? CpuOptionsOf(Instance instance, InstanceTypeFacts? type) => type is null ? null : new Aws.CpuOptions
    {
        CoreCount = instance.CpuCoreCount ?? type.Cores,
        ThreadsPerCore = instance.CpuThreadsPerCore ?? type.ThreadsPerCore,
    };

    private static Aws.InstanceMetadataOptionsResponse ToWire(MetadataOptions options, string state) => new()
    {
        State = state,
        HttpTokens = options.HttpTokens,
        HttpPutResponseHopLimit = options.HttpPutResponseHopLimit,
        HttpEndpoint = options.HttpEndpoint,
        HttpProtocolIpv6 = options.HttpProtocolIpv6,
        InstanceMetadataTags = options.InstanceMetadataTags,
    };

    private static Aws.IamInstanceProfile ToWire(ProfileAssociation profile) => new() { Arn = profile.Arn, Id = profile.ProfileId };
}
