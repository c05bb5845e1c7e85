using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding.Compile;

/// <summary>The next state while it is made: every table open to change, copied block by block as it is written to.</summary>
internal sealed class Workspace
{
    private readonly bool fresh;
    private readonly ForwardingState? start;
    private readonly HashSet<int> ownedTables = [];
    private readonly Dictionary<int, Dictionary<UInt128, int>> owned6 = [];
    private readonly Dictionary<int, List<(Prefix Block, int Nic)>> ownedDelegated = [];
    private readonly List<int[]> scratch = [];
    private readonly List<PartitionKey> partitions;
    private readonly Dictionary<PartitionKey, int> partitionPlaces = [];
    private PublicAddresses? publicAddresses;
    private WorldFacts? world;

    public Workspace(CloudSnapshot cloud)
    {
        fresh = true;
        Cloud = cloud;
        partitions = [];
        Nics = new(CowArray<Nic>.Empty);
        NicMores = new(CowArray<NicMore>.Empty);
        Segments = new(CowArray<Segment>.Empty);
        Domains = new(CowArray<Domain>.Empty);
        RouteMaps = new(CowArray<RouteMap>.Empty);
        Gates = new(CowArray<Gate>.Empty);
        Filters = new(CowArray<Filter>.Empty);
        Groups = new(CowArray<Group>.Empty);
        Borders = new(CowArray<Border>.Empty);
        OneWays = new(CowArray<OneWayBorder>.Empty);
        Translators = new(CowArray<Translator>.Empty);
        Machines = new(CowArray<Machine>.Empty);
        Balancers = new(CowArray<Balancer>.Empty);
        Pools = new(CowArray<Pool>.Empty);
        Entrances = new(CowArray<Entrance>.Empty);
        Offers = new(CowArray<Offer>.Empty);
        Links = new(CowArray<Link>.Empty);
        Hubs = new(CowArray<Hub>.Empty);
        Spokes = new(CowArray<Spoke>.Empty);
        Exits = new(CowArray<Exit>.Empty);
        publicAddresses = new PublicAddresses();
        Outside = Worlds.Compile(cloud.World);
        Sites = Worlds.SitesOf(cloud.World);
        NicHandles = NewMap();
        SegmentHandles = NewMap();
        DomainHandles = NewMap();
        RouteMapHandles = NewMap();
        GateHandles = NewMap();
        GroupHandles = NewMap();
        BorderHandles = NewMap();
        OneWayHandles = NewMap();
        TranslatorHandles = NewMap();
        MachineHandles = NewMap();
        BalancerHandles = NewMap();
        PoolHandles = NewMap();
        EntranceHandles = NewMap();
        OfferHandles = NewMap();
        LinkHandles = NewMap();
        HubHandles = NewMap();
        SpokeHandles = NewMap();
        ExitHandles = NewMap();
        FilterHandles = new(GroupSetComparer.Instance);
    }

    public Workspace(ForwardingState start, CloudSnapshot cloud)
    {
        this.start = start;
        Cloud = cloud;
        partitions = [.. start.Partitions];
        for (int i = 0; i < partitions.Count; i++)
        {
            partitionPlaces.Add(partitions[i], i);
        }

        Nics = new(start.Nics);
        NicMores = new(start.NicMores);
        Segments = new(start.Segments);
        Domains = new(start.Domains);
        RouteMaps = new(start.RouteMaps);
        Gates = new(start.Gates);
        Filters = new(start.Filters);
        Groups = new(start.Groups);
        Borders = new(start.Borders);
        OneWays = new(start.OneWayBorders);
        Translators = new(start.Translators);
        Machines = new(start.Machines);
        Balancers = new(start.Balancers);
        Pools = new(start.Pools);
        Entrances = new(start.Entrances);
        Offers = new(start.Offers);
        Links = new(start.Links);
        Hubs = new(start.Hubs);
        Spokes = new(start.Spokes);
        Exits = new(start.Exits);
        Routes = start.Routes;
        Routers = start.Routers;
        Unannounced = start.Unannounced;
        Domains6 = start.Domains6;
        Outside = ReferenceEquals(cloud.World, start.Cloud.World) ? start.Outside : Worlds.Compile(cloud.World);
        Sites = ReferenceEquals(cloud.World, start.Cloud.World) ? start.Sites : Worlds.SitesOf(cloud.World);
        HandleSet handles = start.Handles;
        NicHandles = handles.Nics;
        SegmentHandles = handles.Segments;
        DomainHandles = handles.Domains;
        RouteMapHandles = handles.RouteMaps;
        GateHandles = handles.Gates;
        GroupHandles = handles.Groups;
        BorderHandles = handles.Borders;
        OneWayHandles = handles.OneWays;
        TranslatorHandles = handles.Translators;
        MachineHandles = handles.Machines;
        BalancerHandles = handles.Balancers;
        PoolHandles = handles.Pools;
        EntranceHandles = handles.Entrances;
        OfferHandles = handles.Offers;
        LinkHandles = handles.Links;
        HubHandles = handles.Hubs;
        SpokeHandles = handles.Spokes;
        ExitHandles = handles.Exits;
        FilterHandles = handles.Filters;
    }

