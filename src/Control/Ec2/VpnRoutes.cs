using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Static routes of VPN connections (rule 125). Source: AWS Site-to-Site VPN, "Static and dynamic routing"; EC2 API, CreateVpnConnectionRoute.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>A route that is there already stays as it is.</summary>
    public Aws.CreateVpnConnectionRouteResult CreateVpnConnectionRoute(
        CommandContext context, Aws.CreateVpnConnectionRouteRequest request)
    {
        (VpnConnection connection, Prefix destination) = StaticRoute(context, request.VpnConnectionId, request.DestinationCidrBlock);
        if (!connection.Routes.Contains(destination))
        {
            ImmutableArray<Prefix> routes = [.. connection.Routes.Append(destination).Order()];
            context.Quotas.Check(Quotas.StaticRoutesPerVpn, routes.Length);
            context.Put(connection with { Routes = routes });
        }

        return new Aws.CreateVpnConnectionRouteResult();
    }

    public Aws.DeleteVpnConnectionRouteResult DeleteVpnConnectionRoute(
        CommandContext context, Aws.DeleteVpnConnectionRouteRequest request)
    {
        (VpnConnection connection, Prefix destination) = StaticRoute(context, request.VpnConnectionId, request.DestinationCidrBlock);
        if (!connection.Routes.Contains(destination))
        {
            throw new Fault("InvalidRoute.NotFound", $"The specified route {destination} does not exist in the VPN connection {connection.Id}");
        }

        context.Put(connection with { Routes = connection.Routes.Remove(destination) });
        return new Aws.DeleteVpnConnectionRouteResult();
    }

    /// <summary>A connection with static routes and a virtual private gateway; a transit gateway has routes in its own tables.</summary>
    private static (VpnConnection Connection, Prefix Destination) StaticRoute(CommandContext context, string? id, string? text)
    {
        VpnConnection connection = UsableVpn(context, id);
        Prefix destination = Door.Ipv4Cidr(text, "destinationCidrBlock");
        if (!connection.StaticRoutesOnly)
        {
            throw new Fault("InvalidVpnConnection.InvalidType", $"The VPN connection {connection.Id} does not support static routes.");
        }

        return connection.TransitGatewayId is null
            ? (connection, destination)
            : throw new Fault(
                "InvalidVpnConnection.InvalidType",
                $"The VPN connection {connection.Id} is attached to a transit gateway, whose route tables hold its static routes.");
    }
}
