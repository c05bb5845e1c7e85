using System.Collections.Immutable;
using System.Xml.Linq;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>VPN connections: tunnels, options, routes, and what the routers of a site make of them.</summary>
public sealed class VpnConnectionTests
{
    private const string RouterAddress = "203.0.113.10";

    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string gateway;
    private readonly string customer;

    public VpnConnectionTests()
    {
        vpc = lab.NewVpc().VpcId!;
        gateway = lab.Run((ec2, c) => ec2.CreateVpnGateway(c, new() { Type = "ipsec.1", AmazonSideAsn = 64600 })).VpnGateway!.VpnGatewayId!;
        lab.Run((ec2, c) => ec2.AttachVpnGateway(c, new() { VpnGatewayId = gateway, VpcId = vpc }));
        customer = NewCustomer(RouterAddress);
    }

    [Fact]
    public void Rule123_a_connection_has_two_tunnels_with_inside_addresses_of_their_own()
    {
        Aws.VpnConnection made = NewVpn();
        Assert.Equal(("pending", "VPN", "associated", "ipsec.1"), (made.State, made.Category, made.GatewayAssociationState, made.Type));
        Aws.VpnConnection shown = Described(made.VpnConnectionId!);
        Assert.Equal(("available", gateway, customer), (shown.State, shown.VpnGatewayId, shown.CustomerGatewayId));
        Aws.VpnConnectionOptions options = shown.Options!;
        Assert.Equal(
            (false, false, "ipv4", "standard", "PublicIpv4", "0.0.0.0/0"),
            (options.EnableAcceleration, options.StaticRoutesOnly, options.TunnelInsideIpVersion, options.TunnelBandwidth,
                options.OutsideIpAddressType, options.LocalIpv4NetworkCidr));
        Aws.TunnelOption[] tunnels = [.. options.TunnelOptions!];
        Assert.Equal(2, tunnels.Length);
        Assert.True(IpAddress.Parse(tunnels[0].OutsideIpAddress!) < IpAddress.Parse(tunnels[1].OutsideIpAddress!));
        Assert.NotEqual(tunnels[0].TunnelInsideCidr, tunnels[1].TunnelInsideCidr);
        Assert.All(tunnels, t =>
        {
            Prefix inside = Prefix.Parse(t.TunnelInsideCidr!);
            Assert.Equal((30, true), (inside.Length, Prefix.Parse("169.254.0.0/16").Contains(inside)));
            Assert.Matches("^[A-Za-z1-9._][A-Za-z0-9._]{31}$", t.PreSharedKey);
            Assert.Null(t.Phase1LifetimeSeconds);
            Assert.Null(t.Phase1EncryptionAlgorithms);
        });
    }

