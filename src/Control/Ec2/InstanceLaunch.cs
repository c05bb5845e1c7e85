using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Everything a launch makes, settled before the first row is written.</summary>
internal sealed record LaunchPlan
{
    /// <summary>The rows of all instances, but for their ids and places in the launch.</summary>
    public required Instance Model { get; init; }

    public required ImmutableArray<InterfacePlan> Interfaces { get; init; }

    public required ImmutableArray<VolumePlan> Volumes { get; init; }

    public required int Count { get; init; }
}

/// <summary>RunInstances. Source: EC2 API, RunInstances; AWS, "Launch an Amazon EC2 instance".</summary>
public sealed partial class Ec2Service
{
    /// <summary>What one request may launch at most, whatever address space is left.</summary>
    private const int MostPerLaunch = 5000;

    private static readonly string[] LaunchTagKinds =
        [Instance.Kind, Volume.Kind, NetworkInterface.Kind, "spot-instances-request", "elastic-gpu"];

    public Aws.Reservation RunInstances(CommandContext context, Aws.RunInstancesRequest request)
    {
        Aws.RunInstancesRequest whole = WithTemplate(context, WithoutEmpty(request), out IEnumerable<KeyValuePair<string, string>> marks);
        LaunchPlan plan = PlanLaunch(context, WithoutEmpty(whole), marks);
        Aws.Instance[] shown = new Aws.Instance[plan.Count];
        for (int index = 0; index < plan.Count; index++)
        {
            Instance instance = LaunchOne(context, plan, index);
            shown[index] = ToWire(context.Here, instance, launching: true);
        }

        return new Aws.Reservation
        {
            ReservationId = plan.Model.ReservationId,
            OwnerId = context.Account,
            Groups = [],
            Instances = shown,
        };
    }

    /// <param name="marks">Tags that AWS itself sets.</param>
    private static LaunchPlan PlanLaunch(
        CommandContext context, Aws.RunInstancesRequest request, IEnumerable<KeyValuePair<string, string>> marks)
    {
        RefuseAtLaunch(request);
        int most = CheckedCounts(request);
        string imageId = CheckedImageId(ResolvedImageId(context, request.ImageId));
        InstanceTypeFacts type = CheckedType(request.InstanceType);
        CatalogueImage image = ImageOf(context, imageId, type);
        RefuseOtherArchitecture(image, type);
        foreach (string kind in LaunchTagKinds)
        {
            _ = TagRules.New(request.TagSpecifications, kind, LaunchTagKinds);
        }

        ImmutableArray<InterfacePlan> interfaces = PlanInterfaces(context, request, type, most);
        Subnet subnet = interfaces[0].Subnet;
        ImmutableArray<VolumePlan> volumes = PlanVolumes(context, request, imageId, image);
        Instance model = ModelOf(context, request, imageId, image, type, subnet, volumes);
        return new LaunchPlan
        {
            Model = model with { Tags = model.Tags.SetItems(marks) },
            Interfaces = interfaces,
            Volumes = volumes,
            Count = CountThatFits(context, request, interfaces, most),
        };
    }

    private static Instance LaunchOne(CommandContext context, LaunchPlan plan, int index)
    {
        Instance instance = plan.Model with { Id = new(context.NewId(Instance.IdPrefix)), LaunchIndex = index };
        if (instance.PlacementGroup is { } name && instance.PartitionNumber is null)
        {
            instance = instance with { PartitionNumber = NextPartition(context.Here, name) };
        }

        if (instance.Profile is { } profile)
        {
            instance = instance with { Profile = profile with { Id = context.NewId("iip-assoc") } };
        }

        context.Put(instance);
        foreach (InterfacePlan wanted in plan.Interfaces)
        {
            PutInterface(context, instance, wanted);
        }

        foreach (VolumePlan wanted in plan.Volumes)
        {
            PutVolume(context, instance, wanted);
        }

        return instance;
    }

