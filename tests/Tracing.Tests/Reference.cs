using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>The same rules read straight from the cloud's rows, slowly, by searching: shares no code with the compile or the walk.</summary>
/// <remarks>Answers delivered or not, and on which journey a drop happens.</remarks>
internal sealed partial class Reference(Partition rows, World world)
{
    private readonly List<string> known = [];
    private readonly Stack<(string Nat, IpAddress Source, (int From, int To) Ports)> translated = new();
    private string? egressOnly;
    private bool reply;
    private bool fromInternet;
    private string sender = "";
    private Datagram first = new(default, default, 0, default, default);
    private NetworkInterface? receiver;
    private bool served;
    private Datagram last = new(default, default, 0, default, default);
    private int steps;

    /// <summary>Null: both journeys succeed.</summary>
    private Leg? Walk(NetworkInterface? from, Flow flow)
    {
        (int, int) one = isCheck ? (1024, 65535) : (flow.SourcePort, flow.SourcePort);
        first = new Datagram(flow.Source, flow.Destination, flow.Protocol, one, (flow.DestinationPort, flow.DestinationPort));
        request = flow.Http;
        fromInternet = from is null;
        sender = from?.Key ?? "";
        if (!(from is null ? Internet(first) : Leave(from, first, from)))
        {
            return Leg.Forward;
        }

        bool ping = flow.Protocol is 1 or 58;
        if (served || (ping && flow.DestinationPort is not (8 << 8 or 128 << 8)))
        {
            return null;
        }

        reply = true;
        steps = 0;
        Datagram back = BackOf(last);
        return (gateway is not null ? FromService(back) : receiver is null ? Internet(back) : Leave(receiver, back, receiver)) ? null : Leg.Return;
    }

    /// <summary>The answer to a packet.</summary>
    private static Datagram BackOf(Datagram came)
    {
        Datagram back = new(came.To, came.From, came.Protocol, came.ToPorts, came.FromPorts);
        int answer = came.Protocol == 1 ? 0 : 129 << 8;
        return came.Protocol is 1 or 58 ? back with { FromPorts = came.FromPorts, ToPorts = (answer, answer) } : back;
    }

    private bool Leave(NetworkInterface eni, Datagram packet, NetworkInterface? identity)
    {
        if (reply && entered.TryPeek(out (NetworkInterface Door, NetworkInterface Node, IpAddress Address) way) && way.Node.Key == eni.Key)
        {
            entered.Pop();
            return Leave(way.Door, packet with { From = way.Address }, way.Door);
        }

        bool node = IsNode(eni);
        if (++steps > 64 || !Runs(eni) || (!node && eni.SourceDestCheck && !Has(eni, packet.From)))
        {
            return false;
        }

        if (!reply && IsDoor(eni))
        {
            return false;
        }

        identity = node || (identity is not null && Has(identity, packet.From)) ? identity : null;
        string text = packet.To.ToString();
        Vpc vpc = rows.Get(eni.VpcId);
        string resolver = vpc.PrimaryCidr.First.Plus(2).ToString();
        if (text is "169.254.169.253" or "169.254.169.254" or "169.254.169.123" or "fd00:ec2::253" || text == resolver)
        {
            served = true;
            return true;
        }

        bool kept = reply && balanced.TryPeek(out Balanced? passed) && passed.Kept?.Key == eni.Key;
        (NetworkInterface? peer, bool direct) = kept ? (null, false) : Look(eni.SubnetId, packet);
        if (!(reply && known.Contains(Known(eni, packet))) && !Groups(eni, packet, isEgress: true, packet.To, direct ? peer : null))
        {
            return false;
        }

        Note(eni, packet);
        return kept ? BackToNode(eni, packet) : Go(eni.SubnetId, packet, identity, eni);
    }

    /// <summary>Who has the destination, and whether the packet goes there without a middlebox.</summary>
    private (NetworkInterface? Peer, bool Direct) Look(Id<Subnet> from, Datagram packet)
    {
        Subnet subnet = rows.Get(from);
        NetworkInterface? peer = Owner(subnet.VpcId, packet.To);
        return (peer, subnet.Covers(packet.To) || Best(TableOf(subnet), packet.To)?.Target.Kind == RouteTargetKind.Local);
    }

