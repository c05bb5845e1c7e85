using Trunkline.Addressing;
using Trunkline.Cloud;
using static Trunkline.Tests.Forwarding.Routing.RoutingNet;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>
/// The rest of what <see cref="RandomRoutes"/> changes: Connect attachments and peers, peerings of transit gateways, prefix lists, bundles, hosted
/// connections, and routes by which a routing machine finds its transit gateway.
/// </summary>
internal sealed class RandomOthers(RoutingNet net, Random random, bool written)
{
    private const string Peering = "tgw-attach-20";

    private static readonly string[] Blocks = ["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "192.168.1.0/24", "172.16.0.0/12"];
    private static readonly string[] Tables = ["tgw-rtb-1", "tgw-rtb-2", "tgw-rtb-3"];
    private static readonly DateTimeOffset Birth = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Failures of what is made here.</summary>
    public static readonly string[] Words = ["connection:dxlag-1", "connection:dxcon-3", "vif:dxvif-4", "router:c/r1", "location:EqDC2"];

    public void Build()
    {
        net.Spoke("tgw-attach-hub", "tgw-1", TransitGatewayAttachmentType.Vpc, "vpc-hub", "tgw-rtb-1");
        net.Put(new DxLag
        {
            Id = new("dxlag-1"),
            OwnerId = Home.Account,
            Region = Home.Region,
            Name = "bundle",
            Location = "EqDC2",
            Bandwidth = "1Gbps",
            Device = new DxDevice("device", "device-1"),
            CreatedAt = Birth,
        });
        net.Connection("dxcon-3", "EqDC2");
        net.Connection("dxcon-4", "EqDC2");
        Edit("dxcon-4", c => c with { ParentId = "dxcon-3", ParentOwnerId = "111111111111", Vlan = 101 });
        List("pl-1");
        List("pl-2");
    }

    public void Change()
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                Connect();
                break;
            case 2 or 3:
                Peer();
                break;
            case 4:
                Between();
                break;
            case 5:
                List(random.Next(2) == 0 ? "pl-1" : "pl-2");
                break;
            case 6:
                Refer();
                break;
            case 7:
                Bundle();
                break;
            default:
                Find();
                break;
        }
    }

    private string Pick(params string[] all) => all[random.Next(all.Length)];

    private TransitGatewayAttachment? Spoke(string id) => net.Cloud.Partition(Home).Find(new Id<TransitGatewayAttachment>(id));

    private void Edit(string connection, Func<DxConnection, DxConnection> change) => net.Put(change(net.Find<DxConnection>(connection)));

    /// <summary>A Connect attachment over the VPC of the routing machine, or over Direct Connect.</summary>
    private void Connect()
    {
        string id = Pick("tgw-attach-10", "tgw-attach-11");
        if (random.Next(4) == 0 && Spoke(id) is not null)
        {
            net.Remove<TransitGatewayAttachment>(id);
            return;
        }

        string transport = Pick("tgw-attach-hub", "tgw-attach-hub", "tgw-attach-8");
        net.Spoke(id, "tgw-1", TransitGatewayAttachmentType.Connect, transport, random.Next(5) == 0 ? null : Pick("tgw-rtb-1", "tgw-rtb-2"), transport);
    }

    private void Peer()
    {
        int number = random.Next(3) + 1;
        string id = $"tgw-connect-peer-{number}";
        if (random.Next(5) == 0 && net.Cloud.Partition(Home).Find(new Id<TransitGatewayConnectPeer>(id)) is not null)
        {
            net.Remove<TransitGatewayConnectPeer>(id);
            return;
        }

        net.Put(new TransitGatewayConnectPeer
        {
            Id = new(id),
            AttachmentId = new(Pick("tgw-attach-10", "tgw-attach-11")),
            TransitGatewayAddress = IpAddress.Parse($"10.98.0.{number}"),
            PeerAddress = IpAddress.Parse(Pick("10.99.0.10", "10.99.0.10", "198.51.100.1", "10.99.0.77")),
            InsideCidrs = [Prefix.Parse($"169.254.{number}.0/29")],
            TransitGatewayAsn = 64600,
            PeerAsn = random.Next(3) == 0 ? 65001 : 65099,
            CreationTime = Birth,
        });
    }

    /// <summary>The two transit gateways peered; a peering propagates nothing, so that routes over it are written.</summary>
    private void Between()
    {
        if (random.Next(3) == 0 && Spoke(Peering) is not null)
        {
            net.Remove<TransitGatewayAttachment>(Peering);
            return;
        }

        TransitGatewayPeering both = new(
            new TransitGatewayEnd(new("tgw-1"), Home, new(Peering)), new TransitGatewayEnd(new("tgw-2"), Home, new("tgw-attach-21")));
        foreach (TransitGatewayEnd end in (TransitGatewayEnd[])[both.Requester, both.Accepter])
        {
            string far = end == both.Requester ? "tgw-2" : "tgw-1";
            net.Spoke(end.AttachmentId.Value, end.Id.Value, TransitGatewayAttachmentType.Peering, far, end == both.Requester ? "tgw-rtb-1" : "tgw-rtb-3");
            net.Put(net.Find<TransitGatewayAttachment>(end.AttachmentId.Value) with
            {
                Peering = both,
                State = random.Next(4) == 0 ? TransitGatewayAttachmentState.PendingAcceptance : TransitGatewayAttachmentState.Available,
            });
            if (written)
            {
                net.Static(end == both.Requester ? "tgw-rtb-1" : "tgw-rtb-3", Pick(Blocks), end.AttachmentId.Value);
            }
        }
    }

    private void List(string id)
    {
        string[] some = [.. Blocks.Where(_ => random.Next(3) == 0)];
        net.Put(new PrefixList
        {
            Id = new(id),
            Name = id,
            AddressFamily = Family.V4,
            MaxEntries = Blocks.Length,
            Versions = [new PrefixListVersion(1, [.. some.Select(b => new PrefixListEntry(Prefix.Parse(b)))])],
        });
    }

    private void Refer()
    {
        if (!written)
        {
            return;
        }

        TransitGatewayRouteTable table = net.Find<TransitGatewayRouteTable>(Pick(Tables));
        string list = Pick("pl-1", "pl-2");
        if (table.PrefixListReferences.FirstOrDefault(r => r.PrefixListId == list) is { } there)
        {
            net.Put(table with { PrefixListReferences = table.PrefixListReferences.Remove(there) });
            return;
        }

        string? target = random.Next(4) == 0 ? null : $"tgw-attach-{random.Next(11) + 1}";
        TransitGatewayPrefixListReference made = new(list, target is null ? null : new Id<TransitGatewayAttachment>(target));
        net.Put(table with { PrefixListReferences = [.. table.PrefixListReferences.Append(made).OrderBy(r => r.PrefixListId, StringComparer.Ordinal)] });
    }

    /// <summary>A port joins and leaves its bundle, whose least number of ports changes; an interface is on the bundle, or on what another port hosts.</summary>
    private void Bundle()
    {
        switch (random.Next(4))
        {
            case 0:
                Edit("dxcon-3", c => c with { LagId = c.LagId is null ? new Id<DxLag>("dxlag-1") : null });
                break;
            case 1:
                net.Put(net.Find<DxLag>("dxlag-1") with { MinimumLinks = random.Next(3) });
                break;
            case 2:
                Edit("dxcon-4", c => c with { State = c.State == DxPortState.Available ? DxPortState.Ordering : DxPortState.Available });
                break;
            default:
                net.Interface("dxvif-4", "dxcon-4", DxInterfaceType.Private, 65001 + random.Next(4), exit: "vgw-1");
                DxVirtualInterface made = net.Find<DxVirtualInterface>("dxvif-4");
                if (random.Next(2) == 0)
                {
                    net.Put(made with { ConnectionId = "dxlag-1", State = random.Next(4) == 0 ? DxInterfaceState.Confirming : DxInterfaceState.InUse });
                }

                break;
        }
    }

    /// <summary>The routing machine's table leads to the transit gateway's own addresses, or does not.</summary>
    private void Find()
    {
        RouteTable table = net.Find<RouteTable>("rtb-i-csr");
        Route route = new(Prefix.Parse("10.98.0.0/24"), null, new RouteTarget(RouteTargetKind.TransitGateway, "tgw-1"), RouteOrigin.CreateRoute);
        net.Put(table with { Routes = table.Routes.Contains(route) ? table.Routes.Remove(route) : table.Routes.Add(route) });
    }
}
