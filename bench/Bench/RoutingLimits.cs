using System.Diagnostics;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Bench;

/// <summary>Measures how fast routes settle: a BGP change among 100 sites, and a static route among 5,000 attachments, 20 tables and 10,000 routes.</summary>
public static class RoutingLimits
{
    private const int Sites = 100;
    private const int PrefixesEach = 10;
    private const int Attachments = 5000;
    private const int Tables = 20;
    private const int Routes = 10_000;
    private const int Changes = 200;

    private static readonly PartitionKey Home = new("000000000000", "us-east-1");

    /// <param name="line">Prints a measurement; false where it is over its limit.</param>
    public static bool Run(Func<string, double, string, double, bool> line) => BgpChange(line) & StaticChange(line);

    private static bool BgpChange(Func<string, double, string, double, bool> line)
    {
        CloudSnapshot cloud = HundredSites();
        SettledRoutes routes = Settler.Settle(cloud);
        double[] times = new double[Changes];
        for (int i = 0; i < Changes; i++)
        {
            WorldFailure failure = new(Home, $"{WorldFailure.Tunnel}vpn-{i / 2 % Sites:d3}/1");
            CloudSnapshot next = cloud with { World = cloud.World with { Failures = i % 2 == 0 ? [failure] : [] } };
            long start = Stopwatch.GetTimestamp();
            routes = Settler.Settle(routes, cloud, next, []);
            _ = routes.RibOf(Speaker.OfRouter($"s{i / 2 % Sites:d3}", "r1")).Match(IpAddress.Parse("10.200.0.1"));
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            cloud = next;
        }

        return line("BGP change, 100 sites", Median(times), "ms", 10);
    }

    private static bool StaticChange(Func<string, double, string, double, bool> line)
    {
        CloudSnapshot cloud = ManyAttachments();
        SettledRoutes routes = Settler.Settle(cloud);
        Id<TransitGatewayRouteTable> id = new("tgw-rtb-00");
        double[] times = new double[Changes];
        for (int i = 0; i < Changes; i++)
        {
            TransitGatewayRouteTable table = cloud.Partition(Home).Get(id);
            TransitGatewayStaticRoute route = table.StaticRoutes[i];
            Draft draft = new(cloud);
            draft.Put(Home, table with { StaticRoutes = table.StaticRoutes.SetItem(i, route with { AttachmentId = new($"tgw-attach-{i + 1:d4}") }) });
            CloudSnapshot next = draft.Next;
            long start = Stopwatch.GetTimestamp();
            routes = Settler.Settle(routes, cloud, next, draft.Changes);
            _ = routes.RibOf(id.Value).Match(route.Cidr.First);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            cloud = next;
        }

        return line("transit gateway route, 5,000 attachments", Median(times), "ms", 1);
    }

    private static double Median(double[] times)
    {
        double[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 2];
    }

    private static CloudSnapshot HundredSites()
    {
        Draft draft = new(CloudSnapshot.Empty.With(Partition.Empty(Home)));
        Hub(draft);
        Id<TransitGatewayAttachment>[] spokes = [.. Enumerable.Range(0, Sites).Select(i => new Id<TransitGatewayAttachment>($"tgw-attach-{i:d4}"))];
        draft.Put(Home, Table(0) with { Propagations = [.. spokes] });
        List<Site> sites = [];
        for (int i = 0; i < Sites; i++)
        {
            IpAddress address = IpAddress.FromV4(0xC6336400u + (uint)i);
            Id<CustomerGateway> customer = new($"cgw-{i:d3}");
            draft.Put(Home, new CustomerGateway { Id = customer, IpAddress = address, Asn = 65000 + i });
            draft.Put(Home, Spoke(i, TransitGatewayAttachmentType.Vpn, $"vpn-{i:d3}"));
            draft.Put(Home, new VpnConnection
            {
                Id = new($"vpn-{i:d3}"),
                CustomerGatewayId = customer,
                TransitGatewayId = "tgw-1",
                TransitGatewayAttachmentId = spokes[i].Value,
                CreateTime = DateTimeOffset.UnixEpoch,
                Tunnels = [.. Enumerable.Range(0, 2).Select(t => Tunnel(i, t))],
            });
            SiteNetwork[] networks =
            [
                .. Enumerable.Range(0, PrefixesEach).Select(p => new SiteNetwork(
                    new Prefix(IpAddress.FromV4(0x0A000000u + (uint)(((i * PrefixesEach) + p) << 8)), 24), true, [])),
            ];
            sites.Add(new Site($"s{i:d3}", [new SiteRouter { Name = "r1", Addresses = [address], Asn = 65000 + i }], [.. networks]));
        }

        draft.SetWorld(World.Default with { Sites = [.. sites] });
        return draft.Next;
    }

    private static CloudSnapshot ManyAttachments()
    {
        Draft draft = new(CloudSnapshot.Empty.With(Partition.Empty(Home)));
        Hub(draft);
        for (int i = 0; i < Attachments; i++)
        {
            draft.Put(Home, new Vpc
            {
                Id = new($"vpc-{i:d4}"),
                Cidrs = [new CidrAssociation($"vpc-cidr-assoc-{i:d4}", new Prefix(IpAddress.FromV4(0x0A000000u + ((uint)i << 8)), 24))],
            });
            draft.Put(Home, Spoke(i, TransitGatewayAttachmentType.Vpc, $"vpc-{i:d4}"));
        }

        for (int t = 0; t < Tables; t++)
        {
            int first = t * (Attachments / Tables);
            draft.Put(Home, Table(t) with
            {
                Propagations = [.. Enumerable.Range(first, Attachments / Tables).Select(i => new Id<TransitGatewayAttachment>($"tgw-attach-{i:d4}"))],
                StaticRoutes =
                [
                    .. Enumerable.Range(0, (Routes - Attachments) / Tables).Select(i => new TransitGatewayStaticRoute(
                        new Prefix(IpAddress.FromV4(0xAC100000u + ((uint)i << 8)), 24), new($"tgw-attach-{i:d4}"))),
                ],
            });
        }

        return draft.Next;
    }

    private static void Hub(Draft draft) => draft.Put(
        Home, new TransitGateway { Id = new("tgw-1"), Owner = Home, CreationTime = DateTimeOffset.UnixEpoch });

    private static TransitGatewayRouteTable Table(int number) => new()
    {
        Id = new($"tgw-rtb-{number:d2}"),
        TransitGatewayId = new("tgw-1"),
        CreationTime = DateTimeOffset.UnixEpoch,
    };

    private static TransitGatewayAttachment Spoke(int number, TransitGatewayAttachmentType type, string resource) => new()
    {
        Id = new($"tgw-attach-{number:d4}"),
        Type = type,
        At = Home,
        TransitGatewayId = new("tgw-1"),
        TransitGatewayOwner = Home,
        ResourceId = resource,
        ResourceOwner = Home,
        AssociatedTableId = new Id<TransitGatewayRouteTable>("tgw-rtb-00"),
        CreationTime = DateTimeOffset.UnixEpoch.AddMinutes(number),
    };

    private static VpnTunnel Tunnel(int connection, int number) => new()
    {
        OutsideIp = IpAddress.FromV4(0x34000000u + (uint)((connection * 2) + number)),
        InsideCidr = new Prefix(IpAddress.FromV4(0xA9FE0000u + (uint)(((connection * 2) + number) * 4)), 30),
        PreSharedKey = "secretsecret",
    };
}
