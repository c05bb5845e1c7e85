using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class SubnetTests
{
    private readonly Lab lab = new();
    private readonly Aws.Vpc vpc;

    public SubnetTests()
    {
        vpc = lab.NewVpc("10.0.0.0/16", ipv6: true);
    }

    private string Vpc => vpc.VpcId!;

    private Prefix Ipv6 => Prefix.Parse(vpc.Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock!);

    [Theory]
    [InlineData("10.0.1.0/24", 251)]
    [InlineData("10.0.0.0/28", 11)]
    [InlineData("10.0.0.0/16", 65531)]
    public void Rule023_five_addresses_of_a_subnet_are_reserved(string cidr, int free) =>
        Assert.Equal(free, lab.NewSubnet(Vpc, cidr).AvailableIpAddressCount);

    [Fact]
    public void An_interface_takes_one_of_the_free_addresses()
    {
        string subnet = lab.NewSubnet(Vpc, "10.0.1.0/24").SubnetId!;
        lab.NewInterface(subnet, "10.0.1.4");
        Assert.Equal(250, lab.DescribedSubnet(subnet).AvailableIpAddressCount);
        Assert.Equal([subnet], Found("available-ip-address-count", "250"));
    }

    [Theory]
    [InlineData("10.0.0.0/15", "InvalidSubnet.Range")]
    [InlineData("10.0.0.0/29", "InvalidSubnet.Range")]
    [InlineData("10.1.0.0/24", "InvalidSubnet.Range")]
    [InlineData("192.168.0.0/24", "InvalidSubnet.Range")]
    [InlineData("10.0.5.0/24", "InvalidSubnet.Conflict")]
    [InlineData("10.0.5.128/25", "InvalidSubnet.Conflict")]
    [InlineData("10.0.0.0/16", "InvalidSubnet.Conflict")]
    [InlineData("10.0.0.0/40", "InvalidParameterValue")]
    [InlineData("2001:db8::/64", "InvalidParameterValue")]
    [InlineData(null, "MissingParameter")]
    public void Rule022_a_subnets_block_lies_in_the_vpc_and_apart_from_others(string? cidr, string code)
    {
        lab.NewSubnet(Vpc, "10.0.5.0/24");
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = Vpc, CidrBlock = cidr })));
    }

    [Fact]
    public void Rule022_host_bits_of_a_subnets_block_are_cleared() =>
        Assert.Equal("10.0.7.0/24", lab.NewSubnet(Vpc, "10.0.7.9/24").CidrBlock);

    [Fact]
    public void A_subnet_may_lie_in_a_secondary_block()
    {
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = Vpc, CidrBlock = "100.64.0.0/16" }));
        Assert.Equal("100.64.9.0/24", lab.NewSubnet(Vpc, "100.64.9.0/24").CidrBlock);
    }

    [Fact]
    public void Rule028_a_subnet_is_in_one_zone_by_name_or_id()
    {
        Zone zone = Regions.ZonesOf("000000000000", "us-east-1")[1];
        Aws.Subnet byName = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, CidrBlock = "10.0.1.0/24", AvailabilityZone = zone.Name })).Subnet!;
        Aws.Subnet byId = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, CidrBlock = "10.0.2.0/24", AvailabilityZoneId = zone.ZoneId })).Subnet!;
        Assert.Equal((zone.Name, zone.ZoneId), (byName.AvailabilityZone, byName.AvailabilityZoneId));
        Assert.Equal((zone.Name, zone.ZoneId), (byId.AvailabilityZone, byId.AvailabilityZoneId));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, CidrBlock = "10.0.3.0/24", AvailabilityZone = "eu-west-1a" })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, CidrBlock = "10.0.3.0/24", AvailabilityZoneId = "use1-az9" })));
    }

    [Fact]
    public void Rule028_zone_names_differ_between_accounts_and_zone_ids_do_not()
    {
        List<Zone> mine = [.. Regions.ZonesOf("000000000000", "us-east-1")];
        List<Zone> theirs = [.. Regions.ZonesOf("000000000001", "us-east-1")];
        Assert.NotEqual(mine[0].ZoneId, theirs[0].ZoneId);
        Assert.Equal(mine.Select(z => z.ZoneId).Order(), theirs.Select(z => z.ZoneId).Order());
    }

    [Fact]
    public void Rule012_a_new_subnet_has_the_default_acl_and_no_table_of_its_own()
    {
        string subnet = lab.NewSubnet(Vpc, "10.0.1.0/24").SubnetId!;
        Assert.Equal(subnet, Assert.Single(lab.DefaultAcl(Vpc).Associations).SubnetId.Value);
        Assert.Empty(lab.Here.By<RouteTable>(subnet));
    }

    [Fact]
    public void Deleting_a_subnet_takes_its_bindings_along()
    {
        string subnet = lab.NewSubnet(Vpc, "10.0.1.0/24").SubnetId!;
        RouteTable main = lab.MainTable(Vpc);
        lab.Put(main with { Associations = main.Associations.Add(new RouteTableAssociation("rtbassoc-1", new(subnet), null, Main: false)) });
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        Assert.Empty(lab.DefaultAcl(Vpc).Associations);
        Assert.True(Assert.Single(lab.MainTable(Vpc).Associations).Main);
        Assert.Equal("InvalidSubnetID.NotFound", lab.Refused((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet })));
    }

    [Fact]
    public void A_subnet_with_an_interface_cannot_be_deleted()
    {
        string subnet = lab.NewSubnet(Vpc, "10.0.1.0/24").SubnetId!;
        lab.NewInterface(subnet, "10.0.1.4");
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        Assert.Equal("DependencyViolation", fault.Code);
        Assert.Equal($"The subnet '{subnet}' has dependencies and cannot be deleted.", fault.Message);
    }

    [Fact]
    public void The_quota_of_subnets_holds()
    {
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("subnets-per-vpc", 1));
        lab.NewSubnet(Vpc, "10.0.1.0/24");
        Assert.Equal("SubnetLimitExceeded", lab.Refused((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = Vpc, CidrBlock = "10.0.2.0/24" })));
    }

    [Fact]
    public void Ipv6_blocks_are_44_to_64_long_in_steps_of_four_and_lie_in_the_vpcs()
    {
        Aws.Subnet subnet = lab.NewSubnet(Vpc, "10.0.1.0/24", Block(0));
        Aws.SubnetIpv6CidrBlockAssociation made = Assert.Single(subnet.Ipv6CidrBlockAssociationSet!);
        Assert.Equal("associating", made.Ipv6CidrBlockState!.State);
        Assert.StartsWith("subnet-cidr-assoc-", made.AssociationId, StringComparison.Ordinal);
        Assert.Equal("InvalidSubnet.Conflict", RefusedIpv6(Block(0)));
        Assert.Equal("InvalidSubnet.Range", RefusedIpv6("2001:db8::/64"));
        Assert.Equal("InvalidSubnet.Range", RefusedIpv6(new Prefix(Ipv6.Last, 65).ToString()));
        Assert.Equal("InvalidSubnet.Range", RefusedIpv6(new Prefix(Ipv6.Last, 62).ToString()));
        Assert.Equal("InvalidParameterValue", RefusedIpv6("10.0.0.0/24"));
        Assert.Equal(new Prefix(Ipv6.Last, 60).ToString(), lab.NewSubnet(Vpc, "10.0.2.0/24", new Prefix(Ipv6.Last, 60).ToString())
            .Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock);
    }

    [Fact]
    public void An_ipv6_only_subnet_has_no_ipv4_and_keeps_what_makes_it_one()
    {
        Aws.Subnet subnet = lab.Run((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, Ipv6CidrBlock = Block(1), Ipv6Native = true })).Subnet!;
        Assert.Null(subnet.CidrBlock);
        Assert.Equal(0, subnet.AvailableIpAddressCount);
        Assert.True(subnet.Ipv6Native);
        Assert.True(subnet.AssignIpv6AddressOnCreation);
        Assert.Equal("resource-name", subnet.PrivateDnsNameOptionsOnLaunch!.HostnameType);
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = Vpc, Ipv6Native = true })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.CreateSubnet(
            c, new() { VpcId = Vpc, Ipv6CidrBlock = Block(2), Ipv6Native = true, CidrBlock = "10.0.9.0/24" })));
        Aws.AttributeBooleanValue on = new() { Value = true };
        string id = subnet.SubnetId!;
        Aws.ModifySubnetAttributeRequest[] refused =
        [
            new() { MapPublicIpOnLaunch = on },
            new() { AssignIpv6AddressOnCreation = new() { Value = false } },
            new() { EnableResourceNameDnsARecordOnLaunch = on },
            new() { PrivateDnsHostnameTypeOnLaunch = "ip-name" },
        ];
        Assert.All(refused, request => Assert.Equal(
            "InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(c, request with { SubnetId = id }))));
        Assert.Equal("InvalidCidrBlock.InUse", lab.Refused((ec2, c) => ec2.DisassociateSubnetCidrBlock(
            c, new() { AssociationId = subnet.Ipv6CidrBlockAssociationSet!.Single().AssociationId })));
    }

    [Fact]
    public void Attributes_change_one_at_a_time()
    {
        string id = lab.NewSubnet(Vpc, "10.0.1.0/24", Block(0)).SubnetId!;
        Aws.AttributeBooleanValue on = new() { Value = true };
        Aws.ModifySubnetAttributeRequest[] changes =
        [
            new() { MapPublicIpOnLaunch = on },
            new() { AssignIpv6AddressOnCreation = on },
            new() { EnableDns64 = on },
            new() { PrivateDnsHostnameTypeOnLaunch = "resource-name" },
            new() { EnableResourceNameDnsARecordOnLaunch = on },
            new() { EnableResourceNameDnsAAAARecordOnLaunch = on },
            new() { EnableLniAtDeviceIndex = 1 },
        ];
        foreach (Aws.ModifySubnetAttributeRequest change in changes)
        {
            lab.Run((ec2, c) => ec2.ModifySubnetAttribute(c, change with { SubnetId = id }));
        }

        Aws.Subnet seen = lab.DescribedSubnet(id);
        Assert.True(seen.MapPublicIpOnLaunch);
        Assert.True(seen.AssignIpv6AddressOnCreation);
        Assert.True(seen.EnableDns64);
        Assert.Equal(1, seen.EnableLniAtDeviceIndex);
        Aws.PrivateDnsNameOptionsOnLaunch names = seen.PrivateDnsNameOptionsOnLaunch!;
        Assert.Equal(("resource-name", true, true), (names.HostnameType, names.EnableResourceNameDnsARecord, names.EnableResourceNameDnsAAAARecord));
        lab.Run((ec2, c) => ec2.ModifySubnetAttribute(c, new() { SubnetId = id, DisableLniAtDeviceIndex = on }));
        Assert.Null(lab.DescribedSubnet(id).EnableLniAtDeviceIndex);
        Aws.ModifySubnetAttributeRequest two = new() { SubnetId = id, MapPublicIpOnLaunch = on, EnableDns64 = on };
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(c, two)));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(c, new() { SubnetId = id })));
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(
            c, new() { SubnetId = id, CustomerOwnedIpv4Pool = "pool" })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(
            c, new() { SubnetId = id, EnableLniAtDeviceIndex = 0 })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(
            c, new() { SubnetId = id, PrivateDnsHostnameTypeOnLaunch = "x" })));
    }

    [Fact]
    public void Ipv6_attributes_need_an_ipv6_block()
    {
        string id = lab.NewSubnet(Vpc, "10.0.1.0/24").SubnetId!;
        Aws.AttributeBooleanValue on = new() { Value = true };
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(
            c, new() { SubnetId = id, AssignIpv6AddressOnCreation = on })));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.ModifySubnetAttribute(c, new() { SubnetId = id, EnableDns64 = on })));
    }

    [Fact]
    public void A_subnet_takes_one_ipv6_block_and_gives_it_back_when_nothing_uses_it()
    {
        string id = lab.NewSubnet(Vpc, "10.0.1.0/24").SubnetId!;
        string association = lab.Run((ec2, c) => ec2.AssociateSubnetCidrBlock(c, new() { SubnetId = id, Ipv6CidrBlock = Block(3) }))
            .Ipv6CidrBlockAssociation!.AssociationId!;
        Assert.Equal("CidrLimitExceeded", lab.Refused((ec2, c) => ec2.AssociateSubnetCidrBlock(
            c, new() { SubnetId = id, Ipv6CidrBlock = Block(4) })));
        lab.Run((ec2, c) => ec2.ModifySubnetAttribute(c, new() { SubnetId = id, AssignIpv6AddressOnCreation = new() { Value = true } }));
        Fault fault = lab.FaultOf((ec2, c) => ec2.DisassociateSubnetCidrBlock(c, new() { AssociationId = association }));
        Assert.Equal("InvalidCidrBlock.InUse", fault.Code);
        Assert.Equal(
            $"The subnet IPv6 CIDR block with association ID {association} may not be disassociated, because its subnet has "
            + "assign-ipv6-address-on-creation set to true.",
            fault.Message);
        lab.Run((ec2, c) => ec2.ModifySubnetAttribute(c, new() { SubnetId = id, AssignIpv6AddressOnCreation = new() { Value = false } }));
        NetworkInterface eni = lab.NewInterface(id, "10.0.1.4", ipv6: Prefix.Parse(Block(3)).First.Plus(9).ToString());
        Assert.Equal(
            "InvalidCidrBlock.InUse",
            lab.Refused((ec2, c) => ec2.DisassociateSubnetCidrBlock(c, new() { AssociationId = association })));
        lab.Put(eni with { Ipv6Addresses = [] });
        Assert.Equal(
            "disassociating",
            lab.Run((ec2, c) => ec2.DisassociateSubnetCidrBlock(c, new() { AssociationId = association }))
                .Ipv6CidrBlockAssociation!.Ipv6CidrBlockState!.State);
        Assert.Empty(lab.DescribedSubnet(id).Ipv6CidrBlockAssociationSet!);
        Assert.Equal(
            "InvalidSubnetCidrBlockAssociationID.NotFound",
            lab.Refused((ec2, c) => ec2.DisassociateSubnetCidrBlock(c, new() { AssociationId = association })));
        Assert.Equal(
            "InvalidSubnetCidrBlockAssociationId.Malformed",
            lab.Refused((ec2, c) => ec2.DisassociateSubnetCidrBlock(c, new() { AssociationId = Vpc })));
    }

    [Fact]
    public void A_default_subnet_fills_the_first_gap_of_its_zone()
    {
        string defaultVpc = lab.Here.All<Vpc>().Single(v => v.IsDefault).Key;
        Subnet second = lab.Here.By<Subnet>(defaultVpc).Single(s => s.Zone == "us-east-1b");
        Assert.Equal("DefaultSubnetAlreadyExistsInAvailabilityZone", RefusedDefault("us-east-1b"));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = second.Key }));
        Aws.Subnet made = lab.Run((ec2, c) => ec2.CreateDefaultSubnet(c, new() { AvailabilityZone = "us-east-1b" })).Subnet!;
        Assert.Equal("172.31.16.0/20", made.CidrBlock);
        Assert.True(made.DefaultForAz);
        Assert.True(made.MapPublicIpOnLaunch);
        Assert.Equal(3, lab.DefaultAcl(defaultVpc).Associations.Length);
        Assert.Equal("MissingParameter", RefusedDefault(null));
        Assert.Equal("InvalidParameterValue", RefusedDefault("us-east-1z"));
    }

    [Fact]
    public void Filters_find_subnets()
    {
        Aws.Subnet one = lab.NewSubnet(Vpc, "10.0.1.0/24", Block(0));
        lab.NewSubnet(Vpc, "10.0.2.0/24");
        string id = one.SubnetId!;
        lab.Run((ec2, c) => ec2.ModifySubnetAttribute(c, new() { SubnetId = id, EnableDns64 = new() { Value = true } }));
        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = [id], Tags = [new() { Key = "tier", Value = "web" }] }));
        Aws.SubnetIpv6CidrBlockAssociation ipv6 = one.Ipv6CidrBlockAssociationSet!.Single();
        (string Name, string Value)[] cases =
        [
            ("cidr", "10.0.1.0/24"), ("cidr-block", "10.0.1.0/24"), ("cidrBlock", "10.0.1.*"), ("subnet-id", id),
            ("subnet-arn", $"arn:aws:ec2:us-east-1:000000000000:subnet/{id}"), ("enable-dns64", "true"),
            ("ipv6-cidr-block-association.ipv6-cidr-block", ipv6.Ipv6CidrBlock!),
            ("ipv6-cidr-block-association.association-id", ipv6.AssociationId!), ("ipv6-cidr-block-association.state", "associated"),
            ("tag:tier", "web"), ("tag-key", "tier"),
        ];
        foreach ((string name, string value) in cases)
        {
            Assert.Equal([id], Found(name, value));
        }

        Assert.Equal(2, Found("vpc-id", Vpc).Count);
        Assert.Equal(3, Found("default-for-az", "true").Count);
        Assert.Equal(3, Found("defaultForAz", "true").Count);
        Assert.Equal(3, Found("map-public-ip-on-launch", "true").Count);
        Assert.Equal(5, Found("owner-id", "000000000000").Count);
        Assert.Equal(5, Found("state", "available").Count);
        Assert.Equal(5, Found("ipv6-native", "false").Count);
        Assert.Equal(5, Found("private-dns-name-options-on-launch.hostname-type", "ip-name").Count);
        Assert.Equal(Found("availability-zone", one.AvailabilityZone!), Found("availability-zone-id", one.AvailabilityZoneId!));
        Assert.Contains(id, Found("availabilityZone", one.AvailabilityZone!));
        Assert.Empty(Found("outpost-arn", "*"));
    }

    [Fact]
    public void Without_a_zone_subnets_spread_over_the_zones()
    {
        HashSet<string> zones = [];
        for (int i = 0; i < 3; i++)
        {
            zones.Add(lab.NewSubnet(Vpc, string.Create(CultureInfo.InvariantCulture, $"10.0.{i}.0/24")).AvailabilityZone!);
        }

        Assert.Equal(3, zones.Count);
    }

    private string Block(int index) => new Prefix(Ipv6.First.Plus((UInt128)index << 64), 64).ToString();

    private string RefusedIpv6(string block) => lab.Refused((ec2, c) => ec2.CreateSubnet(
        c, new() { VpcId = Vpc, CidrBlock = "10.0.200.0/24", Ipv6CidrBlock = block }));

    private string RefusedDefault(string? zone) =>
        lab.Refused((ec2, c) => ec2.CreateDefaultSubnet(c, new() { AvailabilityZone = zone }));

    private List<string> Found(string name, string value) =>
        [.. lab.Run((ec2, c) => ec2.DescribeSubnets(c, new() { Filters = [Networks.Filter(name, value)] })).Subnets!.Select(s => s.SubnetId!)];
}
