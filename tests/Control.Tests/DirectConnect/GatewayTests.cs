using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Direct Connect gateways, what they are joined with, and proposals between accounts.</summary>
public sealed class GatewayTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_gateway_is_the_same_in_every_region()
    {
        string id = lab.Gateway();
        AwsDx.DirectConnectGateway seen = Assert.Single(lab.DxIn("eu-west-1", (d, c) => d.DescribeDirectConnectGateways(
            c, new() { DirectConnectGatewayId = id })).DirectConnectGateways!);
        Assert.Equal(("available", 64512L, Direct.Owner), (seen.DirectConnectGatewayState, seen.AmazonSideAsn, seen.OwnerAccount));
        Assert.Equal("other", lab.DxIn("eu-west-1", (d, c) => d.UpdateDirectConnectGateway(
            c, new() { DirectConnectGatewayId = id, NewDirectConnectGatewayName = "other" })).DirectConnectGateway!.DirectConnectGatewayName);
        Assert.Empty(lab.Dx((d, c) => d.DescribeDirectConnectGateways(c, new()), Direct.Tenant).DirectConnectGateways!);
        Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteDirectConnectGateway(
            c, new() { DirectConnectGatewayId = id })).DirectConnectGateway!.DirectConnectGatewayState);
        Assert.Empty(lab.Dx((d, c) => d.DescribeDirectConnectGateways(c, new() { DirectConnectGatewayId = id })).DirectConnectGateways!);
        Assert.Equal($"Direct Connect Gateway {id} does not exist.", lab.DxRefused((d, c) => d.DeleteDirectConnectGateway(
            c, new() { DirectConnectGatewayId = id })));
    }

    [Theory]
    [InlineData(64511)]
    [InlineData(65535)]
    [InlineData(4199999999)]
    [InlineData(4294967295)]
    public void Its_asn_is_private(long asn) => Assert.Contains("private range", lab.DxRefused((d, c) => d.CreateDirectConnectGateway(
        c, new() { DirectConnectGatewayName = "gateway", AmazonSideAsn = asn })), StringComparison.Ordinal);

    [Fact]
    public void An_association_allows_the_vpcs_cidrs_unless_told_otherwise()
    {
        string gateway = lab.Gateway();
        string exit = lab.Exit("10.1.0.0/16", region: "eu-west-1");
        AwsDx.DirectConnectGatewayAssociation made = lab.Associate(gateway, exit);
        Assert.Equal(["10.1.0.0/16"], Direct.Texts(made.AllowedPrefixesToDirectConnectGateway));
        Assert.Equal(("associated", "virtualPrivateGateway", exit, "eu-west-1"), (
            made.AssociationState, made.AssociatedGateway!.Type, made.AssociatedGateway.Id, made.AssociatedGateway.Region));
        Assert.Equal((exit, "eu-west-1", Direct.Owner), (made.VirtualGatewayId, made.VirtualGatewayRegion, made.VirtualGatewayOwnerAccount));
        AwsDx.DirectConnectGatewayAssociation after = lab.Dx((d, c) => d.UpdateDirectConnectGatewayAssociation(c, new()
        {
            AssociationId = made.AssociationId,
            AddAllowedPrefixesToDirectConnectGateway = Direct.Prefixes("10.0.0.0/8", "10.2.0.0/16"),
            RemoveAllowedPrefixesToDirectConnectGateway = Direct.Prefixes("10.1.0.0/16"),
        })).DirectConnectGatewayAssociation!;
        Assert.Equal(["10.0.0.0/8", "10.2.0.0/16"], Direct.Texts(after.AllowedPrefixesToDirectConnectGateway));
        AwsDx.DescribeDirectConnectGatewayAssociationsRequest[] ways =
        [
            new() { AssociationId = made.AssociationId }, new() { DirectConnectGatewayId = gateway }, new() { AssociatedGatewayId = exit },
            new() { VirtualGatewayId = exit, DirectConnectGatewayId = gateway },
        ];
        Assert.All(ways, w => Assert.Single(lab.Dx((d, c) => d.DescribeDirectConnectGatewayAssociations(c, w)).DirectConnectGatewayAssociations!));
        lab.DxRefused((d, c) => d.DescribeDirectConnectGatewayAssociations(c, new()));
        Assert.Contains("has associated gateways", lab.DxRefused((d, c) => d.DeleteDirectConnectGateway(
            c, new() { DirectConnectGatewayId = gateway })), StringComparison.Ordinal);
        AwsDx.DeleteDirectConnectGatewayAssociationRequest end = new() { DirectConnectGatewayId = gateway, VirtualGatewayId = exit };
        Assert.Equal("disassociated", lab.Dx((d, c) => d.DeleteDirectConnectGatewayAssociation(
            c, end)).DirectConnectGatewayAssociation!.AssociationState);
        Assert.Contains("does not exist", lab.DxRefused((d, c) => d.DeleteDirectConnectGatewayAssociation(c, end)), StringComparison.Ordinal);
        Assert.Contains("does not exist", lab.DxRefused((d, c) => d.DeleteDirectConnectGatewayAssociation(
            c, new() { AssociationId = made.AssociationId })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_transit_gateway_gets_an_attachment_that_goes_with_the_association()
    {
        string gateway = lab.Gateway();
        string hub = lab.Hub();
        AwsDx.DirectConnectGatewayAssociation made = lab.Associate(gateway, hub, "10.0.0.0/8");
        Assert.Equal(("transitGateway", null), (made.AssociatedGateway!.Type, made.VirtualGatewayId));
        TransitGatewayAttachment attachment = Assert.Single(lab.Here.All<TransitGatewayAttachment>());
        Assert.Equal((TransitGatewayAttachmentType.DirectConnectGateway, gateway, TransitGatewayAttachmentState.Available), (
            attachment.Type, attachment.ResourceId, attachment.State));
        Assert.Equal(attachment.Key, Assert.Single(lab.Here.All<DxGatewayAssociation>()).AttachmentId);
        lab.Dx((d, c) => d.DeleteDirectConnectGatewayAssociation(c, new() { AssociationId = made.AssociationId }));
        Assert.Equal(TransitGatewayAttachmentState.Deleted, Assert.Single(lab.Here.All<TransitGatewayAttachment>()).State);
    }

    [Fact]
    public void Associations_that_cannot_be_are_refused()
    {
        string gateway = lab.Gateway();
        string exit = lab.Exit("10.1.0.0/16");
        lab.Associate(gateway, exit);
        (string Words, AwsDx.CreateDirectConnectGatewayAssociationRequest Request)[] cases =
        [
            ("already associated", Direct.Association(gateway, exit)), ("already associated", Direct.Association(lab.Gateway(), exit)),
            ("is not attached to a VPC", Direct.Association(gateway, lab.Exit())),
            ("Virtual Private Gateway vgw-0 does not exist", Direct.Association(gateway, "vgw-0")),
            ("Transit Gateway tgw-0 does not exist", Direct.Association(gateway, "tgw-0")),
            ("Direct Connect Gateway x does not exist", Direct.Association("x", exit)),
            ("does not exist", Direct.Association(gateway, lab.Exit("10.9.0.0/16", Direct.Tenant))),
            ("The CIDR 10.2.0.1/16 is not valid", Direct.Association(gateway, lab.Exit("10.2.0.0/16"), "10.2.0.1/16")),
            ("Allowed prefixes are required", Direct.Association(lab.Gateway(), lab.Hub())),
            ("must be different", Direct.Association(lab.Gateway(asn: 64700), lab.Hub(64700), "10.0.0.0/8")),
        ];
        foreach ((string words, AwsDx.CreateDirectConnectGatewayAssociationRequest request) in cases)
        {
            Assert.Contains(words, lab.DxRefused((d, c) => d.CreateDirectConnectGatewayAssociation(c, request)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_proposal_becomes_an_association_when_it_is_accepted()
    {
        string gateway = lab.Gateway();
        string exit = lab.Exit("10.1.0.0/16", Direct.Tenant);
        AwsDx.DirectConnectGatewayAssociationProposal made = Propose(gateway, exit);
        Assert.Equal(("requested", Direct.Owner, Direct.Tenant), (
            made.ProposalState, made.DirectConnectGatewayOwnerAccount, made.AssociatedGateway!.OwnerAccount));
        Assert.Equal(["10.1.0.0/16"], Direct.Texts(made.RequestedAllowedPrefixesToDirectConnectGateway));
        Assert.All(new[] { Direct.Owner, Direct.Tenant }, a => Assert.Equal("requested", Proposal(made.ProposalId!, a)!.ProposalState));
        Assert.Contains("already exists", lab.DxRefused((d, c) => d.CreateDirectConnectGatewayAssociationProposal(
            c, Proposing(gateway, exit)), Direct.Tenant), StringComparison.Ordinal);
        AwsDx.AcceptDirectConnectGatewayAssociationProposalRequest accept = new()
        {
            DirectConnectGatewayId = gateway,
            ProposalId = made.ProposalId,
            AssociatedGatewayOwnerAccount = Direct.Tenant,
            OverrideAllowedPrefixesToDirectConnectGateway = Direct.Prefixes("10.0.0.0/8"),
        };
        lab.DxRefused((d, c) => d.AcceptDirectConnectGatewayAssociationProposal(c, accept), Direct.Tenant);
        lab.DxRefused((d, c) => d.AcceptDirectConnectGatewayAssociationProposal(c, accept with { AssociatedGatewayOwnerAccount = Direct.Owner }));
        AwsDx.DirectConnectGatewayAssociation association = lab.Dx(
            (d, c) => d.AcceptDirectConnectGatewayAssociationProposal(c, accept)).DirectConnectGatewayAssociation!;
        Assert.Equal(["10.0.0.0/8"], Direct.Texts(association.AllowedPrefixesToDirectConnectGateway));
        Assert.Equal("accepted", Proposal(made.ProposalId!, Direct.Tenant)!.ProposalState);
        Assert.Equal(["10.0.0.0/8"], Direct.Texts(Proposal(made.ProposalId!, Direct.Tenant)!.RequestedAllowedPrefixesToDirectConnectGateway));
        Assert.Contains("not in the requested state", lab.DxRefused((d, c) => d.AcceptDirectConnectGatewayAssociationProposal(
            c, accept)), StringComparison.Ordinal);
        Assert.Contains("Create an association proposal", lab.DxRefused((d, c) => d.UpdateDirectConnectGatewayAssociation(
            c, new() { AssociationId = association.AssociationId }), Direct.Tenant), StringComparison.Ordinal);

        AwsDx.DirectConnectGatewayAssociationProposal more = Propose(gateway, exit, "10.2.0.0/16");
        Assert.Equal(["10.0.0.0/8"], Direct.Texts(more.ExistingAllowedPrefixesToDirectConnectGateway));
        AwsDx.DirectConnectGatewayAssociation changed = lab.Dx((d, c) => d.AcceptDirectConnectGatewayAssociationProposal(c, accept with
        {
            ProposalId = more.ProposalId,
            OverrideAllowedPrefixesToDirectConnectGateway = null,
        })).DirectConnectGatewayAssociation!;
        Assert.Equal((association.AssociationId, 2), (changed.AssociationId, changed.AllowedPrefixesToDirectConnectGateway!.Count));
        lab.Dx((d, c) => d.DeleteDirectConnectGatewayAssociation(c, new() { AssociationId = association.AssociationId }), Direct.Tenant);
        Assert.Empty(lab.Here.All<DxGatewayAssociation>());
    }

    [Fact]
    public void A_transit_gateway_of_another_account_is_proposed_too()
    {
        string gateway = lab.Gateway();
        string hub = lab.Hub(account: Direct.Tenant);
        AwsDx.DirectConnectGatewayAssociationProposal made = Propose(gateway, hub, "10.3.0.0/16");
        lab.Dx((d, c) => d.AcceptDirectConnectGatewayAssociationProposal(c, new()
        {
            DirectConnectGatewayId = gateway,
            ProposalId = made.ProposalId,
            AssociatedGatewayOwnerAccount = Direct.Tenant,
        }));
        Partition tenant = lab.Cloud.Partition(lab.Home with { Account = Direct.Tenant });
        Assert.Equal(gateway, Assert.Single(tenant.All<TransitGatewayAttachment>()).ResourceId);
        Assert.Single(tenant.All<DxGatewayAssociation>());
    }

    [Fact]
    public void A_proposal_is_taken_back()
    {
        string id = Propose(lab.Gateway(), lab.Exit("10.1.0.0/16", Direct.Tenant)).ProposalId!;
        Assert.Equal("deleted", lab.Dx(
            (d, c) => d.DeleteDirectConnectGatewayAssociationProposal(c, new() { ProposalId = id }), Direct.Tenant)
            .DirectConnectGatewayAssociationProposal!.ProposalState);
        Assert.Null(Proposal(id, Direct.Owner));
        Assert.Contains("is not found", lab.DxRefused((d, c) => d.DeleteDirectConnectGatewayAssociationProposal(
            c, new() { ProposalId = id })), StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.CreateDirectConnectGatewayAssociationProposal(c, Proposing("x", "vgw-0")), Direct.Tenant);
    }

    [Fact]
    public void Pages_of_gateways_are_whole()
    {
        lab.Quotas = Quotas.AwsDefaults;
        string[] made = [.. Enumerable.Range(0, 3).Select(i => lab.Gateway($"g{i}")).Order(StringComparer.Ordinal)];
        AwsDx.DescribeDirectConnectGatewaysResult first = lab.Dx((d, c) => d.DescribeDirectConnectGateways(c, new() { MaxResults = 2 }));
        AwsDx.DescribeDirectConnectGatewaysResult rest = lab.Dx((d, c) => d.DescribeDirectConnectGateways(
            c, new() { MaxResults = 2, NextToken = first.NextToken }));
        Assert.Null(rest.NextToken);
        Assert.Equal(made, first.DirectConnectGateways!.Concat(rest.DirectConnectGateways!).Select(g => g.DirectConnectGatewayId!));
    }

    private AwsDx.DirectConnectGatewayAssociationProposal Propose(string gateway, string associated, params string[] prefixes) =>
        lab.Dx((d, c) => d.CreateDirectConnectGatewayAssociationProposal(c, Proposing(gateway, associated, prefixes)), Direct.Tenant)
            .DirectConnectGatewayAssociationProposal!;

    private AwsDx.DirectConnectGatewayAssociationProposal? Proposal(string id, string account) =>
        lab.Dx((d, c) => d.DescribeDirectConnectGatewayAssociationProposals(c, new() { ProposalId = id }), account)
            .DirectConnectGatewayAssociationProposals!.SingleOrDefault();

    private static AwsDx.CreateDirectConnectGatewayAssociationProposalRequest Proposing(
        string gateway, string associated, params string[] prefixes) => new()
        {
            DirectConnectGatewayId = gateway,
            DirectConnectGatewayOwnerAccount = Direct.Owner,
            GatewayId = associated,
            AddAllowedPrefixesToDirectConnectGateway = Direct.Prefixes(prefixes),
        };
}
