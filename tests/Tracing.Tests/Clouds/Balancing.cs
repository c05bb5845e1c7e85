using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Load balancers and target groups for tests' clouds.</summary>
/// <remarks>
/// Targets are words: an interface's id stands for its instance, an address for itself, a load balancer's key for its ARN. A rule's conditions are
/// words with commas: <c>path-pattern=/cart*|/basket,host-header=shop.example</c>.
/// </remarks>
public static class Balancing
{
    /// <summary>A load balancer: its key.</summary>
    /// <param name="nodes">A subnet and the address there; a public one after a slash.</param>
    public static string Balancer(
        this CloudBuilder net, LoadBalancerType type, string name, (string Subnet, string Address)[] nodes, params string[] groups)
    {
        Subnet first = net.Rows.Get(new Id<Subnet>(nodes[0].Subnet));
        string word = type switch
        {
            LoadBalancerType.Application => "app",
            LoadBalancerType.Network => "net",
            _ => "gwy",
        };
        LoadBalancer row = new()
        {
            Key = $"{word}/{name}/{Hex(net)}",
            Name = name,
            Type = type,
            Internal = !nodes[0].Address.Contains('/'),
            VpcId = first.VpcId,
            SecurityGroups = [.. groups.Select(g => new Id<SecurityGroup>(g))],
            TakesSecurityGroups = groups.Length > 0,
            DnsName = $"{name}-1.elb.us-east-1.amazonaws.com",
            CreatedTime = DateTimeOffset.UnixEpoch,
        };
        string kind = type switch
        {
            LoadBalancerType.Network => "network_load_balancer",
            LoadBalancerType.Gateway => "gateway_load_balancer",
            _ => "interface",
        };
        foreach ((string subnet, string address) in nodes)
        {
            NetworkInterface eni = net.NodeInterface(subnet, address, kind, groups, checks: type == LoadBalancerType.Application);
            row = row with
            {
                Nodes = row.Nodes.Add(new LoadBalancerNode(
                    eni.SubnetId, net.Rows.Get(eni.SubnetId).Zone, eni.Id, null, eni.PrimaryIp, eni.Ipv6Addresses.Select(a => (IpAddress?)a).FirstOrDefault())),
            };
        }

        net.Put(row);
        return row.Key;
    }

    public static string Alb(this CloudBuilder net, string name, (string Subnet, string Address)[] nodes, params string[] groups) =>
        net.Balancer(LoadBalancerType.Application, name, nodes, groups);

    public static string Nlb(this CloudBuilder net, string name, (string Subnet, string Address)[] nodes, params string[] groups) =>
        net.Balancer(LoadBalancerType.Network, name, nodes, groups);

    public static string Gwlb(this CloudBuilder net, string name, params (string Subnet, string Address)[] nodes) =>
        net.Balancer(LoadBalancerType.Gateway, name, nodes);

    /// <summary>A classic load balancer with listeners such as <c>HTTP:80:HTTP:8080</c>: its name.</summary>
    public static string Classic(
        this CloudBuilder net, string name, (string Subnet, string Address)[] nodes, string[] groups, string check, string[] instances, params string[] listeners)
    {
        ClassicLoadBalancer row = new()
        {
            Name = name,
            VpcId = net.Rows.Get(new Id<Subnet>(nodes[0].Subnet)).VpcId,
            HealthCheck = new ClassicHealthCheck(check),
            SecurityGroups = [.. groups.Select(g => new Id<SecurityGroup>(g))],
            Instances = [.. instances.Select(e => new Id<Instance>(net.InstanceOf(e)))],
            DnsName = $"{name}-1.us-east-1.elb.amazonaws.com",
            CreatedTime = DateTimeOffset.UnixEpoch,
            Listeners =
            [
                .. listeners.Select(l => l.Split(':')).Select(p => new ClassicListener(
                    p[0], int.Parse(p[1], CultureInfo.InvariantCulture), p[2], int.Parse(p[3], CultureInfo.InvariantCulture), null, [])),
            ],
        };
        foreach ((string subnet, string address) in nodes)
        {
            NetworkInterface eni = net.NodeInterface(subnet, address, "interface", groups, checks: true);
            row = row with { Nodes = row.Nodes.Add(new ClassicNode(eni.SubnetId, net.Rows.Get(eni.SubnetId).Zone, eni.Id)) };
        }

        net.Put(row);
        return row.Key;
    }

