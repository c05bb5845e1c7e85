using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Tracing;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Instances behind classic load balancers. Source: Elastic Load Balancing API 2012-06-01, RegisterInstancesWithLoadBalancer,
/// DeregisterInstancesFromLoadBalancer, DescribeInstanceHealth, InstanceState.
/// </summary>
public sealed partial class ElbService
{
    public AwsElb.RegisterEndPointsOutput RegisterInstancesWithLoadBalancer(CommandContext context, AwsElb.RegisterEndPointsInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        ImmutableArray<Id<Instance>> instances = balancer.Instances;
        foreach (string id in IdsOf(request.Instances))
        {
            Instance instance = context.Here.Table<Instance>().Find(id) ?? throw ElbFaults.InvalidInstance(id);
            if (instance.State is not (InstanceState.Running or InstanceState.Pending))
            {
                throw new Fault("InvalidInstance", $"EC2 instance {id} is not in the running state.");
            }

            if (instance.VpcId != balancer.VpcId)
            {
                throw new Fault("InvalidInstance", $"EC2 instance {id} is not in the same VPC as ELB.");
            }

            instances = instances.Contains(instance.Id) ? instances : instances.Add(instance.Id);
        }

        context.Quotas.Check(Quotas.InstancesPerClassicLoadBalancer, instances.Length);
        context.Put(balancer with
        {
            Instances = instances,
            Draining = balancer.DrainingAt(context.Now).RemoveAll(d => instances.Contains(d.Instance)),
        });
        return new AwsElb.RegisterEndPointsOutput { Instances = ToWire(instances) };
    }

    /// <remarks>
    /// One that is not registered is passed over; one that does not exist is refused. With connection draining an instance leaves when the timeout is
    /// over: connections that it may have are not known, and so it is taken to have some.
    /// </remarks>
    public AwsElb.DeregisterEndPointsOutput DeregisterInstancesFromLoadBalancer(
        CommandContext context, AwsElb.DeregisterEndPointsInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        ImmutableArray<Id<Instance>> instances = balancer.Instances;
        foreach (string id in IdsOf(request.Instances))
        {
            if (context.Here.Table<Instance>().Find(id) is null)
            {
                throw ElbFaults.InvalidInstance(id);
            }

            instances = instances.Remove(new Id<Instance>(id));
        }

        ImmutableArray<DrainingInstance> draining = balancer.DrainingAt(context.Now);
        DateTimeOffset until = context.Now.AddSeconds(balancer.DrainingTimeout);
        context.Put(balancer with
        {
            Instances = instances,
            Draining = balancer.ConnectionDraining
                ? [.. draining, .. balancer.Instances.Except(instances).Select(i => new DrainingInstance(i, until))]
                : draining,
        });
        return new AwsElb.DeregisterEndPointsOutput { Instances = ToWire(instances) };
    }

    /// <summary>The health of the registered instances, or of those that are named, registered or not; terminated ones are left out.</summary>
    public AwsElb.DescribeEndPointStateOutput DescribeInstanceHealth(CommandContext context, AwsElb.DescribeEndPointStateInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        IEnumerable<string> ids = request.Instances is { Count: > 0 } ? IdsOf(request.Instances) : balancer.Instances.Select(i => i.Value);
        List<AwsElb.InstanceState> states = [];
        foreach (string id in ids.Distinct(StringComparer.Ordinal))
        {
            Instance instance = context.Here.Table<Instance>().Find(id) ?? throw ElbFaults.InvalidInstance(id);
            if (instance.State is not (InstanceState.Terminated or InstanceState.ShuttingDown))
            {
                states.Add(HealthOf(context, balancer, instance));
            }
        }

        return new AwsElb.DescribeEndPointStateOutput { InstanceStates = states };
    }

    /// <summary>An instance that ends is registered nowhere from then on.</summary>
    internal static void Forget(CommandContext context, Instance instance)
    {
        foreach (ClassicLoadBalancer balancer in context.Here.By<ClassicLoadBalancer>(instance.Key).ToList())
        {
            context.Put(balancer with
            {
                Instances = balancer.Instances.Remove(instance.Id),
                Draining = balancer.Draining.RemoveAll(d => d.Instance == instance.Id),
            });
        }
    }

    private static AwsElb.InstanceState HealthOf(CommandContext context, ClassicLoadBalancer balancer, Instance instance)
    {
        int place = balancer.Instances.IndexOf(instance.Id);
        if (place < 0 && balancer.DrainingAt(context.Now).Any(d => d.Instance == instance.Id))
        {
            return new AwsElb.InstanceState
            {
                InstanceId = instance.Key,
                State = "InService",
                ReasonCode = "N/A",
                Description = "Instance deregistration currently in progress.",
            };
        }

        (string Reason, string Description)? wrong = instance switch
        {
            _ when place < 0 => ("Instance", "Instance is not currently registered with the LoadBalancer."),
            { State: InstanceState.Pending } => ("Instance", "Instance is in pending state."),
            _ when context.Tracer.HealthOfInstances(context.Caller.Partition, balancer.Key)[place] is { State: not TargetState.Healthy } seen =>
                (seen.Reason ?? "Instance", seen.Description ?? "A transient error occurred. Please try again later."),
            _ => null,
        };
        return new AwsElb.InstanceState
        {
            InstanceId = instance.Key,
            State = wrong is null ? "InService" : "OutOfService",
            ReasonCode = wrong?.Reason ?? "N/A",
            Description = wrong?.Description ?? "N/A",
        };
    }

    private static IEnumerable<string> IdsOf(IReadOnlyList<AwsElb.Instance>? instances)
    {
        if (instances is not { Count: > 0 })
        {
            throw ElbFaults.Validation("Instances cannot be empty");
        }

        return instances.Select(i => Door.Required(i.InstanceId, "InstanceId"));
    }

    private static IReadOnlyList<AwsElb.Instance> ToWire(ImmutableArray<Id<Instance>> instances) =>
        [.. instances.Select(i => new AwsElb.Instance { InstanceId = i.Value })];
}
