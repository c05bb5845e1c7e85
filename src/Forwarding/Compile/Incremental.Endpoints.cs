using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>What changes of endpoints and of block public access touch.</summary>
internal sealed partial class Incremental
{
    private void FollowEndpoint(int place, VpcEndpoint? row)
    {
        foreach (Id<NetworkInterface> door in row?.NetworkInterfaceIds ?? [])
        {
            nics.Add(new RowKey(place, door.Value));
        }
    }

    private void FollowExclusion(int place, Partition rows, BlockPublicAccessExclusion row)
    {
        if (row.SubnetId is { } subnet)
        {
            subnets.Add(new RowKey(place, subnet.Value));
        }
        else
        {
            AddAll(subnets, place, rows.By<Subnet>(row.VpcId!.Value.Value));
        }
    }
}
