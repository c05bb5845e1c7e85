using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Network interface → nic, its addresses in the domain and outside. Source: AWS, "Elastic network interfaces".</summary>
internal static class NetworkInterfaces
{
    public static void Put(Workspace work, int partition, NetworkInterface row)
    {
        RowKey key = new(partition, row.Key);
        Partition rows = work.PartitionAt(partition);
        NicMore more = MoreOf(rows, key, row);
        int domain = work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value));
        int handle = work.NicHandles.Find(key);
        bool stays = handle >= 0 && StaysWhereItIs(work, handle, domain, more);
        if (handle < 0)
        {
            handle = work.Nics.Add(default);
            work.NicMores.Add(new NicMore(key, [], [], []));
            work.NicHandles = work.Add(work.NicHandles, key, handle);
        }
        else
        {
            Withdraw(work, handle, inside: !stays);
            VpcEndpoints.Close(work, handle);
        }

        work.NicMores.Edit(handle) = more;
        (NicTraits held, int service) = HolderOf(work, rows, partition, row);
        int translator = held == NicTraits.Translates ? service : -1;
        int machine = row.Attachment?.InstanceId is { } instance
            ? work.MachineHandles.Find(new RowKey(partition, instance.Value))
            : -1;
        Nic nic = new()
        {
            Address = row.PrimaryIp?.V4Bits ?? 0,
            PublicAddress = row.PrimaryIp is { } primary ? PublicOf(more, primary.V4Bits) : 0,
            Segment = work.SegmentHandles.Find(new RowKey(partition, row.SubnetId.Value)),
            Domain = domain,
            Filter = FilterOf(work, partition, row, held),
            Machine = machine,
            Service = service,
            Traits = held | TraitsOf(work, row, more, machine, held),
        };
        if (work.World.AnyFailed && nic.Has(NicTraits.Running) && HasFailed(work, partition, row))
        {
            nic.Traits = (nic.Traits & ~NicTraits.Running) | NicTraits.Fails;
        }

        work.Nics.Edit(handle) = nic;
        Announce(work, handle, nic.Domain, more, inside: !stays);
        if (translator >= 0)
        {
            ref Translator entry = ref work.Translators.Edit(translator);
            entry = entry with { Nic = handle, Address = nic.Address };
        }

        if (held == NicTraits.Tunnels)
        {
            ref Entrance entry = ref work.Entrances.Edit(service);
            entry = entry with { Door = handle };
        }

        if (machine >= 0 && row.Attachment!.DeviceIndex == 0)
        {
            ref Machine entry = ref work.Machines.Edit(machine);
            entry = entry with { Primary = handle };
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.NicHandles.Find(key) is >= 0 and int handle)
        {
            Withdraw(work, handle, inside: true);
            VpcEndpoints.Close(work, handle);
            ref Nic nic = ref work.Nics.Edit(handle);
            nic.Traits = NicTraits.Gone;
            nic.Machine = -1;
            nic.Service = -1;
            work.NicMores.Edit(handle) = new NicMore(key, [], [], []);
            work.NicHandles = work.Add(work.NicHandles, key, -1);
        }
    }

    /// <summary>
    /// Whether the domain knows the interface by just the addresses that it has: then its tables need no copy, which is most of what a machine's
    /// change would cost.
    /// </summary>
    private static bool StaysWhereItIs(Workspace work, int handle, int domain, NicMore more)
    {
        NicMore before = work.NicMores[handle];
        if (domain < 0 || work.Nics[handle].Domain != domain || before.Blocks.Count > 0 || more.Blocks.Count > 0
            || !before.Addresses.SequenceEqual(more.Addresses))
        {
            return false;
        }

        foreach (IpAddress address in more.Addresses)
        {
            int known = address.IsV4
                ? work.Domains[domain].Nics.Find(address.V4Bits)
                : work.Domains[domain].More.Nics6.TryGetValue(address.Bits, out int six) ? six : -1;
            if (known != handle)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The public address that stands for a private one, or 0.</summary>
    private static uint PublicOf(NicMore more, uint address)
    {
        foreach ((uint inside, uint outside) in more.Public)
        {
            if (inside == address)
            {
                return outside;
            }
        }

        return 0;
    }

    private static NicMore MoreOf(Partition rows, RowKey key, NetworkInterface row)
    {
        int v4 = row.PrivateAddresses.Length;
        IpAddress[] addresses = new IpAddress[v4 + row.Ipv6Addresses.Length];
        List<(uint Private, uint Public)>? pairs = null;
        for (int i = 0; i < v4; i++)
        {
            addresses[i] = row.PrivateAddresses[i].Ip;
            if (row.PrivateAddresses[i].AutoPublicIp is { } auto)
            {
                (pairs ??= []).Add((addresses[i].V4Bits, auto.V4Bits));
            }
        }

        row.Ipv6Addresses.CopyTo(addresses, v4);
        if (rows.Table<ElasticIp>().Any(row.Key))
        {
            foreach (ElasticIp elastic in rows.By<ElasticIp>(row.Key))
            {
                if (elastic.Association is { } bound && bound.NetworkInterfaceId == row.Id)
                {
                    pairs ??= [];
                    pairs.RemoveAll(p => p.Private == bound.PrivateIp.V4Bits);
                    pairs.Add((bound.PrivateIp.V4Bits, elastic.PublicIp.V4Bits));
                }
            }
        }

        Prefix[] blocks = row.Ipv4Prefixes.IsEmpty && row.Ipv6Prefixes.IsEmpty ? [] : [.. row.Ipv4Prefixes, .. row.Ipv6Prefixes];
        return new NicMore(key, addresses, blocks, pairs is null ? [] : [.. pairs])
        {
            Mac = row.MacAddress,
            Slot = row.Attachment?.DeviceIndex ?? 0,
        };
    }

    /// <summary>The service that holds the interface: what it is, and its handle; nothing and -1 where none does.</summary>
    private static (NicTraits Held, int Service) HolderOf(Workspace work, Partition rows, int partition, NetworkInterface row)
    {
        int translator = TranslatorOf(work, rows, partition, row.Key);
        int balancer = translator >= 0 ? -1 : BalancerOf(work, rows, partition, row.Key);
        return translator >= 0 ? (NicTraits.Translates, translator)
            : balancer >= 0 ? (NicTraits.Balances, balancer)
            : VpcEndpoints.DoorOf(work, rows, partition, row.Key);
    }

    private static int BalancerOf(Workspace work, Partition rows, int partition, string eni)
    {
        Table<LoadBalancer> balancers = rows.Table<LoadBalancer>();
        if (balancers.Count > 0 && balancers.Any(eni))
        {
            return Balancers.Declare(work, new RowKey(partition, balancers.By(eni).First().Key));
        }

        Table<ClassicLoadBalancer> classic = rows.Table<ClassicLoadBalancer>();
        return classic.Count > 0 && classic.Any(eni) ? Balancers.Declare(work, new RowKey(partition, classic.By(eni).First().Key)) : -1;
    }

    private static bool HasFailed(Workspace work, int partition, NetworkInterface row)
    {
        PartitionKey at = work.KeyOf(partition);
        return work.World.HasFailed(at, WorldFailure.Interface, row.Key)
            || (row.Attachment?.InstanceId is { } instance && work.World.HasFailed(at, WorldFailure.Instance, instance.Value))
            || (work.PartitionAt(partition).Find(row.SubnetId) is { } subnet && work.World.HasFailed(at, WorldFailure.Zone, subnet.Zone));
    }

    private static int TranslatorOf(Workspace work, Partition rows, int partition, string eni)
    {
        if (!rows.Table<NatGateway>().Any(eni))
        {
            return -1;
        }

        foreach (NatGateway gateway in rows.By<NatGateway>(eni))
        {
            return work.TranslatorHandles.Find(new RowKey(partition, gateway.Key));
        }

        return -1;
    }

    /// <summary>Interfaces that AWS runs for a service may have no group: then nothing filters. Any other without one admits nothing.</summary>
    private static int FilterOf(Workspace work, int partition, NetworkInterface row, NicTraits held)
    {
        if (held == NicTraits.Translates || (row.Groups.IsEmpty && (row.RequesterManaged || row.InterfaceType != "interface")))
        {
            return -1;
        }

        int[] groups = work.Scratch(row.Groups.Length);
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = SecurityGroups.GroupOf(work, new RowKey(partition, row.Groups[i].Value));
        }

        Array.Sort(groups);
        return SecurityGroups.FilterOf(work, groups);
    }

    private static NicTraits TraitsOf(Workspace work, NetworkInterface row, NicMore more, int machine, NicTraits held)
    {
        NicTraits traits = row.SourceDestCheck ? NicTraits.ChecksAddresses : 0;
        bool ofMachine = row.Attachment?.InstanceId is not null;
        if (ofMachine)
        {
            traits |= NicTraits.Attached | (machine >= 0 && work.Machines[machine].Runs ? NicTraits.Running : 0);
            traits |= machine >= 0 && work.Machines[machine].Ports is not null ? NicTraits.Picky : 0;
        }
        else if (held != NicTraits.None || (row.InterfaceType != "nat_gateway" && (row.Attachment is not null || row.RequesterManaged)))
        {
            traits |= NicTraits.Attached | NicTraits.Running;
        }

        return traits | (more.Addresses.Count > 1 || more.Blocks.Count > 0 ? NicTraits.HasMore : 0);
    }

    /// <param name="inside">Also to its domain, and not only to the outside.</param>
    private static void Announce(Workspace work, int handle, int domain, NicMore more, bool inside)
    {
        if (domain < 0)
        {
            return;
        }

        foreach (IpAddress address in inside ? more.Addresses : [])
        {
            if (address.IsV4)
            {
                work.OwnAddresses(domain).Set(address.V4Bits, handle);
            }
            else
            {
                work.OwnAddresses6(domain)[address.Bits] = handle;
            }
        }

        foreach (Prefix block in more.Blocks)
        {
            work.OwnDelegated(domain).Add((block, handle));
        }

        foreach ((_, uint outside) in more.Public)
        {
            work.Public.Set(outside, handle);
        }
    }

    /// <summary>Takes back what the interface had announced before.</summary>
    /// <param name="inside">Also from its domain.</param>
    private static void Withdraw(Workspace work, int handle, bool inside)
    {
        NicMore more = work.NicMores[handle];
        int domain = work.Nics[handle].Domain;
        foreach (IpAddress address in inside ? more.Addresses : [])
        {
            if (address.IsV4 && work.OwnAddresses(domain).Find(address.V4Bits) == handle)
            {
                work.OwnAddresses(domain).Remove(address.V4Bits);
            }
            else if (!address.IsV4 && work.OwnAddresses6(domain).GetValueOrDefault(address.Bits, -1) == handle)
            {
                work.OwnAddresses6(domain).Remove(address.Bits);
            }
        }

        if (more.Blocks.Count > 0)
        {
            work.OwnDelegated(domain).RemoveAll(d => d.Nic == handle);
        }

        foreach ((_, uint outside) in more.Public)
        {
            if (work.Public.Find(outside) == handle)
            {
                work.Public.Remove(outside);
            }
        }

        int machine = work.Nics[handle].Machine;
        if (machine >= 0 && work.Machines[machine].Primary == handle)
        {
            ref Machine entry = ref work.Machines.Edit(machine);
            entry = entry with { Primary = -1 };
        }
    }
}
