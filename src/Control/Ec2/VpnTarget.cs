using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>AWS's end of a VPN connection: a virtual private gateway, a transit gateway of the same account, or nothing yet.</summary>
internal sealed record VpnTarget(VpnGateway? VpnGateway, TransitGateway? TransitGateway)
{
    /// <summary>The one end that the parameters name.</summary>
    public static VpnTarget Find(CommandContext context, string? vpnGatewayId, string? transitGatewayId)
    {
        if (vpnGatewayId is not null && transitGatewayId is not null)
        {
            throw Fault.Combination("The parameter transitGatewayId cannot be used with the parameter vpnGatewayId");
        }

        VpnGateway? gateway = vpnGatewayId is null ? null : Ec2Service.VpnGatewayIds.Get(context, vpnGatewayId);
        if (gateway?.State == VpnState.Deleted)
        {
            throw Ec2Service.VpnGatewayIds.NotFound(gateway.Key);
        }

        return new VpnTarget(gateway, transitGatewayId is null ? null : TransitGatewayRules.Own(context, transitGatewayId));
    }

    /// <summary>The ends that a connection has.</summary>
    public static VpnTarget Of(CommandContext context, VpnConnection connection) => new(
        connection.VpnGatewayId is { } gateway ? context.Here.Get(gateway) : null,
        connection.TransitGatewayId is { } transit ? context.Here.Get(new Id<TransitGateway>(transit)) : null);

    /// <summary>The connection, which is written, with its attachment at its transit gateway, where it has one.</summary>
    public static VpnConnection Attach(CommandContext context, VpnConnection connection)
    {
        if (connection.TransitGatewayId is not { } transit)
        {
            return connection;
        }

        TransitGatewayAttachment attachment = TransitGatewayAttachments.AttachVpn(context, transit, connection.Key);
        return context.Put(connection with { TransitGatewayAttachmentId = attachment.Key });
    }

    /// <summary>Takes the connection's attachment away.</summary>
    public static void Detach(CommandContext context, VpnConnection connection)
    {
        if (connection.TransitGatewayAttachmentId is not null)
        {
            TransitGatewayAttachments.DetachResource(context, connection.Key);
        }
    }
}
