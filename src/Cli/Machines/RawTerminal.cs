using System.Runtime.InteropServices;

namespace Trunkline.Cli.Machines;

/// <summary>This process' own terminal, termios(3): every key goes to the program in the machine as it is, Ctrl-C too, until this is disposed of.</summary>
internal sealed unsafe partial class RawTerminal : IDisposable
{
    /// <summary>More than any system's <c>struct termios</c>.</summary>
    private const int SettingsSize = 256;
    private const int AfterOutput = 1;

    private static readonly nuint WindowSize = OperatingSystem.IsMacOS() ? 0x40087468u : 0x5413u;

    private readonly byte[] before;

    private RawTerminal(byte[] before) => this.before = before;

    /// <summary>Makes the terminal raw; null where standard input is none.</summary>
    public static RawTerminal? Enter()
    {
        byte[] settings = new byte[SettingsSize];
        fixed (byte* now = settings)
        {
            if (GetSettings(0, now) != 0)
            {
                return null;
            }

            byte[] raw = [.. settings];
            fixed (byte* next = raw)
            {
                MakeRaw(next);
                return SetSettings(0, AfterOutput, next) == 0 ? new RawTerminal(settings) : null;
            }
        }
    }

    /// <summary>Columns and rows of the window; 80 and 24 where it has none.</summary>
    public static (ushort Columns, ushort Rows) Size()
    {
        ushort* size = stackalloc ushort[4];
        return Control(1, WindowSize, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : ((ushort)80, (ushort)24);
    }

    /// <summary>What was typed, blocking; 0 at the end. Past the runtime's own reading, which gives a terminal its own settings first.</summary>
    public static int Read(Span<byte> buffer)
    {
        const int interrupted = 4;
        fixed (byte* to = buffer)
        {
            nint got;
            do
            {
                got = ReadFile(0, to, (nuint)buffer.Length);
            }
            while (got < 0 && Marshal.GetLastPInvokeError() == interrupted);

            return (int)Math.Max(0, got);
        }
    }

    public void Dispose()
    {
        fixed (byte* settings = before)
        {
            // A terminal that has gone has nothing to be given back.
            _ = SetSettings(0, AfterOutput, settings);
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(int file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetSettings(int file, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetSettings(int file, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* settings);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, ushort* argument);
}
