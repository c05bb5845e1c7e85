using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Random changes to load balancers, their listeners, rules, target groups and targets, and to what the world says of them.</summary>
internal sealed class RandomBalancers(CloudBuilder net, Random random)
{
    private static readonly string[] Conditions =
    [
        "path-pattern=/a*", "source-ip=10.0.0.0/16", "host-header=*.test", "http-request-method=GET", "http-header X-Tenant=gold", "query-string=a:b",
    ];
    private static readonly string[] Urls = ["http://shop.test/a/b?a=b", "http://shop.example/", "http://shop.example/cart?c=d&a=b"];
    private int made;

    public void Change()
    {
        switch (random.Next(17))
        {
            case 0 or 1:
                AddBalancer();
                break;
            case 2:
                AddClassic();
                break;
            case 3 or 4:
                AddGroup();
                break;
            case 5:
                AddListener();
                break;
            case 6:
                ChangeRules();
                break;
            case 7 or 8:
                ChangeTargets();
                break;
            case 9:
                Remove();
                break;
            case 10:
                ChangeAttributes();
                break;
            case 11:
                ChangeFailures();
                break;
            case 12:
                ChangeGroup();
                break;
            case 13:
                ChangeClassic();
                break;
            case 14:
                ChangeDraining();
                break;
            case 15:
                net.Answering(One([.. net.Rows.All<Instance>()]).Key, One([200, 302, 503]));
                break;
            default:
                string machine = One([.. net.Rows.All<Instance>()]).Key;
                net.Listening(machine, [.. new[] { 80, 443 }.Where(_ => random.Next(2) == 0)]);
                break;
        }
    }

    /// <summary>One load balancer of each kind, and an endpoint service over two of them, all sure to be used.</summary>
    /// <param name="group">The security group of what needs one.</param>
    public void Begin(string vpc, string group)
    {
        string[] subnets = [.. net.Rows.By<Subnet>(vpc).Select(s => s.Key)];
        string[] machines = [.. net.Rows.By<NetworkInterface>(vpc).Where(e => e.Attachment?.InstanceId is not null).Select(e => e.Key)];
        (string, string)[] At(int host) => [.. subnets.Select(s => (s, net.Rows.Get(new Id<Subnet>(s)).Cidr!.Value.First.Plus((UInt128)host).ToString()))];
        string web = net.Listen(net.Alb("alb", At(50), group), "HTTP", 80, net.Group(vpc, "web", "HTTP", 80, TargetType.Instance, machines));
        net.Rule(web, 1, "path-pattern=/cart*", One(["fixed 404", "fixed 200", "redirect HTTP_302"]));
        string nlb = net.Nlb("nlb", At(51));
        net.Listen(nlb, "TCP", 443, net.Group(vpc, "raw", "TCP", 443, TargetType.Instance, machines));
        net.Classic("clb", At(52), [group], "TCP:443", machines, "TCP:443:TCP:443", "HTTP:80:HTTP:80");
        string gateway = net.Gwlb("gwlb", At(53));
        net.Listen(gateway, "GENEVE", 6081, net.Group(vpc, "fw", "GENEVE", 6081, TargetType.Instance, machines));
        net.EndpointTo(vpc, VpcEndpointType.Interface, net.Service(nlb), At(54), group);
        string tunnel = net.EndpointTo(vpc, VpcEndpointType.GatewayLoadBalancer, net.Service(gateway), [At(55)[1]]);
        foreach (string subnet in new[] { subnets[0], subnets[2] })
        {
            net.Route(net.Rows.By<RouteTable>(subnet).First().Key, "8.8.0.0/16", tunnel);
        }

        foreach (string machine in machines.Where(m => !net.Rows.By<ElasticIp>(m).Any()))
        {
            net.Elastic(machine, $"54.3.0.{++made}");
        }
    }

    /// <summary>The addresses of all nodes, private and public.</summary>
    public IpAddress[] Nodes()
    {
        NetworkInterface[] nodes =
        [
            .. net.Rows.All<LoadBalancer>().SelectMany(l => l.Nodes).Select(n => net.Rows.Get(n.InterfaceId)),
            .. net.Rows.All<ClassicLoadBalancer>().SelectMany(l => l.Nodes).Select(n => net.Rows.Get(n.NetworkInterfaceId)),
        ];
        return
        [
            .. nodes.SelectMany(n => n.AllAddresses),
            .. nodes.SelectMany(n => net.Rows.By<ElasticIp>(n.Key)).Select(e => e.PublicIp),
        ];
    }

