using Trunkline.Addressing;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>How an interface is there.</summary>
internal enum Standing
{
    /// <summary>With a link and a namespace of its own.</summary>
    Own,

    /// <summary>The domain's idle namespace answers for it.</summary>
    Idle,

    /// <summary>Nothing holds it.</summary>
    Detached,

    /// <summary>What holds it does not run.</summary>
    Stopped,

    /// <summary>A service holds it that this plane does not carry.</summary>
    Uncarried,
}

/// <summary>What one interface adds to its router, and to the internet.</summary>
internal static class NicFacts
{
    /// <summary>The far end of every virtual link, as the router names it.</summary>
    public static readonly IpAddress Far4 = IpAddress.Parse("169.254.77.2");

    public static readonly IpAddress Far6 = IpAddress.Parse("fe80::2");

    /// <summary>The router's end, as the other side names it where it has no gateway's address.</summary>
    public static readonly IpAddress Near4 = IpAddress.Parse("169.254.77.1");

    public static readonly IpAddress Near6 = IpAddress.Parse("fe80::1");

    /// <summary>The link-layer address of routers.</summary>
    public const string RouterMac = "0a:54:4c:00:00:01";

    public const int InsideMtu = 9001;

    public static Standing StandingOf(DomainPlan plan, int handle)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        return nic.Has(NicTraits.Translates) ? Standing.Own
            : nic.Has(Uncarried.Traits) ? Standing.Uncarried
            : !nic.Has(NicTraits.Attached) ? Standing.Detached
            : !nic.Has(NicTraits.Running) ? Standing.Stopped
            : nic.Machine >= 0 && plan.Machines.Contains(nic.Machine) ? Standing.Own
            : Standing.Idle;
    }

    /// <summary>The link of the router that leads to it.</summary>
    public static string LinkOf(DomainPlan plan, int handle) =>
        StandingOf(plan, handle) == Standing.Own ? LinuxNames.NicLink(plan.State.NicMores[handle].Row.Id) : LinuxNames.IdleLink;

    public static void Write(DomainPlan plan, int handle, FactList facts)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        if (nic.Has(NicTraits.Gone) || !plan.Has(nic.Segment))
        {
            return;
        }

        facts.Place = plan.Router;
        NicMore more = plan.State.NicMores[handle];
        Standing standing = StandingOf(plan, handle);
        string link = LinkOf(plan, handle);
        if (standing == Standing.Own)
        {
            WriteLink(plan, handle, more, link, facts);
            ViaFacts.Write(plan, handle, link, facts);
        }

        if (nic.Filter >= 0)
        {
            facts.Filter(nic.Filter);
            DeclareGroups(plan, nic.Filter, facts);
        }

        uint mark = (uint)plan.SegmentOf(nic.Segment).Index;
        foreach (IpAddress address in more.Addresses)
        {
            WriteAddress(plan, nic, standing, link, Prefix.Host(address), mark, facts);
        }

        foreach (Prefix block in more.Blocks)
        {
            WriteAddress(plan, nic, standing, link, block, mark, facts);
        }

        WritePublic(plan, nic, more, facts);
    }

    private static void WriteLink(DomainPlan plan, int handle, NicMore more, string link, FactList facts)
    {
        ref readonly Nic nic = ref plan.State.Nics[handle];
        bool translates = nic.Has(NicTraits.Translates);
        string peer = translates
            ? LinuxNames.Translator(plan.State.Translators[nic.Translator].Row.Id)
            : LinuxNames.Machine(plan.State.Machines[nic.Machine].Row.Id);
        facts.Link(new Link(link, RouterMac, InsideMtu, peer, translates ? LinuxNames.FirstLink : LinuxNames.MachineLink(more.Slot)));
        facts.Sysctl($"net/ipv4/neigh/{link}/proxy_delay", "0");
        facts.Neighbour(link, Far4, more.Mac);
        if (plan.HasV6)
        {
            facts.Neighbour(link, Far6, more.Mac);
        }
    }

    private static void WriteAddress(DomainPlan plan, in Nic nic, Standing standing, string link, Prefix block, uint mark, FactList facts)
    {
        bool isV4 = block.IsV4;
        bool single = block.Length == block.Address.Width;
        string digit = (single ? "" : "b") + NftText.Digit(isV4);
        string key = NftText.Block(block);
        facts.Route(new KernelRoute(block, Marks.HostTable, RouteType.Unicast, link, isV4 ? Far4 : Far6));
        if (standing is Standing.Own or Standing.Idle)
        {
            facts.Element("own" + digit, $"\"{link}\" . {key}", Marks.Hex(mark));
        }

        if (standing == Standing.Own && isV4 && single)
        {
            facts.Element(NftTable.ShortSet, $"\"{link}\" . {key}");
        }

        if (standing != Standing.Own)
        {
            facts.Element("idle" + digit, key);
        }

        if (standing is Standing.Detached or Standing.Stopped or Standing.Uncarried)
        {
            string end = standing == Standing.Detached ? "detached" : standing == Standing.Stopped ? "stopped" : "uncarried";
            facts.Element("down" + digit, key, $"goto {end}");
        }

        if (nic.Filter < 0)
        {
            return;
        }

        string name = plan.FilterName(nic.Filter);
        if (standing is Standing.Own or Standing.Idle)
        {
            facts.Element("sgout" + digit, key, $"jump o{NftText.Digit(isV4)}_{name}");
        }

        facts.Element("sgin" + digit, key, $"jump i{NftText.Digit(isV4)}_{name}");
        foreach (int group in plan.State.Filters[nic.Filter].Groups)
        {
            facts.Element($"g{digit}_{FilterFacts.GroupName(plan.State, group)}", key);
        }
    }

    private static void DeclareGroups(DomainPlan plan, int filter, FactList facts)
    {
        foreach (int group in plan.State.Filters[filter].Groups)
        {
            FilterFacts.DeclareGroup(plan, group, facts);
        }
    }

    private static void WritePublic(DomainPlan plan, in Nic nic, NicMore more, FactList facts)
    {
        foreach ((uint inside, uint outside) in more.Public)
        {
            string one = IpAddress.FromV4(inside).ToString();
            string other = IpAddress.FromV4(outside).ToString();
            facts.Place = plan.Router;
            facts.Element("public4", one, other);
            if (nic.Has(NicTraits.Attached))
            {
                facts.Element("private4", other, one);
                facts.Element("self4", $"{other} . {other}");
            }

            facts.Place = LinuxNames.Outside;
            if (plan.Border is not null && nic.Has(NicTraits.Attached))
            {
                Prefix host = Prefix.Host(IpAddress.FromV4(outside));
                facts.Route(new KernelRoute(host, Marks.MainTable, RouteType.Unicast, LinuxNames.BorderLinkOutside(plan.Id), Far4));
            }
            else
            {
                facts.Element("unbound4", other);
            }
        }

        facts.Place = plan.Router;
    }
}
