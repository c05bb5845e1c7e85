using Trunkline.Cloud;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>Connect peers of transit gateways in a global network. Source: Network Manager API, AssociateTransitGatewayConnectPeer and its like.</summary>
public sealed partial class NetworkManagerService
{
    private const string ConnectPeerType = "transit-gateway-connect-peer";

    /// <summary>The peer's transit gateway must be registered in the global network.</summary>
    public AwsNm.AssociateTransitGatewayConnectPeerResponse AssociateTransitGatewayConnectPeer(
        CommandContext context, AwsNm.AssociateTransitGatewayConnectPeerRequest request)
    {
        const string Name = "transitGatewayConnectPeerArn";
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string arn = CheckedArn(context, request.TransitGatewayConnectPeerArn, ConnectPeerType, Name, out PartitionKey at, out string id);
        Partition rows = context.Draft.Partition(at);
        TransitGatewayConnectPeer peer = rows.Find(new Id<TransitGatewayConnectPeer>(id)) ?? throw NmFaults.NotFound(ConnectPeerType, arn);
        NmDevice device = Get<NmDevice>(context, network.Key, request.DeviceId, DeviceType);
        string? link = LinkOf(context, device, request.LinkId, "linkId");
        string gateway = rows.Find(peer.AttachmentId) is { } attachment
            ? $"arn:aws:ec2:{at.Region}:{attachment.TransitGatewayOwner.Account}:{TransitGatewayType}/{attachment.TransitGatewayId}"
            : "";
        if (context.Global.Here.Table<TransitGatewayRegistration>().Find(gateway)?.GlobalNetworkKey != network.Key)
        {
            throw NmFaults.Field(Name, "The Connect peer must be of a registered transit gateway.");
        }

        if (context.Global.Here.Table<NmConnectPeerAssociation>().Find(arn) is { } there)
        {
            throw NmFaults.Conflict(ConnectPeerType, arn, $"The Connect peer is already associated with {there.DeviceKey}.");
        }

        NmConnectPeerAssociation association = context.Global.Put(new NmConnectPeerAssociation
        {
            ConnectPeerArn = arn,
            GlobalNetworkKey = network.Key,
            DeviceKey = device.Key,
            LinkKey = link,
        });
        return new AwsNm.AssociateTransitGatewayConnectPeerResponse { TransitGatewayConnectPeerAssociation = ToWire(association) };
    }

    public AwsNm.DisassociateTransitGatewayConnectPeerResponse DisassociateTransitGatewayConnectPeer(
        CommandContext context, AwsNm.DisassociateTransitGatewayConnectPeerRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string arn = request.TransitGatewayConnectPeerArn ?? "";
        NmConnectPeerAssociation association =
            context.Global.Here.Table<NmConnectPeerAssociation>().Find(arn) is { } found && found.GlobalNetworkKey == network.Key
                ? found
                : throw NmFaults.NotFound(ConnectPeerType, arn);
        context.Global.Remove(new Id<NmConnectPeerAssociation>(association.Key));
        return new AwsNm.DisassociateTransitGatewayConnectPeerResponse
        {
            TransitGatewayConnectPeerAssociation = ToWire(association) with { State = Deleting },
        };
    }

    public AwsNm.GetTransitGatewayConnectPeerAssociationsResponse GetTransitGatewayConnectPeerAssociations(
        CommandContext context, AwsNm.GetTransitGatewayConnectPeerAssociationsRequest request)
    {
        IEnumerable<NmConnectPeerAssociation> rows = Named(
            In<NmConnectPeerAssociation>(context, Network(context, request.GlobalNetworkId)), request.TransitGatewayConnectPeerArns);
        Page<NmConnectPeerAssociation> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetTransitGatewayConnectPeerAssociationsResponse
        {
            TransitGatewayConnectPeerAssociations = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    private static AwsNm.TransitGatewayConnectPeerAssociation ToWire(NmConnectPeerAssociation association) => new()
    {
        TransitGatewayConnectPeerArn = association.ConnectPeerArn,
        GlobalNetworkId = association.GlobalNetworkKey,
        DeviceId = association.DeviceKey,
        LinkId = association.LinkKey,
        State = Available,
    };
}
