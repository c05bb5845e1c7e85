using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Small clouds full of conflicts, the same for the same seed: few addresses, ports and groups, so that rules meet often.</summary>
public sealed class RandomCloud
{
    private static readonly string[] Blocks = ["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "8.8.8.0/24", "10.0.1.10/32", "54.0.0.0/8"];
    private static readonly string[] Blocks6 = ["::/0", "2600:1f00:1::/56", "2600:1f00:1:1::/64"];
    private static readonly string[] Ports = ["tcp 443", "tcp 80-443", "tcp 0-65535", "udp 53", "icmp 8/0", "icmp", "all", "tcp 1024-65535", "47"];
    private static readonly int[] Numbers = [80, 443, 53, 22];

    private readonly Random random;
    private readonly List<string> vpcs = [];
    private readonly List<string> subnets = [];
    private readonly List<string> groups = [];
    private readonly List<string> enis = [];
    private readonly RandomEndpoints? endpoints;
    private readonly RandomBalancers? balancers;
    private int outside;

    /// <param name="services">With load balancers, failures, endpoints, prefix lists and block public access too.</param>
    /// <param name="simple">Of these only endpoints to AWS's own services and block public access.</param>
    public RandomCloud(int seed, bool services = false, bool simple = false)
    {
        random = new Random(seed);
        endpoints = services || simple ? new RandomEndpoints(Net, random) : null;
        balancers = services ? new RandomBalancers(Net, random) : null;
        int count = 1 + random.Next(2);
        for (int i = 0; i < count; i++)
        {
            AddVpc(i);
        }

        balancers?.Begin(vpcs[0], groups[0]);
        if (simple)
        {
            endpoints!.Begin(vpcs[0], groups[0]);
        }

        for (int i = 0; i < 14; i++)
        {
            Change();
        }
    }

    public CloudBuilder Net { get; } = new();

    /// <summary>Changes something, or a few things.</summary>
    public void Change()
    {
        if (endpoints is not null && random.Next(3) == 0)
        {
            if (balancers is null)
            {
                endpoints.ChangeSimple();
            }
            else
            {
                endpoints.Change();
            }

            return;
        }

        if (balancers is not null && random.Next(2) == 0)
        {
            balancers.Change();
            return;
        }

        switch (random.Next(16))
        {
            case 0 or 1:
                Net.Rules(One(groups), [.. Enumerable.Range(0, random.Next(4)).Select(_ => GroupRule())]);
                break;
            case 2 or 3 or 4:
                ChangeRoutes();
                break;
            case 5:
                ChangeAcl();
                break;
            case 6:
                ChangeElastic();
                break;
            case 7:
                Net.SetState(One(enis), random.Next(3) == 0 ? InstanceState.Stopped : InstanceState.Running);
                break;
            case 8:
                Net.Edit<NetworkInterface>(One(enis), e => e with { SourceDestCheck = !e.SourceDestCheck });
                break;
            case 9:
                string eni = One(enis);
                string[] own = [.. groups.Where(g => Net.Rows.Get(new Id<SecurityGroup>(g)).VpcId == Net.Rows.Get(new Id<NetworkInterface>(eni)).VpcId)];
                string[] some = random.Next(2) == 0 ? [One(own), own[0]] : [One(own)];
                Net.Edit<NetworkInterface>(eni, e => e with { Groups = [.. some.Distinct().Select(g => new Id<SecurityGroup>(g))] });
                break;
            case 10:
                AddInstance(One(subnets));
                break;
            case 11:
                RemoveInterface();
                break;
            case 12:
                ChangeGateway();
                break;
            case 13:
                ChangeTable();
                break;
            case 14:
                NatGatewayState state = random.Next(3) == 0 ? NatGatewayState.Deleted : NatGatewayState.Available;
                Net.Edit<NatGateway>(Net.Rows.All<NatGateway>().First().Key, n => n with { State = state });
                break;
            default:
                ChangeEdge();
                break;
        }
    }

    /// <summary>Flows between its interfaces, its public addresses and the internet.</summary>
    public IEnumerable<Flow> Flows(ForwardingState state, int count)
    {
        IpAddress[] ends =
        [
            .. Net.Rows.All<NetworkInterface>().SelectMany(e => e.AllAddresses),
            .. Net.Rows.All<ElasticIp>().Select(e => e.PublicIp),
            IpAddress.Parse("8.8.8.8"), IpAddress.Parse("10.0.2.77"), IpAddress.Parse("192.168.3.4"), IpAddress.Parse("2001:4860::8888"),
            IpAddress.Parse("169.254.169.253"), IpAddress.Parse("169.254.170.9"),
            .. endpoints is null ? [] : new[] { IpAddress.Parse("9.9.9.9") },
        ];
        IpAddress[] services = endpoints is null ? [] :
        [
            .. new[] { Endpoints.S3, Endpoints.Sns }.Select(s => IpAddress.Parse(Endpoints.AddressOf(s))),
            .. Net.Rows.All<NetworkInterface>().Where(e => e.InterfaceType == "vpc_endpoint").SelectMany(e => e.AllAddresses),
        ];
        IpAddress[] nodes = balancers is null ? [] :
        [
            .. balancers.Nodes(), .. Enumerable.Repeat(IpAddress.Parse("8.8.8.8"), 10),
            .. Net.Rows.All<VpcEndpoint>().Where(e => e.ServiceId is not null && e.Type == VpcEndpointType.Interface)
                .SelectMany(e => e.NetworkInterfaceIds).SelectMany(id => Net.Rows.Get(id).AllAddresses),
        ];
        NetworkInterface[] all = [.. Net.Rows.All<NetworkInterface>().Where(e => e.InterfaceType == "interface")];
        for (int i = 0; i < count; i++)
        {
            IpAddress to = services.Length > 0 && random.Next(nodes.Length > 0 ? 8 : 4) == 0 ? services[random.Next(services.Length)]
                : nodes.Length > 0 && random.Next(4) > 0 ? nodes[random.Next(nodes.Length)]
                : ends[random.Next(ends.Length)];
            NetworkInterface from = all[random.Next(all.Length)];
            bool inside = random.Next(4) > 0 || (nodes.Length > 0 && Prefix.Parse("10.0.0.0/8").Contains(to));
            IpAddress source = inside
                ? to.IsV4 ? from.PrimaryIp!.Value : from.Ipv6Addresses.FirstOrDefault(IpAddress.Parse("2600:1f00:1:1::66"))
                : IpAddress.Parse(to.IsV4 ? "8.8.8.8" : "2001:4860::8888");
            Origin origin = inside ? Origin.OfNic(state.NicOf(CloudBuilder.Home, from.Key)) : Origin.Internet;
            yield return random.Next(6) switch
            {
                0 => Flow.Ping(origin, source, to),
                1 => Flow.Udp(origin, source, to, (ushort)(nodes.Length > 0 && random.Next(2) == 0 ? 80 : 53)),
                2 => new Flow(origin, source, to, 47, 0, 0),
                _ => new Flow(origin, source, to, Protocols.Tcp, (ushort)(random.Next(3) == 0 ? 900 : 40000), (ushort)Numbers[random.Next(nodes.Length > 0 ? 2 : Numbers.Length)])
                {
                    Http = balancers is null || random.Next(3) == 0 ? null : balancers.Request(),
                },
            };
        }
    }

    private void AddVpc(int index)
    {
        string vpc = index == 0 ? Net.Vpc("10.0.0.0/16", "2600:1f00:1::/56") : Net.Vpc("10.0.0.0/16");
        vpcs.Add(vpc);
        string igw = Net.Igw(vpc);
        string first = "";
        for (int i = 0; i < 3; i++)
        {
            string zone = balancers is null ? "us-east-1a" : $"us-east-1{"abc"[i]}";
            string subnet = Net.Subnet(vpc, $"10.0.{i}.0/24", index == 0 ? $"2600:1f00:1:{i}::/64" : null, zone);
            first = i == 0 ? subnet : first;
            subnets.Add(subnet);
            string table = Net.Table(vpc, subnet);
            if (i < 2)
            {
                Net.Route(table, "0.0.0.0/0", igw);
            }
        }

        string open = Net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0");
        groups.AddRange([open, Net.Group(vpc, $"in tcp 443 {open}", "out all 0.0.0.0/0"), Net.Group(vpc, GroupRule(), GroupRule())]);
        if (index == 0)
        {
            Net.Eigw(vpc);
        }

        Net.Route(Net.Rows.By<RouteTable>(subnets[^1]).First().Key, "0.0.0.0/0", Net.Nat(first, "10.0.0.5", $"54.1.0.{index + 1}"));
        for (int i = 0; i < 5; i++)
        {
            AddInstance(subnets[^(1 + (i % 3))]);
        }
    }

    private void AddInstance(string subnet)
    {
        Subnet row = Net.Rows.Get(new Id<Subnet>(subnet));
        IpAddress address = row.Cidr!.Value.First.Plus((UInt128)(10 + random.Next(6)));
        if (Net.Rows.By<NetworkInterface>(NetworkInterface.AddressWord(row.Id, address)).Any())
        {
            return;
        }

        string[] own = [.. groups.Where(g => Net.Rows.Get(new Id<SecurityGroup>(g)).VpcId == row.VpcId)];
        string addresses = row.Ipv6Cidrs.IsEmpty || random.Next(2) == 0
            ? address.ToString()
            : $"{address},{row.Ipv6Cidrs[0].Cidr.First.Plus(address.Bits & 0xFF)}";
        string eni = Net.Instance(subnet, addresses, One(own));
        enis.Add(eni);
        if (random.Next(2) == 0)
        {
            Net.Elastic(eni, $"54.0.0.{++outside}");
        }

        if (random.Next(3) == 0)
        {
            Net.Forwards(eni);
        }
    }

    private void RemoveInterface()
    {
        if (enis.Count < 4)
        {
            return;
        }

        string eni = One(enis);
        enis.Remove(eni);
        foreach (ElasticIp elastic in Net.Rows.By<ElasticIp>(eni).ToArray())
        {
            Net.Put(elastic with { Association = null });
        }

        string instance = Net.InstanceOf(eni);
        Net.Remove<NetworkInterface>(eni);
        Net.Edit<Instance>(instance, i => i with { State = InstanceState.Terminated });
    }

    private void ChangeRoutes()
    {
        RouteTable table = One([.. Net.Rows.All<RouteTable>()]);
        string[] targets =
        [
            .. Net.Rows.All<InternetGateway>().Where(g => g.VpcId == table.VpcId).Select(g => g.Key),
            .. Net.Rows.All<NatGateway>().Where(g => g.VpcId == table.VpcId).Select(g => g.Key),
            .. Net.Rows.All<NetworkInterface>().Where(e => e.VpcId == table.VpcId && e.InterfaceType == "interface").Select(e => e.Key).Take(3),
            "local", "nat-gone",
        ];
        string cidr = One(["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "8.8.0.0/16", "54.0.0.0/8"]);
        if (random.Next(5) == 0)
        {
            string eigw = Net.Rows.All<EgressOnlyInternetGateway>().First().Key;
            Net.Route(table.Key, "::/0", random.Next(2) == 0 ? eigw : One(targets));
        }
        else if (random.Next(4) == 0 && cidr != "10.0.0.0/16")
        {
            Net.Unroute(table.Key, cidr);
        }
        else
        {
            string target = One(targets);
            Net.Route(table.Key, cidr, target == "local" && !cidr.StartsWith("10", StringComparison.Ordinal) ? "nat-gone" : target);
        }
    }

    private void ChangeAcl()
    {
        string subnet = One(subnets);
        string vpc = Net.Rows.Get(new Id<Subnet>(subnet)).VpcId.Value;
        string[] rules =
        [
            .. Enumerable.Range(1, 3).Select(i =>
                $"{i * 10} {One(["in", "out"])} {One(["allow", "deny", "allow"])} {One(Ports)} {One(Blocks)}"),
            "100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0", "101 in allow all ::/0", "101 out allow all ::/0",
        ];
        Net.Acl(vpc, [subnet], [.. rules.Skip(random.Next(2))]);
    }

    private void ChangeElastic()
    {
        ElasticIp[] all = [.. Net.Rows.All<ElasticIp>().Where(e => e.PublicIp.ToString().StartsWith("54.0", StringComparison.Ordinal))];
        if (all.Length == 0)
        {
            return;
        }

        ElasticIp row = One(all);
        NetworkInterface eni = Net.Rows.Get(new Id<NetworkInterface>(One(enis)));
        bool taken = Net.Rows.By<ElasticIp>(eni.Key).Any();
        Net.Put(row with
        {
            Association = taken || random.Next(3) == 0 ? null : new ElasticIpAssociation(Net.NewId("eipassoc"), eni.Id, eni.PrimaryIp!.Value),
        });
    }

    private void ChangeGateway()
    {
        InternetGateway row = One([.. Net.Rows.All<InternetGateway>()]);
        string? free = vpcs.FirstOrDefault(v => !Net.Rows.By<InternetGateway>(v).Any());
        Net.Put(row with { VpcId = row.VpcId is null && free is not null ? new Id<Vpc>(free) : null });
    }

    private void ChangeTable()
    {
        RouteTable table = One([.. Net.Rows.All<RouteTable>().Where(t => !t.IsMain)]);
        Net.Put(table with { Associations = table.Associations.RemoveAll(a => a.SubnetId is not null && random.Next(3) == 0) });
    }

    private void ChangeEdge()
    {
        string vpc = One(vpcs);
        InternetGateway? igw = Net.Rows.By<InternetGateway>(vpc).FirstOrDefault();
        if (igw is null)
        {
            return;
        }

        RouteTable? edge = Net.Rows.By<RouteTable>(igw.Key).FirstOrDefault(t => t.Associations.Any(a => a.GatewayId == igw.Key));
        if (edge is null)
        {
            NetworkInterface? eni = Net.Rows.All<NetworkInterface>().FirstOrDefault(e => e.VpcId.Value == vpc && e.InterfaceType == "interface");
            Net.Route(Net.Table(vpc, igw.Key), "10.0.1.0/24", eni?.Key ?? "eni-gone");
        }
        else
        {
            Net.Put(edge with { Associations = [] });
        }
    }

    private string GroupRule()
    {
        string way = One(["in", "out", "in"]);
        string peer = random.Next(3) switch
        {
            0 when groups.Count > 0 => One(groups),
            1 => One(Blocks6),
            _ => One(Blocks),
        };
        return $"{way} {One(Ports)} {peer}";
    }

    private T One<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