    private static Instance ModelOf(
        CommandContext context, Aws.RunInstancesRequest request, string imageId, CatalogueImage image, InstanceTypeFacts type, Subnet subnet,
        ImmutableArray<VolumePlan> volumes)
    {
        PlacementGroup? group = PlacementGroupOf(context, request.Placement, type);
        bool dedicated = context.Here.Find(subnet.VpcId)?.InstanceTenancy == "dedicated";
        return new Instance
        {
            Id = new(""),
            ReservationId = context.NewId("r"),
            ImageId = imageId,
            InstanceType = type.Name,
            State = InstanceState.Running,
            LaunchTime = context.Now,
            Zone = subnet.Zone,
            SubnetId = subnet.Id,
            VpcId = subnet.VpcId,
            KeyName = CheckedKeyName(context, request.KeyName),
            ClientToken = request.ClientToken,
            Tenancy = dedicated ? "dedicated" : request.Placement?.Tenancy ?? "default",
            PlacementGroup = group?.Name,
            PartitionNumber = CheckedPartition(group, request.Placement?.PartitionNumber),
            Monitored = request.Monitoring?.Enabled == true,
            UserData = CheckedUserData(request.UserData),
            EbsOptimized = CheckedEbsOptimized(type, request.EbsOptimized),
            DisableApiTermination = request.DisableApiTermination == true,
            DisableApiStop = request.DisableApiStop == true,
            ShutdownBehavior = request.InstanceInitiatedShutdownBehavior ?? "stop",
            Metadata = MetadataAtLaunch(image, request.MetadataOptions),
            HostnameType = request.PrivateDnsNameOptions?.HostnameType ?? subnet.HostnameType,
            ResourceNameDnsA = request.PrivateDnsNameOptions?.EnableResourceNameDnsARecord ?? subnet.ResourceNameDnsA,
            ResourceNameDnsAaaa = request.PrivateDnsNameOptions?.EnableResourceNameDnsAAAARecord ?? subnet.ResourceNameDnsAaaa,
            CpuCredits = CheckedCredits(type, request.CreditSpecification?.CpuCredits),
            AutoRecovery = request.MaintenanceOptions?.AutoRecovery ?? "default",
            CpuCoreCount = CheckedCpu(type, request.CpuOptions)?.CoreCount,
            CpuThreadsPerCore = request.CpuOptions?.ThreadsPerCore,
            Hibernation = CheckedHibernation(request, type, volumes),
            EnclaveEnabled = CheckedEnclave(request, type),
            RootDeviceName = image.RootDevice,
            Profile = ProfileOf(context, request.IamInstanceProfile, ""),
            CapacityReservationPreference = request.CapacityReservationSpecification?.CapacityReservationPreference ?? "open",
            EnaSupport = type.Family.Ena != "unsupported",
            Tags = TagRules.New(request.TagSpecifications, Instance.Kind, LaunchTagKinds),
        };
    }

    /// <summary>Clients send empty text for what their users left out; AWS takes it for nothing.</summary>
    private static Aws.RunInstancesRequest WithoutEmpty(Aws.RunInstancesRequest request) => request with
    {
        SubnetId = OrNull(request.SubnetId),
        PrivateIpAddress = OrNull(request.PrivateIpAddress),
        KernelId = OrNull(request.KernelId),
        RamdiskId = OrNull(request.RamdiskId),
        AdditionalInfo = OrNull(request.AdditionalInfo),
        ClientToken = OrNull(request.ClientToken),
        Placement = request.Placement is not { } place ? null : place with
        {
            AvailabilityZone = OrNull(place.AvailabilityZone),
            AvailabilityZoneId = OrNull(place.AvailabilityZoneId),
            Affinity = OrNull(place.Affinity),
            GroupName = OrNull(place.GroupName),
            GroupId = OrNull(place.GroupId),
            HostId = OrNull(place.HostId),
            HostResourceGroupArn = OrNull(place.HostResourceGroupArn),
            SpreadDomain = OrNull(place.SpreadDomain),
        },
    };

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The most instances the request asks for.</summary>
    private static int CheckedCounts(Aws.RunInstancesRequest request)
    {
        int least = Door.Required(request.MinCount, "MinCount");
        int most = Door.Required(request.MaxCount, "MaxCount");
        if (least < 1)
        {
            throw Fault.Invalid($"Value ({least}) for parameter minCount is invalid. Minimum value is 1.");
        }

        if (most < 1)
        {
            throw Fault.Invalid($"Value ({most}) for parameter maxCount is invalid. Minimum value is 1.");
        }

        if (least > most)
        {
            throw Fault.Combination($"Value ({least}) for parameter minCount is invalid. It must not be greater than maxCount ({most}).");
        }

        return least <= MostPerLaunch ? Math.Min(most, MostPerLaunch) : throw new Fault(
            "InstanceLimitExceeded",
            $"You have requested more instances ({least}) than your current instance limit of {MostPerLaunch} allows for the specified "
            + "instance type.");
    }

