namespace Trunkline.Tracing;

/// <summary>What a packet meets.</summary>
internal enum StepKind : byte
{
    /// <summary>A machine sends or receives; handle: the interface.</summary>
    Machine,

    /// <summary>An interface; handle: itself.</summary>
    Nic,

    /// <summary>The stateful filter at an interface; handle: the interface; detail: 1 where a known connection passes unasked.</summary>
    Filter,

    /// <summary>The ordered filter at a segment's edge; handle: the segment; detail: the entry.</summary>
    Gate,

    /// <summary>A choice of route; handle: the route map; detail: the entry, or -1.</summary>
    Routes,

    /// <summary>An internet gateway; handle: the border; detail: 1 + the segment whose access to it is blocked, or 0.</summary>
    Border,

    /// <summary>An egress-only internet gateway; handle: the one-way border; detail: as for an internet gateway.</summary>
    OneWay,

    /// <summary>A NAT gateway; handle: the translator.</summary>
    Translator,

    /// <summary>The internet; handle: the world's host or public service, or -1.</summary>
    Internet,

    /// <summary>An endpoint; handle: the entrance; detail: the interface it is met at, or -1.</summary>
    Entrance,

    /// <summary>The public service that an endpoint leads to; handle: the entrance.</summary>
    Provider,

    /// <summary>A balancer's listener; handle: the balancer; detail: the listener, or -1 where none takes the packet.</summary>
    Listener,

    /// <summary>A rule of a listener; handle: the balancer; detail: listener × 65536 + rule.</summary>
    Rule,

    /// <summary>A choice of target; handle: the pool; detail: the target; other: the node's interface.</summary>
    Pool,

    /// <summary>A link-local service; handle: the domain; detail: which.</summary>
    Service,

    /// <summary>The address space itself: nobody has the address; handle: the domain.</summary>
    Domain,

    /// <summary>A link between two domains; handle: the link; detail: the domain it leaves.</summary>
    Link,

    /// <summary>What a hub joins; handle: the spoke; detail: the door, or -1.</summary>
    Spoke,

    /// <summary>A choice of route at a hub; handle: the spoke that the packet came over; detail: the candidate, or -1.</summary>
    HubRoutes,

    /// <summary>A domain's gateway to private lines; handle: the exit; detail: the candidate of its table that was chosen.</summary>
    Exit,

    /// <summary>A private line; word: its id.</summary>
    Line,

    /// <summary>A router of a site, or a machine that is one; word: the speaker.</summary>
    Router,

    /// <summary>A junction of private lines; word: the speaker.</summary>
    Junction,

    /// <summary>A host of a site; handle: the site.</summary>
    Site,
}

/// <summary>One thing that a packet meets, as the walk saw it.</summary>
/// <param name="IsEgress">Out of the interface, segment or domain; false: into it.</param>
internal readonly record struct Step(StepKind Kind, int Handle, int Detail, bool IsEgress, Packet Before, Packet After)
{
    /// <summary>For filters the interface whose groups the packet bears; for a choice of target the node's. -1 where there is none.</summary>
    public int Other { get; init; } = -1;

    /// <summary>For a choice of target: listener × 65536 + rule; -1 elsewhere.</summary>
    public int Via { get; init; } = -1;

    /// <summary>What has a name in place of a handle; for a choice of target the endpoint that the packet came over; "" elsewhere.</summary>
    public string Word { get; init; } = "";
}

/// <summary>What the walk tells of its steps. A struct, so that the compiler makes the silent walk as if it were written without it.</summary>
internal interface ISink
{
    /// <summary>Whether anybody listens; a constant to the compiler.</summary>
    static abstract bool Listens { get; }

    /// <summary>How many steps were added.</summary>
    int Count { get; }

    void Add(in Step step);
}

/// <summary>Nobody listens.</summary>
internal readonly struct Silent : ISink
{
    public static bool Listens => false;

    public int Count => 0;

    public void Add(in Step step)
    {
    }
}

/// <summary>Keeps every step.</summary>
internal readonly struct Recorder(List<Step> steps) : ISink
{
    public static bool Listens => true;

    public int Count => steps.Count;

    public void Add(in Step step) => steps.Add(step);
}
