using Trunkline.Forwarding;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>
/// What of a forwarding state this plane does not carry: balancers, entrances, and what joins domains. Their interfaces and the routes to them
/// drop every packet with <see cref="Code"/>, so that none goes another way than the model's.
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
                lines.Add($"balancer {state.Balancers[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        for (int i = 0; i < state.Entrances.Count; i++)
        {
            if (state.IsLiveEntrance(i))
            {
                lines.Add($"entrance {state.Entrances[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        AddJoins(state, lines);
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static void AddJoins(ForwardingState state, List<string> lines)
    {
        for (int i = 0; i < state.Links.Count; i++)
        {
            if (state.Links[i].Works)
            {
                lines.Add($"link {state.Links[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        for (int i = 0; i < state.Spokes.Count; i++)
        {
            if (state.Spokes[i].Works)
            {
                lines.Add($"spoke {state.Spokes[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        for (int i = 0; i < state.Exits.Count; i++)
        {
            if (state.Exits[i].Domain >= 0)
            {
                lines.Add($"exit {state.Exits[i].Row.Id}: packets to it are dropped ({Code})");
            }
        }

        foreach (SiteNet site in state.Sites.All)
        {
            lines.Add($"site {site.Name}: no packets come from it");
        }
    }
}
