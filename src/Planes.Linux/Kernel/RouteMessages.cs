using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Messages about addresses, neighbours, routes and rules (linux/rtnetlink.h, linux/fib_rules.h).</summary>
internal static class RouteMessages
{
    public const ushort NewAddress = 20;
    public const ushort DeleteAddress = 21;
    public const ushort GetAddress = 22;
    public const ushort NewRoute = 24;
    public const ushort DeleteRoute = 25;
    public const ushort GetRoute = 26;
    public const ushort NewNeighbour = 28;
    public const ushort DeleteNeighbour = 29;
    public const ushort GetNeighbour = 30;
    public const ushort NewRule = 32;
    public const ushort DeleteRule = 33;
    public const ushort GetRule = 34;

    /// <summary>The origin that marks routes, rules and neighbours as Trunkline's: a number that no daemon uses (iproute2's rt_protos).</summary>
    public const byte Origin = 84;

    private const byte OriginKernel = 2;
    private const byte OriginRedirect = 1;
    private const byte OriginRouterAdvertisement = 9;
    private const byte InetFour = 2;
    private const byte InetSix = 10;
    private const uint OnLink = 4;
    private const byte Permanent = 0x80;
    private const byte ToTable = 1;
    private const byte ActionGoto = 2;
    private const byte ActionUnreachable = 7;

    public static void Address(NetlinkWriter to, LinkAddress address, int index, bool add)
    {
        const byte noDuplicateDetection = 2;
        Span<byte> head = to.Begin(
            add ? NewAddress : DeleteAddress, add ? NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Exclusive : NetlinkFlags.Request, 8);
        head[0] = FamilyOf(address.Address.Family);
        head[1] = (byte)address.Length;
        head[2] = add && !address.Address.IsV4 ? noDuplicateDetection : (byte)0;
        MemoryMarshal.Write(head[4..], index);
        to.Address(2, address.Address);
        to.Address(1, address.Address);
        to.End();
    }

    public static void Neighbour(NetlinkWriter to, Neighbour neighbour, int index, bool add)
    {
        Span<byte> head = to.Begin(
            add ? NewNeighbour : DeleteNeighbour, add ? NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Replace : NetlinkFlags.Request, 12);
        head[0] = FamilyOf(neighbour.Address.Family);
        MemoryMarshal.Write(head[4..], index);
        MemoryMarshal.Write(head[8..], (ushort)Permanent);
        to.Address(1, neighbour.Address);
        if (add)
        {
            to.Mac(2, neighbour.Mac);
            to.Octet(12, Origin);
        }

        to.End();
    }

    /// <param name="index">The link's; 0 where the route has none.</param>
    public static void Route(NetlinkWriter to, KernelRoute route, int index, bool add)
    {
        Span<byte> head = to.Begin(
            add ? NewRoute : DeleteRoute, add ? NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Replace : NetlinkFlags.Request, 12);
        head[0] = FamilyOf(route.Destination.Family);
        head[1] = (byte)route.Destination.Length;
        head[4] = route.Table < 256 ? (byte)route.Table : (byte)252;
        head[5] = add ? Origin : (byte)0;
        head[6] = add ? ScopeOf(route) : (byte)255;
        head[7] = (byte)route.Type;
        MemoryMarshal.Write(head[8..], route.Via is null ? 0 : OnLink);
        to.Number(15, route.Table);
        if (route.Destination.Length > 0)
        {
            to.Address(1, route.Destination.Address);
        }

        if (route.Link is not null)
        {
            to.Number(4, (uint)index);
        }

        if (route.Via is { } via)
        {
            WriteVia(to, route, via);
        }

        if (route.Source is { } source)
        {
            to.Address(7, source);
        }

        if (route.Mtu > 0)
        {
            int metrics = to.Nest(8);
            to.Number(2, (uint)route.Mtu);
            to.EndNest(metrics);
        }

        to.End();
    }

    public static void Rule(NetlinkWriter to, KernelRule rule, bool add)
    {
        Span<byte> head = to.Begin(
            add ? NewRule : DeleteRule, add ? NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Exclusive : NetlinkFlags.Request, 12);
        head[0] = FamilyOf(rule.Family);
        head[4] = rule.Table is { } table ? table < 256 ? (byte)table : (byte)252 : (byte)0;
        head[7] = rule.Table is not null ? ToTable : rule.Goto is not null ? ActionGoto : ActionUnreachable;
        head[2] = (byte)(rule.From?.Length ?? 0);
        to.Number(6, rule.Preference);
        if (rule.From is { } from)
        {
            to.Address(2, from.Address);
        }

        if (rule.Mask != 0)
        {
            to.Number(10, rule.Mark);
            to.Number(16, rule.Mask);
        }

        if (rule.Table is { } lookup)
        {
            to.Number(15, lookup);
        }

        if (rule.Goto is { } target)
        {
            to.Number(4, target);
        }

        if (rule.InLink is { } link)
        {
            to.Text(3, link);
        }

        if (add)
        {
            to.Octet(21, Origin);
        }

        to.End();
    }

    /// <summary>Asks for all of a kind in one family.</summary>
    public static void Ask(NetlinkWriter to, ushort kind, Family family)
    {
        Span<byte> head = to.Begin(kind, NetlinkFlags.Request | NetlinkFlags.Dump, kind == GetAddress ? 8 : 12);
        head[0] = FamilyOf(family);
        to.End();
    }

