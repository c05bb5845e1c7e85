using System.Diagnostics;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Bench;

/// <summary>Measures load balancers of 1,000 targets: verdicts through them, and how soon a target's changed health can be asked for.</summary>
public static class BalancerLimits
{
    private const int FlowCount = 1 << 16;
    private const int Rounds = 8;
    private const int ChangeCount = 200;

    /// <summary>Each change is made so often and its least time counts: other work on the machine interrupts now and then.</summary>
    private const int Repeats = 3;
    private const int WarmUps = 100;

    /// <param name="line">Prints a measurement; false where it is over its limit.</param>
    public static bool Run(Func<string, double, string, double, bool> line)
    {
        BalancedCloud made = BalancedCloud.Make();
        ForwardingState state = Compiler.Compile(made.Cloud);
        bool good = Evaluate(state, made, "ALB", made.AlbAddress, line);
        good &= Evaluate(state, made, "NLB", made.NlbAddress, line);
        good &= Change(state, made, "instance stopped to health", line, (draft, i) =>
            draft.Put(BalancedCloud.Home, made.Instances[i] with { State = InstanceState.Stopped }));
        good &= Change(state, made, "group changed to health", line, (draft, i) =>
            draft.Put(BalancedCloud.Home, made.Group with { Rules = [made.Group.Rules[0] with { FromPort = 81 + i, ToPort = 81 + i }] }));
        return good & Change(state, made, "target failed to health", line, (draft, i) => draft.SetWorld(made.Cloud.World with
        {
            Failures = [new WorldFailure(BalancedCloud.Home, $"{WorldFailure.Target}{made.Pool}/{made.Instances[i].Key}:80")],
        }));
    }

    private static bool Evaluate(
        ForwardingState state, BalancedCloud made, string name, IpAddress address, Func<string, double, string, double, bool> line)
    {
        Tracer tracer = new(state);
        Origin origin = Origin.OfNic(state.NicOf(BalancedCloud.Home, made.Client.Key));
        HttpRequest request = new("GET", "shop.example", "/cart/7", "", []);
        Flow[] flows = new Flow[FlowCount];
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i] = new Flow(origin, made.Client.PrimaryIp!.Value, address, Protocols.Tcp, (ushort)i, 80) { Http = request };
        }

        double best = double.MaxValue;
        long allocated = 0;
        int delivered = 0;
        for (int round = 0; round < Rounds; round++)
        {
            delivered = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            foreach (ref readonly Flow flow in flows.AsSpan())
            {
                delivered += tracer.Evaluate(flow).Delivered ? 1 : 0;
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / flows.Length);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  through the {name}: {1e9 / best:F0} verdicts a second, {delivered} of {flows.Length} delivered"));
        return line($"flow through the {name}, there and back", best, "ns", 5000)
            & line($"allocated a flow through the {name}", (double)allocated / flows.Length, "B", 0)
            & delivered == flows.Length;
    }

    private static bool Change(
        ForwardingState state, BalancedCloud made, string what, Func<string, double, string, double, bool> line, Action<Draft, int> change)
    {
        List<double> times = [];
        int collections = GC.CollectionCount(0);
        for (int i = -WarmUps; i < ChangeCount; i++)
        {
            int target = Math.Abs(i);
            Draft draft = new(made.Cloud);
            change(draft, target);
            CloudSnapshot next = draft.Next;
            double least = double.MaxValue;
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                long start = Stopwatch.GetTimestamp();
                Tracer tracer = new(Compiler.Apply(state, next, draft.Changes));
                TargetHealth? health = tracer.HealthOfTarget(BalancedCloud.Home, made.Pool, made.Instances[target].Key, 80);
                least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                if (health is null or { State: TargetState.Healthy })
                {
                    throw new InvalidOperationException($"{what}: {made.Instances[target].Key} is still healthy");
                }
            }

            if (i >= 0)
            {
                times.Add(least);
            }
        }

        Draft last = new(made.Cloud);
        change(last, 0);
        long asked = GC.GetAllocatedBytesForCurrentThread();
        Compiler.Apply(state, last.Next, last.Changes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: {GC.GetAllocatedBytesForCurrentThread() - asked} bytes a change, {GC.CollectionCount(0) - collections} collections"));
        times.Sort();
        return line($"{what}, p99", times[times.Count * 99 / 100], "µs", 1000)
            & line($"{what}, median", times[times.Count / 2], "µs", 1000);
    }
}

