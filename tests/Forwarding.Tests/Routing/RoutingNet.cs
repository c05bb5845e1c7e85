using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>A cloud of what exchanges routes, made row by row, with the routes settled anew after each change.</summary>
internal sealed class RoutingNet
{
    public static readonly PartitionKey Home = new("000000000000", "us-east-1");
    public static readonly PartitionKey Far = new("000000000000", "eu-west-1");
    private static readonly DateTimeOffset Birth = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Change> changes = [];
    private int clock;

    public RoutingNet()
    {
        Cloud = CloudSnapshot.Empty.With(Partition.Empty(Home)).With(Partition.Empty(Far));
        Routes = Settler.Settle(Cloud);
    }

    public CloudSnapshot Cloud { get; private set; }

    /// <summary>Settled step by step, one change at a time.</summary>
    public SettledRoutes Routes { get; private set; }

    /// <summary>Every row written, in order.</summary>
    public IReadOnlyList<Change> Changes => changes;

    public World World => Cloud.World;

    /// <summary>Told of each step: the routes before it and after it.</summary>
    public Action<SettledRoutes, SettledRoutes>? Settled { get; set; }

    public static string Text(IEnumerable<Candidate> candidates) => string.Join(" | ", candidates.Select(
        c => string.Create(CultureInfo.InvariantCulture, $"{c.Source} {c.Line ?? c.Spoke ?? "-"} [{c.Path}] {c.Step}")));

    public void Put<T>(T row, PartitionKey? at = null)
        where T : class, IResource<T> => Write(draft => draft.Put(at ?? Home, row));

    public void Remove<T>(string id, PartitionKey? at = null)
        where T : class, IResource<T> => Write(draft => draft.Remove(at ?? Home, new Id<T>(id)));

    public void SetWorld(World world) => Write(draft => draft.SetWorld(world));

    public void SetWorld(Func<World, World> change) => SetWorld(change(World));

    public void Fail(params string[] subjects) => SetWorld(w => w with
    {
        Failures = [.. w.Failures.Concat(subjects.Select(s => new WorldFailure(Home, s))).Distinct().Order()],
    });

    public void Heal() => SetWorld(w => w with { Failures = [] });

    public T Find<T>(string id, PartitionKey? at = null)
        where T : class, IResource<T> => Cloud.Partition(at ?? Home).Get(new Id<T>(id));

    /// <summary>What a speaker knows of a prefix, best first.</summary>
    public RibEntry Entry(string speaker, string prefix) =>
        Routes.RibOf(speaker).Find(Prefix.Parse(prefix)) ?? throw new InvalidOperationException($"{speaker} does not know {prefix}");

    public bool Knows(string speaker, string prefix) => Routes.RibOf(speaker).Find(Prefix.Parse(prefix)) is { Best: > 0 };

    /// <summary>The lines, or else spokes, that a speaker uses for a prefix.</summary>
    public string Uses(string speaker, string prefix)
    {
        RibEntry entry = Entry(speaker, prefix);
        return string.Join(' ', entry.Candidates.Take(entry.Best).Select(c => c.Line ?? c.Spoke ?? "local"));
    }

    public void Vpc(string id, params string[] blocks) => Put(new Vpc
    {
        Id = new(id),
        Cidrs = [.. blocks.Where(b => !b.Contains(':')).Select((b, i) => new CidrAssociation($"vpc-cidr-assoc-{id}{i}", Prefix.Parse(b)))],
        Ipv6Cidrs = [.. blocks.Where(b => b.Contains(':')).Select((b, i) => new CidrAssociation($"vpc-cidr-assoc-{id}v6{i}", Prefix.Parse(b), "Amazon"))],
    });

    public void Exit(string id, string? vpc, long asn = 64512, PartitionKey? at = null) => Put(
        new VpnGateway
        {
            Id = new(id),
            AmazonSideAsn = asn,
            Attachment = vpc is null ? null : new VpnGatewayAttachment(new Id<Vpc>(vpc), VpnAttachmentState.Attached),
        },
        at);

    public void Customer(string id, string address, long asn) =>
        Put(new CustomerGateway { Id = new(id), IpAddress = IpAddress.Parse(address), Asn = asn });

