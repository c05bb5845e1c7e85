using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Bench;

/// <summary>
/// A large network of random parts, the same for the same seed: /20 VPCs in 10/8, each with 9 subnets, 5 route tables of 25 routes,
/// 9 ACLs of 11 rules, 20 security groups of 50 rules (30 % references, 40 % /24, 20 % one internet host, 10 % /16), 100 interfaces.
/// </summary>
public sealed class SyntheticCloud
{
    public const int NicsPerVpc = 100;
    public const int GroupsPerVpc = 20;
    public const int RulesPerGroup = 50;
    private const int SubnetsPerVpc = 9;
    private const int TablesPerVpc = 5;
    private const int RoutesPerTable = 25;
    private static readonly PartitionKey Home = new("000000000000", "us-east-1");
    private static readonly int[] CommonPorts = [22, 25, 53, 80, 123, 389, 443, 636, 1433, 3000, 3306, 5432, 6379, 8080, 8443, 9092, 9200, 27017];

    private readonly Random random;
    private readonly List<Vpc> vpcs = [];
    private readonly List<Subnet> subnets = [];
    private readonly List<RouteTable> tables = [];
    private readonly List<NetworkAcl> acls = [];
    private readonly List<SecurityGroup> groups = [];
    private readonly List<InternetGateway> gateways = [];
    private readonly List<NetworkInterface> nics = [];
    private readonly List<Instance> instances = [];
    private int made;

    private SyntheticCloud(int seed) => random = new Random(seed);

    public static CloudSnapshot Make(int vpcCount, int seed = 1)
    {
        SyntheticCloud cloud = new(seed);
        for (int i = 0; i < vpcCount; i++)
        {
            cloud.AddVpc(i);
        }

        Partition rows = Partition.Empty(Home)
            .With(Table<Vpc>.From(cloud.vpcs)).With(Table<Subnet>.From(cloud.subnets)).With(Table<RouteTable>.From(cloud.tables))
            .With(Table<NetworkAcl>.From(cloud.acls)).With(Table<SecurityGroup>.From(cloud.groups))
            .With(Table<InternetGateway>.From(cloud.gateways)).With(Table<NetworkInterface>.From(cloud.nics))
            .With(Table<Instance>.From(cloud.instances));
        return CloudSnapshot.Empty.With(rows);
    }

    /// <summary>Flows between random interfaces: half inside a VPC, a quarter to other VPCs, a quarter to the internet.</summary>
    public static Flow[] Flows(ForwardingState state, int count, int seed = 2)
    {
        Random random = new(seed);
        Flow[] flows = new Flow[count];
        for (int i = 0; i < count; i++)
        {
            int from = random.Next(state.Nics.Count);
            int kind = random.Next(4);
            int there = kind switch
            {
                0 or 1 => (from / NicsPerVpc * NicsPerVpc) + random.Next(NicsPerVpc),
                _ => random.Next(state.Nics.Count),
            };
            uint to = kind == 3 ? 0x08000000u + (uint)random.Next(1 << 24) : state.Nics[there].Address;
            flows[i] = Flow.Tcp(
                Origin.OfNic(from), IpAddress.FromV4(state.Nics[from].Address), IpAddress.FromV4(to),
                (ushort)CommonPorts[random.Next(CommonPorts.Length)]);
        }

        return flows;
    }

    private string NewId(string prefix) => $"{prefix}-{(uint)(++made * 2654435761L):x8}{made:x9}";

    private void AddVpc(int index)
    {
        uint network = 0x0A000000u + ((uint)index << 12);
        Vpc vpc = new() { Id = new(NewId("vpc")), Cidrs = [new CidrAssociation(NewId("vpc-cidr-assoc"), Block(network, 20))] };
        vpcs.Add(vpc);
        InternetGateway gateway = new() { Id = new(NewId("igw")), VpcId = vpc.Id };
        gateways.Add(gateway);
        int firstSubnet = subnets.Count;
        for (int i = 0; i < SubnetsPerVpc; i++)
        {
            Subnet subnet = new() { Id = new(NewId("subnet")), VpcId = vpc.Id, Zone = "us-east-1a", Cidr = Block(network + ((uint)i << 8), 24) };
            subnets.Add(subnet);
            AddAcl(vpc, subnet);
        }

        for (int i = 0; i < TablesPerVpc; i++)
        {
            AddTable(vpc, gateway, i, firstSubnet);
        }

        int firstGroup = groups.Count;
        for (int i = 0; i < GroupsPerVpc; i++)
        {
            groups.Add(new SecurityGroup { Id = new(NewId("sg")), Name = $"g{i}", Description = "synthetic", VpcId = vpc.Id });
        }

        for (int i = 0; i < GroupsPerVpc; i++)
        {
            groups[firstGroup + i] = groups[firstGroup + i] with { Rules = [.. Rules(network, firstGroup)] };
        }

        for (int i = 0; i < NicsPerVpc; i++)
        {
            AddNic(vpc, subnets[firstSubnet + (i % SubnetsPerVpc)], (uint)(10 + (i / SubnetsPerVpc)), firstGroup);
        }
    }

