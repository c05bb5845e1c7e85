using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>One namespace as the helper holds it: its sockets, the numbers of its links, and what was last written.</summary>
internal sealed class KernelNamespace(string name, HostKernel kernel) : IDisposable
{
    private NetlinkSocket? _route;
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly NetlinkWriter _ask = new();

    public string Name { get; } = name;

    /// <summary>Opened when it is used.</summary>
    public NetlinkSocket Route
    {
        get
        {
            if (_route is null)
            {
                kernel.Enter(Name);
                _route = new NetlinkSocket(NetlinkSocket.Route);
                kernel.OpenSockets++;
            }

            return _route;
        }
    }

    /// <summary>Messages and transactions written.</summary>
    public long Writes => EndedRuns + (Nft?.Runs ?? 0) + (_route?.Writes ?? 0) + (Netfilter?.Writes ?? 0);

    /// <summary>Where there is a table of ours.</summary>
    public NetlinkSocket? Netfilter { get; set; }

    /// <summary>Kept by <see cref="NftContexts"/>.</summary>
    public NftContext? Nft { get; set; }

    /// <summary>Writes over what was closed since.</summary>
    public long EndedRuns { get; set; }

    /// <summary>What the table holds; only a remembered hash after a restart; null where there is none.</summary>
    public NftTable? Table { get; set; }

    /// <summary>The name of the table that works.</summary>
    public string TableName { get; set; } = NftTable.Name;

    /// <summary>Whether <see cref="ShortWays"/> stand beside the table.</summary>
    public bool HasShortWays { get; set; }

    /// <summary>Whether the links' programs are as this helper wants them: its own (<see cref="PeerWays"/>), or none where it has none.</summary>
    public bool HasPeerWays { get; set; }

    /// <summary>Given by <see cref="PeerWays"/>, to tell namespaces apart; 0 where there is none.</summary>
    public int PeerNumber { get; set; }

    /// <summary>It was made by the steps that are being taken: nothing in it is as anybody wants it yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>Switches that were written, to be read back.</summary>
    public SortedDictionary<string, string> Sysctls { get; } = new(StringComparer.Ordinal);

    /// <summary>How many links were made since the links were last listed.</summary>
    public int NewLinks { get; set; }

    /// <summary>The link's number; asked for where it is not known.</summary>
    /// <exception cref="KernelException">There is no such link.</exception>
    public int IndexOf(string link)
    {
        if (_indices.TryGetValue(link, out int index))
        {
            return index;
        }

        const int few = 3;
        if (NewLinks > few)
        {
            ListLinks();
        }
        else
        {
            _ask.Clear();
            LinkMessages.AskOne(_ask, link);
            try
            {
                Route.Dump(_ask, static () => { }, (type, body) => _indices[link] = LinkMessages.Read(body).Index);
            }
            catch (KernelException e) when (e.Error == Libc.NoDevice)
            {
                throw new KernelException($"{link}: {e.Message}", e.Error);
            }
        }

        return _indices.TryGetValue(link, out index) ? index : throw new KernelException($"{link}: No such device", Libc.NoDevice);
    }

    /// <summary>True where <see cref="IndexOf"/> does not need to ask.</summary>
    public bool KnowsIndexOf(string link) => _indices.ContainsKey(link);

    public void Forget(string link) => _indices.Remove(link);

    /// <summary>All links, with their numbers noted.</summary>
    public List<FoundLink> ListLinks()
    {
        List<FoundLink> links = [];
        _ask.Clear();
        LinkMessages.AskAll(_ask);
        Route.Dump(_ask, links.Clear, (type, body) => links.Add(LinkMessages.Read(body)));
        _indices.Clear();
        foreach (FoundLink link in links)
        {
            _indices[link.Name] = link.Index;
        }

        NewLinks = 0;
        return links;
    }

