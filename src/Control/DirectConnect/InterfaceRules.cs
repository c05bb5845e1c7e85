using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>Where a virtual interface can be: a connection or LAG of the caller's.</summary>
/// <param name="HostedVlan">The VLAN that a hosted connection consists of; null on ports of one's own.</param>
internal sealed record InterfacePort(string Id, string OwnerId, string Location, DxDevice Device, int? HostedVlan)
{
    /// <summary>The caller's own connection or LAG that is ready.</summary>
    public static InterfacePort Find(CommandContext context, string? text)
    {
        string id = string.IsNullOrEmpty(text) ? throw DxFaults.Missing("connectionId") : text;
        if (id.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal))
        {
            DxLag lag = DxRows.Lag(context, id);
            return lag.AllowsHostedConnections
                ? throw DxFaults.Client($"{id} is a LAG of a partner. Virtual interfaces are made on the connections that it hosts.")
                : new InterfacePort(lag.Key, lag.OwnerId, lag.Location, lag.Device, null);
        }

        DxConnection connection = DxRows.Connection(context, id);
        if (connection.State != DxPortState.Available)
        {
            throw DxFaults.Client($"The specified Connection ID is not available: {id}");
        }

        return connection is { LagId: { } bundle, IsHosted: false }
            ? throw DxFaults.Client($"Connection {id} is part of {bundle}. Create the virtual interface on the LAG.")
            : new InterfacePort(connection.Key, connection.OwnerId, connection.Location, connection.Device, connection.Vlan);
    }
}

/// <summary>What virtual interfaces may be. Source: Direct Connect API; AWS, "Direct Connect virtual interfaces", "Direct Connect quotas".</summary>
internal static class InterfaceRules
{
    public const int UsualMtu = 1500;

    private static readonly int[] PrivateMtus = [UsualMtu, 8500, 9001];
    private static readonly int[] TransitMtus = [UsualMtu, 8500];

    public static int Mtu(DxInterfaceType type, int? mtu)
    {
        int[] allowed = type switch
        {
            DxInterfaceType.Private => PrivateMtus,
            DxInterfaceType.Transit => TransitMtus,
            _ => [UsualMtu],
        };
        int given = mtu ?? UsualMtu;
        return allowed.Contains(given)
            ? given
            : throw DxFaults.Client($"MTU {given} is not valid. The supported values are {string.Join(", ", allowed)}.");
    }

    /// <summary>A VLAN of its own on a port; on a hosted connection the one that the connection has.</summary>
    public static int Vlan(Partition here, InterfacePort port, int? vlan)
    {
        int given = PortRules.Vlan(vlan, "vlan");
        if (port.HostedVlan is { } hosted && hosted != given)
        {
            throw DxFaults.Client($"VLAN {given} is not valid. The hosted connection {port.Id} has VLAN {hosted}.");
        }

        return DxRows.InterfacesOn(here, port.Id).Any(v => v.Vlan == given)
            ? throw DxFaults.Client($"VLAN {given} is already in use on {port.Id}.")
            : given;
    }

    /// <summary>How many virtual interfaces a port takes.</summary>
    public static void CheckRoom(Partition here, InterfacePort port, DxInterfaceType type)
    {
        DxVirtualInterface[] there = [.. DxRows.InterfacesOn(here, port.Id)];
        int transit = there.Count(v => v.Type == DxInterfaceType.Transit);
        if (port.HostedVlan is not null)
        {
            Refuse(port, there.Length >= DxQuotas.InterfacesPerHostedConnection, DxQuotas.InterfacesPerHostedConnection, "");
            return;
        }

        Refuse(port, there.Length >= DxQuotas.InterfacesPerConnection, DxQuotas.InterfacesPerConnection, "");
        if (type == DxInterfaceType.Transit)
        {
            Refuse(port, transit >= DxQuotas.TransitPerConnection, DxQuotas.TransitPerConnection, "transit ");
        }
        else
        {
            int others = there.Length - transit;
            Refuse(port, others >= DxQuotas.PrivateOrPublicPerConnection, DxQuotas.PrivateOrPublicPerConnection, "private or public ");
        }
    }

    /// <summary>AWS refuses a move where the VLAN or an address is in use at the new place.</summary>
    public static void RefuseConflict(Partition here, DxVirtualInterface vif, string target)
    {
        foreach (DxVirtualInterface other in DxRows.InterfacesOn(here, target).Where(v => v.Id != vif.Id))
        {
            if (other.Vlan == vif.Vlan)
            {
                throw DxFaults.Client($"VLAN {vif.Vlan} is already in use on {target}.");
            }

            bool overlaps = other.BgpPeers.Any(o => vif.BgpPeers.Any(p => p.AmazonAddress.Link.Overlaps(o.AmazonAddress.Link)));
            if (overlaps)
            {
                throw DxFaults.Client($"The addresses of {vif.Id} are already in use on {target} by {other.Id}.");
            }
        }
    }

    private static void Refuse(InterfacePort port, bool isFull, int most, string type)
    {
        if (isFull)
        {
            throw DxFaults.Limit($"{port.Id} has reached its limit of {most} {type}virtual interfaces.");
        }
    }
}
