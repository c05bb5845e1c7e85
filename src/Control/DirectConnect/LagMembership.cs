using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Ports that join and leave bundles, and virtual interfaces that go with them. Source: Direct Connect API, AssociateConnectionWithLag,
/// DisassociateConnectionFromLag.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.Connection AssociateConnectionWithLag(CommandContext context, AwsDx.AssociateConnectionWithLagRequest request)
    {
        DxConnection port = OwnPort(context, request.ConnectionId);
        DxLag lag = DxRows.Lag(context, request.LagId);
        if (port.LagId == lag.Id)
        {
            throw DxFaults.Client($"Connection {port.Id} is already associated with {lag.Id}.");
        }

        RefuseBelowMinimum(context, port);
        return DxViews.ToWire(context, Bundle(context, port, lag));
    }

    /// <summary>The last member may always leave: the bundle stays, empty.</summary>
    public AwsDx.Connection DisassociateConnectionFromLag(CommandContext context, AwsDx.DisassociateConnectionFromLagRequest request)
    {
        DxConnection port = OwnPort(context, request.ConnectionId);
        DxLag lag = DxRows.Lag(context, request.LagId);
        if (port.LagId != lag.Id)
        {
            throw DxFaults.Client($"Connection {port.Id} is not associated with {lag.Id}.");
        }

        RefuseBelowMinimum(context, port);
        return DxViews.ToWire(context, context.Put(port with { LagId = null, IsInterconnect = lag.AllowsHostedConnections }));
    }

    /// <summary>A new port that is asked for in a bundle.</summary>
    private static DxConnection IntoLag(CommandContext context, DxConnection made, string? lagId)
    {
        if (lagId is null)
        {
            return made;
        }

        DxLag lag = DxRows.Lag(context, lagId);
        CheckFits(context, made, lag);
        PutKind(context, made, lag);
        return made with { LagId = lag.Id, Device = lag.Device };
    }

    /// <summary>Puts a port into a bundle; what is on the port by itself, virtual interfaces and hosted connections, is on the bundle then.</summary>
    private static DxConnection Bundle(CommandContext context, DxConnection port, DxLag lag)
    {
        CheckFits(context, port, lag);
        DxVirtualInterface[] moving = [.. DxRows.InterfacesOn(context.Here, port.Key)];
        foreach (DxVirtualInterface vif in moving)
        {
            InterfaceRules.RefuseConflict(context.Here, vif, lag.Key);
        }

        DxConnection[] hosted = [.. DxRows.HostedOn(context.Here, port.Key)];
        foreach (DxConnection one in hosted)
        {
            RefuseTakenVlan(context, lag.Key, one.Vlan!.Value);
        }

        foreach (DxVirtualInterface vif in moving)
        {
            DxRows.Put(context, vif with { ConnectionId = lag.Key, Device = lag.Device });
        }

        foreach (DxConnection one in hosted)
        {
            DxRows.Put(context, one with { ParentId = lag.Key, Device = lag.Device });
        }

        PutKind(context, port, lag);
        return context.Put(port with { LagId = lag.Id, Device = lag.Device });
    }

    /// <summary>AWS: the same device, the same bandwidth, at most four ports (two of 100 Gbps and more), MACsec on all or on none.</summary>
    private static void CheckFits(CommandContext context, DxConnection port, DxLag lag)
    {
        if (port.IsHosted)
        {
            throw DxFaults.Client($"Connection {port.Id} is a hosted connection and cannot be part of a LAG.");
        }

        if (port.Location != lag.Location || port.Device != lag.Device)
        {
            throw DxFaults.Client($"Connection {port.Id} and {lag.Id} do not terminate on the same Direct Connect endpoint.");
        }

        if (port.Bandwidth != lag.Bandwidth)
        {
            throw DxFaults.Client($"The bandwidth {port.Bandwidth} of connection {port.Id} does not match the {lag.Bandwidth} of {lag.Id}.");
        }

        bool isEmpty = !DxRows.MembersOf(context.Here, lag.Id).Any();
        bool isFree = isEmpty && !DxRows.InterfacesOn(context.Here, lag.Key).Any() && !DxRows.HostedOn(context.Here, lag.Key).Any();
        if (port.IsInterconnect != lag.AllowsHostedConnections && !isFree)
        {
            throw DxFaults.Client($"Connections and interconnects cannot be part of one LAG: {port.Id}, {lag.Id}.");
        }

        if (lag.MacSec.Capable && !port.MacSec.Capable)
        {
            throw DxFaults.Client($"Connection {port.Id} is not MACsec capable, and {lag.Id} is.");
        }

        int most = DxQuotas.ConnectionsPerLag(lag.Bandwidth);
        if (DxRows.MembersOf(context.Here, lag.Id).Count() >= most)
        {
            throw DxFaults.Limit($"{lag.Id} has reached its limit of {most} connections.");
        }
    }

    /// <summary>The first port of an empty bundle decides whether it hosts connections of others.</summary>
    private static void PutKind(CommandContext context, DxConnection port, DxLag lag)
    {
        if (lag.AllowsHostedConnections != port.IsInterconnect)
        {
            context.Put(lag with { AllowsHostedConnections = port.IsInterconnect });
        }
    }

    /// <summary>A bundle may not lose a port where it would be down by that.</summary>
    private static void RefuseBelowMinimum(CommandContext context, DxConnection leaving)
    {
        if (leaving.IsHosted || leaving.LagId is not { } id)
        {
            return;
        }

        DxLag lag = context.Here.Get(id);
        int left = DxRows.MembersOf(context.Here, id).Count() - 1;
        if (left > 0 && left < lag.MinimumLinks)
        {
            throw DxFaults.Client(
                $"{lag.Id} would have {left} operational connections, which is less than its minimum of {lag.MinimumLinks}.");
        }
    }
}
