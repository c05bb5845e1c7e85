using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Which sessions of virtual interfaces are up: read from the settled routing, never worked out here. A command asks before it writes; what it
/// makes itself is not settled yet.
/// </summary>
internal sealed class InterfaceSessions
{
    /// <summary>For what the command itself has made.</summary>
    public static readonly InterfaceSessions Unsettled = new(null);

    private readonly SettledRoutes? routes;

    private InterfaceSessions(SettledRoutes? routes) => this.routes = routes;

    public bool AreUnsettled => routes is null;

    /// <summary>The sessions as they are settled; nothing is asked where no row can have one.</summary>
    public static InterfaceSessions Of(CommandContext context, IReadOnlyList<DxVirtualInterface> rows) =>
        new(rows.Any(v => v.State == DxInterfaceState.InUse) ? context.Tracer.State.Routes : SettledRoutes.Empty);

    /// <summary>Whether a session is established, by its place among the row's peers, from 0.</summary>
    public bool IsUp(DxVirtualInterface row, int place) => routes?.LineOf($"{row.Id}/{place + 1}") is { IsUp: true };
}
