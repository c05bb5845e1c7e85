using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Following changes to load balancers, their targets and the world.</summary>
internal sealed partial class Incremental
{
    /// <summary>Targets, by their ids, whose own entries must be made anew in a pool that is otherwise as it was.</summary>
    private readonly Dictionary<RowKey, HashSet<string>> targets = [];

    private void FollowBalancer(int place, Partition rows, Change change)
    {
        RowKey key = new(place, change.Key);
        switch (change.After ?? change.Before)
        {
            case LoadBalancer:
                balancers.Add(key);
                AddNodes(place, (change.Before as LoadBalancer)?.Nodes.Select(n => n.InterfaceId));
                AddNodes(place, (change.After as LoadBalancer)?.Nodes.Select(n => n.InterfaceId));
                break;
            case ClassicLoadBalancer:
                balancers.Add(key);
                pools.Add(key);
                AddNodes(place, (change.Before as ClassicLoadBalancer)?.Nodes.Select(n => n.NetworkInterfaceId));
                AddNodes(place, (change.After as ClassicLoadBalancer)?.Nodes.Select(n => n.NetworkInterfaceId));
                break;
            case Listener listener:
                balancers.Add(new RowKey(place, listener.LoadBalancerKey));
                break;
            case ListenerRule rule:
                if (rows.Table<Listener>().Find(rule.ListenerKey) is { } of)
                {
                    balancers.Add(new RowKey(place, of.LoadBalancerKey));
                }

                break;
            default:
                pools.Add(key);
                break;
        }
    }

    private void AddNodes(int place, IEnumerable<Id<NetworkInterface>>? nodes)
    {
        foreach (Id<NetworkInterface> node in nodes ?? [])
        {
            nics.Add(new RowKey(place, node.Value));
        }
    }

    /// <summary>The pools that an instance is a target of.</summary>
    private void FollowTarget(int place, Partition rows, string instance)
    {
        foreach (TargetGroup group in rows.By<TargetGroup>(TargetGroup.TargetWord(instance)))
        {
            AddTarget(new RowKey(place, group.Key), instance);
        }

        foreach (ClassicLoadBalancer balancer in rows.By<ClassicLoadBalancer>(instance))
        {
            AddTarget(new RowKey(place, balancer.Key), instance);
        }
    }

    private void AddTarget(RowKey pool, string id)
    {
        if (!targets.TryGetValue(pool, out HashSet<string>? ids))
        {
            targets.Add(pool, ids = new HashSet<string>(StringComparer.Ordinal));
        }

        ids.Add(id);
    }

    /// <summary>The balancer that an interface is a node of, and the pools that its instance is a target of.</summary>
    private void FollowNode(int place, Partition rows, NetworkInterface? row)
    {
        if (row is null)
        {
            return;
        }

        AddAll(balancers, place, rows.By<LoadBalancer>(row.Key));
        AddAll(balancers, place, rows.By<ClassicLoadBalancer>(row.Key));
        if (row.Attachment?.InstanceId is { } instance)
        {
            FollowTarget(place, rows, instance.Value);
        }
    }

    /// <summary>What the world says otherwise than before: failures, and where machines listen.</summary>
    private void FollowWorld(World before, World after)
    {
        if (ReferenceEquals(before, after))
        {
            return;
        }

        foreach (WorldFailure failure in WorldFacts.ChangedFailures(before, after))
        {
            if (work.Cloud.Partitions.TryGetValue(failure.Partition, out Partition? rows))
            {
                FollowFailure(work.PlaceOf(failure.Partition), rows, failure.Subject);
            }
        }

        HashSet<string> listeners = WorldFacts.ChangedListeners(before, after);
        foreach (Partition rows in listeners.Count == 0 ? [] : work.Cloud.Partitions.Values)
        {
            foreach (Instance row in rows.All<Instance>())
            {
                if (listeners.Contains(row.Key) || (Tags.NameOf(row) is { } name && listeners.Contains(name)))
                {
                    int place = work.PlaceOf(rows.Key);
                    instances.Add(new RowKey(place, row.Key));
                    AddAll(nics, place, rows.By<NetworkInterface>(row.Key));
                }
            }
        }
    }

    private void FollowFailure(int place, Partition rows, string subject)
    {
        if (subject.StartsWith(WorldFailure.Target, StringComparison.Ordinal))
        {
            string rest = subject[WorldFailure.Target.Length..];
            foreach (int slash in Slashes(rest))
            {
                string target = rest[(slash + 1)..];
                int port = target.LastIndexOf(':');
                AddTarget(new RowKey(place, rest[..slash]), target);
                AddTarget(new RowKey(place, rest[..slash]), port < 0 ? target : target[..port]);
            }

            return;
        }

        string id = subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (subject.StartsWith(WorldFailure.Interface, StringComparison.Ordinal))
        {
            nics.Add(new RowKey(place, id));
        }
        else if (subject.StartsWith(WorldFailure.Instance, StringComparison.Ordinal))
        {
            AddAll(nics, place, rows.By<NetworkInterface>(id));
        }
        else
        {
            foreach (Subnet subnet in rows.All<Subnet>().Where(s => s.Zone == id))
            {
                AddAll(nics, place, rows.By<NetworkInterface>(subnet.Key));
            }
        }
    }

    /// <summary>Where a target group's key may end: its own slash is followed by another before the target's id.</summary>
    private static IEnumerable<int> Slashes(string text)
    {
        for (int at = text.IndexOf('/', StringComparison.Ordinal); at >= 0; at = text.IndexOf('/', at + 1))
        {
            yield return at;
        }
    }

    private void WorkBalancers()
    {
        foreach (RowKey key in pools)
        {
            Partition rows = work.PartitionAt(key.Partition);
            if (rows.Table<TargetGroup>().Find(key.Id) is { } group)
            {
                Pools.Put(work, key.Partition, group);
            }
            else if (rows.Table<ClassicLoadBalancer>().Find(key.Id) is { } classic)
            {
                Pools.Put(work, key.Partition, classic);
            }
            else
            {
                Pools.Remove(work, key);
            }
        }

        foreach ((RowKey key, HashSet<string> ids) in targets)
        {
            if (!pools.Contains(key))
            {
                Pools.PutTargets(work, key, ids);
            }
        }

        foreach (RowKey key in balancers)
        {
            Partition rows = work.PartitionAt(key.Partition);
            if (rows.Table<LoadBalancer>().Find(key.Id) is { } row)
            {
                Balancers.Put(work, key.Partition, row);
            }
            else if (rows.Table<ClassicLoadBalancer>().Find(key.Id) is { } classic)
            {
                Balancers.Put(work, key.Partition, classic);
            }
            else
            {
                Balancers.Remove(work, key);
            }
        }
    }
}
