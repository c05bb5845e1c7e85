using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>
/// The place in which a machine's programs run, beside its network: a mount namespace with its own <c>/etc</c>, <c>/run</c> and <c>/sys</c>, and
/// a host name. A process that sleeps keeps them, so that a helper that comes later finds them.
/// </summary>
internal sealed partial class MachineRoom(PlaneDirectory directory, string id)
{
    /// <summary>
    /// $1: the machine's directory. Its own /etc lies over the host's; where the kernel has no overlay there, its files lie over the host's
    /// files that are there. /run is empty: the host's name services must not answer for the machine. The keeper is nobody's child. (A bind
    /// mount of the mount namespace would keep it too, but kernels refuse one at times: they compare numbers that are not in order.)
    /// </summary>
    private const string Setup =
        """
        set -e
        mount -t sysfs sysfs /sys || true
        if ! mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc,workdir=$1/work,userxattr" /etc 2>/dev/null &&
           ! mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc,workdir=$1/work" /etc 2>/dev/null
        then
          for own in "$1"/etc/*; do
            at=$(readlink -f "/etc/${own##*/}") && [ -f "$at" ] && mount --bind "$own" "$at"
          done
        fi
        mount -t tmpfs -o mode=0755 tmpfs /run
        mkdir -p /run/lock
        sleep 2147483647 </dev/null >/dev/null 2>&1 &
        echo $! > "$1/keeper"
        """;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public string Home { get; } = directory.Machine(id);

    /// <summary>What user data printed.</summary>
    public string ConsoleLog => Path.Combine(Home, "console.log");

    /// <summary>Whether it started once, here or in a holder that has ended since.</summary>
    public bool WasStarted => File.Exists(BootFile);

    /// <summary>Whether it ran, or began to run, what it runs once.</summary>
    public bool HadFirstBoot => File.Exists(DoneFile);

    private string KeeperFile => Path.Combine(Home, "keeper");

    private bool WasKept => File.Exists(KeeperFile);

    /// <summary>The mount namespace's file; one that is not there where the machine has no place now.</summary>
    private string MountFile => WasKept ? $"/proc/{File.ReadAllText(KeeperFile).Trim()}/ns/mnt" : KeeperFile;

    private string NameFile => Path.Combine(Home, "uts");

    private string BootFile => Path.Combine(Home, "boot");

    private string DoneFile => Path.Combine(Home, "first-boot.done");

    /// <summary>The command line that runs a program in the machine.</summary>
    public string[] Inside(string networkPath, IEnumerable<string> command) =>
        ["nsenter", $"--net={networkPath}", $"--mount={MountFile}", $"--uts={NameFile}", "--wd=/", "--", .. command];

    /// <summary>Makes the place where it is not there, or was another boot's.</summary>
    /// <returns>True where the machine has just started.</returns>
    public bool Ensure(MachineBoot boot, string networkPath)
    {
        string number = boot.Boot.ToString(CultureInfo.InvariantCulture);
        if (Namespaces.NumberOf(NameFile) != 0)
        {
            // The name's namespace cannot be another's: where it is there, the keeper's number is this machine's too, or nobody's.
            if (Namespaces.NumberOf(MountFile) != 0 && File.Exists(BootFile) && File.ReadAllText(BootFile) == number)
            {
                return false;
            }

            End(networkPath);
        }

        Leave();
        Directory.CreateDirectory(Path.Combine(Home, "work"));
        foreach ((string path, string text) in boot.Files)
        {
            string own = Path.Combine(Home, path.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(own)!);
            File.Delete(own);
            File.WriteAllText(own, text);
        }

        Namespaces.MakeName(boot.HostName, NameFile);
        Run(["nsenter", $"--net={networkPath}", $"--uts={NameFile}", "--", "unshare", "--mount", "sh", "-c", Setup, "sh", Home]);
        File.WriteAllText(BootFile, number);
        return true;
    }

    /// <summary>Runs what is to run once in a machine's life; what it prints is kept. Does not wait.</summary>
    public void RunFirstBoot(byte[] userData, string networkPath)
    {
        if (HadFirstBoot)
        {
            return;
        }

        File.WriteAllText(DoneFile, "");
        FirstBoot work = FirstBoot.Of(userData);
        foreach (string note in work.Notes)
        {
            File.AppendAllText(ConsoleLog, note + "\n");
        }

        List<string> files = [];
        foreach (byte[] script in work.Scripts)
        {
            string file = Path.Combine(Home, string.Create(CultureInfo.InvariantCulture, $"user-data-{files.Count + 1}"));
            File.WriteAllBytes(file, script);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            files.Add(file);
        }

        if (files.Count > 0)
        {
            Thread thread = new(() => RunScripts(files, networkPath)) { IsBackground = true, Name = "first boot" };
            thread.Start();
        }
    }

