using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Delta;

/// <summary>Gathers the steps of a <see cref="HostDelta"/> by phase.</summary>
internal sealed class DeltaBuilder(HostNetwork actual, HostNetwork desired)
{
    private readonly List<HostStep> _namespaces = [];
    private readonly List<HostStep> _filters = [];
    private readonly List<HostStep> _deadLinks = [];
    private readonly List<AddPair> _pairs = [];
    private readonly List<HostStep> _linkSwitches = [];
    private readonly List<HostStep> _links = [];
    private readonly List<HostStep> _inside = [];
    private readonly List<HostStep> _gone = [];
    private readonly List<HostStep> _goneFilters = [];
    private readonly List<HostStep> _goneNamespaces = [];
    private readonly HashSet<(string Namespace, string Name)> _dead = [];
    private readonly SortedSet<string> _touched = new(StringComparer.Ordinal);

    public HostDelta Build()
    {
        MapDelta<string, NamespaceNetwork> namespaces = DeltaTracker.Between(actual.Namespaces, desired.Namespaces);
        foreach (KeyValuePair<string, NamespaceNetwork> gone in namespaces.Removed)
        {
            _touched.Add(gone.Key);
            _goneNamespaces.Add(new RemoveNamespace(gone.Key, StepCause.Unwanted));
        }

        _touched.UnionWith(namespaces.Changed.Select(c => c.Key));
        foreach (string name in _touched.ToArray())
        {
            FindDeadLinks(name);
        }

        _touched.UnionWith(namespaces.Added.Select(a => a.Key));
        foreach (string name in _touched)
        {
            if (desired.Namespaces.TryGetValue(name, out NamespaceNetwork? wanted))
            {
                Compare(actual.Namespaces.GetValueOrDefault(name), wanted);
            }
        }

        // The end in the namespace with most new links is the near one, so that many pairs go in one message to the kernel.
        _pairs.Sort((a, b) => string.CompareOrdinal(a.Namespace, b.Namespace));
        _deadLinks.Sort((a, b) => string.CompareOrdinal(a.Namespace, b.Namespace));
        return new HostDelta(
        [
            .. _namespaces, .. _filters, .. _deadLinks, .. _pairs, .. _linkSwitches, .. _links, .. _inside, .. _gone, .. _goneFilters, .. _goneNamespaces,
        ]);
    }

    /// <summary>A pair is dead where either end is not wanted, or is wanted with another peer: both ends go, and all that is on them.</summary>
    private void FindDeadLinks(string name)
    {
        NamespaceNetwork? wanted = desired.Namespaces.GetValueOrDefault(name);
        foreach (Link link in actual.Namespaces[name].Links.Values)
        {
            if (wanted is not null && wanted.Links.TryGetValue(link.Name, out Link? same) && IsSamePair(link, same) && HasPeer(actual, name, link))
            {
                continue;
            }

            if (_dead.Add((name, link.Name)))
            {
                bool pair = HasPeer(actual, name, link) && _dead.Add((link.PeerNamespace, link.PeerName));
                if (pair)
                {
                    _touched.Add(link.PeerNamespace);
                }

                // From the end whose namespace has more links: there many go at once.
                bool here = !pair || actual.Namespaces[name].Links.Count >= actual.Namespaces[link.PeerNamespace].Links.Count;
                StepCause cause = wanted is not null && wanted.Links.ContainsKey(link.Name) ? StepCause.Differs : StepCause.Unwanted;
                _deadLinks.Add(here ? new RemoveLink(name, cause, link.Name) : new RemoveLink(link.PeerNamespace, cause, link.PeerName));
            }
        }
    }

    private static bool IsSamePair(Link one, Link other) => one.PeerNamespace == other.PeerNamespace && one.PeerName == other.PeerName;

    private static bool HasPeer(HostNetwork network, string name, Link link) =>
        network.Namespaces.TryGetValue(link.PeerNamespace, out NamespaceNetwork? there)
        && there.Links.TryGetValue(link.PeerName, out Link? peer)
        && peer.PeerNamespace == name && peer.PeerName == link.Name;

