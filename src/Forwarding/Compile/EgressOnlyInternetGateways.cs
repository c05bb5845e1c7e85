using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Egress-only internet gateway → one-way border.</summary>
internal static class EgressOnlyInternetGateways
{
    public static void Put(Workspace work, int partition, EgressOnlyInternetGateway row)
    {
        RowKey key = new(partition, row.Key);
        int domain = work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value));
        int handle = work.OneWayHandles.Find(key);
        if (handle < 0)
        {
            handle = work.OneWays.Add(new OneWayBorder(key, domain));
            work.OneWayHandles = work.Add(work.OneWayHandles, key, handle);
        }
        else
        {
            work.OneWays.Edit(handle) = new OneWayBorder(key, domain);
        }

        if (domain >= 0)
        {
            work.Domains.Edit(domain).OneWay = handle;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.OneWayHandles.Find(key) is >= 0 and int handle)
        {
            int domain = work.OneWays[handle].Domain;
            if (domain >= 0 && work.Domains[domain].OneWay == handle)
            {
                work.Domains.Edit(domain).OneWay = -1;
            }

            work.OneWays.Edit(handle) = new OneWayBorder(key, -1);
            work.OneWayHandles = work.Add(work.OneWayHandles, key, -1);
        }
    }
}
