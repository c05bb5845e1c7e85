using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class NetworkAclTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public NetworkAclTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
    }

    [Fact]
    public void Rule078_the_default_acl_allows_all_and_a_new_one_nothing()
    {
        Aws.NetworkAcl standard = Described(lab.DefaultAcl(vpc).Key);
        Assert.Equal(["allow", "deny", "allow", "deny"], standard.Entries!.Select(e => e.RuleAction));
        Assert.Equal([100, 32767, 100, 32767], standard.Entries!.Select(e => e.RuleNumber!.Value));
        Assert.Equal([false, false, true, true], standard.Entries!.Select(e => e.Egress!.Value));
        Aws.NetworkAcl made = Described(NewAcl());
        Assert.False(made.IsDefault);
        Assert.Equal(["deny", "deny"], made.Entries!.Select(e => e.RuleAction));
        Assert.All(made.Entries!, e => Assert.Equal(("-1", "0.0.0.0/0", 32767), (e.Protocol, e.CidrBlock, e.RuleNumber)));
    }

    [Fact]
    public void Rule078_a_subnet_has_one_acl_at_a_time()
    {
        string acl = NewAcl();
        Aws.NetworkAclAssociation before = AssociationOf(subnet);
        Assert.Equal(lab.DefaultAcl(vpc).Key, before.NetworkAclId);
        string next = lab.Run((ec2, c) => ec2.ReplaceNetworkAclAssociation(
            c, new() { AssociationId = before.NetworkAclAssociationId, NetworkAclId = acl })).NewAssociationId!;
        Aws.NetworkAclAssociation after = AssociationOf(subnet);
        Assert.Equal((acl, next, subnet), (after.NetworkAclId, after.NetworkAclAssociationId, after.SubnetId));
        Assert.Equal("InvalidAssociationID.NotFound", lab.Refused((ec2, c) => ec2.ReplaceNetworkAclAssociation(
            c, new() { AssociationId = before.NetworkAclAssociationId, NetworkAclId = acl })));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteNetworkAcl(c, new() { NetworkAclId = acl })));
    }

    [Fact]
    public void An_acl_serves_subnets_of_its_vpc()
    {
        string other = lab.NewVpc("10.9.0.0/16").VpcId!;
        string stranger = lab.Run((ec2, c) => ec2.CreateNetworkAcl(c, new() { VpcId = other })).NetworkAcl!.NetworkAclId!;
        string association = AssociationOf(subnet).NetworkAclAssociationId!;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ReplaceNetworkAclAssociation(
            c, new() { AssociationId = association, NetworkAclId = stranger })));
    }

    [Fact]
    public void Rule076_entries_stand_in_the_order_of_their_numbers()
    {
        string acl = NewAcl();
        Add(Entry(acl, 200));
        Add(Entry(acl, 100));
        Add(Entry(acl, 150) with { Egress = true });
        Assert.Equal([100, 200, 32767, 150, 32767], Described(acl).Entries!.Select(e => e.RuleNumber!.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(32767)]
    [InlineData(int.MaxValue)]
    public void Rule076_numbers_go_from_1_to_32766(int number)
    {
        string acl = NewAcl();
        Assert.Equal("InvalidParameterValue", Refused(Entry(acl, number)));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DeleteNetworkAclEntry(
            c, new() { NetworkAclId = acl, RuleNumber = number, Egress = false })));
    }

    [Fact]
    public void Rule079_both_families_share_the_numbers_of_a_direction()
    {
        string acl = NewAcl();
        Add(Entry(acl, 100));
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateNetworkAclEntry(
            c, Entry(acl, 100) with { CidrBlock = null, Ipv6CidrBlock = "::/0" }));
        Assert.Equal("NetworkAclEntryAlreadyExists", fault.Code);
        Assert.Equal("The network acl entry identified by 100 already exists.", fault.Message);
        Add(Entry(acl, 101) with { CidrBlock = null, Ipv6CidrBlock = "2001:db8::1/32" });
        Assert.Equal("2001:db8::/32", Described(acl).Entries!.Single(e => e.RuleNumber == 101).Ipv6CidrBlock);
    }

    [Fact]
    public void Rule079_a_direction_has_a_quota_of_entries()
    {
        lab.Quotas = Quotas.AwsDefaults;
        string acl = NewAcl();
        for (int i = 1; i <= 20; i++)
        {
            Add(Entry(acl, i));
        }

        Assert.Equal("NetworkAclEntryLimitExceeded", Refused(Entry(acl, 21)));
        Add(Entry(acl, 21) with { Egress = true });
    }

    [Fact]
    public void An_entry_is_replaced_and_deleted_by_number_and_direction()
    {
        string acl = NewAcl();
        Add(Entry(acl, 100));
        lab.Run((ec2, c) => ec2.ReplaceNetworkAclEntry(c, new()
        {
            NetworkAclId = acl,
            RuleNumber = 100,
            Egress = false,
            RuleAction = "deny",
            Protocol = "1",
            CidrBlock = "10.1.2.3/8",
            IcmpTypeCode = new() { Type = 8, Code = -1 },
        }));
        Aws.NetworkAclEntry entry = Described(acl).Entries!.Single(e => e.RuleNumber == 100);
        Assert.Equal(("deny", "1", "10.0.0.0/8"), (entry.RuleAction, entry.Protocol, entry.CidrBlock));
        Assert.Equal((8, -1), (entry.IcmpTypeCode!.Type, entry.IcmpTypeCode.Code));
        Assert.Null(entry.PortRange);
        Assert.Equal("InvalidNetworkAclEntry.NotFound", lab.Refused((ec2, c) => ec2.DeleteNetworkAclEntry(
            c, new() { NetworkAclId = acl, RuleNumber = 100, Egress = true })));
        lab.Run((ec2, c) => ec2.DeleteNetworkAclEntry(c, new() { NetworkAclId = acl, RuleNumber = 100, Egress = false }));
        Assert.Equal("InvalidNetworkAclEntry.NotFound", lab.Refused((ec2, c) => ec2.ReplaceNetworkAclEntry(c, new()
        {
            NetworkAclId = acl,
            RuleNumber = 100,
            Egress = false,
            RuleAction = "deny",
            Protocol = "-1",
            CidrBlock = "0.0.0.0/0",
        })));
    }

    public static TheoryData<string, Func<Aws.CreateNetworkAclEntryRequest, Aws.CreateNetworkAclEntryRequest>> RefusedEntries => new()
    {
        { "MissingParameter", e => e with { RuleNumber = null } },
        { "MissingParameter", e => e with { Egress = null } },
        { "MissingParameter", e => e with { Protocol = null } },
        { "MissingParameter", e => e with { RuleAction = null } },
        { "MissingParameter", e => e with { CidrBlock = null } },
        { "MissingParameter", e => e with { PortRange = null } },
        { "MissingParameter", e => e with { PortRange = new() { From = 22 } } },
        { "MissingParameter", e => e with { Protocol = "1" } },
        { "MissingParameter", e => e with { Protocol = "58", CidrBlock = null, Ipv6CidrBlock = "::/0" } },
        { "InvalidParameterCombination", e => e with { Ipv6CidrBlock = "::/0" } },
        { "InvalidParameterValue", e => e with { CidrBlock = "10.0.0.0/33" } },
        { "InvalidParameterValue", e => e with { CidrBlock = "::/0" } },
        { "InvalidParameterValue", e => e with { Protocol = "nope" } },
        { "InvalidParameterValue", e => e with { RuleAction = "maybe" } },
        { "InvalidParameterValue", e => e with { PortRange = new() { From = 80, To = 22 } } },
        { "InvalidParameterValue", e => e with { PortRange = new() { From = 0, To = 65536 } } },
        { "InvalidParameterValue", e => e with { Protocol = "1", IcmpTypeCode = new() { Type = 999, Code = 0 } } },
        { "InvalidNetworkAclID.NotFound", e => e with { NetworkAclId = "acl-0123456789abcdef0" } },
        { "InvalidNetworkAclID.Malformed", e => e with { NetworkAclId = "acl-x" } },
    };

    [Theory]
    [MemberData(nameof(RefusedEntries))]
    public void An_entry_is_checked(string code, Func<Aws.CreateNetworkAclEntryRequest, Aws.CreateNetworkAclEntryRequest> change) =>
        Assert.Equal(code, Refused(change(Entry(NewAcl(), 100))));

    [Fact]
    public void Icmpv6_over_an_ipv4_block_means_all_of_it()
    {
        string acl = NewAcl();
        Add(Entry(acl, 100) with { Protocol = "58", PortRange = null });
        Aws.IcmpTypeCode match = Described(acl).Entries!.Single(e => e.RuleNumber == 100).IcmpTypeCode!;
        Assert.Equal((-1, -1), (match.Type, match.Code));
    }

    [Fact]
    public void The_default_acl_is_not_deleted()
    {
        string acl = lab.DefaultAcl(vpc).Key;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.DeleteNetworkAcl(c, new() { NetworkAclId = acl })));
        string mine = NewAcl();
        lab.Run((ec2, c) => ec2.DeleteNetworkAcl(c, new() { NetworkAclId = mine }));
        Assert.Equal("InvalidNetworkAclID.NotFound", lab.Refused((ec2, c) => ec2.DescribeNetworkAcls(c, new() { NetworkAclIds = [mine] })));
    }

    [Theory]
    [InlineData("default", "false", true)]
    [InlineData("default", "true", false)]
    [InlineData("entry.cidr", "10.7.0.0/16", true)]
    [InlineData("entry.rule-number", "100", true)]
    [InlineData("entry.rule-action", "allow", true)]
    [InlineData("entry.protocol", "tcp", true)]
    [InlineData("entry.protocol", "17", false)]
    [InlineData("entry.port-range.from", "22", true)]
    [InlineData("entry.port-range.to", "22", false)]
    [InlineData("entry.egress", "true", true)]
    [InlineData("association.subnet-id", "subnet-*", false)]
    [InlineData("owner-id", "000000000000", true)]
    public void Filters_pick_acls(string name, string value, bool found)
    {
        string acl = NewAcl();
        Add(Entry(acl, 100) with { CidrBlock = "10.7.0.0/16" });
        IEnumerable<string> acls = lab.Run((ec2, c) => ec2.DescribeNetworkAcls(c, new() { Filters = [Networks.Filter(name, value)] }))
            .NetworkAcls!.Select(a => a.NetworkAclId!);
        Assert.Equal(found, acls.Contains(acl));
    }

    private static Aws.CreateNetworkAclEntryRequest Entry(string acl, int number) => new()
    {
        NetworkAclId = acl,
        RuleNumber = number,
        Egress = false,
        RuleAction = "allow",
        Protocol = "6",
        CidrBlock = "0.0.0.0/0",
        PortRange = new() { From = 22, To = 23 },
    };

    private string NewAcl() => lab.Run((ec2, c) => ec2.CreateNetworkAcl(c, new() { VpcId = vpc })).NetworkAcl!.NetworkAclId!;

    private void Add(Aws.CreateNetworkAclEntryRequest entry) => lab.Run((ec2, c) => ec2.CreateNetworkAclEntry(c, entry));

    private string Refused(Aws.CreateNetworkAclEntryRequest entry) => lab.Refused((ec2, c) => ec2.CreateNetworkAclEntry(c, entry));

    private Aws.NetworkAcl Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeNetworkAcls(c, new() { NetworkAclIds = [id] })).NetworkAcls!.Single();

    private Aws.NetworkAclAssociation AssociationOf(string subnetId) =>
        lab.Run((ec2, c) => ec2.DescribeNetworkAcls(c, new() { Filters = [Networks.Filter("association.subnet-id", subnetId)] }))
            .NetworkAcls!.Single().Associations!.Single(a => a.SubnetId == subnetId);
}