    /// <summary>A target group: its key.</summary>
    /// <param name="attributes">As <c>preserve_client_ip.enabled=false</c>.</param>
    public static string Group(
        this CloudBuilder net, string vpc, string name, string protocol, int port, TargetType type, string[] targets, params string[] attributes)
    {
        bool http = protocol is "HTTP" or "HTTPS";
        TargetGroup row = new()
        {
            Key = $"{name}/{Hex(net)}",
            Name = name,
            Protocol = protocol,
            Port = port,
            VpcId = new(vpc),
            TargetType = type,
            HealthCheck = new HealthCheck(
                true, http || type == TargetType.Alb ? "HTTP" : "TCP", protocol == "GENEVE" ? "80" : "traffic-port", http ? "/" : null, 30, 5, 5, 2, http ? "200" : null),
            Attributes = attributes.Aggregate(
                Trunkline.Cloud.Tags.None, (all, a) => all.SetItem(a.Split('=')[0], a.Split('=')[1])),
            CreatedTime = DateTimeOffset.UnixEpoch,
        };
        net.Put(row);
        net.Register(row.Key, targets);
        return row.Key;
    }

    public static void Register(this CloudBuilder net, string group, params string[] targets) => net.EditGroup(group, g => g with
    {
        Targets = [.. g.Targets, .. targets.Select(t => TargetOf(net, g, t))],
    });

    public static void Deregister(this CloudBuilder net, string group, string target) => net.EditGroup(group, g => g with
    {
        Targets = g.Targets.RemoveAll(t => t.Id == IdOf(net, target)),
    });

    /// <summary>Deregisters a target whose connections go on for now.</summary>
    public static void Drain(this CloudBuilder net, string group, string target) => net.EditGroup(group, g => g with
    {
        Targets = g.Targets.RemoveAll(t => t.Id == IdOf(net, target)),
        Draining = [.. g.Draining, .. g.Targets.Where(t => t.Id == IdOf(net, target)).Select(t => new DrainingTarget(t, DateTimeOffset.MaxValue))],
    });

    public static void EditClassic(this CloudBuilder net, string name, Func<ClassicLoadBalancer, ClassicLoadBalancer> change) =>
        net.Put(change(net.Rows.Table<ClassicLoadBalancer>().Find(name)!));

    /// <summary>A stickiness policy on each listener of a classic load balancer: by the load balancer's own cookie, or with an application's.</summary>
    public static void Stick(this CloudBuilder net, string name, string? appCookie = null)
    {
        ClassicPolicy policy = appCookie is null
            ? new ClassicPolicy("sticky", ClassicPolicy.LbCookie, [])
            : new ClassicPolicy("sticky", ClassicPolicy.AppCookie, [new ClassicPolicyAttribute(ClassicPolicy.CookieName, appCookie)]);
        net.EditClassic(name, b => b with { Policies = [policy], Listeners = [.. b.Listeners.Select(l => l with { Policies = ["sticky"] })] });
    }

    public static void EditGroup(this CloudBuilder net, string group, Func<TargetGroup, TargetGroup> change) =>
        net.Put(change(net.Rows.Table<TargetGroup>().Find(group)!));

    public static void EditBalancer(this CloudBuilder net, string key, Func<LoadBalancer, LoadBalancer> change) =>
        net.Put(change(net.Rows.Table<LoadBalancer>().Find(key)!));

    /// <summary>A listener that forwards to groups, by weight after an equals sign: its key.</summary>
    public static string Listen(this CloudBuilder net, string balancer, string protocol, int port, params string[] groups)
    {
        Listener row = new()
        {
            Key = $"{balancer}/{Hex(net)}",
            LoadBalancerKey = balancer,
            Protocol = protocol,
            Port = port,
            DefaultActions = [ActionOf(groups)],
            DefaultRuleId = Hex(net),
            CreatedTime = DateTimeOffset.UnixEpoch,
        };
        net.Put(row);
        return row.Key;
    }

