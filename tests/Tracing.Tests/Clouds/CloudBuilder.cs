using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Small clouds for tests, in as few words as they can be said. Every write goes through a draft, so that changes are known.</summary>
/// <remarks>
/// Interfaces stand for their instances: <see cref="Instance"/> gives the interface's id. Rules are words: a group's
/// <c>in tcp 443 10.0.0.0/8</c>, <c>out all sg-…</c>; an ACL's <c>100 in allow tcp 443 0.0.0.0/0</c>.
/// </remarks>
public sealed class CloudBuilder
{
    public static readonly PartitionKey Home = new("000000000000", "us-east-1");

    private readonly Draft draft = new(CloudSnapshot.Empty.With(Trunkline.Cloud.Partition.Empty(Home)));
    private int made;

    public CloudSnapshot Cloud => draft.Next;

    public IReadOnlyList<Change> Changes => draft.Changes;

    /// <summary>The account and region that is written and read now.</summary>
    public PartitionKey At { get; set; } = Home;

    public Partition Rows => draft.Next.Partition(At);

    public string NewId(string prefix) => $"{prefix}-{++made:x17}";

    public void Put<T>(T row)
        where T : class, IResource<T> => draft.Put(At, row);

    public void Remove<T>(string id)
        where T : class, IResource<T> => draft.Remove(At, new Id<T>(id));

    public void Edit<T>(string id, Func<T, T> change)
        where T : class, IResource<T> => Put(change(Rows.Get(new Id<T>(id))));

    public void World(World world) => draft.SetWorld(world);

    /// <summary>A VPC with what comes with every VPC: main table, default ACL, default group.</summary>
    public string Vpc(params string[] cidrs)
    {
        Prefix[] blocks = [.. cidrs.Select(Prefix.Parse)];
        Vpc vpc = new()
        {
            Id = new(NewId("vpc")),
            Cidrs = [.. blocks.Where(b => b.IsV4).Select(b => new CidrAssociation(NewId("vpc-cidr-assoc"), b))],
            Ipv6Cidrs = [.. blocks.Where(b => !b.IsV4).Select(b => new CidrAssociation(NewId("vpc-cidr-assoc"), b))],
        };
        Put(vpc);
        Put(VpcParts.MainRouteTable(vpc, NewId));
        Put(VpcParts.DefaultAcl(vpc, NewId));
        Put(VpcParts.DefaultGroup(vpc, NewId));
        return vpc.Key;
    }

    public string Subnet(string vpc, string cidr, string? cidr6 = null, string zone = "us-east-1a")
    {
        Subnet subnet = new()
        {
            Id = new(NewId("subnet")),
            VpcId = new(vpc),
            Zone = zone,
            Cidr = Prefix.Parse(cidr),
            Ipv6Cidrs = cidr6 is null ? [] : [new CidrAssociation(NewId("subnet-cidr-assoc"), Prefix.Parse(cidr6))],
        };
        Put(subnet);
        NetworkAcl acl = Rows.By<NetworkAcl>(vpc).Single(a => a.IsDefault);
        Put(acl with { Associations = acl.Associations.Add(new NetworkAclAssociation(NewId("aclassoc"), subnet.Id)) });
        return subnet.Key;
    }

    public string Igw(string? vpc)
    {
        InternetGateway row = new() { Id = new(NewId("igw")), VpcId = vpc is null ? null : new Id<Vpc>(vpc) };
        Put(row);
        return row.Key;
    }

    public string Eigw(string vpc)
    {
        EgressOnlyInternetGateway row = new() { Id = new(NewId("eigw")), VpcId = new(vpc) };
        Put(row);
        return row.Key;
    }

    public string MainTable(string vpc) => Rows.By<RouteTable>(vpc).Single(t => t.IsMain).Key;

    public string DefaultGroup(string vpc) => Rows.By<SecurityGroup>(vpc).Single(g => g.IsDefault).Key;

    public string DefaultAcl(string vpc) => Rows.By<NetworkAcl>(vpc).Single(a => a.IsDefault).Key;

    /// <summary>A table of its own for subnets, or for an internet or VPN gateway.</summary>
    public string Table(string vpc, params string[] ends)
    {
        Vpc row = Rows.Get(new Id<Vpc>(vpc));
        RouteTable table = new() { Id = new(NewId("rtb")), VpcId = row.Id, Routes = VpcParts.LocalRoutes(row) };
        foreach (string end in ends)
        {
            bool gateway = end.StartsWith("igw", StringComparison.Ordinal) || end.StartsWith("vgw", StringComparison.Ordinal);
            table = table with
            {
                Associations = table.Associations.Add(new RouteTableAssociation(
                    NewId("rtbassoc"), gateway ? null : new Id<Subnet>(end), gateway ? end : null, Main: false)),
            };
        }

        Put(table);
        return table.Key;
    }

