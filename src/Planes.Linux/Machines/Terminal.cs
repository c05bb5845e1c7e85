using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>A pseudo-terminal, pty(7): what is written to the master is what a program on the other end reads from its keyboard.</summary>
internal static unsafe partial class Terminal
{
    private const int OpenFlags = 2 | 0x100 | 0x80000;
    private const nuint LockOther = 0x40045431;
    private const nuint NumberOfOther = 0x80045430;
    private const nuint SetSize = 0x5414;
    private const short PollIn = 1;
    private const int Interrupted = 4;

    /// <summary>A new terminal.</summary>
    /// <returns>The master, and the path of the other end.</returns>
    /// <exception cref="IOException">There are no more, or no <c>/dev/ptmx</c>.</exception>
    public static (SafeFileHandle Master, string Other) Open()
    {
        int fd = OpenFile("/dev/ptmx", OpenFlags, 0);
        SafeFileHandle master = fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new IOException($"/dev/ptmx: {Marshal.GetLastPInvokeErrorMessage()}");
        int zero = 0;
        int number;
        if (Control(fd, LockOther, &zero) != 0 || Control(fd, NumberOfOther, &number) != 0)
        {
            string why = Marshal.GetLastPInvokeErrorMessage();
            master.Dispose();
            throw new IOException($"a terminal: {why}");
        }

        return (master, $"/dev/pts/{number}");
    }

    /// <summary>Tells the program on the terminal how large its window is.</summary>
    public static void Resize(SafeHandle master, ushort columns, ushort rows)
    {
        ushort* size = stackalloc ushort[4] { rows, columns, 0, 0 };
        // A terminal whose program has ended takes no size: nobody is left to see it.
        _ = Control((int)master.DangerousGetHandle(), SetSize, size);
    }

    /// <summary>Waits, blocking, until a file can be read, its other end is closed, or the time is over.</summary>
    /// <returns>False where the time is over.</returns>
    public static bool WaitReadable(SafeHandle file, int milliseconds)
    {
        PollEntry entry = new() { File = (int)file.DangerousGetHandle(), Wanted = PollIn };
        int result = Poll(&entry, 1, milliseconds);
        return result > 0 || (result < 0 && Marshal.GetLastPInvokeError() != Interrupted);
    }

    /// <summary>What came, blocking; 0 at the end. A terminal whose other end is closed answers with an error: that is its end.</summary>
    public static int Read(SafeHandle file, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            return (int)Math.Max(0, ReadFile((int)file.DangerousGetHandle(), to, (nuint)buffer.Length));
        }
    }

    /// <summary>Writes all of it, blocking.</summary>
    /// <returns>False where nobody reads any more.</returns>
    public static bool Write(SafeHandle file, ReadOnlySpan<byte> octets)
    {
        fixed (byte* from = octets)
        {
            nuint done = 0;
            while (done < (nuint)octets.Length)
            {
                nint wrote = WriteFile((int)file.DangerousGetHandle(), from + done, (nuint)octets.Length - done);
                if (wrote < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                {
                    continue;
                }

                if (wrote <= 0)
                {
                    return false;
                }

                done += (nuint)wrote;
            }
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(int file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(int file, byte* buffer, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Got;
    }
}
