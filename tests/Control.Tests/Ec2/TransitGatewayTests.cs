using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class TransitGatewayTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_gateway_has_AWS_s_defaults_and_one_table_that_is_both_defaults()
    {
        Aws.TransitGateway made = lab.NewTransitGateway();
        Aws.TransitGatewayOptions options = made.Options!;
        Assert.Equal(("pending", "000000000000", ""), (made.State, made.OwnerId, made.Description));
        Assert.Equal($"arn:aws:ec2:us-east-1:000000000000:transit-gateway/{made.TransitGatewayId}", made.TransitGatewayArn);
        Assert.Equal((64512L, "disable", "enable", "enable"), (options.AmazonSideAsn, options.AutoAcceptSharedAttachments, options.VpnEcmpSupport, options.DnsSupport));
        Assert.Equal(("enable", "enable", "disable", "disable"), (
            options.DefaultRouteTableAssociation, options.DefaultRouteTablePropagation, options.MulticastSupport, options.SecurityGroupReferencingSupport));
        Assert.NotNull(options.AssociationDefaultRouteTableId);
        Assert.Equal(options.AssociationDefaultRouteTableId, options.PropagationDefaultRouteTableId);
        Assert.Equal("available", lab.DescribedTransitGateway(made.TransitGatewayId!).State);
        Aws.TransitGatewayRouteTable table = lab.Run((ec2, c) => ec2.DescribeTransitGatewayRouteTables(c, new())).TransitGatewayRouteTables!.Single();
        Assert.Equal((options.AssociationDefaultRouteTableId, true, true, "available"), (
            table.TransitGatewayRouteTableId, table.DefaultAssociationRouteTable, table.DefaultPropagationRouteTable, table.State));
    }

    [Fact]
    public void Without_defaults_there_is_no_table()
    {
        Aws.TransitGateway made = lab.NewTransitGateway(
            new() { DefaultRouteTableAssociation = "disable", DefaultRouteTablePropagation = "disable", AmazonSideAsn = 4200000000 });
        Assert.Null(made.Options!.AssociationDefaultRouteTableId);
        Assert.Null(made.Options.PropagationDefaultRouteTableId);
        Assert.Empty(lab.Here.All<TransitGatewayRouteTable>());
        string attachment = lab.NewAttachedVpc(made.TransitGatewayId!, "10.0.0.0/16").Attachment;
        Assert.Null(lab.DescribedAttachment(attachment).Association);
    }

    [Theory]
    [InlineData(64511L)]
    [InlineData(65535L)]
    [InlineData(4199999999L)]
    [InlineData(4294967295L)]
    public void An_ASN_has_to_be_a_private_one(long asn) => Assert.Equal(
        "InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateTransitGateway(c, new() { Options = new() { AmazonSideAsn = asn } })));

    [Theory]
    [InlineData("10.0.0.0/25")]
    [InlineData("2001:db8::/65")]
    [InlineData("169.254.8.0/24")]
    [InlineData("all")]
    public void A_range_has_to_be_large_enough_and_free(string cidr) => Assert.Equal(
        "InvalidParameterValue",
        lab.Refused((ec2, c) => ec2.CreateTransitGateway(c, new() { Options = new() { TransitGatewayCidrBlocks = [cidr] } })));

    [Fact]
    public void Ranges_come_and_go_and_none_lies_over_another()
    {
        string id = lab.NewTransitGateway(new() { TransitGatewayCidrBlocks = ["10.1.0.0/24"] }).TransitGatewayId!;
        Assert.Equal("InvalidParameterValue", Refused(new() { AddTransitGatewayCidrBlocks = ["10.1.0.0/16"] }));
        Assert.Equal("InvalidParameterValue", Refused(new() { RemoveTransitGatewayCidrBlocks = ["10.2.0.0/24"] }));
        Modify(new() { AddTransitGatewayCidrBlocks = ["10.0.0.0/24"], RemoveTransitGatewayCidrBlocks = ["10.1.0.0/24"] });
        Assert.Equal(["10.0.0.0/24"], lab.DescribedTransitGateway(id).Options!.TransitGatewayCidrBlocks!);
        Assert.Equal(
            "TransitGatewayCidrBlockLimitExceeded",
            Refused(new() { AddTransitGatewayCidrBlocks = ["10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24", "10.4.0.0/24", "10.5.0.0/24"] }));

        string Refused(Aws.ModifyTransitGatewayOptions options) =>
            lab.Refused((ec2, c) => ec2.ModifyTransitGateway(c, new() { TransitGatewayId = id, Options = options }));
        void Modify(Aws.ModifyTransitGatewayOptions options) =>
            lab.Run((ec2, c) => ec2.ModifyTransitGateway(c, new() { TransitGatewayId = id, Options = options }));
    }

    [Fact]
    public void Default_tables_are_turned_off_on_and_to_another()
    {
        Aws.TransitGateway made = lab.NewTransitGateway();
        string id = made.TransitGatewayId!;
        Assert.Equal("modifying", Modify(new() { DefaultRouteTableAssociation = "disable" }).State);
        Aws.TransitGatewayOptions options = lab.DescribedTransitGateway(id).Options!;
        Assert.Equal(("disable", null, "enable"), (options.DefaultRouteTableAssociation, options.AssociationDefaultRouteTableId, options.DefaultRouteTablePropagation));
        string table = lab.NewGatewayTable(id);
        options = Modify(new() { DefaultRouteTableAssociation = "enable", AssociationDefaultRouteTableId = table }).Options!;
        Assert.Equal((table, made.Options!.PropagationDefaultRouteTableId), (options.AssociationDefaultRouteTableId, options.PropagationDefaultRouteTableId));

        string foreign = lab.NewTransitGateway().Options!.AssociationDefaultRouteTableId!;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyTransitGateway(
            c, new() { TransitGatewayId = id, Options = new() { AssociationDefaultRouteTableId = foreign } })));

        Modify(new() { DefaultRouteTableAssociation = "disable", DefaultRouteTablePropagation = "disable" });
        options = Modify(new() { DefaultRouteTableAssociation = "enable", DefaultRouteTablePropagation = "enable" }).Options!;
        Assert.Equal(options.AssociationDefaultRouteTableId, options.PropagationDefaultRouteTableId);
        Assert.NotNull(options.AssociationDefaultRouteTableId);

        Aws.TransitGateway Modify(Aws.ModifyTransitGatewayOptions wish) =>
            lab.Run((ec2, c) => ec2.ModifyTransitGateway(c, new() { TransitGatewayId = id, Options = wish })).TransitGateway!;
    }

    [Fact]
    public void An_ASN_changes_only_while_no_session_has_it()
    {
        string id = lab.NewTransitGateway(new() { TransitGatewayCidrBlocks = ["10.99.0.0/24"] }).TransitGatewayId!;
        string attachment = lab.NewAttachedVpc(id, "10.0.0.0/16").Attachment;
        lab.Run((ec2, c) => ec2.ModifyTransitGateway(c, new() { TransitGatewayId = id, Description = "hub", Options = new() { AmazonSideAsn = 64600 } }));
        Assert.Equal((64600L, "hub"), (lab.DescribedTransitGateway(id).Options!.AmazonSideAsn, lab.DescribedTransitGateway(id).Description));
        lab.Run((ec2, c) => ec2.CreateTransitGatewayConnect(
            c, new() { TransportTransitGatewayAttachmentId = attachment, Options = new() { Protocol = "gre" } }));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.ModifyTransitGateway(
            c, new() { TransitGatewayId = id, Options = new() { AmazonSideAsn = 64601 } })));
    }

    [Fact]
    public void A_gateway_goes_with_its_tables_once_nothing_is_attached()
    {
        string id = lab.NewTransitGateway().TransitGatewayId!;
        string attachment = lab.NewAttachedVpc(id, "10.0.0.0/16").Attachment;
        Fault fault = lab.FaultOf((ec2, c) => ec2.DeleteTransitGateway(c, new() { TransitGatewayId = id }));
        Assert.Equal(("IncorrectState", $"{id} has non-deleted VPC Attachments: {attachment}."), (fault.Code, fault.Message));
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = attachment }));
        Assert.Equal("deleting", lab.Run((ec2, c) => ec2.DeleteTransitGateway(c, new() { TransitGatewayId = id })).TransitGateway!.State);
        Assert.Empty(lab.Here.All<TransitGatewayRouteTable>());
        Assert.All(lab.Here.All<TransitGatewayAttachment>(), a => Assert.True(a.IsEnded));
        fault = lab.FaultOf((ec2, c) => ec2.DescribeTransitGateways(c, new() { TransitGatewayIds = [id] }));
        Assert.Equal(("InvalidTransitGatewayID.NotFound", $"Transit Gateway {id} was deleted or does not exist."), (fault.Code, fault.Message));
    }

    [Theory]
    [InlineData("options.amazon-side-asn", "64513")]
    [InlineData("options.auto-accept-shared-attachments", "enable")]
    [InlineData("options.default-route-table-association", "disable")]
    [InlineData("options.default-route-table-propagation", "disable")]
    [InlineData("options.dns-support", "disable")]
    [InlineData("options.vpn-ecmp-support", "disable")]
    [InlineData("tag:k", "v")]
    public void Each_filter_tells_gateways_apart(string name, string value)
    {
        lab.NewTransitGateway();
        string wanted = lab.Run((ec2, c) => ec2.CreateTransitGateway(c, new()
        {
            Options = new()
            {
                AmazonSideAsn = 64513,
                AutoAcceptSharedAttachments = "enable",
                DefaultRouteTableAssociation = "disable",
                DefaultRouteTablePropagation = "disable",
                DnsSupport = "disable",
                VpnEcmpSupport = "disable",
            },
            TagSpecifications = [new() { ResourceType = "transit-gateway", Tags = [new() { Key = "k", Value = "v" }] }],
        })).TransitGateway!.TransitGatewayId!;
        Assert.Equal([wanted], lab.Run((ec2, c) => ec2.DescribeTransitGateways(c, new() { Filters = [Networks.Filter(name, value)] }))
            .TransitGateways!.Select(g => g.TransitGatewayId!));
    }

    [Fact]
    public void A_shared_gateway_is_seen_without_its_tags_and_not_changed_by_others()
    {
        string id = lab.NewTransitGateway().TransitGatewayId!;
        lab.Run((ec2, c) => ec2.CreateTags(c, new() { Resources = [id], Tags = [new() { Key = "k", Value = "v" }] }));
        Assert.Equal("InvalidTransitGatewayID.NotFound", lab.Refused(
            (ec2, c) => ec2.DescribeTransitGateways(c, new() { TransitGatewayIds = [id] }), TransitGateways.Other));
        lab.ShareGateway(id);
        Aws.TransitGateway seen = lab.Run((ec2, c) => ec2.DescribeTransitGateways(c, new()), TransitGateways.Other).TransitGateways!.Single();
        Assert.Equal((id, "000000000000"), (seen.TransitGatewayId, seen.OwnerId));
        Assert.Null(seen.Tags);
        Assert.NotNull(lab.DescribedTransitGateway(id).Tags);
        Assert.Equal("UnauthorizedOperation", lab.Refused((ec2, c) => ec2.DeleteTransitGateway(c, new() { TransitGatewayId = id }), TransitGateways.Other));
        Assert.Equal("UnauthorizedOperation", lab.Refused(
            (ec2, c) => ec2.CreateTransitGatewayRouteTable(c, new() { TransitGatewayId = id }), TransitGateways.Other));
    }

    [Fact]
    public void Rule117_quotas_hold_where_they_are_turned_on()
    {
        lab.Quotas = Quotas.AwsDefaults;
        string[] ids = [.. Enumerable.Range(0, 5).Select(_ => lab.NewTransitGateway().TransitGatewayId!)];
        Assert.Equal("TransitGatewayLimitExceeded", lab.Refused((ec2, c) => ec2.CreateTransitGateway(c, new())));
        foreach (int _ in Enumerable.Range(0, 19))
        {
            lab.NewGatewayTable(ids[0]);
        }

        Assert.Equal("TransitGatewayRouteTableLimitExceeded", lab.Refused(
            (ec2, c) => ec2.CreateTransitGatewayRouteTable(c, new() { TransitGatewayId = ids[0] })));
    }

    [Fact]
    public void Rule117_a_gateway_has_five_thousand_attachments_and_fifty_peerings()
    {
        string tgw = lab.NewTransitGateway().TransitGatewayId!;
        string subnet = lab.NewSubnet(lab.NewVpc("10.5.0.0/16").VpcId!, "10.5.1.0/24").SubnetId!;
        string vpc = lab.DescribedSubnet(subnet).VpcId!;
        lab.Quotas = Quotas.AwsDefaults;
        Fill(50, TransitGatewayAttachmentType.Peering);
        Assert.Equal("TransitGatewayPeeringAttachmentLimitExceeded", lab.Refused((ec2, c) => ec2.CreateTransitGatewayPeeringAttachment(c, new()
        {
            TransitGatewayId = tgw,
            PeerTransitGatewayId = "tgw-0123456789abcdef0",
            PeerAccountId = "000000000000",
            PeerRegion = "eu-west-1",
        })));
        Fill(4_949, TransitGatewayAttachmentType.Vpn);
        lab.Attach(tgw, vpc, subnet);
        string more = lab.NewVpc("10.6.0.0/16").VpcId!;
        string there = lab.NewSubnet(more, "10.6.1.0/24").SubnetId!;
        Assert.Equal("TransitGatewayAttachmentLimitExceeded", lab.Refused((ec2, c) => ec2.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = tgw, VpcId = more, SubnetIds = [there] })));

        void Fill(int count, TransitGatewayAttachmentType type) => lab.Do(c =>
        {
            for (int i = 0; i < count; i++)
            {
                c.Put(new TransitGatewayAttachment
                {
                    Id = new(c.NewId("tgw-attach")),
                    Type = type,
                    At = lab.Home,
                    TransitGatewayId = new(tgw),
                    TransitGatewayOwner = lab.Home,
                    ResourceId = $"other-{i}",
                    ResourceOwner = lab.Home,
                    CreationTime = c.Now,
                });
            }

            return count;
        });
    }

    [Fact]
    public void There_are_no_metering_policies_and_sharing_with_the_organization_is_kept()
    {
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeTransitGatewayMeteringPolicies(c, new())).TransitGatewayMeteringPolicies!);
        Assert.Equal("InvalidTransitGatewayMeteringPolicyId.NotFound", lab.Refused(
            (ec2, c) => ec2.DescribeTransitGatewayMeteringPolicies(c, new() { TransitGatewayMeteringPolicyIds = ["tgw-mp-0123456789abcdef0"] })));
        Assert.True(lab.Run((ec2, c) => ec2.EnableReachabilityAnalyzerOrganizationSharing(c.At(TransitGateways.Elsewhere), new())).ReturnValue);
        Assert.True(lab.Here.All<RegionSettings>().Single().ReachabilityAnalyzerOrganizationSharing);
    }
}
