using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Follows changed rows to what was compiled from them, and compiles just that anew.</summary>
internal sealed partial class Incremental
{
    /// <summary>Names added or taken away since the last full compile, over which that is done again.</summary>
    private const int LaterMax = 4096;

    private readonly Workspace work;
    private readonly HashSet<RowKey> vpcs = [];
    private readonly HashSet<RowKey> acls = [];
    private readonly HashSet<RowKey> tables = [];
    private readonly HashSet<RowKey> subnets = [];
    private readonly HashSet<RowKey> instances = [];
    private readonly HashSet<RowKey> translators = [];
    private readonly HashSet<RowKey> nics = [];
    private readonly HashSet<RowKey> gateways = [];
    private readonly HashSet<RowKey> oneWays = [];
    private readonly HashSet<RowKey> groups = [];
    private readonly HashSet<RowKey> balancers = [];
    private readonly HashSet<RowKey> pools = [];
    private readonly HashSet<RowKey> entrances = [];
    private readonly HashSet<RowKey> offers = [];
    private readonly HashSet<RowKey> elastics = [];
    private readonly List<ElasticIp> elasticsBefore = [];
    private bool blocks6;
    private bool byoip;

    private Incremental(Workspace work) => this.work = work;

    /// <summary>The next state, or null where a full compile must make it.</summary>
    public static ForwardingState? Apply(ForwardingState state, CloudSnapshot next, IReadOnlyList<Change> changes)
    {
        if (state.Handles.Nics.LaterCount > LaterMax || state.Handles.Filters.LaterCount > LaterMax)
        {
            return null;
        }

        Incremental incremental = new(new Workspace(state, next));
        foreach (Change change in changes)
        {
            if (!incremental.Follow(change))
            {
                return null;
            }
        }

        incremental.FollowWorld(state.Cloud.World, next.World);
        incremental.Work(state, changes);
        return incremental.work.Done();
    }

    private bool Follow(Change change)
    {
        int place = work.PlaceOf(change.Partition);
        RowKey key = new(place, change.Key);
        Partition rows = work.PartitionAt(place);
        switch (change.After ?? change.Before)
        {
            case Vpc:
                FollowVpc(place, rows, change.Key);
                break;
            case NetworkAcl:
                acls.Add(key);
                FollowAcl(place, rows, change.Before as NetworkAcl, change.After as NetworkAcl);
                break;
            case RouteTable:
                tables.Add(key);
                FollowTable(place, rows, change.Before as RouteTable, change.After as RouteTable);
                break;
            case Subnet:
                subnets.Add(key);
                break;
            case Instance:
                instances.Add(key);
                AddAll(nics, place, rows.By<NetworkInterface>(change.Key));
                FollowTarget(place, rows, change.Key);
                break;
            case NatGateway:
                translators.Add(key);
                FollowNat(place, change.Before as NatGateway);
                FollowNat(place, change.After as NatGateway);
                AddAll(tables, place, rows.By<RouteTable>(change.Key));
                break;
            case NetworkInterface:
                nics.Add(key);
                FollowDoor(rows, change.Key);
                FollowNode(place, rows, change.Before as NetworkInterface);
                FollowNode(place, rows, change.After as NetworkInterface);
                break;
            case ElasticIp:
                elastics.Add(key);
                FollowElastic(place, change.Before as ElasticIp);
                FollowElastic(place, change.After as ElasticIp);
                elasticsBefore.AddRange(change.Before is ElasticIp before ? [before] : []);
                break;
            case InternetGateway:
                gateways.Add(key);
                AddAll(tables, place, rows.By<RouteTable>(change.Key));
                break;
            case EgressOnlyInternetGateway:
                oneWays.Add(key);
                AddAll(tables, place, rows.By<RouteTable>(change.Key));
                break;
            case SecurityGroup:
                groups.Add(key);
                break;
            case PrefixList:
                AddAll(groups, place, rows.By<SecurityGroup>(PrefixList.ReferenceWord(change.Key)));
                AddAll(tables, place, rows.By<RouteTable>(PrefixList.ReferenceWord(change.Key)));
                break;
            case ByoipCidr:
                byoip = true;
                break;
            default:
                return FollowService(place, rows, change) || FollowBetween(place, rows, change) || NotForwarded.Kinds.ContainsKey(change.Kind);
        }

        return true;
    }

    private void FollowVpc(int place, Partition rows, string vpc)
    {
        vpcs.Add(new RowKey(place, vpc));
        blocks6 = true;
        AddAll(groups, place, rows.By<SecurityGroup>(vpc));
        FollowVisitors(place, rows, vpc);
        FollowNetwork(place, rows, vpc);
    }

    private static void AddAll<T>(HashSet<RowKey> to, int place, IEnumerable<T> rows)
        where T : IResource
    {
        foreach (T row in rows)
        {
            to.Add(new RowKey(place, row.Key));
        }
    }

