[assembly: AssemblyFixture(typeof(Trunkline.Tests.Clients.SharedServer))]

namespace Trunkline.Tests.Clients;

/// <summary>One server for all tests of this assembly that do not restart it; each test has an account of its own in it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private ServerProcess? server;

    public string Url => server!.Url;

    public async ValueTask InitializeAsync() => server = await ServerProcess.Start();

    public ValueTask DisposeAsync()
    {
        server?.Dispose();
        return ValueTask.CompletedTask;
    }
}
