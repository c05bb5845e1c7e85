using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>Source/destination check, security groups, network ACLs: rules 55 to 78.</summary>
public sealed class FilterRules
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string near;
    private readonly string far;
    private readonly string open;

    public FilterRules()
    {
        vpc = net.Vpc("10.0.0.0/16", "2600:1f00:1::/56");
        near = net.Subnet(vpc, "10.0.1.0/24", "2600:1f00:1:1::/64");
        far = net.Subnet(vpc, "10.0.2.0/24", "2600:1f00:1:2::/64");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
    }

    [Fact]
    public void Rule055_the_check_drops_foreign_sources_and_destinations()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        Drop drop = net.Ask(a, "10.0.2.10", Protocols.Tcp, 443, 40000, from: "10.0.1.77").Dropped(ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION);
        Assert.True(drop.IsEgress);
        Assert.Equal(IpAddress.Parse("10.0.1.77"), drop.Address);
        string box = net.Instance(far, "10.0.2.99", open);
        net.Route(net.Table(vpc, near), "10.0.2.0/24", box);
        drop = net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.ENI_SOURCE_DEST_CHECK_RESTRICTION);
        Assert.False(drop.IsEgress);
        Assert.Equal(box, drop.NetworkInterface!.Id);
        net.Forwards(box);
        net.Tcp(a, "10.0.2.10").Delivered();
    }

    [Fact]
    public void Rule055_delegated_prefixes_are_the_interfaces_own()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string b = net.Instance(far, "10.0.2.10", open);
        net.Tcp(a, "10.0.2.33").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        net.Edit<NetworkInterface>(b, e => e with { Ipv4Prefixes = [Prefix.Parse("10.0.2.32/28")] });
        net.Tcp(a, "10.0.2.33").Delivered();
    }

    [Fact]
    public void Rule055_an_appliance_with_two_interfaces_sends_on_by_its_first()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        string third = net.Subnet(vpc, "10.0.3.0/24");
        string first = net.Instance(third, "10.0.3.99", open);
        string second = net.Interface(near, "10.0.1.99", net.InstanceOf(first), 1, open);
        net.Forwards(first);
        net.Forwards(second);
        net.Route(net.Table(vpc, near), "10.0.2.0/24", second);
        Trace trace = net.Tcp(a, "10.0.2.10");
        trace.Delivered();
        string[] path = trace.Forward.Path();
        Assert.True(Array.IndexOf(path, second) < Array.IndexOf(path, first));
    }

    [Fact]
    public void Rule056_groups_are_the_interfaces_not_the_instances()
    {
        string shut = net.Group(vpc, "out all 0.0.0.0/0");
        string a = net.Instance(near, "10.0.1.10", open);
        string b = net.Instance(far, "10.0.2.10", open);
        net.Interface(far, "10.0.2.11", net.InstanceOf(b), 1, shut);
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Tcp(a, "10.0.2.11").Dropped(ExplanationCode.SG_HAS_NO_RULES);
    }

    [Fact]
    public void Rule058_allow_rules_of_all_groups_unite()
    {
        string web = net.Group(vpc, "in tcp 80 0.0.0.0/0");
        string safe = net.Group(vpc, "in tcp 443 10.0.0.0/16");
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", web, safe);
        net.Tcp(a, "10.0.2.10", 80).Delivered();
        Trace trace = net.Tcp(a, "10.0.2.10", 443);
        trace.Delivered();
        Assert.Equal(Prefix.Parse("10.0.0.0/16"), trace.Forward.Last(h => h.GroupRule is not null).GroupRule!.Peer.Cidr);
        Drop drop = net.Tcp(a, "10.0.2.10", 22).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        Assert.Equal([web, safe], drop.SecurityGroups.Select(g => g.Id));
        Assert.False(drop.IsEgress);
    }

    [Fact]
    public void Rule058_an_empty_egress_list_lets_nothing_out()
    {
        string a = net.Instance(near, "10.0.1.10", net.Group(vpc, "in all 0.0.0.0/0"));
        net.Instance(far, "10.0.2.10", open);
        Assert.True(net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SG_HAS_NO_RULES).IsEgress);
    }

    [Fact]
    public void Rule059_the_default_group_admits_itself()
    {
        string a = net.Instance(near, "10.0.1.10");
        net.Instance(far, "10.0.2.10");
        string stranger = net.Instance(near, "10.0.1.11", open);
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Tcp(stranger, "10.0.2.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule060_replies_pass_without_a_rule()
    {
        string a = net.Instance(near, "10.0.1.10", net.Group(vpc, "out tcp 443 0.0.0.0/0"));
        string b = net.Instance(far, "10.0.2.10", net.Group(vpc, "in tcp 443 0.0.0.0/0"));
        Trace trace = net.Tcp(a, "10.0.2.10");
        trace.Delivered();
        Assert.Equal(2, trace.Return.Count(h => h.IsTracked));
        net.Tcp(b, "10.0.1.10").Dropped(ExplanationCode.SG_HAS_NO_RULES);
    }

    [Fact]
    public void Rule061_a_reference_means_members_of_the_group()
    {
        string clients = net.Group(vpc, "out all 0.0.0.0/0");
        string servers = net.Group(vpc, $"in tcp 443 {clients}");
        string a = net.Instance(near, "10.0.1.10", clients);
        string stranger = net.Instance(near, "10.0.1.11", open);
        net.Instance(far, "10.0.2.10", servers);
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Tcp(stranger, "10.0.2.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Rules(clients, $"out tcp 443 {servers}");
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Instance(far, "10.0.2.11", open);
        net.Tcp(a, "10.0.2.11").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule061_a_member_that_sends_from_another_address_is_no_member()
    {
        string clients = net.Group(vpc, "out all 0.0.0.0/0");
        string a = net.Instance(near, "10.0.1.10", clients);
        net.Forwards(a);
        net.Instance(far, "10.0.2.10", net.Group(vpc, $"in tcp 443 {clients}"));
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Ask(a, "10.0.2.10", Protocols.Tcp, 443, 40000, from: "10.0.1.77").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule062_a_reference_to_a_group_that_is_gone_matches_nothing()
    {
        string servers = net.Group(vpc, "in tcp 443 sg-gone");
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", servers);
        net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule064_references_do_not_hold_through_an_appliance()
    {
        string clients = net.Group(vpc, "out all 0.0.0.0/0");
        string servers = net.Group(vpc, $"in tcp 443 {clients}");
        string a = net.Instance(near, "10.0.1.10", clients);
        string b = net.Instance(far, "10.0.2.10", servers);
        string box = net.Instance(net.Subnet(vpc, "10.0.3.0/24"), "10.0.3.99", open);
        net.Forwards(box);
        net.Route(net.Table(vpc, near), "10.0.2.0/24", box);
        Drop drop = net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
        Assert.Equal(b, drop.NetworkInterface!.Id);
        net.Rules(servers, "in tcp 443 10.0.1.0/24");
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Rules(clients, $"out tcp 443 {servers}");
        drop = net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SG_REFERENCES_NOT_PRESERVED);
        Assert.True(drop.IsEgress);
    }

    [Fact]
    public void Rule066_references_match_private_addresses_only()
    {
        string group = net.Group(vpc, "out all 0.0.0.0/0");
        net.Rules(group, "out all 0.0.0.0/0", $"in all {group}");
        net.Route(net.MainTable(vpc), "0.0.0.0/0", net.Igw(vpc));
        string a = net.Instance(near, "10.0.1.10", group);
        string b = net.Instance(far, "10.0.2.10", group);
        net.Elastic(a, "54.0.0.1");
        net.Elastic(b, "54.0.0.2");
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Tcp(a, "54.0.0.2").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule069_wide_open_rules_both_ways_leave_a_flow_untracked()
    {
        string a = net.Instance(near, "10.0.1.10", net.Group(vpc, "out tcp 0-65535 0.0.0.0/0", "in tcp 0-65535 0.0.0.0/0"));
        net.Instance(far, "10.0.2.10", net.Group(vpc, "in tcp 443 0.0.0.0/0", "out all 0.0.0.0/0"));
        net.Instance(far, "10.0.2.11", net.Group(vpc, "in tcp 443 10.0.0.0/8", "out all 0.0.0.0/0"));
        net.Instance(far, "10.0.2.12", net.Group(vpc, "in all 0.0.0.0/0", "out tcp 1024-65535 0.0.0.0/0"));
        Assert.Equal(Tracking.SourceUntracked | Tracking.DestinationUntracked, net.Tcp(a, "10.0.2.10").Verdict.Tracking);
        Assert.Equal(Tracking.SourceUntracked, net.Tcp(a, "10.0.2.11").Verdict.Tracking);
        Assert.Equal(Tracking.SourceUntracked, net.Tcp(a, "10.0.2.12").Verdict.Tracking);
        string ping = net.Instance(near, "10.0.1.12", open);
        net.Instance(far, "10.0.2.13", open);
        Assert.Equal(Tracking.None, net.Ping(ping, "10.0.2.13").Verdict.Tracking);
    }

    [Fact]
    public void Rule073_dns_and_metadata_answer_and_nothing_filters_them()
    {
        string a = net.Instance(near, "10.0.1.10,2600:1f00:1:1::10", net.Group(vpc));
        net.Acl(vpc, [near]);
        net.Ask(a, "10.0.0.2", Protocols.Udp, 53, 40000).Delivered();
        net.Ask(a, "169.254.169.253", Protocols.Udp, 53, 40000).Delivered();
        net.Tcp(a, "169.254.169.254", 80).Delivered();
        net.Ask(a, "169.254.169.123", Protocols.Udp, 123, 40000).Delivered();
        net.Ask(a, "fd00:ec2::253", Protocols.Udp, 53, 40000).Delivered();
        net.Ask(a, "10.0.0.3", Protocols.Udp, 53, 40000).Dropped(ExplanationCode.SG_HAS_NO_RULES);
        net.Edit<Vpc>(vpc, v => v with { EnableDnsSupport = false });
        net.Ask(a, "10.0.0.2", Protocols.Udp, 53, 40000).Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
    }

    [Fact]
    public void Rule074_protocols_and_ports_are_matched_exactly()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", net.Group(vpc, "in tcp 80-90 0.0.0.0/0", "in icmp 8/0 0.0.0.0/0", "in 47 0.0.0.0/0"));
        net.Tcp(a, "10.0.2.10", 79).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Tcp(a, "10.0.2.10", 80).Delivered();
        net.Tcp(a, "10.0.2.10", 90).Delivered();
        net.Tcp(a, "10.0.2.10", 91).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Ask(a, "10.0.2.10", Protocols.Udp, 80, 40000).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Ping(a, "10.0.2.10").Delivered();
        net.Ask(a, "10.0.2.10", Protocols.Icmp, 13 << 8, 0).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Ask(a, "10.0.2.10", 47, 0, 0).Delivered();
        net.Ask(a, "10.0.2.10", 50, 0, 0).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Instance(far, "10.0.2.11", net.Group(vpc, "in all 0.0.0.0/0"));
        net.Ask(a, "10.0.2.11", 50, 0, 0).Delivered();
        net.Ask(a, "10.0.2.11", Protocols.Icmp, (3 << 8) | 4, 0).Delivered();
    }

    [Fact]
    public void Rule075_an_acl_needs_rules_for_replies_too()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        net.Acl(vpc, [far], "100 in allow tcp 443 0.0.0.0/0", "100 out allow tcp 49152-65535 0.0.0.0/0");
        Drop drop = net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return);
        Assert.True(drop.IsEgress);
        Assert.Equal(far, drop.Subnet!.Id);
        net.Tcp(a, "10.0.2.10", sourcePort: 50000).Delivered();
        net.Acl(vpc, [far], "100 in allow tcp 443 0.0.0.0/0", "100 out allow tcp 32768-60999 0.0.0.0/0");
        net.Tcp(a, "10.0.2.10").Delivered();
    }

    [Fact]
    public void Rule076_the_first_matching_number_decides()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        net.Acl(vpc, [far], "200 in allow all 0.0.0.0/0", "100 in deny tcp 443 10.0.1.0/24", "100 out allow all 0.0.0.0/0");
        Drop drop = net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION);
        Assert.Equal(100, drop.AclRule!.Number);
        net.Tcp(a, "10.0.2.10", 80).Delivered();
        net.Acl(vpc, [far], "200 in deny tcp 443 10.0.1.0/24", "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Acl(vpc, [far], "100 in allow tcp 80 0.0.0.0/0", "100 out allow all 0.0.0.0/0");
        Assert.Equal(NetworkAcl.LastRule, net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION).AclRule!.Number);
    }

    [Fact]
    public void Rule077_leaving_the_source_subnet_then_entering_the_other()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        string[] all = ["100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0"];
        string[] acls = [net.Acl(vpc, [near], all), net.Acl(vpc, [far], all)];
        Trace trace = net.Tcp(a, "10.0.2.10");
        trace.Delivered();
        Assert.Equal(acls, trace.Forward.Where(h => h.AclRule is not null).Select(h => h.Component.Id));
        Assert.Equal([true, false], trace.Forward.Where(h => h.AclRule is not null).Select(h => h.IsEgress));
        Assert.Equal(acls.Reverse(), trace.Return.Where(h => h.AclRule is not null).Select(h => h.Component.Id));
    }

    [Fact]
    public void Rule078_the_default_acl_allows_and_a_custom_one_denies()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        net.Instance(far, "10.0.2.10", open);
        net.Tcp(a, "10.0.2.10").Delivered();
        net.Acl(vpc, [far]);
        net.Tcp(a, "10.0.2.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION);
    }

    [Fact]
    public void An_instance_that_does_not_run_neither_sends_nor_receives()
    {
        string a = net.Instance(near, "10.0.1.10", open);
        string b = net.Instance(near, "10.0.1.11", open);
        net.SetState(b, InstanceState.Stopped);
        Assert.Equal("stopped", net.Tcp(a, "10.0.1.11").Dropped(ExplanationCode.BAD_STATE).State);
        Assert.True(net.Tcp(b, "10.0.1.10").Dropped(ExplanationCode.BAD_STATE).IsEgress);
        net.Interface(near, "10.0.1.12", null, 0, open);
        net.Tcp(a, "10.0.1.12").Dropped(ExplanationCode.BAD_STATE_ATTACHMENT);
    }

    [Fact]
    public void Ipv6_obeys_the_same_filters()
    {
        string a = net.Instance(near, "10.0.1.10,2600:1f00:1:1::10", open);
        net.Instance(far, "10.0.2.10,2600:1f00:1:2::10", net.Group(vpc, "in tcp 443 2600:1f00:1:1::/64", "in tcp 80 0.0.0.0/0"));
        net.Tcp(a, "2600:1f00:1:2::10").Delivered();
        net.Tcp(a, "2600:1f00:1:2::10", 80).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Tcp(a, "10.0.2.10", 80).Delivered();
        net.Tcp(a, "2600:1f00:1:2::11").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
    }
}
