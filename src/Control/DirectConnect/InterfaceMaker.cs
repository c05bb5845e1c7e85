using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>What a request says of a new virtual interface, whatever its type.</summary>
internal sealed record WantedInterface(DxInterfaceType Type, string? Name, int? Vlan, WantedPeer Peer)
{
    public int? Mtu { get; init; }

    public string? VirtualGatewayId { get; init; }

    public string? DirectConnectGatewayId { get; init; }

    public bool? SiteLink { get; init; }

    public IReadOnlyList<AwsDx.RouteFilterPrefix>? Prefixes { get; init; }

    public IReadOnlyList<AwsDx.Tag>? Tags { get; init; }

    public static WantedInterface Of(AwsDx.NewPrivateVirtualInterface w) =>
        new(
            DxInterfaceType.Private, w.VirtualInterfaceName, w.Vlan,
            new WantedPeer(w.Asn, w.AsnLong, w.AuthKey, w.AddressFamily, w.AmazonAddress, w.CustomerAddress))
        {
            Mtu = w.Mtu,
            VirtualGatewayId = w.VirtualGatewayId,
            DirectConnectGatewayId = w.DirectConnectGatewayId,
            SiteLink = w.EnableSiteLink,
            Tags = w.Tags,
        };

    public static WantedInterface Of(AwsDx.NewPrivateVirtualInterfaceAllocation w) =>
        new(
            DxInterfaceType.Private, w.VirtualInterfaceName, w.Vlan,
            new WantedPeer(w.Asn, w.AsnLong, w.AuthKey, w.AddressFamily, w.AmazonAddress, w.CustomerAddress))
        {
            Mtu = w.Mtu,
            Tags = w.Tags,
        };

    public static WantedInterface Of(AwsDx.NewPublicVirtualInterface w) =>
        new(
            DxInterfaceType.Public, w.VirtualInterfaceName, w.Vlan,
            new WantedPeer(w.Asn, w.AsnLong, w.AuthKey, w.AddressFamily, w.AmazonAddress, w.CustomerAddress))
        {
            Prefixes = w.RouteFilterPrefixes,
            Tags = w.Tags,
        };

    public static WantedInterface Of(AwsDx.NewPublicVirtualInterfaceAllocation w) =>
        new(
            DxInterfaceType.Public, w.VirtualInterfaceName, w.Vlan,
            new WantedPeer(w.Asn, w.AsnLong, w.AuthKey, w.AddressFamily, w.AmazonAddress, w.CustomerAddress))
        {
            Prefixes = w.RouteFilterPrefixes,
            Tags = w.Tags,
        };

    public static WantedInterface Of(AwsDx.NewTransitVirtualInterface w) =>
        new(
            DxInterfaceType.Transit, w.VirtualInterfaceName, w.Vlan,
            new WantedPeer(w.Asn, w.AsnLong, w.AuthKey, w.AddressFamily, w.AmazonAddress, w.CustomerAddress))
        {
            Mtu = w.Mtu,
            DirectConnectGatewayId = w.DirectConnectGatewayId,
            SiteLink = w.EnableSiteLink,
            Tags = w.Tags,
        };

    public static WantedInterface Of(AwsDx.NewTransitVirtualInterfaceAllocation w) =>
        new(
            DxInterfaceType.Transit, w.VirtualInterfaceName, w.Vlan,
            new WantedPeer(w.Asn, w.AsnLong, w.AuthKey, w.AddressFamily, w.AmazonAddress, w.CustomerAddress))
        {
            Mtu = w.Mtu,
            Tags = w.Tags,
        };
}

/// <summary>Makes rows of virtual interfaces, and joins them with the gateways that they end on.</summary>
internal static class InterfaceMaker
{
    /// <summary>AWS's ASN on public virtual interfaces, and on those that are not accepted yet.</summary>
    public const long PublicAsn = 7224;

