using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>The customer's own ranges: reachable once they are advertised. Source: AWS, "Bring your own IP addresses".</summary>
internal static class ByoipCidrs
{
    public static void Index(Workspace work)
    {
        List<Addressing.Prefix> unannounced = [];
        foreach (Partition partition in work.Cloud.Partitions.Values)
        {
            foreach (ByoipCidr row in partition.All<ByoipCidr>())
            {
                if (!row.IsAdvertised)
                {
                    unannounced.Add(row.Cidr);
                }
            }
        }

        work.Unannounced = [.. unannounced];
    }
}
