using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Peerings: the requester is the home account, accepters are of other accounts and regions.</summary>
public sealed class PeeringTests
{
    private const string Other = "111111111112";

    private readonly Lab lab = new();
    private readonly string vpc;

    public PeeringTests()
    {
        vpc = lab.NewVpc().VpcId!;
    }

    [Fact]
    public void Rule096_a_peering_is_asked_for_and_works_when_it_is_accepted()
    {
        string peer = NewVpcAt(At(Other), "10.1.0.0/16");
        Aws.VpcPeeringConnection made = Ask(peer, Other);
        Assert.Equal(("initiating-request", $"Initiating Request to {Other}"), (made.Status!.Code, made.Status.Message));
        Assert.Equal(lab.Now.AddDays(7), made.ExpirationTime);
        Assert.Equal(("10.0.0.0/16", null), (made.RequesterVpcInfo!.CidrBlock, made.AccepterVpcInfo!.CidrBlock));
        string id = made.VpcPeeringConnectionId!;
        Aws.VpcPeeringConnection waiting = Described(id);
        Assert.Equal(("pending-acceptance", $"Pending Acceptance by {Other}"), (waiting.Status!.Code, waiting.Status.Message));
        Assert.Null(waiting.AccepterVpcInfo!.PeeringOptions);

        Fault own = lab.FaultOf((ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id }));
        Assert.Equal(("OperationNotPermitted", $"User 000000000000 cannot accept peering {id}"), (own.Code, own.Message));
        Aws.VpcPeeringConnection accepted = Accept(id, At(Other));
        Assert.Equal(("provisioning", null), (accepted.Status!.Code, accepted.ExpirationTime));
        Aws.VpcPeeringConnection active = Described(id);
        Assert.Equal(("active", "Active", "10.1.0.0/16"), (active.Status!.Code, active.Status.Message, active.AccepterVpcInfo!.CidrBlock));
        Assert.False(active.AccepterVpcInfo.PeeringOptions!.AllowDnsResolutionFromRemoteVpc);
        Assert.Equal("active", Described(id, Other).Status!.Code);

