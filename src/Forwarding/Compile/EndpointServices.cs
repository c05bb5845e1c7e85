using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Endpoint service → offer. Who may use it is the endpoint's state. Source: AWS PrivateLink, "Create a service".</summary>
internal static class EndpointServices
{
    /// <summary>The offer's handle; it gets one on first mention, its row need not exist.</summary>
    public static int Declare(Workspace work, RowKey key)
    {
        int handle = work.OfferHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Offers.Add(new Offer(key, []));
            work.OfferHandles = work.Add(work.OfferHandles, key, handle);
        }

        return handle;
    }

    public static void Put(Workspace work, int partition, VpcEndpointService row)
    {
        int handle = Declare(work, new RowKey(partition, row.Key));
        ImmutableArray<int> balancers = [.. row.LoadBalancerKeys.Select(key => Balancers.Declare(work, new RowKey(partition, key)))];
        ref Offer offer = ref work.Offers.Edit(handle);
        offer = offer with { Balancers = balancers };
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        if (work.OfferHandles.Find(new RowKey(partition, id)) is >= 0 and int handle)
        {
            ref Offer offer = ref work.Offers.Edit(handle);
            offer = offer with { Balancers = [] };
        }
    }
}
