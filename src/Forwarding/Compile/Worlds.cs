using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding.Compile;

/// <summary>World → outside.</summary>
internal static class Worlds
{
    public static Outside Compile(World world)
    {
        List<RankedPrefix> blocks = [];
        List<OutsideHost> hosts = [];
        foreach (InternetHost host in world.Hosts)
        {
            foreach (Prefix block in host.Addresses)
            {
                blocks.Add(new RankedPrefix(block, 0, hosts.Count));
            }

            hosts.Add(new OutsideHost(
                host.Name, host.Answers, [.. host.Ports.Select(p => (p.Protocol, p.From, p.To))], [.. host.Addresses]));
        }

        ReadOnlySpan<RankedPrefix> span = CollectionsMarshal.AsSpan(blocks);
        return new Outside(world.InternetAnswers, IntervalMap.Of(Family.V4, span), IntervalMap.Of(Family.V6, span), hosts);
    }

    public static SiteHosts SitesOf(World world) => world.Sites.IsEmpty ? SiteHosts.None : new SiteHosts(
    [
        .. world.Sites.Select(site => new SiteNet(
            site.Name,
            Speaker.OfSite(site.Name),
            [.. site.Networks.Select(n => new SiteBlock(n.Block, n.Answers, [.. n.Ports.Select(p => (p.Protocol, p.From, p.To))]))])),
    ]);
}
