using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Transit gateway → hub, attachment → spoke. Source: AWS, "How AWS Transit Gateway works".</summary>
internal static class TransitGateways
{
    /// <summary>The one zone in which no identity is kept (AWS, "Transit gateway VPC attachments", security group referencing).</summary>
    private const string ZoneWithoutIdentity = "use1-az3";

    /// <summary>The hub's handle; it gets one on first mention, its row need not exist.</summary>
    public static int Declare(Workspace work, RowKey key)
    {
        int handle = work.HubHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Hubs.Add(new Hub(key, false));
            work.HubHandles = work.Add(work.HubHandles, key, handle);
        }

        return handle;
    }

    public static void Put(Workspace work, int partition, TransitGateway row)
    {
        int handle = Declare(work, new RowKey(partition, row.Key));
        work.Hubs.Edit(handle) = work.Hubs[handle] with { KeepsIdentity = row.SecurityGroupReferencing };
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        if (work.HubHandles.Find(new RowKey(partition, id)) is >= 0 and int handle)
        {
            work.Hubs.Edit(handle) = work.Hubs[handle] with { KeepsIdentity = false };
        }
    }

    /// <summary>The copy of the gateway's owner is compiled; the other only names it.</summary>
    public static void Put(Workspace work, int partition, TransitGatewayAttachment row)
    {
        if (!row.IsHome)
        {
            return;
        }

        RowKey key = new(partition, row.Key);
        int handle = DeclareSpoke(work, key);
        int owner = work.PlaceOf(row.ResourceOwner);
        SpokeKind kind = row.Type switch
        {
            TransitGatewayAttachmentType.Vpc => SpokeKind.Domain,
            TransitGatewayAttachmentType.Peering => SpokeKind.Hub,
            _ => SpokeKind.Lines,
        };
        SpokeDoor[] doors =
            [.. row.Doors.Select(d => new SpokeDoor(d.ZoneId, work.NicHandles.Find(new RowKey(owner, d.NetworkInterfaceId.Value))))];
        work.Spokes.Edit(handle) = new Spoke(
            key,
            Declare(work, new RowKey(partition, row.TransitGatewayId.Value)),
            kind,
            kind == SpokeKind.Domain ? work.DomainHandles.Find(new RowKey(owner, row.ResourceId)) : -1,
            row.State == TransitGatewayAttachmentState.Available,
            row.AssociatedTableId?.Value ?? "",
            doors,
            row.ApplianceMode,
            row.SecurityGroupReferencing && !row.Doors.Any(d => d.ZoneId == ZoneWithoutIdentity),
            row.FarEnd is { } far ? PeerOf(work, far) : -1,
            kind != SpokeKind.Domain || row.Ipv6Support);
    }

    public static void RemoveSpoke(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.SpokeHandles.Find(key) is >= 0 and int handle)
        {
            work.Spokes.Edit(handle) = Nothing(key);
        }
    }

    /// <summary>The spoke by which a domain's packets enter a gateway that one of its routes names; -1 where it is not attached to it.</summary>
    public static int SpokeOf(Workspace work, int partition, string vpc, string gateway)
    {
        foreach (TransitGatewayAttachment row in work.PartitionAt(partition).By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc)))
        {
            if (row.TransitGatewayId.Value == gateway && row.Type == TransitGatewayAttachmentType.Vpc)
            {
                return work.SpokeHandles.Find(new RowKey(work.PlaceOf(row.TransitGatewayOwner), row.Key));
            }
        }

        return -1;
    }

    private static int DeclareSpoke(Workspace work, RowKey key)
    {
        int handle = work.SpokeHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Spokes.Add(Nothing(key));
            work.SpokeHandles = work.Add(work.SpokeHandles, key, handle);
        }

        return handle;
    }

    private static Spoke Nothing(RowKey key) => new(key, -1, SpokeKind.Lines, -1, false, "", [], false, false, -1, false);

    /// <summary>The other end's row need not be known; then nothing is known of what happens there.</summary>
    private static int PeerOf(Workspace work, TransitGatewayEnd far)
    {
        int place = work.PlaceOf(far.Owner);
        return work.PartitionAt(place).Find(far.AttachmentId) is { } row && row.TransitGatewayId == far.Id
            ? DeclareSpoke(work, new RowKey(place, row.Key))
            : -1;
    }
}
