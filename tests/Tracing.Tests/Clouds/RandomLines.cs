using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Clouds;

/// <summary>
/// The rest of what <see cref="RandomJoins"/> changes: Direct Connect, Connect attachments and peers, prefix lists in transit gateways' tables,
/// subnets of attachments, options of peerings.
/// </summary>
/// <param name="statics">With routes written by hand, which may lead in circles.</param>
internal sealed class RandomLines(CloudBuilder net, Random random, IReadOnlyList<string> gateways, bool statics)
{
    private const string Port = "dxcon-fa000001";

    private static readonly DateTimeOffset Birth = DateTimeOffset.UnixEpoch;
    private static readonly DxDevice Device = new("device", "device");
    private static readonly string[] Blocks = ["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "192.168.0.0/16"];

    public void Change()
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                Line();
                break;
            case 2 or 3:
                Associate();
                break;
            case 4 or 5:
                Connect();
                break;
            case 6:
                Refer();
                break;
            case 7:
                Doors();
                break;
            default:
                Options();
                break;
        }
    }

    private string Pick(params string[] all) => all[random.Next(all.Length)];

    /// <summary>A private or transit virtual interface on one port, ended, or of another ASN.</summary>
    private void Line()
    {
        if (net.Rows.Find(new Id<DxConnection>(Port)) is null)
        {
            net.Put(new DxConnection
            {
                Id = new(Port),
                OwnerId = net.At.Account,
                Region = net.At.Region,
                Name = "port",
                Location = "EqDC2",
                Bandwidth = "1Gbps",
                Device = Device,
                CreatedAt = Birth,
            });
            net.Put(new DxGateway { Id = new("junction-1"), OwnerId = net.At.Account, Name = "one", AmazonSideAsn = 64701 });
            net.Put(new DxGateway { Id = new("junction-2"), OwnerId = net.At.Account, Name = "two", AmazonSideAsn = 64702 });
        }

        int number = random.Next(3);
        string id = $"dxvif-fa00000{number}";
        if (random.Next(5) == 0 && net.Rows.Find(new Id<DxVirtualInterface>(id)) is not null)
        {
            net.Remove<DxVirtualInterface>(id);
            return;
        }

        DxBgpPeer peer = new(
            $"dxpeer-{number}", random.Next(4) == 0 ? 65099 : 65010, "key", Family.V4, new DxPeerAddress(IpAddress.Parse($"169.254.20{number}.1"), 30),
            new DxPeerAddress(IpAddress.Parse($"169.254.20{number}.2"), 30));
        VpnGateway[] exits = [.. net.Rows.All<VpnGateway>()];
        net.Put(new DxVirtualInterface
        {
            Id = new(id),
            OwnerId = net.At.Account,
            Region = net.At.Region,
            Type = number == 2 ? DxInterfaceType.Transit : DxInterfaceType.Private,
            Name = id,
            ConnectionId = Port,
            ConnectionOwnerId = net.At.Account,
            Location = "EqDC2",
            Device = Device,
            Vlan = 100 + number,
            First = peer,
            BgpPeers = [peer],
            AmazonSideAsn = 64701,
            CreatedAt = Birth,
            SiteLink = random.Next(4) == 0,
            VirtualGatewayId = number == 0 && exits.Length > 0 ? exits[random.Next(exits.Length)].Key : null,
            DirectConnectGatewayId = number == 0 && exits.Length > 0 ? null : new Id<DxGateway>(number == 2 ? "junction-2" : "junction-1"),
        });
    }

    /// <summary>Private gateways on the first Direct Connect gateway, transit gateways on the second.</summary>
    private void Associate()
    {
        bool hub = random.Next(2) == 0;
        VpnGateway[] exits = [.. net.Rows.All<VpnGateway>()];
        if (net.Rows.Find(new Id<DxGateway>("junction-1")) is null || (!hub && exits.Length == 0))
        {
            return;
        }

        string gateway = hub ? gateways[random.Next(gateways.Count)] : exits[random.Next(exits.Length)].Key;
        string junction = hub ? "junction-2" : "junction-1";
        string id = $"association-{gateway}";
        DxGatewayAssociation? there = net.Rows.Find(new Id<DxGatewayAssociation>(id));
        if (there is not null && random.Next(3) == 0)
        {
            if (there.AttachmentId is { } attachment)
            {
                net.Remove<TransitGatewayAttachment>(attachment);
            }

            net.Remove<DxGatewayAssociation>(id);
            return;
        }

        net.Put(new DxGatewayAssociation
        {
            Id = new(id),
            GatewayId = new(junction),
            GatewayOwnerId = net.At.Account,
            Associated = new(gateway, net.At.Account, net.At.Region),
            AllowedPrefixes = [.. Blocks.Where(_ => random.Next(2) == 0).Select(Prefix.Parse).Order()],
            CreatedAt = Birth,
            AttachmentId = !hub ? null
                : there?.AttachmentId ?? net.Attach(gateway, TransitGatewayAttachmentType.DirectConnectGateway, junction, null),
        });
    }

    /// <summary>A Connect attachment with a peer, over a VPC's or Direct Connect's.</summary>
    private void Connect()
    {
        TransitGatewayAttachment[] under =
        [
            .. net.Rows.All<TransitGatewayAttachment>().Where(a => a.Type is TransitGatewayAttachmentType.Vpc or TransitGatewayAttachmentType.DirectConnectGateway),
        ];
        TransitGatewayAttachment[] connects = [.. net.Rows.All<TransitGatewayAttachment>().Where(a => a.Type == TransitGatewayAttachmentType.Connect)];
        if (connects.Length > 0 && random.Next(3) == 0)
        {
            string gone = connects[random.Next(connects.Length)].Key;
            foreach (TransitGatewayConnectPeer peer in net.Rows.By<TransitGatewayConnectPeer>(gone).ToList())
            {
                net.Remove<TransitGatewayConnectPeer>(peer.Key);
            }

            net.Remove<TransitGatewayAttachment>(gone);
            return;
        }

        if (under.Length == 0 || connects.Length > 2)
        {
            return;
        }

        TransitGatewayAttachment transport = under[random.Next(under.Length)];
        string made = net.Attach(
            transport.TransitGatewayId.Value, TransitGatewayAttachmentType.Connect, transport.Key, null, a => a with { TransportAttachmentId = transport.Id });
        int number = random.Next(200);
        net.Put(new TransitGatewayConnectPeer
        {
            Id = new(net.NewId("tgw-connect-peer")),
            AttachmentId = new(made),
            TransitGatewayAddress = IpAddress.Parse($"10.99.0.{number + 1}"),
            PeerAddress = IpAddress.Parse(Pick("10.1.1.10", "10.2.1.10", "10.3.1.10", "198.51.100.1")),
            InsideCidrs = [Prefix.Parse($"169.254.{number}.0/29")],
            TransitGatewayAsn = 64512,
            PeerAsn = 65100 + random.Next(3),
            CreationTime = Birth,
        });
    }

    private void Refer()
    {
        if (!statics)
        {
            return;
        }

        const string List = "pl-0000000000000f001";
        if (net.Rows.Find(new Id<PrefixList>(List)) is null || random.Next(2) == 0)
        {
            string[] some = [.. Blocks.Where(_ => random.Next(2) == 0)];
            net.Put(new PrefixList
            {
                Id = new(List),
                Name = "list",
                AddressFamily = Family.V4,
                MaxEntries = Blocks.Length,
                Versions = [new PrefixListVersion(1, [.. some.Select(b => new PrefixListEntry(Prefix.Parse(b)))])],
            });
        }

        TransitGatewayRouteTable[] tables = [.. net.Rows.All<TransitGatewayRouteTable>()];
        TransitGatewayRouteTable table = tables[random.Next(tables.Length)];
        TransitGatewayAttachment[] spokes = [.. net.Rows.All<TransitGatewayAttachment>().Where(a => a.TransitGatewayId == table.TransitGatewayId)];
        Id<TransitGatewayAttachment>? target = spokes.Length == 0 || random.Next(4) == 0 ? null : spokes[random.Next(spokes.Length)].Id;
        net.Put(table with
        {
            PrefixListReferences = table.PrefixListReferences.IsEmpty ? [new TransitGatewayPrefixListReference(List, target)] : [],
        });
    }

    /// <summary>An attachment loses one of its two subnets.</summary>
    private void Doors()
    {
        TransitGatewayAttachment[] wide = [.. net.Rows.All<TransitGatewayAttachment>().Where(a => a.Doors.Length > 1)];
        if (wide.Length > 0)
        {
            TransitGatewayAttachment row = wide[random.Next(wide.Length)];
            TransitGatewayDoor lost = row.Doors[random.Next(row.Doors.Length)];
            foreach (PartitionKey at in new[] { row.TransitGatewayOwner, row.ResourceOwner }.Distinct())
            {
                net.At = at;
                net.Edit<TransitGatewayAttachment>(row.Key, a => a with { Doors = a.Doors.Remove(lost) });
            }

            net.At = row.ResourceOwner;
            net.Remove<NetworkInterface>(lost.NetworkInterfaceId.Value);
        }

        net.At = CloudBuilder.Home;
    }

    private void Options()
    {
        VpcPeeringConnection[] all = [.. net.Rows.All<VpcPeeringConnection>()];
        if (all.Length > 0)
        {
            VpcPeeringConnection row = all[random.Next(all.Length)];
            net.PutBoth(row with { Accepter = row.Accepter with { Options = new PeeringOptions(!row.Accepter.Options.AllowDnsResolutionFromRemoteVpc) } });
        }
    }
}
