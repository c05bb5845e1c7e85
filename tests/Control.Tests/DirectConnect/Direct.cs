using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.DirectConnect;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Direct Connect on a lab: what most of its tests begin with.</summary>
internal static class Direct
{
    public const string Owner = "000000000000";
    public const string Tenant = "111111111111";
    public const string Location = "EqDC2";

    private static readonly DirectConnectService Service = new();

    public static T Dx<T>(this Lab lab, Func<DirectConnectService, CommandContext, T> operation, string? account = null) =>
        lab.Do(c => operation(Service, c), account);

    /// <summary>The same in another region.</summary>
    public static T DxIn<T>(this Lab lab, string region, Func<DirectConnectService, CommandContext, T> operation, string? account = null) =>
        lab.Do(c => operation(Service, c.At(new PartitionKey(account ?? Owner, region))), account);

    /// <summary>An operation that must be refused with the service's one code; its message.</summary>
    public static string DxRefused<T>(this Lab lab, Func<DirectConnectService, CommandContext, T> operation, string? account = null)
    {
        Fault fault = Assert.Throws<Fault>(() => { operation(Service, lab.Context(account)); });
        Assert.Equal("DirectConnectClientException", fault.Code);
        return fault.Message;
    }

    public static string Connection(this Lab lab, string name = "port", string bandwidth = "10Gbps", bool macSec = false, string? lag = null) =>
        lab.Dx((d, c) => d.CreateConnection(c, new()
        {
            ConnectionName = name,
            Bandwidth = bandwidth,
            Location = Location,
            RequestMACSec = macSec,
            LagId = lag,
        })).ConnectionId!;

    public static string Interconnect(this Lab lab, string? account = null) =>
        lab.Dx((d, c) => d.CreateInterconnect(c, new() { InterconnectName = "partner", Bandwidth = "10Gbps", Location = Location }), account)
            .InterconnectId!;

    public static AwsDx.Lag Lag(this Lab lab, int ports = 1, string bandwidth = "10Gbps", string? connection = null) =>
        lab.Dx((d, c) => d.CreateLag(c, new()
        {
            LagName = "bundle",
            ConnectionsBandwidth = bandwidth,
            Location = Location,
            NumberOfConnections = ports,
            ConnectionId = connection,
        }));

    public static string Gateway(this Lab lab, string name = "gateway", long asn = 64512, string? account = null) =>
        lab.Dx((d, c) => d.CreateDirectConnectGateway(c, new() { DirectConnectGatewayName = name, AmazonSideAsn = asn }), account)
            .DirectConnectGateway!.DirectConnectGatewayId!;

    public static AwsDx.NewPrivateVirtualInterface Private(int vlan, string? gateway = null, string? exit = null) => new()
    {
        VirtualInterfaceName = $"vif-{vlan}",
        Vlan = vlan,
        Asn = 65001,
        DirectConnectGatewayId = gateway,
        VirtualGatewayId = exit,
    };

    public static AwsDx.NewTransitVirtualInterface Transit(int vlan, string gateway) => new()
    {
        VirtualInterfaceName = $"vif-{vlan}",
        Vlan = vlan,
        Asn = 65001,
        DirectConnectGatewayId = gateway,
    };

    public static AwsDx.NewPublicVirtualInterface Public(int vlan) => new()
    {
        VirtualInterfaceName = $"vif-{vlan}",
        Vlan = vlan,
        Asn = 65001,
        AmazonAddress = "203.0.113.1/30",
        CustomerAddress = "203.0.113.2/30",
        RouteFilterPrefixes = [new() { Cidr = "198.51.100.0/24" }],
    };

    public static AwsDx.VirtualInterface NewPrivate(this Lab lab, string port, AwsDx.NewPrivateVirtualInterface wanted) =>
        lab.Dx((d, c) => d.CreatePrivateVirtualInterface(c, new() { ConnectionId = port, NewPrivateVirtualInterface = wanted }));

