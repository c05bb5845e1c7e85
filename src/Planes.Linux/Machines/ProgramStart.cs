using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes.Linux.Agent;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>
/// Starts programs with posix_spawn(3): in a session of their own, with every signal as a new process expects it, and the standard files that
/// are given. The base library's Process can give neither a terminal nor a session.
/// </summary>
internal static unsafe partial class ProgramStart
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int OpenReadWrite = 2;
    private const int Interrupted = 4;
    private const int OpaqueSize = 1024;
    private const int SignalSetSize = 128;

    /// <summary>Starts a program; its first three files are these.</summary>
    /// <param name="command">The first is a path or a name that PATH of this process leads to.</param>
    /// <param name="environment">NAME=VALUE.</param>
    /// <returns>The process id, which is its session's and group's too; it must be waited for.</returns>
    /// <exception cref="AgentException">It cannot be started, in the system's words.</exception>
    public static int WithFiles(IReadOnlyList<string> command, IReadOnlyList<string> environment, SafeHandle input, SafeHandle output, SafeHandle error)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        Check(InitActions(actions));
        try
        {
            Check(AddDuplicate(actions, (int)input.DangerousGetHandle(), 0));
            Check(AddDuplicate(actions, (int)output.DangerousGetHandle(), 1));
            Check(AddDuplicate(actions, (int)error.DangerousGetHandle(), 2));
            return Start(command, environment, actions);
        }
        finally
        {
            _ = DestroyActions(actions);
            GC.KeepAlive((input, output, error));
        }
    }

    /// <summary>Starts a program on a terminal: opening it as the first file of a new session makes it the controlling one.</summary>
    /// <param name="terminal">The path of the terminal's other end.</param>
    public static int OnTerminal(IReadOnlyList<string> command, IReadOnlyList<string> environment, string terminal)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        Check(InitActions(actions));
        try
        {
            Check(AddOpen(actions, 0, terminal, OpenReadWrite, 0));
            Check(AddDuplicate(actions, 0, 1));
            Check(AddDuplicate(actions, 0, 2));
            return Start(command, environment, actions);
        }
        finally
        {
            _ = DestroyActions(actions);
        }
    }

    /// <summary>Waits, blocking, for the end of a program that was started here.</summary>
    /// <returns>Its exit code, or 128 and the signal that ended it, as a shell says it.</returns>
    public static int WaitFor(int pid)
    {
        int status;
        while (WaitProcess(pid, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            }
        }

        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>A pipe whose ends no other program inherits.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        const int closeOnExec = 0x80000;
        int* ends = stackalloc int[2];
        return MakePipe(ends, closeOnExec) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    private static int Start(IReadOnlyList<string> command, IReadOnlyList<string> environment, byte* actions)
    {
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[SignalSetSize];
        nint[] arguments = Texts(command);
        nint[] variables = Texts(environment);
        Check(InitAttributes(attributes));
        try
        {
            // The runtime ignores SIGPIPE and may block signals; a program expects neither.
            new Span<byte>(signals, SignalSetSize).Fill(0xff);
            Check(SetDefaults(attributes, signals));
            new Span<byte>(signals, SignalSetSize).Clear();
            Check(SetMask(attributes, signals));
            Check(SetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession));
            int pid;
            int result;
            fixed (nint* a = arguments, e = variables)
            {
                result = SpawnByName(&pid, command[0], actions, attributes, a, e);
            }

            return result == 0 ? pid : throw new AgentException($"{command[0]}: {Marshal.GetPInvokeErrorMessage(result)}");
        }
        finally
        {
            _ = DestroyAttributes(attributes);
            Free(arguments);
            Free(variables);
        }
    }

    private static nint[] Texts(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Free(nint[] texts)
    {
        foreach (nint text in texts)
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(result));
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnByName(int* pid, string file, byte* actions, byte* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int to, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int MakePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitProcess(int pid, int* status, int options);
}
