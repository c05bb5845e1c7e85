using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Clouds;

/// <summary>What joins networks, for tests' clouds: peerings, transit gateways, VPN gateways, tunnels, virtual interfaces, sites.</summary>
public static class Joins
{
    private static readonly string[] Zones = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f", "us-east-1e"];

    /// <summary>A peering of two VPCs, the accepter's in any account and region: its id.</summary>
    public static string Peer(
        this CloudBuilder net, string vpc, string other, PartitionKey? at = null, PeeringStatus status = PeeringStatus.Active)
    {
        PartitionKey far = at ?? net.At;
        VpcPeeringConnection row = new()
        {
            Id = new(net.NewId("pcx")),
            Requester = SideOf(net, net.At, vpc),
            Accepter = SideOf(net, far, other),
            Status = status,
            StatusMessage = status.ToString(),
        };
        net.PutBoth(row);
        return row.Key;
    }

    public static void PutBoth(this CloudBuilder net, VpcPeeringConnection row)
    {
        PartitionKey here = net.At;
        net.At = row.Accepter.Partition;
        net.Put(row);
        net.At = row.Requester.Partition;
        net.Put(row);
        net.At = here;
    }

    private static PeeringSide SideOf(CloudBuilder net, PartitionKey at, string vpc)
    {
        Vpc? row = net.Cloud.Partition(at).Find(new Id<Vpc>(vpc));
        return new PeeringSide(
            at.Account, at.Region, new(vpc), [.. (row?.Cidrs ?? []).Select(c => c.Cidr)], [.. (row?.Ipv6Cidrs ?? []).Select(c => c.Cidr)], PeeringOptions.Usual);
    }

    /// <summary>A transit gateway with a default table: its id.</summary>
    public static string Tgw(this CloudBuilder net, bool keepsGroups = false, bool ecmp = true, long asn = 64512)
    {
        Id<TransitGateway> id = new(net.NewId("tgw"));
        Id<TransitGatewayRouteTable> table = new(net.TgwTable(id.Value));
        net.Put(new TransitGateway
        {
            Id = id,
            Owner = net.At,
            AmazonSideAsn = asn,
            AssociationDefaultRouteTableId = table,
            PropagationDefaultRouteTableId = table,
            SecurityGroupReferencing = keepsGroups,
            VpnEcmp = ecmp,
            CreationTime = DateTimeOffset.UnixEpoch,
        });
        return id.Value;
    }

    public static string TgwTable(this CloudBuilder net, string gateway)
    {
        TransitGatewayRouteTable row = new()
        {
            Id = new(net.NewId("tgw-rtb")),
            TransitGatewayId = new(gateway),
            CreationTime = DateTimeOffset.UnixEpoch,
        };
        net.Put(row);
        return row.Key;
    }

    /// <summary>The table that new attachments are associated with and propagate to.</summary>
    public static string DefaultTable(this CloudBuilder net, string gateway) =>
        net.Rows.Get(new Id<TransitGateway>(gateway)).AssociationDefaultRouteTableId!.Value.Value;

    /// <summary>Attaches a VPC by an interface in each of the subnets: the attachment's id.</summary>
    /// <param name="owner">Where the gateway is, where that is another account.</param>
    public static string AttachVpc(this CloudBuilder net, string gateway, string vpc, string[] subnets, PartitionKey? owner = null)
    {
        ImmutableArray<TransitGatewayDoor>.Builder doors = ImmutableArray.CreateBuilder<TransitGatewayDoor>();
        foreach (string subnet in subnets)
        {
            Subnet at = net.Rows.Get(new Id<Subnet>(subnet));
            NetworkInterface eni = new()
            {
                Id = new(net.NewId("eni")),
                SubnetId = at.Id,
                VpcId = at.VpcId,
                InterfaceType = "transit_gateway",
                MacAddress = "02:00:00:00:00:05",
                PrivateAddresses = [new InterfaceAddress(IpAddress.FromV4(at.Cidr!.Value.Last.V4Bits - 1 - (uint)net.Rows.By<NetworkInterface>(subnet).Count()))],
                SourceDestCheck = false,
                RequesterManaged = true,
            };
            net.Put(eni);
            doors.Add(new TransitGatewayDoor(at.Id, at.Zone, ZoneIdOf(net.At, at.Zone), eni.Id));
        }

        return net.Attach(gateway, TransitGatewayAttachmentType.Vpc, vpc, owner, a => a with { Doors = doors.ToImmutable() });
    }

