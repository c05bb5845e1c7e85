using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>VPN gateways, VPN connections, Connect peers.</summary>
internal sealed partial class TopologyBuilder
{
    /// <summary>Source: AWS Site-to-Site VPN, "Customer gateway devices": MTU 1,446 (rule 122).</summary>
    private const int TunnelMtu = 1446;

    /// <summary>Source: AWS Site-to-Site VPN quotas: dynamic routes that a customer gateway announces, and that AWS does (rule 121).</summary>
    private const int ExitReceivedMax = 100;
    private const int ExitAnnouncedMax = 1000;
    private const int HubReceivedMax = 1000;
    private const int HubAnnouncedMax = 5000;

    /// <summary>Source: AWS, "Transit gateway Connect attachments": 5 Gbps a peer; MTU of the gateway.</summary>
    private const double PeerGbps = 5;
    private const int HubMtu = 8500;

    private void AddExits(PartitionKey at, Partition rows)
    {
        foreach (VpnGateway row in rows.All<VpnGateway>())
        {
            if (row.State != VpnState.Available)
            {
                continue;
            }

            speakers[row.Key] = new Speaker(row.Key, SpeakerKind.Exit, at, row.AmazonSideAsn);
            ImmutableArray<Prefix> blocks = BlocksOf(rows, row);
            facts[row.Key] = new SpeakerFacts(at.Region, blocks, SharesTunnels: false);
            Candidate local = new(RouteSource.VpcCidr, null, null) { From = row.AttachedVpc?.Value ?? "" };
            string id = $"domain:{row.Key}";
            feeds[id] = new ListFeed(id, [row.Key], [.. blocks.Select(b => KeyValuePair.Create(b, local))]);
        }
    }

    private static ImmutableArray<Prefix> BlocksOf(Partition rows, VpnGateway row) =>
        row.AttachedVpc is { } id && rows.Find(id) is { } vpc
            ? [.. vpc.Cidrs.Concat(vpc.Ipv6Cidrs).Select(c => c.Cidr).Distinct().Order()]
            : [];

    private void AddTunnels(PartitionKey at, Partition rows)
    {
        foreach (VpnConnection row in rows.All<VpnConnection>())
        {
            if (row.State is VpnState.Deleted or VpnState.Deleting)
            {
                continue;
            }

            for (int i = 0; i < row.Tunnels.Length; i++)
            {
                AddTunnel(at, rows, row, i);
            }
        }
    }

    private void AddTunnel(PartitionKey at, Partition rows, VpnConnection row, int place)
    {
        VpnTunnel tunnel = row.Tunnels[place];
        CustomerGateway? told = rows.Find(row.CustomerGatewayId);
        HubUnit? hub = row.TransitGatewayId is { } transit ? hubs.GetValueOrDefault(transit) : null;
        string spoke = hub is not null && row.TransitGatewayAttachmentId is { } attached && hub.Spokes.ContainsKey(attached) ? attached : "";
        string near = row.VpnGatewayId?.Value ?? (hub is null ? "" : hub.Row.Key);
        RouterFacts? router = told is null ? null : RouterFor(told);
        long nearAsn = speakers.TryGetValue(near, out Speaker? speaker) ? speaker.Asn : 0;
        bool v6 = row.CarriesIpv6 && tunnel.InsideIpv6Cidr is not null;
        Prefix inside = v6 ? tunnel.InsideIpv6Cidr!.Value : tunnel.InsideCidr;
        LineKind kind = row.StaticRoutesOnly ? LineKind.TunnelStatic : LineKind.TunnelBgp;
        Line line = new($"{row.Key}/{place + 1}", at, row.Key, place + 1, kind, near, router?.Id ?? "")
        {
            Spoke = spoke,
            Mtu = TunnelMtu,
            LimitGbps = row.TunnelGbps,
            NearAsn = nearAsn,
            FarAsn = told?.Asn ?? 0,
            NearAddress = inside.First.Plus(1),
            FarAddress = inside.First.Plus(2),
            NearOutside = tunnel.OutsideIp,
            FarOutside = told?.IpAddress,
            Family = v6 ? Family.V6 : Family.V4,
            Region = at.Region,
            NearSelector = row.RemoteCidr,
            FarSelector = row.LocalCidr,
            IsPrivate = row.TransportAttachmentId is not null,
            ReceivedMax = hub is null ? ExitReceivedMax : HubReceivedMax,
            AnnouncedMax = hub is null ? ExitAnnouncedMax : HubAnnouncedMax,
        };
        line = WithTunnelState(line, row, told, router, speaker is not null && (hub is null || spoke.Length > 0));
        ImmutableArray<LineImport> imports = hub is null ? [new LineImport("", [near], "")] : [new LineImport("", hub.TablesFrom(spoke), spoke)];
        string exporter = hub is null ? near : Exporter(hub, spoke);
        Add(line, Tags.NameOf(row), near.Length == 0 ? [] : imports, exporter);
        if (line.IsUp && kind == LineKind.TunnelStatic && hub is null)
        {
            Candidate written = new(RouteSource.VpnStatic, line.Id, null) { From = line.Far };
            string id = $"written:{line.Id}";
            feeds[id] = new ListFeed(id, [near], [.. row.Routes.Distinct().Order().Select(p => KeyValuePair.Create(p, written))]);
        }
    }

