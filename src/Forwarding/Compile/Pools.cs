using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Target group, or a classic load balancer's instances → pool. Source: AWS, "Target groups for your Network Load Balancers".</summary>
internal static class Pools
{
    private const string EveryZone = "all";

    /// <summary>The one HTTP status that a classic load balancer takes for well.</summary>
    private const int Well = 200;

    /// <summary>The pool's handle; it gets one on first mention, its row need not exist.</summary>
    public static int Declare(Workspace work, RowKey key)
    {
        int handle = work.PoolHandles.Find(key);
        if (handle < 0)
        {
            handle = work.Pools.Add(Nothing(key, -1));
            work.PoolHandles = work.Add(work.PoolHandles, key, handle);
        }

        return handle;
    }

    public static void Put(Workspace work, int partition, TargetGroup row)
    {
        RowKey key = new(partition, row.Key);
        int handle = Declare(work, key);
        PoolTarget[] targets = new PoolTarget[row.Targets.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = TargetOf(work, partition, row, row.Targets[i]);
        }

        Parting whenIll = PartingOf(row, TargetGroupAttributes.EndsUnhealthy, TargetGroupAttributes.FailoverOnUnhealthy);
        Parting whenGone = PartingOf(row, TargetGroupAttributes.EndsDrained, TargetGroupAttributes.FailoverOnDeregistration);
        work.Pools.Edit(handle) = new Pool(
            key,
            row.VpcId is { } vpc ? work.DomainHandles.Find(new RowKey(partition, vpc.Value)) : -1,
            work.Pools[handle].Balancer,
            row.Protocol switch
            {
                "UDP" or "QUIC" => Transports.Udp,
                "TCP_UDP" or "TCP_QUIC" => Transports.Both,
                "GENEVE" => Transports.Tunnelled,
                _ => Transports.Tcp,
            },
            row.AttributeOf(TargetGroupAttributes.PreserveClientIp) == "true",
            row.AttributeOf(TargetGroupAttributes.CrossZone) switch
            {
                "true" => true,
                "false" => false,
                _ => null,
            },
            StickinessOf(row),
            MinHealthyOf(row),
            CheckOf(row),
            TargetList.Of(targets),
            ZonesOf(targets))
        {
            AppCookie = row.AttributeOf(TargetGroupAttributes.AppCookieName) ?? "",
            Draining = [.. row.Draining.Select(d => TargetOf(work, partition, row, d.Target))],
            WhenIll = whenIll,
            WhenGone = whenGone,
        };
    }