/// <summary>An application and a network load balancer of three zones over the same 1,000 instances.</summary>
public sealed class BalancedCloud
{
    public static readonly PartitionKey Home = new("000000000000", "us-east-1");
    private const int Targets = 1000;

    private readonly Draft draft = new(CloudSnapshot.Empty.With(Partition.Empty(Home)));
    private readonly List<Subnet> subnets = [];
    private int made;

    public CloudSnapshot Cloud => draft.Next;

    public Instance[] Instances { get; } = new Instance[Targets];

    /// <summary>The targets' group, which admits port 80.</summary>
    public SecurityGroup Group { get; private set; } = null!;

    public NetworkInterface Client { get; private set; } = null!;

    /// <summary>The key of the application load balancer's target group.</summary>
    public string Pool { get; private set; } = "";

    public IpAddress AlbAddress { get; private set; }

    public IpAddress NlbAddress { get; private set; }

    public static BalancedCloud Make()
    {
        BalancedCloud cloud = new();
        cloud.Build();
        return cloud;
    }

    private string NewId(string prefix) => $"{prefix}-{++made:x17}";

    private void Build()
    {
        Vpc vpc = new() { Id = new(NewId("vpc")), Cidrs = [new CidrAssociation(NewId("vpc-cidr-assoc"), Prefix.Parse("10.0.0.0/16"))] };
        draft.Put(Home, vpc);
        draft.Put(Home, VpcParts.MainRouteTable(vpc, NewId));
        NetworkAcl acl = VpcParts.DefaultAcl(vpc, NewId);
        foreach (string zone in new[] { "us-east-1a", "us-east-1b", "us-east-1c" })
        {
            Subnet subnet = new() { Id = new(NewId("subnet")), VpcId = vpc.Id, Zone = zone, Cidr = Prefix.Parse($"10.0.{subnets.Count * 16}.0/20") };
            subnets.Add(subnet);
            draft.Put(Home, subnet);
            acl = acl with { Associations = acl.Associations.Add(new NetworkAclAssociation(NewId("aclassoc"), subnet.Id)) };
        }

        draft.Put(Home, acl);
        SecurityGroup open = GroupOf(vpc, "open", RuleOf(false, null, Prefix.AnyV4), RuleOf(true, null, Prefix.AnyV4));
        Group = GroupOf(vpc, "targets", RuleOf(false, 80, Prefix.Parse("10.0.0.0/17")));
        BuildRest(vpc, open);
    }

    private void BuildRest(Vpc vpc, SecurityGroup open)
    {
        Client = Machine(subnets[0], IpAddress.FromV4(0x0A000032), open, out _);
        for (int i = 0; i < Targets; i++)
        {
            Subnet subnet = subnets[i % subnets.Count];
            Machine(subnet, subnet.Cidr!.Value.First.Plus((UInt128)(256 + i)), Group, out Instances[i]);
        }

        Pool = TargetsOf(vpc, "web", "HTTP");
        AlbAddress = Balancer(LoadBalancerType.Application, vpc, "web", "HTTP", Pool, 9, open);
        NlbAddress = Balancer(LoadBalancerType.Network, vpc, "raw", "TCP", TargetsOf(vpc, "raw", "TCP"), 10, null);
    }

    private SecurityGroup GroupOf(Vpc vpc, string name, params SecurityGroupRule[] rules)
    {
        SecurityGroup group = new() { Id = new(NewId("sg")), Name = name, Description = "synthetic", VpcId = vpc.Id, Rules = [.. rules] };
        draft.Put(Home, group);
        return group;
    }

    private SecurityGroupRule RuleOf(bool isEgress, int? port, Prefix block) =>
        new(NewId("sgr"), isEgress, port is null ? -1 : Protocols.Tcp, port, port, new RulePeer(block));