    private void Compare(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        string name = wanted.Name;
        if (old is null || old.Role != wanted.Role || old.HostName != wanted.HostName)
        {
            _namespaces.Add(new AddNamespace(name, old is null ? StepCause.Missing : StepCause.Differs, wanted.Role, wanted.HostName));
        }

        CompareSysctls(old, wanted);
        CompareFilter(old, wanted);
        CompareLinks(old, wanted);
        CompareAddresses(old, wanted);
        CompareNeighbours(old, wanted);
        CompareRoutes(old, wanted);
        CompareRules(old, wanted);
    }

    private void CompareSysctls(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        if (old is not null && ReferenceEquals(old.Sysctls, wanted.Sysctls) && ReferenceEquals(old.Links, wanted.Links) && !HasDead(wanted.Name))
        {
            return;
        }

        // Whether packets are forwarded at all comes first: the kernel resets others with it.
        foreach (bool first in (ReadOnlySpan<bool>)[true, false])
        {
            foreach ((string path, string value) in wanted.Sysctls)
            {
                if (first != IsForwarding(path))
                {
                    continue;
                }

                string? link = LinkOf(path);
                bool lost = link is not null && (_dead.Contains((wanted.Name, link)) || old?.Links.ContainsKey(link) != true);
                string? before = lost ? null : old?.Sysctls.GetValueOrDefault(path);
                if (before != value)
                {
                    SetSysctl step = new(wanted.Name, before is null ? StepCause.Missing : StepCause.Differs, path, value);
                    (link is null ? _namespaces : _linkSwitches).Add(step);
                }
            }
        }
    }

    private static bool IsForwarding(string path) => path is "net/ipv4/ip_forward" or "net/ipv6/conf/all/forwarding";

    /// <summary>The link whose switch it is (<c>net/ipv4/conf/NAME/...</c>); null for those of the whole namespace.</summary>
    private static string? LinkOf(string path)
    {
        string[] parts = path.Split('/');
        return parts.Length == 5 && parts[2] is "conf" or "neigh" && parts[3] is not ("all" or "default" or "lo") ? parts[3] : null;
    }

    private void CompareFilter(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        NftTable? before = old?.Nft;
        if (ReferenceEquals(before, wanted.Nft))
        {
            return;
        }

        if (wanted.Nft is null)
        {
            _goneFilters.Add(new RemoveFilter(wanted.Name, StepCause.Unwanted));
            return;
        }

        // The difference first: it tells the hash of a changed set without a walk over all its elements.
        NftDelta? delta = before is null ? null : NftDelta.Between(before, wanted.Nft);
        StepCause cause = before is null ? StepCause.Missing : StepCause.Differs;
        if (delta is null && !NftHash.Same(before, wanted.Nft))
        {
            _filters.Add(new LoadFilter(wanted.Name, cause, wanted.Nft));
        }
        else if (delta is { Count: > 0 })
        {
            _filters.Add(new ChangeFilter(wanted.Name, cause, delta));
        }
    }

    private bool HasDead(string name) => _dead.Count > 0 && _dead.Any(d => d.Namespace == name);

    private void CompareLinks(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        if (old is not null && ReferenceEquals(old.Links, wanted.Links) && !HasDead(wanted.Name))
        {
            return;
        }

        foreach (Link link in wanted.Links.Values)
        {
            if (!HasPeer(desired, wanted.Name, link))
            {
                throw new ArgumentException($"Link {link.Name} in {wanted.Name} names {link.PeerName} in {link.PeerNamespace}, which does not name it back.");
            }

            Link? before = _dead.Contains((wanted.Name, link.Name)) ? null : old?.Links.GetValueOrDefault(link.Name);
            if (before == link)
            {
                continue;
            }

            _links.Add(new SetLink(wanted.Name, before is null ? StepCause.Missing : StepCause.Differs, link, before));
            if (before is null && IsNear(wanted, link))
            {
                _pairs.Add(new AddPair(wanted.Name, StepCause.Missing, link, desired.Namespaces[link.PeerNamespace].Links[link.PeerName]));
            }
        }
    }