    /// <summary>A rule: its key.</summary>
    /// <param name="action">A target group's key, <c>fixed 404</c> or <c>redirect HTTP_301</c>.</param>
    public static string Rule(this CloudBuilder net, string listener, int priority, string conditions, params string[] action)
    {
        ListenerRule row = new()
        {
            Key = $"{listener}/{Hex(net)}",
            ListenerKey = listener,
            Priority = priority,
            Conditions = [.. conditions.Split(',').Select(ConditionOf)],
            Actions = [ActionOf(action)],
        };
        net.Put(row);
        return row.Key;
    }

    /// <summary>An HTTP request from an interface to an address.</summary>
    public static Trace Http(this CloudBuilder net, string eni, string to, string method, string url, int sourcePort = Flow.DefaultSourcePort) =>
        net.Http(eni, to, method, url, [], sourcePort);

    /// <param name="headers">As <c>Cookie: a=b</c>.</param>
    public static Trace Http(
        this CloudBuilder net, string eni, string to, string method, string url, string[] headers, int sourcePort = Flow.DefaultSourcePort)
    {
        Assert.True(HttpRequest.TryParse(method, url, out HttpRequest request, out int port, out string error), error);
        Assert.True(request.TryWith(headers, out request, out error), error);
        return net.Balanced(eni, to, port, sourcePort, request);
    }

    public static Trace Balanced(this CloudBuilder net, string eni, string to, int port, int sourcePort, HttpRequest? request)
    {
        ForwardingState state = Compiler.Compile(net.Cloud);
        IpAddress destination = IpAddress.Parse(to);
        NetworkInterface row = net.Rows.Get(new Id<NetworkInterface>(eni));
        IpAddress source = destination.IsV4 ? row.PrimaryIp!.Value : row.Ipv6Addresses[0];
        Origin origin = Origin.OfNic(state.NicOf(net.At, eni));
        return Asking.Explain(
            state, new Flow(origin, source, destination, Protocols.Tcp, (ushort)sourcePort, (ushort)port) { Http = request });
    }

    /// <summary>The health of a group's targets, each as <c>Healthy</c> or <c>Unhealthy Target.Timeout</c>.</summary>
    public static string[] Health(this CloudBuilder net, string group) =>
        [.. net.Tracer().HealthOfTargets(net.At, group).Select(h => h.Reason is null ? $"{h.State}" : $"{h.State} {h.Reason}")];

    public static Tracer Tracer(this CloudBuilder net) => new(Compiler.Compile(net.Cloud));

    /// <summary>Declares failures; each as <c>az:us-east-1a</c>.</summary>
    public static void Fail(this CloudBuilder net, params string[] subjects) => net.World(net.Cloud.World with
    {
        Failures = [.. subjects.Select(s => new WorldFailure(net.At, s)).Order()],
    });

    public static void Listening(this CloudBuilder net, string machine, params int[] ports) => net.World(net.Cloud.World with
    {
        Listening = [new ListeningMachine(machine, [.. ports.Select(p => new HostPort(Protocols.Tcp, p, p))])],
    });

    /// <summary>A machine that listens everywhere and answers health checks with a status.</summary>
    public static void Answering(this CloudBuilder net, string machine, int status) => net.World(net.Cloud.World with
    {
        Listening = [new ListeningMachine(machine, [new HostPort(Protocols.Tcp, 0, 65535), new HostPort(Protocols.Udp, 0, 65535)], status)],
    });

    /// <summary>How often each target is taken by connections from many source ports, by its id.</summary>
    public static SortedDictionary<string, int> Spread(this CloudBuilder net, string eni, string to, int port, int count = 600)
    {
        ForwardingState state = Compiler.Compile(net.Cloud);
        Tracer tracer = new(state);
        Origin origin = Origin.OfNic(state.NicOf(net.At, eni));
        IpAddress source = net.Rows.Get(new Id<NetworkInterface>(eni)).PrimaryIp!.Value;
        SortedDictionary<string, int> taken = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            Trace trace = tracer.Explain(new Flow(origin, source, IpAddress.Parse(to), Protocols.Tcp, (ushort)(20000 + i), (ushort)port));
            trace.Delivered();
            string id = trace.Forward.Last(h => !h.Targets.IsEmpty).Targets.Single(t => t.IsChosen).Target.Id;
            taken[id] = taken.GetValueOrDefault(id) + 1;
        }

