using System.Numerics;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Where a choice is made: at a node, among the targets of a pool.</summary>
/// <param name="Node">The node's place in its balancer.</param>
/// <param name="Depth">How many walks the asking one is inside of.</param>
internal readonly record struct TargetSite(ForwardingState State, int Balancer, int Node, int Pool, int Depth)
{
    public Balancer Of => State.Balancers[Balancer];

    public Pool Targets => State.Pools[Pool];

    /// <summary>Whether the node may use targets of every zone (rule 86).</summary>
    public bool CrossZone => Targets.CrossZone ?? Of.CrossZone;

    /// <summary>Whether any node may send to the target: its zone is one of the balancer's.</summary>
    public bool IsUsed(in PoolTarget target) => target.Zone.Length == 0 || Of.IsIn(target.Zone);

    /// <summary>Whether a node may send to the target.</summary>
    public bool IsNear(in PoolTarget target, int node) =>
        CrossZone || target.Zone.Length == 0 || string.Equals(target.Zone, Of.Nodes[node].Zone, StringComparison.Ordinal);
}

/// <summary>Which target a node takes: one of the healthy ones it may use, each as often as the others.</summary>
internal static class TargetChoice
{
    /// <summary>Guesses before everything is counted.</summary>
    private const int Guesses = 8;

    /// <summary>By what of a packet its target is chosen; the same for both directions of a connection, but where the source alone counts.</summary>
    public static ulong HashOf(in Packet packet, Stickiness by = Stickiness.Connection)
    {
        if (by == Stickiness.Source)
        {
            return Mix(Fold(packet.Source));
        }

        if (by is Stickiness.Protocol or Stickiness.Ends)
        {
            ulong ends = Mix(Fold(packet.Source)) + Mix(Fold(packet.Destination));
            return Mix(ends + (by == Stickiness.Protocol ? packet.Protocol : 0u));
        }

        const ulong Prime = 0x9E3779B97F4A7C15;
        ulong one = Fold(packet.Source) + ((ulong)packet.SourceFrom * 0xC2B2AE3D27D4EB4F);
        ulong other = Fold(packet.Destination) + ((ulong)packet.DestinationFrom * 0xC2B2AE3D27D4EB4F);
        ulong mixed = (Mix(one) + Mix(other) + packet.Protocol) * Prime;
        return Mix(mixed);
    }

    public static bool Serves(Transports transports, int protocol) => protocol switch
    {
        Protocols.Tcp => (transports & Transports.Tcp) != 0,
        Protocols.Udp => (transports & Transports.Udp) != 0,
        _ => false,
    };

    /// <summary>One of a rule's pools, by weight; the one that has the interface that is aimed at, where one has.</summary>
    public static PoolShare PoolOf(ForwardingState state, BalancerRule rule, ulong hash, int aim)
    {
        if (rule.Pools.Length == 1)
        {
            return rule.Pools[0];
        }

        foreach (PoolShare share in rule.Pools)
        {
            if (aim >= 0 && share.Weight > 0 && IndexOf(state, share.Pool, aim) >= 0)
            {
                return share;
            }
        }

        int at = (int)((hash >> 33) % (uint)rule.Weight);
        foreach (PoolShare share in rule.Pools)
        {
            at -= share.Weight;
            if (at < 0)
            {
                return share;
            }
        }

        return rule.Pools[^1];
    }

    /// <summary>The place of the target taken, or -1 and why there is none.</summary>
    /// <param name="aim">An interface that is taken where it is a target the node may use, well or not; -1 for none.</param>
    public static int Choose(in TargetSite site, ulong hash, int aim, out ExplanationCode none)
    {
        TargetList targets = site.Targets.Targets;
        none = ExplanationCode.NONE;
        if (targets.Length == 0)
        {
            none = site.Of.Layer == BalancerLayer.Classic ? ExplanationCode.NO_POSSIBLE_DESTINATION : ExplanationCode.ELBV2_LISTENER_HAS_NO_TG;
            return -1;
        }

        int aimed = aim < 0 ? -1 : IndexOf(site.State, site.Pool, aim);
        if (aimed >= 0 && site.IsUsed(targets[aimed]) && site.IsNear(targets[aimed], site.Node))
        {
            return aimed;
        }

        int[]? near = site.CrossZone ? null : site.Targets.NearTo(site.Of.Nodes[site.Node].Zone);
        int count = near is null ? targets.Length : near.Length;
        for (int i = 0; i < Guesses && count > 0 && site.Targets.MinHealthy <= 1; i++)
        {
            int guess = (int)(Mix(hash + (ulong)i) % (uint)count);
            int at = near is null ? guess : near[guess];
            if (MayTake(site, at))
            {
                return at;
            }
        }

        return ChooseOfAll(site, hash, out none);
    }

