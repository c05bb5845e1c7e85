using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class VpcTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Create_answers_pending_and_describe_available()
    {
        Aws.Vpc made = lab.NewVpc();
        Assert.Equal("pending", made.State);
        Assert.Matches("^vpc-0[0-9a-f]{16}$", made.VpcId);
        Assert.Equal("default", made.InstanceTenancy);
        Assert.False(made.IsDefault);
        Assert.Equal("000000000000", made.OwnerId);
        Aws.Vpc seen = lab.Described(made.VpcId!);
        Assert.Equal("available", seen.State);
        Assert.Equal("associated", Assert.Single(seen.CidrBlockAssociationSet!).CidrBlockState!.State);
        Assert.Null(seen.Ipv6CidrBlockAssociationSet);
        Assert.Null(seen.Tags);
    }

    [Fact]
    public void A_vpc_comes_with_a_main_table_an_open_acl_and_a_default_group()
    {
        string vpc = lab.NewVpc().VpcId!;
        Assert.Equal(RouteTarget.Local, Assert.Single(lab.MainTable(vpc).Routes).Target);
        Assert.Equal(4, lab.DefaultAcl(vpc).Entries.Length);
        Assert.Equal(2, lab.DefaultGroup(vpc).Rules.Length);
    }

    [Fact]
    public void Rule001_every_block_of_a_vpc_has_its_local_route()
    {
        Aws.Vpc vpc = lab.NewVpc(ipv6: true);
        RouteTable table = lab.MainTable(vpc.VpcId!);
        Assert.Equal(
            ["10.0.0.0/16", vpc.Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock!], table.Routes.Select(r => r.Cidr.ToString()!));
        Assert.All(table.Routes, r => Assert.Equal(RouteTargetKind.Local, r.Target.Kind));
    }

    [Theory]
    [InlineData("100.68.0.18/18", "100.68.0.0/18")]
    [InlineData("10.0.0.0/16", "10.0.0.0/16")]
    [InlineData("10.0.0.0/28", "10.0.0.0/28")]
    public void Rule022_host_bits_of_a_vpc_block_are_cleared(string asked, string given) =>
        Assert.Equal(given, lab.NewVpc(asked).CidrBlock);

    [Theory]
    [InlineData("10.0.0.0/15", "InvalidVpc.Range")]
    [InlineData("10.0.0.0/29", "InvalidVpc.Range")]
    [InlineData("169.254.0.0/16", "InvalidVpc.Range")]
    [InlineData("169.254.7.0/24", "InvalidVpc.Range")]
    [InlineData("0.0.0.0/16", "InvalidVpc.Range")]
    [InlineData("127.0.0.0/16", "InvalidVpc.Range")]
    [InlineData("224.0.0.0/16", "InvalidVpc.Range")]
    [InlineData("10.0.0.0", "InvalidParameterValue")]
    [InlineData("10.0.0.0/33", "InvalidParameterValue")]
    [InlineData("10.0.0.256/16", "InvalidParameterValue")]
    [InlineData("2001:db8::/56", "InvalidParameterValue")]
    [InlineData("", "MissingParameter")]
    [InlineData(null, "MissingParameter")]
    public void Rule022_a_vpc_block_is_16_to_28_bits_long(string? cidr, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = cidr })));

    [Fact]
    public void Parameters_that_are_not_carried_out_are_refused_by_name()
    {
        (string Name, Aws.CreateVpcRequest Request)[] cases =
        [
            ("Ipv4IpamPoolId", new() { Ipv4IpamPoolId = "ipam-pool-1" }),
            ("Ipv4NetmaskLength", new() { Ipv4NetmaskLength = 20 }),
            ("Ipv6IpamPoolId", new() { Ipv6IpamPoolId = "ipam-pool-1" }),
            ("Ipv6NetmaskLength", new() { Ipv6NetmaskLength = 56 }),
            ("Ipv6Pool", new() { Ipv6Pool = "ipv6pool-ec2-1" }),
            ("Ipv6CidrBlock", new() { Ipv6CidrBlock = "2001:db8::/56" }),
            ("VpcEncryptionControl", new() { VpcEncryptionControl = new() { Mode = "monitor" } }),
        ];
        foreach ((string name, Aws.CreateVpcRequest request) in cases)
        {
            Fault fault = lab.FaultOf((ec2, c) => ec2.CreateVpc(c, request with { CidrBlock = "10.0.0.0/16" }));
            Assert.Equal("UnsupportedOperation", fault.Code);
            Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_ipv6_block_is_a_56_of_amazons_and_no_two_vpcs_share_one()
    {
        HashSet<string> seen = [];
        for (int i = 0; i < 50; i++)
        {
            Aws.VpcIpv6CidrBlockAssociation block = lab.NewVpc(ipv6: true).Ipv6CidrBlockAssociationSet!.Single();
            Assert.Equal(56, Prefix.Parse(block.Ipv6CidrBlock!).Length);
            Assert.Equal("Amazon", block.Ipv6Pool);
            Assert.Equal("us-east-1", block.NetworkBorderGroup);
            Assert.True(seen.Add(block.Ipv6CidrBlock!));
        }
    }

    [Fact]
    public void A_border_group_is_the_regions_own_and_goes_with_ipv6_only()
    {
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.CreateVpc(
            c, new() { CidrBlock = "10.0.0.0/16", Ipv6CidrBlockNetworkBorderGroup = "us-east-1" })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateVpc(
            c,
            new() { CidrBlock = "10.0.0.0/16", AmazonProvidedIpv6CidrBlock = true, Ipv6CidrBlockNetworkBorderGroup = "us-east-1-bos-1" })));
    }

    [Fact]
    public void The_quota_of_vpcs_holds_where_quotas_are_on()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 1; i < 5; i++)
        {
            lab.NewVpc();
        }

        Assert.Equal("VpcLimitExceeded", lab.Refused((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })));
    }

    [Fact]
    public void Tags_come_with_the_request()
    {
        Aws.Vpc vpc = lab.Run((ec2, c) => ec2.CreateVpc(c, new()
        {
            CidrBlock = "10.0.0.0/16",
            TagSpecifications = [new() { ResourceType = "vpc", Tags = [new() { Key = "Name", Value = "one" }] }],
        })).Vpc!;
        Assert.Equal("one", Assert.Single(vpc.Tags!).Value);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateVpc(c, new()
        {
            CidrBlock = "10.0.0.0/16",
            TagSpecifications = [new() { ResourceType = "subnet", Tags = [new() { Key = "Name", Value = "one" }] }],
        })));
    }

    [Fact]
    public void Delete_takes_the_vpcs_own_parts_along()
    {
        string vpc = lab.NewVpc().VpcId!;
        lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc }));
        Assert.Null(lab.Here.Find(new Id<Vpc>(vpc)));
        Assert.Empty(lab.Here.By<RouteTable>(vpc));
        Assert.Empty(lab.Here.By<NetworkAcl>(vpc));
        Assert.Empty(lab.Here.By<SecurityGroup>(vpc));
        Assert.Equal("InvalidVpcID.NotFound", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
    }

    [Fact]
    public void Delete_is_refused_while_anything_else_is_in_the_vpc()
    {
        string vpc = lab.NewVpc().VpcId!;
        string subnet = lab.NewSubnet(vpc, "10.0.0.0/24").SubnetId!;
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        string gateway = lab.Run((ec2, c) => ec2.CreateInternetGateway(c, new())).InternetGateway!.InternetGatewayId!;
        lab.Run((ec2, c) => ec2.AttachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc }));
        Assert.Equal("DependencyViolation", fault.Code);
        Assert.Equal($"The vpc '{vpc}' has dependencies and cannot be deleted.", fault.Message);
        lab.Run((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
        lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc }));
    }

    [Theory]
    [InlineData("vpc-0123456789abcdef0", "InvalidVpcID.NotFound")]
    [InlineData("vpc-12345678", "InvalidVpcID.NotFound")]
    [InlineData("subnet-12345678", "InvalidVpcID.Malformed")]
    [InlineData("vpc-xyz", "InvalidVpcID.Malformed")]
    [InlineData("", "MissingParameter")]
    [InlineData(null, "MissingParameter")]
    public void Ids_are_read_once_for_every_operation(string? id, string code)
    {
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = id })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DescribeVpcAttribute(c, new() { VpcId = id, Attribute = "enableDnsSupport" })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = id, EnableDnsSupport = new() { Value = true } })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.ModifyVpcTenancy(c, new() { VpcId = id, InstanceTenancy = "default" })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = id, CidrBlock = "10.0.0.0/16" })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = id, CidrBlock = "10.0.0.0/24" })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateEgressOnlyInternetGateway(c, new() { VpcId = id })));
    }

    [Fact]
    public void Filters_find_vpcs()
    {
        Aws.Vpc vpc = lab.NewVpc("10.9.0.0/16", ipv6: true);
        lab.NewVpc("10.8.0.0/16");
        string ipv6 = vpc.Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock!;
        (string Name, string Value)[] cases =
        [
            ("cidr", "10.9.0.0/16"),
            ("cidr-block-association.cidr-block", "10.9.*"),
            ("cidr-block-association.association-id", vpc.CidrBlockAssociationSet!.Single().AssociationId!),
            ("ipv6-cidr-block-association.ipv6-cidr-block", ipv6),
            ("ipv6-cidr-block-association.ipv6-pool", "Amazon"),
            ("ipv6-cidr-block-association.association-id", vpc.Ipv6CidrBlockAssociationSet!.Single().AssociationId!),
            ("ipv6-cidr-block-association.state", "associated"),
            ("vpc-id", vpc.VpcId!),
        ];
        foreach ((string name, string value) in cases)
        {
            Assert.Equal([vpc.VpcId!], Found(name, value));
        }

        Assert.Equal(3, Found("state", "available").Count);
        Assert.Equal(3, Found("owner-id", "000000000000").Count);
        Assert.Equal(3, Found("dhcp-options-id", vpc.DhcpOptionsId!).Count);
        Assert.Single(Found("is-default", "true"));
        Assert.Empty(Found("state", "pending"));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.DescribeVpcs(c, new() { Filters = [Networks.Filter("colour", "red")] })));
    }

    [Fact]
    public void Pages_give_each_vpc_once()
    {
        for (int i = 0; i < 11; i++)
        {
            lab.NewVpc();
        }

        List<string> seen = [];
        string? token = null;
        do
        {
            Aws.DescribeVpcsResult page = lab.Run((ec2, c) => ec2.DescribeVpcs(c, new() { MaxResults = 5, NextToken = token }));
            seen.AddRange(page.Vpcs!.Select(v => v.VpcId!));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(12, seen.Count);
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DescribeVpcs(c, new() { MaxResults = 4 })));
        Assert.Equal(
            "InvalidParameterCombination",
            lab.Refused((ec2, c) => ec2.DescribeVpcs(c, new() { MaxResults = 5, VpcIds = [seen[0]] })));
    }

    [Fact]
    public void Attributes_begin_as_awss_and_change_one_at_a_time()
    {
        string vpc = lab.NewVpc().VpcId!;
        Assert.True(Attribute(vpc, "enableDnsSupport").EnableDnsSupport!.Value);
        Assert.False(Attribute(vpc, "enableDnsHostnames").EnableDnsHostnames!.Value);
        Assert.False(Attribute(vpc, "enableNetworkAddressUsageMetrics").EnableNetworkAddressUsageMetrics!.Value);
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true } }));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableNetworkAddressUsageMetrics = new() { Value = true } }));
        Assert.True(Attribute(vpc, "enableDnsHostnames").EnableDnsHostnames!.Value);
        Assert.True(Attribute(vpc, "enableNetworkAddressUsageMetrics").EnableNetworkAddressUsageMetrics!.Value);
        Fault two = lab.FaultOf((ec2, c) => ec2.ModifyVpcAttribute(
            c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true }, EnableDnsSupport = new() { Value = true } }));
        Assert.Equal("InvalidParameterCombination", two.Code);
        Assert.Equal("Fields for multiple attribute types specified: enableDnsHostnames, enableDnsSupport", two.Message);
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc })));
        Assert.Equal(
            "MissingParameter",
            lab.Refused((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsSupport = new() })));
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.DescribeVpcAttribute(c, new() { VpcId = vpc, Attribute = "colour" })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.DescribeVpcAttribute(c, new() { VpcId = vpc })));
    }

    [Fact]
    public void Host_names_need_the_resolver()
    {
        string vpc = lab.NewVpc().VpcId!;
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsSupport = new() { Value = false } }));
        Assert.Equal(
            "InvalidParameterCombination",
            lab.Refused((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true } })));
    }

    [Fact]
    public void Dedicated_tenancy_can_only_be_given_up()
    {
        string vpc = lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16", InstanceTenancy = "dedicated" })).Vpc!.VpcId!;
        Assert.True(lab.Run((ec2, c) => ec2.ModifyVpcTenancy(c, new() { VpcId = vpc, InstanceTenancy = "default" })).ReturnValue);
        Assert.Equal("default", lab.Described(vpc).InstanceTenancy);
        Assert.Equal(
            "InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyVpcTenancy(c, new() { VpcId = vpc, InstanceTenancy = "dedicated" })));
        Assert.Equal(
            "InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16", InstanceTenancy = "host" })));
    }

    [Fact]
    public void A_second_default_vpc_is_refused_and_a_lost_one_made_again()
    {
        Assert.Equal("DefaultVpcAlreadyExists", lab.Refused((ec2, c) => ec2.CreateDefaultVpc(c, new())));
        string old = lab.Here.All<Vpc>().Single(v => v.IsDefault).Key;
        foreach (Subnet subnet in lab.Here.By<Subnet>(old).ToList())
        {
            lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet.Key }));
        }

        string gateway = lab.Here.By<InternetGateway>(old).Single().Key;
        lab.Run((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = old }));
        lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = old }));
        Aws.Vpc made = lab.Run((ec2, c) => ec2.CreateDefaultVpc(c, new())).Vpc!;
        Assert.True(made.IsDefault);
        Assert.Equal("172.31.0.0/16", made.CidrBlock);
        Assert.Equal(3, lab.Here.By<Subnet>(made.VpcId!).Count(s => s.DefaultForZone && s.MapPublicIpOnLaunch));
        Assert.Equal(3, lab.DefaultAcl(made.VpcId!).Associations.Length);
        Assert.Single(lab.Here.By<InternetGateway>(made.VpcId!));
        Assert.Equal(2, lab.MainTable(made.VpcId!).Routes.Length);
    }

    private List<string> Found(string name, string value) =>
        [.. lab.Run((ec2, c) => ec2.DescribeVpcs(c, new() { Filters = [Networks.Filter(name, value)] })).Vpcs!.Select(v => v.VpcId!)];

    private Aws.DescribeVpcAttributeResult Attribute(string vpc, string name) =>
        lab.Run((ec2, c) => ec2.DescribeVpcAttribute(c, new() { VpcId = vpc, Attribute = name }));
}
