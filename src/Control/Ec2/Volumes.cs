using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>EBS volumes, as far as instances need them: no data is kept. Source: EC2 API, CreateVolume, DescribeVolumes.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<Volume> VolumeIds = new(
        "VolumeId", "InvalidVolume.NotFound", "InvalidParameterValue", "The volume '{0}' does not exist.");

    private static readonly FilterTable<Volume> VolumeFilters = new()
    {
        { "attachment.attach-time", v => v.Attachments.Select(a => TimeText(a.AttachTime)) },
        { "attachment.delete-on-termination", v => v.Attachments.Select(a => BoolText(a.DeleteOnTermination)) },
        { "attachment.device", v => v.Attachments.Select(a => a.Device) },
        { "attachment.instance-id", v => v.Attachments.Select(a => a.InstanceId.Value) },
        { "attachment.status", v => v.Attachments.Select(_ => "attached") },
        { "availability-zone", v => v.Zone },
        { "availability-zone-id", (here, v) => ZoneIdOf(here, v.Zone) },
        { "create-time", v => TimeText(v.CreateTime) },
        { "encrypted", v => v.Encrypted },
        { "fast-restored", _ => false },
        { "multi-attach-enabled", v => v.MultiAttach },
        { "operator.managed", _ => false },
        { "operator.principal", _ => (string?)null },
        { "size", v => v.Size.ToString(CultureInfo.InvariantCulture) },
        { "snapshot-id", v => v.SnapshotId },
        { "status", v => StateOf(v) },
        { "volume-id", v => v.Key },
        { "volume-type", v => v.VolumeType },
    };

    public Aws.Volume CreateVolume(CommandContext context, Aws.CreateVolumeRequest request)
    {
        RefuseInVolume(request);
        if (request.AvailabilityZone is null && request.AvailabilityZoneId is null)
        {
            throw Fault.Missing("AvailabilityZone");
        }

        if (request.SnapshotId is { Length: > 0 } snapshot)
        {
            throw SnapshotNotFound(snapshot);
        }

        if (request.Size is null)
        {
            throw new Fault("MissingParameter", "The request must contain the parameter size or snapshotId");
        }

        if (request.MultiAttachEnabled == true && request.VolumeType is not ("io1" or "io2"))
        {
            throw Fault.Combination("Multi-Attach is supported only for io1 and io2 volumes.");
        }

        VolumeShape shape = VolumeRules.Checked(request.VolumeType, request.Size, request.Iops, request.Throughput);
        string? key = VolumeRules.KeyArnOf(context, request.Encrypted, request.KmsKeyId);
        Volume volume = context.Put(new Volume
        {
            Id = new(context.NewId(Volume.IdPrefix)),
            Zone = VolumeZone(context, request.AvailabilityZone, request.AvailabilityZoneId),
            Size = shape.Size,
            VolumeType = shape.Type,
            Iops = shape.Iops,
            Throughput = shape.Throughput,
            Encrypted = key is not null,
            KmsKeyArn = key,
            MultiAttach = request.MultiAttachEnabled == true,
            CreateTime = context.Now,
            Tags = TagRules.New<Volume>(request.TagSpecifications),
        });
        return ToWire(context.Here, volume) with { State = "creating" };
    }

    public Aws.DeleteVolumeResult DeleteVolume(CommandContext context, Aws.DeleteVolumeRequest request)
    {
        Volume volume = VolumeIds.Get(context, request.VolumeId);
        if (!volume.Attachments.IsEmpty)
        {
            throw new Fault("VolumeInUse", $"Volume {volume.Id} is currently attached to {volume.Attachments[0].InstanceId}");
        }

        context.Remove(volume.Id);
        return new Aws.DeleteVolumeResult();
    }

    public Aws.DescribeVolumesResult DescribeVolumes(CommandContext context, Aws.DescribeVolumesRequest request)
    {
        Pager.RefuseIdsWithPages(request.VolumeIds, "volumeIds", request.MaxResults);
        IEnumerable<Volume> rows = VolumeFilters.Apply(context, VolumeIds.GetAll(context, request.VolumeIds), request.Filters);
        Page<Volume> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        Partition here = context.Here;
        return new Aws.DescribeVolumesResult { Volumes = [.. page.Rows.Select(v => ToWire(here, v))], NextToken = page.NextToken };
    }

    public Aws.VolumeAttachment AttachVolume(CommandContext context, Aws.AttachVolumeRequest request)
    {
        if (request.EbsCardIndex is not (null or 0))
        {
            throw Fault.Unsupported("EbsCardIndex");
        }

        Volume volume = VolumeIds.Get(context, request.VolumeId);
        Instance instance = InstanceInSight(context, request.InstanceId);
        string device = Door.Required(request.Device, "device");
        CheckAttachable(context, volume, instance, device);
        VolumeAttachment attachment = new(instance.Id, device, context.Now, DeleteOnTermination: false);
        volume = context.Put(volume with { Attachments = volume.Attachments.Add(attachment) });
        return ToWire(volume, attachment) with { State = "attaching" };
    }

    /// <remarks>Force changes nothing here: a volume is let go at once.</remarks>
    public Aws.VolumeAttachment DetachVolume(CommandContext context, Aws.DetachVolumeRequest request)
    {
        Volume volume = VolumeIds.Get(context, request.VolumeId);
        if (volume.Attachments.IsEmpty)
        {
            throw new Fault("IncorrectState", $"Volume '{volume.Id}' is in the 'available' state.");
        }

        if (volume.Attachments.Length > 1 && request.InstanceId is null)
        {
            throw Fault.Missing("InstanceId");
        }

        Id<Instance>? named = request.InstanceId is { } id ? InstanceIds.Parse(id) : null;
        VolumeAttachment attachment = volume.Attachments.FirstOrDefault(
            a => (named is null || a.InstanceId == named) && (request.Device is null || a.Device == request.Device))
            ?? throw new Fault(
                "InvalidAttachment.NotFound",
                $"Volume '{volume.Id}' is not attached to instance '{request.InstanceId}' as device '{request.Device}'.");
        if (context.Here.Find(attachment.InstanceId) is { State: InstanceState.Running } holder && holder.RootDeviceName == attachment.Device)
        {
            throw new Fault(
                "OperationNotPermitted", $"Unable to detach root volume '{volume.Id}' from instance '{holder.Id}'");
        }

        context.Put(volume with { Attachments = volume.Attachments.Remove(attachment) });
        return ToWire(volume, attachment) with { State = "detaching" };
    }

    private static void CheckAttachable(CommandContext context, Volume volume, Instance instance, string device)
    {
        if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
        {
            throw new Fault("IncorrectState", $"Instance '{instance.Id}' is not 'running' or 'stopped'.");
        }

        if (volume.Attachments.Any(a => a.InstanceId == instance.Id) || (!volume.Attachments.IsEmpty && !volume.MultiAttach))
        {
            throw new Fault("VolumeInUse", $"{volume.Id} is already attached to an instance");
        }

        if (volume.Zone != instance.Zone)
        {
            throw new Fault(
                "InvalidVolume.ZoneMismatch", $"The volume '{volume.Id}' is not in the same availability zone as instance '{instance.Id}'");
        }

        if (device.Length > 255 || !(device.StartsWith("/dev/", StringComparison.Ordinal) || device.StartsWith("xvd", StringComparison.Ordinal)))
        {
            throw Fault.Invalid($"Value ({device}) for parameter device is invalid. {device} is not a valid EBS device name.");
        }

        if (AttachmentsOf(context.Here, instance).Any(a => a.Attachment.Device == device))
        {
            throw Fault.Invalid($"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use");
        }
    }

    private static string VolumeZone(CommandContext context, string? name, string? zoneId)
    {
        foreach (Zone zone in Regions.ZonesOf(context.Account, context.Region))
        {
            if ((name is null || zone.Name == name) && (zoneId is null || zone.ZoneId == zoneId))
            {
                return zone.Name;
            }
        }

        throw new Fault("InvalidZone.NotFound", $"The zone '{name ?? zoneId}' does not exist.");
    }

    private static void RefuseInVolume(Aws.CreateVolumeRequest request)
    {
        (string Name, bool Asked)[] refused =
        [
            ("OutpostArn", request.OutpostArn is not null),
            ("VolumeInitializationRate", request.VolumeInitializationRate is not null),
            ("Operator", request.Operator is not null),
        ];
        foreach ((string name, bool asked) in refused)
        {
            if (asked)
            {
                throw Fault.Unsupported(name);
            }
        }
    }

    private static string StateOf(Volume volume) => volume.Attachments.IsEmpty ? "available" : "in-use";

    private static Aws.Volume ToWire(Partition here, Volume volume) => new()
    {
        VolumeId = volume.Key,
        Size = volume.Size,
        SnapshotId = volume.SnapshotId ?? "",
        AvailabilityZone = volume.Zone,
        AvailabilityZoneId = ZoneIdOf(here, volume.Zone),
        State = StateOf(volume),
        CreateTime = volume.CreateTime,
        Attachments = [.. volume.Attachments.Select(a => ToWire(volume, a))],
        Encrypted = volume.Encrypted,
        KmsKeyId = volume.KmsKeyArn,
        SseType = volume.Encrypted ? "sse-kms" : null,
        VolumeType = volume.VolumeType,
        Iops = volume.Iops,
        Throughput = volume.Throughput,
        MultiAttachEnabled = volume.MultiAttach,
        Operator = Unmanaged,
        Tags = TagRules.ToWire(volume.Tags),
    };

    private static Aws.VolumeAttachment ToWire(Volume volume, VolumeAttachment attachment) => new()
    {
        VolumeId = volume.Key,
        InstanceId = attachment.InstanceId.Value,
        Device = attachment.Device,
        State = "attached",
        AttachTime = attachment.AttachTime,
        DeleteOnTermination = attachment.DeleteOnTermination,
    };
}
