using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>
/// VPN gateway → exit, with the route table of its edge association. What it knows of prefixes is settled routing's to say.
/// Source: AWS Site-to-Site VPN, "Virtual private gateway"; "Gateway route tables".
/// </summary>
internal static class VpnGateways
{
    public static void Put(Workspace work, int partition, VpnGateway row)
    {
        RowKey key = new(partition, row.Key);
        int domain = row.AttachedVpc is { } vpc ? work.DomainHandles.Find(new RowKey(partition, vpc.Value)) : -1;
        Exit exit = new(key, domain, InternetGateways.EdgeRoutesOf(work, partition, row.Key));
        int handle = work.ExitHandles.Find(key);
        if (handle < 0)
        {
            work.ExitHandles = work.Add(work.ExitHandles, key, work.Exits.Add(exit));
        }
        else
        {
            work.Exits.Edit(handle) = exit;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.ExitHandles.Find(key) is >= 0 and int handle)
        {
            work.Exits.Edit(handle) = new Exit(key, -1, -1);
            work.ExitHandles = work.Add(work.ExitHandles, key, -1);
        }
    }
}