    private bool Go(Id<Subnet> from, Datagram packet, NetworkInterface? identity, NetworkInterface at)
    {
        Subnet subnet = rows.Get(from);
        NetworkInterface? peer = Owner(subnet.VpcId, packet.To);
        if (subnet.Covers(packet.To))
        {
            if (!reply && ClassicOf(at) is not null && !Acl(subnet, packet, isEgress: true))
            {
                return false;
            }

            return peer is not null && Enter(peer, packet, from, identity, routed: false);
        }

        if (!Acl(subnet, packet, isEgress: true) || Prefix.Parse("169.254.168.0/22").Contains(packet.To))
        {
            return false;
        }

        Route? route = Best(TableOf(subnet), packet.To);
        if (route is null || !(route.Target.Kind == RouteTargetKind.Local || RouteStates.IsActive(rows, TableOf(subnet), route)))
        {
            return false;
        }

        switch (route.Target.Kind)
        {
            case RouteTargetKind.Local:
                return peer is not null && Enter(peer, packet, from, identity, routed: false);
            case RouteTargetKind.NetworkInterface:
                return route.Target.Id != at.Key && Enter(rows.Get(new Id<NetworkInterface>(route.Target.Id)), packet, from, identity, routed: true);
            case RouteTargetKind.NatGateway:
                NatGateway nat = rows.Get(new Id<NatGateway>(route.Target.Id));
                return Enter(rows.Get(nat.Addresses[0].NetworkInterfaceId), packet, from, identity, routed: true);
            case RouteTargetKind.InternetGateway:
                return Out(subnet.VpcId, route.Target.Id, packet, at);
            case RouteTargetKind.VpcEndpoint:
                VpcEndpoint endpoint = rows.Get(new Id<VpcEndpoint>(route.Target.Id));
                return endpoint.Type == VpcEndpointType.Gateway ? ByGateway(endpoint, packet) : ByTunnel(endpoint, packet, from, at);
            default:
                if (packet.From.IsV4 || reply || Owner(subnet.VpcId, packet.From) is not { } sent || AccessOf(sent) == PublicAccess.Closed || !Prefix.Parse("2000::/3").Contains(packet.To))
                {
                    return false;
                }

                egressOnly = route.Target.Id;
                return Internet(packet);
        }
    }

    private bool Out(Id<Vpc> vpc, string igw, Datagram packet, NetworkInterface at)
    {
        if (!IsPublic(packet.To))
        {
            return false;
        }

        if (EdgeOf(igw) is { } edge && Best(edge, packet.From) is { } back && RouteStates.IsActive(rows, edge, back)
            && (back.Target.Kind == RouteTargetKind.VpcEndpoint ? TunnelDoor(back) != at.Id
                : back.Target.Kind == RouteTargetKind.NetworkInterface && !SameMachine(rows.Get(new Id<NetworkInterface>(back.Target.Id)), at)))
        {
            return false;
        }

        if (Owner(vpc, packet.From) is not { } owner || IsBlocked(owner))
        {
            return false;
        }

        if (!packet.From.IsV4)
        {
            return Internet(packet);
        }

        ElasticIp? elastic = rows.By<ElasticIp>(owner.Key).FirstOrDefault(e => e.Association!.PrivateIp == packet.From);
        return elastic is not null && Internet(packet with { From = elastic.PublicIp });
    }

    private bool Internet(Datagram packet)
    {
        if (++steps > 64)
        {
            return false;
        }

        if (reply && fromInternet && packet.To == first.From)
        {
            return packet.From == first.To && (packet.Protocol is 1 or 58 || packet.FromPorts == first.ToPorts);
        }

        if (!IsPublic(packet.To))
        {
            return false;
        }

        if (!packet.To.IsV4)
        {
            return Internet6(packet);
        }

        ElasticIp? elastic = rows.All<ElasticIp>().FirstOrDefault(e => e.PublicIp == packet.To);
        if (elastic is null)
        {
            receiver = null;
            last = packet;
            return !reply && !fromInternet && Takes(AwsServices.At(packet.To), packet);
        }

        if (elastic.Association is null || rows.Get(elastic.Association.NetworkInterfaceId) is not { } eni
            || rows.By<InternetGateway>(eni.VpcId.Value).FirstOrDefault() is not { } igw || !IsPublic(packet.From) || IsBlocked(eni))
        {
            return false;
        }

        return In(igw.Key, eni, packet with { To = elastic.Association.PrivateIp });
    }

    private bool Internet6(Datagram packet)
    {
        Vpc? vpc = rows.All<Vpc>().FirstOrDefault(v => v.Covers(packet.To));
        if (vpc is null)
        {
            receiver = null;
            last = packet;
            return !reply && !fromInternet && Takes(AwsServices.At(packet.To), packet);
        }

        NetworkInterface? eni = Owner(vpc.Id, packet.To);
        string? oneWay = rows.By<EgressOnlyInternetGateway>(vpc.Key).FirstOrDefault()?.Key;
        if (reply && egressOnly is not null && egressOnly == oneWay)
        {
            return eni is not null && Enter(eni, packet, null, null, routed: false);
        }

        InternetGateway? igw = rows.By<InternetGateway>(vpc.Key).FirstOrDefault();
        return igw is not null && eni is not null && !IsBlocked(eni) && In(igw.Key, eni, packet);
    }

