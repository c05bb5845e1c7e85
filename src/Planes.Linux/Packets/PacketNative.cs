using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>The few calls that sockets need and the base library has not: packet and raw IP sockets, netlink, another network namespace.</summary>
internal static partial class PacketNative
{
    public const int InternetV4 = 2;
    public const int InternetV6 = 10;
    public const int Netlink = 16;
    public const int Packet = 17;
    public const int Raw = 3;
    public const int RawProtocol = 255;
    public const int NetfilterBus = 12;
    public const int DontWait = 0x40;
    public const int NoData = 11;

    private const int NotPermitted = 1;
    private const int LinkDown = 100;
    private const int NoNetwork = 101;
    private const int NoHost = 113;
    private const int CloseOnExec = 0x80000;
    private const int NetworkNamespace = 0x40000000;
    private const int SocketLevel = 1;
    private const int ReceiveBuffer = 8;
    private const int NetlinkLevel = 270;
    private const int AddMembership = 1;

    /// <summary>A socket of the calling thread's network namespace.</summary>
    public static SafeFileHandle Open(int family, int type, int protocol)
    {
        SafeFileHandle socket = new(Socket(family, type | CloseOnExec, protocol), ownsHandle: true);
        return socket.IsInvalid ? throw Failure("socket") : socket;
    }

    /// <summary>Binds a netlink socket to an address of the kernel's choice and joins a group.</summary>
    public static unsafe void Join(SafeFileHandle socket, int group, int receiveBuffer)
    {
        NetlinkAddress address = new() { Family = Netlink };
        Check(Bind(socket, &address, sizeof(NetlinkAddress)), "bind");
        if (group > 0)
        {
            Check(SetOption(socket, NetlinkLevel, AddMembership, &group, sizeof(int)), "setsockopt");
        }

        // Best effort: the kernel takes what it allows and never less than before.
        _ = SetOption(socket, SocketLevel, ReceiveBuffer, &receiveBuffer, sizeof(int));
    }

    /// <summary>Sends; a packet that the kernel's own rules or routes refuse at once is as good as sent, and lost.</summary>
    public static unsafe void SendTo(SafeFileHandle socket, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> address)
    {
        fixed (byte* data = octets)
        fixed (byte* to = address)
        {
            nint sent = SendTo(socket, data, octets.Length, 0, to, address.Length);
            if (sent < 0 && Marshal.GetLastPInvokeError() is not (NotPermitted or LinkDown or NoNetwork or NoHost))
            {
                throw Failure("sendto");
            }
        }
    }

    /// <returns>Octets received; -1 where nothing is there.</returns>
    public static unsafe int Receive(SafeFileHandle socket, Span<byte> to, bool wait)
    {
        fixed (byte* data = to)
        {
            nint got = Receive(socket, data, to.Length, wait ? 0 : DontWait);
            return got >= 0 ? (int)got : Marshal.GetLastPInvokeError() == NoData ? -1 : throw Failure("recv");
        }
    }

    /// <summary>Waits until one of the sockets has something, or the time is over.</summary>
    public static unsafe void Wait(ReadOnlySpan<int> sockets, int milliseconds)
    {
        Span<PollEntry> entries = stackalloc PollEntry[sockets.Length];
        for (int i = 0; i < sockets.Length; i++)
        {
            entries[i] = new PollEntry { Descriptor = sockets[i], Events = 1 };
        }

        fixed (PollEntry* first = entries)
        {
            _ = Poll(first, (nuint)entries.Length, milliseconds);
        }
    }

    /// <summary>The number of an interface in the calling thread's namespace; 0 where there is none.</summary>
    public static int IndexOf(string link) => (int)NameToIndex(link);

    /// <summary>Whether a link carries packets: a new pair does so a moment after both ends were set up.</summary>
    /// <param name="socket">Any socket of the link's namespace.</param>
    public static unsafe bool IsRunning(SafeFileHandle socket, string link)
    {
        const int GetFlags = 0x8913;
        const int Running = 0x40;
        const int NameSize = 16;
        byte* request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        System.Text.Encoding.ASCII.GetBytes(link, new Span<byte>(request, NameSize - 1));
        return Control(socket, GetFlags, request) == 0 && (*(short*)(request + NameSize) & Running) != 0;
    }

    /// <summary>Runs something with its thread inside a network namespace; the thread is thrown away afterwards.</summary>
    public static T Inside<T>(string path, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle file = File.OpenHandle(path);
                Check(SetNamespace(file, NetworkNamespace), "setns " + path);
                result = work();
            }
            catch (Exception wrong)
            {
                failure = wrong;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException($"in {path}: {failure.Message}", failure);
    }

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw Failure(call);
        }
    }

    private static IOException Failure(string call)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(SafeFileHandle socket, void* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(SafeFileHandle socket, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static unsafe partial nint SendTo(SafeFileHandle socket, byte* data, nint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint Receive(SafeFileHandle socket, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(SafeFileHandle socket, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint NameToIndex(string link);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);

    [StructLayout(LayoutKind.Sequential)]
    private struct NetlinkAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