    private static string Exporter(HubUnit hub, string spoke) =>
        hub.Spokes.TryGetValue(spoke, out TransitGatewayAttachment? found) && found.AssociatedTableId is { } table ? table.Value : "";

    /// <summary>The router that a customer gateway means: by its address, or, where it has none, by SITE/ROUTER as its device name.</summary>
    private RouterFacts? RouterFor(CustomerGateway row) => row.State != VpnState.Available ? null
        : row.IpAddress is { } address ? byAddress.GetValueOrDefault(address)
        : row.DeviceName is { } device && device.Split('/') is [string site, string name] ? routers.GetValueOrDefault(Speaker.OfRouter(site, name))
        : null;

    private Line WithTunnelState(Line line, VpnConnection row, CustomerGateway? told, RouterFacts? router, bool attached)
    {
        (LineTrouble Trouble, string Words) down = TunnelTrouble(line, row, told, router, attached);
        if (down.Trouble != LineTrouble.None)
        {
            return line with { Trouble = down.Trouble, Words = down.Words };
        }

        line = line with { Carries = true, IsUpdating = HasFailed(WorldFailure.Update, line, row) };
        return line.Kind == LineKind.TunnelStatic ? line with { IsUp = true }
            : router!.Asn != line.FarAsn ? line with { Trouble = LineTrouble.AsnMismatch, Words = AsnText(line, router, told!.Key) }
            : line.NearAsn == line.FarAsn ? line with { Trouble = LineTrouble.SameAsn, Words = $"both ends of {line.Id} have ASN {line.FarAsn}" }
            : line with { IsUp = true };
    }

    private static string AsnText(Line line, RouterFacts router, string told) =>
        $"the BGP session of {line.Id} is down: {router.Id} has ASN {router.Asn}, and {told} says {line.FarAsn}";

    private (LineTrouble Trouble, string Words) TunnelTrouble(
        Line line, VpnConnection row, CustomerGateway? told, RouterFacts? router, bool attached)
    {
        if (row.State != VpnState.Available)
        {
            return (LineTrouble.NotReady, $"{row.Key} is not available");
        }

        if (!attached)
        {
            return (LineTrouble.NotAttached, $"{row.Key} ends on no gateway that is there");
        }

        if (router is null)
        {
            return (LineTrouble.NoRouterAtAddress, told?.IpAddress is { } missing
                ? $"no router has the address {missing} of {told.Key}"
                : $"no router is the device of {row.CustomerGatewayId}");
        }

        if (router.Fault.Length > 0)
        {
            return (LineTrouble.RouterFailed, router.Fault);
        }

        if (HasFailed(WorldFailure.Tunnel, line, row))
        {
            return (LineTrouble.TunnelFailed, $"tunnel {line.Id} has failed");
        }

        string zone = ZoneOf(line);
        if (HasFailed(line.Partition, WorldFailure.Zone, zone))
        {
            return (LineTrouble.ZoneFailed, $"zone {zone}, where AWS's end of {line.Id} is, has failed");
        }

        string? closed = line.IsPrivate
            ? PrivatePath(row, router) ? null : $"no transit virtual interface that is up leads from {row.TransportAttachmentId} to {router.Id}"
            : router.Machine is null || line.NearOutside is not { } outside ? null
            : ClosedToOutside(router, router.Machine, line.FarOutside, outside, row.Tunnels[line.Number - 1].StartupAction == "start");
        return closed is null ? (LineTrouble.None, "") : (LineTrouble.NoPath, closed);
    }

    /// <summary>A world's file may name a connection, whose id it cannot know.</summary>
    private bool HasFailed(string word, Line line, VpnConnection row) =>
        HasFailed(word, line.Id) || (failed.Count > 0 && Tags.NameOf(row) is { } name && HasFailed(line.Partition, word, $"{name}/{line.Number}"));

    /// <summary>AWS ends a connection's two tunnels in two zones; which is not told, so that the id chooses.</summary>
    private static string ZoneOf(Line line)
    {
        ImmutableArray<Zone> zones = Regions.ZonesOf(line.Partition.Account, line.Partition.Region);
        return zones[(int)((PublicPool.Hash(line.Row) + (uint)line.Number) % (uint)zones.Length)].Name;
    }

    /// <summary>Whether a transit virtual interface of the transport's junction is up and ends at the router.</summary>
    private bool PrivatePath(VpnConnection row, RouterFacts router)
    {
        if (row.TransitGatewayId is null || !hubs.TryGetValue(row.TransitGatewayId, out HubUnit? hub)
            || !hub.Spokes.TryGetValue(row.TransportAttachmentId ?? "", out TransitGatewayAttachment? transport))
        {
            return false;
        }

        foreach (Line line in lines.Values)
        {
            if (line.IsUp && line.Kind == LineKind.Transit && line.Near == transport.ResourceId && line.Far == router.Id)
            {
                return true;
            }
        }

        return false;
    }

