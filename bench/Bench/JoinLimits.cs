using System.Diagnostics;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Bench;

/// <summary>Measures a transit gateway of 5,000 attachments, 20 tables and 10,000 routes: a changed route, and verdicts through it.</summary>
public static class JoinLimits
{
    private const int Attachments = 5000;
    private const int Tables = 20;
    private const int StaticRoutes = 5000;
    private const int Changes = 200;
    private const int WarmUps = 40;
    private const int FlowCount = 1 << 16;

    private static readonly PartitionKey Home = new("000000000000", "us-east-1");
    private static readonly Id<TransitGateway> Gateway = new("tgw-1");

    /// <param name="line">Prints a measurement; false where it is over its limit.</param>
    public static bool Run(Func<string, double, string, double, bool> line)
    {
        Draft draft = new(CloudSnapshot.Empty.With(Partition.Empty(Home)));
        draft.Put(Home, new TransitGateway { Id = Gateway, Owner = Home, CreationTime = DateTimeOffset.UnixEpoch });
        for (int i = 0; i < Attachments; i++)
        {
            Network(draft, i);
        }

        for (int table = 0; table < Tables; table++)
        {
            draft.Put(Home, TableOf(table));
        }

        CloudSnapshot cloud = draft.Next;
        ForwardingState state = Compiler.Compile(cloud);
        return Change(cloud, state, line) & Evaluate(state, line);
    }

    /// <summary>Until the changed route has been asked for.</summary>
    private static bool Change(CloudSnapshot cloud, ForwardingState state, Func<string, double, string, double, bool> line)
    {
        double[] times = new double[Changes];
        for (int i = -WarmUps; i < Changes; i++)
        {
            Draft draft = new(cloud);
            TransitGatewayRouteTable table = draft.Partition(Home).Get(new Id<TransitGatewayRouteTable>($"tgw-rtb-{Math.Abs(i) % Tables}"));
            TransitGatewayStaticRoute old = table.StaticRoutes[Math.Abs(i) % table.StaticRoutes.Length];
            Id<TransitGatewayAttachment>? to = old.AttachmentId is null ? AttachmentOf(Math.Abs(i) % Attachments) : null;
            draft.Put(Home, table with { StaticRoutes = table.StaticRoutes.Replace(old, old with { AttachmentId = to }) });
            long start = Stopwatch.GetTimestamp();
            state = Compiler.Apply(state, draft.Next, draft.Changes);
            bool dead = state.Routes.RibOf(table.Key).Match(old.Cidr.Address) is { Winner.IsBlackhole: true };
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (dead != to is null)
            {
                throw new InvalidOperationException($"{old.Cidr} was not changed");
            }

            cloud = draft.Next;
            if (i >= 0)
            {
                times[i] = elapsed;
            }
        }

        return line("transit gateway: changed route queryable, median", times.Order().ElementAt(Changes / 2), "µs", 1000);
    }

