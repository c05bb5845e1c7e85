using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>
/// Carries one packet from its start to its fate, and the reply back: the only place that knows how packets move. The silent walk and
/// the explained one are this same code with another <typeparamref name="TSink"/>.
/// </summary>
/// <remarks>One place after another: each step of <see cref="Carry"/> leaves the packet at the next place, or ends the journey.</remarks>
internal ref partial struct Walker<TSink>
    where TSink : struct, ISink
{
    /// <summary>More places than this on one journey are a loop.</summary>
    private const int HopsMax = 64;

    private readonly ForwardingState state;
    private TSink sink;

    private Packet packet;
    private Packet sent;
    private Origin origin;
    private Place place;

    /// <summary>The interface the packet is at.</summary>
    private int nic;

    /// <summary>The segment it comes from; -1 from outside.</summary>
    private int from;

    /// <summary>The interface whose identity the packet bears in group rules; -1 where a middlebox or translation took it away.</summary>
    private int identity;

    /// <summary>The domain it leaves by a border, or enters.</summary>
    private int domain;

    private bool isReply;

    /// <summary>The packet at <see cref="nic"/> is passed on, not sent by its own machine.</summary>
    private bool forwarded;

    /// <summary>It came to <see cref="nic"/> because a route names that interface.</summary>
    private bool routed;

    /// <summary>The one-way border the connection went out by, or -1.</summary>
    private int oneWay;

    /// <summary>A link-local service has the packet, or a host of the world.</summary>
    private bool receivedByService;
    private bool receivedOutside;

    /// <summary>The gateway entrance whose service has the packet, or sent it; -1 elsewhere.</summary>
    private int gateway;

    private int hops;
    private int translations;
    private int known;
    private Tracking tracking;
    private Translations translated;
    private KnownNics knownNics;
    private KnownPairs knownPairs;
    private int entered;
    private Entries entries;
    private int balances;
    private Balanced balanced;

    /// <summary>The packet is a balancer's own question whether a target is well.</summary>
    private bool probing;

    /// <summary>How many walks this one is inside of: a target's health may depend on another balancer's targets.</summary>
    private int depth;

    /// <summary>The request in the packet; null where it bears none.</summary>
    private HttpRequest? request;

    /// <summary>The packet as the end of its connection saw it: its receiver, or the first balancer on the way that ends connections.</summary>
    private Packet met;
    private bool isMet;
    private bool hasArrived;
    private int taken;
    private Choices choices;

    /// <summary>The interface that choices of a target shall lead to, or -1.</summary>
    private int aim;

    /// <summary>The interface whose identity was taken from the packet on its way; -1 where none was.</summary>
    private int veiled;

    /// <summary>The code for a filter that would have let the packet pass, had it kept its identity.</summary>
    private ExplanationCode veil;

    /// <summary>The spoke by which the packet is at its hub.</summary>
    private int spoke;

    /// <summary>The zone in which it came to the hub; "" where it came in none.</summary>
    private string zone;

    /// <summary>The spoke by which it came into the domain it is in; -1 where it came otherwise.</summary>
    private int arrivedBy;

    /// <summary>The spoke by which a reply came through another door than the packet it answers; -1 elsewhere.</summary>
    private int strayed;

    /// <summary>It has been at a hub: every filter behind it tracks the connection, whatever its rules say (rule 70).</summary>
    private bool hubbed;

    private int visited;
    private Visits visits;

    /// <summary>The speaker at the customer's end of a line that the packet is at.</summary>
    private string router;

    /// <summary>The site that the packet is in.</summary>
    private int site;

    /// <summary>The site that has received the packet and answers it; -1 elsewhere.</summary>
    private int receivedAtSite;

    /// <summary>Bit n: the filter at the n-th known interface does not track the connection.</summary>
    private ulong open;

    /// <summary>What the filters remember of the packet's connection; null for its first packet.</summary>
    private readonly Connection? remembered;

    public Walker(ForwardingState state, TSink sink, Connection? remembered = null)
    {
        this.state = state;
        this.sink = sink;
        this.remembered = remembered;
        oneWay = -1;
        gateway = -1;
        aim = -1;
        arrivedBy = strayed = veiled = -1;
        receivedAtSite = -1;
        zone = router = "";
        Status = Machine.Well;
    }

    private enum Place : byte
    {
        /// <summary>At an interface, outward.</summary>
        Sending,

        /// <summary>At an interface, inward.</summary>
        Arriving,

        /// <summary>On the internet.</summary>
        Internet,

        /// <summary>Behind a gateway endpoint, on the way into its domain.</summary>
        Gateway,

        /// <summary>At a hub, come over one of its spokes.</summary>
        Hub,

        /// <summary>At the customer's end of a line.</summary>
        Router,

        /// <summary>At a host of a site, outward.</summary>
        Site,

        /// <summary>At its receiver.</summary>
        Delivered,

        /// <summary>Nowhere any more.</summary>
        Dropped,
    }

    /// <summary>Why the journey ended, where it was not delivered.</summary>
    public ExplanationCode Code { get; private set; }

    /// <summary>The HTTP status that a health check is answered with: the program's, or that of a balancer which answers itself.</summary>
    public int Status { get; private set; }

    /// <summary>What dropped it.</summary>
    public Step Fault { get; private set; }

    /// <summary>How many steps were told before the reply set out; 0 where none did.</summary>
    public int ReturnBegins { get; private set; }

    public Verdict Run(in Flow flow)
    {
        packet = new Packet(flow);
        origin = flow.Origin;
        request = flow.Http;
        aim = flow.Aim - 1;
        if (probing)
        {
            packet.SourceFrom = FirstTranslatedPort;
            packet.SourceTo = ushort.MaxValue;
        }

        sent = packet;
        if (flow.Source.Family != flow.Destination.Family)
        {
            Fail(ExplanationCode.NO_PATH, StepKind.Internet, -1, 0, isEgress: true);
            return new Verdict(Code, Leg.Forward, tracking, false);
        }

        Begin();
        if (!Carry() || !MeetsItsConnection())
        {
            return new Verdict(Code, Leg.Forward, tracking, false);
        }

        if (!packet.IsAnswered || place != Place.Delivered || receivedByService)
        {
            return new Verdict(ExplanationCode.NONE, Leg.Forward, tracking, receivedByService);
        }

        TurnBack();
        bool back = Carry();
        return new Verdict(Code, back ? Leg.Forward : Leg.Return, tracking, back);
    }

    private void Begin()
    {
        if (origin.Kind == OriginKind.Nic)
        {
            nic = identity = origin.Handle;
            place = Place.Sending;
        }
        else if (origin.Kind == OriginKind.Gateway)
        {
            identity = -1;
            gateway = origin.Handle;
            place = Place.Gateway;
        }
        else if (origin.Kind == OriginKind.Site)
        {
            identity = nic = -1;
            site = origin.Handle;
            place = Place.Site;
        }
        else
        {
            identity = nic = -1;
            place = Place.Internet;
            if (TSink.Listens)
            {
                Tell(StepKind.Internet, state.Outside.Find(packet.Source, packet.IsV4), 0, isEgress: true);
            }
        }
    }

    private void TurnBack()
    {
        isReply = true;
        hops = 0;
        ReturnBegins = sink.Count;
        packet = packet.Reply();
        forwarded = routed = false;
        arrivedBy = strayed = veiled = -1;
        if (receivedAtSite >= 0)
        {
            site = receivedAtSite;
            place = Place.Site;
            identity = -1;
        }
        else if (gateway >= 0 && origin.Kind != OriginKind.Gateway)
        {
            place = Place.Gateway;
            identity = -1;
        }
        else if (receivedOutside)
        {
            place = Place.Internet;
            identity = -1;
            if (TSink.Listens)
            {
                Tell(StepKind.Internet, state.Outside.Find(packet.Source, packet.IsV4), 0, isEgress: true);
            }
        }
        else
        {
            place = Place.Sending;
            identity = nic;
        }
    }

    private bool Carry()
    {
        while (true)
        {
            place = place switch
            {
                Place.Sending => Send(),
                Place.Arriving => Arrive(),
                Place.Gateway => EnterByGateway(),
                Place.Hub => PassHub(),
                Place.Router => PassRouter(),
                Place.Site => LeaveSite(),
                _ => Roam(),
            };
            if (place >= Place.Delivered)
            {
                return place == Place.Delivered;
            }

            if (++hops > HopsMax)
            {
                place = nic < 0
                    ? Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Internet, -1, 0, isEgress: true)
                    : Fail(ExplanationCode.FORWARDING_LOOP, StepKind.Nic, nic, 0, isEgress: true);
                return false;
            }
        }
    }

    private Place Fail(ExplanationCode code, StepKind kind, int handle, int detail, bool isEgress)
    {
        Code = code;
        if (TSink.Listens)
        {
            Fault = new Step(kind, handle, detail, isEgress, packet, packet);
            sink.Add(Fault);
        }

        return Place.Dropped;
    }

    private void Tell(StepKind kind, int handle, int detail, bool isEgress) =>
        sink.Add(new Step(kind, handle, detail, isEgress, packet, packet));

    /// <summary>Whether the interface has let this connection pass on the way there: replies then pass unasked.</summary>
    private readonly bool Knows(int at)
    {
        ulong pair = Pair();
        for (int i = 0; i < known; i++)
        {
            if (knownNics[i] == at && knownPairs[i] == pair)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the interface's filter lets the packet pass unasked: a reply, or a later packet of a tracked connection.</summary>
    private readonly bool PassesUnasked(int at) =>
        remembered is null ? isReply && Knows(at) : remembered.Tracked.Contains((state.NicMores[at].Row, Pair()));

    /// <summary>
    /// The connection that the packet belongs to, as it stands in its header here, the same for both directions: a filter knows a connection by
    /// its addresses and ports, and a translation makes another of it.
    /// </summary>
    private readonly ulong Pair()
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        UInt128 one = isReply ? packet.Destination : packet.Source;
        UInt128 other = isReply ? packet.Source : packet.Destination;
        bool ports = Protocols.HasPorts(packet.Protocol);
        uint ends = !ports ? 0u : isReply ? (uint)packet.DestinationFrom << 16 | packet.SourceFrom : (uint)packet.SourceFrom << 16 | packet.DestinationFrom;
        ulong mixed = ((ulong)one ^ (ulong)(one >> 64)) * Prime;
        mixed = (ulong.RotateLeft(mixed, 31) ^ (ulong)other ^ (ulong)(other >> 64)) * Prime;
        return (ulong.RotateLeft(mixed, 31) ^ ends) * Prime;
    }

    private void Remember(int at, bool tracked)
    {
        if (!isReply && known < KnownNics.Length && !Knows(at))
        {
            open |= tracked ? 0 : 1UL << known;
            knownPairs[known] = Pair();
            knownNics[known++] = at;
        }
    }

    /// <summary>The filter at the interface tracks the connection, whatever its rules say: it goes by a translator or a one-way border.</summary>
    private void Track(int at)
    {
        for (int i = 0; i < known; i++)
        {
            open &= knownNics[i] == at ? ~(1UL << i) : ulong.MaxValue;
        }
    }

    /// <summary>What the filters on the way remember of the connection whose first packet was carried.</summary>
    public readonly Connection Remembered()
    {
        ImmutableHashSet<(RowKey Nic, ulong Pair)>.Builder tracked = ImmutableHashSet.CreateBuilder<(RowKey Nic, ulong Pair)>();
        for (int i = 0; i < known; i++)
        {
            if ((open >> i & 1) == 0)
            {
                tracked.Add((state.NicMores[knownNics[i]].Row, knownPairs[i]));
            }
        }

        return new Connection(tracked.ToImmutable()) { Met = hasArrived ? TraceBuilder.HeaderOf(met) : null, Taken = RememberedTargets() };
    }

    /// <summary>A source that a translator has replaced.</summary>
    private struct Translation
    {
        public UInt128 Source;
        public int Translator;
        public ushort From;
        public ushort To;
    }

    [InlineArray(Length)]
    private struct Translations
    {
        public const int Length = 4;
        private Translation first;
    }

    [InlineArray(KnownNics.Length)]
    private struct KnownPairs
    {
        private ulong first;
    }

    /// <summary>As many as a journey of <see cref="HopsMax"/> places can pass twice.</summary>
    [InlineArray(Length)]
    private struct KnownNics
    {
        public const int Length = HopsMax / 2 + 2;
        private int first;
    }
}
