using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Internet gateway → border, with the route table of its edge association. Source: AWS, "Gateway route tables".</summary>
internal static class InternetGateways
{
    public static void Put(Workspace work, int partition, InternetGateway row)
    {
        RowKey key = new(partition, row.Key);
        int domain = row.VpcId is { } vpc ? work.DomainHandles.Find(new RowKey(partition, vpc.Value)) : -1;
        Border border = new(key, domain, EdgeRoutesOf(work, partition, row.Key));
        int handle = work.BorderHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Borders.Add(border);
            work.BorderHandles = work.Add(work.BorderHandles, key, handle);
        }
        else
        {
            Detach(work, handle);
            work.Borders.Edit(handle) = border;
        }

        if (domain >= 0)
        {
            work.Domains.Edit(domain).Border = handle;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.BorderHandles.Find(key) is >= 0 and int handle)
        {
            Detach(work, handle);
            work.Borders.Edit(handle) = new Border(key, -1, -1);
            work.BorderHandles = work.Add(work.BorderHandles, key, -1);
        }
    }

    private static void Detach(Workspace work, int handle)
    {
        int domain = work.Borders[handle].Domain;
        if (domain >= 0 && work.Domains[domain].Border == handle)
        {
            work.Domains.Edit(domain).Border = -1;
        }
    }

    /// <summary>The routes for what comes in by a gateway; -1 where it has no table of its own.</summary>
    public static int EdgeRoutesOf(Workspace work, int partition, string id)
    {
        foreach (RouteTable table in work.PartitionAt(partition).By<RouteTable>(id))
        {
            foreach (RouteTableAssociation association in table.Associations)
            {
                if (association.GatewayId == id)
                {
                    return work.RouteMapHandles.Find(new RowKey(partition, table.Key));
                }
            }
        }

        return -1;
    }
}
