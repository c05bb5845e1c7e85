using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>What ports may be: speeds, service providers, MACsec. Source: Direct Connect API, CreateConnection, AllocateHostedConnection.</summary>
internal static class PortRules
{
    public const string DefaultEncryptionMode = "should_encrypt";

    private static readonly string[] Dedicated = ["1Gbps", "10Gbps", "100Gbps", "400Gbps"];

    private static readonly string[] Hosted =
    [
        "50Mbps", "100Mbps", "200Mbps", "300Mbps", "400Mbps", "500Mbps", "1Gbps", "2Gbps", "5Gbps", "10Gbps", "25Gbps",
    ];

    private static readonly string[] EncryptionModes = ["no_encrypt", "should_encrypt", "must_encrypt"];

    public static string DedicatedBandwidth(string? bandwidth, string parameter) => OneOf(Dedicated, bandwidth, parameter);

    public static string HostedBandwidth(string? bandwidth) => OneOf(Hosted, bandwidth, "bandwidth");

    /// <summary>A port that can do MACsec; AWS has it on dedicated ports of 10 Gbps and more.</summary>
    public static DxMacSec MacSec(bool? requested, string bandwidth)
    {
        if (requested != true)
        {
            return DxMacSec.None;
        }

        return bandwidth == "1Gbps"
            ? throw DxFaults.Client($"MACsec is not supported on connections with a bandwidth of {bandwidth}.")
            : new DxMacSec(true, DefaultEncryptionMode, []);
    }

    public static DxMacSec WithMode(DxMacSec macSec, string mode, string id) =>
        !macSec.Capable ? throw DxFaults.Client($"{id} is not MACsec capable.")
        : EncryptionModes.Contains(mode) ? macSec with { EncryptionMode = mode }
        : throw DxFaults.Client($"The encryption mode {mode} is not valid. The valid values are {string.Join(", ", EncryptionModes)}.");

    public static string? Provider(DxLocation location, string? name) =>
        string.IsNullOrEmpty(name) ? null
        : DxLocation.Providers.Contains(name) ? name
        : throw DxFaults.Client($"Provider {name} is not valid for the location {location.Code}.");

    /// <summary>802.1Q: 1 to 4094.</summary>
    public static int Vlan(int? vlan, string parameter) =>
        vlan is null ? throw DxFaults.Missing(parameter)
        : vlan is >= 1 and <= 4094 ? vlan.Value
        : throw DxFaults.Client($"VLAN {vlan} is not valid. It must be between 1 and 4094.");

    /// <summary>Ports of the account at a location, hosted ones aside.</summary>
    public static void CheckRoom(CommandContext context, string location, int more)
    {
        int there = context.Here.All<DxConnection>().Count(c => !c.IsHosted && c.Location == location);
        context.Quotas.Check(DxQuotas.ConnectionsPerLocation, there + more, location);
    }

    private static string OneOf(string[] allowed, string? bandwidth, string parameter) =>
        string.IsNullOrEmpty(bandwidth) ? throw DxFaults.Missing(parameter)
        : allowed.Contains(bandwidth) ? bandwidth
        : throw DxFaults.Client($"Bandwidth {bandwidth} is not valid. The possible values are {string.Join(", ", allowed)}.");
}
