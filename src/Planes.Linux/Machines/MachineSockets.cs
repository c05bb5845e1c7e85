using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>Opens sockets inside a network namespace for someone outside: a socket stays where it was opened, whoever holds it.</summary>
internal static partial class MachineSockets
{
    private const int NewNetwork = 0x40000000;
    private const int FreeBind4 = 15;
    private const int FreeBind6 = 78;
    private const int Transparent4 = 19;
    private const int Transparent6 = 75;
    private const int ProtocolIp = 0;
    private const int ProtocolIp6 = 41;
    private const int PacketFamily = 17;
    private const int RawType = 3;
    private const int CloseOnExec = 0x80000;
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int InstructionsMax = 4096;
    private const ushort EveryProtocol = 0x0003;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    public static async Task Open(AgentHost host, SocketsRequest request, AgentCall call, CancellationToken stop)
    {
        List<Socket> sockets = [];
        try
        {
            string path = host.Directory.Netns(request.Namespace);
            if (request.Sockets.Any(s => s.Kind == SocketKind.Every))
            {
                host.Kernel.Beside(request.Namespace, () => OnThread(() =>
                {
                    Enter(path);
                    Packets.NftCommand.Run(OutsideAnswers.Table);
                }));
            }

            OnThread(() =>
            {
                Enter(path);
                foreach (SocketRequest asked in request.Sockets)
                {
                    sockets.Add(Make(asked));
                }
            });
            foreach ((Socket socket, SocketRequest asked) in sockets.Zip(request.Sockets))
            {
                if (asked.Kind == SocketKind.Connect)
                {
                    await Connect(socket, asked, stop).ConfigureAwait(false);
                }

                call.Give(socket.SafeHandle);
            }

            await call.Accept(stop).ConfigureAwait(false);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Whether the helper may work in a foreign network namespace.</summary>
    /// <exception cref="AgentException">It may not: another user namespace owns it.</exception>
    public static void Try(Microsoft.Win32.SafeHandles.SafeFileHandle network) => OnThread(() =>
    {
        if (SetNamespace((int)network.DangerousGetHandle(), NewNetwork) != 0)
        {
            throw new AgentException(
                $"that network namespace belongs to others ({Marshal.GetLastPInvokeErrorMessage()}): attaching works where `trunkline up` runs as root");
        }
    });

    private static Socket Make(SocketRequest asked)
    {
        if (asked.Kind == SocketKind.Frames)
        {
            return Frames(asked);
        }

        IPEndPoint at = EndPointOf(asked);
        Socket socket = asked.Kind == SocketKind.Datagram
            ? new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (asked.Kind == SocketKind.Connect)
            {
                return socket;
            }

            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            // The address may be given to the namespace after this.
            bool isV4 = at.AddressFamily == AddressFamily.InterNetwork;
            socket.SetRawSocketOption(isV4 ? ProtocolIp : ProtocolIp6, isV4 ? FreeBind4 : FreeBind6, BitConverter.GetBytes(1));
            if (asked.Kind == SocketKind.Every)
            {
                socket.SetRawSocketOption(isV4 ? ProtocolIp : ProtocolIp6, isV4 ? Transparent4 : Transparent6, BitConverter.GetBytes(1));
            }

            if (!isV4)
            {
                socket.DualMode = false;
            }

            socket.Bind(at);
            if (asked.Kind is SocketKind.Listen or SocketKind.Every)
            {
                socket.Listen(512);
            }

            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose();
            throw new AgentException($"{at}: {e.Message}", e);
        }
    }

    private static async Task Connect(Socket socket, SocketRequest asked, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ConnectLimit);
        IPEndPoint to = EndPointOf(asked);
        try
        {
            await socket.ConnectAsync(to, limit.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new AgentException($"{to}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new AgentException($"{to}: no answer", e);
        }
    }

    /// <summary>A packet socket; bound to nothing before its filter is there, so that it never holds a frame that was not asked for.</summary>
    private static unsafe Socket Frames(SocketRequest asked)
    {
        int fd = OpenSocket(PacketFamily, RawType | CloseOnExec, 0);
        if (fd < 0)
        {
            throw new AgentException($"a packet socket: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        SafeSocketHandle handle = new(fd, ownsHandle: true);
        try
        {
            Filter(fd, asked.Filter ?? []);
            uint index = IndexOf(asked.Device ?? "eth0");
            byte* address = stackalloc byte[20];
            new Span<byte>(address, 20).Clear();
            *(ushort*)address = PacketFamily;
            *(ushort*)(address + 2) = (ushort)IPAddress.HostToNetworkOrder((short)EveryProtocol);
            *(uint*)(address + 4) = index;
            return index != 0 && Bind(fd, address, 20) == 0
                ? new Socket(handle)
                : throw new AgentException($"{asked.Device}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static unsafe void Filter(int fd, IReadOnlyList<uint> numbers)
    {
        int count = numbers.Count / 4;
        if (numbers.Count % 4 != 0 || count > InstructionsMax)
        {
            throw new AgentException("the filter is not a list of instructions");
        }

        if (count == 0)
        {
            return;
        }

        ulong[] program = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            // struct sock_filter: u16 code, u8 jt, u8 jf, u32 k.
            program[i] = (numbers[i * 4] & 0xffff) | ((ulong)(numbers[(i * 4) + 1] & 0xff) << 16)
                | ((ulong)(numbers[(i * 4) + 2] & 0xff) << 24) | ((ulong)numbers[(i * 4) + 3] << 32);
        }

        fixed (ulong* first = program)
        {
            // struct sock_fprog: u16 length, then a pointer at the next eight octets.
            ulong* whole = stackalloc ulong[2] { (ulong)count, (ulong)first };
            if (SetOption(fd, SocketLevel, AttachFilter, whole, 16) != 0)
            {
                throw new AgentException($"the filter: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    private static IPEndPoint EndPointOf(SocketRequest asked) =>
        new(asked.Address is { } address ? IPAddress.Parse(address.ToString()) : IPAddress.Any, asked.Port);

    private static void Enter(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.Exists(path)
            ? File.OpenHandle(path)
            : throw new AgentException($"{Path.GetFileName(path)} is not there yet");
        if (SetNamespace((int)file.DangerousGetHandle(), NewNetwork) != 0)
        {
            throw new AgentException($"{Path.GetFileName(path)}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static void OnThread(Action work)
    {
        ExceptionDispatchInfo? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (e is AgentException or IOException or SocketException)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int kind);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IndexOf(string name);
}