    /// <param name="routes">Static routes; none and <paramref name="isStatic"/> false: BGP.</param>
    public void Vpn(string id, string customer, string? exit, string? spoke = null, bool isStatic = false, params string[] routes)
    {
        int number = ++clock;
        Put(new VpnConnection
        {
            Id = new(id),
            CustomerGatewayId = new(customer),
            VpnGatewayId = exit is null ? null : new Id<VpnGateway>(exit),
            TransitGatewayId = spoke is null ? null : Find<TransitGatewayAttachment>(spoke).TransitGatewayId.Value,
            TransitGatewayAttachmentId = spoke,
            StaticRoutesOnly = isStatic,
            Routes = [.. routes.Select(Prefix.Parse).Order()],
            CreateTime = Birth,
            Tunnels =
            [
                .. Enumerable.Range(0, 2).Select(i => new VpnTunnel
                {
                    OutsideIp = IpAddress.Parse($"52.{number / 256}.{number % 256}.{i + 1}"),
                    InsideCidr = Prefix.Parse($"169.254.{number % 250}.{i * 4}/30"),
                    PreSharedKey = "secretsecret",
                }),
            ],
        });
    }

    public void Hub(string id, long asn = 64600, bool ecmp = true) => Put(
        new TransitGateway { Id = new(id), Owner = Home, AmazonSideAsn = asn, VpnEcmp = ecmp, CreationTime = Birth });

    public void Table(string id, string hub, params string[] propagations) => Put(new TransitGatewayRouteTable
    {
        Id = new(id),
        TransitGatewayId = new(hub),
        CreationTime = Birth,
        Propagations = [.. propagations.Order(StringComparer.Ordinal).Select(p => new Id<TransitGatewayAttachment>(p))],
    });

    public void Spoke(string id, string hub, TransitGatewayAttachmentType type, string resource, string? table, string? transport = null) =>
        Put(new TransitGatewayAttachment
        {
            Id = new(id),
            Type = type,
            At = Home,
            TransitGatewayId = new(hub),
            TransitGatewayOwner = Home,
            ResourceId = resource,
            ResourceOwner = Home,
            AssociatedTableId = table is null ? null : new Id<TransitGatewayRouteTable>(table),
            TransportAttachmentId = transport is null ? null : new Id<TransitGatewayAttachment>(transport),
            CreationTime = Birth.AddMinutes(++clock),
        });

    public void Static(string table, string prefix, string? spoke)
    {
        TransitGatewayRouteTable row = Find<TransitGatewayRouteTable>(table);
        TransitGatewayStaticRoute route = new(Prefix.Parse(prefix), spoke is null ? null : new Id<TransitGatewayAttachment>(spoke));
        Put(row with { StaticRoutes = [.. row.StaticRoutes.Where(r => r.Cidr != route.Cidr).Append(route).OrderBy(r => r.Cidr)] });
    }

    public void Connection(string id, string location, PartitionKey? at = null) => Put(
        new DxConnection
        {
            Id = new(id),
            OwnerId = Home.Account,
            Region = (at ?? Home).Region,
            Name = id,
            Location = location,
            Bandwidth = "1Gbps",
            Device = new DxDevice("device", "device-1"),
            CreatedAt = Birth,
        },
        at);

    public void Interface(
        string id, string connection, DxInterfaceType type, long asn, string? exit = null, string? junction = null, bool siteLink = false,
        PartitionKey? at = null, string[]? owned = null)
    {
        PartitionKey home = at ?? Home;
        DxBgpPeer peer = new(
            $"dxpeer-{id}", asn, "key", Family.V4, new DxPeerAddress(IpAddress.Parse("169.254.200.1"), 30),
            new DxPeerAddress(IpAddress.Parse("169.254.200.2"), 30));
        Put(
            new DxVirtualInterface
            {
                Id = new(id),
                OwnerId = home.Account,
                Region = home.Region,
                Type = type,
                Name = id,
                ConnectionId = connection,
                ConnectionOwnerId = home.Account,
                Location = Find<DxConnection>(connection, at).Location,
                Device = new DxDevice("device", "device-1"),
                Vlan = 100,
                First = peer,
                BgpPeers = [peer],
                AmazonSideAsn = 64512,
                RouteFilterPrefixes = [.. (owned ?? []).Select(Prefix.Parse)],
                VirtualGatewayId = exit,
                DirectConnectGatewayId = junction is null ? null : new Id<DxGateway>(junction),
                SiteLink = siteLink,
                CreatedAt = Birth,
            },
            at);
    }

    public void Junction(string id, long asn = 64700) => Put(
        new DxGateway { Id = new(id), OwnerId = Home.Account, Name = id, AmazonSideAsn = asn });

