using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Control.Ec2;

public sealed class InstanceLaunchTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_launch_without_a_subnet_goes_to_the_default_vpc()
    {
        Aws.Reservation reservation = lab.Launch(Launches.Ask());
        Aws.Instance launched = reservation.Instances!.Single();
        Assert.StartsWith("r-0", reservation.ReservationId, StringComparison.Ordinal);
        Assert.Equal("pending", launched.State!.Name);
        Assert.Equal("pending", launched.StateReason!.Code);
        Assert.Null(launched.PublicIpAddress);
        Aws.Instance seen = lab.DescribedInstance(launched.InstanceId!);
        Assert.Equal("running", seen.State!.Name);
        Assert.Equal(16, seen.State.Code);
        Assert.Equal("us-east-1a", seen.Placement!.AvailabilityZone);
        Assert.True(lab.Here.Get(new Id<Vpc>(seen.VpcId!)).IsDefault);
        Assert.NotNull(seen.PublicIpAddress);
        Assert.Equal("default", seen.SecurityGroups!.Single().GroupName);
        Assert.Single(seen.BlockDeviceMappings!);
        Assert.Equal("/dev/xvda", seen.RootDeviceName);
    }

    [Fact]
    public void The_zone_chooses_the_default_subnet()
    {
        Aws.Instance launched = lab.LaunchOne(Launches.Ask() with { Placement = new() { AvailabilityZone = "us-east-1c" } });
        Assert.Equal("us-east-1c", launched.Placement!.AvailabilityZone);
        Assert.Equal("InvalidParameterValue", lab.LaunchFault(Launches.Ask() with { Placement = new() { AvailabilityZone = "eu-west-1a" } }));
    }

    [Fact]
    public void Without_a_default_vpc_a_subnet_must_be_named()
    {
        _ = lab.NewVpc();
        Vpc vpc = lab.Here.All<Vpc>().Single(v => v.IsDefault);
        foreach (Subnet subnet in lab.Here.By<Subnet>(vpc.Key).ToList())
        {
            lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet.Key }));
        }

        Assert.Equal("MissingInput", lab.LaunchFault(Launches.Ask()));
        InternetGateway gateway = lab.Here.By<InternetGateway>(vpc.Key).Single();
        lab.Run((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway.Key, VpcId = vpc.Key }));
        lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc.Key }));
        Assert.Equal("VPCIdNotSpecified", lab.LaunchFault(Launches.Ask()));
    }

    [Theory]
    [InlineData("us-east-1", "ip-10-0-1-171.ec2.internal", ".compute-1.amazonaws.com")]
    [InlineData("eu-west-1", "ip-10-0-1-171.eu-west-1.compute.internal", ".eu-west-1.compute.amazonaws.com")]
    public void Rule040_names_follow_the_region_and_the_attributes_of_the_vpc(string region, string name, string publicEnd)
    {
        Lab there = new() { Home = new("000000000000", region) };
        (string vpc, string subnet) = there.NewNetwork(publicIps: true, names: true);
        string id = there.LaunchOne(Launches.Ask(subnet) with { PrivateIpAddress = "10.0.1.171" }).InstanceId!;
        Aws.Instance named = there.DescribedInstance(id);
        Assert.Equal(name, named.PrivateDnsName);
        Assert.Equal(name, named.NetworkInterfaces!.Single().PrivateDnsName);
        Assert.Equal($"ec2-{named.PublicIpAddress!.Replace('.', '-')}{publicEnd}", named.PublicDnsName);
        there.Put(there.Here.Get(new Id<Vpc>(vpc)) with { EnableDnsHostnames = false });
        Aws.Instance unnamed = there.DescribedInstance(id);
        Assert.Equal("", unnamed.PublicDnsName);
        Assert.Null(unnamed.NetworkInterfaces!.Single().PrivateDnsName);
        Assert.Equal(name, unnamed.PrivateDnsName);
    }

    [Fact]
    public void An_instance_may_be_named_after_its_id()
    {
        (_, string subnet) = lab.NewNetwork();
        Aws.Instance launched = lab.LaunchOne(Launches.Ask(subnet) with
        {
            PrivateDnsNameOptions = new() { HostnameType = "resource-name", EnableResourceNameDnsARecord = true },
        });
        Assert.Equal($"{launched.InstanceId}.ec2.internal", launched.PrivateDnsName);
        Assert.True(launched.PrivateDnsNameOptions!.EnableResourceNameDnsARecord);
    }

    [Fact]
    public void Rule037_a_public_address_comes_only_with_one_new_interface()
    {
        (_, string subnet) = lab.NewNetwork(publicIps: true);
        string single = lab.LaunchOne(Launches.Ask(subnet)).InstanceId!;
        Assert.NotNull(lab.DescribedInstance(single).PublicIpAddress);
        string two = lab.LaunchOne(Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, subnet), Launches.Spec(1, subnet)] }).InstanceId!;
        Assert.Null(lab.DescribedInstance(two).PublicIpAddress);
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        string existing = lab.LaunchOne(Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, eni: eni)] }).InstanceId!;
        Assert.Null(lab.DescribedInstance(existing).PublicIpAddress);
        Aws.InstanceNetworkInterfaceSpecification wanted = Launches.Spec(0, subnet) with { AssociatePublicIpAddress = true };
        Assert.Equal("InvalidParameterCombination", lab.LaunchFault(
            Launches.Ask() with { NetworkInterfaces = [wanted, Launches.Spec(1, subnet)] }));
        Aws.InstanceNetworkInterfaceSpecification there = Launches.Spec(0, eni: lab.NewEni(subnet).NetworkInterfaceId);
        Assert.Equal("InvalidParameterCombination", lab.LaunchFault(
            Launches.Ask() with { NetworkInterfaces = [there with { AssociatePublicIpAddress = true }] }));
    }

    [Fact]
    public void Rule037_the_request_stands_over_the_subnets_attribute()
    {
        (_, string open) = lab.NewNetwork(publicIps: true);
        Aws.InstanceNetworkInterfaceSpecification no = Launches.Spec(0, open) with { AssociatePublicIpAddress = false };
        string without = lab.LaunchOne(Launches.Ask() with { NetworkInterfaces = [no] }).InstanceId!;
        Assert.Null(lab.DescribedInstance(without).PublicIpAddress);
        (_, string closed) = lab.NewNetwork();
        Aws.InstanceNetworkInterfaceSpecification yes = Launches.Spec(0, closed) with { AssociatePublicIpAddress = true };
        string with = lab.LaunchOne(Launches.Ask() with { NetworkInterfaces = [yes] }).InstanceId!;
        Assert.NotNull(lab.DescribedInstance(with).PublicIpAddress);
    }

    [Fact]
    public void Interfaces_take_what_their_specifications_say()
    {
        (string vpc, string subnet) = lab.NewNetwork();
        string group = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { VpcId = vpc, GroupName = "web", Description = "d" })).GroupId!;
        Aws.Instance launched = lab.LaunchOne(Launches.Ask(type: "m5.large") with
        {
            NetworkInterfaces =
            [
                Launches.Spec(1, subnet) with { Description = "second", SecondaryPrivateIpAddressCount = 2, DeleteOnTermination = false },
                Launches.Spec(0, subnet) with
                {
                    Groups = [group],
                    PrivateIpAddresses = [new() { PrivateIpAddress = "10.0.1.10", Primary = true }, new() { PrivateIpAddress = "10.0.1.11" }],
                },
            ],
            TagSpecifications = [new() { ResourceType = "network-interface", Tags = [new() { Key = "a", Value = "b" }] }],
        });
        Aws.InstanceNetworkInterface first = launched.NetworkInterfaces![0];
        Aws.InstanceNetworkInterface second = launched.NetworkInterfaces[1];
        Assert.Equal(["10.0.1.10", "10.0.1.11"], first.PrivateIpAddresses!.Select(a => a.PrivateIpAddress!));
        Assert.Equal([true, false], first.PrivateIpAddresses!.Select(a => a.Primary!.Value));
        Assert.Equal("web", first.Groups!.Single().GroupName);
        Assert.True(first.Attachment!.DeleteOnTermination);
        Assert.Equal(3, second.PrivateIpAddresses!.Count);
        Assert.False(second.Attachment!.DeleteOnTermination);
        Assert.Equal(["b", "b"], lab.Here.By<NetworkInterface>(launched.InstanceId!).Select(e => e.Tags["a"]));
        Assert.Equal("10.0.1.10", launched.PrivateIpAddress);
    }

    [Fact]
    public void As_many_instances_are_launched_as_find_addresses()
    {
        string vpc = lab.NewVpc().VpcId!;
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/28").SubnetId!;
        Aws.Reservation reservation = lab.Launch(Launches.Ask(subnet) with { MinCount = 2, MaxCount = 50 });
        Assert.Equal(11, reservation.Instances!.Count);
        Assert.Equal(Enumerable.Range(0, 11), reservation.Instances.Select(i => i.AmiLaunchIndex!.Value));
        Assert.Equal(11, reservation.Instances.Select(i => i.PrivateIpAddress).Distinct().Count());
        Assert.Equal("InsufficientFreeAddressesInSubnet", lab.LaunchFault(Launches.Ask(subnet) with { MinCount = 1, MaxCount = 2 }));
        Assert.Equal("InsufficientFreeAddressesInSubnet", lab.LaunchFault(Launches.Ask(subnet)));
        Aws.Reservation seen = lab.Run((ec2, c) => ec2.DescribeInstances(c, new())).Reservations!.Single();
        Assert.Equal(11, seen.Instances!.Count);
    }

    [Fact]
    public void Ipv6_addresses_are_given_in_the_subnets_block()
    {
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        Prefix block = lab.Here.Get(new Id<Vpc>(vpc)).Ipv6Cidrs[0].Cidr;
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/24", $"{block.Address}/64").SubnetId!;
        Aws.Instance launched = lab.LaunchOne(Launches.Ask(subnet) with { Ipv6AddressCount = 1, EnablePrimaryIpv6 = true });
        Assert.True(block.Contains(IpAddress.Parse(launched.Ipv6Address!)));
        Assert.True(launched.NetworkInterfaces!.Single().Ipv6Addresses!.Single().IsPrimaryIpv6);
        IpAddress wanted = block.Address.Plus(0x77);
        Assert.Equal(wanted.ToString(), lab.LaunchOne(Launches.Ask(subnet) with
        {
            Ipv6Addresses = [new() { Ipv6Address = wanted.ToString() }],
        }).Ipv6Address);
    }

    [Fact]
    public void Volumes_come_from_the_image_and_the_mappings()
    {
        string id = lab.LaunchOne(Launches.Ask() with
        {
            BlockDeviceMappings =
            [
                new() { DeviceName = "/dev/xvda", Ebs = new() { VolumeSize = 20, Encrypted = true } },
                new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 5, VolumeType = "gp3", DeleteOnTermination = false } },
                new() { DeviceName = "/dev/sdb", VirtualName = "ephemeral0" },
            ],
            TagSpecifications = [new() { ResourceType = "volume", Tags = [new() { Key = "a", Value = "b" }] }],
        }).InstanceId!;
        List<Aws.InstanceBlockDeviceMapping> devices = [.. lab.DescribedInstance(id).BlockDeviceMappings!];
        Assert.Equal(["/dev/xvda", "/dev/sdf"], devices.Select(d => d.DeviceName!));
        Volume root = lab.Here.Get(new Id<Volume>(devices[0].Ebs!.VolumeId!));
        Volume data = lab.Here.Get(new Id<Volume>(devices[1].Ebs!.VolumeId!));
        Assert.Equal(("gp3", 20, 3000, 125, true), (root.VolumeType, root.Size, root.Iops!.Value, root.Throughput!.Value, root.Encrypted));
        Assert.Equal(("gp3", 5, false), (data.VolumeType, data.Size, data.Encrypted));
        Assert.Equal("b", data.Tags["a"]);
        lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] }));
        Assert.Equal([data.Id], lab.Here.All<Volume>().Select(v => v.Id));
        Assert.Empty(lab.Here.Get(data.Id).Attachments);
    }

    public static TheoryData<string, Aws.RunInstancesRequest> Refusals => new()
    {
        { "MissingParameter", Launches.Ask() with { ImageId = null } },
        { "MissingParameter", Launches.Ask() with { InstanceType = null } },
        { "MissingParameter", Launches.Ask() with { MinCount = null } },
        { "InvalidParameterValue", Launches.Ask() with { MinCount = 0 } },
        { "InvalidParameterValue", Launches.Ask() with { MinCount = -3, MaxCount = -3 } },
        { "InvalidParameterCombination", Launches.Ask() with { MinCount = 3, MaxCount = 2 } },
        { "InstanceLimitExceeded", Launches.Ask(count: int.MaxValue) },
        { "InvalidAMIID.Malformed", Launches.Ask() with { ImageId = "ami-xyz" } },
        { "InvalidParameterValue", Launches.Ask(type: "t9.huge") },
        { "InvalidKeyPair.NotFound", Launches.Ask() with { KeyName = "none" } },
        { "InvalidSubnetID.NotFound", Launches.Ask("subnet-0123456789abcdef0") },
        { "InvalidGroup.NotFound", Launches.Ask() with { SecurityGroupIds = ["sg-0123456789abcdef0"] } },
        { "InvalidGroup.NotFound", Launches.Ask() with { SecurityGroups = ["none"] } },
        { "InvalidParameterValue", Launches.Ask() with { UserData = "not base64!" } },
        { "InvalidParameterValue", Launches.Ask() with { UserData = Convert.ToBase64String(new byte[16_385]) } },
        { "InvalidPlacementGroup.Unknown", Launches.Ask() with { Placement = new() { GroupName = "none" } } },
        { "InvalidParameterCombination", Launches.Ask() with { Placement = new() { PartitionNumber = 1 } } },
        { "InvalidParameterValue", Launches.Ask() with { MetadataOptions = new() { HttpPutResponseHopLimit = 65 } } },
        { "InvalidParameterCombination", Launches.Ask(type: "m5.large") with { CreditSpecification = new() { CpuCredits = "standard" } } },
        { "InvalidParameterValue", Launches.Ask() with { CreditSpecification = new() { CpuCredits = "much" } } },
        { "InvalidParameterCombination", Launches.Ask() with { CpuOptions = new() { CoreCount = 1 } } },
        { "InvalidParameterCombination", Launches.Ask() with { CpuOptions = new() { CoreCount = 7, ThreadsPerCore = 1 } } },
        { "UnsupportedHibernationConfiguration", Launches.Ask() with { HibernationOptions = new() { Configured = true } } },
        { "InvalidParameterCombination", Launches.Ask() with { EnclaveOptions = new() { Enabled = true } } },
        { "InvalidParameterCombination", Launches.Ask() with { IamInstanceProfile = new() { Name = "a", Arn = "b" } } },
        { "InvalidParameterValue", Launches.Ask() with { IamInstanceProfile = new() { Arn = "arn:aws:s3:::x" } } },
        { "InvalidBlockDeviceMapping", Launches.Ask() with
        {
            BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { VolumeSize = 1 } }],
        } },
        { "InvalidBlockDeviceMapping", Launches.Ask() with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf" }] } },
        { "MissingParameter", Launches.Ask() with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() }] } },
        { "InvalidSnapshot.NotFound", Launches.Ask() with
        {
            BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { SnapshotId = "snap-0123456789abcdef0" } }],
        } },
        { "MissingParameter", Launches.Ask() with { NetworkInterfaces = [new()] } },
        { "InvalidParameterCombination", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(1)] } },
        { "InvalidParameterValue", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0), Launches.Spec(0)] } },
        { "InvalidParameterValue", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0), Launches.Spec(-1)] } },
        { "AttachmentLimitExceeded", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0), Launches.Spec(1), Launches.Spec(2)] } },
        { "InvalidNetworkInterfaceID.NotFound", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, eni: "eni-0123456789abcdef0")] } },
        { "InvalidParameterCombination", Launches.Ask("subnet-1") with { NetworkInterfaces = [Launches.Spec(0)] } },
        { "InvalidParameterCombination", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0)], SecurityGroupIds = ["sg-1"] } },
        { "InvalidParameterCombination", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0)], PrivateIpAddress = "10.0.0.9" } },
        { "InvalidParameterCombination", Launches.Ask(count: 2) with { PrivateIpAddress = "172.31.0.9" } },
        { "InvalidParameterCombination", Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, "subnet-1", "eni-1")] } },
        { "PrivateIpAddressLimitExceeded", Launches.Ask() with
        {
            NetworkInterfaces = [Launches.Spec(0) with { SecondaryPrivateIpAddressCount = 2 }],
        } },
        { "InvalidParameterValue", Launches.Ask() with { PrivateIpAddress = "172.31.0.1" } },
        { "InvalidParameterValue", Launches.Ask() with { PrivateIpAddress = "10.9.9.9" } },
        { "InvalidParameterValue", Launches.Ask() with { TagSpecifications = [new() { ResourceType = "vpc", Tags = [new() { Key = "a" }] }] } },
        { "UnsupportedOperation", Launches.Ask() with { InstanceMarketOptions = new() { MarketType = "spot" } } },
        { "UnsupportedOperation", Launches.Ask() with { Placement = new() { Tenancy = "host" } } },
        { "UnsupportedOperation", Launches.Ask() with { KernelId = "aki-1" } },
        { "InvalidLaunchTemplateId.NotFound", Launches.Ask() with { LaunchTemplate = new() { LaunchTemplateId = "lt-0123456789abcdef0" } } },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_AWS_refuses_is_refused_with_its_code(string code, Aws.RunInstancesRequest request) =>
        Assert.Equal(code, lab.LaunchFault(request));

    [Fact]
    public void The_types_architecture_must_be_the_images()
    {
        string image = lab.Run((ec2, c) => ec2.DescribeImages(c, new() { Filters = [Networks.Filter("name", "al2023-ami-2023.*-x86_64")] }))
            .Images!.Single().ImageId!;
        Assert.Equal("InvalidParameterValue", lab.LaunchFault(Launches.Ask(type: "t4g.micro") with { ImageId = image }));
        const string Parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
        Aws.Instance launched = lab.LaunchOne(Launches.Ask() with { ImageId = $"resolve:ssm:{Parameter}" });
        Assert.Equal(image, launched.ImageId);
        Assert.Equal(("required", 2), (launched.MetadataOptions!.HttpTokens, launched.MetadataOptions.HttpPutResponseHopLimit!.Value));
        Assert.Equal("arm64", lab.LaunchOne(Launches.Ask(type: "t4g.micro")).Architecture);
    }

    [Fact]
    public void Addresses_and_interfaces_in_use_are_refused()
    {
        (_, string subnet) = lab.NewNetwork();
        lab.LaunchOne(Launches.Ask(subnet) with { PrivateIpAddress = "10.0.1.9" });
        Assert.Equal("InvalidIPAddress.InUse", lab.LaunchFault(Launches.Ask(subnet) with { PrivateIpAddress = "10.0.1.9" }));
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        Aws.RunInstancesRequest withEni = Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, eni: eni)] };
        Assert.Equal("InvalidParameterCombination", lab.LaunchFault(withEni with { MaxCount = 2 }));
        lab.LaunchOne(withEni);
        Assert.Equal("InvalidNetworkInterface.InUse", lab.LaunchFault(withEni));
    }

    [Fact]
    public void A_group_of_another_vpc_is_refused()
    {
        (_, string subnet) = lab.NewNetwork();
        string other = lab.NewVpc("10.7.0.0/16").VpcId!;
        Assert.Equal("InvalidParameter", lab.LaunchFault(Launches.Ask(subnet) with { SecurityGroupIds = [lab.DefaultGroup(other).Key] }));
        Assert.Equal("InvalidParameterCombination", lab.LaunchFault(Launches.Ask(subnet) with { SecurityGroups = ["default"] }));
    }
}
