using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>
/// One network namespace as probes see it: packets are put on its links or into its routing, and nftables tells what becomes of those that
/// come through. A table of our own marks probes for tracing at both entries and takes them at the end of <c>input</c>, so that the kernel
/// never answers them itself. Everybody else's packets and rules are left alone.
/// </summary>
public sealed class ProbeNamespace : IDisposable
{
    /// <summary>Our nftables table.</summary>
    public const string Table = "trunkline_probe";

    /// <summary>The chain that takes what arrived.</summary>
    public const string Received = "received";

    /// <summary>The chain that marks what came over a link.</summary>
    public const string Came = "came";

    /// <summary>The chain that marks what was sent here.</summary>
    public const string Sent = "sent";

    /// <summary>The chain that sees what leaves.</summary>
    public const string Left = "left";

    private const int UpMilliseconds = 500;
    private const int ReceiveBuffer = 4 << 20;
    private const int ChunkSize = 1 << 16;

    private static readonly string Ruleset = string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        add table inet {{Table}}
        delete table inet {{Table}}
        table inet {{Table}} {
          chain {{Came}} {
            type filter hook prerouting priority -1000;
            meta l4proto tcp @th,144,16 {{PacketCraft.TcpWord}} meta nftrace set 1
            meta l4proto != tcp @th,64,32 {{PacketCraft.Word}} meta nftrace set 1
          }
          chain {{Sent}} {
            type filter hook output priority -1000;
            meta l4proto tcp @th,144,16 {{PacketCraft.TcpWord}} meta nftrace set 1
            meta l4proto != tcp @th,64,32 {{PacketCraft.Word}} meta nftrace set 1
          }
          chain {{Received}} {
            type filter hook input priority 1000;
            meta l4proto tcp @th,144,16 {{PacketCraft.TcpWord}} drop
            meta l4proto != tcp @th,64,32 {{PacketCraft.Word}} drop
          }
          chain {{Left}} {
            type filter hook postrouting priority 1000;
            meta l4proto tcp @th,144,16 {{PacketCraft.TcpWord}} accept
            meta l4proto != tcp @th,64,32 {{PacketCraft.Word}} accept
          }
        }
        """);

    private readonly string path;
    private readonly SafeFileHandle traces;

    // Opened when they are first used: a host has many namespaces, and a process few files.
    private SafeFileHandle? rules;
    private SafeFileHandle? frames;
    private SafeFileHandle? rawV4;
    private SafeFileHandle? rawV6;
    private readonly byte[] chunk = new byte[ChunkSize];
    private readonly Dictionary<(string Table, string Chain), Dictionary<ulong, string>> comments = [];
    private Dictionary<int, string> names = [];
    private Dictionary<string, int> indices = [];

    private ProbeNamespace(string name, string path)
    {
        Name = name;
        this.path = path;
        traces = PacketNative.Open(PacketNative.Netlink, PacketNative.Raw, PacketNative.NetfilterBus);
        PacketNative.Join(traces, NftTrace.Group, ReceiveBuffer);
    }

    public string Name { get; }

    internal int TraceDescriptor => (int)traces.DangerousGetHandle();

    /// <summary>Opens the sockets inside the namespace and puts our table there.</summary>
    /// <param name="path">The namespace's file.</param>
    /// <param name="links">Names of its links.</param>
    public static ProbeNamespace Open(string name, string path, IEnumerable<string> links)
    {
        ProbeNamespace opened = PacketNative.Inside(path, () =>
        {
            NftCommand.Run(Ruleset);
            return new ProbeNamespace(name, path);
        });
        opened.Learn(links);
        return opened;
    }

    public void Dispose()
    {
        traces.Dispose();
        rules?.Dispose();
        frames?.Dispose();
        rawV4?.Dispose();
        rawV6?.Dispose();
    }

    /// <summary>Takes our table away again.</summary>
    public void Withdraw() => PacketNative.Inside(path, () =>
    {
        NftCommand.Run($"delete table inet {Table}");
        return true;
    });

    /// <summary>Learns the links' numbers, and forgets what the rules were called: to be done after every change.</summary>
    public void Learn(IEnumerable<string> links)
    {
        comments.Clear();
        string[] wanted = [.. links, "lo"];
        if (wanted.Length == indices.Count && wanted.All(indices.ContainsKey))
        {
            return;
        }

        (string Name, int Index)[] found = PacketNative.Inside(path, () =>
        {
            (string Name, int Index)[] all = [.. wanted.Select(l => (l, PacketNative.IndexOf(l)))];
            SpinWait.SpinUntil(() => all.All(l => l.Index == 0 || PacketNative.IsRunning(traces, l.Name)) && !HasTentative(), UpMilliseconds);
            return all;
        });
        indices = found.Where(l => l.Index > 0).ToDictionary(l => l.Name, l => l.Index);
        names = indices.ToDictionary(l => l.Value, l => l.Key);
    }

    /// <summary>The name of a link; null for none.</summary>
    public string? LinkOf(int index) => index == 0 ? null : names.GetValueOrDefault(index, index.ToString(CultureInfo.InvariantCulture));

    /// <summary>Puts a packet on a link, as if the machine's kernel had sent it there: nothing of the namespace is asked.</summary>
    /// <param name="to">The Ethernet address at the other end.</param>
    public void SendOn(string link, string to, in ProbePacket packet)
    {
        const int Ethernet = 14;
        Span<byte> frame = stackalloc byte[Ethernet + PacketCraft.SizeMax];
        frame[..Ethernet].Clear();
        Convert.FromHexString(to.Replace(":", "", StringComparison.Ordinal), frame, out _, out _);
        frame[6] = 0x0A;
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], packet.Header.IsV4 ? (ushort)0x0800 : (ushort)0x86DD);
        int length = PacketCraft.Write(packet, frame[Ethernet..]);
        Span<byte> address = stackalloc byte[20];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)PacketNative.Packet);
        frame.Slice(12, 2).CopyTo(address[2..]);
        MemoryMarshal.Write(address[4..], indices[link]);
        address[11] = 6;
        frame[..6].CopyTo(address[12..]);
        frames ??= Open(PacketNative.Packet, 0);
        PacketNative.SendTo(frames, frame[..(Ethernet + length)], address);
    }

    /// <summary>Gives a packet to the namespace's own routing, whatever its source address.</summary>
    public void SendRouted(in ProbePacket packet)
    {
        Span<byte> octets = stackalloc byte[PacketCraft.SizeMax];
        int length = PacketCraft.Write(packet, octets);
        Span<byte> address = stackalloc byte[28];
        address.Clear();
        bool isV4 = packet.Header.IsV4;
        MemoryMarshal.Write(address, (ushort)(isV4 ? PacketNative.InternetV4 : PacketNative.InternetV6));
        if (isV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address[4..], packet.Header.Destination.V4Bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(address[8..], packet.Header.Destination.Bits);
        }

        SafeFileHandle socket = isV4
            ? rawV4 ??= Open(PacketNative.InternetV4, PacketNative.RawProtocol)
            : rawV6 ??= Open(PacketNative.InternetV6, PacketNative.RawProtocol);
        PacketNative.SendTo(socket, octets[..length], address[..(isV4 ? 16 : 28)]);
    }

    /// <summary>Adds what nftables has told since the last time; does not wait.</summary>
    public void Drain(List<TraceEvent> to)
    {
        while (true)
        {
            int length = PacketNative.Receive(traces, chunk, wait: false);
            if (length <= 0)
            {
                return;
            }

            NftTrace.Read(chunk.AsSpan(0, length), to);
        }
    }

    /// <summary>The comment of the rule that an event happened at; empty where it has none, null where the rule is not there any more.</summary>
    public string? CommentOf(in TraceEvent at)
    {
        if (at.Handle == 0)
        {
            return "";
        }

        if (!comments.TryGetValue((at.Table, at.Chain), out Dictionary<ulong, string>? known))
        {
            comments[(at.Table, at.Chain)] = known = ReadComments(at.Table, at.Chain);
        }

        return known.GetValueOrDefault(at.Handle);
    }

    private Dictionary<ulong, string> ReadComments(string table, string chain)
    {
        const int Request = 1;
        const int Dump = 0x300;
        const byte FamilyInet = 1;
        byte[] question = new byte[NftTrace.MessageHeader + NftTrace.FamilyHeader + Attribute(table) + Attribute(chain)];
        BinaryPrimitives.WriteInt32LittleEndian(question, question.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(4), NftTrace.RuleQuestion);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(6), Request | Dump);
        question[NftTrace.MessageHeader] = FamilyInet;
        Span<byte> rest = question.AsSpan(NftTrace.MessageHeader + NftTrace.FamilyHeader);
        Put(rest, 1, table);
        Put(rest[Attribute(table)..], 2, chain);
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)PacketNative.Netlink);
        if (rules is null)
        {
            rules = Open(PacketNative.Netlink, PacketNative.NetfilterBus);
            PacketNative.Join(rules, 0, ReceiveBuffer);
        }

        PacketNative.SendTo(rules, question, address);
        Dictionary<ulong, string> read = [];
        int length;
        do
        {
            length = PacketNative.Receive(rules, chunk, wait: true);
        }
        while (NftTrace.ReadRules(chunk.AsSpan(0, length), read));
        return read;
    }

    /// <summary>Whether an IPv6 address is there that the kernel has not taken up yet: its work queue does that (RFC 4862, 5.4).</summary>
    private static bool HasTentative()
    {
        const int Tentative = 0x40;
        return File.ReadLines("/proc/thread-self/net/if_inet6")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(words => words is [_, _, _, _, string flags, _] && (Convert.ToInt32(flags, 16) & Tentative) != 0);
    }

    private SafeFileHandle Open(int family, int protocol) => PacketNative.Inside(path, () => PacketNative.Open(family, PacketNative.Raw, protocol));

    private static int Attribute(string text) => 4 + ((text.Length + 1 + 3) & ~3);

    private static void Put(Span<byte> to, ushort type, string text)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)(4 + text.Length + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], type);
        System.Text.Encoding.ASCII.GetBytes(text, to[4..]);
    }
}
