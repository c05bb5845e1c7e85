using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Route tables. Source: AWS, "Configure route tables"; EC2 API, CreateRouteTable, DeleteRouteTable, DescribeRouteTables.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<RouteTable> RouteTableIds = new(
        "RouteTableId", "InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed", "The routeTable ID '{0}' does not exist");

    private static readonly FilterTable<RouteTable> RouteTableFilters = new()
    {
        { "association.gateway-id", table => table.Associations.Select(a => a.GatewayId) },
        { "association.route-table-association-id", table => table.Associations.Select(a => a.Id) },
        { "association.route-table-id", table => table.Associations.Select(_ => table.Id.Value) },
        { "association.subnet-id", table => table.Associations.Select(a => a.SubnetId?.Value) },
        { "association.main", table => table.Associations.Select(a => FilterTable<RouteTable>.Text(a.Main)) },
        { "owner-id", (here, _) => here.Account },
        { "route-table-id", table => table.Id.Value },
        { "route.destination-cidr-block", table => table.Routes.Select(r => r.Cidr is { IsV4: true } cidr ? cidr.ToString() : null) },
        { "route.destination-ipv6-cidr-block", table => table.Routes.Select(r => r.Cidr is { IsV4: false } cidr ? cidr.ToString() : null) },
        { "route.destination-prefix-list-id", table => table.Routes.Select(r => r.PrefixListId) },
        { "route.egress-only-internet-gateway-id", table => TargetsOf(table, RouteTargetKind.EgressOnlyInternetGateway) },
        { "route.gateway-id", table => table.Routes.Select(r => GatewayIdOf(r.Target)) },
        { "route.instance-id", (here, table) => table.Routes.Select(r => AttachmentOf(here, r.Target)?.InstanceId?.Value) },
        { "route.nat-gateway-id", table => TargetsOf(table, RouteTargetKind.NatGateway) },
        { "route.transit-gateway-id", table => TargetsOf(table, RouteTargetKind.TransitGateway) },
        { "route.origin", table => table.Routes.Select(r => r.Origin.ToString()) },
        { "route.state", (here, table) => table.Routes.Select(r => StateOf(here, table, r)) },
        { "route.vpc-peering-connection-id", table => TargetsOf(table, RouteTargetKind.VpcPeeringConnection) },
        { "vpc-id", table => table.VpcId.Value },
    };

    public Aws.CreateRouteTableResult CreateRouteTable(CommandContext context, Aws.CreateRouteTableRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        context.Quotas.Check(Quotas.RouteTablesPerVpc, context.Here.By<RouteTable>(vpc.Key).Count() + 1);
        RouteTable table = context.Put(new RouteTable
        {
            Id = new(context.NewId(RouteTable.IdPrefix)),
            VpcId = vpc.Id,
            Routes = VpcParts.LocalRoutes(vpc),
            Tags = TagRules.New<RouteTable>(request.TagSpecifications),
        });
        return new Aws.CreateRouteTableResult { RouteTable = ToWire(context, table), ClientToken = request.ClientToken };
    }

    public Aws.DeleteRouteTableResult DeleteRouteTable(CommandContext context, Aws.DeleteRouteTableRequest request)
    {
        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        if (!table.Associations.IsEmpty || context.Here.By<VpcEndpoint>(table.Key).Any())
        {
            throw Fault.InUse($"The routeTable '{table.Id}' has dependencies and cannot be deleted.");
        }

        context.Remove(table.Id);
        return new Aws.DeleteRouteTableResult();
    }

    public Aws.DescribeRouteTablesResult DescribeRouteTables(CommandContext context, Aws.DescribeRouteTablesRequest request)
    {
        Pager.RefuseIdsWithPages(request.RouteTableIds, "routeTableIds", request.MaxResults);
        IEnumerable<RouteTable> rows = RouteTableFilters.Apply(
            context, RouteTableIds.GetAll(context, request.RouteTableIds).Select(t => SettledRouting.WithPropagated(context, t)), request.Filters);
        Page<RouteTable> page = Pager.Page(rows, request.MaxResults, request.NextToken, most: 100);
        return new Aws.DescribeRouteTablesResult
        {
            RouteTables = [.. page.Rows.Select(t => ToWire(context, t))],
            NextToken = page.NextToken,
        };
    }

    private static IEnumerable<string?> TargetsOf(RouteTable table, RouteTargetKind kind) =>
        table.Routes.Select(r => r.Target.Kind == kind ? r.Target.Id : null);

    /// <summary>What the API prints as a route's gateway: <c>local</c>, internet and VPN gateways, and endpoints.</summary>
    private static string? GatewayIdOf(RouteTarget target) => target.Kind switch
    {
        RouteTargetKind.Local or RouteTargetKind.InternetGateway or RouteTargetKind.VpnGateway or RouteTargetKind.VpcEndpoint => target.Id,
        _ => null,
    };

    private static InterfaceAttachment? AttachmentOf(Partition here, RouteTarget target) =>
        target.Kind == RouteTargetKind.NetworkInterface ? here.Find(new Id<NetworkInterface>(target.Id))?.Attachment : null;

    private static string StateOf(Partition here, RouteTable table, Route route) =>
        RouteStates.IsActive(here, table, route) ? "active" : "blackhole";

    private static Aws.RouteTable ToWire(CommandContext context, RouteTable table) => new()
    {
        RouteTableId = table.Id.Value,
        VpcId = table.VpcId.Value,
        OwnerId = context.Account,
        Routes = [.. table.Routes.Select(r => ToWire(context, table, r))],
        Associations =
        [
            .. table.Associations.Select(a => new Aws.RouteTableAssociation
            {
                Main = a.Main,
                RouteTableAssociationId = a.Id,
                RouteTableId = table.Id.Value,
                SubnetId = a.SubnetId?.Value,
                GatewayId = a.GatewayId,
                AssociationState = Associated(),
            }),
        ],
        PropagatingVgws = [.. table.PropagatingGateways.Select(g => new Aws.PropagatingVgw { GatewayId = g })],
        Tags = TagRules.ToWire(table.Tags),
    };

    private static Aws.RouteTableAssociationState Associated() => new() { State = "associated" };

    private static Aws.Route ToWire(CommandContext context, RouteTable table, Route route)
    {
        // A route to an interface shows the instance behind it too.
        InterfaceAttachment? attachment = AttachmentOf(context.Here, route.Target) is { InstanceId: not null } held ? held : null;
        return new Aws.Route
        {
            DestinationCidrBlock = route.Cidr is { IsV4: true } v4 ? v4.ToString() : null,
            DestinationIpv6CidrBlock = route.Cidr is { IsV4: false } v6 ? v6.ToString() : null,
            DestinationPrefixListId = route.PrefixListId,
            GatewayId = GatewayIdOf(route.Target),
            EgressOnlyInternetGatewayId = IdWhere(route.Target, RouteTargetKind.EgressOnlyInternetGateway),
            NatGatewayId = IdWhere(route.Target, RouteTargetKind.NatGateway),
            NetworkInterfaceId = IdWhere(route.Target, RouteTargetKind.NetworkInterface),
            InstanceId = attachment?.InstanceId?.Value,
            InstanceOwnerId = attachment?.InstanceOwner,
            TransitGatewayId = IdWhere(route.Target, RouteTargetKind.TransitGateway),
            LocalGatewayId = IdWhere(route.Target, RouteTargetKind.LocalGateway),
            CarrierGatewayId = IdWhere(route.Target, RouteTargetKind.CarrierGateway),
            VpcPeeringConnectionId = IdWhere(route.Target, RouteTargetKind.VpcPeeringConnection),
            CoreNetworkArn = IdWhere(route.Target, RouteTargetKind.CoreNetwork),
            Origin = route.Origin.ToString(),
            State = StateOf(context.Here, table, route),
        };
    }

    private static string? IdWhere(RouteTarget target, RouteTargetKind kind) => target.Kind == kind ? target.Id : null;
}