    public static void Put(Workspace work, int partition, ClassicLoadBalancer row)
    {
        RowKey key = new(partition, row.Key);
        int handle = Declare(work, key);
        PoolTarget[] targets = new PoolTarget[row.Instances.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = InstanceOf(work, partition, row, row.Instances[i]);
        }

        work.Pools.Edit(handle) = new Pool(
            key,
            work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)),
            work.Pools[handle].Balancer,
            Transports.Tcp,
            KeepsSource: false,
            CrossZone: null,
            Stickiness.Connection,
            MinHealthy: 1,
            CheckOf(row.HealthCheck),
            TargetList.Of(targets),
            ZonesOf(targets))
        {
            Draining = [.. row.Draining.Select(d => InstanceOf(work, partition, row, d.Instance))],

            // With draining on requests in flight to an ill instance are completed too (AWS, "Configure connection draining").
            WhenIll = row.ConnectionDraining ? Parting.GoesOn : Parting.Ends,
        };
    }

    /// <summary>Makes the entries of some targets anew, by their ids; the pool's row is as it was.</summary>
    public static void PutTargets(Workspace work, RowKey key, HashSet<string> ids)
    {
        int handle = work.PoolHandles.Find(key);
        Partition rows = work.PartitionAt(key.Partition);
        TargetGroup? group = rows.Table<TargetGroup>().Find(key.Id);
        ClassicLoadBalancer? classic = group is null ? rows.Table<ClassicLoadBalancer>().Find(key.Id) : null;
        if (handle < 0 || (group is null && classic is null))
        {
            return;
        }

        Pool pool = work.Pools[handle];
        List<(int Place, PoolTarget Target)> changes = [];
        bool moved = false;
        string? only = ids.Count == 1 ? ids.Single() : null;
        for (int i = 0; i < pool.Targets.Length; i++)
        {
            ref readonly PoolTarget before = ref pool.Targets[i];
            if (only is null ? ids.Contains(before.Id) : before.Id == only)
            {
                PoolTarget after = group is not null
                    ? TargetOf(work, key.Partition, group, group.Targets[i])
                    : InstanceOf(work, key.Partition, classic!, classic!.Instances[i]);
                moved |= before.Zone != after.Zone;
                changes.Add((i, after));
            }
        }

        TargetList next = pool.Targets.With(changes);
        work.Pools.Edit(handle) = pool with
        {
            Targets = next,
            Zones = moved ? ZonesOf([.. next]) : pool.Zones,
            Draining = group is not null
                ? [.. group.Draining.Select(d => TargetOf(work, key.Partition, group, d.Target))]
                : [.. classic!.Draining.Select(d => InstanceOf(work, key.Partition, classic, d.Instance))],
        };
    }

    public static void Remove(Workspace work, RowKey key)
    {
        if (work.PoolHandles.Find(key) is >= 0 and int handle)
        {
            work.Pools.Edit(handle) = Nothing(key, work.Pools[handle].Balancer);
        }
    }

    private static Pool Nothing(RowKey key, int balancer) =>
        new(key, -1, balancer, Transports.None, false, null, Stickiness.Connection, 1, new PoolCheck(false, 0, null), TargetList.Empty, []);

    /// <summary>Stickiness by addresses, and by cookies that the client must bring.</summary>
    private static Stickiness StickinessOf(TargetGroup row) =>
        row.AttributeOf(TargetGroupAttributes.StickinessEnabled) != "true" ? Stickiness.Connection
        : row.AttributeOf(TargetGroupAttributes.StickinessType) switch
        {
            "source_ip" => Stickiness.Source,
            "source_ip_dest_ip" => Stickiness.Ends,
            "source_ip_dest_ip_proto" => Stickiness.Protocol,
            "lb_cookie" => Stickiness.Cookie,
            "app_cookie" => Stickiness.ApplicationCookie,
            _ => Stickiness.Connection,
        };

    /// <summary>
    /// Network load balancers say by an attribute whether connections end, gateway ones whether they move; application ones complete the request
    /// under way, and nothing keeps a target that has left.
    /// </summary>
    private static Parting PartingOf(TargetGroup row, string ends, string moves) =>
        row.Protocol == "GENEVE" ? (row.AttributeOf(moves) == "rebalance" ? Parting.Moves : Parting.GoesOn)
        : row.AttributeOf(ends) == "false" ? Parting.GoesOn
        : Parting.Ends;

    private static int MinHealthyOf(TargetGroup row)
    {
        int count = NumberOf(row.AttributeOf(TargetGroupAttributes.MinimumHealthyCount), 1);
        int percentage = NumberOf(row.AttributeOf(TargetGroupAttributes.MinimumHealthyPercentage), 0);
        return Math.Max(count, ((row.Targets.Length * percentage) + 99) / 100);
    }

    /// <summary>An attribute's number; <c>off</c> is none.</summary>
    private static int NumberOf(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static PoolCheck CheckOf(TargetGroup row)
    {
        HealthCheck check = row.HealthCheck;
        bool asks = check.Protocol is "HTTP" or "HTTPS";
        return new PoolCheck(check.Enabled, (ushort)NumberOf(check.Port, 0), asks ? RequestOf(check.Path, check.Protocol == "HTTPS") : null)
        {
            // The codes of gRPC are another kind of answer, of which the world says nothing.
            Statuses = asks && row.ProtocolVersion != "GRPC" && check.Matcher is { } matcher ? StatusesOf(matcher) : null,
        };
    }

    /// <summary>Statuses such as <c>200-299,302</c>.</summary>
    private static (int From, int To)[] StatusesOf(string matcher) =>
        [.. matcher.Split(',').Select(p => p.Split('-')).Select(p => (NumberOf(p[0], 0), NumberOf(p[^1], 0)))];

    private static PoolCheck CheckOf(ClassicHealthCheck check)
    {
        string[] words = check.Target.Split(':', 2);
        string[] rest = words.Length == 2 ? words[1].Split('/', 2) : ["0"];
        ushort port = (ushort)NumberOf(rest[0], 0);
        return rest.Length == 2
            ? new PoolCheck(true, port, RequestOf("/" + rest[1], words[0] == "HTTPS")) { Statuses = [(Well, Well)] }
            : new PoolCheck(true, port, null);
    }

    private static HttpRequest RequestOf(string? path, bool secure)
    {
        string[] parts = (path ?? "/").Split('?', 2);
        return new HttpRequest("GET", "", parts[0], parts.Length == 2 ? parts[1] : "", []) { IsSecure = secure };
    }

    private static PoolTarget InstanceOf(Workspace work, int partition, ClassicLoadBalancer row, Id<Instance> id)
    {
        bool failed = work.World.AnyFailed && work.World.HasFailed(work.KeyOf(partition), WorldFailure.Target, $"{row.Name}/{id}");
        return OfMachine(work, partition, id.Value, 0, isV4: true, failed);
    }

    /// <summary>The targets that each zone's nodes are near to: the zone's own, and those of every zone.</summary>
    private static PoolZone[] ZonesOf(PoolTarget[] targets)
    {
        List<PoolZone> zones = [];
        foreach (string zone in targets.Select(t => t.Zone).Distinct(StringComparer.Ordinal))
        {
            zones.Add(new PoolZone(
                zone, [.. Enumerable.Range(0, targets.Length).Where(i => targets[i].Zone == zone || targets[i].Zone.Length == 0)]));
        }

        return [.. zones];
    }

    private static PoolTarget TargetOf(Workspace work, int partition, TargetGroup row, RegisteredTarget target)
    {
        bool failed = work.World.AnyFailed && work.World.HasFailed(
            work.KeyOf(partition), WorldFailure.Target, string.Create(CultureInfo.InvariantCulture, $"{row.Key}/{target.Id}:{target.Port}"));
        if (row.TargetType == TargetType.Instance)
        {
            return OfMachine(work, partition, target.Id, (ushort)target.Port, row.IpAddressType != "ipv6", failed);
        }

        TargetStanding standing = failed ? TargetStanding.Failed : TargetStanding.Present;
        if (row.TargetType == TargetType.Alb)
        {
            int balancer = Balancers.Declare(work, new RowKey(partition, LoadBalancer.KeyOfArn(target.Id) ?? target.Id));
            return new PoolTarget(target.Id, -1, default, (ushort)target.Port, "", balancer, standing);
        }

        string zone = target.Zone is null or EveryZone ? "" : Subnets.ZoneOf(work.KeyOf(partition), target.Zone);
        return new PoolTarget(target.Id, -1, IpAddress.Parse(target.Id), (ushort)target.Port, zone, -1, standing);
    }

    /// <summary>A machine is reached by its first interface's first address.</summary>
    private static PoolTarget OfMachine(Workspace work, int partition, string id, ushort port, bool isV4, bool failed)
    {
        int machine = work.MachineHandles.Find(new RowKey(partition, id));
        int nic = machine < 0 ? -1 : work.Machines[machine].Primary;
        InstanceState? state = work.PartitionAt(partition).Find(new Id<Instance>(id))?.State;
        if (nic < 0 || state is null or InstanceState.Terminated or InstanceState.ShuttingDown)
        {
            return new PoolTarget(id, -1, default, port, "", -1, TargetStanding.Gone);
        }

        TargetStanding standing = failed ? TargetStanding.Failed
            : state is InstanceState.Stopped or InstanceState.Stopping ? TargetStanding.Stopped
            : TargetStanding.Present;
        return new PoolTarget(id, nic, AddressOf(work, nic, isV4), port, work.ZoneOf(nic), -1, standing);
    }

    private static IpAddress AddressOf(Workspace work, int nic, bool isV4)
    {
        foreach (IpAddress address in work.NicMores[nic].Addresses)
        {
            if (address.IsV4 == isV4)
            {
                return address;
            }
        }

        return default;
    }
}
