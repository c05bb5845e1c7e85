using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Direct Connect gateways and virtual interfaces.</summary>
internal sealed partial class TopologyBuilder
{
    /// <summary>AWS's AS on public virtual interfaces.</summary>
    public const long PublicAsn = 7224;

    /// <summary>Routes that a customer may announce on a private or transit, and on a public interface (Direct Connect quotas).</summary>
    private const int PrivateReceivedMax = 100;
    private const int PublicReceivedMax = 1000;

    /// <summary>Where rows stand that no region has.</summary>
    private const string GlobalRegion = "us-east-1";

    private void AddJunctions(PartitionKey at, Partition rows)
    {
        foreach (DxGateway row in rows.All<DxGateway>())
        {
            speakers[row.Key] = new Speaker(row.Key, SpeakerKind.Junction, at, row.AmazonSideAsn);
            facts[row.Key] = new SpeakerFacts("", [], SharesTunnels: false);
        }

        foreach (DxGatewayAssociation row in rows.All<DxGatewayAssociation>())
        {
            if (row.IsHome(at) && speakers.ContainsKey(row.GatewayId.Value))
            {
                AddAllowed(row);
            }
        }
    }

    /// <summary>
    /// What a junction announces for an association: for a hub exactly the list; for an exit those of its domain's blocks that the list covers
    /// (rule 128). An exit without a list announces all.
    /// </summary>
    private void AddAllowed(DxGatewayAssociation row)
    {
        IEnumerable<Prefix> told = [];
        string spoke = row.Associated.Id;
        if (row.Associated.IsTransitGateway)
        {
            spoke = row.AttachmentId ?? "";
            told = hubs.TryGetValue(row.Associated.Id, out HubUnit? hub) && hub.Spokes.ContainsKey(spoke) ? row.AllowedPrefixes : [];
        }
        else
        {
            Partition rows = cloud.Partition(new PartitionKey(row.Associated.OwnerId, row.Associated.Region));
            if (rows.Find(new Id<VpnGateway>(spoke)) is { } exit)
            {
                told = BlocksOf(rows, exit).Where(b => row.AllowedPrefixes.IsEmpty || row.AllowedPrefixes.Any(a => a.Contains(b)));
            }
        }

        Candidate allowed = new(RouteSource.Allowed, null, spoke) { From = row.Associated.Id };
        string id = $"allowed:{row.Key}";
        feeds[id] = new ListFeed(id, [row.GatewayId.Value], [.. told.Distinct().Order().Select(p => KeyValuePair.Create(p, allowed))]);
    }

    private void AddPrivateLines(PartitionKey at, Partition rows)
    {
        foreach (DxVirtualInterface row in rows.All<DxVirtualInterface>())
        {
            if (row.IsHome(at) && row.State == DxInterfaceState.InUse)
            {
                for (int i = 0; i < row.BgpPeers.Length; i++)
                {
                    AddPrivateLine(at, row, i);
                }
            }
        }
    }

