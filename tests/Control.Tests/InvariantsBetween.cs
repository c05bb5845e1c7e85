using System.Text.Json;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Store;

namespace Trunkline.Tests.Control;

/// <summary>What holds of what stands between networks, whatever was asked: rows that two see agree, and nothing refers to what is gone.</summary>
internal static class InvariantsBetween
{
    public static void MustHold(CloudSnapshot cloud)
    {
        foreach (Partition here in cloud.Partitions.Values)
        {
            PeeringsStandAtBothSides(cloud, here);
            AttachmentsStandAtBothSides(cloud, here);
            AttachmentsHoldWhatIsThere(cloud, here);
            DoorsAreTheirs(here);
            TablesKnowTheirOwn(here);
            ExitsAreOnTheirVpcs(here);
            ConnectionsHaveTheirEnds(here);
        }

        IpAddress[] outside =
        [
            .. cloud.Partitions.Values.SelectMany(p => p.All<VpnConnection>()).Where(v => v.State != VpnState.Deleted)
                .SelectMany(v => v.Tunnels).Select(t => t.OutsideIp),
        ];
        Assert.Equal(outside.Length, outside.Distinct().Count());
    }

    private static void PeeringsStandAtBothSides(CloudSnapshot cloud, Partition here)
    {
        foreach (VpcPeeringConnection row in here.All<VpcPeeringConnection>())
        {
            PartitionKey[] sides = [row.Requester.Partition, row.Accepter.Partition];
            Assert.Contains(here.Key, sides);
            foreach (PartitionKey side in sides.Where(s => row.Status != PeeringStatus.Failed || cloud.Partition(s).Find(row.Id) is not null))
            {
                Agree(row with { Tags = Tags.None }, cloud.Partition(side).Get(row.Id) with { Tags = Tags.None });
            }

            if (!row.IsActive)
            {
                continue;
            }

            Vpc[] vpcs = [.. new[] { row.Requester, row.Accepter }.Select(s => cloud.Partition(s.Partition).Get(s.VpcId))];
            Assert.Equal(vpcs[0].Cidrs.Select(c => c.Cidr), row.Requester.Cidrs);
            Assert.Equal(vpcs[1].Cidrs.Select(c => c.Cidr), row.Accepter.Cidrs);
            Assert.False(row.Requester.Cidrs.Any(a => row.Accepter.Cidrs.Any(a.Overlaps)), $"{row.Key} is active between VPCs that overlap");
        }
    }

    /// <summary>A copy with the gateway's owner, and one with the resource's; a peering has two ends of its own.</summary>
    private static void AttachmentsStandAtBothSides(CloudSnapshot cloud, Partition here)
    {
        foreach (TransitGatewayAttachment row in here.All<TransitGatewayAttachment>())
        {
            Assert.Equal(here.Key, row.At);
            if (row.Peering is { } peering)
            {
                TransitGatewayEnd end = row.FarEnd!;
                Assert.Equal(row.ResourceId, end.Id.Value);
                TransitGatewayAttachment? far = cloud.Partition(end.Owner).Find(end.AttachmentId);
                Assert.True(far is not null || row.IsEnded, $"{row.Key}: the other end {end.AttachmentId} is not there");
                Assert.True(far is null || far.State == row.State, $"{row.Key} is {row.State}, its other end {far?.State}");
                Assert.True(far is null || far.Peering!.Requester == peering.Requester, $"{row.Key} and its other end are of different peerings");
                continue;
            }

            foreach (PartitionKey side in (PartitionKey[])[row.TransitGatewayOwner, row.ResourceOwner])
            {
                TransitGatewayAttachment? copy = cloud.Partition(side).Find(row.Id);
                Assert.True(copy is not null || row.IsEnded, $"{row.Key} stands in {here.Key} and not in {side}");
                if (copy is not null)
                {
                    Agree(Neutral(row), Neutral(copy));
                }
            }
        }

        TransitGatewayAttachment Neutral(TransitGatewayAttachment row) =>
            row with { At = row.TransitGatewayOwner, AssociatedTableId = null, Tags = Tags.None };
    }

    private static void AttachmentsHoldWhatIsThere(CloudSnapshot cloud, Partition here)
    {
        foreach (TransitGatewayAttachment row in here.All<TransitGatewayAttachment>().Where(a => a.IsHome))
        {
            if (row.IsEnded)
            {
                Assert.True(row.AssociatedTableId is null && row.Doors.IsEmpty, $"{row.Key} has ended and holds a table or interfaces");
                Assert.Empty(here.By<TransitGatewayConnectPeer>(row.Key));
                continue;
            }

            Assert.NotNull(here.Find(row.TransitGatewayId));
            Assert.True(
                row.AssociatedTableId is not { } table || here.Get(table).TransitGatewayId == row.TransitGatewayId,
                $"{row.Key} is associated with another gateway's table");
            Partition owner = cloud.Partition(row.ResourceOwner);
            bool isThere = row.Type switch
            {
                TransitGatewayAttachmentType.Vpc => owner.Find(new Id<Vpc>(row.ResourceId)) is not null && !row.Doors.IsEmpty,
                TransitGatewayAttachmentType.Vpn =>
                    owner.Find(new Id<VpnConnection>(row.ResourceId)) is { State: not VpnState.Deleted } vpn
                    && vpn.TransitGatewayAttachmentId == row.Key && vpn.TransitGatewayId == row.TransitGatewayId.Value,
                TransitGatewayAttachmentType.Connect =>
                    here.Find(row.TransportAttachmentId!.Value) is { State: TransitGatewayAttachmentState.Available } under
                    && under.TransitGatewayId == row.TransitGatewayId,
                TransitGatewayAttachmentType.DirectConnectGateway => GlobalOf(cloud, row.ResourceOwner.Account)
                    .By<DxGatewayAssociation>(DxWords.Gateway(row.ResourceId)).Any(a => a.AttachmentId == row.Key),
                _ => true,
            };
            Assert.True(isThere, $"{row.Key} attaches {row.Type} {row.ResourceId}, which is not there");
        }
    }

