using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Subnet → segment, with the route table and network ACL that serve it. Source: AWS, "Subnet route tables".</summary>
internal static class Subnets
{
    public static void Put(Workspace work, int partition, Subnet row)
    {
        RowKey key = new(partition, row.Key);
        if (row.Owner is { } owner)
        {
            PutCopy(work, work.PlaceOf(work.KeyOf(partition) with { Account = owner }), key);
            return;
        }

        Partition rows = work.PartitionAt(partition);
        RouteTable? routes = RoutesOf(rows, row);
        NetworkAcl? acl = AclOf(rows, row);
        Prefix[] blocks6 = [.. row.Ipv6Cidrs.Select(a => a.Cidr)];
        Segment segment = new()
        {
            Domain = work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)),
            Routes = routes is null ? -1 : work.RouteMapHandles.Find(new RowKey(partition, routes.Key)),
            Gate = acl is null ? -1 : work.GateHandles.Find(new RowKey(partition, acl.Key)),
            First = row.Cidr is { } cidr ? cidr.First.V4Bits : uint.MaxValue,
            Last = row.Cidr is { } same ? same.Last.V4Bits : 0,
            Access = AccessOf(rows, row),
            More = new SegmentMore(key, row.Cidr, blocks6, ZoneOf(work.KeyOf(partition), row.Zone)),
        };
        int handle = work.SegmentHandles.Find(key);
        if (handle < 0)
        {
            work.SegmentHandles = work.Add(work.SegmentHandles, key, work.Segments.Add(segment));
        }
        else
        {
            work.Segments.Edit(handle) = segment;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.SegmentHandles.Find(key) >= 0)
        {
            work.SegmentHandles = work.Add(work.SegmentHandles, key, -1);
        }
    }

    /// <summary>A copy of a shared subnet is its owner's segment, under another name.</summary>
    private static void PutCopy(Workspace work, int ownerPlace, RowKey key)
    {
        RowKey original = new(ownerPlace, key.Id);
        if (work.SegmentHandles.Find(original) < 0 && work.PartitionAt(ownerPlace).Find(new Id<Subnet>(key.Id)) is { } row)
        {
            Put(work, ownerPlace, row);
        }

        work.SegmentHandles = work.Add(work.SegmentHandles, key, work.SegmentHandles.Find(original));
    }

    private static OutsideAccess AccessOf(Partition rows, Subnet row) => BlockPublicAccess.Of(rows, row.Id, row.VpcId).Access switch
    {
        PublicAccess.Open => OutsideAccess.Open,
        PublicAccess.EgressOnly => OutsideAccess.OutwardOnly,
        _ => OutsideAccess.Closed,
    };

    /// <summary>The zone's id: its name means another zone to another account.</summary>
    public static string ZoneOf(PartitionKey at, string name)
    {
        foreach (Zone zone in Regions.ZonesOf(at.Account, at.Region))
        {
            if (zone.Name == name)
            {
                return zone.ZoneId;
            }
        }

        return "";
    }

    /// <summary>The subnet's own table, or the VPC's main one.</summary>
    private static RouteTable? RoutesOf(Partition rows, Subnet subnet)
    {
        foreach (RouteTable table in rows.By<RouteTable>(subnet.Key))
        {
            foreach (RouteTableAssociation association in table.Associations)
            {
                if (association.SubnetId == subnet.Id)
                {
                    return table;
                }
            }
        }

        foreach (RouteTable table in rows.By<RouteTable>(subnet.VpcId.Value))
        {
            if (table.IsMain)
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>The subnet's own ACL, or the VPC's default one.</summary>
    private static NetworkAcl? AclOf(Partition rows, Subnet subnet)
    {
        foreach (NetworkAcl acl in rows.By<NetworkAcl>(subnet.Key))
        {
            return acl;
        }

        foreach (NetworkAcl acl in rows.By<NetworkAcl>(subnet.VpcId.Value))
        {
            if (acl.IsDefault)
            {
                return acl;
            }
        }

        return null;
    }
}
