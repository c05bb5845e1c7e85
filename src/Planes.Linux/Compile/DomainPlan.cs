using System.Text;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>A segment as its router sees it.</summary>
/// <param name="Index">What packets from it are marked with: 1 to 16383, made of its id.</param>
/// <param name="Table">The kernel's table of its routes.</param>
/// <param name="OwnTable">Routes lead into its own block another way: it needs a table in which that block stays direct.</param>
internal sealed record SegmentPlan(
    int Handle, string Id, int Index, Prefix? Block4, IReadOnlyList<Prefix> Blocks6, int Routes, int Gate, uint Table, bool OwnTable)
{
    /// <summary>The address of its router: the first after the block's own.</summary>
    public IpAddress? Gateway => Block4 is { } block ? block.First.Plus(1) : null;

    public bool Covers(Prefix block)
    {
        if (block.IsV4)
        {
            return Block4 is { } own && own.Contains(block);
        }

        foreach (Prefix own in Blocks6)
        {
            if (own.Contains(block))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What the parts of a domain's router need to know of each other. Made anew whenever something but a filter changes in the domain.</summary>
internal sealed class DomainPlan
{
    /// <summary>Indices of segments and tables: 1 to this.</summary>
    private const int IndexMax = (int)Marks.SegmentMask;

    private readonly Dictionary<int, SegmentPlan> bySegment;
    private readonly Dictionary<int, string> filterNames = [];

    private DomainPlan(DomainPlan other, ForwardingState state)
    {
        State = state;
        Handle = other.Handle;
        Id = other.Id;
        Router = other.Router;
        Idle = other.Idle;
        Segments = other.Segments;
        bySegment = other.bySegment;
        Labels = other.Labels;
        HasV6 = other.HasV6;
        HasMiddle = other.HasMiddle;
        Border = other.Border;
        OneWay = other.OneWay;
        EdgeRoutes = other.EdgeRoutes;
        EdgeIndex = other.EdgeIndex;
        EdgeTable = other.EdgeTable;
        NicKey = other.NicKey;
    }

    private DomainPlan(ForwardingState state, int handle)
    {
        bySegment = [];
        Segments = [];
        Labels = [];
        State = state;
        Handle = handle;
        Id = state.Domains[handle].More.Row.Id;
        Router = LinuxNames.Router(Id);
        Idle = LinuxNames.Idle(Id);
    }

    public ForwardingState State { get; private init; }

    public int Handle { get; }

    /// <summary>The row's id.</summary>
    public string Id { get; }

    public string Router { get; }

    public string Idle { get; }

    /// <summary>In order of their ids.</summary>
    public List<SegmentPlan> Segments { get; }

    /// <summary>Interfaces that routes name, and translators'.</summary>
    public required HashSet<int> Via { get; init; }

    /// <summary>Machines with a namespace of their own.</summary>
    public required IReadOnlySet<int> Machines { get; init; }

    /// <summary>The interfaces of the domain.</summary>
    public required IReadOnlyList<int> Nics { get; init; }

    /// <summary>Bit of the connection's label by interface, for those that pass on what is not theirs.</summary>
    public Dictionary<int, int> Labels { get; }

    /// <summary>Some addresses are handed out in blocks.</summary>
    public bool HasBlocks => State.Domains[Handle].More.Delegated.Count > 0;

    public bool HasV6 { get; private set; }

    /// <summary>Something may stand between sender and receiver.</summary>
    public bool HasMiddle { get; private set; }

    /// <summary>The border's row id; null where there is none.</summary>
    public string? Border { get; private set; }

    public string? OneWay { get; private set; }

    /// <summary>Handle of the routes for what comes in over the border; -1 where there are none.</summary>
    public int EdgeRoutes { get; private set; } = -1;

    /// <summary>The edge's index among the segments'.</summary>
    public int EdgeIndex { get; private set; }

    public uint EdgeTable { get; private set; }

    /// <summary>What interfaces' facts depend on beside the interface itself.</summary>
    public string NicKey { get; private set; } = "";

    /// <summary>What filters' chains depend on beside the filter itself.</summary>
    public (bool Middle, bool Blocks) FilterKey => (HasMiddle, HasBlocks);

    public static DomainPlan Make(
        ForwardingState state, int handle, IReadOnlyList<int> segments, HashSet<int> via, IReadOnlySet<int> machines, IReadOnlyList<int> nics)
    {
        DomainPlan plan = new(state, handle) { Via = via, Machines = machines, Nics = nics };
        ref readonly Domain domain = ref state.Domains[handle];
        plan.Border = domain.Border < 0 ? null : state.Borders[domain.Border].Row.Id;
        plan.OneWay = domain.OneWay < 0 ? null : state.OneWayBorders[domain.OneWay].Row.Id;
        plan.EdgeRoutes = domain.Border < 0 ? -1 : state.Borders[domain.Border].Routes;
        foreach (Prefix block in domain.More.Blocks)
        {
            plan.HasV6 |= !block.IsV4;
        }

        plan.PlaceSegments(segments);
        plan.PlaceLabels();
        plan.HasMiddle = plan.Labels.Count > 0 || via.Count > 0;
        plan.NicKey = plan.KeyOfNics();
        return plan;
    }

    /// <summary>The same plan on a later state in which nothing of the domain but filters differs.</summary>
    public DomainPlan With(ForwardingState state) =>
        ReferenceEquals(State, state) ? this : new DomainPlan(this, state) { Via = Via, Machines = Machines, Nics = Nics };

    /// <summary>The name of a filter, kept: every interface asks for it.</summary>
    public string FilterName(int filter)
    {
        if (!filterNames.TryGetValue(filter, out string? name))
        {
            filterNames.Add(filter, name = FilterFacts.NameOf(State, filter));
        }

        return name;
    }

    public SegmentPlan SegmentOf(int handle) => bySegment[handle];

    public bool Has(int segment) => bySegment.ContainsKey(segment);

    /// <summary>The links of the machine that an interface is in; its own where no machine holds it.</summary>
    public List<string> LinksBeside(int nic)
    {
        List<string> links = [];
        int machine = State.Nics[nic].Machine;
        foreach (int other in machine < 0 ? [nic] : Nics)
        {
            if (other == nic || State.Nics[other].Machine == machine)
            {
                links.Add($"\"{LinuxNames.NicLink(State.NicMores[other].Row.Id)}\"");
            }
        }

        links.Sort(StringComparer.Ordinal);
        return links;
    }

    private void PlaceSegments(IReadOnlyList<int> handles)
    {
        List<int> sorted = [.. handles];
        sorted.Sort((a, b) => string.CompareOrdinal(State.Segments[a].More.Row.Id, State.Segments[b].More.Row.Id));
        Indices indices = new(IndexMax);
        Indices tables = new(IndexMax);
        Dictionary<string, uint> tableOf = [];
        foreach (int handle in sorted)
        {
            ref readonly Segment segment = ref State.Segments[handle];
            string id = segment.More.Row.Id;
            SegmentPlan plan = new(
                handle, id, indices.Take(id), segment.More.Block4, segment.More.Blocks6, segment.Routes, segment.Gate, 0, OwnTable: false);
            bool own = segment.Routes < 0 || RouteWords.LeadsAway(State.RouteMaps[segment.Routes], plan);
            string key = segment.Routes < 0 ? id : own ? $"{State.RouteMaps[segment.Routes].Row.Id}/{id}" : State.RouteMaps[segment.Routes].Row.Id;
            plan = plan with { OwnTable = own, Table = TableOf(tables, tableOf, key) };
            Segments.Add(plan);
            bySegment.Add(handle, plan);
        }

        if (EdgeRoutes >= 0)
        {
            EdgeIndex = indices.Take(Border + "/edge");
            EdgeTable = TableOf(tables, tableOf, State.RouteMaps[EdgeRoutes].Row.Id);
        }
    }

    private static uint TableOf(Indices tables, Dictionary<string, uint> tableOf, string key)
    {
        if (!tableOf.TryGetValue(key, out uint table))
        {
            tableOf.Add(key, table = Marks.RouteTable + (uint)tables.Take(key));
        }

        return table;
    }

    private void PlaceLabels()
    {
        List<int> forwarders = [];
        foreach (int nic in Nics)
        {
            if (NicFacts.StandingOf(this, nic) == Standing.Own && !State.Nics[nic].Has(NicTraits.ChecksAddresses)
                && !State.Nics[nic].Has(NicTraits.Translates))
            {
                forwarders.Add(nic);
            }
        }

        forwarders.Sort((a, b) => string.CompareOrdinal(State.NicMores[a].Row.Id, State.NicMores[b].Row.Id));
        Indices bits = new(Marks.Labels);
        foreach (int nic in forwarders)
        {
            Labels.Add(nic, bits.Take(State.NicMores[nic].Row.Id) - 1);
        }
    }

    private string KeyOfNics()
    {
        StringBuilder key = new();
        key.Append(Border is not null).Append(HasBlocks).Append(HasV6).Append(HasMiddle);
        foreach (SegmentPlan segment in Segments)
        {
            key.Append(segment.Id).Append(segment.Index);
        }

        return key.ToString();
    }

    /// <summary>Numbers 1 to a most, each given once as long as there are some: made of the name, so that they stay.</summary>
    private sealed class Indices(int most)
    {
        private readonly HashSet<int> taken = [];

        public int Take(string name)
        {
            int index = (int)(LinuxNames.Bits(name) % (ulong)most) + 1;
            while (taken.Count < most && !taken.Add(index))
            {
                index = (index % most) + 1;
            }

            return index;
        }
    }
}
