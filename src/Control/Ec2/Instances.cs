using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Instances as they are described. Source: EC2 API, DescribeInstances, DescribeInstanceStatus.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<Instance> InstanceIds = new(
        "InstanceId", "InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed", "The instance ID '{0}' does not exist");

    /// <summary>How long a terminated instance stays in sight.</summary>
    private static readonly TimeSpan SeenAfterTermination = TimeSpan.FromHours(1);

    public Aws.DescribeInstancesResult DescribeInstances(CommandContext context, Aws.DescribeInstancesRequest request)
    {
        Pager.RefuseIdsWithPages(request.InstanceIds, "instancesSet", request.MaxResults);
        IEnumerable<Instance> rows = InstanceFilters.Apply(context, InstancesInSight(context, request.InstanceIds), request.Filters);
        Page<Instance> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        Partition here = context.Here;
        Dictionary<string, List<Aws.Instance>> byReservation = new(page.Rows.Count, StringComparer.Ordinal);
        List<Aws.Reservation> reservations = new(page.Rows.Count);
        foreach (Instance instance in page.Rows)
        {
            if (!byReservation.TryGetValue(instance.ReservationId, out List<Aws.Instance>? shown))
            {
                byReservation[instance.ReservationId] = shown = [];
                reservations.Add(new Aws.Reservation
                {
                    ReservationId = instance.ReservationId,
                    OwnerId = here.Account,
                    Groups = [],
                    Instances = shown,
                });
            }

            shown.Add(ToWire(here, instance));
        }

        return new Aws.DescribeInstancesResult { Reservations = reservations, NextToken = page.NextToken };
    }

    public Aws.DescribeInstanceStatusResult DescribeInstanceStatus(CommandContext context, Aws.DescribeInstanceStatusRequest request)
    {
        Pager.RefuseIdsWithPages(request.InstanceIds, "instancesSet", request.MaxResults);
        IEnumerable<Instance> rows = StatusFilters
            .Apply(context, InstancesInSight(context, request.InstanceIds).Select(i => HealthOf(context, i)), request.Filters)
            .Select(h => h.Instance);
        if (request.IncludeAllInstances != true)
        {
            rows = rows.Where(i => i.State == InstanceState.Running);
        }

        Page<Instance> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        Partition here = context.Here;
        return new Aws.DescribeInstanceStatusResult
        {
            InstanceStatuses = [.. page.Rows.Select(i => StatusToWire(here, HealthOf(context, i)))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The instance of a request's id; one that was terminated an hour ago is not there any more.</summary>
    internal static Instance InstanceInSight(CommandContext context, string? id)
    {
        Instance instance = InstanceIds.Get(context, id);
        return IsInSight(context, instance) ? instance : throw InstanceIds.NotFound(instance.Key);
    }

    /// <summary>The instances of a request's ids, or all; none that was terminated an hour ago.</summary>
    internal static IEnumerable<Instance> InstancesInSight(CommandContext context, IReadOnlyList<string>? ids)
    {
        if (ids is null or [])
        {
            return context.Here.All<Instance>().Where(i => IsInSight(context, i));
        }

        List<Instance> found = [];
        List<string> missing = [];
        foreach (string text in ids.Distinct(StringComparer.Ordinal))
        {
            Id<Instance> id = InstanceIds.Parse(text);
            if (context.Here.Find(id) is { } instance && IsInSight(context, instance))
            {
                found.Add(instance);
            }
            else
            {
                missing.Add(text);
            }
        }

        return missing switch
        {
            [] => found,
            [var one] => throw InstanceIds.NotFound(one),
            _ => throw new Fault("InvalidInstanceID.NotFound", $"The instance IDs '{string.Join(", ", missing)}' do not exist"),
        };
    }

    private static bool IsInSight(CommandContext context, Instance instance) =>
        instance.TerminatedAt is not { } at || context.Now - at < SeenAfterTermination;

    /// <summary>An instance that runs without the network it should have fails the system's check, and so its own.
    /// Source: EC2 User Guide, "Status checks for Amazon EC2 instances".</summary>
    private static InstanceHealth HealthOf(CommandContext context, Instance instance) =>
        new(instance, instance.State == InstanceState.Running && context.IsImpaired(instance.Key));

    private static Aws.InstanceStatus StatusToWire(Partition here, InstanceHealth health)
    {
        Instance instance = health.Instance;
        bool running = instance.State == InstanceState.Running;
        Aws.InstanceStatusSummary summary = new()
        {
            Status = HealthOf(health),
            Details = ReachabilityOf(health) is { } reachability ? [new Aws.InstanceStatusDetails { Name = "reachability", Status = reachability }] : null,
        };
        return new Aws.InstanceStatus
        {
            InstanceId = instance.Key,
            AvailabilityZone = instance.Zone,
            AvailabilityZoneId = ZoneIdOf(here, instance.Zone),
            InstanceState = ToWire(instance.State),
            InstanceStatusValue = summary,
            SystemStatus = summary,
            AttachedEbsStatus = new Aws.EbsStatusSummary
            {
                Status = StorageOf(instance),
                Details = running ? [new Aws.EbsStatusDetails { Name = "reachability", Status = "passed" }] : null,
            },
            Operator = Unmanaged,
        };
    }
}

/// <summary>An instance, and whether the plane failed to give it its network.</summary>
internal sealed record InstanceHealth(Instance Instance, bool IsImpaired);