    /// <summary>One end of each pair is the near one: in the namespace with more links, which makes many at once.</summary>
    private bool IsNear(NamespaceNetwork here, Link link)
    {
        int more = here.Links.Count.CompareTo(desired.Namespaces[link.PeerNamespace].Links.Count);
        if (more == 0)
        {
            more = string.CompareOrdinal(here.Name, link.PeerNamespace);
        }

        return more == 0 ? string.CompareOrdinal(link.Name, link.PeerName) < 0 : more > 0;
    }

    /// <summary>
    /// IPv4 addresses come before others go: with the last one of a link the kernel forgets the link's routes and neighbours, and with an
    /// address the routes that have it as source. IPv6 does not take an address twice with two lengths, so there the old ones go first.
    /// </summary>
    private void CompareAddresses(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        SetDelta<LinkAddress> delta = DeltaTracker.Between(Living(old?.Addresses, wanted.Name, a => a.Link), wanted.Addresses);
        _inside.AddRange(delta.Removed.Where(a => !a.Address.IsV4).Select(a => new RemoveAddress(wanted.Name, StepCause.Unwanted, a)));

        // The first address of a block is the kernel's choice of source: the lowest, so that it does not depend on chance.
        _inside.AddRange(delta.Added.OrderBy(a => a.Address).Select(a => new AddAddress(wanted.Name, StepCause.Missing, a)));
        _inside.AddRange(delta.Removed.Where(a => a.Address.IsV4).Select(a => new RemoveAddress(wanted.Name, StepCause.Unwanted, a)));
    }

    /// <summary>Links that lose their last IPv4 address.</summary>
    private static HashSet<string> Bared(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        if (old is null || ReferenceEquals(old.Addresses, wanted.Addresses))
        {
            return [];
        }

        HashSet<string> bared = [.. old.Addresses.Where(a => a.Address.IsV4 && a.Link != "lo").Select(a => a.Link)];
        bared.ExceptWith(wanted.Addresses.Where(a => a.Address.IsV4).Select(a => a.Link));
        return bared;
    }

    private void CompareNeighbours(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        ImmutableHashSet<Neighbour> living = Living(old?.Neighbours, wanted.Name, n => n.Link);
        HashSet<string> lost = Bared(old, wanted);
        living = lost.Count == 0 ? living : living.Except(living.Where(n => n.Address.IsV4 && lost.Contains(n.Link)));
        if (old is not null && !ReferenceEquals(old.Links, wanted.Links))
        {
            // With a link's own hardware address the kernel forgets all neighbours on it.
            HashSet<string> renamed = [.. wanted.Links.Values.Where(l => old.Links.TryGetValue(l.Name, out Link? was) && was.Mac != l.Mac).Select(l => l.Name)];
            living = renamed.Count == 0 ? living : living.Except(living.Where(n => renamed.Contains(n.Link)));
        }

        SetDelta<Neighbour> delta = DeltaTracker.Between(living, wanted.Neighbours);
        HashSet<(string, IpAddress)> kept = delta.Removed.Count == 0 ? [] : [.. delta.Added.Select(n => (n.Link, n.Address))];
        HashSet<(string, IpAddress)> there = [.. delta.Removed.Select(n => (n.Link, n.Address))];
        foreach (Neighbour neighbour in delta.Removed)
        {
            if (!kept.Contains((neighbour.Link, neighbour.Address)))
            {
                _inside.Add(new RemoveNeighbour(wanted.Name, StepCause.Unwanted, neighbour));
            }
        }

        foreach (Neighbour neighbour in delta.Added)
        {
            StepCause cause = there.Contains((neighbour.Link, neighbour.Address)) ? StepCause.Differs : StepCause.Missing;
            _inside.Add(new SetNeighbour(wanted.Name, cause, neighbour));
        }
    }

