namespace Trunkline.Tests.Control.Ec2;

public sealed class VolumeTests
{
    private readonly Lab lab = new();

    [Theory]
    [InlineData(null, 10, null, null, "gp2", 100, null)]
    [InlineData("gp2", 1000, null, null, "gp2", 3000, null)]
    [InlineData("gp3", 10, null, null, "gp3", 3000, 125)]
    [InlineData("gp3", 10, 4000, 500, "gp3", 4000, 500)]
    [InlineData("io2", 10, 5000, null, "io2", 5000, null)]
    [InlineData("st1", 125, null, null, "st1", null, null)]
    public void Defaults_follow_the_type(string? type, int size, int? iops, int? throughput, string made, int? givenIops, int? givenThroughput)
    {
        Aws.Volume volume = New(new() { VolumeType = type, Size = size, Iops = iops, Throughput = throughput });
        Assert.Equal(
            (made, size, givenIops, givenThroughput, "creating"),
            (volume.VolumeType, volume.Size!.Value, volume.Iops, volume.Throughput, volume.State));
        Assert.Equal("available", Seen(volume.VolumeId!).State);
    }

    [Theory]
    [InlineData("gp3", 0, null, null, "InvalidParameterValue")]
    [InlineData("gp3", 99999, null, null, "InvalidParameterValue")]
    [InlineData("st1", 100, null, null, "InvalidParameterValue")]
    [InlineData("gp2", 10, 3000, null, "InvalidParameterCombination")]
    [InlineData("gp2", 10, null, 200, "InvalidParameterCombination")]
    [InlineData("io1", 10, null, null, "MissingParameter")]
    [InlineData("io1", 10, 5000, null, "InvalidParameterCombination")]
    [InlineData("gp3", 10, 100, null, "InvalidParameterValue")]
    [InlineData("gp3", 10, 3000, 2001, "InvalidParameterValue")]
    [InlineData("gp3", 10, 3000, 1000, "InvalidParameterCombination")]
    [InlineData("gp3", null, null, null, "MissingParameter")]
    public void Shapes_that_AWS_refuses_are_refused(string type, int? size, int? iops, int? throughput, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateVolume(
            c, new() { AvailabilityZone = "us-east-1a", VolumeType = type, Size = size, Iops = iops, Throughput = throughput })));

    [Fact]
    public void Other_refusals_bear_their_codes()
    {
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateVolume(c, new() { Size = 1 })));
        Assert.Equal("InvalidZone.NotFound", lab.Refused((ec2, c) => ec2.CreateVolume(c, new() { Size = 1, AvailabilityZone = "mars-1a" })));
        Assert.Equal("InvalidParameterDependency", lab.Refused((ec2, c) => ec2.CreateVolume(
            c, new() { Size = 1, AvailabilityZone = "us-east-1a", KmsKeyId = "alias/x" })));
        Assert.Equal("InvalidSnapshot.NotFound", lab.Refused((ec2, c) => ec2.CreateVolume(
            c, new() { AvailabilityZone = "us-east-1a", SnapshotId = "snap-0123456789abcdef0" })));
        Assert.Equal("InvalidVolume.NotFound", lab.Refused((ec2, c) => ec2.DeleteVolume(c, new() { VolumeId = "vol-0123456789abcdef0" })));
        Assert.Equal("InvalidVolume.NotFound", lab.Refused((ec2, c) => ec2.RestoreVolumeFromRecycleBin(
            c, new() { VolumeId = "vol-0123456789abcdef0" })));
    }

    [Fact]
    public void A_volume_is_attached_and_detached_in_its_zone()
    {
        string here = New(new() { Size = 1 }).VolumeId!;
        string there = New(new() { Size = 1, AvailabilityZone = "us-east-1b" }).VolumeId!;
        string id = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Aws.AttachVolumeRequest attach = new() { VolumeId = here, InstanceId = id, Device = "/dev/sdf" };
        Assert.Equal("attaching", lab.Run((ec2, c) => ec2.AttachVolume(c, attach)).State);
        Assert.Equal("in-use", Seen(here).State);
        Assert.Equal("VolumeInUse", lab.Refused((ec2, c) => ec2.AttachVolume(c, attach)));
        Assert.Equal("VolumeInUse", lab.Refused((ec2, c) => ec2.DeleteVolume(c, new() { VolumeId = here })));
        Assert.Equal("InvalidVolume.ZoneMismatch", lab.Refused((ec2, c) => ec2.AttachVolume(c, attach with { VolumeId = there })));
        string other = New(new() { Size = 1 }).VolumeId!;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AttachVolume(c, attach with { VolumeId = other })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AttachVolume(c, attach with { VolumeId = other, Device = "C:" })));
        Assert.Equal("InvalidAttachment.NotFound", lab.Refused((ec2, c) => ec2.DetachVolume(c, new() { VolumeId = here, Device = "/dev/sdz" })));
        Assert.Equal("detaching", lab.Run((ec2, c) => ec2.DetachVolume(c, new() { VolumeId = here })).State);
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DetachVolume(c, new() { VolumeId = here })));
        lab.Run((ec2, c) => ec2.DeleteVolume(c, new() { VolumeId = here }));
        string root = lab.DescribedInstance(id).BlockDeviceMappings!.Single().Ebs!.VolumeId!;
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.DetachVolume(c, new() { VolumeId = root })));
    }

    [Fact]
    public void A_volume_grows_and_never_shrinks()
    {
        string id = New(new() { Size = 10 }).VolumeId!;
        Aws.VolumeModification change = lab.Run((ec2, c) => ec2.ModifyVolume(
            c, new() { VolumeId = id, Size = 20, VolumeType = "gp3" })).VolumeModification!;
        Assert.Equal(("modifying", 10, 20, "gp2", "gp3", 100, 3000), (
            change.ModificationState, change.OriginalSize!.Value, change.TargetSize!.Value, change.OriginalVolumeType, change.TargetVolumeType,
            change.OriginalIops!.Value, change.TargetIops!.Value));
        Assert.Equal("completed", lab.Run((ec2, c) => ec2.DescribeVolumesModifications(c, new())).VolumesModifications!.Single().ModificationState);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyVolume(c, new() { VolumeId = id, Size = 5 })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.ModifyVolume(c, new() { VolumeId = id })));
        Assert.Equal(125, Seen(id).Throughput);
    }

    private Aws.Volume New(Aws.CreateVolumeRequest request) => lab.Run((ec2, c) => ec2.CreateVolume(
        c, request with { AvailabilityZone = request.AvailabilityZone ?? "us-east-1a" }));

    private Aws.Volume Seen(string id) => lab.Run((ec2, c) => ec2.DescribeVolumes(c, new() { VolumeIds = [id] })).Volumes!.Single();
}
