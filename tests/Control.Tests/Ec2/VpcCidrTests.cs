using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class VpcCidrTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Rule001_a_block_brings_its_local_route_to_every_table_and_takes_it_along()
    {
        string vpc = lab.NewVpc().VpcId!;
        RouteTable custom = lab.Put(new RouteTable
        {
            Id = new("rtb-00000000000000001"),
            VpcId = new(vpc),
            Routes = VpcParts.LocalRoutes(lab.Here.Get(new Id<Vpc>(vpc))),
        });
        string association = Add(vpc, "10.1.0.0/16").CidrBlockAssociation!.AssociationId!;
        Assert.Equal(["10.0.0.0/16", "10.1.0.0/16"], Routes(lab.MainTable(vpc)));
        Assert.Equal(["10.0.0.0/16", "10.1.0.0/16"], Routes(lab.Here.Get(custom.Id)));
        lab.Run((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = association }));
        Assert.Equal(["10.0.0.0/16"], Routes(lab.MainTable(vpc)));
        Assert.Equal(["10.0.0.0/16"], Routes(lab.Here.Get(custom.Id)));
    }

    [Fact]
    public void Local_routes_stand_before_the_others_ipv4_first()
    {
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        RouteTable main = lab.MainTable(vpc);
        Route out4 = new(Prefix.AnyV4, null, new RouteTarget(RouteTargetKind.NatGateway, "nat-1"), RouteOrigin.CreateRoute);
        lab.Put(main with { Routes = main.Routes.Add(out4) });
        Add(vpc, "10.1.0.0/16");
        string ipv6 = lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true }))
            .Ipv6CidrBlockAssociation!.Ipv6CidrBlock!;
        string first6 = lab.Described(vpc).Ipv6CidrBlockAssociationSet![0].Ipv6CidrBlock!;
        Assert.Equal(["10.0.0.0/16", "10.1.0.0/16", first6, ipv6, "0.0.0.0/0"], Routes(lab.MainTable(vpc)));
    }

    [Theory]
    [InlineData("10.0.0.0/16", "same as the route's destination", false)]
    [InlineData("10.0.0.0/24", "the route's own size", false)]
    [InlineData("10.0.0.0/25", "smaller", true)]
    [InlineData("10.0.1.0/24", "beside it", true)]
    public void Rule019_a_block_may_not_cover_the_destination_of_a_route(string cidr, string why, bool allowed)
    {
        Assert.NotEmpty(why);
        string vpc = lab.NewVpc("10.2.0.0/16").VpcId!;
        RouteTable main = lab.MainTable(vpc);
        Route toSite = new(Prefix.Parse("10.0.0.0/24"), null, new RouteTarget(RouteTargetKind.VpnGateway, "vgw-1"), RouteOrigin.CreateRoute);
        lab.Put(main with { Routes = main.Routes.Add(toSite) });
        if (allowed)
        {
            Add(vpc, cidr);
            Assert.Equal(2, lab.Described(vpc).CidrBlockAssociationSet!.Count);
        }
        else
        {
            Assert.Equal("InvalidVpc.Range", Refused(vpc, cidr));
        }
    }

    /// <summary>AWS's table of restrictions, line by line.</summary>
    [Theory]
    [InlineData("10.0.0.0/16", "172.16.0.0/16", false)]
    [InlineData("10.0.0.0/16", "192.168.0.0/16", false)]
    [InlineData("10.0.0.0/16", "198.19.0.0/16", false)]
    [InlineData("10.0.0.0/16", "10.1.0.0/16", true)]
    [InlineData("10.0.0.0/16", "100.64.0.0/16", true)]
    [InlineData("10.0.0.0/16", "54.1.0.0/16", true)]
    [InlineData("10.0.0.0/16", "198.18.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/16", false)]
    [InlineData("10.1.0.0/16", "10.0.7.0/24", false)]
    [InlineData("10.2.0.0/16", "10.0.0.0/16", true)]
    [InlineData("172.16.0.0/16", "172.31.0.0/16", false)]
    [InlineData("172.16.0.0/16", "172.17.0.0/16", true)]
    [InlineData("172.16.0.0/16", "10.0.0.0/16", false)]
    [InlineData("172.16.0.0/16", "192.168.0.0/16", false)]
    [InlineData("172.16.0.0/16", "198.19.0.0/16", false)]
    [InlineData("192.168.0.0/24", "192.168.1.0/24", true)]
    [InlineData("192.168.0.0/24", "10.0.0.0/16", false)]
    [InlineData("192.168.0.0/24", "172.16.0.0/16", false)]
    [InlineData("192.168.0.0/24", "198.19.0.0/16", false)]
    [InlineData("198.19.0.0/24", "10.0.0.0/16", false)]
    [InlineData("198.19.0.0/24", "172.16.0.0/16", false)]
    [InlineData("198.19.0.0/24", "198.19.1.0/24", true)]
    [InlineData("198.19.0.0/24", "100.64.0.0/16", true)]
    [InlineData("100.64.0.0/16", "10.0.0.0/16", false)]
    [InlineData("100.64.0.0/16", "192.168.0.0/16", false)]
    [InlineData("100.64.0.0/16", "198.19.0.0/16", false)]
    [InlineData("100.64.0.0/16", "100.65.0.0/16", true)]
    [InlineData("54.1.0.0/16", "172.16.0.0/16", false)]
    [InlineData("54.1.0.0/16", "54.2.0.0/16", true)]
    [InlineData("54.1.0.0/16", "169.254.0.0/16", false)]
    public void Rule025_secondary_blocks_are_restricted_by_the_range_of_the_primary(string primary, string added, bool allowed)
    {
        string vpc = lab.NewVpc(primary).VpcId!;
        if (allowed)
        {
            Assert.Equal("associating", Add(vpc, added).CidrBlockAssociation!.CidrBlockState!.State);
        }
        else
        {
            Assert.Equal("InvalidVpc.Range", Refused(vpc, added));
        }
    }

    [Fact]
    public void Rule026_a_vpc_has_at_most_five_blocks_of_each_family()
    {
        lab.Quotas = Quotas.AwsDefaults;
        string vpc = lab.NewVpc("10.2.0.0/16").VpcId!;
        for (int i = 3; i < 7; i++)
        {
            Add(vpc, $"10.{i}.0.0/16");
        }

        Fault fault = lab.FaultOf((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = "10.7.0.0/16" }));
        Assert.Equal("CidrLimitExceeded", fault.Code);
        Assert.Equal($"This network '{vpc}' has met its maximum number of allowed CIDRs: 5", fault.Message);
        for (int i = 0; i < 5; i++)
        {
            lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true }));
        }

        Assert.Equal("CidrLimitExceeded", lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(
            c, new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true })));
    }

    [Theory]
    [InlineData("10.2.0.0/16")]
    [InlineData("10.2.3.0/24")]
    public void Blocks_of_one_vpc_do_not_overlap(string added) =>
        Assert.Equal("InvalidVpc.Range", Refused(lab.NewVpc("10.2.0.0/16").VpcId!, added));

    [Fact]
    public void Rule027_the_primary_block_stays()
    {
        Aws.Vpc vpc = lab.NewVpc();
        string primary = vpc.CidrBlockAssociationSet!.Single().AssociationId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = primary }));
        Assert.Equal("OperationNotPermitted", fault.Code);
        Assert.Equal(
            $"The vpc CIDR block with association ID {primary} may not be disassociated. It is the primary IPv4 CIDR block of the VPC",
            fault.Message);
    }

    [Fact]
    public void Rule027_a_block_stays_while_a_subnet_lies_in_it()
    {
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        string second = Add(vpc, "10.1.0.0/16").CidrBlockAssociation!.AssociationId!;
        Aws.VpcIpv6CidrBlockAssociation ipv6 = lab.Described(vpc).Ipv6CidrBlockAssociationSet!.Single();
        string subnet = lab.NewSubnet(vpc, "10.1.0.0/24", Networks64(ipv6.Ipv6CidrBlock!, 0)).SubnetId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = second }));
        Assert.Equal("InvalidCidrBlock.InUse", fault.Code);
        Assert.Equal($"The vpc {vpc} currently has a subnet within CIDR block 10.1.0.0/16", fault.Message);
        Assert.Equal(
            "InvalidCidrBlock.InUse", lab.Refused((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = ipv6.AssociationId })));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        Aws.DisassociateVpcCidrBlockResult gone =
            lab.Run((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = ipv6.AssociationId }));
        Assert.Equal("disassociating", gone.Ipv6CidrBlockAssociation!.Ipv6CidrBlockState!.State);
        Assert.Null(gone.CidrBlockAssociation);
        lab.Run((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = second }));
        Assert.Equal(["10.0.0.0/16"], Routes(lab.MainTable(vpc)));
    }

    [Fact]
    public void The_first_ipv6_block_opens_the_default_acl_and_group_to_ipv6()
    {
        string vpc = lab.NewVpc().VpcId!;
        NetworkAcl custom = lab.Put(new NetworkAcl
        {
            Id = new("acl-00000000000000001"),
            VpcId = new(vpc),
            Entries =
            [
                .. VpcParts.AclEntries(isEgress: false, Family.V4, allow: false), .. VpcParts.AclEntries(isEgress: true, Family.V4, allow: false),
            ],
        });
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true }));
        Vpc row = lab.Here.Get(new Id<Vpc>(vpc));
        Assert.Equal(VpcParts.DefaultAcl(row, p => p).Entries.ToArray(), lab.DefaultAcl(vpc).Entries.ToArray());
        Assert.Contains(lab.DefaultGroup(vpc).Rules, r => r.IsEgress && r.Peer.Cidr == Prefix.AnyV6);
        Assert.Equal([32767, 32768, 32767, 32768], lab.Here.Get(custom.Id).Entries.Select(e => e.Number));
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true }));
        Assert.Single(lab.DefaultGroup(vpc).Rules, r => r.IsEgress && r.Peer.Cidr == Prefix.AnyV6);
    }

    [Fact]
    public void Rules_that_were_changed_are_not_opened_to_ipv6()
    {
        string vpc = lab.NewVpc().VpcId!;
        NetworkAcl acl = lab.DefaultAcl(vpc);
        lab.Put(acl with { Entries = acl.Entries.RemoveAt(0) });
        SecurityGroup group = lab.DefaultGroup(vpc);
        lab.Put(group with { Rules = group.Rules.RemoveAll(r => r.IsEgress) });
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true }));
        Assert.DoesNotContain(lab.DefaultAcl(vpc).Entries, e => e.Allows && e.Cidr == Prefix.AnyV6);
        Assert.Equal(2, lab.DefaultAcl(vpc).Entries.Count(e => e.Number == NetworkAcl.LastRuleV6));
        Assert.DoesNotContain(lab.DefaultGroup(vpc).Rules, r => r.IsEgress);
    }

    [Fact]
    public void What_is_asked_is_one_block_of_one_family()
    {
        string vpc = lab.NewVpc().VpcId!;
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(
            c, new() { VpcId = vpc, CidrBlock = "10.1.0.0/16", AmazonProvidedIpv6CidrBlock = true })));
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(
            c, new() { VpcId = vpc, Ipv6CidrBlock = "2001:db8::/56", Ipv6Pool = "ipv6pool-ec2-1" })));
        Assert.Equal("InvalidVpc.Range", Refused(vpc, "10.1.0.0/15"));
        Assert.Equal("InvalidParameterValue", Refused(vpc, "ten"));
    }

    [Theory]
    [InlineData("vpc-cidr-assoc-0123456789abcdef0", "InvalidVpcCidrBlockAssociationID.NotFound")]
    [InlineData("subnet-0123456789abcdef0", "InvalidVpcCidrBlockAssociationID.Malformed")]
    [InlineData("", "MissingParameter")]
    [InlineData(null, "MissingParameter")]
    public void Association_ids_are_checked(string? id, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = id })));

    private static string Networks64(string block, int index) =>
        new Prefix(Prefix.Parse(block).First.Plus((UInt128)index << 64), 64).ToString();

    private static List<string> Routes(RouteTable table) => [.. table.Routes.Select(r => r.Cidr.ToString()!)];

    private Aws.AssociateVpcCidrBlockResult Add(string vpc, string cidr) =>
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = cidr }));

    private string Refused(string vpc, string cidr) =>
        lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = cidr }));
}
