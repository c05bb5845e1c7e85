using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding;

/// <summary>
/// The cloud compiled: flat tables of interfaces, segments, domains, routes, filters and translations, without an AWS word. Every
/// entry carries its reason: the <see cref="RowKey"/> of the row it was made from.
/// </summary>
/// <remarks>
/// A value: <see cref="Compiler.Apply"/> makes the next one and leaves this one to its readers. A handle is a place in one of the
/// tables; it stays the same through Apply and is given anew by a full compile.
/// </remarks>
public sealed class ForwardingState
{
    internal ForwardingState(HandleSet handles, object lineage)
    {
        Handles = handles;
        Lineage = lineage;
    }

    /// <summary>The cloud it was compiled from: where reasons are looked up.</summary>
    public required CloudSnapshot Cloud { get; init; }

    /// <summary>Accounts and regions; <see cref="RowKey.Partition"/> is a place here.</summary>
    public required ImmutableArray<PartitionKey> Partitions { get; init; }

    /// <summary>How many accounts and regions there are: for those who may not see the cloud's keys.</summary>
    public int PartitionCount => Partitions.Length;

    public required CowArray<Nic> Nics { get; init; }

    public required CowArray<NicMore> NicMores { get; init; }

    public required CowArray<Segment> Segments { get; init; }

    public required CowArray<Domain> Domains { get; init; }

    public required CowArray<RouteMap> RouteMaps { get; init; }

    public required CowArray<Gate> Gates { get; init; }

    public required CowArray<Filter> Filters { get; init; }

    public required CowArray<Group> Groups { get; init; }

    public required CowArray<Border> Borders { get; init; }

    public required CowArray<OneWayBorder> OneWayBorders { get; init; }

    public required CowArray<Translator> Translators { get; init; }

    public required CowArray<Machine> Machines { get; init; }

    public required CowArray<Balancer> Balancers { get; init; }

    public required CowArray<Pool> Pools { get; init; }

    /// <summary>What was worked out about the pools of this state.</summary>
    public required CheckMemo Memo { get; init; }

    public required CowArray<Entrance> Entrances { get; init; }

    public required CowArray<Offer> Offers { get; init; }

    public required CowArray<Link> Links { get; init; }

    public required CowArray<Hub> Hubs { get; init; }

    public required CowArray<Spoke> Spokes { get; init; }

    public required CowArray<Exit> Exits { get; init; }

    /// <summary>What gateways, hubs' tables and routers know of prefixes: read where a packet is at one, and compiled nowhere else.</summary>
    public required SettledRoutes Routes { get; init; }

    public required SiteHosts Sites { get; init; }

    /// <summary>Which machine a speaker (<c>machine:…</c>) is.</summary>
    public required ImmutableDictionary<string, int> Routers { get; init; }

    public required PublicAddresses Public { get; init; }

    /// <summary>Public blocks of the customer's own that nobody announces: unreachable from outside.</summary>
    public required ImmutableArray<Prefix> Unannounced { get; init; }

    /// <summary>Which domain a global IPv6 address lies in.</summary>
    public required IntervalMap Domains6 { get; init; }

    public required Outside Outside { get; init; }

    internal HandleSet Handles { get; }

    /// <summary>The same object in every state that was made from this one by <see cref="Compiler.Apply"/>.</summary>
    internal object Lineage { get; }

    /// <summary>Whether a handle means the same row in both states.</summary>
    public bool SharesHandlesWith(ForwardingState other) => ReferenceEquals(Lineage, other.Lineage);

    /// <summary>Whether the table's entry stands for a row that is there.</summary>
    public bool IsLiveDomain(int handle) => Handles.Domains.Find(Domains[handle].More.Row) == handle;

    /// <inheritdoc cref="IsLiveDomain"/>
    public bool IsLiveEntrance(int handle) => Handles.Entrances.Find(Entrances[handle].Row) == handle;

    /// <inheritdoc cref="IsLiveDomain"/>
    public bool IsLiveSegment(int handle) => Handles.Segments.Find(Segments[handle].More.Row) == handle;

    /// <summary>The handle of a machine by its row's id, whichever partition it is in, or -1.</summary>
    public int MachineOf(string id)
    {
        for (int partition = 0; partition < Partitions.Length; partition++)
        {
            if (Handles.Machines.Find(new RowKey(partition, id)) is >= 0 and int handle)
            {
                return handle;
            }
        }

        return -1;
    }

