namespace Trunkline.Cloud;

/// <summary>Whether a route's target can take packets now; a route whose target is gone is a blackhole and still wins (VPC user guide).</summary>
public static class RouteStates
{
    public static bool IsActive(Partition partition, RouteTable table, Route route) => route.Target.Kind switch
    {
        RouteTargetKind.Local => true,
        RouteTargetKind.InternetGateway =>
            partition.Find(new Id<InternetGateway>(route.Target.Id))?.VpcId == table.VpcId,
        RouteTargetKind.EgressOnlyInternetGateway =>
            partition.Find(new Id<EgressOnlyInternetGateway>(route.Target.Id))?.VpcId == table.VpcId,
        RouteTargetKind.NatGateway =>
            partition.Find(new Id<NatGateway>(route.Target.Id))?.State == NatGatewayState.Available,
        RouteTargetKind.VpcEndpoint =>
            partition.Find(new Id<VpcEndpoint>(route.Target.Id)) is { State: VpcEndpointState.Available } endpoint
            && endpoint.VpcId == table.VpcId,
        RouteTargetKind.TransitGateway => AttachmentTo(partition, table.VpcId, route.Target.Id) is not null,
        RouteTargetKind.VpcPeeringConnection =>
            partition.Find(new Id<VpcPeeringConnection>(route.Target.Id)) is { IsActive: true } peering
            && (peering.Requester.VpcId == table.VpcId || peering.Accepter.VpcId == table.VpcId),
        RouteTargetKind.VpnGateway => partition.Find(new Id<VpnGateway>(route.Target.Id))?.AttachedVpc == table.VpcId,
        RouteTargetKind.NetworkInterface => InterfaceTakesPackets(partition, new Id<NetworkInterface>(route.Target.Id)),
        _ => false,
    };

    /// <summary>The available attachment of a VPC to a transit gateway; null where there is none.</summary>
    public static TransitGatewayAttachment? AttachmentTo(Partition partition, Id<Vpc> vpc, string transitGateway)
    {
        foreach (TransitGatewayAttachment attachment in partition.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc.Value)))
        {
            if (attachment.TransitGatewayId.Value == transitGateway && attachment.State == TransitGatewayAttachmentState.Available)
            {
                return attachment;
            }
        }

        return null;
    }

    /// <summary>An interface that is detached, or whose instance does not run, takes none.</summary>
    private static bool InterfaceTakesPackets(Partition partition, Id<NetworkInterface> id) =>
        partition.Find(id) is { Attachment: { } attachment } eni
        && (attachment.InstanceId is { } instance
            ? partition.Find(instance)?.State == InstanceState.Running
            : eni.RequesterManaged);
}
