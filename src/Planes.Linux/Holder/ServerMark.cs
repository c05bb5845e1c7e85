namespace Trunkline.Planes.Linux.Holder;

/// <summary>Tells which server uses a plane's directory, so that <c>trunkline down</c> finds it.</summary>
public static class ServerMark
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>This process is the server.</summary>
    public static void Set(PlaneDirectory directory) => ProcessIdentity.Of(Environment.ProcessId)!.Write(directory.ServerFile);

    /// <summary>This process is no longer.</summary>
    public static void Clear(PlaneDirectory directory)
    {
        if (ProcessIdentity.Read(directory.ServerFile)?.Pid == Environment.ProcessId)
        {
            File.Delete(directory.ServerFile);
        }
    }

    /// <summary>Asks the server to end, and ends it where it does not.</summary>
    /// <returns>False where none ran.</returns>
    public static async ValueTask<bool> End(PlaneDirectory directory, CancellationToken stop)
    {
        ProcessIdentity? server = ProcessIdentity.Read(directory.ServerFile);
        bool ran = server is { IsAlive: true };
        if (ran)
        {
            ProcessTable.Terminate(server!);
            if (!await ProcessTable.Ended(server!, Patience, stop).ConfigureAwait(false))
            {
                ProcessTable.Kill(server!);
                await ProcessTable.Ended(server!, Patience, stop).ConfigureAwait(false);
            }
        }

        if (server is not null)
        {
            File.Delete(directory.ServerFile);
        }

        return ran;
    }
}