    public CloudSnapshot Cloud { get; }

    public CowBuilder<Nic> Nics { get; }

    public CowBuilder<NicMore> NicMores { get; }

    public CowBuilder<Segment> Segments { get; }

    public CowBuilder<Domain> Domains { get; }

    public CowBuilder<RouteMap> RouteMaps { get; }

    public CowBuilder<Gate> Gates { get; }

    public CowBuilder<Filter> Filters { get; }

    public CowBuilder<Group> Groups { get; }

    public CowBuilder<Border> Borders { get; }

    public CowBuilder<OneWayBorder> OneWays { get; }

    public CowBuilder<Translator> Translators { get; }

    public CowBuilder<Machine> Machines { get; }

    public CowBuilder<Balancer> Balancers { get; }

    public CowBuilder<Pool> Pools { get; }

    public CowBuilder<Entrance> Entrances { get; }

    public CowBuilder<Offer> Offers { get; }

    public CowBuilder<Link> Links { get; }

    public CowBuilder<Hub> Hubs { get; }

    public CowBuilder<Spoke> Spokes { get; }

    public CowBuilder<Exit> Exits { get; }

    public HandleMap<RowKey> NicHandles { get; set; }

    public HandleMap<RowKey> SegmentHandles { get; set; }

    public HandleMap<RowKey> DomainHandles { get; set; }

    public HandleMap<RowKey> RouteMapHandles { get; set; }

    public HandleMap<RowKey> GateHandles { get; set; }

    public HandleMap<RowKey> GroupHandles { get; set; }

    public HandleMap<RowKey> BorderHandles { get; set; }

    public HandleMap<RowKey> OneWayHandles { get; set; }

    public HandleMap<RowKey> TranslatorHandles { get; set; }

    public HandleMap<RowKey> MachineHandles { get; set; }

    public HandleMap<RowKey> BalancerHandles { get; set; }

    public HandleMap<RowKey> PoolHandles { get; set; }

    public HandleMap<RowKey> EntranceHandles { get; set; }

    public HandleMap<RowKey> OfferHandles { get; set; }

    public HandleMap<RowKey> LinkHandles { get; set; }

    public HandleMap<RowKey> HubHandles { get; set; }

    public HandleMap<RowKey> SpokeHandles { get; set; }

    public HandleMap<RowKey> ExitHandles { get; set; }

    public HandleMap<int[]> FilterHandles { get; set; }

    public ImmutableArray<Prefix> Unannounced { get; set; } = [];

    public IntervalMap Domains6 { get; set; } = IntervalMap.Empty;

    public Outside Outside { get; }

    public SiteHosts Sites { get; }

