using Trunkline.Addressing;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>
/// Whether targets are well: a node's check is a packet like any other, walked there and back, and its fate is remembered with the state.
/// Source: AWS, "Health checks for your target groups".
/// </summary>
internal static class HealthChecks
{
    /// <summary>What becomes of a node's check of a target: NONE where it is answered.</summary>
    public static ExplanationCode Of(in TargetSite site, int node, int target)
    {
        if (site.Depth > CheckMemo.DepthMax)
        {
            return ExplanationCode.FORWARDING_LOOP;
        }

        Pool pool = site.Targets;
        int targets = pool.Targets.Length;
        if (pool.Balancer != site.Balancer)
        {
            // Kept are the answers for the one balancer that a pool belongs to.
            return Ask(site, node, target);
        }

        byte[] known = site.State.Memo.Of(site.Pool, site.Depth, site.Of.Nodes.Length * targets);
        int place = (node * targets) + target;
        if (known[place] != 0)
        {
            return (ExplanationCode)(known[place] - 1);
        }

        ExplanationCode code = Ask(site, node, target);
        known[place] = (byte)((byte)code + 1);
        return code;
    }

    /// <summary>Whether some node that may use the target finds it well.</summary>
    public static bool IsHealthySomewhere(in TargetSite site, int target)
    {
        for (int node = 0; node < site.Of.Nodes.Length; node++)
        {
            if (site.IsNear(site.Targets.Targets[target], node) && Of(site, node, target) == ExplanationCode.NONE)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first node whose check of the target fails, and why; -1 and NONE where none does. Nodes that have failed ask nothing.</summary>
    public static (int Node, ExplanationCode Code) Worst(in TargetSite site, int target)
    {
        int asked = 0;
        for (int node = 0; node < site.Of.Nodes.Length; node++)
        {
            if (!site.IsNear(site.Targets.Targets[target], node) || !Works(site.State, site.Of.Nodes[node]))
            {
                continue;
            }

            asked++;
            if (Of(site, node, target) is var code and not ExplanationCode.NONE)
            {
                return (node, code);
            }
        }

        return asked > 0 ? (-1, ExplanationCode.NONE) : (-1, ExplanationCode.BAD_STATE);
    }

    /// <summary>The HTTP status that a node's check of a target is answered with; 0 where nothing can be sent.</summary>
    public static int StatusOf(in TargetSite site, int node, int target)
    {
        Send(site, node, target, out int status);
        return status;
    }

    public static bool Works(ForwardingState state, in BalancerNode node) => node.Nic >= 0 && state.Nics[node.Nic].Has(NicTraits.Running);

    /// <summary>The packet of a check; false where nothing can be sent.</summary>
    public static bool TryFlow(in TargetSite site, int node, int target, out Flow flow)
    {
        flow = default;
        Pool pool = site.Targets;
        ref readonly PoolTarget at = ref pool.Targets[target];
        BalancerNode from = site.Of.Nodes[node];
        IpAddress to = TargetChoice.AddressOf(site.State, at, from.Zone, 0);
        if (from.Nic < 0 || to == default || (to.IsV4 ? from.V4 == 0 : from.V6 == 0))
        {
            return false;
        }

        IpAddress source = to.IsV4 ? IpAddress.FromV4(from.V4) : IpAddress.FromV6(from.V6);
        ushort port = pool.Check.Port != 0 ? pool.Check.Port : at.Port;
        flow = new Flow(Origin.OfNic(from.Nic), source, to, Protocols.Tcp, Flow.DefaultSourcePort, port) { Http = pool.Check.Request };
        return true;
    }

    private static ExplanationCode Ask(in TargetSite site, int node, int target)
    {
        if (site.Targets.Targets[target].Standing != TargetStanding.Present || !Works(site.State, site.Of.Nodes[node]))
        {
            return ExplanationCode.BAD_STATE;
        }

        if (!site.Targets.Check.Enabled)
        {
            return ExplanationCode.NONE;
        }

        ExplanationCode code = Send(site, node, target, out int status);
        return code == ExplanationCode.NONE && !site.Targets.Check.Accepts(status) ? ExplanationCode.HEALTH_CHECK_STATUS_MISMATCH : code;
    }

    /// <summary>Sends the check's packet, and reads the status that it is answered with.</summary>
    private static ExplanationCode Send(in TargetSite site, int node, int target, out int status)
    {
        status = 0;
        if (!TryFlow(site, node, target, out Flow flow))
        {
            return ExplanationCode.NO_POSSIBLE_DESTINATION;
        }

        Walker<Silent> walker = new(site.State, default);
        ExplanationCode code = walker.Check(flow, site.Depth + 1);
        status = walker.Status;
        return code;
    }
}