    public HttpRequest Request()
    {
        Assert.True(HttpRequest.TryParse(One(["GET", "POST"]), One(Urls), out HttpRequest request, out _, out string error), error);
        Assert.True(request.TryWith(random.Next(2) == 0 ? [] : ["X-Tenant: gold"], out request, out error), error);
        return request;
    }

    private void AddBalancer()
    {
        LoadBalancerType type = One([LoadBalancerType.Application, LoadBalancerType.Network, LoadBalancerType.Gateway]);
        Vpc vpc = One([.. net.Rows.All<Vpc>()]);
        (string, string)[] nodes = NewNodes(vpc);
        if (nodes.Length == 0)
        {
            return;
        }

        SecurityGroup group = One([.. net.Rows.By<SecurityGroup>(vpc.Key)]);
        bool guarded = type == LoadBalancerType.Application || (type == LoadBalancerType.Network && random.Next(2) == 0);
        string key = net.Balancer(type, $"lb{++made}", nodes, guarded ? [group.Key] : []);
        if (type != LoadBalancerType.Gateway && random.Next(2) == 0)
        {
            net.Elastic(net.Rows.Table<LoadBalancer>().Find(key)!.Nodes[0].InterfaceId.Value, $"54.2.0.{made}");
        }

        TargetGroup[] groups = GroupsFor(key);
        if (groups.Length > 0)
        {
            net.Listen(key, groups[0].Protocol, groups[0].Port, groups[0].Key);
        }
    }

    private void AddClassic()
    {
        Vpc vpc = One([.. net.Rows.All<Vpc>()]);
        if (net.Rows.All<ClassicLoadBalancer>().Count() < 2 && NewNodes(vpc) is { Length: > 0 } nodes)
        {
            string[] machines = Machines(vpc.Id);
            SecurityGroup group = One([.. net.Rows.By<SecurityGroup>(vpc.Key)]);
            string check = One(["TCP:443", "HTTP:80/up"]);
            net.Classic($"old{++made}", nodes, [group.Key], check, machines, "TCP:80:TCP:80", "HTTP:443:HTTP:443");
        }
    }

    private void AddGroup()
    {
        Vpc vpc = One([.. net.Rows.All<Vpc>()]);
        string protocol = One(["HTTP", "TCP", "UDP", "GENEVE"]);
        int port = protocol == "GENEVE" ? 6081 : One([80, 443]);
        TargetType type = protocol != "GENEVE" && random.Next(3) == 0 ? TargetType.Ip : TargetType.Instance;
        LoadBalancer? inner = net.Rows.All<LoadBalancer>().FirstOrDefault(l => l.VpcId == vpc.Id && l.Type == LoadBalancerType.Application);
        if (protocol == "TCP" && inner is not null && random.Next(3) == 0)
        {
            net.Group(vpc.Key, $"tg{++made}", protocol, 80, TargetType.Alb, [inner.Key]);
            return;
        }

        string[] targets = type == TargetType.Ip ? ["10.0.1.10", "10.0.2.11@80@all"] : Machines(vpc.Id);
        net.Group(vpc.Key, $"tg{++made}", protocol, port, type, targets);
    }

    private void AddListener()
    {
        if (net.Rows.All<LoadBalancer>().ToArray() is not { Length: > 0 } all)
        {
            return;
        }

        LoadBalancer row = One(all);
        TargetGroup[] groups = GroupsFor(row.Key);
        int port = One([80, 81, 443]);

        // A Gateway Load Balancer has one listener and one group.
        bool isGateway = row.Type == LoadBalancerType.Gateway;
        if (groups.Length > 0 && !net.Rows.By<Listener>(Listener.LoadBalancerWord(row.Key)).Any(l => isGateway || l.Port == port))
        {
            net.Listen(row.Key, groups[0].Protocol, port, [.. groups.Take(isGateway ? 1 : 2).Select((g, i) => $"{g.Key}={i + 1}")]);
        }
    }

