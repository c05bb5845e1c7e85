using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Routes. Source: AWS, "Configure route tables"; EC2 API, CreateRoute, ReplaceRoute, DeleteRoute.</summary>
public sealed partial class Ec2Service
{
    public Aws.CreateRouteResult CreateRoute(CommandContext context, Aws.CreateRouteRequest request)
    {
        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        RouteDestination destination = Destination(
            context, request.DestinationCidrBlock, request.DestinationIpv6CidrBlock, request.DestinationPrefixListId);
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
        AddRoute(context, table, new Route(destination.Cidr, destination.List?.Id, target, RouteOrigin.CreateRoute));
        return new Aws.CreateRouteResult { Return = true };
    }

    public Aws.ReplaceRouteResult ReplaceRoute(CommandContext context, Aws.ReplaceRouteRequest request)
    {
        RouteTable table = RouteTableIds.Get(context, request.RouteTableId);
        RouteDestination destination = Destination(
            context, request.DestinationCidrBlock, request.DestinationIpv6CidrBlock, request.DestinationPrefixListId);
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
        RefuseEndpointRoute(table, route);
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
        RouteDestination destination = Destination(
            context, request.DestinationCidrBlock, request.DestinationIpv6CidrBlock, request.DestinationPrefixListId);
        int at = FindRoute(table, destination);
        if (at < 0)
        {
            throw new Fault("InvalidRoute.NotFound", $"no route with {destination.FilterName} {destination} in route table {table.Id}");
        }

        if (IsLocalRoute(table.Routes[at]))
        {
            throw Fault.Invalid($"cannot remove local route {destination} in route table {table.Id}");
        }

        RefuseEndpointRoute(table, table.Routes[at]);
        context.Put(table with { Routes = table.Routes.RemoveAt(at) });
        return new Aws.DeleteRouteResult();
    }

    /// <summary>The local route of a block of the VPC, whatever its target is now.</summary>
    private static bool IsLocalRoute(Route route) => route.Origin == RouteOrigin.CreateRouteTable;

    /// <summary>Adds a route where the quota has room for it.</summary>
    internal static void AddRoute(CommandContext context, RouteTable table, Route route)
    {
        RouteTable next = context.Put(table with { Routes = table.Routes.Add(route) });
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            context.Quotas.Check(Quotas.RoutesPerTable, RouteCount(context.Here, next, family));
        }
    }

    /// <summary>How many routes of a family the quota counts: not the local ones, and one that names a prefix list as the list's weight.</summary>
    private static int RouteCount(Partition here, RouteTable table, Family family)
    {
        int count = 0;
        foreach (Route route in table.Routes)
        {
            if (route.PrefixListId is { } id)
            {
                count += PrefixLists.Find(here, id) is { } list && list.AddressFamily == family ? list.Weight : 0;
            }
            else if (!IsLocalRoute(route) && route.Cidr?.Family == family)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>The route of a gateway endpoint comes and goes with the endpoint (rule 20).</summary>
    private static void RefuseEndpointRoute(RouteTable table, Route route)
    {
        if (route is { PrefixListId: not null, Target.Kind: RouteTargetKind.VpcEndpoint })
        {
            throw Fault.Invalid($"cannot remove VPC endpoint route {route.PrefixListId} in route table {table.Id}");
        }
    }

    private static int FindRoute(RouteTable table, RouteDestination destination)
    {
        for (int i = 0; i < table.Routes.Length; i++)
        {
            if (table.Routes[i].Cidr == destination.Cidr && table.Routes[i].PrefixListId == destination.List?.Id)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The one destination that was given; host bits are cleared, as AWS does.</summary>
    private static RouteDestination Destination(CommandContext context, string? v4, string? v6, string? prefixList)
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

        return prefixList is not null
            ? new RouteDestination(null, ReferredList(context, prefixList))
            : new RouteDestination(
                v4 is not null
                    ? DestinationOf(v4, "destinationCidrBlock", Family.V4)
                    : DestinationOf(v6, "destinationIpv6CidrBlock", Family.V6),
                null);
    }

    private static Prefix DestinationOf(string? text, string parameter, Family family) =>
        Prefix.TryParse(text, out Prefix cidr) && cidr.Family == family
            ? cidr
            : throw Fault.Invalid($"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.");
}

/// <summary>Where a route is for: exactly one of a block and a prefix list.</summary>
internal readonly record struct RouteDestination(Prefix? Cidr, PrefixListView? List)
{
    public Family Family => Cidr?.Family ?? List!.AddressFamily;

    /// <summary>The filter of DescribeRouteTables that finds it, without its <c>route.</c>: AWS's messages use it.</summary>
    public string FilterName => (Cidr, List) switch
    {
        (_, not null) => "destination-prefix-list-id",
        ({ IsV4: true }, _) => "destination-cidr-block",
        _ => "destination-ipv6-cidr-block",
    };

    public override string ToString() => Cidr?.ToString() ?? List!.Id;
}