    [Theory]
    [InlineData("169.254.0.0/30")]
    [InlineData("169.254.5.0/30")]
    [InlineData("169.254.169.252/30")]
    [InlineData("169.254.10.1/30")]
    [InlineData("169.254.10.0/29")]
    [InlineData("10.0.0.0/30")]
    public void Rule123_inside_blocks_that_no_tunnel_may_have_are_refused(string cidr) =>
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { TunnelInsideCidr = cidr }));

    [Fact]
    public void Rule123_inside_blocks_are_each_used_once_at_a_gateway()
    {
        NewVpn(new() { TunnelOptions = [new() { TunnelInsideCidr = "169.254.10.0/30" }] });
        string second = NewCustomer("203.0.113.20");
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateVpnConnection(c, Wish(
            new() { TunnelOptions = [new() { TunnelInsideCidr = "169.254.10.0/30" }] }) with
        { CustomerGatewayId = second })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateVpnConnection(c, Wish(new()
        {
            TunnelOptions = [new() { TunnelInsideCidr = "169.254.11.0/30" }, new() { TunnelInsideCidr = "169.254.11.0/30" }],
        }) with
        { CustomerGatewayId = second })));
    }

    [Fact]
    public void Tunnel_options_have_bounds()
    {
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { PreSharedKey = "0startszero" }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { PreSharedKey = "short" }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { PreSharedKey = "has-a-dash-in-it" }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { Phase1LifetimeSeconds = 899 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { Phase2LifetimeSeconds = 3601 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { Phase1LifetimeSeconds = 1000, Phase2LifetimeSeconds = 1000 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { Phase2LifetimeSeconds = 900, RekeyMarginTimeSeconds = 451 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { RekeyFuzzPercentage = 101 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { ReplayWindowSize = 63 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { DPDTimeoutSeconds = 29 }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { DPDTimeoutAction = "wait" }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { Phase1EncryptionAlgorithms = [new() { Value = "DES" }] }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { Phase1DHGroupNumbers = [new() { Value = 5 }] }));
        Assert.Equal("InvalidParameterValue", RefusedTunnel(new() { IKEVersions = [new() { Value = "ikev3" }] }));
        Assert.Equal("InvalidParameterCombination", RefusedTunnel(new() { StartupAction = "start", IKEVersions = [new() { Value = "ikev1" }] }));
        Assert.Equal("InvalidParameterCombination", RefusedTunnel(new() { TunnelInsideIpv6Cidr = "fd00::/126" }));
        Assert.Equal("MissingParameter", RefusedTunnel(new() { LogOptions = new() { CloudWatchLogOptions = new() { LogEnabled = true } } }));
        Assert.Equal("InvalidParameterValue", Refused(Wish(new() { TunnelOptions = [new(), new(), new()] })));
    }

    [Fact]
    public void Rule122_what_only_a_transit_gateway_has_is_refused_elsewhere()
    {
        Assert.Equal("InvalidParameterCombination", Refused(Wish(new() { EnableAcceleration = true })));
        Assert.Equal("InvalidParameterCombination", Refused(Wish(new() { TunnelInsideIpVersion = "ipv6" })));
        Assert.Equal("InvalidParameterCombination", Refused(Wish(new() { TunnelBandwidth = "large" })));
        Assert.Equal("MissingParameter", Refused(Wish(new() { OutsideIpAddressType = "PrivateIpv4" }) with { VpnGatewayId = null, TransitGatewayId = NewTransit() }));
        Assert.Equal("InvalidParameterCombination", Refused(Wish(new()) with { TransitGatewayId = NewTransit() }));
        Assert.Equal("UnsupportedOperation", Refused(Wish(new()) with { VpnConcentratorId = "vcn-1" }));
        Assert.Equal("InvalidParameterCombination", Refused(Wish(new() { LocalIpv6NetworkCidr = "::/0" })));
    }

    [Fact]
    public void A_connection_of_a_transit_gateway_is_an_attachment_of_it()
    {
        string transit = NewTransit();
        Aws.VpnConnection made = lab.Run((ec2, c) => ec2.CreateVpnConnection(
            c, Wish(new() { TunnelBandwidth = "large" }) with { VpnGatewayId = null, TransitGatewayId = transit })).VpnConnection!;
        Assert.Equal((transit, "large"), (Described(made.VpnConnectionId!).TransitGatewayId, Described(made.VpnConnectionId!).Options!.TunnelBandwidth));
        TransitGatewayAttachment attachment = Assert.Single(lab.Here.All<TransitGatewayAttachment>(), a => !a.IsEnded);
        Assert.Equal((TransitGatewayAttachmentType.Vpn, made.VpnConnectionId), (attachment.Type, attachment.ResourceId));
        lab.Run((ec2, c) => ec2.ModifyVpnConnectionOptions(c, new() { VpnConnectionId = made.VpnConnectionId, TunnelBandwidth = "standard" }));
        lab.Run((ec2, c) => ec2.ModifyVpnConnection(c, new() { VpnConnectionId = made.VpnConnectionId, VpnGatewayId = gateway }));
        Assert.Empty(lab.Here.All<TransitGatewayAttachment>().Where(a => !a.IsEnded));
        lab.Run((ec2, c) => ec2.ModifyVpnConnection(c, new() { VpnConnectionId = made.VpnConnectionId, TransitGatewayId = transit }));
        Assert.Single(lab.Here.All<TransitGatewayAttachment>(), a => !a.IsEnded);
        lab.Run((ec2, c) => ec2.DeleteVpnConnection(c, new() { VpnConnectionId = made.VpnConnectionId }));
        Assert.Empty(lab.Here.All<TransitGatewayAttachment>().Where(a => !a.IsEnded));
    }

    [Fact]
    public void Rule126_asking_again_returns_the_connection_and_quotas_hold()
    {
        string id = NewVpn().VpnConnectionId!;
        Assert.Equal(id, NewVpn().VpnConnectionId);
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 1; i < 10; i++)
        {
            string next = NewCustomer($"203.0.113.{100 + i}");
            lab.Run((ec2, c) => ec2.CreateVpnConnection(c, Wish(new()) with { CustomerGatewayId = next }));
        }

        string last = NewCustomer("203.0.113.200");
        Assert.Equal("VpnConnectionLimitExceeded", Refused(Wish(new()) with { CustomerGatewayId = last }));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DeleteCustomerGateway(c, new() { CustomerGatewayId = customer })));
        lab.Run((ec2, c) => ec2.DetachVpnGateway(c, new() { VpnGatewayId = gateway, VpcId = vpc }));
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.DeleteVpnGateway(c, new() { VpnGatewayId = gateway })));
        lab.Run((ec2, c) => ec2.DeleteVpnConnection(c, new() { VpnConnectionId = id }));
        Assert.Equal(("deleted", null, null), (Described(id).State, Described(id).CustomerGatewayConfiguration, Described(id).VgwTelemetry));
        lab.Run((ec2, c) => ec2.DeleteCustomerGateway(c, new() { CustomerGatewayId = customer }));
        Assert.Equal("InvalidVpnConnectionID.NotFound", lab.Refused((ec2, c) => ec2.DeleteVpnConnection(c, new() { VpnConnectionId = id })));
    }

    [Fact]
    public void Rule125_static_routes_belong_to_static_connections()
    {
        string dynamic = NewVpn().VpnConnectionId!;
        Assert.Equal("InvalidVpnConnection.InvalidType", lab.Refused(
            (ec2, c) => ec2.CreateVpnConnectionRoute(c, new() { VpnConnectionId = dynamic, DestinationCidrBlock = "192.168.0.0/16" })));
        string second = NewCustomer("203.0.113.20");
        string id = lab.Run((ec2, c) => ec2.CreateVpnConnection(
            c, Wish(new() { StaticRoutesOnly = true }) with { CustomerGatewayId = second })).VpnConnection!.VpnConnectionId!;
        AddRoute(id, "192.168.0.0/16");
        AddRoute(id, "192.168.0.0/16");
        AddRoute(id, "172.16.0.0/12");
        Assert.Equal(["172.16.0.0/12", "192.168.0.0/16"], Described(id).Routes!.Select(r => r.DestinationCidrBlock));
        string transit = NewTransit();
        Assert.Equal("IncorrectState", lab.Refused((ec2, c) => ec2.ModifyVpnConnection(c, new() { VpnConnectionId = id, TransitGatewayId = transit })));
        lab.Run((ec2, c) => ec2.DeleteVpnConnectionRoute(c, new() { VpnConnectionId = id, DestinationCidrBlock = "172.16.0.0/12" }));
        Assert.Equal("InvalidRoute.NotFound", lab.Refused(
            (ec2, c) => ec2.DeleteVpnConnectionRoute(c, new() { VpnConnectionId = id, DestinationCidrBlock = "172.16.0.0/12" })));
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeVpnConnections(c, new()
        {
            Filters = [Networks.Filter("option.static-routes-only", "true"), Networks.Filter("route.destination-cidr-block", "192.168.*")],
        })).VpnConnections!);
    }

    [Fact]
    public void The_configuration_tells_a_router_both_tunnels()
    {
        Aws.VpnConnection made = NewVpn(new() { TunnelOptions = [new() { TunnelInsideCidr = "169.254.10.0/30", PreSharedKey = "a.good_key" }] });
        XElement root = XDocument.Parse(made.CustomerGatewayConfiguration!).Root!;
        XElement first = root.Elements("ipsec_tunnel").First();
        Assert.Equal(2, root.Elements("ipsec_tunnel").Count());
        Assert.Equal("169.254.10.1", first.Element("vpn_gateway")!.Element("tunnel_inside_address")!.Element("ip_address")!.Value);
        Assert.Equal("169.254.10.2", first.Element("customer_gateway")!.Element("tunnel_inside_address")!.Element("ip_address")!.Value);
        Assert.Equal(RouterAddress, first.Element("customer_gateway")!.Element("tunnel_outside_address")!.Element("ip_address")!.Value);
        Assert.Equal(("64600", "30"), (first.Element("vpn_gateway")!.Element("bgp")!.Element("asn")!.Value, first.Element("vpn_gateway")!.Element("bgp")!.Element("hold_time")!.Value));
        Assert.Equal("a.good_key", first.Element("ike")!.Element("pre_shared_key")!.Value);

        foreach (Aws.VpnConnectionDeviceType device in lab.Run((ec2, c) => ec2.GetVpnConnectionDeviceTypes(c, new())).VpnConnectionDeviceTypes!)
        {
            string text = lab.Run((ec2, c) => ec2.GetVpnConnectionDeviceSampleConfiguration(c, new()
            {
                VpnConnectionId = made.VpnConnectionId,
                VpnConnectionDeviceTypeId = device.VpnConnectionDeviceTypeId,
                SampleType = "recommended",
            })).VpnConnectionDeviceSampleConfiguration!;
            Assert.Contains("a.good_key", text);
            Assert.All(made.Options!.TunnelOptions!, t => Assert.Contains(t.OutsideIpAddress!, text));
        }

        Assert.Equal("UnsupportedOperation", lab.Refused((ec2, c) => ec2.GetVpnConnectionDeviceSampleConfiguration(c, new()
        {
            VpnConnectionId = made.VpnConnectionId,
            VpnConnectionDeviceTypeId = lab.Run((e, d) => e.GetVpnConnectionDeviceTypes(d, new())).VpnConnectionDeviceTypes![0].VpnConnectionDeviceTypeId,
            SampleType = "recommended",
            InternetKeyExchangeVersion = "ikev1",
        })));
    }

    [Fact]
    public void One_tunnel_is_changed_at_a_time()
    {
        Aws.VpnConnection made = NewVpn();
        string id = made.VpnConnectionId!;
        string second = made.Options!.TunnelOptions![1].OutsideIpAddress!;
        Aws.VpnConnection changed = lab.Run((ec2, c) => ec2.ModifyVpnTunnelOptions(c, new()
        {
            VpnConnectionId = id,
            VpnTunnelOutsideIpAddress = second,
            TunnelOptions = new() { Phase1LifetimeSeconds = 7200, IKEVersions = [new() { Value = "ikev2" }], TunnelInsideCidr = "169.254.44.0/30" },
        })).VpnConnection!;
        Assert.Equal("modifying", changed.State);
        Aws.TunnelOption[] tunnels = [.. Described(id).Options!.TunnelOptions!];
        Assert.Equal((7200, "169.254.44.0/30", "ikev2"), (tunnels[1].Phase1LifetimeSeconds, tunnels[1].TunnelInsideCidr, tunnels[1].IkeVersions!.Single().Value));
        Assert.Equal((null, made.Options.TunnelOptions[0].TunnelInsideCidr), (tunnels[0].Phase1LifetimeSeconds, tunnels[0].TunnelInsideCidr));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ModifyVpnTunnelOptions(
            c, new() { VpnConnectionId = id, VpnTunnelOutsideIpAddress = "192.0.2.1", TunnelOptions = new() })));
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.ModifyVpnTunnelOptions(
            c, new() { VpnConnectionId = id, VpnTunnelOutsideIpAddress = second })));

        lab.Now += TimeSpan.FromMinutes(5);
        Assert.True(lab.Run((ec2, c) => ec2.ReplaceVpnTunnel(c, new() { VpnConnectionId = id, VpnTunnelOutsideIpAddress = second })).Return);
        Aws.MaintenanceDetails details = lab.Run((ec2, c) => ec2.GetVpnTunnelReplacementStatus(
            c, new() { VpnConnectionId = id, VpnTunnelOutsideIpAddress = second })).MaintenanceDetails!;
        Assert.Equal(("None", (DateTimeOffset?)lab.Now), (details.PendingMaintenance, details.LastMaintenanceApplied));
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.ReplaceVpnTunnel(
            c, new() { VpnConnectionId = id, VpnTunnelOutsideIpAddress = second, ApplyPendingMaintenance = true })));
    }

    [Fact]
    public void Rule118_telemetry_and_propagated_routes_are_what_the_router_makes_of_them()
    {
        string id = NewVpn().VpnConnectionId!;
        string table = lab.MainTable(vpc).Key;
        lab.Run((ec2, c) => ec2.EnableVgwRoutePropagation(c, new() { GatewayId = gateway, RouteTableId = table }));
        Assert.All(Described(id).VgwTelemetry!, t => Assert.Equal(("DOWN", 0), (t.Status, t.AcceptedRouteCount)));
        string outside = Described(id).Options!.TunnelOptions![0].OutsideIpAddress!;
        Assert.Null(Active(id, outside).IkeVersion);

        Meet(65000);
        Assert.All(Described(id).VgwTelemetry!, t => Assert.Equal(("UP", "1 BGP ROUTES", 1), (t.Status, t.StatusMessage, t.AcceptedRouteCount)));
        Aws.Route learned = Assert.Single(lab.Run((ec2, c) => ec2.DescribeRouteTables(
            c, new() { Filters = [Networks.Filter("route.origin", "EnableVgwRoutePropagation")] })).RouteTables!.Single().Routes!, r => r.GatewayId == gateway);
        Assert.Equal(("192.168.0.0/16", "active", "EnableVgwRoutePropagation"), (learned.DestinationCidrBlock, learned.State, learned.Origin));
        Assert.Equal(("AES128", "available"), (Active(id, outside).Phase1EncryptionAlgorithm, Active(id, outside).ProvisioningStatus));

        // The router says it is another AS than AWS was told: IPsec stands, BGP does not.
        Meet(65001);
        Assert.All(Described(id).VgwTelemetry!, t => Assert.Equal(("DOWN", "IPSEC IS UP", 0), (t.Status, t.StatusMessage, t.AcceptedRouteCount)));
        Assert.DoesNotContain(
            lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [table] })).RouteTables!.Single().Routes!,
            r => r.Origin == "EnableVgwRoutePropagation");
    }

    private void Meet(long asn) => lab.Do<object?>(c =>
    {
        c.Draft.SetWorld(c.Draft.Next.World with
        {
            Sites =
            [
                new Site(
                    "dc",
                    [new SiteRouter { Name = "edge", Addresses = [IpAddress.Parse(RouterAddress)], Asn = asn }],
                    [new SiteNetwork(Prefix.Parse("192.168.0.0/16"), Answers: true, [])]),
            ],
        });
        return null;
    });

    private Aws.ActiveVpnTunnelStatus Active(string id, string outside) => lab.Run((ec2, c) => ec2.GetActiveVpnTunnelStatus(
        c, new() { VpnConnectionId = id, VpnTunnelOutsideIpAddress = outside })).ActiveVpnTunnelStatus!;

    private string NewCustomer(string address) => lab.Run((ec2, c) => ec2.CreateCustomerGateway(
        c, new() { Type = "ipsec.1", IpAddress = address, BgpAsn = 65000 })).CustomerGateway!.CustomerGatewayId!;

    private string NewTransit() =>
        lab.Run((ec2, c) => ec2.CreateTransitGateway(c, new())).TransitGateway!.TransitGatewayId!;

    private Aws.CreateVpnConnectionRequest Wish(Aws.VpnConnectionOptionsSpecification options) =>
        new() { Type = "ipsec.1", CustomerGatewayId = customer, VpnGatewayId = gateway, Options = options };

    private Aws.VpnConnection NewVpn(Aws.VpnConnectionOptionsSpecification? options = null) =>
        lab.Run((ec2, c) => ec2.CreateVpnConnection(c, Wish(options ?? new()))).VpnConnection!;

    private string Refused(Aws.CreateVpnConnectionRequest request) => lab.Refused((ec2, c) => ec2.CreateVpnConnection(c, request));

    private string RefusedTunnel(Aws.VpnTunnelOptionsSpecification tunnel) => Refused(Wish(new() { TunnelOptions = [tunnel] }));

    private void AddRoute(string id, string cidr) => lab.Run(
        (ec2, c) => ec2.CreateVpnConnectionRoute(c, new() { VpnConnectionId = id, DestinationCidrBlock = cidr }));

    private Aws.VpnConnection Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeVpnConnections(c, new() { VpnConnectionIds = [id] })).VpnConnections!.Single();
}
