using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>The way to a verdict: every thing the packet met, the rule that decided there, the header before and after, both ways.</summary>
public sealed record Trace
{
    public required Flow Flow { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Why it was dropped; NONE where it and its reply arrived.</summary>
    public ExplanationCode Code => Verdict.Code;

    /// <summary>Hops of the packet itself, the last one the receiver or what dropped it.</summary>
    public required ImmutableArray<Hop> Forward { get; init; }

    /// <summary>Hops of the reply; empty where there is none.</summary>
    public required ImmutableArray<Hop> Return { get; init; }

    /// <summary>What dropped it, with every handle an explanation needs; null where nothing did.</summary>
    public required Drop? Drop { get; init; }

    /// <summary>What the filters on the way remember from now on.</summary>
    public Connection Connection { get; init; } = Connection.None;
}

/// <summary>
/// What stateful filters and the far end remember of a connection: a tracked one passes whatever the rules say later, an untracked one is asked again at
/// every packet, in both directions. Source: AWS, "Security group connection tracking".
/// </summary>
/// <param name="Tracked">The interfaces whose filter tracks it, each with the header that it knows it by; the others on its way do not.</param>
public sealed record Connection(ImmutableHashSet<(RowKey Nic, ulong Pair)> Tracked)
{
    public static readonly Connection None = new([]);

    /// <summary>
    /// The header by which the far end knows it: the receiver, or the first load balancer on the way that ends connections. Null where its first
    /// packet never came there. A later TCP packet that arrives with another header belongs to no connection there.
    /// </summary>
    public Header? Met { get; init; }

    /// <summary>
    /// The targets that load balancers on the way have chosen for it, by the node's interface and the header that it knows the connection by.
    /// </summary>
    public ImmutableDictionary<(RowKey Node, ulong Pair), TakenTarget> Taken { get; init; } =
        ImmutableDictionary<(RowKey Node, ulong Pair), TakenTarget>.Empty;
}

/// <summary>A target as a load balancer has chosen it for a connection.</summary>
/// <param name="Pool">Its target group; a classic load balancer itself.</param>
/// <param name="Id">As it was registered.</param>
/// <param name="Port">The port of its registration; 0 where the listener says it.</param>
/// <param name="Address">Where it was sent to.</param>
/// <param name="KeepsSource">Whether its group kept the client's address then: a change is for new connections only (rule 84).</param>
public sealed record TakenTarget(RowKey Pool, string Id, int Port, IpAddress Address, bool KeepsSource);

/// <summary>Something that a packet meets, by the cloud's own name.</summary>
/// <param name="Kind">
/// The kind as AWS writes it in a tag specification (<c>network-interface</c>), or one of ours: <c>internet</c>, <c>internet-host</c>,
/// <c>aws-service</c>, <c>service</c>, <c>site</c>, <c>site-router</c>.
/// </param>
/// <param name="Id">The row's id; for ours a word (<c>internet</c>), the host's name, or the service's.</param>
/// <param name="Name">The value of its tag <c>Name</c>; null where it has none.</param>
/// <param name="Partition">Its account and region; null for what lies outside.</param>
public sealed record Component(string Kind, string Id, string? Name, PartitionKey? Partition)
{
    /// <summary>The ARN, as AWS forms it; null for what lies outside.</summary>
    public string? Arn => Partition is not { } at ? null : Kind switch
    {
        "load-balancer" or "classic-load-balancer" => $"arn:aws:elasticloadbalancing:{at.Region}:{at.Account}:loadbalancer/{Id}",
        "target-group" => $"arn:aws:elasticloadbalancing:{at.Region}:{at.Account}:targetgroup/{Id}",
        "dxcon" or "dxvif" or "dxlag" => $"arn:aws:directconnect:{at.Region}:{at.Account}:{Kind}/{Id}",
        "dx-gateway" => $"arn:aws:directconnect::{at.Account}:dx-gateway/{Id}",
        "listener" or "listener-rule" => $"arn:aws:elasticloadbalancing:{at.Region}:{at.Account}:{Kind}/{Id}",
        _ => $"arn:aws:ec2:{at.Region}:{at.Account}:{Kind}/{Id}",
    };

    public override string ToString() => Name is null ? Id : $"{Id} ({Name})";
}

/// <summary>A packet's header; ports are ranges where a translator may choose.</summary>
/// <param name="SourcePorts">Null where the protocol has no ports.</param>
/// <param name="Icmp">Type and code; null for other protocols.</param>
public sealed record Header(
    int Protocol, IpAddress Source, PortRange? SourcePorts, IpAddress Destination, PortRange? DestinationPorts, IcmpMatch? Icmp);

/// <summary>One thing the packet met.</summary>
public sealed record Hop
{
    /// <summary>From 1, along one journey.</summary>
    public required int Sequence { get; init; }

    public required Component Component { get; init; }

    /// <summary>What the component belongs to: an interface's instance, a filter's interface, a gateway's VPC.</summary>
    public Component? AttachedTo { get; init; }

    /// <summary>Out of the interface, subnet or VPC; false: into it.</summary>
    public required bool IsEgress { get; init; }

    public Component? Subnet { get; init; }

    public Component? Vpc { get; init; }

    /// <summary>The network ACL's entry that decided.</summary>
    public NetworkAclEntry? AclRule { get; init; }

    /// <summary>The security group rule that let it pass, and whose it is.</summary>
    public SecurityGroupRule? GroupRule { get; init; }

    /// <summary>The security groups that were asked.</summary>
    public ImmutableArray<Component> Groups { get; init; } = [];

    /// <summary>Let pass as part of a connection that was let pass before.</summary>
    public bool IsTracked { get; init; }

