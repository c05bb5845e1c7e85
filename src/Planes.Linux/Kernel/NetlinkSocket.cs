using System.Runtime.InteropServices;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Reads one message of a dump: its type and what follows its header.</summary>
internal delegate void NetlinkReader(ushort type, ReadOnlySpan<byte> body);

/// <summary>
/// A netlink socket: it belongs to the namespace of the thread that opened it, whichever thread uses it. The kernel carries a request out
/// within the send, so many are sent at once and only the last is asked to be acknowledged; errors come for each by itself.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    public const int Route = 0;
    public const int Netfilter = 12;

    private const int MostMessages = 256;
    private const int MostOctets = 48 * 1024;
    /// <summary>The message that begins what is taken whole or not at all (linux/netfilter/nfnetlink.h).</summary>
    public const ushort BatchBegin = 0x10;

    /// <summary>The message that ends it.</summary>
    public const ushort BatchEnd = 0x11;

    private const int HeaderLength = 16;

    /// <summary>One for all sockets of a thread: there may be a thousand of them.</summary>
    [ThreadStatic]
    private static byte[]? t_receive;

    private readonly int _fd;
    private uint _sequence;

    /// <summary>Opens one in the calling thread's namespace.</summary>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public NetlinkSocket(int protocol)
    {
        _fd = Libc.Socket(Libc.FamilyNetlink, Libc.RawCloseOnExec, protocol);
        if (_fd < 0)
        {
            throw Libc.Failure("netlink socket");
        }

        const int extendedAck = 11;
        const int cappedAck = 10;
        Libc.TrySetOption(_fd, Libc.LevelNetlink, extendedAck, 1);
        Libc.TrySetOption(_fd, Libc.LevelNetlink, cappedAck, 1);
        if (!Libc.TrySetOption(_fd, Libc.LevelSocket, Libc.ReceiveBufferForce, 4 << 20))
        {
            Libc.TrySetOption(_fd, Libc.LevelSocket, Libc.ReceiveBuffer, 4 << 20);
        }

        byte* address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = Libc.FamilyNetlink;
        if (Libc.Bind(_fd, address, 12) != 0)
        {
            KernelException failure = Libc.Failure("netlink socket");
            _ = Libc.Close(_fd);
            throw failure;
        }
    }

    /// <summary>How many messages that change something were sent.</summary>
    public long Writes { get; private set; }

    /// <summary>Sends all messages; tells of each that failed with its index, the error's number and the kernel's words.</summary>
    public void Send(NetlinkWriter messages, Action<int, int, string> failed)
    {
        int from = 0;
        while (from < messages.Count)
        {
            int to = from + 1;
            int octets = messages.Message(from).Length;
            while (to < messages.Count && to - from < MostMessages && octets + messages.Message(to).Length <= MostOctets)
            {
                octets += messages.Message(to++).Length;
            }

            SendSome(messages, from, to, to - 1, failed);
            from = to;
        }

        Writes += messages.Count;
    }

    /// <summary>
    /// Sends messages that the kernel takes all or none: the first begins them and the last ends them (linux/netfilter/nfnetlink.h). Not every kernel
    /// acknowledges the last, so the one before it is asked to be.
    /// </summary>
    /// <exception cref="KernelException">The kernel refuses them, in its words for the first.</exception>
    public void SendBatch(NetlinkWriter messages)
    {
        KernelException? failure = null;
        SendSome(messages, 0, messages.Count, messages.Count - 2, (_, error, why) => failure ??= new KernelException(why, error));
        Writes++;
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Sends one request and reads the answer's messages to their end; asked again where it changed meanwhile.</summary>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public void Dump(NetlinkWriter request, Action restart, NetlinkReader read)
    {
        const int most = 5;
        for (int turn = 0; turn < most; turn++)
        {
            restart();
            uint sequence = ++_sequence;
            Span<byte> message = request.Message(0);
            MemoryMarshal.Write(message[8..], sequence);
            SendOctets(message);
            if (ReadDump(sequence, read))
            {
                return;
            }
        }

        throw new KernelException("The kernel's tables changed while they were read, five times over.", 0);
    }

    public void Dispose() => _ = Libc.Close(_fd);

    /// <param name="asked">The message whose answer is waited for.</param>
    private void SendSome(NetlinkWriter messages, int from, int to, int asked, Action<int, int, string> failed)
    {
        uint first = _sequence + 1;
        for (int i = from; i < to; i++)
        {
            Span<byte> message = messages.Message(i);
            MemoryMarshal.Write(message[8..], ++_sequence);
            if (i == asked)
            {
                ushort flags = MemoryMarshal.Read<ushort>(message[6..]);
                MemoryMarshal.Write(message[6..], (ushort)(flags | (ushort)NetlinkFlags.Ack));
            }
        }

        SendOctets(messages.Messages(from, to));
        ReadAcks(first, first + (uint)(asked - from), (index, error, why) => failed(from + index, error, why));
    }

    private void SendOctets(Span<byte> octets)
    {
        fixed (byte* data = octets)
        {
            nint sent;
            do
            {
                sent = Libc.Send(_fd, data, octets.Length, 0);
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

            if (sent != octets.Length)
            {
                throw Libc.Failure("netlink send");
            }
        }
    }

    private ReadOnlySpan<byte> Receive()
    {
        byte[] buffer = t_receive ??= new byte[64 * 1024];
        fixed (byte* data = buffer)
        {
            nint got;
            do
            {
                got = Libc.Receive(_fd, data, buffer.Length, 0);
            }
            while (got < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

            return got >= 0 ? buffer.AsSpan(0, (int)got) : throw Libc.Failure("netlink receive");
        }
    }

    private void ReadAcks(uint first, uint last, Action<int, int, string> failed)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive();
            while (rest.Length >= HeaderLength)
            {
                int length = MemoryMarshal.Read<int>(rest);
                uint sequence = MemoryMarshal.Read<uint>(rest[8..]);
                if (MemoryMarshal.Read<ushort>(rest[4..]) == 2 && sequence - first <= last - first)
                {
                    int error = -MemoryMarshal.Read<int>(rest[HeaderLength..]);
                    if (error != 0)
                    {
                        failed((int)(sequence - first), error, Words(rest[..length], error));
                    }

                    // Of a batch whose beginning is refused nothing else is answered.
                    if (sequence == last || (error != 0 && MemoryMarshal.Read<ushort>(rest[(HeaderLength + 8)..]) == BatchBegin))
                    {
                        return;
                    }
                }

                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
            }
        }
    }

    /// <returns>False where it must be asked again.</returns>
    private bool ReadDump(uint expected, NetlinkReader read)
    {
        const int interrupted = 0x10;
        bool whole = true;
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive();
            while (rest.Length >= HeaderLength)
            {
                int length = MemoryMarshal.Read<int>(rest);
                ushort type = MemoryMarshal.Read<ushort>(rest[4..]);
                ushort flags = MemoryMarshal.Read<ushort>(rest[6..]);
                if (MemoryMarshal.Read<uint>(rest[8..]) == expected)
                {
                    whole &= (flags & interrupted) == 0;
                    if (type == 3)
                    {
                        return whole;
                    }

                    if (type == 2)
                    {
                        int error = -MemoryMarshal.Read<int>(rest[HeaderLength..]);
                        return error == 0 ? whole : throw new KernelException(Words(rest[..length], error), error);
                    }

                    read(type, rest[HeaderLength..length]);
                }

                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
            }
        }
    }

    /// <summary>The error's own name, and what the kernel adds where it says more (NLMSGERR_ATTR_MSG).</summary>
    private static string Words(ReadOnlySpan<byte> message, int error)
    {
        const int attributesFollow = 0x200;
        const int capped = 0x100;
        string words = Marshal.GetPInvokeErrorMessage(error);
        ushort flags = MemoryMarshal.Read<ushort>(message[6..]);
        if ((flags & attributesFollow) == 0)
        {
            return words;
        }

        int original = (flags & capped) != 0 ? HeaderLength : MemoryMarshal.Read<int>(message[20..]);
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message[(HeaderLength + 4 + original)..]))
        {
            if (attribute.Type == 1)
            {
                return $"{words} ({attribute.Text})";
            }
        }

        return words;
    }
}
