using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Which route table serves what: subnets, the rest of the VPC (the main table), and gateways (edge associations). Source: AWS, "Subnet
/// route tables" and "Gateway route tables"; EC2 API, AssociateRouteTable, DisassociateRouteTable, ReplaceRouteTableAssociation.
/// </summary>
public sealed partial class Ec2Service
{
    private const string RouteAssociationPrefix = "rtbassoc";

    public Aws.AssociateRouteTableResult AssociateRouteTable(CommandContext context, Aws.AssociateRouteTableRequest request)
    {
        if (request.PublicIpv4Pool is not null)
        {
            throw Fault.Unsupported("PublicIpv4Pool");
        }

        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        RouteTableAssociation wanted = (request.SubnetId, request.GatewayId) switch
        {
            (null, null) => throw new Fault("MissingParameter", "Either 'subnetId' or 'gatewayId' should be provided."),
            (not null, not null) => throw Fault.Combination("The parameter gatewayId cannot be used with the parameter subnetId"),
            (not null, null) => SubnetAssociation(context, table, request.SubnetId),
            _ => GatewayAssociation(context, table, request.GatewayId),
        };

        // Associating the same pair again changes nothing; a second table for the same end is refused.
        string end = wanted.SubnetId?.Value ?? wanted.GatewayId!;
        foreach (RouteTable other in context.Here.By<RouteTable>(end))
        {
            if (other.Associations.FirstOrDefault(a => (a.SubnetId?.Value ?? a.GatewayId) == end) is { } held)
            {
                return other.Id == table.Id
                    ? new Aws.AssociateRouteTableResult { AssociationId = held.Id, AssociationState = Associated() }
                    : throw new Fault(
                        "Resource.AlreadyAssociated",
                        $"the specified association for route table {table.Id} conflicts with an existing association");
            }
        }

        context.Put(table with { Associations = table.Associations.Add(wanted) });
        return new Aws.AssociateRouteTableResult { AssociationId = wanted.Id, AssociationState = Associated() };
    }

    public Aws.DisassociateRouteTableResult DisassociateRouteTable(CommandContext context, Aws.DisassociateRouteTableRequest request)
    {
        (RouteTable table, RouteTableAssociation association) = RouteAssociationOf(context, request.AssociationId);
        if (association.Main)
        {
            throw Fault.Invalid($"cannot disassociate the main route table association {association.Id}");
        }

        context.Put(table with { Associations = table.Associations.Remove(association) });
        return new Aws.DisassociateRouteTableResult();
    }

    public Aws.ReplaceRouteTableAssociationResult ReplaceRouteTableAssociation(
        CommandContext context, Aws.ReplaceRouteTableAssociationRequest request)
    {
        (RouteTable before, RouteTableAssociation association) = RouteAssociationOf(context, request.AssociationId);
        RouteTable wanted = RouteTableIds.Get(context, request.RouteTableId);
        if (wanted.VpcId != before.VpcId)
        {
            throw Fault.Invalid($"Route table {wanted.Id} and route table {before.Id} belong to different networks");
        }

        if (association.Main && wanted.Associations.Any(a => a.GatewayId is not null))
        {
            throw Fault.Invalid($"Route table {wanted.Id} is associated with a gateway and cannot be the main route table");
        }

        if (association.GatewayId is { } gateway)
        {
            RouteRules.CheckEdgeTable(context, wanted, gateway);
        }

        RouteTableAssociation next = association with { Id = context.NewId(RouteAssociationPrefix) };
        context.Put(before with { Associations = before.Associations.Remove(association) });
        RouteTable after = context.Here.Get(wanted.Id);
        context.Put(after with { Associations = after.Associations.Add(next) });
        return new Aws.ReplaceRouteTableAssociationResult { NewAssociationId = next.Id, AssociationState = Associated() };
    }

    private static RouteTableAssociation SubnetAssociation(CommandContext context, RouteTable table, string subnetId)
    {
        Subnet subnet = SubnetIds.Get(context, subnetId);
        return subnet.VpcId == table.VpcId
            ? new RouteTableAssociation(context.NewId(RouteAssociationPrefix), subnet.Id, null, Main: false)
            : throw Fault.Invalid($"Route table {table.Id} and subnet {subnet.Id} belong to different networks");
    }

    /// <summary>An edge association: an internet or virtual private gateway of the same VPC, and a table that holds nothing an edge cannot carry.</summary>
    private static RouteTableAssociation GatewayAssociation(CommandContext context, RouteTable table, string gatewayId)
    {
        Id<Vpc>? vpc = gatewayId.StartsWith("vgw-", StringComparison.Ordinal)
            ? RouteTargets.VpnGateways.Get(context, gatewayId).AttachedVpc
            : RouteTargets.Gateways.Get(context, gatewayId).VpcId;
        if (vpc != table.VpcId)
        {
            throw Fault.Invalid($"Route table {table.Id} and network gateway {gatewayId} belong to different networks");
        }

        if (table.IsMain)
        {
            throw Fault.Invalid($"Route table {table.Id} is the main route table and cannot be associated with a gateway");
        }

        RouteRules.CheckEdgeTable(context, table, gatewayId);
        return new RouteTableAssociation(context.NewId(RouteAssociationPrefix), null, gatewayId, Main: false);
    }

    private static (RouteTable Table, RouteTableAssociation Association) RouteAssociationOf(CommandContext context, string? text)
    {
        string id = AssociationId(text, RouteAssociationPrefix);
        RouteTable table = context.Here.By<RouteTable>(id).FirstOrDefault() ?? throw AssociationNotFound(id);
        return (table, table.Associations.Single(a => a.Id == id));
    }
}
