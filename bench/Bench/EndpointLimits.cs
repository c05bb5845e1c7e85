using System.Diagnostics;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Bench;

/// <summary>Measures verdicts through endpoints: a gateway one, one with an interface, and one to a service of 1,000 targets in another VPC.</summary>
public static class EndpointLimits
{
    private const int FlowCount = 1 << 16;
    private const int Rounds = 8;
    private const string S3 = "com.amazonaws.us-east-1.s3";
    private const string Sns = "com.amazonaws.us-east-1.sns";

    private static readonly PartitionKey Home = BalancedCloud.Home;

    /// <param name="line">Prints a measurement; false where it is over its limit.</param>
    public static bool Run(Func<string, double, string, double, bool> line)
    {
        BalancedCloud made = BalancedCloud.Make();
        Draft draft = new(made.Cloud);
        NetworkInterface client = made.Client;
        IpAddress interfaceAt = Door(draft, client, 0x0A000E01, "vpce-1", Sns, null);
        Id<VpcEndpointService> service = new("vpce-svc-1");
        draft.Put(Home, new VpcEndpointService
        {
            Id = service,
            ServiceName = $"com.amazonaws.vpce.us-east-1.{service}",
            LoadBalancerKeys = [made.Cloud.Partition(Home).All<LoadBalancer>().Single(l => l.Type == LoadBalancerType.Network).Key],
            CreationTime = DateTimeOffset.UnixEpoch,
        });
        IpAddress serviceAt = Door(draft, client, 0x0A000E02, "vpce-2", $"com.amazonaws.vpce.us-east-1.{service}", service);
        IpAddress s3 = Gateway(draft, client);
        ForwardingState state = Compiler.Compile(draft.Next);
        bool good = Evaluate(state, client, "gateway endpoint", s3, 443, 2000, line);
        good &= Evaluate(state, client, "interface endpoint", interfaceAt, 443, 2000, line);
        return good & Evaluate(state, client, "endpoint service", serviceAt, 80, 5000, line);
    }

    /// <summary>A gateway endpoint with its route in the client's table: an address of its service.</summary>
    private static IpAddress Gateway(Draft draft, NetworkInterface client)
    {
        AwsService service = AwsServices.Named(S3)!;
        Id<VpcEndpoint> id = new("vpce-3");
        RouteTable table = draft.Partition(Home).By<RouteTable>(client.VpcId.Value).Single(t => t.IsMain);
        draft.Put(Home, new VpcEndpoint
        {
            Id = id,
            Type = VpcEndpointType.Gateway,
            VpcId = client.VpcId,
            ServiceName = S3,
            ServiceRegion = Home.Region,
            CreationTime = DateTimeOffset.UnixEpoch,
            RouteTableIds = [table.Id],
        });
        draft.Put(Home, table with
        {
            Routes = table.Routes.Add(
                new Route(null, service.PrefixListId, new RouteTarget(RouteTargetKind.VpcEndpoint, id.Value), RouteOrigin.CreateRoute)),
        });
        return AwsServices.AddressesOf(service)[0];
    }

    /// <summary>An endpoint with an interface in the client's subnet: its address.</summary>
    private static IpAddress Door(Draft draft, NetworkInterface client, uint address, string id, string name, Id<VpcEndpointService>? service)
    {
        NetworkInterface eni = client with
        {
            Id = new($"eni-{id}"),
            InterfaceType = "vpc_endpoint",
            PrivateAddresses = [new InterfaceAddress(IpAddress.FromV4(address))],
            RequesterManaged = true,
            Attachment = null,
        };
        draft.Put(Home, eni);
        Subnet subnet = draft.Partition(Home).Get(client.SubnetId);
        draft.Put(Home, new VpcEndpoint
        {
            Id = new(id),
            Type = VpcEndpointType.Interface,
            VpcId = client.VpcId,
            ServiceName = name,
            ServiceId = service,
            ServiceOwner = service is null ? null : Home,
            ServiceRegion = Home.Region,
            CreationTime = DateTimeOffset.UnixEpoch,
            Groups = client.Groups,
            Subnets = [new VpcEndpointSubnet(subnet.Id, subnet.Zone, eni.Id)],
        });
        return IpAddress.FromV4(address);
    }

    private static bool Evaluate(
        ForwardingState state, NetworkInterface client, string name, IpAddress to, ushort port, double limit, Func<string, double, string, double, bool> line)
    {
        Tracer tracer = new(state);
        Origin origin = Origin.OfNic(state.NicOf(Home, client.Key));
        Flow[] flows = new Flow[FlowCount];
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i] = new Flow(origin, client.PrimaryIp!.Value, to, Protocols.Tcp, (ushort)i, port);
        }

        double best = double.MaxValue;
        long allocated = 0;
        int delivered = 0;
        for (int round = 0; round < Rounds; round++)
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

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  through the {name}: {1e9 / best:F0} verdicts a second, {delivered} of {flows.Length} delivered"));
        return line($"flow through the {name}, there and back", best, "ns", limit)
            & line($"allocated a flow through the {name}", (double)allocated / flows.Length, "B", 0)
            & delivered == flows.Length;
    }
}