    private void AddPrivateLine(PartitionKey at, DxVirtualInterface row, int place)
    {
        DxBgpPeer peer = row.BgpPeers[place];
        PortFacts port = PortOf(row);
        RouterFacts? router = RouterAt(row, port);
        bool isPublic = row.Type == DxInterfaceType.Public;
        string near = isPublic ? Speaker.PublicId : row.VirtualGatewayId ?? row.DirectConnectGatewayId?.Value ?? "";
        if (isPublic)
        {
            speakers[near] = new Speaker(near, SpeakerKind.Public, WorldFailure.Nowhere, PublicAsn);
        }

        Speaker? speaker = speakers.GetValueOrDefault(near);
        LineKind kind = isPublic ? LineKind.Public : row.Type == DxInterfaceType.Transit ? LineKind.Transit : LineKind.Private;
        Line line = new($"{row.Key}/{place + 1}", at, row.Key, place + 1, kind, near, router?.Id ?? "")
        {
            Mtu = row.Mtu,
            LimitGbps = port.Gbps,
            NearAsn = speaker?.Asn ?? row.AmazonSideAsn,
            FarAsn = peer.Asn,
            NearAddress = peer.AmazonAddress.Address,
            FarAddress = peer.CustomerAddress.Address,
            Family = peer.Family,
            Region = row.Region,
            Location = row.Location,
            LinksSites = row.SiteLink,
            Owned = row.RouteFilterPrefixes,
            ReceivedMax = isPublic ? PublicReceivedMax : PrivateReceivedMax,
        };
        (LineTrouble trouble, string words) = PrivateTrouble(row, port, router, speaker is not null);
        bool carries = trouble == LineTrouble.None;
        if (carries)
        {
            (trouble, words) = peer.UnderTest ? (LineTrouble.Tested, $"a fail-over test keeps the BGP session of {line.Id} down")
                : router!.Asn != peer.Asn ? (LineTrouble.AsnMismatch, AsnText(line, router, peer.Id))
                : peer.Asn == line.NearAsn ? (LineTrouble.SameAsn, $"both ends of {line.Id} have ASN {peer.Asn}")
                : (LineTrouble.None, "");
        }

        line = line with { Carries = carries, IsUp = trouble == LineTrouble.None, Trouble = trouble, Words = words };
        Add(line, row.Name, speaker is null ? [] : ImportsOf(line, row), near);
    }

    /// <summary>Whoever takes what comes over it: the exit it ends on; or the junction and, behind it, its exits and the tables of its hubs.</summary>
    private ImmutableArray<LineImport> ImportsOf(Line line, DxVirtualInterface row)
    {
        if (row.DirectConnectGatewayId is not { } junction || line.Kind == LineKind.Public)
        {
            return [new LineImport("", [line.Near], "")];
        }

        List<string> exits = [line.Near];
        List<LineImport> more = [];
        Partition rows = cloud.Partition(new PartitionKey(row.OwnerId, GlobalRegion));
        foreach (DxGatewayAssociation association in rows.By<DxGatewayAssociation>(DxWords.Gateway(junction.Value)))
        {
            if (!association.IsHome(rows.Key))
            {
                continue;
            }

            if (!association.Associated.IsTransitGateway)
            {
                if (line.Kind == LineKind.Private && speakers.ContainsKey(association.Associated.Id))
                {
                    exits.Add(association.Associated.Id);
                }
            }
            else if (line.Kind == LineKind.Transit && association.AttachmentId is { } spoke && hubs.TryGetValue(association.Associated.Id, out HubUnit? hub))
            {
                more.Add(new LineImport($"@{association.Key}", hub.TablesFrom(spoke), spoke));
            }
        }

        exits.Sort(StringComparer.Ordinal);
        return [new LineImport("", [.. exits], ""), .. more];
    }

    private static (LineTrouble Trouble, string Words) NotAttachedText(DxVirtualInterface row) =>
        (LineTrouble.NotAttached, $"{row.Key} ends on no gateway that is there");

    private (LineTrouble Trouble, string Words) PrivateTrouble(DxVirtualInterface row, PortFacts port, RouterFacts? router, bool attached) =>
        !attached ? NotAttachedText(row)
        : port.Fault.Length > 0 ? (LineTrouble.ConnectionFailed, port.Fault)
        : HasFailed(WorldFailure.Location, row.Location) ? (LineTrouble.LocationFailed, $"location {row.Location} has failed")
        : HasFailed(WorldFailure.VirtualInterface, row.Key) || HasFailed(WorldFailure.VirtualInterface, row.Name)
            ? (LineTrouble.InterfaceFailed, $"virtual interface {row.Key} has failed")
        : router is null ? (LineTrouble.NoRouterAtPort, $"no router has a port in {row.Location} that meets {row.ConnectionId} or {row.Key}")
        : router.Fault.Length > 0 ? (LineTrouble.RouterFailed, router.Fault)
        : (LineTrouble.None, "");