    private bool In(string igw, NetworkInterface eni, Datagram packet)
    {
        if (EdgeOf(igw) is not { } edge)
        {
            return Enter(eni, packet, null, null, routed: false);
        }

        Route? route = Best(edge, packet.To);
        if (route is null || route.Target.Kind == RouteTargetKind.Local)
        {
            return route is not null && Enter(eni, packet, null, null, routed: false);
        }

        if (RouteStates.IsActive(rows, edge, route) && route.Target.Kind == RouteTargetKind.VpcEndpoint)
        {
            return ByTunnel(rows.Get(new Id<VpcEndpoint>(route.Target.Id)), packet, null, eni);
        }

        return RouteStates.IsActive(rows, edge, route) && route.Target.Kind == RouteTargetKind.NetworkInterface
            && (!packet.To.IsV4 || rows.By<ElasticIp>(route.Target.Id).Any())
            && Enter(rows.Get(new Id<NetworkInterface>(route.Target.Id)), packet, null, null, routed: true);
    }

    private bool Enter(NetworkInterface eni, Datagram packet, Id<Subnet>? from, NetworkInterface? identity, bool routed)
    {
        if (++steps > 64 || (from != eni.SubnetId && !Acl(rows.Get(eni.SubnetId), packet, isEgress: false)))
        {
            return false;
        }

        if (eni.InterfaceType == "nat_gateway")
        {
            return !Failed(eni) && Nat(eni, packet, routed);
        }

        if (TunnelOf(eni) is { } tunnel)
        {
            return routed && PassTunnel(tunnel, eni, packet);
        }

        if (!IsUnasked(eni) && !(reply && known.Contains(Known(eni, packet))) && !Groups(eni, packet, isEgress: false, packet.From, identity))
        {
            return false;
        }

        Note(eni, packet);
        if (IsNode(eni))
        {
            return AtNode(eni, packet);
        }

        bool own = Has(eni, packet.To);
        if ((!own && eni.SourceDestCheck) || !Runs(eni))
        {
            return false;
        }

        if (!own)
        {
            bool comesBack = packet.From.IsV4 && Owner(eni.VpcId, packet.From) is { } sent && SameMachine(sent, eni);
            return !comesBack && Leave(eni, packet, null);
        }

        if (IsDoor(eni))
        {
            VpcEndpoint endpoint = rows.By<VpcEndpoint>(eni.Key).Single();
            if (endpoint.ServiceId is not null)
            {
                return IntoService(endpoint, eni, packet);
            }

            if (!AtDoor(endpoint, packet))
            {
                return false;
            }
        }

        if (!reply && !Listens(eni, packet))
        {
            return false;
        }

        receiver = eni;
        last = packet;
        return !reply || (!fromInternet && eni.Key == sender && packet.From == first.To && packet.To == first.From
            && (packet.Protocol is 1 or 58 || (packet.FromPorts == first.ToPorts && packet.ToPorts == first.FromPorts)));
    }

    private bool Nat(NetworkInterface eni, Datagram packet, bool routed)
    {
        NatGateway? nat = rows.By<NatGateway>(eni.Key).FirstOrDefault();
        if (nat is null)
        {
            return false;
        }

        bool ports = packet.Protocol is 6 or 17;
        if (!routed || Has(eni, packet.To))
        {
            if (!reply || !translated.TryPeek(out (string Nat, IpAddress Source, (int From, int To) Ports) entry) || entry.Nat != nat.Key)
            {
                return false;
            }

            translated.Pop();
            return Go(eni.SubnetId, packet with { To = entry.Source, ToPorts = ports ? entry.Ports : packet.ToPorts }, null, eni);
        }

        if (reply || !packet.From.IsV4 || packet.Protocol is not (1 or 6 or 17) || Owner(eni.VpcId, packet.From) is null || translated.Count == 4)
        {
            return false;
        }

        translated.Push((nat.Key, packet.From, packet.FromPorts));
        return Go(
            eni.SubnetId, packet with { From = eni.PrimaryIp!.Value, FromPorts = ports ? (1024, 65535) : packet.FromPorts }, null, eni);
    }

