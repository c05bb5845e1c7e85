using Trunkline.Planes.Linux.Holder;

namespace Trunkline.Tests.Planes.Linux.Agent;

/// <summary>A plane's directory of its own; whatever runs in it is ended at the end.</summary>
internal sealed class ScratchPlane : IAsyncDisposable
{
    private readonly string data = System.IO.Directory.CreateTempSubdirectory("trunkline-plane-").FullName;

    public ScratchPlane() => Directory = new PlaneDirectory(data);

    /// <summary>The program whose hidden verb is the helper, in the configuration that this test was built in.</summary>
    public static string[] Program { get; } = ["dotnet", Dll()];

    public PlaneDirectory Directory { get; }

    public async ValueTask DisposeAsync()
    {
        await PlaneHolder.End(Directory, CancellationToken.None);
        System.IO.Directory.Delete(data, recursive: true);
    }

    private static string Dll()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Trunkline.slnx")))
        {
            at = at.Parent;
        }

        string root = at?.FullName ?? throw new InvalidOperationException("Trunkline.slnx is not above the test's folder");
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(root, "src", "Host", "bin", configuration, "net10.0", "trunkline.dll");
    }
}
