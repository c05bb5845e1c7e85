using Trunkline.Cloud;

namespace Trunkline.Tests.Control;

/// <summary>What holds of Direct Connect and of Network Manager's gateways, whatever was asked.</summary>
internal static class InvariantsDirectConnect
{
    public static void MustHold(CloudSnapshot cloud)
    {
        foreach (Partition here in cloud.Partitions.Values)
        {
            PortsAreWhole(cloud, here);
            InterfacesAreWhole(cloud, here);
            GatewaysAreWhole(cloud, here);
            RegisteredIsThere(cloud, here);
        }
    }

    private static void PortsAreWhole(CloudSnapshot cloud, Partition here)
    {
        foreach (DxConnection row in here.All<DxConnection>())
        {
            if (row.State == DxPortState.Rejected)
            {
                // The provider is shown that it was declined; its owner is not.
                Assert.Equal(row.ParentOwnerId, here.Account);
                Assert.Null(cloud.Partition(here.Key with { Account = row.OwnerId }).Find(row.Id));
            }

            foreach (string account in new[] { row.OwnerId, row.ParentOwnerId }.OfType<string>().Where(_ => row.State != DxPortState.Rejected))
            {
                DxConnection? copy = cloud.Partition(here.Key with { Account = account }).Find(row.Id);
                Assert.True(copy is not null, $"{row.Key} is not there for {account}");
                InvariantsBetween.Agree(row with { Tags = Tags.None }, copy with { Tags = Tags.None });
            }

            Partition owner = cloud.Partition(here.Key with { Account = row.OwnerId });
            Partition parent = cloud.Partition(here.Key with { Account = row.ParentOwnerId ?? row.OwnerId });
            Assert.True(row.LagId is not { } lag || owner.Get(lag).Location == row.Location, $"{row.Key} is not where its bundle is");
            Assert.True(
                row.ParentId is not { } host || parent.Find(new Id<DxConnection>(host)) is { IsHosted: false } || parent.Find(new Id<DxLag>(host)) is not null,
                $"{row.Key} is hosted on {row.ParentId}, which is not there");
        }

        foreach (IGrouping<string, DxConnection> hosted in here.All<DxConnection>()
            .Where(c => c.ParentId is not null && c.ParentOwnerId == here.Account && c.State != DxPortState.Rejected).GroupBy(c => c.ParentId!))
        {
            Assert.Equal(hosted.Count(), hosted.DistinctBy(c => c.Vlan).Count());
        }
    }

    private static void InterfacesAreWhole(CloudSnapshot cloud, Partition here)
    {
        foreach (DxVirtualInterface row in here.All<DxVirtualInterface>().Where(v => v.State != DxInterfaceState.Deleted))
        {
            foreach (string account in (string[])[row.OwnerId, row.ConnectionOwnerId])
            {
                DxVirtualInterface? copy = cloud.Partition(here.Key with { Account = account }).Find(row.Id);
                Assert.True(copy is not null, $"{row.Key} is not there for {account}");
                InvariantsBetween.Agree(row with { Tags = Tags.None }, copy with { Tags = Tags.None });
            }

            if (row.State == DxInterfaceState.Rejected)
            {
                continue;
            }

            Partition under = cloud.Partition(here.Key with { Account = row.ConnectionOwnerId });
            Assert.True(
                under.Find(new Id<DxConnection>(row.ConnectionId)) is { State: DxPortState.Available } || under.Find(new Id<DxLag>(row.ConnectionId)) is not null,
                $"{row.Key} is on {row.ConnectionId}, which is not there");
            Partition owner = cloud.Partition(here.Key with { Account = row.OwnerId });
            Assert.True(
                row.VirtualGatewayId is not { } exit || owner.Find(new Id<VpnGateway>(exit)) is { State: not VpnState.Deleted },
                $"{row.Key} ends at {row.VirtualGatewayId}, which is not there");
            Assert.True(
                row.DirectConnectGatewayId is not { } gateway || InvariantsBetween.GlobalOf(cloud, row.OwnerId).Find(gateway) is not null,
                $"{row.Key} ends at {row.DirectConnectGatewayId}, which is not there");
        }

        foreach (IGrouping<string, DxVirtualInterface> there in here.All<DxVirtualInterface>()
            .Where(v => v.State is DxInterfaceState.InUse or DxInterfaceState.Confirming && v.ConnectionOwnerId == here.Account).GroupBy(v => v.ConnectionId))
        {
            Assert.Equal(there.Count(), there.DistinctBy(v => v.Vlan).Count());
        }

        Assert.All(
            here.All<DxFailoverTest>().Where(t => !t.Ended),
            t => Assert.True(
                here.Find(t.VirtualInterfaceId) is { State: not DxInterfaceState.Deleted }, $"test {t.Key} holds {t.VirtualInterfaceId} down, which is gone"));
    }