    /// <summary>A filter knows a connection by its header there; a translated one is another.</summary>
    private string Known(NetworkInterface eni, Datagram packet)
    {
        bool ports = packet.Protocol is 6 or 17;
        string from = ports ? $"{packet.From} {packet.FromPorts}" : packet.From.ToString();
        string to = ports ? $"{packet.To} {packet.ToPorts}" : packet.To.ToString();
        return reply ? $"{eni.Key} {to} {from}" : $"{eni.Key} {from} {to}";
    }

    private void Note(NetworkInterface eni, Datagram packet)
    {
        if (!reply)
        {
            known.Add(Known(eni, packet));
        }
    }

    private bool Groups(NetworkInterface eni, Datagram packet, bool isEgress, IpAddress other, NetworkInterface? peer) =>
        (eni.Groups.IsEmpty && eni.RequesterManaged)
        || Edges(packet.ToPorts, []).All(port => eni.Groups
            .Select(rows.Get)
            .SelectMany(g => g.Rules)
            .Any(r => r.IsEgress == isEgress && Fits(r, packet.Protocol, port)
                && (r.Peer.Cidr is { } cidr ? cidr.Contains(other)
                    : r.Peer.PrefixListId is { } list ? BlocksOf(list).Any(b => b.Contains(other))
                    : peer is not null && peer.Groups.Contains(r.Peer.GroupId!.Value))));

    private static bool Fits(SecurityGroupRule rule, int protocol, int port)
    {
        if (rule.Protocol == -1)
        {
            return true;
        }

        if (rule.Protocol != protocol)
        {
            return false;
        }

        return protocol switch
        {
            6 or 17 => rule.FromPort <= port && port <= rule.ToPort,
            1 or 58 => rule.FromPort is null or -1 || (rule.FromPort == port >> 8 && (rule.ToPort is null or -1 || rule.ToPort == (port & 255))),
            _ => true,
        };
    }

    private bool Acl(Subnet subnet, Datagram packet, bool isEgress)
    {
        NetworkAcl acl = rows.By<NetworkAcl>(subnet.Key).Single();
        IpAddress other = isEgress ? packet.To : packet.From;
        NetworkAclEntry[] entries = [.. acl.Entries.Where(e => e.IsEgress == isEgress && e.Cidr.Contains(other)
            && (e.Protocol == -1 || e.Protocol == packet.Protocol)).OrderBy(e => e.Number)];
        return Edges(packet.ToPorts, entries.Where(e => e.Ports is not null).Select(e => e.Ports!))
            .All(port => entries.FirstOrDefault(e => Fits(e, port)) is { Allows: true });
    }

    private static bool Fits(NetworkAclEntry entry, int port) =>
        (entry.Ports is not { } ports || (ports.From <= port && port <= ports.To))
        && (entry.Icmp is not { } icmp || icmp.Type < 0 || (icmp.Type == port >> 8 && (icmp.Code < 0 || icmp.Code == (port & 255))));

    /// <summary>Every port at which an answer may change.</summary>
    private static IEnumerable<int> Edges((int From, int To) range, IEnumerable<PortRange> rules) =>
        new[] { range.From, range.To }
            .Concat(rules.SelectMany(r => new[] { r.From - 1, r.From, r.To, r.To + 1 }))
            .Where(p => p >= range.From && p <= range.To)
            .Distinct();

    private RouteTable TableOf(Subnet subnet) =>
        rows.All<RouteTable>().FirstOrDefault(t => t.Associations.Any(a => a.SubnetId == subnet.Id))
        ?? rows.All<RouteTable>().Single(t => t.VpcId == subnet.VpcId && t.IsMain);

    private RouteTable? EdgeOf(string igw) => rows.All<RouteTable>().FirstOrDefault(t => t.Associations.Any(a => a.GatewayId == igw));

    private NetworkInterface? Owner(Id<Vpc> vpc, IpAddress address) =>
        rows.All<NetworkInterface>().FirstOrDefault(e => e.VpcId == vpc && e.AllAddresses.Contains(address));

    private static bool Has(NetworkInterface eni, IpAddress address) => eni.AllAddresses.Contains(address);

    private bool Runs(NetworkInterface eni) =>
        !Failed(eni) && (eni.RequesterManaged || rows.Get(eni.Attachment!.InstanceId!.Value).State == InstanceState.Running);

    private static bool IsPublic(IpAddress address) => address.IsV4
        ? !new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16" }.Any(p => Prefix.Parse(p).Contains(address))
        : Prefix.Parse("2000::/3").Contains(address);

    private sealed record Datagram(IpAddress From, IpAddress To, int Protocol, (int From, int To) FromPorts, (int From, int To) ToPorts);
}