    public void Associate(string id, string junction, string gateway, string? spoke, params string[] allowed) => Put(new DxGatewayAssociation
    {
        Id = new(id),
        GatewayId = new(junction),
        GatewayOwnerId = Home.Account,
        Associated = new DxAssociatedGateway(gateway, Home.Account, Home.Region),
        AttachmentId = spoke,
        AllowedPrefixes = [.. allowed.Select(Prefix.Parse).Order()],
        CreatedAt = Birth,
    });

    /// <summary>A site with one router, whose networks are announced.</summary>
    public void Site(string name, string address, long asn, params string[] networks) => Site(name, networks, Router("r1", address, asn));

    public void Site(string name, string[] networks, params SiteRouter[] routers) => SetWorld(w => w with
    {
        Sites =
        [
            .. w.Sites.Where(s => s.Name != name)
                .Append(new Site(name, [.. routers], [.. networks.Select(n => new SiteNetwork(Prefix.Parse(n), true, []))]))
                .OrderBy(s => s.Name, StringComparer.Ordinal),
        ],
    });

    public static SiteRouter Router(string name, string address, long asn, params SitePort[] ports) =>
        new() { Name = name, Addresses = [IpAddress.Parse(address)], Asn = asn, Ports = [.. ports] };

    public static SiteAnnouncement Announce(string prefix, int prepend = 0, long med = 0, string? over = null, params string[] communities) =>
        new(Prefix.Parse(prefix), prepend, med, [.. communities], over);

    /// <summary>An instance with a public address, in a subnet that routes outside.</summary>
    public void Machine(string id, string vpc, string address)
    {
        string subnet = $"subnet-{id}";
        Put(new InternetGateway { Id = new($"igw-{id}"), VpcId = new Id<Vpc>(vpc) });
        Put(new RouteTable
        {
            Id = new($"rtb-{id}"),
            VpcId = new(vpc),
            Associations = [new RouteTableAssociation($"rtbassoc-{id}", new Id<Subnet>(subnet), null, false)],
            Routes = [new Route(Prefix.AnyV4, null, new RouteTarget(RouteTargetKind.InternetGateway, $"igw-{id}"), RouteOrigin.CreateRoute)],
        });
        Put(new NetworkInterface
        {
            Id = new($"eni-{id}"),
            SubnetId = new(subnet),
            VpcId = new(vpc),
            MacAddress = "02:00:00:00:00:01",
            SourceDestCheck = false,
            Groups = [new($"sg-{id}")],
            Attachment = new InterfaceAttachment($"eni-attach-{id}", new Id<Instance>(id), Home.Account, 0, 0, Birth, true),
            PrivateAddresses = [new InterfaceAddress(IpAddress.Parse("10.99.0.10"), IpAddress.Parse(address))],
        });
        Group(id, vpc, new SecurityGroupRule($"sgr-{id}", true, -1, null, null, new RulePeer(Prefix.AnyV4)));
        Running(id, InstanceState.Running);
    }

    /// <summary>The group of a machine.</summary>
    public void Group(string machine, string vpc, params SecurityGroupRule[] rules) => Put(
        new SecurityGroup { Id = new($"sg-{machine}"), Name = machine, Description = "a machine's", VpcId = new(vpc), Rules = [.. rules] });

    /// <summary>The ACL of a machine's subnet; no entries: the subnet has none.</summary>
    public void Acl(string machine, string vpc, params NetworkAclEntry[] entries) => Put(new NetworkAcl
    {
        Id = new($"acl-{machine}"),
        VpcId = new(vpc),
        Entries = [.. entries],
        Associations = entries.Length == 0 ? [] : [new NetworkAclAssociation($"aclassoc-{machine}", new($"subnet-{machine}"))],
    });

    public void Running(string id, InstanceState state) => Put(new Instance
    {
        Id = new(id),
        ReservationId = "r-1",
        ImageId = "ami-1",
        InstanceType = "t3.micro",
        State = state,
        LaunchTime = Birth,
        Zone = "us-east-1a",
    });

    /// <summary>The same rows, in another order, from nothing.</summary>
    public static RoutingNet Replay(IEnumerable<Action<RoutingNet>> steps)
    {
        RoutingNet net = new();
        foreach (Action<RoutingNet> step in steps)
        {
            step(net);
        }

        return net;
    }

    private void Write(Action<Draft> write)
    {
        Draft draft = new(Cloud);
        write(draft);
        SettledRoutes before = Routes;
        Routes = Settler.Settle(Routes, Cloud, draft.Next, draft.Changes);
        Settled?.Invoke(before, Routes);
        changes.AddRange(draft.Changes);
        Cloud = draft.Next;
    }
}
