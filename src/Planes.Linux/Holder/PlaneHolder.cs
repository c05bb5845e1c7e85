namespace Trunkline.Planes.Linux.Holder;

/// <summary>
/// The tiny process that keeps the plane's namespaces: number 1 of its own process namespace, with mounts, network, host name and (without
/// root) users of its own. It is nobody's child that could die with its parent, and collects every orphan. When it ends, all that was in
/// it ends: processes, mounts, networks.
/// </summary>
public sealed class PlaneHolder
{
    /// <summary>What a holder is called among the host's processes; its directory follows it.</summary>
    internal const string Name = "trunkline-holder";

    /// <summary>The code of a refusal to make namespaces.</summary>
    internal const string Refused = "NamespacesRefused";

    /// <summary>$1: the plane's directory. Every child that ends during `wait` is collected, orphans too.</summary>
    private const string Setup =
        """
        set -e
        mount -t tmpfs -o mode=0755 trunkline "$1/netns"
        : > "$1/holder.ready"

        """;

    private const string StayForever = "while :; do sleep 2147483647 & wait; done";

    /// <summary>Stays as long as the pipe that its standard input is has a writer: a server that keeps nothing.</summary>
    private const string StayWithServer = "exec 3<&0; cat <&3 >/dev/null & wait $!";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly ProcessIdentity process;
    private readonly IDisposable? lease;

    private PlaneHolder(ProcessIdentity process, bool rootless, IDisposable? lease)
    {
        this.process = process;
        this.lease = lease;
        Rootless = rootless;
    }

    /// <summary>Whether it has a user namespace of its own.</summary>
    public bool Rootless { get; }

    /// <summary>Its process id outside.</summary>
    public int Pid => process.Pid;

    public bool IsAlive => process.IsAlive;

    /// <summary>The holder that runs for this directory; null where none does.</summary>
    public static PlaneHolder? Find(PlaneDirectory directory)
    {
        ProcessIdentity? known = ProcessIdentity.Read(directory.HolderFile);
        return known is { IsAlive: true } ? new PlaneHolder(known, HasOwnUsers(known.Pid), null) : null;
    }

    /// <summary>Starts a holder; one of this directory that was left half started is ended first.</summary>
    /// <param name="rootless">In a user namespace: needs no right on the host.</param>
    /// <param name="lasting">True: stays until it is ended. False: ends with this process.</param>
    /// <exception cref="PlaneException">The kernel or a tool refuses, in its own words.</exception>
    public static async ValueTask<PlaneHolder> Start(PlaneDirectory directory, bool rootless, bool lasting, CancellationToken stop)
    {
        await EndStrays(directory, stop).ConfigureAwait(false);
        directory.Make();
        File.Delete(directory.ReadyFile);
        File.Delete(directory.HolderLog);
        string[] users = rootless ? ["--user", "--map-root-user"] : [];
        Detached started = await Detached.Start(
            [
                "unshare", .. users, "--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--mount-proc",
                "sh", "-c", Setup + (lasting ? StayForever : StayWithServer), Name, directory.Root,
            ],
            directory.HolderLog,
            keepInput: !lasting,
            stop).ConfigureAwait(false);
        long deadline = Environment.TickCount64 + (long)StartLimit.TotalMilliseconds;
        while (!File.Exists(directory.ReadyFile))
        {
            if (!started.Process.IsAlive || Environment.TickCount64 > deadline)
            {
                string said = Detached.LastLine(directory.HolderLog);
                throw new PlaneException(Refused, said.Length > 0 ? said : "the namespaces were not ready in time");
            }

            await Task.Delay(5, stop).ConfigureAwait(false);
        }

        int first = ProcessTable.ChildrenOf(started.Process.Pid).First();
        ProcessIdentity process = ProcessIdentity.Of(first)
            ?? throw new PlaneException(Refused, $"the holder ended at once: {Detached.LastLine(directory.HolderLog)}");
        process.Write(directory.HolderFile);
        return new PlaneHolder(process, rootless, started.Input);
    }

    /// <summary>Ends the holder of a directory and every process inside; the kernel takes mounts and networks away with it.</summary>
    /// <returns>False where none ran.</returns>
    public static async ValueTask<bool> End(PlaneDirectory directory, CancellationToken stop)
    {
        bool ran = false;
        if (ProcessIdentity.Read(directory.HolderFile) is { IsAlive: true } known)
        {
            ran = true;
            await End(known, stop).ConfigureAwait(false);
        }

        ran |= await EndStrays(directory, stop).ConfigureAwait(false);
        foreach (string file in (string[])[directory.HolderFile, directory.ReadyFile, directory.HolderLog, directory.HelperLog, directory.Socket])
        {
            if (Directory.Exists(directory.Root))
            {
                File.Delete(file);
            }
        }

        return ran;
    }

    /// <summary>The command line that runs a program inside: all of the holder's namespaces.</summary>
    public string[] Inside(params string[] command)
    {
        string[] users = Rootless ? ["--user", "--preserve-credentials"] : [];
        return ["nsenter", "--target", $"{Pid}", .. users, "--mount", "--pid", "--net", "--uts", "--ipc", "--", .. command];
    }

    /// <summary>Lets a holder go that stays only as long as its server.</summary>
    public void Release() => lease?.Dispose();

    private static bool HasOwnUsers(int pid)
    {
        FileInfo own = new("/proc/self/ns/user");
        FileInfo its = new($"/proc/{pid}/ns/user");
        return own.LinkTarget != its.LinkTarget;
    }

    /// <summary>Ends holders of this directory that no file tells of: their server died between starting and noting them.</summary>
    private static async ValueTask<bool> EndStrays(PlaneDirectory directory, CancellationToken stop)
    {
        bool any = false;
        foreach (int pid in ProcessTable.WithArguments(Name, directory.Root).ToArray())
        {
            if (ProcessIdentity.Of(pid) is { } stray)
            {
                any = true;
                await End(stray, stop).ConfigureAwait(false);
            }
        }

        return any;
    }

    private static async ValueTask End(ProcessIdentity process, CancellationToken stop)
    {
        ProcessTable.Kill(process);
        if (!await ProcessTable.Ended(process, EndLimit, stop).ConfigureAwait(false))
        {
            throw new PlaneException("StillThere", $"process {process.Pid} does not end");
        }
    }
}
