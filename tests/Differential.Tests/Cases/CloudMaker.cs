using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Differential.Cases;

/// <summary>
/// Carries out commands. It makes only what AWS's API lets one make; a command whose objects are not there does nothing, so that any part
/// of a case is a case.
/// </summary>
public sealed class CloudMaker
{
    private static readonly string[] Blocks =
        ["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "8.8.8.0/24", "10.0.1.10/32", "54.0.0.0/8", "172.31.0.0/16"];

    private static readonly string[] Blocks6 = ["::/0", "2600:1f00::/40", "2600:1f00:0:1::/64", "2001:4860::/32"];

    private static readonly string[] Ports =
        ["tcp 443", "tcp 80-443", "tcp 0-65535", "udp 53", "udp 0-65535", "icmp 8/0", "icmp", "icmpv6", "all", "all",
            "tcp 1024-65535", "udp 1024-65535", "47", "tcp 22"];

    private readonly List<string> vpcs = [];
    private readonly List<string> subnets = [];
    private readonly List<string> groups = [];
    private readonly List<string> enis = [];
    private readonly List<string> nats = [];
    private readonly List<InternetHost> hosts = [];
    private int elastics;

    public CloudBuilder Net { get; } = new();

    public IReadOnlyList<string> Interfaces => enis;

    public IReadOnlyList<string> Vpcs => vpcs;

    public void Do(Op op)
    {
        switch (op.Kind)
        {
            case OpKind.AddVpc: AddVpc(op); break;
            case OpKind.AddSubnet: AddSubnet(op); break;
            case OpKind.AddInstance: AddInstance(op); break;
            case OpKind.AddInterface: AddInterface(op); break;
            case OpKind.AddNat: AddNat(op); break;
            case OpKind.AddGroup: AddGroup(op); break;
            case OpKind.SetRules: SetRules(op); break;
            case OpKind.SetGroups: SetGroups(op); break;
            case OpKind.SetRoute: SetRoute(op); break;
            case OpKind.RemoveRoute: RemoveRoute(op); break;
            case OpKind.SetAcl: SetAcl(op); break;
            case OpKind.SetElastic: SetElastic(op); break;
            case OpKind.SetState: SetState(op); break;
            case OpKind.SetCheck: SetCheck(op); break;
            case OpKind.RemoveInterface: RemoveInterface(op); break;
            case OpKind.SetGateway: SetGateway(op); break;
            case OpKind.SetTable: SetTable(op); break;
            case OpKind.RemoveNat: RemoveNat(op); break;
            case OpKind.SetEdge: SetEdge(op); break;
            case OpKind.AddHost: AddHost(op); break;
            case OpKind.SetAddresses: SetAddresses(op); break;
            default: SetEgressOnly(op); break;
        }
    }

    private void AddVpc(Op op)
    {
        if (vpcs.Count >= 3)
        {
            return;
        }

        List<string> cidrs = [op.A % 4 == 0 ? "172.31.0.0/16" : "10.0.0.0/16"];
        if (op.A % 6 == 1)
        {
            cidrs.Add("100.64.0.0/16");
        }

        if (op.B % 3 > 0)
        {
            cidrs.Add(string.Create(CultureInfo.InvariantCulture, $"2600:1f00:{vpcs.Count}::/56"));
        }

        string vpc = Net.Vpc([.. cidrs]);
        vpcs.Add(vpc);
        Net.Igw(vpc);
        groups.Add(Net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0", "out all ::/0"));
    }

    private void AddSubnet(Op op)
    {
        if (!Pick(vpcs, op.A, out string vpc) || Net.Rows.By<Subnet>(vpc).Count() >= 5)
        {
            return;
        }

        Vpc row = Net.Rows.Get(new Id<Vpc>(vpc));
        Prefix block = row.Cidrs[op.B % 5 == 0 ? row.Cidrs.Length - 1 : 0].Cidr;
        int place = op.C % 6;
        Prefix cidr = new(block.First.Plus((UInt128)(place << 8)), 24);
        if (Net.Rows.By<Subnet>(vpc).Any(s => s.Cidr == cidr))
        {
            return;
        }

        Prefix? cidr6 = row.Ipv6Cidrs.IsEmpty || op.B % 4 == 0
            ? null
            : new Prefix(row.Ipv6Cidrs[0].Cidr.First.Plus((UInt128)(place + (op.B % 5 == 0 ? 8 : 0)) << 64), 64);
        if (cidr6 is { } wide && Net.Rows.By<Subnet>(vpc).Any(s => s.Ipv6Cidrs.Any(c => c.Cidr == wide)))
        {
            cidr6 = null;
        }

        string subnet = Net.Subnet(vpc, cidr.ToString(), cidr6?.ToString());
        subnets.Add(subnet);
        if (op.D % 5 == 0)
        {
            return;
        }

        string table = Net.Table(vpc, subnet);
        if (op.D % 5 < 4 && Net.Rows.By<InternetGateway>(vpc).FirstOrDefault() is { } igw)
        {
            Net.Route(table, "0.0.0.0/0", igw.Key);
            if (cidr6 is not null)
            {
                Net.Route(table, "::/0", igw.Key);
            }
        }
        else if (nats.FirstOrDefault(n => Net.Rows.Get(new Id<NatGateway>(n)).VpcId.Value == vpc) is { } nat)
        {
            Net.Route(table, "0.0.0.0/0", nat);
        }
    }

    private void AddInstance(Op op)
    {
        if (enis.Count >= 12 || !Pick(subnets, op.A, out string subnet) || !Free(subnet, op.B, out string addresses))
        {
            return;
        }

        string eni = Net.Instance(subnet, addresses, GroupsFor(subnet, op.C));
        enis.Add(eni);
        Net.Edit<NetworkInterface>(eni, e => e with { MacAddress = MacOf(enis.Count) });
        if (op.D % 2 == 0)
        {
            Net.Elastic(eni, NextElastic());
        }

        if (op.D % 3 == 0)
        {
            Net.Forwards(eni);
        }
    }

    private void AddInterface(Op op)
    {
        if (enis.Count >= 12 || !Pick(enis, op.A, out string first) || InstanceOf(first) is not { } instance)
        {
            return;
        }

        NetworkInterface row = Net.Rows.Get(new Id<NetworkInterface>(first));
        string[] near = [.. subnets.Where(s => Net.Rows.Get(new Id<Subnet>(s)).VpcId == row.VpcId)];
        int index = Net.Rows.All<NetworkInterface>().Where(e => e.Attachment?.InstanceId?.Value == instance)
            .Select(e => e.Attachment!.DeviceIndex).DefaultIfEmpty(-1).Max() + 1;
        if (index is 0 or > 2 || !Pick(near, op.B, out string subnet) || !Free(subnet, op.C, out string addresses))
        {
            return;
        }

        string eni = Net.Interface(subnet, addresses, op.D % 6 == 0 ? null : instance, index, GroupsFor(subnet, op.C));
        enis.Add(eni);
        Net.Edit<NetworkInterface>(eni, e => e with { MacAddress = MacOf(enis.Count), SourceDestCheck = op.D % 3 > 0 });
    }

    private void AddNat(Op op)
    {
        if (nats.Count >= 3 || !Pick(subnets, op.A, out string subnet))
        {
            return;
        }

        Subnet row = Net.Rows.Get(new Id<Subnet>(subnet));
        IpAddress address = row.Cidr!.Value.First.Plus((UInt128)(5 + (op.B % 3)));
        if (Taken(row.Id, address))
        {
            return;
        }

        string nat = Net.Nat(subnet, address.ToString(), op.C % 6 == 0 ? null : NextElastic());
        nats.Add(nat);
        string[] others = [.. subnets.Where(s => s != subnet && Net.Rows.Get(new Id<Subnet>(s)).VpcId == row.VpcId)];
        if (Pick(others, op.D, out string other) && Net.Rows.By<RouteTable>(other).FirstOrDefault() is { } table)
        {
            Net.Route(table.Key, "0.0.0.0/0", nat);
        }
    }

    private void AddGroup(Op op)
    {
        if (groups.Count < 8 && Pick(vpcs, op.A, out string vpc))
        {
            string group = Net.Group(vpc);
            groups.Add(group);
            SetRules(op with { A = groups.Count - 1 });
        }
    }

    private void SetRules(Op op)
    {
        if (!Pick(groups, op.A, out string group))
        {
            return;
        }

        int count = op.B % 5;
        Id<Vpc> vpc = Net.Rows.Get(new Id<SecurityGroup>(group)).VpcId;
        List<string> rules = [.. Enumerable.Range(0, count).Select(i => Rule(vpc, op.C + (i * 31), op.D + (i * 17)))];
        if (op.B % 3 < 2)
        {
            rules.AddRange(["out all 0.0.0.0/0", "out all ::/0"]);
        }

        if (op.B % 7 == 0)
        {
            rules.Add("in all 0.0.0.0/0");
        }

        Net.Rules(group, [.. rules.Distinct()]);
    }

    private string Rule(Id<Vpc> vpc, int a, int b)
    {
        string way = a % 3 == 0 ? "out" : "in";
        string[] own = [.. groups.Where(g => Net.Rows.Get(new Id<SecurityGroup>(g)).VpcId == vpc)];
        string peer = (b % 5) switch
        {
            0 or 1 when own.Length > 0 => own[a / 3 % own.Length],
            2 => Blocks6[a / 3 % Blocks6.Length],
            _ => Blocks[a / 3 % Blocks.Length],
        };
        return $"{way} {Ports[b / 5 % Ports.Length]} {peer}";
    }

    private void SetGroups(Op op)
    {
        if (Pick(enis, op.A, out string eni))
        {
            string[] chosen = GroupsFor(Net.Rows.Get(new Id<NetworkInterface>(eni)).SubnetId.Value, op.B);
            Net.Edit<NetworkInterface>(eni, e => e with { Groups = [.. chosen.Select(g => new Id<SecurityGroup>(g))] });
        }
    }

    private void SetRoute(Op op)
    {
        RouteTable[] tables = [.. Net.Rows.All<RouteTable>().Where(t => t.Associations.All(a => a.GatewayId is null))];
        if (!Pick(tables, op.A, out RouteTable table))
        {
            return;
        }

        Vpc vpc = Net.Rows.Get(table.VpcId);
        Prefix[] subnetBlocks = [.. Net.Rows.By<Subnet>(vpc.Key).SelectMany(s => s.Ipv6Cidrs.Select(c => c.Cidr).Append(s.Cidr!.Value))];
        string[] choices =
        [
            "0.0.0.0/0", "0.0.0.0/0", "::/0", "8.8.0.0/16", "54.0.0.0/8", "192.168.0.0/16", "2001:4860::/32",
            .. subnetBlocks.Select(b => b.ToString()), .. subnetBlocks.Select(b => b.ToString()), vpc.PrimaryCidr.ToString(),
        ];
        Prefix cidr = Prefix.Parse(choices[op.B % choices.Length]);
        bool inside = subnetBlocks.Contains(cidr) || cidr == vpc.PrimaryCidr;
        string[] targets =
        [
            .. inside ? [] : Net.Rows.By<InternetGateway>(vpc.Key).Select(g => g.Key),
            .. cidr.IsV4 ? nats.Where(n => Net.Rows.Get(new Id<NatGateway>(n)) is { State: NatGatewayState.Available } g && g.VpcId == vpc.Id) : [],
            .. enis.Where(e => Net.Rows.Get(new Id<NetworkInterface>(e)) is { Attachment: not null } n && n.VpcId == vpc.Id),
            .. cidr.IsV4 || inside ? [] : Net.Rows.By<EgressOnlyInternetGateway>(vpc.Key).Select(g => g.Key),
            .. cidr == vpc.PrimaryCidr ? ["local", "local"] : Array.Empty<string>(),
            .. inside ? [] : new[] { "pcx-1" },
        ];
        if (Pick(targets, op.C, out string target))
        {
            Net.Route(table.Key, cidr.ToString(), target);
        }
    }

    private void RemoveRoute(Op op)
    {
        RouteTable[] tables = [.. Net.Rows.All<RouteTable>().Where(t => t.Routes.Any(r => r.Origin == RouteOrigin.CreateRoute))];
        if (Pick(tables, op.A, out RouteTable table))
        {
            Route[] own = [.. table.Routes.Where(r => r.Origin == RouteOrigin.CreateRoute)];
            Net.Unroute(table.Key, own[op.B % own.Length].Cidr!.Value.ToString());
        }
    }

    private void SetAcl(Op op)
    {
        if (!Pick(subnets, op.A, out string subnet))
        {
            return;
        }

        string vpc = Net.Rows.Get(new Id<Subnet>(subnet)).VpcId.Value;
        List<string> rules = [];
        for (int i = 0; i < op.B % 4; i++)
        {
            int word = op.C + (i * 37);
            string block = (word / 7 % 4) == 0 ? Blocks6[word / 11 % Blocks6.Length] : Blocks[word / 11 % Blocks.Length];
            string number = ((i + 1) * 10).ToString(CultureInfo.InvariantCulture);
            string way = word % 2 == 0 ? "in" : "out";
            string action = word / 2 % 3 == 0 ? "allow" : "deny";
            rules.Add($"{number} {way} {action} {Ports[word / 5 % Ports.Length]} {block}");
        }

        string[] open = ["100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0", "101 in allow all ::/0", "101 out allow all ::/0"];
        Net.Acl(vpc, [subnet], [.. rules, .. open.Skip(op.D % 8 == 0 ? 1 + (op.D / 8 % 2) : 0)]);
    }

    private void SetElastic(Op op)
    {
        if (!Pick(enis, op.A, out string eni))
        {
            return;
        }

        NetworkInterface row = Net.Rows.Get(new Id<NetworkInterface>(eni));
        IpAddress inside = row.PrivateAddresses[op.C % row.PrivateAddresses.Length].Ip;
        ElasticIp[] spare = [.. Net.Rows.All<ElasticIp>().Where(e => !nats.Any(n => NatHolds(n, e)))];
        bool taken = Net.Rows.By<ElasticIp>(eni).Any(e => e.Association?.PrivateIp == inside);
        if (op.B % 3 == 0 && Pick(spare, op.D, out ElasticIp old))
        {
            Net.Put(old with { Association = null });
        }
        else if (!taken && Pick([.. spare.Where(e => e.Association is null || op.B % 3 == 1)], op.D, out ElasticIp moved))
        {
            Net.Put(moved with { Association = new ElasticIpAssociation(Net.NewId("eipassoc"), row.Id, inside) });
        }
        else if (!taken && elastics < 14)
        {
            Net.Elastic(eni, NextElastic(), inside.ToString());
        }
    }

    private bool NatHolds(string nat, ElasticIp elastic) =>
        Net.Rows.Get(new Id<NatGateway>(nat)).Addresses.Any(a => a.AllocationId == elastic.Id);

    private void SetState(Op op)
    {
        if (Pick(enis, op.A, out string eni) && InstanceOf(eni) is not null)
        {
            Net.SetState(eni, op.B % 3 == 0 ? InstanceState.Stopped : InstanceState.Running);
        }
    }

    private void SetCheck(Op op)
    {
        if (Pick(enis, op.A, out string eni))
        {
            Net.Edit<NetworkInterface>(eni, e => e with { SourceDestCheck = op.B % 2 == 0 });
        }
    }

    /// <summary>Ends an instance, or detaches or deletes a further interface.</summary>
    private void RemoveInterface(Op op)
    {
        if (enis.Count < 4 || !Pick(enis, op.A, out string eni))
        {
            return;
        }

        NetworkInterface row = Net.Rows.Get(new Id<NetworkInterface>(eni));
        if (row.Attachment is { DeviceIndex: > 0 } && op.B % 2 == 0)
        {
            Net.Put(row with { Attachment = null });
            return;
        }

        string[] gone = row.Attachment?.DeviceIndex == 0
            ? [.. Net.Rows.All<NetworkInterface>().Where(e => e.Attachment?.InstanceId == row.Attachment.InstanceId).Select(e => e.Key)]
            : [eni];
        if (InstanceOf(eni) is { } instance && row.Attachment!.DeviceIndex == 0)
        {
            Net.Edit<Instance>(instance, i => i with { State = InstanceState.Terminated });
        }

        foreach (string key in gone)
        {
            enis.Remove(key);
            foreach (ElasticIp elastic in Net.Rows.By<ElasticIp>(key).ToArray())
            {
                Net.Put(elastic with { Association = null });
            }

            Net.Remove<NetworkInterface>(key);
        }
    }

    /// <summary>Detaches a gateway, as AWS allows where no public address is mapped in the VPC, or attaches it.</summary>
    private void SetGateway(Op op)
    {
        InternetGateway[] all = [.. Net.Rows.All<InternetGateway>()];
        if (!Pick(all, op.A, out InternetGateway igw))
        {
            return;
        }

        if (igw.VpcId is { } vpc)
        {
            bool mapped = Net.Rows.All<ElasticIp>().Any(e =>
                e.Association is { } bound && Net.Rows.Find(bound.NetworkInterfaceId)?.VpcId == vpc);
            if (!mapped)
            {
                Net.Put(igw with { VpcId = null });
            }
        }
        else if (vpcs.FirstOrDefault(v => !Net.Rows.By<InternetGateway>(v).Any()) is { } free)
        {
            Net.Put(igw with { VpcId = new Id<Vpc>(free) });
        }
    }

    /// <summary>Gives a subnet another table, or back to the main one.</summary>
    private void SetTable(Op op)
    {
        if (!Pick(subnets, op.A, out string subnet))
        {
            return;
        }

        Id<Subnet> id = new(subnet);
        Id<Vpc> vpc = Net.Rows.Get(id).VpcId;
        foreach (RouteTable table in Net.Rows.All<RouteTable>().Where(t => t.Associations.Any(a => a.SubnetId == id)).ToArray())
        {
            Net.Put(table with { Associations = table.Associations.RemoveAll(a => a.SubnetId == id) });
        }

        RouteTable[] others = [.. Net.Rows.All<RouteTable>().Where(t => t.VpcId == vpc && !t.IsMain && t.Associations.All(a => a.GatewayId is null))];
        if (op.B % 4 > 0 && Pick(others, op.C, out RouteTable chosen))
        {
            RouteTableAssociation bound = new(Net.NewId("rtbassoc"), id, null, Main: false);
            Net.Put(chosen with { Associations = chosen.Associations.Add(bound) });
        }
    }

    private void RemoveNat(Op op)
    {
        if (!Pick(nats, op.A, out string nat))
        {
            return;
        }

        NatGateway row = Net.Rows.Get(new Id<NatGateway>(nat));
        nats.Remove(nat);
        foreach (NatGatewayAddress address in row.Addresses)
        {
            foreach (ElasticIp elastic in Net.Rows.By<ElasticIp>(address.NetworkInterfaceId.Value).ToArray())
            {
                Net.Put(elastic with { Association = null });
            }

            Net.Remove<NetworkInterface>(address.NetworkInterfaceId.Value);
        }

        Net.Put(row with { State = NatGatewayState.Deleted });
    }

    /// <summary>Routes for what comes in by an internet gateway: to a middlebox, or none.</summary>
    private void SetEdge(Op op)
    {
        InternetGateway[] all = [.. Net.Rows.All<InternetGateway>().Where(g => g.VpcId is not null)];
        if (!Pick(all, op.A, out InternetGateway igw))
        {
            return;
        }

        string vpc = igw.VpcId!.Value.Value;
        RouteTable? edge = Net.Rows.All<RouteTable>().FirstOrDefault(t => t.Associations.Any(a => a.GatewayId == igw.Key));
        if (edge is not null && op.B % 3 == 0)
        {
            Net.Put(edge with { Associations = [] });
            return;
        }

        Prefix[] blocks = [.. Net.Rows.By<Subnet>(vpc).SelectMany(s => s.Ipv6Cidrs.Select(c => c.Cidr).Append(s.Cidr!.Value))];
        string[] boxes = [.. enis.Where(e => Net.Rows.Get(new Id<NetworkInterface>(e)) is { Attachment: not null } n && n.VpcId.Value == vpc)];
        if (Pick(blocks, op.C, out Prefix block) && Pick(boxes, op.D, out string box)
            && (op.B % 2 == 0 || !Net.Rows.Get(new Id<NetworkInterface>(box)).SourceDestCheck))
        {
            Net.Route(edge?.Key ?? Net.Table(vpc, igw.Key), block.ToString(), box);
        }
    }

    private void AddHost(Op op)
    {
        string[] blocks = ["8.8.8.8/32", "8.8.8.0/24", "203.0.113.0/24", "2001:4860:4860::8888/128", "2001:4860::/32"];
        string name = string.Create(CultureInfo.InvariantCulture, $"host{op.A % blocks.Length}");
        hosts.RemoveAll(h => h.Name == name);
        hosts.Add(new InternetHost(name, [Prefix.Parse(blocks[op.A % blocks.Length])], op.B % 4 > 0, op.C % 2 == 0 ? [] : [new HostPort(6, 80, 443)]));
        Net.World(new World { InternetAnswers = op.D % 4 > 0, Hosts = [.. hosts] });
    }

    /// <summary>Gives an interface a second address, or takes it away.</summary>
    private void SetAddresses(Op op)
    {
        if (!Pick(enis, op.A, out string eni))
        {
            return;
        }

        NetworkInterface row = Net.Rows.Get(new Id<NetworkInterface>(eni));
        if (row.PrivateAddresses.Length > 1)
        {
            foreach (ElasticIp elastic in Net.Rows.By<ElasticIp>(eni).Where(e => e.Association!.PrivateIp != row.PrimaryIp).ToArray())
            {
                Net.Put(elastic with { Association = null });
            }

            Net.Put(row with { PrivateAddresses = [row.PrivateAddresses[0]] });
            return;
        }

        IpAddress address = Net.Rows.Get(row.SubnetId).Cidr!.Value.First.Plus((UInt128)(30 + (op.B % 8)));
        if (!Taken(row.SubnetId, address))
        {
            Net.Put(row with { PrivateAddresses = row.PrivateAddresses.Add(new InterfaceAddress(address)) });
        }
    }

    private void SetEgressOnly(Op op)
    {
        string[] wide = [.. vpcs.Where(v => !Net.Rows.Get(new Id<Vpc>(v)).Ipv6Cidrs.IsEmpty)];
        if (!Pick(wide, op.A, out string vpc))
        {
            return;
        }

        string eigw = Net.Rows.By<EgressOnlyInternetGateway>(vpc).FirstOrDefault()?.Key ?? Net.Eigw(vpc);
        RouteTable[] tables = [.. Net.Rows.All<RouteTable>().Where(t => t.VpcId.Value == vpc && t.Associations.All(a => a.GatewayId is null))];
        if (Pick(tables, op.B, out RouteTable table))
        {
            Net.Route(table.Key, "::/0", eigw);
        }
    }

    private bool Free(string subnet, int word, out string addresses)
    {
        Subnet row = Net.Rows.Get(new Id<Subnet>(subnet));
        int host = 10 + (word % 8);
        IpAddress address = row.Cidr!.Value.First.Plus((UInt128)host);
        addresses = row.Ipv6Cidrs.IsEmpty || word % 5 == 0 ? address.ToString() : $"{address},{row.Ipv6Cidrs[0].Cidr.First.Plus((UInt128)host)}";
        return !Taken(row.Id, address);
    }

    private bool Taken(Id<Subnet> subnet, IpAddress address) =>
        Net.Rows.By<NetworkInterface>(NetworkInterface.AddressWord(subnet, address)).Any();

    private string? InstanceOf(string eni) => Net.Rows.Get(new Id<NetworkInterface>(eni)).Attachment?.InstanceId?.Value;

    private string[] GroupsFor(string subnet, int word)
    {
        Id<Vpc> vpc = Net.Rows.Get(new Id<Subnet>(subnet)).VpcId;
        string[] own = [.. groups.Where(g => Net.Rows.Get(new Id<SecurityGroup>(g)).VpcId == vpc), Net.DefaultGroup(vpc.Value)];
        string[] some = word % 2 == 0 ? [own[0]] : word % 3 == 1 ? [own[word / 3 % own.Length]] : [own[word / 3 % own.Length], own[word / 7 % own.Length]];
        return [.. some.Distinct()];
    }

    private string NextElastic() => string.Create(CultureInfo.InvariantCulture, $"54.0.0.{++elastics}");

    private static string MacOf(int number) => string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:00:{number + 16:x2}");

    private static bool Pick<T>(IReadOnlyList<T> from, int word, out T chosen)
    {
        chosen = from.Count == 0 ? default! : from[word % from.Count];
        return from.Count > 0;
    }
}