    private static void GatewaysAreWhole(CloudSnapshot cloud, Partition here)
    {
        foreach (DxGatewayAssociation row in here.All<DxGatewayAssociation>())
        {
            foreach (string account in (string[])[row.GatewayOwnerId, row.Associated.OwnerId])
            {
                DxGatewayAssociation? copy = InvariantsBetween.GlobalOf(cloud, account).Find(row.Id);
                Assert.True(copy is not null, $"{row.Key} is not there for {account}");
                InvariantsBetween.Agree(row, copy);
            }

            Assert.NotNull(InvariantsBetween.GlobalOf(cloud, row.GatewayOwnerId).Find(row.GatewayId));
            AssociatedIsThere(cloud, row.Key, row.Associated);
            Assert.True(
                row.AttachmentId is not { } attachment || cloud.Partition(new PartitionKey(row.Associated.OwnerId, row.Associated.Region))
                    .Find(new Id<TransitGatewayAttachment>(attachment)) is { IsEnded: false } there && there.ResourceId == row.GatewayId.Value,
                $"{row.Key} is attached by {row.AttachmentId}, which is not there");
        }

        foreach (DxGatewayProposal row in here.All<DxGatewayProposal>())
        {
            foreach (string account in (string[])[row.GatewayOwnerId, row.Associated.OwnerId])
            {
                DxGatewayProposal? copy = InvariantsBetween.GlobalOf(cloud, account).Find(row.Id);
                Assert.True(copy is not null, $"{row.Key} is not there for {account}");
                InvariantsBetween.Agree(row, copy);
            }

            Assert.NotNull(InvariantsBetween.GlobalOf(cloud, row.GatewayOwnerId).Find(row.GatewayId));
            AssociatedIsThere(cloud, row.Key, row.Associated);
        }
    }

    private static void AssociatedIsThere(CloudSnapshot cloud, string who, DxAssociatedGateway associated)
    {
        Partition at = cloud.Partition(new PartitionKey(associated.OwnerId, associated.Region));
        Assert.True(
            at.Find(new Id<VpnGateway>(associated.Id)) is { State: not VpnState.Deleted } || at.Find(new Id<TransitGateway>(associated.Id)) is not null,
            $"{who} associates {associated.Id}, which is not there");
    }

    /// <summary>What a global network names is there.</summary>
    private static void RegisteredIsThere(CloudSnapshot cloud, Partition here)
    {
        Assert.All(here.All<TransitGatewayRegistration>(), r => Assert.True(
            At(r.TransitGatewayArn).Table<TransitGateway>().Find(IdOf(r.TransitGatewayArn)) is not null, $"{r.TransitGatewayArn} is registered and not there"));
        Assert.All(here.All<NmCustomerGatewayAssociation>(), a => Assert.True(
            At(a.CustomerGatewayArn).Table<CustomerGateway>().Find(IdOf(a.CustomerGatewayArn)) is { State: not VpnState.Deleted },
            $"{a.CustomerGatewayArn} is associated and not there"));
        Assert.All(here.All<NmConnectPeerAssociation>(), a => Assert.True(
            At(a.ConnectPeerArn).Table<TransitGatewayConnectPeer>().Find(IdOf(a.ConnectPeerArn)) is not null, $"{a.ConnectPeerArn} is associated and not there"));
        Assert.All(here.All<NmCustomerGatewayAssociation>(), a => Assert.NotNull(here.Table<NmDevice>().Find(a.DeviceKey)));
        Assert.All(here.All<NmConnectPeerAssociation>(), a => Assert.NotNull(here.Table<NmDevice>().Find(a.DeviceKey)));

        Partition At(string arn) => cloud.Partition(new PartitionKey(arn.Split(':')[4], arn.Split(':')[3]));

        string IdOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
    }
}
