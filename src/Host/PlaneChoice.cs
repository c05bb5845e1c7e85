using Trunkline.Cli;
using Trunkline.Control;
using Trunkline.Planes;
using Trunkline.Planes.Linux;
using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Host;

/// <summary>Which plane carries packets, and why.</summary>
/// <param name="Plane">Null for the model, which needs nobody to follow.</param>
/// <param name="Why">One line.</param>
/// <param name="Lacks">What this host lacks for it, one line each with the consequence.</param>
internal sealed record PlaneChoice(string Name, IPlane? Plane, string Why, IReadOnlyList<string> Lacks) : IAsyncDisposable
{
    /// <summary>Looks at the host, as far as it was asked to.</summary>
    /// <exception cref="PlaneException"><c>--plane linux</c> was asked for and does not work here.</exception>
    public static async Task<PlaneChoice> Make(UpOptions options, CancellationToken stop)
    {
        if (options.Plane == "model")
        {
            return Model("the default; `--plane linux` sends real packets");
        }

        bool isAuto = options.Plane == "auto";
        try
        {
            LinuxPlane plane = await Open(options, stop);
            string way = plane.Rootless ? "rootless" : "as root";
            return new PlaneChoice(plane.Name, plane, isAuto ? $"{way}, chosen since this kernel carries it" : $"{way}, as asked for", plane.Lacks);
        }
        catch (PlaneException e) when (isAuto)
        {
            return Model($"chosen since real packets do not work here: {e.Message}");
        }
    }

    /// <summary>The command line that runs this program again.</summary>
    public static string[] ThisProgram()
    {
        string self = Environment.ProcessPath ?? throw new PlaneException("HostLacks", "the path of this program is unknown: no helper can be started");
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, Environment.GetCommandLineArgs()[0]] : [self];
    }

    public async ValueTask DisposeAsync()
    {
        if (Plane is null)
        {
            return;
        }

        await Plane.DisposeAsync();
        if (Plane is LinuxPlane { IsLasting: false } linux)
        {
            await PlaneHolder.End(linux.Directory, CancellationToken.None);
            ScratchDirectory.Remove();
        }
    }

    private static PlaneChoice Model(string why) => new("model", null, why, []);

    private static async Task<LinuxPlane> Open(UpOptions options, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlaneException("HostLacks", "this is not Linux: only its kernel has the networks that the linux plane is made of");
        }

        bool rootless = options.Rootless || !Environment.IsPrivilegedProcess;
        PlaneDirectory directory = new(options.Data ?? ScratchDirectory.Make());
        return await LinuxPlane.Open(new LinuxPlaneOptions(directory, ThisProgram(), rootless, Lasting: options.Data is not null), stop);
    }
}

/// <summary>A choice that is being made while others work.</summary>
internal sealed class PlaneStart(UpOptions options, CancellationToken stop) : IAsyncDisposable
{
    /// <summary>The choice; faulted with a <see cref="PlaneException"/> where the plane that was asked for does not work here.</summary>
    public Task<PlaneChoice> Choice { get; } = Task.Run(() => PlaneChoice.Make(options, stop), CancellationToken.None);

    /// <summary>Lets go of what was chosen, as soon as it is. Where none could be made, whoever awaited it was told.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)Choice).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Choice.IsCompletedSuccessfully)
        {
            await Choice.Result.DisposeAsync();
        }
    }
}
