using System.Reflection;
using System.Text.Json.Nodes;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Api;

/// <summary>The answer to <c>GET /_trunkline/status</c>.</summary>
internal static class StatusReport
{
    public static JsonNode Of(Engine engine, ServerFacts facts, PlaneFollower? follower, string host)
    {
        JsonArray accounts = [];
        foreach (Partition partition in engine.Published.Partitions.Values)
        {
            accounts.Add(new JsonObject
            {
                ["account"] = partition.Account,
                ["region"] = partition.Region,
                ["vpcs"] = partition.Table<Vpc>().Count,
                ["instances"] = partition.All<Instance>().Count(i => i.State != InstanceState.Terminated),
                ["interfaces"] = partition.Table<NetworkInterface>().Count,
            });
        }

        return new JsonObject
        {
            ["version"] = typeof(StatusReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
            ["endpoint"] = $"http://{host}",
            ["plane"] = facts.Plane,
            ["planeStatus"] = follower is null
                ? new JsonObject { ["name"] = facts.Plane, ["why"] = facts.PlaneWhy }
                : PlaneStatusDocument.Of(follower.Status),
            ["uptimeSeconds"] = (long)(TimeProvider.System.GetUtcNow() - facts.Started).TotalSeconds,
            ["data"] = facts.Data,
            ["fallback"] = facts.Fallback?.ToString(),
            ["accounts"] = accounts,
            ["pendingWrites"] = engine.PendingWrites,
        };
    }
}
