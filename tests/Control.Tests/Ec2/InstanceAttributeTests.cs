using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

public sealed class InstanceAttributeTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Attributes_are_changed_one_at_a_time()
    {
        string id = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Modify(new() { InstanceId = id, SourceDestCheck = new() { Value = false } });
        Assert.False(lab.DescribedInstance(id).SourceDestCheck);
        Assert.False(Attribute(id, "sourceDestCheck").SourceDestCheck!.Value);
        Modify(new() { InstanceId = id, InstanceInitiatedShutdownBehavior = new() { Value = "terminate" } });
        Assert.Equal("terminate", Attribute(id, "instanceInitiatedShutdownBehavior").InstanceInitiatedShutdownBehavior!.Value);
        Modify(new() { InstanceId = id, Attribute = "disableApiStop", Value = "true" });
        Assert.True(Attribute(id, "disableApiStop").DisableApiStop!.Value);
        Assert.Equal("InvalidParameterCombination", Refused(new() { InstanceId = id }));
        Assert.Equal("InvalidParameterCombination", Refused(
            new() { InstanceId = id, SourceDestCheck = new() { Value = true }, DisableApiStop = new() { Value = false } }));
        lab.Run((ec2, c) => ec2.ResetInstanceAttribute(c, new() { InstanceId = id, Attribute = "sourceDestCheck" }));
        Assert.True(lab.DescribedInstance(id).SourceDestCheck);
    }

    [Fact]
    public void Type_and_user_data_change_while_it_is_stopped()
    {
        string id = lab.LaunchOne(Launches.Ask() with { UserData = Convert.ToBase64String("one"u8) }).InstanceId!;
        Assert.Equal("IncorrectInstanceState", Refused(new() { InstanceId = id, InstanceType = new() { Value = "m5.large" } }));
        Assert.Equal("IncorrectInstanceState", Refused(new() { InstanceId = id, UserData = new() { Value = "two"u8.ToArray() } }));
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] }));
        Modify(new() { InstanceId = id, InstanceType = new() { Value = "m5.large" } });
        Assert.Equal("m5.large", lab.DescribedInstance(id).InstanceType);
        Assert.Empty(Credits(id));
        Modify(new() { InstanceId = id, UserData = new() { Value = "two"u8.ToArray() } });
        Assert.Equal(Convert.ToBase64String("two"u8), Attribute(id, "userData").UserData!.Value);
        Assert.Equal("InvalidParameterValue", Refused(new() { InstanceId = id, InstanceType = new() { Value = "t4g.micro.x" } }));
    }

    [Fact]
    public void With_two_interfaces_the_interface_must_be_named()
    {
        (string vpc, string subnet) = lab.NewNetwork();
        string id = lab.LaunchOne(Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, subnet), Launches.Spec(1, subnet)] }).InstanceId!;
        Assert.Equal("InvalidInstanceID", Refused(new() { InstanceId = id, SourceDestCheck = new() { Value = false } }));
        Assert.Equal("InvalidInstanceID", Refused(new() { InstanceId = id, Groups = [lab.DefaultGroup(vpc).Key] }));
    }

    [Fact]
    public void Rule056_groups_of_an_instance_are_those_of_its_interface()
    {
        (string vpc, string subnet) = lab.NewNetwork();
        string id = lab.LaunchOne(Launches.Ask(subnet)).InstanceId!;
        string web = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { VpcId = vpc, GroupName = "web", Description = "d" })).GroupId!;
        Modify(new() { InstanceId = id, Groups = [web] });
        Aws.Instance seen = lab.DescribedInstance(id);
        Assert.Equal(web, seen.SecurityGroups!.Single().GroupId);
        Assert.Equal(web, lab.DescribedEni(seen.NetworkInterfaces!.Single().NetworkInterfaceId!).Groups!.Single().GroupId);
        Assert.Equal("InvalidGroup.NotFound", Refused(new() { InstanceId = id, Groups = ["sg-0123456789abcdef0"] }));
    }

    [Fact]
    public void Devices_keep_or_lose_their_volumes_as_they_are_told()
    {
        string id = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Modify(new() { InstanceId = id, BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { DeleteOnTermination = false } }] });
        Assert.False(Attribute(id, "blockDeviceMapping").BlockDeviceMappings!.Single().Ebs!.DeleteOnTermination);
        Assert.Equal("InvalidInstanceAttributeValue", Refused(
            new() { InstanceId = id, BlockDeviceMappings = [new() { DeviceName = "/dev/sdz", Ebs = new() { DeleteOnTermination = false } }] }));
        lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] }));
        Assert.Single(lab.Here.All<Volume>());
    }

    [Fact]
    public void Options_are_changed_by_their_own_operations()
    {
        string id = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Assert.Equal("pending", lab.Run((ec2, c) => ec2.ModifyInstanceMetadataOptions(
            c, new() { InstanceId = id, HttpTokens = "required", HttpPutResponseHopLimit = 5 })).InstanceMetadataOptions!.State);
        Aws.InstanceMetadataOptionsResponse options = lab.DescribedInstance(id).MetadataOptions!;
        Assert.Equal(("required", 5, "enabled", "applied"), (options.HttpTokens, options.HttpPutResponseHopLimit!.Value, options.HttpEndpoint, options.State));
        lab.Run((ec2, c) => ec2.ModifyInstanceMaintenanceOptions(c, new() { InstanceId = id, AutoRecovery = "disabled" }));
        Assert.Equal("disabled", lab.DescribedInstance(id).MaintenanceOptions!.AutoRecovery);
        Assert.Equal("account", lab.Run((ec2, c) => ec2.GetInstanceMetadataDefaults(c, new())).AccountLevel!.ManagedBy);
        Assert.Equal("", lab.Run((ec2, c) => ec2.GetPasswordData(c, new() { InstanceId = id })).PasswordData);
        Assert.Null(lab.Run((ec2, c) => ec2.GetConsoleOutput(c, new() { InstanceId = id })).Output);
    }

    [Fact]
    public void Credits_belong_to_burstable_types()
    {
        string burst = lab.LaunchOne(Launches.Ask()).InstanceId!;
        string old = lab.LaunchOne(Launches.Ask(type: "t2.micro")).InstanceId!;
        string fixedSpeed = lab.LaunchOne(Launches.Ask(type: "m5.large")).InstanceId!;
        Assert.Equal(["unlimited"], Credits(burst));
        Assert.Equal(["standard"], Credits(old));
        Aws.ModifyInstanceCreditSpecificationResult result = lab.Run((ec2, c) => ec2.ModifyInstanceCreditSpecification(c, new()
        {
            InstanceCreditSpecifications =
            [
                new() { InstanceId = burst, CpuCredits = "standard" },
                new() { InstanceId = fixedSpeed, CpuCredits = "standard" },
                new() { InstanceId = "i-0123456789abcdef0", CpuCredits = "standard" },
            ],
        }));
        Assert.Equal(burst, result.SuccessfulInstanceCreditSpecifications!.Single().InstanceId);
        Assert.Equal(
            ["InstanceCreditSpecification.NotSupported", "InvalidInstanceID.NotFound"],
            result.UnsuccessfulInstanceCreditSpecifications!.Select(u => u.Error!.Code!));
        Assert.Equal(["standard"], Credits(burst));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeInstanceCreditSpecifications(c, new())).InstanceCreditSpecifications!);
    }

    [Fact]
    public void Profiles_come_go_and_are_replaced()
    {
        foreach (string name in new[] { "web", "db" })
        {
            lab.Put(new InstanceProfile { Name = name, ProfileId = "AIPA" + name, RoleName = "any", CreateDate = lab.Now });
        }

        string id = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Aws.IamInstanceProfileAssociation made = lab.Run((ec2, c) => ec2.AssociateIamInstanceProfile(
            c, new() { InstanceId = id, IamInstanceProfile = new() { Name = "web" } })).IamInstanceProfileAssociation!;
        Assert.Equal("arn:aws:iam::000000000000:instance-profile/web", lab.DescribedInstance(id).IamInstanceProfile!.Arn);
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.AssociateIamInstanceProfile(
            c, new() { InstanceId = id, IamInstanceProfile = new() { Name = "db" } })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReplaceIamInstanceProfileAssociation(
            c, new() { AssociationId = made.AssociationId, IamInstanceProfile = new() { Name = "none" } })));
        Aws.IamInstanceProfileAssociation other = lab.Run((ec2, c) => ec2.ReplaceIamInstanceProfileAssociation(
            c, new() { AssociationId = made.AssociationId, IamInstanceProfile = new() { Name = "db" } })).IamInstanceProfileAssociation!;
        Assert.NotEqual(made.AssociationId, other.AssociationId);
        Assert.Equal("associated", lab.Run((ec2, c) => ec2.DescribeIamInstanceProfileAssociations(
            c, new() { Filters = [Networks.Filter("instance-id", id)] })).IamInstanceProfileAssociations!.Single().State);
        lab.Run((ec2, c) => ec2.DisassociateIamInstanceProfile(c, new() { AssociationId = other.AssociationId }));
        Assert.Null(lab.DescribedInstance(id).IamInstanceProfile);
        Assert.Equal("NoSuchAssociation", lab.Refused((ec2, c) => ec2.DisassociateIamInstanceProfile(
            c, new() { AssociationId = other.AssociationId })));
    }

    [Fact]
    public void Placement_groups_hold_instances_by_strategy()
    {
        NewGroup("rows", "partition", partitions: 3);
        NewGroup("near", "cluster");
        Aws.Placement rows = new() { GroupName = "rows" };
        List<Aws.Instance> launched = [.. lab.Launch(Launches.Ask(count: 4) with { Placement = rows }).Instances!];
        Assert.Equal([1, 2, 3, 1], launched.Select(i => i.Placement!.PartitionNumber!.Value));
        Assert.Equal("InvalidParameterCombination", lab.LaunchFault(Launches.Ask() with { Placement = new() { GroupName = "near" } }));
        Assert.Equal("InvalidParameterValue", lab.LaunchFault(Launches.Ask() with { Placement = rows with { PartitionNumber = 4 } }));
        Assert.Equal("InvalidPlacementGroup.InUse", lab.Refused((ec2, c) => ec2.DeletePlacementGroup(c, new() { GroupName = "rows" })));
        Assert.Equal("UnsupportedOperation", lab.Refused(
            (ec2, c) => ec2.CreatePlacementGroup(c, new() { GroupName = "inner", ParentGroupId = "pg-0123456789abcdef0" })));
        Assert.Equal("InvalidPlacementGroup.Duplicate", lab.Refused((ec2, c) => ec2.CreatePlacementGroup(c, new() { GroupName = "near" })));
        lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [.. launched.Select(i => i.InstanceId!)] }));
        lab.Run((ec2, c) => ec2.DeletePlacementGroup(c, new() { GroupName = "rows" }));
        Assert.Equal("near", lab.Run((ec2, c) => ec2.DescribePlacementGroups(c, new())).PlacementGroups!.Single().GroupName);
        Assert.Equal("InvalidPlacementGroup.Unknown", lab.Refused((ec2, c) => ec2.DescribePlacementGroups(c, new() { GroupNames = ["rows"] })));
    }

    [Theory]
    [InlineData("instance-state-name", "running", 2)]
    [InlineData("instance-state-code", "80", 1)]
    [InlineData("tag:Name", "web*", 1)]
    [InlineData("tag-key", "Name", 1)]
    [InlineData("private-ip-address", "10.0.1.10", 1)]
    [InlineData("network-interface.addresses.private-ip-address", "10.0.1.11", 1)]
    [InlineData("private-dns-name", "ip-10-0-1-10.ec2.internal", 1)]
    [InlineData("instance-type", "t3.*", 2)]
    [InlineData("subnet-id", "subnet-*", 3)]
    [InlineData("instance.group-name", "default", 3)]
    [InlineData("block-device-mapping.device-name", "/dev/xvda", 3)]
    [InlineData("architecture", "arm64", 1)]
    [InlineData("network-interface.attachment.device-index", "0", 3)]
    [InlineData("network-interface.attachment.device-index", "1", 0)]
    [InlineData("source-dest-check", "true", 3)]
    [InlineData("ip-address", "*", 0)]
    [InlineData("owner-id", "000000000000", 3)]
    public void Filters_find_instances(string name, string value, int count)
    {
        (_, string subnet) = lab.NewNetwork();
        lab.LaunchOne(Launches.Ask(subnet) with
        {
            PrivateIpAddress = "10.0.1.10",
            TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "Name", Value = "web-1" }] }],
        });
        lab.LaunchOne(Launches.Ask(subnet, "t4g.small") with { PrivateIpAddress = "10.0.1.20" });
        string stopped = lab.LaunchOne(Launches.Ask(type: "t3.small") with
        {
            NetworkInterfaces =
            [
                Launches.Spec(0, subnet) with
                {
                    PrivateIpAddresses = [new() { Primary = true, PrivateIpAddress = "10.0.1.12" }, new() { PrivateIpAddress = "10.0.1.11" }],
                },
            ],
        }).InstanceId!;
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [stopped] }));
        Assert.Equal(count, lab.DescribedInstances(new() { Filters = [Networks.Filter(name, value)] }).Count);
    }

    [Fact]
    public void Pages_give_each_instance_once()
    {
        lab.Launch(Launches.Ask(count: 12));
        List<string> seen = [];
        string? token = null;
        do
        {
            Aws.DescribeInstancesResult page = lab.Run((ec2, c) => ec2.DescribeInstances(c, new() { MaxResults = 5, NextToken = token }));
            seen.AddRange(page.Reservations!.SelectMany(r => r.Instances!).Select(i => i.InstanceId!));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal(12, seen.Count);
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.DescribeInstances(
            c, new() { InstanceIds = [seen[0]], MaxResults = 5 })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeInstances(c, new() { MaxResults = 4 })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeInstances(c, new() { Filters = [Networks.Filter("colour", "x")] })));
    }

    private void Modify(Aws.ModifyInstanceAttributeRequest request) => lab.Run((ec2, c) => ec2.ModifyInstanceAttribute(c, request));

    private string Refused(Aws.ModifyInstanceAttributeRequest request) => lab.Refused((ec2, c) => ec2.ModifyInstanceAttribute(c, request));

    private Aws.InstanceAttribute Attribute(string id, string name) =>
        lab.Run((ec2, c) => ec2.DescribeInstanceAttribute(c, new() { InstanceId = id, Attribute = name }));

    private IEnumerable<string> Credits(string id) => lab.Run((ec2, c) => ec2.DescribeInstanceCreditSpecifications(
        c, new() { InstanceIds = [id] })).InstanceCreditSpecifications!.Select(s => s.CpuCredits!);

    private void NewGroup(string name, string strategy, int? partitions = null) => lab.Run((ec2, c) => ec2.CreatePlacementGroup(
        c, new() { GroupName = name, Strategy = strategy, PartitionCount = partitions }));
}
