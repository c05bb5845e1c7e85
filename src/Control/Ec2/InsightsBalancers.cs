using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Control.Ec2;

/// <summary>Load balancers on the way of a question of reachability. Source: AWS, "How Reachability Analyzer works"; "Explanation codes".</summary>
internal sealed class InsightsBalancers(CloudSnapshot cloud, ForwardingState state)
{
    /// <summary>The nodes by which an interface is reached as a target, each with the ports of the listeners that lead there.</summary>
    /// <param name="outside">The sender is beyond an internet gateway and names public addresses.</param>
    public IEnumerable<(IpAddress Address, IReadOnlyList<ushort> Ports)> WaysTo(PartitionKey at, NetworkInterface eni, bool outside)
    {
        int nic = state.NicOf(at, eni.Key);
        for (int handle = 0; handle < state.Balancers.Count && nic >= 0; handle++)
        {
            Balancer balancer = state.Balancers[handle];
            ushort[] ports = [.. balancer.Listeners.Where(l => l.Rules.Any(r => r.Pools.Any(p => Has(p.Pool, nic)))).Select(l => l.Port)];
            foreach (BalancerNode node in ports.Length == 0 || balancer.Layer == BalancerLayer.Tunnel ? [] : balancer.Nodes)
            {
                uint address = node.Nic < 0 ? 0 : outside ? state.Nics[node.Nic].PublicAddress : node.V4;
                if (address != 0)
                {
                    yield return (IpAddress.FromV4(address), ports);
                }
            }
        }
    }

    /// <summary>What AWS says of each listener where no listener takes a packet.</summary>
    public IEnumerable<Aws.Explanation> Listeners(Drop drop)
    {
        if (drop.LoadBalancer is not { Partition: { } at } balancer
            || drop.Code is not (ExplanationCode.ELBV2_LISTENERS_MISMATCH or ExplanationCode.ELB_LISTENERS_MISMATCH))
        {
            yield break;
        }

        Partition rows = cloud.Partition(at);
        foreach (Listener listener in rows.By<Listener>(Listener.LoadBalancerWord(balancer.Id)))
        {
            Component component = new(Listener.Kind, listener.Key, null, at);
            yield return Explain(ExplanationCode.ELBV2_LISTENER_PORT_RESTRICTION, component) with
            {
                LoadBalancerArn = balancer.Arn,
                LoadBalancerListenerPort = listener.Port,
                ElasticLoadBalancerListener = new Aws.AnalysisComponent { Id = component.Id, Arn = component.Arn },
            };
        }

        foreach (ClassicListener listener in rows.Table<ClassicLoadBalancer>().Find(balancer.Id)?.Listeners ?? [])
        {
            yield return Explain(ExplanationCode.ELB_LISTENER_PORT_RESTRICTION, balancer) with
            {
                LoadBalancerArn = balancer.Arn,
                ClassicLoadBalancerListener = new Aws.AnalysisLoadBalancerListener
                {
                    LoadBalancerPort = listener.Port,
                    InstancePort = listener.InstancePort,
                },
            };
        }
    }

    /// <summary>Why a packet that a load balancer sent on is not at the path's end: the end is no target of it. Null where none sent it on.</summary>
    public static Aws.Explanation? MissedTarget(ImmutableArray<Hop> forward)
    {
        Hop? choice = forward.LastOrDefault(h => !h.Targets.IsEmpty);
        return choice?.AttachedTo is not { } balancer ? null : Explain(ExplanationCode.TARGET_ADDRESS_RESTRICTION, balancer) with
        {
            LoadBalancerArn = balancer.Arn,
            LoadBalancerTargetGroup = Of(choice.Component),
            Addresses = [.. choice.Targets.Select(t => t.Target.Id).Where(id => IpAddress.TryParse(id, out _))],
        };
    }

    /// <summary>
    /// The code for a header that a filter at the destination does not admit, where it is as it is for a load balancer's or a translator's sake.
    /// </summary>
    public static Aws.Explanation? MissedHeader(ImmutableArray<Hop> forward, ExplanationCode missed)
    {
        Hop? choice = forward.LastOrDefault(h => !h.Targets.IsEmpty);
        Hop? remapped = forward.LastOrDefault(h => h.Inbound.SourcePorts != h.Outbound.SourcePorts);
        if (missed == ExplanationCode.FILTER_AT_DESTINATION_SOURCE_PORT_RANGE && remapped is not null)
        {
            return Explain(ExplanationCode.REMAP_EPHEMERAL_PORT, remapped.Targets.IsEmpty ? remapped.Component : remapped.AttachedTo!);
        }

        if (choice?.AttachedTo is not { } balancer)
        {
            return null;
        }

        int port = choice.Targets.First(t => t.IsChosen).Port;
        return missed switch
        {
            ExplanationCode.FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE => Explain(ExplanationCode.TARGET_PORT_RESTRICTION, balancer) with
            {
                LoadBalancerArn = balancer.Arn,
                LoadBalancerTargetGroup = Of(choice.Component),
                LoadBalancerTargetPort = port,
            },
            ExplanationCode.FILTER_AT_DESTINATION_SOURCE_ADDRESS when choice.Inbound.Source == choice.Outbound.Source =>
                Explain(ExplanationCode.ELBV2_SOURCE_ADDRESS_PRESERVATION, balancer) with
                {
                    LoadBalancerArn = balancer.Arn,
                    LoadBalancerTargetGroup = Of(choice.Component),
                    Address = choice.Outbound.Source.ToString(),
                },
            _ => null,
        };
    }

    /// <summary>A drop's load balancer, listener and target group in an explanation.</summary>
    public static Aws.Explanation With(Aws.Explanation explanation, Drop drop) => drop.LoadBalancer is null ? explanation : explanation with
    {
        LoadBalancerArn = drop.LoadBalancer.Arn,
        ElasticLoadBalancerListener = Of(drop.Listener),
        LoadBalancerTargetGroup = Of(drop.TargetGroup),
        LoadBalancerTargetGroups = drop.Targets.IsEmpty ? null : [.. drop.Targets.Select(t => t.Group).Distinct().Select(g => Of(g)!)],
        AvailabilityZoneIds = drop.Targets.IsEmpty ? null : [.. drop.Targets.Select(t => t.Zone).OfType<string>().Distinct()],
    };

    private bool Has(int pool, int nic)
    {
        Pool at = state.Pools[pool];
        return at.Targets.Any(t => t.Nic == nic
            || (t.Nic < 0 && t.Balancer < 0 && at.Domain >= 0 && t.Address != default
                && state.NicAt(at.Domain, t.Address.Bits, t.Address.IsV4) == nic));
    }

    private static Aws.Explanation Explain(ExplanationCode code, Component component) => new()
    {
        ExplanationCode = code.ToString(),
        Component = Of(component),
        ComponentAccount = component.Partition?.Account,
        ComponentRegion = component.Partition?.Region,
    };

    private static Aws.AnalysisComponent? Of(Component? component) =>
        component is null ? null : new() { Id = component.Id, Arn = component.Arn, Name = component.Name };
}
