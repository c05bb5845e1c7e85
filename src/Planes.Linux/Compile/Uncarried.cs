using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>
/// What of a forwarding state this plane does not carry: load balancers and endpoints. Their interfaces and the routes to them drop every packet
/// with <see cref="Code"/>, so that none goes another way than the model's.
/// </summary>
internal static class Uncarried
{
    /// <summary>AWS's code for a component that an analysis does not know; the drop rules bear it.</summary>
    public const string Code = "UNSUPPORTED_COMPONENT";

    /// <summary>Interfaces of services that are not carried.</summary>
    public const NicTraits Traits = NicTraits.Balances | NicTraits.Enters | NicTraits.Tunnels;

    /// <summary>One line for each, by its row's id.</summary>
    public static IReadOnlyList<string> Of(ForwardingState state)
    {
        List<string> lines = [];
        for (int i = 0; i < state.Balancers.Count; i++)
        {
            if (state.Balancers[i].Nodes.Length > 0)
            {
                lines.Add($"load balancer {state.Balancers[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        for (int i = 0; i < state.Entrances.Count; i++)
        {
            if (state.IsLiveEntrance(i))
            {
                lines.Add($"endpoint {state.Entrances[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
