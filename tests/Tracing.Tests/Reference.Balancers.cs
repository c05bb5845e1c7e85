using System.Text.RegularExpressions;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>
/// Load balancers, endpoint services and Gateway Load Balancer endpoints, read from the rows. Which of the targets that it may use a load balancer takes is
/// its own affair: what the walk took must be one of those, and all else must follow from that.
/// </summary>
internal sealed partial class Reference
{
    private const int DepthMax = 3;
    private const int TunnelPort = 6081;

    private readonly Stack<Balanced> balanced = new();
    private readonly Stack<(NetworkInterface Door, NetworkInterface Node, IpAddress Address)> entered = new();
    private Choices choices = new();
    private Dictionary<string, bool> healths = [];
    private HttpRequest? request;
    private bool isCheck;
    private int depth;
    private int status = ListeningMachine.Well;

    /// <summary>Null where the trace is as the rows say; else what is wrong with it.</summary>
    public static string? Disagreement(CloudSnapshot cloud, Partition rows, NetworkInterface? from, Trace trace)
    {
        (string, string, int)[] taken =
        [
            .. trace.Forward.Concat(trace.Return).SelectMany(h => h.Targets).Where(t => t.IsChosen).Select(t => (t.Group.Id, t.Target.Id, t.Port)),
        ];
        if (trace.Code == ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION && taken.Length > 1 && taken[^1] == taken[^2])
        {
            // The choice that breaks is told once more where it breaks.
            taken = taken[..^1];
        }

        List<string> seen = [];
        Dictionary<string, bool> healths = [];
        // Where a packet goes round, the two count its rounds in their own way.
        Choices choices = new() { Taken = taken, Goes = trace.Code == ExplanationCode.FORWARDING_LOOP };
        do
        {
            Reference walk = new(rows, cloud.World) { choices = choices, healths = healths };
            Leg? leg = walk.Walk(from, trace.Flow);
            string? wrong = choices.Wrong
                ?? (choices.Used < taken.Length && !choices.Goes ? $"{taken[choices.Used]} is not chosen" : null)
                ?? (leg != trace.Drop?.Leg ? $"drop {leg?.ToString() ?? "nowhere"}, not {trace.Drop?.Leg.ToString() ?? "nowhere"}" : null);
            if (wrong is null)
            {
                return null;
            }

            seen.Add(wrong);
        }
        while (choices.Next());
        return string.Join("; ", seen.Distinct());
    }

    private bool AtNode(NetworkInterface eni, Datagram packet)
    {
        if (!Runs(eni))
        {
            return false;
        }

        if (reply)
        {
            return TakeBack(eni, packet);
        }

        if (!Has(eni, packet.To))
        {
            return false;
        }

        Spreader lb = SpreaderOf(eni)!;
        if (packet.Protocol is 1 or 58 && lb.Layer is "app" or "classic")
        {
            return Answers(eni, packet);
        }

        return ClassicOf(eni) is { } classic ? AtClassic(classic, lb, eni, packet) : AtListener(lb, eni, packet);
    }

    private bool Answers(NetworkInterface eni, Datagram packet)
    {
        receiver = eni;
        last = packet;
        return true;
    }

    private bool AtClassic(ClassicLoadBalancer classic, Spreader lb, NetworkInterface eni, Datagram packet)
    {
        ClassicListener? listener = classic.Listeners.FirstOrDefault(l => packet.Protocol == 6 && l.Port == packet.ToPorts.From);
        return listener is not null && Spread(lb, eni, packet, classic.Name, listener.InstancePort);
    }

    private bool AtListener(Spreader lb, NetworkInterface eni, Datagram packet)
    {
        Listener? listener = rows.By<Listener>(Listener.LoadBalancerWord(lb.Key))
            .FirstOrDefault(l => l.Port == packet.ToPorts.From && Carries(l.Protocol, packet.Protocol));
        if (listener is null)
        {
            return false;
        }

        ListenerRule? rule = rows.By<ListenerRule>(ListenerRule.ListenerWord(listener.Key)).OrderBy(r => r.Priority)
            .FirstOrDefault(r => r.Conditions.All(c => Holds(c, packet.From)));
        LbAction action = (rule?.Actions ?? listener.DefaultActions)[^1];
        if (action.Forward is not { } forward)
        {
            status = int.Parse((action.Redirect?.StatusCode ?? action.Fixed!.StatusCode).Replace("HTTP_", "", StringComparison.Ordinal));
            return Answers(eni, packet);
        }

        string[] groups = [.. forward.Targets.Where(t => (t.Weight ?? 1) > 0).Select(t => t.TargetGroupKey)];
        if (groups.Length == 0)
        {
            return false;
        }

        string group = groups[choices.Pick(groups.Length)];
        return GroupOf(group) is { } row && Carries(row.Protocol, packet.Protocol) && Spread(lb, eni, packet, group, 0);
    }