    private static bool Evaluate(ForwardingState state, Func<string, double, string, double, bool> line)
    {
        Tracer tracer = new(state);
        Flow[] flows = new Flow[FlowCount];
        for (int i = 0; i < flows.Length; i++)
        {
            int from = i * 7919 % Attachments;
            int to = ((from / Tables * Tables) + (i * 31 % (Attachments / Tables) * Tables) + (from % Tables)) % Attachments;
            flows[i] = Flow.Tcp(Origin.OfNic(state.NicOf(Home, $"eni-{from}")), HostOf(from), HostOf(to), 443);
        }

        double best = double.MaxValue;
        long allocated = 0;
        int delivered = 0;
        for (int round = 0; round < 8; round++)
        {
            delivered = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            foreach (ref readonly Flow flow in flows.AsSpan())
            {
                delivered += tracer.Evaluate(flow).Delivered ? 1 : 0;
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / flows.Length);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        bool good = line("transit gateway: verdict both ways", best, "ns", 10_000);
        good &= line("transit gateway: allocated by all verdicts", allocated, "bytes", 0);
        return good & line("transit gateway: undelivered of 65,536", FlowCount - delivered, "flows", FlowCount / 10);
    }

    private static uint BlockOf(int network) => 0x0A000000u + ((uint)network << 8);

    private static IpAddress HostOf(int network) => IpAddress.FromV4(BlockOf(network) + 10);

    private static Id<TransitGatewayAttachment> AttachmentOf(int network) => new($"tgw-attach-{network}");

    private static void Network(Draft draft, int number)
    {
        Prefix block = new(IpAddress.FromV4(BlockOf(number)), 24);
        Vpc vpc = new() { Id = new($"vpc-{number}"), Cidrs = [new CidrAssociation($"vpc-cidr-assoc-{number}", block)], Ipv6Cidrs = [] };
        Subnet subnet = new() { Id = new($"subnet-{number}"), VpcId = vpc.Id, Cidr = block, Zone = "us-east-1a" };
        SecurityGroup group = new()
        {
            Id = new($"sg-{number}"),
            Name = "open",
            Description = "open",
            VpcId = vpc.Id,
            Rules =
            [
                new SecurityGroupRule($"sgr-{number}-1", false, -1, null, null, new RulePeer(Prefix.AnyV4)),
                new SecurityGroupRule($"sgr-{number}-2", true, -1, null, null, new RulePeer(Prefix.AnyV4)),
            ],
        };
        draft.Put(Home, vpc);
        draft.Put(Home, subnet);
        draft.Put(Home, group);
        draft.Put(Home, new RouteTable
        {
            Id = new($"rtb-{number}"),
            VpcId = vpc.Id,
            Routes =
            [
                .. VpcParts.LocalRoutes(vpc),
                new Route(Prefix.AnyV4, null, new RouteTarget(RouteTargetKind.TransitGateway, Gateway.Value), RouteOrigin.CreateRoute),
            ],
            Associations = [new RouteTableAssociation($"rtbassoc-{number}", null, null, Main: true)],
        });
        draft.Put(Home, InterfaceOf($"eni-{number}", subnet, HostOf(number), "interface", [group.Id]));
        draft.Put(Home, InterfaceOf($"eni-door-{number}", subnet, IpAddress.FromV4(BlockOf(number) + 250), "transit_gateway", []));
        draft.Put(Home, new TransitGatewayAttachment
        {
            Id = AttachmentOf(number),
            Type = TransitGatewayAttachmentType.Vpc,
            At = Home,
            TransitGatewayId = Gateway,
            TransitGatewayOwner = Home,
            ResourceId = vpc.Key,
            ResourceOwner = Home,
            Doors = [new TransitGatewayDoor(subnet.Id, "us-east-1a", "use1-az1", new Id<NetworkInterface>($"eni-door-{number}"))],
            AssociatedTableId = new Id<TransitGatewayRouteTable>($"tgw-rtb-{number % Tables}"),
            CreationTime = DateTimeOffset.UnixEpoch.AddSeconds(number),
        });
    }

    private static NetworkInterface InterfaceOf(string id, Subnet subnet, IpAddress address, string type, Id<SecurityGroup>[] groups) => new()
    {
        Id = new(id),
        SubnetId = subnet.Id,
        VpcId = subnet.VpcId,
        InterfaceType = type,
        MacAddress = "02:00:00:00:00:09",
        PrivateAddresses = [new InterfaceAddress(address)],
        Groups = [.. groups],
        RequesterManaged = true,
        SourceDestCheck = type == "interface",
    };

    /// <summary>Each table has the routes of the attachments that it serves, and its part of the static ones.</summary>
    private static TransitGatewayRouteTable TableOf(int number) => new()
    {
        Id = new($"tgw-rtb-{number}"),
        TransitGatewayId = Gateway,
        Propagations =
        [
            .. Enumerable.Range(0, Attachments).Where(i => i % Tables == number).Select(AttachmentOf).OrderBy(a => a.Value, StringComparer.Ordinal),
        ],
        StaticRoutes =
        [
            .. Enumerable.Range(0, StaticRoutes / Tables).Select(i => new TransitGatewayStaticRoute(
                new Prefix(IpAddress.FromV4(0x64400000u + ((uint)((number * 1000) + i) << 4)), 28), AttachmentOf(number))),
        ],
        CreationTime = DateTimeOffset.UnixEpoch,
    };
}