    private void FollowTable(int place, Partition rows, RouteTable? before, RouteTable? after)
    {
        ImmutableArray<RouteTableAssociation> was = before?.Associations ?? [];
        ImmutableArray<RouteTableAssociation> now = after?.Associations ?? [];
        if (was.SequenceEqual(now))
        {
            return;
        }

        foreach (RouteTableAssociation association in was.Concat(now))
        {
            if (association.SubnetId is { } subnet)
            {
                subnets.Add(new RowKey(place, subnet.Value));
            }
            else if (association.GatewayId is { } gateway)
            {
                gateways.Add(new RowKey(place, gateway));
                exits.Add(new RowKey(place, gateway));
            }
            else
            {
                AddAll(subnets, place, rows.By<Subnet>((after ?? before)!.VpcId.Value));
            }
        }
    }

    private void FollowAcl(int place, Partition rows, NetworkAcl? before, NetworkAcl? after)
    {
        HashSet<Id<Subnet>> moved = [.. (before?.Associations ?? []).Select(a => a.SubnetId)];
        moved.SymmetricExceptWith((after?.Associations ?? []).Select(a => a.SubnetId));
        foreach (Id<Subnet> subnet in moved)
        {
            if (rows.Find(subnet) is not null)
            {
                subnets.Add(new RowKey(place, subnet.Value));
            }
        }
    }

    private void FollowNat(int place, NatGateway? row)
    {
        foreach (NatGatewayAddress address in row?.Addresses ?? [])
        {
            nics.Add(new RowKey(place, address.NetworkInterfaceId.Value));
        }
    }

    private void FollowElastic(int place, ElasticIp? row)
    {
        if (row?.Association is { } bound)
        {
            nics.Add(new RowKey(place, bound.NetworkInterfaceId.Value));
        }
    }

    private void Work(ForwardingState start, IReadOnlyList<Change> changes)
    {
        Each<Vpc>(vpcs, Vpcs.Put, Vpcs.Remove);
        Each<NetworkAcl>(acls, NetworkAcls.Put, NetworkAcls.Remove);
        foreach (RowKey key in tables)
        {
            if (Find<RouteTable>(key) is { } row)
            {
                RouteTables.Declare(work, key.Partition, row);
            }
        }

        Each<Subnet>(subnets, Subnets.Put, Subnets.Remove);
        Each<Instance>(instances, Instances.Put, Instances.Remove);
        Each<NatGateway>(translators, NatGateways.Put, NatGateways.Remove);
        Each<VpcEndpointService>(offers, EndpointServices.Put, EndpointServices.Remove);
        Each<VpcEndpoint>(entrances, VpcEndpoints.Put, VpcEndpoints.Remove);
        foreach (RowKey key in nics)
        {
            AddAll(tables, key.Partition, work.PartitionAt(key.Partition).By<RouteTable>(key.Id));
        }

        // Addresses bound to none first: an interface that has one of them now takes it over.
        foreach (ElasticIp before in elasticsBefore)
        {
            ElasticIps.Remove(work, before);
        }

        foreach (RowKey key in elastics)
        {
            if (Find<ElasticIp>(key) is { } row)
            {
                ElasticIps.Put(work, row);
            }
        }

        Each<NetworkInterface>(nics, NetworkInterfaces.Put, NetworkInterfaces.Remove);
        WorkBalancers();
        Each<InternetGateway>(gateways, InternetGateways.Put, InternetGateways.Remove);
        Each<EgressOnlyInternetGateway>(oneWays, EgressOnlyInternetGateways.Put, EgressOnlyInternetGateways.Remove);
        WorkBetween();
        Settle(start, changes);
        Each<RouteTable>(tables, RouteTables.Put, RouteTables.Remove);
        HashSet<int> done = [];
        foreach (RowKey key in groups)
        {
            SecurityGroups.Put(work, key.Partition, key.Id, done);
        }

        if (blocks6)
        {
            Vpcs.IndexBlocks6(work);
        }

        if (byoip)
        {
            ByoipCidrs.Index(work);
        }
    }

    private T? Find<T>(RowKey key)
        where T : class, IResource<T> => work.PartitionAt(key.Partition).Find(new Id<T>(key.Id));

    private void Each<T>(HashSet<RowKey> keys, Action<Workspace, int, T> put, Action<Workspace, int, string> remove)
        where T : class, IResource<T>
    {
        // Removals first: an address that moves from a row to another must not be taken from its new owner.
        foreach (RowKey key in keys)
        {
            if (Find<T>(key) is null)
            {
                remove(work, key.Partition, key.Id);
            }
        }

        foreach (RowKey key in keys)
        {
            if (Find<T>(key) is { } row)
            {
                put(work, key.Partition, row);
            }
        }
    }
}