    public static string ZoneIdOf(PartitionKey at, string zone) => Regions.ZonesOf(at.Account, at.Region).First(z => z.Name == zone).ZoneId;

    /// <summary>Any attachment, associated with the gateway's default table and propagating to it.</summary>
    public static string Attach(
        this CloudBuilder net, string gateway, TransitGatewayAttachmentType type, string resource, PartitionKey? owner,
        Func<TransitGatewayAttachment, TransitGatewayAttachment>? change = null)
    {
        PartitionKey home = owner ?? net.At;
        PartitionKey here = net.At;
        TransitGateway at = net.Cloud.Partition(home).Get(new Id<TransitGateway>(gateway));
        string id = net.NewId("tgw-attach");
        TransitGatewayAttachment row = new()
        {
            Id = new(id),
            Type = type,
            At = home,
            TransitGatewayId = at.Id,
            TransitGatewayOwner = home,
            ResourceId = resource,
            ResourceOwner = here,
            AssociatedTableId = at.AssociationDefaultRouteTableId,
            CreationTime = DateTimeOffset.UnixEpoch.AddSeconds(Convert.ToInt64(id[^8..], 16)),
        };
        row = change?.Invoke(row) ?? row;
        if (here != home)
        {
            net.Put(row with { At = here, AssociatedTableId = null });
        }

        net.At = home;
        net.Put(row);
        if (at.PropagationDefaultRouteTableId is { } table && type != TransitGatewayAttachmentType.Peering)
        {
            net.Propagate(row.Key, table.Value);
        }

        net.At = here;
        return row.Key;
    }

    /// <summary>The one table that decides on what comes over an attachment; null: none.</summary>
    public static void Associate(this CloudBuilder net, string attachment, string? table) => net.Edit<TransitGatewayAttachment>(
        attachment, a => a with { AssociatedTableId = table is null ? null : new Id<TransitGatewayRouteTable>(table) });

    public static void Propagate(this CloudBuilder net, string attachment, string table) => net.Edit<TransitGatewayRouteTable>(
        table, t => t with { Propagations = [.. t.Propagations.Add(new(attachment)).OrderBy(a => a.Value, StringComparer.Ordinal)] });

    public static void Unpropagate(this CloudBuilder net, string attachment, string table) => net.Edit<TransitGatewayRouteTable>(
        table, t => t with { Propagations = t.Propagations.RemoveAll(a => a.Value == attachment) });

    /// <summary>A static route of a transit gateway's table; no attachment: a blackhole.</summary>
    public static void TgwRoute(this CloudBuilder net, string table, string cidr, string? attachment) => net.Edit<TransitGatewayRouteTable>(
        table, t => t with
        {
            StaticRoutes =
            [
                .. t.StaticRoutes.Where(r => r.Cidr != Prefix.Parse(cidr))
                    .Append(new TransitGatewayStaticRoute(Prefix.Parse(cidr), attachment is null ? null : new Id<TransitGatewayAttachment>(attachment)))
                    .OrderBy(r => r.Cidr),
            ],
        });

    /// <summary>A peering of two transit gateways of this account, the other's region given: the attachments' ids.</summary>
    public static (string Here, string There) PeerTgw(this CloudBuilder net, string gateway, string other, PartitionKey at)
    {
        PartitionKey here = net.At;
        string one = net.NewId("tgw-attach");
        string two = at == here ? net.NewId("tgw-attach") : one;
        TransitGatewayPeering both = new(
            new TransitGatewayEnd(new(gateway), here, new(one)), new TransitGatewayEnd(new(other), at, new(two)));
        Put(both.Requester, both.Accepter);
        net.At = at;
        Put(both.Accepter, both.Requester);
        net.At = here;
        return (one, two);

        void Put(TransitGatewayEnd own, TransitGatewayEnd far) => net.Put(new TransitGatewayAttachment
        {
            Id = own.AttachmentId,
            Type = TransitGatewayAttachmentType.Peering,
            At = own.Owner,
            TransitGatewayId = own.Id,
            TransitGatewayOwner = own.Owner,
            ResourceId = far.Id.Value,
            ResourceOwner = far.Owner,
            Peering = both,
            AssociatedTableId = net.Rows.Get(own.Id).AssociationDefaultRouteTableId,
            CreationTime = DateTimeOffset.UnixEpoch,
        });
    }