    /// <summary>Reads an address; null for what the kernel gives the loopback.</summary>
    public static LinkAddress? ReadAddress(ReadOnlySpan<byte> body, Func<int, string?> nameOf)
    {
        string? link = nameOf(MemoryMarshal.Read<int>(body[4..]));
        IpAddress? address = null;
        IpAddress? local = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[8..]))
        {
            switch (attribute.Type)
            {
                case 1:
                    address = attribute.Address;
                    break;
                case 2:
                    local = attribute.Address;
                    break;
                default:
                    break;
            }
        }

        if (link is null || (local ?? address) is not { } found)
        {
            return null;
        }

        bool kernels = link == "lo" && (found.IsV4 ? found.V4Bits >> 24 == 127 : found.Bits == 1);
        return kernels ? null : new LinkAddress(link, found, body[1]);
    }

    /// <summary>Reads a permanent neighbour; null for one that was learned.</summary>
    public static Neighbour? ReadNeighbour(ReadOnlySpan<byte> body, Func<int, string?> nameOf)
    {
        IpAddress? address = null;
        string mac = "";
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[12..]))
        {
            switch (attribute.Type)
            {
                case 1:
                    address = attribute.Address;
                    break;
                case 2:
                    mac = attribute.Mac;
                    break;
                default:
                    break;
            }
        }

        bool permanent = (MemoryMarshal.Read<ushort>(body[8..]) & Permanent) != 0;
        return permanent && address is { } found && nameOf(MemoryMarshal.Read<int>(body[4..])) is { } link ? new Neighbour(link, found, mac) : null;
    }

    /// <summary>Reads a route; null for the kernel's own, and in a machine for those of other hands.</summary>
    public static KernelRoute? ReadRoute(ReadOnlySpan<byte> body, Func<int, string?> nameOf, bool onlyOurs)
    {
        const uint cached = 0x200;
        byte origin = body[5];
        RouteType type = (RouteType)body[7];
        if (origin is OriginKernel or OriginRedirect or OriginRouterAdvertisement || (onlyOurs && origin != Origin)
            || (MemoryMarshal.Read<uint>(body[8..]) & cached) != 0 || !Enum.IsDefined(type))
        {
            return null;
        }

        IpAddress destination = body[0] == InetFour ? IpAddress.FromV4(0) : IpAddress.FromV6(0);
        uint table = body[4];
        string? link = null;
        IpAddress? via = null;
        IpAddress? source = null;
        int mtu = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[12..]))
        {
            switch (attribute.Type)
            {
                case 1:
                    destination = attribute.Address;
                    break;
                case 4:
                    link = nameOf((int)attribute.Number);
                    break;
                case 5:
                    via = attribute.Address;
                    break;
                case 18:
                    via = new NetlinkAttribute(0, attribute.Value[2..]).Address;
                    break;
                case 7:
                    source = attribute.Address;
                    break;
                case 8:
                    mtu = MtuOf(attribute);
                    break;
                case 15:
                    table = attribute.Number;
                    break;
                default:
                    break;
            }
        }

        // IPv6 gives the loopback to routes that end a packet.
        bool hasLink = type is RouteType.Unicast or RouteType.Local;
        return new KernelRoute(new Prefix(destination, body[1]), table, type, hasLink ? link : null, via, source, mtu);
    }

    /// <summary>Reads a rule; null in a machine for those of other hands.</summary>
    public static KernelRule? ReadRule(ReadOnlySpan<byte> body, bool onlyOurs)
    {
        uint preference = 0;
        uint mark = 0;
        uint mask = 0;
        uint table = body[4];
        uint? target = null;
        string? link = null;
        Prefix? from = null;
        byte origin = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[12..]))
        {
            switch (attribute.Type)
            {
                case 2:
                    from = new Prefix(attribute.Address, body[2]);
                    break;
                case 3:
                    link = attribute.Text;
                    break;
                case 4:
                    target = attribute.Number;
                    break;
                case 6:
                    preference = attribute.Number;
                    break;
                case 10:
                    mark = attribute.Number;
                    break;
                case 15:
                    table = attribute.Number;
                    break;
                case 16:
                    mask = attribute.Number;
                    break;
                case 21:
                    origin = attribute.Value[0];
                    break;
                default:
                    break;
            }
        }

        if (onlyOurs && origin is not (Origin or OriginKernel))
        {
            return null;
        }

        Family family = body[0] == InetFour ? Family.V4 : Family.V6;
        return new KernelRule(family, preference, mark, mask, body[7] == ToTable ? table : null, body[7] == ActionGoto ? target : null, link, from);
    }

    private static int MtuOf(NetlinkAttribute metrics)
    {
        foreach (NetlinkAttribute attribute in metrics.Nested)
        {
            if (attribute.Type == 2)
            {
                return (int)attribute.Number;
            }
        }

        return 0;
    }

    private static void WriteVia(NetlinkWriter to, KernelRoute route, IpAddress via)
    {
        if (via.Family == route.Destination.Family)
        {
            to.Address(5, via);
            return;
        }

        Span<byte> octets = stackalloc byte[18];
        MemoryMarshal.Write(octets, (ushort)FamilyOf(via.Family));
        to.Bytes(18, octets[..(2 + NetlinkWriter.WriteAddress(octets[2..], via))]);
    }

    /// <summary>How far the destination is: this host, this link, or beyond (IPv6 does not ask).</summary>
    private static byte ScopeOf(KernelRoute route) => route switch
    {
        { Destination.IsV4: false } => 0,
        { Type: RouteType.Local } => 254,
        { Type: RouteType.Unicast, Via: null } => 253,
        _ => 0,
    };

    private static byte FamilyOf(Family family) => family == Family.V4 ? InetFour : InetSix;
}
