using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class TransitGatewayPeeringTests
{
    private static readonly PartitionKey Far = TransitGateways.Elsewhere;

    private readonly Lab lab = new();
    private readonly string near;
    private readonly string far;

    public TransitGatewayPeeringTests()
    {
        near = lab.NewTransitGateway().TransitGatewayId!;
        far = lab.Run((ec2, c) => ec2.CreateTransitGateway(c.At(Far), new())).TransitGateway!.TransitGatewayId!;
    }

    [Fact]
    public void Between_regions_one_attachment_is_seen_from_both_and_accepted_by_the_far_side()
    {
        Aws.TransitGatewayPeeringAttachment made = Peer(far, Far.Region);
        string id = made.TransitGatewayAttachmentId!;
        Assert.Equal(("initiatingRequest", null), (made.State, made.AccepterTransitGatewayAttachmentId));
        Assert.Equal((near, "us-east-1", far, "eu-west-1"), (
            made.RequesterTgwInfo!.TransitGatewayId, made.RequesterTgwInfo.Region, made.AccepterTgwInfo!.TransitGatewayId, made.AccepterTgwInfo.Region));
        Assert.Equal("pendingAcceptance", StateOf(id, Far));
        Fault fault = lab.FaultOf((ec2, c) => ec2.AcceptTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = id }));
        Assert.Equal(("InvalidParameterValue", $"Cannot accept {id} as the source of the peering request."), (fault.Code, fault.Message));

        Assert.Equal("pending", lab.Run((ec2, c) => ec2.AcceptTransitGatewayPeeringAttachment(c.At(Far), new() { TransitGatewayAttachmentId = id }))
            .TransitGatewayPeeringAttachment!.State);
        Assert.Equal(("available", "available"), (StateOf(id, lab.Home), StateOf(id, Far)));
        Assert.Equal(far, lab.DescribedAttachment(id).ResourceId);
        Assert.Equal(near, lab.Run((ec2, c) => ec2.DescribeTransitGatewayAttachments(c.At(Far), new())).TransitGatewayAttachments!.Single().ResourceId);
        Assert.NotNull(lab.DescribedAttachment(id).Association);

        lab.Run((ec2, c) => ec2.DeleteTransitGatewayPeeringAttachment(c.At(Far), new() { TransitGatewayAttachmentId = id }));
        Assert.All(lab.Here.All<TransitGatewayAttachment>(), a => Assert.True(a.IsEnded));
        Assert.Equal("deleted", StateOf(id, Far));
    }

    [Fact]
    public void Inside_a_region_each_side_has_an_attachment_of_its_own()
    {
        string second = lab.NewTransitGateway().TransitGatewayId!;
        Aws.TransitGatewayPeeringAttachment made = Peer(second, "us-east-1");
        string theirs = made.AccepterTransitGatewayAttachmentId!;
        Assert.NotEqual(made.TransitGatewayAttachmentId, theirs);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.AcceptTransitGatewayPeeringAttachment(
            c, new() { TransitGatewayAttachmentId = made.TransitGatewayAttachmentId })));
        lab.Run((ec2, c) => ec2.AcceptTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = theirs }));
        Assert.Equal(("available", "available"), (StateOf(made.TransitGatewayAttachmentId!, lab.Home), StateOf(theirs, lab.Home)));
        Assert.Equal((second, near), (lab.DescribedAttachment(made.TransitGatewayAttachmentId!).ResourceId, lab.DescribedAttachment(theirs).ResourceId));
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayPeeringAttachment(c, new() { TransitGatewayAttachmentId = theirs }));
        Assert.All(lab.Here.All<TransitGatewayAttachment>(), a => Assert.True(a.IsEnded));
    }

    [Fact]
    public void Rule111_a_peering_propagates_nothing()
    {
        Aws.TransitGatewayPeeringAttachment made = Peer(far, Far.Region);
        string id = made.TransitGatewayAttachmentId!;
        lab.Run((ec2, c) => ec2.AcceptTransitGatewayPeeringAttachment(c.At(Far), new() { TransitGatewayAttachmentId = id }));
        string table = lab.DescribedAttachment(id).Association!.TransitGatewayRouteTableId!;
        Assert.Empty(lab.Here.All<TransitGatewayRouteTable>().Single().Propagations);
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.EnableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = table, TransitGatewayAttachmentId = id })));
        Assert.Equal("active", lab.Run((ec2, c) => ec2.CreateTransitGatewayRoute(c, new()
        {
            TransitGatewayRouteTableId = table,
            DestinationCidrBlock = "10.9.0.0/16",
            TransitGatewayAttachmentId = id,
        })).Route!.State);
    }

    [Fact]
    public void A_rejected_peering_can_be_asked_for_again()
    {
        string id = Peer(far, Far.Region).TransitGatewayAttachmentId!;
        Assert.Equal("DuplicateTransitGatewayAttachment", Refused(far, Far.Region));
        Assert.Equal("rejecting", lab.Run((ec2, c) => ec2.RejectTransitGatewayPeeringAttachment(c.At(Far), new() { TransitGatewayAttachmentId = id }))
            .TransitGatewayPeeringAttachment!.State);
        Assert.Equal(("rejected", "rejected"), (StateOf(id, lab.Home), StateOf(id, Far)));
        Assert.Equal("initiatingRequest", Peer(far, Far.Region).State);
    }

    [Fact]
    public void A_peer_that_does_not_exist_makes_it_fail_and_nonsense_is_refused()
    {
        string id = Peer("tgw-0123456789abcdef0", Far.Region).TransitGatewayAttachmentId!;
        Aws.TransitGatewayPeeringAttachment failed = lab.Run((ec2, c) => ec2.DescribeTransitGatewayPeeringAttachments(
            c, new() { TransitGatewayAttachmentIds = [id] })).TransitGatewayPeeringAttachments!.Single();
        Assert.Equal(("failed", "failed"), (failed.State, failed.Status!.Code));
        Assert.Contains("tgw-0123456789abcdef0", failed.Status.Message);
        Assert.Equal("InvalidParameterValue", Refused(near, "us-east-1"));
        Assert.Equal("InvalidParameterValue", Refused(far, Far.Region, account: "42"));
        Assert.Equal("InvalidTransitGatewayID.Malformed", Refused("vpc-0123456789abcdef0", Far.Region));
        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.CreateTransitGatewayPeeringAttachment(
            c, Wish(far, Far.Region) with { TransitGatewayId = near, Options = new() { DynamicRouting = "enable" } })));
    }

    [Fact]
    public void Rule117_ten_peerings_may_wait()
    {
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 0; i < 10; i++)
        {
            PartitionKey there = new($"{200000000000 + i}", "eu-west-1");
            string other = lab.Run((ec2, c) => ec2.CreateTransitGateway(c.At(there), new())).TransitGateway!.TransitGatewayId!;
            Peer(other, there.Region, there.Account);
        }

        Assert.Equal("TransitGatewayPeeringAttachmentLimitExceeded", Refused(far, Far.Region));
    }

    private static Aws.CreateTransitGatewayPeeringAttachmentRequest Wish(string peer, string region, string account = "000000000000") =>
        new() { PeerTransitGatewayId = peer, PeerAccountId = account, PeerRegion = region };

    private Aws.TransitGatewayPeeringAttachment Peer(string peer, string region, string account = "000000000000") => lab.Run(
        (ec2, c) => ec2.CreateTransitGatewayPeeringAttachment(c, Wish(peer, region, account) with { TransitGatewayId = near })).TransitGatewayPeeringAttachment!;

    private string Refused(string peer, string region, string account = "000000000000") => lab.Refused(
        (ec2, c) => ec2.CreateTransitGatewayPeeringAttachment(c, Wish(peer, region, account) with { TransitGatewayId = near }));

    private string StateOf(string id, PartitionKey at) => lab.Run((ec2, c) => ec2.DescribeTransitGatewayPeeringAttachments(
        c.At(at), new() { TransitGatewayAttachmentIds = [id] })).TransitGatewayPeeringAttachments!.Single().State!;
}
