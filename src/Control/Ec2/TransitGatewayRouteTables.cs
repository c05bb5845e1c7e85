using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Route tables of transit gateways. Source: AWS, "Transit gateway route tables"; EC2 API, CreateTransitGatewayRouteTable and its like.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<TransitGatewayRouteTable> TransitGatewayRouteTableIds = new(
        "TransitGatewayRouteTableId", "InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed",
        "Transit Gateway Route Table {0} was deleted or does not exist.");

    private static readonly FilterTable<TransitGatewayRouteTable> TransitGatewayRouteTableFilters = new()
    {
        { "default-association-route-table", (here, table) => FilterTable<TransitGatewayRouteTable>.Text(IsDefaultAssociation(here, table)) },
        { "default-propagation-route-table", (here, table) => FilterTable<TransitGatewayRouteTable>.Text(IsDefaultPropagation(here, table)) },
        { "state", _ => "available" },
        { "transit-gateway-id", table => table.TransitGatewayId.Value },
        { "transit-gateway-route-table-id", table => table.Id.Value },
    };

    public Aws.CreateTransitGatewayRouteTableResult CreateTransitGatewayRouteTable(
        CommandContext context, Aws.CreateTransitGatewayRouteTableRequest request)
    {
        TransitGateway gateway = TransitGatewayRules.Own(context, request.TransitGatewayId);
        context.Quotas.Check(
            TransitGatewayQuotas.TablesPerGateway, context.Here.By<TransitGatewayRouteTable>(gateway.Key).Count() + 1);
        TransitGatewayRouteTable table = context.Put(new TransitGatewayRouteTable
        {
            Id = new(context.NewId(TransitGatewayRouteTable.IdPrefix)),
            TransitGatewayId = gateway.Id,
            CreationTime = context.Now,
            Tags = TagRules.New<TransitGatewayRouteTable>(request.TagSpecifications),
        });
        return new Aws.CreateTransitGatewayRouteTableResult { TransitGatewayRouteTable = ToWire(context.Here, table, "pending") };
    }

    /// <summary>Refused for a default table, and while an attachment is associated with it; its routes and propagations go with it.</summary>
    public Aws.DeleteTransitGatewayRouteTableResult DeleteTransitGatewayRouteTable(
        CommandContext context, Aws.DeleteTransitGatewayRouteTableRequest request)
    {
        TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, request.TransitGatewayRouteTableId);
        if (IsDefaultAssociation(context.Here, table) || IsDefaultPropagation(context.Here, table))
        {
            throw new Fault(
                "IncorrectState", $"Cannot delete {table.Id}: it is a default route table of {table.TransitGatewayId}.");
        }

        if (AssociatedWith(context.Here, table).FirstOrDefault() is { } user)
        {
            throw new Fault("IncorrectState", $"Cannot delete {table.Id}: it has associations: {user.Id}.");
        }

        context.Remove(table.Id);
        return new Aws.DeleteTransitGatewayRouteTableResult { TransitGatewayRouteTable = ToWire(context.Here, table, "deleting") };
    }

    public Aws.DescribeTransitGatewayRouteTablesResult DescribeTransitGatewayRouteTables(
        CommandContext context, Aws.DescribeTransitGatewayRouteTablesRequest request)
    {
        Page<TransitGatewayRouteTable> page = Pager.Page(
            TransitGatewayRouteTableFilters.Apply(
                context, TransitGatewayRouteTableIds.GetAll(context, request.TransitGatewayRouteTableIds).OrderBy(t => t.Id), request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewayRouteTablesResult
        {
            TransitGatewayRouteTables = [.. page.Rows.Select(t => ToWire(context.Here, t, "available"))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The attachments whose packets a table decides on.</summary>
    private static IEnumerable<TransitGatewayAttachment> AssociatedWith(Partition home, TransitGatewayRouteTable table) =>
        home.By<TransitGatewayAttachment>(table.Key).Where(a => a.AssociatedTableId == table.Id);

    private static bool IsDefaultAssociation(Partition home, TransitGatewayRouteTable table) =>
        home.Get(table.TransitGatewayId).AssociationDefaultRouteTableId == table.Id;

    private static bool IsDefaultPropagation(Partition home, TransitGatewayRouteTable table) =>
        home.Get(table.TransitGatewayId).PropagationDefaultRouteTableId == table.Id;

    private static Aws.TransitGatewayRouteTable ToWire(Partition home, TransitGatewayRouteTable table, string state) => new()
    {
        TransitGatewayRouteTableId = table.Id.Value,
        TransitGatewayId = table.TransitGatewayId.Value,
        State = state,
        DefaultAssociationRouteTable = IsDefaultAssociation(home, table),
        DefaultPropagationRouteTable = IsDefaultPropagation(home, table),
        CreationTime = table.CreationTime,
        Tags = TagRules.ToWire(table.Tags),
    };
}
