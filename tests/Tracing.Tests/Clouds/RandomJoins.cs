using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Random networks of three VPCs in two accounts, joined and parted by peerings, transit gateways, tunnels and sites.</summary>
public sealed class RandomJoins
{
    private const int Networks = 4;

    private static readonly PartitionKey Other = new("111111111111", "us-east-1");
    private static readonly string[] Addresses = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];

    private readonly Random random;
    private readonly bool statics;
    private readonly List<(PartitionKey At, string Vpc, string Box, string[] Subnets)> networks = [];
    private readonly List<string> gateways = [];
    private readonly RandomLines lines;

    /// <param name="statics">With routes written by hand, which may lead in circles.</param>
    public RandomJoins(int seed, bool statics)
    {
        random = new Random(seed);
        this.statics = statics;
        for (int i = 1; i <= Networks; i++)
        {
            Net.At = i == Networks ? Other : CloudBuilder.Home;
            string vpc = Net.Vpc($"10.{i}.0.0/16", $"2600:1f00:{i}::/56");
            string open = Net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
            string[] subnets = [Net.Subnet(vpc, $"10.{i}.1.0/24", $"2600:1f00:{i}:1::/64"), Net.Subnet(vpc, $"10.{i}.2.0/24", zone: "us-east-1b")];
            networks.Add((Net.At, vpc, Net.Instance(subnets[0], $"10.{i}.1.10,2600:1f00:{i}:1::10", open), subnets));
            Net.Instance(subnets[1], $"10.{i}.2.10", open);
        }

        Net.At = CloudBuilder.Home;
        gateways.Add(Net.Tgw());
        gateways.Add(Net.Tgw(asn: 64513));
        Net.Site("dc", Addresses[0], 65010, "192.168.0.0/16");
        Net.Site("office", [Joins.Router("r1", Addresses[1], 65020), Joins.Router("r2", Addresses[2], 65020)], "172.20.0.0/16");
        lines = new RandomLines(Net, random, gateways, statics);
        for (int i = 0; i < 24; i++)
        {
            Change();
        }
    }

    public CloudBuilder Net { get; } = new();

    public void Change()
    {
        (PartitionKey at, string vpc, _, string[] subnets) = networks[random.Next(Networks)];
        Net.At = at;
        switch (random.Next(21))
        {
            case 0:
                Peer(vpc);
                break;
            case 1:
                ChangePeering();
                break;
            case 2 or 3:
                Attach(vpc, subnets);
                break;
            case 4:
                ChangeAttachment();
                break;
            case 5:
                ChangeTable();
                break;
            case 6 or 7:
                Route(vpc);
                break;
            case 8:
                AddExit(vpc);
                break;
            case 9:
                ChangeExit();
                break;
            case 10:
                Net.At = CloudBuilder.Home;
                AddTunnel();
                break;
            case 11:
                Fail();
                break;
            case 12:
                ChangeRole();
                break;
            case 13:
                ChangeSite();
                break;
            case 14:
                Propagate(vpc);
                break;
            case > 15:
                Net.At = CloudBuilder.Home;
                lines.Change();
                break;
            default:
                ChangeHub();
                break;
        }

        Net.At = CloudBuilder.Home;
    }

    /// <summary>Flows between networks and sites.</summary>
    public IEnumerable<Flow> Flows(ForwardingState state, int count)
    {
        string[] ends = ["10.1.1.10", "10.2.2.10", "10.3.1.10", "10.4.1.10", "10.2.1.77", "192.168.1.1", "172.20.1.1", "10.9.9.9", "2600:1f00:1:1::10", "2600:1f00:3:1::10"];
        for (int i = 0; i < count; i++)
        {
            IpAddress to = IpAddress.Parse(ends[random.Next(ends.Length)]);
            int port = 20_000 + random.Next(1000);
            if (random.Next(4) == 0)
            {
                int site = random.Next(state.Sites.All.Count);
                IpAddress from = state.Sites.At(site).Blocks[0].Block.First.Plus(5);
                to = to.IsV4 ? to : IpAddress.Parse(ends[0]);
                yield return new Flow(Origin.OfSite(site), from, to, Protocols.Tcp, (ushort)port, 443);
                continue;
            }

            (PartitionKey at, _, string box, _) = networks[random.Next(Networks)];
            NetworkInterface row = Net.Cloud.Partition(at).Get(new Id<NetworkInterface>(box));
            yield return new Flow(Origin.OfNic(state.NicOf(at, box)), to.IsV4 ? row.PrimaryIp!.Value : row.Ipv6Addresses[0], to, Protocols.Tcp, (ushort)port, 443);
        }
    }

    /// <summary>The same flow for another state of the same cloud.</summary>
    public static Flow For(ForwardingState from, ForwardingState to, Flow flow)
    {
        if (flow.Origin.Kind != OriginKind.Nic)
        {
            return flow;
        }

        RowKey row = from.NicMores[flow.Origin.Handle].Row;
        return flow with { Origin = Origin.OfNic(to.NicOf(from.Partitions[row.Partition], row.Id)) };
    }

    private void Peer(string vpc)
    {
        (PartitionKey at, string other, _, _) = networks[random.Next(Networks)];
        if (other != vpc && !Net.Rows.By<VpcPeeringConnection>(VpcPeeringConnection.VpcWord(new Id<Vpc>(vpc)))
            .Any(p => p.Requester.VpcId.Value == other || p.Accepter.VpcId.Value == other))
        {
            Net.Peer(vpc, other, at);
        }
    }

    private void ChangePeering()
    {
        VpcPeeringConnection[] all = [.. Net.Rows.All<VpcPeeringConnection>()];
        if (all.Length == 0)
        {
            return;
        }

        VpcPeeringConnection row = One(all);
        if (random.Next(4) == 0)
        {
            foreach (PartitionKey at in new[] { row.Requester.Partition, row.Accepter.Partition }.Distinct())
            {
                Net.At = at;
                Net.Remove<VpcPeeringConnection>(row.Key);
            }

            return;
        }

        Net.PutBoth(row with { Status = row.IsActive ? PeeringStatus.Deleted : PeeringStatus.Active });
    }

    private void Attach(string vpc, string[] subnets)
    {
        string gateway = One(gateways);
        if (!Net.Rows.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc)).Any(a => a.TransitGatewayId.Value == gateway))
        {
            Net.AttachVpc(gateway, vpc, random.Next(2) == 0 ? subnets : [subnets[0]], CloudBuilder.Home);
        }

        Net.Route(Net.MainTable(vpc), random.Next(2) == 0 ? "0.0.0.0/0" : "10.0.0.0/8", gateway);
        Net.Route(Net.MainTable(vpc), "::/0", gateway);
    }

    private void ChangeAttachment()
    {
        Net.At = CloudBuilder.Home;
        TransitGatewayAttachment[] all = [.. Net.Rows.All<TransitGatewayAttachment>()];
        if (all.Length == 0)
        {
            return;
        }

        TransitGatewayAttachment row = One(all);
        switch (random.Next(5))
        {
            case 0:
                Net.Put(row with { ApplianceMode = !row.ApplianceMode });
                break;
            case 1:
                Net.Put(row with { Ipv6Support = !row.Ipv6Support });
                break;
            case 2:
                Net.Put(row with
                {
                    AssociatedTableId = random.Next(3) == 0
                        ? null
                        : One([.. Net.Rows.All<TransitGatewayRouteTable>().Where(t => t.TransitGatewayId == row.TransitGatewayId)]).Id,
                });
                break;
            case 3:
                Net.Put(row with
                {
                    State = row.State == TransitGatewayAttachmentState.Available
                        ? TransitGatewayAttachmentState.PendingAcceptance
                        : TransitGatewayAttachmentState.Available,
                });
                break;
            default:
                if (row.Type == TransitGatewayAttachmentType.Vpc)
                {
                    Net.Remove<TransitGatewayAttachment>(row.Key);
                    if (row.ResourceOwner != row.TransitGatewayOwner)
                    {
                        Net.At = row.ResourceOwner;
                        Net.Remove<TransitGatewayAttachment>(row.Key);
                    }
                }

                break;
        }
    }

    private void ChangeTable()
    {
        Net.At = CloudBuilder.Home;
        string gateway = One(gateways);
        if (random.Next(4) == 0 && Net.Rows.All<TransitGatewayRouteTable>().Count() < 4)
        {
            Net.TgwTable(gateway);
            return;
        }

        string table = One([.. Net.Rows.All<TransitGatewayRouteTable>()]).Key;
        TransitGatewayAttachment[] spokes =
        [
            .. Net.Rows.All<TransitGatewayAttachment>()
                .Where(a => a.TransitGatewayId == Net.Rows.Get(new Id<TransitGatewayRouteTable>(table)).TransitGatewayId),
        ];
        if (spokes.Length == 0)
        {
            return;
        }

        string spoke = One(spokes).Key;
        if (statics && random.Next(2) == 0)
        {
            Net.TgwRoute(table, One(["10.0.0.0/8", "10.2.0.0/16", "192.168.0.0/16", "0.0.0.0/0"]), random.Next(4) == 0 ? null : spoke);
        }
        else if (Net.Rows.Get(new Id<TransitGatewayRouteTable>(table)).Propagations.Any(p => p.Value == spoke))
        {
            Net.Unpropagate(spoke, table);
        }
        else
        {
            Net.Propagate(spoke, table);
        }
    }

    private void Route(string vpc)
    {
        string[] targets =
        [
            .. Net.Rows.By<VpcPeeringConnection>(VpcPeeringConnection.VpcWord(new Id<Vpc>(vpc))).Select(p => p.Key),
            .. gateways, "pcx-gone", .. Net.Rows.By<VpnGateway>(vpc).Select(g => g.Key),
        ];
        string cidr = One(["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "192.168.0.0/16", "172.20.0.0/16", "10.99.0.0/24", "0.0.0.0/0"]);
        if (Net.Rows.Get(new Id<RouteTable>(Net.MainTable(vpc))).Routes.Any(r => r.Cidr == Prefix.Parse(cidr) && r.Target.Kind == RouteTargetKind.Local))
        {
            return;
        }

        if (random.Next(5) == 0)
        {
            Net.Unroute(Net.MainTable(vpc), cidr);
        }
        else
        {
            Net.Route(Net.MainTable(vpc), cidr, One(targets));
        }
    }

    private void AddExit(string vpc)
    {
        if (!Net.Rows.By<VpnGateway>(vpc).Any())
        {
            string gateway = Net.Vgw(vpc, 64600 + random.Next(100));
            Net.PropagateTo(Net.MainTable(vpc), gateway);
            if (random.Next(2) == 0)
            {
                Net.Vpn(gateway, Net.Cgw(One(Addresses), random.Next(4) == 0 ? 65099 : 65010));
            }
        }
    }

    private void ChangeExit()
    {
        VpnGateway[] all = [.. Net.Rows.All<VpnGateway>()];
        if (all.Length == 0)
        {
            return;
        }

        VpnGateway row = One(all);
        string[] free = [.. networks.Where(n => n.At == Net.At && !Net.Rows.By<VpnGateway>(n.Vpc).Any()).Select(n => n.Vpc)];
        Net.Put(row with
        {
            Attachment = row.Attachment is null && free.Length > 0 ? new VpnGatewayAttachment(new(One(free)), VpnAttachmentState.Attached) : null,
        });
    }

    private void AddTunnel()
    {
        int which = random.Next(Addresses.Length);
        string customer = Net.Cgw(Addresses[which], which == 0 ? 65010 : 65020);
        string[] ends = [.. gateways, .. Net.Rows.All<VpnGateway>().Select(g => g.Key)];
        VpnConnection[] all = [.. Net.Rows.All<VpnConnection>()];
        if (all.Length < 6)
        {
            Net.Vpn(One(ends), customer, statics && random.Next(3) == 0 ? ["192.168.0.0/16"] : []);
        }
        else if (random.Next(2) == 0)
        {
            VpnConnection narrow = One(all);
            Net.Put(narrow with
            {
                LocalCidr = Prefix.Parse(One(["0.0.0.0/0", "192.168.0.0/17"])),
                RemoteCidr = Prefix.Parse(One(["0.0.0.0/0", "10.1.0.0/16"])),
            });
        }
        else
        {
            VpnConnection gone = One(all);
            Net.Put(gone with { State = gone.State == VpnState.Available ? VpnState.Deleted : VpnState.Available });
        }
    }

    private void Fail()
    {
        string[] subjects =
        [
            .. Net.Rows.All<VpnConnection>().Select(v => $"tunnel:{v.Key}/{1 + random.Next(2)}"), "az:us-east-1b",
            .. Net.Rows.All<VpnConnection>().Select(v => $"update:{v.Key}/1"), .. Net.Rows.All<DxVirtualInterface>().Select(v => $"vif:{v.Key}"),
            .. Net.Rows.All<DxConnection>().Select(c => $"connection:{c.Key}"), .. networks.Select(n => $"eni:{n.Box}"),
        ];
        List<WorldFailure> failures = [.. subjects.Where(_ => random.Next(4) == 0).Select(s => new WorldFailure(Net.At, s))];
        if (random.Next(3) == 0)
        {
            failures.Add(new WorldFailure(WorldFailure.Nowhere, One(["router:dc/r1", "router:office/r1", "router:office/r2", "location:EqDC2"])));
        }

        Net.World(Net.Cloud.World with { Failures = [.. failures.Distinct().Order()] });
    }

    private void ChangeRole()
    {
        Net.At = CloudBuilder.Home;
        string box = networks[random.Next(Networks - 1)].Box;
        string machine = Net.InstanceOf(box);
        World world = Net.Cloud.World;
        if (world.Roles.Any(r => r.Machine == machine))
        {
            Net.World(world with { Roles = [.. world.Roles.Where(r => r.Machine != machine)] });
        }
        else
        {
            Net.Role(box, 65100 + random.Next(3));
            Net.Edit<NetworkInterface>(box, e => e with { SourceDestCheck = false });
        }
    }

    private void ChangeSite()
    {
        World world = Net.Cloud.World;
        if (random.Next(5) == 0)
        {
            Net.World(world with { InternetAnswers = !world.InternetAnswers });
            return;
        }

        int which = random.Next(world.Sites.Length);
        Site site = world.Sites[which];
        SiteRouter router = site.Routers[0];
        Site changed = random.Next(5) switch
        {
            0 => site with { Routers = site.Routers.SetItem(0, router with { AnnouncesNetworks = !router.AnnouncesNetworks }) },
            1 => site with { Routers = site.Routers.SetItem(0, router with { SharesLoad = !router.SharesLoad }) },
            2 => site with { Routers = site.Routers.SetItem(0, router with { Ports = router.Ports.IsEmpty ? [new SitePort("EqDC2", null)] : [] }) },
            3 => site with { Networks = [.. site.Networks.Select(n => n with { Answers = !n.Answers })] },
            _ => site with { Routers = site.Routers.SetItem(0, router with { Asn = router.Asn == 65010 ? 65011 : 65010 }) },
        };
        Net.World(world with { Sites = world.Sites.SetItem(which, changed) });
    }

    private void Propagate(string vpc)
    {
        string table = Net.MainTable(vpc);
        RouteTable row = Net.Rows.Get(new Id<RouteTable>(table));
        VpnGateway? gateway = Net.Rows.By<VpnGateway>(vpc).FirstOrDefault();
        if (!row.PropagatingGateways.IsEmpty)
        {
            Net.Put(row with { PropagatingGateways = [] });
        }
        else if (gateway is not null)
        {
            Net.PropagateTo(table, gateway.Key);
        }
    }

    private void ChangeHub()
    {
        Net.At = CloudBuilder.Home;
        string gateway = One(gateways);
        if (random.Next(3) == 0 && !Net.Rows.All<TransitGatewayAttachment>().Any(a => a.Type == TransitGatewayAttachmentType.Peering))
        {
            Net.PeerTgw(gateways[0], gateways[1], CloudBuilder.Home);
            return;
        }

        Net.Edit<TransitGateway>(gateway, g => g with { SecurityGroupReferencing = !g.SecurityGroupReferencing, VpnEcmp = random.Next(2) == 0 });
    }

    private T One<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