    private void AddPeers(HubUnit hub)
    {
        Partition rows = cloud.Partition(hub.Partition);
        foreach (TransitGatewayAttachment spoke in hub.Spokes.Values)
        {
            if (spoke.Type != TransitGatewayAttachmentType.Connect)
            {
                continue;
            }

            foreach (TransitGatewayConnectPeer row in rows.By<TransitGatewayConnectPeer>(spoke.Key))
            {
                for (int i = 0; i < row.InsideTransitGatewayAddresses.Length; i++)
                {
                    AddPeer(hub, spoke, row, i);
                }
            }
        }
    }

    private void AddPeer(HubUnit hub, TransitGatewayAttachment spoke, TransitGatewayConnectPeer row, int place)
    {
        TransitGatewayAttachment? transport = spoke.TransportAttachmentId is { } id ? hub.Spokes.GetValueOrDefault(id.Value) : null;
        RouterFacts? router = transport is null ? null : PeerRouter(transport, row);
        Line line = new($"{row.Key}/{place + 1}", hub.Partition, row.Key, place + 1, LineKind.Connect, hub.Row.Key, router?.Id ?? "")
        {
            Spoke = spoke.Key,
            Mtu = HubMtu,
            LimitGbps = PeerGbps,
            IsDual = row.InsideCidrs.Any(c => !c.IsV4),
            NearAsn = row.TransitGatewayAsn,
            FarAsn = row.PeerAsn,
            NearAddress = row.InsideTransitGatewayAddresses[place],
            FarAddress = row.InsidePeerAddress,
            NearOutside = row.TransitGatewayAddress,
            FarOutside = row.PeerAddress,
            Region = hub.Partition.Region,
            ReceivedMax = HubReceivedMax,
            AnnouncedMax = HubAnnouncedMax,
        };
        (LineTrouble trouble, string words) =
            transport is null ? (LineTrouble.NotAttached, $"{spoke.Key} has no transport attachment that is available")
            : router is null ? (LineTrouble.NoRouterAtAddress, $"no routing machine and no router has the address {row.PeerAddress} of {row.Key}")
            : router.Fault.Length > 0 ? (LineTrouble.RouterFailed, router.Fault)
            : PeerFault(hub, transport, row, router) is { } closed ? (LineTrouble.NoPath, closed)
            : (LineTrouble.None, "");
        bool carries = trouble == LineTrouble.None;
        if (carries && router!.Asn != row.PeerAsn)
        {
            (trouble, words) = (LineTrouble.AsnMismatch, AsnText(line, router, row.Key));
        }

        line = line with { Carries = carries, IsUp = trouble == LineTrouble.None, Trouble = trouble, Words = words };
        Add(line, Tags.NameOf(row), [new LineImport("", hub.TablesFrom(spoke.Key), spoke.Key)], Exporter(hub, spoke.Key));
    }

    /// <summary>The machine in the transport's VPC that has the peer's address, or the router of a site behind the transport's private lines.</summary>
    private RouterFacts? PeerRouter(TransitGatewayAttachment transport, TransitGatewayConnectPeer row)
    {
        if (transport.Type == TransitGatewayAttachmentType.DirectConnectGateway)
        {
            return byAddress.TryGetValue(row.PeerAddress, out RouterFacts? router) && router.Machine is null ? router : null;
        }

        foreach (RouterFacts machine in machines)
        {
            if (machine.Machine is { } where && where.Partition == transport.ResourceOwner
                && cloud.Partition(where.Partition).By<NetworkInterface>(where.Row.Key).Any(
                    n => n.VpcId.Value == transport.ResourceId && n.AllAddresses.Contains(row.PeerAddress)))
            {
                return machine;
            }
        }

        return null;
    }

    /// <summary>What keeps GRE from passing between the peer and its hub; null where nothing does.</summary>
    private string? PeerFault(HubUnit hub, TransitGatewayAttachment transport, TransitGatewayConnectPeer row, RouterFacts router)
    {
        IpAddress near = row.TransitGatewayAddress;
        if (router.Machine is not { } machine)
        {
            return lines.Values.Any(l => l.IsUp && l.Kind == LineKind.Transit && l.Near == transport.ResourceId && l.Far == router.Id)
                ? null
                : $"{router.Id} has no route to {near} by {hub.Row.Key}";
        }

        if (!near.IsV4 && !transport.Ipv6Support)
        {
            return $"{transport.Key} carries no IPv6";
        }

        Partition rows = cloud.Partition(machine.Partition);
        NetworkInterface nic = rows.By<NetworkInterface>(machine.Row.Key).First(
            n => n.VpcId.Value == transport.ResourceId && n.AllAddresses.Contains(row.PeerAddress));
        bool leads = RouteOf(rows, nic, near) is { } found && found.Route.Target.Kind == RouteTargetKind.TransitGateway
            && found.Route.Target.Id == hub.Row.Key;
        return leads
            ? MachineGates.Fault(rows, nic, near, MachineGates.Connect, awsBegins: true)
            : $"{router.Id} has no route to {near} by {hub.Row.Key}";
    }
}
