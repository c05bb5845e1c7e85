using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

public sealed class SecurityGroupTests
{
    private readonly Lab lab = new();
    private readonly string vpc;

    public SecurityGroupTests()
    {
        vpc = lab.NewVpc().VpcId!;
    }

    [Fact]
    public void Rule059_a_new_group_lets_all_out_and_nothing_in()
    {
        Aws.SecurityGroup group = Described(NewGroup("web"));
        Assert.Empty(group.IpPermissions!);
        Aws.IpPermission rule = Assert.Single(group.IpPermissionsEgress!);
        Assert.Equal(("-1", null, null), (rule.IpProtocol, rule.FromPort, rule.ToPort));
        Assert.Equal("0.0.0.0/0", Assert.Single(rule.IpRanges!).CidrIp);
        Assert.Empty(rule.Ipv6Ranges!);
        Assert.Empty(rule.UserIdGroupPairs!);
        Assert.Empty(rule.PrefixListIds!);
    }

    [Fact]
    public void Rule059_ipv6_goes_out_too_where_the_vpc_has_it()
    {
        string dual = lab.NewVpc("10.8.0.0/16", ipv6: true).VpcId!;
        Aws.IpPermission rule = Assert.Single(Described(NewGroup("web", dual)).IpPermissionsEgress!);
        Assert.Equal("::/0", Assert.Single(rule.Ipv6Ranges!).CidrIpv6);
    }

    [Fact]
    public void Rule059_the_default_group_admits_itself()
    {
        SecurityGroup group = lab.DefaultGroup(vpc);
        Aws.IpPermission rule = Assert.Single(Described(group.Key).IpPermissions!);
        Aws.UserIdGroupPair pair = Assert.Single(rule.UserIdGroupPairs!);
        Assert.Equal(("-1", group.Key, "000000000000"), (rule.IpProtocol, pair.GroupId, pair.UserId));
    }

