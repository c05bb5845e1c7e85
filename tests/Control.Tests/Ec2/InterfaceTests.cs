using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

public sealed class InterfaceTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public InterfaceTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void A_new_interface_has_a_free_address_the_default_group_and_a_check()
    {
        Aws.NetworkInterface made = lab.NewEni(subnet, description: "web");
        Assert.Equal("pending", made.Status);
        Aws.NetworkInterface eni = lab.DescribedEni(made.NetworkInterfaceId!);
        Assert.Equal("available", eni.Status);
        Assert.Equal("web", eni.Description);
        Assert.Equal("interface", eni.InterfaceType);
        Assert.Equal(vpc, eni.VpcId);
        Assert.Equal("us-east-1a", eni.AvailabilityZone);
        Assert.True(eni.SourceDestCheck);
        Assert.False(eni.RequesterManaged);
        Assert.Equal("default", eni.Groups!.Single().GroupName);
        Assert.True(Prefix.Parse("10.0.1.0/24").Contains(IpAddress.Parse(eni.PrivateIpAddress!)));
        Assert.True(eni.PrivateIpAddresses!.Single().Primary);
        Assert.Matches("^02:", eni.MacAddress!);
        Assert.Null(eni.Association);
        Assert.Null(eni.Attachment);
    }

    [Theory]
    [InlineData("10.0.1.0")]
    [InlineData("10.0.1.1")]
    [InlineData("10.0.1.2")]
    [InlineData("10.0.1.3")]
    [InlineData("10.0.1.255")]
    public void Rule023_five_addresses_of_a_subnet_are_never_given_out(string address)
    {
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, PrivateIpAddress = address }));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Equal($"Address {address} is in subnet's reserved address range", fault.Message);
    }

    [Fact]
    public void Rule023_a_small_subnet_gives_out_all_but_five_and_then_none()
    {
        string small = lab.NewSubnet(vpc, "10.0.2.0/28").SubnetId!;
        HashSet<string> given = [.. Enumerable.Range(0, 11).Select(_ => lab.NewEni(small).PrivateIpAddress!)];
        Assert.Equal(11, given.Count);
        Assert.Equal(0, AddressPool.FreeIpv4Count(lab.Here, lab.Here.Get(new Id<Subnet>(small))));
        Assert.Equal(
            "InsufficientFreeAddressesInSubnet", lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = small })));
    }

    [Fact]
    public void An_address_is_refused_outside_the_subnet_and_while_another_has_it()
    {
        lab.NewEni(subnet, "10.0.1.10");
        Fault outside = lab.FaultOf((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, PrivateIpAddress = "10.0.9.9" }));
        Assert.Equal("Address 10.0.9.9 does not fall within the subnet's address range", outside.Message);
        Fault taken = lab.FaultOf((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, PrivateIpAddress = "10.0.1.10" }));
        Assert.Equal("InvalidIPAddress.InUse", taken.Code);
        Assert.Equal("Address 10.0.1.10 is in use.", taken.Message);
    }

    [Fact]
    public void Secondary_addresses_are_those_named_or_as_many_as_asked_for()
    {
        Aws.NetworkInterface named = lab.Run((ec2, c) => ec2.CreateNetworkInterface(c, new()
        {
            SubnetId = subnet,
            PrivateIpAddresses =
            [
                new() { PrivateIpAddress = "10.0.1.30" },
                new() { PrivateIpAddress = "10.0.1.20", Primary = true },
            ],
        })).NetworkInterface!;
        Assert.Equal(["10.0.1.20", "10.0.1.30"], named.PrivateIpAddresses!.Select(a => a.PrivateIpAddress));
        Aws.NetworkInterface counted = lab.Run((ec2, c) => ec2.CreateNetworkInterface(
            c, new() { SubnetId = subnet, SecondaryPrivateIpAddressCount = 3 })).NetworkInterface!;
        Assert.Equal(4, counted.PrivateIpAddresses!.Select(a => a.PrivateIpAddress).Distinct().Count());
        Assert.Equal(1, counted.PrivateIpAddresses!.Count(a => a.Primary == true));
    }

    [Fact]
    public void Prefixes_are_set_aside_for_their_interface()
    {
        Aws.NetworkInterface eni = lab.Run((ec2, c) => ec2.CreateNetworkInterface(
            c, new() { SubnetId = subnet, Ipv4Prefixes = [new() { Ipv4Prefix = "10.0.1.64/28" }] })).NetworkInterface!;
        Assert.Equal("10.0.1.64/28", eni.Ipv4Prefixes!.Single().Ipv4Prefix);
        Assert.Equal(251 - 1 - 16, AddressPool.FreeIpv4Count(lab.Here, lab.Here.Get(new Id<Subnet>(subnet))));
        Assert.Equal(
            "InvalidIPAddress.InUse",
            lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, PrivateIpAddress = "10.0.1.70" })));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.CreateNetworkInterface(
                c, new() { SubnetId = subnet, Ipv4Prefixes = [new() { Ipv4Prefix = "10.0.1.64/28" }] })));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.CreateNetworkInterface(
                c, new() { SubnetId = subnet, Ipv4Prefixes = [new() { Ipv4Prefix = "10.0.1.0/28" }] })));
    }

    [Fact]
    public void A_group_of_another_vpc_is_refused()
    {
        string other = lab.DefaultGroup(lab.NewVpc("10.9.0.0/16").VpcId!).Id.Value;
        Assert.Equal(
            "InvalidParameter",
            lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, Groups = [other] })));
        Assert.Equal(
            "InvalidGroup.NotFound",
            lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, Groups = ["sg-0000000000000dead"] })));
    }

    [Fact]
    public void Every_refusal_has_its_code()
    {
        (string Code, Aws.CreateNetworkInterfaceRequest Request)[] table =
        [
            ("MissingParameter", new()),
            ("InvalidSubnetID.NotFound", new() { SubnetId = "subnet-0000000000000dead" }),
            ("InvalidParameterValue", new() { SubnetId = subnet, PrivateIpAddress = "10.0.1" }),
            ("InvalidParameterValue", new() { SubnetId = subnet, SecondaryPrivateIpAddressCount = -1 }),
            ("InsufficientFreeAddressesInSubnet", new() { SubnetId = subnet, SecondaryPrivateIpAddressCount = int.MaxValue }),
            ("InsufficientFreeAddressesInSubnet", new() { SubnetId = subnet, Ipv4PrefixCount = int.MaxValue }),
            ("InvalidParameterValue", new() { SubnetId = subnet, Ipv6AddressCount = 1 }),
            ("InvalidParameterCombination", new() { SubnetId = subnet, EnablePrimaryIpv6 = true }),
            ("InvalidParameterValue", new() { SubnetId = subnet, ConnectionTrackingSpecification = new() { UdpTimeout = 5 } }),
            ("UnsupportedOperation", new() { SubnetId = subnet, Operator = new() { Principal = "x" } }),
            ("InvalidParameterCombination", new() { SubnetId = subnet, SecondaryPrivateIpAddressCount = 1, Ipv4PrefixCount = 1 }),
            ("InvalidParameterValue", new() { SubnetId = subnet, Description = new string('x', 256) }),
        ];
        foreach ((string code, Aws.CreateNetworkInterfaceRequest request) in table)
        {
            Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, request)));
        }
    }

    [Fact]
    public void Rule056_an_interface_stays_in_its_zone_and_groups_are_its_own()
    {
        string farSubnet = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = vpc, CidrBlock = "10.0.3.0/24", AvailabilityZone = "us-east-1b" })).Subnet!.SubnetId!;
        (Instance instance, _) = lab.NewInstance(subnet);
        string far = lab.NewEni(farSubnet).NetworkInterfaceId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.AttachNetworkInterface(
            c, new() { NetworkInterfaceId = far, InstanceId = instance.Id.Value, DeviceIndex = 1 }));
        Assert.Equal("InvalidParameterCombination", fault.Code);
        Assert.Equal("You may not attach a network interface to an instance if they are not in the same availability zone", fault.Message);
    }

    [Fact]
    public void Attach_and_detach_go_through_the_attachment()
    {
        (Instance instance, NetworkInterface primary) = lab.NewInstance(subnet);
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        Aws.AttachNetworkInterfaceRequest attach = new() { NetworkInterfaceId = eni, InstanceId = instance.Id.Value, DeviceIndex = 1 };
        string attachment = lab.Run((ec2, c) => ec2.AttachNetworkInterface(c, attach)).AttachmentId!;
        Aws.NetworkInterface shown = lab.DescribedEni(eni);
        Assert.Equal("in-use", shown.Status);
        Assert.Equal(
            (attachment, instance.Id.Value, 1, "attached", false),
            (shown.Attachment!.AttachmentId, shown.Attachment.InstanceId, shown.Attachment.DeviceIndex, shown.Attachment.Status,
                shown.Attachment.DeleteOnTermination));
        Assert.Equal("InvalidNetworkInterface.InUse", lab.Refused((ec2, c) => ec2.AttachNetworkInterface(c, attach)));
        Fault inUse = lab.FaultOf((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.Equal($"Network interface '{eni}' is currently in use.", inUse.Message);

        // A t3.micro has two interfaces.
        Aws.AttachNetworkInterfaceRequest third = attach with { NetworkInterfaceId = lab.NewEni(subnet).NetworkInterfaceId };
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AttachNetworkInterface(c, third)));
        Assert.Equal("AttachmentLimitExceeded", lab.Refused((ec2, c) => ec2.AttachNetworkInterface(c, third with { DeviceIndex = 2 })));

        lab.Run((ec2, c) => ec2.DetachNetworkInterface(c, new() { AttachmentId = attachment }));
        Assert.Equal("available", lab.DescribedEni(eni).Status);
        Assert.Equal(
            "OperationNotPermitted", lab.Refused((ec2, c) => ec2.DetachNetworkInterface(c, new() { AttachmentId = primary.Attachment!.Id })));
        Assert.Equal(
            "InvalidAttachmentID.NotFound", lab.Refused((ec2, c) => ec2.DetachNetworkInterface(c, new() { AttachmentId = attachment })));
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.Equal(
            "InvalidNetworkInterfaceID.NotFound",
            lab.Refused((ec2, c) => ec2.DescribeNetworkInterfaces(c, new() { NetworkInterfaceIds = [eni] })));
    }

    [Fact]
    public void Rule057_an_interface_that_a_service_manages_is_shown_and_refuses_every_edit()
    {
        string id = lab.Run((_, c) => InterfaceMaker.Create(c, new InterfaceWish
        {
            Subnet = c.Here.Get(new Id<Subnet>(subnet)),
            InterfaceType = "nat_gateway",
            RequesterManaged = true,
            RequesterId = "amazon-nat",
            Attachment = new InterfaceAttachment("ela-attach-00000000000000001", null, "amazon-aws", 1, 0, c.Now, false),
        })).Id.Value;
        Aws.NetworkInterface shown = lab.DescribedEni(id);
        Assert.True(shown.RequesterManaged);
        Assert.Equal("in-use", shown.Status);
        Assert.Empty(shown.Groups!);
        Func<Ec2Service, CommandContext, object>[] edits =
        [
            (ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = id, SourceDestCheck = new() { Value = false } }),
            (ec2, c) => ec2.ResetNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = id, SourceDestCheck = "true" }),
            (ec2, c) => ec2.AssignPrivateIpAddresses(c, new() { NetworkInterfaceId = id, SecondaryPrivateIpAddressCount = 1 }),
            (ec2, c) => ec2.AssignIpv6Addresses(c, new() { NetworkInterfaceId = id, Ipv6AddressCount = 1 }),
            (ec2, c) => ec2.CreateNetworkInterfacePermission(
                c, new() { NetworkInterfaceId = id, AwsAccountId = "111111111111", Permission = "INSTANCE-ATTACH" }),
        ];
        foreach (Func<Ec2Service, CommandContext, object> edit in edits)
        {
            Assert.Equal("AuthFailure", lab.Refused(edit));
        }

        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = id })));
        Assert.Equal(
            "OperationNotPermitted",
            lab.Refused((ec2, c) => ec2.DetachNetworkInterface(c, new() { AttachmentId = "ela-attach-00000000000000001" })));
    }

    [Fact]
    public void Filters_read_the_interface_its_attachment_and_its_addresses()
    {
        lab.NewGateway(vpc);
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.50");
        lab.NewEni(subnet, "10.0.1.60", "spare");
        string eip = lab.NewEip();
        lab.Run((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, InstanceId = instance.Id.Value }));
        (string Name, string Value)[] table =
        [
            ("attachment.instance-id", instance.Id.Value),
            ("attachment.device-index", "0"),
            ("attachment.status", "attached"),
            ("attachment.delete-on-termination", "true"),
            ("association.allocation-id", eip),
            ("association.public-ip", lab.DescribedEip(eip).PublicIp!),
            ("association.ip-owner-id", "000000000000"),
            ("addresses.private-ip-address", "10.0.1.50"),
            ("private-ip-address", "10.0.1.5?"),
            ("status", "in-use"),
            ("mac-address", eni.MacAddress),
        ];
        foreach ((string name, string value) in table)
        {
            IReadOnlyList<Aws.NetworkInterface> found = Found(name, value);
            Assert.True(found is [{ } only] && only.NetworkInterfaceId == eni.Id.Value, $"{name}={value} found {found.Count}");
        }

        Assert.Equal("10.0.1.60", Found("description", "spare").Single().PrivateIpAddress);
        Assert.Equal(2, Found("subnet-id", subnet).Count);
        Assert.Equal(2, Found("group-name", "default").Count);
        Assert.Empty(Found("requester-managed", "true"));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeNetworkInterfaces(
            c, new() { Filters = [Networks.Filter("no-such-filter", "x")] })));
    }

    [Fact]
    public void Every_filter_of_the_table_can_be_read_from_a_plain_and_a_bound_interface()
    {
        lab.NewGateway(vpc);
        (Instance instance, _) = lab.NewInstance(subnet, publicIp: true);
        lab.NewEni(subnet);
        string eip = lab.NewEip();
        lab.Run((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, InstanceId = instance.Id.Value }));
        string[] names =
        [
            "association.allocation-id", "association.association-id", "addresses.association.owner-id",
            "addresses.association.public-ip", "addresses.primary", "addresses.private-ip-address", "association.ip-owner-id",
            "association.public-ip", "association.public-dns-name", "attachment.attach-time", "attachment.attachment-id",
            "attachment.delete-on-termination", "attachment.device-index", "attachment.instance-id", "attachment.instance-owner-id",
            "attachment.status", "availability-zone", "availability-zone-id", "description", "group-id", "ipv6-addresses.ipv6-address",
            "interface-type", "mac-address", "network-interface-id", "operator.managed", "operator.principal", "owner-id",
            "private-dns-name", "private-ip-address", "requester-id", "requester-managed", "source-dest-check", "status", "subnet-id",
            "tag:Name", "tag-key", "vpc-id",
        ];
        foreach (string name in names)
        {
            Assert.Empty(Found(name, "no such value"));
        }
    }

    [Fact]
    public void Pages_follow_each_other_and_give_each_interface_once()
    {
        HashSet<string> made = [.. Enumerable.Range(0, 12).Select(_ => lab.NewEni(subnet).NetworkInterfaceId!)];
        List<string> seen = [];
        string? token = null;
        do
        {
            Aws.DescribeNetworkInterfacesResult page = lab.Run((ec2, c) => ec2.DescribeNetworkInterfaces(
                c, new() { MaxResults = 5, NextToken = token }));
            Assert.InRange(page.NetworkInterfaces!.Count, 1, 5);
            seen.AddRange(page.NetworkInterfaces.Select(e => e.NetworkInterfaceId!));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(made.Order(StringComparer.Ordinal), seen);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeNetworkInterfaces(c, new() { MaxResults = 4 })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.DescribeNetworkInterfaces(
            c, new() { MaxResults = 5, NetworkInterfaceIds = [seen[0]] })));
    }

    [Fact]
    public void Permissions_are_granted_once_and_end_with_the_interface()
    {
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        Aws.CreateNetworkInterfacePermissionRequest grant =
            new() { NetworkInterfaceId = eni, AwsAccountId = "111111111111", Permission = "INSTANCE-ATTACH" };
        string id = lab.Run((ec2, c) => ec2.CreateNetworkInterfacePermission(c, grant)).InterfacePermission!.NetworkInterfacePermissionId!;
        Assert.Equal(
            id, lab.Run((ec2, c) => ec2.CreateNetworkInterfacePermission(c, grant)).InterfacePermission!.NetworkInterfacePermissionId);
        Aws.NetworkInterfacePermission shown = lab.Run((ec2, c) => ec2.DescribeNetworkInterfacePermissions(
            c, new() { Filters = [Networks.Filter("network-interface-permission.aws-account-id", "1111*")] })).NetworkInterfacePermissions!.Single();
        Assert.Equal("granted", shown.PermissionState!.State);
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.CreateNetworkInterfacePermission(
            c, new() { NetworkInterfaceId = eni, AwsService = "x", Permission = "INSTANCE-ATTACH" })));
        lab.Run((ec2, c) => ec2.DeleteNetworkInterfacePermission(c, new() { NetworkInterfacePermissionId = id }));
        lab.Run((ec2, c) => ec2.CreateNetworkInterfacePermission(c, grant));
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.Empty(lab.Here.All<NetworkInterfacePermission>());
    }

    private IReadOnlyList<Aws.NetworkInterface> Found(string filter, params string[] values) =>
        lab.Run((ec2, c) => ec2.DescribeNetworkInterfaces(c, new() { Filters = [Networks.Filter(filter, values)] })).NetworkInterfaces!;
}