        return taken;
    }

    public static Hop Choice(this Trace trace) => trace.Forward.Last(h => !h.Targets.IsEmpty);

    private static string Hex(CloudBuilder net) => net.NewId("x")[^16..];

    private static NetworkInterface NodeInterface(this CloudBuilder net, string subnet, string address, string type, string[] groups, bool checks)
    {
        string[] parts = address.Split('/');
        Subnet at = net.Rows.Get(new Id<Subnet>(subnet));
        IpAddress[] own = [.. parts[0].Split(',').Select(IpAddress.Parse)];
        NetworkInterface eni = new()
        {
            Id = new(net.NewId("eni")),
            SubnetId = at.Id,
            VpcId = at.VpcId,
            InterfaceType = type,
            MacAddress = "02:00:00:00:00:04",
            PrivateAddresses =
                [.. own.Where(a => a.IsV4).Select(a => new InterfaceAddress(a, parts.Length > 1 ? IpAddress.Parse(parts[1]) : null))],
            Ipv6Addresses = [.. own.Where(a => !a.IsV4)],
            Groups = [.. groups.Select(g => new Id<SecurityGroup>(g))],
            SourceDestCheck = checks,
            RequesterManaged = true,
        };
        net.Put(eni);
        return eni;
    }

    private static string IdOf(CloudBuilder net, string target) =>
        target.StartsWith("eni-", StringComparison.Ordinal) ? net.InstanceOf(target)
        : target.StartsWith("app/", StringComparison.Ordinal) ? $"arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/{target}"
        : target;

    /// <summary>A target's word may have its port and its zone: <c>10.0.0.9@8080@all</c>.</summary>
    private static RegisteredTarget TargetOf(CloudBuilder net, TargetGroup group, string word)
    {
        string[] parts = word.Split('@');
        int port = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : group.Port;
        string? zone = parts.Length > 2 ? parts[2] : group.TargetType == TargetType.Ip ? ZoneOf(net, group, parts[0]) : null;
        return new RegisteredTarget(IdOf(net, parts[0]), port, zone, DateTimeOffset.UnixEpoch);
    }

    private static string ZoneOf(CloudBuilder net, TargetGroup group, string address) =>
        net.Rows.By<Subnet>(group.VpcId!.Value.Value)
            .FirstOrDefault(s => s.Cidr is { } cidr && cidr.Contains(IpAddress.Parse(address)))?.Zone ?? "all";

    private static LbAction ActionOf(string[] words) => words switch
    {
        [var only] when only.StartsWith("fixed ", StringComparison.Ordinal) =>
            new LbAction(LbActionType.FixedResponse, Fixed: new LbFixedResponse(only["fixed ".Length..])),
        [var only] when only.StartsWith("redirect ", StringComparison.Ordinal) => new LbAction(
            LbActionType.Redirect, Redirect: new LbRedirect("HTTPS", "443", "#{host}", "/#{path}", "#{query}", only["redirect ".Length..])),
        _ => new LbAction(LbActionType.Forward, Forward: new LbForward(
        [
            .. words.Select(w => w.Split('=')).Select(w =>
                new LbForwardTarget(w[0], w.Length > 1 ? int.Parse(w[1], CultureInfo.InvariantCulture) : null)),
        ])),
    };

    private static RuleCondition ConditionOf(string text)
    {
        string[] parts = text.Split('=', 2);
        string[] field = parts[0].Split(' ');
        string[] values = parts[1].Split('|');
        return new RuleCondition
        {
            Field = field[0],
            HeaderName = field.Length > 1 ? field[1] : null,
            Values = field[0] == "query-string" ? [] : [.. values],
            QueryPairs = field[0] != "query-string" ? [] :
                [.. values.Select(v => v.Split(':')).Select(v => v.Length > 1 ? new QueryPair(v[0], v[1]) : new QueryPair(null, v[0]))],
        };
    }
}
