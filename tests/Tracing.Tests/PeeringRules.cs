using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>VPC peering: rules 61 to 63 and 93 to 98.</summary>
public sealed class PeeringRules
{
    private static readonly PartitionKey OtherAccount = new("111111111111", "us-east-1");
    private static readonly PartitionKey OtherRegion = new("000000000000", "eu-west-1");

    private readonly CloudBuilder net = new();
    private readonly string left;
    private readonly string leftSubnet;
    private readonly string open;
    private readonly string sender;

    public PeeringRules()
    {
        left = net.Vpc("10.0.0.0/16", "2600:1f00:1::/56");
        leftSubnet = net.Subnet(left, "10.0.1.0/24", "2600:1f00:1:1::/64");
        open = net.Group(left, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
        sender = net.Instance(leftSubnet, "10.0.1.10,2600:1f00:1:1::10", open);
    }

    [Fact]
    public void A_peering_carries_both_ways_and_both_families()
    {
        (string right, string receiver) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right);
        Join(peering, right, CloudBuilder.Home);
        Trace trace = net.Tcp(sender, "10.1.1.10");
        trace.Delivered();
        Assert.Contains(peering, trace.Forward.Path());
        Assert.Contains(peering, trace.Return.Path());
        Hop hop = trace.Forward.Single(h => h.Component.Id == peering);
        Assert.Equal((left, right), (hop.AttachedTo!.Id, hop.Vpc!.Id));
        Assert.Equal("MTU 9001", hop.Note);
        net.Tcp(receiver, "10.0.1.10").Delivered();
        net.Tcp(sender, "2600:1f00:2:1::10").Delivered();
    }

    [Fact]
    public void Rule001_nothing_flows_between_two_networks_that_nothing_joins()
    {
        (_, string receiver) = Right(CloudBuilder.Home);
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Tcp(receiver, "10.0.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Theory]
    [InlineData(PeeringStatus.PendingAcceptance)]
    [InlineData(PeeringStatus.Rejected)]
    [InlineData(PeeringStatus.Deleted)]
    public void Rule096_only_an_active_peering_carries(PeeringStatus status)
    {
        (string right, string receiver) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right, status: status);
        Join(peering, right, CloudBuilder.Home);
        Drop drop = net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.BAD_STATE_ROUTE);
        Assert.Equal("blackhole", drop.State);
        net.Tcp(receiver, "10.0.1.10").Dropped(ExplanationCode.BAD_STATE_ROUTE);
    }

