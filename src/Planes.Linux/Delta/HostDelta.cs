using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Delta;

/// <summary>
/// The least ordered steps between two host networks. Order: namespaces and their switches, filters (so that nothing comes up before its
/// filter), links that go, links that come, then addresses, neighbours, routes and rules; what goes of these last goes in reverse.
/// </summary>
public sealed record HostDelta(ImmutableArray<HostStep> Steps)
{
    /// <summary>No step.</summary>
    public static readonly HostDelta None = new([]);

    /// <summary>What is there is what is wanted.</summary>
    public bool IsEmpty => Steps.IsEmpty;

    /// <summary>The rules that the kernel makes in every namespace, of a family: there again where none is wanted.</summary>
    internal static readonly ImmutableDictionary<Family, ImmutableHashSet<KernelRule>> KernelsRules = new Dictionary<Family, ImmutableHashSet<KernelRule>>
    {
        [Family.V4] = [Local(Family.V4), new(Family.V4, 32766, 0, 0, 254), new(Family.V4, 32767, 0, 0, 253)],
        [Family.V6] = [Local(Family.V6), new(Family.V6, 32766, 0, 0, 254)],
    }.ToImmutableDictionary();

    /// <summary>The kernel's table of the host's own addresses.</summary>
    internal const uint LocalTable = 255;

    /// <summary>The kernel's first rule, which gives packets to the host's own addresses.</summary>
    internal static KernelRule Local(Family family) => new(family, 0, 0, 0, LocalTable);

    /// <summary>The steps from <paramref name="actual"/> to <paramref name="desired"/>. Parts that are the same object are not looked into.</summary>
    /// <exception cref="ArgumentException">A wanted link names a peer that does not name it back.</exception>
    public static HostDelta Between(HostNetwork actual, HostNetwork desired)
    {
        if (ReferenceEquals(actual, desired) || ReferenceEquals(actual.Namespaces, desired.Namespaces))
        {
            return None;
        }

        DeltaBuilder builder = new(actual, desired);
        return builder.Build();
    }

    /// <summary>As a plan shows them.</summary>
    public IReadOnlyList<PlaneStep> PlaneSteps() => [.. Steps.Select(s => s.ToPlaneStep())];

    /// <summary>A route as <c>ip route</c> writes it.</summary>
    public static string Text(KernelRoute route)
    {
        string type = route.Type == RouteType.Unicast ? "" : $"{route.Type.ToString().ToLowerInvariant()} ";
        string via = route.Via is { } next ? $" via {next}" : "";
        string link = route.Link is { } name ? $" dev {name}" : "";
        string source = route.Source is { } from ? $" src {from}" : "";
        string mtu = route.Mtu > 0 ? $" mtu {route.Mtu}" : "";
        return $"{type}{route.Destination}{via}{link}{source}{mtu} table {route.Table}";
    }

    /// <summary>A rule as <c>ip rule</c> writes it.</summary>
    public static string Text(KernelRule rule)
    {
        string mark = rule.Mask != 0 ? $" fwmark 0x{rule.Mark:x}/0x{rule.Mask:x}" : "";
        string link = rule.InLink is { } name ? $" iif {name}" : "";
        string from = rule.From is { } block ? $" from {block}" : "";
        string action = rule.Table is { } table ? $"lookup {table}" : rule.Goto is { } target ? $"goto {target}" : "unreachable";
        return $"{(rule.Family == Family.V6 ? "-6 " : "")}pref {rule.Preference}{from}{mark}{link} {action}";
    }
}
