using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>A volume that each instance of a launch gets.</summary>
internal sealed record VolumePlan(
    string Device, VolumeShape Shape, string? KeyArn, string? SnapshotId, bool DeleteOnTermination,
    ImmutableSortedDictionary<string, string> Tags);

/// <summary>The volumes of a launch. Source: AWS, "Block device mappings for volumes on Amazon EC2 instances".</summary>
public sealed partial class Ec2Service
{
    /// <summary>The root volume from the image, and what the request maps over it and besides it.</summary>
    private static ImmutableArray<VolumePlan> PlanVolumes(
        CommandContext context, Aws.RunInstancesRequest request, string imageId, CatalogueImage image)
    {
        ImmutableSortedDictionary<string, string> tags = TagRules.New(request.TagSpecifications, Volume.Kind, LaunchTagKinds);
        HashSet<string> devices = new(StringComparer.Ordinal);
        Aws.EbsBlockDevice? root = null;
        List<VolumePlan> plans = [];
        foreach (Aws.BlockDeviceMapping mapping in request.BlockDeviceMappings ?? [])
        {
            string device = Door.Required(mapping.DeviceName, "deviceName");
            if (!devices.Add(device))
            {
                throw InvalidMapping($"'{device}' is specified more than once.");
            }

            if (device == image.RootDevice)
            {
                root = RootOf(mapping);
            }
            else if (!IsWithoutVolume(mapping))
            {
                plans.Add(PlanVolume(context, device, mapping.Ebs!, tags));
            }
        }

        plans.Insert(0, PlanRoot(context, root, imageId, image, tags));
        return [.. plans];
    }

    private static void PutVolume(CommandContext context, Instance instance, VolumePlan plan) => context.Put(new Volume
    {
        Id = new(context.NewId(Volume.IdPrefix)),
        Zone = instance.Zone,
        Size = plan.Shape.Size,
        VolumeType = plan.Shape.Type,
        Iops = plan.Shape.Iops,
        Throughput = plan.Shape.Throughput,
        Encrypted = plan.KeyArn is not null,
        KmsKeyArn = plan.KeyArn,
        SnapshotId = plan.SnapshotId,
        CreateTime = context.Now,
        Attachments = [new VolumeAttachment(instance.Id, plan.Device, context.Now, plan.DeleteOnTermination)],
        Tags = plan.Tags,
    });

    private static VolumePlan PlanRoot(
        CommandContext context, Aws.EbsBlockDevice? asked, string imageId, CatalogueImage image, ImmutableSortedDictionary<string, string> tags)
    {
        string snapshot = SnapshotOf(imageId);
        RefuseInBlockDevice(asked);
        if (asked?.SnapshotId is { Length: > 0 } other && other != snapshot)
        {
            throw InvalidMapping($"the snapshot of the root device '{image.RootDevice}' can not be changed.");
        }

        int size = asked?.VolumeSize ?? image.RootSize;
        if (size < image.RootSize)
        {
            throw InvalidMapping($"Volume of size {size}GB is smaller than snapshot '{snapshot}', expect size>= {image.RootSize}GB");
        }

        VolumeShape shape = VolumeRules.Checked(asked?.VolumeType ?? image.RootType, size, asked?.Iops, asked?.Throughput);
        string? key = VolumeRules.KeyArnOf(context, asked?.Encrypted, asked?.KmsKeyId);
        return new VolumePlan(image.RootDevice, shape, key, snapshot, asked?.DeleteOnTermination ?? true, tags);
    }

    private static VolumePlan PlanVolume(
        CommandContext context, string device, Aws.EbsBlockDevice asked, ImmutableSortedDictionary<string, string> tags)
    {
        RefuseInBlockDevice(asked);
        if (asked.SnapshotId is { Length: > 0 } snapshot)
        {
            throw SnapshotNotFound(snapshot);
        }

        if (asked.VolumeSize is null)
        {
            throw new Fault("MissingParameter", "The request must contain the parameter size or snapshotId");
        }

        VolumeShape shape = VolumeRules.Checked(asked.VolumeType, asked.VolumeSize, asked.Iops, asked.Throughput);
        string? key = VolumeRules.KeyArnOf(context, asked.Encrypted, asked.KmsKeyId);
        return new VolumePlan(device, shape, key, null, asked.DeleteOnTermination ?? true, tags);
    }

    private static Aws.EbsBlockDevice? RootOf(Aws.BlockDeviceMapping mapping) => mapping.NoDevice is null && mapping.VirtualName is null
        ? mapping.Ebs
        : throw InvalidMapping($"the root device '{mapping.DeviceName}' can not be left out.");

    /// <summary>A device of the image that is left out, or an instance store disk, which the types bring by themselves.</summary>
    private static bool IsWithoutVolume(Aws.BlockDeviceMapping mapping)
    {
        if (mapping.Ebs is not null)
        {
            return false;
        }

        if (mapping.NoDevice is not null)
        {
            return true;
        }

        return mapping.VirtualName is { } name && name.StartsWith("ephemeral", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(9), System.Globalization.NumberStyles.None, null, out int number) && number <= 23
                ? true
                : throw InvalidMapping($"'{mapping.DeviceName}' has neither an EBS volume nor a virtual device name.");
    }

    private static void RefuseInBlockDevice(Aws.EbsBlockDevice? device)
    {
        if (device?.OutpostArn is not null)
        {
            throw Fault.Unsupported("Ebs.OutpostArn");
        }

        if (device?.VolumeInitializationRate is not null)
        {
            throw Fault.Unsupported("Ebs.VolumeInitializationRate");
        }

        if (device?.EbsCardIndex is not (null or 0))
        {
            throw Fault.Unsupported("Ebs.EbsCardIndex");
        }

        if (device?.AvailabilityZone is not null || device?.AvailabilityZoneId is not null)
        {
            throw Fault.Combination("A volume of an instance is made in the instance's Availability Zone.");
        }
    }

    private static Fault InvalidMapping(string message) => new("InvalidBlockDeviceMapping", $"Invalid device mapping: {message}");

    private static Fault SnapshotNotFound(string id) => new("InvalidSnapshot.NotFound", $"The snapshot '{id}' does not exist.");
}
