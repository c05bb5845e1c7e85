using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// The BGP sessions of a virtual interface: at most one a family, since no port here has logical redundancy. Source: Direct Connect API,
/// CreateBGPPeer, DeleteBGPPeer.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.CreateBGPPeerResponse CreateBGPPeer(CommandContext context, AwsDx.CreateBGPPeerRequest request)
    {
        DxVirtualInterface vif = OwnedInterface(context, request.VirtualInterfaceId);
        InterfaceSessions sessions = InterfaceSessions.Of(context, [vif]);
        AwsDx.NewBGPPeer wanted = Required(request.NewBGPPeer, "newBGPPeer");
        DxBgpPeer peer = PeerRules.Read(
            context,
            vif.Type,
            new WantedPeer(wanted.Asn, wanted.AsnLong, wanted.AuthKey, wanted.AddressFamily, wanted.AmazonAddress, wanted.CustomerAddress),
            context.Here.All<DxVirtualInterface>());
        if (vif.BgpPeers.Any(p => p.Family == peer.Family))
        {
            throw DxFaults.Client(
                $"Virtual Interface {vif.Id} already has a BGP peer of the address family {InterfaceViews.Word(peer.Family)}.");
        }

        if (vif.Type == DxInterfaceType.Public && !PeerRules.IsPrivate(peer.Asn) && vif.BgpPeers.All(p => p.Asn != peer.Asn))
        {
            throw DxFaults.Client($"ASN {peer.Asn} must be private or already on the allow list for the virtual interface.");
        }

        DxVirtualInterface after = DxRows.Put(context, vif with { BgpPeers = vif.BgpPeers.Add(peer) });
        return new AwsDx.CreateBGPPeerResponse { VirtualInterface = InterfaceViews.ToWire(after, sessions) };
    }

    /// <summary>The peer is named by its id, or by ASN and customer's address.</summary>
    public AwsDx.DeleteBGPPeerResponse DeleteBGPPeer(CommandContext context, AwsDx.DeleteBGPPeerRequest request)
    {
        DxVirtualInterface vif = OwnedInterface(context, request.VirtualInterfaceId);
        InterfaceSessions sessions = InterfaceSessions.Of(context, [vif]);
        DxBgpPeer peer = request.BgpPeerId is { } id
            ? vif.BgpPeers.FirstOrDefault(p => p.Id == id) ?? throw DxFaults.Client($"BGP peer {id} does not exist on Virtual Interface {vif.Id}.")
            : PeerOf(vif, request);
        if (vif.BgpPeers.Length == 1)
        {
            throw DxFaults.Client("The last BGP Peer on a Virtual Interface cannot be deleted");
        }

        DxVirtualInterface after = DxRows.Put(context, vif with { BgpPeers = vif.BgpPeers.Remove(peer) });
        return new AwsDx.DeleteBGPPeerResponse { VirtualInterface = InterfaceViews.ToWire(after, sessions) };
    }

    private static DxBgpPeer PeerOf(DxVirtualInterface vif, AwsDx.DeleteBGPPeerRequest request)
    {
        long asn = PeerRules.AsnOf(request.Asn, request.AsnLong);
        string address = Required(request.CustomerAddress, "customerAddress");
        return vif.BgpPeers.FirstOrDefault(p => p.Asn == asn && p.CustomerAddress.ToString() == address)
            ?? throw DxFaults.Client($"No BGP peer of Virtual Interface {vif.Id} has ASN {asn} and customer address {address}.");
    }

    /// <summary>A virtual interface of the caller's own that is in use.</summary>
    private static DxVirtualInterface OwnedInterface(CommandContext context, string? id)
    {
        DxVirtualInterface vif = DxRows.Interface(context, Required(id, "virtualInterfaceId"));
        return vif.OwnerId != context.Account ? throw DxFaults.NoInterface(vif.Key)
            : vif.State != DxInterfaceState.InUse ? throw DxFaults.Client($"Virtual Interface {vif.Id} is not available.")
            : vif;
    }
}
