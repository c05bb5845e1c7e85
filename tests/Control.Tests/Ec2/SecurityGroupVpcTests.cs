using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Security groups beyond their VPC, stale rules, and who may be given which group.</summary>
public sealed class SecurityGroupVpcTests
{
    private readonly Lab lab = new();
    private readonly string home;
    private readonly string away;
    private readonly string awaySubnet;
    private readonly string group;

    public SecurityGroupVpcTests()
    {
        home = lab.NewVpc().VpcId!;
        away = lab.NewVpc("10.1.0.0/16", ipv6: true).VpcId!;
        awaySubnet = lab.NewSubnet(away, "10.1.1.0/24").SubnetId!;
        group = Group(home, "web");
    }

    [Fact]
    public void Rule067_an_associated_group_serves_the_interfaces_of_the_other_VPC()
    {
        Assert.Equal("InvalidParameter", lab.Refused((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = awaySubnet, Groups = [group] })));
        Assert.Equal("associating", Associate(group, away));
        Aws.SecurityGroupVpcAssociation row = Associations(Networks.Filter("group-id", group)).Single();
        Assert.Equal((group, away, "associated", "000000000000"), (row.GroupId, row.VpcId, row.State, row.VpcOwnerId));
        string eni = lab.Run((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = awaySubnet, Groups = [group] })).NetworkInterface!.NetworkInterfaceId!;
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DisassociateSecurityGroupVpc(c, new() { GroupId = group, VpcId = away })));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = group })));
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.Equal("disassociating", lab.Run((ec2, c) => ec2.DisassociateSecurityGroupVpc(c, new() { GroupId = group, VpcId = away })).State);
        Assert.Empty(Associations());
        lab.Run((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = group }));
    }

    [Fact]
    public void Rule067_not_a_default_group_and_not_the_default_VPC()
    {
        string ofDefault = lab.Here.All<Vpc>().Single(v => v.IsDefault).Key;
        (string Code, string Group, string Vpc)[] table =
        [
            ("OperationNotPermitted", lab.DefaultGroup(home).Key, away),
            ("OperationNotPermitted", group, ofDefault),
            ("InvalidParameterValue", group, home),
            ("InvalidGroup.NotFound", "sg-0000000000000dead", away),
            ("InvalidVpcID.NotFound", group, "vpc-0000000000000dead"),
        ];
        foreach ((string code, string one, string vpc) in table)
        {
            Assert.Equal(code, lab.Refused((ec2, c) => ec2.AssociateSecurityGroupVpc(c, new() { GroupId = one, VpcId = vpc })));
        }

        Group(away, "web");
        Assert.Equal("InvalidGroup.Duplicate", lab.Refused((ec2, c) => ec2.AssociateSecurityGroupVpc(c, new() { GroupId = group, VpcId = away })));
        Assert.Equal("InvalidAssociation.NotFound", lab.Refused((ec2, c) => ec2.DisassociateSecurityGroupVpc(c, new() { GroupId = group, VpcId = away })));
    }

    [Fact]
    public void Rule067_its_rules_hold_there_for_both_families()
    {
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = group,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 443, ToPort = 443, Ipv6Ranges = [new() { CidrIpv6 = "::/0" }], UserIdGroupPairs = [new() { GroupId = group }] }],
        }));
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupEgress(
            c, new() { GroupId = group, IpPermissions = [new() { IpProtocol = "-1", Ipv6Ranges = [new() { CidrIpv6 = "::/0" }] }] }));
        Associate(group, away);
        (NetworkInterface one, NetworkInterface other) = (Member("10.1.1.10"), Member("10.1.1.11"));
        Assert.True(Arrives(one, one.PrimaryIp!.Value, other.PrimaryIp!.Value, 443));
        Assert.False(Arrives(one, one.PrimaryIp!.Value, other.PrimaryIp!.Value, 80));
        Prefix block = lab.Here.Get(new Id<Vpc>(away)).Ipv6Cidrs[0].Cidr;
        Subnet subnet = lab.Here.Get(new Id<Subnet>(awaySubnet));
        lab.Put(subnet with { Ipv6Cidrs = [new CidrAssociation("subnet-cidr-assoc-1", new Prefix(block.First, 64))] });
        IpAddress a = block.First.Plus(10), b = block.First.Plus(11);
        one = lab.Put(one with { Ipv6Addresses = [a] });
        other = lab.Put(other with { Ipv6Addresses = [b] });
        Assert.True(Arrives(one, a, b, 443));
        Assert.False(Arrives(one, a, b, 80));
    }

    [Fact]
    public void Groups_for_a_VPC_are_its_own_and_the_associated_ones()
    {
        Associate(group, away);
        string own = Group(away, "db");
        IReadOnlyList<Aws.SecurityGroupForVpc> all = lab.Run((ec2, c) => ec2.GetSecurityGroupsForVpc(c, new() { VpcId = away })).SecurityGroupForVpcs!;
        Assert.Equal(new[] { group, own, lab.DefaultGroup(away).Key }.Order(), all.Select(g => g.GroupId));
        Assert.Equal(home, all.Single(g => g.GroupId == group).PrimaryVpcId);
        Assert.Equal([group], lab.Run((ec2, c) => ec2.GetSecurityGroupsForVpc(
            c, new() { VpcId = away, Filters = [Networks.Filter("primary-vpc-id", home)] })).SecurityGroupForVpcs!.Select(g => g.GroupId));
    }

    [Fact]
    public void A_rule_that_names_a_group_out_of_reach_is_stale()
    {
        Associate(group, away);
        string db = Group(away, "db");
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = db,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 5432, ToPort = 5432, UserIdGroupPairs = [new() { GroupId = group }] }],
        }));
        Aws.SecurityGroupReference reference = lab.Run((ec2, c) => ec2.DescribeSecurityGroupReferences(
            c, new() { GroupId = [group] })).SecurityGroupReferenceSet!.Single();
        Assert.Equal((group, away), (reference.GroupId, reference.ReferencingVpcId));
        Assert.Empty(Stale(away));
        lab.Run((ec2, c) => ec2.DisassociateSecurityGroupVpc(c, new() { GroupId = group, VpcId = away }));
        Aws.StaleSecurityGroup stale = Stale(away).Single();
        Aws.StaleIpPermission rule = stale.StaleIpPermissions!.Single();
        Assert.Equal((db, "tcp", 5432, group, home), (stale.GroupId, rule.IpProtocol, rule.FromPort!.Value, rule.UserIdGroupPairs!.Single().GroupId, rule.UserIdGroupPairs![0].VpcId));
        Assert.Equal("InvalidGroup.NotFound", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupEgress(c, new()
        {
            GroupId = db,
            IpPermissions = [new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = group }] }],
        })));
    }

    private string Group(string vpc, string name) =>
        lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = name, Description = name, VpcId = vpc })).GroupId!;

    private string Associate(string one, string vpc) =>
        lab.Run((ec2, c) => ec2.AssociateSecurityGroupVpc(c, new() { GroupId = one, VpcId = vpc })).State!;

    private IReadOnlyList<Aws.SecurityGroupVpcAssociation> Associations(params Aws.Filter[] filters) =>
        lab.Run((ec2, c) => ec2.DescribeSecurityGroupVpcAssociations(c, new() { Filters = filters })).SecurityGroupVpcAssociations!;

    private IReadOnlyList<Aws.StaleSecurityGroup> Stale(string vpc) =>
        lab.Run((ec2, c) => ec2.DescribeStaleSecurityGroups(c, new() { VpcId = vpc })).StaleSecurityGroupSet!;

    private NetworkInterface Member(string ip)
    {
        (_, NetworkInterface eni) = lab.NewInstance(awaySubnet, ip);
        lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = eni.Key, Groups = [group] }));
        return lab.Here.Get(eni.Id);
    }

    private bool Arrives(NetworkInterface from, IpAddress source, IpAddress destination, ushort port)
    {
        Tracer tracer = new(Compiler.Compile(lab.Cloud));
        return tracer.Evaluate(Flow.Tcp(Origin.OfNic(tracer.State.NicOf(lab.Home, from.Key)), source, destination, port)).Delivered;
    }
}
