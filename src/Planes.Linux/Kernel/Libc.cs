using System.Runtime.InteropServices;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>The few system calls that .NET has no words for.</summary>
internal static unsafe partial class Libc
{
    public const int CloneNewNet = 0x40000000;
    public const int OpenReadOnlyCloseOnExec = 0x80000;
    public const int MountBind = 4096;
    public const int UnmountDetach = 2;
    public const int FamilyNetlink = 16;
    public const int RawCloseOnExec = 3 | 0x80000;
    public const int LevelSocket = 1;
    public const int LevelNetlink = 270;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int SendBufferForce = 32;
    public const int ReceiveBufferForce = 33;
    public const int Protocol = 38;
    public const int Domain = 39;

    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int NotThere = 2;
    public const int NoProcess = 3;
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int NoBuffers = 105;
    public const int AddressNotAvailable = 99;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(int fd, int type);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* data, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* data, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "dup3", SetLastError = true)]
    public static partial int DuplicateTo(int fd, int to, int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileSystemOf(string path, long* result);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int fd, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int fd, int level, int name, int* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int fd, int level, int name, int* value, int* length);

    /// <summary>For calls that the C library has no function for.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third);

    public static bool TrySetOption(int fd, int level, int name, int value) => SetOption(fd, level, name, &value, sizeof(int)) == 0;

    /// <summary>An option's value; -1 where it cannot be read.</summary>
    public static int OptionOf(int fd, int level, int name)
    {
        int value = -1;
        int length = sizeof(int);
        return GetOption(fd, level, name, &value, &length) == 0 ? value : -1;
    }

    /// <summary>The error of the last call as an exception that names what was tried.</summary>
    public static KernelException Failure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new KernelException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }
}

/// <summary>What the kernel refused, in its own words.</summary>
public sealed class KernelException(string message, int error) : IOException(message)
{
    /// <summary>The error's number (errno); 0 where there is none.</summary>
    public int Error { get; } = error;
}