    [Fact]
    public void Rule096_both_sides_need_a_route()
    {
        (string right, string receiver) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right);
        net.Route(net.MainTable(left), "10.1.0.0/16", peering);
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION, Leg.Return);
        net.Tcp(receiver, "10.0.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
        net.Route(net.MainTable(right), "10.0.0.0/16", peering);
        net.Tcp(sender, "10.1.1.10").Delivered();
        net.Tcp(receiver, "10.0.1.10").Delivered();
    }

    [Fact]
    public void Rule093_a_peering_is_not_transitive()
    {
        (string middle, string between) = Right(CloudBuilder.Home);
        string far = net.Vpc("10.2.0.0/16");
        string end = net.Instance(net.Subnet(far, "10.2.1.0/24"), "10.2.1.10", net.Group(far, "in all 0.0.0.0/0", "out all 0.0.0.0/0"));
        string near = net.Peer(left, middle);
        string next = net.Peer(middle, far);
        Join(near, middle, CloudBuilder.Home);
        net.Route(net.MainTable(middle), "10.2.0.0/16", next);
        net.Route(net.MainTable(far), "10.1.0.0/16", next);
        net.Tcp(sender, "10.1.1.10").Delivered();
        net.Tcp(between, "10.2.1.10").Delivered();
        net.Route(net.MainTable(left), "10.2.0.0/16", near);
        net.Route(net.MainTable(far), "10.0.0.0/16", next);
        Drop drop = net.Tcp(sender, "10.2.1.10").Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);
        Assert.Equal(near, drop.VpcPeeringConnection!.Id);
        Assert.Equal(IpAddress.Parse("10.2.1.10"), drop.Address);
        Assert.Contains("not transitive", drop.Text, StringComparison.Ordinal);
        net.Tcp(end, "10.0.1.10").Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);
    }

    [Fact]
    public void Rule094_a_peer_does_not_use_the_other_side_s_gateways()
    {
        (string right, string receiver) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right);
        Join(peering, right, CloudBuilder.Home);
        string igw = net.Igw(right);
        string rightSubnet = net.Rows.By<Subnet>(right).Single().Key;
        net.Nat(rightSubnet, "10.1.1.20", "54.0.0.9");
        net.Elastic(receiver, "54.0.0.1");
        net.Route(net.MainTable(right), "0.0.0.0/0", igw);
        net.Route(net.MainTable(left), "0.0.0.0/0", peering);
        net.Tcp(receiver, "8.8.8.8").Delivered();
        net.Tcp(sender, "8.8.8.8").Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);
        net.Tcp(sender, "10.1.1.20").Dropped(ExplanationCode.NO_MATCHING_CONNECTION);
    }

    [Fact]
    public void Rule094_nor_its_vpn_and_its_gateway_endpoint()
    {
        (string right, string receiver) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right);
        Join(peering, right, CloudBuilder.Home);
        net.Site("dc", "198.51.100.1", 65010, "192.168.0.0/16");
        string vgw = net.Vgw(right);
        net.Vpn(vgw, net.Cgw("198.51.100.1", 65010));
        net.PropagateTo(net.MainTable(right), vgw);
        net.GatewayEndpoint(right, Endpoints.S3, net.MainTable(right));
        net.Route(net.MainTable(left), "0.0.0.0/0", peering);
        string s3 = Endpoints.AddressOf(Endpoints.S3);
        net.Tcp(receiver, "192.168.1.1").Delivered();
        net.Tcp(receiver, s3).Delivered();
        net.Tcp(sender, "192.168.1.1").Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);
        net.Tcp(sender, s3).Dropped(ExplanationCode.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR);

        // The other way round: the gateway announces its own network and not the peer, and what comes for the peer is not taken.
        net.FromSite("dc", "192.168.1.1", "10.1.1.10").Delivered();
        net.FromSite("dc", "192.168.1.1", "10.0.1.10").Dropped(ExplanationCode.NO_ROUTE_TO_DESTINATION);
    }

    [Fact]
    public void Rule096_a_reply_may_come_to_the_wrong_network()
    {
        (string right, string wrong) = Right(CloudBuilder.Home);
        (string third, string asker) = Right(CloudBuilder.Home);
        string first = net.Peer(left, right);
        string second = net.Peer(left, third);
        Join(first, right, CloudBuilder.Home);
        net.Route(net.MainTable(third), "10.0.0.0/16", second);
        net.Tcp(wrong, "10.0.1.10").Delivered();
        Trace trace = net.Tcp(asker, "10.0.1.10");
        trace.Dropped(ExplanationCode.NO_MATCHING_CONNECTION, Leg.Return);
        Assert.Contains(second, trace.Forward.Path());
        Assert.Contains(first, trace.Return.Path());
        Assert.Contains(net.InstanceOf(wrong), trace.Return.Path());
        net.Route(net.MainTable(left), "10.1.1.10/32", second);
        net.Tcp(asker, "10.0.1.10").Delivered();
        net.Tcp(wrong, "10.0.1.10").Dropped(ExplanationCode.NO_MATCHING_CONNECTION, Leg.Return);
    }

    [Theory]
    [InlineData(false, "MTU 9001")]
    [InlineData(true, "MTU 8500")]
    public void Rule098_between_regions_packets_are_smaller_and_groups_do_not_count(bool between, string note)
    {
        PartitionKey at = between ? OtherRegion : CloudBuilder.Home;
        (string right, string receiver) = Right(at);
        string peering = net.Peer(left, right, at);
        Join(peering, right, at);
        Trace trace = net.Tcp(sender, "10.1.1.10");
        trace.Delivered();
        Assert.Equal(note, trace.Forward.Single(h => h.Component.Id == peering).Note);
        net.At = at;
        net.Edit<NetworkInterface>(receiver, e => e with { Groups = [new(net.Group(right, $"in tcp 443 {open}", "out all 0.0.0.0/0"))] });
        net.At = CloudBuilder.Home;
        trace = net.Tcp(sender, "10.1.1.10");
        Assert.Equal(between ? ExplanationCode.ENI_SG_RULES_MISMATCH : ExplanationCode.NONE, trace.Code);
    }

    [Fact]
    public void Groups_of_a_peer_that_is_not_known_are_denied_by_a_code_of_their_own()
    {
        string peering = net.Peer(left, "vpc-0123456789abcdef0", OtherAccount);
        net.Route(net.MainTable(left), "10.1.0.0/16", peering);
        string group = net.Group(left, "out tcp 80 0.0.0.0/0");
        net.Edit<NetworkInterface>(sender, e => e with { Groups = [new(group)] });
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        SecurityGroupRule theirs = Named("sg-0123456789abcdef0", isEgress: true, OtherAccount.Account);
        net.Edit<SecurityGroup>(group, g => g with { Rules = [theirs] });
        Drop drop = net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.UNKNOWN_PEERED_SGS);
        Assert.Equal((sender, group), (drop.NetworkInterface!.Id, drop.SecurityGroups.Single().Id));
        net.Tcp(sender, "10.1.1.10", 80).Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Edit<SecurityGroup>(group, g => g with { Rules = [theirs with { Protocol = -1 }] });
        net.Tcp(sender, "10.1.1.10", 80).Dropped(ExplanationCode.UNKNOWN_PEERED_SGS);

        // A group of the sender's own is known; and between regions no group counts anyway.
        net.Edit<SecurityGroup>(group, g => g with { Rules = [Named(open, isEgress: true, CloudBuilder.Home.Account)] });
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
        net.Edit<SecurityGroup>(group, g => g with { Rules = [theirs] });
        net.Route(net.MainTable(left), "10.1.0.0/16", net.Peer(left, "vpc-0123456789abcdef0", OtherRegion));
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule061_groups_of_the_peer_count_in_the_same_region_in_both_directions_and_between_accounts()
    {
        (string right, string receiver) = Right(OtherAccount);
        string peering = net.Peer(left, right, OtherAccount);
        Join(peering, right, OtherAccount);
        string mine = net.Group(left, "out all 0.0.0.0/0");
        net.At = OtherAccount;
        string theirs = net.Group(right, "out all 0.0.0.0/0");
        net.Edit<NetworkInterface>(receiver, e => e with { Groups = [new(theirs)] });
        net.Edit<SecurityGroup>(theirs, g => g with { Rules = g.Rules.Add(Named(mine, isEgress: false, CloudBuilder.Home.Account)) });
        net.At = CloudBuilder.Home;
        net.Edit<NetworkInterface>(sender, e => e with { Groups = [new(mine)] });
        Trace trace = net.Tcp(sender, "10.1.1.10");
        trace.Delivered();
        Assert.Equal(mine, trace.Forward.Last(h => h.GroupRule is not null).GroupRule!.Peer.GroupId!.Value.Value);
        net.Edit<SecurityGroup>(mine, g => g with { Rules = [Named(theirs, isEgress: true, OtherAccount.Account)] });
        trace = net.Tcp(sender, "10.1.1.10");
        trace.Delivered();
        Assert.Equal(theirs, trace.Forward.First(h => h.GroupRule is not null).GroupRule!.Peer.GroupId!.Value.Value);
        net.Edit<NetworkInterface>(sender, e => e with { Groups = [new(open)] });
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule063_between_regions_no_group_counts()
    {
        (string right, string receiver) = Right(OtherRegion);
        string peering = net.Peer(left, right, OtherRegion);
        Join(peering, right, OtherRegion);
        Trace trace = net.Tcp(sender, "10.1.1.10");
        trace.Delivered();
        Assert.Equal("MTU 8500", trace.Forward.Single(h => h.Component.Id == peering).Note);
        net.At = OtherRegion;
        string theirs = net.Group(right, $"in tcp 443 {open}", "out all 0.0.0.0/0");
        net.Edit<NetworkInterface>(receiver, e => e with { Groups = [new(theirs)] });
        net.At = CloudBuilder.Home;
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.ENI_SG_RULES_MISMATCH);
    }

    [Fact]
    public void Rule101_an_address_that_is_no_interface_s_goes_nowhere()
    {
        (string right, _) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right);
        Join(peering, right, CloudBuilder.Home);
        Drop drop = net.Tcp(sender, "10.1.1.77").Dropped(ExplanationCode.NO_POSSIBLE_DESTINATION);
        Assert.Equal(right, drop.Vpc!.Id);
    }

    [Fact]
    public void A_peer_that_is_not_known_is_told()
    {
        string peering = net.Peer(left, "vpc-0123456789abcdef0", OtherAccount);
        net.Route(net.MainTable(left), "10.1.0.0/16", peering);
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.UNKNOWN_DESTINATION);
    }

    [Fact]
    public void Gates_of_both_sides_are_asked_and_their_replies_too()
    {
        (string right, _) = Right(CloudBuilder.Home);
        string peering = net.Peer(left, right);
        Join(peering, right, CloudBuilder.Home);
        string there = net.Rows.By<Subnet>(right).Single().Key;
        net.Acl(right, [there], "100 in allow tcp 443 10.0.0.0/16");
        net.Tcp(sender, "10.1.1.10").Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION, Leg.Return);
        net.Tcp(sender, "10.1.1.10", 80).Dropped(ExplanationCode.SUBNET_ACL_RESTRICTION);
    }

    /// <summary>10.1.0.0/16 with an open instance, in any account and region.</summary>
    private (string Vpc, string Eni) Right(PartitionKey at)
    {
        net.At = at;
        string vpc = net.Vpc("10.1.0.0/16", "2600:1f00:2::/56");
        string zone = at.Region == "us-east-1" ? "us-east-1a" : "eu-west-1a";
        string subnet = net.Subnet(vpc, "10.1.1.0/24", "2600:1f00:2:1::/64", zone);
        string all = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
        string eni = net.Instance(subnet, "10.1.1.10,2600:1f00:2:1::10", all);
        net.At = CloudBuilder.Home;
        return (vpc, eni);
    }

    private void Join(string peering, string right, PartitionKey at)
    {
        net.Route(net.MainTable(left), "10.1.0.0/16", peering);
        net.Route(net.MainTable(left), "2600:1f00:2::/56", peering);
        net.At = at;
        net.Route(net.MainTable(right), "10.0.0.0/16", peering);
        net.Route(net.MainTable(right), "2600:1f00:1::/56", peering);
        net.At = CloudBuilder.Home;
    }

    private SecurityGroupRule Named(string group, bool isEgress, string owner) =>
        new(net.NewId("sgr"), isEgress, Protocols.Tcp, 443, 443, new RulePeer(null, new Id<SecurityGroup>(group)) { GroupOwner = owner });
}