    private void CompareRoutes(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        SetDelta<KernelRoute> delta = DeltaTracker.Between(LivingRoutes(old, wanted), wanted.Routes);
        HashSet<(Prefix, uint)> kept = delta.Removed.Count == 0 ? [] : [.. delta.Added.Select(r => (r.Destination, r.Table))];
        HashSet<(Prefix, uint)> there = [.. delta.Removed.Select(r => (r.Destination, r.Table))];
        foreach (KernelRoute route in delta.Added.OrderBy(Turn))
        {
            StepCause cause = there.Contains((route.Destination, route.Table)) ? StepCause.Differs : StepCause.Missing;
            _inside.Add(new SetRoute(wanted.Name, cause, route));
        }

        foreach (KernelRoute route in delta.Removed)
        {
            if (!kept.Contains((route.Destination, route.Table)))
            {
                _gone.Add(new RemoveRoute(wanted.Name, StepCause.Unwanted, route));
            }
        }
    }

    /// <summary>
    /// Routes that end a packet or go over a link come first, then those with a next hop, then local ones: a next hop that a local route
    /// covers is refused.
    /// </summary>
    private static int Turn(KernelRoute route) => route.Type == RouteType.Local ? 2 : route.Via is null ? 0 : 1;

    /// <summary>Without the routes that the kernel takes away together with an address.</summary>
    private ImmutableHashSet<KernelRoute> LivingRoutes(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        ImmutableHashSet<KernelRoute> living = Living(old?.Routes, wanted.Name, r => r.Link);
        if (old is null || ReferenceEquals(old.Addresses, wanted.Addresses))
        {
            return living;
        }

        HashSet<string> bared = Bared(old, wanted);
        HashSet<IpAddress> sources = [.. old.Addresses.Except(wanted.Addresses).Where(a => !a.Address.IsV4).Select(a => a.Address)];
        return bared.Count + sources.Count == 0
            ? living
            : living.Except(living.Where(r => (r.Source is { } source && sources.Contains(source))
                || (r.Destination.IsV4 && r.Link is { } link && bared.Contains(link))));
    }

    /// <summary>New rules come before old ones go, so that a packet always meets one of them.</summary>
    private void CompareRules(NamespaceNetwork? old, NamespaceNetwork wanted)
    {
        if (old is not null && ReferenceEquals(old.Rules, wanted.Rules))
        {
            return;
        }

        int at = _gone.Count;
        foreach (Family family in (ReadOnlySpan<Family>)[Family.V4, Family.V6])
        {
            SetDelta<KernelRule> delta = DeltaTracker.Between(RulesOf(old?.Rules, family), RulesOf(wanted.Rules, family));
            foreach (KernelRule rule in delta.Added.OrderByDescending(r => r.Preference))
            {
                _inside.Add(new AddRule(wanted.Name, StepCause.Missing, rule));
            }

            foreach (KernelRule rule in delta.Removed.OrderBy(r => r.Preference))
            {
                _gone.Insert(at++, new RemoveRule(wanted.Name, StepCause.Unwanted, rule));
            }
        }
    }

    private static ImmutableHashSet<KernelRule> RulesOf(ImmutableHashSet<KernelRule>? rules, Family family)
    {
        ImmutableHashSet<KernelRule> own = rules is null ? [] : [.. rules.Where(r => r.Family == family)];
        return own.IsEmpty ? HostDelta.KernelsRules[family]
            : own.Any(r => r.Table == HostDelta.LocalTable) ? own
            : own.Add(HostDelta.Local(family));
    }

    /// <summary>What does not go with a dead link.</summary>
    private ImmutableHashSet<T> Living<T>(ImmutableHashSet<T>? items, string name, Func<T, string?> linkOf)
    {
        if (items is null)
        {
            return [];
        }

        return _dead.Count == 0 ? items : items.Except(items.Where(i => linkOf(i) is { } link && _dead.Contains((name, link))));
    }
}