    /// <summary>The route that won.</summary>
    public Route? Route { get; init; }

    /// <summary>Where an endpoint leads, and the policy that its requests meet; null for other components.</summary>
    public EndpointUse? Endpoint { get; init; }

    /// <summary>What a listener or a rule says, what a load balancer adds to a request; null where there is nothing to say.</summary>
    public string? Note { get; init; }

    /// <summary>The tunnel or session, of those that the component has: <c>vpn-…/1</c>; null where it is no line.</summary>
    public string? Line { get; init; }

    /// <summary>The route of a transit gateway's table or of a VPN gateway that won; null elsewhere.</summary>
    public LearnedRoute? LearnedRoute { get; init; }

    /// <summary>Where equal routes share the load: every way that flows may take; empty where there is one only.</summary>
    public ImmutableArray<PathShare> Paths { get; init; } = [];

    /// <summary>Where a load balancer chooses: every target it might have chosen, or could not; empty elsewhere.</summary>
    public ImmutableArray<TargetShare> Targets { get; init; } = [];

    public required Header Inbound { get; init; }

    public required Header Outbound { get; init; }
}

/// <summary>An endpoint on a packet's way.</summary>
/// <param name="Type"><c>Interface</c>, <c>Gateway</c> or <c>GatewayLoadBalancer</c>.</param>
/// <param name="ServiceName">What it leads to, such as <c>com.amazonaws.us-east-1.s3</c>.</param>
/// <param name="State">As the API writes it: <c>available</c>.</param>
/// <param name="Policy">
/// The policy it was given, JSON; null where AWS's default holds, which lets all do all. A policy judges requests by who asks for what, and
/// never packets: so it decides no verdict here (rule 107).
/// </param>
public sealed record EndpointUse(string Type, string ServiceName, string State, string? Policy);

/// <summary>A route that a gateway has learned or was given.</summary>
/// <param name="To">The attachment, VPN connection or virtual interface it leads to; null for a blackhole.</param>
/// <param name="Source">
/// How it came to be: <c>Static</c>, <c>PrefixList</c>, <c>VpcCidr</c>, <c>DxBgp</c>, <c>Connect</c>, <c>VpnStatic</c>, <c>VpnBgp</c> …
/// </param>
/// <param name="State"><c>active</c> or <c>blackhole</c>.</param>
/// <param name="Why">What told it from the next best; "" where there is none.</param>
public sealed record LearnedRoute(
    Prefix Destination, Component? To, string Source, string State, string? PrefixList, ImmutableArray<long> AsPath, long Med, string Why);

/// <summary>One of several ways that share the load.</summary>
/// <param name="Line">The tunnel or session: <c>vpn-…/1</c>; the attachment where it is none.</param>
/// <param name="Share">How many of all flows take it, 0 to 1.</param>
/// <param name="IsChosen">This packet takes it.</param>
public sealed record PathShare(Component? To, string Line, double Share, bool IsChosen);

/// <summary>A target at a load balancer's choice.</summary>
/// <param name="Target">The instance or load balancer, or the address (kind <c>ip-address</c>).</param>
/// <param name="Group">Its target group; a classic load balancer itself.</param>
/// <param name="Zone">Its zone's id; null where every node may use it.</param>
/// <param name="Share">How much of what comes to this node goes to it, 0 to 1.</param>
/// <param name="IsChosen">This packet goes to it.</param>
public sealed record TargetShare(Component Target, Component Group, int Port, string? Zone, double Share, TargetHealth Health, bool IsChosen);

/// <summary>A drop: one code and the handles AWS's <c>Explanation</c> has for it.</summary>
public sealed record Drop
{
    public required ExplanationCode Code { get; init; }

    public required Leg Leg { get; init; }

    /// <summary>What dropped the packet.</summary>
    public required Component Component { get; init; }

    /// <summary>Out of the interface, subnet or VPC; false: into it.</summary>
    public required bool IsEgress { get; init; }

    /// <summary>The packet as it was dropped.</summary>
    public required Header Packet { get; init; }

    public Component? Acl { get; init; }

    public NetworkAclEntry? AclRule { get; init; }

    public ImmutableArray<Component> SecurityGroups { get; init; } = [];

    public Component? RouteTable { get; init; }

    public Route? Route { get; init; }

    /// <summary><c>active</c> or <c>blackhole</c>, for a route; an instance's state; null elsewhere.</summary>
    public string? State { get; init; }

    public Component? NetworkInterface { get; init; }

    public Component? Instance { get; init; }

    public Component? Subnet { get; init; }

    public Component? Vpc { get; init; }

    public Component? InternetGateway { get; init; }

    public Component? NatGateway { get; init; }

    public Component? VpcEndpoint { get; init; }

    public Component? VpcPeeringConnection { get; init; }

    public Component? TransitGateway { get; init; }

    public Component? TransitGatewayAttachment { get; init; }

    public Component? TransitGatewayRouteTable { get; init; }

    public Component? VpnGateway { get; init; }

    public Component? VpnConnection { get; init; }

    /// <summary>The route of a transit gateway's table that decided.</summary>
    public LearnedRoute? LearnedRoute { get; init; }

    public Component? LoadBalancer { get; init; }

    public Component? Listener { get; init; }

    public Component? TargetGroup { get; init; }

    /// <summary>The targets that a load balancer had to choose from; empty where it is none's drop.</summary>
    public ImmutableArray<TargetShare> Targets { get; init; } = [];

    /// <summary>The address that the code is about; null where it is about none.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>One sentence: what was dropped, where, why.</summary>
    public required string Text { get; init; }
}
