using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Starting, stopping and ending instances. Source: AWS, "Amazon EC2 instance state changes"; rule 36.</summary>
public sealed partial class Ec2Service
{
    private const string UserShutdown = "Client.UserInitiatedShutdown";
    private const string UserHibernate = "Client.UserInitiatedHibernate";

    public Aws.StartInstancesResult StartInstances(CommandContext context, Aws.StartInstancesRequest request)
    {
        if (request.AdditionalInfo is not null)
        {
            throw Fault.Unsupported("AdditionalInfo");
        }

        List<Aws.InstanceStateChange> changes = [];
        foreach (Instance instance in NamedInstances(context, request.InstanceIds))
        {
            if (instance.State == InstanceState.Terminated)
            {
                throw IncorrectState(instance, "started");
            }

            bool stopped = instance.State == InstanceState.Stopped;
            if (stopped)
            {
                Instance started = context.Put(instance with
                {
                    State = InstanceState.Running,
                    LaunchTime = context.Now,
                    Boots = instance.Boots + 1,
                    StateReasonCode = null,
                    StateReasonMessage = null,
                    StateTransitionReason = "",
                });
                AssignAutoPublicIps(context, started);
            }

            changes.Add(ChangeOf(instance, stopped ? InstanceState.Pending : instance.State));
        }

        return new Aws.StartInstancesResult { StartingInstances = changes };
    }

    /// <remarks>Force and SkipOsShutdown change nothing here: no operating system is asked.</remarks>
    public Aws.StopInstancesResult StopInstances(CommandContext context, Aws.StopInstancesRequest request)
    {
        List<Aws.InstanceStateChange> changes = [];
        foreach (Instance instance in NamedInstances(context, request.InstanceIds))
        {
            if (instance.State == InstanceState.Terminated)
            {
                throw IncorrectState(instance, "stopped");
            }

            if (instance.DisableApiStop)
            {
                throw NotPermitted(instance, "stopped", "disableApiStop");
            }

            if (request.Hibernate == true && !instance.Hibernation)
            {
                throw new Fault(
                    "UnsupportedHibernationConfiguration", $"The instance '{instance.Id}' is not configured for hibernation.");
            }

            bool running = instance.State == InstanceState.Running;
            if (running)
            {
                Stop(context, instance, request.Hibernate == true ? UserHibernate : UserShutdown);
            }

            changes.Add(ChangeOf(instance, running ? InstanceState.Stopping : instance.State));
        }

        return new Aws.StopInstancesResult { StoppingInstances = changes };
    }

    /// <remarks>A reboot moves nothing that a network sees: addresses stay. What runs in the instance ends.</remarks>
    public Aws.RebootInstancesResult RebootInstances(CommandContext context, Aws.RebootInstancesRequest request)
    {
        foreach (Instance instance in NamedInstances(context, request.InstanceIds))
        {
            if (instance.State != InstanceState.Running)
            {
                throw IncorrectState(instance, "rebooted");
            }

            context.Put(instance with { Boots = instance.Boots + 1 });
        }

        return new Aws.RebootInstancesResult();
    }

    /// <remarks>Force and SkipOsShutdown change nothing here: no operating system is asked.</remarks>
    public Aws.TerminateInstancesResult TerminateInstances(CommandContext context, Aws.TerminateInstancesRequest request)
    {
        List<Aws.InstanceStateChange> changes = [];
        foreach (Instance instance in NamedInstances(context, request.InstanceIds))
        {
            bool ended = instance.State == InstanceState.Terminated;
            if (!ended && instance.DisableApiTermination)
            {
                throw NotPermitted(instance, "terminated", "disableApiTermination");
            }

            if (!ended)
            {
                Terminate(context, instance);
            }

            changes.Add(ChangeOf(instance, ended ? InstanceState.Terminated : InstanceState.ShuttingDown));
        }

        return new Aws.TerminateInstancesResult { TerminatingInstances = changes };
    }

    public Aws.MonitorInstancesResult MonitorInstances(CommandContext context, Aws.MonitorInstancesRequest request) =>
        new() { InstanceMonitorings = Monitor(context, request.InstanceIds, request.MetricCategoryIds, on: true) };