    private static bool Carries(string protocol, int number) => protocol switch
    {
        "UDP" => number == 17,
        "TCP_UDP" => number is 6 or 17,
        "GENEVE" => false,
        _ => number == 6,
    };

    /// <param name="port">The port at the target; 0: its own.</param>
    private bool Spread(Spreader lb, NetworkInterface eni, Datagram packet, string group, int port)
    {
        string zone = rows.Get(eni.SubnetId).Zone;
        Target[] candidates = CandidatesAt(lb, eni, group);
        if (candidates.Length == 0 || choices.Take(candidates, group, port) is not { } target || AddressOf(target, zone) is not { } address)
        {
            return false;
        }

        NetworkInterface? end = Owner(lb.Vpc, address);
        bool keeps = lb.Layer == "net" && GroupOf(group)!.AttributeOf(TargetGroupAttributes.PreserveClientIp) == "true"
            && !IsEntering(eni) && address.IsV4 == packet.From.IsV4;
        IpAddress? own = address.IsV4 ? eni.PrimaryIp : eni.Ipv6Addresses.Cast<IpAddress?>().FirstOrDefault();
        if (balanced.Count == 4 || (!keeps && own is null) || (keeps && Breaks(lb, group, packet, end)))
        {
            return false;
        }

        balanced.Push(new Balanced(eni, packet, keeps ? end : null));
        int to = port == 0 ? target.Port : port;
        Datagram on = packet with { To = address, ToPorts = (to, to) };
        return Leave(eni, keeps ? on : on with { From = own!.Value, FromPorts = (1024, 65535) }, eni);
    }

    private bool Breaks(Spreader lb, string group, Datagram packet, NetworkInterface? end) => end is null
        ? GroupOf(group)!.VpcId != lb.Vpc
        : IsDoor(end) || SpreaderOf(end)?.Layer == "net" || (Owner(lb.Vpc, packet.From) is { } client && SameMachine(client, end));

    private bool TakeBack(NetworkInterface eni, Datagram packet)
    {
        if (!balanced.TryPeek(out Balanced? passed) || passed.Node.Key != eni.Key)
        {
            return !fromInternet && eni.Key == sender && packet.From == first.To && packet.To == first.From
                && (packet.Protocol is 1 or 58 || (packet.FromPorts == first.ToPorts && packet.ToPorts == first.FromPorts));
        }

        balanced.Pop();
        return Leave(eni, BackOf(passed.Client), eni);
    }

    private bool BackToNode(NetworkInterface eni, Datagram packet)
    {
        NetworkInterface node = balanced.Peek().Node;
        return (node.SubnetId == eni.SubnetId || Acl(rows.Get(eni.SubnetId), packet, isEgress: true))
            && Enter(node, packet, eni.SubnetId, eni, routed: false);
    }

    private bool IntoService(VpcEndpoint endpoint, NetworkInterface door, Datagram packet)
    {
        NetworkInterface[] nodes = NodesBehind(endpoint, door);
        if (reply || endpoint.State != VpcEndpointState.Available || packet.Protocol is not (6 or 17) || nodes.Length == 0 || entered.Count == 4)
        {
            return false;
        }

        NetworkInterface node = nodes[choices.Pick(nodes.Length)];
        IpAddress? address = packet.To.IsV4 ? node.PrimaryIp : node.Ipv6Addresses.Cast<IpAddress?>().FirstOrDefault();
        entered.Push((door, node, packet.To));
        return address is { } to && Enter(node, packet with { To = to }, node.SubnetId, null, routed: false);
    }