    /// <summary>Adds a route, or gives one another target.</summary>
    public void Route(string table, string cidr, string target, RouteOrigin origin = RouteOrigin.CreateRoute)
    {
        Prefix block = Prefix.Parse(cidr);
        Edit<RouteTable>(table, t =>
        {
            Route? old = origin == RouteOrigin.EnableVgwRoutePropagation
                ? null
                : t.Routes.FirstOrDefault(r => r.Cidr == block && r.Origin != RouteOrigin.EnableVgwRoutePropagation);
            Route made = new(block, null, TargetOf(target), old?.Origin ?? origin);
            return t with { Routes = old is null ? t.Routes.Add(made) : t.Routes.Replace(old, made) };
        });
    }

    public void Unroute(string table, string cidr) =>
        Edit<RouteTable>(table, t => t with { Routes = t.Routes.RemoveAll(r => r.Cidr == Prefix.Parse(cidr)) });

    public string Group(string vpc, params string[] rules)
    {
        SecurityGroup group = new() { Id = new(NewId("sg")), Name = $"g{made}", Description = "for a test", VpcId = new(vpc) };
        Put(group with { Rules = [.. rules.Select(RuleOf)] });
        return group.Key;
    }

    public void Rules(string group, params string[] rules) => Edit<SecurityGroup>(group, g => g with { Rules = [.. rules.Select(RuleOf)] });

    /// <summary>An ACL of its own for the subnets, closed but for the rules.</summary>
    public string Acl(string vpc, string[] subnets, params string[] rules)
    {
        foreach (string subnet in subnets)
        {
            NetworkAcl before = Rows.By<NetworkAcl>(subnet).Single();
            Put(before with { Associations = before.Associations.RemoveAll(a => a.SubnetId.Value == subnet) });
        }

        NetworkAcl acl = new()
        {
            Id = new(NewId("acl")),
            VpcId = new(vpc),
            Entries =
            [
                .. rules.Select(EntryOf),
                .. VpcParts.AclEntries(isEgress: false, Family.V4, allow: false),
                .. VpcParts.AclEntries(isEgress: true, Family.V4, allow: false),
            ],
            Associations = [.. subnets.Select(s => new NetworkAclAssociation(NewId("aclassoc"), new(s)))],
        };
        Put(acl);
        return acl.Key;
    }

    /// <summary>A running instance with one interface: the interface's id.</summary>
    /// <param name="addresses">The private addresses, of either family, joined by commas.</param>
    /// <param name="groups">None: the default group, which admits its own members.</param>
    public string Instance(string subnet, string addresses, params string[] groups)
    {
        Subnet at = Rows.Get(new Id<Subnet>(subnet));
        Instance instance = new()
        {
            Id = new(NewId("i")),
            ReservationId = NewId("r"),
            ImageId = "ami-1",
            InstanceType = "t3.micro",
            State = InstanceState.Running,
            LaunchTime = DateTimeOffset.UnixEpoch,
            Zone = at.Zone,
            SubnetId = at.Id,
            VpcId = at.VpcId,
        };
        Put(instance);
        return Interface(subnet, addresses, instance.Key, 0, groups);
    }

    /// <summary>An interface, in an instance or in none.</summary>
    public string Interface(string subnet, string addresses, string? instance, int index, params string[] groups)
    {
        Subnet at = Rows.Get(new Id<Subnet>(subnet));
        IpAddress[] all = [.. addresses.Split(',').Select(IpAddress.Parse)];
        NetworkInterface row = new()
        {
            Id = new(NewId("eni")),
            SubnetId = at.Id,
            VpcId = at.VpcId,
            MacAddress = "02:00:00:00:00:01",
            PrivateAddresses = [.. all.Where(a => a.IsV4).Select(a => new InterfaceAddress(a))],
            Ipv6Addresses = [.. all.Where(a => !a.IsV4)],
            Groups = groups.Length == 0 ? [new(DefaultGroup(at.VpcId.Value))] : [.. groups.Select(g => new Id<SecurityGroup>(g))],
            Attachment = instance is null ? null : Attach(instance, index),
        };
        Put(row);
        return row.Key;
    }

    /// <summary>The instance an interface is in.</summary>
    public string InstanceOf(string eni) => Rows.Get(new Id<NetworkInterface>(eni)).Attachment!.InstanceId!.Value.Value;

    public void SetState(string eni, InstanceState state) => Edit<Instance>(InstanceOf(eni), i => i with { State = state });

    public void Forwards(string eni) => Edit<NetworkInterface>(eni, e => e with { SourceDestCheck = false });