    /// <summary>Which machine a speaker is.</summary>
    public ImmutableDictionary<string, int> Routers { get; set; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>What every speaker knows; settled before route tables are compiled.</summary>
    public SettledRoutes Routes { get; set; } = SettledRoutes.Empty;

    /// <summary>What the world says of rows.</summary>
    public WorldFacts World => world ??= new WorldFacts(Cloud.World);

    public FilterBlockBuilder In4 { get; } = new(isV4: true);

    public FilterBlockBuilder In6 { get; } = new(isV4: false);

    public FilterBlockBuilder Out4 { get; } = new(isV4: true);

    public FilterBlockBuilder Out6 { get; } = new(isV4: false);

    /// <summary>The public addresses, open to change.</summary>
    public PublicAddresses Public => publicAddresses ??= start!.Public.Fork();

    public int PartitionCount => partitions.Count;

    public PartitionKey KeyOf(int partition) => partitions[partition];

    public Partition PartitionAt(int partition) =>
        Cloud.Partitions.TryGetValue(partitions[partition], out Partition? found) ? found : Partition.Empty(partitions[partition]);

    /// <summary>The partition's place, given to it on first mention.</summary>
    public int PlaceOf(PartitionKey key)
    {
        if (!partitionPlaces.TryGetValue(key, out int place))
        {
            place = partitions.Count;
            partitions.Add(key);
            partitionPlaces.Add(key, place);
        }

        return place;
    }

    /// <summary>The name with its handle added to a map, in place where nobody else holds the map.</summary>
    public HandleMap<TKey> Add<TKey>(HandleMap<TKey> map, TKey key, int handle)
        where TKey : notnull
    {
        if (!fresh)
        {
            return map.With(key, handle);
        }

        map.AddInPlace(key, handle);
        return map;
    }

    /// <summary>A domain's IPv4 addresses, open to change.</summary>
    public AddressTable OwnAddresses(int domain)
    {
        if (ownedTables.Add(domain) && !fresh)
        {
            Domains.Edit(domain).Nics = Domains[domain].Nics.Clone();
        }

        return Domains[domain].Nics;
    }

    /// <summary>A domain's IPv6 addresses, open to change.</summary>
    public Dictionary<UInt128, int> OwnAddresses6(int domain)
    {
        if (!owned6.TryGetValue(domain, out Dictionary<UInt128, int>? own))
        {
            owned6.Add(domain, own = new Dictionary<UInt128, int>(Domains[domain].More.Nics6));
            Domains.Edit(domain).More = Domains[domain].More with { Nics6 = own };
        }

        return own;
    }

    /// <summary>A domain's delegated blocks, open to change.</summary>
    public List<(Prefix Block, int Nic)> OwnDelegated(int domain)
    {
        if (!ownedDelegated.TryGetValue(domain, out List<(Prefix Block, int Nic)>? own))
        {
            ownedDelegated.Add(domain, own = [.. Domains[domain].More.Delegated]);
            Domains.Edit(domain).More = Domains[domain].More with { Delegated = own };
        }

        return own;
    }

    /// <summary>The zone that an interface stands in, by id; "" where that is unknown.</summary>
    public string ZoneOf(int nic) => Nics[nic].Segment is >= 0 and int segment ? Segments[segment].More.Zone : "";

    /// <summary>An array of this length to write a question into; the next call may give the same one.</summary>
    public int[] Scratch(int length)
    {
        while (scratch.Count <= length)
        {
            scratch.Add(new int[scratch.Count]);
        }

        return scratch[length];
    }

    public ForwardingState Done() => new(new HandleSet(
        NicHandles, SegmentHandles, DomainHandles, RouteMapHandles, GateHandles, GroupHandles, BorderHandles, OneWayHandles,
        TranslatorHandles, MachineHandles, BalancerHandles, PoolHandles, EntranceHandles, OfferHandles, LinkHandles,
        HubHandles, SpokeHandles, ExitHandles, FilterHandles), start?.Lineage ?? new object())
    {
        Cloud = Cloud,
        Partitions = [.. partitions],
        Nics = Nics.Done(),
        NicMores = NicMores.Done(),
        Segments = Segments.Done(),
        Domains = Domains.Done(),
        RouteMaps = RouteMaps.Done(),
        Gates = Gates.Done(),
        Filters = Filters.Done(),
        Groups = Groups.Done(),
        Borders = Borders.Done(),
        OneWayBorders = OneWays.Done(),
        Translators = Translators.Done(),
        Machines = Machines.Done(),
        Balancers = Balancers.Done(),
        Pools = Pools.Done(),
        Memo = new CheckMemo(Pools.Count),
        Entrances = Entrances.Done(),
        Offers = Offers.Done(),
        Links = Links.Done(),
        Hubs = Hubs.Done(),
        Spokes = Spokes.Done(),
        Exits = Exits.Done(),
        Routes = Routes,
        Sites = Sites,
        Routers = Routers,
        Public = publicAddresses ?? start!.Public,
        Unannounced = Unannounced,
        Domains6 = Domains6,
        Outside = Outside,
    };

    private static HandleMap<RowKey> NewMap() => new(RowKeyComparer.Instance);
}