    /// <summary>Each interface of a transit gateway's is a door of one attachment that stands.</summary>
    private static void DoorsAreTheirs(Partition here)
    {
        TransitGatewayDoor[] doors =
            [.. here.All<TransitGatewayAttachment>().Where(a => a.At == a.ResourceOwner && !a.IsEnded).SelectMany(a => a.Doors)];
        Assert.All(doors, d => Assert.Equal(d.SubnetId, here.Get(d.NetworkInterfaceId).SubnetId));
        Assert.Equal(
            here.All<NetworkInterface>().Where(i => i.InterfaceType == "transit_gateway").Select(i => i.Key).Order(StringComparer.Ordinal),
            doors.Select(d => d.NetworkInterfaceId.Value).Order(StringComparer.Ordinal));
    }

    private static void TablesKnowTheirOwn(Partition here)
    {
        foreach (TransitGatewayRouteTable table in here.All<TransitGatewayRouteTable>())
        {
            Assert.All(table.Propagations, p => Assert.Equal(
                (table.TransitGatewayId, TransitGatewayAttachmentState.Available), (here.Get(p).TransitGatewayId, here.Get(p).State)));
            Assert.Equal(table.StaticRoutes.Length, table.StaticRoutes.DistinctBy(r => r.Cidr).Count());
            Assert.Equal(table.PrefixListReferences.Length, table.PrefixListReferences.DistinctBy(r => r.PrefixListId).Count());
            Assert.All(
                table.StaticRoutes.Select(r => r.AttachmentId).Concat(table.PrefixListReferences.Select(r => r.AttachmentId)).OfType<Id<TransitGatewayAttachment>>(),
                target => Assert.True(here.Find(target) is not { } there || there.TransitGatewayId == table.TransitGatewayId));
        }

        Assert.All(
            here.All<TransitGateway>().SelectMany(g => new[] { g.AssociationDefaultRouteTableId, g.PropagationDefaultRouteTableId }.OfType<Id<TransitGatewayRouteTable>>()
                .Select(t => (Gateway: g, Table: t))),
            d => Assert.Equal(d.Gateway.Id, here.Get(d.Table).TransitGatewayId));
        Assert.All(
            here.All<TransitGatewayConnectPeer>(),
            p => Assert.Equal(TransitGatewayAttachmentType.Connect, here.Get(p.AttachmentId).Type));
    }

    private static void ExitsAreOnTheirVpcs(Partition here)
    {
        VpnGateway[] attached = [.. here.All<VpnGateway>().Where(g => g.Attachment is not null)];
        Assert.All(attached, g => Assert.Equal(VpnState.Available, g.State));
        Assert.Equal(attached.Length, attached.DistinctBy(g => g.Attachment!.VpcId).Count());
        foreach (RouteTable table in here.All<RouteTable>())
        {
            Assert.All(table.PropagatingGateways, id => Assert.Equal(table.VpcId, here.Get(new Id<VpnGateway>(id)).AttachedVpc));
            Assert.All(
                table.Associations.Where(a => a.GatewayId?.StartsWith("vgw-", StringComparison.Ordinal) == true),
                a => Assert.Equal(table.VpcId, here.Get(new Id<VpnGateway>(a.GatewayId!)).AttachedVpc));
        }
    }

    private static void ConnectionsHaveTheirEnds(Partition here)
    {
        foreach (VpnConnection row in here.All<VpnConnection>().Where(v => v.State != VpnState.Deleted))
        {
            Assert.NotEqual(VpnState.Deleted, here.Get(row.CustomerGatewayId).State);
            Assert.True(row.VpnGatewayId is not { } exit || here.Get(exit).State != VpnState.Deleted, $"{row.Key} ends at a gateway that is gone");
            Assert.False(row.VpnGatewayId is not null && row.TransitGatewayId is not null, $"{row.Key} has two ends");
            Assert.True(
                row.TransitGatewayId is null
                    ? row.TransitGatewayAttachmentId is null
                    : here.Get(new Id<TransitGatewayAttachment>(row.TransitGatewayAttachmentId!)).ResourceId == row.Key,
                $"{row.Key} and its attachment do not agree");
        }

        Assert.All(
            here.All<VpnConnection>().Where(v => v is { State: not VpnState.Deleted, VpnGatewayId: not null })
                .GroupBy(v => (v.VpnGatewayId, v.CustomerGatewayId)),
            same => Assert.Single(same));
    }

    internal static Partition GlobalOf(CloudSnapshot cloud, string account) => cloud.Partition(new PartitionKey(account, "us-east-1"));

    /// <summary>As they would be kept: a record with arrays in it is not equal to a copy of it.</summary>
    internal static void Agree<T>(T one, T other) =>
        Assert.Equal(JsonSerializer.Serialize(one, RowJson.Options), JsonSerializer.Serialize(other, RowJson.Options));
}
