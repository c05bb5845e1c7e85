using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Trunkline.Planes.Linux.Holder;

/// <summary>What <c>/proc/PID/stat</c> says of a process.</summary>
/// <param name="State">R, S, D, T, Z ...</param>
/// <param name="Threads">How many of its threads have not ended; the first may end before others.</param>
/// <param name="Started">Clock ticks since boot.</param>
/// <param name="IsEnding">It has begun to end; number 1 of a namespace still waits for all others in it then.</param>
internal readonly record struct ProcessStat(char State, int Parent, int Threads, ulong Started, bool IsEnding)
{
    /// <summary>It has ended with all its threads, so its files are closed, and nobody has asked for its exit code yet.</summary>
    public bool HasEnded => State is 'Z' or 'X' && Threads <= 1;
}

/// <summary>The host's processes, as <c>/proc</c> shows them.</summary>
internal static partial class ProcessTable
{
    /// <summary>PF_EXITING in the kernel's <c>sched.h</c>.</summary>
    private const uint Exiting = 4;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>A process' state; null where there is no such process.</summary>
    public static ProcessStat? StatOf(int pid)
    {
        string? text = Text(pid, "stat");
        // The program's name stands in parentheses and may itself hold blanks and parentheses.
        int end = text?.LastIndexOf(')') ?? -1;
        if (end < 0)
        {
            return null;
        }

        string[] fields = text![(end + 2)..].Split(' ');
        return new ProcessStat(
            fields[0][0],
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            int.Parse(fields[17], CultureInfo.InvariantCulture),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture),
            (uint.Parse(fields[6], CultureInfo.InvariantCulture) & Exiting) != 0);
    }

    /// <summary>The processes that were started by one.</summary>
    public static IEnumerable<int> ChildrenOf(int parent) => All().Where(pid => StatOf(pid)?.Parent == parent);

    /// <summary>The processes whose arguments contain these, one right after the other.</summary>
    public static IEnumerable<int> WithArguments(params string[] sought)
    {
        string needle = '\0' + string.Join('\0', sought) + '\0';
        return All().Where(pid => Text(pid, "cmdline")?.Contains(needle, StringComparison.Ordinal) == true);
    }

    /// <summary>Ends a process at once, where it is still the one that is meant.</summary>
    public static void Kill(ProcessIdentity process)
    {
        if (process.IsAlive)
        {
            _ = Signal(process.Pid, SigKill);
        }
    }

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(ProcessIdentity process)
    {
        if (process.IsAlive)
        {
            _ = Signal(process.Pid, SigTerm);
        }
    }

    /// <summary>Waits until a process has ended altogether.</summary>
    /// <returns>False where it still runs after that time.</returns>
    public static async ValueTask<bool> Ended(ProcessIdentity process, TimeSpan limit, CancellationToken stop)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (StatOf(process.Pid) is { HasEnded: false } stat && stat.Started == process.Started)
        {
            if (Environment.TickCount64 > deadline)
            {
                return false;
            }

            await Task.Delay(10, stop).ConfigureAwait(false);
        }

        return true;
    }

    private static IEnumerable<int> All()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                yield return pid;
            }
        }
    }

    private static string? Text(int pid, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or it is another user's and not shown.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int pid, int signal);
}
