using Trunkline.Addressing;

namespace Trunkline.Forwarding;

/// <summary>What a balancer spreads.</summary>
public enum BalancerLayer : byte
{
    /// <summary>Connections and datagrams, each whole, to one target.</summary>
    Connections,

    /// <summary>Requests inside connections that it ends itself.</summary>
    Requests,

    /// <summary>Connections that it ends itself, by port alone.</summary>
    Classic,

    /// <summary>Packets inside tunnels to machines that give them back.</summary>
    Tunnel,
}

/// <summary>Spreads what comes to its nodes over the targets of its pools.</summary>
/// <param name="Row">The reason: the cloud's load balancer; the row need not exist.</param>
/// <param name="Domain">Handle of the domain its nodes are in; -1 where the row is gone.</param>
/// <param name="CrossZone">Whether a node may use the targets of other zones, where the pool does not say.</param>
/// <param name="EnforcesPrivate">Whether its nodes' filters are asked about what comes by a private entrance from another domain.</param>
/// <param name="Nodes">One a zone.</param>
/// <param name="Listeners">By port, ascending.</param>
/// <param name="Pools">Handles of every pool that its listeners lead to, ascending, each once.</param>
public sealed record Balancer(
    RowKey Row,
    BalancerLayer Layer,
    int Domain,
    bool CrossZone,
    bool EnforcesPrivate,
    BalancerNode[] Nodes,
    BalancerListener[] Listeners,
    int[] Pools)
{
    /// <summary>The place among <see cref="Nodes"/> of the node that has this interface, or -1.</summary>
    public int NodeOf(int nic)
    {
        for (int i = 0; i < Nodes.Length; i++)
        {
            if (Nodes[i].Nic == nic)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether a zone is one of its own.</summary>
    public bool IsIn(string zone)
    {
        foreach (BalancerNode node in Nodes)
        {
            if (string.Equals(node.Zone, zone, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="Nic">Handle of its interface; -1 where that is unknown.</param>
/// <param name="Zone">The id of the zone it is in.</param>
/// <param name="V4">Its IPv4 address; 0 where it has none.</param>
/// <param name="V6">Its IPv6 address; 0 where it has none.</param>
public readonly record struct BalancerNode(int Nic, string Zone, uint V4, UInt128 V6);

/// <summary>A port of a balancer.</summary>
/// <param name="Row">The reason: the cloud's listener; for a classic balancer the balancer itself.</param>
/// <param name="Protocols">What comes to it; tunnels take every packet.</param>
/// <param name="ReadsRequests">It ends connections and reads the requests in them.</param>
/// <param name="EndsConnections">It ends connections (TLS) and makes new ones to its targets.</param>
/// <param name="Rules">By priority; the last one holds for everything.</param>
public sealed record BalancerListener(
    RowKey Row, ushort Port, Transports Protocols, bool ReadsRequests, bool EndsConnections, BalancerRule[] Rules)
{
    public bool Takes(int protocol, int port) => port == Port && Serves(protocol);

    public bool Serves(int protocol) => protocol switch
    {
        6 => (Protocols & Transports.Tcp) != 0,
        17 => (Protocols & Transports.Udp) != 0,
        _ => false,
    };
}

/// <summary>What a listener or a pool carries.</summary>
[Flags]
public enum Transports : byte
{
    None = 0,
    Tcp = 1,
    Udp = 2,
    Both = 3,

    /// <summary>Every packet, inside a tunnel.</summary>
    Tunnelled = 4,
}

/// <summary>What becomes of a rule's requests.</summary>
public enum BalancerAction : byte
{
    /// <summary>On to a target of one of its pools.</summary>
    Forward,

    /// <summary>The balancer answers itself: with another place to ask.</summary>
    Redirect,

    /// <summary>The balancer answers itself: with a fixed text.</summary>
    Answer,
}

/// <summary>One rule of a listener.</summary>
/// <param name="Row">The reason: the cloud's rule; the listener where it is its default.</param>
/// <param name="Priority">Ascending; 0 for the default, which is last.</param>
/// <param name="Tests">All must hold.</param>
/// <param name="Pools">For <see cref="BalancerAction.Forward"/>: one of them by weight.</param>
/// <param name="Weight">The sum of the weights.</param>
public sealed record BalancerRule(RowKey Row, int Priority, RequestTest[] Tests, BalancerAction Action, PoolShare[] Pools, int Weight)
{
    /// <summary>A request whose cookie names one of the pools goes to that one.</summary>
    public bool KeepsPool { get; init; }

    /// <summary>The HTTP status that the balancer answers with itself; 0 for <see cref="BalancerAction.Forward"/>.</summary>
    public int Status { get; init; }

    /// <summary>The cookie of the balancer's own that names the target; "" where the pool says whether there is one.</summary>
    public string Cookie { get; init; } = "";

    /// <summary>The application's cookie without which <see cref="Cookie"/> counts for nothing; "" where it counts alone.</summary>
    public string AppCookie { get; init; } = "";
}

/// <param name="Pool">The pool's handle.</param>
/// <param name="Port">The port at the target; 0: the target's own.</param>
public readonly record struct PoolShare(int Pool, int Weight, ushort Port);

/// <summary>Targets that do the same work.</summary>
/// <param name="Row">The reason: the cloud's target group, or classic load balancer; the row need not exist.</param>
/// <param name="Domain">Handle of the domain that its addresses are in; -1 where that is unknown.</param>
/// <param name="Balancer">Handle of the balancer that leads to it; -1 where none does.</param>
/// <param name="Protocols">What its targets are sent.</param>
/// <param name="KeepsSource">Targets see the client's own address.</param>
/// <param name="CrossZone">Whether nodes may use targets of other zones; null: as the balancer has it.</param>
/// <param name="Keeps">What else than the connection leads to the same target again.</param>
/// <param name="MinHealthy">With fewer healthy targets than this every target is used.</param>
/// <param name="Zones">The targets by zone.</param>
public sealed record Pool(
    RowKey Row,
    int Domain,
    int Balancer,
    Transports Protocols,
    bool KeepsSource,
    bool? CrossZone,
    Stickiness Keeps,
    int MinHealthy,
    PoolCheck Check,
    TargetList Targets,
    PoolZone[] Zones)
{
    /// <summary>The application's own cookie, for <see cref="Stickiness.ApplicationCookie"/>.</summary>
    public string AppCookie { get; init; } = "";

    /// <summary>Targets that leave: nothing new is sent to them, and the connections that they have go on.</summary>
    public PoolTarget[] Draining { get; init; } = [];

    /// <summary>What becomes of the connections of a target that is found ill.</summary>
    public Parting WhenIll { get; init; }

    /// <summary>What becomes of the connections of a target that has left.</summary>
    public Parting WhenGone { get; init; }

    /// <summary>The targets that nodes of a zone may use where they keep to it, by their places.</summary>
    public int[] NearTo(string zone)
    {
        int[] everywhere = [];
        foreach (PoolZone near in Zones)
        {
            if (string.Equals(near.Zone, zone, StringComparison.Ordinal))
            {
                return near.Targets;
            }

            everywhere = near.Zone.Length == 0 ? near.Targets : everywhere;
        }

        return everywhere;
    }
}

/// <param name="Zone">"" for the targets that belong to no zone.</param>
/// <param name="Targets">Places of the zone's targets, and of those that belong to no zone.</param>
public readonly record struct PoolZone(string Zone, int[] Targets);

/// <summary>Which packets go to the same target.</summary>
public enum Stickiness : byte
{
    /// <summary>Those of one connection.</summary>
    Connection,

    /// <summary>Those between the same two addresses by the same protocol.</summary>
    Protocol,

    /// <summary>Those between the same two addresses.</summary>
    Ends,

    /// <summary>Those from one address.</summary>
    Source,

    /// <summary>Those of one connection; a request may name its target by a cookie of the balancer's.</summary>
    Cookie,

    /// <summary>The same, where the request has the application's own cookie too.</summary>
    ApplicationCookie,
}

/// <summary>What becomes of an open connection whose target may take no new one.</summary>
public enum Parting : byte
{
    /// <summary>It ends: the next packet of its client belongs to no connection.</summary>
    Ends,

    /// <summary>It goes on to the same target.</summary>
    GoesOn,

    /// <summary>It goes on to another target.</summary>
    Moves,
}

/// <summary>How targets are asked whether they are well.</summary>
/// <param name="Enabled">False: every target counts as well.</param>
/// <param name="Port">0: the port that the target is sent to.</param>
/// <param name="Request">What is asked over HTTP; null for a mere connection.</param>
public sealed record PoolCheck(bool Enabled, ushort Port, HttpRequest? Request)
{
    /// <summary>The HTTP statuses that count as well, first and last of each range; null: any answer does.</summary>
    public (int From, int To)[]? Statuses { get; init; }

    public bool Accepts(int status)
    {
        foreach ((int from, int to) in Statuses ?? [])
        {
            if (status >= from && status <= to)
            {
                return true;
            }
        }

        return Statuses is null;
    }
}

/// <summary>What is known of a target before anybody asks it.</summary>
public enum TargetStanding : byte
{
    /// <summary>It may be asked.</summary>
    Present,

    /// <summary>Its machine is stopped.</summary>
    Stopped,

    /// <summary>Its machine is gone.</summary>
    Gone,

    /// <summary>The world declares that it does not work.</summary>
    Failed,
}

/// <summary>One target.</summary>
/// <param name="Id">As it was registered: what reasons are told by.</param>
/// <param name="Nic">Handle of its interface; -1 where an address is all that is known.</param>
/// <param name="Address">Where it is sent to.</param>
/// <param name="Port">0 where the listener says it.</param>
/// <param name="Zone">The id of its zone; "" where every node may use it.</param>
/// <param name="Balancer">Handle of the balancer that the target is; -1 where it is none.</param>
public readonly record struct PoolTarget(
    string Id, int Nic, IpAddress Address, ushort Port, string Zone, int Balancer, TargetStanding Standing);
