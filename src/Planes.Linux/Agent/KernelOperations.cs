using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>A step that the kernel refused.</summary>
/// <param name="Step">Its place in the delta.</param>
/// <param name="Why">The kernel's own words.</param>
internal sealed record StepFailure(int Step, string Why);

/// <summary>How an apply went.</summary>
/// <param name="Writes">Netlink messages, transactions and switches that it took.</param>
internal sealed record ApplyReply(ImmutableArray<StepFailure> Failures, long Writes);

/// <summary>Host networks and their differences as messages; sorted dictionaries keep their ordinal order.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(IpAddressConverter), typeof(PrefixConverter), typeof(OrdinalDictionaryConverter)])]
[JsonSerializable(typeof(HostNetwork))]
[JsonSerializable(typeof(HostDelta))]
[JsonSerializable(typeof(NamespaceNetwork))]
[JsonSerializable(typeof(Link))]
[JsonSerializable(typeof(NftSet))]
[JsonSerializable(typeof(NftChain))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ApplyReply))]
internal sealed partial class HostJson : JsonSerializerContext;

/// <summary>Reading and writing the kernel.</summary>
internal static class KernelOperations
{
    public const string Observe = "observe";
    public const string Apply = "apply";

    public static void Register(AgentRegistry registry)
    {
        registry.Add(Observe, CoreJson.Default.Nothing, HostJson.Default.HostNetwork,
            (host, _, _) => ValueTask.FromResult(host.Kernel.Observe()));
        registry.Add(Apply, HostJson.Default.HostDelta, HostJson.Default.ApplyReply,
            (host, delta, _) => ValueTask.FromResult(Run(host.Kernel, delta)));
    }

    private static ApplyReply Run(HostKernel kernel, HostDelta delta)
    {
        long before = kernel.Writes;
        IReadOnlyList<HostFailure> failures = kernel.Apply(delta);
        Dictionary<HostStep, int> places = new(ReferenceEqualityComparer.Instance);
        if (failures.Count > 0)
        {
            for (int i = 0; i < delta.Steps.Length; i++)
            {
                places[delta.Steps[i]] = i;
            }
        }

        return new ApplyReply([.. failures.Select(f => new StepFailure(places[f.Step], f.Why))], kernel.Writes - before);
    }
}