    /// <summary>Whether the node uses the target and finds it well.</summary>
    public static bool MayTake(in TargetSite site, int target)
    {
        ref readonly PoolTarget at = ref site.Targets.Targets[target];
        return site.IsUsed(at) && site.IsNear(at, site.Node)
            && HealthChecks.Of(site, site.Node, target) == ExplanationCode.NONE;
    }

    /// <summary>
    /// Whether there are so few healthy targets, over all zones, that the health of none is looked at (rule 90). A classic balancer answers 503 then
    /// (AWS, "HTTP 503 errors returned while using Classic Load Balancer").
    /// </summary>
    public static bool FailsOpen(in TargetSite site)
    {
        if (site.Of.Layer == BalancerLayer.Classic)
        {
            return false;
        }

        TargetList targets = site.Targets.Targets;
        int needed = Math.Max(1, site.Targets.MinHealthy);
        for (int i = 0; i < targets.Length && needed > 0; i++)
        {
            needed -= site.IsUsed(targets[i]) && HealthChecks.IsHealthySomewhere(site, i) ? 1 : 0;
        }

        return needed > 0;
    }

    /// <summary>Where a target is sent to; a balancer among targets by its node in the same zone, else by any.</summary>
    public static IpAddress AddressOf(ForwardingState state, in PoolTarget target, string zone, ulong hash)
    {
        if (target.Balancer < 0)
        {
            return target.Address;
        }

        BalancerNode[] nodes = state.Balancers[target.Balancer].Nodes;
        foreach (BalancerNode node in nodes)
        {
            if (string.Equals(node.Zone, zone, StringComparison.Ordinal) && node.V4 != 0)
            {
                return IpAddress.FromV4(node.V4);
            }
        }

        return nodes.Length == 0 ? default : IpAddress.FromV4(nodes[(int)(hash % (uint)nodes.Length)].V4);
    }

    private static int ChooseOfAll(in TargetSite site, ulong hash, out ExplanationCode none)
    {
        TargetList targets = site.Targets.Targets;
        bool open = FailsOpen(site);
        int used = 0;
        int far = 0;
        int candidates = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            used += site.IsUsed(targets[i]) ? 1 : 0;
            far += site.IsUsed(targets[i]) && !site.IsNear(targets[i], site.Node) ? 1 : 0;
            candidates += IsCandidate(site, i, open) ? 1 : 0;
        }

        none = candidates > 0 ? ExplanationCode.NONE : WhyNone(site.Of.Layer, used, far);
        int skip = candidates == 0 ? 0 : (int)(hash % (uint)candidates);
        for (int i = 0; i < targets.Length && candidates > 0; i++)
        {
            if (IsCandidate(site, i, open) && skip-- == 0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether the node takes the target for some connection.</summary>
    public static bool IsCandidate(in TargetSite site, int target, bool open)
    {
        ref readonly PoolTarget at = ref site.Targets.Targets[target];
        return open ? site.IsUsed(at) && site.IsNear(at, site.Node) : MayTake(site, target);
    }

    /// <param name="used">Targets that some node may send to.</param>
    /// <param name="far">Those of them that this node may not send to.</param>
    private static ExplanationCode WhyNone(BalancerLayer layer, int used, int far) =>
        used == 0 ? ExplanationCode.ELB_INSTALLED_AZ_RESTRICTION
        : layer != BalancerLayer.Classic ? ExplanationCode.ELBV2_NO_TARGETS_IN_AZ
        : far > 0 ? ExplanationCode.ELB_NOT_CROSSZONE
        : ExplanationCode.NO_POSSIBLE_DESTINATION;

    private static int IndexOf(ForwardingState state, int pool, int nic)
    {
        Pool of = state.Pools[pool];
        for (int i = 0; i < of.Targets.Length; i++)
        {
            int at = of.Targets[i].Nic >= 0 || of.Domain < 0 || of.Targets[i].Balancer >= 0
                ? of.Targets[i].Nic
                : state.NicAt(of.Domain, of.Targets[i].Address.Bits, of.Targets[i].Address.IsV4);
            if (at == nic)
            {
                return i;
            }
        }

        return -1;
    }

    private static ulong Fold(UInt128 address) => (ulong)address ^ BitOperations.RotateLeft((ulong)(address >> 64), 29);

    /// <summary>Spreads every bit over all the others.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
