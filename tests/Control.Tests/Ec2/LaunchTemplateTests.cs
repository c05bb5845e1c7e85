namespace Trunkline.Tests.Control.Ec2;

public sealed class LaunchTemplateTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Versions_are_numbered_described_and_chosen()
    {
        string id = NewTemplate(new() { InstanceType = "t3.micro", ImageId = Launches.Image }).LaunchTemplateId!;
        Aws.LaunchTemplateVersion second = lab.Run((ec2, c) => ec2.CreateLaunchTemplateVersion(c, new()
        {
            LaunchTemplateId = id,
            SourceVersion = "1",
            VersionDescription = "bigger",
            LaunchTemplateData = new() { InstanceType = "m5.large" },
        })).LaunchTemplateVersion!;
        Assert.Equal(2L, second.VersionNumber);
        Assert.Equal(("m5.large", Launches.Image), (second.LaunchTemplateData!.InstanceType, second.LaunchTemplateData.ImageId));
        Assert.Equal([1L], Versions(new() { LaunchTemplateName = "web", Versions = ["$Default"] }));
        Assert.Equal([2L], Versions(new() { LaunchTemplateId = id, Versions = ["$Latest"] }));
        Assert.Equal([1L, 2L], Versions(new() { LaunchTemplateId = id }));
        Assert.Equal([2L], Versions(new() { LaunchTemplateId = id, MinVersion = "2" }));
        Assert.Equal([2L], Versions(new() { Versions = ["$Latest"] }));
        Assert.Equal([1L], Versions(new() { LaunchTemplateId = id, Filters = [Networks.Filter("instance-type", "t3.*")] }));
        Assert.Equal(2L, lab.Run((ec2, c) => ec2.ModifyLaunchTemplate(
            c, new() { LaunchTemplateId = id, DefaultVersion = "2" })).LaunchTemplate!.DefaultVersionNumber);
        Aws.DeleteLaunchTemplateVersionsResult deleted = lab.Run((ec2, c) => ec2.DeleteLaunchTemplateVersions(
            c, new() { LaunchTemplateId = id, Versions = ["1", "9"] }));
        Assert.Equal(1L, deleted.SuccessfullyDeletedLaunchTemplateVersions!.Single().VersionNumber);
        Assert.Equal("launchTemplateVersionDoesNotExist", deleted.UnsuccessfullyDeletedLaunchTemplateVersions!.Single().ResponseError!.Code);
        Assert.Equal(3L, lab.Run((ec2, c) => ec2.CreateLaunchTemplateVersion(
            c, new() { LaunchTemplateId = id, LaunchTemplateData = new() })).LaunchTemplateVersion!.VersionNumber);
    }

    [Fact]
    public void A_launch_takes_from_the_template_what_the_request_leaves_open()
    {
        (_, string subnet) = lab.NewNetwork();
        string id = NewTemplate(new()
        {
            ImageId = Launches.Image,
            InstanceType = "m5.large",
            UserData = Convert.ToBase64String("hello"u8),
            NetworkInterfaces = [new() { DeviceIndex = 0, SubnetId = subnet, AssociatePublicIpAddress = true }],
            BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { VolumeSize = 33 } }],
            MetadataOptions = new() { HttpTokens = "required" },
            TagSpecifications =
            [
                new() { ResourceType = "instance", Tags = [new() { Key = "a", Value = "template" }, new() { Key = "b", Value = "template" }] },
            ],
        }).LaunchTemplateId!;
        Aws.Instance launched = lab.LaunchOne(new()
        {
            MinCount = 1,
            MaxCount = 1,
            InstanceType = "t3.small",
            LaunchTemplate = new() { LaunchTemplateId = id },
            TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "a", Value = "request" }] }],
        });
        Aws.Instance seen = lab.DescribedInstance(launched.InstanceId!);
        Assert.Equal(("t3.small", subnet, "required"), (seen.InstanceType, seen.SubnetId, seen.MetadataOptions!.HttpTokens));
        Assert.NotNull(seen.PublicIpAddress);
        Dictionary<string, string> tags = seen.Tags!.ToDictionary(t => t.Key!, t => t.Value!);
        Assert.Equal(
            ("request", "template", id, "1"),
            (tags["a"], tags["b"], tags["aws:ec2launchtemplate:id"], tags["aws:ec2launchtemplate:version"]));
        Assert.Equal(33, lab.Run((ec2, c) => ec2.DescribeVolumes(c, new())).Volumes!.Single().Size);
        Assert.Equal(Convert.ToBase64String("hello"u8), lab.Run((ec2, c) => ec2.DescribeInstanceAttribute(
            c, new() { InstanceId = launched.InstanceId, Attribute = "userData" })).UserData!.Value);
        Assert.Equal("InvalidParameterCombination", lab.LaunchFault(Launches.Ask(subnet) with { LaunchTemplate = new() { LaunchTemplateId = id } }));
    }

    [Fact]
    public void What_AWS_refuses_is_refused_with_its_code()
    {
        string id = NewTemplate(new()).LaunchTemplateId!;
        Assert.Equal("InvalidLaunchTemplateName.AlreadyExistsException", lab.Refused((ec2, c) => ec2.CreateLaunchTemplate(
            c, new() { LaunchTemplateName = "web", LaunchTemplateData = new() })));
        Assert.Equal("InvalidLaunchTemplateName.MalformedException", lab.Refused((ec2, c) => ec2.CreateLaunchTemplate(
            c, new() { LaunchTemplateName = "a b", LaunchTemplateData = new() })));
        Assert.Equal("InvalidLaunchTemplateName.NotFoundException", lab.Refused((ec2, c) => ec2.DeleteLaunchTemplate(
            c, new() { LaunchTemplateName = "none" })));
        Assert.Equal("InvalidLaunchTemplateId.Malformed", lab.Refused((ec2, c) => ec2.DeleteLaunchTemplate(
            c, new() { LaunchTemplateId = "x" })));
        Assert.Equal("InvalidLaunchTemplateId.VersionNotFound", lab.Refused((ec2, c) => ec2.ModifyLaunchTemplate(
            c, new() { LaunchTemplateId = id, DefaultVersion = "7" })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyLaunchTemplate(
            c, new() { LaunchTemplateId = id, DefaultVersion = "latest" })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DeleteLaunchTemplateVersions(
            c, new() { LaunchTemplateId = id, Versions = ["1"] })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.DeleteLaunchTemplate(
            c, new() { LaunchTemplateId = id, LaunchTemplateName = "web" })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.DescribeLaunchTemplateVersions(c, new())));
        lab.Run((ec2, c) => ec2.DeleteLaunchTemplate(c, new() { LaunchTemplateId = id }));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeLaunchTemplates(c, new())).LaunchTemplates!);
    }

    private Aws.LaunchTemplate NewTemplate(Aws.RequestLaunchTemplateData data) => lab.Run((ec2, c) => ec2.CreateLaunchTemplate(
        c, new() { LaunchTemplateName = "web", LaunchTemplateData = data })).LaunchTemplate!;

    private IEnumerable<long> Versions(Aws.DescribeLaunchTemplateVersionsRequest request) => lab.Run((ec2, c) =>
        ec2.DescribeLaunchTemplateVersions(c, request)).LaunchTemplateVersions!.Select(v => v.VersionNumber!.Value);
}