    /// <summary>A VPN gateway, attached to a VPC: its id.</summary>
    public static string Vgw(this CloudBuilder net, string? vpc, long asn = 64512)
    {
        VpnGateway row = new()
        {
            Id = new(net.NewId("vgw")),
            AmazonSideAsn = asn,
            Attachment = vpc is null ? null : new VpnGatewayAttachment(new(vpc), VpnAttachmentState.Attached),
        };
        net.Put(row);
        return row.Key;
    }

    /// <summary>Lets a VPN gateway's routes into a table.</summary>
    public static void PropagateTo(this CloudBuilder net, string table, string gateway) =>
        net.Edit<RouteTable>(table, t => t with { PropagatingGateways = t.PropagatingGateways.Add(gateway) });

    /// <summary>A customer gateway: its id.</summary>
    public static string Cgw(this CloudBuilder net, string address, long asn = 65000)
    {
        CustomerGateway row = new() { Id = new(net.NewId("cgw")), IpAddress = IpAddress.Parse(address), Asn = asn };
        net.Put(row);
        return row.Key;
    }

    /// <summary>A VPN connection of a VPN gateway or a transit gateway, by BGP unless static routes are named: its id.</summary>
    public static string Vpn(this CloudBuilder net, string gateway, string customer, params string[] routes)
    {
        string id = net.NewId("vpn");
        bool transit = gateway.StartsWith("tgw-", StringComparison.Ordinal);
        int number = Convert.ToInt32(id[^6..], 16);
        VpnConnection row = new()
        {
            Id = new(id),
            CustomerGatewayId = new(customer),
            VpnGatewayId = transit ? null : new Id<VpnGateway>(gateway),
            TransitGatewayId = transit ? gateway : null,
            StaticRoutesOnly = routes.Length > 0,
            Routes = transit ? [] : [.. routes.Select(Prefix.Parse).Order()],
            Tunnels = [TunnelOf(number, 0), TunnelOf(number, 1)],
            CreateTime = DateTimeOffset.UnixEpoch,
        };
        if (transit)
        {
            row = row with { TransitGatewayAttachmentId = net.Attach(gateway, TransitGatewayAttachmentType.Vpn, id, null) };
        }

        net.Put(row);
        return id;
    }

    private static VpnTunnel TunnelOf(int number, int tunnel) => new()
    {
        OutsideIp = IpAddress.FromV4(0x34000000u + (uint)(number * 2) + (uint)tunnel),
        InsideCidr = new Prefix(IpAddress.FromV4(0xA9FE1000u + (uint)(((number * 2) + tunnel) * 4)), 30),
        PreSharedKey = "a.secret",
    };

    /// <summary>Adds a site to the world: a router with a public address, and networks.</summary>
    public static void Site(this CloudBuilder net, string name, string address, long asn, params string[] networks) =>
        net.Site(name, [Router("r1", address, asn)], networks);

    public static void Site(this CloudBuilder net, string name, SiteRouter[] routers, params string[] networks)
    {
        Site row = new(name, [.. routers], [.. networks.Select(n => new SiteNetwork(Prefix.Parse(n), true, []))]);
        World world = net.Cloud.World;
        net.World(world with { Sites = [.. world.Sites.Where(s => s.Name != name).Append(row).OrderBy(s => s.Name, StringComparer.Ordinal)] });
    }

    public static SiteRouter Router(string name, string address, long asn) =>
        new() { Name = name, Addresses = [IpAddress.Parse(address)], Asn = asn };

    /// <summary>Says that an instance is a router.</summary>
    public static void Role(this CloudBuilder net, string eni, long asn, params string[] announces)
    {
        World world = net.Cloud.World;
        RoutingMachine role = new(
            net.InstanceOf(eni), asn, [.. announces.Select(a => new SiteAnnouncement(Prefix.Parse(a), 0, 0, [], null))]);
        net.World(world with { Roles = [.. world.Roles.Append(role).OrderBy(r => r.Machine, StringComparer.Ordinal)] });
    }
}
