using System.Buffers.Binary;
using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>One tracked flow, as its first packet was.</summary>
/// <param name="Protocol">The IP protocol's number.</param>
/// <param name="SourcePort">0 where the protocol has no ports; of ICMP the identifier.</param>
/// <param name="Mark">What the filter noted about it.</param>
/// <param name="Zone">0 for the default zone.</param>
public sealed record TrackedFlow(byte Protocol, IpAddress Source, IpAddress Destination, ushort SourcePort, ushort DestinationPort, uint Mark, ushort Zone);

/// <summary>
/// Tracked flows of one namespace over ctnetlink (linux/netfilter/nfnetlink_conntrack.h). With <c>nf_conntrack_tcp_loose</c> = 0 a flow
/// that was cut stays cut.
/// </summary>
internal static class Conntrack
{
    private const ushort Subsystem = 1 << 8;
    private const ushort Get = Subsystem | 1;
    private const ushort Delete = Subsystem | 2;
    private const ushort TupleOriginal = 1;
    private const ushort Mark = 8;
    private const ushort Zone = 18;
    private const ushort Identifier = 12;
    private const byte InetFour = 2;
    private const byte InetSix = 10;

    /// <summary>All flows of both families.</summary>
    public static List<TrackedFlow> List(NetlinkSocket socket) => [.. Entries(socket).Select(e => e.Flow)];

    /// <summary>Ends each flow that is chosen.</summary>
    /// <returns>How many were ended.</returns>
    /// <exception cref="KernelException">The kernel refuses one, for another reason than that it is gone.</exception>
    public static int Cut(NetlinkSocket socket, Predicate<TrackedFlow> chosen)
    {
        NetlinkWriter messages = new();
        Span<byte> zone = stackalloc byte[2];
        foreach (Entry entry in Entries(socket))
        {
            if (!chosen(entry.Flow))
            {
                continue;
            }

            messages.Begin(Delete, NetlinkFlags.Request, 4)[0] = entry.Family;
            messages.Bytes(TupleOriginal | 0x8000, entry.Tuple);
            messages.Bytes(Identifier, entry.Identifier);
            if (entry.Flow.Zone != 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(zone, entry.Flow.Zone);
                messages.Bytes(Zone, zone);
            }

            messages.End();
        }

        int refused = 0;
        KernelException? failure = null;
        socket.Send(messages, (index, error, why) =>
        {
            refused++;
            if (error != Libc.NotThere)
            {
                failure = new KernelException($"end of a tracked flow: {why}", error);
            }
        });
        return failure is null ? messages.Count - refused : throw failure;
    }

    private static List<Entry> Entries(NetlinkSocket socket)
    {
        List<Entry> entries = [];
        foreach (byte family in (ReadOnlySpan<byte>)[InetFour, InetSix])
        {
            List<Entry> found = [];
            NetlinkWriter ask = new();
            ask.Begin(Get, NetlinkFlags.Request | NetlinkFlags.Dump, 4)[0] = family;
            ask.End();
            socket.Dump(ask, found.Clear, (type, body) => found.Add(Read(body, family)));
            entries.AddRange(found);
        }

        return entries;
    }

    private static Entry Read(ReadOnlySpan<byte> body, byte family)
    {
        byte[] tuple = [];
        byte[] identifier = [];
        uint mark = 0;
        ushort zone = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[4..]))
        {
            switch (attribute.Type)
            {
                case TupleOriginal:
                    tuple = attribute.Value.ToArray();
                    break;
                case Mark:
                    mark = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
                    break;
                case Zone:
                    zone = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value);
                    break;
                case Identifier:
                    identifier = attribute.Value.ToArray();
                    break;
                default:
                    break;
            }
        }

        return new Entry(family, ReadTuple(tuple) with { Mark = mark, Zone = zone }, tuple, identifier);
    }

    /// <summary>
    /// A tuple: addresses nested in 1 (IPv4 1 and 2, IPv6 3 and 4), protocol nested in 2 (number 1, ports 2 and 3, ICMP identifiers 4 and 7).
    /// </summary>
    private static TrackedFlow ReadTuple(ReadOnlySpan<byte> tuple)
    {
        TrackedFlow flow = new(0, default, default, 0, 0, 0, 0);
        foreach (NetlinkAttribute part in new NetlinkAttributes(tuple))
        {
            foreach (NetlinkAttribute attribute in part.Nested)
            {
                flow = (part.Type, attribute.Type) switch
                {
                    (1, 1 or 3) => flow with { Source = attribute.Address },
                    (1, 2 or 4) => flow with { Destination = attribute.Address },
                    (2, 1) => flow with { Protocol = attribute.Value[0] },
                    (2, 2 or 4 or 7) => flow with { SourcePort = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value) },
                    (2, 3) => flow with { DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value) },
                    _ => flow,
                };
            }
        }

        return flow;
    }

    private readonly record struct Entry(byte Family, TrackedFlow Flow, byte[] Tuple, byte[] Identifier);
}
