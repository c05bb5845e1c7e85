using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Trunkline.Tests.Clients;

/// <summary>What joins an account's networks in a region, as its describes show it; what has ended is not there.</summary>
internal sealed class JoinView
{
    private static readonly (string Action, string List, string Id)[] Reads =
    [
        ("DescribeVpcPeeringConnections", "vpcPeeringConnectionSet", "vpcPeeringConnectionId"),
        ("DescribeTransitGateways", "transitGatewaySet", "transitGatewayId"),
        ("DescribeTransitGatewayAttachments", "transitGatewayAttachments", "transitGatewayAttachmentId"),
        ("DescribeTransitGatewayVpcAttachments", "transitGatewayVpcAttachments", "transitGatewayAttachmentId"),
        ("DescribeTransitGatewayRouteTables", "transitGatewayRouteTables", "transitGatewayRouteTableId"),
        ("DescribeCustomerGateways", "customerGatewaySet", "customerGatewayId"),
        ("DescribeVpnGateways", "vpnGatewaySet", "vpnGatewayId"),
        ("DescribeVpnConnections", "vpnConnectionSet", "vpnConnectionId"),
    ];

    private readonly Dictionary<string, Dictionary<string, XElement>> items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> hosted = new(StringComparer.Ordinal);

    public IEnumerable<string> Ids => items.Values.SelectMany(rows => rows.Keys).Concat(lines.Keys);

    public static async Task<JoinView> Of(QueryClient client)
    {
        JoinView view = new();
        foreach ((string action, string list, string id) in Reads)
        {
            XElement root = XDocument.Parse((await client.Must(action)).Body).Root!;
            view.items[action] = Child(root, list)!.Elements().Where(e => !HasEnded(e)).ToDictionary(e => Text(e, id));
        }

        foreach (JsonNode? trunk in (await client.Direct("DescribeInterconnects", []))["interconnects"]!.AsArray())
        {
            string id = (string)trunk!["interconnectId"]!;
            view.lines[id] = "interconnect";
            JsonNode on = await client.Direct("DescribeHostedConnections", new() { ["connectionId"] = id });
            view.hosted.UnionWith(on["connections"]!.AsArray().Select(c => $"{c!["connectionId"]} {c["connectionState"]}"));
        }

        foreach (JsonNode? line in (await client.Direct("DescribeConnections", []))["connections"]!.AsArray())
        {
            view.lines[(string)line!["connectionId"]!] = (string)line["connectionState"]!;
        }

        return view;
    }

    /// <summary>What one request writes at two places is at both.</summary>
    /// <param name="partner">What the other account sees in the same region.</param>
    /// <param name="doors">The interfaces of transit gateways that the account shows.</param>
    public void NothingIsHalfThere(JoinView partner, IReadOnlyCollection<string> doors)
    {
        Assert.Equal(Statuses(this), Statuses(partner));
        Assert.Equal(hosted.Order(StringComparer.Ordinal), partner.lines.Select(l => $"{l.Key} {l.Value}").Order(StringComparer.Ordinal));
        Assert.All(items["DescribeTransitGateways"].Values, hub => Assert.True(
            items["DescribeTransitGatewayRouteTables"].ContainsKey(Text(Child(hub, "options")!, "associationDefaultRouteTableId")), hub.ToString()));
        string[] attached =
        [
            .. items["DescribeTransitGatewayAttachments"].Values.Where(a => Text(a, "resourceType") == "vpn").Select(a => Text(a, "resourceId")),
        ];
        Assert.Equal(items["DescribeVpnConnections"].Keys.Order(StringComparer.Ordinal), attached.Order(StringComparer.Ordinal));
        Assert.Equal(
            items["DescribeTransitGatewayAttachments"].Where(a => Text(a.Value, "resourceType") == "vpc").Select(a => a.Key).Order(StringComparer.Ordinal),
            items["DescribeTransitGatewayVpcAttachments"].Keys.Order(StringComparer.Ordinal));
        Assert.Equal(items["DescribeTransitGatewayVpcAttachments"].Values.Sum(a => Child(a, "subnetIds")!.Elements().Count()), doors.Count);
        Assert.All(items["DescribeVpnConnections"].Values, v => Assert.Contains(Text(v, "customerGatewayId"), items["DescribeCustomerGateways"].Keys));
    }

    private static IEnumerable<string> Statuses(JoinView view) =>
        view.items["DescribeVpcPeeringConnections"].Select(p => $"{p.Key} {Text(Child(p.Value, "status")!, "code")}").Order(StringComparer.Ordinal);

    private static bool HasEnded(XElement item) =>
        (Text(item, "state") is { Length: > 0 } state ? state : Child(item, "status") is { } status ? Text(status, "code") : "")
            is "deleted" or "rejected" or "failed";

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private static string Text(XElement parent, string name) => Child(parent, name)?.Value ?? "";
}
