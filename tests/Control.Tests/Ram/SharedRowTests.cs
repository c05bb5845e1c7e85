using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Elb;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Control.Ram;

/// <summary>What receivers see and use of other accounts' prefix lists and subnets.</summary>
public sealed class SharedRowTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_shared_prefix_list_follows_its_owner_and_stays_with_the_rules_that_name_it()
    {
        string arn = lab.List();
        string id = arn[(arn.LastIndexOf('/') + 1)..];
        string share = lab.Share(arn);
        lab.Accept(share);
        Assert.Equal(("000000000000", arn), Shown(id));
        string group = lab.Run((s, c) => s.CreateSecurityGroup(c, new() { GroupName = "g", Description = "d" }), RamLab.Receiver).GroupId!;
        lab.Run((s, c) => s.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = group,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, PrefixListIds = [new() { PrefixListIdValue = id }] }],
        }), RamLab.Receiver);
        Assert.Equal("UnauthorizedOperation", lab.Refused(
            (s, c) => s.ModifyManagedPrefixList(c, new() { PrefixListId = id, PrefixListName = "mine" }), RamLab.Receiver));
        Assert.Equal("DependencyViolation", lab.Refused((s, c) => s.DeleteManagedPrefixList(c, new() { PrefixListId = id })));
        Assert.Equal([(group, RamLab.Receiver)], lab.Run((s, c) => s.GetManagedPrefixListAssociations(c, new() { PrefixListId = id }))
            .PrefixListAssociations!.Select(a => (a.ResourceId!, a.ResourceOwner!)));
        lab.Ram((s, c) => s.DeleteResourceShare(c, new() { ResourceShareArn = share }));
        Assert.Equal("InvalidPrefixListID.NotFound", lab.Refused(
            (s, c) => s.DescribeManagedPrefixLists(c, new() { PrefixListIds = [id] }), RamLab.Receiver));
        lab.Run((s, c) => s.ModifyManagedPrefixList(c, new() { PrefixListId = id, AddEntries = [new() { Cidr = "10.10.0.0/16" }] }));
        Assert.Equal(2, PrefixLists.EntriesOf(Theirs, id).Length);
        Assert.Equal("InvalidPrefixListID.NotFound", lab.Refused((s, c) => s.AuthorizeSecurityGroupEgress(c, new()
        {
            GroupId = group,
            IpPermissions = [new() { IpProtocol = "-1", PrefixListIds = [new() { PrefixListIdValue = id }] }],
        }), RamLab.Receiver));
    }

    [Fact]
    public void A_copy_of_a_list_that_nothing_names_goes_with_the_share()
    {
        string arn = lab.List();
        string share = lab.Share(arn);
        lab.Accept(share);
        Assert.Single(Theirs.All<PrefixList>());
        lab.Ram((s, c) => s.DisassociateResourceShare(c, new() { ResourceShareArn = share, ResourceArns = [arn] }));
        Assert.Empty(Theirs.All<PrefixList>());
    }

    [Fact]
    public void A_guest_launches_into_a_shared_subnet_and_its_packets_meet_the_owners_interfaces()
    {
        (string vpc, string subnet, _) = SharedSubnet();
        string zoneId = lab.Run((s, c) => s.DescribeSubnets(c, new() { SubnetIds = [subnet] })).Subnets!.Single().AvailabilityZoneId!;
        Wire.Ec2.Subnet seen = lab.Run((s, c) => s.DescribeSubnets(c, new() { SubnetIds = [subnet] }), RamLab.Receiver).Subnets!.Single();
        Assert.Equal(("000000000000", zoneId), (seen.OwnerId, seen.AvailabilityZoneId));
        Assert.Equal("000000000000", lab.Run((s, c) => s.DescribeVpcs(c, new() { VpcIds = [vpc] }), RamLab.Receiver).Vpcs!.Single().OwnerId);
        string group = lab.Run((s, c) => s.CreateSecurityGroup(c, new() { GroupName = "g", Description = "d", VpcId = vpc }), RamLab.Receiver).GroupId!;
        lab.Run((s, c) => s.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = group,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, IpRanges = [new() { CidrIp = "10.0.0.0/16" }] }],
        }), RamLab.Receiver);
        NetworkInterface mine = Machine(subnet, null, null);
        NetworkInterface theirs = Machine(subnet, group, RamLab.Receiver);
        Assert.NotEqual(mine.PrimaryIp, theirs.PrimaryIp);
        Tracer tracer = new(Compiler.Compile(lab.Cloud));
        Assert.True(Reaches(tracer, mine, theirs, 80));
        Assert.False(Reaches(tracer, mine, theirs, 81));
        ForwardingState applied = Compiler.Apply(Compiler.Compile(CloudSnapshot.Empty), lab.Cloud, lab.Changes);
        Assert.True(Reaches(new Tracer(applied), mine, theirs, 80));
        Assert.False(Reaches(new Tracer(applied), theirs, mine, 80));
    }

    [Fact]
    public void Nobody_gets_an_address_of_a_shared_subnet_that_another_account_has()
    {
        (string vpc, string subnet, _) = SharedSubnet();
        string group = lab.Run((s, c) => s.CreateSecurityGroup(c, new() { GroupName = "g", Description = "d", VpcId = vpc }), RamLab.Receiver).GroupId!;
        string Interface(string? account, string? ip) => lab.Run((s, c) => s.CreateNetworkInterface(
            c, new() { SubnetId = subnet, PrivateIpAddress = ip, Groups = account is null ? null : [group] }), account).NetworkInterface!.NetworkInterfaceId!;
        string first = Interface(RamLab.Receiver, "10.0.0.10");
        Assert.Equal("InvalidIPAddress.InUse", lab.Refused(
            (s, c) => s.CreateNetworkInterface(c, new() { SubnetId = subnet, PrivateIpAddress = "10.0.0.10" })));
        for (int i = 0; i < 10; i++)
        {
            Interface(i % 2 == 0 ? null : RamLab.Receiver, null);
        }

        Assert.Equal("InsufficientFreeAddressesInSubnet", lab.Refused((s, c) => s.CreateNetworkInterface(c, new() { SubnetId = subnet })));
        Assert.Equal("InsufficientFreeAddressesInSubnet", lab.Refused(
            (s, c) => s.CreateNetworkInterface(c, new() { SubnetId = subnet, Groups = [group] }), RamLab.Receiver));
        lab.Run((s, c) => s.DeleteNetworkInterface(c, new() { NetworkInterfaceId = first }), RamLab.Receiver);
        Interface(null, "10.0.0.10");
    }

    /// <summary>AWS, "Share your VPC subnets": participants cannot use the default security group, which is the owner's.</summary>
    [Fact]
    public void A_guest_has_no_default_group_in_a_shared_VPC()
    {
        (_, string subnet, _) = SharedSubnet();
        Assert.Equal("InvalidSecurityGroup", lab.DoRefused(c => new ElbService().CreateLoadBalancer(c, new()
        {
            LoadBalancerName = "b",
            Listeners = [new() { Protocol = "TCP", LoadBalancerPort = 80, InstancePort = 80 }],
            Subnets = [subnet],
            Scheme = "internal",
        }), RamLab.Receiver));
    }

    [Fact]
    public void A_guest_changes_nothing_of_the_owners_and_the_owner_keeps_what_guests_use()
    {
        (string vpc, string subnet, string share) = SharedSubnet();
        Assert.Equal("UnauthorizedOperation", lab.Refused((s, c) => s.DeleteSubnet(c, new() { SubnetId = subnet }), RamLab.Receiver));
        Assert.Equal("UnauthorizedOperation", lab.Refused((s, c) => s.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = "10.0.1.0/24" }), RamLab.Receiver));
        Assert.Equal("UnauthorizedOperation", lab.Refused((s, c) => s.DeleteVpc(c, new() { VpcId = vpc }), RamLab.Receiver));
        Assert.Equal("InvalidGroup.NotFound", lab.Refused((s, c) => s.CreateNetworkInterface(c, new() { SubnetId = subnet }), RamLab.Receiver));
        lab.Run((s, c) => s.ModifySubnetAttribute(c, new() { SubnetId = subnet, MapPublicIpOnLaunch = new() { Value = true } }));
        Assert.True(Theirs.Get(new Id<Subnet>(subnet)).MapPublicIpOnLaunch);
        string group = lab.Run((s, c) => s.CreateSecurityGroup(c, new() { GroupName = "g", Description = "d", VpcId = vpc }), RamLab.Receiver).GroupId!;
        string eni = lab.Run((s, c) => s.CreateNetworkInterface(c, new() { SubnetId = subnet, Groups = [group] }), RamLab.Receiver)
            .NetworkInterface!.NetworkInterfaceId!;
        Assert.Equal("DependencyViolation", lab.Refused((s, c) => s.DeleteSubnet(c, new() { SubnetId = subnet })));
        lab.Ram((s, c) => s.DeleteResourceShare(c, new() { ResourceShareArn = share }));
        Assert.Equal("InvalidSubnetID.NotFound", lab.Refused((s, c) => s.DescribeSubnets(c, new() { SubnetIds = [subnet] }), RamLab.Receiver));
        Assert.Single(lab.Run((s, c) => s.DescribeNetworkInterfaces(c, new() { NetworkInterfaceIds = [eni] }), RamLab.Receiver).NetworkInterfaces!);
        lab.Run((s, c) => s.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }), RamLab.Receiver);
        string other = lab.Share($"arn:aws:ec2:us-east-1:000000000000:subnet/{subnet}");
        lab.Run((s, c) => s.DeleteSubnet(c, new() { SubnetId = subnet }));
        Assert.Empty(lab.Ram((s, c) => s.ListResources(c, new() { ResourceOwner = "SELF", ResourceShareArns = [other] })).Resources!);
        Assert.Empty(Theirs.All<Subnet>().Where(s => s.Owner is not null));
        lab.Run((s, c) => s.DeleteVpc(c, new() { VpcId = vpc }));
        Assert.Empty(Theirs.All<Vpc>().Where(v => v.Owner is not null));
        Assert.Null(Theirs.Find(new Id<SecurityGroup>(group)));
    }

    private Partition Theirs => lab.Cloud.Partition(lab.Home with { Account = RamLab.Receiver });

    private (string? Owner, string? Arn) Shown(string id)
    {
        Wire.Ec2.ManagedPrefixList list = lab.Run(
            (s, c) => s.DescribeManagedPrefixLists(c, new() { PrefixListIds = [id] }), RamLab.Receiver).PrefixLists!.Single();
        return (list.OwnerId, list.PrefixListArn);
    }

    /// <summary>A /28 of an organization's VPC, shared.</summary>
    private (string Vpc, string Subnet, string Share) SharedSubnet()
    {
        lab.Organize();
        string vpc = lab.Run((s, c) => s.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        Wire.Ec2.Subnet subnet = lab.Run((s, c) => s.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = "10.0.0.0/28" })).Subnet!;
        return (vpc, subnet.SubnetId!, lab.Share(subnet.SubnetArn!));
    }

    private NetworkInterface Machine(string subnet, string? group, string? account)
    {
        string image = lab.Run((s, c) => s.DescribeImages(c, new() { Owners = ["amazon"] })).Images![0].ImageId!;
        string id = lab.Run((s, c) => s.RunInstances(c, new()
        {
            ImageId = image,
            InstanceType = "t3.micro",
            MinCount = 1,
            MaxCount = 1,
            SubnetId = subnet,
            SecurityGroupIds = group is null ? null : [group],
        }), account).Instances!.Single().InstanceId!;
        return (account is null ? lab.Here : Theirs).By<NetworkInterface>(id).Single();
    }

    private static bool Reaches(Tracer tracer, NetworkInterface from, NetworkInterface to, ushort port)
    {
        string account = tracer.State.NicOf(new PartitionKey(RamLab.Receiver, "us-east-1"), from.Key) >= 0
            ? RamLab.Receiver
            : "000000000000";
        Origin origin = Origin.OfNic(tracer.State.NicOf(new PartitionKey(account, "us-east-1"), from.Key));
        return tracer.Evaluate(Flow.Tcp(origin, from.PrimaryIp!.Value, to.PrimaryIp!.Value, port)).Delivered;
    }
}
