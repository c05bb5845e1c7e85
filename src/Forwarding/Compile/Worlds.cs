using System.Runtime.InteropServices;
using Trunkline.Addressing;
using Trunkline.Cloud;

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
}
