using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Settles every exchange of routes: all of it, or what changed. Settling from nothing is right by definition; the other must equal it.</summary>
public static class Settler
{
    /// <summary>The routes of a cloud, from nothing.</summary>
    public static SettledRoutes Settle(CloudSnapshot cloud) => throw new NotSupportedException(cloud.ToString());

    /// <summary>The routes of <paramref name="next"/>, from those of the cloud before it.</summary>
    /// <param name="changes">Every row in which the two clouds differ; the world may differ too.</param>
    public static SettledRoutes Settle(SettledRoutes routes, CloudSnapshot before, CloudSnapshot next, IReadOnlyList<Change> changes) =>
        throw new NotSupportedException($"{routes} {before} {next} {changes}");
}