    /// <summary>Ends every program of the machine: asked first, then ended.</summary>
    /// <returns>How many processes there were.</returns>
    public int End(string networkPath)
    {
        List<int> first = Processes(networkPath);
        Signal(first, 15);
        // A stopped process hears nothing before it goes on.
        Signal(first, 18);
        long limit = Environment.TickCount64 + (long)Grace.TotalMilliseconds;
        List<int> left = Processes(networkPath);
        while (left.Count > 0)
        {
            if (Environment.TickCount64 > limit)
            {
                Signal(left, 9);
            }

            Thread.Sleep(5);
            left = Processes(networkPath);
        }

        Leave();
        return first.Count;
    }

    /// <summary>Takes the machine's files away; its programs have ended.</summary>
    public void Forget()
    {
        Leave();
        if (Directory.Exists(Home))
        {
            // The overlay's own folder is closed to its owner too.
            string work = Path.Combine(Home, "work", "work");
            if (Directory.Exists(work))
            {
                File.SetUnixFileMode(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            Directory.Delete(Home, recursive: true);
        }
    }

    private void RunScripts(List<string> files, string networkPath)
    {
        foreach (string file in files)
        {
            try
            {
                using SafeFileHandle log = File.OpenHandle(ConsoleLog, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                using SafeFileHandle none = File.OpenHandle("/dev/null");
                int pid = ProgramStart.WithFiles(Inside(networkPath, [file]), ProgramEnvironment.Of([]), none, log, log);
                int code = ProgramStart.WaitFor(pid);
                if (code != 0)
                {
                    File.AppendAllText(ConsoleLog, $"user data ended with exit code {code}\n");
                }
            }
            catch (Exception e) when (e is IOException or AgentException)
            {
                Console.Error.WriteLine($"first boot of {id}: {e.Message}");
            }
        }
    }

    /// <summary>Processes that bear the machine's name or are in its network.</summary>
    private List<int> Processes(string networkPath)
    {
        ulong name = Namespaces.NumberOf(NameFile);
        ulong network = Namespaces.NumberOf(networkPath);
        List<int> found = [];
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && pid != 1 && pid != Environment.ProcessId
                && ((name != 0 && Namespaces.NumberOf(path + "/ns/uts") == name) || (network != 0 && Namespaces.NumberOf(path + "/ns/net") == network)))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    private void Leave()
    {
        Namespaces.Unmount(NameFile);
        if (WasKept)
        {
            File.Delete(KeeperFile);
        }
    }

    private static void Signal(List<int> processes, int signal)
    {
        foreach (int pid in processes)
        {
            // One that has ended since is what is wanted.
            _ = Kill(pid, signal);
        }
    }

    private void Run(string[] command)
    {
        (SafeFileHandle read, SafeFileHandle write) = ProgramStart.Pipe();
        using SafeFileHandle from = read;
        int pid;
        using (write)
        {
            using SafeFileHandle none = File.OpenHandle("/dev/null");
            pid = ProgramStart.WithFiles(command, ProgramEnvironment.Of([]), none, write, write);
        }

        byte[] said = new byte[4096];
        int length = 0;
        int got;
        while (length < said.Length && (got = Terminal.Read(from, said.AsSpan(length))) > 0)
        {
            length += got;
        }

        if (ProgramStart.WaitFor(pid) is var code and not 0)
        {
            throw new AgentException($"machine {id} cannot start: {Encoding.UTF8.GetString(said, 0, length).Trim()} (exit code {code})");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);
}

/// <summary>What a program finds in its environment.</summary>
internal static class ProgramEnvironment
{
    private static readonly string[] Own =
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh"];

    /// <param name="more">NAME=VALUE; a name that is given here wins.</param>
    public static List<string> Of(IReadOnlyList<string> more)
    {
        HashSet<string> named = [.. more.Select(v => v.Split('=')[0])];
        return [.. more, .. Own.Where(v => !named.Contains(v.Split('=')[0]))];
    }
}
