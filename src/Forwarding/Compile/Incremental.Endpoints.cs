using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>What changes of endpoints, of block public access and of groups in other VPCs touch.</summary>
internal sealed partial class Incremental
{
    /// <returns>False: the kind is none of these.</returns>
    private bool FollowService(int place, Partition rows, Change change)
    {
        RowKey key = new(place, change.Key);
        switch (change.After ?? change.Before)
        {
            case VpcEndpoint:
                entrances.Add(key);
                FollowEndpoint(place, change.Before as VpcEndpoint);
                FollowEndpoint(place, change.After as VpcEndpoint);
                AddAll(tables, place, rows.By<RouteTable>(change.Key));
                return true;
            case VpcEndpointService:
                offers.Add(key);
                return true;
            case BlockPublicAccess:
                AddAll(subnets, place, rows.All<Subnet>());
                return true;
            case BlockPublicAccessExclusion exclusion:
                FollowExclusion(place, rows, exclusion);
                return true;
            case SecurityGroupVpcAssociation association:
                groups.Add(new RowKey(place, association.GroupId.Value));
                return true;
            case LoadBalancer or ClassicLoadBalancer or Listener or ListenerRule or TargetGroup:
                FollowBalancer(place, rows, change);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Groups of other VPCs that are associated with this one.</summary>
    private void FollowVisitors(int place, Partition rows, string vpc)
    {
        foreach (SecurityGroupVpcAssociation association in rows.By<SecurityGroupVpcAssociation>(vpc))
        {
            groups.Add(new RowKey(place, association.GroupId.Value));
        }
    }

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
