using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Forwarding;

/// <summary>Kinds of resources that packets meet only through what routers know of them: settled routing is all that is made of them.</summary>
public static class SpeakerKinds
{
    public static ImmutableHashSet<Kind> Kinds { get; } =
    [
        Kind.Of<TransitGatewayRouteTable>(),
        Kind.Of<TransitGatewayConnectPeer>(),
        Kind.Of<CustomerGateway>(),
        Kind.Of<VpnConnection>(),
        Kind.Of<DxConnection>(),
        Kind.Of<DxLag>(),
        Kind.Of<DxVirtualInterface>(),
        Kind.Of<DxGateway>(),
        Kind.Of<DxGatewayAssociation>(),
    ];

    /// <summary>Whether a kind is one of these.</summary>
    public static bool Has(Kind kind) => Kinds.Contains(kind);
}