    public Aws.UnmonitorInstancesResult UnmonitorInstances(CommandContext context, Aws.UnmonitorInstancesRequest request) =>
        new() { InstanceMonitorings = Monitor(context, request.InstanceIds, request.MetricCategoryIds, on: false) };

    private static List<Instance> NamedInstances(CommandContext context, IReadOnlyList<string>? ids) =>
        ids is null or [] ? throw Fault.Missing("InstanceId") : [.. InstancesInSight(context, ids)];

    private static void Stop(CommandContext context, Instance instance, string reason)
    {
        ReleaseAutoPublicIps(context, instance);
        context.Put(instance with
        {
            State = InstanceState.Stopped,
            StateReasonCode = reason,
            StateReasonMessage = $"{reason}: User initiated {(reason == UserHibernate ? "hibernate" : "shutdown")}",
            StateTransitionReason = TransitionReason(context),
        });
    }

    private static void Terminate(CommandContext context, Instance instance)
    {
        ReleaseAutoPublicIps(context, instance);
        foreach (NetworkInterface eni in InterfacesOf(context.Here, instance))
        {
            if (eni.Attachment?.DeleteOnTermination == true)
            {
                RemoveInterface(context, eni);
            }
            else
            {
                context.Put(eni with { Attachment = null });
            }
        }

        foreach (Volume volume in context.Here.By<Volume>(instance.Key).ToList())
        {
            LetGo(context, volume, instance);
        }

        Elb.ElbService.Forget(context, instance);
        context.Put(instance with
        {
            State = InstanceState.Terminated,
            TerminatedAt = context.Now,
            SubnetId = null,
            VpcId = null,
            Profile = null,
            Monitored = false,
            StateReasonCode = UserShutdown,
            StateReasonMessage = $"{UserShutdown}: User initiated shutdown",
            StateTransitionReason = TransitionReason(context),
        });
    }

    /// <summary>A volume goes with its last instance where it was attached so, and is free otherwise.</summary>
    private static void LetGo(CommandContext context, Volume volume, Instance instance)
    {
        VolumeAttachment? held = volume.Attachments.FirstOrDefault(a => a.InstanceId == instance.Id);
        if (held is { DeleteOnTermination: true } && volume.Attachments.Length == 1)
        {
            context.Remove(volume.Id);
        }
        else
        {
            context.Put(volume with { Attachments = [.. volume.Attachments.Where(a => a.InstanceId != instance.Id)] });
        }
    }

    private static List<Aws.InstanceMonitoring> Monitor(
        CommandContext context, IReadOnlyList<string>? ids, IReadOnlyList<string>? categories, bool on)
    {
        RefuseMetricCategories(categories);
        List<Aws.InstanceMonitoring> shown = [];
        foreach (Instance instance in NamedInstances(context, ids))
        {
            if (instance.State == InstanceState.Terminated)
            {
                throw IncorrectState(instance, on ? "monitored" : "unmonitored");
            }

            string state = (instance.Monitored, on) switch
            {
                (true, true) => "enabled",
                (false, true) => "pending",
                (true, false) => "disabling",
                _ => "disabled",
            };
            context.Put(instance with { Monitored = on });
            shown.Add(new Aws.InstanceMonitoring { InstanceId = instance.Key, Monitoring = new Aws.Monitoring { State = state } });
        }

        return shown;
    }

    /// <summary>There are no metrics here, and so no categories of them.</summary>
    private static void RefuseMetricCategories(IReadOnlyList<string>? categories)
    {
        if (categories is { Count: > 0 })
        {
            throw Fault.Unsupported("MetricCategoryIds");
        }
    }

    private static Aws.InstanceStateChange ChangeOf(Instance before, InstanceState shown) => new()
    {
        InstanceId = before.Key,
        PreviousState = ToWire(before.State),
        CurrentState = ToWire(shown),
    };

    private static string TransitionReason(CommandContext context) =>
        $"User initiated ({context.Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} GMT)";

    private static Fault IncorrectState(Instance instance, string done) =>
        new("IncorrectInstanceState", $"The instance '{instance.Id}' is not in a state from which it can be {done}.");

    private static Fault NotPermitted(Instance instance, string done, string attribute) => new(
        "OperationNotPermitted",
        $"The instance '{instance.Id}' may not be {done}. Modify its '{attribute}' instance attribute and try again.");
}
