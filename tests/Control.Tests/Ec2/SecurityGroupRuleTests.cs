using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class SecurityGroupRuleTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string web;
    private readonly string db;

    public SecurityGroupRuleTests()
    {
        vpc = lab.NewVpc().VpcId!;
        web = NewGroup("web", vpc);
        db = NewGroup("db", vpc);
    }

    [Fact]
    public void A_rule_is_answered_with_its_id_and_listed()
    {
        Aws.SecurityGroupRule rule = Assert.Single(Admit(web, Tcp(22, "192.0.2.77/24", "office")));
        Assert.StartsWith("sgr-", rule.SecurityGroupRuleId, StringComparison.Ordinal);
        Assert.Equal(("tcp", 22, 22, "192.0.2.0/24"), (rule.IpProtocol, rule.FromPort, rule.ToPort, rule.CidrIpv4));
        Assert.Equal((web, false, "office"), (rule.GroupId, rule.IsEgress, rule.Description));
        Aws.SecurityGroupRule listed = Assert.Single(Listed(web), r => r.IsEgress == false);
        Assert.Equal(rule.SecurityGroupRuleId, listed.SecurityGroupRuleId);
        Assert.Equal($"arn:aws:ec2:us-east-1:000000000000:security-group-rule/{rule.SecurityGroupRuleId}", listed.SecurityGroupRuleArn);
    }

    [Fact]
    public void Rules_of_the_same_ports_are_printed_as_one_permission()
    {
        Admit(web, Tcp(22, "192.0.2.0/24"));
        Admit(web, Tcp(443, "0.0.0.0/0"));
        Admit(web, Tcp(22, "198.51.100.0/24"), Peer("tcp", 22, 22, db));
        IReadOnlyList<Aws.IpPermission> permissions = Described(web).IpPermissions!;
        Assert.Equal([22, 443], permissions.Select(p => p.FromPort!.Value));
        Assert.Equal(["192.0.2.0/24", "198.51.100.0/24"], permissions[0].IpRanges!.Select(r => r.CidrIp));
        Assert.Equal(db, Assert.Single(permissions[0].UserIdGroupPairs!).GroupId);
    }

    [Theory]
    [InlineData("tcp", 22, 22, "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW")]
    [InlineData("17", 53, 60, "peer: 0.0.0.0/0, UDP, from port: 53, to port: 60, ALLOW")]
    [InlineData("all", null, null, "peer: 0.0.0.0/0, ALL, ALLOW")]
    [InlineData("50", -1, -1, "peer: 0.0.0.0/0, protocol: 50, ALLOW")]
    [InlineData("icmp", 8, -1, "peer: 0.0.0.0/0, ICMP, type: 8, code: ALL, ALLOW")]
    public void A_rule_comes_once(string protocol, int? from, int? to, string words)
    {
        Aws.IpPermission rule = new() { IpProtocol = protocol, FromPort = from, ToPort = to, IpRanges = [new() { CidrIp = "0.0.0.0/0" }] };
        Admit(web, rule);
        Fault fault = RefusedRule(rule with { IpRanges = [new() { CidrIp = "0.0.0.0/0", Description = "another" }] });
        Assert.Equal("InvalidPermission.Duplicate", fault.Code);
        Assert.Equal($"the specified rule \"{words}\" already exists", fault.Message);
    }

    [Fact]
    public void A_rule_comes_once_in_a_request()
    {
        Fault fault = RefusedRule(Tcp(22, "10.0.0.0/8"), Tcp(22, "10.1.2.3/8"));
        Assert.Equal("InvalidParameterValue", fault.Code);
        Assert.Equal("The same permission must not appear multiple times", fault.Message);
    }

    [Fact]
    public void Rule074_all_protocols_have_no_ports_and_icmpv6_may_leave_them_out()
    {
        Aws.SecurityGroupRule all = Assert.Single(Admit(
            web, new Aws.IpPermission { IpProtocol = "-1", FromPort = 22, ToPort = 22, IpRanges = [new() { CidrIp = "10.0.0.0/8" }] }));
        Assert.Equal(("-1", -1, -1), (all.IpProtocol, all.FromPort, all.ToPort));
        Aws.SecurityGroupRule icmp = Assert.Single(Admit(
            web, new Aws.IpPermission { IpProtocol = "icmpv6", Ipv6Ranges = [new() { CidrIpv6 = "::/0" }] }));
        Assert.Equal(("icmpv6", -1, -1), (icmp.IpProtocol, icmp.FromPort, icmp.ToPort));
    }

    public static TheoryData<string, string, Aws.IpPermission> RefusedPermissions => new()
    {
        { "InvalidParameterValue", "Invalid value 'http' for IP protocol. Unknown protocol.", Cidr("http", 1, 1, "0.0.0.0/0") },
        { "InvalidParameterValue", "Invalid value '256' for IP protocol. Unknown protocol.", Cidr("256", 1, 1, "0.0.0.0/0") },
        {
            "InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
            Cidr("tcp", 1, null, "0.0.0.0/0")
        },
        { "InvalidParameterValue", "TCP/UDP port (-1) out of range", Cidr("tcp", -1, -1, "0.0.0.0/0") },
        { "InvalidParameterValue", "TCP/UDP port (65536) out of range", Cidr("udp", 0, 65536, "0.0.0.0/0") },
        { "InvalidParameterValue", "Invalid TCP/UDP port range (80:22)", Cidr("tcp", 80, 22, "0.0.0.0/0") },
        { "InvalidParameterValue", "ICMP type (256) out of range", Cidr("icmp", 256, 0, "0.0.0.0/0") },
        { "InvalidParameterValue", "ICMP code (300) out of range", Cidr("icmp", 8, 300, "0.0.0.0/0") },
        { "InvalidParameterValue", "CIDR block 10.0.0.1 is malformed", Cidr("tcp", 1, 1, "10.0.0.1") },
        { "InvalidParameterValue", "CIDR block ::/0 is malformed", Cidr("tcp", 1, 1, "::/0") },
        {
            "MissingParameter", "The request must contain the parameter ipRanges, ipv6Ranges, prefixListIds or groups",
            new() { IpProtocol = "tcp", FromPort = 1, ToPort = 1 }
        },
        { "MissingParameter", "The request must contain the parameter ipProtocol", new() { IpRanges = [new() { CidrIp = "0.0.0.0/0" }] } },
        {
            "MissingParameter", "Source group ID missing.",
            new() { IpProtocol = "-1", UserIdGroupPairs = [new() { UserId = "000000000000" }] }
        },
        {
            "InvalidGroup.NotFound", "The security group 'sg-0123456789abcdef0' does not exist",
            new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = "sg-0123456789abcdef0" }] }
        },
        {
            "InvalidGroup.NotFound", "You have specified two resources that belong to different networks.",
            new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = "sg-0123456789abcdef0", UserId = "111111111111" }] }
        },
        {
            "InvalidPrefixListID.NotFound", "The prefix list ID 'pl-0123456789abcdef0' does not exist",
            new() { IpProtocol = "-1", PrefixListIds = [new() { PrefixListIdValue = "pl-0123456789abcdef0" }] }
        },
        {
            "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID 'pcx-0123456789abcdef0' does not exist",
            new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = "sg-1", VpcPeeringConnectionId = "pcx-0123456789abcdef0" }] }
        },
        {
            "InvalidParameterValue",
            "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  "
            + "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
            new() { IpProtocol = "-1", IpRanges = [new() { CidrIp = "0.0.0.0/0", Description = "a|b" }] }
        },
    };

    [Theory]
    [MemberData(nameof(RefusedPermissions))]
    public void A_permission_is_checked(string code, string message, Aws.IpPermission permission)
    {
        Fault fault = RefusedRule(permission);
        Assert.Equal((code, message), (fault.Code, fault.Message));
    }

    [Fact]
    public void Rule061_a_peer_group_stands_in_the_same_vpc()
    {
        string far = NewGroup("far", lab.NewVpc("10.9.0.0/16").VpcId!);
        Assert.Equal("InvalidGroup.NotFound", RefusedRule(Peer("-1", null, null, far)).Code);
        Aws.SecurityGroupRule self = Assert.Single(Admit(web, Peer("-1", null, null, web)));
        Assert.Equal(web, self.ReferencedGroupInfo!.GroupId);
        Assert.Equal("000000000000", self.ReferencedGroupInfo.UserId);
    }

    [Fact]
    public void A_group_may_be_named_where_it_stands_in_the_default_vpc()
    {
        string home = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "home", Description = "d" })).GroupId!;
        IReadOnlyList<Aws.SecurityGroupRule> rules = lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(
            c, new() { GroupName = "home", SourceSecurityGroupName = "default" })).SecurityGroupRules!;
        Assert.Equal(["tcp", "udp", "icmp"], rules.Select(r => r.IpProtocol));
        Assert.All(rules, r => Assert.Equal(home, r.GroupId));
        Assert.Equal([0, 0, -1], rules.Select(r => r.FromPort!.Value));
    }

    [Fact]
    public void One_permission_may_be_given_flat()
    {
        Aws.AuthorizeSecurityGroupIngressRequest flat = new()
        {
            GroupId = web,
            IpProtocol = "tcp",
            FromPort = 80,
            ToPort = 80,
            CidrIp = "0.0.0.0/0",
        };
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, flat));
        Assert.Equal(80, Assert.Single(Described(web).IpPermissions!).FromPort);
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(
            c, flat with { IpPermissions = [Tcp(22, "0.0.0.0/0")] })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = web })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(
            c, flat with { SourceSecurityGroupName = "db" })));
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupEgress(
            c, new() { GroupId = web, SourceSecurityGroupName = "db" })));
        lab.Run((ec2, c) => ec2.RevokeSecurityGroupIngress(
            c, new() { GroupId = web, IpProtocol = "tcp", FromPort = 80, ToPort = 80, CidrIp = "0.0.0.0/0" }));
        Assert.Empty(Described(web).IpPermissions!);
    }

    [Theory]
    [InlineData(null, null, "MissingParameter")]
    [InlineData("sg-0123456789abcdef0", "web", "InvalidParameterCombination")]
    public void A_group_is_named_in_one_way(string? id, string? name, string code) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(
            c, new() { GroupId = id, GroupName = name, IpPermissions = [Tcp(22, "0.0.0.0/0")] })));

    [Fact]
    public void Rules_are_revoked_by_what_they_say()
    {
        Admit(web, Tcp(22, "192.0.2.0/24", "office"), Tcp(443, "0.0.0.0/0"));
        Aws.RevokeSecurityGroupIngressResult result = lab.Run((ec2, c) => ec2.RevokeSecurityGroupIngress(
            c, new() { GroupId = web, IpPermissions = [Tcp(22, "192.0.2.0/24")] }));
        Assert.Equal("office", Assert.Single(result.RevokedSecurityGroupRules!).Description);
        Assert.Equal(443, Assert.Single(Described(web).IpPermissions!).FromPort);
        Fault fault = lab.FaultOf((ec2, c) => ec2.RevokeSecurityGroupIngress(
            c, new() { GroupId = web, IpPermissions = [Tcp(443, "0.0.0.0/0"), Tcp(22, "192.0.2.0/24")] }));
        Assert.Equal("InvalidPermission.NotFound", fault.Code);
        Assert.Equal("The specified rule does not exist in this security group.", fault.Message);
    }

    [Fact]
    public void In_the_default_vpc_an_unknown_rule_is_answered_and_not_refused()
    {
        string home = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "home", Description = "d" })).GroupId!;
        Aws.RevokeSecurityGroupIngressResult result = lab.Run((ec2, c) => ec2.RevokeSecurityGroupIngress(
            c, new() { GroupId = home, IpPermissions = [Tcp(22, "192.0.2.0/24")] }));
        Assert.True(result.Return);
        Assert.Equal(22, Assert.Single(result.UnknownIpPermissions!).FromPort);
        Assert.Empty(result.RevokedSecurityGroupRules!);
    }

    [Fact]
    public void Rule058_without_egress_rules_nothing_is_left_to_go_out()
    {
        string rule = Assert.Single(Listed(web)).SecurityGroupRuleId!;
        lab.Run((ec2, c) => ec2.RevokeSecurityGroupEgress(c, new() { GroupId = web, SecurityGroupRuleIds = [rule] }));
        Assert.Empty(Described(web).IpPermissionsEgress!);
        Assert.Equal("InvalidSecurityGroupRuleId.NotFound", lab.Refused((ec2, c) => ec2.RevokeSecurityGroupEgress(
            c, new() { GroupId = web, SecurityGroupRuleIds = [rule] })));
    }

    [Fact]
    public void A_rule_id_belongs_to_its_group_and_direction()
    {
        string rule = Assert.Single(Listed(web)).SecurityGroupRuleId!;
        Assert.Equal("InvalidSecurityGroupRuleId.NotFound", lab.Refused((ec2, c) => ec2.RevokeSecurityGroupIngress(
            c, new() { GroupId = web, SecurityGroupRuleIds = [rule] })));
        Assert.Equal("InvalidSecurityGroupRuleId.NotFound", lab.Refused((ec2, c) => ec2.RevokeSecurityGroupEgress(
            c, new() { GroupId = db, SecurityGroupRuleIds = [rule] })));
        Assert.Equal("InvalidSecurityGroupRuleId.Malformed", lab.Refused((ec2, c) => ec2.DescribeSecurityGroupRules(
            c, new() { SecurityGroupRuleIds = ["rule-1"] })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.RevokeSecurityGroupEgress(c, new() { GroupId = web })));
        Assert.Equal("InvalidParameterCombination", lab.Refused((ec2, c) => ec2.RevokeSecurityGroupEgress(
            c, new() { GroupId = web, SecurityGroupRuleIds = [rule], IpPermissions = [Tcp(22, "0.0.0.0/0")] })));
    }

    [Fact]
    public void Rule072_rules_have_a_quota_for_each_direction_and_family()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 0; i < 60; i++)
        {
            Admit(web, Tcp(1000 + i, "0.0.0.0/0"));
        }

        Assert.Equal("RulesPerSecurityGroupLimitExceeded", RefusedRule(Tcp(80, "0.0.0.0/0")).Code);
        Assert.Equal("RulesPerSecurityGroupLimitExceeded", RefusedRule(Peer("tcp", 80, 80, db)).Code);
        Admit(web, new Aws.IpPermission { IpProtocol = "tcp", FromPort = 80, ToPort = 80, Ipv6Ranges = [new() { CidrIpv6 = "::/0" }] });
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupEgress(c, new() { GroupId = web, IpPermissions = [Tcp(80, "10.0.0.0/8")] }));
    }

    [Fact]
    public void A_rule_is_modified_and_keeps_its_id()
    {
        string rule = Assert.Single(Admit(web, Tcp(22, "192.0.2.0/24", "office"))).SecurityGroupRuleId!;
        Modify(rule, new() { IpProtocol = "tcp", FromPort = 2222, ToPort = 2222, CidrIpv4 = "198.51.100.0/24", Description = "moved" });
        Aws.SecurityGroupRule after = Assert.Single(Listed(web), r => r.SecurityGroupRuleId == rule);
        Assert.Equal((2222, "198.51.100.0/24", "moved"), (after.FromPort, after.CidrIpv4, after.Description));
    }

    public static TheoryData<string, Aws.SecurityGroupRuleRequest> RefusedChanges => new()
    {
        { "InvalidParameterValue", new() { IpProtocol = "-1", CidrIpv6 = "::/0" } },
        { "MissingParameter", new() { IpProtocol = "-1" } },
        { "InvalidParameterCombination", new() { IpProtocol = "-1", CidrIpv4 = "0.0.0.0/0", CidrIpv6 = "::/0" } },
        { "InvalidPrefixListID.NotFound", new() { IpProtocol = "-1", PrefixListId = "pl-0123456789abcdef0" } },
        { "InvalidGroup.NotFound", new() { IpProtocol = "-1", ReferencedGroupId = "sg-0123456789abcdef0" } },
        { "InvalidPermission.Duplicate", new() { IpProtocol = "tcp", FromPort = 443, ToPort = 443, CidrIpv4 = "0.0.0.0/0" } },
    };

    [Theory]
    [MemberData(nameof(RefusedChanges))]
    public void A_change_of_a_rule_is_checked(string code, Aws.SecurityGroupRuleRequest change)
    {
        string rule = Assert.Single(Admit(web, Tcp(22, "192.0.2.0/24"))).SecurityGroupRuleId!;
        Admit(web, Tcp(443, "0.0.0.0/0"));
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.ModifySecurityGroupRules(c, new()
        {
            GroupId = web,
            SecurityGroupRules = [new() { SecurityGroupRuleId = rule, SecurityGroupRule = change }],
        })));
    }

    [Fact]
    public void Rules_of_one_request_may_trade_places()
    {
        string first = Assert.Single(Admit(web, Tcp(22, "192.0.2.0/24"))).SecurityGroupRuleId!;
        string second = Assert.Single(Admit(web, Tcp(23, "192.0.2.0/24"))).SecurityGroupRuleId!;
        lab.Run((ec2, c) => ec2.ModifySecurityGroupRules(c, new()
        {
            GroupId = web,
            SecurityGroupRules =
            [
                new() { SecurityGroupRuleId = first, SecurityGroupRule = Port(23) },
                new() { SecurityGroupRuleId = second, SecurityGroupRule = Port(22) },
            ],
        }));
        Assert.Equal(23, Assert.Single(Listed(web), r => r.SecurityGroupRuleId == first).FromPort);

        static Aws.SecurityGroupRuleRequest Port(int port) =>
            new() { IpProtocol = "tcp", FromPort = port, ToPort = port, CidrIpv4 = "192.0.2.0/24" };
    }

    [Fact]
    public void Descriptions_are_set_by_permission_and_by_id_and_taken_away()
    {
        string rule = Assert.Single(Admit(web, Tcp(22, "192.0.2.0/24", "office"))).SecurityGroupRuleId!;
        lab.Run((ec2, c) => ec2.UpdateSecurityGroupRuleDescriptionsIngress(
            c, new() { GroupId = web, IpPermissions = [Tcp(22, "192.0.2.0/24", "home")] }));
        Assert.Equal("home", Description(rule));
        lab.Run((ec2, c) => ec2.UpdateSecurityGroupRuleDescriptionsIngress(c, new()
        {
            GroupId = web,
            SecurityGroupRuleDescriptions = [new() { SecurityGroupRuleId = rule, Description = "away" }],
        }));
        Assert.Equal("away", Description(rule));
        lab.Run((ec2, c) => ec2.UpdateSecurityGroupRuleDescriptionsIngress(
            c, new() { GroupId = web, IpPermissions = [Tcp(22, "192.0.2.0/24")] }));
        Assert.Null(Description(rule));
        Assert.Equal("InvalidPermission.NotFound", lab.Refused((ec2, c) => ec2.UpdateSecurityGroupRuleDescriptionsEgress(
            c, new() { GroupId = web, IpPermissions = [Tcp(22, "192.0.2.0/24")] })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.UpdateSecurityGroupRuleDescriptionsEgress(
            c, new() { GroupId = web })));
    }

    [Fact]
    public void Rules_bear_tags_and_come_in_pages()
    {
        Aws.SecurityGroupRule tagged = Assert.Single(lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = web,
            IpPermissions = [Tcp(22, "192.0.2.0/24")],
            TagSpecifications = [new() { ResourceType = "security-group-rule", Tags = [new() { Key = "Name", Value = "ssh" }] }],
        })).SecurityGroupRules!);
        Assert.Equal(tagged.SecurityGroupRuleId, Assert.Single(Rules(Networks.Filter("tag:Name", "ssh"))).SecurityGroupRuleId);
        for (int i = 0; i < 6; i++)
        {
            Admit(web, Tcp(1000 + i, "0.0.0.0/0"));
        }

        Aws.Filter mine = Networks.Filter("group-id", web);
        Aws.DescribeSecurityGroupRulesResult first = lab.Run((ec2, c) => ec2.DescribeSecurityGroupRules(
            c, new() { Filters = [mine], MaxResults = 5 }));
        Aws.DescribeSecurityGroupRulesResult rest = lab.Run((ec2, c) => ec2.DescribeSecurityGroupRules(
            c, new() { Filters = [mine], MaxResults = 5, NextToken = first.NextToken }));
        Assert.Equal(8, first.SecurityGroupRules!.Concat(rest.SecurityGroupRules!).DistinctBy(r => r.SecurityGroupRuleId).Count());
        Assert.Equal(8, Rules(Networks.Filter("group-id", web[..^1] + "?")).Count);
    }

    private static Aws.IpPermission Tcp(int port, string cidr, string? description = null) => new()
    {
        IpProtocol = "tcp",
        FromPort = port,
        ToPort = port,
        IpRanges = [new() { CidrIp = cidr, Description = description }],
    };

    private static Aws.IpPermission Cidr(string protocol, int? from, int? to, string cidr) =>
        new() { IpProtocol = protocol, FromPort = from, ToPort = to, IpRanges = [new() { CidrIp = cidr }] };

    private static Aws.IpPermission Peer(string protocol, int? from, int? to, string group) =>
        new() { IpProtocol = protocol, FromPort = from, ToPort = to, UserIdGroupPairs = [new() { GroupId = group }] };

    private IReadOnlyList<Aws.SecurityGroupRule> Admit(string group, params Aws.IpPermission[] permissions) =>
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(
            c, new() { GroupId = group, IpPermissions = permissions })).SecurityGroupRules!;

    private Fault RefusedRule(params Aws.IpPermission[] permissions) =>
        lab.FaultOf((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = web, IpPermissions = permissions }));

    private void Modify(string rule, Aws.SecurityGroupRuleRequest change) => lab.Run((ec2, c) => ec2.ModifySecurityGroupRules(c, new()
    {
        GroupId = web,
        SecurityGroupRules = [new() { SecurityGroupRuleId = rule, SecurityGroupRule = change }],
    }));

    private string? Description(string rule) => Assert.Single(Listed(web), r => r.SecurityGroupRuleId == rule).Description;

    private IReadOnlyList<Aws.SecurityGroupRule> Listed(string group) => Rules(Networks.Filter("group-id", group));

    private IReadOnlyList<Aws.SecurityGroupRule> Rules(Aws.Filter filter) =>
        lab.Run((ec2, c) => ec2.DescribeSecurityGroupRules(c, new() { Filters = [filter] })).SecurityGroupRules!;

    private string NewGroup(string name, string inVpc) => lab.Run((ec2, c) => ec2.CreateSecurityGroup(
        c, new() { GroupName = name, Description = "a group", VpcId = inVpc })).GroupId!;

    private Aws.SecurityGroup Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupIds = [id] })).SecurityGroups!.Single();
}
