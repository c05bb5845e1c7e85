using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Forwarding.Routing;

/// <summary>Routers of sites, and machines that are routers.</summary>
internal sealed partial class TopologyBuilder
{
    private readonly Dictionary<IpAddress, RouterFacts> byAddress = [];
    private readonly List<RouterFacts> machines = [];

    private void AddRouters()
    {
        foreach (Site site in cloud.World.Sites)
        {
            foreach (SiteRouter row in site.Routers)
            {
                AddRouter(site, row);
            }

            if (site.Routers.Length > 0)
            {
                string id = Speaker.OfSite(site.Name);
                speakers[id] = new Speaker(id, SpeakerKind.Site, WorldFailure.Nowhere, 0) { SharesLoad = site.Routers.Any(r => r.SharesLoad) };
            }
        }

        foreach (RoutingMachine role in cloud.World.Roles)
        {
            if (Find(role.Machine) is { } found)
            {
                AddMachine(role, found.At, found.Row);
            }
        }
    }

    private void AddRouter(Site site, SiteRouter row)
    {
        string name = $"{site.Name}/{row.Name}";
        string id = Speaker.OfRouter(site.Name, row.Name);
        string fault = HasFailed(WorldFailure.Router, name) ? $"router {name} has failed" : "";
        RouterFacts facts = before.Routers.TryGetValue(id, out RouterFacts? was) && ReferenceEquals(was.Source, site) && was.Fault == fault
            ? was
            : new RouterFacts(id, site, row.Asn)
            {
                Own = OwnOf(site, row),
                Accepts = row.Accepts,
                AcceptsOwnAsn = row.AcceptsOwnAsn,
                IsTransit = row.IsTransit,
                SharesLoad = row.SharesLoad,
                Preferences = row.Preferences,
                Addresses = row.Addresses,
                Ports = row.Ports,
                Fault = fault,
            };
        Add(facts, new Speaker(id, SpeakerKind.SiteRouter, WorldFailure.Nowhere, row.Asn) { Parent = Speaker.OfSite(site.Name) });
    }

    private void AddMachine(RoutingMachine role, PartitionKey at, Instance row)
    {
        string id = Speaker.OfMachine(row.Key);
        List<IpAddress> addresses = [];
        foreach (NetworkInterface nic in cloud.Partition(at).By<NetworkInterface>(row.Key))
        {
            addresses.AddRange(nic.PrivateAddresses.Where(a => a.AutoPublicIp is not null).Select(a => a.AutoPublicIp!.Value));
            addresses.AddRange(cloud.Partition(at).By<ElasticIp>(nic.Key).Select(e => e.PublicIp));
        }

        string fault = row.State != InstanceState.Running ? $"{row.Key} is not running"
            : HasFailed(at, WorldFailure.Instance, row.Key) ? $"{row.Key} has failed"
            : HasFailed(at, WorldFailure.Zone, row.Zone) ? $"zone {row.Zone} has failed"
            : "";
        RouterFacts facts = new(id, role, role.Asn)
        {
            Own = [.. role.Announces.OrderBy(a => a.Prefix)],
            IsTransit = true,
            OverridesAsn = role.OverridesAsn,
            SharesLoad = role.SharesLoad,
            Addresses = [.. addresses],
            Fault = fault,
            Machine = new MachineFacts(at, row, role.Machine),
        };
        machines.Add(facts);
        Add(facts, new Speaker(id, SpeakerKind.RoutingMachine, at, role.Asn));
    }

    private void Add(RouterFacts router, Speaker speaker)
    {
        if (!routers.TryAdd(router.Id, router))
        {
            return;
        }

        speakers[router.Id] = speaker with { IsTransit = router.IsTransit, SharesLoad = router.SharesLoad, Works = router.Fault.Length == 0 };
        foreach (IpAddress address in router.Addresses)
        {
            byAddress.TryAdd(address, router);
        }

        if (router.IsTransit && router.Fault.Length == 0)
        {
            string id = $"own:{router.Id}";
            Candidate own = new(RouteSource.Own, null, null);
            feeds[id] = new ListFeed(
                id, [router.Id], [.. router.Own.Select(o => o.Prefix).Distinct().Order().Select(p => KeyValuePair.Create(p, own))]);
        }
    }

    /// <summary>What a router announces: the site's networks and its own list, which comes first where both name a prefix; then the default.</summary>
    private static ImmutableArray<SiteAnnouncement> OwnOf(Site site, SiteRouter row)
    {
        HashSet<Prefix> listed = [.. row.Announces.Select(a => a.Prefix)];
        List<SiteAnnouncement> all = [.. row.Announces];
        if (row.AnnouncesNetworks)
        {
            all.AddRange(site.Networks.Where(n => listed.Add(n.Block)).Select(n => new SiteAnnouncement(n.Block, 0, 0, [], null)));
        }

        if (row.AnnouncesDefault)
        {
            Prefix[] defaults = [Prefix.AnyV4, Prefix.AnyV6];
            all.AddRange(defaults.Where(listed.Add).Select(p => new SiteAnnouncement(p, 0, 0, [], null)));
        }

        // Stable: of two entries for a prefix the first that is meant for a line counts.
        return [.. all.OrderBy(a => a.Prefix)];
    }

    private (PartitionKey At, Instance Row)? Find(string machine)
    {
        foreach ((PartitionKey key, Partition rows) in cloud.Partitions)
        {
            if (rows.Find(new Id<Instance>(machine)) is { State: not InstanceState.Terminated } found)
            {
                return (key, found);
            }
        }

        foreach ((PartitionKey key, Partition rows) in cloud.Partitions)
        {
            foreach (Instance row in rows.All<Instance>())
            {
                if (row.State != InstanceState.Terminated && Tags.NameOf(row) == machine)
                {
                    return (key, row);
                }
            }
        }

        return null;
    }

    /// <summary>
    /// What keeps a machine from a public address that its own public address has a tunnel with: the interface that has it must have a route there
    /// by an attached internet gateway, and filters that let IPsec through. Null where nothing does.
    /// </summary>
    private string? ClosedToOutside(RouterFacts router, MachineFacts machine, IpAddress? own, IpAddress to, bool awsBegins)
    {
        Partition rows = cloud.Partition(machine.Partition);
        NetworkInterface? nic = rows.By<NetworkInterface>(machine.Row.Key).FirstOrDefault(n =>
            n.PrivateAddresses.Any(a => a.AutoPublicIp is { } ip && ip == own) || rows.By<ElasticIp>(n.Key).Any(e => e.PublicIp == own));
        bool leads = nic is not null && RouteOf(rows, nic, to) is { } found && found.Route.Target.Kind == RouteTargetKind.InternetGateway
            && RouteStates.IsActive(rows, found.Table, found.Route);
        return leads
            ? MachineGates.Fault(rows, nic!, to, MachineGates.Ipsec, awsBegins)
            : $"{router.Id} has no route by an internet gateway to {to}";
    }

    /// <summary>The longest route to an address, out of the subnet of an interface; null where there is none.</summary>
    private static (RouteTable Table, Route Route)? RouteOf(Partition rows, NetworkInterface nic, IpAddress to)
    {
        RouteTable? table = rows.By<RouteTable>(nic.SubnetId.Value).FirstOrDefault() ?? rows.By<RouteTable>(nic.VpcId.Value).FirstOrDefault(t => t.IsMain);
        Route? best = null;
        foreach (Route route in table?.Routes ?? [])
        {
            if (route.Cidr is { } block && block.Contains(to) && (best is null || block.Length > best.Cidr!.Value.Length))
            {
                best = route;
            }
        }

        return best is null ? null : (table!, best);
    }
}
