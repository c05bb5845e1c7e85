using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Ec2;

/// <summary>
/// VPN connections changed: their ends, options, tunnels. Source: EC2 API, ModifyVpnConnection, ModifyVpnConnectionOptions,
/// ModifyVpnTunnelOptions, ReplaceVpnTunnel, GetVpnTunnelReplacementStatus, GetActiveVpnTunnelStatus.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>
    /// Another customer gateway, or another end at AWS's. Static routes of a virtual private gateway have to go before it moves to a transit gateway.
    /// </summary>
    public Aws.ModifyVpnConnectionResult ModifyVpnConnection(CommandContext context, Aws.ModifyVpnConnectionRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        if (request.CustomerGatewayId is null && request.VpnGatewayId is null && request.TransitGatewayId is null)
        {
            throw new Fault(
                "MissingParameter", "The request must contain the parameter customerGatewayId, transitGatewayId or vpnGatewayId");
        }

        CustomerGateway customer = UsableCustomerGateway(context, request.CustomerGatewayId ?? connection.CustomerGatewayId.Value);
        VpnTarget target = VpnTarget.Find(context, request.VpnGatewayId, request.TransitGatewayId);
        bool moves = target.VpnGateway is not null || target.TransitGateway is not null;
        target = moves ? target : VpnTarget.Of(context, connection);
        VpnConnection next = connection with
        {
            CustomerGatewayId = customer.Id,
            VpnGatewayId = target.VpnGateway?.Id,
            TransitGatewayId = target.TransitGateway?.Key,
        };
        VpnOptionRules.CheckTarget(target, next);
        VpnOptionRules.CheckOutside(customer, next);
        if (target.TransitGateway is not null && !connection.Routes.IsEmpty)
        {
            throw new Fault(
                "IncorrectState", $"The VPN connection {connection.Id} has static routes, which must be deleted before it moves to a transit gateway.");
        }

        if (moves)
        {
            RefuseSecondVpn(context, next);
            VpnTarget.Detach(context, connection);
            context.Put(next with { TransitGatewayAttachmentId = null });
            next = VpnTarget.Attach(context, next with { TransitGatewayAttachmentId = null });
        }
        else
        {
            RefuseSecondVpn(context, next);
            context.Put(next);
        }

        return new Aws.ModifyVpnConnectionResult { VpnConnection = VpnViews.ToWire(context, next) with { State = "modifying" } };
    }

    public Aws.ModifyVpnConnectionOptionsResult ModifyVpnConnectionOptions(
        CommandContext context, Aws.ModifyVpnConnectionOptionsRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        VpnConnection next = VpnOptionRules.WithCidrs(
            connection, request.LocalIpv4NetworkCidr, request.RemoteIpv4NetworkCidr, request.LocalIpv6NetworkCidr, request.RemoteIpv6NetworkCidr);
        next = next with { IsLarge = VpnOptionRules.IsLarge(request.TunnelBandwidth) ?? connection.IsLarge };
        VpnOptionRules.CheckTarget(VpnTarget.Of(context, connection), next);
        context.Put(next);
        return new Aws.ModifyVpnConnectionOptionsResult { VpnConnection = VpnViews.ToWire(context, next) with { State = "modifying" } };
    }

    /// <summary>Several options, one tunnel.</summary>
    public Aws.ModifyVpnTunnelOptionsResult ModifyVpnTunnelOptions(CommandContext context, Aws.ModifyVpnTunnelOptionsRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        VpnTunnel tunnel = connection.Tunnels[TunnelOf(connection, request.VpnTunnelOutsideIpAddress)];
        CheckKeyStorage(request.PreSharedKeyStorage);
        Aws.ModifyVpnTunnelOptionsSpecification options = request.TunnelOptions ?? throw Fault.Missing("tunnelOptions");
        if (request.SkipTunnelReplacement == true && options.EnableTunnelLifecycleControl is null)
        {
            throw Fault.Combination("The parameter skipTunnelReplacement can be used with the parameter enableTunnelLifecycleControl only");
        }

        VpnConnection next = context.Put(VpnTunnelMaker.WithChanged(context, connection, tunnel, VpnTunnelWish.Of(options)));
        return new Aws.ModifyVpnTunnelOptionsResult { VpnConnection = VpnViews.ToWire(context, next) with { State = "modifying" } };
    }

    /// <summary>AWS's end of one tunnel is made anew: done at once, with the same addresses.</summary>
    public Aws.ReplaceVpnTunnelResult ReplaceVpnTunnel(CommandContext context, Aws.ReplaceVpnTunnelRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        int at = TunnelOf(connection, request.VpnTunnelOutsideIpAddress);
        if (request.ApplyPendingMaintenance == true && !IsUpdating(context, connection, at))
        {
            throw new Fault(
                "OperationNotPermitted", $"There is no pending maintenance for the tunnel {request.VpnTunnelOutsideIpAddress} of {connection.Id}.");
        }

        VpnTunnel replaced = connection.Tunnels[at] with { LastReplaced = context.Now };
        context.Put(connection with { Tunnels = connection.Tunnels.SetItem(at, replaced) });
        return new Aws.ReplaceVpnTunnelResult { Return = true };
    }

    public Aws.GetVpnTunnelReplacementStatusResult GetVpnTunnelReplacementStatus(
        CommandContext context, Aws.GetVpnTunnelReplacementStatusRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        int at = TunnelOf(connection, request.VpnTunnelOutsideIpAddress);
        return new Aws.GetVpnTunnelReplacementStatusResult
        {
            VpnConnectionId = connection.Id.Value,
            TransitGatewayId = connection.TransitGatewayId,
            CustomerGatewayId = connection.CustomerGatewayId.Value,
            VpnGatewayId = connection.VpnGatewayId?.Value,
            VpnTunnelOutsideIpAddress = connection.Tunnels[at].OutsideIp.ToString(),
            MaintenanceDetails = new Aws.MaintenanceDetails
            {
                PendingMaintenance = IsUpdating(context, connection, at) ? "Yes" : "None",
                LastMaintenanceApplied = connection.Tunnels[at].LastReplaced,
            },
        };
    }

    /// <summary>What both ends agreed on: the first that the tunnel permits. Nothing of a tunnel that is down.</summary>
    public Aws.GetActiveVpnTunnelStatusResult GetActiveVpnTunnelStatus(
        CommandContext context, Aws.GetActiveVpnTunnelStatusRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        int at = TunnelOf(connection, request.VpnTunnelOutsideIpAddress);
        VpnTunnel tunnel = connection.Tunnels[at];
        Line? line = SettledRouting.Of(context).LineOf(SettledRouting.LineId(connection, at));
        Aws.ActiveVpnTunnelStatus status = line is { Carries: true }
            ? new Aws.ActiveVpnTunnelStatus
            {
                Phase1EncryptionAlgorithm = tunnel.Phase1Encryption.FirstOrDefault(VpnConfiguration.UsualEncryption),
                Phase2EncryptionAlgorithm = tunnel.Phase2Encryption.FirstOrDefault(VpnConfiguration.UsualEncryption),
                Phase1IntegrityAlgorithm = tunnel.Phase1Integrity.FirstOrDefault(VpnConfiguration.UsualIntegrity),
                Phase2IntegrityAlgorithm = tunnel.Phase2Integrity.FirstOrDefault(VpnConfiguration.UsualIntegrity),
                Phase1DHGroup = tunnel.Phase1DhGroups.FirstOrDefault(VpnConfiguration.UsualGroup),
                Phase2DHGroup = tunnel.Phase2DhGroups.FirstOrDefault(VpnConfiguration.UsualGroup),
                IkeVersion = tunnel.IkeVersions.FirstOrDefault("ikev2"),
            }
            : new Aws.ActiveVpnTunnelStatus { ProvisioningStatusReason = line?.Words };
        return new Aws.GetActiveVpnTunnelStatusResult { ActiveVpnTunnelStatus = status with { ProvisioningStatus = "available" } };
    }

    /// <summary>Whether the world says that AWS updates the tunnel's endpoint.</summary>
    private static bool IsUpdating(CommandContext context, VpnConnection connection, int tunnel) =>
        SettledRouting.Of(context).LineOf(SettledRouting.LineId(connection, tunnel)) is { IsUpdating: true };

    private static int TunnelOf(VpnConnection connection, string? outside)
    {
        IpAddress address = Door.Ipv4(outside, "vpnTunnelOutsideIpAddress");
        for (int i = 0; i < connection.Tunnels.Length; i++)
        {
            if (connection.Tunnels[i].OutsideIp == address)
            {
                return i;
            }
        }

        throw Fault.Invalid($"Value ({outside}) for parameter vpnTunnelOutsideIpAddress is invalid. The VPN connection {connection.Id} has no such tunnel.");
    }

    /// <summary>A customer gateway has one connection with a virtual private gateway.</summary>
    private static void RefuseSecondVpn(CommandContext context, VpnConnection next)
    {
        if (next.VpnGatewayId is { } gateway
            && context.Here.By<VpnConnection>(gateway.Value).Any(c => c.Id != next.Id && c.CustomerGatewayId == next.CustomerGatewayId))
        {
            throw Fault.Invalid($"The customer gateway {next.CustomerGatewayId} has a VPN connection with {gateway} already");
        }
    }
}
