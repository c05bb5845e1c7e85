using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Configurations for routers to download. Source: AWS Site-to-Site VPN, "Download the configuration file"; EC2 API,
/// GetVpnConnectionDeviceTypes, GetVpnConnectionDeviceSampleConfiguration.
/// </summary>
public sealed partial class Ec2Service
{
    private const int DeviceTypesPerPageLeast = 200;

    public Aws.GetVpnConnectionDeviceTypesResult GetVpnConnectionDeviceTypes(
        CommandContext context, Aws.GetVpnConnectionDeviceTypesRequest request)
    {
        Page<VpnDevice> page = Pager.Page(
            VpnDevices.All.OrderBy(d => d.Id, StringComparer.Ordinal), request.MaxResults, request.NextToken, d => d.Id,
            least: DeviceTypesPerPageLeast, most: 1000);
        return new Aws.GetVpnConnectionDeviceTypesResult
        {
            VpnConnectionDeviceTypes =
            [
                .. page.Rows.Select(d => new Aws.VpnConnectionDeviceType
                {
                    VpnConnectionDeviceTypeId = d.Id,
                    Vendor = d.Vendor,
                    Platform = d.Platform,
                    Software = d.Software,
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetVpnConnectionDeviceSampleConfigurationResult GetVpnConnectionDeviceSampleConfiguration(
        CommandContext context, Aws.GetVpnConnectionDeviceSampleConfigurationRequest request)
    {
        VpnConnection connection = UsableVpn(context, request.VpnConnectionId);
        string type = Door.Required(request.VpnConnectionDeviceTypeId, "vpnConnectionDeviceTypeId");
        VpnDevice device = VpnDevices.All.FirstOrDefault(d => d.Id == type)
            ?? throw Fault.InvalidValue(type, "vpnConnectionDeviceTypeId");
        bool isRecommended = Door.OneOf(request.SampleType, "sampleType", "compatibility", "recommended") == "recommended";
        string ike = Door.OneOf(request.InternetKeyExchangeVersion, "internetKeyExchangeVersion", "ikev1", "ikev2")
            ?? (isRecommended ? "ikev2" : "ikev1");
        if (isRecommended && ike == "ikev1")
        {
            throw new Fault("UnsupportedOperation", "The sample type recommended is not available for the IKE version ikev1.");
        }

        return new Aws.GetVpnConnectionDeviceSampleConfigurationResult
        {
            VpnConnectionDeviceSampleConfiguration = device.Write(new VpnDeviceFacts(context.Here, connection, ike, isRecommended)),
        };
    }
}

/// <summary>A device for which a configuration can be written.</summary>
/// <param name="Id">Eight hexadecimal digits, made from the names.</param>
internal sealed record VpnDevice(string Id, string Vendor, string Platform, string Software, Func<VpnDeviceFacts, string> Write);

/// <summary>The devices that configurations are written for.</summary>
internal static class VpnDevices
{
    public static readonly ImmutableArray<VpnDevice> All =
    [
        Of("Generic", "Generic", "Vendor Agnostic", VpnGenericSample.Write),
        Of("Strongswan", "Ubuntu", "Strongswan 5.5.1+", VpnStrongswanSample.Write),
        Of("Cisco Systems, Inc.", "ISR Series Routers", "IOS 12.4+", VpnIosSample.Write),
    ];

    private static VpnDevice Of(string vendor, string platform, string software, Func<VpnDeviceFacts, string> write) => new(
        PublicPool.Hash($"{vendor}/{platform}/{software}").ToString("x8", CultureInfo.InvariantCulture), vendor, platform, software, write);
}

/// <summary>What a configuration is written from.</summary>
/// <param name="Ike"><c>ikev1</c> or <c>ikev2</c>.</param>
/// <param name="IsRecommended">Stronger algorithms where the connection leaves them open.</param>
internal sealed record VpnDeviceFacts(Partition Here, VpnConnection Connection, string Ike, bool IsRecommended)
{
    public CustomerGateway Customer { get; } = Here.Get(Connection.CustomerGatewayId);

    public long AwsAsn => VpnConfiguration.AsnOfAws(Here, Connection);

    public string Encryption1(VpnTunnel tunnel) => Pick(tunnel.Phase1Encryption, "AES256", VpnConfiguration.UsualEncryption);

    public string Encryption2(VpnTunnel tunnel) => Pick(tunnel.Phase2Encryption, "AES256", VpnConfiguration.UsualEncryption);

    public string Integrity1(VpnTunnel tunnel) => Pick(tunnel.Phase1Integrity, "SHA2-256", VpnConfiguration.UsualIntegrity);

    public string Integrity2(VpnTunnel tunnel) => Pick(tunnel.Phase2Integrity, "SHA2-256", VpnConfiguration.UsualIntegrity);

    public int Group1(VpnTunnel tunnel) => Pick(tunnel.Phase1DhGroups, 20, VpnConfiguration.UsualGroup);

    public int Group2(VpnTunnel tunnel) => Pick(tunnel.Phase2DhGroups, 20, VpnConfiguration.UsualGroup);

    public static int Lifetime1(VpnTunnel tunnel) => tunnel.Phase1LifetimeSeconds ?? VpnTunnelWish.UsualPhase1Lifetime;

    public static int Lifetime2(VpnTunnel tunnel) => tunnel.Phase2LifetimeSeconds ?? VpnTunnelWish.UsualPhase2Lifetime;

    public static int DpdTimeout(VpnTunnel tunnel) => tunnel.DpdTimeoutSeconds ?? 30;

    /// <summary>The stronger value where it is permitted and asked for; else the first that is permitted.</summary>
    private T Pick<T>(ImmutableArray<T> permitted, T strong, T usual)
        where T : notnull
    {
        if (permitted.IsEmpty)
        {
            return IsRecommended ? strong : usual;
        }

        return IsRecommended && permitted.Contains(strong) ? strong : permitted[0];
    }
}