    private void ChangeRules()
    {
        Listener[] listeners = [.. net.Rows.All<Listener>().Where(l => l.Protocol == "HTTP")];
        ListenerRule[] rules = [.. net.Rows.All<ListenerRule>()];
        if (rules.Length > 3)
        {
            net.Remove<ListenerRule>(One(rules).Key);
        }
        else if (listeners.Length > 0)
        {
            Listener listener = One(listeners);
            TargetGroup[] groups = GroupsFor(listener.LoadBalancerKey);
            string action = groups.Length == 0 || random.Next(3) == 0 ? One(["fixed 404", "redirect HTTP_301"]) : One(groups).Key;
            net.Rule(listener.Key, ++made, One(Conditions), action);
        }
    }

    private void ChangeTargets()
    {
        if (net.Rows.All<TargetGroup>().ToArray() is not { Length: > 0 } all)
        {
            return;
        }

        TargetGroup row = One(all);
        string[] machines = row.TargetType != TargetType.Instance ? [] : Machines(row.VpcId!.Value);
        if (row.Targets.IsEmpty && machines.Length > 0)
        {
            net.Register(row.Key, One(machines));
        }
        else if (!row.Targets.IsEmpty)
        {
            net.EditGroup(row.Key, g => g with { Targets = g.Targets.RemoveAt(random.Next(g.Targets.Length)) });
        }
    }

    private void Remove()
    {
        if (random.Next(2) == 0 && net.Rows.All<TargetGroup>().ToArray() is { Length: > 2 } groups)
        {
            net.Remove<TargetGroup>(One(groups).Key);
        }
        else if (net.Rows.All<LoadBalancer>().ToArray() is { Length: > 1 } all)
        {
            LoadBalancer row = One(all);
            foreach (Listener listener in net.Rows.By<Listener>(Listener.LoadBalancerWord(row.Key)).ToArray())
            {
                net.Remove<Listener>(listener.Key);
            }

            net.Remove<LoadBalancer>(row.Key);
            foreach (LoadBalancerNode node in row.Nodes)
            {
                foreach (ElasticIp elastic in net.Rows.By<ElasticIp>(node.InterfaceId.Value).ToArray())
                {
                    net.Remove<ElasticIp>(elastic.Key);
                }

                net.Remove<NetworkInterface>(node.InterfaceId.Value);
            }
        }
    }

    private void ChangeAttributes()
    {
        if (net.Rows.All<LoadBalancer>().ToArray() is { Length: > 0 } all)
        {
            string value = One(["true", "false"]);
            net.Put(One(all) with { Attributes = Tags.None.SetItem(LoadBalancerAttributes.CrossZone, value) });
        }

        if (net.Rows.All<Listener>().FirstOrDefault(l => l.DefaultActions[0].Forward is not null) is { } listener)
        {
            LbForward forward = listener.DefaultActions[0].Forward!;
            net.Put(listener with { DefaultActions = [new LbAction(LbActionType.Forward, Forward: forward with { StickinessEnabled = random.Next(2) == 0 })] });
        }
    }

    /// <summary>Attributes and the check of a group, and whether a load balancer looks at what comes by an endpoint.</summary>
    private void ChangeGroup()
    {
        if (net.Rows.All<LoadBalancer>().FirstOrDefault(l => l.Type == LoadBalancerType.Network) is { } balancer)
        {
            net.Put(balancer with { EnforcePrivateLinkInbound = random.Next(2) == 0 });
        }

        if (net.Rows.All<TargetGroup>().ToArray() is not { Length: > 0 } all)
        {
            return;
        }

        TargetGroup row = One(all);
        string sticky = row.Protocol == "HTTP" ? One(["lb_cookie", "app_cookie"]) : "source_ip";
        net.Put(row with
        {
            Attributes = Tags.None
                .SetItem(TargetGroupAttributes.StickinessEnabled, One(["true", "false"])).SetItem(TargetGroupAttributes.StickinessType, sticky)
                .SetItem(TargetGroupAttributes.AppCookieName, "session").SetItem(TargetGroupAttributes.PreserveClientIp, One(["true", "false"])),
            HealthCheck = row.HealthCheck with { Port = One(["traffic-port", "80", "81"]), Matcher = row.HealthCheck.Matcher is null ? null : One(["200", "200-399"]) },
        });
    }