    /// <summary>The handle of an interface by the cloud's id, or -1.</summary>
    public int NicOf(PartitionKey partition, string id) => Handles.Nics.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a domain by the VPC's id, or -1.</summary>
    public int DomainOf(PartitionKey partition, string id) => Handles.Domains.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a border by the internet gateway's id, or -1.</summary>
    public int BorderOf(PartitionKey partition, string id) => Handles.Borders.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of an entrance by the endpoint's id, or -1.</summary>
    public int EntranceOf(PartitionKey partition, string id) => Handles.Entrances.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a machine by the instance's id, or -1.</summary>
    public int MachineOf(PartitionKey partition, string id) => Handles.Machines.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a link by the peering's id in either of its partitions, or -1.</summary>
    public int LinkOf(PartitionKey partition, string id) => Handles.Links.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a hub by the transit gateway's id in its owner's partition, or -1.</summary>
    public int HubOf(PartitionKey partition, string id) => Handles.Hubs.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a spoke by the attachment's id in its gateway's owner's partition, or -1.</summary>
    public int SpokeOf(PartitionKey partition, string id) => Handles.Spokes.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of the spoke of a hub that a settled route leads to, or -1.</summary>
    public int SpokeOf(int hub, string id) => Handles.Spokes.Find(new RowKey(Hubs[hub].Row.Partition, id));

    /// <summary>The handle of an exit by the VPN gateway's id, whichever partition it is in, or -1.</summary>
    public int ExitNamed(string id)
    {
        int found = -1;
        for (int partition = 0; partition < Partitions.Length && found < 0; partition++)
        {
            found = Handles.Exits.Find(new RowKey(partition, id));
        }

        return found;
    }

    /// <summary>The handle of a spoke by the attachment's id, whichever partition it is in, or -1.</summary>
    public int SpokeNamed(string id)
    {
        int found = -1;
        for (int partition = 0; partition < Partitions.Length && found < 0; partition++)
        {
            found = Handles.Spokes.Find(new RowKey(partition, id));
        }

        return found;
    }

    /// <summary>The handle of an exit by the VPN gateway's id, or -1.</summary>
    public int ExitOf(PartitionKey partition, string id) => Handles.Exits.Find(new RowKey(Partitions.IndexOf(partition), id));

    /// <summary>The handle of a balancer by the load balancer's key, a classic one's by its name, or -1.</summary>
    public int BalancerOf(PartitionKey partition, string key) => Handles.Balancers.Find(new RowKey(Partitions.IndexOf(partition), key));

    /// <summary>The handle of a pool by the target group's key, a classic load balancer's by its name, or -1.</summary>
    public int PoolOf(PartitionKey partition, string key) => Handles.Pools.Find(new RowKey(Partitions.IndexOf(partition), key));

    /// <summary>The handle of a pool by its reason, or -1.</summary>
    public int PoolOf(RowKey row) => Handles.Pools.Find(row);

    /// <summary>The interface that has an address in a domain, or -1; delegated blocks count.</summary>
    public int NicAt(int domain, UInt128 address, bool isV4)
    {
        ref readonly Domain at = ref Domains[domain];
        if (isV4)
        {
            int found = at.Nics.Find((uint)address);
            if (found >= 0)
            {
                return found;
            }
        }
        else if (at.More.Nics6.TryGetValue(address, out int nic))
        {
            return nic;
        }

        return at.More.Delegated.Count == 0 ? -1 : Delegated(at.More, new IpAddress(isV4 ? Family.V4 : Family.V6, address));
    }

    private static int Delegated(DomainMore domain, IpAddress address)
    {
        foreach ((Prefix block, int nic) in domain.Delegated)
        {
            if (block.Contains(address))
            {
                return nic;
            }
        }

        return -1;
    }
}

/// <summary>Handles by name, one map per table.</summary>
internal sealed record HandleSet(
    HandleMap<RowKey> Nics,
    HandleMap<RowKey> Segments,
    HandleMap<RowKey> Domains,
    HandleMap<RowKey> RouteMaps,
    HandleMap<RowKey> Gates,
    HandleMap<RowKey> Groups,
    HandleMap<RowKey> Borders,
    HandleMap<RowKey> OneWays,
    HandleMap<RowKey> Translators,
    HandleMap<RowKey> Machines,
    HandleMap<RowKey> Balancers,
    HandleMap<RowKey> Pools,
    HandleMap<RowKey> Entrances,
    HandleMap<RowKey> Offers,
    HandleMap<RowKey> Links,
    HandleMap<RowKey> Hubs,
    HandleMap<RowKey> Spokes,
    HandleMap<RowKey> Exits,
    HandleMap<int[]> Filters);
