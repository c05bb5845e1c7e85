using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

public sealed class TransitGatewayAttachmentTests
{
    private readonly Lab lab = new();
    private readonly string gateway;
    private readonly string table;

    public TransitGatewayAttachmentTests()
    {
        Aws.TransitGateway made = lab.NewTransitGateway();
        (gateway, table) = (made.TransitGatewayId!, made.Options!.AssociationDefaultRouteTableId!);
    }

    [Fact]
    public void A_VPC_stands_in_each_subnet_with_an_interface_that_the_service_manages()
    {
        string vpc = lab.NewVpc().VpcId!;
        string one = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        Aws.TransitGatewayVpcAttachment made = lab.Attach(gateway, vpc, one);
        Assert.Equal(("pending", vpc, "000000000000", gateway), (made.State, made.VpcId, made.VpcOwnerId, made.TransitGatewayId));
        Assert.Equal(("enable", "enable", "disable", "disable"), (
            made.Options!.DnsSupport, made.Options.SecurityGroupReferencingSupport, made.Options.Ipv6Support, made.Options.ApplianceModeSupport));
        Aws.NetworkInterface eni = lab.Run((ec2, c) => ec2.DescribeNetworkInterfaces(
            c, new() { Filters = [Networks.Filter("subnet-id", one)] })).NetworkInterfaces!.Single();
        Assert.Equal(("transit_gateway", true, "in-use"), (eni.InterfaceType, eni.RequesterManaged, eni.Status));
        Assert.Equal($"Network Interface for Transit Gateway Attachment {made.TransitGatewayAttachmentId}", eni.Description);
        Aws.TransitGatewayAttachment seen = lab.DescribedAttachment(made.TransitGatewayAttachmentId!);
        Assert.Equal(("vpc", vpc, "available", table, "associated"), (
            seen.ResourceType, seen.ResourceId, seen.State, seen.Association!.TransitGatewayRouteTableId, seen.Association.State));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = one })));
    }

    [Fact]
    public void What_a_VPC_attachment_cannot_be_is_refused()
    {
        string vpc = lab.NewVpc().VpcId!;
        string one = NewSubnet(vpc, "10.0.1.0/24", "us-east-1a");
        string two = NewSubnet(vpc, "10.0.2.0/24", "us-east-1a");
        string other = lab.NewSubnet(lab.NewVpc("10.1.0.0/16").VpcId!, "10.1.0.0/24").SubnetId!;
        Assert.Equal("MissingParameter", Refused(gateway, vpc));
        Assert.Equal("DuplicateSubnetsInSameZone", Refused(gateway, vpc, one, two));
        Assert.Equal("InvalidParameterValue", Refused(gateway, vpc, other));
        Assert.Equal("InvalidSubnetID.NotFound", Refused(gateway, vpc, "subnet-0123456789abcdef0"));
        Assert.Equal("InvalidVpcID.NotFound", Refused(gateway, "vpc-0123456789abcdef0", one));
        Assert.Equal("InvalidTransitGatewayID.NotFound", Refused("tgw-0123456789abcdef0", vpc, one));
        Assert.Equal("InvalidTransitGatewayID.Malformed", Refused("vgw-0123456789abcdef0", vpc, one));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = gateway, VpcId = vpc, SubnetIds = [one], Options = new() { DnsSupport = "on" } })));

        string Refused(string tgw, string of, params string[] subnets) => lab.Refused((ec2, c) => ec2.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = tgw, VpcId = of, SubnetIds = subnets }));
    }

    [Fact]
    public void Rule112_a_VPC_is_attached_to_a_gateway_once()
    {
        (string vpc, string attachment) = lab.NewAttachedVpc(gateway, "10.0.0.0/16");
        string subnet = lab.NewSubnet(vpc, "10.0.9.0/24").SubnetId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = gateway, VpcId = vpc, SubnetIds = [subnet] }));
        Assert.Equal(("DuplicateTransitGatewayAttachment", $"{gateway} has non-deleted Transit Gateway Attachments with same VPC ID."), (fault.Code, fault.Message));
        Assert.Equal("available", lab.DescribedAttachment(lab.NewAttachedVpc(gateway, "10.0.0.0/16").Attachment).State);
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = attachment }));
        Assert.Equal("pending", lab.Attach(gateway, vpc, subnet).State);
    }

    [Fact]
    public void Rule117_a_VPC_has_five_gateways_at_most()
    {
        (string vpc, _) = lab.NewAttachedVpc(gateway, "10.0.0.0/16");
        string subnet = lab.NewSubnet(vpc, "10.0.9.0/24").SubnetId!;
        for (int i = 0; i < 4; i++)
        {
            lab.Attach(lab.NewTransitGateway().TransitGatewayId!, vpc, subnet);
        }

        string sixth = lab.NewTransitGateway().TransitGatewayId!;
        Assert.Equal("TransitGatewayAttachmentLimitExceeded", lab.Refused((ec2, c) => ec2.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = sixth, VpcId = vpc, SubnetIds = [subnet] })));
    }

    [Fact]
    public void Subnets_and_options_are_changed_and_interfaces_follow()
    {
        string vpc = lab.NewVpc().VpcId!;
        string one = NewSubnet(vpc, "10.0.1.0/24", "us-east-1a");
        string same = NewSubnet(vpc, "10.0.2.0/24", "us-east-1a");
        string two = NewSubnet(vpc, "10.0.3.0/24", "us-east-1b");
        string id = lab.Attach(gateway, vpc, one).TransitGatewayAttachmentId!;
        Assert.Equal("DuplicateSubnetsInSameZone", Refused(new() { AddSubnetIds = [same] }));
        Assert.Equal("InvalidParameterValue", Refused(new() { RemoveSubnetIds = [one] }));
        Assert.Equal("InvalidParameterValue", Refused(new() { RemoveSubnetIds = [two] }));
        Modify(new() { AddSubnetIds = [two, one], Options = new() { ApplianceModeSupport = "enable" } });
        Aws.TransitGatewayVpcAttachment now = Modify(new() { AddSubnetIds = [same], RemoveSubnetIds = [one] });
        Assert.Equal(("modifying", "enable", "enable"), (now.State, now.Options!.ApplianceModeSupport, now.Options.DnsSupport));
        Assert.Equal([two, same], now.SubnetIds!);
        Assert.Equal(new[] { two, same }.Order(), lab.Here.All<NetworkInterface>()
            .Where(i => i.InterfaceType == "transit_gateway").Select(i => i.SubnetId.Value).Order());
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = one }));

        string Refused(Aws.ModifyTransitGatewayVpcAttachmentRequest request) =>
            lab.Refused((ec2, c) => ec2.ModifyTransitGatewayVpcAttachment(c, request with { TransitGatewayAttachmentId = id }));
        Aws.TransitGatewayVpcAttachment Modify(Aws.ModifyTransitGatewayVpcAttachmentRequest request) => lab.Run(
            (ec2, c) => ec2.ModifyTransitGatewayVpcAttachment(c, request with { TransitGatewayAttachmentId = id })).TransitGatewayVpcAttachment!;
    }

    [Fact]
    public void Another_account_s_VPC_waits_until_the_gateway_s_owner_says_yes()
    {
        (string vpc, string id) = AttachOther();
        Assert.Equal("pendingAcceptance", lab.DescribedAttachment(id).State);
        Aws.TransitGatewayAttachment theirs = lab.DescribedAttachment(id, TransitGateways.Other);
        Assert.Equal((vpc, TransitGateways.Other, "000000000000"), (theirs.ResourceId, theirs.ResourceOwnerId, theirs.TransitGatewayOwnerId));
        Assert.Equal("UnauthorizedOperation", lab.Refused(
            (ec2, c) => ec2.AcceptTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = id }), TransitGateways.Other));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.AssociateTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = table, TransitGatewayAttachmentId = id })));

        Assert.Equal("pending", lab.Run((ec2, c) => ec2.AcceptTransitGatewayVpcAttachment(
            c, new() { TransitGatewayAttachmentId = id })).TransitGatewayVpcAttachment!.State);
        Assert.Equal(table, lab.DescribedAttachment(id).Association!.TransitGatewayRouteTableId);
        Assert.Equal("available", lab.DescribedAttachment(id, TransitGateways.Other).State);
        Assert.Null(lab.DescribedAttachment(id, TransitGateways.Other).Association);
        Assert.Contains(id, lab.Run((ec2, c) => ec2.GetTransitGatewayRouteTablePropagations(
            c, new() { TransitGatewayRouteTableId = table })).TransitGatewayRouteTablePropagations!.Select(p => p.TransitGatewayAttachmentId));
        Assert.Equal("IncorrectState", lab.Refused(
            (ec2, c) => ec2.RejectTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = id })));

        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = [id], Tags = [new() { Key = "mine", Value = "1" }] }));
        Assert.Null(lab.DescribedAttachment(id, TransitGateways.Other).Tags);
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = id }));
        Assert.Equal("deleted", lab.DescribedAttachment(id, TransitGateways.Other).State);
        Assert.Equal("InvalidTransitGatewayAttachmentID.NotFound", lab.Refused((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = id })));
        Assert.DoesNotContain(
            lab.Cloud.Partition(new PartitionKey(TransitGateways.Other, "us-east-1")).All<NetworkInterface>(), i => i.InterfaceType == "transit_gateway");
    }

    [Fact]
    public void What_was_rejected_is_described_for_an_hour_and_holds_on_to_nothing()
    {
        (string vpc, string id) = AttachOther();
        lab.Run((ec2, c) => ec2.RejectTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = id }));
        Assert.Equal("rejected", lab.DescribedAttachment(id).State);
        Assert.Equal("rejected", lab.DescribedAttachment(id, TransitGateways.Other).State);
        PartitionKey there = new(TransitGateways.Other, "us-east-1");
        Assert.Empty(lab.Cloud.Partition(there).By<TransitGatewayAttachment>(vpc));
        lab.Run((ec2, c) => ec2.DeleteTransitGateway(c, new() { TransitGatewayId = gateway }));
        lab.Now += TimeSpan.FromHours(1);
        Assert.Equal("InvalidTransitGatewayAttachmentID.NotFound", lab.Refused(
            (ec2, c) => ec2.DescribeTransitGatewayAttachments(c, new() { TransitGatewayAttachmentIds = [id] })));
    }

    [Fact]
    public void With_auto_accept_nobody_is_asked()
    {
        lab.Run((ec2, c) => ec2.ModifyTransitGateway(
            c, new() { TransitGatewayId = gateway, Options = new() { AutoAcceptSharedAttachments = "enable" } }));
        (_, string id) = AttachOther();
        Assert.Equal(("available", table), (lab.DescribedAttachment(id).State, lab.DescribedAttachment(id).Association!.TransitGatewayRouteTableId));
    }

    [Fact]
    public void A_VPN_and_a_Direct_Connect_gateway_are_attached_by_their_services()
    {
        TransitGatewayAttachment direct = lab.Do(c => TransitGatewayAttachments.AttachDirectConnect(
            c, c.Here.Get(new Id<TransitGateway>(gateway)), "11111111-2222-3333-4444-555555555555", TransitGateways.Other));
        Assert.Equal(table, direct.AssociatedTableId?.Value);
        Aws.TransitGatewayAttachment seen = lab.DescribedAttachment(direct.Key, TransitGateways.Other);
        Assert.Equal(("direct-connect-gateway", "available"), (seen.ResourceType, seen.State));
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteTransitGateway(c, new() { TransitGatewayId = gateway }));
        Assert.Contains("non-deleted DirectConnect Gateway Attachments", fault.Message);
        lab.Do(c =>
        {
            TransitGatewayAttachments.DetachResource(c, "11111111-2222-3333-4444-555555555555");
            return true;
        });
        Assert.All(lab.Here.All<TransitGatewayAttachment>(), a => Assert.True(a.IsEnded));
        Assert.Empty(lab.Here.All<TransitGatewayRouteTable>().Single().Propagations);
    }

    [Theory]
    [InlineData("association.state", "associated")]
    [InlineData("resource-id", "VPC")]
    [InlineData("resource-owner-id", "000000000000")]
    [InlineData("resource-type", "vpc")]
    [InlineData("state", "available")]
    [InlineData("transit-gateway-owner-id", "000000000000")]
    public void Filters_find_attachments(string name, string value)
    {
        (string vpc, string id) = lab.NewAttachedVpc(gateway, "10.0.0.0/16");
        Assert.Equal([id], Found(value == "VPC" ? vpc : value));
        Assert.Empty(Found("x"));

        IEnumerable<string> Found(string wanted) => lab.Run((ec2, c) => ec2.DescribeTransitGatewayAttachments(
            c, new() { Filters = [Networks.Filter(name, wanted)] })).TransitGatewayAttachments!.Select(a => a.TransitGatewayAttachmentId!);
    }

    private string NewSubnet(string vpc, string cidr, string zone) => lab.Run((ec2, c) => ec2.CreateSubnet(
        c, new() { VpcId = vpc, CidrBlock = cidr, AvailabilityZone = zone })).Subnet!.SubnetId!;

    private (string Vpc, string Attachment) AttachOther()
    {
        lab.ShareGateway(gateway);
        string vpc = lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.7.0.0/16" }), TransitGateways.Other).Vpc!.VpcId!;
        string subnet = lab.Run((ec2, c) => ec2.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = "10.7.0.0/24" }), TransitGateways.Other)
            .Subnet!.SubnetId!;
        return (vpc, lab.Run(
            (ec2, c) => ec2.CreateTransitGatewayVpcAttachment(c, new() { TransitGatewayId = gateway, VpcId = vpc, SubnetIds = [subnet] }),
            TransitGateways.Other).TransitGatewayVpcAttachment!.TransitGatewayAttachmentId!);
    }
}
