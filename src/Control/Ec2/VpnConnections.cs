using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// VPN connections: made, described, deleted. Source: AWS Site-to-Site VPN, "How AWS Site-to-Site VPN works"; EC2 API, CreateVpnConnection,
/// DeleteVpnConnection, DescribeVpnConnections.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<VpnConnection> VpnConnectionIds = new(
        "VpnConnectionId", "InvalidVpnConnectionID.NotFound", "InvalidVpnConnectionId.Malformed", "The vpnConnection ID '{0}' does not exist");

    /// <summary>Between a customer gateway and a virtual private gateway there is one connection: asking again returns it.</summary>
    public Aws.CreateVpnConnectionResult CreateVpnConnection(CommandContext context, Aws.CreateVpnConnectionRequest request)
    {
        CheckVpnType(request.Type);
        RefuseSet("VpnConcentratorId", request.VpnConcentratorId);
        CheckKeyStorage(request.PreSharedKeyStorage);
        CustomerGateway customer = UsableCustomerGateway(context, request.CustomerGatewayId);
        VpnTarget target = VpnTarget.Find(context, request.VpnGatewayId, request.TransitGatewayId);
        if (target.VpnGateway is { } held
            && context.Here.By<VpnConnection>(held.Key).FirstOrDefault(c => c.CustomerGatewayId == customer.Id) is { } same)
        {
            return new Aws.CreateVpnConnectionResult { VpnConnection = VpnViews.ToWire(context, same) };
        }

        CheckVpnQuotas(context, target);
        Aws.VpnConnectionOptionsSpecification options = request.Options ?? new Aws.VpnConnectionOptionsSpecification();
        VpnConnection connection = VpnOptionRules.Checked(target, customer, options, new VpnConnection
        {
            Id = new(context.NewId(VpnConnection.IdPrefix)),
            CustomerGatewayId = customer.Id,
            VpnGatewayId = target.VpnGateway?.Id,
            TransitGatewayId = target.TransitGateway?.Key,
            Tunnels = [],
            CreateTime = context.Now,
            Tags = TagRules.New<VpnConnection>(request.TagSpecifications),
        });
        connection = context.Put(VpnTunnelMaker.WithTunnels(context, connection, target, options.TunnelOptions ?? []));
        connection = VpnTarget.Attach(context, connection);
        return new Aws.CreateVpnConnectionResult
        {
            VpnConnection = VpnViews.ToWire(context, connection) with { State = "pending" },
        };
    }

    /// <summary>It is described as deleted for an hour; a connection that is gone already is not found.</summary>
    public Aws.DeleteVpnConnectionResult DeleteVpnConnection(CommandContext context, Aws.DeleteVpnConnectionRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        VpnTarget.Detach(context, connection);
        context.Put(connection with
        {
            State = VpnState.Deleted,
            DeleteTime = context.Now,
            Routes = [],
            TransitGatewayAttachmentId = null,
        });
        return new Aws.DeleteVpnConnectionResult();
    }

    public Aws.DescribeVpnConnectionsResult DescribeVpnConnections(CommandContext context, Aws.DescribeVpnConnectionsRequest request)
    {
        IEnumerable<VpnConnection> rows = VpnViews.Filters.Apply(
            context, InSight(context, VpnConnectionIds, request.VpnConnectionIds, c => c.DeleteTime), request.Filters);
        return new Aws.DescribeVpnConnectionsResult
        {
            VpnConnections = [.. rows.Select(c => VpnViews.ToWire(context, c) with { VgwTelemetry = VpnTelemetry.Of(context, c) })],
        };
    }

    /// <summary>A connection that was not deleted.</summary>
    private static VpnConnection UsableVpn(CommandContext context, string? id)
    {
        VpnConnection connection = VpnConnectionIds.Get(context, id);
        return connection.State != VpnState.Deleted ? connection : throw VpnConnectionIds.NotFound(connection.Id.Value);
    }

    /// <summary>There is no Secrets Manager: keys are kept with the connection.</summary>
    private static void CheckKeyStorage(string? storage)
    {
        if (Door.OneOf(storage, "preSharedKeyStorage", "Standard", "SecretsManager") == "SecretsManager")
        {
            throw Fault.Unsupported("PreSharedKeyStorage=SecretsManager");
        }
    }

    /// <summary>Rule 126.</summary>
    private static void CheckVpnQuotas(CommandContext context, VpnTarget target)
    {
        int count = context.Here.All<VpnConnection>().Count(c => c.State != VpnState.Deleted);
        context.Quotas.Check(Quotas.VpnConnectionsPerRegion, count + 1);
        if (target.VpnGateway is { } gateway)
        {
            context.Quotas.Check(Quotas.VpnConnectionsPerGateway, context.Here.By<VpnConnection>(gateway.Key).Count() + 1);
        }
    }
}
