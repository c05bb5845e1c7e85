using System.Net;
using System.Text.Json;
using Trunkline.Api;
using Trunkline.Cli;
using Trunkline.Control;
using Trunkline.Control.DirectConnect;
using Trunkline.Control.Machines;
using Trunkline.Planes;
using Trunkline.Planes.Linux;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Store;

using Endpoint = Trunkline.Api.Endpoint;

namespace Trunkline.Host;

/// <summary>Constructs the server out of its rooms and runs it until it is told to stop.</summary>
public static class Server
{
    private const int Failed = 2;

    /// <returns>0 after an orderly end, 2 where it could not start; the reason is one line on standard error.</returns>
    public static async Task<int> Run(UpOptions options, CancellationToken stop)
    {
        DateTimeOffset started = TimeProvider.System.GetUtcNow();
        try
        {
            await using IStore store = options.Ephemeral ? new NoStore() : SqliteStore.Open(options.Data!);
            // The plane's helper is a process of its own: it starts while the rows are read. The store's lock keeps others from the directory by now.
            await using PlaneStart plane = new(options, stop);
            Engine engine = new(store, TimeProvider.System, NewSeed, QuotasOf(options.Quotas));
            await Serve(options, engine, plane, started, stop);
            return 0;
        }
        catch (PlaneException e)
        {
            return Fail($"--plane {options.Plane} does not work here: {e.Message}; `--plane model` needs nothing of the host");
        }
        catch (StoreException e)
        {
            return Fail(e.Message);
        }
        catch (FormatException e)
        {
            return Fail($"{options.Quotas}: {e.Message}");
        }
        catch (IOException e)
        {
            return Fail($"cannot listen on {options.Listen}:{options.Port}: {e.Message.TrimEnd('.')}; choose another with --port or --listen");
        }
    }

    private static async Task Serve(UpOptions options, Engine engine, PlaneStart starting, DateTimeOffset started, CancellationToken stop)
    {
        await using WebApplication app = Build(options);
        PlaneChoice plane = await starting.Choice;
        await using PlaneFollower? follower = plane.Plane is null
            ? null
            : new PlaneFollower(plane.Plane, engine, TimeProvider.System, plane.Why, plane.Lacks);
        await using EndingsClock endings = new(engine, TimeProvider.System, line => Console.Error.WriteLine($"trunkline: {line}"));
        ServerFacts facts = new(started, options.Data, plane.Name, plane.Why, options.Fallback);
        using Endpoint endpoint = new(engine, facts, app.Services, follower);
        app.Run(endpoint.Handle);
        await app.StartAsync(stop);
        follower?.Start();
        if (plane.Plane is LinuxPlane real)
        {
            byte[] key = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
            real.Serve(new VpcServices(engine, TimeProvider.System, new MetadataTokens(key)), TimeProvider.System, Console.Error);
        }

        PlaneDirectory? marked = plane.Plane is LinuxPlane linux ? linux.Directory : null;
        if (marked is not null)
        {
            ServerMark.Set(marked);
        }

        string url = app.Urls.First();
        await Console.Out.WriteLineAsync(options.Json ? Json(options, plane, url) : Greeting(options, plane, url));
        await Console.Out.FlushAsync(stop);
        await app.WaitForShutdownAsync(stop);
        if (marked is not null)
        {
            ServerMark.Clear(marked);
            await Console.Error.WriteLineAsync(options.Data is null
                ? "trunkline: the machines and their networks ended too (--ephemeral)"
                : "trunkline: the machines and their networks stay; `trunkline down` ends them");
        }
    }

    private static WebApplication Build(UpOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Endpoint.BodyBytesMax;
            kestrel.Listen(AddressOf(options.Listen), options.Port);
        });
        // Errors only, and not where `up` prints what it is asked for. A start that fails is told in one line of our own.
        builder.Logging.SetMinimumLevel(LogLevel.Error)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        Endpoint.AddServices(builder.Services, options.Fallback);
        return builder.Build();
    }

    private static IPAddress AddressOf(string listen) => listen switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(listen, out IPAddress? address)
            ? address
            : throw new IOException($"'{listen}' is not an address to listen on"),
    };

    private static Quotas QuotasOf(string? setting) => setting switch
    {
        null => Quotas.Off,
        "aws" => Quotas.AwsDefaults,
        _ => QuotaFile.Parse(TextOf(setting)),
    };

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"cannot be read: {e.Message.TrimEnd('.')}; name another file with --quotas", e);
        }
    }

    /// <summary>Ids must differ and need not be secret: the plain generator does not load the cryptographic libraries (5 MB at rest).</summary>
    private static ulong NewSeed() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    private static string Greeting(UpOptions options, PlaneChoice plane, string url) =>
        $"""
        Trunkline is up: {url}
        Data: {(options.Ephemeral ? "none kept (--ephemeral)" : options.Data)}
        Plane: {string.Join("\n  this host: ", [$"{plane.Name} ({plane.Why})", .. plane.Lacks])}

        Point AWS clients here:
          export AWS_ENDPOINT_URL={url} AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1
        A twelve-digit access key id is the account; any other key is account 000000000000.
        Stop with Ctrl-C.
        """;

    private static string Json(UpOptions options, PlaneChoice plane, string url) => JsonSerializer.Serialize(
        new { endpoint = url, data = options.Data, plane = plane.Name, planeWhy = plane.Why, planeLacks = plane.Lacks, pid = Environment.ProcessId },
        JsonSerializerOptions.Web);

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"trunkline: {message}");
        return Failed;
    }
}
