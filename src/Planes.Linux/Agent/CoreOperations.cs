using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>Who the helper is.</summary>
/// <param name="Build">The build it runs: a server of another build replaces it.</param>
/// <param name="Pid">Its process id inside the holder.</param>
public sealed record Pong(string Build, int Pid);

/// <summary>A request or reply without anything in it.</summary>
public sealed record Nothing
{
    public static readonly Nothing Value = new();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Pong))]
[JsonSerializable(typeof(Nothing))]
public sealed partial class CoreJson : JsonSerializerContext;

/// <summary>What any helper answers: who it is, and when it ends.</summary>
internal static class CoreOperations
{
    public const string Ping = "ping";
    public const string Watch = "watch";

    /// <summary>This build: another one may speak otherwise.</summary>
    public static string Build { get; } = typeof(CoreOperations).Assembly.ManifestModule.ModuleVersionId.ToString();

    public static void Register(AgentRegistry registry)
    {
        registry.Add(Ping, CoreJson.Default.Nothing, CoreJson.Default.Pong,
            (_, _, _) => ValueTask.FromResult(new Pong(Build, Environment.ProcessId)));
        registry.AddStream(Watch, CoreJson.Default.Nothing, Stay);
    }

    /// <summary>A connection that stays open as long as both sides live: its end tells each that the other is gone.</summary>
    private static async Task Stay(AgentHost host, Nothing request, AgentCall call, CancellationToken stop)
    {
        await call.Accept(stop).ConfigureAwait(false);
        byte[] octet = new byte[1];
        while (await call.Stream.ReadAsync(octet, stop).ConfigureAwait(false) > 0)
        {
        }
    }
}
