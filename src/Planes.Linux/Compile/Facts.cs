using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Compile;

/// <summary>One thing that a namespace shall hold. Equal facts are the same thing: what two compiles share is not touched.</summary>
internal abstract record Fact(string Namespace);

internal sealed record SysctlFact(string Namespace, string Path, string Value) : Fact(Namespace);

internal sealed record LinkFact(string Namespace, Link Link) : Fact(Namespace);

internal sealed record AddressFact(string Namespace, LinkAddress Address) : Fact(Namespace);

internal sealed record RouteFact(string Namespace, KernelRoute Route) : Fact(Namespace);

internal sealed record RuleFact(string Namespace, KernelRule Rule) : Fact(Namespace);

internal sealed record NeighbourFact(string Namespace, Neighbour Neighbour) : Fact(Namespace);

/// <summary>A set or map is there as long as somebody says so: many may.</summary>
internal sealed record SetFact(string Namespace, string Set, bool IsMap, string Declaration) : Fact(Namespace);

internal sealed record ElementFact(string Namespace, string Set, string Key, string Value) : Fact(Namespace);

internal sealed record ChainFact(string Namespace, NftChain Chain) : Fact(Namespace);

/// <summary>A filter that some interface of the domain has; its chains are written once.</summary>
internal sealed record FilterFact(string Namespace, int Filter) : Fact(Namespace);

/// <summary>Gathers facts of one namespace at a time.</summary>
internal sealed class FactList(string place)
{
    /// <summary>The namespace that facts are said of from now on.</summary>
    public string Place { get; set; } = place;

    public List<Fact> All { get; } = [];

    public void Sysctl(string path, string value) => All.Add(new SysctlFact(Place, path, value));

    public void Link(Link link) => All.Add(new LinkFact(Place, link));

    public void Address(string link, IpAddress address, int length) => All.Add(new AddressFact(Place, new LinkAddress(link, address, length)));

    public void Route(KernelRoute route) => All.Add(new RouteFact(Place, route));

    public void Rule(KernelRule rule) => All.Add(new RuleFact(Place, rule));

    public void Neighbour(string link, IpAddress address, string mac) => All.Add(new NeighbourFact(Place, new Neighbour(link, address, mac)));

    public void Set(string name, string declaration) => All.Add(new SetFact(Place, name, false, declaration));

    public void Map(string name, string declaration) => All.Add(new SetFact(Place, name, true, declaration));

    public void Element(string set, string key, string value = "") => All.Add(new ElementFact(Place, set, key, value));

    public void Chain(string name, string? hook, IEnumerable<string> rules) => All.Add(new ChainFact(Place, new NftChain(name, hook, [.. rules])));

    public void Filter(int handle) => All.Add(new FilterFact(Place, handle));
}
