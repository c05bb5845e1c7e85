using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Changes of volumes. Source: EC2 API, ModifyVolume, DescribeVolumesModifications.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<Volume> VolumeChangeFilters = new(_ => null)
    {
        { "modification-state", _ => "completed" },
        { "original-iops", v => Text(v.LastChange?.OriginalIops) },
        { "original-size", v => Text(v.LastChange?.OriginalSize) },
        { "original-volume-type", v => v.LastChange?.OriginalType },
        { "originalMultiAttachEnabled", v => BoolText(v.LastChange?.OriginalMultiAttach == true) },
        { "start-time", v => v.LastChange is { } change ? TimeText(change.Time) : null },
        { "target-iops", v => Text(v.Iops) },
        { "target-size", v => Text<int>(v.Size) },
        { "target-volume-type", v => v.VolumeType },
        { "targetMultiAttachEnabled", v => v.MultiAttach },
        { "volume-id", v => v.Key },
    };

    public Aws.ModifyVolumeResult ModifyVolume(CommandContext context, Aws.ModifyVolumeRequest request)
    {
        Volume volume = VolumeIds.Get(context, request.VolumeId);
        if (request is { Size: null, VolumeType: null, Iops: null, Throughput: null, MultiAttachEnabled: null })
        {
            throw Fault.Combination("At least one attribute of the volume must be specified.");
        }

        if (request.Size < volume.Size)
        {
            throw Fault.Invalid($"New size cannot be smaller than existing size");
        }

        string type = request.VolumeType ?? volume.VolumeType;
        bool same = type == volume.VolumeType;
        VolumeShape shape = VolumeRules.Checked(
            type, request.Size ?? volume.Size, request.Iops ?? (same && type != "gp2" ? volume.Iops : null),
            request.Throughput ?? (same ? volume.Throughput : null));
        bool multi = request.MultiAttachEnabled ?? volume.MultiAttach;
        if (multi && type is not ("io1" or "io2"))
        {
            throw Fault.Combination("Multi-Attach is supported only for io1 and io2 volumes.");
        }

        Volume changed = context.Put(volume with
        {
            Size = shape.Size,
            VolumeType = shape.Type,
            Iops = shape.Iops,
            Throughput = shape.Throughput,
            MultiAttach = multi,
            LastChange = new VolumeChange(
                context.Now, volume.Size, volume.VolumeType, volume.Iops, volume.Throughput, volume.MultiAttach),
        });
        return new Aws.ModifyVolumeResult
        {
            VolumeModification = ChangeToWire(changed) with { ModificationState = "modifying", Progress = 0, EndTime = null },
        };
    }

    public Aws.DescribeVolumesModificationsResult DescribeVolumesModifications(
        CommandContext context, Aws.DescribeVolumesModificationsRequest request)
    {
        Pager.RefuseIdsWithPages(request.VolumeIds, "volumeIds", request.MaxResults);
        IEnumerable<Volume> rows = VolumeIds.GetAll(context, request.VolumeIds).Where(v => v.LastChange is not null);
        Page<Volume> page = Pager.Page(
            VolumeChangeFilters.Apply(context, rows, request.Filters), request.MaxResults, request.NextToken, 1, 500);
        return new Aws.DescribeVolumesModificationsResult
        {
            VolumesModifications = [.. page.Rows.Select(ChangeToWire)],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Nothing is kept in a recycle bin: a deleted volume is gone.</summary>
    public Aws.RestoreVolumeFromRecycleBinResult RestoreVolumeFromRecycleBin(
        CommandContext context, Aws.RestoreVolumeFromRecycleBinRequest request)
    {
        string id = VolumeIds.Parse(request.VolumeId).Value;
        throw new Fault("InvalidVolume.NotFound", $"The volume '{id}' does not exist in the recycle bin.");
    }

    private static Aws.VolumeModification ChangeToWire(Volume volume) => new()
    {
        VolumeId = volume.Key,
        ModificationState = "completed",
        TargetSize = volume.Size,
        TargetIops = volume.Iops,
        TargetVolumeType = volume.VolumeType,
        TargetThroughput = volume.Throughput,
        TargetMultiAttachEnabled = volume.MultiAttach,
        OriginalSize = volume.LastChange?.OriginalSize,
        OriginalIops = volume.LastChange?.OriginalIops,
        OriginalVolumeType = volume.LastChange?.OriginalType,
        OriginalThroughput = volume.LastChange?.OriginalThroughput,
        OriginalMultiAttachEnabled = volume.LastChange?.OriginalMultiAttach,
        Progress = 100,
        StartTime = volume.LastChange?.Time,
        EndTime = volume.LastChange?.Time,
    };
}