    /// <summary>What is there, but for the table and the switches.</summary>
    public NamespaceNetwork Read()
    {
        List<FoundLink> found = ListLinks();
        Dictionary<int, string> names = found.ToDictionary(l => l.Index, l => l.Name);
        (NamespaceRole? role, string? hostName) = MarkOf(found.FirstOrDefault(l => l.Name == "lo")?.Alias ?? "");
        bool machine = role is null or NamespaceRole.Machine;
        ImmutableSortedDictionary<string, Link>.Builder links = ImmutableSortedDictionary.CreateBuilder<string, Link>(StringComparer.Ordinal);
        foreach (FoundLink link in found)
        {
            if (ToLink(link, machine) is { } pairEnd)
            {
                links[link.Name] = pairEnd;
            }
        }

        ImmutableHashSet<LinkAddress>.Builder addresses = ImmutableHashSet.CreateBuilder<LinkAddress>();
        ImmutableHashSet<Neighbour>.Builder neighbours = ImmutableHashSet.CreateBuilder<Neighbour>();
        ImmutableHashSet<KernelRoute>.Builder routes = ImmutableHashSet.CreateBuilder<KernelRoute>();
        ImmutableHashSet<KernelRule> rules = [];
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            DumpInto(RouteMessages.GetAddress, family, addresses, body => RouteMessages.ReadAddress(body, names.GetValueOrDefault));
            DumpInto(RouteMessages.GetNeighbour, family, neighbours, body => RouteMessages.ReadNeighbour(body, names.GetValueOrDefault));
            DumpInto(RouteMessages.GetRoute, family, routes, body => RouteMessages.ReadRoute(body, names.GetValueOrDefault, machine));
            ImmutableHashSet<KernelRule>.Builder own = ImmutableHashSet.CreateBuilder<KernelRule>();
            DumpInto(RouteMessages.GetRule, family, own, body => RouteMessages.ReadRule(body, machine));
            rules = rules.Union(Wanted(own, family));
        }

        return new NamespaceNetwork(
            Name,
            role ?? NamespaceRole.Outside,
            hostName,
            ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
            links.ToImmutable(),
            machine ? [.. addresses.Where(a => links.ContainsKey(a.Link) || a.Link == "lo")] : addresses.ToImmutable(),
            routes.ToImmutable(),
            rules,
            machine ? [.. neighbours.Where(n => links.ContainsKey(n.Link))] : neighbours.ToImmutable(),
            null);
    }

    /// <summary>Closes the socket until it is used again.</summary>
    public void Rest()
    {
        if (_route is not null)
        {
            EndedRuns += _route.Writes;
            _route.Dispose();
            _route = null;
            kernel.OpenSockets--;
        }
    }

    public void Dispose()
    {
        Netfilter?.Dispose();
        Rest();
    }

    private delegate T? Reader<T>(ReadOnlySpan<byte> body);

    private void DumpInto<T>(ushort kind, Family family, ImmutableHashSet<T>.Builder into, Reader<T> read)
        where T : class
    {
        // Gathered first: a dump that is asked again begins anew.
        List<T> found = [];
        _ask.Clear();
        RouteMessages.Ask(_ask, kind, family);
        Route.Dump(_ask, found.Clear, (type, body) =>
        {
            if (read(body) is { } item)
            {
                found.Add(item);
            }
        });
        into.UnionWith(found);
    }

    /// <summary>
    /// Rules as a desired network lists them: none where they are the kernel's, and without the kernel's first where it is alone of its kind.
    /// </summary>
    private static IEnumerable<KernelRule> Wanted(ImmutableHashSet<KernelRule>.Builder found, Family family)
    {
        if (found.SetEquals(HostDelta.KernelsRules[family]))
        {
            return [];
        }

        return found.Count(r => r.Table == HostDelta.LocalTable) > 1 ? found : found.Where(r => r != HostDelta.Local(family));
    }

    /// <summary>Role and host name from the loopback's alias; null for a namespace without our mark.</summary>
    private static (NamespaceRole? Role, string? HostName) MarkOf(string alias)
    {
        string[] words = alias.Split(' ');
        return words.Length >= 2 && words[0] == "trunkline" && Enum.TryParse(words[1], out NamespaceRole role)
            ? (role, words.Length > 2 ? words[2] : null)
            : (null, null);
    }

    /// <summary>A pair's end; null for what is none, and in a machine for a link that is not ours.</summary>
    private static Link? ToLink(FoundLink link, bool machine)
    {
        int slash = link.Alias.IndexOf('/');
        return link.Kind != "veth" || (machine && slash < 0)
            ? null
            : new Link(
                link.Name, link.Mac, link.Mtu, slash < 0 ? "" : link.Alias[..slash], slash < 0 ? "" : link.Alias[(slash + 1)..], link.Group, link.Up);
    }
}
