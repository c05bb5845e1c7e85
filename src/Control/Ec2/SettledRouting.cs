using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Ec2;

/// <summary>The settled routing as handlers ask for it: the compiled model's.</summary>
internal static class SettledRouting
{
    public static SettledRoutes Of(CommandContext context) => context.Tracer.State.Routes;

    /// <summary>The line of a connection's tunnel; tunnels are counted from 0 here and from 1 there.</summary>
    public static string LineId(VpnConnection connection, int tunnel) =>
        string.Create(CultureInfo.InvariantCulture, $"{connection.Id}/{tunnel + 1}");

    /// <summary>A table with the routes that gateways propagate to it: of each prefix the one that is used.</summary>
    public static RouteTable WithPropagated(CommandContext context, RouteTable table) =>
        table.PropagatingGateways.IsEmpty ? table : table with { Routes = table.Routes.AddRange(PropagatedTo(context, table)) };

    private static IEnumerable<Route> PropagatedTo(CommandContext context, RouteTable table)
    {
        SettledRoutes routes = Of(context);
        foreach (string gateway in table.PropagatingGateways)
        {
            foreach (RibEntry entry in routes.RibOf(gateway).Entries)
            {
                // The VPC's own blocks are local, and a route by hand hides one of the same prefix (AWS, "Route priority").
                if (entry.Winner is { Source: not RouteSource.VpcCidr } && !table.Routes.Any(r => r.Cidr == entry.Prefix))
                {
                    yield return new Route(
                        entry.Prefix, null, new RouteTarget(RouteTargetKind.VpnGateway, gateway), RouteOrigin.EnableVgwRoutePropagation);
                }
            }
        }
    }
}
