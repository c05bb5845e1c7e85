using System.Text.Json.Nodes;

namespace Trunkline.Tests.Clients;

/// <summary>Changes of what joins networks: each writes rows at two places, of two accounts or of two kinds, together.</summary>
internal static class MixedJoinWrite
{
    private const int HubsMax = 3;

    /// <param name="partner">The other account, in the same region; what is made there is noted in <see cref="Ledger.Partner"/>.</param>
    public static async Task Do(QueryClient client, QueryClient partner, Ledger ledger, string vpc, Random random)
    {
        switch (random.Next(9))
        {
            case 0:
                await Hub(client, ledger);
                break;
            case 1 or 2:
                await Attach(client, ledger, vpc, random);
                break;
            case 3:
                await Peer(client, partner, ledger, vpc);
                break;
            case 4:
                await Tunnel(client, ledger, random);
                break;
            case 5:
                await Exit(client, ledger, vpc);
                break;
            case 6:
                await Host(client, partner, ledger, random);
                break;
            default:
                await TakeAway(client, ledger, random);
                break;
        }
    }

    private static async Task Hub(QueryClient client, Ledger ledger)
    {
        if (ledger.Hubs.Count == HubsMax)
        {
            return;
        }

        string hub = (await client.Must("CreateTransitGateway")).First("transitGatewayId");
        ledger.Made(hub);
        ledger.Hubs.Add(hub);
    }

    /// <summary>An attachment with its interface; a static route to it in a new table.</summary>
    private static async Task Attach(QueryClient client, Ledger ledger, string vpc, Random random)
    {
        if (ledger.Hubs.Count == 0 || ledger.Vpcs[vpc].Find(p => p.StartsWith("subnet-", StringComparison.Ordinal)) is not { } subnet)
        {
            return;
        }

        string hub = ledger.Hubs[random.Next(ledger.Hubs.Count)];
        Answer made = await client.Ask("CreateTransitGatewayVpcAttachment", $"TransitGatewayId={hub}", $"VpcId={vpc}", $"SubnetIds.1={subnet}");
        if (made.Code is "DuplicateTransitGatewayAttachment" or "TransitGatewayAttachmentLimitExceeded")
        {
            return;
        }

        Assert.True(made.IsOk, made.Body);
        string attachment = made.First("transitGatewayAttachmentId");
        ledger.Made(attachment);
        ledger.Joins.Add(attachment);
        string table = (await client.Must("CreateTransitGatewayRouteTable", $"TransitGatewayId={hub}")).First("transitGatewayRouteTableId");
        ledger.Made(table);
        await client.Must(
            "CreateTransitGatewayRoute", $"TransitGatewayRouteTableId={table}", "DestinationCidrBlock=192.168.0.0/16",
            $"TransitGatewayAttachmentId={attachment}");
        await client.Must(
            "EnableTransitGatewayRouteTablePropagation", $"TransitGatewayRouteTableId={table}", $"TransitGatewayAttachmentId={attachment}");
    }

    /// <summary>Asked for by one account, accepted by the other.</summary>
    private static async Task Peer(QueryClient client, QueryClient partner, Ledger ledger, string vpc)
    {
        string other = (await partner.Must("CreateVpc", "CidrBlock=10.200.0.0/16")).First("vpcId");
        ledger.Partner.Made(other);
        string peering = (await client.Must(
            "CreateVpcPeeringConnection", $"VpcId={vpc}", $"PeerVpcId={other}", $"PeerOwnerId={partner.Account}")).First("vpcPeeringConnectionId");
        ledger.Made(peering);
        ledger.Partner.Made(peering);
        ledger.Vpcs[vpc].Add(peering);
        ledger.Joins.Add(peering);
        await partner.Must("AcceptVpcPeeringConnection", $"VpcPeeringConnectionId={peering}");
    }

    /// <summary>A VPN connection and its attachment.</summary>
    private static async Task Tunnel(QueryClient client, Ledger ledger, Random random)
    {
        if (ledger.Hubs.Count == 0)
        {
            return;
        }

        string customer = (await client.Must(
            "CreateCustomerGateway", "Type=ipsec.1", $"IpAddress=198.18.{random.Next(256)}.{random.Next(1, 255)}", $"BgpAsn={random.Next(64512, 65000)}"))
            .First("customerGatewayId");
        ledger.Made(customer);
        string tunnel = (await client.Must(
            "CreateVpnConnection", "Type=ipsec.1", $"CustomerGatewayId={customer}", $"TransitGatewayId={ledger.Hubs[random.Next(ledger.Hubs.Count)]}"))
            .First("vpnConnectionId");
        ledger.Made(tunnel);
        ledger.Joins.Add(tunnel);
    }

    private static async Task Exit(QueryClient client, Ledger ledger, string vpc)
    {
        string gateway = (await client.Must("CreateVpnGateway", "Type=ipsec.1")).First("vpnGatewayId");
        ledger.Made(gateway);
        Answer attached = await client.Ask("AttachVpnGateway", $"VpnGatewayId={gateway}", $"VpcId={vpc}");
        Assert.True(attached.IsOk || attached.Code == "InvalidVpcState", attached.Body);
        if (attached.IsOk)
        {
            ledger.Vpcs[vpc].Add(gateway);
        }
    }

    /// <summary>A partner's port, and a connection on it that the other account sees.</summary>
    private static async Task Host(QueryClient client, QueryClient partner, Ledger ledger, Random random)
    {
        if (ledger.Trunk is null)
        {
            JsonNode places = await client.Direct("DescribeLocations", []);
            JsonNode trunk = await client.Direct("CreateInterconnect", new()
            {
                ["interconnectName"] = "trunk",
                ["bandwidth"] = "10Gbps",
                ["location"] = (string)places["locations"]![0]!["locationCode"]!,
            });
            ledger.Trunk = (string)trunk["interconnectId"]!;
            ledger.Made(ledger.Trunk);
            return;
        }

        (JsonNode? hosted, string code) = await client.AskDirect("AllocateHostedConnection", new()
        {
            ["connectionId"] = ledger.Trunk,
            ["ownerAccount"] = partner.Account,
            ["bandwidth"] = "50Mbps",
            ["connectionName"] = "hosted",
            ["vlan"] = random.Next(1, 4094),
        });
        if (hosted is null)
        {
            Assert.True(code.EndsWith("DirectConnectClientException", StringComparison.Ordinal), $"the VLAN may be taken, and nothing else: {code}");
            return;
        }

        string made = (string)hosted["connectionId"]!;
        ledger.Partner.Made(made);
        await partner.Direct("ConfirmConnection", new() { ["connectionId"] = made });
    }

    private static async Task TakeAway(QueryClient client, Ledger ledger, Random random)
    {
        if (ledger.Joins.Count == 0)
        {
            return;
        }

        string one = ledger.Joins[random.Next(ledger.Joins.Count)];
        ledger.Joins.Remove(one);
        ledger.Asks(one);
        ledger.Partner.Asks(one);
        (string action, string parameter) = one[..one.LastIndexOf('-')] switch
        {
            "pcx" => ("DeleteVpcPeeringConnection", "VpcPeeringConnectionId"),
            "vpn" => ("DeleteVpnConnection", "VpnConnectionId"),
            _ => ("DeleteTransitGatewayVpcAttachment", "TransitGatewayAttachmentId"),
        };
        await client.Must(action, $"{parameter}={one}");
        ledger.Deleted(one);
        ledger.Partner.Deleted(one);
    }
}
