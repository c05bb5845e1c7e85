using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>VPC peering connection → link. Source: AWS, VPC peering guide; EC2 guide, "Network maximum transmission unit".</summary>
internal static class Peerings
{
    private const int MtuInside = 9001;
    private const int MtuBetween = 8500;

    /// <summary>Both sides' names lead to the one link, so that route tables of either find it.</summary>
    public static void Put(Workspace work, int partition, VpcPeeringConnection row)
    {
        if (!row.IsHome(work.KeyOf(partition)))
        {
            return;
        }

        bool inside = row.Requester.Region == row.Accepter.Region;
        RowKey key = new(partition, row.Key);
        Set(work, new Link(
            key, DomainOf(work, row.Requester, row), DomainOf(work, row.Accepter, row), row.IsActive, inside, inside ? MtuInside : MtuBetween));
        int handle = work.LinkHandles.Find(key);
        RowKey other = new(work.PlaceOf(row.Accepter.Partition), row.Key);
        if (work.LinkHandles.Find(other) != handle)
        {
            work.LinkHandles = work.Add(work.LinkHandles, other, handle);
        }
    }

    /// <summary>One side has lost its row: the requester's takes the link away.</summary>
    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.LinkHandles.Find(key) is >= 0 and int handle)
        {
            if (work.Links[handle].Row == key)
            {
                work.Links.Edit(handle) = work.Links[handle] with { Near = -1, Far = -1, Works = false };
            }

            work.LinkHandles = work.Add(work.LinkHandles, key, -1);
        }
    }

    private static void Set(Workspace work, Link link)
    {
        int handle = work.LinkHandles.Find(link.Row);
        if (handle < 0)
        {
            work.LinkHandles = work.Add(work.LinkHandles, link.Row, work.Links.Add(link));
        }
        else
        {
            work.Links.Edit(handle) = link;
        }
    }

    /// <summary>The VPC of one side. A side that was never told, as of a request that failed, has no part in it, whatever becomes of its VPC.</summary>
    private static int DomainOf(Workspace work, PeeringSide side, VpcPeeringConnection row)
    {
        int place = work.PlaceOf(side.Partition);
        return work.PartitionAt(place).Find(row.Id) is null ? -1 : work.DomainHandles.Find(new RowKey(place, side.VpcId.Value));
    }
}
