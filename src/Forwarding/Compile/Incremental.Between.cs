using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding.Compile;

/// <summary>What changes of peerings, transit gateways, VPN gateways and of what routers know touch.</summary>
internal sealed partial class Incremental
{
    private static readonly string ExitPrefix = $"{VpnGateway.IdPrefix}-";

    private readonly HashSet<RowKey> links = [];
    private readonly HashSet<RowKey> hubs = [];
    private readonly HashSet<RowKey> spokes = [];
    private readonly HashSet<RowKey> exits = [];

    /// <returns>False: the kind is none of these.</returns>
    private bool FollowBetween(int place, Partition rows, Change change)
    {
        RowKey key = new(place, change.Key);
        switch (change.After ?? change.Before)
        {
            case VpcPeeringConnection row:
                links.Add(key);
                links.Add(new RowKey(work.PlaceOf(row.Requester.Partition), change.Key));
                FollowSide(row.Requester.Partition, change.Key);
                FollowSide(row.Accepter.Partition, change.Key);
                return true;
            case TransitGateway:
                hubs.Add(key);
                return true;
            case TransitGatewayAttachment:
                FollowSpoke(change.Before as TransitGatewayAttachment);
                FollowSpoke(change.After as TransitGatewayAttachment);
                return true;
            case VpnGateway:
                exits.Add(key);
                FollowExit(place, rows, change.Before as VpnGateway);
                FollowExit(place, rows, change.After as VpnGateway);
                AddAll(tables, place, rows.By<RouteTable>(change.Key));
                return true;
            default:
                return SpeakerKinds.Has(change.Kind);
        }
    }

    private void FollowSide(PartitionKey side, string peering)
    {
        int place = work.PlaceOf(side);
        AddAll(tables, place, work.PartitionAt(place).By<RouteTable>(peering));
    }

    private void FollowSpoke(TransitGatewayAttachment? row)
    {
        if (row is null)
        {
            return;
        }

        spokes.Add(new RowKey(work.PlaceOf(row.TransitGatewayOwner), row.Key));
        if (row.FarEnd is { } far)
        {
            spokes.Add(new RowKey(work.PlaceOf(far.Owner), far.AttachmentId.Value));
        }

        int place = work.PlaceOf(row.ResourceOwner);
        AddAll(tables, place, work.PartitionAt(place).By<RouteTable>(row.TransitGatewayId.Value));
    }

    /// <summary>Every table of the VPC: those that lead to the gateway, and those it propagates to.</summary>
    private void FollowExit(int place, Partition rows, VpnGateway? row)
    {
        if (row?.Attachment is { } attachment)
        {
            AddAll(tables, place, rows.By<RouteTable>(attachment.VpcId.Value));
        }
    }

    /// <summary>What is made of a VPC's handle.</summary>
    private void FollowNetwork(int place, Partition rows, string vpc)
    {
        foreach (VpcPeeringConnection row in rows.By<VpcPeeringConnection>(VpcPeeringConnection.VpcWord(new Id<Vpc>(vpc))))
        {
            links.Add(new RowKey(work.PlaceOf(row.Requester.Partition), row.Key));
        }

        foreach (TransitGatewayAttachment row in rows.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc)))
        {
            spokes.Add(new RowKey(work.PlaceOf(row.TransitGatewayOwner), row.Key));
        }

        AddAll(exits, place, rows.By<VpnGateway>(vpc));
    }

    /// <summary>The spoke that an interface is a door of.</summary>
    private void FollowDoor(Partition rows, string eni)
    {
        if (!rows.Table<TransitGatewayAttachment>().Any(eni))
        {
            return;
        }

        foreach (TransitGatewayAttachment row in rows.By<TransitGatewayAttachment>(eni))
        {
            spokes.Add(new RowKey(work.PlaceOf(row.TransitGatewayOwner), row.Key));
        }
    }

    private void WorkBetween()
    {
        Each<VpcPeeringConnection>(links, Peerings.Put, Peerings.Remove);
        Each<TransitGateway>(hubs, TransitGateways.Put, TransitGateways.Remove);
        Each<TransitGatewayAttachment>(spokes, TransitGateways.Put, TransitGateways.RemoveSpoke);
        Each<VpnGateway>(exits, VpnGateways.Put, VpnGateways.Remove);
    }

    /// <summary>Settles what routers know, and takes up the tables into which it is propagated.</summary>
    private void Settle(ForwardingState before, IReadOnlyList<Change> changes)
    {
        work.Routes = Settler.Settle(before.Routes, before.Cloud, work.Cloud, changes);
        if (work.Routes.Touched is { } touched)
        {
            string last = "";
            foreach ((string speaker, _) in touched)
            {
                if (speaker != last && speaker.StartsWith(ExitPrefix, StringComparison.Ordinal) && work.Routes.SpeakerOf(speaker) is { } exit)
                {
                    FollowPropagation(work.PlaceOf(exit.Partition), speaker);
                }

                last = speaker;
            }
        }
        else
        {
            foreach (PartitionKey key in work.Cloud.Partitions.Keys)
            {
                int place = work.PlaceOf(key);
                AddAll(tables, place, work.PartitionAt(place).All<RouteTable>().Where(t => !t.PropagatingGateways.IsEmpty));
            }
        }
    }

    private void FollowPropagation(int place, string gateway)
    {
        Partition rows = work.PartitionAt(place);
        if (rows.Table<VpnGateway>().Find(gateway)?.Attachment is { } attachment)
        {
            AddAll(tables, place, rows.By<RouteTable>(attachment.VpcId.Value).Where(t => t.PropagatingGateways.Contains(gateway)));
        }
    }
}
