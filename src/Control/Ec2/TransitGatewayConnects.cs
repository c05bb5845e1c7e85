using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.NetworkManager;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Connect attachments and their peers: GRE tunnels to appliances, over a VPC or Direct Connect attachment. Source: AWS, "AWS Transit Gateway
/// Connect attachments and Connect peers"; EC2 API, CreateTransitGatewayConnect, CreateTransitGatewayConnectPeer and their like.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>Peers of one Connect attachment; AWS does not raise it.</summary>
    private const int PeersPerConnect = 4;

    internal static readonly IdRules<TransitGatewayConnectPeer> ConnectPeerIds = new(
        "TransitGatewayConnectPeerId", "InvalidTransitGatewayConnectPeerID.NotFound", "InvalidTransitGatewayConnectPeerID.Malformed",
        "Transit Gateway Connect Peer {0} was deleted or does not exist.");

    private static readonly FilterTable<TransitGatewayAttachment> ConnectFilters = new()
    {
        { "options.protocol", _ => "gre" },
        { "state", attachment => TransitGatewayRules.StateWord(attachment.State) },
        { "transit-gateway-attachment-id", attachment => attachment.Id.Value },
        { "transit-gateway-id", attachment => attachment.TransitGatewayId.Value },
        { "transport-transit-gateway-attachment-id", attachment => attachment.TransportAttachmentId?.Value },
    };

    private static readonly FilterTable<TransitGatewayConnectPeer> ConnectPeerFilters = new()
    {
        { "state", _ => "available" },
        { "transit-gateway-attachment-id", peer => peer.AttachmentId.Value },
        { "transit-gateway-connect-peer-id", peer => peer.Id.Value },
    };

    public Aws.CreateTransitGatewayConnectResult CreateTransitGatewayConnect(
        CommandContext context, Aws.CreateTransitGatewayConnectRequest request)
    {
        string protocol = Door.Required(request.Options?.Protocol, "Options.Protocol");
        Door.OneOf(protocol, "Options.Protocol", "gre");
        TransitGatewayAttachment transport = ConnectAttachmentIds.Transport(context, request.TransportTransitGatewayAttachmentId);
        TransitGateway gateway = context.Here.Get(transport.TransitGatewayId);
        TransitGatewayAttachment made = TransitGatewayAttachments.Add(context, gateway, new()
        {
            Type = TransitGatewayAttachmentType.Connect,
            ResourceId = transport.Key,
            ResourceOwner = gateway.Owner,
            TransportAttachmentId = transport.Id,
            Tags = TagRules.New<TransitGatewayAttachment>(request.TagSpecifications),
        });
        return new Aws.CreateTransitGatewayConnectResult { TransitGatewayConnect = ToConnectWire(made, "pending") };
    }

    /// <summary>Refused while it has peers.</summary>
    public Aws.DeleteTransitGatewayConnectResult DeleteTransitGatewayConnect(
        CommandContext context, Aws.DeleteTransitGatewayConnectRequest request)
    {
        TransitGatewayAttachment connect =
            TransitGatewayAttachments.Find(context, request.TransitGatewayAttachmentId, TransitGatewayAttachmentType.Connect);
        if (context.Here.By<TransitGatewayConnectPeer>(connect.Key).FirstOrDefault() is { } peer)
        {
            throw new Fault("IncorrectState", $"{connect.Id} has non-deleted Connect Peers: {peer.Id}.");
        }

        TransitGatewayAttachments.Detach(context, connect);
        return new Aws.DeleteTransitGatewayConnectResult { TransitGatewayConnect = ToConnectWire(connect, "deleting") };
    }

    public Aws.DescribeTransitGatewayConnectsResult DescribeTransitGatewayConnects(
        CommandContext context, Aws.DescribeTransitGatewayConnectsRequest request)
    {
        Page<TransitGatewayAttachment> page = Pager.Page(
            ConnectFilters.Apply(
                context,
                TransitGatewayAttachments.Described(context, request.TransitGatewayAttachmentIds, TransitGatewayAttachmentType.Connect),
                request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewayConnectsResult
        {
            TransitGatewayConnects = [.. page.Rows.Select(a => ToConnectWire(a, TransitGatewayRules.StateWord(a.State)))],
            NextToken = page.NextToken,
        };
    }

    public Aws.CreateTransitGatewayConnectPeerResult CreateTransitGatewayConnectPeer(
        CommandContext context, Aws.CreateTransitGatewayConnectPeerRequest request)
    {
        TransitGatewayAttachment connect =
            TransitGatewayAttachments.Find(context, request.TransitGatewayAttachmentId, TransitGatewayAttachmentType.Connect);
        TransitGateway gateway = context.Here.Get(connect.TransitGatewayId);
        if (context.Here.By<TransitGatewayConnectPeer>(connect.Key).Count() >= PeersPerConnect)
        {
            throw new Fault(
                "TransitGatewayConnectPeerLimitExceeded", $"{connect.Id} has {PeersPerConnect} Connect peers, which is the maximum.");
        }

        IpAddress peerAddress = ConnectPeerRules.CheckedAddress(request.PeerAddress, "PeerAddress");
        long asn = request.BgpOptions?.PeerAsn ?? gateway.AmazonSideAsn;
        TransitGatewayConnectPeer peer = context.Put(new TransitGatewayConnectPeer
        {
            Id = new(context.NewId(TransitGatewayConnectPeer.IdPrefix)),
            AttachmentId = connect.Id,
            PeerAddress = peerAddress,
            TransitGatewayAddress = ConnectPeerRules.OuterAddress(context.Here, gateway, peerAddress, request.TransitGatewayAddress),
            InsideCidrs = ConnectPeerRules.CheckedInside(context.Here, gateway, request.InsideCidrBlocks),
            TransitGatewayAsn = gateway.AmazonSideAsn,
            PeerAsn = asn is >= 1 and <= 4294967294 ? asn : throw Fault.InvalidValue(Text(asn), "PeerAsn"),
            CreationTime = context.Now,
            Tags = TagRules.New<TransitGatewayConnectPeer>(request.TagSpecifications),
        });
        return new Aws.CreateTransitGatewayConnectPeerResult { TransitGatewayConnectPeer = ToWire(peer, "pending", _ => false) };
    }

    public Aws.DeleteTransitGatewayConnectPeerResult DeleteTransitGatewayConnectPeer(
        CommandContext context, Aws.DeleteTransitGatewayConnectPeerRequest request)
    {
        TransitGatewayConnectPeer peer = ConnectPeerIds.Get(context, request.TransitGatewayConnectPeerId);
        context.Remove(peer.Id);
        GoneGateways.ConnectPeer(context, peer);
        return new Aws.DeleteTransitGatewayConnectPeerResult { TransitGatewayConnectPeer = ToWire(peer, "deleting", _ => false) };
    }

    public Aws.DescribeTransitGatewayConnectPeersResult DescribeTransitGatewayConnectPeers(
        CommandContext context, Aws.DescribeTransitGatewayConnectPeersRequest request)
    {
        Page<TransitGatewayConnectPeer> page = Pager.Page(
            ConnectPeerFilters.Apply(
                context, ConnectPeerIds.GetAll(context, request.TransitGatewayConnectPeerIds).OrderBy(p => p.Id), request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewayConnectPeersResult
        {
            TransitGatewayConnectPeers = [.. page.Rows.Select(p => ToWire(p, "available", IsUp))],
            NextToken = page.NextToken,
        };

        bool IsUp(TransitGatewayConnectPeer peer) => TransitGatewayRouting.Of(context).LineOf($"{peer.Id}/1") is { IsUp: true };
    }

    private static Aws.TransitGatewayConnect ToConnectWire(TransitGatewayAttachment attachment, string state) => new()
    {
        TransitGatewayAttachmentId = attachment.Id.Value,
        TransportTransitGatewayAttachmentId = attachment.TransportAttachmentId?.Value,
        TransitGatewayId = attachment.TransitGatewayId.Value,
        State = state,
        CreationTime = attachment.CreationTime,
        Options = new Aws.TransitGatewayConnectOptions { Protocol = "gre" },
        Tags = TagRules.ToWire(attachment.Tags),
    };

    /// <param name="isUp">Asked of settled routing only where an answer shows it.</param>
    private static Aws.TransitGatewayConnectPeer ToWire(
        TransitGatewayConnectPeer peer, string state, Func<TransitGatewayConnectPeer, bool> isUp)
    {
        string status = isUp(peer) ? "up" : "down";
        return new Aws.TransitGatewayConnectPeer
        {
            TransitGatewayAttachmentId = peer.AttachmentId.Value,
            TransitGatewayConnectPeerId = peer.Id.Value,
            State = state,
            CreationTime = peer.CreationTime,
            ConnectPeerConfiguration = new Aws.TransitGatewayConnectPeerConfiguration
            {
                TransitGatewayAddress = peer.TransitGatewayAddress.ToString(),
                PeerAddress = peer.PeerAddress.ToString(),
                InsideCidrBlocks = [.. peer.InsideCidrs.Select(c => c.ToString())],
                Protocol = "gre",
                BgpConfigurations =
                [
                    .. peer.InsideTransitGatewayAddresses.Select(address => new Aws.TransitGatewayAttachmentBgpConfiguration
                    {
                        TransitGatewayAsn = peer.TransitGatewayAsn,
                        PeerAsn = peer.PeerAsn,
                        TransitGatewayAddress = address.ToString(),
                        PeerAddress = peer.InsidePeerAddress.ToString(),
                        BgpStatus = status,
                    }),
                ],
            },
            Tags = TagRules.ToWire(peer.Tags),
        };
    }

    /// <summary>The attachments that may carry a Connect attachment.</summary>
    private static class ConnectAttachmentIds
    {
        public static TransitGatewayAttachment Transport(CommandContext context, string? id)
        {
            TransitGatewayAttachment transport = TransitGatewayAttachments.Find(
                context, Door.Required(id, "TransportTransitGatewayAttachmentId"));
            if (transport.Type is not (TransitGatewayAttachmentType.Vpc or TransitGatewayAttachmentType.DirectConnectGateway))
            {
                throw Fault.Invalid($"{transport.Id} is not a VPC or Direct Connect attachment and cannot carry a Connect attachment.");
            }

            TransitGatewayAttachments.Require(transport, TransitGatewayAttachmentState.Available);
            return transport.IsHome ? transport : throw TransitGatewayRules.NotOwner();
        }
    }
}