    public static AwsDx.VirtualInterface NewTransit(this Lab lab, string port, AwsDx.NewTransitVirtualInterface wanted) =>
        lab.Dx((d, c) => d.CreateTransitVirtualInterface(c, new() { ConnectionId = port, NewTransitVirtualInterface = wanted })).VirtualInterface!;

    public static AwsDx.VirtualInterface NewPublic(this Lab lab, string port, AwsDx.NewPublicVirtualInterface wanted) =>
        lab.Dx((d, c) => d.CreatePublicVirtualInterface(c, new() { ConnectionId = port, NewPublicVirtualInterface = wanted }));

    /// <summary>A virtual interface as an account sees it; null where it does not.</summary>
    public static AwsDx.VirtualInterface? Seen(this Lab lab, string id, string? account = null) =>
        lab.Dx((d, c) => d.DescribeVirtualInterfaces(c, new() { VirtualInterfaceId = id }), account).VirtualInterfacesValue!.SingleOrDefault();

    public static AwsDx.DirectConnectGatewayAssociation Associate(this Lab lab, string gateway, string associated, params string[] prefixes) =>
        lab.Dx((d, c) => d.CreateDirectConnectGatewayAssociation(c, Association(gateway, associated, prefixes))).DirectConnectGatewayAssociation!;

    public static AwsDx.CreateDirectConnectGatewayAssociationRequest Association(string gateway, string associated, params string[] prefixes) => new()
    {
        DirectConnectGatewayId = gateway,
        GatewayId = associated,
        AddAllowedPrefixesToDirectConnectGateway = Prefixes(prefixes),
    };

    public static IReadOnlyList<AwsDx.RouteFilterPrefix> Prefixes(params string[] prefixes) =>
        [.. prefixes.Select(p => new AwsDx.RouteFilterPrefix { Cidr = p })];

    public static IEnumerable<string> Texts(IReadOnlyList<AwsDx.RouteFilterPrefix>? prefixes) => prefixes!.Select(p => p.Cidr!);

    /// <summary>A virtual private gateway's row, attached to a new VPC where a CIDR is given.</summary>
    public static string Exit(this Lab lab, string? cidr = null, string account = Owner, string region = "us-east-1")
    {
        PartitionKey at = new(account, region);
        string id = "";
        lab.Do(
            c =>
            {
                CommandContext there = c.At(at);
                string? vpc = cidr is null ? null : lab.Ec2.CreateVpc(there, new() { CidrBlock = cidr }).Vpc!.VpcId;
                id = there.NewId(VpnGateway.IdPrefix);
                there.Put(new VpnGateway
                {
                    Id = new(id),
                    AmazonSideAsn = 64600,
                    Attachment = vpc is null ? null : new VpnGatewayAttachment(new(vpc), VpnAttachmentState.Attached),
                });
                return id;
            },
            account);
        return id;
    }

    public static string Hub(this Lab lab, long asn = 64700, string? account = null) =>
        lab.Run((e, c) => e.CreateTransitGateway(c, new() { Options = new() { AmazonSideAsn = asn } }), account).TransitGateway!.TransitGatewayId!;

    /// <summary>A site with one router in a location, and what has failed.</summary>
    public static void Site(this Lab lab, long asn = 65001, string? meets = null, params string[] failed) => lab.Do(c =>
    {
        c.Draft.SetWorld(c.Draft.Next.World with
        {
            Sites =
            [
                new Site(
                    "office",
                    [new SiteRouter { Name = "edge", Asn = asn, Ports = [new SitePort(Location, meets)] }],
                    [new SiteNetwork(Prefix.Parse("192.168.0.0/16"), true, [])]),
            ],
            Failures = [.. failed.Order(StringComparer.Ordinal).Select(f => new WorldFailure(WorldFailure.Nowhere, f))],
        });
        return 0;
    });
}
