using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Tests.Planes.Linux.Compile;

/// <summary>A host's network as sorted lines: two that hold the same read the same.</summary>
internal static class NetworkText
{
    public static string Of(HostNetwork network)
    {
        List<string> lines = [];
        foreach (NamespaceNetwork place in network.Namespaces.Values)
        {
            string name = place.Name;
            lines.Add($"{name} {place.Role} {place.HostName}");
            lines.AddRange(place.Sysctls.Select(s => $"{name} {s.Key} = {s.Value}"));
            lines.AddRange(place.Links.Values.Select(l => $"{name} {l}"));
            lines.AddRange(place.Addresses.Select(a => $"{name} {a}"));
            lines.AddRange(place.Routes.Select(r => $"{name} {r}"));
            lines.AddRange(place.Rules.Select(r => $"{name} {r}"));
            lines.AddRange(place.Neighbours.Select(n => $"{name} {n}"));
            foreach (NftSet set in place.Nft?.Sets.Values ?? [])
            {
                lines.Add($"{name} set {set.Name} {set.IsMap} {set.Declaration}");
                lines.AddRange(set.Elements.Select(e => $"{name} element {set.Name} {e.Key} {e.Value}"));
            }

            foreach (NftChain chain in place.Nft?.Chains.Values ?? [])
            {
                lines.Add($"{name} chain {chain.Name} {chain.Hook}: {string.Join(" | ", chain.Rules)}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    public static string Difference(string full, string next)
    {
        HashSet<string> left = [.. full.Split('\n')];
        HashSet<string> right = [.. next.Split('\n')];
        return $"full:\n{string.Join('\n', left.Except(right).Take(20))}\nnext:\n{string.Join('\n', right.Except(left).Take(20))}";
    }
}
