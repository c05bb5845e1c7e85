using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>VPC endpoint → entrance; its interfaces are the doors. Source: AWS PrivateLink, "Access AWS services", "Gateway endpoints".</summary>
internal static class VpcEndpoints
{
    public static void Put(Workspace work, int partition, VpcEndpoint row)
    {
        RowKey key = new(partition, row.Key);
        int handle = work.EntranceHandles.Find(key);
        int door = handle < 0 ? -1 : work.Entrances[handle].Door;
        Entrance entrance = new(
            key,
            row.Type switch
            {
                VpcEndpointType.Gateway => EntranceKind.Gateway,
                VpcEndpointType.GatewayLoadBalancer => EntranceKind.Tunnel,
                _ => EntranceKind.Addressed,
            },
            work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)),
            row.State == VpcEndpointState.Available)
        {
            Offer = OfferOf(work, row),
            Service = row.ServiceId is null ? PublicServices.Named(row.ServiceName) : null,
            Door = door,
        };
        if (handle < 0)
        {
            work.EntranceHandles = work.Add(work.EntranceHandles, key, work.Entrances.Add(entrance));
        }
        else
        {
            work.Entrances.Edit(handle) = entrance;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.EntranceHandles.Find(key) is >= 0 and int handle)
        {
            ref Entrance entrance = ref work.Entrances.Edit(handle);
            entrance = entrance with { Works = false, Door = -1 };
            work.EntranceHandles = work.Add(work.EntranceHandles, key, -1);
        }
    }

    /// <summary>What an interface is to the endpoint that it belongs to, and that one's handle.</summary>
    public static (NicTraits Held, int Entrance) DoorOf(Workspace work, Partition rows, int partition, string eni)
    {
        if (!rows.Table<VpcEndpoint>().Any(eni))
        {
            return (NicTraits.None, -1);
        }

        foreach (VpcEndpoint row in rows.By<VpcEndpoint>(eni))
        {
            int handle = work.EntranceHandles.Find(new RowKey(partition, row.Key));
            return (row.Type == VpcEndpointType.GatewayLoadBalancer ? NicTraits.Tunnels : NicTraits.Enters, handle);
        }

        return (NicTraits.None, -1);
    }

    /// <summary>The interface is gone, or is no tunnel's door any more.</summary>
    public static void Close(Workspace work, int nic)
    {
        if (work.Nics[nic].Has(NicTraits.Tunnels) && work.Nics[nic].Service is >= 0 and int entrance && work.Entrances[entrance].Door == nic)
        {
            ref Entrance entry = ref work.Entrances.Edit(entrance);
            entry = entry with { Door = -1 };
        }
    }

    /// <summary>The service may be another account's: its place is given on first mention.</summary>
    private static int OfferOf(Workspace work, VpcEndpoint row) => row is { ServiceId: { } id, ServiceOwner: { } owner }
        ? EndpointServices.Declare(work, new RowKey(work.PlaceOf(owner), id.Value))
        : -1;
}
