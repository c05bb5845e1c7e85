using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding.Compile;

/// <summary>What the world says of rows: failed ones, and machines that listen on some ports only.</summary>
internal sealed class WorldFacts
{
    private readonly HashSet<(PartitionKey At, string Subject)> failures = [];
    private readonly HashSet<string> roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Protocol, int From, int To)[]> listening = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort> statuses = new(StringComparer.Ordinal);

    public WorldFacts(World world)
    {
        foreach (WorldFailure failure in world.Failures)
        {
            failures.Add((failure.Partition, failure.Subject));
        }

        foreach (RoutingMachine machine in world.Roles)
        {
            roles.Add(machine.Machine);
        }

        foreach (ListeningMachine machine in world.Listening)
        {
            listening[machine.Machine] = [.. machine.Ports.Select(p => (p.Protocol, p.From, p.To))];
            statuses[machine.Machine] = (ushort)machine.Status;
        }
    }

    /// <summary>Whether anything at all has failed: asked first, so that a world in which all is well costs nothing.</summary>
    public bool AnyFailed => failures.Count > 0;

    public bool HasFailed(PartitionKey at, string word, string id) => AnyFailed && failures.Contains((at, word + id));

    /// <summary>The ports that a machine listens on, by its id or else its name; null: on every one.</summary>
    public (int Protocol, int From, int To)[]? PortsOf(Instance row)
    {
        if (listening.Count == 0)
        {
            return null;
        }

        return listening.TryGetValue(row.Key, out (int Protocol, int From, int To)[]? ports)
            || (Tags.NameOf(row) is { } name && listening.TryGetValue(name, out ports))
            ? ports
            : null;
    }

    /// <summary>The speaker that a machine is, where the world says that it is a router; null elsewhere.</summary>
    public string? SpeakerOf(Instance row) =>
        roles.Count > 0 && (roles.Contains(row.Key) || (Tags.NameOf(row) is { } name && roles.Contains(name))) ? Speaker.OfMachine(row.Key) : null;

    /// <summary>The HTTP status that a machine's programs answer with, by its id or else its name.</summary>
    public ushort StatusOf(Instance row) => statuses.Count > 0
        && (statuses.TryGetValue(row.Key, out ushort status) || (Tags.NameOf(row) is { } name && statuses.TryGetValue(name, out status)))
        ? status
        : Machine.Well;

    /// <summary>The failures that are in one world and not in the other.</summary>
    public static IEnumerable<WorldFailure> ChangedFailures(World before, World after)
    {
        HashSet<WorldFailure> changed = [.. before.Failures];
        changed.SymmetricExceptWith(after.Failures);
        return changed;
    }

    /// <summary>The machines, by id or name, that the two worlds say different things of.</summary>
    public static HashSet<string> ChangedListeners(World before, World after)
    {
        HashSet<string> changed = new(StringComparer.Ordinal);
        Dictionary<string, ListeningMachine> was = before.Listening.ToDictionary(m => m.Machine, StringComparer.Ordinal);
        foreach (ListeningMachine machine in after.Listening)
        {
            if (!was.Remove(machine.Machine, out ListeningMachine? old) || old != machine)
            {
                changed.Add(machine.Machine);
            }
        }

        changed.UnionWith(was.Keys);
        HashSet<string> routers = [.. before.Roles.Select(r => r.Machine)];
        routers.SymmetricExceptWith(after.Roles.Select(r => r.Machine));
        changed.UnionWith(routers);
        return changed;
    }
}
