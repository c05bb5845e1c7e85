using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>File descriptors over a Unix socket (SCM_RIGHTS, unix(7)): they ride on one octet of their own.</summary>
internal static unsafe partial class Handles
{
    /// <summary>The kernel's limit is 253 to a message.</summary>
    public const int CountMax = 16;

    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgNoSignal = 0x4000;
    private const int MsgCmsgCloexec = 0x40000000;
    private const int HeaderLength = 16;
    private const int Interrupted = 4;
    private const int TryAgain = 11;

    public static void Send(Socket socket, IReadOnlyList<SafeHandle> handles)
    {
        byte* control = stackalloc byte[HeaderLength + (CountMax * sizeof(int))];
        byte octet = 1;
        IoVector vector = new() { Base = &octet, Length = 1 };
        int length = HeaderLength + (handles.Count * sizeof(int));
        *(nuint*)control = (nuint)length;
        *(int*)(control + 8) = SolSocket;
        *(int*)(control + 12) = ScmRights;
        for (int i = 0; i < handles.Count; i++)
        {
            *(int*)(control + HeaderLength + (i * sizeof(int))) = (int)handles[i].DangerousGetHandle();
        }

        Message message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = (nuint)((length + 7) & ~7) };
        while (SendMessage((int)socket.Handle, &message, MsgNoSignal) < 0)
        {
            WaitOrThrow(socket, SelectMode.SelectWrite);
        }

        GC.KeepAlive(handles);
    }

    public static SafeFileHandle[] Receive(Socket socket, int count)
    {
        if (count == 0)
        {
            return [];
        }

        const int room = HeaderLength + (CountMax * sizeof(int));
        byte* control = stackalloc byte[room];
        byte octet = 0;
        IoVector vector = new() { Base = &octet, Length = 1 };
        Message message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = room };
        nint got;
        while ((got = ReceiveMessage((int)socket.Handle, &message, MsgCmsgCloexec)) < 0)
        {
            WaitOrThrow(socket, SelectMode.SelectRead);
        }

        int length = message.ControlLength >= HeaderLength ? (int)*(nuint*)control : 0;
        bool rights = length > 0 && *(int*)(control + 8) == SolSocket && *(int*)(control + 12) == ScmRights;
        SafeFileHandle[] handles = new SafeFileHandle[rights ? (length - HeaderLength) / sizeof(int) : 0];
        for (int i = 0; i < handles.Length; i++)
        {
            handles[i] = new SafeFileHandle(*(int*)(control + HeaderLength + (i * sizeof(int))), ownsHandle: true);
        }

        if (got == 1 && handles.Length == count)
        {
            return handles;
        }

        Array.ForEach(handles, h => h.Dispose());
        throw new InvalidDataException($"{handles.Length} file descriptors came, {count} were announced");
    }

    private static void WaitOrThrow(Socket socket, SelectMode mode)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == TryAgain)
        {
            _ = socket.Poll(TimeSpan.FromSeconds(1), mode);
        }
        else if (error != Interrupted)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, Message* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
