using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Routes. Source: AWS, "Configure route tables"; EC2 API, CreateRoute, ReplaceRoute, DeleteRoute.</summary>
public sealed partial class Ec2Service
{
    public Aws.CreateRouteResult CreateRoute(CommandContext context, Aws.CreateRouteRequest request)
    {
        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        Prefix destination = Destination(
            request.DestinationCidrBlock, request.DestinationIpv6CidrBlock, request.DestinationPrefixListId);
        RouteTarget target = RouteTargets.Find(context, table, new RouteTargetNames
        {
            GatewayId = request.GatewayId,
            EgressOnlyInternetGatewayId = request.EgressOnlyInternetGatewayId,
            InstanceId = request.InstanceId,
            NetworkInterfaceId = request.NetworkInterfaceId,
            NatGatewayId = request.NatGatewayId,
            VpcPeeringConnectionId = request.VpcPeeringConnectionId,
            TransitGatewayId = request.TransitGatewayId,
            VpcEndpointId = request.VpcEndpointId,
            CarrierGatewayId = request.CarrierGatewayId,
            LocalGatewayId = request.LocalGatewayId,
            CoreNetworkArn = request.CoreNetworkArn,
            OdbNetworkArn = request.OdbNetworkArn,
        });
        if (FindRoute(table, destination) >= 0)
        {
            throw new Fault("RouteAlreadyExists", $"The route identified by {destination} already exists.");
        }

        if (target.Kind == RouteTargetKind.Local)
        {
            throw new Fault("InvalidGatewayID.NotFound", "The gateway ID 'local' does not exist");
        }

        RouteRules.Check(context, table, destination, target);
        int same = table.Routes.Count(r => !IsLocalRoute(r) && r.Cidr?.Family == destination.Family);
        context.Quotas.Check(Quotas.RoutesPerTable, same + 1);
        context.Put(table with { Routes = table.Routes.Add(new Route(destination, null, target, RouteOrigin.CreateRoute)) });
        return new Aws.CreateRouteResult { Return = true };
    }

    public Aws.ReplaceRouteResult ReplaceRoute(CommandContext context, Aws.ReplaceRouteRequest request)
    {
        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        Prefix destination = Destination(
            request.DestinationCidrBlock, request.DestinationIpv6CidrBlock, request.DestinationPrefixListId);
        RouteTarget target = RouteTargets.Find(context, table, new RouteTargetNames
        {
            GatewayId = request.GatewayId,
            EgressOnlyInternetGatewayId = request.EgressOnlyInternetGatewayId,
            InstanceId = request.InstanceId,
            NetworkInterfaceId = request.NetworkInterfaceId,
            NatGatewayId = request.NatGatewayId,
            VpcPeeringConnectionId = request.VpcPeeringConnectionId,
            TransitGatewayId = request.TransitGatewayId,
            VpcEndpointId = request.VpcEndpointId,
            CarrierGatewayId = request.CarrierGatewayId,
            LocalGatewayId = request.LocalGatewayId,
            CoreNetworkArn = request.CoreNetworkArn,
            OdbNetworkArn = request.OdbNetworkArn,
            LocalTarget = request.LocalTarget == true,
        });
        int at = FindRoute(table, destination);
        if (at < 0)
        {
            throw Fault.Invalid($"There is no route defined for '{destination}' in the route table. Use CreateRoute instead.");
        }

        Route route = table.Routes[at];
        if (target.Kind == RouteTargetKind.Local && !IsLocalRoute(route))
        {
            throw Fault.Invalid($"The route '{destination}' is not a local route: its target cannot be local.");
        }

        RouteRules.Check(context, table, destination, target);
        context.Put(table with { Routes = table.Routes.SetItem(at, route with { Target = target }) });
        return new Aws.ReplaceRouteResult();
    }

    public Aws.DeleteRouteResult DeleteRoute(CommandContext context, Aws.DeleteRouteRequest request)
    {
        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        Prefix destination = Destination(
            request.DestinationCidrBlock, request.DestinationIpv6CidrBlock, request.DestinationPrefixListId);
        int at = FindRoute(table, destination);
        if (at < 0)
        {
            string parameter = destination.IsV4 ? "destination-cidr-block" : "destination-ipv6-cidr-block";
            throw new Fault("InvalidRoute.NotFound", $"no route with {parameter} {destination} in route table {table.Id}");
        }

        if (IsLocalRoute(table.Routes[at]))
        {
            throw Fault.Invalid($"cannot remove local route {destination} in route table {table.Id}");
        }

        context.Put(table with { Routes = table.Routes.RemoveAt(at) });
        return new Aws.DeleteRouteResult();
    }

    /// <summary>The local route of a block of the VPC, whatever its target is now.</summary>
    private static bool IsLocalRoute(Route route) => route.Origin == RouteOrigin.CreateRouteTable;

    private static int FindRoute(RouteTable table, Prefix destination)
    {
        for (int i = 0; i < table.Routes.Length; i++)
        {
            if (table.Routes[i].Cidr == destination)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The one destination that was given; host bits are cleared, as AWS does.</summary>
    private static Prefix Destination(string? v4, string? v6, string? prefixList)
    {
        if (v4 is null && v6 is null && prefixList is null)
        {
            throw Fault.Missing("destinationCidrBlock");
        }

        if ((v4 is not null && v6 is not null) || (prefixList is not null && (v4 is not null || v6 is not null)))
        {
            throw Fault.Combination(
                "Only one of the parameters destinationCidrBlock, destinationIpv6CidrBlock and destinationPrefixListId may be specified");
        }

        // No prefix list is served yet: none is found.
        return prefixList is not null
            ? throw new Fault("InvalidPrefixListID.NotFound", $"The prefix list ID '{prefixList}' does not exist")
            : v4 is not null
                ? DestinationOf(v4, "destinationCidrBlock", Family.V4)
                : DestinationOf(v6, "destinationIpv6CidrBlock", Family.V6);
    }

    private static Prefix DestinationOf(string? text, string parameter, Family family) =>
        Prefix.TryParse(text, out Prefix cidr) && cidr.Family == family
            ? cidr
            : throw Fault.Invalid($"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.");
}
