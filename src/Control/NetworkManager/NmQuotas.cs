using System.Collections.Immutable;

namespace Trunkline.Control.NetworkManager;

/// <summary>Network Manager's quotas. Source: AWS Global Networks for Transit Gateways, "Quotas".</summary>
internal static class NmQuotas
{
    public static readonly Quota GlobalNetworks = Of("global-networks-per-account", 5, "global networks");

    public static readonly Quota Sites = Of("sites-per-global-network", 200, "sites");

    public static readonly Quota Devices = Of("devices-per-global-network", 200, "devices");

    public static readonly Quota Links = Of("links-per-global-network", 200, "links");

    public static readonly Quota Connections = Of("connections-per-global-network", 500, "connections");

    public static readonly ImmutableArray<Quota> All = [GlobalNetworks, Sites, Devices, Links, Connections];

    private static Quota Of(string name, int most, string what) =>
        new(name, most, "ServiceQuotaExceededException", $"The maximum number of {what} has been reached: {{0}}.", 402);
}