    [Fact]
    public void A_name_is_unique_in_its_vpc()
    {
        NewGroup("web");
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "web", Description = "d", VpcId = vpc }));
        Assert.Equal("InvalidGroup.Duplicate", fault.Code);
        Assert.Equal($"The security group 'web' already exists for VPC '{vpc}'", fault.Message);
        NewGroup("web", lab.NewVpc("10.9.0.0/16").VpcId);
    }

    [Theory]
    [InlineData(null, "d", "MissingParameter")]
    [InlineData("", "d", "MissingParameter")]
    [InlineData("web", null, "MissingParameter")]
    [InlineData("default", "d", "InvalidGroup.Reserved")]
    [InlineData("sg-mine", "d", "InvalidParameterValue")]
    [InlineData("wéb", "d", "InvalidParameterValue")]
    [InlineData("web", "<all>", "InvalidParameterValue")]
    public void Names_and_descriptions_are_checked(string? name, string? description, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateSecurityGroup(
            c, new() { GroupName = name, Description = description, VpcId = vpc })));

    [Fact]
    public void A_name_has_at_most_255_characters()
    {
        NewGroup(new string('a', 255));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateSecurityGroup(
            c, new() { GroupName = new string('a', 256), Description = "d", VpcId = vpc })));
    }

    [Fact]
    public void Without_a_vpc_a_group_goes_to_the_default_one()
    {
        string id = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "web", Description = "d" })).GroupId!;
        Vpc home = lab.Here.All<Vpc>().Single(v => v.IsDefault);
        Assert.Equal(home.Key, Described(id).VpcId);
        Assert.Equal([id], Names("web"));
        Fault fault = lab.FaultOf((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupNames = ["db"] }));
        Assert.Equal("InvalidGroup.NotFound", fault.Code);
        Assert.Equal($"The security group 'db' does not exist in default VPC '{home.Id}'", fault.Message);
        lab.Run((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupName = "web" }));
        Assert.Equal("InvalidGroup.NotFound", lab.Refused((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = id })));
    }

    [Fact]
    public void The_default_group_is_not_deleted()
    {
        SecurityGroup group = lab.DefaultGroup(vpc);
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = group.Key }));
        Assert.Equal("CannotDelete", fault.Code);
        Assert.Equal($"the specified group: \"{group.Id}\" name: \"default\" cannot be deleted by a user", fault.Message);
    }

    [Fact]
    public void A_group_of_an_interface_is_not_deleted()
    {
        string group = NewGroup("web");
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        string eni = lab.Run((ec2, c) => ec2.CreateNetworkInterface(c, new() { SubnetId = subnet, Groups = [group] }))
            .NetworkInterface!.NetworkInterfaceId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = group }));
        Assert.Equal("DependencyViolation", fault.Code);
        Assert.Equal($"resource {group} has a dependent object", fault.Message);
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = eni }));
        Assert.True(lab.Run((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = group })).Return);
    }

    [Fact]
    public void A_group_in_a_rule_of_another_is_not_deleted()
    {
        string web = NewGroup("web");
        string db = NewGroup("db");
        Admit(db, web);
        Admit(web, web);
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = web })));
        lab.Run((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = db }));
        lab.Run((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = web }));
    }

    [Theory]
    [InlineData("sg-nothex", "InvalidGroupId.Malformed")]
    [InlineData("sg-0123456789abcdef0", "InvalidGroup.NotFound")]
    public void A_group_that_is_not_there_is_refused(string id, string code)
    {
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupIds = [id] })));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.DeleteSecurityGroup(c, new() { GroupId = id })));
    }

    [Fact]
    public void Groups_of_a_request_belong_to_its_vpc()
    {
        string web = NewGroup("web");
        string far = NewGroup("far", lab.NewVpc("10.9.0.0/16").VpcId);
        CommandContext context = lab.Context();
        Assert.Equal([new Id<SecurityGroup>(web)], Ec2Groups(context, [web], null));
        Assert.Equal([new Id<SecurityGroup>(web)], Ec2Groups(context, null, ["web"]));
        Fault fault = Assert.Throws<Fault>(() => { Ec2Groups(context, [far], null); });
        Assert.Equal("InvalidParameter", fault.Code);
        Assert.Equal("You have specified two resources that belong to different networks.", fault.Message);
        Assert.Equal("InvalidGroup.NotFound", Assert.Throws<Fault>(() => { Ec2Groups(context, null, ["far"]); }).Code);
    }

    [Fact]
    public void Rule072_groups_of_a_region_have_a_quota()
    {
        lab.Quotas = new Quotas(ImmutableDictionary<string, int>.Empty.Add(Quotas.SecurityGroupsPerRegion.Name, 3));
        NewGroup("web");
        Assert.Equal("SecurityGroupLimitExceeded", lab.Refused((ec2, c) => ec2.CreateSecurityGroup(
            c, new() { GroupName = "db", Description = "d", VpcId = vpc })));
    }

    [Theory]
    [InlineData("group-name", "we?", true)]
    [InlineData("description", "for tests", true)]
    [InlineData("egress.ip-permission.cidr", "0.0.0.0/0", true)]
    [InlineData("egress.ip-permission.protocol", "-1", true)]
    [InlineData("ip-permission.cidr", "192.0.2.0/24", true)]
    [InlineData("ip-permission.from-port", "22", true)]
    [InlineData("ip-permission.to-port", "23", false)]
    [InlineData("ip-permission.protocol", "tcp", true)]
    [InlineData("ip-permission.group-name", "db", true)]
    [InlineData("ip-permission.user-id", "000000000000", true)]
    [InlineData("ip-permission.ipv6-cidr", "2001:db8::/32", true)]
    [InlineData("owner-id", "000000000000", true)]
    [InlineData("owner-id", "111111111111", false)]
    [InlineData("tag:Name", "front", true)]
    public void Filters_pick_groups(string name, string value, bool found)
    {
        string db = NewGroup("db");
        string web = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new()
        {
            GroupName = "web",
            Description = "for tests",
            VpcId = vpc,
            TagSpecifications = [new() { ResourceType = "security-group", Tags = [new() { Key = "Name", Value = "front" }] }],
        })).GroupId!;
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = web,
            IpPermissions =
            [
                new()
                {
                    IpProtocol = "tcp",
                    FromPort = 22,
                    ToPort = 22,
                    IpRanges = [new() { CidrIp = "192.0.2.0/24" }],
                    Ipv6Ranges = [new() { CidrIpv6 = "2001:db8::/32" }],
                    UserIdGroupPairs = [new() { GroupId = db }],
                },
            ],
        }));
        IEnumerable<string> groups = lab.Run((ec2, c) => ec2.DescribeSecurityGroups(
            c, new() { Filters = [Networks.Filter(name, value)] })).SecurityGroups!.Select(g => g.GroupId!);
        Assert.Equal(found, groups.Contains(web));
    }

    private ImmutableArray<Id<SecurityGroup>> Ec2Groups(
        CommandContext context, IReadOnlyList<string>? ids, IReadOnlyList<string>? names) =>
        InterfaceMaker.CheckedGroups(context, new Id<Vpc>(vpc), ids, names);

    private void Admit(string group, string peer) => lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
    {
        GroupId = group,
        IpPermissions = [new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = peer }] }],
    }));

    private string NewGroup(string name, string? inVpc = null) => lab.Run((ec2, c) => ec2.CreateSecurityGroup(
        c, new() { GroupName = name, Description = "a group", VpcId = inVpc ?? vpc })).GroupId!;

    private Aws.SecurityGroup Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupIds = [id] })).SecurityGroups!.Single();

    private IEnumerable<string> Names(string name) =>
        lab.Run((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupNames = [name] })).SecurityGroups!.Select(g => g.GroupId!);
}