    /// <summary>A row of a request, with no gateway yet.</summary>
    public static DxVirtualInterface Make(CommandContext context, InterfacePort port, WantedInterface wanted, string name)
    {
        Partition here = context.Here;
        InterfaceRules.CheckRoom(here, port, wanted.Type);
        int vlan = InterfaceRules.Vlan(here, port, wanted.Vlan);
        DxBgpPeer peer = PeerRules.Read(context, wanted.Type, wanted.Peer, here.All<DxVirtualInterface>());
        return new DxVirtualInterface
        {
            Id = DxIds.Interface(context),
            OwnerId = context.Account,
            Region = context.Region,
            Type = wanted.Type,
            Name = name,
            ConnectionId = port.Id,
            ConnectionOwnerId = port.OwnerId,
            Location = port.Location,
            Device = port.Device,
            Vlan = vlan,
            First = peer,
            AmazonSideAsn = PublicAsn,
            Mtu = InterfaceRules.Mtu(wanted.Type, wanted.Mtu),
            RouteFilterPrefixes = wanted.Type == DxInterfaceType.Public ? PublicPrefixes.Read(wanted.Prefixes, peer.Family) : [],
            BgpPeers = [peer],
            CreatedAt = context.Now,
            Tags = DxTags.New(wanted.Tags),
        };
    }

    /// <summary>A private virtual interface on its gateway; the context is its owner's.</summary>
    public static DxVirtualInterface OnPrivateGateway(
        CommandContext context, DxVirtualInterface vif, string? virtualGatewayId, string? gatewayId, bool siteLink)
    {
        if (string.IsNullOrEmpty(virtualGatewayId) == string.IsNullOrEmpty(gatewayId))
        {
            throw DxFaults.Client("Exactly one of Virtual Gateway ID and Direct Connect Gateway ID is required.");
        }

        if (!string.IsNullOrEmpty(gatewayId))
        {
            return OnGateway(context, vif, gatewayId, siteLink);
        }

        if (siteLink)
        {
            throw DxFaults.Client("SiteLink needs a Direct Connect gateway.");
        }

        VpnGateway exit = AssociableGateways.Exit(context, virtualGatewayId!);
        return vif with { VirtualGatewayId = exit.Key, AmazonSideAsn = exit.AmazonSideAsn };
    }

    /// <summary>
    /// A private or transit virtual interface on a Direct Connect gateway, which has one of the two types only (rule 127); the context is its
    /// owner's.
    /// </summary>
    public static DxVirtualInterface OnGateway(CommandContext context, DxVirtualInterface vif, string? gatewayId, bool siteLink)
    {
        DxGateway gateway = DxRows.Gateway(context, gatewayId);
        DxVirtualInterface[] there = [.. DxRows.InterfacesOf(context, gateway)];
        if (there.FirstOrDefault(v => v.Type != vif.Type) is { } other)
        {
            throw DxFaults.Client(
                $"Direct Connect gateway {gateway.Id} has {Word(other.Type)} virtual interfaces and cannot have a {Word(vif.Type)} one.");
        }

        bool wantsHub = vif.Type == DxInterfaceType.Transit;
        if (DxRows.AssociationsOf(context, gateway).Any(a => a.Associated.IsTransitGateway != wantsHub))
        {
            throw DxFaults.Client(
                $"Direct Connect gateway {gateway.Id} is associated with {(wantsHub ? "virtual private" : "transit")} gateways "
                + $"and cannot have a {Word(vif.Type)} virtual interface.");
        }

        context.Quotas.Check(DxQuotas.InterfacesPerGateway, there.Length + 1, gateway.Key);
        return vif with { DirectConnectGatewayId = gateway.Id, AmazonSideAsn = gateway.AmazonSideAsn, SiteLink = siteLink };
    }

    public static string Word(DxInterfaceType type) => type switch
    {
        DxInterfaceType.Private => "private",
        DxInterfaceType.Public => "public",
        _ => "transit",
    };
}