    /// <summary>Binds an Elastic IP to an interface's address, the first one if none is named.</summary>
    public string Elastic(string? eni, string address, string? inside = null)
    {
        NetworkInterface? at = eni is null ? null : Rows.Get(new Id<NetworkInterface>(eni));
        ElasticIp row = new()
        {
            Id = new(NewId("eipalloc")),
            PublicIp = IpAddress.Parse(address),
            NetworkBorderGroup = "us-east-1",
            Association = at is null
                ? null
                : new ElasticIpAssociation(NewId("eipassoc"), at.Id, inside is null ? at.PrimaryIp!.Value : IpAddress.Parse(inside)),
        };
        Put(row);
        return row.Key;
    }

    /// <summary>A NAT gateway: public where an address is given.</summary>
    public string Nat(string subnet, string inside, string? outside = null)
    {
        Subnet at = Rows.Get(new Id<Subnet>(subnet));
        NetworkInterface eni = new()
        {
            Id = new(NewId("eni")),
            SubnetId = at.Id,
            VpcId = at.VpcId,
            InterfaceType = "nat_gateway",
            MacAddress = "02:00:00:00:00:02",
            PrivateAddresses = [new InterfaceAddress(IpAddress.Parse(inside))],
            SourceDestCheck = false,
            RequesterManaged = true,
        };
        Put(eni);
        string? allocation = outside is null ? null : Elastic(eni.Key, outside);
        NatGateway row = new()
        {
            Id = new(NewId("nat")),
            VpcId = at.VpcId,
            SubnetId = at.Id,
            IsPublic = outside is not null,
            CreateTime = DateTimeOffset.UnixEpoch,
            Addresses =
            [
                new NatGatewayAddress(
                    eni.Id, IpAddress.Parse(inside), allocation is null ? null : new Id<ElasticIp>(allocation),
                    outside is null ? null : IpAddress.Parse(outside), null, IsPrimary: true),
            ],
        };
        Put(row);
        return row.Key;
    }

    private InterfaceAttachment Attach(string instance, int index) =>
        new(NewId("eni-attach"), new Id<Instance>(instance), Home.Account, index, 0, DateTimeOffset.UnixEpoch, true);

    private static RouteTarget TargetOf(string target) => target.Split('-')[0] switch
    {
        "local" => RouteTarget.Local,
        "igw" => new RouteTarget(RouteTargetKind.InternetGateway, target),
        "eigw" => new RouteTarget(RouteTargetKind.EgressOnlyInternetGateway, target),
        "nat" => new RouteTarget(RouteTargetKind.NatGateway, target),
        "eni" => new RouteTarget(RouteTargetKind.NetworkInterface, target),
        "vpce" => new RouteTarget(RouteTargetKind.VpcEndpoint, target),
        "tgw" => new RouteTarget(RouteTargetKind.TransitGateway, target),
        "vgw" => new RouteTarget(RouteTargetKind.VpnGateway, target),
        _ => new RouteTarget(RouteTargetKind.VpcPeeringConnection, target),
    };

    private SecurityGroupRule RuleOf(string text)
    {
        string[] words = text.Split(' ');
        (int? from, int? to) = PortsOf(words.Length == 4 ? words[2] : null);
        string peer = words[^1];
        RulePeer other = peer.StartsWith("sg-", StringComparison.Ordinal) ? new RulePeer(null, new Id<SecurityGroup>(peer))
            : peer.StartsWith("pl-", StringComparison.Ordinal) ? new RulePeer(null, PrefixListId: peer)
            : new RulePeer(Prefix.Parse(peer));
        return new SecurityGroupRule(NewId("sgr"), words[0] == "out", ProtocolOf(words[1]), from, to, other);
    }

    private static NetworkAclEntry EntryOf(string text)
    {
        string[] words = text.Split(' ');
        int protocol = ProtocolOf(words[3]);
        (int? from, int? to) = PortsOf(words.Length == 6 ? words[4] : null);
        return new NetworkAclEntry(
            int.Parse(words[0], CultureInfo.InvariantCulture),
            words[1] == "out",
            words[2] == "allow",
            protocol,
            Prefix.Parse(words[^1]),
            Protocols.HasPorts(protocol) && from is not null ? new PortRange(from.Value, to!.Value) : null,
            Protocols.IsIcmp(protocol) ? new IcmpMatch(from ?? -1, to ?? -1) : null);
    }

    private static (int? From, int? To) PortsOf(string? text)
    {
        if (text is null)
        {
            return (null, null);
        }

        string[] ends = text.Split('-', '/');
        int from = int.Parse(ends[0], CultureInfo.InvariantCulture);
        return (from, ends.Length == 1 ? from : int.Parse(ends[1], CultureInfo.InvariantCulture));
    }

    private static int ProtocolOf(string word) => word switch
    {
        "all" => -1,
        "tcp" => Protocols.Tcp,
        "udp" => Protocols.Udp,
        "icmp" => Protocols.Icmp,
        "icmpv6" => Protocols.IcmpV6,
        _ => int.Parse(word, CultureInfo.InvariantCulture),
    };
}
