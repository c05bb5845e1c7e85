using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Ec2;

/// <summary>
/// What the tunnels of a connection do, read from the settled routing and kept nowhere. Source: EC2 API, VgwTelemetry; AWS Site-to-Site VPN,
/// "View the tunnel status".
/// </summary>
internal static class VpnTelemetry
{
    /// <summary>One line a tunnel; none of a connection that was deleted.</summary>
    public static IReadOnlyList<Aws.VgwTelemetry>? Of(CommandContext context, VpnConnection connection)
    {
        if (connection.State == VpnState.Deleted)
        {
            return null;
        }

        SettledRoutes routes = SettledRouting.Of(context);
        return [.. connection.Tunnels.Select((tunnel, i) => Of(routes, connection, tunnel, SettledRouting.LineId(connection, i)))];
    }

    private static Aws.VgwTelemetry Of(SettledRoutes routes, VpnConnection connection, VpnTunnel tunnel, string lineId)
    {
        Line? line = routes.LineOf(lineId);
        return new Aws.VgwTelemetry
        {
            OutsideIpAddress = tunnel.OutsideIp.ToString(),
            Status = line is { IsUp: true } ? "UP" : "DOWN",
            StatusMessage = MessageOf(routes, connection, line),
            AcceptedRouteCount = line is null ? 0 : routes.AcceptedOver(lineId),
            LastStatusChange = tunnel.LastReplaced ?? connection.CreateTime,
        };
    }

    /// <summary>AWS's short words: how many routes BGP brought; that IPsec is up though BGP is not; nothing where the tunnel is down altogether.</summary>
    private static string MessageOf(SettledRoutes routes, VpnConnection connection, Line? line) => line switch
    {
        { IsUp: true } when connection.StaticRoutesOnly => "",
        { IsUp: true } => $"{routes.AcceptedOver(line.Id)} BGP ROUTES",
        { Carries: true } => "IPSEC IS UP",
        _ => "IPSEC IS DOWN",
    };
}
