using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// What a customer's router has to be told for a virtual interface. Source: Direct Connect API, DescribeRouterConfiguration; AWS, "Download the
/// router configuration file".
/// </summary>
public sealed partial class DirectConnectService
{
    private const string Cisco = "Cisco Systems, Inc.";
    private const string Juniper = "Juniper Networks, Inc.";

    /// <summary>Routers that AWS has templates for; the first is meant where a request names none.</summary>
    private static readonly ImmutableArray<AwsDx.RouterType> Routers =
    [
        Router(Cisco, "2900 Series Routers", "IOS 12.4+", "CiscoSystemsInc-2900SeriesRouters-IOS124", "cisco-generic"),
        Router(Cisco, "3700 Series Routers", "IOS 12.4+", "CiscoSystemsInc-3700SeriesRouters-IOS124", "cisco-generic"),
        Router(Cisco, "7200 Series Routers", "IOS 12.4+", "CiscoSystemsInc-7200SeriesRouters-IOS124", "cisco-generic"),
        Router(Cisco, "ASR 1000 Series Routers", "IOS XE", "CiscoSystemsInc-ASR1000SeriesRouters-IOSXE", "cisco-generic"),
        Router(Cisco, "Nexus 7000+ Series Switches", "NX-OS 5.1+", "CiscoSystemsInc-Nexus7000SeriesSwitches-NXOS51", "cisco-nexus"),
        Router(Juniper, "MX Series Routers", "JunOS 9.5+", "JuniperNetworksInc-MXSeriesRouters-JunOS95", "juniper-generic"),
        Router(Juniper, "SRX Series Routers", "JunOS 9.5+", "JuniperNetworksInc-SRXSeriesRouters-JunOS95", "juniper-srx"),
        Router("Palo Alto Networks", "PA 3000+ and 5000+ series", "PANOS 4.1.2+", "PaloAltoNetworks-PA3000and5000series-PANOS412", "palo-alto"),
    ];

    public AwsDx.DescribeRouterConfigurationResponse DescribeRouterConfiguration(
        CommandContext context, AwsDx.DescribeRouterConfigurationRequest request)
    {
        DxVirtualInterface vif = DxRows.Interface(context, request.VirtualInterfaceId);
        AwsDx.RouterType router = request.RouterTypeIdentifier is { } named
            ? Routers.FirstOrDefault(r => r.RouterTypeIdentifier == named)
                ?? throw DxFaults.Client($"Router type {named} is not valid.")
            : Routers[0];
        return new AwsDx.DescribeRouterConfigurationResponse
        {
            CustomerRouterConfig = InterfaceViews.RouterConfig(vif),
            Router = router,
            VirtualInterfaceId = vif.Key,
            VirtualInterfaceName = vif.Name,
        };
    }

    private static AwsDx.RouterType Router(string vendor, string platform, string software, string id, string template) => new()
    {
        Vendor = vendor,
        Platform = platform,
        Software = software,
        XsltTemplateName = $"customer-router-{template}.xslt",
        XsltTemplateNameForMacSec = "",
        RouterTypeIdentifier = id,
    };
}
