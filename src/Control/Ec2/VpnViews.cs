using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>VPN connections as the API shows them: options that nobody set are left out, as AWS does.</summary>
internal static class VpnViews
{
    public static readonly FilterTable<VpnConnection> Filters = new()
    {
        {
            "bgp-asn",
            (here, connection) => here.Find(connection.CustomerGatewayId)?.Asn.ToString(CultureInfo.InvariantCulture)
        },
        { "customer-gateway-configuration", (here, connection) => ConfigurationOf(here, connection) },
        { "customer-gateway-id", connection => connection.CustomerGatewayId.Value },
        { "option.static-routes-only", connection => connection.StaticRoutesOnly },
        { "route.destination-cidr-block", connection => connection.Routes.Select(r => r.ToString()) },
        { "state", connection => Ec2Service.StateOf(connection.State) },
        { "transit-gateway-id", connection => connection.TransitGatewayId },
        { "type", _ => Ec2Service.VpnType },
        { "vpn-connection-id", connection => connection.Id.Value },
        { "vpn-gateway-id", connection => connection.VpnGatewayId?.Value },
    };

    /// <summary>Without telemetry: only descriptions have it.</summary>
    public static Aws.VpnConnection ToWire(CommandContext context, VpnConnection connection) => new()
    {
        VpnConnectionId = connection.Id.Value,
        CustomerGatewayId = connection.CustomerGatewayId.Value,
        VpnGatewayId = connection.VpnGatewayId?.Value,
        TransitGatewayId = connection.TransitGatewayId,
        State = Ec2Service.StateOf(connection.State),
        Type = Ec2Service.VpnType,
        Category = "VPN",
        GatewayAssociationState = connection.VpnGatewayId is null && connection.TransitGatewayId is null ? "not-associated" : "associated",
        CustomerGatewayConfiguration = ConfigurationOf(context.Here, connection),
        Options = OptionsOf(connection),
        Routes =
        [
            .. connection.Routes.Select(r => new Aws.VpnStaticRoute
            {
                DestinationCidrBlock = r.ToString(),
                State = Ec2Service.StateOf(VpnState.Available),
            }),
        ],
        Tags = TagRules.ToWire(connection.Tags),
    };

    private static string? ConfigurationOf(Partition here, VpnConnection connection) =>
        connection.State == VpnState.Deleted ? null : VpnConfiguration.Of(here, connection);

    private static Aws.VpnConnectionOptions OptionsOf(VpnConnection connection) => new()
    {
        EnableAcceleration = connection.EnableAcceleration,
        StaticRoutesOnly = connection.StaticRoutesOnly,
        LocalIpv4NetworkCidr = Of(connection.LocalCidr, isIpv6: false),
        RemoteIpv4NetworkCidr = Of(connection.RemoteCidr, isIpv6: false),
        LocalIpv6NetworkCidr = Of(connection.LocalCidr, isIpv6: true),
        RemoteIpv6NetworkCidr = Of(connection.RemoteCidr, isIpv6: true),
        OutsideIpAddressType = connection.OutsideIpAddressType,
        TransportTransitGatewayAttachmentId = connection.TransportAttachmentId,
        TunnelInsideIpVersion = connection.CarriesIpv6 ? "ipv6" : "ipv4",
        TunnelBandwidth = connection.IsLarge ? "large" : "standard",
        TunnelOptions = [.. connection.Tunnels.Select(ToWire)],
    };

    private static string? Of(Prefix cidr, bool isIpv6) => cidr.IsV4 == isIpv6 ? null : cidr.ToString();

    private static Aws.TunnelOption ToWire(VpnTunnel tunnel) => new()
    {
        OutsideIpAddress = tunnel.OutsideIp.ToString(),
        TunnelInsideCidr = tunnel.InsideCidr.ToString(),
        TunnelInsideIpv6Cidr = tunnel.InsideIpv6Cidr?.ToString(),
        PreSharedKey = tunnel.PreSharedKey,
        Phase1LifetimeSeconds = tunnel.Phase1LifetimeSeconds,
        Phase2LifetimeSeconds = tunnel.Phase2LifetimeSeconds,
        RekeyMarginTimeSeconds = tunnel.RekeyMarginTimeSeconds,
        RekeyFuzzPercentage = tunnel.RekeyFuzzPercentage,
        ReplayWindowSize = tunnel.ReplayWindowSize,
        DpdTimeoutSeconds = tunnel.DpdTimeoutSeconds,
        DpdTimeoutAction = tunnel.DpdTimeoutAction,
        Phase1EncryptionAlgorithms = Each(tunnel.Phase1Encryption, v => new Aws.Phase1EncryptionAlgorithmsListValue { Value = v }),
        Phase2EncryptionAlgorithms = Each(tunnel.Phase2Encryption, v => new Aws.Phase2EncryptionAlgorithmsListValue { Value = v }),
        Phase1IntegrityAlgorithms = Each(tunnel.Phase1Integrity, v => new Aws.Phase1IntegrityAlgorithmsListValue { Value = v }),
        Phase2IntegrityAlgorithms = Each(tunnel.Phase2Integrity, v => new Aws.Phase2IntegrityAlgorithmsListValue { Value = v }),
        Phase1DHGroupNumbers = Each(tunnel.Phase1DhGroups, v => new Aws.Phase1DHGroupNumbersListValue { Value = v }),
        Phase2DHGroupNumbers = Each(tunnel.Phase2DhGroups, v => new Aws.Phase2DHGroupNumbersListValue { Value = v }),
        IkeVersions = Each(tunnel.IkeVersions, v => new Aws.IKEVersionsListValue { Value = v }),
        StartupAction = tunnel.StartupAction,
        LogOptions = new Aws.VpnTunnelLogOptions
        {
            CloudWatchLogOptions = new Aws.CloudWatchLogOptions
            {
                LogEnabled = tunnel.Log.Enabled,
                LogGroupArn = tunnel.Log.GroupArn,
                LogOutputFormat = tunnel.Log.Format,
                BgpLogEnabled = tunnel.Log.BgpEnabled,
                BgpLogGroupArn = tunnel.Log.BgpGroupArn,
                BgpLogOutputFormat = tunnel.Log.BgpFormat,
            },
        },
        EnableTunnelLifecycleControl = tunnel.LifecycleControl,
    };

    private static List<TOut>? Each<TIn, TOut>(ImmutableArray<TIn> values, Func<TIn, TOut> make) =>
        values.IsEmpty ? null : [.. values.Select(make)];
}
