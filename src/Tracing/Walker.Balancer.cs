using System.Runtime.CompilerServices;
using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>At the nodes of balancers: listener, rule, pool, target, and the reply's way back. Source: AWS, "How Elastic Load Balancing works".</summary>
internal ref partial struct Walker<TSink>
{
    /// <summary>Carries a health check from a node to a target and its answer back: NONE where the target is well.</summary>
    /// <param name="within">How many walks this one is inside of.</param>
    public ExplanationCode Check(in Flow flow, int within)
    {
        depth = within;
        return Probe(flow).Code;
    }

    /// <summary>The same for one who wants to know the way.</summary>
    public Verdict Probe(in Flow flow)
    {
        probing = true;
        return Run(flow);
    }

    /// <summary>Whether the node's filter is not asked about what comes in by a private entrance (rule 83).</summary>
    private readonly bool IsUnfiltered(in Nic receiver) =>
        receiver.Has(NicTraits.Balances) && IsEntering(nic) && !state.Balancers[receiver.Service].EnforcesPrivate;

    /// <summary>The packet is at a node: a client's goes on to a target, a target's back to its client (rules 82 to 92).</summary>
    private Place Balance(in Nic receiver)
    {
        int handle = receiver.Service;
        if (!receiver.Has(NicTraits.Running))
        {
            return Fail(ExplanationCode.BAD_STATE, StepKind.Nic, nic, 0, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Nic, nic, 0, isEgress: false);
        }

        if (isReply)
        {
            return TakeBack(handle);
        }

        if (!Owns(nic, receiver, packet.Destination))
        {
            return Fail(ExplanationCode.ENI_ADDRESS_RESTRICTION, StepKind.Nic, nic, 0, isEgress: false);
        }

        Balancer balancer = state.Balancers[handle];
        if (Protocols.IsIcmp(packet.Protocol) && balancer.Layer is BalancerLayer.Requests or BalancerLayer.Classic)
        {
            // It answers pings itself and sends none on (AWS, "Configure security groups for your Classic Load Balancer").
            return Place.Delivered;
        }

        int node = balancer.NodeOf(nic);
        int listener = node < 0 ? -1 : ListenerAt(balancer);
        if (listener < 0)
        {
            ExplanationCode code = balancer.Layer == BalancerLayer.Classic
                ? ExplanationCode.ELB_LISTENERS_MISMATCH
                : ExplanationCode.ELBV2_LISTENERS_MISMATCH;
            return Fail(code, StepKind.Listener, handle, -1, isEgress: false);
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Listener, handle, listener, isEgress: false);
        }

        int rule = RuleAt(balancer.Listeners[listener]);
        if (TSink.Listens && balancer.Layer == BalancerLayer.Requests)
        {
            Tell(StepKind.Rule, handle, listener << 16 | rule, isEgress: false);
        }

        BalancerRule taken = balancer.Listeners[listener].Rules[rule];
        if (taken.Action == BalancerAction.Forward)
        {
            return Spread(handle, balancer, node, listener, rule);
        }

        Status = taken.Status;
        return Place.Delivered;
    }

    /// <summary>A node sends in its own name and in its clients', and nothing checks that; it must work.</summary>
    private bool LeaveNode()
    {
        if (!state.Nics[nic].Has(NicTraits.Running))
        {
            Fail(ExplanationCode.BAD_STATE, StepKind.Nic, nic, 0, isEgress: true);
            return false;
        }

        if (TSink.Listens)
        {
            Tell(StepKind.Nic, nic, 0, isEgress: true);
        }

        return true;
    }

    /// <summary>What a classic balancer sends to a target of its own segment goes by the segment's gate all the same (rule 81).</summary>
    private bool PassClassicGate(in Nic sender)
    {
        if (isReply || state.Balancers[sender.Service].Layer != BalancerLayer.Classic || PassGate(sender.Segment, isEgress: true))
        {
            return true;
        }

        Code = ExplanationCode.ELB_ACL_RESTRICTION;
        return false;
    }

    private readonly int ListenerAt(Balancer balancer)
    {
        BalancerListener[] listeners = balancer.Listeners;
        for (int i = 0; i < listeners.Length; i++)
        {
            if (listeners[i].Takes(packet.Protocol, packet.DestinationFrom))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The first rule whose every test holds; the last one has none.</summary>
    private readonly int RuleAt(BalancerListener listener)
    {
        BalancerRule[] rules = listener.Rules;
        for (int i = 0; i < rules.Length - 1; i++)
        {
            bool holds = true;
            foreach (RequestTest test in rules[i].Tests)
            {
                holds = holds && test.Holds(request, packet.SourceAddress);
            }

            if (holds)
            {
                return i;
            }
        }

        return rules.Length - 1;
    }

    /// <summary>Chooses a pool by weight and in it a target, and sends the packet on to it.</summary>
    private Place Spread(int handle, Balancer balancer, int node, int listener, int rule)
    {
        BalancerRule taken = balancer.Listeners[listener].Rules[rule];
        int detail = listener << 16 | rule;
        Stay stay = StaysWith(
            handle, balancer, node, balancer.Listeners[listener], out int open, out PoolTarget had, out int place, out bool? keeps);
        if (stay != Stay.Free)
        {
            return stay == Stay.Ended
                ? FailRule(ExplanationCode.NO_MATCHING_CONNECTION, handle, detail)
                : SendOn(balancer, node, detail, ShareOf(taken, open), had, place, keeps);
        }

        if (taken.Pools.Length == 0 || taken.Weight == 0)
        {
            ExplanationCode code = taken.Pools.Length == 0
                ? ExplanationCode.ELBV2_LISTENER_HAS_NO_TG
                : ExplanationCode.ELBV2_LISTENER_REQUIRES_TG_ACCEPT;
            return FailRule(code, handle, detail);
        }

        ulong hash = TargetChoice.HashOf(packet);
        if (aim >= 0 || !StickyCookies.TryPool(state, taken, request, out PoolShare share))
        {
            share = TargetChoice.PoolOf(state, taken, hash, aim);
        }

        Pool pool = state.Pools[share.Pool];
        if (pool.Protocols != Transports.None && !TargetChoice.Serves(pool.Protocols, packet.Protocol))
        {
            return FailRule(ExplanationCode.ELBV2_LISTENER_REQUIRES_TG_ACCEPT, handle, detail);
        }

        hash = TargetChoice.HashOf(packet, pool.Keeps);
        TargetSite site = new(state, handle, node, share.Pool, depth);
        ExplanationCode none = ExplanationCode.NONE;
        int target = aim < 0 ? StickyCookies.TargetOf(site, taken, request) : -1;
        target = target < 0 ? TargetChoice.Choose(site, hash, aim, out none) : target;
        if (target < 0)
        {
            return FailRule(none, handle, detail);
        }

        NoteChoice(nic, share.Pool, target, pool.KeepsSource);
        return SendOn(balancer, node, detail, share, pool.Targets[target], target, keeps: null);
    }

    /// <summary>How a rule leads to a pool; a rule that does not lead there any more says no port.</summary>
    private static PoolShare ShareOf(BalancerRule rule, int pool)
    {
        foreach (PoolShare share in rule.Pools)
        {
            if (share.Pool == pool)
            {
                return share;
            }
        }

        return new PoolShare(pool, 0, 0);
    }

    private Place FailRule(ExplanationCode code, int handle, int detail) =>
        FailAt(code, new Step(StepKind.Rule, handle, detail, true, packet, packet) { Other = nic, Via = detail });

    /// <param name="via">Listener × 65536 + rule.</param>
    /// <param name="target">The target's place.</param>
    /// <param name="keeps">Whether the target sees the client's own address; null: as the pool has it.</param>
    private Place SendOn(Balancer balancer, int node, int via, PoolShare share, in PoolTarget to, int target, bool? keeps)
    {
        Pool pool = state.Pools[share.Pool];
        ulong hash = to.Balancer < 0 ? 0 : TargetChoice.HashOf(packet, pool.Keeps);
        IpAddress address = TargetChoice.AddressOf(state, to, balancer.Nodes[node].Zone, hash);
        bool kept = (keeps ?? pool.KeepsSource) && balancer.Layer == BalancerLayer.Connections && !IsEntering(nic) && address.IsV4 == packet.IsV4;
        UInt128 own = address.IsV4 ? balancer.Nodes[node].V4 : balancer.Nodes[node].V6;
        ExplanationCode code = address == default ? ExplanationCode.NO_POSSIBLE_DESTINATION
            : !kept && own == 0 ? ExplanationCode.ELBV2_LISTENER_REQUIRES_TG_ACCEPT
            : kept && BreaksWhenKept(balancer, pool, address) ? ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION
            : balances == Balanced.Length ? ExplanationCode.FORWARDING_LOOP
            : ExplanationCode.NONE;
        if (code != ExplanationCode.NONE)
        {
            return FailAt(code, new Step(StepKind.Pool, share.Pool, target, true, packet, packet) { Other = nic, Via = via });
        }

        Packet before = packet;
        if (balancer.Listeners[via >> 16].EndsConnections)
        {
            EndConnection();
        }

        ref BalancedFlow entry = ref balanced[balances++];
        entry.Client = packet;
        entry.Node = nic;
        entry.Via = via;
        entry.Pool = share.Pool;
        entry.Choice = target;
        entry.Target = kept ? state.NicAt(balancer.Domain, address.Bits, address.IsV4) : -1;
        packet.IsV4 = address.IsV4;
        packet.Destination = address.Bits;
        packet.DestinationFrom = packet.DestinationTo = share.Port != 0 ? share.Port : to.Port;
        if (!kept)
        {
            packet.Source = own;
            packet.SourceFrom = FirstTranslatedPort;
            packet.SourceTo = ushort.MaxValue;
        }

        identity = nic;
        forwarded = routed = false;
        tracking |= balancer.Layer == BalancerLayer.Connections ? Tracking.Automatic : Tracking.None;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Pool, share.Pool, target, true, before, packet) { Other = nic, Via = via, Word = EndpointAt(nic) });
        }

        return Place.Sending;
    }

    /// <summary>The endpoint over which the packet came to a node; "" where it came otherwise.</summary>
    private readonly string EndpointAt(int node) =>
        IsEntering(node) ? state.Entrances[state.Nics[entries[entered - 1].Door].Service].Row.Id : "";

    /// <summary>
    /// Where the target sees the client's own address it must be in the balancer's domain, no other service's interface, and not the client
    /// itself (rule 84).
    /// </summary>
    private readonly bool BreaksWhenKept(Balancer balancer, Pool pool, IpAddress address)
    {
        int target = state.NicAt(balancer.Domain, address.Bits, address.IsV4);
        if (target < 0)
        {
            return pool.Domain != balancer.Domain;
        }

        ref readonly Nic at = ref state.Nics[target];
        return at.Has(NicTraits.Enters)
            || (at.Has(NicTraits.Balances) && state.Balancers[at.Service].Layer == BalancerLayer.Connections)
            || (state.NicAt(balancer.Domain, packet.Source, packet.IsV4) is >= 0 and int client && SameMachine(client, target));
    }

    /// <summary>A target that saw the client's own address answers it; the answer goes back by the node all the same.</summary>
    private readonly bool IsKept() => balances > 0 && balanced[balances - 1].Target == nic;

    private Place ReturnKept(in Nic sender)
    {
        int node = balanced[balances - 1].Node;
        from = sender.Segment;
        routed = false;
        domain = sender.Domain;
        if (state.Nics[node].Segment != sender.Segment && !PassGate(sender.Segment, isEgress: true))
        {
            return Place.Dropped;
        }

        nic = node;
        return Place.Arriving;
    }

    /// <summary>The reply of a target: it gets the client's address back, and the node's as its source.</summary>
    private Place TakeBack(int handle)
    {
        if (balances == 0 || balanced[balances - 1].Node != nic)
        {
            return origin.Kind == OriginKind.Nic && origin.Handle == nic && packet.Answers(sent)
                ? Place.Delivered
                : Fail(ExplanationCode.NO_MATCHING_CONNECTION, StepKind.Nic, nic, 0, isEgress: false);
        }

        ref BalancedFlow entry = ref balanced[--balances];
        Packet before = packet;
        packet = entry.Client.Reply();
        identity = nic;
        forwarded = routed = false;
        if (TSink.Listens)
        {
            sink.Add(new Step(StepKind.Listener, handle, entry.Via >> 16, true, before, packet));
        }

        return Place.Sending;
    }

    /// <summary>Chooses the machine that a tunnel's packet goes to: the same one for both directions of a connection (rule 92).</summary>
    /// <param name="node">The node's interface.</param>
    /// <param name="target">The machine's interface; -1 where nobody has the target's address.</param>
    /// <returns>False: there is none, and why has been told.</returns>
    private bool PickAppliance(int node, out int target)
    {
        target = -1;
        int handle = state.Nics[node].Service;
        Balancer balancer = state.Balancers[handle];
        int place = balancer.NodeOf(node);
        if (place < 0 || balancer.Listeners.Length == 0 || balancer.Listeners[0].Rules[^1].Pools.Length == 0)
        {
            Fail(
                balancer.Listeners.Length == 0 ? ExplanationCode.ELBV2_LISTENERS_MISMATCH : ExplanationCode.ELBV2_LISTENER_HAS_NO_TG,
                StepKind.Listener, handle, balancer.Listeners.Length - 1, isEgress: true);
            return false;
        }

        PoolShare share = balancer.Listeners[0].Rules[^1].Pools[0];
        int rule = balancer.Listeners[0].Rules.Length - 1;
        Stay stay = StaysWith(handle, balancer, place, balancer.Listeners[0], out int open, out PoolTarget to, out int chosen, out _);
        if (stay == Stay.Free)
        {
            ulong hash = TargetChoice.HashOf(packet, state.Pools[share.Pool].Keeps);
            chosen = TargetChoice.Choose(new TargetSite(state, handle, place, share.Pool, depth), hash, -1, out ExplanationCode none);
            if (chosen < 0)
            {
                FailAt(none, new Step(StepKind.Rule, handle, rule, true, packet, packet) { Other = node, Via = rule });
                return false;
            }

            to = state.Pools[share.Pool].Targets[chosen];
            NoteChoice(node, share.Pool, chosen);
        }

        if (TSink.Listens)
        {
            int from = stay == Stay.Free ? share.Pool : open;
            Tell(StepKind.Listener, handle, 0, isEgress: false);
            sink.Add(new Step(StepKind.Pool, from, chosen, true, packet, packet) { Other = node, Via = rule });
        }

        target = to.Nic >= 0 ? to.Nic : state.NicAt(balancer.Domain, to.Address.Bits, to.Address.IsV4);
        return true;
    }

    private Place FailAt(ExplanationCode code, in Step step)
    {
        Code = code;
        if (TSink.Listens)
        {
            Fault = step;
            sink.Add(Fault);
        }

        return Place.Dropped;
    }

    /// <summary>A connection that a node has passed on.</summary>
    private struct BalancedFlow
    {
        /// <summary>The client's packet as it came to the node.</summary>
        public Packet Client;

        public int Node;

        /// <summary>Listener × 65536 + rule.</summary>
        public int Via;

        public int Pool;

        /// <summary>The place of the target in its pool.</summary>
        public int Choice;

        /// <summary>The target that saw the client's own address; -1 where it saw the node's.</summary>
        public int Target;
    }

    [InlineArray(Length)]
    private struct Balanced
    {
        public const int Length = 4;
        private BalancedFlow first;
    }
}