    /// <summary>Stickiness and draining of a classic load balancer.</summary>
    private void ChangeClassic()
    {
        if (net.Rows.All<ClassicLoadBalancer>().ToArray() is not { Length: > 0 } all)
        {
            return;
        }

        ClassicLoadBalancer row = One(all);
        if (random.Next(2) == 0)
        {
            net.Stick(row.Key, One([null, "session"]));
        }
        else if (row.Draining.IsEmpty && !row.Instances.IsEmpty)
        {
            net.EditClassic(row.Key, b => b with
            {
                ConnectionDraining = true,
                Instances = b.Instances.RemoveAt(0),
                Draining = [new DrainingInstance(b.Instances[0], DateTimeOffset.MaxValue)],
            });
        }
        else
        {
            net.EditClassic(row.Key, b => b with { CrossZone = random.Next(2) == 0, Draining = [] });
        }
    }

    /// <summary>A target leaves a group, or those that leave have left.</summary>
    private void ChangeDraining()
    {
        if (net.Rows.All<TargetGroup>().FirstOrDefault(g => !g.Targets.IsEmpty) is { } row && random.Next(3) > 0)
        {
            net.Drain(row.Key, One(row.Targets).Id);
        }

        foreach (TargetGroup group in net.Rows.All<TargetGroup>().Where(g => g.Draining.Length > 2).ToArray())
        {
            net.Put(group with { Draining = [] });
        }
    }

    private void ChangeFailures()
    {
        List<string> subjects = [];
        if (random.Next(5) == 0)
        {
            subjects.Add(One(["az:us-east-1a", "az:us-east-1c"]));
        }

        if (random.Next(3) == 0)
        {
            subjects.Add($"eni:{One([.. net.Rows.All<NetworkInterface>()]).Key}");
        }

        if (random.Next(2) == 0)
        {
            subjects.Add($"instance:{One([.. net.Rows.All<Instance>()]).Key}");
        }

        if (net.Rows.All<TargetGroup>().FirstOrDefault(g => !g.Targets.IsEmpty) is { } group)
        {
            subjects.Add(string.Create(CultureInfo.InvariantCulture, $"target:{group.Key}/{group.Targets[0].Id}:{group.Targets[0].Port}"));
        }

        net.Fail([.. subjects]);
    }

    private TargetGroup[] GroupsFor(string balancer)
    {
        LoadBalancer row = net.Rows.Table<LoadBalancer>().Find(balancer)!;
        return
        [
            .. net.Rows.All<TargetGroup>().Where(g => g.VpcId == row.VpcId && row.Type switch
            {
                LoadBalancerType.Application => g.Protocol == "HTTP",
                LoadBalancerType.Network => g.Protocol is "TCP" or "UDP",
                _ => g.Protocol == "GENEVE",
            }
            && !UsedBy(g.Key).Any(l => l != balancer)),
        ];
    }

    /// <summary>The load balancers that lead to a group: it may belong to one only.</summary>
    private IEnumerable<string> UsedBy(string group) =>
        net.Rows.By<Listener>(TargetGroup.KeyWord(group)).Select(l => l.LoadBalancerKey)
            .Concat(net.Rows.By<ListenerRule>(TargetGroup.KeyWord(group)).Select(r => string.Join('/', r.ListenerKey.Split('/')[..3])));

    private string[] Machines(Id<Vpc> vpc) =>
    [
        .. net.Rows.By<NetworkInterface>(vpc.Value).Where(e => e.Attachment?.InstanceId is not null && random.Next(2) == 0).Select(e => e.Key),
    ];

    /// <summary>A node in some of the VPC's subnets; of both families where the subnet has both.</summary>
    private (string Subnet, string Address)[] NewNodes(Vpc vpc)
    {
        List<(string, string)> nodes = [];
        foreach (Subnet subnet in net.Rows.By<Subnet>(vpc.Key).Where(_ => random.Next(3) > 0))
        {
            if (FreeAddress(subnet) is { } address)
            {
                IpAddress? six = subnet.Ipv6Cidrs.IsEmpty || random.Next(2) == 0 ? null
                    : subnet.Ipv6Cidrs[0].Cidr.First.Plus(IpAddress.Parse(address).Bits & 0xFF);
                nodes.Add((subnet.Key, six is null ? address : $"{address},{six}"));
            }
        }

        return [.. nodes];
    }

    private string? FreeAddress(Subnet subnet)
    {
        IpAddress address = subnet.Cidr!.Value.First.Plus((UInt128)(40 + random.Next(4)));
        return net.Rows.By<NetworkInterface>(NetworkInterface.AddressWord(subnet.Id, address)).Any() ? null : address.ToString();
    }

    private T One<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