    private void AddAcl(Vpc vpc, Subnet subnet)
    {
        List<NetworkAclEntry> entries = [];
        foreach (bool isEgress in new[] { false, true })
        {
            for (int i = 0; i < 9; i++)
            {
                uint denied = ((uint)random.Next(1, 223) << 24) | ((uint)random.Next(1 << 16) << 8);
                entries.Add(new NetworkAclEntry((i + 1) * 10, isEgress, Allows: false, -1, Block(denied, 24)));
            }

            entries.Add(new NetworkAclEntry(100, isEgress, Allows: true, -1, Prefix.AnyV4));
            entries.Add(new NetworkAclEntry(NetworkAcl.LastRule, isEgress, Allows: false, -1, Prefix.AnyV4));
        }

        acls.Add(new NetworkAcl
        {
            Id = new(NewId("acl")),
            VpcId = vpc.Id,
            Entries = [.. entries],
            Associations = [new NetworkAclAssociation(NewId("aclassoc"), subnet.Id)],
        });
    }

    private void AddTable(Vpc vpc, InternetGateway gateway, int index, int firstSubnet)
    {
        List<Route> routes = [.. VpcParts.LocalRoutes(vpc)];
        routes.Add(new Route(Prefix.AnyV4, null, new RouteTarget(RouteTargetKind.InternetGateway, gateway.Key), RouteOrigin.CreateRoute));
        while (routes.Count < RoutesPerTable)
        {
            Prefix block = Block(0xAC100000u | ((uint)random.Next(1 << 12) << 8), 24);
            if (routes.TrueForAll(r => r.Cidr != block))
            {
                routes.Add(new Route(block, null, new RouteTarget(RouteTargetKind.TransitGateway, "tgw-1"), RouteOrigin.CreateRoute));
            }
        }

        List<RouteTableAssociation> associations = [];
        if (index == 0)
        {
            associations.Add(new RouteTableAssociation(NewId("rtbassoc"), null, null, Main: true));
        }

        for (int i = index; index > 0 && i < SubnetsPerVpc; i += TablesPerVpc)
        {
            associations.Add(new RouteTableAssociation(NewId("rtbassoc"), subnets[firstSubnet + i].Id, null, Main: false));
        }

        tables.Add(new RouteTable { Id = new(NewId("rtb")), VpcId = vpc.Id, Routes = [.. routes], Associations = [.. associations] });
    }

    private IEnumerable<SecurityGroupRule> Rules(uint network, int firstGroup)
    {
        bool restricted = random.Next(5) == 0;
        for (int i = 0; i < RulesPerGroup; i++)
        {
            bool isEgress = restricted && i % 5 == 0;
            if (!restricted && i == 0)
            {
                yield return new SecurityGroupRule(NewId("sgr"), IsEgress: true, -1, null, null, new RulePeer(Prefix.AnyV4));
                continue;
            }

            int port = CommonPorts[random.Next(CommonPorts.Length)];
            yield return new SecurityGroupRule(NewId("sgr"), isEgress, Protocols.Tcp, port, port, Peer(network, firstGroup));
        }
    }

    private RulePeer Peer(uint network, int firstGroup) => random.Next(10) switch
    {
        < 3 => new RulePeer(null, groups[firstGroup + random.Next(GroupsPerVpc)].Id),
        < 7 => new RulePeer(Block(network + ((uint)random.Next(16) << 8), 24)),
        < 9 => new RulePeer(Block(((uint)random.Next(11, 200) << 24) | (uint)random.Next(1 << 24), 32)),
        _ => new RulePeer(Block(0x0A000000u | ((uint)random.Next(256) << 16), 16)),
    };

    private void AddNic(Vpc vpc, Subnet subnet, uint host, int firstGroup)
    {
        Instance instance = new()
        {
            Id = new(NewId("i")),
            ReservationId = "r-1",
            ImageId = "ami-1",
            InstanceType = "t3.micro",
            State = InstanceState.Running,
            LaunchTime = DateTimeOffset.UnixEpoch,
            Zone = subnet.Zone,
            SubnetId = subnet.Id,
            VpcId = vpc.Id,
        };
        instances.Add(instance);
        uint address = subnet.Cidr!.Value.First.V4Bits + host;
        int pick = random.Next(GroupsPerVpc);
        Id<SecurityGroup> first = groups[firstGroup + pick].Id;
        IpAddress? outside = random.Next(4) == 0 ? IpAddress.FromV4(0x36000000u + (uint)nics.Count) : null;
        nics.Add(new NetworkInterface
        {
            Id = new(NewId("eni")),
            SubnetId = subnet.Id,
            VpcId = vpc.Id,
            MacAddress = "02:00:00:00:00:01",
            PrivateAddresses = [new InterfaceAddress(IpAddress.FromV4(address), outside)],
            Groups = pick % 2 == 0 ? [first] : [first, groups[firstGroup + pick - 1].Id],
            Attachment = new InterfaceAttachment(NewId("eni-attach"), instance.Id, Home.Account, 0, 0, DateTimeOffset.UnixEpoch, true),
        });
    }

    private static Prefix Block(uint address, int length) => new(IpAddress.FromV4(address), length);
}
