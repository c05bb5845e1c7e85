using Trunkline.Cloud;

namespace Trunkline.Control.NetworkManager;

/// <summary>
/// What a global network says of gateways that are gone goes with them: it is an inventory and holds nobody up. Source: Network Manager API,
/// DeregisterTransitGateway ("removes any customer gateway associations"); EC2 API, DeleteTransitGateway.
/// </summary>
internal static class GoneGateways
{
    /// <summary>A transit gateway was deleted: it is registered nowhere any more.</summary>
    public static void TransitGateway(CommandContext context, TransitGateway gateway)
    {
        GlobalRows rows = new(context.Draft, gateway.Owner.Account);
        string arn = Ec2.TransitGatewayRules.ArnOf(gateway);
        if (rows.Here.Table<TransitGatewayRegistration>().Find(arn) is { } registration)
        {
            Deregister(context, rows, registration);
        }
    }

    /// <summary>Takes a registration away, and the associations of those customer gateways that no registered gateway reaches then.</summary>
    public static void Deregister(CommandContext context, GlobalRows rows, TransitGatewayRegistration registration)
    {
        rows.Remove(new Id<TransitGatewayRegistration>(registration.Key));
        foreach (NmCustomerGatewayAssociation association in
            rows.Here.By<NmCustomerGatewayAssociation>(GlobalNetwork.Word(registration.GlobalNetworkKey)).ToList())
        {
            if (!IsReached(context.Draft, rows, registration.GlobalNetworkKey, association.CustomerGatewayArn))
            {
                rows.Remove(new Id<NmCustomerGatewayAssociation>(association.Key));
            }
        }

        string gateway = registration.TransitGatewayArn[(registration.TransitGatewayArn.LastIndexOf('/') + 1)..];
        foreach (NmConnectPeerAssociation association in
            rows.Here.By<NmConnectPeerAssociation>(GlobalNetwork.Word(registration.GlobalNetworkKey)).ToList())
        {
            (PartitionKey at, string id) = Place(association.ConnectPeerArn);
            Partition home = context.Draft.Partition(at);
            TransitGatewayConnectPeer? peer = home.Find(new Id<TransitGatewayConnectPeer>(id));
            if (peer is null || home.Find(peer.AttachmentId)?.TransitGatewayId.Value is not { } of || of == gateway)
            {
                rows.Remove(new Id<NmConnectPeerAssociation>(association.Key));
            }
        }
    }

    /// <summary>A customer gateway of the caller's was deleted.</summary>
    public static void CustomerGateway(CommandContext context, CustomerGateway gateway) =>
        context.Global.Remove(new Id<NmCustomerGatewayAssociation>(context.Arn($"customer-gateway/{gateway.Id}")));

    /// <summary>A Connect peer of the caller's was deleted.</summary>
    public static void ConnectPeer(CommandContext context, TransitGatewayConnectPeer peer) =>
        context.Global.Remove(new Id<NmConnectPeerAssociation>(context.Arn($"transit-gateway-connect-peer/{peer.Id}")));

    /// <summary>Whether a customer gateway has a VPN connection to a transit gateway that is registered in a global network.</summary>
    public static bool IsReached(Draft draft, GlobalRows rows, string network, string customerGatewayArn)
    {
        (PartitionKey at, string id) = Place(customerGatewayArn);
        foreach (VpnConnection connection in draft.Partition(at).By<VpnConnection>(id))
        {
            string arn = $"arn:aws:ec2:{at.Region}:{at.Account}:transit-gateway/{connection.TransitGatewayId}";
            if (connection.State != VpnState.Deleted && connection.TransitGatewayId is not null
                && rows.Here.Table<TransitGatewayRegistration>().Find(arn)?.GlobalNetworkKey == network)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the resource of an ARN of EC2's is, and its id.</summary>
    private static (PartitionKey At, string Id) Place(string arn)
    {
        string[] fields = arn.Split(':', 6);
        return (new PartitionKey(fields[4], fields[3]), fields[5][(fields[5].IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }
}