    private NetworkInterface Machine(Subnet subnet, IpAddress address, SecurityGroup group, out Instance instance)
    {
        instance = new Instance
        {
            Id = new(NewId("i")),
            ReservationId = "r-1",
            ImageId = "ami-1",
            InstanceType = "t3.micro",
            State = InstanceState.Running,
            LaunchTime = DateTimeOffset.UnixEpoch,
            Zone = subnet.Zone,
            SubnetId = subnet.Id,
            VpcId = subnet.VpcId,
        };
        draft.Put(Home, instance);
        return Interface(subnet, address, "interface", [group.Id], instance);
    }

    private NetworkInterface Interface(Subnet subnet, IpAddress address, string type, Id<SecurityGroup>[] groups, Instance? instance)
    {
        NetworkInterface eni = new()
        {
            Id = new(NewId("eni")),
            SubnetId = subnet.Id,
            VpcId = subnet.VpcId,
            InterfaceType = type,
            MacAddress = "02:00:00:00:00:01",
            PrivateAddresses = [new InterfaceAddress(address)],
            Groups = [.. groups],
            RequesterManaged = instance is null,
            Attachment = instance is null ? null
                : new InterfaceAttachment(NewId("eni-attach"), instance.Id, Home.Account, 0, 0, DateTimeOffset.UnixEpoch, true),
        };
        draft.Put(Home, eni);
        return eni;
    }

    private string TargetsOf(Vpc vpc, string name, string protocol)
    {
        TargetGroup group = new()
        {
            Key = $"{name}/{++made:x16}",
            Name = name,
            Protocol = protocol,
            Port = 80,
            VpcId = vpc.Id,
            HealthCheck = new HealthCheck(true, protocol, "traffic-port", protocol == "HTTP" ? "/" : null, 30, 5, 5, 2, null),
            Targets = [.. Instances.Select(i => new RegisteredTarget(i.Key, 80, null, DateTimeOffset.UnixEpoch))],
            CreatedTime = DateTimeOffset.UnixEpoch,
        };
        draft.Put(Home, group);
        return group.Key;
    }

    private IpAddress Balancer(LoadBalancerType type, Vpc vpc, string name, string protocol, string pool, int host, SecurityGroup? group)
    {
        bool application = type == LoadBalancerType.Application;
        Id<SecurityGroup>[] groups = group is null ? [] : [group.Id];
        LoadBalancer row = new()
        {
            Key = $"{(application ? "app" : "net")}/{name}/{++made:x16}",
            Name = name,
            Type = type,
            VpcId = vpc.Id,
            SecurityGroups = [.. groups],
            DnsName = $"{name}-1.elb.us-east-1.amazonaws.com",
            CreatedTime = DateTimeOffset.UnixEpoch,
        };
        foreach (Subnet subnet in subnets)
        {
            IpAddress address = subnet.Cidr!.Value.First.Plus((UInt128)host);
            NetworkInterface eni = Interface(subnet, address, application ? "interface" : "network_load_balancer", groups, null);
            row = row with { Nodes = row.Nodes.Add(new LoadBalancerNode(subnet.Id, subnet.Zone, eni.Id, null, address)) };
        }

        draft.Put(Home, row);
        LbAction forward = new(LbActionType.Forward, Forward: new LbForward([new LbForwardTarget(pool)]));
        Listener listener = new()
        {
            Key = $"{row.Key}/{++made:x16}",
            LoadBalancerKey = row.Key,
            Protocol = protocol,
            Port = 80,
            DefaultActions = [forward],
            DefaultRuleId = $"{++made:x16}",
            CreatedTime = DateTimeOffset.UnixEpoch,
        };
        draft.Put(Home, listener);
        for (int i = 0; application && i < 10; i++)
        {
            draft.Put(Home, new ListenerRule
            {
                Key = $"{listener.Key}/{++made:x16}",
                ListenerKey = listener.Key,
                Priority = i + 1,
                Conditions = [new RuleCondition { Field = "path-pattern", Values = [i == 9 ? "/cart*" : $"/api{i}/*"] }],
                Actions = [forward],
            });
        }

        return row.Nodes[0].PrivateIp!.Value;
    }
}
