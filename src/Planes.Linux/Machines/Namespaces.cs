using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>Namespaces as files, namespaces(7): which one a file is, host names kept by a bind mount.</summary>
internal static unsafe partial class Namespaces
{
    private const int NewHostName = 0x04000000;
    private const ulong Bind = 4096;
    private const int Detach = 2;
    private const int AtWorkingDirectory = -100;
    private const int NamespaceFileSystem = 0x6e736673;

    /// <summary>The number of the namespace that a file stands for; 0 where it stands for none.</summary>
    public static ulong NumberOf(string path)
    {
        long* facts = stackalloc long[64];
        if (FileSystemOf(path, facts) != 0 || facts[0] != NamespaceFileSystem)
        {
            return 0;
        }

        // struct statx: stx_ino is eight octets at 32.
        byte* status = stackalloc byte[512];
        const uint inode = 0x100;
        return Status(AtWorkingDirectory, path, 0, inode, status) == 0 ? *(ulong*)(status + 32) : 0;
    }

    /// <summary>Makes a namespace for a host name and keeps it at a file.</summary>
    public static void MakeName(string hostName, string path)
    {
        File.WriteAllBytes(path, []);
        OnThread(() =>
        {
            byte[] name = Encoding.ASCII.GetBytes(hostName);
            fixed (byte* text = name)
            {
                if (Unshare(NewHostName) != 0 || SetHostName(text, (nuint)name.Length) != 0
                    || Mount("/proc/thread-self/ns/uts", path, null, Bind, 0) != 0)
                {
                    throw new IOException($"host name {hostName}: {Marshal.GetLastPInvokeErrorMessage()}");
                }
            }
        });
    }

    /// <summary>Takes a namespace's file away; nothing where it stands for none.</summary>
    public static void Unmount(string path)
    {
        while (NumberOf(path) != 0)
        {
            if (Unmount(path, Detach) != 0)
            {
                throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    /// <summary>A thread that changes its namespaces ends afterwards: none of the pool stays elsewhere.</summary>
    private static void OnThread(Action work)
    {
        ExceptionDispatchInfo? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
            catch (IOException e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileSystemOf(string path, long* facts);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "sethostname", SetLastError = true)]
    private static partial int SetHostName(byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
