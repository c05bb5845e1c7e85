using System.Collections.Immutable;

namespace Trunkline.Control.DirectConnect;

/// <summary>Direct Connect's limits. Source: AWS, "AWS Direct Connect quotas".</summary>
internal static class DxQuotas
{
    /// <summary>Private and public virtual interfaces on a connection or LAG; cannot be raised.</summary>
    public const int PrivateOrPublicPerConnection = 50;

    /// <summary>Transit virtual interfaces on a connection or LAG.</summary>
    public const int TransitPerConnection = 4;

    /// <summary>Virtual interfaces of all types on a connection or LAG; cannot be raised.</summary>
    public const int InterfacesPerConnection = 51;

    /// <summary>Virtual interfaces on a hosted connection; cannot be raised.</summary>
    public const int InterfacesPerHostedConnection = 1;

    /// <summary>Virtual private gateways on a Direct Connect gateway; cannot be raised.</summary>
    public const int VirtualGatewaysPerGateway = 20;

    /// <summary>Transit gateways on a Direct Connect gateway; cannot be raised.</summary>
    public const int TransitGatewaysPerGateway = 6;

    /// <summary>Direct Connect gateways of a transit gateway; cannot be raised.</summary>
    public const int GatewaysPerTransitGateway = 20;

    /// <summary>Prefixes that one transit gateway announces on a transit virtual interface; cannot be raised.</summary>
    public const int PrefixesPerTransitGateway = 200;

    /// <summary>Prefixes that a customer may announce on a public virtual interface; cannot be raised.</summary>
    public const int PrefixesPerPublicInterface = 1000;

    public static readonly Quota ConnectionsPerLocation = new(
        "dx-connections-per-location", 10, DxFaults.ClientCode, "The account has reached the limit of connections at the location {0}: {1}.");

    public static readonly Quota LagsPerRegion = new(
        "dx-lags-per-region", 10, DxFaults.ClientCode, "The account has reached its limit of {0} LAGs in this Region.");

    public static readonly Quota GatewaysPerAccount = new(
        "dx-gateways-per-account", 200, DxFaults.ClientCode, "The account has reached its limit of {0} Direct Connect gateways.");

    public static readonly Quota InterfacesPerGateway = new(
        "dx-virtual-interfaces-per-gateway", 30, DxFaults.ClientCode, "Direct Connect gateway {0} has reached its limit of {1} virtual interfaces.");

    public static ImmutableArray<Quota> All { get; } = [ConnectionsPerLocation, LagsPerRegion, GatewaysPerAccount, InterfacesPerGateway];

    /// <summary>Ports of one LAG, by the speed of each.</summary>
    public static int ConnectionsPerLag(string bandwidth) => bandwidth is "100Gbps" or "400Gbps" ? 2 : 4;
}
