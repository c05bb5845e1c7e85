using System.Runtime.InteropServices;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>
/// The helper: the same program, started inside the holder's namespaces. It keeps nothing that it could not read back from the kernel, so
/// that it may end at any time; it does not end with the server, so that the next one finds it.
/// </summary>
public static class AgentProgram
{
    /// <summary>The hidden verb of the <c>trunkline</c> command.</summary>
    public const string Verb = "plane-helper";

    /// <summary>Serves the plane of a data directory until it is ended.</summary>
    /// <param name="args"><c>plane-helper --data DIR</c></param>
    /// <returns>0, or 2 where it was not started as the server does.</returns>
    public static async Task<int> Run(string[] args)
    {
        if (args is not [Verb, "--data", { Length: > 0 } data])
        {
            await Console.Error.WriteLineAsync($"trunkline: {Verb} is started by `trunkline up --plane linux`").ConfigureAwait(false);
            return 2;
        }

        PlaneDirectory directory = new(data);
        Environment.CurrentDirectory = directory.Root;
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        AgentServer server = new(AgentCatalog.All(), new AgentHost(directory), Console.Error);
        await server.Serve(PlaneDirectory.SocketName, stop.Token).ConfigureAwait(false);
        return 0;
    }

    /// <summary>The arguments with which a server starts it.</summary>
    internal static string[] Arguments(PlaneDirectory directory) => [Verb, "--data", directory.Data];
}
