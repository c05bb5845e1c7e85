using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Direct Connect gateways, their associations and proposals as the API shows them.</summary>
internal static class GatewayViews
{
    public static AwsDx.DirectConnectGateway ToWire(DxGateway row, string state = "available") => new()
    {
        DirectConnectGatewayId = row.Key,
        DirectConnectGatewayName = row.Name,
        AmazonSideAsn = row.AmazonSideAsn,
        OwnerAccount = row.OwnerId,
        DirectConnectGatewayState = state,
        Tags = DxTags.ToWire(row.Tags),
    };

    public static AwsDx.DirectConnectGatewayAssociation ToWire(DxGatewayAssociation row, string state = "associated")
    {
        bool isExit = !row.Associated.IsTransitGateway;
        return new AwsDx.DirectConnectGatewayAssociation
        {
            DirectConnectGatewayId = row.GatewayId.Value,
            DirectConnectGatewayOwnerAccount = row.GatewayOwnerId,
            AssociationState = state,
            AssociatedGateway = ToWire(row.Associated),
            AssociationId = row.Key,
            AllowedPrefixesToDirectConnectGateway = ToWire(row.AllowedPrefixes),
            VirtualGatewayId = isExit ? row.Associated.Id : null,
            VirtualGatewayRegion = isExit ? row.Associated.Region : null,
            VirtualGatewayOwnerAccount = isExit ? row.Associated.OwnerId : null,
        };
    }

    public static AwsDx.DirectConnectGatewayAssociationProposal ToWire(DxGatewayProposal row, string? state = null) => new()
    {
        ProposalId = row.Key,
        DirectConnectGatewayId = row.GatewayId.Value,
        DirectConnectGatewayOwnerAccount = row.GatewayOwnerId,
        ProposalState = state ?? (row.State == DxProposalState.Accepted ? "accepted" : "requested"),
        AssociatedGateway = ToWire(row.Associated),
        ExistingAllowedPrefixesToDirectConnectGateway = ToWire(row.ExistingPrefixes),
        RequestedAllowedPrefixesToDirectConnectGateway = ToWire(row.RequestedPrefixes),
    };

    public static AwsDx.DirectConnectGatewayAttachment ToAttachment(DxVirtualInterface row) => new()
    {
        DirectConnectGatewayId = row.DirectConnectGatewayId?.Value,
        VirtualInterfaceId = row.Key,
        VirtualInterfaceRegion = row.Region,
        VirtualInterfaceOwnerAccount = row.OwnerId,
        AttachmentState = "attached",
        AttachmentType = row.Type == DxInterfaceType.Transit ? "TransitVirtualInterface" : "PrivateVirtualInterface",
    };

    private static AwsDx.AssociatedGateway ToWire(DxAssociatedGateway gateway) => new()
    {
        Id = gateway.Id,
        Type = gateway.IsTransitGateway ? "transitGateway" : "virtualPrivateGateway",
        OwnerAccount = gateway.OwnerId,
        Region = gateway.Region,
    };

    private static IReadOnlyList<AwsDx.RouteFilterPrefix> ToWire(ImmutableArray<Prefix> prefixes) =>
        [.. prefixes.Select(p => new AwsDx.RouteFilterPrefix { Cidr = p.ToString() })];
}