    private NetworkInterface[] NodesBehind(VpcEndpoint endpoint, NetworkInterface door)
    {
        string zone = rows.Get(door.SubnetId).Zone;
        VpcEndpointService? service = endpoint.ServiceOwner == rows.Key ? rows.Find(endpoint.ServiceId!.Value) : null;
        return
        [
            .. (service?.LoadBalancerKeys ?? []).Select(k => rows.Table<LoadBalancer>().Find(k)).OfType<LoadBalancer>()
                .SelectMany(l => l.Nodes).Where(n => n.Zone == zone).Select(n => rows.Get(n.InterfaceId)),
        ];
    }

    private bool IsEntering(NetworkInterface eni) =>
        entered.TryPeek(out (NetworkInterface Door, NetworkInterface Node, IpAddress Address) way) && way.Node.Key == eni.Key;

    private bool IsUnasked(NetworkInterface eni) =>
        IsEntering(eni) && rows.By<LoadBalancer>(eni.Key).FirstOrDefault() is { EnforcePrivateLinkInbound: false };

    private VpcEndpoint? TunnelOf(NetworkInterface eni) =>
        rows.By<VpcEndpoint>(eni.Key).FirstOrDefault(e => e.Type == VpcEndpointType.GatewayLoadBalancer);

    private Id<NetworkInterface> TunnelDoor(Route route) => rows.Get(new Id<VpcEndpoint>(route.Target.Id)).NetworkInterfaceIds.Single();

    private bool ByTunnel(VpcEndpoint endpoint, Datagram packet, Id<Subnet>? from, NetworkInterface at)
    {
        NetworkInterface door = rows.Get(endpoint.NetworkInterfaceIds.Single());
        bool direct = !reply && balanced.TryPeek(out Balanced? passed) && passed.Kept is not null;
        return !direct && !(from is not null && door.Id == at.Id) && Enter(door, packet, from, null, routed: true);
    }

    private bool PassTunnel(VpcEndpoint endpoint, NetworkInterface door, Datagram packet)
    {
        NetworkInterface[] nodes = NodesBehind(endpoint, door);
        if (!Runs(door) || nodes.Length == 0)
        {
            return false;
        }

        NetworkInterface node = nodes[choices.Pick(nodes.Length)];
        Spreader lb = SpreaderOf(node)!;
        if (!Runs(node) || rows.By<Listener>(Listener.LoadBalancerWord(lb.Key)).FirstOrDefault()?.DefaultActions[^1].Forward?.Targets[0].TargetGroupKey is not { } group)
        {
            return false;
        }

        Target[] candidates = CandidatesAt(lb, node, group);
        return candidates.Length > 0 && choices.Take(candidates, group, 0) is { } target
            && (target.Eni ?? (target.Address is { } address ? Owner(lb.Vpc, address) : null)) is { } appliance
            && Reaches(node, appliance) && Go(door.SubnetId, packet, null, door);
    }

    private bool Reaches(NetworkInterface node, NetworkInterface appliance)
    {
        Datagram there = new(node.PrimaryIp!.Value, appliance.PrimaryIp!.Value, 17, (1024, 65535), (TunnelPort, TunnelPort));
        Datagram back = new(there.To, there.From, 17, there.FromPorts, there.ToPorts);
        bool crosses = node.SubnetId != appliance.SubnetId;
        Subnet near = rows.Get(node.SubnetId);
        Subnet far = rows.Get(appliance.SubnetId);
        return Runs(appliance) && Groups(appliance, there, isEgress: false, there.From, null)
            && (!crosses || (Acl(near, there, true) && Acl(far, there, false) && Acl(far, back, true) && Acl(near, back, false)));
    }

    /// <summary>The targets of which the node takes one: rules 86, 87 and 90.</summary>
    private Target[] CandidatesAt(Spreader lb, NetworkInterface node, string group)
    {
        TargetGroup? row = GroupOf(group);
        Target[] all = [.. TargetsOf(group)];
        bool cross = row?.AttributeOf(TargetGroupAttributes.CrossZone) switch
        {
            "true" => true,
            "false" => false,
            _ => lb.CrossZone,
        };
        bool IsUsed(Target t) => t.Zone is null || lb.Nodes.Any(n => rows.Get(n.SubnetId).Zone == t.Zone);
        bool IsNear(Target t, NetworkInterface n) => cross || t.Zone is null || t.Zone == rows.Get(n.SubnetId).Zone;
        int healthy = all.Count(t => IsUsed(t) && lb.Nodes.Any(n => IsNear(t, n) && IsWell(lb, n, group, t)));
        bool open = lb.Layer != "classic" && healthy < 1;
        return [.. all.Where(t => IsUsed(t) && IsNear(t, node) && (open || IsWell(lb, node, group, t)))];
    }

