using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Which parts of the topology a change of the cloud touches.</summary>
internal sealed class Relevance
{
    private readonly Topology topology;
    private readonly CloudSnapshot next;

    private Relevance(Topology topology, CloudSnapshot next)
    {
        this.topology = topology;
        this.next = next;
    }

    /// <summary>Lines, exits, junctions, routers: all that is no hub's own.</summary>
    public bool Lines { get; private set; }

    /// <summary>Hubs that are to be read anew.</summary>
    public SortedSet<string> Hubs { get; } = new(StringComparer.Ordinal);

    /// <summary>Hubs' tables of which only the written routes have changed.</summary>
    public List<(string Hub, TransitGatewayRouteTable Table)> Tables { get; } = [];

    public bool IsNothing => !Lines && Hubs.Count == 0 && Tables.Count == 0;

    public static Relevance Of(Topology topology, CloudSnapshot before, CloudSnapshot next, IReadOnlyList<Change> changes)
    {
        Relevance relevance = new(topology, next)
        {
            Lines = !ReferenceEquals(before.World, next.World)
                && (before.World.Sites != next.World.Sites || before.World.Roles != next.World.Roles || before.World.Failures != next.World.Failures),
        };
        foreach (Change change in changes)
        {
            relevance.Follow(change);
        }

        // What is read anew holds the written routes too.
        relevance.Tables.RemoveAll(t => relevance.Hubs.Contains(t.Hub) || !topology.Hubs.ContainsKey(t.Hub));
        relevance.Lines |= relevance.Hubs.Count > 0;
        return relevance;
    }

    private void Follow(Change change)
    {
        Partition rows = next.Partition(change.Partition);
        switch (change.After ?? change.Before)
        {
            case TransitGatewayRouteTable:
                FollowTable(rows, change.Before as TransitGatewayRouteTable, change.After as TransitGatewayRouteTable);
                break;
            case TransitGateway:
                Hubs.Add(change.Key);
                break;
            case TransitGatewayAttachment:
                FollowSpoke(change.Before as TransitGatewayAttachment, change.After as TransitGatewayAttachment);
                break;
            case Vpc:
                FollowDomain(rows, change.Key);
                break;
            case PrefixList:
                foreach (TransitGatewayRouteTable table in rows.By<TransitGatewayRouteTable>(PrefixList.ReferenceWord(change.Key)))
                {
                    Hubs.Add(table.TransitGatewayId.Value);
                }

                Lines |= !next.World.Roles.IsEmpty;
                break;
            case VpnGateway or VpnConnection or CustomerGateway or TransitGatewayConnectPeer:
            case DxGateway or DxGatewayAssociation or DxVirtualInterface or DxConnection or DxLag:
                Lines = true;
                break;
            case Instance or NetworkInterface or ElasticIp or RouteTable or InternetGateway or SecurityGroup or NetworkAcl:
                Lines |= !next.World.Roles.IsEmpty;
                break;
        }
    }

    private void FollowTable(Partition rows, TransitGatewayRouteTable? before, TransitGatewayRouteTable? after)
    {
        if (before is null || after is null || !before.Propagations.AsSpan().SequenceEqual(after.Propagations.AsSpan()))
        {
            Hubs.Add((after ?? before)!.TransitGatewayId.Value);
        }
        else if (rows.Find(after.Id) is { } now)
        {
            Tables.Add((after.TransitGatewayId.Value, now));
        }
    }

    private void FollowSpoke(TransitGatewayAttachment? before, TransitGatewayAttachment? after)
    {
        foreach (TransitGatewayAttachment row in new[] { before, after }.OfType<TransitGatewayAttachment>())
        {
            if (row.IsHome)
            {
                Hubs.Add(row.TransitGatewayId.Value);
            }
        }
    }

    /// <summary>A VPC's blocks are told by the hubs it is attached to, the exit that is attached to it, and that exit's junctions.</summary>
    private void FollowDomain(Partition rows, string vpc)
    {
        foreach (TransitGatewayAttachment spoke in rows.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc)))
        {
            Hubs.Add(spoke.TransitGatewayId.Value);
        }

        Lines |= rows.By<VpnGateway>(vpc).Any();
        Hubs.RemoveWhere(h => !topology.Hubs.ContainsKey(h) && !Exists(h));
    }

    private bool Exists(string hub)
    {
        foreach ((PartitionKey _, Partition rows) in next.Partitions)
        {
            if (rows.Find(new Id<TransitGateway>(hub)) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
