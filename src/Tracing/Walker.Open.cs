using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>
/// At balancers, for later packets of a connection: the target that its first packet was given has it still, for as long as AWS keeps it there. Source:
/// AWS, "Deregistration delay" of each type of load balancer; "Configure connection draining for your Classic Load Balancer".
/// </summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>What a balancer makes of a packet of an open connection.</summary>
    private enum Stay : byte
    {
        /// <summary>It is none, or may go anywhere: a target is chosen.</summary>
        Free,

        /// <summary>It goes on to the target that it has.</summary>
        Kept,

        /// <summary>The balancer has ended it.</summary>
        Ended,
    }

    /// <summary>Notes which target the balancer at an interface has chosen for the connection; nobody asks a silent walk for it.</summary>
    private void NoteChoice(int node, int pool, int target, bool keeps = false)
    {
        if (TSink.Listens && taken < Choices.Length && !isReply)
        {
            ref Choice choice = ref choices[taken++];
            choice.Node = node;
            choice.Pair = Pair();
            choice.Pool = pool;
            choice.Target = target;
            choice.KeepsSource = keeps;
        }
    }

    /// <summary>
    /// The target that the connection has at a node. A request that is told is a new one, for which a balancer of requests may take any; a packet
    /// without one is more of the request under way.
    /// </summary>
    /// <param name="place">The target's place: after the pool's own come those that leave it, and after these those that have left.</param>
    /// <param name="keeps">Whether the target saw the client's own address; null: as the pool has it now.</param>
    private readonly Stay StaysWith(
        int handle, Balancer balancer, int node, BalancerListener listener, out int pool, out PoolTarget target, out int place, out bool? keeps)
    {
        pool = place = -1;
        target = default;
        keeps = null;
        bool reads = listener.ReadsRequests;
        if (remembered is null || aim >= 0 || (reads && request is not null)
            || !remembered.Taken.TryGetValue((state.NicMores[balancer.Nodes[node].Nic].Row, Pair()), out TakenTarget? had))
        {
            return Stay.Free;
        }

        keeps = had.KeepsSource;
        pool = state.PoolOf(had.Pool);
        Parting parting = pool < 0 ? Parting.Ends : Meet(new TargetSite(state, handle, node, pool, depth), had, out target, out place);

        // Only TCP has connections that end; a balancer of requests makes another one to its next target.
        return parting == Parting.GoesOn ? Stay.Kept
            : parting == Parting.Ends && !reads && packet.Protocol == Protocols.Tcp ? Stay.Ended
            : Stay.Free;
    }

    private static Parting Meet(in TargetSite site, TakenTarget had, out PoolTarget target, out int place)
    {
        Pool pool = site.Targets;
        for (int i = 0; i < pool.Targets.Length + pool.Draining.Length; i++)
        {
            place = i;
            target = i < pool.Targets.Length ? pool.Targets[i] : pool.Draining[i - pool.Targets.Length];
            if (target.Id == had.Id && target.Port == had.Port)
            {
                bool well = i >= pool.Targets.Length || HealthChecks.Of(site, site.Node, i) == ExplanationCode.NONE || TargetChoice.FailsOpen(site);
                return well ? Parting.GoesOn : pool.WhenIll;
            }
        }

        target = new PoolTarget(had.Id, -1, had.Address, (ushort)had.Port, "", -1, TargetStanding.Gone);
        place = pool.Targets.Length + pool.Draining.Length;
        return pool.WhenGone;
    }

    private readonly ImmutableDictionary<(RowKey Node, ulong Pair), TakenTarget> RememberedTargets()
    {
        ImmutableDictionary<(RowKey Node, ulong Pair), TakenTarget>.Builder all = ImmutableDictionary.CreateBuilder<(RowKey Node, ulong Pair), TakenTarget>();
        for (int i = 0; i < taken; i++)
        {
            Choice choice = choices[i];
            PoolTarget target = state.Pools[choice.Pool].Targets[choice.Target];
            Nic node = state.Nics[choice.Node];
            string zone = state.Balancers[node.Service].Nodes[state.Balancers[node.Service].NodeOf(choice.Node)].Zone;
            IpAddress address = TargetChoice.AddressOf(state, target, zone, 0);
            all[(state.NicMores[choice.Node].Row, choice.Pair)] =
                new TakenTarget(state.Pools[choice.Pool].Row, target.Id, target.Port, address, choice.KeepsSource);
        }

        return all.ToImmutable();
    }

    /// <summary>A target that a balancer has chosen.</summary>
    private struct Choice
    {
        public ulong Pair;
        public int Node;
        public int Pool;
        public int Target;
        public bool KeepsSource;
    }

    [InlineArray(Length)]
    private struct Choices
    {
        public const int Length = 8;
        private Choice first;
    }
}