    /// <summary>The router whose port meets a virtual interface: one that names it, else its connection, else one that names nothing.</summary>
    private RouterFacts? RouterAt(DxVirtualInterface row, PortFacts port)
    {
        RouterFacts? best = null;
        int rank = 0;
        foreach (Site site in cloud.World.Sites)
        {
            foreach (SiteRouter row2 in site.Routers)
            {
                foreach (SitePort at in row2.Ports)
                {
                    int now = at.Location != row.Location ? 0
                        : at.Meets is null ? 1
                        : at.Meets == row.Key || at.Meets == row.Name ? 3
                        : port.Names.Contains(at.Meets) ? 2
                        : 0;
                    if (now > rank)
                    {
                        (rank, best) = (now, routers[Speaker.OfRouter(site.Name, row2.Name)]);
                    }
                }
            }
        }

        return best;
    }

    /// <summary>The port that a virtual interface is on.</summary>
    /// <param name="Names">Ids and names of the connection and its LAG.</param>
    private sealed record PortFacts(ImmutableArray<string> Names, double Gbps, string Fault);

    private PortFacts PortOf(DxVirtualInterface row)
    {
        Partition rows = cloud.Partition(new PartitionKey(row.ConnectionOwnerId, row.Region));
        if (rows.Find(new Id<DxConnection>(row.ConnectionId)) is { } connection)
        {
            string[] lagNames = connection.LagId is { } inLag && rows.Find(inLag) is { } bundle ? [bundle.Key, bundle.Name] : [];
            string fault = connection.State != DxPortState.Available ? $"{connection.Key} is not available" : FaultOf(rows, connection);
            return new PortFacts([connection.Key, connection.Name, .. lagNames], GbpsOf(connection.Bandwidth), fault);
        }

        if (rows.Find(new Id<DxLag>(row.ConnectionId)) is not { } lag)
        {
            return new PortFacts([], 0, $"{row.ConnectionId} is not there");
        }

        int up = 0;
        foreach (DxConnection member in rows.By<DxConnection>(DxWords.Lag(lag.Key)))
        {
            up += member.State == DxPortState.Available && FaultOf(rows, member).Length == 0 ? 1 : 0;
        }

        string down = HasFailed(WorldFailure.Connection, lag.Key) ? $"{lag.Key} has failed"
            : up == 0 || up < lag.MinimumLinks ? $"{up} links of {lag.Key} are up, and it needs {Math.Max(1, lag.MinimumLinks)}"
            : "";
        return new PortFacts([lag.Key, lag.Name], up * GbpsOf(lag.Bandwidth), down);
    }

    /// <summary>What keeps a connection from working: its own failure, or that of the port it is a part of.</summary>
    private string FaultOf(Partition rows, DxConnection row) =>
        HasFailed(WorldFailure.Connection, row.Key) || HasFailed(WorldFailure.Connection, row.Name) ? $"connection {row.Key} has failed"
        : row.ParentId is { } parent && HasFailed(WorldFailure.Connection, parent) ? $"connection {parent}, which {row.Key} is a part of, has failed"
        : row.LagId is { } lag && rows.Key.Account == row.OwnerId && HasFailed(WorldFailure.Connection, lag.Value) ? $"{lag} has failed"
        : "";

    /// <summary><c>10Gbps</c> is 10, <c>500Mbps</c> 0.5; what is no number is unknown: 0.</summary>
    private static double GbpsOf(string bandwidth)
    {
        bool mega = bandwidth.EndsWith("Mbps", StringComparison.Ordinal);
        return bandwidth.Length > 4 && double.TryParse(
                bandwidth.AsSpan(0, bandwidth.Length - 4), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? mega ? number / 1000 : number
            : 0;
    }
}