    private bool IsWell(Spreader lb, NetworkInterface node, string group, Target target)
    {
        if (depth > DepthMax)
        {
            return false;
        }

        string key = $"{depth} {lb.Key} {node.Key} {group} {target.Id} {target.Port}";
        if (healths.TryGetValue(key, out bool known))
        {
            return known;
        }

        return healths[key] = Ask(lb, node, group, target);
    }

    private bool Ask(Spreader lb, NetworkInterface node, string group, Target target)
    {
        IpAddress? to = target.IsPresent && Runs(node) ? AddressOf(target, rows.Get(node.SubnetId).Zone, asks: true) : null;
        IpAddress? from = to is { IsV4: false } ? node.Ipv6Addresses.Cast<IpAddress?>().FirstOrDefault() : node.PrimaryIp;
        if (to is not { } address || from is not { } source)
        {
            return false;
        }

        Check check = GroupOf(group) is { } row ? Check.Of(row, target.Port) : Check.Of(rows.Table<ClassicLoadBalancer>().Find(lb.Key)!);
        HashSet<bool> outcomes = [];
        Choices every = new();
        do
        {
            Reference walk = new(rows, world) { choices = every, healths = healths, isCheck = true, depth = depth + 1 };
            Flow flow = new(default, source, address, 6, 0, (ushort)check.Port) { Http = check.Request };
            outcomes.Add(walk.Walk(node, flow) is null && check.Accepts(walk.status));
        }
        while (every.Next());
        return outcomes.Count == 1 ? outcomes.Single() : throw new AmbiguousException();
    }

    /// <summary>A load balancer among the targets is reached by its node in the zone, else by any of them; a check by the first.</summary>
    private IpAddress? AddressOf(Target target, string zone, bool asks = false)
    {
        if (target.Inner is null)
        {
            return target.Address;
        }

        LoadBalancerNode[] nodes = [.. rows.Table<LoadBalancer>().Find(target.Inner)?.Nodes ?? []];
        return nodes.FirstOrDefault(n => n.Zone == zone) is { } near ? rows.Get(near.InterfaceId).PrimaryIp
            : nodes.Length == 0 ? null
            : rows.Get(nodes[asks ? 0 : choices.Pick(nodes.Length)].InterfaceId).PrimaryIp;
    }

    private IEnumerable<Target> TargetsOf(string group)
    {
        if (rows.Table<ClassicLoadBalancer>().Find(group) is { } classic)
        {
            return classic.Instances.Select(i => OfInstance(i.Value, 0, isV4: true, $"{classic.Name}/{i}"));
        }

        TargetGroup? row = GroupOf(group);
        return (row?.Targets ?? []).Select(t => row!.TargetType switch
        {
            TargetType.Instance => OfInstance(t.Id, t.Port, row.IpAddressType != "ipv6", $"{row.Key}/{t.Id}:{t.Port}"),
            TargetType.Alb => new Target(LoadBalancer.KeyOfArn(t.Id) ?? t.Id, t.Port, null, null, null, !HasFailed($"target:{row.Key}/{t.Id}:{t.Port}"))
            {
                Inner = LoadBalancer.KeyOfArn(t.Id),
            },
            _ => new Target(
                t.Id, t.Port, t.Zone == "all" ? null : t.Zone, null, IpAddress.Parse(t.Id), !HasFailed($"target:{row.Key}/{t.Id}:{t.Port}")),
        });
    }