    /// <summary>How many instances find addresses: AWS launches as many as it can between the least and the most.</summary>
    private static int CountThatFits(
        CommandContext context, Aws.RunInstancesRequest request, ImmutableArray<InterfacePlan> interfaces, int most)
    {
        if (most == 1)
        {
            return 1;
        }

        Dictionary<string, (Subnet Subnet, int Each)> wanted = new(StringComparer.Ordinal);
        foreach (InterfacePlan plan in interfaces)
        {
            int each = plan.Ipv4Count + (wanted.TryGetValue(plan.Subnet.Key, out (Subnet Subnet, int Each) before) ? before.Each : 0);
            wanted[plan.Subnet.Key] = (plan.Subnet, each);
        }

        int count = most;
        foreach ((Subnet subnet, int each) in wanted.Values)
        {
            count = each == 0 ? count : Math.Min(count, AddressPool.FreeIpv4Count(context.Here, subnet) / each);
        }

        return count >= request.MinCount ? count : throw new Fault(
            "InsufficientFreeAddressesInSubnet",
            $"There are not enough free addresses in subnet '{interfaces[0].Subnet.Id}' to satisfy the requested number of instances.");
    }

    private static void RefuseOtherArchitecture(CatalogueImage image, InstanceTypeFacts type)
    {
        if (image.Architecture != type.Family.Architecture)
        {
            throw Fault.Invalid(
                $"The architecture '{type.Family.Architecture}' of the specified instance type does not match the architecture "
                + $"'{image.Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try "
                + "again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.");
        }
    }

    /// <summary>Parameters that Trunkline knows and does not carry out, each by its name.</summary>
    private static void RefuseAtLaunch(Aws.RunInstancesRequest request)
    {
        Aws.Placement? place = request.Placement;
        (string Name, bool Asked)[] refused =
        [
            ("KernelId", request.KernelId is not null),
            ("RamdiskId", request.RamdiskId is not null),
            ("ElasticGpuSpecification", request.ElasticGpuSpecification is { Count: > 0 }),
            ("ElasticInferenceAccelerators", request.ElasticInferenceAccelerators is { Count: > 0 }),
            ("LicenseSpecifications", request.LicenseSpecifications is { Count: > 0 }),
            ("SecondaryInterfaces", request.SecondaryInterfaces is { Count: > 0 }),
            ("InstanceMarketOptions", request.InstanceMarketOptions is not null),
            ("Operator", request.Operator is not null),
            ("AdditionalInfo", request.AdditionalInfo is not null),
            ("CapacityReservationSpecification.CapacityReservationTarget",
                request.CapacityReservationSpecification?.CapacityReservationTarget is not null),
            ("NetworkPerformanceOptions.BandwidthWeighting", request.NetworkPerformanceOptions?.BandwidthWeighting is not (null or "default")),
            ("Monitoring.MetricCategoryIds", request.Monitoring?.MetricCategoryIds is { Count: > 0 }),
            ("CpuOptions.AmdSevSnp", request.CpuOptions?.AmdSevSnp == "enabled"),
            ("CpuOptions.NestedVirtualization", request.CpuOptions?.NestedVirtualization == "enabled"),
            ("Placement.Affinity", place?.Affinity is not (null or "default")),
            ("Placement.HostId", place?.HostId is not null),
            ("Placement.HostResourceGroupArn", place?.HostResourceGroupArn is not null),
            ("Placement.SpreadDomain", place?.SpreadDomain is not null),
            ("Placement.Tenancy=host", place?.Tenancy == "host"),
        ];
        foreach ((string name, bool asked) in refused)
        {
            if (asked)
            {
                throw Fault.Unsupported(name);
            }
        }
    }
}