        Fault again = lab.FaultOf((ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id }), Other);
        Assert.Equal(
            ("InvalidStateTransition", $"Invalid state transition for {id}, attempted to transition from active to active"), (again.Code, again.Message));
    }

    [Theory]
    [InlineData("10.0.0.0/16")]
    [InlineData("10.0.128.0/17")]
    [InlineData("10.0.0.0/28")]
    public void Rule095_overlapping_blocks_forbid_a_peering(string cidr)
    {
        string id = Ask(NewVpcAt(At(null), cidr)).VpcPeeringConnectionId!;
        Aws.VpcPeeringConnection failed = Described(id);
        Assert.Equal(
            ("failed", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"), (failed.Status!.Code, failed.Status.Message));
        Assert.Equal("InvalidStateTransition", lab.Refused((ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id })));
        Assert.Equal("InvalidStateTransition", lab.Refused((ec2, c) => ec2.DeleteVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id })));
        lab.Now += TimeSpan.FromHours(2);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeVpcPeeringConnections(c, new())).VpcPeeringConnections!);
    }

    [Fact]
    public void Rule095_any_block_of_either_side_counts_and_any_pair_has_one_peering()
    {
        string peer = NewVpcAt(At(null), "10.1.0.0/16");
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = peer, CidrBlock = "10.2.0.0/16" }));
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = "10.2.3.0/24" }));
        Assert.Equal("failed", Described(Ask(peer).VpcPeeringConnectionId!).Status!.Code);

        string third = NewVpcAt(At(null), "10.7.0.0/16");
        string id = Ask(third).VpcPeeringConnectionId!;
        Assert.Equal("VpcPeeringConnectionAlreadyExists", Refused(vpc, third));
        Assert.Equal("VpcPeeringConnectionAlreadyExists", Refused(third, vpc));
        Delete(id);
        Assert.Equal("deleted", Described(id).Status!.Code);
        Assert.Equal("initiating-request", Ask(third).Status!.Code);
    }

    [Fact]
    public void A_vpc_that_is_not_there_makes_the_request_fail_and_nobody_else_hears_of_it()
    {
        string id = Ask("vpc-0123456789abcdef0", Other).VpcPeeringConnectionId!;
        Assert.Equal("failed", Described(id).Status!.Code);
        Assert.Equal("InvalidVpcPeeringConnectionID.NotFound", lab.Refused(
            (ec2, c) => ec2.DescribeVpcPeeringConnections(c, new() { VpcPeeringConnectionIds = [id] }), Other));
        Assert.Equal("InvalidVpcID.NotFound", Refused("vpc-0123456789abcdef0", vpc));
        Assert.Equal("InvalidVpcID.Malformed", Refused(vpc, "vpc-1"));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc })));
        Assert.Equal("InvalidParameterValue", lab.Refused(
            (ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc, PeerVpcId = vpc, PeerOwnerId = "me" })));
        Assert.Equal("InvalidParameterValue", lab.Refused(
            (ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc, PeerVpcId = vpc, PeerRegion = "Moon 1" })));
    }

    [Fact]
    public void Rule097_a_request_waits_for_a_week()
    {
        string id = Ask(NewVpcAt(At(Other), "10.1.0.0/16"), Other).VpcPeeringConnectionId!;
        lab.Now += TimeSpan.FromDays(7);
        Aws.VpcPeeringConnection expired = Described(id);
        Assert.Equal(("expired", "Expired on 2026-01-09T03:04:05Z"), (expired.Status!.Code, expired.Status.Message));
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeVpcPeeringConnections(
            c, new() { Filters = [Networks.Filter("status-code", "expired")] }), Other).VpcPeeringConnections!);
        Assert.Equal("InvalidStateTransition", lab.Refused(
            (ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id }), Other));
        lab.Now += TimeSpan.FromDays(2);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeVpcPeeringConnections(c, new())).VpcPeeringConnections!);
    }

    [Fact]
    public void Rule097_quotas_of_active_and_of_waiting_peerings_hold()
    {
        Assert.Equal((50, 25), (Quotas.PeeringsPerVpc.Default, Quotas.OutstandingPeeringsPerVpc.Default));
        lab.Quotas = Only("outstanding-vpc-peering-connections-per-vpc");
        for (int i = 1; i <= 25; i++)
        {
            AskNew(At(Other).Region, Other, $"10.{i}.0.0/16");
        }

        string more = lab.Cloud.Partition(At(Other)).All<Vpc>().First(v => v.IsDefault).Key;
        Assert.Equal("OutstandingVpcPeeringConnectionLimitExceeded", lab.Refused(
            (ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc, PeerVpcId = more, PeerOwnerId = Other })));
        foreach (VpcPeeringConnection waiting in lab.Here.All<VpcPeeringConnection>().ToList())
        {
            Accept(waiting.Key, At(Other));
        }

        lab.Quotas = Only("active-vpc-peering-connections-per-vpc");
        string id = lab.Run((ec2, c) => ec2.CreateVpcPeeringConnection(
            c, new() { VpcId = vpc, PeerVpcId = more, PeerOwnerId = Other })).VpcPeeringConnection!.VpcPeeringConnectionId!;
        Assert.Equal("VpcPeeringConnectionsPerVpcLimitExceeded", lab.Refused(
            (ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id }), Other));
    }

    [Fact]
    public void Between_regions_the_accepter_acts_in_its_own()
    {
        PartitionKey there = new(Other, "eu-west-1");
        string id = Ask(NewVpcAt(there, "10.1.0.0/16"), Other, "eu-west-1").VpcPeeringConnectionId!;
        Fault wrong = lab.FaultOf((ec2, c) => ec2.AcceptVpcPeeringConnection(
            c.At(lab.Home), new() { VpcPeeringConnectionId = id }), Other);
        Assert.Equal("OperationNotPermitted", wrong.Code);
        Accept(id, there);
        Aws.VpcPeeringConnection active = Described(id);
        Assert.Equal(("active", "us-east-1", "eu-west-1"), (active.Status!.Code, active.RequesterVpcInfo!.Region, active.AccepterVpcInfo!.Region));

        string near = NewVpcAt(new("000000000000", "eu-west-1"), "10.9.0.0/16");
        string mine = Ask(near, region: "eu-west-1").VpcPeeringConnectionId!;
        Fault elsewhere = lab.FaultOf((ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = mine }));
        Assert.Equal(
            ("OperationNotPermitted",
                $"Incorrect region (us-east-1) specified for this request. VPC peering connection {mine} must be accepted in region eu-west-1"),
            (elsewhere.Code, elsewhere.Message));
    }

    [Fact]
    public void A_request_is_rejected_or_taken_back()
    {
        string peer = NewVpcAt(At(Other), "10.1.0.0/16");
        string id = Ask(peer, Other).VpcPeeringConnectionId!;
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.RejectVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id })));
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.DeleteVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id }), Other));
        Assert.True(lab.Run((ec2, c) => ec2.RejectVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id }), Other).Return);
        Assert.Equal(("rejected", $"Rejected by {Other}"), (Described(id).Status!.Code, Described(id).Status!.Message));
        Assert.Equal("InvalidStateTransition", lab.Refused((ec2, c) => ec2.DeleteVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id })));
        lab.Now += TimeSpan.FromHours(3);
        Assert.Equal("rejected", Described(id).Status!.Code);
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeVpcPeeringConnections(c, new()), Other).VpcPeeringConnections!);

        string second = Ask(peer, Other).VpcPeeringConnectionId!;
        Delete(second);
        lab.Now += TimeSpan.FromHours(5);
        Assert.Equal($"Deleted by 000000000000", Described(second, Other).Status!.Message);
        Assert.Equal("InvalidVpcPeeringConnectionID.NotFound", lab.Refused(
            (ec2, c) => ec2.DescribeVpcPeeringConnections(c, new() { VpcPeeringConnectionIds = [second] })));
    }

    [Fact]
    public void Options_are_each_sides_own_and_need_an_active_peering()
    {
        string id = Ask(NewVpcAt(At(Other), "10.1.0.0/16"), Other).VpcPeeringConnectionId!;
        Aws.PeeringConnectionOptionsRequest on = new() { AllowDnsResolutionFromRemoteVpc = true };
        Fault early = lab.FaultOf((ec2, c) => ec2.ModifyVpcPeeringConnectionOptions(
            c, new() { VpcPeeringConnectionId = id, RequesterPeeringConnectionOptions = on }));
        Assert.Equal($"Peering {id} is not active. Peering options can be added only to active peerings.", early.Message);
        Accept(id, At(Other));
        Assert.Equal("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", lab.Refused((ec2, c) => ec2.ModifyVpcPeeringConnectionOptions(
            c, new() { VpcPeeringConnectionId = id, RequesterPeeringConnectionOptions = on })));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true } }));
        Aws.ModifyVpcPeeringConnectionOptionsResult changed = lab.Run((ec2, c) => ec2.ModifyVpcPeeringConnectionOptions(
            c, new() { VpcPeeringConnectionId = id, RequesterPeeringConnectionOptions = on }));
        Assert.True(changed.RequesterPeeringConnectionOptions!.AllowDnsResolutionFromRemoteVpc);
        Assert.Null(changed.AccepterPeeringConnectionOptions);
        Assert.True(Described(id, Other).RequesterVpcInfo!.PeeringOptions!.AllowDnsResolutionFromRemoteVpc);
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.ModifyVpcPeeringConnectionOptions(
            c, new() { VpcPeeringConnectionId = id, AccepterPeeringConnectionOptions = on })));
        Assert.Equal("MissingParameter", lab.Refused(
            (ec2, c) => ec2.ModifyVpcPeeringConnectionOptions(c, new() { VpcPeeringConnectionId = id })));
    }

    [Fact]
    public void Tags_are_each_sides_own()
    {
        string peer = NewVpcAt(At(Other), "10.1.0.0/16");
        string id = lab.Run((ec2, c) => ec2.CreateVpcPeeringConnection(c, new()
        {
            VpcId = vpc,
            PeerVpcId = peer,
            PeerOwnerId = Other,
            TagSpecifications = [new() { ResourceType = "vpc-peering-connection", Tags = [new() { Key = "Name", Value = "ours" }] }],
        })).VpcPeeringConnection!.VpcPeeringConnectionId!;
        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = [id], Tags = [new() { Key = "Name", Value = "theirs" }] }), Other);
        Accept(id, At(Other));
        Assert.Equal(("ours", "theirs"), (Described(id).Tags!.Single().Value, Described(id, Other).Tags!.Single().Value));
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeVpcPeeringConnections(
            c, new() { Filters = [Networks.Filter("tag:Name", "ours"), Networks.Filter("accepter-vpc-info.vpc-id", peer)] })).VpcPeeringConnections!);
    }

    [Fact]
    public void A_vpc_gets_no_block_of_its_peers()
    {
        string peer = NewVpcAt(At(null), "10.1.0.0/16");
        string id = Ask(peer).VpcPeeringConnectionId!;
        Assert.Equal("InvalidVpc.Range", lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = "10.5.0.0/16" })));
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = peer, CidrBlock = "10.6.0.0/16" }));
        Accept(id, At(null));
        Assert.Equal("InvalidVpc.Range", lab.Refused((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = "10.6.1.0/24" })));
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = vpc, CidrBlock = "10.5.0.0/16" }));
        Assert.Equal(["10.0.0.0/16", "10.5.0.0/16"], Described(id).RequesterVpcInfo!.CidrBlockSet!.Select(b => b.CidrBlockValue));
        Assert.Equal(["10.1.0.0/16", "10.6.0.0/16"], Described(id).AccepterVpcInfo!.CidrBlockSet!.Select(b => b.CidrBlockValue));

        // The accepter's new block overlaps: the request that waits has failed.
        string late = NewVpcAt(At(null), "10.8.0.0/16");
        string doomed = Ask(late).VpcPeeringConnectionId!;
        lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = late, CidrBlock = "10.5.7.0/24" }));
        Assert.Equal("failed", Described(doomed).Status!.Code);
    }

    [Fact]
    public void A_vpc_with_an_active_peering_stays_and_its_own_requests_go_with_it()
    {
        string peer = NewVpcAt(At(Other), "10.1.0.0/16");
        string id = Ask(peer, Other).VpcPeeringConnectionId!;
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = peer }), Other));
        Accept(id, At(Other));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc })));
        Delete(id);
        string second = Ask(peer, Other).VpcPeeringConnectionId!;
        lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc }));
        Assert.Equal("deleted", Described(second, Other).Status!.Code);
    }

    [Fact]
    public void Rule096_routes_to_a_peering_are_black_holes_while_it_is_not_active()
    {
        string peer = NewVpcAt(At(null), "10.1.0.0/16");
        string id = Ask(peer).VpcPeeringConnectionId!;
        string table = lab.MainTable(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "10.1.0.0/16", VpcPeeringConnectionId = id }));
        Assert.Equal((id, "blackhole"), RouteOf(table));
        Accept(id, At(null));
        Assert.Equal((id, "active"), RouteOf(table));

        // Rule 4: inside the VPC no route leads to a peering; and a peering of others is none of this table's.
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "10.0.1.0/24", VpcPeeringConnectionId = id })));
        string stranger = lab.MainTable(NewVpcAt(At(null), "10.2.0.0/16")).Key;
        Fault foreign = lab.FaultOf((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = stranger, DestinationCidrBlock = "10.1.0.0/16", VpcPeeringConnectionId = id }));
        Assert.Equal($"route table {stranger} and vpc peering connection {id} belong to different networks", foreign.Message);

        Delete(id);
        Assert.Equal((id, "blackhole"), RouteOf(table));
        Assert.Equal("InvalidVpcPeeringConnectionID.NotFound", lab.Refused((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = table, DestinationCidrBlock = "10.1.0.0/16", VpcPeeringConnectionId = id })));
    }

    [Fact]
    public void Rule061_and_062_a_rule_names_a_group_of_the_peer_which_may_become_stale()
    {
        string peer = NewVpcAt(At(Other), "10.1.0.0/16");
        string id = Ask(peer, Other).VpcPeeringConnectionId!;
        string theirs = lab.Cloud.Partition(At(Other)).By<SecurityGroup>(SecurityGroup.NameWord(new Id<Vpc>(peer), "default")).Single().Key;
        string ours = lab.DefaultGroup(vpc).Key;
        Aws.AuthorizeSecurityGroupIngressRequest wish = new()
        {
            GroupId = ours,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 443, ToPort = 443, UserIdGroupPairs = [new() { GroupId = theirs, UserId = Other }] }],
        };
        Assert.Equal("InvalidGroup.NotFound", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, wish)));
        Accept(id, At(Other));
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, wish));
        Aws.UserIdGroupPair pair = lab.Run((ec2, c) => ec2.DescribeSecurityGroups(c, new() { GroupIds = [ours] })).SecurityGroups!.Single()
            .IpPermissions!.SelectMany(p => p.UserIdGroupPairs!).Single(p => p.GroupId == theirs);
        Assert.Equal((Other, peer, id, "active"), (pair.UserId, pair.VpcId, pair.VpcPeeringConnectionId, pair.PeeringStatus));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeStaleSecurityGroups(c, new() { VpcId = vpc })).StaleSecurityGroupSet!);
        Delete(id);
        Assert.Equal(ours, lab.Run((ec2, c) => ec2.DescribeStaleSecurityGroups(c, new() { VpcId = vpc })).StaleSecurityGroupSet!.Single().GroupId);

        // Rule 63: between regions only addresses count.
        PartitionKey there = new(Other, "eu-west-1");
        string far = NewVpcAt(there, "10.2.0.0/16");
        Accept(Ask(far, Other, "eu-west-1").VpcPeeringConnectionId!, there);
        string distant = lab.Cloud.Partition(there).By<SecurityGroup>(SecurityGroup.NameWord(new Id<Vpc>(far), "default")).Single().Key;
        Assert.Equal("InvalidGroup.NotFound", lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, wish with
        {
            IpPermissions = [wish.IpPermissions![0] with { UserIdGroupPairs = [new() { GroupId = distant, UserId = Other }] }],
        })));
    }

    private static Quotas Only(string name) => new(ImmutableDictionary<string, int>.Empty.Add(name, 25));

    private static PartitionKey At(string? account) => new(account ?? "000000000000", "us-east-1");

    private (string? Peering, string? State) RouteOf(string table)
    {
        Aws.Route route = lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [table] })).RouteTables!.Single()
            .Routes!.Single(r => r.VpcPeeringConnectionId is not null);
        return (route.VpcPeeringConnectionId, route.State);
    }

    private string NewVpcAt(PartitionKey at, string cidr) =>
        lab.Run((ec2, c) => ec2.CreateVpc(c.At(at), new() { CidrBlock = cidr })).Vpc!.VpcId!;

    private void AskNew(string region, string account, string cidr) => Ask(NewVpcAt(new(account, region), cidr), account, region);

    private Aws.VpcPeeringConnection Ask(string peer, string? account = null, string? region = null) =>
        lab.Run((ec2, c) => ec2.CreateVpcPeeringConnection(
            c, new() { VpcId = vpc, PeerVpcId = peer, PeerOwnerId = account, PeerRegion = region })).VpcPeeringConnection!;

    private Aws.VpcPeeringConnection Accept(string id, PartitionKey at) =>
        lab.Run((ec2, c) => ec2.AcceptVpcPeeringConnection(c.At(at), new() { VpcPeeringConnectionId = id })).VpcPeeringConnection!;

    private void Delete(string id) =>
        Assert.True(lab.Run((ec2, c) => ec2.DeleteVpcPeeringConnection(c, new() { VpcPeeringConnectionId = id })).Return);

    private string Refused(string from, string to) =>
        lab.Refused((ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = from, PeerVpcId = to }));

    private Aws.VpcPeeringConnection Described(string id, string? account = null) => lab.Run(
        (ec2, c) => ec2.DescribeVpcPeeringConnections(c, new() { VpcPeeringConnectionIds = [id] }), account).VpcPeeringConnections!.Single();
}