    private Target OfInstance(string id, int port, bool isV4, string subject)
    {
        Instance? instance = rows.Find(new Id<Instance>(id));
        NetworkInterface? eni = rows.By<NetworkInterface>(id).FirstOrDefault(e => e.Attachment is { DeviceIndex: 0 } at && at.InstanceId?.Value == id);
        return eni is null || instance is null or { State: InstanceState.Terminated or InstanceState.ShuttingDown }
            ? new Target(id, port, null, null, null, false)
            : new Target(
                id, port, rows.Get(eni.SubnetId).Zone, eni, isV4 ? eni.PrimaryIp : eni.Ipv6Addresses.Cast<IpAddress?>().FirstOrDefault(),
                instance.State is not (InstanceState.Stopped or InstanceState.Stopping) && !HasFailed("target:" + subject));
    }

    private bool Failed(NetworkInterface eni) => HasFailed("eni:" + eni.Key) || HasFailed("az:" + rows.Get(eni.SubnetId).Zone)
        || (eni.Attachment?.InstanceId is { } instance && HasFailed("instance:" + instance));

    private bool HasFailed(string subject) => world.Failures.Any(f => f.Partition == rows.Key && f.Subject == subject);

    /// <summary>Whether the machine's programs take the packet; it says with which status they answer a check.</summary>
    private bool Listens(NetworkInterface eni, Datagram packet)
    {
        ListeningMachine? machine = world.Listening.FirstOrDefault(m => m.Machine == eni.Attachment?.InstanceId?.Value);
        status = machine?.Status ?? ListeningMachine.Well;
        return machine is null || packet.Protocol is not (6 or 17)
            || machine.Ports.Any(p => p.Protocol == packet.Protocol && p.From <= packet.ToPorts.From && packet.ToPorts.From <= p.To);
    }

    private bool Holds(RuleCondition condition, IpAddress source) => condition.Field switch
    {
        "source-ip" => condition.Values.Any(v => Prefix.Parse(v).Contains(source)),
        _ when request is null => false,
        "path-pattern" => condition.Values.Any(v => Fits(request.Path, v, RegexOptions.None)),
        "host-header" => condition.Values.Any(v => Fits(request.Host, v, RegexOptions.IgnoreCase)),
        "http-request-method" => condition.Values.Contains(request.Method),
        "http-header" => condition.Values.Any(v => Fits(request.HeaderOf(condition.HeaderName!), v, RegexOptions.IgnoreCase)),
        _ => request.Query.Split('&').Select(p => p.Split('=')).Any(p => condition.QueryPairs.Any(
            w => (w.Key is null || Fits(p[0], w.Key, RegexOptions.IgnoreCase)) && Fits(p.Length > 1 ? p[1] : "", w.Value, RegexOptions.IgnoreCase))),
    };

    private static bool Fits(string text, string pattern, RegexOptions options) => Regex.IsMatch(
        text, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$", options);

    private TargetGroup? GroupOf(string key) => rows.Table<TargetGroup>().Find(key);

    private ClassicLoadBalancer? ClassicOf(NetworkInterface eni) => rows.By<ClassicLoadBalancer>(eni.Key).FirstOrDefault();

    private bool IsNode(NetworkInterface eni) => SpreaderOf(eni) is not null;

    private Spreader? SpreaderOf(NetworkInterface eni) =>
        rows.By<LoadBalancer>(eni.Key).FirstOrDefault() is { } lb
            ? new Spreader(lb.Key, lb.Key[..3], lb.VpcId, lb.CrossZone, [.. lb.Nodes.Select(n => rows.Get(n.InterfaceId))])
        : ClassicOf(eni) is { } classic
            ? new Spreader(classic.Key, "classic", classic.VpcId, classic.CrossZone, [.. classic.Nodes.Select(n => rows.Get(n.NetworkInterfaceId))])
        : null;

    private static bool SameMachine(NetworkInterface one, NetworkInterface other) =>
        one.Key == other.Key || (one.Attachment?.InstanceId is { } machine && machine == other.Attachment?.InstanceId);

    /// <summary>A load balancer of any kind.</summary>
    private sealed record Spreader(string Key, string Layer, Id<Vpc> Vpc, bool CrossZone, NetworkInterface[] Nodes);

    /// <summary>A connection that a node has passed on.</summary>
    /// <param name="Kept">The target that saw the client's own address.</param>
    private sealed record Balanced(NetworkInterface Node, Datagram Client, NetworkInterface? Kept);
}
